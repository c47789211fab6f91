import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import type { OpenItemFacts } from '@ar/contracts/gen/ar/payments/v1/account.js';
import { daysAfter, daysBetween } from '@ar/domain/day.js';
import { total } from '@ar/domain/money.js';
import type { AnyProjection, Consumed, Tx } from '@ar/runtime/forms.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { UNIDENTIFIED } from '../domain/account.js';
import { offersOn } from '../domain/item-discount.js';
import { acts } from '../ledger-acts.world.js';
import { FIRST_DAY, World } from '../ledger.world.js';
import { payments } from '../payments.service.js';
import { receiptsAppliedTo } from './applications.js';
import { agingAt, agingByCustomerAt, type AgingOf } from './aging.js';
import { offersAt } from './item-discounts.js';
import { type Change, changesOf, itemsAt, itemSpans } from './item-spans.js';
import { controlTotalsAt, entriesOf, journal, trialBalanceAt } from './journal.js';
import { receiptById } from './receipts.js';
import { touchless } from './touchless.js';

let postgres: Postgres;
let client: pg.Client;
let postgresUrl: string;
const tx: Tx = { query: async <Row>(sql: string, values?: readonly unknown[]) => (await client.query(sql, values as unknown[])).rows as Row[] };

beforeAll(async () => {
  postgres = await startPostgres();
  postgresUrl = await postgres.database();
  client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
}, 60_000);
afterAll(async () => { await client.end(); await postgres.stop(); });

const fresh = async () => {
  await client.query('drop schema if exists p cascade; create schema p; set search_path to p');
  for (const { ddl } of payments.projections) await client.query(ddl);
};
/** As the consumer does: each projection gets its events of a batch, in order. */
const project = async (events: readonly Consumed[], size: number, projections: readonly AnyProjection[] = payments.projections) => {
  for (let i = 0; i < events.length; i += size) {
    for (const p of projections) {
      const own = events.slice(i, i + size).filter((e) => (p.on as readonly string[]).includes(e.type));
      if (own.length > 0) await p.project(own, tx);
    }
  }
};

const upTo = [5, 10, 30];
type Ledger = Parameters<typeof changesOf>[0];
const isLedger = (e: Consumed): e is Ledger => (itemSpans.on as readonly string[]).includes(e.type);
const isEntry = (e: Consumed): e is Parameters<typeof entriesOf>[0] => (journal.on as readonly string[]).includes(e.type);

/** The same report from nothing but the events that were recorded by then and count by then. */
function replayed(events: readonly Consumed[], on: string, known: number): AgingOf[] {
  const open = new Map<string, Change & { open: number }>();
  const due = dueDates(events, on, known);
  for (const c of events.filter((e) => e.recorded <= known && e.effectiveOn <= on).filter(isLedger).flatMap(changesOf)) {
    if (c.customer === UNIDENTIFIED) continue;
    const key = `${c.customer} ${c.side} ${c.itemId}`;
    open.set(key, { ...c, open: (open.get(key)?.open ?? 0) + c.minor });
  }
  const agings = new Map<string, AgingOf>();
  for (const c of [...open.values()].filter((x) => x.open !== 0)) {
    const a = agings.get(c.customer) ?? { customer: c.customer, currency: 'EUR', openMinor: 0n, count: 0, unappliedMinor: 0n, buckets: Array.from({ length: upTo.length + 2 }, () => ({ openMinor: 0n, count: 0 })) };
    if (c.side === 'credit') { agings.set(c.customer, { ...a, unappliedMinor: a.unappliedMinor + BigInt(c.open) }); continue; }
    const late = daysBetween(due.get(c.itemId)!, on);
    const bucket = late <= 0 ? 0 : 1 + upTo.filter((limit) => late > limit).length;
    agings.set(c.customer, { ...a, openMinor: a.openMinor + BigInt(c.open), count: a.count + 1, buckets: a.buckets.map((b, i) => (i === bucket ? { openMinor: b.openMinor + BigInt(c.open), count: b.count + 1 } : b)) });
  }
  return [...agings.values()].sort((a, b) => (a.customer < b.customer ? -1 : 1));
}

