import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defaultPolicies, type ApplicationRule } from '@ar/domain/policies.js';
import { rulesFor } from './application-rules.js';
import { explain } from './application-words.js';
import { type Payable, planApplication as plan, type Plan, type Rules, type ToApply } from './cash-application.js';
import { MOST_COMBINED } from './clearing.js';
import { toleranceFor } from './closing.js';
import { among } from './payables.world.js';

const planApplication = (cash: ToApply, items: readonly Payable[], rules: Rules) => plan(cash, among(items), rules);

const item = (itemId: string, openMinor: number, dueOn: string, more: Partial<Payable> = {}): Payable => ({ itemId, references: [`R-${itemId}`.toUpperCase()], openMinor, disputedMinor: 0, dueOn, ...more });
const money = (minor: number, more: Partial<ToApply> = {}): ToApply => ({ minor, valueOn: '2026-12-10', holds: [], named: [], remittance: '', known: new Set(), ...more });
const by = (rules: readonly ApplicationRule[], more: Partial<Rules> = {}): Rules => ({ ...defaultPolicies.application, rules, ...more });
const paid = ({ shares }: Plan) => Object.fromEntries(shares.map((s) => [s.itemId, s.minor]));
const steps = ({ trace }: Plan) => trace.map((s) => `${s.rule}: ${s.reason}`);
const off = (limitMinor: number, hundredths: number | null = null, bankChargesMinor: readonly number[] = []) => ({ allowed: { limitMinor, hundredths, bankChargesMinor } });

describe('the AutoCash vectors', () => {
  it('600 on 124 = 300, 123 = 200, 125 = 150: no match, not the account of 650, so the oldest first: 50 is left of 125', () => {
    const plan = planApplication(money(600_00), [item('123', 200_00, '2026-12-11'), item('124', 300_00, '2026-12-08'), item('125', 150_00, '2026-12-13')], by(['exact', 'clear-account', 'oldest-first']));
    expect([steps(plan), paid(plan)]).toEqual([['exact: no-item-of-exactly-that', 'clear-account: sum-differs', 'oldest-first: applied'], { 124: 300_00, 123: 200_00, 125: 100_00 }]);
    expect(explain(plan.trace[1]!, 'EUR')).toBe('3 items are open with 650.00 EUR together, not with 600.00 EUR');
  });
  it('500 on two items of 500: the one due on 5 January; due the same day, the lowest id', () => {
    expect(paid(planApplication(money(500), [item('a', 500, '2026-01-09'), item('b', 500, '2026-01-05')], by(['exact'])))).toEqual({ b: 500 });
    expect(paid(planApplication(money(500), [item('b', 500, '2026-01-05'), item('a', 500, '2026-01-05')], by(['exact'])))).toEqual({ a: 500 });
  });
});

describe('clear the account', () => {
  const items = [item('1', 200, '2026-12-01'), item('2', 450, '2026-12-20')];
  it('closes all that is open where the money is exactly that', () => expect(paid(planApplication(money(650), items, by(['clear-account'])))).toEqual({ 1: 200, 2: 450 }));
  it('does nothing with more or less, or where nothing is open', () => {
    for (const minor of [649, 651]) expect(steps(planApplication(money(minor), items, by(['clear-account'])))).toEqual(['clear-account: sum-differs']);
    expect(steps(planApplication(money(1), [], by(['clear-account'])))).toEqual(['clear-account: nothing-payable']);
  });
  it('closes it with the discounts that can be had in time', () => {
    const early = [item('1', 200, '2026-12-01', { closing: { inTimeMinor: 196, lateMinor: [] } }), items[1]!];
    expect(paid(planApplication(money(646), early, by(['clear-account'])))).toEqual({ 1: 196, 2: 450 });
    expect(paid(planApplication(money(650), early, by(['clear-account'])))).toEqual({ 1: 200, 2: 450 });
  });
  it('leaves disputed parts and, if so told, late charges out', () => {
    expect(paid(planApplication(money(600), [items[0]!, item('2', 450, '2026-12-20', { disputedMinor: 50 })], by(['clear-account'])))).toEqual({ 1: 200, 2: 400 });
    const charged = [...items, item('3', 7, '2026-12-01', { charge: 'late-charge' })];
    expect(paid(planApplication(money(650), charged, by(['clear-account'], { withoutLateCharges: true })))).toEqual({ 1: 200, 2: 450 });
    expect(steps(planApplication(money(650), charged, by(['clear-account'])))).toEqual(['clear-account: sum-differs']);
    expect(paid(planApplication(money(7, { named: [{ reference: 'R-3', minor: null }] }), charged, by(['reference'], { withoutLateCharges: true })))).toEqual({ 3: 7 });
  });
});

