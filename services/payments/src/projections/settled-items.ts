// Which of the items that somebody names were there and are settled, written off or void by now: an account keeps what is open, so nobody else can tell that from an item that never was.
import type { Tx } from '@ar/runtime/forms.js';
import { FOREVER } from './item-spans.js';

export interface SettledItem { readonly itemId: string; readonly customer: string; readonly currency: string }
/** Absent: nobody looked, for no items are named. */
export interface KnownOfSettled { readonly settled?: readonly SettledItem[] }

/** For each of what is asked. */
export async function settledAmong(tx: Tx, asked: readonly { readonly tenant: string; readonly itemIds: readonly string[] }[]): Promise<readonly KnownOfSettled[]> {
  const itemIds = asked.flatMap((a) => a.itemIds);
  if (itemIds.length === 0) return asked.map(() => ({}));
  const rows = await tx.query<SettledItem & { readonly tenant: string }>(
    `select i.tenant, i.item_id "itemId", i.customer, i.currency from item i where i.tenant = any($1) and i.item_id = any($2) and i.recorded_until = ${FOREVER}
        and not exists (select from item_span s where s.tenant = i.tenant and s.item_id = i.item_id and s.side = 'debit' and s.recorded_until = ${FOREVER} and s.effective_until = 'infinity')`, [[...new Set(asked.map((a) => a.tenant))], itemIds]);
  return asked.map((a) => ({ settled: rows.filter((r) => r.tenant === a.tenant && a.itemIds.includes(r.itemId)).map(({ itemId, customer, currency }) => ({ itemId, customer, currency })) }));
}
