// What an invoice sums to, exactly (EN 16931): lines are rounded once, tax once per category and rate (BR-CO-17), the rest are sums.
import { add, allocate, isDecimal, isMoney, money, product, share, sumOf, type Money, type NotMoney } from '@ar/domain/money.js';

export interface PricedLine { readonly description: string; readonly quantity: string; readonly unitCode: string; readonly unitPrice: string; readonly taxRate: string; readonly taxCategory: string }
export interface InvoiceLine extends PricedLine { readonly net: Money }
export interface TaxTotal { readonly taxCategory: string; readonly taxRate: string; readonly net: Money; readonly tax: Money }
export interface Totals { readonly lines: readonly InvoiceLine[]; readonly taxTotals: readonly TaxTotal[]; readonly net: Money; readonly tax: Money; readonly total: Money }

/** Percent of an amount, half up: 19 % of 0.13 is 0.02. The rate has at most 2 fraction digits. */
export function taxOn(net: Money, rate: string): Money {
  const [whole = '0', fraction = ''] = rate.split('.');
  return money(share(net.minor, Number(whole + fraction.padEnd(2, '0').slice(0, 2)), 10_000, 'half-up'), net.currency);
}

/** `19`, `19.0` and `19.00` are one rate. */
const plain = (rate: string) => (rate.includes('.') ? rate.replace(/\.?0+$/, '') : rate);

/** Lines and their sums; or why a line or the total is not an amount of the currency. */
export function totals(priced: readonly PricedLine[], currency: string): Totals | NotMoney {
  const lines: InvoiceLine[] = [];
  for (const line of priced) {
    const net = product([line.quantity, line.unitPrice], currency, 'half-up');
    if (!isMoney(net)) return net;
    lines.push({ ...line, taxRate: plain(line.taxRate), net });
  }
  const net = sumOf(lines.map((line) => line.net), currency);
  if (!isMoney(net)) return net; // from here on every sum but the total is at most this one
  const zero = money(0, currency);
  const groups = new Map<string, TaxTotal>();
  for (const { taxCategory, taxRate, net } of lines) {
    const key = `${taxCategory} ${taxRate}`;
    groups.set(key, { taxCategory, taxRate, net: add(groups.get(key)?.net ?? zero, net), tax: zero });
  }
  const taxTotals = [...groups.values()].map((group) => ({ ...group, tax: taxOn(group.net, group.taxRate) }));
  const tax = taxTotals.reduce((sum, group) => add(sum, group.tax), zero);
  const total = sumOf([net, tax], currency);
  return isMoney(total) ? { lines, taxTotals, net, tax, total } : total;
}

/** Parts of a total by percent (decimal text, at most 4 fraction digits, summing to 100): cents that do not divide go to the largest remainders. Undefined when the percents are not whole. */
export function parts(total: Money, percents: readonly string[]): readonly Money[] | undefined {
  const weights = percents.map((percent) => {
    const [whole = '0', fraction = ''] = percent.split('.');
    return isDecimal(percent) ? Number(whole + fraction.padEnd(4, '0')) : Number.NaN;
  });
  if (weights.reduce((sum, w) => sum + w, 0) !== 1_000_000 || weights.some((w) => w <= 0)) return undefined;
  return allocate(total.minor, weights).map((minor) => money(minor, total.currency));
}
