import { describe, expect, it } from '@jest/globals';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { Todo, Typed } from '@ar/runtime/forms.js';
import type { OpenItem } from './domain/dunning.js';
import type { Parties } from './projections/parties.js';
import { claimReminder, type Known, pauseDunning, recordReminder, resumeDunning, reviewDunning } from './reminders.commands.js';

const parties: Parties = { customer: { name: 'Buyer', email: 'c1@buyer.test' }, seller: { name: 'Seller GmbH', iban: '', sender: 'ar@seller.test', timeZone: 'Europe/Berlin' } };
const nobody: Parties = { ...parties, customer: { name: 'Buyer', email: '' } };
const due: OpenItem = { itemId: 'a', documentNumber: 'R-a', dueOn: '2026-03-05', open: { minor: 10_000, currency: 'EUR' }, disputedMinor: 0, promisedFor: '', undelivered: [] };
const known = (items: readonly OpenItem[] = [due], who = parties): Known => ({ standing: { items, cash: {} }, parties: who });
const stream = 'dunning-case/c1';
type History = Readonly<Record<string, readonly Typed[]>>;

const review = (history: readonly Typed[], today = '2026-03-09', what = known()) => (deciding(reviewDunning, { [stream]: history }, { today, known: what })({ customerId: 'c1' }) as History)[stream]!;
const requested = review([]);
const { effectKey, communicationId } = requested[1] as unknown as { effectKey: string; communicationId: string };
const todo: Todo = { tenant: 't1', customer: 'c1', key: effectKey, attempt: 1, state: 'requested' };
const claim = (history: readonly Typed[], today = '2026-03-09', what = known(), policies = policiesWith()) => (deciding(claimReminder, { [stream]: history }, { today, known: what, policies })(todo) as History)[stream]!;

describe('a new day', () => {
  it('opens the case and requests a message for nine o’clock in the tenant’s time zone', () => {
    expect(requested).toMatchObject([{ type: 'DunningCaseOpened', customerId: 'c1' }, { type: 'ReminderRequested', level: 1, kind: 'past-due', sendAfter: '2026-03-09T08:00:00.000Z', policyVersion: 1, on: '2026-03-09' }]);
    expect(effectKey).toMatch(/^rem_[0-9a-f]{32}$/);
    expect(communicationId).toMatch(/^com_[0-9a-f]{32}$/);
  });
  it('gives another tenant, customer or day another key', () => {
    const key = (tenant: string, customerId: string, today: string) => {
      const made = deciding(reviewDunning, {}, { today, tenant, known: known() })({ customerId }) as History;
      return (made[`dunning-case/${customerId}`]!.at(-1) as unknown as { effectKey: string }).effectKey;
    };
    expect(key('t1', 'c1', '2026-03-09')).toBe(effectKey);
    expect(new Set([effectKey, key('t2', 'c1', '2026-03-09'), key('t1', 'c2', '2026-03-09'), key('t1', 'c1', '2026-03-10')]).size).toBe(4);
  });
  it('waits while a message is under way', () => expect(review(requested, '2026-03-10')).toEqual([]));
  it('closes the case when nothing is past due', () => expect(review(requested.slice(0, 1), '2026-03-10', known([]))).toMatchObject([{ type: 'DunningCaseClosed' }]));
  it('asks for nothing again within seven days when there is no address, and at once when there is one', () => {
    const suppressed = [...requested, ...claim(requested, '2026-03-09', known([due], nobody))];
    expect(review(suppressed, '2026-03-13', known([due], nobody))).toEqual([]);
    expect(review(suppressed, '2026-03-16', known([due], nobody))).toMatchObject([{ type: 'ReminderRequested' }]);
    expect(review(suppressed, '2026-03-10')).toMatchObject([{ type: 'ReminderRequested' }]);
  });
  it('records what was left out, but not what is simply not due', () => {
    const [, request] = review([], '2026-03-09', known([due, { ...due, itemId: 'b', promisedFor: '2026-03-20' }, { ...due, itemId: 'c', dueOn: '2026-05-01' }]));
    expect(request).toMatchObject({ items: [{ itemId: 'a' }], suppressed: [{ itemId: 'b', reason: 'promised' }] });
  });
});

