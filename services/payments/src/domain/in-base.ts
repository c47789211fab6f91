// What items and money of an account in another currency are worth in the base currency of their tenant (PAY-14).
//
// - An item is worth what its document was booked with; money what it was at the rate of its value day. A rate that nobody knew is not made up: what has none is worth nothing that can be told, for ever.
// - What is settled, taken or written off takes its share of the worth, half up; what takes all that is left takes all that it is worth: so nothing is left of what is settled whole.
// - Where both are known, the difference is realised: a gain where the money is worth more than what it settles, a loss where less. Where one is known, it holds for both.
// - What is given back gives back exactly what it took, and takes back exactly the gain or loss.
import type { Day } from '@ar/domain/day.js';
import { convert, isMoney, type Money, money, share } from '@ar/domain/money.js';
import type { Policies } from '@ar/domain/policies.js';

/** What a document or a receipt is booked with. `rate` empty: not by a rate; `policyVersion` 0: it came with the document, or from a caller. */
export interface Booking { readonly rate: string; readonly source: string; readonly policyVersion: number; readonly worth: Money }

/** What an application takes: off the item, `discountMinor` of that by its discount, and of the money. What is not known is absent. */
export interface InBase { readonly currency: string; readonly itemMinor?: number; readonly discountMinor?: number; readonly moneyMinor?: number }

/** What is open, or unapplied, and what that is worth. */
interface Whole { readonly minor: number; readonly inBase?: Money | undefined }

/** The worth of a part of something. */
export function worthOf(minor: number, { minor: of, inBase }: Whole): Money | undefined {
  return inBase && (minor === of ? inBase : money(share(inBase.minor, minor, of, 'half-up'), inBase.currency));
}

/** What is left of something when a part of it is gone. */
export const without = (whole: Whole, minor: number): Whole => ({ minor: whole.minor - minor, inBase: less(whole.inBase, worthOf(minor, whole)) });

/** What an application takes of an item, `discountMinor` of it without money, and of the money. */
export function usedOf(item: Whole, minor: number, discountMinor: number, cash: Whole): InBase | undefined {
  const [ofItem, ofMoney] = [worthOf(minor + discountMinor, item), worthOf(minor, cash)];
  if (!ofItem && !ofMoney) return undefined;
  const ofDiscount = ofItem && discountMinor > 0 ? worthOf(discountMinor, { minor: minor + discountMinor, inBase: ofItem }) : undefined;
  return { currency: (ofItem ?? ofMoney)!.currency, ...(ofItem ? { itemMinor: ofItem.minor } : {}), ...(ofDiscount ? { discountMinor: ofDiscount.minor } : {}), ...(ofMoney ? { moneyMinor: ofMoney.minor } : {}) };
}

/** More than 0: a gain; less: a loss. */
export const realised = ({ itemMinor, discountMinor = 0, moneyMinor }: InBase): number => (itemMinor === undefined || moneyMinor === undefined ? 0 : moneyMinor - (itemMinor - discountMinor));

export const itemWorth = (inBase: InBase | undefined): Money | undefined => (inBase?.itemMinor === undefined ? undefined : { minor: inBase.itemMinor, currency: inBase.currency });
export const moneyWorth = (inBase: InBase | undefined): Money | undefined => (inBase?.moneyMinor === undefined ? undefined : { minor: inBase.moneyMinor, currency: inBase.currency });
export const more = (to: Money | undefined, by: Money | undefined): Money | undefined => (to && by ? money(to.minor + by.minor, to.currency) : to ?? by);
export const less = (from: Money | undefined, by: Money | undefined): Money | undefined => (from && by ? money(from.minor - by.minor, from.currency) : from);
/** All of them together; absent where none is known. */
export const together = (worths: readonly (Money | undefined)[]): Money | undefined => worths.reduce(more, undefined);
/** A field of an event, absent where nothing is known. */
export const inBase = (worth: Money | undefined): { readonly inBase?: Money } => (worth ? { inBase: worth } : {});

type Exchange = Policies['exchange'] & { readonly version: number };
/** The currency that a tenant keeps its books in, and the exchange policy that held on a day before the business date. */
export interface RatesKnown { readonly base: string; readonly earlier?: Exchange }

/** What a sum is booked with at the rate of a day; undefined in the base currency, and where nobody knew a rate, or it is worth more than any amount. */
export function bookedOn(sum: Money, day: Day, { today, exchange, rates }: { readonly today: Day; readonly exchange: Exchange; readonly rates: RatesKnown | undefined }): Booking | undefined {
  const policy = day < today ? rates?.earlier : exchange;
  const rate = rates && rates.base !== sum.currency ? policy?.rates.find((r) => r.currencyCode === sum.currency)?.rate : undefined;
  return rate === undefined ? undefined : bookedAt(sum, { rate, source: policy!.source, policyVersion: policy!.version }, rates!.base);
}

/** What a caller says that a bank booked money at: it wins over the policy. Nothing where that is worth more than any amount, or it is in the base currency. */
export const bookedByCaller = (sum: Money, rate: string, rates: RatesKnown | undefined): Booking | undefined => (rates && rates.base !== sum.currency ? bookedAt(sum, { rate, source: 'caller', policyVersion: 0 }, rates.base) : undefined);

/** The same at a rate that is known. */
export function bookedAt(sum: Money, by: Omit<Booking, 'worth'>, base: string): Booking | undefined {
  const worth = convert(sum, by.rate, base);
  return isMoney(worth) ? { ...by, worth } : undefined;
}
