import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { bankStatement, type BankStatementEvent, type BankStatementState, isSettled, type PostedLine, type StatementReceived } from './bank-statement.js';

const { given } = testing(bankStatement);
const received: StatementReceived = { bankAccountId: 'ban_1', currency: 'EUR', message: 'camt.053', bankId: 'S1', number: 1, openingMinor: 0, closingMinor: 300, on: '2026-03-02', lines: 3, creditsMinor: 300, debitsMinor: 0, holds: [], gap: null, continues: false };
const of = { statementId: 'bst_1' };
const came: BankStatementEvent = { type: 'BankStatementReceived', ...of, ...received };
const held: BankStatementEvent = { ...came, holds: ['does-not-tie'] } as BankStatementEvent;
const by = { by: 'anna', reason: 'checked' };
const released: BankStatementEvent = { type: 'BankStatementReleased', ...of, bankAccountId: 'ban_1', ...by };
const discarded: BankStatementEvent = { type: 'BankStatementDiscarded', ...of, bankAccountId: 'ban_1', ...by };
const line = (n: number, outcome: PostedLine['outcome'] = 'booked'): PostedLine => ({ line: n, outcome, reason: outcome === 'refused' ? 'value-date-in-future' : '', bankEntryId: `ben_${n}`, receiptId: '' });
const posted = (...lines: PostedLine[]): BankStatementEvent => ({ type: 'BankLinesPosted', ...of, bankAccountId: 'ban_1', lines });
const post = (...lines: PostedLine[]) => ({ type: 'Post', ...of, lines }) as const;

describe('a statement', () => {
  it('comes once', () => {
    given().when({ type: 'Receive', ...of, ...received }).then(came);
    for (const before of [[came], [held], [held, discarded]]) given(...before).when({ type: 'Receive', ...of, ...received }).thenNothing();
  });
  it('that nobody sent is nothing', () => {
    given().when(post(line(1))).thenRefused('bank-statement-not-found');
    for (const type of ['Release', 'Discard'] as const) given().when({ type, ...of, ...by }).thenRefused('bank-statement-not-found');
  });
  it('is booked line by line, and goes on where it ended', () => {
    given(came).when(post(line(1), line(2))).then(posted(line(1), line(2)));
    given(came, posted(line(1), line(2))).when(post(line(1), line(2), line(3))).then(posted(line(3)));
    given(came, posted(line(1))).when(post(line(1))).thenNothing();
  });
  it('tries again what was refused, and that alone', () => {
    given(came, posted(line(1, 'refused'), line(2), line(3))).when(post(line(1, 'refused'))).thenNothing();
    given(came, posted(line(1, 'refused'), line(2), line(3))).when(post(line(1), line(2))).then(posted(line(1)));
    const state = [came, posted(line(1, 'refused'), line(2))].reduce<BankStatementState>((s, e) => bankStatement.evolve(s, e), bankStatement.initial);
    expect([1, 2, 3].map((n) => isSettled(state, n))).toEqual([false, true, false]);
  });
});

describe('a held statement', () => {
  it('is not booked', () => given(held).when(post(line(1))).thenRefused('bank-statement-held'));
  it('is booked when a person has released it', () => {
    given(held).when({ type: 'Release', ...of, ...by }).then(released);
    given(held, released).when(post(line(1))).then(posted(line(1)));
  });
  it('is put aside for good', () => {
    given(held).when({ type: 'Discard', ...of, ...by }).then(discarded);
    given(held, discarded).when(post(line(1))).thenRefused('bank-statement-discarded');
  });
  it('is the only one that is released or discarded', () => {
    for (const type of ['Release', 'Discard'] as const) for (const before of [[came], [held, released], [held, discarded]]) given(...before).when({ type, ...of, ...by }).thenRefused('bank-statement-not-held');
  });
});
