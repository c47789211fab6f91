// One customer's story through all five services, over gRPC, first on the log that is built in, then on Apache Kafka with the broker killed in the middle of it.
// Figures are computed by hand: limit 2,000.00; invoice A 1,190.00 and B 500.00, both due on 12 March; C 700.00.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { daysAfter, type Day } from '@ar/domain/day.js';
import { startKafka, type TestKafka } from '@ar/testing/kafka.js';
import { connect, type Clients } from './clients.js';
import { SERVICES, startInstallation, type Installation, type InstallationOptions, type ServiceName } from './installation.js';
import { untilQuiet } from './quiet.js';
import { meet, toldBy, type Answer, type Stranger } from './stranger.world.js';

const kafka = await startKafka();
if ('missing' in kafka && process.env['CI'] === 'true') throw new Error(`with CI=true the main path must run on Kafka. ${kafka.missing}`);
/** Well below the time a test has, so that it can say what did not come to rest. */
const QUIET_WITHIN_MS = 60_000;
jest.setTimeout(150_000); // however busy the machine is
const eur = (value: string) => ({ currency_code: 'EUR', value });

mainPath('on the built-in log', { portBase: 8_100, log: 'postgres' }, undefined);
if ('missing' in kafka) describe.skip(`the main path on Kafka (skipped: ${kafka.missing})`, () => it('runs where there is a broker', () => undefined)); // eslint-disable-line no-restricted-syntax -- named in the last lines of npm test
else {
  mainPath('on Kafka', { portBase: 8_200, log: 'kafka', brokers: kafka.brokers.join(','), topic: kafka.topic() }, kafka);
  afterAll(() => kafka.stop());
}

