// `npm start`: the whole platform on this machine, until Ctrl-C.
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { CannotStart, SERVICES, startInstallation, type Installation, type ServiceName } from './installation.js';
import { problemTable } from '@ar/platform/config.js';

const options = {
  'port-base': { type: 'string', env: 'AR_PORT_BASE', fallback: '7100', says: 'first of the hundred ports that are used' },
  data: { type: 'string', env: 'AR_DATA', fallback: '.data/start', says: 'folder that everything is kept in' },
  log: { type: 'string', env: 'AR_LOG', fallback: 'postgres', says: 'adapter of the event log: postgres or kafka' },
  brokers: { type: 'string', env: 'AR_KAFKA_BROKERS', fallback: '', says: 'Kafka brokers, host:port,…; empty with --log kafka: one is started here (a Docker engine, or Java 17 and mvn)' },
  clock: { type: 'string', env: 'AR_CLOCK', fallback: 'system', says: 'system: days open at midnight of each tenant; simulated: by OpenBusinessDay' },
  smtp: { type: 'string', env: 'AR_SMTP_URL', fallback: '', says: 'mail server, smtp://host:port; empty: mails are kept as files in the data folder' },
} as const;

const help = () => `npm start -- [options]\n\n${Object.entries(options).map(([name, o]) => `  --${name.padEnd(10)} ${o.says}\n  ${''.padEnd(12)} (or ${o.env}; default ${o.fallback || 'none'})\n`).join('')}\nServices take AR_PAYMENT_PROVIDER, AR_PAY_LINK_KEY and AR_PAYMENT_NOTICE_SECRET from the environment (README, Configuration): AR_PAYMENT_PROVIDER=sandbox npm start\n`;

function read(): Record<keyof typeof options, string> {
  let values: Record<string, string | boolean | undefined>;
  try {
    values = parseArgs({ options: { ...Object.fromEntries(Object.keys(options).map((name) => [name, { type: 'string' as const }])), help: { type: 'boolean' } } }).values;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${help()}`);
    process.exit(64);
  }
  if (values['help']) { process.stdout.write(help()); process.exit(0); }
  const given = Object.fromEntries(Object.entries(options).map(([name, o]) => [name, String(values[name] ?? (process.env[o.env] || o.fallback))])) as Record<keyof typeof options, string>;
  const wrong: [string, string][] = [];
  const base = Number(given['port-base']);
  if (!Number.isInteger(base) || base < 1_024 || base > 65_400) wrong.push(['--port-base', 'must be a number from 1024 to 65400']);
  if (given.log !== 'postgres' && given.log !== 'kafka') wrong.push(['--log', 'must be postgres or kafka']);
  if (given.brokers !== '' && !/^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$/.test(given.brokers)) wrong.push(['--brokers', 'must be host:port,host:port']);
  if (given.clock !== 'system' && given.clock !== 'simulated') wrong.push(['--clock', 'must be system or simulated']);
  if (given.smtp !== '' && !/^smtps?:\/\/[^\s/]+$/.test(given.smtp)) wrong.push(['--smtp', 'must be smtp://host:port']);
  if (wrong.length > 0) { process.stderr.write(problemTable(wrong)); process.exit(78); }
  return given;
}

const given = read();

/** As an orchestrator would: a service that ended is started again, and the terminal says so. One that ends three times in a minute is left down. */
const ended = new Map<ServiceName, number[]>();
function onEnded(service: ServiceName, how: string, logFile: string): void {
  if (!installation || stopping) return;
  const times = [...(ended.get(service) ?? []).filter((t) => t > Date.now() - 60_000), Date.now()];
  ended.set(service, times);
  const why = `${service} has ended (${how}); its log is ${logFile}`;
  if (times.length > 3) { process.stderr.write(`${why}\n${service} stays down: Ctrl-C, and npm start again\n`); return; }
  process.stderr.write(`${why}\nstarting ${service} again …\n`);
  installation.startService(service).then(() => process.stderr.write(`${service} is ready again\n`), (error: Error) => { if (!stopping) process.stderr.write(`${error.message}\n`); });
}

let installation: Installation | undefined;
let stopping = false;
try {
  const began = Date.now();
  installation = await startInstallation({
    data: given.data, portBase: Number(given['port-base']), log: given.log as 'postgres' | 'kafka', clock: given.clock as 'system' | 'simulated',
    brokers: given.brokers || undefined, smtp: given.smtp || undefined, onProgress: (text) => process.stderr.write(`${text} …\n`), onEnded,
  });
  const { addresses, data, mail } = installation;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    process.stderr.write('\nstopping …\n');
    await installation!.stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
  const table = new Table({ head: ['service', 'gRPC', 'admin', 'health'], style: { head: [], border: [] } });
  for (const name of SERVICES) {
    const { grpc, admin } = addresses[name];
    (table as unknown as string[][]).push([name, grpc, admin, await fetch(`${admin}/readyz`).then((r) => r.text(), (e: Error) => e.message).then((t) => t.trim())]);
  }
  const address = (name: (typeof SERVICES)[number]) => `http://${addresses[name].grpc}`;
  const curl = (name: (typeof SERVICES)[number], method: string, body: object) => `npx buf curl --protocol grpc --http2-prior-knowledge -d '${JSON.stringify(body)}' \\\n  ${address(name)}/${method}`;
  const simulated = given.clock === 'simulated';
  process.stdout.write(`${table.toString()}
data folder  ${data}: logs of the services in logs/${mail ? `, mails as .eml files in ${relative(data, mail.folder)}/` : ''}
ready in     ${((Date.now() - began) / 1_000).toFixed(1)} s; Ctrl-C stops everything, data stay

Try, from another terminal in this folder:

${curl('invoicing', 'ar.invoicing.v1.TenantService/RegisterTenant', { tenant_id: 'acme', request_id: 'take-on-acme', actor: 'me', base_currency: 'EUR', time_zone: 'Europe/Berlin', ...(simulated ? { first_business_day: '2026-01-01' } : {}), details: { legal_name: 'Acme GmbH', sender: 'billing@acme.example' } })}

${curl('credit', 'ar.credit.v1.CustomerService/RegisterCustomer', { tenant_id: 'acme', request_id: 'take-on-c1', actor: 'me', customer_id: 'c1', personal: { name: 'Customer One', invoice_email: 'one@customer.example' }, profile: { currency_code: 'EUR' } })}

${curl('invoicing', 'ar.invoicing.v1.InvoiceService/IssueInvoice', { tenant_id: 'acme', request_id: 'first-invoice', actor: 'me', customer_id: 'c1', currency_code: 'EUR', lines: [{ description: 'Advice', quantity: '3', unit_price: '80.00', tax_rate: '19' }] })}
`);
} catch (error) {
  if (!(error instanceof CannotStart)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
