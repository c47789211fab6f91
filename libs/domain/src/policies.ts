// What a tenant has decided once, so that nobody decides it case by case. Each kind is published on its own, with a version of its own,
// and holds from a business day; every decision names the version it used. Thresholds are decimal text in whole units of the currency
// they are compared in: `100.00` is 100 EUR and 100 JPY.
import type { Day } from './day.js';
import type { DueDateMoves, NamedTerms } from './terms.js';

export interface Policies {
  /** Working days: which weekdays are free (0 is Sunday), which public holidays (`DE`, `US-CA`; empty is none), which single days. */
  readonly calendar: { readonly freeWeekdays: readonly number[]; readonly holidaysOf: string; readonly freeDays: readonly Day[] };
  /** `dueDateMoves`: where a computed due date goes that is no working day. `named`: terms that an invoice may name. */
  readonly terms: { readonly netDays: number; readonly graceDays: number; readonly dueDateMoves: DueDateMoves; readonly named: readonly NamedTerms[] };
  /** `rates`: tax codes with their category (EN 16931) and rate from a day on; the exemption is printed where no tax is taken. Whether tax is rounded once per document and rate, or per line; whether prices come without or with it. */
  readonly tax: { readonly rounding: 'document' | 'line'; readonly prices: 'net' | 'gross'; readonly rates: readonly TaxRate[] };
  /** What one unit of a currency is worth in the tenant's base currency, decimal text, and who says so. */
  readonly exchange: { readonly source: string; readonly rates: readonly ExchangeRate[] };
  /** Cash application: rules in order, first success wins; what is left stays unapplied. `discountOnFullPayment`: who pays all that is open in time takes the early-payment discount as well. `smallBalances`: rests of items that are written off by themselves, `smallBalanceDays` past due.
   *  `options`: what the rules count with; absent: as the rules say by themselves. `ruleSets`: others for a customer or a segment; the customer's goes before the segment's, that before these. */
  readonly application: { readonly rules: readonly ApplicationRule[]; readonly partialOnOldest: boolean; readonly disputedOnlyByReference: boolean; readonly retryUnapplied: boolean; readonly discountOnFullPayment: boolean; readonly smallBalances: readonly SmallBalance[]; readonly smallBalanceDays: number; readonly options?: ApplicationOptions | undefined; readonly ruleSets?: readonly ApplicationRuleSet[]; readonly matching?: MatchingPolicy | undefined; /** Between the date of a remittance advice and the value date of what may be meant; absent: 7. */ readonly remittanceDays?: number | undefined; /** Absent: money counts from the day on which it is recorded, and may go back at any time. */ readonly methods?: readonly PaymentMethodPolicy[] };
  /** Level n + 1 is `levels[n]` days past due. `beforeDueDays` 0: no reminder before due. `remindUndelivered`: also of what could not be delivered. */
  readonly dunning: { readonly beforeDueDays: number; readonly levels: readonly number[]; readonly minDaysBetween: number; readonly workingDaysOnly: boolean; readonly minimum: string; readonly sendFrom: string; readonly remindUndelivered: boolean };
  readonly creditHold: { readonly overLimit: boolean; readonly pastDueDays: number; readonly quietDaysAfterRelease: number };
  readonly reservation: { readonly days: number };
  readonly promise: { readonly toleranceWorkingDays: number; readonly tolerance: string };
  readonly collectionCase: { readonly minimum: string; readonly oldestDaysPastDue: number };
  /** Points of the priority score: see the README of collections for the sum. */
  readonly priority: {
    readonly perAmountDigit: number; readonly amountMost: number;
    readonly daysPerPoint: number; readonly daysMost: number;
    readonly perBrokenPromise: number; readonly brokenPromisesMost: number;
    readonly onHold: number; readonly withoutContact: number; readonly withoutContactDays: number; readonly disputedShare: number;
  };
  /** Last day past due of each bucket but the last, which is open: `[30, 60, 90]`. */
  readonly aging: { readonly upTo: readonly number[] };
  /** What a customer is charged for a payment that went back, without tax; nothing where the currency or the amount is missing. `taxCategory` (EN 16931) with its rate and exemption: of the line of the debit note. */
  readonly returnedPayments: { readonly fees: readonly ReturnFee[]; readonly taxCategory: string; readonly taxRate: string; readonly exemption: string };
  /** `creditNoteLimit`: a credit note of more than this, tax included, waits for a second person; empty: none does. `writeOffLimit`: the same of a write-off; `refundLimit`: of a refund. `dueDateDays`: by how many days one person alone may move a due date to later; 0: any. `neverAlone`: who keeps the ledger or takes cash; a credit note, write-off or refund that one of them asks for waits for a second person, whatever it comes to. */
  readonly approvals: { readonly expiryDays: number; readonly creditNoteLimit: string; readonly dueDateDays: number; readonly writeOffLimit: string; readonly refundLimit: string; readonly neverAlone: readonly string[] };
  /** What an invoice is compared with when it is issued, and what is done with what is found; duplicates are looked for within so many days. */
  readonly billingGuard: { readonly prices: GuardAction; readonly fulfilments: GuardAction; readonly duplicates: GuardAction; readonly duplicateDays: number };
  /** What the tenant's books call accounts of the journal; one that is not named is called as it is there. */
  readonly chart: { readonly accounts: readonly ChartAccount[] };
  /** `noticeDays`: between the notice to the debtor and the collection. `autopay`: what falls due is collected by itself, where the mandate says so. `retryDays`: after each decline that is not for good, until it is tried again. `creditorId`: of SEPA; empty: no files are made. */
  readonly directDebit: { readonly noticeDays: number; readonly autopay: boolean; readonly retryDays: readonly number[]; readonly creditorId: string };
}

