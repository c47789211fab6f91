// Early-payment discounts through all five services, as callers see them: what was paid early is not owed, not reminded of, not at risk and not called about.
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GetCaseRequest } from '@ar/contracts/gen/ar/collections/v1/case_service.js';
import { GetExposureRequest } from '@ar/contracts/gen/ar/credit/v1/credit_service.js';
import { DiscountBase, DiscountMode, DiscountTax } from '@ar/contracts/gen/ar/invoicing/v1/invoice.js';
import { InvoiceStatus, IssueInvoiceRequest, VoidInvoiceRequest } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { CreditReason } from '@ar/contracts/gen/ar/invoicing/v1/credit_note.js';
import { IssueCreditNoteRequest } from '@ar/contracts/gen/ar/invoicing/v1/credit_note_service.js';
import { UnapplyCreditRequest } from '@ar/contracts/gen/ar/payments/v1/credit_note_service.js';
import { DiscountKind } from '@ar/contracts/gen/ar/payments/v1/account.js';
import { ListOpenItemsRequest } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { PaymentMethod, ReversalKind } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import { ExplainApplicationRequest, RecordReceiptRequest, ReverseReceiptRequest, UnapplyReceiptRequest } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
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
import { InvoiceGrpc } from '../../services/invoicing/src/api/invoice.grpc.js';
import { detailsOf } from '../../services/invoicing/src/domain/tenant.world.js';
import { openBusinessDay, registerTenant } from '../../services/invoicing/src/invoicing.commands.js';
import { CreditNoteGrpc } from '../../services/invoicing/src/api/credit-note.grpc.js';
import { CreditNoteGrpc as PostedGrpc } from '../../services/payments/src/api/credit-note.grpc.js';
import { AccountGrpc } from '../../services/payments/src/api/account.grpc.js';
import { ReceiptGrpc } from '../../services/payments/src/api/receipt.grpc.js';
import { ReportGrpc } from '../../services/payments/src/api/report.grpc.js';
import { DunningGrpc } from '../../services/reminders/src/api/dunning.grpc.js';
import { startFive, type FiveServices, type Name } from './five-services.world.js';

let postgres: Postgres;
let five: FiveServices;
let invoices: InvoiceGrpc; let accounts: AccountGrpc; let receipts: ReceiptGrpc; let reports: ReportGrpc;
const tenantId = 't';
let today = '2026-03-02';
let requests = 0;
const asked = () => ({ tenantId, requestId: `r-${++requests}`, actor: 'anna', reason: 'test' });
const eur = (value: string) => ({ currencyCode: 'EUR', value });
const minor = (a: { value: string } | undefined) => Number(a!.value.replace('.', ''));
const api = (name: Name) => new Api(five.runtimes[name], new Pages('a key of sixteen or more'), true);
const openDay = async (date: string) => { today = date; await five.ask('invoicing', openBusinessDay, { tenantId, date }); await five.readOn(); };

/** 100.00 net at 21 %, 2 % within two days. */
const issue = async (invoiceId: string, customerId: string, tax: DiscountTax, dueDate: string, mode = DiscountMode.EARNED) => {
  await invoices.issueInvoice(IssueInvoiceRequest.fromPartial({
    ...asked(), invoiceId, customerId, currencyCode: 'EUR', lines: [{ description: 'Goods', quantity: '1', unitPrice: '100.00', taxRate: '21' }],
    terms: { due: { $case: 'dueDate', value: dueDate }, discount: { tiers: [{ days: 2, percent: '2' }], base: DiscountBase.NET, tax, mode } },
  }));
  await five.readOn();
};
const pay = async (receiptId: string, customerId: string, value: string, invoiceNumber = '') => {
  await receipts.recordReceipt(RecordReceiptRequest.fromPartial({ ...asked(), receiptId, customerId, amount: eur(value), method: PaymentMethod.BANK_TRANSFER, documents: invoiceNumber ? [{ reference: invoiceNumber }] : [] }));
  await five.readOn();
};
const invoiceOf = async (invoiceId: string) => (await invoices.getInvoice({ tenantId, invoiceId, minPosition: undefined })).invoice!;
const itemsOf = async (customerId: string, asOf?: object) => (await accounts.listOpenItems(ListOpenItemsRequest.fromPartial({ tenantId, customerId, currencyCode: 'EUR', asOf } as never))).openItems;
const previews = async (customerId: string) => (await new DunningGrpc(api('reminders')).previewDunning(PreviewDunningRequest.fromPartial({ tenantId, customerId }))).previews;
const exposure = async (customerId: string) => (await new CreditGrpc(api('credit')).getExposure(GetExposureRequest.fromPartial({ tenantId, customerId, currencyCode: 'EUR' }))).exposures[0]?.exposure ?? eur('0.00');
const caseOpen = (customerId: string) => new CaseGrpc(api('collections')).getCase(GetCaseRequest.fromPartial({ tenantId, customerId })).then((r) => r.collectionCase!.open, (e: unknown) => apiError(e, '').reason);

