import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { creditorReference } from './creditor-reference.js';
import { invoice, type InvoiceCommand, type InvoiceContent, type InvoiceEvent, type Issuing } from './invoice.js';
import type { PricedLine } from './totals.js';

const { given } = testing(invoice);
const eur = (minor: number) => ({ minor, currency: 'EUR' });

const advice = { description: 'Advice', articleId: '', quantity: '3', unitCode: 'C62', unitPrice: '80.00', taxCode: '', taxRate: '19', taxCategory: 'S', exemption: '', adjustments: [], periodFrom: '', periodTo: '' } as const satisfies PricedLine;
const references = { orderNumber: 'PO-1', externalNumber: '', reservationId: '', buyerReference: '', note: '', labels: {}, supplyDate: '', supplyCountry: '' };
const content: InvoiceContent = { customerId: 'c1', currencyCode: 'EUR', issueDate: '', lines: [advice], adjustments: [], ...references };
const taxRule = { rounding: 'document', prices: 'net', policyVersion: 1 } as const;
const issuing: Issuing = {
  today: '2026-03-02', issueDate: '2026-03-02', lastIssueDate: '2026-03-01', number: 'R2026-00007', series: 'invoice/2026', customer: { netDays: null, version: 2 }, sellerVersion: 5, due: { netDays: 30 }, discount: undefined, termsPolicyVersion: 1,
  baseCurrency: 'EUR', exchange: { source: 'ECB', rates: [{ currencyCode: 'USD', rate: '0.9234' }], version: 3 }, dueDateMoves: 'none', calendar: { freeWeekdays: [0, 6], holidaysOf: '', freeDays: [] }, taxRule, paymentReference: 'RF86R202600007',
};
const issue = { type: 'IssueInvoice', invoiceId: 'inv_1', content, ...issuing } as const satisfies InvoiceCommand;
const withLine = (line: Partial<PricedLine>) => ({ ...issue, content: { ...content, lines: [{ ...advice, ...line }] } });
const issued: InvoiceEvent = {
  type: 'InvoiceIssued', invoiceId: 'inv_1', customerId: 'c1', currencyCode: 'EUR', issueDate: '2026-03-02', number: 'R2026-00007', series: 'invoice/2026', termsPolicyVersion: 1, sellerVersion: 5, customerVersion: 2, taxRule, paymentReference: 'RF86R202600007', ...references,
  lines: [{ ...advice, net: eur(240_00) }], adjustments: [], lineTotal: eur(240_00), allowances: eur(0), charges: eur(0), taxTotals: [{ taxCategory: 'S', taxRate: '19', net: eur(240_00), tax: eur(45_60) }], net: eur(240_00), tax: eur(45_60), total: eur(285_60),
  instalments: [{ seq: 1, dueDate: '2026-04-01', amount: eur(285_60) }], effectiveOn: '2026-03-02',
};
const shares = (...of: (readonly [number, string])[]) => ({ instalments: { shares: of.map(([days, percent]) => ({ when: { days }, size: { percent } })) } });
const voiding = { type: 'VoidInvoice', today: '2026-03-05', voidDate: '2026-03-05', reason: 'wrong customer', hasApplications: false } as const satisfies InvoiceCommand;
const voided: InvoiceEvent = { type: 'InvoiceVoided', invoiceId: 'inv_1', number: 'R2026-00007', customerId: 'c1', total: eur(285_60), issueDate: '2026-03-02', voidDate: '2026-03-05', reason: 'wrong customer', instalments: 1, effectiveOn: '2026-03-05' };

