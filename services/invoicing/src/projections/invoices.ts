// Invoices as they are. What is paid follows from the ledger of payments.
import { Invoice, InvoiceStatus } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { CustomerPersonal, CustomerProfile } from '@ar/contracts/gen/ar/credit/v1/customer.js';
import { TenantDetails } from '@ar/contracts/gen/ar/invoicing/v1/tenant.js';
import { OpenItemKind, type AppliedItem, type OpenItemFacts } from '@ar/contracts/gen/ar/payments/v1/account.js';
import { add, formatMoney, moneyOf } from '@ar/domain/money.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';
import type { Parties } from '../documents/of-invoice.js';

const own = [
  'ar.invoicing.invoice_drafted.v1', 'ar.invoicing.invoice_draft_changed.v1', 'ar.invoicing.invoice_draft_discarded.v1', 'ar.invoicing.invoice_draft_consolidated.v1', 'ar.invoicing.invoice_issued.v1', 'ar.invoicing.invoice_voided.v1',
  'ar.invoicing.invoice_credited.v1', 'ar.invoicing.due_date_rescheduled.v1', 'ar.invoicing.due_date_change_proposed.v1', 'ar.invoicing.due_date_change_approved.v1', 'ar.invoicing.due_date_change_refused.v1', 'ar.invoicing.due_date_change_expired.v1',
  'ar.invoicing.invoice_issue_proposed.v1', 'ar.invoicing.invoice_issue_approved.v1', 'ar.invoicing.invoice_issue_refused.v1', 'ar.invoicing.invoice_issue_expired.v1',
] as const;
const answered = 'ar.invoicing.invoice_response_received.v1';
const ledger = ['ar.payments.open_items_settled.v1', 'ar.payments.open_items_reopened.v1', 'ar.payments.open_items_written_off.v1', 'ar.payments.open_items_reinstated.v1'] as const;
const on = [...own, answered, ...ledger] as const;
type Ledger = Consumed<(typeof ledger)[number]>;
const ofLedger = (e: Consumed<(typeof on)[number]>): e is Ledger => (ledger as readonly string[]).includes(e.type);

/** An invoice as its own events tell it: what a command answers with. */
export const invoiceResource: Resource<Invoice> = {
  aggregate: 'invoice',
  on: own,
  evolve(invoice, event) {
    if (event.type === 'ar.invoicing.invoice_issued.v1') {
      const e = event.data;
      const nothing = { currencyCode: e.currencyCode, value: formatMoney({ minor: 0, currency: e.currencyCode }) };
      return { ...Invoice.create(), ...e, status: InvoiceStatus.ISSUED, paid: nothing, credited: nothing, settledByCredit: nothing, discounted: nothing, writtenOff: nothing }; // what they share is the same message in both
    }
    if (event.type === 'ar.invoicing.invoice_drafted.v1' || event.type === 'ar.invoicing.invoice_draft_changed.v1') return Invoice.fromPartial({ ...event.data.draft, invoiceId: event.data.invoiceId, status: InvoiceStatus.DRAFT });
    if (!invoice) throw new Error(`${event.type} before its invoice`);
    if (event.type === 'ar.invoicing.invoice_draft_discarded.v1') return { ...invoice, status: InvoiceStatus.DISCARDED };
    if (event.type === 'ar.invoicing.invoice_draft_consolidated.v1') return { ...invoice, status: InvoiceStatus.CONSOLIDATED, consolidatedInto: event.data.consolidatedInto };
    if (event.type === 'ar.invoicing.invoice_voided.v1') return { ...invoice, status: InvoiceStatus.VOIDED, voidDate: event.data.voidDate, voidReason: event.data.reason };
    if (event.type === 'ar.invoicing.invoice_credited.v1') {
      const { total, cancels, creditNoteId, replacedBy } = event.data;
      const credited = { currencyCode: invoice.currencyCode, value: formatMoney(add(moneyOf(invoice.credited), moneyOf(total))) };
      return { ...invoice, credited, ...(cancels ? { cancelledBy: creditNoteId, replacedBy } : {}) };
    }
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
    if (event.type === 'ar.invoicing.invoice_issue_proposed.v1') return { ...invoice, findings: event.data.findings, pendingIssue: { proposedBy: event.data.proposedBy, lastDay: event.data.lastDay } };
    if (event.type === 'ar.invoicing.invoice_issue_approved.v1' || event.type === 'ar.invoicing.invoice_issue_refused.v1' || event.type === 'ar.invoicing.invoice_issue_expired.v1') return { ...invoice, findings: [], pendingIssue: undefined };
    return invoice;
  },
};

