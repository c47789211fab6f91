import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { amountsOf, bankReturn, type BankReturnEvent, type Candidate, type ReturnFacts, unmistakable, waysOf } from './bank-return.js';

const { given } = testing(bankReturn);
const facts: ReturnFacts = {
  bankAccountId: 'ban_1', statementId: 'bst_1', bankEntryId: 'ben_1', currency: 'EUR', minor: 100_00, chargesMinor: 3_00, bookedOn: '2026-03-05', reference: 'B-9', endToEndId: 'E-1', code: 'AC04', reason: 'return',
  counterparty: { name: 'Ada', iban: 'DE1', remittance: '' },
};
const of = { returnId: 'brt_1' };
const opened: BankReturnEvent = { type: 'BankReturnOpened', ...of, ...facts };
const match = (minor: number, currency = 'EUR') => ({ type: 'Match', ...of, receiptId: 'rcp_1', receipt: { minor, currency }, matchedBy: 'person', by: 'anna', reason: 'seen' }) as const;
const matched: BankReturnEvent = { type: 'BankReturnMatched', ...of, bankAccountId: 'ban_1', receiptId: 'rcp_1', matchedBy: 'person', by: 'anna', reason: 'seen' };
const dismiss = { type: 'Dismiss', ...of, by: 'anna', reason: 'a refund of ours came back' } as const;
const dismissed: BankReturnEvent = { type: 'BankReturnDismissed', ...of, bankAccountId: 'ban_1', by: 'anna', reason: 'a refund of ours came back' };

describe('what a bank takes back', () => {
  it('is open once', () => { given().when({ type: 'Open', ...of, ...facts }).then(opened); given(opened).when({ type: 'Open', ...of, ...facts }).thenNothing(); });
  it('is matched with a receipt of that amount, or of that less what the bank charged', () => {
    given(opened).when(match(100_00)).then(matched);
    given(opened).when(match(97_00)).then(matched);
    given(opened).when(match(103_00)).thenRefused('return-amount-differs');
    given(opened).when(match(100_00, 'USD')).thenRefused('return-amount-differs');
  });
  it('may be none of ours', () => given(opened).when(dismiss).then(dismissed));
  it('is matched or dismissed once, and not before it is there', () => {
    for (const done of [matched, dismissed]) for (const command of [match(100_00), dismiss]) given(opened, done).when(command).thenRefused('bank-return-not-open');
    for (const command of [match(100_00), dismiss]) given().when(command).thenRefused('bank-return-not-found');
  });
  it('has charges within it only where they are a part of it', () => expect([amountsOf(facts), amountsOf({ minor: 5, chargesMinor: 0 }), amountsOf({ minor: 5, chargesMinor: 5 })]).toEqual([[100_00, 97_00], [5], [5]]));
});

describe('its receipt', () => {
  const candidate = (receiptId: string, more: Partial<Candidate> = {}): Candidate => ({ receiptId, endToEndId: '', reference: '', iban: '', ...more });
  it.each<readonly [string, readonly Candidate[], object | undefined]>([
    ['the only one with its end-to-end id, whoever else paid as much', [candidate('a', { endToEndId: 'E-1' }), candidate('b', { iban: 'DE1' }), candidate('c', { reference: 'B-9' })], { receiptId: 'a', matchedBy: 'end-to-end-id' }],
    ['none of several with its end-to-end id, though one is from that account too', [candidate('a', { endToEndId: 'E-1' }), candidate('b', { endToEndId: 'E-1', iban: 'DE1' })], undefined],
    ['the only one with its reference of the bank', [candidate('a', { iban: 'DE1' }), candidate('c', { reference: 'B-9' })], { receiptId: 'c', matchedBy: 'bank-reference' }],
    ['the only one of that amount from that account', [candidate('a', { iban: 'DE1' }), candidate('b', { iban: 'DE2' })], { receiptId: 'a', matchedBy: 'amount-and-debtor' }],
    ['none of several from that account', [candidate('a', { iban: 'DE1' }), candidate('b', { iban: 'DE1' })], undefined],
    ['none that is only as much', [candidate('a')], undefined],
  ])('is %s', (_what, candidates, expected) => expect(unmistakable(facts, candidates)).toEqual(expected));
  it('is not found by what is empty on both sides', () => {
    const bare = { endToEndId: '', reference: '', counterparty: { name: '', iban: '', remittance: '' } };
    expect([waysOf(bare, candidate('a')), unmistakable(bare, [candidate('a')])]).toEqual([[], undefined]);
  });
});
