import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { credit, creditableOf, lessCredited, type AskedLine, type Credited } from './crediting.js';
import { lineOf } from './invoice.world.js';
import { totals, type DocumentAdjustment, type PricedLine, type Totals } from './totals.js';

const line = (quantity: string, unitPrice: string, taxRate = '19', taxCategory = 'S'): PricedLine => lineOf({ quantity, unitPrice, taxRate, taxCategory });
const eur = (minor: number) => ({ minor, currency: 'EUR' });
const issued = (...lines: PricedLine[]) => ({ currencyCode: 'EUR', ...totals(lines, [], 'EUR', { rounding: 'document', prices: 'net' }) as Totals });
const of = (...lines: PricedLine[]) => creditableOf(issued(...lines));
const net = (lineNo: number, minor: number): AskedLine => ({ line: lineNo, net: eur(minor), quantity: '' });
const pieces = (lineNo: number, quantity: string): AskedLine => ({ line: lineNo, net: null, quantity });
const done = (answer: ReturnType<typeof credit>): Credited => { if ('refused' in answer) throw new Error(JSON.stringify(answer)); return answer; };

describe('an invoice over two rates', () => {
  const left = of(line('2', '100'), line('1', '50', '7'));
  it('is credited in full when no line is named', () => expect(credit(left, [])).toMatchObject({ net: eur(250_00), tax: eur(41_50), total: eur(291_50), lines: [{ line: 1, quantity: '2' }, { line: 2, quantity: '1' }] }));
  it('is credited by amount, taxed at the rate of the line', () => expect(credit(left, [net(2, 10_00)])).toMatchObject({ lines: [{ line: 2, quantity: '', net: eur(10_00) }], taxTotals: [{ taxRate: '7', net: eur(10_00), tax: eur(70) }], total: eur(10_70) }));
  it('is credited by quantity', () => expect(credit(left, [pieces(1, '0.5')])).toMatchObject({ net: eur(50_00), tax: eur(9_50) }));
  it('has what is left of a line that is named alone', () => expect(credit(lessCredited(left, done(credit(left, [pieces(1, '0.5')]))), [pieces(1, '')])).toMatchObject({ lines: [{ line: 1, quantity: '1.5', net: eur(150_00) }], tax: eur(28_50) }));
  it('gives no more of a line than there is, and says how much that is', () => {
    expect(credit(left, [net(2, 50_01)])).toEqual({ refused: 'credit-exceeds-creditable', detail: { line: 2, asked: '50.01 EUR', creditable: '50.00 EUR' } });
    expect(credit(left, [pieces(1, '2.000001')])).toEqual({ refused: 'credit-exceeds-creditable', detail: { line: 1, asked: '2.000001', creditable: '2' } });
  });
  it('has no third line, and each line once', () => {
    expect(credit(left, [net(3, 1)])).toMatchObject({ refused: 'credit-line-not-found' });
    expect(credit(left, [net(1, 1), net(1, 1)])).toMatchObject({ refused: 'credit-line-twice' });
  });
  it('is credited in its own currency', () => expect(credit(left, [{ line: 1, net: { minor: 1, currency: 'USD' }, quantity: '' }])).toMatchObject({ refused: 'currency-mismatch' }));
  it('is credited once', () => expect(credit(lessCredited(left, done(credit(left, []))), [])).toMatchObject({ refused: 'invoice-credited', detail: { creditedMinor: 291_50 } }));
  it('is not credited by nothing', () => {
    const one = lessCredited(left, done(credit(left, [pieces(2, '')])));
    expect(credit(one, [pieces(2, '')])).toMatchObject({ refused: 'total-not-positive' });
  });
});

describe('a line that does not divide', () => {
  it('gives its last part the exact rest', () => {
    let left = of(line('3', '0.335')); // 1.01 net, 0.19 tax
    const parts = ['1', '1', '1'].map((q) => { const c = done(credit(left, [pieces(1, q)])); left = lessCredited(left, c); return [c.net.minor, c.tax.minor]; });
    expect(parts).toEqual([[34, 6], [34, 6], [33, 7]]);
  });
  it('gives less by quantity where amounts were credited before', () => {
    const left = of(line('2', '10'));
    const reduced = lessCredited(left, done(credit(left, [net(1, 15_00)])));
    expect(credit(reduced, [pieces(1, '1')])).toMatchObject({ net: eur(5_00) });
  });
});

