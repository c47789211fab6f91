import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { blocked, findings, isOff, isStrict, periodOf, type Billed, type Guarding, type GuardKnown } from './billing-guard.js';
import { countedOf, guardOf, priceOf } from './billing-guard.world.js';
import { contentOf, lineOf } from './invoice.world.js';

const line = (more: Parameters<typeof lineOf>[0] = {}) => lineOf({ articleId: 'A', unitPrice: '10.00', ...more });
const billed = (more: Partial<Billed> = {}): Billed => contentOf({ lines: [line()], ...more });
const total = { minor: 100_00, currency: 'EUR' };
const found = (invoice: Billed, known: Partial<GuardKnown>, more: Partial<Guarding> = {}) => findings(invoice, total, '2026-03-02', guardOf(known, more));
const kinds = (...of: Parameters<typeof found>) => found(...of).map((f) => f.kind);

describe('a unit price', () => {
  const at = (unitPrice: string, price: Parameters<typeof priceOf>[0] = {}, more: Parameters<typeof line>[0] = {}) => found(billed({ lines: [line({ unitPrice, ...more })] }), { prices: [priceOf(price)] });
  it.each([
    ['10.00', '0', false], ['10', '0', false], ['9.99', '0', false], ['10.000001', '0', true], ['10.01', '0', true],
    ['10.20', '2', false], ['10.200001', '2', true], ['10.25', '2.5', false], ['10.250001', '2.5', true], ['20.00', '100', false],
  ] as const)('of %s against 10.00 with a tolerance of %s percent is overcharged: %s', (price, tolerancePercent, is) => expect(at(price, { tolerancePercent }).map((f) => f.kind)).toEqual(is ? ['overcharged'] : []));
  it('above anything that is free', () => expect(at('0.01', { unitPrice: '0', tolerancePercent: '100' })).toMatchObject([{ kind: 'overcharged', expected: '0', amount: { minor: 1 } }]));
  it('is told with both prices, and with what the line is too much, rounded once', () => expect(at('10.005', {}, { quantity: '3' })).toEqual([
    { kind: 'overcharged', line: 1, action: 'warn', articleId: 'A', expected: '10.00', found: '10.005', amount: { minor: 2, currency: 'EUR' }, quantity: '', referenceId: 'cpr_1' },
  ]));
  it('is not compared in another unit or currency, and that is told', () => {
    expect(at('1.00', { unitCode: 'BX' })).toMatchObject([{ kind: 'not-comparable', expected: 'EUR BX', found: 'EUR C62', referenceId: 'cpr_1' }]);
    expect(at('1.00', { currencyCode: 'USD' })).toMatchObject([{ kind: 'not-comparable', expected: 'USD C62', found: 'EUR C62' }]);
  });
  it('is compared with one that can be, where there is one', () => expect(kinds(billed(), { prices: [priceOf({ contractPriceId: 'cpr_2', currencyCode: 'USD', validFrom: '2026-02-01' }), priceOf()] })).toEqual([]));
  it('of an article without a price, or without an article, is nobody’s business', () => {
    expect(at('99', { articleId: 'B' })).toEqual([]);
    expect(at('99', { articleId: '' }, { articleId: '' })).toEqual([]);
  });
});

describe('the price that holds', () => {
  const on = (more: Partial<Billed>, ...prices: ReturnType<typeof priceOf>[]) => found(billed({ lines: [line({ unitPrice: '11' })], ...more }), { prices }).map((f) => f.referenceId);
  it.each([['2026-03-02', '', true], ['2026-03-03', '', false], ['2026-01-01', '2026-03-02', true], ['2026-01-01', '2026-03-01', false]])('from %s to %s holds on 2 March: %s', (validFrom, validUntil, holds) => expect(on({}, priceOf({ validFrom, validUntil }))).toEqual(holds ? ['cpr_1'] : []));
  it('is the one with the latest first day', () => expect(on({}, priceOf(), priceOf({ contractPriceId: 'cpr_2', validFrom: '2026-03-01' }))).toEqual(['cpr_2']));
  it('is that of the supply date before the issue date, and of the first day of the period before both', () => {
    const february = priceOf({ validFrom: '2026-02-01', validUntil: '2026-02-28' });
    expect(on({}, february)).toEqual([]);
    expect(on({ supplyDate: '2026-02-28' }, february)).toEqual(['cpr_1']);
    expect(on({ supplyDate: '2026-02-28', lines: [line({ unitPrice: '11', periodFrom: '2026-03-01', periodTo: '2026-03-31' })] }, february)).toEqual([]);
  });
});

