// The append-only history of one service, in a database of its own.
//
// - A batch of commands locks what it decides on (open), and records what it decided (append), in one transaction.
// - Sequences are gapless and commit-ordered; versions are gapless per stream; a number series moves only with the document that takes from it.
// - The service's role may read events and call these functions; it can neither change nor delete what happened.
import pg from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { types } from './postgres-types.js';
import { storeMigrations } from './migrations.js';

/** A stored event. `data` and `meta` are plain JSON; `sequence` is its position in this store. */
export interface StoredEvent {
  readonly sequence: number;
  readonly streamId: string;
  readonly version: number;
  /** `<tenant>/<customer>`; a tenant event has no customer: `<tenant>/`. */
  readonly partitionKey: string;
  readonly eventId: string;
  readonly type: string;
  readonly schemaV: number;
  readonly data: { readonly effectiveOn?: string; readonly originalOn?: string } & Readonly<Record<string, unknown>>;
  readonly meta: Meta;
  readonly businessDate: string;
  readonly recordedAt: string;
}

/** What goes with an event: whose wish it came from and what caused it. `causation` is the id of that event, `cause` its `<source>/<sequence>`. */
export interface Meta { readonly correlation: string; readonly causation: string; readonly cause?: string; readonly actor: string; readonly occurred?: string; readonly reason?: string; readonly traceparent?: string }

export interface Series { readonly last: number; readonly lastDate: string | null }
/** A command that was accepted before, with its own events; null when it made none. */
export interface KnownCommand { readonly requestHash: Buffer; readonly streamId: string; readonly version: number; readonly from: number | null; readonly to: number | null }
export interface Opened { readonly versions: ReadonlyMap<string, number>; readonly series: ReadonlyMap<string, Series>; readonly known: ReadonlyMap<string, KnownCommand> }

export interface NewEvent { readonly partitionKey: string; readonly eventId: string; readonly type: string; readonly schemaV: number; readonly data: object; readonly meta: Meta; readonly businessDate: string }
/** One accepted command: the streams it wrote, the one it answers with first, also when nothing was written to it. */
export interface AcceptedCommand { readonly key: string; readonly requestHash: Buffer; readonly parts: readonly { readonly streamId: string; readonly expectedVersion: number; readonly events: readonly NewEvent[] }[] }

export type Client = pg.PoolClient | pg.Client;

/** Brings the database to the present shape as its owner, and lets `role` use it. Safe when several replicas start at once. */
export async function migrate(ownerUrl: string, role: string, further: readonly (new () => MigrationInterface)[] = [], grants: (role: string) => string = () => ''): Promise<void> {
  const source = new DataSource({ type: 'postgres', url: ownerUrl, migrations: [...storeMigrations, ...further], migrationsTransactionMode: 'each', extra: { max: 2 } });
  await source.initialize();
  const lock = source.createQueryRunner();
  try {
    await lock.query(`select pg_advisory_lock(hashtext('ar.migrate'))`);
    await source.runMigrations();
    const name = `"${role.replaceAll('"', '""')}"`;
    await lock.query(`
      grant usage on schema es to ${name}; grant select on all tables in schema es to ${name};
      grant execute on all functions in schema es to ${name};
      grant insert, update, delete on es.snapshot to ${name}; grant update on es.relay to ${name}; grant update (id) on es.head to ${name};
      do $$ begin execute format('grant create on database %I to ${name}', current_database()); end $$; ${grants(name)}`);
  } finally {
    await lock.query(`select pg_advisory_unlock(hashtext('ar.migrate'))`);
    await lock.release();
    await source.destroy();
  }
}

/** A pool of connections as the service's role. Sessions are in UTC; a statement waits for a lock at most 30 s. */
export function openPool(url: string, max = 20, name = 'ar'): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max, application_name: name, types, options: '-c timezone=UTC -c lock_timeout=30000 -c jit=off', idleTimeoutMillis: 30_000 });
  // A connection that breaks says so to whoever uses it, by its query; while idle, the pool drops it. Without these listeners it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => { client.on('error', () => undefined); });
  return pool;
}

