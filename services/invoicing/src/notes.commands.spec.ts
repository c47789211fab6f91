import { describe, expect, it } from '@jest/globals';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { AnyCommand, Typed } from '@ar/runtime/forms.js';
import { contentOf, lineOf } from './domain/invoice.world.js';
import { issueInvoice, voidInvoice } from './invoicing.commands.js';
import { approveCreditNote, cancelAndReissue, cancelInvoice, chargeReturnedPayment, expireCreditNote, issueCreditNote, issueDebitNote, refuseCreditNote } from './notes.commands.js';

type History = Readonly<Record<string, readonly Typed[]>>;
const today = '2026-03-05';
const known = { customer: { netDays: null, version: 1 }, series: [], seller: { series: [], baseCurrency: 'EUR', version: 1 } };
const series = { 'credit-note/2026': { last: 4, lastDate: '2026-03-04' }, 'invoice/2026': { last: 6, lastDate: '2026-03-02' } };
const limited = policiesWith({ approvals: { creditNoteLimit: '100' } });
const run = (command: AnyCommand, history: History, request: object, setting: object = {}) => deciding(command, history, { today, known, series, ...setting })(request);
const then = (history: History, command: AnyCommand, request: object, setting: object = {}): History => {
  const answer = run(command, history, request, setting);
  if ('refused' in answer) throw new Error(JSON.stringify(answer));
  return { ...history, ...Object.fromEntries(Object.entries(answer as History).map(([stream, made]) => [stream, [...(history[stream] ?? []), ...made]])) };
};

const document = { invoiceId: 'inv_1', ...contentOf({ lines: [lineOf({ quantity: '2' })] }) };
const invoiced = then({}, issueInvoice, document);
const wish = (creditNoteId: string, lines: readonly object[] = [], more: object = {}) => ({
  creditNoteId, for: { kind: 'invoice', invoiceId: 'inv_1', lines }, reasonCode: 'return', reason: '', issueDate: '', cancels: false, replacementInvoiceId: '', externalNumber: '', labels: {}, by: 'anna', ...more,
});
const cancel = { invoiceId: 'inv_1', creditNoteId: 'crn_1', issueDate: '', reason: 'wrong customer', by: 'anna' };

describe('who keeps the ledger or takes cash', () => {
  const policies = policiesWith({ approvals: { neverAlone: ['anna'] } });
  it('gives no credit alone, however little', () => expect(run(issueCreditNote, invoiced, wish('crn_1', [{ line: 1, net: { minor: 1, currency: 'EUR' }, quantity: '' }]), { policies })).toMatchObject({ 'credit-note/crn_1': [{ type: 'CreditNoteProposed', by: 'anna' }] }));
  it('cancels nothing alone', () => expect(run(cancelInvoice, invoiced, cancel, { policies })).toMatchObject({ 'credit-note/crn_1': [{ type: 'CreditNoteProposed' }] }));
  it('is not who somebody else is', () => expect(run(issueCreditNote, invoiced, wish('crn_1', [], { by: 'ben' }), { policies })).toMatchObject({ 'credit-note/crn_1': [{ type: 'CreditNoteIssued' }] }));
});

describe('a payment that went back', () => {
  const policies = policiesWith({ tax: { prices: 'gross' }, returnedPayments: { taxCategory: 'S', taxRate: '19' } });
  const charge = { customerId: 'c1', receiptId: 'rcp_1', currencyCode: 'EUR', fee: '10.00', code: 'AM04' };
  const charged = run(chargeReturnedPayment, {}, charge) as History;
  it('costs its customer a fee that is not taxed', () => expect(Object.values(charged)[0]).toMatchObject([{ type: 'DebitNoteIssued', kind: 'fee', number: 'D2026-00001', reason: 'payment rcp_1 went back, AM04', labels: { receipt_id: 'rcp_1' }, total: { minor: 10_00 }, tax: { minor: 0 }, taxTotals: [{ taxCategory: 'O' }] }]));
  it('or is, on top of it, where the policy says so', () => expect(Object.values(run(chargeReturnedPayment, {}, charge, { policies }))[0]).toMatchObject([{ net: { minor: 10_00 }, tax: { minor: 1_90 }, total: { minor: 11_90 } }]));
  it('costs it once', () => expect(run(chargeReturnedPayment, charged, charge)).toMatchObject({ refused: 'debit-note-exists' }));
});

