// Revaluation at the end of a period: what must be known, what is decided. It is decided alone, like the close of a period.
import type { Day } from '@ar/domain/day.js';
import type { Command } from '@ar/runtime/forms.js';
import { type Settled, settledOf } from '@ar/runtime/settled.js';
import { BOOKS } from './domain/period.js';
import { revaluation, type RevaluationMethod } from './domain/revaluation.js';
import { openInBaseOn, type OpenOnDay } from './projections/revaluations.js';

export const revaluations = { aggregate: revaluation, id: BOOKS };

export interface RevaluePeriod { readonly lastOn: Day; readonly method: RevaluationMethod; readonly by: string }
export interface KnownOfOpen extends Settled, OpenOnDay {}

export const revaluePeriod: Command<RevaluePeriod, KnownOfOpen> = {
  name: 'revalue-period',
  alone: true,
  streams: () => [revaluations],
  async known(asked, tx) {
    const known: KnownOfOpen[] = [];
    for (const { tenant, request } of asked) known.push({ ...await settledOf(tx, tenant), ...await openInBaseOn(tx, tenant, request.lastOn) });
    return known;
  },
  decide: (request, on) => void on.run(revaluations, { type: 'Revalue', ...request, openFrom: on.openFrom, ...on.known }),
};
