// Invoices as they are. What is paid follows from the ledger of payments.
import { Invoice, InvoiceStatus } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { formatMoney, moneyOf } from '@ar/domain/money.js';
import type { Projection, Resource, Tx } from '@ar/runtime/forms.js';

const own = ['ar.invoicing.invoice_drafted.v1', 'ar.invoicing.invoice_draft_changed.v1', 'ar.invoicing.invoice_draft_discarded.v1', 'ar.invoicing.invoice_issued.v1', 'ar.invoicing.invoice_voided.v1', 'ar.invoicing.due_date_rescheduled.v1',
  'ar.invoicing.due_date_change_proposed.v1', 'ar.invoicing.due_date_change_approved.v1', 'ar.invoicing.due_date_change_refused.v1', 'ar.invoicing.due_date_change_expired.v1'] as const;
const on = [...own, 'ar.payments.open_items_settled.v1', 'ar.payments.open_items_reopened.v1'] as const;

/** An invoice as its own events tell it: what a command answers with. */
export const invoiceResource: Resource<Invoice> = {
  aggregate: 'invoice',
  on: own,
  evolve(invoice, event) {
    if (event.type === 'ar.invoicing.invoice_issued.v1') {
      const e = event.data;
      return Invoice.fromPartial({ ...e, status: InvoiceStatus.ISSUED, paid: { currencyCode: e.currencyCode, value: formatMoney({ minor: 0, currency: e.currencyCode }) } });
    }
    if (event.type === 'ar.invoicing.invoice_drafted.v1' || event.type === 'ar.invoicing.invoice_draft_changed.v1') return Invoice.fromPartial({ ...event.data.draft, invoiceId: event.data.invoiceId, status: InvoiceStatus.DRAFT });
    if (!invoice) throw new Error(`${event.type} before its invoice`);
    if (event.type === 'ar.invoicing.invoice_draft_discarded.v1') return { ...invoice, status: InvoiceStatus.DISCARDED };
    if (event.type === 'ar.invoicing.invoice_voided.v1') return { ...invoice, status: InvoiceStatus.VOIDED, voidDate: event.data.voidDate, voidReason: event.data.reason };
    if (event.type === 'ar.invoicing.due_date_rescheduled.v1') {
      const { instalment, formerDueDate, dueDate } = event.data;
      return { ...invoice, instalments: invoice.instalments.map((i) => (i.seq === instalment ? { ...i, dueDate, issuedDueDate: i.issuedDueDate || formerDueDate } : i)) };
    }
    if (event.type === 'ar.invoicing.due_date_change_proposed.v1') {
      const { approvalId, instalment, dueDate, reason, proposedBy, lastDay } = event.data;
      return { ...invoice, pendingDueDates: [...invoice.pendingDueDates, { approvalId, instalment, dueDate, reason, proposedBy, lastDay }] };
    }
    if (event.type === 'ar.invoicing.due_date_change_approved.v1' || event.type === 'ar.invoicing.due_date_change_refused.v1' || event.type === 'ar.invoicing.due_date_change_expired.v1')
      return { ...invoice, pendingDueDates: invoice.pendingDueDates.filter((p) => p.approvalId !== event.data.approvalId) };
    return invoice;
  },
};

/** The same invoice with more or less of it paid. */
export function withPaid(invoice: Invoice, paidMinor: number): Invoice {
  if (!invoice.total) return invoice; // a draft
  const total = moneyOf(invoice.total).minor;
  const status = invoice.status === InvoiceStatus.VOIDED ? InvoiceStatus.VOIDED : paidMinor === 0 ? InvoiceStatus.ISSUED : paidMinor < total ? InvoiceStatus.PARTLY_PAID : InvoiceStatus.PAID;
  return { ...invoice, status, paid: { currencyCode: invoice.currencyCode, value: formatMoney({ minor: paidMinor, currency: invoice.currencyCode }) } };
}

interface Row { readonly version: number; readonly paid_minor: number; readonly resource: unknown }

