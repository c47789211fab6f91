import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { account, type AccountCommand, type AccountEvent, accountId, disputedMinor, type Item } from './account.js';
import { itemsById, seen } from './account.world.js';

const { given } = testing(account);
/** The state with plain values, as a snapshot has it. */
const stateOf = (...facts: readonly AccountEvent[]) => { const state = given(...facts).state(); return { ...state, items: state.items.toJSON(), cash: state.cash.toJSON() }; };
const of = { customer: 'c1', currency: 'EUR' };
const item: Item = { itemId: 'oit_1_1', kind: 'invoice', documentId: 'inv_1', documentNumber: 'R-1', references: ['R-1'], instalment: 1, instalments: 1, originalMinor: 100, taxMinor: 16, issuedOn: '2026-03-02', dueOn: '2026-04-01' };
const names = { orderNumber: '', externalNumber: '', paymentReference: '' };
const posted: AccountEvent = { type: 'OpenItemPosted', ...of, item, ...names, effectiveOn: '2026-03-02' };
const placed: AccountEvent = { type: 'UnappliedCashPlaced', ...of, receiptId: 'rcp_1', minor: 150, onAccount: false, valueOn: '2026-03-05', from: 'bank', transferId: '', effectiveOn: '2026-03-05' };
const settle = (minor: number, itemId = 'oit_1_1'): AccountCommand => ({ type: 'Settle', ...of, groupId: 'g1', receiptId: 'rcp_1', shares: [{ itemId, minor }] });
const settled = (minor: number, openMinor: number): AccountEvent => ({ type: 'OpenItemsSettled', ...of, groupId: 'g1', receiptId: 'rcp_1', valueOn: '2026-03-05', applications: [{ item, minor, openMinor, effectiveOn: '2026-03-05' }], effectiveOn: '2026-03-05' });
const reopened = (minor: number, openMinor: number, effectiveOn: string): AccountEvent =>
  ({ type: 'OpenItemsReopened', ...of, groupId: 'g1', receiptId: 'rcp_1', valueOn: '2026-03-05', onAccount: false, applications: [{ item, minor, openMinor, effectiveOn }], cause: 'unapplication', effectiveOn });
const voided: AccountCommand = { type: 'VoidDocument', ...of, documentId: 'inv_1', instalments: 1, voidOn: '2026-03-10' };
const pending: AccountEvent = { type: 'DocumentVoidPending', ...of, documentId: 'inv_1', voidOn: '2026-03-10' };
const closed = (effectiveOn: string): AccountEvent => ({ type: 'OpenItemClosed', ...of, item, minor: 100, taxMinor: 16, cause: 'void', effectiveOn });

describe('an empty account', () => {
  it('takes an item', () => given().when({ type: 'PostItems', ...of, items: [item], ...names }).then(posted));
  it('takes money', () => given().when({ type: 'PlaceCash', ...of, receiptId: 'rcp_1', minor: 150, onAccount: false, valueOn: '2026-03-05', from: 'bank', transferId: '', effectiveOn: '2026-03-05' }).then(placed));
  it('has no money to take away', () => given().when({ type: 'TakeCash', ...of, receiptId: 'rcp_1', cause: 'reversal', transferId: '', effectiveOn: '2026-03-06' }).thenRefused('receipt-over-applied'));
  it('has none to settle with', () => given(posted).when(settle(1)).thenRefused('receipt-over-applied'));
  it('has nothing to dispute', () => given().when({ type: 'Dispute', ...of, disputeId: 'd1', shares: [{ itemId: 'oit_1_1', minor: 5 }] }).thenNothing());
  it('is called by its customer and its currency', () => expect([accountId('c1-EUR', 'USD'), account.customer('c1-EUR-USD', account.initial)]).toEqual(['c1-EUR-USD', 'c1-EUR']));
});

