import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Communication, CommunicationStatus } from '@ar/contracts/gen/ar/reminders/v1/communication_service.js';
import { ReminderKind, SuppressionReason } from '@ar/contracts/gen/ar/reminders/v1/reminder.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import type { EventLog } from '@ar/event-log/event-log.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import { Refused } from '@ar/runtime/commands.js';
import { txOf } from '@ar/runtime/decide.js';
import type { AnyCommand, Tx } from '@ar/runtime/forms.js';
import { migrateService } from '@ar/runtime/migrations.js';
import { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import { startPostgres, type Postgres, type StoreUrls } from '@ar/testing/postgres.js';
import { startSmtp, type KeptMail, type SmtpSink } from '@ar/testing/smtp.js';
import { getReminder } from './projections/communications.js';
import { getDunningCase, previews } from './projections/previews.js';
import { pauseDunning, repeatReminder, resumeDunning } from './reminders.commands.js';
import { eur, Others, TENANT } from './others.world.js';
import { reminders } from './reminders.service.js';

let postgres: Postgres;
let smtp: SmtpSink;
let log: EventLog;
let store: StoreUrls;
let others: Others;
const running: ServiceRuntime[] = [];
const onMail: { then: (mail: KeptMail) => void | Promise<void> } = { then: () => undefined };

beforeAll(async () => { postgres = await startPostgres(); }, 60_000);
afterAll(async () => { await stopAll(); await smtp.stop(); await log.close(); await postgres.stop(); }, 60_000);

const stopAll = async () => { for (const runtime of running.splice(0)) await runtime.stop().catch(() => undefined); };
/** A worker that sends at once, or one for which it is not yet time to send. */
async function work(sends: 'at-once' | 'not-yet' = 'at-once'): Promise<ServiceRuntime> {
  const service = reminders(smtp.url);
  const runtime = new ServiceRuntime({
    service: sends === 'not-yet' ? { ...service, effects: [] } : service, url: store.url, log, role: 'all', clock: 'simulated', connections: 8, onError: () => undefined,
  });
  running.push(runtime);
  await runtime.start();
  return runtime;
}

/** Mail may fail, and processes die, as the tests will have it: what is read from the log is read all the same. */
afterEach(async () => {
  for (const runtime of running) {
    expect(runtime.trouble()).toEqual([]);
    expect(await read(runtime, (tx) => tx.query('select customer, error from parked'))).toEqual([]);
  }
});

beforeEach(async () => {
  await stopAll();
  if (smtp as SmtpSink | undefined) { await smtp.stop(); await log.close(); }
  onMail.then = () => undefined;
  smtp = await startSmtp({ onMail: (mail) => onMail.then(mail) });
  log = await openPostgresLog({ url: await postgres.database(), partitions: 2 });
  store = await postgres.store();
  await migrateService(store.ownerUrl, 'ar_service');
  others = new Others(log);
  await others.register();
  await others.open('2026-03-02');
}, 60_000);

const read = <T>(runtime: ServiceRuntime, what: (tx: Tx) => Promise<T>): Promise<T> => runtime.live.read((client) => what(txOf(client)));
const all = (runtime: ServiceRuntime): Promise<readonly Communication[]> => read(runtime, async (tx) => (await tx.query<{ resource: unknown }>('select resource from communication order by requested_on, communication_id')).map((r) => Communication.fromJSON(r.resource)));

/** Everything was read, published and sent: told twice in a row. */
async function quiet(runtime: ServiceRuntime, effects = true): Promise<void> {
  for (let still = 0, round = 0; still < 2; round++) {
    if (round > 1_000) throw new Error(`not quiet: ${JSON.stringify(await runtime.progress())} ${runtime.trouble().join()}`);
    const ends = await log.ends();
    const { rows } = await runtime.live.transaction((c) => c.query<{ partition: number; next: string }>('select partition, next_offset::text "next" from checkpoint'));
    const { head, published, effectsPending, keysParked } = await runtime.progress();
    expect(keysParked).toBe(0);
    const read_ = [...ends].every(([p, end]) => BigInt(rows.find((r) => r.partition === p)?.next ?? '0') === end);
    still = read_ && head === published && (!effects || effectsPending === 0) ? still + 1 : 0;
    await pause(10);
  }
}
const day = async (runtime: ServiceRuntime, date: Day) => { await others.open(date); await quiet(runtime); };
const until = async (runtime: ServiceRuntime, date: Day) => { while (others.today < date) await day(runtime, daysAfter(others.today, 1)); };
const execute = (runtime: ServiceRuntime, command: AnyCommand, request: unknown, id: string = randomUUID()) =>
  runtime.commands.execute({ tenant: TENANT, command, request, key: `${TENANT}/${id}`, hash: Buffer.from(id), meta: { correlation: id, causation: '', actor: 'anna' } });

describe('a customer with items before and past due', () => {
  it('gets one message per day that lists all of them, goes one level up at a time, and is told so by the log', async () => {
    const runtime = await work();
    await others.customer('c1', 'c1@buyer.test');
    await others.owe('c1', 'a', '2026-03-04');
    await others.owe('c1', 'b', '2026-03-11', 5_000);
    await until(runtime, '2026-03-24');
    expect(smtp.mails.map((m) => m.headers['subject'])).toEqual([
      'Due soon: R-a, 100.00 EUR', 'Reminder: 2 documents past due, 150.00 EUR', 'Reminder: 2 documents past due, 150.00 EUR', 'Reminder 2: 2 documents past due, 150.00 EUR',
    ]);
    expect((await all(runtime)).map((c) => [c.requestedOn, c.kind, c.level, c.status, c.items.map((i) => `${i.documentNumber} ${i.level}`).join()])).toEqual([
      ['2026-03-03', ReminderKind.BEFORE_DUE, 0, CommunicationStatus.SENT, 'R-a 0'],
      ['2026-03-10', ReminderKind.PAST_DUE, 1, CommunicationStatus.SENT, 'R-a 1,R-b 0'],
      ['2026-03-17', ReminderKind.PAST_DUE, 1, CommunicationStatus.SENT, 'R-a 1,R-b 1'], // a is thirteen days past due
      ['2026-03-24', ReminderKind.PAST_DUE, 2, CommunicationStatus.SENT, 'R-a 2,R-b 1'],
    ]);
    const [first] = await all(runtime);
    expect(smtp.mails[0]).toMatchObject({ from: 'ar@seller.test', to: ['c1@buyer.test'], headers: { 'message-id': `<${first!.effectKey}@t1>`, 'x-ar-effect-key': first!.effectKey } });
    expect(smtp.mails[0]!.text).toContain(first!.message!.body.split('\n')[4]);
    const found = await read(runtime, (tx) => getDunningCase(tx, TENANT, 'c1'));
    expect(found!.dunningCase).toMatchObject({ open: true, lastRemindedOn: '2026-03-24', items: [{ itemId: 'a', level: 2, delinquentDays: 20 }, { itemId: 'b', level: 1, delinquentDays: 13 }] });
    await others.settle('c1', 'a', '2026-03-04', 10_000);
    await others.settle('c1', 'b', '2026-03-11', 5_000);
    await until(runtime, '2026-03-25');
    expect((await read(runtime, (tx) => getDunningCase(tx, TENANT, 'c1')))!.dunningCase).toMatchObject({ open: false, items: [] });
    const before = [await all(runtime), await read(runtime, (tx) => getDunningCase(tx, TENANT, 'c1')), await read(runtime, (tx) => tx.query('select * from reminded order by item_id'))];
    await runtime.rebuild();
    expect([await all(runtime), await read(runtime, (tx) => getDunningCase(tx, TENANT, 'c1')), await read(runtime, (tx) => tx.query('select * from reminded order by item_id'))]).toEqual(before);
    expect(before[2]).toMatchObject([{ item_id: 'a', level: 2, before_due: true }, { item_id: 'b', level: 1, before_due: true }]);
    const types: string[] = [];
    for (const p of [0, 1]) await log.read(p, 0n, async (records) => { types.push(...records.map((r) => r.headers['ce_type']!).filter((t) => t.startsWith('ar.reminders.'))); });
    expect(types.map((t) => t.slice('ar.reminders.'.length, -'.v1'.length))).toEqual([
      'reminder_requested', 'reminder_attempted', 'reminder_sent', 'dunning_case_opened', 'reminder_requested', 'reminder_attempted', 'reminder_sent', 'dunning_level_raised',
      'reminder_requested', 'reminder_attempted', 'reminder_sent', 'dunning_level_raised', 'reminder_requested', 'reminder_attempted', 'reminder_sent', 'dunning_level_raised', 'dunning_case_closed',
    ]);
  });

  it('gets nothing twice when the log repeats itself and two workers are there', async () => {
    const [one] = [await work(), await work()];
    for (const n of [1, 2, 3, 4, 5, 6]) { await others.customer(`c${n}`, `c${n}@buyer.test`); await others.owe(`c${n}`, `i${n}`, '2026-03-04'); }
    await until(one!, '2026-03-03');
    await log.publish(others.published);
    await quiet(one!);
    expect(smtp.mails.map((m) => m.to[0]).sort()).toEqual([1, 2, 3, 4, 5, 6].map((n) => `c${n}@buyer.test`));
    expect(new Set(smtp.mails.map((m) => m.headers['message-id'])).size).toBe(6);
  });
});

describe('between request and claim', () => {
  const requested = async () => {
    const early = await work('not-yet');
    for (const c of ['paid', 'part', 'disputed', 'promised', 'paused', 'covered']) { await others.customer(c, `${c}@buyer.test`); await others.owe(c, `${c}-1`, '2026-03-05'); await others.owe(c, `${c}-2`, '2026-03-06'); }
    for (let date = '2026-03-03'; date <= '2026-03-09'; date = daysAfter(date, 1)) { await others.open(date); await quiet(early, false); }
    return early;
  };
  it('what was paid, disputed, promised, paused or covered is left out; what is left is asked for as it is open then', async () => {
    const early = await requested();
    expect((await all(early)).every((c) => c.status === CommunicationStatus.REQUESTED)).toBe(true);
    for (const n of [1, 2]) await others.settle('paid', `paid-${n}`, `2026-03-0${4 + n}`, 10_000);
    await others.settle('part', 'part-1', '2026-03-05', 7_500, 2_500);
    await others.say('collections', 'DisputeOpened', 'disputed', { disputeId: 'd', customerId: 'disputed', items: [{ itemId: 'disputed-1', amount: eur(10_000) }, { itemId: 'disputed-2', amount: eur(4_000) }], amount: eur(14_000) });
    await others.say('collections', 'PromiseMade', 'promised', { promiseId: 'p', customerId: 'promised', items: ['promised-1', 'promised-2'].map((itemId) => ({ itemId, amount: eur(10_000) })), amount: eur(20_000), promisedDate: '2026-03-20' });
    await others.receive('covered', 10_000);
    await quiet(early, false);
    await execute(early, pauseDunning, { customerId: 'paused', pauseId: 'p1', from: '', to: '2026-03-20', reason: 'asked us to' });
    await stopAll();
    const late = await work();
    await quiet(late);
    const of = async (customer: string) => (await all(late)).find((c) => c.customerId === customer)!;
    expect(await of('paid')).toMatchObject({ status: CommunicationStatus.SUPPRESSED, suppressionReason: SuppressionReason.PAID, attempts: 0 });
    expect(await of('promised')).toMatchObject({ status: CommunicationStatus.SUPPRESSED, suppressionReason: SuppressionReason.PROMISED });
    expect(await of('paused')).toMatchObject({ status: CommunicationStatus.SUPPRESSED, suppressionReason: SuppressionReason.PAUSED });
    expect((await of('part')).items.map((i) => i.amount!.value)).toEqual(['25.00', '100.00']);
    expect((await of('disputed')).items.map((i) => i.amount!.value)).toEqual(['60.00']);
    expect((await of('covered')).items.map((i) => i.itemId)).toEqual(['covered-2']);
    expect(smtp.mails.map((m) => m.to[0]).sort()).toEqual(['covered@buyer.test', 'disputed@buyer.test', 'part@buyer.test']);
    const why = await read(late, async (tx) => getReminder(tx, TENANT, (await of('disputed')).communicationId));
    expect(why!.steps.map((s) => s.eventType)).toEqual(['ar.reminders.reminder_requested.v1', 'ar.reminders.reminder_attempted.v1', 'ar.reminders.reminder_sent.v1']);
    expect(why!.steps[1]!.suppressed).toMatchObject([{ itemId: 'disputed-1', reason: SuppressionReason.DISPUTED, explanation: 'all that is open of R-disputed-1, 100.00 EUR, is disputed' }]);
  }, 60_000);
});

describe('money that is under way', () => {
  const debited = (debitId: string, items: readonly object[], collectDate: Day) => others.say('payments', 'DebitRequested', 'c1', { debitId, customerId: 'c1', mandateId: 'mdt_1', items, amount: eur(10_000), collectDate, noticeDays: 2 });
  const debit = (type: string, debitId: string, more: object = {}) => others.say('payments', type, 'c1', { debitId, customerId: 'c1', ...more });
  const held = async (runtime: ServiceRuntime) => {
    const found = await read(runtime, (tx) => previews(tx, TENANT, { customer: '', after: '', size: 50, dateOn: () => '2026-03-20' }));
    return [found!.previews.flatMap((p) => p.suppressed.map((s) => [s.itemId, s.reason])), found!.previews.flatMap((p) => p.items.map((i) => [i.itemId, i.amount!.value]))];
  };
  it('holds back what a debit collects until it has an outcome, and from each further attempt on', async () => {
    const runtime = await work('not-yet');
    await others.customer('c1', 'c1@buyer.test');
    await others.owe('c1', 'a', '2026-03-05');
    await others.owe('c1', 'b', '2026-03-06');
    await debited('ddt_1', [{ itemId: 'a' }, { itemId: 'b', amount: eur(4_000) }], '2026-03-12');
    await quiet(runtime, false);
    expect(await held(runtime)).toEqual([[['a', SuppressionReason.BEING_COLLECTED]], [['b', '60.00']]]);
    expect((await read(runtime, (tx) => getDunningCase(tx, TENANT, 'c1')))!.dunningCase.items.map((i) => i.coming!.value)).toEqual(['100.00', '40.00']);
    const attempted = (attempt: number) => debit('DebitAttempted', 'ddt_1', { attempt, amount: eur(14_000), items: [{ itemId: 'a', amount: eur(10_000) }, { itemId: 'b', amount: eur(4_000) }], collectDate: '2026-03-12', endToEndId: `DD-${attempt}` });
    await attempted(1);
    await quiet(runtime, false);
    expect(await held(runtime)).toEqual([[['a', SuppressionReason.BEING_COLLECTED]], [['b', '60.00']]]);
    await debit('DebitDeclined', 'ddt_1', { attempt: 1, code: 'AM04', hard: false, retryDate: '2026-03-16' });
    await quiet(runtime, false);
    expect(await held(runtime)).toEqual([[], [['a', '100.00'], ['b', '100.00']]]);
    await attempted(2);
    await quiet(runtime, false);
    expect(await held(runtime)).toEqual([[['a', SuppressionReason.BEING_COLLECTED]], [['b', '60.00']]]);
    await debit('DebitCollected', 'ddt_1', { attempt: 2, amount: eur(14_000), receiptId: 'rcp_d', valueDate: '2026-03-16' });
    await debit('DebitReturned', 'ddt_1', { attempt: 2, amount: eur(14_000), receiptId: 'rcp_d', code: 'MD06', hard: true, retryDate: '' });
    await quiet(runtime, false);
    expect(await held(runtime)).toEqual([[], [['a', '100.00'], ['b', '100.00']]]);
    await debited('ddt_2', [{ itemId: 'a' }], '2026-03-12');
    await debit('DebitCancelled', 'ddt_2', { cancelledBy: 'anna', reason: '' });
    await quiet(runtime, false);
    expect(await held(runtime)).toEqual([[], [['a', '100.00'], ['b', '100.00']]]);
  });
  it('holds back what a post-dated cheque covers until it is cash, or bounces', async () => {
    const runtime = await work('not-yet');
    await others.customer('c1', 'c1@buyer.test');
    await others.owe('c1', 'a', '2026-03-05');
    await others.owe('c1', 'b', '2026-03-06');
    const cheque = (receiptId: string, minor: number, documents: readonly object[]) => others.say('payments', 'ReceiptPending', 'c1', { receiptId, customerId: 'c1', amount: eur(minor), valueDate: '2026-03-25', method: 'PAYMENT_METHOD_CHEQUE', documents });
    await cheque('rcp_1', 10_000, [{ reference: 'R-b' }]);
    await cheque('rcp_2', 3_000, []);
    await quiet(runtime, false);
    expect(await held(runtime)).toEqual([[['b', SuppressionReason.PENDING_RECEIPT]], [['a', '70.00']]]);
    await others.say('payments', 'ReceiptReversed', 'c1', { receiptId: 'rcp_1', customerId: 'c1', amount: eur(10_000), kind: 'REVERSAL_KIND_BOUNCED' });
    await others.say('payments', 'ReceiptRecorded', 'c1', { receiptId: 'rcp_2', customerId: 'c1', amount: eur(3_000), valueDate: '2026-03-02' });
    await quiet(runtime, false);
    expect(await held(runtime)).toEqual([[], [['a', '100.00'], ['b', '100.00']]]);
  });
});

describe('a direct debit', () => {
  const requested = async (runtime: ServiceRuntime, debitId: string, minor = 10_000) => {
    await others.say('payments', 'DebitRequested', 'c1', { debitId, customerId: 'c1', mandateId: 'mdt_1', mandateReference: 'M-1', items: [{ itemId: 'a' }], amount: eur(minor), collectDate: '2026-03-16', noticeDays: 14 });
    await quiet(runtime, runtime.options.service.effects.length > 0);
  };
  const debtor = async (sends: 'at-once' | 'not-yet' = 'at-once') => { const runtime = await work(sends); await others.customer('c1', 'c1@buyer.test'); await others.owe('c1', 'a', '2026-03-12'); return runtime; };
  it('is announced once, by a mail that is no reminder', async () => {
    const runtime = await debtor();
    await requested(runtime, 'ddt_1');
    expect(smtp.mails.map((m) => [m.to, m.headers['subject']])).toEqual([[['c1@buyer.test'], 'Direct debit on 2026-03-16: 100.00 EUR']]);
    await log.publish(others.published);
    await until(runtime, '2026-03-13');
    expect(smtp.mails).toHaveLength(1); // and no reminder, for it is being collected
    const [notice] = await all(runtime);
    expect(notice).toMatchObject({ kind: ReminderKind.DEBIT_NOTICE, status: CommunicationStatus.SENT, debitId: 'ddt_1', collectDate: '2026-03-16', level: 0, totals: [{ value: '100.00' }], items: [{ documentNumber: 'R-a', amount: { value: '100.00' } }], message: { body: expect.stringContaining('Mandate reference: M-1') } });
    expect((await read(runtime, (tx) => getDunningCase(tx, TENANT, 'c1')))!.dunningCase.lastRemindedOn).toBe('');
    expect((await read(runtime, (tx) => getReminder(tx, TENANT, notice!.communicationId)))!.steps.map((s) => s.eventType.split('.')[2])).toEqual(['debit_notice_requested', 'debit_notice_attempted', 'debit_notice_sent']);
    await expect(execute(runtime, repeatReminder, { customerId: 'c1', communicationId: notice!.communicationId, by: 'anna', reason: '' })).rejects.toMatchObject({ refusal: { refused: 'reminder-not-found' } });
    const before = await all(runtime);
    await runtime.rebuild();
    expect(await all(runtime)).toEqual(before);
  });
  it('that was cancelled, or whose item was paid, before the notice left is not announced', async () => {
    const early = await debtor('not-yet');
    await requested(early, 'ddt_1');
    await others.say('payments', 'DebitCancelled', 'c1', { debitId: 'ddt_1', customerId: 'c1', cancelledBy: 'anna', reason: '' });
    await requested(early, 'ddt_2');
    await others.settle('c1', 'a', '2026-03-12', 10_000);
    await quiet(early, false);
    await stopAll();
    const late = await work();
    await quiet(late);
    expect((await all(late)).map((c) => [c.debitId, c.status, c.suppressionReason]).sort()).toEqual([['ddt_1', CommunicationStatus.SUPPRESSED, SuppressionReason.DEBIT_ENDED], ['ddt_2', CommunicationStatus.SUPPRESSED, SuppressionReason.PAID]]);
    expect(smtp.mails).toEqual([]);
  });
  it('is announced as unknown where the mail server hangs up, and not again', async () => {
    const runtime = await debtor();
    smtp.behave('drop-after-data');
    await requested(runtime, 'ddt_1');
    smtp.behave('accept');
    await until(runtime, '2026-03-04');
    expect(await all(runtime)).toMatchObject([{ status: CommunicationStatus.UNKNOWN, attempts: 1 }]);
    expect(smtp.mails).toHaveLength(1);
  });
});

describe('a mail server that', () => {
  const oneItem = async () => { const runtime = await work(); await others.customer('c1', 'c1@buyer.test'); await others.owe('c1', 'a', '2026-03-05'); return runtime; };
  it('refuses is tried three times, then the next day sends what was not said', async () => {
    const runtime = await oneItem();
    smtp.behave('refuse-sender');
    await day(runtime, '2026-03-03');
    expect(await all(runtime)).toMatchObject([{ status: CommunicationStatus.FAILED, attempts: 3, detail: expect.stringContaining('sender refused') }]);
    smtp.behave('refuse-message');
    await day(runtime, '2026-03-04');
    expect((await all(runtime))[1]).toMatchObject({ status: CommunicationStatus.FAILED, attempts: 3 });
    smtp.behave('accept');
    await day(runtime, '2026-03-05');
    expect((await all(runtime)).map((c) => c.status)).toEqual([CommunicationStatus.FAILED, CommunicationStatus.FAILED, CommunicationStatus.SENT]);
    expect(smtp.mails).toHaveLength(1);
  });
  it('hangs up after the message leaves it unknown, and it is not repeated', async () => {
    const runtime = await oneItem();
    smtp.behave('drop-after-data');
    await day(runtime, '2026-03-03');
    smtp.behave('accept');
    await until(runtime, '2026-03-06');
    expect(await all(runtime)).toMatchObject([{ status: CommunicationStatus.UNKNOWN, attempts: 1 }]);
    expect(smtp.mails).toHaveLength(1);
  });
});

describe('a process that ends between sending and recording', () => {
  it('leaves the message unknown; the next one does not send it again', async () => {
    const dying = await work();
    await others.customer('c1', 'c1@buyer.test');
    await others.owe('c1', 'a', '2026-03-05');
    await quiet(dying);
    const lost = new Promise<void>((resolve) => { onMail.then = () => { void dying.pool.end(); resolve(); }; });
    await others.open('2026-03-03');
    await lost;
    await stopAll();
    onMail.then = () => undefined;
    const next = await work();
    await quiet(next);
    await until(next, '2026-03-06');
    expect(await all(next)).toMatchObject([{ status: CommunicationStatus.UNKNOWN, attempts: 1, detail: expect.stringContaining('ended before its outcome') }]);
    expect(smtp.mails).toHaveLength(1);
  }, 60_000);
});

describe('a message whose outcome is unknown', () => {
  /** One that the mail server took without a word. */
  const unknown = async () => {
    const runtime = await work();
    await others.customer('c1', 'c1@buyer.test');
    await others.owe('c1', 'a', '2026-03-05');
    await quiet(runtime);
    smtp.behave('drop-after-data');
    await day(runtime, '2026-03-03');
    smtp.behave('accept');
    const [{ communicationId }] = await all(runtime) as [Communication];
    return { runtime, wish: { customerId: 'c1', communicationId, by: 'anna', reason: 'the customer says it never came' } };
  };

  it('is sent once more when a person says so, under the same key, and is then done with', async () => {
    const { runtime, wish } = await unknown();
    await execute(runtime, repeatReminder, wish, 'again');
    expect((await execute(runtime, repeatReminder, wish, 'again')).repeated).toBe(true);
    await quiet(runtime);
    expect(await all(runtime)).toMatchObject([{ status: CommunicationStatus.SENT, attempts: 2 }]);
    expect(smtp.mails).toHaveLength(2);
    expect(smtp.mails[1]!.headers['message-id']).toBe(smtp.mails[0]!.headers['message-id']);
    await expect(execute(runtime, repeatReminder, wish)).rejects.toMatchObject({ refusal: { refused: 'reminder-was-sent' } });
    const { steps } = (await read(runtime, (tx) => getReminder(tx, TENANT, wish.communicationId)))!;
    expect(steps.map((s) => s.eventType.split('.')[2])).toEqual(['reminder_requested', 'reminder_attempted', 'reminder_unknown', 'reminder_repeated', 'reminder_attempted', 'reminder_sent']);
    expect(steps[3]!.explanation).toBe('anna asked for attempt 2: the customer says it never came');
    await until(runtime, '2026-03-06');
    expect(smtp.mails).toHaveLength(2);
    const before = await all(runtime);
    await runtime.rebuild();
    expect(await all(runtime)).toEqual(before);
  });

  it('is held back instead when it was paid meanwhile', async () => {
    const { runtime, wish } = await unknown();
    await others.settle('c1', 'a', '2026-03-05', 10_000);
    await quiet(runtime);
    await execute(runtime, repeatReminder, wish);
    await quiet(runtime);
    expect(await all(runtime)).toMatchObject([{ status: CommunicationStatus.SUPPRESSED, suppressionReason: SuppressionReason.PAID, attempts: 1 }]);
    expect(smtp.mails).toHaveLength(1);
    await expect(execute(runtime, repeatReminder, wish)).rejects.toMatchObject({ refusal: { refused: 'reminder-was-suppressed' } });
  });

  it('is refused when there is no such message, or a later one was wanted', async () => {
    const { runtime, wish } = await unknown();
    await expect(execute(runtime, repeatReminder, { ...wish, communicationId: 'com_other' })).rejects.toMatchObject({ refusal: { refused: 'reminder-not-found' } });
    await expect(execute(runtime, repeatReminder, { ...wish, customerId: 'c2' })).rejects.toMatchObject({ refusal: { refused: 'reminder-not-found' } });
    await until(runtime, '2026-03-10');
    expect((await all(runtime)).map((c) => c.status)).toEqual([CommunicationStatus.UNKNOWN, CommunicationStatus.SENT]);
    await expect(execute(runtime, repeatReminder, wish)).rejects.toMatchObject({ refusal: { refused: 'reminder-superseded' } });
  });
});

describe('whoever has no address', () => {
  it('is told so to us, once in seven days, and reminded as soon as there is one', async () => {
    const runtime = await work();
    await others.customer('c1', '');
    await others.owe('c1', 'a', '2026-03-05');
    await until(runtime, '2026-03-05');
    expect(await all(runtime)).toMatchObject([{ requestedOn: '2026-03-03', status: CommunicationStatus.SUPPRESSED, suppressionReason: SuppressionReason.NO_ADDRESS, detail: 'the customer has no e-mail address' }]);
    await others.customer('c1', 'c1@buyer.test', 'CustomerUpdated');
    await until(runtime, '2026-03-09');
    expect((await all(runtime)).map((c) => [c.requestedOn, c.status])).toEqual([['2026-03-03', CommunicationStatus.SUPPRESSED], ['2026-03-09', CommunicationStatus.SENT]]);
  });
});

describe('a person', () => {
  it('pauses and resumes; a preview says what would be sent, and why not', async () => {
    const runtime = await work();
    await others.customer('c1', 'c1@buyer.test');
    await others.owe('c1', 'a', '2026-03-05');
    await quiet(runtime);
    const request = { customerId: 'c1', pauseId: 'p1', from: '2026-03-02', to: '2026-03-31', reason: 'asked us to' };
    const paused = await execute(runtime, pauseDunning, request, 'wish-1');
    expect(paused.resource).toMatchObject({ customerId: 'c1', pauses: [{ pauseId: 'p1', fromDate: '2026-03-02', toDate: '2026-03-31', reason: 'asked us to' }] });
    expect((await execute(runtime, pauseDunning, request, 'wish-1')).repeated).toBe(true);
    await expect(execute(runtime, pauseDunning, { ...request, customerId: 'nobody' })).rejects.toMatchObject({ refusal: { refused: 'customer-not-found' } });
    await day(runtime, '2026-03-03');
    const preview = (date: Day) => read(runtime, (tx) => previews(tx, TENANT, { customer: '', after: '', size: 50, dateOn: () => date }));
    expect((await preview('2026-03-03'))!.previews).toMatchObject([{ customerId: 'c1', kind: ReminderKind.UNSPECIFIED, suppressed: [{ reason: SuppressionReason.PAUSED, explanation: 'reminders are paused from 2026-03-02 to 2026-03-31: asked us to' }] }]);
    await execute(runtime, resumeDunning, { customerId: 'c1', reason: 'settled' });
    await expect(execute(runtime, resumeDunning, { customerId: 'c1', reason: 'settled' })).rejects.toBeInstanceOf(Refused);
    await quiet(runtime);
    expect(smtp.mails).toHaveLength(0);
    expect((await preview('2026-03-04'))!.previews).toMatchObject([{ kind: ReminderKind.BEFORE_DUE, items: [{ documentNumber: 'R-a', level: 0 }] }]);
    await day(runtime, '2026-03-04');
    expect(smtp.mails).toHaveLength(1);
  });
});
