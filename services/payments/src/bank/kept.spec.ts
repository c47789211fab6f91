import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BankEntry, BankTransaction } from './bank-file.js';
import { KeptBytes, KeptEntries } from './kept.js';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'a\nb', '\u2028', 'ä', '\ud83d'));
const day = fc.constantFrom('', '2026-03-02');
const minor = fc.nat(Number.MAX_SAFE_INTEGER);
const shared = { credit: fc.boolean(), reference: text, endToEndId: text, code: text, returnCode: text, chargesMinor: minor, name: text, account: text, references: fc.array(text, { maxLength: 3 }), text };
const transaction: fc.Arbitrary<BankTransaction> = fc.record({ ...shared, minor: fc.option(minor) });
const advice = fc.constant({ digest: 'd', lines: [{ reference: 'R-1', minor: 1_00 }] as never });
const entry: fc.Arbitrary<BankEntry> = fc.record({
  ...shared, minor, currency: fc.constantFrom('EUR', 'JPY'), status: fc.constantFrom('booked' as const, 'pending' as const, 'information' as const), reversal: fc.boolean(), bookedOn: day, valueOn: day, transactions: fc.array(transaction, { maxLength: 3 }), advice,
}, { requiredKeys: ['minor', 'credit', 'reference', 'endToEndId', 'code', 'returnCode', 'chargesMinor', 'name', 'account', 'references', 'text', 'currency', 'status', 'reversal', 'bookedOn', 'valueOn', 'transactions'] });

describe('what was read and is kept', () => {
  const PART = 'part';
  const toldAgain = async (told: readonly (BankEntry | typeof PART)[]) => {
    const kept = new KeptEntries();
    for (const one of told) {
      if (one === PART) kept.part(); else kept.entry(one);
      await kept.settle();
    }
    await kept.end();
    const again: (BankEntry | typeof PART)[] = [];
    for await (const _ of kept.again({ entry: (e) => again.push(e), part: () => again.push(PART) })) continue;
    return again;
  };
  it('is told again as it was told', () => fc.assert(fc.asyncProperty(fc.array(fc.oneof(entry, entry, fc.constant(PART)), { maxLength: 30 }), async (told) => expect(await toldAgain(told)).toEqual(told))));
  it('is told in its order, of many blocks', async () => {
    const [one] = fc.sample(entry, { numRuns: 1, seed: 7 });
    const told = Array.from({ length: 6_000 }, (_, n) => ({ ...one!, reference: `B-${n}`, text: String(n).repeat(50) }));
    expect(await toldAgain(told)).toEqual(told);
  });

  it('is the bytes that came, whatever pieces they came in', () => fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 6 }), async (lengths) => {
    const pieces = lengths.map((length, n) => new Uint8Array(length).map((_, at) => (at * 31 + n) % 251));
    const kept = new KeptBytes();
    for (const piece of pieces) { kept.add(piece); await kept.settle(); }
    await kept.end();
    const again: Buffer[] = [];
    for await (const block of kept.all()) again.push(block);
    expect(Buffer.concat(again).equals(Buffer.concat(pieces))).toBe(true);
  }), { numRuns: 30 }));
});
