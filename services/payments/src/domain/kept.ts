// Values by key, of which every version stays as it was: what a change costs does not follow how many there are.
//
// - Only the newest version has all values in one place; each older one knows the one change that parts it from the next. So to change the newest, and to read it, costs one step.
// - Who reads an older version has the steps between them turned round, and it is the newest then. A decision that is taken back does so, and few others.
//   (H. Baker, Shallow binding makes functional arrays fast, 1991.)
// - An empty version shares nothing with those made from it: all accounts begin with the same one.
// - An index, which finds values by more than their key, belongs to the newest version too: made when it is first asked for, it follows each change from then on.
export interface Index<V> { add(value: V): void; remove(value: V): void }
/** What makes the index of some values. */
type Indexing<V, I> = new (values: Iterable<V>) => I;
interface Newest<V, I> { readonly all: Map<string, V>; readonly indexing: Indexing<V, I> | undefined; index: I | undefined }
interface Change<V extends object, I extends Index<V>> { readonly next: Kept<V, I>; readonly key: string; readonly value: V | undefined }

export class Kept<V extends object, I extends Index<V> = Index<V>> implements Iterable<readonly [key: string, value: V]> {
  #at: Newest<V, I> | Change<V, I>;
  private constructor(at: Newest<V, I>) { this.#at = at; this.size = at.all.size; }
  readonly size: number;

  static of<V extends object, I extends Index<V> = Index<V>>(record: Readonly<Record<string, V>> = {}, indexing?: Indexing<V, I>): Kept<V, I> {
    return new Kept<V, I>({ all: new Map(Object.entries(record)), indexing, index: undefined });
  }

  get(key: string): V | undefined { return this.#newest().all.get(key); }
  values(): V[] { return [...this.#newest().all.values()]; }
  [Symbol.iterator](): IterableIterator<readonly [string, V]> { return this.#newest().all.entries(); }
  /** As plain values, for a snapshot: `Kept.of` makes it again. */
  toJSON(): Readonly<Record<string, V>> { return Object.fromEntries(this.#newest().all); }
  /** Of this version, until another is read or made. */
  get index(): I {
    const at = this.#newest();
    if (!at.indexing) throw new Error('these values have no index');
    return (at.index ??= new at.indexing(at.all.values()));
  }

  with(key: string, value: V): Kept<V, I> { return this.#changed(key, value); }
  without(key: string): Kept<V, I> { return this.#newest().all.has(key) ? this.#changed(key, undefined) : this; }

  #changed(key: string, value: V | undefined): Kept<V, I> {
    const at = this.#newest();
    if (this.size === 0) return Kept.of(value === undefined ? {} : { [key]: value }, at.indexing);
    const before = put(at, key, value);
    const next = new Kept(at);
    this.#at = { next, key, value: before };
    return next;
  }

  /** Turns the steps to the newest version round, the last one first, so that this is the newest. */
  #newest(): Newest<V, I> {
    if ('all' in this.#at) return this.#at;
    const way: Kept<V, I>[] = [];
    let newest: Kept<V, I> = this; // eslint-disable-line @typescript-eslint/no-this-alias -- where the way begins
    for (; !('all' in newest.#at); newest = newest.#at.next) way.push(newest);
    const at = newest.#at;
    for (const older of way.reverse()) {
      const { key, value } = older.#at as Change<V, I>;
      newest.#at = { next: older, key, value: put(at, key, value) };
      older.#at = at;
      newest = older;
    }
    return at;
  }
}

/** Answers what was there before. */
function put<V extends object, I extends Index<V>>({ all, index }: Newest<V, I>, key: string, value: V | undefined): V | undefined {
  const before = all.get(key);
  if (before) index?.remove(before);
  if (value) index?.add(value);
  if (value === undefined) all.delete(key);
  else all.set(key, value);
  return before;
}
