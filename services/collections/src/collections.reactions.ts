// What collections does because items were settled or are open again, and because a day began.
import type { OpenItemFacts } from '@ar/contracts/gen/ar/payments/v1/account.js';
import type { AnyReaction, Daily, Reaction } from '@ar/runtime/forms.js';
import { lookAgain, type LookAt } from './collections.commands.js';
import { toBeLookedAt } from './projections/owed.js';

const idsOf = (items: readonly { readonly item?: OpenItemFacts | undefined }[]): readonly string[] => items.map((i) => i.item!.itemId);

const onSettled: Reaction<'ar.payments.open_items_settled.v1', LookAt> = {
  name: 'look-on-settlement', on: 'ar.payments.open_items_settled.v1', command: lookAgain, requests: (e) => [{ customerId: e.customer, items: idsOf(e.data.items) }], expected: [],
};
const onReopened: Reaction<'ar.payments.open_items_reopened.v1', LookAt> = {
  name: 'look-on-reopening', on: 'ar.payments.open_items_reopened.v1', command: lookAgain, requests: (e) => [{ customerId: e.customer, items: idsOf(e.data.items) }], expected: [],
};
const onClosed: Reaction<'ar.payments.open_item_closed.v1', LookAt> = {
  name: 'look-on-closing', on: 'ar.payments.open_item_closed.v1', command: lookAgain, requests: (e) => [{ customerId: e.customer, items: idsOf([e.data]) }], expected: [],
};

const onDueChanged: Reaction<'ar.payments.open_item_due_changed.v1', LookAt> = {
  name: 'look-on-due-change', on: 'ar.payments.open_item_due_changed.v1', command: lookAgain, requests: (e) => [{ customerId: e.customer, items: [e.data.itemId] }], expected: [],
};

const onWrittenOff: Reaction<'ar.payments.open_items_written_off.v1', LookAt> = {
  name: 'look-on-write-off', on: 'ar.payments.open_items_written_off.v1', command: lookAgain, requests: (e) => [{ customerId: e.customer, items: idsOf(e.data.items) }], expected: [],
};
const onReinstated: Reaction<'ar.payments.open_items_reinstated.v1', LookAt> = {
  name: 'look-on-reinstatement', on: 'ar.payments.open_items_reinstated.v1', command: lookAgain, requests: (e) => [{ customerId: e.customer, items: idsOf(e.data.items) }], expected: [],
};

export const reactions: readonly AnyReaction[] = [onSettled, onReopened, onClosed, onDueChanged, onWrittenOff, onReinstated];

/** Promises come to their day, items grow old. */
export const lookDaily: Daily<LookAt> = {
  name: 'look-daily',
  command: lookAgain,
  async due(tx, tenant, today, policies, after, limit) {
    const customers = await toBeLookedAt(tx, tenant, today, policies.collectionCase, after, limit);
    return customers.map((customerId) => ({ key: customerId, customer: customerId, request: { customerId, items: [] } }));
  },
  expected: [],
};
