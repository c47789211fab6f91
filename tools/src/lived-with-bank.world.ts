// What a bank sends beside all the rest: a statement that ties and is booked, one that a person releases, one that is put aside, a notification that tells more of what is booked, and money that the bank takes back.
import type { Day } from '@ar/domain/day.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { issueInvoice } from '../../services/invoicing/src/invoicing.commands.js';
import { enrichBankEntries } from '../../services/payments/src/bank-details.commands.js';
import { dismissBankReturn, matchBankReturn } from '../../services/payments/src/bank-returns.commands.js';
import { discardBankStatement, postBankLines, receiveBankStatement, registerBankAccount, releaseBankStatement } from '../../services/payments/src/bank.commands.js';
import { camt, readAll, statementXml, type Stated } from '../../services/payments/src/bank/bank-files.world.js';
import { bankAccountIdOf, LinesOf, Statements } from '../../services/payments/src/bank/statements.js';
import type { FiveServices } from './five-services.world.js';

const ACCOUNT = 'DE89370400440532013000';

/** One statement of a file, as an import goes through it. */
async function bring({ ask }: FiveServices, stated: Stated, message: 'camt.053' | 'camt.054' = 'camt.053') {
  const { entries, parts } = readAll(camt([statementXml(stated, '02', message === 'camt.053' ? 'Stmt' : 'Ntfctn')], '02', message), 65_536);
  const gathered = new Statements();
  entries.forEach((e) => gathered.entry(e));
  gathered.part(parts[0]!);
  const [{ parts: _parts, account: _account, message: _message, ...facts }] = gathered.end() as [ReturnType<Statements['end']>[number]];
  const of = new LinesOf(gathered.all);
  const { statementId, bankAccountId, currency } = facts;
  await ask('payments', receiveBankStatement, { statement: { ...facts, message } });
  const lines = entries.flatMap((e) => of.entry(e).lines);
  const post = () => (message === 'camt.053' ? ask('payments', postBankLines, { statementId, bankAccountId, currency, lines: lines.map((l) => ({ ...l, payer: '' })) }) : ask('payments', enrichBankEntries, { statementId, bankAccountId, currency, lines }));
  return { statementId, post };
}

/** All of it on one day; `customer` pays a part of what is invoiced here. */
export async function hearFromBank(five: FiveServices, customer: string, day: Day): Promise<void> {
  const { ask, readOn } = five;
  await ask('payments', registerBankAccount, { bankAccountId: bankAccountIdOf(ACCOUNT, 'EUR'), account: ACCOUNT, currency: 'EUR', message: 'camt.053', withoutBalances: false });
  await ask('invoicing', issueInvoice, { invoiceId: 'inv_banked', ...contentOf({ customerId: customer, lines: [lineOf({ unitPrice: '20.00' })], terms: { due: { netDays: 30 } }, externalNumber: 'ORD-banked' }) });
  await readOn();
  const ties = await bring(five, { id: 'ties', number: 1, closing: '7.00', day, entries: [{ amount: '10.00', ref: 'BK-1', text: 'ORD-banked', day }, { amount: '3.00', side: 'DBIT', ref: 'BK-2', day, reversal: true }] });
  const booked = await ties.post();
  const wrong = await bring(five, { id: 'wrong', number: 2, opening: '7.00', closing: '9.00', day, entries: [{ amount: '1.00', ref: 'BK-3', text: 'ORD-banked', day }] });
  await ask('payments', releaseBankStatement, { statementId: wrong.statementId, by: 'anna', reason: 'the bank confirms it' });
  await wrong.post();
  const notOurs = await bring(five, { id: 'not-ours', number: 3, opening: '9.00', closing: '9.00', day, entries: [{ amount: '5.00', ref: 'BK-4', day }] });
  await ask('payments', discardBankStatement, { statementId: notOurs.statementId, by: 'anna', reason: 'not ours' });
  await readOn();
  const more = await bring(five, { id: 'more', opening: null, closing: null, day, entries: [{ amount: '10.00', ref: 'BK-1', text: 'ORD-banked, from abroad', day }] }, 'camt.054');
  await more.post();
  await readOn();
  const back = await bring(five, { id: 'back', number: 4, opening: '7.00', closing: '-5.00', day, entries: [{ amount: '10.00', side: 'DBIT', ref: 'BK-5', day, reversal: true }, { amount: '2.00', side: 'DBIT', ref: 'BK-6', day, reversal: true }] });
  const made = await back.post();
  const [first, second] = made.events.flatMap((e) => (e.type === 'BankReturnOpened' ? [e.data as unknown as { returnId: string }] : []));
  const paid = booked.events.flatMap((e) => (e.type === 'ReceiptRecorded' ? [e.data as unknown as { receiptId: string }] : []));
  await ask('payments', matchBankReturn, { returnId: first!.returnId, receiptId: paid[0]!.receiptId, matchedBy: 'person', by: 'anna', reason: 'the customer says so' });
  await ask('payments', dismissBankReturn, { returnId: second!.returnId, by: 'anna', reason: 'a fee' });
  await readOn();
}
