// What invoicing can be asked for about getting documents to customers, by callers, by an issued document and by the sending itself.
import type { Asked, Command, Outcome, Tx } from '@ar/runtime/forms.js';
import { attachments, type AttachedFile } from './domain/attachments.js';
import { delivery, type DeliveryFile, type DeliveryOf, type DeliveryWish, type HeldBack } from './domain/delivery.js';
import { deliveryPreferences, type DeliveryPreferences } from './domain/delivery-preferences.js';
import type { DocumentType } from './domain/tenant.js';
import { covering } from './documents/covering.js';
import { whyNotEinvoice } from './documents/einvoice-rules.js';
import { invoiceOf } from './invoicing.commands.js';
import { reasonOf } from './schedule-contract.js';
import { deliverable, notesKnown, type Deliverable, type DeliveryTodo, type NoteKnown } from './projections/deliveries.js';

const deliveryOf = (deliveryId: string) => ({ aggregate: delivery, id: deliveryId });
const preferencesOf = (customerId: string) => ({ aggregate: deliveryPreferences, id: customerId });
const attachmentsOf = (invoiceId: string) => ({ aggregate: attachments, id: invoiceId });

export interface SetDeliveryPreferences extends DeliveryPreferences { readonly customerId: string }
export const setDeliveryPreferences: Command<SetDeliveryPreferences, boolean> = {
  name: 'set-delivery-preferences',
  customer: ({ customerId }) => customerId,
  streams: ({ customerId }) => [preferencesOf(customerId)],
  async known(asked, tx) {
    const rows = await tx.query<{ tenant: string; customer: string }>('select tenant, customer from customer join unnest($1::text[], $2::text[]) a(tenant, customer) using (tenant, customer)', [asked.map((a) => a.tenant), asked.map((a) => a.request.customerId)]);
    return asked.map((a) => rows.some((r) => r.tenant === a.tenant && r.customer === a.request.customerId));
  },
  decide: (request, on) => void on.run(preferencesOf(request.customerId), { type: 'SetDeliveryPreferences', ...request, customerKnown: on.known }),
};

/** Because a document was issued to a customer who wants it. */
export interface RequestDelivery extends DeliveryOf, DeliveryWish {}
export const requestDelivery: Command<RequestDelivery> = {
  name: 'request-delivery',
  customer: ({ customerId }) => customerId,
  streams: ({ deliveryId }) => [deliveryOf(deliveryId)],
  decide: (request, on) => void on.run(deliveryOf(request.deliveryId), { type: 'Request', ...request, today: on.today }),
};

/** A note was issued: whether its customer wants it is asked when that is read. */
export type RequestNoteDelivery = DeliveryOf;
export const requestNoteDelivery: Command<RequestNoteDelivery, { readonly attachXml: boolean } | undefined> = {
  name: 'request-note-delivery',
  customer: ({ customerId }) => customerId,
  streams: ({ deliveryId }) => [deliveryOf(deliveryId)],
  async known(asked, tx) {
    const rows = await tx.query<{ tenant: string; customer: string; attach_xml: boolean }>(
      `select tenant, customer, attach_xml from delivery_preferences join unnest($1::text[], $2::text[]) a(tenant, customer) using (tenant, customer) where channel = 'email'`, [asked.map((a) => a.tenant), asked.map((a) => a.request.customerId)]);
    return asked.map((a) => { const row = rows.find((r) => r.tenant === a.tenant && r.customer === a.request.customerId); return row && { attachXml: row.attach_xml }; });
  },
  decide(request, on) {
    if (on.known) on.run(deliveryOf(request.deliveryId), { type: 'Request', ...request, attachXml: on.known.attachXml, requestedBy: 'issue', pii: { keyId: '', data: { to: [] } }, today: on.today });
  },
};

/** A person sends an issued document, again or to someone else. */
export interface SendDocument { readonly deliveryId: string; readonly documentType: DocumentType; readonly documentId: string; readonly to: readonly string[]; readonly attachXml: boolean }
export const sendDocument: Command<SendDocument, NoteKnown | undefined> = {
  name: 'send-document',
  streams: ({ deliveryId, documentType, documentId }) => [deliveryOf(deliveryId), ...(documentType === 'invoice' ? [invoiceOf(documentId)] : [])],
  known: (asked, tx) => notesKnown(tx, asked.map((a) => ({ tenant: a.tenant, ...a.request }))),
  decide({ deliveryId, documentType, documentId, to, attachXml }, on) {
    const request = (customerId: string, documentNumber: string) =>
      void on.run(deliveryOf(deliveryId), { type: 'Request', deliveryId, customerId, documentType, documentId, documentNumber, attachXml, requestedBy: 'person', pii: { keyId: '', data: { to } }, today: on.today });
    if (documentType !== 'invoice') {
      on.run(deliveryOf(deliveryId), { type: 'RequireNote', documentType, documentId, known: on.known !== undefined, issued: on.known?.number !== '' });
      if (on.known) request(on.known.customer, on.known.number);
      return;
    }
    on.run(invoiceOf(documentId), { type: 'RequireIssued' });
    const state = on.state(invoiceOf(documentId));
    if ('invoice' in state) request(state.invoice.customerId, state.invoice.number);
  },
};

