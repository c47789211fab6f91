import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { OpenItemKind } from '@ar/contracts/gen/ar/payments/v1/account.js';
import { CancelTakeOnRequest, TakenOnDocument, TakeOnCreditRequest, TakeOnOpenItemRequest, type CancelTakeOnResponse, type TakeOnCreditResponse, type ListTakenOnDocumentsRequest, type ListTakenOnDocumentsResponse, type TakeOnOpenItemResponse } from '@ar/contracts/gen/ar/payments/v1/take_on_service.js';
import { Api, type CommandRpc } from '@ar/platform/api.js';
import type { TakenOnCreditFacts, TakenOnFacts } from '../domain/taken-on.js';
import { takenOnCreditKinds } from '../payments.publisher.js';
import { type CancelTakeOn, cancelTakeOn, takeOnCredit, takeOnOpenItem } from '../take-on.commands.js';
import { checked } from './queries.js';

export const takeOnOpenItemRpc: CommandRpc<TakeOnOpenItemRequest, TakenOnFacts, TakeOnOpenItemResponse> = {
  name: 'ar.payments.v1.TakeOnService/TakeOnOpenItem', message: TakeOnOpenItemRequest, command: takeOnOpenItem,
  answer: (document: TakenOnDocument, version, position) => ({ document, version, position }),
  read(f, request) {
    const kind = f.oneOf('documentKind', [OpenItemKind.INVOICE, OpenItemKind.DEBIT_NOTE]);
    const [original, open] = [f.amount('original'), f.amount('open')];
    if (original && open && original.currency !== open.currency) f.wrong('open.currencyCode', 'FIELD_INVALID', 'is not the currency of the original amount');
    const [issuedOn, dueOn] = [f.day('issueDate'), f.day('dueDate')];
    if (dueOn < issuedOn) f.wrong('dueDate', 'FIELD_INVALID', 'is before the issue date');
    f.integer('dunningLevel', 0, 9);
    return {
      customer: f.customer('customerId'), currency: open?.currency ?? '', source: f.text('sourceSystem', { max: 40, optional: true }), number: f.text('documentNumber', { max: 64 }), kind: kind === OpenItemKind.DEBIT_NOTE ? 'debit-note' : 'invoice',
      originalMinor: original?.minor ?? 0, openMinor: open?.minor ?? 0, issuedOn, dueOn, dunningLevel: request.dunningLevel,
      orderNumber: f.text('orderNumber', { max: 64, optional: true }), externalNumber: f.text('externalNumber', { max: 64, optional: true }), paymentReference: f.text('paymentReference', { max: 64, optional: true }),
    };
  },
};

const CREDIT_KINDS = Object.keys(takenOnCreditKinds) as (keyof typeof takenOnCreditKinds)[];
const answer = (document: TakenOnDocument, version: bigint, position: TakeOnOpenItemResponse['position']) => ({ document, version, position });

export const takeOnCreditRpc: CommandRpc<TakeOnCreditRequest, TakenOnCreditFacts, TakeOnCreditResponse> = {
  name: 'ar.payments.v1.TakeOnService/TakeOnCredit', message: TakeOnCreditRequest, command: takeOnCredit, answer,
  read(f, request) {
    const kind = f.oneOf('creditKind', Object.values(takenOnCreditKinds));
    const [original, unapplied] = [f.amount('original'), f.amount('unapplied')];
    if (original && unapplied && original.currency !== unapplied.currency) f.wrong('unapplied.currencyCode', 'FIELD_INVALID', 'is not the currency of the original amount');
    return {
      customer: f.customer('customerId'), currency: unapplied?.currency ?? '', source: f.text('sourceSystem', { max: 40, optional: true }), number: f.text('documentNumber', { max: 64 }), kind: CREDIT_KINDS.find((k) => takenOnCreditKinds[k] === kind) ?? 'receipt',
      originalMinor: original?.minor ?? 0, unappliedMinor: unapplied?.minor ?? 0, issuedOn: f.day('issueDate'), onAccount: request.onAccount, externalNumber: f.text('externalNumber', { max: 64, optional: true }),
    };
  },
};

export const cancelTakeOnRpc: CommandRpc<CancelTakeOnRequest, CancelTakeOn, CancelTakeOnResponse> = {
  name: 'ar.payments.v1.TakeOnService/CancelTakeOn', message: CancelTakeOnRequest, command: cancelTakeOn, answer,
  read: (f, request) => ({ documentId: f.id('documentId'), by: request.actor, reason: request.reason }),
};

/** Receivables and credit of before. */
@Controller()
export class TakeOnGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.TakeOnService', 'takeOnOpenItem')
  takeOnOpenItem(request: TakeOnOpenItemRequest) { return this.api.command(takeOnOpenItemRpc, request); }

  @GrpcMethod('ar.payments.v1.TakeOnService', 'takeOnCredit')
  takeOnCredit(request: TakeOnCreditRequest) { return this.api.command(takeOnCreditRpc, request); }

  @GrpcMethod('ar.payments.v1.TakeOnService', 'cancelTakeOn')
  cancelTakeOn(request: CancelTakeOnRequest) { return this.api.command(cancelTakeOnRpc, request); }

  @GrpcMethod('ar.payments.v1.TakeOnService', 'listTakenOnDocuments')
  async listTakenOnDocuments(request: ListTakenOnDocumentsRequest): Promise<ListTakenOnDocumentsResponse> {
    checked(request, () => undefined);
    return this.api.query(request, async (tx) => {
      const text = (sql: string) => ({ sql, type: 'text' as const });
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'taken-on-documents', request, {
        select: 'select document_id page_id, customer, source, number, taken_on, resource from taken_on where tenant = $1', values: [request.tenantId],
        columns: { customer_id: text('customer'), source_system: text('source'), document_number: text('number'), business_date: { sql: 'taken_on', type: 'date' } },
        orders: { document_number: text('number') }, order: 'document_number',
      });
      return { documents: rows.map((r) => TakenOnDocument.fromJSON(r.resource)), nextPageToken };
    });
  }
}
