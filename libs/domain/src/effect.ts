// Something done outside, once: a mail, a payout, a debit.
//
// - It is requested under a key that is unique for ever. Requesting it again changes nothing.
// - Before each attempt it is claimed: what is known now decides whether it is still wanted. If not, it is suppressed with the reason and never attempted.
// - A claim fixes the content and is recorded before the call. Each attempt is claimed once.
// - An attempt ends as sent, as failed, or as unknown when nobody can say. A failed one is attempted again by itself, up to the most attempts, unless that is pointless; an unknown one never.
// - What failed for good, is unknown or was suppressed may be repeated by a person, as a new attempt.
// - A late outcome of the last attempt may still follow unknown. What was sent stays sent.
// - When it comes after a person repeated it: that it was sent makes the repetition needless, unless that is under way; anything else changes nothing.
import { type Decider, refuse } from './decider.js';

export type EffectEvent<Content> =
  | { type: 'EffectRequested'; key: string }
  | { type: 'EffectAttempted'; key: string; attempt: number; content: Content }
  | { type: 'EffectSuppressed'; key: string; attempt: number; reason: string }
  | { type: 'EffectSent'; key: string; attempt: number; detail: string }
  | { type: 'EffectFailed'; key: string; attempt: number; detail: string; again: boolean }
  | { type: 'EffectUnknown'; key: string; attempt: number; detail: string }
  | { type: 'EffectRepeated'; key: string; attempt: number; by: string; reason: string };

export type EffectCommand<Content> =
  | { type: 'RequestEffect'; key: string }
  | { type: 'ClaimEffect'; attempt: number; content: Content }
  | { type: 'SuppressEffect'; attempt: number; reason: string }
  | { type: 'RecordOutcome'; attempt: number; outcome: 'sent' | 'failed' | 'unknown'; detail: string; /** It would fail again. */ final?: boolean }
  | { type: 'RepeatEffect'; by: string; reason: string };

export type EffectRefusal = 'effect-not-found' | 'effect-key-other' | 'effect-not-requested' | 'effect-attempt-other' | 'effect-not-attempted' | 'effect-not-repeatable';

/** `attempt` is the number of the attempt that is wanted, under way or was the last. */
export type EffectState =
  | { readonly status: 'none' }
  | { readonly status: 'requested' | 'attempted' | 'sent' | 'failed' | 'unknown' | 'suppressed'; readonly key: string; readonly attempt: number; /** The attempt that was unknown when it was repeated. */ readonly late?: number | undefined };

export function effect<Content>(mostAttempts: number): Decider<EffectState, EffectCommand<Content>, EffectEvent<Content>, EffectRefusal> {
  return {
    initial: { status: 'none' },

    decide(command, state) {
      if (command.type === 'RequestEffect') {
        if (state.status === 'none') return [{ type: 'EffectRequested', key: command.key }];
        return state.key === command.key ? [] : refuse('effect-key-other', { key: state.key });
      }
      if (state.status === 'none') return refuse('effect-not-found');
      const { status, key, attempt } = state;
      switch (command.type) {
        case 'ClaimEffect':
        case 'SuppressEffect':
          if (status !== 'requested') return refuse('effect-not-requested', { status });
          if (command.attempt !== attempt) return refuse('effect-attempt-other', { attempt });
          return command.type === 'ClaimEffect' ? [{ type: 'EffectAttempted', key, attempt, content: command.content }] : [{ type: 'EffectSuppressed', key, attempt, reason: command.reason }];
        case 'RepeatEffect':
          if (status !== 'failed' && status !== 'unknown' && status !== 'suppressed') return refuse('effect-not-repeatable', { status });
          return [{ type: 'EffectRepeated', key, attempt: attempt + 1, by: command.by, reason: command.reason }];
        case 'RecordOutcome':
          if (command.attempt === state.late) return status === 'requested' && command.outcome === 'sent' ? [{ type: 'EffectSent', key, attempt: command.attempt, detail: command.detail }] : [];
          if (command.attempt !== attempt) return refuse('effect-attempt-other', { attempt });
          if (status === command.outcome) return []; // told twice
          if (status !== 'attempted' && status !== 'unknown') return refuse('effect-not-attempted', { status });
          switch (command.outcome) {
            case 'sent': return [{ type: 'EffectSent', key, attempt, detail: command.detail }];
            // After unknown a person is already looking at it: nothing is repeated behind their back.
            case 'failed': return [{ type: 'EffectFailed', key, attempt, detail: command.detail, again: status === 'attempted' && command.final !== true && attempt < mostAttempts }];
            case 'unknown': return [{ type: 'EffectUnknown', key, attempt, detail: command.detail }];
          }
      }
    },

    evolve(state, event) {
      const { key } = event;
      const late = state.status === 'none' ? undefined : state.late;
      switch (event.type) {
        case 'EffectRequested': return { status: 'requested', key, attempt: 1 };
        case 'EffectAttempted': return { status: 'attempted', key, attempt: event.attempt, late };
        case 'EffectSuppressed': return { status: 'suppressed', key, attempt: event.attempt, late };
        case 'EffectSent': return { status: 'sent', key, attempt: event.attempt, late };
        case 'EffectFailed': return event.again ? { status: 'requested', key, attempt: event.attempt + 1, late } : { status: 'failed', key, attempt: event.attempt, late };
        case 'EffectUnknown': return { status: 'unknown', key, attempt: event.attempt, late };
        case 'EffectRepeated': return { status: 'requested', key, attempt: event.attempt, late: state.status === 'unknown' ? state.attempt : late };
      }
    },
  };
}
