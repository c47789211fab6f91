import { describe, expect, it } from '@jest/globals';
import { daysAfter } from '@ar/domain/day.js';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { Typed } from '@ar/domain/aggregate.js';
import { contentOf, lineOf } from './domain/invoice.world.js';
import type { Recurrence } from './domain/recurrence.js';
import { consolidateDrafts, createSchedule, issueScheduled, MOST_AT_ONCE } from './recurring.commands.js';

const recurrence: Recurrence = { frequency: 'monthly', every: 1, firstDate: '2026-01-31', endOfMonth: false, lastDate: '', invoices: 0, servicePeriod: 'none' };
const seller = { series: [], baseCurrency: 'EUR', version: 1 };
const known = { customer: { netDays: 14, version: 1 }, seller };
const created = (more: object = {}, how: Partial<Recurrence> = {}) => [{ type: 'InvoiceScheduleCreated', scheduleId: 's', customerId: 'c1', template: contentOf(more), recurrence: { ...recurrence, ...how }, nextDate: how.firstDate ?? recurrence.firstDate }];
const issue = (today: string, history: Readonly<Record<string, readonly Typed[]>>, more: { readonly periods?: readonly string[]; known?: typeof known | { customer: undefined; seller: typeof seller }; lastDate?: string } = {}) =>
  deciding(issueScheduled, history, { today, known: (more.known ?? known) as typeof known, policies: policiesWith({ terms: { version: 3 } }), series: { 'invoice/2026': { last: 4, lastDate: more.lastDate ?? null } } })({ scheduleId: 's', customerId: 'c1', periods: more.periods ?? ['2026-01-31'] });

describe('a schedule', () => {
  it('is kept for a customer that is known', () => {
    const wish = { scheduleId: 's', template: contentOf(), recurrence };
    expect(deciding(createSchedule, {}, { today: '2026-01-31', known })(wish)).toMatchObject({ 'invoice-schedule/s': [{ type: 'InvoiceScheduleCreated', nextDate: '2026-01-31' }] });
    expect(deciding(createSchedule, {}, { today: '2026-01-31', known: { customer: undefined, seller } })(wish)).toMatchObject({ refused: 'customer-not-found' });
  });
});

describe('what a schedule has due', () => {
  it('is issued, and remembered, in one append', () => expect(issue('2026-01-31', { 'invoice-schedule/s': created() })).toMatchObject({
    'invoice-schedule/s': [{ type: 'ScheduledInvoiceIssued', periodDate: '2026-01-31', invoiceId: 'inv_s_2026-01-31', nextDate: '2026-02-28' }],
    'invoice/inv_s_2026-01-31': [{ type: 'InvoiceIssued', number: 'R2026-00005', issueDate: '2026-01-31', instalments: [{ dueDate: '2026-02-14' }] }],
  }));
  it('is nothing on the day before', () => expect(issue('2026-01-30', { 'invoice-schedule/s': created() })).toEqual({ 'invoice-schedule/s': [], 'invoice/inv_s_2026-01-31': [] }));
  it('is issued one after the other on the business date, with numbers in order, when several periods passed', () => expect(issue('2026-04-05', { 'invoice-schedule/s': created() })).toMatchObject({
    'invoice-schedule/s': [{ periodDate: '2026-01-31' }, { periodDate: '2026-02-28' }, { periodDate: '2026-03-31', nextDate: '2026-04-30' }],
    'invoice/inv_s_2026-01-31': [{ number: 'R2026-00005', issueDate: '2026-04-05' }], 'invoice/inv_s_2026-02-28': [{ number: 'R2026-00006', issueDate: '2026-04-05' }], 'invoice/inv_s_2026-03-31': [{ number: 'R2026-00007' }],
  }));
  it('is never dated before the last invoice of the series', () => expect(issue('2026-01-31', { 'invoice-schedule/s': created() }, { lastDate: '2026-02-01' })).toMatchObject({ 'invoice/inv_s_2026-01-31': [{ issueDate: '2026-02-01' }] }));
  it('is left to the next day where it is very much', () => expect((issue('2030-01-01', { 'invoice-schedule/s': created({}, { frequency: 'weekly' }) }, { periods: Array.from({ length: MOST_AT_ONCE }, (_, i) => daysAfter('2026-01-31', 7 * i)) }) as Readonly<Record<string, readonly Typed[]>>)['invoice-schedule/s']).toHaveLength(MOST_AT_ONCE));
});

