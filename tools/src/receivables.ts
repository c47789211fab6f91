// What a head of receivables asks at the end, each line from queries. Sums are exact, however large.
import { CommunicationStatus, ListCommunicationsRequest, type Communication } from '@ar/contracts/gen/ar/reminders/v1/communication_service.js';
import { ListCasesRequest, type CaseRecord, type CollectionCase } from '@ar/contracts/gen/ar/collections/v1/case_service.js';
import { ListDisputesRequest, type Dispute } from '@ar/contracts/gen/ar/collections/v1/dispute_service.js';
import { ListPromisesRequest, PromiseStatus, type PromiseToPay } from '@ar/contracts/gen/ar/collections/v1/promise_service.js';
import { ListHoldsRequest, type HoldRecord } from '@ar/contracts/gen/ar/credit/v1/credit_service.js';
import { DocumentFormat, GetInvoiceDocumentRequest, GetInvoiceTotalsRequest, ListInvoicesRequest, ListNumberGapsRequest, type Invoice } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { ApplicationRule } from '@ar/contracts/gen/ar/payments/v1/account.js';
import { ListReceiptsRequest, type Receipt } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { GetMeasuresRequest, type GetMeasuresResponse } from '@ar/contracts/gen/ar/payments/v1/measure_service.js';
import { GetAgingRequest, GetTrialBalanceRequest, type Aging, type GetAgingResponse } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { daysBetween, type Day } from '@ar/domain/day.js';
import { promised, type Clients } from './clients.js';
import { allPages } from './pages.js';

export interface AgingLine { readonly as_of: Day; readonly currency: string; readonly open_minor: bigint; readonly open_count: number; readonly buckets_minor: Record<string, bigint>; readonly bucket_counts: Record<string, number>; readonly unapplied_minor: bigint; readonly control_total_minor: bigint }

/** What was issued, in words of the documents themselves: by status, by number series, by currency. `gaps` must be empty. */
export interface Documents {
  readonly by_status: Readonly<Record<string, number>>; readonly with_instalments: number; readonly credited: number;
  readonly series: readonly { readonly series: string; readonly documents: bigint; readonly last_number: bigint; readonly gaps: number }[];
  readonly totals: readonly { readonly currency: string; readonly invoices: bigint; readonly total_minor: bigint; readonly paid_minor: bigint; readonly open_minor: bigint }[];
}

export interface Findings {
  readonly invoices: readonly Invoice[]; readonly receipts: readonly Receipt[]; readonly communications: readonly Communication[]; readonly holds: readonly HoldRecord[]; readonly cases: readonly CaseRecord[];
  readonly disputes: readonly Dispute[]; readonly promises: readonly PromiseToPay[]; readonly aging: readonly AgingLine[];
}

/** Minor units of an amount or of a sum, which has exactly its currency's digits; nothing is 0. */
export const minor = (amount: { readonly value: string } | undefined): bigint => BigInt(amount?.value.replace('.', '') ?? 0);

/** JSON with whole numbers as they are: not every sum is a number of JavaScript. */
export const toJson = (value: unknown): string => JSON.stringify(value, (_key, v: unknown) => (typeof v === 'bigint' ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(v)) : v), 2);

export const agingAt = (clients: Clients, tenantId: string, effectiveDate: Day, knownOn?: Day): Promise<GetAgingResponse> =>
  promised(clients.reports, clients.reports.getAging)(GetAgingRequest.fromPartial({ tenantId, asOf: { effectiveDate, ...(knownOn ? { known: { $case: 'knownOn', value: knownOn } } : {}) } }));

export const agingLine = (asOf: Day, a: Aging): AgingLine => ({
  as_of: asOf, currency: a.currencyCode, open_minor: minor(a.open), open_count: Number(a.openItems), buckets_minor: Object.fromEntries(a.buckets.map((b) => [b.name, minor(b.open)])),
  bucket_counts: Object.fromEntries(a.buckets.map((b) => [b.name, Number(b.openItems)])), unapplied_minor: minor(a.unapplied), control_total_minor: minor(a.controlTotal),
});

