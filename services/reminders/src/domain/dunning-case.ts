// One customer's dunning: what was said, what is being said, and when nothing may be said. At most one message is under way.
//
// - The case is open while something is past due; it is opened and closed when a day begins.
// - A message is requested under a key that is unique for ever, once; then attempted, or suppressed with the reason.
// - A level is reached when its message was sent, or may have been sent: what surely did not leave has told the customer nothing and raises nothing.
// - An item that another system had reminded of goes on from the level that was reached there.
// - What failed is attempted again by itself, three times in all; what is unknown never is. Either way the next message is another one, of another day.
// - What is unknown, or failed for good, a person may repeat while it is the last message: it is claimed anew, and what it said before does not make it old news.
// - Pauses do not overlap and begin today or later. Resuming ends the one in force today: messages go out again from tomorrow on.
import type { Aggregate } from '@ar/domain/aggregate.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import { isRefusal, refuse } from '@ar/domain/decider.js';
import { effect, type EffectEvent, type EffectRefusal, type EffectState } from '@ar/domain/effect.js';
import { inAmounts, type Money } from '@ar/domain/money.js';
import { type HeldFor, type History, type Kind, kindOf, levelOf, pauseOn, type ReminderItem, remindedOf, type SuppressedItem, totalsOf } from './dunning.js';
import { minutesAfter } from './send-after.js';

interface OfMessage { readonly effectKey: string; readonly communicationId: string; readonly customerId: string }
export interface MessageContent { readonly recipient: string; readonly subject: string; readonly body: string }
/** The message as it left; `sender` is the tenant's, not a person's. */
interface Content { readonly sender: string; readonly bodyHash: string; readonly templateVersion: number; readonly pii: { readonly keyId: string; readonly data: MessageContent } }

export type DunningEvent =
  | { type: 'DunningCaseOpened'; caseId: string; customerId: string }
  | { type: 'DunningCaseClosed'; caseId: string; customerId: string }
  | { type: 'DunningLevelRaised'; caseId: string; customerId: string; itemId: string; level: number; effectKey: string; policyVersion: number }
  | { type: 'DunningLevelTakenOn'; customerId: string; itemId: string; level: number }
  | { type: 'ReminderRequested'; kind: Kind; level: number; items: readonly ReminderItem[]; suppressed: readonly SuppressedItem[]; sendAfter: string; policyVersion: number; on: Day } & OfMessage
  | { type: 'ReminderAttempted'; attempt: number; kind: Kind; level: number; items: readonly ReminderItem[]; totals: readonly Money[]; suppressed: readonly SuppressedItem[] } & Content & OfMessage
  | { type: 'ReminderSent'; attempt: number; detail: string; on: Day } & OfMessage
  | { type: 'ReminderFailed'; attempt: number; detail: string; retryAt: string | null } & OfMessage
  | { type: 'ReminderUnknown'; attempt: number; detail: string; on: Day } & OfMessage
  | { type: 'ReminderSuppressed'; attempt: number; reason: HeldFor; explanation: string; suppressed: readonly SuppressedItem[]; on: Day } & OfMessage
  | { type: 'ReminderRepeated'; attempt: number; by: string; reason: string } & OfMessage
  | { type: 'DunningPaused'; pauseId: string; customerId: string; fromDate: Day; toDate: Day; reason: string }
  | { type: 'DunningResumed'; pauseId: string; customerId: string; resumedOn: Day; reason: string };

export type DunningCommand =
  | { type: 'Review'; customerId: string; caseId: string; pastDue: boolean }
  | { type: 'Request'; today: Day; items: readonly ReminderItem[]; suppressed: readonly SuppressedItem[]; sendAfter: string; policyVersion: number } & OfMessage
  | { type: 'Attempt'; effectKey: string; attempt: number; items: readonly ReminderItem[]; suppressed: readonly SuppressedItem[] } & Content
  | { type: 'Suppress'; effectKey: string; attempt: number; today: Day; reason: HeldFor; explanation: string; suppressed: readonly SuppressedItem[] }
  | { type: 'RecordOutcome'; effectKey: string; attempt: number; today: Day; outcome: 'sent' | 'failed' | 'unknown'; detail: string }
  | { type: 'Repeat'; communicationId: string; /** Whether a message of that id was ever read here. */ known: boolean; by: string; reason: string }
  | { type: 'Pause'; pauseId: string; customerId: string; customerKnown: boolean; today: Day; from: Day; to: Day; reason: string }
  /** Another system had reached that level with an item. */
  | { type: 'TakeOnLevel'; customerId: string; itemId: string; level: number }
  | { type: 'Resume'; today: Day; customerId: string; reason: string };

export type DunningRefusal = 'reminder-not-found' | 'reminder-pending' | 'reminder-superseded' | 'reminder-was-sent' | 'reminder-was-suppressed' | 'customer-not-found' | 'pause-exists' | 'pause-in-past' | 'pause-overlaps' | 'no-pause-in-force' | EffectRefusal;

