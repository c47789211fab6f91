// What each customer owes and has on account now, what of it is disputed, promised or undelivered: the ledger of payments, the word of collections and of invoicing.
import { comingOf, type MayCome } from '@ar/domain/coming.js';
import { daysAfter, type Day } from '@ar/domain/day.js';
import { money, moneyOf } from '@ar/domain/money.js';
import { pendingOf } from '@ar/runtime/coming.js';
import type { Consumed, Projection, Tx } from '@ar/runtime/forms.js';
import { deliveryOutcome, type DeliveryOutcome } from '@ar/runtime/undelivered.js';
import type { OpenItem, Standing, Undelivered } from '../domain/dunning.js';

const ledgerEvents = [
  'ar.payments.open_item_posted.v1', 'ar.payments.open_items_settled.v1', 'ar.payments.open_items_reopened.v1', 'ar.payments.open_item_closed.v1',
  'ar.payments.unapplied_cash_placed.v1', 'ar.payments.unapplied_cash_taken.v1', 'ar.payments.open_item_due_changed.v1',
  'ar.payments.open_items_written_off.v1', 'ar.payments.open_items_reinstated.v1', 'ar.payments.recovery_booked.v1', 'ar.payments.recovery_taken_back.v1',
] as const;
type Ledger = Consumed<(typeof ledgerEvents)[number]>;

/** Only what is open has a row: the work of a day follows open items, not history. What else a payer may call its document is told once, and kept: an item that was settled may be open again. */
export const openItems: Projection<(typeof ledgerEvents)[number]> = {
  name: 'open-items',
  ddl: `create table open_item (tenant text, customer text, item_id text, document_id text not null, document_number text not null, due_on date not null, currency text not null, open_minor bigint not null, primary key (tenant, customer, item_id));
  create table item_name (tenant text, item_id text, names text[] not null, primary key (tenant, item_id));
  create index on open_item (tenant, due_on);
  create table unapplied_cash (tenant text, customer text, currency text, minor numeric not null, primary key (tenant, customer, currency))`,
  on: ledgerEvents,
  async project(events, tx) {
    const items = new Map<string, ItemNow>();
    const cash = new Map<string, { tenant: string; customer: string; currency: string; minor: bigint }>();
    for (const event of events) {
      const { tenant, customer } = event;
      if (customer.startsWith('~')) continue; // nobody's money, and nobody's debt
      for (const item of itemsIn(event)) items.set(`${tenant}/${item.itemId}`, { tenant, customer, ...item });
      const { minor, currency } = cashIn(event);
      const key = `${tenant}/${customer}/${currency}`;
      if (minor !== 0) cash.set(key, { tenant, customer, currency, minor: (cash.get(key)?.minor ?? 0n) + BigInt(minor) });
    }
    const [open, gone] = [[...items.values()].filter((i) => i.minor > 0), [...items.values()].filter((i) => i.minor === 0)];
    if (open.length > 0) {
      await tx.query(
        `insert into open_item select tenant, customer, "itemId", "documentId", "documentNumber", "dueDate", currency, minor
           from jsonb_to_recordset($1) x(tenant text, customer text, "itemId" text, "documentId" text, "documentNumber" text, "dueDate" date, currency text, minor bigint)
         on conflict (tenant, customer, item_id) do update set open_minor = excluded.open_minor`, [JSON.stringify(open)]);
    }
    const named = events.flatMap(namesIn);
    if (named.length > 0) await tx.query('insert into item_name select * from jsonb_to_recordset($1) x(tenant text, item_id text, names text[]) on conflict do nothing', [JSON.stringify(named)]);
    for (const { type, tenant, customer, data } of events) // what is told of an item later names the new day
      if (type === 'ar.payments.open_item_due_changed.v1') await tx.query('update open_item set due_on = $4 where tenant = $1 and customer = $2 and item_id = $3', [tenant, customer, data.itemId, data.dueDate]);
    for (const { tenant, customer, itemId } of gone) await tx.query('delete from open_item where tenant = $1 and customer = $2 and item_id = $3', [tenant, customer, itemId]);
    if (cash.size > 0) {
      await tx.query(
        `insert into unapplied_cash select tenant, customer, currency, minor from jsonb_to_recordset($1) x(tenant text, customer text, currency text, minor numeric)
         on conflict (tenant, customer, currency) do update set minor = unapplied_cash.minor + excluded.minor`, [JSON.stringify([...cash.values()].map((c) => ({ ...c, minor: String(c.minor) })))]);
    }
  },
};

interface ItemNow { readonly tenant: string; readonly customer: string; readonly itemId: string; readonly documentId: string; readonly documentNumber: string; readonly dueDate: string; readonly currency: string; readonly minor: number }
interface Facts { readonly itemId: string; readonly documentId: string; readonly documentNumber: string; readonly dueDate: string }

