import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { creditAccount, type CreditAccountCommand, type CreditAccountEvent } from './credit-account.js';

const { given } = testing(creditAccount);

const customerId = 'c1';
const hold = { overLimit: true, pastDueDays: 30, quietDaysAfterRelease: 7, version: 3 };
const policies = { reservation: { days: 14, version: 2 }, creditHold: hold };
const eur = (minor: number) => ({ minor, currency: 'EUR' });

const limitOf1000: CreditAccountEvent = { type: 'CreditLimitSet', customerId, currency: 'EUR', limit: { kind: 'amount', minor: 1_000_00 }, previous: null, reason: 'new' };
const reserve = { type: 'Reserve', customerId, reservationId: 'rsv_1', amount: eur(600_00), expiresOn: '', orderNumber: 'PO-1', today: '2026-03-02', risks: [], policies } as const satisfies CreditAccountCommand;
const reserved: CreditAccountEvent = { type: 'CreditReserved', customerId, reservationId: 'rsv_1', amount: eur(600_00), expiresOn: '2026-03-16', orderNumber: 'PO-1', policyVersion: 2, trace: [] };
const cancel = { type: 'CancelReservation', customerId, reservationId: 'rsv_1', reason: 'no order' } as const satisfies CreditAccountCommand;
const convert = { type: 'Convert', customerId, reservationId: 'rsv_1', invoiceId: 'inv_1', today: '2026-03-16' } as const satisfies CreditAccountCommand;
const review = (today: string, openMinor = 0, dueOn?: string) =>
  ({ type: 'Review', customerId, today, risks: [{ currency: 'EUR', openMinor: BigInt(openMinor), unappliedMinor: 0n, oldest: dueOn ? { itemId: 'oit_1', dueOn } : null }], policy: hold }) as const;
const byHand: CreditAccountEvent = { type: 'CreditHoldPlaced', customerId, reasons: ['manual'], manual: true, trace: [], reason: 'bad news', policyVersion: 0 };
const held = (...reasons: ('over-limit' | 'past-due')[]): CreditAccountEvent => ({ type: 'CreditHoldPlaced', customerId, reasons, manual: false, trace: [], reason: '', policyVersion: 3 });
const released = (quietUntil: string): CreditAccountEvent => ({ type: 'CreditHoldReleased', customerId, reasons: ['past-due'], manual: true, reason: 'talked to them', quietUntil, policyVersion: 3 });

describe('a limit', () => {
  it('is set, and says what it was before', () => {
    given().when({ type: 'SetLimit', customerId, currency: 'EUR', limit: { kind: 'amount', minor: 1_000_00 }, reason: 'new' }).then(limitOf1000);
    given(limitOf1000).when({ type: 'SetLimit', customerId, currency: 'EUR', limit: { kind: 'unlimited' }, reason: 'trusted' })
      .then({ type: 'CreditLimitSet', customerId, currency: 'EUR', limit: { kind: 'unlimited' }, previous: { kind: 'amount', minor: 1_000_00 }, reason: 'trusted' });
  });
});

