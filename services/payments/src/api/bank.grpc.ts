import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod, GrpcStreamCall } from '@nestjs/microservices';
import { BankLineOutcome, BankMessage, BankReturnStatus, BankStatementStatus } from '@ar/contracts/gen/ar/payments/v1/bank.js';
import type { ImportBankFileResponse} from '@ar/contracts/gen/ar/payments/v1/bank_service.js';
import {
  BankEntry, BankReturn, BankStatement, DiscardBankStatementRequest, DismissBankReturnRequest, MatchBankReturnRequest, type DismissBankReturnResponse, type ListBankReturnsRequest, type ListBankReturnsResponse, type MatchBankReturnResponse, type ImportBankFileRequest, type ImportBankFileStart, RegisterBankAccountRequest, ReleaseBankStatementRequest, type BankAccount, type DiscardBankStatementResponse,
  type GetBankStatementRequest, type GetBankStatementResponse, type ListBankEntriesRequest, type ListBankEntriesResponse, type ListBankStatementsRequest, type ListBankStatementsResponse, type RegisterBankAccountResponse,
  type ReleaseBankStatementResponse,
} from '@ar/contracts/gen/ar/payments/v1/bank_service.js';
import { Api, type CommandRpc } from '@ar/platform/api.js';
import { invalid, refused } from '@ar/platform/errors.js';
import { Fields } from '@ar/platform/fields.js';
import { answerUpload, type UploadAnswer, type UploadCall } from '@ar/platform/uploads.js';
import { TooBusy } from '@ar/runtime/commands.js';
import { txOf } from '@ar/runtime/decide.js';
import { BankFileInvalid } from '../bank/bank-file.js';
import type { CsvOf } from '../bank/csv.js';
import { bankAccountIdOf } from '../bank/statements.js';
import { discardBankStatement, type DecideOnStatement, registerBankAccount, type RegisterBankAccount, releaseBankStatement } from '../bank.commands.js';
import { dismissBankReturn, type DismissBankReturn, matchBankReturn, type MatchBankReturn } from '../bank-returns.commands.js';
import { importBankFile, MOST_BYTES, Upload } from '../bank-import.js';
import { bankMessages } from '../payments.publisher.js';
import { detailsOf } from '../projections/bank-details.js';
import { withCandidates } from '../projections/bank-returns.js';
import { bankAccountById, bankStatementById } from '../projections/bank-statements.js';
import { readCsvProfile } from './csv-profile.js';
import { checked } from './queries.js';

const KINDS = Object.keys(bankMessages) as (keyof typeof bankMessages)[];
const kindOf = (message: BankMessage | undefined) => KINDS.find((k) => bankMessages[k] === message);

export const registerBankAccountRpc: CommandRpc<RegisterBankAccountRequest, RegisterBankAccount, RegisterBankAccountResponse> = {
  name: 'ar.payments.v1.BankService/RegisterBankAccount', message: RegisterBankAccountRequest, command: registerBankAccount, answer: (bankAccount: BankAccount, version, position) => ({ bankAccount, version, position }),
  read(f, request) {
    const account = f.text('accountNumber', { max: 34, pattern: /^[A-Z0-9/.-]+$/, says: 'may hold A–Z, 0–9, /, . and -' });
    const currency = f.currency('currencyCode');
    const message = kindOf(f.oneOf('bookingMessage', Object.values(bankMessages))) ?? 'camt.053';
    if (message === 'camt.054' && !request.booksWithoutBalances) f.wrong('booksWithoutBalances', 'FIELD_INVALID', 'must be true where camt.054 books: it has no balances');
    if (message === 'x12.820' && !request.booksWithoutBalances) f.wrong('booksWithoutBalances', 'FIELD_INVALID', 'must be true where X12 820 books: it has no balances');
    const csv = f.inside('csv', readCsvProfile);
    if (message === 'csv' && !request.booksWithoutBalances) f.wrong('booksWithoutBalances', 'FIELD_INVALID', 'must be true where CSV books: it has no balances');
    if (message === 'csv' && !request.csv) f.wrong('csv', 'FIELD_REQUIRED', 'is required where CSV books');
    return { bankAccountId: bankAccountIdOf(account, currency), account, currency, message, withoutBalances: request.booksWithoutBalances, ...(csv ? { csv } : {}) };
  },
};

