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
  it('is refused after the business date', () => expect(issued({ issueDate: '2026-03-03' }, '2026-03-03')).toMatchObject({ refused: 'issue-date-in-future' }));
});

describe('when nothing is said about when it is due', () => {
  it("the customer's own terms come before the tenant's policy", () => expect(issued({}, null, 14)).toMatchObject({ 'invoice/inv_1': [{ instalments: [{ dueDate: '2026-03-16' }], policyVersion: 0 }] }));
});
