// What an invoice may be asked to say, as the contract states it.
import { AdjustmentKind, DiscountBase, DiscountMode, DiscountTax, type Adjustment as WireAdjustment, type BookingRate, type DayOfMonth, type DiscountTerms as WireDiscount, type EndOfMonth, type InstalmentShare as WireShare, type InstalmentSchedule, type InvoiceDraft, type InvoiceLine as WireLine, type Terms as WireTerms } from '@ar/contracts/gen/ar/invoicing/v1/invoice.js';
import type { Due, InstalmentShare } from '@ar/domain/terms.js';
import type { Fields } from '@ar/platform/fields.js';
import { discountMode, discountTax, type AskedTerms } from '@ar/runtime/terms-contract.js';
import { UNITS } from '../documents/code-lists.js';
import type { InvoiceContent } from '../domain/invoice.js';
import type { Adjustment, DocumentAdjustment, PricedLine } from '../domain/totals.js';

export const CATEGORIES = ['S', 'Z', 'E', 'AE', 'K', 'G', 'O'];
const isZero = (rate: string) => /^[0.]*$/.test(rate);

/** Category and rate; one follows from the other where it can. */
export function readTax(f: Fields<{ taxRate: string; taxCategory: string }>, { taxCategory }: { taxCategory: string }): { readonly taxRate: string; readonly taxCategory: string } {
  const taxRate = f.decimal('taxRate', { digits: 2, from: 0, to: 100, optional: true }) || '0';
  if (taxCategory !== '' && !CATEGORIES.includes(taxCategory)) f.wrong('taxCategory', 'FIELD_INVALID', `is not one of ${CATEGORIES.join(', ')}`);
  else if (taxCategory !== '' && taxCategory !== 'S' && !isZero(taxRate)) f.wrong('taxRate', 'FIELD_INVALID', `must be 0 in category ${taxCategory}`);
  return { taxRate, taxCategory: taxCategory || (isZero(taxRate) ? 'Z' : 'S') };
}

function readAdjustment(f: Fields<WireAdjustment>, { size }: WireAdjustment): Adjustment {
  const kind = f.oneOf('kind', [AdjustmentKind.ALLOWANCE, AdjustmentKind.CHARGE]) === AdjustmentKind.CHARGE ? 'charge' : 'allowance';
  const of = f.of({ percent: size?.$case === 'percent' ? size.value : '', amount: size?.$case === 'amount' ? size.value : '' });
  if (!size) f.required('size');
  const value = !size ? '0' : size.$case === 'percent' ? of.decimal('percent', { digits: 4, from: 0, to: 100 }) : of.decimal('amount', { digits: 6, from: 0 });
  if (size && isZero(value)) f.wrong(size.$case, 'FIELD_INVALID', 'must be above zero');
  return { kind, size: size?.$case === 'percent' ? { percent: value } : { amount: value }, reason: f.text('reason', { max: 200 }), reasonCode: f.text('reasonCode', { max: 3, pattern: /^[A-Z0-9]+$/, optional: true }) };
}

export function readLine(f: Fields<WireLine>, line: WireLine): PricedLine {
  const taxCode = f.text('taxCode', { max: 20, pattern: /^[A-Za-z0-9_.-]+$/, optional: true });
  if (taxCode !== '' && (line.taxRate !== '' || line.taxCategory !== '')) f.wrong('taxCode', 'FIELD_INVALID', 'stands for category and rate: give one or the other');
  const quantity = f.decimal('quantity', { digits: 6, from: 0, optional: true }) || '1';
  if (isZero(quantity)) f.wrong('quantity', 'FIELD_INVALID', 'must be above zero');
  const unitCode = f.text('unitCode', { max: 3, pattern: /^[A-Z0-9]+$/, optional: true }) || 'C62';
  if (!UNITS.has(unitCode)) f.wrong('unitCode', 'FIELD_INVALID', 'is not a unit of UN/ECE Recommendation 20 or 21');
  const [periodFrom, periodTo] = [f.day('periodFrom', true), f.day('periodTo', true)];
  if ((periodFrom === '') !== (periodTo === '') || periodTo < periodFrom) f.wrong('periodTo', 'FIELD_INVALID', 'goes with period_from, and is not before it');
  return {
    description: f.text('description', { max: 500 }), articleId: f.text('articleId', { max: 64, optional: true }), quantity, unitCode,
    unitPrice: f.decimal('unitPrice', { digits: 6, from: 0 }), taxCode, ...(taxCode === '' ? readTax(f, line) : { taxRate: '', taxCategory: '' }), exemption: f.text('exemption', { max: 200, optional: true }),
    adjustments: f.list('adjustments', { max: 20 }, readAdjustment), periodFrom, periodTo,
  };
}

