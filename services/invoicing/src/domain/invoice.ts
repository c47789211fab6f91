// An invoice: drafted or not, issued once, never changed (INV-01, INV-02, INV-04, INV-06, INV-09).
//
// - A draft says what an invoice will say. It has no number, owes nothing, and may lack what issuing needs; it is changed until it is issued or thrown away.
//   Policies are those of the day on which it is issued.
// - An invoice has a total above zero and no line and no rate of tax below it, whatever its allowances; it is in one currency, due on one day or in instalments that sum to the total. It carries the terms, the discount and the tax rule it was issued with,
//   and names what seller and customer said of themselves then.
// - Several drafts of one customer may become one invoice (consolidation.ts); each of them ends then, and names it.
// - Its number is the next of its series, given in the order of issue dates; it exists if and only if the invoice does.
// - It is issued on the business date or at most 366 days earlier, and not before the last invoice of its series. A year has a series of its own, so an
//   invoice of December may follow one of January: it takes the next number of the old year.
// - In another currency than the tenant's base currency it carries the rate it is booked at, who says so, and what tax and total are worth by it.
// - What is not subject to tax (category O) is not on one invoice with anything that is.
// - It is never refused for credit: the goods have left. What is paid is the ledger's word, not the document's.
// - It may be voided while nothing is applied to it, nothing of it was credited and no mail brought it to its customer, from a day between its issue and today.
//   Its number stays taken. One that was delivered is cancelled by a credit note that names it.
// - It keeps what of it was credited, so that all credit notes together are never more than it; a voided one is not credited.
// - What the guard against wrong bills finds is on it, stops it, or makes it wait as a draft until a second person approves it (billing-guard.ts, issue-approval.ts).
// - A due date may be moved while its instalment is not paid, with a reason; it counts from that day on. The document stays as it was issued.
import { booked, rateIn, type Booking } from './booking.js';
import type { Calendar } from '@ar/domain/calendar.js';
import type { Day } from '@ar/domain/day.js';
import { isRefusal, refuse, type Refusal } from '@ar/domain/decider.js';
import type { Aggregate } from '@ar/domain/aggregate.js';
import { allocate, money, type Money } from '@ar/domain/money.js';
import { offers, schedule, type DiscountMode, type DiscountOffer, type DiscountTax, type DiscountTerms, type Due, type DueDateMoves, type Instalment } from '@ar/domain/terms.js';
import { blocked, findings, isStrict, type Finding, type Guarding } from './billing-guard.js';
import { credit, creditableOf, lessCredited, type AskedLine, type Creditable, type Credited, type CreditingRefusal } from './crediting.js';
import { consolidated, type ConsolidationRefusal, type Drafted } from './consolidation.js';
import { decideDueDate, evolveDueDate, type DueDateCommand, type DueDateEvent, type DueDateRefusal, type DueInvoice } from './due-dates.js';
import { decideIssueApproval, needsApproval, type IssueApprovalEvent, type WaitingIssue } from './issue-approval.js';
import { refusedIssueDate, type IssueDateRefusal } from './issue-date.js';
import { totals, type DocumentAdjustment, type InvoiceLine, type PricedLine, type TaxRule, type Totals } from './totals.js';

/** What is asked for, on a draft and when an invoice is issued. */
export interface InvoiceContent {
  readonly customerId: string; readonly currencyCode: string; readonly issueDate: Day | ''; readonly lines: readonly PricedLine[]; readonly adjustments: readonly DocumentAdjustment[];
  readonly terms?: { readonly due?: Due | { readonly termsId: string }; readonly discount?: DiscountTerms };
  readonly orderNumber: string; readonly externalNumber: string; readonly reservationId: string; readonly buyerReference: string; readonly note: string; readonly labels: Readonly<Record<string, string>>;
  /** When and where the goods arrived or the work was done; '' where nobody said. */
  readonly supplyDate: Day | ''; readonly supplyCountry: string;
  /** What one unit of the currency is worth in the base currency, where the caller knows better than the policy. */
  readonly bookingRate?: { readonly rate: string; readonly source: string };
}

