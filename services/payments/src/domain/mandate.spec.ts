import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { factsOf, mandate, type MandateCommand, type MandateEvent, type MandateFacts, mandateIdOf } from './mandate.js';

const { given } = testing(mandate);
const today = '2026-03-10';
const debtor = { name: 'Ada Byron', iban: 'DE89370400440532013000', bic: '', token: '' };
const moved = { ...debtor, iban: 'DE02120300000000202051' };
const facts: MandateFacts = { customer: 'c1', scheme: 'sepa-core', reference: 'M-1', signedOn: '2026-01-15', debtor, oneOff: false, collectedBy: 'file', autopay: true };
const of = { mandateId: mandateIdOf('M-1'), customer: 'c1' };
const by = { mandateId: of.mandateId, by: 'anna', reason: 'asked' };
const registered = (more: Partial<MandateFacts> = {}): MandateEvent => ({ type: 'MandateRegistered', mandateId: of.mandateId, ...facts, ...more });
const used = (turn: 'first' | 'recurrent' | 'one-off' | 'final', collectOn = today, formerIban = ''): MandateEvent => ({ type: 'MandateUsed', ...of, debitId: 'ddt_1', turn, collectOn, formerIban });
const suspended: MandateEvent = { type: 'MandateSuspended', ...of, by: 'anna', reason: 'asked', code: '' };
const resumed: MandateEvent = { type: 'MandateResumed', ...of, by: 'anna', reason: 'asked' };
const cancelled: MandateEvent = { type: 'MandateCancelled', ...of, by: 'anna', reason: 'asked', code: '' };
const lapsed: MandateEvent = { type: 'MandateLapsed', ...of, lastUsedOn: '2026-01-15' };
const amended = (formerIban: string): MandateEvent => ({ type: 'MandateAmended', ...of, debtor: moved, formerIban, by: 'anna', reason: 'asked' });

const register = (more: Partial<Extract<MandateCommand, { type: 'Register' }>> = {}): MandateCommand => ({ type: 'Register', ...facts, customerKnown: true, today, ...more });
const decline = (debitId = 'ddt_1'): MandateCommand => ({ type: 'DeclineUse', debitId, code: 'AM04' });
const declined = (more: Partial<Extract<MandateEvent, { type: 'MandateUseDeclined' }>> = {}): MandateEvent => ({ type: 'MandateUseDeclined', ...of, debitId: 'ddt_1', code: 'AM04', formerIban: '', again: false, ...more });
const suspend: MandateCommand = { type: 'Suspend', ...by, code: '' };
const resume = (on = today): MandateCommand => ({ type: 'Resume', ...by, today: on });
const cancel: MandateCommand = { type: 'Cancel', ...by, code: '' };
const amend: MandateCommand = { type: 'Amend', ...by, debtor: moved };
const lapse = (on: string): MandateCommand => ({ type: 'Lapse', today: on });
const ask = (more: Partial<Extract<MandateCommand, { type: 'AskToCollect' }>> = {}): MandateCommand => ({ type: 'AskToCollect', mandateId: of.mandateId, customer: 'c1', currency: 'EUR', debitId: 'ddt_1', on: today, ...more });
const use = (final = false, collectOn = today): MandateCommand => ({ type: 'Use', debitId: 'ddt_1', collectOn, final, creditorId: '' });

describe('no mandate yet', () => {
  it('is registered by its reference', () => given().when(register()).then(registered()));
  it('is of a known customer, signed by somebody, for an account', () => {
    given().when(register({ customerKnown: false })).thenRefused('customer-not-found');
    given().when(register({ signedOn: '2026-03-11' })).thenRefused('mandate-signed-in-future');
    given().when(register({ debtor: { ...debtor, iban: '', token: 'tok' } })).thenRefused('mandate-account-missing');
    given().when(register({ scheme: 'generic', collectedBy: 'provider', debtor: { ...debtor, iban: '' } })).thenRefused('mandate-account-missing');
    given().when(register({ scheme: 'generic' })).thenRefused('mandate-not-for-files');
    expect(mandate.decide(register({ scheme: 'generic', collectedBy: 'provider', debtor: { ...debtor, iban: '', token: 'tok' } }), mandate.initial)).toMatchObject([{ type: 'MandateRegistered' }]);
  });
  it.each([suspend, resume(), cancel, amend, ask(), use(), decline()])('is not there: $type', (command) => given().when(command).thenRefused('mandate-not-found'));
  it('does not lapse', () => given().when(lapse('2099-01-01')).thenNothing());
});

