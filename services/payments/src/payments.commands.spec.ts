import { describe, expect, it } from '@jest/globals';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { Typed } from '@ar/runtime/forms.js';
import { disputedMinor, account, type AccountState, UNIDENTIFIED } from './domain/account.js';
import { seen } from './domain/account.world.js';
import { itemOfDebitNote, itemsOf } from './domain/documents.js';
import type { ReceiptEvent } from './domain/receipt.js';
import { applyReceipt, identifyReceipt, recordReceipt, type RecordReceipt, reverseReceipt, unapplyReceipt } from './payments.commands.js';
import { disputeItems, endDispute, finishVoid, postInvoice, voidInvoice } from './open-items.commands.js';
import { applyCredit, postCredit, type PostCredit } from './credit-notes.commands.js';

const today = '2026-03-10';
const invoice = (n: number, minor: number, issuedOn = '2026-03-02') => ({
  customer: 'c1', currency: 'EUR', orderNumber: '', externalNumber: '', paymentReference: '',
  items: itemsOf({ invoiceId: `inv_${n}`, number: `R-${n}`, externalNumber: '', paymentReference: '', issuedOn, taxMinor: 0, instalments: [{ seq: 1, dueOn: '2026-04-01', minor }] }),
});
const receiptOver = (receivedMinor: number, more: Partial<RecordReceipt> = {}): RecordReceipt =>
  ({ receiptId: 'rcp_1', customer: 'c1', currency: 'EUR', receivedMinor, valueOn: '2026-03-05', method: 'PAYMENT_METHOD_BANK_TRANSFER', remitter: { name: '', iban: '', remittance: '' }, named: [], bankReference: '', onAccount: false, ...more });
const nobodyElse = { customerKnown: true, documents: [] };
const named = (n: number, customer = 'c1', currency = 'EUR') => ({ reference: `R-${n}`, customer, currency, documentId: `inv_${n}` });

type History = Readonly<Record<string, readonly Typed[]>>;
/** What was there before, with what a command made of it. */
const after = (history: History, answer: unknown): History => {
  if (typeof answer !== 'object' || answer === null || 'refused' in answer) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return { ...history, ...Object.fromEntries(Object.entries(answer as History).map(([stream, made]) => [stream, [...(history[stream] ?? []), ...made]])) };
};
const types = (answer: unknown) => Object.fromEntries(Object.entries(answer as History).filter(([, made]) => made.length > 0).map(([stream, made]) => [stream, made.map((e) => e.type)]));
const posted = (...invoices: readonly ReturnType<typeof invoice>[]): History => invoices.reduce<History>((history, i) => after(history, deciding(postInvoice, history, { today })(i)), {});
const received = (history: History, request: RecordReceipt, known: { customerKnown: boolean; documents: readonly ReturnType<typeof named>[] } = nobodyElse) => after(history, deciding(recordReceipt, history, { today, known })(request));

describe('a receipt for an open invoice', () => {
  it('settles it in the same append, in both streams, with the trace of its rules', () => {
    const answer = deciding(recordReceipt, posted(invoice(1, 100)), { today, known: nobodyElse, policies: policiesWith({ application: { version: 4 } }) })(receiptOver(100));
    expect(types(answer)).toEqual({ 'receipt/rcp_1': ['ReceiptRecorded', 'CashApplied'], 'account/c1-EUR': ['UnappliedCashPlaced', 'OpenItemsSettled'] });
    expect((answer as History)['receipt/rcp_1']![1]).toMatchObject({ rule: 'exact', policyVersion: 4, unappliedMinor: 0, trace: [{ rule: 'reference', reason: 'nothing-named' }, { rule: 'exact', reason: 'applied' }] });
  });
  it('is effective from the issue date when it came before', () =>
    expect(received(posted(invoice(1, 100)), receiptOver(100, { valueOn: '2026-02-20' }))['account/c1-EUR']!.at(-1)).toMatchObject({ type: 'OpenItemsSettled', effectiveOn: '2026-03-02' }));
  it('has the business date where it states no value date', () => expect(received({}, receiptOver(100, { valueOn: '' }))['receipt/rcp_1']![0]).toMatchObject({ valueOn: today, effectiveOn: today }));
  it('on account stays there, also when another invoice is posted', () => {
    const history = received(posted(invoice(1, 100)), receiptOver(100, { onAccount: true }));
    expect(history['receipt/rcp_1']).toHaveLength(1);
    expect(types(deciding(postInvoice, history, { today })(invoice(2, 100)))).toEqual({ 'account/c1-EUR': ['OpenItemPosted'] });
  });
  it('is of a customer that is known', () => expect(deciding(recordReceipt, {}, { today, known: { ...nobodyElse, customerKnown: false } })(receiptOver(100))).toMatchObject({ refused: 'customer-not-found' }));
});

