// How money and credit are applied by the rules in force, or by a person: the account says what is settled and from which day, the receipt, or the credit note, keeps it as a group.
// A key is what the account keeps money by: a receipt's id, or a credit note's key. Money that is short by a difference closes its item all the same: the rest is a write-off of the same append, which goes when the money goes.
import type { AnyStream, Asked, Decision, Tx } from '@ar/runtime/forms.js';
import { derivedId } from '@ar/domain/id.js';
import { account, type AccountEvent, accountId, creditNoteIn, disputedMinor, isVoiding, partsToWriteOff, type Application, type OpenItem, UNIDENTIFIED } from './domain/account.js';
import { type RulesInForce, rulesFor } from './domain/application-rules.js';
import { type Named, planApplication, type Share, type Step } from './domain/cash-application.js';
import { type Difference, NOTHING_ALLOWED } from './domain/closing.js';
import { type Clues, findMatches, type Match, type Matchable } from './domain/matching.js';
import { payablesIn } from './domain/payables.js';
import { postedCreditNote, type CreditUse } from './domain/posted-credit-note.js';
import { receipt, type ReceiptFacts, type Surplus } from './domain/receipt.js';
import { namesOf, readingsOf } from './domain/remittance.js';
import { differenceIn, writeOff } from './domain/write-off.js';
import { segmentsOf } from './projections/customers.js';
import { openIn } from './write-offs.commands.js';

export const receiptOf = (receiptId: string) => ({ aggregate: receipt, id: receiptId });
export const creditOf = (creditNoteId: string) => ({ aggregate: postedCreditNote, id: creditNoteId });
export const accountOf = (customer: string, currency: string) => ({ aggregate: account, id: accountId(customer, currency) });
const writeOffOf = (writeOffId: string) => ({ aggregate: writeOff, id: writeOffId });
/** Where money or credit of a key is kept. */
export const holderOf = (key: string): AnyStream => { const creditNoteId = creditNoteIn(key); return creditNoteId === undefined ? receiptOf(key) : creditOf(creditNoteId); };

/** What the rules try on money: what its payer names, and which of it is known. */
export interface Naming { readonly named: readonly Named[]; readonly remittance: string; readonly known: ReadonlySet<string> }
export const nothingNew: Naming = { named: [], remittance: '', known: new Set() };

/** What is known of whose money it is; absent: the customer has no segment, or no rules ask for it. */
export interface OfSegment { readonly segment?: string }
/** The segments of customers, where rules of their tenants ask for them; empty where they do not. */
export async function segmentsAsked<R>(asked: readonly Asked<R>[], tx: Tx, customerOf: (request: R) => string): Promise<readonly string[]> {
  return asked.some(asksForSegment) ? segmentsOf(tx, asked.map((a) => ({ tenant: a.tenant, customer: customerOf(a.request) }))) : asked.map(() => '');
}
export const asksForSegment = ({ policies }: Pick<Asked<unknown>, 'policies'>): boolean => (policies.application.ruleSets ?? []).some((s) => s.segment !== '');

/** Receipts and credit notes that one posted document is tried with at most; the others are tried with the next one. */
export const MOST_RETRIED = 200;

/** Money and credit that wait are tried on what is open, the oldest first, where the policy says so. */
export function tryWaiting<K>(on: Decision<K>, customer: string, currency: string, ofSegment?: OfSegment): void {
  if (!on.policies.application.retryUnapplied) return;
  const waiting = [...on.state(accountOf(customer, currency)).cash].filter(([, cash]) => !cash.onAccount);
  waiting.sort(([a, x], [b, y]) => (x.valueOn < y.valueOn ? -1 : x.valueOn > y.valueOn ? 1 : a < b ? -1 : 1));
  const tried = waiting.slice(0, MOST_RETRIED).map(([key]) => key);
  on.reach(tried.map(holderOf));
  on.reach(differencesOf(on, customer, currency, tried, ofSegment?.segment));
  for (const key of tried) applyByRules(on, key, { customer, currency, ...ofSegment }, nothingNew, 'again');
}

