// An invoice history as a file tells it, and what has to happen on which day to live through it again.
import { parse } from 'csv-parse/sync';
import { daysAfter, daysBetween, isDay, type Day } from '@ar/domain/day.js';
import { isMoney, parseMoney } from '@ar/domain/money.js';

export interface PlannedInvoice { readonly invoiceId: string; readonly externalNumber: string; readonly customerId: string; readonly currency: string; readonly minor: number; readonly issuedOn: Day; readonly dueOn: Day; readonly shares?: readonly { readonly days: number; readonly percent: string }[]; /** for who pays by then */ readonly discount?: { readonly days: number; readonly percent: string }; readonly disputed: boolean }
export interface PlannedReceipt { readonly receiptId: string; readonly customerId: string; readonly currency: string; readonly minor: number; readonly remittance: string; /** invoices that are paid with it: their disputes are resolved first */ readonly pays: readonly string[]; /** who it turns out to be from, when that is found out later the same day */ readonly identifiedAs?: string }
export interface PlannedCredit { readonly creditNoteId: string; readonly invoiceId: string; readonly currency: string; readonly minor: number }
export interface PlannedDay { readonly invoices: PlannedInvoice[]; readonly receipts: PlannedReceipt[]; readonly voids: string[]; /** parts of invoices that are credited */ readonly credits: PlannedCredit[]; readonly returns: string[]; /** customers put on hold, or released, by hand */ readonly holds: string[]; readonly releases: string[] }
export interface History { readonly customers: readonly { readonly customerId: string; readonly currency: string; readonly limitMinor: number }[]; readonly days: ReadonlyMap<Day, PlannedDay>; readonly first: Day; readonly last: Day; readonly note: string }

export type DateOrder = 'dmy' | 'mdy' | 'ymd';
/** The file cannot be used: told without a stack. 64: the caller has to say more; 65: rows are bad. */
export class HistoryProblem extends Error { constructor(readonly exitCode: 64 | 65 | 66 | 73, message: string) { super(message); } }

type Row = Readonly<Record<string, string>>;
const COLUMNS = ['customerID', 'invoiceNumber', 'InvoiceDate', 'DueDate', 'InvoiceAmount', 'Disputed', 'SettledDate'];

/** Reads a CSV with the columns of the IBM accounts-receivable history. Amounts are USD. */
export function readHistory(csv: string, order?: DateOrder): History {
  const rows = parse(csv, { columns: true, bom: true, trim: true, skip_empty_lines: true, relax_column_count: true }) as Row[];
  if (rows.length === 0) throw new HistoryProblem(65, 'the file has no rows');
  const missing = COLUMNS.filter((c) => !(c in rows[0]!));
  if (missing.length > 0) throw new HistoryProblem(65, `the file has no column ${missing.join(', ')}`);
  const chosen = order ?? onlyOrder(rows);
  const bad: string[] = [];
  const seen = new Set<string>();
  const invoices = rows.flatMap((row, i) => {
    const read = readRow(row, chosen, seen);
    if (typeof read !== 'string') return [read];
    bad.push(`  line ${i + 2}: ${read}`);
    return [];
  });
  if (bad.length > 0) throw new HistoryProblem(65, `${bad.length} of ${rows.length} rows cannot be used; nothing was posted\n${bad.join('\n')}`);
  return planned(invoices, `${rows.length} invoices, dates read as ${chosen}${order ? '' : ' (the only order that fits all rows)'}`);
}

interface Settled { readonly invoice: PlannedInvoice; readonly settledOn: Day }

function readRow(row: Row, order: DateOrder, seen: Set<string>): Settled | string {
  const number = row['invoiceNumber'] ?? '';
  const customerId = row['customerID'] ?? '';
  if (!/^[A-Za-z0-9_.-]{1,40}$/.test(number)) return `invoiceNumber "${number}" is not an id`;
  if (!/^[A-Za-z0-9_.:-]{1,64}$/.test(customerId)) return `customerID "${customerId}" is not an id`;
  if (seen.has(number)) return `invoiceNumber ${number} is there twice`;
  seen.add(number);
  const [issuedOn, dueOn, settledOn] = (['InvoiceDate', 'DueDate', 'SettledDate'] as const).map((c) => dayOf(row[c] ?? '', order));
  if (!issuedOn) return `InvoiceDate "${row['InvoiceDate']}" is not a day`;
  if (!dueOn) return `DueDate "${row['DueDate']}" is not a day`;
  if (!settledOn) return `SettledDate "${row['SettledDate']}" is not a day`;
  if (dueOn < issuedOn) return `it is due on ${dueOn}, before its issue on ${issuedOn}`;
  if (settledOn < issuedOn) return `it is settled on ${settledOn}, before its issue on ${issuedOn}`;
  const amount = parseMoney(row['InvoiceAmount'] ?? '', 'USD');
  if (!isMoney(amount) || amount.minor <= 0) return `InvoiceAmount "${row['InvoiceAmount']}" is not an amount above zero`;
  const disputed = (row['Disputed'] ?? '').toLowerCase();
  if (disputed !== 'yes' && disputed !== 'no') return `Disputed "${row['Disputed']}" is neither Yes nor No`;
  return { settledOn, invoice: { invoiceId: `inv_${number}`, externalNumber: number, customerId, currency: 'USD', minor: amount.minor, issuedOn, dueOn, disputed: disputed === 'yes' } };
}

