// What payers say of their payments: recorded, matched with a receipt that is there already, or by a person, or cancelled. Receipts that come later find what waits for them in payments.commands.ts.
import { type Day, daysAfter } from '@ar/domain/day.js';
import type { AnyStream, Command, Decision, Tx } from '@ar/runtime/forms.js';
import { accountOf, creditOf, type OfSegment, receiptOf, segmentsAsked, transfer } from './applying.js';
import { adviceOf, type KnownOfLines, matchAdvice } from './by-advice.js';
import { UNIDENTIFIED } from './domain/account.js';
import { adviceMeant, type Received, receiptMeant, REMITTANCE_DAYS, type RemittanceFacts } from './domain/remittance-advice.js';
import { type KnownLink, payer, paysForIn } from './payments.commands.js';
import { shareIdOf } from './paying-for.js';
import { customersKnown } from './projections/customers.js';
import type { NamedDocument } from './projections/documents.js';
import { customersOfReceipts } from './projections/receipts.js';
import { linksOf } from './projections/payer-links.js';
import { advicesKnown, advicesWaitingForReceipts, type KnownAdvice, knownOfLines, receiptsNear, receiptsReceived } from './projections/remittance-advices.js';

export interface RecordRemittanceAdvice extends Omit<RemittanceFacts, 'paidOn'> {
  readonly adviceId: string;
  /** Empty: the one customer whose documents are named, else nobody. */
  readonly customer: string;
  /** Empty: the business date. */
  readonly paidOn: Day;
}
export interface KnownOfAdvice extends KnownOfLines, OfSegment { readonly customerKnown: boolean; /** Receipts that it may be about. */ readonly receipts: readonly Received[]; /** Who pays for whom, of those whose documents are named. */ readonly links?: readonly KnownLink[] }

const daysIn = ({ remittanceDays }: { readonly remittanceDays?: number | undefined }): number => remittanceDays ?? REMITTANCE_DAYS;
const customerOf = ({ customer, currency, paidOn }: RecordRemittanceAdvice, today: Day, documents: readonly NamedDocument[], links: readonly KnownLink[] = []): string => payer(customer, currency, documents, links, paidOn || today).customer;

export const recordRemittanceAdvice: Command<RecordRemittanceAdvice, KnownOfAdvice> = {
  name: 'record-remittance-advice',
  customer: ({ customer }) => customer || UNIDENTIFIED,
  streams: ({ adviceId }) => [adviceOf(adviceId)],
  known: (asked, tx) => knownOfAdvices(asked, tx),
  decide(request, on) {
    const { adviceId } = request;
    const { customer, paidOn, days, found } = meantBy(on, request, on.known);
    on.run(adviceOf(adviceId), { type: 'Record', ...request, paidOn, customer, customerKnown: request.customer === '' || on.known.customerKnown, days, policyVersion: on.policies.application.version });
    if (found) matchAsKnown(on, adviceId, customer, found.receipt, found.by, on.known);
  },
};

/** Who says it, and which receipt is meant. */
function meantBy(on: Decision<unknown>, request: RecordRemittanceAdvice, { documents, receipts, links }: KnownOfAdvice) {
  const [paidOn, days, customer] = [request.paidOn || on.today, daysIn(on.policies.application), customerOf(request, on.today, documents, links)];
  return { customer, paidOn, days, found: receiptMeant({ ...request, customer, firstOn: daysAfter(paidOn, -days), lastOn: daysAfter(paidOn, days) }, receipts) };
}

/** What an advice may need: reached for together, before a command goes through many. */
export function streamsOfAdvice(on: Decision<unknown>, request: RecordRemittanceAdvice, known: KnownOfAdvice): readonly AnyStream[] {
  const { customer, found } = meantBy(on, request, known);
  if (!found) return [adviceOf(request.adviceId)];
  const { receiptId, customer: whose, valueOn } = found.receipt;
  const { paysFor = [] } = paysForIn(known.links, whose === UNIDENTIFIED ? customer : whose, valueOn);
  const shares = paysFor.filter((c) => known.documents.some((d) => d.customer === c)).map((c) => receiptOf(shareIdOf(receiptId, c, 0)));
  return [adviceOf(request.adviceId), receiptOf(receiptId), ...[whose, customer, ...paysFor].map((c) => accountOf(c, request.currency)), ...shares, ...Object.values(known.credits).map(creditOf)];
}

