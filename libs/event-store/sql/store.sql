-- The event store of one service: append-only, gapless, verifiable. Owned by the database's owner; the service's own role may read it and call
-- its functions, nothing else.
-- One transaction decides and records a batch of commands: es.open locks and tells, the process decides, es.append records.
create schema es;
create table es.head (            -- single row: last sequence, hash-chain tip, last instant
  id smallint primary key default 1 check (id = 1),
  sequence bigint not null, tip bytea not null, recorded_at timestamptz not null
) with (fillfactor = 10);
insert into es.head values (1, 0, '\x00', '-infinity');

create table es.stream (
  stream_id text primary key,                  -- <tenant>/<type>/<id>
  version bigint not null                      -- 0: locked once, nothing recorded
) with (fillfactor = 80);

create table es.event (
  sequence bigint primary key,                 -- gapless, commit-ordered
  stream_id text not null, version bigint not null,
  partition_key text not null,                 -- <tenant>/<customer>: the Kafka key
  event_id uuid not null,
  type text not null, schema_v smallint not null,
  data jsonb not null, meta jsonb not null,    -- meta: correlation, causation, actor, occurred, traceparent
  business_date date not null,                 -- the tenant's day on which it was recorded
  recorded_at timestamptz not null,            -- never decreases with sequence
  digest bytea not null,                       -- of everything above but sequence and instant
  unique (stream_id, version)
);
create table es.block (                        -- one hash per append: previous hash, sequences, instant, digests
  to_sequence bigint primary key, from_sequence bigint not null, hash bytea not null
);
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
  id smallint primary key default 1 check (id = 1), sequence bigint not null, last_by_partition jsonb not null
);
insert into es.relay values (1, 0, '{}');

create function es.no_mutation() returns trigger language plpgsql as $$ begin raise exception 'event log is append-only'; end $$;
create trigger event_append_only before update or delete or truncate on es.event for each statement execute function es.no_mutation();

create function es.digest(stream_id text, version bigint, partition_key text, event_id uuid, type text, schema_v smallint, data jsonb, meta jsonb, bdate date)
returns bytea language sql stable parallel safe as   -- x1f cannot occur in any of the parts; stable like concat_ws, or it would not be inlined
$$ select sha256(convert_to(concat_ws(E'\x1f', stream_id, version, partition_key, event_id, type, schema_v, data, meta, bdate - date '2000-01-01'), 'UTF8')) $$;

-- Locks the streams (new ones too) and the number series of a batch, in that order, each by name, until the end of the transaction, and tells
-- their versions, their last numbers, and which of the keys are known.
create function es.open(streams text[], series_ text[], keys text[])
returns table (kind text, name text, version bigint, date date, request_hash bytea, stream_id text, from_sequence bigint, to_sequence bigint) language plpgsql security definer
set search_path = es, pg_temp set enable_seqscan = off as $$   -- plans cached while the tables are small would scan them until the next analyze (measured: 3x slower)
#variable_conflict use_column
begin
  -- `= any(array)`, never joins of a table against unnest(): a cached generic plan for such a join hash-joins the whole table (measured: 30x slower at 80k rows)
  insert into es.stream select distinct s, 0 from unnest(streams) s order by 1 on conflict do nothing;
  return query select 'stream', s.stream_id, s.version, null::date, null::bytea, null, null::bigint, null::bigint from es.stream s where s.stream_id = any (streams) order by s.stream_id for update;
  if cardinality(series_) > 0 then
    insert into es.series select distinct s, 0, '-infinity'::date from unnest(series_) s order by 1 on conflict do nothing;
    return query select 'series', s.series, s.last_number, s.last_date, null::bytea, null, null::bigint, null::bigint from es.series s where s.series = any (series_) order by s.series for update;
  end if;
  return query select 'known', c.key, c.version, null::date, c.request_hash, c.stream_id, c.from_sequence, c.to_sequence from es.command c where c.key = any (keys);
end $$;

-- Records what was decided under the locks of es.open. p_*: the streams that a command wrote, in order; s_*: the series as they now stand.
-- A version that is not the expected one is a programming error, not a conflict: everything was locked.
create function es.append(
  c_key text[], c_hash bytea[], p_cmd int[], p_stream text[], p_expected bigint[], p_n int[], s_name text[], s_last bigint[], s_date date[],
  e_part int[], e_key text[], e_id uuid[], e_type text[], e_schema smallint[], e_data jsonb[], e_meta jsonb[], e_bdate date[])
