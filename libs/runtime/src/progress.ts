// How far a service is: what an operator and a waiting program need to know.
import type pg from 'pg';
import { txOf } from './decide.js';
import type { Service } from './forms.js';
import type { Lag } from './lag.js';
import { quoted, type Live } from './live.js';
import type { Sent } from './relay.js';

export interface Progress {
  readonly head: number;
  readonly published: number;
  readonly unpublishedSeconds: number;
  readonly publishedMarks: readonly { readonly partition: number; readonly sequence: number }[];
  readonly consumedMarks: readonly { readonly source: string; readonly partition: number; readonly sequence: number; readonly lagEvents: number; readonly lagSeconds: number }[];
  /** Of each partition, whatever its events come from. */
  readonly lags: readonly { readonly partition: number; readonly events: number; readonly seconds: number }[];
  readonly effectsPending: number;
  readonly effectsUnknown: number;
  readonly keysParked: number;
  readonly projectionVersion: string;
}

const NOTHING: Progress = { head: 0, published: 0, unpublishedSeconds: 0, publishedMarks: [], consumedMarks: [], lags: [], effectsPending: 0, effectsUnknown: 0, keysParked: 0, projectionVersion: '' };

interface Row {
  readonly head: number; readonly published: number; readonly last: Readonly<Record<string, Sent>>; readonly schema: string; readonly version: string; readonly parked: number; readonly oldest: string | null;
  readonly checkpoints: readonly { readonly partition: number; readonly next_offset: number; readonly marks: Readonly<Record<string, number>> }[] | null;
}

/**
 * One look at the store, the projections and the effects, in one snapshot: a mark never shows an event whose reactions the head does not show yet, nor one that
 * requested an effect which is not counted yet. Effects count whenever they are due. `now` in milliseconds, for ages.
 */
export async function progressOf({ live, ends, lag, service, now }: { readonly live: Live; readonly ends: ReadonlyMap<number, bigint>; readonly lag: Lag; readonly service: Service; readonly now: number }): Promise<Progress> {
  for (let attempt = 0; ; attempt++) {
    const schema = await live.schema();
    if (schema === '') return NOTHING;
    let [effectsPending, effectsUnknown] = [0, 0];
    let row: Row;
    const look = async (client: Pick<pg.PoolClient, 'query'>): Promise<Row> => (await client.query<Row>(
      `select h.sequence head, r.sequence published, r.last_by_partition last, l.schema, l.version, (select count(distinct (tenant, customer)) from ${quoted(schema)}.parked) parked,
        case when r.sequence < h.sequence then (select recorded_at from es.event where sequence = r.sequence + 1) end oldest,
        (select jsonb_agg(jsonb_build_object('partition', partition, 'next_offset', next_offset, 'marks', marks)) from ${quoted(schema)}.checkpoint) checkpoints
        from es.head h, es.relay r, rt.live l`)).rows[0]!;
    try {
      row = service.effects.length === 0 ? await look(live.pool as unknown as Pick<pg.PoolClient, 'query'>) : await live.read(async (client) => { // one statement is a snapshot by itself
        [effectsPending, effectsUnknown] = [0, 0];
        for (const effect of service.effects) {
          effectsPending += (await effect.todo(txOf(client), '9999-12-31T00:00:00Z', 10_000)).filter((t) => t.state !== 'unknown').length;
          effectsUnknown += await effect.unknown(txOf(client));
        }
        return look(client);
      });
    } catch (error) {
      if (attempt < 5 && await live.isGone(error, schema)) continue;
      throw error;
    }
    if (row.schema !== schema && attempt < 5) { live.forget(); continue; }
    const lags = (row.checkpoints ?? []).map(({ partition, next_offset }) => {
      const end = Number(ends.get(partition) ?? 0n);
      return { partition, events: Math.max(0, end - next_offset), seconds: lag.seconds(partition, next_offset, end, now) };
    });
    const lagOf = new Map(lags.map((l) => [l.partition, l]));
    return {
      head: row.head, published: row.published, unpublishedSeconds: row.oldest ? Math.max(0, Math.floor((now - Date.parse(row.oldest)) / 1_000)) : 0,
      publishedMarks: Object.entries(row.last).map(([p, sent]) => ({ partition: Number(p), sequence: sent.sequence })),
      consumedMarks: (row.checkpoints ?? []).flatMap(({ partition, marks }) => Object.entries(marks).map(([source, sequence]) => ({ source, partition, sequence, lagEvents: lagOf.get(partition)!.events, lagSeconds: lagOf.get(partition)!.seconds }))),
      lags, effectsPending, effectsUnknown, keysParked: row.parked, projectionVersion: row.version,
    };
  }
}
