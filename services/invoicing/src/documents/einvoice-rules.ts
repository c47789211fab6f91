// What cannot be said in XML, by the rules of EN 16931 and Peppol BIS Billing 3: refused before it is written. The rule is named, so that it can be read there.
//
// - Amounts have two decimals: a currency with three is refused, one without any is not.
// - Somebody must be able to route it: both electronic addresses, and a reference or an order of the buyer.
// - Tax is base × rate to less than one unit of the currency (BR-CO-17, BR-S-09), a line quantity × price to 0.02 (R120). What a currency without decimals rounds away from a line,
//   at most half a unit, is said as an allowance or charge of that line.
// - O stands alone and names no VAT id; K and G need the seller's VAT id, K and AE the buyer's, all others a tax id of the seller.
// - Codes are of the lists of the rules; numbers with check digits have the right ones.
import { refuse, type Refusal } from '@ar/domain/decider.js';
import { exponentOf, formatMoney } from '@ar/domain/money.js';
import { ADDRESS_SCHEMES, ALLOWANCE_REASONS, ATTACHMENT_TYPES, CHARGE_REASONS, COUNTRIES, CURRENCIES, EXEMPTION_REASONS, REGISTRATION_SCHEMES, UNITS } from './code-lists.js';
import { taxKey, type Adjustment, type BillingDocument, type DocumentLine, type DocumentTaxTotal } from './document.js';
import { exact, minus, order, plus, rounded, size, times, type Exact } from './exact.js';
import { identifierHolds } from './identifiers.js';
import { nationalRules } from './national-rules.js';

export type EinvoiceRefusal =
  | 'einvoice-precision' | 'einvoice-buyer-reference-missing' | 'einvoice-endpoint-missing' | 'einvoice-tax-id-missing' | 'einvoice-tax-rounding' | 'einvoice-line-rounding'
  | 'einvoice-category-mixed' | 'einvoice-exemption-reason-missing' | 'einvoice-delivery-missing' | 'einvoice-field-missing' | 'einvoice-field-invalid' | 'einvoice-country-unsupported';

type No = Refusal<EinvoiceRefusal> | undefined;
const missing = (field: string, rule: string): No => refuse('einvoice-field-missing', { field, rule });
const invalid = (field: string, value: string, rule: string): No => refuse('einvoice-field-invalid', { field, value, rule });

/** `DE123456789`: with the prefix of a country, or of Greece (BR-CO-09). */
export const isVatId = (taxId: string): boolean => COUNTRIES.has(taxId.slice(0, 2)) || taxId.startsWith('EL');

/** The first reason why the document cannot be said in XML; nothing when it can. */
export function whyNotEinvoice(document: BillingDocument): No {
  return amounts(document) ?? parties(document) ?? categories(document) ?? taxTotals(document) ?? lines(document) ?? adjustments(document) ?? rest(document) ?? nationalRules(document, missing, invalid) ?? texts(document);
}

function amounts({ currencyCode, taxInBaseCurrency }: BillingDocument): No {
  for (const currency of [currencyCode, ...(taxInBaseCurrency ? [taxInBaseCurrency.currency] : [])]) {
    if ((exponentOf(currency) ?? 0) > 2) return refuse('einvoice-precision', { field: 'currency_code', rule: 'BR-DEC, UBL-DT-01', currencyCode: currency });
    if (!CURRENCIES.has(currency)) return invalid('currency_code', currency, 'BR-CL-04');
  }
  return undefined;
}

function parties({ seller, buyer, buyerReference, orderNumber }: BillingDocument): No {
  if (blank(buyerReference) && blank(orderNumber)) return refuse('einvoice-buyer-reference-missing', { field: 'buyer_reference', rule: 'PEPPOL-EN16931-R003' });
  for (const [who, party] of [['seller', seller], ['buyer', buyer]] as const) {
    const { scheme, id } = party.electronicAddress;
    if (blank(scheme) || blank(id)) return refuse('einvoice-endpoint-missing', { field: `${who}.electronic_address`, rule: who === 'seller' ? 'PEPPOL-EN16931-R020' : 'PEPPOL-EN16931-R010', party: who });
    if (!ADDRESS_SCHEMES.has(scheme)) return invalid(`${who}.electronic_address`, `${scheme}:${id}`, 'BR-CL-25');
    if (!identifierHolds(scheme, id)) return invalid(`${who}.electronic_address`, `${scheme}:${id}`, 'PEPPOL-COMMON');
    if (blank(party.name)) return missing(`${who}.name`, who === 'seller' ? 'BR-06' : 'BR-07');
    if (blank(party.address.countryCode)) return missing(`${who}.address.country_code`, who === 'seller' ? 'BR-09' : 'BR-11');
    if (!COUNTRIES.has(party.address.countryCode)) return invalid(`${who}.address.country_code`, party.address.countryCode, 'BR-CL-14');
    const register = party.registration;
    if (register.scheme !== '' && !REGISTRATION_SCHEMES.has(register.scheme)) return invalid(`${who}.registration`, `${register.scheme}:${register.id}`, 'BR-CL-11');
    if (!identifierHolds(register.scheme, register.id)) return invalid(`${who}.registration`, `${register.scheme}:${register.id}`, 'PEPPOL-COMMON');
  }
  return undefined;
}

