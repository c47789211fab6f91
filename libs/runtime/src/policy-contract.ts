// Policies on the wire and in the domain: the same fields, but for words that are enum values there, and the terms that have a name.
import { PriceBasis, TaxRounding } from '@ar/contracts/gen/ar/invoicing/v1/invoice.js';
import { GuardAction as WireAction } from '@ar/contracts/gen/ar/invoicing/v1/guard.js';
import { ApplicationRule as WireRule, DueDateMoves as WireMoves, type Policies as WirePolicies } from '@ar/contracts/gen/ar/invoicing/v1/policies.js';
import type { Contract } from '@ar/contracts/registry.js';
import type { ApplicationRule, GuardAction, Policies, PolicyKind } from '@ar/domain/policies.js';
import type { DueDateMoves, Terms } from '@ar/domain/terms.js';
import { termsOf, wireTerms, words } from './terms-contract.js';

const rules: Readonly<Record<ApplicationRule, WireRule>> = { reference: WireRule.REFERENCE, exact: WireRule.EXACT, 'oldest-first': WireRule.OLDEST_FIRST };
const ruleOf = (wire: WireRule): ApplicationRule => {
  const found = (Object.keys(rules) as ApplicationRule[]).find((rule) => rules[rule] === wire);
  if (!found) throw new Error(`not an application rule: ${wire}`);
  return found;
};
const moves = words<DueDateMoves, WireMoves>({ none: WireMoves.NONE, following: WireMoves.FOLLOWING, preceding: WireMoves.PRECEDING, 'modified-following': WireMoves.MODIFIED_FOLLOWING });
export const taxRounding = words<'document' | 'line', TaxRounding>({ document: TaxRounding.DOCUMENT, line: TaxRounding.LINE });
export const priceBasis = words<'net' | 'gross', PriceBasis>({ net: PriceBasis.NET, gross: PriceBasis.GROSS });

export const guardAction = words<GuardAction, WireAction>({ off: WireAction.OFF, warn: WireAction.WARN, block: WireAction.BLOCK, approve: WireAction.APPROVE });

/** The kinds that are set, as the domain reads them. */
export function policiesOf(wire: WirePolicies | undefined): Partial<Policies> {
  const { application, terms, tax, billingGuard: guard, ...rest } = wire ?? {};
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([, policy]) => policy !== undefined)) as Partial<Policies>,
    ...(application ? { application: { ...application, rules: application.rules.map(ruleOf) } } : {}),
    ...(terms ? { terms: { ...terms, dueDateMoves: moves.word(terms.dueDateMoves), named: terms.named.map((n) => ({ termsId: n.termsId, ...termsOf(n.terms!) as Terms })) } } : {}),
    ...(tax ? { tax: { ...tax, rounding: taxRounding.word(tax.rounding), prices: priceBasis.word(tax.prices) } } : {}),
    ...(guard ? { billingGuard: { ...guard, prices: guardAction.word(guard.prices), fulfilments: guardAction.word(guard.fulfilments), duplicates: guardAction.word(guard.duplicates) } } : {}),
  };
}

/** The kinds that are given, as the contract shows them. */
export function wirePolicies({ application, terms, tax, billingGuard: guard, ...rest }: Partial<Policies>): object {
  return {
    ...rest,
    ...(application ? { application: { ...application, rules: application.rules.map((rule) => rules[rule]) } } : {}),
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
