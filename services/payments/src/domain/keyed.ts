// Very many values by id, as plain data that is never changed: what is put in or taken out copies the way to its leaf, some tens of entries, and shares all the rest.
// An id's leaf follows from what stands before its last `_`: the items of one document, `oit_7_1` and `oit_7_2`, share theirs and are found without looking at any other.

type Branch<V> = Readonly<Record<string, V>>;
export type Keyed<V> = Branch<Branch<Branch<V>>>;

const groupOf = (id: string): string => { const end = id.lastIndexOf('_'); return end < 0 ? id : id.slice(0, end); };

/** Two of 64 branches each, from a hash of the text (FNV-1a). */
function wayTo(group: string): readonly [first: string, second: string] {
  let hash = 0x811c9dc5;
  for (let i = 0; i < group.length; i++) hash = Math.imul(hash ^ group.charCodeAt(i), 0x01000193);
  return [`b${hash >>> 26}`, `b${(hash >>> 20) & 63}`];
}

/** The value of an id. */
export function at<V>(keyed: Keyed<V>, id: string): V | undefined {
  const [first, second] = wayTo(groupOf(id));
  const leaf = keyed[first]?.[second];
  return leaf !== undefined && Object.hasOwn(leaf, id) ? leaf[id] : undefined;
}

/** With another value of an id. */
export function put<V>(keyed: Keyed<V>, id: string, value: V): Keyed<V> {
  const [first, second] = wayTo(groupOf(id));
  const branch = keyed[first];
  return { ...keyed, [first]: { ...branch, [second]: { ...branch?.[second], [id]: value } } };
}

/** Without an id; a branch that holds nothing is none. */
export function taken<V>(keyed: Keyed<V>, id: string): Keyed<V> {
  const [first, second] = wayTo(groupOf(id));
  return less(keyed, first, less(keyed[first] ?? {}, second, less(keyed[first]?.[second] ?? {}, id, undefined)));
}
function less<V>(from: Branch<V>, key: string, left: V | undefined): Branch<V> {
  const { [key]: _gone, ...others } = from;
  return left === undefined || Object.keys(left as object).length === 0 ? others : { ...others, [key]: left };
}

/** The values whose ids begin as that one does, up to its last `_`: those of one document, by id. */
export function besides<V>(keyed: Keyed<V>, id: string): V[] {
  const group = groupOf(id);
  const [first, second] = wayTo(group);
  return Object.entries(keyed[first]?.[second] ?? {}).filter(([other]) => groupOf(other) === group).sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

/** All of them, in no order that means anything. */
export function every<V>(keyed: Keyed<V>): V[] {
  const values: V[] = [];
  for (const branch of Object.values(keyed)) for (const leaf of Object.values(branch)) for (const id in leaf) values.push(leaf[id]!);
  return values;
}
