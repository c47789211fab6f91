// Everything about collecting from one customer, in one stream: whether somebody should call, what was said, disputed and promised.
//
// - A case opens when, in one currency, what is past due and neither disputed, promised nor under way reaches the minimum of the policy and its oldest item is old
//   enough. It closes when nothing of that is past due in any currency. One case at a time.
// - A contact may bring a promise and a dispute: all of it is recorded, or nothing.
// - Promises and disputes are decided here, and not in streams of their own, because an item may be in one open promise and one open dispute only.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Calendar } from '@ar/domain/calendar.js';
import type { Day } from '@ar/domain/day.js';
import { isRefusal, refuse, type Refusal } from '@ar/domain/decider.js';
import { inAmounts, type Money, thresholdMinor, total } from '@ar/domain/money.js';
import type { PoliciesInForce } from '@ar/domain/policies.js';
import { closeDisputes, type DisputeDraft, type DisputeEvent, type DisputeOutcome, type DisputeRefusal, type Disputes, evolveDisputes, noDisputes, openDispute, resolveDispute } from './dispute.js';
import { daysPastDue, minorOf, own, type OwedItem } from './open-items.js';
import {
  type Channel, evolvePromises, judgePromises, makePromise, noPromises, type Note, type Pii, type PromiseDraft, type PromiseEvent, type PromisePolicy, type PromiseRefusal, type Promises, receivedParts,
  withdrawPromise,
} from './promise-to-pay.js';

export type ContactResult = 'reached' | 'not-reached' | 'message-left' | 'wrong-address' | 'refused';

export type CaseEvent =
  | PromiseEvent
  | DisputeEvent
  | { type: 'CollectionCaseOpened'; caseId: string; customerId: string; pastDue: readonly Money[]; oldestDueOn: Day; policyVersion: number }
  | { type: 'CollectionCaseClosed'; caseId: string; customerId: string }
  | { type: 'ContactRecorded'; contactId: string; customerId: string; channel: Channel; result: ContactResult; followUpOn: Day; promiseId: string; disputeId: string; pii: Pii };

interface Promising { readonly today: Day; readonly items: readonly OwedItem[]; readonly policy: PromisePolicy; readonly calendar: Calendar }
export interface ContactDraft { readonly contactId: string; readonly channel: Channel; readonly result: ContactResult; readonly followUpOn: Day; readonly note: Note; readonly promise: PromiseDraft | null; readonly dispute: DisputeDraft | null }

export type CaseCommand = { readonly customerId: string } & (
  | ({ type: 'MakePromise'; draft: PromiseDraft; customerKnown: boolean } & Promising)
  | { type: 'WithdrawPromise'; promiseId: string; reason: string }
  | { type: 'OpenDispute'; draft: DisputeDraft; items: readonly OwedItem[]; customerKnown: boolean }
  | { type: 'ResolveDispute'; disputeId: string; outcome: DisputeOutcome; reason: string }
  | ({ type: 'RecordContact'; draft: ContactDraft; customerKnown: boolean } & Promising)
  | { type: 'Judge'; today: Day; items: readonly OwedItem[]; policy: PromisePolicy }
  | { type: 'ReviewCase'; caseId: string; today: Day; items: readonly OwedItem[]; policy: PoliciesInForce['collectionCase'] });

export type CaseRefusal = PromiseRefusal | DisputeRefusal | 'customer-not-found' | 'contact-exists' | 'follow-up-in-past';

export interface CaseState {
  /** '' while no case is open. */
  readonly caseId: string;
  /** How many were ever opened. */
  readonly cases: number;
  readonly promises: Promises;
  readonly disputes: Disputes;
  readonly contacts: Readonly<Record<string, true>>;
}

