// What a document leaves in the account: an invoice one open item per instalment, a debit note one, under every name by which a payer may call it.
//
// - Each instalment is an item of its own, with its own due date; the tax of the invoice is parted like its total, without loss. Each can be paid early by itself.
// - A document is known by our number, the caller's id, its external number and its payment reference.
import type { Day } from '@ar/domain/day.js';
import { claimItemIdOf, debitItemIdOf, itemIdOf } from '@ar/domain/id.js';
import { allocate } from '@ar/domain/money.js';
import type { Charge } from '@ar/domain/policies.js';
import type { DiscountMode, DiscountTax } from '@ar/domain/terms.js';
import type { Item } from './account.js';
import type { Booking } from './in-base.js';
import type { DiscountTier } from './item-discount.js';
import { namesOf } from './remittance.js';

export interface Invoice {
  readonly invoiceId: string;
  readonly number: string;
  readonly externalNumber: string;
  readonly paymentReference: string;
  readonly issuedOn: Day;
  readonly taxMinor: number;
  readonly instalments: readonly { readonly seq: number; readonly dueOn: Day; readonly minor: number; /** What of it a discount counts on. */ readonly discountableMinor?: number }[];
  /** What is offered for early payment, the best tier first. */
  readonly discount?: { readonly tiers: readonly DiscountTier[]; readonly tax: DiscountTax; readonly mode: DiscountMode };
  /** The payment terms, in words that are the same for the same terms; empty: the customer's. */
  readonly terms?: string;
  /** What all of it is worth in the tenant's base currency. */
  readonly booking?: Booking;
}

/** Normalised, each once; empty ones name nothing. */
export const referencesOf = (d: Pick<Invoice, 'invoiceId' | 'number' | 'externalNumber' | 'paymentReference'>): readonly string[] =>
  [...new Set([d.number, d.invoiceId, d.externalNumber, d.paymentReference].filter((name) => name !== '').flatMap(namesOf))];

export function itemsOf(invoice: Invoice): readonly Item[] {
  const due = invoice.instalments.filter((i) => i.minor > 0); // an invoice over nothing leaves nothing open
  if (due.length === 0) return [];
  const taxes = allocate(invoice.taxMinor, due.map((i) => i.minor));
  const references = referencesOf(invoice);
  const { booking } = invoice;
  const worths = booking ? allocate(booking.worth.minor, due.map((i) => i.minor)) : [];
  return due.map(({ seq, dueOn, minor, discountableMinor }, i) => ({
    itemId: itemIdOf(invoice.invoiceId, seq), kind: 'invoice', documentId: invoice.invoiceId, documentNumber: invoice.number, references,
    instalment: seq, instalments: due.length, originalMinor: minor, taxMinor: taxes[i]!, issuedOn: invoice.issuedOn, dueOn,
    ...(invoice.discount && discountableMinor ? { discount: { ...invoice.discount, baseMinor: discountableMinor } } : {}), ...(invoice.terms ? { terms: invoice.terms } : {}), ...(booking ? { booking: { ...booking, worth: { minor: worths[i]!, currency: booking.worth.currency } } } : {}),
  }));
}

export interface DebitNote { readonly debitNoteId: string; readonly number: string; readonly externalNumber: string; readonly paymentReference: string; readonly issuedOn: Day; readonly dueOn: Day; readonly minor: number; readonly taxMinor: number; readonly charge?: Charge; /** The invoice that it belongs to; may be empty. */ readonly invoiceId?: string; readonly booking?: Booking }

/** A debit note is due at once, on its day. */
export const itemOfDebitNote = ({ debitNoteId, number, externalNumber, paymentReference, issuedOn, dueOn, minor, taxMinor, charge, invoiceId, booking }: DebitNote): Item => ({
  itemId: debitItemIdOf(debitNoteId), kind: 'debit-note', documentId: debitNoteId, documentNumber: number, references: referencesOf({ invoiceId: debitNoteId, number, externalNumber, paymentReference }),
  instalment: 1, instalments: 1, originalMinor: minor, taxMinor, issuedOn, dueOn, ...(charge ? { charge } : {}), ...(invoiceId ? { chargedFor: invoiceId } : {}), ...(booking ? { booking } : {}),
});

/** What was refunded of a receipt that went back afterwards: the customer has had it twice, and owes it at once. */
export const itemOfClaim = (receiptId: string, minor: number, on: Day, booking?: Booking): Item => ({
  itemId: claimItemIdOf(receiptId), kind: 'claim', documentId: receiptId, documentNumber: receiptId, references: namesOf(receiptId), instalment: 1, instalments: 1, originalMinor: minor, taxMinor: 0, issuedOn: on, dueOn: on, ...(booking ? { booking } : {}),
});