describe('clear past due', () => {
  const items = [item('1', 200, '2026-12-09'), item('2', 300, '2026-12-01'), item('3', 70, '2026-12-10')];
  it('closes all that is past due on the day of value: what is due on that day is not', () => {
    expect(paid(planApplication(money(500), items, by(['clear-past-due'])))).toEqual({ 1: 200, 2: 300 });
    expect(steps(planApplication(money(570), items, by(['clear-past-due'])))).toEqual(['clear-past-due: sum-differs']);
    expect(paid(planApplication(money(570, { valueOn: '2026-12-11' }), items, by(['clear-past-due'])))).toEqual({ 1: 200, 2: 300, 3: 70 });
  });
});

describe('clear past due by payment terms', () => {
  const items = [item('1', 200, '2026-12-01', { terms: 'netDays 30' }), item('2', 300, '2026-12-20', { terms: 'netDays 30' }), item('3', 70, '2026-12-05', { terms: 'netDays 14' }), item('4', 40, '2026-12-30')];
  it('closes one group whose oldest item is past due, also what of it is not due yet', () => {
    expect(paid(planApplication(money(500), items, by(['clear-past-due-by-terms'])))).toEqual({ 1: 200, 2: 300 });
    expect(paid(planApplication(money(70), items, by(['clear-past-due-by-terms'])))).toEqual({ 3: 70 });
  });
  it('closes all such groups together', () => expect(paid(planApplication(money(570), items, by(['clear-past-due-by-terms'])))).toEqual({ 1: 200, 2: 300, 3: 70 }));
  it('closes no group that is not past due, and none in part', () => {
    for (const minor of [40, 200, 610]) expect(steps(planApplication(money(minor), items, by(['clear-past-due-by-terms'])))).toEqual(['clear-past-due-by-terms: no-group-of-exactly-that']);
    expect(steps(planApplication(money(40), [items[3]!], by(['clear-past-due-by-terms'])))).toEqual(['clear-past-due-by-terms: nothing-payable']);
  });
});

describe('a combination', () => {
  const items = [item('1', 100, '2026-12-01'), item('2', 250, '2026-12-02'), item('3', 333, '2026-12-03'), item('4', 90, '2026-12-04')];
  it('is applied where it is the only one', () => expect(paid(planApplication(money(433), items, by(['combination'])))).toEqual({ 1: 100, 3: 333 }));
  it('is not applied where there are several, or none', () => {
    expect(steps(planApplication(money(340), [...items, item('5', 340, '2026-12-05')], by(['combination'])))).toEqual(['combination: several-combinations']); // 250 + 90, or 340
    expect(steps(planApplication(money(101), items, by(['combination'])))).toEqual(['combination: no-combination']);
  });
  it('is looked for with the discounts in time, and with what a bank takes', () => {
    expect(paid(planApplication(money(431), [item('1', 100, '2026-12-01', { closing: { inTimeMinor: 98, lateMinor: [] } }), ...items.slice(1)], by(['combination'])))).toEqual({ 1: 98, 3: 333 });
    const plan = planApplication(money(428), items, by(['combination'], off(0, null, [5])));
    expect([paid(plan), plan.difference]).toEqual([{ 1: 100, 3: 328 }, { itemId: '3', minor: 5, of: 'bank-charges' }]);
  });
  it('is given up beyond 30 items, and says so', () => {
    const many = Array.from({ length: MOST_COMBINED + 1 }, (_, i) => item(`i${i}`, 1_000 + i * i, '2026-12-01'));
    const plan = planApplication(money(2_001), many, by(['combination']));
    expect([steps(plan), explain(plan.trace[0]!, 'EUR')]).toEqual([['combination: search-given-up'], '31 items are more than the 30 that choices are looked for among']);
    expect(paid(planApplication(money(2_001), many.slice(0, MOST_COMBINED), by(['combination'])))).toEqual({ i0: 1_000, i1: 1_001 });
  });
  it('finds what trying every choice finds', () => fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 }), fc.integer({ min: 1, max: 120 }), (amounts, minor) => {
    const choices = Array.from({ length: 2 ** amounts.length }, (_, mask) => amounts.flatMap((a, i) => ((mask >> i) & 1 ? [{ i, a }] : []))).filter((c) => c.reduce((sum, x) => sum + x.a, 0) === minor);
    const plan = planApplication(money(minor), amounts.map((a, i) => item(`i${i}`, a, '2026-12-01')), by(['combination']));
    expect(paid(plan)).toEqual(choices.length === 1 ? Object.fromEntries(choices[0]!.map((c) => [`i${c.i}`, c.a])) : {});
  })));
});

