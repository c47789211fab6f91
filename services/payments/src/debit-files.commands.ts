// Direct debits that go to the bank by file: what is due is put into a file, and what the bank says of it is recorded.
import type { Command } from '@ar/runtime/forms.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import { receiptOf } from './applying.js';
import { attemptDebit, debitOf, type KnownAttempt, recordCollected, recordDeclined, streamsOfAttempt } from './collecting.js';
import { BANK } from './domain/bank-account.js';
import { type DebitEvent, receiptIn } from './domain/debit.js';
import type { RatesKnown } from './domain/in-base.js';
import { type Creditor, debitFile } from './domain/debit-file.js';
import { reverseReceipt } from './payments.commands.js';
import { debitsDue, type DueDebit } from './projections/debits.js';
import { pausedOn } from './projections/pauses.js';
import { ratesKnown } from './projections/rates.js';
import { sellerOf } from './projections/sellers.js';

type DebitAttempted = Extract<DebitEvent, { type: 'DebitAttempted' }>;
const fileOf = (fileId: string) => ({ aggregate: debitFile, id: fileId });
/** Debits of one file: it is one append to all of them. */
export const MOST_IN_FILE = 200;
/** Those that a file looks through for them, in hundreds at a time: where nothing can be collected of a debit it is suppressed, and the next one looked at. */
const MOST_LOOKED_THROUGH = 1_000;
/** Banks take debits a few days before their day; further ahead nothing is fixed. */
const FURTHEST_AHEAD = 14;

/** `through` empty: the business date. */
export interface CutDebitFile { readonly fileId: string; readonly through: Day | ''; readonly by: string }
export interface KnownOfFile { readonly creditor: Creditor; readonly due: readonly (DueDebit & { readonly paused: boolean })[] }

const throughOf = ({ through }: Pick<CutDebitFile, 'through'>, today: Day): Day => { const furthest = daysAfter(today, FURTHEST_AHEAD); return through === '' ? today : through < furthest ? through : furthest; };

export const cutDebitFile: Command<CutDebitFile, KnownOfFile> = {
  name: 'cut-debit-file',
  customer: () => BANK,
  streams: ({ fileId }) => [fileOf(fileId)],
  async known(asked, tx) {
    const known: KnownOfFile[] = [];
    for (const { tenant, today, policies, request } of asked) {
      const { details: { legalName: name, iban } } = await sellerOf(tx, tenant);
      const due = await debitsDue(tx, tenant, today, throughOf(request, today), MOST_LOOKED_THROUGH);
      const paused = await pausedOn(tx, due.map(({ customer }) => ({ tenant, customer, on: today })));
      known.push({ creditor: { name, iban, creditorId: policies.directDebit.creditorId }, due: due.map((d, n) => ({ ...d, paused: paused[n]! })) });
    }
    return known;
  },
  decide({ fileId, through, by }, on) {
    const { creditor, due } = on.known;
    on.run(fileOf(fileId), { type: 'AskToCut', fileId, creditor });
    const made: DebitAttempted[] = [];
    for (let from = 0; from < due.length && made.length < MOST_IN_FILE; from += MOST_IN_FILE) {
      const next = due.slice(from, from + MOST_IN_FILE);
      on.reach(next.flatMap(streamsOfAttempt));
      for (const { debitId, attempt, paused } of next) if (made.length < MOST_IN_FILE) made.push(...[attemptDebit(on, { debitId, attempt, through: throughOf({ through }, on.today), fileId, paused }) ?? []].flat());
    }
    on.run(fileOf(fileId), { type: 'Cut', through: throughOf({ through }, on.today), fileId, debits: made.length, minor: made.reduce((sum, e) => sum + e.minor, 0), currency: 'EUR', creditor, by });
  },
};

export type SuppressDebit = KnownAttempt;
/** A debit for a file whose day has come and of which nothing can be collected any more ends, whether a file is cut or not: its items are free, and reminded of again. */
export const suppressDebit: Command<SuppressDebit, { readonly paused: boolean }> = {
  name: 'suppress-debit',
  customer: ({ customer }) => customer,
  streams: streamsOfAttempt,
  async known(asked, tx) {
    return (await pausedOn(tx, asked.map(({ tenant, today, request: { customer } }) => ({ tenant, customer, on: today })))).map((paused) => ({ paused }));
  },
  decide: ({ debitId, attempt }, on) => void attemptDebit(on, { debitId, attempt, through: on.today, fileId: '', paused: on.known.paused, onlySuppress: true }),
};

/** What the bank or the provider says of an attempt. A decline of what has collected is a return; so is a return of what nobody knew to be collected: it came in and went back. `customer`: whose debit. */
export interface RecordDebitStatus extends KnownAttempt { readonly became: 'collected' | 'declined' | 'returned'; readonly code: string; readonly hard: boolean; readonly kind: 'return' | 'chargeback'; readonly reference: string; readonly reason: string }
export const recordDebitStatus: Command<RecordDebitStatus, RatesKnown | undefined> = {
  name: 'record-debit-status',
  customer: ({ customer }) => customer,
  streams: ({ debitId, attempt, customer, currency, mandateId }) => streamsOfAttempt({ debitId, attempt, customer, currency, mandateId }),
  known: (asked, tx) => ratesKnown(tx, asked.map(({ tenant, today, request: { currency } }) => ({ tenant, today, currency, on: '' }))),
  decide({ debitId, attempt, became, code, hard, kind, reference, reason }, on) {
    const state = on.state(debitOf(debitId));
    const before = state.status === 'none' ? undefined : state.attempts[attempt]?.became;
    if (before === undefined || before === 'returned') return; // never attempted, or over
    if (became === 'collected' || (became === 'returned' && before !== 'collected')) recordCollected(on, { debitId, attempt, reference, valueOn: on.today, rates: on.known });
    if (became === 'declined' && before !== 'collected') recordDeclined(on, { debitId, attempt, code, hard });
    const receiptId = receiptIn(on.state(debitOf(debitId)), debitId, attempt);
    if (on.state(receiptOf(receiptId)).status === 'reversed') return; // told before, and noted soon
    if (became === 'returned' || (became === 'declined' && before === 'collected')) reverseReceipt.decide({ receiptId, kind, code, reason, effectiveOn: '', outsideWindow: true }, { ...on, known: undefined }); // the money did go back
  },
};
