// Aging: what is open, by how long it is past due, at any day as known at any time. Buckets are those of the tenant's policy.
// Sums are exact: amounts are in a range, but many of them together need not be.
import { defaultPolicies, type Policies } from '@ar/domain/policies.js';
import type { Tx } from '@ar/runtime/forms.js';
import { args, type At, type Of, spansAt } from './item-spans.js';
import { segmentsAt, type Whose, whoseOf } from './segments.js';

export interface Bucket { readonly openMinor: bigint; readonly count: number }
/** `buckets`: current, then one per limit, then the open one. */
export interface AgingOf { readonly customer: string; readonly currency: string; readonly openMinor: bigint; readonly count: number; readonly unappliedMinor: bigint; readonly buckets: readonly Bucket[] }

/** `upTo`: the last day past due of each bucket but the first and the last. */
export interface AgingBuckets { readonly version: number; readonly upTo: readonly number[] }

/** The policy that held on the day, as far as days had been opened by then; before the tenant's first day, the first one, which did not hold then. The same in every copy, whichever was read first. */
export async function policyAt<Kind extends 'aging' | 'exchange'>(tx: Tx, { tenant, on, known }: At, kind: Kind): Promise<{ readonly version: number; readonly policy: Policies[Kind]; readonly held: boolean }> {
  const [row] = await tx.query<{ version: number; policy: Policies[Kind]; held: boolean }>(
    `select version, policy, held_from <= $2::date as held from (select version, (array_agg(policy))[1] as policy, min(held_from) as held_from from policy where tenant = $1 and kind = $4 and held_from is not null group by version) p
      order by held_from <= least($2::date, (select max(date) from rt.business_date where tenant = $1 and from_sequence <= $3::bigint + 1)) desc nulls last,
               case when held_from <= $2::date then version else -version end desc limit 1`, [tenant, on, known, kind]);
  return row ?? { version: 0, policy: defaultPolicies[kind], held: false };
}

/** Buckets of a request, else of the policy. */
export async function agingPolicyAt(tx: Tx, at: At, asked: readonly number[] = []): Promise<AgingBuckets> {
  if (asked.length > 0) return { version: 0, upTo: asked };
  const { version, policy } = await policyAt(tx, at, 'aging');
  return { version, upTo: policy.upTo };
}

/** The day from which an item ages: when it is due, when its document was issued, when it was posted. */
export type AgingBase = 'due' | 'issued' | 'posted';
export const dayOf: Readonly<Record<AgingBase, string>> = { due: 'due_on', issued: 'issued_on', posted: 'posted_on' };
/** What is open, with the business date on which it was posted where that is asked for: an item's first row has it. */
export const agedSpans = (customer: Whose, base: AgingBase) => (base === 'posted'
  ? `(select s.*, i.posted_on from ${spansAt(customer)} s left join item i on s.side = 'debit' and i.tenant = s.tenant and i.item_id = s.item_id and i.due_from = '-infinity')` : spansAt(customer));
export const bucketOf = (day: string) => `case side when 'debit' then width_bucket($2::date - ${day}, $6::int[]) end as bucket`;
export const limits = (upTo: readonly number[]): readonly number[] => [1, ...upTo.map((day) => day + 1)];

/** Per currency, over all that is asked about. There are few due dates: rows are summed by those first, and only the sums go into buckets. */
export async function agingAt(tx: Tx, at: At, of: Of, upTo: readonly number[], base: AgingBase = 'due'): Promise<readonly AgingOf[]> {
  const rows = await tx.query<Row>(`select '' as customer, currency, ${bucketOf(dayOf[base])}, sum(minor)::text as minor, sum(count)::text as count
       from (select currency, side, ${dayOf[base]}, sum(open_minor) as minor, count(*) as count from ${agedSpans(whoseOf(of), base)} s group by 1, 2, 3) d group by 2, 3 order by 2, 3`, [...args(at, of), limits(upTo)]);
  return agingsOf(rows, upTo);
}

/** Where a page ends; `openMinor` is a whole number in text. */
export interface AgingKey { readonly currency: string; readonly openMinor: string; readonly customer: string }

