// The ledger export: what must be known, what is decided.
import type { Command } from '@ar/runtime/forms.js';
import { readUpTo, settledOf } from '@ar/runtime/settled.js';
import { ledgerExport } from './domain/ledger-export.js';
import { BOOKS } from './domain/period.js';
import { lastEntryUntil } from './projections/ledger-batches.js';

const batches = { aggregate: ledgerExport, id: BOOKS };

export interface CutLedgerBatch { readonly by: string }
export interface KnownOfJournal { readonly until: number; readonly lastEntry: number; readonly waiting: number }

export const cutLedgerBatch: Command<CutLedgerBatch, KnownOfJournal> = {
  name: 'cut-ledger-batch',
  streams: () => [batches],
  async known(asked, tx) {
    const until = await readUpTo(tx, 'payments'); // first: what is asked after it has read at least as much
    const known: KnownOfJournal[] = [];
    for (const { tenant } of asked) known.push({ until, lastEntry: await lastEntryUntil(tx, tenant, until), waiting: (await settledOf(tx, tenant)).waiting });
    return known;
  },
  decide({ by }, on) {
    const { accounts, version } = on.policies.chart;
    on.run(batches, { type: 'Cut', by, ...on.known, accounts, chartVersion: version });
  },
};
