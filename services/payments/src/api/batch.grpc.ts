import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { BatchAnswer, BatchRequest, BatchResponse } from '@ar/contracts/gen/ar/payments/v1/batch_service.js';
import { Api } from '@ar/platform/api.js';
import { discardBankStatementRpc, dismissBankReturnRpc, matchBankReturnRpc, registerBankAccountRpc, releaseBankStatementRpc } from './bank.grpc.js';
import { cancelDebitRpc, cutDebitFileRpc, requestDebitRpc, tellDebitOutcomeRpc } from './debit.grpc.js';
import { cancelPayLinkRpc, createPayLinkRpc } from './pay-link.grpc.js';
import { amendMandateRpc, cancelMandateRpc, registerMandateRpc, resumeMandateRpc, suspendMandateRpc } from './mandate.grpc.js';
import { applyCreditRpc, unapplyCreditRpc } from './credit-note.grpc.js';
import { acceptRecommendationRpc, declineRecommendationRpc } from './receipt-review.grpc.js';
import { applyReceiptRpc, identifyReceiptRpc, recordReceiptRpc, reverseReceiptRpc, unapplyReceiptRpc } from './receipt.grpc.js';
import { cutLedgerBatchRpc } from './ledger.grpc.js';
import { linkPayerRpc, unlinkPayerRpc } from './payer.grpc.js';
import { closePeriodRpc, reopenPeriodRpc, revaluePeriodRpc } from './period.grpc.js';
import { approveRefundRpc, cancelRefundRpc, recordRefundFailedRpc, recordRefundPaidRpc, refuseRefundRpc, requestRefundRpc } from './refund.grpc.js';
import { cancelRemittanceAdviceRpc, matchRemittanceAdviceRpc, recordRemittanceAdviceRpc } from './remittance.grpc.js';
import { cancelTakeOnRpc, takeOnCreditRpc, takeOnOpenItemRpc } from './take-on.grpc.js';
import { approveWriteOffRpc, recoverWriteOffRpc, refuseWriteOffRpc, reverseWriteOffRpc, writeOffOpenItemsRpc } from './write-off.grpc.js';

const rpcs = {
  recordReceipt: recordReceiptRpc, identifyReceipt: identifyReceiptRpc, applyReceipt: applyReceiptRpc, unapplyReceipt: unapplyReceiptRpc, reverseReceipt: reverseReceiptRpc, applyCredit: applyCreditRpc, unapplyCredit: unapplyCreditRpc,
  writeOffOpenItems: writeOffOpenItemsRpc, approveWriteOff: approveWriteOffRpc, refuseWriteOff: refuseWriteOffRpc, reverseWriteOff: reverseWriteOffRpc, recoverWriteOff: recoverWriteOffRpc,
  requestRefund: requestRefundRpc, approveRefund: approveRefundRpc, refuseRefund: refuseRefundRpc, cancelRefund: cancelRefundRpc, recordRefundPaid: recordRefundPaidRpc, recordRefundFailed: recordRefundFailedRpc,
  registerBankAccount: registerBankAccountRpc, releaseBankStatement: releaseBankStatementRpc, discardBankStatement: discardBankStatementRpc, matchBankReturn: matchBankReturnRpc, dismissBankReturn: dismissBankReturnRpc, acceptRecommendation: acceptRecommendationRpc, declineRecommendation: declineRecommendationRpc,
  closePeriod: closePeriodRpc, reopenPeriod: reopenPeriodRpc, revaluePeriod: revaluePeriodRpc, cutLedgerBatch: cutLedgerBatchRpc, takeOnOpenItem: takeOnOpenItemRpc, takeOnCredit: takeOnCreditRpc, cancelTakeOn: cancelTakeOnRpc,
  registerMandate: registerMandateRpc, amendMandate: amendMandateRpc, suspendMandate: suspendMandateRpc, resumeMandate: resumeMandateRpc, cancelMandate: cancelMandateRpc, requestDebit: requestDebitRpc, cancelDebit: cancelDebitRpc, cutDebitFile: cutDebitFileRpc, tellDebitOutcome: tellDebitOutcomeRpc, cancelPayLink: cancelPayLinkRpc, createPayLink: createPayLinkRpc,
  recordRemittanceAdvice: recordRemittanceAdviceRpc, matchRemittanceAdvice: matchRemittanceAdviceRpc, cancelRemittanceAdvice: cancelRemittanceAdviceRpc, linkPayer: linkPayerRpc, unlinkPayer: unlinkPayerRpc,
};

/** Many commands in one call. */
@Controller()
export class BatchGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.BatchService', 'batch')
  async batch({ tenantId, items }: BatchRequest): Promise<BatchResponse> {
    const { answers, position } = await this.api.batch(tenantId, items.map((i) => i.command), rpcs);
    return { answers: answers.map((answer) => ({ answer }) as BatchAnswer), position };
  }
}
