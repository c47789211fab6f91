// Everything invoicing can do, once.
import { daysAfter } from '@ar/domain/day.js';
import type { Service } from '@ar/runtime/forms.js';
import { contractPrice } from './domain/contract-price.js';
import { countedInvoices } from './domain/counted-invoices.js';
import { creditNote } from './domain/credit-note.js';
import { debitNote } from './domain/debit-note.js';
import { publishBusinessTerms, recordAcknowledgement } from './business-terms.commands.js';
import { acknowledgements } from './domain/acknowledgements.js';
import { attachFile, claimDelivery, recordDelivery, recordDeliveryReport, removeAttachment, requestDelivery, requestNoteDelivery, sendDocument, setDeliveryPreferences } from './delivery.commands.js';
import { deliveryMail } from './delivery-mail.js';
import { attachments } from './domain/attachments.js';
import { delivery } from './domain/delivery.js';
import { deliveryPreferences } from './domain/delivery-preferences.js';
import { businessTerms } from './domain/business-terms.js';
import { approveDueDate, expireDueDates, refuseDueDate, rescheduleDueDate } from './due-dates.commands.js';
import { expireDaily } from './due-dates.reactions.js';
import { fulfilment } from './domain/fulfilment.js';
import { invoice } from './domain/invoice.js';
import { invoiceResponse } from './domain/invoice-response.js';
import { invoiceSchedule } from './domain/invoice-schedule.js';
import { tenant } from './domain/tenant.js';
import { createInvoiceDraft, discardInvoiceDraft, issueInvoice, issueInvoiceDraft, openBusinessDay, publishPolicy, registerTenant, updateInvoiceDraft, updateTenant, voidInvoice } from './invoicing.commands.js';
import { approveInvoice, correctFulfilment, endContractPrice, expireInvoice, recordFulfilment, refuseInvoice, setContractPrice } from './guard.commands.js';
import { expireInvoices } from './guard.daily.js';
import { expireCreditNotes } from './invoicing.daily.js';
import { publisher } from './invoicing.publisher.js';
import { approveCreditNote, cancelAndReissue, cancelInvoice, chargeReturnedPayment, expireCreditNote, issueCreditNote, issueDebitNote, refuseCreditNote } from './notes.commands.js';
import { billedInvoices } from './projections/billed-invoices.js';
import { recordInvoiceResponse } from './invoice-responses.commands.js';
import { creditNoteResource, creditNotes } from './projections/credit-notes.js';
import { debitNoteResource, debitNotes } from './projections/debit-notes.js';
import { contractPriceResource, contractPrices, fulfilments, fulfilmentResource } from './projections/guard-facts.js';
import { pendingIssues } from './projections/pending-issues.js';
import { issueSchedules, reactions } from './invoicing.reactions.js';
import { invoiceResponseResource, invoiceResponses } from './projections/invoice-responses.js';
import { invoiceResource, invoices } from './projections/invoices.js';
import { scheduleResource, schedules } from './projections/schedules.js';
import { acknowledgementsResource, businessTermsResource, businessTermsVersions } from './projections/business-terms.js';
import { deliveries, deliveryResource } from './projections/deliveries.js';
import { attachedFiles, attachmentsResource, deliveryChoices, deliveryPreferencesResource } from './projections/delivery-preferences.js';
import { paid } from './projections/paid-instalments.js';
import { pendingDueDates } from './projections/pending-due-dates.js';
import { customers, tenantResource, tenants, tenantsBehind } from './projections/tenants.js';
import { consolidateDrafts, createSchedule, endSchedule, issueScheduled, pauseSchedule, resumeSchedule, updateSchedule } from './recurring.commands.js';

/** Mail goes through the server at that address. */
export const invoicing = (smtpUrl: string): Service => ({
  name: 'invoicing',
  aggregates: [tenant, invoice, creditNote, debitNote, invoiceSchedule, businessTerms, acknowledgements, deliveryPreferences, delivery, attachments, contractPrice, fulfilment, countedInvoices, invoiceResponse],
  commands: [registerTenant, updateTenant, publishPolicy, openBusinessDay, createInvoiceDraft, updateInvoiceDraft, discardInvoiceDraft, issueInvoiceDraft, issueInvoice, voidInvoice, issueCreditNote, approveCreditNote, refuseCreditNote, expireCreditNote, cancelInvoice, cancelAndReissue, issueDebitNote, chargeReturnedPayment,
    consolidateDrafts, createSchedule, updateSchedule, pauseSchedule, resumeSchedule, endSchedule, issueScheduled, rescheduleDueDate, approveDueDate, refuseDueDate, expireDueDates, publishBusinessTerms, recordAcknowledgement,
    setDeliveryPreferences, requestDelivery, requestNoteDelivery, sendDocument, claimDelivery, recordDelivery, recordDeliveryReport, attachFile, removeAttachment, setContractPrice, endContractPrice, recordFulfilment, correctFulfilment, approveInvoice, refuseInvoice, expireInvoice, recordInvoiceResponse],
  resources: [tenantResource, invoiceResource, creditNoteResource, debitNoteResource, scheduleResource, businessTermsResource, acknowledgementsResource, deliveryPreferencesResource, deliveryResource, attachmentsResource, contractPriceResource, fulfilmentResource, invoiceResponseResource],
  reactions,
  daily: [expireCreditNotes, issueSchedules, expireDaily, expireInvoices],
  projections: [tenants, customers, invoices, creditNotes, debitNotes, schedules, paid, pendingDueDates, businessTermsVersions, deliveryChoices, attachedFiles, deliveries, contractPrices, fulfilments, billedInvoices, pendingIssues, invoiceResponses],
  effects: [deliveryMail(smtpUrl)],
  publisher,
  clock: {
    open: openBusinessDay,
    behind: async (tx, today) => (await tenantsBehind(tx, today)).map(({ tenant: id, date }) => ({ tenant: id, date: daysAfter(date, 1), request: { tenantId: id, date: daysAfter(date, 1) } })),
  },
});
