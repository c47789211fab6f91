import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { debitItems, type DebitItemsEvent, isFree, itemsTakenBy } from './debit-items.js';

const { given } = testing(debitItems);
const of = { customer: 'c1', currency: 'EUR' };
const taken = (debitId: string, ...itemIds: string[]): DebitItemsEvent => ({ type: 'DebitItemsTaken', ...of, debitId, itemIds });
const released = (debitId: string, end: 'collected' | 'given-up', ...itemIds: string[]): DebitItemsEvent => ({ type: 'DebitItemsReleased', ...of, debitId, itemIds, end });

describe('an item', () => {
  it('is in one debit at a time', () => {
    given().when({ type: 'Take', ...of, debitId: 'd1', itemIds: ['a', 'b'] }).then(taken('d1', 'a', 'b'));
    given(taken('d1', 'a')).when({ type: 'Take', ...of, debitId: 'd2', itemIds: ['b', 'a'] }).thenRefused('open-item-in-debit');
  });
  it('is taken again where it is free', () => {
    given(taken('d2', 'a')).when({ type: 'TakeAgain', ...of, debitId: 'd1', itemIds: ['a', 'b'] }).then(taken('d1', 'b'));
    given(taken('d2', 'a')).when({ type: 'TakeAgain', ...of, debitId: 'd1', itemIds: ['a'] }).thenNothing();
  });
  it('is free when its debit has ended, and no policy takes it where that was given up', () => {
    given(taken('d1', 'a', 'b')).when({ type: 'Release', ...of, debitId: 'd1', end: 'collected' }).then(released('d1', 'collected', 'a', 'b'));
    given(taken('d1', 'a')).when({ type: 'Release', ...of, debitId: 'd2', end: 'collected' }).thenNothing();
    const state = given(taken('d1', 'a'), released('d1', 'given-up', 'a'), taken('d2', 'b'), taken('d3', 'c'), released('d3', 'collected', 'c')).state();
    expect(['a', 'b', 'c', 'd'].map((item) => isFree(state, item))).toEqual([false, false, true, true]);
    expect(itemsTakenBy(state, 'd2')).toEqual(['b']);
    given(taken('d1', 'a'), released('d1', 'given-up', 'a')).when({ type: 'Take', ...of, debitId: 'd4', itemIds: ['a'] }).then(taken('d4', 'a')); // a person may
  });
});