const answer = (bankStatement: BankStatement, version: bigint, position: ReleaseBankStatementResponse['position']) => ({ bankStatement, version, position });
const decision = (f: Fields<ReleaseBankStatementRequest>, { actor, reason }: ReleaseBankStatementRequest): DecideOnStatement => ({ statementId: f.id('bankStatementId'), by: actor, reason });
export const releaseBankStatementRpc: CommandRpc<ReleaseBankStatementRequest, DecideOnStatement, ReleaseBankStatementResponse> = { name: 'ar.payments.v1.BankService/ReleaseBankStatement', message: ReleaseBankStatementRequest, command: releaseBankStatement, answer, read: decision };
export const discardBankStatementRpc: CommandRpc<DiscardBankStatementRequest, DecideOnStatement, DiscardBankStatementResponse> = { name: 'ar.payments.v1.BankService/DiscardBankStatement', message: DiscardBankStatementRequest, command: discardBankStatement, answer, read: decision };

const answerReturn = (bankReturn: BankReturn, version: bigint, position: MatchBankReturnResponse['position']) => ({ bankReturn, version, position });
export const matchBankReturnRpc: CommandRpc<MatchBankReturnRequest, MatchBankReturn, MatchBankReturnResponse> = {
  name: 'ar.payments.v1.BankService/MatchBankReturn', message: MatchBankReturnRequest, command: matchBankReturn, answer: answerReturn,
  read: (f, { actor, reason }) => ({ returnId: f.id('bankReturnId'), receiptId: f.id('receiptId'), matchedBy: 'person', by: actor, reason }),
};
export const dismissBankReturnRpc: CommandRpc<DismissBankReturnRequest, DismissBankReturn, DismissBankReturnResponse> = {
  name: 'ar.payments.v1.BankService/DismissBankReturn', message: DismissBankReturnRequest, command: dismissBankReturn, answer: answerReturn,
  read: (f, { actor, reason }) => ({ returnId: f.id('bankReturnId'), by: actor, reason }),
};

const MOST_IN_CHUNK = 1024 * 1024;
/** Files are kept while they are imported. */
const MOST_AT_ONCE = 2;
const wrong = (field: string, reason: string, description: string) => invalid([{ field, reason, description }]);

const byName = <E extends string>(prefix: string, values: readonly E[]) => (word: string): string | undefined => values.find((v) => v === word || v === `${prefix}_${word.toUpperCase()}`);
const statusNamed = byName('BANK_STATEMENT_STATUS', [BankStatementStatus.BOOKING, BankStatementStatus.BOOKED, BankStatementStatus.HELD, BankStatementStatus.DISCARDED]);
const returnStatusNamed = byName('BANK_RETURN_STATUS', [BankReturnStatus.OPEN, BankReturnStatus.MATCHED, BankReturnStatus.DISMISSED]);
const outcomeNamed = byName('BANK_LINE_OUTCOME', [BankLineOutcome.BOOKED, BankLineOutcome.RECOGNISED, BankLineOutcome.IGNORED]);
const text = (sql: string) => ({ sql, type: 'text' as const });

/** Bank files: what a bank says came in. */
@Controller()
export class BankGrpc {
  #importing = 0;
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.BankService', 'registerBankAccount')
  registerBankAccount(request: RegisterBankAccountRequest) { return this.api.command(registerBankAccountRpc, request); }

  @GrpcMethod('ar.payments.v1.BankService', 'releaseBankStatement')
  releaseBankStatement(request: ReleaseBankStatementRequest) { return this.api.command(releaseBankStatementRpc, request); }

  @GrpcMethod('ar.payments.v1.BankService', 'discardBankStatement')
  discardBankStatement(request: DiscardBankStatementRequest) { return this.api.command(discardBankStatementRpc, request); }

