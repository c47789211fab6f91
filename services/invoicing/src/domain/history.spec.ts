import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { encode, type Contract } from '@ar/contracts/registry.js';
import type { StoredEvent } from '@ar/event-store/store.js';
import { publish } from '@ar/runtime/cloud-event.js';
import { publisher } from '../invoicing.publisher.js';
import { contractPrice } from './contract-price.js';
import { countedInvoices } from './counted-invoices.js';
import { creditNote } from './credit-note.js';
import { debitNote } from './debit-note.js';
import { attachments } from './attachments.js';
import { delivery } from './delivery.js';
import { deliveryPreferences } from './delivery-preferences.js';
import { fulfilment } from './fulfilment.js';
import { acknowledgements } from './acknowledgements.js';
import { businessTerms } from './business-terms.js';
import { invoice } from './invoice.js';
import { invoiceResponse } from './invoice-response.js';
import { invoiceSchedule } from './invoice-schedule.js';
import { tenant } from './tenant.js';

interface Sample { readonly stored: Pick<StoredEvent, 'type' | 'data'>; readonly published: unknown }
const samples = (file: string) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as readonly Sample[];
const all = {
  tenant: samples('./tenant.history.json'), invoice: samples('./invoice.history.json'), creditNote: samples('./credit-note.history.json'), debitNote: samples('./debit-note.history.json'), schedule: samples('./invoice-schedule.history.json'),
  delivery: samples('./delivery.history.json'), preferences: samples('./delivery-preferences.history.json'), attachments: samples('./attachments.history.json'),
  terms: samples('./business-terms.history.json'), acknowledgements: samples('./acknowledgements.history.json'), price: samples('./contract-price.history.json'), fulfilment: samples('./fulfilment.history.json'), counted: samples('./counted-invoices.history.json'), response: samples('./invoice-response.history.json'),
};
const every = Object.values(all).flat();

// Changing a sample is a decision: events like it are stored for ever, and what they are published as is what readers of the log get.
describe('events that were once stored', () => {
  it.each(every.map((s) => [s.stored.type, s] as const))('%s is published as it always was', (_type, { stored, published }) => {
    const event = publish('invoicing', publisher, stored);
    expect(encode(event.type, event.data as Contract[typeof event.type])).toEqual(published);
  });
  it('are all of those that there are', () => expect([...new Set(every.map((s) => s.stored.type))].sort()).toEqual(Object.keys(publisher).sort()));
  it('still make the state of a tenant, an invoice, its notes and a schedule', () => {
    const of = (s: Sample) => ({ ...s.stored.data, type: s.stored.type }) as never;
    expect(all.tenant.map(of).reduce((state, e) => tenant.evolve(state, e), tenant.initial)).toMatchObject({ status: 'taken-on', date: '2026-03-02', versions: { terms: 2, dunning: 1 } });
    expect(all.invoice.map(of).reduce((state, e) => invoice.evolve(state, e), invoice.initial)).toMatchObject({ status: 'voided', invoice: { invoiceId: 'inv_1', total: { minor: 262_87, currency: 'EUR' } }, creditable: { creditedMinor: 96_39, lines: [{ leftMinor: 136_00, leftQuantity: '2' }, { description: 'Freight', leftMinor: 3_90 }] } });
    expect(all.terms.map(of).reduce((state, e) => businessTerms.evolve(state, e), businessTerms.initial)).toEqual({ version: 2 });
    expect(all.acknowledgements.map(of).reduce((state, e) => acknowledgements.evolve(state, e), acknowledgements.initial)).toEqual(['general/2']);
    expect(all.delivery.slice(0, -1).map(of).reduce((state, e) => delivery.evolve(state, e), delivery.initial)).toMatchObject({ of: { documentId: 'inv_1' }, sending: { status: 'sent', attempt: 2 }, reported: 'bounced' });
    expect(all.preferences.map(of).reduce((state, e) => deliveryPreferences.evolve(state, e), deliveryPreferences.initial)).toMatchObject({ channel: 'email', attachXml: true });
    expect(all.attachments.map(of).reduce((state, e) => attachments.evolve(state, e), attachments.initial)).toEqual({ invoiceId: 'inv_1', customerId: 'c1', files: [], removed: ['att_1'] });
    expect(all.price.map(of).reduce((state, e) => contractPrice.evolve(state, e), contractPrice.initial)).toEqual({ status: 'agreed', customerId: 'c1', validUntil: '2026-06-30' });
    expect(all.fulfilment.map(of).reduce((state, e) => fulfilment.evolve(state, e), fulfilment.initial)).toEqual({ status: 'delivered', customerId: 'c1', quantity: '11.5' });
    expect(all.counted.map(of).reduce((state, e) => countedInvoices.evolve(state, e), countedInvoices.initial)).toMatchObject([{ invoiceId: 'inv_1', orderNumber: 'PO-4711', articles: [{ articleId: 'A-100', quantity: '2' }] }]);
    expect(all.response.map(of).reduce((state, e) => invoiceResponse.evolve(state, e), invoiceResponse.initial)).toMatchObject({ status: 'received', customerId: 'c1' });
    expect(all.creditNote.map(of).reduce((state, e) => creditNote.evolve(state, e), creditNote.initial)).toEqual({ inner: 'issued', pending: {}, customerId: 'c1' });
    expect(all.debitNote.map(of).reduce((state, e) => debitNote.evolve(state, e), debitNote.initial)).toEqual({ status: 'issued', customerId: 'c1' });
    expect(all.schedule.map(of).reduce((state, e) => invoiceSchedule.evolve(state, e), invoiceSchedule.initial)).toMatchObject({ status: 'ended', scheduleId: 'sch_1', issued: 1, skipped: 2, nextDate: '', template: { terms: { due: { netDays: 14 } } } });
  });
});