describe('a receipt without a customer', () => {
  it('belongs to the one customer whose document it names, and is applied', () =>
    expect(types(deciding(recordReceipt, posted(invoice(1, 100)), { today, known: { customerKnown: false, documents: [named(1)] } })(receiptOver(100, { customer: '', named: [{ reference: 'R-1', minor: null }] }))))
      .toEqual({ 'receipt/rcp_1': ['ReceiptRecorded', 'CashApplied'], 'account/c1-EUR': ['UnappliedCashPlaced', 'OpenItemsSettled'] }));
  it.each([['two customers', [named(1), named(1, 'c2')]], ['documents in another currency', [named(1, 'c1', 'USD')]], ['nothing', []]])('waits in suspense when it names %s', (_what, documents) =>
    expect(types(deciding(recordReceipt, {}, { today, known: { customerKnown: false, documents } })(receiptOver(100, { customer: '', named: [{ reference: 'R-1', minor: null }] })))).toEqual({ 'receipt/rcp_1': ['ReceiptRecorded'], [`account/${UNIDENTIFIED}-EUR`]: ['UnappliedCashPlaced'] }));
  it('is transferred when it is identified, in one append, and counts from its own date', () => {
    const history = received(posted(invoice(1, 100)), receiptOver(100, { customer: '' }));
    const answer = deciding(identifyReceipt, history, { today, known: nobodyElse })({ receiptId: 'rcp_1', customer: 'c1', by: 'anna' });
    expect(types(answer)).toEqual({ 'receipt/rcp_1': ['ReceiptIdentified', 'CashApplied'], [`account/${UNIDENTIFIED}-EUR`]: ['UnappliedCashTaken'], 'account/c1-EUR': ['UnappliedCashPlaced', 'OpenItemsSettled'] });
    const [out, into] = [`account/${UNIDENTIFIED}-EUR`, 'account/c1-EUR'].map((s) => (answer as History)[s]![0] as unknown as { transferId: string; effectiveOn: string; minor: number });
    expect([out!.transferId, out!.effectiveOn, out!.minor]).toEqual([into!.transferId, '2026-03-05', 100]);
  });
});

describe('a receipt that names an invoice not yet issued', () => {
  const history = received(posted(invoice(1, 100)), receiptOver(100, { named: [{ reference: 'r-2', minor: null }] }));
  it('waits for it and pays nothing else', () => expect(types({ a: history['account/c1-EUR']!, r: history['receipt/rcp_1']! })).toEqual({ a: ['OpenItemPosted', 'UnappliedCashPlaced', 'UnappliedCashHeld'], r: ['ReceiptRecorded', 'CashHeld'] }));
  it('still waits when another invoice arrives', () => expect(types(deciding(postInvoice, history, { today })(invoice(3, 100)))).toEqual({ 'account/c1-EUR': ['OpenItemPosted'] }));
  it('waits for it as well when its text has a creditor reference', () =>
    expect(received({}, receiptOver(100, { remitter: { name: '', iban: '', remittance: 'RF18539007547034' } }))['account/c1-EUR']!.at(-1)).toMatchObject({ type: 'UnappliedCashHeld', holds: [{ references: ['RF18539007547034'], minor: 100 }] }));
  it('pays it when it arrives', () => expect(types(deciding(postInvoice, history, { today })(invoice(2, 100)))).toEqual({ 'account/c1-EUR': ['OpenItemPosted', 'UnappliedCashHeld', 'OpenItemsSettled'], 'receipt/rcp_1': ['CashApplied'] }));
});

