// Direct debits: requested by a person or by policy, attempted on their day, and what comes of it.
import type { Command, Decision, Outcome, Todo } from '@ar/runtime/forms.js';
import { workingDayOnOrAfter } from '@ar/domain/calendar.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import { derivedId } from '@ar/domain/id.js';
import { cut } from '@ar/domain/text.js';
import { accountOf } from './applying.js';
import { attemptDebit, debitOf, itemsInDebits, mandateOf, recordCollected, recordDeclined, recordReturned, release } from './collecting.js';
import { type AccountState, disputedMinor, isVoiding } from './domain/account.js';
import type { FoundItem } from './domain/debit.js';
import { isFree } from './domain/debit-items.js';
import type { RatesKnown } from './domain/in-base.js';
import { factsOf } from './domain/mandate.js';
import { attemptsOfReceipts } from './projections/debits.js';
import { pausedOn } from './projections/pauses.js';
import { ratesKnown } from './projections/rates.js';
import { type KnownOfSettled, settledAmong } from './projections/settled-items.js';
import { refuseSettled } from './settled.js';

export interface AskedItem { readonly itemId: string; readonly asked: number | null }
/** `items` none: all that is due by the day, undisputed and in no other debit. `collectOn` empty: as early as the notice allows. */
export interface RequestDebit { readonly debitId: string; readonly customer: string; readonly currency: string; readonly mandateId: string; readonly items: readonly AskedItem[]; readonly collectOn: Day | ''; readonly final: boolean; readonly by: string }

/** Items that one debit collects at most. */
export const MOST_ITEMS = 500;

export const requestDebit: Command<RequestDebit, KnownOfSettled | undefined> = {
  name: 'request-debit',
  customer: ({ customer }) => customer,
  streams: ({ debitId, customer, currency, mandateId }) => [debitOf(debitId), mandateOf(mandateId), itemsInDebits(customer, currency), accountOf(customer, currency)],
  known: (asked, tx) => settledAmong(tx, asked.map(({ tenant, request }) => ({ tenant, itemIds: request.items.map((i) => i.itemId) }))),
  decide(request, on) {
    on.run(debitOf(request.debitId), { type: 'RequireNew', debitId: request.debitId });
    refuseSettled(on, [request.customer]);
    const collectOn = collectionDay(on, request.mandateId, request.collectOn || daysAfter(on.today, on.policies.directDebit.noticeDays));
    const items = request.items.length > 0 ? request.items : dueItems(on, request, collectOn).map((itemId) => ({ itemId, asked: null }));
    announce(on, { ...request, items, collectOn });
  },
};

/** Banks collect SEPA debits on working days: by the calendar of the tenant, so that the day that is announced is the day. */
function collectionDay(on: Decision<unknown>, mandateId: string, wanted: Day): Day {
  const scheme = factsOf(on.state(mandateOf(mandateId)))?.scheme ?? 'generic';
  return scheme === 'generic' ? wanted : workingDayOnOrAfter(wanted, on.policies.calendar);
}

/** What is due by a day and may be collected without asking anybody, the one due first first. */
function dueItems(on: Decision<unknown>, { customer, currency }: Pick<RequestDebit, 'customer' | 'currency'>, by: Day): readonly string[] {
  const owing = on.state(accountOf(customer, currency));
  const taken = on.state(itemsInDebits(customer, currency));
  const due = owing.items.index.byAge.filter((i) => i.dueOn <= by && disputedMinor(i) === 0 && !isVoiding(owing, i) && isFree(taken, i.itemId));
  return due.slice(0, MOST_ITEMS).map((i) => i.itemId);
}

const foundIn = (owing: AccountState, itemId: string): readonly (readonly [string, FoundItem])[] => {
  const open = owing.items.get(itemId);
  return open ? [[itemId, { openMinor: open.openMinor, disputed: disputedMinor(open) > 0, voiding: isVoiding(owing, open) }]] : [];
};

function announce(on: Decision<unknown>, { debitId, customer, currency, mandateId, items, collectOn, final, by }: RequestDebit & { readonly collectOn: Day }): void {
  on.run(mandateOf(mandateId), { type: 'AskToCollect', mandateId, customer, currency, debitId, on: collectOn });
  const of = factsOf(on.state(mandateOf(mandateId)));
  if (!of) throw new Error('a mandate that was just asked for is not there'); // its decider has refused before
  const owing = on.state(accountOf(customer, currency));
  const found = Object.fromEntries(items.flatMap(({ itemId }) => foundIn(owing, itemId)));
  const announcedMinor = items.reduce((sum, { itemId, asked }) => sum + (asked ?? found[itemId]?.openMinor ?? 0), 0);
  const { noticeDays, version: policyVersion } = on.policies.directDebit;
  on.run(debitOf(debitId), {
    type: 'Request', today: on.today, found, debitId, customer, currency, mandateId, collectedBy: of.collectedBy, items, collectOn, final, announcedMinor, noticeDays, scheme: of.scheme, reference: of.reference, debtor: of.debtor, by, policyVersion,
  });
  on.run(itemsInDebits(customer, currency), { type: 'Take', customer, currency, debitId, itemIds: items.map((i) => i.itemId) });
}

