// What invoicing can be asked for about customers' answers to invoices.
import type { Command } from '@ar/runtime/forms.js';
import { invoice } from './domain/invoice.js';
import { invoiceResponse, invoiceResponseIdOf, type Referenced, type SaidResponse } from './domain/invoice-response.js';
import { referenced } from './projections/invoice-responses.js';

export interface RecordInvoiceResponse { readonly said: SaidResponse }

const responseOf = ({ said }: RecordInvoiceResponse) => ({ aggregate: invoiceResponse, id: invoiceResponseIdOf(said) });

/** The invoice's stream is locked with it: its state tells whose business date it is recorded on. */
export const recordInvoiceResponse: Command<RecordInvoiceResponse, Referenced> = {
  name: 'record-invoice-response',
  streams: (request) => [responseOf(request)],
  known: (asked, tx) => referenced(tx, asked.map((a) => ({ tenant: a.tenant, reference: a.request.said.invoiceReference }))),
  decide(request, on) {
    if (on.known.invoices.length === 1) on.state({ aggregate: invoice, id: on.known.invoices[0]!.invoiceId });
    on.run(responseOf(request), { type: 'RecordInvoiceResponse', said: request.said, known: on.known });
  },
};
