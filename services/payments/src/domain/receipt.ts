// Money that came in, and what it was used for (PAY-05, PAY-11, PAY-13).
//
// - A receipt is recorded once, at once, before anyone knows what it pays. Its value date is not after the business date; it counts from its value date.
// - Money may be promised for a later day: a cheque with a maturity, a method that settles later. Until that day begins it is pending: no cash, in no account; it is not identified, used or refunded, but it may go back.
// - Its customer is known or found by what it names, else it is the reserved customer's until it is identified, once.
// - It is applied in groups, never beyond what is left of it; discounts that it earns use nothing of it. An application is taken back once, whole or for some items; what it had used is left again.
// - What is too much of it, within the tolerance, may be booked with a group as a gain; as soon as anything of the group goes back, so does that.
// - It settles items of another currency where a person says so, and how much of it is used for that.
// - Unapplying and reversing count from the business date, or from an earlier day that is given, not before what is taken back.
// - A reversal (return, chargeback, bounced cheque, mistake) takes back exactly the applications that are left, and then all of the money. A reversed receipt is done with.
//   A return, chargeback or bounced cheque may cost its customer a fee, by policy; nobody is charged for a mistake, nor for money of nobody known.
// - What is left of it may be kept for refunds, never more than is left; a refund that comes to nothing gives it back. What was refunded when it goes back is claimed from the customer.
// - Where no rule placed it, open items may be recommended for it. A person takes one of them or none, once; what happens to it otherwise overtakes the recommendation.
// - A payer's receipt may be passed on in part to those whom it pays for: a share is a receipt of its own that names it. A share is neither refunded nor reversed by itself; it goes back to the payer's receipt as a whole.
// - What its payer kept back of an item, and said why, is kept with it: that stays open, and is never more than what is left open.
// - received − reversed = applied + booked as a gain + unapplied + refunded + passed on (+ transferred, for the reserved customer).
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { isMoney, type Money, parseMoney } from '@ar/domain/money.js';
import type { Policies } from '@ar/domain/policies.js';
import { refuse } from '@ar/domain/decider.js';
import { type Application, settledBy, UNIDENTIFIED } from './account.js';
import { type Exchange, spentSum } from './exchanging.js';
import type { Booking } from './in-base.js';
import type { Named, Step, Tried } from './cash-application.js';
import type { Match } from './matching.js';

/** What is known of a receipt when it comes in. */
export interface ReceiptFacts {
  readonly currency: string;
  readonly receivedMinor: number;
  readonly valueOn: Day;
  readonly method: string;
  /** Personal: who paid, from where, and what they wrote. */
  readonly remitter: { readonly name: string; readonly iban: string; readonly remittance: string };
  /** What the payer names explicitly. */
  readonly named: readonly Named[];
  /** The bank's own reference of the money. */
  readonly bankReference: string;
  /** Left with the customer on purpose: not applied, and not tried again. */
  readonly onAccount: boolean;
  /** What it is worth in the tenant's base currency; absent in that one, and where no rate was known. */
  readonly booking?: Booking;
}
export type IdentifiedBy = 'caller' | 'reference' | 'person' | 'payer' | 'nobody';
export type ReversalKind = 'return' | 'chargeback' | 'bounced' | 'error' | 'passed-back';

/** What a payment that went back costs its customer by policy; 0 for a mistake, and where the policy says nothing. */
export function returnFee({ fees }: Pick<Policies['returnedPayments'], 'fees'>, kind: ReversalKind, currency: string): number {
  const of = fees.find((f) => f.currencyCode === currency);
  if (!of || kind === 'error' || kind === 'passed-back') return 0;
  const fee = parseMoney({ return: of.returned, chargeback: of.chargedBack, bounced: of.bounced }[kind], currency);
  return isMoney(fee) ? fee.minor : 0;
}