/** Aging, items and journal say the same; answers the balances by account. */
async function ties(asOf?: object): Promise<Partial<Record<LedgerAccount, number>>> {
  const { agings } = await reports.getAging(GetAgingRequest.fromPartial({ tenantId, asOf } as never));
  for (const a of agings) expect(minor(a.controlTotal)).toBe(minor(a.open) - minor(a.unapplied));
  const { rows } = await reports.getTrialBalance(GetTrialBalanceRequest.fromPartial({ tenantId, asOf } as never));
  expect(rows.reduce((sum, r) => sum + minor(r.balance), 0)).toBe(0);
  const control = rows.filter((r) => [LedgerAccount.RECEIVABLES, LedgerAccount.UNAPPLIED_CASH].includes(r.account)).reduce((sum, r) => sum + minor(r.balance), 0);
  expect(control).toBe(agings.reduce((sum, a) => sum + minor(a.controlTotal), 0));
  return Object.fromEntries(rows.map((r) => [r.account, minor(r.balance)]));
}

beforeAll(async () => {
  postgres = await startPostgres();
  five = await startFive({ postgres, partitions: 3, batch: 500 });
  [invoices, accounts, receipts, reports] = [new InvoiceGrpc(api('invoicing')), new AccountGrpc(api('payments')), new ReceiptGrpc(api('payments')), new ReportGrpc(api('payments'))];
  await five.ask('invoicing', registerTenant, { tenantId, baseCurrency: 'EUR', timeZone: 'UTC', details: detailsOf({ sender: 'billing@seller.example' }), firstBusinessDay: today, policies: defaultPolicies });
  await five.readOn();
  for (const customerId of ['early', 'late', 'back', 'parts', 'always']) await five.ask('credit', registerCustomer, {
    customerId, personal: { name: customerId, address: null, invoiceEmail: `${customerId}@customer.example`, reminderEmail: '', taxId: '' }, profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} },
  });
  await five.readOn();
  await issue('inv_1', 'early', DiscountTax.ON_EARLY_PAYMENT, '2026-03-03');
  await issue('inv_2', 'late', DiscountTax.ON_EARLY_PAYMENT, '2026-03-03');
  await issue('inv_3', 'back', DiscountTax.ON_EARLY_PAYMENT, '2026-03-03', DiscountMode.EARNED_AND_UNEARNED);
  await issue('inv_4', 'parts', DiscountTax.NEVER, '2026-03-20');
  await issue('inv_5', 'always', DiscountTax.ALWAYS, '2026-03-20');
}, 60_000);
afterAll(async () => { await five?.stop(); await postgres?.stop(); });

describe('an open item', () => {
  it('shows what can be had, and what is left of it after a part was paid', async () => {
    expect((await itemsOf('early'))[0]!.discounts).toEqual([{ percent: '2', lastDay: '2026-03-04', left: eur('2.42') }]);
    await pay('rcp_4', 'parts', '59.00');
    expect(await itemsOf('parts')).toMatchObject([{ open: eur('61.01'), discounts: [{ left: eur('1.01') }] }]);
    expect(await invoiceOf('inv_4')).toMatchObject({ status: InvoiceStatus.PARTLY_PAID, paid: eur('59.00'), discounted: eur('0.99') });
    await pay('rcp_5', 'parts', '60.00');
    expect(await invoiceOf('inv_4')).toMatchObject({ status: InvoiceStatus.PAID, paid: eur('119.00'), discounted: eur('2.00'), settledByCredit: eur('0.00') });
    expect(await ties()).toMatchObject({ [LedgerAccount.SALES_DISCOUNTS]: 2_00 });
  });
  it('of an invoice whose tax is reduced in any case is closed by 118.58, and no more tax is reduced', async () => {
    const before = await ties();
    await pay('rcp_6', 'always', '118.58');
    expect(await invoiceOf('inv_5')).toMatchObject({ status: InvoiceStatus.PAID, total: eur('120.58'), paid: eur('118.58'), discounted: eur('2.00') });
    expect(await ties()).toMatchObject({ [LedgerAccount.SALES_DISCOUNTS]: 4_00, [LedgerAccount.TAX]: before[LedgerAccount.TAX] });
  });
});

