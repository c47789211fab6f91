// Log → service: one transaction per batch and partition. It projects, reacts, and moves the mark, or does nothing.
//
// - The checkpoint row is locked first: of two readers of a partition only one can move it.
// - What was read before is dropped; where the link to the last record is missing, the partition stops: loss is never assumed away.
// - What a reaction knows is what the events up to its cause have made; how events were batched changes nothing.
// - A day begins a batch. Its work is done in slices, each its own transaction, and the mark moves with the last.
// - An event that cannot be read parks its customer's key; a tenant event that cannot be read stops the partition.
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { EventLog, LogRecord } from '@ar/event-log/event-log.js';
import { saveSnapshot } from '@ar/event-store/store.js';
import { arrive, type Arrived } from './cloud-event.js';
import { decideAndRecord, StartAgain, txOf, type Call, type Decided, type Deciding, type Outcome } from './decide.js';
import { keepPolicies, openDates, openDay, policiesOn } from './days.js';
import type { AnyDaily, AnyProjection, Consumed } from './forms.js';
import type { Live } from './live.js';
import { isTransient, park, parkedKeys, PARKED_MOST, type ParkedKeys } from './parked.js';

/** Stops a partition until someone looks. */
export class PartitionStopped extends Error {}

export interface Checkpoint { readonly next_offset: string; readonly marks: Record<string, number>; readonly reacted: Record<string, number>; readonly daily: DailyCursor | null }
interface DailyCursor { readonly eventId: string; readonly job: number; readonly after: string }

export const lockCheckpoint = async (client: pg.PoolClient, partition: number): Promise<Checkpoint> => {
  const { rows } = await client.query<Checkpoint>({ name: 'checkpoint', text: 'select next_offset::text, marks, reacted, daily from checkpoint where partition = $1 for update', values: [partition] });
  if (!rows[0]) throw new PartitionStopped(`there is no checkpoint for partition ${partition}`);
  return rows[0];
};

interface Item { readonly offset: bigint; readonly record: LogRecord; readonly arrived: Arrived }

/** Calls and streams of one slice of a day's work. */
export const SLICE = 500;
const DAY = 'ar.invoicing.business_day_opened.v1';

export interface ConsumerOptions {
  readonly live: Live;
  readonly log: EventLog;
  readonly on: Deciding;
  onError(error: Error): void;
  /** Told after each transaction. */
  onMoved?(moved: { readonly partition: number; readonly events: number; readonly appended: boolean }): void;
  /** Told after each slice of a day, and before each attempt at a batch: heartbeats go here. */
  readonly between?: () => Promise<void>;
  /** Shown broken on purpose by the tests that prove what it guards. */
  readonly without?: 'mark' | 'link';
}

export class Consumer {
  readonly #stopped = new Map<number, string>();
  constructor(private readonly options: ConsumerOptions) {}

