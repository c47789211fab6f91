import { describe, expect, it } from '@jest/globals';
import { electronicAddressOf } from './document.js';
import { belgianSeller, buyers, euros, made, seller, type Wish } from './documents.world.js';
import { free, from, refused, withNet, withTax } from './documents.refused.world.js';
import { whyNotEinvoice } from './einvoice-rules.js';
import { exact, minus, order, plus, rounded, textOf, times } from './exact.js';
import { identifierHolds } from './identifiers.js';
import { ublOf } from './ubl.js';

const xml = (wish: Wish): string => {
  const bytes = ublOf(made(wish));
  if (!(bytes instanceof Uint8Array)) throw new Error(JSON.stringify(bytes));
  return new TextDecoder().decode(bytes);
};

describe('what XML cannot say', () => {
  it.each(refused)('%s', (_what, document, code, detail) => {
    expect(whyNotEinvoice(document)).toEqual({ refused: code, detail });
    expect(ublOf(document)).toEqual({ refused: code, detail });
  });

  it.each([
    ['tax that is a cent less than a unit off', withTax(made({ lines: [{}] }), 1999)],
    ['a line that is two cents off', withNet(made({ lines: [{}] }), 10_002)],
    ['a Norwegian seller', made({ lines: [{ taxRate: '25' }], seller: from('NO', { taxId: 'NO974760673MVA' }) })],
    ['a Swedish seller', made({ lines: [{ taxRate: '25' }], seller: from('SE', { taxId: 'SE556036079301', registration: { scheme: '0007', id: '5560360793' } }) })],
    ['a reverse charge to a registered buyer', made({ lines: [free('AE')], buyer: { ...buyers.polish, taxId: '', registration: { scheme: '', id: 'KRS 1' } } })],
    ['a Greek buyer', made({ lines: [{}], buyer: { ...buyers.polish, taxId: 'EL123456789', address: { ...buyers.polish.address, countryCode: 'GR' } } })],
  ])('leaves alone %s', (_what, document) => expect(whyNotEinvoice(document)).toBeUndefined());
});

