import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { isMinor, spoken } from '@ar/platform/refusal-words.js';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { AnyCommand, Typed } from '@ar/runtime/forms.js';
import { recordBankAdvices } from './bank-advices.commands.js';
import { enrichBankEntries } from './bank-details.commands.js';
import { dismissBankReturn, matchBankReturn } from './bank-returns.commands.js';
import { discardBankStatement, postBankLines, receiveBankStatement, registerBankAccount, releaseBankStatement } from './bank.commands.js';
import { netCredits } from './credit-discounts.commands.js';
import { itemsOf } from './domain/documents.js';
import { applyCredit, postCredit, unapplyCredit } from './credit-notes.commands.js';
import { changeDue, disputeItems, endDispute, finishVoid, postInvoice, voidInvoice } from './open-items.commands.js';
import { applyReceipt, identifyReceipt, recordReceipt, reverseReceipt, unapplyReceipt } from './payments.commands.js';
import { acceptRecommendation, declineRecommendation } from './recommendations.commands.js';
import { approveRefund, cancelRefund, claimRefund, expireRefund, recordRefundFailed, recordRefundOutcome, recordRefundPaid, refuseRefund, requestRefund } from './refunds.commands.js';
import { approveWriteOff, expireWriteOff, recoverWriteOff, refuseWriteOff, reverseWriteOff, writeOffOpenItems } from './write-offs.commands.js';
import { closePeriod, reopenPeriod } from './periods.commands.js';
import { revaluePeriod } from './revaluation.commands.js';
import { cutLedgerBatch } from './ledger-export.commands.js';
import { debitRefusals } from './refusals-of-debits.world.js';
import { linkPayer, unlinkPayer } from './payers.commands.js';
import { payments } from './payments.service.js';
import { matureReceipt } from './pending-receipts.commands.js';
import { cancelRemittanceAdvice, matchRemittanceAdvice, matchWhatCame, recordRemittanceAdvice } from './remittance.commands.js';
import { takenOnCreditIdOf } from './domain/taken-on.js';
import { cancelTakeOn, takeOnCredit, takeOnOpenItem } from './take-on.commands.js';
import { writeOffSmallBalances } from './small-balances.commands.js';

type History = Readonly<Record<string, readonly Typed[]>>;
const today = '2026-03-10';
const run = (command: AnyCommand, history: History, request: object, known?: unknown, openFrom = '') => deciding(command, history, { today, known, openFrom })(request);
const then = (history: History, command: AnyCommand, request: object, known?: unknown): History => {
  const answer = run(command, history, request, known);
  if ('refused' in answer) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return { ...history, ...Object.fromEntries(Object.entries(answer as History).map(([stream, made]) => [stream, [...(history[stream] ?? []), ...made]])) };
};

const known = { customerKnown: true, documents: [] };
const invoice = (n: number) => ({
  customer: 'c1', currency: 'EUR', orderNumber: '', externalNumber: '', paymentReference: '',
  items: itemsOf({ invoiceId: `inv_${n}`, number: `R-${n}`, externalNumber: '', paymentReference: '', issuedOn: '2026-03-02', taxMinor: 0, instalments: [{ seq: 1, dueOn: '2026-04-01', minor: 100 }] }),
});
const money = { receiptId: 'rcp_1', customer: 'c1', currency: 'EUR', receivedMinor: 150, valueOn: '2026-03-05', method: 'PAYMENT_METHOD_CASH', remitter: { name: '', iban: '', remittance: '' }, named: [], bankReference: '', onAccount: true };
const inEuros = { customerKnown: true, documents: [], rates: { base: 'EUR' } };
const dollarsAt = (bookingRate: string) => ({ ...money, currency: 'USD', bookingRate });
const posted = then(then({}, postInvoice, invoice(1)), postInvoice, invoice(2));
const received = then(posted, recordReceipt, money, known);
const nobodys = then({}, recordReceipt, { ...money, customer: '' }, known);
const wasSettled = { settled: [{ itemId: 'oit_1_1', customer: 'c1', currency: 'EUR' }] };
const share = (itemId: string, minor: number, currency = 'EUR') => ({ receiptId: 'rcp_1', shares: [{ itemId, minor, currency }] });
const applied = then(received, applyReceipt, share('oit_1_1', 60), { documents: [] });
const groupId = (applied['receipt/rcp_1']!.at(-1) as unknown as { groupId: string }).groupId;
const voiding = then(applied, voidInvoice, { customer: 'c1', currency: 'EUR', documentId: 'inv_1', instalments: 1, voidOn: today });
const reverse = { receiptId: 'rcp_1', kind: 'return', code: '', reason: '', effectiveOn: '' };
const reversed = then(applied, reverseReceipt, reverse);
const unapply = { receiptId: 'rcp_1', groupId, reason: '', effectiveOn: '' };
const identify = { receiptId: 'rcp_1', customer: 'c1', by: 'anna' };

