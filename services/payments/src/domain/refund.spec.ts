import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { isPaid, type OrderRefund, refund, type RefundCommand, type RefundEvent, takenBy } from './refund.js';

const { given } = testing(refund);
const of = { refundId: 'rfd_1', customer: 'c1', currency: 'EUR' };
const payout = { key: 'rcp_1', minor: 40_00, method: 'PAYMENT_METHOD_BANK_TRANSFER', payee: { name: 'Ada Byron', iban: 'DE89370400440532013000' }, bankReference: 'B-7' };
const order = (limit = ''): OrderRefund => ({ type: 'Order', ...of, ...payout, reason: 'paid twice', takenOn: '2026-03-05', limit, expiryDays: 14 });
const today = '2026-03-10';

const ordered: RefundEvent = { type: 'RefundOrdered', ...of, ...payout, reason: 'paid twice', takenOn: '2026-03-05' };
const proposed: RefundEvent = { type: 'RefundProposed', ...of, command: order('30'), band: 'above 30', by: 'anna', lastDay: '2026-03-24' };
const approved: RefundEvent = { type: 'RefundApproved', ...of, by: 'ben' };
const refusedBy: RefundEvent = { type: 'RefundRefused', ...of, by: 'ben', reason: 'no' };
const attempted = (attempt: number): RefundEvent => ({ type: 'RefundAttempted', ...of, ...payout, attempt });
const failed = (attempt: number, again: boolean): RefundEvent => ({ type: 'RefundFailed', ...of, attempt, detail: 'said so', again });
const unknown: RefundEvent = { type: 'RefundUnknown', ...of, attempt: 1, detail: 'said so' };
const paid = (attempt: number, reference: string, effectiveOn = today): RefundEvent => ({ type: 'RefundPaid', ...of, key: 'rcp_1', minor: 40_00, attempt, reference, effectiveOn });
const cancelled = (reason = 'not wanted'): RefundEvent => ({ type: 'RefundCancelled', ...of, reason });

const propose = (limit = ''): RefundCommand => ({ type: 'Propose', order: order(limit), by: 'anna', today });
const approve = (by = 'ben', on = today): RefundCommand => ({ type: 'Approve', refundId: 'rfd_1', by, today: on });
const refuse = (on = today): RefundCommand => ({ type: 'Refuse', refundId: 'rfd_1', by: 'ben', reason: 'no', today: on });
const expire = (on = '2026-03-25'): RefundCommand => ({ type: 'Expire', refundId: 'rfd_1', today: on });
const cancel: RefundCommand = { type: 'Cancel', refundId: 'rfd_1', reason: 'not wanted' };
const giveWay: RefundCommand = { type: 'GiveWay', reason: 'went back' };
const attempt = (n = 1): RefundCommand => ({ type: 'Attempt', attempt: n });
const came = (n: number, outcome: 'sent' | 'failed' | 'unknown', final = false): RefundCommand => ({ type: 'RecordOutcome', attempt: n, outcome, detail: 'said so', final, today });
const recordPaid = (paidOn: string | null = null): RefundCommand => ({ type: 'RecordPaid', refundId: 'rfd_1', reference: 'B-9', paidOn, today });
const recordFailed: RefundCommand = { type: 'RecordFailed', refundId: 'rfd_1', reason: 'said so' };
const requireNew: RefundCommand = { type: 'RequireNew', refundId: 'rfd_1' };

describe('no refund yet', () => {
  it('is one that may be asked for', () => given().when(requireNew).thenNothing());
  it('is ordered at once where no limit is set, or it is not above it', () => {
    given().when(propose()).then(ordered);
    given().when(propose('40')).then(ordered);
  });
  it('waits above the limit', () => given().when(propose('30')).then(proposed));
  it('needs an account to be transferred to, and none for cash', () => {
    const nowhere = { ...order(), payee: { name: 'Ada Byron', iban: '' } };
    given().when({ type: 'Propose', order: nowhere, by: 'anna', today }).thenRefused('refund-account-missing');
    given().when({ type: 'Propose', order: { ...nowhere, method: 'PAYMENT_METHOD_DIRECT_DEBIT' }, by: 'anna', today }).thenRefused('refund-account-missing');
    expect(refund.decide({ type: 'Propose', order: { ...nowhere, method: 'PAYMENT_METHOD_CASH' }, by: 'anna', today }, refund.initial)).toMatchObject([{ type: 'RefundOrdered' }]);
  });
  it.each([cancel, recordPaid(), recordFailed])('is not there: $type', (command) => given().when(command).thenRefused('refund-not-found'));
  it.each([approve(), refuse()])('has nothing that waits: $type', (command) => given().when(command).thenRefused('approval-not-found'));
  it.each([expire(), giveWay, attempt(), came(1, 'sent')])('is left alone: $type', (command) => given().when(command).thenNothing());
});

