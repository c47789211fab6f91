// A schedule of invoices: issued by themselves, once per period (INV-08).
//
// - It is kept with a template and begins on the business date or later; on which days it issues is in recurrence.ts.
// - The invoice of a period is issued when the business day opens on which it is due. Whatever is replayed or restarted it is issued once: schedule and period make
//   its id, and the schedule remembers the period in the same append.
// - Periods are issued in their order. One that cannot be issued (terms that nobody knows any more, a tax code that stands for nothing) holds up those after it;
//   the reason is recorded once, and it is tried again each day until it works, is changed or is skipped.
// - While it is paused nothing is issued. Who resumes it says whether the days before today that were missed are skipped or caught up.
// - A new template counts from the next invoice on. What was issued is not touched.
// - It ends with its last day or number of invoices, or when somebody ends it.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';
import type { InvoiceContent } from './invoice.js';
import { dateOf, daysBefore, nextDate, servicePeriod, type Recurrence } from './recurrence.js';

export type ScheduleEvent =
  | { type: 'InvoiceScheduleCreated'; scheduleId: string; customerId: string; template: InvoiceContent; recurrence: Recurrence; nextDate: Day }
  | { type: 'InvoiceScheduleUpdated'; scheduleId: string; customerId: string; template: InvoiceContent; nextDate: Day | '' }
  | { type: 'InvoiceSchedulePaused'; scheduleId: string; customerId: string }
  | { type: 'InvoiceScheduleResumed'; scheduleId: string; customerId: string; skipped: number; nextDate: Day | '' }
  | { type: 'InvoiceScheduleEnded'; scheduleId: string; customerId: string }
  | { type: 'ScheduledInvoiceIssued'; scheduleId: string; customerId: string; periodDate: Day; invoiceId: string; nextDate: Day | '' }
  | { type: 'ScheduledInvoiceFailed'; scheduleId: string; customerId: string; periodDate: Day; reason: string; detail: string };

export type ScheduleCommand =
  | { type: 'CreateSchedule'; scheduleId: string; template: InvoiceContent; recurrence: Recurrence; today: Day; customerKnown: boolean }
  | { type: 'UpdateSchedule'; changes: Partial<InvoiceContent> }
  | { type: 'PauseSchedule' }
  | { type: 'ResumeSchedule'; missed: 'skip' | 'catch-up'; today: Day }
  | { type: 'EndSchedule' }
  | { type: 'RecordIssued'; invoiceId: string }
  | { type: 'RecordFailed'; reason: string; detail: string };

export type ScheduleRefusal = 'customer-not-found' | 'schedule-exists' | 'schedule-not-found' | 'schedule-ended' | 'schedule-paused' | 'schedule-not-paused' | 'first-date-in-past';

export type ScheduleState =
  | { readonly status: 'none' }
  | {
    readonly status: 'active' | 'paused' | 'ended'; readonly scheduleId: string; readonly customerId: string; readonly template: InvoiceContent; readonly recurrence: Recurrence;
    /** Periods that were issued, and those that were skipped: together they are the number of the next. */
    readonly issued: number; readonly skipped: number; readonly nextDate: Day | ''; readonly failure: { readonly reason: string; readonly detail: string } | null;
  };

