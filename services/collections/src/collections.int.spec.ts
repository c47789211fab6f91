// The service on a real store and log, with invoicing, payments and credit played by their events.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Accepted } from '@ar/runtime/commands.js';
import { txOf } from '@ar/runtime/decide.js';
import type { AnyCommand, Tx } from '@ar/runtime/forms.js';
import { foreign } from '@ar/runtime/foreign.world.js';
import type { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import { call, world, type World } from '@ar/runtime/toy.world.js';
import { makePromise, openDispute, recordContact, resolveDispute, withdrawPromise } from './collections.commands.js';
import { collections } from './collections.service.js';
import { caseFacts, contactsOf, ownerOf, type Touched } from './projections/cases.js';
import { openDisputesOf } from './projections/disputes.js';
import { promisesOf } from './projections/promises.js';

let on: World;
let runtime: ServiceRuntime;
let log: ReturnType<typeof foreign>;
let today = '2026-01-05';
const eur = (minor: number) => ({ minor, currency: 'EUR' });
const note = { contactName: 'Ann', text: 'said so' };

const ask = (command: AnyCommand, request: object): Promise<Accepted> => runtime.commands.execute(call(command, request));
const wait = (position: Readonly<Record<string, number>>) => runtime.positions.wait(position, Date.now() + 8_000);
async function look<T>(query: (tx: Tx) => Promise<T>): Promise<T> {
  await wait(log.position());
  const { rows } = await runtime.pool.query<{ s: number }>('select sequence s from es.head');
  if (rows[0]!.s > 0) await wait({ 'collections/0': rows[0]!.s });
  return runtime.live.read((client) => query(txOf(client)));
}
const caseOf = async (customer: string) => (await look((tx) => caseFacts(tx, 't', today, customer)))[0];
const promiseOf = async (customer: string) => (await look((tx) => promisesOf(tx, 't', customer, '2026-01-01'))).map((p) => [p.promiseId, p.status, p.level]);

const item = (id: string, minor: number, dueDate: string) => ({ itemId: id, kind: 'OPEN_ITEM_KIND_INVOICE', documentId: `inv_${id}`, documentNumber: id, instalment: 1, issueDate: '2025-12-01', dueDate, original: eur(minor) });
async function owing(customer: string, ...items: readonly (readonly [id: string, minor: number, dueDate: string])[]): Promise<void> {
  await log.publish('ar.credit.customer_registered.v1', customer, { customerId: customer, pii: { keyId: '', data: { name: customer, invoiceEmail: 'a@b.example' } } }, today);
  for (const [id, minor, dueDate] of items) await log.publish('ar.payments.open_item_posted.v1', customer, { customerId: customer, item: item(id, minor, dueDate) }, today);
  await wait(log.position());
}
const settle = (customer: string, id: string, original: number, dueDate: string, minor: number, open: number, valueDate = today) =>
  log.publish('ar.payments.open_items_settled.v1', customer, { customerId: customer, applicationGroupId: `g${id}`, receiptId: 'rcp', items: [{ item: item(id, original, dueDate), amount: eur(minor), open: eur(open) }], amount: eur(minor), valueDate }, today);
const openDay = async (date: string) => { await log.day(date); today = date; await wait(log.position()); };
const promise = (promiseId: string, itemId: string, promisedOn: string, minor?: number) => ({ promiseId, items: [{ itemId, amount: minor === undefined ? null : eur(minor) }], promisedOn, channel: 'phone', note });

beforeAll(async () => {
  on = await world();
  const shared = await on.log();
  log = foreign(shared);
  runtime = await on.start(collections, { log: shared });
  await log.tenant(today);
  await wait(log.position());
}, 60_000);
afterAll(async () => { await on?.stop(); });

describe('a customer 9 days late', () => {
  it('gets a case the day after, and it closes with the payment', async () => {
    await owing('c1', ['a1', 100_00, '2025-12-27']);
    expect(await caseOf('c1')).toBeUndefined();
    await openDay('2026-01-06');
    expect(await caseOf('c1')).toMatchObject({ open: true, openedOn: '2026-01-06', pastDue: [{ currency: 'EUR', pastDueMinor: 100_00n, disputedMinor: 0n, items: 1, oldestDueOn: '2025-12-27' }] });
    await settle('c1', 'a1', 100_00, '2025-12-27', 100_00, 0);
    expect(await caseOf('c1')).toMatchObject({ open: false, closedOn: '2026-01-06', pastDue: [] });
    expect(await look((tx) => tx.query(`select closed_on, resource->>'closed_on' told from case_record where customer = 'c1'`))).toEqual([{ closed_on: '2026-01-06', told: '2026-01-06' }]);
    expect(await look((tx) => tx.query('select customer, error from parked'))).toEqual([]);
  });
});

describe('a dispute', () => {
  it('closes the case while it is open, and the item is asked for again when it is upheld', async () => {
    await owing('c2', ['b1', 500_00, '2025-12-01']);
    await openDay('2026-01-07');
    expect(await caseOf('c2')).toMatchObject({ open: true });
    const opened = await ask(openDispute, { customerId: 'c2', draft: { disputeId: 'd1', items: [{ itemId: 'b1', amount: null }], reasonCode: 'price', note } });
    expect((opened.resource as Touched).dispute).toMatchObject({ disputeId: 'd1', status: 'DISPUTE_STATUS_OPEN', amount: { value: '500.00' } });
    await expect(ask(openDispute, { customerId: 'c2', draft: { disputeId: 'd2', items: [{ itemId: 'b1', amount: eur(1) }], reasonCode: 'tax', note } })).rejects.toThrow('item-disputed');
    expect(await caseOf('c2')).toMatchObject({ open: false });
    const resolved = await ask(resolveDispute, { customerId: 'c2', disputeId: 'd1', outcome: 'upheld', reason: 'delivered' });
    expect((resolved.resource as Touched).dispute).toMatchObject({ status: 'DISPUTE_STATUS_RESOLVED', outcome: 'DISPUTE_OUTCOME_UPHELD' });
    expect(await caseOf('c2')).toMatchObject({ open: true });
  });
  it('closes by itself when its item clears', async () => {
    await ask(openDispute, { customerId: 'c2', draft: { disputeId: 'd3', items: [{ itemId: 'b1', amount: eur(1_00) }], reasonCode: 'price', note } });
    await settle('c2', 'b1', 500_00, '2025-12-01', 500_00, 0);
    expect(await look((tx) => openDisputesOf(tx, 't', 'c2'))).toEqual([]);
    await expect(ask(resolveDispute, { customerId: 'c2', disputeId: 'd3', outcome: 'withdrawn', reason: '' })).rejects.toThrow('dispute-not-open');
  });
});

describe('a promise', () => {
  it('is found by its id at once, superseded by the next, and climbs a level without waiting', async () => {
    await owing('c3', ['e1', 300_00, '2025-12-01']);
    await ask(makePromise, { customerId: 'c3', draft: promise('p1', 'e1', '2026-01-08') });
    expect(await runtime.live.read((client) => ownerOf(txOf(client), 't', 'promise', 'p1'))).toBe('c3');
    const second = await ask(makePromise, { customerId: 'c3', draft: promise('p2', 'e1', '2026-01-08') });
    expect((second.resource as Touched).promise).toMatchObject({ promiseId: 'p2', level: 2, status: 'PROMISE_STATUS_OPEN', judgedAfter: '2026-01-12' });
    await ask(withdrawPromise, { customerId: 'c3', promiseId: 'p2', reason: 'changed their mind' });
    await ask(makePromise, { customerId: 'c3', draft: promise('p3', 'e1', '2026-01-08') });
    expect(await look((tx) => tx.query('select promise_id, status, (resource->>\'level\')::int as level from promise where customer = $1 order by 1', ['c3']))).toEqual([
      { promise_id: 'p1', status: 'PROMISE_STATUS_SUPERSEDED', level: 1 }, { promise_id: 'p2', status: 'PROMISE_STATUS_WITHDRAWN', level: 2 }, { promise_id: 'p3', status: 'PROMISE_STATUS_OPEN', level: 3 },
    ]);
  });

  it('is kept at once, partly kept or broken after its tolerance of two working days', async () => {
    await owing('c4', ['f1', 100_00, '2025-12-01'], ['f2', 100_00, '2025-12-01'], ['f3', 100_00, '2025-12-01']);
    for (const [id, itemId] of [['k1', 'f1'], ['k2', 'f2'], ['k3', 'f3']] as const) await ask(makePromise, { customerId: 'c4', draft: promise(id, itemId, '2026-01-09') });
    await settle('c4', 'f1', 100_00, '2025-12-01', 100_00, 0);
    await settle('c4', 'f2', 100_00, '2025-12-01', 40_00, 60_00);
    expect(await promiseOf('c4')).toEqual([['k1', 'PROMISE_STATUS_KEPT', 1], ['k2', 'PROMISE_STATUS_OPEN', 1], ['k3', 'PROMISE_STATUS_OPEN', 1]]);
    for (const day of ['08', '09', '10', '11', '12', '13']) await openDay(`2026-01-${day}`); // Friday the 9th and two working days: the 13th is the last
    expect((await promiseOf('c4')).map((p) => p[1])).toEqual(['PROMISE_STATUS_KEPT', 'PROMISE_STATUS_OPEN', 'PROMISE_STATUS_OPEN']);
    await openDay('2026-01-14');
    expect((await promiseOf('c4')).map((p) => p[1])).toEqual(['PROMISE_STATUS_KEPT', 'PROMISE_STATUS_PARTLY_KEPT', 'PROMISE_STATUS_BROKEN']);
    expect(await caseOf('c4')).toMatchObject({ open: true, brokenPromises: 1 });
    const next = await ask(makePromise, { customerId: 'c4', draft: promise('k4', 'f2', '2026-01-20') });
    expect((next.resource as Touched).promise).toMatchObject({ level: 1 }); // kept in part is kept
  });
});

describe('a contact', () => {
  it('brings its promise and its dispute, or nothing', async () => {
    await owing('c5', ['h1', 900_00, '2025-12-01'], ['h2', 50_00, '2025-12-01']);
    const draft = { contactId: 'n1', channel: 'phone', result: 'reached', followUpOn: '', note, promise: promise('q1', 'h1', today), dispute: { disputeId: 'x1', items: [{ itemId: 'h2', amount: eur(50_01) }], reasonCode: 'quality', note } };
    await expect(ask(recordContact, { customerId: 'c5', draft })).rejects.toThrow('dispute-above-open-amount');
    expect(await look((tx) => contactsOf(tx, 't', 'c5'))).toEqual([]);
    await ask(recordContact, { customerId: 'c5', draft: { ...draft, dispute: { ...draft.dispute, items: [{ itemId: 'h2', amount: null }] } } });
    expect(await look((tx) => contactsOf(tx, 't', 'c5'))).toMatchObject([{ contactId: 'n1', promiseId: 'q1', disputeId: 'x1', note }]);
    await expect(ask(recordContact, { customerId: 'nobody', draft: { ...draft, promise: null, dispute: null } })).rejects.toThrow('customer-not-found');
    expect(on.errors).toEqual([]);
  });
});

describe('items that are together more than any amount', () => {
  it('open a case, are shown to the cent, and are not one promise or dispute', async () => {
    const most = Number.MAX_SAFE_INTEGER;
    await owing('c0', ['m1', most, '2025-12-01'], ['m2', most, '2025-12-01'], ['m3', most, '2025-12-02']);
    await openDay('2026-01-15');
    const whole = { pastDueMinor: 27_021_597_764_222_973n, disputedMinor: 0n, promisedMinor: 0n };
    expect(await caseOf('c0')).toMatchObject({ open: true, openedOn: '2026-01-15', pastDue: [{ ...whole, items: 3 }] });
    const items = ['m1', 'm2'].map((itemId) => ({ itemId, amount: null }));
    await expect(ask(openDispute, { customerId: 'c0', draft: { disputeId: 'd0', items, reasonCode: 'price', note } })).rejects.toThrow('total-out-of-range');
    await expect(ask(makePromise, { customerId: 'c0', draft: { ...promise('p0', 'm1', '2026-01-20'), items } })).rejects.toThrow('total-out-of-range');
    for (const id of ['m1', 'm2']) await ask(openDispute, { customerId: 'c0', draft: { disputeId: `d-${id}`, items: [{ itemId: id, amount: null }], reasonCode: 'price', note } });
    expect(await caseOf('c0')).toMatchObject({ pastDue: [{ ...whole, disputedMinor: 18_014_398_509_481_982n }] });
  });
});

describe('all of it', () => {
  it('made no error in the background, parked nobody and stopped nothing', async () => {
    expect(on.errors).toEqual([]);
    expect(await look((tx) => tx.query('select customer, error from parked'))).toEqual([]);
    expect(runtime.trouble()).toEqual([]);
  });
});

describe('money that is under way', () => {
  const debit = (type: string, customer: string, data: object) => log.publish(`ar.payments.debit_${type}.v1` as never, customer, { debitId: 'ddt_1', customerId: customer, ...data } as never, today);
  const requested = (customer: string, ...items: readonly object[]) => debit('requested', customer, { mandateId: 'mdt_1', items, amount: eur(1), collectDate: '2026-01-30' });
  it('closes the case as long as a debit collects it, and shows a part of it', async () => {
    await owing('c20', ['z1', 200_00, '2025-12-01'], ['z2', 300_00, '2025-12-02']);
    await openDay('2026-01-16');
    expect(await caseOf('c20')).toMatchObject({ open: true, pastDue: [{ pastDueMinor: 500_00n, comingMinor: 0n }] });
    await requested('c20', { itemId: 'z1' }, { itemId: 'z2', amount: eur(100_00) });
    expect(await caseOf('c20')).toMatchObject({ open: true, pastDue: [{ pastDueMinor: 500_00n, comingMinor: 300_00n }] });
    await debit('cancelled', 'c20', { cancelledBy: 'anna', reason: '' });
    await requested('c20', { itemId: 'z1' }, { itemId: 'z2' });
    expect(await caseOf('c20')).toMatchObject({ open: false });
    await debit('declined', 'c20', { attempt: 1, code: 'AM04', hard: false, retryDate: '2026-01-20' });
    expect(await caseOf('c20')).toMatchObject({ open: true, pastDue: [{ comingMinor: 0n }] });
  });
  it('is a post-dated cheque, too, until it bounces', async () => {
    await owing('c21', ['y1', 200_00, '2025-12-01'], ['y2', 50_00, '2025-12-05']);
    await log.publish('ar.payments.receipt_pending.v1', 'c21', { receiptId: 'rcp_y', customerId: 'c21', amount: eur(220_00), valueDate: '2026-02-01', method: 'PAYMENT_METHOD_CHEQUE', documents: [{ reference: 'y2' }] }, today);
    await openDay('2026-01-17');
    expect(await caseOf('c21')).toBeUndefined(); // 30.00 are left, less than a case is opened for
    await log.publish('ar.payments.receipt_reversed.v1', 'c21', { receiptId: 'rcp_y', customerId: 'c21', amount: eur(220_00), kind: 'REVERSAL_KIND_BOUNCED', code: '', reason: '' }, today);
    expect(await caseOf('c21')).toMatchObject({ open: true, pastDue: [{ pastDueMinor: 250_00n, comingMinor: 0n }] });
    expect(await look((tx) => tx.query('select customer, error from parked'))).toEqual([]);
  });
});
