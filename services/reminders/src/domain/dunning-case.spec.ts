import { describe, expect, it } from '@jest/globals';
import { isRefusal } from '@ar/domain/decider.js';
import { testing } from '@ar/domain/given.js';
import type { ReminderItem } from './dunning.js';
import { dunningCase, type DunningCommand, type DunningEvent, pending } from './dunning-case.js';

const { given } = testing(dunningCase);
const line = (itemId: string, dueDate: string, level: number): ReminderItem => ({ itemId, documentNumber: `R-${itemId}`, dueDate, amount: { minor: 10_000, currency: 'EUR' }, level });
const items = [line('a', '2026-03-05', 1), line('b', '2026-03-11', 0)];
const of = { effectKey: 'rem_1', communicationId: 'com_1', customerId: 'c1' };
const content = { sender: 'ar@seller.test', bodyHash: 'ab', templateVersion: 1, pii: { keyId: '', data: { recipient: 'c@buyer.test', subject: 's', body: 'b' } } };
const totals = [{ minor: 20_000, currency: 'EUR' }];

const opened: DunningEvent = { type: 'DunningCaseOpened', caseId: 'dun_1', customerId: 'c1' };
const closed: DunningEvent = { type: 'DunningCaseClosed', caseId: 'dun_1', customerId: 'c1' };
const requested: DunningEvent = { type: 'ReminderRequested', ...of, kind: 'past-due', level: 1, items, suppressed: [], sendAfter: '2026-03-09T08:00:00.000Z', policyVersion: 1, on: '2026-03-09' };
const attempted = (attempt = 1): DunningEvent => ({ type: 'ReminderAttempted', ...of, attempt, kind: 'past-due', level: 1, items, totals, suppressed: [], ...content });
const sent: DunningEvent = { type: 'ReminderSent', ...of, attempt: 1, detail: '250 ok', on: '2026-03-09' };
const unknown: DunningEvent = { type: 'ReminderUnknown', ...of, attempt: 1, detail: 'gone', on: '2026-03-09' };
const failed = (attempt: number, retryAt: string | null): DunningEvent => ({ type: 'ReminderFailed', ...of, attempt, detail: '550 no', retryAt });
const repeated = (n = 2): DunningEvent => ({ type: 'ReminderRepeated', ...of, attempt: n, by: 'anna', reason: 'never came' });
const suppressed: DunningEvent = { type: 'ReminderSuppressed', ...of, attempt: 1, reason: 'no-address', explanation: 'none', suppressed: [], on: '2026-03-09' };
const raised: DunningEvent = { type: 'DunningLevelRaised', caseId: 'dun_1', customerId: 'c1', itemId: 'a', level: 1, effectKey: 'rem_1', policyVersion: 1 };
const paused: DunningEvent = { type: 'DunningPaused', pauseId: 'p1', customerId: 'c1', fromDate: '2026-03-09', toDate: '2026-03-20', reason: 'asked us to' };
const resumed: DunningEvent = { type: 'DunningResumed', pauseId: 'p1', customerId: 'c1', resumedOn: '2026-03-11', reason: 'paid' };

const review = (pastDue: boolean): DunningCommand => ({ type: 'Review', customerId: 'c1', caseId: 'dun_1', pastDue });
const request: DunningCommand = { type: 'Request', ...of, today: '2026-03-09', items, suppressed: [], sendAfter: '2026-03-09T08:00:00.000Z', policyVersion: 1 };
const attempt: DunningCommand = { type: 'Attempt', effectKey: 'rem_1', attempt: 1, items, suppressed: [], ...content };
const suppress: DunningCommand = { type: 'Suppress', effectKey: 'rem_1', attempt: 1, today: '2026-03-09', reason: 'no-address', explanation: 'none', suppressed: [] };
const record = (outcome: 'sent' | 'failed' | 'unknown', n = 1): DunningCommand => ({ type: 'RecordOutcome', effectKey: 'rem_1', attempt: n, today: '2026-03-09', outcome, detail: outcome === 'sent' ? '250 ok' : outcome === 'failed' ? '550 no' : 'gone' });
const repeat: DunningCommand = { type: 'Repeat', communicationId: 'com_1', known: true, by: 'anna', reason: 'never came' };
const pause: DunningCommand = { type: 'Pause', pauseId: 'p1', customerId: 'c1', customerKnown: true, today: '2026-03-09', from: '2026-03-09', to: '2026-03-20', reason: 'asked us to' };
const resume: DunningCommand = { type: 'Resume', today: '2026-03-10', customerId: 'c1', reason: 'paid' };

describe('a case', () => {
  it('is opened when something is past due, once', () => { given().when(review(true)).then(opened); given(opened).when(review(true)).thenNothing(); });
  it('is closed when nothing is past due any more, once', () => { given(opened).when(review(false)).then(closed); given(opened, closed).when(review(false)).thenNothing(); given().when(review(false)).thenNothing(); });
  it('is opened again', () => given(opened, closed).when(review(true)).then(opened));
});

