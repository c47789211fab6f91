import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { BatchAnswer, BatchRequest, BatchResponse } from '@ar/contracts/gen/ar/invoicing/v1/batch_service.js';
import { Api } from '@ar/platform/api.js';
import { publishBusinessTermsRpc, recordAcknowledgementRpc } from './business-terms.grpc.js';
import { approveDueDateRpc, refuseDueDateRpc, rescheduleDueDateRpc } from './due-date.grpc.js';
import { createInvoiceDraftRpc, discardInvoiceDraftRpc, issueInvoiceDraftRpc, issueInvoiceRpc, updateInvoiceDraftRpc, voidInvoiceRpc } from './invoice.grpc.js';
import { publishPolicyRpc, updateTenantRpc } from './tenant.grpc.js';

const rpcs = { issueInvoice: issueInvoiceRpc, voidInvoice: voidInvoiceRpc, updateTenant: updateTenantRpc, publishPolicy: publishPolicyRpc, createInvoiceDraft: createInvoiceDraftRpc, updateInvoiceDraft: updateInvoiceDraftRpc, discardInvoiceDraft: discardInvoiceDraftRpc, issueInvoiceDraft: issueInvoiceDraftRpc, rescheduleDueDate: rescheduleDueDateRpc, approveDueDate: approveDueDateRpc, refuseDueDate: refuseDueDateRpc, publishBusinessTerms: publishBusinessTermsRpc, recordAcknowledgement: recordAcknowledgementRpc };

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
