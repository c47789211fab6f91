// What mandates, direct debits and pay links are refused with, each met once: a part of the table in refusals.spec.ts.
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { AnyCommand, Typed } from '@ar/runtime/forms.js';
import { cutDebitFile, recordDebitStatus, suppressDebit } from './debit-files.commands.js';
import { tellDebitOutcome } from './debit-outcomes.commands.js';
import { cancelDebit, claimDebit, collectDue, noteDebitReturned, recordDebitOutcome, requestDebit } from './debits.commands.js';
import { receiptIdOfDebit } from './domain/debit.js';
import { itemsOf } from './domain/documents.js';
import { mandateIdOf } from './domain/mandate.js';
import { amendMandate, cancelMandate, lapseMandate, registerMandate, resumeMandate, suspendMandate } from './mandates.commands.js';
import { disputeItems, postInvoice, voidInvoice } from './open-items.commands.js';
import { applyReceipt, recordReceipt, unapplyReceipt } from './payments.commands.js';
import { cancelPayLink, createPayLink, expirePayLink, recordLinkPayment } from './pay-links.commands.js';
import { claimRefund, requestRefund } from './refunds.commands.js';

type History = Readonly<Record<string, readonly Typed[]>>;
const today = '2026-03-10';
const then = (history: History, command: AnyCommand, request: object, known?: unknown, on = today): History => {
  const answer = deciding(command, history, { today: on, known, policies: policiesWith() })(request);
  if ('refused' in answer) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return { ...history, ...Object.fromEntries(Object.entries(answer as History).map(([stream, made]) => [stream, [...(history[stream] ?? []), ...made]])) };
};

const invoice = (n: number) => ({ customer: 'c1', currency: 'EUR', orderNumber: '', externalNumber: '', paymentReference: '', items: itemsOf({ invoiceId: `inv_${n}`, number: `R-${n}`, externalNumber: '', paymentReference: '', issuedOn: '2026-03-02', taxMinor: 0, instalments: [{ seq: 1, dueOn: '2026-03-05', minor: 100 }] }) });
const posted = then(then({}, postInvoice, invoice(1)), postInvoice, invoice(2));
const is = { customerKnown: true };
const wasSettled = { settled: [{ itemId: 'oit_1_1', customer: 'c1', currency: 'EUR' }] };
const signed = { customer: 'c1', scheme: 'sepa-core', reference: 'M-1', signedOn: '2026-01-15', debtor: { name: 'Ada', iban: 'DE89370400440532013000', bic: '', token: '' }, oneOff: false, collectedBy: 'provider', autopay: false };
const mandateId = mandateIdOf('M-1');
const mandated = then(posted, registerMandate, signed, is);
const ofMandate = { mandateId, by: 'anna', reason: '' };
const suspended = then(mandated, suspendMandate, ofMandate);
const ended = then(mandated, cancelMandate, ofMandate);
const amended = { ...ofMandate, debtor: signed.debtor };

const wish = (more: object = {}) => ({ debitId: 'ddt_1', customer: 'c1', currency: 'EUR', mandateId, items: [{ itemId: 'oit_1_1', asked: null }], collectOn: '', final: false, by: 'anna', ...more });
const requested = then(mandated, requestDebit, wish());
const cancelled = then(requested, cancelDebit, { debitId: 'ddt_1', by: 'anna', reason: '' });
const todo = { tenant: 't1', customer: 'c1', key: 'debit:ddt_1', attempt: 1, state: 'requested' };
const underWay = then(requested, claimDebit, todo, { paused: false }, '2026-03-24');
const disputed = then(mandated, disputeItems, { customer: 'c1', currency: 'EUR', disputeId: 'dsp_1', shares: [{ itemId: 'oit_1_1', minor: 1 }] });
const paid = { receiptId: 'rcp_1', customer: 'c1', currency: 'EUR', receivedMinor: 50, valueOn: '2026-03-05', method: 'PAYMENT_METHOD_CASH', remitter: { name: '', iban: '', remittance: '' }, named: [], bankReference: '', onAccount: true };
const voiding = then(then(then(mandated, recordReceipt, paid, { customerKnown: true, documents: [] }), applyReceipt, { receiptId: 'rcp_1', shares: [{ itemId: 'oit_1_1', minor: 50, currency: 'EUR' }] }, { documents: [] }), voidInvoice, { customer: 'c1', currency: 'EUR', documentId: 'inv_1', instalments: 1, voidOn: today });
const nothing = { creditor: { name: 'S', iban: 'DE1', creditorId: 'DE98' }, due: [] };
const cut = { fileId: 'F-1', through: today, by: 'anna' };
const inFile = then(requested, cutDebitFile, { ...cut, through: '2026-03-24' }, { ...nothing, due: [{ debitId: 'ddt_1', attempt: 1, customer: 'c1', currency: 'EUR', mandateId, dueOn: '2026-03-24', paused: false }] });

