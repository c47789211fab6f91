// A refund: unused money of a receipt, or credit of a credit note, that goes back to the customer, once (PAY-12).
//
// - Its money is taken out of what is unapplied when it is asked for, never more than is unapplied; it is unapplied again where the refund is refused, expires, is cancelled or fails.
// - Above the limit of the policy it waits for someone else than who asked for it.
// - It is paid as the receipt came, unless another way is named; a bank transfer or a direct debit needs an account to pay to.
// - A payment provider pays it under the refund's own key. What it declines for now is tried three times in all, what it declines for good is not tried again.
// - Whatever nobody knows the outcome of is not paid again: the provider is asked until it knows, or a person finds out.
// - Without a provider a person pays it and tells. It is not paid in the future, and not before its money was taken out.
// - Until it is sent out it can be stopped. It gives way to a receipt that goes back; not while it is under way.
import type { Aggregate } from '@ar/domain/aggregate.js';
import { approvable, type ApprovalEvent, type ApprovalRefusal } from '@ar/domain/approvable.js';
import type { Counted } from '@ar/domain/counted.js';
import type { Day } from '@ar/domain/day.js';
import { type Decider, isRefusal, type Refusal, refuse } from '@ar/domain/decider.js';
import { effect, type EffectEvent, type EffectState } from '@ar/domain/effect.js';
import { type Money, thresholdMinor } from '@ar/domain/money.js';

export interface Payee { readonly name: string; readonly iban: string }
/** What is paid, to whom: it never changes. `key` is what the account keeps money by; `bankReference` is of the payment that came in. */
export interface Payout { readonly key: string; readonly minor: number; readonly method: string; readonly payee: Payee; readonly bankReference: string; /** What its money is worth in the tenant's base currency, where it is known: it is paid at that. */ readonly inBase?: Money }
/** `takenOn`: from when on its money is not unapplied any more. `limit` is that of the policy, empty for none. */
export interface OrderRefund extends Payout { readonly type: 'Order'; readonly refundId: string; readonly customer: string; readonly currency: string; readonly reason: string; readonly takenOn: Day; readonly limit: string; readonly expiryDays: number }

interface Of { readonly refundId: string; readonly customer: string; readonly currency: string }
type Own =
  | Of & Payout & { type: 'RefundOrdered'; reason: string; takenOn: Day }
  | Of & Payout & { type: 'RefundAttempted'; attempt: number }
  | Of & { type: 'RefundPaid'; key: string; minor: number; attempt: number; reference: string; effectiveOn: Day; inBase?: Money } & Counted
  | Of & { type: 'RefundFailed'; attempt: number; detail: string; again: boolean }
  | Of & { type: 'RefundUnknown'; attempt: number; detail: string }
  | Of & { type: 'RefundCancelled'; reason: string };
export type RefundEvent =
  | Own
  | Of & { type: 'RefundProposed'; command: OrderRefund; band: string; by: string; lastDay: Day }
  | Of & { type: 'RefundApproved'; by: string }
  | Of & { type: 'RefundRefused'; by: string; reason: string }
  | Of & { type: 'RefundExpired' };

export type RefundCommand =
  /** Asked before its money is taken. */
  | { type: 'RequireNew'; refundId: string }
  | { type: 'Propose'; order: OrderRefund; by: string; today: Day }
  | { type: 'Approve'; refundId: string; by: string; today: Day }
  | { type: 'Refuse'; refundId: string; by: string; reason: string; today: Day }
  | { type: 'Expire'; refundId: string; today: Day }
  | { type: 'Cancel'; refundId: string; reason: string }
  /** The receipt goes back: what was not sent out is cancelled, what was paid stays paid. */
  | { type: 'GiveWay'; reason: string }
  /** The provider is about to be asked; nothing where that is not wanted any more. */
  | { type: 'Attempt'; attempt: number }
  | { type: 'RecordOutcome'; attempt: number; outcome: 'sent' | 'failed' | 'unknown'; detail: string; final: boolean; today: Day }
  | { type: 'RecordPaid'; refundId: string; reference: string; paidOn: Day | null; today: Day }
  | { type: 'RecordFailed'; refundId: string; reason: string };

export type RefundRefusal =
  | ApprovalRefusal | 'refund-exists' | 'refund-not-found' | 'refund-account-missing' | 'refund-not-cancellable' | 'refund-not-payable' | 'refund-not-unknown' | 'refund-under-way' | 'paid-date-in-future' | 'paid-date-before-request';

type There = { readonly status: 'ordered'; readonly order: Of & Payout & { readonly takenOn: Day }; readonly paying: EffectState };
/** `ended` without having been paid: its money is unapplied again. */
type Inner = { readonly status: 'none' } | There | { readonly status: 'paid' | 'ended'; readonly order: There['order'] };

