// What payers keep back, on a real store and log, with payments and credit played by their events.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { txOf } from '@ar/runtime/decide.js';
import { foreign } from '@ar/runtime/foreign.world.js';
import type { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import { world, type World } from '@ar/runtime/toy.world.js';
import { collections } from './collections.service.js';
import { openDisputesOf } from './projections/disputes.js';

let on: World;
let runtime: ServiceRuntime;
let log: ReturnType<typeof foreign>;
const today = '2026-01-05';
const eur = (minor: number) => ({ minor, currency: 'EUR' });
const item = (id: string) => ({ itemId: `oit_${id}_1`, kind: 'OPEN_ITEM_KIND_INVOICE', documentId: `inv_${id}`, documentNumber: id, instalment: 1, issueDate: '2025-12-01', dueDate: '2026-01-31', original: eur(100_00) });
const settle = (id: string, minor: number) => log.publish('ar.payments.open_items_settled.v1', 'c1', { customerId: 'c1', applicationGroupId: `g${id}`, receiptId: 'rcp', items: [{ item: item(id), amount: eur(minor), open: eur(100_00 - minor) }], amount: eur(minor), valueDate: today }, today);
const keepBack = (group: string, ...kept: readonly (readonly [id: string, minor: number, reason: string])[]) => log.publish('ar.payments.deductions_taken.v1', 'c1', {
  receiptId: 'rcp', customerId: 'c1', applicationGroupId: group, deductions: kept.map(([id, minor, reason]) => ({ itemId: `oit_${id}_1`, amount: eur(minor), reason: `DEDUCTION_REASON_${reason}`, text: 'as agreed' })),
}, today);
async function disputes() {
  await runtime.positions.wait(log.position(), Date.now() + 8_000);
  const { rows } = await runtime.pool.query<{ s: number }>('select sequence s from es.head');
  if (rows[0]!.s > 0) await runtime.positions.wait({ 'collections/0': rows[0]!.s }, Date.now() + 8_000);
  return (await runtime.live.read((client) => openDisputesOf(txOf(client), 't', 'c1'))).map((d) => [d.items[0]!.itemId, d.items[0]!.amount!.value, d.reasonCode, d.note?.text]).sort();
}

beforeAll(async () => {
  on = await world();
  const shared = await on.log();
  log = foreign(shared);
  runtime = await on.start(collections, { log: shared });
  await log.tenant(today);
  await log.publish('ar.credit.customer_registered.v1', 'c1', { customerId: 'c1', pii: { keyId: '', data: { name: 'c1', invoiceEmail: 'a@b.example' } } }, today);
  for (const id of ['a', 'b', 'c']) await log.publish('ar.payments.open_item_posted.v1', 'c1', { customerId: 'c1', item: item(id) }, today);
}, 60_000);
afterAll(async () => { await on?.stop(); });

it('is disputed item by item, with its reason; what is disputed already, or open no more, is not', async () => {
  await settle('a', 90_00);
  await settle('b', 98_00);
  await keepBack('g1', ['a', 10_00, 'PRICE'], ['b', 2_00, 'PAYMENT_TERMS']);
  const both = [['oit_a_1', '10.00', 'DISPUTE_REASON_PRICE', 'as agreed'], ['oit_b_1', '2.00', 'DISPUTE_REASON_PAYMENT_TERMS', 'as agreed']];
  expect(await disputes()).toEqual(both);
  await settle('c', 100_00);
  await keepBack('g2', ['a', 5_00, 'OTHER'], ['c', 1_00, 'QUALITY']);
  expect(await disputes()).toEqual(both);
  expect(runtime.trouble()).toEqual([]);
}, 30_000);
