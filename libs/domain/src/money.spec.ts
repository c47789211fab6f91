import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { add, allocate, compare, convert, exponentOf, formatMoney, inAmounts, isMoney, money, moneyOf, multiply, parseMoney, product, share, subtract, thresholdMinor, total } from './money.js';

const eur = (minor: number) => ({ minor, currency: 'EUR' });
const minor = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });

describe('an amount as text', () => {
  it.each([
    ['1234.50', 'EUR', 123450], ['1234.5', 'EUR', 123450], ['1234', 'EUR', 123400], ['-0.01', 'EUR', -1], ['12', 'JPY', 12], ['1.234', 'KWD', 1234],
    ['90071992547409.91', 'EUR', Number.MAX_SAFE_INTEGER], ['0', 'EUR', 0], ['-0.00', 'EUR', 0], ['007.10', 'EUR', 710],
  ])('%s %s is %d minor units', (value, currency, expected) => expect(parseMoney(value, currency)).toEqual({ minor: expected, currency }));

  it.each([
    ['1.001', 'EUR', 'AMOUNT_PRECISION'], ['1.000', 'EUR', 'AMOUNT_PRECISION'], ['1.0', 'JPY', 'AMOUNT_PRECISION'], ['1', 'EUX', 'CURRENCY_UNKNOWN'], ['1', 'eur', 'CURRENCY_UNKNOWN'], ['1', '', 'CURRENCY_UNKNOWN'],
    ['1', 'XAU', 'CURRENCY_UNKNOWN'], ['1', 'XXX', 'CURRENCY_UNKNOWN'], ['90071992547409.92', 'EUR', 'AMOUNT_OUT_OF_RANGE'], ['-90071992547409.92', 'EUR', 'AMOUNT_OUT_OF_RANGE'],
    ['', 'EUR', 'FIELD_INVALID'], ['1,50', 'EUR', 'FIELD_INVALID'], ['1e3', 'EUR', 'FIELD_INVALID'], ['.5', 'EUR', 'FIELD_INVALID'], ['+1', 'EUR', 'FIELD_INVALID'], ['000000000000000000001', 'EUR', 'FIELD_INVALID'],
  ])('%s %s is none: %s', (value, currency, invalid) => expect(parseMoney(value, currency)).toEqual({ invalid, value, currency }));

  it('is written with exactly the digits of its currency', () =>
    expect([eur(5), eur(-5), eur(123450), money(12, 'JPY'), money(1, 'KWD')].map(formatMoney)).toEqual(['0.05', '-0.05', '1234.50', '12', '0.001']));
  it('comes back as it was written', () =>
    fc.assert(fc.property(minor, fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF'), (m, currency) => expect(parseMoney(formatMoney({ minor: m, currency }), currency)).toEqual({ minor: m === 0 ? 0 : m, currency }))));
  it('is read from an event, or the event is none', () => {
    expect(moneyOf({ currencyCode: 'EUR', value: '1.50' })).toEqual(eur(150));
    for (const not of [undefined, { currencyCode: 'EUR', value: '1.501' }]) expect(() => moneyOf(not)).toThrow('not an amount');
  });
  it('is not written in what is no currency', () => expect(() => formatMoney(money(1, 'ZZZ'))).toThrow('not a currency: ZZZ'));
  it('knows the currencies it was asked about, and forgets the made-up ones', () => {
    for (let i = 0; i < 2_100; i++) exponentOf(`no ${i}`);
    expect(exponentOf('EUR')).toBe(2);
  });
});

describe('two amounts', () => {
  it('add, subtract and compare in one currency', () => {
    expect(add(eur(1), eur(2))).toEqual(eur(3));
    expect(subtract(eur(1), eur(2))).toEqual(eur(-1));
    expect(Math.sign(compare(eur(1), eur(2)))).toBe(-1);
  });
  it('do not mix currencies', () => {
    for (const f of [add, subtract, compare]) expect(() => f(eur(1), money(1, 'USD'))).toThrow('EUR and USD do not mix');
  });
  it('do not leave the range of exact numbers unseen', () => expect(() => add(eur(Number.MAX_SAFE_INTEGER), eur(1))).toThrow(RangeError));
});

describe('a sum beyond the range of amounts', () => {
  const most = Number.MAX_SAFE_INTEGER;
  it('is exact, and written as amounts are', () => {
    expect(total([most, most, most])).toBe(27_021_597_764_222_973n);
    expect([formatMoney({ minor: total([most, most, most]), currency: 'EUR' }), formatMoney({ minor: -total([most, most]), currency: 'JPY' }), formatMoney({ minor: 5n, currency: 'EUR' })]).toEqual(['270215977642229.73', '-18014398509481982', '0.05']);
  });
  it('is told in an event by amounts that add up to it', () => {
    expect([inAmounts({ minor: 0n, currency: 'EUR' }), inAmounts({ minor: 7n, currency: 'EUR' }), inAmounts({ minor: total([most, most]), currency: 'EUR' })]).toEqual([[eur(0)], [eur(7)], [eur(most), eur(most)]]);
    fc.assert(fc.property(fc.array(minor, { maxLength: 9 }), (parts) => expect(total(inAmounts({ minor: total(parts), currency: 'EUR' }).map((m) => m.minor))).toBe(total(parts))));
  });
});

describe('a product', () => {
  it.each([
    [25, '0.1', 'half-up', 3], [25, '0.1', 'half-even', 2], [35, '0.1', 'half-even', 4], [-25, '0.1', 'half-up', -3], [-25, '0.1', 'half-even', -2], [24, '0.1', 'half-up', 2], [26, '0.1', 'half-even', 3], [1999, '0.19', 'half-up', 380],
  ] as const)('%d × %s, %s, is %d', (m, factor, rounding, expected) => expect(multiply(eur(m), factor, rounding)).toEqual(eur(expected)));
  it('of quantity and price is rounded once', () => expect(product(['3', '0.3333'], 'EUR', 'half-up')).toEqual(eur(100)));
  it('tells what is wrong with its factors', () => {
    expect(product(['1', 'x'], 'EUR', 'half-up')).toMatchObject({ invalid: 'FIELD_INVALID' });
    expect(product(['1'], 'ZZZ', 'half-up')).toMatchObject({ invalid: 'CURRENCY_UNKNOWN' });
    expect(product(['99999999999', '99999999999'], 'EUR', 'half-up')).toMatchObject({ invalid: 'AMOUNT_OUT_OF_RANGE' });
    expect(() => multiply(eur(1), '1,5', 'half-up')).toThrow('not a decimal number');
  });
  it('is never more than half a unit off the exact value', () => fc.assert(fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.integer({ min: 0, max: 99_999 }), fc.constantFrom('half-up', 'half-even'), (m, f, rounding) => {
    const rounded = multiply(eur(m), (f / 1000).toFixed(3), rounding as 'half-up').minor;
    const off = BigInt(rounded) * 1000n - BigInt(m) * BigInt(f);
    expect(off <= 500n && off >= -500n).toBe(true);
  })));
});

describe('a share', () => {
  it('is exact before it is rounded', () => expect([share(200, 1, 3, 'half-up'), share(201, 1, 2, 'half-up'), share(201, 1, 2, 'half-even'), share(-201, 1, 2, 'half-up'), share(201, 1, -2, 'half-up')]).toEqual([67, 101, 100, -101, -101]));
  it('of nothing is no share', () => expect(() => share(1, 1, 0, 'half-up')).toThrow(RangeError));
});

describe('a sum that is split', () => {
  it('gives the odd cent to the largest remainder, in a tie to the first', () => {
    expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(allocate(100, [1, 2, 0])).toEqual([33, 67, 0]);
    expect(allocate(-100, [1, 1, 1])).toEqual([-34, -33, -33]);
  });
  it('loses nothing, and no part is a whole unit off', () => fc.assert(fc.property(minor, fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 20 }).filter((w) => w.some((x) => x > 0)), (m, weights) => {
    const parts = allocate(m, weights);
    const whole = BigInt(weights.reduce((a, b) => a + b, 0));
    expect(parts.reduce((a, b) => a + BigInt(b), 0n)).toBe(BigInt(m));
    parts.forEach((p, i) => {
      const off = BigInt(p) * whole - BigInt(m) * BigInt(weights[i] ?? 0);
      expect(off < whole && off > -whole).toBe(true);
    });
  })));
  it('needs weights', () => {
    expect(() => allocate(1, [])).toThrow(RangeError);
    expect(() => allocate(1, [0])).toThrow(RangeError);
    expect(() => allocate(1, [2, -1])).toThrow(RangeError);
  });
});