const MOST_ATTEMPTS = 3;
const paying = effect<null>(MOST_ATTEMPTS);
const TO_AN_ACCOUNT: ReadonlySet<string> = new Set(['PAYMENT_METHOD_BANK_TRANSFER', 'PAYMENT_METHOD_DIRECT_DEBIT']);

const ordering: Decider<Inner, OrderRefund, Own, RefundRefusal> = {
  initial: { status: 'none' },
  decide({ type: _, limit: _limit, expiryDays: _days, ...order }, state) {
    if (state.status !== 'none') return refuse('refund-exists', { refundId: order.refundId });
    if (TO_AN_ACCOUNT.has(order.method) && order.payee.iban === '') return refuse('refund-account-missing', { method: order.method });
    return [{ type: 'RefundOrdered', ...order }];
  },
  evolve(state, event) {
    if (event.type === 'RefundOrdered') {
      const { type: _, reason: _reason, ...order } = event;
      return { status: 'ordered', order, paying: paying.evolve(paying.initial, { type: 'EffectRequested', key: event.refundId }) };
    }
    if (state.status !== 'ordered') return state;
    const key = event.refundId;
    const moved = (to: EffectEvent<null>): Inner => ({ ...state, paying: paying.evolve(state.paying, to) });
    switch (event.type) {
      case 'RefundAttempted': return moved({ type: 'EffectAttempted', key, attempt: event.attempt, content: null });
      case 'RefundUnknown': return moved({ type: 'EffectUnknown', key, attempt: event.attempt, detail: '' });
      case 'RefundPaid': return { status: 'paid', order: state.order };
      case 'RefundFailed': return event.again ? moved({ type: 'EffectFailed', key, attempt: event.attempt, detail: '', again: true }) : { status: 'ended', order: state.order };
      case 'RefundCancelled': return { status: 'ended', order: state.order };
    }
  },
};

/** The band that it falls in: above the limit a second person has to agree. */
const needOf = ({ minor, currency, limit, expiryDays }: OrderRefund) => (limit !== '' && minor > thresholdMinor(limit, currency) ? { band: `above ${limit}`, expiryDays } : undefined);

const guarded = approvable(ordering, needOf);
type Approval = ApprovalEvent<OrderRefund>;
type State = typeof guarded.initial;
export interface RefundState extends State { /** Empty before it was asked for. */ readonly customer: string; readonly currency: string }

/** What it took out of unapplied cash and still keeps, or has paid. */
export function takenBy(state: RefundState): (Of & Payout & { readonly takenOn: Day }) | undefined {
  const [waiting] = Object.values(state.pending);
  return waiting?.command ?? (state.inner.status === 'none' || state.inner.status === 'ended' ? undefined : state.inner.order);
}
export const isPaid = ({ inner }: RefundState): boolean => inner.status === 'paid';

export const refund: Aggregate<RefundState, RefundCommand, RefundEvent, RefundRefusal> = {
  type: 'refund',
  initial: { ...guarded.initial, customer: '', currency: '' },
  customer: (_id, state) => state.customer,

  decide(command, state) {
    switch (command.type) {
      case 'RequireNew': return state.customer === '' ? [] : refuse('refund-exists', { refundId: command.refundId });
      case 'Propose': {
        const { order, by, today } = command;
        return named(guarded.decide({ type: 'Propose', approvalId: order.refundId, command: order, by, today }, state), order);
      }
      // One limit makes one band: who may approve holds it.
      case 'Approve': return named(guarded.decide({ type: 'Approve', approvalId: command.refundId, by: command.by, bands: Object.values(state.pending).map((p) => p.band), today: command.today }, state), ofState(state, command.refundId));
      case 'Refuse': return named(guarded.decide({ type: 'Refuse', approvalId: command.refundId, by: command.by, reason: command.reason, today: command.today }, state), ofState(state, command.refundId));
      case 'Expire': return named(guarded.decide({ type: 'ExpireApprovals', today: command.today }, state), ofState(state, command.refundId));
      case 'Cancel': {
        if (state.customer === '') return refuse('refund-not-found', { refundId: command.refundId });
        return isStoppable(state) ? [cancelled(state, command.refundId, command.reason)] : refuse('refund-not-cancellable', { refundId: command.refundId });
      }
      case 'GiveWay': {
        const of = takenBy(state);
        if (!of || isPaid(state)) return [];
        return isStoppable(state) ? [cancelled(state, of.refundId, command.reason)] : refuse('refund-under-way', { refundId: of.refundId });
      }
      case 'Attempt': {
        if (state.inner.status !== 'ordered') return []; // a person has paid or stopped it meanwhile
        const { order: { takenOn: _, ...content }, paying: at } = state.inner;
        return isRefusal(paying.decide({ type: 'ClaimEffect', attempt: command.attempt, content: null }, at)) ? [] : [{ type: 'RefundAttempted', ...content, attempt: command.attempt }];
      }
      case 'RecordOutcome': return state.inner.status === 'ordered' ? outcomeOf(command, state.inner) : []; // a person knew it before
      case 'RecordPaid': {
        const { refundId, reference, paidOn, today } = command;
        if (state.customer === '') return refuse('refund-not-found', { refundId });
        const { inner } = state;
        const on = paidOn ?? today;
        if (inner.status !== 'ordered' || inner.paying.status === 'attempted') return refuse('refund-not-payable', { refundId });
        if (on > today) return refuse('paid-date-in-future', { paidOn: on, today });
        if (on < inner.order.takenOn) return refuse('paid-date-before-request', { paidOn: on, requestedOn: inner.order.takenOn });
        return [paid(inner, 0, reference, on)];
      }
      case 'RecordFailed': {
        const { refundId, reason } = command;
        if (state.customer === '') return refuse('refund-not-found', { refundId });
        const { inner } = state;
        if (inner.status !== 'ordered' || inner.paying.status !== 'unknown') return refuse('refund-not-unknown', { refundId });
        return [{ type: 'RefundFailed', ...ofState(state, refundId), attempt: inner.paying.attempt, detail: reason, again: false }];
      }
    }
  },

  evolve(state, event) {
    const next = guarded.evolve(state, plain(event));
    return { ...next, ...(event.type === 'RefundCancelled' ? { pending: {} } : {}), customer: event.customer, currency: event.currency };
  },
};

