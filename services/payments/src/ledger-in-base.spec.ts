import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import type { Day } from '@ar/domain/day.js';
import { moneyOf } from '@ar/domain/money.js';
import type { Consumed } from '@ar/runtime/forms.js';
import { UNIDENTIFIED } from './domain/account.js';
import { realised } from './domain/in-base.js';
import { every } from './domain/keyed.js';
import { acts } from './ledger-acts.world.js';
import { World } from './ledger.world.js';
import { entriesOf, journal } from './projections/journal.js';

const { RECEIVABLES, UNAPPLIED_CASH, SUSPENSE, EXCHANGE_GAINS, EXCHANGE_LOSSES, REFUNDS_PAYABLE } = LedgerAccount;
const ledgerTypes = new Set<string>(journal.on);
const isLedger = (e: Consumed): e is Parameters<typeof entriesOf>[0] => ledgerTypes.has(e.type);

/** Another one every day, up and down. */
const moving = (day: Day): string => `${Number(day.slice(9)) % 3 === 0 ? '0' : '1'}.${day.slice(8)}${day.slice(5, 7)}`;

const entriesIn = (world: World) => world.consumed().filter(isLedger).flatMap((e) => entriesOf(e).map((entry) => ({ ...entry, customer: e.customer })));
type Entries = ReturnType<typeof entriesIn>;
const balanceOf = (entries: Entries, account: LedgerAccount, subjectOrCustomer?: string) => entries.filter((e) => subjectOrCustomer === undefined || e.customer === subjectOrCustomer || e.subjectId === subjectOrCustomer)
  .reduce((sum, e) => sum + (e.debit === account ? e.base?.minor ?? 0 : 0) - (e.credit === account ? e.base?.minor ?? 0 : 0), 0) || 0;

/** What is open and unapplied is worth what the journal has, account by account and item by item; what is settled is worth nothing; gains and losses are those of what is applied now. */
function checkInBase(world: World): void {
  const entries = entriesIn(world);
  expect(entries.filter((e) => e.base === undefined)).toEqual([]);
  for (const customer of world.accounts()) {
    const { items, cash } = world.account(customer);
    const [open, unapplied] = [every(items).reduce((sum, i) => sum + i.inBase!.minor, 0), [...cash].reduce((sum, [, c]) => sum + c.inBase!.minor, 0)];
    expect([balanceOf(entries, RECEIVABLES, customer), balanceOf(entries, customer === UNIDENTIFIED ? SUSPENSE : UNAPPLIED_CASH, customer)]).toEqual([open, customer === UNIDENTIFIED ? balanceOf(entries, SUSPENSE, customer) : -unapplied || 0]);
    for (const [key, c] of cash) if (c.inBase!.minor < 0) throw new Error(`${key} is worth ${c.inBase!.minor}`);
    const open1 = new Map(every(items).map((i) => [i.itemId, i.inBase!.minor]));
    for (const itemId of new Set(entries.filter((e) => e.customer === customer && (e.debit === RECEIVABLES || e.credit === RECEIVABLES)).map((e) => e.subjectId))) expect([itemId, balanceOf(entries, RECEIVABLES, itemId)]).toEqual([itemId, open1.get(itemId) ?? 0]);
  }
  expect(balanceOf(entries, SUSPENSE)).toBe(-[...world.account(UNIDENTIFIED).cash].reduce((sum, [, c]) => sum + c.inBase!.minor, 0) || 0);
  const applied = [...world.receipts.map((id) => world.receipt(id)), ...world.creditNotes.map((id) => world.creditNote(id))].flatMap((s) => (s.status === 'none' || s.status === 'reversed' ? [] : Object.values(s.groups).flat()));
  expect(-balanceOf(entries, EXCHANGE_GAINS) - balanceOf(entries, EXCHANGE_LOSSES) || 0).toBe(applied.reduce((sum, a) => sum + (a.inBase ? realised(a.inBase) : 0), 0));
  if (world.refunds.every((id) => world.refund(id).inner.status !== 'ordered' && Object.keys(world.refund(id).pending).length === 0)) expect(balanceOf(entries, REFUNDS_PAYABLE)).toBe(0);
}

describe('a ledger in another currency than its base', () => {
  const met = new Map<string, number>();
  it('ties in the base currency too, after every act, to the cent', () => fc.assert(fc.property(acts, (steps) => {
    const world = new World('USD', moving);
    for (const act of steps) world.do(act);
    checkInBase(world);
    for (const e of entriesIn(world)) met.set(`${e.debit} ${e.credit}`, (met.get(`${e.debit} ${e.credit}`) ?? 0) + 1);
  }), { numRuns: 400 }));
  it('ties in the base currency after every act', () => fc.assert(fc.property(acts, (steps) => {
    const world = new World('USD', moving);
    for (const act of steps) { world.do(act); checkInBase(world); }
  }), { numRuns: 25 }));
  it('has met gains and losses, and both taken back', () => {
    for (const way of [[UNAPPLIED_CASH, EXCHANGE_GAINS], [EXCHANGE_GAINS, UNAPPLIED_CASH], [EXCHANGE_LOSSES, RECEIVABLES], [RECEIVABLES, EXCHANGE_LOSSES]]) expect(met.get(way.join(' ')) ?? 0).toBeGreaterThan(0);
  });
  it('is in its own currency as in the base currency, where nobody knows a rate: nothing is made up', () => fc.assert(fc.property(acts, (steps) => {
    const world = new World('USD');
    for (const act of steps) world.do(act);
    expect(entriesIn(world).filter((e) => e.base !== undefined)).toEqual([]);
  }), { numRuns: 100 }));
  it('is not worth less than nothing where rates are known on some days only', () => fc.assert(fc.property(acts, (steps) => {
    const world = new World('USD', (day) => (Number(day.slice(8)) % 3 === 0 ? undefined : moving(day)));
    for (const act of steps) world.do(act);
    for (const customer of world.accounts()) {
      const { items, cash } = world.account(customer);
      for (const i of every(items)) if (i.booking ? (i.inBase?.minor ?? -1) < 0 : i.inBase !== undefined) throw new Error(`${i.itemId} is worth ${JSON.stringify(i.inBase)}`);
      for (const [key, c] of cash) if (c.inBase && c.inBase.minor < 0) throw new Error(`${key} is worth ${c.inBase.minor}`);
    }
    for (const e of entriesIn(world)) if (e.base && e.base.minor < 0) throw new Error(`${e.debit} to ${e.credit} of ${e.subjectId} moves ${e.base.minor}`);
    expect(world.consumed().every((e) => e.type !== 'ar.payments.receipt_recorded.v1' || e.data.booking === undefined || moneyOf(e.data.booking.amount).currency === 'EUR')).toBe(true);
  }), { numRuns: 200 }));
});
