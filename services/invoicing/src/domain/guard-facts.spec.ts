import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { priceOf, countedOf } from './billing-guard.world.js';
import { contractPrice, type ContractPriceEvent } from './contract-price.js';
import { countedInvoices, MOST_COUNTED, type CountedEvent } from './counted-invoices.js';
import { delivery, type DeliveryEvent } from './delivery.js';

describe('a contract price', () => {
  const { given } = testing(contractPrice);
  const set = (validTo = ''): ContractPriceEvent => ({ type: 'ContractPriceSet', contractPrice: priceOf({ validTo }), customerId: 'c1' });
  const ended = (validTo: string): ContractPriceEvent => ({ type: 'ContractPriceEnded', contractPriceId: 'cpr_1', customerId: 'c1', validTo });
  const keep = { type: 'SetContractPrice', contractPrice: priceOf(), customerKnown: true } as const;
  const end = (validTo: string) => ({ type: 'EndContractPrice', contractPriceId: 'cpr_1', validTo }) as const;
  it('is kept once, for somebody known', () => {
    given().when(keep).then(set());
    given().when({ ...keep, customerKnown: false }).thenRefused('customer-not-found');
    given(set()).when(keep).thenRefused('contract-price-exists');
    given(set(), ended('2026-03-31')).when(keep).thenRefused('contract-price-exists');
  });
  it('gets an end, and an earlier one, but no later one', () => {
    given(set()).when(end('2026-03-31')).then(ended('2026-03-31'));
    given(set('2026-03-31')).when(end('2026-03-30')).then(ended('2026-03-30'));
    given(set('2026-03-31')).when(end('2026-03-31')).thenRefused('contract-price-ended');
    given(set(), ended('2026-03-31')).when(end('2026-04-01')).thenRefused('contract-price-ended');
  });
  it('has to be there', () => given().when(end('2026-03-31')).thenRefused('contract-price-not-found'));
});

describe('a delivery', () => {
  const { given } = testing(delivery);
  const of = { deliveryId: 'dlv_1', customerId: 'c1', orderNumber: 'PO', articleId: 'A', quantity: '5', unitCode: 'C62', deliveredOn: '2026-03-02', periodFrom: '', periodTo: '' };
  const recorded: DeliveryEvent = { type: 'DeliveryRecorded', delivery: of, customerId: 'c1', effectiveOn: '2026-03-02' };
  const corrected = (quantity: string): DeliveryEvent => ({ type: 'DeliveryCorrected', deliveryId: 'dlv_1', customerId: 'c1', quantity, reason: 'counted' });
  const record = { type: 'RecordDelivery', delivery: of, today: '2026-03-02', customerKnown: true } as const;
  const correct = (quantity: string) => ({ type: 'CorrectDelivery', deliveryId: 'dlv_1', quantity, reason: 'counted' }) as const;
  it('is recorded once, for somebody known, and not before it happened', () => {
    given().when(record).then(recorded);
    given().when({ ...record, customerKnown: false }).thenRefused('customer-not-found');
    given().when({ ...record, today: '2026-03-01' }).thenRefused('delivered-in-future');
    given(recorded).when(record).thenRefused('delivery-exists');
    given(recorded, corrected('0')).when(record).thenRefused('delivery-exists');
  });
  it('is corrected, down to nothing, and again', () => {
    given(recorded).when(correct('4.5')).then(corrected('4.5'));
    given(recorded).when(correct('0')).then(corrected('0'));
    given(recorded, corrected('0')).when(correct('5')).then(corrected('5'));
  });
  it('is corrected to another quantity', () => { for (const same of ['5', '5.00', '05']) given(recorded).when(correct(same)).thenRefused('delivery-unchanged'); given(recorded, corrected('4.5')).when(correct('4.50')).thenRefused('delivery-unchanged'); });
  it('has to be there', () => given().when(correct('1')).thenRefused('delivery-not-found'));
});

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