/** What closed an invoice: money, the discounts that came with it, credit notes, and what was written off. */
interface Settled { readonly paidMinor: number; readonly discountedMinor: number; readonly creditMinor: number; readonly writtenOffMinor: number }
const nothingSettled: Settled = { paidMinor: 0, discountedMinor: 0, creditMinor: 0, writtenOffMinor: 0 };

/** The same invoice with more or less of it settled. */
export function withSettled(invoice: Invoice, settled: Settled): Invoice {
  if (!invoice.total) return invoice; // a draft
  const { currencyCode } = invoice;
  const { paidMinor, discountedMinor, creditMinor, writtenOffMinor } = settled;
  const amount = (minor: number) => ({ currencyCode, value: formatMoney({ minor, currency: currencyCode }) });
  return { ...invoice, status: statusOf(invoice, settled), paid: amount(paidMinor), discounted: amount(discountedMinor), settledByCredit: amount(creditMinor), writtenOff: amount(writtenOffMinor) };
}

/** A part that is written off makes no invoice partly paid; once nothing is open, it is what the invoice is. */
function statusOf({ status, total }: Invoice, { paidMinor, discountedMinor, creditMinor, writtenOffMinor }: Settled): InvoiceStatus {
  if (status === InvoiceStatus.VOIDED) return status;
  const settledMinor = paidMinor + discountedMinor + creditMinor;
  if (settledMinor + writtenOffMinor < moneyOf(total).minor) return settledMinor === 0 ? InvoiceStatus.ISSUED : InvoiceStatus.PARTLY_PAID;
  if (writtenOffMinor > 0) return InvoiceStatus.WRITTEN_OFF;
  if (settledMinor === 0) return InvoiceStatus.ISSUED;
  return paidMinor === 0 ? InvoiceStatus.CREDITED : InvoiceStatus.PAID;
}

/** The answer that counts later; of one day, the one that was recorded later. */
export function withResponse(invoice: Invoice, { data: { invoiceResponseId, code, effectiveDate }, recordedOn }: Consumed<typeof answered>): Invoice {
  if ((invoice.latestResponse?.effectiveDate ?? '') > effectiveDate) return invoice;
  return { ...invoice, latestResponse: { invoiceResponseId, code, effectiveDate, receivedOn: recordedOn } };
}

/** What was settled, by cash, discounts and credit notes, or written off, in minor units by the instalment's number. */
type SettledBy = Readonly<Record<number, number>>;
interface Row { readonly version: number; readonly paid_minor: number; readonly discounted_minor: number; readonly credit_minor: number; readonly written_off_minor: number; readonly settled_by: SettledBy; readonly resource: unknown }