interface OfReceipt { readonly receiptId: string; readonly customer: string }
export type ReceiptEvent = OfReceipt & (
  | ({ type: 'ReceiptRecorded'; identifiedBy: IdentifiedBy; effectiveOn: Day; /** Of a share: whose receipt it was passed on of. */ passedBy?: PassedBy } & ReceiptFacts)
  | ({ type: 'ReceiptPending'; identifiedBy: IdentifiedBy } & ReceiptFacts)
  // Carries all facts: who reads the history of the customer alone begins here.
  | ({ type: 'ReceiptIdentified'; transferId: string; by: string; effectiveOn: Day } & ReceiptFacts)
  | { type: 'CashApplied'; currency: string; valueOn: Day; groupId: string; rule: Tried | 'person'; applications: readonly Application[]; unappliedMinor: number; trace: readonly Step[]; policyVersion: number; effectiveOn: Day; /** Its items are in another currency. */ exchange?: Exchange; surplus?: Surplus }
  | { type: 'CashHeld'; currency: string; unappliedMinor: number; trace: readonly Step[]; policyVersion: number }
  | { type: 'ApplicationRecommended'; currency: string; recommendationId: string; unappliedMinor: number; matches: readonly Match[]; policyVersion: number }
  | { type: 'RecommendationAccepted'; currency: string; recommendationId: string; match: Match; by: string }
  | { type: 'RecommendationDeclined'; recommendationId: string; by: string; reason: string }
  | { type: 'DeductionsTaken'; currency: string; groupId: string; deductions: readonly Deduction[] }
  | { type: 'CashUnapplied'; currency: string; valueOn: Day; groupId: string; applications: readonly Application[]; unappliedMinor: number; cause: 'unapplication' | 'reversal' | 'void'; reason: string; effectiveOn: Day; exchange?: Exchange; surplus?: Surplus }
  | { type: 'CashPassedOn'; currency: string; toReceiptId: string; toCustomer: string; transferId: string; minor: number; unappliedMinor: number; /** It belongs to the attempt that something was applied, or passed on, by right before. */ goesOn?: true; effectiveOn: Day }
  | { type: 'CashPassedBack'; currency: string; toReceiptId: string; toCustomer: string; transferId: string; minor: number; unappliedMinor: number; effectiveOn: Day }
  | { type: 'CashReservedForRefund'; currency: string; refundId: string; minor: number; unappliedMinor: number; effectiveOn: Day }
  | { type: 'CashReleasedFromRefund'; currency: string; refundId: string; minor: number; unappliedMinor: number; effectiveOn: Day }
  | { type: 'ReceiptReversed'; currency: string; reversedMinor: number; /** What had been refunded of it. */ claimedMinor?: number; /** What the customer is to be charged for it. */ feeMinor?: number; kind: ReversalKind; code: string; reason: string; groupIds: readonly string[]; effectiveOn: Day });

/** What was too much of a group, within the tolerance of the policy: a gain, from a day on. */
export interface Surplus { readonly minor: number; readonly effectiveOn: Day; readonly inBase?: Money }

export interface PassedBy { readonly receiptId: string; readonly customer: string }

export type DeductionReason = 'price' | 'quantity' | 'quality' | 'delivery' | 'duplicate' | 'tax' | 'payment-terms' | 'credit-due' | 'other';
/** What the payer kept back of an item, and why. */
export interface Deduction { readonly itemId: string; readonly minor: number; readonly reasonCode: DeductionReason; readonly text: string }

/** What is open of the items before something is taken back, by item; nothing for those that are settled. */
export type OpenBefore = Readonly<Record<string, number>>;

/** `base`: what the tenant's books are in, where known. */
export interface SaidRate { readonly rate: string; readonly base: string | undefined }

