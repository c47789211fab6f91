// The terms on which a tenant does business: one stream per document, published in versions (INV-05).
//
// - A version holds from a business day that is not open yet; it is not changed afterwards.
// - It says what it says in words here, or names where that is kept, with its SHA-256; and which kinds of charges it allows.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';

export type ChargeKind = 'late-charge' | 'dunning-fee' | 'costs' | 'unearned-discount' | 'fixed-compensation';
export interface BusinessTerms {
  readonly businessTermsId: string; readonly version: number; readonly validFrom: Day; readonly text: string; readonly reference: string; readonly sha256: string;
  readonly charges: readonly { readonly kind: ChargeKind; readonly words: string }[];
}
export type BusinessTermsEvent = { type: 'BusinessTermsPublished'; tenantId: string; businessTerms: BusinessTerms };
export type BusinessTermsCommand = { type: 'PublishBusinessTerms'; tenantId: string; today: Day; businessTerms: Omit<BusinessTerms, 'version'> };
export type BusinessTermsRefusal = 'business-terms-too-early';

/** The last version. */
export interface BusinessTermsState { readonly version: number }

export const businessTerms: Aggregate<BusinessTermsState, BusinessTermsCommand, BusinessTermsEvent, BusinessTermsRefusal> = {
  type: 'business-terms',
  initial: { version: 0 },
  customer: () => '',
  decide: ({ tenantId, today, businessTerms: said }, { version }) => (said.validFrom <= today
    ? refuse('business-terms-too-early', { validFrom: said.validFrom, businessDate: today })
    : [{ type: 'BusinessTermsPublished', tenantId, businessTerms: { ...said, version: version + 1 } }]),
  evolve: (_state, { businessTerms: { version } }) => ({ version }),
};
