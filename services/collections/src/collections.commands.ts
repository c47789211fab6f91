// What collections can be asked for: which streams, what must be known, what is decided. Whatever changes what may be asked for is followed, in the same
// append, by a review of the case.
import { derivedId } from '@ar/domain/id.js';
import type { Asked, Command, Decision, Tx } from '@ar/runtime/forms.js';
import { collectionCase, type ContactDraft } from './domain/collection-case.js';
import type { DisputeDraft, DisputeOutcome } from './domain/dispute.js';
import type { AskedPart, OwedItem } from './domain/open-items.js';
import type { PromiseDraft } from './domain/promise-to-pay.js';
import { owedBy, type Owing } from './projections/owed.js';

export interface OfCustomer { readonly customerId: string }

const caseOf = ({ customerId }: OfCustomer) => ({ aggregate: collectionCase, id: customerId });
const streams = (request: OfCustomer) => [caseOf(request)];
/** `items`: what is asked about although it may not be open any more. */
const knowing = <R extends OfCustomer>(items: (request: R) => readonly string[]) => (asked: readonly Asked<R>[], tx: Tx): Promise<readonly Owing[]> =>
  owedBy(tx, asked.map((a) => ({ tenant: a.tenant, customer: a.request.customerId, items: items(a.request) })));
const known = knowing<OfCustomer>(() => []);
/** Whether they are settled is told to who names them. */
const itemsIn = (draft: { readonly items: readonly AskedPart[] } | null): readonly string[] => draft?.items.map((i) => i.itemId) ?? [];

function review(on: Decision<{ readonly items: readonly OwedItem[] }>, { customerId }: OfCustomer): void {
  const caseId = derivedId('cas', on.tenant, customerId, String(on.state(caseOf({ customerId })).cases + 1));
  on.run(caseOf({ customerId }), { type: 'ReviewCase', customerId, caseId, today: on.today, items: on.known.items, policy: on.policies.collectionCase });
}

const promising = (on: Decision<Owing>) => ({ today: on.today, items: on.known.items, policy: on.policies.promise, calendar: on.policies.calendar, customerKnown: on.known.customerKnown });

export interface MakePromise extends OfCustomer { readonly draft: PromiseDraft }

export const makePromise: Command<MakePromise, Owing> = {
  name: 'make-promise',
  streams,
  known: knowing(({ draft }) => itemsIn(draft)),
  decide({ customerId, draft }, on) {
    on.run(caseOf({ customerId }), { type: 'MakePromise', customerId, draft, ...promising(on) });
    review(on, { customerId });
  },
};

export interface WithdrawPromise extends OfCustomer { readonly promiseId: string; readonly reason: string }

export const withdrawPromise: Command<WithdrawPromise, Owing> = {
  name: 'withdraw-promise',
  streams,
  known,
  decide(request, on) {
    on.run(caseOf(request), { type: 'WithdrawPromise', ...request });
    review(on, request);
  },
};

export interface OpenDispute extends OfCustomer { readonly draft: DisputeDraft }

export const openDispute: Command<OpenDispute, Owing> = {
  name: 'open-dispute',
  streams,
  known: knowing(({ draft }) => itemsIn(draft)),
  decide({ customerId, draft }, on) {
    on.run(caseOf({ customerId }), { type: 'OpenDispute', customerId, draft, items: on.known.items, customerKnown: on.known.customerKnown });
    review(on, { customerId });
  },
};

export interface ResolveDispute extends OfCustomer { readonly disputeId: string; readonly outcome: DisputeOutcome; readonly reason: string }

export const resolveDispute: Command<ResolveDispute, Owing> = {
  name: 'resolve-dispute',
  streams,
  known,
  decide(request, on) {
    on.run(caseOf(request), { type: 'ResolveDispute', ...request });
    review(on, request);
  },
};

export interface RecordContact extends OfCustomer { readonly draft: ContactDraft }

export const recordContact: Command<RecordContact, Owing> = {
  name: 'record-contact',
  streams,
  known: knowing(({ draft: { promise, dispute } }) => [...itemsIn(promise), ...itemsIn(dispute)]),
  decide({ customerId, draft }, on) {
    on.run(caseOf({ customerId }), { type: 'RecordContact', customerId, draft, ...promising(on) });
    review(on, { customerId });
  },
};

export interface LookAt extends OfCustomer { /** What an event was about; it may be settled now. */ readonly items: readonly string[] }

/** Judges promises, closes disputes, opens or closes the case. */
export const lookAgain: Command<LookAt, Owing> = {
  name: 'look-again',
  streams,
  known: knowing((request) => request.items),
  decide({ customerId }, on) {
    on.run(caseOf({ customerId }), { type: 'Judge', customerId, today: on.today, items: on.known.items, policy: on.policies.promise });
    review(on, { customerId });
  },
};
