// An invoice in another currency is booked at the rate of its issue date, however late it is issued.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Invoice } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { detailsOf } from '../../services/invoicing/src/domain/tenant.world.js';
import { createInvoiceDraft, issueInvoice, issueInvoiceDraft, openBusinessDay, publishPolicy, registerTenant } from '../../services/invoicing/src/invoicing.commands.js';
import { startFive, type FiveServices } from './five-services.world.js';

let postgres: Postgres;
let five: FiveServices;
const exchange = (rate: string) => ({ source: 'ECB', rates: [{ currencyCode: 'USD', rate }] });
const content = (issueDate: string) => contentOf({ currencyCode: 'USD', issueDate, lines: [lineOf({ taxRate: '0', taxCategory: 'Z' })] });
const bookingOf = async (asked: Promise<{ readonly resource: unknown }>) => ((await asked).resource as Invoice).booking;

beforeAll(async () => {
  postgres = await startPostgres();
  five = await startFive({ postgres, partitions: 2, batch: 500 });
  const { ask, readOn } = five;
  await ask('invoicing', registerTenant, { tenantId: 't', baseCurrency: 'EUR', timeZone: 'UTC', details: detailsOf(), firstBusinessDay: '2026-03-02', policies: { ...defaultPolicies, exchange: exchange('0.90') } });
  await readOn();
  await ask('credit', registerCustomer, { customerId: 'c1', personal: { name: 'One', address: null, invoiceEmail: '', reminderEmail: '', taxId: '' }, profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} } });
  await readOn();
  for (const [date, rate] of [['2026-03-03', '0.91'], ['2026-03-04', '0.92']] as const) {
    await ask('invoicing', publishPolicy, { tenantId: 't', kind: 'exchange', policy: { exchange: exchange(rate) }, validFrom: date });
    await readOn();
    await ask('invoicing', openBusinessDay, { tenantId: 't', date });
    await readOn();
  }
}, 60_000);
afterAll(async () => { await five?.stop(); await postgres?.stop(); });

describe('an invoice that is dated back', () => {
  it('takes the rate that held on that day, from the request and from a draft that was just made', async () => {
    expect(await bookingOf(five.ask('invoicing', issueInvoice, { invoiceId: 'inv_1', ...content('2026-03-02') }))).toMatchObject({ rate: '0.90', source: 'ECB', policyVersion: 1 });
    await five.ask('invoicing', createInvoiceDraft, { invoiceId: 'inv_2', draft: content('2026-03-03') });
    expect(await bookingOf(five.ask('invoicing', issueInvoiceDraft, { invoiceId: 'inv_2' }))).toMatchObject({ rate: '0.91', policyVersion: 2 });
    expect(await bookingOf(five.ask('invoicing', issueInvoice, { invoiceId: 'inv_3', ...content('') }))).toMatchObject({ rate: '0.92', policyVersion: 3 });
  });
  it('before any policy held is refused, with the day', async () =>
    expect(five.ask('invoicing', issueInvoice, { invoiceId: 'inv_4', ...content('2025-12-30') })).rejects.toMatchObject({ refusal: { refused: 'exchange-rate-missing', detail: { from: 'USD', to: 'EUR', date: '2025-12-30' } } }));
});
