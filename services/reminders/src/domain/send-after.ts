import type { Day } from '@ar/domain/day.js';

/** The instant, RFC 3339 UTC, at which a clock of that time zone shows `HH:MM` on that day. A time that the change to summer time leaves out is the instant of the change or after it. */
export function instantAt(day: Day, time: string, timeZone: string): string {
  const shown = Date.parse(`${day}T${time}:00Z`);
  // The offset of the first guess may be that of the other side of a change: the second is right.
  const guess = shown - offsetAt(shown, timeZone);
  return new Date(shown - offsetAt(guess, timeZone)).toISOString();
}

/** Milliseconds that a clock of that time zone is ahead of UTC. */
function offsetAt(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' }).formatToParts(new Date(instant));
  const of = (type: string) => Number(parts.find((p) => p.type === type)!.value);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) - Math.floor(instant / 1_000) * 1_000;
}

export const minutesAfter = (instant: string, minutes: number): string => new Date(Date.parse(instant) + minutes * 60_000).toISOString();
