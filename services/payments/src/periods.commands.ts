// Accounting periods: what must be known, what is decided. Both commands are decided alone: every command of the tenant is decided before them or after them.
import type { Day } from '@ar/domain/day.js';
import type { Command } from '@ar/runtime/forms.js';
import { type Settled, settledOf } from '@ar/runtime/settled.js';
import { BOOKS, period, type Tie } from './domain/period.js';
import { tiesOn } from './projections/journal.js';

const books = { aggregate: period, id: BOOKS };

export interface ClosePeriod { readonly lastOn: Day; readonly by: string }
export interface KnownOfBooks extends Settled { readonly ties: readonly Tie[] }

export const closePeriod: Command<ClosePeriod, KnownOfBooks> = {
  name: 'close-period',
  alone: true,
  streams: () => [books],
  async known(asked, tx) {
    const known: KnownOfBooks[] = [];
    for (const { tenant, request } of asked) known.push({ ...await settledOf(tx, tenant), ties: await tiesOn(tx, tenant, request.lastOn) });
    return known;
  },
  decide: (request, on) => void on.run(books, { type: 'Close', ...request, ...on.known }),
};

export interface ReopenPeriod { readonly lastOn: Day; readonly by: string; readonly reason: string }
export const reopenPeriod: Command<ReopenPeriod> = {
  name: 'reopen-period',
  alone: true,
  streams: () => [books],
  decide: (request, on) => void on.run(books, { type: 'Reopen', ...request }),
};
