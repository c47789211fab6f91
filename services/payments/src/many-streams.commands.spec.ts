// Commands that go through many streams name them together: one that reaches for them one by one is given up.
import { describe, expect, it } from '@jest/globals';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { AnyCommand, Typed } from '@ar/runtime/forms.js';
import { recordBankAdvices } from './bank-advices.commands.js';
import { postBankLines } from './bank.commands.js';
import { enrichBankEntries } from './bank-details.commands.js';
import { recordReceipt, reverseReceipt } from './payments.commands.js';
import { finishVoid, postInvoice, voidInvoice } from './open-items.commands.js';
import { postCredit } from './credit-notes.commands.js';
import { itemsOf } from './domain/documents.js';
import { recordRemittanceAdvice } from './remittance.commands.js';
import { requestRefund } from './refunds.commands.js';
import { recoverWriteOff, writeOffOpenItems } from './write-offs.commands.js';

type History = Readonly<Record<string, readonly Typed[]>>;
const [today, MANY] = ['2026-06-10', 25];
const each = Array.from({ length: MANY }, (_, i) => i + 1);
const ask = (history: History, command: AnyCommand, request: object, known?: unknown) => deciding(command, history, { today, known, policies: policiesWith({ approvals: { writeOffLimit: '', refundLimit: '' } }) })(request);
const after = (history: History, command: AnyCommand, request: object, known?: unknown): History => {
  const answer = ask(history, command, request, known);
  if ('refused' in answer) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return { ...history, ...Object.fromEntries(Object.entries(answer as History).map(([stream, made]) => [stream, [...(history[stream] ?? []), ...made]])) };
};
const made = (answer: object, type: string) => Object.values(answer as History).flat().filter((e) => e.type === type).length;

const of = { customer: 'c1', currency: 'EUR' };
const invoice = (instalments: number, customer = 'c1', n = 1) => ({ customer, currency: 'EUR', orderNumber: '', externalNumber: '', paymentReference: '',
  items: itemsOf({ invoiceId: `inv_${n}`, number: `R-${n}`, externalNumber: '', paymentReference: '', issuedOn: '2026-03-02', taxMinor: 0, instalments: Array.from({ length: instalments }, (_, i) => ({ seq: i + 1, dueOn: '2026-04-01', minor: 10_00 })) }) });
const known = { customerKnown: true, documents: [] };
const money = (more: object = {}) => ({ receiptId: 'rcp_1', customer: 'c1', currency: 'EUR', receivedMinor: 1_000_00, valueOn: today, method: 'PAYMENT_METHOD_CASH', remitter: { name: '', iban: '', remittance: '' }, named: [], bankReference: '', onAccount: true, ...more });
const wish = (n: number) => ({ ...of, writeOffId: `wof_${n}`, items: [{ itemId: `oit_1_${n}`, minor: null }], method: 'direct', reasonCode: 'insolvency', reason: 'insolvent', by: 'anna' });
const lost = each.reduce((h, n) => after(h, writeOffOpenItems, wish(n)), after({}, postInvoice, invoice(MANY)));
const recovered = each.reduce((h, n) => after(h, recoverWriteOff, { writeOffId: `wof_${n}`, receiptId: 'rcp_1', minor: null, currency: '' }), after(lost, recordReceipt, money(), known));
const back = { receiptId: 'rcp_1', kind: 'return', code: '', reason: 'no funds', effectiveOn: '' };

describe('many write-offs', () => {
  it('of one invoice give way to its void', () => {
    const noted = after(lost, voidInvoice, { ...of, documentId: 'inv_1', instalments: MANY, voidOn: today });
    expect(made(ask(noted, finishVoid, { ...of, documentId: 'inv_1', voidOn: today }, { keys: [], writeOffs: [] }), 'OpenItemClosed')).toBe(MANY);
  });
  it('of one invoice give way to its credit note', () =>
    expect(made(ask(lost, postCredit, { ...of, creditNoteId: 'crn_1', number: 'C-1', invoiceId: 'inv_1', minor: MANY * 10_00, taxMinor: 0, issuedOn: today }, { writeOffs: [] }), 'WriteOffReversed')).toBe(MANY));
  it('recovered by one receipt are lost again when it goes back', () => expect(made(ask(recovered, reverseReceipt, back), 'WriteOffRecoveryUndone')).toBe(MANY));
});

