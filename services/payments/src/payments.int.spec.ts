import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import { GetAccountRequest, ListOpenItemsRequest } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { BatchRequest } from '@ar/contracts/gen/ar/payments/v1/batch_service.js';
import { PaymentMethod, ReversalKind } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import { ApplyReceiptRequest, IdentifyReceiptRequest, ListReceiptsRequest, ReceiptStatus, RecordReceiptRequest, ReverseReceiptRequest, UnapplyReceiptRequest } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { GetAgingRequest, GetTrialBalanceRequest, LedgerAccount, ListJournalEntriesRequest } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { daysAfter } from '@ar/domain/day.js';
import { total } from '@ar/domain/money.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import type { EventLog } from '@ar/event-log/event-log.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import { Api } from '@ar/platform/api.js';
import { apiError } from '@ar/platform/errors.js';
import { Pages } from '@ar/platform/lists.js';
import { migrateService } from '@ar/runtime/migrations.js';
import { wirePolicies } from '@ar/runtime/policy-contract.js';
import { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { AccountGrpc } from './api/account.grpc.js';
import { BatchGrpc } from './api/batch.grpc.js';
import { ReceiptGrpc } from './api/receipt.grpc.js';
import { ReportGrpc } from './api/report.grpc.js';
import { UNIDENTIFIED } from './domain/account.js';
import { Elsewhere } from './elsewhere.world.js';
import { derivedReceiptId } from './domain/receipt-id.js';
import { payments } from './payments.service.js';

let postgres: Postgres;
let log: EventLog;
let runtime: ServiceRuntime;
let receipts: ReceiptGrpc;
let accounts: AccountGrpc;
let reports: ReportGrpc;
let batches: BatchGrpc;
let invoicing: Elsewhere;
let credit: Elsewhere;
let collections: Elsewhere;
const errors: Error[] = [];
const tenantId = 't1';
const of = { tenant: tenantId };
let today = '2026-03-02';

const openDay = async (date: string): Promise<Position> => {
  today = date;
  return invoicing.tell('BusinessDayOpened', { ...of, customer: '', subject: `tenant/${tenantId}`, on: date, data: { tenantId, date } });
};
const eur = (minor: number) => ({ minor, currency: 'EUR' });
const issue = (invoiceId: string, customer: string, minor: number, dueDate = '2026-03-05') => invoicing.tell('InvoiceIssued', {
  ...of, customer, subject: `invoice/${invoiceId}`, on: today,
  data: { invoiceId, number: invoiceId.replace('inv_', 'R-'), customerId: customer, currencyCode: 'EUR', issueDate: today, net: eur(minor - 16), tax: eur(16), total: eur(minor), instalments: [{ seq: 1, dueDate, amount: eur(minor) }] },
});
const voided = (invoiceId: string, customer: string, minor: number) => invoicing.tell('InvoiceVoided', {
  ...of, customer, subject: `invoice/${invoiceId}`, on: today, data: { invoiceId, number: invoiceId.replace('inv_', 'R-'), customerId: customer, total: eur(minor), issueDate: today, voidDate: today, reason: 'wrong', instalments: 1 },
});

beforeAll(async () => {
  postgres = await startPostgres();
  const { ownerUrl, url } = await postgres.store();
  await migrateService(ownerUrl, 'ar_service');
  log = await openPostgresLog({ url: await postgres.database(), partitions: 3 });
  runtime = new ServiceRuntime({ service: payments, url, log, role: 'all', clock: 'simulated', onError: (e) => errors.push(e) });
  await runtime.start();
  const api = new Api(runtime, new Pages('a key of sixteen or more'), true);
  [receipts, accounts, reports, batches] = [new ReceiptGrpc(api), new AccountGrpc(api), new ReportGrpc(api), new BatchGrpc(api)];
  [invoicing, credit, collections] = [new Elsewhere(log, 'invoicing'), new Elsewhere(log, 'credit'), new Elsewhere(log, 'collections')];
  await invoicing.tell('TenantRegistered', { ...of, customer: '', subject: `tenant/${tenantId}`, on: today, data: { tenantId, baseCurrency: 'EUR', timeZone: 'Europe/Berlin', details: { legalName: 'Seller' }, policies: wirePolicies(defaultPolicies), firstBusinessDay: today } });
  let seen = await openDay(today);
  for (const customer of ['c1', 'c2']) seen = await credit.tell('CustomerRegistered', { ...of, customer, subject: `customer/${customer}`, on: today, data: { customerId: customer } });
  await ties(seen);
}, 60_000);
afterAll(async () => { await runtime.stop(); await log.close(); await postgres.stop(); });

let requests = 0;
const asked = () => ({ tenantId, requestId: `r-${++requests}`, actor: 'anna', reason: 'test' });
const amount = (value: string) => ({ currencyCode: 'EUR', value });
const recording = (receiptId: string, value: string, more: object = {}) => RecordReceiptRequest.fromPartial({ ...asked(), receiptId, customerId: 'c1', amount: amount(value), method: PaymentMethod.BANK_TRANSFER, ...more });
const minor = (a: { value: string } | undefined) => BigInt(a!.value.replace('.', ''));
const accountOf = (customerId: string, minPosition?: Position, asOf?: object) => accounts.getAccount(GetAccountRequest.fromPartial({ tenantId, customerId, currencyCode: 'EUR', minPosition, asOf } as never));
const openOf = async (customerId: string, minPosition?: Position) => {
  const { account, controlTotal } = await accountOf(customerId, minPosition);
  expect(controlTotal).toEqual(account!.balance);
  return [account!.open!.value, account!.unapplied!.value];
};
const reason = (call: Promise<unknown>) => call.then(() => 'answered', (e: unknown) => apiError(e, '').reason);

/** Every report equals its control total, and they all equal the journal. */
async function ties(minPosition?: Position) {
  const aging = await reports.getAging(GetAgingRequest.fromPartial({ tenantId, byCustomer: true, minPosition } as never));
  for (const a of [...aging.agings, ...aging.customers.map((c) => c.aging!)]) {
    expect(minor(a.controlTotal)).toBe(minor(a.open) - minor(a.unapplied));
    expect(total(a.buckets.map((b) => minor(b.open)))).toBe(minor(a.open));
  }
  const { rows, controlTotals } = await reports.getTrialBalance(GetTrialBalanceRequest.fromPartial({ tenantId }));
  expect(total(rows.map((r) => minor(r.balance)))).toBe(0n);
  const control = rows.filter((r) => [LedgerAccount.RECEIVABLES, LedgerAccount.UNAPPLIED_CASH].includes(r.account)).map((r) => minor(r.balance));
  expect(total(control)).toBe(total(aging.agings.map((a) => minor(a.controlTotal))));
  const items = await accounts.listOpenItems(ListOpenItemsRequest.fromPartial({ tenantId, currencyCode: 'EUR' }));
  expect(total(items.openItems.map((i) => minor(i.open)))).toBe(minor(items.controlTotal));
  const journal = await reports.listJournalEntries(ListJournalEntriesRequest.fromPartial({ tenantId, pageSize: 500 }));
  expect(journal.controlTotals).toEqual(controlTotals);
  expect(total(journal.entries.map((e) => minor(e.amount)))).toBe(total(journal.controlTotals.map(minor)));
  return aging;
}

describe('an invoice of 100.00 that a receipt of 60.00 pays', () => {
  const record = () => RecordReceiptRequest.fromPartial({ tenantId, requestId: 'the-receipt', actor: 'anna', receiptId: 'rcp_1', customerId: 'c1', amount: amount('60.00'), method: PaymentMethod.BANK_TRANSFER, documents: [{ reference: 'R-1' }] });
  let first: Awaited<ReturnType<ReceiptGrpc['recordReceipt']>>;

  it('is open when it was read', async () => {
    const issued = await issue('inv_1', 'c1', 10_000);
    expect(await openOf('c1', issued)).toEqual(['100.00', '0.00']);
    await ties();
  });
  it('is paid in part, in the same answer, and seen by who waits for it', async () => {
    first = await receipts.recordReceipt(record());
    expect(first.receipt).toMatchObject({ receiptId: 'rcp_1', status: ReceiptStatus.APPLIED, applied: amount('60.00'), applicationGroups: [{ amount: amount('60.00'), undone: false }] });
    expect(await openOf('c1', first.position)).toEqual(['40.00', '0.00']);
    await ties();
  });
  it('is not paid twice: the same request gets the first answer, another one under its id is refused', async () => {
    expect(await receipts.recordReceipt(record())).toEqual(first);
    expect(await reason(receipts.recordReceipt({ ...record(), amount: amount('61.00') }))).toBe('REQUEST_ID_REUSED');
    expect(await reason(receipts.recordReceipt({ ...record(), requestId: 'another' }))).toBe('RECEIPT_EXISTS');
  });
  it('is open again when the group is taken back; the first request still gets its first answer', async () => {
    const { position, receipt } = await receipts.unapplyReceipt(UnapplyReceiptRequest.fromPartial({ ...asked(), receiptId: 'rcp_1', applicationGroupId: first.receipt!.applicationGroups[0]!.applicationGroupId }));
    expect(receipt!.applicationGroups[0]).toMatchObject({ undone: true, undoneReason: 'test' });
    expect(await openOf('c1', position)).toEqual(['100.00', '60.00']);
    expect(await receipts.recordReceipt(record())).toEqual(first);
    await ties();
  });
  it('is paid by a person, who may ask first', async () => {
    const apply = (more: object) => receipts.applyReceipt(ApplyReceiptRequest.fromPartial({ ...asked(), receiptId: 'rcp_1', applications: [{ itemId: 'oit_1_1', amount: amount('50.00') }], ...more }));
    expect((await apply({ validateOnly: true })).receipt!.applied).toEqual(amount('50.00'));
    expect(await openOf('c1')).toEqual(['100.00', '60.00']);
    expect(await reason(apply({ applications: [{ itemId: 'oit_1_1', amount: amount('60.01') }] }))).toBe('RECEIPT_OVER_APPLIED');
    expect(await reason(apply({ expectedVersion: 1n }))).toBe('VERSION_MISMATCH');
    expect(await openOf('c1', (await apply({})).position)).toEqual(['50.00', '10.00']);
    await ties();
  });
  it('is explained', async () => {
    const { attempts } = await receipts.explainApplication({ tenantId, receiptId: 'rcp_1', minPosition: undefined });
    expect(attempts.map((a) => [a.date, a.applications.length, a.unapplied!.value, a.policyVersion])).toEqual([['2026-03-02', 1, '0.00', 1], ['2026-03-02', 1, '10.00', 0]]);
    expect(attempts[0]!.trace[0]).toMatchObject({ applied: true });
  });
  it('is open in full when the bank takes the money back', async () => {
    const { receipt, position } = await receipts.reverseReceipt(ReverseReceiptRequest.fromPartial({ ...asked(), receiptId: 'rcp_1', kind: ReversalKind.RETURN, code: 'AM04' }));
    expect(receipt).toMatchObject({ status: ReceiptStatus.REVERSED, reversalCode: 'AM04' });
    expect(await openOf('c1', position)).toEqual(['100.00', '0.00']);
    await ties();
  });
  it('is closed by a void, which frees what was applied meanwhile', async () => {
    await receipts.recordReceipt(recording('rcp_2', '100.00'));
    const seen = await voided('inv_1', 'c1', 10_000);
    expect(await openOf('c1', seen)).toEqual(['0.00', '100.00']); // finished by payments' own note: who waits for the void waits for that too
    await ties();
    const list = (includeSettled: boolean) => accounts.listOpenItems(ListOpenItemsRequest.fromPartial({ tenantId, customerId: 'c1', currencyCode: 'EUR', includeSettled }));
    expect((await list(false)).openItems).toEqual([]);
    expect((await list(true)).openItems).toMatchObject([{ item: { itemId: 'oit_1_1', original: amount('100.00') }, open: amount('0.00'), lastSettledOn: '2026-03-02', daysPastDue: 0 }]);
  });
});

describe('money of nobody known', () => {
  it('is in suspense, and in no aging, until it is identified', async () => {
    const { position } = await receipts.recordReceipt(recording('rcp_3', '30.00', { customerId: '' }));
    expect(await openOf(UNIDENTIFIED, position)).toEqual(['0.00', '30.00']);
    expect((await ties()).customers.map((c) => c.customerId)).toEqual(['c1']);
    const identified = await receipts.identifyReceipt(IdentifyReceiptRequest.fromPartial({ ...asked(), receiptId: 'rcp_3', customerId: 'c2' }));
    expect(await openOf(UNIDENTIFIED, identified.position)).toEqual(['0.00', '0.00']);
    expect(await openOf('c2')).toEqual(['0.00', '30.00']);
    await ties();
  });
});

describe('a disputed item', () => {
  it('is left out by the rules and said to be', async () => {
    await issue('inv_2', 'c2', 8_000, '2026-03-03'); // 30.00 waits, and pays a part of it
    const seen = await collections.tell('DisputeOpened', { ...of, customer: 'c2', subject: 'dispute/dsp_1', on: today, data: { disputeId: 'dsp_1', customerId: 'c2', items: [{ itemId: 'oit_2_1', amount: eur(5_000) }], amount: eur(5_000) } });
    const { receipt, position } = await receipts.recordReceipt({ ...recording('rcp_4', '50.00', { customerId: 'c2' }), minPosition: seen });
    expect(receipt!.status).toBe(ReceiptStatus.UNAPPLIED);
    expect(await openOf('c2', position)).toEqual(['50.00', '50.00']);
    await ties();
  });
});

describe('another day', () => {
  it('makes items past due; what was known before is answered as before', async () => {
    const asOf = { effectiveDate: '2026-03-02', known: { $case: 'knownOn', value: '2026-03-02' } };
    await issue('inv_4', 'c1', 10_050, '2026-04-30');
    const before = await accountOf('c1', undefined, asOf);
    expect(before.asOf!.closed).toBe(false);
    const seen = await openDay('2026-03-05');
    const { agings, policyVersion } = await ties(seen);
    expect(policyVersion).toBe(1);
    expect(agings).toMatchObject([{ buckets: [{ name: 'current', open: amount('0.50') }, { name: 'd1_30', open: amount('50.00'), fromDays: 1, toDays: 30 }, { name: 'd31_60' }, { name: 'd61_90', toDays: 90 }, { name: 'd90_plus', fromDays: 91 }], openItems: 2n }]);
    expect((await accountOf('c2')).account!.pastDue).toEqual(amount('50.00'));
    const closed = await accountOf('c1', undefined, asOf);
    expect(closed.asOf!.closed).toBe(true);
    await receipts.recordReceipt(recording('rcp_5', '0.50', { valueDate: '2026-03-02' }));
    expect(await accountOf('c1', undefined, asOf)).toEqual(closed);
    await ties();
  });
  it('is not one on which money may come from the future', async () => expect(await reason(receipts.recordReceipt(recording('rcp_6', '1.00', { valueDate: '2026-03-06' })))).toBe('VALUE_DATE_IN_FUTURE'));
});

describe('a list', () => {
  it('has pages of one past, whatever is recorded between them', async () => {
    const page = (pageToken: string, pageSize = 1) => accounts.listOpenItems(ListOpenItemsRequest.fromPartial({ tenantId, currencyCode: 'EUR', pageSize, pageToken, includeSettled: true }));
    const whole = await page('', 500);
    const seen: string[] = [];
    let token = '';
    do {
      const { openItems, nextPageToken, controlTotal } = await page(token);
      seen.push(...openItems.map((i) => i.item!.itemId));
      expect(controlTotal).toEqual(whole.controlTotal);
      await issue(`inv_9${seen.length}`, 'c1', 1_000, '2026-03-03');
      await receipts.recordReceipt(recording(`rcp_9${seen.length}`, '1.00', { onAccount: true }));
      token = nextPageToken;
    } while (token !== '');
    expect(seen).toEqual(whole.openItems.map((i) => i.item!.itemId));
    const { nextPageToken } = await page('');
    expect(await reason(accounts.listOpenItems(ListOpenItemsRequest.fromPartial({ tenantId, currencyCode: 'EUR', pageToken: nextPageToken })))).toBe('PAGE_TOKEN_INVALID');
    expect(await reason(page('', -1))).toBe('FIELD_INVALID');
  });
  it('of customers has the largest open first, of entries those recorded since', async () => {
    await ties(await issue('inv_5', 'c2', 99_900));
    const aging = (pageToken: string) => reports.getAging(GetAgingRequest.fromPartial({ tenantId, byCustomer: true, pageSize: 1, pageToken }));
    const [one, known] = [await aging(''), (await reports.listJournalEntries(ListJournalEntriesRequest.fromPartial({ tenantId }))).asOf!.known];
    expect([one.customers[0]!.customerId, (await aging(one.nextPageToken)).customers[0]!.customerId]).toEqual(['c2', 'c1']);
    const { position } = await receipts.recordReceipt(recording('rcp_7', '7.00', { onAccount: true }));
    const since = await reports.listJournalEntries(ListJournalEntriesRequest.fromPartial({ tenantId, recordedAfter: known, minPosition: position }));
    expect(since).toMatchObject({ entries: [{ debit: LedgerAccount.CASH, credit: LedgerAccount.UNAPPLIED_CASH, amount: amount('7.00'), subjectId: 'rcp_7', customerId: 'c1' }], controlTotals: [amount('7.00')], nextPageToken: '' });
  });
  it('of receipts is filtered and ordered', async () => {
    const list = (filter: string, orderBy = '') => receipts.listReceipts(ListReceiptsRequest.fromPartial({ tenantId, filter, orderBy }));
    expect((await list('status = reversed')).receipts.map((r) => r.receiptId)).toEqual(['rcp_1']);
    expect((await list('customer_id = c2 AND value_date <= 2026-03-02', 'receipt_id desc')).receipts.map((r) => r.receiptId)).toEqual(['rcp_4', 'rcp_3']);
    expect(await reason(list('amount > 3'))).toBe('FILTER_INVALID');
  });
});

describe('a batch', () => {
  it('answers each of its items', async () => {
    const value = recording('rcp_b1', '1.00');
    const { answers, position } = await batches.batch(BatchRequest.fromPartial({ tenantId, items: [{ command: { $case: 'recordReceipt', value } }, { command: { $case: 'identifyReceipt', value: { ...asked(), receiptId: 'rcp_0', customerId: 'c1' } } }, {}] }));
    expect(answers.map((a) => a.answer!.$case)).toEqual(['recordReceipt', 'error', 'error']);
    await ties(position);
  });
});

describe('bad input', () => {
  it.each([
    ['no amount', { amount: undefined }, 'amount'], ['too precise', { amount: amount('1.001') }, 'amount.value'], ['not above zero', { amount: amount('0') }, 'amount.value'], ['no method', { method: PaymentMethod.UNSPECIFIED }, 'method'],
    ['a long reference', { documents: [{ reference: 'x'.repeat(65) }] }, 'documents[0].reference'], ['another currency', { documents: [{ reference: 'R-1', amount: { currencyCode: 'USD', value: '1.00' } }] }, 'documents[0].amount.currency_code'],
    ['the reserved customer', { customerId: UNIDENTIFIED }, 'customer_id'], ['a long text', { remitter: { remittance: 'x'.repeat(1_001) } }, 'remitter.remittance'], ['not a day', { valueDate: '2026-02-30' }, 'value_date'], ['an id that a bank line may have', { receiptId: derivedReceiptId('bst_1', '1') }, 'receipt_id'],
  ])('%s is told by its field', async (_what, more, field) => {
    const error = await receipts.recordReceipt(recording('rcp_x', '1.00', more)).then(() => undefined, (e: unknown) => apiError(e, ''));
    expect(error?.metadata).toEqual({ field });
  });
  it('of queries too', async () => {
    expect(await reason(accountOf('c9'))).toBe('ACCOUNT_NOT_FOUND');
    expect(await reason(receipts.getReceipt({ tenantId, receiptId: 'rcp_0', minPosition: undefined }))).toBe('RECEIPT_NOT_FOUND');
    expect(await reason(reports.getTrialBalance(GetTrialBalanceRequest.fromPartial({ tenantId: 'nobody' })))).toBe('TENANT_NOT_FOUND');
    expect(await reason(reports.getTrialBalance(GetTrialBalanceRequest.fromPartial({ tenantId, currencyCode: 'XXX' })))).toBe('CURRENCY_UNKNOWN');
    expect(await reason(reports.listJournalEntries(ListJournalEntriesRequest.fromPartial({ tenantId, recordedAfter: -1n })))).toBe('FIELD_INVALID');
  });
});

describe('invoices that are together more than any amount', () => {
  it('are summed exactly, in every report', async () => {
    const most = { minor: Number.MAX_SAFE_INTEGER, currency: 'JPY' };
    for (const [i, dueDate] of ['2026-02-01', today, today].entries()) {
      await invoicing.tell('InvoiceIssued', { ...of, customer: 'c2', subject: `invoice/inv_most${i}`, on: today, data: { invoiceId: `inv_most${i}`, number: `M-${i}`, customerId: 'c2', currencyCode: 'JPY', issueDate: '2026-01-15', net: most, tax: { ...most, minor: 0 }, total: most, instalments: [{ seq: 1, dueDate, amount: most }] } });
    }
    const { agings, customers } = await ties(await openDay(daysAfter(today, 1)));
    const [all, one] = ['27021597764222973', '9007199254740991'];
    for (const a of [agings.find((x) => x.currencyCode === 'JPY'), customers.find((c) => c.aging!.currencyCode === 'JPY')?.aging]) {
      expect([a!.open!.value, a!.controlTotal!.value, a!.buckets.map((b) => b.open!.value)]).toEqual([all, all, ['0', '18014398509481982', one, '0', '0']]);
    }
    const { account, controlTotal } = await accounts.getAccount(GetAccountRequest.fromPartial({ tenantId, customerId: 'c2', currencyCode: 'JPY' }));
    expect([account!.open!.value, account!.pastDue!.value, account!.balance!.value, controlTotal!.value]).toEqual([all, all, all, all]);
    const { rows, controlTotals } = await reports.getTrialBalance(GetTrialBalanceRequest.fromPartial({ tenantId, currencyCode: 'JPY' }));
    expect([controlTotals, rows.map((r) => r.balance!.value)]).toEqual([[{ currencyCode: 'JPY', value: all }], [all, `-${all}`]]);
    expect((await reports.listJournalEntries(ListJournalEntriesRequest.fromPartial({ tenantId, currencyCode: 'JPY' }))).controlTotals).toEqual(controlTotals);
  });
});

describe('all of it', () => {
  it('made no error in the background, parked nobody and stopped nothing', async () => {
    expect(errors).toEqual([]);
    expect(await runtime.live.read(async (client) => (await client.query('select customer, error from parked')).rows)).toEqual([]);
    expect(runtime.trouble()).toEqual([]);
  });
});
