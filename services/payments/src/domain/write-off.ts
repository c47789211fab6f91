// A write-off: parts of one customer's open items that nobody expects to be paid any more, and what came in for them nevertheless (CRD-13).
//
// - It is booked once, for parts of open items, never more than is open of them: against the allowance for such losses, or directly as an expense. What is disputed or promised may be written off too.
// - Above the limit of the policy it waits for someone else than who asked for it, and writes nothing off meanwhile. When it is approved it is decided on what is open then; a part
//   that was asked for without an amount is then never more than it was when it was asked for.
// - Booked in error, it is taken back whole: exactly what it closed is open again, due when it was due. What was recovered of it is taken back before.
// - Money that comes in later is recovered: income, never more than was written off. The items stay closed. It goes back with its receipt, or when its application is taken back.
// - Where the invoice is voided, or credited, what was written off of it and not recovered is taken back as far as void or credit settle it instead. A void takes recoveries back, too.
// - What is left of an item that was settled in part may be too small to be asked for: within the tolerance of the policy, absolute and in percent of the original, it is written off by itself. So is what a
//   payment is short by, within another tolerance; it is taken back with the payment.
// - recovered <= written off − taken back, for each item.
import type { Aggregate } from '@ar/domain/aggregate.js';
import { approvable, type ApprovalEvent, type ApprovalRefusal } from '@ar/domain/approvable.js';
import type { Day } from '@ar/domain/day.js';
import { type Decider, isRefusal, type Refusal, refuse } from '@ar/domain/decider.js';
import { type Money, share, thresholdMinor } from '@ar/domain/money.js';
import type { SmallBalance } from '@ar/domain/policies.js';
import { type AccountRefusal, type Application, sum, type WrittenPart } from './account.js';
import type { Share } from './cash-application.js';
import { inBase, less as lessWorth, together, without, worthOf } from './in-base.js';

export type WriteOffMethod = 'direct' | 'allowance';
export type WriteOffReason = 'insolvency' | 'untraceable' | 'time-barred' | 'uneconomic' | 'settlement' | 'small-balance' | 'payment-difference' | 'bank-charges' | 'other';
/** What a payment may be short by: on an account of its own. */
export type DifferenceReason = Extract<WriteOffReason, 'payment-difference' | 'bank-charges'>;
/** Of a write-off that is one. */
export const differenceIn = ({ difference }: { readonly difference?: DifferenceReason | undefined }): { readonly difference?: DifferenceReason } => (difference ? { difference } : {});
/** A void, or a credit note, settles instead what was written off; or it had been booked in error. */
export type TakeBackCause = 'reversal' | 'void' | 'credit-note';

/** Of an item, so much; null: all that is open, at most `atMostMinor`. */
export interface AskedPart { readonly itemId: string; readonly minor: number | null; readonly atMostMinor?: number }
export interface WriteOffWish { readonly writeOffId: string; readonly customer: string; readonly currency: string; readonly items: readonly AskedPart[]; readonly method: WriteOffMethod; readonly reasonCode: WriteOffReason; readonly reason: string; readonly difference?: DifferenceReason }
/** The wish with what it comes to on what is open now; `limit` is that of the policy, empty for none. */
export interface BookWriteOff { readonly type: 'Book'; readonly wish: WriteOffWish; readonly parts: readonly WrittenPart[] | Refusal<AccountRefusal>; readonly limit: string; readonly expiryDays: number }
/** What waits could be booked when it was proposed. */
export type Waiting = BookWriteOff & { readonly parts: readonly WrittenPart[] };

interface Of { readonly writeOffId: string; readonly customer: string; readonly currency: string }
type Recovering = Of & { readonly groupId: string; readonly receiptId: string; readonly applications: readonly Application[]; readonly effectiveOn: Day };
type Own =
  | Of & { type: 'WriteOffBooked'; method: WriteOffMethod; reasonCode: WriteOffReason; reason: string; parts: readonly WrittenPart[]; effectiveOn: Day; /** Absent in what was booked before differences had accounts of their own. */ difference?: DifferenceReason }
  | Of & { type: 'WriteOffReversed'; method: WriteOffMethod; parts: readonly WrittenPart[]; cause: TakeBackCause; reason: string; effectiveOn: Day; difference?: DifferenceReason }
  | Recovering & { type: 'WriteOffRecovered' }
  | Recovering & { type: 'WriteOffRecoveryUndone' };
export type WriteOffEvent =
  | Own
  | Of & { type: 'WriteOffProposed'; command: Waiting; band: string; by: string; lastDay: Day }
  | Of & { type: 'WriteOffApproved'; by: string }
  | Of & { type: 'WriteOffRefused'; by: string; reason: string }
  | Of & { type: 'WriteOffExpired' };

