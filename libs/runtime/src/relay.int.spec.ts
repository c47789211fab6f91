import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { EventLog, LogRecord } from '@ar/event-log/event-log.js';
import { Relay } from './relay.js';
import type { ServiceRuntime } from './service-runtime.js';
import { call, first, openDay, recorded, second, take, trouble, until, voidNote, world, write, type World } from './toy.world.js';

const soon = () => Date.now() + 10_000;
let w: World;
beforeAll(async () => { w = await world({ partitions: 3 }); });
afterAll(() => w.stop());

const everything = async (log: EventLog): Promise<readonly LogRecord[]> => {
  const all: LogRecord[] = [];
  for (let p = 0; p < log.partitions; p++) await log.read(p, 0n, async (records) => { all.push(...records); });
  return all;
};
const sequences = (records: readonly LogRecord[], partition: number) => records.filter((r) => r.partition === partition).map((r) => Number(r.headers['ce_sequence']));
const notes = (s: ServiceRuntime, from: number, to: number) => s.commands.executeAll(Array.from({ length: to - from }, (_, i) => call(write, { id: `n${from + i}`, customer: `c${(from + i) % 9}`, minor: 1 })));

describe('the relay', () => {
  let s: ServiceRuntime;
  beforeAll(async () => {
    s = await w.start(first);
    await s.positions.wait((await s.commands.execute(call(take, { tenant: 't', date: '2026-03-02' }))).position, soon());
    await notes(s, 0, 50);
  });
  const published = async () => (await s.pool.query<{ sequence: number }>('select sequence from es.relay')).rows[0]!.sequence;
  const head = async () => (await s.pool.query<{ sequence: number }>('select sequence from es.head')).rows[0]!.sequence;

  it('publishes each event once, a tenant event to every partition, each linked to the one before', async () => {
    await until('all is published', async () => await published() === await head());
    const log = await w.log();
    const records = await everything(log);
    expect(new Set(records.map((r) => `${r.partition} ${r.headers['ce_id']}`)).size).toBe(records.length);
    expect(records).toHaveLength(2 * 3 + 50);
    for (let p = 0; p < 3; p++) {
      const own = records.filter((r) => r.partition === p);
      expect(own.map((r) => Number(r.headers['ce_prevsequence']))).toEqual([0, ...sequences(records, p).slice(0, -1)]);
      expect(own.slice(2).every((r) => log.partitionOf(r.key) === p)).toBe(true);
    }
  });

  it('carries the attributes of the contract', async () => {
    const [record] = (await everything(await w.log())).filter((r) => r.headers['ce_type'] === 'ar.invoicing.invoice_issued.v1');
    expect(record!.headers).toMatchObject({
      'content-type': 'application/json', ce_specversion: '1.0', ce_source: '/ar/invoicing', ce_tenant: 't', ce_effectivedate: '2026-03-02', ce_businessdate: '2026-03-02', ce_streamversion: '1', ce_authid: 'test', ce_authtype: 'user', ce_dataschema: 'ar.invoicing.v1.InvoiceIssued',
    });
    expect(record!.headers['ce_sequence']).toMatch(/^\d{20}$/);
    expect(record!.headers['ce_recordedtime']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(record!.headers['ce_subject']).toMatch(/^t\/invoice\/n\d+$/);
    expect(JSON.parse(record!.value)).toMatchObject({ total: { currency_code: 'EUR', value: '0.01' } });
  });

  it('has one leader; another takes over when it is gone', async () => {
    const other = await w.start(first);
    await until('one leads', () => s.relay.leads !== other.relay.leads && (s.relay.leads || other.relay.leads));
    await s.relay.stop();
    await until('the other leads', () => other.relay.leads);
    await notes(s, 50, 60);
    await until('all is published', async () => await published() === await head());
    await other.stop();
    await s.stop();
    s = await w.start(first);
  });

  it('publishes the same batch again when nobody knows whether it arrived, and readers drop it', async () => {
    const log = await w.log();
    await s.relay.stop();
    await notes(s, 60, 80);
    let failures = 2;
    const flaky: EventLog = { ...log, partitions: log.partitions, partitionOf: (k) => log.partitionOf(k), ends: () => log.ends(), read: (...a) => log.read(...a), publish: async (batch) => { const answer = await log.publish(batch); if (failures-- > 0) throw new Error('the answer was lost'); return answer; } };
    const relay = new Relay({ service: first, pool: s.pool, url: (await w.urls(first)).url, log: flaky, envelope: 'binary', onError: () => undefined });
    relay.start();
    await until('all is published', async () => await published() === await head());
    await relay.stop();
    const records = await everything(log);
    expect(records.length).toBeGreaterThan(new Set(records.map((r) => `${r.partition} ${r.headers['ce_id']}`)).size);
    const reader = await w.start(second);
    const last = Object.fromEntries([0, 1, 2].map((p) => [`invoicing/${p}`, Math.max(...sequences(records, p))]));
    await reader.positions.wait(last, soon());
    expect((await recorded(reader)).filter((l) => l.includes('OpenItemPosted'))).toHaveLength(80);
    await reader.stop();
  });

  it('stops where another one has moved the cursor', async () => {
    await s.pool.query('update es.relay set sequence = sequence - 1'); // as a leader that was replaced would see it
    const told: Error[] = [];
    const log = await w.log();
    const slow: EventLog = { ...log, partitions: log.partitions, partitionOf: (k) => log.partitionOf(k), ends: () => log.ends(), read: (...a) => log.read(...a), publish: async (batch) => { const answer = await log.publish(batch); await s.pool.query('update es.relay set sequence = sequence + 1'); return answer; } };
    const relay = new Relay({ service: first, pool: s.pool, url: (await w.urls(first)).url, log: slow, envelope: 'binary', onError: (e) => told.push(e) });
    relay.start();
    await until('it was told', () => told.some((e) => e.message.includes('another leader')));
    await relay.stop();
    expect(await published()).toBe(await head());
  });

  it('stops with an alarm when the log is not the one it wrote to', async () => {
    const log = await w.log();
    const one = 0;
    const end = (await log.ends()).get(one)!;
    const last = BigInt((await s.pool.query<{ offset: string }>(`select last_by_partition->'0'->>'offset' "offset" from es.relay`)).rows[0]!.offset);
    expect(last).toBeLessThan(end);
    const alarmOn = async (other: Partial<EventLog>): Promise<string> => {
      const relay = new Relay({ service: first, pool: s.pool, url: (await w.urls(first)).url, log: { ...log, partitions: log.partitions, ends: () => log.ends(), read: (...a) => log.read(...a), ...other } as EventLog, envelope: 'binary', onError: () => undefined });
      await s.relay.stop();
      relay.start();
      try { await until('the alarm', () => relay.alarm !== undefined); } finally { await relay.stop(); }
      return relay.alarm!.message;
    };
    // it was restored from a copy that lacks just the last record, or is made anew and empty
    expect(await alarmOn({ ends: async () => new Map([...await log.ends()].map(([p, e]) => [p, p === one ? last : e])) })).toMatch(/the log ends at \d+ in partition 0.*not the log of this store/);
    // another installation's: something else is where its last record was
    expect(await alarmOn({ read: (p, from, onBatch, max) => log.read(p, from, (records) => onBatch(records.map((r) => ({ ...r, headers: { ...r.headers, ce_source: '/ar/credit' } }))), max) })).toMatch(/the log has credit's event \d+ at \d+.*not the log of this store/);
  });

  it('stops with an alarm when the log knows more than the store', async () => {
    await s.stop();
    const { ownerUrl } = await w.urls(first);
    const client = new pg.Client({ connectionString: ownerUrl });
    await client.connect(); // as a backup of yesterday would leave it
    await client.query(`alter table es.event disable trigger all; delete from es.event where sequence > 40; delete from es.block where to_sequence > 40;
      update es.head set sequence = 40; update es.relay set sequence = 30, last_by_partition = '{}'; delete from es.command where to_sequence > 40`);
    await client.end();
    const restored = await w.start(first);
    await until('the alarm', () => restored.relay.alarm !== undefined);
    expect(restored.trouble()[0]).toMatch(/the store does not.*backup/);
    expect(await restored.pool.query('select sequence from es.relay').then((r) => r.rows)).toEqual([{ sequence: 30 }]);
    const replica = await w.start(first, { role: 'api' }); // every process is told, not only the one that leads
    await expect(replica.commands.execute(call(write, { id: 'after', customer: 'c1', minor: 1 }))).rejects.toThrow(/not recorded: .*Was it restored from a backup/);
    expect((await replica.pool.query<{ sequence: number }>('select sequence from es.head')).rows[0]!.sequence).toBe(40);
    await replica.stop();
    w.errors.length = 0;
    await restored.stop();
  });
});

describe('a rebuild', () => {
  it('is switched in under load, equals what it replaces, and keeps parked keys parked', async () => {
    const v = await world({ partitions: 3 });
    try {
      const [a, b] = [await v.start(first), await v.start(second)];
      await b.positions.wait((await a.commands.execute(call(take, { tenant: 't', date: '2026-03-02' }))).position, soon());
      await a.positions.wait({ 'invoicing/0': 2, 'invoicing/1': 2, 'invoicing/2': 2 }, soon());
      trouble.poison = true;
      await a.commands.execute(call(write, { id: 'bad', customer: 'parked', minor: 1, order: 'poison' }));
      await until('it is parked', async () => (await b.progress()).keysParked === 1);
      let running = true;
      let n = 0;
      const load = Promise.all(Array.from({ length: 8 }, async () => {
        while (running) { const i = n++; await a.commands.execute(call(write, { id: `n${i}`, customer: `c${i % 40}`, minor: 1 })); if (i % 9 === 4) await a.commands.execute(call(voidNote, { id: `n${i}` })); await new Promise((r) => { setTimeout(r, 4); }); }
      }));
      await a.positions.wait((await a.commands.execute(call(openDay, { tenant: 't', date: '2026-03-03' }))).position, soon());
      const before = await b.live.schema();
      await b.rebuild();
      await a.rebuild();
      await new Promise((r) => { setTimeout(r, 200); });
      running = false;
      await load;
      const { position } = await a.commands.execute(call(openDay, { tenant: 't', date: '2026-03-04' }));
      await b.positions.wait(position, soon());
      await a.positions.wait(position, soon());
      b.live.forget();
      expect(await b.live.schema()).not.toBe(before);
      expect((await b.progress()).keysParked).toBe(1);
      expect((await b.live.read((c) => c.query('select count(*) n from item'))).rows).toEqual([{ n }]);
      expect((await a.live.read((c) => c.query('select count(*) n from note'))).rows).toEqual([{ n: n + 1 }]);
      const all = await a.live.read((c) => c.query('select * from note order by number'));
      await a.rebuild();
      expect((await a.live.read((c) => c.query('select * from note order by number'))).rows).toEqual(all.rows);
      expect((await recorded(b)).filter((l) => l.includes('OpenItemPosted'))).toHaveLength(n);
      expect(v.errors.filter((e) => !/cannot be read/.test(e.message)).map((e) => e.message)).toEqual([]);
    } finally { trouble.poison = false; await v.stop(); }
  }, 60_000);

  it('never drops what someone else is switching in', async () => {
    const v = await world();
    try {
      const b = await v.start(second);
      const earlier = await b.live.schema();
      await b.rebuild();
      const client = await b.pool.connect(); // another replica, which has lost its lead and does not know it, is about to switch
      await client.query(`begin; select from rt.live for update; lock "${earlier}".checkpoint in access share mode; update rt.live set schema = '${earlier}'`);
      const rebuilt = b.rebuild();
      await new Promise((r) => { setTimeout(r, 300); });
      await client.query('commit');
      client.release();
      await rebuilt;
      expect((await b.live.read((c) => c.query('select count(*) n from checkpoint'))).rows).toEqual([{ n: 1 }]);
      expect(await b.live.schema()).not.toBe(earlier);
    } finally { await v.stop(); }
  }, 30_000);

  it('may be switched in twice while another process has not looked', async () => {
    const v = await world();
    try {
      const b = await v.start(second);
      const onlooker = await v.start(second, { role: 'api' });
      await onlooker.progress();
      await b.rebuild();
      await b.rebuild();
      await onlooker.positions.wait({ 'invoicing/0': 1 }, Date.now() + 50).catch((error: Error) => { expect(error.message).toMatch(/has not come to that position/); });
      await b.rebuild();
      await b.rebuild();
      expect((await onlooker.progress()).projectionVersion).not.toBe('');
    } finally { await v.stop(); }
  }, 30_000);

  it('comes first for a worker whose projections are not the live ones', async () => {
    const v = await world();
    try {
      const old = await v.start(second);
      const a = await v.start(first);
      await old.positions.wait((await a.commands.execute(call(take, { tenant: 't', date: '2026-03-02' }))).position, soon());
      await a.positions.wait({ 'invoicing/0': 2 }, soon());
      await old.positions.wait((await a.commands.execute(call(write, { id: 'n1', customer: 'c', minor: 1 }))).position, soon());
      await old.stop();
      const version = (await a.pool.query('select version from rt.live')).rows[0];
      const newer = await v.start({ ...second, projections: [{ ...second.projections[0]!, ddl: `${second.projections[0]!.ddl}; alter table item add column extra int default 7` }] });
      expect((await newer.live.read((c) => c.query('select number, extra from item'))).rows).toEqual([{ number: 'N1', extra: 7 }]);
      expect((await newer.progress()).projectionVersion).not.toBe(version);
      await newer.positions.wait((await a.commands.execute(call(write, { id: 'n2', customer: 'c', minor: 1 }))).position, soon());
      expect((await recorded(newer)).filter((l) => l.includes('OpenItemPosted'))).toHaveLength(2);
    } finally { await v.stop(); }
  }, 30_000);
});

