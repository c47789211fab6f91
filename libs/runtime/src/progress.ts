// How far a service is: what an operator and a waiting program need to know.
import type { EventLog } from '@ar/event-log/event-log.js';
import { txOf } from './decide.js';
import type { Service } from './forms.js';
import { NoProjections, type Live } from './live.js';
import type { Sent } from './relay.js';

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

const NOTHING: Progress = { head: 0, published: 0, unpublishedSeconds: 0, publishedMarks: [], consumedMarks: [], effectsPending: 0, keysParked: 0, projectionVersion: '' };

interface Row {
  readonly head: number; readonly published: number; readonly last: Readonly<Record<string, Sent>>; readonly version: string; readonly parked: number; readonly oldest: string | null;
  readonly checkpoints: readonly { readonly partition: number; readonly next_offset: number; readonly marks: Readonly<Record<string, number>> }[] | null;
}

/**
 * One look at the store and the projections, in one snapshot: a mark never shows an event whose reactions the head does not show yet.
 * `now` in milliseconds, for ages. Every effect counts, whenever it is due.
 */
export async function progressOf({ live, log, service, now }: { readonly live: Live; readonly log: EventLog; readonly service: Service; readonly now: number }): Promise<Progress> {
  try {
    const { row, effectsPending } = await live.read(async (client) => {
      const { rows } = await client.query<Row>({
        name: 'progress',
        text: `select h.sequence head, r.sequence published, r.last_by_partition last, (select version from rt.live) version, (select count(distinct (tenant, customer)) from parked) parked,
          (select recorded_at from es.event where sequence = r.sequence + 1) oldest, (select jsonb_agg(jsonb_build_object('partition', partition, 'next_offset', next_offset, 'marks', marks)) from checkpoint) checkpoints
          from es.head h, es.relay r`,
      });
      let pending = 0;
      for (const effect of service.effects) pending += (await effect.todo(txOf(client), '9999-12-31T00:00:00Z', 10_000)).length;
      return { row: rows[0]!, effectsPending: pending };
    });
    const ends = await log.ends();
    return {
      head: row.head, published: row.published, unpublishedSeconds: row.oldest ? Math.max(0, Math.floor((now - Date.parse(row.oldest)) / 1_000)) : 0,
      publishedMarks: Object.entries(row.last).map(([p, sent]) => ({ partition: Number(p), sequence: sent.sequence })),
      consumedMarks: (row.checkpoints ?? []).flatMap(({ partition, next_offset, marks }) => Object.entries(marks).map(([source, sequence]) => ({ source, partition, sequence, lagEvents: Math.max(0, Number(ends.get(partition) ?? 0n) - next_offset), lagSeconds: 0 }))),
      effectsPending, keysParked: row.parked, projectionVersion: row.version,
    };
  } catch (error) {
    if (error instanceof NoProjections) return NOTHING;
    throw error;
  }
}
