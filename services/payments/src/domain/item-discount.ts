// Early-payment discounts of an open item (INV-06): what can still be had, what a payment earns, and how much tax goes with it.
//
// - The tier that counts is the best one whose last day is not before the day on which the money has value; how much it grants is the one rule of `@ar/domain/discount`.
// - A payment of all that is open takes no discount, unless the policy grants it to who pays in full as well; then what the item does not need stays unapplied. Money that is late earns none, unless the terms allow it to who pays exactly the discounted amount: unearned.
// - Each tier remembers what was settled and granted in it, so that its grants sum to the same, however a payment is split; what is taken back is forgotten exactly.
// - Where tax is reduced on early payment, a discount is net and tax as the invoice is, over all its discounts together. Otherwise it is all net.
// - Credit earns nothing: it makes less open, and the discount less with it.
import { type Day, daysAfter } from '@ar/domain/day.js';
import { discountGranted, discountLeft, type Discountable } from '@ar/domain/discount.js';
import { formatMoney, money, share } from '@ar/domain/money.js';
import type { DiscountMode, DiscountTax } from '@ar/domain/terms.js';

/** What an item was issued with; `baseMinor` is what of its original amount the percent counts on. The best tier first. */
export interface ItemDiscount { readonly tiers: readonly DiscountTier[]; readonly baseMinor: number; readonly tax: DiscountTax; readonly mode: DiscountMode }
export interface DiscountTier { readonly percent: string; readonly lastDay: Day }

/** What a tier was used for: settled by it, of that granted, of that tax. By percent; a tier that was not used has no entry. */
export interface TierUse { readonly settledMinor: number; readonly grantedMinor: number; readonly taxMinor: number }
export type TierUses = Readonly<Record<string, TierUse>>;

/** What was granted with a payment; `leftMinor` is what the tier had left before. */
export interface Grant { readonly percent: string; readonly earned: boolean; readonly leftMinor: number; readonly minor: number; readonly taxMinor: number }

/** An open item, as far as it says what can be had. */
export interface Offered {
  readonly originalMinor: number;
  readonly openMinor: number;
  readonly discount?: Pick<ItemDiscount, 'tiers' | 'baseMinor'>;
  readonly uses: Readonly<Record<string, Pick<TierUse, 'settledMinor' | 'grantedMinor'>>>;
}
/** The same, as far as it says what is granted. */
export interface WithDiscount extends Offered { readonly taxMinor: number; readonly discount?: ItemDiscount; readonly uses: TierUses }

/** Which discounts are taken, and how much later than a tier says money may come. */
export interface Discounting { readonly takes: 'earned-and-unearned' | 'earned' | 'none'; readonly graceDays: number }
/** An item as it offers its discounts then. */
export function offering<I extends { readonly discount?: ItemDiscount }>(item: I, { takes, graceDays }: Discounting): I {
  const { discount } = item;
  if (!discount || (takes === 'earned-and-unearned' && graceDays === 0)) return item;
  if (takes === 'none') { const { discount: _none, ...without } = item; return without as I; }
  return { ...item, discount: { ...discount, mode: takes === 'earned' ? 'earned' : discount.mode, tiers: discount.tiers.map((t) => ({ ...t, lastDay: daysAfter(t.lastDay, graceDays) })) } };
}

const unused: TierUse = { settledMinor: 0, grantedMinor: 0, taxMinor: 0 };
/** The rule counts in minor units: which currency they are of does not matter to it. */
const of = (minor: number) => money(minor, '');
const discountable = ({ originalMinor, openMinor, discount, uses }: Offered, percent: string): Discountable => {
  const { settledMinor, grantedMinor } = uses[percent] ?? unused;
  return { total: of(originalMinor), base: of(discount?.baseMinor ?? 0), open: of(openMinor), settled: of(settledMinor), granted: of(grantedMinor) };
};

