// Which open items a sum of money pays (PAY-06), and why.
//
// - The rules are tried in the order of the policy: the customer's own, else its segment's, else the tenant's. The first that applies anything ends it. What is left stays unapplied.
// - Reference: what the payer names, as far as it is open (`application-by-reference.ts`). Exact, clear the account, clear past due, by terms, combination: money that closes items together, all or nothing
//   (`clearing.ts`). Oldest first: one after the other (`oldest-first.ts`), in the order of the debt (`debt-order.ts`). Money that is held is tried by its references first.
// - What an item needs is what is open of it; where the money has value in time for its discount, less that discount. The discount is not taken where the money is enough
//   to pay all items of the rule in full, or is exactly what the first of them need in full, unless the policy grants it to who pays in full as well. Late, money that is exactly the
//   discounted amounts of several items together, of those named or of the oldest, closes them with their unearned discounts. Exact finds the item open with that much first, then one that it closes with a discount.
// - Where no exact sum closes anything, a rule other than oldest first takes what is short by a bank's charge, or within the tolerance (`closing.ts`).
// - What can be paid of an item is what is open of it; by all rules but reference without what is disputed, unless the policy says otherwise, and without late charges where it says so.
// - Every rule that was tried leaves a step: what it saw, what it did, why.
import type { Day } from '@ar/domain/day.js';
import type { ApplicationRule, Charge, Policies } from '@ar/domain/policies.js';
import { byReference } from './application-by-reference.js';
import { type Cleared, clearAll, clearPastDue, clearPastDueByTerms, combination, exact } from './clearing.js';
import { type Allowed, type Candidate, type Difference, inTime, lateNeeds, NOTHING_ALLOWED } from './closing.js';
import { byDueDate, inOrder, type Order } from './debt-order.js';
import type { Match } from './matching.js';
import { oldestFirst } from './oldest-first.js';

/** What the rules see of an open item. */
export interface Payable { readonly itemId: string; readonly references: readonly string[]; readonly openMinor: number; readonly disputedMinor: number; readonly dueOn: Day; /** What closes it with a discount; absent: none can be had. */ readonly closing?: Closing;
  /** Of a charge: for what. The debt that it belongs to: an invoice's id. Under which terms it is paid; absent: the customer's. */
  readonly charge?: Charge; readonly debt?: string; readonly terms?: string }
/** At least so much in time; late, exactly one of these. */
export interface Closing { readonly inTimeMinor: number; readonly lateMinor: readonly number[] }

/** A document named by the payer, with the amount meant for it where one is given. */
export interface Named { readonly reference: string; readonly minor: number | null }
/** A part that waits for one of these documents. */
export interface Hold { readonly references: readonly string[]; readonly minor: number }
export interface Share { readonly itemId: string; readonly minor: number }

export type StepReason =
  | 'applied' | 'nothing-named' | 'named-not-open' | 'held-for-unknown-document' | 'still-held' | 'no-item-of-exactly-that' | 'nothing-payable' | 'first-item-does-not-fit' | 'nothing-left-to-apply'
  | 'sum-differs' | 'no-group-of-exactly-that' | 'no-combination' | 'several-combinations' | 'search-given-up';
/** The rules, the match by points that is looked for after them, and what the payer said in a remittance advice. */
export type Tried = ApplicationRule | 'match' | 'remittance-advice';
export interface Step {
  readonly rule: Tried;
  readonly reason: StepReason;
  /** What the rule had to give. */
  readonly minor: number;
  /** How many items it could choose from. */
  readonly candidates: number;
  readonly references: readonly string[];
  readonly applied: readonly Share[];
  readonly heldMinor: number;
  /** What the items that were looked at together are open with. */
  readonly sumMinor?: number;
  /** What is written off, for the money was short by it. */
  readonly difference?: Difference;
  /** What is too much, and booked as a gain. */
  readonly surplusMinor?: number;
  /** Of a match: what it was found by. */
  readonly match?: Match;
  /** Of what a payer said: in which advice. */
  readonly adviceId?: string;
}
/** `rule` is the one that applied; none when nothing was applied. */
export interface Plan { readonly rule: ApplicationRule | undefined; readonly shares: readonly Share[]; readonly holds: readonly Hold[]; readonly trace: readonly Step[]; readonly difference?: Difference; readonly surplusMinor?: number }

/** The rules in force for a customer, as `rulesFor` finds them. */
export interface Rules extends Pick<Policies['application'], 'rules' | 'partialOnOldest' | 'disputedOnlyByReference' | 'discountOnFullPayment'> { readonly allowed?: Allowed; readonly order?: Order; readonly withoutLateCharges?: boolean }

