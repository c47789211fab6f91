import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { BatchAnswer, BatchRequest, BatchResponse } from '@ar/contracts/gen/ar/invoicing/v1/batch_service.js';
import { Api } from '@ar/platform/api.js';
import { publishBusinessTermsRpc, recordAcknowledgementRpc } from './business-terms.grpc.js';
import { approveCreditNoteRpc, cancelAndReissueRpc, cancelInvoiceRpc, issueCreditNoteRpc, refuseCreditNoteRpc } from './credit-note.grpc.js';
import { issueDebitNoteRpc } from './debit-note.grpc.js';
import { attachFileRpc, recordDeliveryReportRpc, removeAttachmentRpc, sendDocumentRpc, setDeliveryPreferencesRpc } from './delivery.grpc.js';
import { approveDueDateRpc, refuseDueDateRpc, rescheduleDueDateRpc } from './due-date.grpc.js';
import { approveInvoiceRpc, correctFulfilmentRpc, endContractPriceRpc, recordFulfilmentRpc, refuseInvoiceRpc, setContractPriceRpc } from './guard.grpc.js';
import { recordInvoiceResponseRpc } from './invoice-response.grpc.js';
import { consolidateDraftsRpc, createInvoiceDraftRpc, discardInvoiceDraftRpc, issueInvoiceDraftRpc, issueInvoiceRpc, updateInvoiceDraftRpc, voidInvoiceRpc } from './invoice.grpc.js';
import { createScheduleRpc, endScheduleRpc, pauseScheduleRpc, resumeScheduleRpc, updateScheduleRpc } from './schedule.grpc.js';
import { publishPolicyRpc, updateTenantRpc } from './tenant.grpc.js';

const tenants = { updateTenant: updateTenantRpc, publishPolicy: publishPolicyRpc };
const invoices = {
  issueInvoice: issueInvoiceRpc, voidInvoice: voidInvoiceRpc, createInvoiceDraft: createInvoiceDraftRpc, updateInvoiceDraft: updateInvoiceDraftRpc, discardInvoiceDraft: discardInvoiceDraftRpc, issueInvoiceDraft: issueInvoiceDraftRpc,
  consolidateDrafts: consolidateDraftsRpc, rescheduleDueDate: rescheduleDueDateRpc, approveDueDate: approveDueDateRpc, refuseDueDate: refuseDueDateRpc,
};
const businessTerms = { publishBusinessTerms: publishBusinessTermsRpc, recordAcknowledgement: recordAcknowledgementRpc };
const guard = { setContractPrice: setContractPriceRpc, endContractPrice: endContractPriceRpc, recordFulfilment: recordFulfilmentRpc, correctFulfilment: correctFulfilmentRpc, approveInvoice: approveInvoiceRpc, refuseInvoice: refuseInvoiceRpc };
const schedules = { createSchedule: createScheduleRpc, updateSchedule: updateScheduleRpc, pauseSchedule: pauseScheduleRpc, resumeSchedule: resumeScheduleRpc, endSchedule: endScheduleRpc };
const notes = {
  issueCreditNote: issueCreditNoteRpc, approveCreditNote: approveCreditNoteRpc, refuseCreditNote: refuseCreditNoteRpc, cancelInvoice: cancelInvoiceRpc, cancelAndReissue: cancelAndReissueRpc, issueDebitNote: issueDebitNoteRpc,
};
const deliveries = { setDeliveryPreferences: setDeliveryPreferencesRpc, sendDocument: sendDocumentRpc, recordDeliveryReport: recordDeliveryReportRpc, attachFile: attachFileRpc, removeAttachment: removeAttachmentRpc };
const rpcs = { ...deliveries, ...tenants, ...invoices, ...notes, ...schedules, ...businessTerms, ...guard, recordInvoiceResponse: recordInvoiceResponseRpc };

/** Many commands in one call. */
@Controller()
export class BatchGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.invoicing.v1.BatchService', 'batch')
  async batch({ tenantId, items }: BatchRequest): Promise<BatchResponse> {
    const { answers, position } = await this.api.batch(tenantId, items.map((i) => i.command), rpcs);
    return { answers: answers.map((answer) => ({ answer }) as BatchAnswer), position };
  }
}
