// Which open items a sum of money pays (PAY-06), and why.
//
// - The rules of the policy are tried in its order; the first that applies anything ends it. What is left stays unapplied.
// - Reference: what the payer names, as far as it is open. Of several items of one document, and of several documents found in a text, the earliest due first.
//   A document that is named but not known here holds its part back (its amount where one is given, else all that is left) until it arrives: no other rule touches that part.
//   Money that is held is tried by its references first.
// - Exact: the one item of which exactly that much can be paid; of several the one due first, then the one with the lowest id.
// - Oldest first: by due date, then id. The last one in part, if the policy allows parts; else whole items only, and the first that does not fit ends it.
// - What an item needs is what is open of it; where the money has value in time for its discount, less that discount. The discount is not taken where the money is enough
//   to pay all items of the rule in full, or is exactly what the first of them need in full, unless the policy grants it to who pays in full as well. Late, money that is exactly the
//   discounted amounts of several items together, of those named or of the oldest, closes them with their unearned discounts. Exact finds the item open with that much first, then one that it closes with a discount.
// - What can be paid of an item is what is open of it; by the rules exact and oldest first without what is disputed, unless the policy says otherwise.
// - Every rule that was tried leaves a step: what it saw, what it did, why.
import type { Day } from '@ar/domain/day.js';
import type { ApplicationRule, Policies } from '@ar/domain/policies.js';
import { formatMoney } from '@ar/domain/money.js';
import { namesOf, wordsOf } from './remittance.js';

/** What the rules see of an open item. */
export interface Payable { readonly itemId: string; readonly references: readonly string[]; readonly openMinor: number; readonly disputedMinor: number; readonly dueOn: Day; /** What closes it with a discount; absent: none can be had. */ readonly closing?: Closing }
/** At least so much in time; late, exactly one of these. */
export interface Closing { readonly inTimeMinor: number; readonly lateMinor: readonly number[] }

/** A document named by the payer, with the amount meant for it where one is given. */
export interface Named { readonly reference: string; readonly minor: number | null }
/** A part that waits for one of these documents. */
export interface Hold { readonly references: readonly string[]; readonly minor: number }
export interface Share { readonly itemId: string; readonly minor: number }

export type StepReason =
  | 'applied' | 'nothing-named' | 'named-not-open' | 'held-for-unknown-document' | 'still-held' | 'no-item-of-exactly-that' | 'nothing-payable' | 'first-item-does-not-fit' | 'nothing-left-to-apply';
export interface Step {
  readonly rule: ApplicationRule;
  readonly reason: StepReason;
  /** What the rule had to give. */
  readonly minor: number;
  /** How many items it could choose from. */
  readonly candidates: number;
  readonly references: readonly string[];
  readonly applied: readonly Share[];
  readonly heldMinor: number;
}
/** `rule` is the one that applied; none when nothing was applied. */
export interface Plan { readonly rule: ApplicationRule | undefined; readonly shares: readonly Share[]; readonly holds: readonly Hold[]; readonly trace: readonly Step[] }

