import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PostedCreditNote } from '@ar/contracts/gen/ar/payments/v1/credit_note_service.js';
import { WriteOffStatus, type WriteOff } from '@ar/contracts/gen/ar/payments/v1/write_off_service.js';
import { LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import type { Counted } from '@ar/domain/counted.js';
import { moneyOf } from '@ar/domain/money.js';
import type { Consumed } from '@ar/runtime/forms.js';
import { type Application, creditKey, creditNoteIn, disputedMinor, settledBy, UNIDENTIFIED } from './domain/account.js';
import { isPaid, takenBy } from './domain/refund.js';
import { notRecovered } from './domain/write-off.js';
import { type TierUses, withUse } from './domain/item-discount.js';
import { acts, receiptFoldOf } from './ledger-acts.world.js';
import { RARE } from './ledger-rare.world.js';
import { World } from './ledger.world.js';
import { changesOf } from './projections/item-spans.js';
import { entriesOf, journal } from './projections/journal.js';
import { postedCreditNoteResource } from './projections/posted-credit-notes.js';
import { writeOffResource } from './projections/write-offs.js';
import { receiptResource } from './projections/receipts.js';
import { payments } from './payments.service.js';

const ledgerTypes = new Set<string>(journal.on);
const isLedger = (e: Consumed): e is Parameters<typeof entriesOf>[0] => ledgerTypes.has(e.type);

/** Items and cash on every day on which anything changed, from the events alone. */
function checkEveryDay(world: World, originals: ReadonlyMap<string, number>): void {
  const changes = world.consumed().filter(isLedger).flatMap((e) => (e.type === 'ar.payments.refund_paid.v1' || e.type === 'ar.payments.period_revalued.v1' || e.type === 'ar.payments.revaluation_reversed.v1' ? [] : changesOf(e)));
  const days = [...new Set(changes.map((c) => c.effectiveOn))];
  const keys = new Set(changes.map((c) => `${c.customer} ${c.side} ${c.itemId}`));
  for (const key of keys) {
    const own = changes.filter((c) => `${c.customer} ${c.side} ${c.itemId}` === key);
    for (const day of days) {
      const open = own.filter((c) => c.effectiveOn <= day).reduce((sum, c) => sum + c.minor, 0);
      if (open < 0 || open > originals.get(own[0]!.itemId)!) throw new Error(`${key} is ${open} of ${originals.get(own[0]!.itemId)} on ${day}`);
    }
  }
}

function checkNow(world: World): Map<string, number> {
  const consumed = world.consumed();
  const entries = consumed.filter(isLedger).flatMap((e) => entriesOf(e).map((entry) => ({ ...entry, customer: e.customer })));
  const balance = (account: LedgerAccount, customer?: string) => entries.filter((e) => customer === undefined || e.customer === customer).reduce((sum, e) => sum + (e.debit === account ? e.minor : 0) - (e.credit === account ? e.minor : 0), 0);
  const originals = new Map<string, number>();
  for (const e of consumed) {
    if (e.type === 'ar.payments.open_item_posted.v1') originals.set(e.data.item!.itemId, Math.round(Number(e.data.item!.original!.value) * 100));
    if (e.type === 'ar.payments.receipt_recorded.v1') originals.set(e.data.receiptId, Math.round(Number(e.data.amount!.value) * 100));
    if (e.type === 'ar.payments.credit_note_posted.v1') originals.set(creditKey(e.data.creditNoteId), Math.round(Number(e.data.amount!.value) * 100));
  }
  // Invariant 1: items = balance = control account, per account.
  for (const customer of world.accounts()) {
    const { items, cash } = world.account(customer);
    const open = items.values().reduce((sum, i) => sum + i.openMinor, 0);
    const unapplied = [...cash].reduce((sum, [, c]) => sum + c.unappliedMinor, 0);
    if (customer === UNIDENTIFIED) { expect(open).toBe(0); continue; }
    expect(balance(LedgerAccount.RECEIVABLES, customer) + balance(LedgerAccount.UNAPPLIED_CASH, customer)).toBe(open - unapplied);
    expect(balance(LedgerAccount.RECEIVABLES, customer)).toBe(open);
    for (const i of items.values()) if (!(i.openMinor > 0 && i.openMinor <= i.originalMinor && disputedMinor(i) <= i.openMinor)) throw new Error(`${i.itemId} is open with ${i.openMinor} of ${i.originalMinor}`);
    for (const [, c] of cash) expect(c.holds.reduce((sum, h) => sum + h.minor, 0)).toBeLessThanOrEqual(c.unappliedMinor);
  }
  checkDiscounts(world, originals, balance);
  checkWriteOffs(world, balance);
  checkRefunds(world, balance);
  const suspense = [...world.account(UNIDENTIFIED).cash].reduce((sum, [, c]) => sum + c.unappliedMinor, 0);
  expect(-balance(LedgerAccount.SUSPENSE) || 0).toBe(suspense);
  expect(Object.values(LedgerAccount).reduce((sum, a) => sum + balance(a), 0)).toBe(0);
  // Invariant 2: for each receipt applied + booked as a gain + unapplied + refunded = received − reversed, and the account agrees.
  // A share is what its payer's receipt says of it, until it goes back.
  for (const receiptId of world.receipts) {
    const of = world.receipt(receiptId);
    if (of.status !== 'none' && of.passedBy) expect([of.passedBy.receiptId, world.receipt(of.passedBy.receiptId)]).toEqual([of.passedBy.receiptId, expect.objectContaining(of.status === 'reversed' ? {} : { passed: expect.objectContaining({ [receiptId]: { customer: of.customer, minor: of.facts.receivedMinor } }) })]);
    const state = world.receipt(receiptId);
    if (state.status === 'none') throw new Error('unreachable: it was recorded');
    const applied = Object.values(state.groups).flat().reduce((sum, a) => sum + a.minor, 0);
    const passed = Object.values(state.passed ?? {}).reduce((sum, p) => sum + p.minor, 0);
    const surpluses = Object.values(state.surpluses ?? {}).reduce((sum, s) => sum + s.minor, 0);
    expect(applied + surpluses + state.unappliedMinor + refunded(state.refunds) + passed).toBe(state.status === 'reversed' ? 0 : state.facts.receivedMinor);
    expect(world.accounts().reduce((sum, c) => sum + (world.account(c).cash.get(receiptId)?.unappliedMinor ?? 0), 0)).toBe(state.unappliedMinor);
  }
  // And for each credit note applied + unapplied + discount taken back = its amount.
  for (const creditNoteId of world.creditNotes) {
    const state = world.creditNote(creditNoteId);
    if (state.status === 'none') throw new Error('unreachable: it was posted');
    expect(Object.values(state.groups).flat().reduce((sum, a) => sum + a.minor, 0) + state.unappliedMinor + state.discount.minor + refunded(state.refunds)).toBe(state.minor);
    if (!(state.discount.minor >= 0 && state.discount.taxMinor >= 0 && state.discount.taxMinor <= state.discount.minor)) throw new Error(`${creditNoteId} takes ${state.discount.minor} back, ${state.discount.taxMinor} of it tax`);
    expect(world.account(state.customer).cash.get(creditKey(creditNoteId))?.unappliedMinor ?? 0).toBe(state.unappliedMinor);
  }
  return originals;
}

/** Open, paid, credited and discounted are the original; the journal has what was granted; what tiers were used for is what is granted in them, exactly. */
function checkDiscounts(world: World, originals: ReadonlyMap<string, number>, balance: (account: LedgerAccount) => number): void {
  const inForce = [...world.receipts.map((id) => world.receipt(id)), ...world.creditNotes.map((id) => world.creditNote(id))].flatMap((s) => (s.status === 'none' || s.status === 'reversed' ? [] : Object.values(s.groups).flat()));
  const takenBack = world.creditNotes.map((id) => world.creditNote(id)).reduce((sum, s) => sum + (s.status === 'none' ? 0 : s.discount.minor - s.discount.taxMinor), 0);
  const byItem = new Map<string, Application[]>();
  for (const a of inForce) byItem.set(a.item.itemId, [...(byItem.get(a.item.itemId) ?? []), a]);
  expect(balance(LedgerAccount.SALES_DISCOUNTS)).toBe(inForce.reduce((sum, { discount }) => sum + (discount ? discount.minor - discount.taxMinor : 0), 0) - takenBack);
  for (const customer of world.accounts()) {
    const { items, uses } = world.account(customer);
    for (const { itemId, openMinor } of items.values()) expect(openMinor + (byItem.get(itemId) ?? []).reduce((sum, a) => sum + settledBy(a), 0) + lostOf(world, itemId)).toBe(originals.get(itemId));
    for (const [itemId, used] of [...items.values().map((i) => [i.itemId, i.uses] as const), ...Object.entries(uses)]) {
      expect(used).toEqual((byItem.get(itemId) ?? []).reduce<TierUses>((sum, a) => withUse(sum, a, 1), {}));
      for (const { grantedMinor, taxMinor, settledMinor } of Object.values(used)) if (!(taxMinor >= 0 && taxMinor <= grantedMinor && grantedMinor < settledMinor)) throw new Error(`${itemId} was granted ${grantedMinor} of ${settledMinor}, ${taxMinor} of it tax`);
    }
  }
}

/** What write-offs hold of an item. */
const lostOf = (world: World, itemId: string): number => world.writeOffs.reduce((sum, id) => {
  const { inner } = world.writeOff(id);
  return sum + (inner.status === 'none' ? 0 : inner.parts.reduce((total, p) => total + (p.item.itemId === itemId ? p.minor : 0), 0));
}, 0);

/** What was too much of what stands, each with a group of its receipt that has all it came with. */
const gained = (world: World): number => world.receipts.map((id) => world.receipt(id)).flatMap((s) => (s.status === 'none' || s.status === 'reversed' ? [] : Object.entries(s.surpluses ?? {}).map(([groupId, surplus]) => {
  if (!s.groups[groupId]) throw new Error(`${groupId} is gone, and what was too much with it is not`);
  return surplus.minor;
}))).reduce((sum, minor) => sum + minor, 0);

/** The losses of the journal are what write-offs hold, its income what was recovered, by the receipts that did; nothing is recovered twice, or of what is not lost; the account knows the same. */
function checkWriteOffs(world: World, balance: (account: LedgerAccount) => number): void {
  const booked = world.writeOffs.map((id) => world.writeOff(id).inner).flatMap((w) => (w.status === 'none' ? [] : [w]));
  const lost = (method: string, difference?: string) => booked.filter((w) => w.method === method && w.difference === difference).flatMap((w) => w.parts).reduce((sum, p) => sum + p.minor, 0);
  expect([LedgerAccount.BAD_DEBTS, LedgerAccount.ALLOWANCE, LedgerAccount.PAYMENT_DIFFERENCES, LedgerAccount.BANK_CHARGES].map((account) => balance(account))).toEqual([lost('direct'), lost('allowance'), lost('direct', 'payment-difference') - gained(world), lost('direct', 'bank-charges')]);
  const recoveries = booked.flatMap((w) => Object.entries(w.recoveries).map(([groupId, r]) => ({ w, groupId, ...r })));
  expect(-balance(LedgerAccount.RECOVERIES) || 0).toBe(recoveries.flatMap((r) => r.applications).reduce((sum, a) => sum + a.minor, 0));
  for (const { w, groupId, receiptId, applications } of recoveries) {
    const of = world.receipt(receiptId);
    expect(of.status === 'none' ? undefined : of.groups[groupId]).toEqual(applications);
    for (const { item } of applications) if (notRecovered(w, item.itemId) < 0) throw new Error(`more of ${item.itemId} was recovered than lost`);
  }
  for (const { writeOffId, customer, parts } of booked) {
    expect((world.account(customer).writtenOff[writeOffId] ?? []).map((x) => [x.itemId, x.minor])).toEqual(parts.map((p) => [p.item.itemId, p.minor]));
    for (const p of parts) if (!(p.taxMinor >= 0 && p.taxMinor <= p.minor)) throw new Error(`${p.taxMinor} of ${p.minor} written off is tax`);
  }
}

const refunded = (refunds: Readonly<Record<string, number>>): number => Object.values(refunds).reduce((sum, minor) => sum + minor, 0);

/** Refunds payable are what refunds keep and have not paid; each keeps of its receipt or credit note what that says, unless it was paid and the receipt went back; cash is what came in and did not go out. */
function checkRefunds(world: World, balance: (account: LedgerAccount) => number): void {
  const keeping = world.refunds.map((id) => world.refund(id)).flatMap((r) => { const of = takenBy(r); return of ? [{ of, paid: isPaid(r) }] : []; });
  expect(-balance(LedgerAccount.REFUNDS_PAYABLE) || 0).toBe(keeping.filter((k) => !k.paid).reduce((sum, { of }) => sum + of.minor, 0));
  const sources = [...world.receipts.map((id) => world.receipt(id)), ...world.creditNotes.map((id) => world.creditNote(id))].flatMap((s) => (s.status === 'none' ? [] : [s]));
  for (const { of, paid } of keeping) {
    const creditNoteId = creditNoteIn(of.key);
    const source = creditNoteId === undefined ? world.receipt(of.key) : world.creditNote(creditNoteId);
    if (source.status === 'none') throw new Error(`${of.refundId} keeps money of nothing`);
    expect(source.refunds[of.refundId]).toBe(source.status === 'reversed' && paid ? undefined : of.minor);
  }
  expect(sources.flatMap((s) => Object.keys(s.refunds)).filter((id) => !keeping.some((k) => k.of.refundId === id))).toEqual([]);
  const received = world.receipts.map((id) => world.receipt(id)).reduce((sum, s) => sum + (s.status === 'recorded' && !s.passedBy ? s.facts.receivedMinor : 0), 0);
  const paidOut = keeping.filter((k) => k.paid).reduce((sum, { of }) => sum + of.minor, 0);
  expect(balance(LedgerAccount.CASH)).toBe(received - paidOut);
}

/** Write-offs as callers see them are as the ledger has them. */
function writeOffFoldOf(world: World): void {
  const seen = new Map<string, WriteOff>();
  for (const e of world.consumed()) if (writeOffResource.on.includes(e.type)) seen.set(e.subject, writeOffResource.evolve(seen.get(e.subject), e));
  for (const w of seen.values()) {
    const { inner } = world.writeOff(w.writeOffId);
    if (inner.status === 'none') { expect(w.status).toBe(WriteOffStatus.PENDING); continue; }
    expect(w.items.map((i) => [i.item!.itemId, moneyOf(i.amount).minor, moneyOf(i.tax).minor])).toEqual(inner.parts.map((p) => [p.item.itemId, p.minor, p.taxMinor]));
    expect(w.reversedItems.reduce((sum, i) => sum + moneyOf(i.amount).minor, 0)).toBe(moneyOf(w.reversed).minor);
    const written = world.events.filter((e) => e.type === 'WriteOffBooked' && (e.data as { writeOffId?: string }).writeOffId === w.writeOffId).flatMap((e) => (e.data as unknown as { parts: readonly { minor: number }[] }).parts);
    expect(moneyOf(w.amount).minor + moneyOf(w.reversed).minor).toBe(written.reduce((sum, x) => sum + x.minor, 0));
    expect(moneyOf(w.amount).minor).toBe(inner.parts.reduce((sum, p) => sum + p.minor, 0));
    const recovered = Object.values(inner.recoveries).flatMap((r) => r.applications).reduce((sum, a) => sum + a.minor, 0);
    expect([moneyOf(w.recovered).minor, w.recoveries.reduce((sum, r) => sum + moneyOf(r.amount).minor, 0)]).toEqual([recovered, recovered]);
    expect(w.status).toBe(inner.parts.length > 0 ? WriteOffStatus.BOOKED : WriteOffStatus.REVERSED);
  }
}

/** Credit notes as callers see them are as the ledger has them, and their groups are what is applied. */
function creditFoldOf(world: World): void {
  const notes = new Map<string, PostedCreditNote>();
  for (const e of world.consumed()) if (postedCreditNoteResource.on.includes(e.type)) notes.set(e.subject, postedCreditNoteResource.evolve(notes.get(e.subject), e));
  for (const [subject, note] of notes) {
    const state = world.creditNote(subject.slice('posted-credit-note/'.length));
    const [amount, applied, unapplied] = [note.amount, note.applied, note.unapplied].map((a) => moneyOf(a).minor) as [number, number, number];
    const takenBack = moneyOf(note.discountTakenBack).minor + moneyOf(note.refunded).minor + (note.withdrawn ? moneyOf(note.withdrawn).minor : 0);
    if (state.status === 'none' || unapplied !== state.unappliedMinor || applied + unapplied + takenBack !== amount) throw new Error(`the parts of ${note.creditNoteId} do not add up`);
    expect(note.applicationGroups.reduce((sum, g) => sum + moneyOf(g.amount).minor, 0)).toBe(applied);
  }
}

/** Commands that move neither money nor items, or as others do that are driven here. All of them are driven against the service at work, in ledger.int.spec.ts. */
const NOT_DRIVEN: readonly string[] = [
  'refuse-write-off', 'expire-write-off', 'cancel-pay-link', 'expire-pay-link', 'cancel-remittance-advice', 'amend-mandate', 'suspend-mandate', 'resume-mandate', 'cancel-mandate', 'lapse-mandate',
  'collect-due', 'cancel-debit', 'suppress-debit', 'cut-debit-file', 'record-bank-advices', 'dismiss-bank-return', 'release-bank-statement', 'discard-bank-statement', 'cut-ledger-batch', 'revalue-period',
];

/** What happened in it, by name. */
function happenedIn(world: World): ReadonlySet<string> {
  const met = new Set<string>();
  for (const { type, data } of world.events) {
    met.add(type);
    if (type === 'UnappliedCashPlaced' && (data as { from: string }).from === 'discount') met.add('a discount given again to a credit note');
    if (type === 'UnappliedCashTaken' && (data as { cause: string }).cause === 'surplus') met.add('a gain of what was too much');
    if (type === 'UnappliedCashPlaced' && (data as { from: string }).from === 'surplus') met.add('a gain that went back');
    if ((data as Counted).originalOn) met.add('something for a closed period');
    if (type === 'ReceiptReversed' && (data as { claimedMinor?: number }).claimedMinor) met.add('a claim of what was refunded');
    const { reasonCode, rule } = data as { reasonCode?: string; rule?: string };
    if (type === 'WriteOffBooked' && (reasonCode === 'payment-difference' || reasonCode === 'bank-charges')) met.add(`a difference: ${reasonCode}`);
    if (type === 'WriteOffBooked' && reasonCode === 'small-balance') met.add('a small balance');
    if (type === 'CashApplied' && (rule === 'clear-account' || rule === 'match' || rule === 'remittance-advice')) met.add(`the rule ${rule}`);
    if (type === 'WriteOffReversed') met.add(`a write-off that gave way to a ${(data as { cause: string }).cause}`);
    for (const { discount } of (data as { applications?: readonly Application[] }).applications ?? []) if (discount) met.add(discount.earned ? 'an earned discount' : 'an unearned discount');
  }
  return met;
}

describe('the ledger, whatever is posted, received, credited, applied, taken back, reversed and voided in whatever order', () => {
  const met = new Set<string>();
  const ran = new Set<string>();
  it('ties to the cent on every day, receipts and accounts and journal alike', () => fc.assert(fc.property(acts, (steps) => {
    const world = new World();
    for (const act of steps) world.do(act);
    for (const name of world.ran) ran.add(name);
    checkEveryDay(world, checkNow(world));
    receiptFoldOf(world.consumed(), receiptResource);
    creditFoldOf(world);
    writeOffFoldOf(world);
    for (const name of happenedIn(world)) met.add(name);
  }), { numRuns: 1_000, examples: Object.values(RARE).map((history) => [history]) }));

  it('ties after every single act', () => fc.assert(fc.property(acts, (steps) => {
    const world = new World();
    for (const act of steps) { world.do(act); checkNow(world); }
  }), { numRuns: 60 }));

  it.each(Object.entries(RARE))('meets %s in a history of its own', (name, history) => {
    const world = new World();
    for (const act of history) world.do(act);
    expect(happenedIn(world)).toContain(name);
  });

  it('has met everything that can happen', () => expect([...met].sort()).toEqual([...[
    'CashApplied', 'CashHeld', 'CashUnapplied', 'CreditApplied', 'CreditNettedOfDiscount', 'CreditNotePosted', 'CreditUnapplied', 'DocumentVoidPending', 'OpenItemClosed', 'OpenItemDueChanged', 'OpenItemPosted', 'OpenItemsReinstated', 'OpenItemsReopened', 'OpenItemsSettled', 'OpenItemsWrittenOff',
    'MandateRegistered', 'MandateUsed', 'MandateUseDeclined', 'DebitRequested', 'DebitItemsTaken', 'DebitItemsReleased', 'DebitAttempted', 'DebitCollected', 'DebitDeclined', 'DebitReturned', 'DebitAbandoned', 'PayLinkCreated', 'PayLinkPaid',
    'DocumentTakenOn', 'CreditTakenOn', 'TakeOnCancelled', 'CreditNoteWithdrawn', 'PayerLinked', 'PayerUnlinked', 'CashPassedOn', 'CashPassedBack', 'PeriodClosed', 'PeriodReopened', 'something for a closed period', 'ReceiptIdentified', 'ReceiptRecorded', 'ReceiptReversed', 'RecoveryBooked', 'RecoveryTakenBack',
    'CashReleasedFromRefund', 'CashReservedForRefund', 'CreditReleasedFromRefund', 'CreditReservedForRefund', 'RefundApproved', 'RefundAttempted', 'RefundCancelled', 'RefundExpired', 'RefundFailed', 'RefundOrdered', 'RefundPaid', 'RefundProposed', 'RefundRefused', 'RefundUnknown', 'a claim of what was refunded', 'a gain of what was too much', 'a gain that went back',
    'a difference: bank-charges', 'a difference: payment-difference', 'the rule clear-account', 'the rule match', 'the rule remittance-advice', 'a small balance', 'ReceiptPending', 'OpenItemDisputed', 'OpenItemDisputeEnded', 'RemittanceAdviceRecorded', 'RemittanceAdviceMatched',
    'BankAccountRegistered', 'BankStatementReceived', 'BankLinesPosted', 'BankEntryRecorded', 'BankEntryEnriched', 'ApplicationRecommended', 'RecommendationAccepted', 'RecommendationDeclined', 'DeductionsTaken', 'BankReturnOpened', 'BankReturnMatched',
    'a discount given again to a credit note', 'a write-off that gave way to a credit-note', 'a write-off that gave way to a reversal', 'a write-off that gave way to a void', 'UnappliedCashHeld', 'UnappliedCashPlaced', 'UnappliedCashTaken', 'WriteOffApproved', 'WriteOffBooked', 'WriteOffProposed', 'WriteOffRecovered', 'WriteOffRecoveryUndone', 'WriteOffReversed', 'an earned discount', 'an unearned discount',
  ]].sort()));

  it('has driven every command but those that move neither money nor items', () => expect([...ran].filter((name) => payments.commands.some((c) => c.name === name)).sort()).toEqual(payments.commands.map((c) => c.name).filter((name) => !NOT_DRIVEN.includes(name)).sort()));
});
