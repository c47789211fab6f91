import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { itemOfTakenOn, takenOn, takenOnCreditIdOf, takenOnIdOf, takenOnItemIdOf, takenOnStreamOf, type TakenOnCommand, type TakenOnEvent } from './taken-on.js';

const { given } = testing(takenOn);
const facts = { customer: 'c1', currency: 'EUR', source: 'SAP', number: '90 0001', kind: 'invoice' as const, originalMinor: 100_00, openMinor: 60_00, issuedOn: '2025-11-01', dueOn: '2025-12-01', dunningLevel: 2, orderNumber: '', externalNumber: 'PO-1', paymentReference: '' };
const wish = (more: Partial<Extract<TakenOnCommand, { type: 'TakeOn' }>> = {}): TakenOnCommand => ({ type: 'TakeOn', customerKnown: true, today: '2026-01-02', ...facts, ...more });
const documentId = takenOnIdOf('SAP', '90 0001');
const there: Extract<TakenOnEvent, { type: 'DocumentTakenOn' }> = { type: 'DocumentTakenOn', documentId, itemId: takenOnItemIdOf(documentId), ...facts };

describe('a document of another system', () => {
  it('is taken on once', () => {
    given().when(wish()).then(there);
    given(there).when(wish({ customer: 'c2', openMinor: 1 })).thenRefused('taken-on-document-exists');
  });
  it('is of a customer who is known', () => given().when(wish({ customerKnown: false })).thenRefused('customer-not-found'));
  it('was issued by now', () => given().when(wish({ issuedOn: '2026-01-03' })).thenRefused('issue-date-in-future'));
  it('is open for no more than it was issued for', () => given().when(wish({ openMinor: 100_01 })).thenRefused('open-above-original'));
  it('of two systems with one number is two', () => expect(takenOnIdOf('SAP', '1')).not.toBe(takenOnIdOf('DATEV', '1')));
  it('leaves what is open, with its own dates, under its number and what payers may call it', () => expect(itemOfTakenOn(there)).toMatchObject({
    kind: 'taken-on', originalMinor: 60_00, taxMinor: 0, issuedOn: '2025-11-01', dueOn: '2025-12-01', documentNumber: '90 0001', references: ['900001', 'PO-1'],
  }));
});

const credit = { customer: 'c1', currency: 'EUR', source: 'SAP', number: 'ZE-17', kind: 'receipt' as const, originalMinor: 100_00, unappliedMinor: 40_00, issuedOn: '2025-12-20', onAccount: false };
const creditWish = (more: Partial<Extract<TakenOnCommand, { type: 'TakeCreditOn' }>> = {}): TakenOnCommand => ({ type: 'TakeCreditOn', customerKnown: true, today: '2026-01-02', ...credit, ...more });
const creditId = takenOnCreditIdOf('SAP', 'receipt', 'ZE-17');
const creditThere: TakenOnEvent = { type: 'CreditTakenOn', documentId: creditId, ...credit };

describe('credit of another system', () => {
  it('is taken on once', () => {
    given().when(creditWish()).then(creditThere);
    given(creditThere).when(creditWish({ unappliedMinor: 1 })).thenRefused('taken-on-document-exists');
  });
  it('is of a customer who is known', () => given().when(creditWish({ customerKnown: false })).thenRefused('customer-not-found'));
  it('was received by now', () => given().when(creditWish({ issuedOn: '2026-01-03' })).thenRefused('issue-date-in-future'));
  it('is unapplied for no more than it was received for, in the words of the request', () =>
    expect(takenOn.decide(creditWish({ unappliedMinor: 100_01 }), takenOn.initial)).toEqual({ refused: 'open-above-original', detail: { unappliedMinor: 100_01, originalMinor: 100_00, currency: 'EUR' } }));
  it('of two kinds with one number is two, and neither is an open document', () => expect(new Set([creditId, takenOnCreditIdOf('SAP', 'credit-note', 'ZE-17'), takenOnIdOf('SAP', 'ZE-17')]).size).toBe(3));
});

describe.each([['a document', there, wish(), documentId], ['credit', creditThere, creditWish(), creditId]] as const)('%s that was taken on by mistake', (_what, taken, again, id) => {
  const cancelled: TakenOnEvent = { type: 'TakeOnCancelled', documentId: id, customer: 'c1', by: 'anna', reason: 'twice', effectiveOn: '2026-01-05' };
  const cancel = (of: string): TakenOnCommand => ({ type: 'Cancel', documentId: of, by: 'anna', reason: 'twice', today: '2026-01-05' });
  it('is cancelled once', () => {
    given().when(cancel(id)).thenRefused('taken-on-document-not-found');
    given(taken).when(cancel(id)).then(cancelled);
    given(taken, cancelled).when(cancel(id)).thenRefused('taken-on-document-cancelled');
    for (const never of [`${id}.1`, `${id}.2`, `${id}.01`]) given(taken, cancelled).when(cancel(never)).thenRefused('taken-on-document-not-found');
  });
  it('may be taken on again, as another document of the same stream', () => {
    const second: TakenOnEvent = taken.type === 'DocumentTakenOn' ? { ...taken, documentId: `${id}.2`, itemId: takenOnItemIdOf(`${id}.2`) } : { ...taken, documentId: `${id}.2` };
    given(taken, cancelled).when(again).then(second);
    given(taken, cancelled, second).when(cancel(id)).thenRefused('taken-on-document-cancelled');
    given(taken, cancelled, second).when(cancel(`${id}.2`)).then({ ...cancelled, documentId: `${id}.2` });
    expect(takenOnStreamOf(`${id}.2`)).toBe(id);
  });
});
