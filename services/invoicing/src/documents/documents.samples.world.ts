// More than forty documents, of each kind and with each thing that a document can say; the official rules find nothing wrong with any of them.
import { money } from '@ar/domain/money.js';
import { ALLOWANCE_REASONS, CHARGE_REASONS, UNITS } from './code-lists.js';
import type { BillingDocument, TaxedAdjustment } from './document.js';
import { belgianSeller, buyers, dutchSeller, euros, inShares, made, seller } from './documents.world.js';

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');
const corrects = [{ number: 'INV-2026-00011', issueDate: '2026-02-10' }];
const standard = { taxCategory: 'S', taxRate: '19' } as const;
const free = (taxCategory: 'Z' | 'E' | 'AE' | 'K' | 'G' | 'O') => ({ taxCategory, taxRate: '0' });
const allowance = (minor: number, taxed: Pick<TaxedAdjustment, 'taxCategory' | 'taxRate'> = standard, reasonCode = '95'): TaxedAdjustment => ({ amount: euros(minor), reason: 'Discount', reasonCode, ...taxed });
const charge = (minor: number, taxed: Pick<TaxedAdjustment, 'taxCategory' | 'taxRate'> = standard, reasonCode = 'FC'): TaxedAdjustment => ({ amount: euros(minor), reason: 'Freight', reasonCode, ...taxed });
const exempt = { E: { exemptionReason: 'Exempt under Article 132', exemptionCode: 'VATEX-EU-132' } };
const withinUnion = { lines: [{ ...free('K'), netPrice: '250' }], delivery: { date: '2026-03-03', countryCode: 'PL' } };
const outside = { lines: [{ ...free('O') }], buyer: buyers.american };

/** Seller and buyer of one country, with the numbers that its rules ask for. */
function domestic(countryCode: string, currencyCode: string, taxRate: string, [taxId, buyersTaxId]: readonly [string, string], scheme: string, [own, theirs]: readonly [string, string]): BillingDocument {
  return made({
    currencyCode, lines: [{ taxRate, netPrice: '100' }], seller: { ...seller, address: { ...seller.address, countryCode }, taxId, registration: { scheme, id: own }, electronicAddress: { scheme, id: own } },
    buyer: { ...buyers.german, address: { ...buyers.german.address, countryCode }, taxId: buyersTaxId, registration: { scheme, id: theirs }, electronicAddress: { scheme, id: theirs } },
  });
}

/** Discount mode "always": the tax is on the discounted net from the start, what is not taken comes back as an exempt charge. */
const discountAlways = made({
  lines: [{ netPrice: '1000.00', taxRate: '21' }, { netPrice: '500.00', taxRate: '6' }], seller: belgianSeller, buyer: buyers.belgian, language: 'fr',
  allowances: [allowance(2000, { taxCategory: 'S', taxRate: '21' }, '66'), allowance(1000, { taxCategory: 'S', taxRate: '6' }, '66')], charges: [charge(3000, free('E'), 'ZZZ')],
  exemptions: { E: { exemptionReason: 'Escompte non imposable', exemptionCode: '' } }, discountTiers: [{ percent: '2', until: '2026-03-13', amount: euros(3000) }],
});