  /** Partitions that stand still, and why. */
  get stopped(): ReadonlyMap<number, string> { return this.#stopped; }

  /** Where the database says that reading goes on. */
  async startAt(partition: number): Promise<bigint> {
    return this.options.live.transaction(async (client) => {
      const { rows } = await client.query<{ next_offset: string }>('select next_offset::text from checkpoint where partition = $1', [partition]);
      return BigInt(rows[0]?.next_offset ?? 0);
    });
  }

  /** Reads records of one partition, in order of their offsets. A stopped partition throws. */
  async consume(partition: number, records: readonly LogRecord[], between: () => Promise<void> = async () => undefined): Promise<void> {
    try {
      const items = records.map((record): Item => ({ offset: record.offset, record, arrived: arrive(record) }));
      for (let at = 0; at < items.length;) {
        let upTo = at + 1; // a day begins a batch, and its work ends one
        while (upTo < items.length && items[upTo]!.arrived.type !== DAY && items[at]!.arrived.type !== DAY) upTo++;
        await this.#batch(partition, items.slice(at, upTo), between);
        at = upTo;
        await between();
      }
      this.#stopped.delete(partition);
    } catch (error) {
      if (error instanceof PartitionStopped) this.#stopped.set(partition, error.message);
      throw error;
    }
  }

  /** Reads a parked event once more, in the place it has among the parked of its key. False when it still cannot be read. */
  async again(partition: number, id: number, record: LogRecord): Promise<boolean> {
    const { live, on, onError } = this.options;
    const arrived = arrive(record);
    for (let again = 0; ; again++) {
      const further: Further = new Map();
      try {
        const decided = await live.transaction(async (client) => {
          const { reacted } = await lockCheckpoint(client, partition);
          const { rowCount } = await client.query('delete from parked where id = $1 and not exists (select from parked q where q.tenant = parked.tenant and q.customer = parked.customer and q.id < parked.id)', [id]);
          if (rowCount === 0) return undefined; // another replica was faster
          const run = new Run(client, partition, on, await parkedKeys(client, partition));
          await run.read(arrived);
          const made = await run.finish(this.#further, further);
          await client.query('update checkpoint set reacted = $2 where partition = $1', [partition, JSON.stringify(this.#reactedWith(reacted, arrived.source, made))]);
          return made;
        });
        decided?.committed();
        this.options.onMoved?.({ partition, events: 1, appended: decided !== undefined });
        return true;
      } catch (error) {
        if (error instanceof StartAgain && again < 20) { for (const [key, streams] of further) this.#further.set(key, streams); continue; }
        if (isTransient(error)) throw error;
        onError(error as Error);
        await live.pool.query(`update ${await live.schema()}.parked set error = $2 where id = $1`, [id, (error as Error).message]);
        return false;
      }
    }
  }

  async #batch(partition: number, items: readonly Item[], between: () => Promise<void>): Promise<void> {
    try {
      await this.#once(partition, items, between);
    } catch (error) {
      if (error instanceof PartitionStopped || isTransient(error)) throw error;
      this.options.onError(error as Error);
      for (const item of items) await this.#alone(partition, item, between);
    }
  }

  /** A batch failed: its events one by one, to find the one that cannot be read. */
  async #alone(partition: number, item: Item, between: () => Promise<void>): Promise<void> {
    try {
      await this.#once(partition, [item], between);
    } catch (error) {
      if (error instanceof PartitionStopped || isTransient(error)) throw error;
      const { arrived } = item;
      if (arrived.customer === '') throw new PartitionStopped(`tenant event ${arrived.type} ${arrived.id} (${arrived.source} ${arrived.sequence}) of ${arrived.tenant} cannot be read: ${(error as Error).message}`);
      this.options.onError(error as Error);
      await this.#once(partition, [item], between, error as Error);
    }
  }

  async #once(partition: number, items: readonly Item[], between: () => Promise<void>, poison?: Error): Promise<void> {
    const { live } = this.options;
    for (let again = 0; ; again++) {
      const further: Further = new Map();
      try {
        for (;;) {
          let checkpoint: Checkpoint | undefined;
          const step = await live.transaction((client) => this.#transaction(client, partition, checkpoint!, items, poison, further), '', async (client) => { checkpoint = await lockCheckpoint(client, partition); });
          for (const due of step.decided?.committed() ?? []) saveSnapshot(live.pool, due).catch((e: Error) => this.options.onError(e));
          this.options.onMoved?.({ partition, events: items.length, appended: (step.decided?.outcomes.length ?? 0) > 0 });
          if (step.done) { this.#further.clear(); return; }
          await between();
        }
      } catch (error) {
        if (!(error instanceof StartAgain) || again >= 20) throw error;
        for (const [key, streams] of further) this.#further.set(key, streams);
      }
    }
  }

  /** Streams that decisions of reactions reached for without naming them, by key of the call: locked at the next attempt. */
  readonly #further = new Map<string, NonNullable<Call['further']>>();

  async #transaction(client: pg.PoolClient, partition: number, checkpoint: Checkpoint, items: readonly Item[], poison: Error | undefined, further: Further): Promise<{ done: boolean; decided?: Decided }> {
    const { on, without } = this.options;
    const marks = { ...checkpoint.marks };
    const reacted = { ...checkpoint.reacted };
    const parked = await parkedKeys(client, partition);
    const run = new Run(client, partition, on, parked);

    for (const { arrived, record } of items) {
      const mark = marks[arrived.source] ?? 0;
      if (arrived.sequence <= mark && without !== 'mark') continue;
      if (arrived.prevSequence !== mark && without === undefined)
        throw new PartitionStopped(`${arrived.source}'s event ${arrived.sequence} in partition ${partition} follows its event ${arrived.prevSequence}, but the last one read is ${mark}: records are missing`);
      if (arrived.type === DAY) {
        const day = await this.#day(client, partition, arrived, checkpoint.daily, run, further);
        if (day !== 'done') {
          await client.query('update checkpoint set daily = $2, reacted = $3 where partition = $1', [partition, JSON.stringify(day.next), JSON.stringify(this.#reactedWith(reacted, arrived.source, day.decided))]);
          return { done: false, ...(day.decided ? { decided: day.decided } : {}) };
        }
      } else if (poison || parked.has(arrived.tenant, arrived.customer)) {
        if (parked.count >= PARKED_MOST) throw new PartitionStopped(`more than ${PARKED_MOST} events are parked: mend and retry them first`);
        await park(client, partition, arrived, record, poison);
        parked.add(arrived.tenant, arrived.customer);
      } else {
        await run.read(arrived);
      }
      marks[arrived.source] = arrived.sequence;
    }
    const decided = await run.finish(this.#further, further);
    for (const source of new Set(items.map((i) => i.arrived.source))) Object.assign(reacted, this.#reactedWith(reacted, source, decided, run.causes(source)));
    await client.query({ name: 'move', text: 'update checkpoint set next_offset = greatest(next_offset, $2), marks = $3, reacted = $4, daily = null where partition = $1', values: [partition, String(items.at(-1)!.offset + 1n), JSON.stringify(marks), JSON.stringify(reacted)] });
    return { done: true, ...(decided ? { decided } : {}) };
  }

  /** The last own sequence that reactions to events of a source appended. */
  #reactedWith(reacted: Record<string, number>, source: string, decided: Decided | undefined, calls?: ReadonlySet<number>): Record<string, number> {
    const own = (decided?.outcomes ?? []).flatMap((o, i) => (o.kind === 'recorded' && (!calls || calls.has(i)) ? o.events.map((e) => e.sequence) : []));
    return own.length === 0 ? reacted : { ...reacted, [source]: Math.max(reacted[source] ?? 0, ...own) };
  }

  /** One step of a new day: first the day itself, then its work, slice by slice, one transaction each. */
  async #day(client: pg.PoolClient, partition: number, arrived: Arrived, cursor: DailyCursor | null, run: Run, further: Further): Promise<'done' | { next: DailyCursor; decided?: Decided }> {
    const { on } = this.options;
    const event = arrived.consumed() as Consumed<typeof DAY>;
    const { tenant, data: { date } } = event;
    if (cursor?.eventId !== arrived.id) {
      await openDay(client, tenant, partition, date);
      await run.project(event);
      return on.service.daily.length === 0 ? 'done' : { next: { eventId: arrived.id, job: 0, after: '' } };
    }
    const policies = await policiesOn(client, on.policies, tenant, partition, date);
    const tx = txOf(client);
    const work = new Run(client, partition, on, run.parked);
    let { job, after } = cursor;
    for (let room = SLICE; room > 0 && job < on.service.daily.length;) {
      const daily = on.service.daily[job]!;
      const due = await daily.due(tx, tenant, date, policies, after, room);
      for (const { customer, request } of due) if (on.partitionOf(`${tenant}/${customer}`) === partition && !run.parked.has(tenant, customer)) work.daily(event, daily, customer, request);
      if (due.length < room) { job++; after = ''; } else after = due.at(-1)!.key;
      room -= due.length;
    }
    const decided = await work.finish(this.#further, further);
    if (job < on.service.daily.length) return { next: { eventId: arrived.id, job, after }, ...(decided ? { decided } : {}) };
    run.also(decided);
    return 'done';
  }
}

type Further = Map<string, NonNullable<Call['further']>>;

/** One transaction's worth of reading: projections are kept up only as far as a reaction has to know, decisions are made together at the end. */
export class Run {
  readonly #pending: Consumed[] = [];
  readonly #calls: { readonly call: Call; readonly source: string; readonly expected: readonly string[]; readonly because: string }[] = [];
  #before: Decided | undefined;
  constructor(private readonly client: pg.PoolClient, private readonly partition: number, private readonly on: Deciding, readonly parked: ParkedKeys) {}

  async read(arrived: Arrived): Promise<void> {
    const event = arrived.consumed();
    if (!event) return; // a type of a later release: only the mark moves
    if (event.customer === '') await keepPolicies(this.client, this.partition, event);
    this.#pending.push(event);
    for (const reaction of this.on.service.reactions) {
      if (reaction.on !== event.type) continue;
      for (const request of reaction.requests(event)) await this.#want({ event, name: reaction.name, command: reaction.command, expected: reaction.expected, customer: event.customer, request });
    }
  }

  /** The day itself: it projects, and policies read before it take hold. */
  async project(event: Consumed): Promise<void> {
    await keepPolicies(this.client, this.partition, event);
    this.#pending.push(event);
    await this.#flush();
  }

  daily(event: Consumed, daily: AnyDaily, customer: string, request: unknown): void {
    this.#calls.push({ call: this.#call(event, daily.name, daily.command, customer, request), source: 'invoicing', expected: daily.expected, because: `${daily.name} on ${event.recordedOn}` });
  }

  also(decided: Decided | undefined): void { this.#before = decided; }

  async #want({ event, name, command, expected, customer, request }: { event: Consumed; name: string; command: Call['command']; expected: readonly string[]; customer: string; request: unknown }): Promise<void> {
    let call = this.#call(event, name, command, customer, request);
    if (command.known) {
      await this.#flush();
      const today = (await openDates(this.client, [event.tenant], this.on.partitions)).of(event.tenant, this.partition);
      const policies = await policiesOn(this.client, this.on.policies, event.tenant, this.partition, today);
      const [value] = await command.known([{ tenant: event.tenant, today, policies, request }], txOf(this.client));
      call = { ...call, known: { value } };
    }
    this.#calls.push({ call, source: sourceOf(event), expected, because: `${name} because of ${event.type} ${event.id}` });
  }

  #call(event: Consumed, name: string, command: Call['command'], customer: string, request: unknown): Call {
    const target = command.streams(request)[0]!;
    return {
      tenant: event.tenant, command, request, customer, key: `${event.tenant}/~${event.id}/${name}/${target.aggregate.type}/${target.id}`,
      hash: createHash('sha256').update(name).digest(), meta: { correlation: event.correlationId, causation: event.id, actor: `system:${name}`, ...(event.within ? { traceparent: event.within } : {}) },
    };
  }

  async #flush(): Promise<void> {
    const events = this.#pending.splice(0);
    if (events.length > 0) await projectAll(this.client, this.on.service.projections, events);
  }

  /** Which of the calls an event of that source caused. */
  causes(source: string): ReadonlySet<number> { return new Set(this.#calls.flatMap((c, i) => (c.source === source ? [i] : []))); }

  async finish(known: ReadonlyMap<string, NonNullable<Call['further']>>, further: Further): Promise<Decided | undefined> {
    await this.#flush();
    if (this.#calls.length === 0) return this.#before;
    const calls = this.#calls.map(({ call }) => ({ ...call, further: known.get(call.key) ?? [] }));
    try {
      const decided = await decideAndRecord(this.client, calls, this.on);
      decided.outcomes.forEach((outcome, i) => check(outcome, this.#calls[i]!));
      return decided;
    } catch (error) {
      if (error instanceof StartAgain) for (const call of calls) if (call.further.length > 0) further.set(call.key, call.further);
      throw error;
    }
  }
}

/** An outcome that its reaction did not expect is poison. */
function check(outcome: Outcome, { expected, because }: { readonly expected: readonly string[]; readonly because: string }): void {
  switch (outcome.kind) {
    case 'recorded':
    case 'repeated':
    case 'validated': return;
    case 'refused': if (expected.includes(outcome.refusal.refused)) return; throw new Error(`${because} was refused: ${outcome.refusal.refused} ${JSON.stringify(outcome.refusal.detail)}`);
    case 'failed': throw new Error(`${because} failed: ${outcome.error.message}`, { cause: outcome.error });
    case 'reused': throw new Error(`${because}: its key was used for something else`);
    case 'moved': throw new Error(`${because}: its stream is at version ${outcome.version}`);
  }
}

/** Each projection gets the events it reads, in order. */
export async function projectAll(client: pg.PoolClient, projections: readonly AnyProjection[], events: readonly Consumed[]): Promise<void> {
  for (const projection of projections) {
    const own = events.filter((e) => projection.on.includes(e.type));
    if (own.length > 0) await projection.project(own, txOf(client));
  }
}

const sourceOf = (event: Consumed): string => event.type.split('.')[1]!;
