// Which rules of application hold for a customer: its own set, else that of its segment, else the tenant's; all of one version of the policy, which each decision names.
import type { ApplicationOptions, Policies } from '@ar/domain/policies.js';
import { thresholdMinor } from '@ar/domain/money.js';
import type { Rules } from './cash-application.js';
import { type Allowed, NOTHING_ALLOWED } from './closing.js';
import type { Discounting } from './item-discount.js';
import { hundredthsOf } from './write-off.js';

export interface RulesInForce extends Rules { readonly discounting: Discounting }

/** `segment` empty: the customer has none. */
export function rulesFor(policy: Policies['application'], customer: string, segment: string, currency: string): RulesInForce {
  const sets = policy.ruleSets ?? [];
  const set = sets.find((s) => s.customerId === customer) ?? sets.find((s) => s.customerId === '' && s.segment !== '' && s.segment === segment);
  const { rules, partialOnOldest, disputedOnlyByReference, discountOnFullPayment, options } = set ?? policy;
  return {
    rules, partialOnOldest, disputedOnlyByReference, discountOnFullPayment, allowed: allowedIn(options, currency), withoutLateCharges: options?.withoutLateCharges === true,
    order: { by: options?.order ?? 'due-date', priorities: options?.priorities ?? [] }, discounting: { takes: options?.discounts ?? 'earned-and-unearned', graceDays: options?.discountGraceDays ?? 0 },
  };
}

function allowedIn(options: ApplicationOptions | undefined, currency: string): Allowed {
  if (!options) return NOTHING_ALLOWED;
  const of = options.tolerances.find((t) => t.currencyCode === currency);
  return {
    ...(options.bookOverpayments ? { booksSurplus: true } : {}), limitMinor: of ? thresholdMinor(of.limit, currency) : 0, hundredths: of && of.percent !== '' ? hundredthsOf(of.percent) : null,
    bankChargesMinor: options.bankCharges.filter((c) => c.currencyCode === currency).map((c) => thresholdMinor(c.amount, currency)),
  };
}
