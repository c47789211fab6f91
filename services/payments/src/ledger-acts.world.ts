// Histories at random for the property tests of the ledger.
import fc from 'fast-check';
import { ReceiptStatus, type Receipt } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { moneyOf } from '@ar/domain/money.js';
import type { Consumed, Resource } from '@ar/runtime/forms.js';
import type { Act, Offer } from './ledger.world.js';

const n = fc.nat(20);
const back = fc.nat(12);
const minor = fc.integer({ min: 1, max: 500 });
/** A better percent ends earlier. */
const offer: fc.Arbitrary<Offer> = fc.record({
  tiers: fc.array(fc.record({ days: fc.integer({ min: 0, max: 30 }), units: fc.integer({ min: 1, max: 9_999 }) }), { minLength: 1, maxLength: 3 }).map((tiers) => {
    const [days, units] = [[...new Set(tiers.map((t) => t.days))].sort((a, b) => a - b), [...new Set(tiers.map((t) => t.units))].sort((a, b) => b - a)];
    return days.slice(0, units.length).map((d, i) => ({ days: d, percent: `${Math.floor(units[i]! / 100)}.${String(units[i]! % 100).padStart(2, '0')}` }));
  }),
  base: fc.integer({ min: 1, max: 100 }), tax: fc.constantFrom('on-early-payment' as const, 'never' as const, 'always' as const), mode: fc.constantFrom('earned' as const, 'earned-and-unearned' as const),
});
const weighted: readonly fc.WeightedArbitrary<Act>[] = [
  { weight: 3, arbitrary: fc.record({ act: fc.constant('pass' as const), days: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('post' as const), who: n, minor, instalments: fc.integer({ min: 1, max: 3 }), dueIn: fc.integer({ min: 0, max: 40 }), back, discount: fc.option(offer, { nil: null }) }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('receive' as const), who: n, minor, back, names: fc.option(n, { nil: null }), early: fc.boolean(), onAccount: fc.nat(9).map((x) => x === 0) }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constant('take' as const), who: n, item: n, tier: n, back }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('identify' as const), which: n, who: n }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('apply' as const), which: n, item: n, minor: fc.integer({ min: 1, max: 200 }) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('unapply' as const), which: n, group: n, back: fc.option(back, { nil: null }) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('answer' as const), which: n, match: fc.option(n, { nil: null, freq: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('deduct' as const), which: n, item: n, minor: fc.integer({ min: 1, max: 200 }), kept: fc.integer({ min: 1, max: 50 }) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('return' as const), which: n, back }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('reverse' as const), which: n, back: fc.option(back, { nil: null }) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('void' as const), which: n, lost: fc.boolean(), back }) },
  { weight: 5, arbitrary: fc.record({ act: fc.constant('credit' as const), who: n, of: fc.option(n, { nil: null, freq: 3 }), minor, back }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('apply-credit' as const), which: n, item: fc.option(n, { nil: null, freq: 3 }), minor: fc.integer({ min: 1, max: 200 }) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('unapply-credit' as const), which: n, group: n, back: fc.option(back, { nil: null }) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('charge' as const), who: n, minor, dueIn: fc.integer({ min: 0, max: 40 }), back }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constant('write-off' as const), who: n, item: n, second: fc.option(n, { nil: null }), minor: fc.option(fc.integer({ min: 1, max: 200 }), { nil: null }), allowance: fc.boolean(), waits: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('reverse-write-off' as const), which: n }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constant('recover' as const), which: n, receipt: fc.option(n, { nil: null, freq: 1 }), minor: fc.option(fc.integer({ min: 1, max: 200 }), { nil: null }) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('undo-recovery' as const), which: n, reverses: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('refund' as const), which: n, credit: fc.boolean(), minor: fc.option(fc.integer({ min: 1, max: 200 }), { nil: null }), waits: fc.boolean() }) },
  { weight: 9, arbitrary: fc.record({ act: fc.constant('with-refund' as const), which: n, how: fc.constantFrom('approve' as const, 'refuse' as const, 'expire' as const, 'cancel' as const, 'pay' as const, 'attempt' as const, 'unknown' as const, 'decline' as const, 'fail' as const, 'reverse' as const), back: fc.option(back, { nil: null }) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('close' as const), back: fc.nat(6) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('take-credit-on' as const), who: n, minor, number: n, back, receipt: fc.boolean(), onAccount: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('cancel-take-on' as const), which: n }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('take-on' as const), who: n, minor, number: n, back }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('reopen' as const) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('link' as const), ends: fc.nat(9).map((x) => x === 0) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('debit' as const), who: n, item: n, minor: fc.option(fc.integer({ min: 1, max: 100 }), { nil: null, freq: 1 }), how: fc.constantFrom('collect' as const, 'collect' as const, 'decline' as const, 'late' as const, 'gone' as const, 'told' as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('pay-link' as const), who: n, item: n, minor: fc.integer({ min: 1, max: 200 }) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('promise' as const), who: n, minor, days: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('mature' as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('bounce' as const), which: n }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('dispute' as const), who: n, item: n, minor: fc.integer({ min: 1, max: 100 }) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('end-dispute' as const), which: n }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('small' as const), who: n }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('advise' as const), who: n, item: n, second: fc.option(n, { nil: null }), kept: fc.nat(20), credit: fc.boolean(), how: fc.constantFrom('before' as const, 'after' as const, 'at-once' as const, 'person' as const) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('bank' as const), names: n, minor, back, told: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('finish' as const) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('move' as const), which: n, instalment: n, dueIn: fc.integer({ min: 0, max: 40 }) }) },
];

export const acts: fc.Arbitrary<readonly Act[]> = fc.array(fc.oneof(...weighted), { minLength: 1, maxLength: 45, size: 'max' });

/** Folds every receipt as callers see it; throws where its parts do not add up. */
export function receiptFoldOf(events: readonly Consumed[], resource: Resource<Receipt>): ReadonlyMap<string, Receipt> {
  const receipts = new Map<string, Receipt>();
  for (const e of events.filter((x) => resource.on.includes(x.type))) receipts.set(e.subject, resource.evolve(receipts.get(e.subject), e));
  for (const r of receipts.values()) {
    const of = (a: Receipt['amount']) => (a ? moneyOf(a).minor : 0);
    const passed = r.passedOn.filter((p) => !p.returned).reduce((sum, p) => sum + of(p.amount), 0);
    const groups = r.applicationGroups.filter((g) => !g.undone).reduce((sum, g) => sum + of(g.amount), 0);
    if (r.status === ReceiptStatus.PENDING ? of(r.applied) + of(r.unapplied) !== 0 : r.status !== ReceiptStatus.REVERSED ? of(r.applied) + of(r.unapplied) + of(r.refunded) + of(r.overpaid) + passed !== of(r.amount) || groups !== of(r.applied) : of(r.applied) + of(r.unapplied) + of(r.refunded) + of(r.overpaid) + groups !== 0) throw new Error(`the parts of ${r.receiptId} do not add up`);
  }
  return receipts;
}
