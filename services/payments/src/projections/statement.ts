// A customer's account over a period: what moved its balance, from the journal. An application moves cash and receivables against each other, and no balance.
import { LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import type { Day } from '@ar/domain/day.js';
import type { Tx } from '@ar/runtime/forms.js';
import { args, type At, spansAt } from './item-spans.js';

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

export interface OpenLineKey { readonly credit: boolean; readonly on: Day; readonly subjectId: string }
export interface OpenLine { readonly credit: boolean; readonly on: Day; readonly subjectId: string; readonly documentNumber: string; readonly instalment: number; readonly date: Day; readonly dueOn: Day; readonly daysPastDue: number; readonly originalMinor: bigint; readonly minor: bigint }

/** What is open and what is not used yet, those after `after`: items by due date, then money and credit notes by the day from which they count. */
export async function openLinesAt(tx: Tx, at: At, of: { readonly customer: string; readonly currency: string }, after: OpenLineKey | undefined, limit: number): Promise<readonly OpenLine[]> {
  const rows = await tx.query<Omit<OpenLine, 'originalMinor' | 'minor'> & { originalMinor: string; minor: string }>(
    `select s.side = 'credit' as credit, coalesce(s.due_on, s.issued_on)::text as "on", s.item_id as "subjectId", coalesce(i.document_number, n.resource->>'credit_note_number', '') as "documentNumber", coalesce(i.instalment, 0) as instalment, s.issued_on::text as date,
            coalesce(s.due_on::text, '') as "dueOn", greatest(0, coalesce($2::date - s.due_on, 0)) as "daysPastDue", coalesce(i.original_minor, 0)::text as "originalMinor", s.open_minor::text as minor
       from ${spansAt(true)} s left join item i on s.side = 'debit' and i.tenant = $1 and i.item_id = s.item_id and i.due_from = '-infinity'
         left join posted_credit_note n on n.tenant = $1 and s.item_id = 'credit-note:' || n.credit_note_id
      where $6::boolean is null or (s.side = 'credit', coalesce(s.due_on, s.issued_on), s.item_id) > ($6, $7::date, $8::text) order by 1, 2, 3 limit $9`,
    [...args(at, of), after?.credit ?? null, after?.on ?? null, after?.subjectId ?? null, limit]);
  return rows.map((r) => ({ ...r, originalMinor: BigInt(r.originalMinor), minor: BigInt(r.minor) }));
}
