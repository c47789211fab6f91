// Which projections are live, and transactions that read them.
import type pg from 'pg';
import { transaction } from '@ar/event-store/store.js';

const LIVE = 'select schema from rt.live';

/** The live schema may be switched by a rebuild at any time: a transaction that began on the old one begins again. */
export class Live {
  #schema = '';
  constructor(readonly pool: pg.Pool) {}

  async schema(): Promise<string> {
    if (this.#schema === '') this.#schema = (await this.pool.query<{ schema: string }>(LIVE)).rows[0]?.schema ?? '';
    return this.#schema;
  }

  /** Runs `work` with the live projections in its search path, in one transaction. `lock` runs before it is asked what is live: whoever holds a checkpoint row holds up the switch. */
  async transaction<T>(work: (client: pg.PoolClient) => Promise<T>, mode = '', lock?: (client: pg.PoolClient) => Promise<void>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      const schema = await this.schema();
      if (schema === '') throw new NoProjections();
      try {
        return await transaction(this.pool, async (client, begun) => {
          await lock?.(client);
          const [row] = lock ? (await client.query({ name: 'rt.live', text: LIVE })).rows as unknown[] : begun;
          const live = (row as { readonly schema: string } | undefined)?.schema;
          if (live !== schema) { this.#schema = live ?? ''; throw new Switched(); }
          return work(client);
        }, `begin${mode}; set local search_path to ${quoted(schema)}, rt, public${lock ? '' : `; ${LIVE}`}`); // without a lock it is asked in the same round trip
      } catch (error) {
        if (!(error instanceof Switched) || attempt >= 5) throw error;
      }
    }
  }

  /** One snapshot for all reads of `work`. */
  read<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> { return this.transaction(work, ' isolation level repeatable read read only'); }

  forget(): void { this.#schema = ''; }
}

/** Before the first worker of a service has made its projections. */
export class NoProjections extends Error { constructor() { super('the projections of this service are not there yet'); } }
class Switched extends Error {}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
