// Debit notes as they are. What is settled of them follows from the ledger of payments.
import { DebitNote, DebitNoteStatus } from '@ar/contracts/gen/ar/invoicing/v1/debit_note_service.js';
import { OpenItemKind, type AppliedItem } from '@ar/contracts/gen/ar/payments/v1/account.js';
import { formatMoney, moneyOf } from '@ar/domain/money.js';
import type { Projection, Resource, Tx } from '@ar/runtime/forms.js';

const on = ['ar.invoicing.debit_note_issued.v1', 'ar.payments.open_items_settled.v1', 'ar.payments.open_items_reopened.v1', 'ar.payments.open_items_written_off.v1', 'ar.payments.open_items_reinstated.v1'] as const;

export const debitNoteResource: Resource<DebitNote> = {
  aggregate: 'debit-note',
  on: on.slice(0, 1),
  evolve(note, event) {
    if (event.type !== 'ar.invoicing.debit_note_issued.v1') return note!;
    const { policyVersion: _, ...e } = event.data;
    return withSettled(DebitNote.fromPartial(e), 0, 0);
  },
};

function withSettled(note: DebitNote, settledMinor: number, writtenOffMinor: number): DebitNote {
  const amount = (minor: number) => ({ currencyCode: note.currencyCode, value: formatMoney({ minor, currency: note.currencyCode }) });
  return { ...note, status: statusOf(settledMinor, writtenOffMinor, moneyOf(note.total).minor), settled: amount(settledMinor), writtenOff: amount(writtenOffMinor) };
}

/** A part that is written off makes no debit note partly paid. */
function statusOf(settledMinor: number, writtenOffMinor: number, totalMinor: number): DebitNoteStatus {
  if (settledMinor + writtenOffMinor < totalMinor) return settledMinor === 0 ? DebitNoteStatus.ISSUED : DebitNoteStatus.PARTLY_PAID;
  return writtenOffMinor > 0 ? DebitNoteStatus.WRITTEN_OFF : DebitNoteStatus.PAID;
}

export const debitNotes: Projection<(typeof on)[number]> = {
  name: 'debit-notes',
  ddl: `create table debit_note (
    tenant text not null, debit_note_id text not null, version int not null, customer_id text not null, status text not null, kind text not null, number text not null, invoice_id text not null, external_number text not null,
    currency_code text not null, issue_date date not null, total_minor bigint not null, settled_minor bigint not null, series text not null, ordinal bigint not null, resource jsonb not null, written_off_minor bigint not null, primary key (tenant, debit_note_id));
  create index on debit_note (tenant, issue_date, debit_note_id);
  create index on debit_note (tenant, customer_id);
  create index on debit_note (tenant, series, ordinal)`,
  on,
  async project(events, tx) {
    const changes = events.flatMap((e) => (e.type === 'ar.invoicing.debit_note_issued.v1' ? [] : (e.data.items as readonly Pick<AppliedItem, 'item' | 'amount'>[]).filter((i) => i.item!.kind === OpenItemKind.DEBIT_NOTE).map((i) => {
      const { minor } = moneyOf(i.amount);
      const of = { tenant: e.tenant, id: i.item!.documentId, settledMinor: 0, writtenOffMinor: 0 };
      switch (e.type) {
        case 'ar.payments.open_items_settled.v1': return { ...of, settledMinor: minor };
        case 'ar.payments.open_items_reopened.v1': return { ...of, settledMinor: -minor };
        case 'ar.payments.open_items_written_off.v1': return { ...of, writtenOffMinor: minor };
        case 'ar.payments.open_items_reinstated.v1': return { ...of, writtenOffMinor: -minor };
      }
    })));
    const issued = events.flatMap((e) => (e.type === 'ar.invoicing.debit_note_issued.v1' ? [{ tenant: e.tenant, id: e.data.debitNoteId, version: e.version, note: debitNoteResource.evolve(undefined, e), settledMinor: 0, writtenOffMinor: 0 }] : []));
    if (issued.length + changes.length === 0) return;
    const rows = await tx.query<{ tenant: string; id: string; version: number; settledMinor: number; writtenOffMinor: number; resource: unknown }>(
      'select tenant, debit_note_id id, version, settled_minor "settledMinor", written_off_minor "writtenOffMinor", resource from debit_note where tenant = any($1) and debit_note_id = any($2)', [[...new Set(events.map((e) => e.tenant))], [...new Set(changes.map((c) => c.id))]]);
    const kept = new Map([...rows.map((r) => ({ ...r, note: DebitNote.fromJSON(r.resource) })), ...issued].map((r) => [`${r.tenant}/${r.id}`, r]));
    for (const { tenant, id, settledMinor, writtenOffMinor } of changes) {
      const before = kept.get(`${tenant}/${id}`);
      if (before) kept.set(`${tenant}/${id}`, { ...before, settledMinor: before.settledMinor + settledMinor, writtenOffMinor: before.writtenOffMinor + writtenOffMinor });
    }
    await tx.query(
      `insert into debit_note select * from jsonb_to_recordset($1) x(tenant text, debit_note_id text, version int, customer_id text, status text, kind text, number text, invoice_id text, external_number text,
         currency_code text, issue_date date, total_minor bigint, settled_minor bigint, series text, ordinal bigint, resource jsonb, written_off_minor bigint)
       on conflict (tenant, debit_note_id) do update set status = excluded.status, settled_minor = excluded.settled_minor, written_off_minor = excluded.written_off_minor, resource = excluded.resource`,
      [JSON.stringify([...kept.values()].map(({ tenant, version, settledMinor, writtenOffMinor, note }) => ({ ...rowOf(tenant, version, settledMinor, withSettled(note, settledMinor, writtenOffMinor)), written_off_minor: writtenOffMinor })))]);
  },
};

const rowOf = (tenant: string, version: number, settledMinor: number, note: DebitNote) => ({
  tenant, debit_note_id: note.debitNoteId, version, customer_id: note.customerId, status: note.status, kind: note.kind, number: note.number, invoice_id: note.invoiceId, external_number: note.externalNumber, currency_code: note.currencyCode,
  issue_date: note.issueDate, total_minor: moneyOf(note.total).minor, settled_minor: settledMinor, series: `debit-note/${note.issueDate.slice(0, 4)}`, ordinal: Number(/(\d+)$/.exec(note.number)![1]), resource: DebitNote.toJSON(note),
});

export async function getDebitNote(tx: Tx, tenant: string, debitNoteId: string): Promise<{ debitNote: DebitNote; version: number } | undefined> {
  const [row] = await tx.query<{ version: number; resource: unknown }>('select version, resource from debit_note where tenant = $1 and debit_note_id = $2', [tenant, debitNoteId]);
  return row && { debitNote: DebitNote.fromJSON(row.resource), version: row.version };
}