export async function findings(clients: Clients, tenantId: string, currencies: readonly string[], agingDays: readonly Day[]): Promise<Findings> {
  const list = { tenantId, pageSize: 500 };
  const aging: AgingLine[] = [];
  for (const day of agingDays) {
    const { agings } = await agingAt(clients, tenantId, day);
    for (const currency of currencies) {
      const found = agings.find((a) => a.currencyCode === currency);
      aging.push(found ? agingLine(day, found) : { as_of: day, currency, open_minor: 0n, open_count: 0, buckets_minor: { current: 0n, d1_30: 0n, d31_60: 0n, d61_90: 0n, d90_plus: 0n }, bucket_counts: { current: 0, d1_30: 0, d31_60: 0, d61_90: 0, d90_plus: 0 }, unapplied_minor: 0n, control_total_minor: 0n });
    }
  }
  return {
    aging,
    invoices: await allPages((pageToken) => promised(clients.invoices, clients.invoices.listInvoices)(ListInvoicesRequest.fromPartial({ ...list, pageToken })), (r) => r.invoices),
    receipts: await allPages((pageToken) => promised(clients.receipts, clients.receipts.listReceipts)(ListReceiptsRequest.fromPartial({ ...list, pageToken })), (r) => r.receipts),
    communications: await allPages((pageToken) => promised(clients.communications, clients.communications.listCommunications)(ListCommunicationsRequest.fromPartial({ ...list, pageToken })), (r) => r.communications),
    holds: await allPages((pageToken) => promised(clients.credit, clients.credit.listHolds)(ListHoldsRequest.fromPartial({ ...list, pageToken })), (r) => r.holds),
    cases: await allPages((pageToken) => promised(clients.cases, clients.cases.listCases)(ListCasesRequest.fromPartial({ ...list, pageToken })), (r) => r.cases),
    disputes: await allPages((pageToken) => promised(clients.disputes, clients.disputes.listDisputes)(ListDisputesRequest.fromPartial({ ...list, pageToken })), (r) => r.disputes),
    promises: await allPages((pageToken) => promised(clients.promises, clients.promises.listPromises)(ListPromisesRequest.fromPartial({ ...list, pageToken })), (r) => r.promises),
  };
}

export async function documentsOf(clients: Clients, tenantId: string, invoices: readonly Invoice[]): Promise<Documents> {
  const { series } = await promised(clients.invoices, clients.invoices.listNumberGaps)(ListNumberGapsRequest.fromPartial({ tenantId }));
  const { totals } = await promised(clients.invoices, clients.invoices.getInvoiceTotals)(GetInvoiceTotalsRequest.fromPartial({ tenantId }));
  const by_status: Record<string, number> = {};
  for (const { status } of invoices) { const word = status.replace('INVOICE_STATUS_', '').toLowerCase(); by_status[word] = (by_status[word] ?? 0) + 1; }
  return {
    by_status: Object.fromEntries(Object.entries(by_status).sort()), with_instalments: invoices.filter((i) => i.instalments.length > 1).length, credited: invoices.filter((i) => minor(i.credited) > 0n).length,
    series: series.map((s) => ({ series: s.series, documents: s.documents, last_number: s.lastNumber, gaps: s.gaps.length })),
    totals: totals.map((t) => ({ currency: t.currencyCode, invoices: t.invoices, total_minor: minor(t.total), paid_minor: minor(t.paid), open_minor: minor(t.open) })),
  };
}

/** The bytes of an invoice as a customer gets it. */
export const pdfBytes = async (clients: Clients, tenantId: string, invoiceId: string): Promise<number> =>
  (await promised(clients.invoices, clients.invoices.getInvoiceDocument)(GetInvoiceDocumentRequest.fromPartial({ tenantId, invoiceId, format: DocumentFormat.PDF }))).content.length;

