// When an invoice has to be paid, and what is taken off when it is paid early (INV-04, INV-06).
//
// - Due: so many days after the issue date; so many days after the end of a month; on a fixed day of a month, where the 31st falls on the last day of a shorter
//   one; on a given day; in advance, which is the issue date; or in instalments.
// - Instalments are a percent of the total, a fixed amount, or the rest. Each percent is rounded half up, the last one takes the difference: they sum to the total, exactly.
// - A computed due date that is no working day is moved as the tenant's policy says, never before the issue date. A day that was named stays.
// - An early-payment discount has tiers: a percent for who pays within so many days of the issue date, the best first. Grace days are added to each.
import { isWorkingDay, nextWorkingDay, type Calendar } from './calendar.js';
import { type Day, daysAfter, daysBetween } from './day.js';
import { isDecimal, isMoney, money, parseMoney, share, type Money } from './money.js';

/** A day of a month, `months` after that of the issue date; with 0 the next such day, on or after the issue date. */
export interface DayOfMonth { readonly day: number; readonly months: number }
/** `days` after the last day of the month that is `months` after that of the issue date. */
export interface EndOfMonth { readonly days: number; readonly months: number }
export type When = { readonly days: number } | { readonly dueDate: Day } | { readonly endOfMonth: EndOfMonth } | { readonly dayOfMonth: DayOfMonth };
/** `percent`: decimal text of the total, at most 4 fraction digits; `amount`: decimal text in units of the invoice's currency; `rest`: what the others leave. */
export type Size = { readonly percent: string } | { readonly amount: string } | { readonly rest: true };
export interface InstalmentShare { readonly when: When; readonly size: Size }
type DueAtOnce = { readonly netDays: number } | { readonly dueDate: Day } | { readonly endOfMonth: EndOfMonth } | { readonly dayOfMonth: DayOfMonth } | { readonly cashInAdvance: true };
export type Due = DueAtOnce | { readonly instalments: { readonly shares: readonly InstalmentShare[] } };

export interface DiscountTier { readonly days: number; readonly percent: string }
/** How tax follows an early-payment discount: it is taken on the discounted net in any case, on what is paid, or on the full net. */
export type DiscountTax = 'always' | 'on-early-payment' | 'never';
/** Which discounts are given: in time only; also late, when the customer takes it; none. */
export type DiscountMode = 'earned' | 'earned-and-unearned' | 'none';
export interface DiscountTerms { readonly tiers: readonly DiscountTier[]; readonly base: 'net' | 'gross'; readonly tax: DiscountTax; readonly graceDays: number; readonly mode: DiscountMode }
export interface Terms { readonly due: Due; readonly discount?: DiscountTerms }
/** Terms with a name, of one tenant. */
export interface NamedTerms extends Terms { readonly termsId: string }

export type DueDateMoves = 'none' | 'following' | 'preceding' | 'modified-following';

/** A part of the total with a due date of its own. */
export interface Instalment { readonly seq: number; readonly dueDate: Day; readonly amount: Money }

/** What is due when, in the order of the due dates; undefined where shares do not make the whole, one of them is less than a minor unit, or they are not in order. */
export function schedule(due: Due, issueDate: Day, total: Money, moves: DueDateMoves, calendar: Calendar): readonly Instalment[] | undefined {
  const on = (when: When | DueAtOnce) => dueOn(when, issueDate, moves, calendar);
  if (!('instalments' in due)) return [{ seq: 1, dueDate: on(due), amount: total }];
  const { shares } = due.instalments;
  const amounts = sizes(shares.map((s) => s.size), total);
  const days = shares.map((s) => on(s.when));
  if (!amounts || days.some((day, i) => i > 0 && day < days[i - 1]!)) return undefined;
  return shares.map((_, i) => ({ seq: i + 1, dueDate: days[i]!, amount: amounts[i]! }));
}

/** The amounts of shares of a total: percents that make the whole, amounts that make the whole, or any of them with one rest. Undefined where they do not. */
function sizes(shares: readonly Size[], total: Money): readonly Money[] | undefined {
  const minors = shares.map((s) => ('rest' in s ? 0 : 'amount' in s ? amountOf(s.amount, total.currency) : percentOf(s.percent, total)));
  if (minors.some((minor) => minor === undefined)) return undefined;
  const left = total.minor - (minors as number[]).reduce((sum, minor) => sum + minor, 0);
  const rests = shares.filter((s) => 'rest' in s).length;
  const whole = shares.every((s) => 'percent' in s) ? sumOfPercents(shares.map((s) => s.percent)) === WHOLE : shares.every((s) => 'amount' in s) ? left === 0 : rests === 1;
  const last = rests === 1 ? shares.findIndex((s) => 'rest' in s) : shares.length - 1;
  const parts = (minors as number[]).map((minor, i) => (i === last ? minor + left : minor));
  return whole && rests <= 1 && parts.every((minor) => minor > 0) ? parts.map((minor) => money(minor, total.currency)) : undefined;
}

/** 100 % in ten-thousandths of a percent. */
const WHOLE = 1_000_000;
/** `33.3333` is 333333. */
export const percentUnits = (percent: string): number => { const [whole = '0', fraction = ''] = percent.split('.'); return isDecimal(percent) && fraction.length <= 4 ? Number(whole + fraction.padEnd(4, '0')) : Number.NaN; };
const sumOfPercents = (percents: readonly string[]) => percents.reduce((sum, percent) => sum + percentUnits(percent), 0);
const percentOf = (percent: string, total: Money) => { const units = percentUnits(percent); return units >= 0 && units <= WHOLE ? share(total.minor, units, WHOLE, 'half-up') : undefined; };
const amountOf = (text: string, currency: string) => { const amount = parseMoney(text, currency); return isMoney(amount) ? amount.minor : undefined; };

