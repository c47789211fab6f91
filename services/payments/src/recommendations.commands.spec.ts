import { describe, expect, it } from '@jest/globals';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { AnyCommand, Typed } from '@ar/runtime/forms.js';
import { UNIDENTIFIED } from './domain/account.js';
import { itemsOf } from './domain/documents.js';
import { applyReceipt, identifyReceipt, recordReceipt } from './payments.commands.js';
import { postInvoice } from './open-items.commands.js';
import { cancelRefund, requestRefund } from './refunds.commands.js';
import { acceptRecommendation, declineRecommendation } from './recommendations.commands.js';

type History = Readonly<Record<string, readonly Typed[]>>;
const today = '2026-03-10';
const policies = policiesWith({ application: { rules: ['exact'], matching: { applyFrom: 900, recommendFrom: 500 } } });
const ask = (history: History, command: AnyCommand, request: object, known?: unknown) => deciding(command, history, { today, known, policies })(request);
const after = (history: History, command: AnyCommand, request: object, known?: unknown): History => {
  const answer = ask(history, command, request, known);
  if ('refused' in answer) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return { ...history, ...Object.fromEntries(Object.entries(answer as History).map(([stream, made]) => [stream, [...(history[stream] ?? []), ...made]])) };
};
const types = (answer: unknown) => Object.fromEntries(Object.entries(answer as History).filter(([, made]) => made.length > 0).map(([stream, made]) => [stream, made.map((e) => e.type)]));
const invoice = (n: number, minor: number) => ({ customer: 'c1', currency: 'EUR', orderNumber: '', externalNumber: '', paymentReference: '', items: itemsOf({ invoiceId: `inv_${n}`, number: `RE-2026-00${n}`, externalNumber: '', paymentReference: '', issuedOn: '2026-03-02', taxMinor: 0, instalments: [{ seq: 1, dueOn: '2026-04-01', minor }] }) });
const money = (receivedMinor: number, remittance = '', customer = 'c1') => ({ customer, currency: 'EUR', receiptId: 'rcp_1', receivedMinor, valueOn: today, method: 'PAYMENT_METHOD_CASH', remitter: { name: 'Ada Byron', iban: 'DE1', remittance }, named: [], bankReference: '', onAccount: false });
const known = { customerKnown: true, documents: [] };
const posted = after(after({}, postInvoice, invoice(1, 100_00)), postInvoice, invoice(2, 200_00));
const matchable = [1, 2].map((n) => ({ customer: 'c1', customerName: 'Ada Byron', accountKnown: true, itemId: `oit_${n}_1`, documentNumber: `RE-2026-00${n}`, references: [`RE-2026-00${n}`], openMinor: n * 100_00, dueOn: '2026-04-01' }));
const last = (history: History, stream = 'receipt/rcp_1') => history[stream]!.at(-1) as unknown as Record<string, unknown>;

describe('money that no rule places', () => {
  it('is applied where a match is sure, and says by how many points', () => {
    expect(types(ask(posted, recordReceipt, money(99_00, 'RE-2026-001'), known))).toEqual({ 'receipt/rcp_1': ['ReceiptRecorded', 'CashHeld', 'ApplicationRecommended'], 'account/c1-EUR': ['UnappliedCashPlaced'] });
    const sure = deciding(recordReceipt, posted, { today, known, policies: policiesWith({ application: { rules: ['exact'], matching: { applyFrom: 800, recommendFrom: 500 } } }) })(money(99_00, 'RE-2026-001'));
    expect((sure as History)['receipt/rcp_1']!.at(-1)).toMatchObject({ type: 'CashApplied', rule: 'match', unappliedMinor: 0, applications: [{ item: { itemId: 'oit_1_1' }, minor: 99_00, openMinor: 1_00 }], trace: [{ rule: 'exact' }, { rule: 'match', match: { points: { payer: 400, number: 350, amount: 50 } } }] });
  });
  it('is recommended, the best first, or left where nothing comes near', () => {
    expect(last(after(posted, recordReceipt, money(99_00, 'RE-2026-011'), known))).toMatchObject({ type: 'ApplicationRecommended', unappliedMinor: 99_00, matches: [{ itemId: 'oit_1_1', points: { payer: 400, number: 200, amount: 50 } }], policyVersion: 1 });
    expect(last(after(posted, recordReceipt, money(99_00), known))).toMatchObject({ type: 'CashHeld' });
  });
  it('of nobody known is its customer\'s where a match is sure, as far as that is still open', () => {
    expect(types(ask(posted, recordReceipt, money(100_00, 'RE-2026-001', ''), { ...known, matchable }))).toEqual({
      'receipt/rcp_1': ['ReceiptRecorded', 'ReceiptIdentified', 'CashApplied'], [`account/${UNIDENTIFIED}-EUR`]: ['UnappliedCashPlaced', 'UnappliedCashTaken'], 'account/c1-EUR': ['UnappliedCashPlaced', 'OpenItemsSettled'],
    });
    expect(types(ask(after({}, postInvoice, invoice(2, 200_00)), recordReceipt, money(100_00, 'RE-2026-001', ''), { ...known, matchable }))).toEqual({ 'receipt/rcp_1': ['ReceiptRecorded', 'ApplicationRecommended'], [`account/${UNIDENTIFIED}-EUR`]: ['UnappliedCashPlaced'] });
  });
});