/** `account` as on the wire, `LEDGER_ACCOUNT_RECEIVABLES`. */
export interface ChartAccount { readonly account: string; readonly code: string }
export type GuardAction = 'off' | 'warn' | 'block' | 'approve';

/** Decimal text; empty: none. */
export interface ReturnFee { readonly currencyCode: string; readonly returned: string; readonly chargedBack: string; readonly bounced: string }
export interface ExchangeRate { readonly currencyCode: string; readonly rate: string }
/** `percent` of the original amount, empty for any share of it. */
export interface SmallBalance { readonly currencyCode: string; readonly limit: string; readonly percent: string }
export interface TaxRate { readonly code: string; readonly category: string; readonly rate: string; readonly validFrom: Day; readonly exemption: string }
export type ApplicationRule = 'reference' | 'exact' | 'clear-account' | 'clear-past-due' | 'clear-past-due-by-terms' | 'combination' | 'oldest-first';
/** What a debit note charges for: interest or a flat sum for being late, a fee, costs of an agency or a court, something else. */
export type Charge = 'late-charge' | 'fee' | 'costs' | 'other';
/** What is owed: the principal is an invoice, a claim, or a charge of another kind. */
export type DebtPart = 'costs' | 'fee' | 'late-charge' | 'principal';
/** `discounts`: which early-payment discounts are taken. `discountGraceDays`: so much later money still earns them. `withoutLateCharges`: late charges are paid by reference alone.
 *  `order`: which item goes first where several are paid in turn: the one due first; by kind, as `priorities` say; by law, each debt its costs, then its interest, then itself (BGB §366, §367).
 *  `tolerances`: by how much money may differ from what it closes. `bankCharges`: what banks take on the way, each exactly. `bookOverpayments`: what is too much within the tolerance is a gain at once; else it stays unapplied. */
export interface ApplicationOptions {
  readonly discounts: 'earned-and-unearned' | 'earned' | 'none'; readonly discountGraceDays: number; readonly withoutLateCharges: boolean;
  readonly order: 'due-date' | 'priority' | 'law'; readonly priorities: readonly DebtPart[];
  readonly tolerances: readonly PaymentTolerance[]; readonly bankCharges: readonly BankCharge[]; readonly bookOverpayments?: boolean;
}
/** At most `limit`, and at most so many percent of what is due, decimal text; empty: any share of it. */
export interface PaymentTolerance { readonly currencyCode: string; readonly limit: string; readonly percent: string }
export interface BankCharge { readonly currencyCode: string; readonly amount: string }
/** For one customer, or for those of a segment: one of both is empty. */
export interface ApplicationRuleSet {
  readonly customerId: string; readonly segment: string; readonly rules: readonly ApplicationRule[]; readonly partialOnOldest: boolean; readonly disputedOnlyByReference: boolean; readonly discountOnFullPayment: boolean; readonly options?: ApplicationOptions | undefined;
}
/** `method` as on the wire, `PAYMENT_METHOD_CARD`. It counts `settlementDays` after it was recorded without a value date; it may go back within `reversalDays` of its value date, 0: at any time. */
export interface PaymentMethodPolicy { readonly method: string; readonly settlementDays: number; readonly reversalDays: number }
/** Points out of 1,000 from which a match that no rule found is applied, or recommended to a person; below, nothing. */
export interface MatchingPolicy { readonly applyFrom: number; readonly recommendFrom: number }
export type PolicyKind = keyof Policies;

/** Policies as they hold on a day, each with the version that a decision names. */
export type PoliciesInForce = { readonly [Kind in PolicyKind]: Policies[Kind] & { readonly version: number } };

export const defaultPolicies: Policies = {
  calendar: { freeWeekdays: [0, 6], holidaysOf: '', freeDays: [] },
  terms: { netDays: 30, graceDays: 0, dueDateMoves: 'none', named: [] },
  tax: { rounding: 'document', prices: 'net', rates: [] },
  exchange: { source: '', rates: [] },
  application: { rules: ['reference', 'exact', 'oldest-first'], partialOnOldest: true, disputedOnlyByReference: true, retryUnapplied: true, discountOnFullPayment: false, smallBalances: [], smallBalanceDays: 0 },
  dunning: { beforeDueDays: 3, levels: [3, 14, 30], minDaysBetween: 7, workingDaysOnly: true, minimum: '0', sendFrom: '09:00', remindUndelivered: false },
  creditHold: { overLimit: true, pastDueDays: 30, quietDaysAfterRelease: 7 },
  reservation: { days: 14 },
  promise: { toleranceWorkingDays: 2, tolerance: '0' },
  collectionCase: { minimum: '100.00', oldestDaysPastDue: 10 },
  priority: {
    perAmountDigit: 10, amountMost: 40, daysPerPoint: 2, daysMost: 30, perBrokenPromise: 10, brokenPromisesMost: 30,
    onHold: 10, withoutContact: 5, withoutContactDays: 7, disputedShare: 20,
  },
  aging: { upTo: [30, 60, 90] },
  approvals: { expiryDays: 14, creditNoteLimit: '', dueDateDays: 0, writeOffLimit: '', refundLimit: '', neverAlone: [] },
  returnedPayments: { fees: [], taxCategory: 'O', taxRate: '0', exemption: 'Compensation, not subject to VAT' },
  billingGuard: { prices: 'off', fulfilments: 'off', duplicates: 'warn', duplicateDays: 30 },
  chart: { accounts: [] },
  directDebit: { noticeDays: 14, autopay: false, retryDays: [3, 7], creditorId: '' },
};
