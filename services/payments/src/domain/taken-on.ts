// What customers owed, and had with us, before this ledger began (take-on): documents of another system, each taken over once with what is open, or unapplied, of it.
//
// - A document is known by the system that it comes from and its number there, once per tenant.
// - It counts from the business date on which it is taken on: before that day the other system's books say what was open. It is as old as it is: its own issue and due date hold for aging,
//   reminders and collection. What is posted is what is open; what it was issued for is kept beside it.
// - It uses no number of a series, has no document here, and nobody is sent anything; reminders go on from the level that was reached.
// - It is settled, disputed, promised and written off like any other item. Its tax is in the books already: taking it on moves nothing but receivables.
// - A receipt or a credit note is taken on with what is unapplied of it: that is the customer's credit here, used and refunded like any other, under its number there.
// - What was taken on by mistake is cancelled as long as nothing was made of it: the same goes back to the take-on account on that day. The document may then be taken on again, as another.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { type Refusal, refuse } from '@ar/domain/decider.js';
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
export interface TakenOnCreditFacts {
  readonly customer: string;
  readonly currency: string;
  readonly source: string;
  readonly number: string;
  readonly kind: 'receipt' | 'credit-note';
  readonly originalMinor: number;
  readonly unappliedMinor: number;
  /** When it was received, or issued. */
  readonly issuedOn: Day;
  /** Left alone on purpose: no rule uses it. */
  readonly onAccount: boolean;
  /** What else it is called; absent or empty: nothing. */
  readonly externalNumber?: string;
  readonly booking?: Booking;
}
export type TakenOnEvent =
  | ({ type: 'DocumentTakenOn'; documentId: string; itemId: string } & TakenOnFacts)
  | ({ type: 'CreditTakenOn'; documentId: string } & TakenOnCreditFacts)
  | { type: 'TakeOnCancelled'; documentId: string; customer: string; by: string; reason: string; effectiveOn: Day };
export type TakenOnCommand =
  | ({ type: 'TakeOn'; customerKnown: boolean; today: Day } & TakenOnFacts)
  | ({ type: 'TakeCreditOn'; customerKnown: boolean; today: Day } & TakenOnCreditFacts)
  | { type: 'Cancel'; documentId: string; by: string; reason: string; today: Day };
export type TakenOnRefusal = 'taken-on-document-exists' | 'taken-on-document-not-found' | 'taken-on-document-cancelled' | 'customer-not-found' | 'issue-date-in-future' | 'open-above-original';
/** `times`: how often it was taken on; `now`: what it is, until that is cancelled. */
export type TakenOnState = { readonly customer: string; readonly times: number; readonly now?: { readonly documentId: string; readonly currency: string; readonly itemId?: string } };

/** The same for the same document, however often it is tried. */
export const takenOnIdOf = (source: string, number: string): string => derivedId('tko', source, number);
/** The same for a receipt or a credit note; each kind has numbers of its own there. */
export const takenOnCreditIdOf = (source: string, kind: TakenOnCreditFacts['kind'], number: string): string => derivedId('tkc', source, kind, number);
/** What is taken on again is another document. */
const nth = (id: string, times: number): string => (times === 0 ? id : `${id}.${times + 1}`);
/** Whether a stream's document is one that was taken on: each but the one that is there now was cancelled. */
const isNth = (documentId: string, times: number): boolean => { const id = takenOnStreamOf(documentId); return Array.from({ length: times }, (_, before) => nth(id, before)).includes(documentId); };
/** The stream that a document is kept in. */
export const takenOnStreamOf = (documentId: string): string => documentId.split('.')[0]!;
/** No item of ours is called so, whatever callers call their documents. */
export const takenOnItemIdOf = (documentId: string): string => `oit.${documentId}_t`;

export const takenOn: Aggregate<TakenOnState, TakenOnCommand, TakenOnEvent, TakenOnRefusal> = {
  type: 'taken-on',
  initial: { customer: '', times: 0 },
  customer: (_id, state) => state.customer,

  decide(command, state) {
    switch (command.type) {
      case 'TakeOn': {
        const { type: _type, customerKnown, today, ...facts } = command;
        const refused = notTaken(command, state, facts.openMinor > facts.originalMinor && { openMinor: facts.openMinor, originalMinor: facts.originalMinor });
        const documentId = nth(takenOnIdOf(facts.source, facts.number), state.times);
        return refused ?? [{ type: 'DocumentTakenOn', documentId, itemId: takenOnItemIdOf(documentId), ...facts }];
      }
      case 'TakeCreditOn': {
        const { type: _type, customerKnown, today, ...facts } = command;
        const refused = notTaken(command, state, facts.unappliedMinor > facts.originalMinor && { unappliedMinor: facts.unappliedMinor, originalMinor: facts.originalMinor });
        return refused ?? [{ type: 'CreditTakenOn', documentId: nth(takenOnCreditIdOf(facts.source, facts.kind, facts.number), state.times), ...facts }];
      }
      case 'Cancel': {
        const { documentId, by, reason, today } = command;
        if (state.now?.documentId === documentId) return [{ type: 'TakeOnCancelled', documentId, customer: state.customer, by, reason, effectiveOn: today }];
        return isNth(documentId, state.times) ? refuse('taken-on-document-cancelled', { documentId }) : refuse('taken-on-document-not-found', { documentId });
      }
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'DocumentTakenOn': return { customer: event.customer, times: state.times + 1, now: { documentId: event.documentId, currency: event.currency, itemId: event.itemId } };
      case 'CreditTakenOn': return { customer: event.customer, times: state.times + 1, now: { documentId: event.documentId, currency: event.currency } };
      case 'TakeOnCancelled': return { customer: state.customer, times: state.times };
    }
  },
};

function notTaken({ customer, currency, source, number, customerKnown, issuedOn, today }: Extract<TakenOnCommand, { type: 'TakeOn' | 'TakeCreditOn' }>, { now }: TakenOnState, tooMuch: false | Readonly<Record<string, number>>): Refusal<TakenOnRefusal> | undefined {
  if (now) return refuse('taken-on-document-exists', { number, source });
  if (!customerKnown) return refuse('customer-not-found', { customer });
  if (issuedOn > today) return refuse('issue-date-in-future', { issuedOn, today });
  return tooMuch ? refuse('open-above-original', { ...tooMuch, currency }) : undefined;
}

/** What it leaves in the account. */
export const itemOfTakenOn = ({ documentId, itemId, number, externalNumber, paymentReference, openMinor, issuedOn, dueOn, booking }: Extract<TakenOnEvent, { type: 'DocumentTakenOn' }>): Item => ({
  itemId, kind: 'taken-on', documentId, documentNumber: number, references: referencesOf({ invoiceId: '', number, externalNumber, paymentReference }), instalment: 1, instalments: 1, originalMinor: openMinor, taxMinor: 0, issuedOn, dueOn, ...(booking ? { booking } : {}),
});
