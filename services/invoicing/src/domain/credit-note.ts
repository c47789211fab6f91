// A credit note: what an invoice, or a customer, is given back (INV-07).
//
// - It is issued once, never changed, for lines of one invoice, for all that is left of it, or free; its total is above zero.
// - Its number is the next of its series, given in the order of issue dates, as of invoices. It is not issued before the invoice that it credits.
// - Above the limit of the policy it waits for someone else than who asked for it, without a number, and credits nothing meanwhile. When it is approved it is
//   decided on what can be credited then, and issued on that day. Refused, withdrawn or expired, it may be asked for again under its id.
// - Who keeps the ledger or takes cash may not give credit alone. Until callers have roles, that proposer and approver are two is what holds it.
import type { Booking } from './booking.js';
import { approvable, type ApprovalEvent, type ApprovalRefusal } from '@ar/domain/approvable.js';
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { type Decider, isRefusal, type Refusal, refuse } from '@ar/domain/decider.js';
import { thresholdMinor, type Money } from '@ar/domain/money.js';
import type { AskedLine, CreditingRefusal } from './crediting.js';
import { type IssueDateRefusal, refusedIssueDate } from './issue-date.js';
import type { NoteLine, PricedLine, TaxTotal } from './totals.js';

export type CreditReason = 'return' | 'price' | 'quality' | 'quantity' | 'delivery' | 'cancellation' | 'goodwill' | 'other';

/** For what credit is asked: lines of an invoice (none: all that is left of it), or the caller's own. */
export type CreditFor =
  | { readonly kind: 'invoice'; readonly invoiceId: string; readonly lines: readonly AskedLine[] }
  | { readonly kind: 'free'; readonly customerId: string; readonly currencyCode: string; readonly lines: readonly PricedLine[] };

/** What was asked for: kept whole while it waits, so that it can be decided anew. */
export interface CreditWish {
  readonly creditNoteId: string; readonly for: CreditFor; readonly reasonCode: CreditReason; readonly reason: string; readonly issueDate: Day | ''; readonly cancels: boolean; readonly replacementInvoiceId: string;
  readonly externalNumber: string; readonly labels: Readonly<Record<string, string>>;
}

export interface CreditNoteLine extends NoteLine { readonly invoiceLine: number }
/** What it comes to, on what is known now. */
export interface CreditContent {
  readonly customerId: string; readonly currencyCode: string; readonly invoiceId: string; readonly invoiceNumber: string;
  readonly lines: readonly CreditNoteLine[]; readonly taxTotals: readonly TaxTotal[]; readonly net: Money; readonly tax: Money; readonly total: Money;
  /** Of a free one in another currency than the base currency; one for an invoice has the rate of its invoice. */
  readonly booking?: Booking;
}
export type ContentRefusal = CreditingRefusal | 'invoice-not-found' | 'invoice-voided' | 'issue-date-before-invoice' | 'customer-not-found' | 'total-out-of-range' | 'tax-code-not-found';

/** `number` is empty while it waits; `limit` is that of the policy, empty for none. */
export interface IssueCreditNote {
  readonly type: 'Issue'; readonly wish: CreditWish; readonly content: CreditContent | Refusal<ContentRefusal>; readonly number: string; readonly series: string; readonly issueDate: Day; readonly today: Day; readonly lastIssueDate: Day | null;
  readonly limit: string; readonly expiryDays: number;
  /** What seller and customer said of themselves, by version: what its documents are printed by. The customer's is 0 where it credits an invoice. */
  readonly sellerVersion?: number; readonly customerVersion?: number;
}
interface Of { readonly creditNoteId: string; readonly customerId: string }
export type Issued = Of & { type: 'CreditNoteIssued'; effectiveOn: Day } & Omit<CreditWish, 'for' | 'creditNoteId'> & CreditContent & { readonly number: string; readonly series: string; readonly issueDate: Day; readonly sellerVersion?: number; readonly customerVersion?: number };
export type CreditNoteEvent =
  | Issued
  | Of & { type: 'CreditNoteProposed'; command: Waiting; band: string; by: string; lastDay: Day }
  | Of & { type: 'CreditNoteApproved'; by: string }
  | Of & { type: 'CreditNoteRefused'; by: string; reason: string }
  | Of & { type: 'CreditNoteExpired' };
/** What waits could be issued when it was proposed. */
export type Waiting = IssueCreditNote & { readonly content: CreditContent };

export type CreditNoteCommand =
  /** `atOnce`: refused where it would wait. */
  | { type: 'Propose'; issue: IssueCreditNote; by: string; today: Day; atOnce: boolean }
  /** The same wish as it is decided now; absent when nothing waits. */
  | { type: 'Approve'; creditNoteId: string; issue: IssueCreditNote | undefined; by: string; today: Day }
  | { type: 'Refuse'; creditNoteId: string; by: string; reason: string; today: Day }
  | { type: 'Expire'; creditNoteId: string; today: Day };

export type CreditNoteRefusal = ContentRefusal | IssueDateRefusal | ApprovalRefusal | 'credit-note-exists' | 'approval-needed';

