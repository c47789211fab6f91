// The accounting periods of a tenant's books (PAY-15, X-07).
//
// - A period is closed by its last day, with everything before it, when all days of it have been opened everywhere and the books agree: what is open and unapplied is the
//   balance of the control account, to the cent, and no event of the tenant waits for repair. Where its last day was revalued, what is open is still worth that.
// - Nothing that is recorded from then on counts on a day of it: what is decided for such a day counts from the first open day, and keeps its own.
// - The period that was closed last may be opened again, by someone else than closed it. What was booked meanwhile stays where it counts.
// - Books are kept of the last 60 periods; of earlier ones, that they are closed.
// - What belongs to the books of a tenant as a whole is on the reserved customer `~ledger`.
import type { Aggregate } from '@ar/domain/aggregate.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';

export const LEDGER = '~ledger';
/** One stream per tenant. */
export const BOOKS = 'ledger';
export const MOST_PERIODS = 60;

interface Money { readonly minor: number; readonly currency: string }
/** Per currency, what the journal and the open items say; they should be the same. */
export interface Tie { readonly currency: string; readonly controlMinor: number; readonly itemsMinor: number }

/** Each has `openFrom`, the first day that is open then; '': nothing is closed. The runtime reads it: `rt.open_dates`. */
export type PeriodEvent =
  | { type: 'PeriodClosed'; lastOn: Day; openFrom: Day; by: string; controlTotals: readonly Money[] }
  | { type: 'PeriodReopened'; lastOn: Day; openFrom: Day; by: string; reason: string };

export type PeriodCommand =
  /** `openSince`: the earliest business date of the tenant; `waiting`: how many of its events wait for repair; `ties` as of the last day. */
  | { type: 'Close'; lastOn: Day; by: string; openSince: Day; waiting: number; ties: readonly Tie[]; /** It was revalued, and what is open is worth something else now. */ outdated?: boolean }
  | { type: 'Reopen'; lastOn: Day; by: string; reason: string };

export type PeriodRefusal = 'period-closed' | 'period-not-over' | 'events-parked' | 'ledger-does-not-tie' | 'revaluation-outdated' | 'period-not-closed' | 'period-same-person';

export interface PeriodState { readonly openFrom: Day; /** The last ones, the latest last. */ readonly closed: readonly { readonly lastOn: Day; readonly by: string }[] }

export const period: Aggregate<PeriodState, PeriodCommand, PeriodEvent, PeriodRefusal> = {
  type: 'period',
  initial: { openFrom: '', closed: [] },
  customer: () => LEDGER,

  decide(command, { openFrom, closed }) {
    const { lastOn, by } = command;
    switch (command.type) {
      case 'Close': {
        const { openSince, waiting, ties } = command;
        const apart = ties.find((t) => t.controlMinor !== t.itemsMinor);
        if (lastOn < openFrom) return refuse('period-closed', { lastOn, openFrom });
        if (lastOn >= openSince) return refuse('period-not-over', { lastOn, businessDate: openSince });
        if (waiting > 0) return refuse('events-parked', { events: waiting });
        if (apart) return refuse('ledger-does-not-tie', { ...apart });
        if (command.outdated === true) return refuse('revaluation-outdated', { lastOn });
        return [{ type: 'PeriodClosed', lastOn, openFrom: daysAfter(lastOn, 1), by, controlTotals: ties.map(({ currency, controlMinor }) => ({ minor: controlMinor, currency })) }];
      }
      case 'Reopen': {
        const last = closed.at(-1);
        if (last?.lastOn !== lastOn) return refuse('period-not-closed', { lastOn, lastClosed: last?.lastOn ?? '' });
        if (last.by === by) return refuse('period-same-person', { lastOn, by });
        const before = closed.at(-2);
        return [{ type: 'PeriodReopened', lastOn, openFrom: before ? daysAfter(before.lastOn, 1) : '', by, reason: command.reason }];
      }
    }
  },

  evolve({ closed }, event) {
    switch (event.type) {
      case 'PeriodClosed': return { openFrom: event.openFrom, closed: [...closed, { lastOn: event.lastOn, by: event.by }].slice(-MOST_PERIODS) };
      case 'PeriodReopened': return { openFrom: event.openFrom, closed: closed.slice(0, -1) };
    }
  },
};
