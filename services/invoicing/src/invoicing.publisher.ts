// Stored event → contract event. Money is converted by one function of the runtime; a missing line does not compile.
import { CreditReason as WireReason, DebitNoteKind as WireDebitKind } from '@ar/contracts/gen/ar/invoicing/v1/credit_note.js';
import { PolicyKind as WireKind } from '@ar/contracts/gen/ar/invoicing/v1/policies.js';
import { DocumentType as WireType } from '@ar/contracts/gen/ar/invoicing/v1/tenant.js';
import type { PolicyKind } from '@ar/domain/policies.js';
import type { Publisher } from '@ar/runtime/forms.js';
import { wirePolicies } from '@ar/runtime/policy-contract.js';
import type { CreditContent, CreditNoteEvent, CreditReason, CreditWish } from './domain/credit-note.js';
import type { DebitNoteEvent, DebitNoteKind } from './domain/debit-note.js';
import type { InvoiceEvent } from './domain/invoice.js';
import type { DocumentType, TenantDetails, TenantEvent } from './domain/tenant.js';

export const wireTypes: Readonly<Record<DocumentType, WireType>> = { invoice: WireType.INVOICE, 'credit-note': WireType.CREDIT_NOTE, 'debit-note': WireType.DEBIT_NOTE };
export const wireKinds: Readonly<Record<PolicyKind, WireKind>> = {
  calendar: WireKind.CALENDAR, terms: WireKind.TERMS, application: WireKind.APPLICATION, dunning: WireKind.DUNNING, creditHold: WireKind.CREDIT_HOLD, reservation: WireKind.RESERVATION,
  promise: WireKind.PROMISE, collectionCase: WireKind.COLLECTION_CASE, priority: WireKind.PRIORITY, aging: WireKind.AGING, approvals: WireKind.APPROVALS,
};
export const wireReasons: Readonly<Record<CreditReason, WireReason>> = {
  return: WireReason.RETURN, price: WireReason.PRICE, quality: WireReason.QUALITY, quantity: WireReason.QUANTITY, delivery: WireReason.DELIVERY, cancellation: WireReason.CANCELLATION, goodwill: WireReason.GOODWILL, other: WireReason.OTHER,
};
export const wireDebitKinds: Readonly<Record<DebitNoteKind, WireDebitKind>> = { 'late-charge': WireDebitKind.LATE_CHARGE, fee: WireDebitKind.FEE, costs: WireDebitKind.COSTS, other: WireDebitKind.OTHER };
const details = ({ series, ...rest }: TenantDetails) => ({ ...rest, series: series.map((s) => ({ ...s, documentType: wireTypes[s.documentType] })) });

const credited = ({ creditNoteId, reasonCode, reason, cancels, replacementInvoiceId, externalNumber, labels }: Omit<CreditWish, 'for' | 'issueDate'>, { customerId, currencyCode, invoiceId, invoiceNumber, lines, taxTotals, net, tax, total }: CreditContent) => ({
  creditNoteId, customerId, currencyCode, reasonCode: wireReasons[reasonCode], reason, invoiceId, invoiceNumber, lines, taxTotals, net, tax, total, cancels, replacementInvoiceId, externalNumber, labels,
});

export const publisher: Publisher<TenantEvent | InvoiceEvent | CreditNoteEvent | DebitNoteEvent> = {
  TenantRegistered: (e) => ({ tenantId: e.tenantId, baseCurrency: e.baseCurrency, timeZone: e.timeZone, details: details(e.details), policies: wirePolicies(e.policies), firstBusinessDay: e.firstBusinessDay }),
  TenantUpdated: (e) => ({ tenantId: e.tenantId, details: details(e.details) }),
  PolicyPublished: (e) => ({ tenantId: e.tenantId, kind: wireKinds[e.kind], version: e.version, validFrom: e.validFrom, policy: wirePolicies(e.policy) }),
  BusinessDayOpened: (e) => ({ tenantId: e.tenantId, date: e.date }),
  InvoiceIssued: ({ type: _, series: _s, effectiveOn: _e, ...e }) => e,
  InvoiceVoided: ({ type: _, effectiveOn: _e, ...e }) => e,
  InvoiceCredited: ({ type: _, effectiveOn: _e, ...e }) => e,
  CreditNoteIssued: (e) => ({ ...credited(e, e), number: e.number, issueDate: e.issueDate }),
  CreditNoteProposed: (e) => ({ ...credited(e.command.wish, e.command.content), band: e.band, proposedBy: e.by, lastDay: e.lastDay }),
  CreditNoteApproved: (e) => ({ creditNoteId: e.creditNoteId, customerId: e.customerId, approvedBy: e.by }),
  CreditNoteRefused: (e) => ({ creditNoteId: e.creditNoteId, customerId: e.customerId, refusedBy: e.by, reason: e.reason }),
  CreditNoteExpired: (e) => ({ creditNoteId: e.creditNoteId, customerId: e.customerId }),
  DebitNoteIssued: ({ type: _, series: _s, effectiveOn: _e, kind, ...e }) => ({ ...e, kind: wireDebitKinds[kind] }),
};
