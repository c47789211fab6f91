// Traces as a collector gets them: an OTLP receiver that keeps what five real processes send it, and what those processes load when there is none.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { credentials, Metadata } from '@grpc/grpc-js';
import { InvoiceServiceClient, IssueInvoiceRequest, type IssueInvoiceResponse } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { arrive } from '@ar/runtime/cloud-event.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import { connect, type Clients } from './clients.js';
import { SERVICES, startInstallation, type Installation, type ServiceName } from './installation.js';
import { untilQuiet } from './quiet.js';
import { meet, type Stranger } from './stranger.world.js';

interface Span { readonly service: string; readonly traceId: string; readonly spanId: string; readonly parentSpanId?: string; readonly name: string; readonly kind: number; readonly attributes: Readonly<Record<string, unknown>> }
interface Attribute { readonly key: string; readonly value: Readonly<Record<string, unknown>> }
interface Export { readonly resourceSpans: readonly { readonly resource: { readonly attributes: readonly Attribute[] }; readonly scopeSpans: readonly { readonly spans: readonly (Omit<Span, 'attributes'> & { readonly attributes: readonly Attribute[] })[] }[] }[] }

const valuesOf = (attributes: readonly Attribute[]) => Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

/** An OTLP/HTTP receiver for JSON bodies. */
async function collector(): Promise<{ readonly url: string; readonly spans: Span[]; readonly server: Server }> {
  const spans: Span[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const body = Buffer.concat(chunks);
      if (request.url === '/v1/traces') for (const { resource, scopeSpans } of (JSON.parse(String(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body)) as Export).resourceSpans)
        spans.push(...scopeSpans.flatMap((s) => s.spans).map((s) => ({ ...s, service: String(valuesOf(resource.attributes)['service.name']), attributes: valuesOf(s.attributes) })));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, server };
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const data = mkdtempSync(join(tmpdir(), 'ar-tracing-'));
const TRACE = 'ab'.repeat(16);
const CALLER = '12'.repeat(8);
const OTEL = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_BSP_SCHEDULE_DELAY'] as const;

describe('an installation with a collector', () => {
  let installation: Installation;
  let clients: Clients;
  let received: Awaited<ReturnType<typeof collector>>;
  const at = {} as Record<ServiceName, Stranger>;
  const wish = (request_id: string, more: object) => ({ tenant_id: 'acme', request_id, actor: 'clerk', ...more });
  const ofTrace = () => received.spans.filter((s) => s.traceId === TRACE);
  const told = (service: string, name: string) => ofTrace().filter((s) => s.service === service && s.name === name);

  beforeAll(async () => {
    received = await collector();
    Object.assign(process.env, { OTEL_EXPORTER_OTLP_ENDPOINT: received.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_BSP_SCHEDULE_DELAY: '100' });
    installation = await startInstallation({ data, portBase: 8_700, log: 'postgres', clock: 'simulated', durable: false, logLevel: 'debug' });
    const addresses = Object.fromEntries(SERVICES.map((name) => [name, installation.addresses[name].grpc])) as Record<ServiceName, string>;
    clients = connect(addresses);
    for (const name of SERVICES) at[name] = await meet(addresses[name]);
    await at.invoicing.call('ar.invoicing.v1.TenantService/RegisterTenant', wish('t', { base_currency: 'EUR', time_zone: 'UTC', first_business_day: '2026-03-02', details: { legal_name: 'Acme GmbH', sender: 'billing@acme.example' } }));
    await untilQuiet(clients, 20_000);
    await at.credit.call('ar.credit.v1.CustomerService/RegisterCustomer', wish('c', { customer_id: 'c1', personal: { name: 'Miller', reminder_email: 'miller@customer.example' } }));
    await untilQuiet(clients, 20_000);
    const client = new InvoiceServiceClient(installation.addresses.invoicing.grpc, credentials.createInsecure());
    const metadata = new Metadata();
    metadata.set('traceparent', `00-${TRACE}-${CALLER}-01`);
    const { position } = await new Promise<IssueInvoiceResponse>((resolve, reject) => {
      client.issueInvoice(IssueInvoiceRequest.fromJSON({
        tenant_id: 'acme', request_id: 'i', actor: 'clerk', invoice_id: 'inv_a', customer_id: 'c1', currency_code: 'EUR', lines: [{ description: 'Goods', quantity: '1', unit_price: '100.00', tax_rate: '0' }], terms: { due_date: '2026-03-04' },
      }), metadata, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
    client.close();
    expect(position).toBeDefined();
    await untilQuiet(clients, 20_000);
    await new Promise((resolve) => { setTimeout(resolve, 1_000); }); // what is waiting to be exported is sent every 100 ms
  }, 120_000);

  afterAll(async () => {
    for (const name of OTEL) delete process.env[name];
    for (const stranger of Object.values(at)) stranger.close();
    await installation?.stop();
    received?.server.close();
    rmSync(data, { recursive: true, force: true });
  }, 30_000);

  it('shows one command in one trace: the call, its statements, the log, and the services that read it', () => {
    const [call] = told('ar-invoicing', 'grpc.ar.invoicing.v1.InvoiceService/IssueInvoice');
    expect(call).toMatchObject({ parentSpanId: CALLER });
    expect(ofTrace().some((s) => s.service === 'ar-invoicing' && s.attributes['db.system.name'] === 'postgresql' || s.attributes['db.system'] === 'postgresql')).toBe(true);
    expect(told('ar-invoicing', 'send ar.invoicing.invoice_issued.v1')).toMatchObject([{ parentSpanId: call!.spanId }]);
    const [processed] = told('ar-payments', 'process ar.invoicing.invoice_issued.v1');
    expect(processed).toMatchObject({ parentSpanId: call!.spanId, attributes: { 'ar.source': 'invoicing' } });
    expect(told('ar-payments', 'send ar.payments.open_item_posted.v1')).toMatchObject([{ parentSpanId: processed!.spanId }]);
    expect(told('ar-reminders', 'process ar.payments.open_item_posted.v1')).toMatchObject([{ parentSpanId: processed!.spanId }]);
    expect(new Set(ofTrace().map((s) => s.service))).toEqual(new Set(SERVICES.map((name) => `ar-${name}`)));
  });

  it('carries the trace in the log, below the call for the first event and below its reading for what came of it', async () => {
    const url = new URL(installation.databases.log);
    const log = await openPostgresLog({ url: url.href });
    const traced: Record<string, string | undefined> = {};
    await log.read(0, 0n, async (records) => { for (const record of records) { const { type, traceparent } = arrive(record); if (traceparent) traced[type] = traceparent; } });
    await log.close();
    const [call] = told('ar-invoicing', 'grpc.ar.invoicing.v1.InvoiceService/IssueInvoice');
    const [processed] = told('ar-payments', 'process ar.invoicing.invoice_issued.v1');
    expect(traced).toMatchObject({ 'ar.invoicing.invoice_issued.v1': `00-${TRACE}-${call!.spanId}-01`, 'ar.payments.open_item_posted.v1': `00-${TRACE}-${processed!.spanId}-01` });
  });

  it('writes the trace and the span into the log lines of the call', () => {
    const [call] = told('ar-invoicing', 'grpc.ar.invoicing.v1.InvoiceService/IssueInvoice');
    const lines = readFileSync(join(data, 'logs/invoicing.log'), 'utf8').trim().split('\n').map((l) => JSON.parse(l) as { msg: string; requestId?: string; trace?: string; span?: string });
    expect(lines.filter((l) => l.msg === 'call' && l.requestId === 'i')).toMatchObject([{ trace: TRACE, span: call!.spanId }]);
  });

  it('sends a message in the trace of the day that wanted it', async () => {
    await at.invoicing.call('ar.invoicing.v1.TenantService/OpenBusinessDay', wish('d', { date: '2026-03-03' }));
    await untilQuiet(clients, 20_000);
    await new Promise((resolve) => { setTimeout(resolve, 1_000); });
    const [opened] = received.spans.filter((s) => s.name === 'grpc.ar.invoicing.v1.TenantService/OpenBusinessDay');
    const [sent] = received.spans.filter((s) => s.name === 'perform reminder-mail');
    expect(opened).toBeDefined();
    expect(sent).toMatchObject({ service: 'ar-reminders', traceId: opened!.traceId });
    expect(received.spans.some((s) => s.name === 'send ar.reminders.reminder_sent.v1' && s.parentSpanId === sent!.spanId)).toBe(true);
  });

  it('says nothing of what only looks whether there is news', () => {
    const roots = received.spans.filter((s) => !s.parentSpanId);
    expect([...new Set(roots.map((s) => s.name))].filter((name) => !name.startsWith('grpc.ar.'))).toEqual([]);
  });
});

describe('a service', () => {
  /** Everything that is loaded until the configuration is read, and found wanting. */
  const loaded = (environment: Record<string, string>) => new Promise<string>((resolve) => {
    const hook = `import { registerHooks } from 'node:module'; registerHooks({ load: (url, context, next) => { if (url.includes('@opentelemetry')) process._rawDebug(url); return next(url, context); } });`;
    const child = spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, join(root, 'services/payments/dist/main.js')], { env: { PATH: process.env['PATH'] ?? '', ...environment }, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString(); });
    child.once('exit', (code) => resolve(`${said}ended with ${code}`));
  });
  const libraries = (said: string) => [...new Set([...said.matchAll(/@opentelemetry\/([a-z-]+)/g)].map((m) => m[1]!))];

  it('loads nothing of OpenTelemetry when no address is configured, or an empty one, but the bare interface that the metrics library brings', async () => {
    for (const said of [await loaded({}), await loaded({ OTEL_EXPORTER_OTLP_ENDPOINT: '', OTEL_EXPORTER_OTLP_PROTOCOL: '', OTEL_TRACES_SAMPLER: '', OTEL_TRACES_SAMPLER_ARG: '' })]) {
      expect(said).toContain('AR_DATABASE_URL');
      expect(said).not.toContain('OTEL_');
      expect(libraries(said).filter((l) => l !== 'api')).toEqual([]);
    }
  });

  it('loads its SDK when one is, and says what is wrong with the settings', async () => {
    expect(libraries(await loaded({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }))).toEqual(expect.arrayContaining(['sdk-node', 'instrumentation-grpc', 'instrumentation-pg']));
    const said = await loaded({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector', OTEL_TRACES_SAMPLER: 'sometimes' });
    expect(said).toMatch(/OTEL_EXPORTER_OTLP_ENDPOINT +Invalid URL/);
    expect(said).toMatch(/OTEL_TRACES_SAMPLER +Invalid option/);
    expect(said).toContain('ended with 78');
    const settings = { AR_DATABASE_URL: 'postgres://a@localhost/a', AR_LOG_DATABASE_URL: 'postgres://a@localhost/l', AR_GRPC_PORT: '1', AR_ADMIN_PORT: '2' };
    expect((await loaded({ ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_TRACES_SAMPLER: 'traceidratio' })).slice(-500)).toMatch(/OTEL_TRACES_SAMPLER_ARG +is needed with OTEL_TRACES_SAMPLER=traceidratio/);
  });
});