function mainPath(where: string, options: Pick<InstallationOptions, 'portBase' | 'log' | 'brokers' | 'topic'>, broker: TestKafka | undefined): void {
  describe(`the main path ${where}`, () => {
    const data = mkdtempSync(join(tmpdir(), 'ar-path-'));
    let installation: Installation;
    let clients: Clients;
    const at = {} as Record<ServiceName, Stranger>;
    let day: Day = '2026-03-02';
    let asked = 0;
    const ask = (method: string, request: object): Promise<Answer> => at[method.split('.')[1] as ServiceName].call(`ar.${method.slice(3)}`, { tenant_id: 'acme', ...request });
    const command = (method: string, request: object): Promise<Answer> => ask(method, { request_id: `path-${++asked}`, actor: 'clerk', ...request });
    const untilDay = async (last: Day) => {
      while (day < last) {
        day = daysAfter(day, 1);
        await command('ar.invoicing.v1.TenantService/OpenBusinessDay', { date: day });
        await untilQuiet(clients, QUIET_WITHIN_MS);
      }
    };
    const issue = (name: string, unit_price: string, tax_rate: string, more: object = {}) => command('ar.invoicing.v1.InvoiceService/IssueInvoice', {
      invoice_id: `inv_${name}`, customer_id: 'c1', currency_code: 'EUR', external_number: `ORD-${name}`, lines: [{ description: 'Goods', quantity: '1', unit_price, tax_rate }], terms: { due_date: '2026-03-12' }, ...more,
    });
    const receive = (name: string, value: string, remittance: string, min_position?: object) => command('ar.payments.v1.ReceiptService/RecordReceipt', {
      receipt_id: `rcp_${name}`, customer_id: 'c1', amount: eur(value), method: 'PAYMENT_METHOD_BANK_TRANSFER', remitter: { name: 'Miller', remittance }, ...(min_position ? { min_position } : {}),
    });
    const open = async (): Promise<Readonly<Record<string, string>>> => Object.fromEntries((await ask('ar.payments.v1.AccountService/ListOpenItems', { customer_id: 'c1', currency_code: 'EUR' })).open_items.map((i: Answer) => [i.item.document_id, i.open.value]));
    const exposure = async (min_position?: object) => { const [e] = (await ask('ar.credit.v1.CreditService/GetExposure', { customer_id: 'c1', currency_code: 'EUR', min_position })).exposures; return { open: e.open.value, reserved: e.reserved.value, available: e.available.value }; };
    const holds = async () => (await ask('ar.credit.v1.CreditService/ListHolds', {})).holds.map((h: Answer) => [h.reasons, h.placed_on, h.released_on]);
    const messages = async () => (await ask('ar.reminders.v1.CommunicationService/ListCommunications', { order_by: 'requested_on' })).communications;
    const mails = () => readdirSync(installation.mail!.folder).map((file) => readFileSync(join(installation.mail!.folder, file), 'utf8'));
    const numbers: Record<string, string> = {};

    beforeAll(async () => {
      installation = await startInstallation({ data, clock: 'simulated', durable: false, logLevel: 'warn', ...options });
      const addresses = Object.fromEntries(SERVICES.map((name) => [name, installation.addresses[name].grpc])) as Record<ServiceName, string>;
      clients = connect(addresses);
      for (const name of SERVICES) at[name] = await meet(addresses[name]);
    }, 120_000);
    afterAll(async () => {
      for (const stranger of Object.values(at)) stranger.close();
      await installation?.stop();
      rmSync(data, { recursive: true, force: true });
    }, 30_000);

    it('takes on a tenant and a customer with a limit', async () => {
      const tenant = await command('ar.invoicing.v1.TenantService/RegisterTenant', { base_currency: 'EUR', time_zone: 'UTC', first_business_day: day, details: { legal_name: 'Acme GmbH', sender: 'billing@acme.example' } });
      expect(tenant.tenant.business_date).toBe(day);
      const customer = await command('ar.credit.v1.CustomerService/RegisterCustomer', { customer_id: 'c1', min_position: tenant.position, personal: { name: 'Miller', invoice_email: 'miller@customer.example' }, profile: { currency_code: 'EUR' } });
      const { credit_account } = await command('ar.credit.v1.CreditService/SetCreditLimit', { customer_id: 'c1', limit: { currency_code: 'EUR', kind: 'CREDIT_LIMIT_KIND_AMOUNT', amount: eur('2000.00') } });
      expect(credit_account.limits).toMatchObject([{ amount: eur('2000.00') }]);
      for (const query of ['ar.payments.v1.ReportService/GetAging', 'ar.reminders.v1.CommunicationService/ListCommunications', 'ar.collections.v1.CaseService/GetWorklist']) await ask(query, { min_position: customer.position });
    });

    it('reserves credit, says what is left of it, and refuses more than that', async () => {
      const { reservation, position } = await command('ar.credit.v1.CreditService/ReserveCredit', { customer_id: 'c1', reservation_id: 'rsv_1', amount: eur('1190.00') });
      expect(reservation).toMatchObject({ status: 'RESERVATION_STATUS_OPEN', expires_on: '2026-03-16' });
      expect(await exposure(position)).toEqual({ open: '0.00', reserved: '1190.00', available: '810.00' });
      const check = await ask('ar.credit.v1.CreditService/CheckCredit', { customer_id: 'c1', amount: eur('810.01') });
      expect(check.decision).not.toBe('CREDIT_DECISION_APPROVE');
      expect(check.rules.filter((r: Answer) => !r.passed).map((r: Answer) => r.rule)).toEqual(['CREDIT_RULE_LIMIT']);
      expect(await toldBy(command('ar.credit.v1.CreditService/ReserveCredit', { customer_id: 'c1', amount: eur('810.01') }))).toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'CREDIT_LIMIT_EXCEEDED' });
      expect((await ask('ar.credit.v1.CreditService/CheckCredit', { customer_id: 'c1', amount: eur('810.00') })).decision).toBe('CREDIT_DECISION_APPROVE');
    });

    it('issues invoices: one converts the reservation, one is a mistake and void', async () => {
      for (const [name, answer] of [['A', await issue('A', '1000.00', '19', { reservation_id: 'rsv_1' })], ['B', await issue('B', '500.00', '0')], ['V', await issue('V', '100.00', '0')]] as const) numbers[name] = answer.invoice.number;
      const { invoice, position } = await command('ar.invoicing.v1.InvoiceService/VoidInvoice', { invoice_id: 'inv_V', reason: 'issued by mistake' });
      expect(invoice).toMatchObject({ status: 'INVOICE_STATUS_VOIDED', void_reason: 'issued by mistake' });
      const credit = await ask('ar.credit.v1.CreditService/GetCreditAccount', { customer_id: 'c1', min_position: position });
      expect(credit.credit_account.reservations).toEqual([]); // converted by the invoice that names it
      await untilQuiet(clients, QUIET_WITHIN_MS);
      expect(await exposure()).toEqual({ open: '1690.00', reserved: '0.00', available: '310.00' });
      expect(await open()).toEqual({ inv_A: '1190.00', inv_B: '500.00' });
    });

    it('applies a receipt to the invoice that it names, and tells why', async () => {
      const { receipt, position } = await receive('1', '190.00', `your invoice ${numbers['A']}`);
      expect(receipt).toMatchObject({ status: 'RECEIPT_STATUS_APPLIED', applied: eur('190.00'), unapplied: eur('0.00') });
      expect(await open()).toEqual({ inv_A: '1000.00', inv_B: '500.00' });
      const { attempts } = await ask('ar.payments.v1.ReceiptService/ExplainApplication', { receipt_id: 'rcp_1' });
      expect(attempts[0].trace).toMatchObject([{ rule: 'APPLICATION_RULE_REFERENCE', applied: true, explanation: expect.stringContaining(numbers['A']!) }]);
      expect((await ask('ar.invoicing.v1.InvoiceService/GetInvoice', { invoice_id: 'inv_A', min_position: position })).invoice).toMatchObject({ status: 'INVOICE_STATUS_PARTLY_PAID', paid: eur('190.00') });
    });

    it('reminds before the due date by one mail, without the part that is disputed', async () => {
      await command('ar.collections.v1.DisputeService/OpenDispute', { customer_id: 'c1', dispute: { dispute_id: 'dsp_1', reason_code: 'DISPUTE_REASON_QUALITY', items: [{ item_id: 'oit_B_1', amount: eur('200.00') }] } });
      await untilDay('2026-03-08');
      expect(mails()).toEqual([]);
      await untilDay('2026-03-09');
      const [message, ...others] = await messages();
      expect(others).toEqual([]);
      expect(message).toMatchObject({ kind: 'REMINDER_KIND_BEFORE_DUE', status: 'COMMUNICATION_STATUS_SENT', requested_on: '2026-03-09', totals: [eur('1300.00')] });
      expect(message.items.map((i: Answer) => [i.item_id, i.amount.value])).toEqual([['oit_A_1', '1000.00'], ['oit_B_1', '300.00']]);
      expect(mails()).toEqual([expect.stringMatching(/To: miller@customer\.example[^]*1,?300\.00/)]);
    });

    it('takes a promise, reminds of the rest, and goes on although something dies in between', async () => {
      await untilDay('2026-03-12');
      const { promise } = await command('ar.collections.v1.PromiseService/MakePromise', { customer_id: 'c1', promise: { promise_id: 'ptp_1', channel: 'CONTACT_CHANNEL_PHONE', promised_date: '2026-03-20', items: [{ item_id: 'oit_A_1', amount: eur('1000.00') }] } });
      expect(promise).toMatchObject({ status: 'PROMISE_STATUS_OPEN', judged_after: '2026-03-24' });
      if (broker?.ours) {
        await broker.kill();
        day = '2026-03-13';
        await command('ar.invoicing.v1.TenantService/OpenBusinessDay', { date: day }); // accepted: a command needs no broker
        await installation.kill('payments');
        await broker.restart();
      } else await installation.kill('payments');
      await installation.startService('payments');
      await untilQuiet(clients, QUIET_WITHIN_MS);
      await untilDay('2026-03-16'); // the first working day with level 1
      expect((await messages()).map((m: Answer) => [m.requested_on, m.kind, m.level, m.items.map((i: Answer) => [i.item_id, i.amount.value])])).toEqual([
        ['2026-03-09', 'REMINDER_KIND_BEFORE_DUE', 0, [['oit_A_1', '1000.00'], ['oit_B_1', '300.00']]], ['2026-03-16', 'REMINDER_KIND_PAST_DUE', 1, [['oit_B_1', '300.00']]],
      ]);
      expect(mails()).toHaveLength(2);
    }, 120_000);

    it('opens a case, and judges the promise that was not kept', async () => {
      await untilDay('2026-03-21');
      expect((await ask('ar.collections.v1.CaseService/GetWorklist', {})).cases).toEqual([]);
      await untilDay('2026-03-22'); // ten days past due
      expect((await ask('ar.collections.v1.CaseService/GetWorklist', {})).cases).toMatchObject([{ customer_id: 'c1', opened_on: '2026-03-22', past_due: [{ amount: eur('1500.00'), disputed: eur('200.00'), promised: eur('1000.00') }], oldest_due_date: '2026-03-12' }]);
      await untilDay('2026-03-25');
      const [found] = (await ask('ar.collections.v1.CaseService/GetWorklist', {})).cases;
      expect((await ask('ar.collections.v1.PromiseService/ListPromises', {})).promises).toMatchObject([{ promise_id: 'ptp_1', status: 'PROMISE_STATUS_BROKEN', received: eur('0.00') }]);
      expect(found.points.reduce((sum: number, p: Answer) => sum + p.points, 0)).toBe(found.priority);
      // 4 digits of 1,500 past due: 30; 13 days: 6; one broken promise: 10; nobody called: 5; 200 of 1,500 disputed: −2 or −3
      expect(Object.fromEntries(found.points.map((p: Answer) => [p.rule, p.points]))).toMatchObject({ PRIORITY_RULE_AMOUNT: 30, PRIORITY_RULE_DAYS: 6, PRIORITY_RULE_BROKEN_PROMISES: 10, PRIORITY_RULE_WITHOUT_CONTACT: 5 });
    }, 60_000);

    it('holds credit above the limit at once, and releases it when paid', async () => {
      await untilDay('2026-03-26');
      numbers['C'] = (await issue('C', '700.00', '0', { terms: { due_date: '2026-04-30' } })).invoice.number;
      await untilQuiet(clients, QUIET_WITHIN_MS);
      expect(await holds()).toEqual([[['HOLD_REASON_OVER_LIMIT'], '2026-03-26', '']]);
      expect((await ask('ar.credit.v1.CreditService/CheckCredit', { customer_id: 'c1', amount: eur('1.00') })).rules.filter((r: Answer) => !r.passed).map((r: Answer) => r.rule)).toEqual(['CREDIT_RULE_LIMIT', 'CREDIT_RULE_HOLD']);
      expect(await toldBy(command('ar.credit.v1.CreditService/ReserveCredit', { customer_id: 'c1', amount: eur('1.00') }))).toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'CREDIT_LIMIT_EXCEEDED' });
      expect((await receive('C', '700.00', `ORD-C`)).receipt.status).toBe('RECEIPT_STATUS_APPLIED');
      await untilQuiet(clients, QUIET_WITHIN_MS);
      expect(await holds()).toEqual([[['HOLD_REASON_OVER_LIMIT'], '2026-03-26', '2026-03-26']]);
      expect((await ask('ar.credit.v1.CreditService/GetCreditAccount', { customer_id: 'c1' })).credit_account.hold).toBeNull();
    });

    it('closes the case when all is paid', async () => {
      await command('ar.collections.v1.DisputeService/ResolveDispute', { dispute_id: 'dsp_1', outcome: 'DISPUTE_OUTCOME_WITHDRAWN', reason: 'replaced' });
      await receive('2', '1500.00', `${numbers['A']}, ${numbers['B']}`);
      await untilDay('2026-03-27');
      expect(await open()).toEqual({});
      expect((await ask('ar.collections.v1.CaseService/ListCases', {})).cases).toMatchObject([{ opened_on: '2026-03-22', closed_on: expect.stringMatching(/^2026-03-2[67]$/) }]);
      for (const invoice_id of ['inv_A', 'inv_B', 'inv_C']) expect((await ask('ar.invoicing.v1.InvoiceService/GetInvoice', { invoice_id })).invoice.status).toBe('INVOICE_STATUS_PAID');
    });

    it('opens what was paid by a receipt that the bank returns', async () => {
      const { receipt, position } = await command('ar.payments.v1.ReceiptService/ReverseReceipt', { receipt_id: 'rcp_2', kind: 'REVERSAL_KIND_RETURN', code: 'AM04', reason: 'returned by the bank' });
      expect(receipt).toMatchObject({ status: 'RECEIPT_STATUS_REVERSED', applied: eur('0.00'), unapplied: eur('0.00') });
      expect(await open()).toEqual({ inv_A: '1000.00', inv_B: '500.00' });
      expect((await ask('ar.invoicing.v1.InvoiceService/GetInvoice', { invoice_id: 'inv_A', min_position: position })).invoice.status).toBe('INVOICE_STATUS_PARTLY_PAID');
    });

    it('ends in an aging that ties, today and as it was known the day before', async () => {
      await untilQuiet(clients, QUIET_WITHIN_MS);
      const aging = async (as_of?: object) => (await ask('ar.payments.v1.ReportService/GetAging', { as_of })).agings.map((a: Answer) => [a.buckets.map((b: Answer) => b.open.value), a.open.value, a.unapplied.value, a.control_total.value])[0];
      expect(await aging()).toEqual([['0.00', '1500.00', '0.00', '0.00', '0.00'], '1500.00', '0.00', '1500.00']);
      expect(await aging({ effective_date: '2026-03-12' })).toEqual([['1500.00', '0.00', '0.00', '0.00', '0.00'], '1500.00', '0.00', '1500.00']);
      const then = await aging({ effective_date: '2026-03-26', known_on: '2026-03-26' });
      expect(then === undefined || then[1] === '0.00').toBe(true);
      const { rows, control_totals } = await ask('ar.payments.v1.ReportService/GetTrialBalance', {});
      const balance = Object.fromEntries(rows.map((r: Answer) => [r.account, r.balance.value]));
      // sold 1,000 + 500 + 700 net and 190 tax, the void counter-posted; 190 + 700 are in the bank
      expect(balance).toMatchObject({ LEDGER_ACCOUNT_RECEIVABLES: '1500.00', LEDGER_ACCOUNT_CASH: '890.00' });
      const cents = (side: 'debit' | 'credit' | 'balance') => rows.reduce((sum: number, r: Answer) => sum + Math.round(Number(r[side].value) * 100), 0);
      expect(cents('balance')).toBe(0);
      expect([cents('debit'), cents('credit')]).toEqual(Array(2).fill(Math.round(Number(control_totals[0].value) * 100)));
      for (const name of SERVICES) expect(await at[name].call('ar.ops.v1.OperationsService/Verify', {})).toMatchObject({ holds: true });
    });
  });
}
