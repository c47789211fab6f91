import { describe, expect, it } from '@jest/globals';
import { adviceOf, type Asking, automaticHold, checkCredit, exposureMinor, type Limit, type Standing } from './credit-check.js';

const policy = { overLimit: true, pastDueDays: 30, quietDaysAfterRelease: 7, version: 1 };
const most = Number.MAX_SAFE_INTEGER;
const standing: Standing = { limits: { EUR: { kind: 'amount', minor: 1_000_00 } }, reservedMinor: {}, holdReasons: [], quietUntil: '' };
const asking: Asking = { standing, risks: [], today: '2026-03-31', policy };
const owing = (openMinor: number | bigint, dueOn?: string, currency = 'EUR') => ({ currency, openMinor: BigInt(openMinor), unappliedMinor: 0n, oldest: dueOn ? { itemId: 'oit_1', dueOn } : null });
const failed = (about: Asking, currency = 'EUR', minor = 100_00) => checkCredit(about, currency, minor).filter((r) => !r.passed).map((r) => r.rule);
const advice = (about: Asking, currency = 'EUR', minor = 100_00) => adviceOf(checkCredit(about, currency, minor));
const with_ = (other: Partial<Standing>, more: Partial<Asking> = {}): Asking => ({ ...asking, ...more, standing: { ...standing, ...other } });

describe('exposure', () => {
  it('is open items and reservations less unapplied cash', () =>
    expect(exposureMinor(with_({ reservedMinor: { EUR: 50_00n } }, { risks: [{ ...owing(300_00), unappliedMinor: 20_00n }] }), 'EUR')).toBe(330_00n));
  it('is negative when more was paid than is owed', () => expect(exposureMinor({ ...asking, risks: [{ ...owing(0), unappliedMinor: 20_00n }] }, 'EUR')).toBe(-20_00n));
  it('is exact when it is beyond any amount, and so is what is decided on it', () => {
    const beyond = with_({ limits: { EUR: { kind: 'amount', minor: most } }, reservedMinor: { EUR: 1n } }, { risks: [{ ...owing(3n * BigInt(most)), unappliedMinor: 2n * BigInt(most) }] });
    expect(exposureMinor(beyond, 'EUR')).toBe(BigInt(most) + 1n);
    expect(automaticHold(beyond)).toMatchObject({ reasons: ['over-limit'], trace: [{ explanation: 'exposure 90071992547409.92 EUR and 0.00 EUR are above the limit of 90071992547409.91 EUR' }] });
    expect(automaticHold({ ...beyond, standing: { ...beyond.standing, reservedMinor: {} } }).reasons).toEqual([]);
  });
  it('does not mix currencies', () => expect(exposureMinor({ ...asking, risks: [owing(300_00, undefined, 'USD')] }, 'EUR')).toBe(0n));
});

describe('a credit check', () => {
  it('approves what reaches the limit exactly', () => expect(advice({ ...asking, risks: [owing(900_00)] })).toBe('approve'));
  it('asks a person when it is a cent above', () => {
    expect(failed({ ...asking, risks: [owing(900_01)] })).toEqual(['limit']);
    expect(advice({ ...asking, risks: [owing(900_01)] })).toBe('hold');
  });
  it('tells all five rules, with what they looked at', () => {
    const rules = checkCredit({ ...asking, risks: [owing(900_01)] }, 'EUR', 100_00);
    expect(rules.map((r) => r.rule)).toEqual(['manual-hold', 'limit-set', 'limit', 'past-due', 'hold']);
    expect(rules[2]).toEqual({
      rule: 'limit', passed: false, explanation: 'exposure 900.01 EUR and 100.00 EUR are above the limit of 1000.00 EUR',
      inputs: [{ name: 'exposure', value: '900.01 EUR' }, { name: 'amount', value: '100.00 EUR' }, { name: 'limit', value: '1000.00 EUR' }],
    });
  });
  it('lets an unlimited customer owe anything', () => expect(advice(with_({ limits: { EUR: { kind: 'unlimited' } } }, { risks: [owing(9_000_000_00)] }))).toBe('approve'));
  const none: Limit = { kind: 'none' };
  it('rejects where the limit is none', () => expect(advice(with_({ limits: { EUR: none } }))).toBe('reject'));
  it('rejects where no limit was ever set, in that currency', () => {
    expect(advice(with_({ limits: {} }))).toBe('reject');
    expect(failed(asking, 'USD')).toEqual(['limit-set', 'limit']);
  });
  it('takes a limit of 0 for what it is, not for unlimited', () => expect(failed(with_({ limits: { EUR: { kind: 'amount', minor: 0 } } }))).toEqual(['limit']));
  it('rejects on a hold by hand, and asks a person on another one', () => {
    expect(advice(with_({ holdReasons: ['manual'] }))).toBe('reject');
    expect(advice(with_({ holdReasons: ['past-due'] }))).toBe('hold');
  });
  it('lets an item be 30 days past due, not 31', () => {
    expect(failed({ ...asking, risks: [owing(100_00, '2026-03-01')] })).toEqual([]);
    expect(failed({ ...asking, risks: [owing(100_00, '2026-02-28')] })).toEqual(['past-due']);
  });
  it('sees late items in every currency', () => expect(failed({ ...asking, risks: [owing(100_00, '2026-02-28', 'USD')] })).toEqual(['past-due']));
  it('looks away in quiet days, and again from the day after', () => {
    const late = { risks: [owing(100_00, '2026-02-01')] };
    expect(failed(with_({ quietUntil: '2026-03-31' }, late))).toEqual([]);
    expect(failed(with_({ quietUntil: '2026-03-30' }, late))).toEqual(['past-due']);
  });
  it('allows any delay where the policy says 0', () => expect(failed({ ...asking, policy: { ...policy, pastDueDays: 0 }, risks: [owing(100_00, '2025-01-01')] })).toEqual([]));
});

describe('an automatic hold', () => {
  const reasons = (about: Asking) => automaticHold(about).reasons;
  it('has no reason at the limit, and one above it', () => {
    expect(reasons({ ...asking, risks: [owing(1_000_00)] })).toEqual([]);
    expect(reasons({ ...asking, risks: [owing(1_000_01)] })).toEqual(['over-limit']);
  });
  it('may have both reasons, and shows the rules that failed', () => {
    const found = automaticHold({ ...asking, risks: [owing(1_000_01, '2026-01-01')] });
    expect(found.reasons).toEqual(['over-limit', 'past-due']);
    expect(found.trace.map((r) => r.rule)).toEqual(['limit', 'past-due']);
  });
  it('counts a limit that was never set as none', () => expect(reasons({ ...asking, risks: [owing(1, undefined, 'USD')] })).toEqual(['over-limit']));
  it('sees reservations where nothing is open', () => expect(reasons(with_({ reservedMinor: { EUR: 1_000_01n } }))).toEqual(['over-limit']));
  it('does not look at the limit where policy does not', () => expect(reasons({ ...asking, policy: { ...policy, overLimit: false }, risks: [owing(1_000_01)] })).toEqual([]));
  it('gets no new reason in quiet days', () => expect(reasons(with_({ quietUntil: '2026-04-01' }, { risks: [owing(1_000_01, '2026-01-01')] }))).toEqual([]));
});