const credit = { creditNoteId: 'crn_1', customer: 'c1', currency: 'EUR', number: 'C-1', invoiceId: 'inv_9', minor: 150, taxMinor: 0, issuedOn: '2026-03-05' };
const credited = then(posted, postCredit, credit, { writeOffs: [] });
const ofCredit = (itemId: string, minor: number, currency = 'EUR') => ({ creditNoteId: 'crn_1', shares: share(itemId, minor, currency).shares });
const usedCredit = then(credited, applyCredit, ofCredit('oit_1_1', 60));
const unapplyOfCredit = { creditNoteId: 'crn_1', groupId: (usedCredit['posted-credit-note/crn_1']!.at(-1) as unknown as { groupId: string }).groupId, reason: '', effectiveOn: '' };

const wish = (itemId = 'oit_1_1', minor: number | null = null, more: object = {}) => ({ writeOffId: 'wof_1', customer: 'c1', currency: 'EUR', items: [{ itemId, minor }], method: 'direct', reasonCode: 'other', reason: '', by: 'anna', ...more });
const lost = then(received, writeOffOpenItems, wish());
const proposal = deciding(writeOffOpenItems, received, { today, policies: policiesWith({ approvals: { writeOffLimit: '0' } }) })(wish('oit_1_1', 100) as never) as History;
const waiting = { ...received, 'write-off/wof_1': proposal['write-off/wof_1']! };
const expired = { ...waiting, 'write-off/wof_1': proposal['write-off/wof_1']!.map((e) => ({ ...e, lastDay: '2026-03-09' })) };
const approval = { writeOffId: 'wof_1', by: 'ben', reason: '' };
const recovery = { writeOffId: 'wof_1', receiptId: 'rcp_1', minor: null as number | null, currency: '' };
const recovered = then(lost, recoverWriteOff, recovery);
const others = then(lost, recordReceipt, { ...money, receiptId: 'rcp_2', customer: 'c2' }, known);

const refundOf = (more: object = {}) => ({ refundId: 'rfd_1', receiptId: 'rcp_1', creditNoteId: '', minor: 10, currency: 'EUR', method: '', payee: null, reason: '', by: 'anna', ...more });
const refunding = then(received, requestRefund, refundOf());
const underWay = then(refunding, claimRefund, { tenant: 't1', customer: 'c1', key: 'rfd_1', attempt: 1, state: 'requested' });
const refundWaits = { ...received, ...deciding(requestRefund, received, { today, policies: policiesWith({ approvals: { refundLimit: '0' } }) })(refundOf() as never) as History };
const refundLate = { ...refundWaits, 'refund/rfd_1': refundWaits['refund/rfd_1']!.map((e) => ({ ...e, lastDay: '2026-03-09' })) };
const decision = { refundId: 'rfd_1', by: 'ben', reason: '' };
const told = { refundId: 'rfd_1', reference: 'B-1', paidOn: '' };
const bankAccount = { bankAccountId: 'ban_1', account: 'DE1', currency: 'EUR', message: 'camt.053', withoutBalances: false };
const bankKnown = then({}, registerBankAccount, bankAccount);
const statement = { statement: { statementId: 'bst_1', bankAccountId: 'ban_1', currency: 'EUR', message: 'camt.053', bankId: 'S1', number: 1, openingMinor: 0, closingMinor: 5, on: today, lines: 0, creditsMinor: 0, debitsMinor: 0, holds: ['does-not-tie'] } };
const heldStatement = then(bankKnown, receiveBankStatement, statement);
const onStatement = { statementId: 'bst_1', by: 'anna', reason: '' };
const old = { customer: 'c1', currency: 'EUR', source: 'SAP', number: '9001', kind: 'invoice', originalMinor: 100, openMinor: 60, issuedOn: '2025-11-01', dueOn: '2025-12-01', dunningLevel: 2, orderNumber: '', externalNumber: '', paymentReference: '' };
const oldCredit = { customer: 'c1', currency: 'EUR', source: 'SAP', number: 'ZE-1', kind: 'receipt', originalMinor: 100, unappliedMinor: 60, issuedOn: '2025-11-01', onAccount: true };
const tookCredit = then({}, takeOnCredit, oldCredit, { customerKnown: true });
const tookCreditId = takenOnCreditIdOf('SAP', 'receipt', 'ZE-1');
const mistaken = (documentId: string) => ({ documentId, by: 'anna', reason: 'twice' });
const books = { openSince: today, waiting: 0, ties: [] };
const february = { lastOn: '2026-02-28', by: 'anna', reason: '' };
const closed = then({}, closePeriod, february, books);
const revalue = { ...february, method: 'closing-rate' };
const dollars = { base: 'EUR', policyVersion: 1, unread: [], leftOut: [], open: [{ currency: 'USD', rate: '0.95', openMinor: 100_00, carriedMinor: 90_00, unappliedMinor: 0, unappliedCarriedMinor: 0, worthMinor: 95_00, lossesMinor: 0 }] };
const postNothing = { statementId: 'bst_1', bankAccountId: 'ban_1', currency: 'EUR', lines: [] };

