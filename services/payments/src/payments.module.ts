import { Module } from '@nestjs/common';
import { AccountGrpc } from './api/account.grpc.js';
import { BatchGrpc } from './api/batch.grpc.js';
import { ReceiptGrpc } from './api/receipt.grpc.js';
import { ReportGrpc } from './api/report.grpc.js';

/** What answers calls; what there is to call is in `payments.service.ts`. */
@Module({ controllers: [ReceiptGrpc, AccountGrpc, ReportGrpc, BatchGrpc] })
export class PaymentsModule {}
