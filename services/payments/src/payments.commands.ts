// What payments can be asked for: which streams, what must be known, what is decided. Every command on money is one append to its receipt, or its credit note, and its account.
// A key is what the account keeps money by: a receipt's id, or a credit note's key.
import type { Asked, Command, Decision, Tx } from '@ar/runtime/forms.js';
import type { Day } from '@ar/domain/day.js';
import { accountOf, applyByRules, asksForSegment, creditOf, differenceOf, differencesOf, holderOf, matchUnknown, MOST_RETRIED, type Naming, nothingNew, type OfSegment, receiptOf, segmentsAsked, takeDifferenceBack, transfer, tryWaiting, use } from './applying.js';
import { creditKey, creditNoteIn, isVoiding, itemsOf, openOf, type AccountState, type Application, type Item, type ReopenCause, UNIDENTIFIED } from './domain/account.js';
import type { Share } from './domain/cash-application.js';
import type { Matchable } from './domain/matching.js';
import type { PostedCreditState } from './domain/posted-credit-note.js';
import { type Deduction, type IdentifiedBy, type ReceiptFacts, type ReceiptState, type ReversalKind, returnFee } from './domain/receipt.js';
import { creditorReferencesIn, namesOf, readingsOf } from './domain/remittance.js';
import { documentsNamed, documentsNamedByReceipts, type NamedDocument } from './projections/documents.js';
import { customersKnown, segmentsOf, segmentsOfCreditNotes, segmentsOfReceipts } from './projections/customers.js';
import { matchableFor } from './projections/payers.js';
import { writeOffsOf } from './projections/write-offs.js';
import { receiptsAppliedTo } from './projections/applications.js';
import { refundsGiveWay } from './refunds.commands.js';
import { giveWayToCredit, giveWayToVoid, recoveredBy, recoveredFrom, takeRecoveryBack } from './write-offs.commands.js';

export interface RecordReceipt extends Omit<ReceiptFacts, 'valueOn'> {
  readonly receiptId: string;
  /** Empty: nobody knows. */
  readonly customer: string;
  /** Empty: the business date. */
  readonly valueOn: Day;
}
/** `segments`: of who may be the payer, where rules ask for them. */
export interface KnownOfPayer { readonly customerKnown: boolean; readonly documents: readonly NamedDocument[]; readonly segments?: Readonly<Record<string, string>>; /** Open items of who may have paid, where nobody is named and the policy asks. */ readonly matchable?: readonly Matchable[] }
const segmentIn = ({ segments }: KnownOfPayer, customer: string): OfSegment => (segments?.[customer] ? { segment: segments[customer] } : {});

export const namesIn = (facts: Pick<ReceiptFacts, 'named' | 'remitter'>): readonly string[] => [...new Set([...facts.named.flatMap((n) => namesOf(n.reference)), ...readingsOf(facts.remitter.remittance)])];
const namingFor = (customer: string, facts: Pick<ReceiptFacts, 'named' | 'remitter' | 'currency'>, documents: readonly NamedDocument[]): Naming => ({
  named: [...facts.named, ...creditorReferencesIn(facts.remitter.remittance).map((reference) => ({ reference, minor: null }))], remittance: facts.remitter.remittance,
  known: new Set(documents.filter((d) => d.customer === customer && d.currency === facts.currency).map((d) => d.reference)),
});

export const recordReceipt: Command<RecordReceipt, KnownOfPayer> = {
  name: 'record-receipt',
  customer: ({ customer }) => customer || UNIDENTIFIED,
  streams: ({ receiptId, customer, currency }) => [receiptOf(receiptId), ...(customer ? [accountOf(customer, currency)] : [])],

  async known(asked, tx) {
    const [customers, documents] = [await customersKnown(tx, asked.map((a) => ({ tenant: a.tenant, customer: a.request.customer }))), await documentsNamed(tx, asked.map((a) => ({ tenant: a.tenant, names: namesIn(a.request) })))];
    const matchable = await matchableFor(tx, asked, documents);
    return withSegments(asked, tx, asked.map((_, i) => ({ customerKnown: customers[i]!, documents: documents[i]!, ...(matchable[i] ? { matchable: matchable[i] } : {}) })));
  },

  decide({ receiptId, customer: given, ...request }, on) {
    const facts: ReceiptFacts = { ...request, valueOn: request.valueOn || on.today };
    const { customer, identifiedBy } = payer(given, facts.currency, on.known.documents);
    on.run(receiptOf(receiptId), { type: 'Record', receiptId, customer, identifiedBy, ...facts, today: on.today, customerKnown: identifiedBy !== 'caller' || on.known.customerKnown });
    const { currency, receivedMinor, onAccount, valueOn } = facts;
    on.run(accountOf(customer, currency), { type: 'PlaceCash', customer, currency, receiptId, minor: receivedMinor, onAccount, valueOn, effectiveOn: valueOn, from: 'bank', transferId: '' });
    if (customer === UNIDENTIFIED) { if (!onAccount) matchUnknown(on, receiptId, facts, on.known.matchable ?? []); return; }
    if (!onAccount) applyByRules(on, receiptId, { customer, currency, ...segmentIn(on.known, customer) }, namingFor(customer, facts, on.known.documents));
  },
};

