import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BankLineOutcome, BankReturnMatch, BankReturnStatus } from '@ar/contracts/gen/ar/payments/v1/bank.js';
import { DismissBankReturnRequest, ListBankReturnsRequest, MatchBankReturnRequest } from '@ar/contracts/gen/ar/payments/v1/bank_service.js';
import { ReceiptStatus, ReverseReceiptRequest } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { ReversalKind } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import { apiError } from '@ar/platform/errors.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { camt, statementXml, type Booked } from './bank/bank-files.world.js';
import { BankAtWork } from './bank-at-work.world.js';

const { BOOKED, RECOGNISED, IGNORED, ENRICHED } = BankLineOutcome;
let postgres: Postgres;
let bank: BankAtWork;
beforeAll(async () => {
  postgres = await startPostgres();
  bank = await BankAtWork.start(postgres, { 1: 'c1', 2: 'c2', 3: 'c3', 4: 'c4' });
  for (const account of ['Y1', 'Y2', 'Y3', 'Y4']) await bank.register(account);
}, 60_000);
afterAll(async () => { await bank.stop(); await postgres.stop(); });

let statements = 0;
const statement = (account: string, entries: readonly Booked[]) => {
  const sum = entries.reduce((total, e) => total + Number(e.amount) * (e.side === 'DBIT' ? -1 : 1), 0);
  return camt([statementXml({ account, id: `s${++statements}`, opening: '0.00', closing: sum.toFixed(2), entries })]);
};
const paid = (amount: string, ref: string, { e2e = '', iban = '', text = '' }): Booked => ({
  amount, ref, details: `<TxDtls>${e2e && `<Refs><EndToEndId>${e2e}</EndToEndId></Refs>`}${iban && `<RltdPties><DbtrAcct><Id><IBAN>${iban}</IBAN></Id></DbtrAcct></RltdPties>`}${text && `<RmtInf><Ustrd>${text}</Ustrd></RmtInf>`}</TxDtls>`,
});
const back = (amount: string, ref: string, { e2e = '', iban = '', code = 'AC04', day = '2026-03-05', charges = '' }): Booked => ({
  amount, side: 'DBIT', ref, day, more: charges && `<Chrgs><Rcrd><Amt Ccy="EUR">${charges}</Amt><CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>`,
  details: `<TxDtls>${e2e && `<Refs><EndToEndId>${e2e}</EndToEndId></Refs>`}${iban && `<RltdPties><CdtrAcct><Id><IBAN>${iban}</IBAN></Id></CdtrAcct></RltdPties>`}${code && `<RtrInf><Rsn><Cd>${code}</Cd></Rsn></RtrInf>`}</TxDtls>`.replace(/<RltdPties>/, '<CdtDbtInd>DBIT</CdtDbtInd><RltdPties>'),
});
const returns = async (filter: string, minPosition?: Position) => (await bank.bank.listBankReturns(ListBankReturnsRequest.fromPartial({ tenantId: 't1', filter, minPosition }))).bankReturns;
const reasonOf = (call: Promise<unknown>) => call.then(() => 'accepted', (e: unknown) => apiError(e, '').reason);

