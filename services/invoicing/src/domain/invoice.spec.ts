import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { creditorReference } from './creditor-reference.js';
import { invoice, type InvoiceCommand, type InvoiceEvent } from './invoice.js';

const { given } = testing(invoice);
const eur = (minor: number) => ({ minor, currency: 'EUR' });

const issue = {
  type: 'IssueInvoice', today: '2026-03-02', invoiceId: 'inv_1', customerId: 'c1', currencyCode: 'EUR', issueDate: '2026-03-02', lastIssueDate: '2026-03-01', number: 'R2026-00007', series: 'invoice/2026', customerKnown: true,
  lines: [{ description: 'Advice', quantity: '3', unitCode: 'C62', unitPrice: '80.00', taxRate: '19', taxCategory: 'S' }], due: { netDays: 30 }, policyVersion: 1, paymentReference: 'RF86R202600007', orderNumber: 'PO-1', externalNumber: '', reservationId: '', labels: {},
} as const satisfies InvoiceCommand;
const issued: InvoiceEvent = {
  type: 'InvoiceIssued', invoiceId: 'inv_1', customerId: 'c1', currencyCode: 'EUR', issueDate: '2026-03-02', number: 'R2026-00007', series: 'invoice/2026', policyVersion: 1, paymentReference: 'RF86R202600007', orderNumber: 'PO-1', externalNumber: '', reservationId: '', labels: {},
  lines: [{ ...issue.lines[0], net: eur(240_00) }], taxTotals: [{ taxCategory: 'S', taxRate: '19', net: eur(240_00), tax: eur(45_60) }], net: eur(240_00), tax: eur(45_60), total: eur(285_60),
  instalments: [{ seq: 1, dueDate: '2026-04-01', amount: eur(285_60) }], effectiveOn: '2026-03-02',
};
const voiding = { type: 'VoidInvoice', today: '2026-03-05', voidDate: '2026-03-05', reason: 'wrong customer', hasApplications: false } as const satisfies InvoiceCommand;
const voided: InvoiceEvent = { type: 'InvoiceVoided', invoiceId: 'inv_1', number: 'R2026-00007', customerId: 'c1', total: eur(285_60), issueDate: '2026-03-02', voidDate: '2026-03-05', reason: 'wrong customer', instalments: 1, effectiveOn: '2026-03-05' };

describe('an invoice that is not there yet', () => {
  it('is issued with its number, its sums and its due date', () => given().when(issue).then(issued));
  it('is due on a day of its own', () => given().when({ ...issue, due: { dueDate: '2026-03-02' } }).then({ ...issued, instalments: [{ seq: 1, dueDate: '2026-03-02', amount: eur(285_60) }] } as InvoiceEvent));
  it('is due in instalments that sum to the total', () => given().when({ ...issue, due: { shares: [{ days: 30, percent: '30' }, { days: 60, percent: '30' }, { days: 90, percent: '40' }] } }).then({
    ...issued, instalments: [{ seq: 1, dueDate: '2026-04-01', amount: eur(85_68) }, { seq: 2, dueDate: '2026-05-01', amount: eur(85_68) }, { seq: 3, dueDate: '2026-05-31', amount: eur(114_24) }],
  } as InvoiceEvent));
  it('is issued on an earlier day, down to that of the last one', () => given().when({ ...issue, issueDate: '2026-03-01', due: { dueDate: '2026-03-31' } }).then({ ...issued, issueDate: '2026-03-01', effectiveOn: '2026-03-01', instalments: [{ seq: 1, dueDate: '2026-03-31', amount: eur(285_60) }] } as InvoiceEvent));
  it('is the first of its series', () => given().when({ ...issue, lastIssueDate: null }).then(issued));
  it('is not issued before the last one', () => given().when({ ...issue, issueDate: '2026-02-28' }).thenRefused('issue-date-before-last'));
  it('is issued a year late, but not a day later than that', () => {
    given().when({ ...issue, issueDate: '2025-03-01', lastIssueDate: null }).then({ ...issued, issueDate: '2025-03-01', effectiveOn: '2025-03-01', instalments: [{ seq: 1, dueDate: '2025-03-31', amount: eur(285_60) }] } as InvoiceEvent);
    given().when({ ...issue, issueDate: '2025-02-28', lastIssueDate: null }).thenRefused('issue-date-too-early');
    given().when({ ...issue, issueDate: '1900-01-01', lastIssueDate: null }).thenRefused('issue-date-too-early');
  });
  it('is not issued tomorrow', () => given().when({ ...issue, issueDate: '2026-03-03' }).thenRefused('issue-date-in-future'));
  it('is for somebody known', () => given().when({ ...issue, customerKnown: false }).thenRefused('customer-not-found'));
  it('has something to pay', () => given().when({ ...issue, lines: [{ ...issue.lines[0], unitPrice: '0' }] }).thenRefused('total-not-positive'));
  it('is not more than any amount', () => given().when({ ...issue, lines: [{ ...issue.lines[0], quantity: '9999999999', unitPrice: '9999999999' }] }).thenRefused('total-out-of-range'));
  it('has instalments that make the whole', () => given().when({ ...issue, due: { shares: [{ days: 30, percent: '50' }] } }).thenRefused('instalments-not-whole'));
  it('has instalments in the order of their days', () => given().when({ ...issue, due: { shares: [{ days: 30, percent: '50' }, { days: 10, percent: '50' }] } }).thenRefused('instalments-not-whole'));
  it('is not due before it is issued', () => given().when({ ...issue, due: { dueDate: '2026-03-01' } }).thenRefused('due-date-before-issue'));
  it('cannot be voided', () => given().when(voiding).thenRefused('invoice-not-found'));
});

