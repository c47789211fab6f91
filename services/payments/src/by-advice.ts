// What a receipt pays because its payer said so: exactly the lines of the advice, whatever the rules would do.
//
// - Each line pays its document with its net, the earliest due first where it has several items; a line for a document that is not known yet keeps its part waiting for it. What is left stays unapplied.
// - Credit notes that the payer counts in settle what the money leaves open of the other lines.
// - What was kept back is a deduction of the item, as far as it is open then, with its reason; so is a discount that was taken and not granted: `payment-terms`.
import type { Decision } from '@ar/runtime/forms.js';
import { accountOf, creditOf, receiptOf, type OfSegment, use } from './applying.js';
import { type Application, creditKey } from './domain/account.js';
import { rulesFor } from './domain/application-rules.js';
import { planApplication, type Share, type Step } from './domain/cash-application.js';
import { payablesIn } from './domain/payables.js';
import type { Deduction } from './domain/receipt.js';
import { namesOf, normalReference } from './domain/remittance.js';
import { type MatchedBy, remittanceAdvice, type RemittanceFacts, type RemittanceLine } from './domain/remittance-advice.js';
import { payableAcross, type PaysFor, takeDeductions, useAcross } from './paying-for.js';
import type { NamedDocument } from './projections/documents.js';

export const adviceOf = (adviceId: string) => ({ aggregate: remittanceAdvice, id: adviceId });

/** What is known of its lines: documents that they name, and credit notes by their number, normalised. */
export interface KnownOfLines { readonly documents: readonly NamedDocument[]; readonly credits: Readonly<Record<string, string>> }
export interface Matching { readonly adviceId: string; readonly receiptId: string; readonly matchedBy: MatchedBy; /** Empty: nobody had to say so. */ readonly by: string }

/** The receipt is the one that the advice is about: it is its customer's by now. */
export function matchAdvice<K>(on: Decision<K>, { adviceId, receiptId, matchedBy, by }: Matching, known: KnownOfLines, ofSegment: OfSegment & PaysFor = {}): void {
  const [receipt, advice] = [on.state(receiptOf(receiptId)), on.state(adviceOf(adviceId))];
  const customer = receipt.status === 'none' ? '' : receipt.customer;
  on.run(adviceOf(adviceId), { type: 'Match', adviceId, receiptId, receiptCustomer: customer, matchedBy, by });
  if (advice.status !== 'none') payLines(on, receiptId, customer, adviceId, advice.facts, known, ofSegment, by === '' ? on.policies.application.version : 0);
}

const names = (reference: string): ReadonlySet<string> => new Set(namesOf(reference));
const isOf = (item: { readonly references: readonly string[] }, reference: string): boolean => { const of = names(reference); return item.references.some((r) => of.has(r)); };

function payLines<K>(on: Decision<K>, receiptId: string, customer: string, adviceId: string, { currency, lines }: RemittanceFacts, known: KnownOfLines, { segment, paysFor = [] }: OfSegment & PaysFor, policyVersion: number): void {
  const of = { customer, currency, ...(segment === undefined ? {} : { segment }) };
  const applied: Application[] = [];
  const stream = accountOf(customer, currency);
  const state = on.state(stream);
  const money = state.cash.get(receiptId);
  if (money) {
    const { allowed: _differencesAreSaid, discounting, ...rules } = rulesFor(on.policies.application, customer, segment ?? '', currency);
    const payable = payableAcross(on, { ...of, paysFor }, money.valueOn, discounting);
    const named = lines.filter((l) => l.netMinor > 0).map((l) => ({ reference: normalReference(l.reference), minor: l.netMinor }));
    const isKnown = new Set(known.documents.filter((d) => [customer, ...paysFor].includes(d.customer) && d.currency === currency).map((d) => d.reference));
    const plan = planApplication({ minor: money.unappliedMinor, valueOn: money.valueOn, holds: [], named, remittance: '', known: isKnown }, payable, { ...rules, rules: ['reference'] });
    const trace = plan.trace.map((step): Step => ({ ...step, rule: 'remittance-advice', adviceId }));
    if (JSON.stringify(plan.holds) !== JSON.stringify(money.holds)) on.run(stream, { type: 'HoldCash', customer, currency, receiptId, holds: plan.holds });
    if (plan.shares.length === 0) on.run(receiptOf(receiptId), { type: 'LeaveUnapplied', receiptId, customer, trace, policyVersion });
    else {
      const used = useAcross(on, receiptId, { ...of, paysFor }, { rule: 'remittance-advice', shares: plan.shares, trace, policyVersion });
      applied.push(...used.flatMap((u) => u.applications));
      const left = countCreditsIn(on, adviceId, of, lines, known, applied);
      takeDeductions(on, used, deductionsOf(lines, applied.map((a) => ({ ...a, openMinor: left.get(a.item.itemId) ?? a.openMinor }))));
      return;
    }
  }
  countCreditsIn(on, adviceId, of, lines, known, applied);
}

