import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod, GrpcStreamCall } from '@nestjs/microservices';
import { CollectedBy, DebitTurn, MandateScheme, type DebitItem } from '@ar/contracts/gen/ar/payments/v1/debit.js';
import {
  CancelDebitRequest, CutDebitFileRequest, Debit, DebitOutcome, DebitStatus, type DebitFile, RequestDebitRequest, TellDebitOutcomeRequest,
  type CancelDebitResponse, type CutDebitFileResponse, type GetDebitFileRequest, type GetDebitFileResponse, type GetDebitRequest, type GetDebitResponse, type ImportDebitStatusRequest, type ImportDebitStatusResponse, type ImportDebitStatusStart, type ListDebitsRequest, type ListDebitsResponse,
  type RequestDebitResponse, type TellDebitOutcomeResponse,
} from '@ar/contracts/gen/ar/payments/v1/debit_service.js';
import type { DebitAttempted } from '@ar/contracts/gen/ar/payments/v1/events.js';
import { moneyOf } from '@ar/domain/money.js';
import { Api, newId, type CommandRpc } from '@ar/platform/api.js';
import { invalid, refused } from '@ar/platform/errors.js';
import { Fields } from '@ar/platform/fields.js';
import { answerUpload, type UploadAnswer, type UploadCall } from '@ar/platform/uploads.js';
import { BankFileInvalid } from '../bank/bank-file.js';
import { pain002In, MOST_BYTES, type ToldDebit } from '../bank/pain002.js';
import { type DebitOfFile, pain008, remittanceText } from '../bank/pain008.js';
import { cutDebitFile, type CutDebitFile } from '../debit-files.commands.js';
import { tellDebitOutcome, type TellDebitOutcome } from '../debit-outcomes.commands.js';
import { importDebitStatus } from '../debit-status-import.js';
import { cancelDebit, MOST_ITEMS, requestDebit, type AskedItem, type CancelDebit, type RequestDebit } from '../debits.commands.js';
import { KNOWN_REASONS } from '../domain/debit-reasons.js';
import { debitFileById } from '../projections/debit-files.js';
import { attemptsInFile, debitById, documentNumbersOf } from '../projections/debits.js';
import { checked } from './queries.js';

const answer = (debit: Debit, version: bigint, position: RequestDebitResponse['position']) => ({ debit, version, position });

export const requestDebitRpc: CommandRpc<RequestDebitRequest, RequestDebit, RequestDebitResponse> = {
  name: 'ar.payments.v1.DebitService/RequestDebit', message: RequestDebitRequest, command: requestDebit, answer,
  read(f, request) {
    const currency = f.currency('currencyCode');
    const items = f.list('items', { max: MOST_ITEMS }, (i: Fields<DebitItem>): AskedItem => {
      const amount = i.amount('amount', { optional: true });
      if (amount && amount.currency !== currency) i.wrong('amount.currencyCode', 'FIELD_INVALID', 'is not the currency of the debit');
      return { itemId: i.id('itemId', false, 128), asked: amount?.minor ?? null };
    });
    return { debitId: f.ownId('debitId', 'ddt') || newId('ddt'), customer: f.customer('customerId'), currency, mandateId: f.id('mandateId'), items, collectOn: f.day('collectDate', true), final: request.final, by: request.actor };
  },
};

export const cancelDebitRpc: CommandRpc<CancelDebitRequest, CancelDebit, CancelDebitResponse> = {
  name: 'ar.payments.v1.DebitService/CancelDebit', message: CancelDebitRequest, command: cancelDebit, answer,
  read: (f, request) => ({ debitId: f.id('debitId'), by: request.actor, reason: request.reason }),
};

const outcomes: Readonly<Partial<Record<DebitOutcome, TellDebitOutcome['outcome']>>> = { [DebitOutcome.COLLECTED]: 'collected', [DebitOutcome.DECLINED]: 'declined', [DebitOutcome.RETURNED]: 'returned' };

