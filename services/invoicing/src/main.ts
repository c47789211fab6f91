import { BatchServiceService } from '@ar/contracts/gen/ar/invoicing/v1/batch_service.js';
import { InvoiceServiceService } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { TenantServiceService } from '@ar/contracts/gen/ar/invoicing/v1/tenant_service.js';
import { runService } from '@ar/platform/server.js';
import { InvoicingModule } from './invoicing.module.js';
import { invoicing } from './invoicing.service.js';

await runService({ service: () => invoicing, module: InvoicingModule, grpc: [TenantServiceService, InvoiceServiceService, BatchServiceService] });
