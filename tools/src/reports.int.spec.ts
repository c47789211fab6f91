// What reports can be asked for: from which day items age, in which buckets, in one currency; the open items of a customer; how much was done without a person, and what discounts were missed.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GetMeasuresRequest } from '@ar/contracts/gen/ar/payments/v1/measure_service.js';
import { AgingBase, GetAgingRequest } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { GetOpenItemStatementRequest, GetStatementDocumentRequest, StatementForm } from '@ar/contracts/gen/ar/payments/v1/statement_service.js';
import type { Day } from '@ar/domain/day.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { Api } from '@ar/platform/api.js';
import { apiError } from '@ar/platform/errors.js';
import { Pages } from '@ar/platform/lists.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { detailsOf } from '../../services/invoicing/src/domain/tenant.world.js';
import { issueInvoice, openBusinessDay, publishPolicy, registerTenant } from '../../services/invoicing/src/invoicing.commands.js';
import { MeasureGrpc } from '../../services/payments/src/api/measure.grpc.js';
import { ReportGrpc } from '../../services/payments/src/api/report.grpc.js';
import { StatementGrpc } from '../../services/payments/src/api/statement.grpc.js';
import { identifyReceipt, recordReceipt } from '../../services/payments/src/payments.commands.js';
import { startFive, type FiveServices } from './five-services.world.js';

let postgres: Postgres;
let five: FiveServices;
const api = () => new Api(five.runtimes.payments, new Pages('a key of sixteen or more'), false);
const on = '2026-02-01';
const eur = (value: string) => ({ currencyCode: 'EUR', value });
const aging = (more: object = {}) => new ReportGrpc(api()).getAging(GetAgingRequest.fromPartial({ tenantId: 't', currencyCode: 'EUR', asOf: { effectiveDate: on }, ...more }));
const buckets = async (more: object = {}) => Object.fromEntries((await aging(more)).agings[0]!.buckets.filter((b) => b.openItems > 0n).map((b) => [b.name, b.open!.value]));
const exchange = (rate: string) => ({ source: 'ECB', rates: [{ currencyCode: 'USD', rate }] });

beforeAll(async () => {
  postgres = await startPostgres();
  five = await startFive({ postgres, partitions: 2, batch: 500 });
  const { ask, readOn } = five;
  const issue = async (id: string, unitPrice: string, more: Parameters<typeof contentOf>[0] = {}) => {
    await ask('invoicing', issueInvoice, { invoiceId: `inv_${id}`, ...contentOf({ lines: [lineOf({ unitPrice, taxRate: '0', taxCategory: 'Z' })], terms: { due: { netDays: 10 } }, externalNumber: id, ...more }) });
    await readOn();
  };
  const receive = async (receiptId: string, customer: string, receivedMinor: number, reference: string, onAccount = false) => {
    await ask('payments', recordReceipt, { receiptId, customer, currency: 'EUR', receivedMinor, valueOn: '', method: 'PAYMENT_METHOD_CASH', bankReference: '', named: reference === '' ? [] : [{ reference, minor: null }], onAccount, remitter: { name: '', iban: '', remittance: '' } });
    await readOn();
  };
  const open = async (date: Day) => { await ask('invoicing', openBusinessDay, { tenantId: 't', date }); await readOn(); };
  await ask('invoicing', registerTenant, { tenantId: 't', baseCurrency: 'EUR', timeZone: 'UTC', details: detailsOf(), firstBusinessDay: '2026-01-01', policies: { ...defaultPolicies, exchange: exchange('0.90') } });
  await readOn();
  await ask('credit', registerCustomer, { customerId: 'c1', personal: { name: 'c1', address: null, invoiceEmail: '', reminderEmail: '', taxId: '' }, profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} } });
  await readOn();
  await issue('a', '1000', { terms: { due: { netDays: 10 }, discount: { tiers: [{ days: 10, percent: '2' }], base: 'net', tax: 'never', graceDays: 0, mode: 'earned' } } });
  await issue('u', '100', { currencyCode: 'USD' });
  await open('2026-01-05');
  await receive('rcp_a', 'c1', 490_00, 'a'); // grants 10.00, leaves 500.00
  await ask('invoicing', publishPolicy, { tenantId: 't', kind: 'exchange', policy: { exchange: exchange('0.92') }, validFrom: on });
  await readOn();
  await open(on);
  await issue('b', '300', { issueDate: '2026-01-20' });
  await receive('rcp_kept', 'c1', 50_00, '', true);
  await issue('c', '70');
  await receive('rcp_who', '', 70_00, '');
  await ask('payments', identifyReceipt, { receiptId: 'rcp_who', customer: 'c1', by: 'anna' });
  await readOn();
}, 120_000);
afterAll(async () => { await five?.stop(); await postgres?.stop(); });

