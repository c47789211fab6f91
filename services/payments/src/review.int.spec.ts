// Money that rules do not place, through a policy, a real store and log: tried before it is recorded, recommended, answered, and shown while it needs a person.
import 'reflect-metadata';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import { DeductionReason, PaymentMethod } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import { AcceptRecommendationRequest, ApplyReceiptRequest, DeclineRecommendationRequest, ExplainApplicationRequest, ListReceiptsToReviewRequest, PreviewApplicationsRequest, ReceiptStatus, RecommendationStatus, RecordReceiptRequest, UnapplyReceiptRequest } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { GetTrialBalanceRequest, LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
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
import { ReportGrpc } from './api/report.grpc.js';
import { Elsewhere } from './elsewhere.world.js';
import { payments } from './payments.service.js';

let postgres: Postgres;
let log: EventLog;
let runtime: ServiceRuntime;
let receipts: ReceiptGrpc;
let review: ReceiptReviewGrpc;
let reports: ReportGrpc;
let seen: Position | undefined;
const tenantId = 't1';
const today = '2026-03-10';
const of = { tenant: tenantId };
const eur = (minor: number) => ({ minor, currency: 'EUR' });
let asked = 0;
const wish = () => ({ tenantId, requestId: `r-${++asked}`, actor: 'anna', minPosition: seen });
const record = async (receiptId: string, value: string, more: object = {}) => {
  const answer = await receipts.recordReceipt(RecordReceiptRequest.fromPartial({ ...wish(), receiptId, amount: { currencyCode: 'EUR', value }, method: PaymentMethod.BANK_TRANSFER, ...more } as never));
  if (!('validateOnly' in more)) seen = answer.position;
  return answer.receipt!;
};
const queue = async (filter = '') => (await review.listReceiptsToReview(ListReceiptsToReviewRequest.fromPartial({ tenantId, minPosition: seen, filter } as never))).receipts.map((r) => [r.receipt!.receiptId, ...r.reasons.map((x) => x.replace('REVIEW_REASON_', ''))]);

beforeAll(async () => {
  postgres = await startPostgres();
  const { ownerUrl, url } = await postgres.store();
  await migrateService(ownerUrl, 'ar_service');
  log = await openPostgresLog({ url: await postgres.database(), partitions: 3 });
  runtime = new ServiceRuntime({ service: payments, url, log, role: 'all', clock: 'simulated', onError: () => undefined });
  await runtime.start();
  const api = new Api(runtime, new Pages('a key of sixteen or more'), true);
  [receipts, review, reports] = [new ReceiptGrpc(api), new ReceiptReviewGrpc(api), new ReportGrpc(api)];
  const [invoicing, credit] = [new Elsewhere(log, 'invoicing'), new Elsewhere(log, 'credit')];
  const set = { customerId: '', segment: 'wholesale', rules: ['clear-account'], partialOnOldest: false, disputedOnlyByReference: true, discountOnFullPayment: false, options: { discounts: 'none', discountGraceDays: 0, withoutLateCharges: false, order: 'due-date', priorities: [], tolerances: [{ currencyCode: 'EUR', limit: '0.50', percent: '' }], bankCharges: [], bookOverpayments: true } } as const;
  const policies = wirePolicies({ ...defaultPolicies, application: { ...defaultPolicies.application, rules: ['reference', 'exact', 'combination'], matching: { applyFrom: 900, recommendFrom: 500 }, ruleSets: [set] } });
  await invoicing.tell('TenantRegistered', { ...of, customer: '', subject: `tenant/${tenantId}`, on: today, data: { tenantId, baseCurrency: 'EUR', timeZone: 'Europe/Berlin', details: { legalName: 'Seller' }, policies, firstBusinessDay: today } });
  await invoicing.tell('BusinessDayOpened', { ...of, customer: '', subject: `tenant/${tenantId}`, on: today, data: { tenantId, date: today } });
  for (const customer of ['c1', 'c2', 'c3']) seen = await credit.tell('CustomerRegistered', { ...of, customer, subject: `customer/${customer}`, on: today, data: { customerId: customer, profile: { segment: customer === 'c3' ? 'wholesale' : '' }, pii: { keyId: '', data: { name: customer === 'c1' ? 'Ada Byron GmbH' : 'Other' } } } });
  for (const [n, customer, total] of [[1, 'c1', 100_00], [2, 'c1', 250_00], [3, 'c2', 80_00], [4, 'c3', 60_00]] as const) {
    seen = await invoicing.tell('InvoiceIssued', {
      ...of, customer, subject: `invoice/inv_${n}`, on: today,
      data: { invoiceId: `inv_${n}`, number: `RE-2026-00${n}`, customerId: customer, currencyCode: 'EUR', issueDate: today, net: eur(total), tax: eur(0), total: eur(total), instalments: [{ seq: 1, dueDate: '2026-04-09', amount: eur(total) }] },
    });
  }
}, 60_000);
afterAll(async () => { await runtime.stop(); await log.close(); await postgres.stop(); }, 60_000);

it('is tried before it is recorded, and nothing is recorded', async () => {
  expect(await record('rcp_0', '350.00', { customerId: 'c1', validateOnly: true })).toMatchObject({ applied: { value: '350.00' }, lastAttempt: { trace: [{ applied: false }, { applied: false }, { applied: true }] } });
  expect(await record('rcp_0', '99.00', { customerId: 'c1', validateOnly: true })).toMatchObject({ applied: { value: '0.00' }, lastAttempt: { trace: [{}, {}, { explanation: 'no choice of 0 items sums to 99.00 EUR' }] } });
  expect(await queue()).toEqual([]);
});

it('is recommended by name and amount where nobody is known, taken by a person, and in the queue until then', async () => {
  const before = await record('rcp_1', '100.00', { remitter: { name: 'BYRON, Ada GmbH', iban: 'DE89 3704', remittance: 'thank you' } });
  const [{ recommendationId, matches }] = before.recommendations as [typeof before.recommendations[number]];
  expect(matches).toMatchObject([{ customerId: 'c1', itemId: 'oit_1_1', points: 550, amount: { value: '100.00' } }]);
  expect(await queue()).toEqual([['rcp_1', 'UNIDENTIFIED', 'RECOMMENDED', 'UNAPPLIED']]);
  const { receipt, position } = await review.acceptRecommendation(AcceptRecommendationRequest.fromPartial({ ...wish(), receiptId: 'rcp_1', recommendationId, customerId: 'c1', itemId: 'oit_1_1' } as never));
  seen = position;
  expect(receipt).toMatchObject({ customerId: 'c1', applied: { value: '100.00' }, recommendations: [{ recommendationId, status: RecommendationStatus.ACCEPTED, answeredBy: 'anna', acceptedItemId: 'oit_1_1' }] });
  const { attempts } = await receipts.explainApplication(ExplainApplicationRequest.fromPartial({ tenantId, minPosition: seen, receiptId: 'rcp_1' } as never));
  expect(attempts.at(-1)!.trace).toMatchObject([{ rule: 'APPLICATION_RULE_MATCH', applied: true, explanation: '100.00 EUR to apply: 100.00 EUR to oit_1_1 with 550 points; 300: the customer has the name of the payer; 250: exactly 100.00 EUR are open' }]);
  expect(await queue()).toEqual([]);
});

it('is known by the account that has paid before, declined by a person, and still needs one', async () => {
  const { recommendations } = await record('rcp_2', '50.00', { remitter: { name: 'somebody', iban: 'DE893704', remittance: 'RE-2O26-002' } });
  expect(recommendations).toMatchObject([{ matches: [{ itemId: 'oit_2_1', points: 650 }] }]);
  const declined = await review.declineRecommendation(DeclineRecommendationRequest.fromPartial({ ...wish(), reason: 'for another', receiptId: 'rcp_2', recommendationId: recommendations[0]!.recommendationId } as never));
  seen = declined.position;
  expect(declined.receipt!.recommendations).toMatchObject([{ status: RecommendationStatus.DECLINED, reason: 'for another' }]);
  expect(await queue()).toEqual([['rcp_2', 'UNIDENTIFIED', 'UNAPPLIED']]);
});

it('waits for documents, looks like a duplicate, or is just left: each is shown with its reasons', async () => {
  await record('rcp_3', '70.00', { customerId: 'c2', documents: [{ reference: 'RE-9999' }] });
  for (const id of ['rcp_4', 'rcp_5']) await record(id, '40.00', { customerId: 'c2', valueDate: '2026-03-08', remitter: { name: 'Other', iban: 'DE2', remittance: 'RE-2026-003' } });
  expect(await queue('customer_id = "c2"')).toEqual([['rcp_5', 'SUSPECTED_DUPLICATE'], ['rcp_3', 'HELD', 'UNAPPLIED']]);
  const { receipts: [twin] } = await review.listReceiptsToReview(ListReceiptsToReviewRequest.fromPartial({ tenantId, filter: 'reason:suspected_duplicate' } as never));
  expect(twin).toMatchObject({ duplicateOf: ['rcp_4'], ageDays: 2, receipt: { receiptId: 'rcp_5' } });
  const { receipts: [held] } = await review.listReceiptsToReview(ListReceiptsToReviewRequest.fromPartial({ tenantId, filter: 'reason:held' } as never));
  expect(held!.held).toMatchObject([{ references: ['RE-9999'], amount: { value: '70.00' } }]);
});

it('of a customer in a segment is tried by its rules, and a day can be tried again', async () => {
  expect(await record('rcp_6', '59.00', { customerId: 'c3' })).toMatchObject({ applied: { value: '0.00' }, lastAttempt: { trace: [{ rule: 'APPLICATION_RULE_CLEAR_ACCOUNT', explanation: '1 items are open with 60.00 EUR together, not with 59.00 EUR' }] } });
  const { previews } = await review.previewApplications(PreviewApplicationsRequest.fromPartial({ tenantId, minPosition: seen, valueDate: today } as never));
  expect(previews.map((p) => [p.receiptId, p.attempt?.trace.map((t) => t.rule.replace('APPLICATION_RULE_', '')), p.refused])).toEqual([['rcp_3', ['REFERENCE', 'EXACT', 'COMBINATION'], ''], ['rcp_6', ['CLEAR_ACCOUNT'], '']]);
  expect((await review.previewApplications(PreviewApplicationsRequest.fromPartial({ tenantId, receiptId: 'rcp_2' } as never))).previews).toMatchObject([{ receiptId: 'rcp_2', refused: 'RECEIPT_UNIDENTIFIED' }]);
});

it('used for less than is due, with a reason, is told to collections', async () => {
  const { receipt } = await receipts.applyReceipt(ApplyReceiptRequest.fromPartial({
    ...wish(), receiptId: 'rcp_6', applications: [{ itemId: 'oit_4_1', amount: { currencyCode: 'EUR', value: '59.00' } }], deductions: [{ itemId: 'oit_4_1', amount: { currencyCode: 'EUR', value: '1.00' }, reason: DeductionReason.QUALITY, text: 'scratched' }],
  } as never));
  expect(receipt!.deductions).toMatchObject([{ itemId: 'oit_4_1', amount: { value: '1.00' }, reason: DeductionReason.QUALITY, text: 'scratched' }]);
  expect(runtime.trouble()).toEqual([]);
});

it('is a gain where it is a little too much and the policy says so, and goes back with what it came with', async () => {
  const paid = await record('rcp_over', '1.30', { customerId: 'c3' });
  expect(paid).toMatchObject({ status: ReceiptStatus.APPLIED, applied: { value: '1.00' }, unapplied: { value: '0.00' }, overpaid: { value: '0.30' }, applicationGroups: [{ overpaid: { value: '0.30' }, amount: { value: '1.00' } }], lastAttempt: { trace: [{ explanation: '1.30 EUR to apply, 1 open: 1.00 EUR to oit_4_1; 0.30 EUR too much, within the tolerance, booked as a gain' }] } });
  const gains = async () => (await reports.getTrialBalance(GetTrialBalanceRequest.fromPartial({ tenantId, minPosition: seen } as never))).rows.find((r) => r.account === LedgerAccount.PAYMENT_DIFFERENCES);
  expect(await gains()).toMatchObject({ credit: { value: '0.30' }, balance: { value: '-0.30' } });
  const back = await receipts.unapplyReceipt(UnapplyReceiptRequest.fromPartial({ ...wish(), receiptId: 'rcp_over', applicationGroupId: paid.applicationGroups[0]!.applicationGroupId, reason: 'mistake' } as never));
  seen = back.position;
  expect(back.receipt).toMatchObject({ status: ReceiptStatus.UNAPPLIED, applied: { value: '0.00' }, unapplied: { value: '1.30' }, overpaid: undefined });
  expect(await gains()).toMatchObject({ balance: { value: '0.00' } });
});

it('is recommended no more where the item was settled otherwise: it is named, and cannot be taken', async () => {
  const { recommendations: [made] } = await record('rcp_late', '250.00', { remitter: { name: 'Ada Byron GmbH', iban: '', remittance: '' } });
  expect(await queue('reason = recommended')).toEqual([['rcp_late', 'UNIDENTIFIED', 'RECOMMENDED', 'UNAPPLIED']]);
  await record('rcp_first', '250.00', { customerId: 'c1', documents: [{ reference: 'RE-2026-002' }] });
  expect(await queue('reason = recommended')).toEqual([]);
  const { receipts: stale } = await review.listReceiptsToReview(ListReceiptsToReviewRequest.fromPartial({ tenantId, minPosition: seen, filter: 'reason = unidentified' } as never));
  expect(stale.find((r) => r.receipt!.receiptId === 'rcp_late')).toMatchObject({ receipt: { receiptId: 'rcp_late' }, reasons: ['REVIEW_REASON_UNIDENTIFIED', 'REVIEW_REASON_UNAPPLIED'], settledItemIds: ['oit_2_1'] });
  await expect(review.acceptRecommendation(AcceptRecommendationRequest.fromPartial({ ...wish(), receiptId: 'rcp_late', recommendationId: made!.recommendationId, customerId: 'c1', itemId: 'oit_2_1' } as never))).rejects.toThrow('open-item-settled');
});
