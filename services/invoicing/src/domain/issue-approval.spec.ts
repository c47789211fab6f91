import { describe, expect, it } from '@jest/globals';
import { isRefusal } from '@ar/domain/decider.js';
import { testing } from '@ar/domain/given.js';
import type { GuardAction } from '@ar/domain/policies.js';
import { guardOf, priceOf } from './billing-guard.world.js';
import { invoice, type InvoiceCommand, type InvoiceEvent } from './invoice.js';
import { contentOf, issuingOf, lineOf } from './invoice.world.js';

const { given } = testing(invoice);
const content = contentOf({ lines: [lineOf({ articleId: 'A' })] });
const guarded = (action: GuardAction, unitPrice = '90', more: Parameters<typeof guardOf>[1] = {}) => guardOf({ prices: [priceOf({ unitPrice })] }, { policy: { prices: action, fulfilments: 'off', duplicates: 'off', duplicateDays: 0 }, ...more });
const waits = { by: 'anna', expiryDays: 14 };
const issue = (action: GuardAction, unitPrice?: string) => ({ type: 'IssueInvoice', invoiceId: 'inv_1', content, waits, ...issuingOf({ guard: guarded(action, unitPrice) }) }) as const satisfies InvoiceCommand;
const issueDraft = (action: GuardAction, unitPrice?: string) => ({ type: 'IssueDraft', content, waits, ...issuingOf({ guard: guarded(action, unitPrice) }) }) as const satisfies InvoiceCommand;
const approve = (by: string, today = '2026-03-16', action: GuardAction = 'approve', unitPrice?: string) => ({ type: 'ApproveIssue', by, approvedOn: today, content, ...issuingOf({ today, issueDate: today, guard: guarded(action, unitPrice) }) }) as const satisfies InvoiceCommand;
const finding = (action: Exclude<GuardAction, 'off'>) => ({ kind: 'overcharged', line: 1, action, articleId: 'A', expected: '90', found: '100.00', amount: { minor: 10_00, currency: 'EUR' }, quantity: '', referenceId: 'cpr_1' }) as const;
const made = (command: InvoiceCommand, ...before: readonly InvoiceEvent[]) => {
  const answer = invoice.decide(command, before.reduce((s, e) => invoice.evolve(s, e), invoice.initial));
  if (isRefusal(answer)) throw new Error(answer.refused);
  return answer;
};
const of = { invoiceId: 'inv_1', customerId: 'c1' };
const drafted: InvoiceEvent = { type: 'InvoiceDrafted', invoiceId: 'inv_1', draft: content, customer: { netDays: null, version: 1 } };
const proposed: InvoiceEvent = { type: 'InvoiceIssueProposed', ...of, findings: [finding('approve')], proposedBy: 'anna', lastDay: '2026-03-16' };
const waiting = [drafted, proposed];
const issued = made({ type: 'IssueInvoice', invoiceId: 'inv_1', content, ...issuingOf() });

describe('an invoice that the guard looks at', () => {
  it('is issued as ever where nothing is found, or nothing is looked for', () => {
    given().when(issue('approve', '100')).then(...issued);
    given().when(issue('off')).then(...issued);
    given(drafted).when(issueDraft('block', '100.00')).then(...issued);
  });
  it('carries what is warned of', () => expect(made(issue('warn'))).toEqual([{ ...issued[0]!, findings: [finding('warn')] }]));
  it('is refused where that is blocked, with each finding', () => {
    expect(invoice.decide(issue('block'), invoice.initial)).toMatchObject({ refused: 'billing-guard-blocked', detail: { invoiceId: 'inv_1', findings: 1, finding1: expect.stringContaining('10.00 EUR too much') as unknown } });
    given(drafted).when(issueDraft('block')).thenRefused('billing-guard-blocked');
  });
  it('is not issued on what nobody has read, where it could be stopped', () => {
    const unread = (action: GuardAction) => ({ ...issueDraft(action), guard: guarded(action, '90', { read: false }) });
    given(drafted).when(unread('block')).thenRefused('draft-not-read');
    given(drafted).when(unread('approve')).thenRefused('draft-not-read');
    expect(made(unread('warn'), drafted)).toMatchObject([{ type: 'InvoiceIssued', findings: [{ action: 'warn' }] }]);
  });
  it('is refused for what would refuse it anyway', () => given().when({ ...issue('approve'), customer: undefined }).thenRefused('customer-not-found'));
});