export type ReceiptCommand = OfReceipt & (
  | ({ type: 'Record'; today: Day; customerKnown: boolean; identifiedBy: IdentifiedBy; passedBy?: PassedBy; /** What was pending. */ matures?: true; /** The rate that a caller says it was booked at. */ saidRate?: SaidRate } & ReceiptFacts)
  /** Its value date is still to come. */
  | ({ type: 'Await'; today: Day; customerKnown: boolean; identifiedBy: IdentifiedBy; saidRate?: SaidRate } & ReceiptFacts)
  | { type: 'PassOn'; toReceiptId: string; toCustomer: string; transferId: string; minor: number; goesOn: boolean; effectiveOn: Day }
  | { type: 'PassBack'; toReceiptId: string; transferId: string; effectiveOn: Day }
  | { type: 'Identify'; customerKnown: boolean; transferId: string; by: string }
  /** Whether it may be used for amounts in that currency: asked before the account is. */
  | { type: 'AskToUse'; currencies: readonly string[]; /** Whether its caller may say what other currencies are worth. */ mayExchange?: true; /** Of the items, where it is exchanged for them. */ into?: string; /** One that it is to be exchanged for, and is another's whom the payer pays for. */ ofAnother?: { readonly itemId: string; readonly customer: string } }
  | { type: 'Apply'; groupId: string; rule: Tried | 'person'; applications: readonly Application[]; exchange?: Exchange; surplus?: Surplus | undefined; trace: readonly Step[]; policyVersion: number }
  | { type: 'LeaveUnapplied'; trace: readonly Step[]; policyVersion: number }
  | { type: 'Recommend'; recommendationId: string; matches: readonly Match[]; policyVersion: number }
  | { type: 'Accept'; recommendationId: string; payer: string; itemId: string; by: string }
  | { type: 'Decline'; recommendationId: string; by: string; reason: string }
  /** `applications`: those that they were kept back from. */
  | { type: 'TakeDeductions'; groupId: string; deductions: readonly Deduction[]; applications: readonly Application[] }
  /** `minor` null: all that is left. */
  | { type: 'ReserveForRefund'; refundId: string; minor: number | null; effectiveOn: Day }
  | { type: 'ReleaseFromRefund'; refundId: string; effectiveOn: Day }
  /** Some items of a group, or all of it when none is named. */
  | { type: 'Unapply'; groupId: string; itemIds: readonly string[]; openMinor: OpenBefore; today: Day; effectiveOn: Day | null; cause: 'unapplication' | 'void'; reason: string }
  | { type: 'Reverse'; kind: ReversalKind; code: string; openMinor: OpenBefore; today: Day; effectiveOn: Day | null; reason: string; feeMinor: number; /** The last day on which it may go back; absent: any. */ lastOn?: Day });

export type ReceiptRefusal =
  | 'receipt-exists' | 'receipt-not-found' | 'customer-not-found' | 'receipt-amount-not-positive' | 'value-date-in-future' | 'receipt-identified' | 'receipt-unidentified' | 'receipt-reversed' | 'receipt-over-applied' | 'receipt-of-payer' | 'receipt-pending' | 'reversal-window-over' | 'refund-above-refundable' | 'currency-mismatch' | 'exchange-in-one-currency' | 'exchange-of-another-customer' | 'booking-rate-in-base-currency' | 'booking-rate-of-pending' | 'booking-out-of-range' | 'recommendation-not-found' | 'deduction-not-applied-to' | 'deduction-above-open'
  | 'application-empty' | 'application-group-not-found' | 'application-not-in-group' | 'effective-date-before-original' | 'effective-date-in-future';

export type ReceiptState =
  | { readonly status: 'none' }
  | ({ readonly status: 'pending' | 'recorded' | 'reversed'; readonly customer: string; readonly facts: ReceiptFacts; readonly unappliedMinor: number; readonly groups: Readonly<Record<string, readonly Application[]>>; readonly groupCount: number; /** Of groups whose items are in another currency. */ readonly exchanges?: Readonly<Record<string, Exchange>>; /** What was too much, of groups that stand whole. */ readonly surpluses?: Readonly<Record<string, Surplus>>; /** What each refund keeps of it, or has paid. */ readonly refunds: Readonly<Record<string, number>>;
    /** What waits for an answer, and how many there were. */ readonly recommended?: { readonly recommendationId: string; readonly matches: readonly Match[] } | undefined; readonly recommendations?: number; /** Shares that it was passed on in, by their receipts; and how many there were. */ readonly passed?: Readonly<Record<string, { readonly customer: string; readonly minor: number }>>; readonly passedCount?: number; /** Of a share. */ readonly passedBy?: PassedBy });
type There = Exclude<ReceiptState, { status: 'none' }>;

const EXCHANGE_NEEDED = { field: 'rate', help: 'items of another currency, all of one, need spent, which is how much of the receipt pays them, or a rate' };

