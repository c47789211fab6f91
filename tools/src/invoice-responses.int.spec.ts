// What a customer's system answers, from its file to the dispute, and to the case that shows it. Hostile files change nothing.
import { status as Code } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GetCaseRequest } from '@ar/contracts/gen/ar/collections/v1/case_service.js';
import { InvoiceResponseCode } from '@ar/contracts/gen/ar/invoicing/v1/invoice_response.js';
import { ListInvoiceResponsesRequest, RecordInvoiceResponseRequest, type InvoiceResponseDraft } from '@ar/contracts/gen/ar/invoicing/v1/invoice_response_service.js';
import { GetInvoiceRequest, ListInvoicesRequest } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { daysAfter } from '@ar/domain/day.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { Api } from '@ar/platform/api.js';
import { apiError, type ApiError } from '@ar/platform/errors.js';
import { Pages } from '@ar/platform/lists.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { CaseGrpc } from '../../services/collections/src/api/case.grpc.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { BatchGrpc } from '../../services/invoicing/src/api/batch.grpc.js';
import { InvoiceGrpc } from '../../services/invoicing/src/api/invoice.grpc.js';
import { InvoiceResponseGrpc } from '../../services/invoicing/src/api/invoice-response.grpc.js';
import { bytes, hostile, responseXml, status } from '../../services/invoicing/src/documents/invoice-response.world.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { detailsOf } from '../../services/invoicing/src/domain/tenant.world.js';
import { issueInvoice, openBusinessDay, registerTenant } from '../../services/invoicing/src/invoicing.commands.js';
import { startFive, type FiveServices, type Name } from './five-services.world.js';

const first = '2026-03-02';
const profile = { language: 'en', currencyCode: '', netDays: null, electronicAddress: '0088:7300010000001', buyerReference: '', segment: '', industry: '', labels: {} };
let postgres: Postgres;
let five: FiveServices;
const apiOf = (name: Name) => new Api(five.runtimes[name], new Pages('a key of sixteen or more'), false);
let asked = 0;
const request = (response: RecordInvoiceResponseRequest['response']) => RecordInvoiceResponseRequest.fromPartial({ tenantId: 't', requestId: `r${++asked}`, actor: 'edi', ...(response ? { response } : {}) } as never);
const file = (xml: Uint8Array) => request({ $case: 'xml', value: Buffer.from(xml) });
const say = (...told: Parameters<typeof responseXml>) => new InvoiceResponseGrpc(apiOf('invoicing')).recordInvoiceResponse(file(bytes(responseXml(...told))));
const answers = async (filter = '', more: object = {}) => new InvoiceResponseGrpc(apiOf('invoicing')).listInvoiceResponses(ListInvoiceResponsesRequest.fromPartial({ tenantId: 't', filter, ...more }));
const invoiceOf = async (invoiceId: string) => (await new InvoiceGrpc(apiOf('invoicing')).getInvoice(GetInvoiceRequest.fromPartial({ tenantId: 't', invoiceId }))).invoice!;
const caseOf = () => new CaseGrpc(apiOf('collections')).getCase(GetCaseRequest.fromPartial({ tenantId: 't', customerId: 'c1' }));
const recorded = async (name: Name) => five.runtimes[name].live.read(async (client) => (await client.query<{ type: string }>('select type from es.event order by sequence')).rows.map((r) => r.type));
const failing = (call: Promise<unknown>): Promise<ApiError> => call.then(() => { throw new Error('it was accepted'); }, (e: unknown) => apiError(e, ''));
let numbers: Readonly<Record<string, string>>;

