// Whatever the order in which outcomes are told, an item is collected at most once at a time, and money is booked once for each success.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { AnyCommand, Typed } from '@ar/runtime/forms.js';
import { daysAfter } from '@ar/domain/day.js';
import { cutDebitFile, recordDebitStatus, suppressDebit } from './debit-files.commands.js';
import { tellDebitOutcome } from './debit-outcomes.commands.js';
import { cancelDebit, claimDebit, collectDue, noteDebitReturned, recordDebitOutcome, requestDebit } from './debits.commands.js';
import { disputeItems, postInvoice } from './open-items.commands.js';
import { account, type AccountEvent } from './domain/account.js';
import { receiptIdOfDebit } from './domain/debit.js';
import { itemsOf } from './domain/documents.js';
import { mandateIdOf } from './domain/mandate.js';
import { registerMandate, suspendMandate } from './mandates.commands.js';
import { recordReceipt, reverseReceipt } from './payments.commands.js';

type History = Readonly<Record<string, readonly Typed[]>>;
const first = '2026-03-02';
const policies = policiesWith({ directDebit: { noticeDays: 2, autopay: true, retryDays: [1, 1], creditorId: 'DE98ZZZ09999999999' } });
const known = (command: AnyCommand): unknown => (command === claimDebit ? { paused: false } : command === registerMandate ? { customerKnown: true } : command === noteDebitReturned ? { debitId: 'ddt_1' } : command === recordReceipt ? { customerKnown: true, documents: [] } : undefined);
const ask = (history: History, command: AnyCommand, request: object, today = first, of: unknown = known(command)) => deciding(command, history, { today, known: of, policies })(request);
function after(history: History, command: AnyCommand, request: object, today = first, of: unknown = known(command)): History {
  const answer = ask(history, command, request, today, of);
  if ('refused' in answer) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return { ...history, ...Object.fromEntries(Object.entries(answer as History).map(([stream, made]) => [stream, [...(history[stream] ?? []), ...made]])) };
}
const invoice = (n: number, minor: number, dueOn = first) => ({ customer: 'c1', currency: 'EUR', orderNumber: '', externalNumber: '', paymentReference: '', items: itemsOf({ invoiceId: `inv_${n}`, number: `R-${n}`, externalNumber: '', paymentReference: '', issuedOn: first, taxMinor: 0, instalments: [{ seq: 1, dueOn, minor }] }) });
const mandateId = mandateIdOf('M-1');
const signed = { customer: 'c1', scheme: 'sepa-core', reference: 'M-1', signedOn: '2026-01-15', debtor: { name: 'Ada Byron', iban: 'DE89370400440532013000', bic: '', token: '' }, oneOff: false, collectedBy: 'provider', autopay: true };
const wish = { debitId: 'ddt_1', customer: 'c1', currency: 'EUR', mandateId, items: [], collectOn: '', final: false, by: 'anna' };
const owing = after(after(after({}, postInvoice, invoice(1, 60_00)), postInvoice, invoice(2, 40_00)), registerMandate, signed);
const requested = after(owing, requestDebit, wish);
const day = (n: number) => daysAfter(first, n);
const todo = (attempt = 1) => ({ tenant: 't1', customer: 'c1', key: 'debit:ddt_1', attempt, state: 'requested' });
const types = (history: History) => Object.fromEntries(Object.entries(history).map(([stream, made]) => [stream.split('/')[0], made.map((e) => e.type)]));
const state = (history: History) => history['account/c1-EUR']!.reduce((s, e) => account.evolve(s, e as AccountEvent), account.initial);
const open = (history: History) => Object.fromEntries(state(history).items.values().map((i) => [i.itemId, i.openMinor]));
const outcome = (was: 'sent' | 'failed' | 'unknown', attempt = 1, more: object = {}) => ({ todo: todo(attempt), outcome: was, detail: was === 'failed' ? 'AM04' : 'P-1', ...more });
const attempted = after(requested, claimDebit, todo(), day(2));

