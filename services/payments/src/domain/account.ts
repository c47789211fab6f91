// What one customer owes in one currency, and the customer's money that pays nothing yet: the only place where an item is settled.
//
// - An item is posted once and open until it is settled or closed; what is settled leaves the state. 0 <= open <= original, on every day.
// - Money is placed once per receipt. What is applied and taken away never exceeds what was placed, on every day.
// - An application counts from the later of the days on which the receipt and the item count; where the money or the item was given back in
//   between, from that day, or it would have been used twice on the days before.
// - Settling is limited to what is open and to what is unapplied; giving back restores exactly what was settled, with the original due date.
// - A due date may move, from the business date on; what is given back later is due on the new day too.
// - Money that has value early enough is granted the item's discount with the same settlement: the item goes down by both, the money by what the item needs.
//   Given back, both are open again, and the discount can be had again as before.
// - Money may be held for documents that have not arrived. A person may use it nevertheless.
// - A voided document is closed as soon as nothing is applied to it. Until then nothing more can be applied to it.
// - What a credit note gives is kept among the money, once per credit note, and used in the same way.
// - What is open may be written off: it goes down, no money moves. Taken back, the same is open again, due when it is due. Money recovered for it is used and settles nothing.
// - Unused money may be kept for a refund: it is not unapplied any more, until the refund comes to nothing. What was refunded of a receipt that goes back is an item.
// - The reserved customer ~unidentified has money and no items.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { type Refusal, refuse } from '@ar/domain/decider.js';
import type { Charge } from '@ar/domain/policies.js';
import { type Money, share } from '@ar/domain/money.js';
import type { Hold, Share } from './cash-application.js';
import { type Booking, inBase, type InBase, moneyWorth, together, usedOf, without as less, worthOf } from './in-base.js';
import { Kept } from './kept.js';
import { keepWorth } from './kept-worth.js';
import { OpenItems } from './open-items.js';
import type { AskedPart, DifferenceReason, TakeBackCause, WriteOffMethod } from './write-off.js';
import { type Discounting, grantFor, type Grant, type ItemDiscount, offering, type TierUses, withUse } from './item-discount.js';

export const UNIDENTIFIED = '~unidentified';

/** Money is kept by its receipt's id; what a credit note gave by a key that is no receipt's id, whatever callers call them. */
const CREDIT = 'credit-note:';
export const creditKey = (creditNoteId: string): string => `${CREDIT}${creditNoteId}`;
export const creditNoteIn = (key: string): string | undefined => (key.startsWith(CREDIT) ? key.slice(CREDIT.length) : undefined);

/** Of an item, what never changes. */
export interface Item {
  readonly itemId: string;
  readonly kind: 'invoice' | 'debit-note' | 'claim' | 'taken-on';
  readonly documentId: string;
  readonly documentNumber: string;
  /** Our number, the caller's id, its external number, the payment reference: as payers may name it, normalised. */
  readonly references: readonly string[];
  readonly instalment: number;
  readonly instalments: number;
  readonly originalMinor: number;
  /** The tax within the original amount. */
  readonly taxMinor: number;
  readonly issuedOn: Day;
  readonly dueOn: Day;
  /** For who pays it early; absent: nothing. */
  readonly discount?: ItemDiscount;
  /** Of a debit note: what it charges for, and the invoice that it belongs to. */
  readonly charge?: Charge;
  readonly chargedFor?: string;
  /** The payment terms that it was issued with; absent: the customer's. */
  readonly terms?: string;
  /** What it is booked with in the tenant's base currency; absent in that one, and where no rate was known. */
  readonly booking?: Booking;
}
/** A part of a receipt, or of what a credit note gave, that settles a part of an item, or gives it back, from a day on, with the discount that comes with it; `openMinor` is what is open of it then. */
export interface Application { readonly item: Item; readonly minor: number; readonly openMinor: number; readonly effectiveOn: Day; readonly discount?: Grant; /** The write-off that the money is recovered from: it settles nothing. */ readonly recovers?: string; readonly inBase?: InBase; /** What it uses of a receipt in another currency. */ readonly spentMinor?: number }
/** What an application settles of its item: money and discount. */
export const settledBy = ({ minor, discount, recovers }: Application): number => (recovers === undefined ? minor + (discount?.minor ?? 0) : 0);
/** A part of an item that is written off, or owed again, from a day on, with the tax within it; `openMinor` is what is open of it then. */
export interface WrittenPart { readonly item: Item; readonly minor: number; readonly taxMinor: number; readonly openMinor: number; readonly effectiveOn: Day; readonly inBase?: Money }

