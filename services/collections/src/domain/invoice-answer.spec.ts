import { describe, expect, it } from '@jest/globals';
import { disputedBy, disputeReasonOf, isDoubt, wordsOf } from './invoice-answer.js';
import { type Disputes, noDisputes } from './dispute.js';
import type { OwedItem } from './open-items.js';

const item = (itemId: string, openMinor = 100): OwedItem => ({ itemId, currency: 'EUR', dueOn: '2026-03-31', openMinor, closed: false, settledMinor: {} });
const disputing = (itemId: string): Disputes => ({ ...noDisputes, open: { dsp_1: [{ itemId, amount: { minor: 1, currency: 'EUR' } }] } });
const of = (...itemIds: string[]) => itemIds.map((itemId) => ({ itemId, amount: null }));

describe('a doubt about an invoice', () => {
  it('is under query, conditionally accepted or rejected', () => expect(['AB', 'IP', 'UQ', 'CA', 'RE', 'AP', 'PD', 'toString'].filter(isDoubt)).toEqual(['UQ', 'CA', 'RE']));
  it.each([
    ['REF', 'reference'], ['LEG', 'reference'], ['REC', 'reference'], ['QUA', 'quality'], ['DEL', 'delivery'], ['PRI', 'price'], ['QTY', 'quantity'], ['ITM', 'delivery'], ['PAY', 'payment-terms'], ['FIN', 'payment-terms'],
    ['UNR', 'other'], ['NON', 'other'], ['OTH', 'other'], ['NEW', 'other'],
  ])('for %s is one about %s', (reason, dispute) => expect(disputeReasonOf({ reasons: [reason, 'PRI'], actions: ['CNF'] })).toBe(dispute));
  it('without a reason is about the credit that is asked for, or about anything', () => {
    expect(['CNF', 'CNP', 'CNA', 'NIN', 'PIN'].map((a) => disputeReasonOf({ reasons: [], actions: [a] }))).toEqual(['credit-due', 'credit-due', 'credit-due', 'other', 'other']);
    expect(disputeReasonOf({ reasons: [], actions: [] })).toBe('other');
  });
  it('is told in its own words', () => {
    const clarifications = [{ code: 'PRI', text: 'agreed was 9.50', conditions: [{ attribute: 'BT-146', value: '9.50' }, { attribute: '', value: 'line 1' }] }, { code: 'NIN', text: '', conditions: [] }];
    expect(wordsOf({ code: 'RE', reasons: ['PRI'], actions: ['NIN'], clarifications, note: 'call me' })).toBe('Rejected (RE, PRI, NIN)\nPRI: agreed was 9.50; BT-146: 9.50; line 1\ncall me');
    expect(wordsOf({ code: 'UQ', reasons: [], actions: ['PIN'], clarifications: [], note: '' })).toBe('Under query (UQ, PIN)');
    expect(wordsOf({ code: 'CA', reasons: [], actions: [], clarifications: [], note: 'x'.repeat(2_000) })).toHaveLength(2_000);
  });
});

describe('what it disputes', () => {
  it('is every open item of the invoice, and of no other', () => {
    expect(disputedBy('inv_1', [item('oit_1_1'), item('oit_1_2'), item('oit_1_3', 0), item('oit_1_2_1'), item('oit_11_1'), item('oit-1_1'), item('oit.inv_1_1')], noDisputes)).toEqual(of('oit_1_1', 'oit_1_2'));
    expect(disputedBy('1', [item('oit_1_1'), item('oit-1_1')], noDisputes)).toEqual(of('oit-1_1'));
  });
  it('is what is not disputed yet', () => expect(disputedBy('inv_1', [item('oit_1_1'), item('oit_1_2')], disputing('oit_1_1'))).toEqual(of('oit_1_2')));
  it('names what is in the way where there is nothing: a dispute, or that nothing is open', () => {
    expect(disputedBy('inv_1', [item('oit_1_1')], disputing('oit_1_1'))).toEqual(of('oit_1_1'));
    expect(disputedBy('inv_1', [item('oit_1_1', 0)], noDisputes)).toEqual(of('oit_1_1'));
    expect(disputedBy('inv_1', [], noDisputes)).toEqual(of('oit_1_1'));
  });
});
