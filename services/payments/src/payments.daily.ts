// What payments does because a day began.
import type { Daily } from '@ar/runtime/forms.js';
import { tooLate } from './projections/write-offs.js';
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
