import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { type CaseCommand, type CaseEvent, collectionCase } from './collection-case.js';
import type { OwedItem } from './open-items.js';

const { given } = testing(collectionCase);

const customerId = 'c1';
const eur = (minor: number) => ({ minor, currency: 'EUR' });
const note = { contactName: '', text: '' };
const pii = { keyId: '', data: note };
const policy = { ...defaultPolicies.promise, version: 1 };
const casePolicy = { ...defaultPolicies.collectionCase, version: 4 };
const owed = (openMinor: number, more: Partial<OwedItem> = {}): OwedItem => ({ itemId: 'oit_1', currency: 'EUR', dueOn: '2026-02-20', openMinor, closed: false, settledMinor: {}, ...more });
const part = (minor: number, itemId = 'oit_1') => ({ itemId, amount: eur(minor) });

// 2 March 2026 is a Monday: a promise for Monday the 9th is judged after Wednesday the 11th.
const promising = { customerId, today: '2026-03-02', items: [owed(50_00)], policy, calendar: defaultPolicies.calendar, customerKnown: true };
const draft = { promiseId: 'p1', items: [{ itemId: 'oit_1', amount: null }], promisedOn: '2026-03-09', channel: 'phone', note } as const;
const make = { type: 'MakePromise', ...promising, draft } as const satisfies CaseCommand;
const made: CaseEvent = {
  type: 'PromiseMade', promiseId: 'p1', customerId, items: [part(50_00)], amount: eur(50_00), promisedOn: '2026-03-09', level: 1, channel: 'phone', judgedAfter: '2026-03-11', policyVersion: 1, pii, settledBefore: { oit_1: 0 },
};
const about = { promiseId: 'p1', customerId, items: [part(50_00)] };
const judge = (today: string, settledMinor: OwedItem['settledMinor'], more: Partial<OwedItem> = {}) => ({ type: 'Judge', customerId, today, items: [owed(1, { settledMinor, ...more })], policy }) as const;
const kept: CaseEvent = { type: 'PromiseKept', ...about, promised: eur(50_00), received: eur(50_00), policyVersion: 1 };
const partly: CaseEvent = { type: 'PromisePartlyKept', ...about, promised: eur(50_00), received: eur(49_99), policyVersion: 1 };
const broken: CaseEvent = { type: 'PromiseBroken', ...about, promised: eur(50_00), policyVersion: 1 };
const withdrawn: CaseEvent = { type: 'PromiseWithdrawn', ...about, reason: 'sorry' };

describe('a promise that is made', () => {
  it('names what is open, its day, and the last day that counts', () => given().when(make).then(made));
  it('may be for today, and for a part', () => given().when({ ...make, draft: { ...draft, promisedOn: '2026-03-02', items: [part(1)] } }).then({ ...made, items: [part(1)], amount: eur(1), promisedOn: '2026-03-02', judgedAfter: '2026-03-04' } as CaseEvent));
  it('has tolerance in working days', () => given().when({ ...make, draft: { ...draft, promisedOn: '2026-03-06' } }).then({ ...made, promisedOn: '2026-03-06', judgedAfter: '2026-03-10' } as CaseEvent));
  it('cannot be for yesterday or for more than a year ahead', () => {
    given().when({ ...make, draft: { ...draft, promisedOn: '2026-03-01' } }).thenRefused('promised-date-in-past');
    given().when({ ...make, draft: { ...draft, promisedOn: '2027-03-03' } }).thenRefused('promised-date-too-far');
  });
  it('names open items of one currency, none above what is open', () => {
    given().when({ ...make, items: [] }).thenRefused('open-item-not-found');
    given().when({ ...make, items: [owed(0)] }).thenRefused('open-item-settled');
    given().when({ ...make, draft: { ...draft, items: [part(50_01)] } }).thenRefused('promise-above-open-amount');
    given().when({ ...make, draft: { ...draft, items: [{ itemId: 'oit_1', amount: { minor: 1, currency: 'USD' } }] } }).thenRefused('currency-mismatch');
    given().when({ ...make, items: [owed(1), owed(1, { itemId: 'oit_2', currency: 'USD' })], draft: { ...draft, items: [{ itemId: 'oit_1', amount: null }, { itemId: 'oit_2', amount: null }] } }).thenRefused('currency-mismatch');
  });
  it('is of an amount: items that are together more than any are promised one by one', () => {
    const most = Number.MAX_SAFE_INTEGER;
    given().when({ ...make, items: [owed(most), owed(1, { itemId: 'oit_2' })], draft: { ...draft, items: [{ itemId: 'oit_1', amount: null }, { itemId: 'oit_2', amount: null }] } }).thenRefused('total-out-of-range');
    given().when({ ...make, items: [owed(most - 1), owed(1, { itemId: 'oit_2' })], draft: { ...draft, items: [{ itemId: 'oit_1', amount: null }, { itemId: 'oit_2', amount: null }] } })
      .then({ ...made, items: [part(most - 1), part(1, 'oit_2')], amount: eur(most), settledBefore: { oit_1: 0, oit_2: 0 } } as CaseEvent);
  });
  it('is made once, also after it ended, by a customer we know', () => {
    given(made).when(make).thenRefused('promise-exists');
    given(made, kept).when(make).thenRefused('promise-exists');
    given().when({ ...make, customerKnown: false }).thenRefused('customer-not-found');
  });
  it('supersedes the open one for the same item and is of level 2', () =>
    given(made).when({ ...make, draft: { ...draft, promiseId: 'p2' } }).then({ type: 'PromiseSuperseded', ...about, supersededBy: 'p2' }, { ...made, promiseId: 'p2', level: 2 } as CaseEvent));
  it.each([['withdrawn', withdrawn, 2], ['broken', broken, 2], ['kept', kept, 1], ['kept in part', partly, 1]] as const)('after one that was %s is of its level', (_how, end, level) =>
    given(made, end).when({ ...make, draft: { ...draft, promiseId: 'p2' } }).then({ ...made, promiseId: 'p2', level } as CaseEvent));
});

