// What a payer says that a payment is for, before the money comes or after (PAY-10).
//
// - An advice is recorded once. Each line says gross, discount and deduction, and what is left is its net; the nets sum to the total. A line below zero is a credit note that the payer counts in.
// - Its payer is known, or found by the documents that are named, else it is nobody's.
// - It waits until its receipt is known: the one with its amount, currency and reference; else the only one with its amount and currency, of the same payer, with a value date near enough, that nothing was done with.
//   Where two advices or two receipts may be meant, nothing is done by itself.
// - It is used once, and for one receipt. A person may say which, whatever its amount and date are, but not of another customer; or that it is about nothing.
import type { Aggregate } from '@ar/domain/aggregate.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';
import { UNIDENTIFIED } from './account.js';
import { sameName } from './matching.js';
import type { DeductionReason } from './receipt.js';
import { normalReference } from './remittance.js';

export interface RemittanceLine {
  readonly reference: string;
  readonly grossMinor: number;
  readonly discountMinor: number;
  readonly deductionMinor: number;
  /** Of the deduction; null where there is none. */
  readonly reasonCode: DeductionReason | null;
  readonly text: string;
  readonly netMinor: number;
}
export interface RemittanceFacts {
  readonly currency: string;
  readonly totalMinor: number;
  readonly paidOn: Day;
  /** Of the payment, as its bank or its cheque shows it; may be empty. */
  readonly reference: string;
  /** Personal: who pays, from where, and what they wrote beside the lines. */
  readonly payer: { readonly name: string; readonly iban: string; readonly remittance: string };
  readonly lines: readonly RemittanceLine[];
}
export type MatchedBy = 'reference' | 'amount' | 'person';

/** `customer` of an advice is who it was recorded for: it stays in that history, whoever's the receipt is. */
interface OfAdvice { readonly adviceId: string; readonly customer: string }
export type RemittanceEvent = OfAdvice & (
  | ({ type: 'RemittanceAdviceRecorded'; firstOn: Day; lastOn: Day; policyVersion: number } & RemittanceFacts)
  | { type: 'RemittanceAdviceMatched'; receiptId: string; receiptCustomer: string; matchedBy: MatchedBy; by: string }
  | { type: 'RemittanceAdviceCancelled'; by: string; reason: string });

export type RemittanceCommand =
  /** `days` between its date and the value date of what may be meant. */
  | ({ type: 'Record'; adviceId: string; customer: string; customerKnown: boolean; days: number; policyVersion: number } & RemittanceFacts)
  | { type: 'Match'; adviceId: string; receiptId: string; receiptCustomer: string; matchedBy: MatchedBy; by: string }
  | { type: 'Cancel'; adviceId: string; by: string; reason: string };

export type RemittanceRefusal = 'remittance-advice-exists' | 'remittance-advice-not-found' | 'remittance-advice-not-waiting' | 'remittance-advice-of-another' | 'customer-not-found';

export type RemittanceState =
  | { readonly status: 'none' }
  | { readonly status: 'waiting' | 'matched' | 'cancelled'; readonly customer: string; readonly facts: RemittanceFacts; readonly firstOn: Day; readonly lastOn: Day };

/** Where the policy says nothing. */
export const REMITTANCE_DAYS = 7;

