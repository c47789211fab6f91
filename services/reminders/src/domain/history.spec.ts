import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { encode, type Contract } from '@ar/contracts/registry.js';
import type { StoredEvent } from '@ar/event-store/store.js';
import { publish } from '@ar/runtime/cloud-event.js';
import { publisher } from '../reminders.publisher.js';
import { debitNotice } from './debit-notice.js';
import { dunningCase } from './dunning-case.js';

interface Sample { readonly stored: Pick<StoredEvent, 'type' | 'data'>; readonly published: unknown }
const read = (name: string) => JSON.parse(readFileSync(new URL(`./${name}.history.json`, import.meta.url), 'utf8')) as readonly Sample[];
const [cases, notices] = [read('dunning-case'), read('debit-notice')];
const samples = [...cases, ...notices];

// Changing a sample is a decision: events like it are stored for ever, and what they are published as is what readers of the log get.
describe('events that were once stored', () => {
  it.each(samples.map((s) => [s.stored.type, s] as const))('%s is published as it always was', (_type, { stored, published }) => {
    const event = publish('reminders', publisher, stored);
    expect(encode(event.type, event.data as Contract[typeof event.type])).toEqual(published);
  });
  it('are all of those that there are', () => expect([...new Set(samples.map((s) => s.stored.type))].sort()).toEqual(Object.keys(publisher).sort()));
  it('still make the state of a case', () => {
    const state = cases.map((s) => ({ ...s.stored.data, type: s.stored.type }) as never).reduce((before, e) => dunningCase.evolve(before, e), dunningCase.initial);
    expect(state).toMatchObject({
      caseId: 'dun_1', open: false, lastOn: '2026-03-23', noAddressOn: '2026-03-30', reminded: { oit_1_1: { level: 2, beforeDue: false }, oit_2_1: { level: 0, beforeDue: true } },
      pauses: [{ pauseId: 'pau_1', from: '2026-04-01', to: '2026-04-02', resumed: true }], message: { effectKey: 'rem_3', sending: { status: 'suppressed', attempt: 1 } },
    });
  });
  it('still make the state of a notice', () => {
    const state = notices.slice(0, 4).map((s) => ({ ...s.stored.data, type: s.stored.type }) as never).reduce((before, e) => debitNotice.evolve(before, e), debitNotice.initial);
    expect(state).toMatchObject({ of: { debitId: 'ddt_1' }, announced: { amount: { minor: 10000 }, collectOn: '2026-03-24' }, sending: { status: 'sent', attempt: 2 } });
  });
});