/** The same with the segments of those who may be the payer, where rules ask for them. */
async function withSegments(asked: readonly Asked<{ readonly customer: string }>[], tx: Tx, known: readonly KnownOfPayer[]): Promise<readonly KnownOfPayer[]> {
  if (!asked.some(asksForSegment)) return known;
  const payers = asked.flatMap(({ tenant, request }, i) => [...new Set([request.customer, ...known[i]!.documents.map((d) => d.customer)])].map((customer) => ({ i, tenant, customer })));
  const segments = await segmentsOf(tx, payers);
  return known.map((k, i) => ({ ...k, segments: Object.fromEntries(payers.flatMap((p, n) => (p.i === i ? [[p.customer, segments[n]!]] : []))) }));
}

/** Who paid: as the caller says, or the one customer whose documents in that currency are named. */
export function payer(given: string, currency: string, documents: readonly NamedDocument[]): { readonly customer: string; readonly identifiedBy: IdentifiedBy } {
  if (given) return { customer: given, identifiedBy: 'caller' };
  const [only, ...others] = new Set(documents.filter((d) => d.currency === currency).map((d) => d.customer));
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
    const documents = await knownToReceipts(asked, tx);
    return withSegments(asked, tx, asked.map((_, i) => ({ customerKnown: customers[i]!, documents: documents[i]! })));
  },

  decide({ receiptId, customer, by, remittance }, on) {
    const facts = transfer(on, receiptId, customer, on.known.customerKnown, by);
    const { currency, onAccount } = facts;
    if (!onAccount) applyByRules(on, receiptId, { customer, currency, ...segmentIn(on.known, customer) }, namingFor(customer, remittance === undefined ? facts : { ...facts, remitter: { ...facts.remitter, remittance } }, on.known.documents));
  },
};

/** Named items with their amounts; none: by the rules. */
export interface ApplyReceipt { readonly receiptId: string; readonly shares: readonly (Share & { readonly currency: string })[]; /** What the payer kept back of those. */ readonly deductions?: readonly (Deduction & { readonly currency: string })[] }

export interface KnownOfReceipt extends OfSegment { readonly documents: readonly NamedDocument[] }

export const applyReceipt: Command<ApplyReceipt, KnownOfReceipt> = {
  name: 'apply-receipt',
  streams: ({ receiptId }) => [receiptOf(receiptId)],
  async known(asked, tx) {
    const documents = await knownToReceipts(asked, tx);
    const segments = asked.some(asksForSegment) ? await segmentsOfReceipts(tx, asked.map((a) => ({ tenant: a.tenant, id: a.request.receiptId }))) : [];
    return asked.map((_, i) => ({ documents: documents[i]!, ...(segments[i] ? { segment: segments[i] } : {}) }));
  },

  decide({ receiptId, shares, deductions = [] }, on) {
    on.run(receiptOf(receiptId), { type: 'AskToUse', receiptId, customer: '', currencies: [...shares, ...deductions].map((s) => s.currency) });
    const { customer, facts } = there(on.state(receiptOf(receiptId)));
    const of = { customer, currency: facts.currency, ...(on.known.segment ? { segment: on.known.segment } : {}) };
    if (shares.length === 0) { applyByRules(on, receiptId, of, namingFor(customer, facts, on.known.documents)); return; }
    const { groupId, applications } = use(on, receiptId, of, { rule: 'person', shares: shares.map(({ itemId, minor }) => ({ itemId, minor })), trace: [], policyVersion: 0 });
    if (deductions.length > 0) on.run(receiptOf(receiptId), { type: 'TakeDeductions', receiptId, customer, groupId, deductions: deductions.map(({ currency: _receipts, ...d }) => d), applications });
  },
};

