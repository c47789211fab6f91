// Money that is promised for a day: a post-dated cheque, a card's settlement. It is a receipt without cash until that day begins.
import type { Command } from '@ar/runtime/forms.js';
import { accountOf, receiptOf } from './applying.js';
import { matchAdvice } from './by-advice.js';
import { UNIDENTIFIED } from './domain/account.js';
import { bookedOn } from './domain/in-base.js';
import { announcedBy, applyAsPayer, identifyReceipt, type KnownOfPayer } from './payments.commands.js';
import { ratesKnown } from './projections/rates.js';

export interface MatureReceipt { readonly receiptId: string; readonly customer: string }

/** Its day has come: it is recorded like money that comes in now. Whom a payer pays for is not looked at: their accounts are not the day's of this customer; ApplyReceipt does. */
export const matureReceipt: Command<MatureReceipt, KnownOfPayer> = {
  name: 'mature-receipt',
  customer: ({ customer }) => customer,
  streams: ({ receiptId }) => [receiptOf(receiptId)],
  async known(asked, tx) {
    const known = await identifyReceipt.known!(asked.map((a) => ({ ...a, request: { ...a.request, by: 'system' } })), tx);
    const rates = await ratesKnown(tx, asked.map(({ tenant, today }) => ({ tenant, today, currency: '', on: '' })));
    return known.map((k, i) => ({ ...k, rates: rates[i] }));
  },
  decide({ receiptId }, on) {
    const state = on.state(receiptOf(receiptId));
    if (state.status !== 'pending' || state.facts.valueOn > on.today) return;
    const { customer, facts, facts: { currency, receivedMinor: minor, onAccount, valueOn } } = state;
    const booking = bookedOn({ minor, currency }, on.today, { today: on.today, exchange: on.policies.exchange, rates: on.known.rates });
    on.run(receiptOf(receiptId), { type: 'Record', receiptId, customer, identifiedBy: customer === UNIDENTIFIED ? 'nobody' : 'caller', ...facts, ...(booking ? { booking } : {}), matures: true, today: on.today, customerKnown: true });
    on.run(accountOf(customer, currency), { type: 'PlaceCash', customer, currency, receiptId, minor, onAccount, valueOn, effectiveOn: valueOn, from: 'bank', transferId: '', inBase: booking?.worth });
    if (customer === UNIDENTIFIED || onAccount) return;
    const { links: _notTheirs, ...known } = { ...on.known, advices: (on.known.advices ?? []).filter((a) => a.customer === customer) };
    const meant = announcedBy(on, receiptId, customer, facts, known);
    if (meant) matchAdvice(on, { adviceId: meant.advice.adviceId, receiptId, matchedBy: meant.by, by: '' }, meant.advice.known);
    else applyAsPayer(on, receiptId, customer, facts, known);
  },
};
