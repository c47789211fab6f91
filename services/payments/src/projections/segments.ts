// In which segment each customer is, on any day as known at any time. A customer is in its first segment from the beginning; a change holds from the day after the one on which it was recorded:
// whatever was recorded on a day has been read when the next one opens, so a past answer never changes.
import type { Projection, Tx } from '@ar/runtime/forms.js';

export const segments: Projection<'ar.credit.customer_registered.v1' | 'ar.credit.customer_updated.v1'> = {
  name: 'segments',
  ddl: `create table customer_segment (tenant text, customer text, holds_from date, segment text not null, primary key (tenant, customer, holds_from));
        create index on customer_segment (tenant, segment)`,
  on: ['ar.credit.customer_registered.v1', 'ar.credit.customer_updated.v1'],
  async project(events, tx) {
    for (const e of events) {
      const [tenant, customer, segment] = [e.tenant, e.customer, e.data.profile?.segment ?? ''];
      await tx.query(
        `insert into customer_segment select $1, $2, case when exists (select from customer_segment where tenant = $1 and customer = $2) then $4::date + 1 else '-infinity' end, $3 on conflict (tenant, customer, holds_from) do update set segment = excluded.segment`,
        [tenant, customer, segment, e.recordedOn]);
    }
  },
};

/** Customers with their segments at the point; $1 tenant, $2 day, $3 known. A day that had not been opened by then is as the last one that had. */
export const segmentsAt = `(select distinct on (customer) customer, segment from customer_segment where tenant = $1
   and holds_from <= least($2::date, coalesce((select max(date) from rt.business_date where tenant = $1 and from_sequence <= $3::bigint + 1), $2::date)) order by customer, holds_from desc)`;

/** Who is asked about: one customer, those of a segment, or everybody. */
export type Whose = boolean | 'segment';
export const whoseOf = ({ customer, segment }: { readonly customer?: string | undefined; readonly segment?: string | undefined }): Whose => (segment !== undefined ? 'segment' : customer !== undefined);
/** The condition on a column; $4 is the customer, or the segment. */
export const isOf = (whose: Whose, column = 'customer'): string => (whose === 'segment' ? `${column} in (select g.customer from ${segmentsAt} g where g.segment = $4)` : whose ? `${column} = $4` : '$4::text is null');

/** What the control account has, per segment and currency; '': customers without a segment. */
export async function controlTotalsBySegment(tx: Tx, { tenant, on, known }: { readonly tenant: string; readonly on: string; readonly known: number }, { customer }: { readonly customer?: string | undefined }, accounts: readonly string[]): Promise<(segment: string, currency: string) => bigint> {
  const rows = await tx.query<{ segment: string; currency: string; minor: string }>(
    `select coalesce(g.segment, '') as segment, e.currency, sum(case when e.debit = any($4) then e.minor else -e.minor end)::text as minor from journal_entry e left join ${segmentsAt} g on g.customer = e.customer
      where e.tenant = $1 and e.effective_on <= $2::date and e.recorded <= $3 and (e.debit = any($4)) <> (e.credit = any($4)) and ($5::text is null or e.customer = $5) group by 1, 2`, [tenant, on, known, accounts, customer ?? null]);
  const totals = new Map(rows.map((r) => [JSON.stringify([r.segment, r.currency]), BigInt(r.minor)]));
  return (segment, currency) => totals.get(JSON.stringify([segment, currency])) ?? 0n;
}
