// Credit notes and debit notes through all five services, as callers see them: what is credited is not owed, not reminded of, not at risk and not called about.
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GetCaseRequest } from '@ar/contracts/gen/ar/collections/v1/case_service.js';
import { GetExposureRequest } from '@ar/contracts/gen/ar/credit/v1/credit_service.js';
import { BatchRequest } from '@ar/contracts/gen/ar/invoicing/v1/batch_service.js';
import { CreditReason, DebitNoteKind } from '@ar/contracts/gen/ar/invoicing/v1/credit_note.js';
import {
  ApproveCreditNoteRequest, CancelAndReissueRequest, CreditNoteStatus, IssueCreditNoteRequest, ListCreditNotesRequest, RefuseCreditNoteRequest,
} from '@ar/contracts/gen/ar/invoicing/v1/credit_note_service.js';
import { DebitNoteStatus, IssueDebitNoteRequest, ListDebitNotesRequest } from '@ar/contracts/gen/ar/invoicing/v1/debit_note_service.js';
import { InvoiceStatus, IssueInvoiceRequest, VoidInvoiceRequest } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { GetAccountRequest, ListOpenItemsRequest } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { OpenItemKind } from '@ar/contracts/gen/ar/payments/v1/account.js';
import { ApplyCreditRequest, ListPostedCreditNotesRequest } from '@ar/contracts/gen/ar/payments/v1/credit_note_service.js';
import { PaymentMethod } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import { RecordReceiptRequest } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { GetAgingRequest, GetTrialBalanceRequest, LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { PreviewDunningRequest } from '@ar/contracts/gen/ar/reminders/v1/dunning_service.js';
import { daysAfter } from '@ar/domain/day.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { Api } from '@ar/platform/api.js';
import { apiError } from '@ar/platform/errors.js';
import { Pages } from '@ar/platform/lists.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { CaseGrpc } from '../../services/collections/src/api/case.grpc.js';
import { CreditGrpc } from '../../services/credit/src/api/credit.grpc.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { BatchGrpc } from '../../services/invoicing/src/api/batch.grpc.js';
import { CreditNoteGrpc } from '../../services/invoicing/src/api/credit-note.grpc.js';
import { DebitNoteGrpc } from '../../services/invoicing/src/api/debit-note.grpc.js';
import { InvoiceGrpc } from '../../services/invoicing/src/api/invoice.grpc.js';
import { detailsOf } from '../../services/invoicing/src/domain/tenant.world.js';
import { openBusinessDay, registerTenant } from '../../services/invoicing/src/invoicing.commands.js';
import { AccountGrpc } from '../../services/payments/src/api/account.grpc.js';
import { CreditNoteGrpc as PostedGrpc } from '../../services/payments/src/api/credit-note.grpc.js';
import { ReceiptGrpc } from '../../services/payments/src/api/receipt.grpc.js';
import { ReportGrpc } from '../../services/payments/src/api/report.grpc.js';
import { DunningGrpc } from '../../services/reminders/src/api/dunning.grpc.js';
import { startFive, type FiveServices, type Name } from './five-services.world.js';

let postgres: Postgres;
let five: FiveServices;
let invoices: InvoiceGrpc; let credits: CreditNoteGrpc; let charges: DebitNoteGrpc; let accounts: AccountGrpc; let postedNotes: PostedGrpc; let receipts: ReceiptGrpc; let reports: ReportGrpc;
const tenantId = 't';
let today = '2026-03-02';
let requests = 0;
const asked = (actor = 'anna') => ({ tenantId, requestId: `r-${++requests}`, actor, reason: 'test' });
const eur = (value: string) => ({ currencyCode: 'EUR', value });
const line = (unitPrice: string, quantity = '1') => ({ description: 'Goods', quantity, unitPrice, taxRate: '19' });
const ofInvoice = (invoiceId: string, lines: object[] = []) => ({ of: { $case: 'invoice', value: { invoiceId, lines } } });
const issue = (invoiceId: string, customerId: string, unitPrice: string, dueDate: string) =>
  invoices.issueInvoice(IssueInvoiceRequest.fromPartial({ ...asked(), invoiceId, customerId, currencyCode: 'EUR', lines: [line(unitPrice)], terms: { due: { $case: 'dueDate', value: dueDate } } }));
const credit = (creditNoteId: string, more: object) => credits.issueCreditNote(IssueCreditNoteRequest.fromPartial({ ...asked(), creditNoteId, reasonCode: CreditReason.RETURN, ...more }));
const invoiceOf = async (invoiceId: string) => (await invoices.getInvoice({ tenantId, invoiceId, minPosition: undefined })).invoice!;
const accountOf = async (customerId: string, asOf?: object) => (await accounts.getAccount(GetAccountRequest.fromPartial({ tenantId, customerId, currencyCode: 'EUR', asOf } as never))).account!;
const reason = (call: Promise<unknown>) => call.then(() => 'answered', (e: unknown) => apiError(e, '').reason);
const api = (name: Name) => new Api(five.runtimes[name], new Pages('a key of sixteen or more'), true);
const openDay = async (date: string) => { today = date; await five.ask('invoicing', openBusinessDay, { tenantId, date }); await five.readOn(); };
const minor = (a: { value: string } | undefined) => Number(a!.value.replace('.', ''));

/** Aging and journal say the same, on that day as known on that day. */
async function ties(asOf?: object): Promise<void> {
  const { agings } = await reports.getAging(GetAgingRequest.fromPartial({ tenantId, asOf } as never));
  for (const a of agings) expect(minor(a.controlTotal)).toBe(minor(a.open) - minor(a.unapplied));
  const { rows } = await reports.getTrialBalance(GetTrialBalanceRequest.fromPartial({ tenantId, asOf } as never));
  expect(rows.reduce((sum, r) => sum + minor(r.balance), 0)).toBe(0);
  const control = rows.filter((r) => [LedgerAccount.RECEIVABLES, LedgerAccount.UNAPPLIED_CASH].includes(r.account)).reduce((sum, r) => sum + minor(r.balance), 0);
  expect(control).toBe(agings.reduce((sum, a) => sum + minor(a.controlTotal), 0));
}

beforeAll(async () => {
  postgres = await startPostgres();
  five = await startFive({ postgres, partitions: 3, batch: 500 });
  [invoices, credits, charges] = [new InvoiceGrpc(api('invoicing')), new CreditNoteGrpc(api('invoicing')), new DebitNoteGrpc(api('invoicing'))];
  [accounts, postedNotes, receipts, reports] = [new AccountGrpc(api('payments')), new PostedGrpc(api('payments')), new ReceiptGrpc(api('payments')), new ReportGrpc(api('payments'))];
  await five.ask('invoicing', registerTenant, {
    tenantId, baseCurrency: 'EUR', timeZone: 'UTC', details: detailsOf({ sender: 'billing@seller.example' }), firstBusinessDay: today, policies: { ...defaultPolicies, approvals: { expiryDays: 3, creditNoteLimit: '500', writeOffLimit: '', refundLimit: '50', dueDateDays: 0, neverAlone: [] } },
  });
  await five.readOn();
  for (const customerId of ['c1', 'c2', 'c3', 'c4', 'c5']) await five.ask('credit', registerCustomer, {
    customerId, personal: { name: customerId, address: null, invoiceEmail: `${customerId}@customer.example`, reminderEmail: '', taxId: '' }, profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} },
  });
  await five.readOn();
}, 60_000);
afterAll(async () => { await five?.stop(); await postgres?.stop(); });

