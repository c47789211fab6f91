// What a customer's system answers to an invoice, as collections take it.
//
// - Under query, conditionally accepted and rejected dispute all that is open of the invoice, once per answer, with the first of its reasons.
// - What is disputed already stays in that dispute; of an invoice in instalments the others are disputed. An invoice of which nothing is open is not disputed.
// - Every other answer is shown and does nothing: accepted is not a promise, and paid is not money.
import { itemIdOf } from '@ar/domain/id.js';
import type { DisputeReason, Disputes } from './dispute.js';
import { type AskedPart, minorOf, type OwedItem } from './open-items.js';

const REASONS: Readonly<Record<string, DisputeReason>> = {
  REF: 'reference', LEG: 'reference', REC: 'reference', QUA: 'quality', DEL: 'delivery', PRI: 'price', QTY: 'quantity', ITM: 'delivery', PAY: 'payment-terms', FIN: 'payment-terms', UNR: 'other', NON: 'other', PPD: 'other', OTH: 'other',
};
const CREDIT_ACTIONS: readonly string[] = ['CNF', 'CNP', 'CNA'];
const DOUBTS: Readonly<Record<string, string>> = { UQ: 'Under query', CA: 'Conditionally accepted', RE: 'Rejected' };
const MOST_WORDS = 2_000;

/** Codes are those of Peppol. */
export interface Answer {
  readonly code: string; readonly reasons: readonly string[]; readonly actions: readonly string[]; readonly note: string;
  readonly clarifications: readonly { readonly code: string; readonly text: string; readonly conditions: readonly { readonly attribute: string; readonly value: string }[] }[];
}

export const isDoubt = (code: string): boolean => Object.hasOwn(DOUBTS, code);

/** Without a reason, what is asked for tells: a credit note is. */
export const disputeReasonOf = ({ reasons, actions }: Pick<Answer, 'reasons' | 'actions'>): DisputeReason =>
  (reasons[0] !== undefined ? REASONS[reasons[0]] ?? 'other' : actions.some((a) => CREDIT_ACTIONS.includes(a)) ? 'credit-due' : 'other');

/** The answer as a note: codes, then what was said about each, then about the whole. */
export function wordsOf({ code, reasons, actions, note, clarifications }: Answer): string {
  const codes = `${DOUBTS[code] ?? code} (${[code, ...reasons, ...actions].join(', ')})`;
  const said = clarifications.map((c) => [c.text, ...c.conditions.map((x) => (x.attribute === '' ? x.value : `${x.attribute}: ${x.value}`))].filter((t) => t !== '').join('; ')).map((t, i) => (t === '' ? '' : `${clarifications[i]!.code}: ${t}`));
  const all = [codes, ...said, note].filter((t) => t !== '').join('\n');
  return all.length > MOST_WORDS ? `${all.slice(0, MOST_WORDS - 1)}…` : all;
}

/** What is disputed by it: items of the invoice that are open and in no open dispute. Where there are none, such as say why. */
export function disputedBy(invoiceId: string, owed: readonly OwedItem[], { open }: Disputes): readonly AskedPart[] {
  const own = owed.filter((i) => i.openMinor > 0 && isItemOf(invoiceId, i.itemId)).map(({ itemId }) => ({ itemId, amount: null }));
  const free = own.filter((i) => !Object.values(open).some((parts) => minorOf(parts, i.itemId) > 0));
  if (free.length > 0) return free;
  return own.length > 0 ? own : [{ itemId: itemIdOf(invoiceId, 1), amount: null }];
}

const isItemOf = (invoiceId: string, itemId: string): boolean => itemId === itemIdOf(invoiceId, Number(/_(\d+)$/.exec(itemId)?.[1] ?? 0));
