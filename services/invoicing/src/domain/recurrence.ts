// On which days a schedule issues (INV-08).
//
// - Every so many weeks, months, quarters or years from its first day. The n-th day is counted from the first, never from the one before: begun on the 31st, a
//   monthly schedule falls on the last day of shorter months and returns to the 31st; begun on 29 February, a yearly one returns to it in leap years.
// - End of month: always the last day of its month.
// - It ends with a last day, or after so many invoices; skipped periods are no invoices.
// - The period of service of an invoice is from its day to the day before the next one (in advance), or from the day before it to the day before its own (in arrears).
import { daysAfter, type Day } from '@ar/domain/day.js';
import { dayInMonth } from '@ar/domain/terms.js';

export type Frequency = 'weekly' | 'monthly' | 'quarterly' | 'yearly';
/** `every`: 1 to 12 units. `lastDate`: '' for none. `invoices`: 0 for no limit. */
export interface Recurrence {
  readonly frequency: Frequency; readonly every: number; readonly firstDate: Day; readonly endOfMonth: boolean;
  readonly lastDate: Day | ''; readonly invoices: number; readonly servicePeriod: 'none' | 'in-advance' | 'in-arrears';
}

const monthsOf = { monthly: 1, quarterly: 3, yearly: 12 } as const;

/** The n-th day of a schedule, from 0; -1 is where the day before the first would have been. */
export function dateOf({ frequency, every, firstDate, endOfMonth }: Recurrence, n: number): Day {
  if (frequency === 'weekly') return daysAfter(firstDate, 7 * every * n);
  return dayInMonth(firstDate, monthsOf[frequency] * every * n, endOfMonth ? 31 : Number(firstDate.slice(8)));
}

/** The day of the next invoice when `issued` were issued and `skipped` left out; '' when there is none any more. */
export function nextDate(recurrence: Recurrence, issued: number, skipped: number): Day | '' {
  if (recurrence.invoices > 0 && issued >= recurrence.invoices) return '';
  const date = dateOf(recurrence, issued + skipped);
  return recurrence.lastDate !== '' && date > recurrence.lastDate ? '' : date;
}

/** How many days of a schedule from its n-th on are before `day`, at most up to its last day. */
export function daysBefore(recurrence: Recurrence, n: number, day: Day): number {
  let count = 0;
  for (let date = dateOf(recurrence, n); date < day && (recurrence.lastDate === '' || date <= recurrence.lastDate); date = dateOf(recurrence, n + count)) count++;
  return count;
}

/** First and last day that the n-th invoice is for; '' where no period is printed. */
export function servicePeriod(recurrence: Recurrence, n: number): { readonly periodFrom: Day | ''; readonly periodTo: Day | '' } {
  switch (recurrence.servicePeriod) {
    case 'none': return { periodFrom: '', periodTo: '' };
    case 'in-advance': return { periodFrom: dateOf(recurrence, n), periodTo: daysAfter(dateOf(recurrence, n + 1), -1) };
    case 'in-arrears': return { periodFrom: dateOf(recurrence, n - 1), periodTo: daysAfter(dateOf(recurrence, n), -1) };
  }
}