describe('an invoice of 119.00 that is past due', () => {
  const previews = async () => (await new DunningGrpc(api('reminders')).previewDunning(PreviewDunningRequest.fromPartial({ tenantId, customerId: 'c1' }))).previews;
  const exposure = async () => (await new CreditGrpc(api('credit')).getExposure(GetExposureRequest.fromPartial({ tenantId, customerId: 'c1', currencyCode: 'EUR' }))).exposures[0];
  const caseOf = async () => (await new CaseGrpc(api('collections')).getCase(GetCaseRequest.fromPartial({ tenantId, customerId: 'c1' }))).collectionCase!;

  beforeAll(async () => {
    await issue('inv_1', 'c1', '100.00', '2026-03-03');
    await five.readOn();
    for (let day = 1; day <= 14; day++) await openDay(daysAfter(today, 1));
  }, 60_000);

  it('is reminded of, at risk and called about', async () => {
    expect((await previews()).map((p) => p.customerId)).toEqual(['c1']);
    expect((await exposure())!.open).toEqual(eur('119.00'));
    expect((await caseOf()).open).toBe(true);
  });

  it('is less by a credit note for a part of it', async () => {
    const { creditNote } = await credit('crn_1', ofInvoice('inv_1', [{ line: 1, of: { $case: 'net', value: eur('40.00') } }]));
    expect(creditNote).toMatchObject({ number: 'C2026-00001', status: CreditNoteStatus.ISSUED, invoiceNumber: 'R2026-00001', net: eur('40.00'), tax: eur('7.60'), total: eur('47.60') });
    await five.readOn();
    expect(await invoiceOf('inv_1')).toMatchObject({ status: InvoiceStatus.PARTLY_PAID, paid: eur('0.00'), credited: eur('47.60'), settledByCredit: eur('47.60') });
    expect((await exposure())!.exposure).toEqual(eur('71.40'));
    await ties();
  });

  it('is, when all of it is credited, not reminded of, not at risk and not called about any more', async () => {
    expect(await reason(credit('crn_x', ofInvoice('inv_1', [{ line: 1, of: { $case: 'net', value: eur('60.01') } }])))).toBe('CREDIT_EXCEEDS_CREDITABLE');
    await credit('crn_2', ofInvoice('inv_1'));
    await five.readOn();
    expect(await invoiceOf('inv_1')).toMatchObject({ status: InvoiceStatus.CREDITED, paid: eur('0.00'), credited: eur('119.00'), settledByCredit: eur('119.00') });
    expect(await previews()).toEqual([]);
    expect((await exposure())?.open ?? eur('0.00')).toEqual(eur('0.00'));
    expect((await caseOf()).open).toBe(false);
    await openDay(daysAfter(today, 1));
    expect(await five.sendMail()).toBeGreaterThan(0); // what was asked for before is decided again, and left unsaid
    expect(five.smtp.mails).toEqual([]);
    await five.readOn();
    expect(await previews()).toEqual([]);
    expect(await reason(invoices.voidInvoice(VoidInvoiceRequest.fromPartial({ ...asked(), invoiceId: 'inv_1' })))).toBe('INVOICE_CREDITED');
  });

  it('was owed in the past, as it was known then', async () => {
    expect((await accountOf('c1', { effectiveDate: '2026-03-10' })).open).toEqual(eur('119.00'));
    expect((await accountOf('c1', { effectiveDate: today, known: { $case: 'knownOn', value: '2026-03-10' } })).open).toEqual(eur('119.00'));
    await ties({ effectiveDate: '2026-03-10', known: { $case: 'knownOn', value: '2026-03-10' } });
    await ties({ effectiveDate: today });
  });
});

