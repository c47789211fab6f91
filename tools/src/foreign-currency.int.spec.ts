// A debt in another currency than that of the books, through all services: booked at the rate of its day, paid at another, what that gains or loses, and every way back.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { lastValueFrom, toArray } from 'rxjs';
import { ExportLedgerRequest } from '@ar/contracts/gen/ar/payments/v1/ledger_service.js';
import { ListRevaluationsRequest, ListRevaluedBalancesRequest, type Revaluation } from '@ar/contracts/gen/ar/payments/v1/period_service.js';
import { GetAgingRequest, GetTrialBalanceRequest, ListJournalEntriesRequest } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { ApplyReceiptRequest, type Receipt } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import type { Day } from '@ar/domain/day.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { Api } from '@ar/platform/api.js';
import type { Violation } from '@ar/platform/errors.js';
import { Fields } from '@ar/platform/fields.js';
import { Pages } from '@ar/platform/lists.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { detailsOf } from '../../services/invoicing/src/domain/tenant.world.js';
import { issueInvoice, openBusinessDay, publishPolicy, registerTenant } from '../../services/invoicing/src/invoicing.commands.js';
import { issueCreditNote } from '../../services/invoicing/src/notes.commands.js';
import { LedgerGrpc } from '../../services/payments/src/api/ledger.grpc.js';
import { cutLedgerBatch } from '../../services/payments/src/ledger-export.commands.js';
import { applyReceiptRpc } from '../../services/payments/src/api/receipt.grpc.js';
import { ReportGrpc } from '../../services/payments/src/api/report.grpc.js';
import { applyReceipt, recordReceipt, reverseReceipt, unapplyReceipt } from '../../services/payments/src/payments.commands.js';
import { closePeriod } from '../../services/payments/src/periods.commands.js';
import { revaluePeriod } from '../../services/payments/src/revaluation.commands.js';
import { PeriodGrpc } from '../../services/payments/src/api/period.grpc.js';
import { startFive, type FiveServices } from './five-services.world.js';

let postgres: Postgres;
let five: FiveServices;
const reports = () => new ReportGrpc(new Api(five.runtimes.payments, new Pages('a key of sixteen or more'), false));
const periods = () => new PeriodGrpc(new Api(five.runtimes.payments, new Pages('a key of sixteen or more'), false));
const exchange = (usd: string) => ({ source: 'ECB', rates: [{ currencyCode: 'USD', rate: usd }] });

/** What is on the accounts, in their currency and in the base currency; those without a balance are left out. */
async function balances(effectiveDate = ''): Promise<Record<string, string>> {
  const { rows, controlTotals, baseControlTotal } = await reports().getTrialBalance(GetTrialBalanceRequest.fromPartial({ tenantId: 't', ...(effectiveDate === '' ? {} : { asOf: { effectiveDate } }) }));
  const sum = (of: readonly (string | undefined)[]) => of.reduce((total, v) => total + Math.round(Number(v ?? 0) * 100), 0);
  expect([sum(rows.map((r) => r.baseDebit!.value)), sum(rows.map((r) => r.baseCredit!.value))]).toEqual(Array(2).fill(sum([baseControlTotal!.value])));
  for (const { currencyCode, value } of controlTotals) expect(sum(rows.filter((r) => r.currencyCode === currencyCode).map((r) => r.credit!.value))).toBe(sum([value]));
  return Object.fromEntries(rows.filter((r) => r.balance!.value !== '0.00' || r.baseBalance!.value !== '0.00').map((r) => [`${r.currencyCode} ${r.account.replace('LEDGER_ACCOUNT_', '')}`, `${r.balance!.value} ${r.baseBalance!.value}${r.unbookedDebit || r.unbookedCredit ? ' unbooked' : ''}`]));
}
const open = async (date: Day, rate: string) => {
  await five.ask('invoicing', publishPolicy, { tenantId: 't', kind: 'exchange', policy: { exchange: exchange(rate) }, validFrom: date });
  await five.readOn();
  await five.ask('invoicing', openBusinessDay, { tenantId: 't', date });
  await five.readOn();
};
const issue = async (id: string, unitPrice: string, more: Parameters<typeof contentOf>[0] = {}) => {
  await five.ask('invoicing', issueInvoice, { invoiceId: `inv_${id}`, ...contentOf({ currencyCode: 'USD', lines: [lineOf({ unitPrice, taxRate: '19', taxCategory: 'S' })], externalNumber: id, ...more }) });
  await five.readOn();
};
const receive = async (receiptId: string, receivedMinor: number, reference: string, more: { readonly currency?: string; readonly valueOn?: Day; readonly bookingRate?: string } = {}) => {
  const { resource } = await five.ask('payments', recordReceipt, { receiptId, customer: 'c1', currency: 'USD', receivedMinor, valueOn: '', method: 'PAYMENT_METHOD_CASH', bankReference: '', named: reference === '' ? [] : [{ reference, minor: null }], onAccount: reference === '', remitter: { name: '', iban: '', remittance: '' }, ...more });
  await five.readOn();
  return resource as Receipt;
};

