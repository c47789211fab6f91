// A statement of account on paper: the answer of the query, each figure printed once, in the customer's language. The same answer gives the same bytes.
import type { CustomerPersonal } from '@ar/contracts/gen/ar/credit/v1/customer.js';
import type { TenantDetails } from '@ar/contracts/gen/ar/invoicing/v1/tenant.js';
import type { Aging } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import type { OpenItemLine, StatementLine } from '@ar/contracts/gen/ar/payments/v1/statement_service.js';
import type { Address } from '@ar/contracts/gen/ar/type/v1/address.js';
import type { Amount } from '@ar/contracts/gen/ar/type/v1/amount.js';
import type { Day } from '@ar/domain/day.js';
import { refuse, type Refusal } from '@ar/domain/decider.js';
import { moneyOf } from '@ar/domain/money.js';
import { dayIn, numberIn, type Language } from '@ar/platform/languages.js';
import { PAGE, Sheet, type Cell } from '@ar/platform/pdf-sheet.js';
import { statementWords, type StatementWords } from './statement-words.js';

/** What both forms have: between whom, of which day, what is open by age, what it comes to. */
interface Head { readonly language: Language; readonly seller: TenantDetails; readonly customerId: string; readonly customer: CustomerPersonal; readonly currency: string; readonly on: Day; readonly aging: Aging; readonly closing: Amount }
export type PrintedStatement = Head & (
  | { readonly form: 'balance-forward'; readonly from: Day; readonly opening: Amount; readonly lines: readonly StatementLine[] }
  | { readonly form: 'open-item'; readonly lines: readonly OpenItemLine[] });

/** Nobody reads more on paper; the pages of the query have no end. */
export const MOST_PRINTED = 5_000;
export const printable = <T>(lines: readonly T[]): readonly T[] | Refusal<'statement-too-long'> => (lines.length > MOST_PRINTED ? refuse('statement-too-long', { most: MOST_PRINTED }) : lines);

const filled = (texts: readonly (string | undefined)[]) => texts.filter((text): text is string => text !== undefined && text.trim() !== '');
const addressOf = (address: Address | undefined) => (address ? filled([...address.lines, filled([address.postalCode, address.city]).join(' '), filled([address.region, address.countryCode]).join(', ')]) : []);
const RIGHT = 330;

export async function statementPdf(statement: PrintedStatement): Promise<Uint8Array> {
  const { language, seller, on, currency, closing } = statement;
  const say = statementWords[language];
  const sheet = new Sheet({ title: `${say.title} ${currency} ${dayIn(language, on)}`, author: seller.legalName, day: on, language });
  sheet.bottom = PAGE.bottom - 10;
  letterhead(sheet, statement);
  sheet.text(`${say.title} ${currency}`, { style: 'bold', size: 15 }, 6);
  const period = statement.form === 'open-item' ? [say.asOf, dayIn(language, on)] : [say.period, `${dayIn(language, statement.from)} ${say.to} ${dayIn(language, on)}`];
  for (const [name, text] of [[say.customer, statement.customerId], period]) sheet.row([{ x: PAGE.left, width: 110, text: name!, grey: true }, { x: PAGE.left + 115, width: 380, text: text! }], 0);
  sheet.space(8);
  if (statement.form === 'open-item') openItems(sheet, statement, say);
  else movements(sheet, statement, say);
  sheet.rule();
  sheet.row([{ x: 250, width: 190, text: `${say.closing} ${dayIn(language, on)}`, style: 'bold', size: 10 }, { x: 445, width: 100, text: `${figure(language, closing)} ${currency}`, align: 'right', style: 'bold', size: 10 }], 8);
  strip(sheet, statement, say);
  const iban = seller.iban.replace(/(.{4})(?=.)/g, '$1 ');
  if (iban !== '' && moneyOf(closing).minor > 0) sheet.text(`${say.pay} ${filled([seller.legalName, iban, seller.bic]).join(' · ')}`);
  return sheet.end((page, of) => sheet.put(`${say.title} ${currency} · ${say.page} ${page} / ${of}`, PAGE.left, PAGE.bottom + 9, PAGE.right - PAGE.left, { size: 7, grey: true, align: 'right' }));
}

const figure = (language: Language, amount: Amount | undefined): string => (amount ? numberIn(language, amount.value) : '');

function letterhead(sheet: Sheet, { seller, customer }: PrintedStatement): void {
  if (seller.logo.length > 0) sheet.picture(seller.logo, PAGE.left, PAGE.top, 200, 60);
  sheet.row([{ x: RIGHT, width: PAGE.right - RIGHT, text: seller.legalName, style: 'bold', size: 10 }]);
  for (const text of filled([...addressOf(seller.address), seller.taxId, seller.contactName, seller.contactPhone, seller.contactEmail])) sheet.row([{ x: RIGHT, width: PAGE.right - RIGHT, text, grey: true }], 0);
  const below = sheet.y;
  sheet.y = PAGE.top + 75;
  for (const text of filled([customer.name, ...addressOf(customer.address)])) sheet.row([{ x: PAGE.left, width: 240, text, size: 10 }], 0);
  sheet.y = Math.max(sheet.y, below) + 24;
}