describe('an aging', () => {
  it('is by due date, by date of the document, or by day of posting', async () => {
    expect(await buckets()).toEqual({ d1_30: '800.00' });
    expect(await buckets({ base: AgingBase.INVOICE_DATE })).toEqual({ d1_30: '300.00', d31_60: '500.00' });
    expect(await buckets({ base: AgingBase.POSTING_DATE })).toEqual({ current: '300.00', d31_60: '500.00' });
    expect((await aging({ base: AgingBase.POSTING_DATE, byCustomer: true })).customers[0]!.aging!.buckets.map((b) => b.open!.value)).toEqual(['300.00', '0.00', '500.00', '0.00', '0.00']);
  });
  it('has the buckets that were asked for', async () => {
    expect(await buckets({ upTo: [5, 10] })).toEqual({ d1_5: '300.00', d10_plus: '500.00' });
    expect(await aging({ upTo: [10, 10] }).catch((e: unknown) => apiError(e, '').metadata)).toEqual({ field: 'up_to' });
  });
  it('is restated in the base currency, at the rates of its day, and ties', async () => {
    const at = async (effectiveDate: string) => { const { restated, rates } = await aging({ currencyCode: '', restated: true, asOf: { effectiveDate } }); return { open: restated!.open, unapplied: restated!.unapplied, control: restated!.controlTotal, buckets: restated!.buckets.map((b) => b.open!.value), rates }; };
    expect(await at(on)).toEqual({ open: eur('892.00'), unapplied: eur('50.00'), control: eur('842.00'), buckets: ['0.00', '892.00', '0.00', '0.00', '0.00'], rates: [{ currencyCode: 'USD', rate: '0.92', policyVersion: 2 }] });
    expect(await at('2026-01-05')).toMatchObject({ open: eur('590.00'), rates: [{ rate: '0.90', policyVersion: 1 }] });
  });
});

describe('a statement of open items', () => {
  const page = (more: object = {}) => new StatementGrpc(api()).getOpenItemStatement(GetOpenItemStatementRequest.fromPartial({ tenantId: 't', customerId: 'c1', currencyCode: 'EUR', asOf: { effectiveDate: on }, ...more }));
  it('lists what is open and what is not used, and ties', async () => {
    const whole = await page();
    expect(whole).toMatchObject({ closingBalance: eur('750.00'), controlTotal: eur('750.00'), aging: { open: eur('800.00'), unapplied: eur('50.00') } });
    expect(whole.lines.map((l) => [l.date, l.dueDate, l.daysPastDue, l.original?.value, l.open?.value, l.unapplied?.value])).toEqual([
      ['2026-01-01', '2026-01-11', 21, '1000.00', '500.00', undefined], ['2026-01-20', '2026-01-30', 2, '300.00', '300.00', undefined], [on, '', 0, undefined, undefined, '50.00'],
    ]);
    const lines: unknown[] = [];
    for (let pageToken = ''; ;) { const { lines: some, nextPageToken } = await page({ pageSize: 1, pageToken }); lines.push(...some); pageToken = nextPageToken; if (pageToken === '') break; }
    expect(lines).toEqual(whole.lines);
  });
  it('of an earlier day is what was open then', async () => expect((await page({ asOf: { effectiveDate: '2026-01-04' } })).lines.map((l) => [l.daysPastDue, l.open!.value])).toEqual([[0, '1000.00']]));
  it('is of an account', async () => expect(await page({ customerId: 'c9' }).catch((e: unknown) => apiError(e, '').reason)).toBe('ACCOUNT_NOT_FOUND'));
});

