// Write-offs through all five services, as callers see them: what is written off is owed, reminded of, at risk and called about no more, and the past stays what it was.
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GetCaseRequest } from '@ar/contracts/gen/ar/collections/v1/case_service.js';
import { GetExposureRequest } from '@ar/contracts/gen/ar/credit/v1/credit_service.js';
import { DebitNoteKind } from '@ar/contracts/gen/ar/invoicing/v1/credit_note.js';
import { DebitNoteStatus, IssueDebitNoteRequest } from '@ar/contracts/gen/ar/invoicing/v1/debit_note_service.js';
import { InvoiceStatus, IssueInvoiceRequest, ListInvoicesRequest, VoidInvoiceRequest } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { GetAccountRequest } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { BatchRequest } from '@ar/contracts/gen/ar/payments/v1/batch_service.js';
import { PaymentMethod } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import { RecordReceiptRequest, UnapplyReceiptRequest } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { GetAgingRequest, GetTrialBalanceRequest, LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { WriteOffMethod, WriteOffReason } from '@ar/contracts/gen/ar/payments/v1/write_off.js';
import { ApproveWriteOffRequest, ListWriteOffsRequest, RecoverWriteOffRequest, RefuseWriteOffRequest, ReverseWriteOffRequest, WriteOffOpenItemsRequest, WriteOffStatus } from '@ar/contracts/gen/ar/payments/v1/write_off_service.js';
import { PreviewDunningRequest } from '@ar/contracts/gen/ar/reminders/v1/dunning_service.js';
import { daysAfter } from '@ar/domain/day.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { Api } from '@ar/platform/api.js';
import { apiError } from '@ar/platform/errors.js';
import { Pages } from '@ar/platform/lists.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { CaseGrpc } from '../../services/collections/src/api/case.grpc.js';
import { makePromise, openDispute } from '../../services/collections/src/collections.commands.js';
import { CreditGrpc } from '../../services/credit/src/api/credit.grpc.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { DebitNoteGrpc } from '../../services/invoicing/src/api/debit-note.grpc.js';
import { InvoiceGrpc } from '../../services/invoicing/src/api/invoice.grpc.js';
import { detailsOf } from '../../services/invoicing/src/domain/tenant.world.js';
import { openBusinessDay, registerTenant } from '../../services/invoicing/src/invoicing.commands.js';
import { AccountGrpc } from '../../services/payments/src/api/account.grpc.js';
import { BatchGrpc } from '../../services/payments/src/api/batch.grpc.js';
import { ReceiptGrpc } from '../../services/payments/src/api/receipt.grpc.js';
import { ReportGrpc } from '../../services/payments/src/api/report.grpc.js';
import { WriteOffGrpc } from '../../services/payments/src/api/write-off.grpc.js';
import { DunningGrpc } from '../../services/reminders/src/api/dunning.grpc.js';
import { startFive, type FiveServices, type Name } from './five-services.world.js';

let postgres: Postgres;
let five: FiveServices;
let invoices: InvoiceGrpc; let charges: DebitNoteGrpc; let accounts: AccountGrpc; let receipts: ReceiptGrpc; let reports: ReportGrpc; let writeOffs: WriteOffGrpc;
const tenantId = 't';
let today = '2026-03-02';
let requests = 0;
const asked = (actor = 'anna') => ({ tenantId, requestId: `r-${++requests}`, actor, reason: 'insolvent' });
const eur = (value: string) => ({ currencyCode: 'EUR', value });
const issue = (invoiceId: string, customerId: string, unitPrice: string) => invoices.issueInvoice(IssueInvoiceRequest.fromPartial({
  ...asked(), invoiceId, customerId, currencyCode: 'EUR', lines: [{ description: 'Goods', quantity: '1', unitPrice, taxRate: '19' }], terms: { due: { $case: 'dueDate', value: daysAfter(today, 1) } },
}));
const invoiceOf = async (invoiceId: string) => (await invoices.getInvoice({ tenantId, invoiceId, minPosition: undefined })).invoice!;
const accountOf = async (customerId: string, asOf?: object) => (await accounts.getAccount(GetAccountRequest.fromPartial({ tenantId, customerId, currencyCode: 'EUR', asOf } as never))).account!;
const reason = (call: Promise<unknown>) => call.then(() => 'answered', (e: unknown) => apiError(e, '').reason);
const api = (name: Name) => new Api(five.runtimes[name], new Pages('a key of sixteen or more'), true);
const openDay = async (date = daysAfter(today, 1)) => { today = date; await five.ask('invoicing', openBusinessDay, { tenantId, date }); await five.readOn(); };
const minor = (a: { value: string } | undefined) => Number(a!.value.replace('.', ''));
const losing = (writeOffId: string, customerId: string, items: readonly object[], method = WriteOffMethod.DIRECT) =>
  WriteOffOpenItemsRequest.fromPartial({ ...asked(), writeOffId, customerId, currencyCode: 'EUR', items, method, reasonCode: WriteOffReason.INSOLVENCY } as never);
const writeOff = async (...of: Parameters<typeof losing>) => { const { writeOff: made } = await writeOffs.writeOffOpenItems(losing(...of)); await five.readOn(); return made!; };
const receive = (receiptId: string, customerId: string, value: string) => receipts.recordReceipt(RecordReceiptRequest.fromPartial({ ...asked(), receiptId, customerId, amount: eur(value), method: PaymentMethod.BANK_TRANSFER }));

/** Aging and journal say the same, on that day as known on that day; what is on the accounts of losses and recoveries. */
async function ties(asOf?: object): Promise<readonly (string | undefined)[]> {
  const { agings } = await reports.getAging(GetAgingRequest.fromPartial({ tenantId, asOf } as never));
  for (const a of agings) expect(minor(a.controlTotal)).toBe(minor(a.open) - minor(a.unapplied));
  const { rows } = await reports.getTrialBalance(GetTrialBalanceRequest.fromPartial({ tenantId, asOf } as never));
  expect(rows.reduce((sum, r) => sum + minor(r.balance), 0)).toBe(0);
  const control = rows.filter((r) => [LedgerAccount.RECEIVABLES, LedgerAccount.UNAPPLIED_CASH].includes(r.account)).reduce((sum, r) => sum + minor(r.balance), 0);
  expect(control).toBe(agings.reduce((sum, a) => sum + minor(a.controlTotal), 0));
  return [LedgerAccount.BAD_DEBTS, LedgerAccount.ALLOWANCE, LedgerAccount.RECOVERIES].map((account) => rows.find((r) => r.account === account)?.balance!.value);
}

beforeAll(async () => {
  postgres = await startPostgres();
  five = await startFive({ postgres, partitions: 3, batch: 500 });
  [invoices, charges] = [new InvoiceGrpc(api('invoicing')), new DebitNoteGrpc(api('invoicing'))];
  [accounts, receipts, reports, writeOffs] = [new AccountGrpc(api('payments')), new ReceiptGrpc(api('payments')), new ReportGrpc(api('payments')), new WriteOffGrpc(api('payments'))];
  await five.ask('invoicing', registerTenant, {
    tenantId, baseCurrency: 'EUR', timeZone: 'UTC', details: detailsOf({ sender: 'billing@seller.example' }), firstBusinessDay: today, policies: { ...defaultPolicies, approvals: { ...defaultPolicies.approvals, expiryDays: 3, writeOffLimit: '500', refundLimit: '50' } },
  });
  await five.readOn();
  for (const customerId of ['c1', 'c2', 'c3']) await five.ask('credit', registerCustomer, {
    customerId, personal: { name: customerId, address: null, invoiceEmail: `${customerId}@customer.example`, reminderEmail: '', taxId: '' }, profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} },
  });
  await five.readOn();
}, 60_000);
afterAll(async () => { await five?.stop(); await postgres?.stop(); });

