import { describe, expect, it } from '@jest/globals';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { BillingDocument } from './document.js';
import { buyers, dutchSeller, euros, inShares, made, seller } from './documents.world.js';
import { samples } from './documents.samples.world.js';
import { pdfOf } from './pdf.js';
import { isPicture } from '@ar/platform/pdf-sheet.js';
import { ublOf } from './ubl.js';
import { amountIn, dayIn, numberIn } from '@ar/platform/languages.js';
import { unitIn, words } from './words.js';

const RED_PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');
const WHITE_JPEG = Buffer.from('/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=', 'base64');

interface Read { readonly pages: readonly string[]; readonly text: string; readonly title: string; readonly created: string }

/** What a reader of PDF files finds in it: the words of each page, in the order in which they were set. */
async function read(bytes: Uint8Array): Promise<Read> {
  const task = getDocument({ data: bytes.slice(), verbosity: 0 });
  const pdf = await task.promise;
  const pages: string[] = [];
  for (let i = 1; i <= pdf.numPages; i++) {
    const { items } = await (await pdf.getPage(i)).getTextContent();
    pages.push(items.map((item) => ('str' in item ? item.str : '')).filter((text) => text.trim() !== '').join(' '));
  }
  const info = (await pdf.getMetadata()).info as { readonly Title: string; readonly CreationDate: string };
  await task.destroy();
  return { pages, text: pages.join(' ').replaceAll(/\s+/g, ' '), title: info.Title, created: info.CreationDate };
}
const printed = async (document: BillingDocument) => read(await pdfOf(document));
/** A text as it is found where it may have been broken into lines. */
const flat = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
const spaced = (text: string) => text.replace(/(.{4})(?=.)/g, '$1 ');

/** Texts go on over the end of a page: between their words stand the foot of one page and the head of the table on the next. */
function withoutPageBreaks(text: string, { seller: { footerText }, language, currencyCode }: BillingDocument): string {
  const { page, position, description, quantity, unit, price, rate, amount } = words[language];
  const foot = new RegExp(` ${flat(footerText).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')} \\S+ \\S+ · ${page} \\d+ / \\d+`, 'g');
  return text.replaceAll(foot, '').replaceAll(` ${[position, description, quantity, unit, price, rate, amount, currencyCode].join(' ')}`, '');
}

/** Every figure, name and day of the document, as it is to be read on paper. */
function figuresOf(document: BillingDocument): readonly string[] {
  const { language, totals } = document;
  const amount = (of: BillingDocument['totals']['net']) => amountIn(language, of);
  const credit = document.kind === 'credit-note';
  return [
    document.number, dayIn(language, document.issueDate), document.seller.name, document.seller.taxId, document.buyer.name, document.buyer.address.city, ...document.buyer.address.lines, document.buyerReference, document.orderNumber,
    document.contractReference, document.buyer.taxId, ...document.corrects.flatMap((c) => [c.number, dayIn(language, c.issueDate)]),
    ...document.lines.flatMap((line) => [line.name, line.description, line.sellersArticle, unitIn(language, line.unitCode), numberIn(language, line.quantity), numberIn(language, line.netPrice), amountIn(language, line.net, false),
      ...[...line.allowances, ...line.charges].map((a) => `${amount(a.amount)} ${a.reason || a.reasonCode}`), ...(line.period ? [dayIn(language, line.period.from), dayIn(language, line.period.to)] : [])]),
    ...[...document.allowances, ...document.charges].flatMap((a) => [a.reason, amount(a.amount)]),
    ...document.taxTotals.flatMap((t) => [amount(t.net), amount(t.tax), t.exemptionReason, t.exemptionCode]),
    amount(totals.net), amount(totals.total), amount(totals.payable), ...(document.taxInBaseCurrency ? [amount(document.taxInBaseCurrency)] : []),
    ...document.instalments.flatMap((i) => [dayIn(language, i.dueDate), amount(i.amount)]), ...document.discountTiers.flatMap((t) => [`${numberIn(language, t.percent)} %`, dayIn(language, t.until), amount(t.amount)]),
    document.terms, ...document.notes, ...document.attachments.map((a) => a.fileName), spaced(document.paymentReference), ...(credit ? [] : [spaced(document.seller.iban), document.seller.bic]), document.seller.footerText,
  ].map(flat).filter((text) => text !== '');
}

const NOT_PRINTED = ['every unit', 'every reason']; // they are of the lists of the XML, and long

