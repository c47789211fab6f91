// Early-payment discounts of open items, at any day as known at any time: what was offered, and every use of a tier with its sign. The rule says what is left.
import type { EventType } from '@ar/contracts/registry.js';
import type { OfferedDiscount } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { formatMoney, moneyOf } from '@ar/domain/money.js';
import type { Projection, Tx } from '@ar/runtime/forms.js';
import { offersOn, type ItemDiscount } from '../domain/item-discount.js';
import { args, FOREVER, type At, type OpenItemRow } from './item-spans.js';
import type { OfCurrency } from './measures.js';
import { isOf, whoseOf } from './segments.js';

const on = ['ar.payments.open_item_posted.v1', 'ar.payments.open_items_settled.v1', 'ar.payments.open_items_reopened.v1'] as const satisfies readonly EventType[];

export const itemDiscounts: Projection<(typeof on)[number]> = {
  name: 'item-discounts',
  ddl: `create table item_discount (tenant text, item_id text, discount jsonb not null, last_percent numeric not null, last_day date not null, base_minor bigint not null, primary key (tenant, item_id)); -- last: of its tiers the one that held longest
        create index on item_discount (tenant, last_day);
        create table item_tier_use (tenant text, item_id text, recorded bigint, percent text not null, effective_on date not null, settled_minor bigint not null, granted_minor bigint not null, primary key (tenant, item_id, recorded))`,
  on,
  async project(events, tx) {
    const offered = events.flatMap((e) => (e.type === 'ar.payments.open_item_posted.v1' && e.data.discount
      ? [{ tenant: e.tenant, itemId: e.data.item!.itemId, discount: { tiers: e.data.discount.tiers, baseMinor: moneyOf(e.data.discount.discountable).minor }, last: e.data.discount.tiers.at(-1) }] : []));
    if (offered.length > 0) await tx.query(`insert into item_discount select tenant, "itemId", discount, (last->>'percent')::numeric, (last->>'lastDay')::date, (discount->>'baseMinor')::bigint from jsonb_to_recordset($1) x(tenant text, "itemId" text, discount jsonb, last jsonb)`, [JSON.stringify(offered)]);
    const uses = events.flatMap((e) => (e.type === 'ar.payments.open_item_posted.v1' ? [] : e.data.items.flatMap(({ item, amount, discount }) => {
      if (!discount) return [];
      const [sign, grantedMinor] = [e.type === 'ar.payments.open_items_settled.v1' ? 1 : -1, moneyOf(discount.amount).minor];
      return [{ tenant: e.tenant, itemId: item!.itemId, recorded: e.recorded, percent: discount.percent, effectiveOn: e.effectiveOn, settledMinor: sign * (moneyOf(amount).minor + grantedMinor), grantedMinor: sign * grantedMinor }];
    })));
    if (uses.length === 0) return;
    await tx.query(
      `insert into item_tier_use select tenant, "itemId", recorded, percent, "effectiveOn", "settledMinor", "grantedMinor"
         from jsonb_to_recordset($1) x(tenant text, "itemId" text, recorded bigint, percent text, "effectiveOn" date, "settledMinor" bigint, "grantedMinor" bigint)`, [JSON.stringify(uses)]);
  },
};

/** Of some items, as they were at a point, the discounts that held on that day, with what was left of each. */
export async function offersAt(tx: Tx, { tenant, on: day, known }: At, items: readonly OpenItemRow[]): Promise<(itemId: string) => OfferedDiscount[]> {
  const rows = await tx.query<{ itemId: string; discount: Pick<ItemDiscount, 'baseMinor'> & { readonly tiers: readonly { readonly percent: string; readonly lastDay: string }[] }; uses: Readonly<Record<string, { readonly settledMinor: number; readonly grantedMinor: number }>> }>(
    `select d.item_id as "itemId", d.discount, coalesce((select jsonb_object_agg(u.percent, jsonb_build_object('settledMinor', u.settled, 'grantedMinor', u.granted))
         from (select percent, sum(settled_minor) as settled, sum(granted_minor) as granted from item_tier_use where tenant = d.tenant and item_id = d.item_id and effective_on <= $3::date and recorded <= $4 group by percent) u), '{}') as uses
       from item_discount d where d.tenant = $1 and d.item_id = any($2)`, [tenant, items.filter((i) => i.openMinor > 0).map((i) => i.itemId), day, known]);
  const found = new Map(rows.map((r) => [r.itemId, r]));
  const offers = new Map(items.flatMap(({ itemId, currency, originalMinor, openMinor }) => {
    const row = found.get(itemId);
    return row ? [[itemId, offersOn({ originalMinor, openMinor, ...row }, day).map((o) => ({ percent: o.percent, lastDay: o.lastDay, left: { currencyCode: currency, value: formatMoney({ minor: o.leftMinor, currency }) } }))] as const] : [];
  }));
  return (itemId) => offers.get(itemId) ?? [];
}

const openOn = (past: string) => `select open_minor from item_span where tenant = d.tenant and item_id = d.item_id and side = 'debit' and recorded_until ${past} and recorded_from <= $3 and effective_from <= d.last_day and effective_until > d.last_day`;

/** What the tier that held longest would still have given on its last day, of items where that day is in a period: its percent of the discountable amount, for the part that was open, half up. */
export async function missedIn(tx: Tx, at: At, of: OfCurrency, from: string): Promise<bigint> {
  const [row] = await tx.query<{ missed: string }>(
    `select coalesce(sum(round(d.last_percent * d.base_minor * s.open_minor / (100 * i.original_minor))), 0)::text as missed
       from item_discount d join item i on i.tenant = d.tenant and i.item_id = d.item_id and i.due_from = '-infinity' cross join lateral (${openOn(`= ${FOREVER}`)} union all ${openOn(`< ${FOREVER} and recorded_until > $3`)}) s
      where d.tenant = $1 and d.last_day between $6::date and $2::date and ${isOf(whoseOf(of), 'i.customer')} and i.currency = $5`, [...args(at, of), from]);
  return BigInt(row!.missed);
}
