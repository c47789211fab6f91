// An auditor's view of an installation: reads the stores and the log beside the API, and says what does not agree. What it is given is plain lists,
// so that a test can show it a loss and see it noticed.
import pg from 'pg';
import type { EventLog } from '@ar/event-log/event-log.js';

export interface StoredRow { readonly id: string; readonly sequence: number; readonly key: string; readonly type: string; readonly request: string }
export interface LoggedRow { readonly partition: number; readonly id: string; readonly source: string; readonly sequence: number; readonly prev: number }
export interface Books {
  /** Events of each service in the order of its store. */
  readonly stores: Readonly<Record<string, readonly StoredRow[]>>;
  /** Records of each partition in order; what was published again is there twice. */
  readonly log: readonly LoggedRow[];
  readonly partitions: number;
  /** Requests that were answered, and what each must have recorded: exactly one event of that type. */
  readonly acknowledged: readonly { readonly request: string; readonly type: string }[];
}

/** What does not agree; empty when all is well. */
export function disagreements({ stores, log, partitions, acknowledged }: Books): string[] {
  const wrong: string[] = [];
  const stored = new Map<string, StoredRow & { readonly source: string }>();
  for (const [source, rows] of Object.entries(stores)) for (const [i, row] of rows.entries()) {
    if (row.sequence !== i + 1) wrong.push(`${source} has ${row.sequence} where ${i + 1} belongs`);
    if (stored.has(row.id)) wrong.push(`event ${row.id} is stored twice`);
    stored.set(row.id, { ...row, source });
  }

  const last = new Map<string, number>();
  const found = new Map<string, Set<number>>();
  for (const { partition, id, source, sequence, prev } of log) {
    const lane = `${source}/${partition}`;
    const before = last.get(lane) ?? 0;
    const of = stored.get(id);
    if (of?.source !== source || of.sequence !== sequence) wrong.push(`${id} in ${lane} is in no store at ${sequence}`);
    const seen = found.get(id) ?? new Set<number>();
    if (sequence > before) {
      if (prev !== before) wrong.push(`${lane}: after ${before} comes ${sequence}, which follows ${prev}`);
      last.set(lane, sequence);
    } else if (!seen.has(partition)) wrong.push(`${lane}: ${sequence} comes after ${before}`);
    found.set(id, seen.add(partition));
  }
  for (const { id, key, source, sequence } of stored.values()) {
    const wanted = key.endsWith('/') ? partitions : 1;
    const there = found.get(id)?.size ?? 0;
    if (there !== wanted) wrong.push(`${source} ${sequence} is in ${there} partitions of the log, not in ${wanted}`);
  }

  const recorded = new Map<string, number>();
  for (const { request, type } of stored.values()) recorded.set(`${request} ${type}`, (recorded.get(`${request} ${type}`) ?? 0) + 1);
  for (const { request, type } of acknowledged) {
    const times = recorded.get(`${request} ${type}`) ?? 0;
    if (times !== 1) wrong.push(`${request} was answered and recorded ${type} ${times} times`);
  }
  return wrong;
}

export async function withDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try { return await work(client); } finally { await client.end(); }
}

export async function readBooks(databases: Readonly<Record<string, string>>, log: EventLog, acknowledged: Books['acknowledged']): Promise<Books> {
  const stores: Record<string, readonly StoredRow[]> = {};
  for (const [source, url] of Object.entries(databases)) stores[source] = await withDatabase(url, async (client) => (await client.query<StoredRow & { sequence: string }>(
    `select event_id::text id, sequence, case when partition_key like '%/%' then partition_key else partition_key || '/' end key, type, meta->>'correlation' request from es.event order by sequence`)).rows.map((r) => ({ ...r, sequence: Number(r.sequence) })));
  const logged: LoggedRow[] = [];
  for (let partition = 0; partition < log.partitions; partition++) await log.read(partition, 0n, async (records) => {
    for (const { headers } of records) logged.push({ partition, id: headers['ce_id']!, source: headers['ce_source']!.replace('/ar/', ''), sequence: Number(headers['ce_sequence']), prev: Number(headers['ce_prevsequence']) });
  });
  return { stores, log: logged, partitions: log.partitions, acknowledged };
}

/** Every table that a service keeps from events, as text; how far it has read is left out. */
export function projectionsOf(url: string): Promise<Readonly<Record<string, readonly string[]>>> {
  return withDatabase(url, async (client) => {
    const { rows: [live] } = await client.query<{ schema: string }>('select schema from rt.live');
    const { rows: tables } = await client.query<{ name: string }>(`select table_name name from information_schema.tables where table_schema = $1 and table_name not in ('checkpoint', 'parked') order by 1`, [live!.schema]);
    const all: Record<string, readonly string[]> = {};
    for (const { name } of tables) all[name] = (await client.query<{ row: string }>(`select to_jsonb(t)::text row from "${live!.schema}"."${name}" t order by 1`)).rows.map((r) => r.row);
    return all;
  });
}
