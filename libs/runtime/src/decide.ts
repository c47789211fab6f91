// One transaction decides and records a batch of commands. Callers, events and new days all come through here.
//
// - Always in this order: the open dates, the streams by id, the known keys, the states, what projections know, the number series,
//   the decisions, one append. So there is no conflict to retry, and nothing is told that did not happen.
// - All that locks a stream after a series begins again first: whoever holds a series waits for nobody but the head.
// - A command that was accepted before is not decided again: it is answered from what it recorded.
// - A decision that reaches for a stream it has not locked makes the transaction start again with that stream added.
import { randomFillSync } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { countedFrom } from '@ar/domain/counted.js';
import type { Day } from '@ar/domain/day.js';
import { isRefusal, refuse, type Refusal } from '@ar/domain/decider.js';
import { append, load, open, snapshots, type AcceptedCommand, type Client, type KnownCommand, type Meta, type NewEvent, type Series, type StoredEvent } from '@ar/event-store/store.js';
import { LRUCache } from 'lru-cache';
import { asConsumed, consumedAs, publish } from './cloud-event.js';
import { BOOKS, datesHeld, policiesOn, policyCache, type DatesHeld, type OpenDates, type PolicyCache } from './days.js';
import type { AnyCommand, AnyStream, Asked, Decision, Resource, Service, Tx, Typed } from './forms.js';

/** A command as it waits to be decided. */
export interface Call {
  readonly tenant: string;
  readonly command: AnyCommand;
  readonly request: unknown;
  /** Unique for ever: `<tenant>/<request id>`. */
  readonly key: string;
  /** Of the request as it came: the same key with another hash is a misuse. */
  readonly hash: Buffer;
  readonly meta: Meta;
  /** Whose command it is, where the caller knows. */
  readonly customer?: string;
  /** What projections knew when the event that caused it was read. */
  readonly known?: { readonly value: unknown };
  readonly expectedVersion?: number | undefined;
  readonly validateOnly?: boolean | undefined;
  /** Streams that a decision reached for without naming them. */
  further?: readonly AnyStream[];
}

export type Outcome =
  | { readonly kind: 'recorded'; readonly stream: string; readonly version: number; readonly events: readonly StoredEvent[]; readonly resource: unknown }
  | { readonly kind: 'repeated'; readonly command: KnownCommand }
  | { readonly kind: 'validated'; readonly resource: unknown; readonly version: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal<string> }
  | { readonly kind: 'reused' }
  | { readonly kind: 'moved'; readonly version: number }
  | { readonly kind: 'failed'; readonly error: Error };

/** A state with the version it is at; `resource` where the stream is one that commands answer with. */
interface Held { readonly version: number; readonly state: unknown; readonly resource: unknown; /** The last one that is known of, and how much it was: 0 before the first that this process has made. */ readonly snapshot?: { readonly version: number; readonly bytes: number } }

/** What a service decides with, once per process. `held` is a cache of states: read on to the locked version, never trusted beyond it. */
export interface Deciding {
  readonly service: Service;
  readonly partitions: number;
  partitionOf(key: string): number;
  readonly resources: ReadonlyMap<string, Resource<unknown>>;
  readonly held: LRUCache<string, Held>;
  readonly policies: PolicyCache;
}

export function deciding(service: Service, log: Pick<Deciding, 'partitions' | 'partitionOf'>): Deciding {
  const { resources } = service;
  for (const a of service.aggregates) if (a.snapshot !== undefined && resources.some((r) => r.aggregate === a.type)) throw new Error(`${a.type} has snapshots: nothing can answer with it`);
  return {
    service, partitions: log.partitions, partitionOf: (key) => log.partitionOf(key),
    resources: new Map<string, Resource<unknown>>(resources.map((r) => [r.aggregate, r])), held: new LRUCache({ max: 20_000 }), policies: policyCache(),
  };
}

/** The outcomes of a batch, in its order. `committed` must be called after the commit, and only then. */
export interface Decided { readonly outcomes: readonly Outcome[]; committed(): readonly SnapshotDue[] }
export interface SnapshotDue { readonly streamId: string; readonly version: number; readonly revision: number; readonly json: string }

/** Time-ordered. Its random part comes from a pool: asking the system for each costs a tenth of a batch. */
const RANDOM = new Uint8Array(16 * 256);
let taken = RANDOM.length;
function newEventId(): string {
  if (taken === RANDOM.length) { randomFillSync(RANDOM); taken = 0; }
  return uuid({ random: RANDOM.subarray(taken, taken += 16) });
}

