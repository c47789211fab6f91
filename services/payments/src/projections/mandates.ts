// Mandates as they are; which have lapsed; and what may be collected by them without asking anybody.
import type { EventType } from '@ar/contracts/registry.js';
import { Mandate, MandateStatus } from '@ar/contracts/gen/ar/payments/v1/mandate_service.js';
import { DebitTurn } from '@ar/contracts/gen/ar/payments/v1/debit.js';
import type { Day } from '@ar/domain/day.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';
import { FOREVER } from './item-spans.js';

const on = [
  'ar.payments.mandate_registered.v1', 'ar.payments.mandate_amended.v1', 'ar.payments.mandate_suspended.v1', 'ar.payments.mandate_resumed.v1', 'ar.payments.mandate_used.v1', 'ar.payments.mandate_use_declined.v1', 'ar.payments.mandate_cancelled.v1', 'ar.payments.mandate_lapsed.v1',
] as const satisfies readonly EventType[];
type Step = Consumed<(typeof on)[number]>;

export const mandateResource: Resource<Mandate> = {
  aggregate: 'mandate',
  on,
  evolve(before, event) {
    const e = event as Step;
    if (e.type === 'ar.payments.mandate_registered.v1') {
      const { pii, ...of } = e.data;
      return Mandate.fromPartial({ ...of, debtor: pii?.data, status: MandateStatus.ACTIVE, lastUsedDate: of.signedDate });
    }
    if (!before) throw new Error(`${e.type} of a mandate that was not registered: ${e.subject}`);
    const stands = (status: MandateStatus, statusReason: string, statusCode: string): Mandate => ({ ...before, status, statusReason, statusCode });
    switch (e.type) {
      case 'ar.payments.mandate_amended.v1': return { ...before, debtor: e.data.pii?.data };
      case 'ar.payments.mandate_suspended.v1': return stands(MandateStatus.SUSPENDED, e.data.reason, e.data.code);
      case 'ar.payments.mandate_resumed.v1': return stands(MandateStatus.ACTIVE, e.data.reason, '');
      case 'ar.payments.mandate_cancelled.v1': return stands(MandateStatus.CANCELLED, e.data.reason, e.data.code);
      case 'ar.payments.mandate_lapsed.v1': return stands(MandateStatus.LAPSED, '', '');
      case 'ar.payments.mandate_use_declined.v1': return { ...before, uses: before.uses - 1, ...(e.data.again ? { status: MandateStatus.ACTIVE } : {}) };
      case 'ar.payments.mandate_used.v1': {
        const ends = e.data.turn === DebitTurn.ONE_OFF || e.data.turn === DebitTurn.FINAL;
        return { ...before, ...(ends ? { status: MandateStatus.USED } : {}), uses: before.uses + 1, lastUsedDate: e.data.collectDate > before.lastUsedDate ? e.data.collectDate : before.lastUsedDate };
      }
    }
  },
};

export const mandates: Projection<(typeof on)[number]> = {
  name: 'mandates',
  ddl: `create table mandate (tenant text, mandate_id text, version int not null, customer text not null, status text not null, reference text not null, signed_on date not null, last_used_on date not null, autopay boolean not null, resource jsonb not null,
      primary key (tenant, mandate_id));
    create index on mandate (tenant, reference, mandate_id);
    create index on mandate (tenant, customer);
    create index on mandate (tenant, last_used_on) where status in ('${MandateStatus.ACTIVE}', '${MandateStatus.SUSPENDED}')`,
  on,
  async project(events, tx) {
    const rows = await tx.query<{ tenant: string; id: string; version: number; resource: unknown }>('select tenant, mandate_id id, version, resource from mandate where tenant = any($1) and mandate_id = any($2)', [[...new Set(events.map((e) => e.tenant))], [...new Set(events.map((e) => e.data.mandateId))]]);
    const kept = new Map(rows.map((r) => [`${r.tenant}/${r.id}`, { tenant: r.tenant, version: r.version, of: Mandate.fromJSON(r.resource) }]));
    for (const e of events) {
      const key = `${e.tenant}/${e.data.mandateId}`;
      kept.set(key, { tenant: e.tenant, version: e.version, of: mandateResource.evolve(kept.get(key)?.of, e) });
    }
    await tx.query(
      `insert into mandate select * from jsonb_to_recordset($1) x(tenant text, id text, version int, customer text, status text, reference text, "signedOn" date, "lastUsedOn" date, autopay boolean, resource jsonb)
       on conflict (tenant, mandate_id) do update set version = excluded.version, status = excluded.status, last_used_on = excluded.last_used_on, resource = excluded.resource`,
      [JSON.stringify([...kept.values()].map(({ tenant, version, of }) => ({
        tenant, id: of.mandateId, version, customer: of.customerId, status: of.status, reference: of.reference, signedOn: of.signedDate, lastUsedOn: of.lastUsedDate, autopay: of.autopay, resource: Mandate.toJSON(of),
      })))]);
  },
};

export async function mandateById(tx: Tx, tenant: string, mandateId: string): Promise<{ readonly mandate: Mandate; readonly version: number } | undefined> {
  const [row] = await tx.query<{ version: number; resource: unknown }>('select version, resource from mandate where tenant = $1 and mandate_id = $2', [tenant, mandateId]);
  return row && { mandate: Mandate.fromJSON(row.resource), version: row.version };
}

/** Live ones that were not used for 36 months, by id, those after `after`; what exactly a month is, is decided then. */
export const mandatesToLapse = (tx: Tx, tenant: string, today: Day, after: string, limit: number) => tx.query<{ mandateId: string; customer: string }>(
  `select mandate_id "mandateId", customer from mandate where tenant = $1 and status in ('${MandateStatus.ACTIVE}', '${MandateStatus.SUSPENDED}') and last_used_on < $2::date - interval '3 years' and mandate_id > $3 order by mandate_id limit $4`,
  [tenant, today, after, limit]);

/** Mandates with autopay whose customers have something open that is due by a day and not in a debit: by mandate and currency, those after `after`. A customer's mandate that was registered first is the one. */
export const mandatesToCollectBy = (tx: Tx, tenant: string, today: Day, dueBy: Day, after: string, limit: number) => tx.query<{ key: string; mandateId: string; customer: string; currency: string }>(
  `select m.mandate_id || '-' || s.currency as key, m.mandate_id "mandateId", m.customer, s.currency
     from (select distinct on (customer) customer, mandate_id, resource from mandate where tenant = $1 and autopay and status = '${MandateStatus.ACTIVE}' order by customer, signed_on, mandate_id) m
     join lateral (select distinct currency from item_span i where i.tenant = $1 and i.customer = m.customer and i.side = 'debit' and i.recorded_until = ${FOREVER} and i.effective_until = 'infinity' and i.due_on <= $3::date
         and not exists (select from debit_item d where d.tenant = $1 and d.item_id = i.item_id)) s on m.resource->>'scheme' = 'MANDATE_SCHEME_GENERIC' or s.currency = 'EUR'
    where not exists (select from pause p where p.tenant = $1 and p.customer = m.customer and $2::date between p.from_on and p.to_on) and m.mandate_id || '-' || s.currency > $4
    order by 1 limit $5`,
  [tenant, today, dueBy, after, limit]);
