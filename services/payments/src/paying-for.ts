// What a payer's money pays of others (PAY-16): each item in its own account, in one append, all of it traceable to one receipt.
//
// - The items of the payer and of those whom it pays for on the value date are looked at together, by the payer's rules: what is named first, then as the rules say; by oldest-first across all of them.
// - What goes to another's items is passed on: it leaves the payer's receipt and account and is a receipt of that customer, a share, for which the payer's is named. All that happens to receipts of theirs happens to it.
// - A share is not refunded and not reversed by itself. Where its use is undone it goes back to the payer's receipt; where the payer's receipt goes back, all its shares go back before.
import type { Day } from '@ar/domain/day.js';
import { derivedId } from '@ar/domain/id.js';
import type { Decision } from '@ar/runtime/forms.js';
import { accountOf, applyByRules, differenceOf, type Naming, type OfSegment, receiptOf, type Use, use } from './applying.js';
import { type AccountEvent, type Application, sum } from './domain/account.js';
import { rulesFor } from './domain/application-rules.js';
import { type Payables, planApplication } from './domain/cash-application.js';
import type { Discounting } from './domain/item-discount.js';
import { payablesIn, together } from './domain/payables.js';
import type { Deduction } from './domain/receipt.js';
import { derivedReceiptId } from './domain/receipt-id.js';
import { goBack, there } from './taking-back.js';
import { creditsTried, settleByOwnCredit } from './credit-notes.commands.js';
import { recoveredBy } from './write-offs.commands.js';

/** Whom the payer pays for; absent: nobody. */
export interface PaysFor { readonly paysFor?: readonly string[] }
export interface Used { readonly receiptId: string; readonly customer: string; readonly groupId: string; readonly applications: readonly Application[] }

/** Uses money for items of the payer and of those whom it pays for. An item that nobody of them has is looked for with the payer, who refuses it. */
export function useAcross<K>(on: Decision<K>, receiptId: string, { customer, currency, paysFor = [], ...ofSegment }: { readonly customer: string; readonly currency: string } & OfSegment & PaysFor, { shares, difference, surplusMinor, ...how }: Use): readonly Used[] {
  const ownerOf = (itemId: string): string => [customer, ...paysFor].find((c) => on.state(accountOf(c, currency)).items.get(itemId) !== undefined) ?? customer;
  const owners = [...new Set([customer, ...paysFor])].map((owner) => ({ owner, shares: shares.filter((s) => ownerOf(s.itemId) === owner) })).filter((o) => o.shares.length > 0);
  const money = on.state(accountOf(customer, currency)).cash.get(receiptId);
  const over = sum(shares) > (money?.unappliedMinor ?? 0);
  const { passedCount = 0 } = there(on.state(receiptOf(receiptId)));
  const shareOf = (owner: string): string => shareIdOf(receiptId, owner, passedCount);
  const gained = surplusMinor !== undefined && owners.length === 1 && owners[0]!.owner === customer ? { surplusMinor } : {};
  const trace = gained.surplusMinor === undefined ? how.trace.map(({ surplusMinor: _left, ...step }) => step) : how.trace; // what stays unapplied is no gain
  if (!over) on.reach(owners.filter((o) => o.owner !== customer).map((o) => receiptOf(shareOf(o.owner))));
  return owners.map(({ owner, shares: own }, n): Used => {
    const here = { ...how, trace, shares: own, ...gained, ...(difference && own.some((s) => s.itemId === difference.itemId) ? { difference } : {}) };
    if (owner === customer || over) return { receiptId, customer, ...use(on, receiptId, { customer, currency, ...ofSegment }, { ...here, shares: over ? shares : own }) };
    const share = passOn(on, receiptId, shareOf(owner), owner, sum(own), n > 0);
    return { receiptId: share, customer: owner, ...use(on, share, { customer: owner, currency, payer: customer, ...ofSegment }, here) };
  });
}

/** What was kept back, each with the receipt that pays its item. */
export function takeDeductions<K>(on: Decision<K>, used: readonly Used[], deductions: readonly Deduction[]): void {
  for (const [n, { receiptId, customer, groupId, applications }] of used.entries()) {
    const isLast = n === used.length - 1; // what nobody of them has is refused by the last
    const own = deductions.filter((d) => applications.some((a) => a.item.itemId === d.itemId) || (isLast && !used.some((u) => u.applications.some((a) => a.item.itemId === d.itemId))));
    if (own.length > 0) on.run(receiptOf(receiptId), { type: 'TakeDeductions', receiptId, customer, groupId, deductions: own, applications });
  }
}

/** The rules in force for the payer, on all these items; for nobody but the payer they are as they always are. */
export function applyAcross<K>(on: Decision<K>, receiptId: string, of: { readonly customer: string; readonly currency: string } & OfSegment & PaysFor, naming: Naming): void {
  const { paysFor, ...payer } = of;
  const { customer, currency, segment } = payer;
  const money = on.state(accountOf(customer, currency)).cash.get(receiptId);
  if (!paysFor || !money) { applyByRules(on, receiptId, payer, naming); return; }
  const { discounting, ...rules } = rulesFor(on.policies.application, customer, segment ?? '', currency);
  const plan = planApplication({ minor: money.unappliedMinor, valueOn: money.valueOn, holds: money.holds, ...naming }, payableAcross(on, of, money.valueOn, discounting), rules);
  const policyVersion = on.policies.application.version;
  if (JSON.stringify(plan.holds) !== JSON.stringify(money.holds)) on.run(accountOf(customer, currency), { type: 'HoldCash', customer, currency, receiptId, holds: plan.holds });
  if (plan.rule === undefined) on.run(receiptOf(receiptId), { type: 'LeaveUnapplied', receiptId, customer, trace: plan.trace, policyVersion });
  else useAcross(on, receiptId, of, { rule: plan.rule, shares: plan.shares, trace: plan.trace, policyVersion, ...(plan.difference ? { difference: plan.difference } : {}), ...(plan.surplusMinor ? { surplusMinor: plan.surplusMinor } : {}) });
}

