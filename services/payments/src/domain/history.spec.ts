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
import { debit } from './debit.js';
import { debitItems } from './debit-items.js';
import { mandate } from './mandate.js';
import { payLink } from './pay-link.js';
import { ledgerExport } from './ledger-export.js';
import { period } from './period.js';
import { postedCreditNote } from './posted-credit-note.js';
import { receipt } from './receipt.js';
import { revaluation } from './revaluation.js';
import { isPaid, refund } from './refund.js';
import { writeOff } from './write-off.js';

interface Sample { readonly stored: Pick<StoredEvent, 'type' | 'data'>; readonly published: unknown }
const samples = (file: string) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as readonly Sample[];
const all = { receipt: samples('./receipt.history.json'), creditNote: samples('./posted-credit-note.history.json'), refund: samples('./refund.history.json'), writeOff: samples('./write-off.history.json'), account: samples('./account.history.json'), bankAccount: samples('./bank-account.history.json'), bankStatement: samples('./bank-statement.history.json'), bankEntry: samples('./bank-entry.history.json'), bankReturn: samples('./bank-return.history.json'), period: samples('./period.history.json'), revaluation: samples('./revaluation.history.json'), ledgerExport: samples('./ledger-export.history.json'), takenOn: samples('./taken-on.history.json'),
  mandate: samples('./mandate.history.json'), debit: samples('./debit.history.json'), debitItems: samples('./debit-items.history.json'), debitFile: samples('./debit-file.history.json'), payLink: samples('./pay-link.history.json'), payer: samples('./payer.history.json'), remittanceAdvice: samples('./remittance-advice.history.json') };
const published = Object.values(all).flat();
/** Samples of a second receipt, refund and so on: what is in another currency. */
const isOther = (s: Sample): boolean => /_5[12]/.test(JSON.stringify(s.stored));
const first = (of: readonly Sample[]): readonly Sample[] => of.filter((s) => !isOther(s));

