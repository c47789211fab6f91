// An account's state as tests look at it: its items and its cash by id.
import type { AccountState, OpenItem } from './account.js';

export const itemsById = ({ items }: AccountState): Readonly<Record<string, OpenItem>> => Object.fromEntries(items.values().map((i) => [i.itemId, i]));
export const seen = (state: AccountState) => ({ ...state, items: itemsById(state), cash: state.cash.toJSON() });
