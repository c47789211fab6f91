// Documents that cannot be said in XML, each with the reason that it is given.
import { money } from '@ar/domain/money.js';
import type { BillingDocument, Seller, TaxCategory } from './document.js';
import { buyers, dutchSeller, euros, made, seller } from './documents.world.js';

const nobody = { scheme: '', id: '' };
export const free = (taxCategory: TaxCategory) => ({ taxCategory, taxRate: '0' });
export const from = (country: string, more: Partial<Seller> = {}): Seller => ({ ...seller, taxId: 'DE123456789', ...more, address: { ...seller.address, countryCode: country } });
const bothGerman = { lines: [{}], buyer: buyers.german };
export const withTax = (document: BillingDocument, minor: number): BillingDocument => {
  const tax = money(minor, document.currencyCode);
  const total = money(document.totals.net.minor + minor, document.currencyCode);
  return { ...document, taxTotals: [{ ...document.taxTotals[0]!, tax }], totals: { ...document.totals, tax, total, payable: total }, instalments: [{ dueDate: '2026-04-04', amount: total }] };
};
export const withNet = (document: BillingDocument, minor: number): BillingDocument => {
  const net = money(minor, document.currencyCode);
  const sums = { ...document.totals, lines: net, net, total: money(minor + document.totals.tax.minor, document.currencyCode), payable: money(minor + document.totals.tax.minor, document.currencyCode) };
  return { ...document, lines: [{ ...document.lines[0]!, net }], taxTotals: [{ ...document.taxTotals[0]!, net }], totals: sums, instalments: [{ dueDate: '2026-04-04', amount: sums.payable }] };
};

