// Take-on on a real store and log: items of another system, found by their numbers, as old as they are.
import 'reflect-metadata';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import { OpenItemKind } from '@ar/contracts/gen/ar/payments/v1/account.js';
import { ListOpenItemsRequest } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { BatchRequest } from '@ar/contracts/gen/ar/payments/v1/batch_service.js';
import { PaymentMethod } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import { RecordReceiptRequest } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { GetAgingRequest, GetTrialBalanceRequest, LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { GetPostedCreditNoteRequest } from '@ar/contracts/gen/ar/payments/v1/credit_note_service.js';
import { TakenOnCreditKind } from '@ar/contracts/gen/ar/payments/v1/take_on.js';
import { CancelTakeOnRequest, ListTakenOnDocumentsRequest, TakeOnCreditRequest, TakeOnOpenItemRequest } from '@ar/contracts/gen/ar/payments/v1/take_on_service.js';
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
import { CreditNoteGrpc } from './api/credit-note.grpc.js';
import { ReceiptGrpc } from './api/receipt.grpc.js';
import { ReportGrpc } from './api/report.grpc.js';
import { TakeOnGrpc } from './api/take-on.grpc.js';
import { Elsewhere } from './elsewhere.world.js';
import { payments } from './payments.service.js';

let postgres: Postgres;
let log: EventLog;
let runtime: ServiceRuntime;
let api: Api;
const tenantId = 't1';
const of = { tenant: tenantId };
const today = '2026-03-02';

beforeAll(async () => {
  postgres = await startPostgres();
  const { ownerUrl, url } = await postgres.store();
  await migrateService(ownerUrl, 'ar_service');
  log = await openPostgresLog({ url: await postgres.database(), partitions: 3 });
  runtime = new ServiceRuntime({ service: payments, url, log, role: 'all', clock: 'simulated', onError: () => undefined });
  await runtime.start();
  api = new Api(runtime, new Pages('a key of sixteen or more'), true);
  const [invoicing, credit] = [new Elsewhere(log, 'invoicing'), new Elsewhere(log, 'credit')];
  await invoicing.tell('TenantRegistered', { ...of, customer: '', subject: `tenant/${tenantId}`, on: today, data: { tenantId, baseCurrency: 'EUR', timeZone: 'Europe/Berlin', details: { legalName: 'Seller' }, policies: wirePolicies(defaultPolicies), firstBusinessDay: today } });
  await invoicing.tell('BusinessDayOpened', { ...of, customer: '', subject: `tenant/${tenantId}`, on: today, data: { tenantId, date: today } });
  let seen: Position | undefined;
  for (const customer of ['c1', 'c2', 'c3']) seen = await credit.tell('CustomerRegistered', { ...of, customer, subject: `customer/${customer}`, on: today, data: { customerId: customer } });
  await api.reach({ minPosition: seen });
}, 60_000);
afterAll(async () => { await runtime.stop(); await log.close(); await postgres.stop(); }, 60_000);

let requests = 0;
const asked = () => ({ tenantId, requestId: `r-${++requests}`, actor: 'anna', reason: 'cut-over' });
const eur = (value: string) => ({ currencyCode: 'EUR', value });
const wish = (documentNumber: string, more: object = {}) => TakeOnOpenItemRequest.fromPartial({
  ...asked(), customerId: 'c1', sourceSystem: 'SAP', documentNumber, documentKind: OpenItemKind.INVOICE, original: eur('100.00'), open: eur('60.00'), issueDate: '2025-12-01', dueDate: '2026-01-15', dunningLevel: 2, ...more,
});
const takeOn = (documentNumber: string, more: object = {}) => new TakeOnGrpc(api).takeOnOpenItem(wish(documentNumber, more));
const receive = (receiptId: string, value: string, more: object) => new ReceiptGrpc(api).recordReceipt(RecordReceiptRequest.fromPartial({ ...asked(), receiptId, amount: eur(value), method: PaymentMethod.BANK_TRANSFER, ...more }));
const reason = (call: Promise<unknown>) => call.then(() => 'answered', (e: unknown) => apiError(e, '').reason);
const open = async (customerId: string, effectiveDate = '', minPosition?: Position) => (await new AccountGrpc(api).listOpenItems(ListOpenItemsRequest.fromPartial({ tenantId, customerId, currencyCode: 'EUR', minPosition, asOf: { effectiveDate, known: undefined } } as never))).openItems.map((i) => [i.item!.documentNumber, i.open!.value, i.daysPastDue]);

it('an item of another system counts from its take-on, and is as old as it is', async () => {
  const { document, position } = await takeOn('90 0001');
  expect(document).toMatchObject({ sourceSystem: 'SAP', documentNumber: '90 0001', original: eur('100.00'), open: eur('60.00'), dunningLevel: 2, businessDate: today });
  expect([await open('c1', '', position), await open('c1', '2026-03-01')]).toEqual([[['90 0001', '60.00', 46]], []]);
  const { agings } = await new ReportGrpc(api).getAging(GetAgingRequest.fromPartial({ tenantId }));
  expect(agings[0]!.buckets.map((b) => b.open!.value)).toEqual(['0.00', '0.00', '60.00', '0.00', '0.00']);
  const { rows } = await new ReportGrpc(api).getTrialBalance(GetTrialBalanceRequest.fromPartial({ tenantId }));
  expect(rows.map((r) => [r.account, r.balance!.value])).toEqual(expect.arrayContaining([[LedgerAccount.RECEIVABLES, '60.00'], [LedgerAccount.TAKE_ON, '-60.00']]));
});

it('is taken on once, whoever it is said to be of', async () => {
  expect(await reason(takeOn('90 0001', { customerId: 'c2' }))).toBe('TAKEN_ON_DOCUMENT_EXISTS');
  expect(await reason(takeOn('90 0001', { customerId: 'c2', sourceSystem: 'DATEV', open: eur('1.00') }))).toBe('answered');
  expect(await reason(takeOn('90 0002', { customerId: 'nobody' }))).toBe('CUSTOMER_NOT_FOUND');
  expect(await reason(takeOn('90 0002', { open: eur('100.01') }))).toBe('OPEN_ABOVE_ORIGINAL');
  expect(await reason(takeOn('90 0002', { issueDate: '2026-03-03', dueDate: '2026-03-03' }))).toBe('ISSUE_DATE_IN_FUTURE');
  expect(await reason(takeOn('90 0002', { dueDate: '2025-11-30' }))).toBe('FIELD_INVALID');
});

it('is found by its number: by who pays it, and by money that came before it', async () => {
  const paid = await receive('rcp_1', '20.00', { remitter: { remittance: 'our invoice 900001 of last year' }, customerId: 'c1' });
  expect([await open('c1', '', paid.position), paid.receipt!.applicationGroups.length]).toEqual([[['90 0001', '40.00', 46]], 1]);
  await receive('rcp_2', '35.00', { customerId: 'c3', documents: [{ reference: 'ALT-7' }] });
  const { position } = await takeOn('900007', { customerId: 'c3', externalNumber: 'ALT-7', open: eur('35.00') });
  expect(await open('c3', '', position)).toEqual([]);
  const nobody = await receive('rcp_3', '5.00', { documents: [{ reference: '900001' }] }); // two systems have that number, and two customers: nobody knows whose it is
  expect(nobody.receipt!.customerId).toBe('~unidentified');
});

it('may be credit: used by hand and by the rules, under its number, and against the take-on account', async () => {
  const takeCreditOn = (documentNumber: string, more: object = {}) => new TakeOnGrpc(api).takeOnCredit(TakeOnCreditRequest.fromPartial({
    ...asked(), customerId: 'c2', sourceSystem: 'SAP', documentNumber, creditKind: TakenOnCreditKind.RECEIPT, original: eur('80.00'), unapplied: eur('30.00'), issueDate: '2025-12-20', onAccount: true, ...more,
  }));
  const balanceOfTakeOn = async () => (await new ReportGrpc(api).getTrialBalance(GetTrialBalanceRequest.fromPartial({ tenantId }))).rows.find((r) => r.account === LedgerAccount.TAKE_ON)!.balance!.value;
  const before = Number(await balanceOfTakeOn());
  const { document, position } = await takeCreditOn('ZE-1', { externalNumber: 'L-7' });
  expect(document).toMatchObject({ documentNumber: 'ZE-1', externalNumber: 'L-7', creditKind: TakenOnCreditKind.RECEIPT, creditNoteId: document!.documentId, itemId: '', open: eur('30.00'), issueDate: '2025-12-20', cancelledDate: '' });
  await api.reach({ minPosition: position });
  expect(Number(await balanceOfTakeOn()) - before).toBeCloseTo(30);
  expect((await new CreditNoteGrpc(api).getPostedCreditNote(GetPostedCreditNoteRequest.fromPartial({ tenantId, creditNoteId: document!.creditNoteId }))).creditNote).toMatchObject({ creditNoteNumber: 'ZE-1', unapplied: eur('30.00'), withdrawn: undefined });
  expect([await reason(takeCreditOn('ZE-1', { externalNumber: 'L-8' })), await reason(takeCreditOn('ZE-1', { creditKind: TakenOnCreditKind.CREDIT_NOTE })), await reason(takeCreditOn('ZE-2', { unapplied: eur('80.01') }))]).toEqual(['TAKEN_ON_DOCUMENT_EXISTS', 'answered', 'OPEN_ABOVE_ORIGINAL']);
  const used = await takeCreditOn('ZE-3', { unapplied: eur('1.00'), onAccount: false }); // the rules use it: one euro is open of DATEV's document
  expect(await open('c2', '', used.position)).toEqual([]);
  expect(await reason(cancel(used.document!.documentId))).toBe('TAKEN_ON_IN_USE');
});

const cancel = (documentId: string) => new TakeOnGrpc(api).cancelTakeOn(CancelTakeOnRequest.fromPartial({ ...asked(), documentId }));

it('is taken back while nothing was made of it, and may be taken on again as it should have been', async () => {
  const listed = async (documentNumber: string, minPosition?: Position) => (await new TakeOnGrpc(api).listTakenOnDocuments(ListTakenOnDocumentsRequest.fromPartial({ tenantId, minPosition, filter: `document_number = "${documentNumber}"` } as never))).documents.map((d) => [d.documentId, d.customerId, d.open!.value, d.cancelledDate]);
  const wrong = (await takeOn('90 0500', { customerId: 'c2', open: eur('70.00') })).document!;
  const gone = await cancel(wrong.documentId);
  expect(gone.document).toMatchObject({ documentId: wrong.documentId, cancelledDate: today, cancelledBy: 'anna', cancelReason: 'cut-over' });
  expect(await open('c2', '', gone.position)).toEqual([]);
  const right = await takeOn('90 0500', { customerId: 'c3' });
  expect([await open('c3', '', right.position), await listed('90 0500', right.position)]).toEqual([[['90 0500', '60.00', 46]], [[wrong.documentId, 'c2', '70.00', today], [`${wrong.documentId}.2`, 'c3', '60.00', '']]]);
  expect((await receive('rcp_9', '60.00', { documents: [{ reference: '900500' }] })).receipt!).toMatchObject({ customerId: 'c3', unapplied: eur('0.00') });
  expect([await reason(cancel(wrong.documentId)), await reason(cancel(`${wrong.documentId}.2`)), await reason(cancel('tko_9'))]).toEqual(['TAKEN_ON_DOCUMENT_CANCELLED', 'TAKEN_ON_IN_USE', 'TAKEN_ON_DOCUMENT_NOT_FOUND']);
  const credit = await new TakeOnGrpc(api).takeOnCredit(TakeOnCreditRequest.fromPartial({ ...asked(), customerId: 'c3', documentNumber: 'G-1', creditKind: TakenOnCreditKind.CREDIT_NOTE, original: eur('5.00'), unapplied: eur('5.00'), issueDate: today, onAccount: true }));
  const { position } = await cancel(credit.document!.documentId);
  const { creditNote } = await new CreditNoteGrpc(api).getPostedCreditNote(GetPostedCreditNoteRequest.fromPartial({ tenantId, creditNoteId: credit.document!.creditNoteId, minPosition: position } as never));
  expect(creditNote).toMatchObject({ amount: eur('5.00'), unapplied: eur('0.00'), applied: eur('0.00'), withdrawn: eur('5.00') });
  expect((await new ReportGrpc(api).getAging(GetAgingRequest.fromPartial({ tenantId, customerId: 'c3' }))).agings.map((a) => [a.unapplied!.value, a.controlTotal!.value])).toEqual([]); // nothing, in items and journal alike
});

it('comes by the thousand', async () => {
  const items = Array.from({ length: 1_000 }, (_, i) => ({ command: { $case: 'takeOnOpenItem', value: wish(`T${i}`, { customerId: `c${1 + (i % 3)}` }) } }));
  const { answers, position } = await new BatchGrpc(api).batch(BatchRequest.fromPartial({ tenantId, items } as never));
  expect(answers.filter((a) => a.answer!.$case === 'takeOnOpenItem')).toHaveLength(1_000);
  const { documents, nextPageToken } = await new TakeOnGrpc(api).listTakenOnDocuments(ListTakenOnDocumentsRequest.fromPartial({ tenantId, minPosition: position, pageSize: 500, filter: 'customer_id = "c2" AND document_number : "T"' } as never));
  expect([documents.length, nextPageToken]).toEqual([333, '']);
}, 60_000);
