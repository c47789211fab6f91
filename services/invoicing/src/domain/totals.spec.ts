import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { taxOn, totals as totalsBy, type DocumentAdjustment, type PricedLine, type TaxRule } from './totals.js';

const line = (quantity: string, unitPrice: string, taxRate = '19', taxCategory = 'S'): PricedLine => ({ description: 'x', articleId: '', quantity, unitCode: 'C62', unitPrice, taxCode: '', taxRate, taxCategory, exemption: '', adjustments: [], periodFrom: '', periodTo: '' });
const byDocument: TaxRule = { rounding: 'document', prices: 'net' };
const totals = (lines: readonly PricedLine[], currency: string, rule = byDocument, adjustments: readonly DocumentAdjustment[] = [], always = '0') => totalsBy(lines, adjustments, currency, rule, always);
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

describe('allowances and charges', () => {
  const of = (kind: 'allowance' | 'charge', size: { percent: string } | { amount: string }, taxRate = '19', taxCategory = 'S'): DocumentAdjustment => ({ kind, size, reason: 'x', reasonCode: '', taxRate, taxCategory });
  it('of a line count in it', () => expect(totals([{ ...line('2', '50'), adjustments: [of('allowance', { percent: '10' }), of('charge', { amount: '2.50' })] }], 'EUR')).toMatchObject({ lines: [{ net: eur(92_50), adjustments: [{ net: eur(10_00) }, { net: eur(2_50) }] }], net: eur(92_50), tax: eur(17_58) }));
  it('of the document count in their category and rate (BT-106 to BT-109)', () => expect(totals([line('1', '100'), line('1', '100', '7')], 'EUR', byDocument, [of('allowance', { percent: '5' }), of('charge', { amount: '4.90' }, '7'), of('charge', { amount: '1' }, '0', 'Z')])).toMatchObject({
    lineTotal: eur(200_00), allowances: eur(10_00), charges: eur(5_90), net: eur(195_90), taxTotals: [{ taxRate: '19', net: eur(90_00), tax: eur(17_10) }, { taxRate: '7', net: eur(104_90), tax: eur(7_34) }, { taxCategory: 'Z', net: eur(1_00), tax: eur(0) }], total: eur(220_34),
  }));
});

