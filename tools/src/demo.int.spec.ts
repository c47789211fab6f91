// The demonstration as a program: what it makes of a history, that it makes the same of it twice, and what it says to a file that it cannot use.
import { afterAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startKafka } from '@ar/testing/kafka.js';
import { startInstallation, type InstallationOptions } from './installation.js';

const kafka = await startKafka();
if ('missing' in kafka && process.env['CI'] === 'true') throw new Error(`with CI=true the demonstration must run on Kafka. ${kafka.missing}`);
afterAll(async () => { if (!('missing' in kafka)) await kafka.stop(); });

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ar-demo-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended { readonly code: number | null; readonly out: string; readonly err: string }
const demo = (...args: string[]) => new Promise<Ended>((resolve) => {
  const child = spawn(process.execPath, [join(root, 'tools/dist/demo.js'), ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], TZ: 'Asia/Tokyo' } }); // whatever the machine's time zone is
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
  child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString(); });
  child.once('close', (code) => resolve({ code, out, err }));
});

function csv(name: string, ...rows: string[]): string {
  const file = join(folder, name);
  writeFileSync(file, `customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate\n${rows.join('\n')}\n`);
  return file;
}

async function figures(name: string, ...args: string[]): Promise<{ told: Ended; json: Record<string, unknown> & { invariants: { name: string; holds: boolean }[] } }> {
  const file = join(folder, name);
  const told = await demo(...args, '--json', file);
  if (told.code !== 0) throw new Error(`ended with ${told.code}:\n${told.out}${told.err}`);
  return { told, json: JSON.parse(readFileSync(file, 'utf8')) as never };
}

