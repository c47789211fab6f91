// A bank's export as CSV, by the profile of its account: which columns say what, and how dates and amounts are written.
//
// - The line of column names comes after so many other lines; columns are found by name, whatever their order. Cells may stand in quotes, with the delimiter, line ends and doubled quotes in them.
// - A row without date and amount is none: an empty line, or what a bank writes below. Any other row that cannot be read ends the reading.
// - An amount is signed, before or behind it, or stands in a column for money in or one for money out. Thousands may be parted by the other sign, a space or an apostrophe.
// - A file is one statement without balances; it names no account: who sends it says which.
import type { Day } from '@ar/domain/day.js';
import type { CsvProfile } from '../domain/bank-account.js';
import { amountIn, type BankEntry, BankFileInvalid, type BankParser, type BankSink, dayIn, nothingOf, plain } from './bank-file.js';

const LONGEST_ROW = 65_536;
const MOST_CELLS = 500;

/** Whose rows they are. */
export interface CsvOf { readonly account: string; readonly currency: string; readonly profile: CsvProfile }

export function csvParser(sink: BankSink, { account, currency, profile }: CsvOf): BankParser {
  const rows = rowsOf(profile.delimiter);
  let [skipped, line] = [0, 0];
  let columns: ReadonlyMap<string, number> | undefined;

  const row = (cells: readonly string[]): void => {
    line++;
    if (skipped < profile.linesBefore) { skipped++; return; }
    if (columns === undefined) { columns = columnsOf(cells, profile); return; }
    const cell = (name: string): string => (name === '' ? '' : cells[columns!.get(keyOf(name))!]?.trim() ?? '');
    const money = profile.amount === '' ? [cell(profile.credit), cell(profile.debit)] : [cell(profile.amount)];
    if (cell(profile.bookedOn) === '' && money.every((m) => m === '')) return;
    try { sink.entry(entryOf(cell, currency, profile)); } catch (error) {
      throw error instanceof BankFileInvalid ? new BankFileInvalid(`row ${line}: ${error.detail}`) : error;
    }
  };
  return {
    write(text) { rows.write(text, row); },
    end() {
      rows.end(row);
      if (columns === undefined) throw new BankFileInvalid('it has no line of column names');
      sink.part({ message: 'csv', account, currency, bankId: '', number: 0, page: 0, lastPage: true, opening: null, closing: null });
    },
  };
}

/** Cells of rows, as they arrive: RFC 4180, with line ends of either kind. */
function rowsOf(delimiter: string) {
  let [cell, length, quoted, ended] = ['', 0, false, false];
  let cells: string[] = [];
  const endCell = () => {
    if (cells.length >= MOST_CELLS) throw new BankFileInvalid(`a row has more than ${MOST_CELLS} cells`);
    cells.push(cell);
    [cell, ended] = ['', false];
  };
  const endRow = (row: (cells: readonly string[]) => void) => {
    endCell();
    const whole = cells;
    [cells, length] = [[], 0];
    row(whole);
  };
  return {
    write(text: string, row: (cells: readonly string[]) => void): void {
      for (const c of text) {
        if (++length > LONGEST_ROW) throw new BankFileInvalid(`a row has more than ${LONGEST_ROW} characters`);
        if (quoted && c !== '"') cell += c;
        else if (quoted) [quoted, ended] = [false, true];
        else if (c === '"' && ended) { cell += c; [quoted, ended] = [true, false]; } // doubled: one of the text
        else if (c === '"' && cell === '') quoted = true;
        else if (c === delimiter) endCell();
        else if (c === '\n') endRow(row);
        else if (c !== '\r') cell += c;
      }
    },
    end(row: (cells: readonly string[]) => void): void {
      if (quoted) throw new BankFileInvalid('it ends within quotes');
      if (cell !== '' || cells.length > 0) endRow(row);
    },
  };
}

const keyOf = (name: string): string => name.trim().toLowerCase();
const named = ({ bookedOn, valueOn, amount, credit, debit, currency, name, account, reference, endToEndId, texts }: CsvProfile): readonly string[] => [bookedOn, valueOn, amount, credit, debit, currency, name, account, reference, endToEndId, ...texts].filter((c) => c !== '');

