import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { creditorReference, creditorReferencesIn, isCreditorReference, namesOf, readingsOf, wordsOf } from './remittance.js';

describe('a creditor reference', () => {
  it('is made with its check digits', () => expect([creditorReference('539007547034'), creditorReference('INV2025000123')]).toEqual(['RF18539007547034', 'RF51INV2025000123']));
  it.each(['RF18539007547034', 'RF8856SHF846SH37SHD73HFY5', 'rf18 5390 0754 7034'])('is right: %s', (text) => expect(isCreditorReference(text)).toBe(true));
  it.each(['RF19539007547034', 'RF18', 'INV-1', '', 'RF181234567890123456789012'])('is not: %s', (text) => expect(isCreditorReference(text)).toBe(false));
  it('names a document by itself and by its body', () => expect(namesOf('RF18 5390 0754 7034')).toEqual(['RF18539007547034', '539007547034']));
});

describe('a remittance text', () => {
  it('is read word by word, without punctuation around them', () => expect(wordsOf('Payment for inv-7, (INV-8); thanks!')).toEqual(['PAYMENT', 'FOR', 'INV-7', 'INV-8', 'THANKS']));
  it('is read up to fifty words', () => expect(wordsOf(Array.from({ length: 80 }, (_, i) => `R${i}x`).join(' '))).toHaveLength(50));
  it('holds explicit references where it holds creditor references', () => expect(creditorReferencesIn('invoice rf18539007547034, RF19539007547034')).toEqual(['RF18539007547034']));
  it('may be empty', () => expect(wordsOf(' ')).toEqual([]));
});

describe('a number that is written otherwise', () => {
  it.each([
    ['R2026 00013', 'R2026-00013'], ['R 2026-00013', 'R2026-00013'], ['RE 2026 0013', 'RE-2026-0013'], ['pays R2026 00013 today', 'R2026-00013'], ['R2026-13', 'R2026-00013'], ['inv 7', 'INV-0007'], ['R2026 13', 'R2026-00013'],
    ['R2026-00013/14/15', 'R2026-00015'], ['R2026-00013/14/15', 'R2026-00013'], ['R1+R2', 'R2'], ['RF18 5390 0754 7034', 'RF18539007547034'], ['RF18 5390 0754 7034 thanks', '539007547034'],
  ])('%s means %s too', (text, reference) => expect(readingsOf(text)).toContain(reference));
  it('is a creditor reference, explicitly, in groups of four', () => expect(creditorReferencesIn('RF18 5390 0754 7034 thanks')).toEqual(['RF18539007547034']));
  it('is no other number: alone, with other digits, or as it is', () => {
    expect(readingsOf('13')).toEqual(['13']);
    expect(readingsOf('R2026-00013/114')).not.toContain('R2026-00014');
    expect(creditorReferencesIn('RF18 5390 0754 7035')).toEqual([]);
  });
  it('comes after the words themselves, which are what they were, and is never too much', () => fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => {
    const words = readingsOf(text);
    expect(words.slice(0, wordsOf(text).length)).toEqual(wordsOf(text));
    expect(words.length).toBeLessThanOrEqual(200);
    expect(new Set(words).size).toBe(words.length);
  })));
  it('is found with its hyphens as spaces and its zeros left out, among other words', () => fc.assert(fc.property(
    fc.constantFrom('R2026', 'INV', 'RE-2026'), fc.integer({ min: 1, max: 99_999 }), fc.lorem({ maxCount: 5 }), fc.constantFrom(' ', '-'), fc.boolean(), (series, n, words, between, zeros) => {
      expect(readingsOf(`${words} ${series}${between}${zeros ? String(n).padStart(5, '0') : n}`)).toContain(`${series}-${String(n).padStart(5, '0')}`);
    })));
});
