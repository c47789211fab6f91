import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  MakePromiseRequest, PromiseStatus, PromiseToPay, WithdrawPromiseRequest,
  type ListPromisesRequest, type ListPromisesResponse, type MakePromiseResponse, type PromiseDraft as WirePromise, type WithdrawPromiseResponse,
} from '@ar/contracts/gen/ar/collections/v1/promise_service.js';
import { Api, type CommandRpc } from '@ar/platform/api.js';
import { makePromise, withdrawPromise, type MakePromise, type WithdrawPromise } from '../collections.commands.js';
import type { PromiseDraft } from '../domain/promise-to-pay.js';
import type { Touched } from '../projections/cases.js';
import { readPromise } from './drafts.js';
import { ownerIn, type Owned, withOwner } from './owners.js';

const answer = ({ promise }: Touched, version: bigint, position: MakePromiseResponse['position']) => ({ promise, version, position });

export const makePromiseRpc: CommandRpc<MakePromiseRequest, MakePromise, MakePromiseResponse> = {
  name: 'ar.collections.v1.PromiseService/MakePromise', message: MakePromiseRequest, command: makePromise, answer,
  read(f) {
    const draft = f.inside<WirePromise, PromiseDraft>('promise', readPromise);
    if (!draft) f.required('promise');
    return { customerId: f.customer('customerId'), draft: draft! };
  },
};

export const withdrawPromiseRpc: CommandRpc<Owned<WithdrawPromiseRequest>, WithdrawPromise, WithdrawPromiseResponse> = {
  name: 'ar.collections.v1.PromiseService/WithdrawPromise', message: WithdrawPromiseRequest, command: withdrawPromise, answer,
  read: (f, request) => ({ customerId: ownerIn(request), promiseId: f.id('promiseId'), reason: request.reason }),
};

const STATUSES = [PromiseStatus.OPEN, PromiseStatus.KEPT, PromiseStatus.PARTLY_KEPT, PromiseStatus.BROKEN, PromiseStatus.WITHDRAWN, PromiseStatus.SUPERSEDED];

/** Promises to pay. */
@Controller()
export class PromiseGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.collections.v1.PromiseService', 'makePromise')
  makePromise(request: MakePromiseRequest) { return this.api.command(makePromiseRpc, request); }

  @GrpcMethod('ar.collections.v1.PromiseService', 'withdrawPromise')
  async withdrawPromise(request: WithdrawPromiseRequest) { return this.api.command(withdrawPromiseRpc, await withOwner(this.api, request, 'promise', request.promiseId)); }

  @GrpcMethod('ar.collections.v1.PromiseService', 'listPromises')
  listPromises(request: ListPromisesRequest): Promise<ListPromisesResponse> {
    return this.api.query(request, async (tx) => {
      const text = (sql: string) => ({ sql, type: 'text' as const });
      const day = (sql: string) => ({ sql, type: 'date' as const });
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'promises', request, {
        select: `select customer || '/' || promise_id page_id, customer, promise_id, status, promised_date, made_on, array_to_string(item_ids, ' ') item_id, resource from promise where tenant = $1`, values: [request.tenantId],
        columns: {
          customer_id: text('customer'), promise_id: text('promise_id'), status: { ...text('status'), value: (word) => STATUSES.find((s) => s === word || s === `PROMISE_STATUS_${word.toUpperCase()}`) },
          promised_date: day('promised_date'), made_on: day('made_on'), item_id: text('item_id'),
        },
        orders: { promised_date: day('promised_date'), made_on: day('made_on') }, order: 'promised_date',
      });
      return { promises: rows.map((r) => PromiseToPay.fromJSON(r.resource)), nextPageToken };
    });
  }
}
