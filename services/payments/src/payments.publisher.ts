// Stored event → contract event. Money, dates and names are converted by one function of the runtime; a missing line does not compile.
import type { Publisher } from '@ar/runtime/forms.js';
import { ApplicationRule, CashCause, ClosingCause, DiscountKind, OpenItemKind, ReopeningCause } from '@ar/contracts/gen/ar/payments/v1/account.js';
import { BankLineOutcome, BankMessage, BankReturnMatch, BankStatementHold } from '@ar/contracts/gen/ar/payments/v1/bank.js';
import { TakenOnCreditKind } from '@ar/contracts/gen/ar/payments/v1/take_on.js';
import { RevaluationMethod as WireRevaluation } from '@ar/contracts/gen/ar/payments/v1/revaluation.js';
import { DeductionReason, ReversalKind } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import { RemittanceMatch } from '@ar/contracts/gen/ar/payments/v1/remittance.js';
import { ReinstatementCause, WriteOffMethod, WriteOffReason } from '@ar/contracts/gen/ar/payments/v1/write_off.js';
import { type AccountEvent, type Application, type CashFrom, creditNoteIn, type Item, sum, UNIDENTIFIED, type WrittenPart } from './domain/account.js';
import { BANK, type BankAccountEvent, type CsvProfile } from './domain/bank-account.js';
import type { BankEntryEvent } from './domain/bank-entry.js';
import type { BankReturnEvent, MatchedBy } from './domain/bank-return.js';
import type { BankStatementEvent } from './domain/bank-statement.js';
import type { Money } from '@ar/domain/money.js';
import { explain } from './domain/application-words.js';
import type { Named, Step } from './domain/cash-application.js';
import { explainGrant, type Grant } from './domain/item-discount.js';
import { type Exchange, spentSum } from './domain/exchanging.js';
import { type Booking, type InBase, realised } from './domain/in-base.js';
import type { LedgerExportEvent } from './domain/ledger-export.js';
import { LEDGER, type PeriodEvent } from './domain/period.js';
import type { PayerEvent } from './domain/payer.js';
import { type Match, reasonsOf, totalOf } from './domain/matching.js';
import type { PostedCreditEvent } from './domain/posted-credit-note.js';
import type { ReceiptEvent, ReceiptFacts, Surplus } from './domain/receipt.js';
import type { Payout, RefundEvent } from './domain/refund.js';
import type { RevaluationEvent, RevaluationMethod, RevaluedCurrency } from './domain/revaluation.js';
import type { MatchedBy as RemittanceMatchedBy, RemittanceEvent, RemittanceLine } from './domain/remittance-advice.js';
import type { TakenOnEvent } from './domain/taken-on.js';
import type { WriteOffEvent } from './domain/write-off.js';
import { type DebitsEvent, debitsPublisher } from './debits.publisher.js';

const rules = {
  reference: ApplicationRule.REFERENCE, exact: ApplicationRule.EXACT, 'clear-account': ApplicationRule.CLEAR_ACCOUNT, 'clear-past-due': ApplicationRule.CLEAR_PAST_DUE, 'clear-past-due-by-terms': ApplicationRule.CLEAR_PAST_DUE_BY_TERMS,
  combination: ApplicationRule.COMBINATION, 'oldest-first': ApplicationRule.OLDEST_FIRST, match: ApplicationRule.MATCH, 'remittance-advice': ApplicationRule.REMITTANCE_ADVICE,
} as const;
export const kinds = { return: ReversalKind.RETURN, chargeback: ReversalKind.CHARGEBACK, bounced: ReversalKind.BOUNCED, error: ReversalKind.ERROR, 'passed-back': ReversalKind.PASSED_BACK } as const;
export const deductionReasons = {
  price: DeductionReason.PRICE, quantity: DeductionReason.QUANTITY, quality: DeductionReason.QUALITY, delivery: DeductionReason.DELIVERY, duplicate: DeductionReason.DUPLICATE, tax: DeductionReason.TAX,
  'payment-terms': DeductionReason.PAYMENT_TERMS, 'credit-due': DeductionReason.CREDIT_DUE, other: DeductionReason.OTHER,
} as const;
const reopenings = { unapplication: ReopeningCause.UNAPPLIED, reversal: ReopeningCause.RECEIPT_REVERSED, void: ReopeningCause.DOCUMENT_VOIDED } as const;
export const remittanceMatches: Readonly<Record<RemittanceMatchedBy, RemittanceMatch>> = { reference: RemittanceMatch.REFERENCE, amount: RemittanceMatch.AMOUNT, person: RemittanceMatch.PERSON };
export const wireMethods = { direct: WriteOffMethod.DIRECT, allowance: WriteOffMethod.ALLOWANCE } as const;
export const wireReasons = {
  insolvency: WriteOffReason.INSOLVENCY, untraceable: WriteOffReason.UNTRACEABLE, 'time-barred': WriteOffReason.TIME_BARRED, uneconomic: WriteOffReason.UNECONOMIC, settlement: WriteOffReason.SETTLEMENT,
  'small-balance': WriteOffReason.SMALL_BALANCE, 'payment-difference': WriteOffReason.PAYMENT_DIFFERENCE, 'bank-charges': WriteOffReason.BANK_CHARGES, other: WriteOffReason.OTHER,
} as const;
const reinstatements = { reversal: ReinstatementCause.REVERSED, void: ReinstatementCause.DOCUMENT_VOIDED, 'credit-note': ReinstatementCause.CREDITED } as const;

