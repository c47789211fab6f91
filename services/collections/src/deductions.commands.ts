// What collections do when a payer keeps something back of an item and says why: that is a dispute of so much of it, with that reason (PAY-08, COL-06).
//
// - One dispute for each item. What is in a dispute already stays in that; of what is open no more, or less than was kept back, so much as is open is disputed.
// - The rules of disputes hold as for any other: it keeps its part out of reminders and promises, and ends when it is resolved or its item clears.
import type { Money } from '@ar/domain/money.js';
import type { Command } from '@ar/runtime/forms.js';
import { openDispute } from './collections.commands.js';
import { collectionCase } from './domain/collection-case.js';
import type { DisputeReason } from './domain/dispute.js';
import { minorOf } from './domain/open-items.js';
import { owedBy, type Owing } from './projections/owed.js';

export interface DeductedPart { readonly disputeId: string; readonly itemId: string; readonly amount: Money; readonly reasonCode: DisputeReason; readonly text: string }
export interface DisputeDeductions { readonly customerId: string; readonly parts: readonly DeductedPart[] }

export const disputeDeductions: Command<DisputeDeductions, Owing> = {
  name: 'dispute-deductions',
  streams: ({ customerId }) => [{ aggregate: collectionCase, id: customerId }],
  known: (asked, tx) => owedBy(tx, asked.map((a) => ({ tenant: a.tenant, customer: a.request.customerId, items: [] }))),
  decide({ customerId, parts }, on) {
    if (!on.known.customerKnown) return; // nobody could be asked about it
    for (const { disputeId, itemId, amount, reasonCode, text } of parts) {
      const { open } = on.state({ aggregate: collectionCase, id: customerId }).disputes;
      const openMinor = on.known.items.find((i) => i.itemId === itemId && i.currency === amount.currency)?.openMinor ?? 0;
      if (openMinor <= 0 || Object.values(open).some((disputed) => minorOf(disputed, itemId) > 0)) continue;
      openDispute.decide({ customerId, draft: { disputeId, items: [{ itemId, amount: { ...amount, minor: Math.min(amount.minor, openMinor) } }], reasonCode, note: { contactName: '', text } } }, on);
    }
  },
};
