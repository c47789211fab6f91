import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { comingMinor, comingOf, explainComing, type MayCome, type PendingReceipt } from './coming.js';

const day = '2026-03-20';
const item = (itemId: string, minor: number, ...debits: readonly (number | null)[]): MayCome => ({ itemId, currency: 'EUR', minor, debits: debits.map((d) => ({ minor: d, on: day })) });
const cheque = (minor: number, named: PendingReceipt['named'] = [], on = '2026-03-25', currency = 'EUR'): PendingReceipt => ({ minor, currency, on, named });
const covered = (items: readonly MayCome[], pending: readonly PendingReceipt[]) => Object.fromEntries([...comingOf(items, pending)].map(([id, of]) => [id, of.map((c) => `${c.by} ${c.minor} ${c.on}`).join(', ')]));

describe('a direct debit', () => {
  it('covers what it asks for, or all that is open', () => expect(covered([item('a', 100, 40), item('b', 100, null), item('c', 100)], [])).toEqual({ a: 'debit 40 2026-03-20', b: 'debit 100 2026-03-20' }));
  it('never covers more than what may be asked for', () => expect(covered([item('a', 30, 40), item('b', 0, null)], [])).toEqual({ a: 'debit 30 2026-03-20' }));
});

describe('a receipt that is not cash yet', () => {
  it('covers the item due first, and in part what it is not enough for', () => expect(covered([item('a', 100), item('b', 100), item('c', 100)], [cheque(150)])).toEqual({ a: 'receipt 100 2026-03-25', b: 'receipt 50 2026-03-25' }));
  it('covers the document that it names first, as far as it says', () => {
    expect(covered([item('a', 100), item('b', 100)], [cheque(100, [{ itemIds: ['b'], minor: null }])])).toEqual({ b: 'receipt 100 2026-03-25' });
    expect(covered([item('a', 100), item('b', 100)], [cheque(100, [{ itemIds: ['b'], minor: 60 }])])).toEqual({ a: 'receipt 40 2026-03-25', b: 'receipt 60 2026-03-25' });
  });
  it('waits for a document that is not there, and for one that is not looked at', () => {
    expect(covered([item('a', 100)], [cheque(100, [{ itemIds: [], minor: null }])])).toEqual({});
    expect(covered([item('a', 100)], [cheque(100, [{ itemIds: ['z'], minor: null }])])).toEqual({});
  });
  it('covers nothing in another currency', () => expect(covered([item('a', 100)], [cheque(100, [], day, 'USD')])).toEqual({}));
  it('comes after a debit, the one that comes first before others', () =>
    expect(covered([item('a', 100, 60)], [cheque(30, [], '2026-03-28'), cheque(30, [], '2026-03-22')])).toEqual({ a: 'debit 60 2026-03-20, receipt 30 2026-03-22, receipt 10 2026-03-28' }));
});

it('never comes to more than an item, nor of a receipt to more than it is (property)', () => {
  const minor = fc.integer({ min: 1, max: 500 });
  const items = fc.array(fc.record({ minor, asked: fc.option(minor) }), { maxLength: 5 }).map((of) => of.map(({ minor: m, asked }, n) => item(`i${n}`, m, ...(asked === null ? [] : [asked]))));
  const receipts = fc.array(fc.record({ minor, named: fc.array(fc.record({ itemIds: fc.subarray(['i0', 'i1', 'i2']), minor: fc.option(minor) }), { maxLength: 3 }) }), { maxLength: 4 }).map((of) => of.map((r) => cheque(r.minor, r.named)));
  fc.assert(fc.property(items, receipts, (of, pending) => {
    const coming = comingOf(of, pending);
    for (const i of of) expect(comingMinor(coming.get(i.itemId) ?? [])).toBeLessThanOrEqual(i.minor);
    const fromReceipts = [...coming.values()].flat().filter((c) => c.by === 'receipt').reduce((sum, c) => sum + c.minor, 0);
    expect(fromReceipts).toBeLessThanOrEqual(pending.reduce((sum, p) => sum + p.minor, 0));
  }));
});

it('says how much comes, how and when', () =>
  expect(explainComing([{ by: 'debit', minor: 6_000, on: day }, { by: 'receipt', minor: 4_000, on: '2026-03-25' }], 'EUR', 'R-a'))
    .toBe('60.00 EUR of R-a is collected by direct debit on 2026-03-20, 40.00 EUR of R-a is covered by a receipt that becomes cash on 2026-03-25'));