/** A ratio as text with two decimals, half up, exactly. */
export function ratio(numerator: number | bigint, denominator: number | bigint): string {
  if (BigInt(denominator) === 0n) return '0.00';
  const scaled = (BigInt(numerator < 0 ? -numerator : numerator) * 1_000n) / BigInt(denominator);
  const cents = (scaled + 5n) / 10n;
  return `${numerator < 0 && cents > 0n ? '-' : ''}${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
}

/** The 90 days up to the last invoice. */
export const measuresOf = (clients: Clients, tenantId: string, { invoices }: Findings, currencyCode: string): Promise<GetMeasuresResponse> =>
  promised(clients.measures, clients.measures.getMeasures)(GetMeasuresRequest.fromPartial({ tenantId, currencyCode, asOf: { effectiveDate: invoices.map((i) => i.issueDate).sort().at(-1)! } }));

/** Σ paid × (paid on − due on) / Σ paid, over what is applied in the end (ANA-03). */
export function averageDaysLate(receipts: readonly Receipt[]): string {
  let [weighted, paid] = [0n, 0n];
  for (const r of receipts) for (const g of r.applicationGroups) if (!g.undone) for (const a of g.applications) {
    weighted += minor(a.amount) * BigInt(daysBetween(a.item!.dueDate, r.valueDate));
    paid += minor(a.amount);
  }
  if (paid === 0n) return '0.00';
  const cents = (weighted * 100n) / paid;
  return `${cents < 0n ? '-' : ''}${(cents < 0n ? -cents : cents) / 100n}.${String((cents < 0n ? -cents : cents) % 100n).padStart(2, '0')}`;
}

const RULES: Readonly<Record<string, string>> = {
  [ApplicationRule.REFERENCE]: 'reference', [ApplicationRule.EXACT]: 'exact amount', [ApplicationRule.CLEAR_ACCOUNT]: 'clear the account', [ApplicationRule.CLEAR_PAST_DUE]: 'clear past due', [ApplicationRule.CLEAR_PAST_DUE_BY_TERMS]: 'clear past due by terms',
  [ApplicationRule.COMBINATION]: 'combination', [ApplicationRule.OLDEST_FIRST]: 'oldest first', [ApplicationRule.MATCH]: 'match', [ApplicationRule.REMITTANCE_ADVICE]: 'remittance advice', [ApplicationRule.BY_HAND]: 'by hand',
};

/** How money found what it pays: how often each rule did, and per currency what needed nobody, over the whole history. */
export interface CashFound {
  readonly by_rule: Readonly<Record<string, number>>;
  readonly currencies: readonly { readonly currency: string; readonly receipts_identified: bigint; readonly receipts_touchless: bigint; readonly touchless_percent: string; readonly discounts_taken_minor: bigint; readonly discounts_missed_minor: bigint }[];
}
export async function cashOf(clients: Clients, tenantId: string, { receipts, invoices }: Findings, currencies: readonly string[], effectiveDate: Day): Promise<CashFound> {
  const by_rule: Record<string, number> = {};
  for (const r of receipts) for (const g of r.applicationGroups) for (const s of g.trace) if (s.applied) by_rule[RULES[s.rule] ?? s.rule] = (by_rule[RULES[s.rule] ?? s.rule] ?? 0) + 1;
  const fromDate = [...receipts.map((r) => r.valueDate), ...invoices.map((i) => i.issueDate)].sort()[0] ?? effectiveDate;
  return {
    by_rule: Object.fromEntries(Object.entries(by_rule).sort()),
    currencies: await Promise.all(currencies.map(async (currencyCode) => {
      const m = await promised(clients.measures, clients.measures.getMeasures)(GetMeasuresRequest.fromPartial({ tenantId, currencyCode, fromDate, asOf: { effectiveDate } }));
      return { currency: currencyCode, receipts_identified: m.receiptsIdentified, receipts_touchless: m.receiptsTouchless, touchless_percent: m.touchlessPercent, discounts_taken_minor: minor(m.discountsTaken), discounts_missed_minor: minor(m.discountsMissed) };
    })),
  };
}

export const sent = (communications: readonly Communication[]): readonly Communication[] => communications.filter((c) => c.status === CommunicationStatus.SENT);
export const kept = (promises: readonly PromiseToPay[]) => ({
  kept: promises.filter((p) => p.status === PromiseStatus.KEPT).length, partly_kept: promises.filter((p) => p.status === PromiseStatus.PARTLY_KEPT).length, broken: promises.filter((p) => p.status === PromiseStatus.BROKEN).length,
});

/** Σ debits = Σ credits, and the control account, per currency, from the trial balance. */
export async function trialBalance(clients: Clients, tenantId: string, effectiveDate: Day): Promise<readonly { readonly currency: string; readonly account: string; readonly balanceMinor: bigint }[]> {
  const { rows } = await promised(clients.reports, clients.reports.getTrialBalance)(GetTrialBalanceRequest.fromPartial({ tenantId, asOf: { effectiveDate } }));
  return rows.map((r) => ({ currency: r.currencyCode, account: r.account, balanceMinor: minor(r.balance) }));
}

export type { CollectionCase };