/** On which day each item is due: as it was posted, or as it was moved last by then. */
function dueDates(events: readonly Consumed[], on: string, known: number): ReadonlyMap<string, string> {
  return new Map(events.filter((e) => e.recorded <= known && (e.type === 'ar.payments.open_item_posted.v1' || e.effectiveOn <= on)).flatMap((e) =>
    (e.type === 'ar.payments.open_item_posted.v1' ? [[e.data.item!.itemId, e.data.item!.dueDate] as const] : e.type === 'ar.payments.open_item_due_changed.v1' ? [[e.data.itemId, e.data.dueDate] as const] : [])));
}

/** Items posted by then, by due date and id, with the day of their last settlement, write-off or closing and their due date. */
function lastSettled(events: readonly Consumed[], customer: string, on: string, known: number): [string, string, string][] {
  const items = new Map<string, { last: string }>();
  for (const e of events.filter((x) => x.customer === customer && x.recorded <= known && x.effectiveOn <= on)) {
    if (e.type === 'ar.payments.open_item_posted.v1') items.set(e.data.item!.itemId, { last: '' });
    const gone = e.type === 'ar.payments.open_items_settled.v1' || e.type === 'ar.payments.open_items_written_off.v1' ? (e.data.items as readonly { readonly item?: OpenItemFacts | undefined }[]).map((i) => i.item!) : e.type === 'ar.payments.open_item_closed.v1' ? [e.data.item!] : [];
    for (const { itemId } of gone) if (e.effectiveOn > items.get(itemId)!.last) items.get(itemId)!.last = e.effectiveOn;
  }
  const due = dueDates(events, on, known);
  const order = ([id]: [string, unknown]) => `${due.get(id)!} ${id}`;
  return [...items].sort((a, b) => (order(a) < order(b) ? -1 : 1)).map(([id, { last }]) => [id, last, due.get(id)!]);
}

function balances(events: readonly Consumed[], on: string, known: number): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const e of events.filter((x) => x.recorded <= known && x.effectiveOn <= on).filter(isEntry)) {
    for (const { debit, credit, minor } of entriesOf(e)) { sums[debit] = (sums[debit] ?? 0) + minor; sums[credit] = (sums[credit] ?? 0) - minor; }
  }
  return Object.fromEntries(Object.entries(sums).filter(([, minor]) => minor !== 0));
}

