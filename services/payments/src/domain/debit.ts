// A direct debit: open items of a customer in one currency that are collected together under a mandate, once (PAY-03, PAY-04).
//
// - It is requested with notice: the debtor learns the sum and the day before, at least as many days as the policy says. It is collected on that day, not before; under a SEPA mandate that is a working day of the tenant's calendar.
// - What is collected is fixed when it is attempted: what is open of its items then, without what is disputed or void, and never more than the sum that was announced. Where that is nothing, nothing is collected and it ends.
// - An attempt has one outcome: it collects, or is declined. Nobody knows it meanwhile where the answer was lost; nothing is tried again before it is known.
// - Declined for now it is tried again, on the days of the policy after each decline; declined for good never. When nothing more is tried it is given up, in so many words.
// - An attempt that collected may go back (return, refund, reversal): its items are open again, and the same holds for it as for a decline.
// - That money has come in counts whatever was said before: an attempt that was declined and collects after all has collected, once.
// - A person may tell an outcome as provider and bank do; of a debit that was collected by hand, too, once its day has come.
// - It can be cancelled as long as it waits for its day.
import type { Aggregate } from '@ar/domain/aggregate.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';
import { derivedId } from '@ar/domain/id.js';
import type { Share } from './cash-application.js';
import { derivedReceiptId } from './receipt-id.js';
import type { CollectedBy, Debtor, MandateScheme, Turn } from './mandate.js';

/** `asked` null: all that is open then. `announcedMinor`: the sum as it was told before. */
export interface DebitFacts {
  readonly debitId: string;
  readonly customer: string;
  readonly currency: string;
  readonly mandateId: string;
  readonly collectedBy: CollectedBy;
  readonly items: readonly { readonly itemId: string; readonly asked: number | null }[];
  readonly collectOn: Day;
  /** Whether the mandate is not to be used after it. */
  readonly final: boolean;
}
/** What one attempt fixes. */
export interface AttemptFacts {
  readonly attempt: number;
  readonly minor: number;
  readonly shares: readonly Share[];
  readonly collectOn: Day;
  readonly endToEndId: string;
  /** Empty: through the provider. */
  readonly fileId: string;
  readonly scheme: MandateScheme;
  readonly reference: string;
  readonly signedOn: Day;
  readonly turn: Turn;
  readonly debtor: Debtor;
  readonly formerIban: string;
  /** As whom the mandate was collected by before; absent: as now. */
  readonly formerCreditorId?: string;
}

export interface FoundItem { readonly openMinor: number; readonly disputed: boolean; readonly voiding: boolean }

interface OfDebit { readonly debitId: string; readonly customer: string; readonly currency: string }
export type DebitEvent = OfDebit & (
  | { type: 'DebitRequested'; announcedMinor: number; noticeDays: number; scheme: MandateScheme; reference: string; debtor: Debtor; by: string; policyVersion: number } & DebitFacts
  | { type: 'DebitCancelled'; by: string; reason: string }
  | { type: 'DebitSuppressed'; attempt: number; reason: SuppressedFor }
  | { type: 'DebitAttempted' } & AttemptFacts
  | { type: 'DebitUnknown'; attempt: number; detail: string }
  | { type: 'DebitDeclined'; attempt: number; code: string; hard: boolean; retryOn: Day | null }
  | { type: 'DebitCollected'; attempt: number; minor: number; receiptId: string; reference: string; valueOn: Day }
  | { type: 'DebitReturned'; attempt: number; minor: number; receiptId: string; code: string; hard: boolean; retryOn: Day | null }
  | { type: 'DebitAbandoned'; attempt: number; code: string; cause: AbandonedFor });
export type SuppressedFor = 'nothing-open' | 'mandate-suspended' | 'mandate-ended' | 'paused';
export type AbandonedFor = 'hard-decline' | 'attempts-used-up';

