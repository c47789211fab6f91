// Customers as they were last given, for lists and for answers.
import { Customer } from '@ar/contracts/gen/ar/credit/v1/customer_service.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';

type Read = 'ar.credit.customer_registered.v1' | 'ar.credit.customer_updated.v1';
const read = ['ar.credit.customer_registered.v1', 'ar.credit.customer_updated.v1'] as const;

/** Every event carries the whole customer. */
const customerIn = ({ data }: Consumed<Read>): Customer => ({ customerId: data.customerId, personal: data.pii?.data, profile: data.profile });

export const customerResource: Resource<Customer> = { aggregate: 'customer', on: read, evolve: (_before, event) => customerIn(event as Consumed<Read>) };

export const customers: Projection<Read> = {
  name: 'customers',
  ddl: `create table customer (tenant text, customer text, name text not null, segment text not null, industry text not null, currency text not null, version bigint not null, resource jsonb not null, primary key (tenant, customer));
        create index on customer (tenant, name, customer)`,
  on: read,
  async project(events, tx) {
    const last = [...new Map(events.map((e) => [JSON.stringify([e.tenant, e.customer]), e])).values()];
    const rows = last.map((e) => [e.tenant, e.customer, e.data.pii?.data?.name ?? '', e.data.profile?.segment ?? '', e.data.profile?.industry ?? '', e.data.profile?.currencyCode ?? '', e.version, JSON.stringify(Customer.toJSON(customerIn(e)))] as const);
    await tx.query(
      `insert into customer select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::jsonb[])
       on conflict (tenant, customer) do update set name = excluded.name, segment = excluded.segment, industry = excluded.industry, currency = excluded.currency, version = excluded.version, resource = excluded.resource`,
      [0, 1, 2, 3, 4, 5, 6, 7].map((column) => rows.map((row) => row[column])));
  },
};

export async function getCustomer(tx: Tx, tenant: string, customer: string): Promise<{ readonly customer: Customer; readonly version: number } | undefined> {
  const [row] = await tx.query<{ resource: unknown; version: number }>('select resource, version from customer where tenant = $1 and customer = $2', [tenant, customer]);
  return row && { customer: Customer.fromJSON(row.resource), version: row.version };
}
