// The rules that close several items at once, or one: all or nothing.
//
// - Exact: the one item that the money closes; of several the one that is open with exactly that, then the one that it closes with a discount, then the one from which it differs least; of several such the one due first, then the lowest id.
// - Clear the account: all open items. Clear past due: all that are past due on the day of value.
// - Clear past due by terms: items of the same payment terms are one group, due when the oldest of them is. A group that is past due is closed by exactly its sum, also what of it is not due yet; of several the one due first. Else all such groups together.
// - Combination: the only choice of items that sums to exactly the money, in full or, where there is none, with the discounts that can be had in time; then with each charge that a bank may have taken. Of
//   several choices nobody can tell which is meant, so nothing is applied. It is looked for among at most 30 items that are not larger than the money: with more, some choice fits almost any sum by chance, and
//   the search is given up. 30 items have 2^30 choices; two halves of 2^15 sums each are compared.
import type { Day } from '@ar/domain/day.js';
import type { StepReason } from './cash-application.js';
import { type Allowed, type Candidate, closeAll, type Closed, inTime } from './closing.js';

/** What a rule found, and the sum that it compared the money with where there is one. */
export interface Cleared { readonly reason: StepReason; readonly closed?: Closed; readonly sumMinor?: number; readonly of: number }

export function exact(minor: number, candidates: readonly Candidate[], allowed: Allowed): Cleared {
  const whole = (c: Candidate) => c.minor === c.item.openMinor;
  const found = candidates.find((c) => c.minor === minor) ?? candidates.find((c) => whole(c) && (inTime(c.item) === minor || c.item.closing?.lateMinor.includes(minor)));
  if (found) return { reason: 'applied', closed: { shares: [{ itemId: found.item.itemId, minor }], offMinor: 0 }, of: candidates.length };
  if (allowed.limitMinor === 0 && allowed.bankChargesMinor.length === 0) return { reason: 'no-item-of-exactly-that', of: candidates.length };
  let best: Closed | undefined;
  const most = Math.max(allowed.limitMinor, ...allowed.bankChargesMinor);
  for (const candidate of candidates) {
    if (minor > candidate.minor + most || minor < inTime(candidate.item) - most && minor < candidate.minor - most) continue; // far off: most are
    const closed = closeAll(minor, [candidate], allowed);
    if (closed && (!best || rank(closed) < rank(best))) best = closed;
  }
  return best ? { reason: 'applied', closed: best, of: candidates.length } : { reason: 'no-item-of-exactly-that', of: candidates.length };
}
/** What a bank took explains the whole difference; a tolerance only allows it. */
const rank = ({ difference, offMinor }: Closed): number => (difference?.of === 'bank-charges' ? 0 : offMinor);

export function clearAll(minor: number, candidates: readonly Candidate[], allowed: Allowed): Cleared {
  if (candidates.length === 0) return { reason: 'nothing-payable', of: 0 };
  const closed = closeAll(minor, candidates, allowed);
  return { reason: closed ? 'applied' : 'sum-differs', ...(closed ? { closed } : {}), sumMinor: sumOf(candidates), of: candidates.length };
}

export const clearPastDue = (minor: number, candidates: readonly Candidate[], valueOn: Day, allowed: Allowed): Cleared => clearAll(minor, candidates.filter((c) => c.item.dueOn < valueOn), allowed);

export function clearPastDueByTerms(minor: number, byAge: readonly Candidate[], valueOn: Day, allowed: Allowed): Cleared {
  const groups = new Map<string, Candidate[]>();
  for (const c of byAge) { // the oldest is the first of its group
    const group = groups.get(c.item.terms ?? '');
    if (group) group.push(c);
    else groups.set(c.item.terms ?? '', [c]);
  }
  const late = [...groups.values()].filter(([oldest]) => oldest!.item.dueOn < valueOn).sort(([a], [b]) => (a!.item.dueOn < b!.item.dueOn ? -1 : a!.item.dueOn > b!.item.dueOn ? 1 : 0));
  if (late.length === 0) return { reason: 'nothing-payable', of: 0 };
  const together = late.flat();
  const tried = late.length > 1 ? [...late, together] : late;
  const closed = tried.map((group) => closeAll(minor, group, { ...allowed, limitMinor: 0, bankChargesMinor: [] })).find((c) => c) ?? tried.map((group) => closeAll(minor, group, allowed)).find((c) => c);
  return { reason: closed ? 'applied' : 'no-group-of-exactly-that', ...(closed ? { closed } : {}), sumMinor: sumOf(together), of: together.length };
}

export const MOST_COMBINED = 30;

export function combination(minor: number, candidates: readonly Candidate[], allowed: Allowed): Cleared {
  const charges = [0, ...allowed.bankChargesMinor];
  const most = minor + Math.max(...charges);
  const fitting = candidates.filter((c) => needInTime(c) <= most);
  if (fitting.length > MOST_COMBINED) return { reason: 'search-given-up', of: fitting.length };
  const [full, early] = [fitting.map((c) => c.minor), fitting.map(needInTime)];
  const ways = [choicesAmong(full), ...(early.some((need, i) => need !== full[i]) ? [choicesAmong(early)] : [])];
  for (const charge of charges) {
    for (const choicesOf of ways) {
      const [chosen, other] = choicesOf(minor + charge);
      if (other) return { reason: 'several-combinations', of: fitting.length };
      const closed = chosen && closeAll(minor, chosen.map((i) => fitting[i]!), { ...allowed, limitMinor: 0 });
      if (closed) return { reason: 'applied', closed, of: fitting.length };
    }
  }
  return { reason: 'no-combination', of: fitting.length };
}

const needInTime = (c: Candidate): number => (c.minor === c.item.openMinor ? Math.min(c.minor, inTime(c.item)) : c.minor);

/** Finds the choices of numbers that sum to a target, at most two of them, each as indices. */
function choicesAmong(needs: readonly number[]): (target: number) => readonly (readonly number[])[] {
  const half = needs.length >> 1;
  const [left, right] = [sumsOf(needs.slice(0, half)), sumsOf(needs.slice(half))];
  const bySum = new Map<number, number[]>();
  for (const [mask, sum] of left.entries()) {
    const masks = bySum.get(sum);
    if (!masks) bySum.set(sum, [mask]);
    else if (masks.length < 2) masks.push(mask);
  }
  return (target) => {
    const found: (readonly number[])[] = [];
    for (const [mask, sum] of right.entries()) {
      for (const other of bySum.get(target - sum) ?? []) found.push(needs.flatMap((_, i) => ((i < half ? other >> i : mask >> (i - half)) & 1 ? [i] : [])));
      if (found.length > 1) return found.slice(0, 2);
    }
    return found;
  };
}

/** The sum of each choice: bit i of its index chooses number i. */
function sumsOf(needs: readonly number[]): readonly number[] {
  const sums = [0];
  for (const need of needs) for (let i = 0, n = sums.length; i < n; i++) sums.push(sums[i]! + need);
  return sums;
}

const sumOf = (of: readonly Candidate[]): number => of.reduce((total, c) => total + c.minor, 0);