describe('an open promise', () => {
  it('is kept as soon as all of it is there', () => given(made).when(judge('2026-03-05', { '2026-03-05': 50_00 })).then(kept));
  it('has time until its tolerance is over', () => given(made).when(judge('2026-03-11', { '2026-03-05': 49_99 })).thenNothing());
  it('is partly kept when a cent is missing the day after', () => given(made).when(judge('2026-03-12', { '2026-03-05': 49_99 })).then(partly));
  it('is broken when nothing came, or came too late', () => {
    given(made).when(judge('2026-03-12', {})).then(broken);
    given(made).when(judge('2026-03-12', { '2026-03-12': 50_00 })).then(broken);
  });
  it('does not count what was there before', () => given({ ...made, settledBefore: { oit_1: 50_00 } } as CaseEvent).when(judge('2026-03-12', { '2026-03-01': 50_00 })).then(broken));
  it('forgives what policy tolerates', () => given(made).when({ ...judge('2026-03-05', { '2026-03-05': 49_99 }), policy: { ...policy, tolerance: '0.01' } }).then({ ...kept, received: eur(49_99) } as CaseEvent));
  it('ends with an item that is closed without being paid', () => given(made).when(judge('2026-03-05', {}, { openMinor: 0, closed: true })).then({ ...withdrawn, reason: 'nothing that was promised is owed any more' } as CaseEvent));
  it('waits while what it is about is not known', () => given(made).when({ ...judge('2026-03-12', {}), items: [] }).thenNothing());
  it('can be withdrawn', () => given(made).when({ type: 'WithdrawPromise', customerId, promiseId: 'p1', reason: 'sorry' }).then(withdrawn));
});

describe('a promise that ended', () => {
  it.each([kept, partly, broken, withdrawn, { type: 'PromiseSuperseded', ...about, supersededBy: 'p2' } as CaseEvent])('is not touched again: $type', (end) => {
    given(made, end).when(judge('2026-04-01', { '2026-03-05': 50_00 })).thenNothing();
    given(made, end).when({ type: 'WithdrawPromise', customerId, promiseId: 'p1', reason: 'late' }).thenRefused('promise-not-open');
  });
  it('is not one that never was', () => given().when({ type: 'WithdrawPromise', customerId, promiseId: 'constructor', reason: '' }).thenRefused('promise-not-found'));
});

const dispute = { type: 'OpenDispute', customerId, items: [owed(50_00)], customerKnown: true, draft: { disputeId: 'd1', items: [part(20_00)], reasonCode: 'price', note } } as const satisfies CaseCommand;
const opened: CaseEvent = { type: 'DisputeOpened', disputeId: 'd1', customerId, items: [part(20_00)], amount: eur(20_00), reasonCode: 'price', pii };
const resolve = { type: 'ResolveDispute', customerId, disputeId: 'd1', outcome: 'upheld', reason: 'delivered' } as const satisfies CaseCommand;
const resolved: CaseEvent = { type: 'DisputeResolved', disputeId: 'd1', customerId, items: [part(20_00)], outcome: 'upheld', reason: 'delivered' };
const closed: CaseEvent = { type: 'DisputeClosed', disputeId: 'd1', customerId, items: [part(20_00)] };