/** The last message, from its request on. */
export interface Message extends OfMessage { readonly items: readonly ReminderItem[]; readonly requestedOn: Day; readonly sendAfter: string; readonly policyVersion: number; readonly sending: EffectState; /** By a person. */ readonly repeated: boolean }
export interface DunningState extends History { readonly caseId: string; readonly open: boolean; readonly message: Message | null; /** Day of the last message that had no address; '' without one. */ readonly noAddressOn: Day | '' }

const MOST_ATTEMPTS = 3;
/** Minutes after the first time a message may go, by attempt that failed. */
const RETRY_AFTER = [30, 120];
const sending = effect<null>(MOST_ATTEMPTS);

/** The message that is not over yet. */
export const pending = ({ message }: DunningState): Message | undefined => (message && (message.sending.status === 'requested' || message.sending.status === 'attempted') ? message : undefined);

export const dunningCase: Aggregate<DunningState, DunningCommand, DunningEvent, DunningRefusal> = {
  type: 'dunning-case',
  initial: { caseId: '', open: false, message: null, noAddressOn: '', reminded: {}, lastOn: '', pauses: [] },
  customer: (id) => id,

  decide(command, state) {
    switch (command.type) {
      case 'Review': {
        if (command.pastDue === state.open) return [];
        return command.pastDue ? [{ type: 'DunningCaseOpened', caseId: command.caseId, customerId: command.customerId }] : [{ type: 'DunningCaseClosed', caseId: state.caseId, customerId: command.customerId }];
      }
      case 'Request': {
        const { type: _, today, items, ...rest } = command;
        if (state.message?.effectKey === command.effectKey) return []; // requested before
        if (pending(state)) return refuse('reminder-pending', { communicationId: state.message!.communicationId });
        return [{ type: 'ReminderRequested', ...rest, kind: kindOf(items, today), level: levelOf(items), items, on: today }];
      }
      case 'Attempt':
      case 'Suppress':
      case 'RecordOutcome': return send(command, state);
      case 'Repeat': return repeat(command, state);
      case 'Pause': {
        const { pauseId, customerId, today, from, to, reason } = command;
        if (!command.customerKnown) return refuse('customer-not-found', { customerId });
        if (state.pauses.some((p) => p.pauseId === pauseId)) return refuse('pause-exists', { pauseId });
        if (from < today || to < from) return refuse('pause-in-past', { fromDate: from, toDate: to, businessDate: today });
        const other = state.pauses.find((p) => p.from <= to && from <= p.to);
        if (other) return refuse('pause-overlaps', { pauseId: other.pauseId, fromDate: other.from, toDate: other.to });
        return [{ type: 'DunningPaused', pauseId, customerId, fromDate: from, toDate: to, reason }];
      }
      case 'TakeOnLevel': {
        const { customerId, itemId, level } = command;
        return level > remindedOf(state, itemId).level ? [{ type: 'DunningLevelTakenOn', customerId, itemId, level }] : [];
      }
      case 'Resume': {
        const pause = pauseOn(state.pauses, command.today);
        if (!pause || pause.resumed) return refuse('no-pause-in-force', { businessDate: command.today });
        return [{ type: 'DunningResumed', pauseId: pause.pauseId, customerId: command.customerId, resumedOn: daysAfter(command.today, 1), reason: command.reason }];
      }
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'DunningCaseOpened': return { ...state, caseId: event.caseId, open: true };
      case 'DunningCaseClosed': return { ...state, open: false };
      case 'DunningLevelRaised': return { ...state, reminded: { ...state.reminded, [event.itemId]: { ...remindedOf(state, event.itemId), level: event.level } } };
      case 'DunningLevelTakenOn': return { ...state, reminded: { ...state.reminded, [event.itemId]: { level: event.level, beforeDue: true } } };
      case 'ReminderRequested': {
        const { effectKey, communicationId, customerId, items, on, sendAfter, policyVersion } = event;
        return { ...state, message: { effectKey, communicationId, customerId, items, requestedOn: on, sendAfter, policyVersion, sending: sending.evolve(sending.initial, { type: 'EffectRequested', key: effectKey }), repeated: false } };
      }
      case 'ReminderAttempted': return moved({ ...state, message: state.message && { ...state.message, items: event.items } }, { type: 'EffectAttempted', key: event.effectKey, attempt: event.attempt, content: null });
      case 'ReminderSent': return moved(told(state, event.on), { type: 'EffectSent', key: event.effectKey, attempt: event.attempt, detail: '' });
      case 'ReminderUnknown': return moved(told(state, event.on), { type: 'EffectUnknown', key: event.effectKey, attempt: event.attempt, detail: '' });
      case 'ReminderFailed': return moved(state, { type: 'EffectFailed', key: event.effectKey, attempt: event.attempt, detail: '', again: event.retryAt !== null });
      case 'ReminderSuppressed': return moved({ ...state, noAddressOn: event.reason === 'no-address' ? event.on : state.noAddressOn }, { type: 'EffectSuppressed', key: event.effectKey, attempt: event.attempt, reason: '' });
      case 'ReminderRepeated': return moved({ ...state, message: state.message && { ...state.message, repeated: true } }, { type: 'EffectRepeated', key: event.effectKey, attempt: event.attempt, by: event.by, reason: event.reason });
      case 'DunningPaused': return { ...state, pauses: [...state.pauses, { pauseId: event.pauseId, from: event.fromDate, to: event.toDate, reason: event.reason, resumed: false }] };
      case 'DunningResumed': return { ...state, pauses: state.pauses.map((p) => (p.pauseId === event.pauseId ? { ...p, to: daysAfter(event.resumedOn, -1), resumed: true } : p)) };
    }
  },
};

