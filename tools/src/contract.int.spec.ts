// The contract as a stranger meets it: a program that has nothing but an address, talking to real processes.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICES, startInstallation, type Installation, type ServiceName } from './installation.js';
import { meet, toldBy, type Answer, type Stranger } from './stranger.world.js';

const data = mkdtempSync(join(tmpdir(), 'ar-contract-'));
let installation: Installation;
const at = {} as Record<ServiceName, Stranger>;
const INVOICES = 520;

const ISSUE = 'ar.invoicing.v1.InvoiceService/IssueInvoice';
const LIST = 'ar.invoicing.v1.InvoiceService/ListInvoices';
const RECEIPT = 'ar.payments.v1.ReceiptService/RecordReceipt';
const eur = (value: string) => ({ currency_code: 'EUR', value });
const line = { description: 'Advice', quantity: '1', unit_price: '10.00', tax_rate: '0' };
const wish = (request_id: string, more: object = {}) => ({ tenant_id: 'acme', request_id, actor: 'a stranger', ...more });
const invoice = (request_id: string, more: object = {}) => wish(request_id, { customer_id: 'c1', currency_code: 'EUR', lines: [line], ...more });
const receipt = (request_id: string, more: object = {}) => wish(request_id, { customer_id: 'c1', amount: eur('10.00'), method: 'PAYMENT_METHOD_BANK_TRANSFER', ...more });
const head = async (service: ServiceName): Promise<string> => (await at[service].call('ar.ops.v1.OperationsService/GetProgress', {})).head;

beforeAll(async () => {
  installation = await startInstallation({ data, portBase: 8_000, log: 'postgres', clock: 'simulated', durable: false, logLevel: 'warn' });
  for (const name of SERVICES) at[name] = await meet(installation.addresses[name].grpc);
  const { position } = await at.invoicing.call('ar.invoicing.v1.TenantService/RegisterTenant', wish('take-on', { base_currency: 'EUR', time_zone: 'Europe/Berlin', first_business_day: '2026-03-02', details: { legal_name: 'Acme GmbH' }, policies: { exchange: { source: 'ECB', rates: [{ currency_code: 'JPY', rate: '0.0061' }] } } }));
  const taken = await at.credit.call('ar.credit.v1.CustomerService/RegisterCustomer', wish('take-on-c1', { min_position: position, customer_id: 'c1', personal: { name: 'One' } }));
  const { answers } = await at.invoicing.call('ar.invoicing.v1.BatchService/Batch', {
    tenant_id: 'acme', items: Array.from({ length: INVOICES }, (_, i) => ({ issue_invoice: invoice(`fill-${i}`, { min_position: taken.position, external_number: `F${i}` }) })),
  });
  expect(answers.filter((a: Answer) => a.answer !== 'issue_invoice')).toEqual([]);
  await at.payments.call('ar.payments.v1.AccountService/ListOpenItems', { tenant_id: 'acme', currency_code: 'EUR', min_position: answers.at(-1).issue_invoice.position });
}, 90_000);

afterAll(async () => {
  for (const stranger of Object.values(at)) stranger.close();
  await installation?.stop();
  rmSync(data, { recursive: true, force: true });
});

describe('a service that is met for the first time', () => {
  it.each(SERVICES)('%s tells its services, operations and health included', (name) => {
    expect(at[name].services).toEqual(expect.arrayContaining(['ar.ops.v1.OperationsService', 'grpc.health.v1.Health', `ar.${name}.v1.BatchService`]));
    expect(at[name].services.filter((s) => /^ar\.(?!ops)/.test(s) && !s.startsWith(`ar.${name}.`))).toEqual([]);
  });

  it('tells every method that it answers, and answers none that it does not tell', async () => {
    for (const name of SERVICES) for (const service of at[name].services.filter((s) => s.startsWith('ar.'))) for (const method of at[name].methods(service)) {
      const ended = await at[name].callWith(`${service}/${method}`, Buffer.alloc(0)).then(() => 'OK', (e: { code: string }) => e.code);
      expect([`${service}/${method}`, ended]).not.toEqual([`${service}/${method}`, 'UNIMPLEMENTED']);
      expect([`${service}/${method}`, ended]).not.toEqual([`${service}/${method}`, 'INTERNAL']);
    }
  });

  it('says that it serves, by name and as a whole, and that it does not know others', async () => {
    for (const service of ['', 'ar.payments.v1.ReceiptService']) expect(await at.payments.call('grpc.health.v1.Health/Check', { service })).toMatchObject({ status: 'SERVING' });
    expect((await toldBy(at.payments.call('grpc.health.v1.Health/Check', { service: 'ar.nothing.v1.Nothing' }))).code).toBe('NOT_FOUND');
  });

  it('tells a watcher when it goes away, and ends although someone watches', async () => {
    const seen: string[] = [];
    const watched = await meet(installation.addresses.reminders.grpc);
    const stream = watched.stream('grpc.health.v1.Health/Watch', { service: '' });
    const ended = new Promise<void>((resolve) => { stream.on('error', () => resolve()); stream.on('end', () => resolve()); });
    await new Promise<void>((first) => { stream.on('data', ({ status }: Answer) => { seen.push(status); first(); }); });
    process.kill(installation.pid('reminders')!, 'SIGTERM');
    await ended;
    watched.close();
    expect(seen).toEqual(['SERVING', 'NOT_SERVING']);
    await installation.startService('reminders');
  });

  it('has an admin port for those who run it', async () => {
    const { admin } = installation.addresses.payments;
    const get = async (path: string) => { const r = await fetch(`${admin}${path}`); return [r.status, await r.text()] as const; };
    expect(await get('/healthz')).toEqual([200, 'ok\n']);
    expect(await get('/readyz')).toEqual([200, 'ready\n']);
    expect((await get('/'))[0]).toBe(404);
    const [status, metrics] = await get('/metrics');
    expect(status).toBe(200);
    expect(metrics).toMatch(/ar\.payments\.v1\.AccountService\/ListOpenItems/);
  });

  it('tells how far it has come, in numbers that people are woken up by', async () => {
    const { head: recorded } = await at.payments.call('ar.ops.v1.OperationsService/GetProgress', {});
    const value = (text: string, name: string, labels = '') => new RegExp(`^${name}\\{${labels}service="payments"\\} (\\S+)$`, 'm').exec(text)?.[1];
    const read = async () => (await fetch(`${installation.addresses.payments.admin}/metrics`)).text();
    let text = await read();
    for (const until = Date.now() + 10_000; value(text, 'ar_consumer_lag_events', 'partition="0",') !== '0' && Date.now() < until; text = await read()) await new Promise((again) => { setTimeout(again, 50); });
    const quiet = { ar_store_unpublished_events: '0', ar_store_unpublished_seconds: '0', ar_partitions_stopped: '0', ar_effects_unknown: '0', ar_effects_pending: '0', ar_keys_parked: '0', ar_store_head: recorded, ar_store_published: recorded };
    expect(Object.fromEntries(Object.keys(quiet).map((name) => [name, value(text, name)]))).toEqual(quiet);
    expect(['ar_consumer_lag_events', 'ar_consumer_lag_seconds'].map((name) => value(text, name, 'partition="0",'))).toEqual(['0', '0']);
  });
});

