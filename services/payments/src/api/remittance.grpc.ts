import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Remitter } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import type { RemittanceLine as WireLine } from '@ar/contracts/gen/ar/payments/v1/remittance.js';
import {
  CancelRemittanceAdviceRequest, MatchRemittanceAdviceRequest, RecordRemittanceAdviceRequest, RemittanceAdvice, RemittanceAdviceStatus, type CancelRemittanceAdviceResponse, type GetRemittanceAdviceRequest, type GetRemittanceAdviceResponse,
  type ListRemittanceAdvicesRequest, type ListRemittanceAdvicesResponse, type MatchRemittanceAdviceResponse, type RecordRemittanceAdviceResponse,
} from '@ar/contracts/gen/ar/payments/v1/remittance_service.js';
import { Api, newId, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import type { Fields } from '@ar/platform/fields.js';
import type { RemittanceLine } from '../domain/remittance-advice.js';
import { deductionReasons } from '../payments.publisher.js';
import { remittanceAdviceById, withReceipts } from '../projections/remittance-advices.js';
import { type CancelRemittanceAdvice, cancelRemittanceAdvice, type MatchRemittanceAdvice, matchRemittanceAdvice, type RecordRemittanceAdvice, recordRemittanceAdvice } from '../remittance.commands.js';
import { checked } from './queries.js';
import { DEDUCTION_REASONS } from './receipt.grpc.js';

const answer = (remittanceAdvice: RemittanceAdvice, version: bigint, position: RecordRemittanceAdviceResponse['position']) => ({ remittanceAdvice, version, position });

const AMOUNTS = ['gross', 'discount', 'deduction', 'net'] as const;
/** All of a line is in the currency of the payment, and its parts make its net. */
const readLine = (currency: string | undefined) => (f: Fields<WireLine>, line: WireLine): RemittanceLine => {
  const [gross, discount, deduction, net] = [f.amount('gross', { sign: 'any' }), f.amount('discount', { sign: 'not-negative', optional: true }), f.amount('deduction', { sign: 'not-negative', optional: true }), f.amount('net', { sign: 'any' })];
  for (const name of AMOUNTS) if (currency !== undefined && line[name] && line[name].currencyCode !== currency) f.wrong(`${name}.currencyCode`, 'FIELD_INVALID', 'is not the currency of the total');
  const [grossMinor, discountMinor, deductionMinor, netMinor] = [gross, discount, deduction, net].map((a) => a?.minor ?? 0) as [number, number, number, number];
  if (gross && net && grossMinor - discountMinor - deductionMinor !== netMinor) f.wrong('net', 'FIELD_INVALID', 'is not gross less discount and deduction');
  const reason = f.oneOf('deductionReason', Object.values(deductionReasons), deductionMinor === 0);
  return {
    reference: f.text('reference', { max: 64 }), grossMinor, discountMinor, deductionMinor, reasonCode: deductionMinor > 0 ? DEDUCTION_REASONS.find((word) => deductionReasons[word] === reason) ?? 'other' : null,
    text: f.text('deductionText', { max: 500, optional: true }), netMinor,
  };
};

export const recordRemittanceAdviceRpc: CommandRpc<RecordRemittanceAdviceRequest, RecordRemittanceAdvice, RecordRemittanceAdviceResponse> = {
  name: 'ar.payments.v1.RemittanceService/RecordRemittanceAdvice', message: RecordRemittanceAdviceRequest, command: recordRemittanceAdvice, answer,
  read(f) {
    const total = f.amount('total');
    const payer = f.inside<Remitter, RecordRemittanceAdvice['payer']>('payer', (r) => ({ name: r.text('name', { max: 140, optional: true }), iban: r.text('iban', { max: 34, optional: true }), remittance: r.text('remittance', { max: 1_000, optional: true }) }));
    const lines = f.list('lines', { min: 1, max: 1_000 }, readLine(total?.currency));
    if (total && lines.reduce((sum, l) => sum + BigInt(l.netMinor), 0n) !== BigInt(total.minor)) f.wrong('total', 'FIELD_INVALID', 'is not the sum of the nets of the lines');
    return {
      adviceId: f.ownId('remittanceAdviceId', 'rma') || newId('rma'), customer: f.customer('customerId', true), currency: total?.currency ?? '', totalMinor: total?.minor ?? 0, paidOn: f.day('paymentDate', true), reference: f.text('reference', { max: 64, optional: true }),
      payer: payer ?? { name: '', iban: '', remittance: '' }, lines,
    };
  },
};

export const matchRemittanceAdviceRpc: CommandRpc<MatchRemittanceAdviceRequest, MatchRemittanceAdvice, MatchRemittanceAdviceResponse> = {
  name: 'ar.payments.v1.RemittanceService/MatchRemittanceAdvice', message: MatchRemittanceAdviceRequest, command: matchRemittanceAdvice, answer,
  read: (f, { actor }) => ({ adviceId: f.id('remittanceAdviceId'), receiptId: f.id('receiptId'), by: actor }),
};

export const cancelRemittanceAdviceRpc: CommandRpc<CancelRemittanceAdviceRequest, CancelRemittanceAdvice, CancelRemittanceAdviceResponse> = {
  name: 'ar.payments.v1.RemittanceService/CancelRemittanceAdvice', message: CancelRemittanceAdviceRequest, command: cancelRemittanceAdvice, answer,
  read: (f, { actor, reason }) => ({ adviceId: f.id('remittanceAdviceId'), by: actor, reason }),
};

const STATUSES = [RemittanceAdviceStatus.WAITING, RemittanceAdviceStatus.MATCHED, RemittanceAdviceStatus.CANCELLED];
const statusOf = (word: string): string | undefined => STATUSES.find((s) => s === word || s === `REMITTANCE_ADVICE_STATUS_${word.toUpperCase()}`);

/** What payers say that payments are for. */
@Controller()
export class RemittanceGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.RemittanceService', 'recordRemittanceAdvice')
  recordRemittanceAdvice(request: RecordRemittanceAdviceRequest) { return this.api.command(recordRemittanceAdviceRpc, request); }

  @GrpcMethod('ar.payments.v1.RemittanceService', 'matchRemittanceAdvice')
  matchRemittanceAdvice(request: MatchRemittanceAdviceRequest) { return this.api.command(matchRemittanceAdviceRpc, request); }

  @GrpcMethod('ar.payments.v1.RemittanceService', 'cancelRemittanceAdvice')
  cancelRemittanceAdvice(request: CancelRemittanceAdviceRequest) { return this.api.command(cancelRemittanceAdviceRpc, request); }

  @GrpcMethod('ar.payments.v1.RemittanceService', 'getRemittanceAdvice')
  async getRemittanceAdvice(request: GetRemittanceAdviceRequest): Promise<GetRemittanceAdviceResponse> {
    const adviceId = checked(request, (f) => f.id('remittanceAdviceId'));
    return this.api.query(request, async (tx) => {
      const found = await remittanceAdviceById(tx, request.tenantId, adviceId);
      if (!found) throw refused({ refused: 'remittance-advice-not-found', detail: { adviceId } });
      const [remittanceAdvice] = await withReceipts(tx, request.tenantId, [found.advice]);
      return { remittanceAdvice, version: BigInt(found.version) };
    });
  }

  @GrpcMethod('ar.payments.v1.RemittanceService', 'listRemittanceAdvices')
  async listRemittanceAdvices(request: ListRemittanceAdvicesRequest): Promise<ListRemittanceAdvicesResponse> {
    checked(request, () => undefined);
    return this.api.query(request, async (tx) => {
      const text = (sql: string) => ({ sql, type: 'text' as const });
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'remittance-advices', request, {
        select: 'select advice_id page_id, advice_id, customer, status, paid_on, reference, receipt_id, resource from remittance_advice where tenant = $1', values: [request.tenantId],
        columns: { customer_id: text('customer'), status: { sql: 'status', type: 'text', value: statusOf }, payment_date: { sql: 'paid_on', type: 'date' }, reference: text('reference'), receipt_id: text('receipt_id') },
        orders: { payment_date: { sql: 'paid_on', type: 'date' }, remittance_advice_id: text('advice_id') }, order: 'payment_date',
      });
      return { remittanceAdvices: [...await withReceipts(tx, request.tenantId, rows.map((r) => RemittanceAdvice.fromJSON(r.resource)))], nextPageToken };
    });
  }
}
