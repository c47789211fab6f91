// Accounting periods on a real store and log: what is late, what is refused, and what is decided while a period is closed.
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import pg from 'pg';
import { lastValueFrom, toArray } from 'rxjs';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import { ListOpenItemsRequest } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { BatchRequest } from '@ar/contracts/gen/ar/payments/v1/batch_service.js';
import { ClosePeriodRequest, GetBooksRequest, ReopenPeriodRequest } from '@ar/contracts/gen/ar/payments/v1/period_service.js';
import { CutLedgerBatchRequest, ExportLedgerRequest, ListLedgerBatchesRequest } from '@ar/contracts/gen/ar/payments/v1/ledger_service.js';
import { PaymentMethod } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import { RecordReceiptRequest } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { GetTrialBalanceRequest, LedgerAccount, ListJournalEntriesRequest } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { GetStatementRequest } from '@ar/contracts/gen/ar/payments/v1/statement_service.js';
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
import { cutLedgerBatchRpc, LedgerGrpc } from './api/ledger.grpc.js';
import { PeriodGrpc } from './api/period.grpc.js';
import { ReceiptGrpc } from './api/receipt.grpc.js';
import { ReportGrpc } from './api/report.grpc.js';
import { StatementGrpc } from './api/statement.grpc.js';
import { Elsewhere } from './elsewhere.world.js';
import { payments } from './payments.service.js';

let postgres: Postgres;
let log: EventLog;
let runtime: ServiceRuntime;
let owner: pg.Client;
let api: Api;
let invoicing: Elsewhere;
const tenantId = 't1';
const of = { tenant: tenantId };
const eur = (minor: number) => ({ minor, currency: 'EUR' });
const openDay = (date: string): Promise<Position> => invoicing.tell('BusinessDayOpened', { ...of, customer: '', subject: `tenant/${tenantId}`, on: date, data: { tenantId, date } });
const issue = (n: number, customer: string, issueDate: string) => invoicing.tell('InvoiceIssued', {
  ...of, customer, subject: `invoice/inv_${n}`, on: issueDate,
  data: { invoiceId: `inv_${n}`, number: `R-${n}`, customerId: customer, currencyCode: 'EUR', issueDate, net: eur(100_00), tax: eur(0), total: eur(100_00), instalments: [{ seq: 1, dueDate: '2026-04-15', amount: eur(100_00) }] },
});

beforeAll(async () => {
  postgres = await startPostgres();
  const { ownerUrl, url } = await postgres.store();
  await migrateService(ownerUrl, 'ar_service');
  owner = new pg.Client(ownerUrl);
  await owner.connect();
  log = await openPostgresLog({ url: await postgres.database(), partitions: 3 });
  runtime = new ServiceRuntime({ service: payments, url, log, role: 'all', clock: 'simulated', onError: () => undefined });
  await runtime.start();
  api = new Api(runtime, new Pages('a key of sixteen or more'), true);
  invoicing = new Elsewhere(log, 'invoicing');
  const credit = new Elsewhere(log, 'credit');
  await invoicing.tell('TenantRegistered', { ...of, customer: '', subject: `tenant/${tenantId}`, on: '2026-03-02', data: { tenantId, baseCurrency: 'EUR', timeZone: 'Europe/Berlin', details: { legalName: 'Seller' }, policies: wirePolicies({ ...defaultPolicies, chart: { accounts: [{ account: LedgerAccount.CASH, code: '1800' }] } }), firstBusinessDay: '2026-03-02' } });
  await openDay('2026-03-02');
  let seen: Position | undefined;
  for (const customer of ['c1', 'c2', 'c3', 'c4']) seen = await credit.tell('CustomerRegistered', { ...of, customer, subject: `customer/${customer}`, on: '2026-03-02', data: { customerId: customer } });
  await api.reach({ minPosition: seen });
}, 60_000);
afterAll(async () => { await runtime.stop(); await owner.end(); await log.close(); await postgres.stop(); }, 60_000);

