// Who pays for whom: linked and unlinked by a person, from a day on. What a payer pays is in paying-for.ts.
import type { Day } from '@ar/domain/day.js';
import type { Command } from '@ar/runtime/forms.js';
import { payer } from './domain/payer.js';
import { customersKnown } from './projections/customers.js';

const payerOf = (customer: string) => ({ aggregate: payer, id: customer });
/** Days empty: the business date. */
export interface LinkPayer { readonly customer: string; readonly paidFor: string; readonly fromOn: Day; readonly by: string; readonly reason: string }

export const linkPayer: Command<LinkPayer, { readonly unknown: string }> = {
  name: 'link-payer',
  customer: ({ customer }) => customer,
  streams: ({ customer }) => [payerOf(customer)],
  async known(asked, tx) {
    const known = await customersKnown(tx, asked.flatMap(({ tenant, request }) => [{ tenant, customer: request.customer }, { tenant, customer: request.paidFor }]));
    return asked.map(({ request }, i) => ({ unknown: !known[2 * i] ? request.customer : !known[2 * i + 1] ? request.paidFor : '' }));
  },
  decide: (request, on) => void on.run(payerOf(request.customer), { type: 'Link', ...request, fromOn: request.fromOn || on.today, unknown: on.known.unknown }),
};

export interface UnlinkPayer { readonly customer: string; readonly paidFor: string; readonly untilOn: Day; readonly by: string; readonly reason: string }

export const unlinkPayer: Command<UnlinkPayer> = {
  name: 'unlink-payer',
  customer: ({ customer }) => customer,
  streams: ({ customer }) => [payerOf(customer)],
  decide: (request, on) => void on.run(payerOf(request.customer), { type: 'Unlink', ...request, untilOn: request.untilOn || on.today }),
};
