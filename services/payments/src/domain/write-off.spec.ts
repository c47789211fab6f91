import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isRefusal } from '@ar/domain/decider.js';
import { testing } from '@ar/domain/given.js';
import { account, type AccountEvent, type Item, partsToWriteOff, sum, type WrittenPart } from './account.js';
import { notRecovered, type BookWriteOff, writeOff, type WriteOffEvent } from './write-off.js';

const { given } = testing(writeOff);
const of = { writeOffId: 'wof_1', customer: 'c1', currency: 'EUR' };
const item = (n: number): Item => ({ itemId: `oit_${n}_1`, kind: 'invoice', documentId: `inv_${n}`, documentNumber: `R-${n}`, references: [], instalment: 1, instalments: 1, originalMinor: 100_00, taxMinor: 16_00, issuedOn: '2026-03-02', dueOn: '2026-04-01' });
const part = (n: number, minor = 100_00, effectiveOn = '2026-06-01', openMinor = 0): WrittenPart => ({ item: item(n), minor, taxMinor: Math.round(minor * 0.16), openMinor, effectiveOn });
const wish = { ...of, items: [{ itemId: 'oit_1_1', minor: null }], method: 'direct', reasonCode: 'insolvency', reason: 'insolvent' } as const;
const book = (limit = '', parts: BookWriteOff['parts'] = [part(1)]): BookWriteOff => ({ type: 'Book', wish, parts, limit, expiryDays: 14 });
const propose = (limit = '', parts?: BookWriteOff['parts']) => ({ type: 'Propose', book: book(limit, parts), by: 'anna', today: '2026-06-01' }) as const;
const approve = (by: string, today = '2026-06-05', now?: BookWriteOff) => ({ type: 'Approve', writeOffId: 'wof_1', book: now ?? book('50', [part(1, 100_00, today)]), by, today }) as const;
const refuse = (by: string, today = '2026-06-05') => ({ type: 'Refuse', writeOffId: 'wof_1', by, reason: 'not yet', today }) as const;
const expire = (today: string) => ({ type: 'Expire', writeOffId: 'wof_1', today }) as const;
const reverse = { type: 'Reverse', writeOffId: 'wof_1', reason: 'in error', openMinor: { oit_1_1: 10_00 }, today: '2026-06-20' } as const;
const giveWay = (minor: number, itemId = 'oit_1_1') => ({ type: 'GiveWay', shares: [{ itemId, minor }], cause: 'credit-note', reason: 'C-1 credits it', openMinor: {}, effectiveOn: '2026-06-20' }) as const;
const recover = (minor: number | null, more: object = {}) => ({ type: 'Recover', writeOffId: 'wof_1', customer: 'c1', currency: 'EUR', groupId: 'g1', receiptId: 'rcp_1', minor, unappliedMinor: 500_00, freeFrom: '2026-07-01', openMinor: {}, ...more }) as const;

const booked = (...parts: readonly WrittenPart[]): WriteOffEvent => ({ type: 'WriteOffBooked', ...of, method: 'direct', reasonCode: 'insolvency', reason: 'insolvent', parts: parts.length > 0 ? parts : [part(1)], effectiveOn: '2026-06-01' });
const proposed: WriteOffEvent = { type: 'WriteOffProposed', ...of, command: { ...book('50'), parts: [part(1)] }, band: 'above 50', by: 'anna', lastDay: '2026-06-15' };
const reversed = (...parts: readonly WrittenPart[]): WriteOffEvent => ({ type: 'WriteOffReversed', ...of, method: 'direct', parts, cause: 'reversal', reason: 'in error', effectiveOn: '2026-06-20' });
const application = (n: number, minor: number) => ({ item: item(n), minor, openMinor: 0, effectiveOn: '2026-07-01', recovers: 'wof_1' });
const recovered = (...applications: ReturnType<typeof application>[]): WriteOffEvent => ({ type: 'WriteOffRecovered', ...of, groupId: 'g1', receiptId: 'rcp_1', applications, effectiveOn: '2026-07-01' });
const undone = (...applications: ReturnType<typeof application>[]): WriteOffEvent => ({ type: 'WriteOffRecoveryUndone', ...of, groupId: 'g1', receiptId: 'rcp_1', applications, effectiveOn: '2026-07-05' });

describe('a write-off', () => {
  it('is booked at once where no limit is set, or it is not above it', () => {
    given().when(propose()).then(booked());
    given().when(propose('100')).then(booked());
  });
  it('says why it cannot be', () => given().when(propose('', { refused: 'write-off-above-open', detail: {} })).thenRefused('write-off-above-open'));
  it('above the limit waits for a second person', () => given().when(propose('50')).then(proposed));
  it('that is not there is not approved, refused, taken back or recovered', () => {
    given().when(approve('ben')).thenRefused('approval-not-found');
    given().when(refuse('ben')).thenRefused('approval-not-found');
    given().when(reverse).thenRefused('write-off-not-found');
    given().when(giveWay(1)).thenRefused('write-off-not-found');
    given().when(recover(1)).thenRefused('write-off-not-found');
    given().when({ type: 'UndoRecovery', groupId: 'g1', applications: [], effectiveOn: '2026-07-05' }).thenRefused('write-off-not-found');
    given().when(expire('2026-07-01')).thenNothing();
  });
});

