// Customers that may have receipts: those that credit has taken on; and the segment that each is in, for rules that ask for it.
import type { Projection, Tx } from '@ar/runtime/forms.js';

export const customers: Projection<'ar.credit.customer_registered.v1' | 'ar.credit.customer_updated.v1'> = {
  name: 'customers',
  ddl: `create table customer (tenant text, customer text, segment text not null, primary key (tenant, customer))`,
  on: ['ar.credit.customer_registered.v1', 'ar.credit.customer_updated.v1'],
  async project(events, tx) {
    const last = [...new Map(events.map((e) => [JSON.stringify([e.tenant, e.customer]), e])).values()];
    await tx.query('insert into customer select * from unnest($1::text[], $2::text[], $3::text[]) on conflict (tenant, customer) do update set segment = excluded.segment',
      [last.map((e) => e.tenant), last.map((e) => e.customer), last.map((e) => e.data.profile?.segment ?? '')]);
  },
};

interface Asked { readonly tenant: string; readonly customer: string }

/** Whether each of them is known. */
export async function customersKnown(tx: Tx, asked: readonly Asked[]): Promise<readonly boolean[]> {
  const rows = await tx.query<Asked>('select tenant, customer from customer where tenant = any($1) and customer = any($2)', [asked.map((a) => a.tenant), asked.map((a) => a.customer)]);
  const known = new Set(rows.map((r) => JSON.stringify([r.tenant, r.customer])));
  return asked.map((a) => known.has(JSON.stringify([a.tenant, a.customer])));
}

/** The segment of each; empty where it has none or is not known. */
export async function segmentsOf(tx: Tx, asked: readonly Asked[]): Promise<readonly string[]> {
  const rows = await tx.query<Asked & { segment: string }>('select tenant, customer, segment from customer where tenant = any($1) and customer = any($2)', [asked.map((a) => a.tenant), asked.map((a) => a.customer)]);
  const found = new Map(rows.map((r) => [JSON.stringify([r.tenant, r.customer]), r.segment]));
  return asked.map((a) => found.get(JSON.stringify([a.tenant, a.customer])) ?? '');
}

interface AskedOf { readonly tenant: string; readonly id: string }
/** The same of whom receipts, or credit notes, are. */
export const segmentsOfReceipts = (tx: Tx, asked: readonly AskedOf[]) => segmentsBehind(tx, asked, 'select r.tenant, r.receipt_id id, c.segment from receipt r join customer c using (tenant, customer) where r.tenant = any($1) and r.receipt_id = any($2)');
export const segmentsOfCreditNotes = (tx: Tx, asked: readonly AskedOf[]) => segmentsBehind(tx, asked, 'select n.tenant, n.credit_note_id id, c.segment from posted_credit_note n join customer c using (tenant, customer) where n.tenant = any($1) and n.credit_note_id = any($2)');

async function segmentsBehind(tx: Tx, asked: readonly AskedOf[], sql: string): Promise<readonly string[]> {
  const rows = await tx.query<AskedOf & { segment: string }>(sql, [asked.map((a) => a.tenant), asked.map((a) => a.id)]);
  return asked.map((a) => rows.find((r) => r.tenant === a.tenant && r.id === a.id)?.segment ?? '');
}
