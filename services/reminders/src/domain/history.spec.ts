import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { encode, type Contract } from '@ar/contracts/registry.js';
import type { StoredEvent } from '@ar/event-store/store.js';
import { publish } from '@ar/runtime/cloud-event.js';
import { publisher } from '../reminders.publisher.js';
import { dunningCase } from './dunning-case.js';

interface Sample { readonly stored: Pick<StoredEvent, 'type' | 'data'>; readonly published: unknown }
const samples = JSON.parse(readFileSync(new URL('./dunning-case.history.json', import.meta.url), 'utf8')) as readonly Sample[];

// Changing a sample is a decision: events like it are stored for ever, and what they are published as is what readers of the log get.
describe('events that were once stored', () => {
  it.each(samples.map((s) => [s.stored.type, s] as const))('%s is published as it always was', (_type, { stored, published }) => {
    const event = publish('reminders', publisher, stored);
    expect(encode(event.type, event.data as Contract[typeof event.type])).toEqual(published);
  });
  it('are all of those that there are', () => expect([...new Set(samples.map((s) => s.stored.type))].sort()).toEqual(Object.keys(publisher).sort()));
  it('still make the state of a case', () => {
    const state = samples.map((s) => ({ ...s.stored.data, type: s.stored.type }) as never).reduce((before, e) => dunningCase.evolve(before, e), dunningCase.initial);
    expect(state).toMatchObject({
      caseId: 'dun_1', open: false, lastOn: '2026-03-23', noAddressOn: '2026-03-30', reminded: { oit_1_1: { level: 2, beforeDue: false }, oit_2_1: { level: 0, beforeDue: true } },
      pauses: [{ pauseId: 'pau_1', from: '2026-04-01', to: '2026-04-02', resumed: true }], message: { effectKey: 'rem_3', sending: { status: 'suppressed', attempt: 1 } },
    });
  });
});
