// Reminders by e-mail.
import { send, type Mail } from '@ar/platform/mail.js';
import type { Effect, Todo, Typed } from '@ar/runtime/forms.js';
import type { DunningEvent } from './domain/dunning-case.js';
import { remindersTodo, remindersUnknown } from './projections/communications.js';
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

function contentOf({ tenant }: Todo, recorded: readonly Typed[]): Mail | undefined {
  const attempted = (recorded as readonly DunningEvent[]).find((e) => e.type === 'ReminderAttempted');
  if (!attempted) return undefined;
  const { recipient, subject, body } = attempted.pii.data;
  return { tenant, sender: attempted.sender, to: [recipient], subject, body };
}
