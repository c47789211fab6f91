// Refunds through the API, the worker and a payment provider, against a real store and log.
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import { GetAccountRequest } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { BatchRequest } from '@ar/contracts/gen/ar/payments/v1/batch_service.js';
import { PaymentMethod, ReversalKind } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import { GetReceiptRequest, RecordReceiptRequest, ReverseReceiptRequest } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { CancelRefundRequest, GetRefundRequest, ListRefundsRequest, RecordRefundPaidRequest, RefundStatus, RequestRefundRequest, type Refund } from '@ar/contracts/gen/ar/payments/v1/refund_service.js';
import { GetTrialBalanceRequest, LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import type { EventLog } from '@ar/event-log/event-log.js';
import { Api } from '@ar/platform/api.js';
import { apiError } from '@ar/platform/errors.js';
import { Pages } from '@ar/platform/lists.js';
import { migrateService } from '@ar/runtime/migrations.js';
import { wirePolicies } from '@ar/runtime/policy-contract.js';
import { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import { call } from '@ar/runtime/toy.world.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { AccountGrpc } from './api/account.grpc.js';
import { BatchGrpc } from './api/batch.grpc.js';
import { ReceiptGrpc } from './api/receipt.grpc.js';
import { RefundGrpc } from './api/refund.grpc.js';
import { ReportGrpc } from './api/report.grpc.js';
import { Elsewhere } from './elsewhere.world.js';
import type { PaymentProvider } from './payment-provider.js';
import { payments, paymentsWith } from './payments.service.js';
import { claimRefund } from './refunds.commands.js';
import { sandboxProvider } from './sandbox-provider.js';

let postgres: Postgres;
let log: EventLog;
let url: string;
let runtime: ServiceRuntime;
let refunds: RefundGrpc;
let receipts: ReceiptGrpc;
let accounts: AccountGrpc;
let reports: ReportGrpc;
let batches: BatchGrpc;
const sandbox = sandboxProvider();
const calls: string[] = [];
const errors: Error[] = [];
/** The sandbox, with a record of how often it is asked to pay. */
const provider: PaymentProvider = {
  payOut(payout) {
    calls.push(payout.key);
    return sandbox.payOut(payout);
  },
  collect: (collection) => sandbox.collect(collection),
  ask: (key) => sandbox.ask(key),
};
const tenantId = 't1';
const today = '2026-03-02';
const iban = 'DE89370400440532013000';

async function work(service = paymentsWith(provider)): Promise<void> {
  runtime = new ServiceRuntime({ service, url, log, role: 'all', clock: 'simulated', onError: (e) => errors.push(e) });
  await runtime.start();
  const api = new Api(runtime, new Pages('a key of sixteen or more'), true);
  [refunds, receipts, accounts, reports, batches] = [new RefundGrpc(api), new ReceiptGrpc(api), new AccountGrpc(api), new ReportGrpc(api), new BatchGrpc(api)];
}

beforeAll(async () => {
  postgres = await startPostgres();
  const store = await postgres.store();
  url = store.url;
  await migrateService(store.ownerUrl, 'ar_service');
  log = await openPostgresLog({ url: await postgres.database(), partitions: 2 });
  await work();
  const [invoicing, credit] = [new Elsewhere(log, 'invoicing'), new Elsewhere(log, 'credit')];
  const of = { tenant: tenantId, on: today };
  const policies = wirePolicies({ ...defaultPolicies, approvals: { ...defaultPolicies.approvals, refundLimit: '500' } });
  await invoicing.tell('TenantRegistered', { ...of, customer: '', subject: `tenant/${tenantId}`, data: { tenantId, baseCurrency: 'EUR', timeZone: 'Europe/Berlin', details: { legalName: 'Seller' }, policies, firstBusinessDay: today } });
  await invoicing.tell('BusinessDayOpened', { ...of, customer: '', subject: `tenant/${tenantId}`, data: { tenantId, date: today } });
  await balance(await credit.tell('CustomerRegistered', { ...of, customer: 'c1', subject: 'customer/c1', data: { customerId: 'c1' } }));
}, 60_000);
afterAll(async () => { await runtime.stop(); await log.close(); await postgres.stop(); }, 60_000);

let requests = 0;
const asked = (actor = 'anna') => ({ tenantId, requestId: `r-${++requests}`, actor, reason: 'paid twice' });
const amount = (value: string) => ({ currencyCode: 'EUR', value });
const receive = (receiptId: string, value: string, more: object = {}) => receipts.recordReceipt(RecordReceiptRequest.fromPartial({ ...asked(), receiptId, customerId: 'c1', amount: amount(value), method: PaymentMethod.BANK_TRANSFER, remitter: { name: 'Ada Byron', iban }, onAccount: true, ...more }));
const asking = new Map<string, Position | undefined>();
const request = async (refundId: string, receiptId: string, more: object = {}) => {
  const answer = await refunds.requestRefund(RequestRefundRequest.fromPartial({ ...asked(), refundId, receiptId, ...more }));
  asking.set(refundId, answer.position);
  return answer;
};
const refundOf = async (refundId: string, minPosition?: Position): Promise<Refund> => (await refunds.getRefund(GetRefundRequest.fromPartial({ tenantId, refundId, minPosition } as never))).refund!;
const reason = (call: Promise<unknown>) => call.then(() => 'answered', (e: unknown) => apiError(e, '').reason);
const paidTimes = (refundId: string) => calls.filter((key) => key === `${tenantId}/${refundId}`).length;

/** As it is once it has come so far. */
async function until(refundId: string, is: RefundStatus | ((refund: Refund) => boolean)): Promise<Refund> {
  for (const last = Date.now() + 20_000; ;) {
    const refund = await refundOf(refundId, asking.get(refundId));
    if (typeof is === 'function' ? is(refund) : refund.status === is) return refund;
    if (Date.now() > last) throw new Error(`${refundId} is ${refund.status}: ${errors.map((e) => e.stack).join()}`);
    await pause(20);
  }
}

/** What is on an account of the journal; all of them sum to zero. */
async function balance(minPosition?: Position): Promise<Readonly<Record<string, string>>> {
  const { rows } = await reports.getTrialBalance(GetTrialBalanceRequest.fromPartial({ tenantId, minPosition } as never));
  expect(rows.reduce((sum, r) => sum + Number(r.balance!.value.replace('.', '')), 0)).toBe(0);
  return Object.fromEntries(rows.map((r) => [r.account, r.balance!.value]));
}
const unapplied = async (receiptId: string, minPosition?: Position) => (await receipts.getReceipt(GetReceiptRequest.fromPartial({ tenantId, receiptId, minPosition } as never))).receipt!;

describe('a refund', () => {
  it('is paid the way the money came, once, and leaves the bank in the journal', async () => {
    await receive('rcp_1', '100.00');
    const { refund, position } = await request('rfd_1', 'rcp_1', { amount: amount('40.00') });
    expect(refund).toMatchObject({ status: RefundStatus.APPROVED, method: PaymentMethod.BANK_TRANSFER, payee: { name: 'Ada Byron', iban }, amount: amount('40.00') });
    expect(await unapplied('rcp_1', position)).toMatchObject({ unapplied: amount('60.00'), refunded: amount('40.00') });
    expect(await until('rfd_1', RefundStatus.PAID)).toMatchObject({ reference: 'SANDBOX-t1/rfd_1', paidDate: today, attempts: 1 });
    expect(await balance()).toMatchObject({ [LedgerAccount.CASH]: '60.00', [LedgerAccount.UNAPPLIED_CASH]: '-60.00', [LedgerAccount.REFUNDS_PAYABLE]: '0.00' });
  });
  it('is never more than is left, however many ask at once', async () => {
    await receive('rcp_race', '90.00');
    const answers = await Promise.all(Array.from({ length: 5 }, (_, i) => reason(request(`rfd_race-${i}`, 'rcp_race', { amount: amount('30.00') }))));
    expect(answers.sort()).toEqual(['REFUND_ABOVE_REFUNDABLE', 'REFUND_ABOVE_REFUNDABLE', 'answered', 'answered', 'answered']);
  });
  it('declined for good is over, and its money is unapplied again', async () => {
    await receive('rcp_hard', '20.01');
    await request('rfd_hard', 'rcp_hard');
    expect(await until('rfd_hard', RefundStatus.FAILED)).toMatchObject({ detail: 'account-closed', attempts: 1 });
    expect(await unapplied('rcp_hard')).toMatchObject({ unapplied: amount('20.01'), refunded: amount('0.00') });
  });
  it('declined for now is tried again', async () => {
    await receive('rcp_soft', '20.02');
    await request('rfd_soft', 'rcp_soft');
    expect(await until('rfd_soft', RefundStatus.PAID)).toMatchObject({ attempts: 2, detail: '' });
    expect(paidTimes('rfd_soft')).toBe(2);
    expect(await reason(refunds.cancelRefund(CancelRefundRequest.fromPartial({ ...asked(), refundId: 'rfd_soft' })))).toBe('REFUND_NOT_CANCELLABLE');
  });
  it('whose connection broke is asked about until it is known, and not paid again', async () => {
    for (const [id, value] of [['paid', '20.03'], ['never', '20.04']] as const) {
      await receive(`rcp_${id}`, value);
      await request(`rfd_${id}`, `rcp_${id}`);
    }
    expect(await until('rfd_paid', RefundStatus.PAID)).toMatchObject({ reference: 'SANDBOX-t1/rfd_paid', attempts: 1 });
    expect(await until('rfd_never', RefundStatus.FAILED)).toMatchObject({ detail: 'the provider never got it', attempts: 1 });
    expect([paidTimes('rfd_paid'), paidTimes('rfd_never')]).toEqual([1, 1]);
  }, 30_000);
  it('that was under way when its worker died is asked about by the next one, and not paid again', async () => {
    await runtime.stop();
    await work(payments); // sends nothing out
    await receive('rcp_died', '25.00');
    const { position } = await request('rfd_died', 'rcp_died');
    await refundOf('rfd_died', position);
    await runtime.commands.execute(call(claimRefund, { tenant: tenantId, customer: 'c1', key: 'rfd_died', attempt: 1, state: 'requested' }, '~effect/rfd_died/1/claim', { tenant: tenantId })); // as a worker claims it
    await sandbox.payOut({ key: 't1/rfd_died', minor: 25_00, currency: 'EUR', method: 'PAYMENT_METHOD_BANK_TRANSFER', name: 'Ada Byron', iban, bankReference: '' }); // and then it died
    await runtime.stop();
    await work();
    expect(await until('rfd_died', RefundStatus.PAID)).toMatchObject({ reference: 'SANDBOX-t1/rfd_died' });
    expect(paidTimes('rfd_died')).toBe(0);
  }, 60_000);
  it('waits above the limit, and is listed so', async () => {
    await receive('rcp_large', '600.00');
    const { refund, position } = await request('rfd_large', 'rcp_large');
    expect(refund).toMatchObject({ status: RefundStatus.PENDING, approval: { band: 'above 500', proposedBy: 'anna' } });
    const listed = await refunds.listRefunds(ListRefundsRequest.fromPartial({ tenantId, filter: 'status = pending', minPosition: position } as never));
    expect(listed.refunds.map((r) => r.refundId)).toEqual(['rfd_large']);
    const { answers } = await batches.batch(BatchRequest.fromPartial({ tenantId, items: [
      { command: { $case: 'approveRefund', value: { ...asked('anna'), refundId: 'rfd_large' } } }, { command: { $case: 'approveRefund', value: { ...asked('ben'), refundId: 'rfd_large' } } },
    ] } as never));
    expect(answers.map((a) => a.answer?.$case)).toEqual(['error', 'approveRefund']);
    await until('rfd_large', RefundStatus.PAID);
  });
  it('says what is wrong with a wish', async () => {
    expect(await reason(request('rfd_x', ''))).toBe('FIELD_REQUIRED');
    expect(await reason(request('rfd_x', 'rcp_1', { payee: { iban: 'DE00' } }))).toBe('FIELD_INVALID');
    expect(await reason(request('rfd_x', 'rcp_1', { creditNoteId: 'crn_1' }))).toBe('FIELD_INVALID');
    expect(await reason(refundOf('rfd_x'))).toBe('REFUND_NOT_FOUND');
  });
});

describe('without a provider', () => {
  it('a person pays and tells, and a receipt that goes back afterwards leaves a claim', async () => {
    await runtime.stop();
    await work(payments);
    await receive('rcp_hand', '80.00');
    await request('rfd_hand', 'rcp_hand', { amount: amount('30.00') });
    const { refund } = await refunds.recordRefundPaid(RecordRefundPaidRequest.fromPartial({ ...asked(), refundId: 'rfd_hand', bankReference: 'B-77' }));
    expect(refund).toMatchObject({ status: RefundStatus.PAID, reference: 'B-77', paidDate: today, attempts: 0 });
    const before = (await accounts.getAccount(GetAccountRequest.fromPartial({ tenantId, customerId: 'c1', currencyCode: 'EUR' }))).account!;
    const { position } = await receipts.reverseReceipt(ReverseReceiptRequest.fromPartial({ ...asked(), receiptId: 'rcp_hand', kind: ReversalKind.CHARGEBACK, reasonCode: 'C01' } as never));
    const { account, controlTotal } = await accounts.getAccount(GetAccountRequest.fromPartial({ tenantId, customerId: 'c1', currencyCode: 'EUR', minPosition: position } as never));
    expect([before.open!.value, account!.open!.value]).toEqual(['0.00', '30.00']);
    expect(controlTotal).toEqual(account!.balance);
    await balance();
  });
});
