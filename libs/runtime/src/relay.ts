// Store → log: one leader per service publishes what was recorded, in order, and only then moves its cursor.
//
// - One batch in flight. After any error the same batch goes first: readers drop what they have by its sequence.
// - The cursor moves by compare-and-set: a leader that was replaced without noticing stops there.
// - Every record names the sequence this source sent before it to that partition, so that a reader sees a loss.
// - A new leader compares the log with the store. A log that knows more means a store from a backup: it stops and says so.
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { EventLog, NewRecord } from '@ar/event-log/event-log.js';
import { RecordTooLarge } from '@ar/event-log/event-log.js';
import { signal as newSignal, type Signal } from '@ar/event-log/signal.js';
import { head, read, type StoredEvent } from '@ar/event-store/store.js';
import { arrive, encode, splitKey, type Envelope } from './cloud-event.js';
import type { Service } from './forms.js';
import { leading } from './leader.js';

/** The last record this source sent to a partition. */
export interface Sent { readonly sequence: number; readonly offset: string }
export interface Published { readonly sequence: number; readonly last: Readonly<Record<string, Sent>> }

/** Stops the relay until someone looks: the log and the store do not belong together, or an event cannot be sent. */
export class RelayAlarm extends Error {}
class Replaced extends Error {}

export const readPublished = async (client: pg.PoolClient | pg.Pool): Promise<Published> => {
  const { rows } = await client.query<{ sequence: number; last_by_partition: Record<string, Sent> }>('select sequence, last_by_partition from es.relay');
  return { sequence: rows[0]!.sequence, last: rows[0]!.last_by_partition };
};

const MOST_IN_BATCH = 500;

export interface RelayOptions {
  readonly service: Service;
  readonly pool: pg.Pool;
  readonly url: string;
  readonly log: EventLog;
  readonly envelope: Envelope;
  /** How long it rests when there is nothing to publish and nobody pokes it: short where commands are recorded by other processes. */
  readonly idleMs?: number;
  /** Shown broken on purpose by the tests that prove what it guards: the cursor moves before the log has acknowledged. */
  readonly without?: 'acknowledgement';
  onError(error: Error): void;
  onPublished?(events: number): void;
}

export class Relay {
  #alarm: RelayAlarm | undefined;
  #leads = false;
  readonly #news: Signal = newSignal();
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  constructor(private readonly options: RelayOptions) {}

