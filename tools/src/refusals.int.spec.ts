// Every reason that a service's README names is met once, on the real store and projections: a reason that nothing leads to any more is found here.
// Payments has a table of its own (services/payments/src/refusals.spec.ts), and so has what XML has no words for (services/invoicing/src/documents/einvoice-rules.spec.ts).
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { GetCaseRequest } from '@ar/contracts/gen/ar/collections/v1/case_service.js';
import { ExplainReminderRequest } from '@ar/contracts/gen/ar/reminders/v1/dunning_service.js';
import { RecordInvoiceResponseRequest } from '@ar/contracts/gen/ar/invoicing/v1/invoice_response_service.js';
import { DocumentFormat } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { OpenBusinessDayRequest } from '@ar/contracts/gen/ar/invoicing/v1/tenant_service.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { Api } from '@ar/platform/api.js';
import { apiError } from '@ar/platform/errors.js';
import { Pages } from '@ar/platform/lists.js';
import type { AnyCommand, Command } from '@ar/runtime/forms.js';
import { call } from '@ar/runtime/toy.world.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { CaseGrpc } from '../../services/collections/src/api/case.grpc.js';
import { makePromise, openDispute, recordContact, resolveDispute, withdrawPromise } from '../../services/collections/src/collections.commands.js';
import { cancelReservation, placeHold, registerCustomer, releaseHold, reserveCredit, setCreditLimit } from '../../services/credit/src/credit.commands.js';
import { TenantGrpc } from '../../services/invoicing/src/api/tenant.grpc.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { delivery } from '../../services/invoicing/src/domain/delivery.js';
import { detailsOf } from '../../services/invoicing/src/domain/tenant.world.js';
import { publishBusinessTerms, recordAcknowledgement } from '../../services/invoicing/src/business-terms.commands.js';
import { attachFile, recordDeliveryReport, removeAttachment, sendDocument } from '../../services/invoicing/src/delivery.commands.js';
import { approveDueDate, rescheduleDueDate } from '../../services/invoicing/src/due-dates.commands.js';
import { createInvoiceDraft, discardInvoiceDraft, issueInvoice, issueInvoiceDraft, openBusinessDay, publishPolicy, registerTenant, voidInvoice } from '../../services/invoicing/src/invoicing.commands.js';
import { CreditNoteGrpc } from '../../services/invoicing/src/api/credit-note.grpc.js';
import { DebitNoteGrpc } from '../../services/invoicing/src/api/debit-note.grpc.js';
import { BusinessTermsGrpc } from '../../services/invoicing/src/api/business-terms.grpc.js';
import { InvoiceResponseGrpc } from '../../services/invoicing/src/api/invoice-response.grpc.js';
import type { SaidResponse } from '../../services/invoicing/src/domain/invoice-response.js';
import { recordInvoiceResponse } from '../../services/invoicing/src/invoice-responses.commands.js';
import { creditNote, type CreditNoteCommand } from '../../services/invoicing/src/domain/credit-note.js';
import { approveCreditNote, cancelAndReissue, issueCreditNote, issueDebitNote } from '../../services/invoicing/src/notes.commands.js';
import { correctFulfilment, endContractPrice, recordFulfilment, setContractPrice } from '../../services/invoicing/src/guard.commands.js';
import { consolidateDrafts, createSchedule, endSchedule, pauseSchedule, resumeSchedule } from '../../services/invoicing/src/recurring.commands.js';
import { recordReceipt } from '../../services/payments/src/payments.commands.js';
import { DunningGrpc } from '../../services/reminders/src/api/dunning.grpc.js';
import { dunningCase, type DunningCommand } from '../../services/reminders/src/domain/dunning-case.js';
import { repeatDebitNotice } from '../../services/reminders/src/debit-notices.commands.js';
import { debitNotice, type DebitNoticeCommand, noticeIdOf } from '../../services/reminders/src/domain/debit-notice.js';
import { pauseDunning, repeatReminder, resumeDunning } from '../../services/reminders/src/reminders.commands.js';
import { startFive, type FiveServices, type Name } from './five-services.world.js';

