// An invoice: issued once, never changed (INV-01, INV-02, INV-04).
//
// - It has a total above zero, in one currency, due on one day or in instalments that sum to the total.
// - Its number is the next of its series, given in the order of issue dates; it exists if and only if the invoice does.
// - It is issued on the business date or at most 366 days earlier, and not before the last invoice of its series. A year has a series of its own, so an
//   invoice of December may follow one of January: it takes the next number of the old year.
// - It is never refused for credit: the goods have left. What is paid is the ledger's word, not the document's.
// - It may be voided while nothing is applied to it and nothing of it was credited, from a day between its issue and today. Its number stays taken.
// - It keeps what of it was credited, so that all credit notes together are never more than it; a voided one is not credited.
import { daysAfter, type Day } from '@ar/domain/day.js';
import { refuse, type Refusal } from '@ar/domain/decider.js';
import type { Aggregate } from '@ar/domain/aggregate.js';
import { isMoney, type Money } from '@ar/domain/money.js';
import { credit, creditableOf, lessCredited, type AskedLine, type Creditable, type Credited, type CreditingRefusal } from './crediting.js';
import { parts, totals, type InvoiceLine, type PricedLine, type TaxTotal } from './totals.js';

export interface Instalment { readonly seq: number; readonly dueDate: Day; readonly amount: Money }
export type Due = { readonly netDays: number } | { readonly dueDate: Day } | { readonly shares: readonly { readonly days: number; readonly percent: string }[] };

export interface IssuedInvoice {
  readonly invoiceId: string; readonly number: string; readonly series: string; readonly customerId: string; readonly currencyCode: string; readonly issueDate: Day;
  readonly lines: readonly InvoiceLine[]; readonly taxTotals: readonly TaxTotal[]; readonly net: Money; readonly tax: Money; readonly total: Money;
  readonly instalments: readonly Instalment[]; readonly paymentReference: string; readonly orderNumber: string; readonly externalNumber: string; readonly reservationId: string;
  readonly labels: Readonly<Record<string, string>>; readonly policyVersion: number; readonly effectiveOn: Day;
  /** The cancelled invoice that it replaces; absent for none. */
  readonly replaces?: string;
}

export type InvoiceEvent =
  | { type: 'InvoiceIssued' } & IssuedInvoice
  | { type: 'InvoiceVoided'; invoiceId: string; number: string; customerId: string; total: Money; issueDate: Day; voidDate: Day; reason: string; instalments: number; effectiveOn: Day }
  | ({ type: 'InvoiceCredited'; invoiceId: string; customerId: string; creditNoteId: string; creditNoteNumber: string; cancels: boolean; replacedBy: string; effectiveOn: Day } & Credited);

export type InvoiceCommand =
  | { type: 'IssueInvoice'; today: Day; invoiceId: string; customerId: string; currencyCode: string; issueDate: Day; lastIssueDate: Day | null; number: string; series: string;
      customerKnown: boolean; lines: readonly PricedLine[]; due: Due; policyVersion: number; paymentReference: string; orderNumber: string; externalNumber: string; reservationId: string; labels: Readonly<Record<string, string>>; replaces?: string }
  | { type: 'VoidInvoice'; today: Day; voidDate: Day; reason: string; hasApplications: boolean }
  | { type: 'CreditInvoice'; creditNoteId: string; creditNoteNumber: string; lines: readonly AskedLine[]; cancels: boolean; replacedBy: string; issueDate: Day };

export type InvoiceRefusal =
  | 'customer-not-found' | 'invoice-exists' | 'issue-date-before-last' | 'issue-date-in-future' | 'issue-date-too-early' | 'total-not-positive' | 'total-out-of-range' | 'instalments-not-whole' | 'due-date-before-issue'
  | 'invoice-not-found' | 'invoice-voided' | 'invoice-has-applications' | 'void-before-issue' | 'void-date-in-future'
  | CreditingRefusal | 'issue-date-before-invoice';

export type InvoiceState =
  | { readonly status: 'none' }
  | { readonly status: 'issued' | 'voided'; readonly invoice: Pick<IssuedInvoice, 'invoiceId' | 'number' | 'customerId' | 'total' | 'issueDate'> & { readonly instalments: number }; readonly creditable: Creditable };

