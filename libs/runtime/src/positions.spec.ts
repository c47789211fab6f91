import { describe, expect, it } from '@jest/globals';
import { type Marks, type Step, stepAfter } from './positions.js';

const asked: Step = { source: 'invoicing', sequence: 7, generation: 0 };
const at = (marks: Marks['marks'], reacted: Marks['reacted'] = {}): Marks => ({ partition: 0, marks, reacted });
const own = (sequence: number, generation: number): Step => ({ source: 'payments', sequence, generation });
const after = (step: Step, marks: Marks | undefined) => stepAfter(step, marks, 'payments');

describe('who waits for an event', () => {
  it('waits until it was read', () => {
    expect([after(asked, undefined), after(asked, at({ invoicing: 6 }))]).toEqual([asked, asked]);
    expect(after(asked, at({ invoicing: 7 }))).toBeUndefined();
  });
  it('waits for what was appended because of it', () => {
    expect(after(asked, at({ invoicing: 7, payments: 2 }, { invoicing: 3 }))).toEqual(own(3, 1));
    expect(after(own(3, 1), at({ invoicing: 7, payments: 3 }, { invoicing: 3 }))).toBeUndefined();
  });
  it('waits for what was appended because of that', () => {
    expect(after(own(3, 1), at({ invoicing: 7, payments: 3 }, { invoicing: 3, payments: 5 }))).toEqual(own(5, 2));
    expect(after(own(5, 2), at({ invoicing: 7, payments: 5 }, { invoicing: 3, payments: 5 }))).toBeUndefined();
    expect(after(asked, at({ invoicing: 9, payments: 3 }, { invoicing: 3, payments: 5 }))).toEqual(own(5, 2));
  });
  it('waits for its own event in the same way', () => {
    expect(after({ ...own(4, 0) }, at({ payments: 4 }, { payments: 6 }))).toEqual(own(6, 1));
    expect(after(own(6, 1), at({ payments: 6 }, { payments: 6 }))).toBeUndefined();
  });
  it('does not wait for what others cause meanwhile, however busy it is', () => {
    let step: Step | undefined = asked;
    let looks = 0;
    for (let read = 7; step; read += 10) { step = after(step, at({ invoicing: read, payments: read }, { invoicing: read + 5, payments: read + 9 })); looks++; } // there is always something that is not read yet
    expect(looks).toBe(5);
  });
});
