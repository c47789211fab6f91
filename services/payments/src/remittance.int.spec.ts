// Remittance advices through a real store and log: before their receipt and after, shown while a person is needed, and used once.
import 'reflect-metadata';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import { DeductionReason, PaymentMethod } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import { ApplyReceiptRequest, ListReceiptsToReviewRequest, ReceiptStatus, RecordReceiptRequest, ReviewReason } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { RemittanceMatch } from '@ar/contracts/gen/ar/payments/v1/remittance.js';
import { CancelRemittanceAdviceRequest, GetRemittanceAdviceRequest, ListRemittanceAdvicesRequest, MatchRemittanceAdviceRequest, RecordRemittanceAdviceRequest, RemittanceAdviceStatus } from '@ar/contracts/gen/ar/payments/v1/remittance_service.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import type { EventLog } from '@ar/event-log/event-log.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import { Api } from '@ar/platform/api.js';
import { Pages } from '@ar/platform/lists.js';
import { migrateService } from '@ar/runtime/migrations.js';
import { wirePolicies } from '@ar/runtime/policy-contract.js';
import { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { ReceiptGrpc } from './api/receipt.grpc.js';
import { ReceiptReviewGrpc } from './api/receipt-review.grpc.js';
import { RemittanceGrpc } from './api/remittance.grpc.js';
import { Elsewhere } from './elsewhere.world.js';
import { payments } from './payments.service.js';

let postgres: Postgres;
let log: EventLog;
let runtime: ServiceRuntime;
let receipts: ReceiptGrpc;
let review: ReceiptReviewGrpc;
let advices: RemittanceGrpc;
let seen: Position | undefined;
const tenantId = 't1';
const today = '2026-03-10';
const of = { tenant: tenantId };
const eur = (value: string) => ({ currencyCode: 'EUR', value });
let asked = 0;
const wish = () => ({ tenantId, requestId: `r-${++asked}`, actor: 'anna', minPosition: seen });
const record = async (receiptId: string, value: string, more: object = {}) => {
  const answer = await receipts.recordReceipt(RecordReceiptRequest.fromPartial({ ...wish(), receiptId, amount: eur(value), method: PaymentMethod.BANK_TRANSFER, ...more } as never));
  seen = answer.position;
  return answer.receipt!;
};
const line = (reference: string, net: string) => ({ reference, gross: eur(net), net: eur(net) });
const announce = async (remittanceAdviceId: string, total: string, lines: readonly object[], more: object = {}) => {
  const answer = await advices.recordRemittanceAdvice(RecordRemittanceAdviceRequest.fromPartial({ ...wish(), remittanceAdviceId, total: eur(total), lines, ...more } as never));
  seen = answer.position;
  return answer.remittanceAdvice!;
};
const advice = async (remittanceAdviceId: string) => (await advices.getRemittanceAdvice(GetRemittanceAdviceRequest.fromPartial({ tenantId, minPosition: seen, remittanceAdviceId } as never))).remittanceAdvice!;
const queue = async () => (await review.listReceiptsToReview(ListReceiptsToReviewRequest.fromPartial({ tenantId, minPosition: seen, filter: 'reason = remittance_advice' } as never))).receipts.map((r) => [r.receipt!.receiptId, r.reasons.includes(ReviewReason.REMITTANCE_ADVICE), ...r.remittanceAdviceIds]);
const paid = (r: { readonly applicationGroups: readonly { readonly applications: readonly { readonly item?: { readonly itemId: string } | undefined; readonly amount?: { readonly value: string } | undefined }[] }[] }) => r.applicationGroups.flatMap((g) => g.applications.map((a) => [a.item!.itemId, a.amount!.value]));

beforeAll(async () => {
  postgres = await startPostgres();
  const { ownerUrl, url } = await postgres.store();
  await migrateService(ownerUrl, 'ar_service');
  log = await openPostgresLog({ url: await postgres.database(), partitions: 3 });
  runtime = new ServiceRuntime({ service: payments, url, log, role: 'all', clock: 'simulated', onError: () => undefined });
  await runtime.start();
  const api = new Api(runtime, new Pages('a key of sixteen or more'), true);
  [receipts, review, advices] = [new ReceiptGrpc(api), new ReceiptReviewGrpc(api), new RemittanceGrpc(api)];
  const [invoicing, credit] = [new Elsewhere(log, 'invoicing'), new Elsewhere(log, 'credit')];
  const policies = wirePolicies({ ...defaultPolicies, application: { ...defaultPolicies.application, remittanceDays: 3 } });
  await invoicing.tell('TenantRegistered', { ...of, customer: '', subject: `tenant/${tenantId}`, on: today, data: { tenantId, baseCurrency: 'EUR', timeZone: 'Europe/Berlin', details: { legalName: 'Seller' }, policies, firstBusinessDay: today } });
  await invoicing.tell('BusinessDayOpened', { ...of, customer: '', subject: `tenant/${tenantId}`, on: today, data: { tenantId, date: today } });
  for (const customer of ['c1', 'c2']) seen = await credit.tell('CustomerRegistered', { ...of, customer, subject: `customer/${customer}`, on: today, data: { customerId: customer, profile: { segment: '' }, pii: { keyId: '', data: { name: customer } } } });
  for (const n of [1, 2, 3, 4, 5, 6, 7]) {
    const total = { minor: n * 100_00, currency: 'EUR' };
    seen = await invoicing.tell('InvoiceIssued', {
      ...of, customer: 'c1', subject: `invoice/inv_${n}`, on: today,
      data: { invoiceId: `inv_${n}`, number: `RE-2026-00${n}`, customerId: 'c1', currencyCode: 'EUR', issueDate: today, net: total, tax: { minor: 0, currency: 'EUR' }, total, instalments: [{ seq: 1, dueDate: '2026-04-09', amount: total }] },
    });
  }
});
afterAll(async () => {
  await runtime.stop();
  await log.close();
  await postgres.stop();
});

it('a receipt that comes later pays what was announced, and what was kept back is told', async () => {
  const kept = { reference: 'RE-2026-004', gross: eur('400.00'), deduction: eur('10.00'), deductionReason: DeductionReason.QUALITY, deductionText: 'scratched', net: eur('390.00') };
  expect(await announce('rma_1', '690.00', [line('RE-2026-003', '300.00'), kept], { reference: 'TRN-1' })).toMatchObject({ customerId: 'c1', status: RemittanceAdviceStatus.WAITING, paymentDate: today, firstValueDate: '2026-03-07', lastValueDate: '2026-03-13' });
  const receipt = await record('rcp_1', '690.00', { remitter: { remittance: 'Sammler TRN-1' } }); // nobody is named but by the advice; the oldest are others
  expect(paid(receipt)).toEqual([['oit_3_1', '300.00'], ['oit_4_1', '390.00']]);
  expect(receipt).toMatchObject({ customerId: 'c1', status: ReceiptStatus.APPLIED, deductions: [{ itemId: 'oit_4_1', amount: eur('10.00'), reason: DeductionReason.QUALITY, text: 'scratched' }] });
  expect(await advice('rma_1')).toMatchObject({ status: RemittanceAdviceStatus.MATCHED, receiptId: 'rcp_1', matchedBy: RemittanceMatch.REFERENCE, decidedBy: '' });
});

it('a receipt that was there is used for what comes after it', async () => {
  await record('rcp_2', '77.00', { customerId: 'c2' }); // nothing is open of c2: it stays unapplied
  await record('rcp_3', '77.00', { customerId: '', remitter: { name: 'c1 Ltd', iban: 'DE77' } });
  expect(await announce('rma_2', '77.00', [line('RE-2026-007', '77.00')], { payer: { iban: 'DE 77' } })).toMatchObject({ status: RemittanceAdviceStatus.MATCHED, receiptId: 'rcp_3', matchedBy: RemittanceMatch.AMOUNT });
});

it('where two may be meant, or the money was used otherwise, both are shown and a person says which', async () => {
  await record('rcp_4', '50.00', { customerId: 'c1', onAccount: true });
  await record('rcp_5', '50.00', { customerId: 'c1' }); // the rules use it
  expect(await announce('rma_3', '50.00', [line('RE-2026-006', '50.00')])).toMatchObject({ status: RemittanceAdviceStatus.WAITING });
  expect((await advice('rma_3')).candidates.map((c) => [c.receiptId, c.unapplied!.value, c.same])).toEqual([['rcp_4', '50.00', RemittanceMatch.AMOUNT], ['rcp_5', '0.00', RemittanceMatch.AMOUNT]]);
  expect(await queue()).toEqual([['rcp_4', true, 'rma_3'], ['rcp_5', true, 'rma_3']]);
  const matched = await advices.matchRemittanceAdvice(MatchRemittanceAdviceRequest.fromPartial({ ...wish(), remittanceAdviceId: 'rma_3', receiptId: 'rcp_4' } as never));
  seen = matched.position;
  expect(matched.remittanceAdvice).toMatchObject({ status: RemittanceAdviceStatus.MATCHED, matchedBy: RemittanceMatch.PERSON, decidedBy: 'anna' });
  expect(await queue()).toEqual([]);
  const again = advices.matchRemittanceAdvice(MatchRemittanceAdviceRequest.fromPartial({ ...wish(), remittanceAdviceId: 'rma_3', receiptId: 'rcp_5' } as never));
  await expect(again).rejects.toMatchObject({ refusal: { refused: 'remittance-advice-not-waiting' } });
});

it('an advice that is about nothing is cancelled, and listed', async () => {
  await announce('rma_4', '12.00', [line('RE-2026-006', '12.00')]);
  seen = (await advices.cancelRemittanceAdvice(CancelRemittanceAdviceRequest.fromPartial({ ...wish(), reason: 'sent twice', remittanceAdviceId: 'rma_4' } as never))).position;
  await record('rcp_6', '12.00', { customerId: 'c1', onAccount: true });
  const list = async (filter: string) => (await advices.listRemittanceAdvices(ListRemittanceAdvicesRequest.fromPartial({ tenantId, minPosition: seen, filter } as never))).remittanceAdvices.map((a) => a.remittanceAdviceId);
  expect([await list('status = cancelled'), await list('customer_id = c1 AND receipt_id = rcp_1'), await list('status = waiting')]).toEqual([['rma_4'], ['rma_1'], []]);
});

it('what does not sum is refused with its field', async () => {
  const wrong = (total: string, lines: readonly object[]) => expect(announce('rma_9', total, lines)).rejects;
  await wrong('12.00', [line('R', '11.00')]).toThrow('total: is not the sum of the nets of the lines');
  await wrong('10.00', [{ ...line('R', '10.00'), discount: eur('1.00') }]).toThrow('lines[0].net: is not gross less discount and deduction');
  await wrong('10.00', [{ ...line('R', '10.00'), gross: eur('11.00'), deduction: eur('1.00') }]).toThrow('lines[0].deduction_reason: is required');
  await wrong('10.00', [{ reference: 'R', gross: { currencyCode: 'USD', value: '10.00' }, net: eur('10.00') }]).toThrow('lines[0].gross.currency_code: is not the currency of the total');
});

it('what is applied by a person stays as it is', async () => {
  const before = await record('rcp_7', '33.00', { customerId: 'c1', onAccount: true });
  expect(before.status).toBe(ReceiptStatus.UNAPPLIED);
  seen = (await receipts.applyReceipt(ApplyReceiptRequest.fromPartial({ ...wish(), receiptId: 'rcp_7', applications: [{ itemId: 'oit_5_1', amount: eur('33.00') }] } as never))).position;
  expect(await announce('rma_5', '33.00', [line('RE-2026-006', '33.00')])).toMatchObject({ status: RemittanceAdviceStatus.WAITING });
  expect(await queue()).toEqual([['rcp_7', true, 'rma_5']]);
});