describe('what cannot be issued', () => {
  const failing = created({ terms: { due: { termsId: 'gone' } } });
  const why = { type: 'ScheduledInvoiceFailed', periodDate: '2026-01-31', reason: 'terms-not-found', detail: 'termsId: gone' };
  it('is recorded with its reason, and takes no number', () => expect(issue('2026-02-28', { 'invoice-schedule/s': failing })).toMatchObject({ 'invoice-schedule/s': [why], 'invoice/inv_s_2026-01-31': [] }));
  it('is tried again, and not recorded again', () => expect(issue('2026-03-01', { 'invoice-schedule/s': [...failing, why] })).toEqual({ 'invoice-schedule/s': [], 'invoice/inv_s_2026-01-31': [] }));
  it('is a tax code that stands for nothing', () => expect(issue('2026-02-01', { 'invoice-schedule/s': created({ lines: [lineOf({ taxCode: 'OLD', taxCategory: '', taxRate: '' })] }) })).toMatchObject({ 'invoice-schedule/s': [{ reason: 'tax-code-not-found', detail: 'taxCode: OLD, issueDate: 2026-02-01' }] }));
  it('is an id that somebody took', () => expect(issue('2026-02-01', { 'invoice-schedule/s': created(), 'invoice/inv_s_2026-01-31': [{ type: 'InvoiceDrafted', invoiceId: 'inv_s_2026-01-31', draft: contentOf(), customer: { netDays: null, version: 1 } } as Typed] })).toMatchObject({ 'invoice-schedule/s': [{ reason: 'invoice-exists' }] }));
  it('goes on after those that could be issued before it', () => {
    const template = contentOf({ terms: { due: { dueDate: '2026-03-01' } } });
    expect(issue('2026-03-02', { 'invoice-schedule/s': [...created(), { type: 'InvoiceScheduleUpdated', scheduleId: 's', customerId: 'c1', template, nextDate: '2026-01-31' } as Typed] })).toMatchObject({ 'invoice-schedule/s': [{ reason: 'due-date-before-issue' }] });
  });
});

describe('drafts of one customer', () => {
  const drafted = (invoiceId: string, more: object = {}) => [{ type: 'InvoiceDrafted', invoiceId, draft: contentOf(more), customer: { netDays: 14, version: 1 } }];
  const consolidate = (history: Readonly<Record<string, readonly Typed[]>>, draftIds = ['b', 'a']) => deciding(consolidateDrafts, history, { today: '2026-03-02', known: { customer: undefined, seller }, series: { 'invoice/2026': { last: 4, lastDate: null } } })({ invoiceId: 'inv_all', draftIds });
  it('become one invoice and end, naming it, in one append', () => expect(consolidate({ 'invoice/a': drafted('a', { lines: [lineOf({ description: 'A' })] }), 'invoice/b': drafted('b', { lines: [lineOf({ description: 'B' })] }) })).toMatchObject({
    'invoice/inv_all': [{ type: 'InvoiceIssued', number: 'R2026-00005', lines: [{ description: 'B' }, { description: 'A' }], total: { minor: 238_00 }, instalments: [{ dueDate: '2026-03-16' }] }],
    'invoice/a': [{ type: 'InvoiceDraftConsolidated', customerId: 'c1', consolidatedInto: 'inv_all' }], 'invoice/b': [{ type: 'InvoiceDraftConsolidated' }],
  }));
  it('are all there, and drafts', () => {
    expect(consolidate({ 'invoice/a': drafted('a') })).toMatchObject({ refused: 'invoice-not-found', detail: { invoiceId: 'b' } });
    expect(consolidate({ 'invoice/a': [...drafted('a'), { type: 'InvoiceDraftConsolidated', invoiceId: 'a', customerId: 'c1', consolidatedInto: 'x' } as Typed], 'invoice/b': drafted('b') })).toMatchObject({ refused: 'invoice-not-draft', detail: { invoiceId: 'a', status: 'consolidated' } });
  });
  it('are of one customer', () => expect(consolidate({ 'invoice/a': drafted('a'), 'invoice/b': drafted('b', { customerId: 'c2' }) })).toMatchObject({ refused: 'several-customers' }));
  it('are issued as any invoice is: with an id that is free and a date that can be', () => {
    const both = { 'invoice/a': drafted('a'), 'invoice/b': drafted('b') };
    expect(consolidate({ ...both, 'invoice/inv_all': drafted('inv_all') })).toMatchObject({ refused: 'invoice-exists' });
    expect(consolidate({ 'invoice/a': drafted('a', { issueDate: '2026-03-03' }), 'invoice/b': drafted('b', { issueDate: '2026-03-03' }) })).toMatchObject({ refused: 'issue-date-in-future' });
  });
});