describe('a period that is billed in arrears', () => {
  const until = (periodTo: string, inArrears = true) => found(billed({ lines: [line({ periodFrom: '2026-02-01', periodTo })] }), { prices: [priceOf({ inArrears })] });
  it('is over on its last day', () => expect(until('2026-03-02')).toEqual([]));
  it('is not over the day before', () => expect(until('2026-03-03')).toEqual([{ kind: 'period-not-ended', line: 1, action: 'warn', articleId: 'A', expected: '', found: '', expectedOn: '2026-03-03', foundOn: '2026-03-02', quantity: '', referenceId: 'cpr_1' }]));
  it('may be billed before, where that was not agreed', () => expect(until('2026-03-03', false)).toEqual([]));
});

describe('what is billed of an order', () => {
  const order = (quantities: readonly string[], known: Partial<GuardKnown>, more: Partial<Guarding> = {}) => found(billed({ orderNumber: 'PO', lines: quantities.map((quantity) => line({ quantity })) }), known, more);
  const five = { delivered: [{ articleId: 'A', unitCode: 'C62', quantity: '5' }] };
  const two = { ...countedOf({ orderNumber: 'PO', total: { minor: 1, currency: 'EUR' }, articles: [{ articleId: 'A', unitCode: 'C62', quantity: '2' }] }), gone: false };
  it.each([['5', []], ['5.000001', ['0.000001']], ['6', ['1']]] as const)('%s of five delivered is too much by %s', (quantity, by) => expect(order([quantity], five).map((f) => f.quantity)).toEqual(by));
  it('is told with what could be billed', () => expect(order(['6'], five)).toEqual([{ kind: 'not-delivered', line: 1, action: 'warn', articleId: 'A', expected: '5', found: '6', quantity: '1', referenceId: '' }]));
  it('is less what was billed before, but by what is void, replaced, or the invoice itself', () => {
    expect(order(['4'], { ...five, invoices: [two] })).toMatchObject([{ expected: '3', quantity: '1' }]);
    expect(order(['4'], { ...five, invoices: [{ ...two, gone: true }] })).toEqual([]);
    expect(order(['4'], { ...five, invoices: [two] }, { replaces: 'inv_0' })).toEqual([]);
    expect(order(['4'], { ...five, invoices: [two] }, { invoiceId: 'inv_0' })).toEqual([]);
    expect(order(['4'], { ...five, invoices: [{ ...two, orderNumber: 'PO-2' }] })).toEqual([]);
  });
  it('counts what was just issued, once', () => {
    expect(order(['4'], five, { recent: [two] })).toMatchObject([{ expected: '3' }]);
    expect(order(['3'], { ...five, invoices: [two] }, { recent: [two] })).toEqual([]);
    expect(order(['4'], { ...five, invoices: [{ ...two, gone: true }] }, { recent: [two] })).toEqual([]);
  });
  it('counts the lines of an article one after the other', () => expect(order(['3', '3', '1'], five)).toMatchObject([{ line: 2, expected: '2', quantity: '1' }, { line: 3, expected: '0', quantity: '1' }]));
  it('is nothing delivered where no fulfilment is known, and not comparable in another unit', () => {
    expect(order(['1'], {})).toMatchObject([{ kind: 'not-delivered', expected: '0', quantity: '1' }]);
    expect(order(['1'], { delivered: [{ articleId: 'A', unitCode: 'BX', quantity: '1' }] })).toMatchObject([{ kind: 'not-comparable', expected: 'BX', found: 'C62' }]);
  });
  it('is not counted without an order or an article', () => {
    expect(found(billed(), {})).toEqual([]);
    expect(found(billed({ orderNumber: 'PO', lines: [lineOf()] }), {})).toEqual([]);
  });
});

