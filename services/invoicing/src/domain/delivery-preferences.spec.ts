import { describe, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { deliveryPreferences, type DeliveryPreferences, type DeliveryPreferencesEvent } from './delivery-preferences.js';

const { given } = testing(deliveryPreferences);
const wanted: DeliveryPreferences = { channel: 'email', attachXml: true, pii: { keyId: '', data: { copyTo: ['boss@buyer.example'] } } };
const set = (more: Partial<DeliveryPreferences> = {}): DeliveryPreferencesEvent => ({ type: 'DeliveryPreferencesSet', customerId: 'c1', ...wanted, ...more });
const ask = (more: object = {}) => ({ type: 'SetDeliveryPreferences', customerId: 'c1', customerKnown: true, ...wanted, ...more }) as const;

describe('what a customer wants', () => {
  it('is said', () => given().when(ask()).then(set()));
  it('is of a customer', () => given().when(ask({ customerKnown: false })).thenRefused('customer-not-found'));
  it('is said anew, each part of it', () => {
    given(set()).when(ask({ channel: 'none' })).then(set({ channel: 'none' }));
    given(set()).when(ask({ attachXml: false })).then(set({ attachXml: false }));
    given(set()).when(ask({ pii: { keyId: '', data: { copyTo: [] } } })).then(set({ pii: { keyId: '', data: { copyTo: [] } } }));
  });
  it('is the same', () => given(set()).when(ask()).thenNothing());
});
