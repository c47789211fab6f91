// Under which names documents are known, and which of them a receipt names. Kept from the documents themselves: in the transaction in which the items of
// an invoice or a debit note are posted it is known, so nothing can be settled and yet unknown.
import { debitItemIdOf } from '@ar/domain/id.js';
import type { Projection, Tx } from '@ar/runtime/forms.js';
import { referencesOf } from '../domain/documents.js';

export interface NamedDocument { readonly reference: string; readonly customer: string; readonly currency: string; readonly documentId: string }

export const documents: Projection<'ar.invoicing.invoice_issued.v1' | 'ar.invoicing.debit_note_issued.v1' | 'ar.payments.document_taken_on.v1' | 'ar.payments.take_on_cancelled.v1'> = {
  name: 'documents',
  ddl: `create table document_name (tenant text, reference text, document_id text, customer text not null, currency text not null, primary key (tenant, reference, document_id))`,
  on: ['ar.invoicing.invoice_issued.v1', 'ar.invoicing.debit_note_issued.v1', 'ar.payments.document_taken_on.v1', 'ar.payments.take_on_cancelled.v1'],
  async project(events, tx) {
    const cancelled = events.filter((e) => e.type === 'ar.payments.take_on_cancelled.v1');
    const rows = events.flatMap((e) => {
      if (e.type === 'ar.payments.take_on_cancelled.v1') return [];
      if (e.type === 'ar.payments.document_taken_on.v1') return referencesOf({ ...e.data, invoiceId: '', number: e.data.documentNumber }).map((reference) => [e.tenant, reference, e.data.documentId, e.customer, e.data.open!.currencyCode] as const);
      // An invoice and a debit note may have the same id: a debit note goes by its item's.
      const [named, documentId] = e.type === 'ar.invoicing.invoice_issued.v1' ? [e.data, e.data.invoiceId] : [{ ...e.data, invoiceId: e.data.debitNoteId }, debitItemIdOf(e.data.debitNoteId)];
      return referencesOf(named).map((reference) => [e.tenant, reference, documentId, e.customer, e.data.currencyCode] as const);
    });
    await tx.query('insert into document_name select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) on conflict do nothing', [0, 1, 2, 3, 4].map((column) => rows.map((r) => r[column])));
    // Taken on again, it is another document.
    if (cancelled.length > 0) await tx.query('delete from document_name d using unnest($1::text[], $2::text[]) c(tenant, document_id) where d.tenant = c.tenant and d.document_id = c.document_id', [cancelled.map((e) => e.tenant), cancelled.map((e) => e.data.documentId)]);
  },
};

/** The documents behind some names, per asker. */
export async function documentsNamed(tx: Tx, asked: readonly { readonly tenant: string; readonly names: readonly string[] }[]): Promise<readonly (readonly NamedDocument[])[]> {
  const names = [...new Set(asked.flatMap((a) => a.names))];
  if (names.length === 0) return asked.map(() => []);
  const rows = await tx.query<NamedDocument & { tenant: string }>(
    'select tenant, reference, document_id as "documentId", customer, currency from document_name where tenant = any($1) and reference = any($2) order by tenant, reference, document_id',
    [[...new Set(asked.map((a) => a.tenant))], names]);
  return asked.map((a) => rows.filter((r) => r.tenant === a.tenant && a.names.includes(r.reference)));
}

/** The documents that receipts name, per receipt. */
export async function documentsNamedByReceipts(tx: Tx, asked: readonly { readonly tenant: string; readonly receiptId: string }[]): Promise<readonly (readonly NamedDocument[])[]> {
  const rows = await tx.query<NamedDocument & { tenant: string; receiptId: string }>(
    `select r.tenant, r.receipt_id as "receiptId", d.reference, d.document_id as "documentId", d.customer, d.currency
       from receipt r cross join lateral unnest(r.names) n join document_name d on d.tenant = r.tenant and d.reference = n
      where r.tenant = any($1) and r.receipt_id = any($2) order by d.reference, d.document_id`,
    [asked.map((a) => a.tenant), asked.map((a) => a.receiptId)]);
  return asked.map((a) => rows.filter((r) => r.tenant === a.tenant && r.receiptId === a.receiptId));
}
