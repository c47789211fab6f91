// A price that a customer has agreed for an article: one stream each (INV-12).
//
// - It is kept once, for one currency and one unit, from a day on; it is not changed, but may be given an earlier last day. Another price is another contract price.
// - What was issued before is not touched by either.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';

/** `unitPrice` and `tolerancePercent` are decimal text; `validUntil` is included, '' for no end. `inArrears`: the period of a line has to be over when it is billed. */
export interface ContractPrice {
  readonly contractPriceId: string; readonly customerId: string; readonly articleId: string; readonly currencyCode: string; readonly unitPrice: string; readonly unitCode: string; readonly tolerancePercent: string;
  readonly validFrom: Day; readonly validUntil: Day | ''; readonly inArrears: boolean;
}
export type ContractPriceEvent =
  | { type: 'ContractPriceSet'; contractPrice: ContractPrice; customerId: string }
  | { type: 'ContractPriceEnded'; contractPriceId: string; customerId: string; validUntil: Day };
export type ContractPriceCommand =
  | { type: 'SetContractPrice'; contractPrice: ContractPrice; customerKnown: boolean }
  | { type: 'EndContractPrice'; contractPriceId: string; validUntil: Day };
export type ContractPriceRefusal = 'customer-not-found' | 'contract-price-exists' | 'contract-price-not-found' | 'contract-price-ended';

export type ContractPriceState = { readonly status: 'none' } | { readonly status: 'agreed'; readonly customerId: string; readonly validUntil: Day | '' };

export const contractPrice: Aggregate<ContractPriceState, ContractPriceCommand, ContractPriceEvent, ContractPriceRefusal> = {
  type: 'contract-price',
  initial: { status: 'none' },
  customer: (_id, state) => (state.status === 'none' ? '' : state.customerId),
  decide(command, state) {
    switch (command.type) {
      case 'SetContractPrice': {
        const { contractPrice: agreed, customerKnown } = command;
        if (state.status !== 'none') return refuse('contract-price-exists', { contractPriceId: agreed.contractPriceId });
        if (!customerKnown) return refuse('customer-not-found', { customerId: agreed.customerId });
        return [{ type: 'ContractPriceSet', contractPrice: agreed, customerId: agreed.customerId }];
      }
      case 'EndContractPrice': {
        const { contractPriceId, validUntil } = command;
        if (state.status === 'none') return refuse('contract-price-not-found', { contractPriceId });
        if (state.validUntil !== '' && validUntil >= state.validUntil) return refuse('contract-price-ended', { contractPriceId, validUntil: state.validUntil });
        return [{ type: 'ContractPriceEnded', contractPriceId, customerId: state.customerId, validUntil }];
      }
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'ContractPriceSet': return { status: 'agreed', customerId: event.customerId, validUntil: event.contractPrice.validUntil };
      case 'ContractPriceEnded': return state.status === 'none' ? state : { ...state, validUntil: event.validUntil };
    }
  },
};
