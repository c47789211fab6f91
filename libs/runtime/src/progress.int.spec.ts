import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { call, first, second, take, until, world, write, type World } from './toy.world.js';

let w: World;
beforeAll(async () => { w = await world({ partitions: 2 }); }, 60_000);
afterAll(() => w.stop());

const soon = () => Date.now() + 10_000;

describe('a service whose consumer does not run', () => {
  it('tells how many events it has not read, and how old the oldest is, not only for how long it was seen', async () => {
    const writes = await w.start(first);
    await writes.positions.wait((await writes.commands.execute(call(take, { tenant: 't', date: '2026-03-02' }))).position, soon());
    for (let i = 0; i < 5; i++) await writes.commands.execute(call(write, { id: `n${i}`, customer: 'c1', minor: 1 }));
    await until('all is published', async () => { const { head, published } = await writes.progress(); return head === published; });
    await pause(3_000);

    const reads = await w.start(second, { role: 'api' });
    const began = Date.now();
    const partition = (await w.log()).partitionOf('t/c1');
    const lag = async () => (await reads.progress()).lags.find((l) => l.partition === partition)!;
    expect(await lag()).toMatchObject({ events: 7 }); // the tenant and its first day are told in every partition
    await until('its oldest event was looked at', async () => (await lag()).seconds >= 3);
    expect((await lag()).seconds).toBeGreaterThan((Date.now() - began) / 1_000); // the event is older than this process
    expect((await reads.progress()).lags).toHaveLength(2);

    const worker = await w.start(second, { role: 'worker' });
    await until('it has caught up', async () => (await worker.progress()).lags.every((l) => l.events === 0 && l.seconds === 0));
    await until('the other replica has seen that', async () => { const l = await lag(); return l.events === 0 && l.seconds === 0; });
    const marks = (await reads.progress()).consumedMarks.filter((m) => m.source === 'invoicing');
    expect(marks).toMatchObject([{ lagEvents: 0, lagSeconds: 0 }, { lagEvents: 0, lagSeconds: 0 }]);
  }, 30_000);
});

describe('a service whose log is away', () => {
  it('still tells how far it is, and that the log does not answer', async () => {
    const log = await w.log();
    const away = { ...log, ends: () => Promise.reject(new Error('no broker')) };
    const silent = { ...log, ends: () => new Promise<never>(() => undefined) };
    for (const [there, told] of [[away, ['no broker']], [silent, []]] as const) {
      w.errors.length = 0;
      const reads = await w.start(second, { role: 'api', log: there });
      expect(await reads.progress()).toMatchObject({ keysParked: 0, published: expect.any(Number) as unknown as number });
      expect(w.errors.map((e) => e.message)).toEqual(told);
      await reads.stop();
    }
  });
});
