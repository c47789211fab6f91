// What was just issued to a customer, for the guard against wrong bills: one stream per customer, locked by who issues (INV-12).
//
// - Invoices are counted by a projection, which is a moment behind. Where a wrong bill is stopped and not only told of, that moment matters: of two equal invoices
//   that are issued at once one would pass unseen. So each one is written down here, in the same append, and the next is compared with it.
// - The last 500 are kept. What is older was read long ago.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import type { Money } from '@ar/domain/money.js';

export interface CountedArticle { readonly articleId: string; readonly unitCode: string; readonly quantity: string }
/** Of an invoice what it is recognised by, and how much it bills of its order. */
export interface CountedInvoice {
  readonly invoiceId: string; readonly issueDate: Day; readonly total: Money; readonly orderNumber: string; readonly externalNumber: string; readonly periodFrom: Day | ''; readonly periodTo: Day | ''; readonly articles: readonly CountedArticle[];
}
export type CountedEvent = { type: 'InvoiceCounted'; customerId: string; effectiveOn: Day } & CountedInvoice;
export type CountedCommand = { type: 'CountInvoice'; customerId: string; invoice: CountedInvoice };

export const MOST_COUNTED = 500;

export const countedInvoices: Aggregate<readonly CountedInvoice[], CountedCommand, CountedEvent, never> = {
  type: 'counted-invoices',
  snapshot: 1,
  initial: [],
  customer: (id) => id,
  decide: ({ customerId, invoice }) => [{ type: 'InvoiceCounted', customerId, ...invoice, effectiveOn: invoice.issueDate }],
  evolve(counted, { type: _, customerId: _c, effectiveOn: _e, ...invoice }) { return [...counted, invoice].slice(-MOST_COUNTED); },
};
