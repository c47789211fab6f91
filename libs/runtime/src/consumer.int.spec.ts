import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventLog, LogRecord } from '@ar/event-log/event-log.js';
import { Consumer, PartitionStopped } from './consumer.js';
import { retryParked } from './parked-retry.js';
import { KeyParked } from './positions.js';
import { ensureProjections } from './rebuild.js';
import { ServiceRuntime } from './service-runtime.js';
import { call, first, openDay, recorded, second, take, trouble, until, voidNote, world, write, type World } from './toy.world.js';
import type { PositionMap } from './positions.js';

const soon = () => Date.now() + 10_000;
const worlds: World[] = [];
const newWorld = async (partitions = 1) => { const w = await world({ partitions }); worlds.push(w); return w; };
afterEach(() => { trouble.poison = false; trouble.poisonOwn = false; trouble.failDaily = 0; trouble.noTickFor = ''; });
afterAll(async () => { for (const w of worlds) await w.stop(); });

/** Every record of the log, by partition. */
async function everything(log: EventLog): Promise<ReadonlyMap<number, readonly LogRecord[]>> {
  const all = new Map<number, LogRecord[]>();
  for (let p = 0; p < log.partitions; p++) { all.set(p, []); await log.read(p, 0n, async (records) => { all.get(p)!.push(...records); }); }
  return all;
}

/** Two weeks of a tenant: notes of twenty customers, voids, days. Answers the position after it. */
async function history(s: ServiceRuntime, notes = 120): Promise<PositionMap> {
  await s.positions.wait((await s.commands.execute(call(take, { tenant: 't', date: '2026-03-02' }))).position, soon());
  for (let day = 3; day <= 8; day++) {
    const answers = await s.commands.executeAll(Array.from({ length: notes / 6 }, (_, i) => call(write, { id: `n${day}-${i}`, customer: `c${(day * 7 + i) % 20}`, minor: 1 + i })));
    expect(answers.filter((a) => a instanceof Error)).toEqual([]);
    await s.commands.execute(call(voidNote, { id: `n${day}-1` }));
    await s.positions.wait((await s.commands.execute(call(openDay, { tenant: 't', date: `2026-03-0${day}` }))).position, soon());
  }
  return (await s.commands.execute(call(write, { id: 'last', customer: 'c1', minor: 1 }))).position;
}

/** A second service that reads a log by itself, in batches of a size, its partitions one after the other or all at once: what it recorded in the end. */
async function readIn(w: World, log: EventLog, size: number, together = false): Promise<readonly string[]> {
  const postgres = await w.postgres.store();
  const { migrateService } = await import('./migrations.js');
  await migrateService(postgres.ownerUrl, 'ar_service');
  const runtime = new ServiceRuntime({ service: second, url: postgres.url, log, role: 'api', clock: 'simulated', onError: (e) => { throw e; } });
  await ensureProjections(runtime.pool, second, log.partitions);
  const consumer = new Consumer({ live: runtime.live, log, on: runtime.on, onError: (e) => { throw e; } });
  const reading = [...await everything(log)].map(([partition, records]) => async () => { for (let at = 0; at < records.length; at += size) await consumer.consume(partition, records.slice(at, at + size)); });
  if (together) await Promise.all(reading.map((read) => read()));
  else for (const read of reading) await read();
  const lines = await recorded(runtime);
  await runtime.stop();
  return lines;
}

describe('what reactions record', () => {
  it('does not depend on batches of 1, 7 or 500, nor on 1 or 12 partitions, nor on what was read with what', async () => {
    const outcomes: (readonly string[])[] = [];
    for (const partitions of [1, 12]) {
      const w = await newWorld(partitions);
      await history(await w.start(first));
      const log = await w.log();
      await until('all is published', async () => [...await everything(log)].reduce((n, [, r]) => n + r.length, 0) >= 120 + 6 + 1 + 8 * partitions);
      for (const size of [1, 7, 500]) outcomes.push(await readIn(w, log, size));
      if (partitions > 1) for (const size of [1, 7]) outcomes.push(await readIn(w, log, size, true));
    }
    expect(outcomes[0]!.length).toBeGreaterThan(200);
    for (const other of outcomes.slice(1)) expect(other).toEqual(outcomes[0]);
  }, 60_000);
});

