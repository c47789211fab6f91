import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { daysAfter } from '@ar/domain/day.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { type Asking, delinquentDays, type History, isNews, MOST_ITEMS, type OpenItem, plan, recheck, remindedOf, totalsOf } from './dunning.js';

const nothingSaid: History = { reminded: {}, lastOn: '', pauses: [] };
const item = (itemId: string, dueOn: string, other: Partial<OpenItem> = {}): OpenItem => ({ itemId, documentNumber: `R-${itemId}`, dueOn, open: { minor: 10_000, currency: 'EUR' }, disputedMinor: 0, promisedFor: '', undelivered: [], ...other });
/** 2026-03-02 is a Monday. */
const asking = (today: string, items: readonly OpenItem[], { history = {}, cash = {}, policy = {} }: { history?: Partial<History>; cash?: Record<string, number | bigint>; policy?: Partial<typeof defaultPolicies.dunning> } = {}): Asking =>
  ({ today, standing: { items, cash: Object.fromEntries(Object.entries(cash).map(([currency, minor]) => [currency, BigInt(minor)])) }, history: { ...nothingSaid, ...history }, policy: { ...defaultPolicies.dunning, ...policy }, calendar: defaultPolicies.calendar });
const listed = (a: Asking) => plan(a).items.map((i) => `${i.itemId} ${i.level}`);
const held = (a: Asking) => plan(a).suppressed.map((s) => `${s.itemId} ${s.reason}`);

describe('the sum of a message', () => {
  const most = Number.MAX_SAFE_INTEGER;
  const three = ['a', 'b', 'c'].map((id) => item(id, '2026-03-06', { open: { minor: most, currency: 'EUR' } }));
  it('is exact when it is beyond any amount', () => expect(totalsOf(plan(asking('2026-03-09', three)).items)).toEqual([{ minor: 27_021_597_764_222_973n, currency: 'EUR' }]));
  it('is exactly less by what cash on account covers', () => {
    expect(listed(asking('2026-03-09', three, { cash: { EUR: 2n * BigInt(most) } }))).toEqual(['c 1']);
    expect(listed(asking('2026-03-09', three, { cash: { EUR: 2n * BigInt(most) - 1n } }))).toEqual(['b 1', 'c 1']);
  });
});

describe('an item that money is under way for', () => {
  const debit = { by: 'debit' as const, minor: 10_000, on: '2026-03-12' };
  const cheque = { by: 'receipt' as const, minor: 4_000, on: '2026-03-20' };
  it('is not asked for where all of it comes', () => {
    expect(plan(asking('2026-03-09', [item('a', '2026-03-06', { coming: [debit] })])).suppressed).toEqual([{ itemId: 'a', documentNumber: 'R-a', reason: 'being-collected', explanation: '100.00 EUR of R-a is collected by direct debit on 2026-03-12' }]);
    expect(held(asking('2026-03-09', [item('a', '2026-03-06', { coming: [{ ...cheque, minor: 10_000 }] })]))).toEqual(['a pending-receipt']);
  });
  it('is asked for what does not come, without what is disputed', () => {
    expect(plan(asking('2026-03-09', [item('a', '2026-03-06', { coming: [cheque], disputedMinor: 1_000 })])).items).toMatchObject([{ amount: { minor: 5_000 } }]);
    expect(held(asking('2026-03-09', [item('a', '2026-03-06', { coming: [], disputedMinor: 10_000 })]))).toEqual(['a disputed']);
  });
  it('is held back by the promise as long as that is not judged', () => expect(held(asking('2026-03-09', [item('a', '2026-03-06', { coming: [debit], promisedFor: '2026-03-20' })]))).toEqual(['a promised']));
  it('leaves cash on account to the others', () => expect(held(asking('2026-03-09', [item('a', '2026-03-05', { coming: [debit] }), item('b', '2026-03-06')], { cash: { EUR: 10_000 } }))).toEqual(['a being-collected', 'b unapplied-cash']));
  it('is left out of a message that was requested before', () => {
    const requested = { items: plan(asking('2026-03-09', [item('a', '2026-03-06')])).items, requestedOn: '2026-03-09' };
    expect(recheck(requested, asking('2026-03-09', [item('a', '2026-03-06', { coming: [debit] })]))).toMatchObject({ items: [], suppressed: [{ reason: 'being-collected' }] });
  });
});