describe('an invoice that was paid', () => {
  it('leaves what is credited as the customer’s credit, which pays the next invoice', async () => {
    await issue('inv_2', 'c2', '100.00', '2026-04-30');
    await five.readOn();
    await receipts.recordReceipt(RecordReceiptRequest.fromPartial({ ...asked(), receiptId: 'rcp_2', customerId: 'c2', amount: eur('119.00'), method: PaymentMethod.BANK_TRANSFER }));
    await five.readOn();
    await credit('crn_3', ofInvoice('inv_2', [{ line: 1, of: { $case: 'quantity', value: '0.5' } }]));
    await five.readOn();
    expect(await invoiceOf('inv_2')).toMatchObject({ status: InvoiceStatus.PAID, paid: eur('119.00'), credited: eur('59.50'), settledByCredit: eur('0.00') });
    expect(await accountOf('c2')).toMatchObject({ open: eur('0.00'), unapplied: eur('59.50'), balance: eur('-59.50') });
    await issue('inv_3', 'c2', '30.00', '2026-04-30');
    await five.readOn();
    expect(await invoiceOf('inv_3')).toMatchObject({ status: InvoiceStatus.CREDITED, paid: eur('0.00'), credited: eur('0.00'), settledByCredit: eur('35.70') });
    expect((await postedNotes.getPostedCreditNote({ tenantId, creditNoteId: 'crn_3', minPosition: undefined })).creditNote).toMatchObject({ amount: eur('59.50'), applied: eur('35.70'), unapplied: eur('23.80'), applicationGroups: [{ amount: eur('35.70') }] });
    expect(await reason(invoices.voidInvoice(VoidInvoiceRequest.fromPartial({ ...asked(), invoiceId: 'inv_3' })))).toBe('INVOICE_HAS_APPLICATIONS');
    await ties();
  });
  it('a person uses the rest', async () => {
    await issue('inv_4', 'c2', '5.00', '2026-04-30'); // the rules take what they need
    await five.readOn();
    const { creditNotes } = await postedNotes.listPostedCreditNotes(ListPostedCreditNotesRequest.fromPartial({ tenantId, filter: 'customer_id = c2 AND unapplied > 0' }));
    expect(creditNotes.map((n) => [n.creditNoteId, n.unapplied!.value])).toEqual([['crn_3', '17.85']]);
    const apply = (value: string) => postedNotes.applyCredit(ApplyCreditRequest.fromPartial({ ...asked(), creditNoteId: 'crn_3', applications: [{ itemId: 'oit_5_1', amount: eur(value) }] }));
    expect(await reason(apply('1.00'))).toBe('OPEN_ITEM_NOT_FOUND');
    expect(await reason(postedNotes.applyCredit(ApplyCreditRequest.fromPartial({ ...asked(), creditNoteId: 'crn_9' })))).toBe('CREDIT_NOTE_NOT_FOUND');
    expect(await reason(postedNotes.getPostedCreditNote({ tenantId, creditNoteId: 'crn_9', minPosition: undefined }))).toBe('CREDIT_NOTE_NOT_FOUND');
  });
});

