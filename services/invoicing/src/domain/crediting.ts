// What of an invoice can still be credited, and what crediting a part of it comes to (INV-07).
//
// - Of a line, its net amount less what was credited of it before. By quantity, a line is credited by its share, and the last of the quantity takes what is left.
// - Tax is that of the invoice's rate on what is credited, half up, per category and rate, and never more than what is left of the invoice's tax of that rate.
//   What credits the last of a rate's net takes exactly what is left of its tax. So all credit notes together are never more than the invoice, and crediting
//   everything, in whatever parts, is exactly the invoice.
import { refuse, type Refusal } from '@ar/domain/decider.js';
import { allocate, formatMoney, money, share, type Money } from '@ar/domain/money.js';
import { taxOn, type NoteLine, type TaxTotal, type Totals } from './totals.js';

/** A part of an invoice's line, from 1: an amount without tax, a quantity, or with neither all that is left of it. */
export interface AskedLine { readonly line: number; readonly net: Money | null; readonly quantity: string }
export interface CreditedLine { readonly line: number; /** Empty where an amount was credited. */ readonly quantity: string; readonly net: Money }
/** What is credited of an invoice, by line and by rate. */
export interface Credited { readonly lines: readonly CreditedLine[]; readonly taxTotals: readonly TaxTotal[]; readonly net: Money; readonly tax: Money; readonly total: Money }

type LeftOfLine = NoteLine & { readonly leftMinor: number; /** Decimal text. */ readonly leftQuantity: string };
interface LeftOfRate { readonly taxCategory: string; readonly taxRate: string; readonly netMinor: number; readonly taxMinor: number }
export interface Creditable { readonly currency: string; readonly lines: readonly LeftOfLine[]; readonly rates: readonly LeftOfRate[]; readonly creditedMinor: number }

export type CreditingRefusal = 'credit-line-not-found' | 'credit-line-twice' | 'credit-exceeds-creditable' | 'currency-mismatch' | 'invoice-credited' | 'total-not-positive';

/** All of an invoice, when it is issued. An allowance of the document is taken off the lines of its rate, by their share; a charge is a line of its own, after the others. */
export function creditableOf({ currencyCode, lines, adjustments, taxTotals }: Pick<Totals, 'lines' | 'adjustments' | 'taxTotals'> & { readonly currencyCode: string }): Creditable {
  const charges = adjustments.filter((a) => a.kind === 'charge').map(({ reason, taxRate, taxCategory, net }): NoteLine => ({ description: reason, quantity: '1', unitCode: 'C62', unitPrice: formatMoney(net), taxRate, taxCategory, net }));
  const left = [...lines, ...charges].map(({ description, quantity, unitCode, unitPrice, taxRate, taxCategory, net }): LeftOfLine => ({ description, quantity, unitCode, unitPrice, taxRate, taxCategory, net, leftMinor: net.minor, leftQuantity: quantity }));
  for (const rate of taxTotals) {
    const off = adjustments.reduce((sum, a) => (a.kind === 'allowance' && sameRate(a, rate) ? sum + a.net.minor : sum), 0);
    if (off <= 0) continue;
    const at = left.flatMap((line, i) => (sameRate(line, rate) && line.leftMinor > 0 ? [i] : []));
    if (at.length > 0) allocate(off, at.map((i) => left[i]!.leftMinor)).forEach((minor, n) => { left[at[n]!] = { ...left[at[n]!]!, leftMinor: left[at[n]!]!.leftMinor - minor }; });
  }
  return { currency: currencyCode, creditedMinor: 0, lines: left, rates: taxTotals.map(({ taxCategory, taxRate, net, tax }) => ({ taxCategory, taxRate, netMinor: net.minor, taxMinor: tax.minor })) };
}

