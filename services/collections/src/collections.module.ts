import { Module } from '@nestjs/common';
import { BatchGrpc } from './api/batch.grpc.js';
import { CaseGrpc } from './api/case.grpc.js';
import { DisputeGrpc } from './api/dispute.grpc.js';
import { PromiseGrpc } from './api/promise.grpc.js';

/** What answers calls; what there is to call is in `collections.service.ts`. */
@Module({ controllers: [CaseGrpc, DisputeGrpc, PromiseGrpc, BatchGrpc] })
export class CollectionsModule {}