/** Thrown out of the transaction: begin again, with `further` streams added to the calls. */
export class StartAgain extends Error { constructor() { super('a decision reached for a stream that was not locked'); } }

// A snapshot is made after so many events, and where it is large after as many as take as long to read as it takes: a large state is not written over and over.
const SNAPSHOT_EVERY = 500;
const SNAPSHOT_BYTES_PER_EVENT = 1_000;
export const isSnapshotDue = (version: number, last: { readonly version: number; readonly bytes: number }): boolean => version - last.version >= Math.max(SNAPSHOT_EVERY, last.bytes / SNAPSHOT_BYTES_PER_EVENT);
const nameOf = (tenant: string, { aggregate, id }: AnyStream) => `${tenant}/${aggregate.type}/${id}`;

export async function decideAndRecord(client: Client, calls: readonly Call[], on: Deciding, held: DatesHeld = datesHeld(client, on.partitions)): Promise<Decided> {
  const dates = await held([...new Set(calls.map((c) => c.tenant))], [...new Set(calls.filter((c) => c.command.alone).map((c) => c.tenant))]);
  const asked = calls.map((call) => prepare(call, dates, on));
  const streams = new Map(asked.flatMap((a) => a.streams.map((s) => [nameOf(a.call.tenant, s), s] as const)));
  const opened = await open(client, [...streams.keys()], [], calls.map((c) => c.key));
  const states = await statesAt(client, streams, opened.versions, on);
  const work = new Work(states, new Map(calls.map(({ tenant }) => [tenant, dates.openFrom(tenant)])), on);

  const fresh = asked.filter(({ call }) => !opened.known.has(call.key));
  for (const a of fresh) a.today ||= todayOf(a, work, dates, on);
  const policies = new Map<string, Awaited<ReturnType<typeof policiesOn>>>();
  for (const a of fresh) {
    const key = `${a.call.tenant}/${a.partition}/${a.today}`;
    if (!policies.has(key)) policies.set(key, await policiesOn(client, on.policies, a.call.tenant, a.partition, a.today));
    a.policies = policies.get(key)!;
  }
  await learn(client, fresh);
  // The last lock, as the batches of a tenant follow each other here: all before it is done while the one before is being recorded.
  const series = [...new Set(fresh.flatMap((a) => a.series))];
  if (series.length > 0) work.seriesAre((await open(client, [], series, [])).series);

  const outcomes: Outcome[] = [];
  const accepted: { readonly command: AcceptedCommand; readonly outcome: number }[] = [];
  const keys = new Set<string>();
  let again = false;
  for (const a of asked) {
    const before = opened.known.get(a.call.key);
    if (before || keys.has(a.call.key)) {
      if (!before) throw new Error(`${a.call.key} is twice in one batch`);
      outcomes.push(before.requestHash.equals(a.call.hash) ? { kind: 'repeated', command: before } : { kind: 'reused' });
      continue;
    }
    const decided = work.decide(a);
    if (decided === 'again') { again = true; continue; }
    if ('kind' in decided) { outcomes.push(decided); continue; }
    keys.add(a.call.key);
    accepted.push({ command: decided, outcome: outcomes.length });
    outcomes.push({ kind: 'reused' }); // until it is recorded below
  }
  if (again) throw new StartAgain(); // all that these calls reach for is locked then, not what the first one does
  if (accepted.length > 0) {
    const appending = append(client, accepted.map((a) => a.command), work.takenSeries());
    const [recorded, said] = await Promise.all([appending, work.said(accepted.map((a) => a.command))]); // said while the store writes; what cannot be said is not recorded
    accepted.forEach(({ command, outcome }, i) => {
      let sequence = recorded[i]!.from ?? 0;
      const events = command.parts.flatMap((part) => part.events.map((event, n): StoredEvent => ({ ...event, data: event.data as StoredEvent['data'], sequence: sequence++, streamId: part.streamId, version: part.expectedVersion + n + 1, recordedAt: recorded[i]!.recordedAt! })));
      work.recorded(events, said[i]!);
      const first = command.parts[0]!;
      outcomes[outcome] = { kind: 'recorded', stream: first.streamId, version: first.expectedVersion + first.events.length, events, resource: work.resourceOf(first.streamId) };
    });
  }
  return { outcomes, committed: () => work.committed() };
}

