import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { CreditReason as WireReason } from '@ar/contracts/gen/ar/invoicing/v1/credit_note.js';
import {
  ApproveCreditNoteRequest, CancelAndReissueRequest, CancelInvoiceRequest, CreditNote, CreditNoteStatus, IssueCreditNoteRequest, RefuseCreditNoteRequest,
  type ApproveCreditNoteResponse, type CancelAndReissueResponse, type CancelInvoiceResponse, type FreeCredit, type GetCreditNoteDocumentRequest, type GetCreditNoteDocumentResponse, type GetCreditNoteRequest, type GetCreditNoteResponse, type InvoiceCredit, type IssueCreditNoteResponse, type LineCredit,
  type ListCreditNotesRequest, type ListCreditNotesResponse, type RefuseCreditNoteResponse,
} from '@ar/contracts/gen/ar/invoicing/v1/credit_note_service.js';
import type { IssueInvoiceRequest, Invoice } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { Api, newId, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import { Fields } from '@ar/platform/fields.js';
import { enumWord } from '@ar/platform/lists.js';
import { fileOf, FORMATS } from '../documents/file.js';
import { ofCreditNote } from '../documents/of-note.js';
import { MOST_ADJUSTMENTS, MOST_LINES } from '../domain/consolidation.js';
import type { CreditFor, CreditReason } from '../domain/credit-note.js';
import type { AskedLine } from '../domain/crediting.js';
import type { IssueInvoice } from '../invoicing.commands.js';
import { wireReasons } from '../invoicing.publisher.js';
import {
  approveCreditNote, cancelAndReissue, cancelInvoice, issueCreditNote, refuseCreditNote, type ApproveCreditNote, type CancelAndReissue, type CancelInvoice, type IssueCreditNote, type RefuseCreditNote,
} from '../notes.commands.js';
import { getCreditNote } from '../projections/credit-notes.js';
import { creditNoteSources } from '../projections/note-documents.js';
import { readLine } from './invoice-fields.js';
import { issueInvoiceRpc } from './invoice.grpc.js';

const answer = (creditNote: CreditNote, version: bigint, position: IssueCreditNoteResponse['position']) => ({ creditNote, version, position });
const REASONS = Object.keys(wireReasons) as CreditReason[];

function readLineCredit(f: Fields<LineCredit>, { of }: LineCredit): AskedLine {
  const line = f.integer('line', 1, MOST_LINES + MOST_ADJUSTMENTS); // charges of the document are lines after the others
  switch (of?.$case) {
    case undefined: return { line, net: null, quantity: '' };
    case 'net': return { line, net: f.of({ net: of.value }).amount('net') ?? null, quantity: '' };
    case 'quantity': {
      const quantity = f.of({ quantity: of.value }).decimal('quantity', { digits: 6, from: 0 });
      if (/^[0.]+$/.test(quantity)) f.wrong('quantity', 'FIELD_INVALID', 'must be above zero');
      return { line, net: null, quantity };
    }
  }
}

function readFor(f: Fields<IssueCreditNoteRequest>, { of }: IssueCreditNoteRequest): CreditFor {
  const nothing: CreditFor = { kind: 'invoice', invoiceId: '', lines: [] };
  switch (of?.$case) {
    case undefined: f.wrong('invoice', 'FIELD_REQUIRED', 'or free is required'); return nothing;
    case 'invoice': return f.of({ invoice: of.value }).inside<InvoiceCredit, CreditFor>('invoice', (g) => ({ kind: 'invoice', invoiceId: g.id('invoiceId'), lines: g.list('lines', { max: MOST_LINES + MOST_ADJUSTMENTS }, readLineCredit) })) ?? nothing;
    case 'free': return f.of({ free: of.value }).inside<FreeCredit, CreditFor>('free', (g) => ({ kind: 'free', customerId: g.customer('customerId'), currencyCode: g.currency('currencyCode'), lines: g.list('lines', { min: 1, max: 500 }, readLine) })) ?? nothing;
  }
}

/** The caller's own id, or a new one. Credit that payments takes on from another system is a credit note there, of an id of its own form: whoever took that before would stand in its way, or be stopped by it. */
function readId(f: Fields<IssueCreditNoteRequest> | Fields<CancelInvoiceRequest>): string {
  return (f as Fields<IssueCreditNoteRequest>).ownId('creditNoteId', 'tkc') || newId('crn');
}

export const issueCreditNoteRpc: CommandRpc<IssueCreditNoteRequest, IssueCreditNote, IssueCreditNoteResponse> = {
  name: 'ar.invoicing.v1.CreditNoteService/IssueCreditNote', message: IssueCreditNoteRequest, command: issueCreditNote, answer,
  read(f, request) {
    const wire = f.oneOf('reasonCode', Object.values(wireReasons));
    if (wire === WireReason.OTHER && request.reason === '') f.required('reason');
    return {
      creditNoteId: readId(f), for: readFor(f, request), reasonCode: REASONS.find((r) => wireReasons[r] === wire) ?? 'other', reason: request.reason, issueDate: f.day('issueDate', true), cancels: false,
      replacementInvoiceId: '', externalNumber: f.text('externalNumber', { max: 64, optional: true }), labels: f.labels('labels'), by: request.actor,
    };
  },
};

export const approveCreditNoteRpc: CommandRpc<ApproveCreditNoteRequest, ApproveCreditNote, ApproveCreditNoteResponse> = {
  name: 'ar.invoicing.v1.CreditNoteService/ApproveCreditNote', message: ApproveCreditNoteRequest, command: approveCreditNote, answer,
  read: (f, request) => ({ creditNoteId: f.id('creditNoteId'), by: request.actor }),
};

export const refuseCreditNoteRpc: CommandRpc<RefuseCreditNoteRequest, RefuseCreditNote, RefuseCreditNoteResponse> = {
  name: 'ar.invoicing.v1.CreditNoteService/RefuseCreditNote', message: RefuseCreditNoteRequest, command: refuseCreditNote, answer,
  read: (f, request) => ({ creditNoteId: f.id('creditNoteId'), by: request.actor, reason: request.reason }),
};

const readCancel = (f: Fields<CancelInvoiceRequest> | Fields<CancelAndReissueRequest>, request: CancelInvoiceRequest | CancelAndReissueRequest): CancelInvoice => {
  const fields = f as Fields<CancelInvoiceRequest>;
  return { invoiceId: fields.id('invoiceId'), creditNoteId: readId(fields), issueDate: fields.day('issueDate', true), reason: request.reason, by: request.actor };
};

export const cancelInvoiceRpc: CommandRpc<CancelInvoiceRequest, CancelInvoice, CancelInvoiceResponse> = {
  name: 'ar.invoicing.v1.CreditNoteService/CancelInvoice', message: CancelInvoiceRequest, command: cancelInvoice, answer, read: readCancel,
};

export const cancelAndReissueRpc: CommandRpc<CancelAndReissueRequest, CancelAndReissue, CancelAndReissueResponse> = {
  name: 'ar.invoicing.v1.CreditNoteService/CancelAndReissue', message: CancelAndReissueRequest, command: cancelAndReissue,
  read(f, request) {
    const cancelled = readCancel(f, request);
    if (!request.replacement) f.required('replacement');
    const replacement = f.inside<IssueInvoiceRequest, IssueInvoice>('replacement', (g, r) => ({ ...issueInvoiceRpc.read(g, r), issueDate: cancelled.issueDate }));
    return { ...cancelled, replacement: replacement as IssueInvoice };
  },
  answer: (invoice: Invoice, version, position) => ({ invoice, version, position }),
};

/** Credit notes: what an invoice, or a customer, is given back. */
@Controller()
export class CreditNoteGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.invoicing.v1.CreditNoteService', 'issueCreditNote')
  issueCreditNote(request: IssueCreditNoteRequest) { return this.api.command(issueCreditNoteRpc, request); }

  @GrpcMethod('ar.invoicing.v1.CreditNoteService', 'approveCreditNote')
  approveCreditNote(request: ApproveCreditNoteRequest) { return this.api.command(approveCreditNoteRpc, request); }

  @GrpcMethod('ar.invoicing.v1.CreditNoteService', 'refuseCreditNote')
  refuseCreditNote(request: RefuseCreditNoteRequest) { return this.api.command(refuseCreditNoteRpc, request); }

  @GrpcMethod('ar.invoicing.v1.CreditNoteService', 'cancelInvoice')
  cancelInvoice(request: CancelInvoiceRequest) { return this.api.command(cancelInvoiceRpc, request); }

  @GrpcMethod('ar.invoicing.v1.CreditNoteService', 'cancelAndReissue')
  cancelAndReissue(request: CancelAndReissueRequest) { return this.api.command(cancelAndReissueRpc, request); }

  @GrpcMethod('ar.invoicing.v1.CreditNoteService', 'getCreditNote')
  getCreditNote(request: GetCreditNoteRequest): Promise<GetCreditNoteResponse> {
    return this.api.query(request, async (tx) => {
      const found = await getCreditNote(tx, request.tenantId, request.creditNoteId);
      if (!found) throw refused({ refused: 'credit-note-not-found', detail: { creditNoteId: request.creditNoteId } });
      return { creditNote: found.creditNote, version: BigInt(found.version) };
    });
  }

  @GrpcMethod('ar.invoicing.v1.CreditNoteService', 'getCreditNoteDocument')
  async getCreditNoteDocument(request: GetCreditNoteDocumentRequest): Promise<GetCreditNoteDocumentResponse> {
    const fields = new Fields(request);
    const format = fields.oneOf('format', FORMATS);
    fields.done();
    const found = await this.api.query(request, (tx) => creditNoteSources(tx, request.tenantId, request.creditNoteId));
    if (!found) throw refused({ refused: 'credit-note-not-found', detail: { creditNoteId: request.creditNoteId } });
    if (found.note.status !== CreditNoteStatus.ISSUED) throw refused({ refused: 'credit-note-not-issued', detail: { creditNoteId: request.creditNoteId } });
    const file = await fileOf(ofCreditNote(found.note, found.invoice, found.parties), format!);
    if ('refused' in file) throw refused(file);
    return file;
  }

  @GrpcMethod('ar.invoicing.v1.CreditNoteService', 'listCreditNotes')
  listCreditNotes(request: ListCreditNotesRequest): Promise<ListCreditNotesResponse> {
    return this.api.query(request, async (tx) => {
      const text = (sql: string) => ({ sql, type: 'text' as const });
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'credit-notes', request, {
        select: 'select credit_note_id page_id, customer_id, status, number, invoice_id, reason_code, currency_code, external_number, issue_date, total_minor, resource from credit_note where tenant = $1', values: [request.tenantId],
        columns: {
          customer_id: text('customer_id'), number: text('number'), invoice_id: text('invoice_id'), currency_code: text('currency_code'), external_number: text('external_number'), issue_date: { sql: 'issue_date', type: 'date' },
          status: { sql: 'status', type: 'text', value: enumWord(CreditNoteStatus, 'CREDIT_NOTE_STATUS') }, reason_code: { sql: 'reason_code', type: 'text', value: enumWord(WireReason, 'CREDIT_REASON') },
        },
        orders: { issue_date: { sql: 'issue_date', type: 'date' }, number: text('number'), total: { sql: 'total_minor', type: 'number' } }, order: 'issue_date',
      });
      return { creditNotes: rows.map((r) => CreditNote.fromJSON(r.resource)), nextPageToken };
    });
  }
}