it('many refunds of one receipt give way when it goes back', () => {
  const refund = (n: number) => ({ refundId: `rfd_${n}`, receiptId: 'rcp_1', creditNoteId: '', minor: 1_00, currency: 'EUR', method: '', payee: null, reason: 'paid twice', by: 'anna' });
  const refunded = each.reduce((h, n) => after(h, requestRefund, refund(n)), after({}, recordReceipt, money(), known));
  expect(made(ask(refunded, reverseReceipt, back), 'RefundCancelled')).toBe(MANY);
});

const line = (n: number, more: object = {}) => ({ line: n, likeness: `l${n}`, nth: 1, referenced: true, place: 0, whole: `w${n}`, wholeMinor: 10_00, credit: true, minor: 10_00, chargesMinor: 0, bookedOn: today, valueOn: today, reference: `B-${n}`, endToEndId: '', code: '', returnCode: '', name: 'Ada', account: '', references: [], text: `R-${n}`, meaning: { is: 'receipt' }, payer: '', ...more });
const statement = (enriches: boolean) => ({ 'bank-statement/bst_1': [{ type: 'BankStatementReceived', statementId: 'bst_1', bankAccountId: 'ba_1', holds: [], status: 'received', enriches, continues: false } as unknown as Typed] });
const from = (lines: readonly object[]) => ({ statementId: 'bst_1', bankAccountId: 'ba_1', currency: 'EUR', lines });

it('a message that tells of many customers identifies what they paid', () => {
  const posted = each.reduce((h, n) => after(after(h, postInvoice, invoice(1, `c${n}`, n)), recordReceipt, money({ receiptId: `rcp_${n}`, customer: '', receivedMinor: 10_00, onAccount: false }), known), statement(true) as History);
  const found = each.map((n) => ({ found: { bankEntryId: `l${n}`, receiptId: `rcp_${n}`, whole: true, ignored: false }, segments: {}, documents: [{ reference: `R-${n}`, customer: `c${n}`, currency: 'EUR', documentId: `inv_${n}` }] }));
  expect(made(ask(posted, enrichBankEntries, from(each.map((n) => line(n))), found), 'ReceiptIdentified')).toBe(MANY);
});

describe('many returns', () => {
  const returned = { credit: false, meaning: { is: 'recognised', reason: 'return' }, returnCode: 'AM04' };
  it('are told by a message of debits that were booked', () => {
    const found = each.map((n) => ({ found: { bankEntryId: `l${n}`, receiptId: '', whole: true, ignored: true }, segments: {}, documents: [] }));
    expect(made(ask(statement(true), enrichBankEntries, from(each.map((n) => line(n, returned))), found), 'BankReturnOpened')).toBe(MANY);
  });
  it('are booked as debits of which a message has told before', () => {
    const told = each.map(() => ({ told: { name: '', account: '', remittance: '', endToEndId: '', returnCode: 'AM04' }, payer: undefined }));
    expect(made(ask(statement(false), postBankLines, from(each.map((n) => line(n, { credit: false, meaning: { is: 'ignored', reason: 'debit' } }))), told), 'BankReturnOpened')).toBe(MANY);
  });
});

describe('many payers', () => {
  const posted = each.reduce((h, n) => after(after(h, postInvoice, invoice(1, `c${n}`, n)), postInvoice, invoice(1, `d${n}`, 100 + n)), statement(false) as History);
  const documents = (n: number) => [{ reference: `R-${n}`, customer: `c${n}`, currency: 'EUR', documentId: `inv_${n}` }, { reference: `R-${100 + n}`, customer: `d${n}`, currency: 'EUR', documentId: `inv_${100 + n}` }];
  const links = (n: number) => [`c${n}`, `d${n}`].map((paidFor) => ({ payer: `p${n}`, paidFor, fromOn: '2026-01-01', untilOn: '' }));
  const pays = (n: number) => line(n, { minor: 20_00, text: `R-${n} R-${100 + n}` });
  it('pay for others in one statement', () => {
    const found = each.map((n) => ({ told: undefined, payer: { customerKnown: true, documents: documents(n), links: links(n) } }));
    expect(made(ask(posted, postBankLines, from(each.map(pays)), found), 'CashPassedOn')).toBe(2 * MANY);
  });
});

