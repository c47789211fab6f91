import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { debitNote, type DebitNoteCommand, type DebitNoteEvent } from './debit-note.js';
import { lineOf } from './invoice.world.js';

const { given } = testing(debitNote);
const eur = (minor: number) => ({ minor, currency: 'EUR' });
const line = lineOf({ description: 'Reminder', unitPrice: '40.00', taxRate: '0', taxCategory: 'O' });
const shown = { description: 'Reminder', quantity: '1', unitCode: 'C62', unitPrice: '40.00', taxRate: '0', taxCategory: 'O', net: eur(40_00) };
const facts = { debitNoteId: 'dbn_1', customerId: 'c1', kind: 'fee', currencyCode: 'EUR', invoiceId: '', externalNumber: '', reason: 'second reminder', labels: {}, number: 'D2026-00001', series: 'debit-note/2026', issueDate: '2026-03-02', paymentReference: 'RF', policyVersion: 1 } as const;
const charge = { ...facts, type: 'IssueDebitNote', today: '2026-03-02', lastIssueDate: null, customerKnown: true, invoiceOf: undefined, lines: [line], taxRule: { rounding: 'document', prices: 'net' }, due: { netDays: 14 }, dueDateMoves: 'none', calendar: { freeWeekdays: [0, 6], holidaysOf: '', freeDays: [] } } as const satisfies DebitNoteCommand;
const issued: DebitNoteEvent = { ...facts, type: 'DebitNoteIssued', lines: [shown], taxTotals: [{ taxCategory: 'O', taxRate: '0', net: eur(40_00), tax: eur(0) }], net: eur(40_00), tax: eur(0), total: eur(40_00), dueDate: '2026-03-16', effectiveOn: '2026-03-02' };

describe('a debit note that is not there yet', () => {
  it('is issued with its number, its sums and its due date', () => given().when(charge).then(issued));
  it('is due on a day of its own, not before it is issued', () => {
    given().when({ ...charge, due: { dueDate: '2026-03-02' } }).then({ ...issued, dueDate: '2026-03-02' });
    given().when({ ...charge, due: { dueDate: '2026-03-01' } }).thenRefused('due-date-before-issue');
  });
  it('is due on a working day where its day is computed, as the policy says', () => {
    given().when({ ...charge, due: { netDays: 18 } }).then({ ...issued, dueDate: '2026-03-20' });
    given().when({ ...charge, due: { netDays: 19 }, dueDateMoves: 'following' }).then({ ...issued, dueDate: '2026-03-23' });
    given().when({ ...charge, due: { netDays: 19 }, dueDateMoves: 'preceding' }).then({ ...issued, dueDate: '2026-03-20' });
    given().when({ ...charge, due: { dueDate: '2026-03-21' }, dueDateMoves: 'following' }).then({ ...issued, dueDate: '2026-03-21' });
  });
  it('may belong to an invoice of the same customer', () => {
    given().when({ ...charge, invoiceId: 'inv_1', invoiceOf: 'c1' }).then({ ...issued, invoiceId: 'inv_1' });
    given().when({ ...charge, invoiceId: 'inv_1', invoiceOf: 'c2' }).thenRefused('invoice-of-another-customer');
    given().when({ ...charge, invoiceId: 'inv_1', invoiceOf: '' }).thenRefused('invoice-not-found');
  });
  it('is for a customer that is known', () => given().when({ ...charge, customerKnown: false }).thenRefused('customer-not-found'));
  it('has a date in the order of its series', () => {
    given().when({ ...charge, lastIssueDate: '2026-03-03' }).thenRefused('issue-date-before-last');
    given().when({ ...charge, issueDate: '2026-03-03' }).thenRefused('issue-date-in-future');
    given().when({ ...charge, issueDate: '1900-01-01' }).thenRefused('issue-date-too-early');
  });
  it('has tax codes that stand for something', () => given().when({ ...charge, lines: [{ ...line, taxCode: 'X', taxCategory: '' }] }).thenRefused('tax-code-not-found'));
  it('is above zero, and an amount', () => {
    given().when({ ...charge, lines: [{ ...line, unitPrice: '0' }] }).thenRefused('total-not-positive');
    given().when({ ...charge, lines: [{ ...line, quantity: '99999999999', unitPrice: '99999999' }] }).thenRefused('total-out-of-range');
  });
});

describe('an issued debit note', () => {
  it('is the only one of its id: the same charge is not made twice', () => given(issued).when(charge).thenRefused('debit-note-exists'));
  it('is its customer’s', () => expect(debitNote.customer('dbn_1', given(issued).state())).toBe('c1'));
});