describe('a debit that is requested', () => {
  it('takes what is due, disputed items not, and announces what is open of it', () => {
    expect(requested['debit/ddt_1']).toMatchObject([{ type: 'DebitRequested', announcedMinor: 100_00, collectOn: day(2), items: [{ itemId: 'oit_1_1' }, { itemId: 'oit_2_1' }] }]);
    const disputed = after(owing, disputeItems, { customer: 'c1', currency: 'EUR', disputeId: 'dsp_1', shares: [{ itemId: 'oit_1_1', minor: 1 }] });
    expect(after(disputed, requestDebit, wish)['debit/ddt_1']).toMatchObject([{ items: [{ itemId: 'oit_2_1' }] }]);
  });
  it('is the policy\'s only once, never what is in a debit or was given up', () => {
    const own = after(owing, collectDue, { customer: 'c1', currency: 'EUR', mandateId });
    expect(Object.keys(own).filter((s) => s.startsWith('debit/'))).toHaveLength(1);
    expect(types(ask(own, collectDue, { customer: 'c1', currency: 'EUR', mandateId }, day(1)) as History)['debit']).toEqual([]);
    const given = after(after(requested, claimDebit, todo(), day(2)), recordDebitOutcome, outcome('failed', 1, { detail: 'refused', final: true }), day(2));
    expect(types(ask(given, collectDue, { customer: 'c1', currency: 'EUR', mandateId }, day(3)) as History)['debit']).toEqual([]);
  });
});

describe('the day of a collection', () => {
  const sunday = '2026-03-08';
  const collects = (history: History, more: object = {}) => (ask(history, requestDebit, { ...wish, collectOn: sunday, ...more }) as History)['debit/ddt_1'];
  it('is a working day under a SEPA mandate, as it is announced', () => {
    expect(collects(owing)).toMatchObject([{ collectOn: '2026-03-09' }]);
    expect(collects(owing, { collectOn: '2026-03-06' })).toMatchObject([{ collectOn: '2026-03-06' }]);
    const generic = after(after({}, postInvoice, invoice(1, 60_00)), registerMandate, { ...signed, scheme: 'generic' });
    expect(collects(generic)).toMatchObject([{ collectOn: sunday }]);
  });
  it('is one by policy, too', () => {
    const friday = '2026-03-06';
    expect(Object.entries(ask(owing, collectDue, { customer: 'c1', currency: 'EUR', mandateId }, friday) as History).find(([stream]) => stream.startsWith('debit/'))![1]).toMatchObject([{ collectOn: '2026-03-09' }]);
  });
  it('is one in a file, whenever that is cut', () => {
    const due = [{ debitId: 'ddt_1', attempt: 1, customer: 'c1', currency: 'EUR', mandateId, dueOn: day(2), paused: false }];
    const late = ask(requested, cutDebitFile, { fileId: 'F-1', through: '', by: 'anna' }, '2026-03-07', { creditor: { name: 'Seller', iban: 'DE02120300000000202051', creditorId: 'DE98ZZZ09999999999' }, due }) as History;
    expect([late['debit/ddt_1'], late[`mandate/${mandateId}`]]).toMatchObject([[{ collectOn: '2026-03-09' }], [{ collectOn: '2026-03-09' }]]);
  });
});

describe('a claim', () => {
  it('fixes what is open by then, and uses the mandate', () => {
    const paid = after(requested, recordReceipt, { receiptId: 'rcp_1', customer: 'c1', currency: 'EUR', receivedMinor: 60_00, valueOn: first, method: 'PAYMENT_METHOD_CASH', remitter: { name: '', iban: '', remittance: '' }, named: [], bankReference: '', onAccount: false });
    expect(open(paid)).toEqual({ oit_2_1: 40_00 });
    const made = ask(paid, claimDebit, todo(), day(2)) as History;
    expect(made['debit/ddt_1']).toMatchObject([{ type: 'DebitAttempted', minor: 40_00, shares: [{ itemId: 'oit_2_1', minor: 40_00 }], turn: 'first' }]);
    expect(made[`mandate/${mandateId}`]).toMatchObject([{ type: 'MandateUsed', debitId: 'ddt_1' }]);
  });
  it.each([
    ['its mandate is suspended', after(requested, suspendMandate, { mandateId, by: 'anna', reason: '' }), 'mandate-suspended', { paused: false }], ['its customer is paused', requested, 'paused', { paused: true }],
    ['its items are disputed', after(requested, disputeItems, { customer: 'c1', currency: 'EUR', disputeId: 'd', shares: [{ itemId: 'oit_1_1', minor: 1 }, { itemId: 'oit_2_1', minor: 1 }] }), 'nothing-open', { paused: false }],
  ] as const)('collects nothing where %s, and lets the items go', (_why, history, reason, of) => {
    const made = ask(history, claimDebit, todo(), day(2), of) as History;
    expect([made['debit/ddt_1'], made['debit-items/c1-EUR']]).toMatchObject([[{ type: 'DebitSuppressed', reason }], [{ type: 'DebitItemsReleased', end: 'nothing-to-collect' }]]);
  });
  it('does nothing where it was cancelled', () => expect(Object.values(ask(after(requested, cancelDebit, { debitId: 'ddt_1', by: 'anna', reason: '' }), claimDebit, todo(), day(2)) as History).flat()).toEqual([]));
});

