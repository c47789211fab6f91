// What happens to a direct debit, in one append with all that it touches: attempted, its mandate is used and its sum fixed; collected, its receipt is recorded and pays exactly its items;
// declined or gone back, the mandate is suspended or ended where the reason says so, and the items are free again when nothing more is tried.
import type { AnyStream, Decision } from '@ar/runtime/forms.js';
import { workingDayOnOrAfter } from '@ar/domain/calendar.js';
import type { Day } from '@ar/domain/day.js';
import { cut } from '@ar/domain/text.js';
import { accountOf, receiptOf, use } from './applying.js';
import { accountId, disputedMinor, isVoiding } from './domain/account.js';
import { debit, type DebitEvent, type DebitFacts, endToEndIdOf, receiptIdOfDebit, type SuppressedFor } from './domain/debit.js';
import { debitItems, type DebitEnd, itemsTakenBy } from './domain/debit-items.js';
import { meaningOf } from './domain/debit-reasons.js';
import { bookedOn, type RatesKnown } from './domain/in-base.js';
import { factsOf, mandate } from './domain/mandate.js';

export const debitOf = (debitId: string) => ({ aggregate: debit, id: debitId });
export const mandateOf = (mandateId: string) => ({ aggregate: mandate, id: mandateId });
export const itemsInDebits = (customer: string, currency: string) => ({ aggregate: debitItems, id: accountId(customer, currency) });
const later = (a: Day, b: Day): Day => (a > b ? a : b);

/** Whose, and which attempt: as projections know it. */
export interface KnownAttempt { readonly debitId: string; readonly attempt: number; readonly customer: string; readonly currency: string; readonly mandateId: string }
export const streamsOfAttempt = ({ debitId, attempt, customer, currency, mandateId }: KnownAttempt): readonly AnyStream[] =>
  [debitOf(debitId), mandateOf(mandateId), itemsInDebits(customer, currency), accountOf(customer, currency), receiptOf(receiptIdOfDebit(debitId, attempt))];

export interface ToAttempt { readonly debitId: string; readonly attempt: number; readonly through: Day; readonly fileId: string; readonly paused: boolean; /** Nothing is attempted: only what can never be is suppressed. */ readonly onlySuppress?: true }

/** Collects what is open now, where that is still wanted, and never more than was announced; what was attempted, if anything was. */
export function attemptDebit<K>(on: Decision<K>, { debitId, attempt, through, fileId, paused, onlySuppress }: ToAttempt): Extract<DebitEvent, { type: 'DebitAttempted' }> | undefined {
  const state = on.state(debitOf(debitId));
  if (state.status !== 'waiting' || state.attempt !== attempt || state.dueOn > through) return undefined;
  const { customer, currency, mandateId, items, final } = state.facts;
  const suppress = (reason: SuppressedFor): undefined => {
    on.run(debitOf(debitId), { type: 'Suppress', attempt, through, reason });
    release(on, debitId, customer, currency, 'nothing-to-collect');
  };
  if (paused) return suppress('paused');
  const of = factsOf(on.state(mandateOf(mandateId)));
  // What the bank gets in a file is for a working day: a retry, and what is cut late, may fall on another.
  const collectOn = fileId === '' ? later(state.dueOn, on.today) : workingDayOnOrAfter(later(state.dueOn, on.today), on.policies.calendar);
  const may = on.ask(mandateOf(mandateId), { type: 'AskToCollect', mandateId, customer, currency, debitId, on: collectOn });
  if ('refused' in may || !of) return suppress('refused' in may && may.refused === 'mandate-suspended' ? 'mandate-suspended' : 'mandate-ended');
  const held = new Set(itemsTakenBy(on.state(itemsInDebits(customer, currency)), debitId));
  const owing = on.state(accountOf(customer, currency));
  let left = state.announcedMinor; // what was told to the debtor is the most that is taken, also where more is open by now
  const shares = items.flatMap(({ itemId, asked }) => {
    const open = owing.items.get(itemId);
    if (!held.has(itemId) || !open || isVoiding(owing, open) || disputedMinor(open) > 0) return [];
    const minor = Math.min(asked ?? open.openMinor, open.openMinor, left);
    left -= minor;
    return minor > 0 ? [{ itemId, minor }] : [];
  });
  if (shares.length === 0) return suppress('nothing-open');
  if (onlySuppress) return undefined;
  const used = on.run(mandateOf(mandateId), { type: 'Use', debitId, collectOn, final, creditorId: on.policies.directDebit.creditorId }).find((e) => e.type === 'MandateUsed');
  const { turn, formerIban, formerCreditorId } = used ?? { turn: 'recurrent' as const, formerIban: '' };
  const [made] = on.run(debitOf(debitId), {
    type: 'Attempt', through, attempt, minor: shares.reduce((sum, s) => sum + s.minor, 0), shares, collectOn, endToEndId: endToEndIdOf(on.tenant, debitId, attempt), fileId,
    scheme: of.scheme, reference: of.reference, signedOn: of.signedOn, turn, debtor: of.debtor, formerIban, ...(formerCreditorId ? { formerCreditorId } : {}),
  });
  return made?.type === 'DebitAttempted' ? made : undefined;
}

export interface Came { readonly debitId: string; readonly attempt: number; readonly reference: string; readonly valueOn: Day; readonly rates: RatesKnown | undefined }

