import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { types } from '@ar/event-store/postgres-types.js';
import type { Consumed, Tx } from '@ar/runtime/forms.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { debitsUnderWay, receiptsUnderWay } from './coming.js';
import { holdBacks, openItems, undelivered, wholeStandingOf } from './standing.js';

let postgres: Postgres;
let client: pg.Client;
const tx: Tx = { query: async <Row>(sql: string, values?: readonly unknown[]) => (await client.query(sql, values as unknown[])).rows as Row[] };

beforeAll(async () => {
  postgres = await startPostgres();
  client = new pg.Client({ connectionString: await postgres.database(), types });
  await client.connect();
  for (const { ddl } of [openItems, holdBacks, undelivered, debitsUnderWay, receiptsUnderWay]) await client.query(ddl);
}, 60_000);
afterAll(async () => { await client?.end(); await postgres?.stop(); });

describe('cash on account that is together more than any amount', () => {
  const placed = (value: string) => ({ type: 'ar.payments.unapplied_cash_placed.v1', tenant: 't', customer: 'c', data: { amount: { currencyCode: 'EUR', value } } }) as Consumed<'ar.payments.unapplied_cash_placed.v1'>;
  it('is exact, read in one batch or in several', async () => {
    const most = '90071992547409.91';
    await openItems.project([placed(most), placed(most), placed(most)], tx);
    expect((await wholeStandingOf(tx, 't', 'c')).cash).toEqual({ EUR: 27_021_597_764_222_973n });
    await openItems.project([placed(most), placed('0.01')], tx);
    expect((await wholeStandingOf(tx, 't', 'c')).cash).toEqual({ EUR: 36_028_797_018_963_965n });
  });
});

describe('a post-dated cheque for an item that was settled and is open again', () => {
  const item = (itemId: string) => ({ itemId, documentId: `doc_${itemId}`, documentNumber: `R-${itemId}`, original: { currencyCode: 'EUR', value: '80.00' }, dueDate: '2026-03-01' });
  const event = (type: string, customer: string, data: object) => ({ type, tenant: 't', customer, data }) as Consumed<'ar.payments.open_item_posted.v1'>;
  const history = (customer: string) => {
    const moved = (openValue: string) => ({ receiptId: 'rcp_1', amount: { currencyCode: 'EUR', value: '80.00' }, items: [{ item: item(customer), amount: { currencyCode: 'EUR', value: '80.00' }, open: { currencyCode: 'EUR', value: openValue } }] });
    return [
      event('ar.payments.open_item_posted.v1', customer, { item: item(customer), externalNumber: `EXT-${customer}`, paymentReference: '' }),
      event('ar.payments.open_item_posted.v1', customer, { item: { ...item(`${customer}b`), dueDate: '2026-02-01' }, externalNumber: '', paymentReference: '' }),
      event('ar.payments.open_items_settled.v1', customer, moved('0.00')), event('ar.payments.open_items_reopened.v1', customer, moved('80.00')),
    ];
  };
  it('covers it by the name that the payer uses, read in one batch or one by one', async () => {
    await openItems.project(history('c7'), tx);
    for (const e of history('c8')) await openItems.project([e], tx);
    for (const customer of ['c7', 'c8']) {
      const pending = { type: 'ar.payments.receipt_pending.v1', tenant: 't', customer, data: { receiptId: `rcp_${customer}`, amount: { currencyCode: 'EUR', value: '80.00' }, valueDate: '2026-04-01', documents: [{ reference: `EXT-${customer}` }] } };
      await receiptsUnderWay.project([pending as unknown as Consumed<'ar.payments.receipt_pending.v1'>], tx);
      const { items } = await wholeStandingOf(tx, 't', customer);
      expect(items.map((i) => [i.itemId, i.coming])).toEqual([[`${customer}b`, []], [customer, [{ by: 'receipt', minor: 8_000, on: '2026-04-01' }]]]);
    }
  });
});