/** `effectiveOn` empty: the business date. */
export interface UnapplyReceipt { readonly receiptId: string; readonly groupId: string; readonly reason: string; readonly effectiveOn: Day }

export const unapplyReceipt: Command<UnapplyReceipt> = {
  name: 'unapply-receipt',
  streams: ({ receiptId }) => [receiptOf(receiptId)],
  decide: ({ receiptId, groupId, reason, effectiveOn }, on) => takeBack(on, receiptId, groupId, [], 'unapplication', effectiveOn || null, reason),
};

export interface ReverseReceipt { readonly receiptId: string; readonly kind: ReversalKind; readonly code: string; readonly reason: string; readonly effectiveOn: Day | ''; readonly waiveFee?: boolean }

export const reverseReceipt: Command<ReverseReceipt> = {
  name: 'reverse-receipt',
  streams: ({ receiptId }) => [receiptOf(receiptId)],
  decide({ receiptId, kind, code, reason, effectiveOn, waiveFee = false }, on) {
    const claim = refundsGiveWay(on, receiptId, effectiveOn || on.today);
    const before = on.state(receiptOf(receiptId));
    const made = on.run(receiptOf(receiptId), { type: 'Reverse', receiptId, customer: '', kind, code, reason, openMinor: openBefore(on, before), today: on.today, effectiveOn: effectiveOn || null, feeMinor: waiveFee || before.status === 'none' ? 0 : returnFee(on.policies.returnedPayments, kind, before.facts.currency) });
    const { customer, facts } = there(before);
    on.reach(made.flatMap((e) => (e.type === 'CashUnapplied' ? [differenceOf(e.groupId), ...recoveredBy(e.applications)] : [])));
    for (const event of made) if (event.type === 'CashUnapplied') reopen(on, customer, facts, receiptId, event.groupId, event.applications, 'reversal', event.effectiveOn);
    if (on.state(accountOf(customer, facts.currency)).cash.get(receiptId)) on.run(accountOf(customer, facts.currency), { type: 'TakeCash', customer, currency: facts.currency, receiptId, cause: 'reversal', transferId: '', effectiveOn: effectiveOn || on.today });
    if (claim) on.run(accountOf(customer, facts.currency), { type: 'PostItems', customer, currency: facts.currency, items: [claim], orderNumber: '', externalNumber: '', paymentReference: '' });
    const reopened = made.flatMap((e) => (e.type === 'CashUnapplied' ? e.applications : [])).filter((a) => a.item.kind === 'invoice' && a.recovers === undefined).map((a) => a.item.documentId);
    if (reopened.length > 0) settleByOwnCredit(on, customer, facts.currency, new Set(reopened));
  },
};

export interface PostInvoice { readonly customer: string; readonly currency: string; readonly items: readonly Item[]; readonly orderNumber: string; readonly externalNumber: string; readonly paymentReference: string }

/** Items of an invoice or a debit note are posted, and money and credit that wait are tried again, the oldest first. */
export const postInvoice: Command<PostInvoice, OfSegment | undefined> = {
  name: 'post-invoice',
  streams: ({ customer, currency }) => [accountOf(customer, currency)],
  known: async (asked, tx) => (await segmentsAsked(asked, tx, (r) => r.customer)).map((segment) => ({ segment })),
  decide({ customer, currency, ...posted }, on) {
    on.run(accountOf(customer, currency), { type: 'PostItems', customer, currency, ...posted });
    tryWaiting(on, customer, currency, on.known);
  },
};

export interface VoidInvoice { readonly customer: string; readonly currency: string; readonly documentId: string; readonly instalments: number; readonly voidOn: Day }

/** Closes the items, or, when something is applied to them, notes that they are to be closed: what is applied is surely known when that note is read. */
export const voidInvoice: Command<VoidInvoice> = {
  name: 'void-invoice',
  streams: ({ customer, currency }) => [accountOf(customer, currency)],
  decide: ({ customer, currency, ...rest }, on) => void on.run(accountOf(customer, currency), { type: 'VoidDocument', customer, currency, ...rest }),
};

export interface FinishVoid { readonly customer: string; readonly currency: string; readonly documentId: string; readonly voidOn: Day }
/** Keys of money and credit applied to the invoice, and its write-offs. */
export interface KnownOfVoid extends OfSegment { readonly keys: readonly string[]; readonly writeOffs: readonly string[] }