describe('an invoice of 119.00 that nobody pays', () => {
  const previews = async () => (await new DunningGrpc(api('reminders')).previewDunning(PreviewDunningRequest.fromPartial({ tenantId, customerId: 'c1' }))).previews.length;
  const exposure = async () => (await new CreditGrpc(api('credit')).getExposure(GetExposureRequest.fromPartial({ tenantId, customerId: 'c1', currencyCode: 'EUR' }))).exposures[0]?.exposure?.value;
  const caseOpen = async () => (await new CaseGrpc(api('collections')).getCase(GetCaseRequest.fromPartial({ tenantId, customerId: 'c1' }))).collectionCase!.open;
  let before = '';
  beforeAll(async () => {
    await issue('inv_1', 'c1', '100.00');
    await five.readOn();
    for (let day = 1; day <= 14; day++) await openDay();
    before = today;
  }, 60_000);

  it('is reminded of, at risk and called about', async () => expect([await previews(), await exposure(), await caseOpen()]).toEqual([1, '119.00', true]));

  it('is written off in part: the rest is owed, and the invoice is as it was', async () => {
    await openDay();
    expect(await writeOff('wof_part', 'c1', [{ itemId: 'oit_1_1', amount: eur('19.00') }], WriteOffMethod.ALLOWANCE)).toMatchObject({ status: WriteOffStatus.BOOKED, amount: eur('19.00'), recovered: eur('0.00'), effectiveDate: today, items: [{ amount: eur('19.00'), tax: eur('3.03'), open: eur('100.00') }] });
    expect(await invoiceOf('inv_1')).toMatchObject({ status: InvoiceStatus.ISSUED, writtenOff: eur('19.00') });
    expect([await exposure(), await previews(), await caseOpen(), await ties()]).toEqual(['100.00', 1, true, [undefined, '19.00', undefined]]);
  });

  it('is written off: owed no more, by anyone\'s word', async () => {
    await writeOff('wof_rest', 'c1', [{ itemId: 'oit_1_1' }]);
    expect(await invoiceOf('inv_1')).toMatchObject({ status: InvoiceStatus.WRITTEN_OFF, paid: eur('0.00'), writtenOff: eur('119.00') });
    expect((await invoices.listInvoices(ListInvoicesRequest.fromPartial({ tenantId, filter: 'status = written_off' }))).invoices.map((i) => i.invoiceId)).toEqual(['inv_1']);
    expect([(await exposure()) ?? '0.00', await previews(), await caseOpen(), (await accountOf('c1')).open!.value, await ties()]).toEqual(['0.00', 0, false, '0.00', ['100.00', '19.00', undefined]]);
    await five.readOn();
    expect(await reason(invoices.voidInvoice(VoidInvoiceRequest.fromPartial({ ...asked(), invoiceId: 'inv_1' })))).toBe('INVOICE_HAS_APPLICATIONS');
  });

  it('was owed the day before, whoever asks now', async () => {
    const asOf = { effectiveDate: before };
    expect((await accountOf('c1', asOf)).open!.value).toBe('119.00');
    expect(await ties(asOf)).toEqual([undefined, undefined, undefined]);
  });

  it('brings 30.00 nevertheless: income, and the invoice stays written off', async () => {
    await receive('rcp_1', 'c1', '30.00');
    await five.readOn();
    const { writeOff: recovered } = await writeOffs.recoverWriteOff(RecoverWriteOffRequest.fromPartial({ ...asked(), writeOffId: 'wof_rest', receiptId: 'rcp_1' }));
    await five.readOn();
    expect(recovered).toMatchObject({ recovered: eur('30.00'), recoveries: [{ receiptId: 'rcp_1', amount: eur('30.00'), effectiveDate: today }] });
    expect((await receipts.getReceipt({ tenantId, receiptId: 'rcp_1', minPosition: undefined })).receipt).toMatchObject({ applied: eur('30.00'), unapplied: eur('0.00'), applicationGroups: [{ applications: [{ writeOffId: 'wof_rest', open: eur('0.00') }] }] });
    expect([(await invoiceOf('inv_1')).status, await ties(), (await accountOf('c1')).balance!.value]).toEqual([InvoiceStatus.WRITTEN_OFF, ['100.00', '19.00', '-30.00'], '0.00']);
  });

  it('is taken back where it was in error, once what was recovered is; then it is owed again, due when it was due', async () => {
    const reverse = () => writeOffs.reverseWriteOff(ReverseWriteOffRequest.fromPartial({ ...asked(), writeOffId: 'wof_rest' }));
    expect(await reason(reverse())).toBe('WRITE_OFF_RECOVERED');
    const { receipt } = await receipts.getReceipt({ tenantId, receiptId: 'rcp_1', minPosition: undefined });
    await receipts.unapplyReceipt(UnapplyReceiptRequest.fromPartial({ ...asked(), receiptId: 'rcp_1', applicationGroupId: receipt!.applicationGroups[0]!.applicationGroupId }));
    expect((await reverse()).writeOff).toMatchObject({ status: WriteOffStatus.REVERSED, amount: eur('0.00'), items: [], recovered: eur('0.00'), recoveries: [] });
    await five.readOn();
    expect(await invoiceOf('inv_1')).toMatchObject({ status: InvoiceStatus.ISSUED, writtenOff: eur('19.00') });
    expect([await exposure(), await caseOpen(), (await accountOf('c1')).pastDue!.value, await ties()]).toEqual(['70.00', true, '100.00', ['0.00', '19.00', '0.00']]);
    expect(await reason(reverse())).toBe('WRITE_OFF_REVERSED');
  });
});

