// The ledger at work: random histories of what callers ask, many at once and out of order, against the real service. Whatever comes of it, everything ties, after each wave, on each day, for ever.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { neverChange } from './ledger-checks.world.js';
import { silentProvider } from './ledger-files.world.js';
import { observing } from './ledger-observed.world.js';
import { rebuiltIsLive } from './ledger-rebuilt.world.js';
import { histories, Run } from './ledger-run.world.js';
import { LedgerService } from './ledger-service.world.js';
import { payments } from './payments.service.js';

/** Another one finds other histories. */
const SEED = Number(process.env['AR_LEDGER_SEED'] ?? 20_261_122);
/** What chance has not met by then is no longer rare, it cannot happen. */
const MOST_RUNS_MORE = 12;

let postgres: Postgres;
let service: LedgerService;
const observed = observing(payments);
beforeAll(async () => {
  postgres = await startPostgres();
  service = await LedgerService.start(postgres, silentProvider());
}, 60_000);
afterAll(async () => {
  observed.stop();
  await service.stop();
  await postgres.stop();
});

describe('the service, whatever is asked of it by however many at once', () => {
  const runs: Run[] = [];
  /** Each a tenant of its own. What was asked, and what came of it, is told with what went wrong. */
  const live = (numRuns: number, seed: number, more: readonly string[] = []) => fc.assert(fc.asyncProperty(histories(10, more), async (waves) => {
    const run = await Run.begin(service, runs.length + 1);
    runs.push(run);
    try {
      for (const wave of waves) await run.wave(wave);
      await run.end();
    } catch (error) { throw new Error([(error as Error).message, ...service.errors.map((e) => e.stack), ...run.story].join('\n'), { cause: error }); }
  }), { numRuns, seed, endOnFailure: true });
  const missing = () => payments.commands.map((c) => c.name).filter((name) => !observed.recorded.has(name)).sort();

  it('keeps items, aging, accounts and journal in line after each wave, and answers the same again', async () => {
    await live(6, SEED);
    expect(service.errors).toEqual([]);
  }, 300_000);

  it('has recorded something by every command there is', async () => {
    for (let more = 1; missing().length > 0 && more <= MOST_RUNS_MORE; more++) await live(1, SEED + more, missing().map((name) => name.replace(/-./g, (c) => c[1]!.toUpperCase())));
    expect(missing()).toEqual([]);
  }, 300_000);

  it('answers the same from projections that are built anew, and their tables are the same', async () => {
    await rebuiltIsLive(service);
    for (const run of runs) await neverChange(service, run.past, 1);
    expect(service.errors).toEqual([]);
  }, 120_000);
});