describe('a write-off that waits', () => {
  it('is approved by someone else, and booked as it is open then', () => given(proposed).when(approve('ben')).then({ type: 'WriteOffApproved', ...of, by: 'ben' }, { ...booked(part(1, 100_00, '2026-06-05')), effectiveOn: '2026-06-05' } as WriteOffEvent));
  it('is not approved by who asked for it', () => given(proposed).when(approve('anna')).thenRefused('approval-same-person'));
  it('is not approved once it cannot be booked any more', () => given(proposed).when(approve('ben', '2026-06-05', book('50', { refused: 'open-item-not-found', detail: {} }))).thenRefused('open-item-not-found'));
  it('is refused, or withdrawn by who asked for it', () => { for (const by of ['ben', 'anna']) given(proposed).when(refuse(by)).then({ type: 'WriteOffRefused', ...of, by, reason: 'not yet' }); });
  it('expires after its last day', () => {
    given(proposed).when(expire('2026-06-15')).thenNothing();
    given(proposed).when(expire('2026-06-16')).then({ type: 'WriteOffExpired', ...of });
    given(proposed).when(approve('ben', '2026-06-16')).thenRefused('approval-expired');
    given(proposed).when(refuse('ben', '2026-06-16')).thenRefused('approval-expired');
  });
  it('is not asked for twice, not even below the limit', () => given(proposed).when(propose()).thenRefused('approval-exists'));
  it('may be asked for again when it was refused or expired', () => {
    given(proposed, { type: 'WriteOffRefused', ...of, by: 'ben', reason: '' }).when(propose('50')).then(proposed);
    given(proposed, { type: 'WriteOffExpired', ...of }).when(propose('50')).then(proposed);
  });
  it('is not there yet to be taken back or recovered', () => { given(proposed).when(reverse).thenRefused('write-off-not-found'); given(proposed).when(recover(1)).thenRefused('write-off-not-found'); });
});

describe('a booked write-off', () => {
  it('is booked once', () => given(booked()).when(propose()).thenRefused('write-off-exists'));
  it('is not approved or refused any more', () => { given(booked()).when(approve('ben')).thenRefused('approval-not-found'); given(booked()).when(refuse('ben')).thenRefused('approval-not-found'); });
  it('is taken back whole, exactly as much as it closed, once', () => {
    given(booked()).when(reverse).then(reversed(part(1, 100_00, '2026-06-20', 110_00)));
    given(booked(), reversed(part(1))).when(reverse).thenRefused('write-off-reversed');
    given(booked(), reversed(part(1))).when(recover(1)).thenRefused('write-off-reversed');
  });
  it('gives way in part, its tax with it', () => {
    given(booked()).when(giveWay(25_00)).then({ ...reversed({ ...part(1, 25_00, '2026-06-20', 25_00), taxMinor: 4_00 }), cause: 'credit-note', reason: 'C-1 credits it' } as WriteOffEvent);
    expect(given(booked(), reversed(part(1, 25_00))).state().inner).toMatchObject({ parts: [{ minor: 75_00, taxMinor: 12_00 }] });
    given(booked()).when(giveWay(1, 'oit_9_1')).thenNothing();
  });
  it('is not given way with what came in', () => given(booked(), recovered(application(1, 90_00))).when(giveWay(10_01)).thenRefused('write-off-recovered'));
});

describe('money for what was written off', () => {
  it('is a recovery, from the day on which it was both money and lost', () => given(booked()).when(recover(30_00)).then(recovered(application(1, 30_00))));
  it('is as much as there is of it, and as is left to recover, where nobody says', () => {
    given(booked()).when(recover(null)).then(recovered(application(1, 100_00)));
    given(booked()).when(recover(null, { unappliedMinor: 7_00 })).then(recovered(application(1, 7_00)));
  });
  it('goes to the items in their order', () => given(booked(part(1), part(2))).when(recover(130_00)).then(recovered(application(1, 100_00), application(2, 30_00))));
  it('is never more than was lost, or than there is of it', () => {
    given(booked()).when(recover(100_01)).thenRefused('write-off-over-recovered');
    given(booked(), recovered(application(1, 100_00))).when(recover(null)).thenRefused('write-off-over-recovered');
    given(booked()).when(recover(30_00, { unappliedMinor: 29_99 })).thenRefused('receipt-over-applied');
    given(booked()).when(recover(null, { unappliedMinor: 0 })).thenRefused('receipt-over-applied');
  });
  it('is the same customer\'s, in the same currency', () => {
    given(booked()).when(recover(1, { customer: 'c2' })).thenRefused('write-off-of-another');
    given(booked()).when(recover(1, { currency: 'USD' })).thenRefused('currency-mismatch');
  });
  it('goes back before the write-off does', () => {
    given(booked(), recovered(application(1, 30_00))).when(reverse).thenRefused('write-off-recovered');
    given(booked(), recovered(application(1, 30_00))).when({ type: 'UndoRecovery', groupId: 'g1', applications: [application(1, 30_00)], effectiveOn: '2026-07-05' }).then(undone(application(1, 30_00)));
    given(booked(), recovered(application(1, 30_00)), undone(application(1, 30_00))).when(reverse).then(reversed(part(1, 100_00, '2026-06-20', 110_00)));
    expect(given(booked(part(1), part(2)), recovered(application(1, 100_00), application(2, 30_00)), undone(application(1, 100_00))).state().inner).toMatchObject({ recoveries: { g1: { applications: [application(2, 30_00)] } } });
  });
});

