import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bookedByCaller, bookedOn, realised, together, usedOf, without, worthOf } from './in-base.js';

const eur = (minor: number) => ({ minor, currency: 'EUR' });
const usd = (minor: number) => ({ minor, currency: 'USD' });
const item = (minor: number, worth?: number) => ({ minor, inBase: worth === undefined ? undefined : eur(worth) });

describe('an item of 1,000.00 USD, booked at 0.92', () => {
  const open = item(1_000_00, 920_00);
  // PAY-14: the applied amount × (rate of settlement − rate of booking), per application.
  it.each([['0.95', 950_00, 30_00], ['0.90', 900_00, -20_00], ['0.92', 920_00, 0]])('paid whole with money at %s', (_rate, worth, difference) =>
    expect(realised(usedOf(open, 1_000_00, 0, item(1_000_00, worth))!)).toBe(difference));
  it('realises a third of it with a third of the money', () => expect(usedOf(open, 333_33, 0, item(1_000_00, 950_00))).toEqual({ currency: 'EUR', itemMinor: 306_66, moneyMinor: 316_66 }));
  it('realises nothing on its discount, which is worth what the item is', () => {
    const used = usedOf(open, 980_00, 20_00, item(980_00, 931_00))!;
    expect([used, realised(used)]).toEqual([{ currency: 'EUR', itemMinor: 920_00, discountMinor: 18_40, moneyMinor: 931_00 }, 29_40]);
  });
});

describe('where a rate is not known', () => {
  it('of the money, the item says what moves, and nothing is realised', () => { const used = usedOf(item(10, 9), 10, 0, item(10))!; expect([used, realised(used)]).toEqual([{ currency: 'EUR', itemMinor: 9 }, 0]); });
  it('of the item, the money does', () => { const used = usedOf(item(10), 10, 0, item(10, 8))!; expect([used, realised(used)]).toEqual([{ currency: 'EUR', moneyMinor: 8 }, 0]); });
  it('of neither, nothing is said', () => expect(usedOf(item(10), 10, 0, item(10))).toBeUndefined());
});

describe('parts, whatever they are', () => {
  it('take all that the whole is worth, none of them less than nothing', () => fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 10 ** 9 }), { minLength: 1, maxLength: 40 }), fc.integer({ min: 0, max: 10 ** 12 }), (parts, worth) => {
    let left = item(parts.reduce((a, b) => a + b, 0), worth) as Parameters<typeof without>[0];
    const worths = parts.map((minor) => {
      const taken = worthOf(minor, left);
      left = without(left, minor);
      return taken;
    });
    expect([together(worths), left]).toEqual([eur(worth), { minor: 0, inBase: eur(0) }]);
    expect(worths.every((w) => w!.minor >= 0)).toBe(true);
  })));
});

describe('the rate that a caller says', () => {
  it('is that of the bank, by no policy', () => expect(bookedByCaller(usd(100_05), '0.91', { base: 'EUR' })).toEqual({ rate: '0.91', source: 'caller', policyVersion: 0, worth: eur(91_05) }));
  it('is none in the base currency, and where it is worth more than any amount', () => expect([bookedByCaller(eur(1), '0.91', { base: 'EUR' }), bookedByCaller(usd(100_00), '99999999999999999', { base: 'EUR' })]).toEqual([undefined, undefined]));
});

describe('the rate of a day', () => {
  const exchange = (rate: string, version: number) => ({ source: 'ECB', rates: [{ currencyCode: 'USD', rate }], version });
  const rates = { base: 'EUR', earlier: exchange('0.90', 3) };
  const on = { today: '2026-03-10', exchange: exchange('0.9234', 4), rates };
  it('is that of the policy in force', () => expect(bookedOn(usd(100_01), '2026-03-10', on)).toEqual({ rate: '0.9234', source: 'ECB', policyVersion: 4, worth: eur(92_35) }));
  it('of an earlier day, of the policy that held then', () => expect(bookedOn(usd(100_00), '2026-03-09', on)).toMatchObject({ rate: '0.90', policyVersion: 3 }));
  it.each([
    ['before any policy held', usd(1), { ...on, rates: { base: 'EUR' } }, '2026-03-09'], ['of a currency that it does not name', { minor: 1, currency: 'CHF' }, on, '2026-03-10'], ['of the base currency', eur(1), on, '2026-03-10'],
    ['where the tenant is not known', usd(1), { ...on, rates: undefined }, '2026-03-10'], ['where it is worth more than any amount', usd(Number.MAX_SAFE_INTEGER), { ...on, exchange: exchange('2', 5) }, '2026-03-10'],
  ])('is not known %s', (_when, sum, of, day) => expect(bookedOn(sum, day, of)).toBeUndefined());
});