/** In one append: cash and credit applied to the invoice are taken back, and what was written off of it; its items are closed, the money is run through application again. */
export const finishVoid: Command<FinishVoid, KnownOfVoid> = {
  name: 'finish-void',
  streams: ({ customer, currency }) => [accountOf(customer, currency)],
  async known(asked, tx) {
    const keys = await receiptsAppliedTo(tx, asked.map((a) => ({ tenant: a.tenant, documentId: a.request.documentId })));
    const lost = await writeOffsOf(tx, asked.map((a) => ({ tenant: a.tenant, invoiceId: a.request.documentId })));
    return (await segmentsAsked(asked, tx, (r) => r.customer)).map((segment, i) => ({ segment, keys: keys[i]!, writeOffs: lost[i]! }));
  },
  decide({ customer, currency, documentId, voidOn }, on) {
    const { keys, writeOffs: lost, ...ofSegment } = on.known;
    const freed = new Set<string>();
    const holders = [...new Set([...keys, ...recoveredFrom(on, customer, currency, documentId, lost)])];
    on.reach(holders.map(holderOf));
    for (const key of holders) for (const [groupId, applications] of Object.entries(groupsOf(on, key))) {
      const itemIds = applications.filter((a) => a.item.kind === 'invoice' && a.item.documentId === documentId).map((a) => a.item.itemId);
      if (itemIds.length === 0) continue;
      const creditNoteId = creditNoteIn(key);
      if (creditNoteId === undefined) takeBack(on, key, groupId, itemIds, 'void', voidOn, `${documentId} is void`);
      else takeCreditBack(on, creditNoteId, groupId, itemIds, voidOn);
      freed.add(key);
    }
    giveWayToVoid(on, customer, currency, documentId, voidOn, lost);
    on.run(accountOf(customer, currency), { type: 'CloseVoided', customer, currency, documentId });
    on.reach(differencesOf(on, customer, currency, [...freed], ofSegment.segment));
    for (const key of freed) if (!on.state(accountOf(customer, currency)).cash.get(key)?.onAccount) applyByRules(on, key, { customer, currency, ...ofSegment }, nothingNew);
  },
};

export interface PostCredit { readonly creditNoteId: string; readonly customer: string; readonly currency: string; readonly number: string; readonly invoiceId: string; readonly minor: number; readonly taxMinor: number; readonly issuedOn: Day }

/** The write-offs of the invoice that is credited. */
export interface KnownOfCredit extends OfSegment { readonly writeOffs: readonly string[] }
/** First against what is open, or was written off, of the invoice that it credits, the earliest due first; the rest waits as the customer's credit. A free one is tried by the rules at once. Known: the write-offs of the invoice. */
export const postCredit: Command<PostCredit, KnownOfCredit> = {
  name: 'post-credit',
  streams: ({ creditNoteId, customer, currency }) => [creditOf(creditNoteId), accountOf(customer, currency)],
  async known(asked, tx) {
    const lost = await writeOffsOf(tx, asked.map((a) => ({ tenant: a.tenant, invoiceId: a.request.invoiceId })));
    return (await segmentsAsked(asked, tx, (r) => r.customer)).map((segment, i) => ({ segment, writeOffs: lost[i]! }));
  },
  decide({ creditNoteId, customer, currency, number, invoiceId, minor, taxMinor, issuedOn }, on) {
    const key = creditKey(creditNoteId);
    on.run(creditOf(creditNoteId), { type: 'Post', creditNoteId, customer, currency, number, invoiceId, minor, issuedOn });
    on.run(accountOf(customer, currency), { type: 'PlaceCash', customer, currency, receiptId: key, minor, taxMinor, onAccount: false, valueOn: issuedOn, effectiveOn: issuedOn, from: 'credit-note', transferId: '' });
    if (invoiceId === '') { applyByRules(on, key, { customer, currency, ...(on.known.segment ? { segment: on.known.segment } : {}) }, nothingNew); return; }
    giveWayToCredit(on, customer, currency, invoiceId, minor, number, issuedOn, on.known.writeOffs);
    const shares = ownShares(on.state(accountOf(customer, currency)), invoiceId, minor);
    if (shares.length > 0) use(on, key, { customer, currency }, { rule: 'own-invoice', shares, trace: [], policyVersion: 0 });
  },
};