describe('an invoice that a second person has to approve', () => {
  it('waits as a draft, also when it was none', () => { given().when(issue('approve')).then(...waiting); given(drafted).when(issueDraft('approve')).then(proposed); });
  it('is refused where nothing can wait', () => given().when({ type: 'IssueInvoice', invoiceId: 'inv_1', content, ...issuingOf({ guard: guarded('approve') }) }).thenRefused('approval-needed'));
  it('is issued when somebody else approves it, the last day included, with what was found and by whom', () =>
    expect(made(approve('ben'), ...waiting)).toMatchObject([{ type: 'InvoiceIssueApproved', ...of, approvedBy: 'ben' }, { type: 'InvoiceIssued', issueDate: '2026-03-16', findings: [finding('approve')], approvedBy: 'ben' }]));
  it('is not approved by who asked for it, nor too late', () => { given(...waiting).when(approve('anna')).thenRefused('approval-same-person'); given(...waiting).when(approve('ben', '2026-03-17')).thenRefused('approval-expired'); });
  it('is decided on what is true by then', () => {
    given(...waiting).when(approve('ben', '2026-03-16', 'block')).thenRefused('billing-guard-blocked');
    given(...waiting).when({ ...approve('ben'), lastIssueDate: '2026-03-17' }).thenRefused('issue-date-before-last');
    expect(made(approve('ben', '2026-03-16', 'approve', '100'), ...waiting)[1]).not.toHaveProperty('findings');
  });
  it('is refused, or withdrawn by who asked for it, and is a draft again', () => {
    for (const by of ['ben', 'anna']) {
      const refused: InvoiceEvent = { type: 'InvoiceIssueRefused', ...of, refusedBy: by, reason: 'no' };
      given(...waiting).when({ type: 'RefuseIssue', by, reason: 'no', today: '2026-03-16' }).then(refused);
      given(...waiting, refused).when(issueDraft('approve')).then(proposed);
      given(...waiting, refused).when({ type: 'DiscardDraft' }).then({ type: 'InvoiceDraftDiscarded', ...of });
    }
    given(...waiting).when({ type: 'RefuseIssue', by: 'ben', reason: 'no', today: '2026-03-17' }).thenRefused('approval-expired');
  });
  it('expires after its last day, once, and is a draft again', () => {
    const expired: InvoiceEvent = { type: 'InvoiceIssueExpired', ...of };
    given(...waiting).when({ type: 'ExpireIssue', today: '2026-03-16' }).thenNothing();
    given(...waiting).when({ type: 'ExpireIssue', today: '2026-03-17' }).then(expired);
    given(...waiting, expired).when({ type: 'ExpireIssue', today: '2026-03-18' }).thenNothing();
    given(...waiting, expired).when(approve('ben')).thenRefused('approval-not-found');
  });
  it.each([{ type: 'ChangeDraft', changes: {} }, { type: 'DiscardDraft' }, { type: 'RequireDraft' }, { type: 'ConsolidateDraft', invoiceId: 'inv_1', into: 'inv_2' }, issueDraft('off')] as readonly InvoiceCommand[])('lets nobody change it meanwhile: $type', (command) => given(...waiting).when(command).thenRefused('approval-exists'));
  it('is asked for once', () => given(...waiting).when(issue('off')).thenRefused('invoice-exists'));
});

describe('what does not wait', () => {
  const all = [approve('ben'), { type: 'RefuseIssue', by: 'ben', reason: 'no', today: '2026-03-02' }] as readonly InvoiceCommand[];
  it.each(all)('is not there: $type', (command) => given().when(command).thenRefused('invoice-not-found'));
  it.each(all)('is a plain draft, a discarded or consolidated one, issued or void: $type', (command) => {
    given(drafted).when(command).thenRefused('approval-not-found');
    given(drafted, { type: 'InvoiceDraftDiscarded', ...of }).when(command).thenRefused('approval-not-found');
    given(drafted, { type: 'InvoiceDraftConsolidated', ...of, consolidatedInto: 'inv_2' }).when(command).thenRefused('approval-not-found');
    given(...issued).when(command).thenRefused('approval-not-found');
    given(...issued, ...made({ type: 'VoidInvoice', today: '2026-03-05', voidDate: '2026-03-05', reason: '', hasApplications: false }, ...issued)).when(command).thenRefused('approval-not-found');
    given(...waiting, ...made(approve('ben'), ...waiting)).when(command).thenRefused('approval-not-found');
  });
  it('has nothing that expires', () => { given().when({ type: 'ExpireIssue', today: '2026-03-17' }).thenRefused('invoice-not-found'); given(drafted).when({ type: 'ExpireIssue', today: '2026-03-17' }).thenNothing(); given(...issued).when({ type: 'ExpireIssue', today: '2026-03-17' }).thenRefused('approval-not-found'); });
});