/** What is open of items before something happens to them. */
type OpenBefore = Readonly<Record<string, number>>;
export type WriteOffCommand =
  | { type: 'Propose'; book: BookWriteOff; by: string; today: Day }
  /** The same wish as it is decided now; absent when nothing waits. */
  | { type: 'Approve'; writeOffId: string; book: BookWriteOff | undefined; by: string; today: Day }
  | { type: 'Refuse'; writeOffId: string; by: string; reason: string; today: Day }
  | { type: 'Expire'; writeOffId: string; today: Day }
  | { type: 'Reverse'; writeOffId: string; reason: string; openMinor: OpenBefore; today: Day }
  /** Parts of it, each at most what is not recovered. */
  | { type: 'GiveWay'; shares: readonly Share[]; cause: 'void' | 'credit-note'; reason: string; openMinor: OpenBefore; effectiveOn: Day }
  /** `minor` null: as much as there is of the money, and to recover. */
  | { type: 'Recover'; writeOffId: string; customer: string; currency: string; groupId: string; receiptId: string; minor: number | null; unappliedMinor: number; /** What that is worth. */ inBase?: Money | undefined; freeFrom: Day; openMinor: OpenBefore }
  | { type: 'UndoRecovery'; groupId: string; applications: readonly Application[]; effectiveOn: Day };

export type WriteOffRefusal =
  | AccountRefusal | ApprovalRefusal | 'write-off-exists' | 'write-off-not-found' | 'write-off-reversed' | 'write-off-recovered' | 'write-off-over-recovered' | 'write-off-of-another' | 'currency-mismatch';

interface Recovery { readonly receiptId: string; readonly applications: readonly Application[] }
export type Booked = Of & { readonly status: 'booked'; readonly method: WriteOffMethod; readonly difference?: DifferenceReason; /** What of it holds. */ readonly parts: readonly WrittenPart[]; readonly recoveries: Readonly<Record<string, Recovery>> };
type Inner = { readonly status: 'none' } | Booked;

const booking: Decider<Inner, BookWriteOff, Own, WriteOffRefusal> = {
  initial: { status: 'none' },
  decide({ wish: { items: _, ...wish }, parts }, state) {
    if (state.status === 'booked') return refuse('write-off-exists', { writeOffId: wish.writeOffId });
    return 'refused' in parts ? parts : [{ type: 'WriteOffBooked', ...wish, parts, effectiveOn: earliest(parts) }];
  },
  evolve(state, event) {
    if (event.type === 'WriteOffBooked') {
      const { writeOffId, customer, currency, method, parts } = event;
      return { status: 'booked', writeOffId, customer, currency, method, ...differenceIn(event), parts, recoveries: {} };
    }
    if (state.status === 'none') return state; // nothing happens to it before it is booked
    switch (event.type) {
      case 'WriteOffReversed': return { ...state, parts: state.parts.flatMap((p) => less(p, event.parts.filter((x) => x.item.itemId === p.item.itemId))) };
      case 'WriteOffRecovered': return { ...state, recoveries: { ...state.recoveries, [event.groupId]: { receiptId: event.receiptId, applications: event.applications } } };
      case 'WriteOffRecoveryUndone': {
        const gone = new Set(event.applications.map((a) => a.item.itemId));
        const { [event.groupId]: before, ...others } = state.recoveries;
        const left = (before?.applications ?? []).filter((a) => !gone.has(a.item.itemId));
        return { ...state, recoveries: before && left.length > 0 ? { ...others, [event.groupId]: { ...before, applications: left } } : others };
      }
    }
  },
};

/** The band that it falls in: above the limit a second person has to agree. */
export const needOf = ({ wish, parts, limit, expiryDays }: BookWriteOff) =>
  limit !== '' && !('refused' in parts) && sum(parts) > thresholdMinor(limit, wish.currency) ? { band: `above ${limit}`, expiryDays } : undefined;

const guarded = approvable(booking, needOf);
type Approval = ApprovalEvent<BookWriteOff>;
type State = typeof guarded.initial;
export interface WriteOffState extends State { /** Empty before it was asked for. */ readonly customer: string; readonly currency: string }

/** What waits under that id. */
export const waitingIn = (state: WriteOffState, writeOffId: string): Waiting | undefined => state.pending[writeOffId]?.command as Waiting | undefined;

/** What of an item was written off by it and did not come in. */
export const notRecovered = ({ parts, recoveries }: Booked, itemId: string): number =>
  sum(parts.filter((p) => p.item.itemId === itemId)) - sum(Object.values(recoveries).flatMap((r) => r.applications).filter((a) => a.item.itemId === itemId));

