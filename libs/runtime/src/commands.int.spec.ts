import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Refused, RequestIdReused, VersionMismatch } from './commands.js';
import { call, first, look, openDay, publishTerms, recorded, take, until, voidBoth, voidNote, voidOther, world, write, type World } from './toy.world.js';
import type { ServiceRuntime } from './service-runtime.js';
import { verify } from '@ar/event-store/store.js';

let w: World;
let s: ServiceRuntime;
const soon = () => Date.now() + 10_000;
beforeAll(async () => { w = await world(); });
afterAll(() => w.stop());
let n = 0;
/** Each test has a tenant of its own on the same store. */
let t: string;
beforeAll(async () => { s = await w.start(first); });
beforeEach(async () => {
  t = `t${++n}`;
  const taken = await s.commands.execute(call(take, { tenant: t, date: '2026-03-02' }, 'take', { tenant: t }));
  await s.positions.wait(taken.position, soon());
});
afterEach(() => { expect(w.errors.map((e) => e.message)).toEqual([]); });

const wish = (id: string, minor = 100, key?: string) => call(write, { id: `${t}-${id}`, customer: 'c1', minor }, key, { tenant: t });
const mine = async () => (await recorded(s)).filter((line) => line.startsWith(`${t}/invoice`));

describe('a command', () => {
  it('is answered with its resource, its version and where to wait for it', async () => {
    const { resource, version, position, repeated } = await s.commands.execute(wish('1'));
    expect([resource, version, repeated]).toEqual([{ number: 'N1', status: 'there', due: '2026-03-02+30' }, 1, false]);
    await s.positions.wait(position, soon());
    expect((await s.live.read((c) => c.query('select number, status from note where tenant = $1', [t]))).rows).toEqual([{ number: 'N1', status: 'there' }]);
  });

  it('is recorded once for fifty callers with one id, and all get the same answer', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => s.commands.execute(wish('1', 100, 'same'))));
    expect(new Set(answers.map((a) => JSON.stringify([a.resource, a.version, a.position]))).size).toBe(1);
    expect(await mine()).toHaveLength(1);
  });

  it('gets its first answer again after the resource has moved on, also the next day, also after a restart', async () => {
    const before = await s.commands.execute(wish('1', 100, 'first'));
    await s.commands.execute(call(voidNote, { id: `${t}-1` }, 'void', { tenant: t }));
    await s.positions.wait((await s.commands.execute(call(openDay, { tenant: t, date: '2026-03-03' }, undefined, { tenant: t }))).position, soon());
    const again = await s.commands.execute(wish('1', 100, 'first'));
    expect([again.resource, again.version, again.position, again.repeated]).toEqual([before.resource, before.version, before.position, true]);
    s.on.held.clear();
    expect((await s.commands.execute(wish('1', 100, 'first'))).resource).toEqual(before.resource);
    expect((await s.commands.execute(call(voidNote, { id: `${t}-1` }, 'void', { tenant: t }))).resource).toMatchObject({ status: 'void' });
  });

  it('is told when its id was used for something else', async () => {
    await s.commands.execute(wish('1', 100, 'same'));
    await expect(s.commands.execute(wish('1', 200, 'same'))).rejects.toBeInstanceOf(RequestIdReused);
    const flying = [s.commands.execute(wish('2', 100, 'both')), s.commands.execute(wish('2', 200, 'both'))];
    await expect(flying[1]).rejects.toBeInstanceOf(RequestIdReused);
    await flying[0];
  });

  it('has its id to itself in each tenant', async () => {
    await s.commands.execute(wish('1', 100, 'shared'));
    const other = `${t}x`;
    await s.positions.wait((await s.commands.execute(call(take, { tenant: other, date: '2026-03-02' }, 'take', { tenant: other }))).position, soon());
    expect((await s.commands.execute(call(write, { id: 'z', customer: 'c1', minor: 5 }, 'shared', { tenant: other }))).repeated).toBe(false);
  });

  it('may be tried again with its id after it was refused', async () => {
    await expect(s.commands.execute(call(voidNote, { id: `${t}-9` }, 'again', { tenant: t }))).rejects.toMatchObject({ refusal: { refused: 'invoice-not-found' } });
    await s.commands.execute(wish('9'));
    expect((await s.commands.execute(call(voidNote, { id: `${t}-9` }, 'again', { tenant: t }))).resource).toMatchObject({ status: 'void' });
  });

  it('is remembered although it recorded nothing, and answered with where the last change is', async () => {
    const { position } = await s.commands.execute(wish('1'));
    expect(Object.keys(position)).toHaveLength(1);
    const looks = [await s.commands.execute(call(look, { id: `${t}-1` }, 'look', { tenant: t })), await s.commands.execute(call(look, { id: `${t}-1` }, 'look', { tenant: t }))];
    expect(looks.map((l) => [l.repeated, l.version, l.events, l.position])).toEqual([[false, 1, [], position], [true, 1, [], position]]);
  });

  it('whose event cannot be told to others is not recorded, and its number is not taken', async () => {
    await expect(s.commands.execute(call(write, { id: `${t}-1`, customer: 'c1', minor: 100, order: 'unspeakable' }, undefined, { tenant: t }))).rejects.toThrow('not recorded');
    expect(await mine()).toEqual([]);
    expect((await s.commands.execute(wish('2'))).resource).toMatchObject({ number: 'N1' });
  });

  it('names the version it wants', async () => {
    await s.commands.execute(wish('1'));
    await expect(s.commands.execute(call(voidNote, { id: `${t}-1` }, undefined, { tenant: t, expectedVersion: 7 }))).rejects.toEqual(new VersionMismatch(1));
    await s.commands.execute(call(voidNote, { id: `${t}-1` }, undefined, { tenant: t, expectedVersion: 1 }));
  });

  it('that only wants to know records nothing and takes no number', async () => {
    expect((await s.commands.execute({ ...wish('1'), validateOnly: true })).resource).toMatchObject({ number: 'N1' });
    expect(await mine()).toEqual([]);
    expect((await s.commands.execute(wish('1'))).resource).toMatchObject({ number: 'N1' });
  });

  it('reaches for a stream that it did not name', async () => {
    await s.commands.execute(wish('1'));
    await s.commands.execute(wish('2'));
    await s.commands.execute(call(voidBoth, { id: `${t}-1`, other: `${t}-2` }, undefined, { tenant: t }));
    expect((await mine()).filter((l) => l.includes('Voided'))).toHaveLength(2);
  });

  it('records nothing anywhere when one of its streams refuses', async () => {
    await s.commands.execute(wish('1'));
    await expect(s.commands.execute(call(voidBoth, { id: `${t}-1`, other: `${t}-none` }, undefined, { tenant: t }))).rejects.toBeInstanceOf(Refused);
    expect((await mine()).filter((l) => l.includes('Voided'))).toEqual([]);
  });

  it('asks a stream whose refusal is an answer: nothing of that is recorded, and what is recorded instead is', async () => {
    for (const id of ['1', '2']) await s.commands.execute(wish(id));
    await s.commands.execute(call(voidOther, { id: `${t}-1`, other: `${t}-2` }, undefined, { tenant: t }));
    expect((await mine()).filter((l) => l.includes('Voided'))).toEqual([expect.stringContaining(`${t}-2`)]);
    await s.commands.execute(call(voidOther, { id: `${t}-1`, other: `${t}-none` }, undefined, { tenant: t }));
    expect((await mine()).filter((l) => l.includes('Voided'))).toHaveLength(2);
  });

  it('of an unknown tenant is refused', () => expect(s.commands.execute(call(write, { id: 'x', customer: 'c', minor: 1 }, undefined, { tenant: 'nobody' }))).rejects.toMatchObject({ refusal: { refused: 'tenant-not-found' } }));
});