  @GrpcStreamCall('ar.payments.v1.BankService', 'importBankFile')
  importBankFile(call: UploadCall<ImportBankFileRequest, ImportBankFileResponse>, done: UploadAnswer<ImportBankFileResponse>): Promise<void> {
    return answerUpload(this.api, call, done, (messages) => this.import(messages));
  }

  private async accountOf({ tenantId, bankAccountId }: ImportBankFileStart) {
    const of = await this.api.runtime.live.read((client) => bankAccountById(txOf(client), tenantId, bankAccountId));
    if (!of) throw refused({ refused: 'bank-account-not-found', detail: { bankAccountId } });
    return of;
  }

  /** How the CSV of an account is read. */
  private async csvOf(start: ImportBankFileStart): Promise<CsvOf> {
    const of = await this.accountOf(start);
    if (!of.csv) throw wrong('bank_account_id', 'FIELD_INVALID', 'has no profile by which CSV is read');
    return { account: of.accountNumber, currency: of.currencyCode, profile: readCsvProfile(new Fields(of.csv), of.csv) };
  }

  /** The messages of one upload, from the first to the last. */
  async import(messages: AsyncGenerator<ImportBankFileRequest>): Promise<ImportBankFileResponse> {
    const first = (await messages.next()).value as ImportBankFileRequest | undefined;
    if (first?.part?.$case !== 'start') throw wrong('start', 'FIELD_REQUIRED', 'is required in the first message');
    const start: ImportBankFileStart = first.part.value;
    const fields = new Fields(start);
    const asker = this.api.asker(fields, start);
    const expected = start.message === BankMessage.UNSPECIFIED ? undefined : kindOf(fields.oneOf('message', Object.values(bankMessages)));
    if (expected !== 'x12.820' && (expected === 'csv') !== (start.bankAccountId !== '')) fields.wrong('bankAccountId', expected === 'csv' ? 'FIELD_REQUIRED' : 'FIELD_INVALID', expected === 'csv' ? 'is required of CSV' : 'is for CSV only: other files name their accounts');
    fields.done();
    await this.api.reach(start);
    const csv = expected === 'csv' ? await this.csvOf(start) : undefined;
    const sender = expected === 'x12.820' && start.bankAccountId !== '' ? { account: (await this.accountOf(start)).accountNumber } : undefined;
    if (this.#importing >= MOST_AT_ONCE) throw new TooBusy();
    this.#importing++;
    const upload = new Upload(expected, csv, sender);
    try {
      for await (const { part } of messages) {
        if (part?.$case !== 'chunk') throw wrong('chunk', 'FIELD_REQUIRED', 'is required in every message but the first');
        if (part.value.length > MOST_IN_CHUNK) throw wrong('chunk', 'FIELD_INVALID', `has ${part.value.length} bytes; ${MOST_IN_CHUNK} are allowed`);
        if (upload.bytes + part.value.length > MOST_BYTES) throw wrong('chunk', 'BANK_FILE_TOO_LARGE', `the file has more than ${MOST_BYTES} bytes`);
        await upload.write(part.value);
      }
      if (upload.bytes === 0) throw wrong('chunk', 'BANK_FILE_EMPTY', 'no bytes came');
      return await importBankFile(this.api, upload, await upload.end(), asker);
    } catch (error) {
      throw error instanceof BankFileInvalid ? wrong('chunk', 'BANK_FILE_INVALID', error.detail) : error;
    } finally {
      this.#importing--;
    }
  }

  @GrpcMethod('ar.payments.v1.BankService', 'matchBankReturn')
  matchBankReturn(request: MatchBankReturnRequest) { return this.api.command(matchBankReturnRpc, request); }

  @GrpcMethod('ar.payments.v1.BankService', 'dismissBankReturn')
  dismissBankReturn(request: DismissBankReturnRequest) { return this.api.command(dismissBankReturnRpc, request); }

  @GrpcMethod('ar.payments.v1.BankService', 'listBankReturns')
  async listBankReturns(request: ListBankReturnsRequest): Promise<ListBankReturnsResponse> {
    checked(request, () => undefined);
    return this.api.query(request, async (tx) => {
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'bank-returns', request, {
        select: 'select bank_return_id page_id, bank_return_id, bank_account_id, bank_statement_id, bank_entry_id, status, booked_on, receipt_id, resource from bank_return where tenant = $1', values: [request.tenantId],
        columns: {
          bank_account_id: text('bank_account_id'), bank_statement_id: text('bank_statement_id'), bank_entry_id: text('bank_entry_id'), status: { sql: 'status', type: 'text', value: returnStatusNamed },
          booking_date: { sql: 'booked_on', type: 'date' }, receipt_id: text('receipt_id'),
        },
        orders: { booking_date: { sql: 'booked_on', type: 'date' }, bank_return_id: text('bank_return_id') }, order: 'booking_date',
      });
      return { bankReturns: [...await withCandidates(tx, request.tenantId, rows.map((r) => BankReturn.fromJSON(r.resource)))], nextPageToken };
    });
  }

