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
import { MOST_TOGETHER, type Oldest, oldestFirst } from './oldest-first.js';

/** What the rules see of an open item. */
export interface Payable { readonly itemId: string; readonly references: readonly string[]; readonly openMinor: number; readonly disputedMinor: number; readonly dueOn: Day; /** What closes it with a discount; absent: none can be had. */ readonly closing?: Closing;
  /** Of a charge: for what. The debt that it belongs to: an invoice's id. Under which terms it is paid; absent: the customer's. */
  readonly charge?: Charge; readonly debt?: string; readonly terms?: string }
/** At least so much in time; late, exactly one of these. */
export interface Closing { readonly inTimeMinor: number; readonly lateMinor: readonly number[] }

/** The open items that rules choose from: there may be very many, and most rules look at few. All answers have the item due first first. */
export interface Payables {
  readonly count: number;
  all(): readonly Payable[];
  /** The same, one after the other. */
  inTurn(): Iterable<Payable>;
  /** Known by one of these names. */
  named(names: ReadonlySet<string>): readonly Payable[];
  /** All of which less than is open may be paid, or which less closes. */
  special(): readonly Payable[];
  /** At least those of the others that are open with so much. */
  between(leastMinor: number, mostMinor: number): readonly Payable[];
}

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

export function planApplication(cash: ToApply, items: Payables, policy: Rules): Plan {
  const trace: Step[] = [];
  const allowed = policy.allowed ?? NOTHING_ALLOWED;
  const order = policy.order === undefined || policy.order.by === 'due-date' ? undefined : policy.order;
  const ordered = once(() => (order ? inOrder(items.all(), order) : items.all()));
  const named = (names: ReadonlySet<string>) => (order ? ordered().filter((i) => i.references.some((r) => names.has(r))) : items.named(names));
  const payable = (item: Payable) => (policy.withoutLateCharges && item.charge === 'late-charge' ? 0 : policy.disputedOnlyByReference ? Math.max(0, item.openMinor - item.disputedMinor) : item.openMinor);
  const candidates = (of: readonly Payable[]): readonly Candidate[] => of.map((item) => ({ item, minor: payable(item) })).filter((c) => c.minor > 0);
  const clearable = once(() => candidates(items.all()));
  const payableCount = once(() => items.count - items.special().filter((i) => payable(i) === 0).length);
  let { holds } = cash;
  const free = () => cash.minor - holds.reduce((sum, h) => sum + h.minor, 0);

  for (const rule of policy.rules) {
    const step = (reason: StepReason, of: number, more: Partial<Step> = {}) => void trace.push({ rule, reason, minor: free(), candidates: of, references: [], applied: [], heldMinor: cash.minor - free(), ...more });
    const clear = (by: (minor: number) => Cleared): Plan | undefined => {
      if (free() === 0) { step('nothing-left-to-apply', payableCount()); return undefined; }
      const { reason, closed, sumMinor, of: looked } = by(free());
      const difference = { ...(closed?.difference ? { difference: closed.difference } : {}), ...(closed?.surplusMinor ? { surplusMinor: closed.surplusMinor } : {}) };
      step(reason, looked, { applied: closed?.shares ?? [], ...(sumMinor === undefined ? {} : { sumMinor }), ...difference });
      return closed && { rule, shares: closed.shares, holds, trace, ...difference };
    };
    switch (rule) {
      case 'reference': {
        const found = byReference({ ...cash, holds }, named, policy.discountOnFullPayment === true, allowed);
        const before = free();
        holds = found.holds;
        const difference = { ...(found.difference ? { difference: found.difference } : {}), ...(found.surplusMinor ? { surplusMinor: found.surplusMinor } : {}) };
        step(found.reason, items.count, { minor: before, references: found.references, applied: found.shares, ...difference });
        if (found.shares.length > 0) return { rule, shares: found.shares, holds, trace, ...difference };
        break;
      }
      case 'exact': { const plan = clear((minor) => ({ ...exact(minor, candidates(aroundOf(minor, items, allowed)), allowed), of: payableCount() })); if (plan) return plan; break; }
      case 'clear-account': { const plan = clear((minor) => clearAll(minor, clearable(), allowed)); if (plan) return plan; break; }
      case 'clear-past-due': { const plan = clear((minor) => clearPastDue(minor, clearable(), cash.valueOn, allowed)); if (plan) return plan; break; }
      case 'clear-past-due-by-terms': { const plan = clear((minor) => clearPastDueByTerms(minor, clearable(), cash.valueOn, allowed)); if (plan) return plan; break; }
      case 'combination': { const plan = clear((minor) => combination(minor, clearable(), allowed)); if (plan) return plan; break; }
      case 'oldest-first': {
        if (free() === 0) { step('nothing-left-to-apply', payableCount()); break; }
        const shares = oldestFirst(free(), enoughFor(free(), order ? ordered() : items.inTurn(), payable), policy);
        step(shares.length > 0 ? 'applied' : payableCount() === 0 ? 'nothing-payable' : 'first-item-does-not-fit', payableCount(), { applied: shares });
        if (shares.length > 0) return { rule, shares, holds, trace };
        break;
      }
    }
  }
  return { rule: undefined, shares: [], holds, trace };
}

/** Made when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly of: T } | undefined;
  return () => (made ??= { of: make() }).of;
}

/** The items of which one may be closed by that money. */
function aroundOf(minor: number, items: Payables, { limitMinor, bankChargesMinor }: Allowed): readonly Payable[] {
  const off = Math.max(limitMinor, ...bankChargesMinor);
  return byDueDate([...items.special(), ...items.between(minor - off, minor + off)]);
}

/** The first items, as many as the money may reach. */
function enoughFor(free: number, items: Iterable<Payable>, payable: (item: Payable) => number): readonly Oldest[] {
  const first: Oldest[] = [];
  let needed = 0;
  for (const item of items) {
    const minor = payable(item);
    if (minor === 0) continue;
    const inTimeMinor = Math.min(minor, inTime(item));
    first.push({ itemId: item.itemId, minor, inTimeMinor, late: minor === item.openMinor ? lateNeeds(item) : undefined });
    needed += inTimeMinor;
    if (needed > free && first.length >= MOST_TOGETHER) break;
  }
  return first;
}
