// One receipt against a customer with 10,000 open items, by every rule: what the rules cost must not be what anybody waits for. The bound is wide, for machines that do other things meanwhile.
import { expect, it } from '@jest/globals';
import { defaultPolicies } from '@ar/domain/policies.js';
import { type Payable, planApplication, type Rules, type ToApply } from './cash-application.js';
import { MOST_COMBINED } from './clearing.js';
import { findMatches } from './matching.js';

const items: readonly Payable[] = Array.from({ length: 10_000 }, (_, i) => ({ itemId: `oit_${i}`, references: [`R-${i}`, `INV_${i}`], openMinor: 10_000 + i * 7, disputedMinor: 0, dueOn: `2026-0${1 + (i % 9)}-1${i % 9}`, terms: `netDays ${i % 5}` }));
const rules: Rules = { ...defaultPolicies.application, rules: ['reference', 'exact', 'clear-account', 'clear-past-due', 'clear-past-due-by-terms', 'combination', 'oldest-first'], allowed: { limitMinor: 5, hundredths: 1, bankChargesMinor: [500] } };
const money = (minor: number, more: Partial<ToApply> = {}): ToApply => ({ minor, valueOn: '2026-06-10', holds: [], named: [], remittance: 'pays nothing that is known here', known: new Set(), ...more });
const median = (work: () => unknown) => {
  const times = Array.from({ length: 21 }, () => { const begun = performance.now(); work(); return performance.now() - begun; });
  times.sort((a, b) => a - b);
  return times[10]!;
};

it.each<[string, ToApply, Rules]>([
  ['that names one', money(10_539, { named: [{ reference: 'R-77', minor: null }] }), rules], ['that is enough for many', money(123_456_789), rules], ['that no rule applies', money(33), { ...rules, partialOnOldest: false }],
  ['by law', money(123_456_789), { ...rules, order: { by: 'law', priorities: [] } }],
])('a receipt %s', (_what, cash, by) => expect(median(() => planApplication(cash, items, by))).toBeLessThan(150));

it('a receipt that is matched by points', () => {
  const matchable = items.map((i) => ({ ...i, customer: 'c1', customerName: 'One', accountKnown: false, documentNumber: i.references[0]! }));
  const words = new Set(Array.from({ length: 50 }, (_, i) => `WORD-${i}X`));
  expect(median(() => findMatches({ payer: 'c1', name: '', words, minor: 33 }, matchable, rules.allowed!, { applyFrom: 900, recommendFrom: 500 }))).toBeLessThan(150);
});
it('a combination that nobody finds, with whatever a bank may have taken', () => {
  const open = Array.from({ length: MOST_COMBINED }, (_, i) => ({ itemId: `c${i}`, references: [], openMinor: 100_003 + i * 7_919 * (i + 3), disputedMinor: 0, dueOn: '2026-01-01' }));
  const allowed = { limitMinor: 0, hundredths: null, bankChargesMinor: Array.from({ length: 20 }, (_, i) => 101 + i * 37) };
  expect(median(() => planApplication(money(70_000_013), open, { ...rules, rules: ['combination'], allowed }))).toBeLessThan(120);
});
