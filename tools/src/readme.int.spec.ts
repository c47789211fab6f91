// What README says, run as it is written: a stranger's first quarter of an hour. Only the ports are others, so that nothing that runs already is in the way.
import { afterAll, describe, expect, it } from '@jest/globals';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { settings } from '@ar/platform/config.js';
import { SERVICES } from './installation.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const temporary = mkdtempSync(join(tmpdir(), 'ar-readme-'));
chmodSync(temporary, 0o755); // started by root, PostgreSQL runs as a user of its own
const data = join(temporary, 'data');
const BASE = 8_400;
// Tests run on the Node of this project and with its module flags; a shell of a user has neither.
const environment = { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AR_|NODE_OPTIONS|npm_)/.test(name))) };

interface Ended { readonly code: number | null; readonly out: string; readonly err: string }
const running = new Set<ChildProcess>();

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = environment): { child: ChildProcess; ended: Promise<Ended>; said: () => string } {
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  running.add(child);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
  child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString(); });
  return { child, said: () => out + err, ended: new Promise((resolve) => { child.once('close', (code) => { running.delete(child); resolve({ code, out, err }); }); }) };
}

const npmStart = (...flags: string[]) => run('npm', ['start', '--', ...flags]);
const pasted = (command: string) => new Promise<{ code: number; out: string }>((resolve) => { execFile('bash', ['-c', command], { cwd: root, env: environment }, (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, out: error ? stdout + stderr : stdout })); });

/** Waits for the line with the three calls below it, and answers everything that was printed. */
async function ready({ ended, said }: ReturnType<typeof npmStart>): Promise<string> {
  let over: Ended | undefined;
  void ended.then((e) => { over = e; });
  for (const until = Date.now() + 120_000; !/first-invoice.*\n.*IssueInvoice/.test(said()); await new Promise((again) => { setTimeout(again, 50); })) {
    if (over) throw new Error(`ended with ${over.code}:\n${over.out}${over.err}`);
    if (Date.now() > until) throw new Error(`not ready:\n${said()}`);
  }
  return said();
}

/** Ctrl-C: the signal goes to every process of the terminal's foreground group. */
async function controlC({ child, ended }: ReturnType<typeof npmStart>): Promise<void> {
  process.kill(-child.pid!, 'SIGINT');
  await ended;
}

const callsIn = (text: string): string[] => text.match(/^npx buf curl [^\n]*(?:(?<=\\)\n[^\n]*)?/gm) ?? [];
let started: ReturnType<typeof npmStart>;
let invoice: { invoiceId: string; number: string };

afterAll(async () => {
  for (const child of running) { try { process.kill(-child.pid!, 'SIGINT'); } catch { continue; } await new Promise((gone) => { child.once('close', gone); }); } // a group that is gone says so by throwing
  rmSync(temporary, { recursive: true, force: true });
}, 60_000);

