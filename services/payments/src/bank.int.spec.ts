import 'reflect-metadata';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { NestFactory } from '@nestjs/core';
import { Transport, type GrpcOptions } from '@nestjs/microservices';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BankLineOutcome, BankMessage, BankStatementStatus } from '@ar/contracts/gen/ar/payments/v1/bank.js';
import {
  BankServiceClient, BankServiceService, DiscardBankStatementRequest, GetBankStatementRequest, type ImportBankFileRequest, type ImportBankFileResponse, ImportBankFileStart, ListBankEntriesRequest, ListBankStatementsRequest, RegisterBankAccountRequest, ReleaseBankStatementRequest,
} from '@ar/contracts/gen/ar/payments/v1/bank_service.js';
import { GetTrialBalanceRequest, LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { ListReceiptsRequest, ReceiptStatus } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import { ErrorInfo } from '@ar/contracts/gen/google/rpc/error_details.js';
import { Status } from '@ar/contracts/gen/google/rpc/status.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import type { EventLog } from '@ar/event-log/event-log.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import { Api } from '@ar/platform/api.js';
import { apiError } from '@ar/platform/errors.js';
import { calls } from '@ar/platform/call-context.js';
import { callInterceptor, checkedCodecs } from '@ar/platform/interceptor.js';
import { Metrics } from '@ar/platform/metrics.js';
import { Pages } from '@ar/platform/lists.js';
import { migrateService } from '@ar/runtime/migrations.js';
import { wirePolicies } from '@ar/runtime/policy-contract.js';
import { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { BankGrpc } from './api/bank.grpc.js';
import { ReceiptGrpc } from './api/receipt.grpc.js';
import { ReportGrpc } from './api/report.grpc.js';
import { type Booked, camt, statementXml, type Stated } from './bank/bank-files.world.js';
import { Elsewhere } from './elsewhere.world.js';
import { payments } from './payments.service.js';

let postgres: Postgres;
let log: EventLog;
let runtime: ServiceRuntime;
let api: Api;
let bank: BankGrpc;
let receipts: ReceiptGrpc;
let reports: ReportGrpc;
/** What Nest serves here. */
class Served {}
const errors: Error[] = [];
const tenantId = 't1';
const today = '2026-03-10';
const eur = (minor: number) => ({ minor, currency: 'EUR' });
const { BOOKED, RECOGNISED, IGNORED, REFUSED, DUPLICATE } = BankLineOutcome;

beforeAll(async () => {
  postgres = await startPostgres();
  const { ownerUrl, url } = await postgres.store();
  await migrateService(ownerUrl, 'ar_service');
  log = await openPostgresLog({ url: await postgres.database(), partitions: 3 });
  runtime = new ServiceRuntime({ service: payments, url, log, role: 'all', clock: 'simulated', onError: (e) => errors.push(e) });
  await runtime.start();
  api = new Api(runtime, new Pages('a key of sixteen or more'), true);
  [bank, receipts, reports] = [new BankGrpc(api), new ReceiptGrpc(api), new ReportGrpc(api)];
  const [invoicing, credit] = [new Elsewhere(log, 'invoicing'), new Elsewhere(log, 'credit')];
  const of = { tenant: tenantId };
  await invoicing.tell('TenantRegistered', { ...of, customer: '', subject: `tenant/${tenantId}`, on: today, data: { tenantId, baseCurrency: 'EUR', timeZone: 'Europe/Berlin', details: { legalName: 'Seller' }, policies: wirePolicies(defaultPolicies), firstBusinessDay: today } });
  await invoicing.tell('BusinessDayOpened', { ...of, customer: '', subject: `tenant/${tenantId}`, on: today, data: { tenantId, date: today } });
  for (const [n, customer] of [[1, 'c1'], [2, 'c2'], [3, 'c3']] as const) {
    await credit.tell('CustomerRegistered', { ...of, customer, subject: `customer/${customer}`, on: today, data: { customerId: customer } });
    seen = await invoicing.tell('InvoiceIssued', {
      ...of, customer, subject: `invoice/inv_${n}`, on: today,
      data: { invoiceId: `inv_${n}`, number: `R-100${n}`, customerId: customer, currencyCode: 'EUR', issueDate: '2026-03-01', net: eur(100_00), tax: eur(0), total: eur(100_00), instalments: [{ seq: 1, dueDate: '2026-03-31', amount: eur(100_00) }] },
    });
    positions = { sequences: { ...positions.sequences, ...seen.sequences } };
  }
  for (const account of ['DE89370400440532013000', 'X1', 'X2', 'X3', 'X4']) await bank.registerBankAccount(RegisterBankAccountRequest.fromPartial({ ...asked(), accountNumber: account, currencyCode: 'EUR', bookingMessage: BankMessage.CAMT_053, minPosition: positions }));
}, 60_000);
afterAll(async () => { await runtime.stop(); await log.close(); await postgres.stop(); });

let seen: Position;
let positions: Position = { sequences: {} };
let requests = 0;
const asked = () => ({ tenantId, requestId: `r-${++requests}`, actor: 'anna', reason: 'test' });
const upload = (file: string, more: Partial<ImportBankFileStart> = {}, piece = 1_000) => {
  async function* messages(): AsyncGenerator<ImportBankFileRequest> {
    yield { part: { $case: 'start', value: ImportBankFileStart.fromPartial({ ...asked(), ...more }) } };
    const bytes = Buffer.from(file);
    for (let at = 0; at < bytes.length; at += piece) yield { part: { $case: 'chunk', value: bytes.subarray(at, at + piece) } };
  }
  return bank.import(messages());
};
const refusedWith = async (call: Promise<unknown>) => { try { await call; } catch (error) { const { reason, message } = apiError(error, ''); return [reason, message]; } throw new Error('was not refused'); };
const reasonOf = async (call: Promise<unknown>) => (await refusedWith(call))[0];
const stated = (entries: readonly Booked[], more: Partial<Stated> = {}): Stated => {
  const opening = Number(more.opening ?? 0);
  const sum = entries.filter((e) => (e.status ?? 'BOOK') === 'BOOK').reduce((total, e) => total + Math.round(Number(e.amount) * 100) * (e.side === 'DBIT' ? -1 : 1), 0);
  return { closing: ((Math.round(opening * 100) + sum) / 100).toFixed(2), ...more, entries };
};
const file = (...statements: Stated[]) => camt(statements.map((s) => statementXml(s)));
const outcomes = (answer: Awaited<ReturnType<typeof upload>>, n = 0) => answer.statements[n]!.lines.map((l) => (l.reason === '' ? l.outcome : `${l.outcome} ${l.reason}`));
const entriesOf = async (filter: string, minPosition?: Position) => (await bank.listBankEntries(ListBankEntriesRequest.fromPartial({ tenantId, filter, pageSize: 500, minPosition }))).bankEntries;
const receiptsNow = async (minPosition?: Position) => (await receipts.listReceipts(ListReceiptsRequest.fromPartial({ tenantId, pageSize: 500, minPosition }))).receipts;

describe('a bank file', () => {
  it('is booked line by line: receipts, applied to what they name; the rest is told for what it is', async () => {
    const answer = await upload(file(stated([
      { amount: '100.00', ref: 'B-1', text: 'Rechnung R-1001' }, { amount: '60.00', ref: 'B-2', text: 'R-1002 first part' }, { amount: '7.00', ref: 'B-3', text: 'who knows' }, { amount: '12.00', side: 'DBIT', ref: 'B-4', text: 'rent' },
      { amount: '5.00', side: 'DBIT', ref: 'B-5', details: '<TxDtls><Refs><EndToEndId>DD-1</EndToEndId></Refs><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>' }, { amount: '50.00', ref: 'B-6', status: 'PDNG' },
    ], { id: 'first', number: 1, opening: '10.00' })));
    expect(outcomes(answer)).toEqual([BOOKED, BOOKED, BOOKED, `${IGNORED} debit`, `${RECOGNISED} return`, `${IGNORED} pending`]);
    expect(answer.statements[0]).toMatchObject({ accountNumber: 'DE89370400440532013000', bankId: 'first', reason: '', linesNotListed: 0, statement: { status: BankStatementStatus.BOOKED, booked: 3, recognised: 1, ignored: 2, refused: 0, duplicates: 0, lines: 6 } });
    const money = (await receiptsNow(answer.position)).filter((r) => r.bankReference.startsWith('B-'));
    expect(money.map((r) => [r.bankReference, r.customerId, r.status, r.unapplied!.value]).sort()).toEqual([
      ['B-1', 'c1', ReceiptStatus.APPLIED, '0.00'], ['B-2', 'c2', ReceiptStatus.APPLIED, '0.00'], ['B-3', '~unidentified', ReceiptStatus.UNIDENTIFIED, '7.00'],
    ]);
    expect((await entriesOf(`outcome = recognised`, answer.position)).map((e) => [e.endToEndId, e.returnCode, e.credit, e.amount!.value])).toEqual([['DD-1', 'AC04', false, '5.00']]);
    const got = await bank.getBankStatement(GetBankStatementRequest.fromPartial({ tenantId, bankStatementId: answer.statements[0]!.statement!.bankStatementId }));
    expect(got.bankStatement).toEqual(answer.statements[0]!.statement);
    const { rows } = await reports.getTrialBalance(GetTrialBalanceRequest.fromPartial({ tenantId }));
    expect(rows.reduce((sum, r) => sum + BigInt(r.balance!.value.replace('.', '')), 0n)).toBe(0n);
    expect(rows.find((r) => r.account === LedgerAccount.CASH)!.balance!.value).toBe('167.00');
  });

  it('sent again, or in another file, books nothing twice', async () => {
    const entries = [{ amount: '1.00', text: 'a' }, { amount: '1.00', text: 'a' }, { amount: '2.00', ref: 'D-1' }];
    const once = file(stated(entries, { account: 'X1', id: 's', opening: '0.00' }));
    const first = await upload(once);
    expect(outcomes(first)).toEqual([BOOKED, BOOKED, BOOKED]);
    const again = await upload(once);
    expect(outcomes(again)).toEqual([DUPLICATE, DUPLICATE, DUPLICATE]);
    const overlapping = await upload(file(stated([...entries.slice(1), { amount: '3.00', text: 'new' }], { account: 'X1', id: 'overlapping', opening: '1.00' })));
    expect(outcomes(overlapping)).toEqual([DUPLICATE, DUPLICATE, BOOKED]);
    expect(overlapping.statements[0]!.statement).toMatchObject({ status: BankStatementStatus.BOOKED, booked: 1, duplicates: 2 });
  });

  it('answers the same request as it did, and another content under it not at all', async () => {
    const [a, b] = [file(stated([{ amount: '4.00', ref: 'Q-1' }], { account: 'X1', id: 'q' })), file(stated([{ amount: '5.00', ref: 'Q-2' }], { account: 'X1', id: 'q' }))];
    const first = await upload(a, { requestId: 'same' });
    expect(await upload(a, { requestId: 'same' })).toEqual(first);
    expect(await reasonOf(upload(b, { requestId: 'same' }))).toBe('REQUEST_ID_REUSED');
  });

  it('whose next statement begins where the last one ended has what looks alike as something new', async () => {
    const coffee = [{ amount: '3.50', text: 'coffee' }];
    await upload(file(stated(coffee, { account: 'X2', id: 'morning', number: 1 })));
    const next = await upload(file(stated(coffee, { account: 'X2', id: 'evening', number: 2, opening: '3.50' })));
    expect(outcomes(next)).toEqual([BOOKED]);
    const both = await upload(file(stated([...coffee, ...coffee], { account: 'X2', id: 'day' })));
    expect(outcomes(both)).toEqual([DUPLICATE, DUPLICATE]);
  });

  it('shows what is missing between two statements', async () => {
    await upload(file(stated([{ amount: '1.00', ref: 'G1' }], { account: 'X3', id: 'g1', number: 4, day: '2026-03-02' })));
    const later = await upload(file(stated([{ amount: '1.00', ref: 'G2', day: '2026-03-05' }], { account: 'X3', id: 'g2', number: 7, opening: '9.00', day: '2026-03-05' })));
    expect(later.statements[0]!.statement!.gap).toEqual({ missingFrom: 5, missingTo: 6, expectedOpening: { currencyCode: 'EUR', value: '1.00' } });
    const next = await upload(file(stated([{ amount: '1.00', ref: 'G3', day: '2026-03-06' }], { account: 'X3', id: 'g3', number: 8, opening: '10.00', day: '2026-03-06' })));
    expect(next.statements[0]!.statement!.gap).toBeUndefined();
  });

  it('with a value date to come is refused in that line alone, and booked when it is imported again then', async () => {
    const answer = await upload(file(stated([{ amount: '1.00', ref: 'F1', day: '2026-03-11' }, { amount: '2.00', ref: 'F2' }], { account: 'X3', id: 'f', opening: '11.00', day: '2026-03-07' })));
    expect(outcomes(answer)).toEqual([`${REFUSED} value-date-in-future`, BOOKED]);
    expect(answer.statements[0]!.statement).toMatchObject({ status: BankStatementStatus.BOOKING, refused: 1, booked: 1 });
  });

  it('may hold accounts that nobody knows, and interim messages: nothing of them is recorded', async () => {
    const answer = await upload(camt([statementXml(stated([{ amount: '1.00' }], { account: 'NOBODY' })), statementXml(stated([{ amount: '2.00', ref: 'K1' }], { account: 'X3', id: 'k', opening: '14.00' }))]));
    expect(answer.statements.map((s) => [s.reason, s.statement?.booked])).toEqual([['bank-account-not-found', undefined], ['', 1]]);
    const interim = await upload([':20:X', ':25:X3', ':28C:1/1', ':34F:EUR0,', ':13D:2603021200+0100', ':61:260302C1,00NTRFNONREF', ':86:x', '-'].join('\r\n'));
    expect(interim.statements[0]).toMatchObject({ reason: 'interim' });
  });

  it('that is broken off goes on where it ended, under the same request or another', async () => {
    const long = file(stated(Array.from({ length: 250 }, (_, i) => ({ amount: '1.00', ref: `LONG-${i}` })), { account: 'X1', id: 'long' }));
    // The caller is gone when two of three appends are made.
    let asks = 0;
    const gone = await calls.run({ method: '', deadline: Date.now() + 60_000, trace: '', traceparent: undefined, cancelled: () => ++asks > 3 }, () => refusedWith(upload(long, { requestId: 'long' })));
    expect(gone).toEqual(['DEADLINE_EXCEEDED', expect.stringContaining('goes on where it ended')]);
    const other = await upload(long);
    expect(outcomes(other).map((o) => o === DUPLICATE)).toEqual([...Array.from({ length: 200 }, () => true), ...Array.from({ length: 50 }, () => false)]);
    expect(other.statements[0]!.statement).toMatchObject({ status: BankStatementStatus.BOOKED, booked: 250 });
    const same = await upload(long, { requestId: 'long' });
    expect(outcomes(same)).toEqual([...Array.from({ length: 200 }, () => BOOKED), ...Array.from({ length: 50 }, () => DUPLICATE)]);
    expect((await entriesOf('bank_reference : LONG', other.position)).length).toBe(250);
  });

  it('is not booked in two lines of one append by two senders at once', async () => {
    const race = file(stated(Array.from({ length: 40 }, (_, i) => ({ amount: '1.00', ref: `RACE-${i}` })), { account: 'X3', id: 'race' }));
    const answers = await Promise.all([upload(race), upload(race)]);
    expect(answers.map((a) => a.statements[0]!.statement!.booked)).toEqual([40, 40]);
    expect(answers.flatMap((a) => outcomes(a)).filter((o) => o === BOOKED).length).toBe(40);
    const [, booked] = [...answers].sort((a, b) => outcomes(a).filter((o) => o === BOOKED).length - outcomes(b).filter((o) => o === BOOKED).length);
    expect((await entriesOf('bank_reference : RACE', booked!.position)).length).toBe(40); // who recorded nothing has nothing to wait for
  });
});

describe('a statement that does not tie', () => {
  it('is held, and booked when a person has released it and it is imported again', async () => {
    const wrong = file({ account: 'X4', id: 'wrong', opening: '0.00', closing: '4.00', entries: [{ amount: '3.00', ref: 'W1' }] });
    const held = await upload(wrong);
    expect(held.statements[0]).toMatchObject({ lines: [], linesNotListed: 1, statement: { status: BankStatementStatus.HELD, holds: ['BANK_STATEMENT_HOLD_DOES_NOT_TIE'], booked: 0 } });
    const { bankStatementId } = held.statements[0]!.statement!;
    expect(await entriesOf('bank_reference = W1', held.position)).toEqual([]);
    const released = await bank.releaseBankStatement(ReleaseBankStatementRequest.fromPartial({ ...asked(), bankStatementId, reason: 'the bank confirms it' }));
    expect(released.bankStatement).toMatchObject({ status: BankStatementStatus.BOOKING, decidedBy: 'anna', decisionReason: 'the bank confirms it' });
    expect(outcomes(await upload(wrong))).toEqual([BOOKED]);
    expect(await reasonOf(bank.releaseBankStatement(ReleaseBankStatementRequest.fromPartial({ ...asked(), bankStatementId })))).toBe('BANK_STATEMENT_NOT_HELD');
  });

  it('is put aside for good', async () => {
    const wrong = file({ account: 'X4', id: 'aside', opening: '4.00', closing: '0.00', entries: [{ amount: '4.00', ref: 'V1' }] });
    const { bankStatementId, holds } = (await upload(wrong)).statements[0]!.statement!;
    expect(holds).toEqual(['BANK_STATEMENT_HOLD_OPPOSITE_SIGN']);
    const { position } = await bank.discardBankStatement(DiscardBankStatementRequest.fromPartial({ ...asked(), bankStatementId, reason: 'not ours' }));
    const again = await upload(wrong);
    expect(again.statements[0]).toMatchObject({ lines: [], statement: { status: BankStatementStatus.DISCARDED } });
    const { bankStatements } = await bank.listBankStatements(ListBankStatementsRequest.fromPartial({ tenantId, filter: 'status = discarded', minPosition: position }));
    expect(bankStatements.map((s) => s.bankId)).toEqual(['aside']);
  });
});

describe('a file that cannot be taken', () => {
  const good = file(stated([{ amount: '8.00', ref: 'BAD-1' }], { account: 'X3', id: 'bad' }));
  it.each<[string, string, string]>([
    ['damaged', good.slice(0, -20), 'BANK_FILE_INVALID'], ['empty', '', 'BANK_FILE_EMPTY'], ['damaged behind statements that are not', good.replace('</BkToCstmrStmt>', '<Stmt><Bal></Bal></Stmt></BkToCstmrStmt>'), 'BANK_FILE_INVALID'],
    ['of too many statements', camt(Array.from({ length: 20_000 }, () => '<Stmt><Acct><Id><IBAN>X3</IBAN></Id></Acct></Stmt>')), 'BANK_FILE_INVALID'],
  ])('%s changes nothing', async (_what, bad, reason) => {
    expect(await reasonOf(upload(bad, {}, 100_000))).toBe(reason);
    expect(await entriesOf('bank_reference = BAD-1')).toEqual([]);
  });
  it('is of another kind than was said', async () => expect(await refusedWith(upload(good, { message: BankMessage.MT940 }))).toEqual(['BANK_FILE_INVALID', 'chunk: it is camt.053, not mt940']));
  it('has no beginning, a start in its middle, or too much in one message', async () => {
    async function* of(...parts: ImportBankFileRequest['part'][]): AsyncGenerator<ImportBankFileRequest> { for (const part of parts) yield { part }; }
    const start = { $case: 'start', value: ImportBankFileStart.fromPartial(asked()) } as const;
    expect(await refusedWith(bank.import(of()))).toEqual(['FIELD_REQUIRED', expect.stringContaining('start')]);
    expect(await refusedWith(bank.import(of(start, start)))).toEqual(['FIELD_REQUIRED', expect.stringContaining('chunk')]);
    expect(await reasonOf(bank.import(of(start, { $case: 'chunk', value: Buffer.alloc(2_000_000) })))).toBe('FIELD_INVALID');
    const piece = { $case: 'chunk', value: Buffer.alloc(1024 * 1024, '\n') } as const;
    expect(await reasonOf(bank.import(of(start, { $case: 'chunk', value: Buffer.from(good.split('<BkTo')[0]!) }, ...Array.from({ length: 101 }, () => piece))))).toBe('BANK_FILE_TOO_LARGE');
  });
  it('comes while two others are being imported', async () => {
    const gates = [0, 1].map(() => Promise.withResolvers<void>());
    const slow = gates.map(({ promise }) => bank.import((async function* () {
      yield { part: { $case: 'start', value: ImportBankFileStart.fromPartial(asked()) } } as ImportBankFileRequest;
      await promise;
    })()));
    expect(await reasonOf(upload(good))).toBe('RATE_LIMITED');
    gates.forEach((g) => g.resolve());
    expect(await Promise.all(slow.map(reasonOf))).toEqual(['BANK_FILE_EMPTY', 'BANK_FILE_EMPTY']);
  });
});

describe('over gRPC', () => {
  let app: { close(): Promise<void> };
  let client: BankServiceClient;
  beforeAll(async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => { probe.close(resolve); });
    const served = await NestFactory.createMicroservice<GrpcOptions>({ module: Served, controllers: [BankGrpc], providers: [{ provide: Api, useValue: api }] }, {
      logger: false, transport: Transport.GRPC, options: {
        url: `127.0.0.1:${port}`, package: 'ar.payments.v1', packageDefinition: { 'ar.payments.v1.BankService': checkedCodecs(BankServiceService) } as never,
        channelOptions: { interceptors: [callInterceptor('payments', pino({ level: 'silent' }), new Metrics('payments'), () => false)] } as never,
      },
    });
    await served.listen();
    app = served;
    client = new BankServiceClient(`127.0.0.1:${port}`, credentials.createInsecure(), {});
  });
  afterAll(async () => { client.close(); await app.close(); });
  const send = (bytes: Uint8Array, start: object = asked()) => new Promise<ImportBankFileResponse | ServiceError>((resolve) => {
    const call = client.importBankFile(new Metadata(), { deadline: Date.now() + 20_000 }, (error, answered) => resolve(error ?? answered));
    call.on('error', () => undefined); // told to the callback as well
    call.write({ part: { $case: 'start', value: ImportBankFileStart.fromPartial(start) } });
    for (let at = 0; at < bytes.length; at += 65_536) call.write({ part: { $case: 'chunk', value: Buffer.from(bytes.subarray(at, at + 65_536)) } });
    call.end();
  });

  it('a file is a stream of messages with one answer', async () => {
    const entries = Array.from({ length: 1_200 }, (_, i): Booked => ({ amount: '1.00', ref: `GRPC-${i}` }));
    const answer = await send(Buffer.from(file(stated(entries, { account: 'X1', id: 'grpc' })))) as ImportBankFileResponse;
    expect(answer.statements[0]).toMatchObject({ statement: { booked: 1_200, status: BankStatementStatus.BOOKED }, linesNotListed: 200 });
    expect(answer.statements[0]!.lines.length).toBe(1_000);
  }, 60_000);
  it('is refused with its reason in the details', async () => {
    const reasonIn = (answer: unknown) => ErrorInfo.decode(Status.decode((answer as ServiceError).metadata.get('grpc-status-details-bin')[0] as Buffer).details.find((d) => d.typeUrl.endsWith('ErrorInfo'))!.value).reason;
    expect(reasonIn(await send(Buffer.from('<Document/>')))).toBe('BANK_FILE_INVALID');
    expect(reasonIn(await send(Buffer.from(''), { tenantId }))).toBe('FIELD_REQUIRED');
  });
});

