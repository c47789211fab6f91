// Which projections are live, and transactions that read them.
import type pg from 'pg';
import { transaction, type Around } from '@ar/event-store/store.js';

const LIVE = 'select schema, (select alarm from es.relay) alarm from rt.live';

/** The live schema may be switched by a rebuild at any time: a transaction that began on the old one begins again. */
export class Live {
  #schema = '';
  constructor(readonly pool: pg.Pool) {}

  async schema(): Promise<string> {
    if (this.#schema === '') this.#schema = (await this.pool.query<{ schema: string }>(LIVE)).rows[0]?.schema ?? '';
    return this.#schema;
  }

  /**
   * Runs `work` with the live projections in its search path, in one transaction. `first` are statements that go with its beginning, in one round trip, before it is asked what is
   * live: whoever locks a checkpoint row there holds up the switch.
   */
  async transaction<T>(work: (client: pg.PoolClient, around: Around & { readonly alarm: string | null }) => Promise<T>, { mode = '', first = [] }: { readonly mode?: string; readonly first?: readonly string[] } = {}): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      const schema = await this.schema();
      if (schema === '') throw new NoProjections();
      try {
        return await transaction(this.pool, async (client, around) => {
          const live = around.begun.at(-1)![0] as { readonly schema: string; readonly alarm: string | null } | undefined;
          if (live?.schema !== schema) { this.#schema = live?.schema ?? ''; throw new Switched(); }
          return work(client, { ...around, alarm: live.alarm, begun: around.begun.slice(2, -1) });
        }, [`begin${mode}`, `set local search_path to ${quoted(schema)}, rt, public`, ...first, LIVE].join('; '));
      } catch (error) {
        if (!(error instanceof Switched || await this.isGone(error, schema)) || attempt >= 5) throw error; // `first` met a schema that is no more
      }
    }
  }

  /** Whether a statement failed because another process has switched, more than once, and `schema` is no more: it is to be looked at again. */
  async isGone(error: unknown, schema: string): Promise<boolean> {
    if ((error as { code?: unknown }).code !== '42P01') return false;
    this.#schema = '';
    return await this.schema() !== schema;
  }

  /** One snapshot for all reads of `work`. */
  read<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> { return this.transaction(work, { mode: ' isolation level repeatable read read only' }); }

  forget(): void { this.#schema = ''; }
}

/** Before the first worker of a service has made its projections. */
export class NoProjections extends Error { constructor() { super('the projections of this service are not there yet'); } }
class Switched extends Error {}

/** The log and this store do not belong together: nothing is recorded until someone has looked. */
export class StoreAlarm extends Error {}
export function noAlarm({ alarm }: { readonly alarm: string | null }): void { if (alarm !== null) throw new StoreAlarm(alarm); }

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