describe('a customer with a limit of 1,000', () => {
  const answer = (command: CreditAccountCommand, ...facts: CreditAccountEvent[]) => creditAccount.decide(command, [limitOf1000, ...facts].reduce((s, e) => creditAccount.evolve(s, e), creditAccount.initial));
  it('gets 600 for an order, by policy for 14 days, with the rules that passed', () => {
    const [event] = answer(reserve) as CreditAccountEvent[];
    expect(event).toEqual({ ...reserved, trace: expect.any(Array) });
    expect((event as unknown as { trace: { passed: boolean }[] }).trace.map((r) => r.passed)).toEqual([true, true, true, true, true]);
  });
  it('gets it until the day that the caller names', () => expect(answer({ ...reserve, expiresOn: '2026-03-02' })).toMatchObject([{ expiresOn: '2026-03-02', policyVersion: 0 }]));
  it('cannot name yesterday, nor a day more than a year ahead', () => {
    given(limitOf1000).when({ ...reserve, expiresOn: '2026-03-01' }).thenRefused('expiry-in-past');
    given(limitOf1000).when({ ...reserve, expiresOn: '2027-03-03' }).thenRefused('expiry-too-far');
  });
  it('does not get a second 600: the first is exposure', () => given(limitOf1000, reserved).when({ ...reserve, reservationId: 'rsv_2' }).thenRefused('credit-limit-exceeded'));
  it('gets it once the first has lapsed, even before it is closed', () => expect(answer({ ...reserve, reservationId: 'rsv_2', today: '2026-03-17' }, reserved)).toMatchObject([{ type: 'CreditReserved' }]));
  it('gets nothing in another currency, or where the limit is none', () => {
    given(limitOf1000).when({ ...reserve, amount: { minor: 1, currency: 'USD' } }).thenRefused('limit-not-set');
    given({ ...limitOf1000, limit: { kind: 'none' } } as CreditAccountEvent).when(reserve).thenRefused('credit-limit-exceeded');
  });
  it('gets nothing on hold, whoever placed it, nor with an item too long past due', () => {
    given(limitOf1000, byHand).when(reserve).thenRefused('credit-on-hold');
    given(limitOf1000, held('past-due')).when(reserve).thenRefused('credit-on-hold');
    given(limitOf1000).when({ ...reserve, risks: [{ currency: 'EUR', openMinor: 1n, unappliedMinor: 0n, oldest: { itemId: 'oit_1', dueOn: '2026-01-01' } }] }).thenRefused('credit-on-hold');
  });
});

describe('an open reservation', () => {
  const facts = [limitOf1000, reserved];
  it('is given back', () => given(...facts).when(cancel).then({ type: 'ReservationCancelled', customerId, reservationId: 'rsv_1', amount: eur(600_00), reason: 'no order' }));
  it('is converted by the invoice that names it, on its last day too', () => given(...facts).when(convert).then({ type: 'ReservationConverted', customerId, reservationId: 'rsv_1', amount: eur(600_00), invoiceId: 'inv_1' }));
  it('is not converted the day after', () => given(...facts).when({ ...convert, today: '2026-03-17' }).thenNothing());
  it('expires the day after its last', () => {
    given(...facts).when(review('2026-03-16')).thenNothing();
    given(...facts).when(review('2026-03-17')).then({ type: 'ReservationExpired', customerId, reservationId: 'rsv_1', amount: eur(600_00), expiredOn: '2026-03-16' });
  });
  it('is made once', () => given(...facts).when(reserve).thenRefused('reservation-exists'));
});

describe.each<[string, CreditAccountEvent]>([
  ['converted', { type: 'ReservationConverted', customerId, reservationId: 'rsv_1', amount: eur(600_00), invoiceId: 'inv_1' }],
  ['cancelled', { type: 'ReservationCancelled', customerId, reservationId: 'rsv_1', amount: eur(600_00), reason: 'no order' }],
  ['expired', { type: 'ReservationExpired', customerId, reservationId: 'rsv_1', amount: eur(600_00), expiredOn: '2026-03-16' }],
])('a reservation that was %s', (_how, end) => {
  it('keeps nothing any more, and stops no invoice', () => {
    given(limitOf1000, reserved, end).when(convert).thenNothing();
    given(limitOf1000, reserved, end).when(review('2026-04-01')).thenNothing();
  });
  it('cannot be given back, and its id is used for ever', () => {
    given(limitOf1000, reserved, end).when(cancel).thenRefused('reservation-not-open');
    given(limitOf1000, reserved, end).when(reserve).thenRefused('reservation-exists');
  });
});

describe('no reservation', () => {
  it('cannot be given back, whatever word it is called by', () => {
    given(limitOf1000).when(cancel).thenRefused('reservation-not-found');
    given(limitOf1000).when({ ...cancel, reservationId: 'constructor' }).thenRefused('reservation-not-found');
  });
  it('is converted by an invoice that names it anyway', () => given(limitOf1000).when(convert).thenNothing());
});

