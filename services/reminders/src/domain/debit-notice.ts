// The notice of a direct debit (pre-notification, PAY-03): the debtor learns day, sum and mandate before the money is taken. One message per debit.
//
// - It is requested when the debit is, under a key that is unique for ever: a debit is announced once. Payments requests debits early enough for the days of notice.
// - Before it leaves it is decided on what is known then: where the debit was cancelled or is over, nothing of it is open any more, or nobody can be told, it is held back with the reason.
// - It says what was announced then. What is open on the day is collected, which may be less.
// - What did not leave is attempted five times in all, within a day and a half; what is unknown never is again by itself. A person may repeat what did not leave, is unknown or was held back: it is decided again then.
// - It is no reminder: it raises no level, and the next reminder does not wait for it.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { isRefusal, refuse } from '@ar/domain/decider.js';
import { effect, type EffectEvent, type EffectRefusal, type EffectState } from '@ar/domain/effect.js';
import { derivedId } from '@ar/domain/id.js';
import type { Money } from '@ar/domain/money.js';
import type { ReminderItem } from './dunning.js';
import type { MessageContent } from './dunning-case.js';
import { minutesAfter } from './send-after.js';

interface OfNotice { readonly effectKey: string; readonly communicationId: string; readonly debitId: string; readonly customerId: string }
/** What the debtor is told. */
export interface Announced { readonly amount: Money; readonly collectOn: Day; readonly mandateReference: string; readonly creditorId: string; readonly items: readonly ReminderItem[] }
export type NoticeHeldFor = 'debit-ended' | 'paid' | 'no-address';

export type DebitNoticeEvent = OfNotice & (
  | { type: 'DebitNoticeRequested'; sendAfter: string; policyVersion: number; on: Day } & Announced
  | { type: 'DebitNoticeAttempted'; attempt: number; sender: string; bodyHash: string; templateVersion: number; pii: { readonly keyId: string; readonly data: MessageContent } } & Announced
  | { type: 'DebitNoticeSent'; attempt: number; detail: string }
  | { type: 'DebitNoticeFailed'; attempt: number; detail: string; retryAt: string | null }
  | { type: 'DebitNoticeUnknown'; attempt: number; detail: string }
  | { type: 'DebitNoticeSuppressed'; attempt: number; reason: NoticeHeldFor; explanation: string }
  | { type: 'DebitNoticeRepeated'; attempt: number; by: string; reason: string });

export type DebitNoticeRefusal = 'debit-notice-not-found' | 'debit-notice-pending' | 'debit-notice-was-sent' | EffectRefusal;

export type DebitNoticeCommand =
  | { type: 'Request'; tenant: string; debitId: string; customerId: string; sendAfter: string; policyVersion: number; today: Day } & Announced
  | { type: 'Attempt'; attempt: number; sender: string; bodyHash: string; templateVersion: number; pii: { readonly keyId: string; readonly data: MessageContent } }
  | { type: 'Suppress'; attempt: number; reason: NoticeHeldFor; explanation: string }
  | { type: 'Repeat'; debitId: string; by: string; reason: string }
  | { type: 'RecordOutcome'; attempt: number; outcome: 'sent' | 'failed' | 'unknown'; detail: string };

export type DebitNoticeState = { readonly status: 'none' } | { readonly status: 'known'; readonly of: OfNotice; readonly announced: Announced; readonly sendAfter: string; readonly sending: EffectState };

const MOST_ATTEMPTS = 5;
/** Minutes after the first time it may go, by attempt that failed. */
const RETRY_AFTER = [30, 120, 480, 1_440];
const sending = effect<null>(MOST_ATTEMPTS);

/** The same for the same debit, for ever: the id of its stream. */
export const noticeIdOf = (debitId: string): string => derivedId('ntc', debitId);
/** Debits of two tenants may have the same id: what is sent outside is told apart by the tenant. */
export const noticeKeyOf = (tenant: string, debitId: string): string => `${noticeIdOf(debitId)}.${tenant}`;
/** The stream of a key. Keys of before had no tenant: they are the id alone. */
export const noticeInKey = (key: string): string => key.split('.')[0]!;

