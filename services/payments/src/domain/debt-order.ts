// Which item goes first where money pays several in turn (PAY-07). What the payer names goes before all of it (BGB §366 I).
//
// - By due date: the one due first, then the one with the lowest id.
// - By priority: by kind, as the list of the policy says; what is not on it comes last. Of one kind the one due first.
// - By law (BGB §366 II, §367 I): the debt due first; of each its costs and fees, then its interest and flat sums for being late, then itself. A charge belongs to the debt of the invoice that it was made for; one made for none is a debt of
//   its own. A debt is due when its principal is; where that is settled, when the first of its charges is. Each instalment of an invoice is a debt; its charges go with the first that is open.
import type { Charge, DebtPart } from '@ar/domain/policies.js';
import type { Payable } from './cash-application.js';

export interface Order { readonly by: 'due-date' | 'priority' | 'law'; readonly priorities: readonly DebtPart[] }

const parts: Readonly<Record<Charge, DebtPart>> = { costs: 'costs', fee: 'fee', 'late-charge': 'late-charge', other: 'principal' };
export const partOf = ({ charge }: Pick<Payable, 'charge'>): DebtPart => (charge === undefined ? 'principal' : parts[charge]);
const byLaw: Readonly<Record<DebtPart, number>> = { costs: 0, fee: 0, 'late-charge': 1, principal: 2 };

/** The one due first, then the one with the lowest id. */
export const dueFirst = (a: Pick<Payable, 'dueOn' | 'itemId'>, b: Pick<Payable, 'dueOn' | 'itemId'>): number => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : a.itemId < b.itemId ? -1 : a.itemId > b.itemId ? 1 : 0);

export const byDueDate = (items: readonly Payable[]): readonly Payable[] => [...items].sort(dueFirst);

export function inOrder(items: readonly Payable[], { by, priorities }: Order): readonly Payable[] {
  switch (by) {
    case 'due-date': return byDueDate(items);
    case 'priority': {
      const rank = (item: Payable) => { const found = priorities.indexOf(partOf(item)); return found < 0 ? priorities.length : found; };
      return [...items].sort((a, b) => rank(a) - rank(b) || dueFirst(a, b));
    }
    case 'law': {
      const principals = byDueDate(items.filter(isPrincipal));
      const firstOf = new Map<string, string>();
      for (const { debt, itemId } of principals) if (debt !== undefined && !firstOf.has(debt)) firstOf.set(debt, itemId);
      const debts = new Map<string, Payable[]>();
      for (const item of [...principals, ...byDueDate(items.filter((i) => !isPrincipal(i)))]) {
        const key = isPrincipal(item) ? item.itemId : firstOf.get(item.debt ?? '') ?? item.debt ?? item.itemId;
        const debt = debts.get(key);
        if (debt) debt.push(item);
        else debts.set(key, [item]);
      }
      return [...debts.values()].sort(([a], [b]) => dueFirst(a!, b!)).flatMap((debt) => debt.sort((a, b) => byLaw[partOf(a)] - byLaw[partOf(b)] || dueFirst(a, b)));
    }
  }
}

const isPrincipal = (item: Payable): boolean => partOf(item) === 'principal';
