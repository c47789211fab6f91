// Every delivery with what became of it, what is to be sent, and what a mail is made of.
import { CustomerPersonal } from '@ar/contracts/gen/ar/credit/v1/customer.js';
import { Delivery, DeliveryStatus } from '@ar/contracts/gen/ar/invoicing/v1/delivery_service.js';
import type { EventType } from '@ar/contracts/registry.js';
import type { Consumed, Projection, Resource, Todo, Tx } from '@ar/runtime/forms.js';
import type { BillingDocument } from '../documents/document.js';
import { ofInvoice } from '../documents/of-invoice.js';
import type { DeliveryFile } from '../domain/delivery.js';
import { ofCreditNote, ofDebitNote } from '../documents/of-note.js';
import type { DocumentType } from '../domain/tenant.js';
import { wireTypes } from '../invoicing.publisher.js';
import { invoiceWithParties } from './invoices.js';
import { creditNoteSources, debitNoteSources } from './note-documents.js';

const on = [
  'ar.invoicing.delivery_requested.v1', 'ar.invoicing.delivery_attempted.v1', 'ar.invoicing.delivery_sent.v1', 'ar.invoicing.delivery_failed.v1', 'ar.invoicing.delivery_unknown.v1', 'ar.invoicing.delivery_suppressed.v1',
  'ar.invoicing.delivery_confirmed.v1', 'ar.invoicing.delivery_bounced.v1',
] as const satisfies readonly EventType[];
type Step = Consumed<(typeof on)[number]>;
const isStep = (event: Consumed): event is Step => (on as readonly string[]).includes(event.type);

/** A delivery is one fold over its events: what a command answers with, and the row below. */
export const deliveryResource: Resource<Delivery> = {
  aggregate: 'delivery',
  on,
  evolve(before, event) {
    if (!isStep(event)) throw new Error(`${event.type} is not of a delivery`);
    return after(before, event);
  },
};

function after(before: Delivery | undefined, event: Step): Delivery {
  const changedAt = `${event.recordedAt.slice(0, 23)}Z`;
  if (event.type === 'ar.invoicing.delivery_requested.v1') {
    const { pii: _, ...requested } = event.data;
    return Delivery.fromPartial({ ...requested, status: DeliveryStatus.QUEUED, changedAt });
  }
  if (!before) throw new Error(`${event.type} before its request`);
  const known = before.status === DeliveryStatus.DELIVERED || before.status === DeliveryStatus.BOUNCED; // a report may be faster than the mail server's own answer
  switch (event.type) {
    case 'ar.invoicing.delivery_attempted.v1': return { ...before, status: DeliveryStatus.ATTEMPTED, changedAt, attempts: event.data.attempt, files: event.data.files, mail: event.data.pii?.data };
    case 'ar.invoicing.delivery_sent.v1': return known ? before : { ...before, status: DeliveryStatus.SENT, changedAt, detail: event.data.detail };
    case 'ar.invoicing.delivery_unknown.v1': return known ? before : { ...before, status: DeliveryStatus.UNKNOWN, changedAt, detail: event.data.detail };
    case 'ar.invoicing.delivery_failed.v1': return { ...before, status: event.data.again ? DeliveryStatus.QUEUED : DeliveryStatus.FAILED, changedAt, detail: event.data.detail };
    case 'ar.invoicing.delivery_suppressed.v1': return { ...before, status: DeliveryStatus.SUPPRESSED, changedAt, suppressionReason: event.data.reason, detail: event.data.detail };
    case 'ar.invoicing.delivery_confirmed.v1': return { ...before, status: DeliveryStatus.DELIVERED, changedAt, detail: event.data.detail, bounceCode: '' };
    case 'ar.invoicing.delivery_bounced.v1': return { ...before, status: DeliveryStatus.BOUNCED, changedAt, detail: event.data.detail, bounceCode: event.data.code };
  }
}

/** Minutes after an attempt that failed. */
const RETRY_AFTER = [5, 60];