describe('a write-off above the limit', () => {
  beforeAll(async () => { await issue('inv_2', 'c2', '1000.00'); await five.readOn(); });
  const pending = async () => (await writeOffs.listWriteOffs(ListWriteOffsRequest.fromPartial({ tenantId, filter: 'status = pending' }))).writeOffs.map((w) => w.writeOffId);

  it('waits for a second person, and is listed', async () => {
    expect(await writeOff('wof_big', 'c2', [{ itemId: 'oit_2_1' }])).toMatchObject({ status: WriteOffStatus.PENDING, approval: { band: 'above 500', proposedBy: 'anna' } });
    expect([await pending(), (await accountOf('c2')).open!.value]).toEqual([['wof_big'], '1190.00']);
    expect(await reason(writeOffs.approveWriteOff(ApproveWriteOffRequest.fromPartial({ ...asked('anna'), writeOffId: 'wof_big' })))).toBe('APPROVAL_SAME_PERSON');
  });
  it('is refused, and may be asked for again', async () => {
    expect((await writeOffs.refuseWriteOff(RefuseWriteOffRequest.fromPartial({ ...asked('ben'), writeOffId: 'wof_big' }))).writeOff).toMatchObject({ status: WriteOffStatus.REFUSED, approval: { decidedBy: 'ben' } });
    expect((await writeOff('wof_big', 'c2', [{ itemId: 'oit_2_1' }])).status).toBe(WriteOffStatus.PENDING);
  });
  it('expires when nobody answers', async () => {
    for (let day = 0; day < 4; day++) await openDay();
    expect(await pending()).toEqual([]);
    expect((await writeOffs.getWriteOff({ tenantId, writeOffId: 'wof_big', minPosition: undefined })).writeOff!.status).toBe(WriteOffStatus.EXPIRED);
  });
  it('is booked when someone else approves it', async () => {
    await writeOff('wof_big', 'c2', [{ itemId: 'oit_2_1' }]);
    expect((await writeOffs.approveWriteOff(ApproveWriteOffRequest.fromPartial({ ...asked('ben'), writeOffId: 'wof_big' }))).writeOff).toMatchObject({ status: WriteOffStatus.BOOKED, approval: { proposedBy: 'anna', decidedBy: 'ben' } });
    await five.readOn();
    expect([(await invoiceOf('inv_2')).status, await ties()]).toEqual([InvoiceStatus.WRITTEN_OFF, ['1190.00', '19.00', '0.00']]);
  });
});