describe('a consumer', () => {
  let w: World;
  let s: ServiceRuntime;
  let records: readonly LogRecord[];
  beforeAll(async () => {
    w = await newWorld();
    s = await w.start(first);
    await history(s, 30);
    const log = await w.log();
    await until('all is published', async () => (await everything(log)).get(0)!.length >= 30 + 6 + 1 + 8);
    records = (await everything(log)).get(0)!;
  });
  const fresh = async (without?: 'mark' | 'link') => {
    const { migrateService } = await import('./migrations.js');
    const urls = await w.postgres.store();
    await migrateService(urls.ownerUrl, 'ar_service');
    const runtime = new ServiceRuntime({ service: second, url: urls.url, log: await w.log(), role: 'api', clock: 'simulated', onError: (e) => w.errors.push(e) });
    await ensureProjections(runtime.pool, second, 1);
    return { runtime, consumer: new Consumer({ live: runtime.live, log: runtime.options.log, on: runtime.on, onError: (e) => w.errors.push(e), ...(without ? { without } : {}) }) };
  };

  it('drops what it has read', async () => {
    const { runtime, consumer } = await fresh();
    await consumer.consume(0, records);
    const before = await recorded(runtime);
    await consumer.consume(0, records);
    await consumer.consume(0, records.slice(3, 9));
    expect(await recorded(runtime)).toEqual(before);
    await runtime.stop();
  });

  it('would read it twice without the mark, and park what it cannot project again', async () => {
    const { runtime, consumer } = await fresh('mark');
    await consumer.consume(0, records);
    await consumer.consume(0, records);
    expect((await runtime.progress()).keysParked).toBeGreaterThan(0);
    await runtime.stop();
  });

  it('stops where a record is missing, and reads on in the partitions that were read with it', async () => {
    const many = await newWorld(12);
    await history(await many.start(first), 30);
    const log = await many.log();
    await until('all is published', async () => [...await everything(log)].reduce((n, [, r]) => n + r.length, 0) >= 30 + 6 + 1 + 8 * 12);
    const urls = await many.urls(second);
    const runtime = new ServiceRuntime({ service: second, url: urls.url, log, role: 'api', clock: 'simulated', onError: (e) => many.errors.push(e) });
    await ensureProjections(runtime.pool, second, 12);
    const consumer = new Consumer({ live: runtime.live, log, on: runtime.on, onError: (e) => many.errors.push(e) });
    const all = [...await everything(log)];
    const [torn] = all.find(([, part]) => part.length > 10)!;
    const outcomes = await Promise.allSettled(all.map(([partition, part]) => consumer.consume(partition, partition === torn ? [...part.slice(0, 5), ...part.slice(6)] : part)));
    expect(outcomes.filter((o) => o.status === 'rejected')).toHaveLength(1);
    expect([...consumer.stopped.keys()]).toEqual([torn]);
    const { rows } = await runtime.live.transaction((client) => client.query<{ partition: number; next: number }>('select partition, next_offset next from checkpoint order by 1'));
    for (const { partition, next } of rows) expect([partition, next < all[partition]![1].length]).toEqual([partition, partition === torn]);
    await runtime.stop();
  });

  it('stops with an alarm where a record is missing', async () => {
    const { runtime, consumer } = await fresh();
    await expect(consumer.consume(0, [...records.slice(0, 5), ...records.slice(6)])).rejects.toThrow(PartitionStopped);
    expect(consumer.stopped.get(0)).toMatch(/records are missing/);
    await consumer.consume(0, records);
    expect(consumer.stopped.size).toBe(0);
    await runtime.stop();
  });

  it('would lose it silently without the link', async () => {
    const { runtime, consumer } = await fresh('link');
    await consumer.consume(0, [...records.slice(0, 5), ...records.slice(6)]);
    expect((await recorded(runtime)).filter((l) => l.includes('OpenItemPosted')).length).toBe(30);
    await runtime.stop();
  });

  it('that is late leaves the day of the one who took its partition over as it is', async () => {
    const { runtime, consumer } = await fresh();
    const late = new Consumer({ live: runtime.live, log: runtime.options.log, on: runtime.on, onError: (e) => w.errors.push(e) });
    const days = records.map((r, i) => (r.headers['ce_type'] === 'ar.invoicing.business_day_opened.v1' ? i : -1)).filter((i) => i > 0);
    const at = days[1]!;
    await consumer.consume(0, records.slice(0, at));
    const cursor = async () => (await runtime.live.transaction((client) => client.query<{ daily: unknown }>('select daily from checkpoint'))).rows[0]!.daily;
    const seen: unknown[] = [];
    await consumer.consume(0, records.slice(at, at + 1), async () => {
      seen.push(await cursor());
      await late.consume(0, records.slice(0, at));
      seen.push(await cursor());
    });
    expect(seen[0]).toMatchObject({ job: 0 });
    expect(seen[1]).toEqual(seen[0]);
    expect(await cursor()).toBeNull();
    await runtime.stop();
  });

  it('does nothing of a transaction that fails at its end, and all of it the next time', async () => {
    const { runtime, consumer } = await fresh();
    await runtime.pool.query(`create or replace function ${await runtime.live.schema()}.fail() returns trigger language plpgsql as $$ begin raise exception 'disk' using errcode = '53100'; end $$`);
    await runtime.pool.query(`create trigger fail before update on ${await runtime.live.schema()}.checkpoint for each row execute function ${await runtime.live.schema()}.fail()`);
    await expect(consumer.consume(0, records.slice(0, 4))).rejects.toThrow('disk');
    expect(await recorded(runtime)).toEqual([]);
    await runtime.pool.query(`drop trigger fail on ${await runtime.live.schema()}.checkpoint`);
    await consumer.consume(0, records);
    expect((await recorded(runtime)).filter((l) => l.includes('OpenItemPosted')).length).toBe(31);
    await runtime.stop();
  });
});

