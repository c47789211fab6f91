// The part of the four weeks that is about getting documents to customers: two of their own, whose invoices are due long after. One has an address, the other none.
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { attachFile, recordDeliveryReport, removeAttachment, sendDocument, setDeliveryPreferences } from '../../services/invoicing/src/delivery.commands.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { createInvoiceDraft, issueInvoice, issueInvoiceDraft } from '../../services/invoicing/src/invoicing.commands.js';
import type { FiveServices } from './five-services.world.js';

const profile = { language: 'de', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} };
const contentFor = (customerId: string) => contentOf({ customerId, lines: [lineOf({ description: 'Delivered' })], terms: { due: { netDays: 90 } } });
const file = (attachmentId: string) => ({ invoiceId: 'inv_sent', attachmentId, fileName: `${attachmentId}.pdf`, mimeType: 'application/pdf', sizeBytes: 5, sha256: 'ab'.repeat(32), content: 'aGVsbG8=' });

/** What a mail can come to, one after the other: refused and attempted anew, taken, bounced, sent to another address, delivered, lost without a word, and held back for want of an address. */
export async function deliverDocuments({ ask, readOn, sendMail, smtp }: FiveServices): Promise<void> {
  for (const customerId of ['c-mailed', 'c-unreachable']) {
    await ask('credit', registerCustomer, { customerId, personal: { name: customerId, address: null, invoiceEmail: customerId === 'c-mailed' ? 'ap@mailed.example' : '', reminderEmail: '', taxId: '' }, profile });
    await readOn();
    await ask('invoicing', setDeliveryPreferences, { customerId, channel: 'email', attachXml: false, pii: { keyId: '', data: { copyTo: ['boss@mailed.example'] } } });
  }
  await readOn();
  await ask('invoicing', createInvoiceDraft, { invoiceId: 'inv_sent', draft: contentFor('c-mailed') });
  for (const id of ['att_signed', 'att_wrong']) await ask('invoicing', attachFile, file(id));
  await ask('invoicing', removeAttachment, { invoiceId: 'inv_sent', attachmentId: 'att_wrong' });
  await ask('invoicing', issueInvoiceDraft, { invoiceId: 'inv_sent' });
  await readOn();
  smtp.behave('refuse-message');
  await sendMail('invoicing');
  await readOn();
  smtp.behave('accept');
  await sendMail('invoicing'); // again, what was refused
  await readOn();
  await ask('invoicing', sendDocument, { deliveryId: 'dlv_again', documentType: 'invoice', documentId: 'inv_sent', to: ['someone@mailed.example'], attachXml: false });
  await readOn();
  await sendMail('invoicing');
  await ask('invoicing', recordDeliveryReport, { deliveryId: 'dlv_again', outcome: 'bounced', code: '5.1.1', detail: 'no such mailbox' });
  await ask('invoicing', recordDeliveryReport, { deliveryId: 'dlv_again', outcome: 'delivered', code: '', detail: 'a filter was mended' });
  await ask('invoicing', sendDocument, { deliveryId: 'dlv_lost', documentType: 'invoice', documentId: 'inv_sent', to: [], attachXml: false });
  await readOn();
  smtp.behave('drop-after-data');
  await sendMail('invoicing');
  smtp.behave('accept');
  await ask('invoicing', issueInvoice, { invoiceId: 'inv_unreachable', ...contentFor('c-unreachable') });
  await readOn();
  await sendMail('invoicing'); // held back
  await readOn();
}