/** In what follows `receiptId` is the key that money is kept by: a receipt's id, or a credit note's key. */
interface OfAccount { readonly customer: string; readonly currency: string }
export type AccountEvent = OfAccount & (
  | { type: 'OpenItemPosted'; item: Item; orderNumber: string; externalNumber: string; paymentReference: string; effectiveOn: Day }
  | { type: 'UnappliedCashPlaced'; receiptId: string; minor: number; onAccount: boolean; valueOn: Day; from: CashFrom; transferId: string; effectiveOn: Day; /** Within what a credit note gave. */ taxMinor?: number; refundId?: string; inBase?: Money }
  | { type: 'UnappliedCashTaken'; receiptId: string; minor: number; cause: 'reversal' | 'transfer' | 'discount' | 'refund' | 'exchange' | 'surplus' | 'take-on'; transferId: string; effectiveOn: Day; /** Within a discount that a credit note is net of. */ taxMinor?: number; refundId?: string; inBase?: Money }
  | { type: 'UnappliedCashHeld'; receiptId: string; holds: readonly Hold[] }
  | { type: 'OpenItemsSettled'; groupId: string; receiptId: string; valueOn: Day; applications: readonly Application[]; effectiveOn: Day }
  | { type: 'OpenItemsReopened'; groupId: string; receiptId: string; valueOn: Day; onAccount: boolean; applications: readonly Application[]; cause: ReopenCause; effectiveOn: Day }
  | { type: 'OpenItemsWrittenOff'; writeOffId: string; method: WriteOffMethod; parts: readonly WrittenPart[]; effectiveOn: Day; difference?: DifferenceReason }
  | { type: 'OpenItemsReinstated'; writeOffId: string; method: WriteOffMethod; parts: readonly WrittenPart[]; cause: TakeBackCause; effectiveOn: Day; difference?: DifferenceReason }
  | { type: 'RecoveryBooked'; writeOffId: string; groupId: string; receiptId: string; minor: number; effectiveOn: Day; inBase?: Money }
  | { type: 'RecoveryTakenBack'; writeOffId: string; groupId: string; receiptId: string; valueOn: Day; onAccount: boolean; minor: number; effectiveOn: Day; inBase?: Money }
  | { type: 'DocumentVoidPending'; documentId: string; voidOn: Day }
  | { type: 'OpenItemClosed'; item: Item; minor: number; taxMinor: number; cause: 'void' | 'take-on'; effectiveOn: Day; inBase?: Money }
  | { type: 'OpenItemDueChanged'; itemId: string; documentId: string; instalment: number; formerDueOn: Day; dueOn: Day }
  | { type: 'OpenItemDisputed'; itemId: string; disputeId: string; minor: number }
  | { type: 'OpenItemDisputeEnded'; itemId: string; disputeId: string });

export type CashFrom = 'bank' | 'payer' | 'credit-note' | 'discount' | 'refund' | 'exchange' | 'surplus' | 'take-on' | typeof UNIDENTIFIED;
export type ReopenCause = 'unapplication' | 'reversal' | 'void';