// What was collected is unapplied and being refunded: it cannot go back now.
const status = { debitId: 'ddt_1', attempt: 1, customer: 'c1', currency: 'EUR', mandateId, became: 'collected', code: '', hard: false, kind: 'return', reference: 'P', reason: '' };
const collected = then(underWay, recordDebitStatus, status, undefined, '2026-03-24');
const receiptId = receiptIdOfDebit('ddt_1', 1);
const groupId = (collected[`receipt/${receiptId}`]!.at(-1) as unknown as { groupId: string }).groupId;
const refunding = then(then(then(collected, unapplyReceipt, { receiptId, groupId, reason: '', effectiveOn: '' }, undefined, '2026-03-24'), requestRefund, { refundId: 'rfd_1', receiptId, creditNoteId: '', minor: 10, currency: 'EUR', method: '', payee: null, reason: '', by: 'anna' }, undefined, '2026-03-24'),
  claimRefund, { tenant: 't1', customer: 'c1', key: 'rfd_1', attempt: 1, state: 'requested' }, undefined, '2026-03-24');

const tell = (more: object = {}) => ({ debitId: 'ddt_1', attempt: 0, outcome: 'collected', code: '', reference: '', reason: '', ...more });

const link = { payLinkId: 'pln_1', customer: 'c1', currency: 'EUR', items: [{ itemId: 'oit_1_1', asked: null }], documentId: '', minor: null, expiresOn: today, by: 'anna' };
const linked = then(posted, createPayLink, link, is);
const unlink = { payLinkId: 'pln_1', by: 'anna', reason: '' };
const payment = { payLinkId: 'pln_9', customer: 'c1', reference: 'P', minor: 1, currency: 'EUR', method: 'PAYMENT_METHOD_CARD' };

