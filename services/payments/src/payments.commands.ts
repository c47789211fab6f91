// What can be done with money received. Every command is one append to its receipt and its account: recorded, identified, applied by the rules or by a person, unapplied, reversed.
// Open items and credit notes have pages of their own: open-items.commands.ts, credit-notes.commands.ts.
import type { Asked, Command, Decision, Tx } from '@ar/runtime/forms.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import type { PaymentMethodPolicy, Policies } from '@ar/domain/policies.js';
import { accountOf, asksForSegment, matchUnknown, type Naming, type OfSegment, receiptOf, transfer } from './applying.js';
import { adviceOf, matchAdvice } from './by-advice.js';
import { UNIDENTIFIED } from './domain/account.js';
import type { Share } from './domain/cash-application.js';
import type { Matchable } from './domain/matching.js';
import { bookedByCaller, bookedOn, type RatesKnown } from './domain/in-base.js';
import { type Deduction, type IdentifiedBy, type ReceiptFacts, returnFee, type ReversalKind } from './domain/receipt.js';
import { creditorReferencesIn, namesOf, readingsOf } from './domain/remittance.js';
import { adviceMeant } from './domain/remittance-advice.js';
import { documentsNamed, documentsNamedByReceipts, type NamedDocument } from './projections/documents.js';
import { customersKnown, segmentsOf, segmentsOfReceipts } from './projections/customers.js';
import { type PayerLink, paidForOn } from './domain/payer.js';
import { linksOf } from './projections/payer-links.js';
import { matchableFor } from './projections/payers.js';
import { customersOfReceipts } from './projections/receipts.js';
import { ratesKnown } from './projections/rates.js';
import { type KnownOfSettled, settledAmong } from './projections/settled-items.js';
import { advicesWaitingFor, advicesWaitingForReceipts, type KnownAdvice } from './projections/remittance-advices.js';
import { refundsGiveWay } from './refunds.commands.js';
import { goBack, takeBack, there } from './taking-back.js';
import { applyAcross, giveShareBack, giveSharesBack, type PaysFor, takeDeductions, useAcross } from './paying-for.js';
import { settleAcross } from './exchanging.js';
import { refuseSettled } from './settled.js';
import { settleByOwnCredit } from './credit-notes.commands.js';

export interface RecordReceipt extends Omit<ReceiptFacts, 'valueOn' | 'booking'> {
  readonly receiptId: string;
  /** Empty: nobody knows. */
  readonly customer: string;
  /** Empty: the business date, or later where its method settles later. */
  readonly valueOn: Day;
  /** Of a cheque, when it may be cashed; absent or empty: now. */
  readonly maturesOn?: Day;
  /** What one unit of its currency was worth in the base currency where the bank booked it, decimal text; absent: as the exchange policy says. */
  readonly bookingRate?: string;
}

/** `segments`: of who may be the payer, where rules ask for them. */
export interface KnownOfPayer { readonly customerKnown: boolean; readonly documents: readonly NamedDocument[]; readonly segments?: Readonly<Record<string, string>>; /** Open items of who may have paid, where nobody is named and the policy asks. */ readonly matchable?: readonly Matchable[]; /** Remittance advices that wait for money of that amount. */ readonly advices?: readonly KnownAdvice[]; /** Who pays for whom, of those who may be the payer. */ readonly links?: readonly KnownLink[]; readonly rates?: RatesKnown | undefined }

const segmentIn = ({ segments }: KnownOfPayer, customer: string): OfSegment => (segments?.[customer] ? { segment: segments[customer] } : {});

export const namesIn = (facts: Pick<ReceiptFacts, 'named' | 'remitter'>): readonly string[] => [...new Set([...facts.named.flatMap((n) => namesOf(n.reference)), ...readingsOf(facts.remitter.remittance)])];

export type KnownLink = PayerLink & { readonly payer: string };
/** Whom a payer pays for on a day; nothing said where that is nobody. */
export const paysForIn = (links: readonly KnownLink[] | undefined, customer: string, valueOn: Day): PaysFor => { const paysFor = paidForOn((links ?? []).filter((l) => l.payer === customer), valueOn); return paysFor.length > 0 ? { paysFor } : {}; };

