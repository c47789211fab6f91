// Accounts that the tenant has at banks (PAY-09).
//
// - An account is known by its number and its currency, once. One kind of message books on it; the others tell the same money again: what they know of it is added, never money.
// - The latest closing balance is kept: the statement after it opens with it and has the next number, or something is missing in between, and that is shown.
// - Numbers begin again with a new year: a lower number than the last says nothing.
// - What belongs to a bank is on the reserved customer `~bank`.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';

export const BANK = '~bank';
export type BookingMessage = 'camt.053' | 'camt.054' | 'mt940' | 'bai2' | 'csv' | 'x12.820';

/** How a bank writes its CSV: names of columns, empty where there is none, and forms. Amounts are signed in one column, or stand in one for money in and one for money out. */
export interface CsvProfile {
  readonly encoding: string;
  readonly delimiter: string;
  /** Before the line of column names. */
  readonly linesBefore: number;
  readonly dateFormat: 'YYYY-MM-DD' | 'YYYYMMDD' | 'DD.MM.YYYY' | 'DD/MM/YYYY' | 'MM/DD/YYYY';
  readonly decimal: '.' | ',';
  readonly bookedOn: string;
  readonly valueOn: string;
  readonly amount: string;
  readonly credit: string;
  readonly debit: string;
  readonly currency: string;
  readonly name: string;
  readonly account: string;
  readonly reference: string;
  readonly endToEndId: string;
  readonly texts: readonly string[];
}

interface Facts { readonly account: string; readonly currency: string; readonly message: BookingMessage; readonly withoutBalances: boolean; /** How its files of CSV are read; absent: none are. */ readonly csv?: CsvProfile }
/** A closing balance, and which statement says so. Number 0: it has none. */
export interface Reported { readonly statementId: string; readonly number: number; readonly closingMinor: number; readonly on: Day }

interface OfAccount { readonly bankAccountId: string }
export type BankAccountEvent = OfAccount & (
  | ({ type: 'BankAccountRegistered' } & Facts)
  | ({ type: 'BankBalanceReported'; currency: string } & Reported));
export type BankAccountCommand = OfAccount & (({ type: 'Register' } & Facts) | { type: 'AskToBook' } | ({ type: 'Report' } & Reported));
export type BankAccountRefusal = 'bank-account-exists' | 'bank-account-not-found';
export type BankAccountState = { readonly status: 'none' } | ({ readonly status: 'registered'; readonly last: Reported | null } & Facts);

export const bankAccount: Aggregate<BankAccountState, BankAccountCommand, BankAccountEvent, BankAccountRefusal> = {
  type: 'bank-account',
  initial: { status: 'none' },
  customer: () => BANK,

  decide(command, state) {
    switch (command.type) {
      case 'Register': {
        const { type: _type, ...registered } = command;
        return state.status === 'none' ? [{ type: 'BankAccountRegistered', ...registered }] : refuse('bank-account-exists', { bankAccountId: command.bankAccountId });
      }
      case 'AskToBook':
        if (state.status === 'none') return refuse('bank-account-not-found', { bankAccountId: command.bankAccountId });
        return [];
      case 'Report': {
        if (state.status === 'none') return refuse('bank-account-not-found', { bankAccountId: command.bankAccountId });
        const { type: _type, bankAccountId, ...reported } = command;
        return isLater(reported, state.last) ? [{ type: 'BankBalanceReported', bankAccountId, currency: state.currency, ...reported }] : [];
      }
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'BankAccountRegistered': { const { type: _type, bankAccountId: _id, ...facts } = event; return { status: 'registered', last: null, ...facts }; }
      case 'BankBalanceReported': {
        if (state.status === 'none') return state; // an account's history begins with its registration
        const { statementId, number, closingMinor, on } = event;
        return { ...state, last: { statementId, number, closingMinor, on } };
      }
    }
  },
};

const isLater = (reported: Reported, last: Reported | null): boolean =>
  last === null || reported.on > last.on || (reported.on === last.on && reported.statementId !== last.statementId && (reported.number === 0 || reported.number > last.number));

export interface Gap { readonly missingFrom: number; readonly missingTo: number; readonly expectedOpeningMinor: number | null }

/** What is missing between the last closing balance and a statement that comes after it; null: nothing, as far as is known. */
export function gapBefore(statement: { readonly number: number; readonly openingMinor: number | null; readonly closingMinor: number | null; readonly on: Day; readonly statementId: string }, last: Reported | null): Gap | null {
  if (last === null || statement.closingMinor === null || !isLater({ ...statement, closingMinor: statement.closingMinor }, last)) return null;
  const numbered = last.number > 0 && statement.number > last.number + 1;
  const opens = statement.openingMinor !== null && statement.openingMinor !== last.closingMinor;
  return numbered || opens ? { missingFrom: numbered ? last.number + 1 : 0, missingTo: numbered ? statement.number - 1 : 0, expectedOpeningMinor: opens ? last.closingMinor : null } : null;
}

/** Whether a statement begins exactly where the last one ended: what looks alike in both was then booked twice by the bank. Balances alone do not tell, for many accounts are emptied every evening: its number must be the next. */
export const continues = (statement: { readonly number: number; readonly openingMinor: number | null }, last: Reported | null): boolean =>
  last !== null && last.number > 0 && statement.number === last.number + 1 && statement.openingMinor === last.closingMinor;
