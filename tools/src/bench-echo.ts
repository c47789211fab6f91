// The baseline of a call: bare grpc-js that decodes the request, and answers with a message like the service's own. A process of its own; prints its port.
import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import { InvoiceServiceService, IssueInvoiceResponse, type IssueInvoiceRequest } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { CustomerServiceService, RegisterCustomerResponse, type RegisterCustomerRequest } from '@ar/contracts/gen/ar/credit/v1/customer_service.js';

const { registerCustomer } = CustomerServiceService;
const { issueInvoice } = InvoiceServiceService;
const server = new Server();
server.addService({ registerCustomer }, {
  registerCustomer({ request }: ServerUnaryCall<RegisterCustomerRequest, RegisterCustomerResponse>, answer: sendUnaryData<RegisterCustomerResponse>) {
    const { customerId, personal, profile } = request;
    answer(null, RegisterCustomerResponse.fromPartial({ customer: { customerId, ...(personal ? { personal } : {}), ...(profile ? { profile } : {}) }, version: 1n, position: { sequences: { 'credit/0': 1n } as never } }));
  },
});
server.addService({ issueInvoice }, {
  issueInvoice({ request }: ServerUnaryCall<IssueInvoiceRequest, IssueInvoiceResponse>, answer: sendUnaryData<IssueInvoiceResponse>) {
    const { invoiceId, customerId, currencyCode, lines, orderNumber } = request;
    answer(null, IssueInvoiceResponse.fromPartial({ invoice: { invoiceId, customerId, currencyCode, lines, orderNumber }, version: 1n, position: { sequences: { 'invoicing/0': 1n } as never } }));
  },
});
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
