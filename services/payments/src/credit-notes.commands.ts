// What can be done with a credit note that is posted: it settles its own invoice first, the rest is the customer's credit. Every command is one append to the credit note and its account.
import type { AnyStream, Command, Decision } from '@ar/runtime/forms.js';
import type { Day } from '@ar/domain/day.js';
import { accountOf, applyByRules, asksForSegment, creditOf, holderOf, MOST_RETRIED, nothingNew, type OfSegment, segmentsAsked, use } from './applying.js';
import { type AccountState, type Cash, creditKey, creditNoteIn, isVoiding, itemsOf, openOf } from './domain/account.js';
import type { Share } from './domain/cash-application.js';
import { segmentsOfCreditNotes } from './projections/customers.js';
import { type KnownOfSettled, settledAmong } from './projections/settled-items.js';
import { refuseSettled } from './settled.js';
import { writeOffsOf } from './projections/write-offs.js';
import { giveWayToCredit } from './write-offs.commands.js';
import { posted, reopen } from './taking-back.js';
import { bookedAt, type Booking } from './domain/in-base.js';
import { type BookedBy, bookingsOf } from './projections/rates.js';

export interface PostCredit { readonly creditNoteId: string; readonly customer: string; readonly currency: string; readonly number: string; readonly invoiceId: string; readonly minor: number; readonly taxMinor: number; readonly issuedOn: Day; /** Of a free one. */ readonly booking?: Booking }

/** The write-offs of the invoice that is credited, and what that is booked by. */
export interface KnownOfCredit extends OfSegment { readonly writeOffs: readonly string[]; readonly booked?: BookedBy | undefined }

/** First against what is open, or was written off, of the invoice that it credits, the earliest due first; the rest waits as the customer's credit. A free one is tried by the rules at once. Known: the write-offs of the invoice. */
export const postCredit: Command<PostCredit, KnownOfCredit> = {
  name: 'post-credit',
  streams: ({ creditNoteId, customer, currency }) => [creditOf(creditNoteId), accountOf(customer, currency)],
  async known(asked, tx) {
    const lost = await writeOffsOf(tx, asked.map((a) => ({ tenant: a.tenant, invoiceId: a.request.invoiceId })));
    const booked = await bookingsOf(tx, asked.map((a) => ({ tenant: a.tenant, invoiceId: a.request.invoiceId })));
    return (await segmentsAsked(asked, tx, (r) => r.customer)).map((segment, i) => ({ segment, writeOffs: lost[i]!, booked: booked[i] }));
  },
  decide({ creditNoteId, customer, currency, number, invoiceId, minor, taxMinor, issuedOn, booking }, on) {
    const key = creditKey(creditNoteId);
    const { booked } = on.known;
    const inBase = (booked ? bookedAt({ minor, currency }, booked.by, booked.base) : booking)?.worth;
    on.run(creditOf(creditNoteId), { type: 'Post', creditNoteId, customer, currency, number, invoiceId, minor, issuedOn, ...(inBase ? { inBase } : {}) });
    on.run(accountOf(customer, currency), { type: 'PlaceCash', customer, currency, receiptId: key, minor, taxMinor, onAccount: false, valueOn: issuedOn, effectiveOn: issuedOn, from: 'credit-note', transferId: '', inBase });
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

/** What is left of credit notes, the oldest first. */
function creditsLeft<K>(on: Decision<K>, customer: string, currency: string): readonly (readonly [key: string, cash: Cash])[] {
  const credits = [...on.state(accountOf(customer, currency)).cash].filter(([key]) => creditNoteIn(key) !== undefined);
  credits.sort(([a, x], [b, y]) => (x.valueOn < y.valueOn ? -1 : x.valueOn > y.valueOn ? 1 : a < b ? -1 : 1));
  return credits.slice(0, MOST_RETRIED);
}
/** What `settleByOwnCredit` looks through: reached for together, before a command goes through many customers. */
export const creditsTried = <K>(on: Decision<K>, customer: string, currency: string): readonly AnyStream[] => creditsLeft(on, customer, currency).map(([key]) => holderOf(key));

/** A payment went back: what credit notes had left because their invoice was paid settles it now, the oldest first. */
export function settleByOwnCredit<K>(on: Decision<K>, customer: string, currency: string, invoices: ReadonlySet<string>): void {
  const tried = creditsLeft(on, customer, currency);
  on.reach(tried.map(([key]) => holderOf(key)));
  for (const [key, { unappliedMinor }] of tried) {
    const { invoiceId } = posted(on.state(creditOf(creditNoteIn(key)!)));
    const shares = invoices.has(invoiceId) ? ownShares(on.state(accountOf(customer, currency)), invoiceId, unappliedMinor) : [];
    if (shares.length > 0) use(on, key, { customer, currency }, { rule: 'own-invoice', shares, trace: [], policyVersion: 0 });
  }
}

/** Named items with their amounts; none: by the rules. */
export interface ApplyCredit { readonly creditNoteId: string; readonly shares: readonly (Share & { readonly currency: string })[] }

export const applyCredit: Command<ApplyCredit, (OfSegment & KnownOfSettled) | undefined> = {
  name: 'apply-credit',
  streams: ({ creditNoteId }) => [creditOf(creditNoteId)],
  async known(asked, tx) {
    const segments = asked.some(asksForSegment) ? await segmentsOfCreditNotes(tx, asked.map((a) => ({ tenant: a.tenant, id: a.request.creditNoteId }))) : [];
    const settled = await settledAmong(tx, asked.map(({ tenant, request }) => ({ tenant, itemIds: request.shares.map((s) => s.itemId) })));
    return asked.map((_, i) => ({ ...settled[i]!, ...(segments[i] === undefined ? {} : { segment: segments[i] }) }));
  },
  decide({ creditNoteId, shares }, on) {
    on.run(creditOf(creditNoteId), { type: 'AskToUse', creditNoteId, currencies: shares.map((s) => s.currency) });
    const { customer, currency } = posted(on.state(creditOf(creditNoteId)));
    const key = creditKey(creditNoteId);
    refuseSettled(on, [customer]);
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
    const { customer, currency, placing } = posted(before);
    for (const event of made) if (event.type === 'CreditUnapplied') reopen(on, customer, { currency, ...placing }, creditKey(creditNoteId), groupId, event.applications, 'unapplication', event.effectiveOn);
  },
};
