// Who pays for whom (PAY-16): a parent for its children, or a third party. A payer is a customer as well.
//
// - A link holds from its first day to its last one, or until further notice; a payment is looked at on its value date. A payer has one link to a customer at a time; it does not pay for itself by a link.
// - A payer pays for at most 50 customers at a time. A customer may have several payers.
// - Links are not passed on: who pays for a payer does not pay for that payer's customers.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';

/** `untilOn` empty: until further notice; both days are in it. */
export interface PayerLink { readonly paidFor: string; readonly fromOn: Day; readonly untilOn: Day | '' }
/** `customer` is the payer. */
interface OfPayer { readonly customer: string; readonly paidFor: string }
export type PayerEvent = OfPayer & (
  | { type: 'PayerLinked'; fromOn: Day; by: string; reason: string }
  | { type: 'PayerUnlinked'; untilOn: Day; by: string; reason: string });
export type PayerCommand = OfPayer & (
  | { type: 'Link'; fromOn: Day; /** Of the two, who is not known; empty: both are. */ unknown: string; by: string; reason: string }
  | { type: 'Unlink'; untilOn: Day; by: string; reason: string });
export type PayerRefusal = 'customer-not-found' | 'payer-is-customer' | 'payer-link-exists' | 'payer-link-not-found' | 'payer-link-not-begun' | 'too-many-payer-links';
export interface PayerState { readonly customer: string; readonly links: readonly PayerLink[] }

export const MOST_PAID_FOR = 50;

export const payer: Aggregate<PayerState, PayerCommand, PayerEvent, PayerRefusal> = {
  type: 'payer',
  initial: { customer: '', links: [] },
  customer: (_id, state) => state.customer,

  decide(command, { links }) {
    const { customer, paidFor, by, reason } = command;
    const last = links.findLast((l) => l.paidFor === paidFor);
    switch (command.type) {
      case 'Link': {
        const { fromOn, unknown } = command;
        if (customer === paidFor) return refuse('payer-is-customer', { customer });
        if (unknown !== '') return refuse('customer-not-found', { customer: unknown, field: unknown === customer ? 'payer_customer_id' : 'customer_id', help: 'no customer of that id is registered, or it has not been read yet' });
        if (last && (last.untilOn === '' || last.untilOn >= fromOn)) return refuse('payer-link-exists', { paidFor, untilOn: last.untilOn });
        if (new Set(links.filter((l) => l.untilOn === '' || l.untilOn >= fromOn).map((l) => l.paidFor)).size >= MOST_PAID_FOR) return refuse('too-many-payer-links', { most: MOST_PAID_FOR });
        return [{ type: 'PayerLinked', customer, paidFor, fromOn, by, reason }];
      }
      case 'Unlink': {
        const { untilOn } = command;
        if (last?.untilOn !== '') return refuse('payer-link-not-found', { paidFor });
        if (untilOn < last.fromOn) return refuse('payer-link-not-begun', { paidFor, fromOn: last.fromOn });
        return [{ type: 'PayerUnlinked', customer, paidFor, untilOn, by, reason }];
      }
    }
  },

  evolve({ links }, event) {
    switch (event.type) {
      case 'PayerLinked': return { customer: event.customer, links: [...links, { paidFor: event.paidFor, fromOn: event.fromOn, untilOn: '' }] };
      case 'PayerUnlinked': return { customer: event.customer, links: links.map((l) => (l.paidFor === event.paidFor && l.untilOn === '' ? { ...l, untilOn: event.untilOn } : l)) };
    }
  },
};

/** Whom a payer pays for on a day, in the order of their ids. */
export const paidForOn = (links: readonly PayerLink[], day: Day): readonly string[] => [...new Set(links.filter((l) => l.fromOn <= day && (l.untilOn === '' || day <= l.untilOn)).map((l) => l.paidFor))].sort();
