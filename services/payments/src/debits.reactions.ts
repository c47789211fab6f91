// What happens to direct debits and pay links because of events and because a day began.
import { daysAfter } from '@ar/domain/day.js';
import type { Daily, Reaction } from '@ar/runtime/forms.js';
import { moneyOf } from '@ar/domain/money.js';
import { suppressDebit, type SuppressDebit } from './debit-files.commands.js';
import { collectDue, type CollectDue, noteDebitReturned, type NoteDebitReturned } from './debits.commands.js';
import { UNIDENTIFIED } from './domain/account.js';
import { lapseMandate, type LapseMandate } from './mandates.commands.js';
import { expirePayLink, type ExpirePayLink } from './pay-links.commands.js';
import { debitsToSuppress } from './projections/debits.js';
import { payLinksTooOld } from './projections/pay-links.js';
import { mandatesToCollectBy, mandatesToLapse } from './projections/mandates.js';

/** Whoever reversed a receipt, a bank's file or a person: where a debit had collected it, its items are owed again, and it is tried again or given up. */
export const noteReversedDebit: Reaction<'ar.payments.receipt_reversed.v1', NoteDebitReturned> = {
  name: 'note-reversed-debit',
  on: 'ar.payments.receipt_reversed.v1',
  command: noteDebitReturned,
  requests: ({ customer, data }) => (customer === UNIDENTIFIED ? [] : [{ receiptId: data.receiptId, customer, currency: moneyOf(data.amount).currency, code: data.code }]),
  expected: [],
};

/** Mandates that were not used for 36 months are none any more. */
export const lapseMandates: Daily<LapseMandate> = {
  name: 'lapse-mandates',
  command: lapseMandate,
  async due(tx, tenant, today, _policies, after, limit) {
    return (await mandatesToLapse(tx, tenant, today, after, limit)).map((request) => ({ key: request.mandateId, customer: request.customer, request }));
  },
  expected: [],
};

/** What falls due within the notice is requested by itself, where the policy and the mandate say so. */
export const collectByThemselves: Daily<CollectDue> = {
  name: 'collect-by-themselves',
  command: collectDue,
  async due(tx, tenant, today, { directDebit: { autopay, noticeDays } }, after, limit) {
    const due = autopay ? await mandatesToCollectBy(tx, tenant, today, daysAfter(today, noticeDays), after, limit) : [];
    return due.map(({ key, ...request }) => ({ key, customer: request.customer, request }));
  },
  expected: [],
};

/** Debits for files of which nothing can be collected end on their day, whether a file is cut or not. */
export const suppressDebits: Daily<SuppressDebit> = {
  name: 'suppress-debits',
  command: suppressDebit,
  async due(tx, tenant, today, _policies, after, limit) {
    return (await debitsToSuppress(tx, tenant, today, after, limit)).map(({ dueOn: _on, ...request }) => ({ key: request.debitId, customer: request.customer, request }));
  },
  expected: [],
};

/** A link is paid by no more after its last day. */
export const expirePayLinks: Daily<ExpirePayLink> = {
  name: 'expire-pay-links',
  command: expirePayLink,
  async due(tx, tenant, today, _policies, after, limit) {
    return (await payLinksTooOld(tx, tenant, today, after, limit)).map((request) => ({ key: request.payLinkId, customer: request.customer, request }));
  },
  expected: [],
};