export type DebitCommand =
  | { type: 'RequireNew'; debitId: string }
  /** `found`: what is open of each item as it is, absent where it is not open. */
  | { type: 'Request'; today: Day; found: Readonly<Record<string, FoundItem>>; announcedMinor: number; noticeDays: number; scheme: MandateScheme; reference: string; debtor: Debtor; by: string; policyVersion: number } & DebitFacts
  | { type: 'Cancel'; debitId: string; by: string; reason: string }
  /** `through`: the last collection day that is attempted now. */
  | { type: 'Attempt'; through: Day } & AttemptFacts
  | { type: 'Suppress'; attempt: number; through: Day; reason: SuppressedFor }
  /** Whether a person may tell that of an attempt. */
  | { type: 'AskToTell'; debitId: string; attempt: number; outcome: ToldOutcome; today: Day }
  | { type: 'RecordUnknown'; attempt: number; detail: string }
  | { type: 'RecordDeclined'; attempt: number; code: string; hard: boolean; retryDays: readonly number[]; today: Day }
  | { type: 'RecordCollected'; attempt: number; reference: string; valueOn: Day }
  | { type: 'RecordReturned'; receiptId: string; code: string; hard: boolean; retryDays: readonly number[]; today: Day };

export type DebitRefusal = 'debit-exists' | 'debit-not-found' | 'debit-not-cancellable' | 'debit-not-attempted' | 'debit-outcome-known' | 'debit-notice-too-short' | 'debit-without-items' | 'open-item-not-found' | 'open-item-voided' | 'open-item-disputed' | 'open-item-over-applied' | 'application-item-twice';

/** What may come of an attempt. */
export type ToldOutcome = 'collected' | 'declined' | 'returned';
type Became = 'under-way' | 'collected' | 'declined' | 'returned';
export interface Attempted { readonly minor: number; readonly shares: readonly Share[]; readonly endToEndId: string; readonly fileId: string; readonly became: Became; /** Of one that has collected. */ readonly receiptId?: string }
export type DebitState =
  | { readonly status: 'none' }
  | { readonly status: 'waiting' | 'under-way' | 'unknown' | 'collected' | 'abandoned' | 'suppressed' | 'cancelled'; readonly facts: DebitFacts; /** What the debtor was told: the most that an attempt takes. */ readonly announcedMinor: number; /** The one that waits, is under way or was the last. */ readonly attempt: number; /** When it is collected. */ readonly dueOn: Day; /** The highest number that an attempt was given. */ readonly last: number; readonly attempts: Readonly<Record<number, Attempted>> };
type There = Exclude<DebitState, { status: 'none' }>;

/** What the provider and the bank know an attempt by: 35 characters that SEPA takes. */
export const endToEndIdOf = (tenant: string, debitId: string, attempt: number): string => derivedId('DD', tenant, debitId, String(attempt)).replace('_', '-');
/** The receipt of an attempt that collected: one, however often that is told. */
export const receiptIdOfDebit = (debitId: string, attempt: number): string => derivedReceiptId(debitId, String(attempt));
/** The same of one that has collected, as it was recorded then. */
export const receiptIn = (state: DebitState, debitId: string, attempt: number): string => (state.status === 'none' ? undefined : state.attempts[attempt]?.receiptId) ?? receiptIdOfDebit(debitId, attempt);

