// Reminders by e-mail. A mail server cannot be asked what became of a message: whatever breaks after its content began to flow is unknown, not failed.
import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Effect, Todo, Typed } from '@ar/runtime/forms.js';
import type { DunningEvent } from './domain/dunning-case.js';
import { remindersTodo, remindersUnknown } from './projections/communications.js';
import { claimReminder, recordReminder } from './reminders.commands.js';

export interface Mail { readonly tenant: string; readonly sender: string; readonly recipient: string; readonly subject: string; readonly body: string }

const TIMEOUT_MS = 20_000;

/** The effect that sends what was claimed through that server, `smtp://…` or `smtps://…`. */
export const reminderMail = (smtpUrl: string): Effect<Mail> => ({
  name: 'reminder-mail',
  todo: remindersTodo,
  unknown: remindersUnknown,
  claim: claimReminder,
  content: (todo, recorded) => contentOf(todo, recorded),
  perform: (mail, key) => send(smtpUrl, mail, key),
  outcome: recordReminder,
});

function contentOf({ tenant }: Todo, recorded: readonly Typed[]): Mail | undefined {
  const attempted = (recorded as readonly DunningEvent[]).find((e) => e.type === 'ReminderAttempted');
  return attempted && { tenant, sender: attempted.sender, ...attempted.pii.data };
}

/** Answers with what the server said. Throws what went wrong, with `outcomeUnknown` when the server may have the message. */
export async function send(smtpUrl: string, { tenant, sender, recipient, subject, body }: Mail, key: string): Promise<string> {
  const message = await new MailComposer({
    from: sender, to: recipient, subject, text: body, messageId: `<${key}@${tenant}>`,
    headers: { 'X-AR-Effect-Key': key, 'Auto-Submitted': 'auto-generated' },
  }).compile().build();
  const { auth, ...server } = parseConnectionUrl(smtpUrl);
  const connection = new SMTPConnection({ ...server, connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS });
  const flow = { begun: false };
  try {
    return await new Promise<string>((resolve, reject) => {
      connection.once('error', reject);
      connection.connect((refused) => {
        if (refused) { reject(refused); return; }
        // Read only when the server has asked for the content.
        const content = new Readable({ read() { flow.begun = true; this.push(message); this.push(null); } });
        const deliver = () => connection.send({ from: sender, to: [recipient] }, content, (failed, info) => (failed ? reject(failed) : resolve(info?.response ?? '')));
        if (auth) connection.login(auth, (denied) => (denied ? reject(denied) : deliver())); else deliver();
      });
    });
  } catch (error) {
    const answered = (error as { responseCode?: number }).responseCode !== undefined; // the server said no, in so many words
    throw Object.assign(error as Error, { outcomeUnknown: flow.begun && !answered });
  } finally {
    connection.close();
  }
}
