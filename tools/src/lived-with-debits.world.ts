// A customer beside the others whose account is debited: through the provider and by file, declined, lost on the way, taken back, given up; and who pays by a link. Debits are announced by mail.
import { type Day, daysAfter } from '@ar/domain/day.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { issueInvoice } from '../../services/invoicing/src/invoicing.commands.js';
import { cutDebitFile, recordDebitStatus } from '../../services/payments/src/debit-files.commands.js';
import { cancelDebit, claimDebit, recordDebitOutcome, requestDebit } from '../../services/payments/src/debits.commands.js';
import { receiptIdOfDebit } from '../../services/payments/src/domain/debit.js';
import { mandateIdOf } from '../../services/payments/src/domain/mandate.js';
import { amendMandate, registerMandate, resumeMandate, suspendMandate } from '../../services/payments/src/mandates.commands.js';
import { repeatDebitNotice } from '../../services/reminders/src/debit-notices.commands.js';
import { cancelPayLink, createPayLink, recordLinkPayment } from '../../services/payments/src/pay-links.commands.js';
import { recordReceipt, reverseReceipt } from '../../services/payments/src/payments.commands.js';
import type { FiveServices } from './five-services.world.js';

const CUSTOMER = 'debited';
const debtor = { name: 'Debited', iban: 'DE89370400440532013000', bic: '', token: '' };
const by = { by: 'anna', reason: 'asked' };
/** As the tenant of that history has it: no days of notice, one more try. */
export const directDebit = { noticeDays: 0, autopay: false, retryDays: [1], creditorId: 'DE98ZZZ09999999999' };

/** All of it on one day, but for what ends by itself on the next. */
export async function debitAccounts({ ask, readOn, sendMail, smtp }: FiveServices, today: Day): Promise<void> {
  await ask('credit', registerCustomer, {
    customerId: CUSTOMER, personal: { name: CUSTOMER, address: null, invoiceEmail: `${CUSTOMER}@customer.example`, reminderEmail: '', taxId: '' },
    profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} },
  });
  await readOn();
  for (const id of ['back', 'declined', 'suspended', 'file', 'link', 'told', 'refused', 'lost']) {
    await ask('invoicing', issueInvoice, { invoiceId: `inv_dd-${id}`, ...contentOf({ customerId: CUSTOMER, currencyCode: 'EUR', lines: [lineOf({ unitPrice: '100.00' })], terms: { due: { netDays: 2 } }, externalNumber: `DD-${id}`, reservationId: '' }) });
  }
  await readOn();
  const item = (id: string) => ({ itemId: `oit_dd-${id}_1`, asked: null });
  const sign = async (reference: string, more: object = {}) => {
    await ask('payments', registerMandate, { customer: CUSTOMER, scheme: 'sepa-core', reference, signedOn: today, debtor, oneOff: false, collectedBy: 'provider', autopay: false, ...more });
    return mandateIdOf(reference);
  };
  const request = (id: string, mandateId: string, collectOn: Day | '' = '') => ask('payments', requestDebit, { debitId: `ddt_${id}`, customer: CUSTOMER, currency: 'EUR', mandateId, items: [item(id)], collectOn, final: false, by: 'anna' });
  const todo = (id: string, attempt = 1) => ({ tenant: 't', customer: CUSTOMER, key: `debit:ddt_${id}`, attempt, state: 'requested' as const });

  const [good, bad, held, filed] = [await sign('M-good'), await sign('M-bad'), await sign('M-held'), await sign('M-file', { collectedBy: 'file' })];
  await sign('M-old', { signedOn: `${Number(today.slice(0, 4)) - 3}${today.slice(4)}` }); // tomorrow it has lapsed
  await ask('payments', amendMandate, { mandateId: good, debtor: { ...debtor, iban: 'DE02120300000000202051' }, ...by });

  await request('back', good);
  await ask('payments', claimDebit, todo('back'));
  await ask('payments', recordDebitOutcome, { todo: todo('back'), outcome: 'unknown', detail: 'the connection broke' });
  await ask('payments', recordDebitOutcome, { todo: todo('back'), outcome: 'sent', detail: 'P-1' });
  await readOn();
  await ask('payments', reverseReceipt, { receiptId: receiptIdOfDebit('ddt_back', 1), kind: 'return', code: 'AM04', reason: 'returned', effectiveOn: '' });
  await readOn();
  await ask('payments', cancelDebit, { debitId: 'ddt_back', ...by });

  await request('declined', bad);
  await ask('payments', claimDebit, todo('declined'));
  await ask('payments', recordDebitOutcome, { todo: todo('declined'), outcome: 'failed', detail: 'MD01', final: true });

  await request('suspended', held);
  await ask('payments', suspendMandate, { mandateId: held, ...by });
  await ask('payments', claimDebit, todo('suspended'));
  await ask('payments', resumeMandate, { mandateId: held, ...by });

  await request('file', filed);
  await readOn();
  await ask('payments', cutDebitFile, { fileId: 'F-1', through: '', by: 'anna' });
  await ask('payments', recordDebitStatus, { debitId: 'ddt_file', attempt: 1, customer: CUSTOMER, currency: 'EUR', mandateId: filed, became: 'collected', code: '', hard: false, kind: 'return', reference: 'B-1', reason: '' });

  // Three are announced: to a mail server that takes it, one that says no at first, and one that hangs up.
  await readOn();
  await sendMail(); // of those that are over nothing is said
  for (const [id, behaviour] of [['told', 'accept'], ['refused', 'refuse-message'], ['lost', 'drop-after-data']] as const) {
    await request(id, good, daysAfter(today, 10));
    await readOn();
    smtp.behave(behaviour);
    await sendMail();
    await readOn();
    smtp.behave('accept');
    await sendMail(); // again, what was refused
    if (id === 'lost') { await ask('reminders', repeatDebitNotice, { debitId: 'ddt_lost', ...by }); await readOn(); await sendMail(); }
    await ask('payments', cancelDebit, { debitId: `ddt_${id}`, ...by });
  }

  const link = (id: string, more: object) => ask('payments', createPayLink, { payLinkId: `pln_${id}`, customer: CUSTOMER, currency: 'EUR', items: [], documentId: '', minor: null, expiresOn: daysAfter(today, 7), by: 'anna', ...more });
  await link('paid', { items: [item('link')] });
  await ask('payments', recordLinkPayment, { payLinkId: 'pln_paid', customer: CUSTOMER, reference: 'P-2', minor: 119_00, currency: 'EUR', method: 'PAYMENT_METHOD_CARD' });
  await link('stopped', { documentId: 'inv_dd-back' });
  await ask('payments', cancelPayLink, { payLinkId: 'pln_stopped', ...by });
  await link('forgotten', { minor: 5_00, expiresOn: today });
  // Whoever could not be debited pays in the end: nobody else is to be reminded.
  await ask('payments', recordReceipt, { receiptId: 'rcp_dd-rest', customer: CUSTOMER, currency: 'EUR', receivedMinor: 714_00, valueOn: '', method: 'PAYMENT_METHOD_BANK_TRANSFER', bankReference: '', named: [], onAccount: false, remitter: { name: '', iban: '', remittance: '' } });
  await readOn();
}
