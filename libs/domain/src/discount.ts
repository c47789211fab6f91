// What an early payment earns on one open item (INV-06): the one rule that offers and grants share.
//
// - Of an open amount O the discount D is the tier's percent of the part of the item that it counts on: tier × base × O / total, half up.
// - A payment of at least O − D in time takes the whole of D and closes the item; a smaller one takes its part, p × D / (O − D), half up.
// - What was granted is taken off D. So the grants of a tier sum to the same D, however the payment is split.
// - What was paid otherwise (late, in another tier, by a credit note) makes O smaller, and D with it.
import { share, type Money } from './money.js';
import { percentUnits } from './terms.js';

/** An item as a tier sees it. `base`: what of the total the percent counts on; `settled`: what was paid and granted in this tier so far, `granted`: the granted part of it. All of one currency. */
export interface Discountable { readonly total: Money; readonly base: Money; readonly open: Money; readonly settled: Money; readonly granted: Money }

/** D: what of the discount can still be had, in minor units; never more than is open. */
export function discountLeft(percent: string, { total, base, open, settled, granted }: Discountable): number {
  if (open.minor <= 0) return 0;
  const began = BigInt(open.minor) + BigInt(settled.minor); // what was open when the tier was first used: splitting a payment does not change it
  const whole = share(base.minor, BigInt(percentUnits(percent)) * began, 1_000_000n * BigInt(total.minor), 'half-up');
  return Math.max(0, Math.min(whole - granted.minor, open.minor));
}

/** What a payment in time earns, in minor units. With it the item needs at most what is open less the discount: what is paid beyond that is left over. The whole, paid, earns nothing. */
export function discountGranted(payment: Money, percent: string, item: Discountable): number {
  const left = discountLeft(percent, item);
  const closing = item.open.minor - left;
  if (payment.minor >= item.open.minor) return 0;
  if (payment.minor >= closing) return left;
  return share(payment.minor, left, closing, 'half-up');
}
