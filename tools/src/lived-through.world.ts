// Four weeks of a small seller, as the five services live through them: everything that can happen to a customer of theirs does. Much of it happens before the
// services have read what went before: an invoice that was paid is void, a payment is older than its invoice, days are opened in twos and threes.
import { daysAfter, type Day } from '@ar/domain/day.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import type { Due } from '@ar/domain/terms.js';
import { makePromise, openDispute, recordContact, resolveDispute, withdrawPromise } from '../../services/collections/src/collections.commands.js';
import { cancelReservation, placeHold, registerCustomer, releaseHold, reserveCredit, setCreditLimit, updateCustomer } from '../../services/credit/src/credit.commands.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { detailsOf } from '../../services/invoicing/src/domain/tenant.world.js';
import { publishBusinessTerms, recordAcknowledgement } from '../../services/invoicing/src/business-terms.commands.js';
import { approveDueDate, refuseDueDate, rescheduleDueDate } from '../../services/invoicing/src/due-dates.commands.js';
import { createInvoiceDraft, discardInvoiceDraft, issueInvoice, issueInvoiceDraft, openBusinessDay, publishPolicy, registerTenant, updateInvoiceDraft, updateTenant, voidInvoice } from '../../services/invoicing/src/invoicing.commands.js';
import { applyReceipt, identifyReceipt, recordReceipt, reverseReceipt, unapplyReceipt, type RecordReceipt } from '../../services/payments/src/payments.commands.js';
import { pauseDunning, repeatReminder, resumeDunning } from '../../services/reminders/src/reminders.commands.js';
import type { FiveServices } from './five-services.world.js';
import { deliverDocuments } from './lived-with-deliveries.world.js';
import { announcePayments } from './lived-with-advices.world.js';
import { answerInvoices } from './lived-with-answers.world.js';
import { hearFromBank } from './lived-with-bank.world.js';
import { giveCredit, settleCredited } from './lived-with-credit.world.js';
import { agreeAndDeliver, billWrongly } from './lived-with-guard.world.js';
import { matching, payWithoutAWord } from './lived-with-matches.world.js';
import { recoverLosses, reverseLosses, writeLossesOff } from './lived-with-losses.world.js';
import { revaluePeriod } from '../../services/payments/src/revaluation.commands.js';
import { closeBooks } from './lived-with-books.world.js';
import { debitAccounts, directDebit } from './lived-with-debits.world.js';
import { askForRefunds } from './lived-with-refunds.world.js';
import { beginSchedules, endSchedules, pauseSchedules, resumeSchedules } from './lived-with-schedules.world.js';

const eur = (minor: number) => ({ minor, currency: 'EUR' });
const CUSTOMERS = 14;
const moving = { approvalId: 'apr_1', instalment: 0, reason: 'agreed', by: 'anna' };
const note = { contactName: 'Miller', text: 'as agreed' };