/** What of a sum goes to the items of an invoice; disputed parts too, for that is what is settled by it. Nothing of one that is void. */
function ownShares(state: AccountState, invoiceId: string, minor: number): readonly Share[] {
  let left = minor;
  const byAge = itemsOf(state, invoiceId).filter((i) => !isVoiding(state, i)).sort((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : a.instalment - b.instalment));
  return byAge.flatMap(({ itemId, openMinor }) => {
    const taken = Math.min(left, openMinor);
    left -= taken;
    return taken > 0 ? [{ itemId, minor: taken }] : [];
  });
}

/** A payment went back: what credit notes had left because their invoice was paid settles it now, the oldest first. */
export function settleByOwnCredit<K>(on: Decision<K>, customer: string, currency: string, invoices: ReadonlySet<string>): void {
  const credits = [...on.state(accountOf(customer, currency)).cash].filter(([key]) => creditNoteIn(key) !== undefined);
  credits.sort(([a, x], [b, y]) => (x.valueOn < y.valueOn ? -1 : x.valueOn > y.valueOn ? 1 : a < b ? -1 : 1));
  const tried = credits.slice(0, MOST_RETRIED);
  on.reach(tried.map(([key]) => holderOf(key)));
  for (const [key, { unappliedMinor }] of tried) {
    const { invoiceId } = posted(on.state(creditOf(creditNoteIn(key)!)));
    const shares = invoices.has(invoiceId) ? ownShares(on.state(accountOf(customer, currency)), invoiceId, unappliedMinor) : [];
    if (shares.length > 0) use(on, key, { customer, currency }, { rule: 'own-invoice', shares, trace: [], policyVersion: 0 });
  }
}

/** Named items with their amounts; none: by the rules. */
export interface ApplyCredit { readonly creditNoteId: string; readonly shares: readonly (Share & { readonly currency: string })[] }

export const applyCredit: Command<ApplyCredit, OfSegment | undefined> = {
  name: 'apply-credit',
  streams: ({ creditNoteId }) => [creditOf(creditNoteId)],
  known: async (asked, tx) => (asked.some(asksForSegment) ? (await segmentsOfCreditNotes(tx, asked.map((a) => ({ tenant: a.tenant, id: a.request.creditNoteId })))).map((segment) => ({ segment })) : asked.map(() => undefined)),
  decide({ creditNoteId, shares }, on) {
    on.run(creditOf(creditNoteId), { type: 'AskToUse', creditNoteId, currencies: shares.map((s) => s.currency) });
    const { customer, currency } = posted(on.state(creditOf(creditNoteId)));
    const key = creditKey(creditNoteId);
    if (shares.length === 0) applyByRules(on, key, { customer, currency, ...on.known }, nothingNew);
    else use(on, key, { customer, currency }, { rule: 'person', shares: shares.map(({ itemId, minor }) => ({ itemId, minor })), trace: [], policyVersion: 0 });
  },
};

/** `effectiveOn` empty: the business date. */
export interface UnapplyCredit { readonly creditNoteId: string; readonly groupId: string; readonly reason: string; readonly effectiveOn: Day }

export const unapplyCredit: Command<UnapplyCredit> = {
  name: 'unapply-credit',
  streams: ({ creditNoteId }) => [creditOf(creditNoteId)],
  decide({ creditNoteId, groupId, reason, effectiveOn }, on) {
    const before = on.state(creditOf(creditNoteId));
    const openMinor = before.status === 'none' ? {} : openOf(on.state(accountOf(before.customer, before.currency)), (before.groups[groupId] ?? []).map((a) => a.item.itemId));
    const made = on.run(creditOf(creditNoteId), { type: 'TakeBack', creditNoteId, groupId, openMinor, today: on.today, effectiveOn: effectiveOn || null, reason });
    const { customer, currency, issuedOn: valueOn } = posted(before);
    for (const event of made) if (event.type === 'CreditUnapplied') reopen(on, customer, { currency, valueOn, onAccount: false }, creditKey(creditNoteId), groupId, event.applications, 'unapplication', event.effectiveOn);
  },
};

export interface ChangeDue { readonly customer: string; readonly currency: string; readonly itemId: string; readonly documentId: string; readonly instalment: number; readonly formerDueOn: Day; readonly dueOn: Day }

/** An instalment is due on another day, open or settled just now. */
export const changeDue: Command<ChangeDue> = {
  name: 'change-due',
  streams: ({ customer, currency }) => [accountOf(customer, currency)],
  decide: (request, on) => void on.run(accountOf(request.customer, request.currency), { type: 'ChangeDue', ...request }),
};

export interface DisputeItems { readonly customer: string; readonly currency: string; readonly disputeId: string; readonly shares: readonly Share[] }

