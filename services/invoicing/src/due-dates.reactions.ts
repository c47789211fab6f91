// What a new day does about due dates: what waited for a second person too long is over.
import type { Daily } from '@ar/runtime/forms.js';
import { expireDueDates } from './due-dates.commands.js';
import { toExpire } from './projections/pending-due-dates.js';

export const expireDaily: Daily<{ readonly invoiceId: string }> = {
  name: 'expire-due-dates',
  command: expireDueDates,
  due: async (tx, tenant, today, _policies, after, limit) => (await toExpire(tx, tenant, today, after, limit)).map(({ invoiceId, customer }) => ({ key: invoiceId, customer, request: { invoiceId } })),
  expected: [],
};
