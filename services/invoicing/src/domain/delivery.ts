// What was delivered of an article of an order: one stream each (INV-12).
//
// - It is recorded once, on the day it happened, which is not after the business date; work that took a period, on its last day.
// - Its quantity may be corrected, with a reason; nothing else of it changes. A quantity of 0 says that it never was.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';

/** `quantity` is decimal text; the period is '' where there is none. */
export interface Delivery {
  readonly deliveryId: string; readonly customerId: string; readonly orderNumber: string; readonly articleId: string; readonly quantity: string; readonly unitCode: string; readonly deliveredOn: Day; readonly periodFrom: Day | ''; readonly periodTo: Day | '';
}
export type DeliveryEvent =
  | { type: 'DeliveryRecorded'; delivery: Delivery; customerId: string; effectiveOn: Day }
  | { type: 'DeliveryCorrected'; deliveryId: string; customerId: string; quantity: string; reason: string };
export type DeliveryCommand =
  | { type: 'RecordDelivery'; delivery: Delivery; today: Day; customerKnown: boolean }
  | { type: 'CorrectDelivery'; deliveryId: string; quantity: string; reason: string };
export type DeliveryRefusal = 'customer-not-found' | 'delivery-exists' | 'delivery-not-found' | 'delivered-in-future' | 'delivery-unchanged';

export type DeliveryState = { readonly status: 'none' } | { readonly status: 'delivered'; readonly customerId: string; readonly quantity: string };

export const delivery: Aggregate<DeliveryState, DeliveryCommand, DeliveryEvent, DeliveryRefusal> = {
  type: 'delivery',
  initial: { status: 'none' },
  customer: (_id, state) => (state.status === 'none' ? '' : state.customerId),
  decide(command, state) {
    switch (command.type) {
      case 'RecordDelivery': {
        const { delivery: { deliveryId, customerId, deliveredOn }, today, customerKnown } = command;
        if (state.status !== 'none') return refuse('delivery-exists', { deliveryId });
        if (!customerKnown) return refuse('customer-not-found', { customerId });
        if (deliveredOn > today) return refuse('delivered-in-future', { deliveredOn, businessDate: today });
        return [{ type: 'DeliveryRecorded', delivery: command.delivery, customerId, effectiveOn: deliveredOn }];
      }
      case 'CorrectDelivery': {
        const { deliveryId, quantity, reason } = command;
        if (state.status === 'none') return refuse('delivery-not-found', { deliveryId });
        if (plain(quantity) === plain(state.quantity)) return refuse('delivery-unchanged', { deliveryId, quantity });
        return [{ type: 'DeliveryCorrected', deliveryId, customerId: state.customerId, quantity, reason }];
      }
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'DeliveryRecorded': return { status: 'delivered', customerId: event.customerId, quantity: event.delivery.quantity };
      case 'DeliveryCorrected': return state.status === 'none' ? state : { ...state, quantity: event.quantity };
    }
  },
};

/** `5`, `05` and `5.00` are one quantity. */
const plain = (quantity: string): string => (quantity.includes('.') ? quantity.replace(/\.?0+$/, '') : quantity).replace(/^0+(?=\d)/, '');