/** What a transaction is given beside its connection: the rows of each statement it began with, and a way to send a last statement with the commit, in one round trip. */
export interface Around { readonly begun: readonly (readonly unknown[])[]; last(statement: string): void }

/** Runs `work` in one transaction on one connection; rolls back when it throws. A connection that cannot even roll back is thrown away. `begin` may go on with other statements. */
export async function transaction<T>(pool: pg.Pool, work: (client: pg.PoolClient, around: Around) => Promise<T>, begin = 'begin'): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  let commit = 'commit';
  try {
    const begun = await client.query(begin) as pg.QueryResult | pg.QueryResult[]; // several statements have several results
    const result = await work(client, { begun: [begun].flat().map((r) => r.rows as unknown[]), last: (statement) => { commit = `${statement}; commit`; } });
    await client.query(commit);
    return result;
  } catch (error) {
    await client.query('rollback').catch((e: Error) => { broken = e; });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** As es.open and es.append take texts. None of theirs is empty or holds a control character: JSON escapes it, ids and names may not have one. */
function joined(texts: readonly string[]): string {
  for (const text of texts) if (text === '' || text.includes('\x1f')) throw new Error(`a text that cannot be recorded: ${JSON.stringify(text)}`);
  return texts.join('\x1f');
}

/** Locks streams and number series (new ones too) until the end of the transaction, and tells which of the keys are known. */
export async function open(client: Client, streams: readonly string[], series: readonly string[], keys: readonly string[]): Promise<Opened> {
  const { rows } = await client.query<{ kind: 'stream' | 'series' | 'known'; name: string; version: number; date: string | null; request_hash: Buffer; stream_id: string; from_sequence: number | null; to_sequence: number | null }>(
    { name: 'es.open', text: 'select * from es.open($1, $2, $3)', values: [joined(streams), series, joined(keys)] });
  const opened = { versions: new Map<string, number>(), series: new Map<string, Series>(), known: new Map<string, KnownCommand>() };
  for (const row of rows) {
    switch (row.kind) {
      case 'stream': opened.versions.set(row.name, row.version); break;
      case 'series': opened.series.set(row.name, { last: row.version, lastDate: row.date === '-infinity' ? null : row.date }); break;
      case 'known': opened.known.set(row.name, { requestHash: row.request_hash, streamId: row.stream_id, version: row.version, from: row.from_sequence, to: row.to_sequence }); break;
    }
  }
  return opened;
}

const columns = `e.sequence, e.stream_id "streamId", e.version, e.partition_key "partitionKey", e.event_id "eventId", e.type, e.schema_v "schemaV", e.data, e.meta, e.business_date "businessDate", e.recorded_at "recordedAt"`;

/** The events of streams after a version each, in order of stream and version; up to `until` where it is given. */
export async function load(client: Client, streams: readonly { readonly streamId: string; readonly after: number; readonly until?: number }[]): Promise<readonly StoredEvent[]> {
  if (streams.length === 0) return [];
  const { rows } = await client.query<StoredEvent>({
    name: 'es.load',
    text: `select ${columns} from unnest($1::text[], $2::bigint[], $3::bigint[]) s(id, after, until) cross join lateral
      (select * from es.event e where e.stream_id = s.id and e.version > s.after and e.version <= s.until order by e.version) e`,
    values: [streams.map((s) => s.streamId), streams.map((s) => s.after), streams.map((s) => s.until ?? Number.MAX_SAFE_INTEGER)],
  });
  return rows;
}

/** Events by position, after `after`. */
export async function read(client: Client | pg.Pool, after: number, limit: number, until = Number.MAX_SAFE_INTEGER): Promise<readonly StoredEvent[]> {
  const { rows } = await client.query<StoredEvent>({ name: 'es.read', text: `select ${columns} from es.event e where sequence > $1 and sequence <= $3 order by sequence limit $2`, values: [after, limit, until] });
  return rows;
}

/** Where a command's own events went; nulls when it made none. */
export interface Appended { readonly from: number | null; readonly to: number | null; readonly recordedAt: string | null }

/** Records accepted commands under the locks of `open`; answers where the events of each went. Versions that do not fit are a programming error. */
export async function append(client: Client, commands: readonly AcceptedCommand[], series: ReadonlyMap<string, Series>): Promise<readonly Appended[]> {
  const decidedOn = new Map<string, number>();
  const events: (NewEvent & { readonly streamId: string; readonly version: number })[] = [];
  const own = commands.map(({ parts }) => {
    const from = events.length + 1;
    for (const { streamId, expectedVersion, events: news } of parts) {
      if (!decidedOn.has(streamId)) decidedOn.set(streamId, expectedVersion);
      news.forEach((event, n) => events.push({ ...event, streamId, version: expectedVersion + n + 1 }));
    }
    return events.length < from ? { from: null, to: null } : { from, to: events.length };
  });
  const moved = [...series];
  const { rows: [recorded] } = await client.query<{ base: number; recorded_at: string | null }>({
    name: 'es.append',
    text: 'select * from es.append($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20)',
    values: [
      joined(commands.map((c) => c.key)), joined(commands.map((c) => c.requestHash.toString('hex'))), joined(commands.map((c) => c.parts[0]!.streamId)), commands.map((c) => c.parts[0]!.expectedVersion + c.parts[0]!.events.length),
      own.map((o) => o.from), own.map((o) => o.to), joined([...decidedOn.keys()]), [...decidedOn.values()],
      moved.map(([name]) => name), moved.map(([, s]) => s.last), moved.map(([, s]) => s.lastDate),
      joined(events.map((e) => e.streamId)), events.map((e) => e.version), joined(events.map((e) => e.partitionKey)), joined(events.map((e) => e.eventId)), joined(events.map((e) => e.type)), events.map((e) => e.schemaV),
      joined(events.map((e) => JSON.stringify(e.data))), joined(events.map((e) => JSON.stringify(e.meta))), joined(events.map((e) => e.businessDate)),
    ],
  });
  const { base, recorded_at: recordedAt } = recorded!;
  return own.map(({ from, to }) => (from === null ? { from, to, recordedAt: null } : { from: base + from, to: base + to, recordedAt }));
}

/** The last position, and when it was recorded (null before the first). With `share`, waits for an append under way: nothing earlier can come after it. */
export async function head(client: Client | pg.Pool, share = false): Promise<{ readonly sequence: number; readonly recordedAt: string | null }> {
  const { rows } = await client.query<{ sequence: number; recorded_at: string }>(`select sequence, recorded_at from es.head${share ? ' for share' : ''}`);
  const row = rows[0]!;
  return { sequence: row.sequence, recordedAt: row.recorded_at === '-infinity' ? null : row.recorded_at };
}

/** The last position recorded at or before an instant (RFC 3339). Exact: `head` is read for share first. */
export async function positionAt(client: Client, instant: string): Promise<number> {
  await head(client, true);
  const { rows } = await client.query<{ sequence: number }>('select coalesce((select to_sequence from es.block where recorded_at <= $1 order by recorded_at desc, to_sequence desc limit 1), 0) sequence', [instant]);
  return rows[0]!.sequence;
}

/** Where history first is not what was recorded; null when it is intact. */
export async function verify(client: Client | pg.Pool): Promise<number | null> {
  const { rows } = await client.query<{ verify: number | null }>('select es.verify()');
  return rows[0]!.verify;
}

export interface Snapshot { readonly streamId: string; readonly version: number; readonly revision: number; readonly state: unknown }

export async function snapshots(client: Client, streams: readonly string[]): Promise<readonly Snapshot[]> {
  if (streams.length === 0) return [];
  const { rows } = await client.query<Snapshot>('select stream_id "streamId", version, revision, state from es.snapshot where stream_id = any($1)', [streams]);
  return rows;
}

export async function saveSnapshot(client: Client | pg.Pool, { streamId, version, revision, json }: Omit<Snapshot, 'state'> & { readonly json: string }): Promise<void> {
  await client.query(
    `insert into es.snapshot values ($1, $2, $3, $4) on conflict (stream_id) do update set version = excluded.version, revision = excluded.revision, state = excluded.state
      where es.snapshot.version < excluded.version or es.snapshot.revision <> excluded.revision`, [streamId, version, revision, json]);
}