export const tellDebitOutcomeRpc: CommandRpc<TellDebitOutcomeRequest, TellDebitOutcome, TellDebitOutcomeResponse> = {
  name: 'ar.payments.v1.DebitService/TellDebitOutcome', message: TellDebitOutcomeRequest, command: tellDebitOutcome, answer,
  read(f, request) {
    const outcome = outcomes[request.outcome];
    if (!outcome) f.wrong('outcome', 'FIELD_INVALID', 'is collected, declined or returned');
    if (request.attempt < 0) f.wrong('attempt', 'FIELD_INVALID', 'is from 1, or 0 for the last');
    const collected = outcome === 'collected';
    if (collected && request.code !== '') f.wrong('code', 'FIELD_INVALID', 'is for what was declined or went back');
    const code = f.text('code', { max: 4, pattern: /^[A-Z0-9]{4}$/, says: 'is four letters and digits, as ISO 20022 has them', optional: collected });
    if (/^[A-Z0-9]{4}$/.test(request.code) && !collected && !KNOWN_REASONS.includes(request.code)) f.wrong('code', 'FIELD_INVALID', `is none of the reasons that are known here: ${KNOWN_REASONS.join(', ')}`);
    return { debitId: f.id('debitId'), attempt: request.attempt, outcome: outcome ?? 'collected', code, reference: f.text('reference', { max: 64, optional: true }), reason: request.reason };
  },
};

export const cutDebitFileRpc: CommandRpc<CutDebitFileRequest, CutDebitFile, CutDebitFileResponse> = {
  name: 'ar.payments.v1.DebitService/CutDebitFile', message: CutDebitFileRequest, command: cutDebitFile,
  answer: (debitFile: DebitFile, version: bigint, position: CutDebitFileResponse['position']) => ({ debitFile, version, position }),
  read: (f, request) => ({
    fileId: f.text('debitFileId', { max: 30, pattern: /^[A-Za-z0-9.-]+$/, says: 'may hold A–Z, a–z, 0–9, - and .', optional: true }) || newId('ddf').replace('ddf_', '').slice(0, 30), through: f.day('throughDate', true), by: request.actor,
  }),
};

const schemes: Readonly<Partial<Record<MandateScheme, DebitOfFile['scheme']>>> = { [MandateScheme.SEPA_CORE]: 'CORE', [MandateScheme.SEPA_B2B]: 'B2B' };
const turns: Readonly<Partial<Record<DebitTurn, DebitOfFile['turn']>>> = { [DebitTurn.FIRST]: 'FRST', [DebitTurn.RECURRENT]: 'RCUR', [DebitTurn.ONE_OFF]: 'OOFF', [DebitTurn.FINAL]: 'FNAL' };

/** As the bank gets it. */
function inFile(a: DebitAttempted, numbers: ReadonlyMap<string, string>): DebitOfFile {
  const [scheme, turn, debtor] = [schemes[a.scheme], turns[a.turn], a.pii?.data];
  if (!scheme || !turn || !debtor) throw new Error(`a debit is in a file that no file can hold: ${a.endToEndId}`);
  return {
    endToEndId: a.endToEndId, minor: moneyOf(a.amount).minor, scheme, turn, collectOn: a.collectDate, reference: a.mandateReference, signedOn: a.signedDate, name: debtor.name, iban: debtor.iban, bic: debtor.bic,
    formerIban: a.formerPii?.data?.iban ?? '', formerCreditorId: a.formerCreditorId,
    text: remittanceText([...new Set(a.items.map((i) => numbers.get(i.itemId) ?? i.itemId))]),
  };
}

const wrong = (field: string, reason: string, description: string) => invalid([{ field, reason, description }]);

/** How words may be written in a filter. */
const wordOf = (values: object, prefix: string) => (word: string): string | undefined => Object.values(values as Readonly<Record<string, string>>).find((v) => v === word || v === `${prefix}_${word.toUpperCase()}`);