describe('a stream of answers', () => {
  const EXPORT = 'ar.invoicing.v1.InvoiceService/ExportInvoices';
  const list = async (filter: string) => (await at.invoicing.call(LIST, { tenant_id: 'acme', filter, page_size: 500 })).invoices;
  /** What the service counted of exports that ended so. */
  const counted = async (reason: string) => Number(new RegExp(`_count\\{[^}]*ExportInvoices[^}]*reason="${reason}"[^}]*\\} (\\d+)|_count\\{[^}]*reason="${reason}"[^}]*ExportInvoices[^}]*\\} (\\d+)`).exec(await (await fetch(`${installation.addresses.invoicing.admin}/metrics`)).text())?.slice(1).find(Boolean) ?? 0);
  const becomes = async (reason: string, count: number) => { for (const until = Date.now() + 5_000; await counted(reason) < count && Date.now() < until;) await new Promise((again) => { setTimeout(again, 20); }); expect(await counted(reason)).toBe(count); };

  it('has every invoice of the filter once, beyond any page, and its end', async () => {
    const all = await at.invoicing.all(EXPORT, { tenant_id: 'acme' });
    const ids = all.map((a) => a.invoice.invoice_id);
    expect([ids.length >= INVOICES, new Set(ids).size, ids]).toEqual([true, ids.length, ids.toSorted()]);
    expect((await at.invoicing.all(EXPORT, { tenant_id: 'acme', filter: 'external_number = F7' })).map((a) => a.invoice)).toEqual(await list('external_number = F7'));
    expect(await at.invoicing.all(EXPORT, { tenant_id: 'acme', filter: 'customer_id = nobody' })).toEqual([]);
    await becomes('OK', 3);
  });

  it('is refused as any call is, with its reason and its fields', async () => {
    expect(await toldBy(at.invoicing.all(EXPORT, { tenant_id: 'acme', filter: 'colour = red' }))).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'FILTER_INVALID', domain: 'invoicing.ar', fields: [{ field: 'filter' }] });
    expect(await toldBy(at.invoicing.all(EXPORT, { tenant_id: '' }))).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'FIELD_REQUIRED' });
    expect(await toldBy(at.invoicing.all(EXPORT, { tenant_id: 'acme', min_position: { sequences: [{ key: 'nowhere/0', value: 1 }] } }))).toMatchObject({ reason: 'FIELD_INVALID' });
    await becomes('FILTER_INVALID', 1);
  });

  it('ends when its caller goes away, and when the deadline passes before the caller has taken it', async () => {
    const stream = at.invoicing.stream(EXPORT, { tenant_id: 'acme' });
    const gone = new Promise<{ code: number }>((resolve) => { stream.once('error', resolve); });
    await new Promise((first) => { stream.once('data', first); });
    stream.pause(); // the rest does not fit between the two
    stream.cancel();
    expect((await gone).code).toBe(1);
    await becomes('CANCELLED', 1);
    const slow = at.invoicing.stream(EXPORT, { tenant_id: 'acme' }, { deadlineMs: 300 });
    const ended = new Promise<{ code: number }>((resolve) => { slow.once('error', resolve); });
    slow.once('data', () => slow.pause());
    expect((await ended).code).toBe(4);
    const late = await toldBy(at.invoicing.all(EXPORT, { tenant_id: 'acme', min_position: { sequences: [{ key: 'invoicing/0', value: '999999999' }] } }, { deadlineMs: 300 }));
    expect(['READ_MODEL_BEHIND', '']).toContain(late.reason); // the caller's own clock may be the first to say so
    expect(await at.invoicing.call('grpc.health.v1.Health/Check', { service: '' })).toMatchObject({ status: 'SERVING' });
    expect((await at.invoicing.all(EXPORT, { tenant_id: 'acme', filter: 'external_number = F8' })).length).toBe(1);
  });
});

