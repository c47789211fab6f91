import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { encode, type Contract } from '@ar/contracts/registry.js';
import type { StoredEvent } from '@ar/event-store/store.js';
import { publish } from '@ar/runtime/cloud-event.js';
import { publisher } from '../payments.publisher.js';
import { account } from './account.js';
import { bankAccount } from './bank-account.js';
import { bankEntry } from './bank-entry.js';
import { bankReturn } from './bank-return.js';
import { bankStatement } from './bank-statement.js';
import { ledgerExport } from './ledger-export.js';
import { period } from './period.js';
import { postedCreditNote } from './posted-credit-note.js';
import { receipt } from './receipt.js';
import { isPaid, refund } from './refund.js';
import { writeOff } from './write-off.js';

interface Sample { readonly stored: Pick<StoredEvent, 'type' | 'data'>; readonly published: unknown }
const samples = (file: string) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as readonly Sample[];
const all = { receipt: samples('./receipt.history.json'), creditNote: samples('./posted-credit-note.history.json'), refund: samples('./refund.history.json'), writeOff: samples('./write-off.history.json'), account: samples('./account.history.json'), bankAccount: samples('./bank-account.history.json'), bankStatement: samples('./bank-statement.history.json'), bankEntry: samples('./bank-entry.history.json'), bankReturn: samples('./bank-return.history.json'), period: samples('./period.history.json'), ledgerExport: samples('./ledger-export.history.json'), takenOn: samples('./taken-on.history.json'), payer: samples('./payer.history.json'), remittanceAdvice: samples('./remittance-advice.history.json') };
const every = Object.values(all).flat();

// Changing a sample is a decision: events like it are stored for ever, and what they are published as is what readers of the log get.
describe('events that were once stored', () => {
  it.each(every.map((s) => [s.stored.type, s] as const))('%s is published as it always was', (_type, { stored, published }) => {
    const event = publish('payments', publisher, stored);
    expect(encode(event.type, event.data as Contract[typeof event.type])).toEqual(published);
  });
  it('are all of those that there are', () => expect([...new Set(every.map((s) => s.stored.type))].sort()).toEqual(Object.keys(publisher).sort()));
  it('still make the state of a receipt, a credit note, a refund, a write-off and an account', () => {
    const of = (s: Sample) => ({ ...s.stored.data, type: s.stored.type }) as never;
    expect(all.receipt.map(of).reduce((state, e) => receipt.evolve(state, e), receipt.initial)).toMatchObject({ status: 'reversed', unappliedMinor: 0, groups: {}, refunds: {} });
    expect(JSON.parse(JSON.stringify(all.account.map(of).reduce((state, e) => account.evolve(state, e), account.initial)))).toMatchObject({ items: {}, cash: { 'credit-note:crn_1': { unappliedMinor: 116_90 } }, voids: {}, moved: {}, writtenOff: {} });
    expect(all.writeOff.map(of).reduce((state, e) => writeOff.evolve(state, e), writeOff.initial)).toMatchObject({ inner: { status: 'booked', parts: [], recoveries: {} }, pending: {}, customer: 'c1' });
    expect(isPaid(all.refund.map(of).reduce((state, e) => refund.evolve(state, e), refund.initial))).toBe(true);
    expect(all.creditNote.map(of).reduce((state, e) => postedCreditNote.evolve(state, e), postedCreditNote.initial)).toMatchObject({ status: 'posted', unappliedMinor: 118_58, discount: { minor: 2_42, taxMinor: 42 }, groups: {}, groupCount: 2, refunds: {} });
  });
  it('still make the state of the books', () => {
    expect(all.period.map((s) => ({ ...s.stored.data, type: s.stored.type }) as never).reduce((state, e) => period.evolve(state, e), period.initial)).toEqual({ openFrom: '2026-03-01', closed: [] });
    expect(all.ledgerExport.map((s) => ({ ...s.stored.data, type: s.stored.type }) as never).reduce((state, e) => ledgerExport.evolve(state, e), ledgerExport.initial)).toEqual({ number: 7, until: 4_711 });
  });
  it('still make the state of a bank account, a statement, an entry and a return', () => {
    const of = (s: Sample) => ({ ...s.stored.data, type: s.stored.type }) as never;
    expect(all.bankAccount.filter((s) => s.stored.data['bankAccountId'] !== 'ban_csv').map(of).reduce((state, e) => bankAccount.evolve(state, e), bankAccount.initial)).toMatchObject({ status: 'registered', message: 'camt.053', last: { number: 7, closingMinor: 350_00 } });
    expect(all.bankStatement.map(of).reduce((state, e) => bankStatement.evolve(state, e), bankStatement.initial)).toMatchObject({ status: 'discarded', through: 3, refused: [3] });
    expect(all.bankReturn.map(of).reduce((state, e) => bankReturn.evolve(state, e), bankReturn.initial)).toMatchObject({ status: 'dismissed', minor: 121_00, code: 'AC04' });
    expect(all.bankEntry.map(of).reduce((state, e) => bankEntry.evolve(state, e), bankEntry.initial)).toMatchObject({ count: 2, statementId: 'bst_2', nth: 1, told: [expect.stringMatching(/^bed_/)] });
  });
});