describe('a batch', () => {
  it('gives numbers without a gap, in order, although some of it is refused or fails', async () => {
    const calls = Array.from({ length: 400 }, (_, i) => (i % 7 === 3 ? wish(`b${i}`, 0) : i % 31 === 5 ? call(write, { id: `${t}-b${i}`, customer: 'c1', minor: 5, order: 'throws' }, undefined, { tenant: t }) : wish(`b${i}`, 5)));
    const answers = await s.commands.executeAll(calls);
    const numbers = answers.flatMap((a) => (a instanceof Error ? [] : [Number((a.resource as { number: string }).number.slice(1))]));
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    expect(answers.filter((a) => a instanceof Refused)).toHaveLength(57);
    expect(answers.filter((a) => a instanceof Error && a.message.includes('a mistake of the programmer'))).toHaveLength(11);
  });
});

describe('batches of one tenant', () => {
  it('are recorded beside each other, and numbers have no gap; those of one caller are in its order', async () => {
    const alone = Array.from({ length: 450 }, (_, i) => s.commands.execute(wish(`o${i}`, 5)));
    const [first, second] = await Promise.all(['p', 'q'].map((of) => s.commands.executeAll(Array.from({ length: 330 }, (_, i) => wish(`${of}${i}`, 5)))));
    const numberOf = (answer: unknown) => Number((answer as { resource: { number: string } }).resource.number.slice(1));
    for (const own of [first!, second!]) expect(own.map(numberOf)).toEqual(own.map(numberOf).toSorted((a, b) => a - b));
    const all = [...await Promise.all(alone), ...first!, ...second!].map(numberOf).toSorted((a, b) => a - b);
    expect(all).toEqual(all.map((_, i) => i + 1));
    expect(await verify(s.pool)).toBeNull();
  });
});

