import { describe, expect, it } from '@jest/globals';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { AnyCommand, Typed } from '@ar/runtime/forms.js';
import { account, MOST_WRITTEN_OFF, type AccountEvent } from './domain/account.js';
import { itemsOf } from './domain/documents.js';
import { applyReceipt, recordReceipt, reverseReceipt, unapplyReceipt } from './payments.commands.js';
import { changeDue, finishVoid, postInvoice, voidInvoice } from './open-items.commands.js';
import { postCredit } from './credit-notes.commands.js';
import { approveWriteOff, recoverWriteOff, reverseWriteOff, writeOffOpenItems } from './write-offs.commands.js';

type History = Readonly<Record<string, readonly Typed[]>>;
const today = '2026-06-01';
const later = '2026-06-20';
const ask = (history: History, command: AnyCommand, request: object, on: { readonly today?: string; readonly known?: unknown; readonly limit?: string } = {}) =>
  deciding(command, history, { today: on.today ?? today, known: on.known ?? (command === postCredit ? { writeOffs: [] } : undefined), policies: policiesWith({ approvals: { writeOffLimit: on.limit ?? '' } }) })(request);
/** What was there before, with what a command made of it. */
const after = (history: History, ...asked: Parameters<typeof ask> extends [unknown, ...infer Rest] ? Rest : never): History => {
  const answer = ask(history, ...asked);
  if ('refused' in answer) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return { ...history, ...Object.fromEntries(Object.entries(answer as History).map(([stream, made]) => [stream, [...(history[stream] ?? []), ...made]])) };
};
const types = (answer: object) => Object.fromEntries(Object.entries(answer as History).filter(([, made]) => made.length > 0).map(([stream, made]) => [stream, made.map((e) => e.type)]));
const owed = (history: History) => {
  const { items, cash, writtenOff } = history['account/c1-EUR']!.reduce((s, e) => account.evolve(s, e as AccountEvent), account.initial);
  return { open: Object.fromEntries(items.values().map((i) => [i.itemId, i.openMinor])), cash: Object.fromEntries([...cash].map(([key, c]) => [key, c.unappliedMinor])), lost: Object.values(writtenOff).flat().reduce((sum, w) => sum + w.minor, 0) };
};

const invoice = (n: number, minor = 100_00) => ({
  customer: 'c1', currency: 'EUR', orderNumber: '', externalNumber: '', paymentReference: '',
  items: itemsOf({ invoiceId: `inv_${n}`, number: `R-${n}`, externalNumber: '', paymentReference: '', issuedOn: '2026-03-02', taxMinor: 0, instalments: [{ seq: 1, dueOn: '2026-04-01', minor }] }),
});
const nobodyElse = { customerKnown: true, documents: [] };
const money = (receivedMinor: number, receiptId = 'rcp_1', valueOn = '2026-06-10') =>
  ({ receiptId, customer: 'c1', currency: 'EUR', receivedMinor, valueOn, method: 'PAYMENT_METHOD_CASH', remitter: { name: '', iban: '', remittance: '' }, named: [], bankReference: '', onAccount: true });
const wish = (...items: readonly (readonly [string, number | null])[]) => ({ writeOffId: 'wof_1', customer: 'c1', currency: 'EUR', items: items.map(([itemId, minor]) => ({ itemId, minor })), method: 'direct', reasonCode: 'insolvency', reason: 'insolvent', by: 'anna' });
const posted = after({}, postInvoice, invoice(1));
const lost = after(posted, writeOffOpenItems, wish(['oit_1_1', null]));
const recover = (minor: number | null = null, receiptId = 'rcp_1') => ({ writeOffId: 'wof_1', receiptId, minor, currency: minor === null ? '' : 'EUR' });
const received = after(lost, recordReceipt, money(30_00), { today: later, known: nobodyElse });
const recovered = after(received, recoverWriteOff, recover(), { today: later });

describe('items that are written off', () => {
  it('are open no more, in the write-off and on the account alike', () => {
    expect(types(ask(posted, writeOffOpenItems, wish(['oit_1_1', null])))).toEqual({ 'write-off/wof_1': ['WriteOffBooked'], 'account/c1-EUR': ['OpenItemsWrittenOff'] });
    expect(owed(lost)).toEqual({ open: {}, cash: {}, lost: 100_00 });
  });
  it('are open with the rest where a part is written off', () => expect(owed(after(posted, writeOffOpenItems, wish(['oit_1_1', 40_00])))).toMatchObject({ open: { oit_1_1: 60_00 }, lost: 40_00 }));
  it('are open again as they were when it was in error, due when they were due, or where that was moved to meanwhile', () => {
    const moved = after(lost, changeDue, { customer: 'c1', currency: 'EUR', itemId: 'oit_1_1', documentId: 'inv_1', instalment: 1, formerDueOn: '2026-04-01', dueOn: '2026-07-01' });
    for (const [history, dueOn] of [[lost, '2026-04-01'], [moved, '2026-07-01']] as const) {
      const back = after(history, reverseWriteOff, { writeOffId: 'wof_1', reason: 'in error' }, { today: later });
      expect(owed(back)).toEqual({ open: { oit_1_1: 100_00 }, cash: {}, lost: 0 });
      expect(back['account/c1-EUR']!.at(-1)).toMatchObject({ type: 'OpenItemsReinstated', effectiveOn: later, parts: [{ item: { dueOn }, minor: 100_00, openMinor: 100_00 }] });
    }
  });
});

