import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { daysAfter, type Day } from '@ar/domain/day.js';
import { discountLeft } from '@ar/domain/discount.js';
import { isRefusal } from '@ar/domain/decider.js';
import { account, type AccountCommand, type AccountEvent, type AccountState, type Application, type Item } from './account.js';
import { itemsById, seen } from './account.world.js';
import { closingsOf, explainGrant, grantFor, type ItemDiscount, offersOn, type WithDiscount } from './item-discount.js';

const of = { customer: 'c1', currency: 'EUR' };
const issuedOn: Day = '2026-03-02';
const byDay = (n: number): Day => daysAfter(issuedOn, n);
const twoTen = (more: Partial<ItemDiscount> & { baseMinor: number }): ItemDiscount => ({ tiers: [{ percent: '2', lastDay: byDay(10) }], tax: 'never', mode: 'earned', ...more });
const itemOf = (originalMinor: number, taxMinor: number, discount: ItemDiscount): Item =>
  ({ itemId: 'oit_1_1', kind: 'invoice', documentId: 'inv_1', documentNumber: 'R-1', references: ['R-1'], instalment: 1, instalments: 1, originalMinor, taxMinor, issuedOn, dueOn: byDay(30), discount });

/** An account, as its commands leave it. */
class Account {
  state: AccountState = account.initial;
  #payments = 0;
  constructor(item: Item) { this.#run({ type: 'PostItems', ...of, items: [item], orderNumber: '', externalNumber: '', paymentReference: '' }); }
  #run(command: AccountCommand): readonly AccountEvent[] {
    const made = account.decide(command, this.state);
    if (isRefusal(made)) throw new Error(made.refused);
    this.state = made.reduce((s, e) => account.evolve(s, e), this.state);
    return made;
  }
  /** A receipt of that much, all of it for the item: what it settled. */
  pay(minor: number, valueOn: Day, key = `rcp_${++this.#payments}`): Application {
    this.#run({ type: 'PlaceCash', ...of, receiptId: key, minor, onAccount: false, valueOn, effectiveOn: valueOn, from: 'bank', transferId: '' });
    const [event] = this.#run({ type: 'Settle', ...of, groupId: `g-${key}`, receiptId: key, shares: [{ itemId: 'oit_1_1', minor }] });
    return (event as Extract<AccountEvent, { type: 'OpenItemsSettled' }>).applications[0]!;
  }
  takeBack(application: Application): void {
    this.#run({ type: 'Reopen', ...of, groupId: 'g', receiptId: 'rcp_back', valueOn: issuedOn, onAccount: false, applications: [application], cause: 'unapplication', effectiveOn: byDay(60) });
  }
  get open(): number { return itemsById(this.state)['oit_1_1']?.openMinor ?? 0; }
  get uses() { return itemsById(this.state)['oit_1_1']?.uses; }
}
const grants = (a: Account, payments: readonly number[], day = byDay(10)) => payments.map((minor) => a.pay(minor, day).discount?.minor ?? 0);

