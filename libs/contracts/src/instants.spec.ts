import { describe, expect, it } from '@jest/globals';
import { AsOf, ResolvedAsOf } from './gen/ar/type/v1/as_of.js';

const sent = (instant: string) => AsOf.decode(AsOf.encode({ effectiveDate: '', known: { $case: 'knownAt', value: instant } }).finish()).known?.value;
const echoed = (instant: string) => ResolvedAsOf.decode(ResolvedAsOf.encode({ effectiveDate: '', known: 7n, knownAt: instant, closed: true }).finish()).knownAt;

describe('an instant on the wire', () => {
  it('is the same to the microsecond, as the store knows it: asked about again, it is the same past', () => {
    for (const instant of ['2026-11-22T00:27:13.123456Z', '2026-11-22T00:27:13.000001Z', '1969-12-31T23:59:59.999999Z', '2026-11-22T00:27:13.123456789Z']) expect([sent(instant), echoed(instant)]).toEqual([instant, instant]);
  });
  it('has three digits where more would be zeros, whatever it was written with', () => {
    for (const [written, read] of [['2026-11-22T00:27:13.500000Z', '2026-11-22T00:27:13.500Z'], ['2026-11-22T00:27:13Z', '2026-11-22T00:27:13.000Z'], ['2026-11-22T01:27:13.5+01:00', '2026-11-22T00:27:13.500Z']] as const) expect(sent(written)).toBe(read);
  });
});
