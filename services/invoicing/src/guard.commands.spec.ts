import { describe, expect, it } from '@jest/globals';
import type { GuardAction } from '@ar/domain/policies.js';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import { countedOf, priceOf } from './domain/billing-guard.world.js';
import { contentOf, lineOf } from './domain/invoice.world.js';
import { approveInvoice, recordFulfilment } from './guard.commands.js';
import { issueInvoice, issueInvoiceDraft } from './invoicing.commands.js';
import { cancelAndReissue } from './notes.commands.js';
import { consolidateDrafts, issueScheduled } from './recurring.commands.js';

const today = '2026-03-10';
const content = contentOf({ lines: [lineOf({ articleId: 'A' })] });
const basis = { customerId: 'c1', issueDate: '', articles: ['A'], orderNumber: '', externalNumber: '', periodFrom: '', periodTo: '' };
const guard = { basis, known: { prices: [priceOf({ unitPrice: '90' })], delivered: [], invoices: [] } };
const known = { seller: { series: [], baseCurrency: 'EUR', version: 1 }, customer: { netDays: null, version: 1 }, guard };
const setting = (prices: GuardAction, duplicates: GuardAction = 'off') => ({ today, known, series: {}, policies: policiesWith({ billingGuard: { prices, fulfilments: 'off', duplicates, duplicateDays: 30 } }) });
const drafted = (invoiceId = 'inv_1', draft = content) => ({ [`invoice/${invoiceId}`]: [{ type: 'InvoiceDrafted', invoiceId, draft, customer: { netDays: null, version: 1 } }] });
const proposed = { type: 'InvoiceIssueProposed', invoiceId: 'inv_1', customerId: 'c1', findings: [], proposedBy: 'anna', lastDay: '2026-03-20' };
const types = (made: object) => Object.fromEntries(Object.entries(made).map(([stream, events]) => [stream, (events as readonly { type: string }[]).map((e) => e.type)]));

describe('an invoice that is issued', () => {
  const issue = (...of: Parameters<typeof setting>) => deciding(issueInvoice, {}, setting(...of))({ invoiceId: 'inv_1', by: 'anna', ...content });
  it('is counted beside it where the guard may stop the next one, and nowhere else', () => {
    expect(types(issue('off'))).toEqual({ 'invoice/inv_1': ['InvoiceIssued'] });
    expect(types(issue('warn', 'warn'))).toEqual({ 'invoice/inv_1': ['InvoiceIssued'] });
    expect(types(issue('off', 'block'))).toEqual({ 'invoice/inv_1': ['InvoiceIssued'], 'counted-invoices/c1': ['InvoiceCounted'] });
  });
  it('waits with who asked for it, for as long as the approvals policy says; nothing is counted yet', () => {
    expect(types(issue('approve'))).toEqual({ 'invoice/inv_1': ['InvoiceDrafted', 'InvoiceIssueProposed'], 'counted-invoices/c1': [] });
    expect(issue('approve')).toMatchObject({ 'invoice/inv_1': [{ draft: content }, { proposedBy: 'anna', lastDay: '2026-03-24' }] });
  });
  it('is compared with what was just issued', () => {
    const before = { 'counted-invoices/c1': [{ type: 'InvoiceCounted', customerId: 'c1', ...countedOf({ externalNumber: 'E', total: { minor: 119_00, currency: 'EUR' } }) }] };
    const again = { ...content, externalNumber: 'E' };
    const read = (duplicates: GuardAction) => ({ ...setting('off', duplicates), known: { ...known, guard: { ...guard, basis: { ...basis, externalNumber: 'E' } } } });
    expect(deciding(issueInvoice, before, read('block'))({ invoiceId: 'inv_1', ...again })).toMatchObject({ refused: 'billing-guard-blocked', detail: { finding1: expect.stringContaining('(inv_0)') as unknown } });
    expect(deciding(issueInvoice, before, read('warn'))({ invoiceId: 'inv_1', ...again })).not.toHaveProperty('refused'); // as far as it was read
  });
});

