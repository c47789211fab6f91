// What credit does because something happened elsewhere, or because a day began: exposure moves, so the hold is reviewed.
import type { EventType } from '@ar/contracts/registry.js';
import type { AnyReaction, Daily, Reaction } from '@ar/runtime/forms.js';
import { countInvoice, type CountInvoice, type OfCustomer, reviewCredit } from './credit.commands.js';
import { toBeReviewed } from './projections/reviews.js';

/** The reserved customer of money without a payer owes nothing and gets no credit. */
const sellsTo = (customerId: string): boolean => !customerId.startsWith('~');

const invoiceCounts: Reaction<'ar.invoicing.invoice_issued.v1', CountInvoice> = {
  name: 'invoice-counts',
  on: 'ar.invoicing.invoice_issued.v1',
  command: countInvoice,
  requests: (e) => [{ customerId: e.customer, invoiceId: e.data.invoiceId, reservationId: e.data.reservationId }],
  expected: [],
};

const reviewOn = <T extends EventType>(name: string, on: T): Reaction<T, OfCustomer> =>
  ({ name, on, command: reviewCredit, requests: (e) => (sellsTo(e.customer) ? [{ customerId: e.customer }] : []), expected: [] });

export const reactions: readonly AnyReaction[] = [
  invoiceCounts,
  reviewOn('review-on-settlement', 'ar.payments.open_items_settled.v1'),
  reviewOn('review-on-reopening', 'ar.payments.open_items_reopened.v1'),
  reviewOn('review-on-closing', 'ar.payments.open_item_closed.v1'),
  reviewOn('review-on-write-off', 'ar.payments.open_items_written_off.v1'),
  reviewOn('review-on-reinstatement', 'ar.payments.open_items_reinstated.v1'),
  reviewOn('review-on-recovery', 'ar.payments.recovery_booked.v1'),
  reviewOn('review-on-recovery-taken-back', 'ar.payments.recovery_taken_back.v1'),
  reviewOn('review-on-due-change', 'ar.payments.open_item_due_changed.v1'),
  reviewOn('review-on-cash', 'ar.payments.unapplied_cash_placed.v1'),
  reviewOn('review-on-cash-taken', 'ar.payments.unapplied_cash_taken.v1'),
  reviewOn('review-on-dispute', 'ar.collections.dispute_opened.v1'),
  reviewOn('review-on-resolution', 'ar.collections.dispute_resolved.v1'),
  reviewOn('review-on-dispute-closed', 'ar.collections.dispute_closed.v1'),
];

/** Reservations expire, items become too long past due, quiet days end, a policy takes hold. */
export const reviewDaily: Daily<OfCustomer> = {
  name: 'review-daily',
  command: reviewCredit,
  async due(tx, tenant, today, policies, after, limit) {
    const customers = await toBeReviewed(tx, tenant, today, policies.creditHold, after, limit);
    return customers.map((customerId) => ({ key: customerId, customer: customerId, request: { customerId } }));
  },
  expected: [],
};
