// A customer beside the others who does not pay: everything happens to what they owe that writing off can do, and nothing of it is owed in the end.
import type { Day } from '@ar/domain/day.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { issueInvoice, voidInvoice } from '../../services/invoicing/src/invoicing.commands.js';
import { recordReceipt, reverseReceipt } from '../../services/payments/src/payments.commands.js';
import { approveWriteOff, recoverWriteOff, refuseWriteOff, reverseWriteOff, writeOffOpenItems } from '../../services/payments/src/write-offs.commands.js';
import type { FiveServices } from './five-services.world.js';

const CUSTOMER = 'lost';
const receipt = (id: string, receivedMinor: number, onAccount: boolean) => ({
  receiptId: `rcp_${id}`, customer: CUSTOMER, currency: 'EUR', receivedMinor, valueOn: '' as Day, method: 'PAYMENT_METHOD_BANK_TRANSFER', bankReference: '', named: [], onAccount, remitter: { name: '', iban: '', remittance: '' },
});

/** Up to 50.00 at once; above, a second person has to agree. */
export async function writeLossesOff({ ask, readOn }: FiveServices): Promise<void> {
  await ask('credit', registerCustomer, {
    customerId: CUSTOMER, personal: { name: CUSTOMER, address: null, invoiceEmail: `${CUSTOMER}@customer.example`, reminderEmail: '', taxId: '' },
    profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} },
  });
  await readOn();
  for (const [id, price] of [['small', '20.00'], ['part', '100.00'], ['large', '100.00'], ['never', '30.00']] as const)
    await ask('invoicing', issueInvoice, { invoiceId: `inv_lost-${id}`, ...contentOf({ customerId: CUSTOMER, lines: [lineOf({ unitPrice: price })], terms: { due: { netDays: 1 } }, externalNumber: `ORD-lost-${id}` }) });
  await readOn();
  const lose = (id: string, item: string, minor: number | null, method: 'direct' | 'allowance') => ask('payments', writeOffOpenItems, {
    writeOffId: `wof_${id}`, customer: CUSTOMER, currency: 'EUR', items: [{ itemId: `oit_lost-${item}_1`, minor }], method, reasonCode: 'insolvency', reason: 'insolvent', by: 'anna',
  });
  await lose('small', 'small', null, 'direct');
  await lose('part', 'part', 40_00, 'allowance');
  for (const id of ['approved', 'refused', 'forgotten']) await lose(id, 'large', null, 'allowance');
  await ask('payments', approveWriteOff, { writeOffId: 'wof_approved', by: 'ben' });
  await ask('payments', refuseWriteOff, { writeOffId: 'wof_refused', by: 'ben', reason: 'twice' });
  await lose('never', 'never', null, 'direct');
  await ask('invoicing', voidInvoice, { invoiceId: 'inv_lost-never', voidDate: '', reason: 'never delivered' }); // written off, as invoicing will read later
  await readOn();
}

/** Something comes in after all; half of it goes back to where it came from. */
export async function recoverLosses({ ask, readOn }: FiveServices): Promise<void> {
  for (const [id, minor] of [['found', 15_00], ['returned', 5_00]] as const) {
    await ask('payments', recordReceipt, receipt(id, minor, true));
    await ask('payments', recoverWriteOff, { writeOffId: 'wof_approved', receiptId: `rcp_${id}`, minor: null, currency: '' });
  }
  await readOn();
  await ask('payments', reverseReceipt, { receiptId: 'rcp_returned', kind: 'return', code: 'AM04', reason: 'returned', effectiveOn: '' });
  await readOn();
}

/** One was in error; it and the rest of the other are paid. */
export async function reverseLosses({ ask, readOn }: FiveServices): Promise<void> {
  await ask('payments', reverseWriteOff, { writeOffId: 'wof_small', reason: 'they pay' });
  await readOn();
  await ask('payments', recordReceipt, receipt('lost-rest', 500_00, false));
}
