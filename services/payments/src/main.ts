import { AccountServiceService } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { BatchServiceService } from '@ar/contracts/gen/ar/payments/v1/batch_service.js';
import { ReceiptServiceService } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { ReportServiceService } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { runService } from '@ar/platform/server.js';
import { PaymentsModule } from './payments.module.js';
import { payments } from './payments.service.js';

await runService({ service: () => payments, module: PaymentsModule, grpc: [ReceiptServiceService, AccountServiceService, ReportServiceService, BatchServiceService] });
