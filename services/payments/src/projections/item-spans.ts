// What is open, at any day as known at any time: rectangles over two axes. A row says: from one day until another, as recorded from one event until
// another, this much of this item (debit) or of a receipt's or credit note's unapplied rest (credit) was open. Nothing open is no row.
//
// - A change from a day on closes the rows after that day as of its own recording, and opens their successors. No row is ever altered otherwise, so a
//   past answer never changes.
// - A due date that moves counts from the business date of its recording: what is open from then on becomes due on the new day, by the same rule. An item has a row per due date.
// - Money that is exchanged is unapplied in two currencies under one receipt: each has rows of its own.
// - A question (day, known) is the rows that contain that point: the present ones by index, the superseded ones by an R-tree. The cost follows what is open.
import type { Consumed, Projection, Tx } from '@ar/runtime/forms.js';
import type { Day } from '@ar/domain/day.js';
import { moneyOf, thresholdMinor } from '@ar/domain/money.js';
import type { SmallBalance } from '@ar/domain/policies.js';
import type { AppliedItem, OpenItemFacts, OpenItemKind } from '@ar/contracts/gen/ar/payments/v1/account.js';
import type { WrittenOffItem } from '@ar/contracts/gen/ar/payments/v1/write_off.js';
import { LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { creditKey, UNIDENTIFIED } from '../domain/account.js';
import { isOf, type Whose, whoseOf } from './segments.js';

type Read =
  | 'ar.payments.open_item_posted.v1' | 'ar.payments.open_items_settled.v1' | 'ar.payments.open_items_reopened.v1' | 'ar.payments.open_item_closed.v1'
  | 'ar.payments.unapplied_cash_placed.v1' | 'ar.payments.unapplied_cash_taken.v1' | 'ar.payments.open_item_due_changed.v1'
  | 'ar.payments.open_items_written_off.v1' | 'ar.payments.open_items_reinstated.v1' | 'ar.payments.recovery_booked.v1' | 'ar.payments.recovery_taken_back.v1';

/** More or less of something from a day on; 0: from that day on it is due on `dueOn`. */
export interface Change {
  readonly tenant: string; readonly customer: string; readonly currency: string; readonly itemId: string; readonly side: 'debit' | 'credit';
  readonly dueOn: Day | null; readonly issuedOn: Day; readonly minor: number; readonly effectiveOn: Day; readonly recorded: number;
}

export const FOREVER = '9223372036854775807';

export const itemSpans: Projection<Read> = {
  name: 'item-spans',
  ddl: `
    create table item (tenant text, item_id text, customer text not null, currency text not null, kind text not null, document_id text not null, document_number text not null, instalment int not null, issued_on date not null, due_on date not null, posted_on date not null,
      original_minor bigint not null, recorded bigint not null, counts_from date not null, due_from date not null default '-infinity', due_until date not null default 'infinity', recorded_until bigint not null default ${FOREVER}, primary key (tenant, item_id, recorded));
    create index on item (tenant, currency, due_on, item_id);
    create index on item (tenant, customer, currency, due_on, item_id);
    create table item_span (tenant text not null, customer text not null, currency text not null, item_id text not null, side text not null, due_on date, issued_on date not null, open_minor bigint not null,
      effective_from date not null, effective_until date not null, recorded_from bigint not null, recorded_until bigint not null) with (fillfactor = 90);
    create unique index on item_span (tenant, item_id, customer, side, currency, effective_from) where recorded_until = ${FOREVER};
    create index on item_span (tenant, customer, currency, effective_until) where recorded_until = ${FOREVER};
    create index on item_span (tenant, effective_until) where recorded_until = ${FOREVER};
    create index on item_span (tenant, currency, due_on, item_id) where recorded_until = ${FOREVER} and effective_until = 'infinity' and side = 'debit';
    create index on item_span (tenant, item_id) where recorded_until < ${FOREVER};
    create index on item_span (tenant, customer, recorded_until) where recorded_until < ${FOREVER};
    create index on item_span using gist (int8range(recorded_from, recorded_until), daterange(effective_from, effective_until)) where recorded_until < ${FOREVER};
    create function item_span_opened(of_tenant text, of_customer text, of_currency text, of_item text, of_side text, of_issue date, minor bigint, since date, until date, known bigint) returns void language sql as $$ -- where nothing was open: due as it was on each of those days
      insert into item_span select of_tenant, of_customer, of_currency, of_item, of_side, i.due_on, of_issue, minor, greatest(since, coalesce(i.due_from, '-infinity')), least(until, coalesce(i.due_until, 'infinity')), known, ${FOREVER}
        from (select 1) one left join item i on of_side = 'debit' and i.tenant = of_tenant and i.item_id = of_item and i.due_from < i.due_until and i.due_from < until and i.due_until > since
    $$;
    create function item_span_apply(changes jsonb) returns void language plpgsql set enable_seqscan = off as $$ -- planned once per connection, maybe while the table is still small
    declare c record; s item_span; at date; moves boolean;
    begin
      for c in select * from jsonb_to_recordset(changes) x("tenant" text, "customer" text, "currency" text, "itemId" text, "side" text, "dueOn" date, "issuedOn" date, "minor" bigint, "effectiveOn" date, "recorded" bigint) loop
        at := c."effectiveOn";
        moves := c.minor = 0;
        if moves then
          update item i set due_until = at, recorded_until = c.recorded where i.tenant = c.tenant and i.item_id = c."itemId" and i.recorded_until = ${FOREVER};
          insert into item (tenant, item_id, customer, currency, kind, document_id, document_number, instalment, issued_on, due_on, posted_on, original_minor, recorded, counts_from, due_from)
          select i.tenant, i.item_id, i.customer, i.currency, i.kind, i.document_id, i.document_number, i.instalment, i.issued_on, c."dueOn", i.posted_on, i.original_minor, c.recorded, i.counts_from, at
            from item i where i.tenant = c.tenant and i.item_id = c."itemId" and i.recorded_until = c.recorded;
        end if;
        for s in select * from item_span i where i.tenant = c.tenant and i.item_id = c."itemId" and i.customer = c.customer and i.side = c.side and (i.currency = c.currency or moves) and i.recorded_until = ${FOREVER} and i.effective_until > at order by i.effective_from loop
          if at < s.effective_from and not moves then
            perform item_span_opened(c.tenant, c.customer, c.currency, c."itemId", c.side, c."issuedOn", c.minor, at, s.effective_from, c.recorded);
          end if;
          if s.recorded_from = c.recorded then
            delete from item_span i where i.tenant = s.tenant and i.item_id = s.item_id and i.customer = s.customer and i.side = s.side and i.currency = s.currency and i.effective_from = s.effective_from and i.recorded_until = ${FOREVER};
          else
            update item_span i set recorded_until = c.recorded where i.tenant = s.tenant and i.item_id = s.item_id and i.customer = s.customer and i.side = s.side and i.currency = s.currency and i.effective_from = s.effective_from and i.recorded_until = ${FOREVER};
          end if;
          if s.effective_from < at then
            insert into item_span values (s.tenant, s.customer, s.currency, s.item_id, s.side, s.due_on, s.issued_on, s.open_minor, s.effective_from, at, c.recorded, ${FOREVER});
          end if;
          if s.open_minor + c.minor <> 0 then
            insert into item_span values (s.tenant, s.customer, s.currency, s.item_id, s.side, case when moves then c."dueOn" else s.due_on end, s.issued_on, s.open_minor + c.minor, greatest(s.effective_from, at), s.effective_until, c.recorded, ${FOREVER});
          end if;
          at := s.effective_until;
        end loop;
        if at < 'infinity' and not moves then
          perform item_span_opened(c.tenant, c.customer, c.currency, c."itemId", c.side, c."issuedOn", c.minor, at, 'infinity', c.recorded);
        end if;
      end loop;
    end $$;`,
  on: [
    'ar.payments.open_item_posted.v1', 'ar.payments.open_items_settled.v1', 'ar.payments.open_items_reopened.v1', 'ar.payments.open_item_closed.v1',
    'ar.payments.unapplied_cash_placed.v1', 'ar.payments.unapplied_cash_taken.v1', 'ar.payments.open_item_due_changed.v1',
    'ar.payments.open_items_written_off.v1', 'ar.payments.open_items_reinstated.v1', 'ar.payments.recovery_booked.v1', 'ar.payments.recovery_taken_back.v1',
  ],
  async project(events, tx) {
    const posted = events.flatMap((e) => (e.type === 'ar.payments.open_item_posted.v1' ? [{ ...facts(e.data.item!), tenant: e.tenant, customer: e.customer, recorded: e.recorded, postedOn: e.recordedOn, countsFrom: e.effectiveOn }] : []));
    if (posted.length > 0) {
      await tx.query(
        `insert into item (tenant, item_id, customer, currency, kind, document_id, document_number, instalment, issued_on, due_on, posted_on, original_minor, recorded, counts_from)
         select tenant, "itemId", customer, currency, kind, "documentId", "documentNumber", instalment, "issuedOn", "dueOn", "postedOn", "originalMinor", recorded, "countsFrom"
           from jsonb_to_recordset($1) x(tenant text, "itemId" text, customer text, currency text, kind text, "documentId" text, "documentNumber" text, instalment int, "issuedOn" date, "dueOn" date, "postedOn" date, "originalMinor" bigint, recorded bigint, "countsFrom" date)`, [JSON.stringify(posted)]);
    }
    const changes = events.flatMap(changesOf);
    const times = new Map<string, number>();
    for (const c of changes) times.set(`${c.tenant}/${c.itemId}`, (times.get(`${c.tenant}/${c.itemId}`) ?? 0) + 1);
    const isNew = new Set(posted.map((i) => `${i.tenant}/${i.itemId}`).filter((item) => times.get(item) === 1)); // nothing else happened to it: its one row is known
    const [rows, others] = [changes.filter((c) => isNew.has(`${c.tenant}/${c.itemId}`)), changes.filter((c) => !isNew.has(`${c.tenant}/${c.itemId}`))];
    if (rows.length > 0) {
      await tx.query(
        `insert into item_span select tenant, customer, currency, "itemId", side, "dueOn", "issuedOn", minor, "effectiveOn", 'infinity', recorded, ${FOREVER}
           from jsonb_to_recordset($1) x(tenant text, customer text, currency text, "itemId" text, side text, "dueOn" date, "issuedOn" date, minor bigint, "effectiveOn" date, recorded bigint)`, [JSON.stringify(rows)]);
    }
    if (others.length > 0) await tx.query('select item_span_apply($1)', [JSON.stringify(others)]);
  },
};

function facts(item: OpenItemFacts) {
  const { minor, currency } = moneyOf(item.original);
  return { itemId: item.itemId, kind: item.kind, documentId: item.documentId, documentNumber: item.documentNumber, instalment: item.instalment, issuedOn: item.issueDate, dueOn: item.dueDate, originalMinor: minor, currency };
}

/** What the account keeps money by: its receipt's id, or the key of the credit note that gave it. */
export const keyIn = ({ receiptId, creditNoteId }: { readonly receiptId: string; readonly creditNoteId: string }): string => (creditNoteId === '' ? receiptId : creditKey(creditNoteId));

/** What an event changes about what is open, and from when. */
export function changesOf(e: Consumed<Read>): readonly Change[] {
  const of = { tenant: e.tenant, customer: e.customer, effectiveOn: e.effectiveOn, recorded: e.recorded };
  const debit = ({ itemId, dueDate, issueDate }: OpenItemFacts, minor: number, currency: string): Change => ({ ...of, currency, itemId, side: 'debit', dueOn: dueDate, issuedOn: issueDate, minor });
  const credit = (key: string, minor: number, currency: string): Change => ({ ...of, currency, itemId: key, side: 'credit', dueOn: null, issuedOn: e.effectiveOn, minor });
  const both = (items: readonly AppliedItem[], key: string, sign: 1 | -1): readonly Change[] => {
    const parts = items.map((i) => ({ item: i.item!, ...moneyOf(i.amount), grantedMinor: i.discount ? moneyOf(i.discount.amount).minor : 0 }));
    return [...parts.map(({ item, minor, grantedMinor, currency }) => debit(item, sign * (minor + grantedMinor), currency)), credit(key, sign * parts.reduce((sum, p) => sum + p.minor, 0), parts[0]!.currency)];
  };
  const written = (items: readonly WrittenOffItem[], sign: 1 | -1): readonly Change[] => items.map((i) => { const { minor, currency } = moneyOf(i.amount); return debit(i.item!, sign * minor, currency); });
  switch (e.type) {
    case 'ar.payments.open_items_written_off.v1': return written(e.data.items, -1);
    case 'ar.payments.open_items_reinstated.v1': return written(e.data.items, 1);
    case 'ar.payments.recovery_booked.v1': { const { minor, currency } = moneyOf(e.data.amount); return [credit(e.data.receiptId, -minor, currency)]; }
    case 'ar.payments.recovery_taken_back.v1': { const { minor, currency } = moneyOf(e.data.amount); return [credit(e.data.receiptId, minor, currency)]; }
    case 'ar.payments.open_item_posted.v1': { const { minor, currency } = moneyOf(e.data.item!.original); return [debit(e.data.item!, minor, currency)]; }
    case 'ar.payments.open_item_closed.v1': { const { minor, currency } = moneyOf(e.data.amount); return [debit(e.data.item!, -minor, currency)]; }
    case 'ar.payments.open_items_settled.v1': return both(e.data.items, keyIn(e.data), -1);
    case 'ar.payments.open_items_reopened.v1': return both(e.data.items, keyIn(e.data), 1);
    case 'ar.payments.unapplied_cash_placed.v1': { const { minor, currency } = moneyOf(e.data.amount); return [credit(keyIn(e.data), minor, currency)]; }
    case 'ar.payments.unapplied_cash_taken.v1': { const { minor, currency } = moneyOf(e.data.amount); return [credit(keyIn(e.data), -minor, currency)]; }
    case 'ar.payments.open_item_due_changed.v1': return [{ ...of, currency: '', itemId: e.data.itemId, side: 'debit', dueOn: e.data.dueDate, issuedOn: e.effectiveOn, minor: 0 }];
  }
}

/** Which past: the end of a day, and everything up to a place in the store. */
export interface At { readonly tenant: string; readonly on: Day; readonly known: number }
export interface Of { readonly customer?: string | undefined; /** Instead of a customer: those of a segment. */ readonly segment?: string | undefined; readonly currency?: string | undefined }

/** Of superseded rows those that contain the point: of a customer by index, of everyone by the R-tree. */
const pastAt = (customer: boolean): string => (customer
  ? 'recorded_until > $3 and recorded_from <= $3 and effective_from <= $2::date and effective_until > $2::date'
  : 'int8range(recorded_from, recorded_until) @> $3::bigint and daterange(effective_from, effective_until) @> $2::date');

/** The rows that contain the point, of everyone or of one customer; $1 tenant, $2 day, $3 known, $4 customer or null, $5 currency or null. Money of nobody known is in no customer's balance. */
export const spansAt = (whose: Whose): string => {
  const who = `tenant = $1 and ${whose === true ? '' : `customer <> '${UNIDENTIFIED}' and `}${isOf(whose)} and ($5::text is null or currency = $5)`;
  return `(select * from item_span where ${who} and recorded_until = ${FOREVER} and recorded_from <= $3 and effective_until > $2::date and effective_from <= $2::date
           union all select * from item_span where ${who} and recorded_until < ${FOREVER} and ${pastAt(whose === true)})`;
};
export const args = ({ tenant, on, known }: At, { customer, segment, currency }: Of) => [tenant, on, known, segment ?? customer ?? null, currency ?? null];

export interface OpenItemRow {
  readonly customer: string; readonly itemId: string; readonly currency: string; readonly kind: OpenItemKind; readonly documentId: string; readonly documentNumber: string; readonly instalment: number;
  readonly issuedOn: Day; readonly dueOn: Day; readonly originalMinor: number; readonly openMinor: number; readonly daysPastDue: number;
  /** Day of the last settlement, write-off or closing, '' when there was none; of settlements, those that were taken back count too. */
  readonly lastSettledOn: Day;
}

const itemColumns = (open: string) => `i.customer, i.item_id as "itemId", i.currency, i.kind, i.document_id as "documentId", i.document_number as "documentNumber", i.instalment, i.issued_on::text as "issuedOn", i.due_on::text as "dueOn",
  i.original_minor::text as "originalMinor", ${open}::text as "openMinor", case when ${open} > 0 then greatest(0, $2::date - i.due_on) else 0 end as "daysPastDue",
  coalesce((select max(e.effective_on)::text from journal_entry e where e.tenant = i.tenant and e.subject_id = i.item_id and e.credit = '${LedgerAccount.RECEIVABLES}' and e.effective_on <= $2::date and e.recorded <= $3), '') as "lastSettledOn"`;

/** Of an item's rows the one whose due date holds at the point. */
const dueAt = 'i.due_from <= $2::date and i.recorded <= $3 and (i.due_until > $2::date or i.recorded_until > $3)';

/** An item counts from its issue, or from the day on which it was booked instead; what was open of it at the point is its one row there, if it has one. */
const pointOf = (past: string) => `select s.open_minor from item_span s where s.tenant = i.tenant and s.item_id = i.item_id and s.side = 'debit' and recorded_until ${past} and recorded_from <= $3 and effective_from <= $2::date and effective_until > $2::date`;
const openOrSettled = (whose: Whose) => `select ${itemColumns('coalesce(s.open_minor, 0)')} from item i
   left join lateral (${pointOf(`= ${FOREVER}`)} union all ${pointOf(`< ${FOREVER} and recorded_until > $3`)}) s on true
  where i.tenant = $1 and i.counts_from <= $2::date and ${dueAt} and ${isOf(whose, 'i.customer')} and ($5::text is null or i.currency = $5) and ($6::date is null or (i.due_on, i.item_id) > ($6::date, $7::text))
  order by i.due_on, i.item_id limit $8`;
/** What is open for good, as far as is known, lies in the order of the list; what ends on a known day and what was superseded is found as in `spansAt`. */
const listed = (whose: Whose, rows: string, past: string) => `(select item_id, due_on, open_minor from item_span where tenant = $1 and side = 'debit' and ${isOf(whose)} and ($5::text is null or currency = $5)
   and ($6::date is null or (due_on, item_id) > ($6::date, $7::text)) and ${rows} and ${past} order by due_on, item_id limit $8)`;
const present = (until: string) => `recorded_until = ${FOREVER} and effective_until ${until}`;
const onlyOpen = (whose: Whose) => `select ${itemColumns('s.open_minor')} from (select * from (
   ${listed(whose, present("= 'infinity'"), 'recorded_from <= $3 and effective_from <= $2::date')}
   union all ${listed(whose, present("< 'infinity'"), 'recorded_from <= $3 and effective_from <= $2::date and effective_until > $2::date')}
   union all ${listed(whose, `recorded_until < ${FOREVER}`, pastAt(whose === true))}) p order by due_on, item_id limit $8) s
  join item i on i.tenant = $1 and i.item_id = s.item_id and ${dueAt} order by i.due_on, i.item_id`;

/** Items by due date and id, those after `after`: the open ones, or all that had been posted. */
export async function itemsAt(tx: Tx, at: At, of: Of, after: { readonly dueOn: Day; readonly itemId: string } | undefined, limit: number, settledToo: boolean): Promise<readonly OpenItemRow[]> {
  const rows = await tx.query<Omit<OpenItemRow, 'originalMinor' | 'openMinor'> & { originalMinor: string; openMinor: string }>(
    (settledToo ? openOrSettled : onlyOpen)(whoseOf(of)), [...args(at, of), after?.dueOn ?? null, after?.itemId ?? null, limit]);
  return rows.map((r) => ({ ...r, originalMinor: Number(r.originalMinor), openMinor: Number(r.openMinor) }));
}

/** Accounts with rests of items, settled in part and due before a day, that are within a tolerance: as they are now, by account, those after `after`. At most 500 rests of each; the others are found the next day. */
export const smallRests = (tx: Tx, tenant: string, dueBefore: Day, tolerances: readonly SmallBalance[], after: string, limit: number) => tx.query<{ key: string; customer: string; currency: string; itemIds: readonly string[] }>(
  `select s.customer || '-' || s.currency as key, s.customer, s.currency, (array_agg(s.item_id order by s.due_on, s.item_id))[:500] as "itemIds"
     from unnest($3::text[], $4::bigint[], $7::text[]) t(currency, minor, percent) join item_span s on s.tenant = $1 and s.currency = t.currency and s.due_on < $2::date and s.open_minor <= t.minor
     join item i on i.tenant = s.tenant and i.item_id = s.item_id and i.recorded_until = ${FOREVER}
    where s.recorded_until = ${FOREVER} and s.effective_until = 'infinity' and s.side = 'debit' and s.open_minor < i.original_minor
      and (t.percent = '' or s.open_minor * 100 <= t.percent::numeric * i.original_minor) and s.customer || '-' || s.currency > $5
    group by s.customer, s.currency order by 1 limit $6`,
  [tenant, dueBefore, tolerances.map((t) => t.currencyCode), tolerances.map((t) => thresholdMinor(t.limit, t.currencyCode)), after, limit, tolerances.map((t) => t.percent)]);
