import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { encode, type Contract } from '@ar/contracts/registry.js';
import { publish } from '@ar/runtime/cloud-event.js';
import { publisher } from './credit.publisher.js';
import { creditAccount } from './domain/credit-account.js';
import { customer } from './domain/customer.js';

interface Sample { readonly stored: { readonly type: string }; readonly published: unknown }
const samplesOf = (file: string): readonly Sample[] => JSON.parse(readFileSync(new URL(`domain/${file}.history.json`, import.meta.url), 'utf8')) as Sample[];
const histories = [['customer', samplesOf('customer')], ['credit-account', samplesOf('credit-account')]] as const;

describe.each(histories)('what was ever stored of a %s', (_name, samples) => {
  it.each(samples.map((s) => [s.stored.type, s] as const))('%s is still published as it was', (_type, { stored, published }) => {
    const { type, ...data } = stored;
    const event = publish('credit', publisher, { type, data: data as never });
    expect(encode(event.type, event.data as Contract[typeof event.type])).toEqual(published);
  });
});

it('has a sample of every event', () => expect(new Set(histories.flatMap(([, samples]) => samples.map((s) => s.stored.type)))).toEqual(new Set(Object.keys(publisher))));

it('still makes the states that it made', () => {
  const state = (aggregate: { initial: unknown; evolve(state: never, event: never): unknown }, samples: readonly Sample[]) => samples.reduce((s, { stored }) => aggregate.evolve(s as never, stored as never), aggregate.initial);
  expect(state(customer, samplesOf('customer'))).toEqual({ registered: true });
  expect(state(creditAccount, samplesOf('credit-account'))).toEqual({
    limits: { EUR: { kind: 'amount', minor: 1_000_00 }, USD: { kind: 'unlimited' }, JPY: { kind: 'none' } },
    reservations: { rsv_4: { amount: { minor: 10_00, currency: 'EUR' }, expiresOn: '2026-04-01' } },
    ended: { rsv_1: 'converted', rsv_2: 'cancelled', rsv_3: 'expired' }, holdReasons: [], quietUntil: '2026-03-27',
  });
});