beforeAll(async () => {
  postgres = await startPostgres();
  five = await startFive({ postgres, partitions: 2, batch: 500 });
  await five.ask('invoicing', registerTenant, { tenantId: 't', baseCurrency: 'EUR', timeZone: 'UTC', details: detailsOf(), firstBusinessDay: '2026-03-02', policies: { ...defaultPolicies, exchange: exchange('0.90') } });
  await five.readOn();
  await five.ask('credit', registerCustomer, { customerId: 'c1', personal: { name: 'One', address: null, invoiceEmail: '', reminderEmail: '', taxId: '' }, profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} } });
  await five.readOn();
}, 60_000);
afterAll(async () => { await five?.stop(); await postgres?.stop(); });

describe('119.00 USD, invoiced at 0.90', () => {
  it('are 107.10 EUR in the books', async () => {
    await issue('a', '100');
    expect(await balances()).toEqual({ 'USD RECEIVABLES': '119.00 107.10', 'USD SALES': '-100.00 -90.00', 'USD TAX': '-19.00 -17.10' });
  });
  it('paid in two parts at 0.95 gain 5.95, and leave nothing in either currency', async () => {
    await open('2026-03-03', '0.95');
    expect((await receive('rcp_1', 33_33, 'a')).booking).toEqual({ rate: '0.95', source: 'ECB', policyVersion: 2, amount: { currencyCode: 'EUR', value: '31.66' } });
    const { applicationGroups: [group] } = await receive('rcp_2', 85_67, 'a');
    expect(group!.applications[0]!.inBase).toEqual({ item: { currencyCode: 'EUR', value: '77.10' }, discount: undefined, money: { currencyCode: 'EUR', value: '81.39' }, gain: { currencyCode: 'EUR', value: '4.29' }, loss: undefined });
    expect(await balances()).toEqual({ 'USD CASH': '119.00 113.05', 'USD SALES': '-100.00 -90.00', 'USD TAX': '-19.00 -17.10', 'USD EXCHANGE_GAINS': '0.00 -5.95' });
  });
  it('are worth what they were when the money goes back, and the gain is gone', async () => {
    await five.ask('payments', reverseReceipt, { receiptId: 'rcp_2', kind: 'return', code: 'AM04', reason: 'no funds', effectiveOn: '' });
    await five.readOn();
    expect(await balances()).toEqual({ 'USD CASH': '33.33 31.66', 'USD RECEIVABLES': '85.67 77.10', 'USD SALES': '-100.00 -90.00', 'USD TAX': '-19.00 -17.10', 'USD EXCHANGE_GAINS': '0.00 -1.66' });
  });
  it('credited, are credited at the rate of their invoice, whatever the rate is now', async () => {
    await five.ask('invoicing', issueCreditNote, { creditNoteId: 'crn_1', for: { kind: 'invoice', invoiceId: 'inv_a', lines: [{ line: 1, net: { minor: 71_99, currency: 'USD' }, quantity: '' }] }, reasonCode: 'price', reason: '', issueDate: '', cancels: false, replacementInvoiceId: '', externalNumber: '', labels: {}, by: 'anna' });
    await five.readOn();
    expect(await balances()).toEqual({ 'USD CASH': '33.33 31.66', 'USD SALES': '-28.01 -25.21', 'USD TAX': '-5.32 -4.79', 'USD EXCHANGE_GAINS': '0.00 -1.66' });
  });
});

