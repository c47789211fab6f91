// What invoicing can be asked for about due dates of issued invoices.
import type { Day } from '@ar/domain/day.js';
import type { Command } from '@ar/runtime/forms.js';
import { invoice } from './domain/invoice.js';
import { paidInstalments } from './projections/paid-instalments.js';

export interface RescheduleDueDate { readonly invoiceId: string; /** 0: the only one. */ readonly instalment: number; readonly dueDate: Day; readonly reason: string }
/** Known: the instalments that are paid. */
export const rescheduleDueDate: Command<RescheduleDueDate, readonly number[]> = {
  name: 'reschedule-due-date',
  streams: ({ invoiceId }) => [{ aggregate: invoice, id: invoiceId }],
  known: (asked, tx) => paidInstalments(tx, asked.map((a) => ({ tenant: a.tenant, invoiceId: a.request.invoiceId }))),
  decide: ({ invoiceId, ...asked }, on) => void on.run({ aggregate: invoice, id: invoiceId }, { type: 'RescheduleDueDate', ...asked, paid: on.known }),
};