export const invoice: Aggregate<InvoiceState, InvoiceCommand, InvoiceEvent, InvoiceRefusal> = {
  type: 'invoice',
  initial: { status: 'none' },
  customer: (_id, state) => (state.status === 'none' ? '' : state.invoice.customerId),

  decide(command, state) {
    switch (command.type) {
      case 'IssueInvoice': return issue(command, state);
      case 'VoidInvoice': {
        if (state.status === 'none') return refuse('invoice-not-found');
        const { invoiceId, number, customerId, total, issueDate, instalments } = state.invoice;
        if (state.status === 'voided') return refuse('invoice-voided', { invoiceId });
        if (state.creditable.creditedMinor > 0) return refuse('invoice-credited', { invoiceId, creditedMinor: state.creditable.creditedMinor });
        if (command.hasApplications) return refuse('invoice-has-applications', { invoiceId });
        if (command.voidDate < issueDate) return refuse('void-before-issue', { voidDate: command.voidDate, issueDate });
        if (command.voidDate > command.today) return refuse('void-date-in-future', { voidDate: command.voidDate, businessDate: command.today });
        return [{ type: 'InvoiceVoided', invoiceId, number, customerId, total, issueDate, voidDate: command.voidDate, reason: command.reason, instalments, effectiveOn: command.voidDate }];
      }
      case 'CreditInvoice': {
        const credited = creditOf(state, command.lines, command.issueDate);
        if ('refused' in credited) return credited;
        if (state.status === 'none') return refuse('invoice-not-found');
        const { creditNoteId, creditNoteNumber, cancels, replacedBy, issueDate } = command;
        return [{ type: 'InvoiceCredited', invoiceId: state.invoice.invoiceId, customerId: state.invoice.customerId, creditNoteId, creditNoteNumber, ...credited, cancels, replacedBy, effectiveOn: issueDate }];
      }
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'InvoiceIssued': {
        const { invoiceId, number, customerId, total, issueDate, instalments } = event;
        return { status: 'issued', invoice: { invoiceId, number, customerId, total, issueDate, instalments: instalments.length }, creditable: creditableOf(event) };
      }
      case 'InvoiceVoided': return state.status === 'none' ? state : { ...state, status: 'voided' };
      case 'InvoiceCredited': return state.status === 'none' ? state : { ...state, creditable: lessCredited(state.creditable, event) };
    }
  },
};

/** What crediting those lines of an invoice on that day comes to, or why it cannot be. */
export function creditOf(state: InvoiceState, lines: readonly AskedLine[], issueDate: Day): Credited | Refusal<CreditingRefusal | 'invoice-not-found' | 'invoice-voided' | 'issue-date-before-invoice'> {
  if (state.status === 'none') return refuse('invoice-not-found');
  const { invoiceId, issueDate: invoicedOn } = state.invoice;
  if (state.status === 'voided') return refuse('invoice-voided', { invoiceId });
  if (issueDate < invoicedOn) return refuse('issue-date-before-invoice', { issueDate, invoicedOn });
  return credit(state.creditable, lines);
}

/** Of a whole year an invoice may be late, not of more: what is older is a slip of the pen, and would open a series nobody expects. */
const MOST_DAYS_BACK = 366;

function issue(command: Extract<InvoiceCommand, { type: 'IssueInvoice' }>, state: InvoiceState): ReturnType<typeof invoice.decide> {
  const { type: _, today, lastIssueDate, customerKnown, lines: priced, due, ...document } = command;
  const { invoiceId, issueDate, currencyCode } = document;
  if (state.status !== 'none') return refuse('invoice-exists', { invoiceId });
  if (!customerKnown) return refuse('customer-not-found', { customerId: document.customerId });
  if (issueDate > today) return refuse('issue-date-in-future', { issueDate, businessDate: today });
  if (issueDate < daysAfter(today, -MOST_DAYS_BACK)) return refuse('issue-date-too-early', { issueDate, businessDate: today, earliest: daysAfter(today, -MOST_DAYS_BACK) });
  if (lastIssueDate !== null && issueDate < lastIssueDate) return refuse('issue-date-before-last', { issueDate, lastIssueDate });
  const summed = totals(priced, currencyCode);
  if ('invalid' in summed) return refuse('total-out-of-range', { value: summed.value });
  if (!isMoney(summed.total) || summed.total.minor <= 0) return refuse('total-not-positive', { minor: summed.total.minor });
  const instalments = schedule(due, issueDate, summed.total);
  if (instalments === undefined) return refuse('instalments-not-whole', { invoiceId });
  if (instalments.some((i) => i.dueDate < issueDate)) return refuse('due-date-before-issue', { dueDate: instalments[0]!.dueDate, issueDate });
  return [{ type: 'InvoiceIssued', ...document, ...summed, instalments, effectiveOn: issueDate }];
}

/** What is due when; undefined when shares do not make the whole, or one of them is less than a minor unit. */
function schedule(due: Due, issueDate: Day, total: Money): readonly Instalment[] | undefined {
  if ('netDays' in due) return [{ seq: 1, dueDate: daysAfter(issueDate, due.netDays), amount: total }];
  if ('dueDate' in due) return [{ seq: 1, dueDate: due.dueDate, amount: total }];
  const amounts = parts(total, due.shares.map((s) => s.percent));
  if (!amounts || amounts.some((a) => a.minor <= 0) || due.shares.some((s, i) => i > 0 && s.days < due.shares[i - 1]!.days)) return undefined;
  return due.shares.map(({ days }, i) => ({ seq: i + 1, dueDate: daysAfter(issueDate, days), amount: amounts[i]! }));
}
