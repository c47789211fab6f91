// Log → service: one transaction per batch. It projects, reacts, and moves the marks, or does nothing.
//
// - What waits is read together: one transaction for all partitions that have something, one after the other. So a busy service commits no more often than
//   a quiet one, and its own transactions never wait for each other.
// - The checkpoint rows are locked first: of two readers of a partition only one can move it.
// - What was read before is dropped; where the link to the last record is missing, the partition stops: loss is never assumed away.
// - What a reaction knows is what the events up to its cause have made; how events were batched changes nothing.
// - A day begins a batch. Its work is done in slices, each its own transaction, and the mark moves with the last.
// - An event that cannot be read parks its customer's key, and so does a day's work that fails for one customer; a tenant event that cannot be read stops the
//   partition.
import type pg from 'pg';
import type { EventLog, LogRecord } from '@ar/event-log/event-log.js';
import { saveSnapshot, type Around } from '@ar/event-store/store.js';
import { arrive, type Arrived } from './cloud-event.js';
import { StartAgain, txOf, type Decided, type Deciding } from './decide.js';
import { DAY, datesHeld, openDay, policiesOn } from './days.js';
import type { Consumed } from './forms.js';
import { noAlarm, type Live } from './live.js';
import { askParked, isTransient, park, parkedKeys, PARKED_MOST, type ParkedRow } from './parked.js';
import { finish, Reading, type Further } from './reading.js';

/** Stops a partition until someone looks. */
export class PartitionStopped extends Error {}
/** The only call of a slice of a day failed. */
class DailyFailed extends Error { constructor(readonly customer: string, override readonly cause: Error) { super(cause.message); } }

export interface Checkpoint { readonly partition: number; readonly next_offset: string; readonly marks: Record<string, number>; readonly reacted: Record<string, number>; readonly daily: DailyCursor | null }
interface DailyCursor { readonly eventId: string; readonly job: number; readonly after: string }

/** Locks checkpoint rows, always in the order of their partitions. */
export const lockCheckpoints = (partitions: readonly number[]): string => `select partition, next_offset::text, marks, reacted, daily from checkpoint where partition in (${partitions.join(', ')}) order by partition for update`;

interface Item { readonly offset: bigint; readonly record: LogRecord; readonly arrived: Arrived }
/** A batch of one partition, waiting to be read. */
interface Share { readonly partition: number; readonly items: readonly Item[]; readonly between: () => Promise<void>; resolve(): void; reject(error: unknown): void }

/** Calls and streams of one slice of a day's work. */
export const SLICE = 500;
/** Events of one transaction, but for the last batch that joined it. */
const MOST_TOGETHER = 500;
/** `poison`: the event is known not to be readable, and is parked. `slice`: calls of a slice of a day. */
interface How { readonly poison: Error | undefined; readonly slice: number }

/** What a transaction read of a partition; `own`: events of this service were among them. */
export interface Moved { readonly partition: number; readonly events: number; readonly appended: boolean; readonly own: boolean }

export interface ConsumerOptions {
  readonly live: Live;
  readonly log: EventLog;
  readonly on: Deciding;
  onError(error: Error): void;
  /** Told of each partition after its transaction. */
  onMoved?(moved: Moved): void;
  /** Shown broken on purpose by the tests that prove what it guards. */
  readonly without?: 'mark' | 'link';
}

export class Consumer {
  readonly #stopped = new Map<number, string>();
  readonly #further: Further = new Map();
  #waiting: Share[] = [];
  #reading = false;
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