describe('money whose value is of an earlier day', () => {
  it('is booked at the rate of that day', async () => expect((await receive('rcp_3', 10_00, '', { valueOn: '2026-03-02' })).booking).toMatchObject({ rate: '0.90', policyVersion: 1 }));
  it('of a day, or a currency, without a rate is taken, and says so', async () => {
    expect((await receive('rcp_4', 10_00, '', { valueOn: '2026-02-20' })).booking).toBeUndefined();
    expect((await receive('rcp_5', 10_00, '', { currency: 'CHF' })).booking).toBeUndefined();
    expect(await balances()).toMatchObject({ 'CHF CASH': '10.00 0.00 unbooked', 'CHF UNAPPLIED_CASH': '-10.00 0.00 unbooked', 'USD UNAPPLIED_CASH': '-20.00 -9.00 unbooked' });
    const { entries } = await reports().listJournalEntries(ListJournalEntriesRequest.fromPartial({ tenantId: 't', currencyCode: 'CHF' }));
    expect(entries).toMatchObject([{ amount: { value: '10.00' }, baseAmount: undefined }]);
  });
});

describe('money in the base currency', () => {
  it('is worth itself', async () => {
    await receive('rcp_6', 10_00, '', { currency: 'EUR' });
    expect(await balances()).toMatchObject({ 'EUR CASH': '10.00 10.00', 'EUR UNAPPLIED_CASH': '-10.00 -10.00' });
  });
});