describe('money that waits', () => {
  it('pays the next invoice, the oldest money first, unless the policy does not try again', () => {
    const history = received(received({}, receiptOver(30, { receiptId: 'rcp_2', valueOn: '2026-03-04' })), receiptOver(50));
    expect(types(deciding(postInvoice, history, { today })(invoice(1, 60)))).toEqual({ 'account/c1-EUR': ['OpenItemPosted', 'OpenItemsSettled', 'OpenItemsSettled'], 'receipt/rcp_2': ['CashApplied'], 'receipt/rcp_1': ['CashApplied'] });
    expect(types(deciding(postInvoice, history, { today, policies: policiesWith({ application: { retryUnapplied: false } }) })(invoice(1, 60)))).toEqual({ 'account/c1-EUR': ['OpenItemPosted'] });
  });
});

describe('a person', () => {
  const history = received(posted(invoice(1, 100), invoice(2, 100)), receiptOver(70, { onAccount: true }));
  const apply = deciding(applyReceipt, history, { today, known: { documents: [] } });
  it('uses a receipt for named items', () => expect(after(history, apply({ receiptId: 'rcp_1', shares: [{ itemId: 'oit_2_1', minor: 60, currency: 'EUR' }] }))['receipt/rcp_1']!.at(-1)).toMatchObject({ rule: 'person', unappliedMinor: 10, policyVersion: 0 }));
  it('lets the rules do it', () => expect(after(history, apply({ receiptId: 'rcp_1', shares: [] }))['receipt/rcp_1']!.at(-1)).toMatchObject({ rule: 'oldest-first' }));
  it.each([
    [[{ itemId: 'oit_1_1', minor: 71, currency: 'EUR' }], 'receipt-over-applied'], [[{ itemId: 'oit_9_1', minor: 1, currency: 'EUR' }], 'open-item-not-found'], [[{ itemId: 'oit_1_1', minor: 1, currency: 'USD' }], 'currency-mismatch'],
  ])('is refused %j: %s', (shares, refused) => expect(apply({ receiptId: 'rcp_1', shares })).toMatchObject({ refused }));
  it('knows the receipt', () => expect(deciding(applyReceipt, {}, { today, known: { documents: [] } })({ receiptId: 'rcp_9', shares: [] })).toMatchObject({ refused: 'receipt-not-found' }));
});

describe('an applied receipt', () => {
  const history = received(posted(invoice(1, 60), invoice(2, 100)), receiptOver(100, { named: [{ reference: 'R-1', minor: null }, { reference: 'R-2', minor: null }] }));
  const groupId = (history['receipt/rcp_1']!.at(-1) as unknown as { groupId: string }).groupId;
  it('paid both', () => expect(history['account/c1-EUR']!.at(-1)).toMatchObject({ type: 'OpenItemsSettled', applications: [{ minor: 60, openMinor: 0 }, { minor: 40, openMinor: 60 }] }));
  it('is unapplied in both streams, the items open as they were', () => {
    const answer = deciding(unapplyReceipt, history, { today })({ receiptId: 'rcp_1', groupId, reason: 'mistake', effectiveOn: '' });
    expect(types(answer)).toEqual({ 'receipt/rcp_1': ['CashUnapplied'], 'account/c1-EUR': ['OpenItemsReopened'] });
    for (const stream of ['receipt/rcp_1', 'account/c1-EUR']) expect((answer as History)[stream]![0]).toMatchObject({ effectiveOn: today, applications: [{ minor: 60, openMinor: 60 }, { minor: 40, openMinor: 100 }] });
  });
  it('is returned: exactly its applications are undone, then all of it is gone', () =>
    expect(types(deciding(reverseReceipt, history, { today })({ receiptId: 'rcp_1', kind: 'return', code: 'AM04', reason: '', effectiveOn: '' }))).toEqual({ 'receipt/rcp_1': ['CashUnapplied', 'ReceiptReversed'], 'account/c1-EUR': ['OpenItemsReopened', 'UnappliedCashTaken'] }));
  it('gives way to a void: the cash is taken back, the item closed, the cash run through the rules again', () => {
    const noted = after(history, deciding(voidInvoice, history, { today })({ customer: 'c1', currency: 'EUR', documentId: 'inv_1', instalments: 1, voidOn: '2026-03-08' }));
    expect(noted['account/c1-EUR']!.at(-1)).toMatchObject({ type: 'DocumentVoidPending', voidOn: '2026-03-08' });
    const answer = deciding(finishVoid, noted, { today, known: { keys: ['rcp_1'], writeOffs: [] } })({ customer: 'c1', currency: 'EUR', documentId: 'inv_1', voidOn: '2026-03-08' });
    expect(types(answer)).toEqual({ 'account/c1-EUR': ['OpenItemsReopened', 'OpenItemClosed', 'OpenItemsSettled'], 'receipt/rcp_1': ['CashUnapplied', 'CashApplied'] });
    expect((answer as History)['account/c1-EUR']).toMatchObject([{ effectiveOn: '2026-03-08', cause: 'void' }, { effectiveOn: '2026-03-08', minor: 60 }, { effectiveOn: '2026-03-08', applications: [{ item: { itemId: 'oit_2_1' }, minor: 60 }] }]);
  });
});