describe('an item that is not due yet', () => {
  const due = item('a', '2026-03-06');
  it('is reminded of from three days before on', () => {
    expect(held(asking('2026-03-02', [due]))).toEqual(['a not-due-for-a-message']);
    expect(listed(asking('2026-03-03', [due]))).toEqual(['a 0']);
    expect(listed(asking('2026-03-06', [due]))).toEqual(['a 0']);
  });
  it('is reminded of once', () => { expect(held(asking('2026-03-05', [due], { history: { reminded: { a: { level: 0, beforeDue: true } } } }))).toEqual(['a already-sent']); });
  it('is left alone when the policy has no reminder before due', () => { expect(held(asking('2026-03-05', [due], { policy: { beforeDueDays: 0 } }))).toEqual(['a not-due-for-a-message']); });
});

describe('an item past due', () => {
  const due = item('a', '2026-03-06');
  const at = (level: number, lastOn = '2026-03-09'): Partial<History> => ({ lastOn, reminded: { a: { level, beforeDue: true } } });
  it('reaches level 1 at three days', () => {
    expect(held(asking('2026-03-08', [due], { policy: { workingDaysOnly: false } }))).toEqual(['a not-due-for-a-message']);
    expect(listed(asking('2026-03-09', [due]))).toEqual(['a 1']);
  });
  it('goes one level up per message, however late it is', () => { expect(listed(asking('2026-06-01', [due]))).toEqual(['a 1']); });
  it('reaches level 2 at fourteen days, level 3 at thirty, and no other', () => {
    expect(held(asking('2026-03-19', [due], { history: at(1) }))).toEqual(['a already-sent']);
    expect(listed(asking('2026-03-20', [due], { history: at(1) }))).toEqual(['a 2']);
    expect(listed(asking('2026-04-06', [due], { history: at(2) }))).toEqual(['a 3']);
    expect(held(asking('2026-06-01', [due], { history: at(3) }))).toEqual(['a already-sent']);
  });
  it('waits until seven days after the last message', () => {
    expect(held(asking('2026-03-23', [due], { history: at(1, '2026-03-17') }))).toEqual(['a too-soon']);
    expect(listed(asking('2026-03-24', [due], { history: at(1, '2026-03-17') }))).toEqual(['a 2']);
  });
  it('waits for a working day', () => {
    expect(held(asking('2026-03-14', [due]))).toEqual(['a not-a-working-day']);
    expect(listed(asking('2026-03-14', [due], { policy: { workingDaysOnly: false } }))).toEqual(['a 1']);
  });
  it('is not asked for while dunning is paused, and the paused days do not count', () => {
    const pauses = [{ pauseId: 'p', from: '2026-03-09', to: '2026-03-11', reason: 'asked us to', resumed: false }];
    expect(held(asking('2026-03-11', [due], { history: { pauses } }))).toEqual(['a not-due-for-a-message']);
    expect(held(asking('2026-03-11', [item('b', '2026-02-02')], { history: { pauses } }))).toEqual(['b paused']);
    expect(listed(asking('2026-03-12', [due], { history: { pauses } }))).toEqual(['a 1']);
    expect(delinquentDays('2026-03-06', '2026-03-12', pauses)).toBe(3);
    expect(delinquentDays('2026-03-10', '2026-03-12', pauses)).toBe(1);
  });
  it('stands still while its document is undelivered, from the day that is known to the one before it left anew', () => {
    const since = (from: string, to: string) => [{ ...due, undelivered: [{ from, to }] }];
    expect(held(asking('2026-03-20', since('2026-03-09', '')))).toEqual(['a undelivered']);
    expect(held(asking('2026-03-11', since('2026-03-09', '2026-03-11')))).toEqual(['a not-due-for-a-message']);
    expect(listed(asking('2026-03-12', since('2026-03-09', '2026-03-11')))).toEqual(['a 1']);
    expect(listed(asking('2026-03-20', since('2026-03-09', ''), { policy: { remindUndelivered: true } }))).toEqual(['a 1']);
    expect(held(asking('2026-03-04', since('2026-03-03', '')))).toEqual(['a undelivered']);
  });
  it('does not count a day twice on which its clock stood still for two reasons', () => {
    const still = [{ from: '2026-03-09', to: '2026-03-11' }, { from: '2026-03-10', to: '2026-03-12' }, { from: '2026-03-01', to: '2026-03-07' }, { from: '2026-03-14', to: '' }, { from: '2026-04-01', to: '2026-04-02' }] as const;
    expect([5, 6, 7, 8, 9, 12, 13, 14, 20].map((day) => delinquentDays('2026-03-06', `2026-03-${String(day).padStart(2, '0')}`, still))).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
  });
  it('is left out when all of it is disputed, and asked for without the disputed part', () => {
    expect(held(asking('2026-03-09', [{ ...due, disputedMinor: 10_000 }]))).toEqual(['a disputed']);
    expect(plan(asking('2026-03-09', [{ ...due, disputedMinor: 4_000 }])).items[0]!.amount).toEqual({ minor: 6_000, currency: 'EUR' });
  });
  it('is left out while a promise for it stands', () => { expect(held(asking('2026-03-09', [{ ...due, promisedFor: '2026-03-20' }]))).toEqual(['a promised']); });
  it('is left out when cash on account covers it, the oldest first and each whole', () => {
    const both = [item('b', '2026-03-05'), due];
    expect(held(asking('2026-03-09', both, { cash: { EUR: 10_000 } }))).toEqual(['b unapplied-cash']);
    expect(listed(asking('2026-03-09', both, { cash: { EUR: 10_000 } }))).toEqual(['a 1']);
    expect(listed(asking('2026-03-09', both, { cash: { EUR: 9_999, USD: 50_000 } }))).toEqual(['b 1', 'a 1']);
  });
  it('is left out below the minimum of its currency', () => {
    expect(held(asking('2026-03-09', [due], { policy: { minimum: '100.01' } }))).toEqual(['a below-minimum']);
    expect(listed(asking('2026-03-09', [due], { policy: { minimum: '100.00' } }))).toEqual(['a 1']);
  });
});

