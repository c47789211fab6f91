import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BankLineOutcome, BankMessage, BankStatementStatus } from '@ar/contracts/gen/ar/payments/v1/bank.js';
import { ReceiptStatus } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { camt, statementXml, type Booked } from './bank/bank-files.world.js';
import { apiError } from '@ar/platform/errors.js';
import { LinkPayerRequest, UnlinkPayerRequest } from '@ar/contracts/gen/ar/payments/v1/payer_service.js';
import { RegisterBankAccountRequest } from '@ar/contracts/gen/ar/payments/v1/bank_service.js';
import { BankAtWork } from './bank-at-work.world.js';

const { BOOKED, ENRICHED, DUPLICATE, REFUSED, IGNORED } = BankLineOutcome;
let postgres: Postgres;
let bank: BankAtWork;
beforeAll(async () => {
  postgres = await startPostgres();
  bank = await BankAtWork.start(postgres, { 1: 'c1', 2: 'c2', 3: 'c3' });
  for (const account of ['X1', 'X2', 'X3']) await bank.register(account);
  await bank.register('N1', BankMessage.CAMT_054);
}, 60_000);
afterAll(async () => { await bank.stop(); await postgres.stop(); });

const statement = (account: string, id: string, entries: readonly Booked[], opening = '0.00') => {
  const closing = Number(opening) + entries.reduce((sum, e) => sum + Number(e.amount) * (e.side === 'DBIT' ? -1 : 1), 0);
  return camt([statementXml({ account, id, opening, closing: closing.toFixed(2), entries })]);
};
const notice = (account: string, id: string, entries: readonly Booked[]) => camt([statementXml({ account, id, opening: null, closing: null, entries }, '02', 'Ntfctn')], '02', 'camt.054');
const payer = (name: string, text: string, iban = 'DE02120300000000202051', amount = '') => `<TxDtls>${amount && `<Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>`}<RltdPties><Dbtr><Nm>${name}</Nm></Dbtr><DbtrAcct><Id><IBAN>${iban}</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls>`;

describe('a camt.054 where camt.053 books', () => {
  it('tells who paid what is booked: the receipt is identified and applied, and no money is added', async () => {
    const booked = await bank.upload(statement('X1', 'after', [{ amount: '100.00', ref: 'A-1' }, { amount: '7.00', ref: 'A-2' }]));
    expect(bank.outcomes(booked)).toEqual([BOOKED, BOOKED]);
    const told = await bank.upload(notice('X1', 'after-n', [{ amount: '100.00', ref: 'A-1', details: payer('Ada', 'R-1001') }, { amount: '7.00', ref: 'A-2', details: payer('Bob', 'thanks') }]), booked.position);
    expect(bank.outcomes(told)).toEqual([`${ENRICHED} identified`, ENRICHED]);
    expect(told.statements[0]!.statement).toMatchObject({ enriches: true, enriched: 2, booked: 0, status: BankStatementStatus.BOOKED, gap: undefined });
    const [ada, bob] = await bank.receipts(['A-1', 'A-2'], told.position);
    expect([ada!.customerId, ada!.status, ada!.unapplied!.value, bob!.customerId, bob!.status]).toEqual(['c1', ReceiptStatus.APPLIED, '0.00', '~unidentified', ReceiptStatus.UNIDENTIFIED]);
    expect((await bank.entries('bank_reference = A-1', told.position)).map((e) => e.details.map((d) => [d.counterparty!.name, d.counterparty!.remittance, d.amount!.value]))).toEqual([[['Ada', 'R-1001', '100.00']]]);
    expect(await bank.cash(told.position)).toBe('107.00');
    const again = await bank.upload(notice('X1', 'after-again', [{ amount: '100.00', ref: 'A-1', details: payer('Ada', 'R-1001') }]), told.position);
    expect(bank.outcomes(again)).toEqual([DUPLICATE]);
  });

  it('tells who paid before it is booked', async () => {
    const told = await bank.upload(notice('X2', 'before-n', [{ amount: '60.00', ref: 'B-1', details: payer('Cid', 'R-1002 in part') }, { amount: '5.00', details: payer('Dee', 'no reference of the bank') }]));
    expect(bank.outcomes(told)).toEqual([`${ENRICHED} not-booked-yet`, `${REFUSED} not-booked-yet`]);
    expect(await bank.receipts(['B-1'], told.position)).toEqual([]);
    const booked = await bank.upload(statement('X2', 'before', [{ amount: '60.00', ref: 'B-1' }, { amount: '5.00', text: 'of somebody' }]), told.position);
    expect(bank.outcomes(booked)).toEqual([BOOKED, BOOKED]);
    expect((await bank.receipts(['B-1'], booked.position)).map((r) => [r.customerId, r.status, r.remitter!.name, r.remitter!.remittance])).toEqual([['c2', ReceiptStatus.APPLIED, 'Cid', 'R-1002 in part']]);
    // What was refused is found now, by amount and date.
    const later = await bank.upload(notice('X2', 'before-n', [{ amount: '60.00', ref: 'B-1', details: payer('Cid', 'R-1002 in part') }, { amount: '5.00', details: payer('Dee', 'no reference of the bank') }]), booked.position);
    expect(later.statements[0]!.statement).toMatchObject({ enriched: 2, refused: 0, status: BankStatementStatus.BOOKED });
  });

  it('tells of a batch that was booked as one sum whose it is, and leaves it to a person', async () => {
    const booked = await bank.upload(statement('X3', 'batch', [{ amount: '30.00', ref: 'C-1' }]));
    const told = await bank.upload(notice('X3', 'batch-n', [{ amount: '30.00', ref: 'C-1', details: payer('Eve', 'R-1003', undefined, '10.00') + payer('Fay', 'R-1001', undefined, '20.00') }]), booked.position);
    expect(bank.outcomes(told)).toEqual([ENRICHED, ENRICHED]);
    const [entry] = await bank.entries('bank_reference = C-1', told.position);
    expect(entry!.details.map((d) => [d.part, d.counterparty!.name, d.amount!.value])).toEqual([[1, 'Eve', '10.00'], [2, 'Fay', '20.00']]);
    expect((await bank.receipts(['C-1'], told.position)).map((r) => r.customerId)).toEqual(['~unidentified']);
  });

  it('adds nothing where several entries could be meant', async () => {
    const booked = await bank.upload(statement('X3', 'twins', [{ amount: '8.00', text: 'one' }, { amount: '8.00', text: 'other' }, { amount: '9.00', ref: 'T-9' }], '30.00'));
    const told = await bank.upload(notice('X3', 'twins-n', [{ amount: '8.00', details: payer('Gus', 'R-1003') }, { amount: '9.00', ref: 'T-10', details: payer('Hal', 'R-1003') }, { amount: '3.00', status: 'PDNG' }]), booked.position);
    expect(bank.outcomes(told)).toEqual([`${REFUSED} not-booked-yet`, `${ENRICHED} not-booked-yet`, `${IGNORED} pending`]); // another reference is another payment
    expect((await bank.receipts(['T-9'], told.position)).map((r) => r.customerId)).toEqual(['~unidentified']);
  });
});