describe('a service that reacts', () => {
  it('lets a caller wait for what another service did about their command', async () => {
    const w = await newWorld(3);
    const [a, b] = [await w.start(first), await w.start(second)];
    await b.positions.wait((await a.commands.execute(call(take, { tenant: 't', date: '2026-03-02' }))).position, soon());
    await a.positions.wait({ 'invoicing/0': 2, 'invoicing/1': 2, 'invoicing/2': 2 }, soon());
    for (let i = 0; i < 20; i++) {
      const { position } = await a.commands.execute(call(write, { id: `n${i}`, customer: `c${i}`, minor: 1 }));
      await b.positions.wait(position, soon());
      expect((await recorded(b)).filter((l) => l.includes(`"N${i + 1}"`))).toHaveLength(1);
      const marks = (await b.pool.query<{ own: string | null }>(`select sum((marks->>'payments')::int) own from ${await b.live.schema()}.checkpoint`)).rows[0]!;
      expect(Number(marks.own)).toBeGreaterThan(0); // its own event has come back to it through the log
    }
    await expect(b.positions.wait({ 'invoicing/0': 9_999 }, Date.now() + 50)).rejects.toMatchObject({ behind: { 'invoicing/0': 9_999 } });
    await expect(b.positions.wait({ 'invoicing/7': 1 }, soon())).rejects.toThrow('not a position');
    expect(w.errors).toEqual([]);
  });

  it('parks the key of an event that it cannot read, tells who waits for it, and reads it in order once it is mended', async () => {
    const w = await newWorld();
    const [a, b] = [await w.start(first), await w.start(second)];
    await b.positions.wait((await a.commands.execute(call(take, { tenant: 't', date: '2026-03-02' }))).position, soon());
    await a.positions.wait({ 'invoicing/0': 2 }, soon());
    trouble.poison = true;
    const bad = await a.commands.execute(call(write, { id: 'bad', customer: 'c1', minor: 1, order: 'poison' }));
    const behind = await a.commands.execute(call(write, { id: 'behind', customer: 'c1', minor: 1 }));
    const other = await a.commands.execute(call(write, { id: 'other', customer: 'c2', minor: 1 }));
    await b.positions.wait(other.position, soon());
    await expect(b.positions.wait(bad.position, soon())).rejects.toBeInstanceOf(KeyParked);
    await expect(b.positions.wait(behind.position, soon())).rejects.toBeInstanceOf(KeyParked);
    expect((await recorded(b)).map((l) => /"itemId":"(N\d+)"/.exec(l)?.[1])).toEqual(['N3']);
    expect((await b.progress()).keysParked).toBe(1);
    expect(await retryParked(b.consumer, b.live, 't', 'c1')).toBe(0);
    trouble.poison = false;
    expect(await retryParked(b.consumer, b.live, 't', 'c1')).toBe(2);
    expect((await recorded(b)).filter((l) => l.includes('account/c1')).map((l) => /"itemId":"(N\d+)"/.exec(l)?.[1])).toEqual(['N1', 'N2']);
    expect((await b.progress()).keysParked).toBe(0);
    await b.positions.wait(behind.position, soon());
  });

  it('tells who waits for an event that what follows from it is parked', async () => {
    const w = await newWorld();
    const [a, b] = [await w.start(first), await w.start(second)];
    await b.positions.wait((await a.commands.execute(call(take, { tenant: 't', date: '2026-03-02' }))).position, soon());
    await a.positions.wait({ 'invoicing/0': 2 }, soon());
    trouble.poisonOwn = true;
    const written = await a.commands.execute(call(write, { id: 'n1', customer: 'c1', minor: 1 }));
    await until('what was posted is parked', async () => (await b.progress()).keysParked === 1);
    trouble.poisonOwn = false;
    await expect(b.positions.wait(written.position, soon())).rejects.toMatchObject({ customer: 'c1', entry: 'invoicing/0' });
    const other = await a.commands.execute(call(write, { id: 'n2', customer: 'c2', minor: 1 }));
    await b.positions.wait(other.position, soon());
    expect(await retryParked(b.consumer, b.live, 't', 'c1')).toBe(1);
    await b.positions.wait(written.position, soon());
  });

  it('reads the parked event that it was to read, although a rebuild was switched in meanwhile', async () => {
    const w = await newWorld();
    const [a, b] = [await w.start(first), await w.start(second)];
    await b.positions.wait((await a.commands.execute(call(take, { tenant: 't', date: '2026-03-02' }))).position, soon());
    await a.positions.wait({ 'invoicing/0': 2 }, soon());
    trouble.poison = true;
    for (const customer of ['c1', 'c2', 'c3']) await a.commands.execute(call(write, { id: `of-${customer}`, customer, minor: 1, order: 'poison' }));
    await until('all are parked', async () => (await b.progress()).keysParked === 3);
    trouble.poison = false;
    expect(await retryParked(b.consumer, b.live, 't', 'c1')).toBe(1);
    const { rows: [of] } = await b.live.transaction((client) => client.query<{ id: number; record: LogRecord }>(`select id, record from parked where customer = 'c2'`));
    await b.rebuild();
    expect(await b.consumer.again(0, of!.id, of!.record)).toBe(true);
    expect(await retryParked(b.consumer, b.live, 't', 'c2')).toBe(0);
    expect(await retryParked(b.consumer, b.live, 't', 'c3')).toBe(1);
    expect((await recorded(b)).map((l) => l.split(' ')[0])).toEqual(['t/account/c1', 't/account/c2', 't/account/c3']);
    expect((await b.live.read((client) => client.query('select count(*) n from item'))).rows).toEqual([{ n: 3 }]);
  }, 30_000);

  it('tells who waits for an event that it is parked, however many others are', async () => {
    const w = await newWorld();
    const [a, b] = [await w.start(first), await w.start(second)];
    await b.positions.wait((await a.commands.execute(call(take, { tenant: 't', date: '2026-03-02' }))).position, soon());
    await a.positions.wait({ 'invoicing/0': 2 }, soon());
    await b.live.transaction((client) => client.query(`insert into parked (tenant, customer, partition, source, sequence, type, record, waited_as) select 'u', 'c' || n, 0, 'credit', n, 'a', '{}', array['credit/0/' || n] from generate_series(1, 10001) n`));
    await b.live.transaction((client) => client.query(`update checkpoint set marks = marks || '{"credit": 10001}'`));
    await expect(b.positions.wait({ 'credit/0': 10_001 }, soon())).rejects.toMatchObject({ customer: 'c10001', entry: 'credit/0' });
    await b.positions.wait({ 'invoicing/0': 2 }, soon());
  }, 30_000);

  it('is in no trouble about a partition that stood still here and is read by another replica now', async () => {
    const w = await newWorld(2);
    const [a, one, two] = [await w.start(first), await w.start(second), await w.start(second)];
    const { position } = await a.commands.execute(call(take, { tenant: 't', date: '2026-03-02' }));
    await one.positions.wait(position, soon());
    const log = await w.log();
    const [record] = (await everything(log)).get(0)!;
    const torn = { ...record!, headers: { ...record!.headers, ce_sequence: '99', ce_prevsequence: '98' } };
    await Promise.all([one, two].map((s) => expect(s.consumer.consume(0, [torn])).rejects.toThrow(PartitionStopped)));
    await until('one of them has it', () => one.stopped.size !== two.stopped.size);
    expect([...one.trouble(), ...two.trouble()]).toEqual([expect.stringMatching(/^partition 0: .*records are missing/)]);
    await (one.stopped.size > 0 ? one : two).stop();
    await until('the other has it', () => [...one.trouble(), ...two.trouble()].length === 1);
    expect([...one.stopped.keys(), ...two.stopped.keys()]).toEqual([0]);
  }, 30_000);

  it('does the work of a day in slices, once for each, although it is interrupted', async () => {
    const w = await newWorld();
    const [a, b] = [await w.start(first), await w.start(second)];
    await b.positions.wait((await a.commands.execute(call(take, { tenant: 't', date: '2026-03-02' }))).position, soon());
    await a.positions.wait({ 'invoicing/0': 2 }, soon());
    const written = await a.commands.executeAll(Array.from({ length: 1_203 }, (_, i) => call(write, { id: `n${i}`, customer: `c${String(i).padStart(4, '0')}`, minor: 1 })));
    await b.positions.wait((written.at(-1) as { position: PositionMap }).position, Date.now() + 30_000);
    trouble.failDaily = 2;
    const day = await a.commands.execute(call(openDay, { tenant: 't', date: '2026-03-03' }));
    await b.positions.wait(day.position, Date.now() + 30_000);
    const ticks = (await recorded(b)).filter((l) => l.includes('UnappliedCashPlaced'));
    expect(ticks).toHaveLength(1_203);
    expect(new Set(ticks.map((l) => l.split(' ')[0])).size).toBe(1_203);
    expect(ticks.every((l) => l.includes(' 2026-03-03 '))).toBe(true);
    expect(trouble.failDaily).toBe(0);
  }, 60_000);

  it('parks the one customer for whom the work of a day fails, does it for all others, and makes up for it once it is mended', async () => {
    const w = await newWorld();
    const [a, b] = [await w.start(first), await w.start(second)];
    await b.positions.wait((await a.commands.execute(call(take, { tenant: 't', date: '2026-03-02' }))).position, soon());
    await a.positions.wait({ 'invoicing/0': 2 }, soon());
    const written = await a.commands.executeAll(Array.from({ length: 40 }, (_, i) => call(write, { id: `n${i}`, customer: `c${String(i).padStart(2, '0')}`, minor: 1 })));
    await b.positions.wait((written.at(-1) as { position: PositionMap }).position, soon());
    trouble.noTickFor = 'c17';
    await b.positions.wait((await a.commands.execute(call(openDay, { tenant: 't', date: '2026-03-03' }))).position, soon());
    const ticked = async () => (await recorded(b)).filter((l) => l.includes('UnappliedCashPlaced')).map((l) => l.slice('t/account/'.length, 't/account/c00'.length));
    expect(await ticked()).toHaveLength(39);
    expect(await ticked()).not.toContain('c17');
    expect(b.trouble()).toEqual([]);
    expect((await b.progress()).keysParked).toBe(1);
    expect(w.errors.map((e) => e.message)).toContain('ticks on 2026-03-03 failed: this customer cannot be ticked');
    await b.rebuild();
    expect(await retryParked(b.consumer, b.live, 't', 'c17')).toBe(0);
    trouble.noTickFor = '';
    expect(await retryParked(b.consumer, b.live, 't', 'c17')).toBe(1);
    expect(await ticked()).toHaveLength(40);
    expect((await b.progress()).keysParked).toBe(0);
  }, 30_000);

  it('opens a day under full load, and every command is on one side of it', async () => {
    const w = await newWorld();
    const a = await w.start(first);
    await a.positions.wait((await a.commands.execute(call(take, { tenant: 't', date: '2026-03-02' }))).position, soon());
    let running = true;
    let n = 0;
    const load = Promise.all(Array.from({ length: 32 }, async () => { while (running) { await a.commands.execute(call(write, { id: `n${n}`, customer: `c${n++ % 50}`, minor: 1 })); await new Promise((r) => { setTimeout(r, 15); }); } })); // many at once, but not more than the projection keeps up with
    for (let day = 3; day <= 9; day++) {
      await new Promise((r) => { setTimeout(r, 60); });
      await a.positions.wait((await a.commands.execute(call(openDay, { tenant: 't', date: `2026-03-0${day}` }))).position, soon());
    }
    running = false;
    await load;
    const { rows } = await a.pool.query<{ bad: number }>(`select count(*) bad from es.event e where type = 'InvoiceIssued' and business_date <> (select max(b.date) from rt.business_date b where b.from_sequence <= e.sequence)`);
    expect(rows[0]!.bad).toBe(0);
    const dates = (await a.pool.query<{ business_date: string }>(`select business_date from es.event where type = 'InvoiceIssued' order by sequence`)).rows.map((r) => r.business_date);
    expect(dates).toEqual([...dates].sort());
    expect(new Set(dates).size).toBeGreaterThan(5);
  }, 60_000);
});