describe('a message', () => {
  it('lists everything past due with its own level, not only what caused it', () => {
    const items = [item('old', '2026-02-20'), item('new', '2026-03-06'), item('fresh', '2026-03-08'), item('later', '2026-03-11'), item('far', '2026-05-01')];
    const a = asking('2026-03-09', items, { history: { reminded: { old: { level: 2, beforeDue: true } } } });
    expect(listed(a)).toEqual(['old 2', 'new 1', 'fresh 0', 'later 0']);
    expect(held(a)).toEqual(['far not-due-for-a-message']);
  });
  it('is not sent for what was said already', () => {
    expect(listed(asking('2026-03-09', [item('old', '2026-03-01')], { history: { reminded: { old: { level: 1, beforeDue: true } } } }))).toEqual([]);
  });
  it('lists so many items at most, first of all those that cause it', () => {
    const many = Array.from({ length: MOST_ITEMS + 5 }, (_, i) => item(`m${String(i).padStart(4, '0')}`, '2026-01-05'));
    const reminded = Object.fromEntries(many.map((m) => [m.itemId, { level: 3, beforeDue: true }]));
    const { items } = plan(asking('2026-03-09', [...many, item('z', '2026-03-06')], { history: { reminded } }));
    expect(items).toHaveLength(MOST_ITEMS);
    expect(items.at(-1)!.itemId).toBe('z');
  });
});

describe('a requested message, decided again', () => {
  const due = [item('a', '2026-03-06'), item('b', '2026-03-05')];
  const requested = { requestedOn: '2026-03-09', items: plan(asking('2026-03-09', due)).items };
  const again = (items: readonly OpenItem[], other: Parameters<typeof asking>[2] = {}) => recheck(requested, asking('2026-03-09', items, other));
  it('leaves out an item that is due on another day by now: its new date causes a message of its own', () =>
    expect(again([item('a', '2026-04-30'), due[1]!])).toMatchObject({ items: [{ itemId: 'b' }], suppressed: [{ itemId: 'a', reason: 'not-due-for-a-message' }] }));
  it('asks for what is open now', () => { expect(again([{ ...due[0]!, open: { minor: 2_500, currency: 'EUR' } }, due[1]!]).items.map((i) => i.amount.minor)).toEqual([10_000, 2_500]); });
  it('leaves out what was paid, disputed, promised or covered meanwhile, each with its reason', () => {
    const reasons = (items: readonly OpenItem[], other = {}) => again(items, other).suppressed.map((s) => `${s.itemId} ${s.reason}`);
    expect(reasons([due[0]!])).toEqual(['b paid']);
    expect(reasons([due[0]!, { ...due[1]!, disputedMinor: 10_000 }])).toEqual(['b disputed']);
    expect(reasons([due[0]!, { ...due[1]!, promisedFor: '2026-03-20' }])).toEqual(['b promised']);
    expect(reasons(due, { cash: { EUR: 10_000 } })).toEqual(['b unapplied-cash']);
    expect(reasons(due, { policy: { minimum: '500' } })).toEqual(['b below-minimum', 'a below-minimum']);
    expect(reasons(due, { history: { pauses: [{ pauseId: 'p', from: '2026-03-09', to: '2026-03-09', reason: 'r', resumed: false }] } })).toEqual(['b paused', 'a paused']);
  });
  it('says nothing when nothing new is left', () => {
    const withOld = { requestedOn: '2026-03-09', items: [...requested.items, { ...requested.items[0]!, itemId: 'old', dueDate: '2026-02-01', level: 2 }] };
    const history = { reminded: { old: { level: 2, beforeDue: true } } };
    expect(recheck(withOld, asking('2026-03-09', [item('old', '2026-02-01')], { history })).items).toEqual([]);
    expect(recheck(withOld, asking('2026-03-09', [due[0]!, item('old', '2026-02-01')], { history })).items).toHaveLength(2);
  });
});

