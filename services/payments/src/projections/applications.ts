// Which receipts and credit notes are applied to which documents now: where a void has to look.
import type { Projection, Tx } from '@ar/runtime/forms.js';
import { keyIn } from './item-spans.js';

type Read = 'ar.payments.open_items_settled.v1' | 'ar.payments.open_items_reopened.v1';

export const applications: Projection<Read> = {
  name: 'applications',
  ddl: `create table application (tenant text, document_id text, item_id text, receipt_id text, group_id text, primary key (tenant, group_id, item_id));
        create index on application (tenant, document_id)`,
  on: ['ar.payments.open_items_settled.v1', 'ar.payments.open_items_reopened.v1'],
  async project(events, tx) {
    // A group's item is settled once and reopened once at most: what a batch both settles and reopens was never there.
    const reopened = new Set(events.flatMap((e) => (e.type === 'ar.payments.open_items_reopened.v1' ? e.data.items.map((i) => JSON.stringify([e.tenant, e.data.applicationGroupId, i.item!.itemId])) : [])));
    const settled = events.flatMap((e) => (e.type === 'ar.payments.open_items_settled.v1' ? e.data.items.map((i) => [e.tenant, i.item!.documentId, i.item!.itemId, keyIn(e.data), e.data.applicationGroupId] as const) : []))
      .filter(([tenant, , item, , group]) => !reopened.has(JSON.stringify([tenant, group, item])));
    if (settled.length > 0) await tx.query('insert into application select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])', [0, 1, 2, 3, 4].map((column) => settled.map((r) => r[column])));
    const gone = [...reopened].map((key) => JSON.parse(key) as [string, string, string]);
    if (gone.length > 0) {
      await tx.query('delete from application a using (select * from unnest($1::text[], $2::text[], $3::text[]) u(tenant, group_id, item_id)) g where a.tenant = g.tenant and a.group_id = g.group_id and a.item_id = g.item_id',
        [0, 1, 2].map((column) => gone.map((r) => r[column])));
    }
  },
};

/** The keys of receipts and credit notes with something applied to a document, per document, in their order. */
export async function receiptsAppliedTo(tx: Tx, asked: readonly { readonly tenant: string; readonly documentId: string }[]): Promise<readonly (readonly string[])[]> {
  const rows = await tx.query<{ tenant: string; documentId: string; receiptId: string }>(
    'select distinct tenant, document_id as "documentId", receipt_id as "receiptId" from application where tenant = any($1) and document_id = any($2) order by 3', [asked.map((a) => a.tenant), asked.map((a) => a.documentId)]);
  return asked.map((a) => rows.filter((r) => r.tenant === a.tenant && r.documentId === a.documentId).map((r) => r.receiptId));
}
