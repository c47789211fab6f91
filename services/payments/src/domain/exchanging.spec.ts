import { describe, expect, it } from '@jest/globals';
import { rateOf, spentAt } from './exchanging.js';

const of = (minor: number, currency: string) => ({ minor, currency });

describe('what is used of money for items in another currency', () => {
  it.each([
    ['91.50 EUR at 0.915', of(91_50, 'EUR'), '0.915', 'USD', 100_00], ['a third of a cent more is rounded', of(100, 'EUR'), '3', 'USD', 33], ['half a cent is rounded up', of(1, 'EUR'), '2', 'USD', 1],
    ['JPY have no cents', of(150, 'JPY'), '150', 'USD', 1_00], ['KWD have three digits', of(1_000, 'KWD'), '0.3', 'USD', 3_33], ['beyond any amount', of(Number.MAX_SAFE_INTEGER, 'EUR'), '0.0000000001', 'USD', Number.MAX_SAFE_INTEGER],
  ])('%s', (_what, sum, rate, currency, spent) => expect(spentAt(sum, rate, currency)).toBe(spent));
});

describe('the rate of two amounts', () => {
  it.each([[of(100_00, 'USD'), of(91_50, 'EUR'), '0.915'], [of(3_00, 'USD'), of(1_00, 'EUR'), '0.3333333333'], [of(1_00, 'USD'), of(150, 'JPY'), '150'], [of(2_00, 'USD'), of(4_00, 'EUR'), '2'], [of(3_00, 'USD'), of(2_00, 'EUR'), '0.6666666667']])('%j for %j is %s', (spent, settled, rate) => expect(rateOf(spent, settled)).toBe(rate));
});