const issuing: Decider<'none' | 'issued', IssueCreditNote, Issued, CreditNoteRefusal> = {
  initial: 'none',
  decide(command, status) {
    const { wish: { for: _, ...wish }, content, number, series, issueDate, today, lastIssueDate, sellerVersion, customerVersion } = command;
    if (status === 'issued') return refuse('credit-note-exists', { creditNoteId: wish.creditNoteId });
    if ('refused' in content) return content;
    const refused = refusedIssueDate(issueDate, today, lastIssueDate);
    if (refused) return refused;
    if (content.total.minor <= 0) return refuse('total-not-positive', { minor: content.total.minor, currency: content.total.currency });
    return [{ type: 'CreditNoteIssued', ...wish, ...content, number, series, issueDate, effectiveOn: issueDate, ...(sellerVersion === undefined ? {} : { sellerVersion, customerVersion: customerVersion ?? 0 }) }];
  },
  evolve: () => 'issued',
};

/** The band that it falls in: above the limit a second person has to agree. */
export const needOf = ({ content, limit, expiryDays }: Pick<IssueCreditNote, 'content' | 'limit' | 'expiryDays'>) =>
  limit !== '' && !('refused' in content) && content.total.minor > thresholdMinor(limit, content.currencyCode) ? { band: `above ${limit}`, expiryDays } : undefined;

const guarded = approvable(issuing, needOf);
type Approval = ApprovalEvent<IssueCreditNote>;
type State = typeof guarded.initial;
export interface CreditNoteState extends State { /** Empty before it was asked for. */ readonly customerId: string }

/** What waits under that id. */
export const waitingIn = (state: CreditNoteState, creditNoteId: string): Waiting | undefined => state.pending[creditNoteId]?.command as Waiting | undefined;

export const creditNote: Aggregate<CreditNoteState, CreditNoteCommand, CreditNoteEvent, CreditNoteRefusal> = {
  type: 'credit-note',
  initial: { ...guarded.initial, customerId: '' },
  customer: (_id, state) => state.customerId,

  decide(command, state) {
    const approvalId = command.type === 'Propose' ? command.issue.wish.creditNoteId : command.creditNoteId;
    const of = { creditNoteId: approvalId, customerId: state.customerId };
    switch (command.type) {
      case 'Propose': {
        const { issue, by, today } = command;
        const need = needOf(issue);
        if (command.atOnce && need) return refuse('approval-needed', { band: need.band, ...('refused' in issue.content ? {} : { totalMinor: issue.content.total.minor, currency: issue.content.total.currency }) });
        // Asked for again while it waits, it would be two under one id, whatever its amount is now.
        if (state.pending[approvalId]) return refuse('approval-exists', { creditNoteId: approvalId });
        return named(guarded.decide({ type: 'Propose', approvalId, command: issue, by, today }, state), { creditNoteId: approvalId, customerId: 'refused' in issue.content ? '' : issue.content.customerId });
      }
      // One limit makes one band: who may approve holds it.
      case 'Approve': return named(guarded.decide({ type: 'Approve', approvalId, by: command.by, bands: Object.values(state.pending).map((p) => p.band), today: command.today, ...(command.issue ? { command: command.issue } : {}) }, state), of);
      case 'Refuse': return named(guarded.decide({ type: 'Refuse', approvalId, by: command.by, reason: command.reason, today: command.today }, state), of);
      case 'Expire': return named(guarded.decide({ type: 'ExpireApprovals', today: command.today }, state), of);
    }
  },

  evolve: (state, event) => ({ ...guarded.evolve(state, plain(event)), customerId: event.customerId }),
};

/** The events of approval in this aggregate's own words, each with whose it is. */
function named(answer: readonly (Issued | Approval)[] | Refusal<CreditNoteRefusal>, of: Of): readonly CreditNoteEvent[] | Refusal<CreditNoteRefusal> {
  if (isRefusal(answer)) return answer;
  return answer.map((event): CreditNoteEvent => {
    switch (event.type) {
      case 'CreditNoteIssued': return event;
      case 'ApprovalRequested': return { type: 'CreditNoteProposed', ...of, command: event.command as Waiting, band: event.band, by: event.by, lastDay: event.lastDay };
      case 'ApprovalGranted': return { type: 'CreditNoteApproved', ...of, by: event.by };
      case 'ApprovalRefused': return { type: 'CreditNoteRefused', ...of, by: event.by, reason: event.reason };
      case 'ApprovalExpired': return { type: 'CreditNoteExpired', ...of };
    }
  });
}

function plain(event: CreditNoteEvent): Issued | Approval {
  const { creditNoteId: approvalId } = event;
  switch (event.type) {
    case 'CreditNoteIssued': return event;
    case 'CreditNoteProposed': return { type: 'ApprovalRequested', approvalId, command: event.command, band: event.band, by: event.by, lastDay: event.lastDay };
    case 'CreditNoteApproved': return { type: 'ApprovalGranted', approvalId, by: event.by };
    case 'CreditNoteRefused': return { type: 'ApprovalRefused', approvalId, by: event.by, reason: event.reason };
    case 'CreditNoteExpired': return { type: 'ApprovalExpired', approvalId };
  }
}