export type AccountCommand = OfAccount & (
  | { type: 'PostItems'; items: readonly Item[]; orderNumber: string; externalNumber: string; paymentReference: string; /** Absent: each from its issue. */ countsFrom?: Day }
  | { type: 'PlaceCash'; receiptId: string; minor: number; onAccount: boolean; valueOn: Day; effectiveOn: Day; from: CashFrom; transferId: string; taxMinor?: number; refundId?: string; inBase?: Money | undefined }
  | { type: 'TakeForRefund'; receiptId: string; refundId: string; minor: number; today: Day }
  /** For items of another currency. */
  | { type: 'TakeForExchange'; receiptId: string; minor: number; transferId: string }
  | { type: 'TakeCash'; receiptId: string; /** Absent: all that is left. */ minor?: number; cause: 'reversal' | 'transfer' | 'exchange' | 'surplus' | 'take-on'; transferId: string; effectiveOn: Day }
  /** A credit note is net of a discount that was granted on what it credits. */
  | { type: 'TakeDiscountBack'; receiptId: string; minor: number; taxMinor: number }
  | { type: 'HoldCash'; receiptId: string; holds: readonly Hold[] }
  | { type: 'Settle'; groupId: string; receiptId: string; shares: readonly Share[]; /** Of the policy: who pays in full takes the discount as well. */ discountOnFullPayment?: boolean; /** Which discounts are taken; absent: all. */ discounting?: Discounting }
  | { type: 'Reopen'; groupId: string; receiptId: string; valueOn: Day; onAccount: boolean; applications: readonly Application[]; cause: ReopenCause; effectiveOn: Day }
  | { type: 'WriteOff'; writeOffId: string; method: WriteOffMethod; parts: readonly AskedPart[]; today: Day; /** It is what a payment is short by. */ difference?: DifferenceReason }
  | { type: 'Reinstate'; writeOffId: string; method: WriteOffMethod; parts: readonly WrittenPart[]; cause: TakeBackCause; difference?: DifferenceReason }
  | { type: 'Recover'; writeOffId: string; groupId: string; receiptId: string; applications: readonly Application[] }
  | { type: 'TakeBackRecovery'; writeOffId: string; groupId: string; receiptId: string; valueOn: Day; onAccount: boolean; applications: readonly Application[]; effectiveOn: Day }
  /** An item that was settled, as far as is known: whether it is open nevertheless. */
  | { type: 'AskForOpen'; itemId: string }
  | { type: 'VoidDocument'; documentId: string; instalments: number; voidOn: Day }
  | { type: 'CloseVoided'; documentId: string }
  /** It was taken on by mistake. */
  | { type: 'CloseTakenOn'; itemId: string; today: Day }
  | { type: 'ChangeDue'; itemId: string; documentId: string; instalment: number; formerDueOn: Day; dueOn: Day }
  | { type: 'Dispute'; disputeId: string; shares: readonly Share[] }
  | { type: 'EndDispute'; disputeId: string });

export type AccountRefusal = 'open-item-exists' | 'open-item-not-found' | 'open-item-settled' | 'open-item-over-applied' | 'open-item-voided' | 'receipt-over-applied' | 'credit-over-applied' | 'application-not-positive' | 'application-item-twice'
  | 'refund-above-refundable' | 'write-off-above-open' | 'write-off-item-twice' | 'write-off-not-positive' | 'taken-on-in-use';

export interface OpenItem extends Item {
  readonly openMinor: number;
  /** From here on it is free to be settled on every day. */
  readonly freeFrom: Day;
  readonly disputes: Readonly<Record<string, number>>;
  /** What its discounts were used for. */
  readonly uses: TierUses;
  /** What that is worth in the tenant's base currency, where it is known. */
  readonly inBase?: Money | undefined;
}
export interface Cash { readonly unappliedMinor: number; readonly onAccount: boolean; readonly valueOn: Day; readonly freeFrom: Day; readonly holds: readonly Hold[]; readonly inBase?: Money | undefined }
export interface AccountState {
  readonly items: Kept<OpenItem, OpenItems>;
  /** By receipt, or by credit note's key: there may be very much that waits to be identified. */
  readonly cash: Kept<Cash>;
  /** Void dates of invoices that still have something applied. */
  readonly voids: Readonly<Record<string, Day>>;
  /** Due dates that were moved, by item: parts of one that were settled before may be given back. */
  readonly moved: Readonly<Record<string, Day>>;
  /** Of items that several payments settled, some of them early: a payment that goes back must find what the others used. Nothing of all others. */
  readonly uses: Readonly<Record<string, TierUses>>;
  /** What the last write-offs hold: the debt is there still, and a void or a credit note must find it. Those of before are found by what has been read of them: here is what may not have been read yet. */
  readonly writtenOff: Readonly<Record<string, readonly WrittenOff[]>>;
}
/** Of a write-off, which item, and how much. */
export interface WrittenOff extends Share { readonly kind: Item['kind']; readonly documentId: string }

export const disputedMinor = (item: OpenItem): number => Math.min(item.openMinor, Object.values(item.disputes).reduce((a, b) => a + b, 0));
export const sum = (shares: readonly { readonly minor: number }[]): number => shares.reduce((total, s) => total + s.minor, 0);

/** An account's id; three letters of currency end it, whatever the customer is called. */
export const accountId = (customer: string, currency: string): string => `${customer}-${currency}`;

