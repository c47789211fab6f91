// Load with retries while services, replicas and database connections are killed; then the books are read: what was answered is there once,
// the log is the union of the stores, a rebuilt projection is the live one, and nobody got a message twice.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { daysAfter, type Day } from '@ar/domain/day.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import { startSmtp, type SmtpSink } from '@ar/testing/smtp.js';
import { disagreements, projectionsOf, readBooks, withDatabase, type Books, type LoggedRow, type StoredRow } from './audit.world.js';
import { connect, type Clients } from './clients.js';
import { SERVICES, startInstallation, type Installation, type ServiceName } from './installation.js';
import { untilQuiet } from './quiet.js';
import { meet, Told, type Answer, type Stranger } from './stranger.world.js';

const MOST_MS = 75_000;
const KILLS = 6;
const CALLERS = 6;
const BASE = 8_300;
const PARTITIONS = 3;
const data = mkdtempSync(join(tmpdir(), 'ar-chaos-'));
const eur = (value: string) => ({ currency_code: 'EUR', value });
const pause = (ms: number) => new Promise<void>((resolve) => { setTimeout(resolve, ms); });

let installation: Installation;
let smtp: SmtpSink;
let clients: Clients;
const at = {} as Record<ServiceName | 'payments-2', Stranger>;
const replicas: ChildProcess[] = [];
const databases = () => Object.fromEntries(SERVICES.map((name) => [name, installation.databases[name]]));
const asService = (owner: string) => owner.replace('ar_owner:ar_owner', 'ar_service:ar_service');

/** Another process of payments on the same database, in one role. */
async function replica(role: 'api' | 'worker', port: number): Promise<void> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', join(root, 'services/payments/dist/main.js')], { cwd: root, stdio: 'ignore', env: {
    PATH: process.env['PATH'] ?? '', TZ: 'UTC', AR_DATABASE_URL: asService(installation.databases.payments), AR_LOG: 'postgres', AR_LOG_DATABASE_URL: asService(installation.databases.log), AR_LOG_PARTITIONS: String(PARTITIONS),
    AR_CLOCK: 'simulated', AR_ROLE: role, AR_GRPC_PORT: String(port), AR_ADMIN_PORT: String(port + 5), AR_LOG_LEVEL: 'warn',
  } });
  replicas.push(child);
  for (const until = Date.now() + 30_000; ; await pause(50)) {
    if (await fetch(`http://127.0.0.1:${port + 5}/readyz`).then((r) => r.ok, () => false)) return;
    if (child.exitCode !== null || Date.now() > until) throw new Error(`the second ${role} of payments does not become ready`);
  }
}

/** The same request until it is answered, wherever. Tried again is what a caller cannot know, and an invoice that came between two days: its customer's day was not open yet, another's was. */
async function untilAnswered(strangers: readonly Stranger[], method: string, request: object): Promise<Answer> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      return await strangers[attempt % strangers.length]!.call(method, { tenant_id: 'acme', actor: 'load', ...request }, { deadlineMs: 4_000 });
    } catch (error) {
      const lost = error instanceof Told && (['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED'].includes(error.code) || (error.code === 'INTERNAL' && error.reason === ''));
      if (!lost && !(error instanceof Told && error.reason === 'ISSUE_DATE_BEFORE_LAST')) throw error;
      await pause(200);
    }
  }
  throw new Error(`${method} got no answer in 200 attempts`);
}

let day: Day = '2026-03-02';
const acknowledged: { request: string; type: string }[] = [];
const answers = { payments: 0, 'payments-2': 0 };
let longestMs = 0;

async function caller(n: number, until: () => boolean): Promise<void> {
  for (let i = 0; !until(); i++) {
    const name = `${n}-${i}`;
    const customer_id = i % 3 === 0 ? `c${n % 4}` : 'c0'; // one account is hot
    const began = Date.now();
    const issued = await untilAnswered([at.invoicing], 'ar.invoicing.v1.InvoiceService/IssueInvoice', { request_id: `issue-${name}`, invoice_id: `inv_${name}`, customer_id, currency_code: 'EUR', lines: [{ description: 'Goods', quantity: '1', unit_price: '10.00', tax_rate: '0' }], terms: { net_days: 1 } });
    acknowledged.push({ request: `issue-${name}`, type: 'InvoiceIssued' });
    if (i % 5 !== 4) {
      const replica = n % 2 === 0 ? 'payments' : 'payments-2';
      const { receipt } = await untilAnswered([at[replica], at[replica === 'payments' ? 'payments-2' : 'payments']], 'ar.payments.v1.ReceiptService/RecordReceipt', { request_id: `pay-${name}`, min_position: issued.position, receipt_id: `rcp_${name}`, customer_id, amount: eur('10.00'), method: 'PAYMENT_METHOD_BANK_TRANSFER', remitter: { remittance: issued.invoice.number } });
      expect(receipt.receipt_id).toBe(`rcp_${name}`);
      acknowledged.push({ request: `pay-${name}`, type: 'ReceiptRecorded' });
      answers[replica]++;
    }
    longestMs = Math.max(longestMs, Date.now() - began);
  }
}

