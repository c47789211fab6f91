import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isRefusal } from '@ar/domain/decider.js';
import { type Announced, debitNotice, type DebitNoticeCommand, type DebitNoticeEvent, type DebitNoticeState, noticeInKey, noticeIdOf, noticeKeyOf } from './debit-notice.js';
import { noticeWords } from './message.js';

const announced: Announced = { amount: { minor: 10_000, currency: 'EUR' }, collectOn: '2026-03-24', mandateReference: 'M-1', creditorId: 'DE98ZZZ09999999999', items: [{ itemId: 'a', documentNumber: 'R-a', dueDate: '2026-03-20', amount: { minor: 10_000, currency: 'EUR' }, level: 0 }] };
const request: DebitNoticeCommand = { type: 'Request', tenant: 't1', debitId: 'ddt_1', customerId: 'c1', ...announced, sendAfter: '2026-03-10T08:00:00.000Z', policyVersion: 1, today: '2026-03-10' };
const attempt = (n = 1): DebitNoticeCommand => ({ type: 'Attempt', attempt: n, sender: 'ar@seller.test', bodyHash: '0', templateVersion: 1, pii: { keyId: '', data: { recipient: 'c1@buyer.test', subject: 's', body: 'b' } } });
const outcome = (was: 'sent' | 'failed' | 'unknown', n = 1): DebitNoticeCommand => ({ type: 'RecordOutcome', attempt: n, outcome: was, detail: 'said' });
const suppress: DebitNoticeCommand = { type: 'Suppress', attempt: 1, reason: 'paid', explanation: 'nothing is open' };
const decide = (state: DebitNoticeState, command: DebitNoticeCommand) => { const answer = debitNotice.decide(command, state); return isRefusal(answer) ? answer.refused : answer; };
const after = (...commands: readonly DebitNoticeCommand[]): DebitNoticeState => commands.reduce((state, command) => {
  const answer = debitNotice.decide(command, state);
  if (isRefusal(answer)) throw new Error(answer.refused);
  return answer.reduce((s, e) => debitNotice.evolve(s, e), state);
}, debitNotice.initial);

describe('a notice that nobody asked for', () => {
  it('is requested with what is announced, under a key of its debit', () => {
    expect(decide(after(), request)).toMatchObject([{ type: 'DebitNoticeRequested', effectKey: noticeKeyOf('t1', 'ddt_1'), debitId: 'ddt_1', ...announced, on: '2026-03-10' }]);
    expect(noticeKeyOf('t1', 'ddt_2')).not.toBe(noticeKeyOf('t1', 'ddt_1'));
  });
  it('has a key of its own where another tenant has a debit of the same id, and its stream is found by it; so is that of a key of before', () => {
    expect(noticeKeyOf('t2', 'ddt_1')).not.toBe(noticeKeyOf('t1', 'ddt_1'));
    expect([noticeKeyOf('t.2', 'ddt_1'), noticeIdOf('ddt_1')].map(noticeInKey)).toEqual([noticeIdOf('ddt_1'), noticeIdOf('ddt_1')]);
  });
  it.each([attempt(), suppress, outcome('sent')])('is not there to be sent: $type', (command) => expect(decide(after(), command)).toBe('effect-not-found'));
});

describe('a requested notice', () => {
  it('is requested once', () => expect(decide(after(request), request)).toEqual([]));
  it('is attempted as it was announced', () => expect(decide(after(request), attempt())).toMatchObject([{ type: 'DebitNoticeAttempted', ...announced, attempt: 1, sender: 'ar@seller.test' }]));
  it('is held back for good', () => {
    expect(decide(after(request), suppress)).toMatchObject([{ type: 'DebitNoticeSuppressed', reason: 'paid' }]);
    expect(decide(after(request, suppress), attempt())).toBe('effect-not-requested');
  });
  it('is not attempted as another attempt', () => expect([decide(after(request), attempt(2)), decide(after(request), { ...suppress, attempt: 2 })]).toEqual(['effect-attempt-other', 'effect-attempt-other']));
  it('has no outcome yet', () => expect(decide(after(request), outcome('sent'))).toBe('effect-not-attempted'));
});

describe('an attempted notice', () => {
  it.each([['sent', 'DebitNoticeSent'], ['unknown', 'DebitNoticeUnknown']] as const)('is %s, and that is the end', (was, type) => {
    expect(decide(after(request, attempt()), outcome(was))).toMatchObject([{ type, attempt: 1 }]);
    expect(decide(after(request, attempt(), outcome(was)), attempt())).toBe('effect-not-requested');
    expect(decide(after(request, attempt(), outcome(was)), outcome(was))).toEqual([]);
  });
  it('that did not leave is attempted again, five times in all, within a day and a half', () => {
    const retries: (string | null)[] = [];
    let state = after(request);
    for (let n = 1; n <= 5; n++) {
      state = [attempt(n), outcome('failed', n)].reduce((s, c) => (decide(s, c) as readonly DebitNoticeEvent[]).reduce((t, e) => { if (e.type === 'DebitNoticeFailed') retries.push(e.retryAt); return debitNotice.evolve(t, e); }, s), state);
    }
    expect(retries).toEqual(['2026-03-10T08:30:00.000Z', '2026-03-10T10:00:00.000Z', '2026-03-10T16:00:00.000Z', '2026-03-11T08:00:00.000Z', null]);
    expect(decide(state, attempt(6))).toBe('effect-not-requested');
  });
});

