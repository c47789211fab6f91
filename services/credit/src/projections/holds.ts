// Holds from their first reason to their release: what was decided, when, and why.
import { HoldRecord } from '@ar/contracts/gen/ar/credit/v1/credit_service.js';
import type { Projection } from '@ar/runtime/forms.js';

const on = ['ar.credit.credit_hold_placed.v1', 'ar.credit.credit_hold_released.v1'] as const;

export const holds: Projection<(typeof on)[number]> = {
  name: 'holds',
  ddl: `create table hold (tenant text not null, hold_id text not null, customer text not null, placed_on date not null, released_on date, resource jsonb not null, primary key (tenant, hold_id));
        create unique index on hold (tenant, customer) where released_on is null`,
  on,
  async project(events, tx) {
    for (const e of events) {
      const [row] = await tx.query<{ hold_id: string; resource: unknown }>('select hold_id, resource from hold where tenant = $1 and customer = $2 and released_on is null', [e.tenant, e.customer]);
      const before = row && HoldRecord.fromJSON(row.resource);
      if (e.type === 'ar.credit.credit_hold_placed.v1') {
        const hold: HoldRecord = before ? { ...before, reasons: [...new Set([...before.reasons, ...e.data.reasons])], reason: before.reason || e.data.reason }
          : { holdId: e.id, customerId: e.customer, reasons: e.data.reasons, placedOn: e.recordedOn, releasedOn: '', trace: e.data.trace, reason: e.data.reason, releasedByHand: false };
        await tx.query('insert into hold values ($1, $2, $3, $4, null, $5) on conflict (tenant, hold_id) do update set resource = excluded.resource', [e.tenant, hold.holdId, e.customer, hold.placedOn, JSON.stringify(HoldRecord.toJSON(hold))]);
      } else if (before) {
        const hold: HoldRecord = { ...before, releasedOn: e.recordedOn, releasedByHand: e.data.manual };
        await tx.query('update hold set released_on = $3, resource = $4 where tenant = $1 and hold_id = $2', [e.tenant, hold.holdId, e.recordedOn, JSON.stringify(HoldRecord.toJSON(hold))]);
      }
    }
  },
};