describe('what XML says in its own way', () => {
  it('a debit note is an invoice of type 383, a credit note a document of its own', () => {
    expect(xml({ kind: 'debit-note', lines: [{}] })).toMatch(/<Invoice .*[^]*<cbc:InvoiceTypeCode>383</);
    expect(xml({ kind: 'credit-note', lines: [{}] })).toMatch(/<CreditNote .*[^]*<cbc:CreditNoteTypeCode>381</);
  });
  it('instalments and discounts stand in the terms of payment, the first day is the due date', () => {
    const document = xml({ lines: [{}], instalments: [{ dueDate: '2026-04-04', amount: euros(5_950) }, { dueDate: '2026-05-04', amount: euros(5_950) }], discountTiers: [{ percent: '2', until: '2026-03-15', amount: euros(238) }], terms: 'Retention of title.' });
    expect(document).toContain('<cbc:DueDate>2026-04-04</cbc:DueDate>');
    expect(document).toContain('<cbc:Note>Due on 2026-04-04: 59.50 EUR\nDue on 2026-05-04: 59.50 EUR\n2 % discount if paid by 2026-03-15: 2.38 EUR\nRetention of title.</cbc:Note>');
  });
  it('a price below zero becomes a quantity below zero', () => {
    expect(xml({ lines: [{}, { netPrice: '-12.50', quantity: '2' }] })).toMatch(/<cbc:InvoicedQuantity unitCode="C62">-2<[^]*-25.00<[^]*<cbc:PriceAmount currencyID="EUR">12.50</);
  });
  it('what rounding to whole yen adds is a charge of the line', () => {
    expect(xml({ currencyCode: 'JPY', lines: [{ netPrice: '33.5', quantity: '3' }] })).toMatch(/<cbc:LineExtensionAmount currencyID="JPY">101<[^]*<cbc:ChargeIndicator>true<[^]*>Rounding<[^]*<cbc:Amount currencyID="JPY">0.50</);
  });
  it('the tax in the base currency is a total of its own', () => {
    expect(xml({ currencyCode: 'USD', lines: [{}], taxInBaseCurrency: euros(1_746) })).toMatch(/<cbc:TaxCurrencyCode>EUR<[^]*<cac:TaxTotal>\s*<cbc:TaxAmount currencyID="EUR">17.46<\/cbc:TaxAmount>\s*<\/cac:TaxTotal>/);
  });
  it('outside the scope of tax nobody has a VAT id', () => {
    const document = xml({ lines: [free('O')] });
    expect(document).not.toContain('PartyTaxScheme');
    expect(document).toContain('<cbc:TaxExemptionReason>Not subject to VAT</cbc:TaxExemptionReason>');
  });
  it('a tax registration is not a VAT id', () => expect(xml({ lines: [{}], seller: { ...seller, taxId: '99/815/08155' } })).toMatch(/<cbc:CompanyID>99\/815\/08155<\/cbc:CompanyID>\s*<cac:TaxScheme>\s*<cbc:ID>TAX</));
  it('the invoicing period is the span of the lines', () => {
    expect(xml({ lines: [{ period: { from: '2026-02-01', to: '2026-02-28' } }, { period: { from: '2026-01-15', to: '2026-02-14' } }] })).toMatch(/<cbc:BuyerReference>[^]*<cbc:StartDate>2026-01-15<[^]*<cbc:EndDate>2026-02-28<[^]*AccountingSupplierParty/);
  });
  it('money goes by SEPA in euros, by another transfer otherwise', () => {
    const code = (wish: Partial<Wish>) => /PaymentMeansCode>(\d+)/.exec(xml({ lines: [{}], ...wish }))?.[1];
    expect([code({}), code({ currencyCode: 'USD' }), code({ seller: { ...belgianSeller, iban: '' } }), code({ kind: 'credit-note' }), code({ kind: 'credit-note', buyer: buyers.german })]).toEqual(['58', '30', '1', undefined, '97']);
  });
  it('an attachment is in it, byte for byte', () => expect(xml({ lines: [{}], attachments: [{ fileName: 'a.csv', mimeType: 'text/csv', bytes: Buffer.from('a,b') }] })).toContain('<cbc:EmbeddedDocumentBinaryObject mimeCode="text/csv" filename="a.csv">YSxi</cbc:EmbeddedDocumentBinaryObject>'));
  it('text is text, whatever it looks like', () => expect(xml({ lines: [{ name: '<b>&amp;]]></b>' }] })).toContain('<cbc:Name>&lt;b&gt;&amp;amp;]]&gt;&lt;/b&gt;</cbc:Name>'));
});

describe('an electronic address', () => {
  it.each([['0204:991-1234512345-06', '0204', '991-1234512345-06'], ['0088:a:b', '0088', 'a:b'], ['DE123456789', '', 'DE123456789'], ['', '', '']])('%s', (text, scheme, id) => expect(electronicAddressOf(text)).toEqual({ scheme, id }));
});

describe('numbers with a form of their own', () => {
  it.each([['0007', '5560360793', '5560360794'], ['0088', '7300010000001', '7300010000002'], ['0096', '1234567890', '123'], ['0184', 'DK12345678', 'DK1'], ['0198', 'DK12345678', '12345678'],
    ['0151', '51824753556', '51824753557'], ['0192', '974760673', '974760674'], ['0208', '0202239951', '0202239950']])('%s: %s, not %s', (scheme, right, wrong) => {
    expect([identifierHolds(scheme, right), identifierHolds(scheme, wrong), identifierHolds(scheme, '')]).toEqual([true, false, false]);
  });
  it('are few: others may be what they like', () => expect(identifierHolds('9930', 'DE1')).toBe(true));
});

describe('exact numbers', () => {
  it('add, multiply, compare and round as on paper', () => {
    expect(textOf(plus(exact('0.1'), exact('0.25')))).toBe('0.35');
    expect(textOf(minus(exact('1'), exact('1.005')))).toBe('-0.005');
    expect(textOf(times(exact('-1.5'), exact('0.3333')))).toBe('-0.49995');
    expect(['2.345', '-2.345', '2.344', '7'].map((text) => textOf(rounded(exact(text), 2)))).toEqual(['2.35', '-2.35', '2.34', '7.00']);
    expect([order(exact('1.0'), exact('1')), order(exact('-1'), exact('0.5')), order(exact('2'), exact('1.99'))]).toEqual([0, -1, 1]);
    expect(() => exact('1e3')).toThrow('not a decimal number');
  });
});
