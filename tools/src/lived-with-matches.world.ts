// A customer beside the others who pays without a word: from an account nobody knows, a little less than is due, or less with a reason.
import type { Day } from '@ar/domain/day.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { issueInvoice } from '../../services/invoicing/src/invoicing.commands.js';
import { applyReceipt, recordReceipt } from '../../services/payments/src/payments.commands.js';
import { acceptRecommendation, declineRecommendation } from '../../services/payments/src/recommendations.commands.js';
import type { FiveServices } from './five-services.world.js';

const CUSTOMER = 'matched';
/** Their own rules, with a tolerance; matches are recommended, and applied only where all of them fits. */
export const matching = {
  matching: { applyFrom: 1_000, recommendFrom: 500 },
  ruleSets: [{
    customerId: CUSTOMER, segment: '', rules: ['reference', 'exact', 'clear-account', 'clear-past-due', 'clear-past-due-by-terms', 'combination'], partialOnOldest: false, disputedOnlyByReference: true, discountOnFullPayment: false,
    options: { discounts: 'earned', discountGraceDays: 0, withoutLateCharges: true, order: 'law', priorities: [], tolerances: [{ currencyCode: 'EUR', limit: '0.50', percent: '1' }], bankCharges: [] },
  }],
} as const;

export async function payWithoutAWord({ ask, readOn }: FiveServices): Promise<void> {
  await ask('credit', registerCustomer, {
    customerId: CUSTOMER, personal: { name: 'Matched Silent Ltd', address: null, invoiceEmail: `${CUSTOMER}@customer.example`, reminderEmail: '', taxId: '' },
    profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} },
  });
  await readOn();
  for (const [id, price] of [['one', '100.00'], ['two', '200.00'], ['three', '300.00']] as const)
    await ask('invoicing', issueInvoice, { invoiceId: `inv_matched-${id}`, ...contentOf({ customerId: CUSTOMER, lines: [lineOf({ unitPrice: price })], terms: { due: { netDays: 20 } }, externalNumber: `PO-7781-${id}` }) });
  await readOn();
  const receive = (id: string, receivedMinor: number, more: object = {}) => ask('payments', recordReceipt, {
    receiptId: `rcp_matched-${id}`, customer: CUSTOMER, currency: 'EUR', receivedMinor, valueOn: '' as Day, method: 'PAYMENT_METHOD_BANK_TRANSFER', bankReference: '', named: [], onAccount: false, remitter: { name: '', iban: '', remittance: '' }, ...more,
  });
  const recommended = async (answer: Promise<{ readonly resource: unknown }>) => ((await answer).resource as { readonly recommendations: readonly { readonly recommendationId: string }[] }).recommendations.at(-1)!.recommendationId;
  const nobody = { customer: '', remitter: { name: 'Silent Matched Ltd', iban: '', remittance: '' } };
  const taken = await recommended(receive('taken', 119_00, nobody));
  await ask('payments', acceptRecommendation, { receiptId: 'rcp_matched-taken', recommendationId: taken, customer: CUSTOMER, itemId: 'oit_matched-one_1', by: 'anna' });
  const refused = await recommended(receive('refused', 357_00, nobody));
  await ask('payments', declineRecommendation, { receiptId: 'rcp_matched-refused', recommendationId: refused, by: 'anna', reason: 'of another of that name' });
  await receive('short', 237_80); // 0.20 less than the second is due with
  await receive('kept-back', 340_00, { onAccount: true });
  await ask('payments', applyReceipt, {
    receiptId: 'rcp_matched-kept-back', shares: [{ itemId: 'oit_matched-three_1', minor: 340_00, currency: 'EUR' }], deductions: [{ itemId: 'oit_matched-three_1', minor: 17_00, currency: 'EUR', reasonCode: 'quality', text: 'scratched' }],
  });
  await readOn();
}
