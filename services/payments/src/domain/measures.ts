// How well a seller gets its money, by the formulas of the field (ANA-02 to ANA-05). Amounts are minor units of one currency, exact; an answer is decimal text with two digits, half
// up, or empty where it would divide by nothing.
//
// - Sales are invoices less credit notes and voids, tax included, by issue date; a void counts on the day of its invoice. A period has both its ends.
// - Receivables are what is open, before unapplied cash, which is shown beside them and never netted.
// - DSO: receivables ÷ sales × days of the period. Its best: only what is not past due. Their difference is what lateness costs: average days delinquent.
// - DSO by countback: whole months of sales are taken from the receivables, the latest first, until nothing is left; a month's days count whole, those of the last one in proportion.
// - True DSO: days since each open invoice × its open amount ÷ the sales of its month, added up.
// - Collection effectiveness (CEI): what was collected of what could be: (begin + monthly sales − end) ÷ (begin + monthly sales − what is not past due) × 100. Monthly sales are those of
//   the period ÷ its months: calendar months where it is whole ones, else its days ÷ 30. Where nothing was to be collected, there is no answer.
import { daysAfter, daysBetween, type Day } from '@ar/domain/day.js';

/** `numerator ÷ denominator`, two digits, half up away from zero; empty where there is nothing to divide by. */
export function ratio(numerator: bigint, denominator: bigint): string {
  if (denominator === 0n) return '';
  const negative = (numerator < 0n) !== (denominator < 0n);
  const [n, d] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator];
  const hundredths = (n * 200n + d) / (2n * d);
  const text = String(hundredths).padStart(3, '0');
  return `${negative && hundredths > 0n ? '-' : ''}${text.slice(0, -2)}.${text.slice(-2)}`;
}

export const percent = (part: bigint, whole: bigint): string => ratio(part * 100n, whole);
/** Both ends count. */
export const daysIn = (from: Day, to: Day): number => daysBetween(from, to) + 1;
export const dso = (receivables: bigint, sales: bigint, days: number): string => ratio(receivables * BigInt(days), sales);

export const monthOf = (day: Day): string => day.slice(0, 7);
const firstOf = (day: Day): Day => `${monthOf(day)}-01`;
/** So many months are looked back at most: older sales say nothing about how fast money comes in. */
export const MOST_MONTHS = 36;

/** Sales by month, `YYYY-MM`; a month without any has none. Empty where the receivables are more than the sales of all those months. */
export function countback(receivables: bigint, salesOf: ReadonlyMap<string, bigint>, on: Day): string {
  let left = receivables;
  let days = 0;
  for (let [last, month] = [on, 0]; month < MOST_MONTHS; last = daysAfter(firstOf(last), -1), month++) {
    if (left <= 0n) return ratio(BigInt(days), 1n);
    const sales = salesOf.get(monthOf(last)) ?? 0n;
    const daysOfMonth = daysIn(firstOf(last), last);
    if (sales > 0n && sales > left) return ratio(BigInt(days) * sales + BigInt(daysOfMonth) * left, sales);
    left -= sales;
    days += daysOfMonth;
  }
  return left <= 0n ? ratio(BigInt(days), 1n) : '';
}

/** What is open of the invoices of a day. */
export interface OpenOf { readonly issuedOn: Day; readonly openMinor: bigint }
/** Empty where an open invoice is of a month without sales. */
export function trueDso(open: readonly OpenOf[], salesOf: ReadonlyMap<string, bigint>, on: Day): string {
  let [numerator, denominator] = [0n, 1n];
  for (const { issuedOn, openMinor } of open) {
    const sales = salesOf.get(monthOf(issuedOn)) ?? 0n;
    if (sales <= 0n) return '';
    numerator = numerator * sales + BigInt(daysBetween(issuedOn, on)) * openMinor * denominator;
    denominator *= sales;
    const common = gcd(numerator, denominator);
    [numerator, denominator] = [numerator / common, denominator / common];
  }
  return ratio(numerator, denominator);
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}

/** The months of a period as a fraction: calendar months where it is whole ones, else days of which thirty are a month. */
export function monthsIn(from: Day, to: Day): readonly [numerator: number, denominator: number] {
  const calendar = (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(to.slice(5, 7)) - Number(from.slice(5, 7)) + 1;
  return from.endsWith('-01') && daysAfter(to, 1).endsWith('-01') ? [calendar, 1] : [daysIn(from, to), 30];
}

export interface Collected { readonly begin: bigint; readonly sales: bigint; readonly months: readonly [numerator: number, denominator: number]; readonly end: bigint; readonly current: bigint }
export function collectionEffectiveness({ begin, sales, months: [of, per], end, current }: Collected): string {
  const [n, d] = [BigInt(of), BigInt(per)];
  const collectable = (begin - current) * n + sales * d;
  return collectable > 0n ? percent((begin - end) * n + sales * d, collectable) : '';
}

/** Sales ÷ the mean of the receivables at both ends. */
export const turnover = (sales: bigint, begin: bigint, end: bigint): string => ratio(sales * 2n, begin + end);
