// Small rests, through a policy, days that open, and a real store and log.
import 'reflect-metadata';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import { ListOpenItemsRequest } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { PaymentMethod } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import { RecordReceiptRequest } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { WriteOffReason } from '@ar/contracts/gen/ar/payments/v1/write_off.js';
import { ListWriteOffsRequest } from '@ar/contracts/gen/ar/payments/v1/write_off_service.js';
import { daysAfter } from '@ar/domain/day.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import type { EventLog } from '@ar/event-log/event-log.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import { Api } from '@ar/platform/api.js';
import { Pages } from '@ar/platform/lists.js';
import { migrateService } from '@ar/runtime/migrations.js';
import { wirePolicies } from '@ar/runtime/policy-contract.js';
import { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { AccountGrpc } from './api/account.grpc.js';
import { ReceiptGrpc } from './api/receipt.grpc.js';
import { WriteOffGrpc } from './api/write-off.grpc.js';
import { Elsewhere } from './elsewhere.world.js';
import { payments } from './payments.service.js';

let postgres: Postgres;
let log: EventLog;
let runtime: ServiceRuntime;
const errors: string[] = [];
let api: Api;
let invoicing: Elsewhere;
let credit: Elsewhere;
const tenantId = 't1';
let today = '2026-03-02';
const of = { tenant: tenantId };
const eur = (minor: number) => ({ minor, currency: 'EUR' });
const openDay = (date: string): Promise<Position> => { today = date; return invoicing.tell('BusinessDayOpened', { ...of, customer: '', subject: `tenant/${tenantId}`, on: date, data: { tenantId, date } }); };

beforeAll(async () => {
  postgres = await startPostgres();
  const { ownerUrl, url } = await postgres.store();
  await migrateService(ownerUrl, 'ar_service');
  log = await openPostgresLog({ url: await postgres.database(), partitions: 3 });
  runtime = new ServiceRuntime({ service: payments, url, log, role: 'all', clock: 'simulated', onError: (e) => errors.push(e.message) });
  await runtime.start();
  api = new Api(runtime, new Pages('a key of sixteen or more'), true);
  invoicing = new Elsewhere(log, 'invoicing');
  credit = new Elsewhere(log, 'credit');
  const policies = wirePolicies({ ...defaultPolicies, application: { ...defaultPolicies.application, smallBalances: [{ currencyCode: 'EUR', limit: '1.00', percent: '1' }], smallBalanceDays: 3 } });
  await invoicing.tell('TenantRegistered', { ...of, customer: '', subject: `tenant/${tenantId}`, on: today, data: { tenantId, baseCurrency: 'EUR', timeZone: 'Europe/Berlin', details: { legalName: 'Seller' }, policies, firstBusinessDay: today } });
  await openDay(today);
  for (const customer of ['c1', 'c2', 'c3', 'c4']) await credit.tell('CustomerRegistered', { ...of, customer, subject: `customer/${customer}`, on: today, data: { customerId: customer } });
}, 60_000);
afterAll(async () => { await runtime.stop(); await log.close(); await postgres.stop(); }, 60_000);

it('of customers in any partition are written off once, on the day on which they are late enough, and no other item is', async () => {
  let seen: Position | undefined;
  for (const [n, paid, total] of [[1, '99.50', 100_00], [2, '99.00', 100_00], [3, '98.99', 100_00], [4, '19.50', 20_00]] as const) { // the last is more than one percent
    const customer = `c${n}`;
    const issued = await invoicing.tell('InvoiceIssued', {
      ...of, customer, subject: `invoice/inv_${n}`, on: today,
      data: { invoiceId: `inv_${n}`, number: `R-${n}`, customerId: customer, currencyCode: 'EUR', issueDate: today, net: eur(total), tax: eur(0), total: eur(total), instalments: [{ seq: 1, dueDate: '2026-03-04', amount: eur(total) }] },
    });
    seen = (await new ReceiptGrpc(api).recordReceipt(RecordReceiptRequest.fromPartial({ tenantId, requestId: `r-${n}`, actor: 'anna', receiptId: `rcp_${n}`, customerId: customer, amount: { currencyCode: 'EUR', value: paid }, method: PaymentMethod.CASH, minPosition: issued } as never))).position;
  }
  const open = async (minPosition?: Position) => (await new AccountGrpc(api).listOpenItems(ListOpenItemsRequest.fromPartial({ tenantId, currencyCode: 'EUR', minPosition } as never))).openItems.map((i) => [i.item!.itemId, i.open!.value]);
  while (today < '2026-03-07') seen = await openDay(daysAfter(today, 1));
  expect(await open(seen)).toEqual([['oit_1_1', '0.50'], ['oit_2_1', '1.00'], ['oit_3_1', '1.01'], ['oit_4_1', '0.50']]);
  seen = await openDay('2026-03-08'); // the fourth day past due
  expect(await open(seen)).toEqual([['oit_3_1', '1.01'], ['oit_4_1', '0.50']]);
  seen = await openDay('2026-03-09');
  const { writeOffs } = await new WriteOffGrpc(api).listWriteOffs(ListWriteOffsRequest.fromPartial({ tenantId, minPosition: seen } as never));
  expect(writeOffs.map((w) => [w.customerId, w.reasonCode, w.amount!.value, w.effectiveDate]).sort()).toEqual([['c1', WriteOffReason.SMALL_BALANCE, '0.50', '2026-03-08'], ['c2', WriteOffReason.SMALL_BALANCE, '1.00', '2026-03-08']]);
  expect(runtime.trouble()).toEqual([]);
}, 60_000);

it('of very many customers are written off on one day', async () => {
  let seen: Position | undefined;
  for (const n of Array.from({ length: 90 }, (_, i) => 100 + i)) {
    const customer = `d${n}`;
    const known = await credit.tell('CustomerRegistered', { ...of, customer, subject: `customer/${customer}`, on: today, data: { customerId: customer } });
    const issued = await invoicing.tell('InvoiceIssued', {
      ...of, customer, subject: `invoice/inv_${n}`, on: today,
      data: { invoiceId: `inv_${n}`, number: `R-${n}`, customerId: customer, currencyCode: 'EUR', issueDate: today, net: eur(100_00), tax: eur(0), total: eur(100_00), instalments: [{ seq: 1, dueDate: '2026-03-10', amount: eur(100_00) }] },
    });
    seen = (await new ReceiptGrpc(api).recordReceipt(RecordReceiptRequest.fromPartial({ tenantId, requestId: `r-${n}`, actor: 'anna', receiptId: `rcp_${n}`, customerId: customer, amount: { currencyCode: 'EUR', value: '99.50' }, method: PaymentMethod.CASH, minPosition: { sequences: { ...known.sequences, ...issued.sequences } } } as never))).position;
  }
  while (today < '2026-03-14') seen = await openDay(daysAfter(today, 1));
  const { writeOffs } = await new WriteOffGrpc(api).listWriteOffs(ListWriteOffsRequest.fromPartial({ tenantId, minPosition: seen, pageSize: 500 } as never));
  expect(writeOffs.filter((w) => w.customerId.startsWith('d'))).toHaveLength(90);
  expect([runtime.trouble(), errors]).toEqual([[], []]);
}, 60_000);