describe('a credit note above the limit', () => {
  it('waits for a second person, and expires without one', async () => {
    await issue('inv_6', 'c3', '1000.00', '2026-04-30');
    const { creditNote } = await credit('crn_big', ofInvoice('inv_6'));
    expect(creditNote).toMatchObject({ number: '', status: CreditNoteStatus.PENDING, total: eur('1190.00'), approval: { band: 'above 500', proposedBy: 'anna', lastDay: daysAfter(today, 3) } });
    await credit('crn_late', ofInvoice('inv_6'));
    await credit('crn_no', ofInvoice('inv_6'));
    expect((await credits.refuseCreditNote(RefuseCreditNoteRequest.fromPartial({ ...asked('ben'), creditNoteId: 'crn_no' }))).creditNote).toMatchObject({ status: CreditNoteStatus.REFUSED, approval: { decidedBy: 'ben', decisionReason: 'test' } });
    const approve = (actor: string) => credits.approveCreditNote(ApproveCreditNoteRequest.fromPartial({ ...asked(actor), creditNoteId: 'crn_big' }));
    expect(await reason(approve('anna'))).toBe('APPROVAL_SAME_PERSON');
    await openDay(daysAfter(today, 1));
    expect((await approve('ben')).creditNote).toMatchObject({ number: 'C2026-00004', issueDate: today, status: CreditNoteStatus.ISSUED, approval: { decidedBy: 'ben' } });
    await openDay(daysAfter(today, 1));
    await openDay(daysAfter(today, 1));
    const list = async (filter: string) => (await credits.listCreditNotes(ListCreditNotesRequest.fromPartial({ tenantId, filter }))).creditNotes.map((n) => n.creditNoteId).sort();
    expect(await list('status = pending')).toEqual(['crn_late']);
    await openDay(daysAfter(today, 1));
    expect(await list('status = expired')).toEqual(['crn_late']);
    expect(await list(`customer_id = c3 AND reason_code = return AND invoice_id = inv_6 AND issue_date >= ${daysAfter(today, -3)}`)).toEqual(['crn_big']);
    expect(await invoiceOf('inv_6')).toMatchObject({ status: InvoiceStatus.CREDITED });
    await ties();
  }, 30_000);
});

describe('an invoice that is cancelled and issued anew', () => {
  it('names the new one, and the new one names it', async () => {
    await issue('inv_7', 'c4', '100.00', '2026-04-30');
    await five.readOn();
    const { invoice, position } = await credits.cancelAndReissue(CancelAndReissueRequest.fromPartial({
      ...asked(), invoiceId: 'inv_7', creditNoteId: 'crn_7', replacement: { invoiceId: 'inv_8', customerId: 'c5', currencyCode: 'EUR', lines: [line('90.00')], terms: { due: { $case: 'netDays', value: 10 } } },
    }));
    expect(position).toBeDefined();
    expect(invoice).toMatchObject({ invoiceId: 'inv_8', replaces: 'inv_7', total: eur('107.10'), issueDate: today });
    await five.readOn();
    expect(await invoiceOf('inv_7')).toMatchObject({ status: InvoiceStatus.CREDITED, cancelledBy: 'crn_7', replacedBy: 'inv_8' });
    expect((await credits.getCreditNote({ tenantId, creditNoteId: 'crn_7', minPosition: undefined })).creditNote).toMatchObject({ cancels: true, reasonCode: CreditReason.CANCELLATION, invoiceId: 'inv_7', replacementInvoiceId: 'inv_8' });
    expect((await accountOf('c5')).open).toEqual(eur('107.10'));
    await ties();
  });
});

