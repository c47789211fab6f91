import { describe, expect, it } from '@jest/globals';
import type { ApplicationOptions, ApplicationRuleSet } from '@ar/domain/policies.js';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { AnyCommand, Typed } from '@ar/runtime/forms.js';
import { account, type AccountState } from './domain/account.js';
import { itemsOf } from './domain/documents.js';
import { identifyReceipt, recordReceipt, reverseReceipt, unapplyReceipt } from './payments.commands.js';
import { disputeItems, finishVoid, postInvoice, voidInvoice } from './open-items.commands.js';
import { receipt } from './domain/receipt.js';
import { enrichBankEntries } from './bank-details.commands.js';
import { takeOnOpenItem } from './take-on.commands.js';
import { recoverWriteOff } from './write-offs.commands.js';

type History = Readonly<Record<string, readonly Typed[]>>;
const today = '2026-03-10';
const options: ApplicationOptions = {
  discounts: 'earned-and-unearned', discountGraceDays: 0, withoutLateCharges: false, order: 'due-date', priorities: [], tolerances: [{ currencyCode: 'EUR', limit: '1.00', percent: '1' }], bankCharges: [{ currencyCode: 'EUR', amount: '7.50' }],
};
const ask = (history: History, command: AnyCommand, request: object, known?: unknown, application: object = { options }) => deciding(command, history, { today, known, policies: policiesWith({ application }) })(request);
const after = (history: History, command: AnyCommand, request: object, known?: unknown, application?: object): History => {
  const answer = ask(history, command, request, known, application);
  if ('refused' in answer) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return { ...history, ...Object.fromEntries(Object.entries(answer as History).map(([stream, made]) => [stream, [...(history[stream] ?? []), ...made]])) };
};
const types = (answer: unknown) => Object.fromEntries(Object.entries(answer as History).map(([stream, made]) => [stream.split('/')[0], made.map((e) => e.type)]));
const owed = (history: History) => {
  const { items, cash, writtenOff } = history['account/c1-EUR']!.reduce((s, e) => account.evolve(s, e as never), account.initial as AccountState);
  return { open: Object.fromEntries(items.values().map((i) => [i.itemId, i.openMinor])), cash: Object.fromEntries([...cash].map(([k, c]) => [k, c.unappliedMinor])), lost: Object.values(writtenOff).flat().reduce((sum, w) => sum + w.minor, 0) };
};
const of = { customer: 'c1', currency: 'EUR' };
const discount = { tiers: [{ percent: '2', lastDay: '2026-03-08' }], tax: 'never', mode: 'earned-and-unearned' } as const;
const invoice = (n: number, minor: number, offers = false) => ({ ...of, orderNumber: '', externalNumber: '', paymentReference: '', items: itemsOf({
  invoiceId: `inv_${n}`, number: `R-${n}`, externalNumber: '', paymentReference: '', issuedOn: '2026-03-02', taxMinor: 0, instalments: [{ seq: 1, dueOn: '2026-04-01', minor, discountableMinor: minor }], ...(offers ? { discount } : {}),
}) });
const money = (receivedMinor: number, more: object = {}) => ({ ...of, receiptId: 'rcp_1', receivedMinor, valueOn: today, method: 'PAYMENT_METHOD_CASH', remitter: { name: '', iban: '', remittance: '' }, named: [], bankReference: '', onAccount: false, ...more });
const known = { customerKnown: true, documents: [] };
const posted = after({}, postInvoice, invoice(1, 100_00));
const short = after(posted, recordReceipt, money(99_50), known);
const groupId = (short['receipt/rcp_1']!.at(-1) as unknown as { groupId: string }).groupId;

