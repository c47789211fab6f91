import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  AgingBase, LedgerAccount, type Aging, type GetAgingRequest, type GetAgingResponse, type GetTrialBalanceRequest, type GetTrialBalanceResponse, type JournalEntry, type ListJournalEntriesRequest, type ListJournalEntriesResponse,
} from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { total } from '@ar/domain/money.js';
import { Api } from '@ar/platform/api.js';
import { refused } from '@ar/platform/errors.js';
import type { Tx } from '@ar/runtime/forms.js';
import { UNIDENTIFIED } from '../domain/account.js';
import { restate } from '../domain/restating.js';
import { agingAt, agingByCustomerAt, agingBySegmentAt, agingPolicyAt, bucketNames, nothingOpen, policyAt, type AgingKey, type AgingOf } from '../projections/aging.js';
import { controlTotalsAt, controlTotalsOf, entriesRecorded, entryTotalsAt, trialBalanceAt, type EntryRow } from '../projections/journal.js';
import type { At, Of } from '../projections/item-spans.js';
import { sellerOf } from '../projections/sellers.js';
import { amountOf, amountsOf, checked, currencyIn, pagedReport, segmentIn } from './queries.js';
import { agingInBaseAt } from '../projections/aging-in-base.js';
import { controlTotalsBySegment } from '../projections/segments.js';

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
  baseAmount: r.baseMinor === null ? undefined : amountOf(r.baseMinor, r.baseCurrency),
});

const bases = { [AgingBase.DUE_DATE]: 'due', [AgingBase.INVOICE_DATE]: 'issued', [AgingBase.POSTING_DATE]: 'posted' } as const;

type AgedFrom = (typeof bases)[keyof typeof bases];

/** All of it in the base currency, at the exchange policy that held on the day. */
async function inBaseCurrency(tx: Tx, at: At, agings: readonly AgingOf[], upTo: readonly number[]): Promise<Pick<GetAgingResponse, 'restated' | 'rates'>> {
  const { baseCurrency } = await sellerOf(tx, at.tenant);
  const { version, policy, held } = await policyAt(tx, at, 'exchange');
  const found = restate(agings, held ? policy.rates : [], baseCurrency, at.on);
  if ('refused' in found) throw refused(found);
  const { buckets, unappliedMinor, rates } = found;
  const whole = { customer: '', currency: baseCurrency, buckets: buckets.length === 0 ? nothingOpen('', baseCurrency, upTo).buckets : buckets, unappliedMinor, openMinor: total(buckets.map((b) => b.openMinor)), count: buckets.reduce((sum, b) => sum + b.count, 0) };
  return { restated: agingWith(upTo, (a) => a.openMinor - a.unappliedMinor)(whole), rates: rates.map((r) => ({ ...r, policyVersion: version })) };
}

/** All of it in the base currency, at what it is booked with. */
async function asBooked(tx: Tx, at: At, of: Of, upTo: readonly number[], from: AgedFrom): Promise<Pick<GetAgingResponse, 'booked' | 'unbooked' | 'unbookedUnapplied'>> {
  const { baseCurrency } = await sellerOf(tx, at.tenant);
  const { buckets, unappliedMinor, controlMinor, unbooked, unbookedUnapplied } = await agingInBaseAt(tx, at, of, upTo, from, baseCurrency);
  const whole = { customer: '', currency: baseCurrency, buckets, unappliedMinor, openMinor: total(buckets.map((b) => b.openMinor)), count: buckets.reduce((sum, b) => sum + b.count, 0) };
  return { booked: agingWith(upTo, () => controlMinor)(whole), unbooked: amountsOf(unbooked), unbookedUnapplied: amountsOf(unbookedUnapplied) };
}

async function bySegment(tx: Tx, at: At, of: Of, upTo: readonly number[], from: AgedFrom): Promise<GetAgingResponse['segments']> {
  const found = await agingBySegmentAt(tx, at, of, upTo, from);
  const controlOf = await controlTotalsBySegment(tx, at, of, [LedgerAccount.RECEIVABLES, LedgerAccount.UNAPPLIED_CASH]);
  return found.map((a) => ({ segment: a.segment, aging: agingWith(upTo, () => controlOf(a.segment, a.currency))(a) }));
}

