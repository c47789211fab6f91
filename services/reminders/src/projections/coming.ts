// What is under way to pay items: direct debits from their request to their outcome, receipts that are not cash yet.
import { moneyOf } from '@ar/domain/money.js';
import type { Day } from '@ar/domain/day.js';
import type { Consumed, Projection, Tx } from '@ar/runtime/forms.js';
import type { PendingReceipt } from '../domain/coming.js';

const debitEvents = [
  'ar.payments.debit_requested.v1', 'ar.payments.debit_attempted.v1', 'ar.payments.debit_declined.v1', 'ar.payments.debit_collected.v1', 'ar.payments.debit_returned.v1', 'ar.payments.debit_cancelled.v1', 'ar.payments.debit_suppressed.v1',
  'ar.payments.debit_abandoned.v1',
] as const;

/** An attempt collects its items until it has an outcome; what is to be tried again collects them again from that attempt on. */
export const beingCollected: Projection<(typeof debitEvents)[number]> = {
  name: 'being-collected',
  ddl: `create table being_collected (tenant text, customer text, item_id text, debit_id text, attempt int not null, minor bigint, collect_on date not null, primary key (tenant, customer, item_id, debit_id));
  create index on being_collected (tenant, debit_id)`,
  on: debitEvents,
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
};

async function collect(tx: Tx, { tenant, customer, data: { debitId, items, collectDate } }: Consumed<'ar.payments.debit_requested.v1' | 'ar.payments.debit_attempted.v1'>, attempt: number): Promise<void> {
  await tx.query('insert into being_collected select $1, $2, i.item_id, $3, $4, i.minor, $5 from unnest($6::text[], $7::bigint[]) i(item_id, minor) on conflict do nothing',
    [tenant, customer, debitId, attempt, collectDate, items.map((i) => i.itemId), items.map((i) => (i.amount ? moneyOf(i.amount).minor : null))]);
}

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

const receiptEvents = ['ar.payments.receipt_pending.v1', 'ar.payments.receipt_recorded.v1', 'ar.payments.receipt_reversed.v1'] as const;

/** A receipt is pending until it is cash, or goes back before. */
export const pendingReceipts: Projection<(typeof receiptEvents)[number]> = {
  name: 'pending-receipts',
  ddl: `create table pending_receipt (tenant text, receipt_id text, customer text not null, currency text not null, minor bigint not null, value_on date not null, named jsonb not null, primary key (tenant, receipt_id));
  create index on pending_receipt (tenant, customer)`,
  on: receiptEvents,
  async project(events, tx) {
    for (const { type, tenant, customer, data } of events) {
      if (type !== 'ar.payments.receipt_pending.v1') { await tx.query('delete from pending_receipt where tenant = $1 and receipt_id = $2', [tenant, data.receiptId]); continue; }
      if (customer.startsWith('~')) continue; // nobody's money yet
      const { minor, currency } = moneyOf(data.amount);
      const named = data.documents.map(({ reference, amount }): Named => ({ reference, minor: amount ? moneyOf(amount).minor : null }));
      await tx.query('insert into pending_receipt values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing', [tenant, data.receiptId, customer, currency, minor, data.valueDate, JSON.stringify(named)]);
    }
  },
};

interface Named { readonly reference: string; readonly minor: number | null }
interface Row { readonly n: number; readonly currency: string; readonly minor: number; readonly on: Day; readonly named: readonly (Named & { readonly itemIds: readonly string[] })[] }

/** Of each customer, with the open items of the documents that each names, the one due first first. One answer per question, in their order. */
export async function pendingOf(tx: Tx, of: readonly { readonly tenant: string; readonly customer: string }[]): Promise<readonly (readonly PendingReceipt[])[]> {
  const rows = await tx.query<Row>(
    `select a.n, p.currency, p.minor, p.value_on "on", (select coalesce(jsonb_agg(jsonb_build_object('minor', d.minor, 'itemIds',
         (select coalesce(jsonb_agg(i.item_id order by i.due_on, i.item_id), '[]') from open_item i where i.tenant = p.tenant and i.customer = p.customer and i.currency = p.currency and (d.reference in (i.document_id, i.document_number) or d.reference = any(i.names))))), '[]')
         from jsonb_to_recordset(p.named) d(reference text, minor bigint)) named
     from unnest($1::text[], $2::text[]) with ordinality a(tenant, customer, n) join pending_receipt p using (tenant, customer) order by a.n, p.value_on, p.receipt_id`, [of.map((o) => o.tenant), of.map((o) => o.customer)]);
  const found = of.map((): PendingReceipt[] => []);
  for (const { n, ...receipt } of rows) found[Number(n) - 1]!.push({ ...receipt, minor: Number(receipt.minor) });
  return found;
}
