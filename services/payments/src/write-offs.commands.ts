// Write-offs: which streams, what is decided. Each is one append to its write-off and its account; where money is recovered, or a recovery goes back, to the receipt as well.
import type { Day } from '@ar/domain/day.js';
import { limitOf } from '@ar/domain/approvable.js';
import { derivedId } from '@ar/domain/id.js';
import type { AnyStream, Command, Decision } from '@ar/runtime/forms.js';
import { account, accountId, type Application, type Item, itemsOf, openOf, partsToWriteOff, sum } from './domain/account.js';
import type { Share } from './domain/cash-application.js';
import { receipt } from './domain/receipt.js';
import { type KnownOfSettled, settledAmong } from './projections/settled-items.js';
import { refuseSettled } from './settled.js';
import { type BookWriteOff, type Booked, differenceIn, notRecovered, waitingIn, writeOff, type WriteOffEvent, type WriteOffWish } from './domain/write-off.js';

const writeOffOf = (writeOffId: string) => ({ aggregate: writeOff, id: writeOffId });
const accountOf = (customer: string, currency: string) => ({ aggregate: account, id: accountId(customer, currency) });
const receiptOf = (receiptId: string) => ({ aggregate: receipt, id: receiptId });
type AnyDecision = Decision<unknown>;

/** What is open of the items of a write-off. */
export function openIn(on: AnyDecision, customer: string, currency: string, writeOffId: string): Readonly<Record<string, number>> {
  const { inner } = on.state(writeOffOf(writeOffId));
  return inner.status === 'none' ? {} : openOf(on.state(accountOf(customer, currency)), inner.parts.map((p) => p.item.itemId));
}

/** The wish as it would be booked now. */
function bookNow(wish: WriteOffWish, on: AnyDecision, by: string): BookWriteOff {
  const { approvals } = on.policies;
  return { type: 'Book', wish, parts: partsToWriteOff(on.state(accountOf(wish.customer, wish.currency)), wish.items, on.today, wish.currency), limit: limitOf(approvals.writeOffLimit, by, approvals), expiryDays: approvals.expiryDays };
}

/** What is booked leaves the account: both are decided on the same state of it. */
function follow(on: AnyDecision, made: readonly WriteOffEvent[]): void {
  for (const event of made) {
    if (event.type !== 'WriteOffBooked') continue;
    const { customer, currency, writeOffId, method, parts } = event;
    on.run(accountOf(customer, currency), { type: 'WriteOff', customer, currency, writeOffId, method, parts: parts.map((p) => ({ itemId: p.item.itemId, minor: p.minor })), today: on.today });
  }
}

/** What is taken back is open on the account again. */
function reopen(on: AnyDecision, made: readonly WriteOffEvent[]): void {
  for (const event of made) {
    if (event.type !== 'WriteOffReversed') continue;
    const { customer, currency, writeOffId, method, parts, cause } = event;
    on.run(accountOf(customer, currency), { type: 'Reinstate', customer, currency, writeOffId, method, parts, cause, ...differenceIn(event) });
  }
}

export interface WriteOffOpenItems extends WriteOffWish { readonly by: string }
export const writeOffOpenItems: Command<WriteOffOpenItems, KnownOfSettled | undefined> = {
  name: 'write-off-open-items',
  customer: ({ customer }) => customer,
  streams: ({ writeOffId, customer, currency }) => [writeOffOf(writeOffId), accountOf(customer, currency)],
  known: (asked, tx) => settledAmong(tx, asked.map(({ tenant, request }) => ({ tenant, itemIds: request.items.map((i) => i.itemId) }))),
  decide({ by, ...wish }, on) {
    refuseSettled(on, [wish.customer]);
    follow(on, on.run(writeOffOf(wish.writeOffId), { type: 'Propose', book: bookNow(wish, on, by), by, today: on.today }));
  },
};

