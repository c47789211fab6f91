import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import type { Item } from './account.js';
import { postedCreditNote, type PostedCreditEvent } from './posted-credit-note.js';

const { given } = testing(postedCreditNote);
const of = { creditNoteId: 'crn_1', customer: 'c1', currency: 'EUR' };
const item = (n: number): Item => ({ itemId: `oit_${n}_1`, kind: 'invoice', documentId: `inv_${n}`, documentNumber: `R-${n}`, references: [], instalment: 1, instalments: 1, originalMinor: 100, taxMinor: 16, issuedOn: '2026-03-02', dueOn: '2026-04-01' });
const part = (n: number, minor: number, openMinor = 100 - minor) => ({ item: item(n), minor, openMinor, effectiveOn: '2026-03-05' });
const post = { type: 'Post', ...of, number: 'C-1', invoiceId: 'inv_1', minor: 150, issuedOn: '2026-03-05' } as const;
const posted: PostedCreditEvent = { type: 'CreditNotePosted', ...of, number: 'C-1', invoiceId: 'inv_1', minor: 150, effectiveOn: '2026-03-05' };
const apply = (...applications: ReturnType<typeof part>[]) => ({ type: 'Apply', groupId: 'g1', rule: 'own-invoice', applications, trace: [], policyVersion: 0 }) as const;
const applied = (unappliedMinor: number, ...applications: ReturnType<typeof part>[]): PostedCreditEvent => ({ type: 'CreditApplied', ...of, groupId: 'g1', rule: 'own-invoice', applications, unappliedMinor, trace: [], policyVersion: 0, effectiveOn: '2026-03-05' });
const unapply = (...itemIds: string[]) => ({ type: 'Unapply', groupId: 'g1', itemIds, openMinor: { oit_1_1: 10 }, effectiveOn: '2026-03-08' }) as const;
const ask = (...currencies: string[]) => ({ type: 'AskToUse', creditNoteId: 'crn_1', currencies }) as const;

describe('a credit note that the ledger does not have', () => {
  it('is posted', () => given().when(post).then(posted));
  it('is used for nothing', () => {
    given().when(ask('EUR')).thenRefused('credit-note-not-found');
    given().when(apply(part(1, 10))).thenRefused('credit-note-not-found');
    given().when(unapply('oit_1_1')).thenRefused('credit-note-not-found');
  });
});

describe('a posted credit note', () => {
  it('is posted once', () => given(posted).when(post).thenRefused('credit-note-exists'));
  it('is used in its own currency', () => { given(posted).when(ask('EUR')).thenNothing(); given(posted).when(ask('EUR', 'USD')).thenRefused('currency-mismatch'); });
  it('is used up to what is left of it, and not for nothing', () => {
    given(posted).when(apply(part(1, 100), part(2, 50))).then(applied(0, part(1, 100), part(2, 50)));
    given(posted).when(apply(part(1, 100), part(2, 51))).thenRefused('credit-over-applied');
    given(posted).when(apply()).thenRefused('application-empty');
  });
  it('has back what is taken back of it, for some items or all', () => {
    given(posted, applied(0, part(1, 100), part(2, 50))).when(unapply('oit_1_1')).then({ type: 'CreditUnapplied', ...of, groupId: 'g1', applications: [{ ...part(1, 100), openMinor: 110 }], unappliedMinor: 100, cause: 'void', effectiveOn: '2026-03-08' });
    const undone: PostedCreditEvent = { type: 'CreditUnapplied', ...of, groupId: 'g1', applications: [part(1, 100)], unappliedMinor: 100, cause: 'void', effectiveOn: '2026-03-08' };
    expect(given(posted, applied(0, part(1, 100), part(2, 50)), undone).state()).toMatchObject({ unappliedMinor: 100, groups: { g1: [part(2, 50)] }, groupCount: 1 });
    expect(given(posted, applied(50, part(1, 100)), undone).state()).toMatchObject({ groups: {}, groupCount: 1 });
  });
  it('has a use taken back by a person, whole, from the business date or the day that is given', () => {
    const back = (effectiveOn: string | null, groupId = 'g1') => ({ type: 'TakeBack', creditNoteId: 'crn_1', groupId, openMinor: { oit_1_1: 10 }, today: '2026-03-08', effectiveOn, reason: 'wrong' }) as const;
    const undone = (effectiveOn: string): PostedCreditEvent => ({ type: 'CreditUnapplied', ...of, groupId: 'g1', applications: [{ ...part(1, 100), openMinor: 110 }], unappliedMinor: 150, cause: 'unapplication', reason: 'wrong', effectiveOn });
    given(posted, applied(50, part(1, 100))).when(back(null)).then(undone('2026-03-08'));
    given(posted, applied(50, part(1, 100))).when(back('2026-03-06')).then(undone('2026-03-06'));
    given(posted, applied(50, part(1, 100))).when(back('2026-03-04')).thenRefused('effective-date-before-original');
    given(posted, applied(50, part(1, 100))).when(back('2026-03-09')).thenRefused('effective-date-in-future');
    given(posted).when(back(null)).thenRefused('application-group-not-found');
    given(posted, applied(50, part(1, 100)), undone('2026-03-08')).when(back(null)).thenRefused('application-group-not-found');
    given().when(back(null)).thenRefused('credit-note-not-found');
  });
  it('is net of a discount that was granted on what it credits, as far as it is left', () => {
    const netted: PostedCreditEvent = { type: 'CreditNettedOfDiscount', ...of, discount: { minor: 3, taxMinor: 1 }, unappliedMinor: 147, effectiveOn: '2026-03-08' };
    const byDiscount = (minor: number, taxMinor = 0) => ({ type: 'NetOfDiscount', discount: { minor, taxMinor }, today: '2026-03-08' }) as const;
    given(posted).when(byDiscount(3, 1)).then(netted);
    given(posted).when(byDiscount(151)).thenRefused('credit-over-applied');
    given(posted, netted).when(byDiscount(0)).then({ ...netted, discount: { minor: 0, taxMinor: 0 }, unappliedMinor: 150 } as PostedCreditEvent);
    given().when(byDiscount(1)).thenRefused('credit-note-not-found');
  });
  it('is not taken back where it was not used', () => { given(posted).when(unapply('oit_1_1')).thenRefused('application-empty'); given(posted, applied(50, part(1, 100))).when(unapply('oit_2_1')).thenRefused('application-empty'); });
  it('is withdrawn while nothing of it is used, and gives nothing any more', () => {
    const withdraw = { type: 'Withdraw', creditNoteId: 'crn_1', effectiveOn: '2026-03-08' } as const;
    const withdrawn: PostedCreditEvent = { type: 'CreditNoteWithdrawn', ...of, minor: 150, effectiveOn: '2026-03-08' };
    given(posted).when(withdraw).then(withdrawn);
    given(posted, applied(50, part(1, 100))).when(withdraw).thenRefused('taken-on-in-use');
    given(posted, withdrawn).when(withdraw).thenRefused('taken-on-in-use');
    given().when(withdraw).thenRefused('credit-note-not-found');
    expect(given(posted, withdrawn).state()).toMatchObject({ minor: 0, unappliedMinor: 0 });
  });
});
