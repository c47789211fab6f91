// Documents at the corners of the rules, through all five services: one payment or credit note for several invoices; an invoice that may have reached its customer.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Invoice } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { InvoiceStatus } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { apiError } from '@ar/platform/errors.js';
import { txOf } from '@ar/runtime/decide.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { claimDelivery, recordDeliveryReport, sendDocument } from '../../services/invoicing/src/delivery.commands.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { detailsOf } from '../../services/invoicing/src/domain/tenant.world.js';
import { createInvoiceDraft, issueInvoice, issueInvoiceDraft, registerTenant, updateInvoiceDraft, voidInvoice } from '../../services/invoicing/src/invoicing.commands.js';
import { cancelInvoice, issueCreditNote } from '../../services/invoicing/src/notes.commands.js';
import { getInvoice } from '../../services/invoicing/src/projections/invoices.js';
import { recordReceipt, reverseReceipt } from '../../services/payments/src/payments.commands.js';
import { startFive, type FiveServices } from './five-services.world.js';

const today = '2026-03-02';
let postgres: Postgres;
let five: FiveServices;
const goods = lineOf({ unitPrice: '100.00', quantity: '1', taxRate: '0', taxCategory: 'Z' });
const twoInTen = { due: { netDays: 30 }, discount: { tiers: [{ days: 10, percent: '2' }], base: 'gross', tax: 'on-early-payment', graceDays: 0, mode: 'earned' } } as const;
const issue = async (invoiceId: string, customerId: string, more: object = {}) => (await five.ask('invoicing', issueInvoice, { invoiceId, ...contentOf({ customerId, lines: [goods], terms: twoInTen, ...more }) })).resource as Invoice;
const read = async (invoiceId: string) => (await five.runtimes.invoicing.live.read((client) => getInvoice(txOf(client), 't', invoiceId)))!.invoice;
const pay = async (receiptId: string, customer: string, receivedMinor: number, named: readonly string[] = []) => {
  await five.ask('payments', recordReceipt, { receiptId, customer, currency: 'EUR', receivedMinor, valueOn: today, method: 'PAYMENT_METHOD_CASH', remitter: { name: '', iban: '', remittance: '' }, named: named.map((reference) => ({ reference })) as never, bankReference: '', onAccount: false });
  await five.readOn();
};

const refused = (asked: Promise<unknown>) => asked.then(() => 'accepted', (e: unknown) => apiError(e, '').reason);
const voiding = (invoiceId: string) => five.ask('invoicing', voidInvoice, { invoiceId, voidDate: '', reason: 'wrong' });
const claim = (key: string) => five.ask('invoicing', claimDelivery, { tenant: 't', customer: 'mailed', key, attempt: 1, state: 'requested', documentType: 'invoice', documentId: key.replace('dlv_', '') });
/** An issued invoice with a mail that waits. */
const mailed = async (invoiceId: string) => {
  await issue(invoiceId, 'mailed');
  await five.ask('invoicing', sendDocument, { deliveryId: `dlv_${invoiceId}`, documentType: 'invoice', documentId: invoiceId, to: [], attachXml: false });
  await five.readOn();
  return `dlv_${invoiceId}`;
};

beforeAll(async () => {
  postgres = await startPostgres();
  five = await startFive({ postgres, partitions: 2, batch: 500 });
  await five.ask('invoicing', registerTenant, { tenantId: 't', baseCurrency: 'EUR', timeZone: 'UTC', details: detailsOf({ sender: 'billing@seller.example' }), firstBusinessDay: today, policies: defaultPolicies });
  await five.readOn();
  for (const customerId of ['several', 'free', 'mailed', 'many'])
    await five.ask('credit', registerCustomer, { customerId, personal: { name: customerId, address: null, invoiceEmail: `${customerId}@customer.example`, reminderEmail: '', taxId: '' }, profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} } });
  await five.readOn();
}, 60_000);
afterEach(() => expect(five.errors).toEqual([]));
afterAll(async () => { await five?.stop(); await postgres?.stop(); });

