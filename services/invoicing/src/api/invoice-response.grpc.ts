import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { InvoiceResponseClarification, InvoiceResponseCondition } from '@ar/contracts/gen/ar/invoicing/v1/invoice_response.js';
import {
  InvoiceResponse, RecordInvoiceResponseRequest, type InvoiceResponseDraft, type ListInvoiceResponsesRequest, type ListInvoiceResponsesResponse, type RecordInvoiceResponseResponse,
} from '@ar/contracts/gen/ar/invoicing/v1/invoice_response_service.js';
import { Api, type CommandRpc } from '@ar/platform/api.js';
import { ApiError, invalid } from '@ar/platform/errors.js';
import type { Fields } from '@ar/platform/fields.js';
import { enumWord } from '@ar/platform/lists.js';
import { invoiceResponseIn } from '../documents/invoice-response-xml.js';
import { XmlFault } from '../documents/untrusted-xml.js';
import { faultIn, type Clarification, type SaidResponse } from '../domain/invoice-response.js';
import { wireAction, wireCode, wireReason } from '../invoice-response.contract.js';
import { recordInvoiceResponse, type RecordInvoiceResponse } from '../invoice-responses.commands.js';

/** The domain's word for an enum's value. */
const wordOf = <W extends string, E extends string>(words: Readonly<Record<W, E>>, wire: E | undefined): W | undefined => (Object.keys(words) as W[]).find((w) => words[w] === wire);

function readClarification(f: Fields<InvoiceResponseClarification>, { code }: InvoiceResponseClarification): readonly Clarification[] {
  const said = {
    text: f.text('text', { max: 2_000, lines: true, optional: true }),
    conditions: f.list<InvoiceResponseCondition, { attribute: string; value: string }>('conditions', { max: 20 }, (c) => ({ attribute: c.text('attribute', { max: 100, optional: true }), value: c.text('value', { max: 1_000, lines: true }) })),
  };
  switch (code?.$case) {
    case undefined: f.required('code'); return [];
    case 'reason': {
      const reason = wordOf(wireReason, f.of({ reason: code.value }).oneOf('reason', Object.values(wireReason)));
      return reason ? [{ kind: 'reason', code: reason, ...said }] : [];
    }
    case 'action': {
      const action = wordOf(wireAction, f.of({ action: code.value }).oneOf('action', Object.values(wireAction)));
      return action ? [{ kind: 'action', code: action, ...said }] : [];
    }
  }
}

/** With the scheme before the colon, where one is given. */
const address = (f: Fields<InvoiceResponseDraft>, field: 'sender' | 'receiver') => f.text(field, { max: 128, pattern: /^[0-9A-Z]{4}:\S+$/, says: 'is not an electronic address, 0088:7300010000001', optional: true });

function readFields(f: Fields<InvoiceResponseDraft>): SaidResponse {
  const code = wordOf(wireCode, f.oneOf('code', Object.values(wireCode)));
  const said = {
    responseId: f.text('responseId', { max: 128 }), sender: address(f, 'sender'), receiver: address(f, 'receiver'), invoiceReference: f.text('invoiceReference', { max: 64 }), effectiveDate: f.day('effectiveDate'),
    clarifications: f.list('clarifications', { max: 50 }, readClarification).flat(), note: f.text('note', { max: 2_000, lines: true, optional: true }),
  };
  const fault = code ? faultIn({ code, clarifications: said.clarifications }) : '';
  if (fault !== '') f.wrong('clarifications', 'FIELD_INVALID', fault);
  return { ...said, code: code ?? 'AB' }; // without a code the call is refused
}

/** What is wrong with a file is told with the place in it. */
function readFile(xml: Uint8Array): SaidResponse {
  try { return invoiceResponseIn(xml); } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
    const { code, reason, message, metadata, more } = invalid([{ field: 'xml', reason: 'XML_INVALID', description: error.message }]);
    throw new ApiError(code, reason, message, { ...metadata, element: error.at.slice(0, 200), problem: error.problem.slice(0, 200) }, more);
  }
}

export const recordInvoiceResponseRpc: CommandRpc<RecordInvoiceResponseRequest, RecordInvoiceResponse, RecordInvoiceResponseResponse> = {
  name: 'ar.invoicing.v1.InvoiceResponseService/RecordInvoiceResponse', message: RecordInvoiceResponseRequest, command: recordInvoiceResponse,
  answer: (invoiceResponse: InvoiceResponse, version, position) => ({ invoiceResponse, version, position }),
  read(f, { response }) {
    if (response?.$case === 'xml') return { said: readFile(response.value) };
    const said = response && f.of({ fields: response.value }).inside('fields', readFields);
    if (!said) f.wrong('xml', 'FIELD_REQUIRED', 'or fields is required');
    return { said: said! };
  },
};

/** An enum's value by its name, or by the part of it that differs. */
const codeOf = enumWord(wireCode, 'INVOICE_RESPONSE_CODE');

/** What customers' systems answer to invoices. */
@Controller()
export class InvoiceResponseGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.invoicing.v1.InvoiceResponseService', 'recordInvoiceResponse')
  recordInvoiceResponse(request: RecordInvoiceResponseRequest) { return this.api.command(recordInvoiceResponseRpc, request); }

  @GrpcMethod('ar.invoicing.v1.InvoiceResponseService', 'listInvoiceResponses')
  listInvoiceResponses(request: ListInvoiceResponsesRequest): Promise<ListInvoiceResponsesResponse> {
    return this.api.query(request, async (tx) => {
      const [text, date] = [(sql: string) => ({ sql, type: 'text' as const }), (sql: string) => ({ sql, type: 'date' as const })];
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'invoice-responses', request, {
        select: 'select invoice_response_id page_id, customer_id, invoice_id, invoice_number, code, effective_date, received_on, resource from invoice_response where tenant = $1', values: [request.tenantId],
        columns: {
          customer_id: text('customer_id'), invoice_id: text('invoice_id'), invoice_number: text('invoice_number'), code: { ...text('code'), value: codeOf }, effective_date: date('effective_date'), received_on: date('received_on'),
        },
        orders: { effective_date: date('effective_date'), received_on: date('received_on') }, order: 'effective_date',
      });
      return { invoiceResponses: rows.map((r) => InvoiceResponse.fromJSON(r.resource)), nextPageToken };
    });
  }
}