  /** Reads records of one partition, in order of their offsets. `between` is told after each batch and each slice of a day: heartbeats go there. A stopped partition throws. */
  async consume(partition: number, records: readonly LogRecord[], between: () => Promise<void> = async () => undefined): Promise<void> {
    try {
      const items = records.map((record): Item => ({ offset: record.offset, record, arrived: arrive(record) }));
      for (let at = 0; at < items.length;) {
        let upTo = at + 1; // a day begins a batch, and its work ends one
        while (upTo < items.length && items[upTo]!.arrived.type !== DAY && items[at]!.arrived.type !== DAY) upTo++;
        const share = items.slice(at, upTo);
        await new Promise<void>((resolve, reject) => {
          this.#waiting.push({ partition, items: share, between, resolve, reject });
          void this.#readOn();
        });
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
      const found: Further = new Map();
      try {
        const decided = await live.transaction(async (client, { begun: [checkpoints, parked], alarm }) => {
          noAlarm({ alarm });
          const { reacted } = (checkpoints as readonly Checkpoint[])[0]!;
          const { rows: [row] } = await client.query<{ customer: string }>('delete from parked where id = $1 and not exists (select from parked q where q.tenant = parked.tenant and q.customer = parked.customer and q.id < parked.id) returning customer', [id]);
          if (!row) return undefined; // another replica was faster
          const dates = datesHeld(client, on.partitions);
          const reading = new Reading(client, partition, on, dates, parkedKeys(parked as readonly ParkedRow[], partition));
          if (arrived.type === DAY) await this.#workOf(client, arrived, row.customer, reading);
          else await reading.read(arrived);
          const { decided: made, reactedOf } = await finish(client, [reading], on, dates, { known: this.#further, found });
          await client.query('update checkpoint set reacted = $2 where partition = $1', [partition, JSON.stringify(latest(reacted, reactedOf(reading)))]);
          return made;
        }, { first: [lockCheckpoints([partition]), askParked([partition])] });
        decided?.committed();
        this.options.onMoved?.({ partition, events: 1, appended: decided !== undefined, own: arrived.source === on.service.name });
        return true;
      } catch (error) {
        if (error instanceof StartAgain && again < 20) { for (const [key, streams] of found) this.#further.set(key, streams); continue; }
        if (isTransient(error)) throw error;
        onError(error as Error);
        await live.transaction((client) => client.query('update parked set error = $2 where id = $1', [id, (error as Error).message]));
        return false;
      }
    }
  }

  /** Reads what waits until nothing does. A day goes with the same day in other partitions, everything else with everything else. */
  async #readOn(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    await new Promise((arrived) => { setImmediate(arrived); }); // what comes at once is read at once
    while (this.#waiting.length > 0) {
      const dayOf = ({ items: [first] }: Share) => (first!.arrived.type === DAY ? first!.arrived.id : '');
      const kind = dayOf(this.#waiting[0]!);
      const together: Share[] = [];
      for (const share of this.#waiting) if (dayOf(share) === kind && together.reduce((events, t) => events + t.items.length, 0) < MOST_TOGETHER) together.push(share);
      this.#waiting = this.#waiting.filter((share) => !together.includes(share));
      await this.#batch(together);
    }
    this.#reading = false;
  }

  async #batch(shares: readonly Share[]): Promise<void> {
    try {
      await this.#once(shares);
    } catch (error) {
      if (shares.length > 1) { for (const share of shares) await this.#batch([share]); return; } // one of them failed it: which one?
      const [share] = shares as [Share];
      if (error instanceof PartitionStopped || isTransient(error)) return share.reject(error);
      this.options.onError(error as Error);
      try {
        for (const item of share.items) await this.#alone(share, item);
      } catch (stopped) { return share.reject(stopped); }
    }
    for (const share of shares) share.resolve();
  }

  /** A batch failed: its events one by one, to find the one that cannot be read. */
  async #alone(share: Share, item: Item): Promise<void> {
    const { arrived } = item;
    try {
      await this.#once([{ ...share, items: [item] }]);
    } catch (error) {
      if (error instanceof PartitionStopped || isTransient(error)) throw error;
      if (arrived.type === DAY && await this.#parkOneOf(share, item)) return this.#alone(share, item);
      if (arrived.customer === '') throw new PartitionStopped(`tenant event ${arrived.type} ${arrived.id} (${arrived.source} ${arrived.sequence}) of ${arrived.tenant} cannot be read: ${(error as Error).message}`);
      this.options.onError(error as Error);
      await this.#once([{ ...share, items: [item] }], error as Error);
    }
  }

  /** A day's work failed: its calls one by one, until the one that fails; that customer's key is parked. False when it failed otherwise. */
  async #parkOneOf(share: Share, item: Item): Promise<boolean> {
    const { live, onError } = this.options;
    const { partition } = share;
    try {
      await this.#once([{ ...share, items: [item] }], undefined, 1);
    } catch (error) {
      if (isTransient(error)) throw error;
      if (!(error instanceof DailyFailed)) return false;
      onError(error.cause);
      await live.transaction(async (client, { begun: [, parked] }) => {
        if (parkedKeys(parked as readonly ParkedRow[], partition).count >= PARKED_MOST) throw tooManyParked();
        await park(client, this.options.on.service.name, partition, { ...item.arrived, customer: error.customer }, item.record, error.cause);
      }, { first: [lockCheckpoints([partition]), askParked([partition])] });
    }
    return true;
  }

  async #once(shares: readonly Share[], poison?: Error, slice = SLICE): Promise<void> {
    const { live, on, onError, onMoved } = this.options;
    const partitions = shares.map((s) => s.partition);
    for (let open = shares, again = 0; open.length > 0;) {
      const found: Further = new Map();
      try {
        const { undone, decided, appended } = await live.transaction((client, around) => { noAlarm(around); return this.#transaction(client, around, open, { poison, slice }, found); }, { first: [lockCheckpoints(partitions), askParked(partitions)] });
        for (const due of decided?.committed() ?? []) saveSnapshot(live.pool, due).catch((e: Error) => onError(e));
        for (const share of open) onMoved?.({ partition: share.partition, events: share.items.length, appended: appended.has(share.partition), own: share.items.some((i) => i.arrived.source === on.service.name) });
        open = await goingOn(undone);
      } catch (error) {
        if (!(error instanceof StartAgain) || again++ >= 20) throw error;
        for (const [key, streams] of found) this.#further.set(key, streams);
      }
    }
    this.#further.clear();
  }

  /** Answers what is not done yet: a day goes on with its next slice. */
  async #transaction(client: pg.PoolClient, { begun: [checkpoints, parkedRows], last }: Around, shares: readonly Share[], how: How, found: Further):
  Promise<{ undone: readonly Share[]; decided: Decided | undefined; appended: ReadonlySet<number> }> {
    const { on } = this.options;
    const dates = datesHeld(client, on.partitions);
    const begun = new Map((checkpoints as readonly Checkpoint[]).map((c) => [c.partition, c]));
    const read: { readonly share: Share; readonly reading: Reading; readonly marks: Readonly<Record<string, number>>; readonly daily: DailyCursor | null; readonly done: boolean }[] = [];
    for (const share of shares) {
      const checkpoint = begun.get(share.partition);
      if (!checkpoint) throw new PartitionStopped(`there is no checkpoint for partition ${share.partition}`);
      const reading = new Reading(client, share.partition, on, dates, parkedKeys(parkedRows as readonly ParkedRow[], share.partition));
      read.push({ share, reading, ...await this.#read(client, share, checkpoint, reading, how) });
    }
    const { decided, reactedOf } = await finish(client, read.map((r) => r.reading), on, dates, { known: this.#further, found }).catch((error: unknown) => {
      const [{ call }] = [...read.flatMap((r) => r.reading.wanted), { call: undefined }] as const;
      throw how.slice === 1 && call?.customer && !(error instanceof StartAgain) && !isTransient(error) ? new DailyFailed(call.customer, error as Error) : error;
    });
    const appended = new Set(read.filter(({ reading }) => Object.keys(reactedOf(reading)).length > 0).map(({ share }) => share.partition));
    const rows = read.map(({ share: { partition, items }, reading, marks, daily, done }) => {
      const json = (value: unknown) => `${client.escapeLiteral(JSON.stringify(value))}::jsonb`;
      const offset = done ? items.at(-1)!.offset + 1n : 0n;
      return `(${partition}, ${offset}::bigint, ${json(marks)}, ${json(latest(begun.get(partition)!.reacted, reactedOf(reading)))}, ${daily ? json(daily) : 'null::jsonb'})`;
    });
    // Marks that a crash of the database takes back are moved again by the same records. Not so what was appended: the log may have it already.
    last(`${appended.size === 0 ? 'set local synchronous_commit to off; ' : ''}update checkpoint c set next_offset = greatest(c.next_offset, u.o), marks = u.m, reacted = u.r, daily = u.d from (values ${rows.join(', ')}) u(p, o, m, r, d) where c.partition = u.p`);
    return { undone: read.filter((r) => !r.done).map((r) => r.share), decided, appended };
  }

  /** One partition's batch: its marks afterwards, and where its day goes on if that is not done. Who is late and reads what was read before leaves another's day as it is. */
  async #read(client: pg.PoolClient, { partition, items }: Share, checkpoint: Checkpoint, reading: Reading, { poison, slice }: How): Promise<{ marks: Readonly<Record<string, number>>; daily: DailyCursor | null; done: boolean }> {
    const { without } = this.options;
    const { parked } = reading;
    const marks = { ...checkpoint.marks };
    let { daily } = checkpoint;
    for (const { arrived, record } of items) {
      const mark = marks[arrived.source] ?? 0;
      if (arrived.sequence <= mark && without !== 'mark') continue;
      if (arrived.prevSequence !== mark && without === undefined)
        throw new PartitionStopped(`${arrived.source}'s event ${arrived.sequence} in partition ${partition} follows its event ${arrived.prevSequence}, but the last one read is ${mark}: records are missing`);
      if (arrived.type === DAY) {
        const next = await this.#day(client, partition, arrived, checkpoint.daily, reading, slice);
        if (next) return { marks, daily: next, done: false };
      } else if (poison || parked.has(arrived.tenant, arrived.customer)) {
        if (parked.count >= PARKED_MOST) throw tooManyParked();
        await park(client, this.options.on.service.name, partition, arrived, record, poison);
        parked.add(arrived.tenant, arrived.customer);
      } else {
        await reading.read(arrived);
      }
      marks[arrived.source] = arrived.sequence;
      daily = null;
    }
    return { marks, daily, done: true };
  }

  /** One step of a new day: first the day itself, then its work, slice by slice, one transaction each. Nothing when it is done. */
  async #day(client: pg.PoolClient, partition: number, arrived: Arrived, cursor: DailyCursor | null, reading: Reading, slice: number): Promise<DailyCursor | undefined> {
    const { on } = this.options;
    const event = arrived.consumed() as Consumed<typeof DAY>;
    const { tenant, data: { date } } = event;
    if (cursor?.eventId !== arrived.id) {
      await openDay(client, tenant, partition, date);
      await reading.project(event);
      return on.service.daily.length === 0 ? undefined : { eventId: arrived.id, job: 0, after: '' };
    }
    const policies = await policiesOn(client, on.policies, tenant, partition, date);
    const tx = txOf(client);
    let { job, after } = cursor;
    for (let room = slice; room > 0 && job < on.service.daily.length;) {
      const daily = on.service.daily[job]!;
      const due = await daily.due(tx, tenant, date, policies, after, room);
      for (const { customer, request } of due) if (on.partitionOf(`${tenant}/${customer}`) === partition && !reading.parked.has(tenant, customer)) reading.daily(event, daily, customer, request);
      if (due.length < room) { job++; after = ''; } else after = due.at(-1)!.key;
      room -= due.length;
    }
    return job < on.service.daily.length ? { eventId: arrived.id, job, after } : undefined;
  }

  /** What a day has to do for one customer whose key was parked by it. */
  async #workOf(client: pg.PoolClient, arrived: Arrived, customer: string, reading: Reading): Promise<void> {
    const { on } = this.options;
    const event = arrived.consumed() as Consumed<typeof DAY>;
    const { tenant, data: { date } } = event;
    const policies = await policiesOn(client, on.policies, tenant, reading.partition, date);
    for (const daily of on.service.daily) {
      for (let after: string | undefined = ''; after !== undefined;) {
        const due = await daily.due(txOf(client), tenant, date, policies, after, SLICE);
        for (const d of due) if (d.customer === customer) reading.daily(event, daily, customer, d.request);
        after = due.length < SLICE ? undefined : due.at(-1)!.key;
      }
    }
  }
}

const tooManyParked = () => new PartitionStopped(`more than ${PARKED_MOST} events are parked: mend and retry them first`);

const latest = (reacted: Readonly<Record<string, number>>, now: Readonly<Record<string, number>>): Record<string, number> =>
  Object.entries(now).reduce((all, [source, sequence]) => ({ ...all, [source]: Math.max(all[source] ?? 0, sequence) }), { ...reacted });

/** Those who may go on: a share that was taken away meanwhile is told so and left. */
async function goingOn(shares: readonly Share[]): Promise<readonly Share[]> {
  const told = await Promise.allSettled(shares.map((share) => share.between()));
  told.forEach((t, i) => { if (t.status === 'rejected') shares[i]!.reject(t.reason); });
  return shares.filter((_, i) => told[i]!.status === 'fulfilled');
}