/** Lives through all of it. Every step is awaited: two runs ask the same in the same order. */
export async function liveThrough(five: FiveServices): Promise<void> {
  const { ask, readOn, sendMail, smtp, runtimes } = five;
  let today: Day = '2026-03-02'; // a Monday
  const details = detailsOf({ sender: 'billing@seller.example', iban: 'DE02120300000000202051' });
  const openDay = async (date = daysAfter(today, 1)) => { today = date; await ask('invoicing', openBusinessDay, { tenantId: 't', date }); };
  const personal = (customerId: string, email = `${customerId}@customer.example`) => ({ name: customerId, address: null, invoiceEmail: email, reminderEmail: '', taxId: '' });
  const profile = { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} };
  const issue = (id: string, customerId: string, price: string, due: Due = { netDays: 2 }, reservationId = '', currencyCode = 'EUR') => ask('invoicing', issueInvoice, {
    invoiceId: `inv_${id}`, ...contentOf({ customerId, currencyCode, lines: [lineOf({ unitPrice: price })], terms: { due }, externalNumber: `ORD-${id}`, reservationId, ...(currencyCode === 'USD' ? { bookingRate: { rate: '0.95', source: 'contract' } } : {}) }),
  });
  const receive = (id: string, customer: string, minor: number, more: Partial<RecordReceipt> = {}) => ask('payments', recordReceipt, {
    receiptId: `rcp_${id}`, customer, currency: 'EUR', receivedMinor: minor, valueOn: '', method: 'PAYMENT_METHOD_BANK_TRANSFER', bankReference: '', named: [], onAccount: false, remitter: { name: '', iban: '', remittance: '' }, ...more,
  });
  const paying = (...ids: string[]) => ({ named: ids.map((id) => ({ reference: `ORD-${id}`, minor: null })) });
  const promise = (customerId: string, promiseId: string, item: string, promisedOn: Day) => ask('collections', makePromise, { customerId, draft: { promiseId, items: [{ itemId: `oit_${item}_1`, amount: null }], promisedOn, channel: 'phone', note } });
  const dispute = (customerId: string, disputeId: string, item: string, amount: ReturnType<typeof eur> | null) => ask('collections', openDispute, { customerId, draft: { disputeId, items: [{ itemId: `oit_${item}_1`, amount }], reasonCode: 'price', note } });
  const unapply = (id: string, groupId: string) => ask('payments', unapplyReceipt, { receiptId: `rcp_${id}`, groupId, reason: 'wrong', effectiveOn: '' });
  const reverse = (id: string) => ask('payments', reverseReceipt, { receiptId: `rcp_${id}`, kind: 'return', code: 'AM04', reason: 'returned', effectiveOn: '' });
  const groups = (answer: { readonly resource: unknown }) => (answer.resource as { readonly applicationGroups: readonly { readonly applicationGroupId: string }[] }).applicationGroups.map((g) => g.applicationGroupId);

  await ask('invoicing', registerTenant, {
    tenantId: 't', baseCurrency: 'EUR', timeZone: 'UTC', details, firstBusinessDay: today,
    policies: {
      ...defaultPolicies, directDebit, application: { ...defaultPolicies.application, ...matching }, exchange: { source: 'ECB', rates: [{ currencyCode: 'USD', rate: '0.92' }] }, dunning: { ...defaultPolicies.dunning, beforeDueDays: 2, levels: [2, 5, 9], minDaysBetween: 2, workingDaysOnly: false }, creditHold: { overLimit: true, pastDueDays: 8, quietDaysAfterRelease: 3 },
      reservation: { days: 4 }, promise: { toleranceWorkingDays: 1, tolerance: '0' }, collectionCase: { minimum: '50.00', oldestDaysPastDue: 4 }, approvals: { expiryDays: 5, creditNoteLimit: '100', dueDateDays: 14, writeOffLimit: '50', refundLimit: '50', neverAlone: [] },
    },
  });
  await readOn();
  for (let n = 1; n <= CUSTOMERS; n++) await ask('credit', registerCustomer, { customerId: `c${n}`, personal: personal(`c${n}`, n === 7 ? '' : undefined), profile });
  await ask('credit', setCreditLimit, { customerId: 'c1', currency: 'EUR', limit: { kind: 'amount', minor: 500_00 }, reason: '' });
  await ask('credit', setCreditLimit, { customerId: 'c2', currency: 'EUR', limit: { kind: 'unlimited' }, reason: '' });
  await ask('credit', setCreditLimit, { customerId: 'c3', currency: 'EUR', limit: { kind: 'amount', minor: 100_00 }, reason: '' });
  for (const id of ['used', 'given-back', 'forgotten']) await ask('credit', reserveCredit, { customerId: 'c1', reservationId: `rsv_${id}`, amount: eur(120_00), expiresOn: '', orderNumber: '' });
  await readOn();

  await giveCredit(five);
  await writeLossesOff(five);
  await payWithoutAWord(five);
  await announcePayments(five, today);
  await askForRefunds(five, today);
  await debitAccounts(five, today);
  await beginSchedules(five, today);
  await deliverDocuments(five);
  await agreeAndDeliver(five, today);
  await answerInvoices(five, today);
  await ask('invoicing', publishBusinessTerms, { businessTerms: { businessTermsId: 'general', validFrom: daysAfter(today, 1), text: 'Pay in time.', reference: '', sha256: 'ab'.repeat(32), charges: [{ kind: 'late-charge', words: '9 points above the base rate' }] } });
  await readOn();
  await ask('invoicing', recordAcknowledgement, { customerId: 'c13', acknowledgement: { businessTermsId: 'general', version: 1, acknowledgedOn: today, evidence: { way: 'signed', reference: 'contract 17', personId: '' } } });

  // an ordinary week: everyone is invoiced, half of them pay, some before their invoice was read
  for (let n = 1; n <= CUSTOMERS; n++) {
    await issue(`a${n}`, `c${n}`, '100.00', n % 4 === 0 ? { instalments: { shares: [{ when: { days: 1 }, size: { percent: '50' } }, { when: { days: 6 }, size: { percent: '50' } }] } } : { netDays: 2 }, n === 1 ? 'rsv_used' : '');
    if (n % 3 === 0) await receive(`a${n}`, `c${n}`, n === 9 ? 60_00 : 119_00, n === 6 ? { remitter: { name: 'x', iban: '', remittance: `pays ORD-a${n} thanks` } } : paying(`a${n}`));
  }
  for (const id of ['kept', 'dropped']) await ask('invoicing', createInvoiceDraft, { invoiceId: `inv_${id}`, draft: contentOf({ customerId: 'c13', lines: [], externalNumber: `ORD-${id}` }) });
  await ask('invoicing', updateInvoiceDraft, { invoiceId: 'inv_kept', changes: { lines: [lineOf({ unitPrice: '50.00' })], terms: { due: { netDays: 2 }, discount: { tiers: [{ days: 1, percent: '2' }], base: 'net', tax: 'always', graceDays: 0, mode: 'earned' } } } });
  await ask('invoicing', issueInvoiceDraft, { invoiceId: 'inv_kept' });
  await ask('invoicing', discardInvoiceDraft, { invoiceId: 'inv_dropped' });
  await ask('credit', cancelReservation, { customerId: 'c1', reservationId: 'rsv_given-back', reason: '' });
  await openDay(); // nobody has read the invoices yet
  await readOn();
  await billWrongly(five);
  await receive('nobody', '', 119_00);
  await receive('by-name', '', 119_00, paying('a5')); // nobody said whose, the reference does
  await receive('account', 'c2', 33_00, { onAccount: true });
  await receive('early', 'c13', 119_00, paying('a13', 'b13')); // names one that is not there yet
  await receive('too-much', 'c10', 150_00);
  await ask('invoicing', issueInvoice, {
    invoiceId: 'inv_early', ...contentOf({ customerId: 'c11', lines: [lineOf({ unitPrice: '60.00' })], externalNumber: 'ORD-early', terms: { due: { netDays: 20 }, discount: { tiers: [{ days: 4, percent: '3' }], base: 'gross', tax: 'on-early-payment', graceDays: 1, mode: 'earned' } } }),
  });
  await issue('b13', 'c13', '10.00');
  await issue('usd', 'c10', '20.00', { netDays: 1 }, '', 'USD');
  await issue('void', 'c11', '70.00');
  await readOn();
  await ask('payments', identifyReceipt, { receiptId: 'rcp_nobody', customer: 'c14', by: 'anna' });
  await ask('payments', applyReceipt, { receiptId: 'rcp_account', shares: [{ itemId: 'oit_a2_1', minor: 30_00, currency: 'EUR' }] });
  await receive('void', 'c11', 83_30, paying('void'));
  await ask('invoicing', voidInvoice, { invoiceId: 'inv_void', voidDate: '', reason: 'wrong price' }); // paid, as invoicing will read later
  await readOn();

  await recoverLosses(five);
  await hearFromBank(five, 'lost', today);
  await closeBooks(five, 'c10', today);
  // days go by in twos and threes; messages are asked for, and some are paid before they go
  await openDay();
  await openDay();
  await readOn();
  await receive('in-time', 'c1', 119_00);
  const [partOfEarly] = groups(await receive('early-1', 'c11', 20_00, paying('early'))); // in time for its discount, as the rest is
  await receive('early-2', 'c11', 49_26, paying('early'));
  await unapply('early-1', partOfEarly!);
  await ask('payments', applyReceipt, { receiptId: 'rcp_early-1', shares: [{ itemId: 'oit_early_1', minor: 20_00, currency: 'EUR' }] });
  await readOn();
  await sendMail();
  await readOn();
  await dispute('c2', 'dsp_upheld', 'a2', eur(40_00));
  await dispute('c4', 'dsp_withdrawn', 'a4', null);
  await dispute('c8', 'dsp_settled', 'a8', eur(10_00));
  await promise('c7', 'ptp_broken', 'a7', daysAfter(today, 1));
  await promise('c9', 'ptp_kept', 'a9', daysAfter(today, 3));
  await promise('c10', 'ptp_back', 'usd', daysAfter(today, 3));
  await promise('c11', 'ptp_partly', 'a11', daysAfter(today, 2));
  await promise('c14', 'ptp_first', 'a4', daysAfter(today, 2)).then(() => { throw new Error('c14 promised what c4 owes'); }, () => undefined);
  await ask('reminders', pauseDunning, { customerId: 'c5', pauseId: 'pau_1', from: '', to: daysAfter(today, 6), reason: 'asked to' });
  await ask('credit', placeHold, { customerId: 'c6', reason: 'bad news' });
  await readOn();
  await pauseSchedules(five);
  await openDay(daysAfter(today, 3)); // one command, three days
  await readOn();
  await sendMail();
  await receive('kept', 'c9', 59_00);
  await receive('partly', 'c11', 5_00);
  await ask('collections', withdrawPromise, { customerId: 'c10', promiseId: 'ptp_back', reason: 'changed their mind' });
  await ask('credit', updateCustomer, { customerId: 'c7', personal: personal('c7'), profile });
  await ask('credit', releaseHold, { customerId: 'c6', reason: 'talked' });
  await issue('b3', 'c3', '200.00', { netDays: 20 }); // above the limit
  await readOn();
  smtp.behave('refuse-message');
  await openDay();
  await readOn();
  await sendMail();
  await readOn();
  smtp.behave('accept');
  await openDay();
  await readOn();
  await sendMail(); // again, what was refused
  await readOn();

  // a second round of invoices, a policy, and what comes back
  await ask('invoicing', publishPolicy, { tenantId: 't', kind: 'creditHold', policy: { creditHold: { overLimit: true, pastDueDays: 5, quietDaysAfterRelease: 3 } }, validFrom: daysAfter(today, 2) });
  await ask('invoicing', publishPolicy, { tenantId: 't', kind: 'terms', policy: { terms: { ...defaultPolicies.terms, netDays: 3 } }, validFrom: daysAfter(today, 1) });
  await ask('invoicing', updateTenant, { tenantId: 't', details: { ...details, legalName: 'Seller & Sons' } });
  for (let n = 1; n <= CUSTOMERS; n += 2) await issue(`c${n}`, `c${n}`, `${30 + n}.00`, undefined);
  await openDay();
  for (let n = 2; n <= CUSTOMERS; n += 2) await issue(`c${n}`, `c${n}`, `${30 + n}.00`, undefined);
  await ask('invoicing', rescheduleDueDate, { ...moving, invoiceId: 'inv_a11', instalment: 1, dueDate: daysAfter(today, 4) });
  await ask('invoicing', rescheduleDueDate, { ...moving, invoiceId: 'inv_c13', dueDate: daysAfter(today, 7) }); // nobody has read the invoice yet
  for (const approvalId of ['apr_granted', 'apr_refused', 'apr_forgotten']) await ask('invoicing', rescheduleDueDate, { ...moving, invoiceId: 'inv_c3', approvalId, dueDate: daysAfter(today, approvalId === 'apr_granted' ? 20 : 30) });
  await ask('invoicing', approveDueDate, { invoiceId: 'inv_c3', approvalId: 'apr_granted', by: 'bob' });
  await ask('invoicing', refuseDueDate, { invoiceId: 'inv_c3', approvalId: 'apr_refused', by: 'bob', reason: 'too late' });
  const [group] = groups(await receive('undone', 'c12', 20_00));
  await readOn();
  if (group) await unapply('undone', group);
  await reverse('in-time');
  await reverse('a3');
  await ask('collections', recordContact, {
    customerId: 'c12', draft: { contactId: 'con_1', channel: 'phone', result: 'reached', followUpOn: daysAfter(today, 2), note, promise: { promiseId: 'ptp_12', items: [{ itemId: 'oit_c12_1', amount: eur(10_00) }], promisedOn: daysAfter(today, 4), channel: 'phone', note }, dispute: null },
  });
  await ask('collections', resolveDispute, { customerId: 'c2', disputeId: 'dsp_upheld', outcome: 'upheld', reason: 'delivered' });
  await ask('collections', resolveDispute, { customerId: 'c4', disputeId: 'dsp_withdrawn', outcome: 'withdrawn', reason: 'found it' });
  await receive('settled', 'c8', 119_00, paying('a8')); // in full: a reference pays what is disputed too
  await readOn();
  await promise('c12', 'ptp_13', 'c12', daysAfter(today, 5)); // supersedes
  await ask('invoicing', voidInvoice, { invoiceId: 'inv_c14', voidDate: '', reason: 'never delivered' });
  await resumeSchedules(five);
  await ask('reminders', resumeDunning, { customerId: 'c5', reason: 'enough' });
  await openDay();
  await openDay();
  await readOn();
  await sendMail();
  await readOn();
  for (let n = 0; n < 4; n++) {
    await openDay();
    await receive(`late${n}`, `c${4 + n}`, 45_00 + n);
    if (n % 2 === 1) { await readOn(); await sendMail(); }
  }
  await readOn();
  for (let n = 1; n <= CUSTOMERS; n++) if (n !== 5) await receive(`end${n}`, `c${n}`, 300_00);
  await settleCredited(five);
  await reverseLosses(five);
  await readOn();
  await ask('payments', revaluePeriod, { lastOn: daysAfter(today, -1), method: 'closing-rate', by: 'anna' });
  await receive('usd', 'c10', 23_80, { currency: 'USD' });
  await readOn();
  await sendMail(); // what was asked for before they paid is left unsaid
  await readOn();
  await endSchedules(five);
  await issue('last', 'c5', '40.00');
  await readOn(); // or the days would go by before anyone knows of the item
  await openDay(daysAfter(today, 4));
  await readOn();
  smtp.behave('drop-after-data'); // the server hangs up, having everything: nobody knows what became of the message
  const due = await sendMail();
  if (due !== 1) throw new Error(`c5 alone is to be reminded, not ${due}: a server that hangs up does so on everyone`);
  await readOn();
  smtp.behave('accept');
  const [unknown] = await runtimes.reminders.live.read(async (client) => (await client.query<{ id: string }>(`select communication_id as id from communication where status = 'COMMUNICATION_STATUS_UNKNOWN' and kind <> 'REMINDER_KIND_DEBIT_NOTICE'`)).rows);
  await ask('reminders', repeatReminder, { customerId: 'c5', communicationId: unknown!.id, by: 'anna', reason: 'they have nothing' });
  await readOn();
  await sendMail();
  await readOn();
}
