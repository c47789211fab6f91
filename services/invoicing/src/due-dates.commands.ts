// What invoicing can be asked for about due dates of issued invoices.
import type { Day } from '@ar/domain/day.js';
import type { Asked, Command, Tx } from '@ar/runtime/forms.js';
import { invoice } from './domain/invoice.js';
import { paidInstalments } from './projections/paid-instalments.js';

const invoiceOf = (invoiceId: string) => ({ aggregate: invoice, id: invoiceId });
interface OfInvoice { readonly invoiceId: string }
const paid = (asked: readonly Asked<OfInvoice>[], tx: Tx) => paidInstalments(tx, asked.map((a) => ({ tenant: a.tenant, invoiceId: a.request.invoiceId })));

export interface RescheduleDueDate extends OfInvoice { readonly approvalId: string; /** 0: the only one. */ readonly instalment: number; readonly dueDate: Day; readonly reason: string; readonly by: string }
/** Known: the instalments that are paid. */
export const rescheduleDueDate: Command<RescheduleDueDate, readonly number[]> = {
  name: 'reschedule-due-date',
  streams: ({ invoiceId }) => [invoiceOf(invoiceId)],
  known: paid,
  decide({ invoiceId, ...asked }, on) {
    const { dueDateDays, expiryDays } = on.policies.approvals;
    on.run(invoiceOf(invoiceId), { type: 'RescheduleDueDate', ...asked, today: on.today, limitDays: dueDateDays, expiryDays, paid: on.known });
  },
};

export interface ApproveDueDate extends OfInvoice { readonly approvalId: string; readonly by: string }
export const approveDueDate: Command<ApproveDueDate, readonly number[]> = {
  name: 'approve-due-date',
  streams: ({ invoiceId }) => [invoiceOf(invoiceId)],
  known: paid,
  decide: ({ invoiceId, ...asked }, on) => void on.run(invoiceOf(invoiceId), { type: 'ApproveDueDate', ...asked, today: on.today, paid: on.known }),
};

export interface RefuseDueDate extends OfInvoice { readonly approvalId: string; readonly by: string; readonly reason: string }
export const refuseDueDate: Command<RefuseDueDate> = {
  name: 'refuse-due-date',
  streams: ({ invoiceId }) => [invoiceOf(invoiceId)],
  decide: ({ invoiceId, ...asked }, on) => void on.run(invoiceOf(invoiceId), { type: 'RefuseDueDate', ...asked, today: on.today }),
};

/** A new day: nobody approved in time. */
export const expireDueDates: Command<OfInvoice> = {
  name: 'expire-due-dates',
  streams: ({ invoiceId }) => [invoiceOf(invoiceId)],
  decide: ({ invoiceId }, on) => void on.run(invoiceOf(invoiceId), { type: 'ExpireDueDates', today: on.today }),
};