describe('an invoice of 121.00 that was paid with 118.58 in time', () => {
  beforeAll(async () => {
    await openDay('2026-03-03');
    await openDay('2026-03-04');
    const before = await ties();
    await pay('rcp_1', 'early', '118.58');
    await pay('rcp_3', 'back', '118.58');
    const after = await ties();
    expect([after[LedgerAccount.SALES_DISCOUNTS]! - before[LedgerAccount.SALES_DISCOUNTS]!, after[LedgerAccount.TAX]! - before[LedgerAccount.TAX]!]).toEqual([4_00, 84]);
    await receipts.reverseReceipt(ReverseReceiptRequest.fromPartial({ ...asked(), receiptId: 'rcp_3', kind: ReversalKind.RETURN }));
    await five.readOn();
    for (let day = 1; day <= 12; day++) await openDay(daysAfter(today, 1));
  }, 60_000);

  it('is paid, and says how', async () => {
    expect(await invoiceOf('inv_1')).toMatchObject({ status: InvoiceStatus.PAID, paid: eur('118.58'), discounted: eur('2.42') });
    const { receipt, attempts } = await receipts.explainApplication(ExplainApplicationRequest.fromPartial({ tenantId, receiptId: 'rcp_1' }));
    expect(receipt).toMatchObject({ applied: eur('118.58'), unapplied: eur('0.00') });
    expect(attempts[0]).toMatchObject({
      applications: [{ amount: eur('118.58'), open: eur('0.00'), discount: { percent: '2', kind: DiscountKind.EARNED, amount: eur('2.42'), tax: eur('0.42'), left: eur('2.42') } }],
      trace: [{ applied: false }, { applied: true, explanation: '118.58 EUR to apply, 1 open: 118.58 EUR to oit_1_1; 2 % early-payment discount on oit_1_1: 2.42 EUR of 2.42 EUR granted, earned' }],
    });
  });
  it('is not reminded of, not at risk and not called about, as one is that was paid by nobody, or whose payment went back', async () => {
    expect([await previews('early'), await exposure('early'), await caseOpen('early'), await itemsOf('early')]).toEqual([[], eur('0.00'), 'CASE_NOT_FOUND', []]);
    for (const customerId of ['late', 'back']) expect([(await previews(customerId)).length, await exposure(customerId), await caseOpen(customerId)]).toEqual([1, eur('121.00'), true]);
    await five.sendMail();
    expect(five.smtp.mails.map((m) => m.to).flat().some((to) => to.startsWith('early@'))).toBe(false);
  });
  it('whose payment went back is as it was, its discount too', async () => {
    expect(await invoiceOf('inv_3')).toMatchObject({ status: InvoiceStatus.ISSUED, paid: eur('0.00'), discounted: eur('0.00') });
    expect(await itemsOf('back')).toMatchObject([{ item: { dueDate: '2026-03-03' }, open: eur('121.00'), discounts: [] }]); // it holds no more today
    expect((await itemsOf('back', { effectiveDate: '2026-03-03', known: { $case: 'knownOn', value: '2026-03-03' } }))[0]!.discounts).toMatchObject([{ left: eur('2.42') }]);
  });
  it('late, takes the discount where the terms allow it, and nothing where they do not', async () => {
    await pay('rcp_2', 'late', '118.58');
    expect(await invoiceOf('inv_2')).toMatchObject({ status: InvoiceStatus.PARTLY_PAID, paid: eur('118.58'), discounted: eur('0.00') });
    await pay('rcp_7', 'back', '118.58');
    expect(await invoiceOf('inv_3')).toMatchObject({ status: InvoiceStatus.PAID, discounted: eur('2.42') });
    const { attempts } = await receipts.explainApplication(ExplainApplicationRequest.fromPartial({ tenantId, receiptId: 'rcp_7' }));
    expect(attempts[0]!.applications[0]!.discount).toMatchObject({ kind: DiscountKind.UNEARNED, amount: eur('2.42') });
    expect([await previews('back'), await exposure('back'), await caseOpen('back')]).toEqual([[], eur('0.00'), false]);
    await ties();
  });
  it('is open in full when the payment is unapplied, and void then; the past stays', async () => {
    const { receipt } = await receipts.getReceipt({ tenantId, receiptId: 'rcp_1', minPosition: undefined });
    const before = await ties();
    await receipts.unapplyReceipt(UnapplyReceiptRequest.fromPartial({ ...asked(), receiptId: 'rcp_1', applicationGroupId: receipt!.applicationGroups[0]!.applicationGroupId }));
    await five.readOn();
    expect(await itemsOf('early')).toMatchObject([{ open: eur('121.00') }]);
    const after = await ties();
    expect([after[LedgerAccount.SALES_DISCOUNTS]! - before[LedgerAccount.SALES_DISCOUNTS]!, after[LedgerAccount.TAX]! - before[LedgerAccount.TAX]!]).toEqual([-2_00, -42]);
    await invoices.voidInvoice(VoidInvoiceRequest.fromPartial({ ...asked(), invoiceId: 'inv_1' }));
    await five.readOn();
    expect([await itemsOf('early'), await itemsOf('early', { effectiveDate: '2026-03-04' })]).toMatchObject([[], []]);
    expect(await itemsOf('early', { effectiveDate: '2026-03-03' })).toMatchObject([{ open: eur('121.00') }]);
    await ties({ effectiveDate: '2026-03-04' });
    await ties();
    expect(five.errors).toEqual([]);
  });
});
describe('a credit note for what was paid with a discount', () => {
  it('gives back what was paid: 118.58 of 121.00, and neither discount nor its tax is left', async () => {
    const before = await ties();
    const credit = (creditNoteId: string) => new CreditNoteGrpc(api('invoicing')).issueCreditNote(IssueCreditNoteRequest.fromPartial({ ...asked(), creditNoteId, reasonCode: CreditReason.RETURN, of: { $case: 'invoice', value: { invoiceId: 'inv_3', lines: [] } } } as never));
    expect((await credit('crn_1')).creditNote).toMatchObject({ total: eur('121.00'), tax: eur('21.00') });
    await five.readOn();
    const { creditNote } = await new PostedGrpc(api('payments')).getPostedCreditNote({ tenantId, creditNoteId: 'crn_1', minPosition: undefined });
    expect(creditNote).toMatchObject({ amount: eur('121.00'), applied: eur('0.00'), unapplied: eur('118.58'), discountTakenBack: eur('2.42') });
    const after = await ties();
    const change = (account: LedgerAccount) => (after[account] ?? 0) - (before[account] ?? 0);
    expect([LedgerAccount.SALES, LedgerAccount.SALES_DISCOUNTS, LedgerAccount.TAX, LedgerAccount.UNAPPLIED_CASH].map(change)).toEqual([100_00, -2_00, 20_58, -118_58]);
  });
  it('gives all of it again where the payment goes back after all: nothing is owed, nothing is left', async () => {
    await receipts.reverseReceipt(ReverseReceiptRequest.fromPartial({ ...asked(), receiptId: 'rcp_7', kind: ReversalKind.RETURN }));
    await five.readOn();
    const { creditNote } = await new PostedGrpc(api('payments')).getPostedCreditNote({ tenantId, creditNoteId: 'crn_1', minPosition: undefined });
    expect(creditNote).toMatchObject({ applied: eur('121.00'), unapplied: eur('0.00'), discountTakenBack: eur('0.00') });
    expect(await itemsOf('back')).toEqual([]);
    await ties();
  });
  it('has a use taken back by a person: it is the customer\'s credit, and the item is open again', async () => {
    const notes = new PostedGrpc(api('payments'));
    const { creditNote } = await notes.getPostedCreditNote({ tenantId, creditNoteId: 'crn_1', minPosition: undefined });
    const [group] = creditNote!.applicationGroups;
    expect((await notes.unapplyCredit(UnapplyCreditRequest.fromPartial({ ...asked(), creditNoteId: 'crn_1', applicationGroupId: group!.applicationGroupId }))).creditNote).toMatchObject({ unapplied: group!.amount });
    await five.readOn();
    expect(await itemsOf('back')).toMatchObject([{ open: group!.amount, item: { dueDate: '2026-03-03' } }]);
    await ties();
  });
  it('made no error in the background', () => expect(five.errors).toEqual([]));
});
