// Pay links as they are, and what is open for them now.
import type { EventType } from '@ar/contracts/registry.js';
import { PayLink, PayLinkStatus } from '@ar/contracts/gen/ar/payments/v1/pay_link_service.js';
import type { Day } from '@ar/domain/day.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';
import type { Payable } from '../domain/pay-link.js';
import { FOREVER } from './item-spans.js';

const on = ['ar.payments.pay_link_created.v1', 'ar.payments.pay_link_cancelled.v1', 'ar.payments.pay_link_expired.v1', 'ar.payments.pay_link_paid.v1'] as const satisfies readonly EventType[];
type Step = Consumed<(typeof on)[number]>;

export const payLinkResource: Resource<PayLink> = {
  aggregate: 'pay-link',
  on,
  evolve(before, event) {
    const e = event as Step;
    if (e.type === 'ar.payments.pay_link_created.v1') return PayLink.fromPartial({ ...e.data, status: PayLinkStatus.OPEN, createdDate: e.recordedOn });
    if (!before) throw new Error(`${e.type} of a link that was not made: ${e.subject}`);
    switch (e.type) {
      case 'ar.payments.pay_link_cancelled.v1': return { ...before, status: PayLinkStatus.CANCELLED };
      case 'ar.payments.pay_link_expired.v1': return { ...before, status: PayLinkStatus.EXPIRED };
      case 'ar.payments.pay_link_paid.v1': return { ...before, status: PayLinkStatus.PAID, payments: [...before.payments, { reference: e.data.reference, amount: e.data.amount, receiptId: e.data.receiptId }] };
    }
  },
};

export const payLinks: Projection<(typeof on)[number]> = {
  name: 'pay-links',
  ddl: `create table pay_link (tenant text, pay_link_id text, version int not null, customer text not null, status text not null, document_id text not null, expires_on date not null, created_on date not null, resource jsonb not null, primary key (tenant, pay_link_id));
    create index on pay_link (tenant, created_on, pay_link_id);
    create index on pay_link (tenant, customer);
    create index on pay_link (tenant, expires_on) where status = '${PayLinkStatus.OPEN}'`,
  on,
  async project(events, tx) {
    for (const e of events) {
      const before = await payLinkById(tx, e.tenant, e.data.payLinkId);
      const link = payLinkResource.evolve(before?.link, e);
      await tx.query('insert into pay_link values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (tenant, pay_link_id) do update set version = excluded.version, status = excluded.status, resource = excluded.resource',
        [e.tenant, link.payLinkId, e.version, link.customerId, link.status, link.documentId, link.expiryDate, link.createdDate, JSON.stringify(PayLink.toJSON(link))]);
    }
  },
};

export async function payLinkById(tx: Tx, tenant: string, payLinkId: string): Promise<{ readonly link: PayLink; readonly version: number } | undefined> {
  const [row] = await tx.query<{ version: number; resource: unknown }>('select version, resource from pay_link where tenant = $1 and pay_link_id = $2', [tenant, payLinkId]);
  return row && { link: PayLink.fromJSON(row.resource), version: row.version };
}

/** Open ones whose last day is over, by id, those after `after`. */
export const payLinksTooOld = (tx: Tx, tenant: string, today: Day, after: string, limit: number) => tx.query<{ payLinkId: string; customer: string }>(
  `select pay_link_id "payLinkId", customer from pay_link where tenant = $1 and status = '${PayLinkStatus.OPEN}' and expires_on < $2 and pay_link_id > $3 order by pay_link_id limit $4`, [tenant, today, after, limit]);

/** What is open of some items, or of a document. */
export async function payableNow(tx: Tx, tenant: string, { customerId, currencyCode, items, documentId }: Pick<PayLink, 'customerId' | 'currencyCode' | 'items' | 'documentId'>): Promise<readonly Payable[]> {
  const rows = await tx.query<Omit<Payable, 'openMinor'> & { openMinor: string }>(
    `select s.item_id "itemId", i.document_id "documentId", s.open_minor::text "openMinor", s.due_on::text "dueOn" from item_span s join item i on i.tenant = s.tenant and i.item_id = s.item_id and i.recorded_until = ${FOREVER}
      where s.tenant = $1 and s.customer = $2 and s.currency = $3 and s.side = 'debit' and s.recorded_until = ${FOREVER} and s.effective_until = 'infinity' and (s.item_id = any($4) or ($5 <> '' and i.document_id = $5))`,
    [tenant, customerId, currencyCode, items.map((i) => i.itemId), documentId]);
  return rows.map((r) => ({ ...r, openMinor: Number(r.openMinor) }));
}

/** The day that is open for everyone of the tenant. */
export async function openDay(tx: Tx, tenant: string): Promise<Day> {
  const [row] = await tx.query<{ today: Day | null }>('select max(date)::text today from rt.business_date where tenant = $1', [tenant]);
  return row?.today ?? '';
}
