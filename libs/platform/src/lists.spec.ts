import { describe, expect, it } from '@jest/globals';
import { ApiError } from './errors.js';
import { conditions, pageSizeOf, Pages, parseFilter } from './lists.js';

const columns = { customer_id: { sql: 'customer', type: 'text' as const }, total: { sql: 'total', type: 'number' as const }, on: { sql: 'issued', type: 'date' as const }, status: { sql: 'status', type: 'text' as const, value: (w: string) => (w === 'open' ? 'OPEN' : undefined) }, due: { sql: 'due', type: 'decimal' as const }, labels: { sql: 'l', type: 'labels' as const } };
const reason = (work: () => unknown): string => { try { work(); return 'accepted'; } catch (error) { return error instanceof ApiError ? error.reason : String(error); } };

describe('a filter', () => {
  it('is an AND of comparisons', () => expect(parseFilter('customer_id = "c 1" AND total>=100 AND on < 2026-01-01 AND status=open', columns).map((c) => [c.column.sql, c.operator, c.value])).toEqual([['customer', '=', 'c 1'], ['total', '>=', '100'], ['issued', '<', '2026-01-01'], ['status', '=', 'OPEN']]));
  it('may be empty', () => expect(parseFilter('  ', columns)).toEqual([]));
  it('keeps quotes inside', () => expect(parseFilter('customer_id:"a \\"b\\""', columns)[0]!.value).toBe('a "b"'));
  it.each(['nothing = 1', 'customer_id', 'customer_id = a b', 'total = many', 'on = 2026-02-30', 'total : 1', 'status = closed', 'customer_id = a OR total = 1', 'customer_id = a AND', `customer_id = "${'x'.repeat(1_000)}"`, `1 = 1; drop table x`, 'total = 1.5', 'total = 99999999999999999999', 'customer_id = "a\u0000"', 'constructor = 1', '__proto__ = 1', 'due = 1e3', 'due = 123456789012345678901', 'labels = x', 'labels. = x', 'labels.a : x', 'labels.a > x', 'labels.a b = x', 'customer_id.a = x'])('that says anything else is refused: %s', (filter) =>
    expect(reason(() => parseFilter(filter, columns))).toBe('FILTER_INVALID'));
});

describe('what a filter asks of the database', () => {
  const asked = (filter: string) => { const values: unknown[] = ['t']; return [conditions(filter, columns, values), values]; };
  it('has its values beside it, counted on from those that are there', () => expect(asked('customer_id : x AND due <= 12.50 AND on != 2026-01-01')).toEqual([['position(lower($2::text) in lower(customer)) > 0', 'due <= $3::numeric', 'issued <> $4::date'], ['t', 'x', '12.50', '2026-01-01']]));
  it('of a label is that the labels contain it, whatever its name', () => expect(asked('labels.cost_centre = X AND labels."a \\"b\\" c" != "d e"')).toEqual([['l @> $2::jsonb', 'not l @> $3::jsonb'], ['t', '{"cost_centre":"X"}', '{"a \\"b\\" c":"d e"}']]));
});

describe('a page token', () => {
  const pages = new Pages('a key of at least sixteen characters');
  const token = pages.token('invoices of t1', ['2026-01-01', 'inv_1']);
  it('leads to where the last page ended', () => expect(pages.after('invoices of t1', token)).toEqual(['2026-01-01', 'inv_1']));
  it('is bound to its list and arguments', () => expect(reason(() => pages.after('invoices of t2', token))).toBe('PAGE_TOKEN_INVALID'));
  it('is signed', () => expect([reason(() => pages.after('invoices of t1', `${token.slice(0, -2)}xx`)), reason(() => pages.after('invoices of t1', 'nonsense')), reason(() => new Pages('another key of sixteen characters').after('invoices of t1', token))]).toEqual(['PAGE_TOKEN_INVALID', 'PAGE_TOKEN_INVALID', 'PAGE_TOKEN_INVALID']));
});

describe('a page', () => {
  it('has 50 rows unless told, 500 at most', () => expect([pageSizeOf(0), pageSizeOf(7), pageSizeOf(501)]).toEqual([50, 7, 500]));
  it('has no negative size', () => expect(reason(() => pageSizeOf(-1))).toBe('FIELD_INVALID'));
});
