// A customer's word to pay a sum by a day.
//
// - A promise names parts of open items of one currency and a day that is today or later.
// - It is kept as soon as all of it was received. When its day and the working days of tolerance are over it is judged once, by what was settled
//   since it was made with a value date until then: a part, partly kept; nothing, broken. What policy tolerates may be missing.
// - An item is promised once: a new promise supersedes the open ones that share an item with it.
// - Of an item that was closed without being paid nothing is promised any more; a promise of which nothing is left is withdrawn.
// - Level: how many earlier promises for these items were not kept, the superseded and withdrawn ones too, plus one. Kept in part is kept.
import { type Calendar, addWorkingDays } from '@ar/domain/calendar.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import { isRefusal, refuse, type Refusal } from '@ar/domain/decider.js';
import { type Money, thresholdMinor } from '@ar/domain/money.js';
import type { PoliciesInForce } from '@ar/domain/policies.js';
import { amountOf, type AskedPart, minorOf, own, type OwedItem, type Part, partsOf, settledUntil } from './open-items.js';

export type Channel = 'phone' | 'email' | 'letter' | 'visit';
export interface Note { readonly contactName: string; readonly text: string }
export interface Pii { readonly keyId: string; readonly data: Note }
export type PromisePolicy = PoliciesInForce['promise'];

interface OfPromise { readonly promiseId: string; readonly customerId: string; readonly items: readonly Part[] }
export type PromiseEvent = OfPromise & (
  | { type: 'PromiseMade'; amount: Money; promisedOn: Day; level: number; channel: Channel; judgedAfter: Day; policyVersion: number; pii: Pii; /** What had been settled of each item before. */ settledBefore: Readonly<Record<string, number>> }
  | { type: 'PromiseKept'; promised: Money; received: Money; policyVersion: number }
  | { type: 'PromisePartlyKept'; promised: Money; received: Money; policyVersion: number }
  | { type: 'PromiseBroken'; promised: Money; policyVersion: number }
  | { type: 'PromiseWithdrawn'; reason: string }
  | { type: 'PromiseSuperseded'; supersededBy: string });

export interface PromiseDraft { readonly promiseId: string; readonly items: readonly AskedPart[]; readonly promisedOn: Day; readonly channel: Channel; readonly note: Note }

export type PromiseRefusal =
  | 'promise-exists' | 'promise-not-found' | 'promise-not-open' | 'open-item-not-found' | 'open-item-settled' | 'promise-above-open-amount' | 'promised-date-in-past' | 'promised-date-too-far' | 'currency-mismatch' | 'total-out-of-range';

export interface OpenPromise { readonly items: readonly Part[]; readonly judgedAfter: Day; readonly settledBefore: Readonly<Record<string, number>> }
export interface Promises {
  readonly open: Readonly<Record<string, OpenPromise>>;
  /** How each ended; the ids are used for ever. */
  readonly ended: Readonly<Record<string, 'kept' | 'partly-kept' | 'broken' | 'withdrawn' | 'superseded'>>;
  /** Per item, how many promises were not kept. */
  readonly notKept: Readonly<Record<string, number>>;
}
export const noPromises: Promises = { open: {}, ended: {}, notKept: {} };

/** The farthest day that may be promised. */
const MOST_DAYS = 365;

export interface Making { readonly customerId: string; readonly draft: PromiseDraft; readonly today: Day; readonly items: readonly OwedItem[]; readonly policy: PromisePolicy; readonly calendar: Calendar }

/** What follows from a promise: those it supersedes, then itself. */
export function makePromise({ customerId, draft, today, items: owed, policy, calendar }: Making, { open, ended, notKept }: Promises): readonly PromiseEvent[] | Refusal<PromiseRefusal> {
  const { promiseId, promisedOn, channel, note } = draft;
  if (own(open, promiseId) || own(ended, promiseId)) return refuse('promise-exists', { promiseId });
  if (promisedOn < today) return refuse('promised-date-in-past', { promisedDate: promisedOn, today });
  if (promisedOn > daysAfter(today, MOST_DAYS)) return refuse('promised-date-too-far', { promisedDate: promisedOn, latest: daysAfter(today, MOST_DAYS) });
  const items = partsOf(draft.items, owed, 'promise-above-open-amount');
  if (isRefusal(items)) return items;
  const itemIds = [...new Set(items.map((i) => i.itemId))];
  const superseded = Object.entries(open).filter(([, p]) => p.items.some((i) => itemIds.includes(i.itemId)));
  const level = 1 + Math.max(...itemIds.map((id) => (own(notKept, id) ?? 0) + superseded.filter(([, p]) => p.items.some((i) => i.itemId === id)).length));
  const judgedAfter = addWorkingDays(promisedOn, policy.toleranceWorkingDays, calendar);
  const settledBefore = Object.fromEntries(itemIds.map((id) => [id, settledUntil(owed.find((i) => i.itemId === id)!, judgedAfter)]));
  return [
    ...superseded.map(([id, p]): PromiseEvent => ({ type: 'PromiseSuperseded', promiseId: id, customerId, items: p.items, supersededBy: promiseId })),
    { type: 'PromiseMade', promiseId, customerId, items, amount: amountOf(items), promisedOn, level, channel, judgedAfter, policyVersion: policy.version, pii: { keyId: '', data: note }, settledBefore },
  ];
}

