// Stored event → contract event. Money, dates and names are converted by one function of the runtime; a missing line does not compile.
import { ContactChannel, ContactResult as WireResult, DisputeOutcome as WireOutcome, DisputeReason as WireReason, PriorityRule as WireRule } from '@ar/contracts/gen/ar/collections/v1/collection.js';
import type { Publisher } from '@ar/runtime/forms.js';
import type { CaseEvent, ContactResult } from './domain/collection-case.js';
import type { DisputeOutcome, DisputeReason } from './domain/dispute.js';
import type { PriorityRule } from './domain/priority.js';
import type { Channel } from './domain/promise-to-pay.js';

export const wireChannels: Readonly<Record<Channel, ContactChannel>> = { phone: ContactChannel.PHONE, email: ContactChannel.EMAIL, letter: ContactChannel.LETTER, visit: ContactChannel.VISIT };
export const wireResults: Readonly<Record<ContactResult, WireResult>> = {
  reached: WireResult.REACHED, 'not-reached': WireResult.NOT_REACHED, 'message-left': WireResult.MESSAGE_LEFT, 'wrong-address': WireResult.WRONG_ADDRESS, refused: WireResult.REFUSED,
};
export const wireOutcomes: Readonly<Record<DisputeOutcome, WireOutcome>> = { upheld: WireOutcome.UPHELD, withdrawn: WireOutcome.WITHDRAWN };
export const wireReasons: Readonly<Record<DisputeReason, WireReason>> = {
  price: WireReason.PRICE, quantity: WireReason.QUANTITY, quality: WireReason.QUALITY, delivery: WireReason.DELIVERY, duplicate: WireReason.DUPLICATE, tax: WireReason.TAX,
  'payment-terms': WireReason.PAYMENT_TERMS, reference: WireReason.REFERENCE, 'credit-due': WireReason.CREDIT_DUE, other: WireReason.OTHER,
};
export const wireRules: Readonly<Record<PriorityRule, WireRule>> = {
  amount: WireRule.AMOUNT, days: WireRule.DAYS, 'broken-promises': WireRule.BROKEN_PROMISES, 'on-hold': WireRule.ON_HOLD, 'without-contact': WireRule.WITHOUT_CONTACT, disputed: WireRule.DISPUTED,
};

export const publisher: Publisher<CaseEvent> = {
  CollectionCaseOpened: (e) => ({ caseId: e.caseId, customerId: e.customerId, pastDue: e.pastDue, oldestDueDate: e.oldestDueOn, policyVersion: e.policyVersion }),
  CollectionCaseClosed: (e) => ({ caseId: e.caseId, customerId: e.customerId }),
  ContactRecorded: (e) => ({
    contactId: e.contactId, customerId: e.customerId, channel: wireChannels[e.channel], result: wireResults[e.result], followUpOn: e.followUpOn, promiseId: e.promiseId, disputeId: e.disputeId, pii: e.pii,
  }),
  PromiseMade: (e) => ({
    promiseId: e.promiseId, customerId: e.customerId, items: e.items, amount: e.amount, promisedDate: e.promisedOn, level: e.level, channel: wireChannels[e.channel], judgedAfter: e.judgedAfter,
    policyVersion: e.policyVersion, pii: e.pii,
  }),
  PromiseKept: (e) => ({ promiseId: e.promiseId, customerId: e.customerId, items: e.items, promised: e.promised, received: e.received, policyVersion: e.policyVersion }),
  PromisePartlyKept: (e) => ({ promiseId: e.promiseId, customerId: e.customerId, items: e.items, promised: e.promised, received: e.received, policyVersion: e.policyVersion }),
  PromiseBroken: (e) => ({ promiseId: e.promiseId, customerId: e.customerId, items: e.items, promised: e.promised, policyVersion: e.policyVersion }),
  PromiseWithdrawn: (e) => ({ promiseId: e.promiseId, customerId: e.customerId, items: e.items, reason: e.reason }),
  PromiseSuperseded: (e) => ({ promiseId: e.promiseId, customerId: e.customerId, items: e.items, supersededBy: e.supersededBy }),
  DisputeOpened: (e) => ({ disputeId: e.disputeId, customerId: e.customerId, items: e.items, amount: e.amount, reasonCode: wireReasons[e.reasonCode], pii: e.pii }),
  DisputeResolved: (e) => ({ disputeId: e.disputeId, customerId: e.customerId, items: e.items, outcome: wireOutcomes[e.outcome], reason: e.reason }),
  DisputeClosed: (e) => ({ disputeId: e.disputeId, customerId: e.customerId, items: e.items }),
};