export const receipt: Aggregate<ReceiptState, ReceiptCommand, ReceiptEvent, ReceiptRefusal> = {
  type: 'receipt',
  initial: { status: 'none' },
  customer: (_id, state) => (state.status === 'none' ? '' : state.customer),

  decide(command, state) {
    if (command.type === 'Record' || command.type === 'Await') return record(command, state);
    if (state.status === 'none') return refuse('receipt-not-found', { receiptId: command.receiptId });
    if (state.status === 'reversed') return refuse('receipt-reversed');
    const { receiptId } = command;
    const of = { receiptId, customer: state.customer, currency: state.facts.currency };
    switch (command.type) {
      case 'Identify':
        if (state.status === 'pending') return refuse('receipt-pending', { receiptId, valueOn: state.facts.valueOn });
        if (state.customer !== UNIDENTIFIED) return refuse('receipt-identified', { customer: state.customer });
        if (!command.customerKnown || command.customer === UNIDENTIFIED) return refuse('customer-not-found', { customer: command.customer });
        return [{ type: 'ReceiptIdentified', ...state.facts, receiptId, customer: command.customer, transferId: command.transferId, by: command.by, effectiveOn: state.facts.valueOn }];
      case 'AskToUse': {
        const other = command.currencies.find((c) => c !== state.facts.currency);
        if (state.status === 'pending') return refuse('receipt-pending', { receiptId, valueOn: state.facts.valueOn });
        if (state.customer === UNIDENTIFIED) return refuse('receipt-unidentified');
        if (other !== undefined) return refuse('currency-mismatch', { currency: state.facts.currency, askedCurrency: other, ...(command.mayExchange ? EXCHANGE_NEEDED : {}) });
        if (command.ofAnother) return refuse('exchange-of-another-customer', { ...command.ofAnother });
        return command.into === state.facts.currency ? refuse('exchange-in-one-currency', { currency: command.into }) : [];
      }
      case 'Apply': {
        const { groupId, rule, applications, trace, policyVersion } = command;
        if (state.customer === UNIDENTIFIED) return refuse('receipt-unidentified');
        if (applications.length === 0) return refuse('application-empty');
        if (command.exchange?.currency === state.facts.currency) return refuse('exchange-in-one-currency', { currency: state.facts.currency });
        const { surplus } = command;
        const usedMinor = spentSum(applications) + (surplus?.minor ?? 0);
        const unappliedMinor = state.unappliedMinor - usedMinor;
        if (unappliedMinor < 0) return refuse('receipt-over-applied', { unappliedMinor: state.unappliedMinor, askedMinor: usedMinor, currency: of.currency });
        return [{ type: 'CashApplied', ...of, valueOn: state.facts.valueOn, groupId, rule, applications, unappliedMinor, trace, policyVersion, effectiveOn: earliest(applications), ...(command.exchange ? { exchange: command.exchange } : {}), ...(surplus ? { surplus } : {}) }];
      }
      case 'LeaveUnapplied': return [{ type: 'CashHeld', ...of, unappliedMinor: state.unappliedMinor, trace: command.trace, policyVersion: command.policyVersion }];
      case 'Recommend': return [{ type: 'ApplicationRecommended', ...of, recommendationId: command.recommendationId, unappliedMinor: state.unappliedMinor, matches: command.matches, policyVersion: command.policyVersion }];
      case 'Accept': {
        const { recommendationId, payer, itemId, by } = command;
        const match = state.unappliedMinor > 0 && state.recommended?.recommendationId === recommendationId ? state.recommended.matches.find((m) => m.customer === payer && m.itemId === itemId) : undefined;
        return match ? [{ type: 'RecommendationAccepted', ...of, recommendationId, match, by }] : refuse('recommendation-not-found', { recommendationId, customer: payer, itemId });
      }
      case 'Decline': {
        const { recommendationId, by, reason } = command;
        if (state.recommended?.recommendationId !== recommendationId) return refuse('recommendation-not-found', { recommendationId });
        return [{ type: 'RecommendationDeclined', receiptId, customer: state.customer, recommendationId, by, reason }];
      }
      case 'TakeDeductions': {
        const { groupId, deductions, applications } = command;
        for (const { itemId, minor } of deductions) {
          const from = applications.find((a) => a.item.itemId === itemId);
          if (!from || deductions.filter((d) => d.itemId === itemId).length > 1) return refuse('deduction-not-applied-to', { itemId });
          if (minor <= 0 || minor > from.openMinor) return refuse('deduction-above-open', { itemId, openMinor: from.openMinor, askedMinor: minor, currency: of.currency });
        }
        return deductions.length === 0 ? [] : [{ type: 'DeductionsTaken', ...of, groupId, deductions }];
      }
      case 'ReserveForRefund': {
        const { refundId, effectiveOn } = command;
        const minor = command.minor ?? state.unappliedMinor;
        if (state.passedBy) return refuse('receipt-of-payer', { payerReceiptId: state.passedBy.receiptId, payerCustomer: state.passedBy.customer });
        if (minor <= 0 || minor > state.unappliedMinor) return refuse('refund-above-refundable', { refundableMinor: state.unappliedMinor, askedMinor: minor, currency: of.currency });
        return [{ type: 'CashReservedForRefund', ...of, refundId, minor, unappliedMinor: state.unappliedMinor - minor, effectiveOn }];
      }
      case 'ReleaseFromRefund': {
        const minor = state.refunds[command.refundId];
        return minor === undefined ? [] : [{ type: 'CashReleasedFromRefund', ...of, refundId: command.refundId, minor, unappliedMinor: state.unappliedMinor + minor, effectiveOn: command.effectiveOn }];
      }
      case 'Unapply': return unapply(command, state);
      case 'PassOn': {
        const { toReceiptId, toCustomer, transferId, minor, effectiveOn, goesOn } = command;
        if (minor > state.unappliedMinor) return refuse('receipt-over-applied', { unappliedMinor: state.unappliedMinor, askedMinor: minor, currency: of.currency });
        return [{ type: 'CashPassedOn', ...of, toReceiptId, toCustomer, transferId, minor, unappliedMinor: state.unappliedMinor - minor, ...(goesOn ? { goesOn } : {}), effectiveOn }];
      }
      case 'PassBack': {
        const { toReceiptId, transferId, effectiveOn } = command;
        const share = state.passed?.[toReceiptId];
        return share ? [{ type: 'CashPassedBack', ...of, toReceiptId, toCustomer: share.customer, transferId, minor: share.minor, unappliedMinor: state.unappliedMinor + share.minor, effectiveOn }] : [];
      }
      case 'Reverse': {
        if (state.passedBy && command.kind !== 'passed-back') return refuse('receipt-of-payer', { payerReceiptId: state.passedBy.receiptId, payerCustomer: state.passedBy.customer });
        const groups = Object.entries(state.groups);
        if (command.lastOn !== undefined && command.today > command.lastOn) return refuse('reversal-window-over', { lastOn: command.lastOn, today: command.today });
        const effectiveOn = dateOf(command, groups.flatMap(([, applications]) => applications), state.status === 'pending' ? '' : state.facts.valueOn, command.today);
        if ('refused' in effectiveOn) return effectiveOn;
        const claimedMinor = Object.values(state.refunds).reduce((total, minor) => total + minor, 0);
        let { unappliedMinor } = state;
        let open = command.openMinor;
        const undone = groups.map(([groupId, group]) => {
          const applications = reopened(group, open);
          open = { ...open, ...Object.fromEntries(applications.map((a) => [a.item.itemId, a.openMinor])) };
          unappliedMinor += spentSum(applications) + (state.surpluses?.[groupId]?.minor ?? 0);
          return { type: 'CashUnapplied' as const, ...of, valueOn: state.facts.valueOn, groupId, applications, unappliedMinor, cause: 'reversal' as const, reason: command.reason, effectiveOn: effectiveOn.on, ...exchangeOf(state, groupId), ...surplusOf(state, groupId) };
        });
        return [...undone, { type: 'ReceiptReversed', ...of, reversedMinor: state.facts.receivedMinor, ...(claimedMinor > 0 ? { claimedMinor } : {}), ...(command.feeMinor > 0 && state.customer !== UNIDENTIFIED ? { feeMinor: command.feeMinor } : {}), kind: command.kind, code: command.code, reason: command.reason, groupIds: groups.map(([id]) => id), effectiveOn: effectiveOn.on }];
      }
    }
  },

  evolve(state, event) {
    if (event.type === 'ReceiptRecorded' || event.type === 'ReceiptPending') {
      const { currency, receivedMinor, valueOn, method, remitter, named, bankReference, onAccount, booking } = event;
      const pending = event.type === 'ReceiptPending';
      return { status: pending ? 'pending' : 'recorded', customer: event.customer, facts: { currency, receivedMinor, valueOn, method, remitter, named, bankReference, onAccount, ...(booking ? { booking } : {}) }, unappliedMinor: pending ? 0 : receivedMinor, groups: {}, groupCount: 0, refunds: {}, ...(event.type === 'ReceiptRecorded' && event.passedBy ? { passedBy: event.passedBy } : {}) };
    }
    if (state.status === 'none') return state; // a receipt's history begins with its recording
    switch (event.type) {
      case 'ReceiptIdentified': { // what was recommended of others is out of the question
        const { recommended, ...rest } = state;
        const matches = recommended?.matches.filter((m) => m.customer === event.customer) ?? [];
        return { ...rest, customer: event.customer, ...(recommended && matches.length > 0 ? { recommended: { ...recommended, matches } } : {}) };
      }
      case 'CashApplied': return { ...answered(state), ...(event.surplus ? { surpluses: { ...state.surpluses, [event.groupId]: event.surplus } } : {}), ...(event.exchange ? { exchanges: { ...state.exchanges, [event.groupId]: event.exchange } } : {}), unappliedMinor: event.unappliedMinor, groups: { ...state.groups, [event.groupId]: event.applications }, groupCount: state.groupCount + 1 };
      case 'ApplicationRecommended': return { ...state, recommended: { recommendationId: event.recommendationId, matches: event.matches }, recommendations: (state.recommendations ?? 0) + 1 };
      case 'RecommendationAccepted':
      case 'RecommendationDeclined': return answered(state);
      case 'DeductionsTaken':
      case 'CashHeld': return state;
      case 'CashUnapplied': {
        const undone = new Set(event.applications.map((a) => a.item.itemId));
        const left = (state.groups[event.groupId] ?? []).filter((a) => !undone.has(a.item.itemId));
        const { [event.groupId]: _group, ...others } = state.groups;
        const { [event.groupId]: _surplus, ...surpluses } = state.surpluses ?? {};
        return { ...state, ...(state.surpluses ? { surpluses } : {}), unappliedMinor: event.unappliedMinor, groups: left.length > 0 ? { ...others, [event.groupId]: left } : others };
      }
      case 'CashPassedOn': return { ...answered(state), unappliedMinor: event.unappliedMinor, passed: { ...state.passed, [event.toReceiptId]: { customer: event.toCustomer, minor: event.minor } }, passedCount: (state.passedCount ?? 0) + 1 };
      case 'CashPassedBack': {
        const { [event.toReceiptId]: _back, ...passed } = state.passed ?? {};
        return { ...state, unappliedMinor: event.unappliedMinor, passed };
      }
      case 'CashReservedForRefund': return { ...(event.unappliedMinor === 0 ? answered(state) : state), unappliedMinor: event.unappliedMinor, refunds: { ...state.refunds, [event.refundId]: event.minor } };
      case 'CashReleasedFromRefund': {
        const { [event.refundId]: _gone, ...refunds } = state.refunds;
        return { ...state, unappliedMinor: event.unappliedMinor, refunds };
      }
      case 'ReceiptReversed': return { ...answered(state), status: 'reversed', unappliedMinor: 0, refunds: {} };
    }
  },
};

