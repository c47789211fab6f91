import { describe, expect, it } from '@jest/globals';
import { restate, type Open } from './restating.js';

const open = (currency: string, ...minors: readonly bigint[]): Open => ({ currency, buckets: minors.map((openMinor) => ({ openMinor, count: openMinor === 0n ? 0 : 1 })), unappliedMinor: 0n });
const rates = [{ currencyCode: 'USD', rate: '0.9234' }, { currencyCode: 'JPY', rate: '0.0061' }];
const restated = (all: readonly Open[]) => restate(all, rates, 'EUR', '2026-03-31');

describe('what is open in several currencies', () => {
  it('is what its parts are worth in one, each rounded once', () => expect(restated([open('EUR', 100_00n, 0n), open('USD', 1n, 10_05n), open('JPY', 1_000n, 0n)])).toEqual({
    buckets: [{ openMinor: 100_00n + 1n + 6_10n, count: 3 }, { openMinor: 9_28n, count: 1 }], unappliedMinor: 0n, rates,
  }));
  it('has its unapplied cash apart', () => expect(restated([{ ...open('USD', 0n), unappliedMinor: 100_00n }])).toMatchObject({ buckets: [{ openMinor: 0n }], unappliedMinor: 92_34n }));
  it('is exact beyond the range of amounts', () => expect(restate([open('USD', 10n ** 18n)], [{ currencyCode: 'USD', rate: '0.5' }], 'EUR', '2026-03-31')).toMatchObject({ buckets: [{ openMinor: 5n * 10n ** 17n }] }));
  it('needs a rate of everything that is open, and of nothing else', () => {
    expect(restated([open('EUR', 1n), open('CHF', 5n)])).toEqual({ refused: 'exchange-rate-missing', detail: { from: 'CHF', to: 'EUR', date: '2026-03-31' } });
    expect(restated([open('EUR', 1n), open('CHF', 0n)])).toMatchObject({ buckets: [{ openMinor: 1n }], rates: [] });
  });
});
