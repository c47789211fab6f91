// A mail server that delivers nothing: it keeps each message as an .eml file, for people who try things out.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';

export interface MailFolder { readonly url: string; readonly folder: string; count(): number; stop(): Promise<void> }

export async function startMailFolder(folder: string, port: number): Promise<MailFolder> {
  mkdirSync(folder, { recursive: true });
  const server = new SMTPServer({
    authOptional: true, disabledCommands: ['STARTTLS', 'AUTH'], logger: false,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const message = Buffer.concat(chunks);
        const id = /^message-id:\s*<([^>]+)>/im.exec(message.toString('utf8'))?.[1]?.replace(/[^\w.@-]/g, '_') ?? `mail-${Date.now()}`;
        writeFileSync(join(folder, `${id}.eml`), message);
        done();
      });
    },
  });
  server.on('error', () => undefined); // a client that went away
  await new Promise<void>((listening, reject) => { server.server.once('error', reject); server.listen(port, '127.0.0.1', listening); });
  return { url: `smtp://127.0.0.1:${port}`, folder, count: () => readdirSync(folder).length, stop: () => new Promise((done) => { server.close(() => done()); }) };
}