const exchangeOf = ({ exchanges }: There, groupId: string): { readonly exchange?: Exchange } => (exchanges?.[groupId] ? { exchange: exchanges[groupId] } : {});

/** It goes back as soon as anything of its group does. */
const surplusOf = ({ surpluses }: There, groupId: string): { readonly surplus?: Surplus } => (surpluses?.[groupId] ? { surplus: surpluses[groupId] } : {});

/** Nothing waits for an answer any more. */
const answered = ({ recommended: _gone, ...state }: There): There => state;

type Answer = ReturnType<typeof receipt.decide>;

function record(command: Extract<ReceiptCommand, { type: 'Record' | 'Await' }>, state: ReceiptState): Answer {
  const matures = command.type === 'Record' && command.matures === true;
  const { type, today, customerKnown, saidRate, ...facts } = command.type === 'Record' ? withoutMatures(command) : command;
  if (state.status !== (matures ? 'pending' : 'none')) return refuse('receipt-exists', { receiptId: command.receiptId });
  if (!customerKnown) return refuse('customer-not-found', { customer: command.customer });
  if (facts.receivedMinor <= 0) return refuse('receipt-amount-not-positive', { minor: facts.receivedMinor, currency: facts.currency });
  if (saidRate) {
    if (saidRate.base === facts.currency) return refuse('booking-rate-in-base-currency', { currency: facts.currency });
    if (type === 'Await') return refuse('booking-rate-of-pending', { valueOn: facts.valueOn });
    if (!facts.booking) return refuse('booking-out-of-range', { minor: facts.receivedMinor, currency: facts.currency, rate: saidRate.rate });
  }
  if (type === 'Await') return [{ type: 'ReceiptPending', ...facts }];
  if (facts.valueOn > today) return refuse('value-date-in-future', { valueOn: facts.valueOn, today });
  return [{ type: 'ReceiptRecorded', ...facts, effectiveOn: facts.valueOn }];
}

