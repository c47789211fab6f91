import { describe, expect, it } from '@jest/globals';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { AnyCommand, Typed } from '@ar/runtime/forms.js';
import { itemsOf } from './domain/documents.js';
import { postInvoice } from './open-items.commands.js';
import { recordReceipt, reverseReceipt } from './payments.commands.js';
import { matureReceipt } from './pending-receipts.commands.js';

type History = Readonly<Record<string, readonly Typed[]>>;
const policies = policiesWith({ application: { methods: [{ method: 'PAYMENT_METHOD_CARD', settlementDays: 2, reversalDays: 30 }] } });
const ask = (history: History, command: AnyCommand, request: object, known: unknown, today: string) => deciding(command, history, { today, known, policies })(request);
const after = (history: History, command: AnyCommand, request: object, known: unknown, today: string): History => {
  const answer = ask(history, command, request, known, today);
  if ('refused' in answer) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return { ...history, ...Object.fromEntries(Object.entries(answer as History).map(([stream, made]) => [stream, [...(history[stream] ?? []), ...made]])) };
};
const types = (answer: unknown) => Object.fromEntries(Object.entries(answer as History).filter(([, made]) => made.length > 0).map(([stream, made]) => [stream, made.map((e) => e.type)]));
const known = { customerKnown: true, documents: [] };
const posted = after({}, postInvoice, { customer: 'c1', currency: 'EUR', orderNumber: '', externalNumber: '', paymentReference: '', items: itemsOf({ invoiceId: 'inv_1', number: 'R-1', externalNumber: '', paymentReference: '', issuedOn: '2026-03-02', taxMinor: 0, instalments: [{ seq: 1, dueOn: '2026-04-01', minor: 100_00 }] }) }, undefined, '2026-03-02');
const money = (more: object = {}) => ({ customer: 'c1', currency: 'EUR', receiptId: 'rcp_1', receivedMinor: 100_00, valueOn: '', method: 'PAYMENT_METHOD_CHEQUE', remitter: { name: '', iban: '', remittance: '' }, named: [], bankReference: '', onAccount: false, ...more });
const mature = { receiptId: 'rcp_1', customer: 'c1' };
const back = (more: object = {}) => ({ receiptId: 'rcp_1', kind: 'bounced', code: '', reason: 'stopped', effectiveOn: '', ...more });

describe('a post-dated cheque', () => {
  const held = after(posted, recordReceipt, money({ maturesOn: '2026-03-20' }), known, '2026-03-10');
  it('is recorded at once and is no cash', () => {
    expect(held['receipt/rcp_1']).toMatchObject([{ type: 'ReceiptPending', receivedMinor: 100_00, valueOn: '2026-03-20' }]);
    expect(held['account/c1-EUR']).toEqual(posted['account/c1-EUR']);
    expect(ask(held, recordReceipt, money(), known, '2026-03-10')).toMatchObject({ refused: 'receipt-exists' });
  });
  it('is cash on its day, not before, once, and pays by the rules', () => {
    expect(types(ask(held, matureReceipt, mature, known, '2026-03-19'))).toEqual({});
    const paid = after(held, matureReceipt, mature, known, '2026-03-20');
    expect(paid['receipt/rcp_1']!.map((e) => e.type)).toEqual(['ReceiptPending', 'ReceiptRecorded', 'CashApplied']);
    expect(paid['receipt/rcp_1']![1]).toMatchObject({ valueOn: '2026-03-20', effectiveOn: '2026-03-20' });
    expect(types(ask(paid, matureReceipt, mature, known, '2026-03-21'))).toEqual({});
  });
  it('goes back before its day without a trace in the ledger, and after it like any other', () => {
    const stopped = after(held, reverseReceipt, back(), undefined, '2026-03-12');
    expect([stopped['receipt/rcp_1']!.map((e) => e.type), stopped['account/c1-EUR']]).toEqual([['ReceiptPending', 'ReceiptReversed'], posted['account/c1-EUR']]);
    expect(types(ask(stopped, matureReceipt, mature, known, '2026-03-20'))).toEqual({});
    expect(types(ask(after(held, matureReceipt, mature, known, '2026-03-20'), reverseReceipt, back(), undefined, '2026-03-25'))).toMatchObject({ 'account/c1-EUR': ['OpenItemsReopened', 'UnappliedCashTaken'] });
  });
  it('that has matured by now is cash', () => expect(after(posted, recordReceipt, money({ maturesOn: '2026-03-10' }), known, '2026-03-10')['receipt/rcp_1']![0]).toMatchObject({ type: 'ReceiptRecorded', valueOn: '2026-03-10' }));
  it('of nobody known waits for a person on its day', () => {
    const nobodys = after(posted, recordReceipt, money({ customer: '', maturesOn: '2026-03-20' }), known, '2026-03-10');
    expect(types(ask(nobodys, matureReceipt, { ...mature, customer: '~unidentified' }, known, '2026-03-20'))).toEqual({ 'receipt/rcp_1': ['ReceiptRecorded'], 'account/~unidentified-EUR': ['UnappliedCashPlaced'] });
  });
});

describe('money of a method that settles later', () => {
  const card = money({ method: 'PAYMENT_METHOD_CARD' });
  const settled = after(after(posted, recordReceipt, card, known, '2026-03-10'), matureReceipt, mature, known, '2026-03-12');
  it('counts so many days after it was recorded, or on the value date that is given', () => {
    expect(after(posted, recordReceipt, card, known, '2026-03-10')['receipt/rcp_1']).toMatchObject([{ type: 'ReceiptPending', valueOn: '2026-03-12' }]);
    expect(after(posted, recordReceipt, { ...card, valueOn: '2026-03-09' }, known, '2026-03-10')['receipt/rcp_1']![0]).toMatchObject({ type: 'ReceiptRecorded', valueOn: '2026-03-09' });
    expect(ask(posted, recordReceipt, { ...card, valueOn: '2026-03-11' }, known, '2026-03-10')).toMatchObject({ refused: 'value-date-in-future' });
  });
  it('may go back within its window, later where it did, and any time where it was a mistake', () => {
    expect(ask(settled, reverseReceipt, back({ kind: 'chargeback' }), undefined, '2026-04-12')).toMatchObject({ refused: 'reversal-window-over', detail: { lastOn: '2026-04-11' } });
    for (const [more, today] of [[{ kind: 'chargeback' }, '2026-04-11'], [{ kind: 'chargeback', outsideWindow: true }, '2026-04-12'], [{ kind: 'error' }, '2026-04-12']] as const) expect(types(ask(settled, reverseReceipt, back(more), undefined, today))).toMatchObject({ 'receipt/rcp_1': ['CashUnapplied', 'ReceiptReversed'] });
  });
});
