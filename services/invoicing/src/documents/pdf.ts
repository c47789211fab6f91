// A document on paper: who to whom, what, what it comes to, how and when it is paid. Every figure of the value is printed once, in the language of the document; the same value gives the same bytes.
import { amountIn, dayIn, numberIn } from '@ar/platform/languages.js';
import { PAGE, Sheet, type Cell } from '@ar/platform/pdf-sheet.js';
import { plainRate } from '../domain/totals.js';
import { mustAddUp, type BillingDocument, type DocumentLine, type Party } from './document.js';
import { exemptionText, unitIn, words, type Words } from './words.js';

export async function pdfOf(document: BillingDocument): Promise<Uint8Array> {
  mustAddUp(document);
  const say = words[document.language];
  const title = `${kindIn(document, say)} ${document.number}`;
  const sheet = new Sheet({ title, author: document.seller.name, day: document.issueDate, language: document.language });
  const foot = footOf(sheet, document);
  letterhead(sheet, document, say);
  heading(sheet, document, say, title);
  linesOf(sheet, document, say);
  sums(sheet, document, say);
  payment(sheet, document, say);
  for (const note of document.notes) sheet.text(note, {}, 6);
  if (document.attachments.length > 0) sheet.text(`${say.enclosed}: ${document.attachments.map((a) => a.fileName).join(', ')}`);
  if (footLines(sheet, document).length > MOST_FOOT_LINES) sheet.text(document.seller.footerText, { size: 7, grey: true });
  return sheet.end((page, of) => foot(`${title} · ${say.page} ${page} / ${of}`));
}

function kindIn({ kind }: BillingDocument, say: Words): string {
  switch (kind) {
    case 'invoice': return say.invoice;
    case 'credit-note': return say.creditNote;
    case 'debit-note': return say.debitNote;
  }
}

const filled = (texts: readonly string[]) => texts.filter((text) => text.trim() !== '');
const named = (name: string, value: string) => (value.trim() === '' ? '' : `${name}: ${value}`);
const addressOf = ({ address: { lines, postalCode, city, region, countryCode } }: Party) => filled([...lines, filled([postalCode, city]).join(' '), filled([region, countryCode]).join(', ')]);

const RIGHT = 330;

function letterhead(sheet: Sheet, { seller, buyer }: BillingDocument, say: Words): void {
  const top = PAGE.top;
  if (seller.logo) sheet.picture(seller.logo, PAGE.left, top, 200, 60);
  const side = [...addressOf(seller), named(say.taxId, seller.taxId), named(say.registration, seller.registration.id), seller.contact.name, seller.contact.phone, seller.contact.email];
  sheet.row([{ x: RIGHT, width: PAGE.right - RIGHT, text: seller.name, style: 'bold', size: 10 }]);
  for (const text of filled(side)) sheet.row([{ x: RIGHT, width: PAGE.right - RIGHT, text, grey: true }], 0);
  const below = sheet.y;
  sheet.y = Math.max(top + 75, PAGE.top);
  for (const text of [buyer.name, ...addressOf(buyer)]) sheet.row([{ x: PAGE.left, width: 240, text, size: 10 }], 0);
  sheet.y = Math.max(sheet.y, below) + 24;
}

function heading(sheet: Sheet, document: BillingDocument, say: Words, title: string): void {
  const { language, delivery, buyer, corrects } = document;
  sheet.text(title, { style: 'bold', size: 15 }, 6);
  const facts: readonly (readonly [name: string, value: string])[] = [
    [say.issueDate, dayIn(language, document.issueDate)], [say.delivered, filled([delivery?.date ? dayIn(language, delivery.date) : '', delivery?.countryCode ?? '']).join(', ')],
    [say.order, document.orderNumber], [say.reference, document.buyerReference], [say.contract, document.contractReference], [say.yourTaxId, buyer.taxId],
  ];
  for (const [name, value] of facts) if (value.trim() !== '') sheet.row([{ x: PAGE.left, width: 110, text: name, grey: true }, { x: PAGE.left + 115, width: 380, text: value }], 0);
  for (const { number, issueDate } of corrects) sheet.text(`${say.corrects} ${number} ${say.of} ${dayIn(language, issueDate)}`, { style: 'bold' }, 0);
  sheet.space(8);
  sheet.text(document.seller.headerText, {}, 8);
}

const COLUMNS = { position: [50, 26], description: [78, 202], quantity: [280, 54], unit: [338, 38], price: [376, 64], rate: [442, 36], amount: [480, 65] } as const;
const cell = (column: keyof typeof COLUMNS, text: string, look: Partial<Cell> = {}): Cell => ({ x: COLUMNS[column][0], width: COLUMNS[column][1], text, ...look });

function linesOf(sheet: Sheet, document: BillingDocument, say: Words): void {
  const right = { align: 'right' } as const;
  const head = () => {
    const look = { style: 'bold', size: 8 } as const;
    sheet.row([cell('position', say.position, look), cell('description', say.description, look), cell('quantity', say.quantity, { ...look, ...right }), cell('unit', say.unit, look),
      cell('price', say.price, { ...look, ...right }), cell('rate', say.rate, { ...look, ...right }), cell('amount', `${say.amount} ${document.currencyCode}`, { ...look, ...right })], 1);
    sheet.rule();
  };
  sheet.withHead(head, () => {
    for (const line of document.lines) {
      const number = (text: string) => numberIn(document.language, text);
      sheet.row([cell('position', line.id), cell('description', line.name, { style: 'bold' }), cell('quantity', number(line.quantity), right), cell('unit', unitIn(document.language, line.unitCode)),
        cell('price', number(line.netPrice), right), cell('rate', rateOf(document, line), right), cell('amount', amountIn(document.language, line.net, false), right)], 0);
      for (const text of detailsOf(document, line, say)) sheet.row([cell('description', text, { grey: true })], 0);
      sheet.space(4);
    }
  });
  sheet.rule();
}

