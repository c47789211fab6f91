import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { isValidIBAN } from 'ibantools';
import type { RefundPayee } from '@ar/contracts/gen/ar/payments/v1/refund.js';
import {
  ApproveRefundRequest, CancelRefundRequest, RecordRefundFailedRequest, RecordRefundPaidRequest, Refund, RefundStatus, RefuseRefundRequest, RequestRefundRequest,
  type ApproveRefundResponse, type CancelRefundResponse, type GetRefundRequest, type GetRefundResponse, type ListRefundsRequest, type ListRefundsResponse, type RecordRefundFailedResponse, type RecordRefundPaidResponse,
  type RefuseRefundResponse, type RequestRefundResponse,
} from '@ar/contracts/gen/ar/payments/v1/refund_service.js';
import { Api, newId, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import type { Fields } from '@ar/platform/fields.js';
import type { Payee } from '../domain/refund.js';
import { refundById } from '../projections/refunds.js';
import {
  approveRefund, cancelRefund, recordRefundFailed, recordRefundPaid, refuseRefund, requestRefund, type ApproveRefund, type CancelRefund, type RecordRefundFailed, type RecordRefundPaid, type RefuseRefund, type RequestRefund,
} from '../refunds.commands.js';
import { checked } from './queries.js';
import { METHODS } from './receipt.grpc.js';

const answer = (refund: Refund, version: bigint, position: RequestRefundResponse['position']) => ({ refund, version, position });

const readPayee = (f: Fields<RefundPayee>): Payee => {
  const iban = f.text('iban', { max: 34, optional: true });
  if (iban !== '' && !isValidIBAN(iban)) f.wrong('iban', 'FIELD_INVALID', 'is not a valid IBAN without spaces');
  return { name: f.text('name', { max: 140, optional: true }), iban };
};

export const requestRefundRpc: CommandRpc<RequestRefundRequest, RequestRefund, RequestRefundResponse> = {
  name: 'ar.payments.v1.RefundService/RequestRefund', message: RequestRefundRequest, command: requestRefund, answer,
  read(f, request) {
    const [receiptId, creditNoteId, amount] = [f.id('receiptId', true), f.id('creditNoteId', true), f.amount('amount', { optional: true })];
    if (request.receiptId === '' && request.creditNoteId === '') f.required('receiptId');
    if (request.receiptId !== '' && request.creditNoteId !== '') f.wrong('creditNoteId', 'FIELD_INVALID', 'and receipt_id cannot both be set');
    return {
      refundId: f.id('refundId', true) || newId('rfd'), receiptId, creditNoteId, minor: amount?.minor ?? null, currency: amount?.currency ?? '', method: f.oneOf('method', METHODS, true) ?? '',
      payee: f.inside('payee', readPayee) ?? null, reason: request.reason, by: request.actor,
    };
  },
};

export const approveRefundRpc: CommandRpc<ApproveRefundRequest, ApproveRefund, ApproveRefundResponse> = {
  name: 'ar.payments.v1.RefundService/ApproveRefund', message: ApproveRefundRequest, command: approveRefund, answer,
  read: (f, request) => ({ refundId: f.id('refundId'), by: request.actor }),
};

export const refuseRefundRpc: CommandRpc<RefuseRefundRequest, RefuseRefund, RefuseRefundResponse> = {
  name: 'ar.payments.v1.RefundService/RefuseRefund', message: RefuseRefundRequest, command: refuseRefund, answer,
  read: (f, request) => ({ refundId: f.id('refundId'), by: request.actor, reason: request.reason }),
};

export const cancelRefundRpc: CommandRpc<CancelRefundRequest, CancelRefund, CancelRefundResponse> = {
  name: 'ar.payments.v1.RefundService/CancelRefund', message: CancelRefundRequest, command: cancelRefund, answer,
  read: (f, request) => ({ refundId: f.id('refundId'), reason: request.reason }),
};

export const recordRefundPaidRpc: CommandRpc<RecordRefundPaidRequest, RecordRefundPaid, RecordRefundPaidResponse> = {
  name: 'ar.payments.v1.RefundService/RecordRefundPaid', message: RecordRefundPaidRequest, command: recordRefundPaid, answer,
  read: (f) => ({ refundId: f.id('refundId'), reference: f.text('bankReference', { max: 64, optional: true }), paidOn: f.day('paidDate', true) }),
};

export const recordRefundFailedRpc: CommandRpc<RecordRefundFailedRequest, RecordRefundFailed, RecordRefundFailedResponse> = {
  name: 'ar.payments.v1.RefundService/RecordRefundFailed', message: RecordRefundFailedRequest, command: recordRefundFailed, answer,
  read: (f, request) => ({ refundId: f.id('refundId'), reason: request.reason }),
};

/** How a status may be written in a filter. */
const statusOf = (word: string): string | undefined => Object.values<string>(RefundStatus).find((v) => v === word || v === `REFUND_STATUS_${word.toUpperCase()}`);

/** Refunds: unused money that goes back. */
@Controller()
export class RefundGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.RefundService', 'requestRefund')
  requestRefund(request: RequestRefundRequest) { return this.api.command(requestRefundRpc, request); }

  @GrpcMethod('ar.payments.v1.RefundService', 'approveRefund')
  approveRefund(request: ApproveRefundRequest) { return this.api.command(approveRefundRpc, request); }

  @GrpcMethod('ar.payments.v1.RefundService', 'refuseRefund')
  refuseRefund(request: RefuseRefundRequest) { return this.api.command(refuseRefundRpc, request); }

  @GrpcMethod('ar.payments.v1.RefundService', 'cancelRefund')
  cancelRefund(request: CancelRefundRequest) { return this.api.command(cancelRefundRpc, request); }

  @GrpcMethod('ar.payments.v1.RefundService', 'recordRefundPaid')
  recordRefundPaid(request: RecordRefundPaidRequest) { return this.api.command(recordRefundPaidRpc, request); }

  @GrpcMethod('ar.payments.v1.RefundService', 'recordRefundFailed')
  recordRefundFailed(request: RecordRefundFailedRequest) { return this.api.command(recordRefundFailedRpc, request); }

  @GrpcMethod('ar.payments.v1.RefundService', 'getRefund')
  async getRefund(request: GetRefundRequest): Promise<GetRefundResponse> {
    const refundId = checked(request, (f) => f.id('refundId'));
    return this.api.query(request, async (tx) => {
      const found = await refundById(tx, request.tenantId, refundId);
      if (!found) throw refused({ refused: 'refund-not-found', detail: { refundId } });
      return { refund: found.refund, version: BigInt(found.version) };
    });
  }

  @GrpcMethod('ar.payments.v1.RefundService', 'listRefunds')
  async listRefunds(request: ListRefundsRequest): Promise<ListRefundsResponse> {
    checked(request, () => undefined);
    return this.api.query(request, async (tx) => {
      const text = (sql: string) => ({ sql, type: 'text' as const });
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'refunds', request, {
        select: 'select refund_id page_id, customer, status, receipt_id, credit_note_id, currency, requested_on, amount_minor, resource from refund where tenant = $1', values: [request.tenantId],
        columns: {
          customer_id: text('customer'), receipt_id: text('receipt_id'), credit_note_id: text('credit_note_id'), currency_code: text('currency'), requested_date: { sql: 'requested_on', type: 'date' }, amount: { sql: 'amount_minor', type: 'number' },
          status: { sql: 'status', type: 'text', value: statusOf },
        },
        orders: { requested_date: { sql: 'requested_on', type: 'date' }, amount: { sql: 'amount_minor', type: 'number' } }, order: 'requested_date',
      });
      return { refunds: rows.map((r) => Refund.fromJSON(r.resource)), nextPageToken };
    });
  }
}
