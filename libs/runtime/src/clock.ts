// The one place where a wall clock becomes a fact: it opens each tenant's days when midnight has passed there. Several missed days are opened one by one.
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Commands } from './commands.js';
import { txOf } from './decide.js';
import type { Clock } from './forms.js';
import { leading } from './leader.js';
import { NoProjections, type Live } from './live.js';

export interface ClockOptions { readonly clock: Clock; readonly url: string; readonly live: Live; readonly commands: Commands; now(): Date; onError(error: Error): void; readonly everyMs?: number }

/** The day it is in a time zone (IANA name). */
export const dayIn = (timeZone: string, at: Date): string => new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);

/** Runs until `signal`: one leader opens the days of all tenants. */
export async function runClock({ clock, url, live, commands, now, onError, everyMs = 1_000 }: ClockOptions, signal: AbortSignal): Promise<void> {
  await leading(url, 'clock', signal, async ({ signal: leads }) => {
    while (!leads.aborted) {
      try {
        const behind = await live.transaction((client) => clock.behind(txOf(client), (timeZone) => dayIn(timeZone, now())));
        for (const { tenant, date, request } of behind) {
          const key = `~clock/${date}`;
          await commands.execute({ tenant, command: clock.open, request, key: `${tenant}/${key}`, hash: createHash('sha256').update(key).digest(), meta: { correlation: key, causation: '', actor: 'system:clock' } });
        }
        if (behind.length > 0) continue; // a tenant may be several days behind
      } catch (error) {
        if (!(error instanceof NoProjections)) onError(error as Error);
      }
      await pause(everyMs, undefined, { signal: leads }).catch(() => undefined);
    }
  }, onError);
}