it('is sent at most once, whatever is asked and told in whatever order (property)', () => {
  const any = fc.oneof(fc.constant(request), fc.constant(suppress), fc.integer({ min: 1, max: 6 }).map(attempt), fc.tuple(fc.constantFrom('sent' as const, 'failed' as const, 'unknown' as const), fc.integer({ min: 1, max: 6 })).map(([was, n]) => outcome(was, n)));
  fc.assert(fc.property(fc.array(any, { maxLength: 30 }), (commands) => {
    const made: DebitNoticeEvent[] = [];
    commands.reduce((state, command) => {
      const answer = debitNotice.decide(command, state);
      if (isRefusal(answer)) return state;
      made.push(...answer);
      return answer.reduce((s, e) => debitNotice.evolve(s, e), state);
    }, debitNotice.initial);
    const count = (type: DebitNoticeEvent['type']) => made.filter((e) => e.type === type).length;
    expect(count('DebitNoticeRequested')).toBeLessThanOrEqual(1);
    expect(count('DebitNoticeSent')).toBeLessThanOrEqual(1);
    expect(count('DebitNoticeAttempted')).toBeLessThanOrEqual(5);
    const first = (type: DebitNoticeEvent['type']) => made.findIndex((e) => e.type === type);
    for (const end of ['DebitNoticeSent', 'DebitNoticeUnknown', 'DebitNoticeSuppressed'] as const) if (first(end) >= 0) expect(made.slice(first(end)).some((e) => e.type === 'DebitNoticeAttempted')).toBe(false);
  }));
});

describe('a notice that a person has repeated', () => {
  const repeat: DebitNoticeCommand = { type: 'Repeat', debitId: 'ddt_1', by: 'anna', reason: 'the address was wrong' };
  const failed = [1, 2, 3, 4, 5].flatMap((n) => [attempt(n), outcome('failed', n)]);
  it.each([['is unknown', [attempt(), outcome('unknown')], 2], ['failed for good', failed, 6], ['was held back', [suppress], 2]] as const)('%s, and is requested again', (_was, before, next) => {
    expect(decide(after(request, ...before), repeat)).toMatchObject([{ type: 'DebitNoticeRepeated', effectKey: noticeKeyOf('t1', 'ddt_1'), attempt: next, by: 'anna', reason: 'the address was wrong' }]);
    expect(decide(after(request, ...before, repeat), attempt(next))).toMatchObject([{ type: 'DebitNoticeAttempted', attempt: next }]);
    expect(decide(after(request, ...before, repeat), repeat)).toBe('debit-notice-pending');
  });
  it('is not there to be repeated', () => expect(decide(after(), repeat)).toBe('debit-notice-not-found'));
  it.each([[[]], [[attempt()]], [[attempt(), outcome('failed')]]])('is not repeated while it is under way', (before) => expect(decide(after(request, ...before), repeat)).toBe('debit-notice-pending'));
  it('is not repeated when it was sent', () => expect(decide(after(request, attempt(), outcome('sent')), repeat)).toBe('debit-notice-was-sent'));
  it('is not attempted again when it turns out that it had left', () => {
    const state = after(request, attempt(), outcome('unknown'), repeat, outcome('sent'));
    expect([decide(state, attempt(2)), decide(state, repeat)]).toEqual(['effect-not-requested', 'debit-notice-was-sent']);
  });
});

describe('its words', () => {
  const words = noticeWords(announced, 'Buyer', { name: 'Seller GmbH', iban: '' });
  it('say what is taken, when, for what, by which mandate and by whom', () => {
    expect(words.subject).toBe('Direct debit on 2026-03-24: 100.00 EUR');
    expect(words.body.split('\n')).toEqual(expect.arrayContaining(['on 2026-03-24 we collect 100.00 EUR from your account by direct debit, for:', '- R-a, due 2026-03-20: 100.00 EUR', 'Mandate reference: M-1', 'Creditor identifier: DE98ZZZ09999999999', 'Seller GmbH']));
  });
  it('are one line each for what comes from callers', () => expect(noticeWords({ ...announced, mandateReference: 'M\nBcc: x' }, 'B\r\nX', { name: 'S', iban: '' }).body).toContain('Mandate reference: M Bcc: x'));
});
