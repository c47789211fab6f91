// Stored event → contract event. Money is converted by one function of the runtime; a missing line does not compile.
import { AdjustmentKind } from '@ar/contracts/gen/ar/invoicing/v1/invoice.js';
import { CreditReason as WireReason, DebitNoteKind as WireDebitKind } from '@ar/contracts/gen/ar/invoicing/v1/credit_note.js';
import { PolicyKind as WireKind } from '@ar/contracts/gen/ar/invoicing/v1/policies.js';
import { DocumentType as WireType } from '@ar/contracts/gen/ar/invoicing/v1/tenant.js';
import type { PolicyKind } from '@ar/domain/policies.js';
import type { Publisher } from '@ar/runtime/forms.js';
import { priceBasis, taxRounding, wirePolicies } from '@ar/runtime/policy-contract.js';
import { discountMode, discountTax, wireTerms } from '@ar/runtime/terms-contract.js';
import { wireFindings } from './billing-guard.contract.js';
import { wireAcknowledgement, wireBusinessTerms } from './business-terms.contract.js';
import { wireAction, wireClarification, wireCode, wireReason } from './invoice-response.contract.js';
import type { InvoiceResponseEvent } from './domain/invoice-response.js';
import type { AcknowledgementEvent } from './domain/acknowledgements.js';
import { deliveryCause, deliveryChannel, heldBack } from './delivery.contract.js';
import type { AttachmentEvent } from './domain/attachments.js';
import type { DeliveryEvent, DeliveryOf } from './domain/delivery.js';
import type { DeliveryPreferencesEvent } from './domain/delivery-preferences.js';
import type { BusinessTermsEvent } from './domain/business-terms.js';
import type { ContractPriceEvent } from './domain/contract-price.js';
import type { CountedEvent } from './domain/counted-invoices.js';
import type { FulfilmentEvent } from './domain/fulfilment.js';
import type { InvoiceContent, InvoiceEvent } from './domain/invoice.js';
import type { CreditContent, CreditNoteEvent, CreditReason, CreditWish } from './domain/credit-note.js';
import type { DebitNoteEvent, DebitNoteKind } from './domain/debit-note.js';
import type { ScheduleEvent } from './domain/invoice-schedule.js';
import type { DocumentType, TenantDetails, TenantEvent } from './domain/tenant.js';
import type { Adjustment, PricedLine } from './domain/totals.js';
import { reasonOf, wireRecurrence } from './schedule-contract.js';

export const wireTypes: Readonly<Record<DocumentType, WireType>> = { invoice: WireType.INVOICE, 'credit-note': WireType.CREDIT_NOTE, 'debit-note': WireType.DEBIT_NOTE };
export const wireKinds: Readonly<Record<PolicyKind, WireKind>> = {
  calendar: WireKind.CALENDAR, terms: WireKind.TERMS, application: WireKind.APPLICATION, dunning: WireKind.DUNNING, creditHold: WireKind.CREDIT_HOLD, reservation: WireKind.RESERVATION,
  tax: WireKind.TAX, exchange: WireKind.EXCHANGE, billingGuard: WireKind.BILLING_GUARD, returnedPayments: WireKind.RETURNED_PAYMENTS, promise: WireKind.PROMISE, collectionCase: WireKind.COLLECTION_CASE, priority: WireKind.PRIORITY, aging: WireKind.AGING, approvals: WireKind.APPROVALS, chart: WireKind.CHART, directDebit: WireKind.DIRECT_DEBIT,
};
const details = ({ series, logo, ...rest }: TenantDetails) => ({ ...rest, logo: Buffer.from(logo, 'base64'), series: series.map((s) => ({ ...s, documentType: wireTypes[s.documentType] })) });

const kinds = { allowance: AdjustmentKind.ALLOWANCE, charge: AdjustmentKind.CHARGE };
const adjustment = ({ kind, size, ...rest }: Adjustment) => ({ ...rest, kind: kinds[kind], size: 'percent' in size ? { $case: 'percent', value: size.percent } : { $case: 'amount', value: size.amount } });
const withAdjustments = <L extends Pick<PricedLine, 'adjustments'>>(line: L): object => (line.adjustments.length === 0 ? line : { ...line, adjustments: line.adjustments.map(adjustment) });
const content = ({ lines, adjustments, terms, ...rest }: Pick<InvoiceContent, 'adjustments' | 'terms'> & { readonly lines: readonly Pick<PricedLine, 'adjustments'>[] }) =>
  ({ ...rest, lines: lines.map(withAdjustments), adjustments: adjustments.map(adjustment), ...(terms ? { terms: wireTerms(terms) } : {}) });
