import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { payableBy, payLink, type PayLinkCommand, type PayLinkEvent, type PayLinkFacts, receiptIdOfPayment } from './pay-link.js';

const { given } = testing(payLink);
const today = '2026-03-10';
const facts: PayLinkFacts = { payLinkId: 'pln_1', customer: 'c1', currency: 'EUR', items: [{ itemId: 'a', asked: null }], documentId: '', minor: null, expiresOn: '2026-03-17', by: 'anna' };
const of = { payLinkId: 'pln_1', customer: 'c1' };
const created: PayLinkEvent = { type: 'PayLinkCreated', ...facts };
const cancelled: PayLinkEvent = { type: 'PayLinkCancelled', ...of, by: 'anna', reason: 'no' };
const expired: PayLinkEvent = { type: 'PayLinkExpired', ...of };
const paid = (reference = 'P-1'): PayLinkEvent => ({ type: 'PayLinkPaid', ...of, reference, minor: 5_00, currency: 'EUR', receiptId: receiptIdOfPayment('pln_1', reference) });
const create = (more: Partial<Extract<PayLinkCommand, { type: 'Create' }>> = {}): PayLinkCommand => ({ type: 'Create', ...facts, today, customerKnown: true, open: ['a'], documentOpen: true, ...more });
const cancel: PayLinkCommand = { type: 'Cancel', payLinkId: 'pln_1', by: 'anna', reason: 'no' };
const expire = (on: string): PayLinkCommand => ({ type: 'Expire', today: on });
const pay = (reference = 'P-1'): PayLinkCommand => ({ type: 'RecordPayment', reference, minor: 5_00, currency: 'EUR' });

describe('no pay link yet', () => {
  it('is made for items, a document or an amount, of a known customer, for a day to come', () => {
    given().when(create()).then(created);
    given().when(create({ items: [], documentId: 'inv_1' })).then({ ...created, items: [], documentId: 'inv_1' });
    given().when(create({ items: [], minor: 5_00 })).then({ ...created, items: [], minor: 5_00 });
    given().when(create({ items: [] })).thenRefused('pay-link-without-content');
    expect(payLink.decide(create({ minor: 5_00 }), payLink.initial)).toEqual({ refused: 'pay-link-contents-several', detail: { contents: 'items, amount' } });
    given().when(create({ customerKnown: false })).thenRefused('customer-not-found');
    given().when(create({ expiresOn: '2026-03-09' })).thenRefused('pay-link-expiry-passed');
    given().when(create({ expiresOn: '2027-03-12' })).thenRefused('pay-link-expiry-passed');
    given().when(create({ open: [] })).thenRefused('open-item-not-found');
    given().when(create({ items: [], documentId: 'inv_1', documentOpen: false })).thenRefused('open-item-not-found');
  });
  it.each([cancel, expire(today), pay()])('is not there: $type', (command) => given().when(command).thenRefused('pay-link-not-found'));
});

describe('an open pay link', () => {
  it('is made once', () => given(created).when(create()).thenRefused('pay-link-exists'));
  it('is cancelled, and expires after its last day', () => {
    given(created).when(cancel).then(cancelled);
    given(created).when(expire('2026-03-17')).thenNothing();
    given(created).when(expire('2026-03-18')).then(expired);
  });
  it('is paid by, each payment once', () => {
    given(created).when(pay()).then(paid());
    given(created, paid()).when(pay()).thenNothing();
    given(created, paid()).when(pay('P-2')).then(paid('P-2'));
  });
});

describe.each([['cancelled', [created, cancelled]], ['expired', [created, expired]], ['paid', [created, paid('P-0')]]] as const)('a pay link that is %s', (_status, events) => {
  it('has ended', () => {
    given(...events).when(cancel).thenRefused('pay-link-ended');
    given(...events).when(expire('2026-04-01')).thenNothing();
  });
  it('takes money that has come in nevertheless', () => given(...events).when(pay()).then(paid()));
});

describe('what is to be paid', () => {
  const open = [{ itemId: 'a', documentId: 'd', openMinor: 30_00, dueOn: '2026-03-01' }, { itemId: 'b', documentId: 'd', openMinor: 40_00, dueOn: '2026-04-01' }, { itemId: 'c', documentId: 'e', openMinor: 50_00, dueOn: '2026-03-01' }];
  it('is what is open of its items, at most what was asked', () =>
    expect(payableBy({ items: [{ itemId: 'a', asked: 20_00 }, { itemId: 'b', asked: 45_00 }, { itemId: 'gone', asked: null }, { itemId: 'c', asked: null }], documentId: '' }, open, today)).toEqual([{ itemId: 'a', minor: 20_00 }, { itemId: 'b', minor: 40_00 }, { itemId: 'c', minor: 50_00 }]));
  it('of a document is what is due, or its next instalment', () => {
    expect(payableBy({ items: [], documentId: 'd' }, open, today)).toEqual([{ itemId: 'a', minor: 30_00 }]);
    expect(payableBy({ items: [], documentId: 'd' }, open, '2026-04-01')).toEqual([{ itemId: 'a', minor: 30_00 }, { itemId: 'b', minor: 40_00 }]);
    expect(payableBy({ items: [], documentId: 'd' }, open.slice(1), today)).toEqual([{ itemId: 'b', minor: 40_00 }]);
  });
});
