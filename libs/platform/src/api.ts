// From a request to its answer: every command, query and batch of every service goes through here.
import { createHash, randomUUID } from 'node:crypto';
import { status as Code } from '@grpc/grpc-js';
import { from, type Observable } from 'rxjs';
import { v7 } from 'uuid';
import type { AsOf, ResolvedAsOf } from '@ar/contracts/gen/ar/type/v1/as_of.js';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import type { Status } from '@ar/contracts/gen/google/rpc/status.js';
import { isDay, type Day } from '@ar/domain/day.js';
import { reachOwn, resolveKnown } from '@ar/runtime/as-of.js';
import type { Meta } from '@ar/event-store/store.js';
import type { Accepted } from '@ar/runtime/commands.js';
import { txOf, type Call } from '@ar/runtime/decide.js';
import type { AnyCommand, Tx } from '@ar/runtime/forms.js';
import type { PositionMap } from '@ar/runtime/positions.js';
import type { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import { currentCall } from './call-context.js';
import { ApiError, apiError, invalid, refused, statusOf } from './errors.js';
import { Fields } from './fields.js';
import type { Pages } from './lists.js';
import { inPages, type PageOf, type Taker } from './streaming.js';

/** What every command request carries. */
export interface CommandRequest { tenantId: string; requestId: string; actor: string; reason?: string; expectedVersion?: bigint | undefined; minPosition?: Position | undefined; validateOnly?: boolean }
export interface QueryRequest { tenantId: string; minPosition?: Position | undefined }
interface Codec<M> { encode(message: M): { finish(): Uint8Array } }

/** Who asks, and for what: of a call that is many commands. */
export interface Asker { readonly tenant: string; readonly requestId: string; readonly meta: Meta }

/** One RPC that commands. `read` checks the fields and makes the command's request; `answer` wraps the resource. */
export interface CommandRpc<Req extends CommandRequest, Wish, Res> {
  /** `ar.invoicing.v1.InvoiceService/IssueInvoice`: part of what a request id stands for. */
  readonly name: string;
  readonly message: Codec<Req>;
  readonly command: AnyCommand<Wish>;
  read(fields: Fields<Req>, request: Req): Wish;
  answer(resource: never, version: bigint, position: Position): Res;
}
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a table of RPCs
export type AnyCommandRpc = CommandRpc<any, any, any>;

/** A time-ordered id: `inv_0192…`, 32 hex digits. */
export const newId = (prefix: string): string => `${prefix}_${v7().replaceAll('-', '')}`;

export const toPosition = (map: PositionMap): Position => ({ sequences: Object.fromEntries(Object.entries(map).map(([k, v]) => [k, BigInt(v)])) as Position['sequences'] });
export const fromPosition = (position: Position | undefined): PositionMap => Object.fromEntries(entriesOf(position).map(([k, v]) => [k, Number(v)]));
const entriesOf = (position: Position | undefined): [string, bigint][] => {
  const sequences = position?.sequences as unknown;
  return sequences instanceof Map ? [...sequences as Map<string, bigint>] : Object.entries((sequences ?? {}) as Record<string, bigint>);
};

/** What to wait for to see all of several answers. */
export function furthest(positions: readonly PositionMap[]): Position {
  const sequences: Record<string, number> = {};
  for (const position of positions) for (const [key, sequence] of Object.entries(position)) sequences[key] = Math.max(sequences[key] ?? 0, sequence);
  return toPosition(sequences);
}

/** What links to customers are signed with, and what others sign notices to us with; without the latter none are accepted. */
export interface Secrets { readonly links: string; readonly notices: string | undefined }

const MOST_IN_BATCH = 1_000;

export class Api {
  constructor(readonly runtime: ServiceRuntime, readonly pages: Pages, readonly simulatedClock: boolean, readonly secrets: Secrets = { links: randomUUID(), notices: undefined }) {}

  get service(): string { return this.runtime.options.service.name; }

  /** Decides one command and answers with its resource. */
  async command<Req extends CommandRequest, Wish, Res>(rpc: CommandRpc<Req, Wish, Res>, request: Req): Promise<Res> {
    const call = this.#call(rpc, request);
    await this.reach(request);
    this.inTime();
    return answerOf(rpc, await this.runtime.commands.execute(call));
  }

  /** Many commands in order, one answer or status each; a bad one never fails its neighbours. */
  async batch<Res>(tenantId: string, items: readonly ({ readonly $case: string; readonly value: CommandRequest } | undefined)[], rpcs: Readonly<Record<string, AnyCommandRpc>>): Promise<{ answers: ({ $case: string; value: Res | Status })[]; position: Position }> {
    if (tenantId === '') throw invalid([{ field: 'tenant_id', reason: 'FIELD_REQUIRED', description: 'is required' }]);
    if (items.length === 0 || items.length > MOST_IN_BATCH) throw invalid([{ field: 'items', reason: items.length === 0 ? 'FIELD_REQUIRED' : 'FIELD_INVALID', description: `has ${items.length} items; 1 to ${MOST_IN_BATCH} are allowed` }]);
    const answers: { $case: string; value: Res | Status }[] = [];
    const calls: { readonly index: number; readonly rpc: AnyCommandRpc; readonly call: Call; readonly $case: string }[] = [];
    const fail = (index: number, error: unknown) => { answers[index] = { $case: 'error', value: statusOf(apiError(error, currentCall().trace), this.service) }; };
    for (const [index, item] of items.entries()) {
      try {
        const rpc = item && rpcs[item.$case];
        if (!item || !rpc) throw invalid([{ field: `items[${index}].command`, reason: 'FIELD_REQUIRED', description: 'is required' }]);
        if (item.value.tenantId !== tenantId) throw invalid([{ field: `items[${index}].tenant_id`, reason: 'FIELD_INVALID', description: 'is not the tenant of the batch' }]);
        const call = this.#call(rpc, item.value);
        await this.reach(item.value);
        calls.push({ index, rpc, call, $case: item.$case });
      } catch (error) { fail(index, error); }
    }
    this.inTime();
    const reached: PositionMap[] = [];
    const outcomes = await this.runtime.commands.executeAll(calls.map((c) => c.call));
    for (const [i, outcome] of outcomes.entries()) {
      const { index, rpc, $case } = calls[i]!;
      if (outcome instanceof Error) { fail(index, outcome); continue; }
      answers[index] = { $case, value: answerOf(rpc, outcome) as Res };
      reached.push(outcome.position);
    }
    return { answers, position: furthest(reached) };
  }

  /** Reads projections in one snapshot, after `min_position` was reached. */
  async query<Res>(request: QueryRequest, read: (tx: Tx) => Promise<Res>): Promise<Res> {
    const context = currentCall();
    context.tenant = request.tenantId;
    checkQuery(request);
    await this.reach(request);
    this.inTime();
    return this.runtime.live.read((client) => read(txOf(client)));
  }

  /** Many answers to one question, each page read in a snapshot of its own when the caller has taken the one before. */
  stream<Res>(request: QueryRequest, taker: Taker, page: (tx: Tx, pageToken: string) => Promise<PageOf<Res>>): Observable<Res> {
    const context = currentCall();
    context.tenant = request.tenantId;
    const whole = async function* (this: Api): AsyncGenerator<Res, void, undefined> {
      checkQuery(request);
      await this.reach(request);
      yield* inPages((pageToken) => this.runtime.live.read((client) => page(txOf(client), pageToken)), taker, context);
    };
    return from(whole.call(this));
  }

  /** A report about a past: `asOf` resolved, read after this service's own events up to then are in its projections, and echoed. */
  async report<Res>(request: QueryRequest & { readonly asOf?: AsOf | undefined }, read: (tx: Tx, at: { readonly effectiveOn: Day; readonly known: number; readonly echo: ResolvedAsOf }) => Promise<Res>): Promise<Res> {
    const context = currentCall();
    context.tenant = request.tenantId;
    checkQuery(request);
    await this.reach(request);
    const { live, positions } = this.runtime;
    const fields = new Fields<AsOf>(request.asOf ?? { effectiveDate: '', known: undefined }, [], 'as_of.');
    const asked = fields.day('effectiveDate', true);
    const known = request.asOf?.known;
    if (known?.$case === 'knownOn' && !isDay(known.value)) fields.wrong('knownOn', 'DATE_INVALID', 'is not a day, YYYY-MM-DD');
    if (known?.$case === 'knownAt' && !(/^(?!0000)\d{4}-/.test(known.value) && Date.parse(known.value) <= Date.now())) fields.wrong('knownAt', 'FIELD_INVALID', 'must be a past instant, from the year 1 on');
    fields.done();
    const resolved = await resolveKnown(live, request.tenantId, known === undefined ? undefined : known.$case === 'knownAt' ? { at: known.value } : { on: known.value });
    await reachOwn(live, positions, this.service, resolved.known, waitingEnds(context.deadline));
    this.inTime();
    return live.read(async (client) => {
      const { rows } = await client.query<{ today: Day | null }>('select max(date) today from rt.business_date where tenant = $1', [request.tenantId]);
      if (!rows[0]?.today) throw refused({ refused: 'tenant-not-found', detail: { tenantId: request.tenantId } });
      const effectiveOn = asked || rows[0].today;
      return read(txOf(client), { effectiveOn, known: resolved.known, echo: { effectiveDate: effectiveOn, known: BigInt(resolved.known), knownAt: resolved.knownAt ?? undefined, closed: resolved.closed } });
    });
  }

  /** Waits until this service has read what `min_position` stands for. */
  async reach(request: { readonly minPosition?: Position | undefined }): Promise<void> {
    const position = fromPosition(request.minPosition);
    if (Object.keys(position).length > MOST_IN_BATCH) throw invalid([{ field: 'min_position.sequences', reason: 'FIELD_INVALID', description: 'has too many entries' }]);
    await this.runtime.positions.wait(position, waitingEnds(currentCall().deadline));
  }

  /** Waits until the projections show everything that this service has recorded by now. */
  async reachOwn(): Promise<void> {
    const { live, positions } = this.runtime;
    const { known } = await resolveKnown(live, '', undefined);
    await reachOwn(live, positions, this.service, known, waitingEnds(currentCall().deadline));
  }

  /** Throws when the caller waits no longer. */
  inTime(otherwise = 'the deadline passed before the work began; nothing was recorded'): void {
    const { deadline, cancelled } = currentCall();
    if (cancelled() || Date.now() >= deadline) throw new ApiError(Code.DEADLINE_EXCEEDED, 'DEADLINE_EXCEEDED', otherwise);
  }

  #call<Req extends CommandRequest, Wish, Res>(rpc: CommandRpc<Req, Wish, Res>, request: Req): Call {
    const fields = new Fields<Req>(request);
    const { tenant, requestId, meta } = this.asker(fields, request);
    const wish = rpc.read(fields, request);
    fields.done();
    const hash = createHash('sha256').update(rpc.name).update('\u001f').update(rpc.message.encode({ ...request, requestId: '', minPosition: undefined }).finish()).digest();
    return {
      tenant, command: rpc.command, request: wish, key: `${tenant}/${requestId}`, hash, meta, expectedVersion: request.expectedVersion === undefined ? undefined : Number(request.expectedVersion), validateOnly: request.validateOnly,
    };
  }

  /** Reads what every command carries, into `fields` what is wrong with it. */
  asker<Req extends CommandRequest>(fields: Fields<Req>, request: Req): Asker {
    const context = currentCall();
    context.tenant = request.tenantId;
    context.requestId = request.requestId;
    fields.tenant('tenantId');
    fields.text('requestId', { max: 128, pattern: /^[\x21-\x7e]+$/, says: 'may hold visible ASCII characters' });
    if (request.requestId.startsWith('~')) fields.wrong('requestId', 'FIELD_INVALID', 'must not begin with ~');
    fields.text('actor', { max: 128 });
    if ('reason' in request) fields.text('reason' as never, { max: 500, optional: true });
    const traceparent = this.runtime.options.tracer?.current()?.traceparent ?? context.traceparent;
    return {
      tenant: request.tenantId, requestId: request.requestId,
      meta: { correlation: request.requestId, causation: '', actor: request.actor, occurred: undefined as never, ...(request.reason ? { reason: request.reason } : {}), ...(traceparent ? { traceparent } : {}) },
    };
  }
}

/** Early enough that the answer is with a caller before its deadline, also on a busy machine: a deadline that passes says nothing about why. */
const waitingEnds = (deadline: number): number => deadline - Math.min(100, Math.max(20, (deadline - Date.now()) / 5));

/** What every query must be, whatever it asks. */
function checkQuery(request: QueryRequest): void {
  const fields = new Fields(request);
  fields.tenant('tenantId');
  fields.everyText();
  fields.done();
}

const answerOf = <Req extends CommandRequest, Wish, Res>(rpc: CommandRpc<Req, Wish, Res>, { resource, version, position }: Accepted): Res => rpc.answer(resource as never, BigInt(version), toPosition(position));