export const refused: readonly (readonly [what: string, document: BillingDocument, code: string, detail: object])[] = [
  ['a currency with three decimals', made({ lines: [{}], currencyCode: 'KWD' }), 'einvoice-precision', { field: 'currency_code', rule: 'BR-DEC, UBL-DT-01', currencyCode: 'KWD' }],
  ['a tax in a base currency with three decimals', made({ lines: [{}], taxInBaseCurrency: money(1, 'BHD') }), 'einvoice-precision', { field: 'currency_code', rule: 'BR-DEC, UBL-DT-01', currencyCode: 'BHD' }],
  ['neither reference nor order', made({ lines: [{}], buyerReference: ' ' }), 'einvoice-buyer-reference-missing', { field: 'buyer_reference', rule: 'PEPPOL-EN16931-R003' }],
  ['no electronic address of the seller', made({ lines: [{}], seller: { ...seller, electronicAddress: nobody } }), 'einvoice-endpoint-missing', { field: 'seller.electronic_address', rule: 'PEPPOL-EN16931-R020', party: 'seller' }],
  ['no electronic address of the buyer', made({ lines: [{}], buyer: { ...buyers.polish, electronicAddress: { scheme: '9945', id: '' } } }), 'einvoice-endpoint-missing', { field: 'buyer.electronic_address', rule: 'PEPPOL-EN16931-R010', party: 'buyer' }],
  ['an unknown scheme', made({ lines: [{}], buyer: { ...buyers.polish, electronicAddress: { scheme: '9999', id: 'x' } } }), 'einvoice-field-invalid', { field: 'buyer.electronic_address', value: '9999:x', rule: 'BR-CL-25' }],
  ['a wrong check digit', made({ lines: [{}], buyer: { ...buyers.belgian, electronicAddress: { scheme: '0208', id: '0202239952' } } }), 'einvoice-field-invalid', { field: 'buyer.electronic_address', value: '0208:0202239952', rule: 'PEPPOL-COMMON' }],
  ['no name of the buyer', made({ lines: [{}], buyer: { ...buyers.polish, name: '' } }), 'einvoice-field-missing', { field: 'buyer.name', rule: 'BR-07' }],
  ['no country of the seller', made({ lines: [{}], seller: from('') }), 'einvoice-field-missing', { field: 'seller.address.country_code', rule: 'BR-09' }],
  ['an unknown country', made({ lines: [{}], seller: from('XX') }), 'einvoice-field-invalid', { field: 'seller.address.country_code', value: 'XX', rule: 'BR-CL-14' }],
  ['an unknown register', made({ lines: [{}], seller: { ...seller, registration: { scheme: 'HRB', id: '1' } } }), 'einvoice-field-invalid', { field: 'seller.registration', value: 'HRB:1', rule: 'BR-CL-11' }],
  ['O beside S', made({ lines: [{}, free('O')] }), 'einvoice-category-mixed', { field: 'tax_category', rule: 'BR-O-11' }],
  ...(['S', 'Z', 'E', 'AE'] as const).map((category) => [`${category} of a seller without a tax id`, made({ lines: [category === 'S' ? {} : free(category)], seller: { ...seller, taxId: '' } }), 'einvoice-tax-id-missing', { field: 'seller.tax_id', rule: `BR-${category.replace('K', 'IC')}-02`, party: 'seller', taxCategory: category }] as const),
  ...(['K', 'G'] as const).map((category) => [`${category} of a seller without a VAT id`, made({ lines: [free(category)], seller: { ...seller, taxId: '99/815/08155' } }), 'einvoice-tax-id-missing', { field: 'seller.tax_id', rule: `BR-${category.replace('K', 'IC')}-02`, party: 'seller', taxCategory: category }] as const),
  ...(['AE', 'K'] as const).map((category) => [`${category} to a buyer without a VAT id`, made({ lines: [free(category)], buyer: { ...buyers.polish, taxId: '' } }), 'einvoice-tax-id-missing', { field: 'buyer.tax_id', rule: `BR-${category.replace('K', 'IC')}-02`, party: 'buyer', taxCategory: category }] as const),
  ['a supply within the Union on an unknown day', made({ lines: [free('K')], delivery: { countryCode: 'PL' } }), 'einvoice-delivery-missing', { field: 'supply_date', rule: 'BR-IC-11' }],
  ['a supply within the Union to an unknown country', made({ lines: [free('K')], delivery: { date: '2026-03-01' } }), 'einvoice-delivery-missing', { field: 'supply_country', rule: 'BR-IC-12' }],
  ['a seller with nothing to be known by', made({ lines: [free('O')], seller: { ...seller, registration: nobody } }), 'einvoice-field-missing', { field: 'seller.registration', rule: 'BR-CO-26' }],
  ['an exemption without its reason', made({ lines: [free('E')] }), 'einvoice-exemption-reason-missing', { field: 'exemption', rule: 'BR-E-10', taxCategory: 'E' }],
  ['the reason of another category', made({ lines: [free('E')], exemptions: { E: { exemptionReason: '', exemptionCode: 'VATEX-EU-G' } } }), 'einvoice-field-invalid', { field: 'exemption_code', value: 'VATEX-EU-G', rule: 'PEPPOL-EN16931-P0104 to P0111' }],
  ['an unknown reason', made({ lines: [free('E')], exemptions: { E: { exemptionReason: '', exemptionCode: 'VATEX-XX' } } }), 'einvoice-field-invalid', { field: 'exemption_code', value: 'VATEX-XX', rule: 'BR-CL-22' }],
  ['a standard rate of zero', made({ lines: [{ taxRate: '0' }] }), 'einvoice-field-invalid', { field: 'tax_rate', value: 'S 0', rule: 'BR-S-05' }],
  ['a reverse charge with a rate', made({ lines: [{ taxCategory: 'AE' }] }), 'einvoice-field-invalid', { field: 'tax_rate', value: 'AE 19', rule: 'BR-AE-05' }],
  ['tax that is a whole unit off', withTax(made({ lines: [{}] }), 2000), 'einvoice-tax-rounding', { field: 'tax', rule: 'BR-CO-17', taxCategory: 'S', taxRate: '19', net: '100.00', tax: '20.00' }],
  ['a line that is three cents off', withNet(made({ lines: [{}] }), 10_003), 'einvoice-line-rounding', { field: 'unit_price', rule: 'PEPPOL-EN16931-R120', line: '1', net: '100.03', quantity: '1', netPrice: '100.00' }],
  ['a line of yen that is one off', withNet(made({ lines: [{ netPrice: '100' }], currencyCode: 'JPY' }), 101), 'einvoice-line-rounding', { field: 'unit_price', rule: 'PEPPOL-EN16931-R120', line: '1', net: '101', quantity: '1', netPrice: '100' }],
  ['an unknown unit', made({ lines: [{ unitCode: 'XXX' }] }), 'einvoice-field-invalid', { field: 'lines[1].unit_code', value: 'XXX', rule: 'BR-CL-23' }],
  ['a line without a name', made({ lines: [{ name: ' ' }] }), 'einvoice-field-missing', { field: 'lines[1].name', rule: 'BR-25' }],
  ['an allowance without a reason', made({ lines: [{ allowances: [{ amount: euros(1), reason: '', reasonCode: '' }] }] }), 'einvoice-field-missing', { field: 'allowances.reason', rule: 'BR-33, BR-38, BR-42, BR-44' }],
  ['a charge with the code of an allowance', made({ lines: [{ charges: [{ amount: euros(1), reason: '', reasonCode: '95' }] }] }), 'einvoice-field-invalid', { field: 'charges.reason_code', value: '95', rule: 'BR-CL-20' }],
  ['money that is due nobody knows when', { ...made({ lines: [{}] }), instalments: [] }, 'einvoice-field-missing', { field: 'terms', rule: 'BR-CO-25' }],
  ['a base currency that is the currency', made({ lines: [{}], taxInBaseCurrency: euros(1900) }), 'einvoice-field-invalid', { field: 'tax_in_base_currency', value: '19.00', rule: 'PEPPOL-EN16931-R005, R055' }],
  ['an attachment of another kind', made({ lines: [{}], attachments: [{ fileName: 'a.zip', mimeType: 'application/zip', bytes: new Uint8Array([1]) }] }), 'einvoice-field-invalid', { field: 'attachments.mime_type', value: 'application/zip', rule: 'BR-CL-24' }],
  ['two attachments of one name', made({ lines: [{}], attachments: ['a.pdf', 'A.PDF'].map((fileName) => ({ fileName, mimeType: 'application/pdf', bytes: new Uint8Array([1]) })) }), 'einvoice-field-invalid', { field: 'attachments.file_name', value: 'a.pdf', rule: 'BR-52, DE-R-022' }],
  ['a note that reads like a code', made({ lines: [{}], notes: ['see #abc# of last year'] }), 'einvoice-field-invalid', { field: 'notes', value: '\nsee #abc# of last year', rule: 'BR-CL-08' }],
  ['a control character', made({ lines: [{ name: 'bell\u0007' }] }), 'einvoice-field-invalid', { field: 'lines.0.name', value: 'bell?', rule: 'XML 1.0' }],
  ['half a character', made({ lines: [{}], terms: 'a\ud83d' }), 'einvoice-field-invalid', { field: 'terms', value: 'a?', rule: 'XML 1.0' }],
  ['a Greek seller', made({ lines: [{}], seller: from('GR', { taxId: 'EL123456789' }) }), 'einvoice-country-unsupported', { field: 'country_code', rule: 'GR-R-001', countryCode: 'GR' }],
  ['between Germans: no telephone', made({ ...bothGerman, seller: { ...seller, contact: { ...seller.contact, phone: '' } } }), 'einvoice-field-missing', { field: 'seller.contact.phone', rule: 'DE-R-006' }],
  ['between Germans: an order but no reference', made({ ...bothGerman, buyerReference: '', orderNumber: '1' }), 'einvoice-field-missing', { field: 'buyer_reference', rule: 'DE-R-015' }],
  ['between Germans: terms that read like a discount', made({ ...bothGerman, terms: 'Net\n #2' }), 'einvoice-field-invalid', { field: 'terms', value: 'Net\n #2', rule: 'DE-R-018' }],
  ['between Germans: a supply within the Union', made({ lines: [free('K')], buyer: buyers.german, delivery: { date: '2026-03-01', countryCode: 'PL' } }), 'einvoice-field-invalid', { field: 'delivery.country_code', value: 'PL', rule: 'BR-IC-12, DE-R-010' }],
  ['a Dutch credit note for nothing', made({ kind: 'credit-note', lines: [{ taxRate: '21' }], seller: dutchSeller }), 'einvoice-field-missing', { field: 'corrects', rule: 'NL-R-001' }],
  ['a Dutch seller without a street', made({ lines: [{ taxRate: '21' }], seller: { ...dutchSeller, address: { ...dutchSeller.address, lines: [] } } }), 'einvoice-field-missing', { field: 'seller.address.lines', rule: 'NL-R-002' }],
  ['a Dutch seller of another register', made({ lines: [{ taxRate: '21' }], seller: { ...dutchSeller, registration: { scheme: '', id: '1' } } }), 'einvoice-field-invalid', { field: 'seller.registration', value: ':1', rule: 'NL-R-003' }],
  ['between the Dutch: no account', made({ lines: [{ taxRate: '21' }], seller: { ...dutchSeller, iban: '' }, buyer: buyers.dutch }), 'einvoice-field-missing', { field: 'seller.iban', rule: 'NL-R-008' }],
  ['a Danish seller without its number', made({ lines: [{}], seller: from('DK', { registration: nobody }) }), 'einvoice-field-missing', { field: 'seller.registration', rule: 'DK-R-002' }],
  ['an Icelandic seller without its number', made({ lines: [{}], seller: from('IS', { registration: { scheme: '', id: '1' } }) }), 'einvoice-field-invalid', { field: 'seller.registration', value: ':1', rule: 'IS-R-002' }],
  ['a Swedish number with a wrong digit', made({ lines: [{}], seller: from('SE', { registration: { scheme: '', id: '5560360794' } }) }), 'einvoice-field-invalid', { field: 'seller.registration', value: '5560360794', rule: 'SE-R-003, SE-R-004, SE-R-013' }],
  ['a rate that Sweden does not have', made({ lines: [{}], seller: from('SE', { taxId: 'SE556036079301', registration: { scheme: '', id: '5560360793' } }) }), 'einvoice-field-invalid', { field: 'tax_rate', value: '19', rule: 'SE-R-006' }],
  ['a Swedish VAT id that is too short', made({ lines: [{ taxRate: '25' }], seller: from('SE', { taxId: 'SE556036', registration: nobody }) }), 'einvoice-field-invalid', { field: 'seller.tax_id', value: 'SE556036', rule: 'SE-R-001, SE-R-002' }],
  ['a Norwegian VAT id without MVA', made({ lines: [{ taxRate: '25' }], seller: from('NO', { taxId: 'NO974760673' }) }), 'einvoice-field-invalid', { field: 'seller.tax_id', value: 'NO974760673', rule: 'NO-R-001' }],
  ['an Italian seller without a post code', made({ lines: [{ taxRate: '22' }], seller: { ...from('IT', { taxId: 'IT00743110157' }), address: { ...seller.address, postalCode: '', countryCode: 'IT' } } }), 'einvoice-field-missing', { field: 'seller.address.postal_code', rule: 'IT-R-004' }],
];