export function withdrawPromise(customerId: string, promiseId: string, reason: string, { open, ended }: Promises): readonly PromiseEvent[] | Refusal<PromiseRefusal> {
  const promise = own(open, promiseId);
  if (promise) return [{ type: 'PromiseWithdrawn', promiseId, customerId, items: promise.items, reason }];
  const status = own(ended, promiseId);
  return status ? refuse('promise-not-open', { promiseId, status }) : refuse('promise-not-found', { promiseId });
}

/** What was received of each promised item, in time and since the promise was made; undefined while one of the items is not known. */
export function receivedParts({ items, judgedAfter, settledBefore }: OpenPromise, owed: readonly OwedItem[]): ReadonlyMap<string, { readonly receivedMinor: number; readonly promisedMinor: number }> | undefined {
  const parts = new Map<string, { receivedMinor: number; promisedMinor: number }>();
  for (const itemId of new Set(items.map((i) => i.itemId))) {
    const item = owed.find((i) => i.itemId === itemId);
    if (!item) return undefined;
    const promised = minorOf(items, itemId);
    const receivedMinor = Math.max(0, Math.min(promised, settledUntil(item, judgedAfter) - (settledBefore[itemId] ?? 0)));
    parts.set(itemId, { receivedMinor, promisedMinor: item.closed ? receivedMinor : promised });
  }
  return parts;
}

/** Judges every open promise of which all is known. */
export function judgePromises(customerId: string, today: Day, owed: readonly OwedItem[], policy: PromisePolicy, { open }: Promises): readonly PromiseEvent[] {
  return Object.entries(open).flatMap(([promiseId, promise]): readonly PromiseEvent[] => {
    const parts = receivedParts(promise, owed);
    if (!parts) return [];
    const { items } = promise;
    const promised = amountOf(items);
    const about = { promiseId, customerId, items };
    const received = { minor: [...parts.values()].reduce((sum, p) => sum + p.receivedMinor, 0), currency: promised.currency };
    const wanted = [...parts.values()].reduce((sum, p) => sum + p.promisedMinor, 0);
    if (wanted === 0) return [{ type: 'PromiseWithdrawn', ...about, reason: 'nothing that was promised is owed any more' }];
    if (received.minor > 0 && received.minor >= wanted - thresholdMinor(policy.tolerance, promised.currency)) return [{ type: 'PromiseKept', ...about, promised, received, policyVersion: policy.version }];
    if (today <= promise.judgedAfter) return []; // there is still time
    if (received.minor === 0) return [{ type: 'PromiseBroken', ...about, promised, policyVersion: policy.version }];
    return [{ type: 'PromisePartlyKept', ...about, promised, received, policyVersion: policy.version }];
  });
}

export function evolvePromises(promises: Promises, event: PromiseEvent): Promises {
  switch (event.type) {
    case 'PromiseMade': return { ...promises, open: { ...promises.open, [event.promiseId]: { items: event.items, judgedAfter: event.judgedAfter, settledBefore: event.settledBefore } } };
    case 'PromiseKept': return ended(promises, event, 'kept');
    case 'PromisePartlyKept': return ended(promises, event, 'partly-kept');
    case 'PromiseBroken': return notKept(ended(promises, event, 'broken'), event);
    case 'PromiseWithdrawn': return notKept(ended(promises, event, 'withdrawn'), event);
    case 'PromiseSuperseded': return notKept(ended(promises, event, 'superseded'), event);
  }
}

function ended(promises: Promises, { promiseId }: OfPromise, how: Promises['ended'][string]): Promises {
  const { [promiseId]: _gone, ...open } = promises.open;
  return { ...promises, open, ended: { ...promises.ended, [promiseId]: how } };
}

const notKept = (promises: Promises, { items }: OfPromise): Promises =>
  ({ ...promises, notKept: { ...promises.notKept, ...Object.fromEntries([...new Set(items.map((i) => i.itemId))].map((id) => [id, (own(promises.notKept, id) ?? 0) + 1])) } });