describe('an invoice with a discount of 2 % by the 12th', () => {
  const early = (n: number, minor: number, mode: 'earned' | 'earned-and-unearned' = 'earned') => ({
    ...invoice(n, minor), items: itemsOf({
      invoiceId: `inv_${n}`, number: `R-${n}`, externalNumber: '', paymentReference: '', issuedOn: '2026-03-02', taxMinor: 0, instalments: [{ seq: 1, dueOn: '2026-04-01', minor, discountableMinor: minor }],
      discount: { tiers: [{ percent: '2', lastDay: '2026-03-12' }], tax: 'never', mode },
    }),
  });
  const naming = (...documents: readonly number[]) => ({ named: documents.map((n) => ({ reference: `R-${n}`, minor: null })) });
  /** The rule, what it applied and granted, and what is left of the money. */
  const outcome = (history: History, request: RecordReceipt, on = today) => {
    const made = after(history, deciding(recordReceipt, history, { today: on, known: nobodyElse })(request))['receipt/rcp_1']!.at(-1) as unknown as Extract<ReceiptEvent, { type: 'CashApplied' }>;
    return [made.rule, ...(made.applications ?? []).map((a) => [a.minor, a.discount?.minor ?? 0, a.openMinor]), made.unappliedMinor];
  };
  const one = posted(early(1, 10_000));
  const two = posted(early(1, 10_000), early(2, 10_000));

  it('is found by its exact discounted amount', () => expect(outcome(one, receiptOver(9_800))).toEqual(['exact', [9_800, 200, 0], 0]));
  it('is found by its exact full amount first, without a discount', () => {
    expect(outcome(one, receiptOver(10_000))).toEqual(['exact', [10_000, 0, 0], 0]);
    expect(outcome(posted(early(1, 10_000), invoice(2, 9_800)), receiptOver(9_800))).toEqual(['exact', [9_800, 0, 0], 0]);
  });
  it('is not found by it too late, unless the terms allow it', () => {
    const late = { valueOn: '2026-03-13' };
    expect(outcome(one, receiptOver(9_800, late), '2026-03-20')).toEqual(['oldest-first', [9_800, 0, 200], 0]);
    expect(outcome(posted(early(1, 10_000, 'earned-and-unearned')), receiptOver(9_800, late), '2026-03-20')).toEqual(['exact', [9_800, 200, 0], 0]);
  });
  it('is granted by the day on which the money has value, whenever it is applied', () => expect(outcome(one, receiptOver(9_800, { valueOn: '2026-03-12' }), '2026-03-30')).toEqual(['exact', [9_800, 200, 0], 0]));
  it('is granted to who pays in full only where the policy says so; the rest stays unapplied', () => {
    const full = (history: History, request: RecordReceipt) => {
      const { applications, unappliedMinor } = (deciding(recordReceipt, history, { today, known: nobodyElse, policies: policiesWith({ application: { discountOnFullPayment: true } }) })(request) as History)['receipt/rcp_1']!.at(-1) as unknown as Extract<ReceiptEvent, { type: 'CashApplied' }>;
      return [...applications.map((a) => [a.minor, a.discount?.minor ?? 0, a.openMinor]), unappliedMinor];
    };
    expect(full(one, receiptOver(10_000))).toEqual([[9_800, 200, 0], 200]);
    expect(full(two, receiptOver(20_000, naming(1, 2)))).toEqual([[9_800, 200, 0], [9_800, 200, 0], 400]);
    expect(full(one, receiptOver(10_000, { valueOn: '2026-03-02' }))).toEqual(full(one, receiptOver(10_000)));
    expect(outcome(one, receiptOver(10_000, { valueOn: '2026-03-13' }), '2026-03-20')).toEqual(['exact', [10_000, 0, 0], 0]);
  });
  it('is taken late of several items by who pays exactly their discounted amounts, where the terms allow it', () => {
    const late = { valueOn: '2026-03-13' };
    const unearned = posted(early(1, 10_000, 'earned-and-unearned'), early(2, 20_000, 'earned-and-unearned'), early(3, 30_000, 'earned-and-unearned'));
    expect(outcome(unearned, receiptOver(29_400, { ...late, ...naming(1, 2) }), '2026-03-20')).toEqual(['reference', [9_800, 200, 0], [19_600, 400, 0], 0]);
    expect(outcome(unearned, receiptOver(29_400, late), '2026-03-20')).toEqual(['exact', [29_400, 600, 0], 0]); // the third alone, first
    expect(outcome(unearned, receiptOver(58_800, late), '2026-03-20')).toEqual(['oldest-first', [9_800, 200, 0], [19_600, 400, 0], [29_400, 600, 0], 0]);
    expect(outcome(unearned, receiptOver(29_401, { ...late, ...naming(1, 2) }), '2026-03-20')).toEqual(['reference', [10_000, 0, 0], [19_401, 0, 599], 0]);
    expect(outcome(posted(early(1, 10_000), early(2, 20_000)), receiptOver(29_400, { ...late, ...naming(1, 2) }), '2026-03-20')).toEqual(['reference', [10_000, 0, 0], [19_400, 0, 600], 0]);
  });
  it('is named: in part, with its discount, with too much', () => {
    expect(outcome(one, receiptOver(4_900, naming(1)))).toEqual(['reference', [4_900, 100, 5_000], 0]);
    expect(outcome(one, receiptOver(9_900, naming(1)))).toEqual(['reference', [9_800, 200, 0], 100]);
    expect(outcome(one, receiptOver(10_100, naming(1)))).toEqual(['reference', [10_000, 0, 0], 100]);
  });
  it('is named with another: both are discounted, or both are paid in full', () => {
    expect(outcome(two, receiptOver(19_600, naming(1, 2)))).toEqual(['reference', [9_800, 200, 0], [9_800, 200, 0], 0]);
    expect(outcome(two, receiptOver(20_000, naming(2, 1)))).toEqual(['reference', [10_000, 0, 0], [10_000, 0, 0], 0]);
  });
  it('is paid as the oldest: discounted, unless the money is exactly the first ones in full', () => {
    const three = posted(early(1, 10_000), early(2, 10_000), early(3, 10_000));
    expect(outcome(three, receiptOver(24_500))).toEqual(['oldest-first', [9_800, 200, 0], [9_800, 200, 0], [4_900, 100, 5_000], 0]);
    expect(outcome(three, receiptOver(20_000))).toEqual(['oldest-first', [10_000, 0, 0], [10_000, 0, 0], 0]);
  });
  it('earns nothing by credit', () => expect(credited(one, creditOver(9_800))['account/c1-EUR']!.at(-1)).toMatchObject({ type: 'OpenItemsSettled', applications: [{ minor: 9_800, openMinor: 200 }] }));
  it('a person who applies more than it needs uses what it needs', () => {
    const history = received(one, receiptOver(9_900, { onAccount: true }));
    expect(after(history, deciding(applyReceipt, history, { today, known: { documents: [] } })({ receiptId: 'rcp_1', shares: [{ itemId: 'oit_1_1', minor: 9_900, currency: 'EUR' }] }))['receipt/rcp_1']!.at(-1)).toMatchObject({ rule: 'person', unappliedMinor: 100, applications: [{ minor: 9_800, discount: { minor: 200 } }] });
  });
  it('is open again with the payment that is unapplied, returned, or void', () => {
    const paid = received(one, receiptOver(9_800));
    const { groupId } = paid['receipt/rcp_1']!.at(-1) as unknown as { groupId: string };
    const again = { type: 'OpenItemsReopened', applications: [{ minor: 9_800, openMinor: 10_000, discount: { minor: 200 } }] };
    const back = [deciding(unapplyReceipt, paid, { today })({ receiptId: 'rcp_1', groupId, reason: 'mistake', effectiveOn: '' }), deciding(reverseReceipt, paid, { today })({ receiptId: 'rcp_1', kind: 'return', code: 'AM04', reason: '', effectiveOn: '' })];
    for (const answer of back) expect([(answer as History)['account/c1-EUR']![0], stateOf(after(paid, answer)).items]).toMatchObject([again, { oit_1_1: { openMinor: 10_000, dueOn: '2026-04-01', uses: {} } }]);
    expect((back[0] as History)['receipt/rcp_1']![0]).toMatchObject({ type: 'CashUnapplied', unappliedMinor: 9_800, applications: again.applications });
    const voiding = { customer: 'c1', currency: 'EUR', documentId: 'inv_1', instalments: 1, voidOn: '2026-03-08' };
    const noted = after(paid, deciding(voidInvoice, paid, { today })(voiding));
    const done = deciding(finishVoid, noted, { today, known: { keys: ['rcp_1'], writeOffs: [] } })(voiding);
    expect((done as History)['account/c1-EUR']).toMatchObject([again, { type: 'OpenItemClosed', minor: 10_000 }]);
    expect(stateOf(after(noted, done))).toMatchObject({ items: {}, uses: {}, cash: { rcp_1: { unappliedMinor: 9_800 } } });
  });
  it('leaves a disputed part out of the exact amount', () => {
    const disputed = after(one, deciding(disputeItems, one, { today })({ customer: 'c1', currency: 'EUR', disputeId: 'd1', shares: [{ itemId: 'oit_1_1', minor: 4_000 }] }));
    expect(outcome(disputed, receiptOver(9_800))).toEqual(['oldest-first', [6_000, 122, 3_878], 3_800]);
  });
});