interface Prepared extends Asked<unknown> { readonly call: Call; readonly streams: readonly AnyStream[]; readonly series: readonly string[]; readonly partition: number; today: Day; policies: Asked<unknown>['policies']; known: unknown }

/** Streams and series of a call. Its date is known now when its customer is. */
function prepare(call: Call, dates: OpenDates, on: Deciding): Prepared {
  const { tenant, command, request } = call;
  const streams = [...command.streams(request), ...(call.further ?? [])];
  const customer = call.customer ?? command.customer?.(request) ?? streams.map((s) => s.aggregate.customer(s.id, s.aggregate.initial)).find((c) => c !== '') ?? '';
  const today = customer === '' ? '' : dates.of(tenant, on.partitionOf(`${tenant}/${customer}`));
  const series = (command.series?.(request, today || dates.latest(tenant)) ?? []).map((s) => `${tenant}/${s}`);
  return { call, tenant, request, streams, series, partition: customer === '' ? 0 : on.partitionOf(`${tenant}/${customer}`), today, policies: undefined as never, known: call.known?.value };
}

/** The date of a call whose customer only its stream's state tells; a tenant's own command is on its latest date. */
function todayOf(a: Prepared, work: Work, dates: OpenDates, on: Deciding): Day {
  const customer = a.streams.map((s) => s.aggregate.customer(s.id, work.stateOf(nameOf(a.tenant, s)))).find((c) => c !== '');
  if (customer === undefined) return dates.latest(a.tenant);
  (a as { partition: number }).partition = on.partitionOf(`${a.tenant}/${customer}`);
  return dates.of(a.tenant, a.partition);
}

/** What projections know, asked once per kind of command. */
async function learn(client: Client, fresh: readonly Prepared[]): Promise<void> {
  const kinds = new Map<AnyCommand, Prepared[]>();
  for (const a of fresh) if (a.call.command.known && !a.call.known) kinds.set(a.call.command, [...(kinds.get(a.call.command) ?? []), a]);
  for (const [command, askers] of kinds) {
    const known = await command.known!(askers, txOf(client));
    if (known.length !== askers.length) throw new Error(`${command.name} was asked ${askers.length} times and knows ${known.length} answers`);
    askers.forEach((a, i) => { a.known = known[i]; });
  }
}

export const txOf = (client: { query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }> }): Tx => ({
  query: async <Row>(sql: string, values?: readonly unknown[]) => (await client.query(sql, values as unknown[])).rows as Row[],
});

/** States at the locked versions: held ones are read on, others come from their snapshot or from the beginning. */
async function statesAt(client: Client, streams: ReadonlyMap<string, AnyStream>, versions: ReadonlyMap<string, number>, on: Deciding): Promise<Map<string, Held & { aggregate: AnyStream['aggregate']; id: string }>> {
  const states = new Map<string, Held & { aggregate: AnyStream['aggregate']; id: string }>();
  const unheld = [...streams].filter(([name, s]) => s.aggregate.snapshot !== undefined && !on.held.has(name) && versions.get(name)! > 0).map(([name]) => name);
  const saved = new Map((await snapshots(client, unheld)).map((s) => [s.streamId, s]));
  for (const [name, { aggregate, id }] of streams) {
    const held = on.held.get(name);
    const snapshot = saved.get(name);
    if (held && held.version <= versions.get(name)!) states.set(name, { ...held, aggregate, id });
    else if (snapshot && snapshot.revision === aggregate.snapshot && snapshot.version <= versions.get(name)!) states.set(name, { version: snapshot.version, state: aggregate.restored ? aggregate.restored(snapshot.state) : snapshot.state, resource: undefined, snapshot: { version: snapshot.version, bytes: 0 }, aggregate, id });
    else states.set(name, { version: 0, state: aggregate.initial, resource: undefined, aggregate, id });
  }
  const behind = [...states].filter(([name, s]) => s.version < versions.get(name)!).map(([streamId, s]) => ({ streamId, after: s.version, until: versions.get(streamId)! }));
  for (const event of await load(client, behind)) {
    const held = states.get(event.streamId)!;
    states.set(event.streamId, { ...held, ...evolved(held, event, held.aggregate, on) });
  }
  return states;
}

