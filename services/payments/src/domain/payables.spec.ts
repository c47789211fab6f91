// The rules see the same and do the same, whether items are looked for in the account or each of them is looked at.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ApplicationRule } from '@ar/domain/policies.js';
import { account, type AccountEvent, type AccountState, isVoiding, type Item, type OpenItem } from './account.js';
import { planApplication, type Rules, type ToApply } from './cash-application.js';
import { OpenItems } from './open-items.js';
import { payablesIn, together } from './payables.js';
import { among } from './payables.world.js';

const of = { customer: 'c1', currency: 'EUR' };
const day = (n: number) => `2026-01-${String(n + 1).padStart(2, '0')}`;
const DAYS = 12;

const item = fc.record({ document: fc.nat(5), instalment: fc.integer({ min: 1, max: 2 }), minor: fc.constantFrom(100, 200, 250, 300), due: fc.nat(DAYS), kind: fc.constantFrom('plain', 'plain', 'discount', 'late-charge', 'costs') })
  .map(({ document, instalment, minor, due, kind }): Item => ({
    itemId: `oit_${document}_${instalment}${kind}`, kind: kind === 'late-charge' || kind === 'costs' ? 'debit-note' : 'invoice', documentId: `inv_${document}`, documentNumber: `R-${document}`, references: [`R-${document}`, `ID-${document}-${kind}`],
    instalment, instalments: 2, originalMinor: minor, taxMinor: 0, issuedOn: day(0), dueOn: day(due), terms: `terms ${document % 2}`,
    ...(kind === 'discount' ? { discount: { tiers: [{ percent: '10', lastDay: day(6) }, { percent: '5', lastDay: day(9) }], baseMinor: minor, tax: 'never' as const, mode: 'earned-and-unearned' as const } } : {}),
    ...(kind === 'late-charge' || kind === 'costs' ? { charge: kind, chargedFor: `inv_${(document + 1) % 6}` } : {}),
  }));
/** Something that happens to one of the items that are open then. */
const step = fc.oneof(
  { weight: 4, arbitrary: item.map((posted) => ({ posted })) },
  { weight: 2, arbitrary: fc.record({ nth: fc.nat(20), does: fc.constantFrom('part', 'all', 'dispute', 'end', 'void', 'due' as const), n: fc.nat(DAYS) }) },
);
function eventOf(state: AccountState, made: typeof step extends fc.Arbitrary<infer S> ? S : never): AccountEvent | undefined {
  if ('posted' in made) return state.items.get(made.posted.itemId) ? undefined : { type: 'OpenItemPosted', ...of, item: made.posted, orderNumber: '', externalNumber: '', paymentReference: '', effectiveOn: day(0) };
  const open = state.items.values()[made.nth];
  if (!open) return undefined;
  const { openMinor: _o, freeFrom: _f, disputes: _d, uses: _u, ...posted } = open;
  const settling = (minor: number): AccountEvent => ({ type: 'OpenItemsSettled', ...of, groupId: 'g', receiptId: 'r', valueOn: day(0), applications: [{ item: posted, minor, openMinor: open.openMinor - minor, effectiveOn: day(0) }], effectiveOn: day(0) });
  switch (made.does) {
    case 'part': return open.openMinor > 50 ? settling(50) : undefined;
    case 'all': return settling(open.openMinor);
    case 'dispute': return { type: 'OpenItemDisputed', ...of, itemId: open.itemId, disputeId: 'd', minor: 10 * (made.n + 1) };
    case 'end': return { type: 'OpenItemDisputeEnded', ...of, itemId: open.itemId, disputeId: 'd' };
    case 'void': return { type: 'DocumentVoidPending', ...of, documentId: open.documentId, voidOn: day(0) };
    case 'due': return { type: 'OpenItemDueChanged', ...of, itemId: open.itemId, documentId: open.documentId, instalment: open.instalment, formerDueOn: open.dueOn, dueOn: day(made.n) };
  }
}
/** Every state on the way. */
const states = fc.array(step, { minLength: 1, maxLength: 30 }).map((steps) => {
  const all: AccountState[] = [account.initial];
  for (const made of steps) {
    const event = eventOf(all.at(-1)!, made);
    all.at(-1)!.items.index.between(0, 100); // it follows from here on
    if (event) all.push(account.evolve(all.at(-1)!, event));
  }
  return all;
});
const cash = fc.record({ minor: fc.constantFrom(50, 90, 100, 190, 200, 250, 299, 300, 450, 500, 2_000), value: fc.nat(DAYS), remittance: fc.constantFrom('', 'R-1', 'pays R-2 and ID-3-discount', 'nothing') })
  .map(({ minor, value, remittance }): ToApply => ({ minor, valueOn: day(value), holds: [], named: [], remittance, known: new Set() }));
const rule = fc.constantFrom<ApplicationRule>('reference', 'exact', 'clear-account', 'clear-past-due', 'clear-past-due-by-terms', 'combination', 'oldest-first');
const rules = fc.record({
  rules: fc.uniqueArray(rule, { minLength: 1 }), partialOnOldest: fc.boolean(), disputedOnlyByReference: fc.boolean(), discountOnFullPayment: fc.boolean(), withoutLateCharges: fc.boolean(),
  allowed: fc.record({ limitMinor: fc.constantFrom(0, 5), hundredths: fc.constantFrom(null, 1_00), bankChargesMinor: fc.constantFrom([], [10]) }),
  order: fc.record({ by: fc.constantFrom('due-date' as const, 'priority' as const, 'law' as const), priorities: fc.constant(['late-charge' as const, 'principal' as const]) }),
}) satisfies fc.Arbitrary<Rules>;
const takes = { takes: 'earned-and-unearned', graceDays: 1 } as const;

describe('open items', () => {
  it('lead to the same plan as when each is looked at', () => fc.assert(fc.property(states, cash, rules, (all, money, policy) => {
    for (const state of [all.at(-1)!, all[all.length >> 1]!]) {
      const payables = payablesIn(state, money.valueOn, takes);
      expect(planApplication(money, payables, policy)).toEqual(planApplication(money, among(payables.all()), policy));
      expect(payables.all().map((i) => i.itemId).sort()).toEqual(state.items.values().filter((i) => !isVoiding(state, i)).map((i) => i.itemId).sort());
      const [other] = all;
      expect(planApplication(money, together([payablesIn(other!, money.valueOn, takes), payables]), policy)).toEqual(planApplication(money, among(payables.all()), policy));
    }
  }), { numRuns: 1_000 }));

  it('are found in every version as in one that is made anew', () => fc.assert(fc.property(states, fc.array(fc.nat(30)), (all, order) => {
    const looked = (index: OpenItems) => [index.byAge, [...index.special].map((i: OpenItem) => i.itemId).sort(), index.between(100, 250), index.named(['R-1', 'ID-2-costs']), index.ofDocument('inv_1')];
    for (const n of order) { const { items } = all[n % all.length]!; expect(looked(items.index)).toEqual(looked(new OpenItems(items.values()))); }
  })));
});