export const debit: Aggregate<DebitState, DebitCommand, DebitEvent, DebitRefusal> = {
  type: 'debit',
  initial: { status: 'none' },
  customer: (_id, state) => (state.status === 'none' ? '' : state.facts.customer),

  decide(command, state) {
    if (command.type === 'RequireNew') return state.status === 'none' ? [] : refuse('debit-exists', { debitId: command.debitId });
    if (command.type === 'Request') {
      const { type: _type, today, found, ...facts } = command;
      if (state.status !== 'none') return refuse('debit-exists', { debitId: facts.debitId });
      if (facts.items.length === 0) return refuse('debit-without-items', { customer: facts.customer, currency: facts.currency, collectOn: facts.collectOn, field: 'items', help: 'nothing is due by then that is undisputed and in no other debit: name open items, or a later collect_date' });
      for (const [n, { itemId, asked }] of facts.items.entries()) {
        const open = found[itemId];
        if (!open) return refuse('open-item-not-found', { itemId });
        if (open.voiding) return refuse('open-item-voided', { itemId });
        if (open.disputed) return refuse('open-item-disputed', { itemId });
        if (asked !== null && asked > open.openMinor) return refuse('open-item-over-applied', { itemId, openMinor: open.openMinor, askedMinor: asked, currency: facts.currency });
        if (facts.items.findIndex((i) => i.itemId === itemId) < n) return refuse('application-item-twice', { itemId });
      }
      const earliest = daysAfter(today, facts.noticeDays);
      return facts.collectOn < earliest ? refuse('debit-notice-too-short', { collectOn: facts.collectOn, earliest }) : [{ type: 'DebitRequested', ...facts }];
    }
    if (command.type === 'Cancel') {
      if (state.status === 'none') return refuse('debit-not-found', { debitId: command.debitId });
      return state.status === 'waiting' ? [{ type: 'DebitCancelled', ...ofState(state), by: command.by, reason: command.reason }] : refuse('debit-not-cancellable', { status: state.status });
    }
    if (command.type === 'AskToTell') {
      if (state.status === 'none') return refuse('debit-not-found', { debitId: command.debitId });
      const became = state.attempts[command.attempt]?.became;
      // A file is cut ahead of its day: what is in it may be declined before, and has come on that day at the earliest.
      const early = command.outcome === 'collected' && became === 'under-way' && command.attempt === state.attempt && command.today < state.dueOn;
      if (became === undefined || early) return refuse('debit-not-attempted', { attempt: command.attempt, status: state.status, dueOn: state.dueOn });
      const known = became === 'returned' || became === command.outcome || (became === 'collected' && command.outcome === 'declined'); // what came can go back, and was not declined
      return known ? refuse('debit-outcome-known', { attempt: command.attempt, outcome: became }) : [];
    }
    if (state.status === 'none') return refuse('debit-not-found');
    const of = ofState(state);
    switch (command.type) {
      case 'Attempt': {
        const { type: _type, through, ...facts } = command;
        return isDue(state, facts.attempt, through) ? [{ type: 'DebitAttempted', ...of, ...facts }] : [];
      }
      case 'Suppress': return isDue(state, command.attempt, command.through) ? [{ type: 'DebitSuppressed', ...of, attempt: command.attempt, reason: command.reason }] : [];
      case 'RecordUnknown': return state.status === 'under-way' && state.attempt === command.attempt ? [{ type: 'DebitUnknown', ...of, attempt: command.attempt, detail: command.detail }] : [];
      case 'RecordDeclined': {
        const { attempt, code, hard, retryDays, today } = command;
        if (state.attempts[attempt]?.became !== 'under-way') return []; // told before, or it has collected
        if (collectedBy(state) !== undefined) return [{ type: 'DebitDeclined', ...of, attempt, code, hard, retryOn: null }]; // another attempt has collected after all
        const retryOn = retryAfter(state, attempt, hard, retryDays, today);
        return [{ type: 'DebitDeclined', ...of, attempt, code, hard, retryOn }, ...abandoned(of, attempt, code, hard, retryOn)];
      }
      case 'RecordCollected': {
        const { attempt, reference, valueOn } = command;
        const of1 = state.attempts[attempt];
        if (!of1 || of1.became === 'collected' || of1.became === 'returned') return []; // never attempted, or booked before
        return [{ type: 'DebitCollected', ...of, attempt, minor: of1.minor, receiptId: receiptIdOfDebit(of.debitId, attempt), reference, valueOn }];
      }
      case 'RecordReturned': {
        const { receiptId, code, hard, retryDays, today } = command;
        const attempt = Object.keys(state.attempts).map(Number).find((n) => receiptIn(state, of.debitId, n) === receiptId);
        if (attempt === undefined || state.attempts[attempt]!.became !== 'collected') return [];
        if (state.status !== 'collected' || state.attempt !== attempt) return [{ type: 'DebitReturned', ...of, attempt, minor: state.attempts[attempt]!.minor, receiptId, code, hard, retryOn: null }]; // another attempt is to collect it, or has
        const retryOn = retryAfter(state, attempt, hard, retryDays, today);
        return [{ type: 'DebitReturned', ...of, attempt, minor: state.attempts[attempt]!.minor, receiptId, code, hard, retryOn }, ...abandoned(of, attempt, code, hard, retryOn)];
      }
    }
  },

  evolve(state, event) {
    if (event.type === 'DebitRequested') {
      const { debitId, customer, currency, mandateId, collectedBy, items, collectOn, final, announcedMinor } = event;
      return { status: 'waiting', announcedMinor, facts: { debitId, customer, currency, mandateId, collectedBy, items, collectOn, final }, attempt: 1, last: 1, dueOn: collectOn, attempts: {} };
    }
    if (state.status === 'none') return state; // its history begins with its request
    const became = (attempt: number, as: Became, told: Pick<Attempted, 'receiptId'> = {}) => ({ attempts: { ...state.attempts, [attempt]: { ...state.attempts[attempt]!, became: as, ...told } } });
    switch (event.type) {
      case 'DebitCancelled': return { ...state, status: 'cancelled' };
      case 'DebitSuppressed': return { ...state, status: 'suppressed' };
      case 'DebitAttempted': {
        const { attempt, minor, shares, endToEndId, fileId } = event;
        return { ...state, status: 'under-way', attempts: { ...state.attempts, [attempt]: { minor, shares, endToEndId, fileId, became: 'under-way' } } };
      }
      case 'DebitUnknown': return { ...state, status: 'unknown' };
      case 'DebitDeclined': {
        const other = collectedBy(state);
        return { ...state, ...became(event.attempt, 'declined'), ...(event.retryOn ? again(state, event.retryOn) : other === undefined ? {} : { status: 'collected' as const, attempt: other }) };
      }
      // While another attempt is under way its outcome is still to come.
      case 'DebitCollected': return { ...state, ...became(event.attempt, 'collected', { receiptId: event.receiptId }), ...(event.attempt === state.attempt || !isUnderWay(state) ? { status: 'collected' as const, attempt: event.attempt } : {}) };
      case 'DebitReturned': return { ...state, ...became(event.attempt, 'returned'), ...(event.retryOn ? again(state, event.retryOn) : {}) };
      case 'DebitAbandoned': return { ...state, status: 'abandoned' };
    }
  },
};