type Sending = Extract<DunningCommand, { type: 'Attempt' | 'Suppress' | 'RecordOutcome' }>;

/** What the effect decides, in the words of reminders. */
function send(command: Sending, state: DunningState): ReturnType<typeof dunningCase.decide> {
  const { message } = state;
  if (!message || message.effectKey !== command.effectKey) return refuse('reminder-not-found', { effectKey: command.effectKey });
  const { effectKey, communicationId, customerId, policyVersion } = message;
  const of = { effectKey, communicationId, customerId };
  const { attempt } = command;
  switch (command.type) {
    case 'Attempt': {
      const answer = sending.decide({ type: 'ClaimEffect', attempt, content: null }, message.sending);
      if (isRefusal(answer)) return answer;
      const { items, suppressed, sender, bodyHash, templateVersion, pii } = command;
      return [{ type: 'ReminderAttempted', ...of, attempt, kind: kindOf(items, message.requestedOn), level: levelOf(items), items, totals: totalsOf(items).flatMap(inAmounts), suppressed, sender, bodyHash, templateVersion, pii }];
    }
    case 'Suppress': {
      const answer = sending.decide({ type: 'SuppressEffect', attempt, reason: command.reason }, message.sending);
      return isRefusal(answer) ? answer : [{ type: 'ReminderSuppressed', ...of, attempt, reason: command.reason, explanation: command.explanation, suppressed: command.suppressed, on: command.today }];
    }
    case 'RecordOutcome': {
      const { outcome, detail, today } = command;
      const answer = sending.decide({ type: 'RecordOutcome', attempt, outcome, detail }, message.sending);
      if (isRefusal(answer)) return answer;
      const raised = message.sending.status === 'unknown' ? [] : message.items.filter((i) => i.level > remindedOf(state, i.itemId).level)
        .map((i): DunningEvent => ({ type: 'DunningLevelRaised', caseId: state.caseId, customerId, itemId: i.itemId, level: i.level, effectKey, policyVersion }));
      return answer.flatMap((event): readonly DunningEvent[] => {
        switch (event.type) {
          case 'EffectSent': return [{ type: 'ReminderSent', ...of, attempt, detail, on: today }, ...raised];
          case 'EffectUnknown': return [{ type: 'ReminderUnknown', ...of, attempt, detail, on: today }, ...raised];
          case 'EffectFailed': return [{ type: 'ReminderFailed', ...of, attempt, detail, retryAt: event.again ? minutesAfter(message.sendAfter, RETRY_AFTER[attempt - 1]!) : null }];
          case 'EffectRequested':
          case 'EffectAttempted':
          case 'EffectSuppressed':
          case 'EffectRepeated': return []; // not what an outcome leads to
        }
      });
    }
  }
}

/** Only the last message: a later one has said, or left out, what this one was about. */
function repeat({ communicationId, known, by, reason }: Extract<DunningCommand, { type: 'Repeat' }>, { message }: DunningState): ReturnType<typeof dunningCase.decide> {
  if (message?.communicationId !== communicationId) return known && message ? refuse('reminder-superseded', { communicationId, by: message.communicationId }) : refuse('reminder-not-found', { communicationId });
  const { effectKey, customerId, sending: at } = message;
  switch (at.status) {
    case 'none':
    case 'requested':
    case 'attempted': return refuse('reminder-pending', { communicationId });
    case 'sent': return refuse('reminder-was-sent', { communicationId });
    case 'suppressed': return refuse('reminder-was-suppressed', { communicationId });
    case 'failed':
    case 'unknown': {
      const answer = sending.decide({ type: 'RepeatEffect', by, reason }, at);
      return isRefusal(answer) ? answer : [{ type: 'ReminderRepeated', effectKey, communicationId, customerId, attempt: at.attempt + 1, by, reason }];
    }
  }
}

const moved = (state: DunningState, event: EffectEvent<null>): DunningState => (state.message ? { ...state, message: { ...state.message, sending: sending.evolve(state.message.sending, event) } } : state);

/** The customer has read it, or may have: reminders before due count from here on, levels have an event of their own. */
function told(state: DunningState, on: Day): DunningState {
  const { message } = state;
  if (!message) return state;
  const early = message.items.filter((i) => message.requestedOn <= i.dueDate).map((i) => [i.itemId, { ...remindedOf(state, i.itemId), beforeDue: true }] as const);
  return { ...state, lastOn: on, reminded: { ...state.reminded, ...Object.fromEntries(early) } };
}
