// Invoices as they are. What is paid follows from the ledger of payments.
import { Invoice, InvoiceStatus } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { formatMoney, moneyOf } from '@ar/domain/money.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';

const on = ['ar.invoicing.invoice_issued.v1', 'ar.invoicing.invoice_voided.v1', 'ar.payments.open_items_settled.v1', 'ar.payments.open_items_reopened.v1'] as const;

/** An invoice as its own events tell it: what a command answers with. */
export const invoiceResource: Resource<Invoice> = {
  aggregate: 'invoice',
  on: on.slice(0, 2),
  evolve(invoice, event) {
    if (event.type === 'ar.invoicing.invoice_issued.v1') {
      const { policyVersion: _, ...e } = event.data;
      return Invoice.fromPartial({ ...e, status: InvoiceStatus.ISSUED, paid: { currencyCode: e.currencyCode, value: formatMoney({ minor: 0, currency: e.currencyCode }) } });
    }
    if (!invoice) throw new Error(`${event.type} before its invoice`);
    if (event.type === 'ar.invoicing.invoice_voided.v1') return { ...invoice, status: InvoiceStatus.VOIDED, voidDate: event.data.voidDate, voidReason: event.data.reason };
    return invoice;
  },
};

/** The same invoice with more or less of it paid. */
export function withPaid(invoice: Invoice, paidMinor: number): Invoice {
  const total = moneyOf(invoice.total).minor;
  const status = invoice.status === InvoiceStatus.VOIDED ? InvoiceStatus.VOIDED : paidMinor === 0 ? InvoiceStatus.ISSUED : paidMinor < total ? InvoiceStatus.PARTLY_PAID : InvoiceStatus.PAID;
  return { ...invoice, status, paid: { currencyCode: invoice.currencyCode, value: formatMoney({ minor: paidMinor, currency: invoice.currencyCode }) } };
}

interface Row { readonly version: number; readonly paid_minor: number; readonly resource: unknown }

export const invoices: Projection<(typeof on)[number]> = {
  name: 'invoices',
  ddl: `create table invoice (
    tenant text not null, invoice_id text not null, version int not null, customer_id text not null, status text not null, number text not null, external_number text not null, order_number text not null,
    currency_code text not null, issue_date date not null, total_minor bigint not null, paid_minor bigint not null, series text not null, ordinal bigint not null, resource jsonb not null,
    primary key (tenant, invoice_id));
  create index on invoice (tenant, issue_date, invoice_id);
  create index on invoice (tenant, customer_id);
  create index on invoice (tenant, series, ordinal)`,
  on,
  async project(events, tx) {
    for (const event of events) {
      if (event.type === 'ar.invoicing.invoice_issued.v1') await issued(event, tx);
      else if (event.type === 'ar.invoicing.invoice_voided.v1') await change(tx, event.tenant, event.data.invoiceId, (row) => ({ version: event.version, paid: row.paid_minor, invoice: invoiceResource.evolve(Invoice.fromJSON(row.resource), event) }));
      else {
        const sign = event.type === 'ar.payments.open_items_settled.v1' ? 1 : -1;
        for (const { item, amount } of event.data.items)
          await change(tx, event.tenant, item!.documentId, (row) => ({ version: row.version, paid: row.paid_minor + sign * moneyOf(amount).minor, invoice: Invoice.fromJSON(row.resource) }));
      }
    }
  },
};

async function issued(event: Consumed<'ar.invoicing.invoice_issued.v1'>, tx: Tx): Promise<void> {
  const invoice = invoiceResource.evolve(undefined, event);
  await tx.query('insert into invoice values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13, $14)', [
    event.tenant, invoice.invoiceId, event.version, invoice.customerId, invoice.status, invoice.number, invoice.externalNumber, invoice.orderNumber, invoice.currencyCode, invoice.issueDate, moneyOf(invoice.total).minor,
    `invoice/${invoice.issueDate.slice(0, 4)}`, Number(/(\d+)$/.exec(invoice.number)![1]), JSON.stringify(Invoice.toJSON(invoice)),
  ]);
}

async function change(tx: Tx, tenant: string, invoiceId: string, to: (row: Row) => { version: number; paid: number; invoice: Invoice }): Promise<void> {
  const [row] = await tx.query<Row>('select version, paid_minor, resource from invoice where tenant = $1 and invoice_id = $2', [tenant, invoiceId]);
  if (!row) return; // not an invoice of ours: an item taken on from elsewhere
  const { version, paid, invoice } = to(row);
  const now = withPaid(invoice, paid);
  await tx.query('update invoice set version = $3, paid_minor = $4, status = $5, resource = $6 where tenant = $1 and invoice_id = $2', [tenant, invoiceId, version, paid, now.status, JSON.stringify(Invoice.toJSON(now))]);
}

export async function getInvoice(tx: Tx, tenant: string, invoiceId: string): Promise<{ invoice: Invoice; version: number } | undefined> {
  const [row] = await tx.query<Row>('select version, paid_minor, resource from invoice where tenant = $1 and invoice_id = $2', [tenant, invoiceId]);
  return row && { invoice: Invoice.fromJSON(row.resource), version: row.version };
}

/** Per series: how many documents, the last number, and numbers without a document. */
export const numberSeries = (tx: Tx, tenant: string) => tx.query<{ series: string; documents: number; last_number: number; gaps: readonly string[] }>(
  `select series, count(*) documents, max(ordinal) last_number,
     coalesce((select array_agg(n order by n) from (select n from generate_series(1, max(i.ordinal)) n except select o.ordinal from invoice o where o.tenant = $1 and o.series = i.series order by 1 limit 1000) g), '{}') gaps
   from invoice i where tenant = $1 group by series order by series`, [tenant]);
