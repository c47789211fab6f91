import { describe, expect, it } from '@jest/globals';
import { countedFrom } from './counted.js';

describe('an event decided for a day', () => {
  it('counts on that day while nothing is closed', () => {
    const events = [{ type: 'Paid', effectiveOn: '2026-01-15' }];
    expect(countedFrom('', events)).toBe(events);
  });

  it('counts on that day in an open period', () => {
    expect(countedFrom('2026-01-15', [{ type: 'Paid', effectiveOn: '2026-01-15' }])).toEqual([{ type: 'Paid', effectiveOn: '2026-01-15' }]);
  });

  it('counts from the first open day where its period is closed, and keeps its own day', () => {
    expect(countedFrom('2026-02-01', [{ type: 'Paid', effectiveOn: '2026-01-15' }])).toEqual([{ type: 'Paid', effectiveOn: '2026-02-01', originalOn: '2026-01-15' }]);
  });

  it('has parts that count no earlier than what is open, each for itself', () => {
    const parts = [{ minor: 1, effectiveOn: '2026-01-15' }, { minor: 2, effectiveOn: '2026-02-03' }];
    expect(countedFrom('2026-02-01', [{ type: 'Paid', effectiveOn: '2026-02-03', parts }])).toEqual([{ type: 'Paid', effectiveOn: '2026-02-03', parts: [{ minor: 1, effectiveOn: '2026-02-01' }, parts[1]] }]);
  });

  it('counts on the business date when it has no day, which is always open', () => {
    const event = { type: 'Held', because: null, holds: [{ minor: 1 }] };
    expect(countedFrom('2026-02-01', [event])[0]).toBe(event);
  });
});
