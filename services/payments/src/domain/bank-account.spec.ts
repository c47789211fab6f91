import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { bankAccount, type BankAccountEvent, continues, gapBefore, type Reported } from './bank-account.js';

const { given } = testing(bankAccount);
const facts = { account: 'DE89370400440532013000', currency: 'EUR', message: 'camt.053', withoutBalances: false } as const;
const of = { bankAccountId: 'ban_1' };
const registered: BankAccountEvent = { type: 'BankAccountRegistered', ...of, ...facts };
const last: Reported = { statementId: 'bst_4', number: 4, closingMinor: 100, on: '2026-03-04' };
const reported: BankAccountEvent = { type: 'BankBalanceReported', ...of, currency: 'EUR', ...last };
const next = { statementId: 'bst_5', number: 5, openingMinor: 100, closingMinor: 300, on: '2026-03-05' };

describe('an account at a bank', () => {
  it('is registered once', () => {
    given().when({ type: 'Register', ...of, ...facts }).then(registered);
    given(registered).when({ type: 'Register', ...of, ...facts }).thenRefused('bank-account-exists');
  });
  it('is registered before anything comes of it', () => {
    given().when({ type: 'AskToBook', ...of }).thenRefused('bank-account-not-found');
    given(registered).when({ type: 'AskToBook', ...of }).thenNothing();
  });
  it('keeps its latest balance', () => {
    given().when({ type: 'Report', ...of, ...last }).thenRefused('bank-account-not-found');
    given(registered).when({ type: 'Report', ...of, ...last }).then(reported);
    given(registered, reported).when({ type: 'Report', ...of, ...last, statementId: 'bst_3', on: '2026-03-03' }).thenNothing();
    given(registered, reported).when({ type: 'Report', ...of, ...last }).thenNothing();
    given(registered, reported).when({ type: 'Report', ...of, statementId: 'bst_4b', number: 5, closingMinor: 7, on: '2026-03-04' }).then({ type: 'BankBalanceReported', ...of, currency: 'EUR', statementId: 'bst_4b', number: 5, closingMinor: 7, on: '2026-03-04' });
  });
});

describe('what is missing before a statement', () => {
  it('is nothing where it is the next one, the first one, or an earlier one', () => {
    expect([gapBefore(next, last), gapBefore(next, null), gapBefore({ ...next, number: 2, on: '2026-03-01' }, last), gapBefore({ ...next, closingMinor: null }, last)]).toEqual([null, null, null, null]);
  });
  it('is told by numbers, and by balances', () => {
    expect(gapBefore({ ...next, number: 8 }, last)).toEqual({ missingFrom: 5, missingTo: 7, expectedOpeningMinor: null });
    expect(gapBefore({ ...next, openingMinor: 99 }, last)).toEqual({ missingFrom: 0, missingTo: 0, expectedOpeningMinor: 100 });
    expect(gapBefore({ ...next, number: 1 }, last)).toBeNull(); // a new year
  });
});

describe('a statement that goes on where the last one ended', () => {
  it('has its closing balance and the next number', () => {
    expect([next, { ...next, number: 6 }, { ...next, number: 0 }, { ...next, openingMinor: 1 }].map((s) => continues(s, last))).toEqual([true, false, false, false]);
    expect([continues(next, null), continues({ number: 1, openingMinor: 100 }, { ...last, number: 0 })]).toEqual([false, false]);
  });
});