describe('bank accounts', () => {
  const registering = (more: object) => bank.registerBankAccount(RegisterBankAccountRequest.fromPartial({ ...asked(), accountNumber: 'DE1', currencyCode: 'EUR', bookingMessage: BankMessage.CAMT_053, ...more }));
  it('are registered once per currency', async () => {
    const { bankAccount } = await registering({});
    expect(bankAccount).toMatchObject({ accountNumber: 'DE1', currencyCode: 'EUR', bookingMessage: BankMessage.CAMT_053, booksWithoutBalances: false });
    expect(await reasonOf(registering({}))).toBe('BANK_ACCOUNT_EXISTS');
    expect((await registering({ currencyCode: 'CHF' })).bankAccount!.bankAccountId).not.toBe(bankAccount!.bankAccountId);
    expect(await reasonOf(registering({ bookingMessage: BankMessage.CAMT_054 }))).toBe('FIELD_INVALID');
  });
  it('may book notifications, which have no balances', async () => {
    await registering({ accountNumber: 'N1', bookingMessage: BankMessage.CAMT_054, booksWithoutBalances: true });
    const answer = await upload(camt([statementXml({ account: 'N1', opening: null, closing: null, entries: [{ amount: '9.00', ref: 'N1-1' }] }, '08', 'Ntfctn')], '08', 'camt.054'));
    expect(outcomes(answer)).toEqual([BOOKED]);
  });
  it('of nobody have no statements', async () => expect(await reasonOf(bank.getBankStatement(GetBankStatementRequest.fromPartial({ tenantId, bankStatementId: 'none' })))).toBe('BANK_STATEMENT_NOT_FOUND'));
});

