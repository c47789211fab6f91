import { describe, expect, it } from '@jest/globals';
import { InvoiceDraft } from '@ar/contracts/gen/ar/invoicing/v1/invoice.js';
import type { ApiError } from '@ar/platform/errors.js';
import { Fields } from '@ar/platform/fields.js';
import { readChanges, readContent } from './invoice-fields.js';

/** What a mask changes, or what is wrong. */
const changes = (draft: object, updateMask: readonly string[]) => {
  const message = InvoiceDraft.fromPartial(draft);
  const fields = new Fields(message);
  const read = readChanges(fields, fields as never, updateMask);
  try { fields.done(); return read; } catch (error) { return (error as ApiError).message; }
};

describe('a mask', () => {
  it('empties what it names and what is not given', () => expect(changes({}, ['note', 'labels', 'lines', 'terms', 'booking_rate', 'supply_date'])).toEqual({ note: '', labels: {}, lines: [], terms: {}, bookingRate: undefined, supplyDate: '' }));
  it('takes a booking rate away', () => expect('bookingRate' in (changes({}, ['booking_rate']) as object)).toBe(true));
  it('changes nothing that it does not name, and may name a field twice', () => expect(changes({ note: 'new', orderNumber: 'x' }, ['note', 'note'])).toEqual({ note: 'new' }));
  it.each(['customer_id', 'nothing', 'lines.description', 'labels.a', 'Note', '*', '__proto__', 'constructor'])('does not name %s', (path) => expect(changes({}, [path])).toContain('update_mask: may name'));
  it('names something', () => expect(changes({}, [])).toContain('update_mask: is required'));
});

describe('a discount', () => {
  const percents = (...of: readonly string[]) => {
    const fields = new Fields(InvoiceDraft.fromPartial({ customerId: 'c1', currencyCode: 'EUR', terms: { discount: { tiers: of.map((percent, i) => ({ days: 10 + i, percent })) } } }));
    readContent(fields, true);
    try { fields.done(); return ''; } catch (error) { return (error as ApiError).message; }
  };
  it.each(['100', '0100', '100.0', '0', '00.0'])('is between 0 and 100 percent: not %s', (percent) => expect(percents(percent)).toContain('above 0 and below 100'));
  it('falls from tier to tier', () => expect([percents('3', '2.5'), percents('2', '2.0')]).toEqual(['', expect.stringContaining('falling percents')]));
});