export const invoiceSchedule: Aggregate<ScheduleState, ScheduleCommand, ScheduleEvent, ScheduleRefusal> = {
  type: 'invoice-schedule',
  initial: { status: 'none' },
  customer: (_id, state) => (state.status === 'none' ? '' : state.customerId),

  decide(command, state) {
    if (command.type === 'CreateSchedule') {
      const { scheduleId, template, recurrence, today, customerKnown } = command;
      if (state.status !== 'none') return refuse('schedule-exists', { scheduleId });
      if (!customerKnown) return refuse('customer-not-found', { customerId: template.customerId });
      if (recurrence.firstDate < today) return refuse('first-date-in-past', { firstDate: recurrence.firstDate, businessDate: today });
      return [{ type: 'InvoiceScheduleCreated', scheduleId, customerId: template.customerId, template, recurrence, nextDate: recurrence.firstDate }];
    }
    if (state.status === 'none') return refuse('schedule-not-found');
    const { scheduleId, customerId, recurrence, issued, skipped } = state;
    const own = { scheduleId, customerId };
    if (state.status === 'ended') return refuse('schedule-ended', { scheduleId });
    switch (command.type) {
      case 'UpdateSchedule': return [{ type: 'InvoiceScheduleUpdated', ...own, template: { ...state.template, ...command.changes }, nextDate: state.nextDate }];
      case 'PauseSchedule': return state.status === 'paused' ? refuse('schedule-paused', { scheduleId }) : [{ type: 'InvoiceSchedulePaused', ...own }];
      case 'ResumeSchedule': {
        if (state.status !== 'paused') return refuse('schedule-not-paused', { scheduleId });
        const left = command.missed === 'skip' ? daysBefore(recurrence, issued + skipped, command.today) : 0;
        return [{ type: 'InvoiceScheduleResumed', ...own, skipped: left, nextDate: nextDate(recurrence, issued, skipped + left) }];
      }
      case 'EndSchedule': return [{ type: 'InvoiceScheduleEnded', ...own }];
      case 'RecordIssued': {
        if (state.status === 'paused') return refuse('schedule-paused', { scheduleId });
        return [{ type: 'ScheduledInvoiceIssued', ...own, periodDate: state.nextDate, invoiceId: command.invoiceId, nextDate: nextDate(recurrence, issued + 1, skipped) }];
      }
      case 'RecordFailed': {
        if (state.status === 'paused') return refuse('schedule-paused', { scheduleId });
        const { reason, detail } = command;
        return state.failure?.reason === reason && state.failure.detail === detail ? [] : [{ type: 'ScheduledInvoiceFailed', ...own, periodDate: state.nextDate, reason, detail }];
      }
    }
  },

  evolve(state, event) {
    if (event.type === 'InvoiceScheduleCreated') {
      const { type: _, ...created } = event;
      return { status: 'active', ...created, issued: 0, skipped: 0, failure: null };
    }
    if (state.status === 'none') return state;
    switch (event.type) {
      case 'InvoiceScheduleUpdated': return { ...state, template: event.template, failure: null };
      case 'InvoiceSchedulePaused': return { ...state, status: 'paused' };
      case 'InvoiceScheduleResumed': return { ...state, status: event.nextDate === '' ? 'ended' : 'active', skipped: state.skipped + event.skipped, nextDate: event.nextDate, failure: event.skipped > 0 ? null : state.failure };
      case 'InvoiceScheduleEnded': return { ...state, status: 'ended', nextDate: '', failure: null };
      case 'ScheduledInvoiceIssued': return { ...state, status: event.nextDate === '' ? 'ended' : 'active', issued: state.issued + 1, nextDate: event.nextDate, failure: null };
      case 'ScheduledInvoiceFailed': return { ...state, failure: { reason: event.reason, detail: event.detail } };
    }
  },
};

/** The id of a period's invoice: the same on every replay. */
export const scheduledInvoiceId = (scheduleId: string, period: Day): string => `inv_${scheduleId}_${period}`;

/** The invoice that a schedule has to issue on a day; undefined when there is none. The period of service is printed on the lines that have none. */
export function dueOn(state: ScheduleState, today: Day): { readonly invoiceId: string; readonly content: InvoiceContent } | undefined {
  if (state.status !== 'active' || state.nextDate === '' || state.nextDate > today) return undefined;
  const period = servicePeriod(state.recurrence, state.issued + state.skipped);
  return {
    invoiceId: scheduledInvoiceId(state.scheduleId, state.nextDate),
    content: { ...state.template, lines: state.template.lines.map((line) => (line.periodFrom === '' ? { ...line, ...period } : line)) },
  };
}

/** The days of a schedule from its n-th to `until`, at most `most`: those whose invoices may be due. */
export function datesUntil(recurrence: Recurrence, n: number, until: Day, most: number): readonly Day[] {
  const dates: Day[] = [];
  for (let date = dateOf(recurrence, n); date <= until && dates.length < most; date = dateOf(recurrence, n + dates.length)) dates.push(date);
  return dates;
}