describe('a payment that is short by a difference', () => {
  it('closes its item in the same append; what is missing is written off, nobody else\'s word being asked for', () => {
    const answer = ask(posted, recordReceipt, money(99_50), known);
    expect(types(answer)).toEqual({ receipt: ['ReceiptRecorded', 'CashApplied'], account: ['UnappliedCashPlaced', 'OpenItemsSettled', 'OpenItemsWrittenOff'], 'write-off': ['WriteOffBooked'] });
    expect(Object.entries(answer as History).find(([s]) => s.startsWith('write-off/'))![1][0]).toMatchObject({ reasonCode: 'payment-difference', method: 'direct', parts: [{ minor: 50, openMinor: 0 }] });
    expect(owed(short)).toEqual({ open: {}, cash: {}, lost: 50 });
  });
  it('of what a bank takes says so', () => expect(Object.values(ask(posted, recordReceipt, money(92_50), known) as History).flat().at(-1)).toMatchObject({ type: 'WriteOffBooked', reasonCode: 'bank-charges', parts: [{ minor: 7_50 }] }));
  it('beyond it pays in part, and what is disputed stays open', () => {
    expect(owed(after(posted, recordReceipt, money(98_99), known))).toEqual({ open: { oit_1_1: 1_01 }, cash: {}, lost: 0 });
    expect(owed(after(after(posted, disputeItems, { ...of, disputeId: 'dsp_1', shares: [{ itemId: 'oit_1_1', minor: 20_00 }] }), recordReceipt, money(79_50), known))).toEqual({ open: { oit_1_1: 20_50 }, cash: {}, lost: 0 });
  });
  it('in time for the discount closes it with the discount', () => {
    const history = after(after({}, postInvoice, invoice(1, 100_00, true)), recordReceipt, money(97_50, { valueOn: '2026-03-05' }), known);
    expect(owed(history)).toEqual({ open: {}, cash: {}, lost: 51 }); // 97.50 earn 1.99 of 2.00
  });
  it.each([['in time', { valueOn: '2026-03-05' }], ['late', {}]])('is never what a discount closes already: %s, every amount near is taken', (_when, more: { readonly valueOn?: string }) => {
    const application = { rules: ['reference', 'exact', 'clear-account', 'combination', 'oldest-first'], options: { ...options, tolerances: [{ currencyCode: 'EUR', limit: '2.00', percent: '' }] } };
    const both = after(after({}, postInvoice, invoice(1, 100_00, true)), postInvoice, invoice(2, 50_00, true));
    for (const received of [97_99, 98_00, 98_50, 99_00, 99_99, 147_00, 148_00, 148_50, 149_00, 149_50]) after(both, recordReceipt, money(received, more), known, application);
    if (more.valueOn) expect(owed(after(after({}, postInvoice, invoice(1, 100_00, true)), recordReceipt, money(99_00, more), known, application))).toEqual({ open: {}, cash: { rcp_1: 1_00 }, lost: 0 });
    else expect(owed(after(both, recordReceipt, money(148_00, more), known, application))).toEqual({ open: {}, cash: {}, lost: 2_00 });
  });
  it('of too much leaves the rest unapplied', () => expect(owed(after(posted, recordReceipt, money(100_30), known))).toEqual({ open: {}, cash: { rcp_1: 30 }, lost: 0 }));
  it.each([['is unapplied', unapplyReceipt, { receiptId: 'rcp_1', groupId, reason: 'mistake', effectiveOn: '' }, 99_50], ['goes back', reverseReceipt, { receiptId: 'rcp_1', kind: 'return', code: 'AM04', reason: '', effectiveOn: '' }, undefined]] as const)(
    'and %s: all of the item is open again', (_what, command, request, left) => expect(owed(after(short, command, request))).toEqual({ open: { oit_1_1: 100_00 }, cash: left === undefined ? {} : { rcp_1: left }, lost: 0 }));
  it('and goes back after the difference came in by itself: that payment stays', () => {
    const writeOffId = Object.keys(short).find((s) => s.startsWith('write-off/'))!.slice('write-off/'.length);
    const recovered = after(after(short, recordReceipt, money(50, { receiptId: 'rcp_2', onAccount: true }), known), recoverWriteOff, { writeOffId, receiptId: 'rcp_2', minor: 50, currency: 'EUR' });
    expect(owed(after(recovered, unapplyReceipt, { receiptId: 'rcp_1', groupId, reason: 'mistake', effectiveOn: '' }))).toEqual({ open: { oit_1_1: 99_50 }, cash: { rcp_1: 99_50 }, lost: 50 });
  });
  it('and gives way to a void of its invoice', () => {
    const noted = after(short, voidInvoice, { ...of, documentId: 'inv_1', instalments: 1, voidOn: today });
    expect(owed(after(noted, finishVoid, { ...of, documentId: 'inv_1', voidOn: today }, { keys: ['rcp_1'], writeOffs: [] }))).toEqual({ open: {}, cash: { rcp_1: 99_50 }, lost: 0 });
  });
});

