// Who writes to whom: the seller's sender and account, the customer's name and address for reminders.
import type { Consumed, Projection, Tx } from '@ar/runtime/forms.js';
import type { Seller } from '../domain/message.js';

export interface Parties { readonly customer: { readonly name: string; readonly email: string } | undefined; readonly seller: (Seller & { readonly sender: string; readonly timeZone: string }) | undefined }

const customerEvents = ['ar.credit.customer_registered.v1', 'ar.credit.customer_updated.v1'] as const;

export const customers: Projection<(typeof customerEvents)[number]> = {
  name: 'customers',
  ddl: 'create table customer (tenant text, customer text, name text not null, email text not null, primary key (tenant, customer))',
  on: customerEvents,
  async project(events: readonly Consumed<(typeof customerEvents)[number]>[], tx) {
    for (const { tenant, customer, data: { pii } } of events)
      await tx.query('insert into customer values ($1, $2, $3, $4) on conflict (tenant, customer) do update set name = excluded.name, email = excluded.email',
        [tenant, customer, pii?.data?.name ?? '', pii?.data?.reminderEmail || pii?.data?.invoiceEmail || '']);
  },
};

const tenantEvents = ['ar.invoicing.tenant_registered.v1', 'ar.invoicing.tenant_updated.v1'] as const;

/** Every partition brings a copy of a tenant event: the latest version stays. */
export const sellers: Projection<(typeof tenantEvents)[number]> = {
  name: 'sellers',
  ddl: 'create table seller (tenant text primary key, version int not null, name text not null, iban text not null, sender text not null, time_zone text not null)',
  on: tenantEvents,
  async project(events, tx) {
    for (const e of events)
      await tx.query(
        `insert into seller values ($1, $2, $3, $4, $5, $6) on conflict (tenant) do update set version = excluded.version, name = excluded.name, iban = excluded.iban, sender = excluded.sender,
           time_zone = case when excluded.time_zone = '' then seller.time_zone else excluded.time_zone end where seller.version < excluded.version`,
        [e.tenant, e.version, e.data.details?.legalName ?? '', e.data.details?.iban ?? '', e.data.details?.sender ?? '', 'timeZone' in e.data ? e.data.timeZone : '']);
  },
};

/** One answer per question, in their order. */
export async function partiesOf(tx: Tx, of: readonly { readonly tenant: string; readonly customer: string }[]): Promise<readonly Parties[]> {
  const rows = await tx.query<{ n: number; customer_name: string | null; email: string | null; seller_name: string | null; iban: string | null; sender: string | null; time_zone: string | null }>(
    `select a.n, c.name customer_name, c.email, s.name seller_name, s.iban, s.sender, s.time_zone from unnest($1::text[], $2::text[]) with ordinality a(tenant, customer, n)
     left join customer c using (tenant, customer) left join seller s on s.tenant = a.tenant order by a.n`, [of.map((o) => o.tenant), of.map((o) => o.customer)]);
  return rows.map((r) => ({
    customer: r.customer_name === null ? undefined : { name: r.customer_name, email: r.email! },
    seller: r.seller_name === null ? undefined : { name: r.seller_name, iban: r.iban!, sender: r.sender!, timeZone: r.time_zone! },
  }));
}
