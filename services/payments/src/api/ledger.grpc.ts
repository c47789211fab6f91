import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  CutLedgerBatchRequest, LedgerBatch, type CutLedgerBatchResponse, type ExportLedgerRequest, type ExportLedgerResponse, type LedgerEntry, type ListLedgerBatchesRequest, type ListLedgerBatchesResponse,
} from '@ar/contracts/gen/ar/payments/v1/ledger_service.js';
import type { LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { Api, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import type { Taker } from '@ar/platform/streaming.js';
import { cutLedgerBatch, type CutLedgerBatch } from '../ledger-export.commands.js';
import { batchEntries, batchTotals, ledgerBatchByNumber, type ExportedRow } from '../projections/ledger-batches.js';
import { sellerOf } from '../projections/sellers.js';
import { amountOf, amountsOf, checked } from './queries.js';
import { journalEntry } from './report.grpc.js';

export const cutLedgerBatchRpc: CommandRpc<CutLedgerBatchRequest, CutLedgerBatch, CutLedgerBatchResponse> = {
  name: 'ar.payments.v1.LedgerService/CutLedgerBatch', message: CutLedgerBatchRequest, command: cutLedgerBatch,
  answer: (batch: LedgerBatch, version, position) => ({ batch, version, position }),
  read: (_f, request) => ({ by: request.actor }),
};

const MOST_IN_MESSAGE = 500;

/** Where the next page of entries begins: entry, position and line of the last one. */
const pageAt = (token: string): readonly [number: number, recorded: number, line: number] => (token === '' ? [0, 0, -1] : JSON.parse(token) as [number, number, number]);

/** The journal for the tenant's books. */
@Controller()
export class LedgerGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.LedgerService', 'cutLedgerBatch')
  async cutLedgerBatch(request: CutLedgerBatchRequest): Promise<CutLedgerBatchResponse> {
    await this.api.reach(request);
    await this.api.reachOwn();
    return this.api.command(cutLedgerBatchRpc, request);
  }

  @GrpcMethod('ar.payments.v1.LedgerService', 'listLedgerBatches')
  async listLedgerBatches(request: ListLedgerBatchesRequest): Promise<ListLedgerBatchesResponse> {
    checked(request, () => undefined);
    return this.api.query(request, async (tx) => {
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'ledger-batches', request, {
        select: 'select number::text page_id, number, cut_on, resource from ledger_batch where tenant = $1', values: [request.tenantId],
        columns: { batch_number: { sql: 'number', type: 'number' }, business_date: { sql: 'cut_on', type: 'date' } },
        orders: { batch_number: { sql: 'number', type: 'number' } }, order: 'batch_number',
      });
      return { batches: rows.map((r) => LedgerBatch.fromJSON(r.resource)), nextPageToken };
    });
  }

  @GrpcMethod('ar.payments.v1.LedgerService', 'exportLedger')
  exportLedger(request: ExportLedgerRequest, _metadata: unknown, taker: Taker) {
    const { tenantId, batchNumber } = request;
    return this.api.stream<ExportLedgerResponse>(request, taker, async (tx, pageToken) => {
      const batch = await ledgerBatchByNumber(tx, tenantId, batchNumber);
      if (!batch) throw refused({ refused: 'ledger-batch-not-found', detail: { batchNumber: String(batchNumber) } });
      const codes = new Map(batch.chart.map(({ account, code }) => [account, code]));
      const [before, recorded, line] = pageAt(pageToken);
      const rows = await batchEntries(tx, tenantId, batch, { recorded, line }, MOST_IN_MESSAGE);
      const { entries, totals, inBase } = pageToken === '' ? await batchTotals(tx, tenantId, batch) : { entries: 0, totals: new Map<string, bigint>(), inBase: 0n };
      const { baseCurrency } = await sellerOf(tx, tenantId);
      const last = rows.at(-1);
      return {
        answers: [{ ...(pageToken === '' ? { totals: { batch, entries: BigInt(entries), controlTotals: amountsOf(totals), baseControlTotal: amountOf(inBase, baseCurrency) } } : { totals: undefined }), entries: rows.map((r, i) => entryOf(r, before + i + 1, codes)) }],
        nextPageToken: rows.length === MOST_IN_MESSAGE && last ? JSON.stringify([before + rows.length, last.recorded, last.line]) : '',
      };
    });
  }
}

const codeOf = (account: LedgerAccount, codes: ReadonlyMap<LedgerAccount, string>): string => codes.get(account) ?? account.replace('LEDGER_ACCOUNT_', '');

const entryOf = (r: ExportedRow, entryNumber: number, codes: ReadonlyMap<LedgerAccount, string>): LedgerEntry => ({
  entryNumber: BigInt(entryNumber), entry: journalEntry(r), debitCode: codeOf(r.debit, codes), creditCode: codeOf(r.credit, codes), documentNumber: r.documentNumber, actor: r.actor, causationId: r.causationId, correlationId: r.correlationId,
});