describe('an invoice that is not there yet', () => {
  it('is issued with its number, its sums and its due date', () => given().when(issue).then(issued));
  it('is due on a day of its own', () => given().when({ ...issue, due: { dueDate: '2026-03-02' } }).then({ ...issued, instalments: [{ seq: 1, dueDate: '2026-03-02', amount: eur(285_60) }] } as InvoiceEvent));
  it('is due in instalments that sum to the total', () => given().when({ ...issue, due: shares([30, '30'], [60, '30'], [90, '40']) }).then({
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
  it('is for somebody known', () => given().when({ ...issue, customer: undefined }).thenRefused('customer-not-found'));
  it('has something to pay', () => given().when(withLine({ unitPrice: '0' })).thenRefused('total-not-positive'));
  it('has no line and no rate below zero, which no credit note could cancel', () => {
    const off = { kind: 'allowance', size: { amount: '300' }, reason: 'x', reasonCode: '' } as const;
    given().when({ ...issue, content: { ...content, lines: [advice, { ...advice, adjustments: [off] }, advice] } }).thenRefused('total-not-positive');
    given().when({ ...issue, content: { ...content, adjustments: [{ ...off, taxCategory: 'S', taxRate: '7' }], lines: [advice, advice] } }).thenRefused('total-not-positive');
  });
  it('is not more than any amount', () => given().when(withLine({ quantity: '9999999999', unitPrice: '9999999999' })).thenRefused('total-out-of-range'));
  it('has instalments that make the whole', () => given().when({ ...issue, due: shares([30, '50']) }).thenRefused('instalments-not-whole'));
  it('has instalments in the order of their days', () => given().when({ ...issue, due: shares([30, '50'], [10, '50']) }).thenRefused('instalments-not-whole'));
  it('has terms that somebody knows, and a tax code that stands for something', () => { given().when({ ...issue, due: undefined }).thenRefused('terms-not-found'); given().when(withLine({ taxCode: 'X', taxCategory: '' })).thenRefused('tax-code-not-found'); });
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
  it('is not voided once a mail brought it to its customer', () => given(issued).when({ ...voiding, deliveredBy: 'dlv_1' }).thenRefused('invoice-delivered'));
});

describe('a voided invoice', () => {
  it('is voided once', () => given(issued, voided).when(voiding).thenRefused('invoice-voided'));
  it('is not issued again', () => given(issued, voided).when(issue).thenRefused('invoice-exists'));
});

describe('a draft', () => {
  const drafted: InvoiceEvent = { type: 'InvoiceDrafted', invoiceId: 'inv_1', draft: content, customer: { netDays: null, version: 2 } };
  const discarded: InvoiceEvent = { type: 'InvoiceDraftDiscarded', invoiceId: 'inv_1', customerId: 'c1' };
  const create = { type: 'CreateDraft', invoiceId: 'inv_1', draft: content, customer: { netDays: null, version: 2 } } as const satisfies InvoiceCommand;
  const change = { type: 'ChangeDraft', changes: { note: 'Thank you' } } as const satisfies InvoiceCommand;
  const discard = { type: 'DiscardDraft' } as const;
  const require = { type: 'RequireDraft' } as const;
  const consolidate = { type: 'ConsolidateDraft', invoiceId: 'inv_1', into: 'inv_2' } as const;
  const issueDraft = { type: 'IssueDraft', content, ...issuing } as const satisfies InvoiceCommand;
  it('is kept', () => given().when(create).then(drafted));
  it('is for somebody known', () => given().when({ ...create, customer: undefined }).thenRefused('customer-not-found'));
  it('is changed, and keeps the rest', () => given(drafted).when(change).then({ type: 'InvoiceDraftChanged', invoiceId: 'inv_1', draft: { ...content, note: 'Thank you' } }));
  it('is thrown away', () => given(drafted).when(discard).then(discarded));
  it('is issued', () => given(drafted).when(issueDraft).then(issued));
  it('is there where it has to be', () => { given(drafted).when(require).then(); given().when(require).thenRefused('invoice-not-found'); given(drafted, issued).when(require).thenRefused('invoice-not-draft'); });
  it('becomes part of another invoice, and is a draft no more', () => {
    const consolidated: InvoiceEvent = { type: 'InvoiceDraftConsolidated', invoiceId: 'inv_1', customerId: 'c1', consolidatedInto: 'inv_2' };
    given(drafted).when(consolidate).then(consolidated);
    for (const command of [change, discard, issueDraft, consolidate]) given(drafted, consolidated).when(command).thenRefused('invoice-not-draft');
    given(drafted, consolidated).when(create).thenRefused('invoice-exists');
    given(drafted, consolidated).when(voiding).thenRefused('invoice-not-issued');
  });
  it('is one of those that can be one invoice, or it is said why not', () => {
    const part = { invoiceId: 'inv_1', draft: content, customer: { netDays: null, version: 2 } };
    given().when({ type: 'RequireConsolidable', drafts: [part, part] }).then();
    given().when({ type: 'RequireConsolidable', drafts: [part, { ...part, draft: { ...content, customerId: 'c2' } }] }).thenRefused('several-customers');
  });
  it('has lines when it is issued', () => given(drafted).when({ ...issueDraft, content: { ...content, lines: [] } }).thenRefused('draft-not-complete'));
  it('keeps its id', () => { for (const history of [[drafted], [drafted, discarded], [issued], [issued, voided]]) given(...history).when(create).thenRefused('invoice-exists'); given(drafted).when(issue).thenRefused('invoice-exists'); });
  it('cannot be voided', () => { given(drafted).when(voiding).thenRefused('invoice-not-issued'); given(drafted, discarded).when(voiding).thenRefused('invoice-not-issued'); });
  it('is not changed, thrown away or issued when it is not there', () => { for (const command of [change, discard, issueDraft, consolidate]) given().when(command).thenRefused('invoice-not-found'); });
  it('is not changed, thrown away or issued when it is none any more', () => { for (const history of [[drafted, discarded], [issued], [issued, voided]]) for (const command of [change, discard, issueDraft, consolidate]) given(...history).when(command).thenRefused('invoice-not-draft'); });
});

describe('an invoice of 100.00 at 21 % with 2 % for early payment', () => {
  const by = (tax: 'always' | 'on-early-payment' | 'never', due: Issuing['due'] = { netDays: 30 }) => {
    const events = invoice.decide({ ...withLine({ quantity: '1', unitPrice: '100.00', taxRate: '21' }), due, discount: { tiers: [{ days: 10, percent: '2' }], base: 'net', tax, graceDays: 0, mode: 'earned' } }, invoice.initial);
    return (events as readonly InvoiceEvent[])[0] as Extract<InvoiceEvent, { type: 'InvoiceIssued' }>;
  };
  const earlyAndLate = (tax: Parameters<typeof by>[0]) => { const { total, discount } = by(tax); return [total.minor - discount!.offers[0]!.amount.minor, total.minor]; };
  it('is 118.58 early and 120.58 late where tax always follows it', () => expect(earlyAndLate('always')).toEqual([118_58, 120_58]));
  it('is 118.58 early and 121.00 late where tax follows early payment', () => expect(earlyAndLate('on-early-payment')).toEqual([118_58, 121_00]));
  it('is 119.00 early and 121.00 late where tax never follows', () => expect(earlyAndLate('never')).toEqual([119_00, 121_00]));
  it('says of each instalment what the discount counts on', () => expect(by('never', shares([10, '50'], [30, '50'])).instalments.map((i) => [i.amount.minor, i.discountable!.minor])).toEqual([[60_50, 50_00], [60_50, 50_00]]));
});

describe('an invoice in another currency', () => {
  const inDollars = (more: Partial<InvoiceContent> = {}) => invoice.decide({ ...issue, content: { ...content, currencyCode: 'USD', ...more } }, invoice.initial);
  it('carries the rate it is booked at, and tax and total by it', () => expect(inDollars()).toMatchObject([{ total: { minor: 285_60, currency: 'USD' }, booking: { rate: '0.9234', source: 'ECB', policyVersion: 3, tax: eur(42_11), total: eur(263_72) } }]));
  it('carries the rate that the caller knows better', () => expect(inDollars({ bookingRate: { rate: '0.5', source: 'contract' } })).toMatchObject([{ booking: { rate: '0.5', source: 'contract', policyVersion: 0, total: eur(142_80) } }]));
  it('is refused without a rate, with the pair and the date', () => expect(inDollars({ currencyCode: 'CHF' })).toEqual({ refused: 'exchange-rate-missing', detail: { from: 'CHF', to: 'EUR', date: '2026-03-02' } }));
  it('is refused where it is worth more than any amount', () => expect(inDollars({ bookingRate: { rate: '99999999999999', source: 'x' } })).toMatchObject({ refused: 'total-out-of-range' }));
});

describe('what is not subject to tax', () => {
  it('is not on one invoice with what is', () => given().when({ ...issue, content: { ...content, lines: [advice, { ...advice, taxCategory: 'O', taxRate: '0' }] } }).thenRefused('tax-category-mixed'));
  it('may be alone', () => given().when(withLine({ taxCategory: 'O', taxRate: '0' })).then({ ...issued, lines: [{ ...advice, taxCategory: 'O', taxRate: '0', net: eur(240_00) }], taxTotals: [{ taxCategory: 'O', taxRate: '0', net: eur(240_00), tax: eur(0) }], tax: eur(0), total: eur(240_00), instalments: [{ seq: 1, dueDate: '2026-04-01', amount: eur(240_00) }] } as InvoiceEvent));
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
