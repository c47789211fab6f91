// How a customer wants to get its documents (INV-03).
//
// - Not at all from here, unless it was said: many send their documents themselves.
// - By e-mail to the address for invoices that credit keeps, with the PDF, with the XML where it was asked for, and with copies to others.
// - What is said counts for documents issued after it was read; each of them carries it.
import type { Aggregate } from '@ar/domain/aggregate.js';
import { refuse } from '@ar/domain/decider.js';

export type DeliveryChannel = 'none' | 'email';
export interface DeliveryPreferences { readonly channel: DeliveryChannel; readonly attachXml: boolean; readonly pii: { readonly keyId: string; readonly data: { readonly copyTo: readonly string[] } } }

export type DeliveryPreferencesEvent = { type: 'DeliveryPreferencesSet'; customerId: string } & DeliveryPreferences;
export type DeliveryPreferencesCommand = { type: 'SetDeliveryPreferences'; customerId: string; customerKnown: boolean } & DeliveryPreferences;
export type DeliveryPreferencesRefusal = 'customer-not-found';

export const deliveryPreferences: Aggregate<DeliveryPreferences | null, DeliveryPreferencesCommand, DeliveryPreferencesEvent, DeliveryPreferencesRefusal> = {
  type: 'delivery-preferences',
  initial: null,
  customer: (id) => id,
  decide({ type: _, customerKnown, ...said }, before) {
    if (!customerKnown) return refuse('customer-not-found', { customerId: said.customerId });
    const { customerId, ...now } = said;
    return before && sameAs(before, now) ? [] : [{ type: 'DeliveryPreferencesSet', customerId, ...now }];
  },
  evolve: (_before, { type: _, customerId: _of, ...now }) => now,
};

const sameAs = (a: DeliveryPreferences, b: DeliveryPreferences): boolean => a.channel === b.channel && a.attachXml === b.attachXml && a.pii.data.copyTo.join('\n') === b.pii.data.copyTo.join('\n');