const EXEMPTIONS_OF: Readonly<Record<string, string>> = { 'VATEX-EU-G': 'G', 'VATEX-EU-O': 'O', 'VATEX-EU-IC': 'K', 'VATEX-EU-AE': 'AE', 'VATEX-EU-D': 'E', 'VATEX-EU-F': 'E', 'VATEX-EU-I': 'E', 'VATEX-EU-J': 'E' };

function categories({ taxTotals: groups, seller, buyer, delivery, lines: all }: BillingDocument): No {
  const used = new Set(groups.map((g) => g.taxCategory));
  if (used.has('O') && used.size > 1) return refuse('einvoice-category-mixed', { field: 'tax_category', rule: 'BR-O-11' });
  const lacks = (party: string, taxCategory: string): No => refuse('einvoice-tax-id-missing', { field: `${party}.tax_id`, rule: `BR-${taxCategory === 'K' ? 'IC' : taxCategory}-02`, party, taxCategory });
  for (const category of used) {
    switch (category) {
      case 'S': case 'Z': case 'E': if (blank(seller.taxId)) return lacks('seller', category); break;
      case 'AE':
        if (blank(seller.taxId)) return lacks('seller', category);
        if (!isVatId(buyer.taxId) && blank(buyer.registration.id)) return lacks('buyer', category);
        break;
      case 'K':
        if (!isVatId(seller.taxId)) return lacks('seller', category);
        if (!isVatId(buyer.taxId)) return lacks('buyer', category);
        if (!delivery?.date && !all.some((line) => line.period)) return refuse('einvoice-delivery-missing', { field: 'supply_date', rule: 'BR-IC-11' });
        if (!delivery?.countryCode) return refuse('einvoice-delivery-missing', { field: 'supply_country', rule: 'BR-IC-12' });
        break;
      case 'G': if (!isVatId(seller.taxId)) return lacks('seller', category); break;
      case 'O': break;
    }
  }
  if (delivery?.countryCode && !COUNTRIES.has(delivery.countryCode)) return invalid('delivery.country_code', delivery.countryCode, 'BR-CL-14');
  if (blank(seller.registration.id) && (used.has('O') || !isVatId(seller.taxId))) return missing('seller.registration', 'BR-CO-26');
  return undefined;
}

const ONE: Exact = { units: 1n, scale: 0 };

function taxTotals({ taxTotals: groups }: BillingDocument): No {
  for (const group of groups) {
    const { taxCategory, taxRate, exemptionCode, exemptionReason } = group;
    const rate = exact(taxRate);
    if ((taxCategory === 'S') !== (rate.units > 0n)) return invalid('tax_rate', taxKey(group), taxCategory === 'S' ? 'BR-S-05' : `BR-${taxCategory === 'K' ? 'IC' : taxCategory}-05`);
    if (!taxHolds(group, rate)) return refuse('einvoice-tax-rounding', { field: 'tax', rule: 'BR-CO-17', taxCategory, taxRate, net: formatMoney(group.net), tax: formatMoney(group.tax) });
    if (taxCategory === 'E' && blank(exemptionReason) && blank(exemptionCode)) return refuse('einvoice-exemption-reason-missing', { field: 'exemption', rule: 'BR-E-10', taxCategory });
    if (exemptionCode === '') continue;
    if (!EXEMPTION_REASONS.has(exemptionCode)) return invalid('exemption_code', exemptionCode, 'BR-CL-22');
    if ((EXEMPTIONS_OF[exemptionCode] ?? taxCategory) !== taxCategory) return invalid('exemption_code', exemptionCode, 'PEPPOL-EN16931-P0104 to P0111');
  }
  return undefined;
}

function taxHolds({ net, tax }: DocumentTaxTotal, rate: Exact): boolean {
  const said = size(exact(formatMoney(tax)));
  if (rounded(rate, 0).units === 0n && rounded(said, 0).units !== 0n) return false;
  const expected = rounded(times(times(size(exact(formatMoney(net))), rate), { units: 1n, scale: 2 }), 2);
  return order(size(minus(said, expected)), ONE) < 0;
}