describe('a statement on paper', () => {
  const paper = (more: object = {}) => new StatementGrpc(api()).getStatementDocument(GetStatementDocumentRequest.fromPartial({ tenantId: 't', customerId: 'c1', currencyCode: 'EUR', asOf: { effectiveDate: on }, ...more }));
  it('is a balance forward in the base currency and of open items in another, unless it is asked for', async () => {
    expect(await paper()).toMatchObject({ fileName: `c1-EUR-${on}.pdf`, mimeType: 'application/pdf', form: StatementForm.BALANCE_FORWARD, controlTotal: eur('750.00'), asOf: { effectiveDate: on } });
    expect([(await paper({ currencyCode: 'USD' })).form, (await paper({ form: StatementForm.OPEN_ITEM })).form]).toEqual([StatementForm.OPEN_ITEM, StatementForm.OPEN_ITEM]);
    expect(Buffer.from((await paper()).content).subarray(0, 5).toString()).toBe('%PDF-');
  });
  it('is of an account, and of a period that begins before it ends', async () => {
    expect(await paper({ customerId: 'c9' }).catch((e: unknown) => apiError(e, '').reason)).toBe('ACCOUNT_NOT_FOUND');
    expect(await paper({ fromDate: '2026-02-02' }).catch((e: unknown) => apiError(e, '').metadata)).toEqual({ field: 'from_date' });
  });
});

describe('the measures', () => {
  const measures = (effectiveDate: string) => new MeasureGrpc(api()).getMeasures(GetMeasuresRequest.fromPartial({ tenantId: 't', currencyCode: 'EUR', asOf: { effectiveDate }, fromDate: '2026-01-01' }));
  it('tell what was done without a person: one receipt of three, for one was kept and one found by somebody', async () => expect(await measures(on)).toMatchObject({ receiptsIdentified: 3n, receiptsTouchless: 1n, touchlessPercent: '33.33' }));
  it('tell what discounts were taken and missed, once their last day is over', async () => {
    expect(await measures(on)).toMatchObject({ discountsTaken: eur('10.00'), discountsMissed: eur('10.00') });
    expect(await measures('2026-01-10')).toMatchObject({ discountsTaken: eur('10.00'), discountsMissed: eur('0.00'), receiptsIdentified: 1n, touchlessPercent: '100.00' });
  });
});

describe('what cannot be restated', () => {
  it('is what was open before any rate held', async () => {
    await five.ask('invoicing', issueInvoice, { invoiceId: 'inv_early', ...contentOf({ currencyCode: 'USD', issueDate: '2025-12-20', lines: [lineOf({ taxRate: '0', taxCategory: 'Z' })], bookingRate: { rate: '0.95', source: 'the bank' } }) });
    await five.readOn();
    expect(await aging({ currencyCode: '', restated: true, asOf: { effectiveDate: '2025-12-31' } }).catch((e: unknown) => apiError(e, '').metadata)).toEqual({ from: 'USD', to: 'EUR', date: '2025-12-31' });
  });
  it('is named with its pair and the day', async () => {
    await five.ask('invoicing', issueInvoice, { invoiceId: 'inv_gbp', ...contentOf({ currencyCode: 'GBP', lines: [lineOf({ taxRate: '0', taxCategory: 'Z' })], bookingRate: { rate: '1.15', source: 'the bank' } }) });
    await five.readOn();
    expect(await aging({ currencyCode: '', restated: true }).catch((e: unknown) => { const { reason, metadata } = apiError(e, ''); return { reason, metadata }; })).toEqual({ reason: 'EXCHANGE_RATE_MISSING', metadata: { from: 'GBP', to: 'EUR', date: on } });
  });
});