describe('several invoices', () => {
  it('are paid by one receipt, each with its discount, and opened again by its return', async () => {
    for (const id of ['inv_1', 'inv_2']) await issue(id, 'several');
    await five.readOn();
    await pay('rcp_1', 'several', 196_00);
    for (const id of ['inv_1', 'inv_2']) expect(await read(id)).toMatchObject({ status: InvoiceStatus.PAID, paid: { value: '98.00' }, discounted: { value: '2.00' } });
    await five.ask('payments', reverseReceipt, { receiptId: 'rcp_1', kind: 'return', code: '', reason: '', effectiveOn: '' });
    await five.readOn();
    for (const id of ['inv_1', 'inv_2']) expect(await read(id)).toMatchObject({ status: InvoiceStatus.ISSUED, paid: { value: '0.00' }, discounted: { value: '0.00' } });
  });

  it('are settled by one credit note that is free', async () => {
    for (const id of ['inv_3', 'inv_4']) await issue(id, 'free');
    await five.readOn();
    await five.ask('invoicing', issueCreditNote, { creditNoteId: 'crn_1', for: { kind: 'free', customerId: 'free', currencyCode: 'EUR', lines: [{ ...goods, quantity: '2' }] }, reasonCode: 'goodwill', reason: '', issueDate: '', cancels: false, replacementInvoiceId: '', externalNumber: '', labels: {}, by: 'anna' });
    await five.readOn();
    for (const id of ['inv_3', 'inv_4']) expect(await read(id)).toMatchObject({ settledByCredit: { value: expect.stringMatching(/^(98|100)\.00$/) } });
  });
});

describe('thirty small payments', () => {
  it('that waited settle an invoice when it comes; a credit note for the rest, and what it is net of, is decided with all of them', async () => {
    for (let n = 0; n < 30; n++) await five.ask('payments', recordReceipt, { receiptId: `rcp_m${n}`, customer: 'many', currency: 'EUR', receivedMinor: 1_00, valueOn: today, method: 'PAYMENT_METHOD_CASH', remitter: { name: '', iban: '', remittance: '' }, named: [], bankReference: '', onAccount: false });
    await issue('inv_m', 'many');
    await five.readOn();
    expect(await read('inv_m')).toMatchObject({ status: InvoiceStatus.PARTLY_PAID, paid: { value: '30.00' } });
    await five.ask('invoicing', cancelInvoice, { invoiceId: 'inv_m', creditNoteId: 'crn_m', issueDate: '', reason: 'wrong', by: 'anna' });
    await five.readOn();
    expect(await read('inv_m')).toMatchObject({ status: InvoiceStatus.PAID, credited: { value: '100.00' } });
  });
});

describe('a draft', () => {
  it('loses the booking rate that was taken away from it', async () => {
    await five.ask('invoicing', createInvoiceDraft, { invoiceId: 'inv_d', draft: contentOf({ customerId: 'several', currencyCode: 'USD', bookingRate: { rate: '0.9', source: 'bank' } }) });
    await five.ask('invoicing', updateInvoiceDraft, { invoiceId: 'inv_d', changes: { bookingRate: undefined } as never });
    await five.readOn();
    expect((await read('inv_d')).bookingRate).toBeUndefined();
    expect(await refused(five.ask('invoicing', issueInvoiceDraft, { invoiceId: 'inv_d' }))).toBe('EXCHANGE_RATE_MISSING');
  });
});

describe('an invoice whose mail waits', () => {
  it('is not voided once the mail was claimed, which nobody has read yet; a credit note cancels it', async () => {
    const key = await mailed('inv_5');
    await claim(key);
    expect(await refused(voiding('inv_5'))).toBe('INVOICE_DELIVERED');
    await five.readOn();
    expect(await refused(voiding('inv_5'))).toBe('INVOICE_DELIVERED');
    await five.ask('invoicing', cancelInvoice, { invoiceId: 'inv_5', creditNoteId: 'crn_5', issueDate: '', reason: 'wrong', by: 'anna' });
  });

  it('is voided where the mail came back', async () => {
    const key = await mailed('inv_6');
    await claim(key);
    await five.ask('invoicing', recordDeliveryReport, { deliveryId: key, outcome: 'bounced', code: '5.1.1', detail: 'no such mailbox' });
    expect(await refused(voiding('inv_6'))).toBe('accepted');
  });

  it('does not leave once it was voided, which nobody has read yet', async () => {
    const key = await mailed('inv_7');
    await voiding('inv_7');
    expect((await claim(key)).events.map((e) => e.type)).toEqual(['DeliverySuppressed']);
  });

  it('leaves or is voided, never both, where both are asked at once', async () => {
    for (let n = 10; n < 20; n++) {
      const key = await mailed(`inv_${n}`);
      const [left, gone] = await Promise.all([claim(key), refused(voiding(`inv_${n}`))]);
      expect([['DeliveryAttempted', 'INVOICE_DELIVERED'], ['DeliverySuppressed', 'accepted']]).toContainEqual([left.events[0]!.type, gone]);
    }
  });
});