describe('any statement that ties', () => {
  let n = 0;
  it('is booked once, imported twice, or split in two files that overlap', async () => {
    // Few sums, texts and days, so that many look alike; statements begin and end with days.
    const entry = fc.record({ cents: fc.integer({ min: 1, max: 3 }), ref: fc.nat(2).map((n) => n === 0), text: fc.constantFrom('a', ''), debit: fc.nat(3).map((n) => n === 0), day: fc.integer({ min: 1, max: 4 }) });
    await fc.assert(fc.asyncProperty(fc.array(entry, { minLength: 2, maxLength: 16 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), async (unordered, x, y) => {
      const run = ++n;
      const drawn = unordered.toSorted((a, b) => a.day - b.day);
      const entries = drawn.map((e, i): Booked => ({ amount: (e.cents / 100).toFixed(2), side: e.debit ? 'DBIT' : 'CRDT', text: e.text, day: `2026-03-0${e.day}`, ...(e.ref ? { ref: `P${run}-${i}` } : {}) }));
      const account = `P${run}`;
      const signed = drawn.map((e) => (e.debit ? -e.cents : e.cents));
      const upTo = (i: number) => signed.slice(0, i).reduce((a, b) => a + b, 0);
      const before = (day: number) => drawn.filter((e) => e.day < day).length;
      const [begin, end] = [before(Math.min(x, y)), before(Math.max(x, y))];
      // An overlap that sums to nothing, without references, under the next number, looks like no overlap.
      fc.pre(begin === end || upTo(begin) !== upTo(end));
      const cut = (a: number, b: number, id: string, number: number) => file({ account, id, number, opening: (upTo(a) / 100).toFixed(2), closing: (upTo(b) / 100).toFixed(2), entries: entries.slice(a, b) });
      await registering(account);
      const first = await upload(cut(0, end, 'first', 1));
      const { position } = await upload(cut(begin, drawn.length, 'second', 2));
      const whole = await upload(cut(0, drawn.length, 'whole', 0));
      const again = await upload(cut(0, drawn.length, 'whole', 0));
      for (const answer of [whole, again]) expect(outcomes(answer).filter((o) => o !== DUPLICATE)).toEqual([]);
      const kept = await entriesOf(`bank_account_id = ${again.statements[0]!.statement!.bankAccountId}`, { sequences: { ...first.position!.sequences, ...position!.sequences, ...whole.position!.sequences } });
      expect(kept.map((e) => `${e.credit ? '' : '-'}${e.amount!.value}`).sort()).toEqual(entries.map((e) => `${e.side === 'DBIT' ? '-' : ''}${e.amount}`).sort());
      expect(kept.every((e) => (e.receiptId !== '') === e.credit)).toBe(true);
    }), { numRuns: 40, seed: 9 });
  }, 120_000);
  const registering = (accountNumber: string) => bank.registerBankAccount(RegisterBankAccountRequest.fromPartial({ ...asked(), accountNumber, currencyCode: 'EUR', bookingMessage: BankMessage.CAMT_053 }));

  it('leaves no error behind', () => expect(errors).toEqual([]));
});