export const invoices: Projection<(typeof on)[number]> = {
  name: 'invoices',
  ddl: `create table invoice (
    tenant text not null, invoice_id text not null, version int not null, customer_id text not null, status text not null, number text not null, external_number text not null, order_number text not null,
    currency_code text not null, issue_date date, total_minor bigint not null, paid_minor bigint not null, discounted_minor bigint not null, credit_minor bigint not null, series text, ordinal bigint, resource jsonb not null, -- a draft: no series, no ordinal, perhaps no date
    settled_by jsonb not null, due_date date, total numeric, payment_reference text not null, labels jsonb not null, listed_on date not null, response_code text not null, written_off_minor bigint not null, -- settled_by: minor units by instalment; due_date: the earliest on which something is open; listed_on: drafts without a date are last
    primary key (tenant, invoice_id));
  create index on invoice (tenant, listed_on, invoice_id);
  create index on invoice (tenant, issue_date) where issue_date is not null;
  create index on invoice (tenant, customer_id);
  create index on invoice (tenant, status, invoice_id);
  create index on invoice (tenant, due_date) where due_date is not null;
  create index on invoice (tenant, total) where total is not null;
  create index on invoice (tenant, number) where number <> '';
  create index on invoice (tenant, external_number) where external_number <> '';
  create index on invoice (tenant, order_number) where order_number <> '';
  create index on invoice (tenant, payment_reference) where payment_reference <> '';
  create index on invoice using gin (labels jsonb_path_ops);
  create index on invoice (tenant, series, ordinal)`,
  on,
  async project(events, tx) {
    const named = events.flatMap((e) => (ofLedger(e) ? closedBy(e).map((i) => i.documentId) : [e.data.invoiceId]));
    const rows = await tx.query<{ tenant: string; invoice_id: string } & Row>('select tenant, invoice_id, version, paid_minor, discounted_minor, credit_minor, written_off_minor, settled_by, resource from invoice where tenant = any($1) and invoice_id = any($2)', [[...new Set(events.map((e) => e.tenant))], [...new Set(named)]]);
    const kept = new Map(rows.map((r) => [keyOf(r.tenant, r.invoice_id), {
      tenant: r.tenant, version: r.version, settled: { paidMinor: r.paid_minor, discountedMinor: r.discounted_minor, creditMinor: r.credit_minor, writtenOffMinor: r.written_off_minor }, settledBy: r.settled_by, invoice: Invoice.fromJSON(r.resource),
    }]));
    for (const event of events) {
      if (ofLedger(event)) {
        for (const { documentId, instalment, ...more } of closedBy(event)) {
          const key = keyOf(event.tenant, documentId);
          const before = kept.get(key);
          if (!before) continue; // not an invoice of ours: an item taken on from elsewhere
          const { paidMinor, discountedMinor, creditMinor, writtenOffMinor } = before.settled;
          const settled: Settled = { paidMinor: paidMinor + more.paidMinor, discountedMinor: discountedMinor + more.discountedMinor, creditMinor: creditMinor + more.creditMinor, writtenOffMinor: writtenOffMinor + more.writtenOffMinor };
          const minor = more.paidMinor + more.discountedMinor + more.creditMinor + more.writtenOffMinor;
          kept.set(key, { ...before, settled, settledBy: { ...before.settledBy, [instalment]: (before.settledBy[instalment] ?? 0) + minor } });
        }
      } else if (event.type === answered) {
        const key = keyOf(event.tenant, event.data.invoiceId);
        const before = kept.get(key)!;
        kept.set(key, { ...before, invoice: withResponse(before.invoice, event) });
      } else {
        const key = keyOf(event.tenant, event.data.invoiceId);
        const before = kept.get(key);
        kept.set(key, { tenant: event.tenant, version: event.version, settled: before?.settled ?? nothingSettled, settledBy: before?.settledBy ?? {}, invoice: invoiceResource.evolve(before?.invoice, event) });
      }
    }
    await tx.query(
      `insert into invoice select * from jsonb_to_recordset($1) x(tenant text, invoice_id text, version int, customer_id text, status text, number text, external_number text, order_number text,
         currency_code text, issue_date date, total_minor bigint, paid_minor bigint, discounted_minor bigint, credit_minor bigint, series text, ordinal bigint, resource jsonb, settled_by jsonb, due_date date, total numeric, payment_reference text,
         labels jsonb, listed_on date, response_code text, written_off_minor bigint)
       on conflict (tenant, invoice_id) do update set (version, status, number, external_number, order_number, currency_code, issue_date, total_minor, paid_minor, discounted_minor, credit_minor, series, ordinal, resource, settled_by, due_date, total,
           payment_reference, labels, listed_on, response_code, written_off_minor) =
         (excluded.version, excluded.status, excluded.number, excluded.external_number, excluded.order_number, excluded.currency_code, excluded.issue_date, excluded.total_minor, excluded.paid_minor, excluded.discounted_minor, excluded.credit_minor,
          excluded.series, excluded.ordinal, excluded.resource, excluded.settled_by, excluded.due_date, excluded.total, excluded.payment_reference, excluded.labels, excluded.listed_on, excluded.response_code, excluded.written_off_minor)`,
      [JSON.stringify([...kept.values()].map(({ tenant, version, settled, settledBy, invoice }) => rowOf(tenant, version, settled, settledBy, withSettled(invoice, settled))))]);
  },
};

/** Debit notes are settled in the same way, and are not invoices. */
const ofInvoices = <I extends Pick<AppliedItem, 'item'>>(items: readonly I[]): readonly I[] => items.filter((i) => i.item!.kind === OpenItemKind.INVOICE);

/** What an event closes of instalments, or opens again: below zero then. */
function closedBy(e: Ledger): readonly (Settled & { readonly documentId: string; readonly instalment: number })[] {
  const of = (item: OpenItemFacts | undefined) => ({ ...nothingSettled, documentId: item!.documentId, instalment: item!.instalment });
  switch (e.type) {
    case 'ar.payments.open_items_settled.v1':
    case 'ar.payments.open_items_reopened.v1': {
      const sign = e.type === 'ar.payments.open_items_settled.v1' ? 1 : -1;
      return ofInvoices(e.data.items).map(({ item, amount, discount }) => {
        const minor = sign * moneyOf(amount).minor;
        return { ...of(item), ...(e.data.creditNoteId ? { creditMinor: minor } : { paidMinor: minor, discountedMinor: discount ? sign * moneyOf(discount.amount).minor : 0 }) };
      });
    }
    case 'ar.payments.open_items_written_off.v1':
    case 'ar.payments.open_items_reinstated.v1': {
      const sign = e.type === 'ar.payments.open_items_written_off.v1' ? 1 : -1;
      return ofInvoices(e.data.items).map(({ item, amount }) => ({ ...of(item), writtenOffMinor: sign * moneyOf(amount).minor }));
    }
  }
}

