// Mail by SMTP. A mail server cannot be asked what became of a message: whatever breaks after its content began to flow is unknown, not failed.
import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import SMTPConnection from 'nodemailer/lib/smtp-connection';

export interface MailFile { readonly fileName: string; readonly mimeType: string; readonly bytes: Uint8Array }
export interface Mail { readonly tenant: string; readonly sender: string; readonly to: readonly string[]; readonly copyTo?: readonly string[]; readonly subject: string; readonly body: string; readonly files?: readonly MailFile[] }

const TIMEOUT_MS = 20_000;

/** Sends through the server at `smtp://…` or `smtps://…`. Answers with what it said. Throws what went wrong, with `outcomeUnknown` when it may have the message. `key` is in the Message-ID and in X-AR-Effect-Key, for who hears of a bounce. */
export async function send(smtpUrl: string, { tenant, sender, to, copyTo = [], subject, body, files = [] }: Mail, key: string): Promise<string> {
  const message = await new MailComposer({
    from: sender, to: [...to], cc: [...copyTo], subject, text: body, messageId: `<${key}@${tenant}>`, attachments: files.map((f) => ({ filename: f.fileName, contentType: f.mimeType, content: Buffer.from(f.bytes) })),
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
        const deliver = () => connection.send({ from: sender, to: [...to, ...copyTo] }, content, (failed, info) => (failed ? reject(failed) : resolve(answerOf(info))));
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

/** It may take a message for some of its addresses only: who got none is named. */
function answerOf(info: SMTPConnection.SentMessageInfo | undefined): string {
  const refused = info?.rejected ?? [];
  return `${info?.response ?? ''}${refused.length > 0 ? `; not for ${refused.length} of its addresses` : ''}`;
}
