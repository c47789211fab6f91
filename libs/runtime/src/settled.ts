// What must be known of a whole tenant before its books are closed: asked by a command that is decided alone, so that nothing of it changes meanwhile.
import type { Day } from '@ar/domain/day.js';
import type { Tx } from './forms.js';

/** `openSince`: the earliest business date that is open anywhere, '' where none is; `waiting`: how many events wait for repair here. */
export interface Settled { readonly openSince: Day; readonly waiting: number }

/** Up to which position of its own store this service has read everything, or put it aside: rows of projections up to there are complete, but for what waits. */
export async function readUpTo(tx: Tx, service: string): Promise<number> {
  const [row] = await tx.query<{ position: string }>(
    `select least(r.sequence, min(m.mark) filter (where m.mark < m.sent))::text as position from es.relay r cross join lateral
       (select coalesce((c.marks->>$1)::bigint, 0) as mark, coalesce((r.last_by_partition->c.partition::text->>'sequence')::bigint, 0) as sent from checkpoint c) m group by r.sequence`, [service]);
  return Number(row?.position ?? 0);
}

export async function settledOf(tx: Tx, tenant: string): Promise<Settled> {
  const [row] = await tx.query<{ openSince: Day; waiting: number }>(
    `select coalesce((select min(coalesce((select max(b.date) from rt.business_date b where b.tenant = $1 and b.partition = c.partition), '-infinity')) from checkpoint c), '-infinity')::text as "openSince",
            (select count(*) from parked where tenant = $1)::int as waiting`, [tenant]);
  return { openSince: row!.openSince === '-infinity' ? '' : row!.openSince, waiting: row!.waiting };
}
