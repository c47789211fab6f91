// The public API of an installation, as a program calls it.
import { credentials, Metadata, type CallOptions, type ServiceError } from '@grpc/grpc-js';
import { BatchServiceClient as CollectionsBatch } from '@ar/contracts/gen/ar/collections/v1/batch_service.js';
import { CaseServiceClient } from '@ar/contracts/gen/ar/collections/v1/case_service.js';
import { DisputeServiceClient } from '@ar/contracts/gen/ar/collections/v1/dispute_service.js';
import { PromiseServiceClient } from '@ar/contracts/gen/ar/collections/v1/promise_service.js';
import { BatchServiceClient as CreditBatch } from '@ar/contracts/gen/ar/credit/v1/batch_service.js';
import { CreditServiceClient } from '@ar/contracts/gen/ar/credit/v1/credit_service.js';
import { CustomerServiceClient } from '@ar/contracts/gen/ar/credit/v1/customer_service.js';
import { BatchServiceClient as InvoicingBatch } from '@ar/contracts/gen/ar/invoicing/v1/batch_service.js';
import { InvoiceServiceClient } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { TenantServiceClient } from '@ar/contracts/gen/ar/invoicing/v1/tenant_service.js';
import { OperationsServiceClient } from '@ar/contracts/gen/ar/ops/v1/operations_service.js';
import { AccountServiceClient } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { BatchServiceClient as PaymentsBatch } from '@ar/contracts/gen/ar/payments/v1/batch_service.js';
import { ReceiptServiceClient } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { MeasureServiceClient } from '@ar/contracts/gen/ar/payments/v1/measure_service.js';
import { ReportServiceClient } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { CommunicationServiceClient } from '@ar/contracts/gen/ar/reminders/v1/communication_service.js';
import { DunningServiceClient } from '@ar/contracts/gen/ar/reminders/v1/dunning_service.js';
import type { ServiceName } from './installation.js';

/** The last of ts-proto's overloads, by which TypeScript infers. */
type Unary<Req, Res> = (request: Req, metadata: Metadata, options: Partial<CallOptions>, callback: (error: ServiceError | null, response: Res) => void) => unknown;

/** A method of a generated client as a function that promises; `withinMs`, or the server's own limit. */
export const promised = <Req, Res>(client: object, method: Unary<Req, Res>) => (request: Req, withinMs?: number): Promise<Res> =>
  new Promise((resolve, reject) => { method.call(client, request, new Metadata(), withinMs === undefined ? {} : { deadline: Date.now() + withinMs }, (error, response) => { if (error) reject(error); else resolve(response); }); });

export type Clients = ReturnType<typeof connect>;

export function connect(addresses: Readonly<Record<ServiceName, string>>) {
  const open = credentials.createInsecure();
  const options = { 'grpc.max_receive_message_length': -1 };
  const at = <C>(Client: new (address: string, c: typeof open, o: object) => C, service: ServiceName) => new Client(addresses[service], open, options);
  return {
    tenants: at(TenantServiceClient, 'invoicing'), invoices: at(InvoiceServiceClient, 'invoicing'), invoicingBatch: at(InvoicingBatch, 'invoicing'),
    customers: at(CustomerServiceClient, 'credit'), credit: at(CreditServiceClient, 'credit'), creditBatch: at(CreditBatch, 'credit'),
    receipts: at(ReceiptServiceClient, 'payments'), accounts: at(AccountServiceClient, 'payments'), reports: at(ReportServiceClient, 'payments'), measures: at(MeasureServiceClient, 'payments'), paymentsBatch: at(PaymentsBatch, 'payments'),
    communications: at(CommunicationServiceClient, 'reminders'), dunning: at(DunningServiceClient, 'reminders'),
    cases: at(CaseServiceClient, 'collections'), disputes: at(DisputeServiceClient, 'collections'), promises: at(PromiseServiceClient, 'collections'), collectionsBatch: at(CollectionsBatch, 'collections'),
    operations: Object.fromEntries((Object.keys(addresses) as ServiceName[]).map((name) => [name, at(OperationsServiceClient, name)])) as Record<ServiceName, OperationsServiceClient>,
  };
}
