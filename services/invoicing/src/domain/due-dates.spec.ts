import { describe, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import type { DueDateCommand, DueDateEvent } from './due-dates.js';
import { invoice, type InvoiceEvent } from './invoice.js';
import { contentOf, issuingOf } from './invoice.world.js';

const { given } = testing(invoice);
const eventsOf = (due: Parameters<typeof issuingOf>[0]) => invoice.decide({ type: 'IssueInvoice', invoiceId: 'inv_1', content: contentOf(), ...issuingOf(due) }, invoice.initial) as readonly InvoiceEvent[];
const issued = eventsOf({ due: { netDays: 30 } });
const inParts = eventsOf({ due: { instalments: { shares: [{ when: { days: 30 }, size: { percent: '50' } }, { when: { days: 60 }, size: { rest: true } }] } } });
const drafted: InvoiceEvent = { type: 'InvoiceDrafted', invoiceId: 'inv_1', draft: contentOf(), customer: { netDays: null, version: 1 } };
const voided = invoice.decide({ type: 'VoidInvoice', today: '2026-03-05', voidDate: '2026-03-05', reason: '', hasApplications: false }, issued.reduce((s, e) => invoice.evolve(s, e), invoice.initial)) as readonly InvoiceEvent[];

type Move = Extract<DueDateCommand, { type: 'RescheduleDueDate' }>;
const move = (more: Partial<Move> = {}): Move => ({ type: 'RescheduleDueDate', approvalId: 'apr_1', by: 'anna', today: '2026-03-20', limitDays: 0, expiryDays: 14, instalment: 0, dueDate: '2026-04-15', reason: 'goods came late', paid: [], ...more });
type Moved = Extract<DueDateEvent, { type: 'DueDateRescheduled' }>;
const moved = (more: Partial<Moved> = {}): Moved => ({
  type: 'DueDateRescheduled', invoiceId: 'inv_1', number: 'R2026-00007', customerId: 'c1', currencyCode: 'EUR', instalment: 1, itemId: 'oit_1_1', formerDueDate: '2026-04-01', dueDate: '2026-04-15', reason: 'goods came late', ...more,
});

describe('the due date of an issued invoice', () => {
  it('moves, with the former one and the reason', () => given(...issued).when(move()).then(moved()));
  it('moves to an earlier day, down to the issue date', () => given(...issued).when(move({ dueDate: '2026-03-02' })).then(moved({ dueDate: '2026-03-02' })));
  it('is not before the issue', () => given(...issued).when(move({ dueDate: '2026-03-01' })).thenRefused('due-date-before-issue'));
  it('changes', () => given(...issued).when(move({ dueDate: '2026-04-01' })).thenRefused('due-date-unchanged'));
  it('moves again, from where it is', () => {
    given(...issued, moved()).when(move({ dueDate: '2026-04-01' })).then(moved({ formerDueDate: '2026-04-15', dueDate: '2026-04-01' }));
    given(...issued, moved()).when(move()).thenRefused('due-date-unchanged');
  });
  it('stays when it is paid', () => given(...issued).when(move({ paid: [1] })).thenRefused('instalment-paid'));
  it('does not stop a void', () => given(...issued, moved()).when({ type: 'VoidInvoice', today: '2026-03-05', voidDate: '2026-03-05', reason: '', hasApplications: false }).then(...voided));
});

describe('one of several instalments', () => {
  it('is named', () => { given(...inParts).when(move()).thenRefused('instalment-not-found'); given(...inParts).when(move({ instalment: 3 })).thenRefused('instalment-not-found'); });
  it('moves while another is paid', () => given(...inParts).when(move({ instalment: 2, dueDate: '2026-06-01', paid: [1] })).then(moved({ instalment: 2, itemId: 'oit_1_2', formerDueDate: '2026-05-01', dueDate: '2026-06-01' })));
  it('leaves the others where they are', () => given(...inParts, moved()).when(move({ instalment: 2, dueDate: '2026-05-01' })).thenRefused('due-date-unchanged'));
});

describe('what is not issued has no due date to move', () => {
  it('nothing', () => given().when(move()).thenRefused('invoice-not-found'));
  it('a draft, discarded too', () => { given(drafted).when(move()).thenRefused('invoice-not-issued'); given(drafted, { type: 'InvoiceDraftDiscarded', invoiceId: 'inv_1', customerId: 'c1' }).when(move()).thenRefused('invoice-not-issued'); });
  it('a voided invoice', () => given(...issued, ...voided).when(move()).thenRefused('invoice-voided'));
});

describe('a due date that moves further than one person may', () => {
  const asked = move({ limitDays: 13 });
  const of = { invoiceId: 'inv_1', customerId: 'c1', approvalId: 'apr_1' };
  const proposed: DueDateEvent = { type: 'DueDateChangeProposed', ...of, instalment: 1, dueDate: '2026-04-15', reason: 'goods came late', proposedBy: 'anna', lastDay: '2026-04-03', limitDays: 13 };
  const approve = (more: Partial<Extract<DueDateCommand, { type: 'ApproveDueDate' }>> = {}): DueDateCommand => ({ type: 'ApproveDueDate', approvalId: 'apr_1', by: 'bob', today: '2026-04-03', paid: [], ...more });
  const refuse = (by: string, today = '2026-04-03'): DueDateCommand => ({ type: 'RefuseDueDate', approvalId: 'apr_1', by, reason: 'no', today });
  const refused = (refusedBy: string): DueDateEvent => ({ type: 'DueDateChangeRefused', ...of, refusedBy, reason: 'no' });
  it('waits for a second one', () => given(...issued).when(asked).then(proposed));
  it('moves at once where it is not further, or earlier', () => {
    given(...issued).when(move({ limitDays: 14 })).then(moved());
    given(...issued).when(move({ limitDays: 13, dueDate: '2026-03-02' })).then(moved({ dueDate: '2026-03-02' }));
  });
  it('is refused at once for what would refuse it later', () => { given(...issued).when({ ...asked, paid: [1] }).thenRefused('instalment-paid'); given(...issued).when({ ...asked, instalment: 2 }).thenRefused('instalment-not-found'); });
  it('moves when somebody else approves it, the last day included', () => given(...issued, proposed).when(approve()).then({ type: 'DueDateChangeApproved', ...of, approvedBy: 'bob' }, moved()));
  it('is decided on what is true by then', () => {
    given(...issued, proposed).when(approve({ paid: [1] })).thenRefused('instalment-paid');
    given(...issued, proposed, ...voided).when(approve()).thenRefused('invoice-voided');
    given(...issued, proposed, moved()).when(approve()).thenRefused('due-date-unchanged');
  });
  it('is not approved by who proposed it, nor too late, nor twice, nor when nobody proposed it', () => {
    given(...issued, proposed).when(approve({ by: 'anna' })).thenRefused('approval-same-person');
    given(...issued, proposed).when(approve({ today: '2026-04-04' })).thenRefused('approval-expired');
    given(...issued, proposed, { type: 'DueDateChangeApproved', ...of, approvedBy: 'bob' }, moved()).when(approve()).thenRefused('approval-not-found');
    given(...issued).when(approve()).thenRefused('approval-not-found');
  });
  it('is refused by anybody, and withdrawn by who proposed it', () => {
    given(...issued, proposed).when(refuse('bob')).then(refused('bob'));
    given(...issued, proposed).when(refuse('anna')).then(refused('anna'));
    given(...issued, proposed, ...voided).when(refuse('bob')).then(refused('bob'));
    given(...issued, proposed, refused('bob')).when(approve()).thenRefused('approval-not-found');
    given(...issued, proposed).when(refuse('bob', '2026-04-04')).thenRefused('approval-expired');
  });
  it('expires after its last day', () => {
    given(...issued, proposed).when({ type: 'ExpireDueDates', today: '2026-04-03' }).thenNothing();
    given(...issued, proposed).when({ type: 'ExpireDueDates', today: '2026-04-04' }).then({ type: 'DueDateChangeExpired', ...of });
  });
  it('has an id of its own, and at most nineteen beside it', () => {
    given(...issued, proposed).when(asked).thenRefused('approval-exists');
    given(...issued, ...Array.from({ length: 20 }, (_, i) => ({ ...proposed, approvalId: `apr_${i + 10}` }) as DueDateEvent)).when(asked).thenRefused('too-many-approvals');
  });
  it('is nothing where there is no invoice', () => {
    for (const command of [approve(), refuse('bob'), { type: 'ExpireDueDates', today: '2026-04-04' } as const]) { given().when(command).thenRefused('invoice-not-found'); given(drafted).when(command).thenRefused('invoice-not-issued'); }
  });
});
