// The same aging in the base currency, at what items are booked with: nothing moves in it but by what is posted, settled and written off. What is not booked there is left out, and said beside it.
import { LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import type { Tx } from '@ar/runtime/forms.js';
import { type AgingBase, agedSpans, type Bucket, bucketOf, dayOf, limits } from './aging.js';
import { UNIDENTIFIED } from '../domain/account.js';
import { args, type At, type Of } from './item-spans.js';
import { trialBalanceAt } from './journal.js';
import { isOf, whoseOf } from './segments.js';

const { RECEIVABLES, UNAPPLIED_CASH } = LedgerAccount;

/** `controlMinor`: what the control account has of what is booked; `unbooked`: what is open and has no worth, by currency; `unbookedUnapplied`: what is unapplied and has none. */
export interface BookedAging { readonly buckets: readonly Bucket[]; readonly unappliedMinor: bigint; readonly controlMinor: bigint; readonly unbooked: ReadonlyMap<string, bigint>; readonly unbookedUnapplied: ReadonlyMap<string, bigint> }

export async function agingInBaseAt(tx: Tx, at: At, of: Of, upTo: readonly number[], from: AgingBase, base: string): Promise<BookedAging> {
  const rows = await tx.query<{ currency: string; bucket: number; worth: string | null; unbooked: string | null; count: string }>(
    `with w as (select subject_id, sum(case when debit = '${RECEIVABLES}' then base_minor else -base_minor end) as worth from journal_entry
                 where tenant = $1 and effective_on <= $2::date and recorded <= $3::bigint and ${isOf(whoseOf(of))} and currency <> $7 and (debit = '${RECEIVABLES}') <> (credit = '${RECEIVABLES}') group by 1 having bool_and(base_minor is not null))
     select currency, ${bucketOf(dayOf[from])}, sum(case when currency = $7 then open_minor else w.worth end)::text as worth, sum(open_minor) filter (where currency <> $7 and w.worth is null)::text as unbooked, count(*) filter (where currency = $7 or w.worth is not null)::text as count
       from ${agedSpans(whoseOf(of), from)} s left join w on w.subject_id = s.item_id where side = 'debit' group by 1, 2`, [...args(at, of), limits(upTo), base]);
  const unbooked = new Map<string, bigint>();
  for (const r of rows) if (r.unbooked !== null) unbooked.set(r.currency, (unbooked.get(r.currency) ?? 0n) + BigInt(r.unbooked));
  const money = await tx.query<{ currency: string; minor: string }>(
    `select currency, sum(minor)::text as minor from (
       select currency, sum(minor) as minor from money_worth where tenant = $1 and effective_on <= $2::date and recorded <= $3::bigint and customer <> '${UNIDENTIFIED}' and ${isOf(whoseOf(of))} and ($5::text is null or currency = $5)
        group by currency, customer, key having sum(minor) <> 0 and not bool_and(worth_minor is not null)) k group by 1 order by 1`, args(at, of));
  const lines = await trialBalanceAt(tx, at, of);
  const balanceOf = (account: LedgerAccount): bigint => lines.filter((l) => l.account === account)
    .reduce((sum, l) => sum + l.inBase.debitMinor - l.inBase.creditMinor + (l.currency === base ? l.unbooked.debitMinor - l.unbooked.creditMinor : 0n), 0n);
  return {
    buckets: Array.from({ length: upTo.length + 2 }, (_, i) => rows.filter((r) => r.bucket === i).reduce<Bucket>((b, r) => ({ openMinor: b.openMinor + BigInt(r.worth ?? 0), count: b.count + Number(r.count) }), { openMinor: 0n, count: 0 })),
    unappliedMinor: -balanceOf(UNAPPLIED_CASH), controlMinor: balanceOf(RECEIVABLES) + balanceOf(UNAPPLIED_CASH), unbooked, unbookedUnapplied: new Map(money.map((m) => [m.currency, BigInt(m.minor)])),
  };
}
