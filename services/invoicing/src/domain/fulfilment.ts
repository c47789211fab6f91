// What was delivered of an article of an order: one stream each (INV-12).
//
// - It is recorded once, on the day it happened, which is not after the business date; work that took a period, on its last day.
// - Its quantity may be corrected, with a reason; nothing else of it changes. A quantity of 0 says that it never was.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';

/** `quantity` is decimal text; the period is '' where there is none. */
export interface Fulfilment {
  readonly fulfilmentId: string; readonly customerId: string; readonly orderNumber: string; readonly articleId: string; readonly quantity: string; readonly unitCode: string; readonly deliveredOn: Day; readonly periodFrom: Day | ''; readonly periodTo: Day | '';
}
export type FulfilmentEvent =
  | { type: 'FulfilmentRecorded'; fulfilment: Fulfilment; customerId: string; effectiveOn: Day }
  | { type: 'FulfilmentCorrected'; fulfilmentId: string; customerId: string; quantity: string; reason: string };
export type FulfilmentCommand =
  | { type: 'RecordFulfilment'; fulfilment: Fulfilment; today: Day; customerKnown: boolean }
  | { type: 'CorrectFulfilment'; fulfilmentId: string; quantity: string; reason: string };
export type FulfilmentRefusal = 'customer-not-found' | 'fulfilment-exists' | 'fulfilment-not-found' | 'delivered-in-future' | 'fulfilment-unchanged';

export type FulfilmentState = { readonly status: 'none' } | { readonly status: 'delivered'; readonly customerId: string; readonly quantity: string };

export const fulfilment: Aggregate<FulfilmentState, FulfilmentCommand, FulfilmentEvent, FulfilmentRefusal> = {
  type: 'fulfilment',
  initial: { status: 'none' },
  customer: (_id, state) => (state.status === 'none' ? '' : state.customerId),
  decide(command, state) {
    switch (command.type) {
      case 'RecordFulfilment': {
        const { fulfilment: { fulfilmentId, customerId, deliveredOn }, today, customerKnown } = command;
        if (state.status !== 'none') return refuse('fulfilment-exists', { fulfilmentId });
        if (!customerKnown) return refuse('customer-not-found', { customerId });
        if (deliveredOn > today) return refuse('delivered-in-future', { deliveredOn, businessDate: today });
        return [{ type: 'FulfilmentRecorded', fulfilment: command.fulfilment, customerId, effectiveOn: deliveredOn }];
      }
      case 'CorrectFulfilment': {
        const { fulfilmentId, quantity, reason } = command;
        if (state.status === 'none') return refuse('fulfilment-not-found', { fulfilmentId });
        if (plain(quantity) === plain(state.quantity)) return refuse('fulfilment-unchanged', { fulfilmentId, quantity });
        return [{ type: 'FulfilmentCorrected', fulfilmentId, customerId: state.customerId, quantity, reason }];
      }
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'FulfilmentRecorded': return { status: 'delivered', customerId: event.customerId, quantity: event.fulfilment.quantity };
      case 'FulfilmentCorrected': return state.status === 'none' ? state : { ...state, quantity: event.quantity };
    }
  },
};

/** `5`, `05` and `5.00` are one quantity. */
const plain = (quantity: string): string => (quantity.includes('.') ? quantity.replace(/\.?0+$/, '') : quantity).replace(/^0+(?=\d)/, '');
