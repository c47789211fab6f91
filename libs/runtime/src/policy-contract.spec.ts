import { expect, it } from '@jest/globals';
import { Policies as WirePolicies } from '@ar/contracts/gen/ar/invoicing/v1/policies.js';
import { type ApplicationOptions, defaultPolicies, type Policies } from '@ar/domain/policies.js';
import { policiesOf, wirePolicies } from './policy-contract.js';

const there = (application: Partial<Policies['application']>) => policiesOf(WirePolicies.fromPartial(wirePolicies({ application: { ...defaultPolicies.application, ...application } }) as never)).application!;
const options: ApplicationOptions = {
  discounts: 'none', discountGraceDays: 3, withoutLateCharges: true, order: 'priority', priorities: ['late-charge', 'costs', 'fee', 'principal'], tolerances: [{ currencyCode: 'EUR', limit: '1.00', percent: '2' }], bankCharges: [{ currencyCode: 'EUR', amount: '7.50' }], bookOverpayments: true,
};

it('carries rules of application, their options and their sets as they are', () => {
  const rules = ['combination', 'clear-past-due-by-terms', 'clear-past-due', 'clear-account', 'exact', 'reference', 'oldest-first'] as const;
  const ruleSets = [{ customerId: 'c1', segment: '', rules, partialOnOldest: true, disputedOnlyByReference: false, discountOnFullPayment: true, options: { ...options, order: 'law', discounts: 'earned' } }, { customerId: '', segment: 's', rules: [], partialOnOldest: false, disputedOnlyByReference: false, discountOnFullPayment: false }] as const;
  expect(there({ rules, options, ruleSets, matching: { applyFrom: 900, recommendFrom: 500 } })).toMatchObject({ rules, options, ruleSets, matching: { applyFrom: 900, recommendFrom: 500 } });
});
it('has no options where a policy has none', () => expect(there({})).toEqual({ ...defaultPolicies.application, ruleSets: [], options: undefined, matching: undefined, remittanceDays: undefined, methods: [] }));
it('does not take a rule of a later contract for another one', () => expect(() => policiesOf(WirePolicies.fromPartial({ application: { rules: ['APPLICATION_RULE_LATER' as never] } }))).toThrow('not an application rule'));
