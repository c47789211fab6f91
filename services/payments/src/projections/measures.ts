// What the measures are made of, from the journal and what is open: of any period, as known at any time.
import { OpenItemKind } from '@ar/contracts/gen/ar/payments/v1/account.js';
import { LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import type { Day } from '@ar/domain/day.js';
import type { Tx } from '@ar/runtime/forms.js';
import { MOST_MONTHS, type OpenOf } from '../domain/measures.js';
import { args, type At, spansAt } from './item-spans.js';
import { isOf, segmentsAt, whoseOf } from './segments.js';

const { ALLOWANCE, BAD_DEBTS, BANK_CHARGES, PAYMENT_DIFFERENCES, RECEIVABLES, SALES, SALES_DISCOUNTS, TAX, UNAPPLIED_CASH } = LedgerAccount;
/** What is written off, for whatever reason. */
const lost = `('${[ALLOWANCE, BAD_DEBTS, BANK_CHARGES, PAYMENT_DIFFERENCES].join("', '")}')`;
export interface OfCurrency { readonly customer?: string | undefined; readonly segment?: string | undefined; readonly currency: string }
const knownOf = (of: OfCurrency): string => `e.tenant = $1 and e.effective_on <= $2::date and e.recorded <= $3::bigint and ${isOf(whoseOf(of), 'e.customer')} and e.currency = $5`;

/** Whom measures are told of one by one: customers, or segments, with entries in the currency, those after `after`. */
export async function measuredAt(tx: Tx, at: At, of: OfCurrency, by: 'customer' | 'segment', after: string | undefined, limit: number): Promise<readonly string[]> {
  const having = `select e.customer from journal_entry e where ${knownOf(of)} and e.customer not like '~%' group by 1`; // what is nobody's, a bank's or the books' is no customer's
  const named = by === 'customer' ? having : `select distinct coalesce(g.segment, '') from (${having}) c left join ${segmentsAt} g on g.customer = c.customer`;
  return (await tx.query<{ name: string }>(`select name from (${named}) n(name) where $6::text is null or name > $6 order by 1 limit $7`, [...args(at, of), after ?? null, limit])).map((r) => r.name);
}

/** Sales by day of issue: invoices, less voids on the day of their invoice, less credit notes; without what debit notes charge and what a discount takes back of a credit note. */
const salesOf = (known: string): string => `
  select e.effective_on as day, e.minor from journal_entry e join (select distinct tenant, item_id from item where kind = '${OpenItemKind.INVOICE}') i on i.tenant = e.tenant and i.item_id = e.subject_id
   where ${known} and e.debit = '${RECEIVABLES}' and e.credit in ('${SALES}', '${TAX}')
  union all
  select i.issued_on, -e.minor from journal_entry e join (select distinct tenant, item_id, issued_on from item where kind = '${OpenItemKind.INVOICE}') i on i.tenant = e.tenant and i.item_id = e.subject_id
   where ${known} and e.credit = '${RECEIVABLES}' and e.debit in ('${SALES}', '${TAX}') and e.event_type = 'ar.payments.open_item_closed.v1'
  union all
  select e.effective_on, -e.minor from journal_entry e where ${known} and e.credit = '${UNAPPLIED_CASH}' and e.debit in ('${SALES}', '${TAX}')
     and not exists (select from journal_entry d where d.tenant = e.tenant and d.recorded = e.recorded and d.debit = '${SALES_DISCOUNTS}')`;

export interface Sold { readonly inPeriod: bigint; readonly byMonth: ReadonlyMap<string, bigint> }
export async function salesAt(tx: Tx, at: At, of: OfCurrency, from: Day): Promise<Sold> {
  const rows = await tx.query<{ month: string; minor: string; within: string }>(
    `select to_char(day, 'YYYY-MM') as month, sum(minor)::text as minor, coalesce(sum(minor) filter (where day >= $6::date), 0)::text as within from (${salesOf(knownOf(of))}) s
      where day > $2::date - make_interval(months => ${MOST_MONTHS + 1}) or day >= $6::date group by 1`, [...args(at, of), from]);
  return { inPeriod: rows.reduce((sum, r) => sum + BigInt(r.within), 0n), byMonth: new Map(rows.map((r) => [r.month, BigInt(r.minor)])) };
}

/** What is open by day of issue. */
export async function openByIssue(tx: Tx, at: At, of: OfCurrency): Promise<readonly OpenOf[]> {
  const rows = await tx.query<{ issuedOn: Day; open: string }>(`select issued_on::text as "issuedOn", sum(open_minor)::text as open from ${spansAt(whoseOf(of))} s where side = 'debit' group by 1 order by 1`, args(at, of));
  return rows.map((r) => ({ issuedOn: r.issuedOn, openMinor: BigInt(r.open) }));
}

/** What was paid in a period, credit notes aside, and how late, weighted by amount: an early payment counts against a late one, and one that went back later as it came. Also what discounts and write-offs came to, less what was taken back. */
export interface Settled { readonly paid: bigint; readonly paidTimesDays: bigint; readonly discounts: bigint; readonly writtenOff: bigint }
export async function settledIn(tx: Tx, at: At, of: OfCurrency, from: Day): Promise<Settled> {
  const [row] = await tx.query<Record<keyof Settled, string>>(
    `select coalesce(sum(e.minor) filter (where what = 'paid' and sign = 1), 0)::text as paid,
            coalesce(sum(e.minor * (e.effective_on - i.due_on)) filter (where what = 'paid' and sign = 1), 0)::text as "paidTimesDays",
            coalesce(sum(sign * e.minor) filter (where what = 'discount'), 0)::text as discounts, coalesce(sum(sign * e.minor) filter (where what = 'lost'), 0)::text as "writtenOff"
       from (select e.*, case when '${RECEIVABLES}' in (debit, credit) and '${UNAPPLIED_CASH}' in (debit, credit) and not of_credit_note then 'paid'
                              when '${SALES_DISCOUNTS}' in (debit, credit) then 'discount' when '${RECEIVABLES}' in (debit, credit) and (debit in ${lost} or credit in ${lost}) then 'lost' end as what,
                    case when credit = '${RECEIVABLES}' or debit = '${SALES_DISCOUNTS}' then 1 else -1 end as sign
               from journal_entry e where ${knownOf(of)} and e.effective_on >= $6::date) e
       left join item i on i.tenant = e.tenant and i.item_id = e.subject_id and i.due_from <= e.effective_on and i.recorded <= $3 and (i.due_until > e.effective_on or i.recorded_until > $3)
      where what is not null`, [...args(at, of), from]);
  return { paid: BigInt(row!.paid), paidTimesDays: BigInt(row!.paidTimesDays), discounts: BigInt(row!.discounts), writtenOff: BigInt(row!.writtenOff) };
}