const namingFor = (customers: readonly string[], facts: Pick<ReceiptFacts, 'named' | 'remitter' | 'currency'>, documents: readonly NamedDocument[]): Naming => ({
  named: [...facts.named, ...creditorReferencesIn(facts.remitter.remittance).map((reference) => ({ reference, minor: null }))], remittance: facts.remitter.remittance,
  known: new Set(documents.filter((d) => customers.includes(d.customer) && d.currency === facts.currency).map((d) => d.reference)),
});

export const recordReceipt: Command<RecordReceipt, KnownOfPayer> = {
  name: 'record-receipt',
  customer: ({ customer }) => customer || UNIDENTIFIED,
  streams: ({ receiptId, customer, currency }) => [receiptOf(receiptId), ...(customer ? [accountOf(customer, currency)] : [])],

  async known(asked, tx) {
    const [customers, documents] = [await customersKnown(tx, asked.map((a) => ({ tenant: a.tenant, customer: a.request.customer }))), await documentsNamed(tx, asked.map((a) => ({ tenant: a.tenant, names: namesIn(a.request) })))];
    const matchable = await matchableFor(tx, asked, documents);
    const rates = await ratesKnown(tx, asked.map((a) => ({ tenant: a.tenant, today: a.today, currency: a.request.currency, on: a.request.valueOn })));
    const advices = await advicesWaitingFor(tx, asked.map(({ tenant, request: { currency, receivedMinor: minor } }) => ({ tenant, currency, minor })));
    const links = await linksOf(tx, asked.map(({ tenant, request }, i) => ({ tenant, customers: [request.customer, ...documents[i]!.map((d) => d.customer), ...advices[i]!.map((a) => a.customer)] })));
    return withSegments(asked, tx, asked.map((_, i) => ({ customerKnown: customers[i]!, documents: documents[i]!, rates: rates[i], ...(matchable[i] ? { matchable: matchable[i] } : {}), ...(advices[i]!.length > 0 ? { advices: advices[i]! } : {}), ...linked(links[i]!) })));
  },

  decide({ receiptId, customer: given, maturesOn = '', bookingRate, ...request }, on) {
    const settledOn = request.valueOn || daysAfter(on.today, methodIn(on.policies.application, request.method)?.settlementDays ?? 0);
    const valueOn = maturesOn > settledOn ? maturesOn : settledOn;
    const isPending = valueOn > on.today && (maturesOn > on.today || request.valueOn === '');
    const [sum, { rates }] = [{ minor: request.receivedMinor, currency: request.currency }, on.known];
    const booking = isPending ? undefined : bookingRate !== undefined ? bookedByCaller(sum, bookingRate, rates) : bookedOn(sum, valueOn, { today: on.today, exchange: on.policies.exchange, rates });
    const saidRate = bookingRate === undefined ? {} : { saidRate: { rate: bookingRate, base: rates?.base } };
    const facts: ReceiptFacts = { ...request, valueOn, ...(booking ? { booking } : {}) };
    const named = payer(given, facts.currency, on.known.documents, on.known.links, facts.valueOn);
    const meant = isPending ? undefined : announcedBy(on, receiptId, named.customer, facts, on.known);
    const { customer, identifiedBy } = named.customer === UNIDENTIFIED && meant ? { customer: meant.advice.customer, identifiedBy: 'reference' as const } : named;
    if (isPending) { on.run(receiptOf(receiptId), { type: 'Await', receiptId, customer, identifiedBy, ...facts, ...saidRate, today: on.today, customerKnown: identifiedBy !== 'caller' || on.known.customerKnown }); return; }
    on.run(receiptOf(receiptId), { type: 'Record', receiptId, customer, identifiedBy, ...facts, ...saidRate, today: on.today, customerKnown: identifiedBy !== 'caller' || on.known.customerKnown });
    const { currency, receivedMinor, onAccount } = facts;
    on.run(accountOf(customer, currency), { type: 'PlaceCash', customer, currency, receiptId, minor: receivedMinor, onAccount, valueOn, effectiveOn: valueOn, from: 'bank', transferId: '', inBase: booking?.worth });
    if (meant && customer !== UNIDENTIFIED) { matchAdvice(on, { adviceId: meant.advice.adviceId, receiptId, matchedBy: meant.by, by: '' }, meant.advice.known, { ...segmentIn(on.known, customer), ...paysForIn(on.known.links, customer, valueOn) }); return; }
    if (customer === UNIDENTIFIED) { if (!onAccount) matchUnknown(on, receiptId, facts, on.known.matchable ?? []); return; }
    if (!onAccount) applyAsPayer(on, receiptId, customer, facts, on.known);
  },
};

