// What customers owe, from payments' account: items with what settles them by value date. Items stay after they are settled: a promise is judged later.
import type { Amount } from '@ar/contracts/gen/ar/type/v1/amount.js';
import type { OpenItemFacts } from '@ar/contracts/gen/ar/payments/v1/account.js';
import type { EventType } from '@ar/contracts/registry.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import { isMoney, parseMoney } from '@ar/domain/money.js';
import type { PoliciesInForce } from '@ar/domain/policies.js';
import type { Consumed, Projection, Tx } from '@ar/runtime/forms.js';
import type { OwedItem } from '../domain/open-items.js';
import { comingTo } from './coming.js';
import { answersDdl, keepAnswers } from './invoice-answers.js';

const read = ['ar.invoicing.invoice_response_received.v1', 'ar.payments.open_item_posted.v1', 'ar.payments.open_items_settled.v1', 'ar.payments.open_items_reopened.v1', 'ar.payments.open_item_closed.v1', 'ar.payments.open_item_due_changed.v1',
  'ar.payments.open_items_written_off.v1', 'ar.payments.open_items_reinstated.v1'] as const satisfies readonly EventType[];
type Read = (typeof read)[number];

interface ItemNow { readonly tenant: string; readonly customer: string; readonly itemId: string; readonly currency: string; readonly dueOn: Day; readonly openMinor: number; readonly closed: boolean; readonly documentId: string; readonly documentNumber: string }
interface Settlement { readonly tenant: string; readonly itemId: string; readonly valueOn: Day; readonly minor: number }

export const minorIn = (amount: Amount | undefined): number => {
  const money = parseMoney(amount?.value ?? '', amount?.currencyCode ?? '');
  if (!isMoney(money)) throw new Error(`not an amount: ${JSON.stringify(amount)}`);
  return money.minor;
};

function itemsIn(e: Consumed<Read>): readonly ItemNow[] {
  const now = (item: OpenItemFacts | undefined, openMinor: number, closed = false): ItemNow =>
    ({ tenant: e.tenant, customer: e.customer, itemId: item!.itemId, currency: item!.original!.currencyCode, dueOn: item!.dueDate, openMinor, closed, documentId: item!.documentId, documentNumber: item!.documentNumber });
  switch (e.type) {
    case 'ar.payments.open_item_posted.v1': return [now(e.data.item, minorIn(e.data.item?.original))];
    case 'ar.payments.open_items_settled.v1':
    case 'ar.payments.open_items_reopened.v1': return e.data.items.map((i) => now(i.item, minorIn(i.open)));
    case 'ar.payments.open_item_closed.v1': return [now(e.data.item, 0, true)];
    case 'ar.payments.open_items_written_off.v1': return e.data.items.map((i) => now(i.item, minorIn(i.open), minorIn(i.open) === 0)); // written off whole, it ended without being paid
    case 'ar.payments.open_items_reinstated.v1': return e.data.items.map((i) => now(i.item, minorIn(i.open)));
    case 'ar.payments.open_item_due_changed.v1':
    case 'ar.invoicing.invoice_response_received.v1': return [];
  }
}

function settlementsIn(e: Consumed<Read>): readonly Settlement[] {
  if (e.type !== 'ar.payments.open_items_settled.v1' && e.type !== 'ar.payments.open_items_reopened.v1') return [];
  const sign = e.type === 'ar.payments.open_items_settled.v1' ? 1 : -1;
  return e.data.items.map((i) => ({ tenant: e.tenant, itemId: i.item!.itemId, valueOn: e.data.valueDate, minor: sign * (minorIn(i.amount) + (i.discount ? minorIn(i.discount.amount) : 0)) })); // a discount settles what was promised, too
}

const columns = <T extends object>(rows: readonly T[], ...names: readonly (keyof T)[]): unknown[][] => names.map((name) => rows.map((row) => row[name]));