describe('a payment that is too much by a difference', () => {
  const application = { options: { ...options, bookOverpayments: true } };
  const over = after(posted, recordReceipt, money(100_30), known, application);
  const group = (over['receipt/rcp_1']!.at(-1) as unknown as { groupId: string }).groupId;
  const unapply = { receiptId: 'rcp_1', groupId: group, reason: 'mistake', effectiveOn: '' };
  it('is booked as a gain in the same append, where the policy says so', () => {
    const answer = ask(posted, recordReceipt, money(100_30), known, application);
    expect(types(answer)).toEqual({ receipt: ['ReceiptRecorded', 'CashApplied'], account: ['UnappliedCashPlaced', 'OpenItemsSettled', 'UnappliedCashTaken'] });
    expect((answer as History)['account/c1-EUR']!.at(-1)).toMatchObject({ cause: 'surplus', minor: 30, transferId: group, effectiveOn: today });
    expect((answer as History)['receipt/rcp_1']!.at(-1)).toMatchObject({ unappliedMinor: 0, surplus: { minor: 30, effectiveOn: today }, trace: [{ rule: 'reference' }, { rule: 'exact', surplusMinor: 30 }] });
    expect(owed(over)).toEqual({ open: {}, cash: {}, lost: 0 });
  });
  it.each([['by more', 101_01, {}], ['in another currency than the tolerance', 100_30, { tolerances: [{ currencyCode: 'USD', limit: '1.00', percent: '' }] }], ['by more than the percent', 100_30, { tolerances: [{ currencyCode: 'EUR', limit: '1.00', percent: '0.2' }] }]] as const)(
    '%s stays unapplied', (_what, received, more) => expect(owed(after(posted, recordReceipt, money(received), known, { options: { ...options, bookOverpayments: true, ...more } })).cash).toEqual({ rcp_1: received - 100_00 }));
  it('for what it names is one, as long as all of that is closed', () => {
    const names = (received: number, ...named: readonly { readonly reference: string; readonly minor: number | null }[]) => owed(after(after(posted, postInvoice, invoice(2, 40_00)), recordReceipt, money(received, { named }), { ...known, documents: [] }, application));
    expect(names(100_40, { reference: 'R-1', minor: null })).toEqual({ open: { oit_2_1: 40_00 }, cash: {}, lost: 0 });
    expect(names(140_40, { reference: 'R-1', minor: null }, { reference: 'R-2', minor: null })).toEqual({ open: {}, cash: {}, lost: 0 });
    expect(names(50_30, { reference: 'R-1', minor: 50_00 })).toEqual({ open: { oit_1_1: 50_00, oit_2_1: 40_00 }, cash: { rcp_1: 30 }, lost: 0 });
    expect(names(100_40, { reference: 'R-1', minor: null }, { reference: 'R-9', minor: null })).toMatchObject({ cash: { rcp_1: 40 } }); // it is meant for what is to come
  });
  it.each([['is unapplied', unapplyReceipt, unapply, { rcp_1: 100_30 }], ['goes back', reverseReceipt, { receiptId: 'rcp_1', kind: 'return', code: 'AM04', reason: '', effectiveOn: '' }, {}]] as const)('and %s: there is no gain any more', (_what, command, request, cash) => {
    const back = after(over, command, request);
    expect(owed(back)).toEqual({ open: { oit_1_1: 100_00 }, cash, lost: 0 });
    expect(back['account/c1-EUR']).toContainEqual(expect.objectContaining({ type: 'UnappliedCashPlaced', from: 'surplus', minor: 30, transferId: group }));
  });
  it('and gives way to a void of one of its invoices: that money is left, and what was too much', () => {
    const two = after(after(posted, postInvoice, invoice(2, 40_00)), recordReceipt, money(140_40, { named: [{ reference: 'R-1', minor: null }, { reference: 'R-2', minor: null }] }), known, application);
    const noted = after(two, voidInvoice, { ...of, documentId: 'inv_2', instalments: 1, voidOn: today });
    const left = after(noted, finishVoid, { ...of, documentId: 'inv_2', voidOn: today }, { keys: ['rcp_1'], writeOffs: [] });
    expect(owed(left)).toEqual({ open: {}, cash: { rcp_1: 40_40 }, lost: 0 });
    const group2 = Object.keys((left['receipt/rcp_1']!.reduce((s, e) => receipt.evolve(s, e as never), receipt.initial) as { groups: object }).groups)[0]!;
    expect(owed(after(left, unapplyReceipt, { ...unapply, groupId: group2 }))).toEqual({ open: { oit_1_1: 100_00 }, cash: { rcp_1: 140_40 }, lost: 0 }); // once
  });
});

