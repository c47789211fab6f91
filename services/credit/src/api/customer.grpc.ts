import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { CustomerPersonal, CustomerProfile } from '@ar/contracts/gen/ar/credit/v1/customer.js';
import {
  Customer, RegisterCustomerRequest, UpdateCustomerRequest,
  type GetCustomerRequest, type GetCustomerResponse, type ListCustomersRequest, type ListCustomersResponse, type RegisterCustomerResponse, type UpdateCustomerResponse,
} from '@ar/contracts/gen/ar/credit/v1/customer_service.js';
import type { Address } from '@ar/contracts/gen/ar/type/v1/address.js';
import { Api, type CommandRpc } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import type { Fields } from '@ar/platform/fields.js';
import { registerCustomer, updateCustomer, type KeepCustomer } from '../credit.commands.js';
import type { Personal, Profile } from '../domain/customer.js';
import { getCustomer } from '../projections/customers.js';

const answer = (customer: Customer, version: bigint, position: RegisterCustomerResponse['position']) => ({ customer, version, position });

function readAddress(f: Fields<Address>, { lines }: Address): NonNullable<Personal['address']> {
  if (lines.length > 3) f.wrong('lines', 'FIELD_INVALID', `has ${lines.length} elements; 0 to 3 are allowed`);
  return {
    lines: lines.slice(0, 3).map((line, i) => f.of({ [`lines[${i}]`]: line }).text(`lines[${i}]`, { max: 100 })),
    postalCode: f.text('postalCode', { max: 20, optional: true }), city: f.text('city', { max: 100, optional: true }), region: f.text('region', { max: 100, optional: true }),
    countryCode: f.text('countryCode', { max: 2, pattern: /^[A-Z]{2}$/, says: 'is not two capital letters', optional: true }),
  };
}

const readPersonal = (f: Fields<CustomerPersonal>): Personal => ({
  name: f.text('name', { max: 200 }), address: f.inside('address', readAddress) ?? null, invoiceEmail: f.email('invoiceEmail', true), reminderEmail: f.email('reminderEmail', true),
  taxId: f.text('taxId', { max: 30, optional: true }),
});

const readProfile = (f: Fields<CustomerProfile>, { currencyCode, netDays }: CustomerProfile): Profile => ({
  language: f.text('language', { max: 2, pattern: /^[a-z]{2}$/, says: 'is not two lower-case letters', optional: true }) || 'en', currencyCode: currencyCode === '' ? '' : f.currency('currencyCode'),
  netDays: netDays === undefined ? null : f.integer('netDays', 0, 365), electronicAddress: f.text('electronicAddress', { max: 100, pattern: /^\d{4}:\S+$/, says: 'is not <EAS scheme>:<address>', optional: true }),
  buyerReference: f.text('buyerReference', { max: 64, optional: true }), segment: f.text('segment', { max: 63, optional: true }), industry: f.text('industry', { max: 10, optional: true }), labels: f.labels('labels'),
});

const noProfile: Profile = { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} };

function read(f: Fields<RegisterCustomerRequest>): KeepCustomer {
  const personal = f.inside('personal', readPersonal);
  if (!personal) f.required('personal');
  return { customerId: f.customer('customerId'), personal: personal!, profile: f.inside('profile', readProfile) ?? noProfile };
}

export const registerCustomerRpc: CommandRpc<RegisterCustomerRequest, KeepCustomer, RegisterCustomerResponse> =
  { name: 'ar.credit.v1.CustomerService/RegisterCustomer', message: RegisterCustomerRequest, command: registerCustomer, answer, read };
export const updateCustomerRpc: CommandRpc<UpdateCustomerRequest, KeepCustomer, UpdateCustomerResponse> =
  { name: 'ar.credit.v1.CustomerService/UpdateCustomer', message: UpdateCustomerRequest, command: updateCustomer, answer, read };

/** Customers: who we sell to. */
@Controller()
export class CustomerGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.credit.v1.CustomerService', 'registerCustomer')
  registerCustomer(request: RegisterCustomerRequest) { return this.api.command(registerCustomerRpc, request); }

  @GrpcMethod('ar.credit.v1.CustomerService', 'updateCustomer')
  updateCustomer(request: UpdateCustomerRequest) { return this.api.command(updateCustomerRpc, request); }

  @GrpcMethod('ar.credit.v1.CustomerService', 'getCustomer')
  getCustomer(request: GetCustomerRequest): Promise<GetCustomerResponse> {
    return this.api.query(request, async (tx) => {
      const found = await getCustomer(tx, request.tenantId, request.customerId);
      if (!found) throw refused({ refused: 'customer-not-found', detail: { customerId: request.customerId } });
      return { customer: found.customer, version: BigInt(found.version) };
    });
  }

  @GrpcMethod('ar.credit.v1.CustomerService', 'listCustomers')
  listCustomers(request: ListCustomersRequest): Promise<ListCustomersResponse> {
    return this.api.query(request, async (tx) => {
      const text = (sql: string) => ({ sql, type: 'text' as const });
      const { rows, nextPageToken } = await this.api.pages.list<{ page_id: string; resource: unknown }>(tx, 'customers', request, {
        select: 'select customer page_id, name, segment, industry, currency, resource from customer where tenant = $1', values: [request.tenantId],
        columns: { customer_id: text('page_id'), name: text('name'), segment: text('segment'), industry: text('industry'), currency_code: text('currency') },
        orders: { customer_id: text('page_id'), name: text('name') }, order: 'customer_id',
      });
      return { customers: rows.map((r) => Customer.fromJSON(r.resource)), nextPageToken };
    });
  }
}
