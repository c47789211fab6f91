// The plainest line, the plainest content and the plainest issue of an invoice, for tests to differ from.
import type { InvoiceContent, Issuing } from './invoice.js';
import type { PricedLine } from './totals.js';

export const lineOf = (more: Partial<PricedLine> = {}): PricedLine => ({
  description: 'Goods', articleId: '', quantity: '1', unitCode: 'C62', unitPrice: '100.00', taxCode: '', taxRate: '19', taxCategory: 'S', exemption: '', adjustments: [], periodFrom: '', periodTo: '', ...more,
});
export const contentOf = (more: Partial<InvoiceContent> = {}): InvoiceContent => ({
  customerId: 'c1', currencyCode: 'EUR', issueDate: '', lines: [lineOf()], adjustments: [], orderNumber: '', externalNumber: '', reservationId: '', buyerReference: '', note: '', labels: {}, supplyDate: '', supplyCountry: '', ...more,
});
export const issuingOf = (more: Partial<Issuing> = {}): Issuing => ({
  today: '2026-03-02', issueDate: '2026-03-02', lastIssueDate: null, number: 'R2026-00007', series: 'invoice/2026', customer: { netDays: null, version: 1 }, sellerVersion: 1, due: { netDays: 30 }, discount: undefined, termsPolicyVersion: 1,
  baseCurrency: 'EUR', exchange: { source: '', rates: [], version: 1 }, dueDateMoves: 'none', calendar: { freeWeekdays: [0, 6], holidaysOf: '', freeDays: [] }, taxRule: { rounding: 'document', prices: 'net', policyVersion: 1 }, paymentReference: 'RF86R202600007', ...more,
});
