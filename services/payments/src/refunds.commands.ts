// Refunds: which streams, what is decided. Taking money for one, and giving it back, is one append to the refund, the receipt or credit note, and the account.
import { limitOf } from '@ar/domain/approvable.js';
import type { Day } from '@ar/domain/day.js';
import type { Command, Decision, Outcome, Todo } from '@ar/runtime/forms.js';
import { account, type AccountEvent, accountId, creditKey, creditNoteIn, type Item } from './domain/account.js';
import { type Booking, together } from './domain/in-base.js';
import { itemOfClaim } from './domain/documents.js';
import { postedCreditNote } from './domain/posted-credit-note.js';
import { receipt } from './domain/receipt.js';
import { isPaid, type Payee, refund, type RefundEvent, takenBy } from './domain/refund.js';

const refundOf = (refundId: string) => ({ aggregate: refund, id: refundId });
const receiptOf = (receiptId: string) => ({ aggregate: receipt, id: receiptId });
const creditOf = (creditNoteId: string) => ({ aggregate: postedCreditNote, id: creditNoteId });
const accountOf = (customer: string, currency: string) => ({ aggregate: account, id: accountId(customer, currency) });
type AnyDecision = Decision<unknown>;
const BY_TRANSFER = 'PAYMENT_METHOD_BANK_TRANSFER';
const later = (a: Day, b: Day): Day => (a > b ? a : b);

/** Whose money it is, what it came as, and what gives it back to. */
interface Source { readonly customer: string; readonly currency: string; readonly method: string; readonly payee: Payee; readonly bankReference: string; readonly valueOn: Day; readonly onAccount: boolean; readonly unappliedMinor: number }

function sourceOf(on: AnyDecision, key: string): Source {
  const creditNoteId = creditNoteIn(key);
  if (creditNoteId === undefined) {
    const state = on.state(receiptOf(key));
    if (state.status === 'none') throw new Error('a receipt that was just asked for is not there'); // its decider has refused before
    const { customer, unappliedMinor, facts: { currency, method, remitter: { name, iban }, bankReference, valueOn, onAccount } } = state;
    return { customer, currency, method, payee: { name, iban }, bankReference, valueOn, onAccount, unappliedMinor };
  }
  const state = on.state(creditOf(creditNoteId));
  if (state.status === 'none') throw new Error('a credit note that was just asked for is not there'); // its decider has refused before
  return { customer: state.customer, currency: state.currency, method: BY_TRANSFER, payee: { name: '', iban: '' }, bankReference: '', ...state.placing, unappliedMinor: state.unappliedMinor };
}

/** Exactly one of receipt and credit note is named. `minor` null: all that is left; `method` empty: as it came; `payee` null: who paid. */
export interface RequestRefund {
  readonly refundId: string; readonly receiptId: string; readonly creditNoteId: string; readonly minor: number | null; readonly currency: string; readonly method: string; readonly payee: Payee | null; readonly reason: string; readonly by: string;
}
export const requestRefund: Command<RequestRefund> = {
  name: 'request-refund',
  streams: ({ refundId, receiptId, creditNoteId }) => [refundOf(refundId), creditNoteId === '' ? receiptOf(receiptId) : creditOf(creditNoteId)],
  decide({ refundId, receiptId, creditNoteId, minor: asked, currency: inCurrency, reason, by, ...wish }, on) {
    on.run(refundOf(refundId), { type: 'RequireNew', refundId });
    const currencies = inCurrency === '' ? [] : [inCurrency];
    if (creditNoteId === '') on.run(receiptOf(receiptId), { type: 'AskToUse', receiptId, customer: '', currencies });
    else on.run(creditOf(creditNoteId), { type: 'AskToUse', creditNoteId, currencies });
    const key = creditNoteId === '' ? receiptId : creditKey(creditNoteId);
    const { customer, currency, ...from } = sourceOf(on, key);
    const minor = asked ?? from.unappliedMinor;
    const freeFrom = on.state(accountOf(customer, currency)).cash.get(key)?.freeFrom ?? on.today;
    const takenOn = later(on.today, freeFrom);
    if (creditNoteId === '') on.run(receiptOf(receiptId), { type: 'ReserveForRefund', receiptId, customer, refundId, minor, effectiveOn: takenOn });
    else on.run(creditOf(creditNoteId), { type: 'ReserveForRefund', refundId, minor, effectiveOn: takenOn });
    const [taken] = on.run(accountOf(customer, currency), { type: 'TakeForRefund', customer, currency, receiptId: key, refundId, minor, today: on.today }) as readonly Extract<AccountEvent, { type: 'UnappliedCashTaken' }>[];
    const { approvals } = on.policies;
    const order = { refundId, customer, currency, key, minor, method: wish.method || from.method, payee: wish.payee ?? from.payee, bankReference: from.bankReference, ...(taken!.inBase ? { inBase: taken!.inBase } : {}), reason, takenOn, limit: limitOf(approvals.refundLimit, by, approvals), expiryDays: approvals.expiryDays };
    on.run(refundOf(refundId), { type: 'Propose', order: { type: 'Order', ...order }, by, today: on.today });
  },
};

export interface ApproveRefund { readonly refundId: string; readonly by: string }
export const approveRefund: Command<ApproveRefund> = {
  name: 'approve-refund',
  streams: ({ refundId }) => [refundOf(refundId)],
  decide: ({ refundId, by }, on) => void on.run(refundOf(refundId), { type: 'Approve', refundId, by, today: on.today }),
};

