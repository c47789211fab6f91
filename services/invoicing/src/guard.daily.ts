// What a new day does about invoices that wait: nobody approved them in time, and they are drafts again.
import type { Daily } from '@ar/runtime/forms.js';
import { expireInvoice } from './guard.commands.js';
import type { DraftNamed } from './invoicing.commands.js';
import { issuesToExpire } from './projections/pending-issues.js';

export const expireInvoices: Daily<DraftNamed> = {
  name: 'expire-invoices',
  command: expireInvoice,
  due: async (tx, tenant, today, _policies, after, limit) => (await issuesToExpire(tx, tenant, today, after, limit)).map(({ invoiceId, customer }) => ({ key: invoiceId, customer, request: { invoiceId } })),
  expected: [],
};
