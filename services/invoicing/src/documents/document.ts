// What an invoice, credit note or debit note says, on paper and in XML: one plain value, from which both are made and nothing else.
//
// - Whoever makes it has decided everything: no sum is computed here, no date asked for, no default of a policy looked up. The same value gives the same bytes.
// - Amounts are positive; which way they count is in the kind of the document and in the list they stand in. A credit note credits positive amounts.
// - A text that is not there is empty; a group that is not there is absent. Texts have no control characters but line breaks.
// - It adds up, as EN 16931 asks: `mustAddUp` says where not, and a document that does not is not printed.
import type { Language } from '@ar/platform/languages.js';
import type { Day } from '@ar/domain/day.js';
import { formatMoney, total, type Money } from '@ar/domain/money.js';
import { plainRate } from '../domain/totals.js';

/** S standard, Z zero-rated, E exempt, AE reverse charge, K supply within the Union, G export, O outside the scope of tax (UNCL 5305). */
export type TaxCategory = 'S' | 'Z' | 'E' | 'AE' | 'K' | 'G' | 'O';

export interface BillingDocument {
  readonly kind: 'invoice' | 'credit-note' | 'debit-note';
  readonly number: string;
  readonly issueDate: Day;
  readonly currencyCode: string;
  /** The language of the words printed around the data. */
  readonly language: Language;
  readonly seller: Seller;
  readonly buyer: Party;
  /** What the buyer wants to read on the document: a cost centre, a routing id (BT-10). */
  readonly buyerReference: string;
  /** The buyer's order (BT-13). */
  readonly orderNumber: string;
  /** The contract, or the number in the system that the document comes from (BT-12). */
  readonly contractReference: string;
  /** What a credit or debit note corrects (BG-3); none otherwise. */
  readonly corrects: readonly { readonly number: string; readonly issueDate: Day }[];
  /** When and where the goods arrived, where it was told (BT-72, BT-80). A supply within the Union needs the country, and the date or the lines' periods. */
  readonly delivery?: { readonly date?: Day; readonly countryCode?: string };
  readonly lines: readonly DocumentLine[];
  /** What is taken off the whole document (BG-20), and what is added (BG-21). */
  readonly allowances: readonly TaxedAdjustment[];
  readonly charges: readonly TaxedAdjustment[];
  /** One for each category and rate that occurs (BG-23). */
  readonly taxTotals: readonly DocumentTaxTotal[];
  readonly totals: DocumentTotals;
  /** The tax in the seller's base currency, where the document is in another (BT-6, BT-111). */
  readonly taxInBaseCurrency?: Money;
  /** What is due when, earliest first; none on a credit note. */
  readonly instalments: readonly { readonly dueDate: Day; readonly amount: Money }[];
  /** Paid by that day, so much less is asked: percent as decimal text, the amount of the discount in full. */
  readonly discountTiers: readonly { readonly percent: string; readonly until: Day; readonly amount: Money }[];
  /** Terms of payment in words, beside what follows from instalments and tiers. */
  readonly terms: string;
  /** What the buyer quotes when paying: ISO 11649 `RF…`. */
  readonly paymentReference: string;
  /** Printed below the lines, and the note of the XML (BT-22). */
  readonly notes: readonly string[];
  readonly attachments: readonly Attachment[];
}

export interface Address { readonly lines: readonly string[]; readonly postalCode: string; readonly city: string; readonly region: string; readonly countryCode: string }
/** Where electronic documents go: the id, and its scheme of the EAS list, `{ scheme: '9930', id: 'DE123456789' }`. */
export interface ElectronicAddress { readonly scheme: string; readonly id: string }
/** Number in a register of companies, with its ISO 6523 scheme where it has one: `{ scheme: '0106', id: '12345678' }`. */
export interface Registration { readonly scheme: string; readonly id: string }

export interface Party {
  readonly name: string;
  readonly address: Address;
  /** With the country's prefix it is a VAT id; the seller's without one is a tax registration. */
  readonly taxId: string;
  readonly registration: Registration;
  readonly electronicAddress: ElectronicAddress;
}
export interface Seller extends Party {
  readonly iban: string;
  readonly bic: string;
  readonly contact: { readonly name: string; readonly phone: string; readonly email: string };
  /** PNG or JPEG. */
  readonly logo?: Uint8Array;
  /** Printed above the lines of every document, and at the foot of every page. */
  readonly headerText: string;
  readonly footerText: string;
}

