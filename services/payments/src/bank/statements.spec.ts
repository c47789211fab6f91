import { describe, expect, it } from '@jest/globals';
import { type Booked, camt, readAll, type Stated, statementXml } from './bank-files.world.js';
import { bankAccountIdOf, LinesOf, Statements } from './statements.js';

const read = (file: string) => {
  const statements = new Statements();
  const { entries, parts } = readAll(file, 100_000);
  let at = 0;
  // Entries belong to the part that follows them: a file of one part, or parts whose entries the test counts.
  return { statements, entries, parts, of: (counts: readonly number[]) => { parts.forEach((p, i) => { entries.slice(at, at += counts[i]!).forEach((e) => statements.entry(e)); statements.part(p); }); return statements.end(); } };
};
const factsOf = (...stated: Stated[]) => read(camt(stated.map((s) => statementXml(s)))).of(stated.map((s) => s.entries.length));
const linesOf = (entries: readonly Booked[]) => {
  const { entries: read_ } = read(camt([statementXml({ entries })]));
  const of = new LinesOf(factsOf({ entries }));
  return read_.flatMap((e) => of.entry(e).lines);
};
const batch = (...amounts: string[]) => amounts.map((a) => `<TxDtls><Refs><EndToEndId>E${a}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="EUR">${a}</Amt></TxAmt></AmtDtls></TxDtls>`).join('');

describe('a statement', () => {
  it('ties: opening balance, credits and debits give the closing balance; what is pending is not in it', () => {
    expect(factsOf({ opening: '10.00', closing: '14.00', entries: [{ amount: '6.00' }, { amount: '2.00', side: 'DBIT' }, { amount: '99.00', status: 'PDNG' }] })).toMatchObject([{ holds: [], creditsMinor: 6_00, debitsMinor: 2_00, lines: 3, openingMinor: 10_00, closingMinor: 14_00, on: '2026-03-02' }]);
  });
  it.each<[string, Stated, string]>([
    ['does not tie', { opening: '10.00', closing: '14.01', entries: [{ amount: '4.00' }] }, 'does-not-tie'],
    ['ties with the opposite sign', { opening: '10.00', closing: '6.00', entries: [{ amount: '4.00' }] }, 'opposite-sign'],
    ['has no opening balance', { opening: null, closing: '4.00', entries: [{ amount: '4.00' }] }, 'without-balances'],
    ['has no closing balance', { opening: '0.00', closing: null, entries: [{ amount: '4.00' }] }, 'without-balances'],
    ['lacks its first page', { opening: '0.00', closing: '4.00', pages: '<StmtPgntn><PgNb>2</PgNb><LastPgInd>true</LastPgInd></StmtPgntn>', entries: [{ amount: '4.00' }] }, 'page-missing'],
    ['lacks its last page', { opening: '0.00', closing: '4.00', pages: '<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>', entries: [{ amount: '4.00' }] }, 'page-missing'],
  ])('that %s is held', (_what, stated, hold) => expect(factsOf(stated)).toMatchObject([{ holds: [hold] }]));

  it('with an entry in another currency is held', () => {
    const { of } = read(camt([statementXml({ opening: '0.00', closing: '4.00', entries: [{ amount: '4.00' }] }).replace('<Ntry><Amt Ccy="EUR">', '<Ntry><Amt Ccy="USD">')]));
    expect(of([1])).toMatchObject([{ holds: ['other-currency'] }]);
  });

  it('is one though it has pages', () => {
    const page = (n: number, last: boolean) => `<StmtPgntn><PgNb>${n}</PgNb><LastPgInd>${last}</LastPgInd></StmtPgntn>`;
    expect(factsOf({ number: 3, opening: '1.00', closing: null, pages: page(1, false), entries: [{ amount: '2.00' }] }, { number: 3, opening: null, closing: '6.00', pages: page(2, true), entries: [{ amount: '3.00' }] }))
      .toMatchObject([{ holds: [], lines: 2, parts: 2, creditsMinor: 5_00, openingMinor: 1_00, closingMinor: 6_00 }]);
  });

  it('is the same one whenever it has the same content, and another one with another', () => {
    const ids = ['4.00', '4.00', '5.00'].map((amount) => factsOf({ closing: '4.00', entries: [{ amount }] })[0]!.statementId);
    expect([ids[0] === ids[1], ids[0] === ids[2]]).toEqual([true, false]);
    expect(factsOf({ entries: [] })[0]!.bankAccountId).toBe(bankAccountIdOf('DE89370400440532013000', 'EUR'));
  });

  it('is one of at most 5,000 in a file', () => {
    const empty = statementXml({ entries: [] });
    expect(() => read(camt(Array.from({ length: 5_002 }, () => empty))).of(Array.from({ length: 5_002 }, () => 0))).toThrow('more than 5000 statements');
  });
});

describe('lines', () => {
  it('are told apart by what the bank says, and counted where that is the same', () => {
    const lines = linesOf([{ amount: '3.50', text: 'coffee' }, { amount: '3.50', text: 'coffee' }, { amount: '3.50', text: 'tea' }, { amount: '3.50', ref: 'B-1' }, { amount: '3.50', ref: 'B-1', day: '2026-03-03' }]);
    expect(new Set(lines.map((l) => l.likeness)).size).toBe(4);
    expect(lines.map((l) => [l.line, l.nth, l.referenced])).toEqual([[1, 1, false], [2, 2, false], [3, 1, false], [4, 1, true], [5, 1, true]]);
  });
  it('are the transactions of a batch that sums to its entry, else the entry', () => {
    expect(linesOf([{ amount: '3.00', details: batch('1.00', '2.00') }, { amount: '3.00', details: batch('1.00', '1.99') }, { amount: '3.00', details: batch('3.00') }]).map((l) => [l.line, l.minor, l.endToEndId])).toEqual([[1, 1_00, 'E1.00'], [2, 2_00, 'E2.00'], [3, 3_00, ''], [4, 3_00, 'E3.00']]);
  });
  it('are as many as a batch has, also of equal sums', () => expect(new Set(linesOf([{ amount: '2.00', ref: 'B-1', details: batch('1.00', '1.00') }]).map((l) => l.likeness)).size).toBe(2));
  it('are receipts, need a person, or are nothing to book', () => {
    const returned = '<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd><SubFmlyCd>UPDD</SubFmlyCd></Fmly></Domn></BkTxCd>';
    const meaning = (entry: Booked) => linesOf([entry])[0]!.meaning;
    expect(meaning({ amount: '1.00' })).toEqual({ is: 'receipt' });
    expect(meaning({ amount: '1.00', side: 'DBIT' })).toEqual({ is: 'ignored', reason: 'debit' });
    expect(meaning({ amount: '1.00', side: 'DBIT', more: returned })).toEqual({ is: 'recognised', reason: 'return' });
    expect(meaning({ amount: '1.00', side: 'DBIT', details: '<TxDtls><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>' })).toEqual({ is: 'recognised', reason: 'return' });
    expect(meaning({ amount: '1.00', side: 'DBIT', reversal: true })).toEqual({ is: 'recognised', reason: 'reversal' });
    expect(meaning({ amount: '1.00', reversal: true })).toEqual({ is: 'recognised', reason: 'reversal' });
    expect(['PDNG', 'INFO'].map((status) => meaning({ amount: '1.00', status }))).toEqual([{ is: 'ignored', reason: 'pending' }, { is: 'ignored', reason: 'information' }]);
    expect(meaning({ amount: '0.00' })).toEqual({ is: 'ignored', reason: 'zero' });
  });
});