describe('a debit note', () => {
  const charge = (more: object = {}) => charges.issueDebitNote(IssueDebitNoteRequest.fromPartial({
    ...asked(), debitNoteId: 'late-1', customerId: 'c4', kind: DebitNoteKind.LATE_CHARGE, currencyCode: 'EUR', invoiceId: 'inv_7', lines: [{ ...line('12.50'), taxRate: '0', taxCategory: 'O' }], due: { $case: 'netDays', value: 0 }, ...more,
  }));
  it('is an open item once: in the aging, at risk, reminded of and paid like an invoice', async () => {
    const { debitNote } = await charge();
    expect(debitNote).toMatchObject({ number: 'D2026-00001', status: DebitNoteStatus.ISSUED, total: eur('12.50'), dueDate: today, settled: eur('0.00') });
    expect(await reason(charge())).toBe('DEBIT_NOTE_EXISTS');
    await five.readOn();
    const { openItems } = await accounts.listOpenItems(ListOpenItemsRequest.fromPartial({ tenantId, customerId: 'c4', currencyCode: 'EUR' }));
    expect(openItems).toMatchObject([{ item: { itemId: 'oit.late-1_1', kind: OpenItemKind.DEBIT_NOTE, documentNumber: 'D2026-00001' }, open: eur('12.50') }]);
    expect((await new CreditGrpc(api('credit')).getExposure(GetExposureRequest.fromPartial({ tenantId, customerId: 'c4', currencyCode: 'EUR' }))).exposures[0]).toMatchObject({ open: eur('12.50') });
    const { previews } = await new DunningGrpc(api('reminders')).previewDunning(PreviewDunningRequest.fromPartial({ tenantId, customerId: 'c4', date: daysAfter(today, 5) }));
    expect(previews.map((p) => p.customerId)).toEqual(['c4']);
    const { rows } = await reports.getTrialBalance(GetTrialBalanceRequest.fromPartial({ tenantId }));
    expect(rows.find((r) => r.account === LedgerAccount.CHARGES)).toMatchObject({ balance: eur('-12.50') });
    await receipts.recordReceipt(RecordReceiptRequest.fromPartial({ ...asked(), receiptId: 'rcp_late', customerId: 'c4', amount: eur('12.50'), method: PaymentMethod.BANK_TRANSFER, documents: [{ reference: 'D2026-00001' }] }));
    await five.readOn();
    expect((await charges.listDebitNotes(ListDebitNotesRequest.fromPartial({ tenantId, filter: 'kind = late_charge AND status = paid' }))).debitNotes).toMatchObject([{ debitNoteId: 'late-1', settled: eur('12.50') }]);
    await ties();
  });
});

describe('the series of notes', () => {
  it('have no gaps, whatever waited and was refused', async () => {
    const { answers } = await new BatchGrpc(api('invoicing')).batch(BatchRequest.fromPartial({ tenantId, items: [
      { command: { $case: 'issueCreditNote', value: { ...asked(), reasonCode: CreditReason.GOODWILL, of: { $case: 'free', value: { customerId: 'c5', currencyCode: 'EUR', lines: [line('1.00')] } } } } },
      { command: { $case: 'cancelInvoice', value: { ...asked(), invoiceId: 'inv_9' } } },
      { command: { $case: 'issueDebitNote', value: { ...asked(), customerId: 'c5', kind: DebitNoteKind.FEE, currencyCode: 'EUR', lines: [line('2.00')] } } },
    ] }));
    expect(answers.map((a) => a.answer!.$case)).toEqual(['issueCreditNote', 'error', 'issueDebitNote']);
    await five.readOn();
    const { series } = await invoices.listNumberGaps({ tenantId, minPosition: undefined });
    expect(series.map((s) => [s.series, Number(s.documents), Number(s.lastNumber), s.gaps])).toEqual([['credit-note/2026', 6, 6, []], ['debit-note/2026', 2, 2, []], ['invoice/2026', 7, 7, []]]);
    expect(five.errors).toEqual([]);
  });
});
