// Due dates of an issued invoice, moved after its issue.
//
// - An instalment that is not paid is due on another day from the business date on, for a stated reason; on the days before, it was due on the former one.
// - It is never due before the invoice was issued, and a change changes something.
// - It may be moved again; what counts is the last one. Discounts that were offered stay as they were.
import type { Day } from '@ar/domain/day.js';
import { refuse, type Refusal } from '@ar/domain/decider.js';
import { itemIdOf } from '@ar/domain/id.js';
import type { Money } from '@ar/domain/money.js';

export interface DueInstalment { readonly seq: number; readonly dueDate: Day }
/** Of an issued invoice, what moving a due date needs. */
export interface DueInvoice { readonly invoiceId: string; readonly number: string; readonly customerId: string; readonly total: Money; readonly issueDate: Day; readonly due: readonly DueInstalment[] }

/** `instalment` 0: the only one. `paid`: the instalments that are paid, as far as invoicing has read. */
export type RescheduleDueDate = { type: 'RescheduleDueDate'; instalment: number; dueDate: Day; reason: string; paid: readonly number[] };
export type DueDateEvent = { type: 'DueDateRescheduled'; invoiceId: string; number: string; customerId: string; currencyCode: string; instalment: number; itemId: string; formerDueDate: Day; dueDate: Day; reason: string };
export type DueDateRefusal = 'instalment-not-found' | 'instalment-paid' | 'due-date-before-issue' | 'due-date-unchanged';

export function reschedule({ instalment, dueDate, reason, paid }: RescheduleDueDate, { invoiceId, number, customerId, total, issueDate, due }: DueInvoice): readonly DueDateEvent[] | Refusal<DueDateRefusal> {
  const found = instalment === 0 && due.length === 1 ? due[0] : due.find((i) => i.seq === instalment);
  if (!found) return refuse('instalment-not-found', { invoiceId, instalment, instalments: due.length });
  if (paid.includes(found.seq)) return refuse('instalment-paid', { invoiceId, instalment: found.seq });
  if (dueDate < issueDate) return refuse('due-date-before-issue', { dueDate, issueDate });
  if (dueDate === found.dueDate) return refuse('due-date-unchanged', { instalment: found.seq, dueDate });
  return [{ type: 'DueDateRescheduled', invoiceId, number, customerId, currencyCode: total.currency, instalment: found.seq, itemId: itemIdOf(invoiceId, found.seq), formerDueDate: found.dueDate, dueDate, reason }];
}