describe('what was announced', () => {
  it('is the most that is taken, also where more is open by the day', () => {
    const paid = { receiptId: 'rcp_1', customer: 'c1', currency: 'EUR', receivedMinor: 60_00, valueOn: first, method: 'PAYMENT_METHOD_CASH', remitter: { name: '', iban: '', remittance: '' }, named: [], bankReference: '', onAccount: false };
    const told = after(after(owing, recordReceipt, paid), requestDebit, { ...wish, items: [{ itemId: 'oit_2_1', asked: null }] }); // 40.00 of R-2, for R-1 is paid
    const owesMore = after(after(told, recordReceipt, { ...paid, receiptId: 'rcp_2', receivedMinor: 30_00 }), reverseReceipt, { receiptId: 'rcp_2', kind: 'error', code: '', reason: '', effectiveOn: '' });
    expect(ask(owesMore, claimDebit, todo(), day(2))).toMatchObject({ 'debit/ddt_1': [{ type: 'DebitAttempted', minor: 40_00 }] });
    const part = after(after(after(owing, recordReceipt, { ...paid, receivedMinor: 75_00 }), requestDebit, { ...wish, items: [{ itemId: 'oit_2_1', asked: null }] }), reverseReceipt, { receiptId: 'rcp_1', kind: 'error', code: '', reason: '', effectiveOn: '' });
    expect(open(part)).toEqual({ oit_1_1: 60_00, oit_2_1: 40_00 });
    expect(ask(part, claimDebit, todo(), day(2))).toMatchObject({ 'debit/ddt_1': [{ type: 'DebitAttempted', minor: 25_00, shares: [{ itemId: 'oit_2_1', minor: 25_00 }] }] });
  });
});

describe('a collection', () => {
  it('is one receipt that pays exactly its items; what they do not need any more is unapplied', () => {
    expect(open(after(attempted, recordDebitOutcome, outcome('sent'), day(2)))).toEqual({});
    const paid = after(attempted, recordReceipt, { receiptId: 'rcp_1', customer: 'c1', currency: 'EUR', receivedMinor: 60_00, valueOn: first, method: 'PAYMENT_METHOD_CASH', remitter: { name: '', iban: '', remittance: '' }, named: [], bankReference: '', onAccount: false });
    const both = after(paid, recordDebitOutcome, outcome('sent'), day(2));
    expect([open(both), [...state(both).cash].map(([, c]) => c.unappliedMinor)]).toEqual([{}, [60_00]]);
  });
  it('that a bank says to have gone back before it said that it came, came and went', () => {
    const of = { debitId: 'ddt_1', attempt: 1, customer: 'c1', currency: 'EUR', mandateId, code: 'MD06', hard: true, kind: 'return', reference: '', reason: '' };
    const back = after(attempted, recordDebitStatus, { ...of, became: 'returned' }, day(3));
    expect(open(back)).toEqual({ oit_1_1: 60_00, oit_2_1: 40_00 });
    expect(Object.values(ask(back, recordDebitStatus, { ...of, became: 'collected' }, day(3)) as History).flat()).toEqual([]);
    expect(Object.values(ask(back, recordDebitStatus, { ...of, became: 'returned' }, day(3)) as History).flat()).toEqual([]);
  });
});

