// Reminders and notices by e-mail.
import { send, type Mail } from '@ar/platform/mail.js';
import type { Effect, Todo, Typed } from '@ar/runtime/forms.js';
import { claimDebitNotice, recordDebitNotice } from './debit-notices.commands.js';
import type { DebitNoticeEvent } from './domain/debit-notice.js';
import type { DunningEvent } from './domain/dunning-case.js';
import { noticesTodo, noticesUnknown, remindersTodo, remindersUnknown } from './projections/communications.js';
import { claimReminder, recordReminder } from './reminders.commands.js';

/** The effect that sends what was claimed through that server, `smtp://…` or `smtps://…`. */
export const reminderMail = (smtpUrl: string): Effect<Mail> => ({
  name: 'reminder-mail',
  todo: remindersTodo,
  unknown: remindersUnknown,
  claim: claimReminder,
  content: async (todo, recorded) => contentOf(todo, recorded),
  perform: (mail, key) => send(smtpUrl, mail, key),
  outcome: recordReminder,
});

/** The effect that sends the notices of direct debits, through the same server. */
export const debitNoticeMail = (smtpUrl: string): Effect<Mail> => ({
  name: 'debit-notice-mail',
  todo: noticesTodo,
  unknown: noticesUnknown,
  claim: claimDebitNotice,
  content: async (todo, recorded) => contentOf(todo, recorded),
  perform: (mail, key) => send(smtpUrl, mail, key),
  outcome: recordDebitNotice,
});

function contentOf({ tenant }: Todo, recorded: readonly Typed[]): Mail | undefined {
  const attempted = (recorded as readonly (DunningEvent | DebitNoticeEvent)[]).find((e) => e.type === 'ReminderAttempted' || e.type === 'DebitNoticeAttempted');
  if (!attempted) return undefined;
  const { recipient, subject, body } = attempted.pii.data;
  return { tenant, sender: attempted.sender, to: [recipient], subject, body };
}
