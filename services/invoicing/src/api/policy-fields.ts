// What a policy may hold, as the contract states it.
import { GuardAction } from '@ar/contracts/gen/ar/invoicing/v1/guard.js';
import { LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import type { ApplicationOptions, ApplicationRuleSet, BankCharge, BillingGuardPolicy, MatchingPolicy, PaymentMethodPolicy, PaymentTolerance, ChartAccount, ChartPolicy, DirectDebitPolicy, ReturnedPaymentsPolicy, ReturnFee, ExchangePolicy, ExchangeRate, NamedTerms, TaxPolicy, TaxRate, TermsPolicy, ApplicationPolicy, AgingPolicy, ApprovalsPolicy, CalendarPolicy, CollectionCasePolicy, DunningPolicy, Policies, SmallBalance, PromisePolicy } from '@ar/contracts/gen/ar/invoicing/v1/policies.js';
import { ApplicationDiscounts, ApplicationRule, DebtOrder, DebtPart, DueDateMoves } from '@ar/contracts/gen/ar/invoicing/v1/policies.js';
import { PriceBasis, TaxRounding } from '@ar/contracts/gen/ar/invoicing/v1/invoice.js';
import { isHolidayRegion } from '@ar/domain/calendar.js';
import { isDay } from '@ar/domain/day.js';
import { isDecimal, isMoney, parseMoney } from '@ar/domain/money.js';
import type { Fields } from '@ar/platform/fields.js';
import { CATEGORIES, readNamed, readRate } from './invoice-fields.js';

const threshold = (f: Fields<never>, field: string, value: string) => { if (!isDecimal(value) || value.startsWith('-') || value.length > 20) f.wrong(field, 'FIELD_INVALID', 'is not decimal text of at most 20 characters, not below zero'); };
const isAmount = (text: string, currency: string): boolean => { const amount = parseMoney(text, currency); return isMoney(amount) && amount.minor >= 0; };
const rising = (days: readonly number[]) => days.every((d, i) => d >= 0 && d <= 3_650 && (i === 0 || d > days[i - 1]!));

const RULES = Object.values(ApplicationRule).filter((r) => r !== ApplicationRule.UNSPECIFIED && r !== ApplicationRule.UNRECOGNIZED);
const checkRules = <M extends { rules: ApplicationRule[] }>(f: Fields<M>, rules: readonly ApplicationRule[]): void => {
  if (new Set(rules).size < rules.length || rules.some((r) => !RULES.some((known) => known === r))) f.wrong('rules', 'FIELD_INVALID', 'may hold each rule at most once');
};
function checkOptions(f: Fields<ApplicationOptions>, { priorities, tolerances }: ApplicationOptions): void {
  f.oneOf('discounts', [ApplicationDiscounts.EARNED_AND_UNEARNED, ApplicationDiscounts.EARNED, ApplicationDiscounts.NONE], true);
  f.oneOf('order', [DebtOrder.DUE_DATE, DebtOrder.PRIORITY, DebtOrder.LAW], true);
  f.integer('discountGraceDays', 0, 60);
  if (new Set(priorities).size < priorities.length || priorities.some((p) => ![DebtPart.COSTS, DebtPart.FEE, DebtPart.LATE_CHARGE, DebtPart.PRINCIPAL].includes(p))) f.wrong('priorities', 'FIELD_INVALID', 'may hold each part at most once');
  f.list('tolerances', { max: 50 }, (t: Fields<PaymentTolerance>, { limit, percent }) => { if (!isAmount(limit, t.currency('currencyCode'))) t.wrong('limit', 'FIELD_INVALID', 'is not decimal text of the currency, not below zero'); if (percent !== '') t.decimal('percent', { digits: 2, from: 0, to: 100 }); });
  if (new Set(tolerances.map((t) => t.currencyCode)).size < tolerances.length) f.wrong('tolerances', 'FIELD_INVALID', 'has a currency twice');
  f.list('bankCharges', { max: 50 }, (c: Fields<BankCharge>, { amount }) => { c.currency('currencyCode'); threshold(c as never, 'amount', amount); if (/^[0.]*$/.test(amount)) c.wrong('amount', 'FIELD_INVALID', 'must be more than 0'); });
}

/** Checks each kind that is set. */
export function checkPolicies(fields: Fields<Policies>, policies: Policies): void {
  fields.inside<CalendarPolicy, void>('calendar', (f, p) => {
    if (p.freeWeekdays.length > 6 || new Set(p.freeWeekdays).size < p.freeWeekdays.length || p.freeWeekdays.some((d) => d < 0 || d > 6)) f.wrong('freeWeekdays', 'FIELD_INVALID', 'may hold at most 6 different weekdays, 0 (Sunday) to 6');
    if (p.freeDays.length > 1_000 || p.freeDays.some((d) => !isDay(d))) f.wrong('freeDays', 'DATE_INVALID', 'may hold at most 1,000 days, YYYY-MM-DD');
    if (p.holidaysOf !== '' && !isHolidayRegion(p.holidaysOf)) f.wrong('holidaysOf', 'FIELD_INVALID', 'is no country or region like DE or US-CA whose holidays are known');
  });
  fields.inside<TermsPolicy, void>('terms', (f, p) => {
    const named = f.list('named', { max: 200 }, (n: Fields<NamedTerms>) => { if (n.inside('terms', readNamed) === undefined) n.required('terms'); return n.id('termsId'); });
    if (new Set(named).size < named.length) f.wrong('named', 'FIELD_INVALID', 'has a name twice');
    f.integer('netDays', 0, 365);
    f.oneOf('dueDateMoves', [DueDateMoves.NONE, DueDateMoves.FOLLOWING, DueDateMoves.PRECEDING, DueDateMoves.MODIFIED_FOLLOWING], true);
    if (p.graceDays < 0 || p.graceDays > 60) f.wrong('graceDays', 'FIELD_INVALID', 'must be from 0 to 60');
  });
  fields.inside<TaxPolicy, void>('tax', (f, p) => {
    f.oneOf('rounding', [TaxRounding.DOCUMENT, TaxRounding.LINE], true);
    f.oneOf('prices', [PriceBasis.NET, PriceBasis.GROSS], true);
    f.list('rates', { max: 500 }, (r: Fields<TaxRate>, { category, rate }) => {
      r.text('code', { max: 20, pattern: /^[A-Za-z0-9_.-]+$/, says: 'may hold A–Z, a–z, 0–9, _, - and .' });
      if (!CATEGORIES.includes(category)) r.wrong('category', 'FIELD_INVALID', `is not one of ${CATEGORIES.join(', ')}`);
      r.decimal('rate', { digits: 2, from: 0, to: 100 });
      if (category !== 'S' && !/^[0.]*$/.test(rate)) r.wrong('rate', 'FIELD_INVALID', `must be 0 in category ${category}`);
      r.day('validFrom');
      r.text('exemption', { max: 200, optional: true });
    });
    if (new Set(p.rates.map((r) => `${r.code} ${r.validFrom}`)).size < p.rates.length) f.wrong('rates', 'FIELD_INVALID', 'has a code twice from the same day');
  });
  fields.inside<ExchangePolicy, void>('exchange', (f, p) => {
    f.text('source', { max: 63 });
    f.list('rates', { max: 300 }, (r: Fields<ExchangeRate>) => { r.currency('currencyCode'); readRate(r); });
    if (new Set(p.rates.map((r) => r.currencyCode)).size < p.rates.length) f.wrong('rates', 'FIELD_INVALID', 'has a currency twice');
  });
  fields.inside<ApplicationPolicy, void>('application', (f, p) => {
    f.list('smallBalances', { max: 50 }, (b: Fields<SmallBalance>, { limit, percent }) => { b.currency('currencyCode'); threshold(b as never, 'limit', limit); if (percent !== '') b.decimal('percent', { digits: 2, from: 0, to: 100 }); });
    if (new Set(p.smallBalances.map((b) => b.currencyCode)).size < p.smallBalances.length) f.wrong('smallBalances', 'FIELD_INVALID', 'has a currency twice');
    f.integer('smallBalanceDays', 0, 3_650);
    f.integer('remittanceDays', 0, 365);
    f.list('methods', { max: 20 }, (m: Fields<PaymentMethodPolicy>) => { m.text('method', { max: 40, pattern: /^PAYMENT_METHOD_[A-Z_]+$/, says: 'is not a payment method, PAYMENT_METHOD_CARD' }); m.integer('settlementDays', 0, 365); m.integer('reversalDays', 0, 3_650); });
    if (new Set(p.methods.map((m) => m.method)).size < p.methods.length) f.wrong('methods', 'FIELD_INVALID', 'has a method twice');
    checkRules(f, p.rules);
    f.inside('options', checkOptions);
    f.list('ruleSets', { max: 500 }, (set: Fields<ApplicationRuleSet>, { customerId, segment, rules }) => {
      if ((customerId === '') === (segment === '')) set.wrong('segment', 'FIELD_INVALID', 'is set, or customer_id is: one of both');
      if (customerId !== '') set.customer('customerId');
      set.text('segment', { max: 63, optional: true });
      checkRules(set, rules);
      set.inside('options', checkOptions);
    });
    if (new Set(p.ruleSets.map((s) => `${s.customerId} ${s.segment}`)).size < p.ruleSets.length) f.wrong('ruleSets', 'FIELD_INVALID', 'has a customer or a segment twice');
    f.inside<MatchingPolicy, void>('matching', (m) => { const [apply, recommend] = [m.integer('applyFrom', 0, 1_000), m.integer('recommendFrom', 0, 1_000)]; if (apply > 0 && apply < recommend) m.wrong('applyFrom', 'FIELD_INVALID', 'is less than recommend_from'); });
  });
  fields.inside<DunningPolicy, void>('dunning', (f, p) => {
    if (p.levels.length > 9 || !rising(p.levels)) f.wrong('levels', 'FIELD_INVALID', 'may hold at most 9 rising numbers of days');
    threshold(f as never, 'minimum', p.minimum);
    f.integer('beforeDueDays', 0, 60);
    f.integer('minDaysBetween', 1, 365);
    f.text('sendFrom', { max: 5, pattern: /^([01]\d|2[0-3]):[0-5]\d$/, says: 'is not a time HH:MM' });
  });
  fields.inside<PromisePolicy, void>('promise', (f, p) => { f.integer('toleranceWorkingDays', 0, 60); threshold(f as never, 'tolerance', p.tolerance); });
  fields.inside<CollectionCasePolicy, void>('collectionCase', (f, p) => { f.integer('oldestDaysPastDue', 0, 3_650); threshold(f as never, 'minimum', p.minimum); });
  fields.inside<AgingPolicy, void>('aging', (f, p) => { if (p.upTo.length === 0 || p.upTo.length > 12 || p.upTo[0]! < 1 || !rising(p.upTo)) f.wrong('upTo', 'FIELD_INVALID', 'may hold 1 to 12 rising numbers of days, from 1'); });
  fields.inside<ApprovalsPolicy, void>('approvals', (f, p) => { for (const limit of ['creditNoteLimit', 'writeOffLimit', 'refundLimit'] as const) if (p[limit] !== '') threshold(f as never, limit, p[limit]); if (p.neverAlone.length > 200 || new Set(p.neverAlone).size < p.neverAlone.length || p.neverAlone.some((a) => a.length < 1 || a.length > 128)) f.wrong('neverAlone', 'FIELD_INVALID', 'may hold at most 200 different actors of 1 to 128 characters'); });
  fields.inside<ReturnedPaymentsPolicy, void>('returnedPayments', (f, p) => {
    f.list('fees', { max: 50 }, (fee: Fields<ReturnFee>, of) => {
      fee.currency('currencyCode');
      for (const kind of ['returned', 'chargedBack', 'bounced'] as const) {
        if (of[kind] !== '' && !isAmount(of[kind], of.currencyCode)) fee.wrong(kind, 'FIELD_INVALID', 'is not decimal text of the currency, not below zero');
      }
    });
    if (new Set(p.fees.map((fee) => fee.currencyCode)).size < p.fees.length) f.wrong('fees', 'FIELD_INVALID', 'has a currency twice');
    if (p.taxCategory !== '' && !CATEGORIES.includes(p.taxCategory)) f.wrong('taxCategory', 'FIELD_INVALID', `is not one of ${CATEGORIES.join(', ')}`);
    if (p.taxRate !== '') f.decimal('taxRate', { digits: 2, from: 0, to: 100 });
    if (p.taxCategory !== 'S' && !/^[0.]*$/.test(p.taxRate)) f.wrong('taxRate', 'FIELD_INVALID', 'must be 0 in a category other than S');
    f.text('exemption', { max: 200, optional: true });
  });
  fields.inside<BillingGuardPolicy, void>('billingGuard', (f) => {
    for (const what of ['prices', 'fulfilments', 'duplicates'] as const) f.oneOf(what, [GuardAction.OFF, GuardAction.WARN, GuardAction.BLOCK, GuardAction.APPROVE], true);
    f.integer('duplicateDays', 0, 366);
  });
  fields.inside<ChartPolicy, void>('chart', (f, p) => {
    f.list('accounts', { max: 100 }, (a: Fields<ChartAccount>) => { a.oneOf('account', Object.values(LedgerAccount).filter((l) => l !== LedgerAccount.UNSPECIFIED && l !== LedgerAccount.UNRECOGNIZED)); a.text('code', { max: 40, pattern: /^[\x21-\x7e]+$/, says: 'may hold visible ASCII characters' }); });
    if (new Set(p.accounts.map((a) => a.account)).size < p.accounts.length) f.wrong('accounts', 'FIELD_INVALID', 'has an account twice');
  });
  fields.inside<DirectDebitPolicy, void>('directDebit', (f, p) => {
    f.integer('noticeDays', 0, 60);
    if (p.retryDays.length > 9 || p.retryDays.some((d) => !Number.isInteger(d) || d < 1 || d > 60)) f.wrong('retryDays', 'FIELD_INVALID', 'may hold at most 9 numbers of days, each 1 to 60');
    f.text('creditorId', { max: 35, pattern: /^[A-Z]{2}\d{2}[A-Z0-9]{3}[A-Z0-9+?/:().,'-]{1,28}$/, says: 'is not a SEPA creditor identifier', optional: true });
  });
  for (const kind of ['creditHold', 'reservation', 'priority', 'approvals'] as const) {
    const policy = policies[kind] as Readonly<Record<string, unknown>> | undefined;
    for (const [field, value] of Object.entries(policy ?? {})) if (typeof value === 'number' && (value < 0 || value > 3_650 || (field === 'daysPerPoint' && value === 0))) fields.wrong(`${kind}.${field}`, 'FIELD_INVALID', 'must be from 0 to 3650');
  }
}