/** Per customer and currency, those after `after`: by currency, the largest open first; and the same over all of them. One pass over what is open. */
export async function agingByCustomerAt(tx: Tx, at: At, of: Of, upTo: readonly number[], after: AgingKey | undefined, limit: number, base: AgingBase = 'due'): Promise<{ readonly all: readonly AgingOf[]; readonly customers: readonly AgingOf[] }> {
  const rows = await tx.query<Row & { open: string | null }>(
    `with g as (select customer, currency, ${bucketOf(dayOf[base])}, sum(open_minor) as minor, count(*) as count from ${agedSpans(whoseOf(of), base)} s group by 1, 2, 3),
          page as (select * from (select customer, currency, coalesce(sum(minor) filter (where bucket is not null), 0) as open from g group by 1, 2) c
                    where $7::text is null or currency > $7 or (currency = $7 and (open < $8::numeric or (open = $8::numeric and customer > $9::text))) order by currency, open desc, customer limit $10)
     select customer, currency, bucket, minor::text, count::text, open::text from (
       select g.*, page.open from page join g using (customer, currency)
       union all select '', currency, bucket, sum(minor), sum(count), null from g group by 2, 3) r
     order by currency, r.open desc nulls last, customer, bucket`,
    [...args(at, of), limits(upTo), after?.currency ?? null, after?.openMinor ?? null, after?.customer ?? null, limit]);
  return { all: agingsOf(rows.filter((r) => r.open === null), upTo), customers: agingsOf(rows.filter((r) => r.open !== null), upTo) };
}

/** Per segment and currency; '': customers without one. */
export async function agingBySegmentAt(tx: Tx, at: At, of: Of, upTo: readonly number[], base: AgingBase = 'due'): Promise<readonly (AgingOf & { readonly segment: string })[]> {
  const rows = await tx.query<Row>(`select coalesce(g.segment, '') as customer, currency, ${bucketOf(dayOf[base])}, sum(open_minor)::text as minor, count(*)::text as count
       from ${agedSpans(whoseOf(of), base)} s left join ${segmentsAt} g on g.customer = s.customer group by 1, 2, 3 order by 1, 2, 3`, [...args(at, of), limits(upTo)]);
  return agingsOf(rows, upTo).map((a) => ({ ...a, segment: a.customer }));
}

interface Row { readonly customer: string; readonly currency: string; readonly bucket: number | null; readonly minor: string; readonly count: string }

function agingsOf(rows: readonly Row[], upTo: readonly number[]): readonly AgingOf[] {
  const found = new Map<string, AgingOf>();
  for (const { customer, currency, bucket, minor, count } of rows) {
    const key = JSON.stringify([customer, currency]);
    const aging = found.get(key) ?? nothingOpen(customer, currency, upTo);
    found.set(key, bucket === null ? { ...aging, unappliedMinor: BigInt(minor) } : {
      ...aging, openMinor: aging.openMinor + BigInt(minor), count: aging.count + Number(count),
      buckets: aging.buckets.map((b, i) => (i === bucket ? { openMinor: BigInt(minor), count: Number(count) } : b)),
    });
  }
  return [...found.values()];
}

export const nothingOpen = (customer: string, currency: string, upTo: readonly number[]): AgingOf =>
  ({ customer, currency, openMinor: 0n, count: 0, unappliedMinor: 0n, buckets: Array.from({ length: upTo.length + 2 }, () => ({ openMinor: 0n, count: 0 })) });

/** `current`, `d1_30`, …, `d90_plus`. */
export function bucketNames(upTo: readonly number[]): readonly { readonly name: string; readonly fromDays: number | undefined; readonly toDays: number | undefined }[] {
  const starts = [1, ...upTo.map((day) => day + 1)];
  return [
    { name: 'current', fromDays: undefined, toDays: undefined },
    ...starts.map((from, i) => (i < upTo.length ? { name: `d${from}_${upTo[i]}`, fromDays: from, toDays: upTo[i]! } : { name: `d${upTo.at(-1)}_plus`, fromDays: from, toDays: undefined })),
  ];
}
