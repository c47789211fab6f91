import { createHash } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { DeliveryCause, DeliveryChannel } from '@ar/contracts/gen/ar/invoicing/v1/delivery.js';
import {
  AttachFileRequest, Delivery, DeliveryOutcome, DeliveryStatus, RecordDeliveryReportRequest, RemoveAttachmentRequest, SendDocumentRequest, SetDeliveryPreferencesRequest,
  type AttachFileResponse, type DeliveryPreferences, type GetDeliveryPreferencesRequest, type GetDeliveryPreferencesResponse, type GetDeliveryRequest, type GetDeliveryResponse, type InvoiceAttachments, type ListAttachmentsRequest,
  type ListAttachmentsResponse, type ListDeliveriesRequest, type ListDeliveriesResponse, type RecordDeliveryReportResponse, type RemoveAttachmentResponse, type SendDocumentResponse, type SetDeliveryPreferencesResponse,
} from '@ar/contracts/gen/ar/invoicing/v1/delivery_service.js';
import { Api, newId, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import { enumWord } from '@ar/platform/lists.js';
import type { Fields } from '@ar/platform/fields.js';
import { attachFile, recordDeliveryReport, removeAttachment, sendDocument, setDeliveryPreferences, type AttachFile, type RecordDeliveryReport, type RemoveAttachment, type SendDocument, type SetDeliveryPreferences } from '../delivery.commands.js';
import { deliveryChannel, deliveryOutcome } from '../delivery.contract.js';
import { ATTACHMENT_TYPES } from '../documents/code-lists.js';
import { MOST_ATTACHMENT_BYTES } from '../domain/attachments.js';
import type { DocumentType as DocumentTypeWord } from '../domain/tenant.js';
import { wireTypes } from '../invoicing.publisher.js';
import { getDelivery } from '../projections/deliveries.js';
import { attachmentContent, attachmentsOf, preferencesOf } from '../projections/delivery-preferences.js';
import { getInvoice } from '../projections/invoices.js';

const MOST_ADDRESSES = 10;
function addresses<M extends object>(f: Fields<M>, field: keyof M & string, given: readonly string[]): readonly string[] {
  if (given.length > MOST_ADDRESSES || new Set(given).size < given.length) f.wrong(field, 'FIELD_INVALID', `may hold ${MOST_ADDRESSES} different addresses`);
  return given.slice(0, MOST_ADDRESSES).map((address, i) => f.of({ [`${field}[${i}]`]: address }).email(`${field}[${i}]`));
}

const delivered = (delivery: Delivery, version: bigint, position: SendDocumentResponse['position']) => ({ delivery, version, position });
const files = (attachments: InvoiceAttachments, version: bigint, position: AttachFileResponse['position']) => ({ attachments, version, position });

export const setDeliveryPreferencesRpc: CommandRpc<SetDeliveryPreferencesRequest, SetDeliveryPreferences, SetDeliveryPreferencesResponse> = {
  name: 'ar.invoicing.v1.DeliveryService/SetDeliveryPreferences', message: SetDeliveryPreferencesRequest, command: setDeliveryPreferences,
  answer: (preferences: DeliveryPreferences, version, position) => ({ preferences, version, position }),
  read(f, { attachXml, copyTo }) {
    const [customerId, channel, copies] = [f.customer('customerId'), f.oneOf('channel', [DeliveryChannel.NONE, DeliveryChannel.EMAIL]), addresses(f, 'copyTo', copyTo)];
    f.done(); // what follows has a channel
    return { customerId, channel: deliveryChannel.word(channel!), attachXml, pii: { keyId: '', data: { copyTo: copies } } };
  },
};

export const sendDocumentRpc: CommandRpc<SendDocumentRequest, SendDocument, SendDocumentResponse> = {
  name: 'ar.invoicing.v1.DeliveryService/SendDocument', message: SendDocumentRequest, command: sendDocument, answer: delivered,
  read(f, { to, attachXml }) {
    const wish = { deliveryId: f.ownId('deliveryId', 'dlv') || newId('dlv'), documentId: f.id('documentId'), to: addresses(f, 'to', to), attachXml };
    const type = f.oneOf('documentType', Object.values(wireTypes));
    f.done(); // what follows has a type
    return { ...wish, documentType: (Object.keys(wireTypes) as DocumentTypeWord[]).find((t) => wireTypes[t] === type)! };
  },
};

export const recordDeliveryReportRpc: CommandRpc<RecordDeliveryReportRequest, RecordDeliveryReport, RecordDeliveryReportResponse> = {
  name: 'ar.invoicing.v1.DeliveryService/RecordDeliveryReport', message: RecordDeliveryReportRequest, command: recordDeliveryReport, answer: delivered,
  read(f) {
    const [deliveryId, outcome, code, detail] = [f.id('deliveryId'), f.oneOf('outcome', [DeliveryOutcome.DELIVERED, DeliveryOutcome.BOUNCED]), f.text('code', { max: 20, optional: true }), f.text('detail', { max: 500, optional: true })];
    f.done(); // what follows has an outcome
    return { deliveryId, outcome: deliveryOutcome.word(outcome!), code, detail };
  },
};

export const attachFileRpc: CommandRpc<AttachFileRequest, AttachFile, AttachFileResponse> = {
  name: 'ar.invoicing.v1.DeliveryService/AttachFile', message: AttachFileRequest, command: attachFile, answer: files,
  read(f, { content, mimeType }) {
    if (content.length === 0) f.required('content');
    else if (content.length > MOST_ATTACHMENT_BYTES) f.wrong('content', 'FIELD_INVALID', `has ${content.length} bytes; ${MOST_ATTACHMENT_BYTES} are allowed`);
    if (mimeType === '') f.required('mimeType');
    else if (!ATTACHMENT_TYPES.has(mimeType)) f.wrong('mimeType', 'FIELD_INVALID', `is not one of ${[...ATTACHMENT_TYPES].join(', ')}`);
    const bytes = Buffer.from(content);
    return {
      invoiceId: f.id('invoiceId'), attachmentId: f.id('attachmentId', true) || newId('att'), fileName: f.text('fileName', { max: 100, pattern: /^[^/\\:]+$/, says: 'may not hold /, \\ and :' }), mimeType,
      sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), content: bytes.toString('base64'),
    };
  },
};

