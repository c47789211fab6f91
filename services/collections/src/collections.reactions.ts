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

/** Money is under way, or comes not after all. */
const onDebit = ['debit_requested', 'debit_attempted', 'debit_declined', 'debit_returned', 'debit_cancelled', 'debit_suppressed', 'debit_abandoned'].map((name): AnyReaction => ({
  name: `look-on-${name.replace('_', '-')}`, on: `ar.payments.${name}.v1`, command: lookAgain, requests: (e: { readonly customer: string }) => [{ customerId: e.customer, items: [] }], expected: [],
}));
const onPending: Reaction<'ar.payments.receipt_pending.v1', LookAt> = {
  name: 'look-on-pending-receipt', on: 'ar.payments.receipt_pending.v1', command: lookAgain, requests: (e) => (e.customer.startsWith('~') ? [] : [{ customerId: e.customer, items: [] }]), expected: [],
};
/** Of one that was applied the items are told to be open again. */
const onBounced: Reaction<'ar.payments.receipt_reversed.v1', LookAt> = {
  name: 'look-on-reversal', on: 'ar.payments.receipt_reversed.v1', command: lookAgain, requests: (e) => (e.customer.startsWith('~') || e.data.applicationGroupIds.length > 0 ? [] : [{ customerId: e.customer, items: [] }]), expected: [],
};

export const reactions: readonly AnyReaction[] = [onSettled, onReopened, onClosed, onDueChanged, onWrittenOff, onReinstated, ...onDebit, onPending, onBounced];

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