const inItsCurrency: Aggregate<AccountState, AccountCommand, AccountEvent, AccountRefusal> = {
  type: 'account',
  snapshot: 8,
  initial: { items: Kept.of({}, OpenItems), cash: Kept.of(), voids: {}, moved: {}, uses: {}, writtenOff: {} },
  restored: (json) => { const stored = json as Omit<AccountState, 'items' | 'cash'> & { readonly items: Readonly<Record<string, OpenItem>>; readonly cash: Readonly<Record<string, Cash>> }; return { ...stored, items: Kept.of(stored.items, OpenItems), cash: Kept.of(stored.cash) }; },
  customer: (id) => id.slice(0, -4),

  decide(command, state) {
    const { customer, currency } = command;
    const of = { customer, currency };
    switch (command.type) {
      case 'PostItems': {
        const there = command.items.find((i) => state.items.get(i.itemId));
        const { orderNumber, externalNumber, paymentReference, countsFrom } = command;
        if (there) return refuse('open-item-exists', { itemId: there.itemId });
        return command.items.map((item) => ({ type: 'OpenItemPosted', ...of, item, orderNumber, externalNumber, paymentReference, effectiveOn: countsFrom ?? item.issuedOn }));
      }
      case 'PlaceCash': {
        const { receiptId, minor, onAccount, valueOn, from, transferId, effectiveOn, taxMinor, refundId, inBase: worth } = command;
        return [{ type: 'UnappliedCashPlaced', ...of, receiptId, minor, onAccount, valueOn, from, transferId, effectiveOn, ...(taxMinor === undefined ? {} : { taxMinor }), ...(refundId === undefined ? {} : { refundId }), ...inBase(worth) }];
      }
      case 'TakeForRefund': {
        const { receiptId, refundId, minor, today } = command;
        const cash = state.cash.get(receiptId);
        if (!cash || minor > cash.unappliedMinor) return refuse('refund-above-refundable', { refundableMinor: cash?.unappliedMinor ?? 0, askedMinor: minor, currency });
        return [{ type: 'UnappliedCashTaken', ...of, receiptId, minor, cause: 'refund', transferId: '', refundId, effectiveOn: later(today, cash.freeFrom), ...inBase(worthOf(minor, wholeOf(cash))) }];
      }
      case 'TakeForExchange': {
        const { receiptId, minor, transferId } = command;
        const cash = state.cash.get(receiptId);
        if (!cash || minor > cash.unappliedMinor) return refuse('receipt-over-applied', { unappliedMinor: cash?.unappliedMinor ?? 0, askedMinor: minor, currency });
        if (minor <= 0) return refuse('application-not-positive', { minor, currency });
        return [{ type: 'UnappliedCashTaken', ...of, receiptId, minor, cause: 'exchange', transferId, effectiveOn: cash.freeFrom, ...inBase(worthOf(minor, wholeOf(cash))) }];
      }
      case 'TakeCash': {
        const cash = state.cash.get(command.receiptId);
        const minor = command.minor ?? cash?.unappliedMinor ?? 0;
        if (!cash || minor > cash.unappliedMinor) return refuse('receipt-over-applied', { unappliedMinor: cash?.unappliedMinor ?? 0, currency });
        const { receiptId, cause, transferId } = command;
        return [{ type: 'UnappliedCashTaken', ...of, receiptId, minor, cause, transferId, effectiveOn: later(command.effectiveOn, cash.freeFrom), ...inBase(worthOf(minor, { minor: cash.unappliedMinor, inBase: cash.inBase })) }];
      }
      case 'TakeDiscountBack': {
        const { receiptId, minor, taxMinor } = command;
        const cash = state.cash.get(receiptId);
        if (!cash || minor > cash.unappliedMinor) return refuse('credit-over-applied', { unappliedMinor: cash?.unappliedMinor ?? 0, askedMinor: minor, currency });
        return [{ type: 'UnappliedCashTaken', ...of, receiptId, minor, cause: 'discount', transferId: '', effectiveOn: cash.freeFrom, taxMinor, ...inBase(worthOf(minor, wholeOf(cash))) }];
      }
      case 'HoldCash': return [{ type: 'UnappliedCashHeld', ...of, receiptId: command.receiptId, holds: command.holds }];
      case 'Settle': return settle(command, state);
      case 'Reopen': {
        const { groupId, receiptId, valueOn, onAccount, cause } = command;
        return byDay(command.applications.map((a) => ({ ...a, item: { ...a.item, dueOn: state.moved[a.item.itemId] ?? a.item.dueOn }, openMinor: (state.items.get(a.item.itemId)?.openMinor ?? 0) + settledBy(a), effectiveOn: later(a.effectiveOn, command.effectiveOn) })))
          .map((applications) => ({ type: 'OpenItemsReopened', ...of, groupId, receiptId, valueOn, onAccount, applications, cause, effectiveOn: applications[0]!.effectiveOn }));
      }
      case 'WriteOff': {
        const { writeOffId, method, difference } = command;
        const parts = partsToWriteOff(state, command.parts, command.today, currency);
        return 'refused' in parts ? parts : byDay(parts).map((on) => ({ type: 'OpenItemsWrittenOff', ...of, writeOffId, method, parts: on, effectiveOn: on[0]!.effectiveOn, ...(difference ? { difference } : {}) }));
      }
      case 'Reinstate': {
        const { writeOffId, method, cause, difference } = command;
        return byDay(command.parts.map((p) => ({ ...p, item: { ...p.item, dueOn: state.moved[p.item.itemId] ?? p.item.dueOn } })))
          .map((parts) => ({ type: 'OpenItemsReinstated', ...of, writeOffId, method, parts, cause, effectiveOn: parts[0]!.effectiveOn, ...(difference ? { difference } : {}) }));
      }
      case 'Recover': {
        const { writeOffId, groupId, receiptId, applications } = command;
        const unappliedMinor = state.cash.get(receiptId)?.unappliedMinor ?? 0;
        const voiding = applications.find((a) => isVoiding(state, a.item));
        if (sum(applications) > unappliedMinor) return refuse('receipt-over-applied', { unappliedMinor, askedMinor: sum(applications), currency });
        if (voiding) return refuse('open-item-voided', { itemId: voiding.item.itemId });
        return byDay(applications).map((on) => ({ type: 'RecoveryBooked', ...of, writeOffId, groupId, receiptId, minor: sum(on), effectiveOn: on[0]!.effectiveOn, ...inBase(together(on.map((a) => moneyWorth(a.inBase)))) }));
      }
      case 'TakeBackRecovery': {
        const { writeOffId, groupId, receiptId, valueOn, onAccount } = command;
        return byDay(command.applications.map((a) => ({ ...a, effectiveOn: later(a.effectiveOn, command.effectiveOn) })))
          .map((on) => ({ type: 'RecoveryTakenBack', ...of, writeOffId, groupId, receiptId, valueOn, onAccount, minor: sum(on), effectiveOn: on[0]!.effectiveOn, ...inBase(together(on.map((a) => moneyWorth(a.inBase)))) }));
      }
      case 'VoidDocument': {
        const { documentId, instalments, voidOn } = command;
        const open = itemsOf(state, documentId);
        if (open.length === instalments && open.every((i) => i.openMinor === i.originalMinor)) return open.map((i) => closed(of, i, voidOn));
        return state.voids[documentId] ? [] : [{ type: 'DocumentVoidPending', ...of, documentId, voidOn }];
      }
      case 'AskForOpen': return state.items.get(command.itemId) ? [] : refuse('open-item-settled', { itemId: command.itemId });
      case 'CloseVoided': {
        const voidOn = state.voids[command.documentId];
        return voidOn === undefined ? [] : itemsOf(state, command.documentId).map((i) => closed(of, i, voidOn));
      }
      case 'CloseTakenOn': {
        const open = state.items.get(command.itemId);
        if (!open || open.openMinor !== open.originalMinor || Object.keys(open.disputes).length > 0) return refuse('taken-on-in-use', { itemId: command.itemId, openMinor: open?.openMinor ?? 0, disputes: Object.keys(open?.disputes ?? {}).length, currency });
        return [{ ...closed(of, open, command.today), cause: 'take-on' }];
      }
      case 'ChangeDue': {
        const { itemId, documentId, instalment, formerDueOn, dueOn } = command;
        return [{ type: 'OpenItemDueChanged', ...of, itemId, documentId, instalment, formerDueOn, dueOn }];
      }
      case 'Dispute': // what is no longer open cannot be left out of anything
        return command.shares.filter((s) => state.items.get(s.itemId)).map(({ itemId, minor }) => ({ type: 'OpenItemDisputed', ...of, itemId, disputeId: command.disputeId, minor }));
      case 'EndDispute':
        return [...state.items.index.special].filter((i) => i.disputes[command.disputeId] !== undefined).sort((a, b) => (a.itemId < b.itemId ? -1 : 1)).map(({ itemId }) => ({ type: 'OpenItemDisputeEnded', ...of, itemId, disputeId: command.disputeId }));
    }
  },

  evolve(state, event) {
    const { items, cash, voids } = state;
    switch (event.type) {
      case 'OpenItemPosted': {
        const { item } = event;
        return { ...state, items: items.with(item.itemId, { ...item, openMinor: item.originalMinor, freeFrom: event.effectiveOn, disputes: {}, uses: {} }) };
      }
      case 'UnappliedCashPlaced': {
        const { minor, onAccount, valueOn, effectiveOn } = event;
        if (event.from === 'discount' || event.from === 'refund' || event.from === 'exchange' || event.from === 'surplus' || event.from === 'payer') return { ...state, cash: withMore(cash, event, minor) };
        return { ...state, cash: cash.with(event.receiptId, { unappliedMinor: minor, onAccount, valueOn, freeFrom: effectiveOn, holds: [] }) };
      }
      case 'UnappliedCashTaken': return { ...state, cash: withLess(cash, event.receiptId, event.minor) };
      case 'UnappliedCashHeld': {
        const held = cash.get(event.receiptId);
        return held ? { ...state, cash: cash.with(event.receiptId, { ...held, holds: event.holds }) } : state;
      }
      case 'OpenItemsSettled': {
        let next = items;
        const kept = { ...state.uses };
        for (const a of event.applications) {
          const { itemId } = a.item;
          const open = next.get(itemId);
          const uses = withUse(open?.uses ?? {}, a, 1);
          if (open && open.openMinor > settledBy(a)) { next = next.with(itemId, { ...open, openMinor: open.openMinor - settledBy(a), uses }); continue; }
          if (Object.keys(uses).length > 0 && settledBy(a) < a.item.originalMinor) kept[itemId] = uses;
          next = next.without(itemId);
        }
        return { ...state, items: next, uses: kept, cash: withLess(cash, event.receiptId, sum(event.applications)) };
      }
      case 'OpenItemsReopened': {
        let next = items;
        const kept = { ...state.uses };
        for (const a of event.applications) {
          const { itemId } = a.item;
          const open = next.get(itemId) ?? { ...a.item, openMinor: 0, freeFrom: a.item.issuedOn, disputes: {}, uses: kept[itemId] ?? withUse({}, a, 1) };
          next = next.with(itemId, { ...open, openMinor: open.openMinor + settledBy(a), freeFrom: later(open.freeFrom, event.effectiveOn), uses: withUse(open.uses, a, -1) });
          delete kept[itemId];
        }
        return { ...state, items: next, uses: kept, cash: withMore(cash, event, sum(event.applications)) };
      }
      case 'OpenItemsWrittenOff': {
        let next = items;
        const kept = { ...state.uses };
        for (const { item: { itemId }, minor, openMinor } of event.parts) {
          const open = next.get(itemId);
          if (open && openMinor > 0) { next = next.with(itemId, { ...open, openMinor: open.openMinor - minor }); continue; }
          if (open && Object.keys(open.uses).length > 0) kept[itemId] = open.uses;
          next = next.without(itemId);
        }
        const more = event.parts.map(({ item: { itemId, kind, documentId }, minor }) => ({ itemId, kind, documentId, minor }));
        return { ...state, items: next, uses: kept, writtenOff: latest({ ...state.writtenOff, [event.writeOffId]: [...(state.writtenOff[event.writeOffId] ?? []), ...more] }) };
      }
      case 'OpenItemsReinstated': {
        let next = items;
        const kept = { ...state.uses };
        for (const { item, minor } of event.parts) {
          const open = next.get(item.itemId) ?? { ...item, openMinor: 0, freeFrom: item.issuedOn, disputes: {}, uses: kept[item.itemId] ?? {} };
          next = next.with(item.itemId, { ...open, openMinor: open.openMinor + minor, freeFrom: later(open.freeFrom, event.effectiveOn) });
          delete kept[item.itemId];
        }
        const left = (state.writtenOff[event.writeOffId] ?? []).map((w) => ({ ...w, minor: w.minor - sum(event.parts.filter((p) => p.item.itemId === w.itemId)) })).filter((w) => w.minor > 0);
        return { ...state, items: next, uses: kept, writtenOff: left.length > 0 ? { ...state.writtenOff, [event.writeOffId]: left } : without(state.writtenOff, event.writeOffId) };
      }
      case 'RecoveryBooked': return { ...state, cash: withLess(cash, event.receiptId, event.minor) };
      case 'RecoveryTakenBack': return { ...state, cash: withMore(cash, event, event.minor) };
      case 'DocumentVoidPending': return { ...state, voids: { ...voids, [event.documentId]: event.voidOn } };
      case 'OpenItemClosed': return { ...state, items: items.without(event.item.itemId), voids: without(voids, event.item.documentId), moved: without(state.moved, event.item.itemId) };
      case 'OpenItemDueChanged': {
        const open = items.get(event.itemId);
        return { ...state, moved: { ...state.moved, [event.itemId]: event.dueOn }, ...(open ? { items: items.with(event.itemId, { ...open, dueOn: event.dueOn }) } : {}) };
      }
      case 'OpenItemDisputed': return disputed(state, event.itemId, (d) => ({ ...d, [event.disputeId]: event.minor }));
      case 'OpenItemDisputeEnded': return disputed(state, event.itemId, (d) => without(d, event.disputeId));
    }
  },
};
/** With what all of it is worth in the tenant's base currency. */
export const account: typeof inItsCurrency = { ...inItsCurrency, evolve: (state, event) => keepWorth(inItsCurrency.evolve(state, event), event) };