/** What the rules see of the items of the payer and of those whom it pays for. */
export function payableAcross<K>(on: Decision<K>, { customer, currency, paysFor = [] }: { readonly customer: string; readonly currency: string } & PaysFor, valueOn: Day, discounting: Discounting | undefined): Payables {
  const members = [customer, ...paysFor];
  on.reach(members.map((m) => accountOf(m, currency)));
  return together(members.map((m) => payablesIn(on.state(accountOf(m, currency)), valueOn, discounting)));
}

/** The receipt of a share, one for each customer whenever money is passed on; `before`: how often it had been. */
export const shareIdOf = (receiptId: string, to: string, before: number): string => derivedReceiptId(receiptId, to, String(before + 1));

/** Answers the receipt that it is there. */
function passOn<K>(on: Decision<K>, receiptId: string, shareId: string, to: string, minor: number, goesOn: boolean): string {
  const { customer, facts } = there(on.state(receiptOf(receiptId)));
  const { currency, valueOn, method, booking } = facts;
  const transferId = derivedId('trf', receiptId, shareId);
  on.reach([receiptOf(shareId), accountOf(to, currency)]);
  const [taken] = on.run(accountOf(customer, currency), { type: 'TakeCash', customer, currency, receiptId, minor, cause: 'transfer', transferId, effectiveOn: valueOn }) as readonly Extract<AccountEvent, { type: 'UnappliedCashTaken' }>[];
  const { effectiveOn, inBase } = taken!;
  on.run(receiptOf(receiptId), { type: 'PassOn', receiptId, customer, toReceiptId: shareId, toCustomer: to, transferId, minor, goesOn, effectiveOn });
  on.run(receiptOf(shareId), { type: 'Record', receiptId: shareId, customer: to, identifiedBy: 'payer', passedBy: { receiptId, customer }, currency, receivedMinor: minor, valueOn, method, remitter: { name: '', iban: '', remittance: '' }, named: [], bankReference: '', onAccount: false, ...(booking && inBase ? { booking: { ...booking, worth: inBase } } : {}), today: on.today, customerKnown: true });
  on.run(accountOf(to, currency), { type: 'PlaceCash', customer: to, currency, receiptId: shareId, minor, onAccount: false, valueOn, effectiveOn, from: 'payer', transferId, inBase });
  return shareId;
}

/** A share goes back to the payer's receipt, all of it. */
export function giveShareBack<K>(on: Decision<K>, shareId: string, effectiveOn: Day | null, reason: string): void {
  const { customer, facts: { currency, valueOn }, passedBy } = there(on.state(receiptOf(shareId)));
  if (!passedBy) return;
  const { receiptId: payersId, customer: payer } = passedBy;
  on.reach([receiptOf(payersId), accountOf(payer, currency)]);
  const made = goBack(on, shareId, { kind: 'passed-back', code: '', reason, effectiveOn, feeMinor: 0 });
  const transferId = derivedId('trf', shareId, payersId);
  const [taken] = on.run(accountOf(customer, currency), { type: 'TakeCash', customer, currency, receiptId: shareId, cause: 'transfer', transferId, effectiveOn: effectiveOn ?? on.today }) as readonly Extract<AccountEvent, { type: 'UnappliedCashTaken' }>[];
  const { onAccount } = there(on.state(receiptOf(payersId))).facts;
  on.run(receiptOf(payersId), { type: 'PassBack', receiptId: payersId, customer: payer, toReceiptId: shareId, transferId, effectiveOn: taken!.effectiveOn });
  on.run(accountOf(payer, currency), { type: 'PlaceCash', customer: payer, currency, receiptId: payersId, minor: taken!.minor, onAccount, valueOn, effectiveOn: taken!.effectiveOn, from: 'payer', transferId, inBase: taken!.inBase });
  for (const [of, invoices] of made) settleByOwnCredit(on, customer, of, invoices);
}

/** Before a payer's receipt goes back. */
export function giveSharesBack<K>(on: Decision<K>, receiptId: string, effectiveOn: Day | null, reason: string): void {
  const state = on.state(receiptOf(receiptId));
  if (state.status !== 'recorded') return;
  const passed = Object.entries(state.passed ?? {});
  const shares = passed.map(([shareId]) => shareId);
  // All that any of them may need is reached for together: a payer pays for many.
  on.reach(passed.flatMap(([shareId, { customer }]) => [receiptOf(shareId), accountOf(customer, state.facts.currency)]));
  const settled = passed.flatMap(([shareId, { customer }]) => { const share = on.state(receiptOf(shareId)); return share.status === 'none' ? [] : Object.entries(share.groups).map(([groupId, of]) => ({ customer, groupId, of, exchange: share.exchanges?.[groupId] })); });
  on.reach(settled.flatMap(({ customer, groupId, of, exchange }) => [differenceOf(groupId), ...recoveredBy(of), ...(exchange ? [accountOf(customer, exchange.currency)] : [])]));
  const inMore = settled.flatMap(({ customer, exchange }) => (exchange ? [[customer, exchange.currency] as const] : []));
  on.reach([...passed.map(([, { customer }]) => [customer, state.facts.currency] as const), ...inMore].flatMap(([customer, currency]) => creditsTried(on, customer, currency)));
  for (const shareId of shares) giveShareBack(on, shareId, effectiveOn, reason);
}