/** Runs unapplied money through the rules in force. What they did is recorded; money tried `again` in vain, and credit, leaves no trace then. */
export function applyByRules<K>(on: Decision<K>, key: string, { customer, currency, segment }: { readonly customer: string; readonly currency: string } & OfSegment, naming: Naming, again?: 'again'): void {
  const stream = accountOf(customer, currency);
  const state = on.state(stream);
  const money = state.cash.get(key);
  if (!money) return;
  const isCredit = creditNoteIn(key) !== undefined;
  const { discounting, allowed, ...rules } = rulesFor(on.policies.application, customer, segment ?? '', currency);
  const payable = payablesIn(state, money.valueOn, isCredit ? undefined : discounting);
  const policyVersion = on.policies.application.version;
  const plan = planApplication({ minor: money.unappliedMinor, valueOn: money.valueOn, holds: money.holds, ...naming }, payable, { ...rules, ...(isCredit || !allowed ? {} : { allowed }) });
  if (JSON.stringify(plan.holds) !== JSON.stringify(money.holds)) on.run(stream, { type: 'HoldCash', customer, currency, receiptId: key, holds: plan.holds });
  if (plan.rule !== undefined) use(on, key, { customer, currency, ...(segment === undefined ? {} : { segment }) }, { rule: plan.rule, shares: plan.shares, trace: plan.trace, policyVersion, ...(plan.difference ? { difference: plan.difference } : {}), ...(plan.surplusMinor ? { surplusMinor: plan.surplusMinor } : {}) });
  else if (!again && !isCredit) {
    const matchable = on.policies.application.matching ? state.items.values().filter((i) => !isVoiding(state, i)).map((i) => matchableOf(i, customer, rules.disputedOnlyByReference)) : [];
    const clues = { payer: customer, name: '', words: wordsIn(naming), minor: money.unappliedMinor - plan.holds.reduce((sum, h) => sum + h.minor, 0) };
    const { apply, recommend } = matchesFor(on, clues, matchable, allowed);
    if (apply) use(on, key, { customer, currency, ...(segment === undefined ? {} : { segment }) }, { rule: 'match', shares: [apply], trace: [...plan.trace, stepOf(apply, clues.minor, matchable.length)], policyVersion });
    else on.run(receiptOf(key), { type: 'LeaveUnapplied', receiptId: key, customer, trace: plan.trace, policyVersion });
    if (recommend.length > 0) recommendFor(on, key, recommend);
  }
}

const matchableOf = (i: OpenItem, customer: string, withoutDisputed: boolean): Matchable => ({
  customer, customerName: '', accountKnown: false, itemId: i.itemId, documentNumber: i.documentNumber, references: i.references, openMinor: i.openMinor - (withoutDisputed ? disputedMinor(i) : 0), dueOn: i.dueOn,
});
export const wordsIn = ({ named, remittance }: Pick<Naming, 'named' | 'remittance'>): ReadonlySet<string> => new Set([...named.flatMap((n) => namesOf(n.reference)), ...readingsOf(remittance)]);
export const stepOf = (match: Match, minor: number, candidates: number): Step => ({ rule: 'match', reason: 'applied', minor, candidates, references: [], applied: [{ itemId: match.itemId, minor: match.minor }], heldMinor: 0, match });

function matchesFor<K>(on: Decision<K>, clues: Clues, items: readonly Matchable[], allowed: RulesInForce['allowed']): { readonly apply: Match | undefined; readonly recommend: readonly Match[] } {
  const { matching } = on.policies.application;
  return matching && clues.minor > 0 ? findMatches(clues, items.filter((i) => i.openMinor > 0), allowed ?? NOTHING_ALLOWED, matching) : { apply: undefined, recommend: [] };
}

function recommendFor<K>(on: Decision<K>, receiptId: string, matches: readonly Match[]): void {
  const state = on.state(receiptOf(receiptId));
  const recommendationId = derivedId('rec', receiptId, String(state.status === 'none' ? 1 : (state.recommendations ?? 0) + 1));
  on.run(receiptOf(receiptId), { type: 'Recommend', receiptId, customer: '', recommendationId, matches, policyVersion: on.policies.application.version });
}

/** The write-offs that these keys may need when rules are tried on them next: reached for together, before a command goes through many. */
export function differencesOf<K>(on: Decision<K>, customer: string, currency: string, keys: readonly string[], segment = ''): readonly AnyStream[] {
  const { allowed } = rulesFor(on.policies.application, customer, segment, currency);
  if (!allowed || (allowed.limitMinor === 0 && allowed.bankChargesMinor.length === 0)) return [];
  return keys.filter((key) => creditNoteIn(key) === undefined).map((key) => {
    const state = on.state(receiptOf(key));
    return writeOffOf(writeOffFor(derivedId('apg', key, String((state.status === 'none' ? 0 : state.groupCount) + 1))));
  });
}

