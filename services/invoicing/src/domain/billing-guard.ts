// The guard against wrong bills: an invoice compared with what was agreed, delivered and billed before (INV-12).
//
// - Overcharged: the unit price of a line is above the contract price of its article by more than the tolerance. The price that holds is told by the first day of the
//   line's period, else the supply date, else the issue date; of several the one with the latest first day. A price below is no finding. What the line is too much is
//   quantity times the difference, before the line's own allowances and charges.
// - Not comparable: the article has a price, or a fulfilment, but in another currency or unit only. Nothing is converted.
// - Not delivered: a line of an order bills more of its article than was delivered and not billed before. Lines of one article count one after the other; credited
//   quantities are not billed. Lines without an article, and of an invoice without an order, are not counted.
// - Period not ended: the article is billed in arrears and the line's period is not over on the issue date. Its last day counts as over.
// - Duplicate: the same customer, currency and total, and an external number, an order number or a period in common, within the days of the policy. Two external
//   numbers that differ are two documents, two periods that differ two services. A void invoice, one credited in full, and the one that is replaced do not count.
// - What is found is told, stopped, or left to a second person, by kind, as the policy says.
import { daysBetween, type Day } from '@ar/domain/day.js';
import { formatMoney, isMoney, product, type Money } from '@ar/domain/money.js';
import { percentUnits } from '@ar/domain/terms.js';
import type { GuardAction, Policies } from '@ar/domain/policies.js';
import type { ContractPrice } from './contract-price.js';
import type { CountedArticle, CountedInvoice } from './counted-invoices.js';
import type { PricedLine } from './totals.js';

export type FindingKind = 'overcharged' | 'not-comparable' | 'not-delivered' | 'period-not-ended' | 'duplicate';
/** `line` from 1, 0 for the whole invoice; what `expected` and `found` hold is told by the kind; where it is about days, the other two do. */
export interface Finding {
  readonly kind: FindingKind; readonly line: number; readonly action: Exclude<GuardAction, 'off'>; readonly articleId: string; readonly expected: string; readonly found: string; readonly expectedOn?: Day; readonly foundOn?: Day; readonly amount?: Money; readonly quantity: string; readonly referenceId: string;
}

/** What an invoice is compared by. */
export interface Billed { readonly currencyCode: string; readonly lines: readonly PricedLine[]; readonly orderNumber: string; readonly externalNumber: string; readonly supplyDate: Day | '' }
/** An invoice that was read; `gone`: void, or credited in full. */
export type ReadInvoice = CountedInvoice & { readonly gone: boolean };
/** What is known of the customer: prices of the articles, what was delivered of the order, invoices of the order or with something in common. */
export interface GuardKnown { readonly prices: readonly ContractPrice[]; readonly delivered: readonly CountedArticle[]; readonly invoices: readonly ReadInvoice[] }
/** `recent`: invoices that may not have been read yet. `replaces`: the invoice that it stands for, '' for none. `repeats`: it is one of a schedule, which bills each period once. */
export interface Guarding {
  readonly policy: Policies['billingGuard']; readonly known: GuardKnown; readonly recent: readonly CountedInvoice[]; readonly invoiceId: string; readonly replaces: string; readonly repeats: boolean;
  /** Whether what is known was asked for by what the invoice says: a draft may have been changed a moment ago. */
  readonly read: boolean;
}

/** Whether the policy stops an invoice, or makes it wait. */
export const isStrict = ({ prices, fulfilments, duplicates }: Policies['billingGuard']): boolean => [prices, fulfilments, duplicates].some((action) => action === 'block' || action === 'approve');
export const isOff = ({ prices, fulfilments, duplicates }: Policies['billingGuard']): boolean => [prices, fulfilments, duplicates].every((action) => action === 'off');

/** The days that the lines are for, from the first to the last; '' where no line has a period. */
export function periodOf(lines: readonly Pick<PricedLine, 'periodFrom' | 'periodTo'>[]): { readonly periodFrom: Day | ''; readonly periodTo: Day | '' } {
  const timed = lines.filter((l) => l.periodFrom !== '');
  return { periodFrom: timed.map((l) => l.periodFrom).sort()[0] ?? '', periodTo: timed.map((l) => l.periodTo).sort().at(-1) ?? '' };
}

