// A bank's file from its first byte to its last line.
//
// - The file is read while it arrives, which proves that it is whole and what each statement comes to; until it has ended nothing is recorded. What was read is kept compressed, and gone through
//   again to be booked: in memory, for a few imports at a time, so that it costs a fraction of the file.
// - Each statement is received, then its lines are posted in their order, so many in one append. Each append has a key that follows from the request: the same request goes on where it ended.
import { createHash } from 'node:crypto';
import { BankStatementStatus, type BankLine as WireLine } from '@ar/contracts/gen/ar/payments/v1/bank.js';
import type { BankStatement, ImportBankFileResponse, ImportedBankStatement } from '@ar/contracts/gen/ar/payments/v1/bank_service.js';
import { type Api, type Asker, fromPosition, furthest } from '@ar/platform/api.js';
import { type Accepted, Refused } from '@ar/runtime/commands.js';
import { txOf } from '@ar/runtime/decide.js';
import type { AnyCommand } from '@ar/runtime/forms.js';
import { KeyParked, type PositionMap, ReadModelBehind } from '@ar/runtime/positions.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import type { BankEntry, BankMessageKind } from './bank/bank-file.js';
import type { CsvOf } from './bank/csv.js';
import { KeptBytes, KeptEntries } from './bank/kept.js';
import type { BankLine } from './bank/lines.js';
import { bankReader, type Found } from './bank/reading.js';
import { LinesOf, type StatementFacts, Statements } from './bank/statements.js';
import { recordBankAdvices } from './bank-advices.commands.js';
import { enrichBankEntries } from './bank-details.commands.js';
import { matchBankReturn } from './bank-returns.commands.js';
import { knownOfLines, payerOf, postBankLines, receiveBankStatement } from './bank.commands.js';
import { BANK } from './domain/bank-account.js';
import { type BankReturnEvent, unmistakable } from './domain/bank-return.js';
import type { PostedLine } from './domain/bank-statement.js';
import { candidatesFor } from './projections/bank-returns.js';
import { bankOutcomes } from './payments.publisher.js';

const MOST_IN_APPEND = 100;
const MOST_LISTED = 1_000;
export const MOST_BYTES = 100 * 1024 * 1024;

/** A file as it arrives: read once, and kept compressed. */
export class Upload {
  readonly #statements = new Statements();
  readonly #found: Found = {};
  readonly #reader;
  readonly #entries = new KeptEntries();
  /** Of a file whose characters turn out at its end. Of all others entries are kept: to read XML once is enough. */
  readonly #raw = new KeptBytes();
  #bytes = 0;