describe('100.00 USD for an invoice over 91.00 EUR', () => {
  let groupId = '';
  const across = async (exchange: { readonly minor: number | null; readonly currency: string; readonly rate: string }, minor: number) => {
    const { resource } = await five.ask('payments', applyReceipt, { receiptId: 'rcp_7', shares: [{ itemId: 'oit_e_1', minor, currency: 'EUR' }], exchange });
    await five.readOn();
    return resource as Receipt;
  };
  beforeAll(async () => {
    await open('2026-03-04', '0.92');
    await issue('e', '91', { currencyCode: 'EUR', lines: [lineOf({ unitPrice: '91', taxRate: '0', taxCategory: 'Z' })] });
    await receive('rcp_7', 100_00, '');
  });
  it('have three amounts and two rates, and gain what they are worth more', async () => {
    const { applicationGroups: [group], unapplied, booking } = await across({ minor: 100_00, currency: 'USD', rate: '' }, 91_00);
    groupId = group!.applicationGroupId;
    expect([group, unapplied, booking]).toMatchObject([
      { amount: { currencyCode: 'USD', value: '100.00' }, exchange: { settled: { currencyCode: 'EUR', value: '91.00' }, rate: '0.91' }, applications: [{ spent: { value: '100.00' }, amount: { currencyCode: 'EUR', value: '91.00' }, inBase: { money: { value: '92.00' }, item: { value: '91.00' }, gain: { value: '1.00' } } }] },
      { currencyCode: 'USD', value: '0.00' }, { rate: '0.92', amount: { value: '92.00' } },
    ]);
    expect(await balances()).toMatchObject({ 'USD CURRENCY_CLEARING': '-100.00 -92.00', 'EUR CURRENCY_CLEARING': '91.00 92.00', 'EUR EXCHANGE_GAINS': '0.00 -1.00', 'EUR SALES': '-91.00 -91.00' });
    expect(await balances()).not.toHaveProperty('EUR RECEIVABLES');
  });
  it('are there again when that is taken back', async () => {
    const { resource } = await five.ask('payments', unapplyReceipt, { receiptId: 'rcp_7', groupId, reason: 'mistake', effectiveOn: '' });
    await five.readOn();
    expect((resource as Receipt).unapplied).toEqual({ currencyCode: 'USD', value: '100.00' });
    const now = await balances();
    expect(now).toMatchObject({ 'EUR RECEIVABLES': '91.00 91.00' });
    expect(Object.keys(now).filter((account) => /CLEARING|EUR EXCHANGE/.test(account))).toEqual([]);
  });
  it('are used as far as a rate says', async () => {
    expect((await across({ minor: null, currency: '', rate: '0.9' }, 45_00)).applicationGroups.at(-1)).toMatchObject({ amount: { currencyCode: 'USD', value: '50.00' }, exchange: { rate: '0.9' } });
    expect(await balances()).toMatchObject({ 'EUR RECEIVABLES': '46.00 46.00', 'EUR EXCHANGE_GAINS': '0.00 -1.00' });
  });
  it('settle nothing of another currency unasked, and nothing of their own so', async () => {
    await expect(five.ask('payments', applyReceipt, { receiptId: 'rcp_7', shares: [{ itemId: 'oit_e_1', minor: 1_00, currency: 'EUR' }] })).rejects.toMatchObject({ refusal: { refused: 'currency-mismatch' } });
    await expect(across({ minor: 1_00, currency: 'EUR', rate: '' }, 1_00)).rejects.toMatchObject({ refusal: { refused: 'currency-mismatch' } });
    await expect(across({ minor: 60_00, currency: 'USD', rate: '' }, 1_00)).rejects.toMatchObject({ refusal: { refused: 'receipt-over-applied' } });
  });
  it('are asked for by a sum or a rate, and nothing else beside it', () => {
    const wrong = (more: object) => { const request = ApplyReceiptRequest.fromPartial({ tenantId: 't', requestId: 'r', receiptId: 'rcp_7', applications: [{ itemId: 'oit_e_1', amount: { currencyCode: 'EUR', value: '1.00' } }], ...more }); const found: Violation[] = []; applyReceiptRpc.read(new Fields(request, found), request); return found.map((v) => v.field); };
    expect([wrong({ rate: '0' }), wrong({ rate: '0.9', spent: { currencyCode: 'USD', value: '1.00' } }), wrong({ rate: '0.9', applications: [] }), wrong({ rate: '0.9' })]).toEqual([['rate'], ['rate'], ['applications'], []]);
  });
});

