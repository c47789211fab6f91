// What the log says is at risk with a customer: open items from the moment an invoice is issued, cash that is not used yet, disputes.
// An item of payments has the id that its invoice gives it, so it is the same row before and after payments posts it.
import type { EventType } from '@ar/contracts/registry.js';
import type { OpenItemFacts } from '@ar/contracts/gen/ar/payments/v1/account.js';
import type { Day } from '@ar/domain/day.js';
import { itemIdOf } from '@ar/domain/id.js';
import { moneyOf } from '@ar/domain/money.js';
import type { Consumed, Projection, Tx } from '@ar/runtime/forms.js';
import type { Risk } from '../domain/credit-check.js';

const read = [
  'ar.invoicing.invoice_issued.v1',
  'ar.payments.open_item_posted.v1', 'ar.payments.open_items_settled.v1', 'ar.payments.open_items_reopened.v1', 'ar.payments.open_item_closed.v1', 'ar.payments.open_item_due_changed.v1',
  'ar.payments.unapplied_cash_placed.v1', 'ar.payments.unapplied_cash_taken.v1',
  'ar.payments.open_items_written_off.v1', 'ar.payments.open_items_reinstated.v1', 'ar.payments.recovery_booked.v1', 'ar.payments.recovery_taken_back.v1',
  'ar.collections.dispute_opened.v1', 'ar.collections.dispute_resolved.v1', 'ar.collections.dispute_closed.v1',
] as const satisfies readonly EventType[];
type Read = (typeof read)[number];

interface ItemNow { readonly tenant: string; readonly customer: string; readonly currency: string; readonly itemId: string; readonly dueOn: Day; readonly openMinor: number }
interface CashChange { readonly tenant: string; readonly customer: string; readonly currency: string; readonly minor: number }
interface DisputedPart { readonly tenant: string; readonly customer: string; readonly disputeId: string; readonly itemId: string; readonly minor: number }

function itemsIn(e: Consumed<Read>): readonly ItemNow[] {
  const { tenant, customer } = e;
  const now = (item: OpenItemFacts | undefined, openMinor: number): ItemNow => ({ tenant, customer, currency: item!.original!.currencyCode, itemId: item!.itemId, dueOn: item!.dueDate, openMinor });
  switch (e.type) {
    case 'ar.invoicing.invoice_issued.v1':
      return e.data.instalments.map((i) => ({ tenant, customer, currency: e.data.currencyCode, itemId: itemIdOf(e.data.invoiceId, i.seq), dueOn: i.dueDate, openMinor: moneyOf(i.amount).minor }));
    case 'ar.payments.open_item_posted.v1': return [now(e.data.item, moneyOf(e.data.item?.original).minor)];
    case 'ar.payments.open_items_settled.v1':
    case 'ar.payments.open_items_reopened.v1':
    case 'ar.payments.open_items_written_off.v1':
    case 'ar.payments.open_items_reinstated.v1': return e.data.items.map((i) => now(i.item, moneyOf(i.open).minor));
    case 'ar.payments.open_item_closed.v1': return [now(e.data.item, 0)];
    default: return [];
  }
}

function cashIn(e: Consumed<Read>): readonly CashChange[] {
  switch (e.type) {
    case 'ar.payments.unapplied_cash_placed.v1':
    case 'ar.payments.recovery_taken_back.v1':
    case 'ar.payments.open_items_reopened.v1': return [{ tenant: e.tenant, customer: e.customer, currency: e.data.amount!.currencyCode, minor: moneyOf(e.data.amount).minor }];
    case 'ar.payments.unapplied_cash_taken.v1':
    case 'ar.payments.recovery_booked.v1':
    case 'ar.payments.open_items_settled.v1': return [{ tenant: e.tenant, customer: e.customer, currency: e.data.amount!.currencyCode, minor: -moneyOf(e.data.amount).minor }];
    default: return [];
  }
}

const columns = <T extends object>(rows: readonly T[], ...names: readonly (keyof T)[]): unknown[][] => names.map((name) => rows.map((row) => row[name]));
const lastOf = <T>(rows: readonly T[], key: (row: T) => string): readonly T[] => [...new Map(rows.map((row) => [key(row), row])).values()];