describe('an active mandate', () => {
  it('is registered once', () => given(registered()).when(register()).thenRefused('mandate-exists'));
  it('is collected by, by its customer, in euros', () => {
    given(registered()).when(ask()).thenNothing();
    given(registered()).when(ask({ customer: 'c2' })).thenRefused('mandate-of-another');
    given(registered()).when(ask({ currency: 'USD' })).thenRefused('mandate-currency-differs');
    given(registered({ scheme: 'generic', collectedBy: 'provider' })).when(ask({ currency: 'USD' })).thenNothing();
  });
  it('calls its first collection so, and the others recurrent, but for the last', () => {
    given(registered()).when(use()).then(used('first'));
    given(registered(), used('first')).when(use()).then(used('recurrent'));
    given(registered(), used('first')).when(use(true)).then(used('final'));
  });
  it('tells the bank the account that it knows, once', () => {
    given(registered()).when(amend).then(amended('')); // the bank knows none yet
    given(registered(), used('first')).when(amend).then(amended(debtor.iban));
    given(registered(), used('first'), amended(debtor.iban)).when(use()).then(used('recurrent', today, debtor.iban));
    given(registered(), used('first'), amended(debtor.iban), used('recurrent', today, debtor.iban)).when(use()).then(used('recurrent'));
    given(registered()).when({ type: 'Amend', ...by, debtor: { ...moved, iban: '' } }).thenRefused('mandate-account-missing');
  });
  it('tells the bank who collected by it before, once', () => {
    const as = (creditorId: string): MandateCommand => ({ ...use(), creditorId } as MandateCommand);
    const usedAs = (turn: 'first' | 'recurrent', creditorId: string, formerCreditorId?: string): MandateEvent => ({ ...used(turn), creditorId, ...(formerCreditorId ? { formerCreditorId } : {}) } as MandateEvent);
    given(registered()).when(as('A')).then(usedAs('first', 'A'));
    given(registered(), usedAs('first', 'A')).when(as('A')).then(usedAs('recurrent', 'A'));
    given(registered(), usedAs('first', 'A')).when(as('B')).then(usedAs('recurrent', 'B', 'A'));
    given(registered(), usedAs('first', 'A'), usedAs('recurrent', 'B', 'A')).when(as('B')).then(usedAs('recurrent', 'B'));
    // Declined, the bank knows the former one still; of a first one it knows none.
    given(registered(), usedAs('first', 'A'), usedAs('recurrent', 'B', 'A')).when(decline()).then(declined({ creditorId: 'A' }));
    given(registered(), usedAs('first', 'A'), usedAs('recurrent', 'B', 'A'), declined({ creditorId: 'A' })).when(as('B')).then(usedAs('recurrent', 'B', 'A'));
    given(registered(), usedAs('first', 'A')).when(decline()).then(declined());
    given(registered(), usedAs('first', 'A'), declined()).when(as('B')).then(usedAs('first', 'B'));
    given(registered(), used('first')).when(as('B')).then(usedAs('recurrent', 'B')); // nobody said who it was
  });
  it('lapses 36 months after its last use, or its signature', () => {
    given(registered()).when(lapse('2029-01-15')).thenNothing();
    given(registered()).when(lapse('2029-01-16')).then(lapsed);
    given(registered(), used('first', '2026-02-20')).when(lapse('2029-02-20')).thenNothing();
    given(registered()).when(ask({ on: '2029-01-16' })).thenRefused('mandate-ended');
    given(registered({ signedOn: '2024-02-29' })).when(lapse('2027-03-01')).then({ ...lapsed, lastUsedOn: '2024-02-29' });
    given(registered({ signedOn: '2024-02-29' })).when(lapse('2027-02-28')).thenNothing();
  });
  it('is suspended and cancelled, and was not suspended', () => {
    given(registered()).when(suspend).then(suspended);
    given(registered()).when(cancel).then(cancelled);
    given(registered()).when(resume()).thenRefused('mandate-not-suspended');
  });
  it('keeps what it is', () => { expect(factsOf(given(registered(), amended('')).state())).toMatchObject({ debtor: moved, reference: 'M-1' }); expect(factsOf(mandate.initial)).toBeUndefined(); });
});