describe('what is open in USD when the month ends', () => {
  const revalue = async (method: 'closing-rate' | 'losses-only') => {
    const { resource } = await five.ask('payments', revaluePeriod, { lastOn: '2026-03-04', method, by: 'anna' });
    await five.readOn();
    return resource as Revaluation;
  };
  const valuation = async (on: Day) => Object.fromEntries(Object.entries(await balances(on)).filter(([account]) => /VALUATION|UNREALISED/.test(account)));
  beforeAll(async () => {
    await issue('f', '100', { lines: [lineOf({ unitPrice: '100', taxRate: '0', taxCategory: 'Z' })] }); // at 0.92
    await issue('g', '100', { bookingRate: { rate: '0.95', source: 'contract' }, lines: [lineOf({ unitPrice: '100', taxRate: '0', taxCategory: 'Z' })] });
    await open('2026-03-05', '0.99');
  });
  it('is worth less than it is booked with, by the closing rate of that day', async () => {
    expect(await revalue('closing-rate')).toMatchObject({ lastDate: '2026-03-04', reversalDate: '2026-03-05', currencies: [{ currencyCode: 'USD', rate: '0.92', open: { value: '200.00' }, carried: { value: '187.00' }, unapplied: { value: '60.00' }, unappliedCarried: { value: '55.00' }, difference: { value: '-3.20' }, booked: { value: '-3.20' } }], leftOut: [{ open: { currencyCode: 'CHF', value: '0.00' }, unapplied: { value: '10.00' } }, { open: { currencyCode: 'USD', value: '0.00' }, unapplied: { value: '10.00' } }] });
    expect([await valuation('2026-03-04'), await valuation('2026-03-05')]).toEqual([{ 'USD RECEIVABLES_VALUATION': '0.00 -3.20', 'USD UNREALISED_EXCHANGE': '0.00 3.20' }, {}]);
  });
  it('is revalued once, however often that is asked for', async () => {
    await revalue('closing-rate');
    await revalue('losses-only'); // nothing gains
    expect(await valuation('2026-03-04')).toEqual({ 'USD RECEIVABLES_VALUATION': '0.00 -3.20', 'USD UNREALISED_EXCHANGE': '0.00 3.20' });
    expect((await periods().listRevaluations(ListRevaluationsRequest.fromPartial({ tenantId: 't' }))).revaluations).toMatchObject([{ lastDate: '2026-03-04', revaluedBy: 'anna', businessDate: '2026-03-05' }]);
  });
  it('answers what changes nothing with where the last one is', async () => {
    const [first, again] = [await five.ask('payments', revaluePeriod, { lastOn: '2026-03-03', method: 'booking-rate', by: 'anna' }), await five.ask('payments', revaluePeriod, { lastOn: '2026-03-03', method: 'booking-rate', by: 'ben' })];
    expect([Object.keys(first.position).length, again.events, again.version, again.position]).toEqual([1, [], first.version, first.position]);
    await five.readOn();
  });
  it('is listed, item by item and receipt by receipt, and sums to what was booked', async () => {
    const list = (more: object) => periods().listRevaluedBalances(ListRevaluedBalancesRequest.fromPartial({ tenantId: 't', lastDate: '2026-03-04', pageSize: 3, ...more }));
    const { balances: some, nextPageToken, revaluation } = await list({});
    const all = [...some, ...(await list({ pageToken: nextPageToken })).balances];
    expect(all.map((b) => [b.balance!.value, b.documentNumber, b.amount!.value, b.carried!.value, b.worth!.value, b.difference!.value])).toEqual([
      ['oit_f_1', 'R2026-00003', '100.00', '92.00', '92.00', '0.00'], ['oit_g_1', 'R2026-00004', '100.00', '95.00', '92.00', '-3.00'],
      ['rcp_3', '', '10.00', '9.00', '9.20', '-0.20'], ['rcp_7', '', '50.00', '46.00', '46.00', '0.00'],
    ]);
    expect(revaluation!.currencies[0]!.difference!.value).toBe((all.reduce((sum, b) => sum + Math.round(Number(b.difference!.value) * 100), 0) / 100).toFixed(2));
    expect((await list({ filter: 'customer_id = "nobody"' })).balances).toEqual([]);
    await expect(list({ lastDate: '2026-03-01' })).rejects.toMatchObject({ reason: 'REVALUATION_NOT_FOUND' });
  });
  it('names what had been recorded and was not read: it is in the next one', async () => {
    const list = async () => (await periods().listRevaluedBalances(ListRevaluedBalancesRequest.fromPartial({ tenantId: 't', lastDate: '2026-03-04' }))).balances.map((b) => [b.balance!.value, b.difference!.value]);
    await receive('rcp_v', 5_00, '', { valueOn: '2026-03-04', bookingRate: '0.90' });
    await five.ask('payments', recordReceipt, { receiptId: 'rcp_u', customer: 'c1', currency: 'USD', receivedMinor: 7_00, valueOn: '2026-03-04', method: 'PAYMENT_METHOD_CASH', bankReference: '', named: [], onAccount: true, remitter: { name: '', iban: '', remittance: '' }, bookingRate: '0.90' });
    const { events, resource } = await five.ask('payments', revaluePeriod, { lastOn: '2026-03-04', method: 'closing-rate', by: 'anna' });
    expect([(events[0]!.data as { unread?: readonly number[] }).unread, resource]).toMatchObject([[expect.any(Number)], { currencies: [{ difference: { value: '-3.30' }, booked: { value: '-0.10' } }] }]);
    await five.readOn();
    expect(await list()).toEqual([['oit_f_1', '0.00'], ['oit_g_1', '-3.00'], ['rcp_3', '-0.20'], ['rcp_7', '0.00'], ['rcp_v', '-0.10']]);
    expect(await revalue('closing-rate')).toMatchObject({ currencies: [{ difference: { value: '-3.44' }, booked: { value: '-0.14' } }] });
    expect((await list()).slice(4)).toEqual([['rcp_u', '-0.14'], ['rcp_v', '-0.10']]);
    for (const receiptId of ['rcp_u', 'rcp_v']) await five.ask('payments', reverseReceipt, { receiptId, kind: 'error', code: '', reason: 'not ours', effectiveOn: '2026-03-04' });
    await five.readOn();
    expect(await revalue('closing-rate')).toMatchObject({ currencies: [{ difference: { value: '-3.20' }, booked: { value: '0.24' } }] });
  });
  it('keeps the period open while it is worth something else than was booked', async () => {
    await receive('rcp_8', 100_00, 'g', { valueOn: '2026-03-04' });
    await expect(five.ask('payments', closePeriod, { lastOn: '2026-03-04', by: 'anna' })).rejects.toMatchObject({ refusal: { refused: 'revaluation-outdated' } });
    const before = await periods().listRevaluedBalances(ListRevaluedBalancesRequest.fromPartial({ tenantId: 't', lastDate: '2026-03-04', pageSize: 1 }));
    expect((await periods().listRevaluedBalances(ListRevaluedBalancesRequest.fromPartial({ tenantId: 't', lastDate: '2026-03-04' }))).balances).toHaveLength(4); // as it was decided, whatever came later
    expect(await revalue('closing-rate')).toMatchObject({ currencies: [{ difference: { value: '-0.20' }, booked: { value: '3.00' } }] });
    await expect(periods().listRevaluedBalances(ListRevaluedBalancesRequest.fromPartial({ tenantId: 't', lastDate: '2026-03-04', pageSize: 1, pageToken: before.nextPageToken }))).rejects.toThrow();
    expect((await periods().listRevaluedBalances(ListRevaluedBalancesRequest.fromPartial({ tenantId: 't', lastDate: '2026-03-04' }))).balances.map((b) => b.balance!.value)).toEqual(['oit_f_1', 'rcp_3', 'rcp_7']);
    await five.ask('payments', closePeriod, { lastOn: '2026-03-04', by: 'anna' });
    await five.readOn();
    await expect(revalue('closing-rate')).rejects.toMatchObject({ refusal: { refused: 'period-closed' } });
  });
});

