// Values by key, of which every version stays as it was: what a change costs does not follow how many there are.
//
// - Only the newest version has all values in one place; each older one knows the one change that parts it from the next. So to change the newest, and to read it, costs one step.
// - Who reads an older version has the steps between them turned round, and it is the newest then. A decision that is taken back does so, and few others.
//   (H. Baker, Shallow binding makes functional arrays fast, 1991.)
// - An empty version shares nothing with those made from it: all accounts begin with the same one.
interface Change<V extends object> { readonly next: Kept<V>; readonly key: string; readonly value: V | undefined }

export class Kept<V extends object> implements Iterable<readonly [key: string, value: V]> {
  #at: Map<string, V> | Change<V>;
  private constructor(at: Map<string, V>, readonly size: number) { this.#at = at; }

  static of<V extends object>(record: Readonly<Record<string, V>> = {}): Kept<V> {
    const all = new Map(Object.entries(record));
    return new Kept(all, all.size);
  }

  get(key: string): V | undefined { return this.#all().get(key); }
  [Symbol.iterator](): IterableIterator<readonly [string, V]> { return this.#all().entries(); }
  /** As plain values, for a snapshot: `Kept.of` makes it again. */
  toJSON(): Readonly<Record<string, V>> { return Object.fromEntries(this.#all()); }

  with(key: string, value: V): Kept<V> { return this.#changed(key, value); }
  without(key: string): Kept<V> { return this.#all().has(key) ? this.#changed(key, undefined) : this; }

  #changed(key: string, value: V | undefined): Kept<V> {
    if (this.size === 0) return Kept.of(value === undefined ? {} : { [key]: value });
    const all = this.#all();
    const before = all.get(key);
    put(all, key, value);
    const next = new Kept(all, all.size);
    this.#at = { next, key, value: before };
    return next;
  }

  /** Turns the steps to the newest version round, the last one first, so that this is the newest. */
  #all(): Map<string, V> {
    if (this.#at instanceof Map) return this.#at;
    const way: Kept<V>[] = [];
    let newest: Kept<V> = this; // eslint-disable-line @typescript-eslint/no-this-alias -- where the way begins
    for (; !(newest.#at instanceof Map); newest = newest.#at.next) way.push(newest);
    const all = newest.#at;
    for (const older of way.reverse()) {
      const { key, value } = older.#at as Change<V>;
      newest.#at = { next: older, key, value: all.get(key) };
      put(all, key, value);
      older.#at = all;
      newest = older;
    }
    return all;
  }
}

function put<V>(all: Map<string, V>, key: string, value: V | undefined): void {
  if (value === undefined) all.delete(key);
  else all.set(key, value);
}