/** One after the other, in an order that is always the same. */
async function misfortunes(): Promise<number> {
  const services: readonly ServiceName[] = ['payments', 'invoicing', 'reminders', 'payments', 'credit', 'collections'];
  let kills = 0;
  for (const until = Date.now() + MOST_MS; kills < KILLS && Date.now() < until; kills++) {
    const name = services[kills % services.length]!;
    await installation.kill(name);
    await withDatabase(installation.databases.invoicing, (client) => client.query('select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = $1', [['log', 'payments', 'invoicing', 'collections'][kills % 4]]));
    await installation.startService(name);
    day = daysAfter(day, 1);
    await untilAnswered([at.invoicing], 'ar.invoicing.v1.TenantService/OpenBusinessDay', { request_id: `day-${day}`, date: day });
    acknowledged.push({ request: `day-${day}`, type: 'BusinessDayOpened' });
  }
  return kills;
}

beforeAll(async () => {
  smtp = await startSmtp();
  installation = await startInstallation({ data, portBase: BASE, log: 'postgres', partitions: PARTITIONS, clock: 'simulated', logLevel: 'warn', smtp: smtp.url });
  await replica('api', BASE + 20);
  await replica('worker', BASE + 21);
  clients = connect(Object.fromEntries(SERVICES.map((name) => [name, installation.addresses[name].grpc])) as Record<ServiceName, string>);
  for (const name of SERVICES) at[name] = await meet(installation.addresses[name].grpc);
  at['payments-2'] = await meet(`127.0.0.1:${BASE + 20}`);
  const { position } = await untilAnswered([at.invoicing], 'ar.invoicing.v1.TenantService/RegisterTenant', { request_id: 'take-on', base_currency: 'EUR', time_zone: 'UTC', first_business_day: day, details: { legal_name: 'Acme GmbH', sender: 'billing@acme.example' } });
  for (let n = 0; n < 4; n++) await untilAnswered([at.credit], 'ar.credit.v1.CustomerService/RegisterCustomer', { request_id: `c${n}`, min_position: position, customer_id: `c${n}`, personal: { name: `Customer ${n}`, invoice_email: `c${n}@customer.example` } });
  await untilQuiet(clients);
}, 120_000);

afterAll(async () => {
  for (const stranger of Object.values(at)) stranger.close();
  for (const child of replicas) child.kill('SIGKILL');
  await installation?.stop();
  await smtp?.stop();
  rmSync(data, { recursive: true, force: true });
}, 30_000);