const returned = (minor: number, bookedOn = today): History => ({ 'bank-return/brt_1': [{
  type: 'BankReturnOpened', returnId: 'brt_1', bankAccountId: 'ban_1', statementId: 'bst_1', bankEntryId: 'ben_1', currency: 'EUR', minor, chargesMinor: 0, bookedOn, reference: '', endToEndId: '', code: '', reason: 'return', counterparty: money.remitter,
} as Typed] });
const takenBack = { ...received, ...returned(150) };
const matching = { returnId: 'brt_1', receiptId: 'rcp_1', matchedBy: 'person', by: 'anna', reason: '' };
const dismissal = { returnId: 'brt_1', by: 'anna', reason: '' };
const kept = (itemId: string, minor: number) => ({ itemId, minor, currency: 'EUR', reasonCode: 'price', text: '' });
const whose = { customerKnown: true };
const recommended: History = { ...nobodys, 'receipt/rcp_1': [...nobodys['receipt/rcp_1']!, { type: 'ApplicationRecommended', receiptId: 'rcp_1', customer: '~unidentified', currency: 'EUR', recommendationId: 'rec_1', unappliedMinor: 150, policyVersion: 1, matches: [{ customer: 'c1', itemId: 'oit_1_1', documentNumber: 'R-1', minor: 100, points: { payer: 300, number: 0, amount: 250 } }] } as Typed] };
const accepting = { receiptId: 'rcp_1', recommendationId: 'rec_1', customer: 'c1', itemId: 'oit_1_1', by: 'anna', reason: '' };

const said = { adviceId: 'rma_1', customer: 'c1', currency: 'EUR', totalMinor: 100, paidOn: '', reference: '', payer: money.remitter, lines: [{ reference: 'R-1', grossMinor: 100, discountMinor: 0, deductionMinor: 0, reasonCode: null, text: '', netMinor: 100 }] };
const knownOfSaid = { customerKnown: true, documents: [], credits: {}, receipts: [] };
const announced = then(received, recordRemittanceAdvice, said, knownOfSaid);
const pairing = { adviceId: 'rma_1', receiptId: 'rcp_1', by: 'anna' };
const crossed = then(announced, cancelRemittanceAdvice, { adviceId: 'rma_1', by: 'anna', reason: '' });

const cheque = then(posted, recordReceipt, { ...money, valueOn: '', method: 'PAYMENT_METHOD_CHEQUE', maturesOn: '2026-03-20' }, known);
const late = (command: AnyCommand): AnyCommand => ({ ...command, decide: (request, on) => command.decide(request, { ...on, policies: policiesWith({ application: { methods: [{ method: 'PAYMENT_METHOD_CASH', settlementDays: 0, reversalDays: 4 }] } }) }) });
const pays = { customer: 'c9', paidFor: 'c1', fromOn: '2026-03-01', by: 'anna', reason: '' };
const linked = then({}, linkPayer, pays, { unknown: '' });
const group = then({ ...posted, ...linked }, recordReceipt, { ...money, customer: 'c9', receivedMinor: 60, onAccount: false }, { ...known, links: [{ payer: 'c9', paidFor: 'c1', fromOn: '2026-03-01', untilOn: '' }] });
const shareId = (group['receipt/rcp_1']!.at(-1) as unknown as { toReceiptId: string }).toReceiptId;
const unused = { ...group, [`receipt/${shareId}`]: group[`receipt/${shareId}`]!.slice(0, 1) };
const manyPaid: History = { 'payer/c9': Array.from({ length: 50 }, (_, n) => ({ type: 'PayerLinked', ...pays, paidFor: `x${n}` }) as Typed) };

