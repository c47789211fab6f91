// A debit note: what a customer owes beside invoices, for paying late, as a fee, for costs (INV-07).
//
// - It is issued once, never changed; its total is above zero and due on one day, not before it is issued; one that is computed is moved off days that are no working days, as of invoices.
// - Its number is the next of its series, given in the order of issue dates, as of invoices.
// - It may belong to an invoice of the same customer; it changes nothing about it.
// - Its id is the caller's word for the charge: the same charge asked for twice is refused, whoever asks.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Calendar } from '@ar/domain/calendar.js';
import type { Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';
import type { Money } from '@ar/domain/money.js';
import type { PoliciesInForce } from '@ar/domain/policies.js';
import { type DueDateMoves, schedule } from '@ar/domain/terms.js';
import { type Booking, bookingOf } from './booking.js';
import { type IssueDateRefusal, refusedIssueDate } from './issue-date.js';
import { noteLine, totals, type NoteLine, type PricedLine, type TaxRule, type TaxTotal } from './totals.js';

export type DebitNoteKind = 'late-charge' | 'fee' | 'costs' | 'other';
export type DebitDue = { readonly netDays: number } | { readonly dueDate: Day };

/** What a caller says about it. */
export interface DebitNoteFacts {
  readonly debitNoteId: string; readonly customerId: string; readonly kind: DebitNoteKind; readonly currencyCode: string; readonly invoiceId: string; readonly externalNumber: string; readonly reason: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What seller and customer said of themselves, by version: what its documents are printed by. */
  readonly sellerVersion?: number; readonly customerVersion?: number;
}
export type DebitNoteEvent = DebitNoteFacts & {
  type: 'DebitNoteIssued'; number: string; series: string; issueDate: Day; dueDate: Day; lines: readonly NoteLine[]; taxTotals: readonly TaxTotal[]; net: Money; tax: Money; total: Money;
  paymentReference: string; policyVersion: number; effectiveOn: Day; /** Of one that belongs to no invoice, in another currency than the base currency. */ booking?: Booking;
};
/** `invoiceOf`: whose invoice it belongs to, '' where there is no such invoice, undefined where it belongs to none. */
export type DebitNoteCommand = DebitNoteFacts & {
  type: 'IssueDebitNote'; number: string; series: string; issueDate: Day; today: Day; lastIssueDate: Day | null; customerKnown: boolean; invoiceOf: string | undefined; lines: readonly PricedLine[]; taxRule: TaxRule; due: DebitDue; /** What becomes of a computed due date that is no working day. */ dueDateMoves: DueDateMoves; calendar: Calendar;
  paymentReference: string; policyVersion: number; /** What it is worth in: absent where it belongs to an invoice, whose rate is its own. */ base?: { readonly currency: string; readonly exchange: PoliciesInForce['exchange'] };
};
export type DebitNoteRefusal = IssueDateRefusal | 'debit-note-exists' | 'customer-not-found' | 'invoice-not-found' | 'invoice-of-another-customer' | 'total-not-positive' | 'total-out-of-range' | 'due-date-before-issue' | 'tax-code-not-found';
export type DebitNoteState = { readonly status: 'none' } | { readonly status: 'issued'; readonly customerId: string };

export const debitNote: Aggregate<DebitNoteState, DebitNoteCommand, DebitNoteEvent, DebitNoteRefusal> = {
  type: 'debit-note',
  initial: { status: 'none' },
  customer: (_id, state) => (state.status === 'none' ? '' : state.customerId),

  decide(command, state) {
    const { today, lastIssueDate, customerKnown, invoiceOf, lines, taxRule, due, dueDateMoves, calendar, base, ...document } = command;
    const { debitNoteId, customerId, currencyCode, issueDate, invoiceId } = document;
    if (state.status !== 'none') return refuse('debit-note-exists', { debitNoteId });
    if (!customerKnown) return refuse('customer-not-found', { customerId });
    if (invoiceOf === '') return refuse('invoice-not-found', { invoiceId });
    if (invoiceOf !== undefined && invoiceOf !== customerId) return refuse('invoice-of-another-customer', { invoiceId, customerId: invoiceOf });
    const refused = refusedIssueDate(issueDate, today, lastIssueDate);
    if (refused) return refused;
    const uncoded = lines.find((line) => line.taxCategory === '');
    if (uncoded) return refuse('tax-code-not-found', { taxCode: uncoded.taxCode, issueDate });
    const summed = totals(lines, [], currencyCode, taxRule);
    if ('invalid' in summed) return refuse('total-out-of-range', { value: summed.value });
    if (summed.total.minor <= 0) return refuse('total-not-positive', { minor: summed.total.minor, currency: summed.total.currency });
    const { dueDate } = schedule(due, issueDate, summed.total, dueDateMoves, calendar)![0]!;
    if (dueDate < issueDate) return refuse('due-date-before-issue', { dueDate, issueDate });
    const { taxTotals, net, tax, total } = summed;
    const booking = base && bookingOf(summed, base.currency, base.exchange);
    return [{ ...document, ...(booking ? { booking } : {}), type: 'DebitNoteIssued', lines: summed.lines.map(noteLine), taxTotals, net, tax, total, dueDate, effectiveOn: issueDate }];
  },

  evolve: (_state, event) => ({ status: 'issued', customerId: event.customerId }),
};
