import { Module } from '@nestjs/common';
import { AccountServiceService } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { BankServiceService } from '@ar/contracts/gen/ar/payments/v1/bank_service.js';
import { BatchServiceService } from '@ar/contracts/gen/ar/payments/v1/batch_service.js';
import { CreditNoteServiceService } from '@ar/contracts/gen/ar/payments/v1/credit_note_service.js';
import { ReceiptServiceService } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { ReportServiceService } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { WriteOffServiceService } from '@ar/contracts/gen/ar/payments/v1/write_off_service.js';
import type { ServiceProcess } from '@ar/platform/server.js';
import { AccountGrpc } from './api/account.grpc.js';
import { BankGrpc } from './api/bank.grpc.js';
import { BatchGrpc } from './api/batch.grpc.js';
import { CreditNoteGrpc } from './api/credit-note.grpc.js';
import { ReceiptGrpc } from './api/receipt.grpc.js';
import { ReportGrpc } from './api/report.grpc.js';
import { WriteOffGrpc } from './api/write-off.grpc.js';
import { payments } from './payments.service.js';

/** What answers calls; what there is to call is in `payments.service.ts`. */
@Module({ controllers: [ReceiptGrpc, CreditNoteGrpc, WriteOffGrpc, AccountGrpc, ReportGrpc, BankGrpc, BatchGrpc] })
export class PaymentsModule {}

/** What a process of this service is made of. */
export const process: ServiceProcess = { service: () => payments, module: PaymentsModule, grpc: [ReceiptServiceService, CreditNoteServiceService, WriteOffServiceService, AccountServiceService, ReportServiceService, BankServiceService, BatchServiceService] };