const endOfMonth = (f: Fields<EndOfMonth>) => ({ days: f.integer('days', 0, 365), months: f.integer('months', 0, 24) });
const dayOfMonth = (f: Fields<DayOfMonth>) => ({ day: f.integer('day', 1, 31), months: f.integer('months', 0, 24) });
type WireWhen = NonNullable<WireTerms['due']> | NonNullable<WireShare['when']>;
type WhenCase = Extract<WireWhen, { $case: 'dueDate' | 'endOfMonth' | 'dayOfMonth' }>;

function readWhen<M extends object>(f: Fields<M>, when: WhenCase): { readonly dueDate: string } | { readonly endOfMonth: { days: number; months: number } } | { readonly dayOfMonth: { day: number; months: number } } {
  switch (when.$case) {
    case 'dueDate': return { dueDate: f.of({ dueDate: when.value }).day('dueDate') };
    case 'endOfMonth': return { endOfMonth: f.of({ endOfMonth: when.value }).inside('endOfMonth', endOfMonth)! };
    case 'dayOfMonth': return { dayOfMonth: f.of({ dayOfMonth: when.value }).inside('dayOfMonth', dayOfMonth)! };
  }
}

function readShare(f: Fields<WireShare>, { when, size }: WireShare): InstalmentShare {
  if (!when) f.required('when');
  if (!size) f.required('size');
  if (size?.$case === 'rest' && !size.value) f.wrong('rest', 'FIELD_INVALID', 'can only be true');
  return {
    when: !when ? { days: 0 } : when.$case === 'days' ? { days: f.of({ days: when.value }).integer('days', 0, 3_650) } : readWhen(f, when),
    size: !size || size.$case === 'rest' ? { rest: true } : size.$case === 'percent' ? { percent: f.of({ percent: size.value }).decimal('percent', { digits: 4, from: 0, to: 100 }) } : { amount: f.of({ amount: size.value }).decimal('amount', { digits: 4, from: 0 }) },
  };
}

function readDue(f: Fields<WireTerms>, due: NonNullable<WireTerms['due']>): NonNullable<AskedTerms['due']> {
  switch (due.$case) {
    case 'netDays': return { netDays: f.of({ netDays: due.value }).integer('netDays', 0, 365) };
    case 'cashInAdvance': if (!due.value) f.wrong('cashInAdvance', 'FIELD_INVALID', 'can only be true'); return { cashInAdvance: true };
    case 'termsId': return { termsId: f.of({ termsId: due.value }).id('termsId') };
    case 'instalments': return { instalments: { shares: f.of({ instalments: due.value }).inside<InstalmentSchedule, InstalmentShare[]>('instalments', (s) => s.list('shares', { min: 1, max: 60 }, readShare))! } };
    case 'dueDate':
    case 'endOfMonth':
    case 'dayOfMonth': return readWhen(f, due);
  }
}

function readDiscount(f: Fields<WireDiscount>, d: WireDiscount): AskedTerms['discount'] {
  const tiers = f.list('tiers', { min: 1, max: 5 }, (t: Fields<WireDiscount['tiers'][number]>) => ({ days: t.integer('days', 0, 365), percent: t.decimal('percent', { digits: 4, from: 0, to: 100 }) }));
  if (tiers.some((t, i) => isZero(t.percent) || Number(t.percent) >= 100 || (i > 0 && (t.days <= tiers[i - 1]!.days || Number(t.percent) >= Number(tiers[i - 1]!.percent))))) f.wrong('tiers', 'FIELD_INVALID', 'must have rising days and falling percents, above 0 and below 100');
  f.oneOf('base', [DiscountBase.NET, DiscountBase.GROSS], true);
  f.oneOf('tax', [DiscountTax.ON_EARLY_PAYMENT, DiscountTax.ALWAYS, DiscountTax.NEVER], true);
  f.oneOf('mode', [DiscountMode.EARNED, DiscountMode.EARNED_AND_UNEARNED, DiscountMode.NONE], true);
  return { tiers, base: d.base === DiscountBase.GROSS ? 'gross' : 'net', tax: discountTax.word(d.tax), graceDays: f.integer('graceDays', 0, 30), mode: discountMode.word(d.mode) };
}

