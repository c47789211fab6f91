// Payment terms on the wire and in the domain: the same fields, but that one of several is `{$case, value}` there, and words are enum values.
import {
  DiscountBase, DiscountMode, DiscountTax, type DiscountTerms as WireDiscount, type InstalmentShare as WireShare, type Terms as WireTerms,
} from '@ar/contracts/gen/ar/invoicing/v1/invoice.js';
import type { DiscountMode as Mode, DiscountTax as Tax, DiscountTerms, Due, InstalmentShare, Size, Terms, When } from '@ar/domain/terms.js';

/** Terms as they are asked for: a due date, or the name of terms; nothing of it means the customer's or the tenant's. */
export interface AskedTerms { readonly due?: Due | { readonly termsId: string }; readonly discount?: DiscountTerms }

/** Words of the domain and the enum values that they are, in both directions; a value that is unspecified or of a later contract is the first word. */
export function words<W extends string, E extends string>(of: Readonly<Record<W, E>>) {
  const all = Object.entries(of) as [W, E][];
  return { wire: (word: W): E => of[word], word: (value: E): W => all.find(([, v]) => v === value)?.[0] ?? all[0]![0] };
}
const base = words<'net' | 'gross', DiscountBase>({ net: DiscountBase.NET, gross: DiscountBase.GROSS });
export const discountTax = words<Tax, DiscountTax>({ 'on-early-payment': DiscountTax.ON_EARLY_PAYMENT, always: DiscountTax.ALWAYS, never: DiscountTax.NEVER });
export const discountMode = words<Mode, DiscountMode>({ earned: DiscountMode.EARNED, 'earned-and-unearned': DiscountMode.EARNED_AND_UNEARNED, none: DiscountMode.NONE });

type Case = { readonly $case: string; readonly value: unknown } | undefined;
/** `{$case: 'netDays', value: 30}` is `{netDays: 30}`. */
const opened = <T>(one: Case): T => ({ [one!.$case]: one!.value }) as T;
const closed = (one: object) => { const [[$case, value]] = Object.entries(one) as [[string, unknown]]; return { $case, value }; };

const discountOf = (d: WireDiscount): DiscountTerms => ({ tiers: d.tiers.map(({ days, percent }) => ({ days, percent })), base: base.word(d.base), tax: discountTax.word(d.tax), graceDays: d.graceDays, mode: discountMode.word(d.mode) });
const shareOf = (s: WireShare): InstalmentShare => ({ when: opened<When>(s.when), size: opened<Size>(s.size) });

/** Terms as they were checked when they came in. */
export function termsOf({ due, discount }: WireTerms): AskedTerms {
  const asked = due && (due.$case === 'instalments' ? { instalments: { shares: due.value.shares.map(shareOf) } } : opened<Exclude<AskedTerms['due'], undefined>>(due));
  return { ...(asked ? { due: asked } : {}), ...(discount ? { discount: discountOf(discount) } : {}) };
}

export function wireTerms({ due, discount }: AskedTerms | Terms): object {
  const asked = due && ('instalments' in due ? closed({ instalments: { shares: due.instalments.shares.map((s) => ({ when: closed(s.when), size: closed(s.size) })) } }) : closed(due));
  return { ...(asked ? { due: asked } : {}), ...(discount ? { discount: { ...discount, base: base.wire(discount.base), tax: discountTax.wire(discount.tax), mode: discountMode.wire(discount.mode) } } : {}) };
}
