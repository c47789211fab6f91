// Take-on: what must be known, what is decided. One append to the document and the account; money that waits for the document is then tried on it, and credit on what is open. Cancelled, the same goes back.
import type { Asked, Command, Decision, Tx } from '@ar/runtime/forms.js';
import { creditKey } from './domain/account.js';
import { itemOfTakenOn, takenOn, type TakenOnCreditFacts, takenOnCreditIdOf, type TakenOnFacts, takenOnIdOf, takenOnStreamOf } from './domain/taken-on.js';
import { accountOf, applyByRules, creditOf, nothingNew, type OfSegment, segmentsAsked, tryWaiting } from './applying.js';
import { bookedOn, type RatesKnown } from './domain/in-base.js';
import { customersKnown } from './projections/customers.js';
import { ratesKnown } from './projections/rates.js';

const takenOnOf = (id: string) => ({ aggregate: takenOn, id });
const documentOf = ({ source, number }: TakenOnFacts) => takenOnOf(takenOnIdOf(source, number));
const documentOfCredit = ({ source, kind, number }: TakenOnCreditFacts) => takenOnOf(takenOnCreditIdOf(source, kind, number));

export interface KnownOfTakeOn extends OfSegment { readonly customerKnown: boolean; readonly rates?: RatesKnown | undefined }
async function knownOfTakeOn(asked: readonly Asked<{ readonly customer: string; readonly currency: string }>[], tx: Tx): Promise<readonly KnownOfTakeOn[]> {
  const [known, segments] = [await customersKnown(tx, asked.map((a) => ({ tenant: a.tenant, customer: a.request.customer }))), await segmentsAsked(asked, tx, (r) => r.customer)];
  const rates = await ratesKnown(tx, asked.map((a) => ({ tenant: a.tenant, today: a.today, currency: a.request.currency, on: '' })));
  return asked.map((_, i) => ({ customerKnown: known[i]!, segment: segments[i]!, rates: rates[i] }));
}
const bookedToday = (on: Decision<KnownOfTakeOn>, minor: number, currency: string) => bookedOn({ minor, currency }, on.today, { today: on.today, exchange: on.policies.exchange, rates: on.known.rates });

export const takeOnOpenItem: Command<TakenOnFacts, KnownOfTakeOn> = {
  name: 'take-on-open-item',
  customer: ({ customer }) => customer,
  streams: (facts) => [documentOf(facts), accountOf(facts.customer, facts.currency)],
  known: knownOfTakeOn,
  decide(facts, on) {
    const booking = bookedToday(on, facts.openMinor, facts.currency);
    const { customer, currency, orderNumber, externalNumber, paymentReference } = facts;
    // First the document: whoever reads that the item is there has read before which level it has reached.
    for (const event of on.run(documentOf(facts), { type: 'TakeOn', ...facts, ...(booking ? { booking } : {}), customerKnown: on.known.customerKnown, today: on.today }))
      if (event.type === 'DocumentTakenOn') on.run(accountOf(customer, currency), { type: 'PostItems', customer, currency, items: [itemOfTakenOn(event)], orderNumber, externalNumber, paymentReference, countsFrom: on.today });
    tryWaiting(on, customer, currency, on.known);
  },
};

/** It is kept as a credit note of the same id: the customer's credit, from today on. */
export const takeOnCredit: Command<TakenOnCreditFacts, KnownOfTakeOn> = {
  name: 'take-on-credit',
  customer: ({ customer }) => customer,
  streams: (facts) => [documentOfCredit(facts), accountOf(facts.customer, facts.currency)],
  known: knownOfTakeOn,
  decide(facts, on) {
    const { customer, currency, number, unappliedMinor: minor, issuedOn: valueOn, onAccount } = facts;
    const booking = bookedToday(on, minor, currency);
    for (const event of on.run(documentOfCredit(facts), { type: 'TakeCreditOn', ...facts, ...(booking ? { booking } : {}), customerKnown: on.known.customerKnown, today: on.today })) {
      if (event.type !== 'CreditTakenOn') continue;
      const [creditNoteId, key] = [event.documentId, creditKey(event.documentId)];
      on.run(creditOf(creditNoteId), { type: 'Post', creditNoteId, customer, currency, number, invoiceId: '', minor, issuedOn: on.today, valueOn, onAccount, ...(booking ? { inBase: booking.worth } : {}) });
      on.run(accountOf(customer, currency), { type: 'PlaceCash', customer, currency, receiptId: key, minor, onAccount, valueOn, effectiveOn: on.today, from: 'take-on', transferId: '', inBase: booking?.worth });
      if (!onAccount) applyByRules(on, key, { customer, currency, ...(on.known.segment ? { segment: on.known.segment } : {}) }, nothingNew);
    }
  },
};

export interface CancelTakeOn { readonly documentId: string; readonly by: string; readonly reason: string }

export const cancelTakeOn: Command<CancelTakeOn> = {
  name: 'cancel-take-on',
  streams: ({ documentId }) => [takenOnOf(takenOnStreamOf(documentId))],
  decide({ documentId, by, reason }, on) {
    const stream = takenOnOf(takenOnStreamOf(documentId));
    const { customer, now } = on.state(stream);
    on.run(stream, { type: 'Cancel', documentId, by, reason, today: on.today });
    const { currency, itemId } = now!; // or that was refused
    if (itemId !== undefined) { on.run(accountOf(customer, currency), { type: 'CloseTakenOn', customer, currency, itemId, today: on.today }); return; }
    on.run(creditOf(documentId), { type: 'Withdraw', creditNoteId: documentId, effectiveOn: on.today });
    on.run(accountOf(customer, currency), { type: 'TakeCash', customer, currency, receiptId: creditKey(documentId), cause: 'take-on', transferId: '', effectiveOn: on.today });
  },
};
