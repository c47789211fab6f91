import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { StoredEvent } from '@ar/event-store/store.js';
import { asConsumed } from '@ar/runtime/cloud-event.js';
import { publisher } from '../payments.publisher.js';
import { entriesOf } from './journal.js';

interface Sample { readonly stored: { readonly type: string; readonly data: Readonly<Record<string, unknown>> } }
const samples = (file: string) => JSON.parse(readFileSync(new URL(`../domain/${file}.history.json`, import.meta.url), 'utf8')) as readonly Sample[];

/** What a stored event moves: from, to, in its currency and in the base currency. */
function entries(file: string, of: (stored: Sample['stored']) => boolean, change: (data: Sample['stored']['data']) => Sample['stored']['data'] = (data) => data): readonly string[] {
  const found = samples(file).find((s) => of(s.stored));
  if (!found) throw new Error(`${file} has no such sample`);
  const [type, data] = [found.stored.type, change(found.stored.data)];
  const event = { sequence: 1, streamId: 't1/account/c1-EUR', version: 1, partitionKey: 't1/c1', eventId: 'e1', type, schemaV: 1, data, meta: { correlation: '', causation: '', actor: 'test' }, businessDate: '2026-10-10', recordedAt: '2026-10-10T12:00:00Z' } as unknown as StoredEvent;
  return entriesOf(asConsumed('payments', publisher, event) as Parameters<typeof entriesOf>[0]).map((e) => `${[e.debit, e.credit].map((a) => a.replace('LEDGER_ACCOUNT_', '')).join(' to ')} ${e.minor} ${e.currency} ${e.base?.minor ?? '-'}`);
}

describe('what an event moves', () => {
  it('is on an account of its own where a bank took it, and where it was recorded before there was one, in bad debts', () => {
    expect(entries('account', (s) => s.type === 'OpenItemsWrittenOff' && s.data['difference'] === 'bank-charges')).toEqual(['BANK_CHARGES to RECEIVABLES 12100 EUR -']);
    expect(entries('account', (s) => s.type === 'OpenItemsReinstated' && s.data['difference'] === 'bank-charges')).toEqual(['RECEIVABLES to BANK_CHARGES 12100 EUR -']);
    expect(entries('account', (s) => s.type === 'OpenItemsWrittenOff' && s.data['method'] === 'direct' && s.data['difference'] === undefined)).toEqual([expect.stringMatching(/^BAD_DEBTS to RECEIVABLES/)]);
  });
  it('is a gain beside what is settled, and goes back with it', () => {
    expect(entries('account', (s) => s.type === 'OpenItemsSettled' && s.data['currency'] === 'USD')).toEqual(['UNAPPLIED_CASH to RECEIVABLES 10000 USD 9200', 'UNAPPLIED_CASH to EXCHANGE_GAINS 0 USD 300']);
    expect(entries('account', (s) => s.type === 'OpenItemsReopened' && s.data['currency'] === 'USD')).toEqual(['RECEIVABLES to UNAPPLIED_CASH 10000 USD 9200', 'EXCHANGE_GAINS to UNAPPLIED_CASH 0 USD 300']);
  });
  it('is worth what it settles where nobody knew its worth, and what is settled what pays it', () => {
    const without = (gone: string) => (data: Sample['stored']['data']) => ({ ...data, applications: (data['applications'] as readonly { inBase: object }[]).map((a) => ({ ...a, inBase: Object.fromEntries(Object.entries(a.inBase).filter(([key]) => key !== gone)) })) });
    const of = (type: string) => (s: Sample['stored']) => s.type === type && s.data['currency'] === 'USD';
    expect(entries('account', of('OpenItemsSettled'), without('moneyMinor'))).toEqual(['UNAPPLIED_CASH to RECEIVABLES 10000 USD 9200', 'CASH to UNAPPLIED_CASH 0 USD 9200']);
    expect(entries('account', of('OpenItemsReopened'), without('moneyMinor'))).toEqual(['RECEIVABLES to UNAPPLIED_CASH 10000 USD 9200', 'UNAPPLIED_CASH to CASH 0 USD 9200']);
    expect(entries('account', of('OpenItemsSettled'), without('itemMinor'))).toEqual(['UNAPPLIED_CASH to RECEIVABLES 10000 USD 9500', 'RECEIVABLES to SALES 0 USD 9500']);
    expect(entries('account', of('OpenItemsReopened'), without('itemMinor'))).toEqual(['RECEIVABLES to UNAPPLIED_CASH 10000 USD 9500', 'SALES to RECEIVABLES 0 USD 9500']);
  });
  it('goes through currency clearing from one currency to another, at the same worth', () => {
    expect(entries('account', (s) => s.type === 'UnappliedCashTaken' && s.data['cause'] === 'exchange' && s.data['currency'] === 'USD')).toEqual(['UNAPPLIED_CASH to CURRENCY_CLEARING 10000 USD 9500']);
    expect(entries('account', (s) => s.type === 'UnappliedCashPlaced' && s.data['from'] === 'exchange' && s.data['currency'] === 'EUR')).toEqual(['CURRENCY_CLEARING to UNAPPLIED_CASH 9100 EUR 9500']);
  });
  it('is in the base currency alone where it is revalued, and back the day after', () => {
    expect(entries('revaluation', (s) => s.type === 'PeriodRevalued')).toEqual(['RECEIVABLES_VALUATION to UNREALISED_EXCHANGE 0 USD 600']);
    expect(entries('revaluation', (s) => s.type === 'RevaluationReversed')).toEqual(['UNREALISED_EXCHANGE to RECEIVABLES_VALUATION 0 USD 600']);
  });
});