describe('a void of an untouched invoice', () => {
  it('closes it at once', () => expect(types(deciding(voidInvoice, posted(invoice(1, 60)), { today })({ customer: 'c1', currency: 'EUR', documentId: 'inv_1', instalments: 1, voidOn: today }))).toEqual({ 'account/c1-EUR': ['OpenItemClosed'] }));
});

describe('a dispute', () => {
  it('keeps its part out of the rules until it ends', () => {
    const disputed = after(posted(invoice(1, 100)), deciding(disputeItems, posted(invoice(1, 100)), { today })({ customer: 'c1', currency: 'EUR', disputeId: 'd1', shares: [{ itemId: 'oit_1_1', minor: 100 }] }));
    expect(received(disputed, receiptOver(100))['receipt/rcp_1']!.at(-1)).toMatchObject({ type: 'CashHeld' });
    const ended = after(disputed, deciding(endDispute, disputed, { today })({ customer: 'c1', currency: 'EUR', disputeId: 'd1' }));
    expect(received(ended, receiptOver(100))['receipt/rcp_1']!.at(-1)).toMatchObject({ type: 'CashApplied' });
  });
});

const creditOver = (minor: number, more: Partial<PostCredit> = {}): PostCredit => ({ creditNoteId: 'crn_1', customer: 'c1', currency: 'EUR', number: 'C-1', invoiceId: 'inv_1', minor, taxMinor: 0, issuedOn: '2026-03-06', ...more });
const credited = (history: History, request: PostCredit) => after(history, deciding(postCredit, history, { today, known: { writeOffs: [] } })(request));
const stateOf = (history: History) => seen(history['account/c1-EUR']!.reduce<AccountState>((s, e) => account.evolve(s, e as never), account.initial));
const free = (minor: number, more: Partial<PostCredit> = {}) => creditOver(minor, { invoiceId: '', ...more });