describe('two invoices of one customer, day by day', () => {
  // a is due on Friday 2026-03-06 and paid on 2026-03-25, b is due on Tuesday 2026-03-10 and paid on 2026-04-20. Computed by hand:
  it('are reminded of on five days', () => {
    const paid: Record<string, string> = { a: '2026-03-25', b: '2026-04-20' };
    const said: string[] = [];
    let history = nothingSaid;
    for (let today = '2026-03-01'; today <= '2026-04-30'; today = daysAfter(today, 1)) {
      const open = [item('a', '2026-03-06'), item('b', '2026-03-10')].filter((i) => paid[i.itemId]! >= today);
      const { items } = plan(asking(today, open, { history }));
      if (items.length === 0) continue;
      said.push(`${today}: ${items.map((i) => `${i.itemId}${i.level}`).join(' ')}`);
      history = told(history, items, today);
    }
    expect(said).toEqual([
      '2026-03-03: a0', // three days before a
      '2026-03-10: a1 b0', // seven days after the last message; a is four days past due, b is due today
      '2026-03-17: a1 b1', // b is seven days past due, a not yet at fourteen
      '2026-03-24: a2 b2', // eighteen and fourteen days
      '2026-04-09: b3', // thirty days
    ]);
  });
});

const told = (history: History, items: ReturnType<typeof plan>['items'], today: string): History => ({
  ...history, lastOn: today,
  reminded: { ...history.reminded, ...Object.fromEntries(items.map((i) => { const before = remindedOf(history, i.itemId); return [i.itemId, { level: Math.max(before.level, i.level), beforeDue: before.beforeDue || today <= i.dueDate }]; })) },
});

describe('whatever is open, day by day', () => {
  const open = fc.array(fc.record({ due: fc.integer({ min: 0, max: 60 }), paid: fc.integer({ min: 0, max: 120 }), minor: fc.integer({ min: 1, max: 1_000 }), disputed: fc.integer({ min: 0, max: 1_500 }), promised: fc.boolean() }), { minLength: 1, maxLength: 8 });
  it('a level is said once, one step at a time, on working days, with seven days between, and never what is paid, disputed or promised', () => {
    fc.assert(fc.property(open, fc.integer({ min: 0, max: 2_000 }), (facts, cash) => {
      let history = nothingSaid;
      for (let day = 0; day < 130; day++) {
        const today = daysAfter('2026-01-01', day);
        const standing = facts.flatMap((f, i) => (f.paid > day ? [item(`i${i}`, daysAfter('2026-01-01', f.due), { open: { minor: f.minor, currency: 'EUR' }, disputedMinor: Math.min(f.disputed, f.minor), promisedFor: f.promised ? '2026-12-31' : '' })] : []));
        const a = asking(today, standing, { history, cash: { EUR: cash } });
        const { items, suppressed } = plan(a);
        expect([...items, ...suppressed].map((i) => i.itemId).sort()).toEqual(standing.map((s) => s.itemId).sort()); // nothing is dropped without a word
        if (items.length === 0) continue;
        expect(items.some((i) => isNews(i, history, today))).toBe(true);
        expect([0, 6]).not.toContain(new Date(today).getUTCDay());
        if (history.lastOn !== '') expect(Date.parse(today) - Date.parse(history.lastOn)).toBeGreaterThanOrEqual(7 * 86_400_000);
        for (const i of items) {
          const fact = standing.find((s) => s.itemId === i.itemId)!;
          expect(i.amount.minor).toBe(fact.open.minor - fact.disputedMinor);
          expect(i.amount.minor).toBeGreaterThan(0);
          expect(fact.promisedFor).toBe('');
          expect(i.level - remindedOf(history, i.itemId).level).toBeLessThanOrEqual(1);
          if (i.level > 0) expect(i.dueDate < today).toBe(true);
        }
        history = told(history, items, today);
      }
    }), { numRuns: 60 });
  });
});
