import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { MOST_PAID_FOR, paidForOn, payer, type PayerCommand, type PayerEvent } from './payer.js';

const { given } = testing(payer);
const of = { customer: 'parent', by: 'anna', reason: 'group' };
const link = (paidFor = 'child', fromOn = '2026-03-01', unknown = ''): PayerCommand => ({ type: 'Link', ...of, paidFor, fromOn, unknown });
const linked = (paidFor = 'child', fromOn = '2026-03-01'): PayerEvent => ({ type: 'PayerLinked', ...of, paidFor, fromOn });
const unlink = (untilOn = '2026-03-31'): PayerCommand => ({ type: 'Unlink', ...of, paidFor: 'child', untilOn });
const unlinked = (untilOn = '2026-03-31'): PayerEvent => ({ type: 'PayerUnlinked', ...of, paidFor: 'child', untilOn });

describe('a payer', () => {
  it('pays for customers who are known, others than itself', () => {
    given().when(link()).then(linked());
    for (const [unknown, field] of [['parent', 'payer_customer_id'], ['child', 'customer_id']] as const)
      expect(payer.decide(link('child', '2026-03-01', unknown), payer.initial)).toMatchObject({ refused: 'customer-not-found', detail: { customer: unknown, field } });
    given().when(link('parent')).thenRefused('payer-is-customer');
  });
  it('has one link to a customer at a time', () => {
    given(linked()).when(link('child', '2026-05-01')).thenRefused('payer-link-exists');
    given(linked(), unlinked()).when(link('child', '2026-03-31')).thenRefused('payer-link-exists');
    given(linked(), unlinked()).when(link('child', '2026-04-01')).then(linked('child', '2026-04-01'));
  });
  it('pays for so many at most', () => {
    const many = Array.from({ length: MOST_PAID_FOR }, (_, n) => linked(`c${n}`));
    given(...many).when(link()).thenRefused('too-many-payer-links');
    given(...many.slice(1)).when(link()).then(linked());
  });
  it('ends a link that has begun, once', () => {
    given().when(unlink()).thenRefused('payer-link-not-found');
    given(linked()).when(unlink()).then(unlinked());
    given(linked()).when(unlink('2026-02-28')).thenRefused('payer-link-not-begun');
    given(linked(), unlinked()).when(unlink()).thenRefused('payer-link-not-found');
  });
  it('pays for whom it is linked with on that day', () => {
    const { links } = given(linked('z'), linked('child', '2026-03-05'), unlinked('2026-03-10')).state();
    expect(['2026-02-28', '2026-03-04', '2026-03-05', '2026-03-10', '2026-03-11'].map((day) => paidForOn(links, day))).toEqual([[], ['z'], ['child', 'z'], ['child', 'z'], ['z']]);
  });
});
