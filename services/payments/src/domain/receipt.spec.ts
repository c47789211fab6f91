import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { type Application, type Item, UNIDENTIFIED } from './account.js';
import { receipt, returnFee, type ReceiptCommand, type ReceiptEvent, type ReceiptFacts } from './receipt.js';

const { given } = testing(receipt);
const item: Item = { itemId: 'oit_1_1', kind: 'invoice', documentId: 'inv_1', documentNumber: 'R-1', references: ['R-1'], instalment: 1, instalments: 1, originalMinor: 100, taxMinor: 16, issuedOn: '2026-03-02', dueOn: '2026-04-01' };
const facts: ReceiptFacts = { currency: 'EUR', receivedMinor: 150, valueOn: '2026-03-05', method: 'PAYMENT_METHOD_BANK_TRANSFER', remitter: { name: 'Ada', iban: '', remittance: 'R-1' }, named: [], bankReference: 'B1', onAccount: false };
const today = '2026-03-06';
const of = { receiptId: 'rcp_1', customer: 'c1' };
const record: Extract<ReceiptCommand, { type: 'Record' }> = { type: 'Record', ...of, ...facts, identifiedBy: 'caller', customerKnown: true, today };
const recorded: ReceiptEvent = { type: 'ReceiptRecorded', ...of, ...facts, identifiedBy: 'caller', effectiveOn: '2026-03-05' };
const unknown: ReceiptEvent = { ...recorded, customer: UNIDENTIFIED, identifiedBy: 'nobody' } as ReceiptEvent;
const part = (minor: number, openMinor: number, of_ = item): Application => ({ item: of_, minor, openMinor, effectiveOn: '2026-03-05' });
const second: Item = { ...item, itemId: 'oit_2_1', documentId: 'inv_2' };
const apply = (...applications: readonly Application[]): ReceiptCommand => ({ type: 'Apply', ...of, groupId: 'g1', rule: 'person', applications, trace: [], policyVersion: 0 });
const applied = (unappliedMinor: number, ...applications: readonly Application[]): ReceiptEvent =>
  ({ type: 'CashApplied', ...of, currency: 'EUR', valueOn: '2026-03-05', groupId: 'g1', rule: 'person', applications, unappliedMinor, trace: [], policyVersion: 0, effectiveOn: '2026-03-05' });
const unapply: Extract<ReceiptCommand, { type: 'Unapply' }> = { type: 'Unapply', ...of, groupId: 'g1', itemIds: [], openMinor: { oit_1_1: 40 }, today, effectiveOn: null, cause: 'unapplication', reason: 'mistake' };
const unapplied = (unappliedMinor: number, effectiveOn: string, cause: 'unapplication' | 'reversal' | 'void', ...applications: readonly Application[]): ReceiptEvent =>
  ({ type: 'CashUnapplied', ...of, currency: 'EUR', valueOn: '2026-03-05', groupId: 'g1', applications, unappliedMinor, cause, reason: 'mistake', effectiveOn });
const reverse: Extract<ReceiptCommand, { type: 'Reverse' }> = { type: 'Reverse', ...of, kind: 'return', code: 'AM04', reason: 'mistake', openMinor: { oit_1_1: 40 }, today, effectiveOn: null, feeMinor: 0 };
const reversed = (...groupIds: readonly string[]): ReceiptEvent => ({ type: 'ReceiptReversed', ...of, currency: 'EUR', reversedMinor: 150, kind: 'return', code: 'AM04', reason: 'mistake', groupIds, effectiveOn: today });
const identify: ReceiptCommand = { type: 'Identify', ...of, customerKnown: true, transferId: 't1', by: 'anna' };
const identified: ReceiptEvent = { type: 'ReceiptIdentified', ...of, ...facts, transferId: 't1', by: 'anna', effectiveOn: '2026-03-05' };
const leave: ReceiptCommand = { type: 'LeaveUnapplied', ...of, trace: [], policyVersion: 1 };
const ask = (...currencies: readonly string[]): ReceiptCommand => ({ type: 'AskToUse', ...of, currencies });

describe('money not yet recorded', () => {
  it('is recorded, and counts from its value date', () => given().when(record).then(recorded));
  it('is of a customer that is known', () => given().when({ ...record, customerKnown: false }).thenRefused('customer-not-found'));
  it('is more than nothing', () => given().when({ ...record, receivedMinor: 0 }).thenRefused('receipt-amount-not-positive'));
  it('has a value date not after the business date', () => {
    given().when({ ...record, valueOn: '2026-03-07' }).thenRefused('value-date-in-future');
    given().when({ ...record, valueOn: today }).then({ ...recorded, valueOn: today, effectiveOn: today } as ReceiptEvent);
  });
  it.each([identify, apply(part(1, 99)), leave, unapply, reverse, ask()])('knows no $type', (command) => given().when(command).thenRefused('receipt-not-found'));
});

describe('a receipt of nobody known', () => {
  it('is identified once, with all that is known of it', () => {
    given(unknown).when(identify).then(identified);
    given(unknown, identified).when(identify).thenRefused('receipt-identified');
    expect(given(unknown, identified).state()).toMatchObject({ customer: 'c1' });
  });
  it('is identified as a customer that is known', () => {
    given(unknown).when({ ...identify, customerKnown: false } as ReceiptCommand).thenRefused('customer-not-found');
    given(unknown).when({ ...identify, customer: UNIDENTIFIED } as ReceiptCommand).thenRefused('customer-not-found');
  });
  it('is not used', () => {
    given(unknown).when(apply(part(1, 99))).thenRefused('receipt-unidentified');
    given(unknown).when(ask('EUR')).thenRefused('receipt-unidentified');
  });
  it('can be reversed', () => given(unknown).when(reverse).then({ ...reversed(), customer: UNIDENTIFIED } as ReceiptEvent));
});

