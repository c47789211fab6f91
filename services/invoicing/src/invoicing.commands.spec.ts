import { describe, expect, it } from '@jest/globals';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import { contentOf, lineOf } from './domain/invoice.world.js';
import { createInvoiceDraft, issueInvoice, issueInvoiceDraft, type IssueInvoice } from './invoicing.commands.js';

const request: IssueInvoice = { invoiceId: 'inv_1', ...contentOf({ lines: [lineOf({ taxRate: '0', taxCategory: 'Z' })] }) };
const seller = { series: [], baseCurrency: 'EUR', version: 1 };
const known = { customer: { netDays: null, version: 1 } as { netDays: number | null; version: number } | undefined, seller };
const issued = (asked: Partial<IssueInvoice>, lastDate: string | null, netDays: number | null = null) =>
  deciding(issueInvoice, {}, { today: '2026-03-02', known: { ...known, customer: { netDays, version: 1 } }, series: { 'invoice/2026': { last: 6, lastDate } } })({ ...request, ...asked });

describe('an invoice that names no date', () => {
  it('is issued on the business date, with the next number', () => expect(issued({}, '2026-03-01')).toMatchObject({ 'invoice/inv_1': [{ number: 'R2026-00007', issueDate: '2026-03-02', instalments: [{ dueDate: '2026-04-01' }], termsPolicyVersion: 1 }] }));
  it('follows a neighbour who has the new day already', () => expect(issued({}, '2026-03-03')).toMatchObject({ 'invoice/inv_1': [{ issueDate: '2026-03-03' }] }));
});

describe('an invoice that names a date', () => {
  it('is refused before the last one of its series', () => expect(issued({ issueDate: '2026-02-28' }, '2026-03-01')).toMatchObject({ refused: 'issue-date-before-last', detail: { issueDate: '2026-02-28', lastIssueDate: '2026-03-01' } }));
  it('is refused in a year nobody expects, with both dates', () =>
    expect(issued({ issueDate: '1900-01-01' }, null)).toEqual({ refused: 'issue-date-too-early', detail: { issueDate: '1900-01-01', businessDate: '2026-03-02', earliest: '2025-03-01' } }));
  it('takes the next number of the old year, in its order, when the new one has begun', () => {
    const late = (lastOfOld: string) => deciding(issueInvoice, {}, { today: '2026-01-02', known, series: { 'invoice/2025': { last: 40, lastDate: lastOfOld }, 'invoice/2026': { last: 1, lastDate: '2026-01-02' } } })({ ...request, issueDate: '2025-12-30' });
    expect(late('2025-12-30')).toMatchObject({ 'invoice/inv_1': [{ number: 'R2025-00041', series: 'invoice/2025', issueDate: '2025-12-30' }] });
    expect(late('2025-12-31')).toMatchObject({ refused: 'issue-date-before-last', detail: { issueDate: '2025-12-30', lastIssueDate: '2025-12-31' } });
  });
  it('is refused after the business date', () => expect(issued({ issueDate: '2026-03-03' }, '2026-03-03')).toMatchObject({ refused: 'issue-date-in-future' }));
});

describe('when nothing is said about when it is due', () => {
  it("the customer's own terms come before the tenant's policy", () => expect(issued({}, null, 14)).toMatchObject({ 'invoice/inv_1': [{ instalments: [{ dueDate: '2026-03-16' }], termsPolicyVersion: 0 }] }));
});

describe('terms with a name', () => {
  const policies = policiesWith({ terms: { named: [{ termsId: '2/10-net-30', due: { netDays: 30 }, discount: { tiers: [{ days: 10, percent: '2' }], base: 'net', tax: 'never', graceDays: 0, mode: 'earned' } }] } });
  const by = (asked: Partial<IssueInvoice>) => deciding(issueInvoice, {}, { today: '2026-03-02', known, policies, series: {} })({ ...request, ...asked });
  it('bring their due date and their discount, and the version they are of', () => expect(by({ terms: { due: { termsId: '2/10-net-30' } } })).toMatchObject({
    'invoice/inv_1': [{ terms: { due: { termsId: '2/10-net-30' } }, termsPolicyVersion: 1, instalments: [{ dueDate: '2026-04-01' }], discount: { offers: [{ percent: '2', lastDay: '2026-03-12', amount: { minor: 2_00, currency: 'EUR' }, apr: '37.24' }] } }],
  }));
  it('give way to a discount of the invoice itself', () => expect(by({ terms: { due: { termsId: '2/10-net-30' }, discount: { tiers: [{ days: 5, percent: '3' }], base: 'net', tax: 'never', graceDays: 0, mode: 'earned' } } })).toMatchObject({ 'invoice/inv_1': [{ discount: { offers: [{ percent: '3' }] } }] }));
  it('are refused where nobody knows them', () => expect(by({ terms: { due: { termsId: 'none' } } })).toMatchObject({ refused: 'terms-not-found', detail: { termsId: 'none' } }));
});