describe('an open item', () => {
  it('is posted once', () => given(posted).when({ type: 'PostItems', ...of, items: [item], ...names }).thenRefused('open-item-exists'));
  it('is settled by a payment of its whole balance, and leaves the state', () => {
    given(posted, placed).when(settle(100)).then(settled(100, 0));
    expect(stateOf(posted, placed, settled(100, 0))).toMatchObject({ items: {}, cash: { rcp_1: { unappliedMinor: 50 } } });
  });
  it('is settled in part', () => {
    given(posted, placed).when(settle(60)).then(settled(60, 40));
    expect(itemsById(given(posted, placed, settled(60, 40)).state())['oit_1_1']).toMatchObject({ openMinor: 40 });
  });
  it('is not settled beyond what is open', () => given(posted, placed).when(settle(101)).thenRefused('open-item-over-applied'));
  it('is not settled with nothing', () => given(posted, placed).when(settle(0)).thenRefused('application-not-positive'));
  it('is not settled twice in one group', () => given(posted, placed).when({ type: 'Settle', ...of, groupId: 'g1', receiptId: 'rcp_1', shares: [{ itemId: 'oit_1_1', minor: 1 }, { itemId: 'oit_1_1', minor: 1 }] }).thenRefused('application-item-twice'));
  it('is one that was posted', () => given(posted, placed).when(settle(1, 'oit_9_1')).thenRefused('open-item-not-found'));
  it('is settled from its issue date on with money that came before it', () => {
    const early: AccountEvent = { ...placed, type: 'UnappliedCashPlaced', valueOn: '2026-02-20', effectiveOn: '2026-02-20' } as AccountEvent;
    given(posted, early).when(settle(100)).then({ type: 'OpenItemsSettled', ...of, groupId: 'g1', receiptId: 'rcp_1', valueOn: '2026-02-20', applications: [{ item, minor: 100, openMinor: 0, effectiveOn: '2026-03-02' }], effectiveOn: '2026-03-02' });
  });
  it('is closed by a void from the void date on', () => given(posted).when(voided).then(closed('2026-03-10')));
  it('is disputed in part until the dispute ends', () => {
    const disputed: AccountEvent = { type: 'OpenItemDisputed', ...of, itemId: 'oit_1_1', disputeId: 'd1', minor: 70 };
    const ended: AccountEvent = { type: 'OpenItemDisputeEnded', ...of, itemId: 'oit_1_1', disputeId: 'd1' };
    given(posted).when({ type: 'Dispute', ...of, disputeId: 'd1', shares: [{ itemId: 'oit_1_1', minor: 70 }] }).then(disputed);
    given(posted, disputed).when({ type: 'EndDispute', ...of, disputeId: 'd1' }).then(ended);
    given(posted, disputed, ended).when({ type: 'EndDispute', ...of, disputeId: 'd1' }).thenNothing();
    const state = given(posted, placed, disputed, settled(60, 40)).state();
    expect(disputedMinor(itemsById(state)['oit_1_1']!)).toBe(40); // never more than what is open
  });
});

describe('a settled item', () => {
  const facts = [posted, placed, settled(100, 0)];
  const undo: AccountCommand = { type: 'Reopen', ...of, groupId: 'g1', receiptId: 'rcp_1', valueOn: '2026-03-05', onAccount: false, applications: [{ item, minor: 100, openMinor: 0, effectiveOn: '2026-03-05' }], cause: 'unapplication', effectiveOn: '2026-03-20' };
  it('is given back exactly, with its original due date', () => {
    given(...facts).when(undo).then(reopened(100, 100, '2026-03-20'));
    expect(seen(given(...facts, reopened(100, 100, '2026-03-20')).state())).toMatchObject({ items: { oit_1_1: { openMinor: 100, dueOn: '2026-04-01', freeFrom: '2026-03-20' } }, cash: { rcp_1: { unappliedMinor: 150 } } });
  });
  it('is given back no earlier than it was settled', () => given(...facts).when({ ...undo, effectiveOn: '2026-03-01' } as AccountCommand).then(reopened(100, 100, '2026-03-05')));
  it('is settled again from the day on which it was given back: before, it was settled already', () =>
    given(...facts, reopened(100, 100, '2026-03-20')).when(settle(100)).then({ type: 'OpenItemsSettled', ...of, groupId: 'g1', receiptId: 'rcp_1', valueOn: '2026-03-05', applications: [{ item, minor: 100, openMinor: 0, effectiveOn: '2026-03-20' }], effectiveOn: '2026-03-20' }));
  it('gives its money back to a receipt that had none left', () => expect(stateOf(posted, { ...placed, minor: 100 } as AccountEvent, settled(100, 0), reopened(100, 100, '2026-03-20')).cash['rcp_1']).toMatchObject({ unappliedMinor: 100, valueOn: '2026-03-05' }));
  it('waits for its money when its document is voided', () => {
    given(...facts).when(voided).then(pending);
    given(...facts, pending).when(voided).thenNothing();
  });
  it('is closed once its money is back, not before it was settled', () => given(...facts, pending, reopened(100, 100, '2026-03-20')).when({ type: 'CloseVoided', ...of, documentId: 'inv_1' }).then(closed('2026-03-20')));
  it('takes no more money while the void is pending', () => given(...facts, pending, reopened(100, 100, '2026-03-20')).when(settle(10)).thenRefused('open-item-voided'));
});

describe('a document that is not void', () => {
  it('is not closed', () => given(posted).when({ type: 'CloseVoided', ...of, documentId: 'inv_1' }).thenNothing());
  it('is void once', () => expect(stateOf(posted, placed, settled(60, 40), pending, reopened(60, 100, '2026-03-12'), closed('2026-03-12'))).toMatchObject({ items: {}, voids: {} }));
});

