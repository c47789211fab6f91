// Customers that may have receipts: those that credit has taken on.
import type { Projection, Tx } from '@ar/runtime/forms.js';

export const customers: Projection<'ar.credit.customer_registered.v1'> = {
  name: 'customers',
  ddl: 'create table customer (tenant text, customer text, primary key (tenant, customer))',
  on: ['ar.credit.customer_registered.v1'],
  async project(events, tx) {
    await tx.query('insert into customer select * from unnest($1::text[], $2::text[]) on conflict do nothing', [events.map((e) => e.tenant), events.map((e) => e.customer)]);
  },
};

/** Whether each of them is known. */
export async function customersKnown(tx: Tx, asked: readonly { readonly tenant: string; readonly customer: string }[]): Promise<readonly boolean[]> {
  const rows = await tx.query<{ tenant: string; customer: string }>('select tenant, customer from customer where tenant = any($1) and customer = any($2)', [asked.map((a) => a.tenant), asked.map((a) => a.customer)]);
  const known = new Set(rows.map((r) => JSON.stringify([r.tenant, r.customer])));
  return asked.map((a) => known.has(JSON.stringify([a.tenant, a.customer])));
}
