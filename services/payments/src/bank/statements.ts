// The statements of a file: pages joined, sums checked, before anything is booked.
//
// - Pages of one statement follow each other: same account, same number, page after page; the first opens it and the last closes it.
// - Opening balance + booked credits − booked debits = closing balance, to the minor unit. Pending entries are not in it.
// - A statement is known by its account and its content, so the same one, sent again, is the same.
import { createHash } from 'node:crypto';
import { derivedId } from '@ar/domain/id.js';
import { type Balance, type BankEntry, BankFileInvalid, type BankMessageKind, type BankPart } from './bank-file.js';
import { type BankLine, Lines, told } from './lines.js';

export type Hold = 'does-not-tie' | 'opposite-sign' | 'without-balances' | 'other-currency' | 'page-missing';

export interface StatementFacts {
  readonly statementId: string;
  readonly bankAccountId: string;
  readonly account: string;
  readonly currency: string;
  readonly message: BankMessageKind;
  readonly bankId: string;
  readonly number: number;
  readonly openingMinor: number | null;
  readonly closingMinor: number | null;
  /** Of the closing balance, else of the last entry; '' where neither is. */
  readonly on: string;
  readonly lines: number;
  readonly creditsMinor: number;
  readonly debitsMinor: number;
  readonly holds: readonly Hold[];
  /** How many parts of the file it is made of. */
  readonly parts: number;
}

const MOST_STATEMENTS = 5_000;

export const bankAccountIdOf = (account: string, currency: string): string => derivedId('ban', account, currency);

/** First reading: gathers what each statement comes to. */
export class Statements {
  readonly all: StatementFacts[] = [];
  #entries: Gathered = gathering();
  #open: { readonly first: BankPart; readonly sums: Gathered; last: BankPart; parts: number } | undefined;

  entry(entry: BankEntry): void { gather(this.#entries, entry); }

  part(part: BankPart): void {
    const sums = this.#entries;
    this.#entries = gathering();
    if (part.account === '') throw new BankFileInvalid('a statement names no account');
    if (part.currency === '' && sums.lines > 0) throw new BankFileInvalid('a statement names no currency');
    if (this.#open && isNextPage(this.#open.last, part)) {
      this.#open.last = part;
      this.#open.parts++;
      join(this.#open.sums, sums);
    } else {
      this.#close();
      this.#open = { first: part, last: part, sums, parts: 1 };
    }
    if (this.all.length >= MOST_STATEMENTS) throw new BankFileInvalid(`it has more than ${MOST_STATEMENTS} statements`);
  }

  end(): readonly StatementFacts[] {
    this.#close();
    return this.all;
  }

  #close(): void {
    if (!this.#open) return;
    const { first, last, sums, parts } = this.#open;
    this.#open = undefined;
    const currency = first.currency || last.currency;
    const [creditsMinor, debitsMinor] = [Number(sums.credits), Number(sums.debits)];
    if (!Number.isSafeInteger(creditsMinor) || !Number.isSafeInteger(debitsMinor)) throw new BankFileInvalid('a statement sums to more than an amount can be');
    const bankAccountId = bankAccountIdOf(first.account, currency);
    const [opening, closing] = [first.opening, last.closing];
    const content = digest(sums).update(JSON.stringify([opening, closing, first.bankId, first.number])).digest('hex');
    this.all.push({
      statementId: derivedId('bst', bankAccountId, first.message, content), bankAccountId, account: first.account, currency, message: first.message, bankId: first.bankId, number: first.number, openingMinor: opening?.minor ?? null,
      closingMinor: closing?.minor ?? null, on: closing?.on ?? sums.latest, lines: sums.lines, creditsMinor, debitsMinor, holds: holdsOf(currency, first, last, sums), parts,
    });
  }
}

/** `untold`: what is not in the digest yet; many short texts cost more than a long one. */
interface Gathered { lines: number; untold: string; credits: bigint; debits: bigint; latest: string; readonly currencies: Set<string>; readonly digest: ReturnType<typeof createHash> }
const gathering = (): Gathered => ({ lines: 0, untold: '', credits: 0n, debits: 0n, latest: '', currencies: new Set(), digest: createHash('sha256') });

const DIGESTED_AT_ONCE = 4_096;
function digest(sums: Gathered): Gathered['digest'] {
  sums.digest.update(sums.untold);
  sums.untold = '';
  return sums.digest;
}

function gather(sums: Gathered, entry: BankEntry): void {
  const { text, lines } = told(entry);
  sums.lines += lines;
  sums.untold += text;
  if (sums.untold.length >= DIGESTED_AT_ONCE) digest(sums);
  if (entry.status !== 'booked') return;
  sums.currencies.add(entry.currency);
  if (entry.credit) sums.credits += BigInt(entry.minor);
  else sums.debits += BigInt(entry.minor);
  if (entry.bookedOn > sums.latest) sums.latest = entry.bookedOn;
}

function join(into: Gathered, next: Gathered): void {
  into.lines += next.lines;
  into.credits += next.credits;
  into.debits += next.debits;
  if (next.latest > into.latest) into.latest = next.latest;
  next.currencies.forEach((c) => into.currencies.add(c));
  digest(into).update(digest(next).digest('hex'));
}

const isNextPage = (last: BankPart, part: BankPart): boolean =>
  part.page > 1 && !last.lastPage && part.page === last.page + 1 && part.account === last.account && part.number === last.number && part.message === last.message && (part.message === 'mt940' || part.bankId === last.bankId);

function holdsOf(currency: string, first: BankPart, last: BankPart, sums: Gathered): readonly Hold[] {
  const holds: Hold[] = [];
  const balances: readonly (Balance | null)[] = [first.opening, last.closing];
  if ([...sums.currencies, ...balances.flatMap((b) => (b ? [b.currency] : []))].some((c) => c !== currency)) holds.push('other-currency');
  if (first.page > 1 || !last.lastPage) holds.push('page-missing');
  if (last.ties === false) holds.push('does-not-tie');
  const [opening, closing] = balances;
  if (!opening || !closing) return [...holds, 'without-balances'];
  const moved = sums.credits - sums.debits;
  const difference = BigInt(closing.minor) - BigInt(opening.minor);
  if (moved === difference) return holds;
  return [...holds, moved === -difference ? 'opposite-sign' : 'does-not-tie'];
}

/** Second reading: hands out lines with the statement that they belong to. `facts` are those of the first reading of the same file. */
export class LinesOf {
  #at = 0;
  #parts = 0;
  #lines: Lines | undefined;
  constructor(private readonly facts: readonly StatementFacts[]) {}

  entry(entry: BankEntry): { readonly statement: number; readonly lines: readonly BankLine[] } {
    this.#lines ??= new Lines(this.facts[this.#at]!.bankAccountId);
    return { statement: this.#at, lines: this.#lines.of(entry) };
  }

  part(): void {
    if (++this.#parts < this.facts[this.#at]!.parts) return;
    [this.#at, this.#parts, this.#lines] = [this.#at + 1, 0, undefined];
  }
}
