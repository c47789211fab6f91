// Accounting periods: what must be known, what is decided. Both commands are decided alone: every command of the tenant is decided before them or after them.
import type { Day } from '@ar/domain/day.js';
import type { Command } from '@ar/runtime/forms.js';
import { type Settled, settledOf } from '@ar/runtime/settled.js';
import { BOOKS, period, type Tie } from './domain/period.js';
import { type OpenInBase, isOutdated } from './domain/revaluation.js';
import { tiesOn } from './projections/journal.js';
import { openInBaseOn } from './projections/revaluations.js';
import { revaluations } from './revaluation.commands.js';

const books = { aggregate: period, id: BOOKS };

export interface ClosePeriod { readonly lastOn: Day; readonly by: string }
export interface KnownOfBooks extends Settled { readonly ties: readonly Tie[]; /** In other currencies; absent: nothing. */ readonly open?: readonly OpenInBase[] }

export const closePeriod: Command<ClosePeriod, KnownOfBooks> = {
  name: 'close-period',
  alone: true,
  streams: () => [books, revaluations],
  async known(asked, tx) {
    const known: KnownOfBooks[] = [];
    for (const { tenant, request } of asked) known.push({ ...await settledOf(tx, tenant), ties: await tiesOn(tx, tenant, request.lastOn), open: (await openInBaseOn(tx, tenant, request.lastOn)).open });
    return known;
  },
  decide(request, on) {
    const { open = [], ...known } = on.known;
    on.run(books, { type: 'Close', ...request, ...known, outdated: isOutdated(on.state(revaluations), request.lastOn, open) });
  },
};

export interface ReopenPeriod { readonly lastOn: Day; readonly by: string; readonly reason: string }
export const reopenPeriod: Command<ReopenPeriod> = {
  name: 'reopen-period',
  alone: true,
  streams: () => [books],
  decide: (request, on) => void on.run(books, { type: 'Reopen', ...request }),
};