describe('lists of invoices', () => {
  const LISTED = 'ar.invoicing.v1.InvoiceService/GetInvoiceTotals';
  const ids = async (filter: string) => (await at.invoicing.call(LIST, { tenant_id: 'acme', filter })).invoices.map((i: Answer) => i.invoice_id);
  const totals = async (filter: string) => (await at.invoicing.call(LISTED, { tenant_id: 'acme', filter })).totals;

  it('are found by what people look for, and come to what their totals say', async () => {
    const parts = { terms: { instalments: { shares: [{ days: 5, percent: '40' }, { days: 50, rest: true }] } } };
    await at.invoicing.call(ISSUE, invoice('l1', { invoice_id: 'list-1', order_number: 'PO-9', external_number: 'L1', labels: [{ key: 'cost_centre', value: 'X' }, { key: 'sold by', value: 'Ann "A"' }], lines: [{ ...line, unit_price: '100.00' }], ...parts }));
    const { position } = await at.invoicing.call(ISSUE, invoice('l2', { invoice_id: 'list-2', labels: [{ key: 'cost_centre', value: 'Y' }], currency_code: 'JPY', lines: [{ ...line, unit_price: '5000' }] }));
    const paid = await at.payments.call(RECEIPT, receipt('l3', { amount: eur('40.00'), documents: [{ reference: 'L1' }], min_position: position }));
    const { invoice: one } = await at.invoicing.call('ar.invoicing.v1.InvoiceService/GetInvoice', { tenant_id: 'acme', invoice_id: 'list-1', min_position: paid.position });
    expect(one).toMatchObject({ status: 'INVOICE_STATUS_PARTLY_PAID', paid: eur('40.00') });
    for (const filter of ['labels.cost_centre = X', 'labels."sold by" = "Ann \\"A\\""', 'order_number = PO-9', `number = ${one.number}`, `payment_reference = ${one.payment_reference}`, 'status = partly_paid AND total >= 100 AND total < 100.01',
      `due_date = ${one.instalments[1].due_date} AND labels.cost_centre = X`]) expect([filter, await ids(filter)]).toEqual([filter, ['list-1']]);
    expect(await ids(`due_date = ${one.instalments[0].due_date} AND labels.cost_centre = X`)).toEqual([]); // that one is paid
    expect(await ids('labels.cost_centre != X AND total >= 5000')).toEqual(['list-2']);
    expect(await totals('labels.cost_centre = X')).toEqual([{ currency_code: 'EUR', invoices: '1', total: eur('100.00'), paid: eur('40.00'), open: eur('60.00') }]);
    expect(await totals('currency_code = JPY')).toMatchObject([{ currency_code: 'JPY', total: { value: '5000' }, open: { value: '5000' } }]);
    expect((await toldBy(totals('labels = X'))).reason).toBe('FILTER_INVALID');
  });

  it('have drafts without a date at their end, also on a page of their own', async () => {
    const { position } = await at.invoicing.call('ar.invoicing.v1.InvoiceService/CreateInvoiceDraft', wish('l4', { invoice_id: 'list-draft', draft: { customer_id: 'c1', currency_code: 'EUR' } }));
    const seen: string[] = [];
    let page_token = '';
    do {
      const page = await at.invoicing.call(LIST, { tenant_id: 'acme', page_size: 10, page_token, filter: 'external_number = "" AND order_number = ""', min_position: position });
      seen.push(...page.invoices.map((i: Answer) => i.invoice_id));
      page_token = page.next_page_token;
    } while (page_token !== '');
    expect([seen.includes('list-2'), seen.at(-1)]).toEqual([true, 'list-draft']);
  });
});