export const remittanceAdvice: Aggregate<RemittanceState, RemittanceCommand, RemittanceEvent, RemittanceRefusal> = {
  type: 'remittance-advice',
  initial: { status: 'none' },
  customer: (_id, state) => (state.status === 'none' ? '' : state.customer),

  decide(command, state) {
    const { adviceId } = command;
    if (command.type === 'Record') {
      const { type: _type, customerKnown, days, ...facts } = command;
      if (state.status !== 'none') return refuse('remittance-advice-exists', { adviceId });
      if (!customerKnown) return refuse('customer-not-found', { customer: command.customer });
      return [{ type: 'RemittanceAdviceRecorded', ...facts, firstOn: daysAfter(facts.paidOn, -days), lastOn: daysAfter(facts.paidOn, days) }];
    }
    if (state.status === 'none') return refuse('remittance-advice-not-found', { adviceId });
    if (state.status !== 'waiting') return refuse('remittance-advice-not-waiting', { adviceId, status: state.status });
    const { customer } = state;
    switch (command.type) {
      case 'Match': {
        const { receiptId, receiptCustomer, matchedBy, by } = command;
        if (customer !== UNIDENTIFIED && receiptCustomer !== customer) return refuse('remittance-advice-of-another', { adviceId, customer, receiptCustomer });
        return [{ type: 'RemittanceAdviceMatched', adviceId, customer, receiptId, receiptCustomer, matchedBy, by }];
      }
      case 'Cancel': return [{ type: 'RemittanceAdviceCancelled', adviceId, customer, by: command.by, reason: command.reason }];
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'RemittanceAdviceRecorded': {
        const { type: _type, adviceId: _id, policyVersion: _version, customer, firstOn, lastOn, ...facts } = event;
        return { status: 'waiting', customer, facts, firstOn, lastOn };
      }
      case 'RemittanceAdviceMatched': return state.status === 'none' ? state : { ...state, status: 'matched' };
      case 'RemittanceAdviceCancelled': return state.status === 'none' ? state : { ...state, status: 'cancelled' };
    }
  },
};

/** Of an advice, what tells whose receipt it is about. */
export interface Announced extends Pick<RemittanceFacts, 'currency' | 'totalMinor' | 'reference'> { readonly adviceId: string; readonly customer: string; readonly firstOn: Day; readonly lastOn: Day; readonly payer: { readonly name: string; readonly iban: string } }
/** Of a receipt, what tells which advice is about it; `names` are the words that it came with. */
export interface Received { readonly receiptId: string; readonly customer: string; readonly currency: string; readonly minor: number; readonly valueOn: Day; readonly bankReference: string; readonly names: readonly string[]; readonly name: string; readonly iban: string; /** Nothing was done with it. */ readonly unused: boolean }

/** What is the same of both; nothing where they do not fit. */
export function sameOf(advice: Announced, receipt: Received): 'reference' | 'amount' | undefined {
  if (advice.currency !== receipt.currency || advice.totalMinor !== receipt.minor) return undefined;
  if (advice.customer !== UNIDENTIFIED && receipt.customer !== UNIDENTIFIED && advice.customer !== receipt.customer) return undefined;
  const reference = normalReference(advice.reference);
  if (reference !== '' && (normalReference(receipt.bankReference) === reference || receipt.names.includes(reference))) return 'reference';
  if (receipt.valueOn < advice.firstOn || receipt.valueOn > advice.lastOn || advice.customer === UNIDENTIFIED) return undefined;
  return receipt.customer === advice.customer || isSamePayer(advice.payer, receipt) ? 'amount' : undefined;
}

function isSamePayer(payer: Announced['payer'], receipt: Received): boolean {
  const [account, name] = [normalReference(payer.iban), sameName(payer.name)];
  return (account !== '' && account === normalReference(receipt.iban)) || (name !== '' && name === sameName(receipt.name));
}

/** The one that is meant: those with the same reference before the others; none where several are. */
function only<T>(all: readonly (readonly [of: T, same: 'reference' | 'amount' | undefined])[]): readonly [of: T, same: 'reference' | 'amount'] | undefined {
  const found = all.flatMap(([of, same]) => (same === undefined ? [] : [[of, same] as const]));
  const best = found.some(([, same]) => same === 'reference') ? found.filter(([, same]) => same === 'reference') : found;
  return best.length === 1 ? best[0] : undefined;
}

/** The receipt that an advice is about. */
export const receiptMeant = (advice: Announced, receipts: readonly Received[]) => {
  const found = only(receipts.map((r) => [r, sameOf(advice, r)] as const));
  return found?.[0].unused ? { receipt: found[0], by: found[1] } : undefined;
};

/** The advice that is about a receipt, with the other receipts that each may be about. */
export function adviceMeant<A extends Announced>(receipt: Received, advices: readonly (A & { readonly others: readonly Received[] })[]): { readonly advice: A; readonly by: 'reference' | 'amount' } | undefined {
  const found = only(advices.map((a) => [a, sameOf(a, receipt)] as const));
  if (!found) return undefined;
  const [advice, by] = found;
  const others = advice.others.filter((o) => o.receiptId !== receipt.receiptId).map((o) => sameOf(advice, o));
  return others.some((same) => same === 'reference' || same === by) ? undefined : { advice, by };
}
