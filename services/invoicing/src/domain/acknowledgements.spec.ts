import { describe, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { acknowledgements, type AcknowledgementCommand, type AcknowledgementEvent } from './acknowledgements.js';

const { given } = testing(acknowledgements);
const acknowledgement = { businessTermsId: 'general', version: 1, acknowledgedOn: '2026-03-02', evidence: { way: 'signed', reference: 'contract 17', personId: '' } } as const;
const record = { type: 'RecordAcknowledgement', customerId: 'c1', acknowledgement, today: '2026-03-02', customerKnown: true, published: true } as const satisfies AcknowledgementCommand;
const acknowledged = (version = 1): AcknowledgementEvent => ({ type: 'BusinessTermsAcknowledged', customerId: 'c1', acknowledgement: { ...acknowledgement, version } });

describe('what a customer acknowledges', () => {
  it('is recorded with its evidence', () => given().when(record).then(acknowledged()));
  it('is recorded once per version', () => {
    given(acknowledged()).when(record).thenRefused('acknowledgement-exists');
    given(acknowledged()).when({ ...record, acknowledgement: { ...acknowledgement, version: 2 } }).then(acknowledged(2));
  });
  it('was published, by somebody known, and not tomorrow', () => {
    given().when({ ...record, published: false }).thenRefused('business-terms-not-found');
    given().when({ ...record, customerKnown: false }).thenRefused('customer-not-found');
    given().when({ ...record, today: '2026-03-01' }).thenRefused('acknowledgement-in-future');
  });
});