describe('a credit note for an invoice', () => {
  it('lowers what is open of it; the rest is the customer’s credit and pays nothing else by itself', () => {
    const history = credited(posted(invoice(1, 60), invoice(2, 100)), creditOver(100));
    expect(history['posted-credit-note/crn_1']).toMatchObject([{ type: 'CreditNotePosted', minor: 100 }, { type: 'CreditApplied', rule: 'own-invoice', unappliedMinor: 40, applications: [{ item: { itemId: 'oit_1_1' }, minor: 60, openMinor: 0 }] }]);
    expect(stateOf(history)).toMatchObject({ items: { oit_2_1: { openMinor: 100 } }, cash: { 'credit-note:crn_1': { unappliedMinor: 40 } } });
  });
  it('goes to its instalments, the earliest due first', () => {
    const items = itemsOf({ invoiceId: 'inv_1', number: 'R-1', externalNumber: '', paymentReference: '', issuedOn: '2026-03-02', taxMinor: 0, instalments: [{ seq: 1, dueOn: '2026-05-01', minor: 50 }, { seq: 2, dueOn: '2026-04-01', minor: 50 }] });
    const history = credited(after({}, deciding(postInvoice, {}, { today })({ ...invoice(1, 100), items })), creditOver(70));
    expect(stateOf(history).items).toMatchObject({ oit_1_1: { openMinor: 30 } });
  });
  it('is all credit where the invoice is paid', () => {
    const history = credited(received(posted(invoice(1, 100)), receiptOver(100)), creditOver(30));
    expect(history['posted-credit-note/crn_1']!.map((e) => e.type)).toEqual(['CreditNotePosted']);
    expect(stateOf(history)).toMatchObject({ items: {}, cash: { 'credit-note:crn_1': { unappliedMinor: 30 } } });
  });
  it('settles it after all where the payment goes back', () => {
    const history = credited(received(posted(invoice(1, 100)), receiptOver(100)), creditOver(30));
    const answer = deciding(reverseReceipt, history, { today })({ receiptId: 'rcp_1', kind: 'return', code: 'AM04', reason: '', effectiveOn: '' });
    expect(types(answer)).toEqual({ 'receipt/rcp_1': ['CashUnapplied', 'ReceiptReversed'], 'account/c1-EUR': ['OpenItemsReopened', 'UnappliedCashTaken', 'OpenItemsSettled'], 'posted-credit-note/crn_1': ['CreditApplied'] });
    expect(stateOf(after(history, answer))).toMatchObject({ items: { oit_1_1: { openMinor: 70 } }, cash: {} });
  });
  it('settles what is disputed too, and leaves no more disputed than is open', () => {
    const disputed = after(posted(invoice(1, 100)), deciding(disputeItems, posted(invoice(1, 100)), { today })({ customer: 'c1', currency: 'EUR', disputeId: 'd1', shares: [{ itemId: 'oit_1_1', minor: 80 }] }));
    expect(disputedMinor(stateOf(credited(disputed, creditOver(70))).items['oit_1_1']!)).toBe(30);
  });
  it('is posted once', () => expect(deciding(postCredit, credited({}, creditOver(30)), { today, known: { writeOffs: [] } })(creditOver(30))).toMatchObject({ refused: 'credit-note-exists' }));
});