function settle({ customer, currency, groupId, receiptId, shares, discountOnFullPayment, discounting }: Extract<AccountCommand, { type: 'Settle' }>, state: AccountState): ReturnType<typeof inItsCurrency.decide> {
  const cash = state.cash.get(receiptId);
  const unappliedMinor = cash?.unappliedMinor ?? 0;
  if (!cash || sum(shares) > unappliedMinor) return refuse(creditNoteIn(receiptId) === undefined ? 'receipt-over-applied' : 'credit-over-applied', { unappliedMinor, askedMinor: sum(shares), currency });
  const applications: Application[] = [];
  let left = wholeOf(cash);
  const seen = new Set<string>();
  for (const { itemId, minor } of shares) {
    const open = state.items.get(itemId);
    if (!open) return refuse('open-item-not-found', { itemId });
    if (minor <= 0) return refuse('application-not-positive', { itemId, minor, currency });
    if (seen.has(itemId)) return refuse('application-item-twice', { itemId });
    if (isVoiding(state, open)) return refuse('open-item-voided', { itemId });
    if (minor > open.openMinor) return refuse('open-item-over-applied', { itemId, openMinor: open.openMinor, askedMinor: minor, currency });
    seen.add(itemId);
    const discount = creditNoteIn(receiptId) === undefined ? grantFor(discounting ? offering(open, discounting) : open, minor, cash.valueOn, discountOnFullPayment) : undefined;
    const needed = Math.min(minor, open.openMinor - (discount?.minor ?? 0)); // the rest stays unapplied
    const worth = usedOf({ minor: open.openMinor, inBase: itemInBase(open, cash, currency) }, needed, discount?.minor ?? 0, left);
    left = less(left, needed);
    applications.push({ item: itemOf(open), minor: needed, openMinor: open.openMinor - needed - (discount?.minor ?? 0), effectiveOn: later(cash.freeFrom, open.freeFrom), ...(discount ? { discount } : {}), ...(worth ? { inBase: worth } : {}) });
  }
  return byDay(applications).map((of) => ({ type: 'OpenItemsSettled', customer, currency, groupId, receiptId, valueOn: cash.valueOn, applications: of, effectiveOn: of[0]!.effectiveOn }));
}

