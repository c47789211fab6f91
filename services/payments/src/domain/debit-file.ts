// A file of direct debits for the bank (pain.008): what is due is in it, each attempt in one file, once.
//
// - It is cut once, with at least one debit, and never changes.
// - It says who collects: name, account and creditor identifier are needed.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';
import { BANK } from './bank-account.js';

export interface Creditor { readonly name: string; readonly iban: string; readonly creditorId: string }
export interface DebitFileFacts { readonly fileId: string; readonly debits: number; readonly minor: number; readonly currency: string; readonly creditor: Creditor; readonly by: string }
export type DebitFileEvent = { type: 'DebitFileCut' } & DebitFileFacts;
export type DebitFileCommand = { type: 'AskToCut'; fileId: string; creditor: Creditor } /** `through`: the last collection day that was looked at. */
  | { type: 'Cut'; through: Day } & DebitFileFacts;
export type DebitFileRefusal = 'debit-file-exists' | 'no-debits-due' | 'creditor-incomplete';

export const debitFile: Aggregate<{ readonly cut: boolean }, DebitFileCommand, DebitFileEvent, DebitFileRefusal> = {
  type: 'debit-file',
  initial: { cut: false },
  customer: () => BANK,

  decide(command, state) {
    if (state.cut) return refuse('debit-file-exists', { fileId: command.fileId });
    const { name, iban, creditorId } = command.creditor;
    if (name === '' || iban === '' || creditorId === '') return refuse('creditor-incomplete', { name, iban, creditorId });
    if (command.type === 'AskToCut') return [];
    const { type: _type, through, ...facts } = command;
    return facts.debits === 0 ? refuse('no-debits-due', { throughDate: through, help: 'no debit by file waits for a day until then of which anything can be collected; ListDebits tells what waits' }) : [{ type: 'DebitFileCut', ...facts }];
  },

  evolve: () => ({ cut: true }),
};