  @GrpcMethod('ar.payments.v1.BankService', 'getBankStatement')
  async getBankStatement(request: GetBankStatementRequest): Promise<GetBankStatementResponse> {
    const bankStatementId = checked(request, (f) => f.id('bankStatementId'));
    return this.api.query(request, async (tx) => {
      const found = await bankStatementById(tx, request.tenantId, bankStatementId);
      if (!found) throw refused({ refused: 'bank-statement-not-found', detail: { statementId: bankStatementId } });
      return { bankStatement: found.bankStatement, version: BigInt(found.version) };
    });
  }

  @GrpcMethod('ar.payments.v1.BankService', 'listBankStatements')
  async listBankStatements(request: ListBankStatementsRequest): Promise<ListBankStatementsResponse> {
    checked(request, () => undefined);
    return this.api.query(request, async (tx) => {
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'bank-statements', request, {
        select: `select bank_statement_id page_id, bank_statement_id, bank_account_id, status, coalesce(stated_on, '1900-01-01') stated_on, bank_id, resource from bank_statement where tenant = $1`, values: [request.tenantId],
        columns: { bank_account_id: text('bank_account_id'), status: { sql: 'status', type: 'text', value: statusNamed }, date: { sql: 'stated_on', type: 'date' }, bank_id: text('bank_id') },
        orders: { date: { sql: 'stated_on', type: 'date' }, bank_statement_id: text('bank_statement_id') }, order: 'date',
      });
      return { bankStatements: rows.map((r) => BankStatement.fromJSON(r.resource)), nextPageToken };
    });
  }

  @GrpcMethod('ar.payments.v1.BankService', 'listBankEntries')
  async listBankEntries(request: ListBankEntriesRequest): Promise<ListBankEntriesResponse> {
    checked(request, () => undefined);
    return this.api.query(request, async (tx) => {
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'bank-entries', request, {
        select: `select bank_entry_id || '/' || lpad(occurrence::text, 9, '0') page_id, bank_entry_id, bank_account_id, bank_statement_id, outcome, booked_on, bank_reference, end_to_end_id, receipt_id, resource from bank_entry where tenant = $1`,
        values: [request.tenantId],
        columns: {
          bank_account_id: text('bank_account_id'), bank_statement_id: text('bank_statement_id'), outcome: { sql: 'outcome', type: 'text', value: outcomeNamed }, booking_date: { sql: 'booked_on', type: 'date' },
          bank_reference: text('bank_reference'), end_to_end_id: text('end_to_end_id'), receipt_id: text('receipt_id'),
        },
        orders: { booking_date: { sql: 'booked_on', type: 'date' }, bank_entry_id: text('bank_entry_id') }, order: 'booking_date',
      });
      const entries = rows.map((r) => BankEntry.fromJSON(r.resource));
      const details = await detailsOf(tx, request.tenantId, entries.map((e) => e.bankEntryId));
      return { bankEntries: entries.map((e) => ({ ...e, details: [...details.get(e.bankEntryId) ?? []] })), nextPageToken };
    });
  }
}
