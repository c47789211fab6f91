// A customer beside the others who says what payments are for: before they come, after, twice, and in vain; and who pays for another one.
import { daysAfter, type Day } from '@ar/domain/day.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { issueInvoice } from '../../services/invoicing/src/invoicing.commands.js';
import type { RemittanceLine } from '../../services/payments/src/domain/remittance-advice.js';
import { linkPayer, unlinkPayer } from '../../services/payments/src/payers.commands.js';
import { recordReceipt, reverseReceipt } from '../../services/payments/src/payments.commands.js';
import { cancelRemittanceAdvice, matchRemittanceAdvice, recordRemittanceAdvice } from '../../services/payments/src/remittance.commands.js';
import type { FiveServices } from './five-services.world.js';

const CUSTOMER = 'announcing';
const line = (id: string, netMinor: number, more: Partial<RemittanceLine> = {}): RemittanceLine => ({ reference: `ADV-${id}`, grossMinor: netMinor + (more.deductionMinor ?? 0), discountMinor: 0, deductionMinor: 0, reasonCode: null, text: '', netMinor, ...more });

export async function announcePayments({ ask, readOn }: FiveServices, today: Day): Promise<void> {
  await ask('credit', registerCustomer, {
    customerId: CUSTOMER, personal: { name: 'Announcing Ltd', address: null, invoiceEmail: `${CUSTOMER}@customer.example`, reminderEmail: '', taxId: '' },
    profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} },
  });
  await readOn();
  for (const id of ['one', 'two', 'three']) await ask('invoicing', issueInvoice, { invoiceId: `inv_announced-${id}`, ...contentOf({ customerId: CUSTOMER, lines: [lineOf({ unitPrice: '100.00' })], terms: { due: { netDays: 90 } }, externalNumber: `ADV-${id}` }) });
  await readOn();
  const announce = (id: string, lines: readonly RemittanceLine[], reference = '') => ask('payments', recordRemittanceAdvice, {
    adviceId: `rma_${id}`, customer: CUSTOMER, currency: 'EUR', totalMinor: lines.reduce((sum, l) => sum + l.netMinor, 0), paidOn: '' as Day, reference, payer: { name: 'Announcing Ltd', iban: '', remittance: '' }, lines,
  });
  const receive = (id: string, receivedMinor: number, more: object = {}) => ask('payments', recordReceipt, {
    receiptId: `rcp_announced-${id}`, customer: CUSTOMER, currency: 'EUR', receivedMinor, valueOn: '' as Day, method: 'PAYMENT_METHOD_BANK_TRANSFER', bankReference: '', named: [], onAccount: false, remitter: { name: '', iban: '', remittance: '' }, ...more,
  });
  await announce('before', [line('two', 109_00, { deductionMinor: 10_00, reasonCode: 'price', text: 'agreed 109' })], 'TRN-1');
  await readOn();
  await receive('later', 109_00, { customer: '', bankReference: 'TRN-1' });
  await receive('twice-a', 40_00, { onAccount: true });
  await receive('twice-b', 40_00, { onAccount: true });
  await readOn();
  await announce('twice', [line('three', 40_00)]);
  await ask('payments', matchRemittanceAdvice, { adviceId: 'rma_twice', receiptId: 'rcp_announced-twice-b', by: 'anna' });
  await announce('vain', [line('one', 7_00)]);
  await ask('payments', cancelRemittanceAdvice, { adviceId: 'rma_vain', by: 'anna', reason: 'sent in error' });
  // neither is read when the other comes: they find each other later
  await announce('together', [line('unknown', 5_00)]);
  await receive('together', 5_00, { named: [{ reference: 'ADV-unknown', minor: null }] });
  await readOn();
  // promised for later days: one goes back before its day, one is cash on it
  for (const id of ['promised', 'stopped']) await receive(id, 3_00, { method: 'PAYMENT_METHOD_CHEQUE', maturesOn: daysAfter(today, 3), onAccount: true });
  await readOn();
  await ask('payments', reverseReceipt, { receiptId: 'rcp_announced-stopped', kind: 'bounced', code: '', reason: 'stopped', effectiveOn: '' });
  // and who pays for another: it goes back, comes again, and is taken back in part
  await ask('payments', linkPayer, { customer: CUSTOMER, paidFor: 'matched', fromOn: '' as Day, by: 'anna', reason: 'one group' });
  await readOn();
  const others = { named: [{ reference: 'ADV-one', minor: 19_00 }, { reference: 'PO-7781-three', minor: 5_00 }] };
  await receive('returned', 24_00, others);
  await ask('payments', reverseReceipt, { receiptId: 'rcp_announced-returned', kind: 'return', code: 'AM04', reason: 'returned', effectiveOn: '' });
  await receive('for-others', 24_00, others);
  await readOn();
  await ask('payments', unlinkPayer, { customer: CUSTOMER, paidFor: 'matched', untilOn: '' as Day, by: 'anna', reason: 'sold' });
  await readOn();
}