const right = { align: 'right' } as const;
const bold = { style: 'bold', size: 8 } as const;
/** Columns from the left: a day, what it is, a day or a number, three figures. */
const cells = (texts: readonly [string, string, string, string, string, string], look: Partial<Cell> = {}): readonly Cell[] => {
  const [x, width] = [[50, 110, 262, 322, 398, 474], [58, 148, 56, 71, 71, 71]];
  return texts.map((text, i) => ({ x: x[i]!, width: width[i]!, text, ...(i > 2 ? right : {}), ...look }));
};
const table = (sheet: Sheet, heads: Parameters<typeof cells>[0], body: () => void) => sheet.withHead(() => { sheet.row(cells(heads, bold), 1); sheet.rule(); }, body);

function movements(sheet: Sheet, { language, from, opening, lines }: Extract<PrintedStatement, { form: 'balance-forward' }>, say: StatementWords): void {
  table(sheet, [say.date, say.document, say.due, say.debit, say.credit, say.balance], () => {
    sheet.row(cells([dayIn(language, from), say.opening, '', '', '', figure(language, opening)], { style: 'bold' }), 1);
    for (const l of lines) sheet.row(cells([dayIn(language, l.date), nameOf(l, language, say), l.dueDate === '' ? '' : dayIn(language, l.dueDate), figure(language, l.debit), figure(language, l.credit), figure(language, l.balance)]), 1);
  });
}

/** A document by its number, and what became of it where it was not issued; money by whether it came or went. What counts later than it happened says when that was. */
function nameOf({ documentNumber, eventType, credit, originalDate }: StatementLine, language: Language, say: StatementWords): string {
  const late = originalDate === '' ? '' : ` (${dayIn(language, originalDate)})`;
  if (documentNumber !== '') return filled([documentNumber, became(eventType, say)]).join(', ') + late;
  return money(eventType, credit !== undefined, say) + late;
}

function became(eventType: string, say: StatementWords): string {
  switch (eventType) {
    case 'ar.payments.open_items_written_off.v1': return say.writtenOff;
    case 'ar.payments.open_items_reinstated.v1': return say.reinstated;
    case 'ar.payments.open_item_closed.v1': return say.cancelled;
    default: return '';
  }
}

function money(eventType: string, credit: boolean, say: StatementWords): string {
  return eventType === 'ar.payments.unapplied_cash_placed.v1' || eventType === 'ar.payments.unapplied_cash_taken.v1' ? (credit ? say.payment : say.takenBack) : say.other;
}

function openItems(sheet: Sheet, { language, lines }: Extract<PrintedStatement, { form: 'open-item' }>, say: StatementWords): void {
  table(sheet, [say.date, say.document, say.due, say.pastDue, say.original, say.open], () => {
    for (const l of lines) {
      const name = l.documentNumber === '' ? say.payment : l.instalment > 1 ? `${l.documentNumber} (${l.instalment})` : l.documentNumber;
      if (l.unapplied) sheet.row(cells([dayIn(language, l.date), `${name}, ${say.unapplied}`, '', '', '', `−${figure(language, l.unapplied)}`]), 1);
      else sheet.row(cells([dayIn(language, l.date), name, dayIn(language, l.dueDate), l.daysPastDue === 0 ? '' : String(l.daysPastDue), figure(language, l.original), figure(language, l.open)]), 1);
    }
  });
}

/** What is open by how long it is past due; what is not used stands beside it, never netted. */
function strip(sheet: Sheet, { language, aging }: PrintedStatement, say: StatementWords): void {
  const columns = [...aging.buckets.map(({ fromDays, toDays, open }) => [fromDays === undefined ? say.current : toDays === undefined ? `${say.over} ${fromDays - 1} ${say.days}` : `${fromDays}–${toDays} ${say.days}`, figure(language, open)] as const), [say.unapplied, figure(language, aging.unapplied)] as const];
  for (let at = 0; at < columns.length; at += 7) { // as many as a line takes
    const some = columns.slice(at, at + 7);
    const wide = (PAGE.right - PAGE.left) / some.length;
    sheet.row(some.map(([name], i) => ({ x: PAGE.left + i * wide, width: wide - 4, text: name, grey: true, ...right, size: 8 })), 0);
    sheet.row(some.map(([, text], i) => ({ x: PAGE.left + i * wide, width: wide - 4, text, ...right })), 8);
  }
}