describe('what of an account is written off', () => {
  const posted = (n: number): AccountEvent => ({ type: 'OpenItemPosted', customer: 'c1', currency: 'EUR', item: item(n), orderNumber: '', externalNumber: '', paymentReference: '', effectiveOn: '2026-03-02' });
  const accountWith = (...events: readonly AccountEvent[]) => events.reduce((s, e) => account.evolve(s, e), account.initial);
  const parts = (asked: Parameters<typeof partsToWriteOff>[1], ...events: readonly AccountEvent[]) => partsToWriteOff(accountWith(posted(1), posted(2), ...events), asked, '2026-06-01', 'EUR');
  it('is all that is open of an item, or a part of it, with the tax within', () => expect(parts([{ itemId: 'oit_1_1', minor: null }, { itemId: 'oit_2_1', minor: 25_00 }])).toEqual([part(1), part(2, 25_00, '2026-06-01', 75_00)]));
  it('is at most what it was when it was asked for', () => expect(parts([{ itemId: 'oit_1_1', minor: null, atMostMinor: 60_00 }])).toEqual([part(1, 60_00, '2026-06-01', 40_00)]));
  it('may be disputed', () => expect(parts([{ itemId: 'oit_1_1', minor: null }], { type: 'OpenItemDisputed', customer: 'c1', currency: 'EUR', itemId: 'oit_1_1', disputeId: 'd1', minor: 1 })).toEqual([part(1)]));
  it.each([
    ['of an item that is not open', 'open-item-not-found', [{ itemId: 'oit_9_1', minor: null }]], ['twice of one', 'write-off-item-twice', [{ itemId: 'oit_1_1', minor: 1 }, { itemId: 'oit_1_1', minor: 1 }]],
    ['above what is open', 'write-off-above-open', [{ itemId: 'oit_1_1', minor: 100_01 }]], ['of nothing', 'write-off-not-positive', [{ itemId: 'oit_1_1', minor: 0 }]],
  ])('is not %s: %s', (_what, refused, asked) => expect(parts(asked)).toMatchObject({ refused }));
  it('is nothing of a void invoice', () => expect(parts([{ itemId: 'oit_1_1', minor: null }], { type: 'DocumentVoidPending', customer: 'c1', currency: 'EUR', documentId: 'inv_1', voidOn: '2026-05-01' })).toMatchObject({ refused: 'open-item-voided' }));
});

it('is never recovered beyond what of it holds, whatever is recovered, taken back and given way to in whatever order', () => fc.assert(fc.property(
  fc.array(fc.record({ what: fc.constantFrom('recover' as const, 'undo' as const, 'give-way' as const, 'reverse' as const), minor: fc.integer({ min: 1, max: 120_00 }), n: fc.integer({ min: 1, max: 2 }) }), { maxLength: 20 }), (acts) => {
    let state = [booked(part(1), part(2))].reduce((s, e) => writeOff.evolve(s, e), writeOff.initial);
    acts.forEach(({ what, minor, n }, i) => {
      const recoveries = state.inner.status === 'booked' ? Object.entries(state.inner.recoveries) : [];
      const [groupId, of] = recoveries[minor % Math.max(1, recoveries.length)] ?? ['', undefined];
      const made = what === 'undo' ? (of ? writeOff.decide({ type: 'UndoRecovery', groupId, applications: of.applications, effectiveOn: '2026-07-05' }, state) : [])
        : writeOff.decide(what === 'recover' ? { ...recover(minor), groupId: `g${i}` } : what === 'give-way' ? giveWay(minor, `oit_${n}_1`) : reverse, state);
      if (!isRefusal(made)) state = made.reduce((s, e) => writeOff.evolve(s, e), state);
      if (state.inner.status === 'none') throw new Error('it was booked');
      for (const p of state.inner.parts) if (!(notRecovered(state.inner, p.item.itemId) >= 0 && p.minor > 0 && p.taxMinor >= 0 && p.taxMinor <= p.minor)) throw new Error(`${p.item.itemId} holds ${p.minor}, ${p.taxMinor} of it tax`);
      expect(sum(Object.values(state.inner.recoveries).flatMap((r) => r.applications))).toBeLessThanOrEqual(sum(state.inner.parts));
    });
  })));
