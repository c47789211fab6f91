import { Module } from '@nestjs/common';
import { BatchServiceService } from '@ar/contracts/gen/ar/collections/v1/batch_service.js';
import { CaseServiceService } from '@ar/contracts/gen/ar/collections/v1/case_service.js';
import { DisputeServiceService } from '@ar/contracts/gen/ar/collections/v1/dispute_service.js';
import { PromiseServiceService } from '@ar/contracts/gen/ar/collections/v1/promise_service.js';
import type { ServiceProcess } from '@ar/platform/server.js';
import { BatchGrpc } from './api/batch.grpc.js';
import { CaseGrpc } from './api/case.grpc.js';
import { DisputeGrpc } from './api/dispute.grpc.js';
import { PromiseGrpc } from './api/promise.grpc.js';
import { collections } from './collections.service.js';

/** What answers calls; what there is to call is in `collections.service.ts`. */
@Module({ controllers: [CaseGrpc, DisputeGrpc, PromiseGrpc, BatchGrpc] })
export class CollectionsModule {}

/** What a process of this service is made of. */
export const process: ServiceProcess = { service: () => collections, module: CollectionsModule, grpc: [CaseServiceService, DisputeServiceService, PromiseServiceService, BatchServiceService] };
