-- The event store of one service: append-only, gapless, verifiable. Owned by the database's owner; the service's own role may read it and call
-- its functions, nothing else.
-- One transaction decides and records a batch of commands: es.open locks and tells, the process decides, es.append records.
create schema es;
create table es.head (            -- single row: last sequence, hash-chain tip, last instant
  id smallint primary key default 1 check (id = 1),
  sequence bigint not null, tip bytea not null, recorded_at timestamptz not null
) with (fillfactor = 10);
insert into es.head values (1, 0, '\x00', '-infinity');

create table es.stream (                       -- what a transaction locks; the version is that of the last event
  stream_id text primary key                   -- <tenant>/<type>/<id>
) with (fillfactor = 80);

create table es.event (
  sequence bigint primary key,                 -- gapless, commit-ordered
  stream_id text not null, version bigint not null,
  partition_key text not null,                 -- <tenant>/<customer>: the Kafka key
  event_id uuid not null,
  type text not null, schema_v smallint not null,
  data json not null, meta json not null,      -- as they were written, to the letter; meta: correlation, causation, cause, actor, occurred, traceparent
  business_date date not null,                 -- the tenant's day on which it was recorded
  recorded_at timestamptz not null,            -- never decreases with sequence
  digest bytea not null,                       -- of everything above but sequence and instant
  unique (stream_id, version)
);
create table es.block (                        -- one hash per append: previous hash, sequences, instant, digests
  to_sequence bigint primary key, from_sequence bigint not null, recorded_at timestamptz not null, hash bytea not null
);
create index on es.block (recorded_at, to_sequence);
create table es.command (                      -- idempotency, kept for ever
  key text primary key, request_hash bytea not null,             -- key: <tenant>/<request id>
  stream_id text not null, version bigint not null,              -- its first stream after it
  from_sequence bigint, to_sequence bigint                       -- its own events, null if it made none: the answer is built from them
);
create table es.series (                       -- gapless document numbers; a row per tenant, document type and year
  series text primary key, last_number bigint not null, last_date date not null
) with (fillfactor = 50);
create table es.snapshot (                      -- a cache of states that grow without bound; dropped when the decider changes
  stream_id text primary key, version bigint not null, revision int not null, state jsonb not null
);
create table es.relay (                         -- how far this store was published, and the last record of each partition: {"0": {"sequence": 7, "offset": "41"}}
  id smallint primary key default 1 check (id = 1), sequence bigint not null, last_by_partition jsonb not null,
  alarm text                                    -- why nothing may be recorded or published: the log and this store do not belong together
);
insert into es.relay (sequence, last_by_partition) values (0, '{}');

create function es.no_mutation() returns trigger language plpgsql as $$ begin raise exception 'event log is append-only'; end $$;
create trigger event_append_only before update or delete or truncate on es.event for each statement execute function es.no_mutation();

create function es.digest(stream_id text, version bigint, partition_key text, event_id uuid, type text, schema_v smallint, data text, meta text, bdate date)
returns bytea language sql stable parallel safe as   -- x1f cannot occur in any of the parts; stable like concat_ws, or it would not be inlined; data and meta as text: json is parsed when it is made
$$ select sha256(convert_to(concat_ws(E'\x1f', stream_id, version, partition_key, event_id, type, schema_v, data, meta, bdate - date '2000-01-01'), 'UTF8')) $$;

-- Locks the streams (new ones too) and the number series of a batch, in that order, each by name, until the end of the transaction, and tells
-- their versions, their last numbers, and which of the keys are known.
-- Texts come joined by x1f, here and below: the elements of an array are quoted and parsed one by one, which costs as much as recording them (measured).
create function es.open(streams_ text, series_ text[], keys_ text)
returns table (kind text, name text, version bigint, date date, request_hash bytea, stream_id text, from_sequence bigint, to_sequence bigint) language plpgsql security definer
set search_path = es, pg_temp set enable_seqscan = off as $$   -- plans cached while the tables are small would scan them until the next analyze (measured: 3x slower)
#variable_conflict use_column
declare streams text[] := string_to_array(streams_, E'\x1f'); keys text[] := string_to_array(keys_, E'\x1f');
begin
  -- `= any(array)`, never joins of a table against unnest(): a cached generic plan for such a join hash-joins the whole table (measured: 30x slower at 80k rows)
  insert into es.stream select distinct s from unnest(streams) s order by 1 on conflict do nothing;
  perform from es.stream s where s.stream_id = any (streams) order by s.stream_id for update;
  return query select 'stream', s, (select coalesce(max(e.version), 0) from es.event e where e.stream_id = s), null::date, null::bytea, null, null::bigint, null::bigint from unnest(streams) s;
  if cardinality(series_) > 0 then
    insert into es.series select distinct s, 0, '-infinity'::date from unnest(series_) s order by 1 on conflict do nothing;
    return query select 'series', s.series, s.last_number, s.last_date, null::bytea, null, null::bigint, null::bigint from es.series s where s.series = any (series_) order by s.series for update;
  end if;
  return query select 'known', c.key, c.version, null::date, c.request_hash, c.stream_id, c.from_sequence, c.to_sequence from es.command c where c.key = any (keys);