function columnsOf(cells: readonly string[], profile: CsvProfile): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  cells.forEach((c, n) => { if (!places.has(keyOf(c))) places.set(keyOf(c), n); }); // of two that are called the same, the first
  const missing = named(profile).find((c) => !places.has(keyOf(c)));
  if (missing !== undefined) throw new BankFileInvalid(`it has no column ${missing.slice(0, 60)}`);
  return places;
}

function entryOf(cell: (name: string) => string, ownCurrency: string, profile: CsvProfile): BankEntry {
  const currency = cell(profile.currency).toUpperCase() || ownCurrency;
  const { minor, credit } = moneyOf(cell, currency, profile);
  const bookedOn = dateIn(cell(profile.bookedOn), profile.dateFormat);
  const valueOn = cell(profile.valueOn) === '' ? bookedOn : dateIn(cell(profile.valueOn), profile.dateFormat);
  return {
    ...nothingOf, minor, credit, currency, status: 'booked', reversal: false, bookedOn, valueOn, reference: plain(cell(profile.reference), 64), endToEndId: plain(cell(profile.endToEndId), 64),
    name: plain(cell(profile.name), 140), account: plain(cell(profile.account).replace(/\s/g, ''), 34), text: plain(profile.texts.map(cell).filter((t) => t !== '').join(' '), 900), transactions: [],
  };
}

function moneyOf(cell: (name: string) => string, currency: string, profile: CsvProfile): { readonly minor: number; readonly credit: boolean } {
  if (profile.amount !== '') {
    const { minor, negative } = amountOf(cell(profile.amount), currency, profile.decimal);
    return { minor, credit: !negative };
  }
  const [into, out] = [cell(profile.credit), cell(profile.debit)].map((text) => (text === '' ? { minor: 0, negative: false } : amountOf(text, currency, profile.decimal)));
  if (into!.minor > 0 && out!.minor > 0) throw new BankFileInvalid('it is money in and money out');
  if (into!.negative) throw new BankFileInvalid('money in is negative');
  return into!.minor > 0 ? { minor: into!.minor, credit: true } : { minor: out!.minor, credit: false }; // many write money out with a sign as well
}

/** `-1.234,56`, `1,234.56-`, `+12`, `1 234,5`. */
function amountOf(text: string, currency: string, decimal: '.' | ','): { readonly minor: number; readonly negative: boolean } {
  const signs = text.replaceAll('\u2212', '-');
  const [, before = '', digits = '', behind = ''] = /^([+-]?)\s*([\d.,'\u2019\s]+?)\s*([+-]?)$/.exec(signs) ?? [];
  if (digits === '' || (before !== '' && behind !== '')) throw new BankFileInvalid(`${text.slice(0, 30)} is not an amount`);
  const [whole = '', ...fraction] = digits.split(decimal);
  const grouped = /^\d{1,3}([.,'\u2019\s]\d{3})+$/.test(whole) ? whole.replace(/\D/g, '') : whole;
  return { minor: amountIn([grouped, ...fraction].join(decimal), currency, decimal), negative: before === '-' || behind === '-' };
}

const FORMATS: Readonly<Record<CsvProfile['dateFormat'], readonly [RegExp, year: number, month: number, day: number]>> = {
  'YYYY-MM-DD': [/^(\d{4})-(\d{1,2})-(\d{1,2})/, 1, 2, 3], YYYYMMDD: [/^(\d{4})(\d{2})(\d{2})$/, 1, 2, 3], 'DD.MM.YYYY': [/^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})$/, 3, 2, 1], 'DD/MM/YYYY': [/^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})$/, 3, 2, 1],
  'MM/DD/YYYY': [/^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})$/, 3, 1, 2],
};

function dateIn(text: string, format: CsvProfile['dateFormat']): Day {
  const [pattern, year, month, day] = FORMATS[format];
  const parts = pattern.exec(text);
  if (!parts) throw new BankFileInvalid(`${text.slice(0, 30)} is not a date written ${format}`);
  const of = (n: number) => parts[n]!.padStart(2, '0');
  return dayIn(`${of(year).length === 2 ? `20${of(year)}` : of(year)}-${of(month)}-${of(day)}`);
}