/** What the policy says of a way in which money comes. */
const methodIn = ({ methods = [] }: Pick<Policies['application'], 'methods'>, method: string): PaymentMethodPolicy | undefined => methods.find((m) => m.method === method);

/** By the rules, with all that it pays for. */
export function applyAsPayer<K>(on: Decision<K>, receiptId: string, customer: string, facts: ReceiptFacts, known: KnownOfPayer): void {
  const paysFor = paysForIn(known.links, customer, facts.valueOn);
  applyAcross(on, receiptId, { customer, currency: facts.currency, ...segmentIn(known, customer), ...paysFor }, namingFor([customer, ...paysFor.paysFor ?? []], facts, known.documents));
}

/** The advice that waits for this money; none for what is left on account on purpose. */
export function announcedBy<K>(on: Decision<K>, receiptId: string, customer: string, facts: ReceiptFacts, { advices = [] }: KnownOfPayer): ReturnType<typeof adviceMeant<KnownAdvice>> {
  if (facts.onAccount || advices.length === 0) return undefined;
  const { currency, receivedMinor: minor, valueOn, bankReference, remitter: { name, iban } } = facts;
  const meant = adviceMeant({ receiptId, customer, currency, minor, valueOn, bankReference, names: namesIn(facts), name, iban, unused: true }, advices);
  return meant && on.state(adviceOf(meant.advice.adviceId)).status === 'waiting' ? meant : undefined; // what was read may be behind
}

/** The same with the segments of those who may be the payer, where rules ask for them. */
async function withSegments(asked: readonly Asked<{ readonly customer: string }>[], tx: Tx, known: readonly KnownOfPayer[]): Promise<readonly KnownOfPayer[]> {
  if (!asked.some(asksForSegment)) return known;
  const payers = asked.flatMap(({ tenant, request }, i) => [...new Set([request.customer, ...known[i]!.documents.map((d) => d.customer)])].map((customer) => ({ i, tenant, customer })));
  const segments = await segmentsOf(tx, payers);
  return known.map((k, i) => ({ ...k, segments: Object.fromEntries(payers.flatMap((p, n) => (p.i === i ? [[p.customer, segments[n]!]] : []))) }));
}

/** Who paid: as the caller says, or the one customer whose documents in that currency are named; where those are several customers', the one payer who pays for all of them. */
export function payer(given: string, currency: string, documents: readonly NamedDocument[], links: readonly KnownLink[] = [], valueOn: Day = ''): { readonly customer: string; readonly identifiedBy: IdentifiedBy } {
  if (given) return { customer: given, identifiedBy: 'caller' };
  const [only, ...others] = new Set(documents.filter((d) => d.currency === currency).map((d) => d.customer));
  if (only !== undefined && others.length > 0) {
    const [payerOf, ...more] = [...new Set(links.map((l) => l.payer))].filter((p) => [only, ...others].every((c) => c === p || paysForIn(links, p, valueOn).paysFor?.includes(c)));
    if (payerOf !== undefined && more.length === 0) return { customer: payerOf, identifiedBy: 'reference' };
  }
  return only !== undefined && others.length === 0 ? { customer: only, identifiedBy: 'reference' } : { customer: UNIDENTIFIED, identifiedBy: 'nobody' };
}

/** `remittance`: what its payer is said to have written elsewhere. */
export interface IdentifyReceipt { readonly receiptId: string; readonly customer: string; readonly by: string; readonly remittance?: string }