describe('many customers of one payer', () => {
  const customers = Array.from({ length: 50 }, (_, i) => `c${i + 1}`);
  const posted = customers.reduce<History>((h, customer, i) => after(h, postInvoice, invoice(1, customer, i + 1)), {});
  const links = customers.map((paidFor) => ({ payer: 'parent', paidFor, fromOn: '2026-01-01', untilOn: '' }));
  const paid = after(posted, recordReceipt, money({ customer: 'parent', receivedMinor: 500_00, onAccount: false }), { ...known, links });
  it('are paid for by one payment', () => expect(made(paid, 'CashPassedOn')).toBe(50));
  it('owe again when it goes back, and what is left of their credit notes settles that', () => {
    const credited = customers.reduce((h, customer, i) => after(h, postCredit, { customer, currency: 'EUR', creditNoteId: `crn_${i + 1}`, number: `C-${i + 1}`, invoiceId: `inv_${i + 1}`, minor: 10_00, taxMinor: 0, issuedOn: today }, { writeOffs: [] }), paid);
    const gone = ask(credited, reverseReceipt, back);
    expect([made(gone, 'CashPassedBack'), made(gone, 'OpenItemsSettled')]).toEqual([50, 50]);
  });
});

describe('many remittance advices', () => {
  const said = (n: number) => ({ advice: { digest: 'x', lines: [{ reference: `R-${n}`, grossMinor: 10_00, discountMinor: 0, deductionMinor: 0, reasonCode: null, text: '', netMinor: 10_00 }] }, text: '' });
  const ofLines = (n: number) => ({ documents: [{ reference: `R-${n}`, customer: `c${n}`, currency: 'EUR', documentId: `inv_${n}` }], credits: {} });
  const posted = each.reduce((h, n) => after(h, postInvoice, invoice(1, `c${n}`, n)), statement(false) as History);
  it('come with their payments in one file', () => {
    const found = each.map((n) => ({ told: undefined, payer: known, advice: { ...ofLines(n), customerKnown: false, receipts: [] } }));
    expect(made(ask(posted, postBankLines, from(each.map((n) => line(n, { ...said(n), payer: `c${n}` }))), found), 'RemittanceAdviceMatched')).toBe(MANY);
  });
  it('find the payments that came before', () => {
    const paid = each.reduce((h, n) => after(h, recordReceipt, money({ receiptId: `rcp_${n}`, customer: '', receivedMinor: 10_00, bankReference: `B-${n}`, onAccount: false }), known), { ...posted, ...statement(true) } as History);
    const receipts = (n: number) => [{ receiptId: `rcp_${n}`, customer: '~unidentified', currency: 'EUR', minor: 10_00, valueOn: today, bankReference: `B-${n}`, names: [], name: '', iban: '', unused: true }];
    const found = each.map((n) => ({ ...ofLines(n), customerKnown: false, receipts: receipts(n) }));
    expect(made(ask(paid, recordBankAdvices, from(each.map((n) => line(n, said(n)))), found), 'RemittanceAdviceMatched')).toBe(MANY);
  });
  it('that wait are found by one statement', () => {
    const advice = (n: number) => ({ adviceId: `rma_${n}`, customer: `c${n}`, currency: 'EUR', totalMinor: 10_00, reference: `B-${n}`, payer: { name: '', iban: '', remittance: '' }, lines: said(n).advice.lines });
    const waiting = each.reduce((h, n) => after(h, recordRemittanceAdvice, { ...advice(n), paidOn: '' }, { ...ofLines(n), customerKnown: true, receipts: [] }), posted);
    const found = each.map((n) => ({ told: undefined, payer: { customerKnown: true, documents: [], advices: [{ ...advice(n), firstOn: today, lastOn: today, known: ofLines(n), others: [] }] } }));
    expect(made(ask(waiting, postBankLines, from(each.map((n) => line(n, { text: '' }))), found), 'RemittanceAdviceMatched')).toBe(MANY);
  });
});