let requests = 0;
const asked = (actor = 'anna') => ({ tenantId, requestId: `r-${++requests}`, actor, reason: 'test' });
const close = (lastDate: string, more: object = {}) => new PeriodGrpc(api).closePeriod(ClosePeriodRequest.fromPartial({ ...asked(), lastDate, ...more }));
const reopen = (lastDate: string, actor: string) => new PeriodGrpc(api).reopenPeriod(ReopenPeriodRequest.fromPartial({ ...asked(actor), lastDate }));
const receive = (receiptId: string, customerId: string, valueDate: string, onAccount = true) => new ReceiptGrpc(api).recordReceipt(RecordReceiptRequest.fromPartial({ ...asked(), receiptId, customerId, amount: { currencyCode: 'EUR', value: '10.00' }, method: PaymentMethod.BANK_TRANSFER, valueDate, onAccount }));
const reason = (call: Promise<unknown>) => call.then(() => 'answered', (e: unknown) => apiError(e, '').reason);
const balance = async (effectiveDate: string, minPosition?: Position) => (await new ReportGrpc(api).getTrialBalance(GetTrialBalanceRequest.fromPartial({ tenantId, asOf: { effectiveDate, known: undefined }, minPosition } as never))).rows;
const entry = async (subjectId: string, minPosition?: Position) => {
  const { entries } = await new ReportGrpc(api).listJournalEntries(ListJournalEntriesRequest.fromPartial({ tenantId, pageSize: 500, minPosition } as never));
  return entries.filter((e) => e.subjectId === subjectId).map((e) => [e.effectiveDate, e.originalDate, e.businessDate]);
};
const items = async (effectiveDate: string) => (await new AccountGrpc(api).listOpenItems(ListOpenItemsRequest.fromPartial({ tenantId, currencyCode: 'EUR', includeSettled: true, asOf: { effectiveDate, known: undefined } } as never))).openItems.map((i) => i.item!.itemId);

describe('March', () => {
  it('cannot be closed before it is over everywhere', async () => {
    await api.reach({ minPosition: await issue(1, 'c1', '2026-03-02') });
    expect(await reason(close('2026-03-31'))).toBe('PERIOD_NOT_OVER');
    await api.reach({ minPosition: await openDay('2026-04-01') });
    expect(await reason(close('2026-04-01'))).toBe('PERIOD_NOT_OVER');
    expect(await reason(close('2026-03-31', { validateOnly: true }))).toBe('answered');
  });
  it('cannot be closed while journal and items disagree', async () => {
    const { rows: [live] } = await owner.query<{ schema: string }>('select schema from rt.live');
    await owner.query(`update ${live!.schema}.item_span set open_minor = open_minor + 1 where item_id = 'oit_1_1'`);
    expect(await reason(close('2026-03-31'))).toBe('LEDGER_DOES_NOT_TIE');
    await owner.query(`update ${live!.schema}.item_span set open_minor = open_minor - 1 where item_id = 'oit_1_1'`);
  });

  it('is closed once, and says what it ends with', async () => {
    const { books, version, position } = await close('2026-03-31');
    expect([books, version]).toEqual([{ firstOpenDate: '2026-04-01', closed: [{ lastDate: '2026-03-31', closedBy: 'anna', businessDate: '2026-04-01', controlTotals: [{ currencyCode: 'EUR', value: '100.00' }] }] }, 1n]);
    expect(await new PeriodGrpc(api).getBooks(GetBooksRequest.fromPartial({ tenantId, minPosition: position } as never))).toEqual({ books, version });
    expect(await reason(close('2026-03-31'))).toBe('PERIOD_CLOSED');
  });

  it('does not change by what comes late: that counts from the first open day, with its own kept', async () => {
    const before = await balance('2026-03-31');
    const issued = await issue(2, 'c1', '2026-03-28');
    const { receipt, position } = await receive('rcp_late', 'c1', '2026-03-20', false);
    expect(receipt).toMatchObject({ valueDate: '2026-03-20' });
    expect(await balance('2026-03-31', position)).toEqual(before);
    expect(await entry('rcp_late', position)).toEqual([['2026-04-01', '2026-03-20', '2026-04-01']]);
    expect(await entry('oit_2_1', issued)).toEqual([['2026-04-01', '2026-03-28', '2026-04-01']]);
    expect([await items('2026-03-31'), await items('2026-04-01')]).toEqual([['oit_1_1'], ['oit_1_1', 'oit_2_1']]);
    const { lines } = await new StatementGrpc(api).getStatement(GetStatementRequest.fromPartial({ tenantId, customerId: 'c1', currencyCode: 'EUR' } as never));
    expect(lines.map((l) => [l.subjectId, l.date, l.originalDate])).toEqual(expect.arrayContaining([['oit_2_1', '2026-04-01', '2026-03-28'], ['rcp_late', '2026-04-01', '2026-03-20']]));
  });

  it('is opened again by someone else; what was booked meanwhile stays where it counts', async () => {
    expect(await reason(reopen('2026-03-31', 'anna'))).toBe('PERIOD_SAME_PERSON');
    expect(await reason(reopen('2026-02-28', 'otto'))).toBe('PERIOD_NOT_CLOSED');
    expect((await reopen('2026-03-31', 'otto')).books).toEqual({ firstOpenDate: '', closed: [] });
    const { position } = await receive('rcp_in-march', 'c2', '2026-03-20');
    expect([await entry('rcp_in-march', position), await entry('rcp_late')]).toEqual([[['2026-03-20', '', '2026-04-01']], [['2026-04-01', '2026-03-20', '2026-04-01']]]);
  });
});

