// How customers want their documents, and the files that go with these.
import type { DeliveryPreferences, InvoiceAttachments } from '@ar/contracts/gen/ar/invoicing/v1/delivery_service.js';
import { Attachment } from '@ar/contracts/gen/ar/invoicing/v1/delivery.js';
import type { Projection, Resource, Tx } from '@ar/runtime/forms.js';
import { deliveryChannel } from '../delivery.contract.js';

const said = 'ar.invoicing.delivery_preferences_set.v1';
const attached = 'ar.invoicing.file_attached.v1';
const removed = 'ar.invoicing.attachment_removed.v1';

export const deliveryPreferencesResource: Resource<DeliveryPreferences> = {
  aggregate: 'delivery-preferences',
  on: [said],
  evolve(before, event) {
    if (event.type !== said) return before!;
    const { customerId, channel, attachXml, pii } = event.data;
    return { customerId, channel, attachXml, copyTo: pii?.data?.copyTo ?? [] };
  },
};

export const attachmentsResource: Resource<InvoiceAttachments> = {
  aggregate: 'attachments',
  on: [attached, removed],
  evolve(before, event) {
    if (event.type === attached) { const { attachment } = event.data; return { invoiceId: attachment!.invoiceId, attachments: [...before?.attachments ?? [], attachment!] }; }
    return event.type === removed ? { ...before!, attachments: before!.attachments.filter((a) => a.attachmentId !== event.data.attachmentId) } : before!;
  },
};

export const deliveryChoices: Projection<typeof said> = {
  name: 'delivery-preferences',
  ddl: 'create table delivery_preferences (tenant text, customer text, channel text not null, attach_xml boolean not null, copy_to jsonb not null, primary key (tenant, customer))',
  on: [said],
  async project(events, tx) {
    for (const { tenant, customer, data } of events)
      await tx.query('insert into delivery_preferences values ($1, $2, $3, $4, $5) on conflict (tenant, customer) do update set channel = excluded.channel, attach_xml = excluded.attach_xml, copy_to = excluded.copy_to',
        [tenant, customer, deliveryChannel.word(data.channel), data.attachXml, JSON.stringify(data.pii?.data?.copyTo ?? [])]);
  },
};

/** A file that was taken away is kept: a mail that was claimed with it still goes out as it was decided. */
export const attachedFiles: Projection<typeof attached | typeof removed> = {
  name: 'attachments',
  ddl: `create table attachment (tenant text, invoice_id text, attachment_id text, version int not null, file_name text not null, mime_type text not null, removed boolean not null, resource jsonb not null, content bytea not null, primary key (tenant, invoice_id, attachment_id))`,
  on: [attached, removed],
  async project(events, tx) {
    for (const { type, tenant, version, data } of events) {
      if (type === removed) { await tx.query('update attachment set removed = true where tenant = $1 and invoice_id = $2 and attachment_id = $3', [tenant, data.invoiceId, data.attachmentId]); continue; }
      const { attachment, pii } = data;
      const { invoiceId, attachmentId, fileName, mimeType } = attachment!;
      await tx.query('insert into attachment values ($1, $2, $3, $4, $5, $6, false, $7, $8)', [tenant, invoiceId, attachmentId, version, fileName, mimeType, JSON.stringify(Attachment.toJSON(attachment!)), pii!.data!.content]);
    }
  },
};

export async function preferencesOf(tx: Tx, tenant: string, customer: string): Promise<DeliveryPreferences | undefined> {
  const [row] = await tx.query<{ channel: 'none' | 'email' | null; attach_xml: boolean | null; copy_to: string[] | null }>(
    'select p.channel, p.attach_xml, p.copy_to from customer c left join delivery_preferences p using (tenant, customer) where c.tenant = $1 and c.customer = $2', [tenant, customer]);
  return row && { customerId: customer, channel: deliveryChannel.wire(row.channel ?? 'none'), attachXml: row.attach_xml ?? false, copyTo: row.copy_to ?? [] };
}

export async function attachmentsOf(tx: Tx, tenant: string, invoiceId: string): Promise<readonly Attachment[]> {
  const rows = await tx.query<{ resource: unknown }>('select resource from attachment where tenant = $1 and invoice_id = $2 and not removed order by version', [tenant, invoiceId]);
  return rows.map((r) => Attachment.fromJSON(r.resource));
}

export async function attachmentContent(tx: Tx, tenant: string, invoiceId: string, attachmentId: string): Promise<Buffer | undefined> {
  const [row] = await tx.query<{ content: Buffer }>('select content from attachment where tenant = $1 and invoice_id = $2 and attachment_id = $3', [tenant, invoiceId, attachmentId]);
  return row?.content;
}