describe('the same wishes to two replicas at the same time', () => {
  it('are recorded once, also where each made ids of its own for them, and days open between: numbers have no gap, and dates go with them', async () => {
    const other = await w.start(first, { role: 'api' });
    const made = (of: string, i: number) => ({ ...wish(`${of}${i}`, 5, `same${i}`), hash: Buffer.alloc(32, i) }); // the id is no part of the request as it came
    const days = (async () => { for (const date of ['2026-03-03', '2026-03-04', '2026-03-05']) await s.positions.wait((await s.commands.execute(call(openDay, { tenant: t, date }, undefined, { tenant: t }))).position, soon()); })();
    const answers = await Promise.all(([[s, 'p'], [other, 'q']] as const).map(([at, of]) => Promise.all(Array.from({ length: 240 }, (_, i) => at.commands.execute(made(of, i))))));
    await days;
    const numberOf = (answer: unknown) => (answer as { resource: { number: string } }).resource.number;
    expect(answers[0]!.map(numberOf)).toEqual(answers[1]!.map(numberOf));
    expect(answers[0]!.map((a) => Number(numberOf(a).slice(1))).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 240 }, (_, i) => i + 1));
    const lines = await mine();
    expect(lines).toHaveLength(240);
    const dates = lines.toSorted((a, b) => Number(/"number":"N(\d+)"/.exec(a)![1]) - Number(/"number":"N(\d+)"/.exec(b)![1])).map((line) => line.split(' ')[3]!);
    expect(dates).toEqual(dates.toSorted());
    expect(await verify(s.pool)).toBeNull();
    await other.stop();
  });
});

describe('a published policy', () => {
  it('holds from the next day opened after it was read', async () => {
    await s.positions.wait((await s.commands.execute(call(publishTerms, { tenant: t, netDays: 14, validFrom: '2026-03-03' }, undefined, { tenant: t }))).position, soon());
    expect((await s.commands.execute(wish('1'))).resource).toMatchObject({ due: '2026-03-02+30' });
    await s.positions.wait((await s.commands.execute(call(openDay, { tenant: t, date: '2026-03-03' }, undefined, { tenant: t }))).position, soon());
    expect((await s.commands.execute(wish('2'))).resource).toMatchObject({ due: '2026-03-03+14' });
  });
});

describe('when connections break', () => {
  it('every answered command is there exactly once, and numbers have no gap', async () => {
    const answered: string[] = [];
    let killing = true;
    const killer = (async () => {
      while (killing) {
        await new Promise((r) => { setTimeout(r, 60); });
        await s.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'ar-invoicing' and pid <> pg_backend_pid()`).catch(() => undefined);
      }
    })();
    await Promise.all(Array.from({ length: 16 }, async (_, c) => {
      for (let i = 0; i < 25; i++) {
        for (let attempt = 0; ; attempt++) {
          try { await s.commands.execute(call(write, { id: `${t}-k${c}-${i}`, customer: `c${c % 3}`, minor: 1 }, `kill-${c}-${i}`, { tenant: t })); answered.push(`${c}-${i}`); break; } catch (error) { if (attempt > 200) throw error; await new Promise((r) => { setTimeout(r, 5); }); }
        }
      }
    }));
    killing = false;
    await killer;
    await until('the store answers', () => s.pool.query('select 1').then(() => true, () => false));
    const lines = await mine();
    expect(lines).toHaveLength(400);
    expect(new Set(answered).size).toBe(400);
    const numbers = lines.map((l) => Number(/"number":"N(\d+)"/.exec(l)![1])).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    expect(await verify(s.pool)).toBeNull();
    w.errors.length = 0; // the relay and the consumer have told of the same killings
  }, 60_000);

  it('two processes share a hot stream and starve nobody', async () => {
    const other = await w.start(first, { role: 'api' });
    await s.commands.execute(wish('hot'));
    const looks = (r: ServiceRuntime, who: string) => Promise.all(Array.from({ length: 300 }, (_, i) => r.commands.execute(call(look, { id: `${t}-hot` }, `${who}${i}`, { tenant: t }))));
    await Promise.all([looks(s, 'a'), looks(other, 'b')]);
    await other.stop();
    expect((await s.pool.query<{ n: number }>('select count(*) n from es.command where key like $1', [`${t}/%`])).rows[0]!.n).toBe(602);
  });
});
