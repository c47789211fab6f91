// What must be known of a whole tenant before its books are closed: asked by a command that is decided alone, so that nothing of it changes meanwhile.
import type { Day } from '@ar/domain/day.js';
import type { Tx } from './forms.js';

/** `openSince`: the earliest business date that is open anywhere, '' where none is; `waiting`: how many events wait for repair here. */
export interface Settled { readonly openSince: Day; readonly waiting: number }

export async function settledOf(tx: Tx, tenant: string): Promise<Settled> {
  const [row] = await tx.query<{ openSince: Day; waiting: number }>(
    `select coalesce((select min(coalesce((select max(b.date) from rt.business_date b where b.tenant = $1 and b.partition = c.partition), '-infinity')) from checkpoint c), '-infinity')::text as "openSince",
            (select count(*) from parked where tenant = $1)::int as waiting`, [tenant]);
  return { openSince: row!.openSince === '-infinity' ? '' : row!.openSince, waiting: row!.waiting };
}
