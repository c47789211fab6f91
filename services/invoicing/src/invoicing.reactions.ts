// What invoicing does by itself: schedules issue what is due, when the day opens, and at once when a schedule that has something due was kept, mended or resumed.
import type { AnyReaction, Consumed, Daily, Reaction } from '@ar/runtime/forms.js';
import { dueSchedules, periodsOf } from './projections/schedules.js';
import { issueScheduled, type IssueScheduled } from './recurring.commands.js';

type ScheduleChanged = 'ar.invoicing.invoice_schedule_created.v1' | 'ar.invoicing.invoice_schedule_updated.v1' | 'ar.invoicing.invoice_schedule_resumed.v1';

/** Which periods are due only the schedule knows: a day may have begun since the event. The next one is named where it certainly is. */
const dueNow = ({ customer, recordedOn, data: { scheduleId, nextDate } }: Consumed<ScheduleChanged>): readonly IssueScheduled[] => [{ scheduleId, customerId: customer, periods: nextDate !== '' && nextDate <= recordedOn ? [nextDate] : [] }];

const created: Reaction<'ar.invoicing.invoice_schedule_created.v1', IssueScheduled> = { name: 'issue-when-scheduled', on: 'ar.invoicing.invoice_schedule_created.v1', command: issueScheduled, requests: dueNow, expected: [] };
const updated: Reaction<'ar.invoicing.invoice_schedule_updated.v1', IssueScheduled> = { name: 'issue-when-changed', on: 'ar.invoicing.invoice_schedule_updated.v1', command: issueScheduled, requests: dueNow, expected: [] };
const resumed: Reaction<'ar.invoicing.invoice_schedule_resumed.v1', IssueScheduled> = { name: 'issue-when-resumed', on: 'ar.invoicing.invoice_schedule_resumed.v1', command: issueScheduled, requests: dueNow, expected: [] };
export const reactions: readonly AnyReaction[] = [created, updated, resumed];

/** Once per schedule and day. */
export const issueSchedules: Daily<IssueScheduled> = {
  name: 'issue-schedules',
  command: issueScheduled,
  due: async (tx, tenant, today, _policies, after, limit) => (await dueSchedules(tx, tenant, today, after, limit)).map((schedule) => ({
    key: schedule.scheduleId, customer: schedule.customerId, request: { scheduleId: schedule.scheduleId, customerId: schedule.customerId, periods: periodsOf(schedule, today) },
  })),
  expected: [],
};