describe('a schedule', () => {
  const SCHEDULES = 'ar.invoicing.v1.ScheduleService';
  const mine = (request_id: string, more: object = {}) => ({ tenant_id: 'rent', request_id, actor: 'a stranger', ...more });
  const template = { customer_id: 'c1', currency_code: 'EUR', lines: [line] };
  const recurrence = { frequency: 'FREQUENCY_WEEKLY', first_date: '2026-03-02', service_period: 'SERVICE_PERIOD_IN_ADVANCE' };
  const create = (request_id: string, more: object = {}) => at.invoicing.call(`${SCHEDULES}/CreateSchedule`, mine(request_id, { template, recurrence, ...more }));
  const change = (call: string, request_id: string, more: object = {}) => at.invoicing.call(`${SCHEDULES}/${call}`, mine(request_id, { schedule_id: 'rent', ...more }));
  const openDay = async (date: string) => (await at.invoicing.call('ar.invoicing.v1.TenantService/OpenBusinessDay', mine(`day-${date}`, { date }))).position;
  /** Numbers and ids of what was issued, by issue date. */
  const issued = async (min_position: object) => (await at.invoicing.call(LIST, { tenant_id: 'rent', min_position, order_by: 'number' })).invoices.map((i: Answer) => [i.invoice_id, i.issue_date]);

  beforeAll(async () => {
    const { position } = await at.invoicing.call('ar.invoicing.v1.TenantService/RegisterTenant', mine('take-on', { base_currency: 'EUR', time_zone: 'Europe/Berlin', first_business_day: '2026-03-02', details: { legal_name: 'Rent GmbH' } }));
    const taken = await at.credit.call('ar.credit.v1.CustomerService/RegisterCustomer', mine('take-on-c1', { min_position: position, customer_id: 'c1', personal: { name: 'One' } }));
    await at.invoicing.call(LIST, { tenant_id: 'rent', min_position: taken.position });
  });

  it('is told all that is wrong with it', async () => {
    const told = await toldBy(create('s1', { template: { ...template, external_number: 'X', issue_date: '2026-03-02', lines: [] }, recurrence: { frequency: 'FREQUENCY_MONTHLY', every: 13, first_date: '2026-03-02', end_of_month: true, last_date: '2026-03-01' } }));
    expect(told.fields.map((f) => f.field).sort()).toEqual(['recurrence.every', 'recurrence.last_date', 'template.external_number', 'template.issue_date', 'template.lines', 'template.lines']);
    expect((await toldBy(create('s2', { recurrence: { frequency: 'FREQUENCY_MONTHLY', first_date: '2026-03-30', end_of_month: true } }))).fields).toMatchObject([{ field: 'recurrence.first_date', reason: 'FIELD_INVALID' }]);
    expect((await toldBy(create('s3', { schedule_id: 'x'.repeat(49), template: undefined }))).fields.map((f) => f.field).sort()).toEqual(['schedule_id', 'template']);
    expect((await toldBy(change('UpdateSchedule', 's4', { template, update_mask: { paths: ['customer_id'] } }))).reason).toBe('FIELD_INVALID');
  });

  it('issues at once, each time its day opens, and after a pause as it is told; each period once, also when its service is killed and started again', async () => {
    const { schedule, position } = await create('s5', { schedule_id: 'rent' });
    expect(schedule).toMatchObject({ schedule_id: 'rent', status: 'SCHEDULE_STATUS_ACTIVE', next_date: '2026-03-02', issued: 0 });
    expect(await issued(position)).toEqual([['inv_rent_2026-03-02', '2026-03-02']]);
    await openDay('2026-03-09');
    await installation.kill('invoicing');
    await installation.startService('invoicing');
    const second = await openDay('2026-03-10');
    expect(await issued(second)).toEqual([['inv_rent_2026-03-02', '2026-03-02'], ['inv_rent_2026-03-09', '2026-03-09']]);
    await change('PauseSchedule', 's6');
    await openDay('2026-03-25');
    const resumed = await change('ResumeSchedule', 's7', { missed: 'MISSED_PERIODS_CATCH_UP' });
    expect((await issued(resumed.position)).slice(2)).toEqual([['inv_rent_2026-03-16', '2026-03-25'], ['inv_rent_2026-03-23', '2026-03-25']]);
  });

  it('that cannot issue says why in the list, and goes on when its template is mended', async () => {
    await change('UpdateSchedule', 's8', { template: { terms: { terms_id: 'gone' } }, update_mask: { paths: ['terms'] } });
    const day = await openDay('2026-03-31');
    const failing = async (min_position: object) => (await at.invoicing.call(`${SCHEDULES}/ListSchedules`, { tenant_id: 'rent', filter: 'status = failed_last', min_position })).schedules;
    expect(await failing(day)).toMatchObject([{ schedule_id: 'rent', next_date: '2026-03-30', failure: { reason: 'TERMS_NOT_FOUND', detail: 'termsId: gone', failed_on: '2026-03-30' } }]);
    const mended = await change('UpdateSchedule', 's9', { template: {}, update_mask: { paths: ['terms'] } });
    expect((await issued(mended.position)).at(-1)).toEqual(['inv_rent_2026-03-30', '2026-03-31']);
    expect(await failing(mended.position)).toEqual([]);
    const { invoice: last } = await at.invoicing.call('ar.invoicing.v1.InvoiceService/GetInvoice', { tenant_id: 'rent', invoice_id: 'inv_rent_2026-03-30' });
    expect(last.lines).toMatchObject([{ period_from: '2026-03-30', period_to: '2026-04-05' }]);
    const { schedule } = await change('EndSchedule', 's10');
    expect(await at.invoicing.call(`${SCHEDULES}/GetSchedule`, { tenant_id: 'rent', schedule_id: 'rent', min_position: (await openDay('2026-04-06')) })).toMatchObject({ schedule: { ...schedule, status: 'SCHEDULE_STATUS_ENDED', next_date: '', issued: 5 } });
  });
});

describe('a service that cannot start', () => {
  const start = (more: Record<string, string>) => spawnSync(process.execPath, ['services/payments/dist/main.js'], { encoding: 'utf8', timeout: 20_000, env: {
    PATH: process.env['PATH'] ?? '', AR_DATABASE_URL: installation.databases.payments, AR_LOG_DATABASE_URL: installation.databases.log, AR_GRPC_PORT: '8397', AR_ADMIN_PORT: '8398', ...more,
  } });
  const port = (url: string) => new URL(url).port;

  it('says in a line of its log what it cannot do', () => {
    for (const [more, what] of [
      [{ AR_ADMIN_PORT: port(installation.addresses.payments.admin) }, `cannot listen on 127.0.0.1:${port(installation.addresses.payments.admin)}`],
      [{ AR_LOG_DATABASE_URL: 'postgres://ar_service:ar_service@127.0.0.1:1/log' }, 'cannot open the event log'],
    ] as const) {
      const { status, stdout, stderr } = start(more);
      expect({ status, said: (stdout + stderr).includes(`"msg":"${what}"`), trace: stderr.includes('\n    at ') }).toEqual({ status: 1, said: true, trace: false });
    }
  }, 60_000);
});

