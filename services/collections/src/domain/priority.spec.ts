import { describe, expect, it } from '@jest/globals';
import { defaultPolicies } from '@ar/domain/policies.js';
import { pointsOf, priorityOf, type Ranked } from './priority.js';

const policy = { ...defaultPolicies.priority, version: 1 };
const ranked: Ranked = { today: '2026-03-31', pastDue: [{ currency: 'EUR', pastDueMinor: 1_234_56n, disputedMinor: 0n }], oldestDueOn: '2026-03-01', brokenPromises: 1, onHold: true, lastContactOn: '2026-03-24' };
const points = (more: Partial<Ranked>) => Object.fromEntries(pointsOf({ ...ranked, ...more }, policy).map((p) => [p.rule, p.points]));

describe('a priority', () => {
  it('is a sum of explained points', () => {
    expect(points({})).toEqual({ amount: 30, days: 15, 'broken-promises': 10, 'on-hold': 10, 'without-contact': 5, disputed: 0 });
    expect(priorityOf(pointsOf(ranked, policy))).toBe(70);
    expect(pointsOf(ranked, policy)[0]!.explanation).toBe('1234.56 EUR past due: 4 digits');
  });
  it('counts digits of whole units, from the second on, up to 40', () => {
    const amount = (pastDueMinor: number, currency = 'EUR') => points({ pastDue: [{ currency, pastDueMinor: BigInt(pastDueMinor), disputedMinor: 0n }] })['amount'];
    expect([amount(99), amount(9_99), amount(10_00), amount(1_000_000_00), amount(1_000, 'JPY')]).toEqual([0, 0, 10, 40, 30]);
  });
  it('caps days and broken promises', () => expect(points({ oldestDueOn: '2025-01-01', brokenPromises: 9 })).toMatchObject({ days: 30, 'broken-promises': 30 }));
  it('sees a contact of six days ago, and silence from seven', () => {
    expect(points({ lastContactOn: '2026-03-25' })['without-contact']).toBe(0);
    expect(points({ lastContactOn: '' })['without-contact']).toBe(5);
  });
  it('takes off the disputed share', () => expect(points({ pastDue: [{ currency: 'EUR', pastDueMinor: 100_00n, disputedMinor: 50_00n }] })['disputed']).toBe(-10));
  it('is explained to the cent when more is past due than any amount', () => expect(pointsOf({ ...ranked, pastDue: [{ currency: 'EUR', pastDueMinor: 27_021_597_764_222_973n, disputedMinor: 27_021_597_764_222_972n }] }, policy))
    .toMatchObject([{ rule: 'amount', points: 40, explanation: '270215977642229.73 EUR past due: 15 digits' }, {}, {}, {}, {}, { rule: 'disputed', points: -20 }]));
});