describe('a claim', () => {
  it('fixes recipient, words and amounts, with the hash of the body', () =>
    expect(claim(requested)).toMatchObject([{ type: 'ReminderAttempted', attempt: 1, level: 1, totals: [{ minor: 10_000, currency: 'EUR' }], sender: 'ar@seller.test', bodyHash: expect.stringMatching(/^[0-9a-f]{64}$/), templateVersion: 1, pii: { data: { recipient: 'c1@buyer.test', subject: 'Reminder: R-a past due, 100.00 EUR' } } }]));
  it('asks for what is open now', () => expect(claim(requested, '2026-03-09', known([{ ...due, open: { minor: 1, currency: 'EUR' } }]))).toMatchObject([{ totals: [{ minor: 1 }] }]));
  it('says exactly what is asked for when it is more than any amount, and records amounts that add up to it', () => {
    const most = { minor: Number.MAX_SAFE_INTEGER, currency: 'EUR' };
    const three = known(['a', 'b', 'c'].map((itemId) => ({ ...due, itemId, open: most })));
    expect(claim(review([], '2026-03-09', three), '2026-03-09', three)).toMatchObject([{ totals: [most, most, most], pii: { data: { subject: 'Reminder: 3 documents past due, 270215977642229.73 EUR', body: expect.stringContaining('In all: 270215977642229.73 EUR') } } }]);
  });
  it('suppresses what was paid meanwhile', () => expect(claim(requested, '2026-03-09', known([]))).toMatchObject([{ type: 'ReminderSuppressed', reason: 'paid', explanation: 'nothing of R-a is open any more; when the message was requested it was 100.00 EUR' }]));
  it('gives the reason of what it would have brought news of', () => {
    const old: OpenItem = { ...due, itemId: 'old', documentNumber: 'R-old', dueOn: '2026-03-01' };
    const before = [{ type: 'DunningLevelRaised', caseId: 'd', customerId: 'c1', itemId: 'old', level: 1, effectKey: 'rem_0', policyVersion: 1 }];
    const both = review(before, '2026-03-09', known([old, due]));
    expect(both.at(-1)).toMatchObject({ items: [{ itemId: 'old', level: 1 }, { itemId: 'a', level: 1 }] });
    expect(claim([...before, ...both], '2026-03-09', known([{ ...old, promisedFor: '2026-03-20' }]))).toMatchObject([{ type: 'ReminderSuppressed', reason: 'paid', suppressed: [{ itemId: 'old', reason: 'promised' }, { itemId: 'a', reason: 'paid' }] }]);
    expect(claim([...before, ...both], '2026-03-09', known([old]))).toMatchObject([{ type: 'ReminderSuppressed', reason: 'paid' }]);
  });
  it('suppresses what has no address, or none to send from', () => {
    expect(claim(requested, '2026-03-09', known([due], nobody))).toMatchObject([{ type: 'ReminderSuppressed', reason: 'no-address', explanation: 'the customer has no e-mail address' }]);
    expect(claim(requested, '2026-03-09', known([due], { ...parties, seller: { ...parties.seller!, sender: '' } }))).toMatchObject([{ reason: 'no-address', explanation: 'there is no e-mail address to send from' }]);
  });
  it('is refused for a message that is not the last', () => expect(deciding(claimReminder, { [stream]: requested }, { today: '2026-03-09', known: known() })({ ...todo, key: 'rem_0' })).toMatchObject({ refused: 'reminder-not-found' }));
});

describe('an outcome', () => {
  it('is recorded with the levels it raised', () => {
    const history = [...requested, ...claim(requested)];
    const made = deciding(recordReminder, { [stream]: history }, { today: '2026-03-09' })({ todo, outcome: 'sent', detail: '250 ok' }) as History;
    expect(made[stream]).toMatchObject([{ type: 'ReminderSent', detail: '250 ok' }, { type: 'DunningLevelRaised', itemId: 'a', level: 1 }]);
  });
});

describe('a pause', () => {
  const pause = deciding(pauseDunning, {}, { today: '2026-03-09', known: parties });
  it('begins today when no day is given', () => expect(pause({ customerId: 'c1', pauseId: 'p', from: '', to: '2026-03-20', reason: 'r' })).toMatchObject({ [stream]: [{ type: 'DunningPaused', fromDate: '2026-03-09' }] }));
  it('is resumed from tomorrow on', () => {
    const history = pause({ customerId: 'c1', pauseId: 'p', from: '', to: '2026-03-20', reason: 'r' }) as History;
    expect(deciding(resumeDunning, history, { today: '2026-03-10' })({ customerId: 'c1', reason: 'r' })).toMatchObject({ [stream]: [{ type: 'DunningResumed', resumedOn: '2026-03-11' }] });
  });
});
