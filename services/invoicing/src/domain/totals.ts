// What a document sums to, exactly (EN 16931; INV-09).
//
// - A line is quantity times price, rounded once, less its allowances, plus its charges; those of the document count in the category and rate they name.
// - Tax is rounded once per category and rate (BR-CO-17), or once per line where the tenant's rule says so; every other figure is a sum.
// - Gross prices become net lines: what the buyer was told stays the sum, and tax is what is in it.
// - Where tax follows the early-payment discount in any case, the discount is an allowance in each taxed rate and a charge without tax of the same amount:
//   the price stays, tax is on the discounted net (the Belgian practice).
import { add, allocate, isDecimal, isMoney, money, product, share, subtract, sumOf, type Money, type NotMoney } from '@ar/domain/money.js';
import { percentUnits } from '@ar/domain/terms.js';
import type { Day } from '@ar/domain/day.js';

/** An allowance or charge: a percent of what it is taken from, or an amount in units of the currency, both decimal text. `reasonCode`: UNCL5189 of an allowance, UNCL7161 of a charge. */
export interface Adjustment { readonly kind: 'allowance' | 'charge'; readonly size: { readonly percent: string } | { readonly amount: string }; readonly reason: string; readonly reasonCode: string }
/** One of the whole document, in one category and rate. */
export interface DocumentAdjustment extends Adjustment { readonly taxCategory: string; readonly taxRate: string }
export type Counted<A extends Adjustment> = A & { readonly net: Money };

/** Of a line as it is asked for. `unitPrice` is net or gross as the rule says; the period is '' where there is none. */
export interface PricedLine {
  readonly description: string; readonly articleId: string; readonly quantity: string; readonly unitCode: string; readonly unitPrice: string; readonly taxCode: string; readonly taxRate: string; readonly taxCategory: string; readonly exemption: string;
  readonly adjustments: readonly Adjustment[]; readonly periodFrom: Day | ''; readonly periodTo: Day | '';
}
export interface InvoiceLine extends Omit<PricedLine, 'adjustments'> { readonly adjustments: readonly Counted<Adjustment>[]; readonly net: Money }
/** A line as a credit note or a debit note shows it: what its allowances and charges came to is in its net. */
export type NoteLine = Pick<InvoiceLine, 'description' | 'quantity' | 'unitCode' | 'unitPrice' | 'taxRate' | 'taxCategory' | 'net'>;
export const noteLine = ({ description, quantity, unitCode, unitPrice, taxRate, taxCategory, net }: NoteLine): NoteLine => ({ description, quantity, unitCode, unitPrice, taxRate, taxCategory, net });
export interface TaxTotal { readonly taxCategory: string; readonly taxRate: string; readonly net: Money; readonly tax: Money }
/** How tax is counted: rounded once per document (and rate) or per line; prices without or with it. */
export interface TaxRule { readonly rounding: 'document' | 'line'; readonly prices: 'net' | 'gross' }
export interface Totals {
  readonly lines: readonly InvoiceLine[]; readonly adjustments: readonly Counted<DocumentAdjustment>[]; readonly taxTotals: readonly TaxTotal[];
  /** Sum of the lines, of the document's allowances and of its charges; `net` is the first less the second plus the third. */
  readonly lineTotal: Money; readonly allowances: Money; readonly charges: Money; readonly net: Money; readonly tax: Money; readonly total: Money;
}

/** Percent of an amount, half up: 19 % of 0.13 is 0.02. */
export const taxOn = (net: Money, rate: string): Money => money(share(net.minor, percentUnits(rate), 1_000_000, 'half-up'), net.currency);
/** What of an amount with tax is tax, half up. */
const taxIn = (gross: Money, rate: string): Money => money(share(gross.minor, percentUnits(rate), 1_000_000 + percentUnits(rate), 'half-up'), gross.currency);

/** `19`, `19.0` and `19.00` are one rate. */
export const plainRate = (rate: string): string => (rate.includes('.') ? rate.replace(/\.?0+$/, '') : rate);

/** A part of the document that tax is counted on: a line, or an allowance as a negative. */
interface Part { readonly taxCategory: string; readonly taxRate: string; readonly amount: Money }