/** Reports that tie to the journal. */
@Controller()
export class ReportGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.ReportService', 'getAging')
  async getAging(request: GetAgingRequest): Promise<GetAgingResponse> {
    const { base, ...of } = checked(request, (f) => {
      if (request.upTo.length > 12 || request.upTo.some((day, i) => day < 1 || day > 3_650 || (i > 0 && day <= request.upTo[i - 1]!))) f.wrong('upTo', 'FIELD_INVALID', 'may hold 1 to 12 rising numbers of days, from 1 to 3650');
      return { customer: f.customer('customerId', true) || undefined, currency: currencyIn(f, request), segment: segmentIn(f, request), base: f.oneOf('base', [AgingBase.DUE_DATE, AgingBase.INVOICE_DATE, AgingBase.POSTING_DATE], true) ?? AgingBase.DUE_DATE };
    });
    const { byCustomer, restated } = request;
    return pagedReport<AgingKey, GetAgingResponse>(this.api, request, ['aging', of.customer ?? '', of.currency ?? '', byCustomer, base, request.upTo, restated, of.segment ?? '', request.bySegment, request.booked], async (tx, { at, asOf, size, after, cut }) => {
      const { version, upTo } = await agingPolicyAt(tx, at, request.upTo);
      const from = bases[base];
      const { all, customers } = byCustomer ? await agingByCustomerAt(tx, at, of, upTo, after, size + 1, from) : { all: await agingAt(tx, at, of, upTo, from), customers: [] };
      const control = await controlTotalsAt(tx, at, of);
      const agings = withEvery(all, [...(of.currency === undefined ? [] : [of.currency]), ...[...control].filter(([, minor]) => minor !== 0n).map(([currency]) => currency)], upTo);
      const { rows, nextPageToken } = cut(customers, ({ currency, openMinor, customer }) => ({ currency, openMinor: String(openMinor), customer }));
      const controlOf = await controlTotalsOf(tx, at, [...new Set(rows.map((r) => r.customer))]);
      return {
        agings: agings.map(agingWith(upTo, (a) => control.get(a.currency) ?? 0n)), nextPageToken, asOf, policyVersion: version, base, ...(restated ? await inBaseCurrency(tx, at, agings, upTo) : { restated: undefined, rates: [] }),
        ...(request.booked ? await asBooked(tx, at, of, upTo, from) : { booked: undefined, unbooked: [], unbookedUnapplied: [] }),
        segments: request.bySegment ? await bySegment(tx, at, of, upTo, from) : [],
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
      const { baseCurrency: base } = await sellerOf(tx, request.tenantId);
      const rows = lines.map((l) => {
        const itself = l.currency === base;
        const [debit, credit] = [l.inBase.debitMinor + (itself ? l.unbooked.debitMinor : 0n), l.inBase.creditMinor + (itself ? l.unbooked.creditMinor : 0n)];
        const unbooked = (minor: bigint) => (itself || minor === 0n ? undefined : amountOf(minor, l.currency));
        return { debit, row: {
          currencyCode: l.currency, account: l.account, debit: amountOf(l.debitMinor, l.currency), credit: amountOf(l.creditMinor, l.currency), balance: amountOf(l.debitMinor - l.creditMinor, l.currency),
          baseDebit: amountOf(debit, base), baseCredit: amountOf(credit, base), baseBalance: amountOf(debit - credit, base), unbookedDebit: unbooked(l.unbooked.debitMinor), unbookedCredit: unbooked(l.unbooked.creditMinor),
        } };
      });
      return { rows: rows.map((r) => r.row), asOf: echo, controlTotals: amountsOf(debits), baseControlTotal: amountOf(total(rows.map((r) => r.debit)), base) };
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