describe('the mandate of a debit', () => {
  it('is used by what collects, and not by what was declined, unless that came after all', () => {
    const turns = (history: History) => history[`mandate/${mandateId}`]!.map((e) => [e.type, (e as unknown as { turn?: string }).turn ?? '']).slice(1);
    const declined = after(attempted, recordDebitOutcome, outcome('failed'), day(2));
    const again = after(declined, claimDebit, todo(2), day(3));
    expect(turns(again)).toEqual([['MandateUsed', 'first'], ['MandateUseDeclined', ''], ['MandateUsed', 'first']]);
    expect(turns(after(declined, recordDebitOutcome, outcome('sent'), day(3)))).toEqual([['MandateUsed', 'first'], ['MandateUseDeclined', ''], ['MandateUsed', 'first']]);
    expect(turns(after(after(again, recordDebitOutcome, outcome('sent', 2), day(3)), recordDebitOutcome, outcome('sent', 2), day(3)))).toHaveLength(3); // told twice
  });
});

describe('what a person tells of a debit', () => {
  const tell = (more: object = {}) => ({ debitId: 'ddt_1', attempt: 0, outcome: 'collected', code: '', reference: 'B-7', reason: 'on the statement', ...more });
  it('is recorded as the bank’s word is: collected, it is one receipt that pays its items', () => {
    const came = after(attempted, tellDebitOutcome, tell(), day(3));
    expect([open(came), came['debit/ddt_1']!.at(-1)]).toMatchObject([{}, { type: 'DebitCollected', attempt: 1, reference: 'B-7', valueOn: day(3) }]);
    expect(ask(came, tellDebitOutcome, tell(), day(3))).toMatchObject({ refused: 'debit-outcome-known' });
  });
  it('is an attempt by hand where it waits and its day has come, not before', () => {
    const came = after(requested, tellDebitOutcome, tell(), day(2));
    expect([open(came), types(came)['debit'], types(came)['mandate']]).toEqual([{}, ['DebitRequested', 'DebitAttempted', 'DebitCollected'], ['MandateRegistered', 'MandateUsed']]);
    expect(ask(requested, tellDebitOutcome, tell(), day(1))).toMatchObject({ refused: 'debit-not-attempted' });
    expect([ask(attempted, tellDebitOutcome, tell(), day(1)), ask(attempted, tellDebitOutcome, tell({ attempt: 7 }), day(2))]).toMatchObject([{ refused: 'debit-not-attempted', detail: { attempt: 1 } }, { refused: 'debit-not-attempted', detail: { attempt: 7 } }]);
    expect(Object.values(ask(came, claimDebit, todo(), day(2)) as History).flat()).toEqual([]); // no provider is asked for it again
  });
  it('is tried again or given up where it was declined, as the code says; and may have come after all', () => {
    const soft = after(attempted, tellDebitOutcome, tell({ outcome: 'declined', code: 'AM04' }), day(2));
    expect(soft['debit/ddt_1']!.at(-1)).toMatchObject({ type: 'DebitDeclined', hard: false, retryOn: day(3) });
    expect(ask(attempted, tellDebitOutcome, tell({ outcome: 'declined', code: 'MD01' }), day(2))).toMatchObject({ 'debit/ddt_1': [{ type: 'DebitDeclined', hard: true }, { type: 'DebitAbandoned' }], [`mandate/${mandateId}`]: [{ type: 'MandateUseDeclined' }, { type: 'MandateCancelled' }] });
    expect(open(after(soft, tellDebitOutcome, tell({ attempt: 1 }), day(2)))).toEqual({});
  });
  it('reverses its receipt where it went back, once', () => {
    const back = after(after(attempted, tellDebitOutcome, tell(), day(2)), tellDebitOutcome, tell({ outcome: 'returned', code: 'MD06' }), day(3));
    expect(open(back)).toEqual({ oit_1_1: 60_00, oit_2_1: 40_00 });
    expect(ask(after(attempted, tellDebitOutcome, tell(), day(2)), tellDebitOutcome, tell({ outcome: 'declined', code: 'AM04' }), day(3))).toMatchObject({ refused: 'debit-outcome-known' }); // it was no decline
    const noted = after(back, noteDebitReturned, { receiptId: receiptIdOfDebit('ddt_1', 1), customer: 'c1', currency: 'EUR', code: 'MD06' }, day(3));
    expect(ask(noted, tellDebitOutcome, tell({ outcome: 'returned', code: 'MD06' }), day(3))).toMatchObject({ refused: 'debit-outcome-known' });
  });
});

