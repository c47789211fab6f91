// What reminders does because something happened elsewhere.
import type { Reaction } from '@ar/runtime/forms.js';
import { moneyOf } from '@ar/domain/money.js';
import { requestDebitNotice, type RequestDebitNotice } from './debit-notices.commands.js';
import { takeOnLevel, type TakeOnLevel } from './reminders.commands.js';

/** What another system has sent is not sent again. It is read before the item itself, so no message falls in between. */
export const goOnFromLevel: Reaction<'ar.payments.document_taken_on.v1', TakeOnLevel> = {
  name: 'go-on-from-level',
  on: 'ar.payments.document_taken_on.v1',
  command: takeOnLevel,
  requests: ({ customer, data }) => (data.dunningLevel === 0 ? [] : [{ customerId: customer, itemId: data.itemId, level: data.dunningLevel }]),
  expected: [],
};

/** Who is debited is told before, once. */
export const announceDebit: Reaction<'ar.payments.debit_requested.v1', RequestDebitNotice> = {
  name: 'announce-debit',
  on: 'ar.payments.debit_requested.v1',
  command: requestDebitNotice,
  requests: ({ customer, data: { debitId, mandateReference, amount, collectDate, items } }) =>
    [{ debitId, customerId: customer, mandateReference, amount: moneyOf(amount), collectOn: collectDate, items: items.map((i) => ({ itemId: i.itemId, minor: i.amount ? moneyOf(i.amount).minor : null })) }],
  expected: [],
};
