import { hash } from 'node:crypto';

/** An id that follows from its parts: the same parts give the same id on every replay. `derivedId('cas', eventId)` → `cas_4f…`, 32 hex digits. */
export function derivedId(prefix: string, ...parts: readonly string[]): string {
  return `${prefix}_${hash('sha256', parts.join('\u001f')).slice(0, 32)}`;
}

/** An open item's id, the same wherever it is made: `oit_<what follows inv_>_<instalment>`, and `oit-<id>_<instalment>` for a caller's id without inv_, so that `inv_7` and `7` are two. */
export const itemIdOf = (invoiceId: string, instalment: number): string => `oit${invoiceId.startsWith('inv_') ? invoiceId.slice(3) : `-${invoiceId}`}_${instalment}`;

/** The open item of a debit note: no invoice's is called so, whatever callers call their documents. */
export const debitItemIdOf = (debitNoteId: string): string => `oit.${debitNoteId}_1`;

/** The open item of what was refunded of a receipt that went back: no debit note's is called so. */
export const claimItemIdOf = (receiptId: string): string => `oit.${receiptId}_0`;
