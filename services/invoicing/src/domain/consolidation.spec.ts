import { describe, expect, it } from '@jest/globals';
import { consolidated, type Drafted } from './consolidation.js';
import type { InvoiceContent } from './invoice.js';
import { contentOf, lineOf } from './invoice.world.js';
import { totals } from './totals.js';

const drafted = (invoiceId: string, more: Partial<InvoiceContent> = {}, customerNetDays: number | null = 14): Drafted => ({ invoiceId, draft: contentOf(more), customer: { netDays: customerNetDays, version: 1 } });
const tenOff = { kind: 'allowance', size: { percent: '10' }, reason: 'Loyalty', reasonCode: '95', taxCategory: 'S', taxRate: '19' } as const;

describe('drafts of one customer', () => {
  it('become one invoice, their lines in the order given', () => expect(consolidated([drafted('b', { lines: [lineOf({ description: 'B' })] }), drafted('a', { lines: [lineOf({ description: 'A1' }), lineOf({ description: 'A2' })] })])).toMatchObject({ customerId: 'c1', lines: [{ description: 'B' }, { description: 'A1' }, { description: 'A2' }] }));
  it('keep the references and labels that all of them have', () => expect(consolidated([
    drafted('a', { orderNumber: 'PO-1', externalNumber: 'X-1', note: 'n', buyerReference: 'b', labels: { team: 'A', month: '1' } }), drafted('b', { orderNumber: 'PO-1', externalNumber: 'X-2', note: 'n', buyerReference: '', labels: { team: 'A', month: '2' } }),
  ])).toMatchObject({ orderNumber: 'PO-1', externalNumber: '', note: 'n', buyerReference: '', labels: { team: 'A' } }));
  it('give what each gave on its own lines, to the cent', () => {
    const drafts = [drafted('a', { adjustments: [tenOff] }), drafted('b', { lines: [lineOf({ unitPrice: '33.33', taxRate: '', taxCategory: '', taxCode: 'FULL' })], adjustments: [{ ...tenOff, size: { amount: '1.00' } }] })];
    expect(consolidated(drafts)).toMatchObject({ adjustments: [{ size: { amount: '10.00' }, reason: 'Loyalty' }, { size: { amount: '1.00' } }] });
  });
  it('sum to what they would have summed to', () => {
    const drafts = [drafted('a', { adjustments: [tenOff] }), drafted('b', { lines: [lineOf({ unitPrice: '33.33' })], adjustments: [tenOff] })];
    const together = consolidated(drafts) as InvoiceContent;
    const net = (c: InvoiceContent) => (totals(c.lines, c.adjustments, 'EUR', { rounding: 'document', prices: 'net' }) as { net: { minor: number } }).net.minor;
    expect(net(together)).toBe(drafts.map((d) => net(d.draft)).reduce((a, b) => a + b));
  });
});

describe('drafts that cannot be one invoice', () => {
  const refusal = (...drafts: Drafted[]) => consolidated(drafts);
  it('are of several customers', () => expect(refusal(drafted('a'), drafted('b', { customerId: 'c2' }))).toMatchObject({ refused: 'several-customers', detail: { invoiceId: 'b', customerId: 'c2' } }));
  it('are in several currencies', () => expect(refusal(drafted('a'), drafted('b', { currencyCode: 'USD' }))).toMatchObject({ refused: 'several-currencies', detail: { invoiceId: 'b' } }));
  it.each([['terms', { terms: { due: { netDays: 3 } } }], ['issue_date', { issueDate: '2026-03-01' }], ['reservation_id', { reservationId: 'rsv_1' }]] as const)('differ in %s', (field, more) => expect(refusal(drafted('a'), drafted('b', more))).toMatchObject({ refused: 'drafts-differ', detail: { invoiceId: 'b', field } }));
  it('were made under different terms of the customer', () => expect(refusal(drafted('a'), drafted('b', {}, 30))).toMatchObject({ refused: 'drafts-differ', detail: { field: 'customer_net_days' } }));
  it('have no lines', () => expect(refusal(drafted('a'), drafted('b', { lines: [] }))).toMatchObject({ refused: 'draft-not-complete', detail: { invoiceId: 'b' } }));
  it('have more than 500 lines, or more than 50 allowances and charges, in all', () => {
    expect(refusal(drafted('a', { lines: Array(300).fill(lineOf()) }), drafted('b', { lines: Array(201).fill(lineOf()) }))).toMatchObject({ refused: 'too-many-lines', detail: { lines: 501, most: 500 } });
    expect(refusal(drafted('a', { adjustments: Array(30).fill(tenOff) }), drafted('b', { adjustments: Array(21).fill(tenOff) }))).toMatchObject({ refused: 'too-many-lines', detail: { adjustments: 51 } });
  });
  it('have a line beyond any amount', () => expect(refusal(drafted('a', { lines: [lineOf({ quantity: '99999999999', unitPrice: '99999999' })] }))).toMatchObject({ refused: 'total-out-of-range' }));
});