/** What is counted of an invoice when it is issued. */
export const countedOf = ({ invoiceId, issueDate, total, orderNumber, externalNumber, lines }: Billed & Pick<CountedInvoice, 'invoiceId' | 'issueDate' | 'total'>): CountedInvoice => ({
  invoiceId, issueDate, total, orderNumber, externalNumber, ...periodOf(lines),
  articles: orderNumber === '' ? [] : lines.flatMap(({ articleId, unitCode, quantity }) => (articleId === '' ? [] : [{ articleId, unitCode, quantity }])),
});

/** Everything that is found about an invoice of that total and date, by line; the whole of it last. */
export function findings(billed: Billed, total: Money, issueDate: Day, guard: Guarding): readonly Finding[] {
  const { policy, known, recent, invoiceId, replaces } = guard;
  const others = [...known.invoices, ...recent.filter((r) => !known.invoices.some((i) => i.invoiceId === r.invoiceId)).map((r) => ({ ...r, gone: false }))].filter((i) => !i.gone && i.invoiceId !== invoiceId && i.invoiceId !== replaces);
  const left = deliveredOf(billed.orderNumber, known.delivered, others);
  return [
    ...billed.lines.flatMap((line, i) => {
      const price = priceOf(line, billed, issueDate, known.prices);
      return [...priced(line, i + 1, billed.currencyCode, price, policy.prices), ...ended(line, i + 1, issueDate, price, policy.fulfilments), ...delivered(line, i + 1, billed.orderNumber, left, policy.fulfilments)];
    }),
    ...duplicate(billed, total, issueDate, others, guard),
  ];
}

/** The contract price that holds for a line: one in its currency and unit before one that is not comparable. */
function priceOf(line: PricedLine, { currencyCode, supplyDate }: Billed, issueDate: Day, prices: readonly ContractPrice[]): { readonly price: ContractPrice; readonly comparable: boolean } | undefined {
  if (line.articleId === '') return undefined;
  const on = line.periodFrom || supplyDate || issueDate;
  const holding = prices.filter((p) => p.articleId === line.articleId && p.validFrom <= on && (p.validUntil === '' || on <= p.validUntil))
    .toSorted((a, b) => (a.validFrom === b.validFrom ? (a.contractPriceId < b.contractPriceId ? -1 : 1) : a.validFrom > b.validFrom ? -1 : 1));
  const comparable = holding.find((p) => p.currencyCode === currencyCode && p.unitCode === line.unitCode);
  const price = comparable ?? holding[0];
  return price && { price, comparable: comparable !== undefined };
}

function priced(line: PricedLine, n: number, currency: string, of: ReturnType<typeof priceOf>, action: GuardAction): readonly Finding[] {
  if (action === 'off' || !of) return [];
  const { price, comparable } = of;
  const finding = { line: n, action, articleId: line.articleId, quantity: '', referenceId: price.contractPriceId } as const;
  if (!comparable) return [{ ...finding, kind: 'not-comparable', expected: `${price.currencyCode} ${price.unitCode}`, found: `${currency} ${line.unitCode}` }];
  if (millionths(line.unitPrice) * 1_000_000n <= millionths(price.unitPrice) * (1_000_000n + BigInt(percentUnits(price.tolerancePercent)))) return [];
  const amount = product([line.quantity, ofMillionths(millionths(line.unitPrice) - millionths(price.unitPrice))], currency, 'half-up');
  return [{ ...finding, kind: 'overcharged', expected: price.unitPrice, found: line.unitPrice, ...(isMoney(amount) ? { amount } : {}) }];
}

function ended(line: PricedLine, n: number, issueDate: Day, of: ReturnType<typeof priceOf>, action: GuardAction): readonly Finding[] {
  if (action === 'off' || !of?.price.inArrears || line.periodTo === '' || line.periodTo <= issueDate) return [];
  return [{ kind: 'period-not-ended', line: n, action, articleId: line.articleId, expected: '', found: '', expectedOn: line.periodTo, foundOn: issueDate, quantity: '', referenceId: of.price.contractPriceId }];
}