describe('a credit note for an invoice', () => {
  it('takes the next number of its series and is on the invoice, in one append', () => expect(run(issueCreditNote, invoiced, wish('crn_1', [{ line: 1, net: null, quantity: '1' }]))).toMatchObject({
    'credit-note/crn_1': [{ type: 'CreditNoteIssued', number: 'C2026-00005', issueDate: today, invoiceNumber: 'R2026-00007', lines: [{ invoiceLine: 1, quantity: '1', unitPrice: '100.00' }], total: { minor: 119_00 } }],
    'invoice/inv_1': [{ type: 'InvoiceCredited', creditNoteId: 'crn_1', creditNoteNumber: 'C2026-00005', total: { minor: 119_00 } }],
  }));
  it('says an amount as one piece of it', () => expect(run(issueCreditNote, invoiced, wish('crn_1', [{ line: 1, net: { minor: 12_50, currency: 'EUR' }, quantity: '' }]))).toMatchObject({ 'credit-note/crn_1': [{ lines: [{ quantity: '1', unitPrice: '12.50', net: { minor: 12_50 } }] }] }));
  it('sees what the one before has credited', () => {
    const one = then(invoiced, issueCreditNote, wish('crn_1', [{ line: 1, net: null, quantity: '1.5' }]));
    expect(run(issueCreditNote, one, wish('crn_2', [{ line: 1, net: null, quantity: '1' }]))).toMatchObject({ refused: 'credit-exceeds-creditable', detail: { line: 1, asked: '1', creditable: '0.5' } });
    expect(run(issueCreditNote, one, wish('crn_2'))).toMatchObject({ 'invoice/inv_1': [{ net: { minor: 50_00 } }] });
  });
  it('is refused where there is no such invoice, before it, and out of the order of the series', () => {
    expect(run(issueCreditNote, {}, wish('crn_1'))).toMatchObject({ refused: 'invoice-not-found' });
    expect(run(issueCreditNote, invoiced, wish('crn_1', [], { issueDate: '2026-03-04' }))).toMatchObject({ refused: 'issue-date-before-invoice' });
    expect(run(issueCreditNote, invoiced, wish('crn_1'), { series: { ...series, 'credit-note/2026': { last: 4, lastDate: '2026-03-06' } } })).toMatchObject({ 'credit-note/crn_1': [{ issueDate: '2026-03-06' }] }); // a neighbour has the new day already
    expect(run(issueCreditNote, invoiced, wish('crn_1', [], { issueDate: today }), { series: { ...series, 'credit-note/2026': { last: 4, lastDate: '2026-03-06' } } })).toMatchObject({ refused: 'issue-date-before-last' });
  });
});

describe('a free credit note', () => {
  const free = { for: { kind: 'free', customerId: 'c1', currencyCode: 'EUR', lines: document.lines } };
  it('is taxed as its lines say', () => expect(run(issueCreditNote, {}, wish('crn_1', [], free))).toMatchObject({ 'credit-note/crn_1': [{ customerId: 'c1', invoiceId: '', total: { minor: 238_00 }, lines: [{ invoiceLine: 0 }] }] }));
  it('is for a customer that is known', () => expect(run(issueCreditNote, {}, wish('crn_1', [], free), { known: { ...known, customer: undefined } })).toMatchObject({ refused: 'customer-not-found' }));
  it('is an amount', () => expect(run(issueCreditNote, {}, wish('crn_1', [], { for: { ...free.for, lines: [{ ...document.lines[0], quantity: '99999999999', unitPrice: '99999999' }] } }))).toMatchObject({ refused: 'total-out-of-range' }));
});

