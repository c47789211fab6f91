// What applying costs beside storing: receipts that name their invoices, decided and recorded, against the store recording ready events of the same size; and how long one receipt takes where 10,000 items are open.
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { ApplicationRule } from '@ar/domain/policies.js';
import type { Call } from '@ar/runtime/decide.js';
import type { AnyCommand, Command, Service } from '@ar/runtime/forms.js';
import type { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import type { Postgres } from '@ar/testing/postgres.js';
import { itemsOf, referencesOf } from '../../services/payments/dist/domain/documents.js';
import { postInvoice } from '../../services/payments/dist/open-items.commands.js';
import { recordReceipt } from '../../services/payments/dist/payments.commands.js';
import { payments } from '../../services/payments/dist/payments.service.js';
import { startedAlone } from './bench-invoicing.js';
import { quantile, type Plan } from './bench-measure.js';
import { FIRST_DAY, openTenant } from './bench-store.js';
import type { Row } from './bench-table.js';

export const PAYMENTS_ROWS = ['apply-auto', 'match-10k', 'account-100k'];
const TENANT = 'bench';
const CUSTOMERS = 1_000;
const BATCH = 1_000;
/** Receipts of one measurement. */
const RECEIPTS = 10_000;
const OPEN = 10_000;
const HOT = 'hot';
const LARGE = 'large';
const LARGE_OPEN = 100_000;

let n = 0;
const callOf = (command: AnyCommand, request: object): Call => {
  const key = `p${++n}`;
  return { tenant: TENANT, command, request, key: `${TENANT}/${key}`, hash: createHash('sha256').update(key).digest(), meta: { correlation: key, causation: '', actor: 'bench' } };
};

interface Owed { readonly customer: string; readonly invoiceId: string; readonly number: string; readonly minor: number; readonly dueOn: string; readonly terms: string }
const owedBy = (customer: string, i: number, minor: number, dueOn: string): Owed => ({ customer, invoiceId: `inv_${i}`, number: `R2026-${i}`, minor, dueOn, terms: `netDays ${i % 5}` });
const posting = ({ customer, minor, dueOn, terms, ...named }: Owed): Call => callOf(postInvoice, {
  customer, currency: 'EUR', orderNumber: '', externalNumber: '', paymentReference: '',
  items: itemsOf({ ...named, externalNumber: '', paymentReference: '', issuedOn: FIRST_DAY, taxMinor: 0, instalments: [{ seq: 1, dueOn, minor }], terms }),
});
const paying = (customer: string, receivedMinor: number, remittance: string): Call => callOf(recordReceipt, {
  receiptId: `rcp_${n}`, customer, currency: 'EUR', receivedMinor, valueOn: '', method: 'PAYMENT_METHOD_BANK_TRANSFER', remitter: { name: 'A payer', iban: '', remittance }, named: [], bankReference: `B${n}`, onAccount: false,
});

/** As payments would have read of them. */
async function readOf(pool: pg.Pool, owed: readonly Owed[]): Promise<void> {
  const { rows: [live] } = await pool.query<{ schema: string }>('select schema from rt.live');
  await pool.query(`insert into "${live!.schema}".customer (tenant, customer, segment) select $1, c, '' from unnest($2::text[]) c on conflict do nothing`, [TENANT, [...new Set(owed.map((o) => o.customer))]]);
  const names = owed.flatMap((o) => referencesOf({ ...o, externalNumber: '', paymentReference: '' }).map((reference) => [reference, o.invoiceId, o.customer] as const));
  await pool.query(`insert into "${live!.schema}".document_name select $1, r, d, c, 'EUR' from unnest($2::text[], $3::text[], $4::text[]) x(r, d, c)`, [TENANT, ...[0, 1, 2].map((column) => names.map((name) => name[column]))]);
}

async function all(runtime: ServiceRuntime, calls: readonly Call[]): Promise<void> {
  for (const answer of await runtime.commands.executeAll(calls)) if (answer instanceof Error) throw answer;
}

/** Calls per second, in batches of 1,000 by two callers. */
async function inBatches(runtime: ServiceRuntime, calls: readonly Call[]): Promise<number> {
  const batches = Array.from({ length: Math.ceil(calls.length / BATCH) }, (_, i) => calls.slice(i * BATCH, (i + 1) * BATCH));
  const began = performance.now();
  await Promise.all([0, 1].map(async () => { for (let next = batches.shift(); next; next = batches.shift()) await all(runtime, next); }));
  return calls.length / ((performance.now() - began) / 1_000);
}

/** Ready events of a receipt and its account, recorded as they are. */
type Ready = { readonly type: string };
const readyOf = (type: string): Aggregate<null, Ready, Ready, never> => ({ type, initial: null, customer: (id) => id.slice(id.indexOf('/') + 1), decide: (event) => [event], evolve: () => null });
const [readyReceipt, readyAccount] = [readyOf('receipt'), readyOf('account')];
interface Recorded { readonly id: string; readonly customer: string; readonly receipt: readonly Ready[]; readonly account: readonly Ready[] }
const record: Command<Recorded> = {
  name: 'record', customer: ({ customer }) => customer,
  streams: ({ id, customer }) => [{ aggregate: readyReceipt, id: `${id}/${customer}` }, { aggregate: readyAccount, id: `a/${customer}` }],
  decide({ id, customer, receipt, account }, on) {
    for (const event of receipt) on.run({ aggregate: readyReceipt, id: `${id}/${customer}` }, event);
    for (const event of account) on.run({ aggregate: readyAccount, id: `a/${customer}` }, event);
  },
};
const storing: Service = { name: 'payments', aggregates: [readyReceipt, readyAccount], commands: [record], resources: [], reactions: [], daily: [], projections: [], effects: [], publisher: {} };

/** Those of the rows that are wanted. */
export async function benchPayments(postgres: Postgres, { rounds }: Plan, wanted: (row: string) => boolean): Promise<readonly Row[]> {
  const logUrl = await postgres.database();
  const ours = await startedAlone(await postgres.store(), payments, logUrl);
  const plain = await startedAlone(await postgres.store(), storing, logUrl);
  const rows: Row[] = [];
  try {
    for (const { runtime } of [ours, plain]) await openTenant(runtime.pool, TENANT);
    if (wanted('apply-auto')) rows.push(await applyAuto(ours.runtime, plain.runtime, rounds));
    if (wanted('account-100k')) rows.push(await inALargeAccount(ours.runtime));
    if (wanted('match-10k')) rows.push(await matchAmongMany(ours.runtime));
  } finally { await ours.stop(); await plain.stop(); }
  return rows;
}

async function applyAuto(ours: ServiceRuntime, plain: ServiceRuntime, rounds: number): Promise<Row> {
  const owed = Array.from({ length: RECEIPTS * (rounds + 1) }, (_, i) => owedBy(`c${i % CUSTOMERS}`, i, 10_000 + i, '2026-12-01'));
  await readOf(ours.pool, owed);
  const measured = { ours: [] as number[], baseline: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const of = owed.slice(round * RECEIPTS, (round + 1) * RECEIPTS);
    await inBatches(ours, of.map(posting));
    const rate = await inBatches(ours, of.map((o) => paying(o.customer, o.minor, `pays ${o.number}, with thanks`)));
    const sample = async (stream: string) => (await ours.pool.query<{ type: string; data: object }>(`select type, data from es.event where stream_id = $1 order by version desc limit 2`, [stream])).rows.map(({ type, data }) => ({ ...data, type })).reverse();
    const [receipt, account] = [await sample(`${TENANT}/receipt/rcp_${n - 1}`), await sample(`${TENANT}/account/${of.at(-1)!.customer}-EUR`)];
    if (receipt.length + account.length !== 4 || !receipt.some((e) => e.type === 'CashApplied')) throw new Error(`a receipt left ${receipt.concat(account).map((e) => e.type).join(', ')}`);
    const bare = await inBatches(plain, of.map((o, i) => callOf(record, { id: `r${round}-${i}`, customer: o.customer, receipt, account })));
    if (round > 0) { measured.ours.push(rate); measured.baseline.push(bare); } // the first warms up
  }
  return {
    name: 'apply-auto', unit: 'receipts/s', better: 'higher', goal: 0.4, ours: quantile(measured.ours, 0.5), baseline: quantile(measured.baseline, 0.5),
    against: `the store recording the same four ready events in batches of ${BATCH}, two callers; ours: RecordReceipt, applied by its remittance text`,
  };
}

/** How to be applied by each rule where items of 100.00, 100.07, 100.14 … are open, the last tenth of them past due. */
const byEveryRule = (owed: readonly Owed[]): readonly (readonly [ApplicationRule, (i: number) => Call])[] => [
  ['reference', (i) => paying(HOT, owed[i]!.minor, `pays ${owed[i]!.number}`)],
  ['exact', (i) => paying(HOT, owed[2_000 + i]!.minor, '')],
  ['combination', (i) => paying(HOT, owed[4_000 + i]!.minor + owed[4_001 + i]!.minor, '')],
  ['oldest-first', (i) => paying(HOT, 33 + i, '')],
];

async function matchAmongMany(runtime: ServiceRuntime): Promise<Row> {
  const { rows: [live] } = await runtime.pool.query<{ schema: string }>('select schema from rt.live');
  const rules: readonly ApplicationRule[] = ['reference', 'exact', 'clear-account', 'clear-past-due', 'clear-past-due-by-terms', 'combination', 'oldest-first'];
  const policy = { rules, partialOnOldest: true, disputedOnlyByReference: true, retryUnapplied: true, discountOnFullPayment: false, smallBalances: [], smallBalanceDays: 0 };
  await runtime.pool.query(`insert into "${live!.schema}".policy values ($1, 0, 'application', 2, $2, $2, $3)`, [TENANT, FIRST_DAY, JSON.stringify(policy)]);
  const owed = Array.from({ length: OPEN }, (_, i) => owedBy(HOT, 1_000_000 + i, 10_000 + i * 7, i < OPEN / 10 ? '2025-12-01' : '2026-12-01'));
  await readOf(runtime.pool, owed);
  await inBatches(runtime, owed.map(posting));
  const took: { readonly rule: string; readonly ms: number }[] = [];
  for (let i = 0; i < 55; i++) for (const [rule, call] of byEveryRule(owed)) {
    const began = performance.now();
    await runtime.commands.execute(call(i));
    if (i >= 5) took.push({ rule, ms: performance.now() - began }); // the first warm up
  }
  const slowest = byEveryRule(owed).map(([rule]) => `${rule} ${quantile(took.filter((t) => t.rule === rule).map((t) => t.ms), 0.5).toFixed(1)}`).join(', ');
  return { name: 'match-10k', unit: 'ms', better: 'lower', ours: quantile(took.map((t) => t.ms), 0.99), baseline: null, goal: 50, against: `the 99th of 100 receipts, recorded one by one, of a customer with ${OPEN} open items, all seven rules in force; half of them within, by rule: ${slowest} ms` };
}

/** By the rules of a new tenant: an invoice is posted, and paid by a receipt that names it, by one of exactly its amount, or by one that the oldest item takes. */
async function inALargeAccount(runtime: ServiceRuntime): Promise<Row> {
  const owed = Array.from({ length: LARGE_OPEN }, (_, i) => owedBy(LARGE, 2_000_000 + i, 10_000 + i * 3, i % 2 === 0 ? '2026-11-01' : '2026-12-01'));
  await inBatches(runtime, owed.map(posting));
  const took = new Map<string, { readonly large: number[]; readonly empty: number[] }>();
  const measure = async (what: string, of: 'large' | 'empty', call: Call, counts: boolean): Promise<void> => {
    const began = performance.now();
    await runtime.commands.execute(call);
    if (!took.has(what)) took.set(what, { large: [], empty: [] });
    if (counts) took.get(what)![of].push(performance.now() - began);
  };
  for (let i = 0; i < 220; i++) {
    const counts = i >= 20; // the first warm up
    for (const of of ['large', 'empty'] as const) {
      const customer = of === 'large' ? LARGE : `empty${i}`;
      const minor = 5_000_000 + i * 12;
      const news = ['named', 'exact', 'oldest'].map((what, n) => owedBy(customer, 3_000_000 + (of === 'large' ? 0 : 10_000) + i * 3 + n, minor + n, what === 'oldest' ? '2026-01-01' : '2027-01-01'));
      await readOf(runtime.pool, news);
      for (const invoice of news) await measure('post', of, posting(invoice), counts);
      await measure('reference', of, paying(customer, minor, `pays ${news[0]!.number}`), counts);
      await measure('exact', of, paying(customer, minor + 1, ''), counts);
      await measure('oldest first', of, paying(customer, minor / 2, ''), counts);
    }
  }
  const perSecond = (of: 'large' | 'empty') => 1_000 / quantile([...took.values()].flatMap((t) => t[of]), 0.5);
  const each = [...took].map(([what, t]) => `${what} ${quantile(t.large, 0.5).toFixed(1)} and ${quantile(t.empty, 0.5).toFixed(1)}`).join(', ');
  return { name: 'account-100k', unit: 'commands/s', better: 'higher', ours: perSecond('large'), baseline: perSecond('empty'), goal: 0.5, against: `the same commands, one by one, for customers with nothing else open; ours: with ${LARGE_OPEN} open items; half of each within: ${each} ms` };
}
