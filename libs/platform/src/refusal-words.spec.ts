import { describe, expect, it } from '@jest/globals';
import { spoken } from './refusal-words.js';

describe('what a refusal says', () => {
  it('is in the words of the contract', () => expect(spoken({ itemId: 'oit_1', customer: 'c1', today: '2026-03-10', collectOn: '2026-03-12', lastOn: '2026-03-01', expiresOn: '2026-04-01', lastDay: '2026-05-01', receiptCustomer: 'c2', askedCurrency: 'USD', status: 'open' })).toEqual({
    item_id: 'oit_1', customer_id: 'c1', business_date: '2026-03-10', collect_date: '2026-03-12', last_date: '2026-03-01', expires_on: '2026-04-01', last_day: '2026-05-01', receipt_customer_id: 'c2', asked_currency_code: 'USD', status: 'open',
  }));
  it('has amounts as people write them, with as many digits as the currency has', () => {
    expect(spoken({ openMinor: 12_34, minor: -5, currency: 'EUR' })).toEqual({ open: '12.34 EUR', amount: '-0.05 EUR', currency_code: 'EUR' });
    expect(spoken({ askedMinor: 7, currencyCode: 'JPY' })).toEqual({ asked: '7 JPY', currency_code: 'JPY' });
    expect(spoken({ totalMinor: '9007199254740993', currency: 'EUR' })).toEqual({ total: '90071992547409.93 EUR', currency_code: 'EUR' });
  });
  it('is bounded, and never ends within a character', () => expect(spoken({ reference: `${'x'.repeat(199)}😀` })).toEqual({ reference: 'x'.repeat(199) }));
});
