// A customer beside the others to whom everything happens that credit notes and debit notes can do, and who owes nothing in the end.
import type { PostedCreditNote } from '@ar/contracts/gen/ar/payments/v1/credit_note_service.js';
import type { Day } from '@ar/domain/day.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import type { CreditFor } from '../../services/invoicing/src/domain/credit-note.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { issueInvoice, voidInvoice } from '../../services/invoicing/src/invoicing.commands.js';
import { approveCreditNote, cancelAndReissue, cancelInvoice, issueCreditNote, issueDebitNote, refuseCreditNote } from '../../services/invoicing/src/notes.commands.js';
import { recordReceipt } from '../../services/payments/src/payments.commands.js';
import { applyCredit, unapplyCredit } from '../../services/payments/src/credit-notes.commands.js';
import type { FiveServices } from './five-services.world.js';

const CUSTOMER = 'credited';
const line = (unitPrice: string) => lineOf({ unitPrice });
const document = (id: string, price: string, netDays: number) => ({
  invoiceId: `inv_${id}`, ...contentOf({ customerId: CUSTOMER, lines: [line(price)], terms: { due: { netDays } }, externalNumber: `ORD-${id}` }),
});
const receipt = (id: string, receivedMinor: number) => ({
  receiptId: `rcp_${id}`, customer: CUSTOMER, currency: 'EUR', receivedMinor, valueOn: '' as Day, method: 'PAYMENT_METHOD_BANK_TRANSFER', bankReference: '', named: [], onAccount: false, remitter: { name: '', iban: '', remittance: '' },
});

/** Asked on one day; above 100.00 a second person has to agree. */
export async function giveCredit({ ask, readOn }: FiveServices): Promise<void> {
  const credit = (id: string, what: CreditFor, by = 'anna') => ask('invoicing', issueCreditNote, {
    creditNoteId: `crn_${id}`, for: what, reasonCode: 'goodwill', reason: '', issueDate: '', cancels: false, replacementInvoiceId: '', externalNumber: '', labels: {}, by,
  });
  const of = (id: string, minor?: number): CreditFor => ({ kind: 'invoice', invoiceId: `inv_${id}`, lines: minor === undefined ? [] : [{ line: 1, net: { minor, currency: 'EUR' }, quantity: '' }] });
  const free = (price: string): CreditFor => ({ kind: 'free', customerId: CUSTOMER, currencyCode: 'EUR', lines: [line(price)] });
  await ask('credit', registerCustomer, {
    customerId: CUSTOMER, personal: { name: CUSTOMER, address: null, invoiceEmail: `${CUSTOMER}@customer.example`, reminderEmail: '', taxId: '' },
    profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} },
  });
  await readOn();
  await ask('invoicing', issueInvoice, document('first', '20.00', 5));
  for (const id of ['reduced', 'whole', 'doubted']) await ask('invoicing', issueInvoice, document(id, '100.00', 20));
  for (const id of ['cancelled', 'reissued']) await ask('invoicing', issueInvoice, document(id, '50.00', 20));
  await readOn();
  await credit('free', free('10.00')); // settles the first invoice, as payments will read before it reads that it is void
  await ask('invoicing', voidInvoice, { invoiceId: 'inv_first', voidDate: '', reason: 'never delivered' });
  await credit('reduced', of('reduced', 25_00));
  for (const id of ['approved', 'refused', 'forgotten']) await credit(id, of(id === 'approved' ? 'whole' : 'doubted'));
  await ask('invoicing', approveCreditNote, { creditNoteId: 'crn_approved', by: 'ben' });
  await ask('invoicing', refuseCreditNote, { creditNoteId: 'crn_refused', by: 'ben', reason: 'it was delivered' });
  await ask('invoicing', cancelInvoice, { invoiceId: 'inv_cancelled', creditNoteId: 'crn_cancelled', issueDate: '', reason: 'ordered twice', by: 'anna' });
  await ask('invoicing', cancelAndReissue, { invoiceId: 'inv_reissued', creditNoteId: 'crn_reissued', issueDate: '', reason: 'wrong address', by: 'anna', replacement: document('anew', '40.00', 20) });
  await ask('invoicing', issueDebitNote, { debitNoteId: 'dbn_fee', customerId: CUSTOMER, kind: 'fee', currencyCode: 'EUR', invoiceId: 'inv_doubted', externalNumber: '', reason: '', labels: {}, issueDate: '', lines: [line('4.00')], due: { netDays: 20 } });
  await ask('payments', recordReceipt, receipt('before', 119_00)); // pays what will be credited
  await readOn();
  await ask('invoicing', issueInvoice, { ...document('discounted', '10.00', 20), terms: { due: { netDays: 20 }, discount: { tiers: [{ days: 5, percent: '2' }], base: 'gross', tax: 'on-early-payment', graceDays: 0, mode: 'earned' } } });
  await readOn();
  await ask('payments', recordReceipt, { ...receipt('early-credited', 11_66), named: [{ reference: 'ORD-discounted', minor: null }] });
  await credit('discounted', of('discounted')); // net of the discount that came with the payment
  await credit('after', of('reduced', 30_00));
  await readOn();
  const { resource } = await ask('payments', applyCredit, { creditNoteId: 'crn_after', shares: [] });
  const [use] = (resource as PostedCreditNote).applicationGroups;
  if (use) await ask('payments', unapplyCredit, { creditNoteId: 'crn_after', groupId: use.applicationGroupId, reason: 'wrong', effectiveOn: '' });
  await readOn();
}

/** Whatever is open is paid. */
export const settleCredited = ({ ask }: FiveServices) => ask('payments', recordReceipt, receipt('rest', 500_00));
