// What it takes to close items: all that can be paid of them; in time, that less their early-payment discounts; late, exactly the discounted amounts; and how far money may be off.
//
// - Money that is enough for all of some items, or exactly for the first of them, pays in full: then no discount is meant.
// - Money that is not exactly what some items need closes them all the same where it is short by exactly what a bank takes on its way, or differs by at most the tolerance of its currency: absolute, and
//   in percent of what they need. What is missing is then written off, of the largest of them of which nothing is disputed and which no discount closes with what it gets; what is too much stays unapplied, or is booked as a gain where the policy says so. The smallest difference counts.
import type { Payable, Share } from './cash-application.js';

/** How far money may be off. `hundredths` of a percent of what is needed; null: any share of it. */
export interface Allowed { readonly limitMinor: number; readonly hundredths: number | null; readonly bankChargesMinor: readonly number[]; /** What is too much is a gain. */ readonly booksSurplus?: boolean }
export const NOTHING_ALLOWED: Allowed = { limitMinor: 0, hundredths: null, bankChargesMinor: [] };

/** What is missing of an item, and why it may be. */
export interface Difference extends Share { readonly of: 'tolerance' | 'bank-charges' }

/** What closes an item in time. */
export const inTime = ({ openMinor, closing }: Payable): number => closing?.inTimeMinor ?? openMinor;

/** Whether money pays items in full, all of them or exactly the first: then no discount is meant. */
export function inFull(minor: number, needs: readonly number[]): boolean {
  let sum = 0;
  return needs.some((need) => (sum += need) === minor) || minor >= sum;
}

/** What closes an item by its late tiers, the best first; with none that is late, what closes it in time. */
export const lateNeeds = (item: Payable): readonly number[] => (item.closing && item.closing.lateMinor.length > 0 ? item.closing.lateMinor : [inTime(item)]);

/** Late, money that is exactly the discounted amounts of all of them together, each by the same tier or its last: what each needs then. */
export function lateTogether(minor: number, items: readonly (readonly number[])[]): readonly number[] | undefined {
  const tiers = items.reduce((most, needs) => Math.max(most, needs.length), 0);
  for (let tier = 0; tier < tiers; tier++) {
    const needs = items.map((of) => of[Math.min(tier, of.length - 1)]!);
    if (needs.reduce((a, b) => a + b, 0) === minor) return needs;
  }
  return undefined;
}

/** How much may be missing of, or be too much for, what is needed. */
export function toleranceFor(needMinor: number, { limitMinor, hundredths }: Allowed): number {
  return hundredths === null ? limitMinor : Math.min(limitMinor, Number((BigInt(needMinor) * BigInt(hundredths)) / 100_00n));
}

/** Why money may be short by so much of what is needed; undefined: it may not. */
export function shortBy(shortMinor: number, needMinor: number, allowed: Allowed): Difference['of'] | undefined {
  if (shortMinor <= 0 || shortMinor >= needMinor) return undefined;
  return allowed.bankChargesMinor.includes(shortMinor) ? 'bank-charges' : shortMinor <= toleranceFor(needMinor, allowed) ? 'tolerance' : undefined;
}

/** An item with what of it can be paid by a rule: without what is disputed, unless the policy says otherwise. */
export interface Candidate { readonly item: Payable; readonly minor: number }
/** `offMinor`: by how much the money differs. */
export interface Closed { readonly shares: readonly Share[]; readonly difference?: Difference; readonly offMinor: number; /** Too much, and not to stay unapplied. */ readonly surplusMinor?: number }

const isWhole = ({ item, minor }: Candidate): boolean => minor === item.openMinor;
const sharesOf = (of: readonly Candidate[], needs: readonly number[]): readonly Share[] => of.map(({ item: { itemId } }, i) => ({ itemId, minor: needs[i]! }));
const sumOf = (needs: readonly number[]): number => needs.reduce((a, b) => a + b, 0);
/** What each needs in full, and with its discount in time; of an item with a disputed part there is none. */
const waysOf = (of: readonly Candidate[]): readonly (readonly number[])[] => {
  const full = of.map((c) => c.minor);
  const early = of.map((c) => (isWhole(c) ? inTime(c.item) : c.minor));
  return early.some((need, i) => need !== full[i]) ? [full, early] : [full];
};

/** The shares by which money closes all of these; undefined: it does not, as far as differences are allowed. */
export function closeAll(minor: number, of: readonly Candidate[], allowed: Allowed): Closed | undefined {
  if (isFarOff(minor, of, allowed)) return undefined;
  const ways = waysOf(of);
  const exact = ways.find((needs) => sumOf(needs) === minor) ?? (of.every(isWhole) ? lateTogether(minor, of.map((c) => lateNeeds(c.item))) : undefined);
  if (exact) return { shares: sharesOf(of, exact), offMinor: 0 };
  const off = ways.flatMap((needs) => differing(minor, of, needs, allowed) ?? []);
  const bank = off.find((c) => c.difference?.of === 'bank-charges');
  return bank ?? [...off].sort((a, b) => a.offMinor - b.offMinor)[0];
}

/** More than all of them need, or less than they need with their discounts, by more than is allowed: told before anything is compared, for it is so mostly. */
function isFarOff(minor: number, of: readonly Candidate[], { limitMinor, bankChargesMinor }: Allowed): boolean {
  let [full, early] = [0, 0];
  for (const c of of) {
    if ((c.item.closing?.lateMinor.length ?? 0) > 0) return false;
    full += c.minor;
    early += isWhole(c) ? Math.min(c.minor, inTime(c.item)) : c.minor;
  }
  return minor > full + limitMinor || minor < early - Math.max(limitMinor, ...bankChargesMinor);
}

/** Less than is open closes an item by itself, with a discount: nothing of it is missing then. */
const isEnough = ({ openMinor, closing }: Payable, minor: number): boolean => closing !== undefined && (minor < openMinor && minor >= closing.inTimeMinor || closing.lateMinor.includes(minor));

function differing(minor: number, of: readonly Candidate[], needs: readonly number[], allowed: Allowed): Closed | undefined {
  const need = sumOf(needs);
  if (minor > need) return minor - need <= toleranceFor(need, allowed) ? { shares: sharesOf(of, needs), offMinor: minor - need, ...(allowed.booksSurplus ? { surplusMinor: minor - need } : {}) } : undefined;
  const why = shortBy(need - minor, need, allowed);
  if (why === undefined) return undefined;
  const missing = need - minor;
  const largest = of.reduce<number | undefined>((best, c, i) => (isWhole(c) && c.item.disputedMinor === 0 && needs[i]! > missing && !isEnough(c.item, needs[i]! - missing) && (best === undefined || needs[i]! > needs[best]!) ? i : best), undefined);
  if (largest === undefined) return undefined;
  const shares = sharesOf(of, needs.map((n, i) => (i === largest ? n - missing : n)));
  return { shares, difference: { itemId: of[largest]!.item.itemId, minor: missing, of: why }, offMinor: missing };
}
