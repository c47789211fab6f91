import { describe, expect, it } from '@jest/globals';
import { creditorReference, creditorReferencesIn, isCreditorReference, namesOf, wordsOf } from './remittance.js';

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
