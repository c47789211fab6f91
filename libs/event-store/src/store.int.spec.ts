import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { startPostgres, type Postgres, type StoreUrls } from '@ar/testing/postgres.js';
import { append, head, load, migrate, open, openPool, positionAt, read, saveSnapshot, snapshots, transaction, verify, type AcceptedCommand, type NewEvent, type Series } from './store.js';

let postgres: Postgres;
let urls: StoreUrls;
let pool: pg.Pool;
beforeAll(async () => { postgres = await startPostgres(); });
afterAll(() => postgres.stop());
beforeEach(async () => {
  urls = await postgres.store();
  await migrate(urls.ownerUrl, 'ar_service');
  pool = openPool(urls.url);
});
afterEach(() => pool.end());

const event = (type: string, data: object = {}): NewEvent => ({ partitionKey: 't1/c1', eventId: randomUUID(), type, schemaV: 1, data, meta: { correlation: 'r', causation: '', actor: 'test' }, businessDate: '2026-03-02' });
const command = (key: string, streamId: string, expectedVersion: number, ...events: NewEvent[]): AcceptedCommand => ({ key, requestHash: Buffer.from(key), parts: [{ streamId, expectedVersion, events }] });
const asOwner = async (sql: string) => { const client = new pg.Client({ connectionString: urls.ownerUrl }); await client.connect(); try { await client.query(sql); } finally { await client.end(); } };

/** One command appended as a service does: opened, then recorded on the version that was found. */
const record = (key: string, streamId: string, ...events: NewEvent[]) => transaction(pool, async (client) => {
  const { versions, known } = await open(client, [streamId], [], [key]);
  if (known.has(key)) return null;
  const [answer] = await append(client, [command(key, streamId, versions.get(streamId)!, ...events)], new Map());
  return answer!;
});