export const collectionCase: Aggregate<CaseState, CaseCommand, CaseEvent, CaseRefusal> = {
  type: 'case',
  customer: (id) => id,
  initial: { caseId: '', cases: 0, promises: noPromises, disputes: noDisputes, contacts: {} },

  decide(command, state) {
    const { customerId } = command;
    switch (command.type) {
      case 'MakePromise': return command.customerKnown ? makePromise(command, state.promises) : refuse('customer-not-found', { customerId });
      case 'WithdrawPromise': return withdrawPromise(customerId, command.promiseId, command.reason, state.promises);
      case 'OpenDispute': return command.customerKnown ? openDispute(customerId, command.draft, command.items, state.disputes) : refuse('customer-not-found', { customerId });
      case 'ResolveDispute': return resolveDispute(customerId, command.disputeId, command.outcome, command.reason, state.disputes);
      case 'RecordContact': return recordContact(command, state);
      case 'Judge': return [...judgePromises(customerId, command.today, command.items, command.policy, state.promises), ...closeDisputes(customerId, command.items, state.disputes)];
      case 'ReviewCase': return reviewCase(command, state);
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'PromiseMade':
      case 'PromiseKept':
      case 'PromisePartlyKept':
      case 'PromiseBroken':
      case 'PromiseWithdrawn':
      case 'PromiseSuperseded': return { ...state, promises: evolvePromises(state.promises, event) };
      case 'DisputeOpened':
      case 'DisputeResolved':
      case 'DisputeClosed': return { ...state, disputes: evolveDisputes(state.disputes, event) };
      case 'CollectionCaseOpened': return { ...state, caseId: event.caseId, cases: state.cases + 1 };
      case 'CollectionCaseClosed': return { ...state, caseId: '' };
      case 'ContactRecorded': return { ...state, contacts: { ...state.contacts, [event.contactId]: true } };
    }
  },
};

type Answer = readonly CaseEvent[] | Refusal<CaseRefusal>;
type Asked<T extends CaseCommand['type']> = Extract<CaseCommand, { type: T }>;

function recordContact({ customerId, draft, customerKnown, ...promising }: Asked<'RecordContact'>, state: CaseState): Answer {
  const { contactId, channel, result, followUpOn, note, promise, dispute } = draft;
  if (!customerKnown) return refuse('customer-not-found', { customerId });
  if (own(state.contacts, contactId)) return refuse('contact-exists', { contactId });
  if (followUpOn !== '' && followUpOn < promising.today) return refuse('follow-up-in-past', { followUpOn, today: promising.today });
  const disputed = dispute ? openDispute(customerId, dispute, promising.items, state.disputes) : [];
  if (isRefusal(disputed)) return disputed;
  const promised = promise ? makePromise({ customerId, draft: promise, ...promising }, state.promises) : [];
  if (isRefusal(promised)) return promised;
  return [...disputed, ...promised, {
    type: 'ContactRecorded', contactId, customerId, channel, result, followUpOn, promiseId: promise?.promiseId ?? '', disputeId: dispute?.disputeId ?? '', pii: { keyId: '', data: note },
  }];
}

/** What may be asked for of an item now: open, less what is disputed and what is promised and not received yet, or under way: who promises a day and sends a cheque for it means one payment. */
export function claimableMinor(item: OwedItem, { promises, disputes }: Pick<CaseState, 'promises' | 'disputes'>): number {
  const disputed = Object.values(disputes.open).reduce((sum, parts) => sum + minorOf(parts, item.itemId), 0);
  const promised = Object.values(promises.open).reduce((sum, promise) => {
    const part = minorOf(promise.items, item.itemId);
    return part === 0 ? sum : sum + part - (receivedParts({ ...promise, items: promise.items.filter((i) => i.itemId === item.itemId) }, [item])?.get(item.itemId)?.receivedMinor ?? 0);
  }, 0);
  return Math.max(0, item.openMinor - disputed - Math.max(promised, item.comingMinor ?? 0));
}

function reviewCase({ customerId, caseId, today, items, policy }: Asked<'ReviewCase'>, state: CaseState): readonly CaseEvent[] {
  const claims = items.filter((i) => i.dueOn < today).map((item) => ({ item, minor: claimableMinor(item, state) })).filter((c) => c.minor > 0);
  if (state.caseId !== '') return claims.length === 0 ? [{ type: 'CollectionCaseClosed', caseId: state.caseId, customerId }] : [];
  const reached = [...new Set(claims.map((c) => c.item.currency))].sort().flatMap((currency) => {
    const those = claims.filter((c) => c.item.currency === currency);
    const minor = total(those.map((c) => c.minor));
    const oldestDueOn = those.map((c) => c.item.dueOn).sort()[0]!;
    return minor >= BigInt(thresholdMinor(policy.minimum, currency)) && daysPastDue({ dueOn: oldestDueOn }, today) >= policy.oldestDaysPastDue ? [{ pastDue: inAmounts({ minor, currency }), oldestDueOn }] : [];
  });
  if (reached.length === 0) return [];
  return [{ type: 'CollectionCaseOpened', caseId, customerId, pastDue: reached.flatMap((r) => r.pastDue), oldestDueOn: reached.map((r) => r.oldestDueOn).sort()[0]!, policyVersion: policy.version }];
}