end $$;

-- Records what was decided under the locks of es.open, and tells after which sequence and when. c_*: the accepted commands, their first stream as they
-- left it, and where in the batch their own events begin and end (null: none); b_*: each stream with the version it was decided on; s_*: the series as
-- they now stand; e_*: the events. A version that is not the expected one is a programming error, not a conflict: everything was locked.
create function es.append(
  c_key text, c_hash text, c_stream text, c_version bigint[], c_from int[], c_to int[], b_stream text, b_version bigint[], s_name text[], s_last bigint[], s_date date[],
  e_stream text, e_version bigint[], e_key text, e_id text, e_type text, e_schema smallint[], e_data text, e_meta text, e_bdate text)
returns table (base bigint, recorded_at timestamptz) language plpgsql security definer
set search_path = es, pg_temp set enable_seqscan = off as $$
#variable_conflict use_column
declare
  n bigint := cardinality(e_version); before bigint := 0; hash bytea; at timestamptz; digests bytea[]; x constant text := E'\x1f';
  streams text[] := string_to_array(e_stream, x); keys text[] := string_to_array(e_key, x); ids text[] := string_to_array(e_id, x); types text[] := string_to_array(e_type, x);
  datas text[] := string_to_array(e_data, x); metas text[] := string_to_array(e_meta, x); bdates text[] := string_to_array(e_bdate, x);
begin
  if exists (select from unnest(string_to_array(b_stream, x), b_version) b(s, v) where v <> (select coalesce(max(e.version), 0) from es.event e where e.stream_id = s)) then
    raise exception 'es.append: a stream is not where it was decided on';
  end if;
  update es.series x set last_number = s_last[array_position(s_name, x.series)], last_date = s_date[array_position(s_name, x.series)] where x.series = any (s_name);

  if n > 0 then
    -- digests before the head lock: keep the serial section short
    select array_agg(es.digest(s, v, k, id::uuid, t, sv, d, m, bd::date)) into digests from unnest(streams, e_version, keys, ids, types, e_schema, datas, metas, bdates) u(s, v, k, id, t, sv, d, m, bd);
    update es.head h set sequence = h.sequence + n, recorded_at = greatest(clock_timestamp(), h.recorded_at)
      returning h.sequence - n, h.tip, h.recorded_at into before, hash, at;                   -- serialises commits
    insert into es.event (sequence, stream_id, version, partition_key, event_id, type, schema_v, data, meta, business_date, recorded_at, digest)
      select before + o, s, v, k, id::uuid, t, sv, d::json, m::json, bd::date, at, g from unnest(streams, e_version, keys, ids, types, e_schema, datas, metas, bdates, digests) with ordinality u(s, v, k, id, t, sv, d, m, bd, g, o);
    select sha256(hash || int8send(before + 1) || int8send(before + n) || int8send((extract(epoch from at) * 1000000)::bigint) || string_agg(d, ''::bytea order by o)) into hash
      from unnest(digests) with ordinality u(d, o);
    insert into es.block values (before + n, before + 1, at, hash);
    update es.head set tip = hash;
  end if;
  insert into es.command (key, request_hash, stream_id, version, from_sequence, to_sequence)
    select k, decode(h, 'hex'), s, v, before + f, before + t from unnest(string_to_array(c_key, x), string_to_array(c_hash, x), string_to_array(c_stream, x), c_version, c_from, c_to) u(k, h, s, v, f, t);
  return query select before, at;
end $$;

-- Where history first is not what was recorded: the sequence of the event, or of the first event of a block whose contents or chain broke. Null: intact.
create function es.verify() returns bigint language sql stable as $$
  with chain as (select to_sequence, from_sequence, recorded_at, hash, lag(hash, 1, '\x00') over (order by to_sequence) prev, lag(to_sequence, 1, 0) over (order by to_sequence) before from es.block),
  again as (select c.from_sequence, c.to_sequence, c.hash, c.before, count(*) n, bool_and(e.recorded_at = c.recorded_at) at_once, sha256(c.prev || int8send(c.from_sequence) || int8send(c.to_sequence)
                   || int8send((extract(epoch from c.recorded_at) * 1000000)::bigint) || string_agg(e.digest, ''::bytea order by e.sequence)) rehash
              from chain c left join es.event e on e.sequence between c.from_sequence and c.to_sequence group by c.from_sequence, c.to_sequence, c.recorded_at, c.hash, c.prev, c.before)
  select min(g) from (
    select sequence g from es.event where digest <> es.digest(stream_id, version, partition_key, event_id, type, schema_v, data::text, meta::text, business_date)
    union all select sequence from (select sequence, version, row_number() over (partition by stream_id order by version) nth from es.event) v where version <> nth
    union all select from_sequence from again where hash is distinct from rehash or n <> to_sequence - from_sequence + 1 or from_sequence <> before + 1 or at_once is distinct from true
    union all select h.sequence from es.head h where h.sequence > 0 and not exists (select from es.block b where b.to_sequence = h.sequence and b.hash = h.tip)) q $$;
