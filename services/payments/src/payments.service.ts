// Everything payments can do, once.
import type { Service } from '@ar/runtime/forms.js';
import { recordBankAdvices } from './bank-advices.commands.js';
import { enrichBankEntries } from './bank-details.commands.js';
import { dismissBankReturn, matchBankReturn } from './bank-returns.commands.js';
import { discardBankStatement, postBankLines, receiveBankStatement, registerBankAccount, releaseBankStatement } from './bank.commands.js';
import { cutDebitFile, recordDebitStatus, suppressDebit } from './debit-files.commands.js';
import { tellDebitOutcome } from './debit-outcomes.commands.js';
import { cancelDebit, claimDebit, collectDue, noteDebitReturned, recordDebitOutcome, requestDebit } from './debits.commands.js';
import { collectByThemselves, suppressDebits, expirePayLinks, lapseMandates, noteReversedDebit } from './debits.reactions.js';
import { amendMandate, cancelMandate, lapseMandate, registerMandate, resumeMandate, suspendMandate } from './mandates.commands.js';
import { cancelPayLink, createPayLink, expirePayLink, recordLinkPayment } from './pay-links.commands.js';
import { netCredits } from './credit-discounts.commands.js';
import { account } from './domain/account.js';
import { bankAccount } from './domain/bank-account.js';
import { bankEntry } from './domain/bank-entry.js';
import { bankReturn } from './domain/bank-return.js';
import { bankStatement } from './domain/bank-statement.js';
import { debit } from './domain/debit.js';
import { debitFile } from './domain/debit-file.js';
import { debitItems } from './domain/debit-items.js';
import { mandate } from './domain/mandate.js';
import { payLink } from './domain/pay-link.js';
import { ledgerExport } from './domain/ledger-export.js';
import { payer } from './domain/payer.js';
import { period } from './domain/period.js';
import { postedCreditNote } from './domain/posted-credit-note.js';
import { receipt } from './domain/receipt.js';
import { refund } from './domain/refund.js';
import { revaluation } from './domain/revaluation.js';
import { debitCollection, type PaymentProvider, refundPayout } from './payment-provider.js';
import { remittanceAdvice } from './domain/remittance-advice.js';
import { takenOn } from './domain/taken-on.js';
import { writeOff } from './domain/write-off.js';
import { applyReceipt, identifyReceipt, recordReceipt, reverseReceipt, unapplyReceipt } from './payments.commands.js';
import { changeDue, disputeItems, endDispute, finishVoid, postInvoice, voidInvoice } from './open-items.commands.js';
import { applyCredit, postCredit, unapplyCredit } from './credit-notes.commands.js';
import { acceptRecommendation, declineRecommendation } from './recommendations.commands.js';
import { expireRefunds, expireWriteOffs, matureReceipts, writeSmallBalancesOff } from './payments.daily.js';
import { cutLedgerBatch } from './ledger-export.commands.js';
import { closePeriod, reopenPeriod } from './periods.commands.js';
import { linkPayer, unlinkPayer } from './payers.commands.js';
import { matureReceipt } from './pending-receipts.commands.js';
import { publisher } from './payments.publisher.js';
import { closeVoidedInvoice, excludeDisputed, finishPendingVoid, includeClosed, includeResolved, moveDueDate, netOnGrant, netOnReopening, netPostedCredit, postIssuedCreditNote, postIssuedDebitNote, postIssuedInvoice } from './payments.reactions.js';
import { applications } from './projections/applications.js';
import { bankReturnResource, bankReturns } from './projections/bank-returns.js';
import { bankDetails } from './projections/bank-details.js';
import { bankAccountResource, bankAccounts, bankEntries, bankStatementResource, bankStatements } from './projections/bank-statements.js';
import { debitFileResource, debitFiles } from './projections/debit-files.js';
import { debitedItems, debitResource, debits, disputedItems } from './projections/debits.js';
import { mandateResource, mandates } from './projections/mandates.js';
import { payLinkResource, payLinks } from './projections/pay-links.js';
import { pauses } from './projections/pauses.js';
import { customers } from './projections/customers.js';
import { documents } from './projections/documents.js';
import { itemDiscounts } from './projections/item-discounts.js';
import { itemSpans } from './projections/item-spans.js';
import { journal } from './projections/journal.js';
import { ledgerBatches, ledgerBatchResource } from './projections/ledger-batches.js';
import { booksResource, periods } from './projections/periods.js';
import { payerLinks, payerLinksResource } from './projections/payer-links.js';
import { payers } from './projections/payers.js';
import { postedCreditNoteResource, postedCreditNotes } from './projections/posted-credit-notes.js';
import { receiptHolds } from './projections/receipts-to-review.js';
import { receiptResource, receipts } from './projections/receipts.js';
import { remittanceAdviceResource, remittanceAdvices } from './projections/remittance-advices.js';
import { takenOnDocuments, takenOnResource } from './projections/taken-on.js';
import { refundResource, refunds } from './projections/refunds.js';
import { touchless } from './projections/touchless.js';
import { addressees } from './projections/addressees.js';
import { bookings } from './projections/rates.js';
import { segments } from './projections/segments.js';
import { sellers } from './projections/sellers.js';
import { writeOffResource, writeOffs } from './projections/write-offs.js';
import { approveRefund, cancelRefund, claimRefund, expireRefund, recordRefundFailed, recordRefundOutcome, recordRefundPaid, refuseRefund, requestRefund } from './refunds.commands.js';
import { revaluePeriod } from './revaluation.commands.js';
import { moneyWorths } from './projections/money-worths.js';
import { revaluationDays, revaluationResource } from './projections/revaluations.js';
import { cancelRemittanceAdvice, matchRemittanceAdvice, matchWhatCame, recordRemittanceAdvice } from './remittance.commands.js';
import { matchHeldReceipt, matchRecordedAdvice } from './remittance.reactions.js';
import { writeOffSmallBalances } from './small-balances.commands.js';
import { cancelTakeOn, takeOnCredit, takeOnOpenItem } from './take-on.commands.js';
import { approveWriteOff, expireWriteOff, recoverWriteOff, refuseWriteOff, reverseWriteOff, writeOffOpenItems } from './write-offs.commands.js';