describe('a difference', () => {
  const items = [item('1', 100_00, '2026-12-01'), item('2', 250_00, '2026-12-02')];
  it('within the tolerance closes the item; what is missing is written off', () => {
    const plan = planApplication(money(99_50), items, by(['exact'], off(1_00)));
    expect([paid(plan), plan.difference]).toEqual([{ 1: 99_50 }, { itemId: '1', minor: 50, of: 'tolerance' }]);
    expect(explain(plan.trace[0]!, 'EUR')).toBe('99.50 EUR to apply, 2 open: 99.50 EUR to 1; 0.50 EUR less on 1, within the tolerance, written off');
  });
  it('of too much closes the item too; the rest stays unapplied', () => expect(planApplication(money(100_40), items, by(['exact'], off(1_00)))).toMatchObject({ shares: [{ itemId: '1', minor: 100_00 }], rule: 'exact' }));
  it('is the smallest that can be', () => expect(paid(planApplication(money(100_20), [...items, item('3', 100_30, '2026-12-09')], by(['exact'], off(1_00))))).toEqual({ 3: 100_20 }));
  it('is never taken where an item is open with exactly that', () => expect(planApplication(money(99_50), [...items, item('3', 99_50, '2026-12-09')], by(['exact'], off(1_00)))).toMatchObject({ shares: [{ itemId: '3', minor: 99_50 }] }));
  it('stays within both limits', () => {
    expect(steps(planApplication(money(99_50), items, by(['exact'], off(1_00, 49))))).toEqual(['exact: no-item-of-exactly-that']);
    expect(paid(planApplication(money(99_51), items, by(['exact'], off(1_00, 49))))).toEqual({ 1: 99_51 });
    expect(steps(planApplication(money(98_99), items, by(['exact'], off(1_00))))).toEqual(['exact: no-item-of-exactly-that']);
  });
  it('of exactly what a bank takes goes before the tolerance', () => expect(planApplication(money(92_50), items, by(['exact'], off(10_00, null, [7_50]))).difference).toEqual({ itemId: '1', minor: 7_50, of: 'bank-charges' }));
  it('of several items is written off of the largest', () => expect(planApplication(money(349_00), items, by(['clear-account'], off(1_00)))).toMatchObject({ shares: [{ itemId: '1', minor: 100_00 }, { itemId: '2', minor: 249_00 }], difference: { itemId: '2', minor: 1_00 } }));
  it('closes what the payer names, but nothing that is disputed, and not while a part waits', () => {
    const named = (minor: number, of: readonly Payable[], ...names: readonly string[]) => planApplication(money(minor, { named: names.map((reference) => ({ reference, minor: null })) }), of, by(['reference'], off(1_00)));
    expect(named(349_50, items, 'R-1', 'R-2').difference).toEqual({ itemId: '2', minor: 50, of: 'tolerance' });
    expect(named(348_00, items, 'R-1', 'R-2').difference).toBeUndefined();
    expect(named(99_50, [item('1', 100_00, '2026-12-01', { disputedMinor: 10 })], 'R-1')).toMatchObject({ shares: [{ itemId: '1', minor: 99_50 }] });
    expect(named(99_50, [item('1', 100_00, '2026-12-01', { disputedMinor: 10 })], 'R-1').difference).toBeUndefined();
    expect(named(99_50, items, 'R-1', 'R-9').difference).toBeUndefined();
  });
  it('is not taken by oldest first', () => expect(planApplication(money(99_50), items, by(['oldest-first'], off(1_00))).difference).toBeUndefined());
  it('never exceeds the tolerance, and shares never exceed the money', () => fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 900 }), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 30_00 }), (amounts, minor, limit, hundredths) => {
      const of = amounts.map((a, i) => item(`i${i}`, a, `2026-12-${10 + i}`));
      const allowed = { limitMinor: limit, hundredths, bankChargesMinor: [] };
      const { shares, difference } = planApplication(money(minor, { valueOn: '2026-12-14' }), of, by(['exact', 'clear-account', 'clear-past-due', 'combination', 'oldest-first'], { allowed }));
      expect(shares.reduce((sum, s) => sum + s.minor, 0)).toBeLessThanOrEqual(minor);
      for (const s of shares) expect(s.minor).toBeLessThanOrEqual(of.find((i) => i.itemId === s.itemId)!.openMinor);
      if (difference) expect(difference.minor).toBeLessThanOrEqual(toleranceFor(minor + difference.minor, allowed));
      if (difference) expect(shares.find((s) => s.itemId === difference.itemId)!.minor + difference.minor).toBe(of.find((i) => i.itemId === difference.itemId)!.openMinor);
    })));
});

