// Answers to invoices that are doubts open disputes: at once, or on the next day where the invoice's items were not here yet.
import type { Daily, Reaction } from '@ar/runtime/forms.js';
import { disputeInvoice, type DisputeInvoice } from './invoice-answers.commands.js';
import { disputeIn, waitingAnswers } from './projections/invoice-answers.js';

/** Nothing is open of it, because it is paid or not here yet; or all of it is disputed already. What is paid is still known while it is promised together with what is not. */
const expected = ['open-item-not-found', 'open-item-settled', 'item-disputed'];

export const disputeOnAnswer: Reaction<'ar.invoicing.invoice_response_received.v1', DisputeInvoice> = {
  name: 'dispute-on-answer', on: 'ar.invoicing.invoice_response_received.v1', command: disputeInvoice, requests: (e) => disputeIn(e.data), expected,
};

export const disputeLateItems: Daily<DisputeInvoice> = {
  name: 'dispute-late-items',
  command: disputeInvoice,
  due: async (tx, tenant, _today, _policies, after, limit) => (await waitingAnswers(tx, tenant, after, limit)).map((request) => ({ key: request.disputeId, customer: request.customerId, request })),
  expected,
};
