// Credit notes as they are: issued ones, and those that wait for a second person or did not get one.
import { CreditNote, CreditNoteStatus } from '@ar/contracts/gen/ar/invoicing/v1/credit_note_service.js';
import type { Day } from '@ar/domain/day.js';
import { moneyOf } from '@ar/domain/money.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';

const on = [
  'ar.invoicing.credit_note_issued.v1', 'ar.invoicing.credit_note_proposed.v1', 'ar.invoicing.credit_note_approved.v1', 'ar.invoicing.credit_note_refused.v1', 'ar.invoicing.credit_note_expired.v1',
] as const;
type Read = (typeof on)[number];

export const creditNoteResource: Resource<CreditNote> = {
  aggregate: 'credit-note',
  on,
  evolve(before, event) {
    const e = event as Consumed<Read>;
    switch (e.type) {
      case 'ar.invoicing.credit_note_issued.v1': return { ...CreditNote.fromPartial(e.data), status: CreditNoteStatus.ISSUED, approval: before?.approval };
      case 'ar.invoicing.credit_note_proposed.v1': {
        const { band, proposedBy, lastDay, ...document } = e.data;
        return { ...CreditNote.fromPartial(document), issueDate: e.recordedOn, status: CreditNoteStatus.PENDING, approval: { band, proposedBy, lastDay, decidedBy: '', decisionReason: '' } };
      }
      case 'ar.invoicing.credit_note_approved.v1': return decided(before, e.data.approvedBy, '', CreditNoteStatus.PENDING); // issued by the next event of the same append
      case 'ar.invoicing.credit_note_refused.v1': return decided(before, e.data.refusedBy, e.data.reason, CreditNoteStatus.REFUSED);
      case 'ar.invoicing.credit_note_expired.v1': return decided(before, '', '', CreditNoteStatus.EXPIRED);
    }
  },
};

function decided(note: CreditNote | undefined, decidedBy: string, decisionReason: string, status: CreditNoteStatus): CreditNote {
  if (!note?.approval) throw new Error('a credit note was decided on that was not proposed');
  return { ...note, status, approval: { ...note.approval, decidedBy, decisionReason } };
}

export const creditNotes: Projection<Read> = {
  name: 'credit-notes',
  ddl: `create table credit_note (
    tenant text not null, credit_note_id text not null, version int not null, customer_id text not null, status text not null, number text not null, invoice_id text not null, reason_code text not null, external_number text not null,
    currency_code text not null, issue_date date not null, total_minor bigint not null, last_day date, series text, ordinal bigint, resource jsonb not null, primary key (tenant, credit_note_id));
  create index on credit_note (tenant, issue_date, credit_note_id);
  create index on credit_note (tenant, customer_id);
  create index on credit_note (tenant, invoice_id);
  create index on credit_note (tenant, series, ordinal);
  create index on credit_note (tenant, last_day, credit_note_id) where status = '${CreditNoteStatus.PENDING}'`,
  on,
  async project(events, tx) {
    const rows = await tx.query<{ tenant: string; credit_note_id: string; version: number; resource: unknown }>(
      'select tenant, credit_note_id, version, resource from credit_note where tenant = any($1) and credit_note_id = any($2)', [[...new Set(events.map((e) => e.tenant))], [...new Set(events.map((e) => e.data.creditNoteId))]]);
    const kept = new Map(rows.map((r) => [`${r.tenant}/${r.credit_note_id}`, { tenant: r.tenant, version: r.version, note: CreditNote.fromJSON(r.resource) }]));
    for (const e of events) {
      const key = `${e.tenant}/${e.data.creditNoteId}`;
      kept.set(key, { tenant: e.tenant, version: e.version, note: creditNoteResource.evolve(kept.get(key)?.note, e) });
    }
    await tx.query(
      `insert into credit_note select * from jsonb_to_recordset($1) x(tenant text, credit_note_id text, version int, customer_id text, status text, number text, invoice_id text, reason_code text, external_number text,
         currency_code text, issue_date date, total_minor bigint, last_day date, series text, ordinal bigint, resource jsonb)
       on conflict (tenant, credit_note_id) do update set version = excluded.version, customer_id = excluded.customer_id, status = excluded.status, number = excluded.number, invoice_id = excluded.invoice_id, reason_code = excluded.reason_code,
         external_number = excluded.external_number, currency_code = excluded.currency_code, issue_date = excluded.issue_date, total_minor = excluded.total_minor, last_day = excluded.last_day, series = excluded.series, ordinal = excluded.ordinal, resource = excluded.resource`,
      [JSON.stringify([...kept.values()].map(({ tenant, version, note }) => ({
        tenant, credit_note_id: note.creditNoteId, version, customer_id: note.customerId, status: note.status, number: note.number, invoice_id: note.invoiceId, reason_code: note.reasonCode, external_number: note.externalNumber,
        currency_code: note.currencyCode, issue_date: note.issueDate, total_minor: moneyOf(note.total).minor, last_day: note.approval?.lastDay || null,
        series: note.number ? `credit-note/${note.issueDate.slice(0, 4)}` : null, ordinal: note.number ? Number(/(\d+)$/.exec(note.number)![1]) : null, resource: CreditNote.toJSON(note),
      })))]);
  },
};

export async function getCreditNote(tx: Tx, tenant: string, creditNoteId: string): Promise<{ creditNote: CreditNote; version: number } | undefined> {
  const [row] = await tx.query<{ version: number; resource: unknown }>('select version, resource from credit_note where tenant = $1 and credit_note_id = $2', [tenant, creditNoteId]);
  return row && { creditNote: CreditNote.fromJSON(row.resource), version: row.version };
}

/** Credit notes that waited longer than they may, by id, those after `after`. */
export const tooLate = (tx: Tx, tenant: string, today: Day, after: string, limit: number) => tx.query<{ creditNoteId: string; customerId: string }>(
  `select credit_note_id "creditNoteId", customer_id "customerId" from credit_note where tenant = $1 and status = '${CreditNoteStatus.PENDING}' and last_day < $2 and credit_note_id > $3 order by credit_note_id limit $4`, [tenant, today, after, limit]);