describe('an installation under load in which processes and connections die', () => {
  let books: Books;

  it('answers every command in the end, from both replicas, and comes to rest', async () => {
    let over = false;
    const calling = Promise.allSettled(Array.from({ length: CALLERS }, (_, n) => caller(n, () => over)));
    const kills = await misfortunes().finally(() => { over = true; });
    expect((await calling).filter((c) => c.status === 'rejected')).toEqual([]);
    await untilQuiet(clients);
    console.log(`${acknowledged.length} commands answered through ${kills} kills, the longest pair in ${longestMs} ms; ${answers.payments} and ${answers['payments-2']} by the replicas of payments; ${smtp.mails.length} mails`);
    expect(kills).toBeGreaterThanOrEqual(KILLS / 2); // on a busy machine fewer fit into the time
    expect(answers.payments).toBeGreaterThan(0);
    expect(answers['payments-2']).toBeGreaterThan(0);
  }, MOST_MS + 150_000);

  it('has recorded each of them once, gapless, and published all of it and nothing else, in order', async () => {
    const log = await openPostgresLog({ url: asService(installation.databases.log) });
    try { books = await readBooks(databases(), log, acknowledged); } finally { await log.close(); }
    expect(disagreements(books)).toEqual([]);
    const { series } = await at.invoicing.call('ar.invoicing.v1.InvoiceService/ListNumberGaps', { tenant_id: 'acme' });
    const invoices = String(acknowledged.filter((a) => a.type === 'InvoiceIssued').length);
    expect(series).toMatchObject([{ documents: invoices, last_number: invoices, gaps: [] }]);
    for (const name of SERVICES) expect(await at[name].call('ar.ops.v1.OperationsService/Verify', {})).toMatchObject({ holds: true });
  }, 60_000);

  it('owes what was not paid', async () => {
    const unpaid = acknowledged.filter((a) => a.type === 'InvoiceIssued').length - acknowledged.filter((a) => a.type === 'ReceiptRecorded').length;
    const { agings: [aging] } = await at.payments.call('ar.payments.v1.ReportService/GetAging', { tenant_id: 'acme' });
    expect([aging.open.value, aging.open_items, aging.unapplied.value, aging.control_total.value]).toEqual([`${unpaid * 10}.00`, String(unpaid), '0.00', `${unpaid * 10}.00`]);
  });

  it('has sent nothing twice', async () => {
    const { communications } = await at.reminders.call('ar.reminders.v1.CommunicationService/ListCommunications', { tenant_id: 'acme', page_size: 500 });
    const sent = communications.filter((c: Answer) => c.status === 'COMMUNICATION_STATUS_SENT');
    expect(sent.length).toBeGreaterThan(0);
    expect(new Set(communications.map((c: Answer) => c.effect_key)).size).toBe(communications.length);
    const ids = smtp.mails.map((m) => m.headers['message-id']);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(sent.length); // one more for each whose outcome nobody heard
    expect(ids.length).toBeLessThanOrEqual(communications.filter((c: Answer) => ['COMMUNICATION_STATUS_SENT', 'COMMUNICATION_STATUS_UNKNOWN'].includes(c.status)).length);
  });

  it('keeps the same projections when they are built anew', async () => {
    for (const name of SERVICES) {
      const before = await projectionsOf(installation.databases[name]);
      const rebuilt = await at[name].call('ar.ops.v1.OperationsService/Rebuild', { actor: 'auditor' });
      for (const until = Date.now() + 30_000; (await at[name].call('ar.ops.v1.OperationsService/GetProgress', {})).rebuilding; await pause(100)) expect(Date.now()).toBeLessThan(until);
      expect(rebuilt.projection_version).not.toBe('');
      const after = await projectionsOf(installation.databases[name]);
      expect(Object.keys(after)).toEqual(Object.keys(before));
      for (const [table, rows] of Object.entries(before)) {
        const other = rows.findIndex((row, i) => row !== after[table]![i]);
        expect({ name, table, rows: after[table]!.length, other: after[table]![other] }).toEqual({ name, table, rows: rows.length, other: rows[other] });
        expect(other).toBe(-1);
      }
    }
  }, 120_000);

  it('would be found out: a lost, doubled, foreign or reordered event, an answer without a record', () => {
    expect(books.log.length).toBeGreaterThan(100);
    const change = (log: readonly LoggedRow[]) => disagreements({ ...books, log });
    const middle = Math.floor(books.log.length / 2);
    const of = books.log[middle]!;
    const next = books.log.findIndex((r, i) => i > middle && r.source === of.source && r.partition === of.partition && r.sequence > of.sequence);
    expect(next).toBeGreaterThan(middle);
    expect(change(books.log.filter((r) => r.id !== of.id))).toEqual(expect.arrayContaining([expect.stringContaining(`which follows ${of.sequence}`), expect.stringContaining('is in 0 partitions')]));
    expect(change(books.log.map((r, i) => (i === middle ? { ...r, id: 'strange' } : r)))).not.toEqual([]);
    expect(change(books.log.map((r, i) => (i === middle ? books.log[next]! : i === next ? of : r)))).not.toEqual([]);
    expect(change([...books.log, of])).toEqual([]); // published again is no fault: readers drop it by its number
    const invoicing: readonly StoredRow[] = books.stores['invoicing']!;
    const doubled = [...invoicing, { ...invoicing.find((r) => r.type === 'InvoiceIssued')!, id: 'again', sequence: invoicing.length + 1 }];
    expect(disagreements({ ...books, stores: { ...books.stores, invoicing: doubled } })).toEqual(expect.arrayContaining([expect.stringContaining('recorded InvoiceIssued 2 times')]));
    expect(disagreements({ ...books, stores: { ...books.stores, invoicing: invoicing.slice(0, -1) } })).not.toEqual([]);
    expect(disagreements({ ...books, acknowledged: [...acknowledged, { request: 'never', type: 'InvoiceIssued' }] })).toEqual(['never was answered and recorded InvoiceIssued 0 times']);
  });
});
