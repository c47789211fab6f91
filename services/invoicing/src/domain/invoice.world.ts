// The plainest line and the plainest content of an invoice, for tests to differ from.
import type { InvoiceContent } from './invoice.js';
import type { PricedLine } from './totals.js';

export const lineOf = (more: Partial<PricedLine> = {}): PricedLine => ({
  description: 'Goods', articleId: '', quantity: '1', unitCode: 'C62', unitPrice: '100.00', taxCode: '', taxRate: '19', taxCategory: 'S', exemption: '', adjustments: [], periodFrom: '', periodTo: '', ...more,
});
export const contentOf = (more: Partial<InvoiceContent> = {}): InvoiceContent => ({
  customerId: 'c1', currencyCode: 'EUR', issueDate: '', lines: [lineOf()], adjustments: [], orderNumber: '', externalNumber: '', reservationId: '', buyerReference: '', note: '', labels: {}, supplyDate: '', supplyCountry: '', ...more,
});
