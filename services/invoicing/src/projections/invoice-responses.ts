// Customers' answers to invoices, and the invoices that a reference stands for.
import { InvoiceResponse } from '@ar/contracts/gen/ar/invoicing/v1/invoice_response_service.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';
import type { AnsweredInvoice, Referenced } from '../domain/invoice-response.js';

const received = 'ar.invoicing.invoice_response_received.v1';

const responseIn = ({ data: { pii, invoiceReference: _, ...e }, recordedOn }: Consumed<typeof received>): InvoiceResponse => ({ ...e, words: pii?.data, receivedOn: recordedOn });

export const invoiceResponseResource: Resource<InvoiceResponse> = {
  aggregate: 'invoice-response',
  on: [received],
  evolve(response, event) { return event.type === received ? responseIn(event) : response!; },
};

export const invoiceResponses: Projection<typeof received> = {
  name: 'invoice-responses',
  ddl: `create table invoice_response (
    tenant text not null, invoice_response_id text not null, customer_id text not null, invoice_id text not null, invoice_number text not null, code text not null, effective_date date not null, received_on date not null, resource jsonb not null,
    primary key (tenant, invoice_response_id));
  create index on invoice_response (tenant, effective_date, invoice_response_id);
  create index on invoice_response (tenant, invoice_id)`,
  on: [received],
  async project(events, tx) {
    await tx.query(
      `insert into invoice_response select * from jsonb_to_recordset($1) x(tenant text, invoice_response_id text, customer_id text, invoice_id text, invoice_number text, code text, effective_date date, received_on date, resource jsonb)`,
      [JSON.stringify(events.map((e) => {
        const response = responseIn(e);
        const { invoiceResponseId, customerId, invoiceId, invoiceNumber, code, effectiveDate, receivedOn } = response;
        return {
          tenant: e.tenant, invoice_response_id: invoiceResponseId, customer_id: customerId, invoice_id: invoiceId, invoice_number: invoiceNumber, code, effective_date: effectiveDate, received_on: receivedOn, resource: InvoiceResponse.toJSON(response),
        };
      }))]);
  },
};

/** Issued invoices by number, id or external number, and the electronic addresses of both sides, whenever they were on file. */
export async function referenced(tx: Tx, asked: readonly { readonly tenant: string; readonly reference: string }[]): Promise<readonly Referenced[]> {
  const invoices = await tx.query<AnsweredInvoice & { readonly tenant: string; readonly reference: string }>(
    `with asked as (select distinct * from unnest($1::text[], $2::text[]) a(tenant, reference)),
     found as (
       select a.*, i.invoice_id from asked a join invoice i on i.tenant = a.tenant and i.number = a.reference where i.number <> ''
       union select a.*, i.invoice_id from asked a join invoice i on i.tenant = a.tenant and i.invoice_id = a.reference
       union select a.*, i.invoice_id from asked a join invoice i on i.tenant = a.tenant and i.external_number = a.reference where i.external_number <> '')
     select f.tenant, f.reference, i.invoice_id "invoiceId", i.number, i.customer_id "customerId" from found f join invoice i using (tenant, invoice_id) where i.number <> '' order by i.invoice_id`,
    [asked.map((a) => a.tenant), asked.map((a) => a.reference)]);
  const sellers = await tx.query<{ tenant: string; addresses: readonly string[] }>(
    `select tenant, array_agg(distinct lower(details->>'electronic_address')) addresses from seller where tenant = any($1) and details->>'electronic_address' <> '' group by tenant`, [asked.map((a) => a.tenant)]);
  const buyers = await tx.query<{ tenant: string; customer: string; addresses: readonly string[] }>(
    `select b.tenant, b.customer, array_agg(distinct lower(b.profile->>'electronic_address')) addresses from (select distinct * from unnest($1::text[], $2::text[]) a(tenant, customer)) a join buyer b using (tenant, customer)
      where b.profile->>'electronic_address' <> '' group by 1, 2`, [invoices.map((i) => i.tenant), invoices.map((i) => i.customerId)]);
  return asked.map(({ tenant, reference }) => {
    const all = invoices.filter((i) => i.tenant === tenant && i.reference === reference);
    const own = all.filter((i) => i.number === reference || i.invoiceId === reference); // what we call it goes before what a caller does
    const named = (own.length > 0 ? own : all).map(({ invoiceId, number, customerId }) => ({ invoiceId, number, customerId }));
    return {
      invoices: named, sellerAddresses: sellers.find((s) => s.tenant === tenant)?.addresses ?? [],
      customerAddresses: buyers.find((b) => b.tenant === tenant && b.customer === named[0]?.customerId)?.addresses ?? [],
    };
  });
}
