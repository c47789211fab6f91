// Who pays for whom, on any day.
import type { EventType } from '@ar/contracts/registry.js';
import type { PayerLinks } from '@ar/contracts/gen/ar/payments/v1/payer_service.js';
import { PayerLink as WireLink } from '@ar/contracts/gen/ar/payments/v1/payer_service.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';
import type { PayerLink } from '../domain/payer.js';

const on = ['ar.payments.payer_linked.v1', 'ar.payments.payer_unlinked.v1'] as const satisfies readonly EventType[];
type Read = (typeof on)[number];

export const payerLinksResource: Resource<PayerLinks> = {
  aggregate: 'payer',
  on,
  evolve(before, event) {
    const e = event as Consumed<Read>;
    const { links, payerCustomerId } = before ?? { links: [], payerCustomerId: e.data.customerId };
    switch (e.type) {
      case 'ar.payments.payer_linked.v1': return { payerCustomerId, links: [...links, WireLink.fromPartial({ payerCustomerId, customerId: e.data.paidForCustomerId, validFrom: e.data.validFrom })] };
      case 'ar.payments.payer_unlinked.v1': return { payerCustomerId, links: links.map((l) => (l.customerId === e.data.paidForCustomerId && l.validUntil === '' ? { ...l, validUntil: e.data.validUntil } : l)) };
    }
  },
};

export const payerLinks: Projection<Read> = {
  name: 'payer-links',
  ddl: `create table payer_link (tenant text, payer text, customer text, valid_from date, valid_until date, primary key (tenant, payer, customer, valid_from));
        create index on payer_link (tenant, customer)`,
  on,
  async project(events, tx) {
    for (const e of events) {
      if (e.type === 'ar.payments.payer_linked.v1') await tx.query('insert into payer_link values ($1, $2, $3, $4, null)', [e.tenant, e.customer, e.data.paidForCustomerId, e.data.validFrom]);
      else await tx.query('update payer_link set valid_until = $4 where tenant = $1 and payer = $2 and customer = $3 and valid_until is null', [e.tenant, e.customer, e.data.paidForCustomerId, e.data.validUntil]);
    }
  },
};

/** The links of payers, and those to customers: who asks may be either. */
export async function linksOf(tx: Tx, asked: readonly { readonly tenant: string; readonly customers: readonly string[] }[]): Promise<readonly (readonly (PayerLink & { readonly payer: string })[])[]> {
  const customers = [...new Set(asked.flatMap((a) => a.customers))].filter((c) => c !== '');
  if (customers.length === 0) return asked.map(() => []);
  const rows = await tx.query<PayerLink & { tenant: string; payer: string }>(
    `select tenant, payer, customer "paidFor", valid_from::text "fromOn", coalesce(valid_until::text, '') "untilOn" from payer_link where tenant = any($1) and payer in (select unnest($2::text[]) union select payer from payer_link where tenant = any($1) and customer = any($2)) order by payer, customer, valid_from`,
    [[...new Set(asked.map((a) => a.tenant))], customers]);
  if (rows.length === 0) return asked.map(() => []);
  return asked.map((a) => { const payers = new Set(rows.filter((r) => r.tenant === a.tenant && (a.customers.includes(r.payer) || a.customers.includes(r.paidFor))).map((r) => r.payer)); return rows.filter((r) => r.tenant === a.tenant && payers.has(r.payer)).map(({ tenant: _tenant, ...link }) => link); });
}
