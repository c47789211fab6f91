// The journal as it is handed to the tenant's books (PAY-15).
//
// - A batch is everything recorded after the batch before it, up to where everything has been read: batches have numbers without gaps, and each entry is in exactly one.
// - Once cut, a batch never changes: what is recorded later is in a later one, whenever it counts. While an event waits for repair nothing is cut, for its entries would come in between.
// - A batch keeps what the books called the accounts when it was cut. A batch of nothing is none.
import type { Aggregate } from '@ar/domain/aggregate.js';
import { refuse } from '@ar/domain/decider.js';
import type { ChartAccount } from '@ar/domain/policies.js';
import { LEDGER } from './period.js';

export interface LedgerExportEvent { type: 'LedgerBatchCut'; number: number; after: number; until: number; by: string; accounts: readonly ChartAccount[]; chartVersion: number }
/** `until`: up to where everything has been read; `lastEntry`: where the last entry up to there is, 0 where there is none. */
export interface LedgerExportCommand { type: 'Cut'; until: number; lastEntry: number; waiting: number; by: string; accounts: readonly ChartAccount[]; chartVersion: number }
export type LedgerExportRefusal = 'events-parked' | 'nothing-to-export';
/** The last batch, and where it ends. */
export interface LedgerExportState { readonly number: number; readonly until: number }

export const ledgerExport: Aggregate<LedgerExportState, LedgerExportCommand, LedgerExportEvent, LedgerExportRefusal> = {
  type: 'ledger-export',
  initial: { number: 0, until: 0 },
  customer: () => LEDGER,

  decide({ type: _type, waiting, lastEntry, ...cut }, { number, until }) {
    if (waiting > 0) return refuse('events-parked', { events: waiting });
    if (lastEntry <= until) return refuse('nothing-to-export', { recordedUntil: until });
    return [{ type: 'LedgerBatchCut', number: number + 1, after: until, ...cut }];
  },

  evolve: (_state, { number, until }) => ({ number, until }),
};
