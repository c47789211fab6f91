// Pay links: made, ended, and what is paid by them: a receipt of its own for each payment, applied to what the link is for.
import type { Command } from '@ar/runtime/forms.js';
import { accountOf, applyByRules, nothingNew, receiptOf, use } from './applying.js';
import { type AccountState, isVoiding, type OpenItem } from './domain/account.js';
import type { Share } from './domain/cash-application.js';
import { bookedOn, type RatesKnown } from './domain/in-base.js';
import { payableBy, payLink, type PayLinkFacts, receiptIdOfPayment } from './domain/pay-link.js';
import { customersKnown, segmentsOf } from './projections/customers.js';
import { ratesKnown } from './projections/rates.js';
import { type KnownOfSettled, settledAmong } from './projections/settled-items.js';
import { refuseSettled } from './settled.js';

const linkOf = (payLinkId: string) => ({ aggregate: payLink, id: payLinkId });

export type CreatePayLink = PayLinkFacts;
export const createPayLink: Command<CreatePayLink, KnownOfSettled & { readonly customerKnown: boolean }> = {
  name: 'create-pay-link',
  customer: ({ customer }) => customer,
  streams: ({ payLinkId, customer, currency }) => [linkOf(payLinkId), accountOf(customer, currency)],
  async known(asked, tx) {
    const settled = await settledAmong(tx, asked.map(({ tenant, request }) => ({ tenant, itemIds: request.items.map((i) => i.itemId) })));
    return (await customersKnown(tx, asked.map((a) => ({ tenant: a.tenant, customer: a.request.customer })))).map((customerKnown, i) => ({ customerKnown, ...settled[i]! }));
  },
  decide(facts, on) {
    const { items } = on.state(accountOf(facts.customer, facts.currency));
    refuseSettled(on, [facts.customer]);
    on.run(linkOf(facts.payLinkId), { type: 'Create', ...facts, today: on.today, customerKnown: on.known.customerKnown, open: facts.items.map((i) => i.itemId).filter((id) => items.get(id)), documentOpen: facts.documentId !== '' && items.index.ofDocument(facts.documentId).length > 0 });
  },
};

/** The open items that a link is for. */
function meantBy({ items, documentId }: PayLinkFacts, owing: AccountState): readonly OpenItem[] {
  const meant = documentId === '' ? items.flatMap(({ itemId }) => owing.items.get(itemId) ?? []) : owing.items.index.ofDocument(documentId);
  return meant.filter((i) => !isVoiding(owing, i));
}

export interface CancelPayLink { readonly payLinkId: string; readonly by: string; readonly reason: string }
export const cancelPayLink: Command<CancelPayLink> = {
  name: 'cancel-pay-link',
  streams: ({ payLinkId }) => [linkOf(payLinkId)],
  decide: (request, on) => void on.run(linkOf(request.payLinkId), { type: 'Cancel', ...request }),
};

export interface ExpirePayLink { readonly payLinkId: string; readonly customer: string }
export const expirePayLink: Command<ExpirePayLink> = {
  name: 'expire-pay-link',
  customer: ({ customer }) => customer,
  streams: ({ payLinkId }) => [linkOf(payLinkId)],
  decide: ({ payLinkId }, on) => void on.run(linkOf(payLinkId), { type: 'Expire', today: on.today }),
};

/** What the provider tells: `reference` is its own, once for each payment. */
export interface RecordLinkPayment { readonly payLinkId: string; readonly customer: string; readonly reference: string; readonly minor: number; readonly currency: string; readonly method: string }
export const recordLinkPayment: Command<RecordLinkPayment, { readonly segment: string; readonly rates: RatesKnown | undefined }> = {
  name: 'record-link-payment',
  customer: ({ customer }) => customer,
  streams: ({ payLinkId, customer, currency, reference }) => [linkOf(payLinkId), accountOf(customer, currency), receiptOf(receiptIdOfPayment(payLinkId, reference))],
  async known(asked, tx) {
    const rates = await ratesKnown(tx, asked.map(({ tenant, today, request: { currency } }) => ({ tenant, today, currency, on: '' })));
    return (await segmentsOf(tx, asked.map((a) => ({ tenant: a.tenant, customer: a.request.customer })))).map((segment, i) => ({ segment, rates: rates[i] }));
  },
  decide({ payLinkId, reference, minor, currency, method }, on) {
    const [paid] = on.run(linkOf(payLinkId), { type: 'RecordPayment', reference, minor, currency });
    const link = on.state(linkOf(payLinkId));
    if (paid?.type !== 'PayLinkPaid' || link.status === 'none') return;
    const { customer, receiptId } = paid;
    const { segment, rates } = on.known;
    const booking = bookedOn({ minor, currency }, on.today, { today: on.today, exchange: on.policies.exchange, rates });
    const stream = accountOf(customer, currency);
    on.run(receiptOf(receiptId), {
      type: 'Record', receiptId, customer, identifiedBy: 'caller', currency, receivedMinor: minor, valueOn: on.today, method, bankReference: reference, remitter: { name: '', iban: '', remittance: payLinkId }, named: [], onAccount: false, ...(booking ? { booking } : {}), today: on.today, customerKnown: true,
    });
    on.run(stream, { type: 'PlaceCash', customer, currency, receiptId, minor, onAccount: false, valueOn: on.today, effectiveOn: on.today, from: 'bank', transferId: '', inBase: booking?.worth });
    if (link.facts.minor !== null) { applyByRules(on, receiptId, { customer, currency, segment }, nothingNew); return; }
    const owing = on.state(stream);
    let left = minor;
    const shares = (currency === link.facts.currency ? payableBy(link.facts, meantBy(link.facts, owing), on.today) : []).flatMap(({ itemId, minor: wanted }): readonly Share[] => {
      const part = Math.min(wanted, left);
      left -= part;
      return part > 0 ? [{ itemId, minor: part }] : [];
    });
    if (shares.length > 0) use(on, receiptId, { customer, currency, segment }, { rule: 'reference', shares, policyVersion: on.policies.application.version, trace: [{ rule: 'reference', reason: 'applied', minor, candidates: shares.length, references: [payLinkId], applied: shares, heldMinor: 0 }] });
  },
};
