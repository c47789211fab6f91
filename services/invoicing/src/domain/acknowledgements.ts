// What a customer acknowledged of the tenant's business terms, and how that is known (INV-05).
//
// - A version that was published is acknowledged once, on the business date or before.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';

export type AcknowledgementWay = 'signed' | 'clicked' | 'email' | 'contract';
export interface Acknowledgement { readonly businessTermsId: string; readonly version: number; readonly acknowledgedOn: Day; readonly evidence: { readonly way: AcknowledgementWay; readonly reference: string; readonly personId: string } }
export type AcknowledgementEvent = { type: 'BusinessTermsAcknowledged'; customerId: string; acknowledgement: Acknowledgement };
export type AcknowledgementCommand = { type: 'RecordAcknowledgement'; customerId: string; acknowledgement: Acknowledgement; today: Day; customerKnown: boolean; published: boolean };
export type AcknowledgementRefusal = 'customer-not-found' | 'business-terms-not-found' | 'acknowledgement-exists' | 'acknowledgement-in-future';

/** `<document>/<version>` of each. */
export type AcknowledgementState = readonly string[];
const nameOf = ({ businessTermsId, version }: Acknowledgement) => `${businessTermsId}/${version}`;

export const acknowledgements: Aggregate<AcknowledgementState, AcknowledgementCommand, AcknowledgementEvent, AcknowledgementRefusal> = {
  type: 'acknowledgements',
  initial: [],
  customer: (id) => id,
  decide({ customerId, acknowledgement, today, customerKnown, published }, acknowledged) {
    const { businessTermsId, version, acknowledgedOn } = acknowledgement;
    if (!customerKnown) return refuse('customer-not-found', { customerId });
    if (!published) return refuse('business-terms-not-found', { businessTermsId, version });
    if (acknowledged.includes(nameOf(acknowledgement))) return refuse('acknowledgement-exists', { businessTermsId, version });
    if (acknowledgedOn > today) return refuse('acknowledgement-in-future', { acknowledgedOn, businessDate: today });
    return [{ type: 'BusinessTermsAcknowledged', customerId, acknowledgement }];
  },
  evolve: (acknowledged, event) => [...acknowledged, nameOf(event.acknowledgement)],
};
