import { describe, expect, it } from '@jest/globals';
import { readAll } from './bank-files.world.js';
import { Statements } from './statements.js';
import { type Order, x12 } from './x12.world.js';

const lines = ['RMR*IV*R-1*PI*98.00*100.00*2.00', 'RMR*IV*R-2*PI*67.00*70.00', 'ADX*-3.00*01', 'DTM*003*20260201'];
const order: Order = { amount: '165.00', lines };
const one = (more: Partial<Order> = {}) => readAll(x12([{ ...order, ...more }]));
const holds = (more: Partial<Order>) => {
  const [{ entries, parts }, statements] = [one(more), new Statements()];
  entries.forEach((e) => statements.entry(e));
  statements.part(parts[0]!);
  return statements.end()[0]!.holds;
};
const said = (...of: readonly string[]) => one({ amount: '0', lines: of }).entries[0]!.advice!.lines;

describe('a payment order and remittance advice', () => {
  it('is a payment with what its payer says that it is for', () => {
    const { entries, parts } = one();
    expect(parts).toEqual([{ message: 'x12.820', account: '0123456789', currency: 'USD', bankId: '000000007/7/0001', number: 0, page: 0, lastPage: true, opening: null, closing: null }]);
    expect(entries).toMatchObject([{ minor: 165_00, credit: true, status: 'booked', bookedOn: '2026-03-02', valueOn: '2026-03-02', reference: 'TRACE-1', code: 'X12/ACH', name: 'Ada Byron Inc', account: '998877' }]);
    expect(entries[0]!.advice!.lines).toEqual([
      { reference: 'R-1', grossMinor: 100_00, discountMinor: 2_00, deductionMinor: 0, reasonCode: null, text: '', netMinor: 98_00 },
      { reference: 'R-2', grossMinor: 70_00, discountMinor: 0, deductionMinor: 3_00, reasonCode: 'price', text: 'X12 426: 01', netMinor: 67_00 },
    ]);
  });
  it.each([['C', 'ACH', 'booked'], ['D', 'FWT', 'booked'], ['X', 'CHK', 'booked'], ['I', 'ACH', 'information'], ['U', 'ACH', 'information'], ['H', 'NON', 'information'], ['P', 'ACH', 'information'], ['C', 'NON', 'information']])('handled as %s by %s is %s', (handling, method, status) =>
    expect(one({ handling, method }).entries[0]).toMatchObject({ status, advice: expect.anything() }));
  it('out of our account is a debit that tells nothing', () => expect(one({ side: 'D' }).entries[0]).not.toHaveProperty('advice'));
  it.each([['*', '~', ''], ['|', '\n', ''], ['\u001d', '\u001c', ''], ['*', '~', '\r\n'], ['+', "'", '\n']])('may part its elements by %j and end its segments by %j%j', (element, segment, newline) =>
    expect(readAll(x12([order], { element, segment, newline }))).toEqual(one()));
  it('is the same however it arrives', () => expect(readAll(x12([order]), 1_000)).toEqual(readAll(x12([order]), 1)));
  it('has several sets, and several interchanges in one file', () => {
    expect(readAll(x12([order, { ...order, account: '77', amount: '5', lines: ['RMR*IV*R-9**5'] }])).parts.map((p) => p.account)).toEqual(['0123456789', '77']);
    expect(readAll(`${x12([order])}\n${x12([order], { element: '|', segment: '\n' })}`).entries).toHaveLength(2);
  });
  it('is in the currency that it names', () => expect(one({ currency: 'JPY', amount: '165', lines: ['RMR*IV*R-1**165'] }).entries[0]).toMatchObject({ currency: 'JPY', minor: 165 }));
});

