import { expect, it } from '@jest/globals';
import { isSnapshotDue } from './decide.js';

it.each([[499, 0, 0, false], [500, 0, 0, true], [1_000, 501, 0, false], [1_001, 501, 0, true]])('a small state has a snapshot every 500 events: %i after %i', (version, last, bytes, due) => expect(isSnapshotDue(version, { version: last, bytes })).toBe(due));
it('a large state is not written over and over', () => {
  const written = (events: number, bytesOf: (version: number) => number) => {
    let [last, bytes] = [{ version: 0, bytes: 0 }, 0];
    for (let version = 1; version <= events; version++) if (isSnapshotDue(version, last)) { last = { version, bytes: bytesOf(version) }; bytes += last.bytes; }
    return bytes;
  };
  const growing = (version: number) => version * 130; // each event leaves something
  expect(written(100_000, growing)).toBeLessThan(100_000 * 1_200); // every 500 events it would be 1.3 GB
});
