// Money that a bank takes back: which receipt it was (PAY-09, PAY-13).
//
// - It is open from the line of a statement that says so, until one receipt of exactly that amount is reversed for it, or a person says that it is none of ours.
// - A receipt is found without a person where the match is unmistakable: the only one with that end-to-end id; else the only one with that reference of the bank; else the only one of that amount from
//   that account. Of several in the first way that finds any, a person chooses.
// - A receipt that was reversed without saying so here counts among them: it may have been that one, so another is not unmistakable.
// - What the bank charged for it may be within the amount: the receipt was then as much less.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';
import { formatMoney } from '@ar/domain/money.js';
import { BANK } from './bank-account.js';

export type MatchedBy = 'end-to-end-id' | 'bank-reference' | 'amount-and-debtor' | 'person';
export interface ReturnFacts {
  readonly bankAccountId: string;
  readonly statementId: string;
  readonly bankEntryId: string;
  readonly currency: string;
  readonly minor: number;
  readonly chargesMinor: number;
  readonly bookedOn: Day;
  readonly reference: string;
  readonly endToEndId: string;
  /** As the bank codes it. */
  readonly code: string;
  readonly reason: 'return' | 'reversal';
  /** Personal: whom it went to, and what was written. */
  readonly counterparty: { readonly name: string; readonly iban: string; readonly remittance: string };
}

interface OfReturn { readonly returnId: string }
export type BankReturnEvent = OfReturn & (
  | ({ type: 'BankReturnOpened' } & ReturnFacts)
  | { type: 'BankReturnMatched'; bankAccountId: string; receiptId: string; matchedBy: MatchedBy; by: string; reason: string }
  | { type: 'BankReturnDismissed'; bankAccountId: string; by: string; reason: string });
export type BankReturnCommand = OfReturn & (
  | ({ type: 'Open' } & ReturnFacts)
  | { type: 'Match'; receiptId: string; receipt: { readonly currency: string; readonly minor: number }; matchedBy: MatchedBy; by: string; reason: string }
  | { type: 'Dismiss'; by: string; reason: string });
export type BankReturnRefusal = 'bank-return-not-found' | 'bank-return-not-open' | 'return-amount-differs';
export type BankReturnState = { readonly status: 'none' } | ({ readonly status: 'open' | 'matched' | 'dismissed' } & ReturnFacts);

export const bankReturn: Aggregate<BankReturnState, BankReturnCommand, BankReturnEvent, BankReturnRefusal> = {
  type: 'bank-return',
  initial: { status: 'none' },
  customer: () => BANK,

  decide(command, state) {
    const { returnId } = command;
    if (command.type === 'Open') return state.status === 'none' ? [{ ...command, type: 'BankReturnOpened' }] : [];
    if (state.status === 'none') return refuse('bank-return-not-found', { returnId });
    if (state.status !== 'open') return refuse('bank-return-not-open', { returnId });
    const { bankAccountId, currency } = state;
    switch (command.type) {
      case 'Match': {
        const { receiptId, matchedBy, by, reason, receipt } = command;
        if (receipt.currency !== currency || !amountsOf(state).includes(receipt.minor)) return refuse('return-amount-differs', { returned: inWords(state.minor, currency), received: inWords(receipt.minor, receipt.currency) });
        return [{ type: 'BankReturnMatched', returnId, bankAccountId, receiptId, matchedBy, by, reason }];
      }
      case 'Dismiss': return [{ type: 'BankReturnDismissed', returnId, bankAccountId, by: command.by, reason: command.reason }];
    }
  },

  evolve(state, event) {
    if (event.type === 'BankReturnOpened') { const { type: _type, returnId: _id, ...facts } = event; return { status: 'open', ...facts }; }
    if (state.status === 'none') return state; // its history begins with its line
    switch (event.type) {
      case 'BankReturnMatched': return { ...state, status: 'matched' };
      case 'BankReturnDismissed': return { ...state, status: 'dismissed' };
    }
  },
};

/** What its receipt may have been: as much as went back, or less what the bank charged. */
export const amountsOf = ({ minor, chargesMinor }: Pick<ReturnFacts, 'minor' | 'chargesMinor'>): readonly number[] => (chargesMinor > 0 && chargesMinor < minor ? [minor, minor - chargesMinor] : [minor]);

/** A receipt that may have been it: of an amount that fits, booked before, and matched with no other. */
export interface Candidate { readonly receiptId: string; readonly endToEndId: string; readonly reference: string; readonly iban: string }

/** The ways in which a candidate is like it, the surest first. */
export const waysOf = (of: Pick<ReturnFacts, 'endToEndId' | 'reference' | 'counterparty'>, candidate: Candidate): readonly MatchedBy[] => [
  ...(of.endToEndId !== '' && candidate.endToEndId === of.endToEndId ? ['end-to-end-id' as const] : []),
  ...(of.reference !== '' && candidate.reference === of.reference ? ['bank-reference' as const] : []),
  ...(of.counterparty.iban !== '' && candidate.iban === of.counterparty.iban ? ['amount-and-debtor' as const] : []),
];

/** The one that it must have been; undefined where there is none, or could be several. */
export function unmistakable(of: Pick<ReturnFacts, 'endToEndId' | 'reference' | 'counterparty'>, candidates: readonly Candidate[]): { readonly receiptId: string; readonly matchedBy: MatchedBy } | undefined {
  for (const matchedBy of ['end-to-end-id', 'bank-reference', 'amount-and-debtor'] as const) {
    const [only, ...others] = candidates.filter((c) => waysOf(of, c).includes(matchedBy));
    if (only) return others.length === 0 ? { receiptId: only.receiptId, matchedBy } : undefined;
  }
  return undefined;
}

const inWords = (minor: number, currency: string): string => `${formatMoney({ minor, currency })} ${currency}`;