export interface RefuseRefund { readonly refundId: string; readonly by: string; readonly reason: string }
export const refuseRefund: Command<RefuseRefund> = {
  name: 'refuse-refund',
  streams: ({ refundId }) => [refundOf(refundId)],
  decide: ({ refundId, by, reason }, on) => givenBack(on, refundId, () => on.run(refundOf(refundId), { type: 'Refuse', refundId, by, reason, today: on.today })),
};

export interface ExpireRefund { readonly refundId: string; readonly customer: string }
export const expireRefund: Command<ExpireRefund> = {
  name: 'expire-refund',
  customer: ({ customer }) => customer,
  streams: ({ refundId }) => [refundOf(refundId)],
  decide: ({ refundId }, on) => givenBack(on, refundId, () => on.run(refundOf(refundId), { type: 'Expire', refundId, today: on.today })),
};

export interface CancelRefund { readonly refundId: string; readonly reason: string }
export const cancelRefund: Command<CancelRefund> = {
  name: 'cancel-refund',
  streams: ({ refundId }) => [refundOf(refundId)],
  decide: ({ refundId, reason }, on) => givenBack(on, refundId, () => on.run(refundOf(refundId), { type: 'Cancel', refundId, reason })),
};

/** `paidOn` empty: the business date. */
export interface RecordRefundPaid { readonly refundId: string; readonly reference: string; readonly paidOn: Day }
export const recordRefundPaid: Command<RecordRefundPaid> = {
  name: 'record-refund-paid',
  streams: ({ refundId }) => [refundOf(refundId)],
  decide: ({ refundId, reference, paidOn }, on) => void on.run(refundOf(refundId), { type: 'RecordPaid', refundId, reference, paidOn: paidOn || null, today: on.today }),
};

export interface RecordRefundFailed { readonly refundId: string; readonly reason: string }
export const recordRefundFailed: Command<RecordRefundFailed> = {
  name: 'record-refund-failed',
  streams: ({ refundId }) => [refundOf(refundId)],
  decide: ({ refundId, reason }, on) => givenBack(on, refundId, () => on.run(refundOf(refundId), { type: 'RecordFailed', refundId, reason })),
};

/** The claim of a payout: nothing where it is not wanted any more. */
export const claimRefund: Command<Todo> = {
  name: 'claim-refund',
  customer: ({ customer }) => customer,
  streams: ({ key }) => [refundOf(key)],
  decide: ({ key, attempt }, on) => void on.run(refundOf(key), { type: 'Attempt', attempt }),
};

/** What came of an attempt. */
export const recordRefundOutcome: Command<Outcome> = {
  name: 'record-refund-outcome',
  customer: ({ todo }) => todo.customer,
  streams: ({ todo }) => [refundOf(todo.key)],
  decide: ({ todo, outcome, detail, final }, on) => givenBack(on, todo.key, () => on.run(refundOf(todo.key), { type: 'RecordOutcome', attempt: todo.attempt, outcome, detail, final: final === true, today: on.today })),
};

/** Where what happens to a refund ends it unpaid, its money is unapplied again. */
function givenBack(on: AnyDecision, refundId: string, happens: () => readonly RefundEvent[]): void {
  const before = takenBy(on.state(refundOf(refundId)));
  happens();
  if (!before || takenBy(on.state(refundOf(refundId)))) return;
  const { key, customer, currency, minor, takenOn, inBase } = before;
  const effectiveOn = later(on.today, takenOn);
  const creditNoteId = creditNoteIn(key);
  if (creditNoteId === undefined) on.run(receiptOf(key), { type: 'ReleaseFromRefund', receiptId: key, customer, refundId, effectiveOn });
  else on.run(creditOf(creditNoteId), { type: 'ReleaseFromRefund', refundId, effectiveOn });
  const { valueOn, onAccount } = sourceOf(on, key);
  on.run(accountOf(customer, currency), { type: 'PlaceCash', customer, currency, receiptId: key, minor, onAccount, valueOn, effectiveOn, from: 'refund', transferId: '', refundId, inBase });
}

/** A receipt goes back: refunds of it that were not sent out are cancelled; what was paid is what the customer owes then. */
export function refundsGiveWay(on: AnyDecision, receiptId: string, reversedOn: Day): Item | undefined {
  const state = on.state(receiptOf(receiptId));
  if (state.status !== 'recorded') return undefined;
  let [claimedMinor, from] = [0, reversedOn];
  let worth: Booking['worth'] | undefined;
  on.reach(Object.keys(state.refunds).map(refundOf));
  for (const refundId of Object.keys(state.refunds)) {
    givenBack(on, refundId, () => on.run(refundOf(refundId), { type: 'GiveWay', reason: `receipt ${receiptId} went back` }));
    const now = on.state(refundOf(refundId));
    const taken = takenBy(now);
    if (!taken || !isPaid(now)) continue;
    claimedMinor += taken.minor;
    worth = together([worth, taken.inBase]);
    from = later(from, taken.takenOn);
  }
  return claimedMinor > 0 ? itemOfClaim(receiptId, claimedMinor, from, worth && { rate: '', source: '', policyVersion: 0, worth }) : undefined;
}
