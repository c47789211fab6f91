// A customer beside the others who gets money back: by hand and by the provider, declined and lost on the way, with and without a second person.
import type { Day } from '@ar/domain/day.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { issueCreditNote } from '../../services/invoicing/src/notes.commands.js';
import { recordReceipt, reverseReceipt } from '../../services/payments/src/payments.commands.js';
import { approveRefund, cancelRefund, recordRefundPaid, refuseRefund, requestRefund } from '../../services/payments/src/refunds.commands.js';
import type { FiveServices } from './five-services.world.js';

const CUSTOMER = 'refunded';
const payee = { name: 'Refunded', iban: 'DE89370400440532013000' };
const refund = (id: string, minor: number | null, more: object = {}) => ({ refundId: `rfd_${id}`, receiptId: `rcp_back-${id}`, creditNoteId: '', minor, currency: minor === null ? '' : 'EUR', method: '', payee: null, reason: 'paid twice', by: 'anna', ...more });

/** Up to 50.00 at once; above, a second person has to agree. What comes of an amount is in its last two digits. */
export async function askForRefunds({ ask, readOn, sendMail }: FiveServices, today: Day): Promise<void> {
  await ask('credit', registerCustomer, {
    customerId: CUSTOMER, personal: { name: CUSTOMER, address: null, invoiceEmail: `${CUSTOMER}@customer.example`, reminderEmail: '', taxId: '' },
    profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} },
  });
  await readOn();
  const receive = (id: string, receivedMinor: number, onAccount = true) => ask('payments', recordReceipt, {
    receiptId: `rcp_back-${id}`, customer: CUSTOMER, currency: 'EUR', receivedMinor, valueOn: today, method: 'PAYMENT_METHOD_BANK_TRANSFER', bankReference: '', named: [], onAccount, remitter: { ...payee, remittance: '' },
  });
  /** One after the other, sent out and asked about: which of several the provider answers first is not the same each time. */
  const payOut = async () => { for (let round = 1; round <= 2; round++) { await readOn(); await sendMail('payments'); } await readOn(); };
  for (const [id, minor] of [['refused', 100_00], ['forgotten', 70_00], ['cancelled', 20_00], ['hand', 30_00], ['approved', 60_00], ['declined', 20_01], ['later', 20_02], ['lost', 20_03]] as const) {
    await receive(id, minor);
    await ask('payments', requestRefund, refund(id, null));
    if (id === 'cancelled') await ask('payments', cancelRefund, { refundId: 'rfd_cancelled', reason: 'not wanted' });
    if (id === 'hand') await ask('payments', recordRefundPaid, { refundId: 'rfd_hand', reference: 'B-1', paidOn: '' });
    if (id === 'approved') await ask('payments', approveRefund, { refundId: 'rfd_approved', by: 'ben' });
    await payOut();
  }
  await ask('payments', refuseRefund, { refundId: 'rfd_refused', by: 'ben', reason: 'not theirs' });
  await ask('payments', reverseReceipt, { receiptId: 'rcp_back-hand', kind: 'chargeback', code: 'C01', reason: 'disputed', effectiveOn: '' }); // they have had it twice
  await ask('invoicing', issueCreditNote, {
    creditNoteId: 'crn_back', for: { kind: 'free', customerId: CUSTOMER, currencyCode: 'EUR', lines: [lineOf({ unitPrice: '10.00' })] }, reasonCode: 'goodwill', reason: '', issueDate: '', cancels: false, replacementInvoiceId: '', externalNumber: '', labels: {}, by: 'anna',
  });
  await receive('pays', 30_00, false);
  await readOn();
  await ask('payments', requestRefund, refund('credit', 5_00, { receiptId: '', creditNoteId: 'crn_back', payee }));
  await ask('payments', cancelRefund, { refundId: 'rfd_credit', reason: 'by another account' });
  await ask('payments', requestRefund, refund('credit-again', null, { receiptId: '', creditNoteId: 'crn_back', payee }));
  await payOut();
}
