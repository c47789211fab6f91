import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  ApplyCreditRequest, PostedCreditNote, UnapplyCreditRequest,
  type ApplyCreditResponse, type GetPostedCreditNoteRequest, type GetPostedCreditNoteResponse, type ListPostedCreditNotesRequest, type ListPostedCreditNotesResponse, type UnapplyCreditResponse,
} from '@ar/contracts/gen/ar/payments/v1/credit_note_service.js';
import { Api, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import { applyCredit, unapplyCredit, type ApplyCredit, type UnapplyCredit } from '../credit-notes.commands.js';
import { postedCreditNoteById } from '../projections/posted-credit-notes.js';
import { readShare } from './receipt.grpc.js';

export const applyCreditRpc: CommandRpc<ApplyCreditRequest, ApplyCredit, ApplyCreditResponse> = {
  name: 'ar.payments.v1.CreditNoteService/ApplyCredit', message: ApplyCreditRequest, command: applyCredit,
  read: (f) => ({ creditNoteId: f.id('creditNoteId'), shares: f.list('applications', { max: 500 }, readShare) }),
  answer: (creditNote: PostedCreditNote, version, position) => ({ creditNote, version, position }),
};

export const unapplyCreditRpc: CommandRpc<UnapplyCreditRequest, UnapplyCredit, UnapplyCreditResponse> = {
  name: 'ar.payments.v1.CreditNoteService/UnapplyCredit', message: UnapplyCreditRequest, command: unapplyCredit,
  read: (f, request) => ({ creditNoteId: f.id('creditNoteId'), groupId: f.id('applicationGroupId'), reason: request.reason, effectiveOn: f.day('effectiveDate', true) }),
  answer: (creditNote: PostedCreditNote, version, position) => ({ creditNote, version, position }),
};

/** Credit notes in the ledger: what customers were given back, and what it was used for. */
@Controller()
export class CreditNoteGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.CreditNoteService', 'applyCredit')
  applyCredit(request: ApplyCreditRequest) { return this.api.command(applyCreditRpc, request); }

  @GrpcMethod('ar.payments.v1.CreditNoteService', 'unapplyCredit')
  unapplyCredit(request: UnapplyCreditRequest) { return this.api.command(unapplyCreditRpc, request); }

  @GrpcMethod('ar.payments.v1.CreditNoteService', 'getPostedCreditNote')
  getPostedCreditNote(request: GetPostedCreditNoteRequest): Promise<GetPostedCreditNoteResponse> {
    return this.api.query(request, async (tx) => {
      const found = await postedCreditNoteById(tx, request.tenantId, request.creditNoteId);
      if (!found) throw refused({ refused: 'credit-note-not-found', detail: { creditNoteId: request.creditNoteId } });
      return { creditNote: found.creditNote, version: BigInt(found.version) };
    });
  }

  @GrpcMethod('ar.payments.v1.CreditNoteService', 'listPostedCreditNotes')
  listPostedCreditNotes(request: ListPostedCreditNotesRequest): Promise<ListPostedCreditNotesResponse> {
    return this.api.query(request, async (tx) => {
      const text = (sql: string) => ({ sql, type: 'text' as const });
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'posted-credit-notes', request, {
        select: 'select credit_note_id page_id, credit_note_id, customer, currency, invoice_id, issue_date, unapplied_minor, resource from posted_credit_note where tenant = $1', values: [request.tenantId],
        columns: { customer_id: text('customer'), invoice_id: text('invoice_id'), currency_code: text('currency'), issue_date: { sql: 'issue_date', type: 'date' }, unapplied: { sql: 'unapplied_minor', type: 'number' } },
        orders: { issue_date: { sql: 'issue_date', type: 'date' }, credit_note_id: text('credit_note_id') }, order: 'issue_date',
      });
      return { creditNotes: rows.map((r) => PostedCreditNote.fromJSON(r.resource)), nextPageToken };
    });
  }
}
