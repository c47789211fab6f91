// The guard against wrong bills, through the store and the log: what was agreed, delivered and billed is read, an invoice is compared with it, and warned of, stopped, or left to a second person.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GuardAction, FindingKind } from '@ar/contracts/gen/ar/invoicing/v1/guard.js';
import { ListContractPricesRequest, ListFulfilmentsRequest, ListPendingInvoicesRequest } from '@ar/contracts/gen/ar/invoicing/v1/guard_service.js';
import { InvoiceStatus, type Invoice } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { daysAfter } from '@ar/domain/day.js';
import { defaultPolicies, type Policies } from '@ar/domain/policies.js';
import { Api } from '@ar/platform/api.js';
import { Pages } from '@ar/platform/lists.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { GuardGrpc } from '../../services/invoicing/src/api/guard.grpc.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { detailsOf } from '../../services/invoicing/src/domain/tenant.world.js';
import { approveInvoice, correctFulfilment, endContractPrice, recordFulfilment, refuseInvoice, setContractPrice } from '../../services/invoicing/src/guard.commands.js';
import { createInvoiceDraft, issueInvoice, issueInvoiceDraft, openBusinessDay, publishPolicy, registerTenant, voidInvoice } from '../../services/invoicing/src/invoicing.commands.js';
import { cancelAndReissue, issueCreditNote } from '../../services/invoicing/src/notes.commands.js';
import { getInvoice, numberSeries } from '../../services/invoicing/src/projections/invoices.js';
import { createSchedule } from '../../services/invoicing/src/recurring.commands.js';
import { txOf } from '@ar/runtime/decide.js';
import { startFive, type FiveServices } from './five-services.world.js';

let today = '2026-03-02';
let postgres: Postgres;
let five: FiveServices;
const line = (more: Parameters<typeof lineOf>[0] = {}) => lineOf({ articleId: 'A', unitPrice: '10.00', quantity: '2', taxRate: '0', taxCategory: 'Z', ...more });
const document = (invoiceId: string, more: Parameters<typeof contentOf>[0] = {}) => ({ invoiceId, by: 'anna', ...contentOf({ lines: [line()], ...more }) });
const issued = async (invoiceId: string, more: Parameters<typeof contentOf>[0] = {}) => (await five.ask('invoicing', issueInvoice, document(invoiceId, more))).resource as Invoice;
const kinds = ({ findings }: Pick<Invoice, 'findings'>) => findings.map((f) => [f.kind, f.action]);
const policy = async (billingGuard: Policies['billingGuard']) => {
  await five.ask('invoicing', publishPolicy, { tenantId: 't', kind: 'billingGuard', policy: { billingGuard }, validFrom: daysAfter(today, 1) });
  await five.readOn();
  await openDay();
};
const openDay = async (days = 1) => { today = daysAfter(today, days); await five.ask('invoicing', openBusinessDay, { tenantId: 't', date: today }); await five.readOn(); };
const read = async (invoiceId: string) => (await five.runtimes.invoicing.live.read((client) => getInvoice(txOf(client), 't', invoiceId)))!.invoice;
const price = (contractPriceId: string, unitPrice: string, more: object = {}) => ({ contractPrice: { contractPriceId, customerId: 'c1', articleId: 'A', currencyCode: 'EUR', unitPrice, unitCode: 'C62', tolerancePercent: '0', validFrom: '2026-01-01', validUntil: '', inArrears: false, ...more } });
const delivered = (fulfilmentId: string, quantity: string) => ({ fulfilment: { fulfilmentId, customerId: 'c1', orderNumber: 'PO-1', articleId: 'A', quantity, unitCode: 'C62', deliveredOn: '', periodFrom: '', periodTo: '' } });
const grpc = () => new GuardGrpc(new Api(five.runtimes.invoicing, new Pages('a key of sixteen or more'), false));
const pending = async () => (await grpc().listPendingInvoices(ListPendingInvoicesRequest.fromPartial({ tenantId: 't', filter: 'customer_id = c1' }))).invoices.map((i) => i.invoiceId);
const { WARN, APPROVE } = GuardAction;

beforeAll(async () => {
  postgres = await startPostgres();
  five = await startFive({ postgres, partitions: 2, batch: 500 });
  const { ask, readOn } = five;
  await ask('invoicing', registerTenant, { tenantId: 't', baseCurrency: 'EUR', timeZone: 'UTC', details: detailsOf(), firstBusinessDay: today, policies: { ...defaultPolicies, approvals: { ...defaultPolicies.approvals, expiryDays: 3 } } });
  await readOn();
  await ask('credit', registerCustomer, { customerId: 'c1', personal: { name: 'One', address: null, invoiceEmail: '', reminderEmail: '', taxId: '' }, profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} } });
  await readOn();
}, 60_000);
afterAll(async () => { await five?.stop(); await postgres?.stop(); });