/** What crediting those lines comes to, or why it cannot be; no lines: all that is left. */
export function credit(left: Creditable, asked: readonly AskedLine[]): Credited | Refusal<CreditingRefusal> {
  const { currency } = left;
  const amount = (minor: number) => `${formatMoney({ minor, currency })} ${currency}`;
  if (left.rates.every((r) => r.netMinor + r.taxMinor === 0)) return refuse('invoice-credited', { creditedMinor: left.creditedMinor, currency });
  const lines: CreditedLine[] = [];
  for (const { line, net, quantity } of asked.length > 0 ? asked : left.lines.flatMap((l, i) => (l.leftMinor > 0 ? [{ line: i + 1, net: null, quantity: '' }] : []))) {
    const of = left.lines[line - 1];
    if (!of) return refuse('credit-line-not-found', { line });
    if (lines.some((l) => l.line === line)) return refuse('credit-line-twice', { line });
    if (net && net.currency !== currency) return refuse('currency-mismatch', { line, askedCurrency: net.currency, currency });
    if (net && net.minor > of.leftMinor) return refuse('credit-exceeds-creditable', { line, asked: amount(net.minor), creditable: amount(of.leftMinor) });
    if (quantity !== '' && millionths(quantity) > millionths(of.leftQuantity)) return refuse('credit-exceeds-creditable', { line, asked: quantity, creditable: of.leftQuantity });
    lines.push({ line, quantity: net ? '' : quantity || of.leftQuantity, net: net ?? money(ofQuantity(of, quantity || of.leftQuantity), currency) });
  }
  const taxTotals: TaxTotal[] = [];
  for (const { taxCategory, taxRate, netMinor, taxMinor } of left.rates) {
    const net = lines.reduce((sum, l) => sum + (sameRate(left.lines[l.line - 1]!, { taxCategory, taxRate }) ? l.net.minor : 0), 0);
    if (net > netMinor) return refuse('credit-exceeds-creditable', { line: 0, asked: amount(net), creditable: amount(netMinor) });
    const tax = net === netMinor ? taxMinor : Math.min(taxMinor, taxOn(money(net, currency), taxRate).minor);
    if (net > 0) taxTotals.push({ taxCategory, taxRate, net: money(net, currency), tax: money(tax, currency) });
  }
  const [net, tax] = [taxTotals.reduce((sum, t) => sum + t.net.minor, 0), taxTotals.reduce((sum, t) => sum + t.tax.minor, 0)];
  if (net + tax <= 0) return refuse('total-not-positive', { minor: net + tax, currency });
  return { lines, taxTotals, net: money(net, currency), tax: money(tax, currency), total: money(net + tax, currency) };
}

/** What is left when that was credited. */
export const lessCredited = (left: Creditable, credited: Pick<Credited, 'lines' | 'taxTotals' | 'total'>): Creditable => ({
  ...left, creditedMinor: left.creditedMinor + credited.total.minor,
  lines: left.lines.map((line, i) => {
    const taken = credited.lines.find((l) => l.line === i + 1);
    return taken ? { ...line, leftMinor: line.leftMinor - taken.net.minor, leftQuantity: decimalOf(millionths(line.leftQuantity) - millionths(taken.quantity || '0')) } : line;
  }),
  rates: left.rates.map((rate) => {
    const taken = credited.taxTotals.find((t) => sameRate(t, rate));
    return taken ? { ...rate, netMinor: rate.netMinor - taken.net.minor, taxMinor: rate.taxMinor - taken.tax.minor } : rate;
  }),
});

const sameRate = (a: { readonly taxCategory: string; readonly taxRate: string }, b: { readonly taxCategory: string; readonly taxRate: string }): boolean => a.taxCategory === b.taxCategory && a.taxRate === b.taxRate;

/** Never more than what amounts credited before have left of the line. */
function ofQuantity(line: LeftOfLine, quantity: string): number {
  const [asked, left, whole] = [millionths(quantity), millionths(line.leftQuantity), millionths(line.quantity)];
  return asked === left ? line.leftMinor : Math.min(line.leftMinor, share(line.net.minor, asked, whole, 'half-up'));
}

/** Quantities have at most 6 fraction digits. */
function millionths(quantity: string): bigint {
  const [whole = '0', fraction = ''] = quantity.split('.');
  return BigInt(whole + fraction.padEnd(6, '0'));
}
const decimalOf = (units: bigint): string => {
  const text = String(units).padStart(7, '0');
  return `${text.slice(0, -6)}.${text.slice(-6)}`.replace(/\.?0+$/, '');
};
