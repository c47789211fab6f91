// What a bank's file says, as plain values, whatever message it came in.
//
// - A part is one statement, or one page of one. It names an account, and may say the balances that it begins and ends with.
// - An entry is what the bank booked in one sum; a batch entry may carry the transactions that it is made of.
// - Money in is a credit, money out a debit: the bank's word for it is the real direction, also of a reversal.
// - Amounts carry no sign. A bank may write more digits than the currency has, if they are zeros: `100.00` JPY is 100 yen, `10.00000` EUR ten euros.
// - A file is read to its end before anything is made of it. What cannot be read says where, and nothing of it counts.
import type { Day } from '@ar/domain/day.js';
import { isDay } from '@ar/domain/day.js';
import type { RemittanceLine } from '../domain/remittance-advice.js';
import { exponentOf, isMoney, parseMoney } from '@ar/domain/money.js';
import { cut } from '@ar/domain/text.js';

export type BankMessageKind = 'camt.053' | 'camt.054' | 'mt940' | 'mt942' | 'bai2' | 'bai2-interim' | 'csv' | 'x12.820';

export interface Balance { readonly minor: number; readonly currency: string; readonly on: Day }

export interface BankTransaction {
  /** Null where the bank does not say it in the currency of the entry. */
  readonly minor: number | null;
  readonly credit: boolean;
  readonly reference: string;
  readonly endToEndId: string;
  readonly code: string;
  readonly returnCode: string;
  readonly chargesMinor: number;
  readonly name: string;
  readonly account: string;
  /** Structured references, such as ISO 11649. */
  readonly references: readonly string[];
  readonly text: string;
}

export interface BankEntry extends BankTransaction {
  readonly minor: number;
  readonly currency: string;
  /** Pending and information entries are told, but not booked. */
  readonly status: 'booked' | 'pending' | 'information';
  readonly reversal: boolean;
  readonly bookedOn: Day;
  readonly valueOn: Day;
  readonly transactions: readonly BankTransaction[];
  /** What the payer says that it is for. */
  readonly advice?: BankAdvice;
}

/** `digest`: the same for the same lines. */
export interface BankAdvice { readonly digest: string; readonly lines: readonly RemittanceLine[] }

/** The end of a part: what it said of itself. Balances are signed, money that the tenant has is positive. */
export interface BankPart {
  readonly message: BankMessageKind;
  readonly account: string;
  readonly currency: string;
  readonly bankId: string;
  /** 0: none. */
  readonly number: number;
  /** From 1; 0 where the part says nothing of pages. */
  readonly page: number;
  readonly lastPage: boolean;
  /** Booked balances alone; those between pages are not. */
  readonly opening: Balance | null;
  readonly closing: Balance | null;
  /** Set where what it is made of does not sum to it. */
  readonly ties?: false;
}

/** Where a parser puts what it reads: the entries of a part, then the part. */
export interface BankSink { entry(entry: BankEntry): void; part(part: BankPart): void }
export interface BankParser { write(text: string): void; end(): void }

export class BankFileInvalid extends Error { constructor(readonly detail: string) { super(`the file cannot be read: ${detail}`); } }

export const nothingOf: Omit<BankTransaction, 'minor' | 'credit'> = { reference: '', endToEndId: '', code: '', returnCode: '', chargesMinor: 0, name: '', account: '', references: [], text: '' };

const AMOUNTS = { '.': /^(\d{1,18})(?:\.(\d{0,5}))?$/, ',': /^(\d{1,18})(?:,(\d{0,5}))?$/ };

/** A whole number of so many digits is exact. */
const SURELY_SAFE = 15;

/** An amount without a sign, in minor units. `decimal` is the sign that parts whole units from the others. */
export function amountIn(text: string, currency: string, decimal: '.' | ',' = '.'): number {
  const digits = exponentOf(currency);
  if (digits === undefined) throw new BankFileInvalid(`${currency.slice(0, 10)} is not a currency`);
  const [, whole = '', fraction = ''] = AMOUNTS[decimal].exec(text) ?? [];
  if (whole === '') throw new BankFileInvalid(`${text.slice(0, 30)} is not an amount`);
  const kept = fraction.slice(0, digits);
  if (fraction.length > digits && /[1-9]/.test(fraction.slice(digits))) throw new BankFileInvalid(`${text} has more digits than ${currency} has`);
  if (whole.length + digits <= SURELY_SAFE) return Number(whole + kept.padEnd(digits, '0'));
  const money = parseMoney(kept === '' ? whole : `${whole}.${kept}`, currency);
  if (!isMoney(money)) throw new BankFileInvalid(`${text} is beyond all amounts`);
  return money.minor;
}

/** Of a hundred thousand dates in a file, most are the one before. */
let latest: Day | undefined;

/** A date, or the date of an instant as the bank wrote it. */
export function dayIn(text: string): Day {
  const day = text.slice(0, 10);
  if (day === latest) return day;
  if (!isDay(day)) throw new BankFileInvalid(`${text.slice(0, 30)} is not a date`);
  return (latest = day);
}

const UNPLAIN = /[\u0000-\u001f\u007f]| {2}/;
/** Within what a receipt may hold, without control characters. */
export function plain(text: string, max: number): string {
  if (text === '') return '';
  const clean = (UNPLAIN.test(text) ? text.replace(/[\u0000-\u001f\u007f]+/g, ' ').replace(/ {2,}/g, ' ') : text).trim();
  return clean.length <= max ? clean : cut(clean, max).trim();
}