describe('by default', () => {
  it('an invoice like one that was read is warned of, and issued; a void one is forgotten', async () => {
    expect(kinds(await issued('inv_1', { externalNumber: 'E-1' }))).toEqual([]);
    await five.readOn();
    const again = await issued('inv_2', { externalNumber: 'E-1' });
    expect(again).toMatchObject({ status: InvoiceStatus.ISSUED, findings: [{ kind: FindingKind.DUPLICATE, line: 0, action: WARN, expectedOn: today, foundOn: today, amount: { currencyCode: 'EUR', value: '20.00' }, referenceId: 'inv_1' }] });
    for (const id of ['inv_1', 'inv_2']) await five.ask('invoicing', voidInvoice, { invoiceId: id, voidDate: '', reason: 'twice' });
    await five.readOn();
    expect(kinds(await read('inv_2'))).toEqual([[FindingKind.DUPLICATE, WARN]]);
    expect(kinds(await issued('inv_3', { externalNumber: 'E-1' }))).toEqual([]);
  });
  it('prices and fulfilments are not looked at', async () => {
    await five.ask('invoicing', setContractPrice, price('cpr_a', '9.00'));
    await five.ask('invoicing', recordFulfilment, delivered('dlv_1', '5'));
    await five.readOn();
    expect(kinds(await issued('inv_4', { orderNumber: 'PO-1' }))).toEqual([]);
    await five.readOn();
  });
});

describe('where the policy blocks', () => {
  beforeAll(() => policy({ prices: 'block', fulfilments: 'block', duplicates: 'block', duplicateDays: 30 }));
  it('a line above its price is refused with the difference, and one at its price passes', async () => {
    await expect(issued('inv_5')).rejects.toMatchObject({ refusal: { refused: 'billing-guard-blocked', detail: { invoiceId: 'inv_5', findings: 1, finding1: 'line 1 A overcharged: expected 9.00, found 10.00, 2.00 EUR too much (cpr_a)' } } });
    expect(kinds(await issued('inv_6', { lines: [line({ unitPrice: '9.00' })] }))).toEqual([]);
  });
  it('what was delivered of an order is billed once, whatever the projections have read: five, of which two were billed before', async () => {
    const two = (id: string, quantity: string) => issued(id, { orderNumber: 'PO-1', externalNumber: id, lines: [line({ unitPrice: '9.00', quantity })] });
    expect(kinds(await two('inv_7', '2'))).toEqual([]);
    await expect(two('inv_8', '2')).rejects.toMatchObject({ refusal: { detail: { finding1: 'line 1 A not-delivered: expected 1, found 2, 1 too many' } } });
    await five.ask('invoicing', correctFulfilment, { fulfilmentId: 'dlv_1', quantity: '6.0', reason: 'counted again' });
    await five.readOn();
    expect(kinds(await two('inv_8', '2'))).toEqual([]);
    await five.readOn();
    await expect(two('inv_9', '0.5')).rejects.toMatchObject({ refusal: { detail: { finding1: 'line 1 A not-delivered: expected 0, found 0.5, 0.5 too many' } } });
    await five.ask('invoicing', issueCreditNote, { creditNoteId: 'crn_part', for: { kind: 'invoice', invoiceId: 'inv_8', lines: [{ line: 1, net: null, quantity: '0.5' }] }, reasonCode: 'quantity', reason: '', issueDate: '', cancels: false, replacementInvoiceId: '', externalNumber: '', labels: {}, by: 'anna' });
    await five.readOn();
    await expect(two('inv_9', '0.6')).rejects.toMatchObject({ refusal: { detail: { finding1: 'line 1 A not-delivered: expected 0.5, found 0.6, 0.1 too many' } } });
    expect(kinds(await two('inv_9', '0.5'))).toEqual([]);
  });
  it('of ten equal invoices at once one is issued', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => issued(`inv_same${n}`, { externalNumber: 'E-2', lines: [line({ articleId: '' })] })));
    expect(answers.filter((a) => a.status === 'fulfilled')).toHaveLength(1);
    expect(answers.flatMap((a) => (a.status === 'rejected' ? [(a.reason as { refusal: { refused: string } }).refusal.refused] : []))).toEqual(Array.from({ length: 9 }, () => 'billing-guard-blocked'));
    await five.readOn();
  });
  it('a reissue is not the duplicate of what it replaces', async () => {
    const replaced = (await five.runtimes.invoicing.live.read(async (client) => (await client.query<{ invoice_id: string }>(`select invoice_id from invoice where external_number = 'E-2'`)).rows))[0]!.invoice_id;
    const { resource } = await five.ask('invoicing', cancelAndReissue, { invoiceId: replaced, creditNoteId: 'crn_1', issueDate: '', reason: 'address', by: 'anna', replacement: document('inv_again', { externalNumber: 'E-2', lines: [line({ articleId: '' })] }) });
    expect(resource).toMatchObject({ status: InvoiceStatus.ISSUED, findings: [], replaces: replaced });
  });
  it('a draft that was changed a moment ago is not issued unread', async () => {
    await five.ask('invoicing', createInvoiceDraft, { invoiceId: 'inv_draft', draft: contentOf({ lines: [line()] }) });
    await expect(five.ask('invoicing', issueInvoiceDraft, { invoiceId: 'inv_draft' })).rejects.toMatchObject({ refusal: { refused: 'draft-not-read' } });
    await five.readOn();
    await expect(five.ask('invoicing', issueInvoiceDraft, { invoiceId: 'inv_draft' })).rejects.toMatchObject({ refusal: { refused: 'billing-guard-blocked' } });
  });
  it('a schedule says why it does not issue', async () => {
    await five.ask('invoicing', createSchedule, { scheduleId: 'sch_1', template: contentOf({ lines: [line()] }), recurrence: { frequency: 'monthly', every: 1, firstDate: today, endOfMonth: false, lastDate: '', invoices: 0, servicePeriod: 'none' } });
    await five.readOn();
    const [schedule] = await five.runtimes.invoicing.live.read(async (client) => (await client.query<{ resource: unknown }>('select resource from invoice_schedule')).rows);
    expect(JSON.stringify(schedule!.resource)).toContain('overcharged: expected 9.00, found 10.00');
  });
});

