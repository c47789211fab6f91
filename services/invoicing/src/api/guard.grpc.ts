import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { ContractPrice, Fulfilment } from '@ar/contracts/gen/ar/invoicing/v1/guard.js';
import {
  ApproveInvoiceRequest, CorrectFulfilmentRequest, EndContractPriceRequest, RecordFulfilmentRequest, RefuseInvoiceRequest, SetContractPriceRequest,
  type ApproveInvoiceResponse, type CorrectFulfilmentResponse, type EndContractPriceResponse, type ListContractPricesRequest, type ListContractPricesResponse, type ListFulfilmentsRequest, type ListFulfilmentsResponse, type ListPendingInvoicesRequest, type ListPendingInvoicesResponse, type RecordFulfilmentResponse, type RefuseInvoiceResponse,
  type SetContractPriceResponse,
} from '@ar/contracts/gen/ar/invoicing/v1/guard_service.js';
import { Invoice } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { Api, newId, type CommandRpc } from '@ar/platform/api.js';
import type { Fields } from '@ar/platform/fields.js';
import { UNITS } from '../documents/code-lists.js';
import { approveInvoice, correctFulfilment, endContractPrice, recordFulfilment, refuseInvoice, setContractPrice, type ApproveInvoice, type CorrectFulfilment, type EndContractPrice, type RecordFulfilment, type RefuseInvoice, type SetContractPrice } from '../guard.commands.js';

type At = ApproveInvoiceResponse['position'];
const ofPrice = (contractPrice: ContractPrice, version: bigint, position: At) => ({ contractPrice, version, position });
const ofFulfilment = (fulfilment: Fulfilment, version: bigint, position: At) => ({ fulfilment, version, position });
const ofInvoice = (invoice: Invoice, version: bigint, position: At) => ({ invoice, version, position });

function readUnit(f: Fields<{ unitCode: string }>): string {
  const unitCode = f.text('unitCode', { max: 3, pattern: /^[A-Z0-9]+$/, optional: true }) || 'C62';
  if (!UNITS.has(unitCode)) f.wrong('unitCode', 'FIELD_INVALID', 'is not a unit of UN/ECE Recommendation 20 or 21');
  return unitCode;
}

export const setContractPriceRpc: CommandRpc<SetContractPriceRequest, SetContractPrice, SetContractPriceResponse> = {
  name: 'ar.invoicing.v1.GuardService/SetContractPrice', message: SetContractPriceRequest, command: setContractPrice, answer: ofPrice,
  read(f, { inArrears }) {
    const [validFrom, validUntil] = [f.day('validFrom'), f.day('validUntil', true)];
    if (validUntil !== '' && validUntil < validFrom) f.wrong('validUntil', 'FIELD_INVALID', 'must not be before valid_from');
    return { contractPrice: {
      contractPriceId: f.id('contractPriceId', true) || newId('cpr'), customerId: f.customer('customerId'), articleId: f.text('articleId', { max: 64 }), currencyCode: f.currency('currencyCode'), unitPrice: f.decimal('unitPrice', { digits: 6, from: 0 }), unitCode: readUnit(f),
      tolerancePercent: f.decimal('tolerancePercent', { digits: 4, from: 0, to: 100, optional: true }) || '0', validFrom, validUntil, inArrears,
    } };
  },
};

export const endContractPriceRpc: CommandRpc<EndContractPriceRequest, EndContractPrice, EndContractPriceResponse> = {
  name: 'ar.invoicing.v1.GuardService/EndContractPrice', message: EndContractPriceRequest, command: endContractPrice, answer: ofPrice,
  read: (f) => ({ contractPriceId: f.id('contractPriceId'), validUntil: f.day('validUntil') }),
};

export const recordFulfilmentRpc: CommandRpc<RecordFulfilmentRequest, RecordFulfilment, RecordFulfilmentResponse> = {
  name: 'ar.invoicing.v1.GuardService/RecordFulfilment', message: RecordFulfilmentRequest, command: recordFulfilment, answer: ofFulfilment,
  read(f) {
    const quantity = f.decimal('quantity', { digits: 6, from: 0 });
    if (/^[0.]+$/.test(quantity)) f.wrong('quantity', 'FIELD_INVALID', 'must be above zero');
    const [periodFrom, periodTo] = [f.day('periodFrom', true), f.day('periodTo', true)];
    if ((periodFrom === '') !== (periodTo === '') || periodTo < periodFrom) f.wrong('periodTo', 'FIELD_INVALID', 'goes with period_from, and is not before it');
    return { fulfilment: {
      fulfilmentId: f.id('fulfilmentId', true) || newId('dlv'), customerId: f.customer('customerId'), orderNumber: f.text('orderNumber', { max: 64 }), articleId: f.text('articleId', { max: 64 }), quantity, unitCode: readUnit(f), deliveredOn: f.day('deliveredOn', true), periodFrom, periodTo,
    } };
  },
};

export const correctFulfilmentRpc: CommandRpc<CorrectFulfilmentRequest, CorrectFulfilment, CorrectFulfilmentResponse> = {
  name: 'ar.invoicing.v1.GuardService/CorrectFulfilment', message: CorrectFulfilmentRequest, command: correctFulfilment, answer: ofFulfilment,
  read: (f) => ({ fulfilmentId: f.id('fulfilmentId'), quantity: f.decimal('quantity', { digits: 6, from: 0 }), reason: f.text('reason', { max: 500 }) }),
};