const today = '2026-03-02';
const eur = (minor: number) => ({ minor, currency: 'EUR' });
const note = { contactName: '', text: '' };
const details = detailsOf({ electronicAddress: '9930:DE9' });
const tenant = { tenantId: 't', baseCurrency: 'EUR', timeZone: 'UTC', details, firstBusinessDay: today, policies: { ...defaultPolicies, approvals: { expiryDays: 14, creditNoteLimit: '50', dueDateDays: 60, writeOffLimit: '', refundLimit: '50', neverAlone: [] }, billingGuard: { ...defaultPolicies.billingGuard, prices: 'block' as const } } };
const line = lineOf({ taxRate: '0', taxCategory: 'Z' });
const document = { invoiceId: 'inv_new', ...contentOf({ lines: [line], terms: { due: { netDays: 30 } } }) };
const schedule = (scheduleId: string, firstDate = '2026-04-01') => ({ scheduleId, template: contentOf({ lines: [line] }), recurrence: { frequency: 'monthly', every: 1, firstDate, endOfMonth: false, lastDate: '', invoices: 0, servicePeriod: 'none' } as const });
const moving = { invoiceId: 'inv_1', approvalId: 'apr_1', by: 'anna', instalment: 0, dueDate: '2026-05-01', reason: 'agreed' };
const terms = { businessTermsId: 'general', validFrom: '2026-03-03', text: 'Pay in time.', reference: '', sha256: 'ab', charges: [{ kind: 'late-charge', words: '9 points above the base rate' }] } as const;
const acknowledging = (version: number, acknowledgedOn = today) => ({ customerId: 'c1', acknowledgement: { businessTermsId: 'general', version, acknowledgedOn, evidence: { way: 'signed', reference: 'contract 17', personId: '' } } }) as const;
const sending = (deliveryId: string) => ({ deliveryId, documentType: 'invoice' as const, documentId: 'inv_1', to: ['a@b.example'], attachXml: false });
const attaching = (attachmentId: string) => ({ invoiceId: 'inv_1', attachmentId, fileName: `${attachmentId}.pdf`, mimeType: 'application/pdf', sizeBytes: 1, sha256: '', content: 'YQ==' });
const far = { ...moving, dueDate: '2026-09-01' };
const agreed = { contractPrice: { contractPriceId: 'cpr_1', customerId: 'c1', articleId: 'A', currencyCode: 'EUR', unitPrice: '1', unitCode: 'C62', tolerancePercent: '0', validFrom: today, validUntil: '2026-12-31', inArrears: false } };
const arrived = (fulfilmentId: string, deliveredOn = today) => ({ fulfilment: { fulfilmentId, customerId: 'c1', orderNumber: 'PO', articleId: 'A', quantity: '5', unitCode: 'C62', deliveredOn, periodFrom: '', periodTo: '' } });
const saying = (more: Partial<SaidResponse>): { readonly said: SaidResponse } => ({ said: { responseId: 'imr-new', sender: '9930:DE1', receiver: '', invoiceReference: 'ORD-1', code: 'AP', effectiveDate: today, clarifications: [], note: '', ...more } });
const customer = { customerId: 'c1', personal: { name: 'One', address: null, invoiceEmail: '', reminderEmail: '', taxId: '' }, profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '9930:DE1', buyerReference: '', segment: '', industry: '', labels: {} } };
const reservation = { customerId: 'c1', reservationId: 'rsv_new', amount: eur(10_00), expiresOn: '', orderNumber: '' };
const receipt = { receiptId: 'rcp_1', customer: 'c1', currency: 'EUR', receivedMinor: 100_00, valueOn: '', method: 'PAYMENT_METHOD_CASH', remitter: { name: '', iban: '', remittance: '' }, named: [{ reference: 'ORD-paid', minor: null }], bankReference: '', onAccount: false };
const promise = (more: object = {}) => ({ customerId: 'c1', draft: { promiseId: 'ptp_new', items: [{ itemId: 'oit_1_1', amount: eur(1_00) }], promisedOn: today, channel: 'phone', note, ...more } });
const dispute = (more: object = {}) => ({ customerId: 'c1', draft: { disputeId: 'dsp_new', items: [{ itemId: 'oit_1_1', amount: eur(1_00) }], reasonCode: 'price', note, ...more } });
const contact = (more: object = {}) => ({ customerId: 'c1', draft: { contactId: 'con_new', channel: 'phone', result: 'reached', followUpOn: '', note, promise: null, dispute: null, ...more } });
const pause = (more: object = {}) => ({ customerId: 'c1', pauseId: 'pau_new', from: '2026-04-01', to: '2026-04-02', reason: '', ...more });
const shares = (...percents: string[]) => ({ terms: { due: { instalments: { shares: percents.map((percent, i) => ({ when: { days: 30 * i }, size: { percent } })) } } } });

const creditOf = (creditNoteId: string, ...lines: readonly (readonly [line: number, minor: number, currency?: string])[]) => ({
  creditNoteId, for: { kind: 'invoice', invoiceId: 'inv_credited', lines: lines.map(([n, minor, currency = 'EUR']) => ({ line: n, net: { minor, currency }, quantity: '' })) }, reasonCode: 'price', reason: '', issueDate: '', cancels: false,
  replacementInvoiceId: '', externalNumber: '', labels: {}, by: 'anna',
});
const chargeOf = (more: object = {}) => ({ debitNoteId: 'dbn_1', customerId: 'c1', kind: 'fee', currencyCode: 'EUR', invoiceId: 'inv_1', externalNumber: '', reason: '', labels: {}, issueDate: '', lines: [line], due: { netDays: 5 }, ...more });

