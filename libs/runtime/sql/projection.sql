-- What every version of the projections starts with: how far it has read, what stopped, which policies hold.
create table checkpoint (
  partition int primary key,
  next_offset bigint not null default 0,
  marks jsonb not null default '{}',            -- source → its last sequence read here
  reacted jsonb not null default '{}',          -- source → the last own sequence that reactions to it appended
  daily jsonb                                   -- a day under way: {"eventId", "job", "after"}
);
create table parked (                           -- events of customers whose key is stopped here, in order
  id bigint generated always as identity primary key,
  tenant text not null, customer text not null, partition int not null, source text not null, sequence bigint not null, type text not null,
  record jsonb not null, error text,            -- error: why the key stopped, on its first event
  waited_as text[] not null,                    -- <source>/<partition>/<sequence> of the event and of those that it follows from: who waits for one of them waits for it. Of a day none
  parked_at timestamptz not null default clock_timestamp()
);
create index on parked (tenant, customer, id);
create index on parked using gin (waited_as);
create table policy (
  tenant text not null, partition int not null, kind text not null, version int not null,
  valid_from date not null, held_from date,     -- held_from: the first day opened after it was read and not before valid_from
  policy jsonb not null,
  primary key (tenant, partition, kind, version)
);
