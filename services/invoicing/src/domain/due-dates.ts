// Due dates of an issued invoice, moved after its issue.
//
// - An instalment that is not paid is due on another day from the business date on, for a stated reason; on the days before, it was due on the former one.
// - It is never due before the invoice was issued, and a change changes something.
// - It may be moved again; what counts is the last one. Discounts that were offered stay as they were.
// - Later by more days than the approvals policy allows one person, it waits for a second one, who is somebody else, and is decided again when that one approves.
import { approvable, type ApprovableState, type ApprovalEvent, type ApprovalRefusal } from '@ar/domain/approvable.js';
import { daysBetween, type Day } from '@ar/domain/day.js';
import { isRefusal, refuse, type Decider, type Refusal } from '@ar/domain/decider.js';
import { itemIdOf } from '@ar/domain/id.js';
import type { Money } from '@ar/domain/money.js';

export interface DueInstalment { readonly seq: number; readonly dueDate: Day }
/** What is asked for; `instalment` 0: the only one. */
interface Change { readonly instalment: number; readonly dueDate: Day; readonly reason: string }
type Pending = ApprovableState<unknown, Change>['pending'];
/** Of an issued invoice, what moving a due date needs. */
export interface DueInvoice { readonly invoiceId: string; readonly number: string; readonly customerId: string; readonly total: Money; readonly issueDate: Day; readonly due: readonly DueInstalment[]; readonly pendingDue: Pending }

/** `paid`: the instalments that are paid, as far as invoicing has read. `limitDays`: by how many one person alone may move it to later; 0: any. */
export type DueDateCommand =
  | { type: 'RescheduleDueDate'; approvalId: string; by: string; today: Day; limitDays: number; expiryDays: number; paid: readonly number[] } & Change
  | { type: 'ApproveDueDate'; approvalId: string; by: string; today: Day; paid: readonly number[] }
  | { type: 'RefuseDueDate'; approvalId: string; by: string; reason: string; today: Day }
  | { type: 'ExpireDueDates'; today: Day };

interface OfInvoice { readonly invoiceId: string; readonly customerId: string }
type Moved = { type: 'DueDateRescheduled'; number: string; currencyCode: string; instalment: number; itemId: string; formerDueDate: Day; dueDate: Day; reason: string } & OfInvoice;
export type DueDateEvent =
  | Moved
  | { type: 'DueDateChangeProposed'; approvalId: string; instalment: number; dueDate: Day; reason: string; proposedBy: string; lastDay: Day; limitDays: number } & OfInvoice
  | { type: 'DueDateChangeApproved'; approvalId: string; approvedBy: string } & OfInvoice
  | { type: 'DueDateChangeRefused'; approvalId: string; refusedBy: string; reason: string } & OfInvoice
  | { type: 'DueDateChangeExpired'; approvalId: string } & OfInvoice;
export type DueDateRefusal = 'instalment-not-found' | 'instalment-paid' | 'due-date-before-issue' | 'due-date-unchanged' | ApprovalRefusal;

/** One band: roles that hold several come with the people who have them. */
const BAND = 'due-date';
type Inner = DueInvoice & { readonly paid: readonly number[] };
const named = ({ instalment }: Change, { due }: DueInvoice) => (instalment === 0 && due.length === 1 ? due[0] : due.find((i) => i.seq === instalment));

const changes: Decider<Inner, Change, Moved, Exclude<DueDateRefusal, ApprovalRefusal>> = {
  initial: { invoiceId: '', number: '', customerId: '', total: { minor: 0, currency: '' }, issueDate: '', due: [], pendingDue: {}, paid: [] },
  decide(change, invoice) {
    const { invoiceId, number, customerId, total, issueDate, due, paid } = invoice;
    const found = named(change, invoice);
    if (!found) return refuse('instalment-not-found', { invoiceId, instalment: change.instalment, instalments: due.length });
    if (paid.includes(found.seq)) return refuse('instalment-paid', { invoiceId, instalment: found.seq });
    if (change.dueDate < issueDate) return refuse('due-date-before-issue', { dueDate: change.dueDate, issueDate });
    if (change.dueDate === found.dueDate) return refuse('due-date-unchanged', { instalment: found.seq, dueDate: change.dueDate });
    return [{ type: 'DueDateRescheduled', invoiceId, number, customerId, currencyCode: total.currency, instalment: found.seq, itemId: itemIdOf(invoiceId, found.seq), formerDueDate: found.dueDate, dueDate: change.dueDate, reason: change.reason }];
  },
  evolve: (invoice, event) => ({ ...invoice, due: invoice.due.map((i) => (i.seq === event.instalment ? { ...i, dueDate: event.dueDate } : i)) }),
};