/** What of open items would be written off now: each part at most what is open of its item. */
export function partsToWriteOff(state: AccountState, asked: readonly AskedPart[], today: Day, currency: string): readonly WrittenPart[] | Refusal<AccountRefusal> {
  const parts: WrittenPart[] = [];
  for (const { itemId, minor: wanted, atMostMinor } of asked) {
    const open = state.items.get(itemId);
    if (!open) return refuse('open-item-not-found', { itemId });
    if (parts.some((p) => p.item.itemId === itemId)) return refuse('write-off-item-twice', { itemId });
    if (isVoiding(state, open)) return refuse('open-item-voided', { itemId });
    const minor = wanted ?? Math.min(open.openMinor, atMostMinor ?? open.openMinor);
    if (minor <= 0) return refuse('write-off-not-positive', { itemId, minor, currency });
    if (minor > open.openMinor) return refuse('write-off-above-open', { itemId, openMinor: open.openMinor, askedMinor: minor, currency });
    parts.push({ item: itemOf(open), minor, taxMinor: share(open.taxMinor, minor, open.originalMinor, 'half-up'), openMinor: open.openMinor - minor, effectiveOn: later(today, open.freeFrom), ...inBase(worthOf(minor, { minor: open.openMinor, inBase: open.inBase })) });
  }
  return parts;
}

