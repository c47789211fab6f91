// A due date that is moved after everyone has acted on the former one: the ledger, credit, reminders and collections follow, and what was reported before stays.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { daysAfter } from '@ar/domain/day.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { txOf } from '@ar/runtime/decide.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { detailsOf } from '../../services/invoicing/src/domain/tenant.world.js';
import { rescheduleDueDate } from '../../services/invoicing/src/due-dates.commands.js';
import { issueInvoice, openBusinessDay, registerTenant } from '../../services/invoicing/src/invoicing.commands.js';
import { recordReceipt } from '../../services/payments/src/payments.commands.js';
import { agingAt } from '../../services/payments/src/projections/aging.js';
import { itemsAt } from '../../services/payments/src/projections/item-spans.js';
import { startFive, type FiveServices, type Name } from './five-services.world.js';

const first = '2026-03-02';
const late = daysAfter(first, 7);
const moved = daysAfter(first, 30);
let postgres: Postgres;
let five: FiveServices;
const before = { known: 0 };

const recorded = async (name: Name): Promise<readonly string[]> => five.runtimes[name].live.read(async (client) => (await client.query<{ type: string }>('select type from es.event order by sequence')).rows.map((r) => r.type));
const buckets = (on: string, known: number) => five.runtimes.payments.live.read(async (client) => (await agingAt(txOf(client), { tenant: 't', on, known }, {}, [30])).map((a) => a.buckets.map((b) => Number(b.openMinor))));
const due = (on: string, known: number) => five.runtimes.payments.live.read(async (client) => (await itemsAt(txOf(client), { tenant: 't', on, known }, {}, undefined, 10, true)).map((i) => [i.dueOn, i.daysPastDue]));
const last = async () => (await recorded('payments')).length;

beforeAll(async () => {
  postgres = await startPostgres();
  five = await startFive({ postgres, partitions: 1, batch: 500 });
  const { ask, readOn } = five;
  await ask('invoicing', registerTenant, {
    tenantId: 't', baseCurrency: 'EUR', timeZone: 'UTC', details: detailsOf({ sender: 'billing@seller.example' }), firstBusinessDay: first,
    policies: { ...defaultPolicies, creditHold: { ...defaultPolicies.creditHold, overLimit: false, pastDueDays: 4 }, collectionCase: { minimum: '50', oldestDaysPastDue: 4 }, dunning: { ...defaultPolicies.dunning, beforeDueDays: 0, levels: [5], workingDaysOnly: false } },
  });
  await readOn();
  await ask('credit', registerCustomer, { customerId: 'c1', personal: { name: 'One', address: null, invoiceEmail: 'one@customer.example', reminderEmail: '', taxId: '' }, profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} } });
  await readOn();
  await ask('invoicing', issueInvoice, { invoiceId: 'inv_1', ...contentOf({ lines: [lineOf({ taxRate: '0', taxCategory: 'Z' })], terms: { due: { netDays: 2 } } }) });
  await readOn();
  await ask('invoicing', openBusinessDay, { tenantId: 't', date: late });
  await readOn();
  before.known = await last();
}, 60_000);
afterAll(async () => { await five?.stop(); await postgres?.stop(); });

describe('an invoice that is five days past due', () => {
  it('has its customer on hold, reminded and on the worklist', async () => {
    expect(await recorded('credit')).toContain('CreditHoldPlaced');
    expect(await recorded('reminders')).toContain('ReminderRequested');
    expect(await recorded('collections')).toContain('CollectionCaseOpened');
    expect(await buckets(late, before.known)).toEqual([[0, 100_00, 0]]);
  });

  it('is due later: the hold goes, the message is not sent, the case closes', async () => {
    await five.ask('invoicing', rescheduleDueDate, { invoiceId: 'inv_1', approvalId: 'apr_1', by: 'anna', instalment: 0, dueDate: moved, reason: 'goods came late' });
    await five.readOn();
    expect(await five.sendMail()).toBe(1); // decided again, and left unsaid
    await five.readOn();
    expect((await recorded('credit')).at(-1)).toBe('CreditHoldReleased');
    expect((await recorded('reminders')).at(-1)).toBe('ReminderSuppressed');
    expect((await recorded('collections')).at(-1)).toBe('CollectionCaseClosed');
  });

  it('is current from that day on, and past due on the days before and as it was known before', async () => {
    const now = await last();
    expect([await buckets(late, now), await due(late, now)]).toEqual([[[100_00, 0, 0]], [[moved, 0]]]);
    expect([await buckets(daysAfter(late, -1), now), await due(daysAfter(late, -1), now)]).toEqual([[[0, 100_00, 0]], [[daysAfter(first, 2), 4]]]);
    expect([await buckets(late, before.known), await due(late, before.known)]).toEqual([[[0, 100_00, 0]], [[daysAfter(first, 2), 5]]]);
  });

  it('stays as it is when it is paid', async () => {
    await five.ask('payments', recordReceipt, { receiptId: 'rcp_1', customer: 'c1', currency: 'EUR', receivedMinor: 100_00, valueOn: '', method: 'PAYMENT_METHOD_CASH', remitter: { name: '', iban: '', remittance: '' }, named: [], bankReference: '', onAccount: false });
    await five.readOn();
    await expect(five.ask('invoicing', rescheduleDueDate, { invoiceId: 'inv_1', approvalId: 'apr_2', by: 'anna', instalment: 1, dueDate: first, reason: 'again' })).rejects.toMatchObject({ refusal: { refused: 'instalment-paid', detail: { instalment: 1 } } });
    expect(five.errors).toEqual([]);
  });
});