/** Lines and their sums; or why a line, an adjustment or the total is not an amount of the currency. `always`: the percent of a discount that tax follows in any case. */
export function totals(priced: readonly PricedLine[], asked: readonly DocumentAdjustment[], currency: string, rule: TaxRule, always = '0'): Totals | NotMoney {
  const zero = money(0, currency);
  const counted = priced.map((line) => lineOf(line, currency));
  const outOfRange = counted.find((line) => 'invalid' in line);
  if (outOfRange) return outOfRange as NotMoney;
  const lines = counted as readonly InvoiceLine[];
  const sum = sumOf(lines.map((l) => l.net), currency);
  if (!isMoney(sum)) return sum;
  const adjustments = asked.map((a) => ({ ...a, taxRate: plainRate(a.taxRate), net: sizeOf(a, sum) }));
  const notMoney = adjustments.find((a) => !isMoney(a.net));
  if (notMoney) return notMoney.net as NotMoney;
  const own = adjustments as readonly Counted<DocumentAdjustment>[];
  const parts: Part[] = [...lines.map((l) => ({ taxCategory: l.taxCategory, taxRate: l.taxRate, amount: l.net })), ...own.map((a) => ({ taxCategory: a.taxCategory, taxRate: a.taxRate, amount: signed(a) }))];
  const all = sumOf([...parts.map((p) => absolute(p.amount))], currency);
  if (!isMoney(all)) return all; // from here on every sum but the total is at most this one

  const net = rule.prices === 'gross' ? withoutTax(parts, rule) : parts.map((p) => p.amount);
  const discounts = discounted(parts.map((p, i) => ({ ...p, amount: net[i]! })), always, currency);
  const taxed = [...parts.map((p, i) => ({ ...p, amount: net[i]!, gross: p.amount })), ...discounts.map((a) => ({ taxCategory: a.taxCategory, taxRate: a.taxRate, amount: signed(a), gross: undefined }))];
  const groups = new Map<string, TaxTotal>();
  for (const part of taxed) {
    const key = `${part.taxCategory} ${part.taxRate}`;
    const { net: before, tax } = groups.get(key) ?? { net: zero, tax: zero };
    const own = rule.prices === 'gross' && part.gross ? subtract(part.gross, part.amount) : taxOn(part.amount, part.taxRate);
    groups.set(key, { taxCategory: part.taxCategory, taxRate: part.taxRate, net: add(before, part.amount), tax: add(tax, own) });
  }
  const onWhole = rule.rounding === 'document' && (rule.prices === 'net' || discounts.length > 0);
  const taxTotals = [...groups.values()].map((group) => (onWhole ? { ...group, tax: taxOn(group.net, group.taxRate) } : group));
  const adjusted = [...own.map((a, i) => ({ ...a, net: absolute(net[lines.length + i]!) })), ...discounts];
  const sumWhere = (kind: Adjustment['kind']) => adjusted.filter((a) => a.kind === kind).reduce((s, a) => add(s, a.net), zero);
  const lineTotal = lines.reduce((s, _, i) => add(s, net[i]!), zero);
  const [allowances, charges] = [sumWhere('allowance'), sumWhere('charge')];
  const netTotal = add(subtract(lineTotal, allowances), charges);
  const tax = taxTotals.reduce((s, group) => add(s, group.tax), zero);
  const total = sumOf([netTotal, tax], currency);
  return isMoney(total) ? { lines: rule.prices === 'gross' ? lines.map((l, i) => ({ ...l, net: net[i]! })) : lines, adjustments: adjusted, taxTotals, lineTotal, allowances, charges, net: netTotal, tax, total } : total;
}

/** A line as it is priced, with its own allowances and charges. */
function lineOf(line: PricedLine, currency: string): InvoiceLine | NotMoney {
  const price = product([line.quantity, line.unitPrice], currency, 'half-up');
  if (!isMoney(price)) return price;
  const adjustments = line.adjustments.map((a) => ({ ...a, net: sizeOf(a, price) }));
  const notMoney = adjustments.find((a) => !isMoney(a.net));
  if (notMoney) return notMoney.net as NotMoney;
  const net = sumOf([price, ...(adjustments as readonly Counted<Adjustment>[]).map(signed)], currency);
  return isMoney(net) ? { ...line, taxRate: plainRate(line.taxRate), adjustments: adjustments as readonly Counted<Adjustment>[], net } : net;
}

