import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Consumed, Tx } from '@ar/runtime/forms.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { debitsUnderWay, receiptsUnderWay } from './coming.js';
import { holdBacks, openItems, undelivered, wholeStandingOf } from './standing.js';

let postgres: Postgres;
let client: pg.Client;
const tx: Tx = { query: async <Row>(sql: string, values?: readonly unknown[]) => (await client.query(sql, values as unknown[])).rows as Row[] };

beforeAll(async () => {
  postgres = await startPostgres();
  client = new pg.Client({ connectionString: await postgres.database() });
  await client.connect();
  for (const { ddl } of [openItems, holdBacks, undelivered, debitsUnderWay, receiptsUnderWay]) await client.query(ddl);
}, 60_000);
afterAll(async () => { await client?.end(); await postgres?.stop(); });

describe('cash on account that is together more than any amount', () => {
  const placed = (value: string) => ({ type: 'ar.payments.unapplied_cash_placed.v1', tenant: 't', customer: 'c', data: { amount: { currencyCode: 'EUR', value } } }) as Consumed<'ar.payments.unapplied_cash_placed.v1'>;
  it('is exact, read in one batch or in several', async () => {
    const most = '90071992547409.91';
    await openItems.project([placed(most), placed(most), placed(most)], tx);
    expect((await wholeStandingOf(tx, 't', 'c')).cash).toEqual({ EUR: 27_021_597_764_222_973n });
    await openItems.project([placed(most), placed('0.01')], tx);
    expect((await wholeStandingOf(tx, 't', 'c')).cash).toEqual({ EUR: 36_028_797_018_963_965n });
  });
});