describe('a request with something wrong in it', () => {
  const wrong: readonly [string, string, string, ServiceName, string, () => object][] = [
    ['a field that is missing', 'FIELD_REQUIRED', 'customer_id', 'invoicing', ISSUE, () => invoice('w1', { customer_id: '' })],
    ['no request_id', 'FIELD_REQUIRED', 'request_id', 'invoicing', ISSUE, () => invoice('')],
    ['no tenant', 'FIELD_REQUIRED', 'tenant_id', 'invoicing', ISSUE, () => ({ ...invoice('w2'), tenant_id: '' })],
    ['a message inside that is missing', 'FIELD_REQUIRED', 'amount', 'payments', RECEIPT, () => receipt('w3', { amount: undefined })],
    ['control characters', 'FIELD_INVALID', 'external_number', 'invoicing', ISSUE, () => invoice('w4', { external_number: 'A\u0007B' })],
    ['too long a text', 'FIELD_INVALID', 'order_number', 'invoicing', ISSUE, () => invoice('w5', { order_number: 'x'.repeat(65) })],
    ['a bad field deep inside', 'FIELD_INVALID', 'lines[1].quantity', 'invoicing', ISSUE, () => invoice('w6', { lines: [line, { ...line, quantity: '1e3' }] })],
    ['an amount that is not decimal text', 'FIELD_INVALID', 'amount.value', 'payments', RECEIPT, () => receipt('w7', { amount: eur('12,50') })],
    ['a negative amount', 'FIELD_INVALID', 'amount.value', 'payments', RECEIPT, () => receipt('w8', { amount: eur('-1.00') })],
    ['more digits than the currency has', 'AMOUNT_PRECISION', 'amount.value', 'payments', RECEIPT, () => receipt('w9', { amount: eur('1.005') })],
    ['an amount out of range', 'AMOUNT_OUT_OF_RANGE', 'amount.value', 'payments', RECEIPT, () => receipt('w10', { amount: eur('90071992547409.92') })],
    ['a currency nobody has', 'CURRENCY_UNKNOWN', 'amount.currency_code', 'payments', RECEIPT, () => receipt('w11', { amount: { currency_code: 'ZZZ', value: '1' } })],
    ['a day that is not', 'DATE_INVALID', 'value_date', 'payments', RECEIPT, () => receipt('w12', { value_date: '2026-02-30' })],
    ['a day of another form', 'DATE_INVALID', 'issue_date', 'invoicing', ISSUE, () => invoice('w13', { issue_date: '03/02/2026' })],
    ['a filter over a field that is not there', 'FILTER_INVALID', 'filter', 'invoicing', LIST, () => ({ tenant_id: 'acme', filter: 'colour = red' })],
    ['a filter that cannot be read', 'FILTER_INVALID', 'filter', 'invoicing', LIST, () => ({ tenant_id: 'acme', filter: 'status = paid OR status = issued' })],
    ['a filter with a value of another type', 'FILTER_INVALID', 'filter', 'invoicing', LIST, () => ({ tenant_id: 'acme', filter: 'issue_date > yesterday' })],
    ['an order that is not there', 'FIELD_INVALID', 'order_by', 'invoicing', LIST, () => ({ tenant_id: 'acme', order_by: 'colour' })],
    ['a page token of nobody', 'PAGE_TOKEN_INVALID', 'page_token', 'invoicing', LIST, () => ({ tenant_id: 'acme', page_token: 'bm90IGEgdG9rZW4gb2YgdGhpcyBsaXN0' })],
    ['a negative page size', 'FIELD_INVALID', 'page_size', 'invoicing', LIST, () => ({ tenant_id: 'acme', page_size: -1 })],
    ['a position of a source that does not exist', 'FIELD_INVALID', 'min_position.sequences', 'invoicing', LIST, () => ({ tenant_id: 'acme', min_position: { sequences: [{ key: 'nowhere/0', value: 1 }] } })],
    ['a position of another installation', 'FIELD_INVALID', 'min_position.sequences', 'invoicing', LIST, () => ({ tenant_id: 'acme', min_position: { sequences: [{ key: 'elsewhere/99', value: 1 }] } })],
    ['a report about a past that is not', 'DATE_INVALID', 'as_of.effective_date', 'payments', 'ar.payments.v1.ReportService/GetAging', () => ({ tenant_id: 'acme', as_of: { effective_date: 'today' } })],
    ['control characters in what it looks for', 'FIELD_INVALID', 'invoice_id', 'invoicing', 'ar.invoicing.v1.InvoiceService/GetInvoice', () => ({ tenant_id: 'acme', invoice_id: 'inv\u0000' })],
    ['control characters in a filter', 'FIELD_INVALID', 'filter', 'invoicing', LIST, () => ({ tenant_id: 'acme', filter: 'number = "\u0000"' })],
    ['an id that every object has', 'FIELD_INVALID', 'applications[0].item_id', 'payments', 'ar.payments.v1.ReceiptService/ApplyReceipt', () => wish('w14', { receipt_id: 'rcp_x', applications: [{ item_id: 'constructor', amount: eur('1.00') }] })],
    ['a policy that is none', 'FIELD_INVALID', 'collection_case.minimum', 'invoicing', 'ar.invoicing.v1.TenantService/PublishPolicy', () => wish('w15', { valid_from: '2026-04-01', collection_case: { minimum: 'much', oldest_days_past_due: 10 } })],
    ['a limit that is no amount', 'FIELD_INVALID', 'approvals.credit_note_limit', 'invoicing', 'ar.invoicing.v1.TenantService/PublishPolicy', () => wish('w17', { valid_from: '2026-04-01', approvals: { expiry_days: 14, credit_note_limit: 'much' } })],
    ['credit for nothing', 'FIELD_REQUIRED', 'invoice', 'invoicing', 'ar.invoicing.v1.CreditNoteService/IssueCreditNote', () => wish('w18', { reason_code: 'CREDIT_REASON_PRICE' })],
    ['credit for no amount of a line', 'FIELD_INVALID', 'invoice.lines[0].quantity', 'invoicing', 'ar.invoicing.v1.CreditNoteService/IssueCreditNote', () => wish('w19', { reason_code: 'CREDIT_REASON_PRICE', invoice: { invoice_id: 'inv_x', lines: [{ line: 1, quantity: '0' }] } })],
    ['a rule nobody knows', 'FIELD_INVALID', 'application.rules', 'invoicing', 'ar.invoicing.v1.TenantService/PublishPolicy', () => wish('w16', { valid_from: '2026-04-01', application: { rules: [99], tolerance: '0' } })],
    ['two types of documents with one prefix', 'FIELD_INVALID', 'details.series', 'invoicing', 'ar.invoicing.v1.TenantService/UpdateTenant', () => wish('w20', { details: { legal_name: 'Acme GmbH', series: [{ document_type: 'DOCUMENT_TYPE_INVOICE', prefix: 'C', padding: 5 }] } })],
    ['a discount of a mode nobody knows', 'FIELD_INVALID', 'terms.discount.mode', 'invoicing', ISSUE, () => invoice('w21', { terms: { net_days: 30, discount: { tiers: [{ days: 10, percent: '2' }], mode: 99 } } })],
    ['a rounding nobody knows', 'FIELD_INVALID', 'tax.rounding', 'invoicing', 'ar.invoicing.v1.TenantService/PublishPolicy', () => wish('w22', { valid_from: '2026-04-01', tax: { rounding: 99 } })],
    ['a fee that is no amount of its currency', 'FIELD_INVALID', 'returned_payments.fees[0].returned', 'invoicing', 'ar.invoicing.v1.TenantService/PublishPolicy', () => wish('w23', { valid_from: '2026-04-01', returned_payments: { fees: [{ currency_code: 'EUR', returned: '7.505' }] } })],
    ['nobody who gives nothing alone', 'FIELD_INVALID', 'approvals.never_alone', 'invoicing', 'ar.invoicing.v1.TenantService/PublishPolicy', () => wish('w24', { valid_from: '2026-04-01', approvals: { expiry_days: 14, never_alone: [''] } })],
    ['a report as known before our era', 'FIELD_INVALID', 'as_of.known_at', 'payments', 'ar.payments.v1.ReportService/GetAging', () => ({ tenant_id: 'acme', as_of: { known_at: { seconds: '-62135596801', nanos: 0 } } })],
    ['1,001 items', 'FIELD_INVALID', 'items', 'invoicing', 'ar.invoicing.v1.BatchService/Batch', () => ({ tenant_id: 'acme', items: Array.from({ length: 1_001 }, (_, i) => ({ issue_invoice: invoice(`many-${i}`) })) })],
    ['no item', 'FIELD_REQUIRED', 'items', 'invoicing', 'ar.invoicing.v1.BatchService/Batch', () => ({ tenant_id: 'acme', items: [] })],
  ];

  it.each(wrong)('with %s is answered %s at %s, and nothing is recorded', async (_what, reason, field, service, method, request) => {
    const before = await head(service);
    const error = await toldBy(at[service].call(method, request()));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', reason, domain: `${service}.ar`, metadata: { field } });
    expect(error.fields[0]).toEqual({ field, reason });
    expect(await head(service)).toBe(before);
  });

  it('names all fields at once', async () => {
    const { fields } = await toldBy(at.invoicing.call(ISSUE, invoice('', { customer_id: '', currency_code: 'XXQ', lines: [] })));
    expect(fields).toEqual([{ field: 'request_id', reason: 'FIELD_REQUIRED' }, { field: 'customer_id', reason: 'FIELD_REQUIRED' }, { field: 'currency_code', reason: 'CURRENCY_UNKNOWN' }, { field: 'lines', reason: 'FIELD_REQUIRED' }]);
  });

  it('names all fields at once also where it first has to be found whose it is', async () => {
    for (const method of ['ar.collections.v1.DisputeService/ResolveDispute', 'ar.collections.v1.PromiseService/WithdrawPromise']) {
      const { fields } = await toldBy(at.collections.call(method, {}));
      expect([method, fields.slice(0, 3)]).toEqual([method, ['tenant_id', 'request_id', 'actor'].map((field) => ({ field, reason: 'FIELD_REQUIRED' }))]);
    }
  });

  it('that reuses a request_id for another content is told so', async () => {
    await at.invoicing.call(ISSUE, invoice('reused'));
    expect(await toldBy(at.invoicing.call(ISSUE, invoice('reused', { lines: [{ ...line, quantity: '2' }] })))).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'REQUEST_ID_REUSED', metadata: { field: 'request_id' } });
    expect(await toldBy(at.invoicing.call('ar.invoicing.v1.InvoiceService/VoidInvoice', wish('reused', { invoice_id: 'inv_x', reason: 'x' })))).toMatchObject({ reason: 'REQUEST_ID_REUSED' });
  });

  it('that uses a page token with other arguments is told so', async () => {
    const { next_page_token: page_token } = await at.invoicing.call(LIST, { tenant_id: 'acme', page_size: 10 });
    expect(await toldBy(at.invoicing.call(LIST, { tenant_id: 'acme', page_size: 10, page_token, filter: 'status = issued' }))).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'PAGE_TOKEN_INVALID' });
    expect(await toldBy(at.invoicing.call(LIST, { tenant_id: 'other', page_size: 10, page_token }))).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'PAGE_TOKEN_INVALID' });
  });
});

