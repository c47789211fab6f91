// A debtor's word that what is owed may be taken from an account (PAY-03): SEPA core, SEPA B2B, or what a payment provider keeps.
//
// - A mandate is known by the reference that both sides have of it, once per tenant. It is signed by somebody, not in the future.
// - A SEPA mandate is for one account with an IBAN and for euros; another one names the provider's token, or an IBAN, and may be for any currency.
// - It is collected through the payment provider, or by files to the bank, which only SEPA has.
// - Recurrent, or for one collection: that is the only one then, however often it has to be tried. A collection may be said to be the last.
// - Another account of the same debtor amends it, and so does another creditor identifier of ours; the bank is told the former one with the next collection.
// - Suspended, nothing is collected until it is resumed. Cancelled, lapsed or used up, it never is again.
// - It lapses 36 months after its last collection, or its signature where there was none (SEPA rulebook, core and B2B).
// - A collection that is declined before it settled counts as none: the bank has not accepted the mandate by it. The first is called so until one was not declined, a former account is told again, and a mandate for one, or its
//   last collection, is not used up. One that settled and went back has counted. Rule taken: the SEPA rulebooks keep FRST for what was rejected; since November 2016 they let RCUR stand in its place, so either is right to a bank.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';
import { derivedId } from '@ar/domain/id.js';

export type MandateScheme = 'sepa-core' | 'sepa-b2b' | 'generic';
export type CollectedBy = 'provider' | 'file';
export type Turn = 'first' | 'recurrent' | 'one-off' | 'final';
/** Personal: whose account. `token` is what a provider calls the account. */
export interface Debtor { readonly name: string; readonly iban: string; readonly bic: string; readonly token: string }
export interface MandateFacts {
  readonly customer: string;
  readonly scheme: MandateScheme;
  readonly reference: string;
  readonly signedOn: Day;
  readonly debtor: Debtor;
  readonly oneOff: boolean;
  readonly collectedBy: CollectedBy;
  /** Whether what is due may be collected by itself, where the tenant's policy does so. */
  readonly autopay: boolean;
}

interface OfMandate { readonly mandateId: string; readonly customer: string }
export type MandateEvent = OfMandate & (
  | { type: 'MandateRegistered' } & MandateFacts
  | { type: 'MandateAmended'; debtor: Debtor; formerIban: string; by: string; reason: string }
  | { type: 'MandateSuspended'; by: string; reason: string; code: string }
  | { type: 'MandateResumed'; by: string; reason: string }
  | { type: 'MandateUsed'; debitId: string; turn: Turn; collectOn: Day; formerIban: string; /** Who collects, as banks know it. */ creditorId?: string; /** As whom it was collected before, where that is somebody else now. */ formerCreditorId?: string }
  | { type: 'MandateUseDeclined'; debitId: string; code: string; /** The account that is to be told again; empty: none. */ formerIban: string; /** As whom it was collected before; absent: nobody. */ creditorId?: string; /** Whether it was used up by it, and is not now. */ again: boolean }
  | { type: 'MandateCancelled'; by: string; reason: string; code: string }
  | { type: 'MandateLapsed'; lastUsedOn: Day });

export type MandateCommand =
  | { type: 'Register'; customerKnown: boolean; today: Day } & MandateFacts
  | { type: 'Amend'; mandateId: string; debtor: Debtor; by: string; reason: string }
  | { type: 'Suspend'; mandateId: string; by: string; reason: string; code: string }
  | { type: 'Resume'; mandateId: string; by: string; reason: string; today: Day }
  | { type: 'Cancel'; mandateId: string; by: string; reason: string; code: string }
  | { type: 'Lapse'; today: Day }
  /** Whether it may be collected by on a day, for that customer. */
  | { type: 'AskToCollect'; mandateId: string; customer: string; currency: string; debitId: string; on: Day }
  | { type: 'Use'; debitId: string; collectOn: Day; final: boolean; creditorId: string }
  /** What it was used for was declined. */
  | { type: 'DeclineUse'; debitId: string; code: string };

export type MandateRefusal = 'mandate-exists' | 'mandate-not-found' | 'customer-not-found' | 'mandate-signed-in-future' | 'mandate-account-missing' | 'mandate-not-for-files' | 'mandate-ended' | 'mandate-suspended' | 'mandate-not-suspended' | 'mandate-of-another' | 'mandate-currency-differs';

