import { describe, expect, it } from '@jest/globals';
import { cut } from './text.js';

describe('a text that is cut', () => {
  it('is as long as it may be', () => expect([cut('abcdef', 3), cut('abc', 3), cut('', 3)]).toEqual(['abc', 'abc', '']));
  it('has no half of a character', () => expect([cut('ab😀', 3), cut('ab😀', 4), cut('ab😀c', 4), cut('a😀😀', 4)]).toEqual(['ab', 'ab😀', 'ab😀', 'a😀']));
});