describe('a dispute', () => {
  it('is opened over a part of an open item', () => given().when(dispute).then(opened));
  it('is not above what is open, not of unknown items or customers, and opened once', () => {
    given().when({ ...dispute, draft: { ...dispute.draft, items: [part(50_01)] } }).thenRefused('dispute-above-open-amount');
    given().when({ ...dispute, items: [] }).thenRefused('open-item-not-found');
    given().when({ ...dispute, items: [owed(0)] }).thenRefused('open-item-settled');
    given().when({ ...dispute, customerKnown: false }).thenRefused('customer-not-found');
    given(opened).when(dispute).thenRefused('dispute-exists');
    given(opened).when({ ...dispute, draft: { ...dispute.draft, disputeId: 'd2' } }).thenRefused('item-disputed');
  });
  it('is resolved once', () => {
    given(opened).when(resolve).then(resolved);
    given(opened, resolved).when(resolve).thenRefused('dispute-not-open');
    given().when(resolve).thenRefused('dispute-not-found');
  });
  it('closes when its item clears, not before', () => {
    given(opened).when({ type: 'Judge', customerId, today: '2026-03-02', items: [owed(1)], policy }).thenNothing();
    given(opened).when({ type: 'Judge', customerId, today: '2026-03-02', items: [], policy }).then(closed);
    given(opened, closed).when(resolve).thenRefused('dispute-not-open');
  });
});

describe('a case', () => {
  const review = (today: string, ...items: OwedItem[]) => ({ type: 'ReviewCase', customerId, caseId: 'cas_1', today, items, policy: casePolicy }) as const;
  const open: CaseEvent = { type: 'CollectionCaseOpened', caseId: 'cas_1', customerId, pastDue: [eur(100_00)], oldestDueOn: '2026-02-20', policyVersion: 4 };
  it('opens at 100.00 ten days past due', () => given().when(review('2026-03-02', owed(100_00))).then(open));
  it('does not a day or a cent before, or by adding currencies', () => {
    given().when(review('2026-03-01', owed(100_00))).thenNothing();
    given().when(review('2026-03-02', owed(99_99))).thenNothing();
    given().when(review('2026-03-02', owed(60_00), owed(60_00, { itemId: 'oit_2', currency: 'USD' }))).thenNothing();
  });
  it('does not count what is disputed or promised', () => {
    given(opened).when(review('2026-03-02', owed(119_99))).thenNothing();
    given(made).when(review('2026-03-02', owed(149_99))).thenNothing();
    given(made).when(review('2026-03-02', owed(110_00, { settledMinor: { '2026-03-02': 40_00 } }))).then(open);
  });
  it('is one at a time, and closes when nothing of it is past due', () => {
    given(open).when(review('2026-03-03', owed(1))).thenNothing();
    given(open).when(review('2026-03-03', owed(100_00, { dueOn: '2026-03-03' }))).then({ type: 'CollectionCaseClosed', caseId: 'cas_1', customerId });
    expect(given(open, { type: 'CollectionCaseClosed', caseId: 'cas_1', customerId }).state()).toMatchObject({ caseId: '', cases: 1 });
  });
});

describe('a contact', () => {
  const contact = { type: 'RecordContact', ...promising, draft: { contactId: 'n1', channel: 'phone', result: 'reached', followUpOn: '2026-03-02', note, promise: null, dispute: null } } as const satisfies CaseCommand;
  const recorded: CaseEvent = { type: 'ContactRecorded', contactId: 'n1', customerId, channel: 'phone', result: 'reached', followUpOn: '2026-03-02', promiseId: '', disputeId: '', pii };
  it('is recorded once, with a customer we know', () => {
    given().when(contact).then(recorded);
    given(recorded).when(contact).thenRefused('contact-exists');
    given().when({ ...contact, customerKnown: false }).thenRefused('customer-not-found');
  });
  it('cannot be followed up in the past', () => given().when({ ...contact, draft: { ...contact.draft, followUpOn: '2026-03-01' } }).thenRefused('follow-up-in-past'));
  it('brings what came of it', () => given().when({ ...contact, draft: { ...contact.draft, promise: draft, dispute: dispute.draft } }).then(opened, made, { ...recorded, promiseId: 'p1', disputeId: 'd1' } as CaseEvent));
});
