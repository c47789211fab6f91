// Money of one currency for items in another: one append to the receipt and both accounts of the customer. What is taken there is placed here, under the group's id; given back, the other way round (taking-back.ts).
import { derivedId } from '@ar/domain/id.js';
import type { Decision } from '@ar/runtime/forms.js';
import { accountOf, receiptOf } from './applying.js';
import type { AccountEvent } from './domain/account.js';
import type { Share } from './domain/cash-application.js';
import { rateOf, spentAt, withSpent } from './domain/exchanging.js';
import { there } from './taking-back.js';

/** How much of the money is used for it, in its own currency; null: at the rate. */
export interface Across { readonly currency: string; readonly shares: readonly Share[]; readonly spentMinor: number | null; /** What one unit of the money is worth in that currency, decimal text; may be empty where the sum is said. */ readonly rate: string; /** What the tenant's books are in. */ readonly base: string | undefined }

/** The receipt has been asked for before, and is in another currency. */
export function settleAcross<K>(on: Decision<K>, receiptId: string, { currency, shares, spentMinor: said, rate, base }: Across): void {
  const { customer, facts: { currency: own, valueOn, onAccount }, groupCount } = there(on.state(receiptOf(receiptId)));
  const groupId = derivedId('apg', receiptId, String(groupCount + 1));
  const settled = { minor: shares.reduce((total, s) => total + s.minor, 0), currency };
  const minor = said ?? spentAt(settled, rate, own);
  on.reach([accountOf(customer, own), accountOf(customer, currency)]);
  const [taken] = on.run(accountOf(customer, own), { type: 'TakeForExchange', customer, currency: own, receiptId, minor, transferId: groupId }) as readonly Extract<AccountEvent, { type: 'UnappliedCashTaken' }>[];
  const inBase = own === base ? { minor, currency: own } : taken!.inBase;
  on.run(accountOf(customer, currency), { type: 'PlaceCash', customer, currency, receiptId, minor: settled.minor, onAccount, valueOn, effectiveOn: taken!.effectiveOn, from: 'exchange', transferId: groupId, inBase });
  const made = on.run(accountOf(customer, currency), { type: 'Settle', customer, currency, groupId, receiptId, shares, discounting: { takes: 'none', graceDays: 0 } });
  const applications = withSpent(made.flatMap((e) => (e.type === 'OpenItemsSettled' ? e.applications : [])), minor);
  on.run(receiptOf(receiptId), { type: 'Apply', receiptId, customer, groupId, rule: 'person', applications, exchange: { currency, rate: rate || rateOf({ minor, currency: own }, settled) }, trace: [], policyVersion: 0 });
}
