import { describe, expect, it } from '@jest/globals';
import type { ApplicationOptions } from '@ar/domain/policies.js';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { AnyCommand, Typed } from '@ar/runtime/forms.js';
import { UNIDENTIFIED } from './domain/account.js';
import { matchBankReturn } from './bank-returns.commands.js';
import { itemsOf } from './domain/documents.js';
import { finishVoid, postInvoice, voidInvoice } from './open-items.commands.js';
import { applyReceipt, identifyReceipt, recordReceipt, reverseReceipt, unapplyReceipt } from './payments.commands.js';
import type { KnownAdvice } from './projections/remittance-advices.js';
import { recordRemittanceAdvice } from './remittance.commands.js';

type History = Readonly<Record<string, readonly Typed[]>>;
const today = '2026-03-10';
const ask = (history: History, command: AnyCommand, request: object, known?: unknown, policies = policiesWith({})) => deciding(command, history, { today, known, policies })(request);
const after = (history: History, command: AnyCommand, request: object, known?: unknown, policies = policiesWith({})): History => {
  const answer = ask(history, command, request, known, policies);
  if ('refused' in answer) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return { ...history, ...Object.fromEntries(Object.entries(answer as History).map(([stream, made]) => [stream, [...(history[stream] ?? []), ...made]])) };
};
const invoice = (customer: string, n: number, minor: number, dueOn: string) => ({ customer, currency: 'EUR', orderNumber: '', externalNumber: '', paymentReference: '', items: itemsOf({ invoiceId: `inv_${n}`, number: `R-${n}`, externalNumber: '', paymentReference: '', issuedOn: '2026-03-02', taxMinor: 0, instalments: [{ seq: 1, dueOn, minor }] }) });
const owed: readonly (readonly [customer: string, n: number, minor: number, dueOn: string])[] = [['parent', 1, 100_00, '2026-04-03'], ['one', 2, 50_00, '2026-04-01'], ['two', 3, 70_00, '2026-04-02']];
const posted = owed.reduce<History>((history, of) => after(history, postInvoice, invoice(...of)), {});
const documents = ([['parent', 1], ['one', 2], ['two', 3]] as const).map(([customer, n]) => ({ reference: `R-${n}`, customer, currency: 'EUR', documentId: `inv_${n}` }));
const links = ['one', 'two'].map((paidFor) => ({ payer: 'parent', paidFor, fromOn: '2026-03-01', untilOn: '' }));
const known = { customerKnown: true, documents, links };
const money = (receivedMinor: number, more: object = {}) => ({ customer: 'parent', currency: 'EUR', receiptId: 'rcp_1', receivedMinor, valueOn: today, method: 'PAYMENT_METHOD_CASH', remitter: { name: 'Parent', iban: 'DE1', remittance: '' }, named: [], bankReference: 'B-1', onAccount: false, ...more });
const made = (history: History, type: string) => Object.values(history).flat().filter((e) => e.type === type) as unknown as readonly Record<string, unknown>[];
const settled = (history: History) => made(history, 'OpenItemsSettled').flatMap((e) => (e['applications'] as readonly { item: { itemId: string }; minor: number }[]).map((a) => [e['customer'], a.item.itemId, a.minor]));
const balances = (history: History) => Object.fromEntries(['parent', 'one', 'two'].map((c) => [c, (history[`account/${c}-EUR`] ?? []).reduce((sum, e) => {
  const { type, minor, applications = [] } = e as unknown as { type: string; minor: number; applications?: readonly { minor: number }[] };
  const of = applications.reduce((total, a) => total + a.minor, 0);
  return sum + (type === 'UnappliedCashPlaced' ? minor : type === 'UnappliedCashTaken' ? -minor : type === 'OpenItemsSettled' ? -of : type === 'OpenItemsReopened' ? of : 0);
}, 0)]));