describe('a document on paper', () => {
  it.each(Object.keys(samples).filter((name) => !NOT_PRINTED.includes(name)))('says every figure that it has: %s', async (name) => {
    const document = samples[name]!;
    const { text } = await printed(document);
    const onOneSheet = withoutPageBreaks(text, document);
    expect(figuresOf(document).filter((figure) => !text.includes(figure) && !onOneSheet.includes(figure))).toEqual([]);
  });

  it('is read line by line as it was made', async () => {
    const { text } = await printed(made({ lines: [{ name: 'Pump', quantity: '3', netPrice: '1234.50', sellersArticle: 'P-7' }], discountTiers: [{ percent: '2', until: '2026-03-15', amount: euros(8814) }] }));
    expect(text).toContain('Invoice INV-2026-00017 Date of issue 2026-03-05 Your reference KST-4711 Your tax ID PL7251801126');
    expect(text).toContain('1 Pump 3 pcs 1,234.50 19 % 3,703.50 Article: P-7');
    expect(text).toContain('Net 3,703.50 EUR Tax 19 % on 3,703.50 EUR 703.67 EUR Total 4,407.17 EUR To be paid 4,407.17 EUR');
    expect(text).toContain('Due on 2026-04-04: 4,407.17 EUR 2 % discount if paid by 2026-03-15: −88.14 EUR');
    expect(text).toContain('Please pay to Müller & Söhne Maschinenbau GmbH · IBAN: DE02 1203 0000 0000 2020 51 · BIC: BYLADEM1001 Payment reference: RF18 5390 0754 7034');
  });

  it('has the bytes of its value, and of nothing else', async () => {
    const document = made({ lines: [{}], seller: { ...seller, logo: RED_PNG } });
    const [first, second] = [await pdfOf(document), await pdfOf(structuredClone(document))];
    expect(Buffer.from(first).equals(Buffer.from(second))).toBe(true);
    expect(Buffer.from(await pdfOf({ ...document, number: 'INV-2026-00018' })).equals(Buffer.from(first))).toBe(false);
    expect(await read(first)).toMatchObject({ title: 'Invoice INV-2026-00017', created: 'D:20260305000000Z' });
    expect(Buffer.from(ublOf(document) as Uint8Array).equals(Buffer.from(ublOf(structuredClone(document)) as Uint8Array))).toBe(true);
  });

  it('repeats the head of its table and counts its pages, with 500 lines', async () => {
    const { pages } = await printed(samples['five hundred lines']!);
    expect(pages.length).toBeGreaterThan(5);
    pages.forEach((page, i) => { expect(page).toContain(`Invoice INV-2026-00017 · Page ${i + 1} / ${pages.length}`); expect(page).toContain('Jörg Müller'); });
    for (const page of pages.slice(0, -1)) expect(page).toContain('No. Description Quantity Unit Price Tax Amount EUR');
    const text = pages.join(' ');
    for (let i = 1; i <= 500; i++) expect(text).toContain(`${i} Part ${i} ${i} pcs 0.07`);
  });

  it('goes on over the page with a text that is longer than one', async () => {
    const description = Array.from({ length: 3_000 }, (_, i) => `word${i}`).join(' ');
    const { pages, text } = await printed(made({ lines: [{ description }] }));
    expect(pages.length).toBeGreaterThan(2);
    const found = [...text.matchAll(/\bword(\d+)/g)].map((m) => Number(m[1]));
    expect(found).toEqual(Array.from({ length: 3_000 }, (_, i) => i));
  });

  it('prints a long foot once, after all else', async () => {
    const footerText = Array.from({ length: 200 }, (_, i) => `foot${i}`).join('\n');
    const { pages, text } = await printed(made({ lines: [{}], seller: { ...seller, footerText } }));
    expect(pages.length).toBeLessThan(6);
    expect([...text.matchAll(/\bfoot(\d+)/g)].map((m) => Number(m[1]))).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  it('breaks a word that is wider than its place', async () => {
    expect([...(await printed(made({ lines: [{ name: 'Ж'.repeat(400) }] }))).text].filter((letter) => letter === 'Ж').length).toBe(400);
  });

  it.each(['Łódź Žižkov Ærøskøbing Győr Ștefan', 'Ωμέγα Αθήνα', 'Київ Санкт-Петербург', '€ £ ¥ ½ ‰ – „quoted“', 'Þórður & <Söhne> "x"'])('prints %s', async (text) => {
    expect((await printed(made({ lines: [{ name: text }], buyer: { ...buyers.polish, name: text } }))).text.split(text).length - 1).toBe(2);
  });
});

describe('a document in the language of its reader', () => {
  const document = inShares(made({ lines: [{ netPrice: '12345.60' }] }), ['2026-04-04', '2026-05-04']);
  it.each([
    ['en', ['Invoice INV-2026-00017', 'Date of issue 2026-03-05', 'To be paid 14,691.26 EUR', 'Due on 2026-04-04: 7,345.63 EUR']],
    ['de', ['Rechnung INV-2026-00017', 'Datum 05.03.2026', 'Zu zahlen 14.691,26 EUR', 'Fällig am 04.04.2026: 7.345,63 EUR']],
    ['nl', ['Factuur INV-2026-00017', 'Datum 05-03-2026', 'Te betalen 14.691,26 EUR', 'Te betalen op 04-04-2026: 7.345,63 EUR']],
    ['fr', ['Facture INV-2026-00017', 'Date 05/03/2026', 'À payer 14 691,26 EUR', 'À payer le 04/04/2026: 7 345,63 EUR']],
  ] as const)('%s', async (language, said) => {
    const { text } = await printed({ ...document, language });
    for (const words of said) expect(text).toContain(words);
  });
  it('says in each why no tax is charged', async () => {
    for (const [language, why] of [['en', 'Reverse charge'], ['de', 'Steuerschuldnerschaft des Leistungsempfängers'], ['nl', 'Btw verlegd'], ['fr', 'Autoliquidation']] as const) {
      expect((await printed({ ...samples['reverse charge']!, language })).text).toContain(`AE: ${why}`);
    }
  });
  it('has every word in every language', () => { for (const of of Object.values(words)) expect(Object.keys(of)).toEqual(Object.keys(words.en)); });
});

describe('a credit note and a debit note', () => {
  it('name what they correct', async () => {
    expect((await printed(samples['credit note']!)).text).toContain('Credit note CN-2026-00003 Date of issue 2026-03-05');
    expect((await printed(samples['credit note for two invoices']!)).text).toContain('This document corrects INV-2026-00011 of 2026-02-10 This document corrects INV-2026-00012 of 2026-02-11');
    expect((await printed(samples['debit note']!)).text).toContain('This document corrects INV-2026-00011 of 2026-02-10');
  });
  it('asks for no money where it credits', async () => {
    const { text } = await printed(samples['credit note']!);
    expect(text).toContain('Credited 238.00 EUR');
    expect(text).not.toMatch(/IBAN|Please pay|To be paid/);
  });
});

describe('a logo', () => {
  it('is printed, whichever of the two formats it has', async () => {
    const plain = made({ lines: [{}], seller: dutchSeller });
    for (const logo of [RED_PNG, WHITE_JPEG]) expect(Buffer.from(await pdfOf({ ...plain, seller: { ...dutchSeller, logo } })).includes('/Subtype /Image')).toBe(true);
    expect(Buffer.from(await pdfOf(plain)).includes('/Subtype /Image')).toBe(false);
  });
  it('is a picture, not only its beginning', () => {
    expect([RED_PNG, WHITE_JPEG].map(isPicture)).toEqual([true, true]);
    expect(isPicture(RED_PNG.subarray(0, 20))).toBe(false);
    expect(isPicture(Buffer.from('GIF89a'))).toBe(false);
    expect(isPicture(Buffer.from([0xff, 0xd8, 0xff, 0xe0]))).toBe(false);
  });
});

describe('a document that does not add up', () => {
  it.each([
    ['net', (d: BillingDocument) => ({ ...d, totals: { ...d.totals, net: euros(1) } })],
    ['the sum of the lines', (d: BillingDocument) => ({ ...d, lines: [{ ...d.lines[0]!, net: euros(1) }] })],
    ['tax', (d: BillingDocument) => ({ ...d, taxTotals: [{ ...d.taxTotals[0]!, tax: euros(1) }] })],
    ['what S 19 is charged on', (d: BillingDocument) => ({ ...d, taxTotals: [{ ...d.taxTotals[0]!, net: euros(1) }] })],
    ['what is to be paid', (d: BillingDocument) => ({ ...d, instalments: [{ dueDate: '2026-04-04', amount: euros(1) }] })],
    ['no tax total for', (d: BillingDocument) => ({ ...d, taxTotals: [{ ...d.taxTotals[0]!, taxRate: '7' }] })],
    ['is in EUR, not in USD', (d: BillingDocument) => ({ ...d, totals: { ...d.totals, total: { minor: 11900, currency: 'USD' } } })],
  ])('is neither printed nor written: %s', async (what, wrong) => {
    const document = wrong(made({ lines: [{}] }));
    await expect(pdfOf(document)).rejects.toThrow(what);
    expect(() => ublOf(document)).toThrow(what);
  });
});
