// Answers to invoices on a real store and log, with invoicing, payments and credit played by their events.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { txOf } from '@ar/runtime/decide.js';
import type { AnyCommand, Tx } from '@ar/runtime/forms.js';
import { foreign } from '@ar/runtime/foreign.world.js';
import type { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import { call, world, type World } from '@ar/runtime/toy.world.js';
import { makePromise, resolveDispute } from './collections.commands.js';
import { collections } from './collections.service.js';
import { answersOf } from './projections/invoice-answers.js';
import { openDisputesOf } from './projections/disputes.js';

let on: World;
let runtime: ServiceRuntime;
let log: ReturnType<typeof foreign>;
let today = '2026-01-05';
const eur = (minor: number) => ({ minor, currency: 'EUR' });

const wait = () => runtime.positions.wait(log.position(), Date.now() + 8_000);
async function look<T>(query: (tx: Tx) => Promise<T>): Promise<T> {
  await wait();
  const { rows } = await runtime.pool.query<{ s: number }>('select sequence s from es.head');
  if (rows[0]!.s > 0) await runtime.positions.wait({ 'collections/0': rows[0]!.s }, Date.now() + 8_000);
  return runtime.live.read((client) => query(txOf(client)));
}
const disputesOf = async (customer: string) => (await look((tx) => openDisputesOf(tx, 't', customer))).map((d) => ({ items: d.items.map((i) => [i.itemId, i.amount?.value]), reason: d.reasonCode, text: d.note?.text }));
const shown = async (customer: string) => (await look((tx) => answersOf(tx, 't', customer))).map((a) => [a.invoiceId, a.kind, a.effectiveDate, a.open?.value]);

const item = (id: string, instalment: number, minor: number) => ({ itemId: `oit_${id}_${instalment}`, kind: 'OPEN_ITEM_KIND_INVOICE', documentId: `inv_${id}`, documentNumber: id, instalment, issueDate: '2025-12-01', dueDate: '2026-01-31', original: eur(minor) });
async function post(who: string, id: string, ...minors: number[]): Promise<void> {
  for (const [i, minor] of minors.entries()) await log.publish('ar.payments.open_item_posted.v1', who, { customerId: who, item: item(id, i + 1, minor) }, today);
}
const customer = (id: string) => log.publish('ar.credit.customer_registered.v1', id, { customerId: id, pii: { keyId: '', data: { name: id, invoiceEmail: 'a@b.example' } } }, today);
const settle = (who: string, id: string, minor: number, open: number) =>
  log.publish('ar.payments.open_items_settled.v1', who, { customerId: who, applicationGroupId: `g${id}`, receiptId: 'rcp', items: [{ item: item(id, 1, minor + open), amount: eur(minor), open: eur(open) }], amount: eur(minor), valueDate: today }, today);
const answer = (who: string, id: string, responseId: string, code: string, effectiveDate = today, reasons: readonly string[] = ['PRI']) => log.publish('ar.invoicing.invoice_response_received.v1', who, {
  invoiceResponseId: `irs_${responseId}`, invoiceId: `inv_${id}`, invoiceNumber: id, customerId: who, code: `INVOICE_RESPONSE_CODE_${code}`, effectiveDate, reasons: reasons.map((r) => `INVOICE_RESPONSE_REASON_${r}`), actions: [], responseId, sender: '',
  pii: { keyId: '', data: { note: 'see there', clarifications: [] } },
}, today);
const openDay = async (date: string) => { await log.day(date); today = date; await wait(); };

beforeAll(async () => {
  on = await world();
  const shared = await on.log();
  log = foreign(shared);
  runtime = await on.start(collections, { log: shared });
  await log.tenant(today);
  for (const id of ['c1', 'c2', 'c3', 'c4', 'c5']) await customer(id);
  await wait();
}, 60_000);
afterAll(async () => { await on?.stop(); });

describe('an invoice that is rejected', () => {
  it('is disputed in all its open instalments, with the reason and the words', async () => {
    await post('c1', 'a', 100_00, 50_00);
    await answer('c1', 'a', 'r1', 'RE', today, ['QTY', 'PRI']);
    expect(await disputesOf('c1')).toEqual([{ items: [['oit_a_1', '100.00'], ['oit_a_2', '50.00']], reason: 'DISPUTE_REASON_QUANTITY', text: 'Rejected (RE, QTY, PRI)\nsee there' }]);
    expect(await shown('c1')).toEqual([['inv_a', 'INVOICE_ANSWER_KIND_REJECTED', today, '150.00']]);
  });
  it('stays in the dispute that it is in, whatever is answered', async () => {
    await answer('c1', 'a', 'r2', 'UQ');
    await answer('c1', 'a', 'r3', 'AP');
    expect(await disputesOf('c1')).toHaveLength(1);
  });
  it('is not disputed again by the same answer when that was resolved, but by a later one', async () => {
    const [open] = await look((tx) => openDisputesOf(tx, 't', 'c1'));
    await runtime.commands.execute(call(resolveDispute as AnyCommand, { customerId: 'c1', disputeId: open!.disputeId, outcome: 'upheld', reason: 'as ordered' }));
    await openDay('2026-01-06');
    expect(await disputesOf('c1')).toEqual([]);
    await answer('c1', 'a', 'r4', 'CA');
    expect(await disputesOf('c1')).toMatchObject([{ reason: 'DISPUTE_REASON_PRICE' }]);
  });
});

describe('an invoice that is answered', () => {
  it('shows the answer that counts last, and the last recorded of one day, as long as something of it is open', async () => {
    await post('c2', 'b', 80_00);
    await answer('c2', 'b', 'r5', 'AP', '2026-01-06', []);
    await answer('c2', 'b', 'r6', 'AB', '2026-01-02', []); // came late
    expect(await shown('c2')).toEqual([['inv_b', 'INVOICE_ANSWER_KIND_ACCEPTED', '2026-01-06', '80.00']]);
    await answer('c2', 'b', 'r7', 'PD', '2026-01-06', []);
    await settle('c2', 'b', 30_00, 50_00);
    expect(await shown('c2')).toEqual([['inv_b', 'INVOICE_ANSWER_KIND_PAYMENT_ANNOUNCED', '2026-01-06', '50.00']]);
    await settle('c2', 'b', 50_00, 0);
    expect([await shown('c2'), await disputesOf('c2')]).toEqual([[], []]);
  });
});

describe('a doubt', () => {
  it('about what is paid disputes nothing, now or when it is open again', async () => {
    await post('c3', 'c', 10_00);
    await settle('c3', 'c', 10_00, 0);
    await answer('c3', 'c', 'r8', 'RE');
    await log.publish('ar.payments.open_items_reopened.v1', 'c3', { customerId: 'c3', applicationGroupId: 'gc', receiptId: 'rcp', items: [{ item: item('c', 1, 10_00), amount: eur(10_00), open: eur(10_00) }], amount: eur(10_00), valueDate: today }, today);
    await openDay('2026-01-07');
    expect(await disputesOf('c3')).toEqual([]);
  });
  it('about what is paid, and is in an open promise with what is not, disputes nothing', async () => {
    await post('c5', 'e', 10_00);
    await post('c5', 'f', 20_00);
    await wait();
    const draft = { promiseId: 'ptp_1', items: ['oit_e_1', 'oit_f_1'].map((itemId) => ({ itemId, amount: null })), promisedOn: '2026-01-20', channel: 'phone', note: { contactName: '', text: '' } };
    await runtime.commands.execute(call(makePromise as AnyCommand, { customerId: 'c5', draft }));
    await settle('c5', 'e', 10_00, 0);
    await answer('c5', 'e', 'r10', 'RE');
    await answer('c5', 'f', 'r11', 'RE');
    expect(await disputesOf('c5')).toMatchObject([{ items: [['oit_f_1', '20.00']] }]);
  });
  it('that is read before its item waits for it, and disputes it on the next day, once', async () => {
    await answer('c4', 'd', 'r9', 'RE');
    await openDay('2026-01-08');
    expect(await disputesOf('c4')).toEqual([]);
    await post('c4', 'd', 20_00);
    expect(await disputesOf('c4')).toEqual([]);
    await openDay('2026-01-09');
    expect(await disputesOf('c4')).toMatchObject([{ items: [['oit_d_1', '20.00']] }]);
    const [open] = await look((tx) => openDisputesOf(tx, 't', 'c4'));
    await runtime.commands.execute(call(resolveDispute as AnyCommand, { customerId: 'c4', disputeId: open!.disputeId, outcome: 'withdrawn', reason: 'found it' }));
    await openDay('2026-01-10');
    expect(await disputesOf('c4')).toEqual([]);
  });
});

describe('all of it', () => {
  it('made no error in the background, parked nobody and stopped nothing', async () => {
    expect(on.errors).toEqual([]);
    expect(await look((tx) => tx.query('select customer, error from parked'))).toEqual([]);
    expect(runtime.trouble()).toEqual([]);
  });
});
