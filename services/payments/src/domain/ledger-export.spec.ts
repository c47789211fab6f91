import { describe, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { ledgerExport, type LedgerExportCommand, type LedgerExportEvent } from './ledger-export.js';

const { given } = testing(ledgerExport);
const chart = { by: 'books', accounts: [{ account: 'LEDGER_ACCOUNT_CASH', code: '1800' }], chartVersion: 3 };
const cut = (until: number, lastEntry: number, waiting = 0): LedgerExportCommand => ({ type: 'Cut', until, lastEntry, waiting, ...chart });
const first: LedgerExportEvent = { type: 'LedgerBatchCut', number: 1, after: 0, until: 40, ...chart };

describe('the journal for the books', () => {
  it('is cut from the beginning up to what has been read', () => given().when(cut(40, 38)).then(first));
  it('is cut on from the end of the last batch, with the next number', () => given(first).when(cut(90, 41)).then({ ...first, number: 2, after: 40, until: 90 }));
  it('has no batch of nothing', () => {
    given().when(cut(12, 0)).thenRefused('nothing-to-export');
    given(first).when(cut(90, 40)).thenRefused('nothing-to-export');
    given(first).when(cut(40, 38)).thenRefused('nothing-to-export');
  });
  it('is not cut while an event waits for repair', () => given().when(cut(40, 38, 1)).thenRefused('events-parked'));
});