export const wireReasons: Readonly<Record<CreditReason, WireReason>> = {
  return: WireReason.RETURN, price: WireReason.PRICE, quality: WireReason.QUALITY, quantity: WireReason.QUANTITY, delivery: WireReason.DELIVERY, cancellation: WireReason.CANCELLATION, goodwill: WireReason.GOODWILL, other: WireReason.OTHER,
};
export const wireDebitKinds: Readonly<Record<DebitNoteKind, WireDebitKind>> = { 'late-charge': WireDebitKind.LATE_CHARGE, fee: WireDebitKind.FEE, costs: WireDebitKind.COSTS, other: WireDebitKind.OTHER };

const credited = ({ creditNoteId, reasonCode, reason, cancels, replacementInvoiceId, externalNumber, labels }: Omit<CreditWish, 'for' | 'issueDate'>, { customerId, currencyCode, invoiceId, invoiceNumber, lines, taxTotals, net, tax, total, booking }: CreditContent) => ({
  ...(booking ? { booking } : {}),
  creditNoteId, customerId, currencyCode, reasonCode: wireReasons[reasonCode], reason, invoiceId, invoiceNumber, lines, taxTotals, net, tax, total, cancels, replacementInvoiceId, externalNumber, labels,
});

const deliveryOf = ({ deliveryId, customerId, documentType, documentId, documentNumber }: DeliveryOf) => ({ deliveryId, customerId, documentType: wireTypes[documentType], documentId, documentNumber });

