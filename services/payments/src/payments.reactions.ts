// What payments does because something happened elsewhere.
import type { Reaction } from '@ar/runtime/forms.js';
import { OpenItemKind, type AppliedItem } from '@ar/contracts/gen/ar/payments/v1/account.js';
import { DebitNoteKind } from '@ar/contracts/gen/ar/invoicing/v1/credit_note.js';
import { moneyOf } from '@ar/domain/money.js';
import type { Charge } from '@ar/domain/policies.js';
import { discountMode, discountTax, words } from '@ar/runtime/terms-contract.js';
import { type ChangeDue, changeDue, type DisputeItems, disputeItems, type EndDispute, endDispute, type FinishVoid, finishVoid, type PostInvoice, postInvoice, type VoidInvoice, voidInvoice } from './open-items.commands.js';
import { postCredit, type PostCredit } from './credit-notes.commands.js';
import { netCredits, type NetCredits } from './credit-discounts.commands.js';
import { itemOfDebitNote, itemsOf } from './domain/documents.js';
import type { Booking } from './domain/in-base.js';
import type { Booking as WireBooking } from '@ar/contracts/gen/ar/invoicing/v1/invoice.js';

const charges = words<Charge, DebitNoteKind>({ other: DebitNoteKind.OTHER, 'late-charge': DebitNoteKind.LATE_CHARGE, fee: DebitNoteKind.FEE, costs: DebitNoteKind.COSTS });
/** The same for the same terms: `netDays 30`. */
const termsInWords = ({ $case, value }: { readonly $case: string; readonly value: unknown }): string => `${$case} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`;

/** What a document was booked with; nothing in the base currency. */
const bookingOf = (b: WireBooking | undefined): { readonly booking?: Booking } => (b ? { booking: { rate: b.rate, source: b.source, policyVersion: b.policyVersion, worth: moneyOf(b.total) } } : {});

/** Each instalment is an open item of its own; money that waits is tried on it. */
export const postIssuedInvoice: Reaction<'ar.invoicing.invoice_issued.v1', PostInvoice> = {
  name: 'post-issued-invoice',
  on: 'ar.invoicing.invoice_issued.v1',
  command: postInvoice,
  requests: ({ customer, data }) => [{
    customer, currency: data.currencyCode, orderNumber: data.orderNumber, externalNumber: data.externalNumber, paymentReference: data.paymentReference,
    items: itemsOf({
      invoiceId: data.invoiceId, number: data.number, externalNumber: data.externalNumber, paymentReference: data.paymentReference, issuedOn: data.issueDate, taxMinor: moneyOf(data.tax).minor,
      instalments: data.instalments.map((i) => ({ seq: i.seq, dueOn: i.dueDate, minor: moneyOf(i.amount).minor, ...(i.discountable ? { discountableMinor: moneyOf(i.discountable).minor } : {}) })),
      ...(data.discount ? { discount: { tiers: data.discount.offers.map((o) => ({ percent: o.percent, lastDay: o.lastDay })), tax: discountTax.word(data.discount.tax), mode: discountMode.word(data.discount.mode) } } : {}),
      ...(data.terms?.due ? { terms: termsInWords(data.terms.due) } : {}), ...bookingOf(data.booking),
    }),
  }],
  expected: [],
};

/** A debit note is an open item like an invoice's. */
export const postIssuedDebitNote: Reaction<'ar.invoicing.debit_note_issued.v1', PostInvoice> = {
  name: 'post-issued-debit-note',
  on: 'ar.invoicing.debit_note_issued.v1',
  command: postInvoice,
  requests: ({ customer, data }) => [{
    customer, currency: data.currencyCode, orderNumber: '', externalNumber: data.externalNumber, paymentReference: data.paymentReference,
    items: [itemOfDebitNote({
      debitNoteId: data.debitNoteId, number: data.number, externalNumber: data.externalNumber, paymentReference: data.paymentReference, issuedOn: data.issueDate, dueOn: data.dueDate, minor: moneyOf(data.total).minor, taxMinor: moneyOf(data.tax).minor,
      charge: charges.word(data.kind), invoiceId: data.invoiceId, ...bookingOf(data.booking),
    })],
    ...(data.invoiceId === '' ? {} : { bookedWith: data.invoiceId }),
  }],
  expected: [],
};

export const postIssuedCreditNote: Reaction<'ar.invoicing.credit_note_issued.v1', PostCredit> = {
  name: 'post-issued-credit-note',
  on: 'ar.invoicing.credit_note_issued.v1',
  command: postCredit,
  requests: ({ customer, data }) => [{
    creditNoteId: data.creditNoteId, customer, currency: data.currencyCode, number: data.number, invoiceId: data.invoiceId, minor: moneyOf(data.total).minor, taxMinor: moneyOf(data.tax).minor, issuedOn: data.issueDate, ...bookingOf(data.booking),
  }],
  expected: [],
};