/** `waits` is what is to be done next: a claim from `due_at` on, an outcome, or nothing. */
export const deliveries: Projection<(typeof on)[number]> = {
  name: 'deliveries',
  ddl: `create table delivery (
    tenant text, delivery_id text, customer text not null, document_id text not null, document_number text not null, status text not null, cause text not null, requested_on date not null,
    waits text, attempt int not null, due_at timestamptz not null, resource jsonb not null, traceparent text, primary key (tenant, delivery_id));
  create index on delivery (tenant, requested_on, delivery_id);
  create index on delivery (tenant, customer);
  create index on delivery (tenant, document_id);
  create index on delivery (due_at) where waits is not null;
  create index on delivery (tenant) where status = 'DELIVERY_STATUS_UNKNOWN'`,
  on,
  async project(events, tx) {
    for (const event of events) {
      const { tenant, customer, data } = event;
      const [row] = await tx.query<{ resource: unknown; attempt: number }>('select resource, attempt from delivery where tenant = $1 and delivery_id = $2', [tenant, data.deliveryId]);
      const d = after(row && Delivery.fromJSON(row.resource), event);
      const { waits, attempt, dueAt } = next(event, row?.attempt ?? 1);
      await tx.query(
        `insert into delivery values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (tenant, delivery_id) do update set status = excluded.status, waits = excluded.waits, attempt = excluded.attempt, due_at = excluded.due_at,
           resource = excluded.resource, traceparent = excluded.traceparent`,
        [tenant, d.deliveryId, customer, d.documentId, d.documentNumber, d.status, d.cause, d.requestedOn, waits, attempt, dueAt, JSON.stringify(Delivery.toJSON(d)), event.traceparent ?? null]);
    }
  },
};

function next({ type, data, recordedAt }: Step, attempt: number): { readonly waits: Todo['state'] | null; readonly attempt: number; readonly dueAt: string } {
  switch (type) {
    case 'ar.invoicing.delivery_requested.v1': return { waits: 'requested', attempt: 1, dueAt: recordedAt };
    case 'ar.invoicing.delivery_attempted.v1': return { waits: 'attempted', attempt: data.attempt, dueAt: recordedAt };
    case 'ar.invoicing.delivery_failed.v1':
      return data.again ? { waits: 'requested', attempt: data.attempt + 1, dueAt: new Date(Date.parse(recordedAt) + RETRY_AFTER[data.attempt - 1]! * 60_000).toISOString() } : { waits: null, attempt, dueAt: recordedAt };
    case 'ar.invoicing.delivery_sent.v1':
    case 'ar.invoicing.delivery_unknown.v1':
    case 'ar.invoicing.delivery_suppressed.v1': return { waits: null, attempt, dueAt: recordedAt };
    case 'ar.invoicing.delivery_confirmed.v1':
    case 'ar.invoicing.delivery_bounced.v1': return { waits: null, attempt, dueAt: recordedAt };
  }
}

/** Names its document, too: whoever claims it locks an invoice, which may be voided at this moment. */
export interface DeliveryTodo extends Todo { readonly documentType: DocumentType; readonly documentId: string }

/** What is to be sent, or was attempted without an outcome. */
export async function deliveriesTodo(tx: Tx, now: string, limit: number): Promise<readonly DeliveryTodo[]> {
  const rows = await tx.query<Todo & { documentId: string; type: string }>(`select tenant, customer, delivery_id key, attempt, waits state, traceparent, document_id "documentId", resource->>'document_type' type from delivery where waits is not null and due_at <= $1 order by due_at, delivery_id limit $2`, [now, limit]);
  return rows.map(({ type, ...todo }) => ({ ...todo, documentType: typeOf(type) }));
}

export async function deliveriesUnknown(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ n: number }>(`select count(*)::int n from delivery where status = 'DELIVERY_STATUS_UNKNOWN'`);
  return row!.n;
}

export async function getDelivery(tx: Tx, tenant: string, deliveryId: string): Promise<Delivery | undefined> {
  const [row] = await tx.query<{ resource: unknown }>('select resource from delivery where tenant = $1 and delivery_id = $2', [tenant, deliveryId]);
  return row && Delivery.fromJSON(row.resource);
}

