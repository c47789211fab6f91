// Projections have one version and live in a schema of it. A new version is built beside the live one from the beginning of the log and switched in whole.
//
// - A rebuild only projects; it never reacts. It has its own marks and never reads beyond the live ones.
// - The switch is one transaction that holds all live checkpoint rows, when the marks are equal: nobody reads on meanwhile.
// - Keys that are parked stay parked: their events are skipped here too and move over with the switch.
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { EventLog, LogRecord } from '@ar/event-log/event-log.js';
import { transaction } from '@ar/event-store/store.js';
import { arrive } from './cloud-event.js';
import { lockCheckpoints, type Checkpoint } from './consumer.js';
import { projectAll } from './reading.js';
import { DAY, keepPolicies } from './days.js';
import type { Consumed, Service } from './forms.js';
import { quoted, type Live } from './live.js';
import { projectionBase } from './migrations.js';

/** Changes whenever a table or the revision of a projection does. */
export function versionOf(service: Service): string {
  return createHash('sha256').update(projectionBase()).update(JSON.stringify(service.projections.map((p) => [p.name, p.ddl, p.revision ?? 1, p.on]))).digest('hex').slice(0, 12);
}

const MOST_IN_BATCH = 1_000;

async function createSchema(client: pg.PoolClient, schema: string, service: Service, partitions: number): Promise<void> {
  await client.query(`create schema ${quoted(schema)}; set local search_path to ${quoted(schema)}, rt, public`);
  await client.query(projectionBase());
  for (const projection of service.projections) await client.query(projection.ddl);
  await client.query('insert into checkpoint (partition) select generate_series(0, $1 - 1)', [partitions]);
}

/** Makes the first projections of a service. Later versions come by `rebuild`. Answers whether the live ones are of this build's version. */
export async function ensureProjections(pool: pg.Pool, service: Service, partitions: number): Promise<boolean> {
  return transaction(pool, async (client) => {
    await client.query(`select pg_advisory_xact_lock(7303, 0)`);
    const { rows } = await client.query<{ version: string; schema: string }>('select version, schema from rt.live');
    if (rows[0]) {
      const { rows: [count] } = await client.query<{ n: number }>(`select count(*) n from ${quoted(rows[0].schema)}.checkpoint`);
      if (count!.n !== partitions) throw new Error(`the projections were made for ${count!.n} partitions of the log, which has ${partitions} now`);
      return rows[0].version === versionOf(service);
    }
    const schema = `p_${versionOf(service)}_1`;
    await createSchema(client, schema, service, partitions);
    await client.query('insert into rt.live (schema, version) values ($1, $2)', [schema, versionOf(service)]);
    return true;
  });
}

export interface RebuildOptions { readonly pool: pg.Pool; readonly live: Live; readonly log: EventLog; readonly service: Service; readonly signal: AbortSignal; onProgress?(events: number): void }

/** Builds this version's projections anew and switches over. One at a time per service: the caller holds the lead. Throws what a projection throws, then nothing has changed. */
export async function rebuild({ pool, live, log, service, signal, onProgress }: RebuildOptions): Promise<string> {
  const before = await dropOthers(pool);
  const schema = `p_${versionOf(service)}_${Number(/_(\d+)$/.exec(before)![1]) + 1}`;
  await transaction(pool, (client) => createSchema(client, schema, service, log.partitions));
  const building: Building = { pool, log, service, schema, before, skipped: new Set(), signal, ...(onProgress ? { onProgress } : {}) };
  for (let pass = 0; pass < 3; pass++) await catchUp(building, await offsets(pool, before)); // the last passes are short: what came in meanwhile
  const switched = await transaction(pool, async (client) => {
    await client.query(`set local search_path to ${quoted(before)}, rt, public`);
    await client.query(lockCheckpoints(Array.from({ length: log.partitions }, (_, p) => p)));
    if ((await client.query<{ schema: string }>('select schema from rt.live for update')).rows[0]!.schema !== before) throw new Error('the projections were switched by someone else');
    await catchUp(building, await offsets(client, before));
    const parked = await client.query<{ source: string; partition: number; sequence: number }>(`select source, partition, sequence from parked where type <> '${DAY}'`);
    const waiting = new Set(parked.rows.map((r) => `${r.source}/${r.partition}/${r.sequence}`));
    if (waiting.size !== building.skipped.size || [...waiting].some((w) => !building.skipped.has(w))) return false; // a key was retried meanwhile: what was skipped has happened
    const { rows: unequal } = await client.query<{ partition: number }>(`select partition from checkpoint join ${quoted(schema)}.checkpoint n using (partition) where n.marks <> checkpoint.marks`);
    if (unequal.length > 0) throw new Error(`the rebuilt marks of partition ${unequal[0]!.partition} are not the live ones`);
    await client.query(`update ${quoted(schema)}.checkpoint n set reacted = c.reacted, daily = c.daily from checkpoint c where c.partition = n.partition`);
    // with their ids, and none of them given again: someone may be about to retry one by it
    await client.query(`insert into ${quoted(schema)}.parked overriding system value select * from parked; select setval('${quoted(schema)}.parked_id_seq', last_value, is_called) from parked_id_seq`);
    await client.query('update rt.live set schema = $1, version = $2', [schema, versionOf(service)]);
    return true;
  });
  if (!switched) return rebuild({ pool, live, log, service, signal, ...(onProgress ? { onProgress } : {}) });
  live.forget();
  return schema;
}

