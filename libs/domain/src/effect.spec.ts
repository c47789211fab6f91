import { describe, it } from '@jest/globals';
import { effect, type EffectCommand, type EffectEvent } from './effect.js';
import { testing } from './given.js';

type Mail = { to: string };
const { given } = testing(effect<Mail>(2));
const key = 'reminder/c1/2026-03-02';
const content = { to: 'a@example.org' };
const requested: EffectEvent<Mail> = { type: 'EffectRequested', key };
const attempted = (attempt: number): EffectEvent<Mail> => ({ type: 'EffectAttempted', key, attempt, content });
const claim = (attempt: number): EffectCommand<Mail> => ({ type: 'ClaimEffect', attempt, content });
const outcome = (attempt: number, how: 'sent' | 'failed' | 'unknown'): EffectCommand<Mail> => ({ type: 'RecordOutcome', attempt, outcome: how, detail: '250 ok' });
const suppress: EffectCommand<Mail> = { type: 'SuppressEffect', attempt: 1, reason: 'paid' };
const repeat: EffectCommand<Mail> = { type: 'RepeatEffect', by: 'anna', reason: 'customer did not get it' };
const sent = (attempt: number): EffectEvent<Mail> => ({ type: 'EffectSent', key, attempt, detail: '250 ok' });
const failed = (attempt: number, again: boolean): EffectEvent<Mail> => ({ type: 'EffectFailed', key, attempt, detail: '250 ok', again });
const unknown = (attempt: number): EffectEvent<Mail> => ({ type: 'EffectUnknown', key, attempt, detail: '250 ok' });
const suppressed: EffectEvent<Mail> = { type: 'EffectSuppressed', key, attempt: 1, reason: 'paid' };

describe('no effect yet', () => {
  it('is requested', () => given().when({ type: 'RequestEffect', key }).then(requested));
  it.each([claim(1), suppress, outcome(1, 'sent'), repeat])('knows no $type', (command) => given().when(command).thenRefused('effect-not-found'));
});

describe('a requested effect', () => {
  it('is not requested twice', () => given(requested).when({ type: 'RequestEffect', key }).thenNothing());
  it('is not another one', () => given(requested).when({ type: 'RequestEffect', key: 'other' }).thenRefused('effect-key-other'));
  it('is claimed with its content', () => given(requested).when(claim(1)).then(attempted(1)));
  it('is suppressed when it is no longer wanted', () => given(requested).when(suppress).then(suppressed));
  it('is claimed for the attempt that is due', () => given(requested).when(claim(2)).thenRefused('effect-attempt-other'));
  it('has no outcome', () => given(requested).when(outcome(1, 'sent')).thenRefused('effect-not-attempted'));
  it('is not repeated', () => given(requested).when(repeat).thenRefused('effect-not-repeatable'));
});

describe('an attempted effect', () => {
  const facts = [requested, attempted(1)];
  it('is claimed once', () => given(...facts).when(claim(1)).thenRefused('effect-not-requested'));
  it('can no longer be suppressed', () => given(...facts).when(suppress).thenRefused('effect-not-requested'));
  it('was sent', () => given(...facts).when(outcome(1, 'sent')).then(sent(1)));
  it('failed, and is attempted again', () => given(...facts).when(outcome(1, 'failed')).then(failed(1, true)));
  it('failed for good, and is not attempted again', () => given(...facts).when({ ...outcome(1, 'failed'), final: true } as EffectCommand<Mail>).then(failed(1, false)));
  it('may be unknown', () => given(...facts).when(outcome(1, 'unknown')).then(unknown(1)));
  it('has the outcome of its own attempt only', () => given(...facts).when(outcome(2, 'sent')).thenRefused('effect-attempt-other'));
  it('is not repeated while it is under way', () => given(...facts).when(repeat).thenRefused('effect-not-repeatable'));
});

describe('an effect that failed once', () => {
  const facts = [requested, attempted(1), failed(1, true)];
  it('is claimed for its second attempt', () => given(...facts).when(claim(2)).then(attempted(2)));
  it('fails for good with its last attempt', () => given(...facts, attempted(2)).when(outcome(2, 'failed')).then(failed(2, false)));
});

describe('an effect that failed for good', () => {
  const facts = [requested, attempted(1), failed(1, true), attempted(2), failed(2, false)];
  it('is not attempted by itself', () => given(...facts).when(claim(3)).thenRefused('effect-not-requested'));
  it('is repeated by a person', () => given(...facts).when(repeat).then({ type: 'EffectRepeated', key, attempt: 3, by: 'anna', reason: 'customer did not get it' }));
  it('hears its outcome twice', () => given(...facts).when(outcome(2, 'failed')).thenNothing());
});

describe('an unknown effect', () => {
  const facts = [requested, attempted(1), unknown(1)];
  it('is never repeated by itself', () => given(...facts).when(claim(2)).thenRefused('effect-not-requested'));
  it('turns out to have been sent', () => given(...facts).when(outcome(1, 'sent')).then(sent(1)));
  it('turns out to have failed, and still waits for a person', () => given(...facts).when(outcome(1, 'failed')).then(failed(1, false)));
  const repeated: EffectEvent<Mail> = { type: 'EffectRepeated', key, attempt: 2, by: 'anna', reason: 'customer did not get it' };
  it('is repeated by a person, and then claimed', () => {
    given(...facts).when(repeat).then(repeated);
    given(...facts, repeated).when(claim(2)).then(attempted(2));
  });
  it('need not be repeated any more when it turns out to have been sent before that began', () => {
    given(...facts, repeated).when(outcome(1, 'sent')).then(sent(1));
    given(...facts, repeated, sent(1)).when(claim(2)).thenRefused('effect-not-requested');
  });
  it('is repeated all the same when the late outcome is another, or comes too late', () => {
    for (const how of ['failed', 'unknown'] as const) given(...facts, repeated).when(outcome(1, how)).thenNothing();
    for (const later of [[attempted(2)], [attempted(2), sent(2)], [attempted(2), unknown(2)], [attempted(2), failed(2, false)]]) given(...facts, repeated, ...later).when(outcome(1, 'sent')).thenNothing();
  });
});

describe('a sent effect', () => {
  const facts = [requested, attempted(1), sent(1)];
  it('stays sent', () => {
    given(...facts).when(outcome(1, 'sent')).thenNothing();
    given(...facts).when(outcome(1, 'failed')).thenRefused('effect-not-attempted');
    given(...facts).when(repeat).thenRefused('effect-not-repeatable');
    given(...facts).when({ type: 'RequestEffect', key }).thenNothing();
  });
});

describe('a suppressed effect', () => {
  it('is not attempted', () => given(requested, suppressed).when(claim(1)).thenRefused('effect-not-requested'));
  it('may be repeated by a person', () => given(requested, suppressed).when(repeat).then({ type: 'EffectRepeated', key, attempt: 2, by: 'anna', reason: 'customer did not get it' }));
});
