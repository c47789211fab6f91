// What a person answers to a recommendation. Taking a match is one append: the payer where nobody was known, the answer, and the application.
import type { Command } from '@ar/runtime/forms.js';
import { accountOf, type OfSegment, receiptOf, segmentsAsked, stepOf, transfer, use } from './applying.js';
import { UNIDENTIFIED } from './domain/account.js';
import { customersKnown } from './projections/customers.js';
import { type KnownOfSettled, settledAmong } from './projections/settled-items.js';
import { refuseSettled } from './settled.js';

export interface AcceptRecommendation { readonly receiptId: string; readonly recommendationId: string; /** Of the match that is taken. */ readonly customer: string; readonly itemId: string; readonly by: string }

/** As much of what is left of the money as is open of the item now. */
export const acceptRecommendation: Command<AcceptRecommendation, OfSegment & KnownOfSettled & { readonly customerKnown: boolean }> = {
  name: 'accept-recommendation',
  customer: ({ customer }) => customer,
  streams: ({ receiptId }) => [receiptOf(receiptId)],
  async known(asked, tx) {
    const [known, segments] = [await customersKnown(tx, asked.map((a) => ({ tenant: a.tenant, customer: a.request.customer }))), await segmentsAsked(asked, tx, (r) => r.customer)];
    const settled = await settledAmong(tx, asked.map(({ tenant, request }) => ({ tenant, itemIds: [request.itemId] })));
    return asked.map((_, i) => ({ customerKnown: known[i]!, segment: segments[i]!, ...settled[i]! }));
  },
  decide({ receiptId, recommendationId, customer, itemId, by }, on) {
    const before = on.state(receiptOf(receiptId));
    if (before.status === 'recorded' && before.customer === UNIDENTIFIED) transfer(on, receiptId, customer, on.known.customerKnown, by);
    for (const event of on.run(receiptOf(receiptId), { type: 'Accept', receiptId, customer: '', recommendationId, payer: customer, itemId, by })) {
      if (event.type !== 'RecommendationAccepted') continue;
      const { match, currency } = event;
      refuseSettled(on, [customer]);
      const { cash, items } = on.state(accountOf(customer, currency));
      const unappliedMinor = cash.get(receiptId)?.unappliedMinor ?? 0;
      const taken = { ...match, minor: Math.min(unappliedMinor, items.get(itemId)?.openMinor ?? match.minor) };
      const segment = on.known.segment ? { segment: on.known.segment } : {};
      use(on, receiptId, { customer, currency, ...segment }, { rule: 'match', shares: [{ itemId, minor: taken.minor }], trace: [stepOf(taken, unappliedMinor, 1)], policyVersion: on.policies.application.version });
    }
  },
};

export interface DeclineRecommendation { readonly receiptId: string; readonly recommendationId: string; readonly by: string; readonly reason: string }

export const declineRecommendation: Command<DeclineRecommendation> = {
  name: 'decline-recommendation',
  streams: ({ receiptId }) => [receiptOf(receiptId)],
  decide: ({ receiptId, ...answer }, on) => void on.run(receiptOf(receiptId), { type: 'Decline', receiptId, customer: '', ...answer }),
};
