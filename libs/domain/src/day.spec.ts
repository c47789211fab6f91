import { describe, expect, it } from '@jest/globals';
import { daysAfter, daysBetween, isDay } from './day.js';

describe('a calendar day', () => {
  it('is a real day from 1900 to 9999', () => expect(['2024-02-29', '1900-01-01', '9999-12-31'].every(isDay)).toBe(true));
  it.each(['2023-02-29', '1899-12-31', '2026-13-01', '2026-00-10', '2026-1-1', '2026-01-01T00:00:00Z', '', '10000-01-01'])('is not %s', (text) => expect(isDay(text)).toBe(false));
  it('moves over months, leap days and years', () => expect([daysAfter('2024-02-28', 1), daysAfter('2026-12-31', 1), daysAfter('2026-03-01', -1), daysAfter('2026-03-29', 1)]).toEqual(['2024-02-29', '2027-01-01', '2026-02-28', '2026-03-30']));
  it('is at most the last one: text that sorts before all others would be due long ago', () => expect([daysAfter('9999-12-31', 1), daysAfter('9999-12-01', 3_650)]).toEqual(['9999-12-31', '9999-12-31']));
  it('is so many days after another', () => expect([daysBetween('2026-03-01', '2026-04-01'), daysBetween('2026-04-01', '2026-03-01')]).toEqual([31, -31]));
});
