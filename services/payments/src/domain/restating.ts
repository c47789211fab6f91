// What is open in several currencies, in one: each sum of a currency is converted once, half up, at what one unit of it was worth (ANA-01).
//
// - The parts are converted, and added up: so the buckets come to what is open, to the cent. The whole of a currency converted at once may differ by a cent per part.
// - The base currency is worth itself. A currency of which nothing is open needs no rate.
import { refuse, type Refusal } from '@ar/domain/decider.js';
import { convertSum } from '@ar/domain/money.js';
import type { Day } from '@ar/domain/day.js';

export interface Open { readonly currency: string; readonly buckets: readonly { readonly openMinor: bigint; readonly count: number }[]; readonly unappliedMinor: bigint }
export interface Rate { readonly currencyCode: string; readonly rate: string }
export interface Restated { readonly buckets: Open['buckets']; readonly unappliedMinor: bigint; /** Those that were used. */ readonly rates: readonly Rate[] }

export function restate(open: readonly Open[], rates: readonly Rate[], base: string, on: Day): Restated | Refusal<'exchange-rate-missing'> {
  const needed = open.filter((o) => o.currency !== base && (o.unappliedMinor !== 0n || o.buckets.some((b) => b.openMinor !== 0n)));
  const missing = needed.find((o) => !rates.some((r) => r.currencyCode === o.currency));
  if (missing) return refuse('exchange-rate-missing', { from: missing.currency, to: base, date: on });
  const rateOf = new Map(rates.map((r) => [r.currencyCode, r.rate] as const));
  const worth = (minor: bigint, currency: string): bigint => (currency === base ? minor : convertSum({ minor, currency }, rateOf.get(currency)!, base));
  const counted = open.filter((o) => o.currency === base || needed.includes(o));
  return {
    buckets: (open[0]?.buckets ?? []).map((_, i) => ({ openMinor: counted.reduce((sum, o) => sum + worth(o.buckets[i]!.openMinor, o.currency), 0n), count: counted.reduce((sum, o) => sum + o.buckets[i]!.count, 0) })),
    unappliedMinor: counted.reduce((sum, o) => sum + worth(o.unappliedMinor, o.currency), 0n),
    rates: rates.filter((r) => needed.some((o) => o.currency === r.currencyCode)),
  };
}