export type MandateState =
  | { readonly status: 'none' }
  | { readonly status: 'active' | 'suspended' | 'cancelled' | 'lapsed' | 'used'; readonly facts: MandateFacts; /** Those that were not declined. */ readonly uses: number; /** Declined ones count: they were presented. */ readonly lastUsedOn: Day; /** The account that the bank knows still, where it is another one now. */ readonly formerIban: string; /** The one debit of a mandate for one. */ readonly usedBy: string; /** Who the bank knows to collect by it. */ readonly creditorId?: string; /** The collection that told a former account, or creditor, last. */ readonly told?: { readonly debitId: string; readonly iban: string; readonly creditorId: string } };
type There = Exclude<MandateState, { status: 'none' }>;

const ACCOUNT_NEEDED: Readonly<Record<MandateScheme, string>> = { 'sepa-core': 'SEPA needs the IBAN of the debtor', 'sepa-b2b': 'SEPA needs the IBAN of the debtor', generic: 'an IBAN or a token of the provider is needed' };
const isAccountMissing = ({ scheme, debtor }: Pick<MandateFacts, 'scheme' | 'debtor'>): boolean => debtor.iban === '' && (scheme !== 'generic' || debtor.token === '');

/** The same for the same reference, however often it is registered. */
export const mandateIdOf = (reference: string): string => derivedId('mdt', reference);

export const mandate: Aggregate<MandateState, MandateCommand, MandateEvent, MandateRefusal> = {
  type: 'mandate',
  initial: { status: 'none' },
  customer: (_id, state) => (state.status === 'none' ? '' : state.facts.customer),

  decide(command, state) {
    if (command.type === 'Register') {
      const { type: _type, customerKnown, today, ...facts } = command;
      if (state.status !== 'none') return refuse('mandate-exists', { reference: facts.reference });
      if (!customerKnown) return refuse('customer-not-found', { customer: facts.customer });
      if (facts.signedOn > today) return refuse('mandate-signed-in-future', { signedOn: facts.signedOn, today });
      if (isAccountMissing(facts)) return refuse('mandate-account-missing', { scheme: facts.scheme, field: 'debtor.iban', help: ACCOUNT_NEEDED[facts.scheme] });
      if (facts.collectedBy === 'file' && facts.scheme === 'generic') return refuse('mandate-not-for-files', { scheme: facts.scheme });
      return [{ type: 'MandateRegistered', mandateId: mandateIdOf(facts.reference), ...facts }];
    }
    if (command.type === 'Lapse') return state.status !== 'none' && isLive(state) && hasLapsed(state, command.today) ? [{ type: 'MandateLapsed', ...ofState(state), lastUsedOn: state.lastUsedOn }] : [];
    if (state.status === 'none') return refuse('mandate-not-found', { mandateId: 'mandateId' in command ? command.mandateId : '' });
    const of = ofState(state);
    if (command.type === 'AskToCollect') return mayCollect(command, state);
    if (command.type === 'DeclineUse') return declineUse(command, state);
    if (!isLive(state) && command.type !== 'Use') return refuse('mandate-ended', { status: state.status });
    switch (command.type) {
      case 'Amend': {
        const { debtor, by, reason } = command;
        if (isAccountMissing({ scheme: state.facts.scheme, debtor })) return refuse('mandate-account-missing', { scheme: state.facts.scheme, field: 'debtor.iban', help: ACCOUNT_NEEDED[state.facts.scheme] });
        return [{ type: 'MandateAmended', ...of, debtor, formerIban: debtor.iban === state.facts.debtor.iban ? state.formerIban : known(state), by, reason }];
      }
      case 'Suspend': return state.status === 'suspended' ? refuse('mandate-suspended') : [{ type: 'MandateSuspended', ...of, by: command.by, reason: command.reason, code: command.code }];
      case 'Resume':
        if (state.status !== 'suspended') return refuse('mandate-not-suspended');
        return hasLapsed(state, command.today) ? refuse('mandate-ended', { status: 'lapsed' }) : [{ type: 'MandateResumed', ...of, by: command.by, reason: command.reason }];
      case 'Cancel': return [{ type: 'MandateCancelled', ...of, by: command.by, reason: command.reason, code: command.code }];
      case 'Use': {
        const { debitId, collectOn, final, creditorId } = command;
        const turn: Turn = state.facts.oneOff ? 'one-off' : final ? 'final' : state.uses === 0 ? 'first' : 'recurrent';
        const formerCreditorId = state.creditorId && creditorId !== '' && state.creditorId !== creditorId ? state.creditorId : '';
        return [{ type: 'MandateUsed', ...of, debitId, turn, collectOn, formerIban: state.formerIban, ...(creditorId === '' ? {} : { creditorId }), ...(formerCreditorId === '' ? {} : { formerCreditorId }) }];
      }
    }
  },

  evolve(state, event) {
    if (event.type === 'MandateRegistered') {
      const { type: _type, mandateId: _id, ...facts } = event;
      return { status: 'active', facts, uses: 0, lastUsedOn: facts.signedOn, formerIban: '', usedBy: '' };
    }
    if (state.status === 'none') return state; // its history begins with its signature
    switch (event.type) {
      case 'MandateAmended': return { ...state, facts: { ...state.facts, debtor: event.debtor }, formerIban: event.formerIban };
      case 'MandateSuspended': return { ...state, status: 'suspended' };
      case 'MandateResumed': return { ...state, status: 'active' };
      case 'MandateUsed': {
        const { formerIban: iban, formerCreditorId = '', creditorId = state.creditorId } = event;
        const ends = event.turn === 'one-off' || event.turn === 'final';
        return { ...state, ...(ends ? { status: 'used' as const, usedBy: event.debitId } : {}), ...(iban === '' && formerCreditorId === '' ? {} : { told: { debitId: event.debitId, iban, creditorId: formerCreditorId } }), ...(creditorId === undefined ? {} : { creditorId }), uses: state.uses + 1, lastUsedOn: event.collectOn > state.lastUsedOn ? event.collectOn : state.lastUsedOn, formerIban: '' };
      }
      case 'MandateUseDeclined': return { ...withoutCreditor(state), ...(event.creditorId ? { creditorId: event.creditorId } : {}), ...(event.again ? { status: 'active' as const, usedBy: '' } : {}), uses: state.uses - 1, formerIban: event.formerIban };
      case 'MandateCancelled': return { ...state, status: 'cancelled' };
      case 'MandateLapsed': return { ...state, status: 'lapsed' };
    }
  },
};

