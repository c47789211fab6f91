// What the log says a customer owes, as disputes, promises and the case look at it.
import { type Day, daysBetween } from '@ar/domain/day.js';
import { refuse, type Refusal } from '@ar/domain/decider.js';
import { add, isMoney, type Money, sumOf } from '@ar/domain/money.js';

/** An item that is open, or was and is asked about. */
export interface OwedItem {
  readonly itemId: string;
  readonly currency: string;
  readonly dueOn: Day;
  readonly openMinor: number;
  /** Whether it ended without being paid. */
  readonly closed: boolean;
  /** What settles it now, by value date. */
  readonly settledMinor: Readonly<Record<Day, number>>;
  /** What of it is under way: a direct debit, a receipt that is not cash yet. Absent: nothing. */
  readonly comingMinor?: number;
}

/** A part of an item, as it is stored: what is promised or disputed of it. */
export interface Part { readonly itemId: string; readonly amount: Money }
/** As it is asked for: without an amount, all that is open. */
export interface AskedPart { readonly itemId: string; readonly amount: Money | null }

export const minorOf = (parts: readonly Part[], itemId: string): number => parts.reduce((sum, p) => (p.itemId === itemId ? sum + p.amount.minor : sum), 0);
/** All parts of a promise or dispute together; they were refused if it is no amount. */
export const amountOf = (parts: readonly Part[]): Money => parts.map((p) => p.amount).reduce(add);
export const settledUntil = (item: OwedItem, day: Day): number => Object.entries(item.settledMinor).reduce((sum, [on, minor]) => (on <= day ? sum + minor : sum), 0);
/** Past due begins the day after the due date. */
export const daysPastDue = (item: Pick<OwedItem, 'dueOn'>, today: Day): number => Math.max(0, daysBetween(item.dueOn, today));

/** The parts that are asked for, each of an open item, none above what is open, all in one currency and together an amount. */
export function partsOf<Above extends string>(asked: readonly AskedPart[], items: readonly OwedItem[], above: Above): readonly Part[] | Refusal<'open-item-not-found' | 'open-item-settled' | 'currency-mismatch' | 'total-out-of-range' | Above> {
  const parts: Part[] = [];
  for (const { itemId, amount } of asked) {
    const item = items.find((i) => i.itemId === itemId);
    if (!item) return refuse('open-item-not-found', { itemId });
    if (item.openMinor <= 0) return refuse('open-item-settled', { itemId });
    const currency = parts[0]?.amount.currency ?? item.currency;
    if (item.currency !== currency || (amount && amount.currency !== currency)) return refuse('currency-mismatch', { itemId, currency: amount?.currency ?? currency, expectedCurrency: item.currency });
    const minor = amount?.minor ?? item.openMinor;
    if (minor + minorOf(parts, itemId) > item.openMinor) return refuse(above, { itemId, askedMinor: minor, openMinor: item.openMinor, currency });
    parts.push({ itemId, amount: { minor, currency } });
  }
  const whole = parts[0] && sumOf(parts.map((p) => p.amount), parts[0].amount.currency);
  if (whole && !isMoney(whole)) return refuse('total-out-of-range', { totalMinor: whole.value, currency: whole.currency });
  return parts;
}

/** Ids are callers' words: `constructor` is one of them. */
export const own = <T>(record: Readonly<Record<string, T>>, id: string): T | undefined => (Object.hasOwn(record, id) ? record[id] : undefined);