export const itemKinds = { invoice: OpenItemKind.INVOICE, 'debit-note': OpenItemKind.DEBIT_NOTE, claim: OpenItemKind.CLAIM, 'taken-on': OpenItemKind.TAKEN_ON } as const;
const placings: Readonly<Record<CashFrom, CashCause>> = { bank: CashCause.RECEIVED, payer: CashCause.TRANSFERRED, [UNIDENTIFIED]: CashCause.TRANSFERRED, 'credit-note': CashCause.CREDITED, discount: CashCause.DISCOUNT, refund: CashCause.REFUND, exchange: CashCause.EXCHANGED, surplus: CashCause.OVERPAID, 'take-on': CashCause.TAKEN_ON };
const takings = { reversal: CashCause.REVERSED, transfer: CashCause.TRANSFERRED, discount: CashCause.DISCOUNT, refund: CashCause.REFUND, exchange: CashCause.EXCHANGED, surplus: CashCause.OVERPAID, 'take-on': CashCause.TAKEN_ON } as const;
export const takenOnCreditKinds = { receipt: TakenOnCreditKind.RECEIPT, 'credit-note': TakenOnCreditKind.CREDIT_NOTE } as const;
export const methods: Readonly<Record<RevaluationMethod, WireRevaluation>> = { 'closing-rate': WireRevaluation.CLOSING_RATE, 'losses-only': WireRevaluation.LOSSES_ONLY, 'booking-rate': WireRevaluation.BOOKING_RATE };
export const bankMessages = { 'camt.053': BankMessage.CAMT_053, 'camt.054': BankMessage.CAMT_054, mt940: BankMessage.MT940, bai2: BankMessage.BAI2, csv: BankMessage.CSV, 'x12.820': BankMessage.X12_820 } as const;
const bankHolds = {
  'does-not-tie': BankStatementHold.DOES_NOT_TIE, 'opposite-sign': BankStatementHold.OPPOSITE_SIGN, 'without-balances': BankStatementHold.WITHOUT_BALANCES, 'other-currency': BankStatementHold.OTHER_CURRENCY, 'page-missing': BankStatementHold.PAGE_MISSING,
} as const;
const csvProfile = ({ bookedOn, valueOn, dateFormat, ...csv }: CsvProfile) => ({ ...csv, bookedColumn: bookedOn, valueColumn: valueOn, dateFormat });
export const bankReturnMatches: Readonly<Record<MatchedBy, BankReturnMatch>> = {
  'end-to-end-id': BankReturnMatch.END_TO_END_ID, 'bank-reference': BankReturnMatch.BANK_REFERENCE, 'amount-and-debtor': BankReturnMatch.AMOUNT_AND_DEBTOR, person: BankReturnMatch.PERSON,
};
export const bankOutcomes = { booked: BankLineOutcome.BOOKED, recognised: BankLineOutcome.RECOGNISED, ignored: BankLineOutcome.IGNORED, refused: BankLineOutcome.REFUSED, duplicate: BankLineOutcome.DUPLICATE, enriched: BankLineOutcome.ENRICHED } as const;

