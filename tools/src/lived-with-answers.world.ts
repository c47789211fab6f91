// A customer beside the others whose system answers to its invoice: received, rejected, and paid in the end.
import type { Day } from '@ar/domain/day.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import type { SaidResponse } from '../../services/invoicing/src/domain/invoice-response.js';
import { recordInvoiceResponse } from '../../services/invoicing/src/invoice-responses.commands.js';
import { issueInvoice } from '../../services/invoicing/src/invoicing.commands.js';
import { recordReceipt } from '../../services/payments/src/payments.commands.js';
import type { FiveServices } from './five-services.world.js';

const CUSTOMER = 'answering';

/** Nothing of it is open afterwards. */
export async function answerInvoices({ ask, readOn }: FiveServices, today: Day): Promise<void> {
  const answer = (responseId: string, code: SaidResponse['code'], clarifications: SaidResponse['clarifications'] = []) =>
    ask('invoicing', recordInvoiceResponse, { said: { responseId, sender: '9930:DE4711', receiver: '', invoiceReference: 'ORD-answered', code, effectiveDate: today, clarifications, note: 'by our system' } });
  await ask('credit', registerCustomer, {
    customerId: CUSTOMER, personal: { name: CUSTOMER, address: null, invoiceEmail: `${CUSTOMER}@customer.example`, reminderEmail: '', taxId: '' },
    profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '9930:DE4711', buyerReference: '', segment: '', industry: '', labels: {} },
  });
  await readOn();
  await ask('invoicing', issueInvoice, { invoiceId: 'inv_answered', ...contentOf({ customerId: CUSTOMER, lines: [lineOf({ unitPrice: '100.00' })], terms: { due: { netDays: 20 } }, externalNumber: 'ORD-answered' }) });
  await readOn();
  await answer('imr-1', 'RE', [{ kind: 'reason', code: 'QTY', text: 'nine came', conditions: [] }, { kind: 'action', code: 'CNP', text: '', conditions: [] }]); // a dispute
  await answer('imr-2', 'AB'); // came late, and takes nothing back
  await readOn();
  await answer('imr-3', 'PD');
  await ask('payments', recordReceipt, {
    receiptId: 'rcp_answered', customer: CUSTOMER, currency: 'EUR', receivedMinor: 119_00, valueOn: '', method: 'PAYMENT_METHOD_BANK_TRANSFER', bankReference: '', named: [{ reference: 'ORD-answered', minor: null }], onAccount: false, remitter: { name: '', iban: '', remittance: '' },
  });
  await readOn();
}
