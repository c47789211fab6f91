// Money of one currency that settles what is open in another (PAY-14): three amounts, and two rates.
//
// - A person says how much of the money is used for it, or at which rate; nothing does so by itself. What is settled is said in the currency of the items, and all items are of one.
// - The money leaves the account of its own currency and settles in that of the items in the same moment: each account keeps its balance, and nothing is left between them.
// - It keeps what it is worth in the base currency: against what the items are worth there, that is the gain or loss.
// - It earns no early-payment discount. Given back, by unapplication, reversal or void, it is in its own currency again, and all of it.
import { allocate, exponentOf, type Money } from '@ar/domain/money.js';
import { type Application, sum } from './account.js';

/** `currency`: of the items. `rate`: what one unit of the money was worth in it, decimal text. */
export interface Exchange { readonly currency: string; readonly rate: string }

/** What of the receipt an application uses, in its currency. */
export const spentBy = ({ minor, spentMinor }: Application): number => spentMinor ?? minor;
export const spentSum = (applications: readonly Application[]): number => applications.reduce((total, a) => total + spentBy(a), 0);

const digitsOf = (currency: string): bigint => 10n ** BigInt(exponentOf(currency) ?? 0);

/** How much money is used for a sum at a rate, half up; beyond the range of amounts, the end of it: there is never so much. */
export function spentAt({ minor, currency }: Money, rate: string, of: string): number {
  const [whole = '', fraction = ''] = rate.split('.');
  const [numerator, denominator] = [BigInt(minor) * digitsOf(of) * 10n ** BigInt(fraction.length), BigInt(whole + fraction) * digitsOf(currency)];
  const spent = (2n * numerator + denominator) / (2n * denominator);
  return spent > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(spent);
}

const RATE_DIGITS = 10;
/** What one unit of the money was worth, half up to ten digits, without zeros at the end. */
export function rateOf(spent: Money, settled: Money): string {
  const scaled = (BigInt(settled.minor) * digitsOf(spent.currency) * 10n ** BigInt(RATE_DIGITS) * 2n) / (BigInt(spent.minor) * digitsOf(settled.currency));
  const text = String((scaled + 1n) / 2n).padStart(RATE_DIGITS + 1, '0');
  return `${text.slice(0, -RATE_DIGITS)}.${text.slice(-RATE_DIGITS)}`.replace(/\.?0+$/, '');
}

/** The applications, each with its share of the money. */
export function withSpent(applications: readonly Application[], spentMinor: number): readonly Application[] {
  const parts = sum(applications) > 0 ? allocate(spentMinor, applications.map((a) => a.minor)) : [];
  return applications.map((a, i) => ({ ...a, spentMinor: parts[i]! }));
}
