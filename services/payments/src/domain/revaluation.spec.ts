import { describe, expect, it } from '@jest/globals';
import { isRefusal } from '@ar/domain/decider.js';
import { isOutdated, type OpenInBase, revaluation, type RevaluationCommand, type RevaluationEvent } from './revaluation.js';

const usd: OpenInBase = { currency: 'USD', rate: '0.95', openMinor: 200_00, carriedMinor: 184_00, unappliedMinor: 0, unappliedCarriedMinor: 0, worthMinor: 190_00, lossesMinor: 1_50 };
const chf: OpenInBase = { currency: 'CHF', rate: '1.01', openMinor: 50_00, carriedMinor: 52_00, unappliedMinor: 0, unappliedCarriedMinor: 0, worthMinor: 50_50, lossesMinor: 1_50 };
const asked = (more: Partial<RevaluationCommand> = {}): RevaluationCommand => ({ type: 'Revalue', lastOn: '2026-02-28', method: 'closing-rate', by: 'anna', base: 'EUR', openFrom: '', openSince: '2026-03-02', waiting: 0, policyVersion: 3, open: [usd, chf], unread: [], leftOut: [], ...more });
const after = (history: readonly RevaluationEvent[]) => history.reduce((state, e) => revaluation.evolve(state, e), revaluation.initial);
function decided(history: readonly RevaluationEvent[], command: RevaluationCommand): readonly RevaluationEvent[] {
  const answer = revaluation.decide(command, after(history));
  if (isRefusal(answer)) throw new Error(answer.refused);
  return answer;
}
const bookedIn = (events: readonly RevaluationEvent[]) => events.map((e) => [e.type, e.effectiveOn, Object.fromEntries(e.currencies.map((c) => [c.currency, c.bookedMinor]))]);

describe('what is open at the end of a period', () => {
  it.each([['closing-rate', { USD: 6_00, CHF: -1_50 }], ['losses-only', { USD: -1_50, CHF: -1_50 }]] as const)('is revalued by %s on its last day, and back on the next', (method, booked) =>
    expect(bookedIn(decided([], asked({ method })))).toEqual([['PeriodRevalued', '2026-02-28', booked], ['RevaluationReversed', '2026-03-01', booked]]));
  it('is worth what it is booked with by the booking rate, of which none is needed', () => expect(decided([], asked({ method: 'booking-rate', open: [{ ...usd, rate: '', worthMinor: 0 }] }))).toMatchObject([{ currencies: [{ differenceMinor: 0, bookedMinor: 0 }] }, {}]));
  it('is said to be worth what it was where nothing is, once', () => {
    const nothing = decided([], asked({ open: [] }));
    expect([nothing, decided(nothing, asked({ open: [] }))]).toMatchObject([[{ type: 'PeriodRevalued', currencies: [] }, { type: 'RevaluationReversed' }], []]);
  });
  it('has what was not read beside it, which is not in it', () => expect([decided([], asked({ unread: [17, 19] }))[0], decided([], asked())[0]]).toEqual([expect.objectContaining({ unread: [17, 19] }), expect.not.objectContaining({ unread: expect.anything() })]));
  it('tells what is not booked and so left out, where anything is', () => {
    const leftOut = [{ currency: 'CHF', openMinor: 0, unappliedMinor: 7_00 }];
    expect([decided([], asked({ leftOut }))[0], decided([], asked())[0]]).toEqual([expect.objectContaining({ leftOut }), expect.not.objectContaining({ leftOut: expect.anything() })]);
  });
  it('is not revalued where one of its currencies has no rate', () => expect(revaluation.decide(asked({ open: [usd, { ...chf, rate: '' }] }), after([]))).toEqual({ refused: 'exchange-rate-missing', detail: { from: 'CHF', to: 'EUR', date: '2026-02-28' } }));
  it('needs a day that is over', () => expect(revaluation.decide(asked({ lastOn: '2026-03-02' }), after([]))).toMatchObject({ refused: 'period-not-over' }));
  it('needs a day that is open', () => expect(revaluation.decide(asked({ openFrom: '2026-03-01' }), after([]))).toMatchObject({ refused: 'period-closed' }));
  it('needs that nothing waits for repair', () => expect(revaluation.decide(asked({ waiting: 2 }), after([]))).toMatchObject({ refused: 'events-parked' }));
});

describe('money of customers that is unapplied', () => {
  const owed: OpenInBase = { ...usd, unappliedMinor: 50_00, unappliedCarriedMinor: 45_00, worthMinor: 190_00 - 47_50, lossesMinor: 1_50 + 2_50 };
  it.each([['closing-rate', 6_00 - 2_50], ['losses-only', -4_00], ['booking-rate', 0]] as const)('is a loss where it is worth more, by %s', (method, differenceMinor) =>
    expect(decided([], asked({ method, open: [owed] }))[0]!.currencies).toEqual([{ currency: 'USD', rate: '0.95', openMinor: 200_00, carriedMinor: 184_00, unappliedMinor: 50_00, unappliedCarriedMinor: 45_00, differenceMinor, bookedMinor: differenceMinor }]));
  it('makes a day outdated that was revalued without it', () => expect(isOutdated(after(decided([], asked({ open: [usd] }))), '2026-02-28', [owed])).toBe(true));
});

describe('a day that was revalued', () => {
  const before = decided([], asked());
  it('is not revalued again where nothing has changed', () => expect([decided(before, asked()), isOutdated(after(before), '2026-02-28', [usd, chf])]).toEqual([[], false]));
  it('books what has changed, and takes back what is gone', () => {
    const now = [{ ...usd, worthMinor: 191_00 }];
    expect([bookedIn(decided(before, asked({ open: now })))[0]![2], isOutdated(after(before), '2026-02-28', now)]).toEqual([{ USD: 1_00, CHF: 1_50 }, true]);
    expect(isOutdated(after([...before, ...decided(before, asked({ open: now }))]), '2026-02-28', now)).toBe(false);
  });
  it('is back at its booking rate when that is asked for', () => expect(bookedIn(decided(before, asked({ method: 'booking-rate' })))[0]![2]).toEqual({ USD: -6_00, CHF: 1_50 }));
  it('says nothing about another day', () => expect([isOutdated(after(before), '2026-02-27', []), bookedIn(decided(before, asked({ lastOn: '2026-02-27' })))[0]![2]]).toEqual([false, { USD: 6_00, CHF: -1_50 }]));
});