export const debitNotice: Aggregate<DebitNoticeState, DebitNoticeCommand, DebitNoticeEvent, DebitNoticeRefusal> = {
  type: 'debit-notice',
  initial: { status: 'none' },
  customer: (_id, state) => (state.status === 'none' ? '' : state.of.customerId),

  decide(command, state) {
    if (command.type === 'Request') {
      if (state.status !== 'none') return []; // announced before
      const { type: _, tenant, debitId, today, ...rest } = command;
      const effectKey = noticeKeyOf(tenant, debitId);
      return [{ type: 'DebitNoticeRequested', effectKey, communicationId: derivedId('com', effectKey), debitId, ...rest, on: today }];
    }
    if (command.type === 'Repeat') return repeat(command, state);
    if (state.status === 'none') return refuse('effect-not-found');
    const { of, announced, sendAfter, sending: at } = state;
    const { attempt } = command;
    switch (command.type) {
      case 'Attempt': {
        const { type: _, ...content } = command;
        const answer = sending.decide({ type: 'ClaimEffect', attempt, content: null }, at);
        return isRefusal(answer) ? answer : [{ type: 'DebitNoticeAttempted', ...of, ...announced, ...content }];
      }
      case 'Suppress': {
        const answer = sending.decide({ type: 'SuppressEffect', attempt, reason: command.reason }, at);
        return isRefusal(answer) ? answer : [{ type: 'DebitNoticeSuppressed', ...of, attempt, reason: command.reason, explanation: command.explanation }];
      }
      case 'RecordOutcome': {
        const { outcome, detail } = command;
        const answer = sending.decide({ type: 'RecordOutcome', attempt, outcome, detail }, at);
        if (isRefusal(answer)) return answer;
        return answer.flatMap((event): readonly DebitNoticeEvent[] => {
          switch (event.type) {
            case 'EffectSent': return [{ type: 'DebitNoticeSent', ...of, attempt, detail }];
            case 'EffectUnknown': return [{ type: 'DebitNoticeUnknown', ...of, attempt, detail }];
            case 'EffectFailed': return [{ type: 'DebitNoticeFailed', ...of, attempt, detail, retryAt: event.again ? minutesAfter(sendAfter, RETRY_AFTER[attempt - 1]!) : null }];
            case 'EffectRequested':
            case 'EffectAttempted':
            case 'EffectSuppressed':
            case 'EffectRepeated': return []; // not what an outcome leads to
          }
        });
      }
    }
  },

  evolve(state, event) {
    if (event.type === 'DebitNoticeRequested') {
      const { effectKey, communicationId, debitId, customerId, amount, collectOn, mandateReference, creditorId, items, sendAfter } = event;
      return { status: 'known', of: { effectKey, communicationId, debitId, customerId }, announced: { amount, collectOn, mandateReference, creditorId, items }, sendAfter, sending: sending.evolve(sending.initial, { type: 'EffectRequested', key: effectKey }) };
    }
    if (state.status === 'none') return state; // its history begins with its request
    const { effectKey: key, attempt } = event;
    const moved = (to: EffectEvent<null>): DebitNoticeState => ({ ...state, sending: sending.evolve(state.sending, to) });
    switch (event.type) {
      case 'DebitNoticeAttempted': return moved({ type: 'EffectAttempted', key, attempt, content: null });
      case 'DebitNoticeSent': return moved({ type: 'EffectSent', key, attempt, detail: '' });
      case 'DebitNoticeFailed': return moved({ type: 'EffectFailed', key, attempt, detail: '', again: event.retryAt !== null });
      case 'DebitNoticeUnknown': return moved({ type: 'EffectUnknown', key, attempt, detail: '' });
      case 'DebitNoticeSuppressed': return moved({ type: 'EffectSuppressed', key, attempt, reason: '' });
      case 'DebitNoticeRepeated': return moved({ type: 'EffectRepeated', key, attempt, by: event.by, reason: event.reason });
    }
  },
};

function repeat({ debitId, by, reason }: Extract<DebitNoticeCommand, { type: 'Repeat' }>, state: DebitNoticeState): ReturnType<typeof debitNotice.decide> {
  if (state.status === 'none') return refuse('debit-notice-not-found', { debitId });
  const { of, sending: at } = state;
  switch (at.status) {
    case 'none':
    case 'requested':
    case 'attempted': return refuse('debit-notice-pending', { debitId });
    case 'sent': return refuse('debit-notice-was-sent', { debitId });
    case 'failed':
    case 'unknown':
    case 'suppressed': {
      const answer = sending.decide({ type: 'RepeatEffect', by, reason }, at);
      return isRefusal(answer) ? answer : [{ type: 'DebitNoticeRepeated', ...of, attempt: at.attempt + 1, by, reason }];
    }
  }
}