returns table (from_sequence bigint, to_sequence bigint, recorded_at timestamptz) language plpgsql security definer
set search_path = es, pg_temp set enable_seqscan = off as $$
#variable_conflict use_column
declare n bigint := cardinality(e_id); base bigint := 0; hash bytea; at timestamptz; digests bytea[]; r_stream text[]; r_base jsonb; r_upto jsonb; r_hole boolean; moved int;
begin
  -- per stream, by name: where it is, where it goes. Objects are searched in logarithmic time; array_position is a walk (measured: half of an append of 200)
  select array_agg(s), jsonb_object_agg(s, b), jsonb_object_agg(s, b + t), bool_or(hole) into r_stream, r_base, r_upto, r_hole
    from (select s, min(e) b, sum(k) t, bool_or(e - lowest <> before) hole
            from (select s, e, k, min(e) over (partition by s) lowest, coalesce(sum(k) over (partition by s order by i rows between unbounded preceding and 1 preceding), 0) before
                    from unnest(p_stream, p_expected, p_n) with ordinality u(s, e, k, i)) p group by s) q;
  if r_hole then raise exception 'es.append: expected versions of a stream are not a run'; end if;
  update es.stream t set version = (r_upto ->> t.stream_id)::bigint where t.stream_id = any (r_stream) and t.version = (r_base ->> t.stream_id)::bigint;
  get diagnostics moved = row_count;
  if moved <> cardinality(r_stream) then raise exception 'es.append: a stream is not where it was decided on'; end if;
  update es.series x set last_number = s_last[array_position(s_name, x.series)], last_date = s_date[array_position(s_name, x.series)] where x.series = any (s_name);

  if n > 0 then
    -- digests before the head lock: keep the serial section short
    select array_agg(es.digest(p_stream[p], v, k, id, t, sv, d, m, bd) order by o) into digests
      from (select *, p_expected[p] + row_number() over (partition by p order by o) v
              from unnest(e_part, e_key, e_id, e_type, e_schema, e_data, e_meta, e_bdate) with ordinality u(p, k, id, t, sv, d, m, bd, o)) q;
    update es.head h set sequence = h.sequence + n, recorded_at = greatest(clock_timestamp(), h.recorded_at)
      returning h.sequence - n, h.tip, h.recorded_at into base, hash, at;                     -- serialises commits
    insert into es.event (sequence, stream_id, version, partition_key, event_id, type, schema_v, data, meta, business_date, recorded_at, digest)
      select base + o, p_stream[p], p_expected[p] + row_number() over (partition by p order by o), k, id, t, sv, d, m, bd, at, digests[o]
        from unnest(e_part, e_key, e_id, e_type, e_schema, e_data, e_meta, e_bdate) with ordinality u(p, k, id, t, sv, d, m, bd, o);
    select sha256(hash || int8send(base + 1) || int8send(base + n) || int8send((extract(epoch from at) * 1000000)::bigint) || string_agg(d, ''::bytea order by o)) into hash
      from unnest(digests) with ordinality u(d, o);
    insert into es.block values (base + n, base + 1, hash);
    update es.head set tip = hash;
  end if;
  return query with own as (select c, k, sum(k) over (order by c) upto, s, v from (
      select pc c, sum(k) k, (array_agg(s order by i))[1] s, (array_agg(e + k order by i))[1] v from unnest(p_cmd, p_stream, p_expected, p_n) with ordinality u(pc, s, e, k, i) group by pc) q),
    kept as (insert into es.command (key, request_hash, stream_id, version, from_sequence, to_sequence)
      select c_key[c], c_hash[c], s, v, case when k > 0 then base + upto - k + 1 end, case when k > 0 then base + upto end from own)
    select case when k > 0 then (base + upto - k + 1)::bigint end, case when k > 0 then (base + upto)::bigint end, at from own order by c;
end $$;

-- Where history first is not what was recorded: the sequence of the event, or of the first event of a block whose contents or chain broke. Null: intact.
create function es.verify() returns bigint language sql stable as $$
  with chain as (select to_sequence, from_sequence, hash, lag(hash, 1, '\x00') over (order by to_sequence) prev, lag(to_sequence, 1, 0) over (order by to_sequence) before from es.block),
  again as (select c.from_sequence, c.to_sequence, c.hash, c.before, count(*) n, count(distinct e.recorded_at) instants, sha256(c.prev || int8send(c.from_sequence) || int8send(c.to_sequence)
                   || int8send((extract(epoch from max(e.recorded_at)) * 1000000)::bigint) || string_agg(e.digest, ''::bytea order by e.sequence)) rehash
              from chain c left join es.event e on e.sequence between c.from_sequence and c.to_sequence group by c.from_sequence, c.to_sequence, c.hash, c.prev, c.before)
  select min(g) from (
    select sequence g from es.event where digest <> es.digest(stream_id, version, partition_key, event_id, type, schema_v, data, meta, business_date)
    union all select from_sequence from again where hash is distinct from rehash or n <> to_sequence - from_sequence + 1 or from_sequence <> before + 1 or instants <> 1
    union all select h.sequence from es.head h where h.sequence > 0 and not exists (select from es.block b where b.to_sequence = h.sequence and b.hash = h.tip)) q $$;