/** Whose money it is: a receipt's, or a credit note's. */
const source = (key: string) => { const creditNoteId = creditNoteIn(key); return creditNoteId === undefined ? { receiptId: key } : { creditNoteId }; };
const money = (minor: number, currency: string) => ({ minor, currency });
const booking = (b: Booking | undefined) => (b ? { booking: { rate: b.rate, source: b.source, policyVersion: b.policyVersion, amount: b.worth } } : {});
const worth = ({ inBase }: { readonly inBase?: Money }) => (inBase ? { inBase } : {});
const used = (u: InBase | undefined) => {
  if (!u) return {};
  const of = (minor: number | undefined) => (minor === undefined ? undefined : money(minor, u.currency));
  const [item, off, spent, difference] = [of(u.itemMinor), of(u.discountMinor), of(u.moneyMinor), realised(u)];
  return { inBase: { ...(item ? { item } : {}), ...(off ? { discount: off } : {}), ...(spent ? { money: spent } : {}), ...(difference > 0 ? { gain: of(difference) } : difference < 0 ? { loss: of(-difference) } : {}) } };
};
const item = (i: Item, currency: string) => ({
  itemId: i.itemId, kind: itemKinds[i.kind], documentId: i.documentId, documentNumber: i.documentNumber, instalment: i.instalment, issueDate: i.issuedOn, dueDate: i.dueOn, original: money(i.originalMinor, currency),
});
const granted = (g: Grant, currency: string) => ({ percent: g.percent, kind: g.earned ? DiscountKind.EARNED : DiscountKind.UNEARNED, amount: money(g.minor, currency), tax: money(g.taxMinor, currency), left: money(g.leftMinor, currency) });
const applied = (applications: readonly Application[], currency: string, of?: string) =>
  applications.map((a) => ({ item: item(a.item, currency), amount: money(a.minor, currency), open: money(a.openMinor, currency), ...(a.discount ? { discount: granted(a.discount, currency) } : {}), ...(a.recovers === undefined ? {} : { writeOffId: a.recovers }), ...used(a.inBase), ...(of === undefined || a.spentMinor === undefined ? {} : { spent: money(a.spentMinor, of) }) }));
/** Of what is applied, in the currency of its items and of the receipt. */
const group = (e: { readonly applications: readonly Application[]; readonly currency: string; readonly exchange?: Exchange }) => ({
  applications: e.exchange ? applied(e.applications, e.exchange.currency, e.currency) : applied(e.applications, e.currency), amount: money(spentSum(e.applications), e.currency), ...(e.exchange ? { exchange: { settled: money(sum(e.applications), e.exchange.currency), rate: e.exchange.rate } } : {}),
});
const written = (parts: readonly WrittenPart[], currency: string) =>
  ({ items: parts.map((p) => ({ item: item(p.item, currency), amount: money(p.minor, currency), open: money(p.openMinor, currency), tax: money(p.taxMinor, currency), ...worth(p) })), amount: money(sum(parts), currency) });
const discount = ({ discount: d }: Item, currency: string) => (d ? { discount: { tiers: d.tiers.map((t) => ({ percent: t.percent, lastDay: t.lastDay })), discountable: money(d.baseMinor, currency), reducesTax: d.tax === 'on-early-payment', unearnedToo: d.mode === 'earned-and-unearned' } } : {});
const documents = (named: readonly Named[], currency: string) => named.map((n) => ({ reference: n.reference, ...(n.minor === null ? {} : { amount: money(n.minor, currency) }) }));
const facts = (e: ReceiptFacts) => ({
  amount: money(e.receivedMinor, e.currency), valueDate: e.valueOn, method: e.method, bankReference: e.bankReference, onAccount: e.onAccount, pii: { keyId: '', data: e.remitter }, documents: documents(e.named, e.currency), ...booking(e.booking),
});
const remittanceLine = (l: RemittanceLine, currency: string) => ({
  reference: l.reference, gross: money(l.grossMinor, currency), ...(l.discountMinor > 0 ? { discount: money(l.discountMinor, currency) } : {}), ...(l.deductionMinor > 0 ? { deduction: money(l.deductionMinor, currency) } : {}),
  ...(l.reasonCode === null ? {} : { deductionReason: deductionReasons[l.reasonCode] }), deductionText: l.text, net: money(l.netMinor, currency),
});
const passed = (e: Extract<ReceiptEvent, { type: 'CashPassedOn' | 'CashPassedBack' }>) => ({ receiptId: e.receiptId, customerId: e.customer, toReceiptId: e.toReceiptId, toCustomerId: e.toCustomer, transferId: e.transferId, amount: money(e.minor, e.currency), unapplied: money(e.unappliedMinor, e.currency) });
const refunded = ({ refundId, customer, minor, currency, unappliedMinor }: { readonly refundId: string; readonly customer: string; readonly minor: number; readonly currency: string; readonly unappliedMinor: number }) =>
  ({ refundId, customerId: customer, amount: money(minor, currency), unapplied: money(unappliedMinor, currency) });