/** What was known of a customer: its terms, and which of its versions that was. */
export interface CustomerThen { readonly netDays: number | null; readonly version: number }
/** A version of business terms, and whether the customer had acknowledged it. */
export interface TermsThen { readonly businessTermsId: string; readonly version: number; readonly acknowledged: boolean }
export interface IssuedInstalment extends Instalment { readonly discountable?: Money }
export interface IssuedDiscount { readonly offers: readonly DiscountOffer[]; readonly tax: DiscountTax; readonly mode: DiscountMode }
export interface IssuedInvoice extends Omit<InvoiceContent, 'lines' | 'adjustments' | 'bookingRate'>, Totals {
  readonly invoiceId: string; readonly number: string; readonly series: string; readonly issueDate: Day; readonly lines: readonly InvoiceLine[];
  readonly instalments: readonly IssuedInstalment[]; readonly sellerVersion: number; readonly customerVersion: number; readonly discount?: IssuedDiscount; readonly taxRule: TaxRule & { readonly policyVersion: number }; readonly booking?: Booking;
  readonly paymentReference: string; readonly termsPolicyVersion: number; readonly effectiveOn: Day;
  /** The cancelled invoice that it replaces; absent for none. */
  readonly replaces?: string;
  /** The business terms in force then; absent where there are none. */
  readonly businessTerms?: readonly TermsThen[];
  /** As the customer wanted it then; absent: it is not delivered from here. */
  readonly delivery?: DeliveryChoice;
  /** What the guard found, and who approved it in spite of that; absent where nothing was. */
  readonly findings?: readonly Finding[]; readonly approvedBy?: string;
}
/** How an invoice is delivered at issue. */
export interface DeliveryChoice { readonly channel: 'email'; readonly attachXml: boolean }

type Issued = { type: 'InvoiceIssued' } & IssuedInvoice;
export type InvoiceEvent =
  | { type: 'InvoiceDrafted'; invoiceId: string; draft: InvoiceContent; customer: CustomerThen }
  | { type: 'InvoiceDraftChanged'; invoiceId: string; draft: InvoiceContent }
  | { type: 'InvoiceDraftDiscarded'; invoiceId: string; customerId: string }
  | { type: 'InvoiceDraftConsolidated'; invoiceId: string; customerId: string; consolidatedInto: string }
  | Issued
  | { type: 'InvoiceVoided'; invoiceId: string; number: string; customerId: string; total: Money; issueDate: Day; voidDate: Day; reason: string; instalments: number; effectiveOn: Day }
  | ({ type: 'InvoiceCredited'; invoiceId: string; customerId: string; creditNoteId: string; creditNoteNumber: string; cancels: boolean; replacedBy: string; effectiveOn: Day } & Credited)
  | DueDateEvent | IssueApprovalEvent;

/** What issuing needs besides the content: the next number, the day, and what the policies of that day say. `due` and `discount` are the terms found for it; undefined where none has the name that was asked for. */
export interface Issuing {
  readonly today: Day; readonly issueDate: Day; readonly lastIssueDate: Day | null; readonly number: string; readonly series: string; readonly paymentReference: string; readonly customer: CustomerThen | undefined; readonly sellerVersion: number;
  readonly due: Due | undefined; readonly discount: DiscountTerms | undefined; readonly termsPolicyVersion: number; readonly dueDateMoves: DueDateMoves; readonly calendar: Calendar; readonly taxRule: TaxRule & { readonly policyVersion: number };
  readonly businessTerms?: readonly TermsThen[];
  readonly delivery?: DeliveryChoice | undefined;
  /** Absent where the guard does not look. */
  readonly guard?: Guarding | undefined;
  readonly baseCurrency: string; readonly exchange: { readonly source: string; readonly rates: readonly { readonly currencyCode: string; readonly rate: string }[]; readonly version: number };
}

/** Who asks for an invoice that may wait for a second person, and for how long; absent: what would wait is refused. */
export interface MayWait { readonly by: string; readonly expiryDays: number }