export const disputeItems: Command<DisputeItems> = {
  name: 'dispute-items',
  streams: ({ customer, currency }) => [accountOf(customer, currency)],
  decide: ({ customer, currency, disputeId, shares }, on) => void on.run(accountOf(customer, currency), { type: 'Dispute', customer, currency, disputeId, shares }),
};

export interface EndDispute { readonly customer: string; readonly currency: string; readonly disputeId: string }

export const endDispute: Command<EndDispute> = {
  name: 'end-dispute',
  streams: ({ customer, currency }) => [accountOf(customer, currency)],
  decide: ({ customer, currency, disputeId }, on) => void on.run(accountOf(customer, currency), { type: 'EndDispute', customer, currency, disputeId }),
};

/** What money, or a credit note, is used for now. */
function groupsOf<K>(on: Decision<K>, key: string): Readonly<Record<string, readonly Application[]>> {
  const creditNoteId = creditNoteIn(key);
  const state = creditNoteId === undefined ? on.state(receiptOf(key)) : on.state(creditOf(creditNoteId));
  return state.status === 'none' || state.status === 'reversed' ? {} : state.groups;
}

function takeCreditBack<K>(on: Decision<K>, creditNoteId: string, groupId: string, itemIds: readonly string[], voidOn: Day): void {
  const { customer, currency, issuedOn: valueOn } = posted(on.state(creditOf(creditNoteId)));
  const openMinor = openOf(on.state(accountOf(customer, currency)), itemIds);
  for (const event of on.run(creditOf(creditNoteId), { type: 'Unapply', groupId, itemIds, openMinor, effectiveOn: voidOn }))
    if (event.type === 'CreditUnapplied') reopen(on, customer, { currency, valueOn, onAccount: false }, creditKey(creditNoteId), groupId, event.applications, 'void', event.effectiveOn);
}

function takeBack<K>(on: Decision<K>, receiptId: string, groupId: string, itemIds: readonly string[], cause: 'unapplication' | 'void', effectiveOn: Day | null, reason: string): void {
  const before = on.state(receiptOf(receiptId));
  const made = on.run(receiptOf(receiptId), { type: 'Unapply', receiptId, customer: '', groupId, itemIds, openMinor: openBefore(on, before), today: on.today, effectiveOn, cause, reason });
  const { customer, facts } = there(before);
  for (const event of made) if (event.type === 'CashUnapplied') reopen(on, customer, facts, receiptId, groupId, event.applications, cause, event.effectiveOn);
}

function reopen<K>(on: Decision<K>, customer: string, { currency, valueOn, onAccount }: Pick<ReceiptFacts, 'currency' | 'valueOn' | 'onAccount'>, receiptId: string, groupId: string, applications: readonly Application[], cause: ReopenCause, effectiveOn: Day): void {
  const settled = applications.filter((a) => a.recovers === undefined);
  if (settled.length > 0) on.run(accountOf(customer, currency), { type: 'Reopen', customer, currency, groupId, receiptId, valueOn, onAccount, applications: settled, cause, effectiveOn });
  if (cause !== 'void' && creditNoteIn(receiptId) === undefined) takeDifferenceBack(on, customer, currency, groupId, ''); // of a void invoice, it gives way with the invoice
  takeRecoveryBack(on, { customer, currency, receiptId, groupId, valueOn, onAccount }, applications.filter((a) => a.recovers !== undefined), effectiveOn);
}

/** What is open of the items of a receipt's account. */
const openBefore = <K>(on: Decision<K>, state: ReceiptState): Readonly<Record<string, number>> => {
  if (state.status === 'none') return {};
  return openOf(on.state(accountOf(state.customer, state.facts.currency)), Object.values(state.groups).flat().map((a) => a.item.itemId));
};

function there(state: ReceiptState): Exclude<ReceiptState, { status: 'none' }> {
  if (state.status === 'none') throw new Error('a receipt that was just asked for is not there'); // its decider has refused before
  return state;
}

function posted(state: PostedCreditState): Exclude<PostedCreditState, { status: 'none' }> {
  if (state.status === 'none') throw new Error('a credit note that was just asked for is not there'); // its decider has refused before
  return state;
}

const knownToReceipts = (asked: readonly Asked<{ readonly receiptId: string }>[], tx: Tx) => documentsNamedByReceipts(tx, asked.map((a) => ({ tenant: a.tenant, receiptId: a.request.receiptId })));
