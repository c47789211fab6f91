import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  Aging, GetAgingRequest, GetAgingResponse, GetTrialBalanceRequest, GetTrialBalanceResponse, JournalEntry, ListJournalEntriesRequest, ListJournalEntriesResponse,
} from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { Api } from '@ar/platform/api.js';
import { UNIDENTIFIED } from '../domain/account.js';
import { agingAt, agingByCustomerAt, agingPolicyAt, bucketNames, nothingOpen, type AgingKey, type AgingOf } from '../projections/aging.js';
import { controlTotalsAt, controlTotalsOf, entriesRecorded, entryTotalsAt, trialBalanceAt, type EntryRow } from '../projections/journal.js';
import { amountOf, amountsOf, checked, currencyIn, pagedReport } from './queries.js';

export const agingWith = (upTo: readonly number[], controlOf: (aging: AgingOf) => bigint) => {
  const names = bucketNames(upTo);
  return (a: AgingOf): Aging => ({
    currencyCode: a.currency, buckets: names.map((name, i) => ({ ...name, open: amountOf(a.buckets[i]!.openMinor, a.currency), openItems: BigInt(a.buckets[i]!.count) })),
    open: amountOf(a.openMinor, a.currency), openItems: BigInt(a.count), unapplied: amountOf(a.unappliedMinor, a.currency), controlTotal: amountOf(controlOf(a), a.currency),
  });
};

/** A currency is shown when something is open in it, when it was asked for, and when the journal has a balance there. */
function withEvery(agings: readonly AgingOf[], currencies: Iterable<string>, upTo: readonly number[]): readonly AgingOf[] {
  const missing = [...new Set(currencies)].filter((currency) => !agings.some((a) => a.currency === currency));
  return [...agings, ...missing.map((currency) => nothingOpen('', currency, upTo))].sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

export const journalEntry = (r: EntryRow): JournalEntry => ({
  eventId: r.eventId, eventType: r.eventType, effectiveDate: r.effectiveOn, originalDate: r.originalOn, businessDate: r.recordedOn, customerId: r.customer, debit: r.debit, credit: r.credit, amount: amountOf(r.minor, r.currency), subjectId: r.subjectId,
});

/** Reports that tie to the journal. */
@Controller()
export class ReportGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.ReportService', 'getAging')
  async getAging(request: GetAgingRequest): Promise<GetAgingResponse> {
    const of = checked(request, (f) => ({ customer: f.customer('customerId', true) || undefined, currency: currencyIn(f, request) }));
    const { byCustomer } = request;
    return pagedReport<AgingKey, GetAgingResponse>(this.api, request, ['aging', of.customer ?? '', of.currency ?? '', byCustomer], async (tx, { at, asOf, size, after, cut }) => {
      const { version, upTo } = await agingPolicyAt(tx, at);
      const { all, customers } = byCustomer ? await agingByCustomerAt(tx, at, of, upTo, after, size + 1) : { all: await agingAt(tx, at, of, upTo), customers: [] };
      const control = await controlTotalsAt(tx, at, of);
      const agings = withEvery(all, [...(of.currency === undefined ? [] : [of.currency]), ...[...control].filter(([, minor]) => minor !== 0n).map(([currency]) => currency)], upTo);
      const { rows, nextPageToken } = cut(customers, ({ currency, openMinor, customer }) => ({ currency, openMinor: String(openMinor), customer }));
      const controlOf = await controlTotalsOf(tx, at, [...new Set(rows.map((r) => r.customer))]);
      return {
        agings: agings.map(agingWith(upTo, (a) => control.get(a.currency) ?? 0n)), nextPageToken, asOf, policyVersion: version,
        customers: rows.map((a) => ({ customerId: a.customer, aging: agingWith(upTo, ({ customer, currency }) => controlOf(customer, currency))(a) })),
      };
    });
  }

  @GrpcMethod('ar.payments.v1.ReportService', 'getTrialBalance')
  async getTrialBalance(request: GetTrialBalanceRequest): Promise<GetTrialBalanceResponse> {
    const currency = checked(request, (f) => currencyIn(f, request));
    return this.api.report(request, async (tx, { effectiveOn, known, echo }) => {
      const lines = await trialBalanceAt(tx, { tenant: request.tenantId, on: effectiveOn, known }, { currency });
      const debits = new Map<string, bigint>();
      for (const line of lines) debits.set(line.currency, (debits.get(line.currency) ?? 0n) + line.debitMinor);
      return {
        rows: lines.map((l) => ({ currencyCode: l.currency, account: l.account, debit: amountOf(l.debitMinor, l.currency), credit: amountOf(l.creditMinor, l.currency), balance: amountOf(l.debitMinor - l.creditMinor, l.currency) })),
        asOf: echo, controlTotals: amountsOf(debits),
      };
    });
  }

  @GrpcMethod('ar.payments.v1.ReportService', 'listJournalEntries')
  async listJournalEntries(request: ListJournalEntriesRequest): Promise<ListJournalEntriesResponse> {
    const of = checked(request, (f) => {
      if (request.recordedAfter < 0n || request.recordedAfter > BigInt(Number.MAX_SAFE_INTEGER)) f.wrong('recordedAfter', 'FIELD_INVALID', 'must be the `known` of an earlier answer');
      return { customer: request.customerId === UNIDENTIFIED ? UNIDENTIFIED : f.customer('customerId', true) || undefined, currency: currencyIn(f, request) };
    });
    const recordedAfter = Number(request.recordedAfter);
    return pagedReport<{ recorded: number; line: number }, ListJournalEntriesResponse>(this.api, request, ['journal', of.customer ?? '', of.currency ?? '', recordedAfter], async (tx, { at, asOf, size, after, cut }) => {
      const from = after ?? { recorded: recordedAfter + 1, line: -1 };
      const { rows, nextPageToken } = cut(await entriesRecorded(tx, at, of, from, size + 1), ({ recorded, line }) => ({ recorded, line }));
      return { entries: rows.map(journalEntry), nextPageToken, asOf, controlTotals: amountsOf(await entryTotalsAt(tx, at, of, recordedAfter)) };
    });
  }
}
