// What a bank booked, once (PAY-09): entries that look alike are one stream, and are counted.
//
// - A statement has so many of them: as many as were not there before are new. Where it shows days that another one has shown, they are the same.
// - A statement with the next number that begins exactly where the last one ended shows nothing again: what it has without a reference of the bank is new, however alike.
// - What the bank gave a reference is never two, unless one statement has it twice.
// - What messages that do not book tell of it is kept with it, each once, before or after it is booked: it is no money.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';
import { derivedId } from '@ar/domain/id.js';
import { BANK } from './bank-account.js';

export interface EntryFacts {
  readonly bankAccountId: string;
  readonly statementId: string;
  readonly line: number;
  readonly outcome: 'booked' | 'recognised' | 'ignored';
  readonly reason: string;
  readonly receiptId: string;
  readonly credit: boolean;
  readonly currency: string;
  readonly minor: number;
  readonly chargesMinor: number;
  readonly bookedOn: Day;
  readonly valueOn: Day;
  readonly reference: string;
  readonly endToEndId: string;
  readonly code: string;
  readonly returnCode: string;
  /** Personal: who, from where, and what they wrote. */
  readonly counterparty: { readonly name: string; readonly iban: string; readonly remittance: string };
}
/** What another message tells of it. `part`: which transaction of a batch; 0: all of it. `receiptId`: empty while there is none, or several. */
export type EntryDetail = Pick<EntryFacts, 'bankAccountId' | 'statementId' | 'line' | 'receiptId' | 'credit' | 'currency' | 'minor' | 'bookedOn' | 'endToEndId' | 'returnCode' | 'counterparty'> & { readonly part: number };

interface OfEntry { readonly bankEntryId: string }
export type BankEntryEvent = OfEntry & (
  | ({ readonly type: 'BankEntryRecorded'; readonly occurrence: number; readonly nth: number } & EntryFacts)
  | ({ readonly type: 'BankEntryEnriched' } & EntryDetail));
export type BankEntryCommand = OfEntry & (
  | ({ readonly type: 'Record'; readonly nth: number; readonly fresh: boolean } & EntryFacts)
  | ({ readonly type: 'Enrich' } & EntryDetail));
export type BankEntryRefusal = 'bank-entry-exists' | 'bank-detail-exists' | 'too-many-bank-details';
const MOST_DETAILS = 1_000;
/** How many there are, and up to which of them the last statement has brought. */
export interface BankEntryState { readonly count: number; readonly statementId: string; readonly nth: number; /** What was told of it, in short. */ readonly told: readonly string[] }

export const bankEntry: Aggregate<BankEntryState, BankEntryCommand, BankEntryEvent, BankEntryRefusal> = {
  type: 'bank-entry',
  initial: { count: 0, statementId: '', nth: 0, told: [] },
  customer: () => BANK,
  decide(command, state) {
    switch (command.type) {
      case 'Record': {
        const { type: _type, fresh: _fresh, ...facts } = command;
        return isThere(command, state) ? refuse('bank-entry-exists', { bankEntryId: command.bankEntryId }) : [{ type: 'BankEntryRecorded', ...facts, occurrence: state.count + 1 }];
      }
      case 'Enrich': {
        if (state.told.includes(inShort(command))) return refuse('bank-detail-exists', { bankEntryId: command.bankEntryId });
        if (state.told.length >= MOST_DETAILS) return refuse('too-many-bank-details', { most: MOST_DETAILS });
        return [{ ...command, type: 'BankEntryEnriched' }];
      }
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'BankEntryRecorded': return { ...state, count: event.occurrence, statementId: event.statementId, nth: event.nth };
      case 'BankEntryEnriched': return { ...state, told: [...state.told, inShort(event)] };
    }
  },
};

/** Told again in another file, it is the same. */
const inShort = ({ part, minor, endToEndId, returnCode, counterparty: { name, iban, remittance } }: EntryDetail): string => derivedId('bed', String(part), String(minor), endToEndId, returnCode, name, iban, remittance);

/** Whether the `nth` of those alike in a statement was there before; `fresh`: what the statement has was in no other. */
export const isThere = ({ statementId, nth, fresh }: { readonly statementId: string; readonly nth: number; readonly fresh: boolean }, state: Pick<BankEntryState, 'count' | 'statementId' | 'nth'>): boolean =>
  fresh ? state.statementId === statementId && nth <= state.nth : nth <= state.count;
