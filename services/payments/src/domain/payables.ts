// What the rules see of the open items of an account, but for those of documents that are about to be void.
import type { Day } from '@ar/domain/day.js';
import { type AccountState, disputedMinor, isVoiding, itemsOf, type OpenItem } from './account.js';
import type { Payable, Payables } from './cash-application.js';
import { dueFirst } from './debt-order.js';
import { closingsOf, type Discounting, offering } from './item-discount.js';

/** With the discounts that can be had for money of a day; `discounting` absent: none. */
export function payablesIn(state: AccountState, valueOn: Day, discounting: Discounting | undefined): Payables {
  const { items } = state;
  const voided = Object.keys(state.voids);
  const see = (item: OpenItem): Payable => {
    const offered = item.discount && discounting ? offering(item, discounting) : undefined;
    return offered?.discount ? { ...payableOf(item), closing: closingsOf(offered, valueOn) } : payableOf(item);
  };
  const seen = (some: Iterable<OpenItem>): readonly Payable[] => [...inTurn(some)];
  function* inTurn(some: Iterable<OpenItem>): Iterable<Payable> { for (const item of some) if (voided.length === 0 || !isVoiding(state, item)) yield see(item); }
  return {
    count: items.size - voided.reduce((n, documentId) => n + itemsOf(state, documentId).length, 0),
    all: () => seen(items.index.byAge),
    inTurn: () => inTurn(items.index.byAge),
    named: (names) => seen(items.index.named(names)),
    special: () => seen([...items.index.special].sort(dueFirst)),
    between: (leastMinor, mostMinor) => seen(items.index.between(leastMinor, mostMinor)).filter((i) => i.closing === undefined).sort(dueFirst),
  };
}

/** Those of several accounts. */
export function together(accounts: readonly Payables[]): Payables {
  const of = (from: (account: Payables) => readonly Payable[]): readonly Payable[] => accounts.flatMap(from).sort(dueFirst);
  const all = () => of((a) => a.all());
  return {
    count: accounts.reduce((n, a) => n + a.count, 0), all, inTurn: all,
    named: (names) => of((a) => a.named(names)), special: () => of((a) => a.special()), between: (leastMinor, mostMinor) => of((a) => a.between(leastMinor, mostMinor)),
  };
}

/** An open item is never changed, a changed one is another: what the rules see of it is made once, for an account may have very many. */
const payables = new WeakMap<OpenItem, Payable>();
function payableOf(item: OpenItem): Payable {
  const made = payables.get(item);
  if (made) return made;
  const debt = item.kind === 'invoice' ? item.documentId : item.chargedFor;
  const payable: Payable = {
    itemId: item.itemId, references: item.references, openMinor: item.openMinor, disputedMinor: disputedMinor(item), dueOn: item.dueOn,
    ...(item.charge ? { charge: item.charge } : {}), ...(debt ? { debt } : {}), ...(item.terms ? { terms: item.terms } : {}),
  };
  payables.set(item, payable);
  return payable;
}