/** A credit note as it was asked for long ago, without the days between. */
const askLongAgo: Command<CreditNoteCommand & { type: 'Propose' }> = { name: 'ask-long-ago', streams: (r) => [{ aggregate: creditNote, id: r.issue.wish.creditNoteId }], decide: (r, on) => void on.run({ aggregate: creditNote, id: r.issue.wish.creditNoteId }, r) };
const longAgo = '2026-01-01';
const late = {
  type: 'Propose', by: 'anna', today: longAgo, atOnce: false, issue: {
    type: 'Issue', wish: creditOf('crn_late'), number: '', series: 'credit-note/2026', issueDate: longAgo, today: longAgo, lastIssueDate: null, limit: '50', expiryDays: 14,
    content: { customerId: 'c1', currencyCode: 'EUR', invoiceId: 'inv_credited', invoiceNumber: '', lines: [], taxTotals: [], net: eur(60_00), tax: eur(0), total: eur(60_00) },
  },
} as unknown as CreditNoteCommand & { type: 'Propose' };

/** A message as its sending goes, without the sending. */
const tell: Command<{ customerId: string; steps: readonly DunningCommand[] }> = { name: 'tell', streams: (r) => [{ aggregate: dunningCase, id: r.customerId }], decide: (r, on) => r.steps.forEach((step) => on.run({ aggregate: dunningCase, id: r.customerId }, step)) };
const wanted = (n: number): DunningCommand => ({ type: 'Request', effectKey: `rem_${n}`, communicationId: `com_${n}`, customerId: '', today, items: [], suppressed: [], sendAfter: '2026-03-02T08:00:00.000Z', policyVersion: 1 });
const tried = (n: number): DunningCommand => ({ type: 'Attempt', effectKey: `rem_${n}`, attempt: 1, items: [], suppressed: [], sender: 's', bodyHash: '', templateVersion: 1, pii: { keyId: '', data: { recipient: '', subject: '', body: '' } } });
const ended = (n: number, outcome: 'sent' | 'unknown'): DunningCommand => ({ type: 'RecordOutcome', effectKey: `rem_${n}`, attempt: 1, today, outcome, detail: '' });
const messages: Readonly<Record<string, readonly DunningCommand[]>> = {
  waiting: [wanted(1)], sent: [wanted(2), tried(2), ended(2, 'sent')], later: [wanted(4), tried(4), ended(4, 'unknown'), wanted(5)],
  held: [wanted(3), { type: 'Suppress', effectKey: 'rem_3', attempt: 1, today, reason: 'paid', explanation: '', suppressed: [] }],
};
/** Notices of two debits: one that waits, one that was sent. */
const announce: Command<{ debitId: string; steps: readonly DebitNoticeCommand[] }> = { name: 'announce', streams: (r) => [{ aggregate: debitNotice, id: noticeIdOf(r.debitId) }], decide: (r, on) => r.steps.forEach((step) => on.run({ aggregate: debitNotice, id: noticeIdOf(r.debitId) }, step)) };
const noticed = (debitId: string): DebitNoticeCommand => ({ type: 'Request', tenant: tenant.tenantId, debitId, customerId: 'c1', amount: eur(1_00), collectOn: '2026-03-20', mandateReference: 'M', creditorId: '', items: [], sendAfter: '2026-03-02T08:00:00.000Z', policyVersion: 1, today });
const notices: Readonly<Record<string, readonly DebitNoticeCommand[]>> = {
  ddt_waiting: [noticed('ddt_waiting')],
  ddt_told: [noticed('ddt_told'), { type: 'Attempt', attempt: 1, sender: 's', bodyHash: '', templateVersion: 1, pii: { keyId: '', data: { recipient: '', subject: '', body: '' } } }, { type: 'RecordOutcome', attempt: 1, outcome: 'sent', detail: '' }],
};
const announcing = (debitId: string) => ({ debitId, by: 'anna', reason: '' });
const again = (customerId: string, communicationId: string) => ({ customerId, communicationId, by: 'anna', reason: '' });

/** A mail that leaves, without the mail server. */
const leave: Command<{ deliveryId: string }> = {
  name: 'leave', streams: (r) => [{ aggregate: delivery, id: r.deliveryId }],
  decide: (r, on) => void on.run({ aggregate: delivery, id: r.deliveryId }, { type: 'Attempt', attempt: 1, sender: 's', files: [], pii: { keyId: '', data: { to: [], copyTo: [], subject: '', body: '' } } }),
};