describe('an item that another system had reminded of', () => {
  const takeOn = (level: number): DunningCommand => ({ type: 'TakeOnLevel', customerId: 'c1', itemId: 'old', level });
  const takenOn: DunningEvent = { type: 'DunningLevelTakenOn', customerId: 'c1', itemId: 'old', level: 2 };
  it('goes on from the level that was reached, and is not reminded of before due', () => {
    given().when(takeOn(2)).then(takenOn);
    expect(given(takenOn).state()).toMatchObject({ open: false, lastOn: '', reminded: { old: { level: 2, beforeDue: true } } });
  });
  it('never goes back', () => { given(takenOn).when(takeOn(2)).thenNothing(); given(takenOn).when(takeOn(1)).thenNothing(); });
});

describe('a message', () => {
  it('is requested', () => given(opened).when(request).then(requested));
  it('is requested once for its key', () => { given(requested).when(request).thenNothing(); given(requested, attempted(), sent).when(request).thenNothing(); });
  it('waits for the one under way', () => {
    const other: DunningCommand = { ...request, effectKey: 'rem_2', communicationId: 'com_2' };
    given(requested).when(other).thenRefused('reminder-pending');
    given(requested, attempted()).when(other).thenRefused('reminder-pending');
    for (const end of [sent, unknown, failed(1, null)]) expect(isRefusal(dunningCase.decide(other, given(requested, attempted(), end).state()))).toBe(false);
    expect(isRefusal(dunningCase.decide(other, given(requested, suppressed).state()))).toBe(false);
  });
  it('is attempted with what it lists then', () => given(opened, requested).when(attempt).then(attempted()));
  it('is suppressed instead', () => given(opened, requested).when(suppress).then(suppressed));
  it('that was sent raises levels, and its reminders before due count', () => {
    given(opened, requested, attempted()).when(record('sent')).then(sent, raised);
    expect(given(opened, requested, attempted(), sent, raised).state()).toMatchObject({ lastOn: '2026-03-09', reminded: { a: { level: 1, beforeDue: false }, b: { level: 0, beforeDue: true } } });
  });
  it('that may have been sent raises levels as well', () => {
    given(opened, requested, attempted()).when(record('unknown')).then(unknown, raised);
    expect(given(opened, requested, attempted(), unknown, raised).state()).toMatchObject({ lastOn: '2026-03-09', reminded: { a: { level: 1 }, b: { beforeDue: true } } });
  });
  it('that did not leave raises nothing and is attempted again, three times in all', () => {
    given(requested, attempted()).when(record('failed')).then(failed(1, '2026-03-09T08:30:00.000Z'));
    const second = [requested, attempted(), failed(1, 'later')];
    given(...second).when({ ...attempt, attempt: 2 }).then(attempted(2));
    given(...second, attempted(2)).when(record('failed', 2)).then(failed(2, '2026-03-09T10:00:00.000Z'));
    given(...second, attempted(2), failed(2, 'later'), attempted(3)).when(record('failed', 3)).then(failed(3, null));
    const after = given(...second, attempted(2), failed(2, 'later'), attempted(3), failed(3, null)).state();
    expect(after).toMatchObject({ lastOn: '', reminded: {} });
    expect(pending(after)).toBeUndefined();
  });
  it('that is unknown is not repeated; its late outcome raises nothing twice', () => {
    given(requested, attempted(), unknown, raised).when({ ...attempt, attempt: 2 }).thenRefused('effect-not-requested');
    given(requested, attempted(), unknown, raised).when(record('sent')).then(sent);
    given(requested, attempted(), unknown, raised).when(record('failed')).then(failed(1, null));
    given(requested, attempted(), unknown, raised).when(record('unknown')).thenNothing();
  });
  it('keeps a level that was reached before', () => given({ ...raised, level: 2 }, requested, attempted()).when(record('sent')).then(sent));
});

describe('sending, in a wrong state,', () => {
  const all: readonly DunningCommand[] = [attempt, suppress, record('sent')];
  it('is refused without such a message', () => { for (const c of all) { given().when(c).thenRefused('reminder-not-found'); given({ ...requested, effectKey: 'rem_0' }).when(c).thenRefused('reminder-not-found'); } });
  it('is refused for another attempt', () => { for (const c of [attempt, suppress]) given(requested).when({ ...c, attempt: 2 } as DunningCommand).thenRefused('effect-attempt-other'); given(requested, attempted()).when(record('sent', 2)).thenRefused('effect-attempt-other'); });
  it('is claimed only when it is requested', () => {
    for (const end of [[attempted()], [attempted(), sent], [attempted(), failed(1, null)], [attempted(), unknown], [suppressed]]) for (const c of [attempt, suppress]) given(requested, ...end).when(c).thenRefused('effect-not-requested');
  });
  it('has an outcome only when it was attempted', () => {
    for (const end of [[], [suppressed], [attempted(), failed(1, null)]]) given(requested, ...end).when(record('sent')).thenRefused('effect-not-attempted');
    given(requested, attempted(), sent).when(record('unknown')).thenRefused('effect-not-attempted');
    given(requested, attempted(), sent).when(record('sent')).thenNothing();
  });
});

