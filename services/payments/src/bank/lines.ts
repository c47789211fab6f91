// The lines of a statement: what each entry is booked as.
//
// - A batch entry whose transactions sum to it, each in its direction and currency, is one line per transaction; every other entry is one line.
// - A line has a likeness: account, direction, amount, booking date, and the bank's reference, or where the bank gives none the texts and the counterparty. Lines alike are told apart by counting.
// - A transaction of a batch is told apart by its place in its entry as well: a batch of equal sums is not one sum.
// - A credit is a receipt. A debit that takes back what came in needs a person; other debits are no business of receivables. Pending entries are no money yet.
import type { Day } from '@ar/domain/day.js';
import { derivedId } from '@ar/domain/id.js';
import type { BankAdvice, BankEntry, BankTransaction } from './bank-file.js';

export interface BankLine {
  /** From 1, within the statement. */
  readonly line: number;
  readonly likeness: string;
  /** From 1: which of those alike in this statement. */
  readonly nth: number;
  /** Whether the bank's reference is part of the likeness. */
  readonly referenced: boolean;
  /** Which transaction of a batch entry it is, from 1; 0: it is the entry. */
  readonly place: number;
  /** The likeness of the entry, where the bank gave it a reference: other messages about it have the same. Else its own. */
  readonly whole: string;
  /** What the entry comes to. */
  readonly wholeMinor: number;
  readonly credit: boolean;
  readonly minor: number;
  readonly chargesMinor: number;
  readonly bookedOn: Day;
  readonly valueOn: Day;
  readonly reference: string;
  readonly endToEndId: string;
  readonly code: string;
  readonly returnCode: string;
  readonly name: string;
  readonly account: string;
  readonly references: readonly string[];
  readonly text: string;
  readonly meaning: Meaning;
  /** What the payer says that it is for. */
  readonly advice?: BankAdvice;
}
export type Meaning =
  | { readonly is: 'receipt' }
  | { readonly is: 'recognised'; readonly reason: 'return' | 'reversal' }
  | { readonly is: 'ignored'; readonly reason: 'pending' | 'information' | 'debit' | 'zero' };

/** Returned or reversed money: sub-families of the transaction codes of ISO 20022, SWIFT's RTI, returned item, and BAI's credit reversal, deposited item returned, ACH return and ACH reversal. */
const RETURNED = /^(PMNT\/[A-Z]{4}\/(RRTN|RPCR|UPDD|UPCT|RVPR|CQRV)|[NFS]RTI|BAI\/(552|555|557|558))$/;
/** What a bank writes where it has no reference. */
const NONE = new Set(['NONREF', 'NOTPROVIDED', 'NOTAVAILABLE', '']);

/** Gives lines their numbers as a statement is read. */
export class Lines {
  #line = 0;
  readonly #alike = new Map<string, number>();
  /** Not counting, every line is the first of its kind, and nothing is kept of those before. */
  constructor(private readonly bankAccountId: string, private readonly counting = true) {}

  of(entry: BankEntry): readonly BankLine[] {
    const parts = isSplit(entry) ? entry.transactions.map((t, i) => ({ ...entry, ...t, minor: t.minor!, reference: t.reference || entry.reference, code: t.code || entry.code, place: i + 1 })) : [{ ...entry, place: 0 }];
    return parts.map((p) => {
      const reference = NONE.has(p.reference.toUpperCase()) ? '' : p.reference;
      const referenced = reference !== '';
      const likeOf = (minor: number, place: number, ...parts: readonly string[]) => derivedId('ben', this.bankAccountId, p.credit ? 'credit' : 'debit', String(minor), entry.bookedOn, String(place), ...parts);
      const likeness = likeOf(p.minor, p.place, ...(referenced ? ['ref', reference] : [entry.valueOn, p.endToEndId, p.name, p.account, p.references.join('\u001e'), p.text]));
      const whole = p.place > 0 && !NONE.has(entry.reference.toUpperCase()) ? likeOf(entry.minor, 0, 'ref', entry.reference) : likeness;
      const counted = this.counting && entry.status === 'booked';
      const nth = counted ? (this.#alike.get(likeness) ?? 0) + 1 : 1;
      if (counted) this.#alike.set(likeness, nth);
      return {
        line: ++this.#line, likeness, nth, referenced, place: p.place, whole, wholeMinor: entry.minor, credit: p.credit, minor: p.minor, chargesMinor: p.chargesMinor, bookedOn: entry.bookedOn, valueOn: entry.valueOn, reference, endToEndId: p.endToEndId, code: p.code, returnCode: p.returnCode,
        name: p.name, account: p.account, references: p.references, text: p.text, meaning: meaningOf(entry, p), ...(entry.advice && p.place === 0 ? { advice: entry.advice } : {}),
      };
    });
  }
}

function isSplit({ transactions, minor, credit }: BankEntry): boolean {
  return transactions.length > 1 && transactions.every((t) => t.minor !== null && t.minor > 0 && t.credit === credit) && transactions.reduce((sum, t) => sum + BigInt(t.minor!), 0n) === BigInt(minor);
}

function meaningOf({ status, reversal }: BankEntry, { credit, minor, code, returnCode }: BankTransaction): Meaning {
  if (status !== 'booked') return { is: 'ignored', reason: status };
  if (minor === 0) return { is: 'ignored', reason: 'zero' };
  if (credit) return reversal ? { is: 'recognised', reason: 'reversal' } : { is: 'receipt' };
  if (returnCode !== '' || RETURNED.test(code)) return { is: 'recognised', reason: 'return' };
  return reversal ? { is: 'recognised', reason: 'reversal' } : { is: 'ignored', reason: 'debit' };
}