/** By service: what is asked, and with what it is refused. */
const met: Readonly<Partial<Record<Name, readonly (readonly [reason: string, command: AnyCommand, request: object, tenant?: string])[]>>> = {
  invoicing: [
    ['TENANT_EXISTS', registerTenant, tenant], ['TENANT_NOT_FOUND', issueInvoice, document, 'nobody'],
    ['POLICY_VALID_FROM_TOO_EARLY', publishPolicy, { tenantId: 't', kind: 'terms', policy: { terms: defaultPolicies.terms }, validFrom: today }],
    ['BUSINESS_DAY_NOT_LATER', openBusinessDay, { tenantId: 't', date: today }], ['BUSINESS_DAY_TOO_FAR', openBusinessDay, { tenantId: 't', date: '2028-03-02' }],
    ['CUSTOMER_NOT_FOUND', issueInvoice, { ...document, customerId: 'c9' }], ['INVOICE_EXISTS', issueInvoice, { ...document, invoiceId: 'inv_1' }],
    ['ISSUE_DATE_BEFORE_LAST', issueInvoice, { ...document, issueDate: '2026-03-01' }], ['ISSUE_DATE_IN_FUTURE', issueInvoice, { ...document, issueDate: '2026-03-03' }], ['ISSUE_DATE_TOO_EARLY', issueInvoice, { ...document, issueDate: '1900-01-01' }],
    ['TOTAL_NOT_POSITIVE', issueInvoice, { ...document, lines: [{ ...line, unitPrice: '0' }] }], ['TOTAL_OUT_OF_RANGE', issueInvoice, { ...document, lines: [{ ...line, quantity: '99999999999', unitPrice: '99999999' }] }],
    ['INSTALMENTS_NOT_WHOLE', issueInvoice, { ...document, ...shares('50', '40') }], ['DUE_DATE_BEFORE_ISSUE', issueInvoice, { ...document, terms: { due: { dueDate: '2026-03-01' } } }],
    ['INVOICE_NOT_FOUND', voidInvoice, { invoiceId: 'inv_9', voidDate: '', reason: '' }], ['INVOICE_VOIDED', voidInvoice, { invoiceId: 'inv_void', voidDate: '', reason: '' }], ['INVOICE_HAS_APPLICATIONS', voidInvoice, { invoiceId: 'inv_paid', voidDate: '', reason: '' }],
    ['INVOICE_DELIVERED', voidInvoice, { invoiceId: 'inv_mailed', voidDate: '', reason: '' }],
    ['TERMS_NOT_FOUND', issueInvoice, { ...document, terms: { due: { termsId: 'none' } } }], ['TAX_CODE_NOT_FOUND', issueInvoice, { ...document, lines: [{ ...line, taxCode: 'NONE', taxCategory: '' }] }],
    ['EXCHANGE_RATE_MISSING', issueInvoice, { ...document, currencyCode: 'CHF' }], ['TAX_CATEGORY_MIXED', issueInvoice, { ...document, lines: [line, { ...line, taxCategory: 'O' }] }],
    ['INVOICE_NOT_DRAFT', discardInvoiceDraft, { invoiceId: 'inv_1' }], ['DRAFT_NOT_COMPLETE', issueInvoiceDraft, { invoiceId: 'inv_draft' }], ['INVOICE_NOT_ISSUED', voidInvoice, { invoiceId: 'inv_draft', voidDate: '', reason: '' }],
    ['SEVERAL_CUSTOMERS', consolidateDrafts, { invoiceId: 'inv_new', draftIds: ['inv_part', 'inv_other'] }], ['SEVERAL_CURRENCIES', consolidateDrafts, { invoiceId: 'inv_new', draftIds: ['inv_part', 'inv_usd'] }],
    ['DRAFTS_DIFFER', consolidateDrafts, { invoiceId: 'inv_new', draftIds: ['inv_part', 'inv_terms'] }], ['TOO_MANY_LINES', consolidateDrafts, { invoiceId: 'inv_new', draftIds: ['inv_part', 'inv_many'] }],
    ['SCHEDULE_EXISTS', createSchedule, schedule('sch_active')], ['FIRST_DATE_IN_PAST', createSchedule, schedule('sch_new', '2026-03-01')], ['SCHEDULE_NOT_FOUND', pauseSchedule, { scheduleId: 'sch_9' }],
    ['SCHEDULE_ENDED', endSchedule, { scheduleId: 'sch_ended' }], ['SCHEDULE_PAUSED', pauseSchedule, { scheduleId: 'sch_paused' }], ['SCHEDULE_NOT_PAUSED', resumeSchedule, { scheduleId: 'sch_active', missed: 'skip' }],
    ['INSTALMENT_NOT_FOUND', rescheduleDueDate, { ...moving, instalment: 2 }], ['INSTALMENT_PAID', rescheduleDueDate, { ...moving, invoiceId: 'inv_paid' }], ['DUE_DATE_UNCHANGED', rescheduleDueDate, { ...moving, dueDate: '2026-04-01' }],
    ['APPROVAL_NOT_FOUND', approveDueDate, { invoiceId: 'inv_1', approvalId: 'apr_9', by: 'bob' }], ['APPROVAL_EXISTS', rescheduleDueDate, far], ['APPROVAL_SAME_PERSON', approveDueDate, { invoiceId: 'inv_1', approvalId: 'apr_1', by: 'anna' }],
    ['TOO_MANY_APPROVALS', rescheduleDueDate, { ...far, invoiceId: 'inv_2', approvalId: 'apr_21' }],
    ['BUSINESS_TERMS_TOO_EARLY', publishBusinessTerms, { businessTerms: { ...terms, validFrom: today } }], ['BUSINESS_TERMS_NOT_FOUND', recordAcknowledgement, acknowledging(2)], ['ACKNOWLEDGEMENT_EXISTS', recordAcknowledgement, acknowledging(1)],
    ['ACKNOWLEDGEMENT_IN_FUTURE', recordAcknowledgement, { ...acknowledging(1, '2026-03-03'), customerId: 'c2' }],
    ['DELIVERY_EXISTS', sendDocument, sending('dlv_1')], ['DELIVERY_NOT_FOUND', recordDeliveryReport, { deliveryId: 'dlv_9', outcome: 'bounced', code: '', detail: '' }], ['DELIVERY_NOT_SENT', recordDeliveryReport, { deliveryId: 'dlv_1', outcome: 'bounced', code: '', detail: '' }],
    ['ATTACHMENT_EXISTS', attachFile, attaching('att_0')], ['ATTACHMENT_NOT_FOUND', removeAttachment, { invoiceId: 'inv_1', attachmentId: 'att_99' }], ['TOO_MANY_ATTACHMENTS', attachFile, attaching('att_10')],
    ['INVOICE_VOIDED', sendDocument, { ...sending('dlv_2'), documentId: 'inv_void' }], ['INVOICE_NOT_ISSUED', sendDocument, { ...sending('dlv_2'), documentId: 'inv_draft' }], ['INVOICE_NOT_FOUND', attachFile, { ...attaching('att_99'), invoiceId: 'inv_9' }],
    ['INVOICE_NOT_FOUND', recordInvoiceResponse, saying({ invoiceReference: 'ORD-9' })], ['INVOICE_REFERENCE_AMBIGUOUS', recordInvoiceResponse, saying({ invoiceReference: 'ORD-twice' })], ['INVOICE_RESPONSE_EXISTS', recordInvoiceResponse, saying({ responseId: 'imr-1', code: 'PD' })],
    ['RESPONSE_SENDER_UNKNOWN', recordInvoiceResponse, saying({ sender: '0088:7300010000009' })], ['RESPONSE_RECEIVER_UNKNOWN', recordInvoiceResponse, saying({ receiver: '0088:7300010000009' })],
    ['VOID_BEFORE_ISSUE', voidInvoice, { invoiceId: 'inv_1', voidDate: '2026-03-01', reason: '' }], ['VOID_DATE_IN_FUTURE', voidInvoice, { invoiceId: 'inv_1', voidDate: '2026-03-03', reason: '' }],
    ['INVOICE_CREDITED', voidInvoice, { invoiceId: 'inv_credited', voidDate: '', reason: '' }], ['CREDIT_NOTE_EXISTS', issueCreditNote, creditOf('crn_1', [1, 1])],
    ['CREDIT_LINE_NOT_FOUND', issueCreditNote, creditOf('crn_new', [2, 1])], ['CREDIT_LINE_TWICE', issueCreditNote, creditOf('crn_new', [1, 1], [1, 1])], ['CREDIT_EXCEEDS_CREDITABLE', issueCreditNote, creditOf('crn_new', [1, 90_01])],
    ['CURRENCY_MISMATCH', issueCreditNote, creditOf('crn_new', [1, 1, 'USD'])], ['ISSUE_DATE_BEFORE_INVOICE', issueCreditNote, { ...creditOf('crn_new', [1, 1]), issueDate: '2026-03-01' }],
    ['APPROVAL_NEEDED', cancelAndReissue, { invoiceId: 'inv_2', creditNoteId: 'crn_new', issueDate: '', reason: '', by: 'anna', replacement: document }], ['APPROVAL_EXISTS', issueCreditNote, creditOf('crn_waiting')],
    ['APPROVAL_NOT_FOUND', approveCreditNote, { creditNoteId: 'crn_9', by: 'ben' }], ['APPROVAL_SAME_PERSON', approveCreditNote, { creditNoteId: 'crn_waiting', by: 'anna' }], ['APPROVAL_EXPIRED', approveCreditNote, { creditNoteId: 'crn_late', by: 'ben' }],
    ['CONTRACT_PRICE_EXISTS', setContractPrice, agreed], ['CONTRACT_PRICE_NOT_FOUND', endContractPrice, { contractPriceId: 'cpr_9', validUntil: today }], ['CONTRACT_PRICE_ENDED', endContractPrice, { contractPriceId: 'cpr_1', validUntil: '2026-12-31' }],
    ['FULFILMENT_EXISTS', recordFulfilment, arrived('dlv_1')], ['DELIVERED_IN_FUTURE', recordFulfilment, arrived('dlv_2', '2026-03-03')], ['FULFILMENT_NOT_FOUND', correctFulfilment, { fulfilmentId: 'dlv_9', quantity: '1', reason: 'counted' }],
    ['FULFILMENT_UNCHANGED', correctFulfilment, { fulfilmentId: 'dlv_1', quantity: '5.0', reason: 'counted' }], ['BILLING_GUARD_BLOCKED', issueInvoice, { ...document, lines: [{ ...line, articleId: 'A' }] }], ['DRAFT_NOT_READ', issueInvoiceDraft, { invoiceId: 'inv_unread' }],
    ['DEBIT_NOTE_EXISTS', issueDebitNote, chargeOf()], ['INVOICE_OF_ANOTHER_CUSTOMER', issueDebitNote, chargeOf({ debitNoteId: 'dbn_new', customerId: 'c2' })],
  ],
  credit: [
    ['CUSTOMER_EXISTS', registerCustomer, customer], ['TENANT_NOT_FOUND', registerCustomer, customer, 'nobody'], ['CUSTOMER_NOT_FOUND', placeHold, { customerId: 'c9', reason: '' }],
    ['RESERVATION_EXISTS', reserveCredit, { ...reservation, reservationId: 'rsv_back' }], ['LIMIT_NOT_SET', reserveCredit, { ...reservation, customerId: 'c3' }], ['CREDIT_LIMIT_EXCEEDED', reserveCredit, { ...reservation, amount: eur(5_000_00) }],
    ['CREDIT_ON_HOLD', reserveCredit, { ...reservation, customerId: 'c2' }], ['EXPIRY_IN_PAST', reserveCredit, { ...reservation, expiresOn: '2026-03-01' }], ['EXPIRY_TOO_FAR', reserveCredit, { ...reservation, expiresOn: '2027-03-03' }],
    ['RESERVATION_NOT_FOUND', cancelReservation, { customerId: 'c1', reservationId: 'rsv_9', reason: '' }], ['RESERVATION_NOT_OPEN', cancelReservation, { customerId: 'c1', reservationId: 'rsv_back', reason: '' }],
    ['HOLD_IN_FORCE', placeHold, { customerId: 'c2', reason: '' }], ['NO_HOLD_IN_FORCE', releaseHold, { customerId: 'c1', reason: '' }],
  ],
  reminders: [
    ['CUSTOMER_NOT_FOUND', pauseDunning, { ...pause(), customerId: 'c9' }], ['TENANT_NOT_FOUND', pauseDunning, pause(), 'nobody'], ['PAUSE_EXISTS', pauseDunning, pause({ pauseId: 'pau_1' })],
    ['PAUSE_OVERLAPS', pauseDunning, pause({ from: '2026-03-06', to: '2026-03-09' })], ['PAUSE_IN_PAST', pauseDunning, pause({ from: '2026-03-01' })], ['NO_PAUSE_IN_FORCE', resumeDunning, { customerId: 'c1', reason: '' }],
    ['REMINDER_NOT_FOUND', repeatReminder, again('sent', 'com_9')], ['REMINDER_PENDING', repeatReminder, again('waiting', 'com_1')], ['REMINDER_WAS_SENT', repeatReminder, again('sent', 'com_2')],
    ['REMINDER_WAS_SUPPRESSED', repeatReminder, again('held', 'com_3')], ['REMINDER_SUPERSEDED', repeatReminder, again('later', 'com_4')],
    ['DEBIT_NOTICE_NOT_FOUND', repeatDebitNotice, announcing('ddt_9')], ['DEBIT_NOTICE_PENDING', repeatDebitNotice, announcing('ddt_waiting')], ['DEBIT_NOTICE_WAS_SENT', repeatDebitNotice, announcing('ddt_told')],
  ],
  collections: [
    ['CUSTOMER_NOT_FOUND', makePromise, { ...promise(), customerId: 'c9' }], ['OPEN_ITEM_NOT_FOUND', makePromise, promise({ items: [{ itemId: 'oit_9_1', amount: null }] })], ['OPEN_ITEM_SETTLED', makePromise, promise({ items: [{ itemId: 'oit_void_1', amount: null }] })], ['OPEN_ITEM_SETTLED', openDispute, dispute({ items: [{ itemId: 'oit_void_1', amount: null }] })], ['CURRENCY_MISMATCH', openDispute, dispute({ items: [{ itemId: 'oit_1_1', amount: { minor: 1, currency: 'USD' } }] })],
    ['TOTAL_OUT_OF_RANGE', openDispute, { ...dispute({ items: [{ itemId: 'oit_most1_1', amount: null }, { itemId: 'oit_most2_1', amount: null }] }), customerId: 'c3' }],
    ['DISPUTE_EXISTS', openDispute, dispute({ disputeId: 'dsp_1' })], ['DISPUTE_ABOVE_OPEN_AMOUNT', openDispute, dispute({ items: [{ itemId: 'oit_1_1', amount: eur(100_01) }] })], ['ITEM_DISPUTED', openDispute, dispute({ items: [{ itemId: 'oit_2_1', amount: eur(1) }] })],
    ['DISPUTE_NOT_FOUND', resolveDispute, { customerId: 'c1', disputeId: 'dsp_9', outcome: 'upheld', reason: '' }], ['DISPUTE_NOT_OPEN', resolveDispute, { customerId: 'c1', disputeId: 'dsp_1', outcome: 'upheld', reason: '' }],
    ['PROMISE_EXISTS', makePromise, promise({ promiseId: 'ptp_1' })], ['PROMISE_ABOVE_OPEN_AMOUNT', makePromise, promise({ items: [{ itemId: 'oit_1_1', amount: eur(100_01) }] })], ['PROMISED_DATE_IN_PAST', makePromise, promise({ promisedOn: '2026-03-01' })], ['PROMISED_DATE_TOO_FAR', makePromise, promise({ promisedOn: '2027-03-03' })],
    ['PROMISE_NOT_FOUND', withdrawPromise, { customerId: 'c1', promiseId: 'ptp_9', reason: '' }], ['PROMISE_NOT_OPEN', withdrawPromise, { customerId: 'c1', promiseId: 'ptp_1', reason: '' }],
    ['CONTACT_EXISTS', recordContact, contact({ contactId: 'con_1' })], ['FOLLOW_UP_IN_PAST', recordContact, contact({ followUpOn: '2026-03-01' })],
  ],
};
/** What the rim refuses by itself, or a question is answered with. */
const asked: Readonly<Partial<Record<Name, readonly (readonly [reason: string, ask: (api: Api) => Promise<unknown>])[]>>> = {
  invoicing: [['CLOCK_NOT_SIMULATED', async (api) => new TenantGrpc(api).openBusinessDay(OpenBusinessDayRequest.fromPartial({ tenantId: 't', requestId: 'r', actor: 'a', date: '2026-03-03' }))],
    ['XML_INVALID', async (api) => new InvoiceResponseGrpc(api).recordInvoiceResponse(RecordInvoiceResponseRequest.fromPartial({ tenantId: 't', requestId: 'r', actor: 'a', response: { $case: 'xml', value: Buffer.from('<a>') } }))],
    ['INVOICE_NOT_FOUND', async (api) => new BusinessTermsGrpc(api).getEnforceableCharges({ tenantId: 't', minPosition: undefined, invoiceId: 'inv_9' })], ['INVOICE_NOT_ISSUED', async (api) => new BusinessTermsGrpc(api).getEnforceableCharges({ tenantId: 't', minPosition: undefined, invoiceId: 'inv_draft' })],
    ['CREDIT_NOTE_NOT_ISSUED', async (api) => new CreditNoteGrpc(api).getCreditNoteDocument({ tenantId: 't', minPosition: undefined, creditNoteId: 'crn_waiting', format: DocumentFormat.PDF })],
    ['CREDIT_NOTE_NOT_FOUND', async (api) => new CreditNoteGrpc(api).getCreditNote({ tenantId: 't', minPosition: undefined, creditNoteId: 'crn_9' })], ['DEBIT_NOTE_NOT_FOUND', async (api) => new DebitNoteGrpc(api).getDebitNote({ tenantId: 't', minPosition: undefined, debitNoteId: 'dbn_9' })]],
  reminders: [['REMINDER_NOT_FOUND', async (api) => new DunningGrpc(api).explainReminder(ExplainReminderRequest.fromPartial({ tenantId: 't', communicationId: 'com_9' }))]],
  collections: [['CASE_NOT_FOUND', async (api) => new CaseGrpc(api).getCase(GetCaseRequest.fromPartial({ tenantId: 't', customerId: 'c9' }))]],
};
/** Reasons of a README's tables and lists of queries, but what it says happens inside only. */
function catalogue(name: Name): readonly string[] {
  const lines = readFileSync(new URL(`../../services/${name}/README.md`, import.meta.url), 'utf8').split('\n').filter((l) => (l.startsWith('|') || l.startsWith('Queries')) && !l.includes('inside only'));
  return [...new Set(lines.flatMap((l) => l.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? []))].filter((reason) => !reason.startsWith('EINVOICE_')).sort();
}