const sizeOf = ({ size }: Adjustment, from: Money): Money | NotMoney => ('percent' in size ? money(share(from.minor, percentUnits(size.percent), 1_000_000, 'half-up'), from.currency) : product([size.amount], from.currency, 'half-up'));
const signed = ({ kind, net }: { readonly kind: Adjustment['kind']; readonly net: Money }): Money => (kind === 'charge' ? net : money(net.minor === 0 ? 0 : -net.minor, net.currency));
const absolute = ({ minor, currency }: Money): Money => money(Math.abs(minor), currency);

/** Parts with tax in them as net ones: rounded for each, or once per category and rate. The difference is shared by what is charged, a cent each at most: an allowance stays what it is, whatever its size. */
function withoutTax(parts: readonly Part[], { rounding }: TaxRule): readonly Money[] {
  const net = parts.map((p) => subtract(p.amount, taxIn(p.amount, p.taxRate)));
  if (rounding === 'line') return net;
  for (const key of new Set(parts.map(keyOf))) {
    const at = parts.flatMap((p, i) => (keyOf(p) === key ? [i] : []));
    const currency = parts[at[0]!]!.amount.currency;
    const gross = at.reduce((s, i) => add(s, parts[i]!.amount), money(0, currency));
    const whole = subtract(gross, taxIn(gross, parts[at[0]!]!.taxRate));
    const charged = at.filter((i) => parts[i]!.amount.minor > 0);
    const rest = at.filter((i) => !charged.includes(i)).reduce((s, i) => subtract(s, net[i]!), whole);
    // Where allowances take all there is, no invoice comes of it; the sums are right all the same.
    if (charged.length === 0 || rest.minor < 0) { const last = at.at(-1)!; net[last] = add(net[last]!, subtract(whole, at.reduce((s, i) => add(s, net[i]!), money(0, currency)))); continue; }
    allocate(rest.minor, charged.map((i) => parts[i]!.amount.minor)).forEach((minor, n) => { net[charged[n]!] = money(minor, currency); });
  }
  return net;
}
const keyOf = (p: { readonly taxCategory: string; readonly taxRate: string }) => `${p.taxCategory} ${p.taxRate}`;

/** The allowances and charges of a discount that tax follows in any case. */
function discounted(parts: readonly Part[], percent: string, currency: string): readonly Counted<DocumentAdjustment>[] {
  if (percentUnits(percent) === 0) return [];
  const groups = [...new Set(parts.map(keyOf))].map((key) => parts.filter((p) => keyOf(p) === key)).map(([first, ...rest]) => ({ ...first!, amount: rest.reduce((s, p) => add(s, p.amount), first!.amount) })).filter((g) => g.amount.minor > 0);
  if (groups.length === 0) return [];
  const net = groups.reduce((s, g) => add(s, g.amount), money(0, currency));
  const shares = allocate(share(net.minor, percentUnits(percent), 1_000_000, 'half-up'), groups.map((g) => g.amount.minor));
  return groups.flatMap((group, i) => (percentUnits(group.taxRate) === 0 || shares[i] === 0 ? [] : ([['allowance', group.taxCategory, group.taxRate, '95'], ['charge', 'E', '0', 'ZZZ']] as const).map(([kind, taxCategory, taxRate, reasonCode]) => ({
    kind, taxCategory, taxRate, reason: 'Early payment discount', reasonCode, size: { percent }, net: money(shares[i]!, currency),
  }))));
}

/** Whether a text is a rate of tax: decimal, 0 to 100, at most 2 fraction digits. */
export const isRate = (rate: string): boolean => isDecimal(rate) && !rate.startsWith('-') && (rate.split('.')[1] ?? '').length <= 2 && percentUnits(rate) <= 1_000_000;