describe('the aging of all of it', () => {
  it('is told as it is booked, what is not booked apart, and ties to the journal', async () => {
    await issue('h', '50', { currencyCode: 'CHF', bookingRate: { rate: '1.05', source: 'contract' }, lines: [lineOf({ unitPrice: '50', taxRate: '0', taxCategory: 'Z' })] });
    const { booked, unbooked, unbookedUnapplied, restated, agings } = await reports().getAging(GetAgingRequest.fromPartial({ tenantId: 't', booked: true }));
    const at = await balances();
    const control = ['RECEIVABLES', 'UNAPPLIED_CASH'].reduce((sum, account) => sum + Object.entries(at).filter(([name]) => name.endsWith(` ${account}`)).reduce((of, [, value]) => of + Math.round(Number(value.split(' ')[1]) * 100), 0), 0);
    expect([booked!.open, unbooked, restated, Math.round(Number(booked!.controlTotal!.value) * 100)]).toEqual([{ currencyCode: 'EUR', value: '190.50' }, [], undefined, control]); // 46.00 EUR, 100.00 USD at 0.92, 50.00 CHF at 1.05
    // 50.00 USD and 10.00 EUR unapplied are booked, 10.00 of each other currency are not: booked and not booked are all there is, in each currency.
    expect([booked!.unapplied!.value, unbookedUnapplied]).toEqual(['65.00', [{ currencyCode: 'CHF', value: '10.00' }, { currencyCode: 'USD', value: '10.00' }]]);
    expect(agings.map((a) => [a.currencyCode, a.open!.value, a.unapplied!.value, a.controlTotal!.value])).toEqual([['CHF', '50.00', '10.00', '40.00'], ['EUR', '46.00', '10.00', '36.00'], ['USD', '100.00', '70.00', '30.00']]);
    expect((await reports().getAging(GetAgingRequest.fromPartial({ tenantId: 't', booked: true, customerId: 'c1', currencyCode: 'EUR' }))).unbookedUnapplied).toEqual([]);
    expect((await reports().getAging(GetAgingRequest.fromPartial({ tenantId: 't', booked: true, currencyCode: 'CHF' }))).booked!.buckets.map((b) => b.open!.value)).toContain('52.50');
  });
});