describe('unapplied money', () => {
  const held: AccountEvent = { type: 'UnappliedCashHeld', ...of, receiptId: 'rcp_1', holds: [{ references: ['R-8'], minor: 40 }, { references: ['R-9'], minor: 60 }] };
  it('waits in parts for documents', () => given(placed).when({ type: 'HoldCash', ...of, receiptId: 'rcp_1', holds: held.type === 'UnappliedCashHeld' ? held.holds : [] }).then(held));
  it('may be used by a person, the last part that waits first', () => expect(stateOf(posted, placed, held, settled(100, 0)).cash['rcp_1']!.holds).toEqual([{ references: ['R-8'], minor: 40 }, { references: ['R-9'], minor: 10 }]));
  it('is taken away whole, no earlier than it was last given back', () => {
    given(placed).when({ type: 'TakeCash', ...of, receiptId: 'rcp_1', cause: 'transfer', transferId: 't', effectiveOn: '2026-03-05' }).then({ type: 'UnappliedCashTaken', ...of, receiptId: 'rcp_1', minor: 150, cause: 'transfer', transferId: 't', effectiveOn: '2026-03-05' });
    given(posted, placed, settled(100, 0), reopened(100, 100, '2026-03-20')).when({ type: 'TakeCash', ...of, receiptId: 'rcp_1', cause: 'reversal', transferId: '', effectiveOn: '2026-03-10' })
      .then({ type: 'UnappliedCashTaken', ...of, receiptId: 'rcp_1', minor: 150, cause: 'reversal', transferId: '', effectiveOn: '2026-03-20' });
  });
  it('is the same from a snapshot', () => { const state = given(placed, held).state(); const again = account.restored!(JSON.parse(JSON.stringify(state))); expect([JSON.stringify(again), again.cash.get('rcp_1')]).toEqual([JSON.stringify(state), state.cash.get('rcp_1')]); });
  it('is gone once it is taken', () => expect(stateOf(placed, { type: 'UnappliedCashTaken', ...of, receiptId: 'rcp_1', minor: 150, cause: 'reversal', transferId: '', effectiveOn: '2026-03-05' }).cash).toEqual({}));
});

describe('a due date that moves', () => {
  const change: AccountCommand = { type: 'ChangeDue', ...of, itemId: 'oit_1_1', documentId: 'inv_1', instalment: 1, formerDueOn: '2026-04-01', dueOn: '2026-04-15' };
  const changed: AccountEvent = { type: 'OpenItemDueChanged', ...of, itemId: 'oit_1_1', documentId: 'inv_1', instalment: 1, formerDueOn: '2026-04-01', dueOn: '2026-04-15' };
  const reopen: AccountCommand = { type: 'Reopen', ...of, groupId: 'g1', receiptId: 'rcp_1', valueOn: '2026-03-05', onAccount: false, applications: [{ item, minor: 100, openMinor: 0, effectiveOn: '2026-03-05' }], cause: 'unapplication', effectiveOn: '2026-03-06' };
  it('is that of the open item', () => { given(posted).when(change).then(changed); expect(itemsById(given(posted, changed).state())['oit_1_1']).toMatchObject({ dueOn: '2026-04-15', openMinor: 100 }); });
  it('is kept while the item is settled, and it is due then when it is given back', () => {
    given(posted, placed, settled(100, 0)).when(change).then(changed);
    given(posted, placed, settled(100, 0), changed).when(reopen).then({ ...reopened(100, 100, '2026-03-06'), applications: [{ item: { ...item, dueOn: '2026-04-15' }, minor: 100, openMinor: 100, effectiveOn: '2026-03-06' }] } as AccountEvent);
  });
  it('is forgotten with a voided document', () => expect(stateOf(posted, changed, closed('2026-03-10'))).toEqual({ items: {}, cash: {}, voids: {}, moved: {}, uses: {}, writtenOff: {} }));
});

describe('an item that was taken on by mistake', () => {
  const close: AccountCommand = { type: 'CloseTakenOn', ...of, itemId: 'oit_1_1', today: '2026-03-10' };
  it('is closed', () => given(posted).when(close).then({ ...closed('2026-03-10'), cause: 'take-on' } as AccountEvent));
  it('is not, where anything was made of it', () => {
    given(posted, placed, settled(40, 60)).when(close).thenRefused('taken-on-in-use');
    given(posted, placed, settled(100, 0)).when(close).thenRefused('taken-on-in-use');
    given(posted, { type: 'OpenItemDisputed', ...of, itemId: 'oit_1_1', disputeId: 'dsp_1', minor: 10 }).when(close).thenRefused('taken-on-in-use');
  });
});
