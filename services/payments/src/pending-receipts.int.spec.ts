// Money that is promised for later days, through a policy, a real store and log, and days that begin: shown while it is pending, cash on its day, gone where it went back.
import 'reflect-metadata';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import { GetAccountRequest } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { PaymentMethod, ReversalKind } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import { ListReceiptsRequest, ListReceiptsToReviewRequest, ReceiptStatus, RecordReceiptRequest, ReverseReceiptRequest } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
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
import { ReceiptReviewGrpc } from './api/receipt-review.grpc.js';
import { Elsewhere } from './elsewhere.world.js';
import { payments } from './payments.service.js';

let postgres: Postgres;
let log: EventLog;
let runtime: ServiceRuntime;
let receipts: ReceiptGrpc;
let accounts: AccountGrpc;
let review: ReceiptReviewGrpc;
let invoicing: Elsewhere;
let seen: Position | undefined;
const tenantId = 't1';
const today = '2026-03-10';
const of = { tenant: tenantId };
let asked = 0;
const wish = () => ({ tenantId, requestId: `r-${++asked}`, actor: 'anna', minPosition: seen });
const record = async (receiptId: string, value: string, more: object) => {
  const answer = await receipts.recordReceipt(RecordReceiptRequest.fromPartial({ ...wish(), receiptId, customerId: 'c1', amount: { currencyCode: 'EUR', value }, ...more } as never));
  seen = answer.position;
  return answer.receipt!;
};
const listed = async (status: string) => (await receipts.listReceipts(ListReceiptsRequest.fromPartial({ tenantId, minPosition: seen, filter: `status = ${status}` } as never))).receipts.map((r) => [r.receiptId, r.valueDate, r.applied!.value, r.unapplied!.value]);
const balance = async () => (await accounts.getAccount(GetAccountRequest.fromPartial({ tenantId, minPosition: seen, customerId: 'c1', currencyCode: 'EUR' } as never))).account!.balance!.value;
const queue = async () => (await review.listReceiptsToReview(ListReceiptsToReviewRequest.fromPartial({ tenantId, minPosition: seen } as never))).receipts
  .map((r) => [r.receipt!.receiptId, r.ageDays, ...r.reasons.map((x) => x.replace('REVIEW_REASON_', '')), ...r.duplicateOf]);
const openDay = async (date: string) => { seen = await invoicing.tell('BusinessDayOpened', { ...of, customer: '', subject: `tenant/${tenantId}`, on: date, data: { tenantId, date } }); };

beforeAll(async () => {
  postgres = await startPostgres();
  const { ownerUrl, url } = await postgres.store();
  await migrateService(ownerUrl, 'ar_service');
  log = await openPostgresLog({ url: await postgres.database(), partitions: 3 });
  runtime = new ServiceRuntime({ service: payments, url, log, role: 'all', clock: 'simulated', onError: () => undefined });
  await runtime.start();
  const api = new Api(runtime, new Pages('a key of sixteen or more'), true);
  [receipts, accounts, review] = [new ReceiptGrpc(api), new AccountGrpc(api), new ReceiptReviewGrpc(api)];
  invoicing = new Elsewhere(log, 'invoicing');
  const credit = new Elsewhere(log, 'credit');
  const policies = wirePolicies({ ...defaultPolicies, application: { ...defaultPolicies.application, methods: [{ method: PaymentMethod.CARD, settlementDays: 1, reversalDays: 30 }] } });
  await invoicing.tell('TenantRegistered', { ...of, customer: '', subject: `tenant/${tenantId}`, on: today, data: { tenantId, baseCurrency: 'EUR', timeZone: 'Europe/Berlin', details: { legalName: 'Seller' }, policies, firstBusinessDay: today } });
  await invoicing.tell('BusinessDayOpened', { ...of, customer: '', subject: `tenant/${tenantId}`, on: today, data: { tenantId, date: today } });
  for (const customer of ['c1', 'c2']) seen = await credit.tell('CustomerRegistered', { ...of, customer, subject: `customer/${customer}`, on: today, data: { customerId: customer, profile: { segment: '' }, pii: { keyId: '', data: { name: customer } } } });
  for (const n of [1, 2]) {
    const total = { minor: n * 100_00, currency: 'EUR' };
    seen = await invoicing.tell('InvoiceIssued', {
      ...of, customer: 'c1', subject: `invoice/inv_${n}`, on: today,
      data: { invoiceId: `inv_${n}`, number: `RE-2026-00${n}`, customerId: 'c1', currencyCode: 'EUR', issueDate: today, net: total, tax: { minor: 0, currency: 'EUR' }, total, instalments: [{ seq: 1, dueDate: '2026-04-09', amount: total }] },
    });
  }
});
afterAll(async () => {
  await runtime.stop();
  await log.close();
  await postgres.stop();
});


