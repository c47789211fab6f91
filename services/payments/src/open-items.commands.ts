// What becomes of open items where it is no money that moves: a document is posted or void, falls due on another day, is disputed.
// A key is what the account keeps money by: a receipt's id, or a credit note's key.
import type { Command, Decision } from '@ar/runtime/forms.js';
import type { Day } from '@ar/domain/day.js';
import { accountOf, applyByRules, creditOf, differencesOf, holderOf, nothingNew, type OfSegment, receiptOf, segmentsAsked, tryWaiting } from './applying.js';
import { type Application, creditNoteIn, type Item } from './domain/account.js';
import type { Share } from './domain/cash-application.js';
import { writeOffsOf } from './projections/write-offs.js';
import { receiptsAppliedTo } from './projections/applications.js';
import { bookedAt } from './domain/in-base.js';
import { type BookedBy, bookingsOf } from './projections/rates.js';
import { giveWayToVoid, recoveredFrom } from './write-offs.commands.js';
import { takeBack, takeCreditBack } from './taking-back.js';

export interface PostInvoice { readonly customer: string; readonly currency: string; readonly items: readonly Item[]; readonly orderNumber: string; readonly externalNumber: string; readonly paymentReference: string; /** The invoice at whose rate it is booked; absent: items say their own. */ readonly bookedWith?: string }

/** Items of an invoice or a debit note are posted, and money and credit that wait are tried again, the oldest first. */
export const postInvoice: Command<PostInvoice, OfSegment & { readonly booked?: BookedBy | undefined } | undefined> = {
  name: 'post-invoice',
  streams: ({ customer, currency }) => [accountOf(customer, currency)],
  async known(asked, tx) {
    const booked = await bookingsOf(tx, asked.map((a) => ({ tenant: a.tenant, invoiceId: a.request.bookedWith ?? '' })));
    return (await segmentsAsked(asked, tx, (r) => r.customer)).map((segment, i) => ({ segment, booked: booked[i] }));
  },
  decide({ customer, currency, items, bookedWith: _invoice, ...posted }, on) {
    const booked = on.known?.booked;
    const booking = (i: Item) => (booked ? bookedAt({ minor: i.originalMinor, currency }, booked.by, booked.base) : undefined);
    on.run(accountOf(customer, currency), { type: 'PostItems', customer, currency, items: booked ? items.map((i) => ({ ...i, ...(booking(i) ? { booking: booking(i)! } : {}) })) : items, ...posted });
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