export type InvoiceCommand =
  | { type: 'CreateDraft'; invoiceId: string; draft: InvoiceContent; customer: CustomerThen | undefined }
  | { type: 'ChangeDraft'; changes: Partial<InvoiceContent> }
  | { type: 'DiscardDraft' }
  | { type: 'RequireDraft' }
  | { type: 'RequireIssued' }
  | { type: 'IssueInvoice'; invoiceId: string; content: InvoiceContent; replaces?: string; waits?: MayWait } & Issuing
  | { type: 'ConsolidateDraft'; invoiceId: string; into: string }
  | { type: 'RequireConsolidable'; drafts: readonly Drafted[] }
  | { type: 'IssueDraft'; content: InvoiceContent; waits?: MayWait } & Issuing
  | { type: 'ApproveIssue'; by: string; approvedOn: Day; content: InvoiceContent } & Issuing
  | { type: 'RefuseIssue'; by: string; reason: string; today: Day }
  | { type: 'ExpireIssue'; today: Day }
  | { type: 'VoidInvoice'; today: Day; voidDate: Day; reason: string; hasApplications: boolean; /** A mail by which its customer may have it; absent where there is none. */ deliveredBy?: string | undefined }
  | { type: 'CreditInvoice'; creditNoteId: string; creditNoteNumber: string; lines: readonly AskedLine[]; cancels: boolean; replacedBy: string; issueDate: Day }
  | DueDateCommand;

export type InvoiceRefusal =
  | 'customer-not-found' | 'invoice-exists' | 'invoice-not-draft' | 'draft-not-complete'
  | IssueDateRefusal | 'total-not-positive' | 'total-out-of-range' | 'terms-not-found' | 'instalments-not-whole' | 'due-date-before-issue'
  | 'tax-code-not-found' | 'tax-category-mixed' | 'exchange-rate-missing'
  | ConsolidationRefusal | 'billing-guard-blocked' | 'draft-not-read' | 'approval-needed'
  | 'invoice-not-found' | 'invoice-not-issued' | 'invoice-voided' | 'invoice-has-applications' | 'invoice-delivered' | 'void-before-issue' | 'void-date-in-future'
  | CreditingRefusal | 'issue-date-before-invoice' | DueDateRefusal;

export type InvoiceState =
  | { readonly status: 'none' }
  | { readonly status: 'draft' | 'discarded' | 'consolidated'; readonly invoiceId: string; readonly draft: InvoiceContent; readonly customer: CustomerThen; /** Of a draft, while it waits for a second person. */ readonly waiting?: WaitingIssue | undefined }
  | { readonly status: 'issued' | 'voided'; readonly invoice: Pick<IssuedInvoice, 'invoiceId' | 'number' | 'customerId' | 'total' | 'issueDate'> & DueInvoice & { readonly instalments: number }; readonly creditable: Creditable };

