import { describe, expect, it } from '@jest/globals';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { AnyCommand, Typed } from '@ar/runtime/forms.js';
import { account, type AccountEvent } from './domain/account.js';
import { itemsOf } from './domain/documents.js';
import { applyReceipt, recordReceipt, reverseReceipt } from './payments.commands.js';
import { postInvoice } from './open-items.commands.js';
import { postCredit } from './credit-notes.commands.js';
import { approveRefund, cancelRefund, claimRefund, expireRefund, recordRefundFailed, recordRefundOutcome, recordRefundPaid, refuseRefund, requestRefund } from './refunds.commands.js';

type History = Readonly<Record<string, readonly Typed[]>>;
const today = '2026-06-10';
const ask = (history: History, command: AnyCommand, request: object, on: { readonly today?: string; readonly known?: unknown; readonly limit?: string } = {}) =>
  deciding(command, history, { today: on.today ?? today, known: on.known ?? (command === postCredit ? { writeOffs: [] } : undefined), policies: policiesWith({ approvals: { refundLimit: on.limit ?? '' } }) })(request);
const after = (history: History, ...asked: Parameters<typeof ask> extends [unknown, ...infer Rest] ? Rest : never): History => {
  const answer = ask(history, ...asked);
  if ('refused' in answer) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return { ...history, ...Object.fromEntries(Object.entries(answer as History).map(([stream, made]) => [stream, [...(history[stream] ?? []), ...made]])) };
};
const types = (answer: object) => Object.fromEntries(Object.entries(answer as History).map(([stream, made]) => [stream, made.map((e) => e.type)]));
const owed = (history: History) => {
  const { items, cash } = history['account/c1-EUR']!.reduce((s, e) => account.evolve(s, e as AccountEvent), account.initial);
  return { open: Object.fromEntries(items.values().map((i) => [i.itemId, i.openMinor])), cash: Object.fromEntries([...cash].map(([key, c]) => [key, c.unappliedMinor])) };
};

const nobodyElse = { customerKnown: true, documents: [] };
const money = { receiptId: 'rcp_1', customer: 'c1', currency: 'EUR', receivedMinor: 100_00, valueOn: '2026-06-01', method: 'PAYMENT_METHOD_BANK_TRANSFER', remitter: { name: 'Ada Byron', iban: 'DE89370400440532013000', remittance: '' }, named: [], bankReference: 'B-7', onAccount: false };
const received = after({}, recordReceipt, money, { known: nobodyElse });
const credited = after({}, postCredit, { creditNoteId: 'crn_1', customer: 'c1', currency: 'EUR', number: 'C-1', invoiceId: 'inv_9', minor: 50_00, taxMinor: 0, issuedOn: '2026-06-01' });
const wish = (minor: number | null, more: object = {}) => ({ refundId: 'rfd_1', receiptId: 'rcp_1', creditNoteId: '', minor, currency: minor === null ? '' : 'EUR', method: '', payee: null, reason: 'paid twice', by: 'anna', ...more });
const ofCredit = (more: object = {}) => wish(null, { receiptId: '', creditNoteId: 'crn_1', payee: { name: 'Ada Byron', iban: 'DE89370400440532013000' }, ...more });
const asked = after(received, requestRefund, wish(40_00));
const todo = (attempt = 1) => ({ tenant: 't1', customer: 'c1', key: 'rfd_1', attempt, state: 'requested' });
const reversal = { receiptId: 'rcp_1', kind: 'chargeback', code: '', reason: 'disputed', effectiveOn: '' };
const invoice = { customer: 'c1', currency: 'EUR', orderNumber: '', externalNumber: '', paymentReference: '', items: itemsOf({ invoiceId: 'inv_1', number: 'R-1', externalNumber: '', paymentReference: '', issuedOn: '2026-06-09', taxMinor: 0, instalments: [{ seq: 1, dueOn: '2026-07-01', minor: 100_00 }] }) };

describe('a refund that is asked for', () => {
  it('takes its money out of what is unapplied, in the same append, and goes back the way that it came', () => {
    expect(types(ask(received, requestRefund, wish(40_00)))).toEqual({ 'refund/rfd_1': ['RefundOrdered'], 'receipt/rcp_1': ['CashReservedForRefund'], 'account/c1-EUR': ['UnappliedCashTaken'] });
    expect(asked['refund/rfd_1']).toMatchObject([{ method: 'PAYMENT_METHOD_BANK_TRANSFER', payee: { name: 'Ada Byron', iban: 'DE89370400440532013000' }, bankReference: 'B-7', takenOn: today }]);
    expect(owed(asked)).toEqual({ open: {}, cash: { rcp_1: 60_00 } });
  });
  it('is of all that is left where no amount is said', () => expect(owed(after(received, requestRefund, wish(null)))).toEqual({ open: {}, cash: {} }));
  it('never shares a cent with another one, or with an invoice', () => {
    expect(ask(asked, requestRefund, wish(60_01, { refundId: 'rfd_2' }))).toMatchObject({ refused: 'refund-above-refundable', detail: { refundableMinor: 60_00 } });
    const both = after(asked, requestRefund, wish(60_00, { refundId: 'rfd_2' }));
    expect(owed(both)).toEqual({ open: {}, cash: {} });
    expect(ask(both, requestRefund, wish(null, { refundId: 'rfd_3' }))).toMatchObject({ refused: 'refund-above-refundable' });
    expect(owed(after(asked, postInvoice, invoice))).toEqual({ open: { oit_1_1: 40_00 }, cash: {} });
    expect(ask(after(asked, postInvoice, invoice), applyReceipt, { receiptId: 'rcp_1', shares: [{ itemId: 'oit_1_1', minor: 1, currency: 'EUR' }] }, { known: { documents: [] } })).toMatchObject({ refused: 'receipt-over-applied' });
  });
  it('is of a credit note, by transfer to the account that is named', () => {
    expect(types(ask(credited, requestRefund, ofCredit()))).toEqual({ 'refund/rfd_1': ['RefundOrdered'], 'posted-credit-note/crn_1': ['CreditReservedForRefund'], 'account/c1-EUR': ['UnappliedCashTaken'] });
    expect(ask(credited, requestRefund, ofCredit({ payee: null }))).toMatchObject({ refused: 'refund-account-missing' });
    expect(owed(after(after(credited, requestRefund, ofCredit()), cancelRefund, { refundId: 'rfd_1', reason: '' }))).toEqual({ open: {}, cash: { 'credit-note:crn_1': 50_00 } });
  });
});