/** What credit notes settle of what the lines say and the money did not pay. Answers what is open then of the items that they settled. */
function countCreditsIn<K>(on: Decision<K>, adviceId: string, of: { readonly customer: string; readonly currency: string }, lines: readonly RemittanceLine[], { credits }: KnownOfLines, paid: readonly Application[]): ReadonlyMap<string, number> {
  const left = new Map<string, number>();
  const counted = lines.flatMap((l) => { const creditNoteId = l.netMinor < 0 ? credits[normalReference(l.reference)] : undefined; return creditNoteId === undefined ? [] : [{ creditNoteId, minor: -l.netMinor }]; });
  if (counted.length === 0) return left;
  on.reach(counted.map(({ creditNoteId }) => creditOf(creditNoteId)));
  const wanted = new Map<string, number>(); // by document, what the money left of its lines
  for (const { reference, netMinor } of lines) if (netMinor > 0) wanted.set(normalReference(reference), (wanted.get(normalReference(reference)) ?? 0) + netMinor);
  for (const [reference, minor] of wanted) wanted.set(reference, minor - paid.filter((a) => isOf(a.item, reference)).reduce((sum, a) => sum + a.minor, 0));
  for (const { creditNoteId, minor } of counted) {
    const note = on.state(creditOf(creditNoteId));
    const state = on.state(accountOf(of.customer, of.currency));
    let most = note.status !== 'none' && note.customer === of.customer ? Math.min(minor, state.cash.get(creditKey(creditNoteId))?.unappliedMinor ?? 0) : 0;
    const shares: Share[] = [];
    const items = payablesIn(state, '', undefined);
    for (const [reference, open] of wanted) {
      let missing = open;
      for (const item of items.named(names(reference))) {
        const taken = Math.min(missing, most, item.openMinor - (shares.find((s) => s.itemId === item.itemId)?.minor ?? 0));
        if (taken <= 0 || shares.some((s) => s.itemId === item.itemId)) continue;
        shares.push({ itemId: item.itemId, minor: taken });
        [missing, most] = [missing - taken, most - taken];
      }
      wanted.set(reference, missing);
    }
    if (shares.length === 0) continue;
    const step: Step = { rule: 'remittance-advice', reason: 'applied', minor, candidates: items.count, references: [], applied: shares, heldMinor: 0, adviceId };
    const { applications } = use(on, creditKey(creditNoteId), of, { rule: 'remittance-advice', shares, trace: [step], policyVersion: on.policies.application.version });
    for (const a of applications) left.set(a.item.itemId, a.openMinor);
  }
  return left;
}

/** Each item once: what its lines kept back, and what they took as a discount and was not granted. Of several items of a document, the one that was paid last. */
function deductionsOf(lines: readonly RemittanceLine[], applications: readonly Application[]): readonly Deduction[] {
  const granted = new Map(applications.map((a) => [a.item.itemId, a.discount?.minor ?? 0]));
  const open = new Map(applications.map((a) => [a.item.itemId, a.openMinor]));
  const kept = new Map<string, Deduction>();
  for (const { reference, netMinor, discountMinor, deductionMinor, reasonCode, text } of lines) {
    const items = netMinor > 0 ? applications.filter((a) => isOf(a.item, reference)) : [];
    const taken = items.reduce((sum, a) => sum + granted.get(a.item.itemId)!, 0);
    items.forEach((a) => granted.set(a.item.itemId, 0)); // what was granted is counted once
    const { itemId } = items.findLast((a) => open.get(a.item.itemId)! > 0)?.item ?? { itemId: '' };
    const minor = Math.min(open.get(itemId) ?? 0, deductionMinor + Math.max(0, discountMinor - taken));
    if (minor <= 0) continue;
    const before = kept.get(itemId);
    open.set(itemId, open.get(itemId)! - minor);
    kept.set(itemId, before ? { ...before, minor: before.minor + minor } : { itemId, minor, reasonCode: deductionMinor > 0 ? reasonCode ?? 'other' : 'payment-terms', text });
  }
  return [...kept.values()];
}
