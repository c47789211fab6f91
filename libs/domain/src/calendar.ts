// Working days of a tenant, by its calendar policy.
//
// - A day is a working day unless its weekday is free, it is named as free, or it is a public holiday of the region.
// - Regions are ISO codes: a country (`DE`), or a country and its state (`US-CA`, `DE-BY`). Holidays come from the date-holidays tables, by their
//   local date; only public ones count, observances and bank holidays do not.
import DateHolidays from 'date-holidays';
import { type Day, daysAfter } from './day.js';
import type { Policies } from './policies.js';

export type Calendar = Policies['calendar'];

/** Whether work is done on that day. */
export function isWorkingDay(day: Day, calendar: Calendar): boolean {
  if (calendar.freeWeekdays.includes(new Date(day).getUTCDay()) || calendar.freeDays.includes(day)) return false;
  return calendar.holidaysOf === '' || !holidays(calendar.holidaysOf, Number(day.slice(0, 4))).has(day);
}

/** The day itself when it is a working day, else the next one. */
export const workingDayOnOrAfter = (day: Day, calendar: Calendar): Day => (isWorkingDay(day, calendar) ? day : nextWorkingDay(day, calendar));

/** A calendar has a working weekday, and names at most a thousand free days: together they are free for less than twenty years, also where the region has holidays on some. */
const FURTHEST = 10_000;

/** The first working day after the day; the last day there is, where none comes before it. */
export function nextWorkingDay(day: Day, calendar: Calendar): Day {
  for (let i = 1; i <= FURTHEST; i++) {
    const next = daysAfter(day, i);
    if (isWorkingDay(next, calendar) || daysAfter(next, 1) === next) return next;
  }
  throw new RangeError(`no working day within ${FURTHEST} days after ${day}`);
}

/** The `count`-th working day after the day; the day itself, working or not, for 0. */
export function addWorkingDays(day: Day, count: number, calendar: Calendar): Day {
  let end = day;
  for (let i = 0; i < count; i++) end = nextWorkingDay(end, calendar);
  return end;
}

const tables = new DateHolidays();

/** Whether holidays are known for `DE` or `DE-BY`. */
export function isHolidayRegion(region: string): boolean {
  const [country = '', state, ...more] = region.split('-');
  if (more.length > 0 || !Object.hasOwn(tables.getCountries() ?? {}, country)) return false;
  return state === undefined || Object.hasOwn(tables.getStates(country) ?? {}, state);
}

// A year of a region takes some ten milliseconds to compute and never changes: kept, and bounded, as regions and years come from callers.
const kept = new Map<string, ReadonlySet<Day>>();

function holidays(region: string, year: number): ReadonlySet<Day> {
  const key = `${region} ${year}`;
  const known = kept.get(key);
  if (known) return known;
  const [country = '', state] = region.split('-');
  const table = state === undefined ? new DateHolidays(country) : new DateHolidays(country, state);
  // The year before too: a holiday of several days may begin in it.
  const found = [year - 1, year].flatMap((y) => table.getHolidays(y) ?? []).filter(({ type }) => type === 'public');
  const days = new Set(found.flatMap(({ date, start, end }) => {
    const first = date.slice(0, 10);
    const lasts = Math.max(1, Math.round((end.getTime() - start.getTime()) / 86_400_000));
    return Array.from({ length: lasts }, (_, i) => daysAfter(first, i));
  }));
  if (kept.size >= 1_000) kept.clear();
  kept.set(key, days);
  return days;
}
