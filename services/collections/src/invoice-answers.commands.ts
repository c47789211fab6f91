// What collections do when a customer's system does not agree with an invoice.
import type { Command } from '@ar/runtime/forms.js';
import { openDispute } from './collections.commands.js';
import type { DisputeReason } from './domain/dispute.js';
import { collectionCase } from './domain/collection-case.js';
import { disputedBy } from './domain/invoice-answer.js';
import { owedBy, type Owing } from './projections/owed.js';

export interface DisputeInvoice { readonly customerId: string; readonly invoiceId: string; readonly disputeId: string; readonly reasonCode: DisputeReason; readonly text: string }

/** OpenDispute for what is open of an invoice and not disputed yet. */
export const disputeInvoice: Command<DisputeInvoice, Owing> = {
  name: 'dispute-invoice',
  streams: ({ customerId }) => [{ aggregate: collectionCase, id: customerId }],
  known: (asked, tx) => owedBy(tx, asked.map((a) => ({ tenant: a.tenant, customer: a.request.customerId, items: [] }))),
  decide({ customerId, invoiceId, disputeId, reasonCode, text }, on) {
    const items = disputedBy(invoiceId, on.known.items, on.state({ aggregate: collectionCase, id: customerId }).disputes);
    openDispute.decide({ customerId, draft: { disputeId, items, reasonCode, note: { contactName: '', text } } }, on);
  },
};
