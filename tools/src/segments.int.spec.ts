// Reports by segment of customers: as they were in it on the day, whatever has become of them since.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ListOpenItemsRequest } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { GetMeasuresRequest, ListMeasuresRequest, MeasureGroup } from '@ar/contracts/gen/ar/payments/v1/measure_service.js';
import { AgingBase, GetAgingRequest } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { Api } from '@ar/platform/api.js';
import { apiError } from '@ar/platform/errors.js';
import { Pages } from '@ar/platform/lists.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { registerCustomer, updateCustomer } from '../../services/credit/src/credit.commands.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { detailsOf } from '../../services/invoicing/src/domain/tenant.world.js';
import { issueInvoice, openBusinessDay, registerTenant } from '../../services/invoicing/src/invoicing.commands.js';
import { AccountGrpc } from '../../services/payments/src/api/account.grpc.js';
import { MeasureGrpc } from '../../services/payments/src/api/measure.grpc.js';
import { ReportGrpc } from '../../services/payments/src/api/report.grpc.js';
import { recordReceipt } from '../../services/payments/src/payments.commands.js';
import { startFive, type FiveServices } from './five-services.world.js';

let postgres: Postgres;
let five: FiveServices;
const api = () => new Api(five.runtimes.payments, new Pages('a key of sixteen or more'), false);
const asOf = (effectiveDate: string) => ({ asOf: { effectiveDate } });
const aging = (more: object) => new ReportGrpc(api()).getAging(GetAgingRequest.fromPartial({ tenantId: 't', ...more }));
const bySegment = async (more: object) => Object.fromEntries((await aging({ bySegment: true, ...more })).segments.map((s) => [s.segment, [s.aging!.open!.value, s.aging!.unapplied!.value, s.aging!.controlTotal!.value]]));
const listed = async (segment: string, day: string, includeSettled = false) => {
  const { openItems, controlTotal } = await new AccountGrpc(api()).listOpenItems(ListOpenItemsRequest.fromPartial({ tenantId: 't', currencyCode: 'EUR', segment, includeSettled, ...asOf(day) }));
  return [openItems.map((i) => i.customerId), controlTotal!.value];
};
const profile = (segment: string) => ({ language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment, industry: '', labels: {} });

beforeAll(async () => {
  postgres = await startPostgres();
  five = await startFive({ postgres, partitions: 3, batch: 500 });
  const { ask, readOn } = five;
  await ask('invoicing', registerTenant, { tenantId: 't', baseCurrency: 'EUR', timeZone: 'UTC', details: detailsOf(), firstBusinessDay: '2026-03-02', policies: defaultPolicies });
  await readOn();
  for (const [customerId, segment] of [['r1', 'retail'], ['r2', 'retail'], ['w1', 'wholesale'], ['n1', '']] as const) await ask('credit', registerCustomer, { customerId, personal: { name: customerId, address: null, invoiceEmail: '', reminderEmail: '', taxId: '' }, profile: profile(segment) });
  await readOn();
  for (const [customerId, unitPrice] of [['r1', '100'], ['r2', '10'], ['w1', '1000'], ['n1', '1']] as const) await ask('invoicing', issueInvoice, { invoiceId: `inv_${customerId}`, ...contentOf({ customerId, lines: [lineOf({ unitPrice, taxRate: '0', taxCategory: 'Z' })], terms: { due: { netDays: 0 } } }) });
  await readOn();
  await ask('payments', recordReceipt, { receiptId: 'rcp_r2', customer: 'r2', currency: 'EUR', receivedMinor: 3_00, valueOn: '', method: 'PAYMENT_METHOD_CASH', bankReference: '', named: [], onAccount: true, remitter: { name: '', iban: '', remittance: '' } });
  await readOn();
}, 60_000);
afterAll(async () => { await five?.stop(); await postgres?.stop(); });