describe('its lines', () => {
  it('may say nothing of what they come to', () => expect(said('RMR*IV*R-1*PO*50')).toMatchObject([{ grossMinor: 50_00, netMinor: 50_00, deductionMinor: 0 }]));
  it('may be credit memos', () => expect(said('RMR*IV*R-1**70', 'RMR*CM*C-1**-20')).toMatchObject([{ netMinor: 70_00 }, { reference: 'C-1', grossMinor: -20_00, netMinor: -20_00 }]));
  it('may carry their adjustment themselves', () => expect(said('RMR*IV*R-1**60*70**19*-10')).toMatchObject([{ grossMinor: 70_00, deductionMinor: 10_00, reasonCode: 'duplicate', netMinor: 60_00 }]));
  it('may be adjustments that stand alone', () => expect(said('ADX*-5*16*IV*M-1', 'RMR*IV*R-1**70')).toMatchObject([{ reference: 'M-1', netMinor: -5_00 }, { reference: 'R-1', netMinor: 70_00 }]));
  it('keep back for reasons that have no word here as well', () => expect(said('RMR*IV*R-1**60*70', 'ADX*-10*99')).toMatchObject([{ deductionMinor: 10_00, reasonCode: 'other', text: 'X12 426: 99' }]));
  it('are paid more than they come to', () => expect(said('RMR*IV*R-1**75*70*0')).toMatchObject([{ grossMinor: 75_00, deductionMinor: 0, netMinor: 75_00 }]));
});

describe('a payment', () => {
  it('ties where its lines sum to it', () => expect(holds({})).toEqual(['without-balances']));
  it('ties where its adjustments are still to be added', () => {
    expect(holds({ amount: '167.00', lines: ['RMR*IV*R-1**100', 'RMR*IV*R-2**70', 'ADX*-3*01'] })).toEqual(['without-balances']);
    expect(one({ amount: '167.00', lines: ['RMR*IV*R-1**100', 'RMR*IV*R-2**70', 'ADX*-3*01'] }).entries[0]!.advice!.lines[1]).toMatchObject({ grossMinor: 70_00, deductionMinor: 3_00, netMinor: 67_00 });
  });
  it('ties where it says nothing of what it is for', () => expect(holds({ lines: [] })).toEqual(['without-balances']));
  it('is held where it does not', () => expect(holds({ amount: '165.01' })).toEqual(['does-not-tie', 'without-balances']));
  it('with other lines is another statement', () => {
    const id = (of: readonly string[]) => { const { entries, parts } = one({ lines: of }); const s = new Statements(); entries.forEach((e) => s.entry(e)); s.part(parts[0]!); return s.end()[0]!.statementId; };
    expect(id(lines)).not.toBe(id(['RMR*IV*R-1**165']));
  });
});

describe('a damaged or hostile file', () => {
  const good = x12([order]);
  it.each([
    ['without a segment', good.replace('DTM*003*20260201~', ''), /a transaction set has 11 of 12/],
    ['with another number of sets', good.replace('GE*1', 'GE*2'), /a group has 1 of 2/],
    ['with another number of groups', good.replace('IEA*1', 'IEA*2'), /an interchange has 1 of 2/],
    ['whose set ends with another number', good.replace('SE*12*0001', 'SE*12*0002'), /another number/],
    ['whose interchange does', good.replace('IEA*1*000000007', 'IEA*1*000000008'), /another number/],
    ['without its end', good.slice(0, good.indexOf('IEA')), /before its last segment/],
    ['cut in a segment', good.slice(0, good.indexOf('RMR') + 8), /before its last segment/],
    ['with something behind its end', `${good}GS*RA~`, /outside an interchange/],
    ['of another kind', good.replace('ST*820', 'ST*835'), /only 820/],
    ['with a header that is too short', good.replace('PAYER          ', 'PAYER'), /no interchange header/],
    ['with two payments in a set', good.replace('ENT*1', 'BPR*C*1*C*ACH'), /two BPR/],
    ['with a line before its payment', good.replace(/BPR\*[^~]*~/, 'RMR*IV*R-0**1~'), /before its BPR/],
    ['with an amount that is none', good.replace('67.00', '6,7'), /not an amount/],
    ['with an amount beyond all amounts', good.replace('67.00', '999999999999999999'), /amount/],
    ['with a day that is none', good.replaceAll('20260302', '20260231'), /not a date/],
    ['with a currency that is none', x12([{ ...order, currency: 'U$D' }]), /not a currency/],
    ['with a line of nothing', good.replace('RMR*IV*R-1*', 'RMR*IV**'), /names no document/],
    ['with a segment without end', good.replace('Ada Byron Inc', 'x'.repeat(5_000)), /more than 4096/],
    ['with lines without end', x12([{ ...order, lines: Array.from({ length: 1_001 }, () => 'RMR*IV*R-1**1') }]), /more than 1000 lines/],
    ['with segments before it', `N1*PR*x~${good}`, /neither/],
  ])('%s is not read', (_what, file, why) => expect(() => readAll(file)).toThrow(why));
});