const typeOf = (wire: string): DocumentType => (Object.keys(wireTypes) as DocumentType[]).find((t) => wireTypes[t] === wire)!;

/** What a mail is made of: the document as it is for ever, and what is known of its customer and tenant now. */
export interface Deliverable { readonly document: BillingDocument; readonly invoiceEmail: string; readonly sender: string; readonly copyTo: readonly string[]; readonly attachments: readonly DeliveryFile[] }

export async function deliverable(tx: Tx, asked: readonly { readonly tenant: string; readonly deliveryId: string }[]): Promise<readonly (Deliverable | undefined)[]> {
  const answers: (Deliverable | undefined)[] = [];
  for (const { tenant, deliveryId } of asked) { // at most 20 at once, each a mail
    const [row] = await tx.query<{ document_id: string; document_type: string; personal: unknown; sender: string; copy_to: readonly string[]; attachments: readonly DeliveryFile[] }>(
      `select d.document_id, d.resource->>'document_type' document_type, b.personal, coalesce((select s.details->>'sender' from seller s where s.tenant = d.tenant order by s.version desc limit 1), '') sender, coalesce(p.copy_to, '[]') copy_to,
         coalesce((select jsonb_agg(jsonb_build_object('fileName', a.file_name, 'mimeType', a.mime_type, 'attachmentId', a.attachment_id) order by a.version) from attachment a where a.tenant = d.tenant and a.invoice_id = d.document_id and not a.removed), '[]') attachments
       from delivery d join customer c on c.tenant = d.tenant and c.customer = d.customer
         join buyer b on b.tenant = c.tenant and b.customer = c.customer and b.version = c.version left join delivery_preferences p on p.tenant = d.tenant and p.customer = d.customer
       where d.tenant = $1 and d.delivery_id = $2`, [tenant, deliveryId]);
    const document = row && await printable(tx, tenant, typeOf(row.document_type), row.document_id);
    answers.push(row && document && { document, invoiceEmail: CustomerPersonal.fromJSON(row.personal).invoiceEmail, sender: row.sender, copyTo: row.copy_to, attachments: row.attachments });
  }
  return answers;
}

/** An issued document as it is printed: the same for ever. */
export async function printable(tx: Tx, tenant: string, documentType: DocumentType, documentId: string): Promise<BillingDocument | undefined> {
  switch (documentType) {
    case 'invoice': {
      const found = await invoiceWithParties(tx, tenant, documentId);
      return found?.parties && found.invoice.number !== '' ? ofInvoice(found.invoice, found.parties) : undefined;
    }
    case 'credit-note': {
      const found = await creditNoteSources(tx, tenant, documentId);
      return found && found.note.number !== '' ? ofCreditNote(found.note, found.invoice, found.parties) : undefined;
    }
    case 'debit-note': {
      const found = await debitNoteSources(tx, tenant, documentId);
      return found && ofDebitNote(found.note, found.invoice, found.parties);
    }
  }
}

/** A note as far as it was read: `number` is empty while it waits for approval. */
export interface NoteKnown { readonly customer: string; readonly number: string }
export async function notesKnown(tx: Tx, asked: readonly { readonly tenant: string; readonly documentType: DocumentType; readonly documentId: string }[]): Promise<readonly (NoteKnown | undefined)[]> {
  const rows = await tx.query<NoteKnown & { tenant: string; type: DocumentType; id: string }>(
    `with asked as (select * from unnest($1::text[], $2::text[]) a(tenant, id))
     select 'credit-note' type, tenant, id, customer_id customer, number from asked join credit_note n using (tenant) where n.credit_note_id = id
     union all select 'debit-note', tenant, id, customer_id, number from asked join debit_note n using (tenant) where n.debit_note_id = id`, [asked.map((a) => a.tenant), asked.map((a) => a.documentId)]);
  return asked.map((a) => rows.find((r) => r.tenant === a.tenant && r.type === a.documentType && r.id === a.documentId));
}
