// Stored event → contract event. Money, dates and names are converted by one function of the runtime; a missing line does not compile.
import { CreditLimitKind, CreditRule, HoldReason as WireReason } from '@ar/contracts/gen/ar/credit/v1/credit.js';
import type { Publisher } from '@ar/runtime/forms.js';
import type { CreditAccountEvent } from './domain/credit-account.js';
import type { HoldReason, Limit, Rule, RuleResult } from './domain/credit-check.js';
import type { CustomerEvent, Profile } from './domain/customer.js';

export const wireKinds: Readonly<Record<Limit['kind'], CreditLimitKind>> = { amount: CreditLimitKind.AMOUNT, unlimited: CreditLimitKind.UNLIMITED, none: CreditLimitKind.NONE };
export const wireReasons: Readonly<Record<HoldReason, WireReason>> = { manual: WireReason.MANUAL, 'over-limit': WireReason.OVER_LIMIT, 'past-due': WireReason.PAST_DUE };
export const wireRules: Readonly<Record<Rule, CreditRule>> = {
  'manual-hold': CreditRule.MANUAL_HOLD, 'limit-set': CreditRule.LIMIT_SET, limit: CreditRule.LIMIT, 'past-due': CreditRule.PAST_DUE, hold: CreditRule.HOLD,
};

/** A limit as the contract shows it; one that was never set has no kind. */
export const wireLimit = (currency: string, limit: Limit | null | undefined) =>
  ({ currencyCode: currency, kind: limit ? wireKinds[limit.kind] : CreditLimitKind.UNSPECIFIED, ...(limit?.kind === 'amount' ? { amount: { minor: limit.minor, currency } } : {}) });
export const wireTrace = (trace: readonly RuleResult[]) => trace.map(({ rule, ...rest }) => ({ ...rest, rule: wireRules[rule] }));
const reasonsOf = (reasons: readonly HoldReason[]) => reasons.map((r) => wireReasons[r]);
const profileOf = ({ netDays, ...profile }: Profile) => ({ ...profile, ...(netDays === null ? {} : { netDays }) });
const piiOf = ({ keyId, data: { address, ...data } }: CustomerEvent['pii']) => ({ keyId, data: { ...data, ...(address ? { address } : {}) } });

export const publisher: Publisher<CustomerEvent | CreditAccountEvent> = {
  CustomerRegistered: (e) => ({ customerId: e.customerId, profile: profileOf(e.profile), pii: piiOf(e.pii) }),
  CustomerUpdated: (e) => ({ customerId: e.customerId, profile: profileOf(e.profile), pii: piiOf(e.pii) }),
  CreditLimitSet: (e) => ({ customerId: e.customerId, limit: wireLimit(e.currency, e.limit), previous: wireLimit(e.currency, e.previous), reason: e.reason }),
  CreditReserved: (e) => ({ reservationId: e.reservationId, customerId: e.customerId, amount: e.amount, expiresOn: e.expiresOn, orderNumber: e.orderNumber, policyVersion: e.policyVersion, trace: wireTrace(e.trace) }),
  ReservationCancelled: (e) => ({ reservationId: e.reservationId, customerId: e.customerId, amount: e.amount, reason: e.reason }),
  ReservationConverted: (e) => ({ reservationId: e.reservationId, customerId: e.customerId, amount: e.amount, invoiceId: e.invoiceId }),
  ReservationExpired: (e) => ({ reservationId: e.reservationId, customerId: e.customerId, amount: e.amount, expiredOn: e.expiredOn }),
  CreditHoldPlaced: (e) => ({ customerId: e.customerId, reasons: reasonsOf(e.reasons), manual: e.manual, trace: wireTrace(e.trace), reason: e.reason, policyVersion: e.policyVersion }),
  CreditHoldReleased: (e) => ({ customerId: e.customerId, reasons: reasonsOf(e.reasons), manual: e.manual, reason: e.reason, quietUntil: e.quietUntil, policyVersion: e.policyVersion }),
};
