import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { type GetMeasuresRequest, type GetMeasuresResponse, type ListMeasuresRequest, type ListMeasuresResponse, MeasureGroup, type MeasuresOf } from '@ar/contracts/gen/ar/payments/v1/measure_service.js';
import type { ResolvedAsOf } from '@ar/contracts/gen/ar/type/v1/as_of.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import { Api } from '@ar/platform/api.js';
import { invalid } from '@ar/platform/errors.js';
import { pageSizeOf } from '@ar/platform/lists.js';
import type { Tx } from '@ar/runtime/forms.js';
import { collectionEffectiveness, countback, daysIn, dso, monthsIn, percent, ratio, trueDso, turnover } from '../domain/measures.js';
import { agingAt, nothingOpen } from '../projections/aging.js';
import { controlTotalsAt, receivablesAt } from '../projections/journal.js';
import { missedIn } from '../projections/item-discounts.js';
import type { At } from '../projections/item-spans.js';
import { measuredAt, type OfCurrency, openByIssue, salesAt, settledIn } from '../projections/measures.js';
import { touchlessIn } from '../projections/touchless.js';
import { amountOf, checked, pagedReport, segmentIn } from './queries.js';

const DAYS = 90;
/** Each row is as many questions as GetMeasures asks. */
const MOST_ROWS = 100;

/** The first day of the period. */
function firstDay(asked: Day, last: Day): Day {
  const from = asked || daysAfter(last, 1 - DAYS);
  if (from > last) throw invalid([{ field: 'from_date', reason: 'FIELD_INVALID', description: `is after ${last}, the last day of the period` }]);
  return from;
}

/** Of one customer, of a segment or of everybody. */
async function measuresOf(tx: Tx, at: At, of: OfCurrency, from: Day, asOf: ResolvedAsOf): Promise<GetMeasuresResponse> {
  const { currency } = of;
  const [begin, end, control] = [(await receivablesAt(tx, { ...at, on: daysAfter(from, -1) }, of)).get(currency) ?? 0n, (await receivablesAt(tx, at, of)).get(currency) ?? 0n, (await controlTotalsAt(tx, at, of)).get(currency) ?? 0n];
  const upTo = [30];
  const current = ((await agingAt(tx, at, of, upTo))[0] ?? nothingOpen('', currency, upTo)).buckets[0]!.openMinor;
  const { inPeriod: sales, byMonth } = await salesAt(tx, at, of, from);
  const { paid, paidTimesDays, discounts, writtenOff } = await settledIn(tx, at, of, from);
  const [{ identified, touchless }, missed] = [await touchlessIn(tx, at, of, from), await missedIn(tx, at, of, from)];
  const [days, months, unapplied] = [daysIn(from, at.on), monthsIn(from, at.on), end - control];
  return {
    asOf, fromDate: from, days, sales: amountOf(sales, currency), receivablesBegin: amountOf(begin, currency), receivablesEnd: amountOf(end, currency), current: amountOf(current, currency), unapplied: amountOf(unapplied, currency),
    discountsTaken: amountOf(discounts, currency), writtenOff: amountOf(writtenOff, currency), dso: dso(end, sales, days), dsoCountback: countback(end, byMonth, at.on), dsoTrue: trueDso(await openByIssue(tx, at, of), byMonth, at.on),
    dsoBestPossible: dso(current, sales, days), averageDaysDelinquent: dso(end - current, sales, days), averageDaysLate: ratio(paidTimesDays, paid), collectionEffectiveness: collectionEffectiveness({ begin, sales, months, end, current }),
    turnover: turnover(sales, begin, end), pastDuePercent: percent(end - current, end), unappliedPercent: percent(unapplied, end), badDebtPercent: percent(writtenOff, sales), controlTotal: amountOf(control, currency),
    discountsMissed: amountOf(missed, currency), receiptsIdentified: identified, receiptsTouchless: touchless, touchlessPercent: percent(touchless, identified),
  };
}

/** Measures of how the money comes in. */
@Controller()
export class MeasureGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.MeasureService', 'getMeasures')
  async getMeasures(request: GetMeasuresRequest): Promise<GetMeasuresResponse> {
    const { fromDate, ...of } = checked(request, (f) => ({ customer: f.customer('customerId', true) || undefined, currency: f.currency('currencyCode'), fromDate: f.day('fromDate', true), segment: segmentIn(f, request) }));
    return this.api.report(request, (tx, { effectiveOn, known, echo }) => measuresOf(tx, { tenant: request.tenantId, on: effectiveOn, known }, of, firstDay(fromDate, effectiveOn), echo));
  }

  @GrpcMethod('ar.payments.v1.MeasureService', 'listMeasures')
  async listMeasures(request: ListMeasuresRequest): Promise<ListMeasuresResponse> {
    const { currency, fromDate, by, segment } = checked(request, (f) => {
      if (request.segment !== '' && request.groupBy === MeasureGroup.SEGMENT) f.wrong('segment', 'FIELD_INVALID', 'is asked for beside all segments');
      return { currency: f.currency('currencyCode'), fromDate: f.day('fromDate', true), by: f.oneOf('groupBy', [MeasureGroup.CUSTOMER, MeasureGroup.SEGMENT]) === MeasureGroup.SEGMENT ? 'segment' as const : 'customer' as const, segment: f.text('segment', { max: 64, optional: true }) || undefined };
    });
    const all: OfCurrency = { currency, segment };
    return pagedReport<string, ListMeasuresResponse>(this.api, { ...request, pageSize: Math.min(MOST_ROWS, pageSizeOf(request.pageSize)) }, ['measures', currency, fromDate, by, segment ?? ''], async (tx, { at, asOf, size, after, cut }) => {
      const from = firstDay(fromDate, at.on);
      const { rows: names, nextPageToken } = cut(await measuredAt(tx, at, all, by, after, size + 1), (name) => name);
      const rows: MeasuresOf[] = [];
      for (const name of names) rows.push({ customerId: by === 'customer' ? name : '', segment: by === 'segment' ? name : '', measures: await measuresOf(tx, at, { currency, [by]: name }, from, asOf) });
      return { rows, nextPageToken, asOf, fromDate: from, controlTotal: amountOf((await controlTotalsAt(tx, at, all)).get(currency) ?? 0n, currency) };
    });
  }
}
