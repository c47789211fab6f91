// What invoicing does because a day began.
import type { Daily } from '@ar/runtime/forms.js';
import { expireCreditNote, type ExpireCreditNote } from './notes.commands.js';
import { tooLate } from './projections/credit-notes.js';

/** A credit note that nobody approved in time is not issued any more. */
export const expireCreditNotes: Daily<ExpireCreditNote> = {
  name: 'expire-credit-notes',
  command: expireCreditNote,
  async due(tx, tenant, today, _policies, after, limit) {
    return (await tooLate(tx, tenant, today, after, limit)).map((request) => ({ key: request.creditNoteId, customer: request.customerId, request }));
  },
  expected: [],
};
