// Which debits a file looks through first, against a real Postgres: what can hardly be collected is in nobody's way, be it due before.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { CollectedBy } from '@ar/contracts/gen/ar/payments/v1/debit.js';
import { DebitStatus } from '@ar/contracts/gen/ar/payments/v1/debit_service.js';
import { MandateStatus } from '@ar/contracts/gen/ar/payments/v1/mandate_service.js';
import type { AnyProjection, Tx } from '@ar/runtime/forms.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { debits, debitsDue, disputedItems } from './debits.js';
import { itemSpans } from './item-spans.js';
import { mandates } from './mandates.js';
import { pauses } from './pauses.js';

let postgres: Postgres;
let client: pg.Client;
const tx: Tx = { query: async <Row>(sql: string, values?: readonly unknown[]) => (await client.query(sql, values as unknown[])).rows as Row[] };

beforeAll(async () => {
  postgres = await startPostgres();
  client = new pg.Client({ connectionString: await postgres.database() });
  await client.connect();
  for (const { ddl } of [mandates, debits, itemSpans, pauses, disputedItems]) await client.query(ddl);
}, 60_000);
afterAll(async () => { await client.end(); await postgres.stop(); }, 60_000);

const today = '2026-03-02';
const tell = (projection: AnyProjection, type: string, customer: string, data: object) => projection.project([{ type, tenant: 't1', customer, data } as never], tx);
/** A customer with a mandate, an open item, and a debit for a file. */
async function owes(customer: string, of: { readonly nextOn: string; readonly lastUsedOn?: string; readonly status?: MandateStatus; readonly settled?: true }): Promise<void> {
  await client.query('insert into mandate values ($1, $2, 1, $3, $4, $2, $5, $5, false, $6)', ['t1', `mdt_${customer}`, customer, of.status ?? MandateStatus.ACTIVE, of.lastUsedOn ?? '2026-01-15', '{}']);
  if (!of.settled) await client.query("insert into item_span values ('t1', $1, 'EUR', $2, 'debit', $3, $3, 100, $3, 'infinity', 1, 9223372036854775807)", [customer, `oit_${customer}`, today]);
  await client.query("insert into debit values ('t1', $1, 1, $2, 'EUR', $3, $4, $5, $6, $7, 'requested', 1, 1, null, $8)",
    [`ddt_${customer}`, customer, DebitStatus.WAITING, `mdt_${customer}`, CollectedBy.FILE, today, of.nextOn, JSON.stringify({ items: [{ itemId: `oit_${customer}` }] })]);
}

it('are those that can be collected, before all that are paused, disputed or settled, or have no mandate to go by', async () => {
  const soon = '2026-03-04';
  for (const customer of ['paused', 'disputed', 'was-disputed', 'was-paused']) await owes(customer, { nextOn: soon });
  await owes('settled', { nextOn: soon, settled: true });
  await owes('suspended', { nextOn: soon, status: MandateStatus.SUSPENDED });
  await owes('lapsing', { nextOn: soon, lastUsedOn: '2023-03-03' });
  await owes('good', { nextOn: '2026-03-05' });
  for (const [customer, toDate] of [['paused', '2026-03-02'], ['was-paused', '2026-03-01']]) await tell(pauses, 'ar.reminders.dunning_paused.v1', customer!, { pauseId: 'pau_1', fromDate: '2026-03-01', toDate });
  for (const customer of ['disputed', 'was-disputed']) for (const disputeId of ['dsp_1', 'dsp_2']) await tell(disputedItems, 'ar.payments.open_item_disputed.v1', customer, { itemId: `oit_${customer}`, disputeId });
  for (const disputeId of ['dsp_1', 'dsp_2']) await tell(disputedItems, 'ar.payments.open_item_dispute_ended.v1', 'was-disputed', { itemId: 'oit_was-disputed', disputeId });
  await tell(disputedItems, 'ar.payments.open_item_dispute_ended.v1', 'disputed', { itemId: 'oit_disputed', disputeId: 'dsp_2' });

  const due = await debitsDue(tx, 't1', today, '2026-03-10', 100);
  expect(due.map((d) => d.customer)).toEqual(['was-disputed', 'was-paused', 'good', 'disputed', 'lapsing', 'paused', 'settled', 'suspended']);
  expect((await debitsDue(tx, 't1', today, soon, 2)).map((d) => d.customer)).toEqual(['was-disputed', 'was-paused']);
});