interface Building { readonly pool: pg.Pool; readonly log: EventLog; readonly service: Service; readonly schema: string; readonly before: string; readonly skipped: Set<string>; readonly signal: AbortSignal; onProgress?(events: number): void }

const offsets = async (client: pg.Pool | pg.PoolClient, schema: string): Promise<ReadonlyMap<number, bigint>> =>
  new Map((await client.query<{ partition: number; next_offset: string }>(`select partition, next_offset::text from ${quoted(schema)}.checkpoint`)).rows.map((r) => [r.partition, BigInt(r.next_offset)]));

/** Reads each partition as far as the live projections had come. */
async function catchUp(building: Building, until: ReadonlyMap<number, bigint>): Promise<void> {
  const from = await offsets(building.pool, building.schema);
  for (const [partition, end] of until) {
    const start = from.get(partition)!;
    if (start >= end) continue;
    await building.log.read(partition, start, async (records) => {
      building.signal.throwIfAborted();
      const wanted = records.filter((r) => r.offset < end);
      if (wanted.length > 0) await projectOnly(building, partition, wanted);
    }, MOST_IN_BATCH);
  }
}

async function projectOnly({ pool, service, schema, before, skipped, onProgress }: Building, partition: number, records: readonly LogRecord[]): Promise<void> {
  await transaction(pool, async (client) => {
    const checkpoint = (await client.query<Checkpoint>(lockCheckpoints([partition]))).rows[0]!;
    const marks = { ...checkpoint.marks };
    const parked = new Set((await client.query<{ source: string; sequence: number }>(`select source, sequence from ${quoted(before)}.parked where partition = $1 and type <> '${DAY}'`, [partition])).rows.map((r) => `${r.source}/${partition}/${r.sequence}`));
    let pending: Consumed[] = [];
    for (const record of records) {
      const arrived = arrive(record);
      if (arrived.sequence <= (marks[arrived.source] ?? 0)) continue;
      marks[arrived.source] = arrived.sequence;
      const name = `${arrived.source}/${partition}/${arrived.sequence}`;
      if (parked.has(name)) { skipped.add(name); continue; }
      const event = arrived.consumed();
      if (!event) continue;
      if (event.customer === '') await keepPolicies(client, partition, event);
      pending.push(event);
    }
    await projectAll(client, service.projections, pending);
    onProgress?.(pending.length);
    pending = [];
    await client.query('update checkpoint set next_offset = $2, marks = $3 where partition = $1', [partition, String(records.at(-1)!.offset + 1n), JSON.stringify(marks)]);
  }, `begin; set local synchronous_commit to off; set local search_path to ${quoted(schema)}, rt, public`);
}

/** What earlier switches left, and rebuilds that were cut off. Answers what is live. Nobody switches meanwhile: a rebuild whose lead was lost may be about to. */
async function dropOthers(pool: pg.Pool): Promise<string> {
  return transaction(pool, async (client) => {
    const { rows: [live] } = await client.query<{ schema: string }>('select schema from rt.live for update');
    const { rows } = await client.query<{ nspname: string }>(`select nspname from pg_namespace where nspname ~ '^p_[0-9a-f]{12}_[0-9]+$' and nspname <> $1`, [live!.schema]);
    for (const { nspname } of rows) await client.query(`drop schema ${quoted(nspname)} cascade`);
    return live!.schema;
  });
}
