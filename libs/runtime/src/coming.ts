// What is under way to pay items, as payments tells it: direct debits from their request to their outcome, receipts that are not cash yet. Kept by each service that asks customers for money.
import { moneyOf } from '@ar/domain/money.js';
import type { Day } from '@ar/domain/day.js';
import type { PendingReceipt } from '@ar/domain/coming.js';
import type { Consumed, Projection, Tx } from './forms.js';

export type DebitUnderWay = 'ar.payments.debit_requested.v1' | 'ar.payments.debit_attempted.v1' | 'ar.payments.debit_declined.v1' | 'ar.payments.debit_collected.v1' | 'ar.payments.debit_returned.v1' | 'ar.payments.debit_cancelled.v1'
  | 'ar.payments.debit_suppressed.v1' | 'ar.payments.debit_abandoned.v1';
export type ReceiptUnderWay = 'ar.payments.receipt_pending.v1' | 'ar.payments.receipt_recorded.v1' | 'ar.payments.receipt_reversed.v1';

/** An attempt collects its items until it has an outcome; what is to be tried again collects them again from that attempt on. */
export const beingCollected = (on: readonly DebitUnderWay[]): Projection<DebitUnderWay> => ({
  name: 'being-collected',
  ddl: `create table being_collected (tenant text, customer text, item_id text, debit_id text, attempt int not null, minor bigint, collect_on date not null, primary key (tenant, customer, item_id, debit_id));
  create index on being_collected (tenant, debit_id)`,
  on,
  async project(events, tx) {
    for (const event of events) {
      const { type, tenant, data: { debitId } } = event;
      switch (type) {
        case 'ar.payments.debit_requested.v1': await collect(tx, event, 1); break;
        case 'ar.payments.debit_attempted.v1':
          await tx.query('delete from being_collected where tenant = $1 and debit_id = $2', [tenant, debitId]);
          await collect(tx, event, event.data.attempt);
          break;
        case 'ar.payments.debit_declined.v1':
        case 'ar.payments.debit_collected.v1':
        case 'ar.payments.debit_returned.v1': await tx.query('delete from being_collected where tenant = $1 and debit_id = $2 and attempt = $3', [tenant, debitId, event.data.attempt]); break;
        case 'ar.payments.debit_cancelled.v1':
        case 'ar.payments.debit_suppressed.v1':
        case 'ar.payments.debit_abandoned.v1': await tx.query('delete from being_collected where tenant = $1 and debit_id = $2', [tenant, debitId]); break;
      }
    }
  },
});

async function collect(tx: Tx, { tenant, customer, data: { debitId, items, collectDate } }: Consumed<'ar.payments.debit_requested.v1' | 'ar.payments.debit_attempted.v1'>, attempt: number): Promise<void> {
  await tx.query('insert into being_collected select $1, $2, i.item_id, $3, $4, i.minor, $5 from unnest($6::text[], $7::bigint[]) i(item_id, minor) on conflict do nothing',
    [tenant, customer, debitId, attempt, collectDate, items.map((i) => i.itemId), items.map((i) => (i.amount ? moneyOf(i.amount).minor : null))]);
}

/** A receipt is pending until it is cash, or goes back before. */
export const pendingReceipts = (on: readonly ReceiptUnderWay[]): Projection<ReceiptUnderWay> => ({
  name: 'pending-receipts',
  ddl: `create table pending_receipt (tenant text, receipt_id text, customer text not null, currency text not null, minor bigint not null, value_on date not null, named jsonb not null, primary key (tenant, receipt_id));
  create index on pending_receipt (tenant, customer)`,
  on,
  async project(events, tx) {
    const last = new Map(events.map((e) => [`${e.tenant}/${e.data.receiptId}`, e])); // nothing is pending again
    const over = [...last.values()].filter((e) => e.type !== 'ar.payments.receipt_pending.v1');
    if (over.length > 0) await tx.query('delete from pending_receipt p using unnest($1::text[], $2::text[]) o(tenant, receipt_id) where p.tenant = o.tenant and p.receipt_id = o.receipt_id', [over.map((e) => e.tenant), over.map((e) => e.data.receiptId)]);
    for (const e of last.values()) {
      if (e.type !== 'ar.payments.receipt_pending.v1' || e.customer.startsWith('~')) continue; // or nobody's money yet
      const { receiptId, amount, valueDate, documents } = e.data;
      const { minor, currency } = moneyOf(amount);
      const named = documents.map(({ reference, amount: of }): Named => ({ reference, minor: of ? moneyOf(of).minor : null }));
      await tx.query('insert into pending_receipt values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing', [e.tenant, receiptId, e.customer, currency, minor, valueDate, JSON.stringify(named)]);
    }
  },
});

interface Named { readonly reference: string; readonly minor: number | null }
interface Row { readonly n: number; readonly currency: string; readonly minor: number; readonly on: Day; readonly named: readonly (Named & { readonly itemIds: readonly string[] })[] }

/** Of each customer, with the open items of the documents that each names, the one due first first. One answer per question, in their order. `openItems`: where the service has them, as `tenant, customer, item_id, currency, due_on, document_id, document_number, names`. */
export async function pendingOf(tx: Tx, openItems: string, of: readonly { readonly tenant: string; readonly customer: string }[]): Promise<readonly (readonly PendingReceipt[])[]> {
  const rows = await tx.query<Row>(
    `select a.n, p.currency, p.minor, p.value_on "on", (select coalesce(jsonb_agg(jsonb_build_object('minor', d.minor, 'itemIds',
         (select coalesce(jsonb_agg(i.item_id order by i.due_on, i.item_id), '[]') from ${openItems} i where i.tenant = p.tenant and i.customer = p.customer and i.currency = p.currency and (d.reference in (i.document_id, i.document_number) or d.reference = any(i.names))))), '[]')
         from jsonb_to_recordset(p.named) d(reference text, minor bigint)) named
     from unnest($1::text[], $2::text[]) with ordinality a(tenant, customer, n) join pending_receipt p using (tenant, customer) order by a.n, p.value_on, p.receipt_id`, [of.map((o) => o.tenant), of.map((o) => o.customer)]);
  const found = of.map((): PendingReceipt[] => []);
  for (const { n, ...receipt } of rows) found[Number(n) - 1]!.push({ ...receipt, minor: Number(receipt.minor) });
  return found;
}
