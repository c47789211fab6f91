import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { countedOf } from './billing-guard.world.js';
import { countedInvoices, MOST_COUNTED, type CountedEvent } from './counted-invoices.js';

describe('what was just issued to a customer', () => {
  const { given } = testing(countedInvoices);
  const counted = (n: number): CountedEvent => ({ type: 'InvoiceCounted', customerId: 'c1', ...countedOf({ invoiceId: `inv_${n}` }), effectiveOn: '2026-03-02' });
  it('is counted', () => given().when({ type: 'CountInvoice', customerId: 'c1', invoice: countedOf({ invoiceId: 'inv_1' }) }).then(counted(1)));
  it('is remembered as it was, the last of it', () => {
    expect(given(counted(1)).state()).toEqual([countedOf({ invoiceId: 'inv_1' })]);
    const all = given(...Array.from({ length: MOST_COUNTED + 2 }, (_, n) => counted(n))).state();
    expect([all.length, all[0]!.invoiceId]).toEqual([MOST_COUNTED, 'inv_2']);
  });
});