describe('a write-off that is asked for by who may give nothing alone', () => {
  it('waits for a second person, however little it is', () => {
    const made = deciding(writeOffOpenItems as AnyCommand, posted, { today, known: undefined, policies: policiesWith({ approvals: { neverAlone: ['anna'] } }) })(wish(['oit_1_1', 1])) as History;
    expect(Object.values(made).flat().map((e) => e.type)).toContain('WriteOffProposed');
  });
});

describe('a write-off above the limit', () => {
  const waiting = after(posted, writeOffOpenItems, wish(['oit_1_1', null]), { limit: '50' });
  it('leaves everything open until someone else approves it', () => {
    expect(owed(waiting)).toMatchObject({ open: { oit_1_1: 100_00 }, lost: 0 });
    expect(ask(waiting, approveWriteOff, { writeOffId: 'wof_1', by: 'anna' })).toMatchObject({ refused: 'approval-same-person' });
    expect(owed(after(waiting, approveWriteOff, { writeOffId: 'wof_1', by: 'ben' }))).toMatchObject({ open: {}, lost: 100_00 });
  });
  it('writes off what is left then, never more than was asked for', () => {
    const paid = after(after(waiting, recordReceipt, money(30_00, 'rcp_1', today), { known: nobodyElse }), applyReceipt, { receiptId: 'rcp_1', shares: [{ itemId: 'oit_1_1', minor: 30_00, currency: 'EUR' }] }, { known: { documents: [] } });
    expect(owed(after(paid, approveWriteOff, { writeOffId: 'wof_1', by: 'ben' }))).toMatchObject({ open: {}, lost: 70_00 });
    const askedAfter = after(after(posted, recordReceipt, money(30_00, 'rcp_1', today), { known: nobodyElse }), applyReceipt, { receiptId: 'rcp_1', shares: [{ itemId: 'oit_1_1', minor: 30_00, currency: 'EUR' }] }, { known: { documents: [] } });
    const returned = after(after(askedAfter, writeOffOpenItems, wish(['oit_1_1', null]), { limit: '50' }), reverseReceipt, { receiptId: 'rcp_1', kind: 'return', code: '', reason: '', effectiveOn: '' });
    expect(owed(after(returned, approveWriteOff, { writeOffId: 'wof_1', by: 'ben' }))).toMatchObject({ open: { oit_1_1: 30_00 }, lost: 70_00 });
  });
  it('is refused where its item is not open any more', () => {
    const paid = after(after(waiting, recordReceipt, money(100_00, 'rcp_1', today), { known: nobodyElse }), applyReceipt, { receiptId: 'rcp_1', shares: [{ itemId: 'oit_1_1', minor: 100_00, currency: 'EUR' }] }, { known: { documents: [] } });
    expect(ask(paid, approveWriteOff, { writeOffId: 'wof_1', by: 'ben' })).toMatchObject({ refused: 'open-item-not-found' });
  });
});

describe('money that comes in for what was written off', () => {
  it('stays unapplied until a person says so: no rule settles what is not open', () => expect(owed(after(lost, recordReceipt, { ...money(30_00), onAccount: false }, { today: later, known: nobodyElse }))).toMatchObject({ open: {}, cash: { rcp_1: 30_00 } }));
  it('is recovered: used, and the items stay closed', () => {
    expect(types(ask(received, recoverWriteOff, recover(), { today: later }))).toEqual({ 'write-off/wof_1': ['WriteOffRecovered'], 'account/c1-EUR': ['RecoveryBooked'], 'receipt/rcp_1': ['CashApplied'] });
    expect(owed(recovered)).toEqual({ open: {}, cash: {}, lost: 100_00 });
    expect(recovered['account/c1-EUR']!.at(-1)).toMatchObject({ effectiveOn: '2026-06-10', minor: 30_00 });
  });
  it('goes back with its application, or with the receipt: it is lost again', () => {
    const { groupId } = recovered['receipt/rcp_1']!.at(-1) as unknown as { groupId: string };
    const unapplied = ask(recovered, unapplyReceipt, { receiptId: 'rcp_1', groupId, reason: '', effectiveOn: '' }, { today: later });
    expect(types(unapplied)).toEqual({ 'receipt/rcp_1': ['CashUnapplied'], 'write-off/wof_1': ['WriteOffRecoveryUndone'], 'account/c1-EUR': ['RecoveryTakenBack'] });
    expect(owed(after(recovered, unapplyReceipt, { receiptId: 'rcp_1', groupId, reason: '', effectiveOn: '' }, { today: later }))).toEqual({ open: {}, cash: { rcp_1: 30_00 }, lost: 100_00 });
    expect(owed(after(recovered, reverseReceipt, { receiptId: 'rcp_1', kind: 'return', code: '', reason: '', effectiveOn: '' }, { today: later }))).toEqual({ open: {}, cash: {}, lost: 100_00 });
  });
});

