// What commands have to know of rates: the currency that tenants keep their books in, and which exchange policy held on an earlier day; and what invoices are booked with.
import type { Projection, Tx } from '@ar/runtime/forms.js';
import type { Day } from '@ar/domain/day.js';
import type { Policies } from '@ar/domain/policies.js';
import type { Booking, RatesKnown } from '../domain/in-base.js';

/** Of invoices in another currency than the base currency alone. A credit note, or a debit note, that belongs to one is booked at its rate. */
export const bookings: Projection<'ar.invoicing.invoice_issued.v1'> = {
  name: 'bookings',
  ddl: 'create table invoice_booking (tenant text, invoice_id text, rate text not null, source text not null, policy_version int not null, primary key (tenant, invoice_id))',
  on: ['ar.invoicing.invoice_issued.v1'],
  async project(events, tx) {
    const booked = events.flatMap((e) => (e.data.booking ? [[e.tenant, e.data.invoiceId, e.data.booking.rate, e.data.booking.source, e.data.booking.policyVersion] as const] : []));
    if (booked.length > 0) await tx.query('insert into invoice_booking select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[]) on conflict do nothing', [0, 1, 2, 3, 4].map((column) => booked.map((b) => b[column])));
  },
};

/** What is booked, and when; an empty day is the business date. */
export interface AskedRate { readonly tenant: string; readonly today: Day; readonly currency: string; readonly on: Day | '' }

/** Per asker. A policy holds in every partition from the day on which it first did in one. */
export async function ratesKnown(tx: Tx, asked: readonly AskedRate[]): Promise<readonly (RatesKnown | undefined)[]> {
  if (asked.length === 0) return [];
  const sellers = await tx.query<{ tenant: string; base: string }>('select tenant, base_currency as base from seller where tenant = any($1)', [[...new Set(asked.map((a) => a.tenant))]]);
  const bases = new Map(sellers.map((s) => [s.tenant, s.base]));
  const late = asked.filter((a) => bases.has(a.tenant) && bases.get(a.tenant) !== a.currency && a.on !== '' && a.on < a.today);
  const days = [...new Map(late.map((a) => [JSON.stringify([a.tenant, a.on]), a])).values()];
  const held = days.length === 0 ? [] : await tx.query<{ tenant: string; day: Day; version: number; policy: Policies['exchange'] }>(
    `select a.tenant, a.day::text, p.version, p.policy from unnest($1::text[], $2::date[]) a(tenant, day) cross join lateral
       (select version, policy from policy p where p.tenant = a.tenant and p.kind = 'exchange' and p.held_from <= a.day order by version desc limit 1) p`, [days.map((d) => d.tenant), days.map((d) => d.on)]);
  const earlier = new Map(held.map((h) => [JSON.stringify([h.tenant, h.day]), { ...h.policy, version: h.version }]));
  return asked.map(({ tenant, on }) => {
    const [base, then] = [bases.get(tenant), earlier.get(JSON.stringify([tenant, on]))];
    return base === undefined ? undefined : { base, ...(then ? { earlier: then } : {}) };
  });
}

/** What is booked at the rate of its invoice: that rate, with the base currency; undefined where the invoice has none, or there is none. */
export async function bookingsOf(tx: Tx, asked: readonly { readonly tenant: string; readonly invoiceId: string }[]): Promise<readonly (BookedBy | undefined)[]> {
  if (asked.every((a) => a.invoiceId === '')) return asked.map(() => undefined);
  const rows = await tx.query<{ tenant: string; invoice_id: string; base: string; rate: string; source: string; policyVersion: number }>(
    'select tenant, invoice_id, base_currency as base, rate, source, policy_version as "policyVersion" from invoice_booking join seller using (tenant) where tenant = any($1) and invoice_id = any($2)', [asked.map((a) => a.tenant), asked.map((a) => a.invoiceId)]);
  return asked.map((a) => {
    const found = rows.find((r) => r.tenant === a.tenant && r.invoice_id === a.invoiceId);
    return found && { base: found.base, by: { rate: found.rate, source: found.source, policyVersion: found.policyVersion } };
  });
}
export interface BookedBy { readonly base: string; readonly by: Omit<Booking, 'worth'> }
