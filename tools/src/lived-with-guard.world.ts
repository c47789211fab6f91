// The part of the four weeks that is about wrong bills: a customer of its own, with prices, a fulfilment, and invoices that are told of, stopped, or wait. Nothing of it is due before the weeks are over.
import { daysAfter, type Day } from '@ar/domain/day.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { approveInvoice, correctFulfilment, endContractPrice, recordFulfilment, refuseInvoice, setContractPrice } from '../../services/invoicing/src/guard.commands.js';
import { issueInvoice, publishPolicy } from '../../services/invoicing/src/invoicing.commands.js';
import type { FiveServices } from './five-services.world.js';

const CUSTOMER = 'c-guarded';
const document = (id: string, quantity: string, unitPrice: string) => ({
  invoiceId: `inv_${id}`, by: 'anna', ...contentOf({ customerId: CUSTOMER, orderNumber: 'PO-guarded', externalNumber: `ORD-${id}`, lines: [lineOf({ articleId: 'A', quantity, unitPrice })], terms: { due: { netDays: 90 } } }),
});

/** Two prices, one of them ended; a fulfilment that was counted wrongly; and a policy from the next day on. */
export async function agreeAndDeliver({ ask, readOn }: FiveServices, today: Day): Promise<void> {
  await ask('credit', registerCustomer, { customerId: CUSTOMER, personal: { name: 'Guarded', address: null, invoiceEmail: '', reminderEmail: '', taxId: '' }, profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} } });
  await readOn();
  const price = { customerId: CUSTOMER, articleId: 'A', currencyCode: 'EUR', unitCode: 'C62', tolerancePercent: '2', validFrom: today, validUntil: '', inArrears: false };
  await ask('invoicing', setContractPrice, { contractPrice: { ...price, contractPriceId: 'cpr_now', unitPrice: '10' } });
  await ask('invoicing', setContractPrice, { contractPrice: { ...price, contractPriceId: 'cpr_never', unitPrice: '1' } });
  await ask('invoicing', endContractPrice, { contractPriceId: 'cpr_never', validUntil: daysAfter(today, -1) });
  await ask('invoicing', recordFulfilment, { fulfilment: { fulfilmentId: 'dlv_1', customerId: CUSTOMER, orderNumber: 'PO-guarded', articleId: 'A', quantity: '50', unitCode: 'C62', deliveredOn: '', periodFrom: '', periodTo: '' } });
  await ask('invoicing', correctFulfilment, { fulfilmentId: 'dlv_1', quantity: '5', reason: 'a nought too many' });
  await ask('invoicing', publishPolicy, { tenantId: 't', kind: 'billingGuard', policy: { billingGuard: { prices: 'approve', fulfilments: 'warn', duplicates: 'warn', duplicateDays: 30 } }, validFrom: daysAfter(today, 1) });
}

/** One as agreed, one of which more is billed than was delivered, and three that are too dear: one is approved, one refused, one forgotten. */
export async function billWrongly({ ask, readOn }: FiveServices): Promise<void> {
  await ask('invoicing', issueInvoice, document('agreed', '3', '10.20'));
  await ask('invoicing', issueInvoice, document('undelivered', '3', '10'));
  for (const id of ['approved', 'refused', 'forgotten']) await ask('invoicing', issueInvoice, document(id, '1', '12'));
  await readOn();
  await ask('invoicing', approveInvoice, { invoiceId: 'inv_approved', by: 'ben' });
  await ask('invoicing', refuseInvoice, { invoiceId: 'inv_refused', by: 'ben', reason: 'that was not agreed' });
  await readOn();
}
