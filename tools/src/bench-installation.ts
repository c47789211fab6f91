// What a whole installation does: how soon a fact is seen elsewhere, how fast projections are built again, what an aging of a million items takes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { BatchItem } from '@ar/contracts/gen/ar/invoicing/v1/batch_service.js';
import { IssueInvoiceRequest } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { OpenItemKind } from '@ar/contracts/gen/ar/payments/v1/account.js';
import { RegisterTenantRequest } from '@ar/contracts/gen/ar/invoicing/v1/tenant_service.js';
import { RegisterCustomerRequest } from '@ar/contracts/gen/ar/credit/v1/customer_service.js';
import { ListOpenItemsRequest } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { GetAgingRequest } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { openKafkaLog } from '@ar/event-log/kafka-log.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import type { EventLog } from '@ar/event-log/event-log.js';
import { quantile, rate, residentMib, timed, type Plan } from './bench-measure.js';
import { FIRST_DAY } from './bench-store.js';
import type { Memory, Row } from './bench-table.js';
import { CALLERS, registration } from './bench-unary.js';
import { connect, promised, type Clients } from './clients.js';
import { SERVICES, startInstallation, type Installation, type ServiceName } from './installation.js';
import { untilQuiet } from './quiet.js';

const AGING_ROWS = ['aging-1m', 'aging-customer', 'aging-1m-past', 'aging-customer-past'];
export const INSTALLATION_ROWS = ['end-to-end', 'rebuild', ...AGING_ROWS];
/** A day in the past, and how many of the million items were there by then. */
const PAST = '2026-03-31';
const DAYS_BY_THEN = 90;
const TENANT = 'bench';
const CUSTOMERS = 200;
const FILLING = 10_000;
const PROBES_PER_SECOND = 20;
const OLD_TENANT = 'million';
const MILLION = 1_000_000;
const OF_EACH = 100;

export interface InstallationPlan extends Plan { readonly portBase: number; readonly kafka: boolean; say(text: string): void }

