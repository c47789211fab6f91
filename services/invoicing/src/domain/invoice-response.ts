// What a customer's system answers to an invoice (INV-10), in the words of Peppol Invoice Response.
//
// - It names an issued invoice by number, id or external number, and changes nothing of it. Every answer is kept, whatever was answered before: an acknowledgement
//   that comes after a rejection does not take it back, and a customer may answer after it said that it paid.
// - A sender's answer under one id is recorded once. Another one under that id is refused.
// - Under query, conditionally accepted and rejected need a reason or an action (PEPPOL-T111-R001). Paid in part goes with paid (R005), and with words (R004).
// - Electronic addresses that it names are the customer's and the seller's, now or formerly. Where none is on file nothing is compared.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';
import { derivedId } from '@ar/domain/id.js';

export const RESPONSE_CODES = ['AB', 'IP', 'UQ', 'CA', 'RE', 'AP', 'PD'] as const;
export const RESPONSE_REASONS = ['NON', 'REF', 'LEG', 'REC', 'QUA', 'DEL', 'PRI', 'QTY', 'ITM', 'PAY', 'UNR', 'FIN', 'PPD', 'OTH'] as const;
export const RESPONSE_ACTIONS = ['NOA', 'PIN', 'NIN', 'CNF', 'CNP', 'CNA', 'OTH'] as const;
export type ResponseCode = (typeof RESPONSE_CODES)[number];
export type ResponseReason = (typeof RESPONSE_REASONS)[number];
export type ResponseAction = (typeof RESPONSE_ACTIONS)[number];

export interface Condition { readonly attribute: string; readonly value: string }
export type Clarification = ({ readonly kind: 'reason'; readonly code: ResponseReason } | { readonly kind: 'action'; readonly code: ResponseAction }) & { readonly text: string; readonly conditions: readonly Condition[] };
/** As the customer's system said it. `sender` and `receiver` are electronic addresses, '' where it named none. */
export interface SaidResponse {
  readonly responseId: string; readonly sender: string; readonly receiver: string; readonly invoiceReference: string; readonly code: ResponseCode; readonly effectiveDate: Day;
  readonly clarifications: readonly Clarification[]; readonly note: string;
}
/** The invoices that the reference stands for, and the electronic addresses of both sides, in lower case. */
export interface Referenced { readonly invoices: readonly AnsweredInvoice[]; readonly customerAddresses: readonly string[]; readonly sellerAddresses: readonly string[] }
export interface AnsweredInvoice { readonly invoiceId: string; readonly number: string; readonly customerId: string }

export interface InvoiceResponseEvent {
  type: 'InvoiceResponseReceived';
  readonly invoiceResponseId: string; readonly invoiceId: string; readonly invoiceNumber: string; readonly customerId: string; readonly code: ResponseCode; readonly effectiveDate: Day;
  readonly reasons: readonly ResponseReason[]; readonly actions: readonly ResponseAction[]; readonly responseId: string; readonly sender: string; readonly invoiceReference: string;
  readonly pii: { readonly keyId: string; readonly data: { readonly note: string; readonly clarifications: readonly Clarification[] } };
}
export interface InvoiceResponseCommand { readonly type: 'RecordInvoiceResponse'; readonly said: SaidResponse; readonly known: Referenced }
export type InvoiceResponseRefusal = 'invoice-not-found' | 'invoice-reference-ambiguous' | 'invoice-response-exists' | 'response-sender-unknown' | 'response-receiver-unknown';
export type InvoiceResponseState = { readonly status: 'none' } | { readonly status: 'received'; readonly customerId: string; readonly content: string };

/** The same for the same sender and id; without a sender, within the invoice as it was named. */
export const invoiceResponseIdOf = ({ sender, responseId, invoiceReference }: SaidResponse): string =>
  derivedId('irs', sender === '' ? 'to the invoice' : 'from', sender === '' ? invoiceReference : sender.toLowerCase(), responseId);

/** What a reader of Peppol would find fault with, in words; '' for nothing. */
export function faultIn({ code, clarifications }: Pick<SaidResponse, 'code' | 'clarifications'>): string {
  if (['UQ', 'CA', 'RE'].includes(code) && clarifications.length === 0) return `${code} needs a reason or an action (PEPPOL-T111-R001)`;
  const inPart = clarifications.find((c) => c.code === 'PPD');
  if (inPart && code !== 'PD') return 'PPD goes with PD only (PEPPOL-T111-R005)';
  return inPart?.text === '' ? 'PPD needs words (PEPPOL-T111-R004)' : '';
}

export const invoiceResponse: Aggregate<InvoiceResponseState, InvoiceResponseCommand, InvoiceResponseEvent, InvoiceResponseRefusal> = {
  type: 'invoice-response',
  initial: { status: 'none' },
  customer: (_id, state) => (state.status === 'none' ? '' : state.customerId),

  decide({ said, known: { invoices, customerAddresses, sellerAddresses } }, state) {
    const { receiver, clarifications, note, ...kept } = said;
    const invoiceResponseId = invoiceResponseIdOf(said);
    if (state.status === 'received') return state.content === contentOf(said) ? [] : refuse('invoice-response-exists', { invoiceResponseId, responseId: said.responseId });
    const [invoice] = invoices;
    if (!invoice) return refuse('invoice-not-found', { invoiceReference: said.invoiceReference });
    if (invoices.length > 1) return refuse('invoice-reference-ambiguous', { invoiceReference: said.invoiceReference, invoices: invoices.length });
    if (isOther(said.sender, customerAddresses)) return refuse('response-sender-unknown', { sender: said.sender, customerId: invoice.customerId });
    if (isOther(receiver, sellerAddresses)) return refuse('response-receiver-unknown', { receiver });
    const reasons = clarifications.flatMap((c) => (c.kind === 'reason' ? [c.code] : []));
    const actions = clarifications.flatMap((c) => (c.kind === 'action' ? [c.code] : []));
    return [{
      type: 'InvoiceResponseReceived', invoiceResponseId, invoiceId: invoice.invoiceId, invoiceNumber: invoice.number, customerId: invoice.customerId, ...kept,
      reasons: [...new Set(reasons)], actions: [...new Set(actions)], pii: { keyId: '', data: { note, clarifications } },
    }];
  },

  evolve: (_state, event) => ({ status: 'received', customerId: event.customerId, content: contentOf({ ...event, ...event.pii.data }) }),
};

const isOther = (address: string, onFile: readonly string[]): boolean => address !== '' && onFile.length > 0 && !onFile.includes(address.toLowerCase());

/** All that two answers may differ in under one id, as one text. */
const contentOf = ({ invoiceReference, code, effectiveDate, clarifications, note }: Omit<SaidResponse, 'receiver'>): string =>
  JSON.stringify([invoiceReference, code, effectiveDate, note, clarifications.map((c) => [c.kind, c.code, c.text, c.conditions.map((x) => [x.attribute, x.value])])]);
