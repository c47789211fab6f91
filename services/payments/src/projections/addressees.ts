// Who a statement of account is for: name, address and language of customers, as last read.
import { CustomerPersonal } from '@ar/contracts/gen/ar/credit/v1/customer.js';
import type { Projection, Tx } from '@ar/runtime/forms.js';

const on = ['ar.credit.customer_registered.v1', 'ar.credit.customer_updated.v1'] as const;

export const addressees: Projection<(typeof on)[number]> = {
  name: 'addressees',
  ddl: 'create table addressee (tenant text, customer text, language text not null, personal jsonb not null, primary key (tenant, customer))',
  on,
  async project(events, tx) {
    const last = new Map(events.map((e) => [`${e.tenant}/${e.customer}`, e] as const));
    await tx.query(
      `insert into addressee select tenant, customer, language, personal from jsonb_to_recordset($1) x(tenant text, customer text, language text, personal jsonb)
       on conflict (tenant, customer) do update set language = excluded.language, personal = excluded.personal`,
      [JSON.stringify([...last.values()].map(({ tenant, customer, data }) => ({ tenant, customer, language: data.profile?.language ?? '', personal: CustomerPersonal.toJSON(data.pii?.data ?? CustomerPersonal.fromPartial({})) })))]);
  },
};

export interface Addressee { readonly language: string; readonly personal: CustomerPersonal }
export async function addresseeOf(tx: Tx, tenant: string, customer: string): Promise<Addressee> {
  const [row] = await tx.query<{ language: string; personal: unknown }>('select language, personal from addressee where tenant = $1 and customer = $2', [tenant, customer]);
  return { language: row?.language ?? '', personal: CustomerPersonal.fromJSON(row?.personal ?? {}) };
}