describe('bytes that are not what they should be', () => {
  it('are taken without the fields that this version does not know', async () => {
    const unknown = Buffer.from([0xfa, 0xf0, 0x04, 0x03, 0x61, 0x62, 0x63]); // field 9999, three bytes
    const answer = await at.invoicing.callWith(ISSUE, Buffer.concat([at.invoicing.bytes(ISSUE, invoice('from-the-future')), unknown]));
    expect(answer.invoice.total).toEqual(eur('10.00'));
    expect((await at.invoicing.call(ISSUE, invoice('from-the-future'))).invoice.invoice_id).toBe(answer.invoice.invoice_id);
  });

  it.each([
    ['cut off', Buffer.from([0x0a, 0x40, 0x61])],
    ['of a wire type there is not', Buffer.from([0x0f, 0x01])],
    ['text that is not UTF-8', Buffer.from([0x0a, 0x02, 0xc3, 0x28])],
  ])('%s: undecodable, with details', async (_what, bytes) => {
    expect(await toldBy(at.invoicing.callWith(ISSUE, bytes))).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'MESSAGE_UNDECODABLE', domain: 'invoicing.ar' });
  });

  it('of another type are not taken for the field', async () => {
    const number = Buffer.from([0x08, 0x2a]); // tenant_id as a number
    expect(await toldBy(at.invoicing.callWith(ISSUE, number))).toMatchObject({ code: 'INVALID_ARGUMENT', metadata: { field: 'tenant_id' } });
  });

  it('that are five megabytes are refused with details, twenty by the transport, and the next call is answered', async () => {
    const big = (bytes: number) => invoice('big', { labels: [{ key: 'all', value: 'x'.repeat(bytes) }] });
    expect(await toldBy(at.invoicing.call(ISSUE, big(5_000_000)))).toMatchObject({ code: 'RESOURCE_EXHAUSTED', reason: 'MESSAGE_TOO_LARGE', metadata: { limit: String(4 * 1024 * 1024) } });
    expect((await toldBy(at.invoicing.call(ISSUE, big(20_000_000)))).code).toBe('RESOURCE_EXHAUSTED');
    expect((await at.invoicing.call('ar.invoicing.v1.TenantService/GetTenant', { tenant_id: 'acme' })).tenant.base_currency).toBe('EUR');
  });
});