describe('an issued invoice', () => {
  it('is issued once', () => given(issued).when(issue).thenRefused('invoice-exists'));
  it('is voided', () => given(issued).when(voiding).then(voided));
  it('is voided from its own day on', () => given(issued).when({ ...voiding, voidDate: '2026-03-02' }).then({ ...voided, voidDate: '2026-03-02', effectiveOn: '2026-03-02' } as InvoiceEvent));
  it('is not voided before it was issued', () => given(issued).when({ ...voiding, voidDate: '2026-03-01' }).thenRefused('void-before-issue'));
  it('is not voided tomorrow', () => given(issued).when({ ...voiding, voidDate: '2026-03-06' }).thenRefused('void-date-in-future'));
  it('is not voided once something is applied to it', () => given(issued).when({ ...voiding, hasApplications: true }).thenRefused('invoice-has-applications'));
});

describe('a voided invoice', () => {
  it('is voided once', () => given(issued, voided).when(voiding).thenRefused('invoice-voided'));
  it('is not issued again', () => given(issued, voided).when(issue).thenRefused('invoice-exists'));
});

describe('what the customer should quote (ISO 11649)', () => {
  it.each([['539007547034', 'RF18539007547034'], ['INV2025000123', 'RF51INV2025000123']])('of %s is %s', (number, reference) => expect(creditorReference(number)).toBe(reference));
  it('leaves out what is neither letter nor digit', () => expect(creditorReference('INV-2025-000123')).toBe('RF51INV2025000123'));
});

const crediting = { type: 'CreditInvoice', creditNoteId: 'crn_1', creditNoteNumber: 'C2026-00001', lines: [{ line: 1, net: null, quantity: '1' }], cancels: false, replacedBy: '', issueDate: '2026-03-05' } as const satisfies InvoiceCommand;
const credited: InvoiceEvent = {
  type: 'InvoiceCredited', invoiceId: 'inv_1', customerId: 'c1', creditNoteId: 'crn_1', creditNoteNumber: 'C2026-00001', cancels: false, replacedBy: '', lines: [{ line: 1, quantity: '1', net: eur(80_00) }],
  taxTotals: [{ taxCategory: 'S', taxRate: '19', net: eur(80_00), tax: eur(15_20) }], net: eur(80_00), tax: eur(15_20), total: eur(95_20), effectiveOn: '2026-03-05',
};
const all = { ...crediting, lines: [] } as const;

describe('crediting an invoice', () => {
  it('takes what is credited off what can be', () => {
    given(issued).when(crediting).then(credited);
    given(issued, credited, credited).when(all).then({ ...credited, taxTotals: [{ taxCategory: 'S', taxRate: '19', net: eur(80_00), tax: eur(15_20) }] } as InvoiceEvent);
    given(issued, credited, credited, credited).when(all).thenRefused('invoice-credited');
    given(issued, credited, credited, credited).when(crediting).thenRefused('invoice-credited');
    given(issued, credited, credited).when({ ...crediting, lines: [{ line: 1, net: null, quantity: '2' }] }).thenRefused('credit-exceeds-creditable');
  });
  it('is not done before its issue, of none, or of a void one', () => {
    given(issued).when({ ...crediting, issueDate: '2026-03-01' }).thenRefused('issue-date-before-invoice');
    given().when(crediting).thenRefused('invoice-not-found');
    given(issued, voided).when(crediting).thenRefused('invoice-voided');
  });
  it('leaves it to be voided no more', () => given(issued, credited).when(voiding).thenRefused('invoice-credited'));
});
