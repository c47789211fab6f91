import { describe, expect, it } from '@jest/globals';
import { enforceableCharges, type Parties, type TermsAtIssue } from './enforceable.js';

const german: Parties = { sellerCountry: 'DE', buyerCountry: 'DE', buyerTaxId: 'DE1' };
const swiss: Parties = { sellerCountry: 'DE', buyerCountry: 'CH', buyerTaxId: 'CH1' };
const general = (acknowledged: boolean): TermsAtIssue => ({ businessTermsId: 'general', version: 2, acknowledged, charges: [{ kind: 'late-charge' }, { kind: 'dunning-fee' }] });
const grounds = (terms: readonly TermsAtIssue[], parties: Parties) => enforceableCharges(terms, parties).map((c) => `${c.kind} ${c.enforceable ? 'yes' : 'no'} ${c.ground}`);

describe('what may be charged', () => {
  it('is what acknowledged business terms allow', () => expect(grounds([general(true)], swiss)).toEqual(
    ['late-charge yes acknowledged', 'dunning-fee yes acknowledged', 'costs no not-allowed', 'unearned-discount no not-allowed', 'fixed-compensation no not-allowed']));
  it('is not what was not acknowledged by then', () => {
    expect(grounds([general(false)], swiss).slice(0, 2)).toEqual(['late-charge no not-acknowledged', 'dunning-fee no not-acknowledged']);
    expect(enforceableCharges([general(false)], swiss)[0]).toMatchObject({ businessTermsId: 'general', version: 2, explanation: 'version 2 of general, in force at issue, allows it, but the customer had not acknowledged it by then' });
  });
  it('is what a statute grants between businesses of the Union, and no more', () => expect(grounds([general(false)], german)).toEqual(
    ['late-charge yes statute', 'dunning-fee no not-acknowledged', 'costs yes statute', 'unearned-discount no not-allowed', 'fixed-compensation yes statute']));
  it('is not granted against a consumer, nor where one of them is elsewhere or nobody knows where', () => {
    for (const parties of [{ ...german, buyerTaxId: '' }, { ...german, sellerCountry: '' }, { ...german, buyerCountry: 'GB' }]) expect(grounds([], parties).filter((g) => g.includes('yes'))).toEqual([]);
  });
  it('is allowed by whichever document was acknowledged', () => expect(enforceableCharges([general(false), { ...general(true), businessTermsId: 'frame' }], swiss)[0]).toMatchObject({ enforceable: true, businessTermsId: 'frame' }));
});
