import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parts, taxOn, totals, type PricedLine } from './totals.js';

const line = (quantity: string, unitPrice: string, taxRate = '19', taxCategory = 'S'): PricedLine => ({ description: 'x', quantity, unitCode: 'C62', unitPrice, taxRate, taxCategory });
const eur = (minor: number) => ({ minor, currency: 'EUR' });

describe('the sums of an invoice', () => {
  it('round each line once, half up', () => expect(totals([line('3', '0.335')], 'EUR')).toMatchObject({ lines: [{ net: eur(101) }], net: eur(101), tax: eur(19), total: eur(120) }));
  it('round tax once per rate, not per line', () => expect(totals([line('1', '0.03'), line('1', '0.03'), line('1', '0.03')], 'EUR')).toMatchObject({ taxTotals: [{ taxRate: '19', net: eur(9), tax: eur(2) }], total: eur(11) }));
  it('keep rates and categories apart, and see that 19.00 is 19', () =>
    expect(totals([line('1', '100'), line('1', '50', '7'), line('1', '10', '0', 'Z'), line('1', '100', '19.00')], 'EUR')).toMatchObject({
      taxTotals: [{ taxRate: '19', net: eur(200_00), tax: eur(38_00) }, { taxRate: '7', net: eur(50_00), tax: eur(3_50) }, { taxCategory: 'Z', net: eur(10_00), tax: eur(0) }], total: eur(301_50),
    }));
  it('have the digits of the currency', () => expect(totals([line('1', '100.4', '10')], 'JPY')).toMatchObject({ net: { minor: 100, currency: 'JPY' }, tax: { minor: 10 }, total: { minor: 110 } }));
  it('say when a line is more than any amount', () => expect(totals([line('99999999999', '99999999999')], 'EUR')).toMatchObject({ invalid: 'AMOUNT_OUT_OF_RANGE' }));
  it('say when lines or tax make it more than any amount, each being one', () => {
    const most = '90071992547409.91';
    for (const priced of [[line('1', most, '0', 'Z'), line('1', most, '0', 'Z')], [line('1', most, '0', 'Z'), line('1', '0.01')], [line('1', most, '100')]]) expect(totals(priced, 'EUR')).toMatchObject({ invalid: 'AMOUNT_OUT_OF_RANGE' });
    expect(totals([line('1', most, '0', 'Z')], 'EUR')).toMatchObject({ total: eur(9_007_199_254_740_991) });
  });
  it('take half a cent of tax up', () => expect([taxOn(eur(10), '5'), taxOn(eur(13), '19.5')]).toEqual([eur(1), eur(3)]));
});

describe('instalments by percent', () => {
  it('sum to the total, the cent that does not divide going to the largest remainder', () => expect(parts(eur(100_01), ['30', '30', '40'])).toEqual([eur(30_00), eur(30_00), eur(40_01)]));
  it('are whole', () => expect([parts(eur(1), ['30', '30']), parts(eur(1), ['150', '-50']), parts(eur(1), [])]).toEqual([undefined, undefined, undefined]));
  it('never lose a cent, whatever the shares', () => fc.assert(fc.property(fc.integer({ min: 1, max: 10 ** 12 }), fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 12 }), (minor, weights) => {
    const sum = weights.reduce((a, b) => a + b, 0);
    const percents = weights.map((w) => Math.floor((w * 1_000_000) / sum));
    percents[0]! += 1_000_000 - percents.reduce((a, b) => a + b, 0);
    const split = parts(eur(minor), percents.map((p) => `${Math.floor(p / 10_000)}.${String(p % 10_000).padStart(4, '0')}`));
    expect(split!.reduce((a, m) => a + m.minor, 0)).toBe(minor);
  })));
});
