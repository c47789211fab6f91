// Which open items money may be for that no rule placed, in points (PAY-06).
//
// - At most 1,000 points, each part with its reason. The payer, at most 400: known, or their account has paid for this customer before; 300 for the customer's name, 200 for all its words among others, or the other way round.
//   The number, at most 350: what is written names the document; 200 where it does but for one character of at least five. The amount, at most 250: exactly what is open; 150 within the tolerance; 50 a part of it.
// - The most points win; of equal ones the item due first, then the lowest id.
// - From `applyFrom` points on the best match is applied, if no other has as many. From `recommendFrom` on the best five are recommended to a person. Below that, nothing is said.
// - A match is one item: several together are what the rules look for. The amount alone finds nothing: it makes a match better that the payer or a number has found.
import type { Day } from '@ar/domain/day.js';
import type { MatchingPolicy } from '@ar/domain/policies.js';
import { type Allowed, toleranceFor } from './closing.js';
import { formatMoney } from '@ar/domain/money.js';

/** What is known of money. `words`: what may be references, normalised. `payer`: the customer, where it is known. */
export interface Clues { readonly payer: string; readonly name: string; readonly words: ReadonlySet<string>; readonly minor: number }
/** An open item that it may be for. `accountKnown`: the payer's account has paid for its customer before. */
export interface Matchable { readonly customer: string; readonly customerName: string; readonly accountKnown: boolean; readonly itemId: string; readonly documentNumber: string; readonly references: readonly string[]; readonly openMinor: number; readonly dueOn: Day }
export interface Points { readonly payer: number; readonly number: number; readonly amount: number }
export interface Match { readonly customer: string; readonly itemId: string; readonly documentNumber: string; readonly minor: number; readonly points: Points }
export interface Found { readonly apply: Match | undefined; readonly recommend: readonly Match[] }

const MOST_RECOMMENDED = 5;
export const totalOf = ({ payer, number, amount }: Points): number => payer + number + amount;

export function findMatches(clues: Clues, items: readonly Matchable[], allowed: Allowed, { applyFrom, recommendFrom }: MatchingPolicy): Found {
  const near = endsOf(clues.words);
  const scored = items.map((item) => ({ item, points: { payer: payerPoints(clues, item), number: numberPoints(clues.words, near, item.references), amount: amountPoints(clues.minor, item.openMinor, allowed) } }))
    .filter(({ points }) => points.payer + points.number > 0)
    .sort((a, b) => totalOf(b.points) - totalOf(a.points) || (a.item.dueOn < b.item.dueOn ? -1 : a.item.dueOn > b.item.dueOn ? 1 : a.item.itemId < b.item.itemId ? -1 : 1));
  const matches = scored.map(({ item: { customer, itemId, documentNumber, openMinor }, points }): Match => ({ customer, itemId, documentNumber, minor: Math.min(clues.minor, openMinor), points }));
  const [best, next] = matches;
  if (best && applyFrom > 0 && totalOf(best.points) >= applyFrom && (!next || totalOf(next.points) < totalOf(best.points))) return { apply: best, recommend: [] };
  return { apply: undefined, recommend: recommendFrom > 0 ? matches.filter((m) => totalOf(m.points) >= recommendFrom).slice(0, MOST_RECOMMENDED) : [] };
}

function payerPoints({ payer, name }: Clues, { customer, customerName, accountKnown }: Matchable): number {
  if (payer === customer || accountKnown) return 400;
  if (name === '' || customerName === '') return 0;
  const [mine, theirs] = [nameWords(name), nameWords(customerName)];
  if (mine.length === 0 || theirs.length === 0) return 0;
  if ([...mine].sort().join(' ') === [...theirs].sort().join(' ')) return 300;
  const within = (a: readonly string[], b: readonly string[]) => a.every((word) => b.includes(word)) && a.some((word) => word.length >= 4);
  return within(mine, theirs) || within(theirs, mine) ? 200 : 0;
}

/** Words of a name without case, accents and punctuation. */
export const nameWords = (name: string): readonly string[] => name.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');

/** The same words in the order of the alphabet: `Byron, Ada` and `ADA BYRON` are the same. */
export const sameName = (name: string): string => [...nameWords(name)].sort().join(' ');

/** Words by how they begin and by how they end: two that differ in one place have one of both in common, and most have neither. */
function endsOf(words: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const ends = new Map<string, string[]>();
  for (const word of words) for (const end of [`${word.slice(0, 2)}…`, `…${word.slice(-2)}`]) ends.set(end, [...(ends.get(end) ?? []), word]);
  return ends;
}

function numberPoints(words: ReadonlySet<string>, near: ReadonlyMap<string, readonly string[]>, references: readonly string[]): number {
  if (references.some((r) => words.has(r))) return 350;
  return references.some((r) => r.length >= 5 && [...(near.get(`${r.slice(0, 2)}…`) ?? []), ...(near.get(`…${r.slice(-2)}`) ?? [])].some((word) => differsInOne(word, r))) ? 200 : 0;
}

/** One character is another, is missing or is too much. */
function differsInOne(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  const [restA, restB] = a.length === b.length ? [a.slice(i + 1), b.slice(i + 1)] : a.length > b.length ? [a.slice(i + 1), b.slice(i)] : [a.slice(i), b.slice(i + 1)];
  return restA === restB;
}

function amountPoints(minor: number, openMinor: number, allowed: Allowed): number {
  if (minor === openMinor) return 250;
  if (Math.abs(minor - openMinor) <= toleranceFor(openMinor, allowed)) return 150;
  return minor < openMinor ? 50 : 0;
}

/** Why a match has its points, part by part. */
export function reasonsOf({ points, minor }: Match, currency: string): readonly string[] {
  const amount = `${formatMoney({ minor, currency })} ${currency}`;
  return [
    ...(points.payer === 400 ? ['400: the payer is known, or the account has paid for this customer before'] : points.payer === 300 ? ['300: the customer has the name of the payer'] : points.payer === 200 ? ['200: one name is within the other'] : []),
    ...(points.number === 350 ? ['350: the number is written'] : points.number === 200 ? ['200: the number is written but for one character'] : []),
    ...(points.amount === 250 ? [`250: exactly ${amount} are open`] : points.amount === 150 ? [`150: what is open differs within the tolerance from what came`] : points.amount === 50 ? [`50: more is open than the ${amount}`] : []),
  ];
}
