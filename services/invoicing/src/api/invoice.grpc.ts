import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { InstalmentSchedule, InstalmentShare, InvoiceLine as WireLine, Terms } from '@ar/contracts/gen/ar/invoicing/v1/invoice.js';
import {
  Invoice, InvoiceStatus, IssueInvoiceRequest, VoidInvoiceRequest,
  type GetInvoiceRequest, type GetInvoiceResponse, type IssueInvoiceResponse, type ListInvoicesRequest, type ListInvoicesResponse, type ListNumberGapsRequest, type ListNumberGapsResponse, type VoidInvoiceResponse,
} from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { Api, newId, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import type { Fields } from '@ar/platform/fields.js';
import type { Due } from '../domain/invoice.js';
import type { PricedLine } from '../domain/totals.js';
import { issueInvoice, voidInvoice, type IssueInvoice, type VoidInvoice } from '../invoicing.commands.js';
import { getInvoice, numberSeries } from '../projections/invoices.js';

const answer = (invoice: Invoice, version: bigint, position: IssueInvoiceResponse['position']) => ({ invoice, version, position });
const CATEGORIES = ['S', 'Z', 'E', 'AE', 'K', 'G', 'O'];

export function readLine(f: Fields<WireLine>, line: WireLine): PricedLine {
  const taxRate = f.decimal('taxRate', { digits: 2, from: 0, to: 100, optional: true }) || '0';
  if (line.taxCategory !== '' && !CATEGORIES.includes(line.taxCategory)) f.wrong('taxCategory', 'FIELD_INVALID', `is not one of ${CATEGORIES.join(', ')}`);
  const quantity = f.decimal('quantity', { digits: 6, from: 0, optional: true }) || '1';
  if (/^[0.]+$/.test(quantity)) f.wrong('quantity', 'FIELD_INVALID', 'must be above zero');
  return {
    description: f.text('description', { max: 500 }), quantity, unitCode: f.text('unitCode', { max: 3, pattern: /^[A-Z0-9]+$/, optional: true }) || 'C62',
    unitPrice: f.decimal('unitPrice', { digits: 6, from: 0 }), taxRate, taxCategory: line.taxCategory || (/^[0.]+$/.test(taxRate) ? 'Z' : 'S'),
  };
}

function readDue(f: Fields<Terms>, { due }: Terms): Due | undefined {
  switch (due?.$case) {
    case undefined: return undefined;
    case 'netDays': if (due.value < 0 || due.value > 365) f.wrong('netDays', 'FIELD_INVALID', 'must be from 0 to 365'); return { netDays: due.value };
    case 'dueDate': return { dueDate: f.of({ dueDate: due.value }).day('dueDate') };
    case 'instalments': return { shares: f.of<{ instalments: InstalmentSchedule }>({ instalments: due.value }).inside<InstalmentSchedule, { days: number; percent: string }[]>('instalments', (s) => s.list<InstalmentShare, { days: number; percent: string }>('shares', { min: 1, max: 60 }, (share) => ({ days: share.integer('days', 0, 3_650), percent: share.decimal('percent', { digits: 4, from: 0, to: 100 }) })))! };
  }
}

export const issueInvoiceRpc: CommandRpc<IssueInvoiceRequest, IssueInvoice, IssueInvoiceResponse> = {
  name: 'ar.invoicing.v1.InvoiceService/IssueInvoice', message: IssueInvoiceRequest, command: issueInvoice, answer,
  read: (f) => ({
    invoiceId: f.id('invoiceId', true) || newId('inv'), customerId: f.customer('customerId'), currencyCode: f.currency('currencyCode'), issueDate: f.day('issueDate', true),
    lines: f.list('lines', { min: 1, max: 500 }, readLine), due: f.inside('terms', readDue), orderNumber: f.text('orderNumber', { max: 64, optional: true }), externalNumber: f.text('externalNumber', { max: 64, optional: true }),
    reservationId: f.id('reservationId', true), labels: f.labels('labels'),
  }),
};

export const voidInvoiceRpc: CommandRpc<VoidInvoiceRequest, VoidInvoice, VoidInvoiceResponse> = {
  name: 'ar.invoicing.v1.InvoiceService/VoidInvoice', message: VoidInvoiceRequest, command: voidInvoice, answer,
  read: (f, request) => ({ invoiceId: f.id('invoiceId'), voidDate: f.day('voidDate', true), reason: request.reason }),
};

const statusOf = (word: string): string | undefined => [InvoiceStatus.ISSUED, InvoiceStatus.PARTLY_PAID, InvoiceStatus.PAID, InvoiceStatus.VOIDED, InvoiceStatus.CREDITED].find((s) => s === word || s === `INVOICE_STATUS_${word.toUpperCase()}`);

/** Invoices: issued once, never changed. */
@Controller()
export class InvoiceGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.invoicing.v1.InvoiceService', 'issueInvoice')
  issueInvoice(request: IssueInvoiceRequest) { return this.api.command(issueInvoiceRpc, request); }

  @GrpcMethod('ar.invoicing.v1.InvoiceService', 'voidInvoice')
  voidInvoice(request: VoidInvoiceRequest) { return this.api.command(voidInvoiceRpc, request); }

  @GrpcMethod('ar.invoicing.v1.InvoiceService', 'getInvoice')
  getInvoice(request: GetInvoiceRequest): Promise<GetInvoiceResponse> {
    return this.api.query(request, async (tx) => {
      const found = await getInvoice(tx, request.tenantId, request.invoiceId);
      if (!found) throw refused({ refused: 'invoice-not-found', detail: { invoiceId: request.invoiceId } });
      return { invoice: found.invoice, version: BigInt(found.version) };
    });
  }

  @GrpcMethod('ar.invoicing.v1.InvoiceService', 'listInvoices')
  listInvoices(request: ListInvoicesRequest): Promise<ListInvoicesResponse> {
    return this.api.query(request, async (tx) => {
      const text = (sql: string) => ({ sql, type: 'text' as const });
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'invoices', request, {
        select: 'select invoice_id page_id, customer_id, status, number, external_number, order_number, currency_code, issue_date, total_minor, resource from invoice where tenant = $1', values: [request.tenantId],
        columns: {
          customer_id: text('customer_id'), status: { sql: 'status', type: 'text', value: statusOf }, number: text('number'), external_number: text('external_number'), order_number: text('order_number'),
          currency_code: text('currency_code'), issue_date: { sql: 'issue_date', type: 'date' },
        },
        orders: { issue_date: { sql: 'issue_date', type: 'date' }, number: text('number'), total: { sql: 'total_minor', type: 'number' } }, order: 'issue_date',
      });
      return { invoices: rows.map((r) => Invoice.fromJSON(r.resource)), nextPageToken };
    });
  }

  @GrpcMethod('ar.invoicing.v1.InvoiceService', 'listNumberGaps')
  listNumberGaps(request: ListNumberGapsRequest): Promise<ListNumberGapsResponse> {
    return this.api.query(request, async (tx) => ({ series: (await numberSeries(tx, request.tenantId)).map((s) => ({ series: s.series, documents: BigInt(s.documents), lastNumber: BigInt(s.last_number), gaps: s.gaps.map(BigInt) })) }));
  }
}