/** One way to meet each refusal of each command: what was there, what is asked, what is known. */
const met: Readonly<Record<string, { readonly command: AnyCommand; readonly refusals: Readonly<Record<string, readonly [history: History, request: object, known?: unknown, openFrom?: string]>> }>> = {
  'record-receipt': { command: recordReceipt, refusals: {
    'receipt-exists': [received, money, known], 'customer-not-found': [posted, money, { ...known, customerKnown: false }], 'receipt-amount-not-positive': [posted, { ...money, receivedMinor: 0 }, known], 'value-date-in-future': [posted, { ...money, valueOn: '2026-03-11' }, known],
    'booking-rate-in-base-currency': [posted, { ...money, bookingRate: '0.9' }, inEuros], 'booking-rate-of-pending': [posted, { ...dollarsAt('0.9'), method: 'PAYMENT_METHOD_CHEQUE', maturesOn: '2026-03-20' }, inEuros], 'booking-out-of-range': [posted, dollarsAt('99999999999999999'), inEuros],
  } },
  'identify-receipt': { command: identifyReceipt, refusals: {
    'receipt-not-found': [posted, identify, known], 'receipt-reversed': [reversed, identify, known], 'receipt-identified': [received, identify, known], 'receipt-pending': [cheque, identify, known], 'customer-not-found': [nobodys, identify, { ...known, customerKnown: false }],
  } },
  'apply-receipt': { command: applyReceipt, refusals: {
    'receipt-not-found': [posted, share('oit_1_1', 1), []], 'receipt-reversed': [reversed, share('oit_1_1', 1), []], 'receipt-unidentified': [nobodys, share('oit_1_1', 1), []], 'receipt-pending': [cheque, share('oit_1_1', 1), []], 'receipt-over-applied': [received, share('oit_1_1', 151), []],
    'currency-mismatch': [received, share('oit_1_1', 1, 'USD'), []], 'exchange-of-another-customer': [then(received, postInvoice, { ...invoice(5), customer: 'c2', currency: 'USD' }), { ...share('oit_5_1', 1, 'USD'), exchange: { minor: null, currency: '', rate: '0.9' } }, { ...inEuros, links: [{ payer: 'c1', paidFor: 'c2', fromOn: '2026-03-01', untilOn: '' }] }], 'exchange-in-one-currency': [received, { ...share('oit_1_1', 1), exchange: { minor: null, currency: '', rate: '0.9' } }, inEuros], 'open-item-not-found': [received, share('oit_9_1', 1), []], 'open-item-settled': [then(received, applyReceipt, share('oit_1_1', 100), { documents: [] }), share('oit_1_1', 1), wasSettled], 'open-item-over-applied': [received, share('oit_1_1', 101), []], 'open-item-voided': [voiding, share('oit_1_1', 1), []],
    'application-not-positive': [received, share('oit_1_1', 0), []], 'application-item-twice': [received, { receiptId: 'rcp_1', shares: [...share('oit_1_1', 1).shares, ...share('oit_1_1', 1).shares] }, []],
    'deduction-not-applied-to': [received, { ...share('oit_1_1', 60), deductions: [kept('oit_2_1', 1)] }, []], 'deduction-above-open': [received, { ...share('oit_1_1', 60), deductions: [kept('oit_1_1', 41)] }, []],
  } },
  'accept-recommendation': { command: acceptRecommendation, refusals: {
    'receipt-not-found': [posted, accepting, whose], 'receipt-reversed': [reversed, accepting, whose], 'recommendation-not-found': [recommended, { ...accepting, itemId: 'oit_2_1' }, whose], 'customer-not-found': [recommended, accepting, { customerKnown: false }],
    'open-item-not-found': [{ ...recommended, 'account/c1-EUR': [] }, accepting, whose], 'open-item-settled': [{ ...recommended, 'account/c1-EUR': [] }, accepting, { ...whose, ...wasSettled }], 'open-item-voided': [{ ...recommended, 'account/c1-EUR': voiding['account/c1-EUR']! }, accepting, whose],
  } },
  'decline-recommendation': { command: declineRecommendation, refusals: {
    'receipt-not-found': [posted, accepting], 'receipt-reversed': [reversed, accepting], 'recommendation-not-found': [recommended, { ...accepting, recommendationId: 'rec_9' }],
  } },
  'unapply-receipt': { command: unapplyReceipt, refusals: {
    'receipt-not-found': [posted, unapply], 'receipt-reversed': [reversed, unapply], 'application-group-not-found': [received, unapply],
    'effective-date-before-original': [applied, { ...unapply, effectiveOn: '2026-03-04' }], 'effective-date-in-future': [applied, { ...unapply, effectiveOn: '2026-03-11' }],
  } },
  'reverse-receipt': { command: reverseReceipt, refusals: {
    'reversal-window-over': [received, reverse],
    'receipt-not-found': [posted, reverse], 'receipt-reversed': [reversed, reverse], 'effective-date-before-original': [applied, { ...reverse, effectiveOn: '2026-03-04' }], 'effective-date-in-future': [applied, { ...reverse, effectiveOn: '2026-03-11' }],
    'refund-under-way': [underWay, reverse], 'receipt-of-payer': [group, { ...reverse, receiptId: shareId }],
  } },
  'post-invoice': { command: postInvoice, refusals: { 'open-item-exists': [posted, invoice(1)] } },
  'post-credit': { command: postCredit, refusals: { 'credit-note-exists': [credited, credit, { writeOffs: [] }] } },
  'apply-credit': { command: applyCredit, refusals: {
    'credit-note-not-found': [posted, ofCredit('oit_1_1', 1)], 'currency-mismatch': [credited, ofCredit('oit_1_1', 1, 'USD')], 'credit-over-applied': [credited, ofCredit('oit_1_1', 151)], 'open-item-not-found': [credited, ofCredit('oit_9_1', 1)], 'open-item-settled': [{ ...credited, 'account/c1-EUR': [] }, ofCredit('oit_1_1', 1), wasSettled],
    'open-item-over-applied': [credited, ofCredit('oit_1_1', 101)], 'open-item-voided': [then(voiding, postCredit, credit, { writeOffs: [] }), ofCredit('oit_1_1', 1)], 'application-not-positive': [credited, ofCredit('oit_1_1', 0)],
    'application-item-twice': [credited, { creditNoteId: 'crn_1', shares: [...ofCredit('oit_1_1', 1).shares, ...ofCredit('oit_1_1', 1).shares] }],
  } },
  'unapply-credit': { command: unapplyCredit, refusals: {
    'credit-note-not-found': [posted, unapplyOfCredit], 'application-group-not-found': [credited, unapplyOfCredit], 'effective-date-before-original': [usedCredit, { ...unapplyOfCredit, effectiveOn: '2026-03-04' }],
    'effective-date-in-future': [usedCredit, { ...unapplyOfCredit, effectiveOn: '2026-03-11' }],
  } },
  'void-invoice': { command: voidInvoice, refusals: {} },
  'finish-void': { command: finishVoid, refusals: {} },
  'net-credits': { command: netCredits, refusals: {} },
  'change-due': { command: changeDue, refusals: {} },
  'dispute-items': { command: disputeItems, refusals: {} },
  'end-dispute': { command: endDispute, refusals: {} },
  'expire-write-off': { command: expireWriteOff, refusals: {} },
  'write-off-open-items': { command: writeOffOpenItems, refusals: {
    'write-off-exists': [lost, wish('oit_2_1')], 'open-item-not-found': [received, wish('oit_9_1')], 'open-item-settled': [then(received, applyReceipt, share('oit_1_1', 100), { documents: [] }), wish(), wasSettled], 'open-item-voided': [voiding, wish()], 'write-off-above-open': [received, wish('oit_1_1', 101)],
    'write-off-item-twice': [received, { ...wish(), items: [...wish().items, ...wish().items] }], 'write-off-not-positive': [received, wish('oit_1_1', 0)], 'approval-exists': [waiting, wish()],
  } },
  'approve-write-off': { command: approveWriteOff, refusals: {
    'approval-not-found': [received, approval], 'approval-expired': [expired, approval], 'approval-same-person': [waiting, { ...approval, by: 'anna' }], 'open-item-not-found': [then(waiting, applyReceipt, share('oit_1_1', 100), { documents: [] }), approval],
    'open-item-voided': [then(then(waiting, applyReceipt, share('oit_1_1', 60), { documents: [] }), voidInvoice, { customer: 'c1', currency: 'EUR', documentId: 'inv_1', instalments: 1, voidOn: today }), approval], 'write-off-above-open': [then(waiting, applyReceipt, share('oit_1_1', 60), { documents: [] }), approval],
  } },
  'refuse-write-off': { command: refuseWriteOff, refusals: { 'approval-not-found': [lost, approval], 'approval-expired': [expired, approval] } },
  'reverse-write-off': { command: reverseWriteOff, refusals: { 'write-off-not-found': [waiting, approval], 'write-off-reversed': [then(lost, reverseWriteOff, approval), approval], 'write-off-recovered': [recovered, approval] } },
  'request-refund': { command: requestRefund, refusals: {
    'refund-exists': [refunding, refundOf()], 'refund-above-refundable': [received, refundOf({ minor: 151 })], 'refund-account-missing': [received, refundOf({ method: 'PAYMENT_METHOD_BANK_TRANSFER' })],
    'receipt-not-found': [posted, refundOf()], 'receipt-reversed': [reversed, refundOf()], 'receipt-unidentified': [nobodys, refundOf()], 'receipt-of-payer': [unused, refundOf({ receiptId: shareId })], 'receipt-pending': [cheque, refundOf()], 'credit-note-not-found': [posted, refundOf({ receiptId: '', creditNoteId: 'crn_9' })], 'currency-mismatch': [received, refundOf({ currency: 'USD' })],
  } },
  'approve-refund': { command: approveRefund, refusals: { 'approval-not-found': [received, decision], 'approval-expired': [refundLate, decision], 'approval-same-person': [refundWaits, { ...decision, by: 'anna' }] } },
  'refuse-refund': { command: refuseRefund, refusals: { 'approval-not-found': [refunding, decision], 'approval-expired': [refundLate, decision] } },
  'cancel-refund': { command: cancelRefund, refusals: { 'refund-not-found': [received, decision], 'refund-not-cancellable': [underWay, decision] } },
  'record-refund-paid': { command: recordRefundPaid, refusals: {
    'refund-not-found': [received, told], 'refund-not-payable': [underWay, told], 'paid-date-in-future': [refunding, { ...told, paidOn: '2026-03-11' }], 'paid-date-before-request': [refunding, { ...told, paidOn: '2026-03-09' }],
  } },
  'record-refund-failed': { command: recordRefundFailed, refusals: { 'refund-not-found': [received, decision], 'refund-not-unknown': [underWay, decision] } },
  'expire-refund': { command: expireRefund, refusals: {} },
  'write-off-small-balances': { command: writeOffSmallBalances, refusals: {} },
  'claim-refund': { command: claimRefund, refusals: {} },
  'record-refund-outcome': { command: recordRefundOutcome, refusals: {} },
  'recover-write-off': { command: recoverWriteOff, refusals: {
    'write-off-not-found': [received, recovery], 'write-off-reversed': [then(lost, reverseWriteOff, approval), recovery], 'write-off-over-recovered': [lost, { ...recovery, minor: 101 }], 'write-off-of-another': [others, { ...recovery, receiptId: 'rcp_2' }],
    'receipt-not-found': [lost, { ...recovery, receiptId: 'rcp_9' }], 'receipt-reversed': [then(lost, reverseReceipt, reverse), recovery], 'receipt-unidentified': [{ ...then(posted, writeOffOpenItems, wish()), ...nobodys }, recovery], 'receipt-pending': [then(cheque, writeOffOpenItems, wish()), recovery],
    'receipt-over-applied': [then(lost, applyReceipt, share('oit_2_1', 100), { documents: [] }), { ...recovery, minor: 51 }], 'currency-mismatch': [lost, { ...recovery, minor: 1, currency: 'USD' }],
    'open-item-voided': [then(lost, voidInvoice, { customer: 'c1', currency: 'EUR', documentId: 'inv_1', instalments: 1, voidOn: today }), recovery],
  } },
  'register-bank-account': { command: registerBankAccount, refusals: { 'bank-account-exists': [bankKnown, bankAccount] } },
  'receive-bank-statement': { command: receiveBankStatement, refusals: { 'bank-account-not-found': [{}, statement] } },
  'post-bank-lines': { command: postBankLines, refusals: { 'bank-statement-not-found': [bankKnown, postNothing, []], 'bank-statement-held': [heldStatement, postNothing, []], 'bank-statement-discarded': [then(heldStatement, discardBankStatement, onStatement), postNothing, []] } },
  'enrich-bank-entries': { command: enrichBankEntries, refusals: { 'bank-statement-not-found': [bankKnown, postNothing, []], 'bank-statement-held': [heldStatement, postNothing, []], 'bank-statement-discarded': [then(heldStatement, discardBankStatement, onStatement), postNothing, []] } },
  'record-bank-advices': { command: recordBankAdvices, refusals: { 'bank-statement-not-found': [bankKnown, postNothing, []], 'bank-statement-held': [heldStatement, postNothing, []], 'bank-statement-discarded': [then(heldStatement, discardBankStatement, onStatement), postNothing, []] } },
  'match-bank-return': { command: matchBankReturn, refusals: {
    'bank-return-not-found': [received, matching], 'bank-return-not-open': [then(takenBack, dismissBankReturn, dismissal), matching], 'return-amount-differs': [{ ...received, ...returned(151) }, matching],
    'receipt-not-found': [takenBack, { ...matching, receiptId: 'rcp_9' }], 'receipt-reversed': [then(takenBack, reverseReceipt, reverse), matching], 'refund-under-way': [{ ...underWay, ...returned(150) }, matching], 'receipt-of-payer': [{ ...group, ...returned(60) }, { ...matching, receiptId: shareId }], 'effective-date-in-future': [{ ...received, ...returned(150, '2026-03-11') }, matching],
  } },
  'dismiss-bank-return': { command: dismissBankReturn, refusals: { 'bank-return-not-found': [{}, dismissal], 'bank-return-not-open': [then(takenBack, dismissBankReturn, dismissal), dismissal] } },
  'release-bank-statement': { command: releaseBankStatement, refusals: { 'bank-statement-not-found': [bankKnown, onStatement], 'bank-statement-not-held': [then(heldStatement, releaseBankStatement, onStatement), onStatement] } },
  'close-period': { command: closePeriod, refusals: {
    'period-closed': [closed, february, books], 'period-not-over': [{}, { ...february, lastOn: today }, books], 'events-parked': [{}, february, { ...books, waiting: 1 }],
    'ledger-does-not-tie': [{}, february, { ...books, ties: [{ currency: 'EUR', controlMinor: 1, itemsMinor: 2 }] }], 'revaluation-outdated': [then({}, revaluePeriod, revalue, { ...books, ...dollars }), february, books],
  } },
  'revalue-period': { command: revaluePeriod, refusals: {
    'period-not-over': [{}, { ...revalue, lastOn: today }, { ...books, ...dollars }], 'events-parked': [{}, revalue, { ...books, ...dollars, waiting: 1 }], 'exchange-rate-missing': [{}, revalue, { ...books, ...dollars, open: [{ ...dollars.open[0]!, rate: '' }] }],
    'period-closed': [{}, revalue, { ...books, ...dollars }, '2026-03-01'],
  } },
  'cut-ledger-batch': { command: cutLedgerBatch, refusals: { 'events-parked': [{}, { by: 'books' }, { until: 9, lastEntry: 9, waiting: 1 }], 'nothing-to-export': [{}, { by: 'books' }, { until: 9, lastEntry: 0, waiting: 0 }] } },
  'take-on-credit': { command: takeOnCredit, refusals: {
    'taken-on-document-exists': [tookCredit, oldCredit, { customerKnown: true }], 'customer-not-found': [{}, oldCredit, { customerKnown: false }], 'issue-date-in-future': [{}, { ...oldCredit, issuedOn: '2026-03-11' }, { customerKnown: true }], 'open-above-original': [{}, { ...oldCredit, unappliedMinor: 101 }, { customerKnown: true }],
  } },
  'cancel-take-on': { command: cancelTakeOn, refusals: {
    'taken-on-document-not-found': [{}, mistaken(tookCreditId)], 'taken-on-document-cancelled': [then(tookCredit, cancelTakeOn, mistaken(tookCreditId)), mistaken(tookCreditId)],
    'taken-on-in-use': [then({ ...tookCredit, ...then(posted, postInvoice, invoice(3)), 'account/c1-EUR': [...posted['account/c1-EUR']!, ...tookCredit['account/c1-EUR']!] }, applyCredit, { creditNoteId: tookCreditId, shares: [{ itemId: 'oit_1_1', minor: 1 }] }), mistaken(tookCreditId)],
  } },
  'take-on-open-item': { command: takeOnOpenItem, refusals: {
    'taken-on-document-exists': [then({}, takeOnOpenItem, old, { customerKnown: true }), old, { customerKnown: true }], 'customer-not-found': [{}, old, { customerKnown: false }], 'issue-date-in-future': [{}, { ...old, issuedOn: '2026-03-11' }, { customerKnown: true }], 'open-above-original': [{}, { ...old, openMinor: 101 }, { customerKnown: true }],
  } },
  'record-remittance-advice': { command: recordRemittanceAdvice, refusals: { 'remittance-advice-exists': [announced, said, knownOfSaid], 'customer-not-found': [{}, said, { ...knownOfSaid, customerKnown: false }] } },
  'match-remittance-advice': { command: matchRemittanceAdvice, refusals: {
    'remittance-advice-not-found': [received, pairing], 'remittance-advice-not-waiting': [crossed, pairing], 'remittance-advice-of-another': [{ ...announced, ...others }, { ...pairing, receiptId: 'rcp_2' }], 'receipt-not-found': [announced, { ...pairing, receiptId: 'rcp_9' }],
    'receipt-reversed': [then(announced, reverseReceipt, reverse), pairing], 'receipt-unidentified': [then(nobodys, recordRemittanceAdvice, { ...said, customer: '' }, knownOfSaid), pairing], 'receipt-pending': [then(cheque, recordRemittanceAdvice, said, knownOfSaid), pairing], 'currency-mismatch': [then(received, recordRemittanceAdvice, { ...said, currency: 'USD' }, knownOfSaid), pairing],
  } },
  'cancel-remittance-advice': { command: cancelRemittanceAdvice, refusals: { 'remittance-advice-not-found': [received, pairing], 'remittance-advice-not-waiting': [crossed, pairing] } },
  'link-payer': { command: linkPayer, refusals: {
    'customer-not-found': [{}, pays, { unknown: 'c1' }], 'payer-is-customer': [{}, { ...pays, paidFor: 'c9' }, { unknown: '' }], 'payer-link-exists': [linked, pays, { unknown: '' }], 'too-many-payer-links': [manyPaid, pays, { unknown: '' }],
  } },
  'unlink-payer': { command: unlinkPayer, refusals: { 'payer-link-not-found': [{}, { ...pays, untilOn: '' }], 'payer-link-not-begun': [linked, { ...pays, untilOn: '2026-02-28' }] } },
  'mature-receipt': { command: matureReceipt, refusals: {} },
  'match-what-came': { command: matchWhatCame, refusals: {} },
  'reopen-period': { command: reopenPeriod, refusals: { 'period-not-closed': [{}, february], 'period-same-person': [closed, february] } },
  ...debitRefusals,
  'discard-bank-statement': { command: discardBankStatement, refusals: { 'bank-statement-not-found': [bankKnown, onStatement], 'bank-statement-not-held': [then(heldStatement, releaseBankStatement, onStatement), onStatement] } },
};
/** What every approval may be refused with, in one place: `libs/domain`. */
const ofApprovals = ['approval-expired', 'approval-not-found', 'approval-same-person'];
/** Held by the aggregates for themselves: no command asks for it. */
const guards = ['application-empty', 'application-not-in-group', 'bank-entry-exists', 'bank-detail-exists', 'too-many-bank-details'];