/** Per article and unit, in millionths: what was delivered less what was billed. */
function deliveredOf(orderNumber: string, fulfilments: readonly CountedArticle[], others: readonly CountedInvoice[]): Map<string, bigint> {
  const left = new Map<string, bigint>();
  const count = (article: CountedArticle, sign: bigint) => left.set(keyOf(article), (left.get(keyOf(article)) ?? 0n) + sign * millionths(article.quantity));
  fulfilments.forEach((d) => count(d, 1n));
  others.filter((i) => i.orderNumber === orderNumber).forEach((i) => i.articles.forEach((a) => left.has(keyOf(a)) && count(a, -1n)));
  return left;
}
const keyOf = ({ articleId, unitCode }: Pick<CountedArticle, 'articleId' | 'unitCode'>) => `${unitCode} ${articleId}`;

/** Takes what the line bills from what is left. */
function delivered(line: PricedLine, n: number, orderNumber: string, left: Map<string, bigint>, action: GuardAction): readonly Finding[] {
  if (action === 'off' || orderNumber === '' || line.articleId === '') return [];
  const finding = { line: n, action, articleId: line.articleId, referenceId: '' } as const;
  const rest = left.get(keyOf(line));
  const otherwise = [...left.keys()].find((key) => key.slice(key.indexOf(' ') + 1) === line.articleId);
  if (rest === undefined && otherwise) return [{ ...finding, kind: 'not-comparable', expected: otherwise.slice(0, otherwise.indexOf(' ')), found: line.unitCode, quantity: '' }];
  const [available, asked] = [rest !== undefined && rest > 0n ? rest : 0n, millionths(line.quantity)];
  if (rest !== undefined) left.set(keyOf(line), rest - asked);
  return asked <= available ? [] : [{ ...finding, kind: 'not-delivered', expected: ofMillionths(available), found: line.quantity, quantity: ofMillionths(asked - available) }];
}

function duplicate(billed: Billed, total: Money, issueDate: Day, others: readonly CountedInvoice[], { policy: { duplicates: action, duplicateDays }, repeats }: Guarding): readonly Finding[] {
  if (action === 'off' || repeats) return [];
  const own = { ...billed, ...periodOf(billed.lines) };
  const found = others.filter((o) => o.total.minor === total.minor && o.total.currency === total.currency && Math.abs(daysBetween(o.issueDate, issueDate)) <= duplicateDays && alike(own, o))
    .toSorted((a, b) => (a.issueDate === b.issueDate ? (a.invoiceId < b.invoiceId ? -1 : 1) : a.issueDate > b.issueDate ? -1 : 1))[0];
  return found ? [{ kind: 'duplicate', line: 0, action, articleId: '', expected: '', found: '', expectedOn: found.issueDate, foundOn: issueDate, amount: total, quantity: '', referenceId: found.invoiceId }] : [];
}

type Recognised = Pick<CountedInvoice, 'externalNumber' | 'orderNumber' | 'periodFrom' | 'periodTo'>;
function alike(a: Recognised, b: Recognised): boolean {
  const periods = [a, b].map((i) => `${i.periodFrom} ${i.periodTo}`);
  if (a.externalNumber !== '' && b.externalNumber !== '') return a.externalNumber === b.externalNumber;
  if (a.periodFrom !== '' && b.periodFrom !== '' && periods[0] !== periods[1]) return false;
  return (a.orderNumber !== '' && a.orderNumber === b.orderNumber) || (a.periodFrom !== '' && periods[0] === periods[1]);
}

/** Of the findings that stop an invoice, what a caller is told: each with its line and its difference, at most 20. */
export function blocked(all: readonly Finding[]): Readonly<Record<string, string | number>> {
  const stopping = all.filter((f) => f.action === 'block');
  const told = stopping.slice(0, 20).map((f, i) => [`finding${i + 1}`, `${f.line > 0 ? `line ${f.line} ${f.articleId}` : 'invoice'} ${f.kind}: expected ${f.expectedOn ?? f.expected}, found ${f.foundOn ?? f.found}${differenceOf(f)}${f.referenceId ? ` (${f.referenceId})` : ''}`] as const);
  return { findings: stopping.length, ...Object.fromEntries(told) };
}
const differenceOf = ({ kind, amount, quantity }: Finding) => (quantity ? `, ${quantity} too many` : amount ? `, ${formatMoney(amount)} ${amount.currency} ${kind === 'duplicate' ? 'twice' : 'too much'}` : '');

/** Prices and quantities have at most 6 fraction digits. */
function millionths(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(6, '0'));
}
function ofMillionths(value: bigint): string {
  const text = String(value).padStart(7, '0');
  return `${text.slice(0, -6)}.${text.slice(-6)}`.replace(/\.?0+$/, '');
}
