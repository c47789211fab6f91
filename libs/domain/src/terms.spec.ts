import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dayInMonth, offers, schedule, type Due, type DueDateMoves, type InstalmentShare } from './terms.js';

const eur = (minor: number) => ({ minor, currency: 'EUR' });
const calendar = { freeWeekdays: [0, 6], holidaysOf: '', freeDays: [] };
const dueOn = (due: Due, issueDate = '2026-01-15', moves: DueDateMoves = 'none') => schedule(due, issueDate, eur(100_00), moves, calendar)?.map((i) => i.dueDate);
const parted = (shares: readonly InstalmentShare['size'][], minor = 100_01) => schedule({ instalments: { shares: shares.map((size, i) => ({ when: { days: 30 * (i + 1) }, size })) } }, '2026-01-15', eur(minor), 'none', calendar)?.map((i) => i.amount.minor);

describe('a due date', () => {
  it('is so many days after the issue date', () => expect([dueOn({ netDays: 30 }), dueOn({ netDays: 0 })]).toEqual([['2026-02-14'], ['2026-01-15']]));
  it('is the issue date where cash is paid in advance', () => expect(dueOn({ cashInAdvance: true })).toEqual(['2026-01-15']));
  it('is so many days after the end of a month', () => expect([dueOn({ endOfMonth: { months: 0, days: 10 } }), dueOn({ endOfMonth: { months: 1, days: 0 } }), dueOn({ endOfMonth: { months: 1, days: 0 } }, '2028-01-31')]).toEqual([['2026-02-10'], ['2026-02-28'], ['2028-02-29']]));
  it('is a fixed day of a month, the 31st on the last day of a shorter one', () => {
    expect(dueOn({ dayOfMonth: { day: 31, months: 1 } })).toEqual(['2026-02-28']);
    expect([dueOn({ dayOfMonth: { day: 20, months: 0 } }), dueOn({ dayOfMonth: { day: 10, months: 0 } }), dueOn({ dayOfMonth: { day: 15, months: 0 } }), dueOn({ dayOfMonth: { day: 10, months: 0 } }, '2026-12-15')]).toEqual([['2026-01-20'], ['2026-02-10'], ['2026-01-15'], ['2027-01-10']]);
    expect([dayInMonth('2026-11-30', 3, 30), dayInMonth('2026-03-31', -1, 31)]).toEqual(['2027-02-28', '2026-02-28']);
  });
  it('is moved off days that are no working days, by policy', () => {
    const due = { netDays: 16 }; // Saturday, 31 January 2026
    expect((['none', 'following', 'preceding', 'modified-following'] as const).map((moves) => dueOn(due, '2026-01-15', moves))).toEqual([['2026-01-31'], ['2026-02-02'], ['2026-01-30'], ['2026-01-30']]);
    expect(dueOn({ netDays: 2 }, '2026-01-15', 'modified-following')).toEqual(['2026-01-19']);
  });
  it('is not moved before the issue date, nor when it was named', () => {
    expect(dueOn({ netDays: 0 }, '2026-01-17', 'preceding')).toEqual(['2026-01-19']);
    expect(dueOn({ dueDate: '2026-01-31' }, '2026-01-15', 'following')).toEqual(['2026-01-31']);
  });
});

describe('instalments', () => {
  it('are percents rounded half up, the difference in the last', () => expect([parted([{ percent: '30' }, { percent: '30' }, { percent: '40' }]), parted([{ percent: '33.3333' }, { percent: '33.3333' }, { percent: '33.3334' }], 100_00)]).toEqual([[30_00, 30_00, 40_01], [33_33, 33_33, 33_34]]));
  it('are fixed amounts and a rest', () => expect([parted([{ amount: '20.00' }, { percent: '50' }, { rest: true }]), parted([{ amount: '20.00' }, { rest: true }, { amount: '10' }]), parted([{ amount: '60.01' }, { amount: '40.00' }])]).toEqual([[20_00, 50_01, 30_00], [20_00, 70_01, 10_00], [60_01, 40_00]]));
  it('make the whole, each of at least a minor unit', () => expect([
    parted([{ percent: '30' }, { percent: '30' }]), parted([{ percent: '150' }, { percent: '-50' }]), parted([]), parted([{ amount: '100.00' }]), parted([{ amount: '100.01' }, { rest: true }]), parted([{ rest: true }, { rest: true }]),
    parted([{ amount: '10.001' }, { rest: true }]), parted([{ percent: '50' }, { amount: '50.00' }]), parted([{ percent: '99.9999' }, { percent: '0.0001' }], 100), parted([{ percent: '1.00000' }, { rest: true }]),
  ]).toEqual(Array(10).fill(undefined)));
  it('are in the order of their days', () => {
    const of = (first: number, second: number) => dueOn({ instalments: { shares: [{ when: { days: first }, size: { percent: '50' } }, { when: { days: second }, size: { rest: true } }] } });
    expect([of(30, 10), of(10, 10)]).toEqual([undefined, ['2026-01-25', '2026-01-25']]);
  });
  it('never lose a cent, whatever the shares', () => fc.assert(fc.property(fc.integer({ min: 5_000, max: 10 ** 12 }), fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 12 }), (minor, weights) => {
    const sum = weights.reduce((a, b) => a + b, 0);
    const units = weights.map((w) => Math.floor((w * 1_000_000) / sum));
    units[0]! += 1_000_000 - units.reduce((a, b) => a + b, 0);
    expect(parted(units.map((p) => ({ percent: `${Math.floor(p / 10_000)}.${String(p % 10_000).padStart(4, '0')}` })), minor)!.reduce((a, m) => a + m, 0)).toBe(minor);
  })));
});

describe('an early-payment discount', () => {
  const terms = { tiers: [{ days: 10, percent: '2' }, { days: 20, percent: '1.5' }], base: 'net', tax: 'never', graceDays: 0, mode: 'earned' } as const;
  it('is offered by tier, with what it costs the seller a year: 2/10 net 30 is 37.24 % simple, 44.59 % effective', () => expect(offers(terms, '2026-01-15', eur(100_00), '2026-02-14')).toEqual([
    { percent: '2', lastDay: '2026-01-25', amount: eur(2_00), apr: '37.24', effectiveApr: '44.59' }, { percent: '1.5', lastDay: '2026-02-04', amount: eur(1_50), apr: '55.58', effectiveApr: '73.61' },
  ]));
  it('has grace days', () => expect(offers({ ...terms, graceDays: 3 }, '2026-01-15', eur(100_00), '2026-02-14').map((o) => o.lastDay)).toEqual(['2026-01-28', '2026-02-07']));
  it('costs nothing where the invoice is due no later', () => expect(offers(terms, '2026-01-15', eur(100_00), '2026-01-25')[0]).toMatchObject({ apr: '', effectiveApr: '' }));
  it('tells no rate above a million percent', () => expect(offers({ ...terms, tiers: [{ days: 0, percent: '3' }] }, '2026-01-15', eur(100_00), '2026-01-16')[0]).toMatchObject({ apr: '1128.87', effectiveApr: '' }));
  it('is not offered where none is given', () => expect(offers({ ...terms, mode: 'none' }, '2026-01-15', eur(100_00), '2026-02-14')).toEqual([]));
});
