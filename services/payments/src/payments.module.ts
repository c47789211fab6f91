import { Module } from '@nestjs/common';
import { AccountServiceService } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { BankServiceService } from '@ar/contracts/gen/ar/payments/v1/bank_service.js';
import { BatchServiceService } from '@ar/contracts/gen/ar/payments/v1/batch_service.js';
import { CreditNoteServiceService } from '@ar/contracts/gen/ar/payments/v1/credit_note_service.js';
import { DebitServiceService } from '@ar/contracts/gen/ar/payments/v1/debit_service.js';
import { LedgerServiceService } from '@ar/contracts/gen/ar/payments/v1/ledger_service.js';
import { MandateServiceService } from '@ar/contracts/gen/ar/payments/v1/mandate_service.js';
import { MeasureServiceService } from '@ar/contracts/gen/ar/payments/v1/measure_service.js';
import { PayLinkServiceService } from '@ar/contracts/gen/ar/payments/v1/pay_link_service.js';
import { PayerServiceService } from '@ar/contracts/gen/ar/payments/v1/payer_service.js';
import { PeriodServiceService } from '@ar/contracts/gen/ar/payments/v1/period_service.js';
import { ReceiptServiceService } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { RefundServiceService } from '@ar/contracts/gen/ar/payments/v1/refund_service.js';
import { ReportServiceService } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { StatementServiceService } from '@ar/contracts/gen/ar/payments/v1/statement_service.js';
import { RemittanceServiceService } from '@ar/contracts/gen/ar/payments/v1/remittance_service.js';
import { TakeOnServiceService } from '@ar/contracts/gen/ar/payments/v1/take_on_service.js';
import { WriteOffServiceService } from '@ar/contracts/gen/ar/payments/v1/write_off_service.js';
import type { ServiceProcess } from '@ar/platform/server.js';
import { AccountGrpc } from './api/account.grpc.js';
import { BankGrpc } from './api/bank.grpc.js';
import { BatchGrpc } from './api/batch.grpc.js';
import { CreditNoteGrpc } from './api/credit-note.grpc.js';
import { DebitGrpc } from './api/debit.grpc.js';
import { LedgerGrpc } from './api/ledger.grpc.js';
import { MandateGrpc } from './api/mandate.grpc.js';
import { MeasureGrpc } from './api/measure.grpc.js';
import { PayLinkGrpc } from './api/pay-link.grpc.js';
import { PayerGrpc } from './api/payer.grpc.js';
import { PeriodGrpc } from './api/period.grpc.js';
import { ReceiptGrpc } from './api/receipt.grpc.js';
import { ReceiptReviewGrpc } from './api/receipt-review.grpc.js';
import { RefundGrpc } from './api/refund.grpc.js';
import { ReportGrpc } from './api/report.grpc.js';
import { StatementGrpc } from './api/statement.grpc.js';
import { RemittanceGrpc } from './api/remittance.grpc.js';
import { TakeOnGrpc } from './api/take-on.grpc.js';
import { WriteOffGrpc } from './api/write-off.grpc.js';
import { payments, paymentsWith } from './payments.service.js';
import { sandboxProvider } from './sandbox-provider.js';

/** What answers calls; what there is to call is in `payments.service.ts`. */
@Module({ controllers: [ReceiptGrpc, ReceiptReviewGrpc, CreditNoteGrpc, RefundGrpc, WriteOffGrpc, AccountGrpc, ReportGrpc, MeasureGrpc, StatementGrpc, BankGrpc, PeriodGrpc, LedgerGrpc, TakeOnGrpc, MandateGrpc, DebitGrpc, PayLinkGrpc, RemittanceGrpc, PayerGrpc, BatchGrpc] })
export class PaymentsModule {}

/** What a process of this service is made of. */
export const process: ServiceProcess = { service: (config) => (config.AR_PAYMENT_PROVIDER === 'sandbox' ? paymentsWith(sandboxProvider()) : payments), module: PaymentsModule, grpc: [ReceiptServiceService, CreditNoteServiceService, RefundServiceService, WriteOffServiceService, AccountServiceService, ReportServiceService, MeasureServiceService, StatementServiceService, BankServiceService, PeriodServiceService, LedgerServiceService, TakeOnServiceService, MandateServiceService, DebitServiceService, PayLinkServiceService, RemittanceServiceService, PayerServiceService, BatchServiceService] };
