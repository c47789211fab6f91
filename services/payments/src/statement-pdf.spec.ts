// Statements on paper, read back.
import { describe, expect, it } from '@jest/globals';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { CustomerPersonal } from '@ar/contracts/gen/ar/credit/v1/customer.js';
import { TenantDetails } from '@ar/contracts/gen/ar/invoicing/v1/tenant.js';
import { Aging } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { OpenItemLine, StatementLine } from '@ar/contracts/gen/ar/payments/v1/statement_service.js';
import type { Language } from '@ar/platform/languages.js';
import { printable, statementPdf, type PrintedStatement } from './statement-pdf.js';

const eur = (value: string) => ({ currencyCode: 'EUR', value });
const head = (language: Language, upTo: readonly number[] = [30, 60, 90]) => ({
  language, customerId: 'c1', currency: 'EUR', on: '2026-03-31', closing: eur('1234.50'),
  seller: TenantDetails.fromPartial({ legalName: 'Acme GmbH', taxId: 'DE123456789', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX', address: { lines: ['Hauptstraße 1'], postalCode: '10115', city: 'Berlin', countryCode: 'DE' } }),
  customer: CustomerPersonal.fromPartial({ name: 'Müller & Söhne', address: { lines: ['Ring 5'], postalCode: '1010', city: 'Wien', countryCode: 'AT' } }),
  aging: Aging.fromPartial({ currencyCode: 'EUR', buckets: [{ name: 'current', open: eur('0.00') }, ...upTo.map((toDays, i) => ({ fromDays: i === 0 ? 1 : upTo[i - 1]! + 1, toDays, open: eur(`${toDays}.00`) })), { fromDays: upTo.at(-1)! + 1, open: eur('7.00') }], unapplied: eur('50.00') }),
});
const movement = (more: object): StatementLine => StatementLine.fromPartial({ date: '2026-03-02', balance: eur('0.00'), ...more });
const forward = (language: Language, lines: readonly StatementLine[]): PrintedStatement => ({ ...head(language), form: 'balance-forward', from: '2026-03-01', opening: eur('100.00'), lines });
const openItems = (language: Language, lines: readonly OpenItemLine[], upTo?: readonly number[]): PrintedStatement => ({ ...head(language, upTo), form: 'open-item', lines });

async function read(statement: PrintedStatement): Promise<readonly string[]> {
  const pdf = await getDocument({ data: new Uint8Array(await statementPdf(statement)), verbosity: 0 }).promise;
  const pages: string[] = [];
  for (let n = 1; n <= pdf.numPages; n++) pages.push((await (await pdf.getPage(n)).getTextContent()).items.map((i) => ('str' in i ? i.str : '')).filter((s) => s.trim() !== '').join(' '));
  return pages;
}

describe('a balance forward', () => {
  const lines = [
    movement({ documentNumber: 'R2026-00042', dueDate: '2026-04-01', eventType: 'ar.payments.open_item_posted.v1', debit: eur('1184.50'), balance: eur('1284.50') }),
    movement({ eventType: 'ar.payments.unapplied_cash_placed.v1', credit: eur('50.00'), balance: eur('1234.50') }),
  ];
  it('says who, when, what was before, what moved it and what is after, and where to pay', async () => {
    const [page] = await read(forward('en', lines));
    for (const text of ['Statement of account EUR', 'Acme GmbH', 'Hauptstraße 1', 'Müller & Söhne', '1010 Wien', '2026-03-01 to 2026-03-31', 'Balance brought forward 100.00', '2026-03-02 R2026-00042 2026-04-01 1,184.50 1,284.50', '2026-03-02 Payment 50.00 1,234.50', 'Balance 2026-03-31 1,234.50 EUR',
      'Not due 1–30 days 31–60 days 61–90 days over 90 days Not used yet', '0.00 30.00 60.00 90.00 7.00 50.00', 'Please pay to Acme GmbH · DE89 3704 0044 0532 0130 00 · COBADEFFXXX', 'Page 1 / 1']) expect(page).toContain(text);
  });
  it('says what became of a document, and when what counts later happened', async () => {
    const [page] = await read(forward('en', [
      movement({ documentNumber: 'R-1', eventType: 'ar.payments.open_items_written_off.v1', credit: eur('3.00') }), movement({ documentNumber: 'R-2', eventType: 'ar.payments.open_item_closed.v1', credit: eur('9.00') }),
      movement({ date: '2026-04-01', originalDate: '2026-03-20', eventType: 'ar.payments.unapplied_cash_placed.v1', credit: eur('5.00') }),
    ]));
    for (const text of ['R-1, written off', 'R-2, cancelled', '2026-04-01 Payment (2026-03-20) 5.00']) expect(page).toContain(text);
  });
  it.each([['de', 'Kontoauszug EUR', '01.03.2026 bis 31.03.2026', '1.234,50'], ['nl', 'Rekeningoverzicht EUR', '01-03-2026 t/m 31-03-2026', '1.234,50'], ['fr', 'Relevé de compte EUR', '01/03/2026 au 31/03/2026', '1\u00a0234,50']] as const)('is in the language of the customer: %s', async (language, ...texts) => {
    const [page] = await read(forward(language, lines));
    for (const text of texts) expect(page!.replaceAll('\u00a0', ' ')).toContain(text.replaceAll('\u00a0', ' '));
  });
  it('goes on over pages, each with its head, and asks nobody to pay who owes nothing', async () => {
    const pages = await read({ ...forward('en', Array.from({ length: 200 }, (_, i) => movement({ documentNumber: `R2026-${i}`, debit: eur('1.00') }))), closing: eur('-5.00') });
    expect(pages.length).toBeGreaterThan(3);
    for (const page of pages.slice(0, -1)) expect(page).toContain('Date Document Due Debit Credit Balance');
    expect(pages.join(' ')).not.toContain('Please pay');
  });
  it('is the same bytes for the same answer', async () => expect(Buffer.from(await statementPdf(forward('en', lines))).equals(Buffer.from(await statementPdf(forward('en', lines))))).toBe(true));
});

describe('a statement of more lines than anybody reads', () => {
  const lines = (n: number) => printable(Array.from({ length: n }, () => 0));
  it('is refused', () => expect([lines(5_001), lines(5_000).constructor]).toEqual([{ refused: 'statement-too-long', detail: { most: 5_000 } }, Array]));
});

describe('a statement of open items', () => {
  it('lists items with how late they are, and what is not used yet', async () => {
    const [page] = await read(openItems('en', [
      OpenItemLine.fromPartial({ documentNumber: 'R2026-00042', instalment: 2, date: '2026-01-01', dueDate: '2026-01-31', daysPastDue: 59, original: eur('1000.00'), open: eur('500.00') }), OpenItemLine.fromPartial({ date: '2026-03-20', unapplied: eur('50.00') }),
    ]));
    for (const text of ['As of 2026-03-31', '2026-01-01 R2026-00042 (2) 2026-01-31 59 1,000.00 500.00', '2026-03-20 Payment, Not used yet −50.00']) expect(page).toContain(text);
  });
  it('has as many buckets as the policy', async () => expect((await read(openItems('en', [], [5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90])))[0]).toContain('over 90 days'));
});
