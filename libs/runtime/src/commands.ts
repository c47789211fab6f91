// Commands of callers: coalesced into batches, each decided once for ever.
//
// - At most one batch is in flight per stream; commands on the same stream share it and are decided one after the other. So do those that came together, in their order.
// - A command in flight is joined by its own retry; an accepted one is answered again from what it recorded, whatever happened since.
// - An answer, a refusal too, leaves after the commit. A batch that fails is tried three times, then one by one.
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { load, read, saveSnapshot, transaction, type KnownCommand, type StoredEvent } from '@ar/event-store/store.js';
import { asConsumed } from './cloud-event.js';
import { decideAndRecord, StartAgain, type Call, type Deciding, type Outcome } from './decide.js';
import { noAlarm, type Live } from './live.js';
import type { PositionMap } from './positions.js';
import type { Refusal } from '@ar/domain/decider.js';

/** What a caller is told: the resource as the command left it, its version, and where to wait for it. */
export interface Accepted { readonly resource: unknown; readonly version: number; readonly position: PositionMap; readonly repeated: boolean; readonly events: readonly StoredEvent[] }

export class Refused extends Error { constructor(readonly refusal: Refusal<string>) { super(refusal.refused); } }
export class RequestIdReused extends Error { constructor() { super('the request id was used for another request'); } }
export class VersionMismatch extends Error { constructor(readonly version: number) { super(`the stream is at version ${version}`); } }
export class TooBusy extends Error { constructor() { super('too many commands are waiting'); } }
/** The store did not take it; nothing was recorded, or its answer was lost: the same request id tells. */
export class NotRecorded extends Error { constructor(override readonly cause: unknown) { super(`not recorded: ${cause instanceof Error ? cause.message : String(cause)}`); } }

const MOST_IN_BATCH = 200;
const MOST_WAITING = 20_000;
const BATCHES_IN_FLIGHT = 2;
/** A second batch goes beside the first when this many wait: smaller ones gather until the first is back, for a batch costs the store more than its commands do. */
const WORTH_A_SECOND = 32;
const TRIES = 3;

interface Waiting { readonly call: Call; readonly locks: readonly string[]; readonly joined: { outcome: Promise<Outcome> }; resolve(outcome: Outcome): void; reject(error: Error): void }

export class Commands {
  readonly #queue: Waiting[] = [];
  readonly #inFlight = new Set<string>();
  readonly #keys = new Map<string, Waiting>();
  #batches = 0;
  #many = 0;
  #pumping: NodeJS.Immediate | undefined;
  /** Told after each batch that recorded something. */
  onRecorded: () => void = () => undefined;
  onSnapshotFailed: (error: Error) => void = () => undefined;

  constructor(private readonly live: Live, private readonly on: Deciding) {}

