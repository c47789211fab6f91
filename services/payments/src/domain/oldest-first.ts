// The rule of the oldest: items one after the other in the order of the debt, the last one in part if the policy allows parts; else whole items only, and the first that does not fit ends it.
// Late, money that is exactly the discounted amounts of the first of them together closes those with their unearned discounts.
import type { Share } from './cash-application.js';
import { inFull, lateTogether } from './closing.js';

export type Oldest = Share & { readonly inTimeMinor: number; /** Absent: a part of it is disputed. */ readonly late: readonly number[] | undefined };

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
export const MOST_TOGETHER = 50;

export function oldestFirst(minor: number, candidates: readonly Oldest[], { partialOnOldest: partial, discountOnFullPayment }: { readonly partialOnOldest: boolean; readonly discountOnFullPayment?: boolean }): readonly Share[] {
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