describe('a collection that was declined', () => {
  it('counts as none: the first is called so until one was not declined', () => {
    given(registered(), used('first')).when(decline()).then(declined());
    given(registered(), used('first'), declined()).when(use()).then(used('first'));
    given(registered(), used('first'), used('recurrent'), declined()).when(use()).then(used('recurrent'));
    given(registered(), used('first'), declined()).when(amend).then(amended('')); // the bank knows no account yet
  });
  it('has not told the bank a former account', () => {
    const before = [registered(), used('first'), amended(debtor.iban), used('recurrent', today, debtor.iban)];
    given(...before).when(decline()).then(declined({ formerIban: debtor.iban }));
    given(...before, declined({ formerIban: debtor.iban })).when(use()).then(used('recurrent', today, debtor.iban));
    given(...before).when(decline('ddt_2')).then(declined({ debitId: 'ddt_2' })); // another one told it
  });
  it('was presented: the 36 months begin anew', () => given(registered(), used('first', '2026-02-20'), declined()).when(lapse('2029-02-20')).thenNothing());
  it.each(['one-off', 'final'] as const)('has not used up a mandate: %s', (turn) => {
    const events = [registered({ oneOff: turn === 'one-off' }), used(turn)];
    given(...events).when(decline()).then(declined({ again: true }));
    given(...events, declined({ again: true })).when(ask({ debitId: 'ddt_2' })).thenNothing();
    given(...events, declined({ again: true })).when(use(turn === 'final')).then(used(turn));
  });
  it('changes nothing of a mandate that is over, was not used, or is suspended but for its count', () => {
    given(registered(), used('first'), cancelled).when(decline()).thenNothing();
    given(registered(), used('first'), lapsed).when(decline()).thenNothing();
    given(registered()).when(decline()).thenNothing();
    given(registered(), used('first'), suspended).when(decline()).then(declined());
    given(registered(), used('first'), suspended, declined()).when(ask()).thenRefused('mandate-suspended');
  });
});

describe('a suspended mandate', () => {
  it('collects nothing until it is resumed', () => {
    given(registered(), suspended).when(ask()).thenRefused('mandate-suspended');
    given(registered(), suspended).when(suspend).thenRefused('mandate-suspended');
    given(registered(), suspended).when(resume()).then(resumed);
    given(registered(), suspended, resumed).when(ask()).thenNothing();
  });
  it('lapses too, and is then not resumed', () => {
    given(registered(), suspended).when(lapse('2029-01-16')).then(lapsed);
    given(registered(), suspended).when(resume('2029-01-16')).thenRefused('mandate-ended');
  });
  it('is cancelled', () => given(registered(), suspended).when(cancel).then(cancelled));
});

describe('a mandate for one collection', () => {
  it('is used up by it, however often that has to be tried', () => {
    given(registered({ oneOff: true })).when(use()).then(used('one-off'));
    given(registered({ oneOff: true }), used('one-off')).when(ask()).thenNothing();
    given(registered({ oneOff: true }), used('one-off')).when(ask({ debitId: 'ddt_2' })).thenRefused('mandate-ended');
  });
});

describe.each([['cancelled', [registered(), cancelled]], ['lapsed', [registered(), lapsed]], ['used up', [registered(), used('final')]]] as const)('a mandate that is %s', (_status, events) => {
  it.each([suspend, resume(), cancel, amend, ask({ debitId: 'ddt_2' })])('is done with: $type', (command) => given(...events).when(command).thenRefused('mandate-ended'));
  it('stays so', () => given(...events).when(lapse('2099-01-01')).thenNothing());
});
