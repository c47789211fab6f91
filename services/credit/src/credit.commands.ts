// What credit can be asked for: which streams, what must be known, what is decided. Whatever changes exposure or a limit is followed, in the same append,
// by a review of the hold.
import type { Day } from '@ar/domain/day.js';
import type { Money } from '@ar/domain/money.js';
import type { Asked, Command, Decision, Tx } from '@ar/runtime/forms.js';
import { creditAccount } from './domain/credit-account.js';
import type { Limit, Risk } from './domain/credit-check.js';
import { customer, type Personal, type Profile } from './domain/customer.js';
import { risksOf } from './projections/exposure.js';

export interface OfCustomer { readonly customerId: string }
type Risks = readonly Risk[];

const customerOf = ({ customerId }: OfCustomer) => ({ aggregate: customer, id: customerId });
const accountOf = ({ customerId }: OfCustomer) => ({ aggregate: creditAccount, id: customerId });
const both = (request: OfCustomer) => [accountOf(request), customerOf(request)];
const known = (asked: readonly Asked<OfCustomer>[], tx: Tx): Promise<readonly Risks[]> => risksOf(tx, asked.map((a) => ({ tenant: a.tenant, customer: a.request.customerId })));

const require = (on: Decision<unknown>, { customerId }: OfCustomer) => void on.run(customerOf({ customerId }), { type: 'Require', customerId });
const review = (on: Decision<Risks>, { customerId }: OfCustomer) => void on.run(accountOf({ customerId }), { type: 'Review', customerId, today: on.today, risks: on.known, policy: on.policies.creditHold });

export interface KeepCustomer extends OfCustomer { readonly personal: Personal; readonly profile: Profile }

export const registerCustomer: Command<KeepCustomer> = {
  name: 'register-customer',
  streams: (request) => [customerOf(request)],
  decide: (request, on) => void on.run(customerOf(request), { type: 'Register', ...request }),
};

export const updateCustomer: Command<KeepCustomer> = {
  name: 'update-customer',
  streams: (request) => [customerOf(request)],
  decide: (request, on) => void on.run(customerOf(request), { type: 'Update', ...request }),
};

export interface SetCreditLimit extends OfCustomer { readonly currency: string; readonly limit: Limit; readonly reason: string }

export const setCreditLimit: Command<SetCreditLimit, Risks> = {
  name: 'set-credit-limit',
  streams: both,
  known,
  decide(request, on) {
    require(on, request);
    on.run(accountOf(request), { type: 'SetLimit', ...request });
    review(on, request);
  },
};

export interface ReserveCredit extends OfCustomer { readonly reservationId: string; readonly amount: Money; /** '' : by policy. */ readonly expiresOn: Day; readonly orderNumber: string }

/** What is at risk is read under the lock of the account: of two orders for what is left, one is refused. */
export const reserveCredit: Command<ReserveCredit, Risks> = {
  name: 'reserve-credit',
  streams: both,
  known,
  decide(request, on) {
    require(on, request);
    on.run(accountOf(request), { type: 'Reserve', ...request, today: on.today, risks: on.known, policies: on.policies });
  },
};

export interface CancelReservation extends OfCustomer { readonly reservationId: string; readonly reason: string }

export const cancelReservation: Command<CancelReservation, Risks> = {
  name: 'cancel-reservation',
  streams: (request) => [accountOf(request)],
  known,
  decide(request, on) {
    review(on, request); // first, so that the reservation given back is the one touched last
    on.run(accountOf(request), { type: 'CancelReservation', ...request });
    review(on, request);
  },
};

export interface HoldByHand extends OfCustomer { readonly reason: string }

export const placeHold: Command<HoldByHand> = {
  name: 'place-hold',
  streams: both,
  decide(request, on) {
    require(on, request);
    on.run(accountOf(request), { type: 'PlaceHold', ...request });
  },
};

export const releaseHold: Command<HoldByHand> = {
  name: 'release-hold',
  streams: both,
  decide(request, on) {
    require(on, request);
    on.run(accountOf(request), { type: 'ReleaseHold', ...request, today: on.today, policy: on.policies.creditHold });
  },
};

export interface CountInvoice extends OfCustomer { readonly invoiceId: string; /** '' : it names none. */ readonly reservationId: string }

/** An invoice is exposure from here on; the reservation that it used no longer is. */
export const countInvoice: Command<CountInvoice, Risks> = {
  name: 'count-invoice',
  streams: (request) => [accountOf(request)],
  known,
  decide(request, on) {
    if (request.reservationId !== '') on.run(accountOf(request), { type: 'Convert', ...request, today: on.today });
    review(on, request);
  },
};

export const reviewCredit: Command<OfCustomer, Risks> = { name: 'review-credit', streams: (request) => [accountOf(request)], known, decide: (request, on) => review(on, request) };