describe('a threshold of a policy', () => {
  it('is in whole units of the currency it is compared in', () => expect(['EUR', 'JPY', 'KWD'].map((c) => thresholdMinor('100.00', c))).toEqual([10000, 100, 100000]));
  it('is above every amount where it is beyond them all', () => expect(['EUR', 'KWD'].map((c) => thresholdMinor('99999999999999999999', c))).toEqual([Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]));
  it('must be one', () => expect(() => thresholdMinor('much', 'EUR')).toThrow('FIELD_INVALID'));
  it('is money once it is parsed', () => expect(isMoney(parseMoney('1', 'EUR'))).toBe(true));
});

describe('an amount in another currency', () => {
  it('is what one unit is worth there, times the amount, rounded once', () => expect([convert(money(100_00, 'USD'), '0.9234', 'EUR'), convert(money(12_345, 'JPY'), '0.0061', 'EUR'), convert(money(1_00, 'EUR'), '163.255', 'JPY'), convert(money(-50, 'USD'), '0.91', 'EUR')]).toEqual([
    money(92_34, 'EUR'), money(75_30, 'EUR'), money(163, 'JPY'), money(-46, 'EUR'),
  ]));
  it('may be beyond the range of amounts', () => expect(convert(money(Number.MAX_SAFE_INTEGER, 'EUR'), '2', 'EUR')).toMatchObject({ invalid: 'AMOUNT_OUT_OF_RANGE' }));
});
