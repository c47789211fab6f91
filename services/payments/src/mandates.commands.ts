// Mandates: each command is one decision about one of them.
import type { Command } from '@ar/runtime/forms.js';
import { mandateOf } from './collecting.js';
import { type Debtor, type MandateFacts, mandateIdOf } from './domain/mandate.js';
import { customersKnown } from './projections/customers.js';

export type RegisterMandate = MandateFacts;
export const registerMandate: Command<RegisterMandate, { readonly customerKnown: boolean }> = {
  name: 'register-mandate',
  customer: ({ customer }) => customer,
  streams: ({ reference }) => [mandateOf(mandateIdOf(reference))],
  async known(asked, tx) {
    return (await customersKnown(tx, asked.map((a) => ({ tenant: a.tenant, customer: a.request.customer })))).map((customerKnown) => ({ customerKnown }));
  },
  decide: (facts, on) => void on.run(mandateOf(mandateIdOf(facts.reference)), { type: 'Register', ...facts, customerKnown: on.known.customerKnown, today: on.today }),
};

export interface AmendMandate { readonly mandateId: string; readonly debtor: Debtor; readonly by: string; readonly reason: string }
export const amendMandate: Command<AmendMandate> = {
  name: 'amend-mandate',
  streams: ({ mandateId }) => [mandateOf(mandateId)],
  decide: (request, on) => void on.run(mandateOf(request.mandateId), { type: 'Amend', ...request }),
};

export interface ChangeMandate { readonly mandateId: string; readonly by: string; readonly reason: string }
export const suspendMandate: Command<ChangeMandate> = {
  name: 'suspend-mandate',
  streams: ({ mandateId }) => [mandateOf(mandateId)],
  decide: (request, on) => void on.run(mandateOf(request.mandateId), { type: 'Suspend', ...request, code: '' }),
};

export const resumeMandate: Command<ChangeMandate> = {
  name: 'resume-mandate',
  streams: ({ mandateId }) => [mandateOf(mandateId)],
  decide: (request, on) => void on.run(mandateOf(request.mandateId), { type: 'Resume', ...request, today: on.today }),
};

export const cancelMandate: Command<ChangeMandate> = {
  name: 'cancel-mandate',
  streams: ({ mandateId }) => [mandateOf(mandateId)],
  decide: (request, on) => void on.run(mandateOf(request.mandateId), { type: 'Cancel', ...request, code: '' }),
};

export interface LapseMandate { readonly mandateId: string; readonly customer: string }
export const lapseMandate: Command<LapseMandate> = {
  name: 'lapse-mandate',
  customer: ({ customer }) => customer,
  streams: ({ mandateId }) => [mandateOf(mandateId)],
  decide: ({ mandateId }, on) => void on.run(mandateOf(mandateId), { type: 'Lapse', today: on.today }),
};
