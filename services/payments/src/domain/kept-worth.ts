// What an account's items and money are worth in the base currency, kept beside what they are: each event says what it moves.
import type { Money } from '@ar/domain/money.js';
import type { AccountEvent, AccountState } from './account.js';
import { itemWorth, less, moneyWorth, more, together } from './in-base.js';

type Change = typeof more | typeof less;

/** `state` is after the event, with the worths of before. */
export function keepWorth(state: AccountState, event: AccountEvent): AccountState {
  switch (event.type) {
    case 'OpenItemPosted': return ofItem(state, event.item.itemId, event.item.booking?.worth, more);
    case 'UnappliedCashPlaced': return ofMoney(state, event.receiptId, event.inBase, more);
    case 'UnappliedCashTaken': return ofMoney(state, event.receiptId, event.inBase, less);
    case 'OpenItemsSettled': return applied(state, event, less);
    case 'OpenItemsReopened': return applied(state, event, more);
    case 'OpenItemsWrittenOff': return event.parts.reduce((s, p) => ofItem(s, p.item.itemId, p.inBase, less), state);
    case 'OpenItemsReinstated': return event.parts.reduce((s, p) => ofItem(s, p.item.itemId, p.inBase, more), state);
    case 'RecoveryBooked': return ofMoney(state, event.receiptId, event.inBase, less);
    case 'RecoveryTakenBack': return ofMoney(state, event.receiptId, event.inBase, more);
    case 'UnappliedCashHeld':
    case 'OpenItemClosed':
    case 'DocumentVoidPending':
    case 'OpenItemDueChanged':
    case 'OpenItemDisputed':
    case 'OpenItemDisputeEnded': return state;
  }
}

function applied(state: AccountState, { receiptId, applications, currency }: Extract<AccountEvent, { type: 'OpenItemsSettled' | 'OpenItemsReopened' }>, change: Change): AccountState {
  const items = applications.reduce((s, a) => ofItem(s, a.item.itemId, a.inBase?.currency === currency ? undefined : itemWorth(a.inBase), change), state); // in the base currency an item is worth itself
  return ofMoney(items, receiptId, together(applications.map((a) => moneyWorth(a.inBase))), change);
}

/** What has left the state is worth nothing any more. */
function ofItem(state: AccountState, itemId: string, by: Money | undefined, change: Change): AccountState {
  const open = by && state.items.get(itemId);
  return open ? { ...state, items: state.items.with(itemId, { ...open, inBase: change(open.inBase, by) }) } : state;
}

function ofMoney(state: AccountState, key: string, by: Money | undefined, change: Change): AccountState {
  const cash = by && state.cash.get(key);
  return cash ? { ...state, cash: state.cash.with(key, { ...cash, inBase: change(cash.inBase, by) }) } : state;
}