describe('a free credit note', () => {
  it('is used by the rules at once, as money is', () => {
    const history = credited(posted(invoice(1, 60), invoice(2, 100)), free(70));
    expect(history['posted-credit-note/crn_1']!.at(-1)).toMatchObject({ type: 'CreditApplied', rule: 'oldest-first', unappliedMinor: 0, policyVersion: 1, trace: [{ rule: 'reference' }, { rule: 'exact' }, { rule: 'oldest-first' }] });
  });
  it('waits where nothing is open, and pays the next invoice unless the policy does not try again', () => {
    const history = credited({}, free(70));
    expect(types(deciding(postInvoice, history, { today })(invoice(1, 100)))).toEqual({ 'account/c1-EUR': ['OpenItemPosted', 'OpenItemsSettled'], 'posted-credit-note/crn_1': ['CreditApplied'] });
    expect(types(deciding(postInvoice, history, { today, policies: policiesWith({ application: { retryUnapplied: false } }) })(invoice(1, 100)))).toEqual({ 'account/c1-EUR': ['OpenItemPosted'] });
  });
  it('is no receipt of the same id', () => {
    const history = credited(received({}, receiptOver(50, { receiptId: 'X' })), free(70, { creditNoteId: 'X' }));
    expect(stateOf(history).cash).toMatchObject({ X: { unappliedMinor: 50 }, 'credit-note:X': { unappliedMinor: 70 } });
  });
});

describe('a person with a credit note', () => {
  const history = credited(posted(invoice(1, 60), invoice(2, 100)), creditOver(100));
  const apply = deciding(applyCredit, history, { today });
  it('uses it for named items', () => expect(after(history, apply({ creditNoteId: 'crn_1', shares: [{ itemId: 'oit_2_1', minor: 30, currency: 'EUR' }] }))['posted-credit-note/crn_1']!.at(-1)).toMatchObject({ rule: 'person', unappliedMinor: 10 }));
  it('lets the rules do it', () => expect(after(history, apply({ creditNoteId: 'crn_1', shares: [] }))['posted-credit-note/crn_1']!.at(-1)).toMatchObject({ rule: 'oldest-first', unappliedMinor: 0 }));
  it.each([
    [[{ itemId: 'oit_2_1', minor: 41, currency: 'EUR' }], 'credit-over-applied'], [[{ itemId: 'oit_9_1', minor: 1, currency: 'EUR' }], 'open-item-not-found'], [[{ itemId: 'oit_2_1', minor: 1, currency: 'USD' }], 'currency-mismatch'],
  ])('is refused %j: %s', (shares, refused) => expect(apply({ creditNoteId: 'crn_1', shares })).toMatchObject({ refused }));
});

