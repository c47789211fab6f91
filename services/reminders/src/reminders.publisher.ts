// Stored event → contract event. Money, dates and names are converted by one function of the runtime; a missing line does not compile.
import { ReminderKind, SuppressionReason } from '@ar/contracts/gen/ar/reminders/v1/reminder.js';
import type { Publisher } from '@ar/runtime/forms.js';
import type { HeldFor, Kind, SuppressedItem } from './domain/dunning.js';
import type { DebitNoticeEvent, NoticeHeldFor } from './domain/debit-notice.js';
import type { DunningEvent } from './domain/dunning-case.js';

export const wireReasons: Readonly<Record<HeldFor, SuppressionReason>> = {
  paid: SuppressionReason.PAID, 'unapplied-cash': SuppressionReason.UNAPPLIED_CASH, disputed: SuppressionReason.DISPUTED, promised: SuppressionReason.PROMISED, paused: SuppressionReason.PAUSED,
  'no-address': SuppressionReason.NO_ADDRESS, 'below-minimum': SuppressionReason.BELOW_MINIMUM, 'too-soon': SuppressionReason.TOO_SOON, 'not-a-working-day': SuppressionReason.NOT_A_WORKING_DAY,
  undelivered: SuppressionReason.UNDELIVERED, 'already-sent': SuppressionReason.ALREADY_SENT, 'not-due-for-a-message': SuppressionReason.NOT_DUE_FOR_A_MESSAGE,
  'being-collected': SuppressionReason.BEING_COLLECTED, 'pending-receipt': SuppressionReason.PENDING_RECEIPT,
};
export const wireKinds: Readonly<Record<Kind, ReminderKind>> = { 'before-due': ReminderKind.BEFORE_DUE, 'past-due': ReminderKind.PAST_DUE };
export const wireSuppressed = (suppressed: readonly SuppressedItem[]) => suppressed.map((s) => ({ ...s, reason: wireReasons[s.reason] }));

const noticeReasons: Readonly<Record<NoticeHeldFor, SuppressionReason>> = { 'debit-ended': SuppressionReason.DEBIT_ENDED, paid: SuppressionReason.PAID, 'no-address': SuppressionReason.NO_ADDRESS };

export const publisher: Publisher<DunningEvent | DebitNoticeEvent> = {
  DunningCaseOpened: (e) => ({ caseId: e.caseId, customerId: e.customerId }),
  DunningCaseClosed: (e) => ({ caseId: e.caseId, customerId: e.customerId }),
  DunningLevelRaised: (e) => ({ caseId: e.caseId, customerId: e.customerId, itemId: e.itemId, level: e.level, effectKey: e.effectKey, policyVersion: e.policyVersion }),
  DunningLevelTakenOn: ({ type: _, ...e }) => e,
  ReminderRequested: ({ type: _, on: _on, ...e }) => ({ ...e, kind: wireKinds[e.kind], suppressed: wireSuppressed(e.suppressed) }),
  ReminderAttempted: ({ type: _, sender: _sender, ...e }) => ({ ...e, kind: wireKinds[e.kind], suppressed: wireSuppressed(e.suppressed) }),
  ReminderSent: ({ type: _, on: _on, ...e }) => e,
  ReminderFailed: ({ type: _, retryAt, ...e }) => ({ ...e, ...(retryAt === null ? {} : { retryAt }) }),
  ReminderUnknown: ({ type: _, on: _on, ...e }) => e,
  ReminderSuppressed: ({ type: _, on: _on, attempt: _attempt, ...e }) => ({ ...e, reason: wireReasons[e.reason], suppressed: wireSuppressed(e.suppressed) }),
  ReminderRepeated: ({ type: _, ...e }) => e,
  DunningPaused: ({ type: _, ...e }) => e,
  DunningResumed: ({ type: _, ...e }) => e,
  DebitNoticeRequested: ({ type: _, on: _on, collectOn, ...e }) => ({ ...e, collectDate: collectOn }),
  DebitNoticeAttempted: ({ type: _, sender: _sender, collectOn, ...e }) => ({ ...e, collectDate: collectOn }),
  DebitNoticeSent: ({ type: _, ...e }) => e,
  DebitNoticeFailed: ({ type: _, retryAt, ...e }) => ({ ...e, ...(retryAt === null ? {} : { retryAt }) }),
  DebitNoticeUnknown: ({ type: _, ...e }) => e,
  DebitNoticeRepeated: ({ type: _, ...e }) => e,
  DebitNoticeSuppressed: ({ type: _, attempt: _attempt, ...e }) => ({ ...e, reason: noticeReasons[e.reason] }),
};
