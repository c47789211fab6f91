import { status as Code } from '@grpc/grpc-js';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { CashHold } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import {
  AcceptRecommendationRequest, ApplyReceiptRequest, DeclineRecommendationRequest, Receipt, RecommendationStatus, ReviewReason, type AcceptRecommendationResponse, type ApplicationPreview, type DeclineRecommendationResponse,
  type ListReceiptsToReviewRequest, type ListReceiptsToReviewResponse, type PreviewApplicationsRequest, type PreviewApplicationsResponse,
} from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { Api, newId, type CommandRpc } from '@ar/platform/api.js';
import { apiError } from '@ar/platform/errors.js';
import { pageSizeOf } from '@ar/platform/lists.js';
import type { Tx } from '@ar/runtime/forms.js';
import { type ReviewRow, toReviewWithReasons } from '../projections/receipts-to-review.js';
import { acceptRecommendation, declineRecommendation, type AcceptRecommendation, type DeclineRecommendation } from '../recommendations.commands.js';
import { checked } from './queries.js';
import { answer, applyReceiptRpc, found } from './receipt.grpc.js';

export const acceptRecommendationRpc: CommandRpc<AcceptRecommendationRequest, AcceptRecommendation, AcceptRecommendationResponse> = {
  name: 'ar.payments.v1.ReceiptService/AcceptRecommendation', message: AcceptRecommendationRequest, command: acceptRecommendation, answer,
  read: (f, request) => ({ receiptId: f.id('receiptId'), recommendationId: f.id('recommendationId'), customer: f.customer('customerId'), itemId: f.id('itemId', false, 80), by: request.actor }),
};

export const declineRecommendationRpc: CommandRpc<DeclineRecommendationRequest, DeclineRecommendation, DeclineRecommendationResponse> = {
  name: 'ar.payments.v1.ReceiptService/DeclineRecommendation', message: DeclineRecommendationRequest, command: declineRecommendation, answer,
  read: (f, request) => ({ receiptId: f.id('receiptId'), recommendationId: f.id('recommendationId'), by: request.actor, reason: request.reason }),
};

const REASONS = { UNIDENTIFIED: ReviewReason.UNIDENTIFIED, RECOMMENDED: ReviewReason.RECOMMENDED, HELD: ReviewReason.HELD, UNAPPLIED: ReviewReason.UNAPPLIED, SUSPECTED_DUPLICATE: ReviewReason.SUSPECTED_DUPLICATE, REMITTANCE_ADVICE: ReviewReason.REMITTANCE_ADVICE, DUE: ReviewReason.DUE } as const;
const MOST_PREVIEWED = 100;

/** What a person has to look at, and what would be done. */
@Controller()
export class ReceiptReviewGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.ReceiptService', 'acceptRecommendation')
  acceptRecommendation(request: AcceptRecommendationRequest) { return this.api.command(acceptRecommendationRpc, request); }

  @GrpcMethod('ar.payments.v1.ReceiptService', 'declineRecommendation')
  declineRecommendation(request: DeclineRecommendationRequest) { return this.api.command(declineRecommendationRpc, request); }

  @GrpcMethod('ar.payments.v1.ReceiptService', 'listReceiptsToReview')
  async listReceiptsToReview(request: ListReceiptsToReviewRequest): Promise<ListReceiptsToReviewResponse> {
    checked(request, () => undefined);
    return this.api.query(request, async (tx) => {
      const text = (sql: string) => ({ sql, type: 'text' as const });
      const { rows, nextPageToken } = await this.api.pages.list<ReviewRow>(tx, 'receipts-to-review', request, {
        select: toReviewWithReasons, values: [request.tenantId],
        columns: { customer_id: text('customer'), value_date: { sql: 'value_on', type: 'date' }, currency_code: text('currency'), reason: { sql: 'reasons', type: 'words', value: (word) => Object.keys(REASONS).find((r) => r === word.replace(/^REVIEW_REASON_/, '').toUpperCase()) } },
        orders: { value_date: { sql: 'value_on', type: 'date' } }, order: 'value_date',
      });
      return {
        receipts: rows.map(({ resource, ageDays, holds, duplicateOf, reasons, adviceIds, settledItemIds }) => ({
          receipt: Receipt.fromJSON(resource), ageDays, duplicateOf: [...duplicateOf], remittanceAdviceIds: [...adviceIds], settledItemIds: [...settledItemIds], held: ((holds ?? []) as unknown[]).map((h) => CashHold.fromJSON(h)), reasons: reasons.split(' ').map((r) => REASONS[r as keyof typeof REASONS]),
        })), nextPageToken,
      };
    });
  }

  @GrpcMethod('ar.payments.v1.ReceiptService', 'previewApplications')
  async previewApplications(request: PreviewApplicationsRequest): Promise<PreviewApplicationsResponse> {
    const { tenantId } = request;
    const { receiptId, valueDate } = checked(request, (f) => {
      if ((request.receiptId === '') === (request.valueDate === '')) f.wrong('receiptId', 'FIELD_INVALID', 'is set, or value_date is: one of both');
      return { receiptId: f.id('receiptId', true), valueDate: f.day('valueDate', true) };
    });
    const size = Math.min(MOST_PREVIEWED, pageSizeOf(request.pageSize));
    const { ids, nextPageToken } = await this.api.query(request, async (tx) => (receiptId ? { ids: [(await found(tx, tenantId, receiptId)).receipt.receiptId], nextPageToken: '' } : this.#ofDay(tx, tenantId, valueDate, size, request.pageToken)));
    const previews: ApplicationPreview[] = [];
    for (const id of ids) previews.push(await this.#preview(tenantId, id));
    return { previews, nextPageToken };
  }

  #ofDay(tx: Tx, tenantId: string, valueDate: string, pageSize: number, pageToken: string) {
    return this.api.pages.list<{ page_id: string }>(tx, 'receipts-to-preview', { pageSize, pageToken }, {
      select: "select receipt_id page_id, receipt_id from receipt where tenant = $1 and value_on = $2::date and unapplied_minor > 0 and not on_account and status in ('RECEIPT_STATUS_UNAPPLIED', 'RECEIPT_STATUS_PARTLY_APPLIED')",
      values: [tenantId, valueDate], columns: {}, orders: { receipt_id: { sql: 'receipt_id', type: 'text' } }, order: 'receipt_id',
    }).then(({ rows, nextPageToken }) => ({ ids: rows.map((r) => r.page_id), nextPageToken }));
  }

  /** As ApplyReceipt decides, and nothing is recorded. */
  async #preview(tenantId: string, receiptId: string): Promise<ApplicationPreview> {
    try {
      const { receipt } = await this.api.command(applyReceiptRpc, ApplyReceiptRequest.fromPartial({ tenantId, requestId: newId('preview'), actor: 'preview', receiptId, validateOnly: true }));
      return { receiptId, attempt: receipt!.lastAttempt, recommendation: receipt!.recommendations.find((r) => r.status === RecommendationStatus.OPEN), refused: '' };
    } catch (error) {
      const { code, reason } = apiError(error, '');
      if (code !== Code.FAILED_PRECONDITION && code !== Code.NOT_FOUND) throw error;
      return { receiptId, attempt: undefined, recommendation: undefined, refused: reason };
    }
  }
}
