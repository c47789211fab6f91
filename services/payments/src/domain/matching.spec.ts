import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Clues, findMatches, type Matchable, nameWords, reasonsOf, totalOf } from './matching.js';

const item = (itemId: string, more: Partial<Matchable> = {}): Matchable => ({ customer: 'c1', customerName: 'Ada Byron GmbH', accountKnown: false, itemId, documentNumber: `R-${itemId}`, references: [`RE-2026-${itemId}`], openMinor: 100_00, dueOn: '2026-03-01', ...more });
const clues = (more: Partial<Clues> = {}): Clues => ({ payer: '', name: '', words: new Set(), minor: 100_00, ...more });
const exactly = { limitMinor: 0, hundredths: null, bankChargesMinor: [] };
const find = (of: Clues, items: readonly Matchable[], applyFrom = 900, recommendFrom = 1, allowed = exactly) => findMatches(of, items, allowed, { applyFrom, recommendFrom });
const points = (of: Clues, more: Partial<Matchable> = {}) => find(of, [item('001', more)], 0).recommend[0]?.points;

describe('the points of an open item', () => {
  it.each<[string, Partial<Clues>, Partial<Matchable>, number]>([
    ['a payer that is known', { payer: 'c1' }, {}, 400], ['an account that has paid for the customer before', {}, { accountKnown: true }, 400], ['the name, in any order and case, without accents', { name: 'BYRON GMBH, Adá' }, {}, 300],
    ['a name within the other', { name: 'Byron' }, {}, 200], ['another name', { name: 'Grace Hopper' }, { references: ['RE-2026-001'] }, 0],
  ])('for %s', (_what, of, more, expected) => expect(points(clues({ words: new Set(['RE-2026-001']), ...of }), more)!.payer).toBe(expected));
  it.each([['RE-2026-001', 350], ['RE-2026-0O1', 200], ['RE-2026-01', 200], ['RE-2026-0001', 200], ['RE-2026-XX1', 0], ['E-2026-01', 0]])('for the number written as %s', (word, expected) => expect(points(clues({ payer: 'c1', words: new Set([word]) }))!.number).toBe(expected));
  it('for no other number where the number is short', () => expect(points(clues({ payer: 'c1', words: new Set(['R-2']) }), { references: ['R-1'] })!.number).toBe(0));
  it.each([[100_00, 250], [100_50, 150], [99_50, 150], [40_00, 50], [140_00, 0]])('for money of %d', (minor, expected) => expect(find(clues({ payer: 'c1', minor }), [item('001')], 0, 1, { ...exactly, limitMinor: 50 }).recommend[0]!.points.amount).toBe(expected));
  it('are none for the amount alone', () => expect(find(clues(), [item('001')])).toEqual({ apply: undefined, recommend: [] }));
  it('say what they are for', () => expect(reasonsOf(find(clues({ name: 'Ada Byron GmbH', words: new Set(['RE-2026-01']) }), [item('001')], 0).recommend[0]!, 'EUR')).toEqual(['300: the customer has the name of the payer', '200: the number is written but for one character', '250: exactly 100.00 EUR are open']));
});

describe('the best match', () => {
  const surely = clues({ payer: 'c1', words: new Set(['RE-2026-001']) });
  it('is applied from one threshold on, recommended from the other, and below that nothing is said', () => {
    expect(find(surely, [item('001'), item('777')])).toMatchObject({ apply: { itemId: '001', minor: 100_00 }, recommend: [] });
    expect(find(surely, [item('001')], 1_000, 1_000)).toMatchObject({ apply: { itemId: '001' } });
    expect(find(clues({ ...surely, minor: 30_00 }), [item('001')], 900, 800)).toMatchObject({ apply: undefined, recommend: [{ itemId: '001', minor: 30_00 }] });
    expect(find(clues({ ...surely, minor: 30_00 }), [item('001')], 900, 801)).toEqual({ apply: undefined, recommend: [] });
    expect(find(surely, [item('001')], 0, 0)).toEqual({ apply: undefined, recommend: [] });
  });
  it('is not applied where another is as good', () => expect(find(surely, [item('001'), item('002', { references: ['RE-2026-001'] })])).toMatchObject({ apply: undefined, recommend: [{ itemId: '001' }, { itemId: '002' }] }));
  it('of as many points is the one due first; five are recommended', () => {
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((id, i) => item(id, { dueOn: `2026-03-0${9 - i}` }));
    expect(find(clues({ payer: 'c1' }), many).recommend.map((m) => m.itemId)).toEqual(['f', 'e', 'd', 'c', 'b']);
  });
  it('has at most 1,000 points, never takes more than is open or came, and is in the order of its points', () => fc.assert(fc.property(
    fc.array(fc.record({ openMinor: fc.integer({ min: 1, max: 500 }), accountKnown: fc.boolean(), references: fc.array(fc.constantFrom('AAAAA', 'AAAAB', 'BBBBB'), { maxLength: 2 }) }), { maxLength: 12 }), fc.integer({ min: 1, max: 500 }), fc.subarray(['AAAAA', 'AAAA', 'BBBBB', 'CCCCC']), (of, minor, words) => {
      const items = of.map((o, i) => item(`i${i}`, o));
      const { recommend } = find(clues({ minor, words: new Set(words), name: 'Byron' }), items, 0);
      for (const m of recommend) expect(m.minor <= minor && m.minor <= items.find((i) => i.itemId === m.itemId)!.openMinor && totalOf(m.points) <= 1_000).toBe(true);
      expect(recommend.map((m) => totalOf(m.points))).toEqual(recommend.map((m) => totalOf(m.points)).sort((a, b) => b - a));
    })));
});

it('a name is its words', () => expect(nameWords('Müller & Söhne  GmbH')).toEqual(['MULLER', 'SOHNE', 'GMBH']));