const invoices = fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 50 }), price: fc.integer({ min: 1, max: 2_000 }), rate: fc.constantFrom('0', '7', '19', '21', '5.5') }), { minLength: 1, maxLength: 6 });
const splits = fc.array(fc.array(fc.record({ line: fc.nat(5), share: fc.integer({ min: 1, max: 100 }), how: fc.constantFrom('net', 'quantity', 'rest') }), { minLength: 1, maxLength: 4 }), { maxLength: 30 });

describe('credit notes, however an invoice is split among them', () => {
  it('never come to more than the invoice, and all of them together are exactly it', () => fc.assert(fc.property(invoices, splits, (lines, notes) => {
    const invoice = issued(...lines.map((l) => line(String(l.quantity), `${Math.floor(l.price / 100)}.${String(l.price % 100).padStart(2, '0')}`, l.rate, l.rate === '0' ? 'Z' : 'S')));
    let left = creditableOf(invoice);
    const given: Credited[] = [];
    const give = (asked: readonly AskedLine[]) => {
      const credited = credit(left, asked);
      if ('refused' in credited) return credited.refused;
      for (const t of credited.taxTotals) if (t.tax.minor < 0 || t.net.minor < 0) throw new Error('less than nothing was credited');
      given.push(credited);
      left = lessCredited(left, credited);
      return 'given';
    };
    for (const note of notes) give([...new Map(note.map((n) => [n.line % lines.length, n])).entries()].map(([at, n]): AskedLine => {
      const of = left.lines[at]!;
      if (n.how === 'net') return net(at + 1, Math.ceil((of.leftMinor * n.share) / 100));
      const quantity = Math.floor(Number(of.leftQuantity) * n.share) / 100;
      return pieces(at + 1, n.how === 'rest' || quantity === 0 ? '' : String(quantity));
    }));
    for (const rate of invoice.taxTotals) {
      const of = given.flatMap((g) => g.taxTotals).filter((t) => t.taxRate === rate.taxRate);
      expect(of.reduce((sum, t) => sum + t.net.minor, 0)).toBeLessThanOrEqual(rate.net.minor);
      expect(of.reduce((sum, t) => sum + t.tax.minor, 0)).toBeLessThanOrEqual(rate.tax.minor);
    }
    give([]);
    expect([given.reduce((sum, g) => sum + g.net.minor, 0), given.reduce((sum, g) => sum + g.tax.minor, 0), left.creditedMinor]).toEqual([invoice.net.minor, invoice.tax.minor, invoice.total.minor]);
    expect(give([])).toBe('invoice-credited');
  }), { numRuns: 400 }));
});

describe('an invoice with an allowance and a charge of the document', () => {
  const of = (kind: 'allowance' | 'charge', amount: string): DocumentAdjustment => ({ kind, size: { amount }, reason: kind === 'charge' ? 'Freight' : 'Loyalty', reasonCode: '', taxRate: '19', taxCategory: 'S' });
  const made = { currencyCode: 'EUR', ...totals([line('1', '100'), line('1', '50')], [of('allowance', '15'), of('charge', '6')], 'EUR', { rounding: 'document', prices: 'net' }) as Totals };
  it('is credited in full to its last cent, the charge as a line of its own', () => {
    const all = done(credit(creditableOf(made), []));
    expect([all.net, all.tax, all.total]).toEqual([made.net, made.tax, made.total]);
    expect(all.lines.map((l) => [l.line, l.net.minor])).toEqual([[1, 90_39], [2, 45_19], [3, 5_42]]);
  });
  it('gives back of a line what was paid for it', () => expect(credit(creditableOf(made), [net(1, 90_40)])).toMatchObject({ refused: 'credit-exceeds-creditable', detail: { line: 1, creditable: '90.39 EUR' } }));
});
