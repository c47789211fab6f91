import { createHash } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { AcknowledgementEvidence, AcknowledgementWay, BusinessTerms, ChargeKind, type AllowedCharge } from '@ar/contracts/gen/ar/invoicing/v1/business_terms.js';
import {
  PublishBusinessTermsRequest, RecordAcknowledgementRequest,
  type CustomerAcknowledgements, type GetEnforceableChargesRequest, type GetEnforceableChargesResponse, type ListAcknowledgementsRequest, type ListAcknowledgementsResponse, type ListBusinessTermsRequest, type ListBusinessTermsResponse, type PublishBusinessTermsResponse, type RecordAcknowledgementResponse,
} from '@ar/contracts/gen/ar/invoicing/v1/business_terms_service.js';
import { Api, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import type { Fields } from '@ar/platform/fields.js';
import { enumWord } from '@ar/platform/lists.js';
import { publishBusinessTerms, recordAcknowledgement, type PublishBusinessTerms, type RecordAcknowledgement } from '../business-terms.commands.js';
import { acknowledgementWay, chargeGround, chargeKind } from '../business-terms.contract.js';
import { enforceableCharges } from '../domain/enforceable.js';
import { atIssue } from '../projections/business-terms.js';
import { getInvoice } from '../projections/invoices.js';

const KINDS = [ChargeKind.LATE_CHARGE, ChargeKind.DUNNING_FEE, ChargeKind.COSTS, ChargeKind.UNEARNED_DISCOUNT, ChargeKind.FIXED_COMPENSATION];
const WAYS = [AcknowledgementWay.SIGNED, AcknowledgementWay.CLICKED, AcknowledgementWay.EMAIL, AcknowledgementWay.CONTRACT];

export const publishBusinessTermsRpc: CommandRpc<PublishBusinessTermsRequest, PublishBusinessTerms, PublishBusinessTermsResponse> = {
  name: 'ar.invoicing.v1.BusinessTermsService/PublishBusinessTerms', message: PublishBusinessTermsRequest, command: publishBusinessTerms,
  answer: (businessTerms: BusinessTerms, version, position) => ({ businessTerms, version, position }),
  read(f) {
    const [text, reference] = [f.text('text', { max: 20_000, lines: true, optional: true }), f.text('reference', { max: 500, optional: true })];
    if ((text === '') === (reference === '')) f.wrong('text', 'FIELD_INVALID', 'or reference is given, one of the two');
    const given = f.text('sha256', { max: 64, pattern: /^[0-9a-f]{64}$/, says: 'is not 64 hexadecimal digits in lower case', optional: true });
    if (text !== '' && given !== '') f.wrong('sha256', 'FIELD_INVALID', 'goes with a reference');
    if (reference !== '' && given === '') f.required('sha256');
    const charges = f.list('charges', { max: 5 }, (c: Fields<AllowedCharge>) => ({ kind: c.oneOf('kind', KINDS), words: c.text('words', { max: 1_000 }) }));
    if (new Set(charges.map((c) => c.kind)).size < charges.length) f.wrong('charges', 'FIELD_INVALID', 'has a kind twice');
    const [businessTermsId, validFrom] = [f.id('businessTermsId'), f.day('validFrom')];
    f.done(); // what follows has a kind in every charge
    return { businessTerms: { businessTermsId, validFrom, text, reference, sha256: given || createHash('sha256').update(text).digest('hex'), charges: charges.map((c) => ({ ...c, kind: chargeKind.word(c.kind!) })) } };
  },
};

export const recordAcknowledgementRpc: CommandRpc<RecordAcknowledgementRequest, RecordAcknowledgement, RecordAcknowledgementResponse> = {
  name: 'ar.invoicing.v1.BusinessTermsService/RecordAcknowledgement', message: RecordAcknowledgementRequest, command: recordAcknowledgement,
  answer: (acknowledgements: CustomerAcknowledgements, version, position) => ({ acknowledgements, version, position }),
  read(f) {
    const evidence = f.inside('evidence', (e: Fields<AcknowledgementEvidence>) => ({ way: e.oneOf('way', WAYS), reference: e.text('reference', { max: 500 }), personId: e.text('personId', { max: 128, optional: true }) }));
    if (!evidence) f.required('evidence');
    const of = { businessTermsId: f.id('businessTermsId'), version: f.integer('termsVersion', 1, 1_000_000), acknowledgedOn: f.day('acknowledgedOn', true) };
    const customerId = f.customer('customerId');
    f.done(); // what follows has a way
    return { customerId, acknowledgement: { ...of, evidence: { ...evidence!, way: acknowledgementWay.word(evidence!.way!) } } };
  },
};

const text = (sql: string) => ({ sql, type: 'text' as const });
const date = (sql: string) => ({ sql, type: 'date' as const });
const versionOf = { sql: 'version', type: 'number' } as const;
const wayOf = enumWord(WAYS, 'ACKNOWLEDGEMENT_WAY');

/** The terms on which a tenant does business. */
@Controller()
export class BusinessTermsGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.invoicing.v1.BusinessTermsService', 'publishBusinessTerms')
  publishBusinessTerms(request: PublishBusinessTermsRequest) { return this.api.command(publishBusinessTermsRpc, request); }

  @GrpcMethod('ar.invoicing.v1.BusinessTermsService', 'recordAcknowledgement')
  recordAcknowledgement(request: RecordAcknowledgementRequest) { return this.api.command(recordAcknowledgementRpc, request); }

  @GrpcMethod('ar.invoicing.v1.BusinessTermsService', 'listBusinessTerms')
  listBusinessTerms(request: ListBusinessTermsRequest): Promise<ListBusinessTermsResponse> {
    return this.api.query(request, async (tx) => {
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'business-terms', request, {
        select: `select business_terms_id || '/' || lpad(version::text, 7, '0') page_id, business_terms_id, version, valid_from, resource from business_terms where tenant = $1`, values: [request.tenantId],
        columns: { business_terms_id: text('business_terms_id'), version: versionOf, valid_from: date('valid_from') }, orders: { valid_from: date('valid_from'), business_terms_id: text('business_terms_id') }, order: 'valid_from',
      });
      return { businessTerms: rows.map((r) => BusinessTerms.fromJSON(r.resource)), nextPageToken };
    });
  }

  @GrpcMethod('ar.invoicing.v1.BusinessTermsService', 'listAcknowledgements')
  listAcknowledgements(request: ListAcknowledgementsRequest): Promise<ListAcknowledgementsResponse> {
    return this.api.query(request, async (tx) => {
      interface Row { readonly page_id: string; readonly customer: string; readonly business_terms_id: string; readonly version: number; readonly acknowledged_on: string; readonly evidence: unknown }
      const { rows, nextPageToken } = await this.api.pages.list<Row>(tx, 'acknowledgements', request, {
        select: `select customer || '/' || business_terms_id || '/' || lpad(version::text, 7, '0') page_id, customer, business_terms_id, version, acknowledged_on, evidence from acknowledgement where tenant = $1`, values: [request.tenantId],
        columns: { customer_id: text('customer'), business_terms_id: text('business_terms_id'), version: versionOf, acknowledged_on: date('acknowledged_on'), way: { ...text(`evidence->>'way'`), value: wayOf } },
        orders: { acknowledged_on: date('acknowledged_on'), customer_id: text('customer') }, order: 'acknowledged_on',
      });
      const acknowledgements = rows.map((r) => ({
        customerId: r.customer, acknowledgement: { businessTermsId: r.business_terms_id, version: r.version, acknowledgedOn: r.acknowledged_on, evidence: AcknowledgementEvidence.fromJSON(r.evidence) },
      }));
      return { acknowledgements, nextPageToken };
    });
  }

  @GrpcMethod('ar.invoicing.v1.BusinessTermsService', 'getEnforceableCharges')
  getEnforceableCharges(request: GetEnforceableChargesRequest): Promise<GetEnforceableChargesResponse> {
    return this.api.query(request, async (tx) => {
      const found = await getInvoice(tx, request.tenantId, request.invoiceId);
      if (!found) throw refused({ refused: 'invoice-not-found', detail: { invoiceId: request.invoiceId } });
      const { invoice } = found;
      if (invoice.number === '') throw refused({ refused: 'invoice-not-issued', detail: { invoiceId: request.invoiceId } });
      const { terms, parties } = await atIssue(tx, request.tenantId, { ...invoice, terms: invoice.businessTerms });
      return { charges: enforceableCharges(terms, parties).map((c) => ({ ...c, kind: chargeKind.wire(c.kind), ground: chargeGround.wire(c.ground) })) };
    });
  }
}
