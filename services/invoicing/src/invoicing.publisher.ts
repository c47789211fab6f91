// Stored event → contract event. Money is converted by one function of the runtime; a missing line does not compile.
import { PolicyKind as WireKind } from '@ar/contracts/gen/ar/invoicing/v1/policies.js';
import { DocumentType as WireType } from '@ar/contracts/gen/ar/invoicing/v1/tenant.js';
import type { PolicyKind } from '@ar/domain/policies.js';
import type { Publisher } from '@ar/runtime/forms.js';
import { wirePolicies } from '@ar/runtime/policy-contract.js';
import type { InvoiceEvent } from './domain/invoice.js';
import type { DocumentType, TenantDetails, TenantEvent } from './domain/tenant.js';

export const wireTypes: Readonly<Record<DocumentType, WireType>> = { invoice: WireType.INVOICE, 'credit-note': WireType.CREDIT_NOTE, 'debit-note': WireType.DEBIT_NOTE };
export const wireKinds: Readonly<Record<PolicyKind, WireKind>> = {
  calendar: WireKind.CALENDAR, terms: WireKind.TERMS, application: WireKind.APPLICATION, dunning: WireKind.DUNNING, creditHold: WireKind.CREDIT_HOLD, reservation: WireKind.RESERVATION,
  promise: WireKind.PROMISE, collectionCase: WireKind.COLLECTION_CASE, priority: WireKind.PRIORITY, aging: WireKind.AGING, approvals: WireKind.APPROVALS,
};
const details = ({ series, ...rest }: TenantDetails) => ({ ...rest, series: series.map((s) => ({ ...s, documentType: wireTypes[s.documentType] })) });

export const publisher: Publisher<TenantEvent | InvoiceEvent> = {
  TenantRegistered: (e) => ({ tenantId: e.tenantId, baseCurrency: e.baseCurrency, timeZone: e.timeZone, details: details(e.details), policies: wirePolicies(e.policies), firstBusinessDay: e.firstBusinessDay }),
  TenantUpdated: (e) => ({ tenantId: e.tenantId, details: details(e.details) }),
  PolicyPublished: (e) => ({ tenantId: e.tenantId, kind: wireKinds[e.kind], version: e.version, validFrom: e.validFrom, policy: wirePolicies(e.policy) }),
  BusinessDayOpened: (e) => ({ tenantId: e.tenantId, date: e.date }),
  InvoiceIssued: ({ type: _, series: _s, effectiveOn: _e, ...e }) => e,
  InvoiceVoided: ({ type: _, effectiveOn: _e, ...e }) => e,
};
