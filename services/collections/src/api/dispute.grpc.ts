import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { DisputeOutcome as WireOutcome } from '@ar/contracts/gen/ar/collections/v1/collection.js';
import {
  Dispute, DisputeStatus, OpenDisputeRequest, ResolveDisputeRequest,
  type DisputeDraft as WireDispute, type ListDisputesRequest, type ListDisputesResponse, type OpenDisputeResponse, type ResolveDisputeResponse,
} from '@ar/contracts/gen/ar/collections/v1/dispute_service.js';
import { Api, type CommandRpc } from '@ar/platform/api.js';
import { enumWord } from '@ar/platform/lists.js';
import { openDispute, resolveDispute, type OpenDispute, type ResolveDispute } from '../collections.commands.js';
import { wireOutcomes, wireReasons } from '../collections.publisher.js';
import type { DisputeDraft } from '../domain/dispute.js';
import type { Touched } from '../projections/cases.js';
import { readDispute, wordOf } from './drafts.js';
import { ownerIn, type Owned, withOwner } from './owners.js';

const answer = ({ dispute }: Touched, version: bigint, position: OpenDisputeResponse['position']) => ({ dispute, version, position });

export const openDisputeRpc: CommandRpc<OpenDisputeRequest, OpenDispute, OpenDisputeResponse> = {
  name: 'ar.collections.v1.DisputeService/OpenDispute', message: OpenDisputeRequest, command: openDispute, answer,
  read(f) {
    const draft = f.inside<WireDispute, DisputeDraft>('dispute', readDispute);
    if (!draft) f.required('dispute');
    return { customerId: f.customer('customerId'), draft: draft! };
  },
};

export const resolveDisputeRpc: CommandRpc<Owned<ResolveDisputeRequest>, ResolveDispute, ResolveDisputeResponse> = {
  name: 'ar.collections.v1.DisputeService/ResolveDispute', message: ResolveDisputeRequest, command: resolveDispute, answer,
  read: (f, request) => ({ customerId: ownerIn(request), disputeId: f.id('disputeId'), outcome: wordOf(wireOutcomes, f.oneOf<WireOutcome>('outcome', Object.values(wireOutcomes))), reason: request.reason }),
};

/** An enum's value by its name, or by the part of it that differs. */

/** Disputes: what a customer does not agree with. */
@Controller()
export class DisputeGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.collections.v1.DisputeService', 'openDispute')
  openDispute(request: OpenDisputeRequest) { return this.api.command(openDisputeRpc, request); }

  @GrpcMethod('ar.collections.v1.DisputeService', 'resolveDispute')
  async resolveDispute(request: ResolveDisputeRequest) { return this.api.command(resolveDisputeRpc, await withOwner(this.api, request, 'dispute', request.disputeId)); }

  @GrpcMethod('ar.collections.v1.DisputeService', 'listDisputes')
  listDisputes(request: ListDisputesRequest): Promise<ListDisputesResponse> {
    return this.api.query(request, async (tx) => {
      const text = (sql: string) => ({ sql, type: 'text' as const });
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'disputes', request, {
        select: `select customer || '/' || dispute_id page_id, customer, dispute_id, status, outcome, reason_code, opened_on, array_to_string(item_ids, ' ') item_id, resource from dispute where tenant = $1`, values: [request.tenantId],
        columns: {
          customer_id: text('customer'), dispute_id: text('dispute_id'), status: { ...text('status'), value: enumWord([DisputeStatus.OPEN, DisputeStatus.RESOLVED, DisputeStatus.CLOSED], 'DISPUTE_STATUS') },
          outcome: { ...text('outcome'), value: enumWord(Object.values(wireOutcomes), 'DISPUTE_OUTCOME') }, reason_code: { ...text('reason_code'), value: enumWord(Object.values(wireReasons), 'DISPUTE_REASON') },
          opened_on: { sql: 'opened_on', type: 'date' }, item_id: text('item_id'),
        },
        orders: { opened_on: { sql: 'opened_on', type: 'date' } }, order: 'opened_on',
      });
      return { disputes: rows.map((r) => Dispute.fromJSON(r.resource)), nextPageToken };
    });
  }
}
