import { Module } from '@nestjs/common';
import { BatchGrpc } from './api/batch.grpc.js';
import { InvoiceGrpc } from './api/invoice.grpc.js';
import { TenantGrpc } from './api/tenant.grpc.js';

/** What answers calls; what there is to call is in `invoicing.service.ts`. */
@Module({ controllers: [TenantGrpc, InvoiceGrpc, BatchGrpc] })
export class InvoicingModule {}