/** What an event leaves open of items. */
function itemsIn(event: Ledger): readonly Omit<ItemNow, 'tenant' | 'customer'>[] {
  const now = ({ itemId, documentId, documentNumber, dueDate }: Facts, open: { readonly minor: number; readonly currency: string }) => ({ itemId, documentId, documentNumber, dueDate, ...open });
  switch (event.type) {
    case 'ar.payments.open_item_posted.v1': return [now(event.data.item!, moneyOf(event.data.item!.original))];
    case 'ar.payments.open_item_closed.v1': return [now(event.data.item!, { ...moneyOf(event.data.amount), minor: 0 })];
    case 'ar.payments.open_items_settled.v1':
    case 'ar.payments.open_items_reopened.v1':
    case 'ar.payments.open_items_written_off.v1':
    case 'ar.payments.open_items_reinstated.v1': return event.data.items.map(({ item, open }) => now(item!, moneyOf(open)));
    case 'ar.payments.open_item_due_changed.v1':
    case 'ar.payments.unapplied_cash_placed.v1':
    case 'ar.payments.unapplied_cash_taken.v1':
    case 'ar.payments.recovery_booked.v1':
    case 'ar.payments.recovery_taken_back.v1': return [];
  }
}

/** What else a payer may call the document of an item. */
function namesIn({ type, tenant, customer, data }: Ledger): readonly { readonly tenant: string; readonly item_id: string; readonly names: readonly string[] }[] {
  const names = type === 'ar.payments.open_item_posted.v1' && !customer.startsWith('~') ? [data.externalNumber, data.paymentReference].filter((name) => name !== '') : [];
  return type === 'ar.payments.open_item_posted.v1' && names.length > 0 ? [{ tenant, item_id: data.item!.itemId, names }] : [];
}
const namedItems = `(select i.*, coalesce(n.names, '{}') names from open_item i left join item_name n using (tenant, item_id))`;

/** What it adds to cash on account. */
function cashIn(event: Ledger): { readonly minor: number; readonly currency: string } {
  switch (event.type) {
    case 'ar.payments.open_item_posted.v1':
    case 'ar.payments.open_item_due_changed.v1':
    case 'ar.payments.open_items_written_off.v1':
    case 'ar.payments.open_items_reinstated.v1':
    case 'ar.payments.open_item_closed.v1': return { minor: 0, currency: '' };
    case 'ar.payments.unapplied_cash_placed.v1':
    case 'ar.payments.recovery_taken_back.v1':
    case 'ar.payments.open_items_reopened.v1': return moneyOf(event.data.amount);
    case 'ar.payments.unapplied_cash_taken.v1':
    case 'ar.payments.recovery_booked.v1':
    case 'ar.payments.open_items_settled.v1': { const { minor, currency } = moneyOf(event.data.amount); return { minor: -minor, currency }; }
  }
}

const wordEvents = [
  'ar.collections.dispute_opened.v1', 'ar.collections.dispute_resolved.v1', 'ar.collections.dispute_closed.v1',
  'ar.collections.promise_made.v1', 'ar.collections.promise_kept.v1', 'ar.collections.promise_partly_kept.v1', 'ar.collections.promise_broken.v1', 'ar.collections.promise_withdrawn.v1', 'ar.collections.promise_superseded.v1',
] as const;

/** Disputes that are open, and promises that are not judged. */
export const holdBacks: Projection<(typeof wordEvents)[number]> = {
  name: 'hold-backs',
  ddl: `create table disputed (tenant text, customer text, item_id text, dispute_id text, minor bigint not null, primary key (tenant, customer, item_id, dispute_id));
  create table promised (tenant text, customer text, item_id text, promise_id text, promised_for date not null, primary key (tenant, customer, item_id, promise_id))`,
  on: wordEvents,
  async project(events, tx) {
    for (const { type, tenant, customer, data } of events) {
      switch (type) {
        case 'ar.collections.dispute_opened.v1':
          for (const part of data.items)
            await tx.query('insert into disputed values ($1, $2, $3, $4, $5) on conflict (tenant, customer, item_id, dispute_id) do update set minor = disputed.minor + excluded.minor', [tenant, customer, part.itemId, data.disputeId, moneyOf(part.amount).minor]);
          break;
        case 'ar.collections.dispute_resolved.v1':
        case 'ar.collections.dispute_closed.v1':
          await tx.query('delete from disputed where tenant = $1 and customer = $2 and dispute_id = $3', [tenant, customer, data.disputeId]);
          break;
        case 'ar.collections.promise_made.v1':
          for (const part of data.items) await tx.query('insert into promised values ($1, $2, $3, $4, $5) on conflict do nothing', [tenant, customer, part.itemId, data.promiseId, data.promisedDate]);
          break;
        case 'ar.collections.promise_kept.v1':
        case 'ar.collections.promise_partly_kept.v1':
        case 'ar.collections.promise_broken.v1':
        case 'ar.collections.promise_withdrawn.v1':
        case 'ar.collections.promise_superseded.v1':
          await tx.query('delete from promised where tenant = $1 and customer = $2 and promise_id = $3', [tenant, customer, data.promiseId]);
          break;
      }
    }
  },
};

