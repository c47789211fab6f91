import { describe, expect, it } from '@jest/globals';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { Todo, Typed } from '@ar/runtime/forms.js';
import { claimDebitNotice, recordDebitNotice, requestDebitNotice } from './debit-notices.commands.js';
import { noticeIdOf, noticeKeyOf } from './domain/debit-notice.js';
import type { DebitKnown } from './projections/coming.js';
import type { Parties } from './projections/parties.js';

type History = Readonly<Record<string, readonly Typed[]>>;
const parties: Parties = { customer: { name: 'Buyer', email: 'c1@buyer.test' }, seller: { name: 'Seller GmbH', iban: '', sender: 'ar@seller.test', timeZone: 'Europe/Berlin' } };
const item = (itemId: string, openMinor: number) => ({ itemId, documentNumber: `R-${itemId}`, dueOn: '2026-03-20', openMinor });
const debit: DebitKnown = { waits: true, items: [item('a', 60_00), item('b', 80_00)] };
const policies = policiesWith({ directDebit: { noticeDays: 14, autopay: false, retryDays: [], creditorId: 'DE98ZZZ09999999999' } });
const effectKey = noticeKeyOf('t1', 'ddt_1');
const stream = `debit-notice/${noticeIdOf('ddt_1')}`;
const wish = { debitId: 'ddt_1', customerId: 'c1', mandateReference: 'M-1', amount: { minor: 100_00, currency: 'EUR' }, collectOn: '2026-03-24', items: [{ itemId: 'a', minor: null }, { itemId: 'b', minor: 40_00 }] };
const todo: Todo = { tenant: 't1', customer: 'c1', key: effectKey, attempt: 1, state: 'requested' };
const request = (history: History = {}) => (deciding(requestDebitNotice, history, { today: '2026-03-10', known: { debit, parties }, policies })(wish) as History)[stream]!;
const requested = request();
const claim = (known: object = {}, today = '2026-03-10') => (deciding(claimDebitNotice, { [stream]: requested }, { today, known: { debit, parties, ...known }, policies })(todo) as History)[stream]!;

describe('a debit that is requested', () => {
  it('is to be announced with its sum, its day, its creditor and what it is for, from nine o’clock on', () =>
    expect(requested).toMatchObject([{ type: 'DebitNoticeRequested', effectKey, amount: { minor: 100_00 }, collectOn: '2026-03-24', mandateReference: 'M-1', creditorId: 'DE98ZZZ09999999999', sendAfter: '2026-03-10T08:00:00.000Z', items: [{ itemId: 'a', documentNumber: 'R-a', amount: { minor: 60_00 } }, { itemId: 'b', amount: { minor: 40_00 } }] }]));
  it('is announced under a key of its own by another tenant, whatever its debit is called', () =>
    expect((deciding(requestDebitNotice, {}, { today: '2026-03-10', tenant: 't2', known: { debit, parties }, policies })(wish) as History)[stream]).toMatchObject([{ effectKey: noticeKeyOf('t2', 'ddt_1') }]));
  it('is announced once', () => expect(request({ [stream]: requested })).toEqual([]));
});

describe('a notice that is to leave', () => {
  it('is written to where reminders go', () => expect(claim()).toMatchObject([{ type: 'DebitNoticeAttempted', sender: 'ar@seller.test', pii: { data: { recipient: 'c1@buyer.test', subject: 'Direct debit on 2026-03-24: 100.00 EUR' } } }]));
  it.each([
    ['the debit was cancelled', { debit: { waits: false, items: [] } }, '2026-03-10', 'debit-ended', 'the debit of 100.00 EUR on 2026-03-24 was cancelled, or has its outcome'],
    ['its day is over', {}, '2026-03-25', 'debit-ended', 'the day of the debit of 100.00 EUR on 2026-03-24 is over'],
    ['nothing is open any more', { debit: { waits: true, items: [] } }, '2026-03-10', 'paid', 'nothing of what the debit of 100.00 EUR on 2026-03-24 is for is open any more'],
    ['there is no address', { parties: { ...parties, customer: { name: 'Buyer', email: '' } } }, '2026-03-10', 'no-address', 'the customer has no e-mail address'],
  ])('is held back where %s', (_why, known, today, reason, explanation) => expect(claim(known, today)).toMatchObject([{ type: 'DebitNoticeSuppressed', reason, explanation }]));
  it('leaves on the day itself, where the policy asks for no days of notice', () => expect(claim({}, '2026-03-24')).toMatchObject([{ type: 'DebitNoticeAttempted' }]));
  it('is nobody’s where it was not requested', () => expect(deciding(claimDebitNotice, {}, { today: '2026-03-10', known: { debit, parties }, policies })(todo)).toMatchObject({ refused: 'effect-not-found' }));
});

it('records what came of it', () =>
  expect((deciding(recordDebitNotice, { [stream]: [...requested, ...claim()] }, { today: '2026-03-10', policies })({ todo, outcome: 'sent', detail: '250 ok' }) as History)[stream]).toMatchObject([{ type: 'DebitNoticeSent', attempt: 1, detail: '250 ok' }]));
