// An issued invoice as the document that is printed of it: by what seller and buyer said of themselves when it was issued, so that it is the same for ever.
import { languageOf } from '@ar/platform/languages.js';
import type { CustomerPersonal, CustomerProfile } from '@ar/contracts/gen/ar/credit/v1/customer.js';
import { AdjustmentKind, PriceBasis, type Adjustment as WireAdjustment, type InvoiceLine } from '@ar/contracts/gen/ar/invoicing/v1/invoice.js';
import type { Invoice } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import type { TenantDetails } from '@ar/contracts/gen/ar/invoicing/v1/tenant.js';
import type { Address as WireAddress } from '@ar/contracts/gen/ar/type/v1/address.js';
import { exponentOf, money, moneyOf } from '@ar/domain/money.js';
import { electronicAddressOf, type Adjustment, type BillingDocument, type DocumentLine, type DocumentTaxTotal, type Registration, type TaxCategory } from './document.js';

export interface Parties { readonly seller: TenantDetails; readonly buyer: { readonly personal: CustomerPersonal; readonly profile: CustomerProfile } }


/** What is said of both sides on a document of any kind. */
export const partiesIn = ({ seller, buyer: { personal, profile } }: Parties): Pick<BillingDocument, 'language' | 'seller' | 'buyer'> => ({
  language: languageOf(profile.language),
  seller: {
    name: seller.legalName, address: address(seller.address), taxId: seller.taxId, registration: registrationOf(seller.registration), electronicAddress: electronicAddressOf(seller.electronicAddress),
    iban: seller.iban, bic: seller.bic, contact: { name: seller.contactName, phone: seller.contactPhone, email: seller.contactEmail || seller.sender },
    ...(seller.logo.length > 0 ? { logo: seller.logo } : {}), headerText: seller.headerText, footerText: seller.footerText,
  },
  buyer: { name: personal.name, address: address(personal.address), taxId: personal.taxId, registration: { scheme: '', id: '' }, electronicAddress: electronicAddressOf(profile.electronicAddress) },
});

export function ofInvoice(invoice: Invoice, parties: Parties): BillingDocument {
  const { buyer: { profile } } = parties;
  const currency = invoice.currencyCode;
  const zero = money(0, currency);
  const adjusted = (kind: AdjustmentKind) => invoice.adjustments.filter((a) => a.kind === kind).map((a) => ({ ...adjustment(a), taxCategory: a.taxCategory as TaxCategory, taxRate: a.taxRate || '0' }));
  const total = moneyOf(invoice.total);
  return {
    kind: 'invoice', number: invoice.number, issueDate: invoice.issueDate, currencyCode: currency, ...partiesIn(parties),
    buyerReference: invoice.buyerReference || profile.buyerReference, orderNumber: invoice.orderNumber, contractReference: invoice.externalNumber, corrects: [],
    ...(invoice.supplyDate || invoice.supplyCountry ? { delivery: { ...(invoice.supplyDate ? { date: invoice.supplyDate } : {}), ...(invoice.supplyCountry ? { countryCode: invoice.supplyCountry } : {}) } } : {}),
    lines: invoice.lines.map((line, i) => documentLine(line, i, invoice)), allowances: adjusted(AdjustmentKind.ALLOWANCE), charges: adjusted(AdjustmentKind.CHARGE),
    taxTotals: invoice.taxTotals.map((t): DocumentTaxTotal => ({ taxCategory: t.taxCategory as TaxCategory, taxRate: t.taxRate, net: moneyOf(t.net), tax: moneyOf(t.tax), exemptionReason: exemptionOf(invoice, t.taxCategory), exemptionCode: '' })),
    totals: { lines: moneyOf(invoice.lineTotal), allowances: moneyOf(invoice.allowances), charges: moneyOf(invoice.charges), net: moneyOf(invoice.net), tax: moneyOf(invoice.tax), total, prepaid: zero, rounding: zero, payable: total },
    ...(invoice.booking ? { taxInBaseCurrency: moneyOf(invoice.booking.tax) } : {}),
    instalments: invoice.instalments.map((i) => ({ dueDate: i.issuedDueDate || i.dueDate, amount: moneyOf(i.amount) })), discountTiers: (invoice.discount?.offers ?? []).map((o) => ({ percent: o.percent, until: o.lastDay, amount: moneyOf(o.amount) })),
    terms: '', paymentReference: invoice.paymentReference, notes: invoice.note === '' ? [] : [invoice.note], attachments: [],
  };
}

/** A line as it is said in XML. Prices with tax in them become net ones, and take the line's allowances and charges with them: these too were given with tax. */
function documentLine(line: InvoiceLine, index: number, { taxRule, currencyCode }: Invoice): DocumentLine {
  const net = moneyOf(line.net);
  const gross = taxRule?.prices === PriceBasis.GROSS;
  const adjusted = (kind: AdjustmentKind) => (gross ? [] : line.adjustments.filter((a) => a.kind === kind).map(adjustment));
  return {
    id: String(index + 1), name: line.description, description: '', sellersArticle: line.articleId, quantity: line.quantity, unitCode: line.unitCode, netPrice: gross ? priceOf(net.minor, currencyCode, line.quantity) : line.unitPrice, grossPrice: '',
    allowances: adjusted(AdjustmentKind.ALLOWANCE), charges: adjusted(AdjustmentKind.CHARGE), net, taxCategory: line.taxCategory as TaxCategory, taxRate: line.taxRate,
    ...(line.periodFrom ? { period: { from: line.periodFrom, to: line.periodTo } } : {}),
  };
}

/** Net divided by quantity, with ten fraction digits: times the quantity it is the net again. */
export function priceOf(netMinor: number, currencyCode: string, quantity: string): string {
  const [whole = '0', fraction = ''] = quantity.split('.');
  const digits = BigInt(10 + fraction.length - (exponentOf(currencyCode) ?? 0));
  const units = (BigInt(netMinor) * 10n ** digits) / BigInt(whole + fraction);
  const text = String(units).padStart(11, '0');
  return `${text.slice(0, -10)}.${text.slice(-10)}`.replace(/\.?0+$/, '');
}

const adjustment = (a: WireAdjustment): Adjustment => ({ amount: moneyOf(a.net), reason: a.reason, reasonCode: a.reasonCode });
const address = (a: WireAddress | undefined) => ({ lines: a?.lines ?? [], postalCode: a?.postalCode ?? '', city: a?.city ?? '', region: a?.region ?? '', countryCode: a?.countryCode ?? '' });
const registrationOf = (text: string): Registration => { const [, scheme = '', id = text] = /^(\d{4}):(.+)$/.exec(text) ?? []; return { scheme, id }; };

/** Why a category bears no tax: as its first line says; the charge of an early-payment discount by its own reason. */
export const exemptionOf = ({ lines, adjustments }: Invoice, category: string): string =>
  lines.find((l) => l.taxCategory === category && l.exemption !== '')?.exemption ?? (category === 'E' ? adjustments.find((a) => a.taxCategory === 'E')?.reason ?? '' : '');
