import { describe, expect, it } from '@jest/globals';
import { ratioOf, reached, tableOf, toJson, type Row } from './bench-table.js';

const rate: Row = { name: 'unary-command', unit: 'calls/s', better: 'higher', ours: 3_000, baseline: 5_000, against: 'bare echo', goal: 0.6 };
const time: Row = { name: 'aging-customer', unit: 'ms', better: 'lower', ours: 4.25, baseline: null, against: 'one of 10,000 customers', goal: 20 };

describe('a rate', () => {
  it('reaches its goal when its ratio to the baseline does', () => {
    expect(ratioOf(rate)).toBe(0.6);
    expect(reached(rate)).toBe(true);
    expect(reached({ ...rate, ours: 2_999 })).toBe(false);
  });
  it('reaches nothing against a baseline that did nothing', () => { expect(reached({ ...rate, baseline: 0 })).toBe(false); });
});

describe('a time', () => {
  it('reaches its goal up to the very limit', () => {
    expect(reached({ ...time, ours: 20 })).toBe(true);
    expect(reached({ ...time, ours: 20.01 })).toBe(false);
  });
});

describe('the table', () => {
  it('shows each row with its ratio and whether the goal was reached', () => {
    expect(tableOf([rate, time, { ...time, name: 'told', goal: null }]).slice(1)).toEqual([
      ['unary-command', 'calls/s', '3,000', '5,000', '0.60', '≥ 0.6', 'yes', 'bare echo'],
      ['aging-customer', 'ms', '4.25', '–', '–', '≤ 20.0 ms', 'yes', 'one of 10,000 customers'],
      ['told', 'ms', '4.25', '–', '–', '–', '', 'one of 10,000 customers'],
    ]);
  });
});

describe('the figures for programs', () => {
  it('have four digits, and null where there is nothing to compare', () => {
    expect(toJson([{ ...rate, ours: 3_333.333 }, time], [{ process: 'credit', atRestMib: 99.6, underLoadMib: 200.2 }])).toEqual({
      rows: [
        { name: 'unary-command', unit: 'calls/s', ours: 3_333, baseline: 5_000, ratio: 0.6667, goal: 0.6, against: 'bare echo', reached: true },
        { name: 'aging-customer', unit: 'ms', ours: 4.25, baseline: null, ratio: null, goal: 20, against: 'one of 10,000 customers', reached: true },
      ],
      memory: [{ process: 'credit', at_rest_mib: 100, under_load_mib: 200 }],
    });
  });
});
