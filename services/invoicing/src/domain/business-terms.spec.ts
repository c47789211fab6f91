import { describe, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { businessTerms, type BusinessTermsCommand, type BusinessTermsEvent } from './business-terms.js';

const { given } = testing(businessTerms);
const said = { businessTermsId: 'general', validFrom: '2026-03-03', text: 'Pay in time.', reference: '', sha256: 'ab', charges: [{ kind: 'late-charge', words: '9 points above the base rate' }] } as const;
const publish: BusinessTermsCommand = { type: 'PublishBusinessTerms', tenantId: 't1', today: '2026-03-02', businessTerms: said };
const published = (version: number): BusinessTermsEvent => ({ type: 'BusinessTermsPublished', tenantId: 't1', businessTerms: { ...said, version } });

describe('business terms', () => {
  it('are published from the next business day on', () => given().when(publish).then(published(1)));
  it('are published again as the next version', () => given(published(1)).when(publish).then(published(2)));
  it('do not hold from a day that is open, or was', () => {
    given().when({ ...publish, today: '2026-03-03' }).thenRefused('business-terms-too-early');
    given(published(1)).when({ ...publish, today: '2026-03-09' }).thenRefused('business-terms-too-early');
  });
});
