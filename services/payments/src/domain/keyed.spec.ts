import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { at, besides, every, type Keyed, put, taken } from './keyed.js';

const id = fc.oneof(fc.tuple(fc.nat(30), fc.nat(3)).map(([d, n]) => `oit_${d}_${n}`), fc.constantFrom('', '_', 'a', 'a_', '__proto__', 'constructor'));
const change = fc.oneof(fc.record({ put: id, value: fc.nat() }), fc.record({ take: id }));

describe('values by id', () => {
  it('are what a map would have, whatever is put in and taken out, and what was before stays as it was', () => fc.assert(fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
    let keyed: Keyed<{ value: number }> = {};
    const map = new Map<string, { value: number }>();
    for (const c of changes) {
      const [before, text] = [keyed, JSON.stringify(keyed)];
      if ('put' in c) { keyed = put(keyed, c.put, { value: c.value }); map.set(c.put, { value: c.value }); }
      else { keyed = taken(keyed, c.take); map.delete(c.take); }
      expect(JSON.stringify(before)).toBe(text);
    }
    for (const key of ['oit_1_1', 'a', '__proto__', ...map.keys()]) expect(at(keyed, key)).toEqual(map.get(key));
    const sorted = (values: Iterable<{ value: number }>) => [...values].map((v) => v.value).sort((a, b) => a - b);
    expect(sorted(every(keyed))).toEqual(sorted(map.values()));
    if (map.size === 0) expect(keyed).toEqual({});
  }), { numRuns: 500 }));
  it('of one document are found together', () => {
    const keyed = ['oit_1_2', 'oit_1_1', 'oit_11_1', 'oit.1_1'].reduce<Keyed<string>>((k, key) => put(k, key, key), {});
    expect(besides(keyed, 'oit_1_9')).toEqual(['oit_1_1', 'oit_1_2']);
    expect(besides(keyed, 'oit_2_1')).toEqual([]);
  });
});