describe('where a void and a credit note meet, nothing is lost', () => {
  const voiding = { customer: 'c1', currency: 'EUR', documentId: 'inv_1', instalments: 1, voidOn: '2026-03-08' };
  it('credit that had settled the void invoice is the customer’s again, and is run through the rules', () => {
    const used = credited(posted(invoice(1, 60)), free(60));
    const both = after(used, deciding(postInvoice, used, { today })(invoice(2, 100)));
    const noted = after(both, deciding(voidInvoice, both, { today })(voiding));
    const answer = deciding(finishVoid, noted, { today, known: { keys: ['credit-note:crn_1'], writeOffs: [] } })(voiding);
    expect(types(answer)).toEqual({ 'account/c1-EUR': ['OpenItemsReopened', 'OpenItemClosed', 'OpenItemsSettled'], 'posted-credit-note/crn_1': ['CreditUnapplied', 'CreditApplied'] });
    expect(stateOf(after(noted, answer))).toMatchObject({ items: { oit_2_1: { openMinor: 40 } }, cash: {}, voids: {} });
  });
  it('a credit note that comes after the void is all credit', () => {
    const closed = after(posted(invoice(1, 60)), deciding(voidInvoice, posted(invoice(1, 60)), { today })(voiding));
    expect(stateOf(credited(closed, creditOver(60)))).toEqual({ items: {}, cash: { 'credit-note:crn_1': expect.objectContaining({ unappliedMinor: 60 }) }, voids: {}, moved: {}, uses: {}, writtenOff: {} });
  });
  it('one that comes while the void is pending settles nothing of it', () => {
    const paid = received(posted(invoice(1, 60)), receiptOver(20));
    const pending = after(paid, deciding(voidInvoice, paid, { today })(voiding));
    const history = credited(pending, creditOver(60));
    expect(history['posted-credit-note/crn_1']).toHaveLength(1);
    const done = after(history, deciding(finishVoid, history, { today, known: { keys: ['rcp_1'], writeOffs: [] } })(voiding));
    expect(stateOf(done)).toMatchObject({ items: {}, cash: { rcp_1: { unappliedMinor: 20 }, 'credit-note:crn_1': { unappliedMinor: 60 } } });
  });
});

describe('a debit note', () => {
  const charge = { customer: 'c1', currency: 'EUR', orderNumber: '', externalNumber: '', paymentReference: '', items: [itemOfDebitNote({ debitNoteId: 'inv_1', number: 'D-1', externalNumber: '', paymentReference: '', issuedOn: '2026-03-02', dueOn: '2026-03-16', minor: 40, taxMinor: 0 })] };
  const both = after(posted(invoice(1, 60)), deciding(postInvoice, posted(invoice(1, 60)), { today })(charge));
  it('is an open item of its own, once', () => {
    expect(stateOf(both).items).toMatchObject({ oit_1_1: { kind: 'invoice', openMinor: 60 }, 'oit.inv_1_1': { kind: 'debit-note', openMinor: 40 } });
    expect(deciding(postInvoice, both, { today })(charge)).toMatchObject({ refused: 'open-item-exists' });
  });
  it('is paid by its number', () => expect(received(both, receiptOver(40, { named: [{ reference: 'D-1', minor: null }] }))['receipt/rcp_1']!.at(-1)).toMatchObject({ rule: 'reference', applications: [{ item: { itemId: 'oit.inv_1_1' } }] }));
  it('stays when an invoice of the same id is void or credited', () => {
    expect(types(deciding(voidInvoice, both, { today })({ customer: 'c1', currency: 'EUR', documentId: 'inv_1', instalments: 1, voidOn: today }))).toEqual({ 'account/c1-EUR': ['OpenItemClosed'] });
    expect(stateOf(credited(both, creditOver(100)))).toMatchObject({ items: { 'oit.inv_1_1': { openMinor: 40 } }, cash: { 'credit-note:crn_1': { unappliedMinor: 40 } } });
  });
});
