import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { InvoiceDraft } from '@ar/contracts/gen/ar/invoicing/v1/invoice.js';
import { Frequency, MissedPeriods, ServicePeriod, type Recurrence as WireRecurrence } from '@ar/contracts/gen/ar/invoicing/v1/schedule.js';
import {
  CreateScheduleRequest, EndScheduleRequest, PauseScheduleRequest, ResumeScheduleRequest, Schedule, ScheduleStatus, UpdateScheduleRequest,
  type CreateScheduleResponse, type EndScheduleResponse, type GetScheduleRequest, type GetScheduleResponse, type ListSchedulesRequest, type ListSchedulesResponse, type PauseScheduleResponse, type ResumeScheduleResponse, type UpdateScheduleResponse,
} from '@ar/contracts/gen/ar/invoicing/v1/schedule_service.js';
import { Api, newId, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import type { Fields } from '@ar/platform/fields.js';
import { enumWord } from '@ar/platform/lists.js';
import type { InvoiceContent } from '../domain/invoice.js';
import { dateOf, type Recurrence } from '../domain/recurrence.js';
import { getSchedule } from '../projections/schedules.js';
import { createSchedule, endSchedule, pauseSchedule, resumeSchedule, updateSchedule, type CreateSchedule, type OfSchedule, type ResumeSchedule, type UpdateSchedule } from '../recurring.commands.js';
import { recurrenceOf } from '../schedule-contract.js';
import { readChanges, readContent } from './invoice-fields.js';

const answer = (schedule: Schedule, version: bigint, position: CreateScheduleResponse['position']) => ({ schedule, version, position });
const ofSchedule = (f: Fields<OfSchedule>) => ({ scheduleId: f.id('scheduleId') });

/** What cannot be the same on all invoices of a schedule. */
const ONCE_ONLY = ['issueDate', 'externalNumber', 'reservationId'] as const;

function readTemplate<C extends Partial<InvoiceContent>>(f: Fields<InvoiceDraft>, content: C): C {
  for (const field of ONCE_ONLY) if (content[field]) f.wrong(field, 'FIELD_INVALID', 'cannot be the same on all invoices of a schedule');
  if (content.lines?.length === 0) f.required('lines');
  return content;
}

function readRecurrence(f: Fields<WireRecurrence>, asked: WireRecurrence): Recurrence {
  const { every, endOfMonth, until } = asked;
  const frequency = f.oneOf('frequency', [Frequency.WEEKLY, Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.YEARLY]);
  if (every !== 0) f.integer('every', 1, 12);
  f.oneOf('servicePeriod', [ServicePeriod.IN_ADVANCE, ServicePeriod.IN_ARREARS], true);
  const firstDate = f.day('firstDate');
  if (until?.$case === 'invoices') f.of({ invoices: until.value }).integer('invoices', 1, 1_000);
  if (until?.$case === 'lastDate' && f.of({ lastDate: until.value }).day('lastDate') < firstDate) f.wrong('lastDate', 'FIELD_INVALID', 'must not be before the first date');
  f.done(); // what follows reads days that are
  const recurrence = { ...recurrenceOf(asked), every: every || 1 };
  if (endOfMonth && frequency === Frequency.WEEKLY) f.wrong('endOfMonth', 'FIELD_INVALID', 'does not go with weeks');
  else if (endOfMonth && dateOf(recurrence, 0) !== firstDate) f.wrong('firstDate', 'FIELD_INVALID', 'must be the last day of its month');
  return recurrence;
}

export const createScheduleRpc: CommandRpc<CreateScheduleRequest, CreateSchedule, CreateScheduleResponse> = {
  name: 'ar.invoicing.v1.ScheduleService/CreateSchedule', message: CreateScheduleRequest, command: createSchedule, answer,
  read(f, request) {
    if (!request.template) f.required('template');
    if (!request.recurrence) f.required('recurrence');
    return {
      scheduleId: f.id('scheduleId', true, 48) || newId('sch'),
      template: f.inside<InvoiceDraft, InvoiceContent>('template', (t) => readTemplate(t, readContent(t, false)))!,
      recurrence: f.inside<WireRecurrence, Recurrence>('recurrence', readRecurrence)!,
    };
  },
};

export const updateScheduleRpc: CommandRpc<UpdateScheduleRequest, UpdateSchedule, UpdateScheduleResponse> = {
  name: 'ar.invoicing.v1.ScheduleService/UpdateSchedule', message: UpdateScheduleRequest, command: updateSchedule, answer,
  read(f, { template, updateMask }) {
    if (!template) f.required('template');
    return { ...ofSchedule(f), changes: f.inside<InvoiceDraft, Partial<InvoiceContent>>('template', (t) => readTemplate(t, readChanges(t, f, updateMask ?? [])))! };
  },
};

export const pauseScheduleRpc: CommandRpc<PauseScheduleRequest, OfSchedule, PauseScheduleResponse> = {
  name: 'ar.invoicing.v1.ScheduleService/PauseSchedule', message: PauseScheduleRequest, command: pauseSchedule, answer, read: ofSchedule,
};

export const resumeScheduleRpc: CommandRpc<ResumeScheduleRequest, ResumeSchedule, ResumeScheduleResponse> = {
  name: 'ar.invoicing.v1.ScheduleService/ResumeSchedule', message: ResumeScheduleRequest, command: resumeSchedule, answer,
  read: (f) => ({ ...ofSchedule(f), missed: f.oneOf('missed', [MissedPeriods.SKIP, MissedPeriods.CATCH_UP]) === MissedPeriods.SKIP ? 'skip' : 'catch-up' }),
};

export const endScheduleRpc: CommandRpc<EndScheduleRequest, OfSchedule, EndScheduleResponse> = {
  name: 'ar.invoicing.v1.ScheduleService/EndSchedule', message: EndScheduleRequest, command: endSchedule, answer, read: ofSchedule,
};

const statusOf = enumWord([ScheduleStatus.ACTIVE, ScheduleStatus.FAILED_LAST, ScheduleStatus.PAUSED, ScheduleStatus.ENDED], 'SCHEDULE_STATUS');

/** Schedules: invoices that are issued by themselves. */
@Controller()
export class ScheduleGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.invoicing.v1.ScheduleService', 'createSchedule')
  createSchedule(request: CreateScheduleRequest) { return this.api.command(createScheduleRpc, request); }

  @GrpcMethod('ar.invoicing.v1.ScheduleService', 'updateSchedule')
  updateSchedule(request: UpdateScheduleRequest) { return this.api.command(updateScheduleRpc, request); }

  @GrpcMethod('ar.invoicing.v1.ScheduleService', 'pauseSchedule')
  pauseSchedule(request: PauseScheduleRequest) { return this.api.command(pauseScheduleRpc, request); }

  @GrpcMethod('ar.invoicing.v1.ScheduleService', 'resumeSchedule')
  resumeSchedule(request: ResumeScheduleRequest) { return this.api.command(resumeScheduleRpc, request); }

  @GrpcMethod('ar.invoicing.v1.ScheduleService', 'endSchedule')
  endSchedule(request: EndScheduleRequest) { return this.api.command(endScheduleRpc, request); }

  @GrpcMethod('ar.invoicing.v1.ScheduleService', 'getSchedule')
  getSchedule(request: GetScheduleRequest): Promise<GetScheduleResponse> {
    return this.api.query(request, async (tx) => {
      const found = await getSchedule(tx, request.tenantId, request.scheduleId);
      if (!found) throw refused({ refused: 'schedule-not-found', detail: { scheduleId: request.scheduleId } });
      return { schedule: found.schedule, version: BigInt(found.version) };
    });
  }

  @GrpcMethod('ar.invoicing.v1.ScheduleService', 'listSchedules')
  listSchedules(request: ListSchedulesRequest): Promise<ListSchedulesResponse> {
    return this.api.query(request, async (tx) => {
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'schedules', request, {
        select: 'select schedule_id page_id, schedule_id, customer_id, status, next_date, resource from invoice_schedule where tenant = $1', values: [request.tenantId],
        columns: { customer_id: { sql: 'customer_id', type: 'text' }, status: { sql: 'status', type: 'text', value: statusOf }, next_date: { sql: 'next_date', type: 'date' } },
        orders: { next_date: { sql: 'next_date', type: 'date' }, schedule_id: { sql: 'schedule_id', type: 'text' } }, order: 'next_date',
      });
      return { schedules: rows.map((r) => Schedule.fromJSON(r.resource)), nextPageToken };
    });
  }
}