describe('a new store', () => {
  it('gives sequences without a hole and versions per stream', async () => {
    expect(await record('a', 't1/invoice/1', event('A'), event('B'))).toMatchObject({ from: 1, to: 2 });
    expect(await record('b', 't1/invoice/2', event('C'))).toMatchObject({ from: 3, to: 3 });
    expect(await record('c', 't1/invoice/1', event('D'))).toMatchObject({ from: 4, to: 4 });
    expect((await read(pool, 0, 10)).map((e) => [e.sequence, e.streamId, e.version, e.type])).toEqual([[1, 't1/invoice/1', 1, 'A'], [2, 't1/invoice/1', 2, 'B'], [3, 't1/invoice/2', 1, 'C'], [4, 't1/invoice/1', 3, 'D']]);
    const loaded = await transaction(pool, (client) => load(client, [{ streamId: 't1/invoice/1', after: 1 }]));
    expect(loaded.map((e) => e.type)).toEqual(['B', 'D']);
  });

  it('remembers a command for ever, also one without events', async () => {
    await record('a', 't1/invoice/1', event('A'));
    expect(await record('nothing', 't1/invoice/1')).toEqual({ from: null, to: null, recordedAt: null });
    expect(await record('nothing', 't1/invoice/1')).toBeNull();
    const { known } = await transaction(pool, (client) => open(client, [], [], ['a', 'nothing', 'other']));
    expect([...known].map(([key, k]) => [key, k.streamId, k.version, k.from, k.to])).toEqual([['a', 't1/invoice/1', 1, 1, 1], ['nothing', 't1/invoice/1', 1, null, null]]);
  });

  it('moves a number series with the document that takes from it, or not at all', async () => {
    const take = (fail: boolean) => transaction(pool, async (client) => {
      const { versions, series } = await open(client, ['t1/invoice/n'], ['t1/invoice/2026'], []);
      const now = series.get('t1/invoice/2026')!;
      await append(client, [command(randomUUID(), 't1/invoice/n', versions.get('t1/invoice/n')!, event('A', { number: now.last + 1 }))], new Map<string, Series>([['t1/invoice/2026', { last: now.last + 1, lastDate: '2026-03-02' }]]));
      if (fail) throw new Error('after the decision');
      return now;
    });
    expect(await take(false)).toEqual({ last: 0, lastDate: null });
    await expect(take(true)).rejects.toThrow('after the decision');
    expect(await take(false)).toEqual({ last: 1, lastDate: '2026-03-02' });
    expect((await read(pool, 0, 10)).map((e) => e.data)).toEqual([{ number: 1 }, { number: 2 }]);
  });

  it('refuses an append that was not decided on the locked version', () =>
    expect(transaction(pool, async (client) => { await open(client, ['t1/invoice/1'], [], []); await append(client, [command('a', 't1/invoice/1', 3, event('A'))], new Map()); })).rejects.toThrow('not where it was decided on'));

  it('stays gapless and in order under sixteen writers, some of which fail', async () => {
    const writer = async (w: number) => {
      for (let i = 0; i < 20; i++) {
        const stream = `t1/invoice/${(w * 7 + i) % 5}`;
        await transaction(pool, async (client) => {
          const { versions } = await open(client, [stream], [], []);
          await append(client, [command(`${w}-${i}`, stream, versions.get(stream)!, event('A', { w, i }), event('B'))], new Map());
          if (i % 7 === 3) throw new Error('killed');
        }).catch((error: Error) => { if (error.message !== 'killed') throw error; });
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, w) => writer(w)));
    const events = await read(pool, 0, 10_000);
    expect(events.map((e) => e.sequence)).toEqual(events.map((_, i) => i + 1));
    const versions = new Map<string, number>();
    for (const e of events) { expect(e.version).toBe((versions.get(e.streamId) ?? 0) + 1); versions.set(e.streamId, e.version); }
    expect(events.every((e, i) => i === 0 || events[i - 1]!.recordedAt <= e.recordedAt)).toBe(true);
    expect(await verify(pool)).toBeNull();
  });

  it('knows its head and the position at an instant', async () => {
    expect(await head(pool)).toEqual({ sequence: 0, recordedAt: null });
    await record('a', 't1/invoice/1', event('A'));
    const between = (await head(pool)).recordedAt!;
    await record('b', 't1/invoice/1', event('B'));
    await transaction(pool, async (client) => {
      expect(await positionAt(client, between)).toBe(1);
      expect(await positionAt(client, '2099-01-01T00:00:00Z')).toBe(2);
      expect(await positionAt(client, '2000-01-01T00:00:00Z')).toBe(0);
    });
  });

  it('keeps the latest snapshot of a stream', async () => {
    await saveSnapshot(pool, { streamId: 's', version: 5, revision: 1, json: '{"open": 1}' });
    await saveSnapshot(pool, { streamId: 's', version: 3, revision: 1, json: '{"open": 9}' });
    expect(await transaction(pool, (client) => snapshots(client, ['s', 't']))).toEqual([{ streamId: 's', version: 5, revision: 1, state: { open: 1 } }]);
  });
});

describe('history', () => {
  beforeEach(async () => { for (const key of ['a', 'b', 'c']) await record(key, 't1/invoice/1', event('A', { amount: 100 }), event('B')); });

  it.each([`update es.event set data = '{}' where sequence = 3`, 'delete from es.event where sequence = 3', 'truncate es.event', `insert into es.event select * from es.event`, 'delete from es.block', 'delete from es.command'])('is out of reach of the service: %s', (sql) =>
    expect(pool.query(sql)).rejects.toThrow(/permission denied/));

  it('is not changed even by the owner, unless the trigger is taken away', () => expect(asOwner('delete from es.event')).rejects.toThrow('append-only'));

  it.each([
    [`update es.event set data = '{"amount": 999}' where sequence = 3`, 3],
    ['delete from es.event where sequence = 4', 3],
    [`update es.event set recorded_at = recorded_at + interval '1 s' where sequence = 5`, 5],
    ['delete from es.event where sequence > 4; delete from es.block where to_sequence > 4', 6],
  ])('tells where it first is not what was recorded: %s', async (sql, at) => {
    expect(await verify(pool)).toBeNull();
    await asOwner(`alter table es.event disable trigger all; ${sql}`);
    expect(await verify(pool)).toBe(at);
  });
});