/** Direct debits: what is owed is taken from the customer's account. */
@Controller()
export class DebitGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.DebitService', 'requestDebit')
  requestDebit(request: RequestDebitRequest) { return this.api.command(requestDebitRpc, request); }

  @GrpcMethod('ar.payments.v1.DebitService', 'cancelDebit')
  cancelDebit(request: CancelDebitRequest) { return this.api.command(cancelDebitRpc, request); }

  @GrpcMethod('ar.payments.v1.DebitService', 'tellDebitOutcome')
  tellDebitOutcome(request: TellDebitOutcomeRequest) { return this.api.command(tellDebitOutcomeRpc, request); }

  @GrpcMethod('ar.payments.v1.DebitService', 'cutDebitFile')
  cutDebitFile(request: CutDebitFileRequest) { return this.api.command(cutDebitFileRpc, request); }

  @GrpcStreamCall('ar.payments.v1.DebitService', 'importDebitStatus')
  importDebitStatus(call: UploadCall<ImportDebitStatusRequest, ImportDebitStatusResponse>, done: UploadAnswer<ImportDebitStatusResponse>): Promise<void> {
    return answerUpload(this.api, call, done, (messages) => this.import(messages));
  }

  /** The messages of one upload, from the first to the last. */
  async import(messages: AsyncGenerator<ImportDebitStatusRequest>): Promise<ImportDebitStatusResponse> {
    const first = (await messages.next()).value as ImportDebitStatusRequest | undefined;
    if (first?.part?.$case !== 'start') throw wrong('start', 'FIELD_REQUIRED', 'is required in the first message');
    const start: ImportDebitStatusStart = first.part.value;
    const fields = new Fields(start);
    const asker = this.api.asker(fields, start);
    fields.done();
    await this.api.reach(start);
    let file = Buffer.alloc(0);
    for await (const { part } of messages) {
      if (part?.$case !== 'chunk') throw wrong('chunk', 'FIELD_REQUIRED', 'is required in every message but the first');
      if (file.length + part.value.length > MOST_BYTES) throw wrong('chunk', 'DEBIT_STATUS_FILE_INVALID', `the file has more than ${MOST_BYTES} bytes`);
      file = Buffer.concat([file, part.value]);
    }
    let told: readonly ToldDebit[];
    try { told = pain002In(file); } catch (error) { throw error instanceof BankFileInvalid ? wrong('chunk', 'DEBIT_STATUS_FILE_INVALID', error.detail) : error; }
    return importDebitStatus(this.api, told, asker);
  }

  @GrpcMethod('ar.payments.v1.DebitService', 'getDebit')
  async getDebit(request: GetDebitRequest): Promise<GetDebitResponse> {
    const debitId = checked(request, (f) => f.id('debitId'));
    return this.api.query(request, async (tx) => {
      const found = await debitById(tx, request.tenantId, debitId);
      if (!found) throw refused({ refused: 'debit-not-found', detail: { debitId } });
      return { debit: found.debit, version: BigInt(found.version) };
    });
  }

  @GrpcMethod('ar.payments.v1.DebitService', 'getDebitFile')
  async getDebitFile(request: GetDebitFileRequest): Promise<GetDebitFileResponse> {
    const fileId = checked(request, (f) => f.id('debitFileId'));
    return this.api.query(request, async (tx) => {
      const found = await debitFileById(tx, request.tenantId, fileId);
      const attempts = found ? await attemptsInFile(tx, request.tenantId, fileId) : [];
      if (!found || attempts.length < found.file.debits) throw refused({ refused: 'debit-file-not-found', detail: { debitFileId: fileId } }); // not all of it has been read yet
      const numbers = await documentNumbersOf(tx, request.tenantId, attempts.flatMap((a) => a.items.map((i) => i.itemId)));
      const { creditorName: name, creditorIban: iban, creditorId } = found.file;
      const content = pain008({ fileId, createdOn: found.file.cutDate, creditor: { name, iban, creditorId }, debits: attempts.map((a) => inFile(a, numbers)) });
      return { debitFile: found.file, version: BigInt(found.version), content: Buffer.from(content) };
    });
  }

  @GrpcMethod('ar.payments.v1.DebitService', 'listDebits')
  async listDebits(request: ListDebitsRequest): Promise<ListDebitsResponse> {
    checked(request, () => undefined);
    return this.api.query(request, async (tx) => {
      const text = (sql: string) => ({ sql, type: 'text' as const });
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'debits', request, {
        select: "select debit_id page_id, customer, status, mandate_id, currency, collected_by, requested_on, coalesce(next_on, '9999-12-31') next_on, resource from debit where tenant = $1", values: [request.tenantId],
        columns: {
          customer_id: text('customer'), mandate_id: text('mandate_id'), currency_code: text('currency'), requested_date: { sql: 'requested_on', type: 'date' }, next_date: { sql: 'next_on', type: 'date' },
          status: { sql: 'status', type: 'text', value: wordOf(DebitStatus, 'DEBIT_STATUS') }, collected_by: { sql: 'collected_by', type: 'text', value: wordOf(CollectedBy, 'COLLECTED_BY') },
        },
        orders: { next_date: { sql: 'next_on', type: 'date' }, requested_date: { sql: 'requested_on', type: 'date' } }, order: 'next_date',
      });
      return { debits: rows.map((r) => Debit.fromJSON(r.resource)), nextPageToken };
    });
  }
}