export const closeVoidedInvoice: Reaction<'ar.invoicing.invoice_voided.v1', VoidInvoice> = {
  name: 'close-voided-invoice',
  on: 'ar.invoicing.invoice_voided.v1',
  command: voidInvoice,
  requests: ({ customer, data }) => [{ customer, currency: data.total!.currencyCode, documentId: data.invoiceId, instalments: data.instalments, voidOn: data.voidDate }],
  expected: [],
};

/** Our own note comes after everything that was applied before it: by now all of that has been read. */
export const finishPendingVoid: Reaction<'ar.payments.document_void_pending.v1', FinishVoid> = {
  name: 'finish-pending-void',
  on: 'ar.payments.document_void_pending.v1',
  command: finishVoid,
  requests: ({ customer, subject, data }) => [{ customer, currency: subject.slice(-3), documentId: data.documentId, voidOn: data.voidDate }],
  expected: [],
};

/** By now everything that was applied before the credit note was posted has been read. */
export const netPostedCredit: Reaction<'ar.payments.credit_note_posted.v1', NetCredits> = {
  name: 'net-posted-credit',
  on: 'ar.payments.credit_note_posted.v1',
  command: netCredits,
  requests: ({ customer, data }) => (data.invoiceId === '' ? [] : [{ customer, currency: data.amount!.currencyCode, invoiceIds: [data.invoiceId] }]),
  expected: [],
};

/** Discounts that are granted, and credit that settles what is open: neither is as it was when the credit note was decided on. */
export const netOnGrant: Reaction<'ar.payments.open_items_settled.v1', NetCredits> = {
  name: 'net-on-grant',
  on: 'ar.payments.open_items_settled.v1',
  command: netCredits,
  requests: ({ customer, data }) => ofInvoices(customer, data.creditNoteId === '' ? data.items.filter((i) => i.discount) : data.items),
  expected: [],
};

export const netOnReopening: Reaction<'ar.payments.open_items_reopened.v1', NetCredits> = {
  name: 'net-on-reopening',
  on: 'ar.payments.open_items_reopened.v1',
  command: netCredits,
  requests: ({ customer, data }) => ofInvoices(customer, data.items),
  expected: [],
};

/** The invoices among some items: one request, however many they are, as all of it is one command to the account. */
const ofInvoices = (customer: string, items: readonly AppliedItem[]): readonly NetCredits[] => {
  const invoices = items.filter((i) => i.item!.kind === OpenItemKind.INVOICE);
  return invoices.length === 0 ? [] : [{ customer, currency: invoices[0]!.amount!.currencyCode, invoiceIds: [...new Set(invoices.map((i) => i.item!.documentId))] }];
};

export const moveDueDate: Reaction<'ar.invoicing.due_date_rescheduled.v1', ChangeDue> = {
  name: 'move-due-date',
  on: 'ar.invoicing.due_date_rescheduled.v1',
  command: changeDue,
  requests: ({ customer, data }) => [{ customer, currency: data.currencyCode, itemId: data.itemId, documentId: data.invoiceId, instalment: data.instalment, formerDueOn: data.formerDueDate, dueOn: data.dueDate }],
  expected: [],
};

export const excludeDisputed: Reaction<'ar.collections.dispute_opened.v1', DisputeItems> = {
  name: 'exclude-disputed',
  on: 'ar.collections.dispute_opened.v1',
  command: disputeItems,
  requests: ({ customer, data }) => byCurrency(data.items).map(([currency, shares]) => ({ customer, currency, disputeId: data.disputeId, shares })),
  expected: [],
};

export const includeResolved: Reaction<'ar.collections.dispute_resolved.v1', EndDispute> = {
  name: 'include-resolved',
  on: 'ar.collections.dispute_resolved.v1',
  command: endDispute,
  requests: ({ customer, data }) => byCurrency(data.items).map(([currency]) => ({ customer, currency, disputeId: data.disputeId })),
  expected: [],
};

export const includeClosed: Reaction<'ar.collections.dispute_closed.v1', EndDispute> = {
  name: 'include-closed',
  on: 'ar.collections.dispute_closed.v1',
  command: endDispute,
  requests: ({ customer, data }) => byCurrency(data.items).map(([currency]) => ({ customer, currency, disputeId: data.disputeId })),
  expected: [],
};

type Part = { readonly itemId: string; readonly amount: { readonly currencyCode: string; readonly value: string } | undefined };

/** An account has one currency: parts of a dispute go to theirs. */
function byCurrency(items: readonly Part[]): readonly (readonly [currency: string, shares: DisputeItems['shares']])[] {
  const parts = items.map((i) => ({ itemId: i.itemId, ...moneyOf(i.amount) }));
  return [...new Set(parts.map((p) => p.currency))].sort().map((currency) => [currency, parts.filter((p) => p.currency === currency).map(({ itemId, minor }) => ({ itemId, minor }))]);
}
