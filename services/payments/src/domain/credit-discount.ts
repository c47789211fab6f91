// What a credit note gives for what was paid with an early-payment discount (INV-06): it is net of the discount, or the customer would be given back more than they paid.
//
// - 100.00 that were paid with 98.00 and a discount of 2.00, credited whole, give 98.00, and the discount is taken back; credited by half, 49.00 and 1.00.
// - What of a credit note settles open items of its invoice takes no discount back: nobody was granted any on it. The rest credits what was paid, discounted or not, in proportion.
// - Several credit notes of an invoice share its discounts in the order of their dates, so that they take back the same in all, however they are split; tax in the same way.
// - Where a payment goes back with its discount, or is applied after all, what is taken back follows.
import { share } from '@ar/domain/money.js';

/** What money settled of an invoice, discounts with it; of that the discounts, and the tax within them. */
export interface PaidOf { readonly settledMinor: number; readonly grantedMinor: number; readonly taxMinor: number }
export interface TakenBack { readonly minor: number; readonly taxMinor: number }

/** For each credit note of an invoice, in their order: what of its discounts is taken back. `rests` are what of each did not settle open items of it. */
export function discountsTakenBack({ settledMinor, grantedMinor, taxMinor }: PaidOf, rests: readonly number[]): readonly TakenBack[] {
  const upTo = (credited: number): TakenBack => {
    const minor = settledMinor === 0 ? 0 : share(grantedMinor, Math.min(credited, settledMinor), settledMinor, 'half-up');
    return { minor, taxMinor: grantedMinor === 0 ? 0 : share(taxMinor, minor, grantedMinor, 'half-up') };
  };
  let credited = 0;
  return rests.map((rest) => {
    const before = upTo(credited);
    credited += rest;
    const now = upTo(credited);
    return { minor: now.minor - before.minor, taxMinor: now.taxMinor - before.taxMinor };
  });
}