/** The money is here: recorded once, and applied to what is open of its items; what they do not need is unapplied. Answers its receipt, empty where it was known before. */
export function recordCollected<K>(on: Decision<K>, { debitId, attempt, reference, valueOn, rates }: Came): string {
  const before = on.state(debitOf(debitId));
  const [collected] = on.run(debitOf(debitId), { type: 'RecordCollected', attempt, reference, valueOn });
  if (before.status === 'none' || collected?.type !== 'DebitCollected') return '';
  const { customer, currency } = before.facts;
  const { shares, endToEndId } = before.attempts[attempt]!;
  const { receiptId, minor } = collected;
  if (before.attempts[attempt]!.became === 'declined') useAfterAll(on, before.facts, valueOn);
  const debtor = factsOf(on.state(mandateOf(before.facts.mandateId)))?.debtor;
  const booking = bookedOn({ minor, currency }, valueOn, { today: on.today, exchange: on.policies.exchange, rates });
  on.run(receiptOf(receiptId), {
    type: 'Record', receiptId, customer, identifiedBy: 'caller', currency, receivedMinor: minor, valueOn, method: 'PAYMENT_METHOD_DIRECT_DEBIT', bankReference: cut(reference, 64), named: [], onAccount: false,
    remitter: { name: debtor?.name ?? '', iban: debtor?.iban ?? '', remittance: endToEndId }, ...(booking ? { booking } : {}), today: on.today, customerKnown: true,
  });
  on.run(accountOf(customer, currency), { type: 'PlaceCash', customer, currency, receiptId, minor, onAccount: false, valueOn, effectiveOn: valueOn, from: 'bank', transferId: '', inBase: booking?.worth });
  const owing = on.state(accountOf(customer, currency));
  const applied = shares.flatMap(({ itemId, minor: wanted }) => { const open = owing.items.get(itemId); return open && !isVoiding(owing, open) ? [{ itemId, minor: Math.min(wanted, open.openMinor) }] : []; });
  if (applied.length > 0) use(on, receiptId, { customer, currency }, { rule: 'reference', shares: applied, policyVersion: on.policies.directDebit.version, trace: [{ rule: 'reference', reason: 'applied', minor, candidates: shares.length, references: [endToEndId], applied, heldMinor: 0 }] });
  if (on.state(debitOf(debitId)).status === 'collected') release(on, debitId, customer, currency, 'collected');
  return receiptId;
}

/** What was declined and has collected after all has used its mandate. */
function useAfterAll<K>(on: Decision<K>, { debitId, mandateId, final }: DebitFacts, collectOn: Day): void {
  const { status } = on.state(mandateOf(mandateId));
  if (status === 'active' || status === 'suspended') on.run(mandateOf(mandateId), { type: 'Use', debitId, collectOn, final, creditorId: on.policies.directDebit.creditorId });
}

export interface Declined { readonly debitId: string; readonly attempt: number; readonly code: string; readonly hard: boolean }

/** It was not collected. `hard`: as who told it says, for codes that are not known here. */
export function recordDeclined<K>(on: Decision<K>, { debitId, attempt, code, hard: toldHard }: Declined): boolean {
  const before = on.state(debitOf(debitId));
  const { hard } = meaningOf(code, toldHard);
  const made = on.run(debitOf(debitId), { type: 'RecordDeclined', attempt, code, hard, retryDays: on.policies.directDebit.retryDays, today: on.today });
  if (before.status === 'none' || made.length === 0) return false;
  on.run(mandateOf(before.facts.mandateId), { type: 'DeclineUse', debitId, code });
  tellMandate(on, before.facts.mandateId, code);
  const { customer, currency } = before.facts;
  const { status } = on.state(debitOf(debitId));
  if (status === 'abandoned' || status === 'collected') release(on, debitId, customer, currency, status === 'abandoned' ? 'given-up' : 'collected');
  return true;
}

/** The receipt of an attempt was reversed: its items are owed again. */
export function recordReturned<K>(on: Decision<K>, debitId: string, receiptId: string, code: string): void {
  const before = on.state(debitOf(debitId));
  const { hard } = meaningOf(code);
  const made = on.run(debitOf(debitId), { type: 'RecordReturned', receiptId, code, hard, retryDays: on.policies.directDebit.retryDays, today: on.today });
  if (before.status === 'none' || made.length === 0) return;
  tellMandate(on, before.facts.mandateId, code);
  const { customer, currency, items } = before.facts;
  const { status } = on.state(debitOf(debitId));
  if (status !== 'waiting' && status !== 'abandoned') return;
  on.run(itemsInDebits(customer, currency), { type: 'TakeAgain', customer, currency, debitId, itemIds: items.map((i) => i.itemId) });
  if (status === 'abandoned') release(on, debitId, customer, currency, 'given-up');
}

/** What a reason code means for the mandate; one that is suspended or ended stays so. */
function tellMandate<K>(on: Decision<K>, mandateId: string, code: string): void {
  const { mandate: what, says } = meaningOf(code);
  if (what === 'suspend') on.ask(mandateOf(mandateId), { type: 'Suspend', mandateId, by: 'bank', reason: says, code });
  if (what === 'end') on.ask(mandateOf(mandateId), { type: 'Cancel', mandateId, by: 'bank', reason: says, code });
}

export const release = <K>(on: Decision<K>, debitId: string, customer: string, currency: string, end: DebitEnd): void => void on.run(itemsInDebits(customer, currency), { type: 'Release', customer, currency, debitId, end });
