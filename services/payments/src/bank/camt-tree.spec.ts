import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyCamt, readAsTree } from './camt-tree.world.js';
import { readAll } from './bank-files.world.js';

describe('a camt.053 of any content', () => {
  it('says the same read as it arrives, in pieces of any size, as a tree of it says', () => {
    fc.assert(fc.property(anyCamt, fc.integer({ min: 1, max: 3_000 }), (file, piece) => { expect(readAll(file, piece)).toEqual(readAsTree(file, 'camt.053')); }), { numRuns: 500 });
  });
});
