import { describe, expect, it } from '@jest/globals';
import { defaultPolicies } from '@ar/domain/policies.js';
import { explain } from './application-words.js';
import { type Named, type Payable, planApplication as plan, type StepReason, type Rules, type ToApply } from './cash-application.js';
import { among } from './payables.world.js';

const planApplication = (cash: ToApply, items: readonly Payable[], rules: Rules) => plan(cash, among(items), rules);

const policy = defaultPolicies.application;
const item = (itemId: string, openMinor: number, dueOn: string, more: Partial<Payable> = {}): Payable => ({ itemId, references: [`R-${itemId}`], openMinor, disputedMinor: 0, dueOn, ...more });
const receipt = (minor: number, more: Partial<ToApply> = {}): ToApply => ({ minor, valueOn: '2026-03-10', holds: [], named: [], remittance: '', known: new Set(), ...more });
const reasons = (trace: readonly { readonly rule: string; readonly reason: StepReason }[]) => trace.map((s) => `${s.rule}: ${s.reason}`);
const name = (reference: string, minor: number | null = null): Named => ({ reference, minor });

describe('a receipt that names nothing', () => {
  it('pays the one item of exactly that amount', () => expect(planApplication(receipt(300), [item('1', 200, '2026-01-01'), item('2', 300, '2026-02-01')], policy)).toMatchObject({ rule: 'exact', shares: [{ itemId: '2', minor: 300 }] }));
  it('pays, of two items of that amount, the one due first; due the same day, the one with the lowest id', () => {
    const items = [item('9', 500, '2026-01-09'), item('5', 500, '2026-01-05')];
    expect(planApplication(receipt(500), items, policy).shares).toEqual([{ itemId: '5', minor: 500 }]);
    expect(planApplication(receipt(500), [item('b', 500, '2026-01-05'), item('a', 500, '2026-01-05')], policy).shares).toEqual([{ itemId: 'a', minor: 500 }]);
  });
  it('pays the oldest first, the last one in part: 600 on 124 (300), 123 (200) and 125 (150) leaves 50 of 125', () => {
    const plan = planApplication(receipt(600), [item('123', 200, '2026-12-11'), item('124', 300, '2026-12-08'), item('125', 150, '2026-12-13')], { ...policy, rules: ['exact', 'oldest-first'] });
    expect(plan.shares).toEqual([{ itemId: '124', minor: 300 }, { itemId: '123', minor: 200 }, { itemId: '125', minor: 100 }]);
    expect(reasons(plan.trace)).toEqual(['exact: no-item-of-exactly-that', 'oldest-first: applied']);
  });
  it('pays whole items only where parts are not allowed', () => {
    const whole = { ...policy, partialOnOldest: false };
    expect(planApplication(receipt(250), [item('1', 200, '2026-01-01'), item('2', 100, '2026-02-01')], whole).shares).toEqual([{ itemId: '1', minor: 200 }]);
    expect(reasons(planApplication(receipt(150), [item('1', 200, '2026-01-01')], whole).trace)).toEqual(['reference: nothing-named', 'exact: no-item-of-exactly-that', 'oldest-first: first-item-does-not-fit']);
  });
  it('finds nothing to pay', () => expect(planApplication(receipt(1), [], policy)).toMatchObject({ rule: undefined, shares: [], trace: [{}, {}, { reason: 'nothing-payable' }] }));
  it('leaves disputed parts out, unless the policy does not', () => {
    const items = [item('1', 100, '2026-01-01', { disputedMinor: 60 }), item('2', 80, '2026-02-01')];
    expect(planApplication(receipt(40), items, policy)).toMatchObject({ rule: 'exact', shares: [{ itemId: '1', minor: 40 }] });
    expect(planApplication(receipt(100), items, policy).shares).toEqual([{ itemId: '1', minor: 40 }, { itemId: '2', minor: 60 }]);
    expect(planApplication(receipt(100), items, { ...policy, disputedOnlyByReference: false })).toMatchObject({ rule: 'exact', shares: [{ itemId: '1', minor: 100 }] });
  });
});

