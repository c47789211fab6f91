-- The open dates of tenants, held until the end of the transaction, and the first day that is open in their books: that of the last event of the stream period/ledger, where the
-- service keeps books. Both are held by one lock: who closes a period, alone, waits for every command decided before, and none is decided in between.
-- Volatile on purpose: the second statement sees what the first one waited for. Never a scan: it is planned once per connection, maybe while the store is still small.
create function rt.open_dates(tenants text[], partitions int, alone text[]) returns table (tenant text, partition int, date date, open_from date) language plpgsql volatile set enable_seqscan = off as $$
declare l record;
begin
  for l in select hashtext(t) as key, bool_or(t = any (alone)) as alone from unnest(tenants) t group by 1 order by 1 loop
    if l.alone then perform pg_advisory_xact_lock(7301, l.key); else perform pg_advisory_xact_lock_shared(7301, l.key); end if;
  end loop;
  return query select t, p, (select b.date from rt.business_date b where b.tenant = t and b.partition = p order by b.date desc limit 1),
      case when p = 0 then (select nullif(e.data->>'openFrom', '')::date from es.event e where e.stream_id = t || '/period/ledger' order by e.version desc limit 1) end -- once per tenant
    from unnest(tenants) t cross join generate_series(0, partitions - 1) p;
end $$;