export async function knownOfAdvices(asked: Parameters<NonNullable<Command<RecordRemittanceAdvice>['known']>>[0], tx: Tx): Promise<readonly KnownOfAdvice[]> {
  const lines = await knownOfLines(tx, asked.map(({ tenant, request }) => ({ tenant, references: request.lines.map((l) => l.reference) })));
  const customers = await customersKnown(tx, asked.map((a) => ({ tenant: a.tenant, customer: a.request.customer })));
  const links = await linksOf(tx, asked.map(({ tenant, request }, i) => ({ tenant, customers: [request.customer, ...lines[i]!.documents.map((d) => d.customer)] })));
  const segments = await segmentsAsked(asked.map((a, i) => ({ ...a, request: { customer: customerOf(a.request, a.today, lines[i]!.documents, links[i]) } })), tx, (r) => r.customer);
  const receipts = await receiptsNear(tx, asked.map(({ tenant, today, policies, request }, i) => {
    const [paidOn, days] = [request.paidOn || today, daysIn(policies.application)];
    return { tenant, ...request, customer: customerOf(request, today, lines[i]!.documents, links[i]), firstOn: daysAfter(paidOn, -days), lastOn: daysAfter(paidOn, days) };
  }));
  return asked.map((_, i) => ({ ...lines[i]!, customerKnown: customers[i]!, segment: segments[i]!, receipts: receipts[i]!, ...(links[i]!.length > 0 ? { links: links[i]! } : {}) }));
}

/** What was read may be behind what is decided on: only a receipt with which nothing was done is used by itself. */
function matchAsKnown<K>(on: Decision<K>, adviceId: string, customer: string, { receiptId, customer: whose }: Received, matchedBy: 'reference' | 'amount', known: KnownOfLines & OfSegment & { readonly links?: readonly KnownLink[] }): void {
  const payerOf = whose === UNIDENTIFIED ? customer : whose;
  const receipt = on.state(receiptOf(receiptId));
  if (payerOf === UNIDENTIFIED || receipt.status !== 'recorded' || receipt.customer !== whose || receipt.facts.onAccount || receipt.unappliedMinor !== receipt.facts.receivedMinor) return; // a person looks
  on.reach([accountOf(whose, receipt.facts.currency), accountOf(payerOf, receipt.facts.currency)]);
  if (whose === UNIDENTIFIED) transfer(on, receiptId, payerOf, true, 'system');
  matchAdvice(on, { adviceId, receiptId, matchedBy, by: '' }, known, { ...(known.segment ? { segment: known.segment } : {}), ...paysForIn(known.links, payerOf, receipt.facts.valueOn) });
}

export interface MatchRemittanceAdvice { readonly adviceId: string; readonly receiptId: string; readonly by: string }

