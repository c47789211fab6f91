// Two months of a small seller, counted by hand: what GetMeasures makes of them, and that a past answer stays as it was.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GetMeasuresRequest } from '@ar/contracts/gen/ar/payments/v1/measure_service.js';
import { DiffRequest, GetStatementRequest } from '@ar/contracts/gen/ar/payments/v1/statement_service.js';
import type { Day } from '@ar/domain/day.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { Api } from '@ar/platform/api.js';
import { apiError } from '@ar/platform/errors.js';
import { Pages } from '@ar/platform/lists.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { detailsOf } from '../../services/invoicing/src/domain/tenant.world.js';
import { issueInvoice, openBusinessDay, registerTenant, voidInvoice } from '../../services/invoicing/src/invoicing.commands.js';
import { issueCreditNote, issueDebitNote } from '../../services/invoicing/src/notes.commands.js';
import { MeasureGrpc } from '../../services/payments/src/api/measure.grpc.js';
import { StatementGrpc } from '../../services/payments/src/api/statement.grpc.js';
import { recordReceipt } from '../../services/payments/src/payments.commands.js';
import { startFive, type FiveServices } from './five-services.world.js';

let postgres: Postgres;
let five: FiveServices;
const measures = (more: object = {}) => new MeasureGrpc(new Api(five.runtimes.payments, new Pages('a key of sixteen or more'), false))
  .getMeasures(GetMeasuresRequest.fromPartial({ tenantId: 't', currencyCode: 'EUR', asOf: { effectiveDate: '2026-03-01' }, fromDate: '2026-01-01', ...more }));
const eur = (value: string) => ({ currencyCode: 'EUR', value });
let known: string;

beforeAll(async () => {
  postgres = await startPostgres();
  five = await startFive({ postgres, partitions: 2, batch: 500 });
  const { ask, readOn } = five;
  const line = (unitPrice: string) => lineOf({ unitPrice, taxRate: '0', taxCategory: 'Z', quantity: '1' });
  const issue = async (id: string, price: string) => { await ask('invoicing', issueInvoice, { invoiceId: `inv_${id}`, ...contentOf({ lines: [line(price)], terms: { due: { netDays: 10 } }, externalNumber: id }) }); await readOn(); };
  const open = async (date: Day) => { await ask('invoicing', openBusinessDay, { tenantId: 't', date }); await readOn(); };
  await ask('invoicing', registerTenant, { tenantId: 't', baseCurrency: 'EUR', timeZone: 'UTC', details: detailsOf(), firstBusinessDay: '2026-01-01', policies: defaultPolicies });
  await readOn();
  for (const customerId of ['c1', 'c2']) await ask('credit', registerCustomer, { customerId, personal: { name: customerId, address: null, invoiceEmail: '', reminderEmail: '', taxId: '' }, profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} } });
  await readOn();
  await issue('a', '1000');
  await open('2026-02-01');
  await issue('b', '500');
  await open('2026-02-10');
  await ask('payments', recordReceipt, { receiptId: 'rcp_1', customer: 'c1', currency: 'EUR', receivedMinor: 400_00, valueOn: '', method: 'PAYMENT_METHOD_CASH', bankReference: '', named: [{ reference: 'a', minor: null }], onAccount: false, remitter: { name: '', iban: '', remittance: '' } });
  await open('2026-02-20');
  await issue('void', '300');
  await ask('invoicing', voidInvoice, { invoiceId: 'inv_void', voidDate: '', reason: 'wrong' });
  await ask('invoicing', issueCreditNote, { creditNoteId: 'crn_b', for: { kind: 'invoice', invoiceId: 'inv_b', lines: [{ line: 1, net: { minor: 100_00, currency: 'EUR' }, quantity: '' }] }, reasonCode: 'price', reason: '', issueDate: '', cancels: false, replacementInvoiceId: '', externalNumber: '', labels: {}, by: 'anna' });
  await readOn();
  await open('2026-03-01');
  await issue('d', '800');
  known = (await measures()).asOf!.knownAt!;
}, 120_000);
afterAll(async () => { await five?.stop(); await postgres?.stop(); });