export const writeOff: Aggregate<WriteOffState, WriteOffCommand, WriteOffEvent, WriteOffRefusal> = {
  type: 'write-off',
  initial: { ...guarded.initial, customer: '', currency: '' },
  customer: (_id, state) => state.customer,

  decide(command, state) {
    switch (command.type) {
      case 'Propose': {
        const { book, by, today } = command;
        const { writeOffId, customer, currency } = book.wish;
        // Asked for again while it waits, it would be two under one id, whatever its amount is now.
        if (state.pending[writeOffId]) return refuse('approval-exists', { writeOffId });
        return named(guarded.decide({ type: 'Propose', approvalId: writeOffId, command: book, by, today }, state), { writeOffId, customer, currency });
      }
      // One limit makes one band: who may approve holds it.
      case 'Approve': return named(guarded.decide({ type: 'Approve', approvalId: command.writeOffId, by: command.by, bands: Object.values(state.pending).map((p) => p.band), today: command.today, ...(command.book ? { command: command.book } : {}) }, state), ofState(state, command.writeOffId));
      case 'Refuse': return named(guarded.decide({ type: 'Refuse', approvalId: command.writeOffId, by: command.by, reason: command.reason, today: command.today }, state), ofState(state, command.writeOffId));
      case 'Expire': return named(guarded.decide({ type: 'ExpireApprovals', today: command.today }, state), ofState(state, command.writeOffId));
      case 'Reverse': {
        const booked = standing(state.inner, command.writeOffId);
        if ('refused' in booked) return booked;
        if (Object.keys(booked.recoveries).length > 0) return refuse('write-off-recovered', { recoveredMinor: sum(Object.values(booked.recoveries).flatMap((r) => r.applications)), currency: booked.currency });
        return [takenBack(booked, booked.parts, 'reversal', command.reason, command.openMinor, command.today)];
      }
      case 'GiveWay': {
        if (state.inner.status === 'none') return refuse('write-off-not-found');
        const { inner } = state;
        const parts = inner.parts.flatMap((p) => {
          const minor = command.shares.find((s) => s.itemId === p.item.itemId)?.minor ?? 0;
          return minor > 0 ? [{ ...p, minor, taxMinor: share(p.taxMinor, minor, p.minor, 'half-up'), ...inBase(worthOf(minor, p)) }] : [];
        });
        const over = parts.find((p) => p.minor > notRecovered(inner, p.item.itemId));
        if (over) return refuse('write-off-recovered', { itemId: over.item.itemId });
        return parts.length === 0 ? [] : [takenBack(inner, parts, command.cause, command.reason, command.openMinor, command.effectiveOn)];
      }
      case 'Recover': return recover(command, state.inner);
      case 'UndoRecovery': {
        const { inner } = state;
        if (inner.status === 'none') return refuse('write-off-not-found');
        const { writeOffId, customer, currency, recoveries } = inner;
        const { groupId, applications, effectiveOn } = command;
        return [{ type: 'WriteOffRecoveryUndone', writeOffId, customer, currency, groupId, receiptId: recoveries[groupId]?.receiptId ?? '', applications, effectiveOn }];
      }
    }
  },

  evolve: (state, event) => ({ ...guarded.evolve(state, plain(event)), customer: event.customer, currency: event.currency }),
};

/** As it stands, or why nothing of it does. */
function standing(inner: Inner, writeOffId: string): Booked | Refusal<WriteOffRefusal> {
  if (inner.status === 'none') return refuse('write-off-not-found', { writeOffId });
  return inner.parts.length === 0 ? refuse('write-off-reversed', { writeOffId }) : inner;
}

function recover(command: Extract<WriteOffCommand, { type: 'Recover' }>, inner: Inner): readonly WriteOffEvent[] | Refusal<WriteOffRefusal> {
  const booked = standing(inner, command.writeOffId);
  if ('refused' in booked) return booked;
  const { writeOffId, customer, currency } = booked;
  if (command.customer !== customer) return refuse('write-off-of-another', { customer, receiptOf: command.customer });
  if (command.currency !== currency) return refuse('currency-mismatch', { currency, askedCurrency: command.currency });
  const { groupId, receiptId, unappliedMinor, freeFrom, openMinor } = command;
  const lost = booked.parts.reduce((total, p) => total + notRecovered(booked, p.item.itemId), 0);
  const minor = command.minor ?? Math.min(unappliedMinor, lost);
  if (lost === 0 || minor > lost) return refuse('write-off-over-recovered', { writtenOffMinor: lost, askedMinor: minor, currency });
  if (minor <= 0 || minor > unappliedMinor) return refuse('receipt-over-applied', { unappliedMinor, askedMinor: minor, currency });
  let left = minor;
  let cash: Parameters<typeof without>[0] = { minor: unappliedMinor, inBase: command.inBase };
  const applications = booked.parts.flatMap((p): readonly Application[] => {
    const taken = Math.min(left, notRecovered(booked, p.item.itemId));
    left -= taken;
    const worth = taken > 0 ? worthOf(taken, cash) : undefined;
    cash = without(cash, taken);
    return taken > 0 ? [{ item: p.item, minor: taken, openMinor: openMinor[p.item.itemId] ?? 0, effectiveOn: p.effectiveOn > freeFrom ? p.effectiveOn : freeFrom, recovers: writeOffId, ...(worth ? { inBase: { currency: worth.currency, moneyMinor: worth.minor } } : {}) }] : [];
  });
  return [{ type: 'WriteOffRecovered', writeOffId, customer, currency, groupId, receiptId, applications, effectiveOn: earliest(applications) }];
}

