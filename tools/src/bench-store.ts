// The store against a plain table of the same server: what it costs that every event is decided under lock, numbered without gaps, chained and remembered.
//
// The baseline inserts the very rows that the store recorded, into a table of the same shape with the same two unique keys and nothing else.
import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Aggregate } from '@ar/domain/aggregate.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import type { Accepted } from '@ar/runtime/commands.js';
import type { Call } from '@ar/runtime/decide.js';
import type { Command, Resource, Service } from '@ar/runtime/forms.js';
import { migrateService } from '@ar/runtime/migrations.js';
import { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import type { Postgres } from '@ar/testing/postgres.js';
import { inTurn, rate, type Plan } from './bench-measure.js';
import type { Row } from './bench-table.js';

const TENANT = 'bench';
export const FIRST_DAY = '2026-01-01';
const CALLERS = 64;
const INSERTERS = 16;
const BATCH = 1_000;

interface Placed { type: 'UnappliedCashPlaced'; customerId: string; receiptId: string; amount: { minor: number; currency: string } }
type Place = Omit<Placed, 'type'>;
const cash: Aggregate<{ minor: number }, Place, Placed, never> = {
  type: 'cash', initial: { minor: 0 }, customer: (id) => id, decide: (command) => [{ type: 'UnappliedCashPlaced', ...command }], evolve: ({ minor }, e) => ({ minor: minor + e.amount.minor }),
};
const of = (id: string) => ({ aggregate: cash, id });
const place: Command<Place> = { name: 'place', customer: (r) => r.customerId, streams: (r) => [of(r.customerId)], decide: (r, on) => void on.run(of(r.customerId), r) };
const resource: Resource<{ receipts: number }> = { aggregate: 'cash', on: ['ar.payments.unapplied_cash_placed.v1'], evolve: (r) => ({ receipts: (r?.receipts ?? 0) + 1 }) };
const service: Service = {
  name: 'payments', aggregates: [cash], commands: [place], resources: [resource], reactions: [], daily: [], projections: [], effects: [],
  publisher: { UnappliedCashPlaced: ({ customerId, receiptId, amount }: Placed) => ({ customerId, receiptId, amount }) },
};

let calls = 0;
function callOn(customerId: string): Call {
  const receiptId = `rcp_${String(++calls).padStart(10, '0')}`;
  const request: Place = { customerId, receiptId, amount: { minor: 12_345, currency: 'EUR' } };
  return { tenant: TENANT, command: place, request, key: `${TENANT}/${receiptId}`, hash: createHash('sha256').update(JSON.stringify(request)).digest(), meta: { correlation: receiptId, causation: '', actor: 'bench' } };
}

/** A tenant with an open day, where no worker is there to read one: `schema` holds the live projections. */
export async function openTenant(pool: pg.Pool | pg.Client, tenant: string): Promise<void> {
  const { rows } = await pool.query<{ schema: string }>('select schema from rt.live');
  await pool.query('select rt.open_day($1, 0, $2)', [tenant, FIRST_DAY]);
  await pool.query(`insert into "${rows[0]!.schema}".policy values ($1, 0, 'terms', 1, $2, $2, '{"netDays": 30, "graceDays": 0}')`, [tenant, FIRST_DAY]);
}

interface Stored { readonly stream_id: string; readonly version: number; readonly partition_key: string; readonly event_id: string; readonly type: string; readonly schema_v: number; readonly data: string; readonly meta: string; readonly business_date: string; readonly recorded_at: string; readonly digest: Buffer }
const COLUMNS = ['stream_id', 'version', 'partition_key', 'event_id', 'type', 'schema_v', 'data', 'meta', 'business_date', 'recorded_at', 'digest'] as const;
const TYPES = ['text', 'bigint', 'text', 'uuid', 'text', 'smallint', 'jsonb', 'jsonb', 'date', 'timestamptz', 'bytea'] as const;

/** Inserts rows that the store has, as if they were new: the stream's name gets a number, so that they differ. */
async function plainTable(url: string) {
  const pool = new pg.Pool({ connectionString: url, max: INSERTERS });
  pool.on('error', () => undefined); // connections that are being closed when the server stops
  await pool.query(`create table plain (sequence bigint generated always as identity primary key, ${COLUMNS.map((c, i) => `${c} ${TYPES[i]} not null`).join(', ')}, unique (stream_id, version))`);
  const text = (await pool.query<Stored>(`select ${COLUMNS.map((c, i) => (['jsonb', 'date', 'timestamptz'].includes(TYPES[i]!) ? `${c}::text` : c)).join(', ')} from es.event order by sequence limit ${BATCH}`)).rows;
  const one = `insert into plain (${COLUMNS.join(', ')}) values (${COLUMNS.map((_, i) => `$${i + 1}`).join(', ')})`;
  const many = `insert into plain (${COLUMNS.join(', ')}) select * from unnest(${TYPES.map((t, i) => `$${i + 1}::${t}[]`).join(', ')})`;
  let at = 0;
  const next = (): Stored => { const n = at++; const row = text[n % text.length]!; return { ...row, stream_id: `${row.stream_id}/${n}` }; };
  return {
    insertOne: () => { const row = next(); return pool.query({ name: 'one', text: one, values: COLUMNS.map((c) => row[c]) }); },
    insertMany: () => { const rows = Array.from({ length: BATCH }, next); return pool.query({ name: 'many', text: many, values: COLUMNS.map((c) => rows.map((r) => r[c])) }); },
    close: () => pool.end(),
  };
}

const refusedNothing = (answers: readonly (Accepted | Error)[]): void => { for (const a of answers) if (a instanceof Error) throw a; };

/** Rows append-vs-insert, hot-account and batch-vs-unnest, those of them that are wanted. */
export async function benchStore(postgres: Postgres, { seconds, rounds }: Plan, wanted: (row: string) => boolean): Promise<readonly Row[]> {
  const { ownerUrl, url } = await postgres.store();
  await migrateService(ownerUrl, 'ar_service');
  const log = await openPostgresLog({ url: await postgres.database() });
  const runtime = new ServiceRuntime({ service, url, log, role: 'api', clock: 'simulated', onError: (error) => { throw error; } });
  await runtime.start();
  await openTenant(runtime.pool, TENANT);
  let streams = 0;
  const cold = () => runtime.commands.execute(callOn(`c${++streams}`));
  await rate(CALLERS, 1, cold);
  const plain = await plainTable(ownerUrl);
  const rows: Row[] = [];
  try {
    if (wanted('append-vs-insert')) rows.push({
      name: 'append-vs-insert', unit: 'events/s', better: 'higher', goal: 1, against: `${INSERTERS} clients inserting the same rows one by one; ours: ${CALLERS} callers, a stream each`,
      ...await inTurn(rounds, () => rate(CALLERS, seconds, cold), () => rate(INSERTERS, seconds, plain.insertOne)),
    });
    if (wanted('hot-account')) rows.push({
      name: 'hot-account', unit: 'events/s', better: 'higher', goal: 0.5, against: `the same ${CALLERS} callers all on different streams; ours: all on one`,
      ...await inTurn(rounds, () => rate(CALLERS, seconds, () => runtime.commands.execute(callOn('hot'))), () => rate(CALLERS, seconds, cold)),
    });
    if (wanted('batch-vs-unnest')) rows.push({
      name: 'batch-vs-unnest', unit: 'events/s', better: 'higher', goal: 0.4, against: `one multi-row UNNEST insert of the same ${BATCH} rows, two callers; ours: batches of ${BATCH} commands, two callers`,
      ...await inTurn(rounds,
        async () => BATCH * await rate(2, seconds, async () => { refusedNothing(await runtime.commands.executeAll(Array.from({ length: BATCH }, () => callOn(`c${++streams}`)))); }),
        async () => BATCH * await rate(2, seconds, plain.insertMany)),
    });
  } finally {
    await plain.close();
    await runtime.stop();
    await log.close();
  }
  return rows;
}
