-- What a service keeps beside its events: which projections are live, and the business dates it has read.
create schema rt;

create table rt.live (                          -- the schema that queries and reactions read
  id smallint primary key default 1 check (id = 1), schema text not null, version text not null
);

create table rt.business_date (                 -- the last row of a partition is its open date
  tenant text not null, partition int not null, date date not null,
  from_sequence bigint not null,                -- own events of that partition from here on were recorded on that date
  primary key (tenant, partition, date)
);

-- The open dates of tenants, held until the end of the transaction. Advisory locks queue fairly: commands cannot starve the next day.
-- Volatile on purpose: the second statement sees what the first one waited for.
create function rt.open_dates(tenants text[], partitions int) returns table (tenant text, partition int, date date) language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock_shared(7301, h) from (select distinct hashtext(t) h from unnest(tenants) t order by 1) q;
  return query select t, p, (select b.date from rt.business_date b where b.tenant = t and b.partition = p order by b.date desc limit 1)
    from unnest(tenants) t cross join generate_series(0, partitions - 1) p;
end $$;

-- Opens a day: waits for every command that was decided on the day before.
create function rt.open_day(tenant_ text, partition_ int, date_ date) returns void language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock(7301, hashtext(tenant_));
  insert into rt.business_date select tenant_, partition_, date_, (select h.sequence + 1 from es.head h) on conflict do nothing;
end $$;
