// A customer's account over a period: what moved its balance, from the journal. An application moves cash and receivables against each other, and no balance.
import { LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import type { Day } from '@ar/domain/day.js';
import type { Tx } from '@ar/runtime/forms.js';
import type { At } from './item-spans.js';

const control = `('${LedgerAccount.RECEIVABLES}', '${LedgerAccount.UNAPPLIED_CASH}')`;
/** $1 tenant, $2 last day, $3 known, $4 customer, $5 currency, $6 first day. One line for an event and what it is about. */
const movements = `
  select e.effective_on, e.original_on, e.recorded, min(e.line) as line, e.event_type, e.event_id, e.subject_id,
         sum(case when e.debit in ${control} then e.minor else 0 end - case when e.credit in ${control} then e.minor else 0 end) as minor
    from journal_entry e where e.tenant = $1 and e.customer = $4 and e.currency = $5 and e.effective_on between $6::date and $2::date and e.recorded <= $3::bigint
   group by 1, 2, 3, 5, 6, 7 having sum(case when e.debit in ${control} then e.minor else 0 end - case when e.credit in ${control} then e.minor else 0 end) <> 0`;

export interface StatementKey { readonly on: Day; readonly recorded: string; readonly line: number }
export interface Movement { readonly on: Day; /** The day it was decided for, '' where that is the same. */ readonly originalOn: Day | ''; readonly recorded: string; readonly line: number; readonly eventType: string; readonly eventId: string; readonly subjectId: string; readonly documentNumber: string; readonly dueOn: Day; readonly minor: bigint; /** Of all movements up to it. */ readonly sum: bigint }

/** Those after `after`, in the order of days and recording. */
export async function movementsIn(tx: Tx, at: At, of: { readonly customer: string; readonly currency: string }, from: Day, after: StatementKey | undefined, limit: number): Promise<readonly Movement[]> {
  const rows = await tx.query<Omit<Movement, 'minor' | 'sum'> & { minor: string; sum: string }>(
    `with m as (select m.*, sum(minor) over (order by effective_on, recorded, line) as sum from (${movements}) m)
     select m.effective_on::text as "on", coalesce(m.original_on::text, '') as "originalOn", m.recorded::text as recorded, m.line, m.event_type as "eventType", m.event_id as "eventId", m.subject_id as "subjectId", m.minor::text as minor, m.sum::text as sum,
            coalesce(i.document_number, n.resource->>'credit_note_number', '') as "documentNumber", coalesce(i.due_on::text, '') as "dueOn"
       from m left join item i on i.tenant = $1 and i.item_id = m.subject_id and i.due_from <= $2::date and i.recorded <= $3 and (i.due_until > $2::date or i.recorded_until > $3)
         left join posted_credit_note n on n.tenant = $1 and m.subject_id = 'credit-note:' || n.credit_note_id
      where $7::date is null or (m.effective_on, m.recorded, m.line) > ($7::date, $8::bigint, $9::int) order by m.effective_on, m.recorded, m.line limit $10`,
    [at.tenant, at.on, at.known, of.customer, of.currency, from, after?.on ?? null, after?.recorded ?? null, after?.line ?? null, limit]);
  return rows.map((r) => ({ ...r, minor: BigInt(r.minor), sum: BigInt(r.sum) }));
}

export async function movedIn(tx: Tx, at: At, of: { readonly customer: string; readonly currency: string }, from: Day): Promise<{ readonly debits: bigint; readonly credits: bigint }> {
  const [row] = await tx.query<{ debits: string; credits: string }>(
    `select coalesce(sum(minor) filter (where minor > 0), 0)::text as debits, coalesce(-sum(minor) filter (where minor < 0), 0)::text as credits from (${movements}) m`, [at.tenant, at.on, at.known, of.customer, of.currency, from]);
  return { debits: BigInt(row!.debits), credits: BigInt(row!.credits) };
}
