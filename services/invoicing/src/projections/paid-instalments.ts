// Instalments of which nothing is open any more, paid, credited or written off, by the ledger of payments.
import { moneyOf } from '@ar/domain/money.js';
import type { AppliedItem } from '@ar/contracts/gen/ar/payments/v1/account.js';
import type { Projection, Tx } from '@ar/runtime/forms.js';

const on = ['ar.payments.open_items_settled.v1', 'ar.payments.open_items_reopened.v1', 'ar.payments.open_items_written_off.v1', 'ar.payments.open_items_reinstated.v1'] as const;

export const paid: Projection<(typeof on)[number]> = {
  name: 'paid-instalments',
  ddl: 'create table paid_instalment (tenant text, invoice_id text, seq int, primary key (tenant, invoice_id, seq))',
  on,
  async project(events, tx) {
    const now = new Map(events.flatMap((e) => (e.data.items as readonly Pick<AppliedItem, 'item' | 'open'>[]).map(({ item, open }) => [`${e.tenant}/${item!.itemId}`, { tenant: e.tenant, invoiceId: item!.documentId, seq: item!.instalment, paid: moneyOf(open).minor === 0 }] as const)));
    const columns = (all: readonly { readonly tenant: string; readonly invoiceId: string; readonly seq: number }[]) => [all.map((i) => i.tenant), all.map((i) => i.invoiceId), all.map((i) => i.seq)];
    const given = 'unnest($1::text[], $2::text[], $3::int[]) a(tenant, invoice_id, seq)';
    await tx.query(`insert into paid_instalment select * from ${given} on conflict do nothing`, columns([...now.values()].filter((i) => i.paid)));
    await tx.query(`delete from paid_instalment p using ${given} where (p.tenant, p.invoice_id, p.seq) = (a.tenant, a.invoice_id, a.seq)`, columns([...now.values()].filter((i) => !i.paid)));
  },
};

/** The paid instalments of each invoice. */
export async function paidInstalments(tx: Tx, asked: readonly { readonly tenant: string; readonly invoiceId: string }[]): Promise<readonly (readonly number[])[]> {
  const rows = await tx.query<{ tenant: string; invoice_id: string; seq: number }>(
    'select distinct p.* from unnest($1::text[], $2::text[]) a(tenant, invoice_id) join paid_instalment p using (tenant, invoice_id)', [asked.map((a) => a.tenant), asked.map((a) => a.invoiceId)]);
  return asked.map((a) => rows.filter((r) => r.tenant === a.tenant && r.invoice_id === a.invoiceId).map((r) => r.seq));
}