export interface ApproveWriteOff { readonly writeOffId: string; readonly by: string }
/** All that is open of an item is then what is open now, at most what it was when it was asked for. */
export const approveWriteOff: Command<ApproveWriteOff> = {
  name: 'approve-write-off',
  streams: ({ writeOffId }) => [writeOffOf(writeOffId)],
  decide({ writeOffId, by }, on) {
    const waiting = waitingIn(on.state(writeOffOf(writeOffId)), writeOffId);
    const items = waiting?.wish.items.map(({ itemId, minor }, i) => ({ itemId, minor, atMostMinor: waiting.parts[i]!.minor })) ?? [];
    follow(on, on.run(writeOffOf(writeOffId), { type: 'Approve', writeOffId, book: waiting && bookNow({ ...waiting.wish, items }, on, by), by, today: on.today }));
  },
};

export interface RefuseWriteOff { readonly writeOffId: string; readonly by: string; readonly reason: string }
export const refuseWriteOff: Command<RefuseWriteOff> = {
  name: 'refuse-write-off',
  streams: ({ writeOffId }) => [writeOffOf(writeOffId)],
  decide: ({ writeOffId, by, reason }, on) => void on.run(writeOffOf(writeOffId), { type: 'Refuse', writeOffId, by, reason, today: on.today }),
};

export interface ExpireWriteOff { readonly writeOffId: string; readonly customer: string }
export const expireWriteOff: Command<ExpireWriteOff> = {
  name: 'expire-write-off',
  customer: ({ customer }) => customer,
  streams: ({ writeOffId }) => [writeOffOf(writeOffId)],
  decide: ({ writeOffId }, on) => void on.run(writeOffOf(writeOffId), { type: 'Expire', writeOffId, today: on.today }),
};

export interface ReverseWriteOff { readonly writeOffId: string; readonly reason: string }
export const reverseWriteOff: Command<ReverseWriteOff> = {
  name: 'reverse-write-off',
  streams: ({ writeOffId }) => [writeOffOf(writeOffId)],
  decide({ writeOffId, reason }, on) {
    const { customer, currency } = on.state(writeOffOf(writeOffId));
    reopen(on, on.run(writeOffOf(writeOffId), { type: 'Reverse', writeOffId, reason, openMinor: openIn(on, customer, currency, writeOffId), today: on.today }));
  },
};

/** `minor` null: all that is left of the receipt, at most what is left to recover. */
export interface RecoverWriteOff { readonly writeOffId: string; readonly receiptId: string; readonly minor: number | null; readonly currency: string }
export const recoverWriteOff: Command<RecoverWriteOff> = {
  name: 'recover-write-off',
  streams: ({ writeOffId, receiptId }) => [writeOffOf(writeOffId), receiptOf(receiptId)],
  decide({ writeOffId, receiptId, minor, currency: asked }, on) {
    on.run(receiptOf(receiptId), { type: 'AskToUse', receiptId, customer: '', currencies: asked === '' ? [] : [asked] });
    const from = on.state(receiptOf(receiptId));
    if (from.status === 'none') throw new Error('a receipt that was just asked for is not there'); // its decider has refused before
    const { customer, facts: { currency }, groupCount } = from;
    const owing = on.state(accountOf(customer, currency));
    const { unappliedMinor, freeFrom, inBase } = owing.cash.get(receiptId) ?? { unappliedMinor: 0, freeFrom: on.today, inBase: undefined };
    const groupId = derivedId('apg', receiptId, String(groupCount + 1));
    for (const event of on.run(writeOffOf(writeOffId), { type: 'Recover', writeOffId, customer, currency, groupId, receiptId, minor, unappliedMinor, inBase, freeFrom, openMinor: openIn(on, customer, currency, writeOffId) })) {
      if (event.type !== 'WriteOffRecovered') continue;
      on.run(accountOf(customer, currency), { type: 'Recover', customer, currency, writeOffId, groupId, receiptId, applications: event.applications });
      on.run(receiptOf(receiptId), { type: 'Apply', receiptId, customer, groupId, rule: 'person', applications: event.applications, trace: [], policyVersion: 0 });
    }
  },
};

/** The write-offs that some applications are recoveries of. */
export const recoveredBy = (applications: readonly Application[]): readonly AnyStream[] => [...new Set(applications.flatMap((a) => a.recovers ?? []))].map(writeOffOf);