describe('rules for a customer or a segment', () => {
  const set = (more: Partial<ApplicationRuleSet>): ApplicationRuleSet => ({ customerId: '', segment: '', rules: ['clear-account'], partialOnOldest: true, disputedOnlyByReference: true, discountOnFullPayment: false, ...more });
  const rule = (history: History) => (history['receipt/rcp_1']!.at(-1) as unknown as { rule?: string; trace: readonly { rule: string }[] }).rule ?? 'none';
  it('are used for who they are for, and tried again with the next invoice', () => {
    const application = { ruleSets: [set({ segment: 'wholesale' })] };
    expect(rule(after(posted, recordReceipt, money(60_00), { ...known, segments: { c1: 'wholesale' } }, application))).toBe('none');
    expect(rule(after(posted, recordReceipt, money(60_00), { ...known, segments: { c1: 'retail' } }, application))).toBe('oldest-first');
    expect(rule(after(posted, recordReceipt, money(60_00), known, { ruleSets: [set({ customerId: 'c1' })] }))).toBe('none');
    const waiting = after(after({}, recordReceipt, money(60_00), { ...known, segments: { c1: 'wholesale' } }, application), postInvoice, invoice(2, 100_00), { segment: 'wholesale' }, application);
    expect(owed(waiting)).toEqual({ open: { oit_2_1: 100_00 }, cash: { rcp_1: 60_00 }, lost: 0 });
    expect(owed(after(waiting, postInvoice, invoice(3, 20_00), { segment: 'retail' }, application))).toEqual({ open: { oit_2_1: 40_00, oit_3_1: 20_00 }, cash: {}, lost: 0 });
  });
  it('are used when a receivable is taken on', () => {
    const application = { ruleSets: [set({ segment: 'wholesale' })] };
    const waiting = after({}, recordReceipt, money(60_00), { ...known, segments: { c1: 'wholesale' } }, application);
    const old = { ...of, source: '', number: 'S-1', kind: 'invoice', originalMinor: 100_00, openMinor: 100_00, issuedOn: '2026-01-02', dueOn: '2026-02-01', dunningLevel: 0, orderNumber: '', externalNumber: '', paymentReference: '' };
    const left = (segment: string) => owed(after(waiting, takeOnOpenItem, old, { customerKnown: true, segment }, application)).cash['rcp_1'] ?? 0;
    expect([left('wholesale'), left('retail')]).toEqual([60_00, 0]);
  });
  it('are used when a message of the bank tells who paid', () => {
    const nobodys = after(posted, recordReceipt, money(60_00, { customer: '' }), known);
    const line = { line: 1, likeness: 'l1', nth: 1, referenced: true, place: 0, whole: 'w1', wholeMinor: 60_00, credit: true, minor: 60_00, chargesMinor: 0, bookedOn: today, valueOn: today, reference: 'B-1', endToEndId: '', code: '', returnCode: '', name: 'Ada', account: '', references: [], text: 'R-9', meaning: { is: 'receipt' } };
    const told = { 'bank-statement/bst_1': [{ type: 'BankStatementReceived', statementId: 'bst_1', bankAccountId: 'ba_1', holds: [], status: 'received', enriches: true, continues: false } as unknown as Typed] };
    const found = { found: { bankEntryId: 'l1', receiptId: 'rcp_1', whole: true, ignored: false }, segments: { c1: 'wholesale' }, documents: [{ reference: 'R-9', customer: 'c1', currency: 'EUR', documentId: 'inv_9' }] };
    expect(rule(after({ ...nobodys, ...told }, enrichBankEntries, { statementId: 'bst_1', bankAccountId: 'ba_1', currency: 'EUR', lines: [line] }, [found], { ruleSets: [set({ segment: 'wholesale' })] }))).toBe('none');
  });
  it('are used when nobody\'s money is identified', () => {
    const nobodys = after(posted, recordReceipt, money(60_00, { customer: '' }), known);
    expect(rule(after(nobodys, identifyReceipt, { receiptId: 'rcp_1', customer: 'c1', by: 'anna' }, { ...known, segments: { c1: 'wholesale' } }, { ruleSets: [set({ segment: 'wholesale' })] }))).toBe('none');
  });
  it('may take no discount, only what is earned, or give days of grace', () => {
    const history = after({}, postInvoice, invoice(1, 100_00, true));
    const outcome = (valueOn: string, more: Partial<ApplicationOptions>) => owed(after(history, recordReceipt, money(98_00, { valueOn }), known, { options: { ...options, tolerances: [], bankCharges: [], ...more } })).open['oit_1_1'] ?? 0;
    expect([outcome('2026-03-05', {}), outcome('2026-03-05', { discounts: 'none' }), outcome('2026-03-09', {}), outcome('2026-03-09', { discounts: 'earned' }), outcome('2026-03-09', { discounts: 'earned', discountGraceDays: 1 })]).toEqual([0, 2_00, 0, 2_00, 0]);
  });
});
