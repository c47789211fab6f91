// One leader per task and database: whoever holds a session lock on a connection of its own.
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

export interface Leading { /** aborted when the lock was lost or leading is to end */ readonly signal: AbortSignal }

/** Runs `lead` whenever this process becomes the leader of `task`; ends with `signal`. What `lead` throws is told to `onError`, and the lock is given up for a while. */
export async function leading(url: string, task: string, signal: AbortSignal, lead: (leading: Leading) => Promise<void>, onError: (error: Error) => void, tryEveryMs = 250): Promise<void> {
  while (!signal.aborted) {
    const client = new pg.Client({ connectionString: url, application_name: `ar-leader-${task}`, keepAlive: true });
    const lost = new AbortController();
    const stop = AbortSignal.any([signal, lost.signal]);
    client.on('error', () => lost.abort());
    client.on('end', () => lost.abort());
    try {
      await client.connect();
      while (!stop.aborted) {
        const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock(7302, hashtext($1)) locked', [task]);
        if (rows[0]!.locked) { await lead({ signal: stop }); break; }
        await pause(tryEveryMs, undefined, { signal: stop }).catch(() => undefined);
      }
    } catch (error) {
      if (!signal.aborted) onError(error as Error);
    } finally {
      await client.end().catch(() => undefined); // gives the lock up, if the connection still has it
    }
    if (!signal.aborted) await pause(tryEveryMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
  }
}