it('what is disputed or promised is written off as well: the dispute is closed with it, and the promise is withdrawn', async () => {
  for (const id of ['inv_disputed', 'inv_promised']) await issue(id, 'c3', '100.00');
  await five.readOn();
  const note = { contactName: 'Miller', text: 'as agreed' };
  await five.ask('collections', openDispute, { customerId: 'c3', draft: { disputeId: 'dsp_1', items: [{ itemId: 'oit_disputed_1', amount: { minor: 40_00, currency: 'EUR' } }], reasonCode: 'price', note } });
  await five.ask('collections', makePromise, { customerId: 'c3', draft: { promiseId: 'ptp_1', items: [{ itemId: 'oit_promised_1', amount: null }], promisedOn: daysAfter(today, 5), channel: 'phone', note } });
  await five.readOn();
  await writeOff('wof_word', 'c3', [{ itemId: 'oit_disputed_1' }, { itemId: 'oit_promised_1' }]);
  await five.readOn();
  const statuses = (table: string) => five.runtimes.collections.live.read(async (client) => (await client.query<{ status: string }>(`select status from ${table} where customer = 'c3'`)).rows.map((r) => r.status));
  expect([await statuses('dispute'), await statuses('promise')]).toEqual([['DISPUTE_STATUS_CLOSED'], ['PROMISE_STATUS_WITHDRAWN']]);
  expect((await invoiceOf('inv_disputed')).status).toBe(InvoiceStatus.WRITTEN_OFF);
  await ties();
});