/** What callers are told before, at the field: it must be above zero. */
const atTheField = ['receipt-amount-not-positive', 'application-not-positive', 'write-off-not-positive'];
/** Of reports: no command meets it. */
const ofQueries = ['exchange-rate-missing'];

const readme = readFileSync(new URL('../COMMANDS.md', import.meta.url), 'utf8');
const table = readme.slice(readme.indexOf('| command |'), readme.indexOf('\n\n', readme.indexOf('| command |'))).split('\n').slice(2)
  .flatMap((line) => { const [, commands = '', , refusals = ''] = line.split('|').map((cell) => cell.trim()); return commands.split(', ').map((name) => [name, refusals === '–' ? [] : refusals.split(', ')] as const); });

describe('a refusal', () => {
  const ways = Object.entries(met).flatMap(([name, { command, refusals }]) => Object.entries(refusals).map(([refused, way]) => [name, refused, command, way] as const));
  const answerOf = (refused: string, command: AnyCommand, [history, request, what, openFrom]: readonly [history: History, request: object, known?: unknown, openFrom?: string]) => run(refused === 'reversal-window-over' ? late(command) : command, history, request, what, openFrom);
  it.each(ways)('of %s is %s', (_name, refused, command, way) => expect(answerOf(refused, command, way)).toMatchObject({ refused }));
  it('says each amount with its currency, and everything in the words of the contract', () => {
    const said = ways.map(([, refused, command, way]) => (answerOf(refused, command, way) as { readonly detail: Readonly<Record<string, string | number>> }).detail);
    expect(said.filter((detail) => Object.keys(detail).some(isMinor) && !/^[A-Z]{3}$/.test(String(detail['currency'])))).toEqual([]);
    expect(said.flatMap((detail) => Object.entries(spoken(detail))).filter(([name, value]) => !/^[a-z]+(_[a-z]+)*$/.test(name) || value === 'undefined' || value.startsWith('[object'))).toEqual([]);
  });
});