describe('a credit note above the limit', () => {
  const waiting = then(invoiced, issueCreditNote, wish('crn_1'), { policies: limited });
  it('credits nothing and takes no number', () => expect(waiting['credit-note/crn_1']).toMatchObject([{ type: 'CreditNoteProposed', band: 'above 100', lastDay: '2026-03-19', command: { number: '' } }]));
  it('leaves its invoice as it was', () => expect(waiting['invoice/inv_1']).toEqual(invoiced['invoice/inv_1']));
  it('is issued on the day of its approval, with the number that is next by then', () => expect(run(approveCreditNote, waiting, { creditNoteId: 'crn_1', by: 'ben' }, { today: '2026-03-19', policies: limited })).toMatchObject({
    'credit-note/crn_1': [{ type: 'CreditNoteApproved', by: 'ben' }, { type: 'CreditNoteIssued', number: 'C2026-00005', issueDate: '2026-03-19' }], 'invoice/inv_1': [{ total: { minor: 238_00 } }],
  }));
  it('credits what is left by then', () => {
    const less = then(waiting, issueCreditNote, wish('crn_2', [{ line: 1, net: null, quantity: '0.5' }]));
    expect(run(approveCreditNote, less, { creditNoteId: 'crn_1', by: 'ben' })).toMatchObject({ 'invoice/inv_1': [{ net: { minor: 150_00 } }] });
    const nothing = then(waiting, issueCreditNote, wish('crn_2'));
    expect(run(approveCreditNote, nothing, { creditNoteId: 'crn_1', by: 'ben' })).toMatchObject({ refused: 'invoice-credited' });
  });
  it('does not keep its invoice from being voided, and is not issued then', () => {
    const voided = then(waiting, voidInvoice, { invoiceId: 'inv_1', voidDate: '', reason: 'never delivered' }, { known: { hasApplications: false, deliveries: [] } });
    expect(run(approveCreditNote, voided, { creditNoteId: 'crn_1', by: 'ben' })).toMatchObject({ refused: 'invoice-voided' });
  });
  it('is not approved by its proposer, nor when nothing waits', () => {
    expect(run(approveCreditNote, waiting, { creditNoteId: 'crn_1', by: 'anna' })).toMatchObject({ refused: 'approval-same-person' });
    expect(run(approveCreditNote, waiting, { creditNoteId: 'crn_9', by: 'ben' })).toMatchObject({ refused: 'approval-not-found', detail: { approvalId: 'crn_9' } });
  });
  it('is refused, or expires', () => {
    expect(run(refuseCreditNote, waiting, { creditNoteId: 'crn_1', by: 'ben', reason: 'no' })).toMatchObject({ 'credit-note/crn_1': [{ type: 'CreditNoteRefused', by: 'ben', reason: 'no' }] });
    expect(run(expireCreditNote, waiting, { creditNoteId: 'crn_1', customerId: 'c1' }, { today: '2026-03-20' })).toMatchObject({ 'credit-note/crn_1': [{ type: 'CreditNoteExpired', customerId: 'c1' }] });
  });
});

describe('cancelling an invoice', () => {
  it('credits all that is left of it', () => {
    const part = then(invoiced, issueCreditNote, wish('crn_0', [{ line: 1, net: null, quantity: '1' }]));
    expect(run(cancelInvoice, part, cancel)).toMatchObject({ 'credit-note/crn_1': [{ reasonCode: 'cancellation', cancels: true, total: { minor: 119_00 } }], 'invoice/inv_1': [{ cancels: true, replacedBy: '' }] });
  });
  it('waits above the limit', () => expect(run(cancelInvoice, invoiced, cancel, { policies: limited })).toMatchObject({ 'credit-note/crn_1': [{ type: 'CreditNoteProposed', command: { wish: { cancels: true } } }], 'invoice/inv_1': [] }));
  it('with another one in its place names each in the other, in one append', () => expect(run(cancelAndReissue, invoiced, { ...cancel, replacement: { ...document, invoiceId: 'inv_2', customerId: 'c2' } }, { known: [known, known] })).toMatchObject({
    'invoice/inv_2': [{ type: 'InvoiceIssued', replaces: 'inv_1', customerId: 'c2', number: 'R2026-00007' }], 'credit-note/crn_1': [{ cancels: true, replacementInvoiceId: 'inv_2', customerId: 'c1' }], 'invoice/inv_1': [{ cancels: true, replacedBy: 'inv_2' }],
  }));
  it('with another one in its place is all or nothing', () => {
    expect(run(cancelAndReissue, invoiced, { ...cancel, replacement: { ...document, invoiceId: 'inv_1' } }, { known: [known, known] })).toMatchObject({ refused: 'invoice-exists' });
    expect(run(cancelAndReissue, invoiced, { ...cancel, replacement: { ...document, invoiceId: 'inv_2' } }, { known: [known, known], policies: limited })).toMatchObject({ refused: 'approval-needed' });
  });
});

describe('a debit note', () => {
  const charge = { debitNoteId: 'dbn_1', customerId: 'c1', kind: 'fee', currencyCode: 'EUR', invoiceId: 'inv_1', externalNumber: '', reason: '', labels: {}, issueDate: '', lines: document.lines, due: undefined };
  it('has a series of its own and is due by the terms', () => expect(run(issueDebitNote, invoiced, charge)).toMatchObject({ 'debit-note/dbn_1': [{ number: 'D2026-00001', dueDate: '2026-04-04', policyVersion: 1 }] }));
  it('is due by the customer’s own terms before those', () => expect(run(issueDebitNote, invoiced, charge, { known: { ...known, customer: { netDays: 7 } } })).toMatchObject({ 'debit-note/dbn_1': [{ dueDate: '2026-03-12', policyVersion: 0 }] }));
  it('belongs to an invoice of the same customer', () => {
    expect(run(issueDebitNote, {}, charge)).toMatchObject({ refused: 'invoice-not-found' });
    expect(run(issueDebitNote, invoiced, { ...charge, customerId: 'c2' })).toMatchObject({ refused: 'invoice-of-another-customer' });
  });
});