export const invoices: Projection<(typeof on)[number]> = {
  name: 'invoices',
  ddl: `create table invoice (
    tenant text not null, invoice_id text not null, version int not null, customer_id text not null, status text not null, number text not null, external_number text not null, order_number text not null,
    currency_code text not null, issue_date date, total_minor bigint not null, paid_minor bigint not null, series text, ordinal bigint, resource jsonb not null, -- a draft: no series, no ordinal, perhaps no date
    primary key (tenant, invoice_id));
  create index on invoice (tenant, issue_date, invoice_id);
  create index on invoice (tenant, customer_id);
  create index on invoice (tenant, series, ordinal)`,
  on,
  async project(events, tx) {
    const named = events.flatMap((e) => (e.type === 'ar.payments.open_items_settled.v1' || e.type === 'ar.payments.open_items_reopened.v1' ? e.data.items.map((i) => i.item!.documentId) : [e.data.invoiceId]));
    const rows = await tx.query<{ tenant: string; invoice_id: string } & Row>('select tenant, invoice_id, version, paid_minor, resource from invoice where tenant = any($1) and invoice_id = any($2)', [[...new Set(events.map((e) => e.tenant))], [...new Set(named)]]);
    const kept = new Map(rows.map((r) => [keyOf(r.tenant, r.invoice_id), { tenant: r.tenant, version: r.version, paidMinor: r.paid_minor, invoice: Invoice.fromJSON(r.resource) }]));
    for (const event of events) {
      if (event.type === 'ar.payments.open_items_settled.v1' || event.type === 'ar.payments.open_items_reopened.v1') {
        const sign = event.type === 'ar.payments.open_items_settled.v1' ? 1 : -1;
        for (const { item, amount } of event.data.items) {
          const key = keyOf(event.tenant, item!.documentId);
          const before = kept.get(key);
          if (before) kept.set(key, { ...before, paidMinor: before.paidMinor + sign * moneyOf(amount).minor }); // others are not invoices of ours: items taken on from elsewhere
        }
      } else {
        const key = keyOf(event.tenant, event.data.invoiceId);
        kept.set(key, { tenant: event.tenant, version: event.version, paidMinor: kept.get(key)?.paidMinor ?? 0, invoice: invoiceResource.evolve(kept.get(key)?.invoice, event) });
      }
    }
    await tx.query(
      `insert into invoice select * from jsonb_to_recordset($1) x(tenant text, invoice_id text, version int, customer_id text, status text, number text, external_number text, order_number text,
         currency_code text, issue_date date, total_minor bigint, paid_minor bigint, series text, ordinal bigint, resource jsonb)
       on conflict (tenant, invoice_id) do update set (version, status, number, external_number, order_number, currency_code, issue_date, total_minor, paid_minor, series, ordinal, resource) = (excluded.version, excluded.status, excluded.number, excluded.external_number, excluded.order_number,
         excluded.currency_code, excluded.issue_date, excluded.total_minor, excluded.paid_minor, excluded.series, excluded.ordinal, excluded.resource)`,
      [JSON.stringify([...kept.values()].map(({ tenant, version, paidMinor, invoice }) => rowOf(tenant, version, paidMinor, withPaid(invoice, paidMinor))))]);
  },
};

const keyOf = (tenant: string, invoiceId: string): string => `${tenant}/${invoiceId}`;
const rowOf = (tenant: string, version: number, paidMinor: number, invoice: Invoice) => ({
  tenant, invoice_id: invoice.invoiceId, version, customer_id: invoice.customerId, status: invoice.status, number: invoice.number, external_number: invoice.externalNumber, order_number: invoice.orderNumber,
  currency_code: invoice.currencyCode, issue_date: invoice.issueDate || null, total_minor: invoice.total ? moneyOf(invoice.total).minor : 0, paid_minor: paidMinor,
  ...(invoice.number ? { series: `invoice/${invoice.issueDate.slice(0, 4)}`, ordinal: Number(/(\d+)$/.exec(invoice.number)![1]) } : {}), resource: Invoice.toJSON(invoice),
});

export async function getInvoice(tx: Tx, tenant: string, invoiceId: string): Promise<{ invoice: Invoice; version: number } | undefined> {
  const [row] = await tx.query<Row>('select version, paid_minor, resource from invoice where tenant = $1 and invoice_id = $2', [tenant, invoiceId]);
  return row && { invoice: Invoice.fromJSON(row.resource), version: row.version };
}

/** Per series: how many documents, the last number, and numbers without a document. */
export const numberSeries = (tx: Tx, tenant: string) => tx.query<{ series: string; documents: number; last_number: number; gaps: readonly string[] }>(
  `select series, count(*) documents, max(ordinal) last_number,
     coalesce((select array_agg(n order by n) from (select n from generate_series(1, max(i.ordinal)) n except select o.ordinal from invoice o where o.tenant = $1 and o.series = i.series order by 1 limit 1000) g), '{}') gaps
   from invoice i where tenant = $1 and series is not null group by series order by series`, [tenant]);