describe('100.00 with 2 % within 10 days', () => {
  const hundred = () => new Account(itemOf(100_00, 0, twoTen({ baseMinor: 100_00 })));
  it('98.00 by day 10 grants 2.00 and closes it', () => { const a = hundred(); expect([a.pay(98_00, byDay(10)), a.open]).toMatchObject([{ minor: 98_00, openMinor: 0, discount: { percent: '2', earned: true, leftMinor: 2_00, minor: 2_00 } }, 0]); });
  it('49.00 by day 10 grants 1.00 and leaves 50.00 open', () => { const a = hundred(); expect([grants(a, [49_00]), a.open]).toEqual([[1_00], 50_00]); });
  it('98.00 on day 11 grants nothing', () => { const a = hundred(); expect([a.pay(98_00, byDay(11)).discount, a.open]).toEqual([undefined, 2_00]); });
  it('98 payments of 1.00 are granted 2.00 in all', () => { const a = hundred(); expect([grants(a, Array<number>(98).fill(1_00)).reduce((x, y) => x + y), a.open]).toEqual([2_00, 0]); });
  it('100.00 takes no discount', () => expect(hundred().pay(100_00, byDay(1)).discount).toBeUndefined());
  it('99.00 uses 98.00, the rest stays unapplied', () => { const a = hundred(); expect(a.pay(99_00, byDay(1))).toMatchObject({ minor: 98_00, openMinor: 0 }); expect(a.state.cash.get('rcp_1')).toMatchObject({ unappliedMinor: 1_00 }); });
  it('less is granted where credit has made less open, and nothing for the credit', () => {
    const a = hundred();
    expect(a.pay(50_00, byDay(1), 'credit-note:crn_1').discount).toBeUndefined();
    expect([grants(a, [49_00]), a.open]).toEqual([[1_00], 0]);
  });
  it('is taken back exactly, and can be had again', () => {
    const a = hundred();
    const paid = a.pay(98_00, byDay(10));
    a.takeBack(paid);
    expect(seen(a.state)).toMatchObject({ items: { oit_1_1: { openMinor: 100_00, dueOn: byDay(30), uses: {} } }, uses: {} });
    expect([grants(a, [98_00], byDay(9)), a.open]).toEqual([[2_00], 0]);
  });
  it('remembers of a closed item what other payments used, when one of them goes back', () => {
    const a = hundred();
    const [first] = [a.pay(49_00, byDay(1)), a.pay(49_00, byDay(2))];
    expect(a.state.uses).toMatchObject({ oit_1_1: { 2: { settledMinor: 100_00, grantedMinor: 2_00 } } });
    a.takeBack(first);
    expect([a.open, a.uses, a.state.uses]).toEqual([50_00, { 2: { settledMinor: 50_00, grantedMinor: 1_00, taxMinor: 0 } }, {}]);
  });
  it('a grant is told in words', () => expect(explainGrant('oit_1_1', { percent: '2', earned: true, leftMinor: 2_00, minor: 1_00, taxMinor: 0 }, 'EUR')).toBe('2 % early-payment discount on oit_1_1: 1.00 EUR of 2.00 EUR granted, earned'));
});

describe('100.00 net at 21 % with 2 % within 10 days', () => {
  it('tax never reduced: 119.00 early, 121.00 late; 119.00 grants 2.00, all net', () => { const a = new Account(itemOf(121_00, 21_00, twoTen({ baseMinor: 100_00 }))); expect(a.pay(119_00, byDay(10))).toMatchObject({ openMinor: 0, discount: { minor: 2_00, taxMinor: 0 } }); });
  it('tax never reduced: 59.00 and 60.00 are granted 0.99 and 1.01', () => { const a = new Account(itemOf(121_00, 21_00, twoTen({ baseMinor: 100_00 }))); expect([grants(a, [59_00, 60_00]), a.open]).toEqual([[99, 1_01], 0]); });
  it('tax reduced on early payment: 118.58 early, 121.00 late; 0.42 of 2.42 is tax', () => {
    const a = new Account(itemOf(121_00, 21_00, twoTen({ baseMinor: 121_00, tax: 'on-early-payment' })));
    expect(a.pay(118_58, byDay(10))).toMatchObject({ openMinor: 0, discount: { minor: 2_42, taxMinor: 42 } });
  });
  it('tax on early payment is reduced by the same in all, in however many parts', () => {
    const a = new Account(itemOf(121_00, 21_00, twoTen({ baseMinor: 121_00, tax: 'on-early-payment' })));
    const parts = [...Array<number>(118).fill(1_00), 58].map((minor) => a.pay(minor, byDay(10)).discount!);
    expect([parts.reduce((sum, g) => sum + g.minor, 0), parts.reduce((sum, g) => sum + g.taxMinor, 0), a.open]).toEqual([2_42, 42, 0]);
  });
  it('tax reduced in any case: 118.58 early, 120.58 late; nothing of 2.00 is tax', () => { const a = new Account(itemOf(120_58, 20_58, twoTen({ baseMinor: 100_00, tax: 'always' }))); expect(a.pay(118_58, byDay(10))).toMatchObject({ openMinor: 0, discount: { minor: 2_00, taxMinor: 0 } }); });
});

