import { describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { inPages, type PageOf } from './streaming.js';

/** Ten pages of three numbers, and which of them were read. */
function pages() {
  const read: number[] = [];
  return { read, page: async (token: string): Promise<PageOf<number>> => { const n = Number(token); read.push(n); return { answers: [3 * n + 1, 3 * n + 2, 3 * n + 3], nextPageToken: n < 9 ? String(n + 1) : '' }; } };
}
const soon = () => Date.now() + 5_000;
const untilQuiet = () => new Promise((resolve) => { setTimeout(resolve, 30); });
/** Writes what comes without asking whether there is room, as Nest does. */
async function write(to: PassThrough, from: AsyncIterable<number>): Promise<void> { for await (const answer of from) to.write(answer); to.end(); }
const taker = () => new PassThrough({ objectMode: true, highWaterMark: 2 });
const all = async (from: AsyncIterable<number>) => { const got: number[] = []; for await (const answer of from) got.push(answer); return got; };

describe('a stream of answers', () => {
  it('has all of them, in order', async () => {
    const to = taker();
    const written = write(to, inPages(pages().page, to, { deadline: soon(), cancelled: () => false }));
    expect(await all(to)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    await written;
  });

  it('reads one page for a caller who takes nothing, and goes on when it does', async () => {
    const { page, read } = pages();
    const to = taker();
    const written = write(to, inPages(page, to, { deadline: soon(), cancelled: () => false }));
    await untilQuiet();
    expect(read).toEqual([0]);
    expect((await all(to)).length).toBe(30);
    await written;
    expect(read.length).toBe(10);
  });

  it('ends when the caller is gone', async () => {
    const { page, read } = pages();
    const to = taker();
    let gone = false;
    const written = write(to, inPages(page, to, { deadline: soon(), cancelled: () => gone }));
    await untilQuiet();
    gone = true;
    to.emit('cancelled');
    await written;
    expect(read).toEqual([0]);
  });

  it('says so when the deadline passes first, and leaves nobody listening', async () => {
    const { page, read } = pages();
    const to = taker();
    await expect(write(to, inPages(page, to, { deadline: Date.now() + 40, cancelled: () => false }))).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    expect([read, to.listenerCount('cancelled')]).toEqual([[0], 0]);
  });
});
