import { describe, expect, it } from '@jest/globals';
import type { Aging } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { agingLine, minor, ratio, toJson } from './receivables.js';

describe('a sum beyond the range of amounts', () => {
  const all = { currencyCode: 'EUR', value: '270215977642229.73' };
  it('is read to the cent', () => expect([minor(all), minor({ value: '-0.05' }), minor({ value: '7' }), minor(undefined)]).toEqual([27_021_597_764_222_973n, -5n, 7n, 0n]));
  it('is written to the cent, as a number', () => {
    const aging: Aging = { currencyCode: 'EUR', buckets: [{ name: 'current', fromDays: undefined, toDays: undefined, open: all, openItems: 3n }], open: all, openItems: 3n, unapplied: undefined, controlTotal: all };
    expect(toJson({ aging: agingLine('2026-03-02', aging) })).toContain('"open_minor": 27021597764222973,\n    "open_count": 3,\n    "buckets_minor": {\n      "current": 27021597764222973\n    }');
  });
  it('has exact ratios', () => expect([ratio(minor(all) * 90n, minor(all)), ratio(1n, 3n), ratio(-5, 1_000), ratio(1n, 0n)]).toEqual(['90.00', '0.33', '-0.01', '0.00']));
});