describe('two tiers, 3 % within 5 and 2 % within 10 days', () => {
  const item = (mode: ItemDiscount['mode']): WithDiscount => ({ originalMinor: 100_00, taxMinor: 0, openMinor: 100_00, uses: {}, discount: { tiers: [{ percent: '3', lastDay: byDay(5) }, { percent: '2', lastDay: byDay(10) }], baseMinor: 100_00, tax: 'never', mode } });
  it('the best one that still holds counts', () => expect([5, 6, 10, 11].map((n) => grantFor(item('earned'), 50_00, byDay(n))?.percent)).toEqual(['3', '2', '2', undefined]));
  it('both are offered while they hold, with what is left', () => expect([5, 6, 11].map((n) => offersOn(item('earned'), byDay(n)).map((o) => [o.percent, o.leftMinor]))).toEqual([[['3', 3_00], ['2', 2_00]], [['2', 2_00]], []]));
  it('late, exactly the discounted amount takes it unearned where the terms allow it', () => {
    expect(grantFor(item('earned-and-unearned'), 98_00, byDay(20))).toEqual({ percent: '2', earned: false, leftMinor: 2_00, minor: 2_00, taxMinor: 0 });
    expect(grantFor(item('earned-and-unearned'), 97_00, byDay(8))).toMatchObject({ percent: '3', earned: false, minor: 3_00 });
    expect(grantFor(item('earned-and-unearned'), 98_01, byDay(20))).toBeUndefined();
    expect(grantFor(item('earned'), 98_00, byDay(20))).toBeUndefined();
  });
  it('the payments that close it are known', () => expect([closingsOf(item('earned-and-unearned'), byDay(8)), closingsOf(item('earned'), byDay(20))]).toEqual([{ inTimeMinor: 98_00, lateMinor: [97_00] }, { inTimeMinor: 100_00, lateMinor: [] }]));
});

it('the grants of a tier sum to its discount when an item is paid out in its time, in whatever parts, with parts taken back and paid again', () => fc.assert(fc.property(
  fc.integer({ min: 100, max: 10 ** 7 }), fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 5_000 }), fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 12 }), fc.array(fc.nat(11), { maxLength: 6 }), fc.constantFrom('on-early-payment' as const, 'never' as const),
  (total, base, units, weights, back, tax) => {
    const [percent, baseMinor, taxMinor] = [`${Math.floor(units / 100)}.${String(units % 100).padStart(2, '0')}`, Math.ceil((total * base) / 100), Math.floor(total / 6)];
    const eur = (minor: number) => ({ minor, currency: 'EUR' });
    const whole = discountLeft(percent, { total: eur(total), base: eur(baseMinor), open: eur(total), settled: eur(0), granted: eur(0) });
    const a = new Account(itemOf(total, taxMinor, { tiers: [{ percent, lastDay: byDay(10) }], baseMinor, tax, mode: 'earned' }));
    const sum = weights.reduce((x, y) => x + y, 0);
    const payments = weights.map((w) => Math.max(1, Math.floor(((total - whole) * w) / sum)));
    const applied: Application[] = [];
    const pay = (minor: number) => { if (a.open > 0) applied.push(a.pay(Math.min(minor, closingsOf(itemsById(a.state)['oit_1_1']!, byDay(3)).inTimeMinor), byDay(3))); };
    payments.forEach(pay);
    for (const n of back) if (applied.length > 0) a.takeBack(applied.splice(n % applied.length, 1)[0]!);
    if (a.open > 0) pay(Number.MAX_SAFE_INTEGER);
    expect([a.open, applied.reduce((s, x) => s + (x.discount?.minor ?? 0), 0), applied.reduce((s, x) => s + x.minor, 0)]).toEqual([0, whole, total - whole]);
    const reduced = applied.reduce((s, x) => s + (x.discount?.taxMinor ?? 0), 0);
    if (back.length === 0) expect(reduced).toBe(tax === 'never' ? 0 : Math.round((whole * taxMinor) / total));
    expect(reduced).toBeLessThanOrEqual(whole);
  })));
