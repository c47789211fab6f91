import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { BatchAnswer, BatchRequest, BatchResponse } from '@ar/contracts/gen/ar/reminders/v1/batch_service.js';
import { Api } from '@ar/platform/api.js';
import { pauseDunningRpc, repeatDebitNoticeRpc, repeatReminderRpc, resumeDunningRpc } from './dunning.grpc.js';

const rpcs = { pauseDunning: pauseDunningRpc, resumeDunning: resumeDunningRpc, repeatReminder: repeatReminderRpc, repeatDebitNotice: repeatDebitNoticeRpc };

/** Many commands in one call. */
@Controller()
export class BatchGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.reminders.v1.BatchService', 'batch')
  async batch({ tenantId, items }: BatchRequest): Promise<BatchResponse> {
    const { answers, position } = await this.api.batch(tenantId, items.map((i) => i.command), rpcs);
    return { answers: answers.map((answer) => ({ answer }) as BatchAnswer), position };
  }
}
