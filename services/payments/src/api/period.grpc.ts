import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { ClosePeriodRequest, ReopenPeriodRequest, Revaluation, RevaluePeriodRequest, type Books, type ListRevaluationsRequest, type ListRevaluationsResponse, type ListRevaluedBalancesRequest, type ListRevaluedBalancesResponse, type RevaluedBalance, type RevaluePeriodResponse, type ClosePeriodResponse, type GetBooksRequest, type GetBooksResponse, type ReopenPeriodResponse } from '@ar/contracts/gen/ar/payments/v1/period_service.js';
import { Api, type CommandRpc } from '@ar/platform/api.js';
import { closePeriod, reopenPeriod, type ClosePeriod, type ReopenPeriod } from '../periods.commands.js';
import { refused } from '@ar/platform/errors.js';
import { refuse } from '@ar/domain/decider.js';
import { creditNoteIn } from '../domain/account.js';
import { methods } from '../payments.publisher.js';
import type { RevaluationMethod } from '../domain/revaluation.js';
import { revaluePeriod, type RevaluePeriod } from '../revaluation.commands.js';
import { booksOf } from '../projections/periods.js';
import { revaluationOf, revaluedBalances, type RevaluedRow } from '../projections/revaluations.js';
import { amountOf, checked } from './queries.js';

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

const METHODS = Object.keys(methods) as RevaluationMethod[];
export const revaluePeriodRpc: CommandRpc<RevaluePeriodRequest, RevaluePeriod, RevaluePeriodResponse> = {
  name: 'ar.payments.v1.PeriodService/RevaluePeriod', message: RevaluePeriodRequest, command: revaluePeriod,
  answer: (revaluation: Revaluation, version, position) => ({ revaluation, version, position }),
  read(f, request) {
    const wire = f.oneOf('method', Object.values(methods), true);
    return { lastOn: f.day('lastDate'), method: METHODS.find((m) => methods[m] === wire) ?? 'closing-rate', by: request.actor };
  },
};

/** Money is listed as customers have it with the tenant; what it adds to the difference has its sign turned already. */
function revaluedBalance({ customer, currency, kind, id, document_number: documentNumber, ...of }: RevaluedRow, base: string): RevaluedBalance {
  const [sign, creditNoteId] = [kind === 'item' ? 1n : -1n, creditNoteIn(id)];
  return {
    customerId: customer, documentNumber, amount: amountOf(sign * BigInt(of.minor), currency), carried: amountOf(sign * BigInt(of.carried), base), worth: amountOf(sign * BigInt(of.worth), base), difference: amountOf(BigInt(of.difference), base),
    balance: kind === 'item' ? { $case: 'itemId', value: id } : creditNoteId === undefined ? { $case: 'receiptId', value: id } : { $case: 'creditNoteId', value: creditNoteId },
  };
}

/** Accounting periods. */
@Controller()
export class PeriodGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.PeriodService', 'closePeriod')
  closePeriod(request: ClosePeriodRequest) { return this.api.command(closePeriodRpc, request); }

  @GrpcMethod('ar.payments.v1.PeriodService', 'reopenPeriod')
  reopenPeriod(request: ReopenPeriodRequest) { return this.api.command(reopenPeriodRpc, request); }

  @GrpcMethod('ar.payments.v1.PeriodService', 'revaluePeriod')
  revaluePeriod(request: RevaluePeriodRequest) { return this.api.command(revaluePeriodRpc, request); }

  @GrpcMethod('ar.payments.v1.PeriodService', 'listRevaluations')
  async listRevaluations(request: ListRevaluationsRequest): Promise<ListRevaluationsResponse> {
    checked(request, () => undefined);
    return this.api.query(request, async (tx) => {
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'revaluations', request, {
        select: 'select last_on::text page_id, last_on, resource from revaluation where tenant = $1', values: [request.tenantId],
        columns: { last_date: { sql: 'last_on', type: 'date' } }, orders: { last_date: { sql: 'last_on', type: 'date' } }, order: 'last_date',
      });
      return { revaluations: rows.map((r) => Revaluation.fromJSON(r.resource)), nextPageToken };
    });
  }

  @GrpcMethod('ar.payments.v1.PeriodService', 'listRevaluedBalances')
  async listRevaluedBalances(request: ListRevaluedBalancesRequest): Promise<ListRevaluedBalancesResponse> {
    const lastOn = checked(request, (f) => f.day('lastDate'));
    return this.api.query(request, async (tx) => {
      const found = await revaluationOf(tx, request.tenantId, lastOn);
      if (!found) throw refused(refuse('revaluation-not-found', { lastDate: lastOn }));
      const [currency, customer] = [{ sql: 'currency', type: 'text' }, { sql: 'customer', type: 'text' }] as const;
      const { rows, nextPageToken } = await this.api.pages.list<RevaluedRow>(tx, 'revalued-balances', request, { ...revaluedBalances(request.tenantId, found), columns: { currency_code: currency, customer_id: customer }, orders: { currency_code: currency, customer_id: customer }, order: 'currency_code' });
      return { balances: rows.map((r) => revaluedBalance(r, found.base)), nextPageToken, revaluation: found.revaluation };
    });
  }

  @GrpcMethod('ar.payments.v1.PeriodService', 'getBooks')
  async getBooks(request: GetBooksRequest): Promise<GetBooksResponse> {
    checked(request, () => undefined);
    return this.api.query(request, async (tx) => { const { books, version } = await booksOf(tx, request.tenantId); return { books, version: BigInt(version) }; });
  }
}