it('where camt.054 books, a camt.053 tells more, is checked, and shows no gap', async () => {
  const booked = await bank.upload(notice('N1', 'books', [{ amount: '100.00', ref: 'D-1' }]));
  expect(bank.outcomes(booked)).toEqual([BOOKED]);
  const told = await bank.upload(statement('N1', 'tells', [{ amount: '100.00', ref: 'D-1', details: payer('Ida', 'R-1003') }, { amount: '4.00', ref: 'D-2' }]), booked.position);
  expect(bank.outcomes(told)).toEqual([`${ENRICHED} identified`, `${ENRICHED} not-booked-yet`]);
  expect((await bank.receipts(['D-1', 'D-2'], told.position)).map((r) => [r.bankReference, r.customerId, r.status])).toEqual([['D-1', 'c3', ReceiptStatus.APPLIED]]);
  const wrong = await bank.upload(camt([statementXml({ account: 'N1', id: 'untied', opening: '0.00', closing: '9.99', entries: [{ amount: '1.00', ref: 'D-3' }] })]));
  expect(wrong.statements[0]!.statement).toMatchObject({ status: BankStatementStatus.HELD, enriches: true });
});

it('a notification that names documents of several whom one pays for tells that this one paid', async () => {
  const { position: linked } = await bank.payers.linkPayer(LinkPayerRequest.fromPartial({ ...bank.asked(), payerCustomerId: 'c2', customerId: 'c3', validFrom: '2026-01-01' }));
  const booked = await bank.upload(statement('X2', 'payers', [{ amount: '5.00', ref: 'E-1' }], '65.00'), linked);
  const told = await bank.upload(notice('X2', 'payers-n', [{ amount: '5.00', ref: 'E-1', details: payer('Kim', 'R-1002 R-1003') }]), booked.position);
  expect([bank.outcomes(booked), bank.outcomes(told)]).toEqual([[BOOKED], [`${ENRICHED} identified`]]);
  expect((await bank.receipts(['E-1'], told.position)).map((r) => [r.customerId, r.unapplied!.value])).toEqual([['c2', '0.00']]);
  const { position } = await bank.payers.unlinkPayer(UnlinkPayerRequest.fromPartial({ ...bank.asked(), payerCustomerId: 'c2', customerId: 'c3' }));
  expect(Object.keys(position!.sequences)).toHaveLength(1);
});