describe('the measures of January, February and the first of March', () => {
  it('are those that were counted by hand', async () => {
    expect(await measures()).toMatchObject({
      fromDate: '2026-01-01', days: 60, sales: eur('2200.00'), // 1000 + 500 + (300 − 300) − 100 + 800
      receivablesBegin: eur('0.00'), receivablesEnd: eur('1800.00'), current: eur('800.00'), unapplied: eur('0.00'), controlTotal: eur('1800.00'),
      dso: '49.09', // 1800 × 60 ÷ 2200
      dsoCountback: '47.60', // 1 day of March, 28 of February, 600 ÷ 1000 of January’s 31
      dsoTrue: '63.40', // 59 × 600 ÷ 1000 + 28 × 400 ÷ 400
      dsoBestPossible: '21.82', averageDaysDelinquent: '27.27', averageDaysLate: '30.00', // 400 paid on 10 February, due on 11 January
      collectionEffectiveness: '-233.33', // sixty days are two months of 1100: 1100 − 1800 of 1100 − 800
      turnover: '2.44', pastDuePercent: '55.56', unappliedPercent: '0.00', badDebtPercent: '0.00',
    });
  });
  it('are nobody else’s, and of nothing say nothing', async () => {
    expect(await measures({ customerId: 'c1' })).toMatchObject({ sales: eur('2200.00'), dso: '49.09' });
    expect(await measures({ customerId: 'c2' })).toMatchObject({ sales: eur('0.00'), receivablesEnd: eur('0.00'), dso: '', dsoCountback: '0.00', averageDaysLate: '', turnover: '' });
  });
  it('of February alone begin with what was open before it', async () =>
    expect(await measures({ asOf: { effectiveDate: '2026-02-28' }, fromDate: '2026-02-01' })).toMatchObject({ days: 28, sales: eur('400.00'), receivablesBegin: eur('1000.00'), receivablesEnd: eur('1000.00'), current: eur('0.00'), dso: '70.00', collectionEffectiveness: '28.57' }));
  it('leave out what debit notes charge', async () => {
    await five.ask('invoicing', issueDebitNote, { debitNoteId: 'dbn_1', customerId: 'c2', kind: 'fee', currencyCode: 'EUR', invoiceId: '', externalNumber: '', reason: '', labels: {}, issueDate: '', lines: [lineOf({ unitPrice: '50', taxRate: '0', taxCategory: 'Z', quantity: '1' })], due: { netDays: 5 } });
    await five.readOn();
    expect(await measures()).toMatchObject({ sales: eur('2200.00'), receivablesEnd: eur('1850.00') });
  });
  it('stay as they were known', async () =>
    expect(await measures({ asOf: { effectiveDate: '2026-03-01', known: { $case: 'knownAt', value: known } } })).toMatchObject({ receivablesEnd: eur('1800.00'), dso: '49.09' }));
  it('tie to the statement, line by line, and to what explains the difference since then', async () => {
    const statements = new StatementGrpc(new Api(five.runtimes.payments, new Pages('a key of sixteen or more'), false));
    const page = (pageToken: string, pageSize = 500) => statements.getStatement(GetStatementRequest.fromPartial({ tenantId: 't', customerId: 'c1', currencyCode: 'EUR', fromDate: '2026-02-01', asOf: { effectiveDate: '2026-03-01' }, pageSize, pageToken }));
    const whole = await page('');
    expect(whole).toMatchObject({ openingBalance: eur('1000.00'), debits: eur('1600.00'), credits: eur('800.00'), closingBalance: eur('1800.00'), controlTotal: eur('1800.00'), aging: { open: eur('1800.00'), controlTotal: eur('1800.00') } });
    expect(whole.lines.map((l) => [l.date, l.documentNumber === '' ? 'money' : 'item', l.debit?.value ?? '', l.credit?.value ?? '', l.balance!.value])).toEqual([
      ['2026-02-01', 'item', '500.00', '', '1500.00'], ['2026-02-10', 'money', '', '400.00', '1100.00'], ['2026-02-20', 'item', '300.00', '', '1400.00'], ['2026-02-20', 'item', '', '300.00', '1100.00'], ['2026-02-20', 'item', '', '100.00', '1000.00'],
      ['2026-03-01', 'item', '800.00', '', '1800.00'],
    ]);
    const lines: unknown[] = [];
    for (let token = ''; ;) { const { lines: some, nextPageToken } = await page(token, 2); lines.push(...some); token = nextPageToken; if (token === '') break; }
    expect(lines).toEqual(whole.lines);
    const { asOf } = await measures({ asOf: { effectiveDate: '2026-03-01', known: { $case: 'knownAt', value: known } } });
    const diff = (more: object = {}) => statements.diff(DiffRequest.fromPartial({ tenantId: 't', knownBefore: asOf!.known, asOf: { effectiveDate: '2026-03-01' }, ...more }));
    const { differences, entries, controlTotals } = await diff();
    expect(controlTotals).toEqual([eur('50.00')]);
    expect(differences).toEqual([{ before: eur('1800.00'), after: eur('1850.00'), difference: eur('50.00') }]);
    expect(entries).toMatchObject([{ customerId: 'c2', debit: 'LEDGER_ACCOUNT_RECEIVABLES', credit: 'LEDGER_ACCOUNT_CHARGES', amount: eur('50.00') }]);
    expect((await diff({ customerId: 'c1' })).entries).toEqual([]);
    const reason = (call: Promise<unknown>) => call.then(() => 'accepted', (e: unknown) => apiError(e, '').reason);
    expect([await reason(diff({ knownBefore: 1_000_000n })), await reason(page('x')), await reason(statements.getStatement(GetStatementRequest.fromPartial({ tenantId: 't', customerId: 'c9', currencyCode: 'EUR' })))]).toEqual(['FIELD_INVALID', 'PAGE_TOKEN_INVALID', 'ACCOUNT_NOT_FOUND']);
  });
  it('need a period that begins before it ends', async () => expect(await measures({ fromDate: '2026-03-02' }).catch((e: unknown) => apiError(e, '').metadata)).toEqual({ field: 'from_date' }));
});
