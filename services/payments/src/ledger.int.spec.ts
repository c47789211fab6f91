// The ledger at work: random histories of what callers ask, many at once and out of order, against the real service. Whatever comes of it, everything ties, after each wave, on each day, for ever.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { histories, Run } from './ledger-run.world.js';
import { LedgerService } from './ledger-service.world.js';

/** Another one finds other histories. */
const SEED = Number(process.env['AR_LEDGER_SEED'] ?? 20_261_122);

let postgres: Postgres;
let service: LedgerService;
beforeAll(async () => {
  postgres = await startPostgres();
  service = await LedgerService.start(postgres);
}, 60_000);
afterAll(async () => {
  await service.stop();
  await postgres.stop();
});

describe('the service, whatever is asked of it by however many at once', () => {
  let tenants = 0;
  it('keeps items, aging, accounts and journal in line after each wave, and answers the same again', async () => {
    await fc.assert(fc.asyncProperty(histories(8), async ({ policies, waves }) => {
      const run = await Run.begin(service, `t${++tenants}`, policies);
      try {
        for (const wave of waves) await run.wave(wave);
        await run.end();
      } catch (error) { throw new Error(`${(error as Error).message}\n${run.story.slice(-400).join('\n')}`, { cause: error }); }
    }), { numRuns: 12, seed: SEED, endOnFailure: true });
    expect(service.errors).toEqual([]);
  }, 300_000);
});
