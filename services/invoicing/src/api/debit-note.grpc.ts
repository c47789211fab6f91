import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { DebitNoteKind as WireKind } from '@ar/contracts/gen/ar/invoicing/v1/credit_note.js';
import {
  DebitNote, DebitNoteStatus, IssueDebitNoteRequest,
  type GetDebitNoteDocumentRequest, type GetDebitNoteDocumentResponse, type GetDebitNoteRequest, type GetDebitNoteResponse, type IssueDebitNoteResponse, type ListDebitNotesRequest, type ListDebitNotesResponse,
} from '@ar/contracts/gen/ar/invoicing/v1/debit_note_service.js';
import { Api, newId, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import { Fields } from '@ar/platform/fields.js';
import { enumWord } from '@ar/platform/lists.js';
import { fileOf, FORMATS } from '../documents/file.js';
import { ofDebitNote } from '../documents/of-note.js';
import type { DebitDue, DebitNoteKind } from '../domain/debit-note.js';
import { wireDebitKinds } from '../invoicing.publisher.js';
import { issueDebitNote, type IssueDebitNote } from '../notes.commands.js';
import { getDebitNote } from '../projections/debit-notes.js';
import { debitNoteSources } from '../projections/note-documents.js';
import { readLine } from './invoice-fields.js';

const KINDS = Object.keys(wireDebitKinds) as DebitNoteKind[];

function readDue(f: Fields<IssueDebitNoteRequest>, { due }: IssueDebitNoteRequest): DebitDue | undefined {
  switch (due?.$case) {
    case undefined: return undefined;
    case 'netDays': return { netDays: f.of({ netDays: due.value }).integer('netDays', 0, 365) };
    case 'dueDate': return { dueDate: f.of({ dueDate: due.value }).day('dueDate') };
  }
}

export const issueDebitNoteRpc: CommandRpc<IssueDebitNoteRequest, IssueDebitNote, IssueDebitNoteResponse> = {
  name: 'ar.invoicing.v1.DebitNoteService/IssueDebitNote', message: IssueDebitNoteRequest, command: issueDebitNote,
  read(f, request) {
    const wire = f.oneOf('kind', Object.values(wireDebitKinds));
    return {
      debitNoteId: f.ownId('debitNoteId', 'dbn', 'tko') || newId('dbn'), customerId: f.customer('customerId'), kind: KINDS.find((k) => wireDebitKinds[k] === wire) ?? 'other', currencyCode: f.currency('currencyCode'), issueDate: f.day('issueDate', true),
      lines: f.list('lines', { min: 1, max: 500 }, readLine), invoiceId: f.id('invoiceId', true), due: readDue(f, request), externalNumber: f.text('externalNumber', { max: 64, optional: true }), reason: request.reason, labels: f.labels('labels'),
    };
  },
  answer: (debitNote: DebitNote, version, position) => ({ debitNote, version, position }),
};

/** Debit notes: what a customer owes beside invoices. */
@Controller()
export class DebitNoteGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.invoicing.v1.DebitNoteService', 'issueDebitNote')
  issueDebitNote(request: IssueDebitNoteRequest) { return this.api.command(issueDebitNoteRpc, request); }

  @GrpcMethod('ar.invoicing.v1.DebitNoteService', 'getDebitNote')
  getDebitNote(request: GetDebitNoteRequest): Promise<GetDebitNoteResponse> {
    return this.api.query(request, async (tx) => {
      const found = await getDebitNote(tx, request.tenantId, request.debitNoteId);
      if (!found) throw refused({ refused: 'debit-note-not-found', detail: { debitNoteId: request.debitNoteId } });
      return { debitNote: found.debitNote, version: BigInt(found.version) };
    });
  }

  @GrpcMethod('ar.invoicing.v1.DebitNoteService', 'getDebitNoteDocument')
  async getDebitNoteDocument(request: GetDebitNoteDocumentRequest): Promise<GetDebitNoteDocumentResponse> {
    const fields = new Fields(request);
    const format = fields.oneOf('format', FORMATS);
    fields.done();
    const found = await this.api.query(request, (tx) => debitNoteSources(tx, request.tenantId, request.debitNoteId));
    if (!found) throw refused({ refused: 'debit-note-not-found', detail: { debitNoteId: request.debitNoteId } });
    const file = await fileOf(ofDebitNote(found.note, found.invoice, found.parties), format!);
    if ('refused' in file) throw refused(file);
    return file;
  }

  @GrpcMethod('ar.invoicing.v1.DebitNoteService', 'listDebitNotes')
  listDebitNotes(request: ListDebitNotesRequest): Promise<ListDebitNotesResponse> {
    return this.api.query(request, async (tx) => {
      const text = (sql: string) => ({ sql, type: 'text' as const });
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'debit-notes', request, {
        select: 'select debit_note_id page_id, customer_id, status, kind, number, invoice_id, currency_code, external_number, issue_date, total_minor, resource from debit_note where tenant = $1', values: [request.tenantId],
        columns: {
          customer_id: text('customer_id'), number: text('number'), invoice_id: text('invoice_id'), currency_code: text('currency_code'), external_number: text('external_number'), issue_date: { sql: 'issue_date', type: 'date' },
          status: { sql: 'status', type: 'text', value: enumWord(DebitNoteStatus, 'DEBIT_NOTE_STATUS') }, kind: { sql: 'kind', type: 'text', value: enumWord(WireKind, 'DEBIT_NOTE_KIND') },
        },
        orders: { issue_date: { sql: 'issue_date', type: 'date' }, number: text('number'), total: { sql: 'total_minor', type: 'number' } }, order: 'issue_date',
      });
      return { debitNotes: rows.map((r) => DebitNote.fromJSON(r.resource)), nextPageToken };
    });
  }
}