/** What a collection fixes of it: as it is, in the turn of its last use. */
export const factsOf = (state: MandateState): MandateFacts | undefined => (state.status === 'none' ? undefined : state.facts);

const isLive = ({ status }: There): boolean => status === 'active' || status === 'suspended';
const ofState = ({ facts }: There): OfMandate => ({ mandateId: mandateIdOf(facts.reference), customer: facts.customer });
/** The account that the bank knows: that of the last collection. Before the first one nothing has to be told. */
const known = ({ uses, formerIban, facts }: There): string => (uses === 0 ? '' : formerIban || facts.debtor.iban);
/** As text: the 29th of February of a year without one is before the 1st of March. */
const hasLapsed = ({ lastUsedOn }: There, today: Day): boolean => today > `${Number(lastUsedOn.slice(0, 4)) + 3}${lastUsedOn.slice(4)}`;

function mayCollect({ mandateId, customer, currency, debitId, on }: Extract<MandateCommand, { type: 'AskToCollect' }>, state: There): ReturnType<typeof mandate.decide> {
  if (state.facts.customer !== customer) return refuse('mandate-of-another', { mandateId });
  if (state.facts.scheme !== 'generic' && currency !== 'EUR') return refuse('mandate-currency-differs', { currency, expectedCurrency: 'EUR', scheme: state.facts.scheme, field: 'currency_code', help: 'SEPA collects EUR alone; other currencies need a mandate of the generic scheme' });
  if (state.status === 'suspended') return refuse('mandate-suspended');
  const again = state.status === 'used' && state.usedBy === debitId;
  if (!again && state.status !== 'active') return refuse('mandate-ended', { status: state.status });
  return hasLapsed(state, on) ? refuse('mandate-ended', { status: 'lapsed' }) : [];
}

function declineUse({ debitId, code }: Extract<MandateCommand, { type: 'DeclineUse' }>, state: There): ReturnType<typeof mandate.decide> {
  if (state.status === 'cancelled' || state.status === 'lapsed' || state.uses === 0) return []; // it is over, or had not counted
  const told = state.told?.debitId === debitId ? state.told : undefined;
  const formerIban = state.uses === 1 ? '' : told ? told.iban : state.formerIban;
  const creditorId = state.uses === 1 ? undefined : told?.creditorId || state.creditorId;
  return [{ type: 'MandateUseDeclined', ...ofState(state), debitId, code, formerIban, ...(creditorId ? { creditorId } : {}), again: state.status === 'used' && state.usedBy === debitId }];
}
const withoutCreditor = ({ creditorId: _gone, ...state }: There): There => state;