describe('a duplicate', () => {
  const other = (more: Parameters<typeof countedOf>[0] = {}, gone = false) => ({ ...countedOf({ externalNumber: 'E', ...more }), gone });
  const of = (more: Partial<Billed>, others: readonly ReturnType<typeof other>[], guard: Partial<Guarding> = {}) => kinds(billed({ lines: [lineOf()], ...more }), { invoices: others }, guard);
  const E = { externalNumber: 'E' };
  it('has the same total and something in common', () => {
    expect(found(billed({ lines: [lineOf()], ...E }), { invoices: [other()] })).toEqual([{ kind: 'duplicate', line: 0, action: 'warn', articleId: '', expected: '', found: '', expectedOn: '2026-03-02', foundOn: '2026-03-02', amount: total, quantity: '', referenceId: 'inv_0' }]);
    expect(of(E, [other({ total: { minor: 100_01, currency: 'EUR' } })])).toEqual([]);
    expect(of(E, [other({ total: { minor: 100_00, currency: 'USD' } })])).toEqual([]);
    expect(of({}, [other({ externalNumber: '' })])).toEqual([]);
  });
  const march = { periodFrom: '2026-03-01', periodTo: '2026-03-31' };
  it.each([
    ['the same external number', E, {}, true], ['another external number', { externalNumber: 'F', orderNumber: 'PO' }, { orderNumber: 'PO' }, false], ['the same order', { orderNumber: 'PO' }, { externalNumber: '', orderNumber: 'PO' }, true],
    ['the same order, where one has no external number', { orderNumber: 'PO' }, { orderNumber: 'PO' }, true], ['another order', { orderNumber: 'PO' }, { externalNumber: '', orderNumber: 'PO-2' }, false],
    ['the same period', { lines: [lineOf(march)] }, { externalNumber: '', ...march }, true], ['another period of the same order', { orderNumber: 'PO', lines: [lineOf(march)] }, { externalNumber: '', orderNumber: 'PO', periodFrom: '2026-02-01', periodTo: '2026-02-28' }, false],
    ['a period on one of them, and the same order', { orderNumber: 'PO', lines: [lineOf(march)] }, { externalNumber: '', orderNumber: 'PO' }, true],
  ] as const)('with %s', (_what, own, its, is) => expect(of(own, [other(its)])).toEqual(is ? ['duplicate'] : []));
  it.each([['2026-01-31', 30, true], ['2026-01-30', 30, false], ['2026-04-01', 30, true], ['2026-04-02', 30, false], ['2026-03-02', 0, true], ['2026-03-01', 0, false]])('of %s within %s days of 2 March: %s', (issueDate, duplicateDays, is) =>
    expect(of(E, [other({ issueDate })], { policy: { prices: 'off', fulfilments: 'off', duplicates: 'warn', duplicateDays } })).toEqual(is ? ['duplicate'] : []));
  it('is not one that is void or credited in full, that is replaced, or itself', () => {
    expect(of(E, [other({}, true)])).toEqual([]);
    expect(of(E, [other()], { replaces: 'inv_0' })).toEqual([]);
    expect(of(E, [other()], { invoiceId: 'inv_0' })).toEqual([]);
  });
  it('is looked for among what was just issued, and not by a schedule', () => {
    expect(of(E, [], { recent: [other()] })).toEqual(['duplicate']);
    expect(of(E, [other({}, true)], { recent: [other()] })).toEqual([]);
    expect(of(E, [other()], { repeats: true })).toEqual([]);
  });
  it('of several the latest is named', () => expect(found(billed({ lines: [lineOf()], ...E }), { invoices: [other({ issueDate: '2026-03-01' }), other({ invoiceId: 'inv_b' }), other({ invoiceId: 'inv_a' })] })).toMatchObject([{ referenceId: 'inv_a' }]));
});