it('a BAI2 file is booked with the items of its lockbox, as cheques; what is interim books nothing', async () => {
  await bank.register('0123', BankMessage.BAI2);
  const file = (modifier: number) => [
    '01,BANK,ME,260302,0700,F1,80,1,2/', `02,ME,BANK,1,260302,0700,EUR,${modifier}/`, '03,0123,EUR,010,0,,,015,12500,,/', '16,115,12000,,L-1,,lockbox/', '16,116,10000,,CHK-1,,R-1003/', '16,116,2000,,CHK-2,,unknown/', '16,165,500,,ACH-1,,thanks/',
    '49,37000,6/', '98,37000,1,8/', '99,37000,1,10/',
  ].join('\n');
  const before = await bank.cash();
  expect((await bank.upload(file(3))).statements[0]).toMatchObject({ reason: 'interim', linesNotListed: 3 });
  const answer = await bank.upload(file(2));
  expect(bank.outcomes(answer)).toEqual([BOOKED, BOOKED, BOOKED]);
  expect((await bank.receipts(['CHK-1', 'CHK-2', 'ACH-1'], answer.position)).map((r) => [r.method, r.amount!.value, r.customerId])).toEqual([
    ['PAYMENT_METHOD_CHEQUE', '100.00', 'c3'], ['PAYMENT_METHOD_CHEQUE', '20.00', '~unidentified'], ['PAYMENT_METHOD_BANK_TRANSFER', '5.00', '~unidentified'],
  ]);
  expect(Number(await bank.cash(answer.position)) - Number(before)).toBe(125);
});

describe('a CSV of a bank', () => {
  const csv = { encoding: '', delimiter: ';', linesBefore: 0, dateFormat: 'DD.MM.YYYY', decimal: ',', bookedColumn: 'Tag', valueColumn: '', amount: 'Betrag', credit: '', debit: '', currency: '', name: 'Name', account: '', reference: '', endToEndId: '', texts: ['Zweck'] };
  const asks = (more: object) => RegisterBankAccountRequest.fromPartial({ ...bank.asked(), accountNumber: 'CSV1', currencyCode: 'EUR', bookingMessage: BankMessage.CSV, booksWithoutBalances: true, csv, ...more });
  it('is booked by the profile of its account, once', async () => {
    const { bankAccount, position } = await bank.bank.registerBankAccount(asks({}));
    expect(bankAccount!.csv).toEqual(csv.encoding === '' ? { ...csv, encoding: 'utf-8' } : csv);
    const of = { message: BankMessage.CSV, bankAccountId: bankAccount!.bankAccountId };
    const answer = await bank.upload('Tag;Betrag;Name;Zweck\n02.03.2026;40,00;Ada;R-1002\n02.03.2026;-1,00;Bank;fee\n', position, of);
    expect(bank.outcomes(answer)).toEqual([BOOKED, `${IGNORED} debit`]);
    expect((await bank.entries(`bank_account_id = ${of.bankAccountId}`, answer.position)).map((e) => [e.amount!.value, e.counterparty!.name])).toEqual(expect.arrayContaining([['40.00', 'Ada'], ['1.00', 'Bank']]));
    const more = await bank.upload('Tag;Betrag;Name;Zweck\n02.03.2026;40,00;Ada;R-1002\n03.03.2026;2,00;Bob;thanks\n', answer.position, of);
    expect(bank.outcomes(more)).toEqual([DUPLICATE, BOOKED]);
  });
  it('needs an account with a profile that can be read', async () => {
    const reasonOf = (call: Promise<unknown>) => call.then(() => 'accepted', (e: unknown) => { const { reason, message } = apiError(e, ''); return `${reason} ${message}`; });
    const file = 'Tag;Betrag;Name;Zweck\n';
    expect(await reasonOf(bank.upload(file, undefined, { message: BankMessage.CSV }))).toMatch(/^FIELD_REQUIRED .*bank_account_id/);
    expect(await reasonOf(bank.upload(file, undefined, { message: BankMessage.CSV, bankAccountId: 'ban_none' }))).toMatch(/^BANK_ACCOUNT_NOT_FOUND/);
    expect(await reasonOf(bank.upload(notice('X1', 'n', []), undefined, { bankAccountId: 'ban_none' }))).toMatch(/^FIELD_INVALID .*bank_account_id/);
    for (const [more, field] of [[{ csv: undefined }, 'csv'], [{ booksWithoutBalances: false }, 'books_without_balances'], [{ csv: { ...csv, decimal: '' } }, 'csv.decimal'], [{ csv: { ...csv, delimiter: 'x' } }, 'csv.delimiter'], [{ csv: { ...csv, bookedColumn: '' } }, 'csv.booked_column'], [{ csv: { ...csv, amount: '' } }, 'csv.amount'],
      [{ csv: { ...csv, credit: 'in' } }, 'csv.amount'], [{ csv: { ...csv, dateFormat: 'D' } }, 'csv.date_format'], [{ csv: { ...csv, encoding: 'ebcdic' } }, 'csv.encoding'], [{ csv: { ...csv, linesBefore: 101 } }, 'csv.lines_before'], [{ csv: { ...csv, texts: [''] } }, 'csv.texts']] as const)
      expect(await reasonOf(Promise.resolve().then(() => bank.bank.registerBankAccount(asks({ accountNumber: 'CSV2', ...more }))))).toMatch(new RegExp(`^FIELD_(INVALID|REQUIRED) .*${field.replace('.', '\\.')}`));
  });
});
