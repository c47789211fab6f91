import { BatchServiceService } from '@ar/contracts/gen/ar/reminders/v1/batch_service.js';
import { CommunicationServiceService } from '@ar/contracts/gen/ar/reminders/v1/communication_service.js';
import { DunningServiceService } from '@ar/contracts/gen/ar/reminders/v1/dunning_service.js';
import { runService } from '@ar/platform/server.js';
import { RemindersModule } from './reminders.module.js';
import { reminders } from './reminders.service.js';

await runService({ service: (config) => reminders(config.AR_SMTP_URL!), module: RemindersModule, grpc: [DunningServiceService, CommunicationServiceService, BatchServiceService], needs: ['AR_SMTP_URL'] });