describe('a recommendation', () => {
  const nobodys = after(posted, recordReceipt, money(100_00, '', ''), { ...known, matchable });
  const recommendationId = last(nobodys)['recommendationId'] as string;
  const answer = { receiptId: 'rcp_1', recommendationId, customer: 'c1', itemId: 'oit_1_1', by: 'anna', reason: 'not ours' };
  it('is taken: the payer is known then, the money applied, the answer kept', () => {
    expect(types(ask(nobodys, acceptRecommendation, answer, known))).toEqual({ 'receipt/rcp_1': ['ReceiptIdentified', 'RecommendationAccepted', 'CashApplied'], [`account/${UNIDENTIFIED}-EUR`]: ['UnappliedCashTaken'], 'account/c1-EUR': ['UnappliedCashPlaced', 'OpenItemsSettled'] });
    expect(last(after(nobodys, acceptRecommendation, answer, known))).toMatchObject({ rule: 'match', trace: [{ match: { itemId: 'oit_1_1', minor: 100_00 } }] });
  });
  it('takes as much as is open then', () => {
    const used = after(after(nobodys, recordReceipt, { ...money(70_00), receiptId: 'rcp_2', onAccount: true }, known), applyReceipt, { receiptId: 'rcp_2', shares: [{ itemId: 'oit_1_1', minor: 70_00, currency: 'EUR' }] }, { documents: [] });
    expect(last(after(used, acceptRecommendation, answer, known))).toMatchObject({ applications: [{ minor: 30_00, openMinor: 0 }], unappliedMinor: 70_00 });
  });
  it('is overtaken when nothing of the money is left', () => {
    const his = after(posted, recordReceipt, money(90_00, 'RE-2026-011'), known);
    const refunded = after(his, requestRefund, { refundId: 'rfd_1', receiptId: 'rcp_1', creditNoteId: '', minor: null, currency: '', method: '', payee: null, reason: 'not for us', by: 'anna' });
    expect(ask(refunded, acceptRecommendation, { ...answer, recommendationId: last(his)['recommendationId'] as string }, known)).toMatchObject({ refused: 'recommendation-not-found' });
    const again = after(refunded, cancelRefund, { refundId: 'rfd_1', reason: 'it is for us' });
    expect(ask(again, acceptRecommendation, { ...answer, recommendationId: last(his)['recommendationId'] as string }, known)).toMatchObject({ refused: 'recommendation-not-found' });
  });
  it('is declined, once; the money waits', () => {
    const declined = after(nobodys, declineRecommendation, answer);
    expect(last(declined)).toMatchObject({ type: 'RecommendationDeclined', by: 'anna', reason: 'not ours' });
    expect(ask(declined, acceptRecommendation, answer, known)).toMatchObject({ refused: 'recommendation-not-found' });
  });
  it('is overtaken when the money is somebody else\'s', () => expect(ask(after(nobodys, identifyReceipt, { receiptId: 'rcp_1', customer: 'c2', by: 'otto' }, known), acceptRecommendation, { ...answer, customer: 'c2' }, known)).toMatchObject({ refused: 'recommendation-not-found' }));
  it('is made anew when the money is identified and no rule places it', () => {
    const his = after(after(posted, recordReceipt, money(90_00, 'RE-2026-011', ''), { ...known, matchable }), identifyReceipt, { receiptId: 'rcp_1', customer: 'c1', by: 'otto' }, known);
    const again = { ...answer, recommendationId: last(his)['recommendationId'] as string };
    expect(types(ask(his, acceptRecommendation, again, known))).toEqual({ 'receipt/rcp_1': ['RecommendationAccepted', 'CashApplied'], 'account/c1-EUR': ['OpenItemsSettled'] });
    expect(ask(his, acceptRecommendation, answer, known)).toMatchObject({ refused: 'recommendation-not-found' });
  });
});

describe('what a payer keeps back', () => {
  const onAccount = after(posted, recordReceipt, { ...money(90_00), onAccount: true }, known);
  const apply = (minor: number, reasonCode = 'price') => ask(onAccount, applyReceipt, { receiptId: 'rcp_1', shares: [{ itemId: 'oit_1_1', minor: 90_00, currency: 'EUR' }], deductions: [{ itemId: 'oit_1_1', minor, currency: 'EUR', reasonCode, text: 'agreed 90' }] }, { documents: [] });
  it('is told with its reason, and stays open', () => expect((apply(10_00) as History)['receipt/rcp_1']).toMatchObject([{ type: 'CashApplied', applications: [{ openMinor: 10_00 }] }, { type: 'DeductionsTaken', deductions: [{ itemId: 'oit_1_1', minor: 10_00, reasonCode: 'price', text: 'agreed 90' }] }]));
  it('is never more than is left open', () => expect(apply(10_01)).toMatchObject({ refused: 'deduction-above-open' }));
});
