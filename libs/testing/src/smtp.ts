// A real mail server that keeps what it gets and can misbehave, for tests and for a machine without one.
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface KeptMail { readonly from: string; readonly to: readonly string[]; readonly raw: string; /** Unfolded, names in lower case. */ readonly headers: Readonly<Record<string, string>>; /** As it was sent, line ends as \n. */ readonly text: string }

/** `refuse-sender`: says no before the message; `refuse-message`: says no to it; `drop-after-data`: keeps it and hangs up without a word. */
export type Behaviour = 'accept' | 'refuse-sender' | 'refuse-message' | 'drop-after-data';

export interface SmtpSink {
  readonly url: string;
  readonly mails: readonly KeptMail[];
  behave(how: Behaviour): void;
  stop(): Promise<void>;
}

export interface SmtpSinkOptions { readonly port?: number; /** Hears of each message after it was kept and before it is acknowledged. */ onMail?(mail: KeptMail): void | Promise<void> }

export async function startSmtp({ port = 0, onMail }: SmtpSinkOptions = {}): Promise<SmtpSink> {
  const mails: KeptMail[] = [];
  const state: { how: Behaviour } = { how: 'accept' };
  const no = (text: string) => Object.assign(new Error(text), { responseCode: 550 });
  const server = new SMTPServer({
    authOptional: true, disabledCommands: ['AUTH', 'STARTTLS'], disableReverseLookup: true,
    onMailFrom(_address, _session, done) { done(state.how === 'refuse-sender' ? no('5.7.1 sender refused') : null); },
    onData(stream, session, done) {
      const { how } = state;
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('end', () => {
        if (how === 'refuse-message') { done(no('5.6.0 message refused')); return; }
        const { mailFrom, rcptTo } = session.envelope;
        const mail = parsed(Buffer.concat(chunks).toString('utf8'), mailFrom === false ? '' : mailFrom?.address ?? '', rcptTo.map((r) => r.address));
        mails.push(mail);
        Promise.resolve(onMail?.(mail)).then(() => { if (how === 'drop-after-data') hangUp(server); else done(null, `2.0.0 kept as ${mails.length}`); }, (error: Error) => done(error));
      });
    },
  });
  server.on('error', () => undefined); // a client that went away is the test's doing
  await new Promise<void>((resolve, reject) => { server.server.once('error', reject); server.listen(port, '127.0.0.1', resolve); });
  const { port: listening } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${listening}`, mails,
    behave(how) { state.how = how; },
    stop: () => new Promise((resolve) => { server.close(() => resolve()); }),
  };
}

/** Every connection there is: the sender is left without an answer. */
function hangUp(server: SMTPServer): void {
  for (const connection of (server as unknown as { connections: Set<{ _socket: { destroy(): void } }> }).connections) connection._socket.destroy();
}

function parsed(raw: string, from: string, to: readonly string[]): KeptMail {
  const split = raw.indexOf('\r\n\r\n');
  const lines = raw.slice(0, split).replace(/\r\n[ \t]+/g, ' ').split('\r\n').map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const);
  const headers = Object.fromEntries(lines);
  const body = raw.slice(split + 4);
  const encoding = headers['content-transfer-encoding']?.toLowerCase();
  const text = encoding === 'base64' ? Buffer.from(body, 'base64').toString('utf8') : encoding === 'quoted-printable' ? unquoted(body) : body;
  return { from, to, raw, headers, text: text.replaceAll('\r\n', '\n') };
}

const unquoted = (body: string): string =>
  Buffer.from(body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))), 'latin1').toString('utf8');