/** A person says so: whatever amount, date and reference are. */
export const matchRemittanceAdvice: Command<MatchRemittanceAdvice, (KnownAdvice & OfSegment & { readonly links?: readonly KnownLink[] }) | undefined> = {
  name: 'match-remittance-advice',
  streams: ({ adviceId, receiptId }) => [adviceOf(adviceId), receiptOf(receiptId)],
  async known(asked, tx) {
    const advices = await advicesKnown(tx, asked.map((a) => ({ tenant: a.tenant, adviceId: a.request.adviceId })));
    const segments = await segmentsAsked(asked.map((a, i) => ({ ...a, request: { customer: advices[i]?.customer ?? '' } })), tx, (r) => r.customer);
    const customers = await customersOfReceipts(tx, asked.map((a) => ({ tenant: a.tenant, receiptId: a.request.receiptId })));
    const links = await linksOf(tx, asked.map((a, i) => ({ tenant: a.tenant, customers: [customers[i]!, advices[i]?.customer ?? ''] })));
    return advices.map((advice, i) => advice && { ...advice, segment: segments[i]!, ...(links[i]!.length > 0 ? { links: links[i]! } : {}) });
  },
  decide({ adviceId, receiptId, by }, on) {
    const [advice, receipt] = [on.state(adviceOf(adviceId)), on.state(receiptOf(receiptId))];
    if (advice.status === 'waiting') {
      if (receipt.status === 'recorded' && receipt.customer === UNIDENTIFIED && advice.customer !== UNIDENTIFIED && receipt.facts.currency === advice.facts.currency) transfer(on, receiptId, advice.customer, true, by);
      on.run(receiptOf(receiptId), { type: 'AskToUse', receiptId, customer: '', currencies: [advice.facts.currency] });
    }
    const now = on.state(receiptOf(receiptId)); // its customer's by now
    const paysFor = now.status === 'none' || now.passedBy ? {} : paysForIn(on.known?.links, now.customer, now.facts.valueOn);
    matchAdvice(on, { adviceId, receiptId, matchedBy: 'person', by }, on.known?.known ?? { documents: [], credits: {} }, { ...(on.known?.segment ? { segment: on.known.segment } : {}), ...paysFor });
  },
};

export interface CancelRemittanceAdvice { readonly adviceId: string; readonly by: string; readonly reason: string }

export const cancelRemittanceAdvice: Command<CancelRemittanceAdvice> = {
  name: 'cancel-remittance-advice',
  streams: ({ adviceId }) => [adviceOf(adviceId)],
  decide: (request, on) => void on.run(adviceOf(request.adviceId), { type: 'Cancel', ...request }),
};

/** An advice and its receipt came at almost the same time, and neither was decided on with the other: once both are read they find each other, where both are of one customer. Whom a payer pays for is not looked at: that is not of its day; ApplyReceipt does. */
export interface MatchWhatCame { readonly customer: string; readonly adviceId?: string; readonly receiptId?: string }
interface KnownOfBoth { readonly advices: readonly KnownAdvice[]; readonly received: Received | undefined; readonly segment: string }

export const matchWhatCame: Command<MatchWhatCame, KnownOfBoth> = {
  name: 'match-what-came',
  customer: ({ customer }) => customer,
  streams: ({ adviceId, receiptId }) => [...(adviceId === undefined ? [] : [adviceOf(adviceId)]), ...(receiptId === undefined ? [] : [receiptOf(receiptId)])],
  async known(asked, tx) {
    const advices = await advicesKnown(tx, asked.map((a) => ({ tenant: a.tenant, adviceId: a.request.adviceId ?? '' })));
    const receiptIds = asked.map((a) => ({ tenant: a.tenant, receiptId: a.request.receiptId ?? '' }));
    const [waiting, received, segments] = [await advicesWaitingForReceipts(tx, receiptIds), await receiptsReceived(tx, receiptIds), await segmentsAsked(asked, tx, (r) => r.customer)];
    return asked.map((_, i) => ({ advices: advices[i] ? [advices[i]] : waiting[i]!, received: received[i], segment: segments[i]! }));
  },
  decide({ customer, adviceId }, on) {
    const { advices, received, segment } = on.known;
    const [first] = advices;
    const meant = adviceId !== undefined ? first && receiptMeant(first, first.others) : received && adviceMeant(received, advices);
    if (!meant || !first) return;
    const [advice, receipt] = 'advice' in meant ? [meant.advice, received!] : [first, meant.receipt];
    if (receipt.customer !== customer || advice.customer !== customer || on.state(adviceOf(advice.adviceId)).status !== 'waiting') return;
    matchAsKnown(on, advice.adviceId, customer, receipt, meant.by, { ...advice.known, ...(segment ? { segment } : {}) });
  },
};
