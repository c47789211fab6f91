// Histories in which the ledger meets what is rare at random: each the shortest one that was found. They run with the random ones, so that every run has met everything.
import type { Act } from './ledger.world.js';

/** By what happens in it. */
export const RARE: Readonly<Record<string, readonly Act[]>> = {
  'a discount given again to a credit note': [
    { act: 'post', who: 0, minor: 500, instalments: 1, dueIn: 30, back: 0, discount: { tiers: [{ days: 10, percent: '10.00' }], base: 100, tax: 'never', mode: 'earned' } }, { act: 'take', who: 0, item: 0, tier: 0, back: 0 },
    { act: 'credit', who: 0, of: 0, minor: 500, back: 0 }, { act: 'pass', days: 1 }, { act: 'reverse', which: 0, back: null }, { act: 'finish' },
  ],
  'a difference: bank-charges': [
    { act: 'receive', who: 0, minor: 1, back: 0, names: null, early: false, onAccount: true }, { act: 'post', who: 0, minor: 500, instalments: 1, dueIn: 30, back: 0, discount: null }, { act: 'receive', who: 0, minor: 460, back: 0, names: null, early: false, onAccount: false },
  ],
  'a gain that went back': [
    { act: 'receive', who: 0, minor: 1, back: 0, names: null, early: false, onAccount: true }, { act: 'post', who: 0, minor: 500, instalments: 1, dueIn: 30, back: 0, discount: null }, { act: 'receive', who: 0, minor: 520, back: 0, names: null, early: false, onAccount: false },
    { act: 'reverse', which: 1, back: null },
  ],
  RefundUnknown: [{ act: 'refund', which: 0, credit: false, minor: null, waits: false }, { act: 'with-refund', which: 0, how: 'unknown', back: null }, { act: 'with-refund', which: 0, how: 'fail', back: null }],
  'a claim of what was refunded': [{ act: 'refund', which: 0, credit: false, minor: null, waits: false }, { act: 'with-refund', which: 1, how: 'reverse', back: null }],
  CashPassedBack: [
    { act: 'link', ends: false }, { act: 'post', who: 1, minor: 200, instalments: 1, dueIn: 30, back: 0, discount: null }, { act: 'receive', who: 0, minor: 200, back: 0, names: null, early: false, onAccount: false }, { act: 'reverse', which: 0, back: null }, { act: 'link', ends: true },
  ],
  RecommendationDeclined: [
    ...[1, 2].map((minor): Act => ({ act: 'receive', who: 0, minor, back: 0, names: null, early: false, onAccount: true })), { act: 'post', who: 0, minor: 500, instalments: 1, dueIn: 30, back: 0, discount: null },
    { act: 'receive', who: 0, minor: 495, back: 0, names: null, early: false, onAccount: false }, { act: 'answer', which: 0, match: null },
  ],
  RecoveryTakenBack: [
    { act: 'post', who: 7, minor: 1, instalments: 1, dueIn: 0, back: 0, discount: { tiers: [{ days: 0, percent: '0.01' }], base: 1, tax: 'on-early-payment', mode: 'earned' } },
    { act: 'write-off', who: 7, item: 0, second: null, minor: null, allowance: false, waits: false },
    { act: 'recover', which: 0, receipt: null, minor: null },
    { act: 'unapply', which: 0, group: 0, back: null },
  ],
  'a small balance': [
    { act: 'take-on', who: 0, minor: 2, number: 0, back: 0 },
    { act: 'advise', who: 0, item: 0, second: null, kept: 1, credit: false, how: 'before' },
    { act: 'small', who: 0 },
    { act: 'unapply', which: 0, group: 0, back: null },
  ],
  DebitReturned: [
    { act: 'charge', who: 15, minor: 1, dueIn: 0, back: 0 },
    { act: 'pass', days: 2 },
    { act: 'debit', who: 3, item: 0, minor: null, how: 'gone' },
    { act: 'finish' },
    { act: 'move', which: 0, instalment: 0, dueIn: 0 },
  ],
  'a write-off that gave way to a void': [
    { act: 'post', who: 15, minor: 1, instalments: 1, dueIn: 0, back: 0, discount: null },
    { act: 'write-off', who: 13, item: 0, second: null, minor: null, allowance: false, waits: false },
    { act: 'void', which: 0, lost: false, back: 0 },
    { act: 'finish' },
  ],
  'an unearned discount': [
    { act: 'post', who: 0, minor: 2, instalments: 1, dueIn: 0, back: 1, discount: { tiers: [{ days: 0, percent: '50.00' }], base: 1, tax: 'on-early-payment', mode: 'earned-and-unearned' } },
    { act: 'receive', who: 0, minor: 1, back: 0, names: null, early: false, onAccount: false },
  ],
  'a write-off that gave way to a credit-note': [
    { act: 'post', who: 9, minor: 4, instalments: 1, dueIn: 0, back: 3, discount: { tiers: [{ days: 0, percent: '50.00' }], base: 1, tax: 'on-early-payment', mode: 'earned' } },
    { act: 'receive', who: 0, minor: 1, back: 0, names: null, early: false, onAccount: true },
    { act: 'take', who: 13, item: 0, tier: 0, back: 0 },
    { act: 'credit', who: 0, of: 0, minor: 1, back: 0 },
  ],
  OpenItemDisputeEnded: [
    { act: 'post', who: 0, minor: 1, instalments: 1, dueIn: 0, back: 0, discount: null },
    { act: 'dispute', who: 0, item: 0, minor: 1 },
    { act: 'end-dispute', which: 0 },
    { act: 'refund', which: 0, credit: false, minor: null, waits: false },
  ],
  RefundExpired: [
    { act: 'refund', which: 0, credit: false, minor: null, waits: true },
    { act: 'with-refund', which: 0, how: 'expire', back: null },
  ],
  RecommendationAccepted: [
    { act: 'refund', which: 0, credit: false, minor: null, waits: false },
    { act: 'receive', who: 0, minor: 1, back: 0, names: null, early: false, onAccount: true },
    { act: 'post', who: 0, minor: 1, instalments: 1, dueIn: 0, back: 0, discount: null },
    { act: 'receive', who: 0, minor: 2, back: 0, names: null, early: false, onAccount: false },
    { act: 'answer', which: 0, match: 0 },
    { act: 'take', who: 0, item: 0, tier: 0, back: 0 },
  ],
  'the rule match': [
    { act: 'bank', names: 0, minor: 1, back: 0, told: false },
    { act: 'receive', who: 0, minor: 1, back: 0, names: null, early: false, onAccount: true },
    { act: 'post', who: 0, minor: 1, instalments: 1, dueIn: 0, back: 0, discount: null },
    { act: 'receive', who: 0, minor: 2, back: 0, names: null, early: false, onAccount: false },
    { act: 'answer', which: 0, match: 0 },
    { act: 'cancel-take-on', which: 0 },
  ],
  'the rule clear-account': [
    { act: 'post', who: 0, minor: 3, instalments: 2, dueIn: 0, back: 0, discount: { tiers: [{ days: 0, percent: '0.01' }], base: 1, tax: 'on-early-payment', mode: 'earned' } },
    { act: 'receive', who: 0, minor: 1, back: 0, names: null, early: false, onAccount: true },
    { act: 'receive', who: 0, minor: 6, back: 0, names: 0, early: true, onAccount: false },
    { act: 'mature' },
  ],
  DebitDeclined: [
    { act: 'post', who: 0, minor: 1, instalments: 1, dueIn: 0, back: 0, discount: null },
    { act: 'pass', days: 2 },
    { act: 'debit', who: 0, item: 0, minor: null, how: 'late' },
    { act: 'link', ends: true },
  ],
  MandateUseDeclined: [
    { act: 'take-on', who: 0, minor: 1, number: 0, back: 0 },
    { act: 'pass', days: 2 },
    { act: 'debit', who: 0, item: 0, minor: null, how: 'late' },
    { act: 'dispute', who: 0, item: 0, minor: 1 },
  ],
  RefundRefused: [
    { act: 'refund', which: 0, credit: false, minor: null, waits: true },
    { act: 'with-refund', which: 0, how: 'refuse', back: null },
    { act: 'refund', which: 0, credit: false, minor: null, waits: false },
  ],
  DebitAbandoned: [
    { act: 'post', who: 15, minor: 1, instalments: 1, dueIn: 0, back: 0, discount: null },
    { act: 'pass', days: 2 },
    { act: 'debit', who: 3, item: 0, minor: null, how: 'collect' },
    { act: 'return', which: 0, back: 0 },
    { act: 'finish' },
    { act: 'receive', who: 0, minor: 1, back: 0, names: null, early: false, onAccount: true },
  ],
  RefundPaid: [
    { act: 'refund', which: 0, credit: false, minor: null, waits: false },
    { act: 'with-refund', which: 1, how: 'reverse', back: null },
    { act: 'debit', who: 0, item: 0, minor: null, how: 'collect' },
  ],
  CreditNettedOfDiscount: [
    { act: 'post', who: 3, minor: 2, instalments: 1, dueIn: 0, back: 0, discount: { tiers: [{ days: 0, percent: '25.00' }], base: 51, tax: 'on-early-payment', mode: 'earned' } },
    { act: 'take', who: 7, item: 0, tier: 0, back: 0 },
    { act: 'credit', who: 0, of: 0, minor: 1, back: 0 },
    { act: 'pass', days: 1 },
    { act: 'credit', who: 0, of: null, minor: 1, back: 0 },
  ],
  RefundApproved: [
    { act: 'refund', which: 0, credit: false, minor: null, waits: true },
    { act: 'with-refund', which: 0, how: 'approve', back: null },
  ],
  'a write-off that gave way to a reversal': [
    { act: 'credit', who: 0, of: null, minor: 1, back: 0 },
    { act: 'post', who: 0, minor: 2, instalments: 1, dueIn: 0, back: 0, discount: null },
    { act: 'move', which: 0, instalment: 0, dueIn: 0 },
    { act: 'small', who: 0 },
    { act: 'reverse-write-off', which: 0 },
    { act: 'refund', which: 0, credit: false, minor: null, waits: false },
  ],
  RefundFailed: [
    { act: 'refund', which: 0, credit: false, minor: null, waits: false },
    { act: 'with-refund', which: 0, how: 'decline', back: null },
    { act: 'receive', who: 0, minor: 1, back: 0, names: null, early: false, onAccount: true },
  ],
  CreditReleasedFromRefund: [
    { act: 'credit', who: 0, of: null, minor: 1, back: 0 },
    { act: 'refund', which: 0, credit: true, minor: null, waits: false },
    { act: 'with-refund', which: 0, how: 'cancel', back: null },
    { act: 'apply', which: 0, item: 0, minor: 1 },
  ],
  'the rule remittance-advice': [
    { act: 'post', who: 0, minor: 1, instalments: 1, dueIn: 0, back: 0, discount: null },
    { act: 'advise', who: 0, item: 0, second: null, kept: 0, credit: false, how: 'before' },
    { act: 'cancel-take-on', which: 0 },
  ],
  ReceiptIdentified: [
    { act: 'receive', who: 0, minor: 1, back: 0, names: null, early: false, onAccount: true },
    { act: 'post', who: 0, minor: 1, instalments: 1, dueIn: 0, back: 0, discount: null },
    { act: 'receive', who: 0, minor: 1, back: 0, names: null, early: false, onAccount: true },
    { act: 'post', who: 7, minor: 1, instalments: 1, dueIn: 0, back: 0, discount: null },
    { act: 'receive', who: 5, minor: 1, back: 0, names: null, early: false, onAccount: false },
    { act: 'take-credit-on', who: 0, minor: 1, number: 0, back: 0, receipt: false, onAccount: false },
  ],
  PayLinkPaid: [
    { act: 'charge', who: 0, minor: 1, dueIn: 0, back: 0 },
    { act: 'pay-link', who: 0, item: 0, minor: 1 },
    { act: 'receive', who: 0, minor: 1, back: 0, names: null, early: false, onAccount: true },
  ],
  PeriodReopened: [
    { act: 'close', back: 0 },
    { act: 'reopen' },
    { act: 'write-off', who: 0, item: 0, second: null, minor: null, allowance: false, waits: false },
  ],
  CreditNoteWithdrawn: [
    { act: 'take-credit-on', who: 0, minor: 1, number: 0, back: 0, receipt: false, onAccount: false },
    { act: 'cancel-take-on', which: 0 },
    { act: 'refund', which: 0, credit: false, minor: null, waits: false },
  ],
  TakeOnCancelled: [
    { act: 'take-credit-on', who: 0, minor: 1, number: 0, back: 0, receipt: false, onAccount: false },
    { act: 'cancel-take-on', which: 0 },
    { act: 'refund', which: 0, credit: false, minor: null, waits: false },
  ],
  BankReturnMatched: [
    { act: 'refund', which: 0, credit: false, minor: null, waits: false },
    { act: 'return', which: 0, back: 0 },
    { act: 'credit', who: 0, of: null, minor: 1, back: 0 },
  ],
  DeductionsTaken: [
    { act: 'post', who: 0, minor: 2, instalments: 1, dueIn: 0, back: 0, discount: null },
    { act: 'advise', who: 0, item: 0, second: null, kept: 1, credit: false, how: 'before' },
    { act: 'bank', names: 0, minor: 1, back: 0, told: false },
  ],
  OpenItemsReinstated: [
    { act: 'post', who: 0, minor: 1, instalments: 1, dueIn: 0, back: 0, discount: null },
    { act: 'write-off', who: 0, item: 0, second: null, minor: null, allowance: false, waits: false },
    { act: 'void', which: 0, lost: false, back: 0 },
    { act: 'finish' },
    { act: 'answer', which: 0, match: null },
  ],
  BankEntryEnriched: [
    { act: 'bank', names: 0, minor: 1, back: 0, told: true },
    { act: 'take-on', who: 0, minor: 1, number: 0, back: 0 },
  ],
  DocumentVoidPending: [
    { act: 'post', who: 0, minor: 1, instalments: 1, dueIn: 0, back: 0, discount: null },
    { act: 'credit', who: 0, of: null, minor: 1, back: 0 },
    { act: 'void', which: 0, lost: false, back: 0 },
    { act: 'take', who: 0, item: 0, tier: 0, back: 0 },
  ],
  'something for a closed period': [
    { act: 'close', back: 0 },
    { act: 'post', who: 0, minor: 1, instalments: 1, dueIn: 0, back: 1, discount: null },
    { act: 'unapply', which: 0, group: 0, back: null },
  ],
  RefundCancelled: [
    { act: 'refund', which: 0, credit: false, minor: null, waits: false },
    { act: 'with-refund', which: 0, how: 'reverse', back: null },
    { act: 'answer', which: 0, match: null },
  ],
};
