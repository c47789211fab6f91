// The service on a real store and log, with invoicing and payments played by their events.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Accepted } from '@ar/runtime/commands.js';
import { txOf } from '@ar/runtime/decide.js';
import type { AnyCommand } from '@ar/runtime/forms.js';
import { foreign } from '@ar/runtime/foreign.world.js';
import { inForce } from '@ar/runtime/in-force.js';
import type { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import { call, world, type World } from '@ar/runtime/toy.world.js';
import { placeHold, registerCustomer, releaseHold, reserveCredit, setCreditLimit } from './credit.commands.js';
import { credit } from './credit.service.js';
import { creditAccountOf, type CreditAccountResource } from './projections/credit-accounts.js';
import { risksOf } from './projections/exposure.js';

let on: World;
let runtime: ServiceRuntime;
let log: ReturnType<typeof foreign>;
const eur = (minor: number) => ({ minor, currency: 'EUR' });
const personal = { name: 'Mill', address: null, invoiceEmail: 'a@mill.example', reminderEmail: '', taxId: '' };
const profile = { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} };

const ask = (command: AnyCommand, request: object): Promise<Accepted> => runtime.commands.execute(call(command, request));
const read = async (position: Readonly<Record<string, number>> = log.position()) => runtime.positions.wait(position, Date.now() + 8_000);
const settle = async () => { await read(); const { pool } = runtime; const { rows } = await pool.query<{ s: number }>('select sequence s from es.head'); if (rows[0]!.s > 0) await read({ 'credit/0': rows[0]!.s }); };
const account = async (customer: string): Promise<CreditAccountResource | undefined> => { await settle(); return runtime.live.read(async (client) => (await creditAccountOf(txOf(client), 't', customer))?.resource); };
const risks = async (customer: string) => { await settle(); return runtime.live.read(async (client) => (await risksOf(txOf(client), [{ tenant: 't', customer }]))[0]); };

async function customerWith(customer: string, minor: number): Promise<void> {
  await ask(registerCustomer, { customerId: customer, personal, profile });
  await ask(setCreditLimit, { customerId: customer, currency: 'EUR', limit: { kind: 'amount', minor }, reason: '' });
}
const item = (invoice: string, minor: number, dueDate: string) => ({ itemId: `oit_${invoice}_1`, kind: 'OPEN_ITEM_KIND_INVOICE', documentId: `inv_${invoice}`, documentNumber: invoice, instalment: 1, issueDate: '2026-01-05', dueDate, original: eur(minor) });
const issue = (customer: string, invoice: string, minor: number, dueDate: string, today: string, reservationId = '') =>
  log.publish('ar.invoicing.invoice_issued.v1', customer, { invoiceId: `inv_${invoice}`, number: invoice, customerId: customer, currencyCode: 'EUR', issueDate: today, total: eur(minor), instalments: [{ seq: 1, dueDate, amount: eur(minor) }], reservationId }, today);
async function pay(customer: string, invoice: string, minor: number, dueDate: string, today: string): Promise<void> {
  await log.publish('ar.payments.unapplied_cash_placed.v1', customer, { customerId: customer, receiptId: 'rcp', amount: eur(minor), valueDate: today }, today);
  await log.publish('ar.payments.open_items_settled.v1', customer, { customerId: customer, applicationGroupId: 'g', receiptId: 'rcp', items: [{ item: item(invoice, minor, dueDate), amount: eur(minor), open: eur(0) }], amount: eur(minor), valueDate: today }, today);
}

beforeAll(async () => {
  on = await world();
  const shared = await on.log();
  log = foreign(shared);
  runtime = await on.start(credit, { log: shared });
  await log.tenant('2026-01-05');
  await read();
}, 60_000);
afterAll(async () => { await on?.stop(); });

describe('two orders at the same time', () => {
  it('do not both take what is left', async () => {
    await customerWith('c1', 1_000_00);
    const order = (id: string) => ask(reserveCredit, { customerId: 'c1', reservationId: id, amount: eur(600_00), expiresOn: '', orderNumber: '' }).then(() => 'kept', (e: Error) => e.message);
    expect((await Promise.all([order('r1'), order('r2')])).sort()).toEqual(['credit-limit-exceeded', 'kept']);
  });
});

describe('invoices that are together more than any amount', () => {
  it('are at risk with all they are, to the last cent', async () => {
    const most = Number.MAX_SAFE_INTEGER;
    await customerWith('c0', most);
    for (const invoice of ['m1', 'm2', 'm3']) await issue('c0', invoice, most, '2026-02-01', '2026-01-05');
    expect(await risks('c0')).toMatchObject([{ openMinor: 27_021_597_764_222_973n, unappliedMinor: 0n }]);
    for (const part of ['one', 'two']) await log.publish('ar.payments.unapplied_cash_placed.v1', 'c0', { customerId: 'c0', receiptId: `rcp_${part}`, amount: eur(most), valueDate: '2026-01-05' }, '2026-01-05');
    expect(await risks('c0')).toMatchObject([{ openMinor: 27_021_597_764_222_973n, unappliedMinor: 18_014_398_509_481_982n }]);
  });
});

