import { describe, expect, it } from '@jest/globals';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { AnyCommand, Typed } from '@ar/runtime/forms.js';
import { UNIDENTIFIED } from './domain/account.js';
import { itemsOf } from './domain/documents.js';
import type { Received, RemittanceLine } from './domain/remittance-advice.js';
import { postCredit } from './credit-notes.commands.js';
import { postInvoice } from './open-items.commands.js';
import { applyReceipt, identifyReceipt, recordReceipt } from './payments.commands.js';
import type { KnownAdvice } from './projections/remittance-advices.js';
import { matchRemittanceAdvice, matchWhatCame, recordRemittanceAdvice } from './remittance.commands.js';

type History = Readonly<Record<string, readonly Typed[]>>;
const today = '2026-03-10';
const policies = policiesWith({ application: { rules: ['reference', 'exact'] } });
const ask = (history: History, command: AnyCommand, request: object, known?: unknown) => deciding(command, history, { today, known, policies })(request);
const after = (history: History, command: AnyCommand, request: object, known?: unknown): History => {
  const answer = ask(history, command, request, known);
  if ('refused' in answer) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return { ...history, ...Object.fromEntries(Object.entries(answer as History).map(([stream, made]) => [stream, [...(history[stream] ?? []), ...made]])) };
};
const types = (answer: unknown) => Object.fromEntries(Object.entries(answer as History).filter(([, made]) => made.length > 0).map(([stream, made]) => [stream, made.map((e) => e.type)]));
const of = (history: History, stream: string, type: string) => history[stream]!.filter((e) => e.type === type) as unknown as readonly Record<string, unknown>[];
const applied = (history: History) => of(history, 'receipt/rcp_1', 'CashApplied').flatMap((e) => (e['applications'] as readonly { item: { itemId: string }; minor: number; openMinor: number }[]).map((a) => [a.item.itemId, a.minor, a.openMinor]));

const discount = { tiers: [{ percent: '2', lastDay: '2026-03-12' }], tax: 'never' as const, mode: 'earned' as const };
const invoice = (n: number, minor: number, more: object = {}) => ({ customer: 'c1', currency: 'EUR', orderNumber: '', externalNumber: '', paymentReference: '', items: itemsOf({ invoiceId: `inv_${n}`, number: `R-${n}`, externalNumber: '', paymentReference: '', issuedOn: '2026-03-02', taxMinor: 0, instalments: [{ seq: 1, dueOn: '2026-04-01', minor, ...('discount' in more ? { discountableMinor: minor } : {}) }], ...more }) });
const posted = [invoice(1, 100_00, { discount }), invoice(2, 70_00), invoice(3, 50_00)].reduce((history, i) => after(history, postInvoice, i), {} as History);
const line = (reference: string, grossMinor: number, more: Partial<RemittanceLine> = {}): RemittanceLine => ({ reference, grossMinor, discountMinor: 0, deductionMinor: 0, reasonCode: null, text: '', netMinor: grossMinor - (more.discountMinor ?? 0) - (more.deductionMinor ?? 0), ...more });
const lines = [line('R-1', 100_00, { discountMinor: 2_00 }), line('R-2', 70_00, { deductionMinor: 3_00, reasonCode: 'price', text: 'agreed 67' })];
const wish = (of_: readonly RemittanceLine[] = lines, more: object = {}) => ({ adviceId: 'rma_1', customer: 'c1', currency: 'EUR', totalMinor: of_.reduce((sum, l) => sum + l.netMinor, 0), paidOn: '', reference: 'TRN-7', payer: { name: 'Ada', iban: '', remittance: '' }, lines: of_, ...more });
const documents = [1, 2, 3].map((n) => ({ reference: `R-${n}`, customer: 'c1', currency: 'EUR', documentId: `inv_${n}` }));
const nothing = { documents, credits: {}, customerKnown: true, receipts: [] as readonly Received[] };
const money = (receivedMinor: number, more: object = {}) => ({ customer: 'c1', currency: 'EUR', receiptId: 'rcp_1', receivedMinor, valueOn: today, method: 'PAYMENT_METHOD_CASH', remitter: { name: 'Ada', iban: '', remittance: '' }, named: [], bankReference: '', onAccount: false, ...more });
const seen = (minor: number, more: Partial<Received> = {}): Received => ({ receiptId: 'rcp_1', customer: 'c1', currency: 'EUR', minor, valueOn: today, bankReference: '', names: [], name: 'Ada', iban: '', unused: true, ...more });
const waits = (of_: readonly RemittanceLine[] = lines, more: Partial<KnownAdvice> = {}): KnownAdvice => ({ adviceId: 'rma_1', customer: 'c1', currency: 'EUR', totalMinor: wish(of_).totalMinor, reference: 'TRN-7', firstOn: '2026-03-03', lastOn: '2026-03-17', payer: { name: 'Ada', iban: '' }, known: { documents, credits: {} }, others: [], ...more });
const known = { customerKnown: true, documents: [], advices: [waits()] };
const told = after(posted, recordRemittanceAdvice, wish(), nothing);

