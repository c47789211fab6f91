import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { BatchAnswer, BatchRequest, BatchResponse } from '@ar/contracts/gen/ar/credit/v1/batch_service.js';
import { Api } from '@ar/platform/api.js';
import { cancelReservationRpc, placeHoldRpc, releaseHoldRpc, reserveCreditRpc, setCreditLimitRpc } from './credit.grpc.js';
import { registerCustomerRpc, updateCustomerRpc } from './customer.grpc.js';

const rpcs = {
  registerCustomer: registerCustomerRpc, updateCustomer: updateCustomerRpc, setCreditLimit: setCreditLimitRpc, reserveCredit: reserveCreditRpc, cancelReservation: cancelReservationRpc, placeHold: placeHoldRpc,
  releaseHold: releaseHoldRpc,
};

/** Many commands in one call. */
@Controller()
export class BatchGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.credit.v1.BatchService', 'batch')
  async batch({ tenantId, items }: BatchRequest): Promise<BatchResponse> {
    const { answers, position } = await this.api.batch(tenantId, items.map((i) => i.command), rpcs);
    return { answers: answers.map((answer) => ({ answer }) as BatchAnswer), position };
  }
}