beforeAll(async () => {
  postgres = await startPostgres();
  five = await startFive({ postgres, partitions: 2, batch: 500 });
  const { ask, readOn } = five;
  await ask('invoicing', registerTenant, {
    tenantId: 't', baseCurrency: 'EUR', timeZone: 'UTC', details: detailsOf({ electronicAddress: '9930:DE123456789' }), firstBusinessDay: first, policies: { ...defaultPolicies, collectionCase: { minimum: '50', oldestDaysPastDue: 1 } },
  });
  await readOn();
  await ask('credit', registerCustomer, { customerId: 'c1', personal: { name: 'One', address: null, invoiceEmail: '', reminderEmail: '', taxId: '' }, profile });
  await readOn();
  for (const id of ['rejected', 'accepted']) await ask('invoicing', issueInvoice, { invoiceId: `inv_${id}`, ...contentOf({ lines: [lineOf()], terms: { due: { netDays: 2 } }, externalNumber: `ORD-${id}` }) });
  await readOn();
  await ask('invoicing', openBusinessDay, { tenantId: 't', date: daysAfter(first, 5) });
  await readOn();
  numbers = { rejected: (await invoiceOf('inv_rejected')).number, accepted: (await invoiceOf('inv_accepted')).number };
}, 60_000);
afterAll(async () => { await five?.stop(); await postgres?.stop(); });

describe('a hostile file', () => {
  it.each(hostile)('changes nothing: %s', async (_what, xml, at, problem) => {
    const before = await recorded('invoicing');
    const error = await failing(new InvoiceResponseGrpc(apiOf('invoicing')).recordInvoiceResponse(file(xml)));
    expect([error.code, error.reason, error.metadata['field']]).toEqual([Code.INVALID_ARGUMENT, 'XML_INVALID', 'xml']);
    if (problem !== '') expect(error.metadata).toEqual({ field: 'xml', element: at, problem: problem.slice(0, 200) });
    expect(await recorded('invoicing')).toEqual(before);
  });
});

describe('a rejection', () => {
  it('is recorded, is on the invoice, and disputes it in collections with its reason', async () => {
    const { invoiceResponse } = await say({ reference: numbers['rejected']!, effective: '2026-03-06' });
    expect(invoiceResponse).toMatchObject({ invoiceId: 'inv_rejected', customerId: 'c1', code: InvoiceResponseCode.RE, effectiveDate: '2026-03-06', responseId: 'imr-1', sender: '0088:7300010000001', receivedOn: daysAfter(first, 5) });
    await five.readOn();
    expect((await invoiceOf('inv_rejected')).latestResponse).toEqual({ invoiceResponseId: invoiceResponse!.invoiceResponseId, code: InvoiceResponseCode.RE, effectiveDate: '2026-03-06', receivedOn: daysAfter(first, 5) });
    const { disputes } = await caseOf();
    expect(disputes).toMatchObject([{ reasonCode: 'DISPUTE_REASON_PRICE', items: [{ itemId: 'oit_rejected_1', amount: (await invoiceOf('inv_rejected')).total }], note: { text: 'Rejected (RE, PRI, NIN)\nPRI: agreed was 9.50 & no more; BT-48: DE123456789' } }]);
    expect(await recorded('payments')).toContain('OpenItemDisputed');
  });
  it('is recorded once, however often and in whatever form it is sent', async () => {
    const before = await recorded('invoicing');
    const again = await say({ reference: numbers['rejected']!, effective: '2026-03-06' });
    const fields = { responseId: 'imr-1', sender: '0088:7300010000001', invoiceReference: numbers['rejected']!, code: InvoiceResponseCode.RE, effectiveDate: '2026-03-06', receiver: '', note: '', clarifications: again.invoiceResponse!.words!.clarifications } satisfies InvoiceResponseDraft;
    expect((await new InvoiceResponseGrpc(apiOf('invoicing')).recordInvoiceResponse(request({ $case: 'fields', value: fields }))).invoiceResponse).toEqual(again.invoiceResponse);
    expect(await recorded('invoicing')).toEqual(before);
    expect((await failing(say({ reference: numbers['rejected']!, code: 'AP' }))).reason).toBe('INVOICE_RESPONSE_EXISTS');
  });
  it('stays when the acknowledgement comes after it', async () => {
    await say({ id: 'imr-0', code: 'AB', reference: 'ORD-rejected', effective: '2026-03-03', statuses: '' });
    await five.readOn();
    expect((await invoiceOf('inv_rejected')).latestResponse?.code).toBe(InvoiceResponseCode.RE);
    expect((await answers(`invoice_number = ${numbers['rejected']}`)).invoiceResponses.map((r) => r.code)).toEqual([InvoiceResponseCode.AB, InvoiceResponseCode.RE]);
  });
});

