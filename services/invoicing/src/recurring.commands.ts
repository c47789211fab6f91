// What invoicing can be asked for about schedules, and about drafts that become one invoice: which streams, what must be known, what is decided.
import type { Day } from '@ar/domain/day.js';
import { isRefusal } from '@ar/domain/decider.js';
import type { Command } from '@ar/runtime/forms.js';
import { consolidated, type Drafted } from './domain/consolidation.js';
import type { InvoiceContent } from './domain/invoice.js';
import { dueOn, invoiceSchedule, scheduledInvoiceId } from './domain/invoice-schedule.js';
import type { Recurrence } from './domain/recurrence.js';
import { follow, guarding, withGuardOfDrafts, withGuardOfSchedules } from './guarding.js';
import { BY_CUSTOMER, BY_DRAFT, invoiceOf, invoiceSeries, prepared, preparedDraft, sellersAndCustomers, seriesOfDrafts, type IssueKnown } from './invoicing.commands.js';

export interface OfSchedule { readonly scheduleId: string }
const scheduleOf = ({ scheduleId }: OfSchedule) => ({ aggregate: invoiceSchedule, id: scheduleId });

export interface CreateSchedule extends OfSchedule { readonly template: InvoiceContent; readonly recurrence: Recurrence }
export const createSchedule: Command<CreateSchedule, IssueKnown> = {
  name: 'create-schedule',
  customer: ({ template }) => template.customerId,
  streams: (request) => [scheduleOf(request)],
  known: (asked, tx) => sellersAndCustomers(asked, BY_CUSTOMER, asked.map((a) => a.request.template.customerId), tx),
  decide: (request, on) => void on.run(scheduleOf(request), { type: 'CreateSchedule', ...request, today: on.today, customerKnown: on.known.customer !== undefined }),
};

export interface UpdateSchedule extends OfSchedule { readonly changes: Partial<InvoiceContent> }
export const updateSchedule: Command<UpdateSchedule> = {
  name: 'update-schedule',
  streams: (request) => [scheduleOf(request)],
  decide: (request, on) => void on.run(scheduleOf(request), { type: 'UpdateSchedule', changes: request.changes }),
};

export const pauseSchedule: Command<OfSchedule> = {
  name: 'pause-schedule',
  streams: (request) => [scheduleOf(request)],
  decide: (request, on) => void on.run(scheduleOf(request), { type: 'PauseSchedule' }),
};

export interface ResumeSchedule extends OfSchedule { readonly missed: 'skip' | 'catch-up' }
export const resumeSchedule: Command<ResumeSchedule> = {
  name: 'resume-schedule',
  streams: (request) => [scheduleOf(request)],
  decide: (request, on) => void on.run(scheduleOf(request), { type: 'ResumeSchedule', missed: request.missed, today: on.today }),
};

export const endSchedule: Command<OfSchedule> = {
  name: 'end-schedule',
  streams: (request) => [scheduleOf(request)],
  decide: (request, on) => void on.run(scheduleOf(request), { type: 'EndSchedule' }),
};

/** `periods`: days whose invoices may be due, as far as whoever asks has read; their streams are locked with the schedule's. What is due, the schedule says. */
export interface IssueScheduled extends OfSchedule { readonly customerId: string; readonly periods: readonly Day[] }

/** Periods that are caught up in one append; what is left is issued on the next day. */
export const MOST_AT_ONCE = 60;

/** Issues what a schedule has due, one invoice after the other. What cannot be issued is not refused, for then nobody would know: the schedule records why. */
export const issueScheduled: Command<IssueScheduled, IssueKnown> = {
  name: 'issue-scheduled',
  customer: ({ customerId }) => customerId,
  streams: (request) => [scheduleOf(request), ...request.periods.map((period) => invoiceOf(scheduledInvoiceId(request.scheduleId, period)))],
  series: (_request, today) => [invoiceSeries(today)],
  known: async (asked, tx) => withGuardOfSchedules(asked, await sellersAndCustomers(asked, BY_CUSTOMER, asked.map((a) => a.request.customerId), tx), tx),
  decide(request, on) {
    for (let n = 0; n < MOST_AT_ONCE; n++) {
      const due = dueOn(on.state(scheduleOf(request)), on.today);
      if (!due) return;
      const { content, issuing: unguarded } = prepared(due.content, on.known, on);
      const issuing = { ...unguarded, guard: guarding(content, { invoiceId: due.invoiceId, repeats: true }, on.known.guard, on) };
      const answer = on.ask(invoiceOf(due.invoiceId), { type: 'IssueInvoice', invoiceId: due.invoiceId, content, ...issuing });
      if (isRefusal(answer)) {
        const detail = Object.entries(answer.detail).map(([name, value]) => `${name}: ${value}`).join(', ');
        on.run(scheduleOf(request), { type: 'RecordFailed', reason: answer.refused, detail });
        return;
      }
      follow(on, answer, issuing);
      on.run(scheduleOf(request), { type: 'RecordIssued', invoiceId: due.invoiceId });
    }
  },
};

export interface ConsolidateDrafts { readonly invoiceId: string; readonly draftIds: readonly string[] }
export const consolidateDrafts: Command<ConsolidateDrafts, IssueKnown> = {
  name: 'consolidate-drafts',
  streams: ({ invoiceId, draftIds }) => [invoiceOf(invoiceId), ...draftIds.map(invoiceOf)],
  series: (_request, today) => seriesOfDrafts(today),
  known: async (asked, tx) => withGuardOfDrafts(asked, await sellersAndCustomers(asked, BY_DRAFT, asked.map((a) => a.request.draftIds[0]!), tx), asked.map((a) => a.request.draftIds), tx),
  decide({ invoiceId, draftIds }, on) {
    const drafts = draftIds.map((id) => on.state(invoiceOf(id))).filter((state): state is Extract<typeof state, Drafted> => state.status === 'draft');
    for (const id of draftIds) on.run(invoiceOf(id), { type: 'ConsolidateDraft', invoiceId: id, into: invoiceId }); // refused for any that is no draft
    on.run(invoiceOf(invoiceId), { type: 'RequireConsolidable', drafts });
    const found = consolidated(drafts);
    if ('refused' in found) return;
    const { content, issuing: unguarded } = preparedDraft(found, drafts[0]!.customer, on);
    const issuing = { ...unguarded, guard: guarding(content, { invoiceId }, on.known.guard, on) };
    follow(on, on.run(invoiceOf(invoiceId), { type: 'IssueInvoice', invoiceId, content, ...issuing }), issuing);
  },
};
