// What reminders does because something happened elsewhere.
import type { Reaction } from '@ar/runtime/forms.js';
import { takeOnLevel, type TakeOnLevel } from './reminders.commands.js';

/** What another system has sent is not sent again. It is read before the item itself, so no message falls in between. */
export const goOnFromLevel: Reaction<'ar.payments.document_taken_on.v1', TakeOnLevel> = {
  name: 'go-on-from-level',
  on: 'ar.payments.document_taken_on.v1',
  command: takeOnLevel,
  requests: ({ customer, data }) => (data.dunningLevel === 0 ? [] : [{ customerId: customer, itemId: data.itemId, level: data.dunningLevel }]),
  expected: [],
};