describe('an invoice that is accepted and paid, as its customer says', () => {
  it('is shown so with the case, asked for as before, and found by its last answer', async () => {
    await say({ id: 'imr-3', code: 'AP', reference: 'inv_accepted', statuses: '' });
    await five.readOn();
    expect((await caseOf()).invoiceAnswers.map((a) => [a.invoiceId, a.kind])).toEqual([['inv_rejected', 'INVOICE_ANSWER_KIND_REJECTED'], ['inv_accepted', 'INVOICE_ANSWER_KIND_ACCEPTED']]);
    await say({ id: 'imr-4', code: 'PD', reference: 'inv_accepted', effective: '2026-03-07', statuses: status('OPStatusReason', 'PPD', 'half of it') });
    await say({ id: 'imr-5', code: 'IP', reference: 'inv_accepted', effective: '2026-03-01', statuses: '' }); // partners do
    await five.readOn();
    const { collectionCase, invoiceAnswers } = await caseOf();
    const { total } = await invoiceOf('inv_accepted');
    expect(invoiceAnswers[0]).toMatchObject({ invoiceId: 'inv_accepted', invoiceNumber: numbers['accepted'], kind: 'INVOICE_ANSWER_KIND_PAYMENT_ANNOUNCED', effectiveDate: '2026-03-07', open: total });
    expect(collectionCase).toMatchObject({ open: true, pastDue: [{ disputed: total, promised: { value: '0.00' }, items: 2 }] });
    const found = async (filter: string) => (await new InvoiceGrpc(apiOf('invoicing')).listInvoices(ListInvoicesRequest.fromPartial({ tenantId: 't', filter }))).invoices.map((i) => i.invoiceId);
    expect([await found('response_code = PD'), await found('response_code = RE'), await found('response_code = AB')]).toEqual([['inv_accepted'], ['inv_rejected'], []]);
  });
});

describe('answers', () => {
  it('are listed in pages', async () => {
    const one = await answers('', { pageSize: 3, orderBy: 'effective_date desc' });
    const two = await answers('', { pageSize: 3, orderBy: 'effective_date desc', pageToken: one.nextPageToken });
    expect([...one.invoiceResponses, ...two.invoiceResponses].map((r) => r.effectiveDate)).toEqual(['2026-03-07', '2026-03-06', '2026-03-04', '2026-03-03', '2026-03-01']);
    expect(two.nextPageToken).toBe('');
    expect((await answers('code = PD AND customer_id = c1')).invoiceResponses.map((r) => r.responseId)).toEqual(['imr-4']);
  });
  it('may come many at once, and say what is wrong with their fields', async () => {
    const bad = request({ $case: 'fields', value: { responseId: '', sender: 'somebody', receiver: '', invoiceReference: 'ORD-accepted', code: InvoiceResponseCode.UQ, effectiveDate: '2026-02-30', clarifications: [{ code: undefined, text: '', conditions: [] }], note: '' } });
    const { answers: told } = await new BatchGrpc(apiOf('invoicing')).batch({ tenantId: 't', items: [{ command: { $case: 'recordInvoiceResponse', value: file(bytes(responseXml({ id: 'imr-6', code: 'IP', reference: 'ORD-accepted', statuses: '' }))) } }, { command: { $case: 'recordInvoiceResponse', value: bad } }] });
    expect(told.map((a) => a.answer?.$case)).toEqual(['recordInvoiceResponse', 'error']);
    const error = await failing(new InvoiceResponseGrpc(apiOf('invoicing')).recordInvoiceResponse(bad));
    for (const field of ['fields.response_id: is required', 'fields.sender: is not an electronic address', 'fields.effective_date', 'fields.clarifications[0].code: is required', 'fields.clarifications: UQ needs']) expect(error.message).toContain(field);
    expect((await failing(new InvoiceResponseGrpc(apiOf('invoicing')).recordInvoiceResponse(request(undefined)))).metadata).toEqual({ field: 'xml' });
  });
  it('leave nothing to complain of', () => expect(five.errors).toEqual([]));
});
