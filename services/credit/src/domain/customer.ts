// Who we sell to.
//
// - A customer is taken on once, under the id of the calling system.
// - What is known about it is always given whole: an update replaces everything.
// - What is, or may be, about a person is kept apart, in `pii`; until keys are introduced it is clear.
import type { Aggregate } from '@ar/domain/aggregate.js';
import { refuse } from '@ar/domain/decider.js';

export interface Personal {
  readonly name: string;
  readonly address: { readonly lines: readonly string[]; readonly postalCode: string; readonly city: string; readonly region: string; readonly countryCode: string } | null;
  readonly invoiceEmail: string;
  readonly reminderEmail: string;
  readonly taxId: string;
}

export interface Profile {
  readonly language: string;
  readonly currencyCode: string;
  /** null: the tenant's terms. */
  readonly netDays: number | null;
  readonly electronicAddress: string;
  readonly buyerReference: string;
  readonly segment: string;
  readonly industry: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface Whole { readonly customerId: string; readonly profile: Profile; readonly pii: { readonly keyId: string; readonly data: Personal } }

export type CustomerEvent =
  | ({ type: 'CustomerRegistered' } & Whole)
  | ({ type: 'CustomerUpdated' } & Whole);

export type CustomerCommand =
  | { type: 'Register' | 'Update'; customerId: string; profile: Profile; personal: Personal }
  | { type: 'Require'; customerId: string };

export type CustomerRefusal = 'customer-exists' | 'customer-not-found';

export interface CustomerState { readonly registered: boolean }

export const customer: Aggregate<CustomerState, CustomerCommand, CustomerEvent, CustomerRefusal> = {
  type: 'customer',
  customer: (id) => id,
  initial: { registered: false },

  decide(command, { registered }) {
    const { customerId } = command;
    switch (command.type) {
      case 'Register':
        if (registered) return refuse('customer-exists', { customerId });
        return [{ type: 'CustomerRegistered', customerId, profile: command.profile, pii: { keyId: '', data: command.personal } }];
      case 'Update':
        if (!registered) return refuse('customer-not-found', { customerId });
        return [{ type: 'CustomerUpdated', customerId, profile: command.profile, pii: { keyId: '', data: command.personal } }];
      case 'Require': return registered ? [] : refuse('customer-not-found', { customerId });
    }
  },

  evolve(_state, event) {
    switch (event.type) {
      case 'CustomerRegistered':
      case 'CustomerUpdated': return { registered: true };
    }
  },
};
