import { BatchServiceService } from '@ar/contracts/gen/ar/credit/v1/batch_service.js';
import { CreditServiceService } from '@ar/contracts/gen/ar/credit/v1/credit_service.js';
import { CustomerServiceService } from '@ar/contracts/gen/ar/credit/v1/customer_service.js';
import { runService } from '@ar/platform/server.js';
import { CreditModule } from './credit.module.js';
import { credit } from './credit.service.js';

await runService({ service: () => credit, module: CreditModule, grpc: [CustomerServiceService, CreditServiceService, BatchServiceService] });