let postgres: Postgres;
let five: FiveServices;
const told = (call: Promise<unknown>) => call.then(() => 'accepted', (e: unknown) => apiError(e, '').reason);

beforeAll(async () => {
  postgres = await startPostgres();
  five = await startFive({ postgres, partitions: 1, batch: 500 });
  const { ask, readOn } = five;
  await ask('invoicing', registerTenant, tenant);
  await readOn();
  for (const customerId of ['c1', 'c2', 'c3']) await ask('credit', registerCustomer, { ...customer, customerId });
  for (const customerId of ['c1', 'c2']) await ask('credit', setCreditLimit, { customerId, currency: 'EUR', limit: { kind: 'amount', minor: 1_000_00 }, reason: '' });
  await ask('credit', reserveCredit, { ...reservation, reservationId: 'rsv_back' });
  await ask('credit', cancelReservation, { customerId: 'c1', reservationId: 'rsv_back', reason: '' });
  await ask('credit', placeHold, { customerId: 'c2', reason: '' });
  await readOn();
  for (const id of ['1', '2', 'void', 'paid', 'credited', 'mailed']) await ask('invoicing', issueInvoice, { ...document, invoiceId: `inv_${id}`, externalNumber: `ORD-${id}` });
  for (const id of ['twice1', 'twice2']) await ask('invoicing', issueInvoice, { ...document, invoiceId: `inv_${id}`, externalNumber: 'ORD-twice' });
  for (const id of ['most1', 'most2']) await ask('invoicing', issueInvoice, { ...document, invoiceId: `inv_${id}`, customerId: 'c3', lines: [{ ...line, unitPrice: '90071992547409.91' }] });
  await ask('invoicing', voidInvoice, { invoiceId: 'inv_void', voidDate: '', reason: '' });
  await ask('invoicing', createInvoiceDraft, { invoiceId: 'inv_draft', draft: contentOf({ lines: [] }) });
  await ask('invoicing', issueCreditNote as AnyCommand, creditOf('crn_1', [1, 10_00]));
  await ask('invoicing', issueCreditNote as AnyCommand, creditOf('crn_waiting'));
  await ask('invoicing', askLongAgo, late);
  await ask('invoicing', issueDebitNote as AnyCommand, chargeOf());
  for (const [id, more] of Object.entries({ part: {}, other: { customerId: 'c2' }, usd: { currencyCode: 'USD' }, terms: { terms: { due: { netDays: 1 } } }, many: { lines: Array.from({ length: 500 }, () => line) } })) await ask('invoicing', createInvoiceDraft, { invoiceId: `inv_${id}`, draft: contentOf(more) });
  for (const id of ['active', 'paused', 'ended']) await ask('invoicing', createSchedule, schedule(`sch_${id}`));
  await ask('invoicing', pauseSchedule, { scheduleId: 'sch_paused' });
  await ask('invoicing', endSchedule, { scheduleId: 'sch_ended' });
  await ask('invoicing', sendDocument, sending('dlv_1'));
  await ask('invoicing', sendDocument, { ...sending('dlv_mailed'), documentId: 'inv_mailed' });
  await ask('invoicing', leave, { deliveryId: 'dlv_mailed' });
  for (let n = 0; n < 10; n++) await ask('invoicing', attachFile, attaching(`att_${n}`));
  await ask('invoicing', publishBusinessTerms, { businessTerms: terms });
  await ask('invoicing', setContractPrice, agreed);
  await ask('invoicing', recordFulfilment, arrived('dlv_1'));
  await readOn();
  await ask('invoicing', recordAcknowledgement, acknowledging(1));
  await ask('invoicing', recordInvoiceResponse, saying({ responseId: 'imr-1' }));
  await ask('invoicing', rescheduleDueDate, far);
  for (let n = 1; n <= 20; n++) await ask('invoicing', rescheduleDueDate, { ...far, invoiceId: 'inv_2', approvalId: `apr_${n}` });
  await readOn();
  await ask('payments', recordReceipt, receipt);
  await ask('collections', openDispute as AnyCommand, dispute({ disputeId: 'dsp_1' }));
  await ask('collections', resolveDispute, { customerId: 'c1', disputeId: 'dsp_1', outcome: 'withdrawn', reason: '' });
  await ask('collections', openDispute as AnyCommand, dispute({ disputeId: 'dsp_2', items: [{ itemId: 'oit_2_1', amount: null }] }));
  await ask('collections', makePromise as AnyCommand, promise({ promiseId: 'ptp_1' }));
  await ask('collections', withdrawPromise, { customerId: 'c1', promiseId: 'ptp_1', reason: '' });
  await ask('collections', recordContact as AnyCommand, contact({ contactId: 'con_1' }));
  await ask('reminders', pauseDunning, pause({ pauseId: 'pau_1', from: '2026-03-05', to: '2026-03-07' }) as never);
  for (const [debitId, steps] of Object.entries(notices)) await ask('reminders', announce, { debitId, steps });
  for (const [customerId, steps] of Object.entries(messages)) await ask('reminders', tell, { customerId, steps: steps.map((s) => (s.type === 'Request' ? { ...s, customerId } : s)) });
  await readOn();
  await ask('invoicing', createInvoiceDraft, { invoiceId: 'inv_unread', draft: contentOf({ lines: [lineOf({ articleId: 'A' })] }) });
}, 60_000);
afterAll(async () => {
  await five?.stop();
  await postgres?.stop();
});

describe.each(Object.keys(met) as Name[])('%s', (name) => {
  it.each(met[name]!)('says %s', async (reason, command, request, of = 't') => expect(await told(five.runtimes[name].commands.execute(call(command, request, undefined, { tenant: of })))).toBe(reason));
  it('says nothing else that its README names, and its README names all of these', () => expect([...new Set([...met[name]!, ...(asked[name] ?? [])].map(([reason]) => reason))].sort()).toEqual(catalogue(name)));
});

describe('the rim', () => {
  it.each(Object.entries(asked).flatMap(([name, ways]) => ways.map(([reason, ask]) => [name as Name, reason, ask] as const)))('of %s says %s', async (name, reason, ask) =>
    expect(await told(ask(new Api(five.runtimes[name], new Pages('a key of sixteen or more'), false)))).toBe(reason));
});