describe('tax', () => {
  it('is rounded per line where the rule says so', () => expect(totals([line('1', '0.03'), line('1', '0.03'), line('1', '0.03')], 'EUR', { rounding: 'line', prices: 'net' })).toMatchObject({ taxTotals: [{ net: eur(9), tax: eur(3) }], total: eur(12) }));
  it('is in gross prices, which stay the sum', () => {
    expect(totals([line('1', '1.19'), line('3', '0.99')], 'EUR', { rounding: 'document', prices: 'gross' })).toMatchObject({ lines: [{ net: eur(1_00) }, { net: eur(2_50) }], net: eur(3_50), tax: eur(66), total: eur(4_16) });
    expect(totals([line('1', '1.00'), line('1', '1.00'), line('1', '1.00')], 'EUR', { rounding: 'line', prices: 'gross' })).toMatchObject({ taxTotals: [{ net: eur(2_52), tax: eur(48) }], total: eur(3_00) });
  });
  it('is in gross prices of many small lines, where an allowance smaller than what rounding moves stays one', () => {
    const made = totals(Array.from({ length: 5 }, () => line('1', '0.04')), 'EUR', { rounding: 'document', prices: 'gross' }, [{ kind: 'allowance', size: { amount: '0.01' }, reason: 'x', reasonCode: '', taxRate: '19', taxCategory: 'S' }]);
    expect(made).toMatchObject({ lines: [{ net: eur(4) }, { net: eur(4) }, { net: eur(3) }, { net: eur(3) }, { net: eur(3) }], allowances: eur(1), net: eur(16), tax: eur(3), total: eur(19) });
  });
  it('in gross prices leaves their sum, whatever the lines: each net is within a cent of its own', () => {
    const cents = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 });
    fc.assert(fc.property(cents, fc.integer({ min: 0, max: 3 }), (drawn, off) => {
      const gross = drawn.reduce((a, b) => a + b, 0) - off;
      const made = totals(drawn.map((c) => line('1', `0.0${c}`)), 'EUR', { rounding: 'document', prices: 'gross' }, off === 0 ? [] : [{ kind: 'allowance', size: { amount: `0.0${off}` }, reason: 'x', reasonCode: '', taxRate: '19', taxCategory: 'S' }]);
      if ('invalid' in made) throw new Error(made.invalid);
      if (gross <= 0) return;
      expect(made.total).toEqual(eur(gross));
      expect(made.net.minor).toBe(made.lineTotal.minor - made.allowances.minor);
      made.lines.forEach(({ net }, i) => expect(Math.abs(net.minor - drawn[i]! / 1.19)).toBeLessThan(1.5));
    }));
  });
  it('follows an early-payment discount in any case by an allowance per rate and a charge without tax', () => expect(totals([line('1', '100', '21'), line('1', '50', '6')], 'EUR', byDocument, [], '2')).toMatchObject({
    adjustments: [{ kind: 'allowance', taxRate: '21', net: eur(2_00) }, { kind: 'charge', taxCategory: 'E', net: eur(2_00) }, { kind: 'allowance', taxRate: '6', net: eur(1_00) }, { kind: 'charge', taxCategory: 'E', net: eur(1_00) }],
    net: eur(150_00), taxTotals: [{ taxRate: '21', net: eur(98_00), tax: eur(20_58) }, { taxRate: '6', net: eur(49_00), tax: eur(2_94) }, { taxCategory: 'E', net: eur(3_00), tax: eur(0) }], total: eur(173_52),
  }));
  it('recomputes from the lines as EN 16931 asks, whatever they are', () => {
    const lines = fc.array(fc.tuple(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 0, max: 999_999 }), fc.constantFrom('19', '7', '0')), { minLength: 1, maxLength: 12 });
    const adjustments = fc.array(fc.tuple(fc.constantFrom('allowance', 'charge'), fc.integer({ min: 1, max: 5_000 }), fc.constantFrom('19', '7')), { maxLength: 4 });
    fc.assert(fc.property(lines, adjustments, fc.constantFrom('net', 'gross'), fc.constantFrom('document', 'line'), (drawn, more, prices, rounding) => {
      const asked = drawn.map(([quantity, cents, rate]) => line((quantity / 1_000).toFixed(3), (cents / 100).toFixed(2), rate, rate === '0' ? 'Z' : 'S'));
      const made = totals(asked, 'EUR', { prices, rounding } as TaxRule, more.map(([kind, cents, rate]) => ({ kind, size: { amount: (cents / 100).toFixed(2) }, reason: 'x', reasonCode: '', taxRate: rate, taxCategory: 'S' }) as DocumentAdjustment));
      if ('invalid' in made) throw new Error(made.invalid);
      const sum = (of: readonly { minor: number }[]) => of.reduce((s, m) => s + m.minor, 0);
      expect(made.lineTotal.minor).toBe(sum(made.lines.map((l) => l.net)));
      expect(made.net.minor).toBe(made.lineTotal.minor - made.allowances.minor + made.charges.minor);
      expect(made.net.minor).toBe(sum(made.taxTotals.map((t) => t.net)));
      expect(made.tax.minor).toBe(sum(made.taxTotals.map((t) => t.tax)));
      expect(made.total.minor).toBe(made.net.minor + made.tax.minor);
      for (const { taxCategory, taxRate, net, tax } of made.taxTotals) {
        const counted = made.lines.filter((l) => l.taxCategory === taxCategory && l.taxRate === taxRate).map((l) => l.net.minor).concat(made.adjustments.filter((a) => a.taxCategory === taxCategory && a.taxRate === taxRate).map((a) => (a.kind === 'charge' ? a.net.minor : -a.net.minor)));
        expect(net.minor).toBe(counted.reduce((a, b) => a + b, 0));
        if (prices === 'net' && rounding === 'document') expect(tax).toEqual(taxOn(net, taxRate));
      }
      if (prices === 'gross') expect(Math.abs(made.total.minor - sum(asked.map((l) => ({ minor: Math.round(Number(l.quantity) * Number(l.unitPrice) * 100) }))) - more.reduce((s, [kind, cents]) => s + (kind === 'charge' ? cents : -cents), 0))).toBeLessThanOrEqual(asked.length); // floats of the test may round otherwise
    }));
  });
});