export const samples: Readonly<Record<string, BillingDocument>> = {
  'one line': made({ lines: [{}] }),
  'several rates': made({ lines: [{}, { taxRate: '7', quantity: '3', netPrice: '12.3333' }, { taxRate: '7.00', quantity: '0.5', unitCode: 'HUR', netPrice: '80' }] }),
  'with an order instead of a reference': made({ lines: [{}], buyerReference: '', orderNumber: 'PO-99' }),
  'with order, contract and reference': made({ lines: [{}], orderNumber: 'PO-99', contractReference: 'C-2025-7' }),
  'zero-rated': made({ lines: [free('Z')] }),
  'exempt': made({ lines: [free('E')], exemptions: exempt }),
  'exempt and standard': made({ lines: [{}, free('E')], exemptions: exempt }),
  'reverse charge': made({ lines: [free('AE')] }),
  'reverse charge with a code': made({ lines: [free('AE')], exemptions: { AE: { exemptionReason: '', exemptionCode: 'VATEX-EU-AE' } } }),
  'within the Union': made(withinUnion),
  'within the Union, by period': made({ ...withinUnion, lines: [{ ...free('K'), period: { from: '2026-02-01', to: '2026-02-28' } }], delivery: { countryCode: 'PL' } }),
  'export': made({ lines: [free('G')], buyer: buyers.american }),
  'outside the scope of tax': made(outside),
  'outside the scope, with allowance and charge': made({ ...outside, allowances: [allowance(500, free('O'))], charges: [charge(700, free('O'))] }),
  'outside the scope, in Germany': made({ ...outside, buyer: buyers.german, language: 'de' }),
  'allowances and charges of the document': made({ lines: [{}, { taxRate: '7' }], allowances: [allowance(1000), allowance(155, { taxCategory: 'S', taxRate: '7' })], charges: [charge(499), charge(201, { taxCategory: 'S', taxRate: '7' })] }),
  'allowances and charges of lines': made({ lines: [{ quantity: '10', allowances: [allowance(5000)], charges: [charge(1250)] }, { allowances: [{ amount: euros(1), reason: 'Goodwill', reasonCode: '' }] }] }),
  'reverse charge with allowance and charge': made({ lines: [free('AE')], allowances: [allowance(100, free('AE'))], charges: [charge(300, free('AE'))] }),
  'a charge that is a rate of its own': made({ lines: [{}], charges: [charge(300, { taxCategory: 'S', taxRate: '7' })] }),
  'discount on the price': made({ lines: [{ grossPrice: '120.00', netPrice: '99.95', quantity: '7' }] }),
  'a price below zero': made({ lines: [{}, { netPrice: '-12.50', quantity: '2', name: 'Returned crates' }] }),
  'a quantity below zero': made({ lines: [{}, { netPrice: '12.50', quantity: '-2' }] }),
  'prices with six digits': made({ lines: [{ quantity: '1234.567891', netPrice: '0.831933', unitCode: 'KGM' }] }),
  'instalments': inShares(made({ lines: [{ netPrice: '1000.01' }] }), ['2026-04-04', '2026-05-04', '2026-06-04']),
  'discount tiers': made({ lines: [{}], discountTiers: [{ percent: '3', until: '2026-03-12', amount: euros(357) }, { percent: '1.5', until: '2026-03-19', amount: euros(179) }] }),
  'discount always': discountAlways,
  'instalments, tiers and terms': inShares({ ...discountAlways, terms: 'Retention of title until paid.\nInterest after the due date as the law says.' }, ['2026-04-04', '2026-05-04']),
  'paid in advance in part': made({ lines: [{}], prepaid: euros(1900) }),
  'paid in advance in full': { ...made({ lines: [{}], prepaid: euros(11900) }), instalments: [] },
  'a rounded sum': made({ lines: [{ netPrice: '100.02' }], rounding: euros(-2) }),
  'credit note': made({ kind: 'credit-note', number: 'CN-2026-00003', lines: [{ quantity: '2' }], corrects }),
  'credit note for two invoices': made({ kind: 'credit-note', lines: [{}], corrects: [...corrects, { number: 'INV-2026-00012', issueDate: '2026-02-11' }] }),
  'credit note with allowance and charge': made({ kind: 'credit-note', lines: [{ allowances: [allowance(100)] }], allowances: [allowance(1000)], charges: [charge(499)], corrects }),
  'credit note of a reverse charge': made({ kind: 'credit-note', lines: [free('AE')], corrects }),
  'credit note within the Union': made({ ...withinUnion, kind: 'credit-note', corrects }),
  'credit note without an invoice': made({ kind: 'credit-note', lines: [{ name: 'Bonus 2025' }] }),
  'credit note in Germany': made({ kind: 'credit-note', lines: [{}], corrects, buyer: buyers.german, language: 'de' }),
  'credit note in the Netherlands': made({ kind: 'credit-note', lines: [{ taxRate: '21' }], corrects, seller: dutchSeller, buyer: buyers.dutch, language: 'nl' }),
  'debit note': made({ kind: 'debit-note', number: 'DN-2026-00001', lines: [{ name: 'Late charge', ...free('O') }], buyer: buyers.american, corrects }),
  'debit note with tax': made({ kind: 'debit-note', lines: [{ name: 'Price difference' }], corrects }),
  'in Germany': made({ lines: [{}], buyer: buyers.german, language: 'de', discountTiers: [{ percent: '2', until: '2026-03-15', amount: euros(238) }] }),
  'in the Netherlands': made({ lines: [{ taxRate: '21' }, { taxRate: '9' }], seller: dutchSeller, buyer: buyers.dutch, language: 'nl' }),
  'in Denmark': domestic('DK', 'DKK', '25', ['DK13585628', 'DK10150817'], '0184', ['13585628', '10150817']),
  'in Denmark, in euros': domestic('DK', 'EUR', '25', ['DK13585628', 'DK10150817'], '0184', ['13585628', '10150817']),
  'in Sweden': domestic('SE', 'SEK', '25', ['SE556036079301', 'SE556036079301'], '0007', ['5560360793', '5560360793']),
  'in Norway': domestic('NO', 'NOK', '25', ['NO974760673MVA', 'NO974760673MVA'], '0192', ['974760673', '974760673']),
  'in Iceland': domestic('IS', 'ISK', '24', ['IS12345', 'IS54321'], '0196', ['5501692829', '5501692829']),
  'in Italy': domestic('IT', 'EUR', '22', ['IT00743110157', 'IT00743110157'], '0211', ['IT00743110157', 'IT00743110157']),
  'in Belgium': domestic('BE', 'EUR', '21', ['BE0202239951', 'BE0202239951'], '0208', ['0202239951', '0202239951']),
  'foreign currency': made({ currencyCode: 'USD', lines: [{ netPrice: '1234.56' }], taxInBaseCurrency: euros(21_564) }),
  'foreign currency, credit note': made({ kind: 'credit-note', currencyCode: 'PLN', lines: [{ netPrice: '1234.56' }], taxInBaseCurrency: euros(5_501), corrects }),
  'yen': made({ currencyCode: 'JPY', lines: [{ netPrice: '15000' }, { netPrice: '33.5', quantity: '3' }, { netPrice: '0.3333', quantity: '10' }], taxInBaseCurrency: euros(1_800) }),
  'yen, credit note': made({ kind: 'credit-note', currencyCode: 'JPY', lines: [{ netPrice: '33.5', quantity: '5' }], corrects }),
  'won, with a charge': made({ currencyCode: 'KRW', lines: [{ netPrice: '15000' }], charges: [{ amount: money(301, 'KRW'), reason: 'Freight', reasonCode: 'FC', ...standard }] }),
  'attachments': made({ lines: [{}], attachments: [{ fileName: 'proof of delivery.pdf', mimeType: 'application/pdf', bytes: Buffer.from('%PDF-1.7') }, { fileName: 'stamp.png', mimeType: 'image/png', bytes: PNG }, { fileName: 'hours.csv', mimeType: 'text/csv', bytes: Buffer.from('day,hours\n') }] }),
  'periods and articles': made({ lines: [{ period: { from: '2026-02-01', to: '2026-02-28' }, sellersArticle: 'A-1' }, { period: { from: '2026-01-15', to: '2026-02-14' }, description: 'Second half' }] }),
  'long texts': made({ lines: [{ name: 'Maintenance', description: 'Every machine of the hall, inspected and oiled. '.repeat(60) }], notes: ['Line one\nand two.', 'A second note. '.repeat(100)], terms: 'Net. '.repeat(200) }),
  'special characters': made({ lines: [{ name: 'Žižkov <a href="x">&amp; ]]> \'Łódź\' €', description: 'Ωμέγα, Київ, Þór, ½ ‰ – „quoted“ “so” ‘and so’ \u{1F600}' }], notes: ['No. #12 & <note>'], buyer: buyers.american, terms: '"Incoterms" <2020>' }),
  'an account outside the euro': made({ currencyCode: 'CHF', lines: [{ taxRate: '8.1' }], seller: { ...seller, iban: 'CH9300762011623852957', bic: '' }, taxInBaseCurrency: euros(850) }),
  'no account': made({ lines: [{}], seller: { ...seller, iban: '', bic: '', contact: { name: '', phone: '', email: '' } } }),
  'a tax registration instead of a VAT id': made({ lines: [{}], seller: { ...seller, taxId: '99/815/08155' } }),
  'five hundred lines': made({ lines: Array.from({ length: 500 }, (_, i) => ({ quantity: String(i + 1), netPrice: '0.07', name: `Part ${i + 1}`, taxRate: i % 2 === 0 ? '19' : '7' })) }),
  'every unit': made({ lines: [...UNITS].map((unitCode) => ({ unitCode, netPrice: '1' })) }),
  'every reason': made({ lines: [{ quantity: '100', allowances: [...ALLOWANCE_REASONS].map((reasonCode) => ({ amount: euros(100), reason: '', reasonCode })), charges: [...CHARGE_REASONS].map((reasonCode) => ({ amount: euros(100), reason: '', reasonCode })) }] }),
};
