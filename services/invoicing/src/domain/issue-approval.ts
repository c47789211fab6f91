// An invoice that waits for a second person, because the guard against wrong bills asks for one (INV-12).
//
// - It is tried first: what would be refused anyway is refused now. What waits is a draft, without a number; nothing of it can be changed meanwhile.
// - Somebody else than who asked for it approves it: it is decided anew, on what is known then, and issued on that day. Its findings and who approved it are on it.
// - Refused, withdrawn or expired it is a draft again, which may be changed, issued or thrown away.
import { approvable, type ApprovalEvent, type ApprovalRefusal } from '@ar/domain/approvable.js';
import type { Day } from '@ar/domain/day.js';
import { isRefusal, type Refusal } from '@ar/domain/decider.js';
import type { Finding } from './billing-guard.js';

interface OfInvoice { readonly invoiceId: string; readonly customerId: string }
export type IssueApprovalEvent =
  | { type: 'InvoiceIssueProposed'; findings: readonly Finding[]; proposedBy: string; lastDay: Day } & OfInvoice
  | { type: 'InvoiceIssueApproved'; approvedBy: string } & OfInvoice
  | { type: 'InvoiceIssueRefused'; refusedBy: string; reason: string } & OfInvoice
  | { type: 'InvoiceIssueExpired' } & OfInvoice;
/** Who asked for it, and until when it can be approved. */
export interface WaitingIssue { readonly by: string; readonly lastDay: Day }
/** What is asked about an invoice; `answer` is what issuing it comes to now. */
export type IssueApprovalCommand<E, R extends string> =
  | { type: 'Propose'; by: string; today: Day; expiryDays: number; findings: readonly Finding[]; answer: Answer<E, R> }
  | { type: 'Approve'; by: string; today: Day; answer: Answer<E, R> }
  | { type: 'Refuse'; by: string; reason: string; today: Day }
  | { type: 'Expire'; today: Day };
type Answer<E, R extends string> = readonly E[] | Refusal<R>;

/** One band: roles that hold several come with the people who have them. */
const BAND = 'billing-guard';
export const needsApproval = (findings: readonly Finding[]): boolean => findings.some((f) => f.action === 'approve');

export function decideIssueApproval<E extends { readonly type: string }, R extends string>(command: IssueApprovalCommand<E, R>, of: OfInvoice, waiting: WaitingIssue | undefined): readonly (E | IssueApprovalEvent)[] | Refusal<R | ApprovalRefusal> {
  const { invoiceId: approvalId } = of;
  // What waits is the draft itself: beside it there is nothing to keep.
  const state = { inner: null, pending: waiting ? { [approvalId]: { command: null, band: BAND, ...waiting } } : {} };
  const issuing = (answer: Answer<E, R>, expiryDays: number | undefined) => approvable<null, null, E, R>({ initial: null, decide: () => answer, evolve: () => null }, () => (expiryDays === undefined ? undefined : { band: BAND, expiryDays }));
  const decided = ((): readonly (E | ApprovalEvent<null>)[] | Refusal<R | ApprovalRefusal> => {
    switch (command.type) {
      case 'Propose': return issuing(command.answer, needsApproval(command.findings) ? command.expiryDays : undefined).decide({ type: 'Propose', approvalId, command: null, by: command.by, today: command.today }, state);
      case 'Approve': return issuing(command.answer, undefined).decide({ type: 'Approve', approvalId, by: command.by, bands: [BAND], today: command.today }, state);
      case 'Refuse': return issuing([], undefined).decide({ type: 'Refuse', approvalId, by: command.by, reason: command.reason, today: command.today }, state);
      case 'Expire': return issuing([], undefined).decide({ type: 'ExpireApprovals', today: command.today }, state);
    }
  })();
  return isRefusal(decided) ? decided : decided.map((event) => (isApproval(event) ? recorded(event, of, 'findings' in command ? command.findings : []) : event));
}

const isApproval = <E extends { readonly type: string }>(event: E | ApprovalEvent<null>): event is ApprovalEvent<null> => event.type.startsWith('Approval');

/** An approval under the name by which readers of the log know what it is about. */
function recorded(event: ApprovalEvent<null>, of: OfInvoice, findings: readonly Finding[]): IssueApprovalEvent {
  const { invoiceId, customerId } = of;
  switch (event.type) {
    case 'ApprovalRequested': return { type: 'InvoiceIssueProposed', invoiceId, customerId, findings, proposedBy: event.by, lastDay: event.lastDay };
    case 'ApprovalGranted': return { type: 'InvoiceIssueApproved', invoiceId, customerId, approvedBy: event.by };
    case 'ApprovalRefused': return { type: 'InvoiceIssueRefused', invoiceId, customerId, refusedBy: event.by, reason: event.reason };
    case 'ApprovalExpired': return { type: 'InvoiceIssueExpired', invoiceId, customerId };
  }
}
