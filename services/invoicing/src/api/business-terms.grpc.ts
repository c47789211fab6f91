import { createHash } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { AcknowledgementWay, ChargeKind, type AcknowledgementEvidence, type AllowedCharge, type BusinessTerms } from '@ar/contracts/gen/ar/invoicing/v1/business_terms.js';
import {
  PublishBusinessTermsRequest, RecordAcknowledgementRequest,
  type CustomerAcknowledgements, type GetEnforceableChargesRequest, type GetEnforceableChargesResponse, type PublishBusinessTermsResponse, type RecordAcknowledgementResponse,
} from '@ar/contracts/gen/ar/invoicing/v1/business_terms_service.js';
import { Api, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import type { Fields } from '@ar/platform/fields.js';
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

/** The terms on which a tenant does business. */
@Controller()
export class BusinessTermsGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.invoicing.v1.BusinessTermsService', 'publishBusinessTerms')
  publishBusinessTerms(request: PublishBusinessTermsRequest) { return this.api.command(publishBusinessTermsRpc, request); }

  @GrpcMethod('ar.invoicing.v1.BusinessTermsService', 'recordAcknowledgement')
  recordAcknowledgement(request: RecordAcknowledgementRequest) { return this.api.command(recordAcknowledgementRpc, request); }

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