describe('a payment of a payer', () => {
  it('pays the oldest first, its own and those of whom it pays for, each in its own account', () => {
    const paid = after(posted, recordReceipt, money(150_00), known);
    expect(settled(paid).sort()).toEqual([['one', 'oit_2_1', 50_00], ['parent', 'oit_1_1', 30_00], ['two', 'oit_3_1', 70_00]]);
    expect(made(paid, 'CashPassedOn')).toMatchObject([{ customer: 'parent', toCustomer: 'one', minor: 50_00 }, { customer: 'parent', toCustomer: 'two', minor: 70_00, unappliedMinor: 0 }]);
    const [share] = made(paid, 'CashPassedOn') as unknown as readonly { toReceiptId: string; transferId: string }[];
    expect(paid[`receipt/${share!.toReceiptId}`]).toMatchObject([{ type: 'ReceiptRecorded', customer: 'one', receivedMinor: 50_00, passedBy: { receiptId: 'rcp_1', customer: 'parent' }, bankReference: '' }, { type: 'CashApplied', customer: 'one', rule: 'oldest-first' }]);
    expect(made(paid, 'UnappliedCashPlaced').filter((e) => e['transferId'] === share!.transferId)).toMatchObject([{ customer: 'one', receiptId: share!.toReceiptId, from: 'payer', minor: 50_00 }]);
    expect(balances(paid)).toEqual({ parent: 0, one: 0, two: 0 });
  });
  it('pays first what is named, whoever owes it', () => expect(settled(after(posted, recordReceipt, money(70_00, { remitter: { name: '', iban: '', remittance: 'R-3' } }), known))).toEqual([['two', 'oit_3_1', 70_00]]));
  it('that is too much for another whom it pays for leaves that unapplied, and says nothing of a gain', () => {
    const options: ApplicationOptions = { discounts: 'earned', discountGraceDays: 0, withoutLateCharges: false, order: 'due-date', priorities: [], tolerances: [{ currencyCode: 'EUR', limit: '1.00', percent: '' }], bankCharges: [], bookOverpayments: true };
    const paid = (reference: string, minor: number) => after(posted, recordReceipt, money(minor, { remitter: { name: '', iban: '', remittance: reference } }), known, policiesWith({ application: { options } }));
    const gains = (history: History) => made(history, 'CashApplied').flatMap((e) => (e['trace'] as readonly { surplusMinor?: number }[]).map((step) => step.surplusMinor));
    expect([balances(paid('R-3', 70_30)), gains(paid('R-3', 70_30))]).toEqual([{ parent: 30, one: 0, two: 0 }, [undefined]]);
    expect([balances(paid('R-1', 100_30)), gains(paid('R-1', 100_30))]).toEqual([{ parent: 0, one: 0, two: 0 }, [30]]);
  });
  it('pays for nobody before and after the link', () => {
    for (const dates of [{ fromOn: '2026-03-11', untilOn: '' }, { fromOn: '2026-03-01', untilOn: '2026-03-09' }]) expect(settled(after(posted, recordReceipt, money(150_00), { ...known, links: links.map((l) => ({ ...l, ...dates })) }))).toEqual([['parent', 'oit_1_1', 100_00]]);
  });
  it('is known by documents of several whom one payer pays for', () => {
    const paid = after(posted, recordReceipt, money(120_00, { customer: '', remitter: { name: '', iban: '', remittance: 'R-2 R-3' } }), known);
    expect([made(paid, 'ReceiptRecorded')[0]!['customer'], settled(paid).sort()]).toEqual(['parent', [['one', 'oit_2_1', 50_00], ['two', 'oit_3_1', 70_00]]]);
    expect(made(after(posted, recordReceipt, money(120_00, { customer: '', remitter: { name: '', iban: '', remittance: 'R-2 R-3' } }), { ...known, links: links.slice(1) }), 'ReceiptRecorded')).toMatchObject([{ customer: UNIDENTIFIED }]);
  });
  it('pays when it is identified, and by hand, too', () => {
    const nobodys = after(posted, recordReceipt, money(50_00, { customer: '' }), { customerKnown: true, documents: [] });
    expect(settled(after(nobodys, identifyReceipt, { receiptId: 'rcp_1', customer: 'parent', by: 'anna' }, known))).toEqual([['one', 'oit_2_1', 50_00]]);
    const onAccount = after(posted, recordReceipt, money(50_00, { onAccount: true }), known);
    const by = (minor: number) => ({ receiptId: 'rcp_1', shares: [{ itemId: 'oit_1_1', minor: 10_00, currency: 'EUR' }, { itemId: 'oit_3_1', minor, currency: 'EUR' }], deductions: [{ itemId: 'oit_3_1', minor: 5_00, currency: 'EUR', reasonCode: 'price', text: '' }] });
    const paid = after(onAccount, applyReceipt, by(40_00), known);
    expect(settled(paid)).toEqual([['parent', 'oit_1_1', 10_00], ['two', 'oit_3_1', 40_00]]);
    expect(made(paid, 'DeductionsTaken')).toMatchObject([{ customer: 'two', deductions: [{ itemId: 'oit_3_1' }] }]);
    expect(ask(onAccount, applyReceipt, by(40_01), known)).toMatchObject({ refused: 'receipt-over-applied' });
    expect(ask(onAccount, applyReceipt, { ...by(1), deductions: [{ ...by(1).deductions[0], itemId: 'oit_2_1' }] }, known)).toMatchObject({ refused: 'deduction-not-applied-to' });
    expect(ask(onAccount, applyReceipt, by(1), { documents: [] })).toMatchObject({ refused: 'open-item-not-found' });
  });
  it('closes an item of another within the tolerance', () => {
    const policies = policiesWith({ application: { rules: ['reference', 'exact'], options: { discounts: 'none', discountGraceDays: 0, withoutLateCharges: false, order: 'due-date', priorities: [], tolerances: [{ currencyCode: 'EUR', limit: '1', percent: '' }], bankCharges: [] } } });
    expect(made(after(posted, recordReceipt, money(69_50), known, policies), 'WriteOffBooked')).toMatchObject([{ customer: 'two', reasonCode: 'payment-difference' }]);
  });
  it('pays others by its own rules, not by theirs: what is written off as short is no discount as well', () => {
    const options = { discounts: 'none' as const, discountGraceDays: 0, withoutLateCharges: false, order: 'due-date' as const, priorities: [], tolerances: [{ currencyCode: 'EUR', limit: '2', percent: '' }], bankCharges: [] };
    const policies = policiesWith({ application: { ruleSets: [{ customerId: 'parent', segment: '', rules: ['exact'], partialOnOldest: true, disputedOnlyByReference: true, discountOnFullPayment: false, options }] } });
    const items = itemsOf({ invoiceId: 'inv_8', number: 'R-8', externalNumber: '', paymentReference: '', issuedOn: '2026-03-02', taxMinor: 0, instalments: [{ seq: 1, dueOn: '2026-04-01', minor: 70_00, discountableMinor: 70_00 }], discount: { tiers: [{ percent: '2', lastDay: '2026-03-20' }], tax: 'never', mode: 'earned' } });
    const paid = after(after({}, postInvoice, { ...invoice('two', 8, 70_00, '2026-04-01'), items }), recordReceipt, money(68_60), known, policies);
    expect([settled(paid), made(paid, 'WriteOffBooked')]).toMatchObject([[['two', 'oit_8_1', 68_60]], [{ customer: 'two', reasonCode: 'payment-difference' }]]);
  });
  it('pays what its remittance advice says of others', () => {
    const lines = [{ reference: 'R-3', grossMinor: 70_00, discountMinor: 0, deductionMinor: 2_00, reasonCode: 'quality' as const, text: '', netMinor: 68_00 }, { reference: 'R-1', grossMinor: 32_00, discountMinor: 0, deductionMinor: 0, reasonCode: null, text: '', netMinor: 32_00 }];
    const advice = { adviceId: 'rma_1', customer: 'parent', currency: 'EUR', totalMinor: 100_00, reference: '', payer: { name: '', iban: '', remittance: '' }, lines };
    const told = after(posted, recordRemittanceAdvice, { ...advice, paidOn: '' }, { customerKnown: true, documents, credits: {}, receipts: [] });
    const waiting: KnownAdvice = { ...advice, firstOn: '2026-03-03', lastOn: '2026-03-17', known: { documents, credits: {} }, others: [] };
    const paid = after(told, recordReceipt, money(100_00), { ...known, documents: [], advices: [waiting] });
    expect(settled(paid)).toEqual([['parent', 'oit_1_1', 32_00], ['two', 'oit_3_1', 68_00]]);
    expect(made(paid, 'DeductionsTaken')).toMatchObject([{ customer: 'two', deductions: [{ itemId: 'oit_3_1', minor: 2_00, reasonCode: 'quality' }] }]);
  });
});

