// The moment that no mail system can be asked about: the server has the message, and the process that sent it is killed before it can write that down.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSmtp, type SmtpSink } from '@ar/testing/smtp.js';
import { connect, type Clients } from './clients.js';
import { SERVICES, startInstallation, type Installation, type ServiceName } from './installation.js';
import { untilQuiet } from './quiet.js';
import { meet, toldBy, type Answer, type Stranger } from './stranger.world.js';

const data = mkdtempSync(join(tmpdir(), 'ar-repeat-'));
let installation: Installation;
let clients: Clients;
let smtp: SmtpSink;
/** What the mail server waits for before it answers. */
const holding: { until: Promise<void>; arrived: () => void } = { until: Promise.resolve(), arrived: () => undefined };
const at = {} as Record<ServiceName, Stranger>;
let asked = 0;
const ask = (method: string, request: object): Promise<Answer> => at[method.split('.')[1] as ServiceName].call(method, { tenant_id: 'acme', ...request });
const command = (method: string, request: object): Promise<Answer> => ask(method, { request_id: `repeat-${++asked}`, actor: 'anna', ...request });
const open = (date: string) => command('ar.invoicing.v1.TenantService/OpenBusinessDay', { date });
const messages = async (): Promise<Answer[]> => (await ask('ar.reminders.v1.CommunicationService/ListCommunications', {})).communications;
const repeat = (communication_id: string, more: object = {}) => command('ar.reminders.v1.DunningService/RepeatReminder', { customer_id: 'c1', communication_id, reason: 'the customer says it never came', ...more });

beforeAll(async () => {
  smtp = await startSmtp({ onMail: () => { holding.arrived(); return holding.until; } });
  installation = await startInstallation({ data, portBase: 8_800, log: 'postgres', clock: 'simulated', durable: false, logLevel: 'warn', smtp: smtp.url });
  const addresses = Object.fromEntries(SERVICES.map((name) => [name, installation.addresses[name].grpc])) as Record<ServiceName, string>;
  clients = connect(addresses);
  for (const name of SERVICES) at[name] = await meet(addresses[name]);
  await command('ar.invoicing.v1.TenantService/RegisterTenant', { base_currency: 'EUR', time_zone: 'UTC', first_business_day: '2026-03-02', details: { legal_name: 'Acme GmbH', sender: 'billing@acme.example' } });
  await untilQuiet(clients, 20_000);
  await command('ar.credit.v1.CustomerService/RegisterCustomer', { customer_id: 'c1', personal: { name: 'Miller', reminder_email: 'miller@customer.example' } });
  await untilQuiet(clients, 20_000);
  await command('ar.invoicing.v1.InvoiceService/IssueInvoice', { customer_id: 'c1', currency_code: 'EUR', lines: [{ description: 'Goods', quantity: '1', unit_price: '100.00', tax_rate: '0' }], terms: { due_date: '2026-03-05' } });
  await untilQuiet(clients, 20_000);
}, 120_000);

afterAll(async () => {
  for (const stranger of Object.values(at)) stranger.close();
  await installation?.stop();
  await smtp?.stop();
  rmSync(data, { recursive: true, force: true });
}, 30_000);

describe('a message that the mail server has, sent by a process that was killed before it heard so,', () => {
  it('is unknown after the restart, and nothing is sent by itself', async () => {
    let answer = () => {};
    holding.until = new Promise((resolve) => { answer = resolve; });
    const arrived = new Promise<void>((resolve) => { holding.arrived = resolve; });
    await open('2026-03-03');
    await arrived;
    await installation.kill('reminders');
    answer();
    Object.assign(holding, { until: Promise.resolve(), arrived: () => undefined });
    await installation.startService('reminders');
    await untilQuiet(clients, 20_000);
    await open('2026-03-04');
    await untilQuiet(clients, 20_000);
    expect(await messages()).toMatchObject([{ status: 'COMMUNICATION_STATUS_UNKNOWN', attempts: 1 }]);
    expect(smtp.mails).toHaveLength(1);
  }, 60_000);

  it('is sent exactly once more by whoever says so and why', async () => {
    const [{ communication_id }] = await messages() as [Answer];
    expect(await toldBy(repeat(communication_id, { reason: '' }))).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'FIELD_REQUIRED' });
    const wish = { request_id: 'again' };
    const { position } = await repeat(communication_id, wish);
    expect((await repeat(communication_id, wish)).position).toEqual(position);
    await untilQuiet(clients, 20_000);
    expect(await messages()).toMatchObject([{ status: 'COMMUNICATION_STATUS_SENT', attempts: 2 }]);
    expect(smtp.mails).toHaveLength(2);
    const { steps } = await ask('ar.reminders.v1.DunningService/ExplainReminder', { communication_id, min_position: position });
    expect(steps.map((s: Answer) => s.explanation).filter((e: string) => e.startsWith('anna'))).toEqual(['anna asked for attempt 2: the customer says it never came']);
  }, 60_000);

  it('is not sent again after that', async () => {
    const [{ communication_id }] = await messages() as [Answer];
    expect(await toldBy(repeat(communication_id))).toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'REMINDER_WAS_SENT', domain: 'reminders.ar' });
    expect(await toldBy(repeat('com_none'))).toMatchObject({ code: 'NOT_FOUND', reason: 'REMINDER_NOT_FOUND' });
    for (const date of ['2026-03-05', '2026-03-06']) { await open(date); await untilQuiet(clients, 20_000); }
    expect(smtp.mails).toHaveLength(2);
  }, 60_000);
});