const withoutMatures = ({ matures: _matures, ...command }: Extract<ReceiptCommand, { type: 'Record' }>) => command;

function unapply(command: Extract<ReceiptCommand, { type: 'Unapply' }>, state: There): Answer {
  const { receiptId, groupId, itemIds, cause, reason } = command;
  const group = state.groups[groupId];
  if (!group) return refuse('application-group-not-found', { groupId });
  const missing = itemIds.find((id) => !group.some((a) => a.item.itemId === id));
  if (missing !== undefined) return refuse('application-not-in-group', { groupId, itemId: missing });
  const applications = itemIds.length === 0 ? group : group.filter((a) => itemIds.includes(a.item.itemId));
  // A void counts from its own date, whatever was applied later: each part is then taken back from the day it was applied.
  const effectiveOn = cause === 'void' ? { on: command.effectiveOn ?? command.today } : dateOf(command, applications, state.facts.valueOn, command.today);
  if ('refused' in effectiveOn) return effectiveOn;
  const { currency, valueOn } = state.facts;
  return [{ type: 'CashUnapplied', receiptId, customer: state.customer, currency, valueOn, groupId, applications: reopened(applications, command.openMinor), unappliedMinor: state.unappliedMinor + spentSum(applications) + (state.surpluses?.[groupId]?.minor ?? 0), cause, reason, effectiveOn: effectiveOn.on, ...exchangeOf(state, groupId), ...surplusOf(state, groupId) }];
}

/** The day from which something taken back counts: the business date, or the given one if it is neither in the future nor before what it takes back. */
export function dateOf({ effectiveOn }: { readonly effectiveOn: Day | null }, applications: readonly Application[], receivedOn: Day, today: Day) {
  const on = effectiveOn ?? today;
  const original = applications.reduce((latest, a) => (a.effectiveOn > latest ? a.effectiveOn : latest), receivedOn);
  if (on > today) return refuse('effective-date-in-future', { effectiveOn: on, today });
  // An item issued on a later day is settled from that day on, and given back from that day on: no refusal for the default.
  if (effectiveOn !== null && on < original) return refuse('effective-date-before-original', { effectiveOn: on, original });
  return { on };
}

const reopened = (applications: readonly Application[], open: OpenBefore): readonly Application[] => applications.map((a) => ({ ...a, openMinor: (open[a.item.itemId] ?? 0) + settledBy(a) }));

const earliest = (applications: readonly Application[]): Day => applications.reduce((first, a) => (a.effectiveOn < first ? a.effectiveOn : first), applications[0]!.effectiveOn);