describe('a report at a day, as known at a time', () => {
  it('equals a replay of only what counts by then and was recorded by then', async () => {
    await fc.assert(fc.asyncProperty(acts, fc.constantFrom(1, 7, 500), fc.constantFrom(1, 700, 50_021), fc.array(fc.tuple(fc.integer({ min: -15, max: 200 }), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 4, maxLength: 8 }), async (steps, size, stride, points) => {
      const world = new World();
      for (const act of steps) world.do(act);
      const events = world.consumed().map((e) => ({ ...e, recorded: e.recorded * stride })); // other tenants' events lie between: sums of blocks of every size are met
      await fresh();
      await project(events, size);
      for (const [offset, share] of [...points, [0, 1] as const, [daysBetween(FIRST_DAY, world.today), 1] as const]) {
        const at = { tenant: 't1', on: daysAfter(FIRST_DAY, offset), known: Math.round(share * events.length * stride) };
        const expected = replayed(events, at.on, at.known);
        const { all, customers } = await agingByCustomerAt(tx, at, {}, upTo, undefined, 500);
        expect(customers).toEqual([...expected].sort((a, b) => Number(b.openMinor - a.openMinor)));
        const whole = await agingAt(tx, at, {}, upTo);
        expect(all).toEqual(whole);
        expect(whole.map((a) => [a.openMinor, a.unappliedMinor, a.count])).toEqual(expected.length === 0 ? [] : [[total(expected.map((a) => a.openMinor)), total(expected.map((a) => a.unappliedMinor)), expected.reduce((s, a) => s + a.count, 0)]]);
        const control = await controlTotalsAt(tx, at);
        expect(control.get('EUR') ?? 0n).toBe((whole[0]?.openMinor ?? 0n) - (whole[0]?.unappliedMinor ?? 0n));
        const trial = await trialBalanceAt(tx, at);
        expect(total(trial.map((l) => l.debitMinor - l.creditMinor))).toBe(0n);
        expect(Object.fromEntries(trial.filter((l) => l.debitMinor !== l.creditMinor).map((l) => [l.account, Number(l.debitMinor - l.creditMinor)]))).toEqual(balances(events, at.on, at.known));
        for (const { customer, openMinor, count } of expected) {
          expect(await agingAt(tx, at, { customer }, upTo)).toEqual(expected.filter((a) => a.customer === customer).map((a) => ({ ...a, customer: '' })));
          const items = await itemsAt(tx, at, { customer }, undefined, 500, false);
          expect([items.length, total(items.map((i) => i.openMinor))]).toEqual([count, openMinor]);
          const all = await itemsAt(tx, at, { customer }, undefined, 500, true);
          expect(all.filter((i) => i.openMinor > 0)).toEqual(items);
          expect(all.map((i) => [i.itemId, i.lastSettledOn, i.dueOn])).toEqual(lastSettled(events, customer, at.on, at.known));
        }
      }
      const now = { tenant: 't1', on: world.today, known: events.length * stride };
      for (const customer of world.accounts()) {
        const offers = await offersAt(tx, now, await itemsAt(tx, now, { customer }, undefined, 500, true));
        for (const item of world.account(customer).items.values())
          expect(offers(item.itemId).map((o) => [o.percent, o.lastDay, Math.round(Number(o.left!.value) * 100)])).toEqual(offersOn(item, world.today).map((o) => [o.percent, o.lastDay, o.leftMinor]));
      }
      for (const receiptId of world.receipts) {
        const state = world.receipt(receiptId);
        if (state.status === 'none') throw new Error('it was recorded');
        const { receipt } = (await receiptById(tx, 't1', receiptId))!;
        expect([receipt.customerId, Math.round(Number(receipt.unapplied!.value) * 100)]).toEqual([state.customer, state.unappliedMinor]);
        const documents = [...new Set(Object.values(state.groups).flat().filter((a) => a.recovers === undefined).map((a) => a.item.documentId))]; // a recovery settles nothing
        for (const documentId of documents) expect((await receiptsAppliedTo(tx, [{ tenant: 't1', documentId }]))[0]).toContain(receiptId);
      }
    }), { numRuns: 60 });
  }, 240_000);
});

describe('a receipt whose history moved to another key', () => {
  it('is the same, whichever key is read first', async () => {
    const world = new World();
    world.do({ act: 'receive', who: 2, minor: 100, back: 0, names: null, early: false, onAccount: false });
    world.do({ act: 'post', who: 0, minor: 100, instalments: 1, dueIn: 5, back: 0, discount: null });
    world.do({ act: 'identify', which: 0, who: 0 });
    const events = world.consumed();
    const ordered = [...events.filter((e) => e.customer !== UNIDENTIFIED), ...events.filter((e) => e.customer === UNIDENTIFIED)];
    const seen = [];
    for (const order of [events, ordered]) {
      await fresh();
      await project(order, 1);
      seen.push([await receiptById(tx, 't1', 'rcp_1'), await trialBalanceAt(tx, { tenant: 't1', on: world.today, known: 1000 }), (await agingByCustomerAt(tx, { tenant: 't1', on: world.today, known: 1000 }, {}, upTo, undefined, 500)).customers]);
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[0]![1]).toContainEqual(expect.objectContaining({ currency: 'EUR', account: LedgerAccount.SUSPENSE, debitMinor: 100n, creditMinor: 100n }));
  });
});