describe('a credit note for an invoice that is written off', () => {
  const credit = (minor: number) => ({ creditNoteId: 'crn_1', customer: 'c1', currency: 'EUR', number: 'C-1', invoiceId: 'inv_1', minor, taxMinor: 0, issuedOn: later });
  it('settles what was written off instead, and is nobody\'s credit', () => {
    expect(types(ask(lost, postCredit, credit(40_00), { today: later }))).toEqual({
      'posted-credit-note/crn_1': ['CreditNotePosted', 'CreditApplied'], 'account/c1-EUR': ['UnappliedCashPlaced', 'OpenItemsReinstated', 'OpenItemsSettled'], 'write-off/wof_1': ['WriteOffReversed'],
    });
    expect(owed(after(lost, postCredit, credit(40_00), { today: later }))).toEqual({ open: {}, cash: {}, lost: 60_00 });
  });
  it('settles what is open first', () => {
    const partly = after(posted, writeOffOpenItems, wish(['oit_1_1', 40_00]));
    expect(owed(after(partly, postCredit, credit(60_00), { today: later }))).toEqual({ open: {}, cash: {}, lost: 40_00 });
    expect(owed(after(partly, postCredit, credit(75_00), { today: later }))).toEqual({ open: {}, cash: {}, lost: 25_00 });
  });
  it('finds a write-off that the account has no more at hand by what was read of it', () => {
    const part = (n: number) => ({ item: { itemId: `oit_x${n}_1`, kind: 'invoice', documentId: `inv_x${n}` }, minor: 1, taxMinor: 0, openMinor: 0, effectiveOn: today });
    const many = Array.from({ length: MOST_WRITTEN_OFF }, (_, n) => ({ type: 'OpenItemsWrittenOff', customer: 'c1', currency: 'EUR', writeOffId: `wof_x${n}`, method: 'direct', parts: [part(n)], effectiveOn: today }));
    const longAgo = { ...lost, 'account/c1-EUR': [...lost['account/c1-EUR']!, ...many] };
    expect(Object.keys(longAgo['account/c1-EUR'].reduce((state, e) => account.evolve(state, e as AccountEvent), account.initial).writtenOff)).toHaveLength(MOST_WRITTEN_OFF);
    expect(types(ask(longAgo, postCredit, credit(40_00), { today: later, known: { writeOffs: ['wof_1'] } }))).toEqual(types(ask(lost, postCredit, credit(40_00), { today: later })));
    expect(types(ask(longAgo, postCredit, credit(40_00), { today: later }))).not.toHaveProperty(['write-off/wof_1']);
  });
  it('is the customer\'s credit as far as that was recovered: they have paid it', () => expect(owed(after(recovered, postCredit, credit(100_00), { today: later }))).toEqual({ open: {}, cash: { 'credit-note:crn_1': 30_00 }, lost: 30_00 }));
});

describe('a void of an invoice that is written off', () => {
  const voiding = { customer: 'c1', currency: 'EUR', documentId: 'inv_1' };
  const finish = (history: History) => after(after(history, voidInvoice, { ...voiding, instalments: 1, voidOn: later }, { today: later }), finishVoid, { ...voiding, voidOn: later }, { today: later, known: { keys: [], writeOffs: [] } });
  it('takes the write-off back and closes the items', () => {
    const closed = finish(lost);
    expect(closed['account/c1-EUR']!.map((e) => e.type).slice(-3)).toEqual(['DocumentVoidPending', 'OpenItemsReinstated', 'OpenItemClosed']);
    expect(owed(closed)).toEqual({ open: {}, cash: {}, lost: 0 });
  });
  it('gives back what was recovered for it', () => expect(owed(finish(recovered))).toEqual({ open: {}, cash: { rcp_1: 30_00 }, lost: 0 }));
  it('leaves no more to recover while it is on its way', () => {
    const pending = after(received, voidInvoice, { ...voiding, instalments: 1, voidOn: later }, { today: later });
    expect(ask(pending, recoverWriteOff, recover(), { today: later })).toMatchObject({ refused: 'open-item-voided' });
  });
});