describe('a message that a person repeats', () => {
  const gaveUp = [requested, attempted(), failed(1, 'later'), attempted(2), failed(2, 'later'), attempted(3), failed(3, null)];
  it('is attempted once more when nobody can say whether it left, or when it was given up', () => {
    given(requested, attempted(), unknown, raised).when(repeat).then(repeated());
    given(...gaveUp).when(repeat).then(repeated(4));
    given(requested, attempted(), unknown, raised, repeated()).when({ ...attempt, attempt: 2 }).then(attempted(2));
    given(requested, attempted(), unknown, raised, repeated(), attempted(2)).when(record('sent', 2)).then({ ...sent, attempt: 2 });
  });
  it('is under way again: no other is requested meanwhile', () => {
    expect(pending(given(requested, attempted(), unknown, repeated()).state())).toBeDefined();
    given(requested, attempted(), unknown, repeated()).when(repeat).thenRefused('reminder-pending');
  });
  it('may be repeated again when it is unknown again', () => given(requested, attempted(), unknown, repeated(), attempted(2), { ...unknown, attempt: 2 }).when(repeat).then(repeated(3)));
  it('may be held back instead, and is then over', () => {
    given(requested, attempted(), unknown, repeated()).when({ ...suppress, attempt: 2 }).then({ ...suppressed, attempt: 2 });
    given(requested, attempted(), unknown, repeated(), { ...suppressed, attempt: 2 }).when(repeat).thenRefused('reminder-was-suppressed');
  });
  it('need not be when news of the first attempt comes in time; later news changes nothing', () => {
    given(requested, attempted(), unknown, raised, repeated()).when(record('sent')).then(sent);
    given(requested, attempted(), unknown, raised, repeated()).when(record('failed')).thenNothing();
    given(requested, attempted(), unknown, raised, repeated(), sent).when({ ...attempt, attempt: 2 }).thenRefused('effect-not-requested');
    given(requested, attempted(), unknown, raised, repeated(), attempted(2)).when(record('sent')).thenNothing();
    given(requested, attempted(), unknown, raised, repeated(), attempted(2), { ...sent, attempt: 2 }).when(record('sent')).thenNothing();
  });
  it('is not one that is under way, was sent, was held back or was never there', () => {
    for (const under of [[requested], [requested, attempted()], [requested, attempted(), failed(1, 'later')]]) given(...under).when(repeat).thenRefused('reminder-pending');
    given(requested, attempted(), sent).when(repeat).thenRefused('reminder-was-sent');
    given(requested, suppressed).when(repeat).thenRefused('reminder-was-suppressed');
    given().when({ ...repeat, known: false } as DunningCommand).thenRefused('reminder-not-found');
    given(requested, attempted(), unknown).when({ ...repeat, communicationId: 'com_9', known: false } as DunningCommand).thenRefused('reminder-not-found');
  });
  it('is the last one', () => given(requested, attempted(), unknown).when({ ...repeat, communicationId: 'com_0' } as DunningCommand).thenRefused('reminder-superseded'));
});

describe('a pause', () => {
  it('begins today or later', () => {
    given().when(pause).then(paused);
    given().when({ ...pause, from: '2026-03-08' } as DunningCommand).thenRefused('pause-in-past');
    given().when({ ...pause, from: '2026-03-12', to: '2026-03-11' } as DunningCommand).thenRefused('pause-in-past');
  });
  it('is of a known customer', () => given().when({ ...pause, customerKnown: false } as DunningCommand).thenRefused('customer-not-found'));
  it('has an id of its own and days of its own', () => {
    given(paused).when(pause).thenRefused('pause-exists');
    given(paused).when({ ...pause, pauseId: 'p2', from: '2026-03-20', to: '2026-03-30' } as DunningCommand).thenRefused('pause-overlaps');
    given(paused).when({ ...pause, pauseId: 'p2', from: '2026-03-21', to: '2026-03-30' } as DunningCommand).then({ ...paused, pauseId: 'p2', fromDate: '2026-03-21', toDate: '2026-03-30' } as DunningEvent);
  });
  it('is ended on a day on which it is in force, from the next day on', () => {
    given(paused).when(resume).then(resumed);
    expect(given(paused, resumed).state().pauses[0]).toMatchObject({ to: '2026-03-10', resumed: true });
    given(paused, resumed).when(resume).thenRefused('no-pause-in-force');
    given().when(resume).thenRefused('no-pause-in-force');
    given(paused).when({ ...resume, today: '2026-03-21' } as DunningCommand).thenRefused('no-pause-in-force');
  });
  it('leaves the message under way alone', () => { given(requested).when(pause).then(paused); expect(pending(given(requested, paused).state())).toBeDefined(); });
});

describe('whoever has no address', () => { it('is remembered with the day', () => expect(given(requested, suppressed).state().noAddressOn).toBe('2026-03-09')); });