/** Without a provider: persons pay refunds, and tell. */
export const payments: Service = {
  name: 'payments',
  aggregates: [receipt, postedCreditNote, refund, writeOff, account, bankAccount, bankStatement, bankEntry, bankReturn, period, revaluation, ledgerExport, takenOn, mandate, debit, debitItems, debitFile, payLink, remittanceAdvice, payer],
  commands: [recordReceipt, identifyReceipt, applyReceipt, unapplyReceipt, reverseReceipt, postInvoice, postCredit, applyCredit, unapplyCredit, voidInvoice, finishVoid, netCredits, changeDue, disputeItems, endDispute, writeOffOpenItems, approveWriteOff, refuseWriteOff, expireWriteOff, reverseWriteOff, recoverWriteOff,
    requestRefund, approveRefund, refuseRefund, expireRefund, cancelRefund, recordRefundPaid, recordRefundFailed, claimRefund, recordRefundOutcome, writeOffSmallBalances, acceptRecommendation, declineRecommendation, registerBankAccount, receiveBankStatement, postBankLines, enrichBankEntries, matchBankReturn, dismissBankReturn, releaseBankStatement, discardBankStatement, closePeriod, reopenPeriod, revaluePeriod, cutLedgerBatch, takeOnOpenItem, takeOnCredit, cancelTakeOn,
    registerMandate, amendMandate, suspendMandate, resumeMandate, cancelMandate, lapseMandate, requestDebit, collectDue, cancelDebit, claimDebit, recordDebitOutcome, recordDebitStatus, noteDebitReturned, cutDebitFile, suppressDebit, tellDebitOutcome, createPayLink, cancelPayLink, expirePayLink, recordLinkPayment,
    recordRemittanceAdvice, matchRemittanceAdvice, cancelRemittanceAdvice, matchWhatCame, recordBankAdvices, linkPayer, unlinkPayer, matureReceipt],
  resources: [receiptResource, postedCreditNoteResource, refundResource, writeOffResource, bankAccountResource, bankStatementResource, bankReturnResource, booksResource, revaluationResource, ledgerBatchResource, takenOnResource, mandateResource, debitResource, debitFileResource, payLinkResource, remittanceAdviceResource, payerLinksResource],
  reactions: [postIssuedInvoice, postIssuedDebitNote, postIssuedCreditNote, closeVoidedInvoice, finishPendingVoid, netPostedCredit, netOnGrant, netOnReopening, moveDueDate, excludeDisputed, includeResolved, includeClosed, noteReversedDebit, matchRecordedAdvice, matchHeldReceipt],
  daily: [expireWriteOffs, expireRefunds, writeSmallBalancesOff, lapseMandates, collectByThemselves, suppressDebits, expirePayLinks, matureReceipts],
  projections: [sellers, bookings, segments, addressees, customers, payers, documents, applications, receipts, receiptHolds, postedCreditNotes, refunds, writeOffs, itemSpans, itemDiscounts, touchless, journal, moneyWorths, bankAccounts, bankStatements, bankEntries, bankDetails, bankReturns, periods, revaluationDays, ledgerBatches, takenOnDocuments, mandates, debits, debitedItems, disputedItems, debitFiles, pauses, payLinks, remittanceAdvices, payerLinks],
  effects: [],
  publisher,
};

/** Refunds are paid, and debits collected, through that provider. */
export const paymentsWith = (provider: PaymentProvider): Service => ({ ...payments, effects: [refundPayout(provider), debitCollection(provider)] });
