// The rule of references: what the payer names, as far as it is open.
//
// - Of several items of one document, and of several documents found in a text, the one that goes first by the order of the debt. Stated amounts before others.
// - A document that is named but not known here holds its part back (its amount where one is given, else all that is left) until it arrives: no other rule touches that part.
// - Where all that is named is paid whole and what is left is within the tolerance, the policy may book that as a gain.
// - Where money is used up and one of the items that are named is short by a difference that is allowed, that closes it.
import type { Hold, Payable, Share, StepReason, ToApply } from './cash-application.js';
import { type Allowed, type Difference, inFull, inTime, lateNeeds, lateTogether, NOTHING_ALLOWED, shortBy, toleranceFor } from './closing.js';
import { namesOf, readingsOf } from './remittance.js';

export interface Found { readonly reason: StepReason; readonly references: readonly string[]; readonly shares: readonly Share[]; readonly holds: readonly Hold[]; readonly difference?: Difference; readonly surplusMinor?: number }

/** `namedBy` finds the items of some names, in the order of the debt. */
export function byReference(cash: ToApply, namedBy: (names: ReadonlySet<string>) => readonly Payable[], discountOnFull: boolean, allowed: Allowed = NOTHING_ALLOWED): Found {
  const paid = new Map<string, number>();
  const here = new Map<string, number[]>(); // by reference, in their order
  const asked = new Set([...cash.holds.flatMap((h) => h.references), ...cash.named.map((n) => n.reference)].flatMap(namesOf).concat(readingsOf(cash.remittance)));
  const byAge = namedBy(asked);
  for (const [n, { references }] of byAge.entries()) for (const r of references) if (asked.has(r)) here.set(r, [...(here.get(r) ?? []), n]);
  const itemsNamed = (names: readonly string[]) => [...new Set(names.flatMap((name) => here.get(name) ?? []))].sort((a, b) => a - b).map((n) => byAge[n]!);
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
  const isKnown = (names: readonly string[]) => names.some((n) => cash.known.has(n) || here.has(n));
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
  const [known, unknown] = [rest.filter((n) => isKnown(namesOf(n.reference))), rest.filter((n) => !isKnown(namesOf(n.reference)))];
  const ofHere = [...new Set(known.flatMap((n) => itemsNamed(namesOf(n.reference))))];
  const full = unknown.length === 0 && isFull(left, ofHere); // what is meant for an unknown one, nobody can tell
  if (unknown.length === 0 && !full && closeLate(ofHere, left)) left = 0;
  else for (const { reference } of known) left -= pay(namesOf(reference), left, full);
  if (unknown.length > 0 && left > 0) { holds.push({ references: unknown.map((n) => n.reference), minor: left }); left = 0; }
  const words = readingsOf(cash.remittance).filter((w) => isKnown([w]));
  if (left > 0 && words.length > 0) left -= pay(words, left);

  // All that is named is paid but for a little of one item: that may be missing.
  const names = new Set([...cash.named.flatMap((n) => namesOf(n.reference)), ...words]);
  const isOpen = holds.length > 0 || cash.named.some((n) => !isKnown(namesOf(n.reference)));
  const unpaid = isOpen ? [] : byAge.filter((i) => (paid.has(i.itemId) || i.references.some((r) => names.has(r))) && inTime(i) > (paid.get(i.itemId) ?? 0));
  const short = left > 0 ? [] : unpaid;
  const surplus = allowed.booksSurplus && !isOpen && unpaid.length === 0 && total() > 0 && left > 0 && left <= toleranceFor(total(), allowed) ? { surplusMinor: left } : {};
  const [only] = short;
  const settled = only ? paid.get(only.itemId) ?? 0 : 0;
  const missing = only ? inTime(only) - settled : 0;
  const why = only && short.length === 1 && settled > 0 && only.disputedMinor === 0 && !only.closing?.lateMinor.includes(settled) ? shortBy(missing, total() + missing, allowed) : undefined;

  const shares = byAge.flatMap(({ itemId }) => (paid.has(itemId) ? [{ itemId, minor: paid.get(itemId)! }] : []));
  const references = [...new Set([...cash.holds.flatMap((h) => h.references), ...cash.named.map((n) => n.reference), ...words])];
  const reason = total() > 0 ? 'applied' : holds.length > cash.holds.length ? 'held-for-unknown-document' : holds.length > 0 ? 'still-held' : references.length > 0 ? 'named-not-open' : 'nothing-named';
  return { reason, references, shares, holds, ...surplus, ...(why && only ? { difference: { itemId: only.itemId, minor: missing, of: why } } : {}) };
}
