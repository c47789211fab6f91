import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { collectionEffectiveness, countback, daysIn, dso, monthsIn, percent, ratio, trueDso, turnover } from './measures.js';

describe('DSO', () => {
  it('of JDE’s example is 55.35 days', () => expect(dso(10_869n, 5_538n + 4_566n + 7_570n, 90)).toBe('55.35'));
  it('of nothing sold is nothing', () => expect(dso(10_869n, 0n, 90)).toBe(''));
  it('counts both ends of its period', () => expect([daysIn('2026-01-01', '2026-03-31'), daysIn('2026-03-02', '2026-03-02')]).toEqual([90, 1]));
});

describe('DSO by countback', () => {
  const sales = new Map([['2026-03', 7_570n], ['2026-02', 4_566n], ['2026-01', 5_538n]]);
  it('takes whole months, the latest first, and of the last one its share: 31 days of March and 3,299 ÷ 4,566 of February’s 28', () => expect(countback(10_869n, sales, '2026-03-31')).toBe('51.23'));
  it('is less than a month where the month sold more than is open', () => expect(countback(3_785n, sales, '2026-03-31')).toBe('15.50'));
  it('counts the days that have passed of a month', () => expect(countback(7_570n, sales, '2026-03-10')).toBe('10.00'));
  it('goes through months without sales', () => expect(countback(7_571n, new Map([['2026-03', 7_570n], ['2026-01', 31n]]), '2026-03-31')).toBe('60.00'));
  it('is unknown where all sales of three years are less than what is open', () => expect(countback(20_000n, sales, '2026-03-31')).toBe(''));
  it('is nothing where nothing is open', () => expect(countback(0n, sales, '2026-03-31')).toBe('0.00'));
});

describe('true DSO', () => {
  const sales = new Map([['2026-03', 1_000n], ['2026-02', 500n]]);
  it('weighs the days of each invoice by its share of its month', () => expect(trueDso([{ issuedOn: '2026-03-21', openMinor: 500n }, { issuedOn: '2026-02-19', openMinor: 100n }], sales, '2026-03-31')).toBe('13.00')); // 10 × ½ + 40 × ⅕
  it('is unknown for an invoice of a month without sales', () => expect(trueDso([{ issuedOn: '2025-12-01', openMinor: 1n }], sales, '2026-03-31')).toBe(''));
  it('is nothing where nothing is open', () => expect(trueDso([], sales, '2026-03-31')).toBe('0.00'));
});

describe('collection effectiveness', () => {
  it('of 100,000 and 1,000,000 sold, 120,000 left of which 100,000 are not past due, is 98 %', () =>
    expect(collectionEffectiveness({ begin: 100_000n, sales: 1_000_000n, months: [1, 1], end: 120_000n, current: 100_000n })).toBe('98.00'));
  it('takes the sales of a month on average', () => expect(collectionEffectiveness({ begin: 100_000n, sales: 3_000_000n, months: [3, 1], end: 120_000n, current: 100_000n })).toBe('98.00'));
  it('is unknown where more is not due yet than was ever to be paid', () => expect(collectionEffectiveness({ begin: 0n, sales: 2_200n, months: [3, 1], end: 1_800n, current: 800n })).toBe(''));
  it('counts whole months as the calendar does, and thirty days of others as one', () => {
    expect([monthsIn('2026-02-01', '2026-02-28'), monthsIn('2025-11-01', '2026-02-28')]).toEqual([[1, 1], [4, 1]]);
    expect([monthsIn('2026-01-31', '2026-02-01'), monthsIn('2026-01-01', '2026-03-31'), monthsIn('2026-02-02', '2026-05-02')]).toEqual([[2, 30], [3, 1], [90, 30]]);
  });
});

describe('a ratio', () => {
  it('is rounded half up, away from zero', () => expect([ratio(1n, 200n), ratio(-1n, 200n), ratio(1n, 3n), ratio(2n, 3n), ratio(-1n, 1_000n), ratio(0n, 5n)]).toEqual(['0.01', '-0.01', '0.33', '0.67', '0.00', '0.00']));
  it('is within half a hundredth of the truth', () => fc.assert(fc.property(fc.bigInt(-(10n ** 18n), 10n ** 18n), fc.bigInt(1n, 10n ** 12n), (n, d) => {
    const hundredths = BigInt(ratio(n, d).replace('.', ''));
    const off = n * 100n - hundredths * d;
    expect((off < 0n ? -off : off) * 2n <= d).toBe(true);
  })));
  it('as a share and as a turnover', () => expect([percent(1n, 8n), turnover(1_000n, 100n, 300n), turnover(1_000n, 0n, 0n)]).toEqual(['12.50', '5.00', '']));
});
