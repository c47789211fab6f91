// By which rules the ledger of the tests applies money, and what its currency is worth.
import type { Day } from '@ar/domain/day.js';
import type { ApplicationOptions } from '@ar/domain/policies.js';

/** Every rule with all it can be told to do, for every second receipt. */
const everyRule = (takes: ApplicationOptions['discounts'], order: ApplicationOptions['order'], currencyCode: string) => ({ application: {
  rules: ['reference', 'exact', 'clear-account', 'clear-past-due', 'clear-past-due-by-terms', 'combination', 'oldest-first'],
  options: { discounts: takes, discountGraceDays: 2, withoutLateCharges: true, order, priorities: ['late-charge'], tolerances: [{ currencyCode, limit: '0.30', percent: '25' }], bankCharges: [{ currencyCode, amount: '0.40' }], bookOverpayments: takes !== 'none' },
} });
/** What no rule places is matched by points, or recommended. */
const matched = { application: { rules: ['reference', 'exact'], matching: { applyFrom: 650, recommendFrom: 400 } } } as const;
export const rulesOf = (n: number, currency: string) => [{}, everyRule('earned-and-unearned', 'law', currency), matched, everyRule('earned', 'priority', currency), everyRule('none', 'due-date', currency)][n % 5]!;
/** What the currency is worth on a day: never the same two days running; on some days nobody knows. */
export type Rates = (day: Day) => string | undefined;
export const exchangeOn = (day: Day, currency: string, rates: Rates) => { const rate = rates(day); return { source: 'ECB', rates: rate === undefined ? [] : [{ currencyCode: currency, rate }], version: 1 }; };