export interface ToApply {
  /** When it has value: what is due before is past due. */
  readonly valueOn: Day;
  /** All that is unapplied, held or not. */
  readonly minor: number;
  readonly holds: readonly Hold[];
  /** Named explicitly, tried once; empty when money is tried again. */
  readonly named: readonly Named[];
  /** Free text, tried once. */
  readonly remittance: string;
  /** References of documents of this account that were posted at any time: named, they are known even when nothing of them is open. */
  readonly known: ReadonlySet<string>;
}

export function planApplication(cash: ToApply, items: readonly Payable[], policy: Rules): Plan {
  const trace: Step[] = [];
  const allowed = policy.allowed ?? NOTHING_ALLOWED;
  const byAge = byDueDate(items);
  const ordered = policy.order === undefined || policy.order.by === 'due-date' ? byAge : inOrder(items, policy.order);
  const payable = (item: Payable) => (policy.withoutLateCharges && item.charge === 'late-charge' ? 0 : policy.disputedOnlyByReference ? Math.max(0, item.openMinor - item.disputedMinor) : item.openMinor);
  const candidates = (of: readonly Payable[]): readonly Candidate[] => of.map((item) => ({ item, minor: payable(item) })).filter((c) => c.minor > 0);
  const clearable = candidates(byAge);
  let { holds } = cash;
  const free = () => cash.minor - holds.reduce((sum, h) => sum + h.minor, 0);

  for (const rule of policy.rules) {
    const step = (reason: StepReason, of: number, more: Partial<Step> = {}) => void trace.push({ rule, reason, minor: free(), candidates: of, references: [], applied: [], heldMinor: cash.minor - free(), ...more });
    const clear = (by: (minor: number, of: readonly Candidate[]) => Cleared): Plan | undefined => {
      const of = clearable;
      if (free() === 0) { step('nothing-left-to-apply', of.length); return undefined; }
      const { reason, closed, sumMinor, of: looked } = by(free(), of);
      const difference = { ...(closed?.difference ? { difference: closed.difference } : {}), ...(closed?.surplusMinor ? { surplusMinor: closed.surplusMinor } : {}) };
      step(reason, looked, { applied: closed?.shares ?? [], ...(sumMinor === undefined ? {} : { sumMinor }), ...difference });
      return closed && { rule, shares: closed.shares, holds, trace, ...difference };
    };
    switch (rule) {
      case 'reference': {
        const found = byReference({ ...cash, holds }, ordered, policy.discountOnFullPayment === true, allowed);
        const before = free();
        holds = found.holds;
        const difference = { ...(found.difference ? { difference: found.difference } : {}), ...(found.surplusMinor ? { surplusMinor: found.surplusMinor } : {}) };
        step(found.reason, byAge.length, { minor: before, references: found.references, applied: found.shares, ...difference });
        if (found.shares.length > 0) return { rule, shares: found.shares, holds, trace, ...difference };
        break;
      }
      case 'exact': { const plan = clear((minor, of) => exact(minor, of, allowed)); if (plan) return plan; break; }
      case 'clear-account': { const plan = clear((minor, of) => clearAll(minor, of, allowed)); if (plan) return plan; break; }
      case 'clear-past-due': { const plan = clear((minor, of) => clearPastDue(minor, of, cash.valueOn, allowed)); if (plan) return plan; break; }
      case 'clear-past-due-by-terms': { const plan = clear((minor, of) => clearPastDueByTerms(minor, of, cash.valueOn, allowed)); if (plan) return plan; break; }
      case 'combination': { const plan = clear((minor, of) => combination(minor, of, allowed)); if (plan) return plan; break; }
      case 'oldest-first': {
        const of = ordered === byAge ? clearable : candidates(ordered);
        if (free() === 0) { step('nothing-left-to-apply', of.length); break; }
        const shares = oldestFirst(free(), of.map(({ item, minor }) => ({ itemId: item.itemId, minor, inTimeMinor: Math.min(minor, inTime(item)), late: minor === item.openMinor ? lateNeeds(item) : undefined })), policy);
        step(shares.length > 0 ? 'applied' : of.length === 0 ? 'nothing-payable' : 'first-item-does-not-fit', of.length, { applied: shares });
        if (shares.length > 0) return { rule, shares, holds, trace };
        break;
      }
    }
  }
  return { rule: undefined, shares: [], holds, trace };
}
