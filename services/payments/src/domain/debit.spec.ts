import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { type AttemptFacts, debit, type DebitCommand, type DebitEvent, type DebitFacts, endToEndIdOf, receiptIdOfDebit, receiptIn } from './debit.js';
import { KNOWN_REASONS, meaningOf } from './debit-reasons.js';

const { given } = testing(debit);
const today = '2026-03-10';
const of = { debitId: 'ddt_1', customer: 'c1', currency: 'EUR' };
const debtor = { name: 'Ada Byron', iban: 'DE89370400440532013000', bic: '', token: '' };
const facts: DebitFacts = { ...of, mandateId: 'mdt_1', collectedBy: 'provider', items: [{ itemId: 'a', asked: null }], collectOn: '2026-03-12', final: false };
const notice = { announcedMinor: 50_00, noticeDays: 2, scheme: 'sepa-core' as const, reference: 'M-1', debtor, by: 'anna', policyVersion: 1 };
const of1 = (attempt: number): AttemptFacts => ({ attempt, minor: 50_00, shares: [{ itemId: 'a', minor: 50_00 }], collectOn: '2026-03-12', endToEndId: endToEndIdOf('t1', 'ddt_1', attempt), fileId: '', scheme: 'sepa-core', reference: 'M-1', signedOn: '2026-01-15', turn: 'first', debtor, formerIban: '' });
const receiptId = (attempt: number) => receiptIdOfDebit('ddt_1', attempt);

const requested: DebitEvent = { type: 'DebitRequested', ...facts, ...notice };
const attempted = (n = 1): DebitEvent => ({ type: 'DebitAttempted', ...of, ...of1(n) });
const unknown: DebitEvent = { type: 'DebitUnknown', ...of, attempt: 1, detail: 'lost' };
const declined = (attempt: number, retryOn: string | null, hard = false): DebitEvent => ({ type: 'DebitDeclined', ...of, attempt, code: 'AM04', hard, retryOn });
const collected = (attempt = 1): DebitEvent => ({ type: 'DebitCollected', ...of, attempt, minor: 50_00, receiptId: receiptId(attempt), reference: 'P', valueOn: today });
const returned = (attempt: number, retryOn: string | null, hard = false): DebitEvent => ({ type: 'DebitReturned', ...of, attempt, minor: 50_00, receiptId: receiptId(attempt), code: 'AM04', hard, retryOn });
const abandoned = (attempt: number, cause: 'hard-decline' | 'attempts-used-up' = 'attempts-used-up'): DebitEvent => ({ type: 'DebitAbandoned', ...of, attempt, code: 'AM04', cause });
const cancelled: DebitEvent = { type: 'DebitCancelled', ...of, by: 'anna', reason: 'no' };
const suppressed: DebitEvent = { type: 'DebitSuppressed', ...of, attempt: 1, reason: 'nothing-open' };

const open = { openMinor: 50_00, disputed: false, voiding: false };
const request = (more: Partial<Extract<DebitCommand, { type: 'Request' }>> = {}): DebitCommand => ({ type: 'Request', today, found: { a: open }, ...facts, ...notice, ...more });
const attempt = (n = 1, through = '2026-03-12'): DebitCommand => ({ type: 'Attempt', through, ...of1(n) });
const suppress: DebitCommand = { type: 'Suppress', attempt: 1, through: '2026-03-12', reason: 'nothing-open' };
const lost: DebitCommand = { type: 'RecordUnknown', attempt: 1, detail: 'lost' };
const decline = (n = 1, hard = false, retryDays = [3]): DebitCommand => ({ type: 'RecordDeclined', attempt: n, code: 'AM04', hard, retryDays, today });
const collect = (n = 1): DebitCommand => ({ type: 'RecordCollected', attempt: n, reference: 'P', valueOn: today });
const goBack = (n = 1, hard = false, retryDays = [3]): DebitCommand => ({ type: 'RecordReturned', receiptId: receiptId(n), code: 'AM04', hard, retryDays, today });
const cancel: DebitCommand = { type: 'Cancel', debitId: 'ddt_1', by: 'anna', reason: 'no' };
const tell = (outcome: 'collected' | 'declined' | 'returned', attempt = 1, on = '2026-03-12'): DebitCommand => ({ type: 'AskToTell', debitId: 'ddt_1', attempt, outcome, today: on });
const isNew: DebitCommand = { type: 'RequireNew', debitId: 'ddt_1' };

