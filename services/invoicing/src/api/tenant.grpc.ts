import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Policies as WirePolicies } from '@ar/contracts/gen/ar/invoicing/v1/policies.js';
import { DocumentType as WireType, type DocumentSeries, type TenantDetails as WireDetails } from '@ar/contracts/gen/ar/invoicing/v1/tenant.js';
import {
  OpenBusinessDayRequest, PublishPolicyRequest, RegisterTenantRequest, UpdateTenantRequest,
  type GetTenantRequest, type GetTenantResponse, type OpenBusinessDayResponse, type PublishPolicyResponse, type RegisterTenantResponse, type Tenant, type UpdateTenantResponse,
} from '@ar/contracts/gen/ar/invoicing/v1/tenant_service.js';
import type { Address as WireAddress } from '@ar/contracts/gen/ar/type/v1/address.js';
import { defaultPolicies, type PolicyKind } from '@ar/domain/policies.js';
import { Api, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import type { Fields } from '@ar/platform/fields.js';
import { dayIn } from '@ar/runtime/clock.js';
import { policiesOf } from '@ar/runtime/policy-contract.js';
import { isValidIBAN } from 'ibantools';
import { isPicture } from '@ar/platform/pdf-sheet.js';
import { samePrefix, type DocumentType, type TenantDetails } from '../domain/tenant.js';
import { openBusinessDay, publishPolicy, registerTenant, updateTenant, type OpenBusinessDay, type PublishPolicy, type RegisterTenant, type UpdateTenant } from '../invoicing.commands.js';
import { wireTypes } from '../invoicing.publisher.js';
import { getTenant } from '../projections/tenants.js';
import { checkPolicies } from './policy-fields.js';

const answer = (tenant: Tenant, version: bigint, position: RegisterTenantResponse['position']) => ({ tenant, version, position });

const LOGO_BYTES = 102_400;
/** PNG or JPEG; base64. */
function readLogo(fields: Fields<WireDetails>, logo: Uint8Array): string {
  if (logo.length > LOGO_BYTES) fields.wrong('logo', 'FIELD_INVALID', `has ${logo.length} bytes; ${LOGO_BYTES} are allowed`);
  else if (logo.length > 0 && !isPicture(logo)) fields.wrong('logo', 'FIELD_INVALID', 'is neither PNG nor JPEG');
  return Buffer.from(logo).toString('base64');
}

function readDetails(fields: Fields<WireDetails>, value: WireDetails): TenantDetails {
  const address = fields.inside<WireAddress, TenantDetails['address']>('address', (f, value) => {
    if (value.lines.length > 3 || value.lines.some((l) => l.length > 100)) f.wrong('lines', 'FIELD_INVALID', 'may have 3 lines of 100 characters');
    return { lines: value.lines, postalCode: f.text('postalCode', { max: 20, optional: true }), city: f.text('city', { max: 100, optional: true }), region: f.text('region', { max: 100, optional: true }), countryCode: f.text('countryCode', { max: 2, min: 2, pattern: /^[A-Z]{2}$/, says: 'is not an ISO 3166-1 code of two letters' }) };
  });
  const iban = fields.text('iban', { max: 34, optional: true });
  if (iban !== '' && !isValidIBAN(iban)) fields.wrong('iban', 'FIELD_INVALID', 'is not a valid IBAN without spaces');
  const series = fields.list<DocumentSeries, TenantDetails['series'][number] | undefined>('series', { max: 3 }, (f) => {
    const type = f.oneOf('documentType', [WireType.INVOICE, WireType.CREDIT_NOTE, WireType.DEBIT_NOTE]);
    const own = { prefix: f.text('prefix', { max: 10, pattern: /^[A-Za-z0-9-]+$/, says: 'may hold A–Z, a–z, 0–9 and -', optional: true }), padding: f.integer('padding', 1, 10) };
    return type && { documentType: (Object.keys(wireTypes) as DocumentType[]).find((t) => wireTypes[t] === type)!, ...own };
  }).filter((s) => s !== undefined);
  if (new Set(series.map((s) => s.documentType)).size < series.length) fields.wrong('series', 'FIELD_INVALID', 'has a type of document twice');
  else if (samePrefix(series)) fields.wrong('series', 'FIELD_INVALID', 'gives two types of documents the same prefix; without a series of their own they have R, C and D');
  return {
    legalName: fields.text('legalName', { max: 200 }), ...(address ? { address } : {}), taxId: fields.text('taxId', { max: 30, optional: true }), iban,
    sender: fields.email('sender', true), series,
    bic: fields.text('bic', { max: 11, pattern: /^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/, says: 'is not a BIC', optional: true }), registration: fields.text('registration', { max: 50, optional: true }),
    electronicAddress: fields.text('electronicAddress', { max: 100, pattern: /^\d{4}:\S+$/, says: 'is not <EAS scheme>:<address>', optional: true }),
    contactName: fields.text('contactName', { max: 100, optional: true }), contactPhone: fields.text('contactPhone', { max: 30, optional: true }), contactEmail: fields.email('contactEmail', true),
    logo: readLogo(fields, value.logo), headerText: fields.text('headerText', { max: 1_000, lines: true, optional: true }), footerText: fields.text('footerText', { max: 500, lines: true, optional: true }),
  };
}

export const registerTenantRpc = (api: Api): CommandRpc<RegisterTenantRequest, RegisterTenant, RegisterTenantResponse> => ({
  name: 'ar.invoicing.v1.TenantService/RegisterTenant', message: RegisterTenantRequest, command: registerTenant, answer,
  read(fields, request) {
    const timeZone = fields.text('timeZone', { max: 64 });
    const known = timeZone !== '' && isTimeZone(timeZone);
    if (timeZone !== '' && !known) fields.wrong('timeZone', 'FIELD_INVALID', 'is not a time zone of the IANA database');
    if (!api.simulatedClock && request.firstBusinessDay !== '') fields.wrong('firstBusinessDay', 'FIELD_INVALID', 'may only be given on the simulated clock; otherwise it is today');
    const first = api.simulatedClock ? fields.day('firstBusinessDay') : known ? dayIn(timeZone, new Date()) : '';
    const details = fields.inside<WireDetails, TenantDetails>('details', readDetails);
    if (!details) fields.required('details');
    fields.inside<WirePolicies, void>('policies', (f, p) => checkPolicies(f, p));
    fields.done(); // what follows reads policies that are as the contract says
    return { tenantId: request.tenantId, baseCurrency: fields.currency('baseCurrency'), timeZone, firstBusinessDay: first, details: details!, policies: { ...defaultPolicies, ...policiesOf(request.policies) } };
  },
});

export const updateTenantRpc: CommandRpc<UpdateTenantRequest, UpdateTenant, UpdateTenantResponse> = {
  name: 'ar.invoicing.v1.TenantService/UpdateTenant', message: UpdateTenantRequest, command: updateTenant, answer,
  read(fields, request) {
    const details = fields.inside<WireDetails, TenantDetails>('details', readDetails);
    if (!details) fields.required('details');
    return { tenantId: request.tenantId, details: details! };
  },
};

export const publishPolicyRpc: CommandRpc<PublishPolicyRequest, PublishPolicy, PublishPolicyResponse> = {
  name: 'ar.invoicing.v1.TenantService/PublishPolicy', message: PublishPolicyRequest, command: publishPolicy, answer,
  read(fields, request) {
    const validFrom = fields.day('validFrom');
    if (!request.policy) fields.wrong('policy', 'FIELD_REQUIRED', 'is required: the message of that kind within it');
    const wire = { [request.policy?.$case ?? 'terms']: request.policy?.value } as unknown as WirePolicies;
    if (request.policy) checkPolicies(fields.of(wire), wire);
    fields.done(); // what follows reads a policy that is as the contract says
    return { tenantId: request.tenantId, kind: (request.policy?.$case ?? 'terms') as PolicyKind, policy: request.policy ? policiesOf(wire) : {}, validFrom };
  },
};

export const openBusinessDayRpc: CommandRpc<OpenBusinessDayRequest, OpenBusinessDay, OpenBusinessDayResponse> = {
  name: 'ar.invoicing.v1.TenantService/OpenBusinessDay', message: OpenBusinessDayRequest, command: openBusinessDay, answer,
  read: (fields, request) => ({ tenantId: request.tenantId, date: fields.day('date') }),
};

function isTimeZone(name: string): boolean {
  try { new Intl.DateTimeFormat('en', { timeZone: name }); return true; } catch { return false; } // Intl says it by throwing
}

/** Tenants: who sells, by which rules, on which day. */
@Controller()
export class TenantGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.invoicing.v1.TenantService', 'registerTenant')
  registerTenant(request: RegisterTenantRequest) { return this.api.command(registerTenantRpc(this.api), request); }

  @GrpcMethod('ar.invoicing.v1.TenantService', 'updateTenant')
  updateTenant(request: UpdateTenantRequest) { return this.api.command(updateTenantRpc, request); }

  @GrpcMethod('ar.invoicing.v1.TenantService', 'publishPolicy')
  publishPolicy(request: PublishPolicyRequest) { return this.api.command(publishPolicyRpc, request); }

  @GrpcMethod('ar.invoicing.v1.TenantService', 'openBusinessDay')
  openBusinessDay(request: OpenBusinessDayRequest) {
    if (!this.api.simulatedClock) throw refused({ refused: 'clock-not-simulated', detail: {} });
    return this.api.command(openBusinessDayRpc, request);
  }

  @GrpcMethod('ar.invoicing.v1.TenantService', 'getTenant')
  getTenant(request: GetTenantRequest): Promise<GetTenantResponse> {
    return this.api.query(request, async (tx) => {
      const found = await getTenant(tx, request.tenantId);
      if (!found) throw refused({ refused: 'tenant-not-found', detail: { tenantId: request.tenantId } });
      return { tenant: found.tenant, version: BigInt(found.version) };
    });
  }
}