export interface CollectDue { readonly customer: string; readonly currency: string; readonly mandateId: string }
/** By policy: what falls due within the notice is requested by itself, once; never what is disputed, in another debit, or was given up before. */
export const collectDue: Command<CollectDue> = {
  name: 'collect-due',
  customer: ({ customer }) => customer,
  streams: ({ customer, currency, mandateId }) => [itemsInDebits(customer, currency), mandateOf(mandateId), accountOf(customer, currency)], // a mandate may be due in several currencies on one day, each a command of its own: its first stream tells them apart
  decide({ customer, currency, mandateId }, on) {
    const { autopay, noticeDays } = on.policies.directDebit;
    const collectOn = collectionDay(on, mandateId, daysAfter(on.today, noticeDays));
    const debitId = derivedId('ddt', mandateId, currency, on.today);
    const may = on.ask(mandateOf(mandateId), { type: 'AskToCollect', mandateId, customer, currency, debitId, on: collectOn });
    if (!autopay || 'refused' in may || factsOf(on.state(mandateOf(mandateId)))?.autopay !== true || on.state(debitOf(debitId)).status !== 'none') return;
    const items = dueItems(on, { customer, currency }, collectOn);
    if (items.length > 0) announce(on, { debitId, customer, currency, mandateId, items: items.map((itemId) => ({ itemId, asked: null })), collectOn, final: false, by: 'system' });
  },
};

export interface CancelDebit { readonly debitId: string; readonly by: string; readonly reason: string }
export const cancelDebit: Command<CancelDebit> = {
  name: 'cancel-debit',
  streams: ({ debitId }) => [debitOf(debitId)],
  decide({ debitId, by, reason }, on) {
    on.run(debitOf(debitId), { type: 'Cancel', debitId, by, reason });
    const state = on.state(debitOf(debitId));
    if (state.status !== 'none') release(on, debitId, state.facts.customer, state.facts.currency, 'cancelled');
  },
};

/** What the provider is asked is told apart from what else is done outside by its key: no id of a caller has a colon. */
const KEY = 'debit:';
export const keyOfDebit = (debitId: string): string => `${KEY}${debitId}`;
export const debitInKey = (key: string): string => key.slice(KEY.length);

/** The claim of a collection: what is open now is fixed; nothing where it is not wanted any more. */
export const claimDebit: Command<Todo, { readonly paused: boolean }> = {
  name: 'claim-debit',
  customer: ({ customer }) => customer,
  streams: ({ key }) => [debitOf(debitInKey(key))],
  async known(asked, tx) {
    return (await pausedOn(tx, asked.map((a) => ({ tenant: a.tenant, customer: a.request.customer, on: a.today })))).map((paused) => ({ paused }));
  },
  decide: ({ key, attempt }, on) => void attemptDebit(on, { debitId: debitInKey(key), attempt, through: on.today, fileId: '', paused: on.known.paused }),
};

/** What came of an attempt, as the provider says. */
export const recordDebitOutcome: Command<Outcome, RatesKnown | undefined> = {
  name: 'record-debit-outcome',
  customer: ({ todo }) => todo.customer,
  streams: ({ todo }) => [debitOf(debitInKey(todo.key))],
  known: (asked, tx) => ratesKnown(tx, asked.map(({ tenant, today }) => ({ tenant, today, currency: '', on: '' }))),
  decide({ todo: { key, attempt }, outcome, detail, final }, on) {
    const debitId = debitInKey(key);
    switch (outcome) {
      case 'sent': recordCollected(on, { debitId, attempt, reference: detail, valueOn: on.today, rates: on.known }); return;
      case 'failed': recordDeclined(on, { debitId, attempt, code: cut(detail, 64), hard: final === true }); return;
      case 'unknown': on.run(debitOf(debitId), { type: 'RecordUnknown', attempt, detail }); return;
    }
  },
};

/** A receipt was reversed: where a debit had collected it, it went back. */
export interface NoteDebitReturned { readonly receiptId: string; readonly customer: string; readonly currency: string; readonly code: string }
export const noteDebitReturned: Command<NoteDebitReturned, { readonly debitId: string }> = {
  name: 'note-debit-returned',
  streams: ({ customer, currency }) => [itemsInDebits(customer, currency)],
  async known(asked, tx) {
    return (await attemptsOfReceipts(tx, asked.map((a) => ({ tenant: a.tenant, receiptId: a.request.receiptId })))).map((found) => ({ debitId: found?.debitId ?? '' }));
  },
  decide({ receiptId, code }, on) {
    if (on.known.debitId !== '') recordReturned(on, on.known.debitId, receiptId, code);
  },
};
