// What a payer paid for others, used for their debts in another currency, goes back whole; and what used nothing of the money puts nothing back.
import { expect, it } from '@jest/globals';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { AnyCommand, Typed } from '@ar/runtime/forms.js';
import { itemsOf } from './domain/documents.js';
import { finishVoid, postInvoice, voidInvoice } from './open-items.commands.js';
import { applyReceipt, recordReceipt, reverseReceipt, unapplyReceipt } from './payments.commands.js';

type History = Readonly<Record<string, readonly Typed[]>>;
const today = '2026-03-10';
function after(history: History, command: AnyCommand, request: object, known?: unknown): History {
  const answer = deciding(command, history, { today, known, policies: policiesWith({}) })(request);
  if ('refused' in answer) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return { ...history, ...Object.fromEntries(Object.entries(answer as History).map(([stream, made]) => [stream, [...(history[stream] ?? []), ...made]])) };
}
const invoice = (n: number, minor: number, currency: string) => ({ customer: 'one', currency, orderNumber: '', externalNumber: '', paymentReference: '', items: itemsOf({ invoiceId: `inv_${n}`, number: `R-${n}`, externalNumber: '', paymentReference: '', issuedOn: '2026-03-02', taxMinor: 0, instalments: [{ seq: 1, dueOn: '2026-04-01', minor }] }) });
const money = (customer: string, receivedMinor: number, currency: string) => ({ customer, currency, receiptId: 'rcp_1', receivedMinor, valueOn: today, method: 'PAYMENT_METHOD_CASH', remitter: { name: '', iban: '', remittance: '' }, named: [], bankReference: '', onAccount: false });
const isVoid = (history: History, n: number, currency: string, key: string) => {
  const of = { customer: 'one', currency, documentId: `inv_${n}`, voidOn: today };
  return after(after(history, voidInvoice, { ...of, instalments: 1 }), finishVoid, of, { keys: [key], writeOffs: [] });
};
const back = { receiptId: 'rcp_1', kind: 'return', code: '', reason: '', effectiveOn: '' };
const rates = { base: 'EUR' };

it('a share that pays in another currency goes back whole: unapplied, with the payment, and after what it paid is void', () => {
  const paid = after(after({}, postInvoice, invoice(1, 50_00, 'EUR')), recordReceipt, money('parent', 50_00, 'EUR'), { customerKnown: true, documents: [], links: [{ payer: 'parent', paidFor: 'one', fromOn: '2026-03-01', untilOn: '' }] });
  const share = Object.keys(paid).find((s) => s.startsWith('receipt/') && s !== 'receipt/rcp_1')!.slice('receipt/'.length);
  const owing = after(isVoid(paid, 1, 'EUR', share), postInvoice, invoice(2, 60_00, 'USD'));
  const across = after(owing, applyReceipt, { receiptId: share, shares: [{ itemId: 'oit_2_1', minor: 55_00, currency: 'USD' }], exchange: { minor: 45_00, currency: 'EUR', rate: '' } }, { documents: [], rates });
  const { groupId } = across[`receipt/${share}`]!.at(-1) as Typed & { groupId: string };
  for (const gone of [after(across, unapplyReceipt, { receiptId: share, groupId, reason: '', effectiveOn: '' }), after(across, reverseReceipt, back), after(isVoid(across, 2, 'USD', share), reverseReceipt, back)])
    expect(gone['receipt/rcp_1']!.filter((e) => e.type === 'CashPassedBack')).toMatchObject([{ minor: 50_00, unappliedMinor: 50_00 }]);
});

it('a part of an item so small that it used nothing of the money puts nothing back', () => {
  const owing = after(after({}, postInvoice, invoice(1, 100_00, 'EUR')), postInvoice, invoice(2, 1, 'EUR'));
  const paid = after(owing, recordReceipt, money('one', 50, 'JPY'), { customerKnown: true, documents: [] });
  const across = after(paid, applyReceipt, { receiptId: 'rcp_1', shares: [{ itemId: 'oit_1_1', minor: 100_00, currency: 'EUR' }, { itemId: 'oit_2_1', minor: 1, currency: 'EUR' }], exchange: { minor: 50, currency: 'JPY', rate: '' } }, { documents: [], rates });
  const freed = isVoid(across, 2, 'EUR', 'rcp_1');
  expect(freed['account/one-JPY']!.length).toBe(across['account/one-JPY']!.length);
  expect(after(freed, reverseReceipt, back)['account/one-JPY']!.at(-1)).toMatchObject({ type: 'UnappliedCashTaken', cause: 'reversal', minor: 50 });
});