/** The attempt that was made last; 0: none. */
export const lastMade = (state: DebitState): number => (state.status === 'none' ? 0 : Math.max(0, ...Object.keys(state.attempts).map(Number)));
/** Whether an attempt waits and its day has come. */
const isDue = (state: There, attempt: number, through: Day): boolean => state.status === 'waiting' && state.attempt === attempt && state.dueOn <= through;
const isUnderWay = ({ status }: There): boolean => status === 'under-way' || status === 'unknown';
const ofState = ({ facts: { debitId, customer, currency } }: There): OfDebit => ({ debitId, customer, currency });
/** Each attempt has a number of its own, for ever: it is what outcomes are told by. */
const again = ({ last }: There, dueOn: Day) => ({ status: 'waiting' as const, attempt: last + 1, last: last + 1, dueOn });
/** The attempt whose money is here. */
const collectedBy = ({ attempts }: There): number | undefined => Object.keys(attempts).map(Number).find((n) => attempts[n]!.became === 'collected');
const made = ({ attempts }: There): number => Object.keys(attempts).length;

function retryAfter(state: There, attempt: number, hard: boolean, retryDays: readonly number[], today: Day): Day | null {
  const days = retryDays[made(state) - 1];
  return hard || attempt !== state.attempt || days === undefined ? null : daysAfter(today, days);
}
const abandoned = (of: OfDebit, attempt: number, code: string, hard: boolean, retryOn: Day | null): readonly DebitEvent[] => (retryOn ? [] : [{ type: 'DebitAbandoned', ...of, attempt, code, cause: hard ? 'hard-decline' : 'attempts-used-up' }]);
