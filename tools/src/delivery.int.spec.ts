// Documents on their way to customers: what leaves, what does not, and what follows from it in the other services.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { AttachFileRequest, DeliveryStatus, GetDeliveryPreferencesRequest, ListAttachmentsRequest, ListDeliveriesRequest, SetDeliveryPreferencesRequest } from '@ar/contracts/gen/ar/invoicing/v1/delivery_service.js';
import { DeliveryChannel } from '@ar/contracts/gen/ar/invoicing/v1/delivery.js';
import { GetCreditNoteDocumentRequest } from '@ar/contracts/gen/ar/invoicing/v1/credit_note_service.js';
import { DocumentFormat, GetInvoiceDocumentRequest } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { GetCaseRequest } from '@ar/contracts/gen/ar/collections/v1/case_service.js';
import { BadRequest } from '@ar/contracts/gen/google/rpc/error_details.js';
import { daysAfter, type Day } from '@ar/domain/day.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { Api } from '@ar/platform/api.js';
import { apiError } from '@ar/platform/errors.js';
import { Pages } from '@ar/platform/lists.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { CaseGrpc } from '../../services/collections/src/api/case.grpc.js';
import { CreditNoteGrpc } from '../../services/invoicing/src/api/credit-note.grpc.js';
import { DeliveryGrpc } from '../../services/invoicing/src/api/delivery.grpc.js';
import { InvoiceGrpc } from '../../services/invoicing/src/api/invoice.grpc.js';
import { recordDeliveryReport, sendDocument, setDeliveryPreferences } from '../../services/invoicing/src/delivery.commands.js';
import { contentOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { detailsOf } from '../../services/invoicing/src/domain/tenant.world.js';
import { createInvoiceDraft, issueInvoice, issueInvoiceDraft, openBusinessDay, registerTenant, voidInvoice } from '../../services/invoicing/src/invoicing.commands.js';
import { issueCreditNote, issueDebitNote } from '../../services/invoicing/src/notes.commands.js';
import { startFive, type FiveServices, type Name } from './five-services.world.js';

const first: Day = '2026-03-02';
const address = (countryCode: string) => ({ lines: ['Street 1'], postalCode: '10115', city: 'Town', region: '', countryCode });
const profile = { language: 'de', currencyCode: '', netDays: null, electronicAddress: '9930:DE987654321', buyerReference: 'KST-1', segment: '', industry: '', labels: {} };
let postgres: Postgres;
let five: FiveServices;
const api = (name: Name) => new Api(five.runtimes[name], new Pages('a key of sixteen or more'), false);
const deliveries = () => new DeliveryGrpc(api('invoicing'));
const list = async (filter: string) => (await deliveries().listDeliveries(ListDeliveriesRequest.fromPartial({ tenantId: 't', filter }))).deliveries;
const issue = (invoiceId: string, customerId: string, more: object = {}) => five.ask('invoicing', issueInvoice, { invoiceId, ...contentOf({ customerId, terms: { due: { netDays: 1 } }, ...more }) });
const wanting = (customerId: string, attachXml = false, copyTo: readonly string[] = []) => five.ask('invoicing', setDeliveryPreferences, { customerId, channel: 'email', attachXml, pii: { keyId: '', data: { copyTo } } });
/** The files of a mail: name → bytes. */
const filesOf = (raw: string) => new Map([...raw.matchAll(/Content-Disposition: attachment;\s+filename="?([^"\r\n]+)"?[\s\S]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)/g)].map(([, name, body]) => [name!, Buffer.from(body!, 'base64')]));
const all = async () => { await five.readOn(); await five.sendMail('invoicing'); await five.readOn(); };

beforeAll(async () => {
  postgres = await startPostgres();
  five = await startFive({ postgres, partitions: 2, batch: 500 });
  const { ask, readOn } = five;
  await ask('invoicing', registerTenant, {
    tenantId: 't', baseCurrency: 'EUR', timeZone: 'UTC', firstBusinessDay: first, policies: { ...defaultPolicies, dunning: { ...defaultPolicies.dunning, workingDaysOnly: false, beforeDueDays: 0 }, collectionCase: { minimum: '1', oldestDaysPastDue: 1 } },
    details: detailsOf({ legalName: 'Seller GmbH', sender: 'billing@seller.example', address: address('DE'), taxId: 'DE123456789', electronicAddress: '9930:DE123456789', contactName: 'B', contactPhone: '+49 1', contactEmail: 'b@seller.example', iban: 'DE02120300000000202051' }),
  });
  await readOn();
  for (const customerId of ['c1', 'c2', 'c3', 'c4']) await ask('credit', registerCustomer, { customerId, personal: { name: `Käufer ${customerId}`, address: address('DE'), invoiceEmail: customerId === 'c3' ? '' : `ap@${customerId}.example`, reminderEmail: '', taxId: 'DE987654321' }, profile });
  await readOn();
}, 60_000);
afterEach(() => { expect(five.errors).toEqual([]); five.smtp.behave('accept'); });
afterAll(async () => { await five?.stop(); await postgres?.stop(); });

describe('an invoice of a customer who said nothing', () => {
  it('is not sent', async () => {
    expect((await deliveries().getDeliveryPreferences(GetDeliveryPreferencesRequest.fromPartial({ tenantId: 't', customerId: 'c4' }))).preferences).toEqual({ customerId: 'c4', channel: DeliveryChannel.NONE, attachXml: false, copyTo: [] });
    await issue('inv_quiet', 'c4');
    await all();
    expect(await list('customer_id = c4')).toEqual([]);
  });
});

describe('an invoice of a customer who wants it by e-mail', () => {
  it('goes out with what GetInvoiceDocument answers, the attached files and copies, also when it was drafted a moment ago', async () => {
    await wanting('c1', true, ['boss@c1.example']);
    await five.readOn();
    await five.ask('invoicing', createInvoiceDraft, { invoiceId: 'inv_full', draft: contentOf({ customerId: 'c1', terms: { due: { netDays: 1 } } }) });
    const attach = (attachmentId: string, fileName: string, content: string) => deliveries().attachFile(AttachFileRequest.fromPartial({ tenantId: 't', requestId: attachmentId, actor: 'a', invoiceId: 'inv_full', attachmentId, fileName, mimeType: 'application/pdf', content: Buffer.from(content) }));
    const { attachments } = await attach('att_1', 'proof of delivery.pdf', 'signed');
    expect(attachments!.attachments).toEqual([{ attachmentId: 'att_1', invoiceId: 'inv_full', fileName: 'proof of delivery.pdf', mimeType: 'application/pdf', sizeBytes: 6, sha256: createHash('sha256').update('signed').digest('hex') }]);
    await five.ask('invoicing', issueInvoiceDraft, { invoiceId: 'inv_full' }); // nobody has read the draft yet
    await all();
    const [delivery] = await list('document_id = inv_full');
    expect(delivery).toMatchObject({ status: DeliveryStatus.SENT, attempts: 1, attachXml: true, mail: { to: ['ap@c1.example'], copyTo: ['boss@c1.example'] } });
    const mail = five.smtp.mails.at(-1)!;
    expect([mail.from, mail.to, mail.headers['x-ar-effect-key'], mail.headers['message-id']]).toEqual(['billing@seller.example', ['ap@c1.example', 'boss@c1.example'], delivery!.deliveryId, `<${delivery!.deliveryId}@t>`]);
    expect(delivery!.mail).toMatchObject({ subject: `Rechnung ${delivery!.documentNumber}, Seller GmbH, 119.00 EUR`, body: expect.stringContaining('fällig') });
    const files = filesOf(mail.raw);
    const answered = (format: DocumentFormat) => new InvoiceGrpc(api('invoicing')).getInvoiceDocument(GetInvoiceDocumentRequest.fromPartial({ tenantId: 't', invoiceId: 'inv_full', format }));
    const number = delivery!.documentNumber;
    expect([...files.keys()]).toEqual([`${number}.pdf`, `${number}.xml`, 'proof of delivery.pdf']);
    expect(files.get(`${number}.pdf`)!.equals(Buffer.from((await answered(DocumentFormat.PDF)).content))).toBe(true);
    expect(files.get(`${number}.xml`)!.equals(Buffer.from((await answered(DocumentFormat.UBL)).content))).toBe(true);
    expect(files.get('proof of delivery.pdf')!.toString()).toBe('signed');
    const kept = await deliveries().listAttachments(ListAttachmentsRequest.fromPartial({ tenantId: 't', invoiceId: 'inv_full', contentOf: 'att_1' }));
    expect([kept.attachments.length, Buffer.from(kept.content).toString()]).toEqual([1, 'signed']);
  });

  it('is not sent when it was voided before it left, and not as XML that the rules do not allow', async () => {
    await issue('inv_void', 'c1');
    await five.readOn();
    await five.ask('invoicing', voidInvoice, { invoiceId: 'inv_void', voidDate: '', reason: 'wrong' });
    await all();
    expect(await list('document_id = inv_void')).toMatchObject([{ status: DeliveryStatus.SUPPRESSED, detail: expect.stringContaining('was voided before it left') }]);
    await wanting('c4', true);
    await five.ask('invoicing', sendDocument, { deliveryId: 'dlv_kwd', documentType: 'invoice', documentId: 'inv_quiet', to: [], attachXml: false });
    await issue('inv_endpoint', 'c1', { lines: [{ ...contentOf().lines[0]!, unitCode: 'NOUNIT' }] });
    await all();
    expect(await list('document_id = inv_endpoint')).toMatchObject([{ status: DeliveryStatus.SUPPRESSED, detail: expect.stringContaining('EINVOICE_FIELD_INVALID') }]);
    expect(await list('document_id = inv_quiet')).toMatchObject([{ status: DeliveryStatus.SENT }]);
  });

  it('is attempted three times, then failed for good, and never twice behind anyone’s back where nobody knows', async () => {
    await wanting('c2');
    await five.readOn();
    five.smtp.behave('refuse-message');
    await issue('inv_refused', 'c2');
    await five.readOn();
    for (let n = 1; n <= 3; n++) { expect(await five.sendMail('invoicing')).toBe(1); await five.readOn(); }
    expect(await list('document_id = inv_refused')).toMatchObject([{ status: DeliveryStatus.FAILED, attempts: 3, detail: expect.stringContaining('message refused') }]);
    five.smtp.behave('drop-after-data');
    await issue('inv_lost', 'c2');
    await all();
    const before = five.smtp.mails.length;
    expect(await list('document_id = inv_lost')).toMatchObject([{ status: DeliveryStatus.UNKNOWN }]);
    expect(await five.sendMail('invoicing')).toBe(0);
    expect(five.smtp.mails.length).toBe(before);
  });
});

describe('a credit note and a debit note', () => {
  it('go the same way, with their own documents', async () => {
    await issue('inv_credited', 'c1');
    await all();
    await five.ask('invoicing', issueCreditNote, { creditNoteId: 'crn_1', for: { kind: 'invoice', invoiceId: 'inv_credited', lines: [{ line: 1, net: { minor: 10_00, currency: 'EUR' }, quantity: '' }] }, reasonCode: 'price', reason: '', issueDate: '', cancels: false, replacementInvoiceId: '', externalNumber: '', labels: {}, by: 'anna' });
    await five.ask('invoicing', issueDebitNote, { debitNoteId: 'dbn_1', customerId: 'c1', kind: 'fee', currencyCode: 'EUR', invoiceId: 'inv_credited', externalNumber: '', reason: '', labels: {}, issueDate: '', lines: [contentOf().lines[0]!], due: { netDays: 5 } });
    const before = five.smtp.mails.length;
    await all();
    const [[credit], [debit]] = [await list('document_id = crn_1'), await list('document_id = dbn_1')];
    expect([credit, debit]).toMatchObject([{ status: DeliveryStatus.SENT, mail: { subject: expect.stringMatching(/^Gutschrift /) } }, { status: DeliveryStatus.SENT, mail: { subject: expect.stringMatching(/^Belastungsanzeige /) } }]);
    const mail = five.smtp.mails.slice(before).find((m) => m.headers['x-ar-effect-key'] === credit!.deliveryId)!;
    const { content } = await new CreditNoteGrpc(api('invoicing')).getCreditNoteDocument(GetCreditNoteDocumentRequest.fromPartial({ tenantId: 't', creditNoteId: 'crn_1', format: DocumentFormat.UBL }));
    expect(filesOf(mail.raw).get(`${credit!.documentNumber}.xml`)!.equals(Buffer.from(content))).toBe(true);
    await five.ask('invoicing', sendDocument, { deliveryId: 'dlv_note', documentType: 'credit-note', documentId: 'crn_1', to: ['again@c1.example'], attachXml: false });
    await all();
    expect(five.smtp.mails.at(-1)!.to).toEqual(['again@c1.example']);
  });
});

describe('what did not reach its customer', () => {
  it('is not reminded of and shows in the case, until it leaves anew', async () => {
    const today = daysAfter(first, 12);
    await five.ask('invoicing', openBusinessDay, { tenantId: 't', date: today });
    await five.readOn();
    const shown = async (customerId: string) => (await new CaseGrpc(api('collections')).getCase(GetCaseRequest.fromPartial({ tenantId: 't', customerId }))).collectionCase!.undelivered;
    expect(await shown('c2')).toMatchObject([{ documentId: 'inv_refused', since: first, detail: expect.stringContaining('message refused') }]);
    const listed = async () => (await five.runtimes.reminders.pool.query<{ data: { items: { documentNumber: string }[] } }>(`select data from es.event where type = 'ReminderRequested' and data->>'customerId' = 'c2' order by sequence desc limit 1`)).rows[0]?.data.items.map((i) => i.documentNumber);
    const numberOf = async (id: string) => (await list(`document_id = ${id}`))[0]!.documentNumber;
    expect(await listed()).toEqual([await numberOf('inv_lost')]);
    await five.ask('invoicing', sendDocument, { deliveryId: 'dlv_anew', documentType: 'invoice', documentId: 'inv_refused', to: ['new@c2.example'], attachXml: false });
    await all();
    expect(five.smtp.mails.at(-1)!.to).toEqual(['new@c2.example']);
    expect(await shown('c2')).toEqual([]);
    await five.ask('invoicing', recordDeliveryReport, { deliveryId: 'dlv_anew', outcome: 'bounced', code: '5.1.1', detail: 'no such mailbox' });
    await five.readOn();
    expect(await list('document_id = inv_refused AND cause = person')).toMatchObject([{ status: DeliveryStatus.BOUNCED, bounceCode: '5.1.1' }]);
    expect(await shown('c2')).toMatchObject([{ documentId: 'inv_refused', since: today, detail: '5.1.1 no such mailbox' }]);
    await five.ask('invoicing', recordDeliveryReport, { deliveryId: 'dlv_anew', outcome: 'delivered', code: '', detail: 'mended' });
    await five.readOn();
    expect(await shown('c2')).toEqual([]);
  });

  it('may have no address at all', async () => {
    await wanting('c3');
    await five.readOn();
    await issue('inv_nowhere', 'c3');
    await all();
    expect(await list('document_id = inv_nowhere')).toMatchObject([{ status: DeliveryStatus.SUPPRESSED, detail: 'the customer has no e-mail address for invoices' }]);
  });
});

describe('a bad wish', () => {
  const reasonsOf = (call: Promise<unknown>) => call.then(() => 'accepted', (e: unknown) => BadRequest.decode(apiError(e, '').more[0]!.value).fieldViolations.map((v) => `${v.field} ${v.reason}`));
  const asked = { tenantId: 't', requestId: 'bad', actor: 'a' };
  it('is told by field, and changes nothing', async () => {
    const attach = (more: object) => reasonsOf(deliveries().attachFile(AttachFileRequest.fromPartial({ ...asked, invoiceId: 'inv_full', fileName: 'x.pdf', mimeType: 'application/pdf', content: Buffer.from('x'), ...more })));
    expect(await attach({ content: Buffer.alloc(524_289) })).toEqual(['content FIELD_INVALID']);
    expect(await attach({ content: Buffer.alloc(0), mimeType: 'text/html', fileName: '../x' })).toEqual(['content FIELD_REQUIRED', 'mime_type FIELD_INVALID', 'file_name FIELD_INVALID']);
    expect(await attach({ content: Buffer.alloc(524_288) })).toBe('accepted');
    const prefer = (more: object) => reasonsOf(deliveries().setDeliveryPreferences(SetDeliveryPreferencesRequest.fromPartial({ ...asked, customerId: 'c1', channel: DeliveryChannel.EMAIL, ...more })));
    expect(await prefer({ copyTo: ['a@b.example\nBcc: x@y.example'] })).toEqual(['copy_to[0] FIELD_INVALID']);
    expect(await prefer({ copyTo: ['a@b.example,c@d.example'] })).toEqual(['copy_to[0] FIELD_INVALID']);
    expect(await prefer({ copyTo: ['a@b.example', 'a@b.example'] })).toEqual(['copy_to FIELD_INVALID']);
    expect(await prefer({ channel: DeliveryChannel.UNSPECIFIED })).toEqual(['channel FIELD_REQUIRED']);
  });
});