describe('no debit yet', () => {
  it('is requested with its notice', () => {
    given().when(isNew).thenNothing();
    given().when(request()).then(requested);
    given().when(request({ collectOn: '2026-03-11' })).thenRefused('debit-notice-too-short');
  });
  it('is of items that are open, undisputed, each once and for no more than is open', () => {
    given().when(request({ items: [] })).thenRefused('debit-without-items');
    given().when(request({ found: {} })).thenRefused('open-item-not-found');
    given().when(request({ found: { a: { ...open, disputed: true } } })).thenRefused('open-item-disputed');
    given().when(request({ found: { a: { ...open, voiding: true } } })).thenRefused('open-item-voided');
    given().when(request({ items: [{ itemId: 'a', asked: 50_01 }] })).thenRefused('open-item-over-applied');
    given().when(request({ items: [{ itemId: 'a', asked: 1 }, { itemId: 'a', asked: 1 }] })).thenRefused('application-item-twice');
  });
  it.each([cancel, attempt(), suppress, lost, decline(), collect(), goBack()])('is not there: $type', (command) => given().when(command).thenRefused('debit-not-found'));
});

describe('what a person may tell', () => {
  it('is any outcome that is news, of an attempt that was made', () => {
    given().when(tell('collected')).thenRefused('debit-not-found');
    given(requested).when(tell('collected')).thenRefused('debit-not-attempted');
    for (const outcome of ['collected', 'declined', 'returned'] as const) {
      given(requested, attempted()).when(tell(outcome)).thenNothing();
      given(requested, attempted(), unknown).when(tell(outcome)).thenNothing();
      given(requested, attempted(), collected(), returned(1, '2026-03-13')).when(tell(outcome)).thenRefused('debit-outcome-known');
    }
    given(requested, attempted(), collected()).when(tell('collected')).thenRefused('debit-outcome-known');
    given(requested, attempted(), collected()).when(tell('declined')).thenRefused('debit-outcome-known'); // it would have gone back
    given(requested, attempted(), declined(1, null)).when(tell('declined')).thenRefused('debit-outcome-known');
    given(requested, attempted(), declined(1, null)).when(tell('collected')).thenNothing(); // it came after all
    given(requested, attempted()).when(tell('collected', 2)).thenRefused('debit-not-attempted');
    given(requested, attempted()).when(tell('collected', 1, '2026-03-11')).thenRefused('debit-not-attempted'); // its day has not come
    given(requested, attempted()).when(tell('declined', 1, '2026-03-11')).thenNothing();
  });
});

describe('a debit that waits', () => {
  it('is attempted on its day, in its turn', () => {
    given(requested).when(attempt()).then(attempted());
    given(requested).when(attempt(1, '2026-03-11')).thenNothing();
    given(requested).when(attempt(2)).thenNothing();
    given(requested).when(suppress).then(suppressed);
  });
  it('is cancelled, and exists', () => {
    given(requested).when(cancel).then(cancelled);
    given(requested).when(isNew).thenRefused('debit-exists');
    given(requested).when(request()).thenRefused('debit-exists');
  });
  it.each([lost, decline(), collect(), goBack()])('has no outcome yet: $type', (command) => given(requested).when(command).thenNothing());
});

describe.each([['under way', [requested, attempted()]], ['unknown', [requested, attempted(), unknown]]] as const)('a debit that is %s', (status, events) => {
  it('collects', () => given(...events).when(collect()).then(collected()));
  it('is tried again where it is declined for now, as often as the policy has days', () => {
    given(...events).when(decline()).then(declined(1, '2026-03-13'));
    given(...events).when(decline(1, false, [])).then(declined(1, null), abandoned(1));
    given(...events, declined(1, '2026-03-13'), attempted(2)).when(decline(2)).then(declined(2, null), abandoned(2));
  });
  it('is never tried again where it is declined for good', () => given(...events).when(decline(1, true)).then(declined(1, null, true), abandoned(1, 'hard-decline')));
  it('is neither cancelled nor attempted', () => {
    given(...events).when(cancel).thenRefused('debit-not-cancellable');
    given(...events).when(attempt()).thenNothing();
    given(...events).when(suppress).thenNothing();
  });
  it('is not known once', () => (status === 'unknown' ? given(...events).when(lost).thenNothing() : given(...events).when(lost).then(unknown)));
  it('does not go back before it has collected', () => given(...events).when(goBack()).thenNothing());
});

