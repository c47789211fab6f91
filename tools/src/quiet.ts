// When nothing is under way any more, told from the operations contract alone.
import type { GetProgressResponse } from '@ar/contracts/gen/ar/ops/v1/operations_service.js';
import { promised, type Clients } from './clients.js';

export class NeverQuiet extends Error {}

const look = (clients: Clients): Promise<GetProgressResponse[]> => Promise.all(Object.values(clients.operations).map((c) => promised(c, c.getProgress)({})));

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

/** Two rounds with equal heads, the second without anything under way. Answers the sum of the heads: the events recorded so far. */
export async function untilQuiet(clients: Clients, timeoutMs = 120_000): Promise<number> {
  const until = Date.now() + timeoutMs;
  let before = await look(clients);
  for (let waited = 0; ; waited++) {
    const now = await look(clients);
    const why = unrest(now);
    if (why === undefined && now.every((p, i) => p.head === before[i]!.head)) return now.reduce((sum, p) => sum + Number(p.head), 0);
    if (Date.now() > until) {
      const parked = now.find((p) => p.keysParked > 0n);
      const keys = parked ? await promised(clients.operations[parked.service as 'invoicing'], clients.operations[parked.service as 'invoicing'].listParkedKeys)({ pageSize: 3, pageToken: '' }) : undefined;
      throw new NeverQuiet(`not quiet after ${timeoutMs / 1_000} s: ${why ?? 'the heads keep moving'}${keys ? `\n${keys.parkedKeys.map((k) => `  ${k.customerId}: ${k.eventType} ${k.error}`).join('\n')}` : ''}`);
    }
    before = now;
    await new Promise((again) => { setTimeout(again, Math.min(50, 6 + waited)); });
  }
}