const approvals = (limitDays: number, expiryDays: number) =>
  approvable(changes, (change, invoice) => {
    const from = named(change, invoice);
    return from && limitDays > 0 && daysBetween(from.dueDate, change.dueDate) > limitDays ? { band: BAND, expiryDays } : undefined;
  });

export function decideDueDate(command: DueDateCommand, invoice: DueInvoice): readonly DueDateEvent[] | Refusal<DueDateRefusal> {
  const state = { inner: { ...invoice, paid: 'paid' in command ? command.paid : [] }, pending: invoice.pendingDue };
  const answer = ((): readonly (Moved | ApprovalEvent<Change>)[] | Refusal<DueDateRefusal> => {
    switch (command.type) {
      case 'RescheduleDueDate': {
        const { approvalId, by, today, instalment, dueDate, reason, limitDays, expiryDays } = command;
        return approvals(limitDays, expiryDays).decide({ type: 'Propose', approvalId, by, today, command: { instalment, dueDate, reason } }, state);
      }
      case 'ApproveDueDate': return approvals(0, 0).decide({ type: 'Approve', approvalId: command.approvalId, by: command.by, bands: [BAND], today: command.today }, state);
      case 'RefuseDueDate': return approvals(0, 0).decide({ type: 'Refuse', approvalId: command.approvalId, by: command.by, reason: command.reason, today: command.today }, state);
      case 'ExpireDueDates': return approvals(0, 0).decide({ type: 'ExpireApprovals', today: command.today }, state);
    }
  })();
  return isRefusal(answer) ? answer : answer.map((event) => recorded(event, invoice, 'limitDays' in command ? command.limitDays : 0));
}

/** An approval under the name by which readers of the log know what it is about. */
function recorded(event: Moved | ApprovalEvent<Change>, invoice: DueInvoice, limitDays: number): DueDateEvent {
  const of = { invoiceId: invoice.invoiceId, customerId: invoice.customerId };
  switch (event.type) {
    case 'DueDateRescheduled': return event;
    case 'ApprovalRequested': {
      const { approvalId, command: { dueDate, reason }, by, lastDay } = event;
      return { type: 'DueDateChangeProposed', ...of, approvalId, instalment: named(event.command, invoice)!.seq, dueDate, reason, proposedBy: by, lastDay, limitDays };
    }
    case 'ApprovalGranted': return { type: 'DueDateChangeApproved', ...of, approvalId: event.approvalId, approvedBy: event.by };
    case 'ApprovalRefused': return { type: 'DueDateChangeRefused', ...of, approvalId: event.approvalId, refusedBy: event.by, reason: event.reason };
    case 'ApprovalExpired': return { type: 'DueDateChangeExpired', ...of, approvalId: event.approvalId };
  }
}

/** The invoice with its due dates, and with what waits. */
export function evolveDueDate<I extends DueInvoice>(invoice: I, event: DueDateEvent): I {
  switch (event.type) {
    case 'DueDateRescheduled': return { ...invoice, due: changes.evolve({ ...invoice, paid: [] }, event).due };
    case 'DueDateChangeProposed': {
      const { approvalId, instalment, dueDate, reason, proposedBy, lastDay } = event;
      return { ...invoice, pendingDue: { ...invoice.pendingDue, [approvalId]: { command: { instalment, dueDate, reason }, band: BAND, by: proposedBy, lastDay } } };
    }
    case 'DueDateChangeApproved':
    case 'DueDateChangeRefused':
    case 'DueDateChangeExpired': {
      const { [event.approvalId]: _gone, ...pendingDue } = invoice.pendingDue;
      return { ...invoice, pendingDue };
    }
  }
}