describe('a call with a deadline', () => {
  it('that waits for what is not there yet is told that this service is behind', async () => {
    const error = await toldBy(at.payments.call('ar.payments.v1.ReceiptService/ListReceipts', { tenant_id: 'acme', min_position: { sequences: [{ key: 'credit/0', value: 999_999 }] } }, { deadlineMs: 1_000 }));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', reason: 'READ_MODEL_BEHIND', metadata: { 'credit/0': '999999' } });
    expect(error.details).toEqual(['ErrorInfo', 'RetryInfo']);
  });

  it('that has passed ends; what it asked is there once after a retry, or not at all before', async () => {
    const request = invoice('in-a-hurry', { external_number: 'HURRY' });
    expect((await toldBy(at.invoicing.call(ISSUE, request, { deadlineMs: 1 }))).code).toBe('DEADLINE_EXCEEDED');
    const { position } = await at.invoicing.call(ISSUE, request);
    expect((await at.invoicing.call(LIST, { tenant_id: 'acme', min_position: position, filter: 'external_number = HURRY' })).invoices).toHaveLength(1);
  });
});

describe('a batch', () => {
  it('answers each item, and a bad one does not fail its neighbours', async () => {
    const { answers, position } = await at.invoicing.call('ar.invoicing.v1.BatchService/Batch', { tenant_id: 'acme', items: [
      { issue_invoice: invoice('b1', { invoice_id: 'inv_b1' }) }, { issue_invoice: invoice('b2', { customer_id: '' }) }, { issue_invoice: invoice('b3', { customer_id: 'nobody' }) },
      { void_invoice: wish('b4', { invoice_id: 'inv_b1', reason: 'twice' }) }, {}, { issue_invoice: { ...invoice('b5'), tenant_id: 'other' } }, { issue_invoice: invoice('b6') },
    ] });
    expect(answers.map((a: Answer) => a.answer)).toEqual(['issue_invoice', 'error', 'error', 'void_invoice', 'error', 'error', 'issue_invoice']);
    expect(answers[3].void_invoice.invoice.status).toBe('INVOICE_STATUS_VOIDED');
    expect(answers[1].error).toMatchObject({ code: 3, message: expect.stringContaining('customer_id') });
    expect(answers[2].error.code).toBe(5);
    expect(position).toEqual(answers[6].issue_invoice.position);
  });
});

