import { describe, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import type { DueDateEvent, RescheduleDueDate } from './due-dates.js';
import { invoice, type InvoiceEvent } from './invoice.js';
import { contentOf, issuingOf } from './invoice.world.js';

const { given } = testing(invoice);
const eventsOf = (due: Parameters<typeof issuingOf>[0]) => invoice.decide({ type: 'IssueInvoice', invoiceId: 'inv_1', content: contentOf(), ...issuingOf(due) }, invoice.initial) as readonly InvoiceEvent[];
const issued = eventsOf({ due: { netDays: 30 } });
const inParts = eventsOf({ due: { instalments: { shares: [{ when: { days: 30 }, size: { percent: '50' } }, { when: { days: 60 }, size: { rest: true } }] } } });
const drafted: InvoiceEvent = { type: 'InvoiceDrafted', invoiceId: 'inv_1', draft: contentOf(), customer: { netDays: null, version: 1 } };
const voided = invoice.decide({ type: 'VoidInvoice', today: '2026-03-05', voidDate: '2026-03-05', reason: '', hasApplications: false }, issued.reduce((s, e) => invoice.evolve(s, e), invoice.initial)) as readonly InvoiceEvent[];

const move = (more: Partial<RescheduleDueDate> = {}): RescheduleDueDate => ({ type: 'RescheduleDueDate', instalment: 0, dueDate: '2026-04-15', reason: 'goods came late', paid: [], ...more });
const moved = (more: Partial<DueDateEvent> = {}): DueDateEvent => ({
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
