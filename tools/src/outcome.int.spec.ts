// One history, lived through by the five services again and again: whatever the size of the batches they read and the number of partitions, in whatever order these
// are read, every store, the log of every customer and every table come out the same; and a table built anew from the beginning of the log is the one that was kept.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { registry } from '@ar/contracts/registry.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { faultsOfRecord } from './events-checked.world.js';
import { startFive, type FiveServices, type Name } from './five-services.world.js';
import { liveThrough } from './lived-through.world.js';
import { outcomeOf, tablesOf, type OutcomeOf } from './outcome.world.js';

const NAMES: readonly Name[] = ['invoicing', 'credit', 'payments', 'reminders', 'collections'];
let postgres: Postgres;
let five: FiveServices;
let first: OutcomeOf;

const lived = async (partitions: number, batch: number, backwards = false) => {
  const services = await startFive({ postgres, partitions, batch, backwards });
  try { await liveThrough(services); } catch (error) { await services.stop(); throw error; }
  return services;
};

/** The first line of each part that is not the same. */
function differences(one: OutcomeOf, other: OutcomeOf): readonly string[] {
  return (['stores', 'log', 'projections'] as const).flatMap((part) => [...new Set([...Object.keys(one[part]), ...Object.keys(other[part])])].flatMap((name) => {
    const [a = [], b = []] = [one[part][name], other[part][name]];
    const at = Array.from({ length: Math.max(a.length, b.length) }, (_, i) => i).find((i) => a[i] !== b[i]);
    return at === undefined ? [] : [`${part} ${name}, line ${at}: ${a[at] ?? 'nothing'}\n  is now: ${b[at] ?? 'nothing'}`];
  }));
}

beforeAll(async () => {
  postgres = await startPostgres();
  five = await lived(1, 500);
  first = await outcomeOf(five);
}, 120_000);
afterAll(async () => {
  await five?.stop();
  await postgres?.stop();
});

describe('four weeks of a small seller', () => {
  it('have everything in them that can happen', () => {
    const seen = new Set(Object.values(first.log).flat().map((line) => line.split(' ')[0]!));
    expect(Object.keys(registry).filter((type) => !seen.has(type))).toEqual([]);
  });

  it('are on the log as proto/events promises it to readers: every key, header and value', async () => {
    const found = new Set<string>();
    let read = 0;
    for (let partition = 0; partition < five.log.partitions; partition++) await five.log.read(partition, 0n, async (records) => {
      read += records.length;
      for (const fault of records.flatMap(faultsOfRecord)) found.add(fault);
    });
    expect([...found]).toEqual([]);
    expect(read).toBeGreaterThan(500);
  });

  it('leave nothing parked, no partition stopped and nothing complained of', () => {
    for (const name of NAMES) {
      expect(first.projections[`${name}.parked`]).toEqual([]);
      expect(five.runtimes[name].consumer.stopped.size).toBe(0);
    }
    expect(five.errors).toEqual([]);
  });

  it.each([[1, 1, false], [1, 7, false], [12, 1, false], [12, 7, true], [12, 500, false]])('come out the same with %i partitions read in batches of %i, the last of them first: %s', async (partitions, batch, backwards) => {
    const again = await lived(partitions, batch, backwards);
    try {
      expect(again.errors).toEqual([]);
      expect(differences(first, await outcomeOf(again))).toEqual([]);
    } finally { await again.stop(); }
  }, 120_000);
});

describe('a projection of', () => {
  it.each(NAMES)('%s, built anew from the beginning of the log, is the one that was kept, in every table', async (name) => {
    const kept = await tablesOf(five.runtimes[name]);
    expect(Object.values(kept).flat().length).toBeGreaterThan(10);
    await five.runtimes[name].rebuild();
    const anew = await tablesOf(five.runtimes[name]);
    expect(Object.keys(anew)).toEqual(Object.keys(kept));
    for (const table of Object.keys(kept)) expect({ table, rows: anew[table] }).toEqual({ table, rows: kept[table] });
  }, 60_000);
});
