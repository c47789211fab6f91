// How far a service is: what an operator and a waiting program need to know.
import type pg from 'pg';
import type { EventLog } from '@ar/event-log/event-log.js';
import { head } from '@ar/event-store/store.js';
import { txOf } from './decide.js';
import type { Service } from './forms.js';
import { NoProjections, type Live } from './live.js';
import { readMarks } from './positions.js';
import { readPublished } from './relay.js';

export interface Progress {
  readonly head: number;
  readonly published: number;
  readonly unpublishedSeconds: number;
  readonly publishedMarks: readonly { readonly partition: number; readonly sequence: number }[];
  readonly consumedMarks: readonly { readonly source: string; readonly partition: number; readonly sequence: number; readonly lagEvents: number; readonly lagSeconds: number }[];
  readonly effectsPending: number;
  readonly keysParked: number;
  readonly projectionVersion: string;
}

/** One look at the store, the projections and the end of the log. `now` in milliseconds, for ages. `farFuture`: every effect counts, whenever it is due. */
export async function progressOf({ pool, live, log, service, now }: { readonly pool: pg.Pool; readonly live: Live; readonly log: EventLog; readonly service: Service; readonly now: number }): Promise<Progress> {
  const [{ sequence }, published, ends] = await Promise.all([head(pool), readPublished(pool), log.ends()]);
  const oldest = published.sequence < sequence ? (await pool.query<{ recorded_at: string }>('select recorded_at from es.event where sequence = $1', [published.sequence + 1])).rows[0]?.recorded_at : undefined;
  const base = {
    head: sequence, published: published.sequence, unpublishedSeconds: oldest ? Math.max(0, Math.floor((now - Date.parse(oldest)) / 1_000)) : 0,
    publishedMarks: Object.entries(published.last).map(([p, sent]) => ({ partition: Number(p), sequence: sent.sequence })),
  };
  try {
    return await live.transaction(async (client) => {
      const marks = await readMarks(client);
      const { rows: at } = await client.query<{ partition: number; next_offset: string }>('select partition, next_offset::text from checkpoint');
      const { rows: parked } = await client.query<{ n: number }>('select count(distinct (tenant, customer)) n from parked');
      const { rows: version } = await client.query<{ version: string }>('select version from rt.live');
      let effectsPending = 0;
      for (const effect of service.effects) effectsPending += (await effect.todo(txOf(client), '9999-12-31T00:00:00Z', 10_000)).length;
      const lag = new Map(at.map((r) => [r.partition, Number((ends.get(r.partition) ?? 0n) - BigInt(r.next_offset))]));
      return {
        ...base, effectsPending, keysParked: parked[0]!.n, projectionVersion: version[0]!.version,
        consumedMarks: marks.flatMap(({ partition, marks: m }) => Object.entries(m).map(([source, s]) => ({ source, partition, sequence: s, lagEvents: lag.get(partition) ?? 0, lagSeconds: 0 }))),
      };
    });
  } catch (error) {
    if (!(error instanceof NoProjections)) throw error;
    return { ...base, consumedMarks: [], effectsPending: 0, keysParked: 0, projectionVersion: '' };
  }
}
