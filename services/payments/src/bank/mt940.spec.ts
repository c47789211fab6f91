import { describe, expect, it } from '@jest/globals';
import { readAll } from './bank-files.world.js';

const message = (lines: readonly string[], { opening = ':60F:C260301EUR1000,00', closing = ':62F:C260302EUR1000,00', number = '5/1', account = 'DE89370400440532013000' } = {}) =>
  [':20:STARTUMS', `:25:${account}`, `:28C:${number}`, opening, ...lines, closing, '-', ''].join('\r\n');
const one = (...lines: string[]) => readAll(message(lines)).entries[0]!;

describe('an MT940', () => {
  it('says account, number and balances', () => {
    expect(readAll(message([], { opening: ':60F:D260301EUR12,5', closing: ':62F:C260302EUR0,' })).parts).toEqual([{
      message: 'mt940', account: 'DE89370400440532013000', currency: 'EUR', bankId: '5', number: 5, page: 1, lastPage: true, opening: { minor: -12_50, currency: 'EUR', on: '2026-03-01' }, closing: { minor: 0, currency: 'EUR', on: '2026-03-02' },
    }]);
  });

  it.each<[string, boolean, boolean]>([['C', true, false], ['D', false, false], ['RC', false, true], ['RD', true, true], ['CR', true, false], ['DR', false, false], ['RCR', false, true], ['RDR', true, true]])('reads the mark %s', (mark, credit, reversal) => {
    expect(one(`:61:2603020302${mark}12,34NTRFKREF-1//B-77`)).toMatchObject({ credit, reversal, minor: 12_34, reference: 'B-77', endToEndId: 'KREF-1', code: 'NTRF', valueOn: '2026-03-02', bookedOn: '2026-03-02' });
  });

  it.each<[string, string, string]>([['2512310102', '2025-12-31', '2026-01-02'], ['2601011231', '2026-01-01', '2025-12-31'], ['260302', '2026-03-02', '2026-03-02'], ['2403010229', '2024-03-01', '2024-02-29']])('dates %s', (dates, valueOn, bookedOn) => {
    expect(one(`:61:${dates}C1,NMSCNONREF`)).toMatchObject({ valueOn, bookedOn, minor: 1_00, reference: '', endToEndId: '' });
  });

  it('reads the text in the German way, across lines', () => {
    expect(one(':61:260302C119,00NTRFNONREF', ':86:166?00GUTSCHRIFT?20EREF+E-4711?21SVWZ+Rechnung R-10', '01 danke?30COBADEFF?31DE02120300000000202051?32Ada Byron ', '?33GmbH')).toMatchObject({
      endToEndId: 'E-4711', text: 'Rechnung R-1001 danke', account: 'DE02120300000000202051', name: 'Ada Byron GmbH',
    });
  });

  it('reads the text in the Dutch way, and as it is', () => {
    expect(one(':61:260302C119,00NTRFEREF//B-1', ':86:/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/NAME/Ada/REMI/R-1/EREF/NOTPROVIDED')).toMatchObject({ text: 'R-1', name: 'Ada', account: 'NL91ABNA0417164300' });
    expect(one(':61:260302C119,00NTRFNONREF', 'SUPPLEMENT', ':86:invoice R-1', 'thank you')).toMatchObject({ text: 'invoice R-1 thank you' });
    expect(one(':61:260302C119,00NTRFNONREF', 'SUPPLEMENT')).toMatchObject({ text: 'SUPPLEMENT' });
  });

  it('has a text with colons that are no tags', () => expect(one(':61:260302C1,00NTRFNONREF', ':86:see', ':7: of R-1', ':99Z:x')).toMatchObject({ text: 'see :7: of R-1 :99Z:x' }));

  it('has entries without a text, and a text of the statement that is no entry', () => {
    const { entries } = readAll(message([':61:260302C1,00NTRFNONREF', ':61:260302C2,00NTRFNONREF', ':86:second'], { closing: ':62F:C260302EUR1003,00\r\n:64:C260302EUR1003,00\r\n:86:about the account' }));
    expect(entries.map((e) => [e.minor, e.text])).toEqual([[1_00, ''], [2_00, 'second']]);
  });

  it('has pages, joined by their balances between', () => {
    const file = message([':61:260302C1,00NTRFNONREF'], { closing: ':62M:C260302EUR1001,00' }) + message([':61:260302C2,00NTRFNONREF'], { opening: ':60M:C260302EUR1001,00', closing: ':62F:C260302EUR1003,00', number: '5/2' });
    expect(readAll(file).parts.map((p) => [p.number, p.page, p.lastPage])).toEqual([[5, 1, false], [5, 2, true]]);
  });

  it('may be wrapped in the blocks of SWIFT, without carriage returns, and with the currency behind the account', () => {
    const file = `{1:F01AAAABB99XXXX0000000000}{2:I940BBBBCC22XXXXN}{4:\n${message([':61:260302C1,00NTRFNONREF'], { account: 'DE89370400440532013000EUR' }).replaceAll('\r', '').replace('\n-\n', '\n-}')}`;
    expect(readAll(file)).toMatchObject({ entries: [{ minor: 1_00 }], parts: [{ account: 'DE89370400440532013000' }] });
  });

  it('is read in Latin letters, or in UTF-8 where it is all that', () => {
    const file = message([':61:260302C1,00NTRFNONREF', ':86:Grüße']);
    expect([readAll(file).entries[0]!.text, readAll(Buffer.from(file, 'latin1')).entries[0]!.text]).toEqual(['Grüße', 'Grüße']);
  });

  it.each([['JPY', '100,', 100], ['KWD', '1,234', 1234], ['EUR', '1,5', 1_50]])('has %s %s', (currency, amount, minor) => {
    expect(readAll(message([`:61:260302C${amount}NTRFNONREF`], { opening: `:60F:C260301${currency}0,`, closing: `:62F:C260302${currency}${amount}` })).entries[0]).toMatchObject({ minor, currency });
  });
});

describe('an MT942', () => {
  it('is interim', () => {
    const { parts } = readAll([':20:X', ':25:DE89370400440532013000', ':28C:1/1', ':34F:EUR0,', ':13D:2603021200+0100', ':61:260302C1,00NTRFNONREF', ':86:x', ':90C:1EUR1,00', '-', ''].join('\r\n'));
    expect(parts).toMatchObject([{ message: 'mt942', currency: 'EUR' }]);
  });
});

describe('a damaged MT940', () => {
  it.each<[string, string, RegExp]>([
    ['an end before its balance', message([':61:260302C1,00NTRFNONREF']).split(':62F')[0]!, /closing balance/],
    ['an entry that is none', message([':61:yesterday']), /not an entry/], ['an amount without a comma', message([':61:260302C100NTRFNONREF']), /not an entry/],
    ['a balance that is none', message([], { opening: ':60F:EUR1,00' }), /not a balance/], ['a day that is none', message([':61:260230C1,00NTRFNONREF']), /not a date/],
    ['too many digits', message([':61:260302C1,001NTRFNONREF']), /more digits/], ['a NUL', message([':86:\u0000']), /NUL/], ['an endless line', message([`:86:${'x'.repeat(9_000)}`]), /characters/],
    ['an endless text', message([':61:260302C1,00NTRFNONREF', ':86:x', ...Array.from({ length: 3_000 }, () => 'more')]), /characters/], ['an entry before its balance', ':20:X\r\n:61:260302C1,00NTRFNONREF\r\n:86:x\r\n-', /before the balance/],
  ])('with %s is not read', (_what, file, why) => expect(() => readAll(file)).toThrow(why));
});
