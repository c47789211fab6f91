import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { ClosePeriodRequest, ReopenPeriodRequest, type Books, type ClosePeriodResponse, type GetBooksRequest, type GetBooksResponse, type ReopenPeriodResponse } from '@ar/contracts/gen/ar/payments/v1/period_service.js';
import { Api, type CommandRpc } from '@ar/platform/api.js';
import { closePeriod, reopenPeriod, type ClosePeriod, type ReopenPeriod } from '../periods.commands.js';
import { booksOf } from '../projections/periods.js';
import { checked } from './queries.js';

const answer = (books: Books, version: bigint, position: ClosePeriodResponse['position']) => ({ books, version, position });

export const closePeriodRpc: CommandRpc<ClosePeriodRequest, ClosePeriod, ClosePeriodResponse> = {
  name: 'ar.payments.v1.PeriodService/ClosePeriod', message: ClosePeriodRequest, command: closePeriod, answer,
  read: (f, request) => ({ lastOn: f.day('lastDate'), by: request.actor }),
};

export const reopenPeriodRpc: CommandRpc<ReopenPeriodRequest, ReopenPeriod, ReopenPeriodResponse> = {
  name: 'ar.payments.v1.PeriodService/ReopenPeriod', message: ReopenPeriodRequest, command: reopenPeriod, answer,
  read(f, request) {
    if (request.reason === '') f.required('reason');
    return { lastOn: f.day('lastDate'), by: request.actor, reason: request.reason };
  },
};

/** Accounting periods. */
@Controller()
export class PeriodGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.PeriodService', 'closePeriod')
  closePeriod(request: ClosePeriodRequest) { return this.api.command(closePeriodRpc, request); }

  @GrpcMethod('ar.payments.v1.PeriodService', 'reopenPeriod')
  reopenPeriod(request: ReopenPeriodRequest) { return this.api.command(reopenPeriodRpc, request); }

  @GrpcMethod('ar.payments.v1.PeriodService', 'getBooks')
  async getBooks(request: GetBooksRequest): Promise<GetBooksResponse> {
    checked(request, () => undefined);
    return this.api.query(request, async (tx) => { const { books, version } = await booksOf(tx, request.tenantId); return { books, version: BigInt(version) }; });
  }
}
