import { Module } from '@nestjs/common';
import { BatchServiceService } from '@ar/contracts/gen/ar/reminders/v1/batch_service.js';
import { CommunicationServiceService } from '@ar/contracts/gen/ar/reminders/v1/communication_service.js';
import { DunningServiceService } from '@ar/contracts/gen/ar/reminders/v1/dunning_service.js';
import type { ServiceProcess } from '@ar/platform/server.js';
import { BatchGrpc } from './api/batch.grpc.js';
import { CommunicationGrpc } from './api/communication.grpc.js';
import { DunningGrpc } from './api/dunning.grpc.js';
import { reminders } from './reminders.service.js';

/** What answers calls; what there is to call is in `reminders.service.ts`. */
@Module({ controllers: [DunningGrpc, CommunicationGrpc, BatchGrpc] })
export class RemindersModule {}

/** What a process of this service is made of. */
export const process: ServiceProcess = { service: (config) => reminders(config.AR_SMTP_URL!), module: RemindersModule, grpc: [DunningServiceService, CommunicationServiceService, BatchServiceService], needs: ['AR_SMTP_URL'] };
