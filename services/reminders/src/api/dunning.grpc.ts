import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  PauseDunningRequest, RepeatDebitNoticeRequest, RepeatReminderRequest, ResumeDunningRequest,
  type DunningCase, type ExplainReminderRequest, type ExplainReminderResponse, type GetDunningCaseRequest, type GetDunningCaseResponse, type PauseDunningResponse, type PreviewDunningRequest, type PreviewDunningResponse, type RepeatDebitNoticeResponse, type RepeatReminderResponse, type ResumeDunningResponse,
} from '@ar/contracts/gen/ar/reminders/v1/dunning_service.js';
import type { Communication } from '@ar/contracts/gen/ar/reminders/v1/communication_service.js';
import { daysAfter, daysBetween, isDay } from '@ar/domain/day.js';
import { Api, newId, type CommandRpc } from '@ar/platform/api.js';
import { invalid, refused } from '@ar/platform/errors.js';
import { pageSizeOf } from '@ar/platform/lists.js';
import { pauseDunning, repeatReminder, resumeDunning, type PauseDunning, type RepeatReminder, type ResumeDunning } from '../reminders.commands.js';
import { repeatDebitNotice, type RepeatDebitNotice } from '../debit-notices.commands.js';
import { getReminder } from '../projections/communications.js';
import { getDunningCase, previews } from '../projections/previews.js';

const answer = (dunningCase: DunningCase, version: bigint, position: PauseDunningResponse['position']) => ({ dunningCase, version, position });
const LONGEST_PAUSE = 365;
const PREVIEW_DAYS = 60;

export const pauseDunningRpc: CommandRpc<PauseDunningRequest, PauseDunning, PauseDunningResponse> = {
  name: 'ar.reminders.v1.DunningService/PauseDunning', message: PauseDunningRequest, command: pauseDunning, answer,
  read(f) {
    const [from, to] = [f.day('fromDate', true), f.day('toDate')];
    if (isDay(from) && isDay(to) && to < from) f.wrong('toDate', 'FIELD_INVALID', 'is before the first day');
    if (isDay(from) && isDay(to) && daysBetween(from, to) > LONGEST_PAUSE) f.wrong('toDate', 'FIELD_INVALID', `is more than ${LONGEST_PAUSE} days after the first day`);
    return { customerId: f.customer('customerId'), pauseId: f.id('pauseId', true) || newId('pau'), from, to, reason: f.text('reason', { max: 500 }) };
  },
};

export const resumeDunningRpc: CommandRpc<ResumeDunningRequest, ResumeDunning, ResumeDunningResponse> = {
  name: 'ar.reminders.v1.DunningService/ResumeDunning', message: ResumeDunningRequest, command: resumeDunning, answer,
  read: (f) => ({ customerId: f.customer('customerId'), reason: f.text('reason', { max: 500 }) }),
};

export const repeatReminderRpc: CommandRpc<RepeatReminderRequest, RepeatReminder, RepeatReminderResponse> = {
  name: 'ar.reminders.v1.DunningService/RepeatReminder', message: RepeatReminderRequest, command: repeatReminder, answer,
  read: (f, { actor }) => ({ customerId: f.customer('customerId'), communicationId: f.id('communicationId'), by: actor, reason: f.text('reason', { max: 500 }) }),
};

export const repeatDebitNoticeRpc: CommandRpc<RepeatDebitNoticeRequest, RepeatDebitNotice, RepeatDebitNoticeResponse> = {
  name: 'ar.reminders.v1.DunningService/RepeatDebitNotice', message: RepeatDebitNoticeRequest, command: repeatDebitNotice,
  answer: (communication: Communication, version, position) => ({ communication, version, position }),
  read: (f, { actor }) => ({ debitId: f.id('debitId'), by: actor, reason: f.text('reason', { max: 500 }) }),
};

/** Who is reminded of what, when, and why not. */
@Controller()
export class DunningGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.reminders.v1.DunningService', 'pauseDunning')
  pauseDunning(request: PauseDunningRequest) { return this.api.command(pauseDunningRpc, request); }

  @GrpcMethod('ar.reminders.v1.DunningService', 'resumeDunning')
  resumeDunning(request: ResumeDunningRequest) { return this.api.command(resumeDunningRpc, request); }

  @GrpcMethod('ar.reminders.v1.DunningService', 'repeatReminder')
  repeatReminder(request: RepeatReminderRequest) { return this.api.command(repeatReminderRpc, request); }

  @GrpcMethod('ar.reminders.v1.DunningService', 'repeatDebitNotice')
  repeatDebitNotice(request: RepeatDebitNoticeRequest) { return this.api.command(repeatDebitNoticeRpc, request); }

  @GrpcMethod('ar.reminders.v1.DunningService', 'getDunningCase')
  getDunningCase(request: GetDunningCaseRequest): Promise<GetDunningCaseResponse> {
    return this.api.query(request, async (tx) => {
      const found = await getDunningCase(tx, request.tenantId, request.customerId);
      if (!found) throw refused({ refused: 'customer-not-found', detail: { customerId: request.customerId } });
      return { dunningCase: found.dunningCase, version: BigInt(found.version) };
    });
  }

  @GrpcMethod('ar.reminders.v1.DunningService', 'previewDunning')
  previewDunning(request: PreviewDunningRequest): Promise<PreviewDunningResponse> {
    if (request.date !== '' && !isDay(request.date)) throw invalid([{ field: 'date', reason: 'DATE_INVALID', description: 'is not a day, YYYY-MM-DD' }]);
    return this.api.query(request, async (tx) => {
      const about = JSON.stringify(['previews', request.tenantId, request.date, request.customerId]);
      const [after] = this.api.pages.after(about, request.pageToken) ?? [''];
      const found = await previews(tx, request.tenantId, {
        customer: request.customerId, after: after as string, size: pageSizeOf(request.pageSize),
        dateOn: (today) => {
          const date = request.date || today;
          if (date < today || date > daysAfter(today, PREVIEW_DAYS)) throw invalid([{ field: 'date', reason: 'FIELD_INVALID', description: `must be from ${today} to ${daysAfter(today, PREVIEW_DAYS)}` }]);
          return date;
        },
      });
      if (!found) throw refused({ refused: 'tenant-not-found', detail: { tenantId: request.tenantId } });
      const { previews: page, date, policyVersion, next } = found;
      return { previews: [...page], date, policyVersion, nextPageToken: next === '' ? '' : this.api.pages.token(about, [next]) };
    });
  }

  @GrpcMethod('ar.reminders.v1.DunningService', 'explainReminder')
  explainReminder(request: ExplainReminderRequest): Promise<ExplainReminderResponse> {
    return this.api.query(request, async (tx) => {
      const found = await getReminder(tx, request.tenantId, request.communicationId);
      if (!found) throw refused({ refused: 'reminder-not-found', detail: { communicationId: request.communicationId } });
      return { communication: found.communication, steps: [...found.steps] };
    });
  }
}
