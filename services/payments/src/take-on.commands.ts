// Take-on: what must be known, what is decided. One append to the document and the account; money that waits for the document is then tried on it.
import type { Command } from '@ar/runtime/forms.js';
import { account, accountId } from './domain/account.js';
import { itemOfTakenOn, takenOn, type TakenOnFacts, takenOnIdOf } from './domain/taken-on.js';
import { type OfSegment, segmentsAsked, tryWaiting } from './applying.js';
import { bookedOn, type RatesKnown } from './domain/in-base.js';
import { customersKnown } from './projections/customers.js';
import { ratesKnown } from './projections/rates.js';

const documentOf = ({ source, number }: TakenOnFacts) => ({ aggregate: takenOn, id: takenOnIdOf(source, number) });
const accountOf = ({ customer, currency }: TakenOnFacts) => ({ aggregate: account, id: accountId(customer, currency) });

export const takeOnOpenItem: Command<TakenOnFacts, OfSegment & { readonly customerKnown: boolean; readonly rates?: RatesKnown | undefined }> = {
  name: 'take-on-open-item',
  customer: ({ customer }) => customer,
  streams: (facts) => [documentOf(facts), accountOf(facts)],
  async known(asked, tx) {
    const [known, segments] = [await customersKnown(tx, asked.map((a) => ({ tenant: a.tenant, customer: a.request.customer }))), await segmentsAsked(asked, tx, (r) => r.customer)];
    const rates = await ratesKnown(tx, asked.map((a) => ({ tenant: a.tenant, today: a.today, currency: a.request.currency, on: '' })));
    return asked.map((_, i) => ({ customerKnown: known[i]!, segment: segments[i]!, rates: rates[i] }));
  },
  decide(facts, on) {
    const booking = bookedOn({ minor: facts.openMinor, currency: facts.currency }, on.today, { today: on.today, exchange: on.policies.exchange, rates: on.known.rates });
    const { customer, currency, orderNumber, externalNumber, paymentReference } = facts;
    // First the document: whoever reads that the item is there has read before which level it has reached.
    for (const event of on.run(documentOf(facts), { type: 'TakeOn', ...facts, ...(booking ? { booking } : {}), customerKnown: on.known.customerKnown, today: on.today }))
      on.run(accountOf(facts), { type: 'PostItems', customer, currency, items: [itemOfTakenOn(event)], orderNumber, externalNumber, paymentReference, countsFrom: on.today });
    tryWaiting(on, customer, currency, on.known);
  },
};
