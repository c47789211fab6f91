// How open items are found without looking at all of them, so that what a command costs follows what it touches and not how much is open: in the order in which they are due, by what is open of them, by document, and by the names that payers may use.
import type { Index } from './kept.js';
import type { OpenItem } from './account.js';
import { dueFirst } from './debt-order.js';

type Compare = (a: OpenItem, b: OpenItem) => number;
const smallestFirst: Compare = (a, b) => a.openMinor - b.openMinor || dueFirst(a, b);

export class OpenItems implements Index<OpenItem> {
  /** The one due first first, then by id. */
  readonly byAge: OpenItem[];
  /** With a discount, a dispute, or as a charge: of these the rules may see another amount than what is open. */
  readonly special = new Set<OpenItem>();
  readonly #bySize: OpenItem[];
  readonly #byDocument = new Map<string, Set<OpenItem>>();
  readonly #byName = new Map<string, Set<OpenItem>>();

  constructor(items: Iterable<OpenItem>) {
    this.byAge = [...items].sort(dueFirst);
    this.#bySize = [...this.byAge].sort(smallestFirst);
    for (const item of this.byAge) this.#name(item);
  }

  add(item: OpenItem): void {
    this.byAge.splice(placeIn(this.byAge, (i) => dueFirst(i, item)), 0, item);
    this.#bySize.splice(placeIn(this.#bySize, (i) => smallestFirst(i, item)), 0, item);
    this.#name(item);
  }

  remove(item: OpenItem): void {
    this.byAge.splice(placeIn(this.byAge, (i) => dueFirst(i, item)), 1);
    this.#bySize.splice(placeIn(this.#bySize, (i) => smallestFirst(i, item)), 1);
    this.special.delete(item);
    takeFrom(this.#byDocument, item.documentId, item);
    for (const name of new Set(item.references)) takeFrom(this.#byName, name, item);
  }

  /** Open with so much, the one open with least first. */
  between(leastMinor: number, mostMinor: number): readonly OpenItem[] {
    return this.#bySize.slice(placeIn(this.#bySize, (i) => i.openMinor - leastMinor), placeIn(this.#bySize, (i) => i.openMinor - mostMinor - 1));
  }
  ofDocument(documentId: string): readonly OpenItem[] { return [...(this.#byDocument.get(documentId) ?? [])].sort(dueFirst); }
  /** Known by one of these names, the one due first first. */
  named(names: Iterable<string>): readonly OpenItem[] { return [...new Set([...names].flatMap((name) => [...(this.#byName.get(name) ?? [])]))].sort(dueFirst); }

  #name(item: OpenItem): void {
    if (item.discount || item.charge || Object.keys(item.disputes).length > 0) this.special.add(item);
    giveTo(this.#byDocument, item.documentId, item);
    for (const name of item.references) giveTo(this.#byName, name, item);
  }
}

/** How many of them, in their order, come before a place. */
function placeIn(sorted: readonly OpenItem[], from: (item: OpenItem) => number): number {
  let [least, most] = [0, sorted.length];
  while (least < most) {
    const middle = (least + most) >> 1;
    if (from(sorted[middle]!) < 0) least = middle + 1;
    else most = middle;
  }
  return least;
}

function giveTo(by: Map<string, Set<OpenItem>>, key: string, item: OpenItem): void {
  const there = by.get(key);
  if (there) there.add(item);
  else by.set(key, new Set([item]));
}
function takeFrom(by: Map<string, Set<OpenItem>>, key: string, item: OpenItem): void {
  const there = by.get(key);
  there?.delete(item);
  if (there?.size === 0) by.delete(key);
}