export const removeAttachmentRpc: CommandRpc<RemoveAttachmentRequest, RemoveAttachment, RemoveAttachmentResponse> = {
  name: 'ar.invoicing.v1.DeliveryService/RemoveAttachment', message: RemoveAttachmentRequest, command: removeAttachment, answer: files, read: (f) => ({ invoiceId: f.id('invoiceId'), attachmentId: f.id('attachmentId') }),
};

/** Documents on their way to customers. */
@Controller()
export class DeliveryGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.invoicing.v1.DeliveryService', 'setDeliveryPreferences')
  setDeliveryPreferences(request: SetDeliveryPreferencesRequest) { return this.api.command(setDeliveryPreferencesRpc, request); }

  @GrpcMethod('ar.invoicing.v1.DeliveryService', 'sendDocument')
  sendDocument(request: SendDocumentRequest) { return this.api.command(sendDocumentRpc, request); }

  @GrpcMethod('ar.invoicing.v1.DeliveryService', 'recordDeliveryReport')
  recordDeliveryReport(request: RecordDeliveryReportRequest) { return this.api.command(recordDeliveryReportRpc, request); }

  @GrpcMethod('ar.invoicing.v1.DeliveryService', 'attachFile')
  attachFile(request: AttachFileRequest) { return this.api.command(attachFileRpc, request); }

  @GrpcMethod('ar.invoicing.v1.DeliveryService', 'removeAttachment')
  removeAttachment(request: RemoveAttachmentRequest) { return this.api.command(removeAttachmentRpc, request); }

  @GrpcMethod('ar.invoicing.v1.DeliveryService', 'getDeliveryPreferences')
  getDeliveryPreferences(request: GetDeliveryPreferencesRequest): Promise<GetDeliveryPreferencesResponse> {
    return this.api.query(request, async (tx) => {
      const preferences = await preferencesOf(tx, request.tenantId, request.customerId);
      if (!preferences) throw refused({ refused: 'customer-not-found', detail: { customerId: request.customerId } });
      return { preferences };
    });
  }

  @GrpcMethod('ar.invoicing.v1.DeliveryService', 'getDelivery')
  getDelivery(request: GetDeliveryRequest): Promise<GetDeliveryResponse> {
    return this.api.query(request, async (tx) => {
      const delivery = await getDelivery(tx, request.tenantId, request.deliveryId);
      if (!delivery) throw refused({ refused: 'delivery-not-found', detail: { deliveryId: request.deliveryId } });
      return { delivery };
    });
  }

  @GrpcMethod('ar.invoicing.v1.DeliveryService', 'listDeliveries')
  listDeliveries(request: ListDeliveriesRequest): Promise<ListDeliveriesResponse> {
    return this.api.query(request, async (tx) => {
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'deliveries', request, {
        select: 'select delivery_id page_id, customer, document_id, document_number, status, cause, requested_on, resource from delivery where tenant = $1', values: [request.tenantId],
        columns: {
          customer_id: { sql: 'customer', type: 'text' }, document_id: { sql: 'document_id', type: 'text' }, document_number: { sql: 'document_number', type: 'text' }, status: { sql: 'status', type: 'text', value: enumWord(DeliveryStatus, 'DELIVERY_STATUS') },
          cause: { sql: 'cause', type: 'text', value: enumWord(DeliveryCause, 'DELIVERY_CAUSE') }, requested_on: { sql: 'requested_on', type: 'date' },
        },
        orders: { requested_on: { sql: 'requested_on', type: 'date' } }, order: 'requested_on',
      });
      return { deliveries: rows.map((r) => Delivery.fromJSON(r.resource)), nextPageToken };
    });
  }

  @GrpcMethod('ar.invoicing.v1.DeliveryService', 'listAttachments')
  listAttachments(request: ListAttachmentsRequest): Promise<ListAttachmentsResponse> {
    return this.api.query(request, async (tx) => {
      const { tenantId, invoiceId, contentOf } = request;
      if (!await getInvoice(tx, tenantId, invoiceId)) throw refused({ refused: 'invoice-not-found', detail: { invoiceId } });
      const content = contentOf === '' ? Buffer.alloc(0) : await attachmentContent(tx, tenantId, invoiceId, contentOf);
      if (!content) throw refused({ refused: 'attachment-not-found', detail: { attachmentId: contentOf } });
      return { attachments: [...await attachmentsOf(tx, tenantId, invoiceId)], content };
    });
  }
}
