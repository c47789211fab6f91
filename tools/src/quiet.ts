// When nothing is under way any more, told from the operations contract alone.
import { status as Code, type ServiceError } from '@grpc/grpc-js';
import type { GetProgressResponse } from '@ar/contracts/gen/ar/ops/v1/operations_service.js';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import { promised, type Clients } from './clients.js';

export class NeverQuiet extends Error {}

/** A round that takes longer is asked again without waiting: its answers tell what holds it up. */
const ROUND_WITHIN_MS = 5_000;

/** A round of the five: each answers when it has read what the round before had recorded, or when that does not come. */
const look = (clients: Clients, position: Position | undefined): Promise<GetProgressResponse[]> => Promise.all(Object.values(clients.operations).map(async (c) => {
  const ask = promised(c, c.getProgress);
  try { return await ask({ minPosition: position }, ROUND_WITHIN_MS); } catch (error) {
    if (![Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED].includes((error as ServiceError).code) || !position) throw error;
    return ask({ minPosition: undefined }); // its answer tells what holds it up
  }
}));

/** What a round had recorded. Where the log has one partition, everything goes there; otherwise what was published tells where. */
const recordedIn = (round: readonly GetProgressResponse[]): Position => ({ sequences: Object.fromEntries(round.flatMap(({ service, head, publishedMarks }) =>
  (publishedMarks.every((m) => m.partition === 0) ? [[`${service}/0`, head] as const] : publishedMarks.map((m) => [`${service}/${m.partition}`, m.sequence] as const)).filter(([, sequence]) => sequence > 0n))) });

/** Why a round is not quiet; undefined when it is. */
function unrest(round: readonly GetProgressResponse[]): string | undefined {
  for (const of of round) {
    if (of.published !== of.head) return `${of.service} has published ${of.published} of ${of.head}`;
    if (of.effectsPending > 0n) return `${of.service} has ${of.effectsPending} effects pending`;
    if (of.keysParked > 0n) return `${of.service} has ${of.keysParked} parked keys`;
    for (const source of round) for (const mark of source.publishedMarks) {
      const read = of.consumedMarks.find((m) => m.source === source.service && m.partition === mark.partition)?.sequence ?? 0n;
      if (read !== mark.sequence) return `${of.service} has read ${read} of ${source.service}'s ${mark.sequence} in partition ${mark.partition}`;
    }
    if (of.stoppedPartitions.length > 0) throw new NeverQuiet(`${of.service} stands still: ${of.stoppedPartitions[0]!.reason}`);
  }
  return undefined;
}

/** Two rounds with equal heads, the second without anything under way. Answers the sum of the heads: the events recorded so far. `after`: what is known to be under way. */
export async function untilQuiet(clients: Clients, timeoutMs = 120_000, after?: Position): Promise<number> {
  const until = Date.now() + timeoutMs;
  let before = await look(clients, after);
  for (;;) {
    const now = await look(clients, recordedIn(before));
    const why = unrest(now);
    const equal = now.every((p, i) => p.head === before[i]!.head);
    if (why === undefined && equal) return now.reduce((sum, p) => sum + Number(p.head), 0);
    if (Date.now() > until) {
      const parked = now.find((p) => p.keysParked > 0n);
      const keys = parked ? await promised(clients.operations[parked.service as 'invoicing'], clients.operations[parked.service as 'invoicing'].listParkedKeys)({ pageSize: 3, pageToken: '' }) : undefined;
      throw new NeverQuiet(`not quiet after ${timeoutMs / 1_000} s: ${why ?? 'the heads keep moving'}${keys ? `\n${keys.parkedKeys.map((k) => `  ${k.customerId}: ${k.eventType} ${k.error}`).join('\n')}` : ''}`);
    }
    before = now;
    if (equal) await new Promise((again) => { setTimeout(again, 4); }); // something is under way that no position tells: a mail, a record not sent yet
  }
}
