// What issuing costs beside storing: prices, taxes, terms, numbers and the answer, against the store recording ready events of the same size; and against itself without numbers.
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Aggregate } from '@ar/domain/aggregate.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import type { Call } from '@ar/runtime/decide.js';
import type { AnyCommand, Command, Service } from '@ar/runtime/forms.js';
import { migrateService } from '@ar/runtime/migrations.js';
import { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import type { Postgres, StoreUrls } from '@ar/testing/postgres.js';
import type { InvoiceContent } from '../../services/invoicing/dist/domain/invoice.js';
import { issueInvoice } from '../../services/invoicing/dist/invoicing.commands.js';
import { invoicing } from '../../services/invoicing/dist/invoicing.service.js';
import { inTurn, rate, type Plan } from './bench-measure.js';
import { FIRST_DAY, openTenant } from './bench-store.js';
import type { Row } from './bench-table.js';

export const INVOICING_ROWS = ['issue-batch', 'issue-batch-100', 'issue-numbered'];
const TENANT = 'bench';
const CUSTOMERS = 1_000;

/** A tenant with its customers, as invoicing would have read of them. */
export async function readOfCustomers(pool: pg.Pool | pg.Client, tenant: string): Promise<void> {
  await openTenant(pool, tenant);
  const { rows: [live] } = await pool.query<{ schema: string }>('select schema from rt.live');
  await pool.query(`insert into "${live!.schema}".tenant (tenant, version, time_zone, business_date, base_currency, series, details_version, resource) values ($1, 1, 'UTC', $2, 'EUR', '[]', 1, '{}')`, [tenant, FIRST_DAY]);
  await pool.query(`insert into "${live!.schema}".customer (tenant, customer, version) select $1, 'c' || n, 1 from generate_series(0, ${CUSTOMERS - 1}) n`, [tenant]);
}

const content = (n: number, lines: number): InvoiceContent => ({
  customerId: `c${n % CUSTOMERS}`, currencyCode: 'EUR', issueDate: '', adjustments: [], orderNumber: `PO-${n}`, externalNumber: `X-${n}`, reservationId: '', buyerReference: '', note: '', labels: {}, supplyDate: '', supplyCountry: '',
  lines: Array.from({ length: lines }, (_, i) => ({
    description: `Article ${i} of a plain invoice`, articleId: `A-${i}`, quantity: String(1 + (i % 7)), unitCode: 'C62', unitPrice: `${10 + i}.50`, taxCode: '', taxRate: i % 5 === 0 ? '7' : '19', taxCategory: 'S', exemption: '', adjustments: [], periodFrom: '', periodTo: '',
  })),
});

let n = 0;
const callOf = (command: AnyCommand, request: object): Call => {
  const key = `i${++n}`;
  return { tenant: TENANT, command, request, key: `${TENANT}/${key}`, hash: createHash('sha256').update(key).digest(), meta: { correlation: key, causation: '', actor: 'bench' } };
};
const issuing = (lines: number, command: AnyCommand = issueInvoice): Call => callOf(command, { invoiceId: `inv_${String(n).padStart(9, '0')}`, ...content(n, lines) });

/** The same command with the same number for all: what the gapless series costs is what it is faster by. */
const unnumbered: AnyCommand = {
  ...issueInvoice, name: 'issue-unnumbered', series: () => [],
  decide: (request: never, on: never) => issueInvoice.decide(request, { ...on as object, series: () => ({ last: 0, lastDate: null }), take: () => 1 } as never),
};

/** Ready events, recorded as they are: the store, its idempotency and group commit, and nothing decided. */
type Ready = { type: 'InvoiceIssued'; customerId: string };
const ready: Aggregate<null, Ready, Ready, never> = { type: 'invoice', initial: null, customer: (id) => id.slice(id.indexOf('/') + 1), decide: (event) => [event], evolve: () => null };
const record: Command<{ id: string; event: Ready }> = { name: 'record', customer: ({ event }) => event.customerId, streams: ({ id, event }) => [{ aggregate: ready, id: `${id}/${event.customerId}` }], decide: ({ id, event }, on) => void on.run({ aggregate: ready, id: `${id}/${event.customerId}` }, event) };
const storing: Service = { name: 'invoicing', aggregates: [ready], commands: [record], resources: [], reactions: [], daily: [], projections: [], effects: [], publisher: { InvoiceIssued: ({ type: _, ...e }: Ready) => e } };

/** A service without its machinery: commands alone, nothing read. */
export async function startedAlone(urls: StoreUrls, service: Service, logUrl: string) {
  await migrateService(urls.ownerUrl, 'ar_service');
  const log = await openPostgresLog({ url: logUrl });
  const runtime = new ServiceRuntime({ service, url: urls.url, log, role: 'api', clock: 'simulated', onError: (error) => { throw error; } });
  await runtime.start();
  return { runtime, stop: async () => { await runtime.stop(); await log.close(); } };
}

/** Those of the rows that are wanted. */
export async function benchInvoicing(postgres: Postgres, { seconds, rounds }: Plan, wanted: (row: string) => boolean): Promise<readonly Row[]> {
  const logUrl = await postgres.database();
  const ours = await startedAlone(await postgres.store(), invoicing('smtp://localhost'), logUrl);
  const plain = await startedAlone(await postgres.store(), storing, logUrl);
  const rows: Row[] = [];
  try {
    await readOfCustomers(ours.runtime.pool, TENANT);
    await openTenant(plain.runtime.pool, TENANT);
    const batches = (runtime: ServiceRuntime, size: number, call: () => Call) => async () => size * await rate(2, seconds, async () => {
      for (const answer of await runtime.commands.executeAll(Array.from({ length: size }, call))) if (answer instanceof Error) throw answer;
    });
    for (const [name, lines, size] of [['issue-batch', 3, 1_000], ['issue-batch-100', 100, 100]] as const) {
      if (!wanted(name)) continue;
      await ours.runtime.commands.execute(issuing(lines));
      const { rows: [sample] } = await ours.runtime.pool.query<{ data: object }>('select data from es.event order by sequence desc limit 1');
      const storeReady = () => { const id = `r${n}`; return callOf(record, { id, event: { ...sample!.data, type: 'InvoiceIssued', customerId: `c${n % CUSTOMERS}` } }); };
      rows.push({
        name, unit: 'invoices/s', better: 'higher', goal: 0.5, against: `the store recording ready events of the same size in batches of ${size}, two callers; ours: IssueInvoice with ${lines} lines`,
        ...await inTurn(rounds, batches(ours.runtime, size, () => issuing(lines)), batches(plain.runtime, size, storeReady)),
      });
    }
    if (wanted('issue-numbered')) rows.push({
      name: 'issue-numbered', unit: 'invoices/s', better: 'higher', goal: 0.8, against: 'the same without a number series, 64 callers; ours: each takes the next number of one series',
      ...await inTurn(rounds, () => rate(64, seconds, () => ours.runtime.commands.execute(issuing(3))), () => rate(64, seconds, () => ours.runtime.commands.execute(issuing(3, unnumbered)))),
    });
  } finally { await ours.stop(); await plain.stop(); }
  return rows;
}