export const invoice: Aggregate<InvoiceState, InvoiceCommand, InvoiceEvent, InvoiceRefusal> = {
  type: 'invoice',
  initial: { status: 'none' },
  customer: (_id, state) => (state.status === 'none' ? '' : 'invoice' in state ? state.invoice.customerId : state.draft.customerId),

  decide(command, state) {
    switch (command.type) {
      case 'CreateDraft': {
        if (state.status !== 'none') return refuse('invoice-exists', { invoiceId: command.invoiceId });
        if (!command.customer) return refuse('customer-not-found', { customerId: command.draft.customerId });
        return [{ type: 'InvoiceDrafted', invoiceId: command.invoiceId, draft: command.draft, customer: command.customer }];
      }
      case 'RequireDraft':
      case 'ChangeDraft':
      case 'DiscardDraft':
      case 'ConsolidateDraft':
      case 'IssueDraft': {
        if (state.status === 'none') return refuse('invoice-not-found', command.type === 'ConsolidateDraft' ? { invoiceId: command.invoiceId } : {});
        if (state.status !== 'draft') return refuse('invoice-not-draft', { status: state.status, ...(command.type === 'ConsolidateDraft' ? { invoiceId: command.invoiceId } : {}) });
        const { invoiceId, draft } = state;
        if (state.waiting) return refuse('approval-exists', { invoiceId });
        if (command.type === 'RequireDraft') return [];
        if (command.type === 'ChangeDraft') return [{ type: 'InvoiceDraftChanged', invoiceId, draft: { ...draft, ...command.changes } }];
        if (command.type === 'DiscardDraft') return [{ type: 'InvoiceDraftDiscarded', invoiceId, customerId: draft.customerId }];
        if (command.type === 'ConsolidateDraft') return [{ type: 'InvoiceDraftConsolidated', invoiceId, customerId: draft.customerId, consolidatedInto: command.into }];
        return command.content.lines.length === 0 ? refuse('draft-not-complete', { invoiceId, lacks: 'lines' }) : issueOrWait(invoiceId, issue(invoiceId, command.content, command), command);
      }
      case 'RequireConsolidable': {
        const found = consolidated(command.drafts);
        return 'refused' in found ? found : [];
      }
      case 'IssueInvoice': {
        const { invoiceId, content } = command;
        if (state.status !== 'none') return refuse('invoice-exists', { invoiceId });
        const answer = issueOrWait(invoiceId, issue(invoiceId, content, command, command.replaces), command);
        if (isRefusal(answer) || !answer.some((e) => e.type === 'InvoiceIssueProposed')) return answer;
        return [{ type: 'InvoiceDrafted', invoiceId, draft: content, customer: command.customer! }, ...answer]; // what waits is a draft
      }
      case 'ApproveIssue':
      case 'RefuseIssue':
      case 'ExpireIssue': {
        if (state.status === 'none') return refuse('invoice-not-found');
        if ('invoice' in state) return refuse('approval-not-found', { invoiceId: state.invoice.invoiceId });
        const { invoiceId, draft: { customerId }, waiting } = state;
        const of = { invoiceId, customerId };
        switch (command.type) {
          case 'ApproveIssue': return decideIssueApproval({ type: 'Approve', by: command.by, today: command.approvedOn, answer: issue(invoiceId, command.content, command, undefined, command.by) }, of, waiting);
          case 'RefuseIssue': return decideIssueApproval({ ...command, type: 'Refuse' }, of, waiting);
          case 'ExpireIssue': return decideIssueApproval({ ...command, type: 'Expire' }, of, waiting);
        }
      }
      case 'RescheduleDueDate':
      case 'ApproveDueDate':
      case 'RefuseDueDate':
      case 'ExpireDueDates': {
        if (state.status === 'none') return refuse('invoice-not-found');
        if (!('invoice' in state)) return refuse('invoice-not-issued', { invoiceId: state.invoiceId });
        return state.status === 'voided' && 'paid' in command ? refuse('invoice-voided', { invoiceId: state.invoice.invoiceId }) : decideDueDate(command, state.invoice);
      }
      case 'RequireIssued': {
        if (state.status === 'none') return refuse('invoice-not-found');
        if (!('invoice' in state)) return refuse('invoice-not-issued', { invoiceId: state.invoiceId });
        return state.status === 'voided' ? refuse('invoice-voided', { invoiceId: state.invoice.invoiceId }) : [];
      }
      case 'VoidInvoice': {
        if (state.status === 'none') return refuse('invoice-not-found');
        if (!('invoice' in state)) return refuse('invoice-not-issued', { invoiceId: state.invoiceId });
        const { invoiceId, number, customerId, total, issueDate, instalments } = state.invoice;
        if (state.status === 'voided') return refuse('invoice-voided', { invoiceId });
        if (state.creditable.creditedMinor > 0) return refuse('invoice-credited', { invoiceId, creditedMinor: state.creditable.creditedMinor, currency: state.creditable.currency });
        if (command.hasApplications) return refuse('invoice-has-applications', { invoiceId });
        if (command.deliveredBy) return refuse('invoice-delivered', { invoiceId, deliveryId: command.deliveredBy });
        if (command.voidDate < issueDate) return refuse('void-before-issue', { voidDate: command.voidDate, issueDate });
        if (command.voidDate > command.today) return refuse('void-date-in-future', { voidDate: command.voidDate, businessDate: command.today });
        return [{ type: 'InvoiceVoided', invoiceId, number, customerId, total, issueDate, voidDate: command.voidDate, reason: command.reason, instalments, effectiveOn: command.voidDate }];
      }
      case 'CreditInvoice': {
        const credited = creditOf(state, command.lines, command.issueDate);
        if ('refused' in credited) return credited;
        if (!('invoice' in state)) return refuse('invoice-not-found');
        const { creditNoteId, creditNoteNumber, cancels, replacedBy, issueDate } = command;
        return [{ type: 'InvoiceCredited', invoiceId: state.invoice.invoiceId, customerId: state.invoice.customerId, creditNoteId, creditNoteNumber, ...credited, cancels, replacedBy, effectiveOn: issueDate }];
      }
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'InvoiceDrafted': return { status: 'draft', invoiceId: event.invoiceId, draft: event.draft, customer: event.customer };
      case 'InvoiceDraftChanged': return state.status === 'draft' ? { ...state, draft: event.draft } : state;
      case 'InvoiceIssueProposed': return state.status === 'draft' ? { ...state, waiting: { by: event.proposedBy, lastDay: event.lastDay } } : state;
      case 'InvoiceIssueApproved':
      case 'InvoiceIssueRefused':
      case 'InvoiceIssueExpired': return state.status === 'draft' ? { ...state, waiting: undefined } : state;
      case 'InvoiceDraftDiscarded': return state.status === 'draft' ? { ...state, status: 'discarded' } : state;
      case 'InvoiceDraftConsolidated': return state.status === 'draft' ? { ...state, status: 'consolidated' } : state;
      case 'InvoiceIssued': {
        const { invoiceId, number, customerId, total, issueDate, instalments } = event;
        return { status: 'issued', invoice: { invoiceId, number, customerId, total, issueDate, instalments: instalments.length, due: instalments.map(({ seq, dueDate }) => ({ seq, dueDate })), pendingDue: {} }, creditable: creditableOf(event) };
      }
      case 'DueDateRescheduled':
      case 'DueDateChangeProposed':
      case 'DueDateChangeApproved':
      case 'DueDateChangeRefused':
      case 'DueDateChangeExpired': return 'invoice' in state ? { ...state, invoice: evolveDueDate(state.invoice, event) } : state;
      case 'InvoiceVoided': return 'invoice' in state ? { ...state, status: 'voided' } : state;
      case 'InvoiceCredited': return 'invoice' in state ? { ...state, creditable: lessCredited(state.creditable, event) } : state;
    }
  },
};

