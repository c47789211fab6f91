import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { InvoiceDraft } from '@ar/contracts/gen/ar/invoicing/v1/invoice.js';
import {
  ConsolidateDraftsRequest, CreateInvoiceDraftRequest, DiscardInvoiceDraftRequest, Invoice, IssueInvoiceDraftRequest, IssueInvoiceRequest, UpdateInvoiceDraftRequest, VoidInvoiceRequest,
  type ConsolidateDraftsResponse, type CreateInvoiceDraftResponse, type DiscardInvoiceDraftResponse, type ExportInvoicesRequest, type ExportInvoicesResponse, type GetInvoiceDocumentRequest, type GetInvoiceDocumentResponse, type GetInvoiceRequest, type GetInvoiceResponse, type GetInvoiceTotalsRequest, type GetInvoiceTotalsResponse, type IssueInvoiceDraftResponse, type IssueInvoiceResponse, type ListInvoicesRequest, type ListInvoicesResponse, type ListNumberGapsRequest, type ListNumberGapsResponse, type UpdateInvoiceDraftResponse, type VoidInvoiceResponse,
} from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { formatMoney } from '@ar/domain/money.js';
import { Api, newId, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import { Fields } from '@ar/platform/fields.js';
import { conditions } from '@ar/platform/lists.js';
import type { Taker } from '@ar/platform/streaming.js';
import { fileOf, FORMATS } from '../documents/file.js';
import { ofInvoice } from '../documents/of-invoice.js';
import type { InvoiceContent } from '../domain/invoice.js';
import { createInvoiceDraft, discardInvoiceDraft, issueInvoice, issueInvoiceDraft, updateInvoiceDraft, voidInvoice, type ChangeDraft, type CreateDraft, type DraftNamed, type IssueDraft, type IssueInvoice, type VoidInvoice } from '../invoicing.commands.js';
import { getInvoice, invoiceTotals, invoiceWithParties, numberSeries } from '../projections/invoices.js';
import { consolidateDrafts, type ConsolidateDrafts } from '../recurring.commands.js';
import { readChanges, readContent } from './invoice-fields.js';
import { invoicesOf } from './invoice-list.js';

const answer = (invoice: Invoice, version: bigint, position: IssueInvoiceResponse['position']) => ({ invoice, version, position });
const amount = (minor: bigint, currencyCode: string) => ({ currencyCode, value: formatMoney({ minor, currency: currencyCode }) });

export const issueInvoiceRpc: CommandRpc<IssueInvoiceRequest, IssueInvoice, IssueInvoiceResponse> = {
  name: 'ar.invoicing.v1.InvoiceService/IssueInvoice', message: IssueInvoiceRequest, command: issueInvoice, answer,
  read: (f, request) => ({ invoiceId: f.ownId('invoiceId', 'tko') || newId('inv'), by: request.actor, ...readContent(f.of<InvoiceDraft>(request), false) }),
};

export const createInvoiceDraftRpc: CommandRpc<CreateInvoiceDraftRequest, CreateDraft, CreateInvoiceDraftResponse> = {
  name: 'ar.invoicing.v1.InvoiceService/CreateInvoiceDraft', message: CreateInvoiceDraftRequest, command: createInvoiceDraft, answer,
  read: (f) => ({ invoiceId: f.ownId('invoiceId', 'tko') || newId('inv'), draft: required(f, 'draft', f.inside<InvoiceDraft, InvoiceContent>('draft', (d) => readContent(d, true))) }),
};

export const updateInvoiceDraftRpc: CommandRpc<UpdateInvoiceDraftRequest, ChangeDraft, UpdateInvoiceDraftResponse> = {
  name: 'ar.invoicing.v1.InvoiceService/UpdateInvoiceDraft', message: UpdateInvoiceDraftRequest, command: updateInvoiceDraft, answer,
  read: (f, { updateMask }) => ({ invoiceId: f.id('invoiceId'), changes: required(f, 'draft', f.inside<InvoiceDraft, Partial<InvoiceContent>>('draft', (d) => readChanges(d, f, updateMask ?? []))) }),
};

export const discardInvoiceDraftRpc: CommandRpc<DiscardInvoiceDraftRequest, DraftNamed, DiscardInvoiceDraftResponse> = {
  name: 'ar.invoicing.v1.InvoiceService/DiscardInvoiceDraft', message: DiscardInvoiceDraftRequest, command: discardInvoiceDraft, answer, read: (f) => ({ invoiceId: f.id('invoiceId') }),
};

export const issueInvoiceDraftRpc: CommandRpc<IssueInvoiceDraftRequest, IssueDraft, IssueInvoiceDraftResponse> = {
  name: 'ar.invoicing.v1.InvoiceService/IssueInvoiceDraft', message: IssueInvoiceDraftRequest, command: issueInvoiceDraft, answer, read: (f, { actor }) => ({ invoiceId: f.id('invoiceId'), by: actor }),
};

export const consolidateDraftsRpc: CommandRpc<ConsolidateDraftsRequest, ConsolidateDrafts, ConsolidateDraftsResponse> = {
  name: 'ar.invoicing.v1.InvoiceService/ConsolidateDrafts', message: ConsolidateDraftsRequest, command: consolidateDrafts, answer,
  read(f, { draftIds }) {
    if (draftIds.length === 0) f.required('draftIds');
    else if (draftIds.length > 100 || new Set(draftIds).size < draftIds.length) f.wrong('draftIds', 'FIELD_INVALID', 'may name 100 different drafts');
    return { invoiceId: f.ownId('invoiceId', 'tko') || newId('inv'), draftIds: draftIds.slice(0, 100).map((id, i) => f.of({ [`draftIds[${i}]`]: id }).id(`draftIds[${i}]`)) };
  },
};

/** What is required and read; where it is missing the call is refused, and nobody sees the rest. */
function required<M extends object, T>(f: Fields<M>, field: string, value: T | undefined): T {
  if (value === undefined) f.required(field);
  return value as T;
}

export const voidInvoiceRpc: CommandRpc<VoidInvoiceRequest, VoidInvoice, VoidInvoiceResponse> = {
  name: 'ar.invoicing.v1.InvoiceService/VoidInvoice', message: VoidInvoiceRequest, command: voidInvoice, answer,
  read: (f, request) => ({ invoiceId: f.id('invoiceId'), voidDate: f.day('voidDate', true), reason: request.reason }),
};

/** Invoices: drafted, issued once, never changed. */
@Controller()
export class InvoiceGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.invoicing.v1.InvoiceService', 'issueInvoice')
  issueInvoice(request: IssueInvoiceRequest) { return this.api.command(issueInvoiceRpc, request); }

  @GrpcMethod('ar.invoicing.v1.InvoiceService', 'createInvoiceDraft')
  createInvoiceDraft(request: CreateInvoiceDraftRequest) { return this.api.command(createInvoiceDraftRpc, request); }

  @GrpcMethod('ar.invoicing.v1.InvoiceService', 'updateInvoiceDraft')
  updateInvoiceDraft(request: UpdateInvoiceDraftRequest) { return this.api.command(updateInvoiceDraftRpc, request); }

  @GrpcMethod('ar.invoicing.v1.InvoiceService', 'discardInvoiceDraft')
  discardInvoiceDraft(request: DiscardInvoiceDraftRequest) { return this.api.command(discardInvoiceDraftRpc, request); }

  @GrpcMethod('ar.invoicing.v1.InvoiceService', 'issueInvoiceDraft')
  issueInvoiceDraft(request: IssueInvoiceDraftRequest) { return this.api.command(issueInvoiceDraftRpc, request); }

  @GrpcMethod('ar.invoicing.v1.InvoiceService', 'consolidateDrafts')
  consolidateDrafts(request: ConsolidateDraftsRequest) { return this.api.command(consolidateDraftsRpc, request); }

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

  @GrpcMethod('ar.invoicing.v1.InvoiceService', 'getInvoiceDocument')
  async getInvoiceDocument(request: GetInvoiceDocumentRequest): Promise<GetInvoiceDocumentResponse> {
    const fields = new Fields(request);
    const format = fields.oneOf('format', FORMATS);
    fields.done();
    const found = await this.api.query(request, (tx) => invoiceWithParties(tx, request.tenantId, request.invoiceId));
    if (!found) throw refused({ refused: 'invoice-not-found', detail: { invoiceId: request.invoiceId } });
    const { invoice, parties } = found;
    if (invoice.number === '' || !parties) throw refused({ refused: 'invoice-not-issued', detail: { invoiceId: invoice.invoiceId } });
    const file = await fileOf(ofInvoice(invoice, parties), format!);
    if ('refused' in file) throw refused(file);
    return file;
  }

  @GrpcMethod('ar.invoicing.v1.InvoiceService', 'listInvoices')
  listInvoices(request: ListInvoicesRequest): Promise<ListInvoicesResponse> {
    return this.api.query(request, async (tx) => {
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'invoices', request, invoicesOf(request.tenantId));
      return { invoices: rows.map((r) => Invoice.fromJSON(r.resource)), nextPageToken };
    });
  }

  @GrpcMethod('ar.invoicing.v1.InvoiceService', 'getInvoiceTotals')
  getInvoiceTotals(request: GetInvoiceTotalsRequest): Promise<GetInvoiceTotalsResponse> {
    return this.api.query(request, async (tx) => {
      const { select, values, columns } = invoicesOf(request.tenantId);
      const all = [...values];
      const totals = await invoiceTotals(tx, select, conditions(request.filter, columns, all), all);
      return { totals: totals.map(({ currency, invoices, total, paid, open }) => ({ currencyCode: currency, invoices, total: amount(total, currency), paid: amount(paid, currency), open: amount(open, currency) })) };
    });
  }

  @GrpcMethod('ar.invoicing.v1.InvoiceService', 'exportInvoices')
  exportInvoices(request: ExportInvoicesRequest, _metadata: unknown, taker: Taker) {
    const byId = { ...invoicesOf(request.tenantId), orders: { invoice_id: { sql: 'invoice_id', type: 'text' as const } }, order: 'invoice_id' };
    return this.api.stream<ExportInvoicesResponse>(request, taker, async (tx, pageToken) => {
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'exported invoices', { filter: request.filter, pageSize: 100, pageToken }, byId);
      return { answers: rows.map((r) => ({ invoice: Invoice.fromJSON(r.resource) })), nextPageToken };
    });
  }

  @GrpcMethod('ar.invoicing.v1.InvoiceService', 'listNumberGaps')
  listNumberGaps(request: ListNumberGapsRequest): Promise<ListNumberGapsResponse> {
    return this.api.query(request, async (tx) => ({ series: (await numberSeries(tx, request.tenantId)).map((s) => ({ series: s.series, documents: BigInt(s.documents), lastNumber: BigInt(s.last_number), gaps: s.gaps.map(BigInt) })) }));
  }
}