describe('a list', () => {
  it.each([[0, 50], [20, 20], [500, 500], [501, 500]])('asked for pages of %i gives %i', async (page_size, given) => {
    expect((await at.invoicing.call(LIST, { tenant_id: 'acme', page_size })).invoices).toHaveLength(given);
  });

  it('gives each row once while it grows', async () => {
    const seen: string[] = [];
    let page_token = '';
    for (let page = 0; ; page++) {
      const answer = await at.invoicing.call(LIST, { tenant_id: 'acme', page_size: 100, page_token, filter: 'external_number : F', order_by: 'number' });
      seen.push(...answer.invoices.map((i: Answer) => i.external_number));
      if (page < 3) await at.invoicing.call('ar.invoicing.v1.BatchService/Batch', { tenant_id: 'acme', items: Array.from({ length: 7 }, (_, i) => ({ issue_invoice: invoice(`grow-${page}-${i}`, { external_number: `FG${page}-${i}` }) })) });
      page_token = answer.next_page_token;
      if (page_token === '') break;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(Array.from({ length: INVOICES }, (_, i) => `F${i}`)));
  });
});

describe('a command', () => {
  it('that is only to be checked answers and records nothing', async () => {
    const before = await head('invoicing');
    const { invoice: checked } = await at.invoicing.call(ISSUE, invoice('dry', { validate_only: true, external_number: 'DRY' }));
    expect(checked).toMatchObject({ status: 'INVOICE_STATUS_ISSUED', total: eur('10.00') });
    expect(await head('invoicing')).toBe(before);
    expect(await toldBy(at.invoicing.call('ar.invoicing.v1.InvoiceService/GetInvoice', { tenant_id: 'acme', invoice_id: checked.invoice_id }))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('on a version that is past is told the present one', async () => {
    const { invoice: { invoice_id }, version } = await at.invoicing.call(ISSUE, invoice('versioned'));
    const change = (request_id: string, expected_version: number) => at.invoicing.call('ar.invoicing.v1.InvoiceService/VoidInvoice', wish(request_id, { invoice_id, reason: 'a mistake', expected_version }));
    expect(await toldBy(change('v-old', Number(version) + 4))).toMatchObject({ code: 'ABORTED', reason: 'VERSION_MISMATCH', metadata: { current_version: version } });
    expect((await change('v-new', Number(version))).invoice.status).toBe('INVOICE_STATUS_VOIDED');
  });

  it('that is asked again gets its first answer, although the invoice has moved on', async () => {
    const first = await at.invoicing.call(ISSUE, invoice('again'));
    await at.invoicing.call('ar.invoicing.v1.InvoiceService/VoidInvoice', wish('again-void', { invoice_id: first.invoice.invoice_id, reason: 'a mistake' }));
    expect(await at.invoicing.call(ISSUE, { ...invoice('again'), min_position: first.position })).toEqual(first);
  });

  it.each<[string, string, string, ServiceName, string, () => object]>([
    ['NOT_FOUND', 'INVOICE_NOT_FOUND', 'ResourceInfo', 'invoicing', 'ar.invoicing.v1.InvoiceService/VoidInvoice', () => wish('r1', { invoice_id: 'inv_nowhere', reason: 'x' })],
    ['NOT_FOUND', 'CUSTOMER_NOT_FOUND', 'ResourceInfo', 'credit', 'ar.credit.v1.CreditService/PlaceHold', () => wish('r2', { customer_id: 'nobody', reason: 'x' })],
    ['NOT_FOUND', 'TENANT_NOT_FOUND', 'ResourceInfo', 'invoicing', ISSUE, () => ({ ...invoice('r3'), tenant_id: 'nobody' })],
    ['ALREADY_EXISTS', 'CUSTOMER_EXISTS', 'ResourceInfo', 'credit', 'ar.credit.v1.CustomerService/RegisterCustomer', () => wish('r4', { customer_id: 'c1', personal: { name: 'Another' } })],
    ['ALREADY_EXISTS', 'TENANT_EXISTS', 'ResourceInfo', 'invoicing', 'ar.invoicing.v1.TenantService/RegisterTenant', () => wish('r5', { base_currency: 'EUR', time_zone: 'UTC', first_business_day: '2026-03-02', details: { legal_name: 'x' } })],
    ['FAILED_PRECONDITION', 'VALUE_DATE_IN_FUTURE', 'PreconditionFailure', 'payments', RECEIPT, () => receipt('r6', { value_date: '2027-01-01' })],
  ])('is refused with status %s: %s', async (code, reason, detail, service, method, request) => {
    const before = await head(service);
    const error = await toldBy(at[service].call(method, request()));
    expect(error).toMatchObject({ code, reason, domain: `${service}.ar`, details: ['ErrorInfo', detail] });
    expect(await head(service)).toBe(before);
  });
});