function dayOf(text: string, order: DateOrder): Day | undefined {
  const parts = /^(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})$/.exec(text)?.slice(1);
  if (!parts) return undefined;
  const [year, month, day] = order === 'ymd' ? parts : order === 'dmy' ? [parts[2], parts[1], parts[0]] : [parts[2], parts[0], parts[1]];
  const date = `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`;
  return isDay(date) ? date : undefined;
}

/** Whether all dates of a row are days in that order, and say what the row says about them. */
function fits(row: Row, order: DateOrder): boolean {
  const days = ['InvoiceDate', 'DueDate', 'SettledDate', 'PaperlessDate'].filter((c) => row[c]).map((c) => [c, dayOf(row[c]!, order)] as const);
  if (days.some(([, day]) => day === undefined)) return false;
  const at = Object.fromEntries(days) as Record<string, Day>;
  if (!row['DaysToSettle'] || !at['InvoiceDate'] || !at['SettledDate']) return true;
  return daysBetween(at['InvoiceDate'], at['SettledDate']) === Number(row['DaysToSettle']);
}

function onlyOrder(rows: readonly Row[]): DateOrder {
  const orders = (['dmy', 'mdy', 'ymd'] as const).filter((order) => rows.every((row) => fits(row, order)));
  if (orders.length === 1) return orders[0]!;
  const line = (row: Row, i: number) => `  line ${i + 2}: ${row['InvoiceDate']}, ${row['DueDate']}, ${row['SettledDate']}`;
  if (orders.length === 0) {
    const doubts = (['dmy', 'mdy'] as const).map((order) => { const i = rows.findIndex((row) => !fits(row, order)); return `${line(rows[i]!, i)} (not ${order})`; });
    throw new HistoryProblem(64, `no order of day, month and year fits all rows:\n${doubts.join('\n')}\nsay it with --date-order`);
  }
  throw new HistoryProblem(64, `the dates can be read as ${orders.join(' or ')}:\n${rows.slice(0, 2).map(line).join('\n')}\nsay it with --date-order`);
}

/** Each invoice is issued on its date and paid whole on its settlement date, with its number as remittance text. */
function planned(settled: readonly Settled[], note: string): History {
  const plan = new Plan();
  for (const { invoice, settledOn } of settled) {
    plan.on(invoice.issuedOn).invoices.push(invoice);
    plan.on(settledOn).receipts.push({ receiptId: `rcp_${invoice.externalNumber}`, customerId: invoice.customerId, currency: invoice.currency, minor: invoice.minor, remittance: invoice.externalNumber, pays: [invoice.invoiceId] });
  }
  return plan.history(note);
}

export const emptyDay = (): PlannedDay => ({ invoices: [], receipts: [], voids: [], credits: [], returns: [], holds: [], releases: [] });

/** Days and what happens on them. */
export class Plan {
  readonly #days = new Map<Day, PlannedDay>();
  on(day: Day): PlannedDay {
    const known = this.#days.get(day);
    if (known) return known;
    const fresh = emptyDay();
    this.#days.set(day, fresh);
    return fresh;
  }

  /** The limit of a customer is 4 times its average monthly invoicing. */
  history(note: string, tail = 0): History {
    const days = [...this.#days.keys()].sort();
    const invoices = [...this.#days.values()].flatMap((d) => d.invoices);
    const issues = invoices.map((i) => i.issuedOn).sort();
    const [from, to] = [issues[0]!, issues.at(-1)!];
    const months = (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(to.slice(5, 7)) - Number(from.slice(5, 7)) + 1;
    const sums = new Map<string, { currency: string; minor: number }>();
    for (const i of invoices) sums.set(i.customerId, { currency: i.currency, minor: (sums.get(i.customerId)?.minor ?? 0) + i.minor });
    const customers = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([customerId, { currency, minor }]) => ({ customerId, currency, limitMinor: Math.round((4 * minor) / months) }));
    return { customers, days: this.#days, first: days[0]!, last: daysAfter(days.at(-1)!, tail), note };
  }
}
