// What payments does because a day began.
import { daysAfter } from '@ar/domain/day.js';
import type { Daily } from '@ar/runtime/forms.js';
import { smallRests } from './projections/item-spans.js';
import { matureReceipt, type MatureReceipt } from './pending-receipts.commands.js';
import { receiptsMaturing } from './projections/receipts.js';
import { refundsTooLate } from './projections/refunds.js';
import { tooLate } from './projections/write-offs.js';
import { expireRefund, type ExpireRefund } from './refunds.commands.js';
import { writeOffSmallBalances, type WriteOffSmallBalances } from './small-balances.commands.js';
import { expireWriteOff, type ExpireWriteOff } from './write-offs.commands.js';

/** A write-off that nobody approved in time is not booked any more. */
export const expireWriteOffs: Daily<ExpireWriteOff> = {
  name: 'expire-write-offs',
  command: expireWriteOff,
  async due(tx, tenant, today, _policies, after, limit) {
    return (await tooLate(tx, tenant, today, after, limit)).map((request) => ({ key: request.writeOffId, customer: request.customer, request }));
  },
  expected: [],
};

/** A refund that nobody approved in time is not paid any more; its money is unapplied again. */
export const expireRefunds: Daily<ExpireRefund> = {
  name: 'expire-refunds',
  command: expireRefund,
  async due(tx, tenant, today, _policies, after, limit) {
    return (await refundsTooLate(tx, tenant, today, after, limit)).map((request) => ({ key: request.refundId, customer: request.customer, request }));
  },
  expected: [],
};

/** Rests that are too small to be asked for, and long enough past due, are written off: per account, once a day. */
export const writeSmallBalancesOff: Daily<WriteOffSmallBalances> = {
  name: 'write-small-balances-off',
  command: writeOffSmallBalances,
  async due(tx, tenant, today, { application: { smallBalances, smallBalanceDays } }, after, limit) {
    const rests = (smallBalances ?? []).length === 0 ? [] : await smallRests(tx, tenant, daysAfter(today, -smallBalanceDays), smallBalances, after, limit);
    return rests.map(({ key, ...request }) => ({ key, customer: request.customer, request }));
  },
  expected: [],
};

/** A post-dated cheque may be cashed, money that settles later has settled: it is a receipt like any other. */
export const matureReceipts: Daily<MatureReceipt> = {
  name: 'mature-receipts',
  command: matureReceipt,
  async due(tx, tenant, today, _policies, after, limit) {
    return (await receiptsMaturing(tx, tenant, today, after, limit)).map((request) => ({ key: request.receiptId, customer: request.customer, request }));
  },
  expected: [],
};