/** A receipt gives a recovery back: it is lost again, and the money is unapplied. */
export function takeRecoveryBack(on: AnyDecision, of: { readonly customer: string; readonly currency: string; readonly receiptId: string; readonly groupId: string; readonly valueOn: Day; readonly onAccount: boolean }, applications: readonly Application[], effectiveOn: Day): void {
  const [first] = applications;
  if (first?.recovers === undefined) return;
  on.run(writeOffOf(first.recovers), { type: 'UndoRecovery', groupId: of.groupId, applications, effectiveOn });
  on.run(accountOf(of.customer, of.currency), { type: 'TakeBackRecovery', ...of, writeOffId: first.recovers, applications, effectiveOn });
}

const bookedIn = (on: AnyDecision, writeOffId: string): Booked => {
  const { inner } = on.state(writeOffOf(writeOffId));
  if (inner.status === 'none') throw new Error(`the account has ${writeOffId}, which was never booked`); // both are one append
  return inner;
};
/** The write-offs that hold of an invoice, each with its items, the oldest first: those that are known, and those that the account has at hand and nobody may have read yet. */
function writtenOff(on: AnyDecision, customer: string, currency: string, invoiceId: string, known: readonly string[]): readonly (readonly [writeOffId: string, shares: readonly Share[]])[] {
  const ofInvoice = (item: Pick<Item, 'kind' | 'documentId'>) => item.kind === 'invoice' && item.documentId === invoiceId;
  const { writtenOff: atHand } = on.state(accountOf(customer, currency));
  const before = known.filter((id) => !Object.hasOwn(atHand, id));
  const ofIt = Object.entries(atHand).map(([id, parts]) => [id, parts.filter(ofInvoice)] as const).filter(([, parts]) => parts.length > 0);
  on.reach([...before, ...ofIt.map(([id]) => id)].map(writeOffOf));
  return [
    ...before.map((id) => [id, bookedIn(on, id).parts.flatMap(({ item, minor }) => (ofInvoice(item) ? [{ itemId: item.itemId, minor }] : []))] as const),
    ...ofIt,
  ].filter(([, parts]) => parts.length > 0);
}
function giveWay(on: AnyDecision, customer: string, currency: string, writeOffId: string, shares: readonly Share[], cause: 'void' | 'credit-note', reason: string, effectiveOn: Day): void {
  reopen(on, on.run(writeOffOf(writeOffId), { type: 'GiveWay', shares, cause, reason, openMinor: openIn(on, customer, currency, writeOffId), effectiveOn }));
}

/** The receipts that recovered something of an invoice. */
export const recoveredFrom = (on: AnyDecision, customer: string, currency: string, invoiceId: string, known: readonly string[]): readonly string[] =>
  writtenOff(on, customer, currency, invoiceId, known).flatMap(([id]) => Object.values(bookedIn(on, id).recoveries).map((r) => r.receiptId));

/** An invoice is void: what was written off of it is taken back, to be closed with it. Its recoveries have been taken back before. */
export function giveWayToVoid(on: AnyDecision, customer: string, currency: string, invoiceId: string, voidOn: Day, known: readonly string[]): void {
  for (const [id, shares] of writtenOff(on, customer, currency, invoiceId, known)) giveWay(on, customer, currency, id, shares, 'void', `${invoiceId} is void`, voidOn);
}

/** A credit note is for more than is open of its invoice: the rest of it takes back what was written off and did not come in, to settle that. What nobody paid is nobody's credit. */
export function giveWayToCredit(on: AnyDecision, customer: string, currency: string, invoiceId: string, minor: number, number: string, issuedOn: Day, known: readonly string[]): void {
  let left = minor - itemsOf(on.state(accountOf(customer, currency)), invoiceId).reduce((total, i) => total + i.openMinor, 0);
  for (const [id, parts] of writtenOff(on, customer, currency, invoiceId, known)) {
    const booked = bookedIn(on, id);
    const shares = parts.flatMap(({ itemId }) => {
      const taken = Math.max(0, Math.min(left, notRecovered(booked, itemId)));
      left -= taken;
      return taken > 0 ? [{ itemId, minor: taken }] : [];
    });
    if (sum(shares) > 0) giveWay(on, customer, currency, id, shares, 'credit-note', `${number} credits it`, issuedOn);
  }
}