describe('a tax code', () => {
  const policies = policiesWith({ tax: { rates: [{ code: 'FULL', category: 'S', rate: '19', validFrom: '2021-01-01', exemption: '' }, { code: 'FULL', category: 'S', rate: '20', validFrom: '2026-03-01', exemption: '' }, { code: 'EU', category: 'K', rate: '0', validFrom: '2020-01-01', exemption: 'Intra-community supply' }] } });
  const by = (taxCode: string, issueDate = '') => deciding(issueInvoice, {}, { today: '2026-03-02', known, policies, series: {} })({ ...request, issueDate, lines: [lineOf({ taxCode, taxRate: '', taxCategory: '' })] });
  it('is the category and rate that hold on the issue date, kept on the line', () => {
    expect(by('FULL')).toMatchObject({ 'invoice/inv_1': [{ lines: [{ taxCode: 'FULL', taxCategory: 'S', taxRate: '20' }], total: { minor: 120_00 } }] });
    expect(by('FULL', '2026-02-28')).toMatchObject({ 'invoice/inv_1': [{ lines: [{ taxRate: '19' }] }] });
    expect(by('EU')).toMatchObject({ 'invoice/inv_1': [{ lines: [{ taxCategory: 'K', taxRate: '0', exemption: 'Intra-community supply' }] }] });
  });
  it('is refused where it stands for nothing, with its date', () => expect([by('NONE'), by('EU', '2025-03-02')]).toMatchObject([{ refused: 'tax-code-not-found', detail: { taxCode: 'NONE', issueDate: '2026-03-02' } }, { 'invoice/inv_1': [{}] }]));
});

describe('an invoice in another currency', () => {
  const policies = policiesWith({ exchange: { source: 'ECB', rates: [{ currencyCode: 'USD', rate: '0.92' }], version: 9 } });
  const earlierExchange = { source: 'ECB', rates: [{ currencyCode: 'USD', rate: '0.90' }], version: 4 };
  const by = (issueDate: string, more: object) => deciding(issueInvoice, {}, { today: '2026-03-02', known: { ...known, ...more }, policies, series: {} })({ ...request, currencyCode: 'USD', issueDate });
  it('is booked at the rate of its issue date', () => expect([by('', { earlierExchange }), by('2026-03-02', { earlierExchange }), by('2026-02-27', { earlierExchange })]).toMatchObject([
    { 'invoice/inv_1': [{ booking: { rate: '0.92', policyVersion: 9 } }] }, { 'invoice/inv_1': [{ booking: { rate: '0.92' } }] }, { 'invoice/inv_1': [{ booking: { rate: '0.90', policyVersion: 4 } }] },
  ]));
  it('is refused where no policy held on that day, with the day', () => expect(by('2026-02-27', {})).toMatchObject({ refused: 'exchange-rate-missing', detail: { from: 'USD', to: 'EUR', date: '2026-02-27' } }));
});

describe('a draft', () => {
  const drafted = (more: Partial<IssueInvoice>) => ({ 'invoice/inv_1': [{ type: 'InvoiceDrafted', invoiceId: 'inv_1', draft: { ...contentOf(), ...more }, customer: { netDays: 14, version: 1 } }] });
  const issue = (history: Parameters<typeof deciding>[1], today = '2026-03-02') => deciding(issueInvoiceDraft, history, { today, known: { customer: undefined, seller }, series: {} })({ invoiceId: 'inv_1' });
  it('keeps the terms of its customer', () => expect(deciding(createInvoiceDraft, {}, { today: '2026-03-02', known: { customer: { netDays: 14, version: 1 }, seller } })({ invoiceId: 'inv_1', draft: contentOf() })).toMatchObject({ 'invoice/inv_1': [{ type: 'InvoiceDrafted', customer: { netDays: 14, version: 1 } }] }));
  it('is for somebody known', () => expect(deciding(createInvoiceDraft, {}, { today: '2026-03-02', known: { customer: undefined, seller } })({ invoiceId: 'inv_1', draft: contentOf() })).toMatchObject({ refused: 'customer-not-found' }));
  it('is issued as it is, by those terms', () => expect(issue(drafted({}))).toMatchObject({ 'invoice/inv_1': [{ type: 'InvoiceIssued', number: 'R2026-00001', issueDate: '2026-03-02', instalments: [{ dueDate: '2026-03-16' }] }] }));
  it('is issued on the date it names, in the series of its year', () => {
    expect(issue(drafted({ issueDate: '2025-12-30' }))).toMatchObject({ 'invoice/inv_1': [{ number: 'R2025-00001', series: 'invoice/2025' }] });
    expect(issue(drafted({ issueDate: '2025-12-31' }), '2027-01-01')).toMatchObject({ 'invoice/inv_1': [{ number: 'R2025-00001' }] });
    expect([issue(drafted({ issueDate: '2026-03-03' })), issue(drafted({ issueDate: '2024-01-01' }))]).toMatchObject([{ refused: 'issue-date-in-future' }, { refused: 'issue-date-too-early' }]);
  });
  it('has lines by then', () => expect(issue(drafted({ lines: [] }))).toMatchObject({ refused: 'draft-not-complete', detail: { lacks: 'lines' } }));
  it('is there', () => expect(issue({})).toMatchObject({ refused: 'invoice-not-found' }));
});