type Unknown = Pick<ReceiptFacts, 'currency' | 'receivedMinor' | 'remitter' | 'named'>;
const matchesOfUnknown = <K>(on: Decision<K>, { currency, receivedMinor: minor, remitter, named }: Unknown, matchable: readonly Matchable[]) =>
  matchesFor(on, { payer: '', name: remitter.name, words: wordsIn({ named, remittance: remitter.remittance }), minor }, matchable, rulesFor(on.policies.application, UNIDENTIFIED, '', currency).allowed);
/** The account that money of nobody known would surely go to; as above. */
export function accountsOfUnknown<K>(on: Decision<K>, facts: Unknown, matchable: readonly Matchable[]): readonly AnyStream[] {
  const { apply } = matchesOfUnknown(on, facts, matchable);
  return apply ? [accountOf(apply.customer, facts.currency)] : [];
}

/** Money that nobody knows, and the open items of who may have paid it: the one that it is surely for is paid, its customer being the payer; else people are asked. */
export function matchUnknown<K>(on: Decision<K>, receiptId: string, facts: ReceiptFacts, matchable: readonly Matchable[]): void {
  const { currency, receivedMinor: minor } = facts;
  const { apply, recommend } = matchesOfUnknown(on, facts, matchable);
  // What was read may be behind what is decided on.
  const owing = apply && on.state(accountOf(apply.customer, currency));
  const open = apply && owing && owing.items.get(apply.itemId);
  if (apply && owing && open && open.openMinor - disputedMinor(open) >= apply.minor && !isVoiding(owing, open)) {
    transfer(on, receiptId, apply.customer, true, 'system');
    use(on, receiptId, { customer: apply.customer, currency }, { rule: 'match', shares: [apply], trace: [stepOf(apply, minor, matchable.length)], policyVersion: on.policies.application.version });
  } else if (apply || recommend.length > 0) recommendFor(on, receiptId, apply ? [apply] : recommend);
}

/** Who paid money that nobody knew: it moves to their account, in one append. */
export function transfer<K>(on: Decision<K>, receiptId: string, customer: string, customerKnown: boolean, by: string): ReceiptFacts {
  const transferId = derivedId('trf', receiptId, customer);
  on.run(receiptOf(receiptId), { type: 'Identify', receiptId, customer, customerKnown, transferId, by });
  const state = on.state(receiptOf(receiptId));
  if (state.status === 'none') throw new Error('a receipt that was just asked for is not there'); // its decider has refused before
  const { facts, facts: { currency, onAccount, valueOn } } = state;
  const [taken] = on.run(accountOf(UNIDENTIFIED, currency), { type: 'TakeCash', customer: UNIDENTIFIED, currency, receiptId, cause: 'transfer', transferId, effectiveOn: valueOn }) as readonly Extract<AccountEvent, { type: 'UnappliedCashTaken' }>[];
  on.run(accountOf(customer, currency), { type: 'PlaceCash', customer, currency, receiptId, minor: taken!.minor, onAccount, valueOn, effectiveOn: valueOn, from: UNIDENTIFIED, transferId, inBase: taken!.inBase });
  return facts;
}

export interface Use { readonly rule: CreditUse | 'match'; readonly shares: readonly Share[]; readonly trace: readonly Step[]; readonly policyVersion: number; readonly difference?: Difference; /** What is too much: a gain. */ readonly surplusMinor?: number }

