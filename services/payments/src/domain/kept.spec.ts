import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Kept } from './kept.js';

const plain = <V extends object>(kept: Kept<V>) => kept.toJSON();

describe('values that are kept', () => {
  it('are read in the version that they were put in, whichever is read in between', () => {
    const one = Kept.of({ a: { n: 1 } });
    const two = one.with('b', { n: 2 });
    const three = two.without('a').with('b', { n: 3 });
    expect([one, three, two, one].map(plain)).toEqual([{ a: { n: 1 } }, { b: { n: 3 } }, { a: { n: 1 }, b: { n: 2 } }, { a: { n: 1 } }]);
    expect([one.get('b'), two.get('b'), three.get('b'), three.get('a')]).toEqual([undefined, { n: 2 }, { n: 3 }, undefined]);
    expect([one.size, two.size, three.size, [...three]]).toEqual([1, 2, 1, [['b', { n: 3 }]]]);
  });
  it('begin from the same empty ones without knowing of each other', () => {
    const empty = Kept.of<{ n: number }>();
    const [a, b] = [empty.with('a', { n: 1 }), empty.with('b', { n: 2 })];
    expect([empty, a, b, a.without('a').with('c', { n: 3 }), a].map(plain)).toEqual([{}, { a: { n: 1 } }, { b: { n: 2 } }, { c: { n: 3 } }, { a: { n: 1 } }]);
  });
  it('are the same where nothing is taken away', () => { const a = Kept.of({ a: {} }); expect(a.without('b')).toBe(a); });
  it('come back from their JSON', () => expect(plain(Kept.of(JSON.parse(JSON.stringify(Kept.of<object>({ a: { n: 1 } }).with('__proto__x', {}))) as Record<string, object>))).toEqual({ a: { n: 1 }, __proto__x: {} }));

  it('are what plain records would be, with versions made and read in any order', () => {
    const change = fc.record({ of: fc.nat(1_000), key: fc.constantFrom('a', 'b', 'c', 'd'), n: fc.option(fc.nat(9)), read: fc.nat(1_000) });
    fc.assert(fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const versions: { kept: Kept<{ n: number }>; record: Record<string, { n: number }> }[] = [{ kept: Kept.of(), record: {} }];
      for (const { of, key, n, read } of changes) {
        const { kept, record } = versions[of % versions.length]!;
        const { [key]: _gone, ...others } = record;
        versions.push(n === null ? { kept: kept.without(key), record: others } : { kept: kept.with(key, { n }), record: { ...others, [key]: { n } } });
        const one = versions[read % versions.length]!;
        expect([plain(one.kept), one.kept.size]).toEqual([one.record, Object.keys(one.record).length]);
      }
      for (const { kept, record } of versions) expect(plain(kept)).toEqual(record);
    }), { seed: 20260310 });
  });

  it('cost one change what the other costs, however many there are', () => {
    let kept = Kept.of<{ n: number }>();
    for (let n = 0; n < 300_000; n++) kept = kept.with(`key-${n}`, { n });
    for (let n = 0; n < 300_000; n += 2) kept = kept.without(`key-${n}`);
    expect([kept.size, kept.get('key-1'), kept.get('key-2')]).toEqual([150_000, { n: 1 }, undefined]); // copied each time, it would take hours
  });
});
