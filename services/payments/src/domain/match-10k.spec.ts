// One receipt against a customer with 10,000 open items, by every rule.
import { expect, it } from '@jest/globals';
import { defaultPolicies } from '@ar/domain/policies.js';
import { type Payable, planApplication as plan, type Rules, type ToApply } from './cash-application.js';
import { MOST_COMBINED } from './clearing.js';
import { findMatches } from './matching.js';
import { among } from './payables.world.js';

const planApplication = (cash: ToApply, items: readonly Payable[], rules: Rules) => plan(cash, among(items), rules);

const items: readonly Payable[] = Array.from({ length: 10_000 }, (_, i) => ({ itemId: `oit_${i}`, references: [`R-${i}`, `INV_${i}`], openMinor: 10_000 + i * 7, disputedMinor: 0, dueOn: `2026-0${1 + (i % 9)}-1${i % 9}`, terms: `netDays ${i % 5}` }));
const rules: Rules = { ...defaultPolicies.application, rules: ['reference', 'exact', 'clear-account', 'clear-past-due', 'clear-past-due-by-terms', 'combination', 'oldest-first'], allowed: { limitMinor: 5, hundredths: 1, bankChargesMinor: [500] } };
const money = (minor: number, more: Partial<ToApply> = {}): ToApply => ({ minor, valueOn: '2026-06-10', holds: [], named: [], remittance: 'pays nothing that is known here', known: new Set(), ...more });

it.each<[string, ToApply, Rules, string | undefined, number]>([
  ['that names one', money(10_539, { named: [{ reference: 'R-77', minor: null }] }), rules, 'reference', 1], ['that is enough for many', money(123_456_789), rules, 'oldest-first', 123_456_789],
  ['that no rule applies', money(33), { ...rules, partialOnOldest: false }, undefined, 0], ['by law', money(123_456_789), { ...rules, order: { by: 'law', priorities: [] } }, 'oldest-first', 123_456_789],
])('a receipt %s', (_what, cash, by, rule, atLeast) => {
  const plan = planApplication(cash, items, by);
  expect(plan.rule).toBe(rule);
  const used = plan.shares.reduce((sum, s) => sum + s.minor, 0);
  expect([used >= atLeast, used <= cash.minor]).toEqual([true, true]);
});

it('a receipt that no points find anything for', () => {
  const matchable = items.map((i) => ({ ...i, customer: 'c1', customerName: 'One', accountKnown: false, documentNumber: i.references[0]! }));
  const words = new Set(Array.from({ length: 50 }, (_, i) => `WORD-${i}X`));
  expect(findMatches({ payer: '', name: '', words, minor: 33 }, matchable, rules.allowed!, { applyFrom: 900, recommendFrom: 500 })).toEqual({ apply: undefined, recommend: [] });
});

it('a combination that nobody finds, with whatever a bank may have taken', () => {
  const open = Array.from({ length: MOST_COMBINED }, (_, i) => ({ itemId: `c${i}`, references: [], openMinor: 100_003 + i * 7_919 * (i + 3), disputedMinor: 0, dueOn: '2026-01-01' }));
  const allowed = { limitMinor: 0, hundredths: null, bankChargesMinor: Array.from({ length: 20 }, (_, i) => 101 + i * 37) };
  expect(planApplication(money(70_000_013), open, { ...rules, rules: ['combination'], allowed }).rule).toBeUndefined();
});