function evolved(held: Held, event: StoredEvent, aggregate: AnyStream['aggregate'], on: Deciding): Held {
  const resource = on.resources.get(aggregate.type);
  return {
    version: event.version, state: aggregate.evolve(held.state, present(aggregate, event)),
    resource: resource && resource.evolve(held.resource, asConsumed(on.service.name, on.service.publisher, event)),
  };
}

/** A stored event in its present shape: the one place where an old one is brought up to date. */
const present = (aggregate: AnyStream['aggregate'], event: Pick<StoredEvent, 'type' | 'schemaV' | 'data'>): Typed =>
  event.schemaV > 1 || aggregate.upcast ? aggregate.upcast?.(event.type, event.schemaV, event.data) ?? { ...event.data, type: event.type } : { ...event.data, type: event.type };

/** A tenant is made on the first day that the same append opens. */
function openFirstDay(events: NewEvent[]): void {
  const first = events.map((e) => (e.data as { date?: string }).date).find((date) => date !== undefined);
  if (first === undefined) throw new Error('a tenant was made without its first day');
  events.forEach((event) => { (event as { businessDate: string }).businessDate = first; });
}

const REFUSED = Symbol('refused');
type Said = ReturnType<typeof publish>;

/** The batch while it is decided: what earlier commands left is what later ones see. */
class Work {
  readonly #taken = new Map<string, Series>();
  readonly #resources = new Map<string, unknown>();
  readonly #new = new Set<string>();
  readonly #series = new Map<string, Series>();
  constructor(
    private readonly states: Map<string, Held & { aggregate: AnyStream['aggregate']; id: string }>,
    /** The first open day of the books, by tenant. */
    private readonly openFrom: Map<string, Day>,
    private readonly on: Deciding,
  ) {
    for (const [name, held] of states) {
      this.#resources.set(name, held.resource);
      if (held.version === 0) this.#new.add(name);
    }
  }

