// What is under way to pay what customers owe: nobody is sent after it.
import { comingMinor, comingOf, type MayCome } from '@ar/domain/coming.js';
import type { Day } from '@ar/domain/day.js';
import { beingCollected, pendingOf, pendingReceipts } from '@ar/runtime/coming.js';
import type { Tx } from '@ar/runtime/forms.js';

/** What is under way to pay what is open: it is not asked for. */
export const debitsUnderWay = beingCollected([
  'ar.payments.debit_requested.v1', 'ar.payments.debit_attempted.v1', 'ar.payments.debit_declined.v1', 'ar.payments.debit_collected.v1', 'ar.payments.debit_returned.v1', 'ar.payments.debit_cancelled.v1', 'ar.payments.debit_suppressed.v1',
  'ar.payments.debit_abandoned.v1',
]);
export const receiptsUnderWay = pendingReceipts(['ar.payments.receipt_pending.v1', 'ar.payments.receipt_recorded.v1', 'ar.payments.receipt_reversed.v1']);

export interface ComingItem { readonly itemId: string; readonly currency: string; readonly dueOn: Day; readonly minor: number }

/** By customer, `JSON.stringify([tenant, customer])`: the open items that something comes for. Nobody is in it for whom nothing is under way. */
export async function comingTo(tx: Tx, asked: readonly { readonly tenant: string; readonly customer: string }[]): Promise<ReadonlyMap<string, readonly ComingItem[]>> {
  const rows = await tx.query<MayCome & { readonly tenant: string; readonly customer: string; readonly dueOn: Day }>(
    `select i.tenant, i.customer, i.item_id "itemId", i.currency, i.due_on "dueOn", i.open_minor minor,
       (select coalesce(jsonb_agg(jsonb_build_object('minor', b.minor, 'on', b.collect_on) order by b.collect_on, b.debit_id), '[]') from being_collected b where b.tenant = i.tenant and b.customer = i.customer and b.item_id = i.item_id) debits
     from (select distinct tenant, customer from unnest($1::text[], $2::text[]) a(tenant, customer)
       where exists (select from being_collected b where b.tenant = a.tenant and b.customer = a.customer) or exists (select from pending_receipt p where p.tenant = a.tenant and p.customer = a.customer)) those
     join item i using (tenant, customer) where i.open_minor > 0 order by i.tenant, i.customer, i.due_on, i.item_id`, [asked.map((a) => a.tenant), asked.map((a) => a.customer)]);
  const keyOf = ({ tenant, customer }: { readonly tenant: string; readonly customer: string }) => JSON.stringify([tenant, customer]);
  const customers = [...new Map(rows.map((r) => [keyOf(r), { tenant: r.tenant, customer: r.customer }])).values()];
  if (customers.length === 0) return new Map();
  const pending = await pendingOf(tx, '(select * from item where open_minor > 0)', customers);
  return new Map(customers.map((of, n) => {
    const items = rows.filter((r) => keyOf(r) === keyOf(of));
    const coming = comingOf(items, pending[n]!);
    return [keyOf(of), items.flatMap(({ itemId, currency, dueOn }) => (coming.has(itemId) ? [{ itemId, currency, dueOn, minor: comingMinor(coming.get(itemId)!) }] : []))];
  }));
}
