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

/** What of an entry becomes a line. `place`: which of its transactions it is, from 1; 0: it is the entry. */
interface Part { readonly of: BankTransaction; readonly minor: number; readonly reference: string; readonly code: string; readonly place: number }
const partsOf = (entry: BankEntry): readonly Part[] => (isSplit(entry)
  ? entry.transactions.map((of, i) => ({ of, minor: of.minor!, reference: given(of.reference || entry.reference), code: of.code || entry.code, place: i + 1 }))
  : [{ of: entry, minor: entry.minor, reference: given(entry.reference), code: entry.code, place: 0 }]);

const given = (reference: string): string => (NONE.has(reference.toUpperCase()) ? '' : reference);
const placed = (entry: BankEntry, { of, minor, place }: Part): string => `${of.credit ? 'credit' : 'debit'}\u001f${minor}\u001f${entry.bookedOn}\u001f${place}`;
/** What makes lines alike, but for the account. */
function likenessOf(entry: BankEntry, part: Part): string {
  const { reference } = part;
  const { endToEndId, name, account, references, text } = part.of;
  return `${placed(entry, part)}\u001f${reference !== '' ? `ref\u001f${reference}` : `${entry.valueOn}\u001f${endToEndId}\u001f${name}\u001f${account}\u001f${references.join('\u001e')}\u001f${text}`}`;
}

/** What an entry adds to what its statement is known by, and how many lines it is. */
export function told(entry: BankEntry): { readonly text: string; readonly lines: number } {
  let text = '';
  const parts = partsOf(entry);
  for (const part of parts) text += `${likenessOf(entry, part)}/${entry.status}/${meaningOf(entry, part).is}${adviceOf(entry, part) ? `/${entry.advice!.digest}` : ''}\n`;
  return { text, lines: parts.length };
}
const adviceOf = ({ advice }: BankEntry, { place }: Part): BankAdvice | undefined => (place === 0 ? advice : undefined);

/** Gives lines their numbers as a statement is read. */
export class Lines {
  #line = 0;
  readonly #alike = new Map<string, number>();
  constructor(private readonly bankAccountId: string) {}

  of(entry: BankEntry): readonly BankLine[] { return partsOf(entry).map((part) => this.#lineOf(entry, part)); }

  #lineOf(entry: BankEntry, part: Part): BankLine {
    const { of: { credit, chargesMinor, endToEndId, returnCode, name, account, references, text }, minor, reference, place, code } = part;
    const likeness = derivedId('ben', this.bankAccountId, likenessOf(entry, part));
    const whole = place > 0 && given(entry.reference) !== '' ? derivedId('ben', this.bankAccountId, placed(entry, { ...part, minor: entry.minor, place: 0 }), 'ref', entry.reference) : likeness;
    const nth = entry.status === 'booked' ? (this.#alike.get(likeness) ?? 0) + 1 : 1;
    if (entry.status === 'booked') this.#alike.set(likeness, nth);
    const advice = adviceOf(entry, part);
    const line: BankLine = {
      line: ++this.#line, likeness, nth, referenced: reference !== '', place, whole, wholeMinor: entry.minor, credit, minor, chargesMinor, bookedOn: entry.bookedOn, valueOn: entry.valueOn, reference, endToEndId, code, returnCode,
      name, account, references, text, meaning: meaningOf(entry, part),
    };
    return advice ? { ...line, advice } : line;
  }
}

function isSplit({ transactions, minor, credit }: BankEntry): boolean {
  return transactions.length > 1 && transactions.every((t) => t.minor !== null && t.minor > 0 && t.credit === credit) && transactions.reduce((sum, t) => sum + BigInt(t.minor!), 0n) === BigInt(minor);
}

function meaningOf({ status, reversal }: BankEntry, { of: { credit, returnCode }, minor, code }: Part): Meaning {
  if (status !== 'booked') return { is: 'ignored', reason: status };
  if (minor === 0) return { is: 'ignored', reason: 'zero' };
  if (credit) return reversal ? { is: 'recognised', reason: 'reversal' } : { is: 'receipt' };
  if (returnCode !== '' || RETURNED.test(code)) return { is: 'recognised', reason: 'return' };
  return reversal ? { is: 'recognised', reason: 'reversal' } : { is: 'ignored', reason: 'debit' };
}
