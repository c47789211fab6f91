// Builds that are broken on purpose, each without one of the guards that keep the books whole, judged as the chaos suite judges the real one: by the auditor
// who reads stores and log, and by building the projections anew. The same misfortune with the guard in place leaves nothing to find.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventLog, LogRecord } from '@ar/event-log/event-log.js';
import { Consumer, PartitionStopped } from '@ar/runtime/consumer.js';
import { migrateService } from '@ar/runtime/migrations.js';
import { Relay, readPublished } from '@ar/runtime/relay.js';
import { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import { call, first, second, take, until, world, write, type World } from '@ar/runtime/toy.world.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import { head } from '@ar/event-store/store.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { disagreements, readBooks } from './audit.world.js';
import { startFive, type FiveServices } from './five-services.world.js';
import { liveThrough } from './lived-through.world.js';
import { tablesOf } from './outcome.world.js';

describe('a relay that loses its process between a batch and its cursor', () => {
  /** Fifty notes; the process dies while the second batch is under way, and the build that is whole goes on. What the auditor finds. */
  async function killed(without?: 'acknowledgement'): Promise<readonly string[]> {
    const w: World = await world();
    try {
      const [log, { url }] = [await w.log(), await w.urls(first)];
      const s = new ServiceRuntime({ service: first, url, log, role: 'api', clock: 'simulated', onError: (e) => w.errors.push(e) });
      await s.start();
      const consumer = new Consumer({ live: s.live, log, on: s.on, onError: (e) => w.errors.push(e) });
      const relay = (through: EventLog, broken?: 'acknowledgement') => new Relay({ service: first, pool: s.pool, url, log: through, envelope: 'binary', onError: () => undefined, ...(broken ? { without: broken } : {}) });
      const allPublished = () => until('all is published', async () => (await readPublished(s.pool)).sequence === (await head(s.pool)).sequence);
      await s.commands.execute(call(take, { tenant: 't', date: '2026-03-02' }));
      const before = relay(log);
      before.start();
      await allPublished();
      await before.stop();
      await log.read(0, 0n, (records) => consumer.consume(0, records)); // the first day is open

      const acknowledged: { request: string; type: string }[] = [];
      const notes = async (from: number) => {
        for (let i = from; i < from + 25; i++) { await s.commands.execute(call(write, { id: `n${i}`, customer: `c${i % 5}`, minor: 1 }, `note-${i}`)); acknowledged.push({ request: `note-${i}`, type: 'InvoiceIssued' }); }
      };
      await notes(0);
      let tried = false;
      const dying = relay({ ...log, publish: () => { tried = true; return Promise.reject(new Error('the process is gone')); } }, without);
      dying.start();
      await until('the batch is under way', () => tried);
      await dying.stop();
      await notes(25);
      const after = relay(log);
      after.start();
      await allPublished();
      await after.stop();
      const found = disagreements(await readBooks({ invoicing: url }, log, acknowledged));
      await s.stop();
      expect(w.errors).toEqual([]);
      return found;
    } finally { await w.stop(); }
  }

  it('loses nothing', async () => expect(await killed()).toEqual([]), 30_000);
  it('would lose the batch with a cursor that moves first', async () => {
    const found = await killed('acknowledgement');
    expect(found).toHaveLength(25);
    expect(found.every((line) => line.endsWith('is in 0 partitions of the log, not in 1'))).toBe(true);
  }, 30_000);
});

describe('a consumer', () => {
  let postgres: Postgres;
  let five: FiveServices;
  beforeAll(async () => {
    postgres = await startPostgres();
    five = await startFive({ postgres, partitions: 1, batch: 500 });
    await liveThrough(five);
  }, 60_000);
  afterAll(async () => {
    await five?.stop();
    await postgres?.stop();
  });

  /** Tables of credit that are not what a rebuild makes of the log, after all of it was delivered once more. */
  async function deliveredAgain(without?: 'mark'): Promise<readonly string[]> {
    const { live, on } = five.runtimes.credit;
    const consumer = new Consumer({ live, log: five.log, on, onError: () => undefined, ...(without ? { without } : {}) });
    await five.log.read(0, 0n, (records) => consumer.consume(0, records));
    const [kept, , anew] = [await tablesOf(five.runtimes.credit), await five.runtimes.credit.rebuild(), await tablesOf(five.runtimes.credit)];
    return Object.keys(kept).filter((table) => JSON.stringify(kept[table]) !== JSON.stringify(anew[table]));
  }

  it('keeps what a rebuild makes of the log, although it is delivered twice', async () => expect(await deliveredAgain()).toEqual([]), 30_000);
  it('would not, without looking at its mark', async () => expect(await deliveredAgain('mark')).not.toEqual([]), 30_000);
});

describe('a log that has lost a record', () => {
  let w: World;
  beforeAll(async () => { w = await world(); });
  afterAll(() => w.stop());

  it('is found by the auditor, stops a reader, and would go unnoticed without the link', async () => {
    const s = await w.start(first);
    await s.positions.wait((await s.commands.execute(call(take, { tenant: 't', date: '2026-03-02' }))).position, Date.now() + 10_000);
    const written = await s.commands.executeAll(Array.from({ length: 20 }, (_, i) => call(write, { id: `n${i}`, customer: `c${i % 5}`, minor: 1 })));
    expect(written.filter((a) => a instanceof Error)).toEqual([]);
    await until('all is published', async () => (await readPublished(s.pool)).sequence === (await head(s.pool)).sequence);
    const log = await w.log();
    const records: LogRecord[] = [];
    await log.read(0, 0n, async (batch) => { records.push(...batch); });
    const short = await openPostgresLog({ url: await w.postgres.database(), partitions: 1 });
    try {
      const lost = records[10]!;
      await short.publish(records.filter((r) => r !== lost).map(({ partition, key, headers, value }) => ({ partition, key, headers, value })));
      const { url } = await w.urls(first);
      expect(disagreements(await readBooks({ invoicing: url }, log, []))).toEqual([]);
      expect(disagreements(await readBooks({ invoicing: url }, short, []))).toEqual([expect.stringContaining('which follows'), expect.stringContaining('is in 0 partitions')]);

      const read = async (without?: 'link') => {
        const store = await w.postgres.store();
        await migrateService(store.ownerUrl, 'ar_service');
        const reader = new ServiceRuntime({ service: second, url: store.url, log: short, role: 'api', clock: 'simulated', onError: (e) => w.errors.push(e) });
        await reader.start();
        try {
          const consumer = new Consumer({ live: reader.live, log: short, on: reader.on, onError: (e) => w.errors.push(e), ...(without ? { without } : {}) });
          await short.read(0, 0n, (batch) => consumer.consume(0, batch));
          return (await head(reader.pool)).sequence;
        } finally { await reader.stop(); }
      };
      await expect(read()).rejects.toThrow(PartitionStopped);
      expect(await read('link')).toBe(19); // of twenty, and nobody knows
    } finally { await short.close(); }
    expect(w.errors).toEqual([]);
  }, 30_000);
});