const payout = ({ refundId, customer, currency, key, minor, method, payee, reason }: Payout & { readonly refundId: string; readonly customer: string; readonly currency: string; readonly reason: string }) =>
  ({ refundId, customerId: customer, amount: money(minor, currency), ...source(key), method, pii: { keyId: '', data: payee }, reason });
const match = (m: Match, currency: string) => ({ customerId: m.customer, itemId: m.itemId, documentNumber: m.documentNumber, amount: money(m.minor, currency), points: totalOf(m.points), reasons: reasonsOf(m, currency) });
const overpaid = ({ surplus, currency }: { readonly surplus?: Surplus; readonly currency: string }) => (surplus ? { overpaid: money(surplus.minor, currency) } : {});
/** The step that applied something tells the discounts that came with it. */
const trace = (steps: readonly Step[], currency: string, rule?: 'person' | string, applications: readonly Application[] = []) => {
  const discounts = applications.flatMap((a) => (a.discount ? [`; ${explainGrant(a.item.itemId, a.discount, currency)}`] : [])).join('');
  return rule === 'person' ? [{ rule: ApplicationRule.BY_HAND, applied: true, explanation: applications[0]?.recovers === undefined ? `a caller named the items${discounts}` : `a caller booked it as recovered from ${applications[0].recovers}` }]
    : steps.map((s) => ({ rule: rules[s.rule], applied: s.applied.length > 0, explanation: `${explain(s, currency)}${s.applied.length > 0 ? discounts : ''}` }));
};

const revalued = (currencies: readonly RevaluedCurrency[], base: string) => currencies.map((c) => ({
  currencyCode: c.currency, rate: c.rate, open: money(c.openMinor, c.currency), carried: money(c.carriedMinor, base), ...(c.unappliedMinor === undefined ? {} : { unapplied: money(c.unappliedMinor, c.currency), unappliedCarried: money(c.unappliedCarriedMinor!, base) }), difference: money(c.differenceMinor, base), booked: money(c.bookedMinor, base),
}));