export const debitRefusals: Readonly<Record<string, { readonly command: AnyCommand; readonly refusals: Readonly<Record<string, readonly [History, object, unknown?]>> }>> = {
  'register-mandate': { command: registerMandate, refusals: {
    'mandate-exists': [mandated, signed, is], 'customer-not-found': [{}, signed, { customerKnown: false }], 'mandate-signed-in-future': [{}, { ...signed, signedOn: '2026-03-11' }, is],
    'mandate-account-missing': [{}, { ...signed, debtor: { ...signed.debtor, iban: '' } }, is], 'mandate-not-for-files': [{}, { ...signed, scheme: 'generic', collectedBy: 'file' }, is],
  } },
  'amend-mandate': { command: amendMandate, refusals: { 'mandate-not-found': [{}, amended], 'mandate-ended': [ended, amended], 'mandate-account-missing': [mandated, { ...amended, debtor: { ...signed.debtor, iban: '' } }] } },
  'suspend-mandate': { command: suspendMandate, refusals: { 'mandate-not-found': [{}, ofMandate], 'mandate-ended': [ended, ofMandate], 'mandate-suspended': [suspended, ofMandate] } },
  'resume-mandate': { command: resumeMandate, refusals: { 'mandate-not-found': [{}, ofMandate], 'mandate-ended': [ended, ofMandate], 'mandate-not-suspended': [mandated, ofMandate] } },
  'cancel-mandate': { command: cancelMandate, refusals: { 'mandate-not-found': [{}, ofMandate], 'mandate-ended': [ended, ofMandate] } },
  'lapse-mandate': { command: lapseMandate, refusals: {} },
  'request-debit': { command: requestDebit, refusals: {
    'debit-exists': [cancelled, wish()], 'debit-without-items': [then(requested, requestDebit, wish({ debitId: 'ddt_3', items: [{ itemId: 'oit_2_1', asked: null }] })), wish({ debitId: 'ddt_2', items: [] })],
    'debit-notice-too-short': [mandated, wish({ collectOn: '2026-03-11' })], 'mandate-not-found': [posted, wish()], 'mandate-ended': [ended, wish()], 'mandate-suspended': [suspended, wish()], 'mandate-of-another': [mandated, wish({ customer: 'c2' })],
    'mandate-currency-differs': [mandated, wish({ currency: 'USD' })], 'open-item-not-found': [mandated, wish({ items: [{ itemId: 'oit_9_1', asked: null }] })], 'open-item-settled': [{ ...mandated, 'account/c1-EUR': [] }, wish(), wasSettled], 'open-item-over-applied': [mandated, wish({ items: [{ itemId: 'oit_1_1', asked: 101 }] })],
    'open-item-voided': [voiding, wish()], 'open-item-disputed': [disputed, wish()], 'open-item-in-debit': [requested, wish({ debitId: 'ddt_2' })], 'application-item-twice': [mandated, wish({ items: [...wish().items, ...wish().items] })],
  } },
  'collect-due': { command: collectDue, refusals: {} },
  'cancel-debit': { command: cancelDebit, refusals: { 'debit-not-found': [{}, { debitId: 'ddt_1', by: 'anna', reason: '' }], 'debit-not-cancellable': [underWay, { debitId: 'ddt_1', by: 'anna', reason: '' }] } },
  'suppress-debit': { command: suppressDebit, refusals: {} },
  'claim-debit': { command: claimDebit, refusals: {} },
  'record-debit-outcome': { command: recordDebitOutcome, refusals: {} },
  'record-debit-status': { command: recordDebitStatus, refusals: { 'refund-under-way': [refunding, { ...status, became: 'returned' }] } },
  'tell-debit-outcome': { command: tellDebitOutcome, refusals: {
    'debit-not-found': [{}, tell()], 'debit-not-attempted': [requested, tell()], 'debit-outcome-known': [collected, tell()], 'refund-under-way': [refunding, tell({ outcome: 'returned', code: 'MD06' })],
  } },
  'note-debit-returned': { command: noteDebitReturned, refusals: {} },
  'cut-debit-file': { command: cutDebitFile, refusals: { 'debit-file-exists': [inFile, cut, nothing], 'no-debits-due': [mandated, cut, nothing], 'creditor-incomplete': [mandated, cut, { ...nothing, creditor: { ...nothing.creditor, creditorId: '' } }] } },
  'create-pay-link': { command: createPayLink, refusals: {
    'pay-link-exists': [linked, link, is], 'pay-link-without-content': [posted, { ...link, items: [] }, is], 'pay-link-contents-several': [posted, { ...link, documentId: 'inv_1' }, is], 'pay-link-expiry-passed': [posted, { ...link, expiresOn: '2026-03-09' }, is], 'customer-not-found': [posted, link, { customerKnown: false }],
    'open-item-not-found': [{}, link, is], 'open-item-settled': [{}, link, { ...is, ...wasSettled }], 'application-item-twice': [posted, { ...link, items: [...link.items, ...link.items] }, is],
  } },
  'cancel-pay-link': { command: cancelPayLink, refusals: { 'pay-link-not-found': [{}, unlink], 'pay-link-ended': [then(linked, cancelPayLink, unlink), unlink] } },
  'expire-pay-link': { command: expirePayLink, refusals: {} },
  'record-link-payment': { command: recordLinkPayment, refusals: { 'pay-link-not-found': [posted, payment, { segment: '' }] } },
};
