// What is open in other currencies, at what it is worth on the last day of a period (PAY-14).
//
// - Each open item, and what is unapplied of each receipt and credit note, is compared with what it is booked with: by the closing rate; or losses alone (losses only); or not at all (booking rate), which takes back
//   what was revalued for that day before. Money that customers have with the tenant is owed to them: where it is worth more, that is a loss. Money of nobody known is revalued too.
// - The difference is booked on that day, per currency, in the base currency alone, and taken back on the day after: what is realised later is realised against the booking rate.
// - Only days that are over everywhere and not closed are revalued. The first time that is recorded, whatever it comes to. For a day that was revalued before, only what has changed is booked; where nothing has, nothing is.
// - What is not booked in the base currency, for no rate was known when it was recorded, is left out, and told; what is booked and in a currency without a rate that day is not, and nothing is revalued then.
// - It says up to where it had read: the items and receipts behind it are listed at any time, and sum to it.
import type { Aggregate } from '@ar/domain/aggregate.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';
import { LEDGER, MOST_PERIODS } from './period.js';

export type RevaluationMethod = 'closing-rate' | 'losses-only' | 'booking-rate';

/** Of a currency, as far as booked: what is open, what that is booked with, what is unapplied and what that is booked with, what all of it is worth at the rate (''; not known), items less money, and how much of the difference is losses, one by one. What is booked or worth is in the base currency. */
export interface OpenInBase {
  readonly currency: string; readonly rate: string; readonly openMinor: number; readonly carriedMinor: number; readonly unappliedMinor: number; readonly unappliedCarriedMinor: number; readonly worthMinor: number; readonly lossesMinor: number;
}

/** `differenceMinor`: a gain above zero, a loss below; `bookedMinor`: what of it was not booked before. `unapplied…` absent: items alone were revalued. */
export interface RevaluedCurrency {
  readonly currency: string; readonly rate: string; readonly openMinor: number; readonly carriedMinor: number; readonly unappliedMinor?: number; readonly unappliedCarriedMinor?: number; readonly differenceMinor: number; readonly bookedMinor: number;
}
/** What is open, and unapplied, of a currency and not booked in the base currency. */
export interface LeftOut { readonly currency: string; readonly openMinor: number; readonly unappliedMinor: number }
export type RevaluationEvent =
  | { type: 'PeriodRevalued'; lastOn: Day; method: RevaluationMethod; by: string; base: string; policyVersion: number; currencies: readonly RevaluedCurrency[]; /** What was recorded by then and had not been read: it is not in it. */ unread?: readonly number[]; /** Absent: nothing, or nobody asked. */ leftOut?: readonly LeftOut[]; effectiveOn: Day }
  | { type: 'RevaluationReversed'; lastOn: Day; base: string; currencies: readonly RevaluedCurrency[]; effectiveOn: Day };
export interface RevaluationCommand { type: 'Revalue'; lastOn: Day; method: RevaluationMethod; by: string; base: string; openFrom: Day; openSince: Day; waiting: number; policyVersion: number; open: readonly OpenInBase[]; unread: readonly number[]; leftOut: readonly LeftOut[] }
export type RevaluationRefusal = 'period-closed' | 'period-not-over' | 'events-parked' | 'exchange-rate-missing';

interface Revalued { readonly lastOn: Day; readonly method: RevaluationMethod; readonly differences: Readonly<Record<string, number>> }
/** The last days that were revalued. */
export interface RevaluationState { readonly days: readonly Revalued[] }

function differenceBy(method: RevaluationMethod, { worthMinor, carriedMinor, unappliedCarriedMinor, lossesMinor }: OpenInBase): number {
  switch (method) {
    case 'closing-rate': return worthMinor - (carriedMinor - unappliedCarriedMinor);
    case 'losses-only': return -lossesMinor || 0;
    case 'booking-rate': return 0;
  }
}

/** Whether a day was revalued, and would be otherwise now. */
export function isOutdated({ days }: RevaluationState, lastOn: Day, open: readonly OpenInBase[]): boolean {
  const found = days.find((d) => d.lastOn === lastOn);
  if (!found) return false;
  const now = new Map(open.map((o) => [o.currency, differenceBy(found.method, o)]));
  return [...new Set([...now.keys(), ...Object.keys(found.differences)])].some((currency) => (now.get(currency) ?? 0) !== (found.differences[currency] ?? 0));
}

export const revaluation: Aggregate<RevaluationState, RevaluationCommand, RevaluationEvent, RevaluationRefusal> = {
  type: 'revaluation',
  initial: { days: [] },
  customer: () => LEDGER,

  decide({ lastOn, method, by, base, openFrom, openSince, waiting, policyVersion, open, unread, leftOut }, { days }) {
    if (lastOn < openFrom) return refuse('period-closed', { lastOn, openFrom });
    if (lastOn >= openSince) return refuse('period-not-over', { lastOn, businessDate: openSince });
    if (waiting > 0) return refuse('events-parked', { events: waiting });
    const unknown = method === 'booking-rate' ? undefined : open.find((o) => o.rate === '');
    if (unknown) return refuse('exchange-rate-missing', { from: unknown.currency, to: base, date: lastOn });
    const found = days.find((d) => d.lastOn === lastOn);
    const before = found?.differences ?? {};
    const gone = Object.keys(before).filter((currency) => !open.some((o) => o.currency === currency)).map((currency): OpenInBase => ({ currency, rate: '', openMinor: 0, carriedMinor: 0, unappliedMinor: 0, unappliedCarriedMinor: 0, worthMinor: 0, lossesMinor: 0 }));
    const currencies = [...open, ...gone].map((o): RevaluedCurrency => {
      const differenceMinor = differenceBy(method, o);
      return { currency: o.currency, rate: o.rate, openMinor: o.openMinor, carriedMinor: o.carriedMinor, unappliedMinor: o.unappliedMinor, unappliedCarriedMinor: o.unappliedCarriedMinor, differenceMinor, bookedMinor: differenceMinor - (before[o.currency] ?? 0) };
    });
    if (found && currencies.every((c) => c.bookedMinor === 0)) return [];
    return [
      { type: 'PeriodRevalued', lastOn, method, by, base, policyVersion, currencies, ...(unread.length > 0 ? { unread } : {}), ...(leftOut.length > 0 ? { leftOut } : {}), effectiveOn: lastOn },
      { type: 'RevaluationReversed', lastOn, base, currencies, effectiveOn: daysAfter(lastOn, 1) },
    ];
  },

  evolve(state, event) {
    switch (event.type) {
      case 'PeriodRevalued': {
        const differences = Object.fromEntries(event.currencies.filter((c) => c.differenceMinor !== 0).map((c) => [c.currency, c.differenceMinor]));
        return { days: [...state.days.filter((d) => d.lastOn !== event.lastOn), { lastOn: event.lastOn, method: event.method, differences }].slice(-MOST_PERIODS) };
      }
      case 'RevaluationReversed': return state; // it follows at once
    }
  },
};