describe('a receipt that was announced', () => {
  it('pays exactly the lines, and what was kept back is said', () => {
    const paid = after(told, recordReceipt, money(165_00), known);
    expect(applied(paid)).toEqual([['oit_1_1', 98_00, 0], ['oit_2_1', 67_00, 3_00]]);
    expect(paid['receipt/rcp_1']!.map((e) => e.type)).toEqual(['ReceiptRecorded', 'CashApplied', 'DeductionsTaken']);
    expect(of(paid, 'receipt/rcp_1', 'DeductionsTaken')).toMatchObject([{ deductions: [{ itemId: 'oit_2_1', minor: 3_00, reasonCode: 'price', text: 'agreed 67' }] }]);
    expect(of(paid, 'receipt/rcp_1', 'CashApplied')).toMatchObject([{ rule: 'remittance-advice', unappliedMinor: 0, policyVersion: 1, trace: [{ rule: 'remittance-advice', adviceId: 'rma_1', reason: 'applied' }] }]);
    expect(of(paid, 'remittance-advice/rma_1', 'RemittanceAdviceMatched')).toMatchObject([{ receiptId: 'rcp_1', matchedBy: 'amount', by: '' }]);
  });
  it('is its customer\'s where nobody is named', () => {
    const paid = after(told, recordReceipt, money(165_00, { customer: '', bankReference: 'TRN-7' }), known);
    expect(of(paid, 'receipt/rcp_1', 'ReceiptRecorded')).toMatchObject([{ customer: 'c1', identifiedBy: 'reference' }]);
    expect(applied(paid)).toHaveLength(2);
  });
  it('is used by the rules where two advices may be meant, or the advice waits no more', () => {
    expect(after(told, recordReceipt, money(165_00), { ...known, advices: [waits(), waits(lines, { adviceId: 'rma_2' })] })['receipt/rcp_1']!.map((e) => e.type)).toEqual(['ReceiptRecorded', 'CashHeld']);
    const once = after(told, recordReceipt, money(165_00), known);
    expect(types(ask(once, recordReceipt, money(165_00, { receiptId: 'rcp_2' }), known))).toEqual({ 'receipt/rcp_2': ['ReceiptRecorded', 'CashHeld'], 'account/c1-EUR': ['UnappliedCashPlaced'] });
  });
  it('is left alone where it is on account on purpose', () => expect(types(ask(told, recordReceipt, money(165_00, { onAccount: true }), known))).toEqual({ 'receipt/rcp_1': ['ReceiptRecorded'], 'account/c1-EUR': ['UnappliedCashPlaced'] }));
  it('finds its advice when it is identified', () => {
    const nobodys = after(told, recordReceipt, money(165_00, { customer: '' }), { customerKnown: true, documents: [] });
    expect(applied(after(nobodys, identifyReceipt, { receiptId: 'rcp_1', customer: 'c1', by: 'anna' }, known))).toHaveLength(2);
  });
});

describe('an advice of a receipt that is there', () => {
  const came = after(posted, recordReceipt, money(165_00), { customerKnown: true, documents: [] });
  it('uses it in the same append', () => {
    const paid = after(came, recordRemittanceAdvice, wish(), { ...nothing, receipts: [seen(165_00)] });
    expect(applied(paid)).toEqual([['oit_1_1', 98_00, 0], ['oit_2_1', 67_00, 3_00]]);
    expect(paid['remittance-advice/rma_1']!.map((e) => e.type)).toEqual(['RemittanceAdviceRecorded', 'RemittanceAdviceMatched']);
  });
  it('identifies it where nobody knew who paid', () => {
    const nobodys = after(posted, recordReceipt, money(165_00, { customer: '' }), { customerKnown: true, documents: [] });
    expect(types(ask(nobodys, recordRemittanceAdvice, wish(), { ...nothing, receipts: [seen(165_00, { customer: UNIDENTIFIED })] }))).toEqual({
      'remittance-advice/rma_1': ['RemittanceAdviceRecorded', 'RemittanceAdviceMatched'], 'receipt/rcp_1': ['ReceiptIdentified', 'CashApplied', 'DeductionsTaken'], [`account/${UNIDENTIFIED}-EUR`]: ['UnappliedCashTaken'], 'account/c1-EUR': ['UnappliedCashPlaced', 'OpenItemsSettled'],
    });
  });
  it('waits where it was used otherwise, whatever had been read', () => {
    const used = after(came, applyReceipt, { receiptId: 'rcp_1', shares: [{ itemId: 'oit_3_1', minor: 50_00, currency: 'EUR' }] }, { documents: [] });
    expect(types(ask(used, recordRemittanceAdvice, wish(), { ...nothing, receipts: [seen(165_00)] }))).toEqual({ 'remittance-advice/rma_1': ['RemittanceAdviceRecorded'] });
    const waiting = after(used, recordRemittanceAdvice, wish(), nothing);
    const said = after(waiting, matchRemittanceAdvice, { adviceId: 'rma_1', receiptId: 'rcp_1', by: 'anna' }, { known: { documents, credits: {} } });
    expect(applied(said)).toEqual([['oit_3_1', 50_00, 0], ['oit_1_1', 98_00, 0], ['oit_2_1', 17_00, 53_00]]); // what is left, and nothing undone
    expect(of(said, 'receipt/rcp_1', 'CashApplied').at(-1)).toMatchObject({ policyVersion: 0 }); // a person's
  });
  it('finds it by what is read of both, where neither was decided on with the other', () => {
    const both = { ...told, ...came };
    const paid = after(both, matchWhatCame, { customer: 'c1', adviceId: 'rma_1' }, { advices: [waits(lines, { others: [seen(165_00)] })], received: undefined, segment: '' });
    expect(applied(paid)).toHaveLength(2);
    expect(applied(after(both, matchWhatCame, { customer: 'c1', receiptId: 'rcp_1' }, { advices: [waits()], received: seen(165_00), segment: '' }))).toHaveLength(2);
    expect(types(ask(paid, matchWhatCame, { customer: 'c1', receiptId: 'rcp_1' }, { advices: [waits()], received: seen(165_00), segment: '' }))).toEqual({});
    expect(types(ask(both, matchWhatCame, { customer: 'c1', adviceId: 'rma_1' }, { advices: [waits(lines, { others: [seen(165_00, { customer: UNIDENTIFIED })] })], received: undefined, segment: '' }))).toEqual({}); // of another key
  });
});

