// Schedules as they are, and which of them have something due.
import { Schedule, ScheduleStatus } from '@ar/contracts/gen/ar/invoicing/v1/schedule_service.js';
import type { Day } from '@ar/domain/day.js';
import type { Projection, Resource, Tx } from '@ar/runtime/forms.js';
import { datesUntil } from '../domain/invoice-schedule.js';
import { MOST_AT_ONCE } from '../recurring.commands.js';
import { recurrenceOf } from '../schedule-contract.js';

const on = [
  'ar.invoicing.invoice_schedule_created.v1', 'ar.invoicing.invoice_schedule_updated.v1', 'ar.invoicing.invoice_schedule_paused.v1', 'ar.invoicing.invoice_schedule_resumed.v1',
  'ar.invoicing.invoice_schedule_ended.v1', 'ar.invoicing.scheduled_invoice_issued.v1', 'ar.invoicing.scheduled_invoice_failed.v1',
] as const;

/** A schedule as its own events tell it: what a command answers with. */
export const scheduleResource: Resource<Schedule> = {
  aggregate: 'invoice-schedule',
  on,
  evolve(schedule, event) {
    if (event.type === 'ar.invoicing.invoice_schedule_created.v1') return Schedule.fromPartial({ ...event.data, status: ScheduleStatus.ACTIVE } as never);
    if (!schedule) throw new Error(`${event.type} before its schedule`);
    const going = (nextDate: string) => ({ nextDate, status: nextDate === '' ? ScheduleStatus.ENDED : ScheduleStatus.ACTIVE, failure: undefined });
    if (event.type === 'ar.invoicing.invoice_schedule_updated.v1') return { ...schedule, template: event.data.template, failure: undefined, status: schedule.status === ScheduleStatus.FAILED_LAST ? ScheduleStatus.ACTIVE : schedule.status };
    if (event.type === 'ar.invoicing.invoice_schedule_paused.v1') return { ...schedule, status: ScheduleStatus.PAUSED };
    if (event.type === 'ar.invoicing.invoice_schedule_resumed.v1') {
      const { skipped, nextDate } = event.data;
      const failing = skipped === 0 && schedule.failure ? { status: ScheduleStatus.FAILED_LAST, failure: schedule.failure } : {};
      return { ...schedule, ...going(nextDate), ...failing, skipped: schedule.skipped + skipped };
    }
    if (event.type === 'ar.invoicing.invoice_schedule_ended.v1') return { ...schedule, ...going('') };
    if (event.type === 'ar.invoicing.scheduled_invoice_issued.v1') return { ...schedule, ...going(event.data.nextDate), issued: schedule.issued + 1, lastInvoiceId: event.data.invoiceId };
    if (event.type === 'ar.invoicing.scheduled_invoice_failed.v1') return { ...schedule, status: ScheduleStatus.FAILED_LAST, failure: { reason: event.data.reason, detail: event.data.detail, failedOn: event.recordedOn } };
    return schedule;
  },
};

export const schedules: Projection<(typeof on)[number]> = {
  name: 'schedules',
  ddl: `create table invoice_schedule (tenant text, schedule_id text, version int not null, customer_id text not null, status text not null, next_date date not null, due_date date, resource jsonb not null, -- due: only while it issues
    primary key (tenant, schedule_id));
  create index on invoice_schedule (tenant, due_date, schedule_id) where due_date is not null;
  create index on invoice_schedule (tenant, next_date, schedule_id);
  create index on invoice_schedule (tenant, customer_id)`,
  on,
  async project(events, tx) {
    for (const event of events) {
      const { tenant, data: { scheduleId } } = event;
      const [row] = await tx.query<{ resource: unknown }>('select resource from invoice_schedule where tenant = $1 and schedule_id = $2', [tenant, scheduleId]);
      const schedule = scheduleResource.evolve(row && Schedule.fromJSON(row.resource), event);
      const issues = schedule.status === ScheduleStatus.ACTIVE || schedule.status === ScheduleStatus.FAILED_LAST;
      await tx.query(
        `insert into invoice_schedule values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (tenant, schedule_id) do update set (version, status, next_date, due_date, resource) = (excluded.version, excluded.status, excluded.next_date, excluded.due_date, excluded.resource)`,
        [tenant, scheduleId, event.version, schedule.customerId, schedule.status, schedule.nextDate || '9999-12-31', issues ? schedule.nextDate : null, JSON.stringify(Schedule.toJSON(schedule))]);
    }
  },
};

export async function getSchedule(tx: Tx, tenant: string, scheduleId: string): Promise<{ readonly schedule: Schedule; readonly version: number } | undefined> {
  const [row] = await tx.query<{ version: number; resource: unknown }>('select version, resource from invoice_schedule where tenant = $1 and schedule_id = $2', [tenant, scheduleId]);
  return row && { schedule: Schedule.fromJSON(row.resource), version: row.version };
}

/** Schedules with something due on a day, by id, those after `after`. What was issued since they were last read is left to the schedule to say. */
export async function dueSchedules(tx: Tx, tenant: string, today: Day, after: string, limit: number): Promise<readonly Schedule[]> {
  const rows = await tx.query<{ resource: unknown }>('select resource from invoice_schedule where tenant = $1 and due_date <= $2 and schedule_id > $3 order by schedule_id limit $4', [tenant, today, after, limit]);
  return rows.map((r) => Schedule.fromJSON(r.resource));
}

/** The days of its invoices from the next one to a day, as it was last read. */
export const periodsOf = (schedule: Schedule, today: Day): readonly Day[] => datesUntil(recurrenceOf(schedule.recurrence!), schedule.issued + schedule.skipped, today, MOST_AT_ONCE);
