import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { bankEntry, type BankEntryEvent, type EntryFacts, isThere } from './bank-entry.js';

const { given } = testing(bankEntry);
const facts: EntryFacts = {
  bankAccountId: 'ban_1', statementId: 'bst_1', line: 1, outcome: 'booked', reason: '', receiptId: 'rcp_1', credit: true, currency: 'EUR', minor: 350, chargesMinor: 0, bookedOn: '2026-03-02', valueOn: '2026-03-02', reference: '', endToEndId: '', code: '', returnCode: '',
  counterparty: { name: '', iban: '', remittance: 'coffee' },
};
const recorded = (occurrence: number, statementId: string, nth: number): BankEntryEvent => ({ type: 'BankEntryRecorded', bankEntryId: 'ben_1', ...facts, statementId, occurrence, nth });
const record = (statementId: string, nth: number, fresh = false) => ({ type: 'Record', bankEntryId: 'ben_1', ...facts, statementId, nth, fresh }) as const;

const { bankAccountId, credit, currency, minor, bookedOn, endToEndId, returnCode } = facts;
const detail = { bankEntryId: 'ben_1', bankAccountId, statementId: 'bst_9', line: 1, part: 0, receiptId: '', credit, currency, minor, bookedOn, endToEndId, returnCode, counterparty: { name: 'Ada', iban: '', remittance: 'R-1' } };
describe('what another message tells of an entry', () => {
  const told = (more = {}): BankEntryEvent => ({ type: 'BankEntryEnriched', ...detail, ...more });
  it('is kept before it is booked, and after', () => {
    given().when({ type: 'Enrich', ...detail }).then(told());
    given(recorded(1, 'bst_1', 1)).when({ type: 'Enrich', ...detail }).then(told());
    given(told()).when(record('bst_1', 1)).then(recorded(1, 'bst_1', 1));
  });
  it('is the same when it is told again elsewhere, and another when it says something else', () => {
    given(told()).when({ type: 'Enrich', ...detail, statementId: 'bst_10', line: 7 }).thenRefused('bank-detail-exists');
    given(told()).when({ type: 'Enrich', ...detail, endToEndId: 'E-1' }).then(told({ endToEndId: 'E-1' }));
  });
  it('is bounded', () => given(...Array.from({ length: 1_000 }, (_, n) => told({ endToEndId: `E-${n}` }))).when({ type: 'Enrich', ...detail }).thenRefused('too-many-bank-details'));
});

describe('entries that look alike', () => {
  it('are as many as a statement has', () => {
    given().when(record('bst_1', 1)).then(recorded(1, 'bst_1', 1));
    given(recorded(1, 'bst_1', 1)).when(record('bst_1', 2)).then(recorded(2, 'bst_1', 2));
  });
  it('are there when another statement shows them again, and new where it has more', () => {
    given(recorded(1, 'bst_1', 1)).when(record('bst_2', 1)).thenRefused('bank-entry-exists');
    given(recorded(1, 'bst_1', 1)).when(record('bst_2', 2)).then(recorded(2, 'bst_2', 2));
  });
  it('are new in a statement that shows nothing again, once', () => {
    given(recorded(1, 'bst_1', 1)).when(record('bst_2', 1, true)).then(recorded(2, 'bst_2', 1));
    given(recorded(1, 'bst_1', 1), recorded(2, 'bst_2', 1)).when(record('bst_2', 1, true)).thenRefused('bank-entry-exists');
    expect(isThere({ statementId: 'bst_1', nth: 1, fresh: false }, bankEntry.initial)).toBe(false);
  });
});
