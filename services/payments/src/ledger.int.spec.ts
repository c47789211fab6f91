// The ledger at work: random histories of what callers ask, many at once and out of order, against the real service. Whatever comes of it, everything ties, after each wave, on each day, for ever.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { silentProvider } from './ledger-files.world.js';
import { observing } from './ledger-observed.world.js';
import { TIMES, histories, Run } from './ledger-run.world.js';
import { LedgerService } from './ledger-service.world.js';
import { payments } from './payments.service.js';

/** Another one finds other histories. */
const SEED = Number(process.env['AR_LEDGER_SEED'] ?? 20_261_122);

let postgres: Postgres;
let service: LedgerService;
const observed = observing(payments);
beforeAll(async () => {
  postgres = await startPostgres();
  service = await LedgerService.start(postgres, silentProvider());
}, 60_000);
afterAll(async () => {
  await service.stop();
  await postgres.stop();
});

describe('the service, whatever is asked of it by however many at once', () => {
  let tenants = 0;
  const told = new Map<string, number>();
  it('keeps items, aging, accounts and journal in line after each wave, and answers the same again', async () => {
    await fc.assert(fc.asyncProperty(histories(10), async (waves) => {
      const run = await Run.begin(service, ++tenants);
      try {
        for (const wave of waves) await run.wave(wave);
        await run.end();
        for (const l of run.story) { const m = /^(\w+) \{.*→ (.*?)( \(|$)/.exec(l); if (m) told.set(`${m[1]} ${m[2]}`, (told.get(`${m[1]} ${m[2]}`) ?? 0) + 1); }
      } catch (error) { throw new Error([(error as Error).message, ...service.errors.map((e) => e.stack), ...run.story.slice(-400)].join('\n'), { cause: error }); }
    }), { numRuns: 8, seed: SEED, endOnFailure: true });
    expect(service.errors).toEqual([]);
    console.log(JSON.stringify([...observed.recorded]), 'NEVER', payments.commands.map((c) => c.name).filter((n) => !observed.recorded.has(n)), JSON.stringify([...told].sort((a, b) => b[1] - a[1]), null, 0), JSON.stringify(TIMES));
  }, 300_000);
});
