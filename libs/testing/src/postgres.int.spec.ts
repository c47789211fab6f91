import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startPostgres, type Postgres } from './postgres.js';

describe('a Postgres for tests', () => {
  let postgres: Postgres;
  beforeAll(async () => { postgres = await startPostgres(); });
  afterAll(() => postgres.stop());

  it('gives each asker a database of its own', async () => {
    const [one, two] = [await postgres.database(), await postgres.database()];
    expect(one).not.toBe(two);
    const client = new pg.Client({ connectionString: one });
    await client.connect();
    expect((await client.query<{ v: string }>(`select current_setting('server_version_num') v`)).rows[0]!.v >= '180000').toBe(true);
    await client.end();
  });
});
