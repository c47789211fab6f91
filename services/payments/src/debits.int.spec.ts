// Mandates and direct debits through the API, the worker, a payment provider, days that pass and files of the bank, against a real store and log.
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import { ListOpenItemsRequest } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { BankLineOutcome, BankMessage } from '@ar/contracts/gen/ar/payments/v1/bank.js';
import { ImportBankFileRequest, RegisterBankAccountRequest } from '@ar/contracts/gen/ar/payments/v1/bank_service.js';
import { CollectedBy, DebitAbandonment, DebitSuppression, MandateScheme } from '@ar/contracts/gen/ar/payments/v1/debit.js';
import { CancelDebitRequest, CutDebitFileRequest, DebitOutcome, DebitStatus, DebitStatusEffect, GetDebitFileRequest, GetDebitRequest, ImportDebitStatusRequest, ListDebitsRequest, RequestDebitRequest, TellDebitOutcomeRequest, type Debit } from '@ar/contracts/gen/ar/payments/v1/debit_service.js';
import { AmendMandateRequest, GetMandateRequest, ListMandatesRequest, MandateStatus, RegisterMandateRequest, ResumeMandateRequest, SuspendMandateRequest } from '@ar/contracts/gen/ar/payments/v1/mandate_service.js';
import { CancelPayLinkRequest, CreatePayLinkRequest, GetPayLinkRequest, ListPayLinksRequest, NoticeEffect, PayLinkStatus, ReceiveProviderNoticeRequest } from '@ar/contracts/gen/ar/payments/v1/pay_link_service.js';
import { PaymentMethod, ReversalKind } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import { GetReceiptRequest, ReverseReceiptRequest } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { GetTrialBalanceRequest, LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { daysAfter } from '@ar/domain/day.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import type { EventLog } from '@ar/event-log/event-log.js';
import { Api } from '@ar/platform/api.js';
import { apiError } from '@ar/platform/errors.js';
import { Pages } from '@ar/platform/lists.js';
import { migrateService } from '@ar/runtime/migrations.js';
import { wirePolicies } from '@ar/runtime/policy-contract.js';
import { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { DebitGrpc } from './api/debit.grpc.js';
import { MandateGrpc } from './api/mandate.grpc.js';
import { PayLinkGrpc } from './api/pay-link.grpc.js';
import { ReceiptGrpc } from './api/receipt.grpc.js';
import { AccountGrpc } from './api/account.grpc.js';
import { BankGrpc } from './api/bank.grpc.js';
import { ReportGrpc } from './api/report.grpc.js';
import { type Booked, camt, statementXml } from './bank/bank-files.world.js';
import { Elsewhere } from './elsewhere.world.js';
import type { PaymentProvider } from './payment-provider.js';
import { paymentsWith } from './payments.service.js';
import { signNotice } from './provider-notice.js';
import { sandboxProvider } from './sandbox-provider.js';

let postgres: Postgres;
let log: EventLog;
let runtime: ServiceRuntime;
let links = undefined as unknown as PayLinkGrpc;
let bank = undefined as unknown as BankGrpc;
let [accounts, mandates, debits, receipts, reports] = [undefined as unknown as AccountGrpc, undefined as unknown as MandateGrpc, undefined as unknown as DebitGrpc, undefined as unknown as ReceiptGrpc, undefined as unknown as ReportGrpc];
let [invoicing, credit, reminders] = [undefined as unknown as Elsewhere, undefined as unknown as Elsewhere, undefined as unknown as Elsewhere];
const sandbox = sandboxProvider();
const calls: string[] = [];
const errors: Error[] = [];
const provider: PaymentProvider = { ...sandbox, collect(collection) { calls.push(collection.key); return sandbox.collect(collection); } };
const tenantId = 't1';
const secret = 'a secret of the provider';
let today = '2026-03-02';
const iban = 'DE89370400440532013000';

beforeAll(async () => {
  postgres = await startPostgres();
  const store = await postgres.store();
  await migrateService(store.ownerUrl, 'ar_service');
  log = await openPostgresLog({ url: await postgres.database(), partitions: 2 });
  runtime = new ServiceRuntime({ service: paymentsWith(provider), url: store.url, log, role: 'all', clock: 'simulated', onError: (e) => errors.push(e) });
  await runtime.start();
  const api = new Api(runtime, new Pages('a key of sixteen or more'), true, { links: 'a key for links', notices: secret });
  links = new PayLinkGrpc(api);
  bank = new BankGrpc(api);
  [accounts, mandates, debits, receipts, reports] = [new AccountGrpc(api), new MandateGrpc(api), new DebitGrpc(api), new ReceiptGrpc(api), new ReportGrpc(api)];
  [invoicing, credit, reminders] = [new Elsewhere(log, 'invoicing'), new Elsewhere(log, 'credit'), new Elsewhere(log, 'reminders')];
  const policies = wirePolicies({ ...defaultPolicies, directDebit: { noticeDays: 2, autopay: true, retryDays: [3], creditorId: 'DE98ZZZ09999999999' } });
  await invoicing.tell('TenantRegistered', { ...everyone(), data: { tenantId, baseCurrency: 'EUR', timeZone: 'Europe/Berlin', details: { legalName: 'Söller & Söhne', iban: 'DE02120300000000202051' }, policies, firstBusinessDay: today } });
  await invoicing.tell('BusinessDayOpened', { ...everyone(), data: { tenantId, date: today } });
  for (const customer of ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9', 'c10']) last = await credit.tell('CustomerRegistered', { tenant: tenantId, on: today, customer, subject: `customer/${customer}`, data: { customerId: customer } });
  await balance();
}, 60_000);
afterAll(async () => { await runtime.stop(); await log.close(); await postgres.stop(); }, 60_000);

let last: Position | undefined;
let requests = 0;
const everyone = () => ({ tenant: tenantId, on: today, customer: '', subject: `tenant/${tenantId}` });
const asked = () => ({ tenantId, requestId: `r-${++requests}`, actor: 'anna', reason: 'agreed', minPosition: last });
const amount = (value: string) => ({ currencyCode: 'EUR', value });
const eur = (minor: number) => ({ minor, currency: 'EUR' });
async function dayPasses(): Promise<void> {
  today = daysAfter(today, 1);
  last = await invoicing.tell('BusinessDayOpened', { ...everyone(), data: { tenantId, date: today } });
  await balance();
}
async function invoice(customer: string, n: number, minor: number, dueOn = today): Promise<string> {
  last = await invoicing.tell('InvoiceIssued', { tenant: tenantId, on: today, customer, subject: `invoice/inv_${n}`, data: { invoiceId: `inv_${n}`, number: `R-${n}`, customerId: customer, currencyCode: 'EUR', issueDate: today, total: eur(minor), tax: eur(0), instalments: [{ seq: 1, dueDate: dueOn, amount: eur(minor) }] } });
  await open(customer);
  return `oit_${n}_1`;
}
const mandateOf = async (customer: string, more: object = {}) => (await mandates.registerMandate(RegisterMandateRequest.fromPartial({
  ...asked(), customerId: customer, scheme: MandateScheme.SEPA_CORE, reference: `M-${customer}`, signedDate: '2026-01-15', debtor: { name: 'Ada Byron', iban }, ...more,
}))).mandate!;
const request = async (debitId: string, customer: string, mandateId: string, more: object = {}) => {
  const answer = await debits.requestDebit(RequestDebitRequest.fromPartial({ ...asked(), debitId, customerId: customer, currencyCode: 'EUR', mandateId, ...more }));
  last = answer.position;
  return answer.debit!;
};
const debitOf = async (debitId: string): Promise<Debit> => (await debits.getDebit(GetDebitRequest.fromPartial({ tenantId, debitId, minPosition: last } as never))).debit!;
const receiptOf = async (receiptId: string) => (await receipts.getReceipt(GetReceiptRequest.fromPartial({ tenantId, receiptId, minPosition: last } as never))).receipt!;
const reason = (call: Promise<unknown>) => call.then(() => 'answered', (e: unknown) => apiError(e, '').reason);
/** What is open, by item. */
const open = async (customer: string) => Object.fromEntries((await accounts.listOpenItems(ListOpenItemsRequest.fromPartial({ tenantId, customerId: customer, currencyCode: 'EUR', minPosition: last } as never))).openItems.map((i) => [i.item!.itemId, i.open!.value]));

/** As it is once it has come so far. */
async function until(debitId: string, is: DebitStatus | ((debit: Debit) => boolean)): Promise<Debit> {
  for (const ends = Date.now() + 15_000; ;) {
    const debit = await debitOf(debitId);
    if (typeof is === 'function' ? is(debit) : debit.status === is) return debit;
    if (Date.now() > ends) throw new Error(`${debitId} is ${JSON.stringify(debit)}: ${errors.map((e) => e.stack).join()}`);
    await pause(20);
  }
}

/** What is on an account of the journal; all of them sum to zero. */
async function balance(): Promise<Readonly<Record<string, string>>> {
  const { rows } = await reports.getTrialBalance(GetTrialBalanceRequest.fromPartial({ tenantId, minPosition: last } as never));
  expect(rows.reduce((sum, r) => sum + Number(r.balance!.value.replace('.', '')), 0)).toBe(0);
  return Object.fromEntries(rows.map((r) => [r.account, r.balance!.value]));
}

describe('a direct debit through the provider', () => {
  it('is announced, collected on its day, once, and pays exactly its items', async () => {
    const item = await invoice('c1', 1, 100_00);
    const { mandateId, status } = await mandateOf('c1');
    expect(status).toBe(MandateStatus.ACTIVE);
    const early = request('ddt_0', 'c1', mandateId, { collectDate: daysAfter(today, 1) });
    expect(await reason(early)).toBe('DEBIT_NOTICE_TOO_SHORT');
    expect(await request('ddt_1', 'c1', mandateId)).toMatchObject({ status: DebitStatus.WAITING, announced: amount('100.00'), collectDate: '2026-03-04', items: [{ itemId: item }] });
    expect(await reason(request('ddt_2', 'c1', mandateId, { items: [{ itemId: item }] }))).toBe('OPEN_ITEM_IN_DEBIT');
    await dayPasses();
    expect(calls).toEqual([]);
    await dayPasses();
    const done = await until('ddt_1', DebitStatus.COLLECTED);
    expect(done.attempts).toMatchObject([{ attempt: 1, amount: amount('100.00'), outcome: DebitOutcome.COLLECTED }]);
    expect(await receiptOf(done.attempts[0]!.receiptId)).toMatchObject({ amount: amount('100.00'), unapplied: amount('0.00'), method: PaymentMethod.DIRECT_DEBIT, customerId: 'c1' });
    expect(await open('c1')).toEqual({});
    expect(calls).toEqual([done.attempts[0]!.endToEndId]);
    expect((await mandates.getMandate(GetMandateRequest.fromPartial({ tenantId, mandateId }))).mandate).toMatchObject({ uses: 1, lastUsedDate: today });
  });

  it('goes back: its items are owed again, and it is tried again on the day of the policy', async () => {
    const { attempts: [first] } = await debitOf('ddt_1');
    last = (await receipts.reverseReceipt(ReverseReceiptRequest.fromPartial({ ...asked(), receiptId: first!.receiptId, kind: ReversalKind.RETURN, code: 'AM04' }))).position;
    expect(await until('ddt_1', DebitStatus.WAITING)).toMatchObject({ nextDate: daysAfter(today, 3), attempts: [{ outcome: DebitOutcome.RETURNED, code: 'AM04', hard: false }] });
    expect(await open('c1')).toEqual({ oit_1_1: '100.00' });
    for (let n = 0; n < 3; n++) await dayPasses();
    const again = await until('ddt_1', DebitStatus.COLLECTED);
    expect(again.attempts).toMatchObject([{ outcome: DebitOutcome.RETURNED }, { attempt: 2, outcome: DebitOutcome.COLLECTED }]);
    expect(await open('c1')).toEqual({});
  });

  it('given up after a decline for good, suspends its mandate and is not collected by itself again', async () => {
    const item = await invoice('c2', 2, 100_01);
    const { mandateId } = await mandateOf('c2', { autopay: true });
    await request('ddt_3', 'c2', mandateId);
    for (let n = 0; n < 2; n++) await dayPasses();
    expect(await until('ddt_3', DebitStatus.ABANDONED)).toMatchObject({ abandonment: DebitAbandonment.HARD_DECLINE, nextDate: '', attempts: [{ code: 'AC04', hard: true, outcome: DebitOutcome.DECLINED }] });
    expect((await mandates.getMandate(GetMandateRequest.fromPartial({ tenantId, mandateId, minPosition: last } as never))).mandate).toMatchObject({ status: MandateStatus.SUSPENDED, statusCode: 'AC04' });
    expect(await reason(request('ddt_4', 'c2', mandateId))).toBe('MANDATE_SUSPENDED');
    expect(await open('c2')).toEqual({ [item]: '100.01' });
  });

  it('declined for now is tried again, as often as the policy says, under another key each time', async () => {
    await invoice('c3', 3, 100_05);
    const { mandateId } = await mandateOf('c3');
    await request('ddt_5', 'c3', mandateId);
    for (let n = 0; n < 2; n++) await dayPasses();
    expect(await until('ddt_5', (d) => d.attempts.length === 1 && d.status === DebitStatus.WAITING)).toMatchObject({ attempts: [{ code: 'AM04', hard: false }] });
    for (let n = 0; n < 3; n++) await dayPasses();
    const given = await until('ddt_5', DebitStatus.ABANDONED);
    expect(given).toMatchObject({ abandonment: DebitAbandonment.ATTEMPTS_USED_UP, attempts: [{ attempt: 1 }, { attempt: 2, code: 'AM04' }] });
    for (const { endToEndId } of given.attempts) expect(calls.filter((key) => key === endToEndId)).toHaveLength(1);
  });

  it('whose answer was lost is asked about, and collected once', async () => {
    const item = await invoice('c3', 4, 50_03);
    const [{ mandateId }] = (await mandates.listMandates(ListMandatesRequest.fromPartial({ tenantId, filter: 'customer_id = c3' }))).mandates as unknown as [{ mandateId: string }];
    await request('ddt_6', 'c3', mandateId, { items: [{ itemId: item }] });
    for (let n = 0; n < 2; n++) await dayPasses();
    const done = await until('ddt_6', DebitStatus.COLLECTED);
    expect(calls.filter((key) => key === done.attempts[0]!.endToEndId)).toHaveLength(1);
    expect(await open('c3')).toEqual({ oit_3_1: '100.05' });
  });

  it('is stopped before its day, and finds nothing where its item was disputed meanwhile', async () => {
    const { mandateId } = await mandateOf('c4');
    const item = await invoice('c4', 5, 70_00);
    await request('ddt_7', 'c4', mandateId);
    last = (await debits.cancelDebit(CancelDebitRequest.fromPartial({ ...asked(), debitId: 'ddt_7' }))).position;
    expect(await debitOf('ddt_7')).toMatchObject({ status: DebitStatus.CANCELLED });
    await request('ddt_8', 'c4', mandateId);
    const collections = new Elsewhere(log, 'collections');
    last = await collections.tell('DisputeOpened', { tenant: tenantId, on: today, customer: 'c4', subject: 'dispute/dsp_1', data: { disputeId: 'dsp_1', customerId: 'c4', items: [{ itemId: item, amount: eur(10_00) }] } });
    for (let n = 0; n < 2; n++) await dayPasses();
    expect(await until('ddt_8', DebitStatus.SUPPRESSED)).toMatchObject({ suppression: DebitSuppression.NOTHING_OPEN, attempts: [] });
  });
});

describe('a customer with autopay', () => {
  it('has what falls due collected by itself, unless it is paused', async () => {
    await mandateOf('c5', { autopay: true });
    await invoice('c5', 6, 80_00, daysAfter(today, 5));
    last = await reminders.tell('DunningPaused', { tenant: tenantId, on: today, customer: 'c5', subject: 'dunning/c5', data: { pauseId: 'pau_1', customerId: 'c5', fromDate: today, toDate: daysAfter(today, 4), reason: 'flood' } });
    for (let n = 0; n < 4; n++) await dayPasses();
    const listed = async () => (await debits.listDebits(ListDebitsRequest.fromPartial({ tenantId, minPosition: last, filter: 'customer_id = c5' } as never))).debits;
    expect(await listed()).toEqual([]);
    await dayPasses();
    const [own, ...others] = await listed();
    expect([own?.requestedBy, own?.collectDate, others.length]).toEqual(['system', daysAfter(today, 2), 0]);
    for (let n = 0; n < 2; n++) await dayPasses();
    await until(own!.debitId, DebitStatus.COLLECTED);
    expect(await open('c5')).toEqual({});
    expect(await listed()).toHaveLength(1);
  });
});

describe('direct debits by file', () => {
  const xml = async (fileId: string) => { const { content, debitFile } = await debits.getDebitFile(GetDebitFileRequest.fromPartial({ tenantId, debitFileId: fileId, minPosition: last } as never)); return { text: Buffer.from(content).toString('utf8'), debitFile }; };
  const told = (lines: readonly (readonly [endToEndId: string, status: string, code?: string])[]) => Buffer.from(`<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>S</MsgId></GrpHdr><OrgnlPmtInfAndSts>${
    lines.map(([id, status, code]) => `<TxInfAndSts><OrgnlEndToEndId>${id}</OrgnlEndToEndId><TxSts>${status}</TxSts>${code ? `<StsRsnInf><Rsn><Cd>${code}</Cd></Rsn></StsRsnInf>` : ''}</TxInfAndSts>`).join('')}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>`);
  const says = (content: Uint8Array, id = `pain-${++requests}`) => debits.import((async function* parts() {
    yield ImportDebitStatusRequest.fromPartial({ part: { $case: 'start', value: { tenantId, requestId: id, actor: 'bank', minPosition: last } } } as never);
    for (const chunk of [content.subarray(0, 40), content.subarray(40)]) yield ImportDebitStatusRequest.fromPartial({ part: { $case: 'chunk', value: chunk } } as never);
  })());

  it('are in one file each, which is the same for ever', async () => {
    const { mandateId } = await mandateOf('c6', { collectedBy: CollectedBy.FILE });
    const items = [await invoice('c6', 7, 30_00), await invoice('c6', 8, 40_00)];
    for (const [n, itemId] of items.entries()) await request(`ddt_f${n}`, 'c6', mandateId, { items: [{ itemId }] });
    last = (await mandates.amendMandate(AmendMandateRequest.fromPartial({ ...asked(), mandateId, debtor: { name: 'Ada Bÿron', iban: 'DE02120300000000202051' } }))).position;
    await debitOf('ddt_f0');
    expect(await reason(debits.cutDebitFile(CutDebitFileRequest.fromPartial({ ...asked(), debitFileId: 'F-0' })))).toBe('NO_DEBITS_DUE');
    const { debitFile, position } = await debits.cutDebitFile(CutDebitFileRequest.fromPartial({ ...asked(), debitFileId: 'F-1', throughDate: daysAfter(today, 2) }));
    last = position;
    expect(debitFile).toMatchObject({ debits: 2, total: amount('70.00'), creditorId: 'DE98ZZZ09999999999' });
    const { text } = await xml('F-1');
    expect(text).toContain('<CtrlSum>70.00</CtrlSum>');
    expect([text.match(/<SeqTp>FRST/g)?.length, text.match(/<SeqTp>RCUR/g)?.length, text.match(/<Nm>Soller \. Sohne/g)?.length]).toEqual([1, 1, 3]);
    expect([...text.matchAll(/<Ustrd>([^<]*)</g)].map((m) => m[1])).toEqual(['R-7', 'R-8']);
    expect((await xml('F-1')).text).toBe(text);
    expect(await reason(debits.cutDebitFile(CutDebitFileRequest.fromPartial({ ...asked(), debitFileId: 'F-2', throughDate: daysAfter(today, 2) })))).toBe('NO_DEBITS_DUE');
    expect(await reason(debits.cutDebitFile(CutDebitFileRequest.fromPartial({ ...asked(), debitFileId: 'F-1', throughDate: daysAfter(today, 2) })))).toBe('DEBIT_FILE_EXISTS');
  });

  it('are settled and rejected by pain.002, told once or more often; a rejection of what was settled is a return', async () => {
    const ids = [(await debitOf('ddt_f0')).attempts[0]!.endToEndId, (await debitOf('ddt_f1')).attempts[0]!.endToEndId] as const;
    const first = told([[ids[0], 'ACSC'], [ids[1], 'RJCT', 'AM04'], ['nobody', 'RJCT', 'AM04']]);
    const answer = await says(first, 'p-1');
    last = answer.position;
    expect(answer.lines.map((l) => l.effect)).toEqual([DebitStatusEffect.RECORDED, DebitStatusEffect.RECORDED, DebitStatusEffect.NOT_OURS]);
    expect([(await debitOf('ddt_f0')).status, (await debitOf('ddt_f1')).status]).toEqual([DebitStatus.COLLECTED, DebitStatus.WAITING]);
    expect(await open('c6')).toEqual({ oit_8_1: '40.00' });
    const cash = (await balance())[LedgerAccount.CASH];
    expect((await says(first)).lines.map((l) => l.effect)).toEqual([DebitStatusEffect.KNOWN, DebitStatusEffect.KNOWN, DebitStatusEffect.NOT_OURS]);
    expect((await balance())[LedgerAccount.CASH]).toBe(cash);
    last = (await says(told([[ids[0], 'RJCT', 'MD06']]))).position;
    expect(await until('ddt_f0', DebitStatus.ABANDONED)).toMatchObject({ abandonment: DebitAbandonment.HARD_DECLINE });
    expect(await open('c6')).toEqual({ oit_7_1: '30.00', oit_8_1: '40.00' });
  });

  it('are the same money where the bank books it, before or after its pain.002, and go back by its statement', async () => {
    await bank.registerBankAccount(RegisterBankAccountRequest.fromPartial({ ...asked(), accountNumber: 'DE02120300000000202051', currencyCode: 'EUR', bookingMessage: BankMessage.CAMT_053 }));
    let statements = 0;
    const upload = async (...entries: readonly Booked[]) => {
      const sum = entries.reduce((total, e) => total + Number(e.amount) * (e.side === 'DBIT' ? -1 : 1), 0);
      const file = camt([statementXml({ account: 'DE02120300000000202051', id: `st-${++statements}`, opening: '0.00', closing: sum.toFixed(2), entries, day: today })]);
      const answer = await bank.import((async function* parts() {
        yield ImportBankFileRequest.fromPartial({ part: { $case: 'start', value: { tenantId, requestId: `bf-${++requests}`, actor: 'bank', minPosition: last } } } as never);
        yield ImportBankFileRequest.fromPartial({ part: { $case: 'chunk', value: Buffer.from(file) } } as never);
      })());
      last = answer.position;
      return answer.statements[0]!.lines.map((l) => [l.outcome, l.reason]);
    };
    const line = (amountOf: string, ref: string, id: string, more: Partial<Booked> = {}, rest = ''): Booked => ({ amount: amountOf, ref, day: today, details: `<TxDtls><Refs><EndToEndId>${id}</EndToEndId></Refs>${rest}</TxDtls>`, ...more });
    const back = (amountOf: string, ref: string, id: string) => line(amountOf, ref, id, { side: 'DBIT' }, '<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf>');

    const [mandate] = (await mandates.listMandates(ListMandatesRequest.fromPartial({ tenantId, filter: 'customer_id = c6' }))).mandates;
    last = (await mandates.resumeMandate(ResumeMandateRequest.fromPartial({ ...asked(), mandateId: mandate!.mandateId }))).position; // who wanted the money back has agreed
    const items = [await invoice('c6', 9, 51_00), await invoice('c6', 10, 52_00)];
    for (const [n, itemId] of items.entries()) await request(`ddt_b${n}`, 'c6', mandate!.mandateId, { items: [{ itemId }] });
    await debitOf('ddt_b1');
    last = (await debits.cutDebitFile(CutDebitFileRequest.fromPartial({ ...asked(), debitFileId: 'F-3', throughDate: daysAfter(today, 2) }))).position;
    const ids = await Promise.all(['ddt_b0', 'ddt_b1'].map(async (id) => (await debitOf(id)).attempts.at(-1)!.endToEndId));
    const cash = async () => (await balance())[LedgerAccount.CASH];

    // One is told by the statement first, the other by pain.002 first.
    last = (await says(told([[ids[1]!, 'ACSC']]))).position;
    expect(await upload(line('51.00', 'B-1', ids[0]!), line('52.00', 'B-2', ids[1]!))).toEqual([[BankLineOutcome.RECOGNISED, 'direct-debit'], [BankLineOutcome.RECOGNISED, 'direct-debit']]);
    const after = await cash();
    expect((await says(told([[ids[0]!, 'ACSC'], [ids[1]!, 'ACSC']]))).lines.map((l) => l.effect)).toEqual([DebitStatusEffect.KNOWN, DebitStatusEffect.KNOWN]);
    expect(await upload(line('51.00', 'B-9', ids[0]!))).toEqual([[BankLineOutcome.RECOGNISED, 'direct-debit']]); // another line of the same money
    expect(await cash()).toBe(after);
    expect(await open('c6')).toEqual({ oit_7_1: '30.00', oit_8_1: '40.00' });

    expect(await upload(back('51.00', 'B-3', ids[0]!))).toEqual([[BankLineOutcome.RECOGNISED, 'return']]);
    expect(await until('ddt_b0', DebitStatus.WAITING)).toMatchObject({ attempts: [{ outcome: DebitOutcome.RETURNED, code: 'AM04' }] });
    expect(await open('c6')).toEqual({ oit_7_1: '30.00', oit_8_1: '40.00', oit_9_1: '51.00' });
  });

  it('of which nothing can be collected keep no other from its file, and end on their day', async () => {
    const [bad, good] = [await mandateOf('c8', { collectedBy: CollectedBy.FILE }), await mandateOf('c9', { collectedBy: CollectedBy.FILE })];
    for (const n of [30, 31]) await request(`ddt_s${n}`, 'c8', bad.mandateId, { items: [{ itemId: await invoice('c8', n, 10_00) }] });
    await request('ddt_t', 'c9', good.mandateId, { items: [{ itemId: await invoice('c9', 32, 20_00) }] });
    last = (await mandates.suspendMandate(SuspendMandateRequest.fromPartial({ ...asked(), mandateId: bad.mandateId }))).position;
    await dayPasses();
    expect((await debitOf('ddt_s30')).status).toBe(DebitStatus.WAITING);
    await dayPasses();
    expect(await until('ddt_s31', DebitStatus.SUPPRESSED)).toMatchObject({ suppression: DebitSuppression.MANDATE_SUSPENDED });
    expect((await debitOf('ddt_s30')).status).toBe(DebitStatus.SUPPRESSED);
    const { debitFile, position } = await debits.cutDebitFile(CutDebitFileRequest.fromPartial({ ...asked(), debitFileId: 'F-9' }));
    last = position;
    expect(debitFile).toMatchObject({ debits: 1, total: amount('20.00') });
  });

  it('are told by a person where the bank says nothing', async () => {
    const { mandateId } = await mandateOf('c9', { collectedBy: CollectedBy.FILE, reference: 'M-c9-told' });
    const { collectDate } = await request('ddt_u', 'c9', mandateId, { items: [{ itemId: await invoice('c9', 33, 30_00) }] });
    const tell = async (more: object) => { const answer = await debits.tellDebitOutcome(TellDebitOutcomeRequest.fromPartial({ ...asked(), debitId: 'ddt_u', outcome: DebitOutcome.COLLECTED, ...more })); last = answer.position; return answer.debit!; };
    expect(await reason(tell({ outcome: DebitOutcome.DECLINED }))).toBe('FIELD_REQUIRED'); // without a code
    expect(await reason(tell({ outcome: DebitOutcome.UNSPECIFIED }))).toBe('FIELD_INVALID');
    expect(await reason(tell({ code: 'AM04' }))).toBe('FIELD_INVALID');
    expect(await reason(tell({}))).toBe('DEBIT_NOT_ATTEMPTED');
    last = (await debits.cutDebitFile(CutDebitFileRequest.fromPartial({ ...asked(), debitFileId: 'F-8', throughDate: collectDate }))).position;
    expect(await reason(tell({}))).toBe('DEBIT_NOT_ATTEMPTED'); // it is in a file, and its day has not come
    expect(await reason(tell({ outcome: DebitOutcome.DECLINED, code: 'QQQQ' }))).toBe('FIELD_INVALID');
    while (today < collectDate) await dayPasses();
    expect(await tell({ reference: 'B-77' })).toMatchObject({ status: DebitStatus.COLLECTED, attempts: [{ outcome: DebitOutcome.COLLECTED, reference: 'B-77' }] });
    expect(Object.keys(await open('c9'))).not.toContain('oit_33_1');
    expect(await reason(tell({}))).toBe('DEBIT_OUTCOME_KNOWN');
    await tell({ outcome: DebitOutcome.RETURNED, code: 'AM04' });
    expect(await until('ddt_u', DebitStatus.WAITING)).toMatchObject({ attempts: [{ outcome: DebitOutcome.RETURNED, code: 'AM04' }] });
    expect(await open('c9')).toMatchObject({ oit_33_1: '30.00' });
    last = (await debits.cancelDebit(CancelDebitRequest.fromPartial({ ...asked(), debitId: 'ddt_u' }))).position;
  });

  it.each([
    ['is no XML', 'hello'], ['declares a document type', '<!DOCTYPE x [<!ENTITY a "b">]><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"/>'], ['is another message', '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>'],
    ['is cut off', '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><a>'],
  ])('are not changed by a file that %s', async (_what, content) => expect(await reason(says(Buffer.from(content)))).toBe('DEBIT_STATUS_FILE_INVALID'));
});

let notices = 0;
const noticed = (said: object, { id = `n-${++notices}`, sentAt = `${today}T10:00:00Z`, key = secret } = {}) => {
  const body = Buffer.from(JSON.stringify({ notice_id: id, ...said }));
  return links.receiveProviderNotice(ReceiveProviderNoticeRequest.fromPartial({ tenantId, body, sentAt, signature: signNotice(key, tenantId, sentAt, body), minPosition: last } as never));
};

describe('a pay link', () => {
  const create = async (payLinkId: string, more: object) => {
    const made = await links.createPayLink(CreatePayLinkRequest.fromPartial({ ...asked(), payLinkId, customerId: 'c7', currencyCode: 'EUR', expiryDate: daysAfter(today, 7), ...more }));
    last = made.position;
    return made;
  };
  const seen = (token: string) => links.getPayLink(GetPayLinkRequest.fromPartial({ tenantId, token, minPosition: last } as never));
  const paid = (key: string, value: string, reference: string) => ({ type: 'link.paid', key, amount: value, currency_code: 'EUR', reference, method: 'card' });

  it('tells what is open of its items now, and is paid once however often the provider says so', async () => {
    const [one, two] = [await invoice('c7', 20, 60_00), await invoice('c7', 21, 25_00)];
    const { token } = await create('pln_1', { items: [{ itemId: one, amount: amount('50.00') }, { itemId: two }] });
    expect(await seen(token)).toMatchObject({ total: amount('75.00'), payable: [{ itemId: one, amount: amount('50.00') }, { itemId: two, amount: amount('25.00') }] });
    const first = await noticed(paid('pln_1', '75.00', 'P-1'), { id: 'n-x' });
    last = first.position;
    expect(first.effect).toBe(NoticeEffect.RECORDED);
    expect((await noticed(paid('pln_1', '75.00', 'P-1'), { id: 'n-x' })).effect).toBe(NoticeEffect.KNOWN);
    expect((await noticed(paid('pln_1', '75.00', 'P-1'))).effect).toBe(NoticeEffect.KNOWN);
    const { payLink, total, payable } = await seen(token);
    expect([payLink!.status, payLink!.payments.length, total, payable]).toEqual([PayLinkStatus.PAID, 1, amount('0.00'), []]);
    expect(await receiptOf(payLink!.payments[0]!.receiptId)).toMatchObject({ amount: amount('75.00'), unapplied: amount('0.00'), method: PaymentMethod.CARD });
    expect(await open('c7')).toEqual({ [one]: '10.00' });
  });

  it('is paid after it has ended too: the money is there', async () => {
    const { token } = await create('pln_2', { documentId: 'inv_20' });
    expect(await seen(token)).toMatchObject({ total: amount('10.00') });
    last = (await links.cancelPayLink(CancelPayLinkRequest.fromPartial({ ...asked(), payLinkId: 'pln_2' }))).position;
    expect(await seen(token)).toMatchObject({ payLink: { status: PayLinkStatus.CANCELLED }, total: amount('0.00') });
    last = (await noticed(paid('pln_2', '12.00', 'P-2'))).position;
    expect(await open('c7')).toEqual({});
    expect((await noticed(paid('nobody', '12.00', 'P-3'))).effect).toBe(NoticeEffect.NOT_OURS);
  });

  it('expires after its last day, and cannot be forged', async () => {
    const { token } = await create('pln_3', { amount: amount('5.00'), expiryDate: today });
    expect(await seen(token)).toMatchObject({ total: amount('5.00') });
    const [payload, signature] = token.split('.') as [string, string];
    const other = Buffer.from(JSON.stringify([tenantId, 'pln_1', today])).toString('base64url');
    for (const forged of [`${other}.${signature}`, payload, `${payload}.x`, `${token}.x`]) expect(await reason(seen(forged))).toBe('PAY_LINK_TOKEN_INVALID');
    await dayPasses();
    expect(await seen(token)).toMatchObject({ payLink: { status: PayLinkStatus.EXPIRED }, total: amount('0.00') });
    expect((await links.listPayLinks(ListPayLinksRequest.fromPartial({ tenantId, filter: 'status = expired' } as never))).payLinks.map((l) => l.payLinkId)).toEqual(['pln_3']);
  });
});

describe('a notice of the provider', () => {
  it('is taken where it is signed, of these days, and of a kind that is known', async () => {
    const said = { type: 'collection.paid', key: 'nobody', reference: 'P' };
    expect((await noticed(said)).effect).toBe(NoticeEffect.NOT_OURS);
    expect(await reason(noticed(said, { key: 'another secret' }))).toBe('NOTICE_SIGNATURE_INVALID');
    expect(await reason(noticed(said, { sentAt: `${daysAfter(today, -2)}T10:00:00Z` }))).toBe('NOTICE_TOO_OLD');
    expect(await reason(noticed({ type: 'party', key: 'x' }))).toBe('NOTICE_INVALID');
    expect(await reason(noticed({ type: 'link.paid', key: 'pln_1', amount: '1.001', currency_code: 'EUR', reference: 'P' }))).toBe('NOTICE_INVALID');
  });

  it('that a collection went back is told before that it was paid, or after: it has come in once and gone back once', async () => {
    const { attempts: [collected] } = (await debits.listDebits(ListDebitsRequest.fromPartial({ tenantId, filter: 'customer_id = c5' } as never))).debits[0]!;
    const cents = async () => Number((await balance())[LedgerAccount.CASH]!.replace('.', ''));
    const before = await cents();
    last = (await noticed({ type: 'collection.returned', key: collected!.endToEndId, code: 'MD01' })).position;
    expect((await noticed({ type: 'collection.returned', key: collected!.endToEndId, code: 'MD01' })).effect).toBe(NoticeEffect.KNOWN);
    expect((await noticed({ type: 'collection.paid', key: collected!.endToEndId, reference: 'P-9' })).effect).toBe(NoticeEffect.KNOWN);
    expect(await cents()).toBe(before - 80_00);
    expect(await open('c5')).toEqual({ oit_6_1: '80.00' });
  });
});

describe('a customer with autopay and invoices in two currencies', () => {
  it('is collected from in each currency on the same day', async () => {
    const { position, mandate } = await mandates.registerMandate(RegisterMandateRequest.fromPartial({ ...asked(), customerId: 'c10', reference: 'M-c10', signedDate: '2026-01-15', autopay: true, scheme: MandateScheme.GENERIC, collectedBy: CollectedBy.PROVIDER, debtor: { name: 'Ada Byron', token: 'tok_1' } }));
    await mandates.getMandate(GetMandateRequest.fromPartial({ tenantId, mandateId: mandate!.mandateId, minPosition: position } as never));
    for (const [n, currency] of [[901, 'EUR'], [902, 'USD']] as const) {
      const total = { minor: 10_00, currency };
      last = await invoicing.tell('InvoiceIssued', { tenant: tenantId, on: today, customer: 'c10', subject: `invoice/inv_${n}`, data: { invoiceId: `inv_${n}`, number: `R-${n}`, customerId: 'c10', currencyCode: currency, issueDate: today, total, tax: { minor: 0, currency }, instalments: [{ seq: 1, dueDate: daysAfter(today, 1), amount: total }] } });
    }
    await open('c10');
    await dayPasses();
    const { debits: requested } = await debits.listDebits(ListDebitsRequest.fromPartial({ tenantId, filter: 'customer_id = c10', minPosition: last } as never));
    expect(requested.map((d) => [d.requestedDate, d.announced!.currencyCode, d.announced!.value]).sort()).toEqual([[today, 'EUR', '10.00'], [today, 'USD', '10.00']]);
    expect(errors).toEqual([]);
  });
});
