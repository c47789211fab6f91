import { describe, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { customer, type CustomerCommand, type CustomerEvent, type Personal, type Profile } from './customer.js';

const { given } = testing(customer);

const personal: Personal = { name: 'Mill & Sons', address: null, invoiceEmail: 'books@mill.example', reminderEmail: '', taxId: '' };
const profile: Profile = { language: 'en', currencyCode: 'EUR', netDays: null, electronicAddress: '', buyerReference: '', segment: 'trade', industry: '', labels: {} };
const whole = { customerId: 'c1', profile, personal };
const register = { type: 'Register', ...whole } as const satisfies CustomerCommand;
const registered: CustomerEvent = { type: 'CustomerRegistered', customerId: 'c1', profile, pii: { keyId: '', data: personal } };
const updated: CustomerEvent = { type: 'CustomerUpdated', customerId: 'c1', profile: { ...profile, netDays: 14 }, pii: { keyId: '', data: personal } };

describe('nobody yet', () => {
  it('is taken on, with personal data apart', () => given().when(register).then(registered));
  it('cannot be updated', () => given().when({ ...register, type: 'Update' }).thenRefused('customer-not-found'));
  it('cannot be sold to', () => given().when({ type: 'Require', customerId: 'c1' }).thenRefused('customer-not-found'));
});

describe.each([['a customer', [registered]], ['a customer that was updated', [registered, updated]]])('%s', (_who, facts) => {
  it('is taken on once', () => given(...facts).when(register).thenRefused('customer-exists'));
  it('is replaced as a whole', () => given(...facts).when({ type: 'Update', ...whole, profile: { ...profile, netDays: 14 } }).then(updated));
  it('can be sold to', () => given(...facts).when({ type: 'Require', customerId: 'c1' }).thenNothing());
});
