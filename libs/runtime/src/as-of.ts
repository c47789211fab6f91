// Which past a report is about: a day on which things count, and a position up to which they were known.
import type { Day } from '@ar/domain/day.js';
import { head, positionAt, read, type Client } from '@ar/event-store/store.js';
import type { Live } from './live.js';
import type { Positions } from './positions.js';
import { readPublished } from './relay.js';

export type KnownAs = { readonly at: string } | { readonly on: Day } | undefined;
export interface Resolved { readonly known: number; readonly knownAt: string | null; /** Whether the answer can no longer grow. */ readonly closed: boolean }

/** Resolves `known` to a position of this service's store; without one, everything recorded by now. The head is read for share: nothing earlier can come after it. */
export async function resolveKnown(live: Live, tenant: string, known: KnownAs): Promise<Resolved> {
  return live.transaction(async (client) => {
    if (known === undefined) { const now = await head(client); return { known: now.sequence, knownAt: now.recordedAt, closed: true }; }
    if ('at' in known) { const position = await positionAt(client, known.at); return { known: position, knownAt: await recordedAt(client, position), closed: true }; }
    await head(client, true);
    const { rows } = await client.query<{ partition: number; from_sequence: number | null }>(
      `select c.partition, (select b.from_sequence from rt.business_date b where b.tenant = $1 and b.partition = c.partition and b.date > $2 order by b.date limit 1) from_sequence from checkpoint c`, [tenant, known.on]);
    const closed = rows.every((r) => r.from_sequence !== null);
    const position = closed ? Math.max(0, ...rows.map((r) => r.from_sequence! - 1)) : (await head(client)).sequence;
    return { known: position, knownAt: await recordedAt(client, position), closed };
  });
}

const recordedAt = async (client: Client, position: number): Promise<string | null> => (position === 0 ? null : (await read(client, position - 1, 1))[0]?.recordedAt ?? null);

/** Waits until this service's projections show its own events up to a position: they come back to it through the log. */
export async function reachOwn(live: Live, positions: Positions, source: string, position: number, deadline: number): Promise<void> {
  for (;;) {
    const published = await readPublished(live.pool);
    if (published.sequence >= position)
      return positions.wait(Object.fromEntries(Object.entries(published.last).map(([p, sent]) => [`${source}/${p}`, sent.sequence])), deadline);
    if (Date.now() >= deadline) return positions.wait({ [`${source}/0`]: position }, deadline);
    await new Promise((resolve) => { setTimeout(resolve, 3); });
  }
}
