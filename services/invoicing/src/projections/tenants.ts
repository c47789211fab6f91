// Tenants as they are, and the customers that can be invoiced.
import { CustomerPersonal, CustomerProfile } from '@ar/contracts/gen/ar/credit/v1/customer.js';
import { TenantDetails } from '@ar/contracts/gen/ar/invoicing/v1/tenant.js';
import { Tenant } from '@ar/contracts/gen/ar/invoicing/v1/tenant_service.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';
import { policiesOf, wirePolicies } from '@ar/runtime/policy-contract.js';
import { wireKinds, wireTypes } from '../invoicing.publisher.js';
import type { DocumentType } from '../domain/tenant.js';

const on = ['ar.invoicing.tenant_registered.v1', 'ar.invoicing.tenant_updated.v1', 'ar.invoicing.policy_published.v1', 'ar.invoicing.business_day_opened.v1'] as const;

/** Of each policy a tenant shows: rates are published daily, and nobody asks a tenant for those of last year. */
const MOST_VERSIONS = 10;

/** A tenant is one fold over its events: what a command answers with, and the row below. */
export const tenantResource: Resource<Tenant> = {
  aggregate: 'tenant',
  on,
  evolve(tenant, event) {
    if (event.type === 'ar.invoicing.tenant_registered.v1') {
      const { policies, ...e } = event.data;
      const versions = Object.entries(policiesOf(policies)).map(([kind, policy]) => ({ kind: wireKinds[kind as keyof typeof wireKinds], version: 1, validFrom: e.firstBusinessDay, policy: wirePolicies({ [kind]: policy }) }));
      return Tenant.fromPartial({ ...e, businessDate: '', policies: versions } as never);
    }
    if (!tenant) throw new Error(`${event.type} before its tenant`);
    if (event.type === 'ar.invoicing.tenant_updated.v1') return { ...tenant, details: event.data.details };
    if (event.type === 'ar.invoicing.policy_published.v1') return { ...tenant, policies: [...tenant.policies.filter((p) => p.kind !== event.data.kind || p.version > event.data.version - MOST_VERSIONS), { kind: event.data.kind, version: event.data.version, validFrom: event.data.validFrom, policy: event.data.policy }] };
    if (event.type === 'ar.invoicing.business_day_opened.v1') return { ...tenant, businessDate: event.data.date };
    return tenant;
  },
};

/** Every partition brings a copy of a tenant event: a row is changed by the first of them. */
export const tenants: Projection<(typeof on)[number]> = {
  name: 'tenants',
  ddl: `create table tenant (tenant text primary key, version int not null, time_zone text not null, business_date text not null, base_currency text not null, series jsonb not null, details_version int not null, resource jsonb not null);
  create table seller (tenant text, version int, details jsonb not null, primary key (tenant, version)) -- what the tenant said about itself, at each version that an invoice may name`,
  on,
  async project(events, tx) {
    for (const event of events) {
      const [row] = await tx.query<{ version: number; details_version: number; resource: unknown }>('select version, details_version, resource from tenant where tenant = $1 for update', [event.tenant]);
      if ((row?.version ?? 0) >= event.version) continue;
      const tenant = tenantResource.evolve(row && Tenant.fromJSON(row.resource), event);
      const said = event.type === 'ar.invoicing.tenant_registered.v1' || event.type === 'ar.invoicing.tenant_updated.v1';
      const series = (tenant.details?.series ?? []).map((s) => ({ ...s, documentType: (Object.keys(wireTypes) as DocumentType[]).find((t) => wireTypes[t] === s.documentType) }));
      await tx.query(
        `insert into tenant values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (tenant) do update set version = excluded.version, business_date = excluded.business_date, series = excluded.series, details_version = excluded.details_version, resource = excluded.resource where tenant.version < excluded.version`,
        [event.tenant, event.version, tenant.timeZone, tenant.businessDate, tenant.baseCurrency, JSON.stringify(series), said ? event.version : row!.details_version, JSON.stringify(Tenant.toJSON(tenant))]);
      if (said) await tx.query('insert into seller values ($1, $2, $3)', [event.tenant, event.version, JSON.stringify(TenantDetails.toJSON(tenant.details!))]);
    }
  },
};

export async function getTenant(tx: Tx, tenant: string): Promise<{ tenant: Tenant; version: number } | undefined> {
  const [row] = await tx.query<{ version: number; resource: unknown }>('select version, resource from tenant where tenant = $1', [tenant]);
  return row && { tenant: Tenant.fromJSON(row.resource), version: row.version };
}

/** Tenants whose open date is behind the day it is in their time zone. */
export async function tenantsBehind(tx: Tx, today: (timeZone: string) => string): Promise<readonly { tenant: string; date: string }[]> {
  const rows = await tx.query<{ tenant: string; time_zone: string; business_date: string }>('select tenant, time_zone, business_date from tenant');
  return rows.flatMap((r) => (r.business_date < today(r.time_zone) ? [{ tenant: r.tenant, date: r.business_date }] : []));
}

const customerEvents = ['ar.credit.customer_registered.v1', 'ar.credit.customer_updated.v1'] as const;

/** Who can be invoiced, and when they have to pay if nothing else is said. */
export const customers: Projection<(typeof customerEvents)[number]> = {
  name: 'customers',
  ddl: `create table customer (tenant text, customer text, net_days int, version int not null, primary key (tenant, customer));
  create table buyer (tenant text, customer text, version int, profile jsonb not null, personal jsonb not null, primary key (tenant, customer, version)) -- what was said of it, at each version that an invoice may name`,
  on: customerEvents,
  async project(events: readonly Consumed<(typeof customerEvents)[number]>[], tx) {
    for (const e of events)
      await tx.query(
        'with b as (insert into buyer values ($1, $2, $4, $5, $6)) insert into customer values ($1, $2, $3, $4) on conflict (tenant, customer) do update set net_days = excluded.net_days, version = excluded.version',
        [e.tenant, e.customer, e.data.profile?.netDays ?? null, e.version, JSON.stringify(CustomerProfile.toJSON(e.data.profile!)), JSON.stringify(CustomerPersonal.toJSON(e.data.pii!.data!))]);
  },
};
