// What a customer does not agree with: items, or parts of them.
//
// - A dispute names parts of open items of one currency, none above what is open. An item is in one open dispute at most.
// - It is resolved by a person: upheld, our claim stands; or withdrawn, the customer takes it back. Either way the items are asked for again.
// - It closes by itself when nothing of its items is open any more.
import { isRefusal, refuse, type Refusal } from '@ar/domain/decider.js';
import type { Money } from '@ar/domain/money.js';
import { amountOf, type AskedPart, own, type OwedItem, type Part, partsOf } from './open-items.js';
import type { Note, Pii } from './promise-to-pay.js';

export type DisputeReason = 'price' | 'quantity' | 'quality' | 'delivery' | 'duplicate' | 'tax' | 'payment-terms' | 'reference' | 'credit-due' | 'other';
export type DisputeOutcome = 'upheld' | 'withdrawn';

interface OfDispute { readonly disputeId: string; readonly customerId: string; readonly items: readonly Part[] }
export type DisputeEvent = OfDispute & (
  | { type: 'DisputeOpened'; amount: Money; reasonCode: DisputeReason; pii: Pii }
  | { type: 'DisputeResolved'; outcome: DisputeOutcome; reason: string }
  | { type: 'DisputeClosed' });

export interface DisputeDraft { readonly disputeId: string; readonly items: readonly AskedPart[]; readonly reasonCode: DisputeReason; readonly note: Note }

export type DisputeRefusal = 'dispute-exists' | 'dispute-not-found' | 'dispute-not-open' | 'open-item-not-found' | 'open-item-settled' | 'dispute-above-open-amount' | 'item-disputed' | 'currency-mismatch' | 'total-out-of-range';

export interface Disputes {
  readonly open: Readonly<Record<string, readonly Part[]>>;
  readonly ended: Readonly<Record<string, 'resolved' | 'closed'>>;
}
export const noDisputes: Disputes = { open: {}, ended: {} };

export function openDispute(customerId: string, { disputeId, items: asked, reasonCode, note }: DisputeDraft, owed: readonly OwedItem[], { open, ended }: Disputes): readonly DisputeEvent[] | Refusal<DisputeRefusal> {
  if (own(open, disputeId) || own(ended, disputeId)) return refuse('dispute-exists', { disputeId });
  const items = partsOf(asked, owed, 'dispute-above-open-amount');
  if (isRefusal(items)) return items;
  for (const [other, parts] of Object.entries(open)) {
    const shared = parts.find((p) => items.some((i) => i.itemId === p.itemId));
    if (shared) return refuse('item-disputed', { itemId: shared.itemId, disputeId: other });
  }
  return [{ type: 'DisputeOpened', disputeId, customerId, items, amount: amountOf(items), reasonCode, pii: { keyId: '', data: note } }];
}

export function resolveDispute(customerId: string, disputeId: string, outcome: DisputeOutcome, reason: string, { open, ended }: Disputes): readonly DisputeEvent[] | Refusal<DisputeRefusal> {
  const items = own(open, disputeId);
  if (items) return [{ type: 'DisputeResolved', disputeId, customerId, items, outcome, reason }];
  const status = own(ended, disputeId);
  return status ? refuse('dispute-not-open', { disputeId, status }) : refuse('dispute-not-found', { disputeId });
}

/** Disputes of which no item is open any more; `owed` holds every open item of the customer. */
export function closeDisputes(customerId: string, owed: readonly OwedItem[], { open }: Disputes): readonly DisputeEvent[] {
  const isOpen = new Set(owed.filter((i) => i.openMinor > 0).map((i) => i.itemId));
  return Object.entries(open).filter(([, items]) => !items.some((i) => isOpen.has(i.itemId))).map(([disputeId, items]) => ({ type: 'DisputeClosed', disputeId, customerId, items }));
}

export function evolveDisputes(disputes: Disputes, event: DisputeEvent): Disputes {
  switch (event.type) {
    case 'DisputeOpened': return { ...disputes, open: { ...disputes.open, [event.disputeId]: event.items } };
    case 'DisputeResolved': return ended(disputes, event.disputeId, 'resolved');
    case 'DisputeClosed': return ended(disputes, event.disputeId, 'closed');
  }
}

function ended(disputes: Disputes, id: string, how: Disputes['ended'][string]): Disputes {
  const { [id]: _gone, ...open } = disputes.open;
  return { open, ended: { ...disputes.ended, [id]: how } };
}