describe('the lines of an advice', () => {
  const pay = (of_: readonly RemittanceLine[], more: object = {}) => after(after(posted, recordRemittanceAdvice, wish(of_), nothing), recordReceipt, money(wish(of_).totalMinor, more), { ...known, advices: [waits(of_)] });
  it('for a document that is not known keep their part waiting for it', () => {
    const paid = pay([line('R-3', 50_00), line('R-9', 20_00)]);
    expect(applied(paid)).toEqual([['oit_3_1', 50_00, 0]]);
    expect(of(paid, 'account/c1-EUR', 'UnappliedCashHeld')).toMatchObject([{ holds: [{ references: ['R-9'], minor: 20_00 }] }]);
  });
  it('for more than is open leave the rest unapplied', () => {
    const paid = pay([line('R-3', 60_00)]);
    expect([applied(paid), of(paid, 'receipt/rcp_1', 'CashApplied')[0]!['unappliedMinor']]).toEqual([[['oit_3_1', 50_00, 0]], 10_00]);
  });
  it('for nothing that is open are matched, and say so', () => expect(pay([line('R-9', 20_00)])['receipt/rcp_1']!.map((e) => e.type)).toEqual(['ReceiptRecorded', 'CashHeld']));
  it('with a discount that is not granted dispute it', () => {
    const late = { valueOn: today };
    const paid = pay([line('R-2', 70_00, { discountMinor: 1_40 })], late);
    expect(of(paid, 'receipt/rcp_1', 'DeductionsTaken')).toMatchObject([{ deductions: [{ itemId: 'oit_2_1', minor: 1_40, reasonCode: 'payment-terms' }] }]);
  });
  it('of one document twice are one payment and one deduction', () => {
    const paid = pay([line('R-2', 40_00, { deductionMinor: 1_00, reasonCode: 'price' }), line('R-2', 30_00, { deductionMinor: 2_00, reasonCode: 'quality' })]);
    expect(applied(paid)).toEqual([['oit_2_1', 67_00, 3_00]]);
    expect(of(paid, 'receipt/rcp_1', 'DeductionsTaken')).toMatchObject([{ deductions: [{ minor: 3_00, reasonCode: 'price' }] }]);
  });
  it('below zero count a credit note in: it settles what the money leaves open', () => {
    const of_ = [line('R-2', 70_00), line('R-3', 50_00), line('C-1', -20_00)];
    const credited = after(posted, postCredit, { creditNoteId: 'crn_1', customer: 'c1', currency: 'EUR', number: 'C-1', invoiceId: 'inv_9', minor: 20_00, taxMinor: 0, issuedOn: '2026-03-05' }, { writeOffs: [] });
    const credits = { 'C-1': 'crn_1' };
    const paid = after(after(credited, recordRemittanceAdvice, wish(of_), { ...nothing, credits }), recordReceipt, money(100_00), { ...known, advices: [waits(of_, { known: { documents, credits } })] });
    expect(applied(paid)).toEqual([['oit_2_1', 70_00, 0], ['oit_3_1', 30_00, 20_00]]);
    expect(of(paid, 'posted-credit-note/crn_1', 'CreditApplied')).toMatchObject([{ rule: 'remittance-advice', unappliedMinor: 0, applications: [{ item: { itemId: 'oit_3_1' }, minor: 20_00, openMinor: 0 }] }]);
    expect(paid['receipt/rcp_1']!.map((e) => e.type)).toEqual(['ReceiptRecorded', 'CashApplied']);
  });
});