/** The rows of an installation that are wanted, and what its processes hold in memory. */
export async function benchInstallation(plan: InstallationPlan, wanted: (row: string) => boolean): Promise<{ readonly rows: readonly Row[]; readonly memory: readonly Memory[] }> {
  const data = mkdtempSync(join(tmpdir(), 'ar-bench-'));
  const installation = await startInstallation({ data, portBase: plan.portBase, log: plan.kafka ? 'kafka' : 'postgres', clock: 'simulated', logLevel: 'warn', onProgress: plan.say });
  const clients = connect(Object.fromEntries(SERVICES.map((name) => [name, installation.addresses[name].grpc])) as Record<ServiceName, string>);
  const rows: Row[] = [];
  try {
    await takeOn(clients, TENANT);
    const atRest = memoryOf(installation);
    if (['unary-command', 'end-to-end', 'rebuild'].some(wanted)) {
      plan.say(`filling the log with ${FILLING.toLocaleString('en')} invoices`);
      await fill(clients);
    }
    const register = promised(clients.customers, clients.customers.registerCustomer);
    if (wanted('unary-command')) {
      const all = await rate(CALLERS, plan.seconds, () => register(registration(TENANT)));
      rows.push({ name: 'unary-all-at-work', unit: 'calls/s', better: 'higher', ours: all, baseline: null, goal: null, against: `the same command while five services publish and read it on this machine, ${plan.kafka ? 'Kafka' : 'log on Postgres'}` });
      await untilQuiet(clients);
    }
    if (wanted('end-to-end')) rows.push(...await endToEnd(clients, plan));
    const underLoad = memoryOf(installation);
    if (wanted('rebuild')) rows.push(await rebuild(clients, installation, plan));
    if (AGING_ROWS.some(wanted)) rows.push(...(await aging(clients, installation, plan)).filter((r) => wanted(r.name)));
    return { rows, memory: SERVICES.map((name) => ({ process: name, atRestMib: atRest[name], underLoadMib: Math.max(underLoad[name], atRest[name]) })) };
  } finally {
    await installation.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

const memoryOf = (installation: Installation) => Object.fromEntries(SERVICES.map((name) => [name, residentMib(installation.pid(name)!)])) as Record<ServiceName, number>;
const customerOf = (n: number) => `c${n % CUSTOMERS}`;

async function takeOn(clients: Clients, tenantId: string): Promise<void> {
  await promised(clients.tenants, clients.tenants.registerTenant)(RegisterTenantRequest.fromPartial({
    tenantId, requestId: `take-on-${tenantId}`, actor: 'bench', baseCurrency: 'EUR', timeZone: 'UTC', firstBusinessDay: FIRST_DAY, details: { legalName: 'Bench Ltd', sender: 'billing@bench.example' },
  }));
  await untilQuiet(clients);
  const { answers } = await promised(clients.creditBatch, clients.creditBatch.batch)({
    tenantId, items: Array.from({ length: CUSTOMERS }, (_, i) => ({ command: { $case: 'registerCustomer' as const, value: RegisterCustomerRequest.fromPartial({ tenantId, requestId: `take-on-${customerOf(i)}`, actor: 'bench', customerId: customerOf(i), personal: { name: 'Customer' }, profile: { currencyCode: 'EUR' } }) } })),
  });
  if (answers.some((a) => a.answer?.$case === 'error')) throw new Error('customers were refused');
  await untilQuiet(clients);
}

let invoices = 0;
const invoice = (): IssueInvoiceRequest => {
  const n = ++invoices;
  return IssueInvoiceRequest.fromPartial({
    tenantId: TENANT, requestId: `issue-${n}`, actor: 'bench', customerId: customerOf(n), currencyCode: 'EUR', lines: [{ description: 'Goods', quantity: '3', unitPrice: '80.00', taxRate: '19' }],
  });
};

/** Issues invoices in batches, until everyone has read everything. */
async function fill(clients: Clients): Promise<void> {
  const batch = promised(clients.invoicingBatch, clients.invoicingBatch.batch);
  for (let at = 0; at < FILLING; at += 1_000) {
    const { answers } = await batch({ tenantId: TENANT, items: Array.from({ length: 1_000 }, (): BatchItem => ({ command: { $case: 'issueInvoice', value: invoice() } })) });
    if (answers.some((a) => a.answer?.$case === 'error')) throw new Error('invoices were refused');
  }
  await untilQuiet(clients, 600_000);
}

/** Invoices per second that the installation carries, each issued by a call of its own, until everyone has read everything. */
async function carried(clients: Clients, seconds: number): Promise<number> {
  const issue = promised(clients.invoices, clients.invoices.issueInvoice);
  let issued = 0;
  const took = await timed(async () => {
    await rate(16, seconds, async () => { await issue(invoice()); issued++; });
    await untilQuiet(clients, 600_000);
  });
  return issued / (took / 1_000);
}

/** At half of what the installation carries, each invoice issued by a call of its own; of some it is asked when payments shows it. */
async function endToEnd(clients: Clients, { seconds, kafka, say }: InstallationPlan): Promise<readonly Row[]> {
  const lasting = Math.max(seconds * 3, 10);
  const pace = await carried(clients, lasting / 2) / 2;
  say(`issuing ${pace.toFixed(0)} invoices per second`);
  const issue = promised(clients.invoices, clients.invoices.issueInvoice);
  const list = promised(clients.accounts, clients.accounts.listOpenItems);
  const seen: number[] = [];
  const every = Math.max(1, Math.round(pace / PROBES_PER_SECOND));
  const under: Promise<void>[] = [];
  const one = async (probed: boolean) => {
    const request = invoice();
    const { position } = await issue(request);
    if (!probed) return;
    const accepted = performance.now();
    await list(ListOpenItemsRequest.fromPartial({ tenantId: TENANT, customerId: request.customerId, currencyCode: 'EUR', pageSize: 1, minPosition: position! }));
    seen.push(performance.now() - accepted);
  };
  const began = performance.now();
  for (let n = 0; n < lasting * pace; n++) {
    const at = began + (n * 1_000) / pace;
    const early = at - performance.now();
    if (early > 1) await new Promise((go) => { setTimeout(go, early); });
    const late = one(n % every === 0);
    late.catch(() => undefined); // awaited below with all others
    under.push(late);
  }
  await Promise.all(under);
  await untilQuiet(clients);
  const against = `invoicing accepted → payments shows it, ${pace.toFixed(0)} invoices/s (half of what was carried), ${kafka ? 'Kafka' : 'log on Postgres'}`;
  return [
    { name: 'end-to-end', unit: 'ms', better: 'lower', ours: quantile(seen, 0.5), baseline: null, goal: 50, against: `p50: ${against}` },
    { name: 'end-to-end-p99', unit: 'ms', better: 'lower', ours: quantile(seen, 0.99), baseline: null, goal: 250, against: `p99 of ${seen.length}` },
  ];
}

const openLog = (installation: Installation, { kafka, portBase }: InstallationPlan): Promise<EventLog> =>
  kafka ? openKafkaLog({ brokers: [`127.0.0.1:${portBase + 92}`], clientId: 'ar-bench' }) : openPostgresLog({ url: installation.databases.log });

/** The projections of payments, built again over the whole log, against a reader that decodes every record and does nothing with it. */
async function rebuild(clients: Clients, installation: Installation, plan: InstallationPlan): Promise<Row> {
  plan.say('rebuilding payments');
  const log = await openLog(installation, plan);
  const ours: number[] = [];
  const baseline: number[] = [];
  let events = 0;
  try {
    const ends = [...(await log.ends()).values()].reduce((sum, end) => sum + Number(end), 0);
    for (let round = 0; round < plan.rounds; round++) {
      events = 0;
      baseline.push(await timed(async () => {
        for (let p = 0; p < log.partitions; p++) await log.read(p, 0n, async (records) => { for (const r of records) if (typeof JSON.parse(r.value) === 'object') events++; });
      }));
      if (events !== ends) throw new Error(`read ${events} of ${ends} records`);
      const before = await liveSchema(installation);
      ours.push(await timed(() => rebuilt(clients)));
      if (await liveSchema(installation) === before) throw new Error(`payments was not rebuilt; its log is in ${installation.data}`);
    }
  } finally { await log.close(); }
  const perSecond = (ms: readonly number[]) => events / (quantile(ms, 0.5) / 1_000);
  return { name: 'rebuild', unit: 'events/s', better: 'higher', ours: perSecond(ours), baseline: perSecond(baseline), goal: 0.5, against: `a bare reader decoding the same ${events.toLocaleString('en')} records of the log; ours: Rebuild of payments` };
}

/** The call begins it; it is over when payments no longer says that it is rebuilding. */
async function rebuilt({ operations: { payments } }: Clients): Promise<void> {
  await promised(payments, payments.rebuild)({ actor: 'bench' });
  while ((await promised(payments, payments.getProgress)({ minPosition: undefined })).rebuilding) await new Promise((again) => { setTimeout(again, 10); });
}

async function liveSchema(installation: Installation): Promise<string> {
  const client = new pg.Client({ connectionString: installation.databases.payments });
  await client.connect();
  try { return (await client.query<{ schema: string }>('select schema from rt.live')).rows[0]!.schema; } finally { await client.end(); }
}

/** A million open items of one tenant, put into the live tables by SQL as their projection would have, from the beginning of the record: nothing else may have been recorded yet. */
async function aging(clients: Clients, installation: Installation, { rounds, say }: InstallationPlan): Promise<readonly Row[]> {
  say('putting a million open items into payments');
  await promised(clients.tenants, clients.tenants.registerTenant)(RegisterTenantRequest.fromPartial({
    tenantId: OLD_TENANT, requestId: 'take-on-million', actor: 'bench', baseCurrency: 'EUR', timeZone: 'UTC', firstBusinessDay: '2026-06-30', details: { legalName: 'Million Ltd', sender: 'billing@million.example' },
  }));
  await untilQuiet(clients);
  const schema = await liveSchema(installation);
  const client = new pg.Client({ connectionString: installation.databases.payments });
  await client.connect();
  try {
    await client.query(`set search_path to "${schema}"`);
    const numbered = `(select i, 'd' || lpad((i / ${OF_EACH})::text, 6, '0') customer, 'oit_' || lpad(i::text, 8, '0') item_id, date '2026-01-01' + i % 170 issued, 1000 + i % 9000 minor from generate_series(0, ${MILLION - 1}) i) n`;
    await client.query(`insert into item (tenant, item_id, customer, currency, kind, document_id, document_number, instalment, issued_on, due_on, posted_on, original_minor, recorded, counts_from)
      select '${OLD_TENANT}', item_id, customer, 'EUR', '${OpenItemKind.INVOICE}', 'inv_' || i, 'R' || i, 1, issued, issued + 30, issued, minor, 0, issued from ${numbered}`);
    await client.query(`insert into item_span (tenant, customer, currency, item_id, side, due_on, issued_on, open_minor, effective_from, effective_until, recorded_from, recorded_until)
      select '${OLD_TENANT}', customer, 'EUR', item_id, 'debit', issued + 30, issued, minor, issued, 'infinity', 0, 9223372036854775807 from ${numbered}`);
    for (const table of ['item', 'item_span']) await client.query(`vacuum (analyze) ${table}`);
  } finally { await client.end(); }
  say('asking for its aging');
  const ask = promised(clients.reports, clients.reports.getAging);
  const times = async (count: number, request: (n: number) => GetAgingRequest, expected: (n: number) => number): Promise<number> => {
    const took: number[] = [];
    for (let n = 0; n < count; n++) {
      took.push(await timed(async () => {
        const { agings } = await ask(request(n));
        const counted = Number(agings[0]?.openItems ?? 0n);
        if (counted !== expected(n)) throw new Error(`the aging counts ${counted} of ${expected(n)} items`);
      }));
    }
    return quantile(took, 0.5);
  };
  const customerOf = (n: number) => ({ tenantId: OLD_TENANT, customerId: `d${String(n * 97).padStart(6, '0')}` });
  const past = { effectiveDate: PAST, known: { $case: 'knownAt' as const, value: new Date().toISOString() } };
  const thereByThen = (from: number, count: number) => Array.from({ length: count }, (_, i) => (from + i) % 170 < DAYS_BY_THEN).filter(Boolean).length;
  const count = Math.max(rounds, 3) + 2;
  const whole = await times(count, () => GetAgingRequest.fromPartial({ tenantId: OLD_TENANT }), () => MILLION);
  const customer = await times(50, (n) => GetAgingRequest.fromPartial(customerOf(n)), () => OF_EACH);
  const wholePast = await times(count, () => GetAgingRequest.fromPartial({ tenantId: OLD_TENANT, asOf: past }), () => thereByThen(0, MILLION));
  const customerPast = await times(50, (n) => GetAgingRequest.fromPartial({ ...customerOf(n), asOf: past }), (n) => thereByThen(n * 97 * OF_EACH, OF_EACH));
  return [
    { name: 'aging-1m', unit: 'ms', better: 'lower', ours: whole, baseline: null, goal: 1_000, against: 'GetAging of one tenant, 1,000,000 open items of 10,000 customers' },
    { name: 'aging-customer', unit: 'ms', better: 'lower', ours: customer, baseline: null, goal: 20, against: `GetAging of one customer of them, ${OF_EACH} open items` },
    { name: 'aging-1m-past', unit: 'ms', better: 'lower', ours: wholePast, baseline: null, goal: 1_000, against: `the same tenant at ${PAST}, as known at an instant` },
    { name: 'aging-customer-past', unit: 'ms', better: 'lower', ours: customerPast, baseline: null, goal: 20, against: `the same customers at ${PAST}, as known at an instant` },
  ];
}