export const identifyReceipt: Command<IdentifyReceipt, KnownOfPayer> = {
  name: 'identify-receipt',
  customer: ({ customer }) => customer,
  streams: ({ receiptId }) => [receiptOf(receiptId)],

  async known(asked, tx) {
    const customers = await customersKnown(tx, asked.map((a) => ({ tenant: a.tenant, customer: a.request.customer })));
    const [documents, advices] = [await knownToReceipts(asked, tx), await advicesWaitingForReceipts(tx, asked.map((a) => ({ tenant: a.tenant, receiptId: a.request.receiptId })))];
    const links = await linksOf(tx, asked.map((a) => ({ tenant: a.tenant, customers: [a.request.customer] })));
    return withSegments(asked, tx, asked.map((_, i) => ({ customerKnown: customers[i]!, documents: documents[i]!, ...(advices[i]!.length > 0 ? { advices: advices[i]! } : {}), ...linked(links[i]!) })));
  },

  decide({ receiptId, customer, by, remittance }, on) {
    const facts = transfer(on, receiptId, customer, on.known.customerKnown, by);
    const { onAccount } = facts;
    const meant = announcedBy(on, receiptId, customer, facts, on.known);
    if (meant) matchAdvice(on, { adviceId: meant.advice.adviceId, receiptId, matchedBy: meant.by, by: '' }, meant.advice.known, { ...segmentIn(on.known, customer), ...paysForIn(on.known.links, customer, facts.valueOn) });
    else if (!onAccount) applyAsPayer(on, receiptId, customer, remittance === undefined ? facts : { ...facts, remitter: { ...facts.remitter, remittance } }, on.known);
  },
};

/** Named items with their amounts; none: by the rules. */
export interface ApplyReceipt { readonly receiptId: string; readonly shares: readonly (Share & { readonly currency: string })[]; /** What the payer kept back of those. */ readonly deductions?: readonly (Deduction & { readonly currency: string })[]; /** Where the items are in another currency. `minor` null: at the rate. */ readonly exchange?: { readonly minor: number | null; readonly currency: string; readonly rate: string } }

export interface KnownOfReceipt extends OfSegment, KnownOfSettled { readonly documents: readonly NamedDocument[]; readonly links?: readonly KnownLink[]; readonly rates?: RatesKnown | undefined }
const linked = (links: readonly KnownLink[]) => (links.length > 0 ? { links } : {});

export const applyReceipt: Command<ApplyReceipt, KnownOfReceipt> = {
  name: 'apply-receipt',
  streams: ({ receiptId }) => [receiptOf(receiptId)],
  async known(asked, tx) {
    const documents = await knownToReceipts(asked, tx);
    const segments = asked.some(asksForSegment) ? await segmentsOfReceipts(tx, asked.map((a) => ({ tenant: a.tenant, id: a.request.receiptId }))) : [];
    const rates = asked.some((a) => a.request.exchange) ? await ratesKnown(tx, asked.map((a) => ({ tenant: a.tenant, today: a.today, currency: '', on: '' }))) : [];
    const customers = await customersOfReceipts(tx, asked.map((a) => ({ tenant: a.tenant, receiptId: a.request.receiptId })));
    const links = await linksOf(tx, asked.map((a, i) => ({ tenant: a.tenant, customers: [customers[i]!] })));
    const settled = await settledAmong(tx, asked.map(({ tenant, request }) => ({ tenant, itemIds: request.shares.map((s) => s.itemId) })));
    return asked.map((_, i) => ({ documents: documents[i]!, rates: rates[i], ...settled[i]!, ...(segments[i] ? { segment: segments[i] } : {}), ...linked(links[i]!) }));
  },

  decide({ receiptId, shares, deductions = [], exchange }, on) {
    if (exchange) {
      on.run(receiptOf(receiptId), { type: 'AskToUse', receiptId, customer: '', currencies: exchange.currency === '' ? [] : [exchange.currency], into: shares[0]!.currency });
      const ofAnother = itemOfAnother(on, receiptId, shares);
      if (ofAnother) on.run(receiptOf(receiptId), { type: 'AskToUse', receiptId, customer: '', currencies: [], ofAnother });
      settleAcross(on, receiptId, { currency: shares[0]!.currency, shares: shares.map(({ itemId, minor }) => ({ itemId, minor })), spentMinor: exchange.minor, rate: exchange.rate, base: on.known.rates?.base });
      return;
    }
    on.run(receiptOf(receiptId), { type: 'AskToUse', receiptId, customer: '', currencies: [...shares, ...deductions].map((s) => s.currency), mayExchange: true });
    const { customer, facts, passedBy } = there(on.state(receiptOf(receiptId)));
    const paysFor = passedBy ? {} : paysForIn(on.known.links, customer, facts.valueOn); // links are not passed on, and neither is a share
    const of = { customer, currency: facts.currency, ...(on.known.segment ? { segment: on.known.segment } : {}), ...paysFor };
    if (shares.length === 0) { applyAcross(on, receiptId, of, namingFor([customer, ...paysFor.paysFor ?? []], facts, on.known.documents)); return; }
    on.reach((paysFor.paysFor ?? []).map((c) => accountOf(c, facts.currency)));
    refuseSettled(on, [customer, ...paysFor.paysFor ?? []]);
    const used = useAcross(on, receiptId, of, { rule: 'person', shares: shares.map(({ itemId, minor }) => ({ itemId, minor })), trace: [], policyVersion: 0 });
    takeDeductions(on, used, deductions.map(({ currency: _receipts, ...d }) => d));
  },
};

