// A payer's money through a real store and log: its own items and those of whom it pays for, each in its own account, and all of it back.
import 'reflect-metadata';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import { LinkPayerRequest, ListPayerLinksRequest, UnlinkPayerRequest } from '@ar/contracts/gen/ar/payments/v1/payer_service.js';
import { PaymentMethod, ReversalKind } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import { ApplyReceiptRequest, ExplainApplicationRequest, GetReceiptRequest, ReceiptStatus, RecordReceiptRequest, ReverseReceiptRequest, UnapplyReceiptRequest } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { apiError } from '@ar/platform/errors.js';
import { GetAccountRequest } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { ListRemittanceAdvicesRequest, MatchRemittanceAdviceRequest, RecordRemittanceAdviceRequest, RemittanceAdviceStatus } from '@ar/contracts/gen/ar/payments/v1/remittance_service.js';
import { GetTrialBalanceRequest, LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
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
import { PayerGrpc } from './api/payer.grpc.js';
import { ReceiptGrpc } from './api/receipt.grpc.js';
import { RemittanceGrpc } from './api/remittance.grpc.js';
import { ReportGrpc } from './api/report.grpc.js';
import { Elsewhere } from './elsewhere.world.js';
import { payments } from './payments.service.js';

let postgres: Postgres;
let log: EventLog;
let runtime: ServiceRuntime;
let receipts: ReceiptGrpc;
let payers: PayerGrpc;
let accounts: AccountGrpc;
let reports: ReportGrpc;
let advices: RemittanceGrpc;
let invoicing: Elsewhere;
let seen: Position | undefined;
const tenantId = 't1';
const today = '2026-03-10';
const of = { tenant: tenantId };
const eur = (value: string) => ({ currencyCode: 'EUR', value });
let asked = 0;
const wish = () => ({ tenantId, requestId: `r-${++asked}`, actor: 'anna', minPosition: seen });
const link = async (customerId: string) => { seen = (await payers.linkPayer(LinkPayerRequest.fromPartial({ ...wish(), payerCustomerId: 'parent', customerId, validFrom: '2026-03-01' } as never))).position; };
const record = async (receiptId: string, value: string, more: object = {}) => {
  const answer = await receipts.recordReceipt(RecordReceiptRequest.fromPartial({ ...wish(), receiptId, amount: eur(value), method: PaymentMethod.BANK_TRANSFER, ...more } as never));
  seen = answer.position;
  return answer.receipt!;
};
const receipt = async (receiptId: string) => (await receipts.getReceipt(GetReceiptRequest.fromPartial({ tenantId, minPosition: seen, receiptId } as never))).receipt!;
const balances = async () => Promise.all(['parent', 'one', 'two'].map(async (customerId) => (await accounts.getAccount(GetAccountRequest.fromPartial({ tenantId, minPosition: seen, customerId, currencyCode: 'EUR' } as never))).account!.balance!.value));
const inBooks = async (account: LedgerAccount) => (await reports.getTrialBalance(GetTrialBalanceRequest.fromPartial({ tenantId, minPosition: seen } as never))).rows.find((r) => r.account === account)?.balance?.value ?? '0.00';

async function invoice(n: number, customer: string, minor: number, dueDate = '2026-04-09', currency = 'EUR'): Promise<void> {
  const total = { minor, currency };
  seen = await invoicing.tell('InvoiceIssued', {
    ...of, customer, subject: `invoice/inv_${n}`, on: today,
    data: { invoiceId: `inv_${n}`, number: `RE-2026-0${String(n).padStart(2, '0')}`, customerId: customer, currencyCode: currency, issueDate: today, net: total, tax: { minor: 0, currency }, total, instalments: [{ seq: 1, dueDate, amount: total }] },
  });
}

beforeAll(async () => {
  postgres = await startPostgres();
  const { ownerUrl, url } = await postgres.store();
  await migrateService(ownerUrl, 'ar_service');
  log = await openPostgresLog({ url: await postgres.database(), partitions: 3 });
  runtime = new ServiceRuntime({ service: payments, url, log, role: 'all', clock: 'simulated', onError: () => undefined });
  await runtime.start();
  const api = new Api(runtime, new Pages('a key of sixteen or more'), true);
  [receipts, payers, accounts, reports, advices] = [new ReceiptGrpc(api), new PayerGrpc(api), new AccountGrpc(api), new ReportGrpc(api), new RemittanceGrpc(api)];
  const credit = new Elsewhere(log, 'credit');
  invoicing = new Elsewhere(log, 'invoicing');
  const policies = wirePolicies(defaultPolicies);
  await invoicing.tell('TenantRegistered', { ...of, customer: '', subject: `tenant/${tenantId}`, on: today, data: { tenantId, baseCurrency: 'EUR', timeZone: 'Europe/Berlin', details: { legalName: 'Seller' }, policies, firstBusinessDay: today } });
  await invoicing.tell('BusinessDayOpened', { ...of, customer: '', subject: `tenant/${tenantId}`, on: today, data: { tenantId, date: today } });
  for (const customer of ['parent', 'one', 'two']) seen = await credit.tell('CustomerRegistered', { ...of, customer, subject: `customer/${customer}`, on: today, data: { customerId: customer, profile: { segment: '' }, pii: { keyId: '', data: { name: customer } } } });
  for (const [n, customer] of [[1, 'parent'], [2, 'one'], [3, 'two']] as const) await invoice(n, customer, n * 100_00, `2026-04-0${4 - n}`);
});
afterAll(async () => {
  await runtime.stop();
  await log.close();
  await postgres.stop();
});


it('pays the oldest first across all of them, once they are linked', async () => {
  await link('one');
  await link('two');
  const paid = await record('rcp_1', '450.00', { customerId: 'parent' });
  expect(paid).toMatchObject({ status: ReceiptStatus.APPLIED, applied: eur('0.00'), unapplied: eur('0.00'), passedOn: [{ customerId: 'one', amount: eur('150.00'), returned: false }, { customerId: 'two', amount: eur('300.00') }] });
  const [one, two] = await Promise.all(paid.passedOn.map((p) => receipt(p.receiptId)));
  expect(one).toMatchObject({ customerId: 'one', payerReceiptId: 'rcp_1', payerCustomerId: 'parent', status: ReceiptStatus.APPLIED, applicationGroups: [{ applications: [{ item: { itemId: 'oit_2_1' }, amount: eur('150.00') }] }] });
  expect(two).toMatchObject({ customerId: 'two', applied: eur('300.00') });
  expect(await balances()).toEqual(['100.00', '50.00', '0.00']);
  expect([await inBooks(LedgerAccount.CASH), await inBooks(LedgerAccount.SUSPENSE)]).toEqual(['450.00', '0.00']);
});

it('comes back from one of them, and is used for another by hand', async () => {
  const share = await receipt((await receipt('rcp_1')).passedOn[1]!.receiptId);
  seen = (await receipts.unapplyReceipt(UnapplyReceiptRequest.fromPartial({ ...wish(), receiptId: share.receiptId, applicationGroupId: share.applicationGroups[0]!.applicationGroupId } as never))).position;
  expect(await receipt('rcp_1')).toMatchObject({ unapplied: eur('300.00'), passedOn: [{ returned: false }, { returned: true }] });
  const answer = await receipts.applyReceipt(ApplyReceiptRequest.fromPartial({ ...wish(), receiptId: 'rcp_1', applications: [{ itemId: 'oit_2_1', amount: eur('50.00') }, { itemId: 'oit_1_1', amount: eur('100.00') }] } as never));
  seen = answer.position;
  expect(answer.receipt).toMatchObject({ applied: eur('100.00'), unapplied: eur('150.00'), passedOn: [{ returned: false }, { returned: true }, { customerId: 'one', amount: eur('50.00') }] });
  expect(answer.receipt!.lastAttempt).toMatchObject({ unapplied: eur('150.00'), applications: [{ amount: eur('100.00') }], passedOn: [{ customerId: 'one', amount: eur('50.00') }] });
  expect(await balances()).toEqual(['-150.00', '0.00', '300.00']);
});

it('tells of each attempt what was passed on, and to whom', async () => {
  const { attempts } = await receipts.explainApplication(ExplainApplicationRequest.fromPartial({ tenantId, minPosition: seen, receiptId: 'rcp_1' } as never));
  expect(attempts.map((a) => [a.date, a.unapplied!.value, a.applications.map((i) => i.amount!.value), a.passedOn.map((p) => [p.customerId, p.amount!.value])])).toEqual([
    [today, '0.00', [], [['one', '150.00'], ['two', '300.00']]],
    [today, '150.00', ['100.00'], [['one', '50.00']]],
  ]);
});

it('goes back as a whole when the bank takes it back', async () => {
  seen = (await receipts.reverseReceipt(ReverseReceiptRequest.fromPartial({ ...wish(), receiptId: 'rcp_1', kind: ReversalKind.RETURN, code: 'AM04' } as never))).position;
  expect(await receipt('rcp_1')).toMatchObject({ status: ReceiptStatus.REVERSED, passedOn: [{ returned: true }, { returned: true }, { returned: true }] });
  expect(await balances()).toEqual(['100.00', '200.00', '300.00']);
  expect([await inBooks(LedgerAccount.CASH), await inBooks(LedgerAccount.SUSPENSE), await inBooks(LedgerAccount.RECEIVABLES)]).toEqual(['0.00', '0.00', '600.00']);
});

it('is known by whom it pays for, and pays no more for who is unlinked', async () => {
  expect(await record('rcp_2', '500.00', { remitter: { remittance: 'RE-2026-002, RE-2026-003' } })).toMatchObject({ customerId: 'parent', unapplied: eur('0.00') });
  seen = (await payers.unlinkPayer(UnlinkPayerRequest.fromPartial({ ...wish(), payerCustomerId: 'parent', customerId: 'two', validUntil: '2026-03-09' } as never))).position;
  const { links } = await payers.listPayerLinks(ListPayerLinksRequest.fromPartial({ tenantId, minPosition: seen } as never));
  expect(links.map((l) => [l.customerId, l.validFrom, l.validUntil])).toEqual([['one', '2026-03-01', ''], ['two', '2026-03-01', '2026-03-09']]);
});

const announce = async (remittanceAdviceId: string, nets: Readonly<Record<string, string>>, more: object = {}) => {
  const lines = Object.entries(nets).map(([reference, net]) => ({ reference, gross: eur(net), net: eur(net) }));
  const answer = await advices.recordRemittanceAdvice(RecordRemittanceAdviceRequest.fromPartial({ ...wish(), remittanceAdviceId, total: eur(Object.values(nets).reduce((sum, v) => sum + Number(v), 0).toFixed(2)), lines, ...more } as never));
  seen = answer.position;
  return answer.remittanceAdvice!;
};
const match = async (remittanceAdviceId: string, receiptId: string) => {
  const answer = await advices.matchRemittanceAdvice(MatchRemittanceAdviceRequest.fromPartial({ ...wish(), remittanceAdviceId, receiptId } as never));
  seen = answer.position;
  return answer.remittanceAdvice!;
};

it('pays what its advice says of others, when that comes after its money', async () => {
  await invoice(9, 'one', 80_00);
  await invoice(10, 'parent', 20_00);
  expect(await record('rcp_9', '100.00', { bankReference: 'TRN-9' })).toMatchObject({ customerId: '~unidentified' });
  expect(await announce('rma_9', { 'RE-2026-009': '80.00', 'RE-2026-010': '20.00' }, { reference: 'TRN-9' })).toMatchObject({ customerId: 'parent', status: RemittanceAdviceStatus.MATCHED, receiptId: 'rcp_9' });
  expect(await receipt('rcp_9')).toMatchObject({ customerId: 'parent', applied: eur('20.00'), unapplied: eur('0.00'), passedOn: [{ customerId: 'one', amount: eur('80.00') }] });
});

it('pays what its advice says of others, when a person says which receipt it is about', async () => {
  await invoice(11, 'one', 30_00);
  await record('rcp_10', '30.00', { customerId: 'parent', onAccount: true });
  expect(await announce('rma_10', { 'RE-2026-011': '30.00' }, { customerId: 'parent' })).toMatchObject({ status: RemittanceAdviceStatus.WAITING });
  await match('rma_10', 'rcp_10');
  expect(await receipt('rcp_10')).toMatchObject({ unapplied: eur('0.00'), passedOn: [{ customerId: 'one', amount: eur('30.00') }] });
});

it('has its advice under its name once that is matched, though nobody was known before', async () => {
  await record('rcp_11', '12.00', { customerId: 'parent', onAccount: true });
  expect(await announce('rma_11', { 'of somebody': '12.00' })).toMatchObject({ customerId: '~unidentified', status: RemittanceAdviceStatus.WAITING });
  expect(await match('rma_11', 'rcp_11')).toMatchObject({ customerId: 'parent', status: RemittanceAdviceStatus.MATCHED });
  const listed = async (customerId: string) => (await advices.listRemittanceAdvices(ListRemittanceAdvicesRequest.fromPartial({ tenantId, minPosition: seen, filter: `customer_id = "${customerId}"` } as never))).remittanceAdvices.map((a) => a.remittanceAdviceId);
  expect([await listed('parent'), await listed('~unidentified')]).toEqual([['rma_10', 'rma_11', 'rma_9'], []]);
});

it('does not exchange its money for items of others, and says so', async () => {
  await invoice(12, 'one', 10_00, '2026-04-09', 'USD');
  const asked_ = receipts.applyReceipt(ApplyReceiptRequest.fromPartial({ ...wish(), receiptId: 'rcp_11', applications: [{ itemId: 'oit_12_1', amount: { currencyCode: 'USD', value: '10.00' } }], rate: '0.9' } as never));
  expect(await asked_.then(() => 'answered', (e: unknown) => apiError(e, '').reason)).toBe('EXCHANGE_OF_ANOTHER_CUSTOMER');
});