describe('the order of a debt', () => {
  const debt = [item('i100', 100, '2026-01-01'), item('i250', 250, '2026-02-01'), item('i500', 500, '2026-03-01'), item('note', 7, '2026-04-01', { charge: 'late-charge' })];
  const left = (plan: Plan, of: readonly Payable[] = debt) => Object.fromEntries(of.map((i) => [i.itemId, i.openMinor - (paid(plan)[i.itemId] ?? 0)]).filter(([, minor]) => minor !== 0));
  it('by priority, the interest first, leaves 157 of the last', () => expect(left(planApplication(money(700), debt, by(['oldest-first'], { order: { by: 'priority', priorities: ['late-charge', 'principal'] } })))).toEqual({ i500: 157 }));
  it('by due date leaves 150, and the note open with 7', () => expect(left(planApplication(money(700), debt, by(['oldest-first'])))).toEqual({ i500: 150, note: 7 }));
  const charged = [item('i1', 100, '2026-01-01', { debt: 'inv_1' }), item('i2', 100, '2026-02-01', { debt: 'inv_2' }), item('late1', 7, '2026-05-01', { charge: 'late-charge', debt: 'inv_1' }), item('costs1', 20, '2026-05-02', { charge: 'costs', debt: 'inv_1' }),
    item('late0', 3, '2026-01-15', { charge: 'late-charge', debt: 'inv_0' }), item('fee', 5, '2026-03-01', { charge: 'fee' })];
  it('by law takes the oldest debt first, of it costs, then interest, then itself', () => {
    const order = { by: 'law', priorities: [] } as const;
    expect(planApplication(money(235), charged, by(['oldest-first'], { order })).shares.map((s) => s.itemId)).toEqual(['costs1', 'late1', 'i1', 'late0', 'i2', 'fee']);
    expect(left(planApplication(money(30), charged, by(['oldest-first'], { order })), charged.slice(0, 4))).toEqual({ i1: 97, i2: 100 });
  });
  it('gives way to what the payer names', () => expect(paid(planApplication(money(100, { named: [{ reference: 'R-i1', minor: null }] }), charged, by(['reference', 'oldest-first'], { order: { by: 'law', priorities: [] } })))).toEqual({ i1: 100 }));
});

describe('the rules in force', () => {
  const set = (customerId: string, segment: string, rules: readonly ApplicationRule[]) => ({ customerId, segment, rules, partialOnOldest: false, disputedOnlyByReference: true, discountOnFullPayment: false });
  const policy = { ...defaultPolicies.application, ruleSets: [set('', 'wholesale', ['clear-account']), set('c1', '', ['exact'])] };
  it('are the customer\'s, else its segment\'s, else the tenant\'s', () => {
    expect([['c1', 'wholesale'], ['c2', 'wholesale'], ['c2', 'retail'], ['c2', '']].map(([customer, segment]) => rulesFor(policy, customer!, segment!, 'EUR').rules)).toEqual([['exact'], ['clear-account'], policy.rules, policy.rules]);
  });
  it('have the tolerance of the currency', () => {
    const options = { discounts: 'none', discountGraceDays: 3, withoutLateCharges: true, order: 'law', priorities: [], tolerances: [{ currencyCode: 'JPY', limit: '100', percent: '0.5' }], bankCharges: [{ currencyCode: 'JPY', amount: '30' }] } as const;
    expect(rulesFor({ ...policy, options }, 'c9', '', 'JPY')).toMatchObject({ allowed: { limitMinor: 100, hundredths: 50, bankChargesMinor: [30] }, withoutLateCharges: true, order: { by: 'law' }, discounting: { takes: 'none', graceDays: 3 } });
    expect(rulesFor({ ...policy, options }, 'c9', '', 'EUR').allowed).toEqual({ limitMinor: 0, hundredths: null, bankChargesMinor: [] });
  });
});