describe('an invoice', () => {
  it('takes the place of the reservation that it names', async () => {
    await customerWith('c2', 1_000_00);
    await ask(reserveCredit, { customerId: 'c2', reservationId: 'r1', amount: eur(600_00), expiresOn: '', orderNumber: '' });
    await issue('c2', 'B1', 700_00, '2026-02-04', '2026-01-05', 'r1');
    expect(await risks('c2')).toMatchObject([{ openMinor: 700_00n, unappliedMinor: 0n }]);
    expect(await account('c2')).toMatchObject({ account: { reservations: [] }, reservation: { status: 'RESERVATION_STATUS_CONVERTED' } });
    await expect(ask(reserveCredit, { customerId: 'c2', reservationId: 'r2', amount: eur(300_01), expiresOn: '', orderNumber: '' })).rejects.toThrow('credit-limit-exceeded');
  });

  it('above the limit holds credit, and its payment releases it', async () => {
    await customerWith('c3', 1_000_00);
    await issue('c3', 'C1', 1_000_01, '2026-02-04', '2026-01-05');
    expect((await account('c3'))?.account.hold).toMatchObject({ reasons: ['HOLD_REASON_OVER_LIMIT'], placedOn: '2026-01-05' });
    await pay('c3', 'C1', 1_000_01, '2026-02-04', '2026-01-05');
    expect((await account('c3'))?.account.hold).toBeUndefined();
    expect(await risks('c3')).toEqual([]);
  });
});

describe('a hold by hand', () => {
  it('stays when exposure falls, and its release keeps rules quiet', async () => {
    await customerWith('c4', 1_00);
    await ask(placeHold, { customerId: 'c4', reason: 'bad news' });
    await issue('c4', 'D1', 2_00, '2026-02-04', '2026-01-05');
    expect((await account('c4'))?.account.hold).toMatchObject({ reasons: ['HOLD_REASON_MANUAL', 'HOLD_REASON_OVER_LIMIT'], reason: 'bad news' });
    await ask(releaseHold, { customerId: 'c4', reason: 'talked' });
    await issue('c4', 'D2', 2_00, '2026-02-04', '2026-01-05');
    expect(await account('c4')).toMatchObject({ quietUntil: '2026-01-12', account: { hold: undefined } });
  });
});

describe('a new day', () => {
  it('expires reservations, ends quiet days, and holds the credit of who is more than 30 days late', async () => {
    await customerWith('c5', 1_000_00);
    await ask(reserveCredit, { customerId: 'c5', reservationId: 'r5', amount: eur(1_00), expiresOn: '2026-01-05', orderNumber: '' });
    await issue('c5', 'E1', 10_00, '2025-12-06', '2026-01-05'); // 30 days past due today
    expect((await account('c5'))?.account).toMatchObject({ hold: undefined, reservations: [{ reservationId: 'r5' }] });
    await log.day('2026-01-06');
    expect((await account('c5'))?.account).toMatchObject({ hold: { reasons: ['HOLD_REASON_PAST_DUE'], placedOn: '2026-01-06' }, reservations: [] });
    for (let day = 7; day <= 12; day++) await log.day(`2026-01-${String(day).padStart(2, '0')}`);
    expect((await account('c4'))?.account.hold).toBeUndefined();
    await log.day('2026-01-13');
    expect((await account('c4'))?.account.hold).toMatchObject({ reasons: ['HOLD_REASON_OVER_LIMIT'], placedOn: '2026-01-13' });
  });

  it('does not hold for what is disputed', async () => {
    await customerWith('c6', 1_000_00);
    await issue('c6', 'F1', 10_00, '2025-12-20', '2026-01-13');
    await log.publish('ar.collections.dispute_opened.v1', 'c6', { disputeId: 'd1', customerId: 'c6', items: [{ itemId: 'oit_F1_1', amount: eur(10_00) }], amount: eur(10_00) }, '2026-01-13');
    for (let day = 14; day <= 21; day++) await log.day(`2026-01-${day}`);
    expect((await account('c6'))?.account.hold).toBeUndefined();
    await log.publish('ar.collections.dispute_resolved.v1', 'c6', { disputeId: 'd1', customerId: 'c6', items: [{ itemId: 'oit_F1_1', amount: eur(10_00) }], outcome: 'DISPUTE_OUTCOME_UPHELD' }, '2026-01-21');
    expect((await account('c6'))?.account.hold).toMatchObject({ reasons: ['HOLD_REASON_PAST_DUE'] });
  });
});

it('knows the policy of the day, for questions', async () => {
  await settle();
  expect(await runtime.live.read((client) => inForce(txOf(client), 't', 'creditHold'))).toEqual({ today: '2026-01-21', policy: { overLimit: true, pastDueDays: 30, quietDaysAfterRelease: 7, version: 1 } });
  expect(on.errors).toEqual([]);
});

it('made no error in the background, parked nobody and stopped nothing', async () => {
  expect(on.errors).toEqual([]);
  expect(await runtime.live.read(async (client) => (await client.query('select customer, error from parked')).rows)).toEqual([]);
  expect(runtime.trouble()).toEqual([]);
});