const later = (a: Day, b: Day): Day => (a > b ? a : b);

/** What is open of some items; nothing for those that are settled. */
export const openOf = ({ items }: AccountState, itemIds: readonly string[]): Readonly<Record<string, number>> => Object.fromEntries(itemIds.map((id) => [id, items.get(id)?.openMinor ?? 0]));

/** Of an invoice: debit notes have ids of their own, which may be the same. */
export const itemsOf = (state: AccountState, invoiceId: string): readonly OpenItem[] =>
  state.items.index.ofDocument(invoiceId).filter((i) => i.kind === 'invoice').sort((a, b) => a.instalment - b.instalment);
export const isVoiding = ({ voids }: AccountState, item: Item): boolean => item.kind === 'invoice' && voids[item.documentId] !== undefined;

/** An event has one effective date: applications are told apart by theirs, the earliest first. */
const byDay = <A extends { readonly effectiveOn: Day }>(applications: readonly A[]): readonly (readonly A[])[] =>
  [...new Set(applications.map((a) => a.effectiveOn))].sort().map((day) => applications.filter((a) => a.effectiveOn === day));

function itemOf({ openMinor: _open, freeFrom: _from, disputes: _disputes, uses: _uses, inBase: _worth, ...item }: OpenItem): Item { return item; }
/** Money of another currency keeps what it is worth: in the base currency, an item is worth itself then. */
const itemInBase = (open: OpenItem, cash: Cash, currency: string): Money | undefined => open.inBase ?? (cash.inBase?.currency === currency ? { minor: open.openMinor, currency } : undefined);
const wholeOf = ({ unappliedMinor, inBase: worth }: Cash): { readonly minor: number; readonly inBase?: Money | undefined } => ({ minor: unappliedMinor, inBase: worth });

