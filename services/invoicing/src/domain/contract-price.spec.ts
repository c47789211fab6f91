import { describe, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { priceOf } from './billing-guard.world.js';
import { contractPrice, type ContractPriceEvent } from './contract-price.js';

describe('a contract price', () => {
  const { given } = testing(contractPrice);
  const set = (validUntil = ''): ContractPriceEvent => ({ type: 'ContractPriceSet', contractPrice: priceOf({ validUntil }), customerId: 'c1' });
  const ended = (validUntil: string): ContractPriceEvent => ({ type: 'ContractPriceEnded', contractPriceId: 'cpr_1', customerId: 'c1', validUntil });
  const keep = { type: 'SetContractPrice', contractPrice: priceOf(), customerKnown: true } as const;
  const end = (validUntil: string) => ({ type: 'EndContractPrice', contractPriceId: 'cpr_1', validUntil }) as const;
  it('is kept once, for somebody known', () => {
    given().when(keep).then(set());
    given().when({ ...keep, customerKnown: false }).thenRefused('customer-not-found');
    given(set()).when(keep).thenRefused('contract-price-exists');
    given(set(), ended('2026-03-31')).when(keep).thenRefused('contract-price-exists');
  });
  it('gets an end, and an earlier one, but no later one', () => {
    given(set()).when(end('2026-03-31')).then(ended('2026-03-31'));
    given(set('2026-03-31')).when(end('2026-03-30')).then(ended('2026-03-30'));
    given(set('2026-03-31')).when(end('2026-03-31')).thenRefused('contract-price-ended');
    given(set(), ended('2026-03-31')).when(end('2026-04-01')).thenRefused('contract-price-ended');
  });
  it('has to be there', () => given().when(end('2026-03-31')).thenRefused('contract-price-not-found'));
});
