// The store against a model of a few maps: several writers at once record batches of commands on few streams, series and keys, some with several streams or without
// events, some rolled back after the append, some decided on a version that is gone. Whatever the interleaving was, the history reads as if they had come one by one.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { append, head, migrate, open, openPool, read, transaction, verify, type AcceptedCommand, type Appended, type Series } from './store.js';

const SERIES = 't1/invoice/2026';
/** One command: how many events on which streams, under which key, with a number of the series or without. */
interface Wish { readonly streams: readonly { readonly stream: number; readonly events: number }[]; readonly key: number; readonly day: number; readonly numbered: boolean }
interface Batch { readonly wishes: readonly Wish[]; readonly fate: 'commit' | 'roll-back' | 'lowered' }

const wish: fc.Arbitrary<Wish> = fc.record({
  streams: fc.uniqueArray(fc.record({ stream: fc.nat(3), events: fc.nat(3) }), { minLength: 1, maxLength: 3, selector: (s) => s.stream }), key: fc.nat(25), day: fc.integer({ min: 10, max: 28 }), numbered: fc.boolean(),
});
const batch: fc.Arbitrary<Batch> = fc.record({ wishes: fc.array(wish, { minLength: 1, maxLength: 4 }), fate: fc.constantFrom('commit', 'commit', 'commit', 'roll-back', 'lowered') });
const writers = fc.array(fc.array(batch, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 5 });

/** What a writer was told about a command that it committed. */
interface Told { readonly command: AcceptedCommand; readonly answer: Appended; readonly number: number | null; readonly date: string }

let postgres: Postgres;
beforeAll(async () => { postgres = await startPostgres(); });
afterAll(() => postgres.stop());

const streamOf = (n: number) => `t1/account/${n}`;
const keyOf = (n: number) => `t1/key-${n}`;

/** Records a batch as a service does: locked, decided on what is there, appended, committed. Two that use one key at once are told apart by the second try. */
async function record(pool: pg.Pool, { wishes, fate }: Batch): Promise<readonly Told[]> {
  const locked = [...new Set(wishes.flatMap((w) => w.streams.map((s) => streamOf(s.stream))))];
  for (let attempt = 0; ; attempt++) {
    try {
      return await transaction(pool, async (client) => {
        const { versions, series, known } = await open(client, locked, [SERIES], wishes.map((w) => keyOf(w.key)));
        const [at, keys, told] = [new Map(versions), new Set(known.keys()), [] as Omit<Told, 'answer'>[]];
        let now: Series = series.get(SERIES)!;
        for (const { streams, key, day, numbered } of wishes) {
          if (keys.has(keyOf(key))) continue;
          keys.add(keyOf(key));
          const date = [`2026-03-${day}`, now.lastDate ?? ''].sort().at(-1)!; // never before the last one of its series
          if (numbered) now = { last: now.last + 1, lastDate: date };
          const parts = streams.map(({ stream, events }) => {
            const expectedVersion = at.get(streamOf(stream))!;
            at.set(streamOf(stream), expectedVersion + events);
            return { streamId: streamOf(stream), expectedVersion, events: Array.from({ length: events }, () => ({ partitionKey: 't1/c1', eventId: randomUUID(), type: 'A', schemaV: 1, data: numbered ? { number: now.last } : {}, meta: { correlation: keyOf(key), causation: '', actor: 'test' }, businessDate: date })) };
          });
          told.push({ command: { key: keyOf(key), requestHash: Buffer.from(keyOf(key)), parts }, number: numbered ? now.last : null, date });
        }
        if (told.length === 0) return [];
        const commands = told.map((t, i) => (fate !== 'lowered' || i > 0 ? t.command : { ...t.command, parts: t.command.parts.map((p) => ({ ...p, expectedVersion: p.expectedVersion - 1 })) }));
        const answers = await append(client, commands, told.some((t) => t.number !== null) ? new Map([[SERIES, now]]) : new Map());
        if (fate === 'roll-back') throw new Error('rolled back');
        if (fate === 'lowered') throw new Error('a version that is gone was accepted');
        return told.map((t, i) => ({ ...t, answer: answers[i]! }));
      });
    } catch (error) {
      if ((error as { code?: string }).code === '23505' && attempt < 5) continue;
      if ((error as Error).message === 'rolled back' || (fate === 'lowered' && (error as Error).message.startsWith('es.append:'))) return [];
      throw error;
    }
  }
}

