// Disputes as answers show them, and which items are disputed now.
import { Dispute, DisputeStatus } from '@ar/contracts/gen/ar/collections/v1/dispute_service.js';
import type { EventType } from '@ar/contracts/registry.js';
import type { Consumed, Projection, Tx } from '@ar/runtime/forms.js';
import { minorIn } from './owed.js';

export const disputeEvents = ['ar.collections.dispute_opened.v1', 'ar.collections.dispute_resolved.v1', 'ar.collections.dispute_closed.v1'] as const satisfies readonly EventType[];
type Read = (typeof disputeEvents)[number];

export const isDisputeEvent = (e: Consumed): e is Consumed<Read> => (disputeEvents as readonly string[]).includes(e.type);

/** A dispute after one of its events. */
export function disputeAfter(before: Dispute | undefined, e: Consumed<Read>): Dispute {
  if (e.type === 'ar.collections.dispute_opened.v1') {
    const { disputeId, customerId, items, amount, reasonCode, pii } = e.data;
    return Dispute.fromPartial({ disputeId, customerId, status: DisputeStatus.OPEN, items, amount, reasonCode, note: pii?.data, openedOn: e.recordedOn } as never);
  }
  if (!before) throw new Error(`${e.type} before its dispute`);
  switch (e.type) {
    case 'ar.collections.dispute_resolved.v1': return { ...before, status: DisputeStatus.RESOLVED, outcome: e.data.outcome, endedOn: e.recordedOn };
    case 'ar.collections.dispute_closed.v1': return { ...before, status: DisputeStatus.CLOSED, endedOn: e.recordedOn };
  }
}

export const disputes: Projection<Read> = {
  name: 'disputes',
  ddl: `create table dispute (
          tenant text, dispute_id text, customer text not null, status text not null, outcome text not null, reason_code text not null, opened_on date not null, item_ids text[] not null, resource jsonb not null,
          primary key (tenant, customer, dispute_id));
        create index on dispute (tenant, dispute_id);
        create index on dispute (tenant, opened_on, dispute_id);
        create table disputed_item (tenant text, customer text, item_id text, dispute_id text, minor bigint not null, primary key (tenant, customer, item_id, dispute_id))`,
  on: disputeEvents,
  async project(events, tx) {
    for (const e of events) {
      const key = [e.tenant, e.customer, e.data.disputeId];
      const [row] = await tx.query<{ resource: unknown }>('select resource from dispute where tenant = $1 and customer = $2 and dispute_id = $3', key);
      const dispute = disputeAfter(row && Dispute.fromJSON(row.resource), e);
      await tx.query(
        `insert into dispute (tenant, customer, dispute_id, status, outcome, reason_code, opened_on, item_ids, resource) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (tenant, customer, dispute_id) do update set status = excluded.status, outcome = excluded.outcome, resource = excluded.resource`,
        [...key, dispute.status, dispute.outcome, dispute.reasonCode, dispute.openedOn, dispute.items.map((i) => i.itemId), JSON.stringify(Dispute.toJSON(dispute))]);
      if (dispute.status === DisputeStatus.OPEN) await tx.query('insert into disputed_item select $1, $2, i.item_id, $3, sum(i.minor) from unnest($4::text[], $5::bigint[]) i(item_id, minor) group by i.item_id', [...key, dispute.items.map((i) => i.itemId), dispute.items.map((i) => minorIn(i.amount))]);
      else await tx.query('delete from disputed_item where tenant = $1 and customer = $2 and dispute_id = $3', key);
    }
  },
};

export async function openDisputesOf(tx: Tx, tenant: string, customer: string): Promise<readonly Dispute[]> {
  const rows = await tx.query<{ resource: unknown }>(`select resource from dispute where tenant = $1 and customer = $2 and status = 'DISPUTE_STATUS_OPEN' order by opened_on, dispute_id`, [tenant, customer]);
  return rows.map((r) => Dispute.fromJSON(r.resource));
}
