// What a bank booked, once (PAY-09): entries that look alike are one stream, and are counted.
//
// - A statement has so many of them: as many as were not there before are new. Where it shows days that another one has shown, they are the same.
// - A statement with the next number that begins exactly where the last one ended shows nothing again: what it has without a reference of the bank is new, however alike.
// - What the bank gave a reference is never two, unless one statement has it twice.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';
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
interface OfEntry { readonly bankEntryId: string }
export type BankEntryEvent = OfEntry & { readonly type: 'BankEntryRecorded'; readonly occurrence: number; readonly nth: number } & EntryFacts;
export type BankEntryCommand = OfEntry & { readonly type: 'Record'; readonly nth: number; readonly fresh: boolean } & EntryFacts;
export type BankEntryRefusal = 'bank-entry-exists';
/** How many there are, and up to which of them the last statement has brought. */
export interface BankEntryState { readonly count: number; readonly statementId: string; readonly nth: number }

export const bankEntry: Aggregate<BankEntryState, BankEntryCommand, BankEntryEvent, BankEntryRefusal> = {
  type: 'bank-entry',
  initial: { count: 0, statementId: '', nth: 0 },
  customer: () => BANK,
  decide(command, state) {
    const { type: _type, fresh: _fresh, ...facts } = command;
    return isThere(command, state) ? refuse('bank-entry-exists', { bankEntryId: command.bankEntryId }) : [{ type: 'BankEntryRecorded', ...facts, occurrence: state.count + 1 }];
  },
  evolve: (state, event) => ({ count: event.occurrence, statementId: event.statementId, nth: event.nth }),
};

/** Whether the `nth` of those alike in a statement was there before; `fresh`: what the statement has was in no other. */
export const isThere = ({ statementId, nth, fresh }: { readonly statementId: string; readonly nth: number; readonly fresh: boolean }, state: BankEntryState): boolean =>
  fresh ? state.statementId === statementId && nth <= state.nth : nth <= state.count;
