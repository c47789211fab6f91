// How an application is taken back: the receipt, or the credit note, has its money again, and the items are open as they were.
import type { Decision } from '@ar/runtime/forms.js';
import type { Day } from '@ar/domain/day.js';
import { accountOf, creditOf, differenceOf, receiptOf, takeDifferenceBack } from './applying.js';
import { type AccountEvent, type Application, creditKey, creditNoteIn, openOf, type ReopenCause } from './domain/account.js';
import type { PostedCreditState } from './domain/posted-credit-note.js';
import { spentSum } from './domain/exchanging.js';
import type { ReceiptEvent, ReceiptFacts, ReceiptState, ReversalKind } from './domain/receipt.js';
import { recoveredBy, takeRecoveryBack } from './write-offs.commands.js';

export function takeBack<K>(on: Decision<K>, receiptId: string, groupId: string, itemIds: readonly string[], cause: 'unapplication' | 'void', effectiveOn: Day | null, reason: string): void {
  const before = on.state(receiptOf(receiptId));
  const made = on.run(receiptOf(receiptId), { type: 'Unapply', receiptId, customer: '', groupId, itemIds, openMinor: openBefore(on, before), today: on.today, effectiveOn, cause, reason });
  const { customer, facts } = there(before);
  for (const event of made) if (event.type === 'CashUnapplied') reopenGroup(on, customer, facts, event);
}

/** What a group settled is open again, in its currency; money of another one is there again, with what it is worth. */
export function reopenGroup<K>(on: Decision<K>, customer: string, facts: ReceiptFacts, { receiptId, groupId, applications, cause, effectiveOn, exchange, surplus }: Extract<ReceiptEvent, { type: 'CashUnapplied' }>): void {
  const { currency, valueOn, onAccount } = facts;
  reopen(on, customer, exchange ? { ...facts, currency: exchange.currency } : facts, receiptId, groupId, applications, cause, effectiveOn);
  if (surplus) on.run(accountOf(customer, currency), { type: 'PlaceCash', customer, currency, receiptId, minor: surplus.minor, onAccount, valueOn, effectiveOn: surplus.effectiveOn > effectiveOn ? surplus.effectiveOn : effectiveOn, from: 'surplus', transferId: groupId, inBase: surplus.inBase });
  if (!exchange) return;
  const [taken] = on.run(accountOf(customer, exchange.currency), { type: 'TakeCash', customer, currency: exchange.currency, receiptId, cause: 'exchange', transferId: groupId, effectiveOn }) as readonly Extract<AccountEvent, { type: 'UnappliedCashTaken' }>[];
  const inBase = taken!.inBase?.currency === currency ? undefined : taken!.inBase; // it is worth itself
  const spent = spentSum(applications);
  if (spent > 0) on.run(accountOf(customer, currency), { type: 'PlaceCash', customer, currency, receiptId, minor: spent, onAccount, valueOn, effectiveOn: taken!.effectiveOn, from: 'exchange', transferId: groupId, inBase });
}

export function takeCreditBack<K>(on: Decision<K>, creditNoteId: string, groupId: string, itemIds: readonly string[], voidOn: Day): void {
  const { customer, currency, placing } = posted(on.state(creditOf(creditNoteId)));
  const openMinor = openOf(on.state(accountOf(customer, currency)), itemIds);
  for (const event of on.run(creditOf(creditNoteId), { type: 'Unapply', groupId, itemIds, openMinor, effectiveOn: voidOn }))
    if (event.type === 'CreditUnapplied') reopen(on, customer, { currency, ...placing }, creditKey(creditNoteId), groupId, event.applications, 'void', event.effectiveOn);
}

export function reopen<K>(on: Decision<K>, customer: string, { currency, valueOn, onAccount }: Pick<ReceiptFacts, 'currency' | 'valueOn' | 'onAccount'>, receiptId: string, groupId: string, applications: readonly Application[], cause: ReopenCause, effectiveOn: Day): void {
  const settled = applications.filter((a) => a.recovers === undefined);
  if (settled.length > 0) on.run(accountOf(customer, currency), { type: 'Reopen', customer, currency, groupId, receiptId, valueOn, onAccount, applications: settled, cause, effectiveOn });
  if (cause !== 'void' && creditNoteIn(receiptId) === undefined) takeDifferenceBack(on, customer, currency, groupId, ''); // of a void invoice, it gives way with the invoice
  takeRecoveryBack(on, { customer, currency, receiptId, groupId, valueOn, onAccount }, applications.filter((a) => a.recovers !== undefined), effectiveOn);
}

export interface GoingBack { readonly kind: ReversalKind; readonly code: string; readonly reason: string; /** Null: the business date. */ readonly effectiveOn: Day | null; readonly feeMinor: number; readonly lastOn?: Day }

/** A receipt goes back, but for what is left of it in the account: its items are open again. Answers the invoices among them, by their currency. */
export function goBack<K>(on: Decision<K>, receiptId: string, { effectiveOn, ...how }: GoingBack): ReadonlyMap<string, ReadonlySet<string>> {
  const before = on.state(receiptOf(receiptId));
  const made = on.run(receiptOf(receiptId), { type: 'Reverse', receiptId, customer: '', ...how, openMinor: openBefore(on, before), today: on.today, effectiveOn });
  const { customer, facts } = there(before);
  on.reach(made.flatMap((e) => (e.type === 'CashUnapplied' ? [differenceOf(e.groupId), ...recoveredBy(e.applications)] : [])));
  for (const event of made) if (event.type === 'CashUnapplied') reopenGroup(on, customer, facts, event);
  const reopened = made.flatMap((e) => (e.type === 'CashUnapplied' ? e.applications.filter((a) => a.item.kind === 'invoice' && a.recovers === undefined).map((a) => [e.exchange?.currency ?? facts.currency, a.item.documentId] as const) : []));
  return new Map([...new Set(reopened.map(([currency]) => currency))].map((currency) => [currency, new Set(reopened.filter(([of]) => of === currency).map(([, documentId]) => documentId))]));
}

/** What is open of the items that a receipt settles. */
export const openBefore = <K>(on: Decision<K>, state: ReceiptState): Readonly<Record<string, number>> => {
  if (state.status === 'none') return {};
  const { customer, facts, groups, exchanges } = state;
  return Object.assign({}, ...Object.entries(groups).map(([groupId, group]) => openOf(on.state(accountOf(customer, exchanges?.[groupId]?.currency ?? facts.currency)), group.map((a) => a.item.itemId)))) as Readonly<Record<string, number>>;
};

export function there(state: ReceiptState): Exclude<ReceiptState, { status: 'none' }> {
  if (state.status === 'none') throw new Error('a receipt that was just asked for is not there'); // its decider has refused before
  return state;
}

export function posted(state: PostedCreditState): Exclude<PostedCreditState, { status: 'none' }> {
  if (state.status === 'none') throw new Error('a credit note that was just asked for is not there'); // its decider has refused before
  return state;
}
