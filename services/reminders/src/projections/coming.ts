// What is under way to pay what customers owe; and the direct debits that are to come, as their notices ask about them.
import type { Day } from '@ar/domain/day.js';
import { beingCollected, pendingReceipts } from '@ar/runtime/coming.js';
import type { Tx } from '@ar/runtime/forms.js';

/** What is under way to pay what is open: it is not asked for. */
export const debitsUnderWay = beingCollected([
  'ar.payments.debit_requested.v1', 'ar.payments.debit_attempted.v1', 'ar.payments.debit_declined.v1', 'ar.payments.debit_collected.v1', 'ar.payments.debit_returned.v1', 'ar.payments.debit_cancelled.v1', 'ar.payments.debit_suppressed.v1',
  'ar.payments.debit_abandoned.v1',
]);
export const receiptsUnderWay = pendingReceipts(['ar.payments.receipt_pending.v1', 'ar.payments.receipt_recorded.v1', 'ar.payments.receipt_reversed.v1']);

export interface DebitKnown { /** Whether it waits for its day or is under way. */ readonly waits: boolean; /** What is open of the customer in its items. */ readonly items: readonly { readonly itemId: string; readonly documentNumber: string; readonly dueOn: Day; readonly openMinor: number }[] }

/** A debit by its id, or by the key of its notice. One answer per question, in their order. */
export async function debitsKnown(tx: Tx, of: readonly { readonly tenant: string; readonly customer: string; readonly debitId?: string; readonly effectKey?: string }[]): Promise<readonly DebitKnown[]> {
  const rows = await tx.query<{ n: number; item_id: string; document_number: string | null; due_on: Day; open_minor: number }>(
    `select a.n, b.item_id, i.document_number, i.due_on, i.open_minor from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality a(tenant, customer, debit_id, effect_key, n)
     join being_collected b on b.tenant = a.tenant and b.customer = a.customer and b.debit_id = coalesce(a.debit_id, (select c.debit_id from communication c where c.tenant = a.tenant and c.customer = a.customer and c.effect_key = a.effect_key))
     left join open_item i on i.tenant = b.tenant and i.customer = b.customer and i.item_id = b.item_id order by a.n, i.due_on, b.item_id`,
    [of.map((o) => o.tenant), of.map((o) => o.customer), of.map((o) => o.debitId ?? null), of.map((o) => o.effectKey ?? null)]);
  return of.map((_, n) => {
    const mine = rows.filter((r) => Number(r.n) === n + 1);
    return { waits: mine.length > 0, items: mine.flatMap((r) => (r.document_number === null ? [] : [{ itemId: r.item_id, documentNumber: r.document_number, dueOn: r.due_on, openMinor: r.open_minor }])) };
  });
}
