import { Module } from '@nestjs/common';
import { BatchServiceService } from '@ar/contracts/gen/ar/credit/v1/batch_service.js';
import { CreditServiceService } from '@ar/contracts/gen/ar/credit/v1/credit_service.js';
import { CustomerServiceService } from '@ar/contracts/gen/ar/credit/v1/customer_service.js';
import type { ServiceProcess } from '@ar/platform/server.js';
import { BatchGrpc } from './api/batch.grpc.js';
import { CreditGrpc } from './api/credit.grpc.js';
import { CustomerGrpc } from './api/customer.grpc.js';
import { credit } from './credit.service.js';

/** What answers calls; what there is to call is in `credit.service.ts`. */
@Module({ controllers: [CustomerGrpc, CreditGrpc, BatchGrpc] })
export class CreditModule {}

/** What a process of this service is made of. */
export const process: ServiceProcess = { service: () => credit, module: CreditModule, grpc: [CustomerServiceService, CreditServiceService, BatchServiceService] };