describe('what a bank takes back', () => {
  it('reverses the receipt with its end-to-end id, in the same file, from the booking date on', async () => {
    const answer = await bank.upload(statement('Y1', [paid('100.00', 'R-1', { e2e: 'E-1', text: 'R-1001' }), paid('100.00', 'R-2', { e2e: 'E-2', iban: 'DE1' }), back('100.00', 'R-3', { e2e: 'E-1', iban: 'DE1' })]));
    expect(bank.outcomes(answer)).toEqual([BOOKED, BOOKED, `${RECOGNISED} return`]);
    const [one, other] = await bank.receipts(['R-1', 'R-2'], answer.position);
    expect([one!.status, one!.reversalKind, one!.reversalCode, other!.status]).toEqual([ReceiptStatus.REVERSED, ReversalKind.RETURN, 'AC04', ReceiptStatus.UNIDENTIFIED]);
    expect((await returns('bank_account_id = ' + answer.statements[0]!.statement!.bankAccountId)).map((r) => [r.status, r.receiptId, r.matchedBy, r.decidedBy, r.returnCode, r.candidates])).toEqual([[BankReturnStatus.MATCHED, one!.receiptId, BankReturnMatch.END_TO_END_ID, '~bank', 'AC04', []]]);
    expect(await bank.cash(answer.position)).toBe('100.00');
  });

  it('is found by amount and account, less what the bank charged for it', async () => {
    const answer = await bank.upload(statement('Y2', [paid('40.00', 'A-1', { iban: 'DE2', text: 'R-1002' }), paid('40.00', 'A-2', { iban: 'DE3' }), back('43.00', 'A-3', { iban: 'DE2', charges: '3.00' })]));
    expect((await bank.receipts(['A-1', 'A-2'], answer.position)).map((r) => r.status)).toEqual([ReceiptStatus.REVERSED, ReceiptStatus.UNIDENTIFIED]);
    // The same payer pays again, and it goes back again: what was matched before is not in question any more.
    const again = await bank.upload(statement('Y2', [{ ...paid('40.00', 'A-4', { iban: 'DE2' }), day: '2026-03-06' }, back('40.00', 'A-5', { iban: 'DE2', day: '2026-03-07' })]), answer.position);
    expect((await bank.receipts(['A-4'], again.position)).map((r) => r.status)).toEqual([ReceiptStatus.REVERSED]);
  });

  it('is a person\'s to match where several could be meant, with what it may have been; or none of ours', async () => {
    const answer = await bank.upload(statement('Y3', [paid('50.00', 'P-1', { iban: 'DE4' }), paid('50.00', 'P-2', { iban: 'DE4' }), paid('50.00', 'P-3', { iban: 'DE5' }), back('50.00', 'P-4', { iban: 'DE4' }), back('9.00', 'P-5', {}), { amount: '1.00', side: 'DBIT', ref: 'P-6', text: 'rent' }]));
    expect(bank.outcomes(answer).slice(3)).toEqual([`${RECOGNISED} return`, `${RECOGNISED} return`, `${IGNORED} debit`]);
    const [first, second, third] = await bank.receipts(['P-1', 'P-2', 'P-3'], answer.position);
    const account = answer.statements[0]!.statement!.bankAccountId;
    const open = await returns(`status = open AND bank_account_id = ${account}`, answer.position);
    const [returned, stray] = [open.find((r) => r.bankReference === 'P-4')!, open.find((r) => r.bankReference === 'P-5')!];
    expect(returned.candidates.map((c) => [c.receiptId, c.amount!.value, c.ways])).toEqual([
      ...[first!.receiptId, second!.receiptId].sort().map((id) => [id, '50.00', [BankReturnMatch.AMOUNT_AND_DEBTOR]]), [third!.receiptId, '50.00', []],
    ]);
    expect(stray.candidates).toEqual([]);
    const match = (receiptId: string) => MatchBankReturnRequest.fromPartial({ ...bank.asked(), bankReturnId: returned.bankReturnId, receiptId, reason: 'the bank says so' });
    const [other] = await bank.receipts(['A-2']);
    expect(await reasonOf(bank.bank.matchBankReturn(match(other!.receiptId)))).toBe('RETURN_AMOUNT_DIFFERS');
    const matched = await bank.bank.matchBankReturn(match(second!.receiptId));
    expect(matched.bankReturn).toMatchObject({ status: BankReturnStatus.MATCHED, receiptId: second!.receiptId, matchedBy: BankReturnMatch.PERSON, decidedBy: 'anna', decisionReason: 'the bank says so' });
    expect((await bank.receipts(['P-1', 'P-2'], matched.position)).map((r) => r.status)).toEqual([ReceiptStatus.UNIDENTIFIED, ReceiptStatus.REVERSED]);
    expect(await reasonOf(bank.bank.matchBankReturn(match(first!.receiptId)))).toBe('BANK_RETURN_NOT_OPEN');
    const dismissed = await bank.bank.dismissBankReturn(DismissBankReturnRequest.fromPartial({ ...bank.asked(), bankReturnId: stray.bankReturnId, reason: 'a fee' }));
    expect([dismissed.bankReturn!.status, await returns(`status = open AND bank_account_id = ${account}`, dismissed.position)]).toEqual([BankReturnStatus.DISMISSED, []]);
  });

  it('is not another receipt because the one that it was is reversed already', async () => {
    const booked = await bank.upload(statement('Y4', [paid('60.00', 'Q-1', { iban: 'DE6' }), paid('60.00', 'Q-2', { iban: 'DE6' })]));
    const [first] = await bank.receipts(['Q-1'], booked.position);
    const { position } = await bank.receiptsApi.reverseReceipt(ReverseReceiptRequest.fromPartial({ ...bank.asked(), receiptId: first!.receiptId, kind: ReversalKind.RETURN }));
    const answer = await bank.upload(statement('Y4', [back('60.00', 'Q-3', { iban: 'DE6' })]), position);
    expect((await bank.receipts(['Q-2'], answer.position)).map((r) => r.status)).toEqual([ReceiptStatus.UNIDENTIFIED]);
  });

  it('is seen for that by what another message tells of a debit', async () => {
    const booked = await bank.upload(statement('Y4', [paid('70.00', 'T-1', { e2e: 'E-7' }), { amount: '70.00', side: 'DBIT', ref: 'T-2', day: '2026-03-05' }]));
    expect(bank.outcomes(booked)).toEqual([BOOKED, `${IGNORED} debit`]);
    const told = await bank.upload(camt([statementXml({ account: 'Y4', id: 'n', opening: null, closing: null, entries: [back('70.00', 'T-2', { e2e: 'E-7' })] }, '02', 'Ntfctn')], '02', 'camt.054'), booked.position);
    expect(bank.outcomes(told)).toEqual([ENRICHED]);
    expect((await bank.receipts(['T-1'], told.position)).map((r) => r.status)).toEqual([ReceiptStatus.REVERSED]);
  });
});