describe('a file', () => {
  const due = [{ debitId: 'ddt_1', attempt: 1, customer: 'c1', currency: 'EUR', mandateId, dueOn: day(2), paused: false }];
  const of = { creditor: { name: 'Seller', iban: 'DE02120300000000202051', creditorId: 'DE98ZZZ09999999999' }, due };
  it('takes each attempt once', () => {
    const cut = after(requested, cutDebitFile, { fileId: 'F-1', through: day(2), by: 'anna' }, first, of);
    expect(cut['debit-file/F-1']).toMatchObject([{ debits: 1, minor: 100_00 }]);
    expect(ask(cut, cutDebitFile, { fileId: 'F-2', through: day(2), by: 'anna' }, first, of)).toMatchObject({ refused: 'no-debits-due' });
  });
});

describe('debits of which nothing can be collected', () => {
  const of = (n: number) => ({ debitId: `ddt_${n}`, attempt: 1, customer: `c${n}`, currency: 'EUR', mandateId: mandateIdOf(`M-${n}`), dueOn: day(2), paused: false });
  /** Customers with one item and one debit for a file each; the mandates of all but the last are cancelled. */
  const many = (count: number): History => {
    let history: History = {};
    for (let n = 1; n <= count; n++) {
      history = after(history, postInvoice, { ...invoice(n, 10_00), customer: `c${n}` });
      history = after(history, registerMandate, { ...signed, customer: `c${n}`, reference: `M-${n}`, collectedBy: 'file' });
      history = after(history, requestDebit, { ...wish, debitId: `ddt_${n}`, customer: `c${n}`, mandateId: mandateIdOf(`M-${n}`) });
      if (n < count) history = after(history, suspendMandate, { mandateId: mandateIdOf(`M-${n}`), by: 'anna', reason: '' });
    }
    return history;
  };
  const creditor = { name: 'Seller', iban: 'DE02120300000000202051', creditorId: 'DE98ZZZ09999999999' };
  it('are in no file, and in nobody’s way, be they more than a file holds', () => {
    const made = ask(many(251), cutDebitFile, { fileId: 'F-1', through: day(2), by: 'anna' }, first, { creditor, due: Array.from({ length: 251 }, (_, n) => of(n + 1)) }) as History;
    expect(made['debit-file/F-1']).toMatchObject([{ debits: 1, minor: 10_00 }]);
    expect([made['debit/ddt_250'], made['debit/ddt_251']]).toMatchObject([[{ type: 'DebitSuppressed', reason: 'mandate-suspended' }], [{ type: 'DebitAttempted', fileId: 'F-1' }]]);
    expect(made['debit-items/c250-EUR']).toMatchObject([{ type: 'DebitItemsReleased', end: 'nothing-to-collect' }]);
  });
  it('end on their day, whether a file is cut or not; others wait on', () => {
    const two = many(2);
    expect(types(ask(two, suppressDebit, of(1), day(2), { paused: false }) as History)).toMatchObject({ debit: ['DebitSuppressed'], 'debit-items': ['DebitItemsReleased'] });
    expect(Object.values(ask(two, suppressDebit, of(1), day(1), { paused: false }) as History).flat()).toEqual([]);
    expect(Object.values(ask(two, suppressDebit, of(2), day(2), { paused: false }) as History).flat()).toEqual([]);
  });
});

/** What may be told, in any order: by the effect, the bank, a person, the next day. */
const told = fc.oneof(
  fc.record({ what: fc.constant('day' as const) }), fc.record({ what: fc.constant('note' as const) }), fc.record({ what: fc.constant('own-payment' as const) }),
  fc.record({ what: fc.constantFrom('sent' as const, 'failed' as const, 'final' as const, 'unknown' as const, 'tell-collected' as const, 'tell-declined' as const, 'tell-returned' as const, 'status-collected' as const, 'status-declined' as const, 'status-returned' as const, 'reverse' as const), attempt: fc.integer({ min: 1, max: 4 }) }),
);