describe('a receipt', () => {
  it('is recorded once', () => given(recorded).when(record).thenRefused('receipt-exists'));
  it('is already identified', () => given(recorded).when(identify).thenRefused('receipt-identified'));
  it('is applied up to what it has', () => {
    given(recorded).when(apply(part(100, 0))).then(applied(50, part(100, 0)));
    given(recorded).when(apply(part(100, 0), part(51, 49, second))).thenRefused('receipt-over-applied');
  });
  it('is applied to something', () => given(recorded).when(apply()).thenRefused('application-empty'));
  it('is used in its own currency', () => {
    given(recorded).when(ask('EUR', 'EUR')).thenNothing();
    given(recorded).when(ask('EUR', 'USD')).thenRefused('currency-mismatch');
    const told = (command: object) => receipt.decide(command as ReceiptCommand, receipt.evolve(receipt.initial, recorded));
    expect([told(ask('USD')), told({ ...ask('USD'), mayExchange: true })]).toEqual([{ refused: 'currency-mismatch', detail: { currency: 'EUR', askedCurrency: 'USD' } }, { refused: 'currency-mismatch', detail: { currency: 'EUR', askedCurrency: 'USD', field: 'rate', help: expect.stringContaining('spent') } }]);
  });
  it('is left unapplied, with the reasons', () => given(recorded).when(leave).then({ type: 'CashHeld', ...of, currency: 'EUR', unappliedMinor: 150, trace: [], policyVersion: 1 }));
  it('has no other group', () => given(recorded).when(unapply).thenRefused('application-group-not-found'));
  it('is reversed whole from the business date on', () => given(recorded).when(reverse).then(reversed()));
});

describe('an applied receipt', () => {
  const facts_ = [recorded, applied(50, part(60, 40), part(40, 60, second))];
  it('is unapplied as a group, from the business date on', () => given(...facts_).when({ ...unapply, openMinor: { oit_1_1: 40, oit_2_1: 60 } }).then(unapplied(150, today, 'unapplication', part(60, 100), part(40, 100, second))));
  it('is unapplied for the items of a void alone, and keeps the rest of the group', () => {
    const some = unapplied(110, '2026-03-01', 'void', part(60, 100));
    given(...facts_).when({ ...unapply, itemIds: ['oit_1_1'], cause: 'void', effectiveOn: '2026-03-01' }).then(some);
    expect(given(...facts_, some).state()).toMatchObject({ unappliedMinor: 110, groups: { g1: [{ item: { itemId: 'oit_2_1' } }] } });
    given(...facts_, some).when({ ...unapply, itemIds: ['oit_1_1'] }).thenRefused('application-not-in-group');
  });
  it('is unapplied once', () => given(...facts_, unapplied(150, today, 'unapplication', part(60, 100), part(40, 100, second))).when(unapply).thenRefused('application-group-not-found'));
  it('is unapplied from a given day on, not before it was applied and not in the future', () => {
    given(...facts_).when({ ...unapply, openMinor: {}, effectiveOn: '2026-03-05' }).then(unapplied(150, '2026-03-05', 'unapplication', part(60, 60), part(40, 40, second)));
    given(...facts_).when({ ...unapply, effectiveOn: '2026-03-04' }).thenRefused('effective-date-before-original');
    given(...facts_).when({ ...unapply, effectiveOn: '2026-03-07' }).thenRefused('effective-date-in-future');
  });
  it('is reversed with exactly its applications', () => {
    given(...facts_).when({ ...reverse, openMinor: { oit_1_1: 40, oit_2_1: 60 } }).then(unapplied(150, today, 'reversal', part(60, 100), part(40, 100, second)), reversed('g1'));
    given(...facts_).when({ ...reverse, effectiveOn: '2026-03-04' }).thenRefused('effective-date-before-original');
  });
});

describe('what a payment that went back costs', () => {
  const fees = [{ currencyCode: 'EUR', returned: '7.50', chargedBack: '25', bounced: '' }];
  it.each([['return', 'EUR', 750], ['chargeback', 'EUR', 2500], ['bounced', 'EUR', 0], ['error', 'EUR', 0], ['return', 'USD', 0]] as const)('a %s in %s: %d', (kind, currency, minor) => expect(returnFee({ fees }, kind, currency)).toBe(minor));
  it('is told with its reversal', () => given(recorded).when({ ...reverse, feeMinor: 750 }).then({ ...reversed(), feeMinor: 750 } as ReceiptEvent));
  it('is charged to nobody where nobody is known', () => given(unknown).when({ ...reverse, feeMinor: 750 }).then({ ...reversed(), customer: UNIDENTIFIED } as ReceiptEvent));
});

describe('a reversed receipt', () => {
  it.each([identify, apply(part(1, 99)), leave, unapply, reverse, ask('EUR')])('is done with: no $type', (command) => given(recorded, reversed()).when(command).thenRefused('receipt-reversed'));
  it('is not recorded again', () => given(recorded, reversed()).when(record).thenRefused('receipt-exists'));
});