/** When documents were undelivered: from the day on which it was told, to the one before they left anew. */
export const undelivered: Projection<DeliveryOutcome> = {
  name: 'undelivered',
  ddl: 'create table undelivered (tenant text, customer text, document_id text, from_on date, to_on date, primary key (tenant, customer, document_id, from_on))',
  on: ['ar.invoicing.delivery_sent.v1', 'ar.invoicing.delivery_confirmed.v1', 'ar.invoicing.delivery_failed.v1', 'ar.invoicing.delivery_suppressed.v1', 'ar.invoicing.delivery_bounced.v1'],
  async project(events, tx) {
    for (const event of events) {
      const told = deliveryOutcome(event);
      const values = [event.tenant, event.customer, told.documentId, event.recordedOn];
      if (told.undelivered === true)
        await tx.query('insert into undelivered select $1, $2, $3, $4 where not exists (select from undelivered where tenant = $1 and customer = $2 and document_id = $3 and to_on is null) on conflict (tenant, customer, document_id, from_on) do update set to_on = null', values);
      if (told.undelivered === false) await tx.query(`update undelivered set to_on = $4::date - 1 where tenant = $1 and customer = $2 and document_id = $3 and to_on is null`, values);
    }
  },
};

interface Row { readonly n: number; readonly item_id: string; readonly document_number: string; readonly due_on: Day; readonly currency: string; readonly open_minor: number; readonly disputed_minor: number; readonly promised_for: Day | null; readonly undelivered: readonly Undelivered[]; readonly debits: readonly { readonly minor: number | null; readonly on: Day }[] }
interface Question { readonly tenant: string; readonly customer: string; readonly today: Day; readonly beforeDueDays: number }

/** Open items up to the last that may be reminded of, and cash on account: one answer per question, in their order. */
export async function standingsOf(tx: Tx, of: readonly Question[]): Promise<readonly Standing[]> {
  return read(tx, of.map((o) => ({ ...o, until: daysAfter(o.today, o.beforeDueDays) })));
}

/** The same with all open items, whenever they are due. */
export async function wholeStandingOf(tx: Tx, tenant: string, customer: string): Promise<Standing> {
  return (await read(tx, [{ tenant, customer, until: '9999-12-31' }]))[0]!;
}

async function read(tx: Tx, of: readonly { readonly tenant: string; readonly customer: string; readonly until: Day }[]): Promise<readonly Standing[]> {
  const [tenants, customers] = [of.map((o) => o.tenant), of.map((o) => o.customer)];
  const rows = await tx.query<Row>(
    `select a.n, i.item_id, i.document_number, i.due_on, i.currency, i.open_minor,
       (select least(coalesce(sum(d.minor), 0), i.open_minor)::bigint from disputed d where d.tenant = i.tenant and d.customer = i.customer and d.item_id = i.item_id) disputed_minor,
       (select max(p.promised_for) from promised p where p.tenant = i.tenant and p.customer = i.customer and p.item_id = i.item_id) promised_for,
       (select coalesce(jsonb_agg(jsonb_build_object('from', u.from_on, 'to', coalesce(u.to_on::text, '')) order by u.from_on), '[]') from undelivered u where u.tenant = i.tenant and u.customer = i.customer and u.document_id = i.document_id) undelivered,
       (select coalesce(jsonb_agg(jsonb_build_object('minor', b.minor, 'on', b.collect_on) order by b.collect_on, b.debit_id), '[]') from being_collected b where b.tenant = i.tenant and b.customer = i.customer and b.item_id = i.item_id) debits
     from unnest($1::text[], $2::text[], $3::date[]) with ordinality a(tenant, customer, until, n) join open_item i on i.tenant = a.tenant and i.customer = a.customer and i.due_on <= a.until
     order by a.n, i.due_on, i.item_id`, [tenants, customers, of.map((o) => o.until)]);
  const cashRows = await tx.query<{ n: number; currency: string; minor: string }>(
    'select a.n, c.currency, c.minor::text minor from unnest($1::text[], $2::text[]) with ordinality a(tenant, customer, n) join unapplied_cash c using (tenant, customer) where c.minor > 0', [tenants, customers]);
  const pending = await pendingOf(tx, namedItems, of);
  const mayCome = of.map((): MayCome[] => []);
  for (const r of rows) mayCome[Number(r.n) - 1]!.push({ itemId: r.item_id, currency: r.currency, minor: Math.max(0, r.open_minor - r.disputed_minor), debits: r.debits });
  const coming = mayCome.map((items, n) => comingOf(items, pending[n]!));
  const standings = of.map(() => ({ items: [] as OpenItem[], cash: {} as Record<string, bigint> }));
  for (const r of rows) {
    standings[Number(r.n) - 1]!.items.push({
      itemId: r.item_id, documentNumber: r.document_number, dueOn: r.due_on, open: money(r.open_minor, r.currency), disputedMinor: r.disputed_minor, promisedFor: r.promised_for ?? '', undelivered: r.undelivered, coming: coming[Number(r.n) - 1]!.get(r.item_id) ?? [],
    });
  }
  for (const r of cashRows) standings[Number(r.n) - 1]!.cash[r.currency] = BigInt(r.minor);
  return standings;
}
