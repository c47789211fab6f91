import { describe, expect, it } from '@jest/globals';
import { readAll } from './bank-files.world.js';
import { Lines } from './lines.js';
import { Statements } from './statements.js';

/** A file of one account with these lines, its sums and counts as they have to be. */
function bai2(lines: readonly string[], { account = '03,0123456789,USD,010,100000,,,015,250000,,/', group = '02,ME,BANK,1,260302,0700,USD,2/', more = [] as readonly string[] } = {}): string {
  const amounts = [...account.split('/')[0]!.split(',').slice(3).filter((_, i) => i % 4 === 1), ...lines.filter((l) => l.startsWith('16,')).map((l) => l.replace('/', '').split(',')[2] ?? '')];
  const sum = amounts.reduce((total, a) => total + BigInt(a === '' ? 0 : a.replace('+', '')), 0n);
  const records = lines.length + 2;
  return ['01,BANK,ME,260302,0700,F1,80,1,2/', group, account, ...lines, `49,${sum},${records}/`, ...more, `98,${sum},1,${records + 2}/`, `99,${sum},1,${records + 4}/`].join('\r\n');
}
const one = (...lines: readonly string[]) => readAll(bai2(lines)).entries[0]!;
const linesOf = (file: string) => { const of = new Lines('ban_1'); return readAll(file).entries.flatMap((e) => of.of(e)); };

describe('a BAI2 report', () => {
  it('has entries between ledger balances, in digits without a decimal sign', () => {
    const { entries, parts } = readAll(bai2(['16,165,150000,0,B-77,INV-1,Ada Byron, invoice R-1/'], { account: '03,0123456789,,010,+100000,,,015,250000,,,040,-900,1,/' }));
    expect(parts).toEqual([{ message: 'bai2', account: '0123456789', currency: 'USD', bankId: '260302/F1', number: 0, page: 0, lastPage: true, opening: { minor: 1_000_00, currency: 'USD', on: '2026-03-02' }, closing: { minor: 2_500_00, currency: 'USD', on: '2026-03-02' } }]);
    expect(entries).toEqual([expect.objectContaining({ minor: 1_500_00, credit: true, status: 'booked', bookedOn: '2026-03-02', valueOn: '2026-03-02', reference: 'B-77', endToEndId: 'INV-1', code: 'BAI/165', text: 'Ada Byron, invoice R-1' })]);
  });
  it('ties where its entries do', () => {
    const statements = new Statements();
    const { entries, parts } = readAll(bai2(['16,165,200000,,B-1,,/', '16,455,50000,,B-2,,rent/']));
    entries.forEach((e) => statements.entry(e));
    statements.part(parts[0]!);
    expect(statements.end()).toMatchObject([{ holds: [], lines: 2, creditsMinor: 2_000_00, debitsMinor: 500_00 }]);
  });
  it.each([['JPY', 12345], ['USD', 12345], ['KWD', 12345]])('means the digits of %s', (currency, minor) => expect(readAll(bai2(['16,165,12345,,B-1,,/'], { account: `03,1,${currency},010,0,,,015,12345,,/` })).entries[0]).toMatchObject({ minor, currency }));
  it('may have a negative balance', () => expect(readAll(bai2([], { account: '03,1,USD,010,-500,,,015,-500,,/' })).parts[0]).toMatchObject({ opening: { minor: -5_00 }, closing: { minor: -5_00 } }));
  it('has commas and slashes in a text, which goes on in further records', () => {
    expect(one('16,165,100,,B-1,,A/B, C', '88,and more, of it/', '88,last/')).toMatchObject({ text: 'A/B, C and more, of it last' });
    expect(one('16,165,100/')).toMatchObject({ reference: '', text: '' });
    expect(one('16,165,100,S,50,30/', '88,20,B-1,C-1,text/')).toMatchObject({ reference: 'B-1', endToEndId: 'C-1', text: 'text' });
  });
  it('goes on with the sums of an account in further records', () => {
    const file = ['01,BANK,ME,260302,0700,F1,80,1,2/', '02,ME,BANK,1,260302,0700,USD,2/', '03,1,USD,010,5,,/', '88,015,5,,/', '49,10,3/', '98,10,1,5/', '99,10,1,7/'].join('\n');
    expect(readAll(file).parts[0]).toMatchObject({ opening: { minor: 5 }, closing: { minor: 5 } });
  });
  it.each([['0', 'B-1', '2026-03-02'], ['1', 'B-1', '2026-03-02'], ['Z', 'B-1', '2026-03-02'], ['S,100,0,0', 'B-1', '2026-03-02'], ['V,260304,', 'B-1', '2026-03-04'], ['D,2,0,60,1,40', 'B-1', '2026-03-02'], ['', 'B-1', '2026-03-02']])('has its reference behind funds of the kind %s', (funds, reference, valueOn) =>
    expect(one(`16,165,100,${funds},B-1,,/`)).toMatchObject({ reference, valueOn }));
  it('takes codes to 399 for money in, to 699 for money out, and no others', () => {
    expect(readAll(bai2(['16,100,1,,,,/', '16,399,1,,,,/', '16,400,1,,,,/', '16,699,1,,,,/', '16,701,9,,,,/', '16,900,9,,,,/'])).entries.map((e) => e.credit)).toEqual([true, true, false, false]);
  });
  it('calls returned items and reversals so', () => expect(linesOf(bai2(['16,555,1,,B-1,,/', '16,557,1,,B-2,,/', '16,455,1,,B-3,,/'])).map((l) => l.meaning)).toEqual([{ is: 'recognised', reason: 'return' }, { is: 'recognised', reason: 'return' }, { is: 'ignored', reason: 'debit' }]));
  it('has a lockbox with its items as one deposit of several', () => {
    expect(linesOf(bai2(['16,115,300,,L-1,,lockbox/', '16,116,100,,C-1,,R-1/', '16,116,200,,C-2,,R-2/', '16,165,5,,B-1,,/'])).map((l) => [l.minor, l.reference, l.text, l.place])).toEqual([[100, 'C-1', 'R-1', 1], [200, 'C-2', 'R-2', 2], [5, 'B-1', '', 0]]);
    expect(linesOf(bai2(['16,115,300,,L-1,,lockbox/'])).map((l) => l.minor)).toEqual([300]);
    expect(linesOf(bai2(['16,115,300,,L-1,,/', '16,116,100,,C-1,,/'])).map((l) => l.minor)).toEqual([300, 100]); // and then it does not tie: a person looks
    expect(linesOf(bai2(['16,116,100,,C-1,,/'])).map((l) => l.minor)).toEqual([100]);
  });
  it('is interim where its group says so', () => expect(['1', '2', '3', '4', ''].map((modifier) => readAll(bai2([], { group: `02,ME,BANK,1,260302,0700,USD,${modifier}/` })).parts[0]!.message)).toEqual(['bai2-interim', 'bai2', 'bai2-interim', 'bai2', 'bai2']));
  it('has several groups and accounts', () => {
    const account = (n: number) => [`03,${n},USD,010,0,,,015,${n},,/`, `16,165,${n},,B-${n},,/`, `49,${2 * n},3/`];
    const group = (day: string, a: number, b: number) => [`02,ME,BANK,1,${day},0700,,2/`, ...account(a), ...account(b), `98,${2 * (a + b)},2,8/`];
    const file = ['01,BANK,ME,260302,0700,F1,80,1,2/', ...group('260302', 1, 2), ...group('20260303', 3, 4), '99,20,2,18/'].join('\n');
    expect([readAll(file).parts.map((p) => [p.account, p.closing!.on]), readAll(file, 1_000).entries.length]).toEqual([[['1', '2026-03-02'], ['2', '2026-03-02'], ['3', '2026-03-03'], ['4', '2026-03-03']], 4]);
  });
  it('may fill its lines with spaces', () => expect(readAll(bai2(['16,165,100,,B-1,,text/']).split('\r\n').map((l) => l.padEnd(80)).join('\n')).entries).toHaveLength(1));
});