describe('the ledger export', () => {
  it('has both amounts of each entry, and what they come to', async () => {
    await five.ask('payments', cutLedgerBatch, { by: 'books' });
    await five.readOn();
    const api = new Api(five.runtimes.payments, new Pages('a key of sixteen or more'), false);
    const messages = await lastValueFrom(new LedgerGrpc(api).exportLedger(ExportLedgerRequest.fromPartial({ tenantId: 't', batchNumber: 1n }), undefined, Object.assign(new EventEmitter(), { writableNeedDrain: false })).pipe(toArray()));
    const entries = messages.flatMap((m) => m.entries.map((e) => e.entry!));
    const cents = (value: string | undefined) => Math.round(Number(value ?? 0) * 100);
    expect(cents(messages[0]!.totals!.baseControlTotal!.value)).toBe(entries.reduce((sum, e) => sum + cents(e.baseAmount?.value), 0));
    expect(entries.filter((e) => e.baseAmount === undefined).map((e) => [e.subjectId, e.amount!.currencyCode])).toEqual([['rcp_4', 'USD'], ['rcp_5', 'CHF']]);
    expect(entries.filter((e) => e.amount!.value === '0.00').length).toBeGreaterThan(5);
  });
});

describe('money that a bank booked at a rate of its own', () => {
  it('is worth that, whatever the policy says, and says by whom', async () => {
    const { booking } = await receive('rcp_b', 10_00, '', { bookingRate: '0.8123' });
    expect(booking).toEqual({ rate: '0.8123', source: 'caller', policyVersion: 0, amount: { currencyCode: 'EUR', value: '8.12' } });
  });
  it('gains, or loses, by it', async () => {
    await issue('k', '10', { lines: [lineOf({ unitPrice: '10', taxRate: '0', taxCategory: 'Z' })] }); // at 0.99
    const { resource } = await five.ask('payments', applyReceipt, { receiptId: 'rcp_b', shares: [{ itemId: 'oit_k_1', minor: 10_00, currency: 'USD' }] });
    expect((resource as Receipt).applicationGroups[0]!.applications[0]!.inBase).toMatchObject({ money: { value: '8.12' }, item: { value: '9.90' }, loss: { value: '1.78' } });
  });
  it('is not for the base currency, and not where nothing is exchanged', async () => {
    await expect(receive('rcp_c', 10_00, '', { currency: 'EUR', bookingRate: '0.8' })).rejects.toMatchObject({ refusal: { refused: 'booking-rate-in-base-currency' } });
    await expect(five.ask('payments', applyReceipt, { receiptId: 'rcp_7', shares: [{ itemId: 'oit_f_1', minor: 1_00, currency: 'USD' }], exchange: { minor: null, currency: '', rate: '0.9' } })).rejects.toMatchObject({ refusal: { refused: 'exchange-in-one-currency', detail: { currency: 'USD' } } });
  });
});