describe('where the policy asks for a second person', () => {
  beforeAll(async () => {
    await policy({ prices: 'approve', fulfilments: 'off', duplicates: 'off', duplicateDays: 0 });
    await issued('inv_wait');
    await five.readOn();
  });
  it('an invoice waits as a draft without a number, with what was found', async () => {
    expect(await pending()).toEqual(['inv_wait']);
    expect(await read('inv_wait')).toMatchObject({ status: InvoiceStatus.DRAFT, number: '', pendingIssue: { proposedBy: 'anna', lastDay: daysAfter(today, 3) }, findings: [{ kind: FindingKind.OVERCHARGED, action: APPROVE, line: 1, amount: { currencyCode: 'EUR', value: '2.00' }, referenceId: 'cpr_a' }] });
  });
  it('nobody approves what they asked for; who else does issues it', async () => {
    await expect(five.ask('invoicing', approveInvoice, { invoiceId: 'inv_wait', by: 'anna' })).rejects.toMatchObject({ refusal: { refused: 'approval-same-person' } });
    const { resource } = await five.ask('invoicing', approveInvoice, { invoiceId: 'inv_wait', by: 'ben' });
    expect(resource).toMatchObject({ status: InvoiceStatus.ISSUED, approvedBy: 'ben', issueDate: today, findings: [{ kind: FindingKind.OVERCHARGED }], pendingIssue: undefined });
    await five.readOn();
    expect(await read('inv_wait')).toEqual(resource);
    expect(await pending()).toEqual([]);
  });
  it('refused it is a draft again; waiting too long it is too, and is issued once its price is gone', async () => {
    await issued('inv_refused');
    await five.ask('invoicing', refuseInvoice, { invoiceId: 'inv_refused', by: 'ben', reason: 'too dear' });
    await issued('inv_late');
    await five.readOn();
    expect(await read('inv_refused')).toMatchObject({ status: InvoiceStatus.DRAFT, findings: [], pendingIssue: undefined });
    await openDay(3);
    expect(await read('inv_late')).toHaveProperty('pendingIssue.proposedBy', 'anna');
    await openDay();
    expect(await read('inv_late')).toMatchObject({ status: InvoiceStatus.DRAFT, pendingIssue: undefined });
    await five.ask('invoicing', endContractPrice, { contractPriceId: 'cpr_a', validUntil: '2026-03-01' });
    await five.readOn();
    expect((await five.ask('invoicing', issueInvoiceDraft, { invoiceId: 'inv_late', by: 'anna' })).resource).toMatchObject({ status: InvoiceStatus.ISSUED, findings: [] });
  });
});

describe('what was agreed and delivered', () => {
  it('is listed as it stands', async () => {
    const { contractPrices } = await grpc().listContractPrices(ListContractPricesRequest.fromPartial({ tenantId: 't', filter: 'customer_id = c1 AND valid_until < 2026-04-01' }));
    expect(contractPrices).toMatchObject([{ contractPriceId: 'cpr_a', unitPrice: '9.00', validFrom: '2026-01-01', validUntil: '2026-03-01' }]);
    const { fulfilments } = await grpc().listFulfilments(ListFulfilmentsRequest.fromPartial({ tenantId: 't', filter: 'order_number = PO-1' }));
    expect(fulfilments).toMatchObject([{ fulfilmentId: 'dlv_1', quantity: '6.0', deliveredOn: '2026-03-02', correctedBecause: 'counted again' }]);
  });
  it('took no number for what was stopped, or waited', async () => expect((await five.runtimes.invoicing.live.read((client) => numberSeries(txOf(client), 't'))).map((s) => [s.series, Number(s.documents) - Number(s.last_number), s.gaps])).toEqual([['credit-note/2026', 0, []], ['invoice/2026', 0, []]]));
  it('leaves nothing to complain of', () => expect(five.errors).toEqual([]));
});
