import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Application } from '@ar/contracts/gen/ar/payments/v1/account.js';
import { type Deduction as WireDeduction, PaymentMethod, ReversalKind, type NamedDocument, type Remitter } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import {
  ApplyReceiptRequest, IdentifyReceiptRequest, Receipt, ReceiptStatus, RecordReceiptRequest, ReverseReceiptRequest, UnapplyReceiptRequest,
  type ApplyReceiptResponse, type ExplainApplicationRequest, type ExplainApplicationResponse, type GetReceiptRequest, type GetReceiptResponse, type IdentifyReceiptResponse,
  type ListReceiptsRequest, type ListReceiptsResponse, type RecordReceiptResponse, type ReverseReceiptResponse, type UnapplyReceiptResponse,
} from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { Api, newId, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import type { Fields } from '@ar/platform/fields.js';
import type { Tx } from '@ar/runtime/forms.js';
import type { Named } from '../domain/cash-application.js';
import {
  applyReceipt, identifyReceipt, recordReceipt, reverseReceipt, unapplyReceipt, type ApplyReceipt, type IdentifyReceipt, type RecordReceipt, type ReverseReceipt, type UnapplyReceipt,
} from '../payments.commands.js';
import type { Deduction, DeductionReason } from '../domain/receipt.js';
import { isDerivedReceiptId } from '../domain/receipt-id.js';
import { deductionReasons, kinds } from '../payments.publisher.js';
import { attemptsOn, receiptById } from '../projections/receipts.js';
import { checked } from './queries.js';

export const answer = (receipt: Receipt, version: bigint, position: RecordReceiptResponse['position']) => ({ receipt, version, position });
/** How money comes, and goes. */
export const METHODS = [PaymentMethod.BANK_TRANSFER, PaymentMethod.CHEQUE, PaymentMethod.CASH, PaymentMethod.CARD, PaymentMethod.WALLET, PaymentMethod.DIRECT_DEBIT];

/** What the payer means for a document is in the currency of the money. */
const readNamed = (currency: string | undefined) => (f: Fields<NamedDocument>): Named => {
  const reference = f.text('reference', { max: 64 });
  const amount = f.amount('amount', { optional: true });
  if (amount && currency !== undefined && amount.currency !== currency) f.wrong('amount.currencyCode', 'FIELD_INVALID', 'is not the currency of the receipt');
  return { reference, minor: amount?.minor ?? null };
};

export const recordReceiptRpc: CommandRpc<RecordReceiptRequest, RecordReceipt, RecordReceiptResponse> = {
  name: 'ar.payments.v1.ReceiptService/RecordReceipt', message: RecordReceiptRequest, command: recordReceipt, answer,
  read(f, request) {
    const amount = f.amount('amount');
    const maturesOn = f.day('maturityDate', true);
    if (isDerivedReceiptId(request.receiptId)) f.wrong('receiptId', 'FIELD_INVALID', 'is rcp. and 32 hex digits, as ids are that are made here');
    if (maturesOn !== '' && request.method !== PaymentMethod.CHEQUE) f.wrong('maturityDate', 'FIELD_INVALID', 'is for cheques');
    const bookingRate = f.decimal('bookingRate', { digits: 10, optional: true, from: 0 });
    if (bookingRate !== '' && !/[1-9]/.test(bookingRate)) f.wrong('bookingRate', 'FIELD_INVALID', 'must be above zero');
    const remitter = f.inside<Remitter, RecordReceipt['remitter']>('remitter', (r) => ({ name: r.text('name', { max: 140, optional: true }), iban: r.text('iban', { max: 34, optional: true }), remittance: r.text('remittance', { max: 1_000, optional: true }) }));
    return {
      receiptId: f.id('receiptId', true) || newId('rcp'), customer: f.customer('customerId', true), currency: amount?.currency ?? '', receivedMinor: amount?.minor ?? 0, valueOn: f.day('valueDate', true),
      method: f.oneOf('method', METHODS) ?? '', bankReference: f.text('bankReference', { max: 64, optional: true }), remitter: remitter ?? { name: '', iban: '', remittance: '' }, onAccount: request.onAccount,
      named: f.list('documents', { max: 100 }, readNamed(amount?.currency)), ...(maturesOn === '' ? {} : { maturesOn }), ...(bookingRate === '' ? {} : { bookingRate }),
    };
  },
};

export const identifyReceiptRpc: CommandRpc<IdentifyReceiptRequest, IdentifyReceipt, IdentifyReceiptResponse> = {
  name: 'ar.payments.v1.ReceiptService/IdentifyReceipt', message: IdentifyReceiptRequest, command: identifyReceipt, answer,
  read: (f, request) => ({ receiptId: f.id('receiptId'), customer: f.customer('customerId'), by: request.actor }),
};

/** The id of an item is longer than that of its document. */
export const readShare = (f: Fields<Application>) => {
  const amount = f.amount('amount');
  return { itemId: f.id('itemId', false, 80), minor: amount?.minor ?? 0, currency: amount?.currency ?? '' };
};

export const DEDUCTION_REASONS = Object.keys(deductionReasons) as DeductionReason[];
const readDeduction = (f: Fields<WireDeduction>): Deduction & { readonly currency: string } => {
  const [share, reason] = [readShare(f as never), f.oneOf('reason', Object.values(deductionReasons))];
  return { ...share, reasonCode: DEDUCTION_REASONS.find((word) => deductionReasons[word] === reason) ?? 'other', text: f.text('text', { max: 500, optional: true }) };
};

/** What is used of the receipt for items of another currency, as a sum or by a rate. */
function readExchange(f: Fields<ApplyReceiptRequest>, { spent: given, rate: says, deductions }: ApplyReceiptRequest, shares: readonly { readonly currency: string }[]): Pick<ApplyReceipt, 'exchange'> {
  if (!given && says === '') return {};
  const spent = given ? f.amount('spent') : undefined;
  const rate = says === '' ? '' : f.decimal('rate', { digits: 10, from: 0 });
  if (rate !== '' && !/[1-9]/.test(rate)) f.wrong('rate', 'FIELD_INVALID', 'must be above zero');
  if (given && says !== '') f.wrong('rate', 'FIELD_INVALID', 'is said beside the sum that is used');
  if (shares.length === 0) f.wrong('applications', 'FIELD_REQUIRED', 'is required with a sum or a rate of another currency: the rules stay within one');
  else if (shares.some((s) => s.currency !== shares[0]!.currency)) f.wrong('applications', 'FIELD_INVALID', 'must be of items in one currency');
  if (deductions.length > 0) f.wrong('deductions', 'FIELD_INVALID', 'are not told across currencies');
  return { exchange: { minor: spent?.minor ?? null, currency: spent?.currency ?? '', rate } };
}

export const applyReceiptRpc: CommandRpc<ApplyReceiptRequest, ApplyReceipt, ApplyReceiptResponse> = {
  name: 'ar.payments.v1.ReceiptService/ApplyReceipt', message: ApplyReceiptRequest, command: applyReceipt, answer,
  read(f, request) {
    if (request.applications.length === 0 && request.deductions.length > 0) f.wrong('deductions', 'FIELD_INVALID', 'are of items that are named: the rules are told none');
    const shares = f.list('applications', { max: 500 }, readShare);
    return { receiptId: f.id('receiptId'), shares, deductions: f.list('deductions', { max: 500 }, readDeduction), ...readExchange(f, request, shares) };
  },
};

export const unapplyReceiptRpc: CommandRpc<UnapplyReceiptRequest, UnapplyReceipt, UnapplyReceiptResponse> = {
  name: 'ar.payments.v1.ReceiptService/UnapplyReceipt', message: UnapplyReceiptRequest, command: unapplyReceipt, answer,
  read: (f, request) => ({ receiptId: f.id('receiptId'), groupId: f.id('applicationGroupId'), reason: request.reason, effectiveOn: f.day('effectiveDate', true) }),
};

const KINDS = Object.keys(kinds) as (keyof typeof kinds)[];

export const reverseReceiptRpc: CommandRpc<ReverseReceiptRequest, ReverseReceipt, ReverseReceiptResponse> = {
  name: 'ar.payments.v1.ReceiptService/ReverseReceipt', message: ReverseReceiptRequest, command: reverseReceipt, answer,
  read(f, request) {
    const wire = f.oneOf('kind', [ReversalKind.RETURN, ReversalKind.CHARGEBACK, ReversalKind.BOUNCED, ReversalKind.ERROR]);
    return { receiptId: f.id('receiptId'), kind: KINDS.find((k) => kinds[k] === wire) ?? 'error', code: f.text('code', { max: 10, optional: true }), reason: request.reason, effectiveOn: f.day('effectiveDate', true), waiveFee: request.waiveFee, outsideWindow: request.outsideWindow };
  },
};

const STATUSES = [ReceiptStatus.PENDING, ReceiptStatus.UNIDENTIFIED, ReceiptStatus.UNAPPLIED, ReceiptStatus.PARTLY_APPLIED, ReceiptStatus.APPLIED, ReceiptStatus.REVERSED];
const statusOf = (word: string): string | undefined => STATUSES.find((s) => s === word || s === `RECEIPT_STATUS_${word.toUpperCase()}`);

export async function found(tx: Tx, tenant: string, receiptId: string): Promise<{ readonly receipt: Receipt; readonly version: number }> {
  const row = await receiptById(tx, tenant, receiptId);
  if (!row) throw refused({ refused: 'receipt-not-found', detail: { receiptId } });
  return row;
}

/** Receipts: money that came in, and what it was used for. */
@Controller()
export class ReceiptGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.ReceiptService', 'recordReceipt')
  recordReceipt(request: RecordReceiptRequest) { return this.api.command(recordReceiptRpc, request); }

  @GrpcMethod('ar.payments.v1.ReceiptService', 'identifyReceipt')
  identifyReceipt(request: IdentifyReceiptRequest) { return this.api.command(identifyReceiptRpc, request); }

  @GrpcMethod('ar.payments.v1.ReceiptService', 'applyReceipt')
  applyReceipt(request: ApplyReceiptRequest) { return this.api.command(applyReceiptRpc, request); }

  @GrpcMethod('ar.payments.v1.ReceiptService', 'unapplyReceipt')
  unapplyReceipt(request: UnapplyReceiptRequest) { return this.api.command(unapplyReceiptRpc, request); }

  @GrpcMethod('ar.payments.v1.ReceiptService', 'reverseReceipt')
  reverseReceipt(request: ReverseReceiptRequest) { return this.api.command(reverseReceiptRpc, request); }

  @GrpcMethod('ar.payments.v1.ReceiptService', 'getReceipt')
  async getReceipt(request: GetReceiptRequest): Promise<GetReceiptResponse> {
    const receiptId = checked(request, (f) => f.id('receiptId'));
    return this.api.query(request, async (tx) => {
      const { receipt, version } = await found(tx, request.tenantId, receiptId);
      return { receipt, version: BigInt(version) };
    });
  }

  @GrpcMethod('ar.payments.v1.ReceiptService', 'listReceipts')
  async listReceipts(request: ListReceiptsRequest): Promise<ListReceiptsResponse> {
    checked(request, () => undefined);
    return this.api.query(request, async (tx) => {
      const text = (sql: string) => ({ sql, type: 'text' as const });
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'receipts', request, {
        select: 'select receipt_id page_id, receipt_id, customer, status, value_on, currency, bank_reference, resource from receipt where tenant = $1', values: [request.tenantId],
        columns: { customer_id: text('customer'), status: { sql: 'status', type: 'text', value: statusOf }, value_date: { sql: 'value_on', type: 'date' }, currency_code: text('currency'), bank_reference: text('bank_reference') },
        orders: { value_date: { sql: 'value_on', type: 'date' }, receipt_id: text('receipt_id') }, order: 'value_date',
      });
      return { receipts: rows.map((r) => Receipt.fromJSON(r.resource)), nextPageToken };
    });
  }

  @GrpcMethod('ar.payments.v1.ReceiptService', 'explainApplication')
  async explainApplication(request: ExplainApplicationRequest): Promise<ExplainApplicationResponse> {
    const receiptId = checked(request, (f) => f.id('receiptId'));
    return this.api.query(request, async (tx) => {
      const { receipt } = await found(tx, request.tenantId, receiptId);
      return { receipt, attempts: [...await attemptsOn(tx, request.tenantId, receiptId)] };
    });
  }
}