/** What was applied. `payer`: whose rules hold, with the segment, where another pays. */
export function use<K>(on: Decision<K>, key: string, { customer, currency, segment, payer = customer }: { readonly customer: string; readonly currency: string; readonly payer?: string } & OfSegment, { rule, shares, trace, policyVersion, difference, surplusMinor = 0 }: Use): { readonly groupId: string; readonly applications: readonly Application[] } {
  const creditNoteId = creditNoteIn(key);
  const holder = creditNoteId === undefined ? on.state(receiptOf(key)) : on.state(creditOf(creditNoteId));
  if (holder.status === 'none') throw new Error('money or credit that was just asked for is not there'); // its decider has refused before
  const groupId = derivedId('apg', key, String(holder.groupCount + 1));
  const { discounting, discountOnFullPayment } = rulesFor(on.policies.application, payer, segment ?? '', currency);
  const settled = on.run(accountOf(customer, currency), { type: 'Settle', customer, currency, groupId, receiptId: key, shares, discountOnFullPayment: discountOnFullPayment === true, discounting });
  const applications = settled.flatMap((e) => (e.type === 'OpenItemsSettled' ? e.applications : []));
  if (creditNoteId !== undefined && rule !== 'match') on.run(creditOf(creditNoteId), { type: 'Apply', groupId, rule, applications, trace, policyVersion });
  else if (rule !== 'own-invoice') on.run(receiptOf(key), { type: 'Apply', receiptId: key, customer, groupId, rule, applications, trace, policyVersion, surplus: surplusMinor > 0 ? bookSurplus(on, key, { customer, currency, groupId }, surplusMinor, applications) : undefined });
  if (difference) writeDifferenceOff(on, customer, currency, groupId, difference);
  return { groupId, applications };
}

/** What is too much, from the day on from which all of the group counts. */
function bookSurplus<K>(on: Decision<K>, receiptId: string, { customer, currency, groupId }: { readonly customer: string; readonly currency: string; readonly groupId: string }, minor: number, applications: readonly Application[]): Surplus {
  const counts = applications.map((a) => a.effectiveOn).sort().at(-1)!;
  const [taken] = on.run(accountOf(customer, currency), { type: 'TakeCash', customer, currency, receiptId, minor, cause: 'surplus', transferId: groupId, effectiveOn: counts }) as readonly Extract<AccountEvent, { type: 'UnappliedCashTaken' }>[];
  const { effectiveOn, inBase } = taken!;
  return { minor, effectiveOn, ...(inBase ? { inBase } : {}) };
}

/** What was written off with a group, if anything was. */
export const differenceOf = (groupId: string): AnyStream => writeOffOf(writeOffFor(groupId));
const writeOffFor = (groupId: string): string => derivedId('wof', 'payment-difference', groupId);

/** All that is left of the item, nobody else's word being asked for: the policy has said so. */
function writeDifferenceOff<K>(on: Decision<K>, customer: string, currency: string, groupId: string, { itemId, of }: Difference): void {
  const [writeOffId, owing] = [writeOffFor(groupId), accountOf(customer, currency)];
  const reasonCode = of === 'bank-charges' ? 'bank-charges' as const : 'payment-difference' as const;
  const wish = { writeOffId, customer, currency, items: [{ itemId, minor: null }], method: 'direct', reasonCode, reason: `what ${groupId} is short by`, difference: reasonCode } as const;
  const parts = partsToWriteOff(on.state(owing), wish.items, on.today, currency);
  for (const event of on.run(writeOffOf(writeOffId), { type: 'Propose', book: { type: 'Book', wish, parts, limit: '', expiryDays: on.policies.approvals.expiryDays }, by: 'system', today: on.today }))
    if (event.type === 'WriteOffBooked') on.run(owing, { type: 'WriteOff', customer, currency, writeOffId, method: event.method, parts: event.parts.map((p) => ({ itemId: p.item.itemId, minor: p.minor })), today: on.today, ...differenceIn(event) });
}

/** The money goes back: what was written off with it is owed again, unless it came in by itself meanwhile. */
export function takeDifferenceBack<K>(on: Decision<K>, customer: string, currency: string, groupId: string, reason: string): void {
  const [writeOffId, owing] = [writeOffFor(groupId), accountOf(customer, currency)];
  if (on.state(writeOffOf(writeOffId)).inner.status !== 'booked') return;
  const made = on.ask(writeOffOf(writeOffId), { type: 'Reverse', writeOffId, reason: reason || 'the money went back', openMinor: openIn(on, customer, currency, writeOffId), today: on.today });
  if ('refused' in made) return; // it is recovered: that payment stays
  for (const event of made) if (event.type === 'WriteOffReversed') on.run(owing, { type: 'Reinstate', customer, currency, writeOffId, method: event.method, parts: event.parts, cause: event.cause, ...differenceIn(event) });
}
