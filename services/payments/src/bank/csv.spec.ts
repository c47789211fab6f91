import { describe, expect, it } from '@jest/globals';
import type { CsvProfile } from '../domain/bank-account.js';
import type { BankEntry, BankPart } from './bank-file.js';
import { bankReader } from './reading.js';

const german: CsvProfile = {
  encoding: 'windows-1252', delimiter: ';', linesBefore: 2, dateFormat: 'DD.MM.YYYY', decimal: ',', bookedOn: 'Buchungstag', valueOn: 'Valuta', amount: 'Betrag', credit: '', debit: '', currency: 'Währung', name: 'Name', account: 'IBAN', reference: '', endToEndId: 'EndToEnd',
  texts: ['Zweck', 'Zweck 2'],
};
const plain: CsvProfile = { ...german, encoding: 'utf-8', delimiter: ',', linesBefore: 0, dateFormat: 'YYYY-MM-DD', decimal: '.', bookedOn: 'date', valueOn: '', amount: 'amount', currency: '', name: 'name', account: '', reference: 'ref', endToEndId: '', texts: ['text'] };
function read(file: string, profile: CsvProfile = plain, encoding: BufferEncoding = 'utf8', piece = 7): { readonly entries: readonly BankEntry[]; readonly parts: readonly BankPart[] } {
  const [entries, parts] = [[] as BankEntry[], [] as BankPart[]];
  const reader = bankReader({ entry: (e) => void entries.push(e), part: (p) => void parts.push(p) }, {}, 'csv', { account: 'DE1', currency: 'EUR', profile });
  const bytes = Buffer.from(file, encoding);
  for (let at = 0; at < bytes.length; at += piece) reader.write(bytes.subarray(at, at + piece));
  reader.end();
  return { entries, parts };
}
const amounts = (texts: readonly string[], profile = plain) => read(['date,amount,name,ref,text', ...texts.map((t) => `2026-03-02,"${t}",,,`)].join('\n'), profile).entries.map((e) => [e.credit ? '+' : '-', e.minor]);

describe('a CSV of a bank', () => {
  it('is read by its profile: lines before, columns by name, dates, amounts, letters of Windows', () => {
    const file = ['Kontoauszug;DE1', '', '"Buchungstag";"valuta";"Name";"IBAN";"Zweck";"Zweck 2";"EndToEnd";"Betrag";"W\u00e4hrung";"anderes"', '02.03.2026;3.3.26;"M\u00fcller; S\u00f6hne ""GmbH""";DE02 1203 0000 0000 2020 51;Rechnung R-1;"in\nTeilen";E-1;1.234,5;EUR;x',
      '02.03.2026;;Bank;;Geb\u00fchr;;;-3,00;;', '', ';;;;Endsaldo am 03.03.2026;;;;;'].join('\r\n');
    const { entries, parts } = read(file, german, 'latin1');
    expect(parts).toEqual([{ message: 'csv', account: 'DE1', currency: 'EUR', bankId: '', number: 0, page: 0, lastPage: true, opening: null, closing: null }]);
    expect(entries).toMatchObject([
      { minor: 1_234_50, credit: true, currency: 'EUR', status: 'booked', bookedOn: '2026-03-02', valueOn: '2026-03-03', name: 'M\u00fcller; S\u00f6hne "GmbH"', account: 'DE02120300000000202051', text: 'Rechnung R-1 in Teilen', endToEndId: 'E-1' },
      { minor: 3_00, credit: false, currency: 'EUR', valueOn: '2026-03-02', text: 'Geb\u00fchr' },
    ]);
  });
  it('has signs before and behind, and thousands in groups', () => expect(amounts(['1,234.56', '-1', '+2.50', '3.00-', '\u22124', "1'000.00", '1 000', '12345.6'])).toEqual([['+', 123456], ['-', 100], ['+', 250], ['-', 300], ['-', 400], ['+', 100000], ['+', 100000], ['+', 1234560]]));
  it('has money in and money out in columns of their own', () => {
    const two = { ...plain, amount: '', credit: 'in', debit: 'out' };
    expect(read('date,in,out,name,ref,text\n2026-03-02,5.00,,,,\n2026-03-02,0.00,7.00,,,\n2026-03-02,,-8.00,,,', two).entries.map((e) => [e.credit, e.minor])).toEqual([[true, 500], [false, 700], [false, 800]]);
    expect(() => read('date,in,out,name,ref,text\n2026-03-02,5.00,7.00,,,', two)).toThrow(/row 2: it is money in and money out/);
    expect(() => read('date,in,out,name,ref,text\n2026-03-02,-5.00,,,,', two)).toThrow(/money in is negative/);
  });
  it.each<readonly [CsvProfile['dateFormat'], string]>([['YYYY-MM-DD', '2026-03-02'], ['YYYY-MM-DD', '2026-03-02T10:00:00'], ['YYYYMMDD', '20260302'], ['DD.MM.YYYY', '2.3.26'], ['DD/MM/YYYY', '02/03/2026'], ['MM/DD/YYYY', '3/2/2026']])('has dates as %s: %s', (dateFormat, date) =>
    expect(read(`date,amount,name,ref,text\n${date},1,,,`, { ...plain, dateFormat }).entries[0]!.bookedOn).toBe('2026-03-02'));
  it('takes the first of two columns that are called the same, in any capitals, and begins with a mark or not', () => expect(read('\ufeffDate,Amount,NAME,ref,text,amount\n2026-03-02,1.00,Ada,,,9.00\n').entries).toMatchObject([{ minor: 100, name: 'Ada' }]));
});

describe('a damaged or hostile CSV', () => {
  const head = 'date,amount,name,ref,text';
  it.each([
    ['a column that is missing', 'date,amount,name,text\n', /no column ref/], ['no names of columns', '', /no line of column names/], ['a day that is none', `${head}\n2026-02-30,1,,,`, /row 2: .*not a date/], ['another form of date', `${head}\n02.03.2026,1,,,`, /not a date written YYYY-MM-DD/],
    ['an amount that is none', `${head}\n2026-03-02,EUR 5,,,`, /row 2: EUR 5 is not an amount/], ['two decimal signs', `${head}\n2026-03-02,1.2.3,,,`, /not an amount/], ['groups that are none', `${head}\n2026-03-02,"12,34",,,`, /not an amount/], ['two signs', `${head}\n2026-03-02,-1-,,,`, /not an amount/],
    ['more digits than the currency has', `${head}\n2026-03-02,1.005,,,`, /more digits/], ['a date without an amount', `${head}\n2026-03-02,,,,`, /not an amount/], ['an amount without a date', `${head}\n,1,,,`, /not a date/], ['quotes that do not end', `${head}\n2026-03-02,1,"x`, /within quotes/],
    ['a row without end', `${head}\n"${'x'.repeat(70_000)}`, /more than 65536/], ['cells without end', `${head}\n${','.repeat(600)}`, /more than 500 cells/],
  ])('with %s is not read', (_what, file, why) => expect(() => read(file, plain, 'utf8', 4_096)).toThrow(why));
  it('with bytes that are no letters of its encoding is not read', () => expect(() => read(`${head}\n2026-03-02,1,M\u00fcller,,`, plain, 'latin1')).toThrow(/no characters of its encoding/));
});