describe('the table of commands', () => {
  it('names every command', () => expect(table.map(([name]) => name).sort()).toEqual(payments.commands.map((c) => c.name).sort()));
  it('says with what each is refused', () => expect(table.map(([name, refusals]) => [name, [...refusals].sort()])).toEqual(table.map(([name]) => [name, Object.keys(met[name]!.refusals).sort()])));
  it('says no more than the contract does at each call', () => {
    const folder = new URL('../../../proto/ar/payments/v1/', import.meta.url);
    const comments = new Map(readdirSync(folder).filter((f) => f.endsWith('_service.proto')).flatMap((f) => [...readFileSync(new URL(f, folder), 'utf8').matchAll(/((?:[ \t]*\/\/[^\n]*\n)+)[ \t]*rpc (\w+)\(/g)].map(([, comment, rpc]) => [rpc!, comment!] as const)));
    const called = table.flatMap(([name, refusals]) => { const comment = comments.get(name.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase())); return comment === undefined ? [] : [{ name, refusals, comment }]; });
    expect(called.length).toBeGreaterThan(40);
    expect(called.flatMap(({ name, refusals, comment }) => refusals.filter((r) => !atTheField.includes(r) && !new RegExp(`\\b${r.replaceAll('-', '_').toUpperCase()}\\b`).test(comment)).map((r) => `${name}: ${r}`))).toEqual([]);
  });
  it('leaves out no refusal of the code', () => {
    const domain = new URL('./domain/', import.meta.url);
    const code = readdirSync(domain).filter((f) => f.endsWith('.ts') && !f.endsWith('.spec.ts')).flatMap((f) => [...readFileSync(new URL(f, domain), 'utf8').matchAll(/refuse\('([a-z-]+)'/g)].map((m) => m[1]!));
    expect([...new Set([...code, ...ofApprovals])].sort()).toEqual([...new Set([...table.flatMap(([, refusals]) => refusals), ...guards, ...ofQueries])].sort());
  });
});