function dueOn(when: When | DueAtOnce, issueDate: Day, moves: DueDateMoves, calendar: Calendar): Day {
  if ('dueDate' in when) return when.dueDate;
  if ('cashInAdvance' in when) return issueDate;
  return moved(dayOf(when, issueDate), issueDate, moves, calendar);
}

function dayOf(when: Exclude<When, { dueDate: unknown }> | { readonly netDays: number }, issueDate: Day): Day {
  if ('netDays' in when) return daysAfter(issueDate, when.netDays);
  if ('days' in when) return daysAfter(issueDate, when.days);
  if ('endOfMonth' in when) return daysAfter(dayInMonth(issueDate, when.endOfMonth.months, 31), when.endOfMonth.days);
  const { day, months } = when.dayOfMonth;
  const found = dayInMonth(issueDate, months, day);
  return found < issueDate ? dayInMonth(issueDate, months + 1, day) : found;
}

/** That day of the month `months` after that of `day`; the last one where the month is shorter. */
export function dayInMonth(day: Day, months: number, dayOfMonth: number): Day {
  const [year, month] = day.split('-').map(Number) as [number, number];
  const last = new Date(Date.UTC(year, month + months, 0)).toISOString().slice(0, 10);
  return dayOfMonth >= Number(last.slice(8)) ? last : `${last.slice(0, 8)}${String(dayOfMonth).padStart(2, '0')}`;
}

/** A day moved off days that are no working days; not before `earliest`. */
function moved(day: Day, earliest: Day, moves: DueDateMoves, calendar: Calendar): Day {
  if (moves === 'none' || isWorkingDay(day, calendar)) return day;
  const following = nextWorkingDay(day, calendar);
  if (moves === 'following' || (moves === 'modified-following' && following.slice(0, 7) === day.slice(0, 7))) return following;
  let before = daysAfter(day, -1);
  while (before >= earliest && !isWorkingDay(before, calendar)) before = daysAfter(before, -1);
  return before >= earliest ? before : following;
}

/** A discount offered on an invoice: `lastDay` includes the grace days; `amount` is what it comes to when the whole is paid at once; `apr` what it costs the seller a year, in percent with two digits, '' where it is due no later; `effectiveApr` the same with compound interest, '' also above a million percent, absent on older invoices. */
export interface DiscountOffer { readonly percent: string; readonly lastDay: Day; readonly amount: Money; readonly apr: string; readonly effectiveApr?: string }

/** The tiers as offers, the best first. `base`: what the percent is of. */
export const offers = (terms: DiscountTerms, issueDate: Day, base: Money, dueDate: Day): readonly DiscountOffer[] => (terms.mode === 'none' ? [] : terms.tiers.map(({ days, percent }) => ({
  percent, ...ratesOf(percent, daysBetween(issueDate, dueDate) - days), lastDay: daysAfter(issueDate, days + terms.graceDays), amount: money(share(base.minor, percentUnits(percent), WHOLE, 'half-up'), base.currency),
})));

/** What a discount costs the seller a year, of the N − n days by which it is paid earlier, in percent, half up to two digits (2/10 net 30 is 37.24, effectively 44.59): simple, d / (1 − d) × 365 / (N − n); effective, (1 / (1 − d)) ^ (365 / (N − n)) − 1. */
function ratesOf(percent: string, daysEarlier: number): Pick<DiscountOffer, 'apr' | 'effectiveApr'> {
  const d = percentUnits(percent);
  if (daysEarlier <= 0 || d >= WHOLE) return { apr: '', effectiveApr: '' };
  const key = `${d}/${daysEarlier}`;
  const made = rates.get(key);
  if (made) return made;
  const effective = compounded(d, daysEarlier);
  const found = { apr: twoDigits(share(d, 365 * 10_000, (WHOLE - d) * daysEarlier, 'half-up')), effectiveApr: effective === undefined ? '' : twoDigits(effective) };
  if (rates.size >= 1_000) rates.clear();
  rates.set(key, found);
  return found;
}
/** Made once for each: few terms are in use, and the root of a large number takes its time. */
const rates = new Map<string, Pick<DiscountOffer, 'apr' | 'effectiveApr'>>();
const twoDigits = (hundredths: number): string => `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;

const MOST_HUNDREDTHS = 100_000_000;
/** The most hundredths of a percent h for which 1 + (h − ½) / 10,000 is at most (WHOLE / (WHOLE − d)) ^ (365 / days), in whole numbers: exact, whatever computes it. */
function compounded(d: number, days: number): number | undefined {
  const [above, below] = [BigInt(WHOLE) ** 365n * 20_000n ** BigInt(days), BigInt(WHOLE - d) ** 365n];
  const isAtMost = (h: number): boolean => BigInt(2 * (10_000 + h) - 1) ** BigInt(days) * below <= above;
  if (isAtMost(MOST_HUNDREDTHS + 1)) return undefined;
  let [least, most] = [0, MOST_HUNDREDTHS];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (isAtMost(middle)) least = middle;
    else most = middle - 1;
  }
  return least;
}
