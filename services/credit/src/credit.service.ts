// Everything credit can do, once.
import type { Service } from '@ar/runtime/forms.js';
import { cancelReservation, countInvoice, placeHold, registerCustomer, releaseHold, reserveCredit, reviewCredit, setCreditLimit, updateCustomer } from './credit.commands.js';
import { publisher } from './credit.publisher.js';
import { reactions, reviewDaily } from './credit.reactions.js';
import { creditAccount } from './domain/credit-account.js';
import { customer } from './domain/customer.js';
import { creditAccountResource, creditAccounts } from './projections/credit-accounts.js';
import { customerResource, customers } from './projections/customers.js';
import { exposure } from './projections/exposure.js';
import { holds } from './projections/holds.js';

export const credit: Service = {
  name: 'credit',
  aggregates: [customer, creditAccount],
  commands: [registerCustomer, updateCustomer, setCreditLimit, reserveCredit, cancelReservation, placeHold, releaseHold, countInvoice, reviewCredit],
  resources: [customerResource, creditAccountResource],
  reactions,
  daily: [reviewDaily],
  projections: [customers, creditAccounts, exposure, holds],
  effects: [],
  publisher,
};