describe('a debit that has collected', () => {
  const events = [requested, attempted(), collected()];
  it.each([collect(), decline(), lost, attempt(), suppress])('is done with: $type', (command) => given(...events).when(command).thenNothing());
  it('is not cancelled', () => given(...events).when(cancel).thenRefused('debit-not-cancellable'));
  it('goes back: tried again on the day of the policy, under another number, or given up', () => {
    given(...events).when(goBack()).then(returned(1, '2026-03-13'));
    given(...events, returned(1, '2026-03-13')).when(attempt(2, '2026-03-13')).then(attempted(2));
    given(...events).when(goBack(1, true)).then(returned(1, null, true), abandoned(1, 'hard-decline'));
    given(...events, returned(1, '2026-03-13')).when(goBack()).thenNothing();
    given(...events).when({ ...goBack(), receiptId: 'rcp_other' } as DebitCommand).thenNothing();
  });
  it('goes back by the receipt that was recorded, whatever such receipts were called then', () => {
    const then = [requested, attempted(), { ...collected(), receiptId: 'rcp_of_before' } as DebitEvent];
    given(...then).when({ ...goBack(), receiptId: 'rcp_of_before' } as DebitCommand).then({ ...returned(1, '2026-03-13'), receiptId: 'rcp_of_before' } as DebitEvent);
    given(...then).when(goBack()).thenNothing();
    expect([receiptIn(given(...then).state(), 'ddt_1', 1), receiptIn(given(requested).state(), 'ddt_1', 1)]).toEqual(['rcp_of_before', receiptId(1)]);
  });
});

describe('an answer that comes late', () => {
  it('counts where it is money: an attempt that was declined has collected after all, and is not tried again', () => {
    const events = [requested, attempted(), declined(1, '2026-03-13')];
    given(...events).when(collect()).then(collected());
    given(...events, collected()).when(attempt(2, '2026-03-13')).thenNothing();
    given(...events, collected()).when(goBack()).then(returned(1, '2026-03-13'));
    given(...events, collected(), returned(1, '2026-03-13')).when(attempt(3, '2026-03-13')).then(attempted(3)); // the second number was given away
    given(requested, attempted(), declined(1, null, true), abandoned(1, 'hard-decline')).when(collect()).then(collected());
  });
  it('leaves the attempt that is under way its own outcome', () => {
    const events = [requested, attempted(), declined(1, '2026-03-13'), attempted(2), collected(1)];
    expect(given(...events).state()).toMatchObject({ status: 'under-way', attempt: 2 });
    given(...events).when(collect(2)).then(collected(2));
    given(...events).when(decline(2)).then(declined(2, null));
    expect(given(...events, declined(2, null)).state()).toMatchObject({ status: 'collected', attempt: 1 });
    given(...events).when(goBack(1)).then(returned(1, null));
  });
});

describe.each([['cancelled', [requested, cancelled]], ['suppressed', [requested, suppressed]], ['given up', [requested, attempted(), declined(1, null, true), abandoned(1, 'hard-decline')]]] as const)('a debit that is %s', (_status, events) => {
  it.each([attempt(), attempt(2), suppress, lost, decline(), goBack()])('is done with: $type', (command) => given(...events).when(command).thenNothing());
  it('is not cancelled', () => given(...events).when(cancel).thenRefused('debit-not-cancellable'));
});

describe('a reason of a bank', () => {
  it.each([['AM04', false, 'keep'], ['MS03', false, 'keep'], ['AC01', true, 'suspend'], ['AC04', true, 'suspend'], ['AC06', true, 'suspend'], ['AM05', true, 'keep'], ['MD01', true, 'end'], ['MD06', true, 'suspend'], ['MD07', true, 'end'], ['MS02', true, 'keep']] as const)('%s', (code, hard, mandate) =>
    expect(meaningOf(code)).toMatchObject({ hard, mandate }));
  it('that is not known is for good, unless its teller says otherwise', () => {
    expect([meaningOf('XX99').hard, meaningOf('try-later', false).hard, meaningOf('constructor').hard]).toEqual([true, false, true]);
    expect(KNOWN_REASONS.every((code) => /^[A-Z]{2}\d{2}$|^[A-Z]{4}$/.test(code))).toBe(true);
  });
});