  /** How many commands wait or are being decided. */
  get waiting(): number { return this.#keys.size; }

  /** Decides a command and answers after its commit. Throws Refused, RequestIdReused, VersionMismatch, TooBusy, NotRecorded. */
  async execute(call: Call): Promise<Accepted> { return this.answer(call, await this.#submit(call)); }

  /** In order, one outcome each; later ones do not overtake earlier ones. */
  async executeAll(calls: readonly Call[]): Promise<readonly (Accepted | Error)[]> {
    const answers: (Accepted | Error)[] = [];
    const together = `#${++this.#many}`;
    for (let at = 0; at < calls.length; at += MOST_IN_BATCH) {
      const slice = calls.slice(at, at + MOST_IN_BATCH);
      const outcomes = await Promise.allSettled(slice.map(async (call) => this.answer(call, await this.#submit(call, together))));
      answers.push(...outcomes.map((o) => (o.status === 'fulfilled' ? o.value : o.reason as Error)));
    }
    return answers;
  }

  /** Those that came `together` are never in two batches at a time: numbers would be given out of their order. */
  #submit(call: Call, together?: string): Promise<Outcome> {
    const flying = this.#keys.get(call.key);
    if (flying) return flying.call.hash.equals(call.hash) ? flying.joined.outcome.then((o) => o) : Promise.resolve({ kind: 'reused' });
    if (this.#queue.length >= MOST_WAITING) return Promise.reject(new TooBusy());
    const locks = [...call.command.streams(call.request).map((s) => `${call.tenant}/${s.aggregate.type}/${s.id}`), ...(together === undefined ? [] : [together])];
    const joined = {} as { outcome: Promise<Outcome> };
    joined.outcome = new Promise((resolve, reject) => {
      const waiting: Waiting = { call, locks, joined, resolve, reject };
      this.#keys.set(call.key, waiting);
      this.#queue.push(waiting);
    });
    this.#pumping ??= setImmediate(() => { this.#pumping = undefined; this.#pump(); }); // what arrived together is decided together
    return joined.outcome;
  }

  #pump(): void {
    while (this.#batches < BATCHES_IN_FLIGHT && this.#queue.length >= (this.#batches === 0 ? 1 : WORTH_A_SECOND)) {
      const batch: Waiting[] = [];
      const passed = new Set<string>(); // streams of commands left waiting: nobody overtakes them there
      for (let i = 0; i < this.#queue.length && batch.length < MOST_IN_BATCH && i < 4 * MOST_IN_BATCH; i++) {
        const waiting = this.#queue[i]!;
        if (waiting.locks.some((l) => this.#inFlight.has(l) || passed.has(l))) waiting.locks.forEach((l) => passed.add(l));
        else batch.push(waiting);
      }
      if (batch.length === 0) return;
      const taken = new Set(batch);
      for (let i = this.#queue.length - 1; i >= 0; i--) if (taken.has(this.#queue[i]!)) this.#queue.splice(i, 1);
      const locks = new Set(batch.flatMap((w) => w.locks));
      locks.forEach((l) => this.#inFlight.add(l));
      this.#batches++;
      void this.#run(batch, () => {
        this.#batches--;
        locks.forEach((l) => this.#inFlight.delete(l));
        this.#pump();
      });
    }
  }

  /** The next batch goes to the store before the answers of this one are made. */
  async #run(batch: readonly Waiting[], over: () => void): Promise<void> {
    const settle = (waiting: Waiting, tell: () => void) => { this.#keys.delete(waiting.call.key); tell(); };
    const outcomes = await this.#decide(batch.map((w) => w.call), TRIES).catch(() => undefined);
    if (outcomes) {
      over();
      await nextTurn();
      batch.forEach((w, i) => settle(w, () => w.resolve(outcomes[i]!)));
      return;
    }
    for (const w of batch) {
      try {
        const [outcome] = await this.#decide([w.call], 1);
        settle(w, () => w.resolve(outcome!));
      } catch (error) {
        settle(w, () => w.reject(new NotRecorded(error)));
      }
    }
    over();
  }

  async #decide(calls: readonly Call[], tries: number): Promise<readonly Outcome[]> {
    for (let attempt = 1, again = 0; ;) {
      try {
        const { outcomes, committed } = await this.live.transaction((client, around) => { noAlarm(around); return decideAndRecord(client, calls, this.on); });
        for (const due of committed()) saveSnapshot(this.live.pool, due).catch(this.onSnapshotFailed);
        if (outcomes.some((o) => o.kind === 'recorded' && o.events.length > 0)) this.onRecorded();
        return outcomes;
      } catch (error) {
        if (error instanceof StartAgain && again++ < 10) continue;
        if (attempt++ >= tries) throw error;
        await pause(20 * attempt);
      }
    }
  }

  async answer(call: Call, outcome: Outcome): Promise<Accepted> {
    switch (outcome.kind) {
      case 'recorded': return { resource: outcome.resource, version: outcome.version, position: this.positionOf(outcome.events.length > 0 ? outcome.events : await transaction(this.live.pool, (client) => lastOf(client, outcome.stream, outcome.version))), repeated: false, events: outcome.events };
      case 'repeated': return this.#again(outcome.command);
      case 'validated': return { resource: outcome.resource, version: outcome.version, position: {}, repeated: false, events: [] };
      case 'refused': throw new Refused(outcome.refusal);
      case 'reused': throw new RequestIdReused();
      case 'moved': throw new VersionMismatch(outcome.version);
      case 'failed': throw outcome.error;
    }
  }

  /** The first answer, from the command's own events and its stream folded to the version it left. */
  async #again({ streamId, version, from, to }: KnownCommand): Promise<Accepted> {
    const resource = this.on.resources.get(streamId.split('/')[1]!);
    return transaction(this.live.pool, async (client) => {
      const own = from === null || to === null ? [] : await read(client, from - 1, to - from + 1, to);
      const history = resource ? await load(client, [{ streamId, after: 0, until: version }]) : [];
      const { service } = this.on;
      return { resource: history.reduce<unknown>((r, e) => resource!.evolve(r, asConsumed(service.name, service.publisher, e)), undefined), version, position: this.positionOf(own.length > 0 ? own : await lastOf(client, streamId, version)), repeated: true, events: own };
    });
  }

  /** The last own sequence per partition; a tenant event is in all of them. */
  positionOf(events: readonly StoredEvent[]): PositionMap {
    const position: Record<string, number> = {};
    for (const { partitionKey, sequence } of events) {
      const everywhere = partitionKey.endsWith('/');
      for (let p = 0; p < this.on.partitions; p++) if (everywhere || p === this.on.partitionOf(partitionKey)) position[`${this.on.service.name}/${p}`] = sequence;
    }
    return position;
  }
}

/** A wish that changes nothing is answered with where the last change is: who waits for that sees what the answer says. */
const lastOf = (client: Parameters<typeof load>[0], streamId: string, version: number): Promise<readonly StoredEvent[]> => (version === 0 ? Promise.resolve([]) : load(client, [{ streamId, after: version - 1, until: version }]));
