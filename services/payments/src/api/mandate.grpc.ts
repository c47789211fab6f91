import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { isValidBIC, isValidIBAN } from 'ibantools';
import { CollectedBy, type Debtor as WireDebtor, MandateScheme } from '@ar/contracts/gen/ar/payments/v1/debit.js';
import {
  AmendMandateRequest, CancelMandateRequest, Mandate, MandateStatus, RegisterMandateRequest, ResumeMandateRequest, SuspendMandateRequest,
  type AmendMandateResponse, type CancelMandateResponse, type GetMandateRequest, type GetMandateResponse, type ListMandatesRequest, type ListMandatesResponse, type RegisterMandateResponse, type ResumeMandateResponse, type SuspendMandateResponse,
} from '@ar/contracts/gen/ar/payments/v1/mandate_service.js';
import { Api, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import type { Fields } from '@ar/platform/fields.js';
import { words } from '@ar/runtime/terms-contract.js';
import { collectors, schemes } from '../debits.publisher.js';
import type { CollectedBy as By, Debtor, MandateScheme as Scheme } from '../domain/mandate.js';
import { amendMandate, cancelMandate, registerMandate, resumeMandate, suspendMandate, type AmendMandate, type ChangeMandate, type RegisterMandate } from '../mandates.commands.js';
import { mandateById } from '../projections/mandates.js';
import { checked } from './queries.js';

const scheme = words<Scheme, MandateScheme>(schemes);
const by = words<By, CollectedBy>(collectors);
const answer = (mandate: Mandate, version: bigint, position: RegisterMandateResponse['position']) => ({ mandate, version, position });

const readDebtor = (f: Fields<WireDebtor>): Debtor => {
  const [iban, bic] = [f.text('iban', { max: 34, optional: true }), f.text('bic', { max: 11, optional: true })];
  if (iban !== '' && !isValidIBAN(iban)) f.wrong('iban', 'FIELD_INVALID', 'is not a valid IBAN without spaces');
  if (bic !== '' && !isValidBIC(bic)) f.wrong('bic', 'FIELD_INVALID', 'is not a valid BIC');
  return { name: f.text('name', { max: 70 }), iban, bic, token: f.text('token', { max: 255, optional: true }) };
};
const debtorIn = (f: Fields<RegisterMandateRequest> | Fields<AmendMandateRequest>): Debtor => {
  const debtor = (f as Fields<RegisterMandateRequest>).inside('debtor', readDebtor);
  if (!debtor) f.required('debtor');
  return debtor ?? { name: '', iban: '', bic: '', token: '' };
};

export const registerMandateRpc: CommandRpc<RegisterMandateRequest, RegisterMandate, RegisterMandateResponse> = {
  name: 'ar.payments.v1.MandateService/RegisterMandate', message: RegisterMandateRequest, command: registerMandate, answer,
  read: (f, request) => ({
    customer: f.customer('customerId'), scheme: scheme.word(f.oneOf('scheme', Object.values(schemes)) ?? MandateScheme.GENERIC),
    reference: f.text('reference', { max: 35, pattern: /^[A-Za-z0-9 /?:().,'+-]+$/, says: 'may hold A–Z, a–z, 0–9, space and /-?:().,\'+' }), signedOn: f.day('signedDate'), debtor: debtorIn(f), oneOff: request.oneOff,
    collectedBy: by.word(f.oneOf('collectedBy', Object.values(collectors), true) ?? CollectedBy.PROVIDER), autopay: request.autopay,
  }),
};

export const amendMandateRpc: CommandRpc<AmendMandateRequest, AmendMandate, AmendMandateResponse> = {
  name: 'ar.payments.v1.MandateService/AmendMandate', message: AmendMandateRequest, command: amendMandate, answer,
  read: (f, request) => ({ mandateId: f.id('mandateId'), debtor: debtorIn(f), by: request.actor, reason: request.reason }),
};

export const suspendMandateRpc: CommandRpc<SuspendMandateRequest, ChangeMandate, SuspendMandateResponse> = {
  name: 'ar.payments.v1.MandateService/SuspendMandate', message: SuspendMandateRequest, command: suspendMandate, answer,
  read: (f, request) => ({ mandateId: f.id('mandateId'), by: request.actor, reason: request.reason }),
};

export const resumeMandateRpc: CommandRpc<ResumeMandateRequest, ChangeMandate, ResumeMandateResponse> = {
  name: 'ar.payments.v1.MandateService/ResumeMandate', message: ResumeMandateRequest, command: resumeMandate, answer,
  read: (f, request) => ({ mandateId: f.id('mandateId'), by: request.actor, reason: request.reason }),
};

export const cancelMandateRpc: CommandRpc<CancelMandateRequest, ChangeMandate, CancelMandateResponse> = {
  name: 'ar.payments.v1.MandateService/CancelMandate', message: CancelMandateRequest, command: cancelMandate, answer,
  read: (f, request) => ({ mandateId: f.id('mandateId'), by: request.actor, reason: request.reason }),
};

/** How a status may be written in a filter. */
const statusOf = (word: string): string | undefined => Object.values<string>(MandateStatus).find((v) => v === word || v === `MANDATE_STATUS_${word.toUpperCase()}`);

/** Mandates: the word of debtors that an account may be debited. */
@Controller()
export class MandateGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.MandateService', 'registerMandate')
  registerMandate(request: RegisterMandateRequest) { return this.api.command(registerMandateRpc, request); }

  @GrpcMethod('ar.payments.v1.MandateService', 'amendMandate')
  amendMandate(request: AmendMandateRequest) { return this.api.command(amendMandateRpc, request); }

  @GrpcMethod('ar.payments.v1.MandateService', 'suspendMandate')
  suspendMandate(request: SuspendMandateRequest) { return this.api.command(suspendMandateRpc, request); }

  @GrpcMethod('ar.payments.v1.MandateService', 'resumeMandate')
  resumeMandate(request: ResumeMandateRequest) { return this.api.command(resumeMandateRpc, request); }

  @GrpcMethod('ar.payments.v1.MandateService', 'cancelMandate')
  cancelMandate(request: CancelMandateRequest) { return this.api.command(cancelMandateRpc, request); }

  @GrpcMethod('ar.payments.v1.MandateService', 'getMandate')
  async getMandate(request: GetMandateRequest): Promise<GetMandateResponse> {
    const mandateId = checked(request, (f) => f.id('mandateId'));
    return this.api.query(request, async (tx) => {
      const found = await mandateById(tx, request.tenantId, mandateId);
      if (!found) throw refused({ refused: 'mandate-not-found', detail: { mandateId } });
      return { mandate: found.mandate, version: BigInt(found.version) };
    });
  }

  @GrpcMethod('ar.payments.v1.MandateService', 'listMandates')
  async listMandates(request: ListMandatesRequest): Promise<ListMandatesResponse> {
    checked(request, () => undefined);
    return this.api.query(request, async (tx) => {
      const text = (sql: string) => ({ sql, type: 'text' as const });
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'mandates', request, {
        select: 'select mandate_id page_id, customer, status, reference, signed_on, resource from mandate where tenant = $1', values: [request.tenantId],
        columns: { customer_id: text('customer'), reference: text('reference'), signed_date: { sql: 'signed_on', type: 'date' }, status: { sql: 'status', type: 'text', value: statusOf } },
        orders: { reference: text('reference'), signed_date: { sql: 'signed_on', type: 'date' } }, order: 'reference',
      });
      return { mandates: rows.map((r) => Mandate.fromJSON(r.resource)), nextPageToken };
    });
  }
}
