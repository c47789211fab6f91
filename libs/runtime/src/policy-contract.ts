// Policies on the wire and in the domain: the same fields, but for the names of the application rules.
import { ApplicationRule as WireRule, type Policies as WirePolicies } from '@ar/contracts/gen/ar/invoicing/v1/policies.js';
import type { Contract } from '@ar/contracts/registry.js';
import type { ApplicationRule, Policies, PolicyKind } from '@ar/domain/policies.js';

const rules: Readonly<Record<ApplicationRule, WireRule>> = { reference: WireRule.REFERENCE, exact: WireRule.EXACT, 'oldest-first': WireRule.OLDEST_FIRST };
const ruleOf = (wire: WireRule): ApplicationRule => {
  const found = (Object.keys(rules) as ApplicationRule[]).find((rule) => rules[rule] === wire);
  if (!found) throw new Error(`not an application rule: ${wire}`);
  return found;
};

/** The kinds that are set, as the domain reads them. */
export function policiesOf(wire: WirePolicies | undefined): Partial<Policies> {
  const { application, ...rest } = wire ?? {};
  const set = Object.fromEntries(Object.entries(rest).filter(([, policy]) => policy !== undefined)) as Partial<Policies>;
  return application ? { ...set, application: { ...application, rules: application.rules.map(ruleOf) } } : set;
}

/** The kinds that are given, as the contract shows them. */
export function wirePolicies({ application, ...rest }: Partial<Policies>): object {
  return application ? { ...rest, application: { ...application, rules: application.rules.map((rule) => rules[rule]) } } : rest;
}

/** A published policy: its kind is the one that is set. */
export function policyOf(event: Contract['ar.invoicing.policy_published.v1']): { readonly kind: PolicyKind; readonly policy: object; readonly version: number; readonly validFrom: string } {
  const [entry] = Object.entries(policiesOf(event.policy));
  if (!entry) throw new Error('a policy was published without its content');
  return { kind: entry[0] as PolicyKind, policy: entry[1], version: event.version, validFrom: event.validFrom };
}
