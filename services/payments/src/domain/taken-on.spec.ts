import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { itemOfTakenOn, takenOn, takenOnIdOf, takenOnItemIdOf, type TakenOnCommand, type TakenOnEvent } from './taken-on.js';

const { given } = testing(takenOn);
const facts = { customer: 'c1', currency: 'EUR', source: 'SAP', number: '90 0001', kind: 'invoice' as const, originalMinor: 100_00, openMinor: 60_00, issuedOn: '2025-11-01', dueOn: '2025-12-01', dunningLevel: 2, orderNumber: '', externalNumber: 'PO-1', paymentReference: '' };
const wish = (more: Partial<TakenOnCommand> = {}): TakenOnCommand => ({ type: 'TakeOn', customerKnown: true, today: '2026-01-02', ...facts, ...more });
const documentId = takenOnIdOf('SAP', '90 0001');
const there: TakenOnEvent = { type: 'DocumentTakenOn', documentId, itemId: takenOnItemIdOf(documentId), ...facts };

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