/** It waits, or is ordered and was not sent out, or came back declined for now. */
const isStoppable = ({ inner, pending }: RefundState): boolean => Object.keys(pending).length > 0 || (inner.status === 'ordered' && inner.paying.status === 'requested');

function outcomeOf({ attempt, outcome, detail, final, today }: Extract<RefundCommand, { type: 'RecordOutcome' }>, inner: There): readonly RefundEvent[] {
  const answer = paying.decide({ type: 'RecordOutcome', attempt, outcome, detail, final }, inner.paying);
  if (isRefusal(answer)) return []; // of an attempt that is over
  const { refundId, customer, currency, takenOn } = inner.order;
  return answer.flatMap((event): readonly RefundEvent[] => {
    switch (event.type) {
      case 'EffectSent': return [paid(inner, attempt, detail, today > takenOn ? today : takenOn)];
      case 'EffectUnknown': return [{ type: 'RefundUnknown', refundId, customer, currency, attempt, detail }];
      case 'EffectFailed': return [{ type: 'RefundFailed', refundId, customer, currency, attempt, detail, again: event.again }];
      case 'EffectRequested':
      case 'EffectAttempted':
      case 'EffectSuppressed':
      case 'EffectRepeated': return []; // not what an outcome leads to
    }
  });
}

const paid = ({ order: { refundId, customer, currency, key, minor, inBase } }: There, attempt: number, reference: string, on: Day): RefundEvent => ({ type: 'RefundPaid', refundId, customer, currency, key, minor, attempt, reference, effectiveOn: on, ...(inBase ? { inBase } : {}) });
const ofState = ({ customer, currency }: RefundState, refundId: string): Of => ({ refundId, customer, currency });
const cancelled = (state: RefundState, refundId: string, reason: string): RefundEvent => ({ type: 'RefundCancelled', ...ofState(state, refundId), reason });

/** The events of approval in this aggregate's own words, each with whose it is. */
function named(answer: readonly (Own | Approval)[] | Refusal<RefundRefusal>, { refundId, customer, currency }: Of): readonly RefundEvent[] | Refusal<RefundRefusal> {
  if (isRefusal(answer)) return answer;
  const of = { refundId, customer, currency };
  return answer.map((event): RefundEvent => {
    switch (event.type) {
      case 'RefundOrdered':
      case 'RefundAttempted':
      case 'RefundPaid':
      case 'RefundFailed':
      case 'RefundUnknown':
      case 'RefundCancelled': return event;
      case 'ApprovalRequested': return { type: 'RefundProposed', ...of, command: event.command, band: event.band, by: event.by, lastDay: event.lastDay };
      case 'ApprovalGranted': return { type: 'RefundApproved', ...of, by: event.by };
      case 'ApprovalRefused': return { type: 'RefundRefused', ...of, by: event.by, reason: event.reason };
      case 'ApprovalExpired': return { type: 'RefundExpired', ...of };
    }
  });
}

function plain(event: RefundEvent): Own | Approval {
  const { refundId: approvalId } = event;
  switch (event.type) {
    case 'RefundOrdered':
    case 'RefundAttempted':
    case 'RefundPaid':
    case 'RefundFailed':
    case 'RefundUnknown':
    case 'RefundCancelled': return event;
    case 'RefundProposed': return { type: 'ApprovalRequested', approvalId, command: event.command, band: event.band, by: event.by, lastDay: event.lastDay };
    case 'RefundApproved': return { type: 'ApprovalGranted', approvalId, by: event.by };
    case 'RefundRefused': return { type: 'ApprovalRefused', approvalId, by: event.by, reason: event.reason };
    case 'RefundExpired': return { type: 'ApprovalExpired', approvalId };
  }
}
