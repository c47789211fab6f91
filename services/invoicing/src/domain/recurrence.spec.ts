import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { daysAfter, daysBetween } from '@ar/domain/day.js';
import { dayInMonth } from '@ar/domain/terms.js';
import { dateOf, daysBefore, nextDate, servicePeriod, type Recurrence } from './recurrence.js';

const monthly = (firstDate: string, more: Partial<Recurrence> = {}): Recurrence => ({ frequency: 'monthly', every: 1, firstDate, endOfMonth: false, lastDate: '', invoices: 0, servicePeriod: 'none', ...more });
const dates = (of: Recurrence, count: number) => Array.from({ length: count }, (_, n) => dateOf(of, n));

describe('a schedule', () => {
  it('begun on the 31st falls on the last day of shorter months, and returns to it', () => expect(dates(monthly('2026-01-31'), 5)).toEqual(['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']));
  it('begun on 30 April stays on the 30th, unless it is for the end of the month', () => {
    expect(dates(monthly('2026-04-30'), 3)).toEqual(['2026-04-30', '2026-05-30', '2026-06-30']);
    expect(dates(monthly('2026-04-30', { endOfMonth: true }), 3)).toEqual(['2026-04-30', '2026-05-31', '2026-06-30']);
  });
  it('of two weeks', () => expect(dates(monthly('2026-12-21', { frequency: 'weekly', every: 2 }), 3)).toEqual(['2026-12-21', '2027-01-04', '2027-01-18']));
  it('of quarters', () => expect(dates(monthly('2026-11-30', { frequency: 'quarterly' }), 3)).toEqual(['2026-11-30', '2027-02-28', '2027-05-30']));
  it('of years, begun on 29 February, returns to it', () => expect(dates(monthly('2024-02-29', { frequency: 'yearly' }), 5)).toEqual(['2024-02-29', '2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29']));
});

describe('the end of a schedule', () => {
  it('is its last day, which may have an invoice', () => {
    expect(nextDate(monthly('2026-01-31', { lastDate: '2026-03-31' }), 2, 0)).toBe('2026-03-31');
    expect(nextDate(monthly('2026-01-31', { lastDate: '2026-03-30' }), 2, 0)).toBe('');
  });
  it('is a number of invoices, and what was skipped is none', () => expect([nextDate(monthly('2026-01-31', { invoices: 3 }), 2, 4), nextDate(monthly('2026-01-31', { invoices: 3 }), 3, 0)]).toEqual(['2026-07-31', '']));
});

describe('the period of service', () => {
  it('in advance is up to the day before the next invoice', () => expect(servicePeriod(monthly('2026-01-31', { servicePeriod: 'in-advance' }), 0)).toEqual({ periodFrom: '2026-01-31', periodTo: '2026-02-27' }));
  it('in arrears is from the invoice before, also where that would have been before the first', () => {
    expect(servicePeriod(monthly('2026-04-01', { servicePeriod: 'in-arrears' }), 0)).toEqual({ periodFrom: '2026-03-01', periodTo: '2026-03-31' });
    expect(servicePeriod(monthly('2026-04-01', { servicePeriod: 'in-arrears' }), 2)).toEqual({ periodFrom: '2026-05-01', periodTo: '2026-05-31' });
  });
  it('is not printed unless asked for', () => expect(servicePeriod(monthly('2026-04-01'), 2)).toEqual({ periodFrom: '', periodTo: '' }));
});

const anyDay = fc.integer({ min: 0, max: 3_000 }).map((n) => daysAfter('2023-06-01', n));
const anyRecurrence = fc.record({ frequency: fc.constantFrom('weekly', 'monthly', 'quarterly', 'yearly'), every: fc.integer({ min: 1, max: 12 }), firstDate: anyDay, endOfMonth: fc.boolean() })
  .map((r): Recurrence => (r.endOfMonth && r.frequency !== 'weekly' ? monthly(dayInMonth(r.firstDate, 0, 31), { ...r, firstDate: dayInMonth(r.firstDate, 0, 31) } as Partial<Recurrence>) : monthly(r.firstDate, { ...r, endOfMonth: false } as Partial<Recurrence>)));

describe('whatever the schedule', () => {
  it('its days follow the first one: weeks by sevens, months on the day of the month or on the last day of a shorter one', () => fc.assert(fc.property(anyRecurrence, fc.integer({ min: 0, max: 60 }), (of, n) => {
    const date = dateOf(of, n);
    if (of.frequency === 'weekly') return daysBetween(of.firstDate, date) === 7 * of.every * n;
    const [y0, m0, d0] = of.firstDate.split('-').map(Number) as [number, number, number];
    const [y, m, d] = date.split('-').map(Number) as [number, number, number];
    const months = (y - y0) * 12 + m - m0;
    const isLast = daysAfter(date, 1).slice(0, 7) !== date.slice(0, 7);
    return months === { monthly: 1, quarterly: 3, yearly: 12 }[of.frequency] * of.every * n && (of.endOfMonth ? isLast : d === d0 || (isLast && d < d0));
  })));
  it('its periods of service touch each other, without a gap and without an overlap', () => fc.assert(fc.property(anyRecurrence, fc.constantFrom('in-advance' as const, 'in-arrears' as const), fc.integer({ min: 0, max: 40 }), (of, period, n) => {
    const [one, next] = [servicePeriod({ ...of, servicePeriod: period }, n), servicePeriod({ ...of, servicePeriod: period }, n + 1)];
    return one.periodFrom <= one.periodTo && daysAfter(one.periodTo, 1) === next.periodFrom;
  })));
  it('the days before a day are those that the list of its days says', () => fc.assert(fc.property(anyRecurrence, fc.integer({ min: 0, max: 5 }), anyDay, (of, n, day) =>
    daysBefore(of, n, day) === Array.from({ length: 500 }, (_, i) => dateOf(of, n + i)).filter((d) => d < day).length)));
});
