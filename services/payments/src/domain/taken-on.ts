// What customers owed before this ledger began (take-on): documents of another system, each taken over once with what is open of it.
//
// - A document is known by the system that it comes from and its number there, once per tenant.
// - It counts from the business date on which it is taken on: before that day the other system's books say what was open. It is as old as it is: its own issue and due date hold for aging,
//   reminders and collection. What is posted is what is open; what it was issued for is kept beside it.
// - It uses no number of a series, has no document here, and nobody is sent anything; reminders go on from the level that was reached.
// - It is settled, disputed, promised and written off like any other item. Its tax is in the books already: taking it on moves nothing but receivables.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';
import { derivedId } from '@ar/domain/id.js';
import type { Item } from './account.js';
import type { Booking } from './in-base.js';
import { referencesOf } from './documents.js';

export interface TakenOnFacts {
  readonly customer: string;
  readonly currency: string;
  /** Which system it comes from; may be empty. */
  readonly source: string;
  readonly number: string;
  readonly kind: 'invoice' | 'debit-note';
  readonly originalMinor: number;
  readonly openMinor: number;
  readonly issuedOn: Day;
  readonly dueOn: Day;
  /** The level of the last reminder, 0 for none. */
  readonly dunningLevel: number;
  readonly orderNumber: string;
  readonly externalNumber: string;
  readonly paymentReference: string;
  /** What is open of it in the tenant's base currency; absent in that one, and where no rate was known. */
  readonly booking?: Booking;
}
export type TakenOnEvent = { type: 'DocumentTakenOn'; documentId: string; itemId: string } & TakenOnFacts;
export type TakenOnCommand = { type: 'TakeOn'; customerKnown: boolean; today: Day } & TakenOnFacts;
export type TakenOnRefusal = 'taken-on-document-exists' | 'customer-not-found' | 'issue-date-in-future' | 'open-above-original';
export type TakenOnState = { readonly customer: string };

/** The same for the same document, however often it is tried. */
export const takenOnIdOf = (source: string, number: string): string => derivedId('tko', source, number);
/** No item of ours is called so, whatever callers call their documents. */
export const takenOnItemIdOf = (documentId: string): string => `oit.${documentId}_t`;

export const takenOn: Aggregate<TakenOnState, TakenOnCommand, TakenOnEvent, TakenOnRefusal> = {
  type: 'taken-on',
  initial: { customer: '' },
  customer: (_id, state) => state.customer,

  decide({ type: _type, customerKnown, today, ...facts }, state) {
    const { customer, currency, source, number, openMinor, originalMinor, issuedOn } = facts;
    if (state.customer !== '') return refuse('taken-on-document-exists', { number, source });
    if (!customerKnown) return refuse('customer-not-found', { customer });
    if (issuedOn > today) return refuse('issue-date-in-future', { issuedOn, today });
    if (openMinor > originalMinor) return refuse('open-above-original', { openMinor, originalMinor, currency });
    const documentId = takenOnIdOf(source, number);
    return [{ type: 'DocumentTakenOn', documentId, itemId: takenOnItemIdOf(documentId), ...facts }];
  },

  evolve: (_state, { customer }) => ({ customer }),
};

/** What it leaves in the account. */
export const itemOfTakenOn = ({ documentId, itemId, number, externalNumber, paymentReference, openMinor, issuedOn, dueOn, booking }: TakenOnEvent): Item => ({
  itemId, kind: 'taken-on', documentId, documentNumber: number, references: referencesOf({ invoiceId: '', number, externalNumber, paymentReference }), instalment: 1, instalments: 1, originalMinor: openMinor, taxMinor: 0, issuedOn, dueOn, ...(booking ? { booking } : {}),
});
