// Days that were revalued, what of, and what they would be revalued with now.
import { Revaluation } from '@ar/contracts/gen/ar/payments/v1/period_service.js';
import { RevaluationMethod } from '@ar/contracts/gen/ar/payments/v1/revaluation.js';
import { LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import type { Day } from '@ar/domain/day.js';
import { exponentOf } from '@ar/domain/money.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';
import { readUpTo } from '@ar/runtime/settled.js';
import type { LeftOut, OpenInBase } from '../domain/revaluation.js';
import { policyAt } from './aging.js';
import { journal } from './journal.js';
import { moneyWorths } from './money-worths.js';
import { sellerOf } from './sellers.js';

const on = ['ar.payments.period_revalued.v1', 'ar.payments.revaluation_reversed.v1'] as const;
type Read = (typeof on)[number];

/** The last one. */
export const revaluationResource: Resource<Revaluation> = {
  aggregate: 'revaluation',
  on,
  evolve(before, event) {
    const e = event as Consumed<Read>;
    if (e.type === 'ar.payments.revaluation_reversed.v1') {
      if (!before) throw new Error('a revaluation was reversed that was not booked');
      return { ...before, reversalDate: e.originalOn ?? e.effectiveOn };
    }
    const { customerId: _ledger, recordedUnread: _unread, ...revalued } = e.data;
    return { ...revalued, businessDate: e.recordedOn, reversalDate: '' };
  },
};

/** Of each day the last one. */
export const revaluationDays: Projection<Read> = {
  name: 'revaluations',
  ddl: "create table revaluation (tenant text, last_on date, resource jsonb not null, recorded bigint not null, unread bigint[] not null default '{}', primary key (tenant, last_on))",
  on,
  async project(events, tx) {
    for (const e of events) {
      const [row] = await tx.query<{ resource: unknown }>('select resource from revaluation where tenant = $1 and last_on = $2', [e.tenant, e.data.lastDate]);
      const resource = JSON.stringify(Revaluation.toJSON(revaluationResource.evolve(row && Revaluation.fromJSON(row.resource), e)));
      if (e.type === 'ar.payments.revaluation_reversed.v1') await tx.query('update revaluation set resource = $3 where tenant = $1 and last_on = $2', [e.tenant, e.data.lastDate, resource]);
      else await tx.query('insert into revaluation values ($1, $2, $3, $4, $5) on conflict (tenant, last_on) do update set resource = excluded.resource, recorded = excluded.recorded, unread = excluded.unread', [e.tenant, e.data.lastDate, resource, e.recorded, e.data.recordedUnread]);
    }
  },
};

export interface OpenOnDay { readonly base: string; readonly policyVersion: number; readonly open: readonly OpenInBase[]; /** Recorded, and not read: not in it. */ readonly unread: readonly number[]; /** Open or unapplied, and not booked. */ readonly leftOut: readonly LeftOut[] }

const digits = (currency: string): number => exponentOf(currency) ?? 0;
const ofItem = `sum(case when debit = '${LedgerAccount.RECEIVABLES}' then minor else -minor end)`;
const inBaseOf = (sum: string): string => sum.replaceAll('minor', 'base_minor');
/** What is open of each item, and unapplied of each receipt and credit note, at the end of a day, with what it is booked with: money below zero. What is not booked is left out, or is all there is. $1 tenant, $2 day, $3 up to where recorded, $4 what of that is left out, $5 base currency. */
const balances = (booked: boolean): string => `(
  select currency, customer, 'item' as kind, subject_id as id, ${ofItem} as minor, ${inBaseOf(ofItem)} as carried from journal_entry
   where tenant = $1 and effective_on <= $2::date and recorded <= $3::bigint and recorded <> all($4::bigint[]) and currency <> $5 and (debit = '${LedgerAccount.RECEIVABLES}') <> (credit = '${LedgerAccount.RECEIVABLES}')
   group by currency, customer, subject_id having ${ofItem} <> 0 and ${booked ? '' : 'not '}bool_and(base_minor is not null)
  union all
  select currency, customer, 'money', key, -sum(minor), -sum(worth_minor) from money_worth
   where tenant = $1 and effective_on <= $2::date and recorded <= $3::bigint and recorded <> all($4::bigint[])
   group by currency, customer, key having sum(minor) <> 0 and ${booked ? '' : 'not '}bool_and(worth_minor is not null))`;
/** What each is worth at the rate of its currency, half up; $6, $7 and $8: currencies, rates, digits of the base currency more than theirs. */
const valuedOn = `(select b.*, r.rate, round(b.minor * r.rate::numeric * 10::numeric ^ r.digits) as worth from ${balances(true)} b left join unnest($6::text[], $7::text[], $8::int[]) r(currency, rate, digits) using (currency))`;
interface RateOf { readonly currencyCode: string; readonly rate: string }
const rateArgs = (rates: readonly RateOf[], base: string) => [rates.map((r) => r.currencyCode), rates.map((r) => r.rate), rates.map((r) => digits(base) - digits(r.currencyCode))];

/** As stored: what moves items or money, and so is read where it has left a row. */
const MOVES = [...new Set<string>([...journal.on, ...moneyWorths.on])].filter((type) => !(on as readonly string[]).includes(type)).map((type) => type.split('.')[2]!.split('_').map((word) => word[0]!.toUpperCase() + word.slice(1)).join(''));
const ALL_READ = Number.MAX_SAFE_INTEGER - 1;

/** Per currency, what is open and unapplied at the end of a day and booked in the base currency, as far as read: each is worth its share at the rate of the day. */
export async function openInBaseOn(tx: Tx, tenant: string, lastOn: Day): Promise<OpenOnDay> {
  const { baseCurrency: base } = await sellerOf(tx, tenant);
  const { version, policy, held } = await policyAt(tx, { tenant, on: lastOn, known: ALL_READ }, 'exchange');
  const readBefore = await readUpTo(tx, 'payments'); // what is read meanwhile is found again below: in the same look as the sums
  const [found] = await tx.query<{ open: readonly { currency: string; rate: string | null; open: string; carried: string; unapplied: string; unapplied_carried: string; worth: string; losses: string }[]; unread: readonly string[]; left_out: readonly { currency: string; open: string; unapplied: string }[] }>(
    `select coalesce((select jsonb_agg(c order by currency) from (
       select currency, max(rate) as rate, coalesce(sum(minor) filter (where kind = 'item'), 0)::text as open, coalesce(sum(carried) filter (where kind = 'item'), 0)::text as carried,
              coalesce(-sum(minor) filter (where kind = 'money'), 0)::text as unapplied, coalesce(-sum(carried) filter (where kind = 'money'), 0)::text as unapplied_carried,
              coalesce(sum(worth), 0)::text as worth, coalesce(sum(greatest(carried - worth, 0)), 0)::text as losses from ${valuedOn} v group by 1) c), '[]') as open,
       array(select e.sequence::text from es.event e where e.sequence > $9 and split_part(e.stream_id, '/', 1) = $1 and e.type = any($10) and (e.data->>'effectiveOn')::date <= $2::date
                and not exists (select from journal_entry j where j.tenant = $1 and j.recorded = e.sequence) and not exists (select from money_worth m where m.tenant = $1 and m.recorded = e.sequence) order by e.sequence) as unread,
       coalesce((select jsonb_agg(c order by currency) from (select currency, coalesce(sum(minor) filter (where kind = 'item'), 0)::text as open, coalesce(-sum(minor) filter (where kind = 'money'), 0)::text as unapplied from ${balances(false)} u group by 1) c), '[]') as left_out`,
    [tenant, lastOn, ALL_READ, [], base, ...rateArgs(held ? policy.rates : [], base), readBefore, MOVES]);
  return {
    base, policyVersion: version, unread: found!.unread.map(Number), leftOut: found!.left_out.map((l) => ({ currency: l.currency, openMinor: Number(l.open), unappliedMinor: Number(l.unapplied) })),
    open: found!.open.map((r) => ({ currency: r.currency, rate: r.rate ?? '', openMinor: Number(r.open), carriedMinor: Number(r.carried), unappliedMinor: Number(r.unapplied), unappliedCarriedMinor: Number(r.unapplied_carried), worthMinor: Number(r.worth), lossesMinor: Number(r.losses) })),
  };
}

export interface Revalued { readonly revaluation: Revaluation; /** Where it is recorded, and what had been recorded before and was not read. */ readonly recorded: string; readonly unread: readonly string[]; readonly base: string }
export async function revaluationOf(tx: Tx, tenant: string, lastOn: Day): Promise<Revalued | undefined> {
  const [row] = await tx.query<{ resource: unknown; recorded: string; unread: readonly string[]; base: string }>('select resource, recorded::text, unread::text[], base_currency as base from revaluation join seller using (tenant) where tenant = $1 and last_on = $2', [tenant, lastOn]);
  return row && { ...row, revaluation: Revaluation.fromJSON(row.resource) };
}

/** A list of what a day was revalued with: the same balances as when it was decided, at the rates that it was decided with. */
export function revaluedBalances(tenant: string, { revaluation: { lastDate, method, currencies }, recorded, unread, base }: Revalued): { readonly select: string; readonly values: readonly unknown[] } {
  const itemsAlone = currencies.every((c) => c.unapplied === undefined);
  const worth = `case when $9 = '${RevaluationMethod.BOOKING_RATE}' then carried else worth end`;
  return {
    select: `select page_id, currency, customer, kind, id, minor::text, carried::text, worth::text, (case when $9 = '${RevaluationMethod.LOSSES_ONLY}' then least(worth - carried, 0) else worth - carried end)::text as difference,
        coalesce((select i.document_number from item i where i.tenant = $1 and i.item_id = id order by i.recorded limit 1), '') as document_number
      from (select customer || '/' || kind || '/' || id as page_id, currency, customer, kind, id, minor, carried, ${worth} as worth from ${valuedOn} v where currency = any($6) and (kind = 'item' or not $10)) b`,
    values: [tenant, lastDate, recorded, unread, base, ...rateArgs(currencies, base), method, itemsAlone],
  };
}
export interface RevaluedRow { readonly page_id: string; readonly currency: string; readonly customer: string; readonly kind: 'item' | 'money'; readonly id: string; readonly minor: string; readonly carried: string; readonly worth: string; readonly difference: string; readonly document_number: string }