export const publisher: Publisher<ReceiptEvent | PostedCreditEvent | RefundEvent | WriteOffEvent | AccountEvent | BankAccountEvent | BankStatementEvent | BankEntryEvent | BankReturnEvent | PeriodEvent | LedgerExportEvent | RevaluationEvent | TakenOnEvent | RemittanceEvent | PayerEvent | DebitsEvent> = {
  ...debitsPublisher,
  ReceiptRecorded: (e) => ({ receiptId: e.receiptId, customerId: e.customer, ...facts(e), ...(e.passedBy ? { payerReceiptId: e.passedBy.receiptId, payerCustomerId: e.passedBy.customer } : {}) }),
  ReceiptPending: (e) => ({ receiptId: e.receiptId, customerId: e.customer, ...facts(e) }),
  CashPassedOn: (e) => ({ ...passed(e), goesOn: e.goesOn === true }),
  CashPassedBack: (e) => passed(e),
  PayerLinked: (e) => ({ customerId: e.customer, paidForCustomerId: e.paidFor, validFrom: e.fromOn, linkedBy: e.by, reason: e.reason }),
  PayerUnlinked: (e) => ({ customerId: e.customer, paidForCustomerId: e.paidFor, validUntil: e.untilOn, unlinkedBy: e.by, reason: e.reason }),
  ReceiptIdentified: (e) => ({ receiptId: e.receiptId, customerId: e.customer, transferId: e.transferId, identifiedBy: e.by, ...facts(e) }),
  CashApplied: (e) => ({
    applicationGroupId: e.groupId, receiptId: e.receiptId, customerId: e.customer, ...group(e), unapplied: money(e.unappliedMinor, e.currency), ...overpaid(e),
    valueDate: e.valueOn, trace: trace(e.trace, e.currency, e.rule, e.applications), policyVersion: e.policyVersion,
  }),
  CashHeld: (e) => ({ receiptId: e.receiptId, customerId: e.customer, unapplied: money(e.unappliedMinor, e.currency), trace: trace(e.trace, e.currency), policyVersion: e.policyVersion }),
  ApplicationRecommended: (e) => ({ receiptId: e.receiptId, customerId: e.customer, recommendationId: e.recommendationId, unapplied: money(e.unappliedMinor, e.currency), matches: e.matches.map((m) => match(m, e.currency)), policyVersion: e.policyVersion }),
  RecommendationAccepted: (e) => ({ receiptId: e.receiptId, customerId: e.customer, recommendationId: e.recommendationId, match: match(e.match, e.currency), acceptedBy: e.by }),
  RecommendationDeclined: (e) => ({ receiptId: e.receiptId, customerId: e.customer, recommendationId: e.recommendationId, declinedBy: e.by, reason: e.reason }),
  DeductionsTaken: (e) => ({
    receiptId: e.receiptId, customerId: e.customer, applicationGroupId: e.groupId, deductions: e.deductions.map((d) => ({ itemId: d.itemId, amount: money(d.minor, e.currency), reason: deductionReasons[d.reasonCode], text: d.text })),
  }),
  RemittanceAdviceRecorded: (e) => ({
    remittanceAdviceId: e.adviceId, customerId: e.customer, total: money(e.totalMinor, e.currency), paymentDate: e.paidOn, reference: e.reference, lines: e.lines.map((l) => remittanceLine(l, e.currency)), firstValueDate: e.firstOn, lastValueDate: e.lastOn,
    policyVersion: e.policyVersion, pii: { keyId: '', data: e.payer },
  }),
  RemittanceAdviceMatched: (e) => ({ remittanceAdviceId: e.adviceId, customerId: e.customer, receiptId: e.receiptId, receiptCustomerId: e.receiptCustomer, matchedBy: remittanceMatches[e.matchedBy], decidedBy: e.by }),
  RemittanceAdviceCancelled: (e) => ({ remittanceAdviceId: e.adviceId, customerId: e.customer, cancelledBy: e.by, reason: e.reason }),
  CashUnapplied: (e) => ({
    applicationGroupId: e.groupId, receiptId: e.receiptId, customerId: e.customer, ...group(e), cause: reopenings[e.cause], reason: e.reason, valueDate: e.valueOn, ...overpaid(e),
  }),
  ReceiptReversed: (e) => ({ receiptId: e.receiptId, customerId: e.customer, amount: money(e.reversedMinor, e.currency), ...(e.claimedMinor === undefined ? {} : { claimed: money(e.claimedMinor, e.currency) }), ...(e.feeMinor === undefined ? {} : { fee: money(e.feeMinor, e.currency) }), kind: kinds[e.kind], code: e.code, reason: e.reason, applicationGroupIds: e.groupIds }),
  CreditNotePosted: (e) => ({ creditNoteId: e.creditNoteId, customerId: e.customer, creditNoteNumber: e.number, invoiceId: e.invoiceId, amount: money(e.minor, e.currency), ...worth(e) }),
  CreditApplied: (e) => ({
    applicationGroupId: e.groupId, creditNoteId: e.creditNoteId, customerId: e.customer, applications: applied(e.applications, e.currency), amount: money(sum(e.applications), e.currency), unapplied: money(e.unappliedMinor, e.currency),
    trace: trace(e.trace, e.currency, e.rule), policyVersion: e.policyVersion,
  }),
  CreditUnapplied: (e) => ({
    applicationGroupId: e.groupId, creditNoteId: e.creditNoteId, customerId: e.customer, applications: applied(e.applications, e.currency), amount: money(sum(e.applications), e.currency), unapplied: money(e.unappliedMinor, e.currency), cause: reopenings[e.cause], reason: e.reason ?? '',
  }),
  CreditNettedOfDiscount: (e) => ({ creditNoteId: e.creditNoteId, customerId: e.customer, discount: money(e.discount.minor, e.currency), tax: money(e.discount.taxMinor, e.currency), unapplied: money(e.unappliedMinor, e.currency) }),
  OpenItemPosted: (e) => ({ customerId: e.customer, item: item(e.item, e.currency), orderNumber: e.orderNumber, externalNumber: e.externalNumber, paymentReference: e.paymentReference, tax: money(e.item.taxMinor, e.currency), ...discount(e.item, e.currency), ...booking(e.item.booking) }),
  OpenItemsSettled: (e) => ({ customerId: e.customer, applicationGroupId: e.groupId, ...source(e.receiptId), items: applied(e.applications, e.currency), amount: money(sum(e.applications), e.currency), valueDate: e.valueOn }),
  OpenItemsReopened: (e) => ({ customerId: e.customer, applicationGroupId: e.groupId, ...source(e.receiptId), items: applied(e.applications, e.currency), amount: money(sum(e.applications), e.currency), cause: reopenings[e.cause], valueDate: e.valueOn }),
  OpenItemClosed: (e) => ({ customerId: e.customer, item: item(e.item, e.currency), amount: money(e.minor, e.currency), cause: e.cause === 'void' ? ClosingCause.DOCUMENT_VOIDED : ClosingCause.TAKE_ON_CANCELLED, tax: money(e.taxMinor, e.currency), ...worth(e) }),
  UnappliedCashPlaced: (e) => ({
    customerId: e.customer, ...source(e.receiptId), amount: money(e.minor, e.currency), cause: placings[e.from], transferId: e.transferId, valueDate: e.valueOn, refundId: e.refundId ?? '', ...(e.taxMinor === undefined ? {} : { tax: money(e.taxMinor, e.currency) }), ...worth(e),
  }),
  UnappliedCashTaken: (e) => ({ customerId: e.customer, ...source(e.receiptId), amount: money(e.minor, e.currency), cause: takings[e.cause], transferId: e.transferId, refundId: e.refundId ?? '', ...(e.taxMinor === undefined ? {} : { tax: money(e.taxMinor, e.currency) }), ...worth(e) }),
  UnappliedCashHeld: (e) => ({ customerId: e.customer, receiptId: e.receiptId, holds: e.holds.map((h) => ({ references: h.references, amount: money(h.minor, e.currency) })) }),
  CashReservedForRefund: (e) => ({ receiptId: e.receiptId, ...refunded(e) }),
  CashReleasedFromRefund: (e) => ({ receiptId: e.receiptId, ...refunded(e) }),
  CreditReservedForRefund: (e) => ({ creditNoteId: e.creditNoteId, ...refunded(e) }),
  CreditReleasedFromRefund: (e) => ({ creditNoteId: e.creditNoteId, ...refunded(e) }),
  RefundProposed: (e) => ({ ...payout(e.command), band: e.band, proposedBy: e.by, lastDay: e.lastDay }),
  RefundApproved: (e) => ({ refundId: e.refundId, customerId: e.customer, approvedBy: e.by }),
  RefundRefused: (e) => ({ refundId: e.refundId, customerId: e.customer, refusedBy: e.by, reason: e.reason }),
  RefundExpired: (e) => ({ refundId: e.refundId, customerId: e.customer }),
  RefundOrdered: (e) => payout(e),
  RefundAttempted: (e) => ({ refundId: e.refundId, customerId: e.customer, attempt: e.attempt }),
  RefundPaid: (e) => ({ refundId: e.refundId, customerId: e.customer, amount: money(e.minor, e.currency), reference: e.reference, paidDate: e.originalOn ?? e.effectiveOn, attempt: e.attempt, ...worth(e) }),
  RefundFailed: (e) => ({ refundId: e.refundId, customerId: e.customer, attempt: e.attempt, detail: e.detail, again: e.again }),
  RefundUnknown: (e) => ({ refundId: e.refundId, customerId: e.customer, attempt: e.attempt, detail: e.detail }),
  RefundCancelled: (e) => ({ refundId: e.refundId, customerId: e.customer, reason: e.reason }),
  WriteOffProposed: (e) => ({
    writeOffId: e.writeOffId, customerId: e.customer, ...written(e.command.parts, e.currency), method: wireMethods[e.command.wish.method], reasonCode: wireReasons[e.command.wish.reasonCode], reason: e.command.wish.reason, band: e.band, proposedBy: e.by, lastDay: e.lastDay,
  }),
  WriteOffApproved: (e) => ({ writeOffId: e.writeOffId, customerId: e.customer, approvedBy: e.by }),
  WriteOffRefused: (e) => ({ writeOffId: e.writeOffId, customerId: e.customer, refusedBy: e.by, reason: e.reason }),
  WriteOffExpired: (e) => ({ writeOffId: e.writeOffId, customerId: e.customer }),
  WriteOffBooked: (e) => ({ writeOffId: e.writeOffId, customerId: e.customer, ...written(e.parts, e.currency), method: wireMethods[e.method], reasonCode: wireReasons[e.reasonCode], reason: e.reason }),
  WriteOffReversed: (e) => ({ writeOffId: e.writeOffId, customerId: e.customer, ...written(e.parts, e.currency), cause: reinstatements[e.cause], reason: e.reason }),
  WriteOffRecovered: (e) => ({ writeOffId: e.writeOffId, customerId: e.customer, applicationGroupId: e.groupId, receiptId: e.receiptId, amount: money(sum(e.applications), e.currency) }),
  WriteOffRecoveryUndone: (e) => ({ writeOffId: e.writeOffId, customerId: e.customer, applicationGroupId: e.groupId, receiptId: e.receiptId, amount: money(sum(e.applications), e.currency) }),
  OpenItemsWrittenOff: (e) => ({ customerId: e.customer, writeOffId: e.writeOffId, ...written(e.parts, e.currency), method: wireMethods[e.method], ...(e.difference ? { difference: wireReasons[e.difference] } : {}) }),
  OpenItemsReinstated: (e) => ({ customerId: e.customer, writeOffId: e.writeOffId, ...written(e.parts, e.currency), method: wireMethods[e.method], cause: reinstatements[e.cause], ...(e.difference ? { difference: wireReasons[e.difference] } : {}) }),
  RecoveryBooked: (e) => ({ customerId: e.customer, writeOffId: e.writeOffId, applicationGroupId: e.groupId, receiptId: e.receiptId, amount: money(e.minor, e.currency), ...worth(e) }),
  RecoveryTakenBack: (e) => ({ customerId: e.customer, writeOffId: e.writeOffId, applicationGroupId: e.groupId, receiptId: e.receiptId, amount: money(e.minor, e.currency), ...worth(e) }),
  DocumentVoidPending: (e) => ({ customerId: e.customer, documentId: e.documentId, voidDate: e.voidOn }),
  OpenItemDueChanged: (e) => ({ customerId: e.customer, itemId: e.itemId, documentId: e.documentId, instalment: e.instalment, formerDueDate: e.formerDueOn, dueDate: e.dueOn }),
  OpenItemDisputed: (e) => ({ customerId: e.customer, itemId: e.itemId, disputeId: e.disputeId, amount: money(e.minor, e.currency) }),
  OpenItemDisputeEnded: (e) => ({ customerId: e.customer, itemId: e.itemId, disputeId: e.disputeId }),
  PeriodClosed: (e) => ({ customerId: LEDGER, lastDate: e.lastOn, firstOpenDate: e.openFrom, closedBy: e.by, controlTotals: e.controlTotals }),
  PeriodRevalued: (e) => ({ customerId: LEDGER, lastDate: e.lastOn, method: methods[e.method], revaluedBy: e.by, policyVersion: e.policyVersion, currencies: revalued(e.currencies, e.base), recordedUnread: e.unread ?? [], leftOut: (e.leftOut ?? []).map((o) => ({ open: money(o.openMinor, o.currency), unapplied: money(o.unappliedMinor, o.currency) })) }),
  RevaluationReversed: (e) => ({ customerId: LEDGER, lastDate: e.lastOn, currencies: revalued(e.currencies, e.base) }),
  LedgerBatchCut: (e) => ({ customerId: LEDGER, batchNumber: BigInt(e.number), recordedAfter: BigInt(e.after), recordedUntil: BigInt(e.until), cutBy: e.by, chart: e.accounts, chartVersion: e.chartVersion }),
  DocumentTakenOn: (e) => ({
    customerId: e.customer, documentId: e.documentId, itemId: e.itemId, sourceSystem: e.source, documentNumber: e.number, documentKind: itemKinds[e.kind], original: money(e.originalMinor, e.currency), open: money(e.openMinor, e.currency),
    issueDate: e.issuedOn, dueDate: e.dueOn, dunningLevel: e.dunningLevel, orderNumber: e.orderNumber, externalNumber: e.externalNumber, paymentReference: e.paymentReference, ...booking(e.booking),
  }),
  CreditTakenOn: (e) => ({
    customerId: e.customer, documentId: e.documentId, sourceSystem: e.source, documentNumber: e.number, creditKind: takenOnCreditKinds[e.kind], original: money(e.originalMinor, e.currency), unapplied: money(e.unappliedMinor, e.currency), issueDate: e.issuedOn, onAccount: e.onAccount, externalNumber: e.externalNumber ?? '', ...booking(e.booking),
  }),
  TakeOnCancelled: (e) => ({ customerId: e.customer, documentId: e.documentId, cancelledBy: e.by, reason: e.reason }),
  CreditNoteWithdrawn: (e) => ({ creditNoteId: e.creditNoteId, customerId: e.customer, amount: money(e.minor, e.currency) }),
  PeriodReopened: (e) => ({ customerId: LEDGER, lastDate: e.lastOn, firstOpenDate: e.openFrom, reopenedBy: e.by, reason: e.reason }),
  BankAccountRegistered: (e) => ({ customerId: BANK, bankAccountId: e.bankAccountId, accountNumber: e.account, currencyCode: e.currency, bookingMessage: bankMessages[e.message], booksWithoutBalances: e.withoutBalances, ...(e.csv ? { csv: csvProfile(e.csv) } : {}) }),
  BankBalanceReported: (e) => ({ customerId: BANK, bankAccountId: e.bankAccountId, bankStatementId: e.statementId, number: e.number, balance: money(e.closingMinor, e.currency), date: e.on }),
  BankStatementReceived: ({ currency, gap, ...e }) => ({
    customerId: BANK, bankStatementId: e.statementId, bankAccountId: e.bankAccountId, message: bankMessages[e.message], bankId: e.bankId, number: e.number, ...(e.openingMinor === null ? {} : { opening: money(e.openingMinor, currency) }),
    ...(e.closingMinor === null ? {} : { closing: money(e.closingMinor, currency) }), date: e.on, enriches: e.enriches === true, lines: e.lines, credits: money(e.creditsMinor, currency), debits: money(e.debitsMinor, currency), holds: e.holds.map((h) => bankHolds[h]),
    ...(gap === null ? {} : { gap: { missingFrom: gap.missingFrom, missingTo: gap.missingTo, ...(gap.expectedOpeningMinor === null ? {} : { expectedOpening: money(gap.expectedOpeningMinor, currency) }) } }),
  }),
  BankLinesPosted: (e) => ({ customerId: BANK, bankStatementId: e.statementId, bankAccountId: e.bankAccountId, lines: e.lines.map((l) => ({ ...l, outcome: bankOutcomes[l.outcome] })) }),
  BankStatementReleased: (e) => ({ customerId: BANK, bankStatementId: e.statementId, bankAccountId: e.bankAccountId, releasedBy: e.by, reason: e.reason }),
  BankStatementDiscarded: (e) => ({ customerId: BANK, bankStatementId: e.statementId, bankAccountId: e.bankAccountId, discardedBy: e.by, reason: e.reason }),
  BankReturnOpened: (e) => ({
    customerId: BANK, bankReturnId: e.returnId, bankAccountId: e.bankAccountId, bankStatementId: e.statementId, bankEntryId: e.bankEntryId, reason: e.reason, amount: money(e.minor, e.currency), ...(e.chargesMinor === 0 ? {} : { charges: money(e.chargesMinor, e.currency) }),
    bookingDate: e.bookedOn, bankReference: e.reference, endToEndId: e.endToEndId, returnCode: e.code, pii: { keyId: '', data: e.counterparty },
  }),
  BankReturnMatched: (e) => ({ customerId: BANK, bankReturnId: e.returnId, bankAccountId: e.bankAccountId, receiptId: e.receiptId, matchedBy: bankReturnMatches[e.matchedBy], decidedBy: e.by, reason: e.reason }),
  BankReturnDismissed: (e) => ({ customerId: BANK, bankReturnId: e.returnId, bankAccountId: e.bankAccountId, dismissedBy: e.by, reason: e.reason }),
  BankEntryEnriched: (e) => ({
    customerId: BANK, bankEntryId: e.bankEntryId, bankAccountId: e.bankAccountId, bankStatementId: e.statementId, line: e.line, part: e.part, credit: e.credit, amount: money(e.minor, e.currency), bookingDate: e.bookedOn, endToEndId: e.endToEndId,
    returnCode: e.returnCode, receiptId: e.receiptId, pii: { keyId: '', data: e.counterparty },
  }),
  BankEntryRecorded: (e) => ({
    customerId: BANK, bankEntryId: e.bankEntryId, occurrence: e.occurrence, bankAccountId: e.bankAccountId, bankStatementId: e.statementId, line: e.line, outcome: bankOutcomes[e.outcome], reason: e.reason, receiptId: e.receiptId, credit: e.credit,
    amount: money(e.minor, e.currency), ...(e.chargesMinor === 0 ? {} : { charges: money(e.chargesMinor, e.currency) }), bookingDate: e.bookedOn, valueDate: e.valueOn, bankReference: e.reference, endToEndId: e.endToEndId, transactionCode: e.code,
    returnCode: e.returnCode, pii: { keyId: '', data: e.counterparty },
  }),
};
