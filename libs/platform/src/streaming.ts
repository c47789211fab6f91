// Many answers to one call, page by page: the next page is read when the caller has taken the last one, so that a slow caller costs one page of memory, not a
// whole table. It ends when the caller is gone or its deadline has passed.
import { status as Code } from '@grpc/grpc-js';
import type { EventEmitter } from 'node:events';
import type { CallContext } from './call-context.js';
import { ApiError } from './errors.js';

/** Where answers are written: a server stream of grpc-js. */
export interface Taker extends Pick<EventEmitter, 'once' | 'off'> { readonly writableNeedDrain: boolean }
export interface PageOf<Res> { readonly answers: readonly Res[]; readonly nextPageToken: string }

export async function* inPages<Res>(page: (pageToken: string) => Promise<PageOf<Res>>, taker: Taker, { deadline, cancelled }: Pick<CallContext, 'deadline' | 'cancelled'>): AsyncGenerator<Res, void, undefined> {
  for (let pageToken: string | undefined = ''; pageToken !== undefined;) {
    if (cancelled()) return;
    if (Date.now() >= deadline) throw new ApiError(Code.DEADLINE_EXCEEDED, 'DEADLINE_EXCEEDED', 'the deadline passed before everything was sent');
    const { answers, nextPageToken }: PageOf<Res> = await page(pageToken);
    yield* answers;
    while (taker.writableNeedDrain && !cancelled() && Date.now() < deadline) await room(taker, deadline);
    pageToken = nextPageToken === '' ? undefined : nextPageToken;
  }
}

/** Waits until something may have changed: the caller took, is gone, or is out of time. */
async function room(taker: Taker, deadline: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, deadline - Date.now());
  for (const event of ['drain', 'cancelled', 'close']) taker.once(event, resolve);
  await promise;
  clearTimeout(timer);
  for (const event of ['drain', 'cancelled', 'close']) taker.off(event, resolve);
}
