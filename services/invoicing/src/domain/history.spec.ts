import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { encode, type Contract } from '@ar/contracts/registry.js';
import type { StoredEvent } from '@ar/event-store/store.js';
import { publish } from '@ar/runtime/cloud-event.js';
import { publisher } from '../invoicing.publisher.js';
import { acknowledgements } from './acknowledgements.js';
import { businessTerms } from './business-terms.js';
import { invoice } from './invoice.js';
import { tenant } from './tenant.js';

interface Sample { readonly stored: Pick<StoredEvent, 'type' | 'data'>; readonly published: unknown }
const samples = (file: string) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as readonly Sample[];
const all = { tenant: samples('./tenant.history.json'), invoice: samples('./invoice.history.json'), terms: samples('./business-terms.history.json'), acknowledgements: samples('./acknowledgements.history.json') };

// Changing a sample is a decision: events like it are stored for ever, and what they are published as is what readers of the log get.
describe('events that were once stored', () => {
  it.each(Object.values(all).flat().map((s) => [s.stored.type, s] as const))('%s is published as it always was', (_type, { stored, published }) => {
    const event = publish('invoicing', publisher, stored);
    expect(encode(event.type, event.data as Contract[typeof event.type])).toEqual(published);
  });
  it('are all of those that there are', () => expect(Object.values(all).flat().map((s) => s.stored.type).sort()).toEqual(Object.keys(publisher).sort()));
  it('still make the state of a tenant and of an invoice', () => {
    const of = (s: Sample) => ({ ...s.stored.data, type: s.stored.type }) as never;
    expect(all.tenant.map(of).reduce((state, e) => tenant.evolve(state, e), tenant.initial)).toMatchObject({ status: 'taken-on', date: '2026-03-02', versions: { terms: 2, dunning: 1 } });
    expect(all.terms.map(of).reduce((state, e) => businessTerms.evolve(state, e), businessTerms.initial)).toEqual({ version: 2 });
    expect(all.acknowledgements.map(of).reduce((state, e) => acknowledgements.evolve(state, e), acknowledgements.initial)).toEqual(['general/2']);
    expect(all.invoice.map(of).reduce((state, e) => invoice.evolve(state, e), invoice.initial)).toMatchObject({ status: 'voided', invoice: { invoiceId: 'inv_1', total: { minor: 262_87, currency: 'EUR' } } });
  });
});
