// What invoicing can be asked for about business terms and who acknowledged them.
import type { Command } from '@ar/runtime/forms.js';
import { acknowledgements, type Acknowledgement } from './domain/acknowledgements.js';
import { businessTerms, type BusinessTerms } from './domain/business-terms.js';
import { acknowledgeable, type Acknowledgeable } from './projections/business-terms.js';

const termsOf = (businessTermsId: string) => ({ aggregate: businessTerms, id: businessTermsId });
const acknowledgementsOf = (customerId: string) => ({ aggregate: acknowledgements, id: customerId });

export interface PublishBusinessTerms { readonly businessTerms: Omit<BusinessTerms, 'version'> }
export const publishBusinessTerms: Command<PublishBusinessTerms> = {
  name: 'publish-business-terms',
  streams: (request) => [termsOf(request.businessTerms.businessTermsId)],
  decide: (request, on) => void on.run(termsOf(request.businessTerms.businessTermsId), { type: 'PublishBusinessTerms', tenantId: on.tenant, today: on.today, businessTerms: request.businessTerms }),
};

/** `acknowledgedOn` empty: the business date. */
export interface RecordAcknowledgement { readonly customerId: string; readonly acknowledgement: Acknowledgement }
export const recordAcknowledgement: Command<RecordAcknowledgement, Acknowledgeable> = {
  name: 'record-acknowledgement',
  customer: ({ customerId }) => customerId,
  streams: ({ customerId }) => [acknowledgementsOf(customerId)],
  known: (asked, tx) => acknowledgeable(tx, asked.map((a) => ({ tenant: a.tenant, customer: a.request.customerId, businessTermsId: a.request.acknowledgement.businessTermsId, version: a.request.acknowledgement.version }))),
  decide({ customerId, acknowledgement }, on) {
    on.run(acknowledgementsOf(customerId), { type: 'RecordAcknowledgement', customerId, acknowledgement: { ...acknowledgement, acknowledgedOn: acknowledgement.acknowledgedOn || on.today }, today: on.today, ...on.known });
  },
};