export const publisher: Publisher<TenantEvent | InvoiceEvent | CreditNoteEvent | DebitNoteEvent | ScheduleEvent | BusinessTermsEvent | AcknowledgementEvent | DeliveryEvent | DeliveryPreferencesEvent | AttachmentEvent | ContractPriceEvent | FulfilmentEvent | CountedEvent | InvoiceResponseEvent> = {
  TenantRegistered: (e) => ({ tenantId: e.tenantId, baseCurrency: e.baseCurrency, timeZone: e.timeZone, details: details(e.details), policies: wirePolicies(e.policies), firstBusinessDay: e.firstBusinessDay }),
  TenantUpdated: (e) => ({ tenantId: e.tenantId, details: details(e.details) }),
  PolicyPublished: (e) => ({ tenantId: e.tenantId, kind: wireKinds[e.kind], version: e.version, validFrom: e.validFrom, policy: wirePolicies(e.policy) }),
  BusinessDayOpened: (e) => ({ tenantId: e.tenantId, date: e.date }),
  InvoiceDrafted: ({ type: _, customer, ...e }) => ({ ...e, customerId: e.draft.customerId, draft: content(e.draft), customerNetDays: customer.netDays ?? undefined, customerVersion: customer.version }),
  InvoiceDraftChanged: ({ type: _, ...e }) => ({ ...e, customerId: e.draft.customerId, draft: content(e.draft) }),
  InvoiceDraftDiscarded: ({ type: _, ...e }) => e,
  InvoiceDraftConsolidated: ({ type: _, ...e }) => e,
  InvoiceIssued: (e) => ({
    ...e, lines: e.lines.map(withAdjustments), adjustments: e.adjustments.map(adjustment), terms: e.terms && wireTerms(e.terms), findings: e.findings && wireFindings(e.findings), delivery: e.delivery && { ...e.delivery, channel: deliveryChannel.wire(e.delivery.channel) },
    taxRule: { ...e.taxRule, rounding: taxRounding.wire(e.taxRule.rounding), prices: priceBasis.wire(e.taxRule.prices) }, discount: e.discount && { ...e.discount, tax: discountTax.wire(e.discount.tax), mode: discountMode.wire(e.discount.mode) },
  }),
  BusinessTermsPublished: (e) => ({ tenantId: e.tenantId, businessTerms: wireBusinessTerms(e.businessTerms) }),
  BusinessTermsAcknowledged: (e) => ({ customerId: e.customerId, acknowledgement: wireAcknowledgement(e.acknowledgement) }),
  DueDateRescheduled: ({ type: _, ...e }) => e,
  DueDateChangeProposed: ({ type: _, ...e }) => e,
  DueDateChangeApproved: ({ type: _, ...e }) => e,
  DueDateChangeRefused: ({ type: _, ...e }) => e,
  DueDateChangeExpired: ({ type: _, ...e }) => e,
  InvoiceIssueProposed: ({ type: _, ...e }) => ({ ...e, findings: wireFindings(e.findings) }),
  InvoiceIssueApproved: ({ type: _, ...e }) => e,
  InvoiceIssueRefused: ({ type: _, ...e }) => e,
  InvoiceIssueExpired: ({ type: _, ...e }) => e,
  ContractPriceSet: ({ type: _, ...e }) => e,
  ContractPriceEnded: ({ type: _, ...e }) => e,
  FulfilmentRecorded: ({ type: _, effectiveOn: _e, ...e }) => e,
  FulfilmentCorrected: ({ type: _, ...e }) => e,
  InvoiceCounted: ({ type: _, effectiveOn: _e, ...e }) => e,
  InvoiceResponseReceived: ({ type: _, code, reasons, actions, pii, ...e }) => ({
    ...e, code: wireCode[code], reasons: reasons.map((r) => wireReason[r]), actions: actions.map((a) => wireAction[a]), pii: { ...pii, data: { ...pii.data, clarifications: pii.data.clarifications.map(wireClarification) } },
  }),
  InvoiceVoided: ({ type: _, effectiveOn: _e, ...e }) => e,
  InvoiceCredited: ({ type: _, effectiveOn: _e, ...e }) => e,
  CreditNoteIssued: (e) => ({ ...credited(e, e), number: e.number, issueDate: e.issueDate, sellerVersion: e.sellerVersion ?? 0, customerVersion: e.customerVersion ?? 0 }),
  CreditNoteProposed: (e) => ({ ...credited(e.command.wish, e.command.content), band: e.band, proposedBy: e.by, lastDay: e.lastDay }),
  CreditNoteApproved: (e) => ({ creditNoteId: e.creditNoteId, customerId: e.customerId, approvedBy: e.by }),
  CreditNoteRefused: (e) => ({ creditNoteId: e.creditNoteId, customerId: e.customerId, refusedBy: e.by, reason: e.reason }),
  CreditNoteExpired: (e) => ({ creditNoteId: e.creditNoteId, customerId: e.customerId }),
  DebitNoteIssued: ({ type: _, series: _s, effectiveOn: _e, kind, ...e }) => ({ ...e, kind: wireDebitKinds[kind] }),
  InvoiceScheduleCreated: ({ type: _, ...e }) => ({ ...e, template: content(e.template), recurrence: wireRecurrence(e.recurrence) }),
  InvoiceScheduleUpdated: ({ type: _, ...e }) => ({ ...e, template: content(e.template) }),
  InvoiceSchedulePaused: ({ type: _, ...e }) => e,
  InvoiceScheduleResumed: ({ type: _, ...e }) => e,
  InvoiceScheduleEnded: ({ type: _, ...e }) => e,
  ScheduledInvoiceIssued: ({ type: _, ...e }) => e,
  ScheduledInvoiceFailed: ({ type: _, ...e }) => ({ ...e, reason: reasonOf(e.reason) }),
  DeliveryPreferencesSet: ({ type: _, channel, ...e }) => ({ ...e, channel: deliveryChannel.wire(channel) }),
  DeliveryRequested: (e) => ({ ...deliveryOf(e), cause: deliveryCause.wire(e.requestedBy), attachXml: e.attachXml, pii: e.pii, requestedOn: e.requestedOn }),
  DeliveryAttempted: (e) => ({ ...deliveryOf(e), attempt: e.attempt, sender: e.sender, files: e.files, pii: e.pii }),
  DeliverySent: (e) => ({ ...deliveryOf(e), attempt: e.attempt, detail: e.detail }),
  DeliveryFailed: (e) => ({ ...deliveryOf(e), attempt: e.attempt, detail: e.detail, again: e.again }),
  DeliveryUnknown: (e) => ({ ...deliveryOf(e), attempt: e.attempt, detail: e.detail }),
  DeliverySuppressed: (e) => ({ ...deliveryOf(e), attempt: e.attempt, detail: e.detail, reason: heldBack.wire(e.reason) }),
  DeliveryConfirmed: (e) => ({ ...deliveryOf(e), detail: e.detail }),
  DeliveryBounced: (e) => ({ ...deliveryOf(e), code: e.code, detail: e.detail }),
  FileAttached: ({ customerId, pii, type: _, ...attachment }) => ({ customerId, attachment, pii: { keyId: pii.keyId, data: { content: Buffer.from(pii.data.content, 'base64') } } }),
  AttachmentRemoved: ({ type: _, ...e }) => e,
};
