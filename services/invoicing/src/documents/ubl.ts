// A document as UBL 2.1, by EN 16931 and Peppol BIS Billing 3: an Invoice (380; a debit note is one of type 383) or a CreditNote (381).
//
// - Elements stand in the order of the UBL schema, so each function below reads like it. What is empty is left out (R008).
// - Instalments and early-payment discounts are said in words in the terms of payment (BT-20), the first due date in BT-9.
// - The invoicing period (BG-14) is the span of the lines' periods.
// - A price below zero becomes a quantity below zero, because the rules know no negative price (BR-27).
// - A document that is not subject to tax (O) names no VAT id, because the rules forbid it there (BR-O-02).
import { XMLBuilder } from 'fast-xml-parser';
import type { Refusal } from '@ar/domain/decider.js';
import { formatMoney, type Money } from '@ar/domain/money.js';
import { plainRate } from '../domain/totals.js';
import { mustAddUp, type Adjustment, type BillingDocument, type DocumentLine, type Party, type Registration, type Seller, type Taxed, type TaxedAdjustment } from './document.js';
import { isVatId, roundedAway, whyNotEinvoice, type EinvoiceRefusal } from './einvoice-rules.js';
import { exact, minus, negated, order, size, textOf } from './exact.js';
import { atHome, bothIn } from './national-rules.js';
import { amountIn, dayIn, numberIn } from '@ar/platform/languages.js';
import { exemptionText, words } from './words.js';

type Element = Readonly<Record<string, unknown>>;

/** Nothing where it would be empty. */
function element(name: string, content: string | readonly Element[], attributes: Readonly<Record<string, string>> = {}): readonly Element[] {
  const inner = typeof content === 'string' ? (content.trim() === '' ? [] : [{ '#text': content.trim() }]) : content;
  const given = Object.entries(attributes).filter(([, value]) => value !== '');
  return inner.length === 0 ? [] : [{ [name]: inner, ...(given.length > 0 ? { ':@': Object.fromEntries(given.map(([key, value]) => [`@_${key}`, value])) } : {}) }];
}
const basic = (name: string, text: string, attributes?: Readonly<Record<string, string>>) => element(`cbc:${name}`, text, attributes);
const group = (name: string, ...parts: readonly (readonly Element[])[]) => element(`cac:${name}`, parts.flat());
const amount = (name: string, of: Money) => basic(name, formatMoney(of), { currencyID: of.currency });

const builder = new XMLBuilder({ preserveOrder: true, ignoreAttributes: false, format: true, suppressEmptyNode: true });
const UBL = 'urn:oasis:names:specification:ubl:schema:xsd';

/** The bytes of the XML, UTF-8; or why the document cannot be said in it. */
export function ublOf(document: BillingDocument): Uint8Array | Refusal<EinvoiceRefusal> {
  mustAddUp(document);
  const refused = whyNotEinvoice(document);
  return refused ?? xmlOf(document);
}

/** The XML whatever the rules say of it: for the suite that shows that they say no where it was refused. */
export function xmlOf(document: BillingDocument): Uint8Array {
  const root = document.kind === 'credit-note' ? 'CreditNote' : 'Invoice';
  const namespaces = { xmlns: `${UBL}:${root}-2`, 'xmlns:cac': `${UBL}:CommonAggregateComponents-2`, 'xmlns:cbc': `${UBL}:CommonBasicComponents-2` };
  const declaration = { '?xml': [{ '#text': '' }], ':@': { '@_version': '1.0', '@_encoding': 'UTF-8' } };
  return new TextEncoder().encode(`${builder.build([declaration, ...element(root, parts(document), namespaces)])}\n`);
}