describe('a refund that waits', () => {
  it('is approved by someone else, and then ordered', () => {
    given(proposed).when(approve()).then(approved, ordered);
    given(proposed).when(approve('anna')).thenRefused('approval-same-person');
    given(proposed).when(approve('ben', '2026-03-25')).thenRefused('approval-expired');
  });
  it('is refused or withdrawn in time', () => {
    given(proposed).when(refuse()).then(refusedBy);
    given(proposed).when(refuse('2026-03-25')).thenRefused('approval-expired');
  });
  it('expires after its last day', () => {
    given(proposed).when(expire()).then({ type: 'RefundExpired', ...of });
    given(proposed).when(expire('2026-03-24')).thenNothing();
  });
  it('is cancelled, and gives way', () => {
    given(proposed).when(cancel).then(cancelled());
    given(proposed).when(giveWay).then(cancelled('went back'));
    given(proposed, cancelled()).when(approve()).thenRefused('approval-not-found');
  });
  it('is not paid, and not asked for again', () => {
    given(proposed).when(attempt()).thenNothing();
    given(proposed).when(recordPaid()).thenRefused('refund-not-payable');
    given(proposed).when(recordFailed).thenRefused('refund-not-unknown');
    given(proposed).when(requireNew).thenRefused('refund-exists');
  });
  it('keeps its money until it is refused or expires', () => {
    expect(takenBy(given(proposed).state())).toMatchObject({ minor: 40_00 });
    expect(takenBy(given(proposed, approved, ordered).state())).toMatchObject({ minor: 40_00 });
    for (const end of [refusedBy, { type: 'RefundExpired', ...of } as RefundEvent, cancelled()]) expect(takenBy(given(proposed, end).state())).toBeUndefined();
  });
});

describe('an ordered refund', () => {
  it('is sent out once', () => {
    given(ordered).when(attempt()).then(attempted(1));
    given(ordered).when(attempt(2)).thenNothing();
    given(ordered, attempted(1)).when(attempt()).thenNothing();
  });
  it('is paid by a person, not in the future and not before its money was taken', () => {
    given(ordered).when(recordPaid()).then(paid(0, 'B-9'));
    given(ordered).when(recordPaid('2026-03-06')).then(paid(0, 'B-9', '2026-03-06'));
    given(ordered).when(recordPaid('2026-03-11')).thenRefused('paid-date-in-future');
    given(ordered).when(recordPaid('2026-03-04')).thenRefused('paid-date-before-request');
  });
  it('is cancelled, and gives way', () => {
    given(ordered).when(cancel).then(cancelled());
    given(ordered).when(giveWay).then(cancelled('went back'));
  });
  it('has no outcome before it is sent out', () => {
    given(ordered).when(came(1, 'sent')).thenNothing();
    given(ordered).when(recordFailed).thenRefused('refund-not-unknown');
  });
  it('is not ordered, approved or refused again', () => {
    given(ordered).when(propose()).thenRefused('refund-exists');
    given(ordered).when(approve()).thenRefused('approval-not-found');
    given(ordered).when(refuse()).thenRefused('approval-not-found');
    given(ordered).when(expire()).thenNothing();
  });
});

describe('a refund under way', () => {
  const facts = [ordered, attempted(1)];
  it('is paid under the provider\'s reference', () => given(...facts).when(came(1, 'sent')).then(paid(1, 'said so')));
  it('is tried again after a soft decline, three times in all, and not after a hard one', () => {
    given(...facts).when(came(1, 'failed')).then(failed(1, true));
    given(...facts, failed(1, true)).when(attempt(2)).then(attempted(2));
    given(...facts, failed(1, true), attempted(2), failed(2, true), attempted(3)).when(came(3, 'failed')).then(failed(3, false));
    given(...facts).when(came(1, 'failed', true)).then(failed(1, false));
  });
  it('may be stopped or paid by hand between two attempts', () => {
    given(...facts, failed(1, true)).when(cancel).then(cancelled());
    given(...facts, failed(1, true)).when(recordPaid()).then(paid(0, 'B-9'));
  });
  it('is neither stopped nor decided by a person, and a receipt cannot go back meanwhile', () => {
    given(...facts).when(cancel).thenRefused('refund-not-cancellable');
    given(...facts).when(recordPaid()).thenRefused('refund-not-payable');
    given(...facts).when(recordFailed).thenRefused('refund-not-unknown');
    given(...facts).when(giveWay).thenRefused('refund-under-way');
  });
});

describe('a refund whose outcome nobody knows', () => {
  const facts = [ordered, attempted(1), unknown];
  it('is not paid again', () => given(...facts).when(attempt(2)).thenNothing());
  it('turns out to have been paid, or not: then for good', () => {
    given(...facts).when(came(1, 'sent')).then(paid(1, 'said so'));
    given(...facts).when(came(1, 'failed')).then(failed(1, false));
    given(...facts).when(came(1, 'unknown')).thenNothing();
  });
  it('is decided by a person who found out', () => {
    given(...facts).when(recordPaid()).then(paid(0, 'B-9'));
    given(...facts).when(recordFailed).then(failed(1, false));
  });
  it('is not stopped, and a receipt cannot go back meanwhile', () => {
    given(...facts).when(cancel).thenRefused('refund-not-cancellable');
    given(...facts).when(giveWay).thenRefused('refund-under-way');
  });
});

describe.each([['paid', [ordered, paid(0, 'B-9')]], ['failed', [ordered, attempted(1), failed(1, false)]], ['cancelled', [ordered, cancelled()]], ['refused', [proposed, refusedBy]]] as const)('a refund that is %s', (status, facts) => {
  it('is done with', () => {
    given(...facts).when(attempt()).thenNothing();
    given(...facts).when(came(1, 'sent')).thenNothing();
    given(...facts).when(giveWay).thenNothing();
    given(...facts).when(cancel).thenRefused('refund-not-cancellable');
    given(...facts).when(recordPaid()).thenRefused('refund-not-payable');
    given(...facts).when(recordFailed).thenRefused('refund-not-unknown');
    given(...facts).when(requireNew).thenRefused('refund-exists');
  });
  it('keeps its money only where that was paid', () => {
    const state = given(...facts).state();
    expect([isPaid(state), takenBy(state)?.minor]).toEqual(status === 'paid' ? [true, 40_00] : [false, undefined]);
  });
});