/** What crediting those lines of an invoice on that day comes to, or why it cannot be. */
export function creditOf(state: InvoiceState, lines: readonly AskedLine[], issueDate: Day): Credited | Refusal<CreditingRefusal | 'invoice-not-found' | 'invoice-voided' | 'issue-date-before-invoice'> {
  if (!('invoice' in state)) return refuse('invoice-not-found');
  const { invoiceId, issueDate: invoicedOn } = state.invoice;
  if (state.status === 'voided') return refuse('invoice-voided', { invoiceId });
  if (issueDate < invoicedOn) return refuse('issue-date-before-invoice', { issueDate, invoicedOn });
  return credit(state.creditable, lines);
}

function issue(invoiceId: string, { lines: priced, adjustments, bookingRate, ...content }: InvoiceContent, on: Issuing, replaces?: string, approvedBy?: string): readonly Issued[] | Refusal<InvoiceRefusal> {
  const { today, issueDate, lastIssueDate, due, discount, number, series, paymentReference, termsPolicyVersion, taxRule } = on;
  const { currencyCode } = content;
  if (!on.customer) return refuse('customer-not-found', { customerId: content.customerId });
  const refused = refusedIssueDate(issueDate, today, lastIssueDate);
  if (refused) return refused;
  if (due === undefined) return refuse('terms-not-found', { termsId: content.terms?.due && 'termsId' in content.terms.due ? content.terms.due.termsId : '' });
  const uncoded = priced.find((line) => line.taxCategory === '');
  if (uncoded) return refuse('tax-code-not-found', { taxCode: uncoded.taxCode, issueDate });
  const categories = new Set([...priced, ...adjustments].map((part) => part.taxCategory));
  if (categories.has('O') && categories.size > 1) return refuse('tax-category-mixed', { categories: [...categories].join(', ') });
  const best = discount?.tax === 'always' && discount.mode !== 'none' ? discount.tiers[0]?.percent : undefined;
  const summed = totals(priced, adjustments, currencyCode, taxRule, best);
  if ('invalid' in summed) return refuse('total-out-of-range', { value: summed.value });
  if (summed.total.minor <= 0) return refuse('total-not-positive', { minor: summed.total.minor, currency: summed.total.currency });
  // What is below zero could never be credited: crediting is of what was charged.
  const below = summed.lines.findIndex((l) => l.net.minor < 0);
  if (below >= 0) return refuse('total-not-positive', { line: below + 1, minor: summed.lines[below]!.net.minor, currency: summed.total.currency });
  const owing = summed.taxTotals.find((t) => t.net.minor < 0);
  if (owing) return refuse('total-not-positive', { taxCategory: owing.taxCategory, taxRate: owing.taxRate, minor: owing.net.minor, currency: owing.net.currency });
  const booking = currencyCode === on.baseCurrency ? undefined : booked(summed, bookingRate ?? rateIn(on.exchange, currencyCode), on.baseCurrency);
  if (booking === 'unknown') return refuse('exchange-rate-missing', { from: currencyCode, to: on.baseCurrency, date: issueDate });
  if (booking && 'invalid' in booking) return refuse('total-out-of-range', { value: booking.value });
  const instalments = schedule(due, issueDate, summed.total, on.dueDateMoves, on.calendar);
  if (instalments === undefined) return refuse('instalments-not-whole', { invoiceId });
  if (instalments.some((i) => i.dueDate < issueDate)) return refuse('due-date-before-issue', { dueDate: instalments[0]!.dueDate, issueDate });
  if (on.guard && !on.guard.read && isStrict(on.guard.policy)) return refuse('draft-not-read', { invoiceId });
  const found = on.guard ? findings({ ...content, lines: priced }, summed.total, issueDate, on.guard) : [];
  if (found.some((f) => f.action === 'block')) return refuse('billing-guard-blocked', { invoiceId, ...blocked(found) });
  return [{
    type: 'InvoiceIssued', ...content, ...summed, ...(booking ? { booking } : {}), ...(replaces ? { replaces } : {}), ...(on.delivery ? { delivery: on.delivery } : {}), ...(on.businessTerms?.length ? { businessTerms: on.businessTerms } : {}), sellerVersion: on.sellerVersion, customerVersion: on.customer.version, invoiceId, issueDate, number, series, paymentReference, termsPolicyVersion, taxRule,
    ...(found.length > 0 ? { findings: found } : {}), ...(approvedBy ? { approvedBy } : {}),
    ...(discount && discount.mode !== 'none' ? discounted(discount, issueDate, summed, instalments) : { instalments }), effectiveOn: issueDate,
  }];
}