/** The first month of the seeded history on an installation that runs already and has seen nothing else. */
async function elsewhere(name: string, on: Pick<InstallationOptions, 'log' | 'brokers' | 'topic'> = { log: 'postgres' }): ReturnType<typeof figures> {
  const data = mkdtempSync(join(tmpdir(), 'ar-demo-target-'));
  const installation = await startInstallation({ ...on, data, portBase: 8_600, clock: 'simulated', durable: false, logLevel: 'warn' });
  try {
    return await figures(`${name}.json`, '--until', '2024-01-31', '--target', installation.addresses.invoicing.grpc);
  } finally {
    await installation.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

describe('the demonstration', () => {
  let seeded: object;
  it('makes of a small history what is computed by hand', async () => {
    const file = csv('small.csv', 'A1,1001,1/1/2025,31/1/2025,100.00,No,10/2/2025', 'A1,1002,5/1/2025,4/2/2025,50.50,No,20/1/2025', 'B2,1003,5/1/2025,4/2/2025,200.00,Yes,5/2/2025');
    const { told, json } = await figures('small.json', '--invoices', file, '--aging-at', '2025-01-31,2025-02-04,2025-02-10');
    expect(told.err).toContain('3 invoices, dates read as dmy (the only order that fits all rows); 2025-01-01 to 2025-02-10');
    // late: (100.00 × 10 − 50.50 × 15 + 200.00 × 1) / 350.50; 1001 is open 7 days after due, its promise is for 12 February, its money comes on the 10th
    expect(json).toMatchObject({ cash: { by_rule: { reference: 3 }, currencies: [{ currency: 'USD', receipts_identified: 3, receipts_touchless: 3, touchless_percent: '100.00' }] }, documents: { by_status: { paid: 3 }, totals: [{ currency: 'USD', invoices: 3, open_minor: 0 }] }, customers: 2, invoices: 3, receipts: 3, holds: 0, cases: 0, disputes: 1, promises: { kept: 1, partly_kept: 0, broken: 0 }, average_days_late: '1.26' });
    const line = (as_of: string, current: number, d1_30: number, open_count: number) => ({ as_of, currency: 'USD', open_minor: current + d1_30, open_count, buckets_minor: { current, d1_30, d31_60: 0, d61_90: 0, d90_plus: 0 }, unapplied_minor: 0, control_total_minor: current + d1_30 });
    expect(json['aging']).toMatchObject([line('2025-01-31', 30_000, 0, 2), line('2025-02-04', 20_000, 10_000, 2), line('2025-02-10', 0, 0, 0)]);
    expect(json.invariants.map((i) => i.holds)).toEqual(Array(6).fill(true));
  }, 120_000);

  it('makes the same of the seeded history twice, but for the seconds', async () => {
    const [first, second] = [await elsewhere('first'), await elsewhere('second')];
    expect(Number(first.json['invoices'])).toBeGreaterThan(50);
    expect(Number(first.json['reminders'])).toBeGreaterThan(0);
    expect({ ...second.json, seconds: 0 }).toEqual({ ...first.json, seconds: 0 });
    const words = (out: string) => out.replace(/, [\d.]+ s\n/, '\n');
    expect(words(second.told.out)).toBe(words(first.told.out));
    seeded = first.json;
  }, 240_000);

  const onKafka = 'missing' in kafka ? it.skip : it; // eslint-disable-line no-restricted-syntax -- named in the last lines of npm test
  onKafka(`makes the same of it on Kafka, whose broker is killed meanwhile${'missing' in kafka ? ` (skipped: ${kafka.missing})` : ''}`, async () => {
    if ('missing' in kafka) throw new Error(kafka.missing);
    const killing = kafka.ours ? new Promise((later) => { setTimeout(later, 12_000); }).then(async () => { await kafka.kill(); await kafka.restart(); }) : undefined; // in the middle of the month
    const { json } = await elsewhere('kafka', { log: 'kafka', brokers: kafka.brokers.join(','), topic: kafka.topic() });
    await killing;
    expect({ ...json, seconds: 0 }).toEqual({ ...seeded, seconds: 0 });
  }, 240_000);

  it('asks for the order of dates that can be read in two ways', async () => {
    const { code, out, err } = await demo('--invoices', csv('doubt.csv', 'A1,1001,1/2/2025,3/4/2025,100.00,No,5/6/2025', 'A1,1002,2/3/2025,4/5/2025,100.00,No,6/7/2025', 'A1,1003,2/3/2025,4/5/2025,100.00,No,6/7/2025'));
    expect([code, out]).toEqual([64, '']);
    expect(err).toMatch(/dmy or mdy/);
    expect(err.match(/^ {2}line \d+: .*/gm)).toEqual(['  line 2: 1/2/2025, 3/4/2025, 5/6/2025', '  line 3: 2/3/2025, 4/5/2025, 6/7/2025']);
    expect(err).toContain('--date-order');
  }, 30_000);

  it('lists bad rows with their lines and posts nothing', async () => {
    const { code, out, err } = await demo('--date-order', 'ymd', '--invoices', csv('bad.csv',
      'A1,1001,2025-01-01,2025-01-31,100.00,No,2025-02-10', 'A1,1002,2025-01-01,2025-02-30,100.00,No,2025-02-10', 'A1,1003,2025-01-01,2025-01-31,1.005,No,2025-02-10',
      'A1,1001,2025-01-01,2025-01-31,100.00,No,2025-02-10', 'A1,1005,2025-01-10,2025-01-01,100.00,No,2025-02-10', 'A1,1006,2025-01-01,2025-01-31,100.00,maybe,2025-02-10'));
    expect([code, out]).toEqual([65, '']);
    expect(err).toContain('5 of 6 rows cannot be used; nothing was posted');
    expect(err.match(/^ {2}line \d+/gm)).toEqual(['  line 3', '  line 4', '  line 5', '  line 6', '  line 7']);
    expect(err).not.toContain('starting');
  }, 30_000);

  it('says what it cannot use in one line', async () => {
    expect(await demo('--invoices', join(folder, 'nowhere.csv'))).toMatchObject({ code: 66, err: expect.stringMatching(/nowhere\.csv cannot be read: .*\n$/) as unknown });
    expect(await demo('--json', join(folder, 'nowhere', 'out.json'))).toMatchObject({ code: 73, err: expect.stringMatching(/out\.json cannot be written: .*\n$/) as unknown });
    expect(await demo('--until', '2024-01-02', '--target', '127.0.0.1:9')).toMatchObject({ code: 1, err: expect.stringMatching(/invoicing does not answer at 127\.0\.0\.1:9: .*\n$/) as unknown });
  }, 60_000);

  it.each([['--date-order', 'sideways'], ['--aging-at', 'soon'], ['--colour', 'red'], ['--target', 'nowhere']])('refuses %s %s', async (...args) => {
    const { code, err } = await demo(...args);
    expect([code, err]).toEqual([64, expect.stringContaining(args[0]!)]);
  }, 30_000);
});