function parts(document: BillingDocument): readonly Element[] {
  const { currencyCode, taxInBaseCurrency, totals, seller, buyer } = document;
  const credit = document.kind === 'credit-note';
  const vat = !document.taxTotals.some((t) => t.taxCategory === 'O');
  const due = document.instalments[0]?.dueDate ?? '';
  return [
    ...basic('CustomizationID', 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0'),
    ...basic('ProfileID', 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'),
    ...basic('ID', document.number),
    ...basic('IssueDate', document.issueDate),
    ...(credit ? basic('CreditNoteTypeCode', '381') : [...basic('DueDate', due), ...basic('InvoiceTypeCode', document.kind === 'debit-note' ? '383' : '380')]),
    ...basic('Note', [seller.headerText, ...document.notes].filter((note) => note.trim() !== '').join('\n')),
    ...basic('DocumentCurrencyCode', currencyCode),
    ...basic('TaxCurrencyCode', taxInBaseCurrency?.currency ?? ''),
    ...basic('BuyerReference', document.buyerReference),
    ...invoicingPeriod(document.lines),
    ...group('OrderReference', basic('ID', document.orderNumber)),
    ...document.corrects.flatMap(({ number, issueDate }) => group('BillingReference', group('InvoiceDocumentReference', basic('ID', number), basic('IssueDate', issueDate)))),
    ...group('ContractDocumentReference', basic('ID', document.contractReference)),
    ...document.attachments.flatMap(({ fileName, mimeType, bytes }) => group('AdditionalDocumentReference', basic('ID', fileName),
      group('Attachment', basic('EmbeddedDocumentBinaryObject', Buffer.from(bytes).toString('base64'), { mimeCode: mimeType, filename: fileName })))),
    ...group('AccountingSupplierParty', party(seller, vat, taxRegistration(seller), seller.contact)),
    ...group('AccountingCustomerParty', party(buyer, vat, [])),
    ...group('Delivery', basic('ActualDeliveryDate', document.delivery?.date ?? ''),
      bothIn(document, 'DE') ? [] : group('DeliveryLocation', group('Address', group('Country', basic('IdentificationCode', document.delivery?.countryCode ?? ''))))), // where both are German, a place needs a town (DE-R-010)
    ...paymentMeans(document),
    ...group('PaymentTerms', basic('Note', paymentTerms(document))),
    ...document.allowances.flatMap((a) => adjustment(a, false, taxCategory('TaxCategory', a))),
    ...document.charges.flatMap((c) => adjustment(c, true, taxCategory('TaxCategory', c))),
    ...taxTotal(document),
    ...(taxInBaseCurrency ? group('TaxTotal', amount('TaxAmount', taxInBaseCurrency)) : []),
    ...group('LegalMonetaryTotal', amount('LineExtensionAmount', totals.lines), amount('TaxExclusiveAmount', totals.net), amount('TaxInclusiveAmount', totals.total),
      document.allowances.length > 0 ? amount('AllowanceTotalAmount', totals.allowances) : [], document.charges.length > 0 ? amount('ChargeTotalAmount', totals.charges) : [],
      totals.prepaid.minor === 0 ? [] : amount('PrepaidAmount', totals.prepaid), totals.rounding.minor === 0 ? [] : amount('PayableRoundingAmount', totals.rounding), amount('PayableAmount', totals.payable)),
    ...document.lines.flatMap((line) => lineOf(line, document)),
  ];
}

function invoicingPeriod(lines: readonly DocumentLine[]): readonly Element[] {
  const periods = lines.flatMap((line) => line.period ?? []);
  const ordered = (days: readonly string[]) => days.toSorted();
  return group('InvoicePeriod', basic('StartDate', ordered(periods.map((p) => p.from)).at(0) ?? ''), basic('EndDate', ordered(periods.map((p) => p.to)).at(-1) ?? ''));
}

/** A tax id without a country's prefix is not a VAT id; the seller's is said as a tax registration (BT-32). */
const taxRegistration = (seller: Seller) => (isVatId(seller.taxId) ? [] : taxScheme('PartyTaxScheme', basic('CompanyID', seller.taxId), 'TAX'));
const taxScheme = (name: string, content: readonly Element[], scheme = 'VAT') => (content.length === 0 ? [] : group(name, content, group('TaxScheme', basic('ID', scheme))));
const registration = ({ scheme, id }: Registration) => basic('CompanyID', id, { schemeID: scheme });

function party(of: Party, vat: boolean, furtherTax: readonly Element[], contact?: Seller['contact']): readonly Element[] {
  const { electronicAddress, address, taxId } = of;
  const [street = '', additional = '', third = ''] = address.lines;
  return group('Party',
    basic('EndpointID', electronicAddress.id, { schemeID: electronicAddress.scheme }),
    group('PartyName', basic('Name', of.name)),
    group('PostalAddress', basic('StreetName', street), basic('AdditionalStreetName', additional), basic('CityName', address.city), basic('PostalZone', address.postalCode), basic('CountrySubentity', address.region),
      group('AddressLine', basic('Line', third)), group('Country', basic('IdentificationCode', address.countryCode))),
    vat && isVatId(taxId) ? taxScheme('PartyTaxScheme', basic('CompanyID', taxId)) : [],
    furtherTax,
    group('PartyLegalEntity', basic('RegistrationName', of.name), registration(of.registration)),
    contact ? group('Contact', basic('Name', contact.name), basic('Telephone', contact.phone), basic('ElectronicMail', contact.email)) : []);
}

/** 58 is a SEPA credit transfer, 30 any other; 1 says that no way of paying is named. Danish payers know no 30 (DK-R-005). A credit note asks for no money; where both are German something has to be said: it is cleared between them (97). */
function paymentMeans(document: BillingDocument): readonly Element[] {
  const { seller, buyer, currencyCode, paymentReference } = document;
  if (document.kind === 'credit-note') return bothIn(document, 'DE') ? group('PaymentMeans', basic('PaymentMeansCode', '97')) : [];
  const transfer = currencyCode === 'EUR' ? '58' : atHome(seller, 'DK') && atHome(buyer, 'DK') ? '1' : '30';
  return group('PaymentMeans', basic('PaymentMeansCode', seller.iban === '' ? '1' : transfer), basic('PaymentID', paymentReference),
    seller.iban === '' ? [] : group('PayeeFinancialAccount', basic('ID', seller.iban), basic('Name', seller.name), group('FinancialInstitutionBranch', basic('ID', seller.bic))));
}

/** Instalments where there are several, then discounts, then the words of the terms; one sentence a line. */
function paymentTerms({ instalments, discountTiers, terms, language }: BillingDocument): string {
  const say = words[language];
  return [
    ...(instalments.length > 1 ? instalments.map(({ dueDate, amount: part }) => `${say.dueOn} ${dayIn(language, dueDate)}: ${amountIn(language, part)}`) : []),
    ...discountTiers.map(({ percent, until, amount: less }) => `${numberIn(language, percent)} % ${say.discount} ${say.paidBy} ${dayIn(language, until)}: ${amountIn(language, less)}`),
    ...(terms.trim() === '' ? [] : [terms]),
  ].join('\n');
}

function taxCategory(name: string, of: Taxed, why: readonly Element[] = [], evenForO = false): readonly Element[] {
  return taxScheme(name, [...basic('ID', of.taxCategory), ...basic('Percent', of.taxCategory === 'O' && !evenForO ? '' : plainRate(of.taxRate)), ...why]);
}

function taxTotal(document: BillingDocument): readonly Element[] {
  return group('TaxTotal', amount('TaxAmount', document.totals.tax), ...document.taxTotals.map((of) => {
    const taxed = of.taxCategory === 'S' || of.taxCategory === 'Z';
    const why = taxed ? [] : [...basic('TaxExemptionReasonCode', of.exemptionCode), ...basic('TaxExemptionReason', exemptionText(document.language, of.taxCategory, of.exemptionReason))];
    return group('TaxSubtotal', amount('TaxableAmount', of.net), amount('TaxAmount', of.tax), taxCategory('TaxCategory', of, why, bothIn(document, 'DE'))); // where both are German a rate stands with O too (DE-R-014)
  }));
}

const adjustment = (of: Adjustment | TaxedAdjustment, charge: boolean, category: readonly Element[] = []) => group('AllowanceCharge',
  basic('ChargeIndicator', String(charge)), basic('AllowanceChargeReasonCode', of.reasonCode), basic('AllowanceChargeReason', of.reason), amount('Amount', of.amount), category);

function lineOf(line: DocumentLine, { kind, currencyCode, language }: BillingDocument): readonly Element[] {
  const credit = kind === 'credit-note';
  const flipped = exact(line.netPrice).units < 0n;
  const quantity = flipped ? textOf(negated(exact(line.quantity))) : line.quantity;
  const price = textOf(size(exact(line.netPrice)));
  const away = roundedAway(line);
  const rounding = away ? group('AllowanceCharge', basic('ChargeIndicator', String(away.units > 0n)), basic('AllowanceChargeReason', words[language].rounding), basic('Amount', textOf(size(away)), { currencyID: currencyCode })) : [];
  return group(credit ? 'CreditNoteLine' : 'InvoiceLine',
    basic('ID', line.id),
    basic(credit ? 'CreditedQuantity' : 'InvoicedQuantity', quantity, { unitCode: line.unitCode }),
    amount('LineExtensionAmount', line.net),
    group('InvoicePeriod', basic('StartDate', line.period?.from ?? ''), basic('EndDate', line.period?.to ?? '')),
    ...line.allowances.map((a) => adjustment(a, false)),
    ...line.charges.map((c) => adjustment(c, true)),
    rounding,
    group('Item', basic('Description', line.description), basic('Name', line.name), group('SellersItemIdentification', basic('ID', line.sellersArticle)), taxCategory('ClassifiedTaxCategory', line)),
    group('Price', basic('PriceAmount', price, { currencyID: currencyCode }), flipped ? [] : priceDiscount(line, currencyCode)));
}

/** What was taken off the price of one unit (BT-147, BT-148), where it was lowered. */
function priceDiscount({ grossPrice, netPrice }: DocumentLine, currency: string): readonly Element[] {
  if (grossPrice === '' || order(exact(grossPrice), exact(netPrice)) < 0) return [];
  return group('AllowanceCharge', basic('ChargeIndicator', 'false'), basic('Amount', textOf(minus(exact(grossPrice), exact(netPrice))), { currencyID: currency }), basic('BaseAmount', grossPrice, { currencyID: currency }));
}
