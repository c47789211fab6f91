import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { WriteOffMethod as WireMethod, WriteOffReason as WireReason } from '@ar/contracts/gen/ar/payments/v1/write_off.js';
import {
  ApproveWriteOffRequest, RecoverWriteOffRequest, RefuseWriteOffRequest, ReverseWriteOffRequest, WriteOff, WriteOffOpenItemsRequest, WriteOffStatus,
  type ApproveWriteOffResponse, type GetWriteOffRequest, type GetWriteOffResponse, type ItemToWriteOff, type ListWriteOffsRequest, type ListWriteOffsResponse, type RecoverWriteOffResponse, type RefuseWriteOffResponse,
  type ReverseWriteOffResponse, type WriteOffOpenItemsResponse,
} from '@ar/contracts/gen/ar/payments/v1/write_off_service.js';
import { Api, newId, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import type { Fields } from '@ar/platform/fields.js';
import type { AskedPart, WriteOffMethod, WriteOffReason } from '../domain/write-off.js';
import { wireMethods, wireReasons } from '../payments.publisher.js';
import { writeOffById } from '../projections/write-offs.js';
import {
  approveWriteOff, recoverWriteOff, refuseWriteOff, reverseWriteOff, writeOffOpenItems, type ApproveWriteOff, type RecoverWriteOff, type RefuseWriteOff, type ReverseWriteOff, type WriteOffOpenItems,
} from '../write-offs.commands.js';
import { checked } from './queries.js';

const answer = (writeOff: WriteOff, version: bigint, position: WriteOffOpenItemsResponse['position']) => ({ writeOff, version, position });
const METHODS = Object.keys(wireMethods) as WriteOffMethod[];
const REASONS = Object.keys(wireReasons) as WriteOffReason[];

/** An amount is in the currency of all of them; the id of an item is longer than that of its document. */
const readItem = (currency: string) => (f: Fields<ItemToWriteOff>): AskedPart => {
  const amount = f.amount('amount', { optional: true });
  if (amount && currency !== '' && amount.currency !== currency) f.wrong('amount.currencyCode', 'FIELD_INVALID', 'is not the currency of the write-off');
  return { itemId: f.id('itemId', false, 80), minor: amount?.minor ?? null };
};

export const writeOffOpenItemsRpc: CommandRpc<WriteOffOpenItemsRequest, WriteOffOpenItems, WriteOffOpenItemsResponse> = {
  name: 'ar.payments.v1.WriteOffService/WriteOffOpenItems', message: WriteOffOpenItemsRequest, command: writeOffOpenItems, answer,
  read(f, request) {
    const currency = f.currency('currencyCode');
    const [method, reason] = [f.oneOf('method', Object.values(wireMethods)), f.oneOf('reasonCode', Object.values(wireReasons))];
    if (reason === WireReason.OTHER && request.reason === '') f.required('reason');
    return {
      writeOffId: f.ownId('writeOffId', 'wof') || newId('wof'), customer: f.customer('customerId'), currency, items: f.list('items', { min: 1, max: 500 }, readItem(currency)),
      method: METHODS.find((m) => wireMethods[m] === method) ?? 'direct', reasonCode: REASONS.find((r) => wireReasons[r] === reason) ?? 'other', reason: request.reason, by: request.actor,
    };
  },
};

export const approveWriteOffRpc: CommandRpc<ApproveWriteOffRequest, ApproveWriteOff, ApproveWriteOffResponse> = {
  name: 'ar.payments.v1.WriteOffService/ApproveWriteOff', message: ApproveWriteOffRequest, command: approveWriteOff, answer,
  read: (f, request) => ({ writeOffId: f.id('writeOffId'), by: request.actor }),
};

export const refuseWriteOffRpc: CommandRpc<RefuseWriteOffRequest, RefuseWriteOff, RefuseWriteOffResponse> = {
  name: 'ar.payments.v1.WriteOffService/RefuseWriteOff', message: RefuseWriteOffRequest, command: refuseWriteOff, answer,
  read: (f, request) => ({ writeOffId: f.id('writeOffId'), by: request.actor, reason: request.reason }),
};

export const reverseWriteOffRpc: CommandRpc<ReverseWriteOffRequest, ReverseWriteOff, ReverseWriteOffResponse> = {
  name: 'ar.payments.v1.WriteOffService/ReverseWriteOff', message: ReverseWriteOffRequest, command: reverseWriteOff, answer,
  read: (f, request) => ({ writeOffId: f.id('writeOffId'), reason: request.reason }),
};

export const recoverWriteOffRpc: CommandRpc<RecoverWriteOffRequest, RecoverWriteOff, RecoverWriteOffResponse> = {
  name: 'ar.payments.v1.WriteOffService/RecoverWriteOff', message: RecoverWriteOffRequest, command: recoverWriteOff, answer,
  read(f) {
    const amount = f.amount('amount', { optional: true });
    return { writeOffId: f.id('writeOffId'), receiptId: f.id('receiptId'), minor: amount?.minor ?? null, currency: amount?.currency ?? '' };
  },
};

/** How an enum's value may be written in a filter. */
const wordOf = (prefix: string, values: readonly string[]) => (word: string): string | undefined => values.find((v) => v === word || v === `${prefix}${word.toUpperCase()}`);

/** Write-offs: what nobody expects to be paid, and what came in for it nevertheless. */
@Controller()
export class WriteOffGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.WriteOffService', 'writeOffOpenItems')
  writeOffOpenItems(request: WriteOffOpenItemsRequest) { return this.api.command(writeOffOpenItemsRpc, request); }

  @GrpcMethod('ar.payments.v1.WriteOffService', 'approveWriteOff')
  approveWriteOff(request: ApproveWriteOffRequest) { return this.api.command(approveWriteOffRpc, request); }

  @GrpcMethod('ar.payments.v1.WriteOffService', 'refuseWriteOff')
  refuseWriteOff(request: RefuseWriteOffRequest) { return this.api.command(refuseWriteOffRpc, request); }

  @GrpcMethod('ar.payments.v1.WriteOffService', 'reverseWriteOff')
  reverseWriteOff(request: ReverseWriteOffRequest) { return this.api.command(reverseWriteOffRpc, request); }

  @GrpcMethod('ar.payments.v1.WriteOffService', 'recoverWriteOff')
  recoverWriteOff(request: RecoverWriteOffRequest) { return this.api.command(recoverWriteOffRpc, request); }

  @GrpcMethod('ar.payments.v1.WriteOffService', 'getWriteOff')
  async getWriteOff(request: GetWriteOffRequest): Promise<GetWriteOffResponse> {
    const writeOffId = checked(request, (f) => f.id('writeOffId'));
    return this.api.query(request, async (tx) => {
      const found = await writeOffById(tx, request.tenantId, writeOffId);
      if (!found) throw refused({ refused: 'write-off-not-found', detail: { writeOffId } });
      return { writeOff: found.writeOff, version: BigInt(found.version) };
    });
  }

  @GrpcMethod('ar.payments.v1.WriteOffService', 'listWriteOffs')
  async listWriteOffs(request: ListWriteOffsRequest): Promise<ListWriteOffsResponse> {
    checked(request, () => undefined);
    return this.api.query(request, async (tx) => {
      const text = (sql: string) => ({ sql, type: 'text' as const });
      const word = (sql: string, prefix: string, values: readonly string[]) => ({ sql, type: 'text' as const, value: wordOf(prefix, values) });
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'write-offs', request, {
        select: 'select write_off_id page_id, customer, status, method, reason_code, currency, effective_on, amount_minor, resource from write_off where tenant = $1', values: [request.tenantId],
        columns: {
          customer_id: text('customer'), currency_code: text('currency'), effective_date: { sql: 'effective_on', type: 'date' }, amount: { sql: 'amount_minor', type: 'number' },
          status: word('status', 'WRITE_OFF_STATUS_', Object.values(WriteOffStatus)), method: word('method', 'WRITE_OFF_METHOD_', Object.values(WireMethod)), reason_code: word('reason_code', 'WRITE_OFF_REASON_', Object.values(WireReason)),
        },
        orders: { effective_date: { sql: 'effective_on', type: 'date' }, amount: { sql: 'amount_minor', type: 'number' } }, order: 'effective_date',
      });
      return { writeOffs: rows.map((r) => WriteOff.fromJSON(r.resource)), nextPageToken };
    });
  }
}
