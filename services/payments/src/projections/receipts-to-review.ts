// Receipts that need a person, and why: one queue. Nothing is in it by a mark that somebody would have to take away: a receipt leaves it when its reason is gone.
//
// - Nobody knows who paid, of pending money too; something is recommended that is still open; it waits for a document, as last held; some of it is not used and not on account on purpose.
// - What was recommended and is settled otherwise by now is named, and is no reason any more.
// - Its day has begun and it is pending still: it did not become cash.
// - A remittance advice that waits may be about it, whether it is used by now or not.
// - Suspected duplicate: a receipt recorded, or identified, before it, and not reversed, with the same payer (account, else name, else customer), amount, value date and text. It is shown while some of it is not used, and for 30 days in any case.
import { CashHold } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import type { Projection } from '@ar/runtime/forms.js';
import { UNIDENTIFIED } from '../domain/account.js';
import { FOREVER } from './item-spans.js';
import { waitingPairs } from './remittance-advices.js';

/** What parts of receipts wait for, as they were held last. */
export const receiptHolds: Projection<'ar.payments.unapplied_cash_held.v1'> = {
  name: 'receipt-holds',
  ddl: 'create table receipt_hold (tenant text, receipt_id text, holds jsonb not null, primary key (tenant, receipt_id))',
  on: ['ar.payments.unapplied_cash_held.v1'],
  async project(events, tx) {
    const last = [...new Map(events.map((e) => [JSON.stringify([e.tenant, e.data.receiptId]), e])).values()];
    const [gone, held] = [last.filter((e) => e.data.holds.length === 0), last.filter((e) => e.data.holds.length > 0)];
    if (gone.length > 0) await tx.query('delete from receipt_hold h using unnest($1::text[], $2::text[]) u(tenant, receipt_id) where h.tenant = u.tenant and h.receipt_id = u.receipt_id', [gone.map((e) => e.tenant), gone.map((e) => e.data.receiptId)]);
    if (held.length > 0) {
      await tx.query('insert into receipt_hold select * from unnest($1::text[], $2::text[], $3::jsonb[]) on conflict (tenant, receipt_id) do update set holds = excluded.holds',
        [held.map((e) => e.tenant), held.map((e) => e.data.receiptId), held.map((e) => JSON.stringify(e.data.holds.map((h) => CashHold.toJSON(h))))]);
    }
  },
};

const DUPLICATE_DAYS = 30;
const open = 'r.unapplied_minor > 0 and not r.on_account';
const pending = "r.status = 'RECEIPT_STATUS_PENDING'";
/** What is recommended and waits for an answer, item by item; of those, what is open now or is not. */
const recommended = (isOpen: 'exists' | 'not exists') => `select m.item #>> '{}' from jsonb_path_query(r.resource, '$.recommendations[*] ? (@.status == "RECOMMENDATION_STATUS_OPEN").matches[*].item_id') m(item)
   where ${isOpen} (select from item_span s where s.tenant = $1 and s.item_id = m.item #>> '{}' and s.side = 'debit' and s.recorded_until = ${FOREVER} and s.effective_until = 'infinity')`;

/** `$1` tenant: each receipt that needs a person with its reasons, its age, and the earlier ones that look the same. Pending money is as old as its record. */
export const toReview = `
  with today as (select max(date) today from rt.business_date where tenant = $1),
       announced as (select receipt_id, (array_agg(advice_id order by advice_id))[:10] advice_ids from (${waitingPairs}) p group by receipt_id),
       asked as (
         select r.receipt_id from receipt r where r.tenant = $1 and ${open}
         union select r.receipt_id from receipt r cross join today where r.tenant = $1 and ${pending} and (r.customer = '${UNIDENTIFIED}' or r.value_on <= today.today)
         union select r.receipt_id from receipt r cross join today where r.tenant = $1 and r.value_on >= today.today - ${DUPLICATE_DAYS} and r.fingerprint <> '' and r.status <> 'RECEIPT_STATUS_REVERSED'
                 and exists (select from receipt d where d.tenant = $1 and d.fingerprint = r.fingerprint and d.recorded < r.recorded and d.status <> 'RECEIPT_STATUS_REVERSED')
         union select r.receipt_id from announced n join receipt r on r.tenant = $1 and r.receipt_id = n.receipt_id where r.status <> 'RECEIPT_STATUS_REVERSED')
  select r.receipt_id page_id, r.customer, r.currency, r.value_on, r.resource, (today.today - case when ${pending} then r.recorded_on else r.value_on end)::int "ageDays", h.holds,
         coalesce((select array_agg(x.receipt_id) from (select d.receipt_id from receipt d where d.tenant = $1 and r.fingerprint <> '' and d.fingerprint = r.fingerprint and d.recorded < r.recorded and d.status <> 'RECEIPT_STATUS_REVERSED' order by d.recorded limit 10) x), '{}') "duplicateOf",
         r.customer = '${UNIDENTIFIED}' unidentified, ${open} unapplied, ${pending} and r.value_on <= today.today due, exists (${recommended('exists')}) recommended, array(${recommended('not exists')}) "settledItemIds", coalesce(n.advice_ids, '{}') "adviceIds"
    from asked join receipt r on r.tenant = $1 and r.receipt_id = asked.receipt_id cross join today left join announced n on n.receipt_id = r.receipt_id left join receipt_hold h on h.tenant = $1 and h.receipt_id = r.receipt_id and ${open}`;

/** The same with its reasons as one text. */
export const toReviewWithReasons = `select *, concat_ws(' ', case when unidentified then 'UNIDENTIFIED' end, case when due then 'DUE' end, case when recommended then 'RECOMMENDED' end, case when holds is not null then 'HELD' end,
  case when unapplied then 'UNAPPLIED' end, case when cardinality("duplicateOf") > 0 then 'SUSPECTED_DUPLICATE' end, case when cardinality("adviceIds") > 0 then 'REMITTANCE_ADVICE' end) reasons from (${toReview}) r`;

export interface ReviewRow { readonly page_id: string; readonly resource: unknown; readonly ageDays: number; readonly holds: unknown; readonly duplicateOf: readonly string[]; readonly settledItemIds: readonly string[]; readonly adviceIds: readonly string[]; readonly reasons: string }