export const owed: Projection<Read> = {
  name: 'owed',
  ddl: `create table item (tenant text, item_id text, customer text not null, currency text not null, due_on date not null, open_minor bigint not null, closed boolean not null, document_id text not null, document_number text not null, names text[] not null, primary key (tenant, item_id));
        create index on item (tenant, customer) where open_minor > 0;
        create index on item (tenant, due_on) where open_minor > 0;
        create table settlement (tenant text, item_id text, value_on date, minor bigint not null, primary key (tenant, item_id, value_on));
        ${answersDdl}`,
  on: read,
  async project(events, tx) {
    await keepAnswers(events, tx);
    const items = [...new Map(events.flatMap(itemsIn).map((i) => [JSON.stringify([i.tenant, i.itemId]), i])).values()];
    await tx.query(
      `insert into item (tenant, item_id, customer, currency, due_on, open_minor, closed, document_id, document_number, names) select *, '{}' from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::date[], $6::bigint[], $7::boolean[], $8::text[], $9::text[])
       on conflict (tenant, item_id) do update set open_minor = excluded.open_minor, closed = excluded.closed, due_on = excluded.due_on`,
      columns(items, 'tenant', 'itemId', 'customer', 'currency', 'dueOn', 'openMinor', 'closed', 'documentId', 'documentNumber'));
    const named = events.flatMap((e) => (e.type === 'ar.payments.open_item_posted.v1' && e.data.externalNumber + e.data.paymentReference !== '' ? [{ tenant: e.tenant, id: e.data.item!.itemId, names: [e.data.externalNumber, e.data.paymentReference].filter((name) => name !== '') }] : []));
    if (named.length > 0) await tx.query('update item i set names = n.names from jsonb_to_recordset($1) n(tenant text, id text, names text[]) where i.tenant = n.tenant and i.item_id = n.id', [JSON.stringify(named)]); // told when it is posted: what else a payer may call its document
    const moved = [...new Map(events.flatMap((e) => (e.type === 'ar.payments.open_item_due_changed.v1' ? [[JSON.stringify([e.tenant, e.data.itemId]), { tenant: e.tenant, itemId: e.data.itemId, dueOn: e.data.dueDate }] as const] : []))).values()];
    if (moved.length > 0) await tx.query('update item i set due_on = m.due_on from unnest($1::text[], $2::text[], $3::date[]) m(tenant, item_id, due_on) where i.tenant = m.tenant and i.item_id = m.item_id', columns(moved, 'tenant', 'itemId', 'dueOn'));
    const settlements = events.flatMap(settlementsIn);
    if (settlements.length === 0) return;
    await tx.query(
      `insert into settlement as s (tenant, item_id, value_on, minor) select tenant, item_id, value_on, sum(minor) from unnest($1::text[], $2::text[], $3::date[], $4::bigint[]) n(tenant, item_id, value_on, minor) group by 1, 2, 3
       on conflict (tenant, item_id, value_on) do update set minor = s.minor + excluded.minor`, columns(settlements, 'tenant', 'itemId', 'valueOn', 'minor'));
  },
};

/** What a decision about a customer starts from. */
export interface Owing { readonly customerKnown: boolean; readonly items: readonly OwedItem[] }

/** Of each: every open item, those of its open promises, and those that are named. */
export async function owedBy(tx: Tx, asked: readonly { readonly tenant: string; readonly customer: string; readonly items: readonly string[] }[]): Promise<readonly Owing[]> {
  const pairs = [asked.map((a) => a.tenant), asked.map((a) => a.customer)];
  const named = asked.flatMap((a) => a.items.map((item) => [a.tenant, item] as const));
  const rows = await tx.query<{ tenant: string; customer: string } & OwedItem>(
    `with asked as (select distinct * from unnest($1::text[], $2::text[]) a(tenant, customer)),
     wanted as (
       select i.tenant, i.item_id from asked join item i using (tenant, customer) where i.open_minor > 0
       union select p.tenant, p.item_id from asked join promised_item p using (tenant, customer)
       union select * from unnest($3::text[], $4::text[]))
     select i.tenant, i.customer, i.item_id "itemId", i.currency, i.due_on "dueOn", i.open_minor "openMinor", i.closed,
            coalesce((select jsonb_object_agg(s.value_on, s.minor) from settlement s where s.tenant = i.tenant and s.item_id = i.item_id and s.minor <> 0), '{}') "settledMinor"
       from wanted join item i using (tenant, item_id) order by i.tenant, i.customer, i.due_on, i.item_id`,
    [...pairs, named.map((n) => n[0]), named.map((n) => n[1])]);
  const known = await tx.query<{ tenant: string; customer: string }>('select tenant, customer from customer join (select * from unnest($1::text[], $2::text[]) a(tenant, customer)) asked using (tenant, customer)', pairs);
  const keyOf = (r: { tenant: string; customer: string }) => JSON.stringify([r.tenant, r.customer]);
  const byCustomer = new Map<string, OwedItem[]>();
  const coming = await comingTo(tx, asked);
  for (const { tenant, customer, ...item } of rows) {
    const key = keyOf({ tenant, customer });
    const comingMinor = coming.get(key)?.find((c) => c.itemId === item.itemId)?.minor;
    byCustomer.set(key, [...(byCustomer.get(key) ?? []), comingMinor === undefined ? item : { ...item, comingMinor }]);
  }
  const registered = new Set(known.map(keyOf));
  return asked.map((a) => ({ customerKnown: registered.has(keyOf(a)), items: byCustomer.get(keyOf(a)) ?? [] }));
}

/** Customers by id, those after `after`: with a promise whose time is over, or without a case and with an item that is old enough for one. */
export async function toBeLookedAt(tx: Tx, tenant: string, today: Day, policy: PoliciesInForce['collectionCase'], after: string, limit: number): Promise<readonly string[]> {
  const oldEnough = daysAfter(today, -Math.max(1, policy.oldestDaysPastDue));
  const rows = await tx.query<{ customer: string }>(
    `select customer from (
       select customer from promise where tenant = $1 and status = 'PROMISE_STATUS_OPEN' and judged_after < $2
       union select i.customer from item i where i.tenant = $1 and i.open_minor > 0 and i.due_on <= $3
              and not exists (select from collection_case c where c.tenant = i.tenant and c.customer = i.customer and c.open)) due
      where customer > $4 order by customer limit $5`, [tenant, today, oldEnough, after, limit]);
  return rows.map((r) => r.customer);
}