/** How much more the line's net is than its parts. */
function beyondParts({ quantity, netPrice, allowances, charges, net }: DocumentLine): Exact {
  const sum = (list: readonly Adjustment[]) => list.reduce((all, { amount }) => plus(all, exact(formatMoney(amount))), { units: 0n, scale: 0 } as Exact);
  return minus(exact(formatMoney(net)), plus(times(exact(quantity), exact(netPrice)), minus(sum(charges), sum(allowances))));
}

const SLACK: Exact = { units: 2n, scale: 2 };
const HALF: Exact = { units: 5n, scale: 1 };

/** What rounding to a currency without decimals added to the line (above zero) or took from it; nothing where the rules need no word of it. */
export function roundedAway(line: DocumentLine): Exact | undefined {
  if (exponentOf(line.net.currency) !== 0) return undefined;
  const difference = beyondParts(line);
  return order(size(difference), SLACK) > 0 && order(size(difference), HALF) <= 0 ? rounded(difference, 2) : undefined;
}

function lines({ lines: all, currencyCode }: BillingDocument): No {
  for (const line of all) {
    const difference = size(beyondParts(line));
    if (order(difference, exponentOf(currencyCode) === 0 ? HALF : SLACK) > 0) return refuse('einvoice-line-rounding', { field: 'unit_price', rule: 'PEPPOL-EN16931-R120', line: line.id, net: formatMoney(line.net), quantity: line.quantity, netPrice: line.netPrice });
    if (!UNITS.has(line.unitCode)) return invalid(`lines[${line.id}].unit_code`, line.unitCode, 'BR-CL-23');
    if (blank(line.name)) return missing(`lines[${line.id}].name`, 'BR-25');
  }
  return undefined;
}

function adjustments({ allowances, charges, lines: all }: BillingDocument): No {
  const check = (list: readonly Adjustment[], field: string, codes: ReadonlySet<string>, rule: string): No => {
    for (const { reason, reasonCode } of list) {
      if (blank(reason) && blank(reasonCode)) return missing(`${field}.reason`, 'BR-33, BR-38, BR-42, BR-44');
      if (reasonCode !== '' && !codes.has(reasonCode)) return invalid(`${field}.reason_code`, reasonCode, rule);
    }
    return undefined;
  };
  return check([...allowances, ...all.flatMap((l) => l.allowances)], 'allowances', ALLOWANCE_REASONS, 'BR-CL-19') ?? check([...charges, ...all.flatMap((l) => l.charges)], 'charges', CHARGE_REASONS, 'BR-CL-20');
}

function rest({ kind, instalments, terms, discountTiers, totals, attachments, taxInBaseCurrency, currencyCode, notes, seller }: BillingDocument): No {
  if (kind !== 'credit-note' && totals.payable.minor > 0 && instalments.length === 0 && discountTiers.length === 0 && blank(terms)) return missing('terms', 'BR-CO-25');
  if (taxInBaseCurrency && (taxInBaseCurrency.currency === currencyCode || taxInBaseCurrency.minor * totals.tax.minor < 0)) return invalid('tax_in_base_currency', formatMoney(taxInBaseCurrency), 'PEPPOL-EN16931-R005, R055');
  for (const { mimeType, fileName } of attachments) {
    if (!ATTACHMENT_TYPES.has(mimeType)) return invalid('attachments.mime_type', mimeType, 'BR-CL-24');
    if (blank(fileName) || attachments.filter((a) => a.fileName.toLowerCase() === fileName.toLowerCase()).length > 1) return invalid('attachments.file_name', fileName, 'BR-52, DE-R-022');
  }
  const note = [seller.headerText, ...notes].join('\n');
  return /^[^#]*#[^#]{3}#/.test(note) ? invalid('notes', note, 'BR-CL-08') : undefined; // would be read as a code of the subject
}

/** What XML 1.0 cannot hold: control characters, halves of a pair. */
function texts(document: BillingDocument): No {
  const wrong = (value: unknown, path: string): No => {
    if (typeof value === 'string') return /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(value) ? invalid(path, value.replace(/[^\u{20}-\u{D7FF}\u{E000}-\u{FFFD}]/gu, '?'), 'XML 1.0') : undefined;
    if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return undefined;
    for (const [name, inner] of Object.entries(value)) { const found = wrong(inner, path === '' ? name : `${path}.${name}`); if (found) return found; }
    return undefined;
  };
  return wrong(document, '');
}

export const blank = (text: string): boolean => text.trim() === '';
