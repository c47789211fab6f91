import { Module } from '@nestjs/common';
import { BatchGrpc } from './api/batch.grpc.js';
import { CommunicationGrpc } from './api/communication.grpc.js';
import { DunningGrpc } from './api/dunning.grpc.js';

/** What answers calls; what there is to call is in `reminders.service.ts`. */
@Module({ controllers: [DunningGrpc, CommunicationGrpc, BatchGrpc] })
export class RemindersModule {}