export const exposure: Projection<Read> = {
  name: 'exposure',
  ddl: `create table open_item (tenant text, item_id text, customer text not null, currency text not null, due_on date not null, open_minor bigint not null, primary key (tenant, item_id));
        create index on open_item (tenant, customer);
        create index on open_item (tenant, due_on);
        create table unapplied_cash (tenant text, customer text, currency text, minor numeric not null, primary key (tenant, customer, currency));
        create table disputed_part (tenant text, dispute_id text, item_id text, customer text not null, minor bigint not null, primary key (tenant, dispute_id, item_id));
        create index on disputed_part (tenant, item_id)`,
  on: read,
  async project(events, tx) {
    const items = lastOf(events.flatMap(itemsIn), (i) => JSON.stringify([i.tenant, i.itemId]));
    const open = items.filter((i) => i.openMinor > 0);
    const gone = items.filter((i) => i.openMinor === 0);
    if (open.length > 0) {
      await tx.query(`insert into open_item (tenant, item_id, customer, currency, due_on, open_minor) select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::date[], $6::bigint[])
                      on conflict (tenant, item_id) do update set open_minor = excluded.open_minor, due_on = excluded.due_on`, columns(open, 'tenant', 'itemId', 'customer', 'currency', 'dueOn', 'openMinor'));
    }
    if (gone.length > 0) await tx.query('delete from open_item i using unnest($1::text[], $2::text[]) g(tenant, item_id) where i.tenant = g.tenant and i.item_id = g.item_id', columns(gone, 'tenant', 'itemId'));
    const moved = lastOf(events.flatMap((e) => (e.type === 'ar.payments.open_item_due_changed.v1' ? [{ tenant: e.tenant, itemId: e.data.itemId, dueOn: e.data.dueDate }] : [])), (i) => JSON.stringify([i.tenant, i.itemId])); // what is told of an item later names the new day
    if (moved.length > 0) await tx.query('update open_item i set due_on = m.due_on from unnest($1::text[], $2::text[], $3::date[]) m(tenant, item_id, due_on) where i.tenant = m.tenant and i.item_id = m.item_id', columns(moved, 'tenant', 'itemId', 'dueOn'));
    const cash = events.flatMap(cashIn);
    if (cash.length > 0) {
      await tx.query(`insert into unapplied_cash as u (tenant, customer, currency, minor) select tenant, customer, currency, sum(minor) from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) c(tenant, customer, currency, minor) group by 1, 2, 3
                      on conflict (tenant, customer, currency) do update set minor = u.minor + excluded.minor`, columns(cash, 'tenant', 'customer', 'currency', 'minor'));
    }
    await projectDisputes(events, tx);
  },
};

async function projectDisputes(events: readonly Consumed<Read>[], tx: Tx): Promise<void> {
  const opened = events.flatMap((e): DisputedPart[] => (e.type === 'ar.collections.dispute_opened.v1'
    ? e.data.items.map((i) => ({ tenant: e.tenant, customer: e.customer, disputeId: e.data.disputeId, itemId: i.itemId, minor: moneyOf(i.amount).minor })) : []));
  const ended = events.flatMap((e) => (e.type === 'ar.collections.dispute_resolved.v1' || e.type === 'ar.collections.dispute_closed.v1' ? [{ tenant: e.tenant, disputeId: e.data.disputeId }] : []));
  // A dispute ends after it was opened, and once.
  if (opened.length > 0) await tx.query('insert into disputed_part (tenant, customer, dispute_id, item_id, minor) select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])', columns(opened, 'tenant', 'customer', 'disputeId', 'itemId', 'minor'));
  if (ended.length > 0) await tx.query('delete from disputed_part d using unnest($1::text[], $2::text[]) e(tenant, dispute_id) where d.tenant = e.tenant and d.dispute_id = e.dispute_id', columns(ended, 'tenant', 'disputeId'));
}

/** What is at risk with each of them, one entry per currency in which something is. */
export async function risksOf(tx: Tx, asked: readonly { readonly tenant: string; readonly customer: string }[]): Promise<readonly (readonly Risk[])[]> {
  const rows = await tx.query<{ tenant: string; customer: string; currency: string; openMinor: string; unappliedMinor: string; itemId: string | null; dueOn: Day | null }>(
    `with asked as (select distinct * from unnest($1::text[], $2::text[]) a(tenant, customer)),
     item as (
       select i.*, i.open_minor > coalesce((select sum(d.minor) from disputed_part d where d.tenant = i.tenant and d.item_id = i.item_id), 0) undisputed
         from asked join open_item i using (tenant, customer)),
     owed as (
       select tenant, customer, currency, sum(open_minor) open_minor,
              (array_agg(item_id order by due_on, item_id) filter (where undisputed))[1] item_id, min(due_on) filter (where undisputed) due_on
         from item group by tenant, customer, currency),
     cash as (select u.* from asked join unapplied_cash u using (tenant, customer) where u.minor <> 0)
     select tenant, customer, currency, coalesce(open_minor, 0)::text "openMinor", coalesce(minor, 0)::text "unappliedMinor", item_id "itemId", due_on "dueOn"
       from owed full join cash using (tenant, customer, currency) order by tenant, customer, currency`,
    [asked.map((a) => a.tenant), asked.map((a) => a.customer)]);
  const found = new Map<string, Risk[]>();
  for (const { tenant, customer, currency, openMinor, unappliedMinor, itemId, dueOn } of rows) {
    const key = JSON.stringify([tenant, customer]);
    found.set(key, [...(found.get(key) ?? []), { currency, openMinor: BigInt(openMinor), unappliedMinor: BigInt(unappliedMinor), oldest: itemId && dueOn ? { itemId, dueOn } : null }]);
  }
  return asked.map((a) => found.get(JSON.stringify([a.tenant, a.customer])) ?? []);
}
