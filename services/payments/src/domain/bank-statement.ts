// Statements of banks, and how far each is booked (PAY-09).
//
// - A statement that ties is booked, line by line, in its order. One that does not is held, and nothing of it is booked; so is one without both booked balances, unless its account allows that.
// - A person may release what is held, knowing what is wrong with it, or put it aside for good. What is released is booked when its file is imported again.
// - Importing a statement again goes on where it ended, and tries again what was refused. It changes nothing that is booked.
// - A message that does not book on its account is gone through in the same way: each line tells more of an entry, and books nothing.
// - lines = booked + recognised + ignored + duplicates + enriched + refused, once all of it was gone through.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';
import { BANK, type BookingMessage, type Gap } from './bank-account.js';

export type Hold = 'does-not-tie' | 'opposite-sign' | 'without-balances' | 'other-currency' | 'page-missing';
export type LineOutcome = 'booked' | 'recognised' | 'ignored' | 'refused' | 'duplicate' | 'enriched';
/** What a line came to; `reason` is empty of what was booked, ids where there is none. */
export interface PostedLine { readonly line: number; readonly outcome: LineOutcome; readonly reason: string; readonly bankEntryId: string; readonly receiptId: string }

export interface StatementReceived {
  readonly bankAccountId: string;
  readonly currency: string;
  readonly message: BookingMessage;
  readonly bankId: string;
  /** 0: none. */
  readonly number: number;
  readonly openingMinor: number | null;
  readonly closingMinor: number | null;
  /** '' where neither a balance nor an entry says. */
  readonly on: Day;
  readonly lines: number;
  readonly creditsMinor: number;
  readonly debitsMinor: number;
  readonly holds: readonly Hold[];
  readonly gap: Gap | null;
  /** It begins where the last one ended. */
  readonly continues: boolean;
  /** Another message books on its account. */
  readonly enriches?: true;
}

interface OfStatement { readonly statementId: string }
export type BankStatementEvent = OfStatement & (
  | ({ type: 'BankStatementReceived' } & StatementReceived)
  | { type: 'BankLinesPosted'; bankAccountId: string; lines: readonly PostedLine[] }
  | { type: 'BankStatementReleased'; bankAccountId: string; by: string; reason: string }
  | { type: 'BankStatementDiscarded'; bankAccountId: string; by: string; reason: string });
export type BankStatementCommand = OfStatement & (
  | ({ type: 'Receive' } & StatementReceived)
  | { type: 'Post'; lines: readonly PostedLine[] }
  | { type: 'Release' | 'Discard'; by: string; reason: string });
export type BankStatementRefusal = 'bank-statement-not-found' | 'bank-statement-not-held' | 'bank-statement-held' | 'bank-statement-discarded';
export type BankStatementState =
  | { readonly status: 'none' }
  | {
    readonly status: 'posting' | 'held' | 'discarded'; readonly bankAccountId: string; readonly continues: boolean; readonly enriches: boolean; readonly lines: number;
    /** Lines gone through, from the first on. */
    readonly through: number;
    /** Lines refused as yet: those alone are gone through again. */
    readonly refused: readonly number[];
  };

export const bankStatement: Aggregate<BankStatementState, BankStatementCommand, BankStatementEvent, BankStatementRefusal> = {
  type: 'bank-statement',
  initial: { status: 'none' },
  customer: () => BANK,

  decide(command, state) {
    const { statementId } = command;
    if (command.type === 'Receive') return state.status === 'none' ? [{ ...command, type: 'BankStatementReceived' }] : [];
    if (state.status === 'none') return refuse('bank-statement-not-found', { statementId });
    const { bankAccountId } = state;
    switch (command.type) {
      case 'Post': {
        if (state.status === 'held') return refuse('bank-statement-held', { statementId });
        if (state.status === 'discarded') return refuse('bank-statement-discarded', { statementId });
        const lines = command.lines.filter((l) => isNew(state, l));
        return lines.length > 0 ? [{ type: 'BankLinesPosted', statementId, bankAccountId, lines }] : [];
      }
      case 'Release':
      case 'Discard': {
        if (state.status !== 'held') return refuse('bank-statement-not-held', { statementId });
        return [{ type: command.type === 'Release' ? 'BankStatementReleased' : 'BankStatementDiscarded', statementId, bankAccountId, by: command.by, reason: command.reason }];
      }
    }
  },

  evolve(state, event) {
    if (event.type === 'BankStatementReceived') return { status: event.holds.length > 0 ? 'held' : 'posting', bankAccountId: event.bankAccountId, continues: event.continues, enriches: event.enriches === true, lines: event.lines, through: 0, refused: [] };
    if (state.status === 'none') return state; // a statement's history begins with its coming
    switch (event.type) {
      case 'BankLinesPosted': {
        const here = new Set(event.lines.map((l) => l.line));
        return { ...state, through: Math.max(state.through, ...here), refused: [...state.refused.filter((n) => !here.has(n)), ...event.lines.filter((l) => l.outcome === 'refused').map((l) => l.line)] };
      }
      case 'BankStatementReleased': return { ...state, status: 'posting' };
      case 'BankStatementDiscarded': return { ...state, status: 'discarded' };
    }
  },
};

/** Lines come in their order: what was gone through is told again only where it was refused, and is not any more. */
const isNew = ({ through, refused }: { readonly through: number; readonly refused: readonly number[] }, { line, outcome }: PostedLine): boolean => line > through || (outcome !== 'refused' && refused.includes(line));

/** Whether a line was gone through before, and came to something. */
export const isSettled = (state: BankStatementState, line: number): boolean => state.status !== 'none' && line <= state.through && !state.refused.includes(line);