it('a debit note is written off like an invoice, in a batch too', async () => {
  await charges.issueDebitNote(IssueDebitNoteRequest.fromPartial({ ...asked(), debitNoteId: 'dbn_1', customerId: 'c3', kind: DebitNoteKind.FEE, currencyCode: 'EUR', lines: [{ description: 'Fee', quantity: '1', unitPrice: '10.00', taxRate: '0' }] }));
  await five.readOn();
  const items: { command: { $case: 'writeOffOpenItems'; value: WriteOffOpenItemsRequest } }[] = ['wof_fee', 'wof_again'].map((id) => ({ command: { $case: 'writeOffOpenItems', value: losing(id, 'c3', [{ itemId: 'oit.dbn_1_1' }]) } }));
  const { answers } = await new BatchGrpc(api('payments')).batch(BatchRequest.fromPartial({ tenantId, items } as never));
  expect(answers.map((a) => a.answer!.$case)).toEqual(['writeOffOpenItems', 'error']);
  await five.readOn();
  expect((await charges.getDebitNote({ tenantId, debitNoteId: 'dbn_1', minPosition: undefined })).debitNote).toMatchObject({ status: DebitNoteStatus.WRITTEN_OFF, settled: eur('0.00'), writtenOff: eur('10.00') });
});

it.each([
  ['no items', { items: [] }, 'items'], ['no method', { method: WriteOffMethod.UNSPECIFIED }, 'method'], ['no reason code', { reasonCode: WriteOffReason.UNSPECIFIED }, 'reason_code'],
  ['an amount in another currency', { items: [{ itemId: 'oit_1_1', amount: { currencyCode: 'USD', value: '1.00' } }] }, 'items[0].amount.currency_code'], ['an amount of nothing', { items: [{ itemId: 'oit_1_1', amount: eur('0') }] }, 'items[0].amount.value'],
])('%s is told by its field', async (_what, more, field) => {
  const error = await writeOffs.writeOffOpenItems(WriteOffOpenItemsRequest.fromPartial({ ...losing('', 'c1', [{ itemId: 'oit_1_1' }]), ...more } as never)).then(() => undefined, (e: unknown) => apiError(e, ''));
  expect(error?.metadata).toEqual({ field });
});

it('made no error in the background', () => expect(five.errors).toEqual([]));