  constructor(private readonly expected: BankMessageKind | undefined, csv?: CsvOf, private readonly sender?: Pick<CsvOf, 'account'>) {
    this.#reader = bankReader({
      entry: (entry) => { this.#statements.entry(entry); if (!this.#reader.again) this.#entries.entry(entry); },
      part: (part) => { this.#statements.part(part); if (!this.#reader.again) this.#entries.part(); },
    }, this.#found, expected, csv, sender);
  }

  get bytes(): number { return this.#bytes; }

  async write(bytes: Uint8Array): Promise<void> {
    this.#bytes += bytes.length;
    this.#reader.write(bytes);
    if (this.#reader.again !== false) this.#raw.add(bytes); // nothing is known of a file before its first thousand bytes
    await (this.#reader.again ? this.#raw : this.#entries).settle();
  }

  /** The file has ended: what it comes to, before anything of it is booked. */
  async end(): Promise<readonly StatementFacts[]> {
    this.#reader.end();
    await (this.#reader.again ? this.#raw : this.#entries).end();
    return this.#statements.end();
  }

  /** What is kept, in pieces: lines with the number of the statement that they belong to. */
  async* lines(facts: readonly StatementFacts[]): AsyncGenerator<readonly { readonly statement: number; readonly line: BankLine }[]> {
    const of = new LinesOf(facts);
    let read: { statement: number; line: BankLine }[] = [];
    const sink = { entry: (entry: BankEntry) => { const { statement, lines } = of.entry(entry); for (const line of lines) read.push({ statement, line }); }, part: () => of.part() };
    for await (const _ of this.#reader.again ? this.#readAgain(sink) : this.#entries.again(sink)) {
      if (read.length > 0) yield read;
      read = [];
    }
  }

  async* #readAgain(sink: { entry(entry: BankEntry): void; part(): void }): AsyncGenerator<void> {
    const reader = bankReader(sink, this.#found, this.expected, undefined, this.sender);
    for await (const bytes of this.#raw.all()) {
      reader.write(bytes);
      yield;
    }
    reader.end();
    yield;
  }
}

interface Going { readonly answer: ImportedBankStatement; readonly posts: boolean; waiting: BankLine[]; appends: number }

/** Books what an upload comes to. */
export async function importBankFile(api: Api, upload: Upload, facts: readonly StatementFacts[], { tenant, requestId, meta }: Asker): Promise<ImportBankFileResponse> {
  const reached: Accepted['position'][] = [];
  const opened: Opened[] = [];
  let listed = 0;

  const execute = async (command: AnyCommand, request: object, content: object, part: string): Promise<Accepted> => {
    api.inTime('the deadline passed before all of it was booked; the same request goes on where it ended');
    const hash = createHash('sha256').update(JSON.stringify([command.name, content])).digest();
    const accepted = await api.runtime.commands.execute({ tenant, command, request, key: `${tenant}/~bank/${requestId}/${part}`, hash, meta });
    reached.push(accepted.position);
    return accepted;
  };

  const receive = async (of: StatementFacts, n: number): Promise<Going> => {
    const answer: ImportedBankStatement = { accountNumber: of.account, bankId: of.bankId, statement: undefined, reason: '', lines: [], linesNotListed: 0 };
    const nothing = (reason: string): Going => ({ answer: { ...answer, reason, linesNotListed: of.lines }, posts: false, waiting: [], appends: 0 });
    const { message, parts: _parts, account: _account, ...statement } = of;
    if (message === 'mt942' || message === 'bai2-interim') return nothing('interim');
    try {
      const request = { statement: { ...statement, message } };
      const received = (await execute(receiveBankStatement, request, request, `${n}`)).resource as BankStatement;
      const aside = received.status === BankStatementStatus.HELD || received.status === BankStatementStatus.DISCARDED;
      return { answer: { ...answer, statement: received, linesNotListed: aside ? of.lines : 0 }, posts: !aside, waiting: [], appends: 0 };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return nothing(error.refusal.refused);
    }
  };

  const post = async (going: Going, n: number): Promise<void> => {
    const lines = going.waiting.splice(0, MOST_IN_APPEND);
    const { statementId, bankAccountId, currency } = facts[n]!;
    const part = `${n}/${going.appends++}`;
    const booking = async (): Promise<Accepted> => {
      const request = { statementId, bankAccountId, currency, lines: lines.map((l) => ({ ...l, payer: '' })) };
      const [known] = await api.runtime.live.read((client) => knownOfLines(txOf(client), [{ tenant, request, today: '', policies: defaultPolicies as never /* who is named is asked, and no rule */ }]));
      return execute(postBankLines, { ...request, lines: lines.map((l, i) => ({ ...l, payer: payerOf(known![i]!, currency) })) }, { statementId, lines }, part);
    };
    const telling = facts[n]!.message === 'x12.820' ? recordBankAdvices : enrichBankEntries;
    const { resource, events } = going.answer.statement!.enriches ? await execute(telling, { statementId, bankAccountId, currency, lines }, { statementId, lines }, part) : await booking();
    going.answer.statement = resource as BankStatement;
    for (const e of events) if (e.type === 'BankReturnOpened') opened.push(e.data as unknown as Opened);
    const posted = new Map(events.flatMap((e) => (e.type === 'BankLinesPosted' ? (e.data as unknown as { lines: readonly PostedLine[] }).lines : [])).map((l) => [l.line, l]));
    for (const { line, likeness } of lines) {
      // What is not told now was gone through before.
      const { outcome, ...told } = posted.get(line) ?? { line, outcome: 'duplicate' as const, reason: '', bankEntryId: likeness, receiptId: '' };
      if (listed++ < MOST_LISTED) going.answer.lines.push({ ...told, outcome: bankOutcomes[outcome] } satisfies WireLine);
      else going.answer.linesNotListed++;
    }
  };

  const all: Going[] = [];
  const upTo = async (n: number): Promise<void> => {
    while (all.length <= n) {
      const last = all.at(-1);
      if (last) await rest(last, all.length - 1);
      all.push(await receive(facts[all.length]!, all.length));
    }
  };
  const rest = async (going: Going, n: number): Promise<void> => { while (going.waiting.length > 0) await post(going, n); };

  for await (const read of upload.lines(facts)) for (const { statement, line } of read) {
    await upTo(statement);
    const going = all[statement]!;
    if (!going.posts) continue;
    going.waiting.push(line);
    if (going.waiting.length === MOST_IN_APPEND) await post(going, statement);
  }
  if (facts.length > 0) await upTo(facts.length - 1);
  const last = all.at(-1);
  if (last) await rest(last, all.length - 1);
  if (opened.length > 0) await matchReturns(api, tenant, opened, fromPosition(furthest(reached)), execute);
  return { statements: all.map((g) => g.answer), position: furthest(reached) };
}

type Opened = Extract<BankReturnEvent, { type: 'BankReturnOpened' }>;
const RECEIPTS_SHOWN_WITHIN_MS = 5_000;

/** What the bank took back, after all is booked: its receipt may be in the same file. What has no unmistakable match, or cannot be reversed now, stays open for a person; the same request tries it again. */
async function matchReturns(api: Api, tenant: string, opened: readonly Opened[], booked: PositionMap, execute: (command: AnyCommand, request: object, content: object, part: string) => Promise<Accepted>): Promise<void> {
  try { await api.runtime.positions.wait(booked, Date.now() + RECEIPTS_SHOWN_WITHIN_MS); } catch (error) {
    if (error instanceof ReadModelBehind || error instanceof KeyParked) return; // what was booked just now cannot be looked through
    throw error;
  }
  const candidates = await api.runtime.live.read((client) => candidatesFor(txOf(client), tenant, opened));
  for (const [n, of] of opened.entries()) {
    const match = unmistakable(of, candidates[n]!);
    if (!match) continue;
    const request = { returnId: of.returnId, ...match, by: BANK, reason: '' };
    await execute(matchBankReturn, request, { returnId: of.returnId }, `return/${of.returnId}`).catch((error: unknown) => { if (!(error instanceof Refused)) throw error; });
  }
}
