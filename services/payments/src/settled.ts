// An account keeps what is open. Who names an item that was there and is settled by now is told so; of customers who are not asked about, it is as if it had never been. Asked before the account is, by
// commands of callers alone: what is decided is decided on the account, whatever was read.
import type { Decision } from '@ar/runtime/forms.js';
import { account, accountId } from './domain/account.js';
import type { KnownOfSettled } from './projections/settled-items.js';

export function refuseSettled(on: Decision<KnownOfSettled | undefined>, customers: readonly string[]): void {
  for (const { itemId, customer, currency } of on.known?.settled ?? []) if (customers.includes(customer)) on.run({ aggregate: account, id: accountId(customer, currency) }, { type: 'AskForOpen', customer, currency, itemId });
}