describe('a refund that is asked for by who may give nothing alone', () => {
  it('waits for a second person, however little it is', () => {
    const made = deciding(requestRefund as AnyCommand, received, { today, known: undefined, policies: policiesWith({ approvals: { neverAlone: ['anna'] } }) })(wish(1)) as History;
    expect(Object.values(made).flat().map((e) => e.type)).toContain('RefundProposed');
  });
});

describe('a refund that comes to nothing', () => {
  const waiting = after(received, requestRefund, wish(40_00), { limit: '30' });
  const unknown = after(after(asked, claimRefund, todo()), recordRefundOutcome, { todo: todo(), outcome: 'unknown', detail: 'timeout' });
  it.each([
    ['is refused', waiting, refuseRefund, { refundId: 'rfd_1', by: 'ben', reason: 'no' }, today], ['expires', waiting, expireRefund, { refundId: 'rfd_1', customer: 'c1' }, '2026-06-25'],
    ['is cancelled', asked, cancelRefund, { refundId: 'rfd_1', reason: '' }, today], ['is cancelled while it waits', waiting, cancelRefund, { refundId: 'rfd_1', reason: '' }, today],
    ['is declined for good', after(asked, claimRefund, todo()), recordRefundOutcome, { todo: todo(), outcome: 'failed', detail: 'closed', final: true }, today],
    ['is found not to have been paid', unknown, recordRefundFailed, { refundId: 'rfd_1', reason: 'the bank says so' }, today],
  ] as const)('gives its money back where it %s', (_how, history, command, request, on) => {
    expect(owed(history)).toEqual({ open: {}, cash: { rcp_1: 60_00 } });
    const back = after(history, command as AnyCommand, request, { today: on });
    expect(owed(back)).toEqual({ open: {}, cash: { rcp_1: 100_00 } });
    expect(back['receipt/rcp_1']!.at(-1)).toMatchObject({ type: 'CashReleasedFromRefund', minor: 40_00, unappliedMinor: 100_00, effectiveOn: on });
    expect(owed(after(back, postInvoice, invoice))).toEqual({ open: {}, cash: {} }); // it pays what comes next
  });
  it('gives nothing back while it is tried again, or nobody knows', () => {
    const again = after(after(asked, claimRefund, todo()), recordRefundOutcome, { todo: todo(), outcome: 'failed', detail: 'later' });
    for (const history of [again, unknown]) expect(owed(history)).toEqual({ open: {}, cash: { rcp_1: 60_00 } });
  });
});

describe('a receipt that goes back', () => {
  it('stops a refund that was not sent out', () => {
    const back = ask(asked, reverseReceipt, reversal);
    expect(types(back)).toEqual({ 'receipt/rcp_1': ['CashReleasedFromRefund', 'ReceiptReversed'], 'refund/rfd_1': ['RefundCancelled'], 'account/c1-EUR': ['UnappliedCashPlaced', 'UnappliedCashTaken'] });
    const waiting = after(received, requestRefund, wish(40_00), { limit: '30' });
    expect(ask(after(waiting, reverseReceipt, reversal), approveRefund, { refundId: 'rfd_1', by: 'ben' })).toMatchObject({ refused: 'approval-not-found' });
  });
  it('waits for one that is under way', () => expect(ask(after(asked, claimRefund, todo()), reverseReceipt, reversal)).toMatchObject({ refused: 'refund-under-way' }));
  it('leaves the customer owing what was refunded: they have had it twice', () => {
    const paid = after(asked, recordRefundPaid, { refundId: 'rfd_1', reference: 'B-9', paidOn: '' });
    const back = after(paid, reverseReceipt, reversal);
    expect(owed(back)).toEqual({ open: { 'oit.rcp_1_0': 40_00 }, cash: {} });
    expect(back['account/c1-EUR']!.at(-1)).toMatchObject({ type: 'OpenItemPosted', item: { kind: 'claim', documentId: 'rcp_1', dueOn: today } });
    expect(back['receipt/rcp_1']!.at(-1)).toMatchObject({ type: 'ReceiptReversed', reversedMinor: 100_00, claimedMinor: 40_00 });
    expect(owed(after(after(after(received, requestRefund, wish(null)), recordRefundPaid, { refundId: 'rfd_1', reference: 'B-9', paidOn: '' }), reverseReceipt, reversal))).toEqual({ open: { 'oit.rcp_1_0': 100_00 }, cash: {} });
  });
});
