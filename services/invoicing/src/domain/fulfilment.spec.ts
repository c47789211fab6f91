import { describe, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { fulfilment, type FulfilmentEvent } from './fulfilment.js';

describe('a fulfilment', () => {
  const { given } = testing(fulfilment);
  const of = { fulfilmentId: 'dlv_1', customerId: 'c1', orderNumber: 'PO', articleId: 'A', quantity: '5', unitCode: 'C62', deliveredOn: '2026-03-02', periodFrom: '', periodTo: '' };
  const recorded: FulfilmentEvent = { type: 'FulfilmentRecorded', fulfilment: of, customerId: 'c1', effectiveOn: '2026-03-02' };
  const corrected = (quantity: string): FulfilmentEvent => ({ type: 'FulfilmentCorrected', fulfilmentId: 'dlv_1', customerId: 'c1', quantity, reason: 'counted' });
  const record = { type: 'RecordFulfilment', fulfilment: of, today: '2026-03-02', customerKnown: true } as const;
  const correct = (quantity: string) => ({ type: 'CorrectFulfilment', fulfilmentId: 'dlv_1', quantity, reason: 'counted' }) as const;
  it('is recorded once, for somebody known, and not before it happened', () => {
    given().when(record).then(recorded);
    given().when({ ...record, customerKnown: false }).thenRefused('customer-not-found');
    given().when({ ...record, today: '2026-03-01' }).thenRefused('delivered-in-future');
    given(recorded).when(record).thenRefused('fulfilment-exists');
    given(recorded, corrected('0')).when(record).thenRefused('fulfilment-exists');
  });
  it('is corrected, down to nothing, and again', () => {
    given(recorded).when(correct('4.5')).then(corrected('4.5'));
    given(recorded).when(correct('0')).then(corrected('0'));
    given(recorded, corrected('0')).when(correct('5')).then(corrected('5'));
  });
  it('is corrected to another quantity', () => { for (const same of ['5', '5.00', '05']) given(recorded).when(correct(same)).thenRefused('fulfilment-unchanged'); given(recorded, corrected('4.5')).when(correct('4.50')).thenRefused('fulfilment-unchanged'); });
  it('has to be there', () => given().when(correct('1')).thenRefused('fulfilment-not-found'));
});
