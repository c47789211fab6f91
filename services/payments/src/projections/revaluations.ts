// Days whose open items were revalued, and what they would be now.
import { Revaluation } from '@ar/contracts/gen/ar/payments/v1/period_service.js';
import { LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import type { Day } from '@ar/domain/day.js';
import { exponentOf } from '@ar/domain/money.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';
import type { OpenInBase } from '../domain/revaluation.js';
import { policyAt } from './aging.js';
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
    const { customerId: _ledger, ...revalued } = e.data;
    return { ...revalued, businessDate: e.recordedOn, reversalDate: '' };
  },
};

/** Of each day the last one. */
export const revaluationDays: Projection<Read> = {
  name: 'revaluations',
  ddl: 'create table revaluation (tenant text, last_on date, resource jsonb not null, primary key (tenant, last_on))',
  on,
  async project(events, tx) {
    for (const e of events) {
      const [row] = await tx.query<{ resource: unknown }>('select resource from revaluation where tenant = $1 and last_on = $2', [e.tenant, e.data.lastDate]);
      await tx.query('insert into revaluation values ($1, $2, $3) on conflict (tenant, last_on) do update set resource = excluded.resource',
        [e.tenant, e.data.lastDate, JSON.stringify(Revaluation.toJSON(revaluationResource.evolve(row && Revaluation.fromJSON(row.resource), e)))]);
    }
  },
};

export interface OpenOnDay { readonly base: string; readonly policyVersion: number; readonly open: readonly OpenInBase[] }

/** Per currency, the open items at the end of a day that are booked in the base currency, as far as read: each is worth its share at the rate of the day, half up. */
export async function openInBaseOn(tx: Tx, tenant: string, lastOn: Day): Promise<OpenOnDay> {
  const { baseCurrency: base } = await sellerOf(tx, tenant);
  const { version, policy, held } = await policyAt(tx, { tenant, on: lastOn, known: Number.MAX_SAFE_INTEGER - 1 }, 'exchange');
  const rates = held ? policy.rates : [];
  const digits = (currency: string): number => exponentOf(currency) ?? 0;
  const rows = await tx.query<{ currency: string; rate: string | null; open: string; carried: string; worth: string; losses: string }>(
    `with i as (select currency, sum(case when debit = $3 then minor else -minor end) as open, sum(case when debit = $3 then base_minor else -base_minor end) as carried
                  from journal_entry where tenant = $1 and effective_on <= $2::date and currency <> $4 and (debit = $3) <> (credit = $3) group by currency, subject_id having sum(case when debit = $3 then minor else -minor end) <> 0 and bool_and(base_minor is not null)),
          w as (select i.*, r.rate, coalesce(round(i.open * r.rate::numeric * 10::numeric ^ r.digits), 0) as worth from i left join unnest($5::text[], $6::text[], $7::int[]) r(currency, rate, digits) using (currency))
     select currency, max(rate) as rate, sum(open)::text as open, sum(carried)::text as carried, sum(worth)::text as worth, sum(greatest(carried - worth, 0))::text as losses from w group by 1 order by 1`,
    [tenant, lastOn, LedgerAccount.RECEIVABLES, base, rates.map((r) => r.currencyCode), rates.map((r) => r.rate), rates.map((r) => digits(base) - digits(r.currencyCode))]);
  return { base, policyVersion: version, open: rows.map((r) => ({ currency: r.currency, rate: r.rate ?? '', openMinor: Number(r.open), carriedMinor: Number(r.carried), worthMinor: Number(r.worth), lossesMinor: Number(r.losses) })) };
}