describe('a draft', () => {
  const issue = (draft: typeof content, prices: GuardAction) => deciding(issueInvoiceDraft, drafted('inv_1', draft), setting(prices))({ invoiceId: 'inv_1', by: 'anna' });
  it('is compared where it was read as it is', () => expect(issue(content, 'block')).toMatchObject({ refused: 'billing-guard-blocked' }));
  it('that says something else than what was read is not issued where it might be stopped, and is issued where it is only told', () => {
    const changed = contentOf({ lines: [lineOf({ articleId: 'B' })] });
    expect(issue(changed, 'block')).toMatchObject({ refused: 'draft-not-read', detail: { invoiceId: 'inv_1' } });
    expect(types(issue(changed, 'warn'))).toEqual({ 'invoice/inv_1': ['InvoiceIssued'] });
  });
  it('without anything to compare needs nothing to be read', () => expect(types(issue(contentOf(), 'block'))).toEqual({ 'invoice/inv_1': ['InvoiceIssued'], 'counted-invoices/c1': ['InvoiceCounted'] }));
  it('that waits is issued on the day of its approval, whatever it names', () => {
    const draft = { ...content, issueDate: '2026-03-02' };
    const waiting = { 'invoice/inv_1': [...drafted('inv_1', draft)['invoice/inv_1']!, proposed] };
    const made = deciding(approveInvoice, waiting, setting('approve'))({ invoiceId: 'inv_1', by: 'ben' });
    expect(made).toMatchObject({ 'invoice/inv_1': [{ type: 'InvoiceIssueApproved', approvedBy: 'ben' }, { type: 'InvoiceIssued', issueDate: today, approvedBy: 'ben', findings: [{ kind: 'overcharged' }] }], 'counted-invoices/c1': [{ invoiceId: 'inv_1' }] });
  });
  it.each([['nothing', {}, 'invoice-not-found'], ['a draft that does not wait', drafted(), 'approval-not-found']] as const)('is approved only where it waits: %s', (_what, history, refused) => expect(deciding(approveInvoice, history, setting('approve'))({ invoiceId: 'inv_1', by: 'ben' })).toMatchObject({ refused }));
});

describe('what cannot wait for a second person', () => {
  it('is an invoice of several drafts', () => expect(deciding(consolidateDrafts, { ...drafted('inv_a'), ...drafted('inv_b') }, setting('approve'))({ invoiceId: 'inv_1', draftIds: ['inv_a', 'inv_b'] })).toMatchObject({ refused: 'approval-needed', detail: { findings: 2 } }));
  it('is an invoice that replaces another', () => {
    const { today: _, ...of } = setting('off');
    const [issued] = Object.values(deciding(issueInvoice, {}, { today, ...of })({ invoiceId: 'inv_0', ...content })) as readonly (readonly { readonly type: string }[])[];
    const request = { invoiceId: 'inv_0', creditNoteId: 'crn_1', issueDate: '', reason: '', by: 'anna', replacement: { invoiceId: 'inv_1', ...content } };
    const reissue = (prices: GuardAction) => deciding(cancelAndReissue, { 'invoice/inv_0': issued! }, { ...setting(prices), known: [{ series: [], customer: undefined, sellerVersion: 1 }, known] as const })(request);
    expect(reissue('approve')).toMatchObject({ refused: 'approval-needed' });
    expect(reissue('warn')).toMatchObject({ 'invoice/inv_1': [{ type: 'InvoiceIssued', replaces: 'inv_0', findings: [{ kind: 'overcharged' }] }] });
  });
  it('is an invoice of a schedule, which says so', () => {
    const recurrence = { frequency: 'monthly', every: 1, firstDate: today, endOfMonth: false, lastDate: '', invoices: 0, servicePeriod: 'in-advance' } as const;
    const history = { 'invoice-schedule/sch_1': [{ type: 'InvoiceScheduleCreated', scheduleId: 'sch_1', customerId: 'c1', template: content, recurrence, nextDate: today }] };
    const run = (prices: GuardAction) => deciding(issueScheduled, history, setting(prices))({ scheduleId: 'sch_1', customerId: 'c1', periods: [today] });
    expect(run('approve')).toMatchObject({ 'invoice-schedule/sch_1': [{ type: 'ScheduledInvoiceFailed', reason: 'approval-needed' }] });
    expect(run('block')).toMatchObject({ 'invoice-schedule/sch_1': [{ type: 'ScheduledInvoiceFailed', reason: 'billing-guard-blocked' }] });
    expect(run('warn')).toMatchObject({ 'invoice-schedule/sch_1': [{ type: 'ScheduledInvoiceIssued' }], [`invoice/inv_sch_1_${today}`]: [{ findings: [{ kind: 'overcharged', action: 'warn' }] }] });
  });
});

describe('a fulfilment', () => {
  const fulfilment = { fulfilmentId: 'dlv_1', customerId: 'c1', orderNumber: 'PO', articleId: 'A', quantity: '5', unitCode: 'C62', deliveredOn: '', periodFrom: '', periodTo: '' };
  const on = (more: Partial<typeof fulfilment>) => deciding(recordFulfilment, {}, { today, known: true })({ fulfilment: { ...fulfilment, ...more } });
  it('that names no day was on the last one of its period, or today', () => {
    expect(on({})).toMatchObject({ 'fulfilment/dlv_1': [{ fulfilment: { deliveredOn: today } }] });
    expect(on({ periodFrom: '2026-02-01', periodTo: '2026-02-28' })).toMatchObject({ 'fulfilment/dlv_1': [{ fulfilment: { deliveredOn: '2026-02-28' }, effectiveOn: '2026-02-28' }] });
    expect(on({ deliveredOn: '2026-03-09', periodFrom: '2026-02-01', periodTo: '2026-02-28' })).toMatchObject({ 'fulfilment/dlv_1': [{ fulfilment: { deliveredOn: '2026-03-09' } }] });
  });
  it('is not in the future, nor is the end of its period', () => expect(on({ periodFrom: today, periodTo: '2026-03-11' })).toMatchObject({ refused: 'delivered-in-future' }));
});