function detailsOf({ language }: BillingDocument, line: DocumentLine, say: Words): readonly string[] {
  const adjusted = (word: string, list: DocumentLine['allowances']) => list.map(({ amount, reason, reasonCode }) => `${word} ${amountIn(language, amount)} ${reason || reasonCode}`);
  return filled([
    line.description, named(say.article, line.sellersArticle), line.period ? `${say.period}: ${dayIn(language, line.period.from)} ${say.to} ${dayIn(language, line.period.to)}` : '',
    line.grossPrice === '' ? '' : `${say.listPrice} ${numberIn(language, line.grossPrice)}`, ...adjusted(say.less, line.allowances), ...adjusted(say.plus, line.charges),
  ]);
}

const rateOf = ({ language }: BillingDocument, { taxCategory, taxRate }: Pick<DocumentLine, 'taxCategory' | 'taxRate'>) => (taxCategory === 'S' || taxCategory === 'Z' ? `${numberIn(language, plainRate(taxRate))} %` : taxCategory);

function sums(sheet: Sheet, document: BillingDocument, say: Words): void {
  const { language, totals, allowances, charges, taxTotals, taxInBaseCurrency } = document;
  const row = (name: string, value: string, look: Partial<Cell> = {}) => sheet.row([{ x: 250, width: 190, text: name, ...look }, { x: 445, width: 100, text: value, align: 'right', ...look }], 1);
  if (allowances.length + charges.length > 0) row(say.lines, amountIn(language, totals.lines));
  for (const { amount, reason, reasonCode, ...tax } of allowances) row(`${say.less} ${reason || reasonCode} (${rateOf(document, tax)})`, `−${amountIn(language, amount)}`);
  for (const { amount, reason, reasonCode, ...tax } of charges) row(`${say.plus} ${reason || reasonCode} (${rateOf(document, tax)})`, amountIn(language, amount));
  row(say.net, amountIn(language, totals.net));
  for (const total of taxTotals) row(`${say.tax} ${rateOf(document, total)} ${say.on} ${amountIn(language, total.net)}`, amountIn(language, total.tax));
  row(say.total, amountIn(language, totals.total), { style: 'bold' });
  if (totals.prepaid.minor !== 0) row(say.prepaid, `−${amountIn(language, totals.prepaid)}`);
  if (totals.rounding.minor !== 0) row(say.rounding, amountIn(language, totals.rounding));
  row(document.kind === 'credit-note' ? say.credited : say.payable, amountIn(language, totals.payable), { style: 'bold', size: 10 });
  if (taxInBaseCurrency) row(`${say.taxIn} ${taxInBaseCurrency.currency}`, amountIn(language, taxInBaseCurrency));
  sheet.space(6);
  for (const { taxCategory, exemptionReason, exemptionCode } of taxTotals) {
    const why = taxCategory === 'S' || taxCategory === 'Z' ? '' : filled([exemptionText(language, taxCategory, exemptionReason), exemptionCode]).join(', ');
    sheet.text(why === '' ? '' : `${taxCategory}: ${why}`);
  }
  sheet.space(6);
}

function payment(sheet: Sheet, { language, instalments, discountTiers, terms, paymentReference, seller, kind }: BillingDocument, say: Words): void {
  for (const { dueDate, amount } of instalments) sheet.text(`${say.dueOn} ${dayIn(language, dueDate)}: ${amountIn(language, amount)}`, { style: 'bold' }, 0);
  for (const { percent, until, amount } of discountTiers) sheet.text(`${numberIn(language, percent)} % ${say.discount} ${say.paidBy} ${dayIn(language, until)}: −${amountIn(language, amount)}`, {}, 0);
  sheet.space(4);
  if (kind !== 'credit-note') {
    const account = filled([named(say.iban, spaced(seller.iban)), named(say.bic, seller.bic)]).join(' · ');
    if (account !== '') sheet.text(`${say.pay} ${seller.name} · ${account}`, {}, 0);
    sheet.text(named(say.paymentReference, spaced(paymentReference)), { style: 'bold' }, 0);
  }
  sheet.space(4);
  sheet.text(named(say.terms, terms), {}, 6);
}

/** In groups of four, as it is typed. */
const spaced = (text: string) => text.replaceAll(' ', '').replace(/(.{4})(?=.)/g, '$1 ');

const MOST_FOOT_LINES = 12;
const footLines = (sheet: Sheet, { seller: { footerText } }: BillingDocument) => (footerText.trim() === '' ? [] : sheet.wrap(footerText, PAGE.right - PAGE.left, { size: 7 }));

/** Keeps the place at the end of every page that the seller's foot takes, and writes there; a foot that would leave too little room is printed once, after the notes. */
function footOf(sheet: Sheet, document: BillingDocument): (page: string) => void {
  const [width, look, high] = [PAGE.right - PAGE.left, { size: 7, grey: true } as const, 9.5];
  const all = footLines(sheet, document);
  const lines = all.length > MOST_FOOT_LINES ? [] : all;
  sheet.bottom = PAGE.bottom - (lines.length + 1) * high;
  return (page) => {
    lines.forEach((text, i) => sheet.put(text, PAGE.left, sheet.bottom + (i + 1) * high, width, look));
    sheet.put(page, PAGE.left, PAGE.bottom + high, width, { ...look, align: 'right' });
  };
}
