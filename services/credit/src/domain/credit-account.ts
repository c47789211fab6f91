// How much one customer may owe, in all its currencies: limits, reservations and the hold. One stream per customer, as a hold stops all of them.
//
// - A limit is an amount, unlimited or none, per currency; never set is a fourth thing and counts as none.
// - A reservation keeps credit for an order until its last day. It is used once: converted by the invoice that names it, given back, or expired.
//   It counts as exposure until then; two at the same time cannot both take what is left, as both are decided here.
// - An invoice that names a reservation which is no longer open takes nothing from it and is not stopped.
// - Rules hold credit while exposure is above a limit or an undisputed item is too long past due, and release it when no reason is left.
// - A hold by hand is released only by hand. A release by hand ends all reasons, and for some quiet days rules add none.
// - The ids of used reservations are remembered, or an order could be reserved for twice.
import type { Aggregate } from '@ar/domain/aggregate.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';
import type { Money } from '@ar/domain/money.js';
import type { PoliciesInForce } from '@ar/domain/policies.js';
import { automaticHold, checkCredit, type HoldPolicy, type HoldReason, type Limit, type Risk, type RuleResult, type Standing } from './credit-check.js';

interface OfReservation { readonly customerId: string; readonly reservationId: string; readonly amount: Money }

export type CreditAccountEvent =
  | { type: 'CreditLimitSet'; customerId: string; currency: string; limit: Limit; previous: Limit | null; reason: string }
  | (OfReservation & { type: 'CreditReserved'; expiresOn: Day; orderNumber: string; policyVersion: number; trace: readonly RuleResult[] })
  | (OfReservation & { type: 'ReservationCancelled'; reason: string })
  | (OfReservation & { type: 'ReservationConverted'; invoiceId: string })
  | (OfReservation & { type: 'ReservationExpired'; expiredOn: Day })
  | { type: 'CreditHoldPlaced'; customerId: string; reasons: readonly HoldReason[]; manual: boolean; trace: readonly RuleResult[]; reason: string; policyVersion: number }
  | { type: 'CreditHoldReleased'; customerId: string; reasons: readonly HoldReason[]; manual: boolean; reason: string; quietUntil: Day; policyVersion: number };

export type CreditAccountCommand = { readonly customerId: string } & (
  | { type: 'SetLimit'; currency: string; limit: Limit; reason: string }
  | { type: 'Reserve'; reservationId: string; amount: Money; expiresOn: Day; orderNumber: string; today: Day; risks: readonly Risk[]; policies: Pick<PoliciesInForce, 'reservation' | 'creditHold'> }
  | { type: 'CancelReservation'; reservationId: string; reason: string }
  | { type: 'Convert'; reservationId: string; invoiceId: string; today: Day }
  | { type: 'Review'; today: Day; risks: readonly Risk[]; policy: HoldPolicy }
  | { type: 'PlaceHold'; reason: string }
  | { type: 'ReleaseHold'; reason: string; today: Day; policy: HoldPolicy });

export type CreditAccountRefusal =
  | 'reservation-exists' | 'reservation-not-found' | 'reservation-not-open' | 'limit-not-set' | 'credit-limit-exceeded' | 'credit-on-hold' | 'expiry-in-past' | 'expiry-too-far'
  | 'hold-in-force' | 'no-hold-in-force';

interface Reservation { readonly amount: Money; readonly expiresOn: Day }
export interface CreditAccountState {
  readonly limits: Readonly<Record<string, Limit>>;
  readonly reservations: Readonly<Record<string, Reservation>>;
  readonly ended: Readonly<Record<string, 'converted' | 'cancelled' | 'expired'>>;
  readonly holdReasons: readonly HoldReason[];
  readonly quietUntil: Day;
}

/** The farthest last day that a caller may ask for. */
const MOST_DAYS = 365;

export const creditAccount: Aggregate<CreditAccountState, CreditAccountCommand, CreditAccountEvent, CreditAccountRefusal> = {
  type: 'credit-account',
  customer: (id) => id,
  initial: { limits: {}, reservations: {}, ended: {}, holdReasons: [], quietUntil: '' },

  decide(command, state) {
    const { customerId } = command;
    switch (command.type) {
      case 'SetLimit': return [{ type: 'CreditLimitSet', customerId, currency: command.currency, limit: command.limit, previous: state.limits[command.currency] ?? null, reason: command.reason }];
      case 'Reserve': return reserve(command, state);
      case 'CancelReservation': {
        const { reservationId } = command;
        const held = own(state.reservations, reservationId);
        if (held) return [{ type: 'ReservationCancelled', customerId, reservationId, amount: held.amount, reason: command.reason }];
        const status = own(state.ended, reservationId);
        return status ? refuse('reservation-not-open', { reservationId, status }) : refuse('reservation-not-found', { reservationId });
      }
      case 'Convert': {
        const held = own(state.reservations, command.reservationId);
        if (!held || held.expiresOn < command.today) return [];
        return [{ type: 'ReservationConverted', customerId, reservationId: command.reservationId, amount: held.amount, invoiceId: command.invoiceId }];
      }
      case 'Review': return review(command, state);
      case 'PlaceHold':
        if (state.holdReasons.includes('manual')) return refuse('hold-in-force', { customerId });
        return [{ type: 'CreditHoldPlaced', customerId, reasons: ['manual', ...state.holdReasons], manual: true, trace: [], reason: command.reason, policyVersion: 0 }];
      case 'ReleaseHold': {
        if (state.holdReasons.length === 0) return refuse('no-hold-in-force', { customerId });
        const { quietDaysAfterRelease: quiet, version } = command.policy;
        return [{ type: 'CreditHoldReleased', customerId, reasons: state.holdReasons, manual: true, reason: command.reason, quietUntil: quiet === 0 ? '' : daysAfter(command.today, quiet), policyVersion: version }];
      }
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'CreditLimitSet': return { ...state, limits: { ...state.limits, [event.currency]: event.limit } };
      case 'CreditReserved': return { ...state, reservations: { ...state.reservations, [event.reservationId]: { amount: event.amount, expiresOn: event.expiresOn } } };
      case 'ReservationCancelled': return ended(state, event.reservationId, 'cancelled');
      case 'ReservationConverted': return ended(state, event.reservationId, 'converted');
      case 'ReservationExpired': return ended(state, event.reservationId, 'expired');
      case 'CreditHoldPlaced': return { ...state, holdReasons: event.reasons };
      case 'CreditHoldReleased': return { ...state, holdReasons: [], quietUntil: event.manual ? event.quietUntil : state.quietUntil };
    }
  },
};