describe('what was paid for others', () => {
  const paid = after(posted, recordReceipt, money(150_00), known);
  const [one, two] = made(paid, 'CashPassedOn').map((e) => String(e['toReceiptId'])) as [string, string];
  const groupOf = (shareId: string) => (paid[`receipt/${shareId}`]!.at(-1) as unknown as { groupId: string }).groupId;
  it('goes back in every account when the payment does', () => {
    const back = after(paid, reverseReceipt, { receiptId: 'rcp_1', kind: 'return', code: 'AM04', reason: 'no funds', effectiveOn: '' });
    expect(made(back, 'OpenItemsReopened').map((e) => [e['customer'], e['cause']]).sort()).toEqual([['one', 'reversal'], ['parent', 'reversal'], ['two', 'reversal']]);
    expect(made(back, 'ReceiptReversed').map((e) => [e['customer'], e['kind']])).toEqual(expect.arrayContaining([['one', 'passed-back'], ['two', 'passed-back'], ['parent', 'return']]));
    expect(balances(back)).toEqual({ parent: 0, one: 0, two: 0 });
    expect(ask(back, reverseReceipt, { receiptId: 'rcp_1', kind: 'return', code: '', reason: '', effectiveOn: '' })).toMatchObject({ refused: 'receipt-reversed' });
  });
  it('goes back to the payer when it is unapplied, and is left with it', () => {
    const back = after(paid, unapplyReceipt, { receiptId: one, groupId: groupOf(one), reason: 'wrong', effectiveOn: '' });
    expect(back['receipt/rcp_1']!.at(-1)).toMatchObject({ type: 'CashPassedBack', toReceiptId: one, minor: 50_00, unappliedMinor: 50_00 });
    expect(balances(back)).toEqual({ parent: 50_00, one: 0, two: 0 });
    const again = after(back, applyReceipt, { receiptId: 'rcp_1', shares: [{ itemId: 'oit_2_1', minor: 20_00, currency: 'EUR' }] }, known);
    expect(balances(again)).toEqual({ parent: 30_00, one: 0, two: 0 });
    expect(new Set(made(again, 'CashPassedOn').map((e) => e['toReceiptId'])).size).toBe(3);
  });
  it('goes back to the bank, however much later than its booking it was used', () => {
    const links1 = { documents: [], links };
    const late = after(after(posted, postInvoice, { ...invoice('one', 9, 20_00, '2026-04-30'), items: invoice('one', 9, 20_00, '2026-04-30').items.map((i) => ({ ...i, issuedOn: '2026-03-09' })) }), recordReceipt, money(20_00, { valueOn: '2026-03-03', onAccount: true }), known);
    const used = after(late, applyReceipt, { receiptId: 'rcp_1', shares: [{ itemId: 'oit_9_1', minor: 20_00, currency: 'EUR' }] }, links1);
    const opened = { type: 'BankReturnOpened', returnId: 'brt_1', bankAccountId: 'ba_1', statementId: 'bst_1', bankEntryId: 'e', currency: 'EUR', minor: 20_00, chargesMinor: 0, bookedOn: '2026-03-05', reference: '', endToEndId: '', code: 'AM04', reason: 'return', counterparty: { name: '', iban: '', remittance: '' } } as Typed;
    const back = after({ ...used, 'bank-return/brt_1': [opened] }, matchBankReturn, { returnId: 'brt_1', receiptId: 'rcp_1', matchedBy: 'person', by: 'anna', reason: '' });
    expect(made(back, 'ReceiptReversed').map((e) => e['effectiveOn'])).toEqual([today, today]);
    expect(balances(back)).toEqual({ parent: 0, one: 0, two: 0 });
  });
  it('is not passed on again, so that all of it can go back', () => {
    const freed = after(after(paid, voidInvoice, { customer: 'one', currency: 'EUR', documentId: 'inv_2', instalments: 1, voidOn: today }), finishVoid, { customer: 'one', currency: 'EUR', documentId: 'inv_2', voidOn: today }, { keys: [one], writeOffs: [] });
    const others = after(freed, postInvoice, invoice('three', 7, 50_00, '2026-04-03'));
    const ofOne = { documents: [], links: [{ payer: 'one', paidFor: 'three', fromOn: '2026-03-01', untilOn: '' }] };
    expect(ask(others, applyReceipt, { receiptId: one, shares: [{ itemId: 'oit_7_1', minor: 50_00, currency: 'EUR' }] }, ofOne)).toMatchObject({ refused: 'open-item-not-found' });
    expect(made(after(others, reverseReceipt, { receiptId: 'rcp_1', kind: 'return', code: '', reason: '', effectiveOn: '' }), 'CashPassedBack')).toHaveLength(2);
  });
  it('is the payer\'s to reverse', () => expect(ask(paid, reverseReceipt, { receiptId: two, kind: 'error', code: '', reason: '', effectiveOn: '' })).toMatchObject({ refused: 'receipt-of-payer' }));
});
