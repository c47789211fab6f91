import { Module } from '@nestjs/common';
import { BatchServiceService } from '@ar/contracts/gen/ar/invoicing/v1/batch_service.js';
import { CreditNoteServiceService } from '@ar/contracts/gen/ar/invoicing/v1/credit_note_service.js';
import { DebitNoteServiceService } from '@ar/contracts/gen/ar/invoicing/v1/debit_note_service.js';
import { BusinessTermsServiceService } from '@ar/contracts/gen/ar/invoicing/v1/business_terms_service.js';
import { DeliveryServiceService } from '@ar/contracts/gen/ar/invoicing/v1/delivery_service.js';
import { DueDateServiceService } from '@ar/contracts/gen/ar/invoicing/v1/due_date_service.js';
import { GuardServiceService } from '@ar/contracts/gen/ar/invoicing/v1/guard_service.js';
import { InvoiceResponseServiceService } from '@ar/contracts/gen/ar/invoicing/v1/invoice_response_service.js';
import { InvoiceServiceService } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { ScheduleServiceService } from '@ar/contracts/gen/ar/invoicing/v1/schedule_service.js';
import { TenantServiceService } from '@ar/contracts/gen/ar/invoicing/v1/tenant_service.js';
import type { ServiceProcess } from '@ar/platform/server.js';
import { BatchGrpc } from './api/batch.grpc.js';
import { CreditNoteGrpc } from './api/credit-note.grpc.js';
import { DebitNoteGrpc } from './api/debit-note.grpc.js';
import { BusinessTermsGrpc } from './api/business-terms.grpc.js';
import { DeliveryGrpc } from './api/delivery.grpc.js';
import { DueDateGrpc } from './api/due-date.grpc.js';
import { GuardGrpc } from './api/guard.grpc.js';
import { InvoiceGrpc } from './api/invoice.grpc.js';
import { InvoiceResponseGrpc } from './api/invoice-response.grpc.js';
import { ScheduleGrpc } from './api/schedule.grpc.js';
import { TenantGrpc } from './api/tenant.grpc.js';
import { invoicing } from './invoicing.service.js';

/** What answers calls; what there is to call is in `invoicing.service.ts`. */
@Module({ controllers: [TenantGrpc, InvoiceGrpc, CreditNoteGrpc, DebitNoteGrpc, ScheduleGrpc, DueDateGrpc, BusinessTermsGrpc, DeliveryGrpc, GuardGrpc, InvoiceResponseGrpc, BatchGrpc] })
export class InvoicingModule {}

/** What a process of this service is made of. */
export const process: ServiceProcess = { service: (config) => invoicing(config.AR_SMTP_URL!), module: InvoicingModule, grpc: [TenantServiceService, InvoiceServiceService, CreditNoteServiceService, DebitNoteServiceService, ScheduleServiceService, DueDateServiceService, BusinessTermsServiceService, DeliveryServiceService, GuardServiceService, InvoiceResponseServiceService, BatchServiceService], needs: ['AR_SMTP_URL'] };