/** What of a tier can still be had. Something is always to be paid: no discount closes an item alone. */
export const leftOf = (item: Offered, percent: string): number => Math.max(0, Math.min(discountLeft(percent, discountable(item, percent)), item.openMinor - 1));

/** The tiers that hold on a day, the best first, with what is left of each. */
export const offersOn = (item: Offered, day: Day): readonly (DiscountTier & { readonly leftMinor: number })[] =>
  (item.discount?.tiers ?? []).filter((t) => day <= t.lastDay).map((t) => ({ ...t, leftMinor: leftOf(item, t.percent) }));

/** The payments that close an item with a discount: at least so much in time; late, exactly one of these. */
export function closingsOf(item: WithDiscount, valueOn: Day): { readonly inTimeMinor: number; readonly lateMinor: readonly number[] } {
  const [best] = offersOn(item, valueOn);
  const late = item.discount?.mode === 'earned-and-unearned' ? item.discount.tiers.filter((t) => valueOn > t.lastDay) : [];
  return { inTimeMinor: item.openMinor - (best?.leftMinor ?? 0), lateMinor: late.map((t) => leftOf(item, t.percent)).filter((left) => left > 0).map((left) => item.openMinor - left) };
}

/** What a payment with value on a day is granted; undefined where no tier counts. With the grant the item may need less than was paid. */
export function grantFor(item: WithDiscount, paidMinor: number, valueOn: Day, onFullPayment = false): Grant | undefined {
  const { discount, openMinor } = item;
  if (!discount || (paidMinor >= openMinor && !onFullPayment)) return undefined;
  const late = discount.mode === 'earned-and-unearned' ? discount.tiers.find((t) => valueOn > t.lastDay && leftOf(item, t.percent) > 0 && openMinor - leftOf(item, t.percent) === paidMinor) : undefined;
  const tier = late ?? discount.tiers.find((t) => valueOn <= t.lastDay);
  if (!tier) return undefined;
  const leftMinor = leftOf(item, tier.percent);
  const minor = Math.min(leftMinor, discountGranted(of(paidMinor >= openMinor ? openMinor - leftMinor : paidMinor), tier.percent, discountable(item, tier.percent)));
  return { percent: tier.percent, earned: tier !== late, leftMinor, minor, taxMinor: taxOf(item, minor) };
}

/** Over all that was granted on the item, tax is its part; what earlier grants had of it is not counted again. */
function taxOf({ originalMinor, taxMinor, discount, uses }: WithDiscount, minor: number): number {
  if (discount?.tax !== 'on-early-payment') return 0;
  const before = Object.values(uses).reduce((sum, u) => ({ granted: sum.granted + u.grantedMinor, tax: sum.tax + u.taxMinor }), { granted: 0, tax: 0 });
  return Math.min(minor, Math.max(0, share(before.granted + minor, taxMinor, originalMinor, 'half-up') - before.tax));
}

/** The uses of an item's tiers with a payment and its grant, or without them again. */
export function withUse(uses: TierUses, { minor, discount }: { readonly minor: number; readonly discount?: Grant }, sign: 1 | -1): TierUses {
  if (!discount) return uses;
  const { [discount.percent]: before = unused, ...others } = uses;
  const after = { settledMinor: before.settledMinor + sign * (minor + discount.minor), grantedMinor: before.grantedMinor + sign * discount.minor, taxMinor: before.taxMinor + sign * discount.taxMinor };
  return after.settledMinor === 0 ? others : { ...others, [discount.percent]: after };
}

/** A grant in words: the tier, what it had left, what came of it. */
export const explainGrant = (itemId: string, { percent, earned, leftMinor, minor }: Grant, currency: string): string => {
  const sum = (amount: number) => `${formatMoney({ minor: amount, currency })} ${currency}`;
  return `${percent} % early-payment discount on ${itemId}: ${sum(minor)} of ${sum(leftMinor)} granted, ${earned ? 'earned' : 'unearned'}`;
};