it('whatever is decided while a period is closed is before it or after it', async () => {
  const wishes = Array.from({ length: 240 }, (_, i) => () => receive(`rcp_race-${i}`, `c${1 + (i % 4)}`, '2026-03-25'));
  const racing = wishes.slice(0, 120).map((w) => w());
  const closing = close('2026-03-31');
  const answers = await Promise.all([...racing, ...wishes.slice(120).map((w) => w())]);
  const { position } = await closing;
  const closedAt = Number(Object.values(position!.sequences as unknown as Record<string, bigint>)[0] ?? [...(position!.sequences as unknown as Map<string, bigint>).values()][0]);
  const { rows } = await owner.query<{ sequence: string; effective: string; original: string | null }>(`select sequence, data->>'effectiveOn' effective, data->>'originalOn' original from es.event where data->>'receiptId' like 'rcp_race-%' order by sequence`);
  expect(rows.length).toBe(2 * answers.length);
  for (const { sequence, effective, original } of rows) expect([effective, original]).toEqual(Number(sequence) < closedAt ? ['2026-03-25', null] : ['2026-04-01', '2026-03-25']);
  expect(rows.some((r) => Number(r.sequence) < closedAt) && rows.some((r) => Number(r.sequence) > closedAt)).toBe(true);
}, 30_000);

it('in one batch, what comes after the closing counts as closed', async () => {
  await api.reach({ minPosition: await openDay('2026-05-02') });
  const wish = (requestId: string, more: object) => ({ ...asked(), requestId, ...more });
  const receipt = (receiptId: string) => ({ command: { $case: 'recordReceipt', value: RecordReceiptRequest.fromPartial(wish(receiptId, { receiptId, customerId: 'c1', amount: { currencyCode: 'EUR', value: '1.00' }, method: PaymentMethod.CASH, valueDate: '2026-04-10', onAccount: true })) } });
  const { answers, position } = await new BatchGrpc(api).batch(BatchRequest.fromPartial({ tenantId, items: [receipt('rcp_before'), { command: { $case: 'closePeriod', value: ClosePeriodRequest.fromPartial(wish('april', { lastDate: '2026-04-30' })) } }, receipt('rcp_after')] } as never));
  expect(answers.map((a) => a.answer!.$case)).toEqual(['recordReceipt', 'closePeriod', 'recordReceipt']);
  expect([await entry('rcp_before', position), await entry('rcp_after', position)]).toEqual([[['2026-04-10', '', '2026-05-02']], [['2026-05-01', '2026-04-10', '2026-05-02']]]);
});

