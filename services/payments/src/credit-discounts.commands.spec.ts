import { describe, expect, it } from '@jest/globals';
import { deciding } from '@ar/runtime/deciding.js';
import type { AnyCommand, Typed } from '@ar/runtime/forms.js';
import { netCredits } from './credit-discounts.commands.js';
import { account, type AccountEvent } from './domain/account.js';
import { itemsOf } from './domain/documents.js';
import { recordReceipt, reverseReceipt } from './payments.commands.js';
import { postInvoice } from './open-items.commands.js';
import { applyCredit, unapplyCredit, postCredit } from './credit-notes.commands.js';

type History = Readonly<Record<string, readonly Typed[]>>;
const today = '2026-03-20';
const ask = (history: History, command: AnyCommand, request: object, known?: unknown) => deciding(command, history, { today, known: known ?? (command === postCredit ? { writeOffs: [] } : undefined) })(request) as History;
const after = (history: History, command: AnyCommand, request: object, known?: unknown): History => {
  const answer = ask(history, command, request, known);
  if ('refused' in answer) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return { ...history, ...Object.fromEntries(Object.entries(answer).map(([stream, made]) => [stream, [...(history[stream] ?? []), ...made]])) };
};
const owed = (history: History) => {
  const { items, cash } = history['account/c1-EUR']!.reduce((s, e) => account.evolve(s, e as AccountEvent), account.initial);
  return { open: Object.fromEntries(items.values().map((i) => [i.itemId, i.openMinor])), cash: Object.fromEntries([...cash].map(([key, c]) => [key, c.unappliedMinor])) };
};
const invoice = (n: number, taxMinor = 0) => ({
  customer: 'c1', currency: 'EUR', orderNumber: '', externalNumber: '', paymentReference: '',
  items: itemsOf({
    invoiceId: `inv_${n}`, number: `R-${n}`, externalNumber: '', paymentReference: '', issuedOn: '2026-03-02', taxMinor, instalments: [{ seq: 1, dueOn: '2026-04-01', minor: 100_00, discountableMinor: 100_00 }],
    discount: { tiers: [{ percent: '2', lastDay: '2026-03-12' }], tax: 'on-early-payment', mode: 'earned' },
  }),
});
const money = (receivedMinor: number, receiptId = 'rcp_1', valueOn = '2026-03-10') =>
  ({ receiptId, customer: 'c1', currency: 'EUR', receivedMinor, valueOn, method: 'PAYMENT_METHOD_CASH', remitter: { name: '', iban: '', remittance: '' }, named: [], bankReference: '', onAccount: false });
const credit = (creditNoteId: string, minor: number, taxMinor = 0) => ({ creditNoteId, customer: 'c1', currency: 'EUR', number: `C-${creditNoteId}`, invoiceId: 'inv_1', minor, taxMinor, issuedOn: '2026-03-15' });
const net = { customer: 'c1', currency: 'EUR', invoiceIds: ['inv_1'] };
const knows = (...creditNotes: readonly string[]) => [{ keys: ['rcp_1'], creditNotes }];
const paid = after(after({}, postInvoice, invoice(1)), recordReceipt, money(98_00), { customerKnown: true, documents: [] });