describe('the policy', () => {
  const off = { prices: 'off', fulfilments: 'off', duplicates: 'off', duplicateDays: 30 } as const;
  const wrong = billed({ orderNumber: 'PO', externalNumber: 'E', lines: [line({ unitPrice: '11', periodFrom: '2026-03-01', periodTo: '2026-03-31' })] });
  const known = { prices: [priceOf({ inArrears: true })], invoices: [{ ...countedOf({ externalNumber: 'E' }), gone: false }] };
  it.each([['prices', ['overcharged']], ['fulfilments', ['period-not-ended', 'not-delivered']], ['duplicates', ['duplicate']]] as const)('looks for %s alone, and says what is done', (what, is) => {
    for (const action of ['warn', 'block', 'approve'] as const) expect(found(wrong, known, { policy: { ...off, [what]: action } }).map((f) => [f.kind, f.action])).toEqual(is.map((k) => [k, action]));
  });
  it('may look for nothing', () => expect(found(wrong, known, { policy: off })).toEqual([]));
  it('is off where nothing is looked for, and strict where an invoice may not pass', () => {
    expect([isOff(off), isOff({ ...off, duplicates: 'warn' })]).toEqual([true, false]);
    expect([isStrict(off), isStrict({ ...off, prices: 'warn' }), isStrict({ ...off, prices: 'block' }), isStrict({ ...off, fulfilments: 'approve' })]).toEqual([false, false, true, true]);
  });
});

describe('what stops an invoice', () => {
  const all = found(billed({ orderNumber: 'PO', externalNumber: 'E', lines: [line({ unitPrice: '11' })] }), { prices: [priceOf()], invoices: [{ ...countedOf({ externalNumber: 'E' }), gone: false }] }, { policy: { prices: 'block', fulfilments: 'warn', duplicates: 'block', duplicateDays: 1 } });
  it('is named with its line and its difference; what is only told is not', () => expect(blocked(all)).toEqual({
    findings: 2, finding1: 'line 1 A overcharged: expected 10.00, found 11, 1.00 EUR too much (cpr_1)', finding2: 'invoice duplicate: expected 2026-03-02, found 2026-03-02, 100.00 EUR twice (inv_0)',
  }));
  it('is named twenty times at most', () => expect(Object.keys(blocked(Array.from({ length: 30 }, () => all[0]!)))).toHaveLength(21));
});

describe('the period of an invoice', () => {
  it('is from the first to the last day of its lines, or none', () => {
    expect(periodOf([lineOf(), lineOf({ periodFrom: '2026-02-01', periodTo: '2026-02-28' }), lineOf({ periodFrom: '2026-01-01', periodTo: '2026-01-31' })])).toEqual({ periodFrom: '2026-01-01', periodTo: '2026-02-28' });
    expect(periodOf([lineOf()])).toEqual({ periodFrom: '', periodTo: '' });
  });
});

const text = (units: number) => (units % 100 === 0 ? String(units / 100) : `${Math.floor(units / 100)}.${String(units % 100).padStart(2, '0')}`);
describe('an invoice that equals its contract and its fulfilments', () => {
  const wishes = fc.array(fc.record({ articleId: fc.constantFrom('A', 'B', 'C D'), price: fc.nat(1_000_00), quantity: fc.integer({ min: 1, max: 1_000_00 }) }), { minLength: 1, maxLength: 8 });
  it('has no finding; one hundredth more in any line has one', () => fc.assert(fc.property(wishes, fc.nat(), (wished, pick) => {
    const prices = new Map<string, number>(wished.map((w) => [w.articleId, w.price]));
    const lines = wished.map(({ articleId, quantity }) => line({ articleId, quantity: text(quantity), unitPrice: text(prices.get(articleId)!) }));
    const known = { prices: [...prices].map(([articleId, price]) => priceOf({ articleId, unitPrice: text(price) })), delivered: wished.map(({ articleId, quantity }) => ({ articleId, unitCode: 'C62', quantity: text(quantity) })) };
    expect(found(billed({ orderNumber: 'PO', lines }), known)).toEqual([]);
    const n = pick % lines.length;
    const changed = (more: Parameters<typeof line>[0]) => found(billed({ orderNumber: 'PO', lines: lines.map((l, i) => (i === n ? { ...l, ...more } : l)) }), known);
    expect(changed({ unitPrice: text(prices.get(lines[n]!.articleId)! + 1) })).toMatchObject([{ kind: 'overcharged', line: n + 1 }]);
    expect(changed({ quantity: text(wished[n]!.quantity + 1) })).toMatchObject([{ kind: 'not-delivered', articleId: lines[n]!.articleId, quantity: '0.01' }]);
  })));
});