it('is shown and is in no balance while it is pending', async () => {
  expect(await record('rcp_cheque', '100.00', { method: PaymentMethod.CHEQUE, maturityDate: '2026-03-12' })).toMatchObject({ status: ReceiptStatus.PENDING, valueDate: '2026-03-12', applied: { value: '0.00' }, unapplied: { value: '0.00' } });
  await record('rcp_stopped', '50.00', { method: PaymentMethod.CHEQUE, maturityDate: '2026-03-12' });
  await record('rcp_card', '200.00', { method: PaymentMethod.CARD });
  expect(await listed('pending')).toEqual([['rcp_card', '2026-03-11', '0.00', '0.00'], ['rcp_cheque', '2026-03-12', '0.00', '0.00'], ['rcp_stopped', '2026-03-12', '0.00', '0.00']]);
  expect(await balance()).toBe('300.00');
  await expect(record('rcp_wrong', '1.00', { method: PaymentMethod.CASH, maturityDate: '2026-03-12' })).rejects.toThrow('maturity_date: is for cheques');
});

it('may go back before its day', async () => {
  const answer = await receipts.reverseReceipt(ReverseReceiptRequest.fromPartial({ ...wish(), receiptId: 'rcp_stopped', kind: ReversalKind.BOUNCED } as never));
  seen = answer.position;
  expect(answer.receipt).toMatchObject({ status: ReceiptStatus.REVERSED });
  expect(await balance()).toBe('300.00');
});

it('needs a person where nobody knows who promised it, or it was promised before', async () => {
  await record('rcp_nobody', '70.00', { customerId: '', method: PaymentMethod.CHEQUE, maturityDate: '2026-04-01', remitter: { name: 'somebody' } });
  await record('rcp_again', '100.00', { method: PaymentMethod.CHEQUE, maturityDate: '2026-03-12' });
  expect(await queue()).toEqual([['rcp_again', 0, 'SUSPECTED_DUPLICATE', 'rcp_cheque'], ['rcp_nobody', 0, 'UNIDENTIFIED']]);
  seen = (await receipts.reverseReceipt(ReverseReceiptRequest.fromPartial({ ...wish(), receiptId: 'rcp_again', kind: ReversalKind.ERROR } as never))).position;
  expect(await queue()).toEqual([['rcp_nobody', 0, 'UNIDENTIFIED']]);
});

it('is cash when its day begins, each on its own', async () => {
  await openDay('2026-03-11');
  expect([await listed('applied'), await listed('pending'), await balance()]).toEqual([[['rcp_card', '2026-03-11', '200.00', '0.00']], [['rcp_cheque', '2026-03-12', '0.00', '0.00'], ['rcp_nobody', '2026-04-01', '0.00', '0.00']], '100.00']);
  const date = '2026-03-12';
  const opened = { ...of, customer: '', subject: `tenant/${tenantId}`, on: date, data: { tenantId, date } };
  seen = await invoicing.tell('BusinessDayOpened', opened, (p) => p !== log.partitionOf(`${tenantId}/c1`));
  expect(await queue()).toEqual([['rcp_cheque', 2, 'DUE'], ['rcp_nobody', 2, 'UNIDENTIFIED']]); // since it was recorded; its day has begun, but not for this customer
  seen = await invoicing.tell('BusinessDayOpened', opened, (p) => p === log.partitionOf(`${tenantId}/c1`));
  expect(await queue()).toEqual([['rcp_nobody', 2, 'UNIDENTIFIED']]);
  expect([await listed('applied'), await listed('pending'), await balance()]).toEqual([[['rcp_card', '2026-03-11', '200.00', '0.00'], ['rcp_cheque', '2026-03-12', '100.00', '0.00']], [['rcp_nobody', '2026-04-01', '0.00', '0.00']], '0.00']);
});