function takenBack({ writeOffId, customer, currency, method, difference }: Booked, of: readonly WrittenPart[], cause: TakeBackCause, reason: string, open: OpenBefore, on: Day): WriteOffEvent {
  const parts = of.map((p) => ({ ...p, openMinor: (open[p.item.itemId] ?? 0) + p.minor, effectiveOn: p.effectiveOn > on ? p.effectiveOn : on }));
  return { type: 'WriteOffReversed', writeOffId, customer, currency, method, parts, cause, reason, effectiveOn: earliest(parts), ...differenceIn({ difference }) };
}

function less(part: WrittenPart, gone: readonly WrittenPart[]): readonly WrittenPart[] {
  const minor = part.minor - sum(gone);
  return minor > 0 ? [{ ...part, minor, taxMinor: part.taxMinor - gone.reduce((total, g) => total + g.taxMinor, 0), ...inBase(lessWorth(part.inBase, together(gone.map((g) => g.inBase)))) }] : [];
}

const earliest = (parts: readonly { readonly effectiveOn: Day }[]): Day => parts.map((p) => p.effectiveOn).sort()[0]!;
const ofState = ({ customer, currency }: WriteOffState, writeOffId: string): Of => ({ writeOffId, customer, currency });

/** The events of approval in this aggregate's own words, each with whose it is. */
function named(answer: readonly (Own | Approval)[] | Refusal<WriteOffRefusal>, of: Of): readonly WriteOffEvent[] | Refusal<WriteOffRefusal> {
  if (isRefusal(answer)) return answer;
  return answer.map((event): WriteOffEvent => {
    switch (event.type) {
      case 'WriteOffBooked':
      case 'WriteOffReversed':
      case 'WriteOffRecovered':
      case 'WriteOffRecoveryUndone': return event;
      case 'ApprovalRequested': return { type: 'WriteOffProposed', ...of, command: event.command as Waiting, band: event.band, by: event.by, lastDay: event.lastDay };
      case 'ApprovalGranted': return { type: 'WriteOffApproved', ...of, by: event.by };
      case 'ApprovalRefused': return { type: 'WriteOffRefused', ...of, by: event.by, reason: event.reason };
      case 'ApprovalExpired': return { type: 'WriteOffExpired', ...of };
    }
  });
}

function plain(event: WriteOffEvent): Own | Approval {
  const { writeOffId: approvalId } = event;
  switch (event.type) {
    case 'WriteOffBooked':
    case 'WriteOffReversed':
    case 'WriteOffRecovered':
    case 'WriteOffRecoveryUndone': return event;
    case 'WriteOffProposed': return { type: 'ApprovalRequested', approvalId, command: event.command, band: event.band, by: event.by, lastDay: event.lastDay };
    case 'WriteOffApproved': return { type: 'ApprovalGranted', approvalId, by: event.by };
    case 'WriteOffRefused': return { type: 'ApprovalRefused', approvalId, by: event.by, reason: event.reason };
    case 'WriteOffExpired': return { type: 'ApprovalExpired', approvalId };
  }
}

/** Whether what is left of an item is small: some of it is settled, and the rest is within the tolerance of its currency. */
export function isSmall({ openMinor, originalMinor }: { readonly openMinor: number; readonly originalMinor: number }, currency: string, tolerances: readonly SmallBalance[]): boolean {
  const of = tolerances.find((t) => t.currencyCode === currency);
  if (!of || openMinor >= originalMinor || openMinor > thresholdMinor(of.limit, currency)) return false;
  return of.percent === '' || BigInt(openMinor) * 100_00n <= BigInt(hundredthsOf(of.percent)) * BigInt(originalMinor);
}

/** Percent with up to two digits after the point, in hundredths: `2.5` is 250. */
export function hundredthsOf(percent: string): number {
  const [whole = '0', part = ''] = percent.split('.');
  return Number(whole) * 100 + Number(part.padEnd(2, '0').slice(0, 2));
}