it('collects each item at most once, and books money once for each success, whatever the order of outcomes (property)', () => {
  fc.assert(fc.property(fc.array(told, { minLength: 1, maxLength: 30 }), (steps) => {
    let [history, today] = [requested, day(2)];
    const pending: string[] = [];
    const tell = (command: AnyCommand, request: object) => {
      const answer = ask(history, command, request, today);
      if ('refused' in answer) return; // of what is not there, or is over
      for (const e of Object.values(answer as History).flat()) if (e.type === 'ReceiptReversed') pending.push((e as unknown as { receiptId: string }).receiptId);
      history = { ...history, ...Object.fromEntries(Object.entries(answer as History).map(([stream, made]) => [stream, [...(history[stream] ?? []), ...made]])) };
    };
    const receipts = () => Object.entries(history).filter(([stream]) => stream.startsWith('receipt/rcp.'));
    for (const [n, step] of steps.entries()) {
      const scheduled = 1 + (history['debit/ddt_1'] ?? []).filter((e) => (e as unknown as { retryOn?: string | null }).retryOn).length;
      tell(claimDebit, todo(scheduled));
      switch (step.what) {
        case 'day': today = daysAfter(today, 1); break;
        case 'note': { const receiptId = pending.shift(); if (receiptId !== undefined) tell(noteDebitReturned, { receiptId, customer: 'c1', currency: 'EUR', code: 'AM04' }); break; }
        case 'own-payment': tell(recordReceipt, { receiptId: `rcp_own${n}`, customer: 'c1', currency: 'EUR', receivedMinor: 30_00, valueOn: today, method: 'PAYMENT_METHOD_CASH', remitter: { name: '', iban: '', remittance: '' }, named: [], bankReference: '', onAccount: false }); break;
        case 'sent': tell(recordDebitOutcome, outcome('sent', step.attempt)); break;
        case 'failed': tell(recordDebitOutcome, outcome('failed', step.attempt)); break;
        case 'final': tell(recordDebitOutcome, outcome('failed', step.attempt, { detail: 'refused', final: true })); break;
        case 'unknown': tell(recordDebitOutcome, outcome('unknown', step.attempt)); break;
        case 'reverse': { const [stream] = receipts()[step.attempt - 1] ?? []; if (stream) tell(reverseReceipt, { receiptId: stream.slice('receipt/'.length), kind: 'return', code: 'AM04', reason: '', effectiveOn: '' }); break; }
        case 'tell-collected':
        case 'tell-declined':
        case 'tell-returned': tell(tellDebitOutcome, { debitId: 'ddt_1', attempt: step.attempt - 1, outcome: step.what.slice(5), code: 'AM04', reference: '', reason: '' }); break;
        case 'status-collected':
        case 'status-declined':
        case 'status-returned': tell(recordDebitStatus, { debitId: 'ddt_1', attempt: step.attempt, customer: 'c1', currency: 'EUR', mandateId, became: step.what.slice(7), code: 'AM04', hard: true, kind: 'return', reference: '', reason: '' }); break;
      }
      const attempts = history['debit/ddt_1']!.filter((e) => e.type === 'DebitAttempted').map((e) => (e as unknown as { attempt: number }).attempt);
      // One receipt for each attempt that ever collected, each recorded once, none for what was never attempted.
      const collected = history['debit/ddt_1']!.filter((e) => e.type === 'DebitCollected') as unknown as readonly { attempt: number; receiptId: string; minor: number }[];
      expect(new Set(collected.map((e) => e.attempt)).size).toBe(collected.length);
      expect(receipts().filter(([, events]) => events.some((e) => e.type === 'ReceiptRecorded')).map(([stream, events]) => [stream.slice('receipt/'.length), events.filter((e) => e.type === 'ReceiptRecorded').length]).sort()).toEqual(collected.map((e) => [e.receiptId, 1]).sort());
      for (const e of collected) expect(attempts).toContain(e.attempt);
      // What is applied of an item is never more than it was; nothing is open below zero.
      for (const { openMinor, originalMinor } of state(history).items.values()) expect(openMinor > 0 && openMinor <= originalMinor).toBe(true);
      // The policy has two days to try again on, however often it is declined or goes back.
      expect(attempts.length).toBeLessThanOrEqual(3);
    }
  }), { numRuns: 150 });
});
