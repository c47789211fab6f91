import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { status as Code } from '@grpc/grpc-js';
import type { GetProgressRequest, GetProgressResponse, ListParkedKeysRequest, ListParkedKeysResponse, ParkedKey, RebuildRequest, RebuildResponse, RetryParkedKeyRequest, RetryParkedKeyResponse, VerifyRequest, VerifyResponse } from '@ar/contracts/gen/ar/ops/v1/operations_service.js';
import { head, verify } from '@ar/event-store/store.js';
import { txOf } from '@ar/runtime/decide.js';
import { retryParked } from '@ar/runtime/parked-retry.js';
import { versionOf } from '@ar/runtime/rebuild.js';
import { Api } from './api.js';
import { ApiError } from './errors.js';
import { Fields } from './fields.js';
import { pageSizeOf } from './lists.js';

interface ParkedRow { readonly page_id: string; readonly tenant: string; readonly customer: string; readonly events: number; readonly event_id: string; readonly type: string; readonly source: string; readonly error: string; readonly parked_at: string }
const PARKED = `select p.tenant || '/' || p.customer page_id, p.tenant, p.customer, p.record->'headers'->>'ce_id' event_id, p.type, p.source, coalesce(p.error, '') error, p.parked_at,
  (select count(*) from parked q where q.tenant = p.tenant and q.customer = p.customer) events
  from parked p where p.id = (select min(id) from parked q where q.tenant = p.tenant and q.customer = p.customer)`;
const parkedKey = (row: ParkedRow): ParkedKey => ({ tenantId: row.tenant, customerId: row.customer, eventId: row.event_id ?? '', eventType: row.type, eventSource: row.source, error: row.error, events: BigInt(row.events), parkedAt: row.parked_at });

/** What operators ask of any service. */
@Controller()
export class OperationsGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.ops.v1.OperationsService', 'getProgress')
  async getProgress({ minPosition }: GetProgressRequest): Promise<GetProgressResponse> {
    const { runtime } = this.api;
    await this.api.reach({ minPosition });
    const progress = await runtime.progress();
    return {
      service: this.api.service, head: BigInt(progress.head), published: BigInt(progress.published), unpublishedSeconds: BigInt(progress.unpublishedSeconds),
      publishedMarks: progress.publishedMarks.map((m) => ({ partition: m.partition, sequence: BigInt(m.sequence) })),
      consumedMarks: progress.consumedMarks.map((m) => ({ source: m.source, partition: m.partition, sequence: BigInt(m.sequence), lagEvents: BigInt(m.lagEvents), lagSeconds: BigInt(m.lagSeconds) })),
      effectsPending: BigInt(progress.effectsPending), effectsUnknown: BigInt(progress.effectsUnknown), lags: progress.lags.map((l) => ({ partition: l.partition, events: BigInt(l.events), seconds: BigInt(l.seconds) })), keysParked: BigInt(progress.keysParked),
      stoppedPartitions: [...runtime.stopped].map(([partition, reason]) => ({ partition, reason })),
      projectionVersion: progress.projectionVersion, rebuilding: runtime.rebuilding,
    };
  }

  @GrpcMethod('ar.ops.v1.OperationsService', 'listParkedKeys')
  async listParkedKeys(request: ListParkedKeysRequest): Promise<ListParkedKeysResponse> {
    pageSizeOf(request.pageSize);
    return this.api.runtime.live.read(async (client) => {
      const { rows, nextPageToken } = await this.api.pages.list<ParkedRow>(txOf(client), 'parked-keys', request, { select: PARKED, values: [], columns: {}, orders: { key: { sql: 'page_id', type: 'text' } }, order: 'key' });
      return { parkedKeys: rows.map(parkedKey), nextPageToken };
    });
  }

  @GrpcMethod('ar.ops.v1.OperationsService', 'retryParkedKey')
  async retryParkedKey(request: RetryParkedKeyRequest): Promise<RetryParkedKeyResponse> {
    const fields = new Fields(request);
    fields.text('tenantId', { max: 63 });
    fields.customer('customerId');
    fields.text('actor', { max: 128 });
    fields.done();
    const read = await retryParked(this.api.runtime.consumer, this.api.runtime.live, request.tenantId, request.customerId);
    const left = await this.api.runtime.live.read(async (client) => (await client.query<ParkedRow>(`${PARKED} and p.tenant = $1 and p.customer = $2`, [request.tenantId, request.customerId])).rows[0]);
    return { read: BigInt(read), parkedKey: left && parkedKey(left) };
  }

  @GrpcMethod('ar.ops.v1.OperationsService', 'rebuild')
  async rebuild(request: RebuildRequest): Promise<RebuildResponse> {
    const fields = new Fields(request);
    fields.text('actor', { max: 128 });
    fields.done();
    const { runtime } = this.api;
    void runtime.rebuild().catch((error: Error) => runtime.options.onError(error, 'rebuild'));
    return { projectionVersion: versionOf(runtime.options.service) };
  }

  @GrpcMethod('ar.ops.v1.OperationsService', 'verify')
  async verify({ fromSequence }: VerifyRequest): Promise<VerifyResponse> {
    if (fromSequence > 1n) throw new ApiError(Code.INVALID_ARGUMENT, 'FIELD_INVALID', 'from_sequence: history is checked from its beginning', { field: 'from_sequence' });
    const { pool } = this.api.runtime;
    const [{ sequence }, broken] = await Promise.all([head(pool), verify(pool)]);
    const { rows } = await pool.query<{ tip: string }>(`select encode(tip, 'hex') tip from es.head`);
    return { events: BigInt(sequence), holds: broken === null, brokenAt: BigInt(broken ?? 0), detail: broken === null ? '' : 'the digest or the hash chain does not match here', headHash: rows[0]!.tip };
  }
}