/** The history that the writers were told of, read as if they had come one by one. */
async function compare(pool: pg.Pool, told: readonly Told[]): Promise<void> {
  const events = await read(pool, 0, 10_000);
  expect(events.map((e) => e.sequence)).toEqual(events.map((_, i) => i + 1));
  const inOrder = told.filter((t) => t.answer.from !== null).sort((a, b) => a.answer.from! - b.answer.from!);
  expect(events.map((e) => e.eventId)).toEqual(inOrder.flatMap((t) => t.command.parts.flatMap((p) => p.events.map((e) => e.eventId))));
  const model = new Map<string, number>();
  for (const e of events) { model.set(e.streamId, (model.get(e.streamId) ?? 0) + 1); expect(e.version).toBe(model.get(e.streamId)); }
  for (const { command, answer } of told) {
    const made = command.parts.flatMap((p) => p.events);
    expect([answer.from, answer.to]).toEqual(made.length === 0 ? [null, null] : [answer.from, answer.from! + made.length - 1]);
    if (answer.from !== null) expect(events.slice(answer.from - 1, answer.to!).every((e) => e.meta.correlation === command.key && e.recordedAt === answer.recordedAt)).toBe(true);
  }
  expect(events.every((e, i) => i === 0 || events[i - 1]!.recordedAt <= e.recordedAt)).toBe(true);

  const numbered = told.filter((t) => t.number !== null).sort((a, b) => a.number! - b.number!);
  expect(numbered.map((t) => t.number)).toEqual(numbered.map((_, i) => i + 1));
  expect(numbered.map((t) => t.date)).toEqual(numbered.map((t) => t.date).sort());

  const { versions, series, known } = await transaction(pool, (client) => open(client, Array.from({ length: 4 }, (_, n) => streamOf(n)), [SERIES], Array.from({ length: 26 }, (_, n) => keyOf(n))));
  for (const [stream, version] of versions) expect([stream, version]).toEqual([stream, model.get(stream) ?? 0]);
  expect(series.get(SERIES)!.last).toBe(numbered.length);
  expect([...known.keys()].sort()).toEqual(told.map((t) => t.command.key).sort()); // each key once, also of commands without events
  for (const { command: { key, parts: [first] }, answer } of told) expect(known.get(key)).toMatchObject({ streamId: first!.streamId, version: first!.expectedVersion + first!.events.length, from: answer.from, to: answer.to });
  expect((await head(pool)).sequence).toBe(events.length);
  expect(await verify(pool)).toBeNull();
}

describe('a store with several writers', () => {
  it('is as gapless, ordered and exact as a model of it, and names the event that someone changed', async () => {
    let recorded = 0;
    await fc.assert(fc.asyncProperty(writers, fc.nat(), async (all, which) => {
      const { ownerUrl, url } = await postgres.store();
      await migrate(ownerUrl, 'ar_service');
      const pool = openPool(url);
      const owner = new pg.Client({ connectionString: ownerUrl });
      await owner.connect();
      try {
        const told = (await Promise.all(all.map(async (batches) => { const own: Told[] = []; for (const b of batches) own.push(...await record(pool, b)); return own; }))).flat();
        await compare(pool, told);
        const { sequence } = await head(pool);
        recorded += sequence;
        if (sequence === 0) return;
        const changed = 1 + (which % sequence);
        await owner.query('alter table es.event disable trigger all');
        await owner.query(`update es.event set data = (data::jsonb || '{"changed": true}')::json where sequence = $1`, [changed]);
        expect(await verify(pool)).toBe(changed);
      } finally { await owner.end(); await pool.end(); }
    }), { numRuns: 15 });
    expect(recorded).toBeGreaterThan(100);
  }, 90_000);
});