type Answer = ReturnType<typeof creditAccount.decide>;
type Asked<T extends CreditAccountCommand['type']> = Extract<CreditAccountCommand, { type: T }>;

/** Ids are callers' words: `constructor` is one of them. */
const own = <T>(record: Readonly<Record<string, T>>, id: string): T | undefined => (Object.hasOwn(record, id) ? record[id] : undefined);

function ended(state: CreditAccountState, id: string, how: CreditAccountState['ended'][string]): CreditAccountState {
  const { [id]: _gone, ...reservations } = state.reservations;
  return { ...state, reservations, ended: { ...state.ended, [id]: how } };
}

/** What a credit check looks at. Reservations beyond their last day keep nothing, even before they are closed. */
export function standingOf({ limits, reservations, holdReasons, quietUntil }: Pick<CreditAccountState, 'limits' | 'reservations' | 'holdReasons' | 'quietUntil'>, today: Day): Standing {
  const reservedMinor: Record<string, bigint> = {};
  for (const { amount, expiresOn } of Object.values(reservations)) if (expiresOn >= today) reservedMinor[amount.currency] = (reservedMinor[amount.currency] ?? 0n) + BigInt(amount.minor);
  return { limits, reservedMinor, holdReasons, quietUntil };
}

function reserve({ customerId, reservationId, amount, expiresOn: asked, orderNumber, today, risks, policies }: Asked<'Reserve'>, state: CreditAccountState): Answer {
  if (own(state.reservations, reservationId) || own(state.ended, reservationId)) return refuse('reservation-exists', { reservationId });
  if (asked !== '' && asked < today) return refuse('expiry-in-past', { expiresOn: asked, today });
  if (asked !== '' && asked > daysAfter(today, MOST_DAYS)) return refuse('expiry-too-far', { expiresOn: asked, latest: daysAfter(today, MOST_DAYS) });
  const standing = standingOf(state, today);
  const trace = checkCredit({ standing, risks, today, policy: policies.creditHold }, amount.currency, amount.minor);
  const failed = trace.find((r) => !r.passed);
  if (failed) return refuse(refusalOf(failed, standing, amount.currency), { customerId, explanation: failed.explanation, ...Object.fromEntries(failed.inputs.map((i) => [i.name, i.value])) });
  const byPolicy = asked === '';
  return [{
    type: 'CreditReserved', customerId, reservationId, amount, expiresOn: byPolicy ? daysAfter(today, policies.reservation.days) : asked, orderNumber,
    policyVersion: byPolicy ? policies.reservation.version : 0, trace,
  }];
}

function refusalOf({ rule }: RuleResult, { limits }: Standing, currency: string): CreditAccountRefusal {
  switch (rule) {
    case 'limit-set': return limits[currency] === undefined ? 'limit-not-set' : 'credit-limit-exceeded';
    case 'limit': return 'credit-limit-exceeded';
    case 'manual-hold':
    case 'past-due':
    case 'hold': return 'credit-on-hold';
  }
}

/** Closes what has expired, then places, changes or releases the hold as the rules say. */
function review({ customerId, today, risks, policy }: Asked<'Review'>, state: CreditAccountState): Answer {
  const expired = Object.entries(state.reservations).filter(([, r]) => r.expiresOn < today)
    .map(([reservationId, r]): CreditAccountEvent => ({ type: 'ReservationExpired', customerId, reservationId, amount: r.amount, expiredOn: r.expiresOn }));
  const { holdReasons: before } = state;
  const automatic = automaticHold({ standing: standingOf(state, today), risks, today, policy });
  const reasons: readonly HoldReason[] = [...before.filter((r) => r === 'manual'), ...automatic.reasons];
  if (reasons.join() === before.join()) return expired;
  if (reasons.length === 0) return [...expired, { type: 'CreditHoldReleased', customerId, reasons: before, manual: false, reason: '', quietUntil: '', policyVersion: policy.version }];
  return [...expired, { type: 'CreditHoldPlaced', customerId, reasons, manual: false, trace: automatic.trace, reason: '', policyVersion: policy.version }];
}
