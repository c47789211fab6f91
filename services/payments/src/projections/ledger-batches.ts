// The batches of the ledger export, and their entries, which are the journal's.
import { LedgerBatch } from '@ar/contracts/gen/ar/payments/v1/ledger_service.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';
import { entryColumns, type EntryRow } from './journal.js';

const on = ['ar.payments.ledger_batch_cut.v1'] as const;
type Read = (typeof on)[number];

/** The last batch that was cut. */
export const ledgerBatchResource: Resource<LedgerBatch> = {
  aggregate: 'ledger-export',
  on,
  evolve(_before, event) {
    const e = event as Consumed<Read>;
    const { customerId: _ledger, ...batch } = e.data;
    return { ...batch, businessDate: e.recordedOn };
  },
};

export const ledgerBatches: Projection<Read> = {
  name: 'ledger-batches',
  ddl: 'create table ledger_batch (tenant text, number bigint, cut_on date not null, resource jsonb not null, primary key (tenant, number))',
  on,
  async project(events, tx) {
    for (const e of events) await tx.query('insert into ledger_batch values ($1, $2, $3, $4)', [e.tenant, e.data.batchNumber, e.recordedOn, JSON.stringify(LedgerBatch.toJSON(ledgerBatchResource.evolve(undefined, e)))]);
  },
};

/** Where the last entry of a tenant up to a position is; 0 where there is none. */
export async function lastEntryUntil(tx: Tx, tenant: string, until: number): Promise<number> {
  const [row] = await tx.query<{ recorded: string }>('select max(recorded)::text as recorded from journal_entry where tenant = $1 and recorded <= $2', [tenant, until]);
  return Number(row?.recorded ?? 0);
}

export async function ledgerBatchByNumber(tx: Tx, tenant: string, number: bigint): Promise<LedgerBatch | undefined> {
  const [row] = await tx.query<{ resource: unknown }>('select resource from ledger_batch where tenant = $1 and number = $2', [tenant, number]);
  return row && LedgerBatch.fromJSON(row.resource);
}

/** How many entries a batch has, and what its debits come to per currency, and in the base currency as far as they are booked there. */
export async function batchTotals(tx: Tx, tenant: string, { recordedAfter, recordedUntil }: LedgerBatch): Promise<{ readonly entries: number; readonly totals: ReadonlyMap<string, bigint>; readonly inBase: bigint }> {
  const rows = await tx.query<{ currency: string; entries: number; minor: string; inBase: string }>(
    `select currency, count(*)::int as entries, sum(minor)::text as minor, coalesce(sum(coalesce(base_minor, case when currency = base_currency then minor end)), 0)::text as "inBase"
       from journal_entry join seller using (tenant) where tenant = $1 and recorded > $2 and recorded <= $3 group by 1 order by 1`, [tenant, recordedAfter, recordedUntil]);
  return { entries: rows.reduce((n, r) => n + r.entries, 0), totals: new Map(rows.map((r) => [r.currency, BigInt(r.minor)])), inBase: rows.reduce((sum, r) => sum + BigInt(r.inBase), 0n) };
}

export interface ExportedRow extends EntryRow { readonly documentNumber: string; readonly actor: string; readonly causationId: string; readonly correlationId: string }

/** Entries of a batch in the order of recording, those after (`recorded`, `line`): with the document that each is about, and who and what it was caused by, as the store has it. */
export async function batchEntries(tx: Tx, tenant: string, { recordedAfter, recordedUntil }: LedgerBatch, after: { readonly recorded: number; readonly line: number }, limit: number): Promise<readonly ExportedRow[]> {
  const rows = await tx.query<Omit<ExportedRow, 'minor' | 'baseMinor' | 'recorded'> & { minor: string; baseMinor: string | null; recorded: string }>(
    `select j.*, coalesce(i.document_number, n.resource->>'credit_note_number', '') as "documentNumber", s.meta->>'actor' as actor, coalesce(s.meta->>'causation', '') as "causationId", s.meta->>'correlation' as "correlationId"
       from (select tenant, ${entryColumns} from journal_entry where tenant = $1 and recorded > $2::bigint and recorded <= $3::bigint and (journal_entry.recorded, line) > ($4::bigint, $5::int) order by journal_entry.recorded, line limit $6) j
       join es.event s on s.sequence = j.recorded::bigint
       left join lateral (select document_number from item i where i.tenant = $1 and i.item_id = j."subjectId" order by i.recorded limit 1) i on true
       left join posted_credit_note n on n.tenant = $1 and j."subjectId" = 'credit-note:' || n.credit_note_id
      order by j.recorded::bigint, j.line`, [tenant, recordedAfter, recordedUntil, after.recorded, after.line, limit]);
  return rows.map((r) => ({ ...r, minor: Number(r.minor), baseMinor: r.baseMinor === null ? null : Number(r.baseMinor), recorded: Number(r.recorded) }));
}
