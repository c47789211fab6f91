import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { GetMeasuresRequest, GetMeasuresResponse } from '@ar/contracts/gen/ar/payments/v1/measure_service.js';
import { daysAfter } from '@ar/domain/day.js';
import { Api } from '@ar/platform/api.js';
import { invalid } from '@ar/platform/errors.js';
import { collectionEffectiveness, countback, daysIn, dso, monthsIn, percent, ratio, trueDso, turnover } from '../domain/measures.js';
import { agingAt, nothingOpen } from '../projections/aging.js';
import { controlTotalsAt, receivablesAt } from '../projections/journal.js';
import { missedIn } from '../projections/item-discounts.js';
import { openByIssue, salesAt, settledIn } from '../projections/measures.js';
import { touchlessIn } from '../projections/touchless.js';
import { amountOf, checked, segmentIn } from './queries.js';

const DAYS = 90;

/** Measures of how the money comes in. */
@Controller()
export class MeasureGrpc {
  constructor(@Inject(Api) private readonly api: Api) {}

  @GrpcMethod('ar.payments.v1.MeasureService', 'getMeasures')
  async getMeasures(request: GetMeasuresRequest): Promise<GetMeasuresResponse> {
    const { fromDate, ...of } = checked(request, (f) => ({ customer: f.customer('customerId', true) || undefined, currency: f.currency('currencyCode'), fromDate: f.day('fromDate', true), segment: segmentIn(f, request) }));
    return this.api.report(request, async (tx, { effectiveOn, known, echo }): Promise<GetMeasuresResponse> => {
      const from = fromDate || daysAfter(effectiveOn, 1 - DAYS);
      if (from > effectiveOn) throw invalid([{ field: 'from_date', reason: 'FIELD_INVALID', description: `is after ${effectiveOn}, the last day of the period` }]);
      const { currency } = of;
      const at = { tenant: request.tenantId, on: effectiveOn, known };
      const [begin, end, control] = [(await receivablesAt(tx, { ...at, on: daysAfter(from, -1) }, of)).get(currency) ?? 0n, (await receivablesAt(tx, at, of)).get(currency) ?? 0n, (await controlTotalsAt(tx, at, of)).get(currency) ?? 0n];
      const upTo = [30];
      const current = ((await agingAt(tx, at, of, upTo))[0] ?? nothingOpen('', currency, upTo)).buckets[0]!.openMinor;
      const { inPeriod: sales, byMonth } = await salesAt(tx, at, of, from);
      const { paid, paidTimesDays, discounts, writtenOff } = await settledIn(tx, at, of, from);
      const [{ identified, touchless }, missed] = [await touchlessIn(tx, at, of, from), await missedIn(tx, at, of, from)];
      const [days, months, unapplied] = [daysIn(from, effectiveOn), monthsIn(from, effectiveOn), end - control];
      return {
        asOf: echo, fromDate: from, days, sales: amountOf(sales, currency), receivablesBegin: amountOf(begin, currency), receivablesEnd: amountOf(end, currency), current: amountOf(current, currency), unapplied: amountOf(unapplied, currency),
        discountsTaken: amountOf(discounts, currency), writtenOff: amountOf(writtenOff, currency), dso: dso(end, sales, days), dsoCountback: countback(end, byMonth, effectiveOn), dsoTrue: trueDso(await openByIssue(tx, at, of), byMonth, effectiveOn),
        dsoBestPossible: dso(current, sales, days), averageDaysDelinquent: dso(end - current, sales, days), averageDaysLate: ratio(paidTimesDays, paid), collectionEffectiveness: collectionEffectiveness({ begin, sales, months, end, current }),
        turnover: turnover(sales, begin, end), pastDuePercent: percent(end - current, end), unappliedPercent: percent(unapplied, end), badDebtPercent: percent(writtenOff, sales), controlTotal: amountOf(control, currency),
        discountsMissed: amountOf(missed, currency), receiptsIdentified: identified, receiptsTouchless: touchless, touchlessPercent: percent(touchless, identified),
      };
    });
  }
}
