// Small balances: the day writes off what is too small to be asked for. It is a write-off like any other, decided on what is open now; nobody else has to agree, for the policy has said so.
import { derivedId } from '@ar/domain/id.js';
import { daysAfter } from '@ar/domain/day.js';
import type { Command } from '@ar/runtime/forms.js';
import { account, accountId, isVoiding, partsToWriteOff } from './domain/account.js';
import { isSmall, writeOff } from './domain/write-off.js';

export interface WriteOffSmallBalances { readonly customer: string; readonly currency: string; readonly itemIds: readonly string[] }
/** What was paid, disputed or void meanwhile, or is due later now, is left alone. */
export const writeOffSmallBalances: Command<WriteOffSmallBalances> = {
  name: 'write-off-small-balances',
  customer: ({ customer }) => customer,
  streams: ({ customer, currency }) => [{ aggregate: account, id: accountId(customer, currency) }],
  decide({ customer, currency, itemIds }, on) {
    const owing = { aggregate: account, id: accountId(customer, currency) };
    const state = on.state(owing);
    const { smallBalances, smallBalanceDays } = on.policies.application;
    const dueBefore = daysAfter(on.today, -(smallBalanceDays ?? 0));
    const small = itemIds.flatMap((id) => state.items.get(id) ?? []).filter((i) => i.dueOn < dueBefore && Object.keys(i.disputes).length === 0 && !isVoiding(state, i) && isSmall(i, currency, smallBalances ?? []));
    if (small.length === 0) return;
    const writeOffId = derivedId('wof', 'small-balance', customer, currency, on.today);
    const wish = { writeOffId, customer, currency, items: small.map(({ itemId }) => ({ itemId, minor: null })), method: 'direct', reasonCode: 'small-balance', reason: `small rests more than ${smallBalanceDays} days past due` } as const;
    const parts = partsToWriteOff(state, wish.items, on.today, currency);
    for (const event of on.run({ aggregate: writeOff, id: writeOffId }, { type: 'Propose', book: { type: 'Book', wish, parts, limit: '', expiryDays: on.policies.approvals.expiryDays }, by: 'system', today: on.today }))
      if (event.type === 'WriteOffBooked') on.run(owing, { type: 'WriteOff', customer, currency, writeOffId, method: event.method, parts: event.parts.map((p) => ({ itemId: p.item.itemId, minor: p.minor })), today: on.today });
  },
};
