import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { discountsTakenBack } from './credit-discount.js';

const paid = (settledMinor: number, grantedMinor: number, taxMinor = 0) => ({ settledMinor, grantedMinor, taxMinor });
const minors = (...of: Parameters<typeof discountsTakenBack>) => discountsTakenBack(...of).map((d) => d.minor);

describe('100.00 paid with 98.00 and a discount of 2.00', () => {
  it('credited whole gives 98.00 and takes the 2.00 back', () => expect(minors(paid(100_00, 2_00), [100_00])).toEqual([2_00]));
  it('credited by half gives 49.00 and takes 1.00 back', () => expect(minors(paid(100_00, 2_00), [50_00])).toEqual([1_00]));
  it('credited in three parts takes the same back in all', () => expect(minors(paid(100_00, 2_00), [33_33, 33_33, 33_34])).toEqual([67, 66, 67]));
  it('credited beyond what was paid takes back no more', () => expect(minors(paid(100_00, 2_00), [150_00, 10_00])).toEqual([2_00, 0]));
});

describe('100.00 net at 21 % with 2 %', () => {
  it('on early payment: 118.58 are given back, 2.42 taken back, 0.42 of it tax', () => expect(discountsTakenBack(paid(121_00, 2_42, 42), [121_00])).toEqual([{ minor: 2_42, taxMinor: 42 }]));
  it('never: 119.00 are given back, 2.00 taken back, all net', () => expect(discountsTakenBack(paid(121_00, 2_00), [121_00])).toEqual([{ minor: 2_00, taxMinor: 0 }]));
});

it('49.00 early, the rest late: half of it had a discount, and any credit takes its part of that', () => expect(minors(paid(100_00, 1_00), [30_00, 70_00])).toEqual([30, 70]));
it('what settled open items takes nothing back, and nothing paid had no discount', () => { expect(minors(paid(50_00, 1_00), [0])).toEqual([0]); expect(minors(paid(0, 0), [10_00])).toEqual([0]); });

it('takes back no more than was granted, of that no more than its tax, and all of it with all', () => fc.assert(fc.property(
  fc.integer({ min: 1, max: 10 ** 7 }), fc.nat(100), fc.nat(100), fc.array(fc.integer({ min: 0, max: 10 ** 6 }), { minLength: 1, maxLength: 8 }), (settledMinor, percent, ofTax, rests) => {
    const grantedMinor = Math.floor((settledMinor * percent) / 100);
    const taxMinor = Math.floor((grantedMinor * ofTax) / 100);
    const taken = discountsTakenBack({ settledMinor, grantedMinor, taxMinor }, [...rests, settledMinor]);
    expect([taken.reduce((sum, t) => sum + t.minor, 0), taken.reduce((sum, t) => sum + t.taxMinor, 0)]).toEqual([grantedMinor, taxMinor]);
    taken.forEach((t, i) => { if (!(t.taxMinor >= 0 && t.taxMinor <= t.minor && t.minor <= ([...rests, settledMinor][i]!))) throw new Error(`${t.minor} taken back, ${t.taxMinor} of it tax`); });
  })));