describe('npm start', () => {
  it('brings up five services and prints where they are', async () => {
    started = npmStart('--port-base', String(BASE), '--data', data);
    const text = await ready(started);
    for (const [i, name] of SERVICES.entries()) expect(text).toMatch(new RegExp(`${name}\\s.*127\\.0\\.0\\.1:${BASE + 1 + i}\\s.*http://127\\.0\\.0\\.1:${BASE + 51 + i}\\s.*ready`));
    expect(text).toContain(data);
    expect(callsIn(text)).toHaveLength(3);
  }, 180_000);

  it('prints three calls that work as pasted', async () => {
    const answers: { tenant?: { tenantId: string }; customer?: { customerId: string }; invoice?: typeof invoice & { total: { value: string } } }[] = [];
    for (const call of callsIn(started.said())) {
      for (let attempt = 0; ; attempt++) { // the customer needs the tenant to have arrived: a person pastes no faster
        const { code, out } = await pasted(call);
        if (code === 0) { answers.push(JSON.parse(out) as (typeof answers)[number]); break; }
        if (attempt === 5) throw new Error(out);
      }
    }
    expect(answers).toMatchObject([{ tenant: { tenantId: 'acme' } }, { customer: { customerId: 'c1' } }, { invoice: { total: { value: '285.60' } } }]);
    invoice = answers[2]!.invoice!;
  }, 60_000);

  it('answers the calls of README', async () => {
    const there = readme.replaceAll(':71', `:${BASE / 100}`);
    const calls = callsIn(there);
    expect(calls).toHaveLength(4);
    const [methods, tenant] = [await pasted(calls[0]!), await pasted(calls[1]!)];
    expect(methods.out).toContain('ar.invoicing.v1.InvoiceService/IssueInvoice');
    expect(JSON.parse(tenant.out)).toMatchObject({ tenant: { details: { legalName: 'Acme GmbH' } } });
    const grpcurl = there.match(/^grpcurl .*/gm)!;
    expect(grpcurl).toHaveLength(2);
    if ((await pasted('command -v grpcurl')).code === 0) for (const call of grpcurl) expect((await pasted(call)).out).toMatch(/ReportService|285\.60/);
    else { // what grpcurl would ask, asked by the tool that is here
      const [, body, address, method] = /-d '(.*)' (\S+) (\S+)$/.exec(grpcurl[1]!)!;
      expect((await pasted(`npx buf curl --protocol grpc --http2-prior-knowledge -d '${body}' http://${address}/${method}`)).out).toContain('285.60');
    }
    expect(JSON.parse((await pasted(calls[2]!)).out)).toMatchObject({ receipt: { status: 'RECEIPT_STATUS_APPLIED' } });
    expect((await pasted(calls[3]!)).out).toMatch(/APPLICATION_RULE_OLDEST_FIRST[^}]*100\.00 EUR/);
  }, 60_000);

  it('says when a service has ended by itself, and starts it again', async () => {
    const admin = `http://127.0.0.1:${BASE + 52}/readyz`;
    const { out } = await run('ps', ['-A', '-o', 'pid=,ppid=,args=']).ended;
    const processes = out.split('\n').map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)).filter((p) => p !== null).map(([, pid, parent, command]) => ({ pid: Number(pid), parent: Number(parent), command: command! }));
    const ofOurs = (pid: number): boolean => pid === started.child.pid || processes.some((p) => p.pid === pid && p.parent !== pid && ofOurs(p.parent));
    process.kill(processes.find((p) => p.command.includes('services/payments/dist/main.js') && ofOurs(p.pid))!.pid, 'SIGKILL');
    for (const until = Date.now() + 30_000; !started.said().includes('payments is ready again'); await new Promise((again) => { setTimeout(again, 50); })) if (Date.now() > until) throw new Error(started.said());
    expect(started.said()).toContain(`payments has ended (SIGKILL); its log is ${join(data, 'logs', 'payments.log')}\nstarting payments again …`);
    expect((await fetch(admin)).status).toBe(200);
  }, 60_000);

  it('says what is wrong with a second instance on the same folder, with a busy port, and with a folder that cannot be used', async () => {
    const same = await npmStart('--port-base', String(BASE + 100), '--data', data).ended;
    expect([same.code, same.err]).toEqual([1, expect.stringMatching(/in use by process \d+; stop that one, or choose another folder with --data/)]);
    const busy = await npmStart('--port-base', String(BASE), '--data', join(temporary, 'other')).ended;
    expect([busy.code, busy.err]).toEqual([1, expect.stringMatching(new RegExp(`port ${BASE + 1} is in use; choose another range with --port-base`))]);
    mkdirSync(join(temporary, 'private', 'data'), { recursive: true });
    writeFileSync(join(temporary, 'private', 'data', 'postgres'), 'a file where a folder belongs');
    const folder = await npmStart('--port-base', String(BASE + 100), '--data', join(temporary, 'private', 'data')).ended;
    expect([folder.code, folder.err]).toEqual([1, expect.stringContaining(`PostgreSQL does not start in ${join(temporary, 'private', 'data', 'postgres')}`)]);
    expect(same.err + busy.err + folder.err).not.toMatch(/^\s+at /m);
  }, 60_000);

  it('stops everything on Ctrl-C', async () => {
    await controlC(started);
    expect(existsSync(join(data, 'running.pid'))).toBe(false);
    for (const port of [BASE + 1, BASE + 5, BASE + 51, BASE + 90, BASE + 91]) await new Promise<void>((free, reject) => { const probe = createServer().once('error', reject).listen(port, '127.0.0.1', () => probe.close(() => free())); });
  }, 60_000);

  it('has the data of before when it is started again', async () => {
    started = npmStart('--port-base', String(BASE), '--data', data);
    const [, , issue] = callsIn(await ready(started));
    expect(JSON.parse((await pasted(issue!)).out)).toMatchObject({ invoice }); // the first answer again
    const found = await pasted(`npx buf curl --protocol grpc --http2-prior-knowledge -d '{"tenant_id":"acme"}' http://127.0.0.1:${BASE + 1}/ar.invoicing.v1.InvoiceService/ListInvoices`);
    expect((JSON.parse(found.out) as { invoices: { number: string }[] }).invoices.map((i) => i.number)).toEqual([invoice.number]);
    await controlC(started);
  }, 180_000);

  it('lists its options, and refuses others', async () => {
    const help = await npmStart('--help').ended;
    expect(help.code).toBe(0);
    for (const flag of ['port-base', 'data', 'log', 'brokers', 'clock', 'smtp']) expect(help.out).toContain(`--${flag} `);
    const unknown = await npmStart('--colour', 'red').ended;
    expect([unknown.code, unknown.err]).toEqual([64, expect.stringContaining('--colour')]);
    const wrong = await npmStart('--port-base', '80', '--clock', 'sundial', '--log', 'paper', '--smtp', 'post').ended;
    expect(wrong.code).toBe(78);
    for (const flag of ['--port-base', '--clock', '--log', '--smtp']) expect(wrong.err).toMatch(new RegExp(`^  ${flag} +must be `, 'm'));
  }, 60_000);
});

describe('a service', () => {
  it('that is configured wrongly says all of it in one table, exit code 78', async () => {
    const { code, err } = await run(process.execPath, ['services/reminders/dist/main.js'], { PATH: process.env['PATH'], AR_DATABASE_URL: 'mysql://x', AR_ROLE: 'boss', AR_GRPC_PORT: '70000' }).ended;
    expect(code).toBe(78);
    for (const name of ['AR_DATABASE_URL', 'AR_ROLE', 'AR_GRPC_PORT', 'AR_ADMIN_PORT']) expect(err).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
    expect(err).not.toMatch(/^\s+at /m);
  }, 30_000);

  it('is configured by what README lists, and by nothing else of ours', () => {
    const listed = new Set(readme.slice(readme.indexOf('## Configuration')).match(/AR_[A-Z_]+/g));
    expect([...listed].sort()).toEqual(settings().map((s) => s.name).filter((n) => n.startsWith('AR_')).sort());
  });
});