// Changing a sample is a decision: events like it are stored for ever, and what they are published as is what readers of the log get.
describe('events that were once stored', () => {
  it.each(published.map((s) => [s.stored.type, s] as const))('%s is published as it always was', (_type, { stored, published }) => {
    const event = publish('payments', publisher, stored);
    expect(encode(event.type, event.data as Contract[typeof event.type])).toEqual(published);
  });
  it('are all of those that there are', () => expect([...new Set(published.map((s) => s.stored.type))].sort()).toEqual(Object.keys(publisher).sort()));
  it('still make the state of a receipt, a credit note, a refund, a write-off and an account', () => {
    const of = (s: Sample) => ({ ...s.stored.data, type: s.stored.type }) as never;
    expect(first(all.receipt).map(of).reduce((state, e) => receipt.evolve(state, e), receipt.initial)).toMatchObject({ status: 'reversed', unappliedMinor: 0, groups: {}, refunds: {} });
    expect(JSON.parse(JSON.stringify(first(all.account).map(of).reduce((state, e) => account.evolve(state, e), account.initial)))).toMatchObject({ items: {}, cash: { 'credit-note:crn_1': { unappliedMinor: 116_90 } }, voids: {}, moved: {}, writtenOff: {} });
    expect(first(all.writeOff).map(of).reduce((state, e) => writeOff.evolve(state, e), writeOff.initial)).toMatchObject({ inner: { status: 'booked', parts: [], recoveries: {} }, pending: {}, customer: 'c1' });
    expect(isPaid(first(all.refund).map(of).reduce((state, e) => refund.evolve(state, e), refund.initial))).toBe(true);
    expect(first(all.creditNote).map(of).reduce((state, e) => postedCreditNote.evolve(state, e), postedCreditNote.initial)).toMatchObject({ status: 'posted', unappliedMinor: 0, discount: { minor: 2_42, taxMinor: 42 }, groups: {}, groupCount: 2, refunds: {} });
  });
  it('still make what an account in another currency is worth', () => {
    const of = (s: Sample) => ({ ...s.stored.data, type: s.stored.type }) as never;
    const dollars = all.account.filter((s) => isOther(s) && s.stored.data['currency'] === 'USD').map(of);
    const worth = (events: readonly never[]) => { const { items, cash } = events.reduce((state, e) => account.evolve(state, e), account.initial); return { items: items.values().map((i) => [i.openMinor, i.inBase]), cash: [...cash].map(([, c]) => [c.unappliedMinor, c.inBase]) }; };
    const eur = (minor: number) => ({ minor, currency: 'EUR' });
    expect([worth(dollars.slice(0, 2)), worth(dollars.slice(0, 3)), worth(dollars.slice(0, 4)), worth(dollars)]).toEqual([
      { items: [[100_00, eur(92_00)]], cash: [[100_00, eur(95_00)]] }, { items: [], cash: [] }, { items: [[100_00, eur(92_00)]], cash: [[100_00, eur(95_00)]] }, { items: [], cash: [] },
    ]);
  });
  it('still make the state of the books', () => {
    expect(all.period.map((s) => ({ ...s.stored.data, type: s.stored.type }) as never).reduce((state, e) => period.evolve(state, e), period.initial)).toEqual({ openFrom: '2026-03-01', closed: [] });
    expect(all.revaluation.map((s) => ({ ...s.stored.data, type: s.stored.type }) as never).reduce((state, e) => revaluation.evolve(state, e), revaluation.initial)).toEqual({ days: [{ lastOn: '2026-09-30', method: 'closing-rate', differences: { USD: 6_00 } }, { lastOn: '2026-10-31', method: 'closing-rate', differences: { USD: 3_50 } }, { lastOn: '2026-11-30', method: 'closing-rate', differences: {} }] });
    expect(all.ledgerExport.map((s) => ({ ...s.stored.data, type: s.stored.type }) as never).reduce((state, e) => ledgerExport.evolve(state, e), ledgerExport.initial)).toEqual({ number: 7, until: 4_711 });
  });
  it('still make the state of a bank account, a statement, an entry and a return', () => {
    const of = (s: Sample) => ({ ...s.stored.data, type: s.stored.type }) as never;
    expect(all.bankAccount.filter((s) => s.stored.data['bankAccountId'] !== 'ban_csv').map(of).reduce((state, e) => bankAccount.evolve(state, e), bankAccount.initial)).toMatchObject({ status: 'registered', message: 'camt.053', last: { number: 7, closingMinor: 350_00 } });
    expect(all.bankStatement.map(of).reduce((state, e) => bankStatement.evolve(state, e), bankStatement.initial)).toMatchObject({ status: 'discarded', through: 3, refused: [3] });
    expect(all.bankReturn.map(of).reduce((state, e) => bankReturn.evolve(state, e), bankReturn.initial)).toMatchObject({ status: 'dismissed', minor: 121_00, code: 'AC04' });
    expect(all.bankEntry.map(of).reduce((state, e) => bankEntry.evolve(state, e), bankEntry.initial)).toMatchObject({ count: 2, statementId: 'bst_2', nth: 1, told: [expect.stringMatching(/^bed_/)] });
  });
  it('still make the state of a mandate, a debit, the items in debits and a pay link', () => {
    const of = (s: Sample) => ({ ...s.stored.data, type: s.stored.type }) as never;
    expect(all.mandate.slice(0, 7).map(of).reduce((state, e) => mandate.evolve(state, e), mandate.initial)).toMatchObject({ status: 'cancelled', uses: 2, lastUsedOn: '2026-04-12', formerIban: '' });
    expect(all.debit.slice(0, 8).map(of).reduce((state, e) => debit.evolve(state, e), debit.initial)).toMatchObject({ status: 'abandoned', attempt: 2, last: 2, attempts: { 1: { became: 'declined' }, 2: { became: 'returned' } } });
    expect(all.debitItems.map(of).reduce((state, e) => debitItems.evolve(state, e), debitItems.initial)).toEqual({ taken: {}, givenUp: { oit_1_1: true, oit_2_1: true } });
    expect(all.payLink.slice(2).map(of).reduce((state, e) => payLink.evolve(state, e), payLink.initial)).toMatchObject({ status: 'paid', payments: ['P-1'] });
  });
});