describe('a damaged or hostile BAI2 report', () => {
  const good = bai2(['16,165,150000,,B-1,,text/']);
  it.each([
    ['a sum that is not that of its account', good.replace('49,500000', '49,500001'), /an account sums to 500000/],
    ['a missing transaction', good.replace('16,165,150000,,B-1,,text/\r\n', ''), /an account sums to 350000/],
    ['a count of records that does not agree', good.replace('49,500000,3', '49,500000,4'), /an account has 3 of 4/],
    ['a group that does not agree', good.replace('98,500000,1,5', '98,500000,2,5'), /a group has 1 of 2/],
    ['a file that does not agree', good.replace('99,500000,1,7', '99,1,1,7'), /the file sums to/],
    ['no end', good.slice(0, good.indexOf('99,')), /ends before its last record/],
    ['something behind its end', `${good}\r\n01,X/`, /behind its end/],
    ['a group without its end', good.replace(/98,.*\r\n/, ''), /before its group does/],
    ['a transaction outside an account', good.replace(/03,.*\r\n/, ''), /outside an account/],
    ['a record that is none', good.replace('16,', '17,'), /no record/],
    ['a going on with nothing', `88,x/\n${good}`, /neither|goes on with nothing/],
    ['an amount with a decimal sign', good.replaceAll('150000', '1500.00'), /not an amount/],
    ['a negative transaction', good.replace('16,165,150000', '16,165,-150000').replace('49,500000', '49,200000'), /negative/],
    ['an amount beyond all amounts', good.replace('16,165,150000', '16,165,999999999999999999'), /amount/],
    ['a deletion', good.replace('BANK,1,', 'BANK,2,'), /status 2/],
    ['a test', good.replace('BANK,1,', 'BANK,4,'), /status 4/],
    ['a day that is none', good.replace('1,260302', '1,260230'), /not a date/],
    ['a currency that is none', good.replace('03,0123456789,USD', '03,0123456789,US$'), /not a currency/],
    ['funds of no number of days', good.replace('150000,,B-1', '150000,D,x,B-1'), /no number of days/],
    ['a line without end', good.replace('text', 'x'.repeat(5_000)), /more than 4096/],
    ['a record without end', good.replace('text/', `text\r\n${Array.from({ length: 20 }, () => `88,${'x'.repeat(4_000)}`).join('\r\n')}`), /more than 65536/],
  ])('with %s is not read', (_what, file, why) => expect(() => readAll(file)).toThrow(why));
});
