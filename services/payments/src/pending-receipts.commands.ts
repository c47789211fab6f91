// Money that is promised for a day: a post-dated cheque, a card's settlement. It is a receipt without cash until that day begins.
import type { Command } from '@ar/runtime/forms.js';
import { accountOf, receiptOf } from './applying.js';
import { matchAdvice } from './by-advice.js';
import { UNIDENTIFIED } from './domain/account.js';
import { announcedBy, applyAsPayer, identifyReceipt, type KnownOfPayer } from './payments.commands.js';

export interface MatureReceipt { readonly receiptId: string; readonly customer: string }

/** Its day has come: it is recorded like money that comes in now. Whom a payer pays for is not looked at: their accounts are not the day's of this customer; ApplyReceipt does. */
export const matureReceipt: Command<MatureReceipt, KnownOfPayer> = {
  name: 'mature-receipt',
  customer: ({ customer }) => customer,
  streams: ({ receiptId }) => [receiptOf(receiptId)],
  known: (asked, tx) => identifyReceipt.known!(asked.map((a) => ({ ...a, request: { ...a.request, by: 'system' } })), tx),
  decide({ receiptId }, on) {
    const state = on.state(receiptOf(receiptId));
    if (state.status !== 'pending' || state.facts.valueOn > on.today) return;
    const { customer, facts, facts: { currency, receivedMinor: minor, onAccount, valueOn } } = state;
    on.run(receiptOf(receiptId), { type: 'Record', receiptId, customer, identifiedBy: customer === UNIDENTIFIED ? 'nobody' : 'caller', ...facts, matures: true, today: on.today, customerKnown: true });
    on.run(accountOf(customer, currency), { type: 'PlaceCash', customer, currency, receiptId, minor, onAccount, valueOn, effectiveOn: valueOn, from: 'bank', transferId: '' });
    if (customer === UNIDENTIFIED || onAccount) return;
    const { links: _notTheirs, ...known } = { ...on.known, advices: (on.known.advices ?? []).filter((a) => a.customer === customer) };
    const meant = announcedBy(on, receiptId, customer, facts, known);
    if (meant) matchAdvice(on, { adviceId: meant.advice.adviceId, receiptId, matchedBy: meant.by, by: '' }, meant.advice.known);
    else applyAsPayer(on, receiptId, customer, facts, known);
  },
};
