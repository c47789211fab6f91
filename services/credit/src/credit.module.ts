import { Module } from '@nestjs/common';
import { BatchGrpc } from './api/batch.grpc.js';
import { CreditGrpc } from './api/credit.grpc.js';
import { CustomerGrpc } from './api/customer.grpc.js';

/** What answers calls; what there is to call is in `credit.service.ts`. */
@Module({ controllers: [CustomerGrpc, CreditGrpc, BatchGrpc] })
export class CreditModule {}