/** The claim of a mail: decided on what is known of document and customer now, then fixed. */
export const claimDelivery: Command<DeliveryTodo, Deliverable | undefined> = {
  name: 'claim-delivery',
  customer: ({ customer }) => customer,
  streams: ({ key, documentType, documentId }) => [deliveryOf(key), ...(documentType === 'invoice' ? [invoiceOf(documentId)] : [])],
  known: (asked: readonly Asked<DeliveryTodo>[], tx: Tx) => deliverable(tx, asked.map((a) => ({ tenant: a.tenant, deliveryId: a.request.key }))),
  decide({ key, attempt }, on) {
    const stream = deliveryOf(key);
    const state = on.state(stream);
    const { known } = on;
    const held = (reason: HeldBack, detail: string) => void on.run(stream, { type: 'Suppress', attempt, reason, detail });
    if (state.status === 'none' || !known) return held('document-voided', 'the document is not known');
    const { of: { documentType, documentId, documentNumber }, wish } = state;
    const asked = wish.pii.data.to;
    const to = asked.length > 0 ? asked : known.invoiceEmail === '' ? [] : [known.invoiceEmail];
    const sender = known.sender || known.document.seller.contact.email;
    const refused = wish.attachXml ? whyNotEinvoice(known.document) : undefined;
    // Asked of the invoice itself: it may have been voided a moment ago, and what was sent could not be voided any more.
    if (documentType === 'invoice' && on.state(invoiceOf(documentId)).status === 'voided') return held('document-voided', `${documentNumber} was voided before it left`);
    if (to.length === 0) return held('no-address', 'the customer has no e-mail address for invoices');
    if (sender === '') return held('no-sender', 'there is no e-mail address to send from');
    if (refused) return held('xml-refused', `${reasonOf(refused.refused)} ${JSON.stringify(refused.detail ?? {})}`);
    const files: DeliveryFile[] = [
      { fileName: `${documentNumber}.pdf`, mimeType: 'application/pdf', attachmentId: '' }, ...(wish.attachXml ? [{ fileName: `${documentNumber}.xml`, mimeType: 'application/xml', attachmentId: '' }] : []), ...known.attachments,
    ];
    const copyTo = asked.length > 0 ? [] : known.copyTo.filter((c) => !to.includes(c));
    on.run(stream, { type: 'Attempt', attempt, sender, files, pii: { keyId: '', data: { to, copyTo, ...covering(known.document) } } });
  },
};

/** What came of an attempt. */
export const recordDelivery: Command<Outcome> = {
  name: 'record-delivery',
  customer: ({ todo }) => todo.customer,
  streams: ({ todo }) => [deliveryOf(todo.key)],
  decide: ({ todo, outcome, detail }, on) => void on.run(deliveryOf(todo.key), { type: 'RecordOutcome', attempt: todo.attempt, outcome, detail }),
};

/** What the mail system heard later. */
export interface RecordDeliveryReport { readonly deliveryId: string; readonly outcome: 'delivered' | 'bounced'; readonly code: string; readonly detail: string }
export const recordDeliveryReport: Command<RecordDeliveryReport> = {
  name: 'record-delivery-report',
  streams: ({ deliveryId }) => [deliveryOf(deliveryId)],
  decide: ({ deliveryId, ...report }, on) => void on.run(deliveryOf(deliveryId), { type: 'Report', ...report }),
};

export interface AttachFile extends AttachedFile { readonly invoiceId: string; readonly content: string }
export const attachFile: Command<AttachFile> = {
  name: 'attach-file',
  streams: ({ invoiceId }) => [attachmentsOf(invoiceId), invoiceOf(invoiceId)],
  decide(request, on) {
    const state = on.state(invoiceOf(request.invoiceId));
    const customerId = state.status === 'none' ? '' : 'invoice' in state ? state.invoice.customerId : state.draft.customerId;
    on.run(attachmentsOf(request.invoiceId), { type: 'AttachFile', ...request, customerId });
  },
};

export interface RemoveAttachment { readonly invoiceId: string; readonly attachmentId: string }
export const removeAttachment: Command<RemoveAttachment> = {
  name: 'remove-attachment',
  streams: ({ invoiceId }) => [attachmentsOf(invoiceId)],
  decide: ({ invoiceId, attachmentId }, on) => void on.run(attachmentsOf(invoiceId), { type: 'RemoveAttachment', attachmentId }),
};