/** An allowance or charge: an amount above zero, and why, as words or as a code of UNCL 5189 (allowances) or 7161 (charges). */
export interface Adjustment { readonly amount: Money; readonly reason: string; readonly reasonCode: string }
export interface Taxed { readonly taxCategory: TaxCategory; /** Percent, decimal text: `19`, `5.5`; `0` for all categories but S. */ readonly taxRate: string }
export type TaxedAdjustment = Adjustment & Taxed;

export interface DocumentLine extends Taxed {
  readonly id: string;
  /** The name of what is sold; the description is more about it and may be empty. */
  readonly name: string;
  readonly description: string;
  readonly sellersArticle: string;
  readonly quantity: string;
  /** UN/ECE Recommendation 20: C62 is a piece, HUR an hour. */
  readonly unitCode: string;
  /** For one unit, decimal text, after the discount on the price and before tax. */
  readonly netPrice: string;
  /** For one unit before a discount on the price; empty: no such discount. */
  readonly grossPrice: string;
  readonly allowances: readonly Adjustment[];
  readonly charges: readonly Adjustment[];
  /** Quantity × net price − allowances + charges, rounded once. */
  readonly net: Money;
  readonly period?: { readonly from: Day; readonly to: Day };
}

export interface DocumentTaxTotal extends Taxed {
  readonly net: Money;
  readonly tax: Money;
  /** Why no tax is charged, in words or as a VATEX code; E needs one of them, AE, K, G and O say what they are by themselves. */
  readonly exemptionReason: string;
  readonly exemptionCode: string;
}

export interface DocumentTotals {
  readonly lines: Money;
  readonly allowances: Money;
  readonly charges: Money;
  readonly net: Money;
  readonly tax: Money;
  readonly total: Money;
  readonly prepaid: Money;
  /** Added so that a round sum is paid; may be negative. */
  readonly rounding: Money;
  readonly payable: Money;
}

/** Type and size are the caller's word; file names differ within a document. */
export interface Attachment { readonly fileName: string; readonly mimeType: string; readonly bytes: Uint8Array }

/** `0204:991-1234512345-06`, as it is kept with a customer: the scheme stands before the first colon. */
export function electronicAddressOf(text: string): ElectronicAddress {
  const [scheme = '', ...id] = text.split(':');
  return { scheme: id.length === 0 ? '' : scheme, id: id.length === 0 ? text : id.join(':') };
}

export const taxKey = ({ taxCategory, taxRate }: Taxed): string => `${taxCategory} ${plainRate(taxRate)}`;

/** Throws where a sum is not what its parts are: such a document was made wrong, and nobody may get it. */
export function mustAddUp(document: BillingDocument): void {
  const { currencyCode: currency, lines, allowances, charges, taxTotals, totals: sums, instalments } = document;
  const minors = (parts: readonly Money[]) => total(parts.map(({ minor, currency: of }) => {
    if (of !== currency) throw new TypeError(`${document.number} is in ${currency}, not in ${of}`);
    return minor;
  }));
  const equal = (what: string, said: Money, parts: bigint) => {
    if (minors([said]) !== parts) throw new RangeError(`${document.number} does not add up: ${what} is ${formatMoney(said)}, its parts are ${formatMoney({ minor: parts, currency })}`);
  };
  const amounts = (list: readonly { readonly amount: Money }[]) => minors(list.map((a) => a.amount));
  const nets = (list: readonly { readonly net: Money }[]) => minors(list.map((l) => l.net));
  equal('the sum of the lines', sums.lines, nets(lines));
  equal('the sum of the allowances', sums.allowances, amounts(allowances));
  equal('the sum of the charges', sums.charges, amounts(charges));
  equal('net', sums.net, minors([sums.lines, sums.charges]) - minors([sums.allowances]));
  equal('tax', sums.tax, minors(taxTotals.map((t) => t.tax)));
  equal('the total', sums.total, minors([sums.net, sums.tax]));
  equal('what is to be paid', sums.payable, minors([sums.total, sums.rounding]) - minors([sums.prepaid]));
  if (instalments.length > 0) equal('what is to be paid', sums.payable, amounts(instalments));
  const said = new Set(taxTotals.map(taxKey));
  if (said.size !== taxTotals.length) throw new RangeError(`${document.number} has two tax totals of one category and rate`);
  for (const of of [...lines, ...allowances, ...charges]) if (!said.has(taxKey(of))) throw new RangeError(`${document.number} has no tax total for ${taxKey(of)}`);
  for (const group of taxTotals) {
    const own = <T extends Taxed>(list: readonly T[]) => list.filter((of) => taxKey(of) === taxKey(group));
    equal(`what ${taxKey(group)} is charged on`, group.net, nets(own(lines)) + amounts(own(charges)) - amounts(own(allowances)));
  }
}
