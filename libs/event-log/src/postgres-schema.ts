// The tables of the log in Postgres, made by whoever comes first, and how they are read.
import type pg from 'pg';
import type { LogRecord } from './event-log.js';

/** What wakes readers: the partitions that got records, or `group:<name>` when its members changed. */
export const CHANNEL = 'ar_log';

const DDL = `
create schema if not exists ar_log;
create table if not exists ar_log.setting (id smallint primary key default 1 check (id = 1), partitions int not null);
-- One row per partition hands out its offsets. It is locked until the commit, so offsets have no holes and become visible in order.
create table if not exists ar_log.head (partition int primary key, next bigint not null) with (fillfactor = 10);
create table if not exists ar_log.record (
  partition int not null, "offset" bigint not null, key text not null, headers json not null, value text not null,
  primary key (partition, "offset")
);
-- Who reads now. A session is one member; it proves that it lives by seen_at.
create table if not exists ar_log.member (
  group_name text not null, pid int not null, started timestamptz not null, seen_at timestamptz not null,
  primary key (group_name, pid)
);

create or replace function ar_log.no_mutation() returns trigger language plpgsql as $$ begin raise exception 'the event log is append-only'; end $$;
create or replace trigger append_only before update or delete or truncate on ar_log.record for each statement execute function ar_log.no_mutation();

create or replace function ar_log.publish(partitions int[], keys text[], headers json[], contents text[]) returns table (partition int, last bigint) language plpgsql as $$
#variable_conflict use_column
declare touched int[] := array(select distinct p from unnest(partitions) p order by p);
begin
  perform 1 from ar_log.head where partition = any (touched) order by partition for update;   -- in order: two publishers never wait for each other in a circle
  insert into ar_log.record (partition, "offset", key, headers, value)
    select b.partition, h.next + row_number() over (partition by b.partition order by b.i) - 1, b.key, b.headers, b.content
    from unnest(partitions, keys, headers, contents) with ordinality b (partition, key, headers, content, i) join ar_log.head h on h.partition = b.partition;
  return query update ar_log.head h set next = h.next + c.records
    from (select p, count(*) records from unnest(partitions) p group by p) c where h.partition = c.p returning h.partition, h.next - 1;
  perform pg_notify('${CHANNEL}', array_to_string(touched, ','));
end $$;

-- Says that this session reads for the group and answers all that do, oldest first. A session that is gone is forgotten at once; one that was
-- silent for too long is ended, which frees its partitions.
create or replace function ar_log.beat(group_ text, silent interval) returns table (mine boolean) language plpgsql as $$
begin
  insert into ar_log.member as m select group_, a.pid, a.backend_start, now() from pg_stat_activity a where a.pid = pg_backend_pid()
    on conflict (group_name, pid) do update set started = excluded.started, seen_at = excluded.seen_at;
  perform pg_terminate_backend(a.pid) from pg_stat_activity a join ar_log.member m on m.pid = a.pid and m.started = a.backend_start
    where m.group_name = group_ and m.seen_at < now() - silent;
  delete from ar_log.member m where m.group_name = group_
    and (m.seen_at < now() - silent or not exists (select 1 from pg_stat_activity a where a.pid = m.pid and a.backend_start = m.started));
  return query select m.pid = pg_backend_pid() from ar_log.member m where m.group_name = group_ order by m.started, m.pid;
end $$;
`;

/** Makes the log, or finds it as it is, and answers its number of partitions. Two processes that start at once wait for each other. */
export async function createSchema(pool: pg.Pool, wanted: number | undefined): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`select pg_advisory_xact_lock(hashtext('ar_log.schema'))`);
    await client.query(DDL);
    await client.query('insert into ar_log.setting (partitions) values ($1) on conflict do nothing', [wanted ?? 1]);
    const partitions = (await client.query<{ partitions: number }>('select partitions from ar_log.setting')).rows[0]!.partitions;
    if (wanted !== undefined && wanted !== partitions) {
      throw new Error(`the event log was made with ${partitions} partition(s) and cannot be read with ${wanted}: keys would change their partition`);
    }
    await client.query('insert into ar_log.head select p, 0 from generate_series(0, $1::int - 1) p on conflict do nothing', [partitions]);
    await client.query('commit');
    client.release();
    return partitions;
  } catch (error) {
    client.release(true); // the connection goes, and with it the transaction
    throw error;
  }
}

export type Query = <Row extends pg.QueryResultRow>(statement: pg.QueryConfig) => Promise<pg.QueryResult<Row>>;
interface Row { partition: number; offset: string; key: string; headers: Record<string, string>; value: string }

const PAGE = 'select partition, "offset", key, headers, value from ar_log.record where partition = $1 and "offset" >= $2 and "offset" < $3 order by "offset" limit $4';
const NO_END = 2n ** 63n - 1n;

/** At most `max` records of one partition from an offset on. */
export async function page(query: Query, partition: number, from: bigint, max: number, end = NO_END): Promise<readonly LogRecord[]> {
  const { rows } = await query<Row>({ name: 'ar_log.page', text: PAGE, values: [partition, from, end, max] });
  return rows.map((row) => ({ ...row, offset: BigInt(row.offset) }));
}
