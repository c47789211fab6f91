// What tenants keep their books in, and what they say of themselves: who a statement of account is from.
import { TenantDetails } from '@ar/contracts/gen/ar/invoicing/v1/tenant.js';
import type { Projection, Tx } from '@ar/runtime/forms.js';

const on = ['ar.invoicing.tenant_registered.v1', 'ar.invoicing.tenant_updated.v1'] as const;

/** Every partition brings a copy: the last version counts. */
export const sellers: Projection<(typeof on)[number]> = {
  name: 'sellers',
  ddl: 'create table seller (tenant text primary key, base_currency text not null, version int not null, details jsonb not null)',
  on,
  async project(events, tx) {
    for (const { type, tenant, version, data } of events) {
      const details = JSON.stringify(TenantDetails.toJSON(data.details!));
      if (type === 'ar.invoicing.tenant_registered.v1') await tx.query('insert into seller values ($1, $2, $3, $4) on conflict do nothing', [tenant, data.baseCurrency, version, details]);
      else await tx.query('update seller set version = $2, details = $3 where tenant = $1 and version < $2', [tenant, version, details]);
    }
  },
};

export interface Seller { readonly baseCurrency: string; readonly details: TenantDetails }
export async function sellerOf(tx: Tx, tenant: string): Promise<Seller> {
  const [row] = await tx.query<{ base_currency: string; details: unknown }>('select base_currency, details from seller where tenant = $1', [tenant]);
  if (!row) throw new Error(`${tenant} has opened a day and was not registered`);
  return { baseCurrency: row.base_currency, details: TenantDetails.fromJSON(row.details) };
}
