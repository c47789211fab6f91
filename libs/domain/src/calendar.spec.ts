import { describe, expect, it } from '@jest/globals';
import { addWorkingDays, isHolidayRegion, isWorkingDay, nextWorkingDay, workingDayOnOrAfter } from './calendar.js';
import { daysAfter } from './day.js';
import { defaultPolicies } from './policies.js';

const plain = defaultPolicies.calendar;
const bavaria = { ...plain, holidaysOf: 'DE-BY' };

describe('a calendar without holidays', () => {
  it('works from Monday to Friday', () => expect(['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23'].map((d) => isWorkingDay(d, plain))).toEqual([true, false, false, true]));
  it('finds the next working day after a day', () => expect([nextWorkingDay('2026-11-20', plain), nextWorkingDay('2026-11-23', plain)]).toEqual(['2026-11-23', '2026-11-24']));
  it('keeps a working day where it is and moves a free one on', () => expect([workingDayOnOrAfter('2026-11-20', plain), workingDayOnOrAfter('2026-11-21', plain)]).toEqual(['2026-11-20', '2026-11-23']));
  it('counts working days over a weekend', () => expect([0, 1, 2, 6].map((n) => addWorkingDays('2026-11-19', n, plain))).toEqual(['2026-11-19', '2026-11-20', '2026-11-23', '2026-11-27']));
  it('takes a single day off', () => expect(nextWorkingDay('2026-11-20', { ...plain, freeDays: ['2026-11-23'] })).toBe('2026-11-24'));
});

describe('a calendar with the holidays of a region', () => {
  it('has the days of its country and those of its state alone', () => {
    expect(['2026-05-01', '2026-01-06', '2026-12-25'].map((d) => isWorkingDay(d, bavaria))).toEqual([false, false, false]); // Labour Day, Epiphany, Christmas
    expect(isWorkingDay('2026-01-06', { ...plain, holidaysOf: 'DE' })).toBe(true);
  });
  it('works on days that are only observed', () => expect(isWorkingDay('2026-12-24', bavaria)).toBe(true));
  it('knows a day that is moved off a weekend', () => expect(isWorkingDay('2026-07-03', { ...plain, holidaysOf: 'US' })).toBe(false)); // 4 July 2026 is a Saturday
  it('says the same again, whatever was asked between', () => {
    const year = () => Array.from({ length: 365 }, (_, i) => isWorkingDay(daysAfter('2026-01-01', i), bavaria));
    const first = year();
    isWorkingDay('2027-01-01', { ...plain, holidaysOf: 'NL' });
    expect(year()).toEqual(first);
    expect(first.filter(Boolean).length).toBe(252); // 261 weekdays of 2026 less 1 and 6 January, Good Friday, Easter Monday, 1, 14 and 25 May, 4 June and 25 December
  });
});

describe('a calendar to be published', () => {
  it('has a region that the tables know', () => expect(['DE', 'DE-BY', 'US-CA', 'constructor', '', 'DE-BY-A-B'].map(isHolidayRegion)).toEqual([true, true, true, false, false, false]));
  it('does not look for a working day for ever', () => expect(() => nextWorkingDay('2026-01-01', { ...plain, freeWeekdays: [0, 1, 2, 3, 4, 5, 6] })).toThrow('no working day within'));
  it('finds one behind as many free days as may be named, and the last day of all where there is none', () => {
    const mondays = Array.from({ length: 1_000 }, (_, i) => daysAfter('2026-01-05', 7 * i));
    expect(workingDayOnOrAfter('2026-01-01', { freeWeekdays: [0, 2, 3, 4, 5, 6], holidaysOf: '', freeDays: mondays })).toBe(daysAfter('2026-01-05', 7_000));
    expect(workingDayOnOrAfter('9999-12-31', { ...plain, freeWeekdays: [5, 6] })).toBe('9999-12-31');
  });
});
