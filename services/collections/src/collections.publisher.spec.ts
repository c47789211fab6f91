import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { encode, type Contract } from '@ar/contracts/registry.js';
import { publish } from '@ar/runtime/cloud-event.js';
import { publisher } from './collections.publisher.js';
import { collectionCase } from './domain/collection-case.js';

interface Sample { readonly stored: { readonly type: string }; readonly published: unknown }
const samples = JSON.parse(readFileSync(new URL('domain/collection-case.history.json', import.meta.url), 'utf8')) as Sample[];

describe('what was ever stored of a case', () => {
  it.each(samples.map((s) => [s.stored.type, s] as const))('%s is still published as it was', (_type, { stored, published }) => {
    const { type, ...data } = stored;
    const event = publish('collections', publisher, { type, data: data as never });
    expect(encode(event.type, event.data as Contract[typeof event.type])).toEqual(published);
  });
  it('has a sample of every event', () => expect(new Set(samples.map((s) => s.stored.type))).toEqual(new Set(Object.keys(publisher))));
  it('still makes the state that it made', () =>
    expect(samples.reduce((state, s) => collectionCase.evolve(state, s.stored as never), collectionCase.initial)).toEqual({
      caseId: '', cases: 1, contacts: { con_1: true },
      promises: { open: {}, ended: { ptp_1: 'superseded', ptp_2: 'withdrawn', ptp_3: 'broken', ptp_4: 'partly-kept', ptp_5: 'kept' }, notKept: { oit_1: 3 } },
      disputes: { open: {}, ended: { dsp_1: 'resolved', dsp_2: 'closed' } },
    }));
});