const closed = (of: OfAccount, item: OpenItem, voidOn: Day): Extract<AccountEvent, { type: 'OpenItemClosed' }> => ({
  type: 'OpenItemClosed', ...of, item: itemOf(item), minor: item.openMinor, taxMinor: share(item.taxMinor, item.openMinor, item.originalMinor, 'half-up'), cause: 'void', effectiveOn: later(voidOn, item.freeFrom), ...inBase(item.inBase),
});

function withLess(cash: AccountState['cash'], key: string, minor: number): AccountState['cash'] {
  const from = cash.get(key);
  if (!from) return cash;
  const left = from.unappliedMinor - minor;
  return left > 0 ? cash.with(key, { ...from, unappliedMinor: left, holds: within(from.holds, left) }) : cash.without(key);
}

function withMore(cash: AccountState['cash'], { receiptId: key, onAccount, valueOn, effectiveOn }: { readonly receiptId: string; readonly onAccount: boolean; readonly valueOn: Day; readonly effectiveOn: Day }, minor: number): AccountState['cash'] {
  const from = cash.get(key) ?? { unappliedMinor: 0, onAccount, valueOn, freeFrom: effectiveOn, holds: [] };
  return cash.with(key, { ...from, unappliedMinor: from.unappliedMinor + minor, freeFrom: later(from.freeFrom, effectiveOn) });
}

/** Holds never exceed what is left: a person may have used what was held. The last hold gives way first. */
function within(holds: readonly Hold[], minor: number): readonly Hold[] {
  let left = minor;
  return holds.flatMap((h) => {
    const kept = Math.min(h.minor, left);
    left -= kept;
    return kept > 0 ? [{ ...h, minor: kept }] : [];
  });
}

function without<V>(record: Readonly<Record<string, V>>, key: string): Readonly<Record<string, V>> {
  const { [key]: _gone, ...rest } = record;
  return rest;
}

/** Items of write-offs that an account keeps at hand. */
export const MOST_WRITTEN_OFF = 1_000;

/** Without the oldest ones, beyond so many items; the last one stays, whatever its size. */
function latest(writtenOff: AccountState['writtenOff']): AccountState['writtenOff'] {
  const all = Object.entries(writtenOff);
  let left = all.reduce((n, [, parts]) => n + parts.length, 0);
  const from = all.findIndex(([, parts], i) => { if (left <= MOST_WRITTEN_OFF || i === all.length - 1) return true; left -= parts.length; return false; });
  return from === 0 ? writtenOff : Object.fromEntries(all.slice(from));
}

function disputed(state: AccountState, itemId: string, change: (disputes: OpenItem['disputes']) => OpenItem['disputes']): AccountState {
  const item = state.items.get(itemId);
  return item ? { ...state, items: state.items.with(itemId, { ...item, disputes: change(item.disputes) }) } : state;
}