  stateOf(name: string): unknown { return this.states.get(name)!.state; }
  resourceOf(name: string): unknown { return this.#resources.get(name); }
  takenSeries(): ReadonlyMap<string, Series> { return this.#taken; }
  seriesAre(locked: ReadonlyMap<string, Series>): void { for (const [name, series] of locked) this.#series.set(name, series); }

  /** The accepted command as it is to be recorded, or what is told instead; `again`: it reached for streams that are not locked. */
  decide({ call, tenant, today, policies, known, streams }: Prepared): AcceptedCommand | Outcome | 'again' {
    const answering = nameOf(tenant, streams[0]!);
    const { version } = this.states.get(answering)!;
    if (call.expectedVersion !== undefined && call.expectedVersion !== version) return { kind: 'moved', version };
    if (today === '' && !call.command.opensTenant) return { kind: 'refused', refusal: refuse('tenant-not-found', { tenantId: tenant }) };

    const parts = new Map<string, { streamId: string; expectedVersion: number; events: NewEvent[] }>([[answering, { streamId: answering, expectedVersion: version, events: [] }]]);
    const before = new Map<string, Held & { aggregate: AnyStream['aggregate']; id: string }>();
    const taken = new Map<string, Series>();
    const locked = (stream: AnyStream) => {
      const name = nameOf(tenant, stream);
      const held = this.states.get(name);
      if (!held) { call.further = [...(call.further ?? []), stream]; throw new StartAgain(); }
      return { name, held };
    };
    const ended: { refusal?: Refusal<string> } = {};
    const openFrom = this.openFrom.get(tenant)!;
    const decision: Decision<unknown> = {
      tenant, today, openFrom, policies, known,
      series: (name) => taken.get(`${tenant}/${name}`) ?? this.#series.get(`${tenant}/${name}`) ?? (() => { throw new Error(`${call.command.name} reached for the series ${name} without naming it`); })(),
      take: (name, date) => {
        const next = { last: decision.series(name).last + 1, lastDate: date };
        taken.set(`${tenant}/${name}`, next);
        return next.last;
      },
      state: (stream) => locked(stream).held.state as never,
      reach: (all) => {
        const missing = new Map(all.map((stream) => [nameOf(tenant, stream), stream] as const).filter(([name]) => !this.states.has(name)));
        if (missing.size === 0) return;
        call.further = [...(call.further ?? []), ...missing.values()];
        throw new StartAgain();
      },
      run: (stream, command) => {
        const answer = decision.ask(stream, command);
        if (isRefusal(answer)) { ended.refusal = answer; throw REFUSED; }
        return answer;
      },
      ask: (stream, command) => {
        const { name, held } = locked(stream);
        const decided = stream.aggregate.decide(command, held.state as never);
        if (isRefusal(decided)) return decided;
        const answer = countedFrom(openFrom, decided); // the one place that says when something counts
        if (!before.has(name)) before.set(name, held);
        const part = parts.get(name) ?? { streamId: name, expectedVersion: held.version, events: [] as NewEvent[] };
        parts.set(name, part);
        let { state } = held;
        for (const event of answer) {
          const { type, ...data } = event;
          state = stream.aggregate.evolve(state as never, event);
          const customer = stream.aggregate.customer(stream.id, state as never);
          part.events.push({ partitionKey: `${tenant}/${customer}`, eventId: newEventId(), type, schemaV: 1, data, meta: call.meta, businessDate: today });
        }
        this.states.set(name, { ...held, state, version: held.version + answer.length });
        return decided; // what follows of it is decided for the day that it was meant for, and counts from the same one
      },
    };
    const undo = () => { for (const [name, held] of before) this.states.set(name, held); };
    try {
      call.command.decide(call.request, decision);
    } catch (error) {
      undo();
      if (error === REFUSED) return { kind: 'refused', refusal: ended.refusal! };
      if (error instanceof StartAgain) return 'again';
      return { kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
    }
    if (today === '') openFirstDay([...parts.values()].flatMap((p) => p.events));
    if (call.validateOnly) {
      const first = parts.get(answering)!;
      const resource = first.events.reduce((r, event, n) => this.folded(r, { ...event, data: event.data as StoredEvent['data'], sequence: 0, streamId: answering, version: version + n + 1, recordedAt: '' }), this.#resources.get(answering));
      undo();
      return { kind: 'validated', resource, version: version + first.events.length };
    }
    const books = parts.get(`${tenant}/${BOOKS}`)?.events.at(-1)?.data as { readonly openFrom: Day } | undefined;
    if (books) this.openFrom.set(tenant, books.openFrom); // what is decided later in this batch sees it
    for (const [name, s] of taken) { this.#series.set(name, s); this.#taken.set(name, s); }
    return { key: call.key, requestHash: call.hash, parts: [...parts.values()] };
  }

  /** What the events of commands say to others, one list per command; nothing where nobody is answered with their stream. */
  async said(commands: readonly AcceptedCommand[]): Promise<readonly (readonly (Said | undefined)[])[]> {
    const { name, publisher } = this.on.service;
    return commands.map(({ parts }) => parts.flatMap(({ streamId, events }) => { const answers = this.#resourceOf(streamId) !== undefined; return events.map((event) => (answers ? publish(name, publisher, event as Pick<StoredEvent, 'type' | 'data'>) : undefined)); }));
  }

  /** Folds what was recorded into the resources, in the order of the calls. */
  recorded(events: readonly StoredEvent[], said: readonly (Said | undefined)[]): void {
    events.forEach((event, i) => { if (said[i]) this.#resources.set(event.streamId, this.#resourceOf(event.streamId)!.evolve(this.#resources.get(event.streamId), consumedAs(said[i], event))); });
  }

  /** What a stream's events make of a resource, were they recorded. */
  folded(resource: unknown, event: StoredEvent): unknown {
    return this.#resourceOf(event.streamId)?.evolve(resource, asConsumed(this.on.service.name, this.on.service.publisher, event));
  }

  #resourceOf(streamId: string): Resource<unknown> | undefined { return this.on.resources.get(this.states.get(streamId)!.aggregate.type); }

  /** Keeps the states for the next batch, of streams that were there before: most documents are written once, and kept they would be most of the memory. Tells which streams have grown enough for a snapshot. */
  committed(): readonly SnapshotDue[] {
    const due: SnapshotDue[] = [];
    for (const [name, { aggregate, state, version, snapshot: last = { version: 0, bytes: 0 } }] of this.states) {
      const json = aggregate.snapshot !== undefined && isSnapshotDue(version, last) ? JSON.stringify(state) : undefined;
      if (json !== undefined) due.push({ streamId: name, version, revision: aggregate.snapshot!, json });
      if (!this.#new.has(name)) this.on.held.set(name, { version, state, resource: this.#resources.get(name), snapshot: json === undefined ? last : { version, bytes: json.length } });
    }
    return due;
  }
}