export function readTerms(f: Fields<WireTerms>, { due }: WireTerms): AskedTerms {
  const discount = f.inside('discount', readDiscount);
  return { ...(due ? { due: readDue(f, due) } : {}), ...(discount ? { discount } : {}) };
}

/** Terms that stand for themselves: with a due date, and not by a name in turn. */
export function readNamed(f: Fields<WireTerms>, terms: WireTerms): { readonly due: Due; readonly discount?: AskedTerms['discount'] } {
  const { due, ...rest } = readTerms(f, terms);
  if (due === undefined || 'termsId' in due) f.wrong('due', due === undefined ? 'FIELD_REQUIRED' : 'FIELD_INVALID', due === undefined ? 'is required' : 'must not name other terms');
  return { ...rest, due: due === undefined || 'termsId' in due ? { netDays: 0 } : due };
}

/** What one unit of a currency is worth. */
export function readRate(f: Fields<{ rate: string }>): string {
  const rate = f.decimal('rate', { digits: 10, from: 0 });
  if (rate !== '' && isZero(rate)) f.wrong('rate', 'FIELD_INVALID', 'must be above zero');
  return rate;
}

type F = Fields<InvoiceDraft>;
const optional = { optional: true } as const;
/** Each field of what an invoice says; a draft may lack lines. */
const content: { readonly [K in keyof Required<InvoiceContent>]: (f: F, draft: boolean) => InvoiceContent[K] } = {
  customerId: (f) => f.customer('customerId'), currencyCode: (f) => f.currency('currencyCode'), issueDate: (f) => f.day('issueDate', true),
  lines: (f, draft) => f.list('lines', { min: draft ? 0 : 1, max: 500 }, readLine),
  adjustments: (f) => f.list('adjustments', { max: 50 }, (a: Fields<WireAdjustment>, value): DocumentAdjustment => ({ ...readAdjustment(a, value), ...readTax(a, value) })),
  terms: (f) => f.inside('terms', readTerms)!, orderNumber: (f) => f.text('orderNumber', { max: 64, ...optional }), externalNumber: (f) => f.text('externalNumber', { max: 64, ...optional }),
  reservationId: (f) => f.id('reservationId', true), buyerReference: (f) => f.text('buyerReference', { max: 64, ...optional }), note: (f) => f.text('note', { max: 1_000, ...optional }), labels: (f) => f.labels('labels'),
  supplyDate: (f) => f.day('supplyDate', true), supplyCountry: (f) => f.text('supplyCountry', { max: 2, min: 2, pattern: /^[A-Z]{2}$/, says: 'is not an ISO 3166-1 code of two letters', ...optional }),
  bookingRate: (f) => f.inside('bookingRate', (b: Fields<BookingRate>) => ({ rate: readRate(b), source: b.text('source', { max: 63 }) }))!,
};
const names = Object.keys(content) as (keyof InvoiceContent)[];
const snake = (name: string) => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
const read = (f: F, draft: boolean, fields: readonly (keyof InvoiceContent)[]) => Object.fromEntries(fields.map((name) => [name, content[name](f, draft)]).filter(([, value]) => value !== undefined));

export const readContent = (f: F, draft: boolean): InvoiceContent => read(f, draft, names) as unknown as InvoiceContent;

/** The fields that a mask names, whole; terms and a booking rate that are named and not given are none. */
export function readChanges(f: F, outer: Fields<{ updateMask: string[] | undefined }>, mask: readonly string[]): Partial<InvoiceContent> {
  if (mask.length === 0) outer.required('updateMask');
  const unknown = mask.filter((path) => path === 'customer_id' || !names.some((name) => snake(name) === path));
  if (unknown.length > 0) outer.wrong('updateMask', 'FIELD_INVALID', `may name ${names.filter((n) => n !== 'customerId').map(snake).join(', ')}; not ${unknown.slice(0, 3).join(', ').slice(0, 100)}`);
  const fields = names.filter((name) => mask.includes(snake(name)) && name !== 'customerId');
  const none = { ...(fields.includes('terms') ? { terms: {} } : {}), ...(fields.includes('bookingRate') ? { bookingRate: undefined } : {}) };
  return { ...none, ...read(f, true, fields) } as Partial<InvoiceContent>;
}
