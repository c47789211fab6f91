// Policies on the wire and in the domain: the same fields, but for words that are enum values there, and the terms that have a name.
import { PriceBasis, TaxRounding } from '@ar/contracts/gen/ar/invoicing/v1/invoice.js';
import { GuardAction as WireAction } from '@ar/contracts/gen/ar/invoicing/v1/guard.js';
import { ApplicationDiscounts as WireDiscounts, type ApplicationOptions as WireOptions, ApplicationRule as WireRule, DebtOrder as WireOrder, DebtPart as WirePart, DueDateMoves as WireMoves, type ApplicationPolicy as WireApplication, type Policies as WirePolicies } from '@ar/contracts/gen/ar/invoicing/v1/policies.js';
import type { Contract } from '@ar/contracts/registry.js';
import type { ApplicationOptions, ApplicationRule, DebtPart, GuardAction, Policies, PolicyKind } from '@ar/domain/policies.js';
import type { DueDateMoves, Terms } from '@ar/domain/terms.js';
import { termsOf, wireTerms, words } from './terms-contract.js';

const rules = words<ApplicationRule, WireRule>({
  reference: WireRule.REFERENCE, exact: WireRule.EXACT, 'clear-account': WireRule.CLEAR_ACCOUNT, 'clear-past-due': WireRule.CLEAR_PAST_DUE, 'clear-past-due-by-terms': WireRule.CLEAR_PAST_DUE_BY_TERMS,
  combination: WireRule.COMBINATION, 'oldest-first': WireRule.OLDEST_FIRST,
});
/** A rule of a later contract is not another rule. */
const ruleOf = (wire: WireRule): ApplicationRule => {
  const rule = rules.word(wire);
  if (rules.wire(rule) !== wire) throw new Error(`not an application rule: ${wire}`);
  return rule;
};
const discounts = words<ApplicationOptions['discounts'], WireDiscounts>({ 'earned-and-unearned': WireDiscounts.EARNED_AND_UNEARNED, earned: WireDiscounts.EARNED, none: WireDiscounts.NONE });
const orders = words<ApplicationOptions['order'], WireOrder>({ 'due-date': WireOrder.DUE_DATE, priority: WireOrder.PRIORITY, law: WireOrder.LAW });
const parts = words<DebtPart, WirePart>({ costs: WirePart.COSTS, fee: WirePart.FEE, 'late-charge': WirePart.LATE_CHARGE, principal: WirePart.PRINCIPAL });
const moves = words<DueDateMoves, WireMoves>({ none: WireMoves.NONE, following: WireMoves.FOLLOWING, preceding: WireMoves.PRECEDING, 'modified-following': WireMoves.MODIFIED_FOLLOWING });
export const taxRounding = words<'document' | 'line', TaxRounding>({ document: TaxRounding.DOCUMENT, line: TaxRounding.LINE });
export const priceBasis = words<'net' | 'gross', PriceBasis>({ net: PriceBasis.NET, gross: PriceBasis.GROSS });

export const guardAction = words<GuardAction, WireAction>({ off: WireAction.OFF, warn: WireAction.WARN, block: WireAction.BLOCK, approve: WireAction.APPROVE });

const optionsOf = ({ options }: { readonly options?: WireOptions | undefined }): { readonly options?: ApplicationOptions } => (options ? { options: {
  ...options, discounts: discounts.word(options.discounts || WireDiscounts.EARNED_AND_UNEARNED), order: orders.word(options.order || WireOrder.DUE_DATE), priorities: options.priorities.map((p) => parts.word(p)),
} } : {});
const wireOptions = ({ options }: { readonly options?: ApplicationOptions | undefined }): object => (options ? { options: { ...options, discounts: discounts.wire(options.discounts), order: orders.wire(options.order), priorities: options.priorities.map((p) => parts.wire(p)) } } : {});

const applicationOf = (policy: WireApplication): Policies['application'] => ({ ...policy, rules: policy.rules.map(ruleOf), ...optionsOf(policy), ruleSets: policy.ruleSets.map((set) => ({ ...set, rules: set.rules.map(ruleOf), ...optionsOf(set) })) } as Policies['application']);

/** The kinds that are set, as the domain reads them. */
export function policiesOf(wire: WirePolicies | undefined): Partial<Policies> {
  const { application, terms, tax, billingGuard: guard, ...rest } = wire ?? {};
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([, policy]) => policy !== undefined)) as Partial<Policies>,
    ...(application ? { application: applicationOf(application) } : {}),
    ...(terms ? { terms: { ...terms, dueDateMoves: moves.word(terms.dueDateMoves), named: terms.named.map((n) => ({ termsId: n.termsId, ...termsOf(n.terms!) as Terms })) } } : {}),
    ...(tax ? { tax: { ...tax, rounding: taxRounding.word(tax.rounding), prices: priceBasis.word(tax.prices) } } : {}),
    ...(guard ? { billingGuard: { ...guard, prices: guardAction.word(guard.prices), fulfilments: guardAction.word(guard.fulfilments), duplicates: guardAction.word(guard.duplicates) } } : {}),
  };
}

/** The kinds that are given, as the contract shows them. */
export function wirePolicies({ application, terms, tax, billingGuard: guard, ...rest }: Partial<Policies>): object {
  return {
    ...rest,
    ...(application ? { application: { ...application, rules: application.rules.map((r) => rules.wire(r)), ...wireOptions(application), ruleSets: (application.ruleSets ?? []).map((set) => ({ ...set, rules: set.rules.map((r) => rules.wire(r)), ...wireOptions(set) })) } } : {}),
    ...(terms ? { terms: { ...terms, dueDateMoves: moves.wire(terms.dueDateMoves), named: terms.named.map(({ termsId, ...n }) => ({ termsId, terms: wireTerms(n) })) } } : {}),
    ...(tax ? { tax: { ...tax, rounding: taxRounding.wire(tax.rounding), prices: priceBasis.wire(tax.prices) } } : {}),
    ...(guard ? { billingGuard: { ...guard, prices: guardAction.wire(guard.prices), fulfilments: guardAction.wire(guard.fulfilments), duplicates: guardAction.wire(guard.duplicates) } } : {}),
  };
}

/** A published policy: its kind is the one that is set. */
export function policyOf(event: Contract['ar.invoicing.policy_published.v1']): { readonly kind: PolicyKind; readonly policy: object; readonly version: number; readonly validFrom: string } {
  const [entry] = Object.entries(policiesOf(event.policy));
  if (!entry) throw new Error('a policy was published without its content');
  return { kind: entry[0] as PolicyKind, policy: entry[1], version: event.version, validFrom: event.validFrom };
}
