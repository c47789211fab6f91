// What five services came to, in words that are the same for two runs of one script: ids of events and numbers of sequences become the stream and version they
// stand for, instants are left out, and what is of several customers is in no order.
import type { EventLog } from '@ar/event-log/event-log.js';
import { arrive } from '@ar/runtime/cloud-event.js';
import type { FiveServices } from './five-services.world.js';

export interface OutcomeOf {
  /** Events of each service, by stream and version. */
  readonly stores: Readonly<Record<string, readonly string[]>>;
  /** What each customer's key saw, in its order, with the tenant's events where they stand. */
  readonly log: Readonly<Record<string, readonly string[]>>;
  /** Every table that is kept from events, `<service>.<table>`. */
  readonly projections: Readonly<Record<string, readonly string[]>>;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Columns that hold a place in the service's own store. */
const PLACES = ['recorded', 'recorded_from', 'recorded_until'];
/** Instants of the clock on the wall: the days of the script are in March 2026. Of mails sent at once any may be kept first. */
const CHANCE = [[/(?!2026-03)\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)/g, 'then'], [/kept as \d+/g, 'kept']] as const;

interface Row { readonly sequence: number; readonly stream_id: string; readonly version: number; readonly event_id: string; readonly type: string; readonly business_date: string; readonly partition_key: string; readonly data: string; readonly meta: { readonly causation: string; readonly actor: string } }

export async function outcomeOf({ runtimes, log }: FiveServices): Promise<OutcomeOf> {
  const rows = new Map<string, readonly Row[]>();
  for (const [name, { pool }] of Object.entries(runtimes)) rows.set(name, (await pool.query<Row>('select sequence, stream_id, version, event_id::text event_id, type, business_date, partition_key, data::text as data, meta from es.event order by stream_id, version')).rows);
  const label = (name: string, row: Row) => `${name}:${row.stream_id}@${row.version}`;
  const labels = new Map([...rows].flatMap(([name, of]) => of.map((row) => [row.event_id, label(name, row)] as const)));
  const words = (text: string) => CHANCE.reduce((told, [chance, word]) => told.replaceAll(chance, word), text.replaceAll(UUID, (id) => labels.get(id) ?? id));

  const stores = Object.fromEntries([...rows].map(([name, of]) => [name, of.map((r) => words(`${r.stream_id}@${r.version} ${r.type} ${r.business_date} ${r.partition_key} ${r.data} ${r.meta.actor} because of ${r.meta.causation}`))]));
  const projections: Record<string, readonly string[]> = {};
  for (const [name, runtime] of Object.entries(runtimes)) {
    const places = new Map(rows.get(name)!.map((row) => [row.sequence, label(name, row)]));
    for (const [table, kept] of Object.entries(await tablesOf(runtime))) projections[`${name}.${table}`] = [...new Set(kept.map((row) => words(JSON.stringify(inWords(table, row, places)))))].sort();
  }
  return { stores, log: await keysOf(log, words), projections };
}

/** A row with what its places stand for. The copies of a policy in the partitions are one. */
function inWords(table: string, row: Readonly<Record<string, unknown>>, places: ReadonlyMap<number, string>): object {
  return Object.fromEntries(Object.entries(row).filter(([column]) => !(table === 'policy' && column === 'partition')).map(([column, value]) => [column, PLACES.includes(column) ? places.get(value as number) ?? 'for ever' : value]));
}

/** Every table of the live projections but how far they have read. */
export async function tablesOf({ pool, live }: FiveServices['runtimes']['credit']): Promise<Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>> {
  live.forget();
  const schema = await live.schema();
  const { rows } = await pool.query<{ name: string }>(`select table_name as name from information_schema.tables where table_schema = $1 and table_name not in ('checkpoint') order by 1`, [schema]);
  const tables: Record<string, readonly Readonly<Record<string, unknown>>[]> = {};
  for (const { name } of rows) tables[name] = (await pool.query<{ row: Readonly<Record<string, unknown>> }>(`select to_jsonb(t) as row from "${schema}"."${name}" t order by to_jsonb(t)::text`)).rows.map((r) => r.row);
  return tables;
}

/** What each key saw, in its order, with the tenant's events where they stand. */
async function keysOf(log: EventLog, words: (text: string) => string): Promise<Readonly<Record<string, readonly string[]>>> {
  const keys: Record<string, readonly string[]> = {};
  for (let partition = 0; partition < log.partitions; partition++) {
    const lines: { readonly customer: string; readonly line: string }[] = [];
    await log.read(partition, 0n, async (records) => {
      for (const record of records) { const { customer, id, type } = arrive(record); lines.push({ customer, line: words(`${type} ${id} ${record.value}`) }); }
    });
    for (const customer of new Set(lines.map((l) => l.customer).filter(Boolean))) keys[customer] = lines.filter((l) => l.customer === customer || l.customer === '').map((l) => l.line);
  }
  return keys;
}