/** Money is exchanged for items of its own customer alone: one of another whom that pays for is paid by who passes the money on and exchanges it there. */
function itemOfAnother(on: Decision<KnownOfReceipt>, receiptId: string, shares: ApplyReceipt['shares']): { readonly itemId: string; readonly customer: string } | undefined {
  const { customer, facts: { valueOn }, passedBy } = there(on.state(receiptOf(receiptId)));
  const { paysFor = [] } = passedBy ? {} : paysForIn(on.known.links, customer, valueOn);
  on.reach(paysFor.map((c) => accountOf(c, shares[0]!.currency)));
  return shares.flatMap(({ itemId, currency }) => paysFor.filter((c) => on.state(accountOf(c, currency)).items.get(itemId)).map((c) => ({ itemId, customer: c })))[0];
}

/** `effectiveOn` empty: the business date. */
export interface UnapplyReceipt { readonly receiptId: string; readonly groupId: string; readonly reason: string; readonly effectiveOn: Day }

export const unapplyReceipt: Command<UnapplyReceipt> = {
  name: 'unapply-receipt',
  streams: ({ receiptId }) => [receiptOf(receiptId)],
  decide({ receiptId, groupId, reason, effectiveOn }, on) {
    takeBack(on, receiptId, groupId, [], 'unapplication', effectiveOn || null, reason);
    const { passedBy, groups } = there(on.state(receiptOf(receiptId)));
    if (passedBy && Object.keys(groups).length === 0) giveShareBack(on, receiptId, effectiveOn || null, reason);
  },
};

export interface ReverseReceipt { readonly receiptId: string; readonly kind: ReversalKind; readonly code: string; readonly reason: string; readonly effectiveOn: Day | ''; readonly waiveFee?: boolean; /** The money did go back, however late. */ readonly outsideWindow?: boolean }

export const reverseReceipt: Command<ReverseReceipt> = {
  name: 'reverse-receipt',
  streams: ({ receiptId }) => [receiptOf(receiptId)],
  decide({ receiptId, kind, code, reason, effectiveOn, waiveFee = false, outsideWindow = false }, on) {
    giveSharesBack(on, receiptId, effectiveOn || null, reason);
    const claim = refundsGiveWay(on, receiptId, effectiveOn || on.today);
    const before = on.state(receiptOf(receiptId));
    const window = before.status === 'none' || kind === 'error' || outsideWindow ? 0 : methodIn(on.policies.application, before.facts.method)?.reversalDays ?? 0;
    const lastOn = window > 0 && before.status !== 'none' ? { lastOn: daysAfter(before.facts.valueOn, window) } : {};
    const invoices = goBack(on, receiptId, { ...lastOn, kind, code, reason, effectiveOn: effectiveOn || null, feeMinor: waiveFee || before.status === 'none' ? 0 : returnFee(on.policies.returnedPayments, kind, before.facts.currency) });
    const { customer, facts } = there(before);
    if (on.state(accountOf(customer, facts.currency)).cash.get(receiptId)) on.run(accountOf(customer, facts.currency), { type: 'TakeCash', customer, currency: facts.currency, receiptId, cause: 'reversal', transferId: '', effectiveOn: effectiveOn || on.today });
    if (claim) on.run(accountOf(customer, facts.currency), { type: 'PostItems', customer, currency: facts.currency, items: [claim], orderNumber: '', externalNumber: '', paymentReference: '' });
    for (const [currency, of] of invoices) settleByOwnCredit(on, customer, currency, of);
  },
};

const knownToReceipts = (asked: readonly Asked<{ readonly receiptId: string }>[], tx: Tx) => documentsNamedByReceipts(tx, asked.map((a) => ({ tenant: a.tenant, receiptId: a.request.receiptId })));
