// Payments with a bank: files are brought, receipts and entries are looked at. For tests.
import { BankMessage } from '@ar/contracts/gen/ar/payments/v1/bank.js';
import { type ImportBankFileRequest, type ImportBankFileResponse, ImportBankFileStart, ListBankEntriesRequest, RegisterBankAccountRequest } from '@ar/contracts/gen/ar/payments/v1/bank_service.js';
import { ListReceiptsRequest } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { GetTrialBalanceRequest, LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import type { EventLog } from '@ar/event-log/event-log.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import { Api } from '@ar/platform/api.js';
import { Pages } from '@ar/platform/lists.js';
import { migrateService } from '@ar/runtime/migrations.js';
import { wirePolicies } from '@ar/runtime/policy-contract.js';
import { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import type { Postgres } from '@ar/testing/postgres.js';
import { BankGrpc } from './api/bank.grpc.js';
import { PayerGrpc } from './api/payer.grpc.js';
import { ReceiptGrpc } from './api/receipt.grpc.js';
import { ReportGrpc } from './api/report.grpc.js';
import { Elsewhere } from './elsewhere.world.js';
import { payments } from './payments.service.js';

const tenantId = 't1';
export const TODAY = '2026-03-10';
const eur = (minor: number) => ({ minor, currency: 'EUR' });

export class BankAtWork {
  readonly errors: Error[] = [];
  readonly bank: BankGrpc;
  readonly receiptsApi: ReceiptGrpc;
  readonly payers: PayerGrpc;
  readonly #reports: ReportGrpc;
  #requests = 0;
  #seen: Position = { sequences: {} };

  private constructor(private readonly runtime: ServiceRuntime, private readonly log: EventLog) {
    const api = new Api(runtime, new Pages('a key of sixteen or more'), true);
    [this.bank, this.receiptsApi, this.payers, this.#reports] = [new BankGrpc(api), new ReceiptGrpc(api), new PayerGrpc(api), new ReportGrpc(api)];
  }

  /** One invoice of 100.00 each, R-100N, of these customers by N. */
  static async start(postgres: Postgres, invoices: Readonly<Record<number, string>>): Promise<BankAtWork> {
    const { ownerUrl, url } = await postgres.store();
    await migrateService(ownerUrl, 'ar_service');
    const log = await openPostgresLog({ url: await postgres.database(), partitions: 3 });
    const errors: Error[] = [];
    const runtime = new ServiceRuntime({ service: payments, url, log, role: 'all', clock: 'simulated', onError: (e) => errors.push(e) });
    await runtime.start();
    const world = new BankAtWork(runtime, log);
    const [invoicing, credit] = [new Elsewhere(log, 'invoicing'), new Elsewhere(log, 'credit')];
    const of = { tenant: tenantId };
    await invoicing.tell('TenantRegistered', { ...of, customer: '', subject: `tenant/${tenantId}`, on: TODAY, data: { tenantId, baseCurrency: 'EUR', timeZone: 'Europe/Berlin', details: { legalName: 'Seller' }, policies: wirePolicies(defaultPolicies), firstBusinessDay: TODAY } });
    await invoicing.tell('BusinessDayOpened', { ...of, customer: '', subject: `tenant/${tenantId}`, on: TODAY, data: { tenantId, date: TODAY } });
    for (const [n, customer] of Object.entries(invoices)) {
      await credit.tell('CustomerRegistered', { ...of, customer, subject: `customer/${customer}`, on: TODAY, data: { customerId: customer } });
      const seen = await invoicing.tell('InvoiceIssued', {
        ...of, customer, subject: `invoice/inv_${n}`, on: TODAY,
        data: { invoiceId: `inv_${n}`, number: `R-100${n}`, customerId: customer, currencyCode: 'EUR', issueDate: '2026-03-01', net: eur(100_00), tax: eur(0), total: eur(100_00), instalments: [{ seq: 1, dueDate: '2026-03-31', amount: eur(100_00) }] },
      });
      world.#seen = { sequences: { ...world.#seen.sequences, ...seen.sequences } };
    }
    return world;
  }

  async stop(): Promise<void> { await this.runtime.stop(); await this.log.close(); }

  asked() { return { tenantId, requestId: `r-${++this.#requests}`, actor: 'anna', reason: 'test' }; }

  /** An account of that number in euros; notifications have no balances. */
  async register(accountNumber: string, bookingMessage = BankMessage.CAMT_053): Promise<void> {
    await this.bank.registerBankAccount(RegisterBankAccountRequest.fromPartial({ ...this.asked(), accountNumber, currencyCode: 'EUR', bookingMessage, booksWithoutBalances: bookingMessage === BankMessage.CAMT_054 || bookingMessage === BankMessage.X12_820, minPosition: this.#seen }));
  }

  upload(file: string, minPosition?: Position, more: Partial<ImportBankFileStart> = {}): Promise<ImportBankFileResponse> {
    const start = ImportBankFileStart.fromPartial({ ...this.asked(), minPosition, ...more });
    async function* messages(): AsyncGenerator<ImportBankFileRequest> {
      yield { part: { $case: 'start', value: start } };
      yield { part: { $case: 'chunk', value: Buffer.from(file) } };
    }
    return this.bank.import(messages());
  }

  outcomes(answer: ImportBankFileResponse, statement = 0): readonly string[] { return answer.statements[statement]!.lines.map((l) => (l.reason === '' ? l.outcome : `${l.outcome} ${l.reason}`)); }

  async entries(filter: string, minPosition?: Position) { return (await this.bank.listBankEntries(ListBankEntriesRequest.fromPartial({ tenantId, filter, pageSize: 500, minPosition }))).bankEntries; }

  /** Those with these references of the bank, in that order. */
  async receipts(references: readonly string[], minPosition?: Position) {
    const { receipts } = await this.receiptsApi.listReceipts(ListReceiptsRequest.fromPartial({ tenantId, pageSize: 500, minPosition }));
    return references.flatMap((reference) => receipts.filter((r) => r.bankReference === reference));
  }

  /** All cash there is, as the trial balance says, which sums to zero. */
  async cash(minPosition?: Position): Promise<string> {
    const { rows } = await this.#reports.getTrialBalance(GetTrialBalanceRequest.fromPartial({ tenantId, minPosition }));
    if (rows.reduce((sum, r) => sum + BigInt(r.balance!.value.replace('.', '')), 0n) !== 0n) throw new Error('the journal does not sum to zero');
    return rows.find((r) => r.account === LedgerAccount.CASH)?.balance?.value ?? '0.00';
  }
}
