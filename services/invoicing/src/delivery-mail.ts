// Documents by e-mail: the PDF, the XML where it is wanted, and the files that were attached.
import { send, type Mail, type MailFile } from '@ar/platform/mail.js';
import type { Effect, Todo, Tx, Typed } from '@ar/runtime/forms.js';
import { claimDelivery, recordDelivery } from './delivery.commands.js';
import { pdfOf } from './documents/pdf.js';
import { ublOf } from './documents/ubl.js';
import type { DeliveryEvent, DeliveryFile } from './domain/delivery.js';
import { deliveriesTodo, deliveriesUnknown, printable } from './projections/deliveries.js';
import { attachmentContent } from './projections/delivery-preferences.js';

/** The effect that sends what was claimed through that server, `smtp://…` or `smtps://…`. */
export const deliveryMail = (smtpUrl: string): Effect<Mail> => ({
  name: 'delivery-mail',
  todo: deliveriesTodo,
  unknown: deliveriesUnknown,
  claim: claimDelivery,
  content: mailOf,
  perform: (mail, key) => send(smtpUrl, mail, key),
  outcome: recordDelivery,
});

/** The claim names the files; the document and what is attached to it never change, so their bytes are the same whenever they are made. */
async function mailOf({ tenant }: Todo, recorded: readonly Typed[], tx: Tx): Promise<Mail | undefined> {
  const attempted = (recorded as readonly DeliveryEvent[]).find((e) => e.type === 'DeliveryAttempted');
  if (!attempted) return undefined;
  const { documentType, documentId, sender, files, pii: { data } } = attempted;
  const document = await printable(tx, tenant, documentType, documentId);
  if (!document) throw new Error(`${documentId} is not to be found any more`);
  const bytesOf = async ({ mimeType, attachmentId }: DeliveryFile): Promise<Uint8Array> => {
    if (attachmentId === '' && mimeType === 'application/pdf') return pdfOf(document);
    const bytes = attachmentId === '' ? ublOf(document) : await attachmentContent(tx, tenant, documentId, attachmentId);
    if (!bytes || 'refused' in bytes) throw new Error(bytes ? `the XML is refused: ${bytes.refused}` : `${attachmentId} is not to be found any more`);
    return bytes;
  };
  const made: MailFile[] = [];
  for (const file of files) made.push({ fileName: file.fileName, mimeType: file.mimeType, bytes: await bytesOf(file) });
  return { tenant, sender, ...data, files: made };
}