export const approveInvoiceRpc: CommandRpc<ApproveInvoiceRequest, ApproveInvoice, ApproveInvoiceResponse> = {
  name: 'ar.invoicing.v1.GuardService/ApproveInvoice', message: ApproveInvoiceRequest, command: approveInvoice, answer: ofInvoice,
  read: (f, { actor }) => ({ invoiceId: f.id('invoiceId'), by: actor }),
};

export const refuseInvoiceRpc: CommandRpc<RefuseInvoiceRequest, RefuseInvoice, RefuseInvoiceResponse> = {
  name: 'ar.invoicing.v1.GuardService/RefuseInvoice', message: RefuseInvoiceRequest, command: refuseInvoice, answer: ofInvoice,
  read: (f, { actor }) => ({ invoiceId: f.id('invoiceId'), reason: f.text('reason', { max: 500 }), by: actor }),
};

/** What was agreed and delivered, and invoices that wait for a second person. */
@Controller()
export class GuardGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.invoicing.v1.GuardService', 'setContractPrice')
  setContractPrice(request: SetContractPriceRequest) { return this.api.command(setContractPriceRpc, request); }

  @GrpcMethod('ar.invoicing.v1.GuardService', 'endContractPrice')
  endContractPrice(request: EndContractPriceRequest) { return this.api.command(endContractPriceRpc, request); }

  @GrpcMethod('ar.invoicing.v1.GuardService', 'recordFulfilment')
  recordFulfilment(request: RecordFulfilmentRequest) { return this.api.command(recordFulfilmentRpc, request); }

  @GrpcMethod('ar.invoicing.v1.GuardService', 'correctFulfilment')
  correctFulfilment(request: CorrectFulfilmentRequest) { return this.api.command(correctFulfilmentRpc, request); }

  @GrpcMethod('ar.invoicing.v1.GuardService', 'approveInvoice')
  approveInvoice(request: ApproveInvoiceRequest) { return this.api.command(approveInvoiceRpc, request); }

  @GrpcMethod('ar.invoicing.v1.GuardService', 'refuseInvoice')
  refuseInvoice(request: RefuseInvoiceRequest) { return this.api.command(refuseInvoiceRpc, request); }

  @GrpcMethod('ar.invoicing.v1.GuardService', 'listPendingInvoices')
  listPendingInvoices(request: ListPendingInvoicesRequest): Promise<ListPendingInvoicesResponse> {
    return this.api.query(request, async (tx) => {
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'pending invoices', request, {
        select: 'select p.invoice_id page_id, p.invoice_id, p.customer customer_id, p.last_day, i.resource from pending_issue p join invoice i using (tenant, invoice_id) where p.tenant = $1', values: [request.tenantId],
        columns: { customer_id: { sql: 'customer_id', type: 'text' }, last_day: { sql: 'last_day', type: 'date' } }, orders: { last_day: { sql: 'last_day', type: 'date' }, invoice_id: { sql: 'invoice_id', type: 'text' } }, order: 'last_day',
      });
      return { invoices: rows.map((r) => Invoice.fromJSON(r.resource)), nextPageToken };
    });
  }

  @GrpcMethod('ar.invoicing.v1.GuardService', 'listContractPrices')
  listContractPrices(request: ListContractPricesRequest): Promise<ListContractPricesResponse> {
    return this.api.query(request, async (tx) => {
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'contract prices', request, {
        select: 'select contract_price_id page_id, * from contract_price where tenant = $1', values: [request.tenantId],
        columns: { customer_id: { sql: 'customer_id', type: 'text' }, article_id: { sql: 'article_id', type: 'text' }, currency_code: { sql: 'currency_code', type: 'text' }, valid_from: { sql: 'valid_from', type: 'date' }, valid_until: { sql: 'valid_until', type: 'date' } },
        orders: { article_id: { sql: 'article_id', type: 'text' }, valid_from: { sql: 'valid_from', type: 'date' }, contract_price_id: { sql: 'contract_price_id', type: 'text' } }, order: 'article_id',
      });
      return { contractPrices: rows.map((r) => ContractPrice.fromJSON(r.resource)), nextPageToken };
    });
  }

  @GrpcMethod('ar.invoicing.v1.GuardService', 'listFulfilments')
  listFulfilments(request: ListFulfilmentsRequest): Promise<ListFulfilmentsResponse> {
    return this.api.query(request, async (tx) => {
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'fulfilments', request, {
        select: 'select fulfilment_id page_id, * from fulfilment where tenant = $1', values: [request.tenantId],
        columns: { customer_id: { sql: 'customer_id', type: 'text' }, order_number: { sql: 'order_number', type: 'text' }, article_id: { sql: 'article_id', type: 'text' }, delivered_on: { sql: 'delivered_on', type: 'date' } },
        orders: { delivered_on: { sql: 'delivered_on', type: 'date' }, fulfilment_id: { sql: 'fulfilment_id', type: 'text' } }, order: 'delivered_on',
      });
      return { fulfilments: rows.map((r) => Fulfilment.fromJSON(r.resource)), nextPageToken };
    });
  }
}
