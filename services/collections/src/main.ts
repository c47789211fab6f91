import { BatchServiceService } from '@ar/contracts/gen/ar/collections/v1/batch_service.js';
import { CaseServiceService } from '@ar/contracts/gen/ar/collections/v1/case_service.js';
import { DisputeServiceService } from '@ar/contracts/gen/ar/collections/v1/dispute_service.js';
import { PromiseServiceService } from '@ar/contracts/gen/ar/collections/v1/promise_service.js';
import { runService } from '@ar/platform/server.js';
import { CollectionsModule } from './collections.module.js';
import { collections } from './collections.service.js';

await runService({ service: () => collections, module: CollectionsModule, grpc: [CaseServiceService, DisputeServiceService, PromiseServiceService, BatchServiceService] });