  /** Why it stopped for good, if it did. */
  get alarm(): RelayAlarm | undefined { return this.#alarm; }
  get leads(): boolean { return this.#leads; }

  start(): void {
    this.#running = leading(this.options.url, 'relay', this.#stop.signal, async ({ signal }) => {
      this.#leads = true;
      try { await this.#lead(signal); } finally { this.#leads = false; }
    }, (error) => this.options.onError(error));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.poke();
    await this.#running;
  }

  /** Something was recorded in this process. */
  poke(): void { this.#news.wake(); }

  async #lead(signal: AbortSignal): Promise<void> {
    const { pool } = this.options;
    let cursor = await readPublished(pool);
    await this.#compare(cursor);
    await pool.query('update es.relay set alarm = $1 where alarm is distinct from $1', [this.#alarm?.message ?? null]); // every replica is to know: nothing is recorded meanwhile
    while (!signal.aborted) {
      if (this.#alarm) return void await new Promise<void>((resolve) => { signal.addEventListener('abort', () => resolve(), { once: true }); });
      const events = await read(pool, cursor.sequence, MOST_IN_BATCH);
      if (events.length === 0) { await this.#news.wait(this.options.idleMs ?? 20); continue; }
      try {
        cursor = await this.#publish(cursor, events, signal);
      } catch (error) {
        if (error instanceof RelayAlarm) { this.#alarm = error; this.options.onError(error); continue; }
        throw error;
      }
      this.options.onPublished?.(events.length);
    }
  }

  async #publish(cursor: Published, events: readonly StoredEvent[], signal: AbortSignal): Promise<Published> {
    const { log, pool } = this.options;
    const { records, sequences } = this.#records(cursor, events);
    let offsets: ReadonlyMap<number, bigint> | undefined;
    if (this.options.without === 'acknowledgement') await pool.query('update es.relay set sequence = $1', [events.at(-1)!.sequence]);
    for (let attempt = 0; offsets === undefined; attempt++) {
      if (signal.aborted) throw new Replaced('the lead was lost before a batch was acknowledged');
      try {
        offsets = await log.publish(records);
      } catch (error) {
        if (error instanceof RecordTooLarge) throw new RelayAlarm(`an event is too large for the log: ${error.message}`);
        this.options.onError(error as Error);
        await pause(Math.min(2_000, 50 * 2 ** attempt), undefined, { signal }).catch(() => undefined); // and then the same batch again
      }
    }
    const next: Published = { sequence: events.at(-1)!.sequence, last: { ...cursor.last, ...Object.fromEntries([...offsets].map(([p, offset]) => [p, { sequence: sequences.get(p)!, offset: String(offset) }])) } };
    const { rowCount } = await pool.query('update es.relay set sequence = $1, last_by_partition = $2 where sequence = $3', [next.sequence, JSON.stringify(next.last), cursor.sequence]);
    if (rowCount !== 1) throw new Replaced('another leader has moved the cursor');
    return next;
  }

  #records(cursor: Published, events: readonly StoredEvent[]): { records: NewRecord[]; sequences: ReadonlyMap<number, number> } {
    const { service, log, envelope } = this.options;
    const sequences = new Map(Object.entries(cursor.last).map(([p, sent]) => [Number(p), sent.sequence]));
    const records: NewRecord[] = [];
    for (const event of events) {
      const everywhere = splitKey(event.partitionKey)[1] === '';
      for (const partition of everywhere ? Array.from({ length: log.partitions }, (_, p) => p) : [log.partitionOf(event.partitionKey)]) {
        records.push({ partition, key: event.partitionKey, ...encode(service.name, service.publisher, event, sequences.get(partition) ?? 0, envelope) });
        sequences.set(partition, event.sequence);
      }
    }
    return { records, sequences };
  }

  /** Reads on from the last records that this store knows it sent: whatever else of this source is there must be in the store as well. */
  async #compare(cursor: Published): Promise<void> {
    const { log, pool, service } = this.options;
    const ends = await log.ends();
    for (const [partition, end] of ends) {
      const sent = cursor.last[partition];
      const from = BigInt(sent?.offset ?? 0);
      if (from >= end) { if (sent) this.#alarm = new RelayAlarm(`the log ends at ${end} in partition ${partition}, but ${from} was written there before: it is not the log of this store`); continue; }
      let first = sent !== undefined;
      await log.read(partition, from, async (records) => {
        const arrived = records.map((r) => arrive(r));
        if (first && (records[0]!.offset !== from || arrived[0]!.source !== service.name || arrived[0]!.sequence !== sent!.sequence))
          this.#alarm = new RelayAlarm(`the log has ${arrived[0]!.source}'s event ${arrived[0]!.sequence} at ${records[0]!.offset} in partition ${partition}, but ${service.name}'s event ${sent!.sequence} was written at ${from}: it is not the log of this store`);
        first = false;
        const own = arrived.filter((e) => e.source === service.name);
        if (own.length === 0 || this.#alarm) return;
        const known = await pool.query<{ sequence: number; event_id: string }>('select sequence, event_id from es.event where sequence = any($1)', [own.map((e) => e.sequence)]);
        const ids = new Map(known.rows.map((r) => [r.sequence, r.event_id]));
        const stranger = own.find((e) => ids.get(e.sequence) !== e.id);
        if (stranger) this.#alarm = new RelayAlarm(`the log has ${service.name}'s event ${stranger.sequence} (${stranger.id}) in partition ${partition}, the store does not: it ends at ${(await head(pool)).sequence}. Was it restored from a backup?`);
      });
    }
    if (this.#alarm) this.options.onError(this.#alarm);
  }
}