describe('customers of segments', () => {
  it('are grouped, each group with its control total, and those without one apart', async () => {
    const groups = { '': ['1.00', '0.00', '1.00'], retail: ['110.00', '3.00', '107.00'], wholesale: ['1000.00', '0.00', '1000.00'] };
    for (const base of [AgingBase.DUE_DATE, AgingBase.INVOICE_DATE, AgingBase.POSTING_DATE]) expect(await bySegment({ base, ...asOf('2026-03-02') })).toEqual(groups);
    expect(await bySegment({ customerId: 'r2', ...asOf('2026-03-02') })).toEqual({ retail: ['10.00', '3.00', '7.00'] });
  });
  it('are asked about alone: aging, open items, measures', async () => {
    const { agings: [of], customers } = await aging({ segment: 'retail', byCustomer: true, ...asOf('2026-03-02') });
    expect([of!.open!.value, of!.controlTotal!.value, customers.map((c) => c.customerId)]).toEqual(['110.00', '107.00', ['r1', 'r2']]);
    expect([await listed('retail', '2026-03-02'), await listed('wholesale', '2026-03-02', true), await listed('nobody', '2026-03-02')]).toEqual([[['r1', 'r2'], '110.00'], [['w1'], '1000.00'], [[], '0.00']]);
    const measures = await new MeasureGrpc(api()).getMeasures(GetMeasuresRequest.fromPartial({ tenantId: 't', currencyCode: 'EUR', segment: 'retail', ...asOf('2026-03-02') }));
    expect(measures).toMatchObject({ sales: { value: '110.00' }, receivablesEnd: { value: '110.00' }, unapplied: { value: '3.00' }, controlTotal: { value: '107.00' }, turnover: '2.00', receiptsIdentified: 1n, receiptsTouchless: 0n });
  });
  it('are measured each for themselves, customer by customer or segment by segment, and add up', async () => {
    const list = (more: object) => new MeasureGrpc(api()).listMeasures(ListMeasuresRequest.fromPartial({ tenantId: 't', currencyCode: 'EUR', ...asOf('2026-03-02'), ...more }));
    const bySegmentOf = await list({ groupBy: MeasureGroup.SEGMENT });
    expect(bySegmentOf).toMatchObject({ controlTotal: { value: '1108.00' }, fromDate: '2025-12-03', nextPageToken: '', asOf: { effectiveDate: '2026-03-02' } });
    expect(bySegmentOf.rows.map((r) => [r.customerId, r.segment, r.measures!.sales!.value, r.measures!.controlTotal!.value, r.measures!.asOf!.effectiveDate, r.measures!.asOf!.known === bySegmentOf.asOf!.known])).toEqual([
      ['', '', '1.00', '1.00', '2026-03-02', true], ['', 'retail', '110.00', '107.00', '2026-03-02', true], ['', 'wholesale', '1000.00', '1000.00', '2026-03-02', true],
    ]);
    for (const { segment, measures } of bySegmentOf.rows.filter((r) => r.segment !== '')) expect({ ...measures, asOf: undefined }).toEqual({ ...await new MeasureGrpc(api()).getMeasures(GetMeasuresRequest.fromPartial({ tenantId: 't', currencyCode: 'EUR', segment, ...asOf('2026-03-02') })), asOf: undefined });
    const first = await list({ groupBy: MeasureGroup.CUSTOMER, pageSize: 3 });
    const second = await list({ groupBy: MeasureGroup.CUSTOMER, pageSize: 3, pageToken: first.nextPageToken });
    const rows = [...first.rows, ...second.rows].map((r) => [r.customerId, r.measures!.receivablesEnd!.value, r.measures!.unappliedPercent, r.measures!.controlTotal!.value]);
    expect([rows, second.nextPageToken, first.controlTotal!.value]).toEqual([[['n1', '1.00', '0.00', '1.00'], ['r1', '100.00', '0.00', '100.00'], ['r2', '10.00', '30.00', '7.00'], ['w1', '1000.00', '0.00', '1000.00']], '', '1108.00']);
    expect((await list({ groupBy: MeasureGroup.CUSTOMER, segment: 'retail' })).rows.map((r) => r.customerId)).toEqual(['r1', 'r2']);
    for (const [more, field] of [[{}, 'group_by'], [{ groupBy: MeasureGroup.SEGMENT, segment: 'retail' }, 'segment'], [{ groupBy: MeasureGroup.CUSTOMER, fromDate: '2026-03-03' }, 'from_date']] as const) expect(await list(more).catch((e: unknown) => apiError(e, '').metadata)).toEqual({ field });
  });
  it('are not asked about beside one customer', async () =>
    expect(await aging({ segment: 'retail', customerId: 'r1' }).catch((e: unknown) => apiError(e, '').metadata)).toEqual({ field: 'segment' }));
});

describe('a customer who changes its segment', () => {
  it('is in the new one from the next day on, and was in the old one before', async () => {
    await five.ask('credit', updateCustomer, { customerId: 'r1', personal: { name: 'r1', address: null, invoiceEmail: '', reminderEmail: '', taxId: '' }, profile: profile('wholesale') } as never);
    await five.readOn();
    expect([await listed('retail', '2026-03-02'), await listed('retail', '2026-03-05')]).toEqual([[['r1', 'r2'], '110.00'], [['r1', 'r2'], '110.00']]);
    await five.ask('invoicing', openBusinessDay, { tenantId: 't', date: '2026-03-03' });
    await five.readOn();
    expect([await listed('retail', '2026-03-02'), await listed('retail', '2026-03-03'), await listed('wholesale', '2026-03-03')]).toEqual([[['r1', 'r2'], '110.00'], [['r2'], '10.00'], [['r1', 'w1'], '1100.00']]);
  });
});
