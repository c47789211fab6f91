// X12 820 uploaded, read, recorded and matched, on a real store and log.
import 'reflect-metadata';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { BankMessage } from '@ar/contracts/gen/ar/payments/v1/bank.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { camt, statementXml } from './bank/bank-files.world.js';
import { x12 } from './bank/x12.world.js';
import { BankAtWork } from './bank-at-work.world.js';

let postgres: Postgres;
let world: BankAtWork;
beforeAll(async () => {
  postgres = await startPostgres();
  world = await BankAtWork.start(postgres, { 1: 'c1', 2: 'c2', 3: 'c3', 4: 'c4', 5: 'c5' });
});
afterAll(async () => {
  expect(world.errors).toEqual([]);
  await world.stop();
  await postgres.stop();
});
const paid = async (reference: string, minPosition: Parameters<BankAtWork['receipts']>[1]) => (await world.receipts([reference], minPosition)).map((r) => [r.customerId, r.applied!.value, r.unapplied!.value, ...r.applicationGroups.flatMap((g) => g.applications.map((a) => a.item!.itemId)), ...r.deductions.map((d) => `${d.reason} ${d.amount!.value}`)]);
const lines = ['RMR*IV*R-1002*PI*95*100', 'ADX*-5*19'];

it('where it books, each payment is a receipt that pays its lines, once', async () => {
  await world.register('0123456789', BankMessage.X12_820);
  const file = x12([{ amount: '95', trace: 'T-1', currency: 'EUR', lines }, { amount: '7', trace: 'T-2', currency: 'EUR', side: 'D', lines: [] }]);
  const answer = await world.upload(file);
  expect([world.outcomes(answer), world.outcomes(answer, 1)]).toEqual([['BANK_LINE_OUTCOME_BOOKED'], ['BANK_LINE_OUTCOME_IGNORED debit']]);
  expect(await paid('T-1', answer.position)).toEqual([['c2', '95.00', '0.00', 'oit_2_1', 'DEDUCTION_REASON_DUPLICATE 5.00']]); // R-1001 is due as early
  const again = await world.upload(file, answer.position);
  expect(world.outcomes(again)).toEqual(['BANK_LINE_OUTCOME_DUPLICATE']);
  expect(await world.cash(again.position)).toBe('95.00');
});

it('where another message books it is an advice, before the money and after', async () => {
  await world.register('DE1');
  const before = await world.upload(x12([{ amount: '60', trace: 'T-3', currency: 'EUR', account: 'DE1', lines: ['RMR*IV*R-1003**60'] }]));
  expect(world.outcomes(before)).toEqual(['BANK_LINE_OUTCOME_RECOGNISED remittance-advice']);
  const booked = await world.upload(camt([statementXml({ account: 'DE1', closing: '100.00', entries: [{ amount: '60.00', ref: 'B-3', text: 'CTX T-3' }, { amount: '40.00', ref: 'B-4', text: 'CTX T-4' }] })]), before.position);
  expect(await paid('B-3', booked.position)).toEqual([['c3', '60.00', '0.00', 'oit_3_1']]);
  const after = await world.upload(x12([{ handling: 'I', amount: '40', trace: 'T-4', currency: 'EUR', account: 'DE1', lines: ['RMR*IV*R-1004**40'] }]), booked.position);
  expect(await paid('B-4', after.position)).toEqual([['c4', '40.00', '0.00', 'oit_4_1']]);
  expect(await world.cash(after.position)).toBe('195.00');
  expect(world.outcomes(await world.upload(x12([{ handling: 'I', amount: '40', trace: 'T-4', currency: 'EUR', account: 'DE1', lines: ['RMR*IV*R-1004**40'] }]), after.position))).toEqual(['BANK_LINE_OUTCOME_DUPLICATE']);
});

it('is of the account that its sender says where it names none', async () => {
  const [{ statements: [known] }] = [await world.upload(x12([{ handling: 'H', method: 'NON', amount: '0', currency: 'EUR', account: 'DE1', lines: [] }]))];
  const start = { message: BankMessage.X12_820, bankAccountId: known!.statement!.bankAccountId };
  const answer = await world.upload(x12([{ handling: 'I', amount: '11', trace: 'T-5', currency: 'EUR', account: '', lines: ['RMR*IV*R-1005**11'] }]), undefined, start);
  expect([answer.statements[0]!.accountNumber, ...world.outcomes(answer)]).toEqual(['DE1', 'BANK_LINE_OUTCOME_RECOGNISED remittance-advice']);
  await expect(world.upload(x12([{ amount: '11', account: '', currency: 'EUR', lines: [] }]))).rejects.toThrow('names no account');
});

it('is held where it does not tie, and changes nothing where it cannot be read', async () => {
  const cash = await world.cash();
  const held = await world.upload(x12([{ amount: '95.01', trace: 'T-6', currency: 'EUR', lines }]));
  expect([held.statements[0]!.statement!.status, held.statements[0]!.statement!.holds, held.statements[0]!.lines]).toEqual(['BANK_STATEMENT_STATUS_HELD', ['BANK_STATEMENT_HOLD_DOES_NOT_TIE'], []]);
  await expect(world.upload(x12([{ amount: '95', trace: 'T-7', currency: 'EUR', lines }]).replace('IEA*1', 'IEA*2'))).rejects.toThrow('an interchange has 1 of 2 parts');
  expect([await world.receipts(['T-6', 'T-7'], held.position), await world.cash(held.position)]).toEqual([[], cash]);
});