describe('an invoice of 100.00 that 98.00 and a discount of 2.00 have paid', () => {
  it('credited whole gives 98.00; the discount is taken back from the day of the credit note', () => {
    const history = after(paid, postCredit, credit('crn_1', 100_00));
    expect(owed(history).cash).toEqual({ 'credit-note:crn_1': 100_00 });
    const netted = after(history, netCredits, net, knows('crn_1'));
    expect(owed(netted)).toEqual({ open: {}, cash: { 'credit-note:crn_1': 98_00 } });
    expect(netted['account/c1-EUR']!.at(-1)).toMatchObject({ type: 'UnappliedCashTaken', cause: 'discount', minor: 2_00, effectiveOn: '2026-03-15' });
    expect(netted['posted-credit-note/crn_1']!.at(-1)).toMatchObject({ type: 'CreditNettedOfDiscount', discount: { minor: 2_00, taxMinor: 0 }, unappliedMinor: 98_00 });
    expect(Object.values(ask(netted, netCredits, net, knows('crn_1'))).flat()).toEqual([]); // once
  });
  it('credited by half gives 49.00, and by the other half 49.00', () => {
    const half = after(after(paid, postCredit, credit('crn_1', 50_00)), netCredits, net, knows('crn_1'));
    expect(owed(half).cash).toEqual({ 'credit-note:crn_1': 49_00 });
    expect(owed(after(after(half, postCredit, credit('crn_2', 50_00)), netCredits, net, knows('crn_1', 'crn_2'))).cash).toEqual({ 'credit-note:crn_1': 49_00, 'credit-note:crn_2': 49_00 });
  });
  it('takes the tax of the discount back with it', () => {
    const taxed = after(after({}, postInvoice, invoice(1, 16_67)), recordReceipt, money(98_00), { customerKnown: true, documents: [] });
    expect(after(after(taxed, postCredit, credit('crn_1', 100_00, 16_67)), netCredits, net, knows('crn_1'))['account/c1-EUR']!.at(-1)).toMatchObject({ minor: 2_00, taxMinor: 33 });
  });
  it('gives all of it again where the payment goes back: nothing is owed, and nothing is left', () => {
    const netted = after(after(paid, postCredit, credit('crn_1', 100_00)), netCredits, net, knows('crn_1'));
    const returned = after(netted, reverseReceipt, { receiptId: 'rcp_1', kind: 'return', code: '', reason: '', effectiveOn: '' });
    expect(owed(returned)).toEqual({ open: { oit_1_1: 2_00 }, cash: {} });
    expect(owed(after(returned, netCredits, net, knows('crn_1')))).toEqual({ open: {}, cash: {} });
  });
  it('takes back no more than is left of a credit note that was used meanwhile', () => {
    const used = after(after(after(paid, postInvoice, invoice(2)), postCredit, credit('crn_1', 50_50)), applyCredit, { creditNoteId: 'crn_1', shares: [{ itemId: 'oit_2_1', minor: 50_00, currency: 'EUR' }] });
    expect(owed(after(used, netCredits, net, knows('crn_1')))).toEqual({ open: { oit_2_1: 50_00 }, cash: {} });
  });
});

it('a credit note that settles what is open takes nothing back', () => {
  const half = after(after({}, postInvoice, invoice(1)), recordReceipt, money(49_00), { customerKnown: true, documents: [] });
  expect(owed(half)).toEqual({ open: { oit_1_1: 50_00 }, cash: {} });
  const credited = after(half, postCredit, credit('crn_1', 50_00));
  expect(Object.values(ask(credited, netCredits, net, knows('crn_1'))).flat()).toEqual([]);
  expect(owed(after(after(credited, postCredit, credit('crn_2', 50_00)), netCredits, net, knows('crn_1', 'crn_2')))).toEqual({ open: {}, cash: { 'credit-note:crn_2': 49_00 } });
});
it('a credit note that a person takes back from its invoice is not put there again', () => {
  const half = after(after(after({}, postInvoice, invoice(1)), recordReceipt, money(49_00), { customerKnown: true, documents: [] }), postCredit, credit('crn_1', 50_00));
  const { groupId } = half['posted-credit-note/crn_1']!.at(-1) as unknown as { groupId: string };
  const back = after(half, unapplyCredit, { creditNoteId: 'crn_1', groupId, reason: 'for another one', effectiveOn: '' });
  expect(back['account/c1-EUR']!.at(-1)).toMatchObject({ type: 'OpenItemsReopened', cause: 'unapplication', effectiveOn: today, applications: [{ minor: 50_00, openMinor: 50_00 }] });
  const netted = after(back, netCredits, net, knows('crn_1'));
  expect(owed(netted)).toEqual({ open: { oit_1_1: 50_00 }, cash: { 'credit-note:crn_1': 49_00 } }); // it credits what was paid, now
  const again = after(netted, applyCredit, { creditNoteId: 'crn_1', shares: [{ itemId: 'oit_1_1', minor: 49_00, currency: 'EUR' }] });
  expect(owed(after(after(again, netCredits, net, knows('crn_1')), netCredits, net, knows('crn_1')))).toEqual({ open: {}, cash: {} });
});
it('nothing is decided about an invoice without credit notes', () => expect(Object.values(ask(paid, netCredits, net, knows())).flat()).toEqual([]));