describe('the journal for the books', () => {
  const cut = (more: object = {}) => new LedgerGrpc(api).cutLedgerBatch(CutLedgerBatchRequest.fromPartial({ ...asked('books'), ...more }));
  const exported = async (batchNumber: bigint) => lastValueFrom(new LedgerGrpc(api).exportLedger(ExportLedgerRequest.fromPartial({ tenantId, batchNumber } as never), undefined, Object.assign(new EventEmitter(), { writableNeedDrain: false })).pipe(toArray()));
  const journal = async () => (await new ReportGrpc(api).listJournalEntries(ListJournalEntriesRequest.fromPartial({ tenantId, pageSize: 500 } as never)));
  let first: Awaited<ReturnType<typeof cut>>;

  it('is cut once for a request, with everything read by then', async () => {
    first = await cut({ requestId: 'first' });
    expect(first).toMatchObject({ version: 1n, batch: { batchNumber: 1n, recordedAfter: 0n, cutBy: 'books', businessDate: '2026-05-02', chart: [{ account: LedgerAccount.CASH, code: '1800' }], chartVersion: 1 } });
    expect(await cut({ requestId: 'first' })).toEqual(first);
    expect(await reason(cut())).toBe('NOTHING_TO_EXPORT');
  });
  it('has each entry in exactly one batch, in the accounts of the books, and the same however often it is fetched', async () => {
    const before = await exported(1n);
    const { position } = await receive('rcp_after-cut', 'c3', '2026-05-02');
    const second = await cut({ minPosition: position });
    expect(second.batch).toMatchObject({ batchNumber: 2n, recordedAfter: first.batch!.recordedUntil });
    await api.reach({ minPosition: second.position });
    const batches = [await exported(1n), await exported(2n)];
    expect(batches[0]).toEqual(before);
    const entries = batches.map((b) => b.flatMap((m) => m.entries));
    expect(entries.flat().map((e) => e.entry)).toEqual((await journal()).entries);
    for (const [i, of] of batches.entries()) {
      expect(entries[i]!.map((e) => e.entryNumber)).toEqual(entries[i]!.map((_, n) => BigInt(n + 1)));
      expect(of[0]!.totals!.entries).toBe(BigInt(entries[i]!.length));
      expect(Number(of[0]!.totals!.controlTotals[0]!.value)).toBeCloseTo(entries[i]!.reduce((sum, e) => sum + Number(e.entry!.amount!.value), 0), 2);
    }
    expect(entries[1]).toEqual([expect.objectContaining({ debitCode: '1800', creditCode: 'UNAPPLIED_CASH', documentNumber: '', actor: 'anna', causationId: '', correlationId: expect.stringMatching(/^r-/) as never })]);
    expect(entries[0]!.find((e) => e.entry!.subjectId === 'oit_1_1')).toMatchObject({ debitCode: 'RECEIVABLES', creditCode: 'SALES', documentNumber: 'R-1', causationId: expect.stringMatching(/./) as never });
    expect((await new LedgerGrpc(api).listLedgerBatches(ListLedgerBatchesRequest.fromPartial({ tenantId, orderBy: 'batch_number desc' } as never))).batches.map((b) => b.batchNumber)).toEqual([2n, 1n]);
  });
  it('comes in messages of 500 entries', async () => {
    const wishes = Array.from({ length: 900 }, (_, i) => ({ command: { $case: 'recordReceipt', value: RecordReceiptRequest.fromPartial({ ...asked(), receiptId: `rcp_many-${i}`, customerId: 'c2', amount: { currencyCode: 'EUR', value: '1.00' }, method: PaymentMethod.CASH, onAccount: true }) } }));
    const { position } = await new BatchGrpc(api).batch(BatchRequest.fromPartial({ tenantId, items: wishes } as never));
    await api.reach({ minPosition: (await cut({ minPosition: position })).position });
    const messages = await exported(3n);
    expect(messages.map((m) => [m.totals !== undefined, m.entries.length])).toEqual([[true, 500], [false, 400]]);
    expect(messages[1]!.entries.at(-1)!.entryNumber).toBe(900n);
  });
  it('has no other batch', async () => expect(await reason(exported(9n))).toBe('LEDGER_BATCH_NOT_FOUND'));
});

it('cannot be closed while an event waits for repair', async () => {
  await issue(3, 'c4', '2026-05-02');
  await issue(3, 'c4', '2026-05-02'); // the same invoice twice: nobody can post that
  await api.reach({ minPosition: await openDay('2026-06-01') }).catch(() => undefined);
  for (let i = 0; i < 200 && (await runtime.live.read(async (c) => (await c.query<{ n: number }>('select count(*)::int n from parked')).rows[0]!.n)) === 0; i++) await new Promise((r) => { setTimeout(r, 20); });
  expect(await reason(close('2026-05-31'))).toBe('EVENTS_PARKED');
  expect(await reason(api.command(cutLedgerBatchRpc, CutLedgerBatchRequest.fromPartial(asked())))).toBe('EVENTS_PARKED');
}, 30_000);
