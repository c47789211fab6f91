import { describe, expect, it } from '@jest/globals';
import type { LogRecord } from '@ar/event-log/event-log.js';
import { Lag } from './lag.js';

const T = Date.parse('2026-03-02T10:00:00Z');
const record = (offset: bigint, recordedAt: string): LogRecord => ({
  partition: 0, key: 't/c', offset, value: '{}', headers: { ce_source: '/ar/invoicing', ce_id: 'e', ce_type: 'x', ce_sequence: '1', ce_recordedtime: recordedAt },
});

/** A lag over a partition whose records are these, one per offset; how often the log was read is counted. */
function lagOver(...recordedAt: readonly string[]) {
  const read = { times: 0 };
  const errors: Error[] = [];
  const lag = new Lag({
    read: async (_partition, from, onBatch) => { read.times++; const at = recordedAt[Number(from)]; if (at !== undefined) await onBatch([record(from, at)]); },
  }, (error) => errors.push(error));
  return { lag, read, errors };
}

describe('a partition', () => {
  it('that is read to its end lags by nothing', () => {
    const { lag, read } = lagOver();
    expect([lag.seconds(0, 5, 5, T), lag.seconds(0, 6, 5, T), read.times]).toEqual([0, 0, 0]); // its end may be a second old
  });

  it('that lags for a moment is not looked into', () => {
    const { lag, read } = lagOver();
    expect([lag.seconds(0, 4, 5, T), lag.seconds(0, 4, 5, T + 900), lag.seconds(0, 5, 5, T + 1_500), lag.seconds(0, 5, 6, T + 2_000), read.times]).toEqual([0, 0, 0, 0, 0]);
  });

  it('that is read as fast as it is written lags by nothing, however often something is under way', () => {
    const { lag, read } = lagOver();
    expect(Array.from({ length: 60 }, (_, i) => lag.seconds(0, 10 * i, 10 * i + 5, T + 1_000 * i))).toEqual(Array.from({ length: 60 }, () => 0));
    expect(read.times).toBe(0);
  });

  it('that goes on lagging is as old as its oldest unread record', async () => {
    const { lag, read } = lagOver('2026-03-02T09:58:20Z', '2026-03-02T09:59:00Z');
    expect(lag.seconds(0, 0, 2, T)).toBe(0);
    expect(lag.seconds(0, 0, 2, T + 1_000)).toBe(1);
    await lag.settled();
    expect(lag.seconds(0, 0, 2, T + 2_000)).toBe(102);
    expect(lag.seconds(0, 1, 2, T + 6_500)).toBe(106); // looked at again
    await lag.settled();
    expect([lag.seconds(0, 1, 2, T + 7_000), read.times]).toEqual([67, 2]);
    expect(lag.seconds(0, 2, 2, T + 8_000)).toBe(0);
  });

  it('whose log does not answer lags at least since that was noticed', async () => {
    const errors: Error[] = [];
    const lag = new Lag({ read: () => Promise.reject(new Error('no broker')) }, (error) => errors.push(error));
    lag.seconds(0, 0, 2, T);
    expect(lag.seconds(0, 0, 2, T + 3_000)).toBe(3);
    await lag.settled();
    expect([lag.seconds(0, 0, 2, T + 4_000), errors.map((e) => e.message)]).toEqual([4, ['no broker']]);
  });
});
