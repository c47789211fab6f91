import { describe, expect, it } from '@jest/globals';
import { refuse } from '@ar/domain/decider.js';
import { testing } from '@ar/domain/given.js';
import { creditNote, waitingIn, type CreditNoteEvent, type IssueCreditNote, type Waiting } from './credit-note.js';

const { given } = testing(creditNote);
const eur = (minor: number) => ({ minor, currency: 'EUR' });
const wish = {
  creditNoteId: 'crn_1', for: { kind: 'invoice', invoiceId: 'inv_1', lines: [] }, reasonCode: 'return', reason: 'came back', issueDate: '', cancels: false, replacementInvoiceId: '', externalNumber: '', labels: {},
} as const satisfies IssueCreditNote['wish'];
const content = {
  customerId: 'c1', currencyCode: 'EUR', invoiceId: 'inv_1', invoiceNumber: 'R-1', net: eur(100_00), tax: eur(19_00), total: eur(119_00), taxTotals: [{ taxCategory: 'S', taxRate: '19', net: eur(100_00), tax: eur(19_00) }],
  lines: [{ invoiceLine: 1, description: 'Advice', quantity: '1', unitCode: 'C62', unitPrice: '100.00', taxRate: '19', taxCategory: 'S', net: eur(100_00) }],
} as const;
const today = '2026-03-02';
const issue = { type: 'Issue', wish, content, number: 'C2026-00001', series: 'credit-note/2026', issueDate: today, today, lastIssueDate: null, limit: '', expiryDays: 14 } as const satisfies IssueCreditNote;
const propose = (more: Partial<IssueCreditNote> = {}, atOnce = false) => ({ type: 'Propose', issue: { ...issue, ...more }, by: 'anna', today, atOnce }) as const;
const { for: _, ...said } = wish;
const issued = { type: 'CreditNoteIssued', ...said, ...content, number: 'C2026-00001', series: 'credit-note/2026', issueDate: today, effectiveOn: today } as CreditNoteEvent;
const of = { creditNoteId: 'crn_1', customerId: 'c1' };
const above = { limit: '100', number: '' };
const proposed: CreditNoteEvent = { type: 'CreditNoteProposed', ...of, command: { ...issue, ...above } as Waiting, band: 'above 100', by: 'anna', lastDay: '2026-03-16' };
const approve = (by = 'ben', day = today, now: IssueCreditNote | undefined = { ...issue, number: 'C2026-00007' }) => ({ type: 'Approve', creditNoteId: 'crn_1', issue: now, by, today: day }) as const;
const turnDown = (by = 'ben', day = today) => ({ type: 'Refuse', creditNoteId: 'crn_1', by, reason: 'not agreed', today: day }) as const;
const approved: CreditNoteEvent = { type: 'CreditNoteApproved', ...of, by: 'ben' };
const refused: CreditNoteEvent = { type: 'CreditNoteRefused', ...of, by: 'ben', reason: 'not agreed' };
const expired: CreditNoteEvent = { type: 'CreditNoteExpired', ...of };

describe('a credit note that is not there yet', () => {
  it('is issued at once without a limit, and up to it', () => {
    given().when(propose()).then(issued);
    given().when(propose({ limit: '119' })).then(issued);
  });
  it('waits above the limit, without a number', () => given().when(propose(above)).then(proposed));
  it('is refused above the limit where it cannot wait', () => {
    given().when(propose(above, true)).thenRefused('approval-needed');
    given().when(propose({}, true)).then(issued);
  });
  it('is refused for what it cannot credit, also where it would wait', () => {
    given().when(propose({ content: refuse('credit-exceeds-creditable') })).thenRefused('credit-exceeds-creditable');
    given().when(propose({ ...above, content: refuse('invoice-voided') }, true)).thenRefused('invoice-voided');
  });
  it('is not issued before the last one, tomorrow, or more than a year late', () => {
    given().when(propose({ lastIssueDate: '2026-03-03' })).thenRefused('issue-date-before-last');
    given().when(propose({ issueDate: '2026-03-03' })).thenRefused('issue-date-in-future');
    given().when(propose({ issueDate: '2025-02-28' })).thenRefused('issue-date-too-early');
  });
  it('is above zero', () => given().when(propose({ content: { ...content, total: eur(0) } })).thenRefused('total-not-positive'));
  it('is nobody’s to approve or refuse', () => {
    given().when(approve('ben', today, undefined)).thenRefused('approval-not-found');
    given().when(turnDown()).thenRefused('approval-not-found');
    given().when({ type: 'Expire', creditNoteId: 'crn_1', today }).thenNothing();
  });
});

describe('one that waits', () => {
  it('is issued as it is decided now, when another approves', () => given(proposed).when(approve()).then(approved, { ...issued, number: 'C2026-00007' } as CreditNoteEvent));
  it('is not approved by who asked for it', () => given(proposed).when(approve('anna')).thenRefused('approval-same-person'));
  it('is not issued when nothing is left to credit by then', () => given(proposed).when(approve('ben', today, { ...issue, content: refuse('invoice-credited') })).thenRefused('invoice-credited'));
  it('is refused, or withdrawn by who asked', () => {
    given(proposed).when(turnDown()).then(refused);
    given(proposed).when(turnDown('anna')).then({ ...refused, by: 'anna' } as CreditNoteEvent);
  });
  it('is too late after its last day, and expires', () => {
    given(proposed).when(approve('ben', '2026-03-17')).thenRefused('approval-expired');
    given(proposed).when(turnDown('ben', '2026-03-17')).thenRefused('approval-expired');
    given(proposed).when({ type: 'Expire', creditNoteId: 'crn_1', today: '2026-03-16' }).thenNothing();
    given(proposed).when({ type: 'Expire', creditNoteId: 'crn_1', today: '2026-03-17' }).then(expired);
  });
  it('is not asked for twice, be it for less', () => {
    given(proposed).when(propose(above)).thenRefused('approval-exists');
    given(proposed).when(propose()).thenRefused('approval-exists');
  });
  it('keeps what was asked for, and whose it is', () => {
    expect(waitingIn(given(proposed).state(), 'crn_1')?.wish).toEqual(wish);
    expect(creditNote.customer('crn_1', given(proposed, refused).state())).toBe('c1');
  });
});

describe('one that was refused or expired', () => {
  it.each([refused, expired])('is not approved any more, and may be asked for again: $type', (end) => {
    given(proposed, end).when(approve('ben', today, undefined)).thenRefused('approval-not-found');
    given(proposed, end).when(turnDown()).thenRefused('approval-not-found');
    given(proposed, end).when({ type: 'Expire', creditNoteId: 'crn_1', today: '2027-01-01' }).thenNothing();
    given(proposed, end).when(propose()).then(issued);
  });
});

describe('an issued one', () => {
  it('is issued once', () => {
    given(issued).when(propose()).thenRefused('credit-note-exists');
    given(proposed, approved, issued).when(propose(above)).thenRefused('credit-note-exists');
  });
  it('is not decided on again', () => {
    given(proposed, approved, issued).when(approve('ben', today, undefined)).thenRefused('approval-not-found');
    given(issued).when(turnDown()).thenRefused('approval-not-found');
    given(issued).when({ type: 'Expire', creditNoteId: 'crn_1', today: '2027-01-01' }).thenNothing();
  });
});
