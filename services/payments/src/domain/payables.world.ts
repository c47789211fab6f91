// Open items for the rules as tests have them: some of them, each looked at.
import type { Payable, Payables } from './cash-application.js';
import { byDueDate } from './debt-order.js';

export function among(items: readonly Payable[]): Payables {
  const all = byDueDate(items);
  return { count: all.length, all: () => all, inTurn: () => all, named: (names) => all.filter((i) => i.references.some((r) => names.has(r))), special: () => all, between: () => [] };
}