/** Issued at once, or kept until a second person approves what the guard found. */
function issueOrWait(invoiceId: string, answer: ReturnType<typeof issue>, { waits, today, content }: { readonly waits?: MayWait; readonly today: Day; readonly content: InvoiceContent }): ReturnType<typeof invoice.decide> {
  const found = isRefusal(answer) ? [] : answer[0]!.findings ?? [];
  if (!needsApproval(found)) return answer;
  if (!waits) return refuse('approval-needed', { invoiceId, findings: found.length });
  return decideIssueApproval({ type: 'Propose', ...waits, today, findings: found, answer }, { invoiceId, customerId: content.customerId }, undefined);
}

/** The discount as it is offered, and what of each instalment it counts on: of the net where tax is on the discounted net in any case or never reduced, of the whole where it is reduced when the discount is taken. */
function discounted(discount: DiscountTerms, issueDate: Day, { net, total }: Totals, instalments: readonly Instalment[]): { readonly discount: IssuedDiscount; readonly instalments: readonly IssuedInstalment[] } {
  const base = discount.tax === 'on-early-payment' || (discount.tax === 'never' && discount.base === 'gross') ? total : net;
  const shares = allocate(base.minor, instalments.map((i) => i.amount.minor));
  return {
    discount: { offers: offers(discount, issueDate, base, instalments.at(-1)!.dueDate), tax: discount.tax, mode: discount.mode },
    instalments: instalments.map((i, n) => ({ ...i, discountable: money(shares[n]!, total.currency) })),
  };
}
