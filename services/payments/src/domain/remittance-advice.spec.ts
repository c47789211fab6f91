import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { UNIDENTIFIED } from './account.js';
import { adviceMeant, type Announced, type Received, receiptMeant, remittanceAdvice, type RemittanceCommand, type RemittanceEvent, sameOf } from './remittance-advice.js';

const { given } = testing(remittanceAdvice);
const line = { reference: 'R-1', grossMinor: 100_00, discountMinor: 2_00, deductionMinor: 0, reasonCode: null, text: '', netMinor: 98_00 };
const facts = { currency: 'EUR', totalMinor: 98_00, paidOn: '2026-03-05', reference: 'TRN-77', payer: { name: 'Byron, Ada', iban: 'DE1', remittance: '' }, lines: [line] };
const wish = (more: object = {}): RemittanceCommand => ({ type: 'Record', adviceId: 'rma_1', customer: 'c1', customerKnown: true, days: 7, policyVersion: 1, ...facts, ...more });
const recorded = (customer = 'c1'): RemittanceEvent => ({ type: 'RemittanceAdviceRecorded', adviceId: 'rma_1', customer, ...facts, firstOn: '2026-02-26', lastOn: '2026-03-12', policyVersion: 1 });
const match = (receiptCustomer = 'c1'): RemittanceCommand => ({ type: 'Match', adviceId: 'rma_1', receiptId: 'rcp_1', receiptCustomer, matchedBy: 'person', by: 'anna' });
const matched: RemittanceEvent = { type: 'RemittanceAdviceMatched', adviceId: 'rma_1', customer: 'c1', receiptId: 'rcp_1', receiptCustomer: 'c1', matchedBy: 'person', by: 'anna' };
const cancel: RemittanceCommand = { type: 'Cancel', adviceId: 'rma_1', by: 'anna', reason: 'sent twice' };
const cancelled: RemittanceEvent = { type: 'RemittanceAdviceCancelled', adviceId: 'rma_1', customer: 'c1', by: 'anna', reason: 'sent twice' };

describe('a remittance advice', () => {
  it('is recorded once, of a customer who is known, and waits', () => {
    given().when(wish()).then(recorded());
    given(recorded()).when(wish()).thenRefused('remittance-advice-exists');
    given().when(wish({ customerKnown: false })).thenRefused('customer-not-found');
  });
  it('is matched or cancelled once', () => {
    for (const command of [match(), cancel]) given().when(command).thenRefused('remittance-advice-not-found');
    given(recorded()).when(match()).then(matched);
    given(recorded()).when(cancel).then(cancelled);
    for (const before of [matched, cancelled]) for (const command of [match(), cancel]) given(recorded(), before).when(command).thenRefused('remittance-advice-not-waiting');
    given(recorded(), cancelled).when(wish()).thenRefused('remittance-advice-exists');
  });
  it('is of its own customer, or of whoever paid where nobody knew', () => {
    given(recorded()).when(match('c2')).thenRefused('remittance-advice-of-another');
    given(recorded(UNIDENTIFIED)).when(match('c2')).then({ ...matched, customer: UNIDENTIFIED, receiptCustomer: 'c2' } as RemittanceEvent);
  });
});

const advice: Announced = { adviceId: 'rma_1', customer: 'c1', currency: 'EUR', totalMinor: 98_00, reference: 'TRN-77', firstOn: '2026-02-26', lastOn: '2026-03-12', payer: { name: 'Byron, Ada', iban: 'DE1' } };
const money = (more: Partial<Received> = {}): Received => ({ receiptId: 'rcp_1', customer: 'c1', currency: 'EUR', minor: 98_00, valueOn: '2026-03-06', bankReference: '', names: [], name: '', iban: '', unused: true, ...more });

describe('a receipt', () => {
  it.each<readonly [string, Partial<Received>, 'reference' | 'amount' | undefined]>([
    ['of the same customer and amount is meant', {}, 'amount'],
    ['with the reference is meant for that, whenever it came', { bankReference: 'trn-77', valueOn: '2026-01-01' }, 'reference'],
    ['whose payer wrote the reference is too', { names: ['TRN-77'] }, 'reference'],
    ['of another amount is not', { minor: 98_01, bankReference: 'TRN-77' }, undefined],
    ['of another currency is not', { currency: 'USD' }, undefined],
    ['of another customer is not', { customer: 'c2', bankReference: 'TRN-77' }, undefined],
    ['on the last day of the window is', { valueOn: '2026-03-12' }, 'amount'],
    ['a day later is not', { valueOn: '2026-03-13' }, undefined],
    ['a day too early is not', { valueOn: '2026-02-25' }, undefined],
    ['of nobody known is where the account is the payer\'s', { customer: UNIDENTIFIED, iban: 'de 1' }, 'amount'],
    ['of nobody known is where the name is the payer\'s', { customer: UNIDENTIFIED, name: 'ADA BYRON' }, 'amount'],
    ['of nobody known and nothing in common is not', { customer: UNIDENTIFIED, name: 'Otto' }, undefined],
  ])('%s', (_what, more, same) => expect(sameOf(advice, money(more))).toBe(same));
  it('of an advice of nobody known is found by the reference alone', () => {
    expect(sameOf({ ...advice, customer: UNIDENTIFIED }, money())).toBeUndefined();
    expect(sameOf({ ...advice, customer: UNIDENTIFIED }, money({ bankReference: 'TRN-77' }))).toBe('reference');
  });
});

describe('which one is meant', () => {
  it('is the only one, or the only one with the reference', () => {
    expect(receiptMeant(advice, [money()])).toMatchObject({ receipt: { receiptId: 'rcp_1' }, by: 'amount' });
    expect(receiptMeant(advice, [money(), money({ receiptId: 'rcp_2', bankReference: 'TRN-77' })])).toMatchObject({ receipt: { receiptId: 'rcp_2' }, by: 'reference' });
    expect(receiptMeant(advice, [money(), money({ receiptId: 'rcp_2' })])).toBeUndefined();
  });
  it('is none that something was done with', () => expect(receiptMeant(advice, [money({ unused: false })])).toBeUndefined());
  it('of advices is the only one, and only where no other receipt may be meant by it', () => {
    expect(adviceMeant(money(), [{ ...advice, others: [money()] }])).toMatchObject({ advice: { adviceId: 'rma_1' }, by: 'amount' });
    expect(adviceMeant(money(), [{ ...advice, others: [] }, { ...advice, adviceId: 'rma_2', others: [] }])).toBeUndefined();
    expect(adviceMeant(money(), [{ ...advice, others: [money({ receiptId: 'rcp_9', unused: false })] }])).toBeUndefined();
    expect(adviceMeant(money({ bankReference: 'TRN-77' }), [{ ...advice, others: [money({ receiptId: 'rcp_9' })] }])).toMatchObject({ by: 'reference' });
  });
});
