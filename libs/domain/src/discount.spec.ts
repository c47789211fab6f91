import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { discountGranted, discountLeft, type Discountable } from './discount.js';

const eur = (minor: number) => ({ minor, currency: 'EUR' });
const item = (total: number, base = total): Discountable => ({ total: eur(total), base: eur(base), open: eur(total), settled: eur(0), granted: eur(0) });
/** What is granted for each payment in turn, and what is open afterwards. */
function paid(of: Discountable, percent: string, payments: readonly number[]): { readonly grants: readonly number[]; readonly open: number } {
  let now = of;
  const grants = payments.map((payment) => {
    const granted = discountGranted(eur(payment), percent, now);
    const applied = Math.min(payment, now.open.minor - granted);
    now = { ...now, open: eur(now.open.minor - applied - granted), settled: eur(now.settled.minor + applied + granted), granted: eur(now.granted.minor + granted) };
    return granted;
  });
  return { grants, open: now.open.minor };
}

describe('an early-payment discount of 2 % on 100.00', () => {
  it('is 2.00 for 98.00, which closes the item', () => expect(paid(item(100_00), '2', [98_00])).toEqual({ grants: [2_00], open: 0 }));
  it('is 1.00 for 49.00, which leaves 50.00 open', () => expect(paid(item(100_00), '2', [49_00])).toEqual({ grants: [1_00], open: 50_00 }));
  it('is 2.00 in all for 98 payments of 1.00', () => {
    const { grants, open } = paid(item(100_00), '2', Array(98).fill(1_00));
    expect([grants.reduce((a, b) => a + b, 0), open]).toEqual([2_00, 0]);
  });
  it('is nothing for 100.00: the whole was paid', () => expect(paid(item(100_00), '2', [100_00])).toEqual({ grants: [0], open: 0 }));
  it('is 2.00 for 99.00, of which 1.00 is left over', () => expect(paid(item(100_00), '2', [99_00])).toEqual({ grants: [2_00], open: 0 }));
});

describe('an early-payment discount of 2 % on 100.00 net at 21 %, tax never reduced', () => {
  const of = item(121_00, 100_00);
  it('is 2.00 for 119.00', () => expect(paid(of, '2', [119_00])).toEqual({ grants: [2_00], open: 0 }));
  it('is 0.99 and 1.01 for 59.00 and 60.00', () => expect(paid(of, '2', [59_00, 60_00])).toEqual({ grants: [99, 1_01], open: 0 }));
  it('is less by what was settled otherwise', () => expect(discountLeft('2', { ...of, open: eur(60_50) })).toBe(1_00));
});

it('is the same in all, however a payment is split', () => fc.assert(fc.property(
  fc.integer({ min: 1, max: 10 ** 9 }), fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 9_999 }), fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 20 }),
  (total, share, units, weights) => {
    const of = item(total, Math.round((total * share) / 100));
    const percent = `${Math.floor(units / 100)}.${String(units % 100).padStart(2, '0')}`;
    const discount = discountLeft(percent, of);
    const sum = weights.reduce((a, b) => a + b, 0);
    const payments = weights.map((w) => Math.floor(((total - discount) * w) / sum));
    payments[payments.length - 1]! += total - discount - payments.reduce((a, b) => a + b, 0);
    const { grants, open } = paid(of, percent, payments);
    expect([grants.reduce((a, b) => a + b, 0), open]).toEqual([discount, 0]);
  })));