export interface ToApply {
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

export function planApplication(cash: ToApply, items: readonly Payable[], policy: Policies['application']): Plan {
  const trace: Step[] = [];
  const byAge = [...items].sort((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : a.itemId < b.itemId ? -1 : 1));
  let { holds } = cash;
  const free = () => cash.minor - holds.reduce((sum, h) => sum + h.minor, 0);
  const payable = (item: Payable) => (policy.disputedOnlyByReference ? Math.max(0, item.openMinor - item.disputedMinor) : item.openMinor);

  for (const rule of policy.rules) {
    const step = (reason: StepReason, candidates: number, more: Partial<Step> = {}) => void trace.push({ rule, reason, minor: free(), candidates, references: [], applied: [], heldMinor: cash.minor - free(), ...more });
    switch (rule) {
      case 'reference': {
        const found = byReference({ ...cash, holds }, byAge, policy.discountOnFullPayment === true);
        const before = free();
        holds = found.holds;
        step(found.reason, byAge.length, { minor: before, references: found.references, applied: found.shares });
        if (found.shares.length > 0) return { rule, shares: found.shares, holds, trace };
        break;
      }
      case 'exact': {
        const candidates = byAge.filter((item) => payable(item) > 0);
        const item = candidates.find((i) => payable(i) === free()) ?? candidates.find((i) => payable(i) === i.openMinor && (inTime(i) === free() || i.closing?.lateMinor.includes(free())));
        if (free() === 0) { step('nothing-left-to-apply', candidates.length); break; }
        if (!item) { step('no-item-of-exactly-that', candidates.length); break; }
        const shares = [{ itemId: item.itemId, minor: free() }];
        step('applied', candidates.length, { applied: shares });
        return { rule, shares, holds, trace };
      }
      case 'oldest-first': {
        const candidates = byAge.filter((item) => payable(item) > 0);
        if (free() === 0) { step('nothing-left-to-apply', candidates.length); break; }
        const shares = oldestFirst(free(), candidates.map((i) => ({ itemId: i.itemId, minor: payable(i), inTimeMinor: Math.min(payable(i), inTime(i)), late: payable(i) === i.openMinor ? lateNeeds(i) : undefined })), policy);
        step(shares.length > 0 ? 'applied' : candidates.length === 0 ? 'nothing-payable' : 'first-item-does-not-fit', candidates.length, { applied: shares });
        if (shares.length > 0) return { rule, shares, holds, trace };
        break;
      }
    }
  }
  return { rule: undefined, shares: [], holds, trace };
}

/** What closes an item in time. */
const inTime = ({ openMinor, closing }: Payable): number => closing?.inTimeMinor ?? openMinor;

/** Whether money pays items in full, all of them or exactly the first: then no discount is meant. */
function inFull(minor: number, needs: readonly number[]): boolean {
  let sum = 0;
  return needs.some((need) => (sum += need) === minor) || minor >= sum;
}

/** What closes an item by its late tiers, the best first; with none that is late, what closes it in time. */
const lateNeeds = (item: Payable): readonly number[] => (item.closing && item.closing.lateMinor.length > 0 ? item.closing.lateMinor : [inTime(item)]);

/** Late, money that is exactly the discounted amounts of all of them together, each by the same tier or its last: what each needs then. */
function lateTogether(minor: number, items: readonly (readonly number[])[]): readonly number[] | undefined {
  for (let tier = 0; tier < Math.max(0, ...items.map((needs) => needs.length)); tier++) {
    const needs = items.map((of) => of[Math.min(tier, of.length - 1)]!);
    if (needs.reduce((a, b) => a + b, 0) === minor) return needs;
  }
  return undefined;
}

type Oldest = Share & { readonly inTimeMinor: number; /** Absent: a part of it is disputed. */ readonly late: readonly number[] | undefined };

/** The first of them that money closes together, late. */
function firstLate(minor: number, candidates: readonly Oldest[]): readonly Share[] | undefined {
  for (let n = 1; n <= Math.min(candidates.length, MOST_TOGETHER); n++) {
    const first = candidates.slice(0, n);
    if (first.some((c) => c.late === undefined)) return undefined;
    const needs = lateTogether(minor, first.map((c) => c.late!));
    if (needs && first.some((c, i) => needs[i] !== c.minor)) return first.map(({ itemId }, i) => ({ itemId, minor: needs[i]! }));
  }
  return undefined;
}
/** Items that are looked at together; nobody pays more late at once to the cent. */
const MOST_TOGETHER = 50;

function oldestFirst(minor: number, candidates: readonly Oldest[], { partialOnOldest: partial, discountOnFullPayment }: Policies['application']): readonly Share[] {
  const shares: Share[] = [];
  const full = !discountOnFullPayment && inFull(minor, candidates.map((c) => c.minor));
  const late = full ? undefined : firstLate(minor, candidates);
  if (late) return late;
  let left = minor;
  for (const { itemId, minor: whole, inTimeMinor } of candidates) {
    const most = full ? whole : inTimeMinor;
    if (left === 0 || (most > left && !partial)) break;
    shares.push({ itemId, minor: Math.min(left, most) });
    left -= Math.min(left, most);
  }
  return shares;
}

interface Found { readonly reason: StepReason; readonly references: readonly string[]; readonly shares: readonly Share[]; readonly holds: readonly Hold[] }

function byReference(cash: ToApply, byAge: readonly Payable[], discountOnFull: boolean): Found {
  const paid = new Map<string, number>();
  const itemsNamed = (names: readonly string[]) => byAge.filter((i) => i.references.some((r) => names.includes(r)));
  const isFull = (most: number, items: readonly Payable[]) => !discountOnFull && inFull(most, items.map((i) => i.openMinor - (paid.get(i.itemId) ?? 0)));
  /** All of them are closed by exactly that much, late. */
  const closeLate = (items: readonly Payable[], minor: number): boolean => {
    const needs = items.some((i) => paid.has(i.itemId) || i.openMinor === 0) || !items.some((i) => i.closing && i.closing.lateMinor.length > 0) ? undefined : lateTogether(minor, items.map(lateNeeds));
    needs?.forEach((need, i) => paid.set(items[i]!.itemId, need));
    return needs !== undefined;
  };
  const pay = (names: readonly string[], most: number, full = isFull(most, itemsNamed(names))): number => {
    let left = most;
    if (!full && closeLate(itemsNamed(names), most)) return most;
    for (const item of itemsNamed(names)) {
      const before = paid.get(item.itemId) ?? 0;
      const minor = Math.min(left, (full ? item.openMinor : inTime(item)) - before);
      if (minor <= 0) continue;
      paid.set(item.itemId, before + minor);
      left -= minor;
    }
    return most - left;
  };
  const isKnown = (names: readonly string[]) => names.some((n) => cash.known.has(n) || byAge.some((i) => i.references.includes(n)));
  const total = () => [...paid.values()].reduce((a, b) => a + b, 0);

  // What waited before comes first: a part is released once all it waited for has arrived.
  const holds: Hold[] = cash.holds.flatMap((hold) => {
    const arrived = hold.references.filter((r) => isKnown(namesOf(r)));
    if (arrived.length === 0) return [hold];
    const left = hold.minor - pay(arrived.flatMap(namesOf), hold.minor);
    const references = hold.references.filter((r) => !arrived.includes(r));
    return left > 0 && references.length > 0 ? [{ references, minor: left }] : [];
  });
  const heldBefore = cash.holds.reduce((sum, h) => sum + h.minor, 0);
  let left = cash.minor - heldBefore;
  for (const { reference, minor } of cash.named.filter((n) => n.minor !== null)) { // stated amounts first
    const most = Math.min(minor!, left);
    if (isKnown(namesOf(reference))) left -= pay(namesOf(reference), most);
    else if (most > 0) { holds.push({ references: [reference], minor: most }); left -= most; }
  }
  const rest = cash.named.filter((n) => n.minor === null);
  const [here, unknown] = [rest.filter((n) => isKnown(namesOf(n.reference))), rest.filter((n) => !isKnown(namesOf(n.reference)))];
  const ofHere = [...new Set(here.flatMap((n) => itemsNamed(namesOf(n.reference))))];
  const full = unknown.length === 0 && isFull(left, ofHere); // what is meant for an unknown one, nobody can tell
  if (unknown.length === 0 && !full && closeLate(ofHere, left)) left = 0;
  else for (const { reference } of here) left -= pay(namesOf(reference), left, full);
  if (unknown.length > 0 && left > 0) { holds.push({ references: unknown.map((n) => n.reference), minor: left }); left = 0; }
  const words = wordsOf(cash.remittance).filter((w) => isKnown([w]));
  if (left > 0 && words.length > 0) left -= pay(words, left);

  const shares = byAge.flatMap(({ itemId }) => (paid.has(itemId) ? [{ itemId, minor: paid.get(itemId)! }] : []));
  const references = [...new Set([...cash.holds.flatMap((h) => h.references), ...cash.named.map((n) => n.reference), ...words])];
  const reason = total() > 0 ? 'applied' : holds.length > cash.holds.length ? 'held-for-unknown-document' : holds.length > 0 ? 'still-held' : references.length > 0 ? 'named-not-open' : 'nothing-named';
  return { reason, references, shares, holds };
}

/** A step in words. */
export function explain({ reason, minor, candidates, references, applied, heldMinor }: Step, currency: string): string {
  const sum = (amount: number) => `${formatMoney({ minor: amount, currency })} ${currency}`;
  const named = references.join(', ');
  switch (reason) {
    case 'applied': return `${sum(minor)} to apply, ${candidates} open: ${applied.map((a) => `${sum(a.minor)} to ${a.itemId}`).join(', ')}${named ? ` for ${named}` : ''}${heldMinor > 0 ? `; ${sum(heldMinor)} wait` : ''}`;
    case 'nothing-named': return 'the payer names no document that is known here';
    case 'named-not-open': return `${named}: known, but nothing of it is open`;
    case 'held-for-unknown-document': return `${named}: ${sum(heldMinor)} wait for a document that is not known yet`;
    case 'still-held': return `${sum(heldMinor)} still wait for ${named}`;
    case 'no-item-of-exactly-that': return `none of ${candidates} open items is payable with exactly ${sum(minor)}`;
    case 'nothing-payable': return `${sum(minor)} to apply, but no open item is payable`;
    case 'first-item-does-not-fit': return `${sum(minor)} do not cover the oldest of ${candidates} open items, and parts are not allowed`;
    case 'nothing-left-to-apply': return 'all that is left waits for named documents';
  }
}