describe('a receipt of nobody known that is identified when its day is closed', () => {
  it('came on the day on which it came, whichever is read first', async () => {
    const of = (n: number, customer: string, type: string, effectiveOn: string, data: object) => ({ tenant: 't1', customer, type, effectiveOn, recorded: n, data: { receiptId: 'rcp_1', amount: { currencyCode: 'EUR', value: '1.00' }, payerReceiptId: '', ...data } }) as unknown as Consumed;
    const events = [of(1, UNIDENTIFIED, 'ar.payments.receipt_recorded.v1', '2026-03-02', {}), of(2, 'c-1', 'ar.payments.receipt_identified.v1', '2026-03-06', { identifiedBy: 'anna' })];
    const seen = [];
    for (const [order, size] of [[events, 1], [events.toReversed(), 1], [events.toReversed(), 2]] as const) {
      await fresh();
      await project(order, size, [touchless]);
      seen.push((await client.query('select customer, effective_on::text, identified::int, person::int from receipt_touch')).rows);
    }
    const row = [{ customer: 'c-1', effective_on: '2026-03-02', identified: 2, person: 2 }];
    expect(seen).toEqual([row, row, row]);
  });
});

describe('money that is exchanged for an item that came later', () => {
  it('is unapplied in each currency by itself until then', async () => {
    const of = (n: number, type: string, effectiveOn: string, data: object) => ({ tenant: 't1', customer: 'c-1', type, effectiveOn, recordedOn: effectiveOn, recorded: n, data: { receiptId: 'rcp_1', creditNoteId: '', ...data } }) as unknown as Consumed;
    const amount = (currencyCode: string, value: string) => ({ amount: { currencyCode, value } });
    const item = { itemId: 'oit_1_1', kind: 'OPEN_ITEM_KIND_INVOICE', documentId: 'inv_1', documentNumber: 'R-1', instalment: 1, issueDate: '2026-03-03', dueDate: '2026-03-03', original: amount('USD', '0.96').amount };
    await fresh();
    await project([
      of(1, 'ar.payments.unapplied_cash_placed.v1', '2026-02-28', amount('EUR', '1.15')), of(2, 'ar.payments.open_item_posted.v1', '2026-03-03', { item }), of(3, 'ar.payments.unapplied_cash_taken.v1', '2026-02-28', amount('EUR', '1.07')),
      of(4, 'ar.payments.unapplied_cash_placed.v1', '2026-02-28', amount('USD', '0.96')), of(5, 'ar.payments.open_items_settled.v1', '2026-03-03', { items: [{ item, ...amount('USD', '0.96') }] }),
    ], 1, [itemSpans]);
    const unapplied = async (on: string) => (await agingAt(tx, { tenant: 't1', on, known: 5 }, {}, upTo)).map((a) => [a.currency, a.openMinor, a.unappliedMinor]);
    expect([await unapplied('2026-03-02'), await unapplied('2026-03-03')]).toEqual([[['EUR', 0n, 8n], ['USD', 0n, 96n]], [['EUR', 0n, 8n]]]);
  });
});

describe('two readers of one tenant at once', () => {
  it('do not wait for each other before they commit, and nothing is lost from the sums', async () => {
    const world = new World();
    for (let i = 0; i < 4; i++) world.do({ act: 'post', who: i, minor: 100, instalments: 1, dueIn: 5, back: i, discount: null });
    const events = world.consumed().map((e) => ({ ...e, recorded: 5_000 + e.recorded }));
    await fresh();
    const other = new pg.Client({ connectionString: postgresUrl });
    await other.connect();
    try {
      await other.query('set search_path to p; set lock_timeout = 2000; begin');
      await client.query('set lock_timeout = 2000; begin');
      const otherTx: Tx = { query: async <Row>(sql: string, values?: readonly unknown[]) => (await other.query(sql, values as unknown[])).rows as Row[] };
      const [a, b, c, d] = events.filter(isEntry);
      await journal.project([a!], tx);
      await journal.project([b!], otherTx);
      await journal.project([c!], tx); // on rows that the other one touches as well, in the other order
      await journal.project([d!], otherTx);
      await other.query('commit');
      await client.query('commit');
    } finally { await other.end(); }
    expect((await controlTotalsAt(tx, { tenant: 't1', on: world.today, known: 1_000_000 })).get('EUR')).toBe(400n);
    expect((await client.query('select sum(minor)::int as total, count(distinct size)::int as sizes from journal_sum')).rows).toEqual([{ total: 1200, sizes: 3 }]);
    expect((await client.query('select from journal_unsummed')).rowCount).toBe(0);
  });
});