describe('a review', () => {
  const shape = (facts: CreditAccountEvent[], command: CreditAccountCommand) => creditAccount.decide(command, facts.reduce((s, e) => creditAccount.evolve(s, e), creditAccount.initial));
  it('places a hold above the limit, with the rule', () =>
    expect(shape([limitOf1000], review('2026-03-02', 1_000_01))).toEqual([{ ...held('over-limit'), trace: [expect.objectContaining({ rule: 'limit', passed: false })] }]));
  it('places one for an item too long past due', () => expect(shape([limitOf1000], review('2026-03-02', 1_00, '2026-01-30'))).toMatchObject([{ reasons: ['past-due'] }]));
  it('says nothing anew while the reasons are the same', () => given(limitOf1000, held('over-limit')).when(review('2026-03-03', 2_000_00)).thenNothing());
  it('tells when the reasons change', () => expect(shape([limitOf1000, held('over-limit')], review('2026-03-02', 1_00, '2026-01-30'))).toMatchObject([{ type: 'CreditHoldPlaced', reasons: ['past-due'] }]));
  it('releases when no reason is left', () =>
    given(limitOf1000, held('over-limit', 'past-due')).when(review('2026-03-03')).then({ type: 'CreditHoldReleased', customerId, reasons: ['over-limit', 'past-due'], manual: false, reason: '', quietUntil: '', policyVersion: 3 }));
  it('never releases a hold by hand', () => given(limitOf1000, byHand).when(review('2026-03-03')).thenNothing());
  it('adds its reasons to a hold by hand and takes them off again', () => {
    expect(shape([limitOf1000, byHand], review('2026-03-03', 2_000_00))).toMatchObject([{ reasons: ['manual', 'over-limit'], manual: false }]);
    expect(shape([limitOf1000, { ...byHand, reasons: ['manual', 'over-limit'] } as CreditAccountEvent], review('2026-03-03'))).toMatchObject([{ reasons: ['manual'] }]);
  });
  it('adds no reason for 7 days after a release by hand, and does on the eighth', () => {
    const facts = [limitOf1000, held('past-due'), released('2026-03-09')];
    given(...facts).when(review('2026-03-09', 2_000_00, '2026-01-01')).thenNothing();
    expect(shape(facts, review('2026-03-10', 2_000_00, '2026-01-01'))).toMatchObject([{ reasons: ['over-limit', 'past-due'] }]);
  });
  it('counts only what was not used when a reservation lapses on the same day', () =>
    expect((shape([limitOf1000, reserved], review('2026-03-17', 500_00)) as CreditAccountEvent[]).map((e) => e.type)).toEqual(['ReservationExpired']));
});

describe('a hold by hand', () => {
  it('is placed beside the reasons in force', () => given(limitOf1000, held('over-limit')).when({ type: 'PlaceHold', customerId, reason: 'bad news' }).then({ ...byHand, reasons: ['manual', 'over-limit'] } as CreditAccountEvent));
  it('is placed once', () => given(byHand).when({ type: 'PlaceHold', customerId, reason: 'again' }).thenRefused('hold-in-force'));
  const release = { type: 'ReleaseHold', customerId, reason: 'talked to them', today: '2026-03-02', policy: hold } as const;
  it('is released by hand, with all reasons and quiet days', () =>
    given({ ...byHand, reasons: ['manual', 'past-due'] } as CreditAccountEvent).when(release).then({ ...released('2026-03-09'), reasons: ['manual', 'past-due'] } as CreditAccountEvent));
  it('has no quiet days where policy gives none', () => given(held('past-due')).when({ ...release, policy: { ...hold, quietDaysAfterRelease: 0 } }).then(released('')));
  it('is not released twice', () => given(byHand, released('2026-03-09')).when(release).thenRefused('no-hold-in-force'));
});
