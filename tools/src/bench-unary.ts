// One durable command per call, 64 callers, against the same message echoed by bare grpc-js. The service runs as on a cluster: a process in role `api`
// on its own database, fsync on; publishing and reading the log is the work of other processes, as the echo has none.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { credentials } from '@grpc/grpc-js';
import pg from 'pg';
import { CustomerServiceClient, RegisterCustomerRequest } from '@ar/contracts/gen/ar/credit/v1/customer_service.js';
import { InvoiceServiceClient, IssueInvoiceRequest } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { freePort, type Postgres } from '@ar/testing/postgres.js';
import { readOfCustomers } from './bench-invoicing.js';
import { inTurn, rate, residentMib, type Plan } from './bench-measure.js';
import { openTenant } from './bench-store.js';
import type { Memory, Row } from './bench-table.js';
import { promised } from './clients.js';

export const CALLERS = 64;
const TENANT = 'bench';

let n = 0;
/** A new customer, each time another one. */
export function registration(tenantId: string): RegisterCustomerRequest {
  const customerId = `u${String(++n).padStart(9, '0')}`;
  return RegisterCustomerRequest.fromPartial({
    tenantId, requestId: `register-${customerId}`, actor: 'bench', customerId,
    personal: { name: `Customer ${customerId}`, invoiceEmail: `${customerId}@customers.example`, address: { lines: ['Main Street 1'], postalCode: '10115', city: 'Berlin', countryCode: 'DE' } }, profile: { currencyCode: 'EUR' },
  });
}

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
};

async function startEcho(): Promise<{ child: ChildProcess; address: string }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./bench-echo.js', import.meta.url))], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(child.stdout, 'data') as [Buffer];
  return { child, address: `127.0.0.1:${port.toString().trim()}` };
}

async function startApi(service: 'credit' | 'invoicing', postgres: Postgres, seed: (client: pg.Client, tenant: string) => Promise<void>): Promise<{ child: ChildProcess; address: string }> {
  const { ownerUrl, url } = await postgres.store();
  const [grpc, admin] = [await freePort(), await freePort()];
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', ...profile(), `services/${service}/dist/main.js`], {
    cwd: root, stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'] ?? '', TZ: 'UTC', AR_ROLE: 'api', AR_LOG: 'postgres', AR_DATABASE_URL: url, AR_DATABASE_OWNER_URL: ownerUrl, AR_LOG_DATABASE_URL: await postgres.database(),
      AR_CLOCK: 'simulated', AR_GRPC_PORT: String(grpc), AR_ADMIN_PORT: String(admin), AR_LOG_LEVEL: 'warn', AR_SMTP_URL: 'smtp://127.0.0.1:25',
    },
  });
  for (const until = Date.now() + 60_000; !await fetch(`http://127.0.0.1:${admin}/readyz`).then((r) => r.ok, () => false);) {
    if (child.exitCode !== null || Date.now() > until) throw new Error(`${service} does not start`);
    await new Promise((again) => { setTimeout(again, 50); });
  }
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try { await seed(client, TENANT); } finally { await client.end(); }
  return { child, address: `127.0.0.1:${grpc}` };
}

/** With AR_BENCH_PROFILE=FOLDER the service writes a CPU profile there. */
const profile = (): string[] => (process.env['AR_BENCH_PROFILE'] ? ['--cpu-prof', `--cpu-prof-dir=${process.env['AR_BENCH_PROFILE']}`] : []);

let issued = 0;
const invoice = () => {
  const id = String(++issued).padStart(9, '0');
  return IssueInvoiceRequest.fromPartial({
    tenantId: TENANT, requestId: `issue-${id}`, actor: 'bench', invoiceId: `inv_${id}`, customerId: `c${issued % 1_000}`, currencyCode: 'EUR', orderNumber: `PO-${id}`,
    lines: Array.from({ length: 3 }, (_, i) => ({ description: `Article ${i}`, quantity: '2', unitPrice: '10.50', taxRate: '19' })),
  });
};

/** Row issue-unary. */
export async function benchIssue(postgres: Postgres, { seconds, rounds }: Plan): Promise<readonly Row[]> {
  const invoicing = await startApi('invoicing', postgres, readOfCustomers);
  const echo = await startEcho();
  const clients = [echo, invoicing].map(({ address }) => new InvoiceServiceClient(address, credentials.createInsecure()));
  try {
    const [bare, real] = clients.map((client) => { const issue = promised(client, client.issueInvoice); return () => issue(invoice()); });
    const measured = await inTurn(rounds, () => rate(CALLERS, seconds, real!), () => rate(CALLERS, seconds, bare!));
    return [{ name: 'issue-unary', unit: 'calls/s', better: 'higher', goal: 0.5, against: `bare grpc-js echoing the same message; ours: IssueInvoice with 3 lines, role api, ${CALLERS} callers, fsync on`, ...measured }];
  } finally {
    clients.forEach((client) => client.close());
    await stop(invoicing.child);
    await stop(echo.child);
  }
}

export async function benchUnary(postgres: Postgres, { seconds, rounds }: Plan): Promise<{ readonly rows: readonly Row[]; readonly memory: readonly Memory[] }> {
  const credit = await startApi('credit', postgres, openTenant);
  const echo = await startEcho();
  const clients = [echo, credit].map(({ address }) => new CustomerServiceClient(address, credentials.createInsecure()));
  try {
    const [bare, real] = clients.map((client) => { const register = promised(client, client.registerCustomer); return () => register(registration(TENANT)); });
    const atRestMib = residentMib(credit.child.pid!);
    const measured = await inTurn(rounds, () => rate(CALLERS, seconds, real!), () => rate(CALLERS, seconds, bare!));
    return {
      rows: [{ name: 'unary-command', unit: 'calls/s', better: 'higher', goal: 0.6, against: `bare grpc-js echoing the same message; ours: RegisterCustomer of credit, role api, ${CALLERS} callers, fsync on`, ...measured }],
      memory: [{ process: 'credit, role api', atRestMib, underLoadMib: residentMib(credit.child.pid!) }],
    };
  } finally {
    clients.forEach((client) => client.close());
    await stop(credit.child);
    await stop(echo.child);
  }
}
