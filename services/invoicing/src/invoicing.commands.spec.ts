import { describe, expect, it } from '@jest/globals';
import { deciding } from '@ar/runtime/deciding.js';
import { issueInvoice, type IssueInvoice } from './invoicing.commands.js';

const request: IssueInvoice = {
  invoiceId: 'inv_1', customerId: 'c1', currencyCode: 'EUR', issueDate: '', due: undefined, orderNumber: '', externalNumber: '', reservationId: '', labels: {},
  lines: [{ description: 'Advice', quantity: '1', unitCode: 'C62', unitPrice: '100.00', taxRate: '0', taxCategory: 'Z' }],
};
const known = { customer: { netDays: null }, series: [] };
const issued = (asked: Partial<IssueInvoice>, lastDate: string | null, netDays: number | null = null) =>
  deciding(issueInvoice, {}, { today: '2026-03-02', known: { ...known, customer: { netDays } }, series: { 'invoice/2026': { last: 6, lastDate } } })({ ...request, ...asked });

describe('an invoice that names no date', () => {
  it('is issued on the business date, with the next number', () => expect(issued({}, '2026-03-01')).toMatchObject({ 'invoice/inv_1': [{ number: 'R2026-00007', issueDate: '2026-03-02', instalments: [{ dueDate: '2026-04-01' }], policyVersion: 1 }] }));
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
  it("the customer's own terms come before the tenant's policy", () => expect(issued({}, null, 14)).toMatchObject({ 'invoice/inv_1': [{ instalments: [{ dueDate: '2026-03-16' }], policyVersion: 0 }] }));
});
