import { describe, expect, it } from '@jest/globals';
import { ApiError } from './errors.js';
import { Fields } from './fields.js';

/** What is wrong, as `field reason`; empty when nothing is. */
const wrong = <M extends object>(message: M, read: (fields: Fields<M>) => void): string => {
  const fields = new Fields(message);
  read(fields);
  try { fields.done(); return ''; } catch (error) { return error instanceof ApiError ? error.message : String(error); }
};

describe('an id', () => {
  it('is letters, digits, _, - and .', () => expect(wrong({ itemId: 'inv_1-2.3' }, (f) => f.id('itemId'))).toBe(''));
  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('is not a word that every object answers to: %s', (id) => {
    expect(wrong({ itemId: id }, (f) => f.id('itemId'))).toBe(`item_id: ${id} is a reserved word`);
    expect(wrong({ customerId: id }, (f) => f.customer('customerId'))).toBe(`customer_id: ${id} is a reserved word`);
  });
  it.each(['a/b', '~unidentified', 'a b', 'é', 'x'.repeat(65)])('is nothing else: %s', (id) => expect(wrong({ customerId: id }, (f) => f.customer('customerId'))).toContain('customer_id: '));
});

describe('a text', () => {
  it.each(['\u0000', '\u0085', '\u009f', '\u007f', '\ufffe', '\uffff', '\n'])('has no control characters, and nothing that XML cannot hold: %j', (c) => expect(wrong({ note: `a${c}b` }, (f) => f.text('note', { max: 9 }))).toBe('note: has control characters'));
  it('may be in any script', () => expect(wrong({ note: 'Grüße, 你好 😀' }, (f) => f.text('note', { max: 20 }))).toBe(''));
});

describe('a query', () => {
  it('names its tenant', () => expect(wrong({ tenantId: 'A/b' }, (f) => f.tenant('tenantId'))).toContain('tenant_id: may hold'));
  it('looks up by text without control characters', () => {
    expect(wrong({ invoiceId: 'inv\u0000', pageSize: 3 }, (f) => f.everyText())).toBe('invoice_id: has control characters');
    expect(wrong({ invoiceId: 'ünknown /', pageSize: 3 }, (f) => f.everyText())).toBe('');
  });
});