describe('a receipt that names documents', () => {
  const items = [item('1', 100, '2026-01-01'), item('2', 80, '2026-02-01')];
  it('pays what it names in its text, not what is older', () => expect(planApplication(receipt(80, { remittance: 'thanks, r-2!' }), items, policy)).toMatchObject({ rule: 'reference', shares: [{ itemId: '2', minor: 80 }] }));
  it('pays a disputed item that it names', () => expect(planApplication(receipt(100, { named: [name('R-1')] }), [item('1', 100, '2026-01-01', { disputedMinor: 100 })], policy).shares).toEqual([{ itemId: '1', minor: 100 }]));
  it('pays the stated amounts', () => expect(planApplication(receipt(90, { named: [name('R-1', 30), name('R-2', 60)] }), items, policy).shares).toEqual([{ itemId: '1', minor: 30 }, { itemId: '2', minor: 60 }]));
  it('pays the instalment that is due first', () => {
    const instalments = [item('2', 50, '2026-03-01', { references: ['INV-1'] }), item('1', 50, '2026-02-01', { references: ['INV-1'] })];
    expect(planApplication(receipt(70, { named: [name('INV-1')] }), instalments, policy).shares).toEqual([{ itemId: '1', minor: 50 }, { itemId: '2', minor: 20 }]);
  });
  it('leaves what is too much unapplied: the first success ends it', () => expect(planApplication(receipt(150, { named: [name('R-1')] }), items, policy).shares).toEqual([{ itemId: '1', minor: 100 }]));
  it('goes on with the next rule when what it names is known and settled', () => {
    const plan = planApplication(receipt(80, { named: [name('R-0')], known: new Set(['R-0']) }), items, policy);
    expect(reasons(plan.trace)).toEqual(['reference: named-not-open', 'exact: applied']);
  });
});

describe('a receipt that names a document not known yet', () => {
  const items = [item('1', 100, '2026-01-01')];
  it('waits for it and falls through to no other rule', () => {
    const plan = planApplication(receipt(100, { named: [name('R-9')] }), items, policy);
    expect(plan).toMatchObject({ rule: undefined, shares: [], holds: [{ references: ['R-9'], minor: 100 }] });
    expect(reasons(plan.trace)).toEqual(['reference: held-for-unknown-document', 'exact: nothing-left-to-apply', 'oldest-first: nothing-left-to-apply']);
  });
  it('holds back the stated amount alone', () => expect(planApplication(receipt(140, { named: [name('R-9', 40)] }), items, policy)).toMatchObject({ rule: 'exact', shares: [{ itemId: '1', minor: 100 }], holds: [{ references: ['R-9'], minor: 40 }] }));
  it('pays what is known and holds the rest', () => expect(planApplication(receipt(140, { named: [name('R-1'), name('R-9')] }), items, policy)).toMatchObject({ rule: 'reference', shares: [{ itemId: '1', minor: 100 }], holds: [{ references: ['R-9'], minor: 40 }] }));
  it('pays it when it has arrived, and is then free', () => {
    const holds = [{ references: ['R-9', 'R-8'], minor: 70 }];
    const first = planApplication(receipt(70, { holds }), [item('9', 50, '2026-01-01')], policy);
    expect(first).toMatchObject({ rule: 'reference', shares: [{ itemId: '9', minor: 50 }], holds: [{ references: ['R-8'], minor: 20 }] });
    expect(planApplication(receipt(20, { holds: first.holds }), [item('8', 15, '2026-01-01')], policy)).toMatchObject({ shares: [{ itemId: '8', minor: 15 }], holds: [] });
  });
  it('still waits when something else arrives', () => expect(reasons(planApplication(receipt(70, { holds: [{ references: ['R-9'], minor: 70 }] }), items, policy).trace)[0]).toBe('reference: still-held'));
});

describe('a step', () => {
  const step = { rule: 'reference', minor: 10000, candidates: 2, references: ['R-1'], applied: [{ itemId: 'oit_1', minor: 6000 }], heldMinor: 4000 } as const;
  it.each<[StepReason, string]>([
    ['applied', '100.00 EUR to apply, 2 open: 60.00 EUR to oit_1 for R-1; 40.00 EUR wait'], ['nothing-named', 'the payer names no document that is known here'], ['named-not-open', 'R-1: known, but nothing of it is open'],
    ['held-for-unknown-document', 'R-1: 40.00 EUR wait for a document that is not known yet'], ['still-held', '40.00 EUR still wait for R-1'], ['no-item-of-exactly-that', 'none of 2 open items is payable with exactly 100.00 EUR'],
    ['nothing-payable', '100.00 EUR to apply, but no open item is payable'], ['first-item-does-not-fit', '100.00 EUR do not cover the oldest of 2 open items, and parts are not allowed'], ['nothing-left-to-apply', 'all that is left waits for named documents'],
  ])('tells %s in words', (reason, words) => expect(explain({ ...step, reason }, 'EUR')).toBe(words));
});