const keyOf = (tenant: string, invoiceId: string): string => `${tenant}/${invoiceId}`;
/** The earliest day on which something is due and open; none of a draft, and of what is settled or void. */
const openDue = ({ status, instalments }: Invoice, settledBy: SettledBy): string | null =>
  (status === InvoiceStatus.VOIDED ? null : instalments.filter((i) => (settledBy[i.seq] ?? 0) < moneyOf(i.amount).minor).map((i) => i.dueDate).sort()[0] ?? null);
const rowOf = (tenant: string, version: number, { paidMinor, discountedMinor, creditMinor, writtenOffMinor }: Settled, settledBy: SettledBy, invoice: Invoice) => ({
  tenant, invoice_id: invoice.invoiceId, version, customer_id: invoice.customerId, status: invoice.status, number: invoice.number, external_number: invoice.externalNumber, order_number: invoice.orderNumber,
  currency_code: invoice.currencyCode, issue_date: invoice.issueDate || null, total_minor: invoice.total ? moneyOf(invoice.total).minor : 0, paid_minor: paidMinor, discounted_minor: discountedMinor, credit_minor: creditMinor,
  settled_by: settledBy, due_date: openDue(invoice, settledBy), total: invoice.total?.value ?? null, payment_reference: invoice.paymentReference, labels: invoice.labels, listed_on: invoice.issueDate || '9999-12-31', response_code: invoice.latestResponse?.code ?? '', written_off_minor: writtenOffMinor,
  ...(invoice.number ? { series: `invoice/${invoice.issueDate.slice(0, 4)}`, ordinal: Number(/(\d+)$/.exec(invoice.number)![1]) } : {}), resource: Invoice.toJSON(invoice),
});

export async function getInvoice(tx: Tx, tenant: string, invoiceId: string): Promise<{ invoice: Invoice; version: number } | undefined> {
  const [row] = await tx.query<Pick<Row, 'version' | 'resource'>>('select version, resource from invoice where tenant = $1 and invoice_id = $2', [tenant, invoiceId]);
  return row && { invoice: Invoice.fromJSON(row.resource), version: row.version };
}

/** An issued invoice with what seller and buyer said of themselves when it was issued. */
export async function invoiceWithParties(tx: Tx, tenant: string, invoiceId: string): Promise<{ invoice: Invoice; parties: Parties | undefined } | undefined> {
  const [row] = await tx.query<{ resource: unknown; details: unknown; personal: unknown; profile: unknown }>(
    `select i.resource, s.details, b.personal, b.profile from invoice i left join seller s on s.tenant = i.tenant and s.version = (i.resource->>'seller_version')::int
       left join buyer b on b.tenant = i.tenant and b.customer = i.customer_id and b.version = (i.resource->>'customer_version')::int where i.tenant = $1 and i.invoice_id = $2`, [tenant, invoiceId]);
  if (!row) return undefined;
  const parties = row.details && row.personal ? { seller: TenantDetails.fromJSON(row.details), buyer: { personal: CustomerPersonal.fromJSON(row.personal), profile: CustomerProfile.fromJSON(row.profile) } } : undefined;
  return { invoice: Invoice.fromJSON(row.resource), parties };
}

/** Per series: how many documents, the last number, and numbers without a document. */
export const numberSeries = (tx: Tx, tenant: string) => tx.query<{ series: string; documents: number; last_number: number; gaps: readonly string[] }>(
  `with numbered as (select series, ordinal from invoice where tenant = $1 and series is not null union all select series, ordinal from credit_note where tenant = $1 and series is not null union all select series, ordinal from debit_note where tenant = $1)
   select series, count(*) documents, max(ordinal) last_number,
     coalesce((select array_agg(n order by n) from (select n from generate_series(1, max(i.ordinal)) n except select o.ordinal from numbered o where o.series = i.series order by 1 limit 1000) g), '{}') gaps
   from numbered i group by series order by series`, [tenant]);

/** What the rows of a selection that meet all conditions come to, per currency, in minor units. */
export async function invoiceTotals(tx: Tx, select: string, conditions: readonly string[], values: readonly unknown[]): Promise<readonly { readonly currency: string; readonly invoices: bigint; readonly total: bigint; readonly paid: bigint; readonly open: bigint }[]> {
  const rows = await tx.query<{ currency_code: string; invoices: string; total: string; paid: string; open: string }>(
    `select currency_code, count(*)::text invoices, sum(total_minor)::text total, sum(paid_minor)::text paid, coalesce(sum(total_minor - paid_minor - discounted_minor - credit_minor - written_off_minor) filter (where status <> '${InvoiceStatus.VOIDED}'), 0)::text as open
     from (${select}) listed ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''} group by currency_code order by currency_code`, values);
  return rows.map((r) => ({ currency: r.currency_code, invoices: BigInt(r.invoices), total: BigInt(r.total), paid: BigInt(r.paid), open: BigInt(r.open) }));
}
