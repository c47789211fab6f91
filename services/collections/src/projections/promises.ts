// Promises as answers show them, and which items are promised now.
import { PromiseStatus, PromiseToPay } from '@ar/contracts/gen/ar/collections/v1/promise_service.js';
import type { EventType } from '@ar/contracts/registry.js';
import { formatMoney } from '@ar/domain/money.js';
import type { Consumed, Projection, Tx } from '@ar/runtime/forms.js';
import { minorIn } from './owed.js';

export const promiseEvents = [
  'ar.collections.promise_made.v1', 'ar.collections.promise_kept.v1', 'ar.collections.promise_partly_kept.v1', 'ar.collections.promise_broken.v1', 'ar.collections.promise_withdrawn.v1', 'ar.collections.promise_superseded.v1',
] as const satisfies readonly EventType[];
type Read = (typeof promiseEvents)[number];

export const isPromiseEvent = (e: Consumed): e is Consumed<Read> => (promiseEvents as readonly string[]).includes(e.type);

/** A promise after one of its events. */
export function promiseAfter(before: PromiseToPay | undefined, e: Consumed<Read>): PromiseToPay {
  if (e.type === 'ar.collections.promise_made.v1') {
    const { promiseId, customerId, items, amount, promisedDate, judgedAfter, level, channel, pii } = e.data;
    return PromiseToPay.fromPartial({ promiseId, customerId, status: PromiseStatus.OPEN, items, amount, promisedDate, judgedAfter, level, channel, madeOn: e.recordedOn, note: pii?.data } as never);
  }
  if (!before) throw new Error(`${e.type} before its promise`);
  switch (e.type) {
    case 'ar.collections.promise_kept.v1': return { ...before, status: PromiseStatus.KEPT, received: e.data.received };
    case 'ar.collections.promise_partly_kept.v1': return { ...before, status: PromiseStatus.PARTLY_KEPT, received: e.data.received };
    case 'ar.collections.promise_broken.v1': {
      const currency = e.data.promised!.currencyCode;
      return { ...before, status: PromiseStatus.BROKEN, received: { currencyCode: currency, value: formatMoney({ minor: 0, currency }) } };
    }
    case 'ar.collections.promise_withdrawn.v1': return { ...before, status: PromiseStatus.WITHDRAWN };
    case 'ar.collections.promise_superseded.v1': return { ...before, status: PromiseStatus.SUPERSEDED };
  }
}

export const promises: Projection<Read> = {
  name: 'promises',
  ddl: `create table promise (
          tenant text, promise_id text, customer text not null, status text not null, promised_date date not null, made_on date not null, judged_after date not null, ended_on date, item_ids text[] not null, resource jsonb not null,
          primary key (tenant, customer, promise_id));
        create index on promise (tenant, promise_id);
        create index on promise (tenant, promised_date, promise_id);
        create table promised_item (tenant text, customer text, item_id text, promise_id text, minor bigint not null, primary key (tenant, customer, item_id, promise_id))`,
  on: promiseEvents,
  async project(events, tx) {
    for (const e of events) {
      const key = [e.tenant, e.customer, e.data.promiseId];
      const [row] = await tx.query<{ resource: unknown }>('select resource from promise where tenant = $1 and customer = $2 and promise_id = $3', key);
      const promise = promiseAfter(row && PromiseToPay.fromJSON(row.resource), e);
      const made = e.type === 'ar.collections.promise_made.v1';
      await tx.query(
        `insert into promise (tenant, customer, promise_id, status, promised_date, made_on, judged_after, ended_on, item_ids, resource) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (tenant, customer, promise_id) do update set status = excluded.status, ended_on = excluded.ended_on, resource = excluded.resource`,
        [...key, promise.status, promise.promisedDate, promise.madeOn, promise.judgedAfter, made ? null : e.recordedOn, promise.items.map((i) => i.itemId), JSON.stringify(PromiseToPay.toJSON(promise))]);
      if (made) await tx.query('insert into promised_item select $1, $2, i.item_id, $3, sum(i.minor) from unnest($4::text[], $5::bigint[]) i(item_id, minor) group by i.item_id', [...key, promise.items.map((i) => i.itemId), promise.items.map((i) => minorIn(i.amount))]);
      else await tx.query('delete from promised_item where tenant = $1 and customer = $2 and promise_id = $3', key);
    }
  },
};

/** Open promises of a customer, and those judged since a day; earliest promised date first. */
export async function promisesOf(tx: Tx, tenant: string, customer: string, judgedSince: string): Promise<readonly PromiseToPay[]> {
  const rows = await tx.query<{ resource: unknown }>(
    `select resource from promise where tenant = $1 and customer = $2 and (ended_on is null or (ended_on >= $3 and status in ('PROMISE_STATUS_KEPT', 'PROMISE_STATUS_PARTLY_KEPT', 'PROMISE_STATUS_BROKEN')))
      order by promised_date, promise_id`, [tenant, customer, judgedSince]);
  return rows.map((r) => PromiseToPay.fromJSON(r.resource));
}
